//! Records: listings, ads, reviews in JSON, NDJSON, CSV and YAML.
//!
//! A file is cut into chunks of whole records ([`Splitter`]), and each record becomes a document ([`read`]). What the fields of an
//! export mean is said by the files in `rules/formats/` ([`Formats`]); nothing here knows an export by name.

pub mod csv;
mod fields;
pub mod formats;
mod header;
pub mod json;
mod split_json;
mod stream;
mod text;
mod unnamed;
mod values;
mod walk;
mod whole;

pub use formats::{FieldDef, Format, FormatError, Formats};
pub use header::is_table;
pub use stream::{CHUNK, Chunk, LONGEST_RECORD, Splitter, Trouble, TroubleKind};
pub use text::{Text, prose};
pub use unnamed::unread;
pub use values::{Given, values};
pub use walk::MAX_FIELDS;
pub use whole::split as split_whole;

use super::{Builder, Kind, Layer};
use crate::source::Span;
use crate::yaml::{self, Node};
use fields::Writer;
use formats::{At, Form, Recent};
use header::Table;
use json::{JsonError, Scanner, Token};
use std::cell::RefCell;
use stream::{ChunkId, Content};
use walk::Walk;

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
    /// A format knows it, or stands in because the user says what it is; the document holds its fields.
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
        Content::Json(id) => with_values(*id, text, span, Some((formats, chunk.kind)), |values| {
            let (form, walk) = match values {
                Ok(values) => values,
                Err(e) => return broken(&e, b),
            };
            let Some(format) = form.format else { return Outcome::Unknown };
            b.reserve(span.len(), walk.len());
            fields::write(walk, |v| json_text(text, v), form, format.kind, span, index, b);
            Outcome::Known(format)
        }),
        Content::Csv(table) => {
            let Some(format) = table.format.as_deref().and_then(|f| formats.get(f)) else { return Outcome::Unknown };
            row(text, span, table, Form { format: Some(format), fits: table.fits }, format.kind, index, b);
            Outcome::Known(format)
        }
        Content::Yaml(nodes) => {
            let Some(node) = nodes.get(record) else { return Outcome::Unknown };
            let keys = node.as_map().unwrap_or(&[]).iter().filter_map(|(k, _)| k.as_str());
            let form = formats.detect_or_fall_back(keys, chunk.kind);
            let Some(format) = form.format else { return Outcome::Unknown };
            let walk = yaml_values(text, node, Some(format), span.start);
            fields::write(&walk, Text::clone, form, format.kind, span, index, b);
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
            return with_values(*id, text, span, None, |values| {
                let walk = match values {
                    Ok((_, walk)) => walk,
                    Err(e) => return broken(&e, b),
                };
                fields::write(walk, |v| json_text(text, v), Form::NONE, kind, span, index, b);
                Outcome::Unknown
            });
        }
        Content::Csv(table) => row(text, span, table, Form::NONE, kind, index, b),
        Content::Yaml(nodes) => {
            if let Some(node) = nodes.get(record) {
                fields::write(&yaml_values(text, node, None, span.start), Text::clone, Form::NONE, kind, span, index, b);
            }
        }
    }
    Outcome::Unknown
}

fn broken(e: &JsonError, b: &mut Builder) -> Outcome<'static> {
    b.problem(e.message, "the record was not read; the others are", e.span);
    Outcome::Broken
}

