//! YAML as a tree in which every node knows its place.
//!
//! What lives here knows YAML and nothing of packs, registers or records: those decode the tree and point at its nodes. Reading is
//! strict where people slip: a key given twice is an error, and only `true` and `false` are booleans, so that `no:` and `on:` stay words.

mod events;
mod fault;
mod scalar;
pub mod shape;

pub use fault::Fault;
pub use scalar::{is_block, scalar_map, scalar_span};

use crate::source::Span;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_yaml::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_yaml::{Location, Spanned};

/// How deep lists and maps may lie in each other.
const MAX_DEPTH: usize = 64;

/// One value with its place in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it is written. For a quoted text that includes the quotes; for a block text (`|`, `>`) it is the text without header
    /// and final line breaks;
    /// for a list or map it reaches from the first entry to the end of the last, brackets included. A value taken from an anchor has the
    /// anchor's place. A missing value is an empty span.
    pub span: Span,
    /// The value.
    pub value: Value,
    /// How a number or boolean is spelled.
    spelled: Option<Box<str>>,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: `~`, `null` or no value at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number; [`Node::raw`] gives its spelling.
    Number(f64),
    /// Text, decoded.
    Str(String),
    /// A list.
    Seq(Vec<Node>),
    /// A map in the order of the file; merge keys are already merged.
    Map(Vec<(Node, Node)>),
}

/// Why a text is no YAML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// What is wrong, in one clause.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl YamlError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        if self.message.ends_with(" is given twice") {
            "a key stands once in its map: take one of the two out, or put what both say under one"
        } else {
            "this file is not YAML as it stands"
        }
    }
}

impl Node {
    /// The source text of the node.
    pub fn raw<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.span.range()).unwrap_or("")
    }

    /// The value of a map's key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|(k, _)| k.is(key)).map(|(_, v)| v)
    }

    /// Takes the value of a map's key out of it.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        let Value::Map(entries) = &mut self.value else { return None };
        let (_, value) = entries.iter_mut().find(|(k, _)| k.is(key))?;
        Some(std::mem::replace(&mut value.value, Value::Null))
    }

    /// Whether the node is a scalar that reads so.
    fn is(&self, text: &str) -> bool {
        match &self.value {
            Value::Str(s) => s == text,
            _ => self.spelled.as_deref() == Some(text),
        }
    }

    /// The decoded text, if the node is text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// The entries, if the node is a list.
    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Seq(s) => Some(s),
            _ => None,
        }
    }

    /// The entries, if the node is a map.
    pub fn as_map(&self) -> Option<&[(Node, Node)]> {
        match &self.value {
            Value::Map(m) => Some(m),
            _ => None,
        }
    }

    /// Any scalar as text, numbers and booleans as they are spelled; `None` for null, lists and maps.
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Str(s) => Some(s),
            Value::Bool(_) | Value::Number(_) => self.spelled.as_deref(),
            Value::Null | Value::Seq(_) | Value::Map(_) => None,
        }
    }

    /// [`Self::scalar`] to keep.
    pub fn scalar_text(&self) -> Option<String> {
        self.scalar().map(str::to_owned)
    }

    /// What the node is, for messages: `text`, `a list`.
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Str(_) => "text",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

impl Node {
    /// The same tree as part of a longer text, in which it begins `by` bytes further on.
    #[must_use]
    pub fn shifted(mut self, by: usize) -> Node {
        self.shift(by);
        self
    }

    /// The depth is bounded by [`MAX_DEPTH`].
    fn shift(&mut self, by: usize) {
        self.span = self.span.shifted(by);
        match &mut self.value {
            Value::Seq(items) => items.iter_mut().for_each(|n| n.shift(by)),
            Value::Map(entries) => entries.iter_mut().for_each(|(k, v)| {
                k.shift(by);
                v.shift(by);
            }),
            _ => {}
        }
    }
}

/// A tree without places, from the JSON that promolint's build made of YAML and checked.
#[derive(Debug)]
pub struct Prepared(pub Node);

impl<'de> Deserialize<'de> for Prepared {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Prepared, D::Error> {
        d.deserialize_any(AnyJson).map(Prepared)
    }
}

struct AnyJson;

impl AnyJson {
    fn scalar<E>(value: Value, spelled: String) -> Result<Node, E> {
        Ok(Node { span: Span::at(0), value, spelled: Some(spelled.into()) })
    }

    fn plain<E>(value: Value) -> Result<Node, E> {
        Ok(Node { span: Span::at(0), value, spelled: None })
    }
}

