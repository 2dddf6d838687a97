//! From the bytes of a decoded text back to its spelling: plain, quoted, literal and folded.

use super::{Node, Value};
use crate::document::{Piece, SourceMap};
use crate::source::Span;

/// The way from each byte of a text node's value to its source. Where value and source cannot be walked together the whole value stands
/// for the whole node. Numbers and booleans map as spelled; other nodes have no map.
pub fn scalar_map(text: &str, node: &Node) -> SourceMap {
    let raw = node.raw(text);
    let value = match &node.value {
        Value::Str(s) => s.as_str(),
        Value::Bool(_) | Value::Number(_) => return SourceMap::identity(node.span.start, raw.len()),
        Value::Null | Value::Seq(_) | Value::Map(_) => return SourceMap::default(),
    };
    if value.is_empty() {
        return SourceMap::default();
    }
    let walk = || Walk { value, raw, at: node.span.start, v: 0, s: 0, map: SourceMap::default() };
    // Each walk proves itself by reaching the end of the value, so a wrong guess of the style does no harm.
    let block = block_header(text, node.span.start).and_then(|(style, body, indent)| {
        // The value may begin and end with line breaks that are not in the node's span.
        let end = text.len() - text[node.span.end..].trim_start().len();
        let w = Walk { raw: &text[body..end], at: body, ..walk() };
        if style == b'|' { w.literal() } else { w.folded(node.span.start - body, indent) }
    });
    block
        .or_else(|| match raw.as_bytes().first() {
            Some(b'"') => walk().flow(Some(b'"')),
            Some(b'\'') => walk().flow(Some(b'\'')),
            _ => walk().flow(None),
        })
        .unwrap_or_else(|| {
            let mut map = SourceMap::default();
            map.push(Piece { text: 0, text_len: value.len(), source: node.span.start, source_len: raw.len(), linear: false });
            map
        })
}

/// The place of bytes `start..end` of a text node's value; the whole node where they have none.
pub fn scalar_span(text: &str, node: &Node, start: usize, end: usize) -> Span {
    scalar_map(text, node).cover(start, end.max(start + 1)).unwrap_or(node.span)
}

/// Whether a text node is written behind `|` or `>`.
pub fn is_block(text: &str, node: &Node) -> bool {
    block_header(text, node.span.start).is_some()
}

/// If the line before `at` ends with the header of a block text: its style, where the line after the header starts, and how far `at` is
/// indented.
fn block_header(text: &str, at: usize) -> Option<(u8, usize, usize)> {
    let before = text.get(..at)?;
    let content_line = before.rfind('\n')? + 1;
    let indent = &before[content_line..];
    if !indent.bytes().all(|b| b == b' ') {
        return None;
    }
    // Blank lines may stand between the header and the first line with text.
    let head = before[..content_line].trim_end();
    let body = head.len() + before[head.len()..].find('\n')? + 1;
    let line = head.rsplit('\n').next()?;
    let line = line.split(" #").next()?.trim_end();
    let line = line.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    let rest = line.strip_suffix(['|', '>'])?;
    let alone = rest.is_empty() || rest.ends_with([' ', '\t']);
    alone.then_some((line.as_bytes()[rest.len()], body, indent.len()))
}

/// Value and source, walked together.
struct Walk<'a> {
    value: &'a str,
    raw: &'a str,
    /// Where `raw` stands in the text.
    at: usize,
    /// Reached in `value`.
    v: usize,
    /// Reached in `raw`.
    s: usize,
    map: SourceMap,
}

