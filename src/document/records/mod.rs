//! Records: listings, ads, reviews in JSON, NDJSON, CSV and YAML.
//!
//! A file is cut into chunks of whole records ([`Splitter`]), and each record becomes a document ([`read`]). What the fields of an
//! export mean is said by the files in `rules/formats/` ([`Formats`]); nothing here knows an export by name.

pub mod csv;
mod fields;
pub mod formats;
pub mod json;
mod split_json;
mod stream;
mod text;
mod values;
mod whole;

pub use fields::MAX_FIELDS;
pub use formats::{Format, FormatError, Formats};
pub use stream::{CHUNK, Chunk, LONGEST_RECORD, Splitter, Trouble, TroubleKind};
pub use text::{Text, prose};
pub use values::{Given, values};
pub use whole::split as split_whole;

use super::{Builder, Kind};
use crate::source::Span;
use crate::yaml::{self, Node};
use fields::{Event, Writer};
use formats::At;
use json::{JsonError, Scanner, Token};
use std::borrow::Cow;
use std::cell::RefCell;
use stream::{ChunkId, Content, Table};

/// How a file keeps its records.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shape {
    /// One JSON value a line.
    Ndjson,
    /// JSON.
    Json,
    /// A table with a header row; commas, semicolons, tabs or bars between cells.
    Csv,
    /// YAML.
    Yaml,
}

/// The shape of a file by its name and its first bytes (some kilobytes; more does no harm). `None` where it holds no records as far as
/// can be seen.
pub fn sniff(first: &[u8], name: &str) -> Option<Shape> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let extension = base.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    match extension.as_deref() {
        Some("ndjson" | "jsonl") => Some(Shape::Ndjson),
        Some("json") => Some(json_shape(first).unwrap_or(Shape::Json)),
        Some("csv" | "tsv") => Some(Shape::Csv),
        Some("yaml" | "yml") => Some(Shape::Yaml),
        Some(e) if e.len() <= 5 && e.bytes().all(|b| b.is_ascii_alphanumeric()) => None,
        _ => json_shape(first).or_else(|| table_header(first).then_some(Shape::Csv)),
    }
}

/// JSON or NDJSON, if the bytes look like either: in the latter the first line is an object of its own and more follows.
fn json_shape(first: &[u8]) -> Option<Shape> {
    let text = String::from_utf8_lossy(first);
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    match text.as_bytes().first() {
        Some(b'[') => Some(Shape::Json),
        Some(b'{') => {
            let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
            let alone = || {
                let mut s = Scanner::new(line, Span::new(0, line.len()));
                loop {
                    match s.next() {
                        Ok(Some(_)) => {}
                        Ok(None) => return true,
                        Err(_) => return false,
                    }
                }
            };
            Some(if rest.trim_start().starts_with('{') && alone() { Shape::Ndjson } else { Shape::Json })
        }
        _ => None,
    }
}

/// Whether the first line names columns: three or more short cells, none empty.
fn table_header(first: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&first[..first.len().min(4096)]);
    let Some((line, _)) = text.trim_start_matches('\u{FEFF}').split_once(['\n', '\r']) else { return false };
    csv::DELIMITERS.iter().any(|d| {
        let cells: Vec<&str> = line.split(char::from(*d)).map(|c| c.trim().trim_matches('"')).collect();
        cells.len() >= 3 && cells.iter().all(|c| (1..=40).contains(&c.len()) && c.split(' ').count() <= 4 && !c.ends_with('.'))
    })
}

/// What came of reading a record.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'f> {
    /// A format knows it; the document holds its fields.
    Known(&'f Format),
    /// No format knows it; nothing was written. [`read_generic`] reads it if the caller knows what it is.
    Unknown,
    /// It is broken; the document's problems say where.
    Broken,
}

/// The first fields of a record by their names in the file, for a message.
pub fn field_names(chunk: &Chunk, record: usize) -> String {
    let mut b = Builder::new();
    read_generic(chunk, record, Kind::Page, &mut b);
    b.finish().fields.iter().take(8).map(|f| format!("`{}`", f.name)).collect::<Vec<_>>().join(", ")
}