impl<'de> Visitor<'de> for AnyJson {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("any JSON")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Self::plain(Value::Null)
    }
    fn visit_bool<E>(self, b: bool) -> Result<Node, E> {
        Self::scalar(Value::Bool(b), b.to_string())
    }
    fn visit_i64<E>(self, n: i64) -> Result<Node, E> {
        Self::scalar(Value::Number(n as f64), n.to_string())
    }
    fn visit_u64<E>(self, n: u64) -> Result<Node, E> {
        Self::scalar(Value::Number(n as f64), n.to_string())
    }
    fn visit_f64<E>(self, n: f64) -> Result<Node, E> {
        Self::scalar(Value::Number(n), n.to_string())
    }
    fn visit_str<E>(self, s: &str) -> Result<Node, E> {
        Self::plain(Value::Str(s.to_owned()))
    }
    fn visit_string<E>(self, s: String) -> Result<Node, E> {
        Self::plain(Value::Str(s))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut a: A) -> Result<Node, A::Error> {
        let mut out = Vec::new();
        while let Some(Prepared(n)) = a.next_element()? {
            out.push(n);
        }
        Self::plain(Value::Seq(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut a: A) -> Result<Node, A::Error> {
        let mut out = Vec::new();
        while let Some((Prepared(k), Prepared(v))) = a.next_entry()? {
            out.push((k, v));
        }
        Self::plain(Value::Map(out))
    }
}

/// What a document may hold. It grows with the text, so that only what aliases multiply can be too much.
struct Limits {
    nodes: usize,
    events: usize,
    scalar_bytes: usize,
}

impl Limits {
    /// The floor is what a few hundred bytes can make the reader do: far more than anyone writes with anchors by hand, and done in a
    /// moment.
    fn of(text: &str) -> Limits {
        let size = text.len();
        Limits { nodes: size.max(50_000), events: size.saturating_mul(2).max(100_000), scalar_bytes: size.saturating_mul(2).max(64 << 20) }
    }
}

/// Reads one YAML document. An empty text is null.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    let limits = Limits::of(text);
    let mut node = match events::read(text, &limits) {
        Some(node) => node,
        None => deserialize(text, &limits).map_err(|e| error(text, &e))?,
    };
    settle(text, &mut node);
    Ok(node)
}

/// Reads any YAML, however rare what it uses.
fn deserialize(text: &str, limits: &Limits) -> Result<Node, serde_yaml::Error> {
    let options = serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        duplicate_keys: DuplicateKeyPolicy::Error,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: limits.nodes,
            max_events: limits.events,
            max_total_scalar_bytes: limits.scalar_bytes,
        },
    };
    serde_yaml::from_str_with_options(text, options)
}

fn error(text: &str, e: &serde_yaml::Error) -> YamlError {
    use serde_yaml::Error as E;
    let e = e.without_snippet();
    let span = e.location().map_or(Span::at(0), |l| place(text, &l));
    let message = match e {
        E::DuplicateMappingKey { key: Some(key), .. } => format!("the key `{key}` is given twice"),
        E::DuplicateMappingKey { key: None, .. } => "the same key is given twice".to_owned(),
        E::MultipleDocuments { .. } => "a second document starts here, and one is expected".to_owned(),
        E::UnknownAnchor { .. } => "no anchor of this name comes before".to_owned(),
        _ => {
            if let Some(tab) = indenting_tab(text, span) {
                return YamlError { message: "a tab indents this line; indent with spaces".to_owned(), span: tab };
            }
            plain(&e.to_string())
        }
    };
    YamlError { message, span }
}

/// The tab that indents the line of an error, or the one behind it: the library stops before.
fn indenting_tab(text: &str, error: Span) -> Option<Span> {
    let from = text.get(..error.start)?.rfind('\n').map_or(0, |at| at + 1);
    let mut at = from;
    for line in text[from..].split_inclusive('\n').take(2) {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        if let Some(tab) = indent.find('\t').filter(|_| !line.trim().is_empty()) {
            return Some(Span::new(at + tab, at + tab + 1));
        }
        at += line.len();
    }
    None
}

/// The library's message without the place it ends with, which the span says.
fn plain(message: &str) -> String {
    let message = message.lines().next().unwrap_or("");
    let message = message.find(" at line ").map_or(message, |i| &message[..i]);
    match message {
        m if m.starts_with("budget breached: Depth") => format!("lists and maps lie more than {MAX_DEPTH} deep in each other"),
        m if m.starts_with("budget breached") => "the document grows beyond all measure through its anchors".to_owned(),
        "invalid indentation in multiline quoted scalar" => "this line lies outside its text: a quote before it is not closed".to_owned(),
        "recursive references require weak recursion types" => "this alias stands inside its own anchor".to_owned(),
        "invalid u64" | "invalid i64" | "invalid f64" => "this is no number, and its tag says that it is one".to_owned(),
        "" => "this is no YAML".to_owned(),
        m => m.replace("scalar", "text").replace("mapping", "map").replace("sequence", "list"),
    }
}

