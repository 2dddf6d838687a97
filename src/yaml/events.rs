//! Ordinary YAML, read from the parser's events without a deserializer in between: the same tree in a third of the time.
//!
//! Only what is plain is read here. At an anchor, a tag, a merge, an odd number, an error or anything else that is rare the answer is
//! `None`, and the text is read the other way, which is the only one that explains errors.

use super::{Limits, MAX_DEPTH, Node, Value};
use crate::source::Span;
use granit_parser::{Event, Parser, ScalarStyle, StrInput};
use std::borrow::Cow;
use std::collections::HashSet;

/// The tree with the parser's own spans, if the text holds nothing rare.
pub(super) fn read(text: &str, limits: &Limits) -> Option<Node> {
    // Beyond that the other way has no offsets.
    if u32::try_from(text.len()).is_err() {
        return None;
    }
    let options = granit_parser::options! { emit_comments: false };
    let parser = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader { parser, nodes: limits.nodes, events: limits.events, bytes: limits.scalar_bytes };
    let (Event::StreamStart, _) = reader.next()? else { return None };
    let (Event::DocumentStart(_, None), _) = reader.next()? else { return None };
    let (event, span) = reader.next()?;
    let node = reader.node(event, span, 0)?;
    let (Event::DocumentEnd, _) = reader.next()? else { return None };
    let (Event::StreamEnd, _) = reader.next()? else { return None };
    Some(node)
}

/// The events, and how much of everything may still come.
struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    nodes: usize,
    events: usize,
    bytes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<(Event<'t>, Span)> {
        let (event, span) = self.parser.next_event()?.ok()?;
        self.events = self.events.checked_sub(1)?;
        let start = span.start.byte_offset()?;
        Some((event, Span::new(start, span.end.byte_offset()?.max(start))))
    }

    /// The node that an event begins, `depth` lists and maps deep. Deeper than [`MAX_DEPTH`] it gives up.
    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Option<Node> {
        self.nodes = self.nodes.checked_sub(1)?;
        let value = match event {
            Event::Scalar(text, style, 0, None) => {
                self.bytes = self.bytes.checked_sub(text.len())?;
                match style {
                    ScalarStyle::Plain => plain(text)?,
                    _ => Value::Str(text.into_owned()),
                }
            }
            Event::SequenceStart(_, 0, None) if depth < MAX_DEPTH => self.list(depth + 1)?,
            Event::MappingStart(_, 0, None) if depth < MAX_DEPTH => self.map(depth + 1)?,
            _ => return None,
        };
        Some(Node { span, value, spelled: None })
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Some(Value::Seq(items)),
                (event, span) => items.push(self.node(event, span, depth)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Option<Value> {
        let mut entries = Vec::new();
        loop {
            match self.next()? {
                (Event::MappingEnd, _) => break,
                (event, span) => {
                    let key = self.node(event, span, depth)?;
                    // Keys that are no text are compared by rules of their own.
                    if key.as_str().is_none_or(|k| k == "<<") {
                        return None;
                    }
                    let (event, span) = self.next()?;
                    entries.push((key, self.node(event, span, depth)?));
                }
            }
        }
        if has_twice(&entries) { None } else { Some(Value::Map(entries)) }
    }
}

/// Whether a key is there twice.
fn has_twice(entries: &[(Node, Node)]) -> bool {
    // Up to here comparing is faster than hashing.
    if entries.len() <= 16 {
        return entries.iter().enumerate().any(|(n, (k, _))| entries[..n].iter().any(|(other, _)| other.value == k.value));
    }
    let mut seen = HashSet::with_capacity(entries.len());
    !entries.iter().all(|(k, _)| seen.insert(k.as_str()))
}

/// What a text without quotes is. `None` for whatever may be a number of an odd form (`0x1F`, `1_000`, `+1`, `.inf`, `1e9`).
fn plain(text: Cow<str>) -> Option<Value> {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return Some(Value::Null) };
    match first {
        b'0'..=b'9' | b'+' | b'-' | b'.' => {
            if is_simple_number(&text) {
                return text.parse().ok().map(Value::Number);
            }
            if !is_no_number(bytes) {
                return None;
            }
        }
        b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' => match &*text {
            "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
            "true" | "True" | "TRUE" => return Some(Value::Bool(true)),
            "false" | "False" | "FALSE" => return Some(Value::Bool(false)),
            // Versions of the library are not of one mind about them.
            word if ["null", "true", "false"].iter().any(|w| word.eq_ignore_ascii_case(w)) => return None,
            _ => {}
        },
        _ => {}
    }
    // Such text is trimmed before it is looked at.
    if first.is_ascii_whitespace() || last.is_ascii_whitespace() {
        return None;
    }
    Some(Value::Str(text.into_owned()))
}

/// Up to fifteen digits, which a float holds exactly, without leading zeros; or digits on both sides of one point.
fn is_simple_number(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    unsigned.len() <= 15
        && match unsigned.split_once('.') {
            Some((whole, part)) => digits(whole) && digits(part),
            None => digits(unsigned) && (!unsigned.starts_with('0') || text == "0"),
        }
}

/// Whether a text cannot be a number of any form: it holds a character that none has, a second point, or a sign that is neither its
/// first character nor that of an exponent.
fn is_no_number(bytes: &[u8]) -> bool {
    let foreign = |b: &u8| !matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b'_' | b'.' | b'+' | b'-' | b'x' | b'X' | b'o' | b'O' | b'i' | b'I' | b'n' | b'N');
    bytes.iter().any(foreign)
        || bytes.iter().filter(|b| **b == b'.').count() > 1
        || bytes.windows(2).any(|w| matches!(w[1], b'+' | b'-') && !matches!(w[0], b'e' | b'E'))
}

#[cfg(test)]
mod tests;