/// Reads record number `record` of a chunk.
pub fn read<'f>(chunk: &Chunk, record: usize, formats: &'f Formats, b: &mut Builder) -> Outcome<'f> {
    let Some(&span) = chunk.records.get(record) else { return Outcome::Unknown };
    let text = chunk.source.text();
    let index = chunk.first_index + record;
    match &chunk.content {
        Content::Json(id) => with_tokens(*id, text, span, |tokens| {
            let tokens = match tokens {
                Ok(tokens) => tokens,
                Err(e) => return broken(&e, b),
            };
            let keys = top_keys(text, tokens);
            let Some(format) = formats.detect(keys.iter().map(Cow::as_ref)) else { return Outcome::Unknown };
            b.reserve(span.len(), tokens.len() / 2);
            fields::write(tokens.iter().map(|t| event(text, t)), Some(format), format.kind, span, index, b);
            Outcome::Known(format)
        }),
        Content::Csv(table) => {
            let Some(format) = table.format.as_deref().and_then(|f| formats.get(f)) else { return Outcome::Unknown };
            row(text, span, table, Some(format), format.kind, index, b);
            Outcome::Known(format)
        }
        Content::Yaml(nodes) => {
            let Some(node) = nodes.get(record) else { return Outcome::Unknown };
            let keys = node.as_map().unwrap_or(&[]).iter().filter_map(|(k, _)| k.as_str());
            let Some(format) = formats.detect(keys) else { return Outcome::Unknown };
            fields::write(yaml_events(text, node).into_iter(), Some(format), format.kind, span, index, b);
            Outcome::Known(format)
        }
    }
}

/// Reads a record that no format knows as what the caller says it is: every text that is made of words becomes prose, and every value
/// goes by its own name. [`Outcome::Unknown`] means that it was read, without a format.
pub fn read_generic(chunk: &Chunk, record: usize, kind: Kind, b: &mut Builder) -> Outcome<'static> {
    let Some(&span) = chunk.records.get(record) else { return Outcome::Unknown };
    let text = chunk.source.text();
    let index = chunk.first_index + record;
    match &chunk.content {
        Content::Json(id) => {
            return with_tokens(*id, text, span, |tokens| {
                let tokens = match tokens {
                    Ok(tokens) => tokens,
                    Err(e) => return broken(&e, b),
                };
                fields::write(tokens.iter().map(|t| event(text, t)), None, kind, span, index, b);
                Outcome::Unknown
            });
        }
        Content::Csv(table) => row(text, span, table, None, kind, index, b),
        Content::Yaml(nodes) => {
            if let Some(node) = nodes.get(record) {
                fields::write(yaml_events(text, node).into_iter(), None, kind, span, index, b);
            }
        }
    }
    Outcome::Unknown
}

fn broken(e: &JsonError, b: &mut Builder) -> Outcome<'static> {
    b.problem(e.message, "the record was not read; the others are", e.span);
    Outcome::Broken
}

/// The tokens of a record. Each thread keeps those of the last one: a record is read into a document, and then often asked for its values.
fn with_tokens<R>(chunk: ChunkId, text: &str, span: Span, f: impl FnOnce(Result<&[Token], JsonError>) -> R) -> R {
    /// A longer list is not kept.
    const KEPT: usize = 1 << 14;
    #[derive(Default)]
    struct Last {
        of: Option<(ChunkId, Span)>,
        tokens: Vec<Token>,
    }
    thread_local! {
        static LAST: RefCell<Last> = RefCell::default();
    }
    let mut last = LAST.take();
    let scanned = if last.of == Some((chunk, span)) { Ok(()) } else { scan(text, span, &mut last.tokens) };
    last.of = scanned.is_ok().then_some((chunk, span));
    let r = f(scanned.map(|()| &last.tokens[..]));
    if last.tokens.capacity() <= KEPT {
        LAST.set(last);
    }
    r
}