/// The library's place as a span; from line and column (in characters) where it gives no offset.
fn place(text: &str, l: &Location) -> Span {
    let floor = |at: usize| text.floor_char_boundary(at.min(text.len()));
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    if let (Some(start), Some(len)) = (l.span().byte_offset(), l.span().byte_len()) {
        let start = floor(number(start));
        return Span::new(start, floor(start.saturating_add(number(len))).max(start));
    }
    let Some(line) = number(l.line()).checked_sub(1) else { return Span::at(0) };
    let Some(rest) = text.split_inclusive('\n').nth(line) else { return Span::at(text.len()) };
    let at = rest.as_ptr() as usize - text.as_ptr() as usize;
    let column = number(l.column()).saturating_sub(1);
    let start = at + rest.char_indices().nth(column).map_or(rest.len(), |(i, _)| i);
    let end = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
    Span::new(start, end)
}

/// White space of YAML.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// Gives lists and maps the span of all they hold: the library names their first byte only. The depth is bounded by [`MAX_DEPTH`].
fn settle(text: &str, node: &mut Node) {
    let Span { start, end } = node.span;
    let flow = end > start;
    let mut last = end;
    let close = match &mut node.value {
        Value::Seq(entries) => {
            for e in entries {
                settle(text, e);
                // What comes from an anchor or a merge lies before this node.
                if e.span.start >= start {
                    last = last.max(e.span.end);
                }
            }
            b']'
        }
        Value::Map(entries) => {
            for (k, v) in entries {
                for n in [k, v] {
                    settle(text, n);
                    if n.span.start >= start {
                        last = last.max(n.span.end);
                    }
                }
            }
            b'}'
        }
        Value::Str(_) => {
            let raw = text.get(start..end).unwrap_or("");
            // A block text comes with the line breaks behind it; one without text stands wherever the next thing begins.
            node.span = match raw.trim_matches(BLANK).is_empty() {
                true => Span::at(text.get(..start).map_or(start, |before| before.trim_end_matches(BLANK).len())),
                false => Span::new(start, start + raw.trim_end_matches(['\n', '\r']).len()),
            };
            return;
        }
        Value::Bool(_) | Value::Number(_) => {
            node.spelled = text.get(start..end).map(Into::into);
            return;
        }
        Value::Null => return,
    };
    node.span.end = if flow { after_bracket(text.as_bytes(), last, close) } else { last };
}

/// The end of a flow list or map: behind its bracket, past white space, a last comma and comments.
fn after_bracket(bytes: &[u8], from: usize, close: u8) -> usize {
    let mut i = from;
    while let Some(&b) = bytes.get(i) {
        match b {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => i += 1,
            b'#' => i = memchr::memchr(b'\n', &bytes[i..]).map_or(bytes.len(), |n| i + n),
            b if b == close => return i + 1,
            // An alias stands last, or something else whose place is elsewhere.
            b'*' => i += bytes[i..].iter().take_while(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'}' | b']')).count(),
            _ => break,
        }
    }
    from
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Node, D::Error> {
        let spanned = Spanned::<Value>::deserialize(d)?;
        let s = spanned.defined.span();
        // A text read from memory always comes with offsets.
        let (Some(start), Some(len)) = (s.byte_offset(), s.byte_len()) else {
            return Err(D::Error::custom("a value without a place"));
        };
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let start = number(start);
        Ok(Node { span: Span::new(start, start.saturating_add(number(len))), value: spanned.value, spelled: None })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Value, D::Error> {
        d.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("any YAML")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        Value::deserialize(d)
    }
    fn visit_bool<E>(self, b: bool) -> Result<Value, E> {
        Ok(Value::Bool(b))
    }
    fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
        Ok(Value::Number(n as f64))
    }
    fn visit_u64<E>(self, n: u64) -> Result<Value, E> {
        Ok(Value::Number(n as f64))
    }
    fn visit_i128<E>(self, n: i128) -> Result<Value, E> {
        Ok(Value::Number(n as f64))
    }
    fn visit_u128<E>(self, n: u128) -> Result<Value, E> {
        Ok(Value::Number(n as f64))
    }
    fn visit_f64<E>(self, n: f64) -> Result<Value, E> {
        Ok(Value::Number(n))
    }
    fn visit_str<E>(self, s: &str) -> Result<Value, E> {
        Ok(Value::Str(s.to_owned()))
    }
    fn visit_string<E>(self, s: String) -> Result<Value, E> {
        Ok(Value::Str(s))
    }
    fn visit_bytes<E>(self, b: &[u8]) -> Result<Value, E> {
        Ok(Value::Str(String::from_utf8_lossy(b).into_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut a: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(n) = a.next_element()? {
            out.push(n);
        }
        Ok(Value::Seq(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut a: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(entry) = a.next_entry()? {
            out.push(entry);
        }
        Ok(Value::Map(out))
    }
}

#[cfg(test)]
mod tests;