impl Walk<'_> {
    /// `value_len` bytes of the value stand for `source_len` bytes of the source.
    fn piece(&mut self, value_len: usize, source_len: usize, linear: bool) {
        if value_len > 0 {
            self.map.push(Piece { text: self.v, text_len: value_len, source: self.at + self.s, source_len, linear });
        }
        self.v += value_len;
        self.s += source_len;
    }

    fn done(self) -> Option<SourceMap> {
        (self.v == self.value.len()).then_some(self.map)
    }

    /// One character that is the same on both sides.
    fn same(&mut self) -> Option<()> {
        let c = self.raw.get(self.s..)?.chars().next()?;
        if !self.value.get(self.v..)?.starts_with(c) {
            return None;
        }
        self.piece(c.len_utf8(), c.len_utf8(), true);
        Some(())
    }

    /// Plain and quoted texts: a line break is a space, blank lines are line breaks.
    fn flow(mut self, quote: Option<u8>) -> Option<SourceMap> {
        let end = self.raw.len() - usize::from(quote.is_some() && self.raw.len() > 1);
        self.s = usize::from(quote.is_some());
        let bytes = self.raw.as_bytes();
        while self.s < end && self.v < self.value.len() {
            match bytes[self.s] {
                b' ' | b'\t' | b'\r' | b'\n' => {
                    let run = bytes[self.s..end].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
                    let breaks = line_breaks(&bytes[self.s..self.s + run]);
                    if breaks == 0 {
                        for _ in 0..run {
                            self.same()?;
                        }
                        continue;
                    }
                    let expected = if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks - 1) };
                    if !self.value[self.v..].starts_with(&expected) {
                        return None;
                    }
                    self.piece(expected.len(), run, false);
                }
                b'\'' if quote == Some(b'\'') => {
                    if bytes.get(self.s + 1) != Some(&b'\'') || !self.value[self.v..].starts_with('\'') {
                        return None;
                    }
                    self.piece(1, 2, false);
                }
                b'\\' if quote == Some(b'"') => self.escape(end)?,
                _ => self.same()?,
            }
        }
        self.done()
    }

    fn escape(&mut self, end: usize) -> Option<()> {
        let bytes = self.raw.as_bytes();
        let kind = *bytes.get(self.s + 1)?;
        let digits = match kind {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            b'\r' | b'\n' => {
                // An escaped line break and the indent after it are nothing.
                let run = bytes[self.s + 1..end].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
                // Further breaks in the run are breaks of the text.
                let breaks = line_breaks(&bytes[self.s + 1..self.s + 1 + run]) - 1;
                if !self.value[self.v..].bytes().take(breaks).eq(std::iter::repeat_n(b'\n', breaks)) {
                    return None;
                }
                self.piece(breaks, 1 + run, false);
                return Some(());
            }
            _ => 0,
        };
        let c = self.value[self.v..].chars().next()?;
        let mut len = 2 + digits;
        // A character outside the basic plane may be spelled as two escapes, as in JSON.
        if kind == b'u' && c as u32 > 0xFFFF {
            len = 12;
        }
        if self.s + len > end {
            return None;
        }
        if digits > 0 && len < 12 {
            let code = u32::from_str_radix(self.raw.get(self.s + 2..self.s + len)?, 16).ok()?;
            if code != c as u32 {
                return None;
            }
        }
        self.piece(c.len_utf8(), len, false);
        Some(())
    }

    /// `|`: every line of the value is the end of a line of the source.
    fn literal(mut self) -> Option<SourceMap> {
        let (value, raw) = (self.value, self.raw);
        for line in value.split_inclusive('\n') {
            let body = line.strip_suffix('\n').unwrap_or(line);
            let rest = raw.get(self.s..)?;
            let source = &rest[..memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |n| n + 1)];
            let source_body = source.trim_end_matches('\n');
            let source_body = source_body.strip_suffix('\r').filter(|_| source.ends_with('\n')).unwrap_or(source_body);
            let indent = source_body.strip_suffix(body)?;
            if !indent.bytes().all(|b| b == b' ') {
                return None;
            }
            self.s += indent.len();
            self.piece(body.len(), body.len(), true);
            let end = source.len() - source_body.len();
            if line.len() > body.len() {
                self.piece(1, end, end == 1);
            } else {
                self.s += end;
            }
        }
        self.done()
    }

    /// `>`: as [`Walk::literal`], but a single line break is a space.
    fn folded(mut self, lead: usize, indent: usize) -> Option<SourceMap> {
        let bytes = self.raw.as_bytes();
        let breaks = self.value.bytes().take_while(|&b| b == b'\n').count();
        self.piece(breaks, lead, false);
        while self.v < self.value.len() {
            let run = break_run(&bytes[self.s..], indent);
            if run == 0 {
                self.same()?;
                continue;
            }
            let rest = &self.value.as_bytes()[self.v..];
            let breaks = rest.iter().take_while(|&&b| b == b'\n').count();
            match breaks {
                0 if rest.first() == Some(&b' ') => self.piece(1, run, false),
                0 => return None,
                n => self.piece(n, run, false),
            }
        }
        self.done()
    }
}

/// Line breaks in white space.
fn line_breaks(run: &[u8]) -> usize {
    run.iter().filter(|&&b| b == b'\n').count()
}

/// How long a line break with the blank lines and the indent after it is; 0 where there is none.
fn break_run(bytes: &[u8], indent: usize) -> usize {
    let mut i = 0;
    loop {
        let cr = usize::from(bytes.get(i) == Some(&b'\r') && bytes.get(i + 1) == Some(&b'\n'));
        if bytes.get(i + cr) != Some(&b'\n') {
            return i;
        }
        i += cr + 1;
        let spaces = bytes[i..].iter().take(indent).take_while(|&&b| b == b' ').count();
        i += spaces;
    }
}