/// The values of a record of JSON, and its format where one of `formats` knows it. Each thread keeps those of the last record: it is read
/// into a document, and then often asked for its values.
fn with_values<'f, R>(
    chunk: ChunkId,
    text: &str,
    span: Span,
    formats: Option<(&'f Formats, Option<Kind>)>,
    f: impl FnOnce(Result<(Form<'f>, &Walk<Token>), JsonError>) -> R,
) -> R {
    thread_local! {
        static LAST: RefCell<Last> = RefCell::default();
    }
    let mut last = LAST.take();
    let of = (chunk, span, formats.map(|(f, _)| f.id()));
    let read = if last.of == Some(of) { Ok(()) } else { last.read(text, span, formats) };
    last.of = read.is_ok().then_some(of);
    let form = Form { format: formats.and_then(|(f, _)| f.by_number(last.format?)), fits: last.fits };
    let r = f(read.map(|()| (form, &last.walk)));
    if !last.walk.is_large() && !last.recent.is_large() {
        LAST.set(last);
    }
    r
}

/// The last record of JSON that a thread has gone through.
#[derive(Default)]
struct Last {
    of: Option<(ChunkId, Span, Option<formats::Id>)>,
    /// The number of its format.
    format: Option<usize>,
    fits: bool,
    walk: Walk<Token>,
    recent: Recent,
}

impl Last {
    fn read(&mut self, text: &str, span: Span, formats: Option<(&Formats, Option<Kind>)>) -> Result<(), JsonError> {
        let Some((formats, kind)) = formats else {
            (self.format, self.fits) = (None, false);
            return self.scan(text, span, None);
        };
        // Most records have the format of the one before, so that once through is enough.
        let guess = self.format.filter(|_| self.recent.is_of(formats));
        self.scan(text, span, guess.and_then(|g| formats.by_number(g)))?;
        let known = self.recent.detect(formats);
        (self.format, self.fits) = (known.or_else(|| formats.fallback(kind)), known.is_some());
        if self.format != guess {
            self.scan(text, span, self.format.and_then(|f| formats.by_number(f)))?;
        }
        Ok(())
    }

    fn scan(&mut self, text: &str, span: Span, format: Option<&Format>) -> Result<(), JsonError> {
        self.walk.clear();
        self.recent.clear();
        let mut scanner = Scanner::new(text, span);
        while let Some(token) = scanner.next()? {
            match token {
                Token::ObjectStart(at) => self.walk.open(format, false, at),
                Token::ArrayStart(at) => self.walk.open(format, true, at),
                Token::ObjectEnd(at) | Token::ArrayEnd(at) => self.walk.close(at),
                Token::Key(k) => {
                    let key = k.value(text);
                    if self.walk.at_top() {
                        self.recent.key(&key);
                    }
                    self.walk.key(format, &key);
                }
                value => self.walk.value(format, value),
            }
        }
        Ok(())
    }
}

/// What a value says.
fn json_text<'a>(text: &'a str, value: &Token) -> Text<'a> {
    match value {
        Token::String(s) if s.escaped => {
            let (value, map) = json::unescape(text.get(s.span.range()).unwrap_or(""), s.span.start);
            Text::decoded(value, s.span, map).in_layer(Layer::Json { script: false })
        }
        Token::String(s) => Text::verbatim(text, s.span).in_layer(Layer::Json { script: false }),
        Token::Number(span) | Token::Bool(_, span) => Text::verbatim(text, *span),
        Token::Null(span) => Text::empty(*span),
        Token::Key(_) | Token::ObjectStart(_) | Token::ObjectEnd(_) | Token::ArrayStart(_) | Token::ArrayEnd(_) => Text::empty(Span::at(0)),
    }
}

/// One row of a table.
fn row(text: &str, span: Span, table: &Table, form: Form, kind: Kind, index: usize, b: &mut Builder) {
    b.reserve(span.len(), table.columns.names.len() * 3 / 2);
    let format = form.format;
    let mut out = Writer::new(form, kind, b);
    for (i, cell) in csv::cells(text, span, table.columns.delimiter).enumerate().take(MAX_FIELDS) {
        let layer = Layer::Csv { delimiter: table.columns.delimiter, quoted: cell.quoted };
        let value = cell.text(text).in_layer(layer);
        let own = || table.columns.names.get(i).filter(|n| !n.is_empty()).cloned().unwrap_or_else(|| format!("column-{}", i + 1));
        let place: Option<At> = table.places.get(i).copied().flatten();
        let def = place.and_then(|at| format.and_then(|f| f.field(at, |_, _| false)));
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

/// A node's values; `at` is the record's place. The tree's depth is bounded by its reader; the walk keeps its own stack all the same.
fn yaml_values<'a>(text: &str, node: &'a Node, format: Option<&Format>, at: usize) -> Walk<Text<'a>> {
    enum Step<'a> {
        Node(&'a Node),
        Key(&'a Node),
        Close,
    }
    let mut out = Walk::default();
    let mut stack = vec![Step::Node(node)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Close => out.close(at),
            Step::Key(k) => out.key(format, &k.scalar_text().unwrap_or_default()),
            Step::Node(n) => match &n.value {
                yaml::Value::Seq(items) => {
                    out.open(format, true, at);
                    stack.push(Step::Close);
                    stack.extend(items.iter().rev().map(Step::Node));
                }
                yaml::Value::Map(entries) => {
                    out.open(format, false, at);
                    stack.push(Step::Close);
                    for (k, v) in entries.iter().rev() {
                        stack.push(Step::Node(v));
                        stack.push(Step::Key(k));
                    }
                }
                yaml::Value::Null => out.value(format, Text::empty(n.span)),
                yaml::Value::Str(s) => {
                    out.value(format, Text::decoded(s.as_str(), n.span, yaml::scalar_map(text, n)).in_layer(Layer::of_yaml(text, n)))
                }
                _ => out.value(
                    format,
                    Text::decoded(n.scalar_text().unwrap_or_default(), n.span, yaml::scalar_map(text, n)).in_layer(Layer::of_yaml(text, n)),
                ),
            },
        }
    }
    out
}