fn scan(text: &str, span: Span, tokens: &mut Vec<Token>) -> Result<(), JsonError> {
    tokens.clear();
    let mut scanner = Scanner::new(text, span);
    while let Some(token) = scanner.next()? {
        tokens.push(token);
    }
    Ok(())
}

/// The keys of the record itself; none if it is no object.
fn top_keys<'a>(text: &'a str, tokens: &[Token]) -> Vec<Cow<'a, str>> {
    let mut depth = 0;
    let mut keys = Vec::with_capacity(40);
    for token in tokens {
        match token {
            Token::ObjectStart(_) | Token::ArrayStart(_) => depth += 1,
            Token::ObjectEnd(_) | Token::ArrayEnd(_) => depth -= 1,
            Token::Key(k) if depth == 1 => keys.push(k.value(text)),
            _ => {}
        }
    }
    keys
}

fn event<'a>(text: &'a str, token: &Token) -> Event<'a> {
    match token {
        Token::ObjectStart(_) => Event::Object,
        Token::ArrayStart(_) => Event::List,
        Token::ObjectEnd(_) | Token::ArrayEnd(_) => Event::Close,
        Token::Key(k) => Event::Key(k.value(text)),
        Token::String(s) if s.escaped => {
            let (value, map) = json::unescape(text.get(s.span.range()).unwrap_or(""), s.span.start);
            Event::Value(Text::decoded(value, s.span, map))
        }
        Token::String(s) => Event::Value(Text::verbatim(text, s.span)),
        Token::Number(span) | Token::Bool(_, span) => Event::Value(Text::verbatim(text, *span)),
        Token::Null(span) => Event::Value(Text::empty(*span)),
    }
}

/// One row of a table.
fn row(text: &str, span: Span, table: &Table, format: Option<&Format>, kind: Kind, index: usize, b: &mut Builder) {
    b.reserve(span.len(), table.columns.names.len() * 3 / 2);
    let mut out = Writer::new(format, kind, b);
    for (i, cell) in csv::cells(text, span, table.columns.delimiter).enumerate().take(MAX_FIELDS) {
        let value = cell.text(text);
        let own = || table.columns.names.get(i).filter(|n| !n.is_empty()).cloned().unwrap_or_else(|| format!("column-{}", i + 1));
        let place: Option<At> = table.places.get(i).copied().flatten();
        let def = place.and_then(|at| format.and_then(|f| f.field(at, |_| None)));
        match def {
            Some(d) => out.value(def, &d.name, String::new, &value),
            None => {
                let own = own();
                out.value(None, &own.clone(), || own, &value);
            }
        }
    }
    out.finish(span, index);
}

/// A node's values as events. The tree's depth is bounded by its reader; the walk keeps its own stack all the same.
fn yaml_events<'a>(text: &str, node: &'a Node) -> Vec<Event<'a>> {
    enum Step<'a> {
        Node(&'a Node),
        Key(&'a Node),
        Close,
    }
    let mut out = Vec::new();
    let mut stack = vec![Step::Node(node)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Close => out.push(Event::Close),
            Step::Key(k) => out.push(Event::Key(k.scalar_text().unwrap_or_default().into())),
            Step::Node(n) => match &n.value {
                yaml::Value::Seq(items) => {
                    out.push(Event::List);
                    stack.push(Step::Close);
                    stack.extend(items.iter().rev().map(Step::Node));
                }
                yaml::Value::Map(entries) => {
                    out.push(Event::Object);
                    stack.push(Step::Close);
                    for (k, v) in entries.iter().rev() {
                        stack.push(Step::Node(v));
                        stack.push(Step::Key(k));
                    }
                }
                yaml::Value::Null => out.push(Event::Value(Text::empty(n.span))),
                yaml::Value::Str(s) => out.push(Event::Value(Text::decoded(s.as_str(), n.span, yaml::scalar_map(text, n)))),
                _ => out.push(Event::Value(Text::decoded(n.scalar_text().unwrap_or_default(), n.span, yaml::scalar_map(text, n)))),
            },
        }
    }
    out
}
