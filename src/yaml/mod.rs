//! YAML as a tree in which every node knows its place, over serde-saphyr (which goes by the name of serde_yaml here).
//!
//! Used for packs, configuration, registers, front matter and YAML records. Knows nothing of what the files mean.

mod scalar;

pub use scalar::{scalar_map, scalar_span};

use crate::source::Span;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use std::fmt;

/// A node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its place in the text, quotes included. For a list or mapping, from its first to its last child.
    pub span: Span,
    /// What it is.
    pub value: Value,
    /// The scalar as it is spelled, for numbers and booleans; `None` elsewhere.
    raw: Option<String>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`; `yes`, `no`, `on` and `off` are text.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Str(String),
    /// A list.
    Seq(Vec<Node>),
    /// A mapping, in the order written.
    Map(Vec<(Node, Node)>),
}

/// What kept a text from being read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|(k, _)| k.scalar_text().as_deref() == Some(key)).map(|(_, v)| v)
    }

    /// Text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if it is a mapping.
    pub fn as_map(&self) -> Option<&[(Node, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// A scalar as text; numbers and booleans as they are spelled.
    pub fn scalar_text(&self) -> Option<String> {
        match &self.value {
            Value::Str(s) => Some(s.clone()),
            Value::Number(_) | Value::Bool(_) => self.raw.clone(),
            _ => None,
        }
    }
}

/// Reads one document.
///
/// # Errors
/// What is no YAML, a key that is there twice, and aliases that would grow without bound; the place is where it was noticed.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    let body = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let shift = text.len() - body.len();
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    match serde_yaml::from_str_with_options::<Spanned<Raw>>(body, options) {
        Ok(root) => Ok(node(root, body, shift)),
        Err(e) => Err(error(&e, body, shift)),
    }
}

fn error(e: &serde_yaml::Error, body: &str, shift: usize) -> YamlError {
    let message = e.to_string();
    // The library says the place twice; the report says it once more.
    let message = message.lines().next().unwrap_or("").trim();
    let message = message.split(" at line ").next().unwrap_or(message).trim_end_matches([':', ',']);
    let message = message.split_once(": ").filter(|(head, _)| head.starts_with("error: line") || head.starts_with("line")).map_or(message, |(_, m)| m);
    let span = e.location().map_or(Span::at(0), |l| {
        let line_start = nth_line(body, l.line().max(1) as usize - 1);
        let line = &body[line_start..];
        let line = &line[..line.find('\n').unwrap_or(line.len())];
        let at = line_start + line.char_indices().nth(l.column().max(1) as usize - 1).map_or(line.len(), |(i, _)| i);
        let next = body[at..].chars().next().filter(|c| *c != '\n').map_or(at, |c| at + c.len_utf8());
        Span::new(at, next)
    });
    YamlError { message: message.to_owned(), span: span.shifted(shift) }
}

fn nth_line(text: &str, n: usize) -> usize {
    if n == 0 {
        return 0;
    }
    memchr::memchr_iter(b'\n', text.as_bytes()).nth(n - 1).map_or(text.len(), |i| i + 1)
}

/// The tree as the library gives it.
enum Raw {
    Null,
    Bool(bool),
    Number(f64),
    Str(String),
    Seq(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Raw, D::Error> {
        Raw::deserialize(d)
    }

    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(v))
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Raw, E> {
        Ok(Raw::Number(v as f64))
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Raw, E> {
        Ok(Raw::Number(v as f64))
    }

    fn visit_i128<E: de::Error>(self, v: i128) -> Result<Raw, E> {
        Ok(Raw::Number(v as f64))
    }

    fn visit_u128<E: de::Error>(self, v: u128) -> Result<Raw, E> {
        Ok(Raw::Number(v as f64))
    }

    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Raw, E> {
        Ok(Raw::Number(v))
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Raw, E> {
        Ok(Raw::Str(v.to_owned()))
    }

    fn visit_string<E: de::Error>(self, v: String) -> Result<Raw, E> {
        Ok(Raw::Str(v))
    }

    fn visit_bytes<E: de::Error>(self, v: &[u8]) -> Result<Raw, E> {
        Ok(Raw::Str(String::from_utf8_lossy(v).into_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut a: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = a.next_element()? {
            items.push(item);
        }
        Ok(Raw::Seq(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut a: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = a.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

/// Recursion is bounded by the depth the library accepts.
fn node(raw: Spanned<Raw>, text: &str, shift: usize) -> Node {
    let s = raw.defined.span();
    let start = s.byte_offset().map_or(0, |o| o as usize).min(text.len());
    let end = (start + s.byte_len().map_or(0, |l| l as usize)).min(text.len());
    let (start, end) = (floor(text, start), floor(text, end));
    let mut span = Span::new(start + shift, end.max(start) + shift);
    let spelled = || text.get(start..end).map(|s| s.trim().to_owned());
    let mut raw_text = None;
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(b) => {
            raw_text = spelled();
            Value::Bool(b)
        }
        Raw::Number(n) => {
            raw_text = spelled();
            Value::Number(n)
        }
        Raw::Str(s) => {
            // Of a block scalar the library's span takes in the white space that follows.
            let body = text.get(start..end).unwrap_or("");
            span.end = span.start + body.trim_end().len();
            Value::Str(s)
        }
        Raw::Seq(items) => {
            let items: Vec<Node> = items.into_iter().map(|i| node(i, text, shift)).collect();
            span = items.iter().map(|i| i.span).fold(span, |a, b| if b.start >= a.start { a.cover(&b) } else { a });
            Value::Seq(items)
        }
        Raw::Map(entries) => {
            let entries: Vec<(Node, Node)> = entries.into_iter().map(|(k, v)| (node(k, text, shift), node(v, text, shift))).collect();
            // Merged keys lie elsewhere.
            span = entries.iter().map(|(k, v)| k.span.cover(&v.span)).fold(span, |a, b| if b.start >= a.start { a.cover(&b) } else { a });
            Value::Map(entries)
        }
    };
    Node { span, value, raw: raw_text }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_know_their_places() {
        let text = "# é\npack: a/b\nno: yes\nn: 0x10\nday: 2026-11-21\nlist:\n  - 'it''s'\n  - {x: \"q\\\"\"}\nlong: |\n  one\n  two\n";
        let root = parse(text).expect("yaml");
        let slice = |n: &Node| &text[n.span.range()];
        assert_eq!(root.get("pack").map(slice), Some("a/b"));
        assert_eq!(root.get("no").and_then(Node::as_str), Some("yes"));
        assert_eq!(root.get("n").and_then(Node::scalar_text).as_deref(), Some("0x10"));
        assert_eq!(root.get("day").and_then(Node::as_str), Some("2026-11-21"));
        let list = root.get("list").expect("list");
        assert_eq!(slice(list), "- 'it''s'\n  - {x: \"q\\\"\"");
        assert_eq!(list.as_seq().map(|s| slice(&s[0])), Some("'it''s'"));
        assert_eq!(root.get("long").and_then(Node::as_str), Some("one\ntwo\n"));
    }

    #[test]
    fn errors_have_a_place() {
        let at = |text: &str| parse(text).expect_err(text);
        assert_eq!(at("a: 1\nb: 2\na: 3\n").span.start, 10, "{:?}", at("a: 1\nb: 2\na: 3\n"));
        assert!(at("a: [1, 2\nb: 3\n").span.start > 0);
        assert!(!at("a: \"x\n").message.is_empty());
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
        assert!(parse(bomb).is_err());
    }
}
