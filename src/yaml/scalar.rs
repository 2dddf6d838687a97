//! From the characters of a decoded scalar back to the file, through quotes, escapes, folding and indentation.

use super::{Node, Value};
use crate::document::{Piece, SourceMap};
use crate::source::Span;

/// A map from each byte of a scalar's text to the bytes of `text` it is written with. What cannot be told apart stands for the whole.
pub fn scalar_map(text: &str, node: &Node) -> SourceMap {
    let value: std::borrow::Cow<str> = match &node.value {
        Value::Str(s) => s.as_str().into(),
        _ => node.scalar_text().unwrap_or_default().into(),
    };
    let source = text.get(node.span.range()).unwrap_or("");
    let mut w = Walk { value: &value, source, base: node.span.start, v: 0, s: 0, map: SourceMap::default() };
    let ok = match source.as_bytes().first() {
        Some(b'"') => w.double(),
        Some(b'\'') => w.single(),
        _ => w.plain(),
    };
    if ok {
        return w.map;
    }
    let mut map = SourceMap::default();
    map.push(Piece { text: 0, text_len: value.len(), source: node.span.start, source_len: node.span.len(), linear: false });
    map
}

struct Walk<'a> {
    value: &'a str,
    source: &'a str,
    base: usize,
    v: usize,
    s: usize,
    map: SourceMap,
}

impl Walk<'_> {
    fn next_value(&self) -> Option<char> {
        self.value[self.v..].chars().next()
    }

    fn next_source(&self) -> Option<char> {
        self.source[self.s..].chars().next()
    }

    /// `value_len` bytes of the value stand for `source_len` bytes of the source.
    fn push(&mut self, value_len: usize, source_len: usize, linear: bool) {
        self.map.push(Piece { text: self.v, text_len: value_len, source: self.base + self.s, source_len, linear });
        self.v += value_len;
        self.s += source_len;
    }

    /// A line break of the source with the indentation after it; how many line breaks the run has.
    fn break_run(&self) -> Option<(usize, usize)> {
        let rest = &self.source[self.s..];
        let len = rest.find(|c: char| !matches!(c, ' ' | '\t' | '\n' | '\r')).unwrap_or(rest.len());
        let breaks = rest[..len].matches('\n').count();
        (breaks > 0).then_some((len, breaks))
    }

    /// White space of the value against a line break of the source.
    fn folded(&mut self) -> bool {
        let Some((len, _)) = self.break_run() else { return false };
        let rest = &self.value[self.v..];
        let white = rest.find(|c: char| !matches!(c, ' ' | '\n' | '\t')).unwrap_or(rest.len());
        if white == 0 {
            return false;
        }
        self.push(white, len, false);
        true
    }

    fn plain(&mut self) -> bool {
        while let Some(v) = self.next_value() {
            match self.next_source() {
                Some(s) if s == v && s != '\n' => {
                    // A space of the value may be the beginning of a folded line in the source.
                    if (s == ' ' || s == '\t') && self.break_run().is_some() {
                        if !self.folded() {
                            return false;
                        }
                    } else {
                        self.push(v.len_utf8(), v.len_utf8(), true);
                    }
                }
                Some(' ' | '\t' | '\n' | '\r') => {
                    if !self.folded() {
                        return false;
                    }
                }
                // The line end that a block scalar keeps at its end lies beyond the node.
                None => return self.value[self.v..].trim().is_empty(),
                Some(_) => return false,
            }
        }
        true
    }

    fn single(&mut self) -> bool {
        self.s = 1;
        while let Some(v) = self.next_value() {
            if v == '\'' {
                if !self.source[self.s..].starts_with("''") {
                    return false;
                }
                self.push(1, 2, false);
            } else if !self.same_or_folded(v) {
                return false;
            }
        }
        true
    }

    fn double(&mut self) -> bool {
        self.s = 1;
        while let Some(v) = self.next_value() {
            if self.next_source() == Some('\\') {
                let rest = &self.source[self.s + 1..];
                let len = match rest.chars().next() {
                    Some('x') => 4,
                    Some('u') => 6,
                    Some('U') => 10,
                    Some('\n' | '\r') => {
                        // An escaped line break: the line goes on, nothing is written.
                        self.s += 1;
                        let skip = self.source[self.s..].find(|c: char| !c.is_whitespace()).unwrap_or(0);
                        self.s += skip;
                        continue;
                    }
                    Some(c) => 1 + c.len_utf8(),
                    None => return false,
                };
                if self.source.get(self.s..self.s + len).is_none() {
                    return false;
                }
                self.push(v.len_utf8(), len, false);
            } else if !self.same_or_folded(v) {
                return false;
            }
        }
        true
    }

    fn same_or_folded(&mut self, v: char) -> bool {
        let at_break = matches!(self.next_source(), Some(' ' | '\t' | '\n' | '\r')) && self.break_run().is_some();
        if at_break {
            return self.folded();
        }
        let same = self.next_source() == Some(v);
        if same {
            self.push(v.len_utf8(), v.len_utf8(), true);
        }
        same
    }
}

/// The place of bytes `start..end` of a scalar's text.
pub fn scalar_span(text: &str, node: &Node, start: usize, end: usize) -> Span {
    scalar_map(text, node).cover(start, end.max(start + 1)).unwrap_or(node.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn every_style_maps_back() {
        let cases = [
            "k: plain needle here",
            "k: plain with\n  a folded needle in it",
            "k: 'it''s a needle here'",
            "k: \"caf\\u00e9 \\\"needle\\\" x\"",
            "k: \"first \\\n   needle last\"",
            "k: |\n  é one\n  a needle here\n",
            "k: >-\n  one\n  two needle\n\n  three",
            "é: 'x\n  needle'",
        ];
        for text in cases {
            let root = yaml::parse(text).expect(text);
            let value = &root.as_map().expect("map")[0].1;
            let decoded = value.as_str().expect("text");
            let at = decoded.find("needle").expect("planted");
            let spans = scalar_map(text, value).spans(at, at + 6);
            assert_eq!(spans.len(), 1, "{text}");
            assert_eq!(&text[spans[0].range()], "needle", "{text}");
        }
    }
}
