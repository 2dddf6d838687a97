//! Cuts a stream into chunks of whole records, each chunk a window that knows where in the file it starts. Memory holds one chunk at a
//! time, however long the file.

use super::csv::{Columns, RowScanner};
use super::formats::Formats;
use super::header::{self, Table};
use super::split_json::JsonSplit;
use super::{Shape, whole};
use crate::document::Kind;
use crate::source::{DecodeHint, Position, Source, Span, unmarked_utf16};
use crate::yaml::Node;
use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many bytes are read at a time if nobody says otherwise; a chunk holds about as much.
pub const CHUNK: usize = 512 << 10;
/// A longer record is not read.
pub const LONGEST_RECORD: usize = 64 << 20;
/// A header row must end within this many bytes.
const LONGEST_HEADER: usize = 1 << 20;
/// More troubles of one file are not told.
const MAX_TROUBLES: usize = 20;
/// So many rows that do not fit the header are told with their places.
const MAX_RAGGED: usize = 100;
/// What is said, and what to do, where values stand in place of records.
pub(super) const BARE: (&str, &str) = ("there are no records here, only values without names", "give each record as a map of fields");
/// How much of the file is shown on either side of a trouble.
const AROUND: usize = 160;

/// Some whole records, and the stretch of the file they stand in.
#[derive(Debug)]
pub struct Chunk {
    /// The stretch.
    pub source: Source,
    /// The records' places in the stretch's text.
    pub records: Vec<Span>,
    /// The first record's place in the file, from 0.
    pub first_index: usize,
    /// What its records are, if the user says so.
    pub kind: Option<Kind>,
    pub(super) content: Content,
}

/// Tells chunks apart, in all of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ChunkId(u64);

impl ChunkId {
    pub(super) fn next() -> ChunkId {
        static LAST: AtomicU64 = AtomicU64::new(0);
        ChunkId(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

impl Chunk {
    /// Whether its records are the rows of a table, which have the same columns throughout.
    pub fn is_table(&self) -> bool {
        matches!(self.content, Content::Csv(_))
    }
}

/// What else is known of a chunk's records.
#[derive(Debug)]
pub(super) enum Content {
    Json(ChunkId),
    Csv(Arc<Table>),
    /// One node for each record.
    Yaml(Vec<Node>),
}

/// What kept part of a file from being read.
#[derive(Debug)]
pub struct Trouble {
    /// Whether the file could not be read or its content is wrong.
    pub kind: TroubleKind,
    /// What is wrong, in one clause.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The stretch of the file around it.
    pub source: Box<Source>,
    /// Where in the stretch's text.
    pub span: Span,
}

/// Sorts of [`Trouble`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TroubleKind {
    /// The content breaks its format.
    Content,
    /// The content keeps to its format, and has no record.
    Empty,
    /// The system could not read on.
    Io,
}

/// A trouble whose place is still in the buffer.
pub(super) struct RawTrouble {
    kind: TroubleKind,
    message: String,
    help: &'static str,
    span: Span,
}

impl Trouble {
    pub(super) fn at(kind: TroubleKind, message: impl Into<String>, help: &'static str, span: Span) -> RawTrouble {
        RawTrouble { kind, message: message.into(), help, span }
    }

    /// Its place in the file.
    pub fn position(&self) -> Position {
        self.source.position(self.span.start)
    }
}

/// What one run over the buffer found.
#[derive(Default)]
pub(super) struct Found {
    pub records: Vec<Span>,
    /// One past the last record.
    pub cut: usize,
    troubles: Vec<RawTrouble>,
    /// Rows whose cells do not fit the header.
    ragged: Vec<Span>,
}

impl Found {
    pub fn trouble(&mut self, t: RawTrouble) {
        if self.troubles.len() <= MAX_TROUBLES {
            self.troubles.push(t);
        }
    }
}

/// One record a line.
#[derive(Default)]
struct Lines {
    at: usize,
    start: usize,
    /// The line at hand is too long and is passed over.
    skipping: bool,
}

impl Lines {
    fn run(&mut self, bytes: &[u8], last: bool, found: &mut Found) {
        while self.at < bytes.len() || last && self.start < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[self.at..]).map(|i| self.at + i);
            if end.is_none() && !last {
                self.at = bytes.len();
                return;
            }
            let to = end.unwrap_or(bytes.len());
            let line = &bytes[self.start..to];
            let line = if line.starts_with(b"\xEF\xBB\xBF") { &line[3..] } else { line };
            let start = to - line.trim_ascii_start().len();
            let len = line.trim_ascii().len();
            let next = end.map_or(bytes.len(), |e| e + 1);
            if len > 0 && !self.skipping {
                found.records.push(Span::new(start, start + len));
                found.cut = next;
            }
            self.skipping = false;
            (self.at, self.start) = (next, next);
        }
    }
}

/// Rows of a table.
struct Rows<'f> {
    formats: &'f Formats,
    kind: Option<Kind>,
    scanner: Option<RowScanner>,
    table: Option<Arc<Table>>,
    ragged: usize,
    stopped: bool,
}

impl Rows<'_> {
    fn run(&mut self, bytes: &[u8], last: bool, found: &mut Found) {
        if self.stopped {
            return;
        }
        let scanner = match &mut self.scanner {
            Some(s) => s,
            None => {
                if bytes.len() < 3 && !last {
                    return;
                }
                match header::find(bytes, last, self.formats) {
                    Some((from, delimiter)) => self.scanner.insert(RowScanner::new(delimiter, from)),
                    None if bytes.len() > LONGEST_HEADER => {
                        self.stopped = true;
                        let message = "the first row does not end: this is no table, or a quote in it is not closed";
                        return found.trouble(Trouble::at(TroubleKind::Content, message, "check the first line", Span::at(0)));
                    }
                    None => return,
                }
            }
        };
        while let Some(row) = scanner.next(bytes, last) {
            if let Some(quote) = row.unclosed {
                found.trouble(Trouble::at(
                    TroubleKind::Content,
                    "this quote is never closed, so that everything after it is one cell",
                    "close the quote, or double it if it belongs to the text",
                    Span::new(quote, quote + 1),
                ));
            }
            let Some(table) = &self.table else {
                let text = String::from_utf8_lossy(&bytes[row.span.range()]);
                let delimiter = scanner.delimiter();
                let columns = Columns::read(&text, Span::new(0, text.len()), delimiter);
                self.table = Some(Arc::new(Table::new(columns, self.formats, self.kind)));
                continue;
            };
            if table.is_total(&bytes[row.span.range()], self.formats) {
                continue;
            }
            if row.cells != table.columns.names.len() {
                self.ragged += 1;
                if self.ragged <= MAX_RAGGED {
                    found.ragged.push(row.span);
                }
            }
            found.records.push(row.span);
            found.cut = row.end;
        }
    }
}

enum Machine<'f> {
    Lines(Lines),
    Json(Box<JsonSplit<'f>>),
    Rows(Rows<'f>),
}

impl Machine<'_> {
    fn run(&mut self, bytes: &[u8], last: bool, found: &mut Found) {
        match self {
            Machine::Lines(m) => m.run(bytes, last, found),
            Machine::Json(m) => m.run(bytes, last, found),
            Machine::Rows(m) => m.run(bytes, last, found),
        }
    }

    /// First byte that is still needed.
    fn needed(&self, len: usize) -> usize {
        match self {
            Machine::Lines(m) if m.skipping => m.at,
            Machine::Lines(m) => m.start,
            Machine::Json(m) => m.needed(),
            Machine::Rows(m) if m.stopped => len,
            Machine::Rows(m) => m.scanner.as_ref().map_or(0, |s| s.start),
        }
    }

    fn shift(&mut self, by: usize) {
        match self {
            Machine::Lines(m) => {
                m.at -= by;
                m.start = m.start.saturating_sub(by);
            }
            Machine::Json(m) => m.shift(by),
            Machine::Rows(m) => {
                if let Some(s) = &mut m.scanner {
                    s.shift(by);
                }
            }
        }
    }

    /// The record at hand is too long.
    fn abandon(&mut self) {
        match self {
            Machine::Lines(m) => m.skipping = true,
            Machine::Json(m) => m.abandon(),
            // Where the next row begins cannot be known.
            Machine::Rows(m) => {
                m.stopped = true;
                m.scanner = None;
            }
        }
    }
}

/// Reads a stream and gives its records chunk by chunk, and troubles where they were met. After an [`TroubleKind::Io`] nothing follows.
pub struct Splitter<'f, R> {
    reader: R,
    name: String,
    shape: Shape,
    kind: Option<Kind>,
    formats: &'f Formats,
    chunk: usize,
    longest: usize,
    machine: Machine<'f>,
    buffer: Vec<u8>,
    /// Where in the file the buffer starts.
    base: Position,
    index: usize,
    troubles: usize,
    ragged: Vec<(Box<Source>, Span)>,
    queue: VecDeque<Result<Chunk, Trouble>>,
    begun: bool,
    finished: bool,
}

impl<'f, R: Read> Splitter<'f, R> {
    /// A splitter of the file that `reader` gives; `name` is the file's name in reports. A file in UTF-16 is decoded as a whole, as
    /// YAML is read as a whole; anything else is taken as UTF-8.
    pub fn new(reader: R, name: impl Into<String>, shape: Shape, formats: &'f Formats) -> Self {
        let machine = match shape {
            Shape::Ndjson => Machine::Lines(Lines::default()),
            Shape::Json | Shape::Yaml => Machine::Json(Box::new(JsonSplit::new(formats))),
            Shape::Csv => Machine::Rows(Rows { formats, kind: None, scanner: None, table: None, ragged: 0, stopped: false }),
        };
        Splitter {
            reader,
            name: name.into(),
            shape,
            kind: None,
            formats,
            chunk: CHUNK,
            longest: LONGEST_RECORD,
            machine,
            buffer: Vec::new(),
            base: Position::START,
            index: 0,
            troubles: 0,
            ragged: Vec::new(),
            queue: VecDeque::new(),
            begun: false,
            finished: false,
        }
    }

    /// Reads about this many bytes at a time.
    pub fn chunk_size(mut self, bytes: usize) -> Self {
        self.chunk = bytes.max(1);
        self
    }

    /// Its records are of this kind, if the user says so: where no format knows them, one stands in.
    pub fn of_kind(mut self, kind: Option<Kind>) -> Self {
        self.kind = kind;
        if let Machine::Rows(rows) = &mut self.machine {
            rows.kind = kind;
        }
        self
    }

    /// Passes over records longer than this many bytes.
    pub fn longest_record(mut self, bytes: usize) -> Self {
        self.longest = bytes;
        self
    }

    /// Reads on; whether the end was reached. A long record at hand is read in ever larger steps.
    fn fill(&mut self, want: usize) -> std::io::Result<bool> {
        let want = want.max(self.buffer.len());
        self.buffer.reserve(want);
        let read = self.reader.by_ref().take(want as u64).read_to_end(&mut self.buffer)?;
        Ok(read < want)
    }

    fn advance(&mut self) {
        // The first bytes say how the file is encoded.
        let want = if self.begun { self.chunk } else { self.chunk.max(4) };
        let last = match self.fill(want) {
            Ok(last) => last,
            Err(e) => {
                let message = format!("reading stopped here: {e}");
                self.tell(Trouble::at(TroubleKind::Io, message, "what comes before was read", Span::at(self.buffer.len())));
                self.finished = true;
                return;
            }
        };
        if !std::mem::replace(&mut self.begun, true) {
            let marked = self.buffer.starts_with(b"\xFF\xFE") || self.buffer.starts_with(b"\xFE\xFF");
            let utf16 = marked || unmarked_utf16(&self.buffer).is_some();
            if utf16 || self.shape == Shape::Yaml {
                return self.take_whole(last);
            }
        }
        let mut found = Found::default();
        self.machine.run(&self.buffer, last, &mut found);
        let (troubles, ragged) = (std::mem::take(&mut found.troubles), std::mem::take(&mut found.ragged));
        for span in ragged {
            let window = self.window(span);
            self.ragged.push(window);
        }
        let troubles: Vec<Trouble> =
            troubles.into_iter().take((MAX_TROUBLES + 1).saturating_sub(self.troubles)).map(|t| self.placed(t)).collect();
        if found.records.is_empty() {
            let keep = self.machine.needed(self.buffer.len());
            let gone = safe_cut(&self.buffer, keep);
            if gone > 0 {
                let bytes: Vec<u8> = self.buffer.drain(..gone).collect();
                self.base = end_of(&self.window_of(bytes));
                self.machine.shift(gone);
            }
        } else {
            let rest = self.buffer.split_off(found.cut);
            let bytes = std::mem::replace(&mut self.buffer, rest);
            self.machine.shift(found.cut);
            let source = self.window_of(bytes);
            self.base = end_of(&source);
            let records = match source.notes().is_empty() {
                true => found.records,
                // Replaced bytes take another length in the text than in the file.
                false => found.records.iter().map(|r| in_text(&source, *r)).collect(),
            };
            let first_index = self.index;
            self.index += records.len();
            let content = match &self.machine {
                Machine::Rows(r) => Content::Csv(r.table.clone().unwrap_or_default()),
                _ => Content::Json(ChunkId::next()),
            };
            self.queue.push_back(Ok(Chunk { source, records, first_index, kind: self.kind, content }));
        }
        for t in troubles {
            self.push_trouble(t);
        }
        if last {
            self.finish();
        } else if self.buffer.len() - self.machine.needed(self.buffer.len()).min(self.buffer.len()) > self.longest {
            let at = self.machine.needed(self.buffer.len());
            let message = format!("a record begins here that is longer than {} MB; it was not read", self.longest >> 20);
            self.tell(Trouble::at(TroubleKind::Content, message, "check that the record's quotes and brackets are closed", Span::at(at)));
            self.machine.abandon();
        }
    }

    fn finish(&mut self) {
        self.finished = true;
        let rows = match &self.machine {
            Machine::Rows(rows) => rows,
            Machine::Json(m) if m.bare && self.index == 0 && self.troubles == 0 => {
                return self.tell(Trouble::at(TroubleKind::Empty, BARE.0, BARE.1, Span::at(0)));
            }
            _ => return,
        };
        let columns = rows.table.as_ref().map_or(0, |t| t.columns.names.len());
        let beyond = rows.ragged.saturating_sub(MAX_RAGGED);
        let ragged = std::mem::take(&mut self.ragged);
        let last = ragged.len().saturating_sub(1);
        for (i, (source, span)) in ragged.into_iter().enumerate() {
            let mut message = format!("this row has more or fewer than the {columns} cells of the header");
            if i == last && beyond > 0 {
                message.push_str(&format!("; {beyond} more rows after it have, too"));
            }
            let help = "the cells are read as far as they go; a cell that holds the delimiter needs quotes".to_owned();
            self.queue.push_back(Err(Trouble { kind: TroubleKind::Content, message, help, source, span }));
        }
    }

    /// Reads the rest and splits the decoded text.
    fn take_whole(&mut self, last: bool) {
        self.finished = true;
        if !last && let Err(e) = self.reader.read_to_end(&mut self.buffer) {
            let message = format!("reading stopped here: {e}");
            return self.tell(Trouble::at(TroubleKind::Io, message, "nothing of the file was read", Span::at(self.buffer.len())));
        }
        let source = Source::decode(self.name.clone(), std::mem::take(&mut self.buffer), DecodeHint::Text);
        self.queue.extend(whole::split(source, self.shape, self.formats, self.kind));
    }

    fn window_of(&self, bytes: Vec<u8>) -> Source {
        Source::window(self.name.clone(), bytes, self.base)
    }

    /// The stretch around a place in the buffer.
    fn window(&self, span: Span) -> (Box<Source>, Span) {
        let at = span.start.min(self.buffer.len());
        let start = safe_cut(&self.buffer, at.saturating_sub(AROUND));
        let end = char_start(&self.buffer, span.end.min(at + AROUND).max(at).saturating_add(AROUND).min(self.buffer.len()));
        let base = end_of(&Source::window("", self.buffer[..start].to_vec(), self.base));
        let source = Source::window(self.name.clone(), self.buffer[start..end.max(start)].to_vec(), base);
        let place = Span::new(at - start, span.end.min(end).max(at) - start);
        let place = in_text(&source, place);
        let text = source.text();
        let place = Span::new(text.floor_char_boundary(place.start), text.ceil_char_boundary(place.end));
        (Box::new(source), place)
    }

    fn placed(&self, t: RawTrouble) -> Trouble {
        let (source, span) = self.window(t.span);
        Trouble { kind: t.kind, message: t.message, help: t.help.to_owned(), source, span }
    }

    fn tell(&mut self, t: RawTrouble) {
        let t = self.placed(t);
        self.push_trouble(t);
    }

    /// Keeps a file that is broken everywhere from flooding the report.
    fn push_trouble(&mut self, mut t: Trouble) {
        self.troubles += 1;
        if self.troubles == MAX_TROUBLES && t.kind == TroubleKind::Content {
            t.message = "too much is wrong with this file; problems from here on are not told".to_owned();
        }
        if self.troubles <= MAX_TROUBLES || t.kind == TroubleKind::Io {
            self.queue.push_back(Err(t));
        }
    }
}

impl<R: Read> Iterator for Splitter<'_, R> {
    type Item = Result<Chunk, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                return Some(item);
            }
            if self.finished {
                return None;
            }
            self.advance();
        }
    }
}

/// The place right behind a window.
fn end_of(source: &Source) -> Position {
    source.position(source.text().len())
}

/// A span of a window's bytes as one of its text. They differ only where bytes were replaced.
fn in_text(source: &Source, span: Span) -> Span {
    if source.notes().is_empty() {
        return span;
    }
    let base = source.base().offset;
    let find = |byte: usize| {
        let (mut low, mut high) = (0, source.text().len());
        while low < high {
            let mid = low + (high - low) / 2;
            if source.original(Span::at(mid)).start - base < byte { low = mid + 1 } else { high = mid }
        }
        source.text().floor_char_boundary(low)
    };
    let start = find(span.start);
    Span::new(start, find(span.end).max(start))
}

/// The start of the character that byte `at` lies in.
fn char_start(bytes: &[u8], at: usize) -> usize {
    (at.saturating_sub(3)..=at).rev().find(|&i| bytes.get(i).is_none_or(|b| b & 0xC0 != 0x80)).unwrap_or(at)
}

/// The last place at or before `at` where a window may end: between characters, and not inside `\r\n`.
fn safe_cut(bytes: &[u8], at: usize) -> usize {
    let mut cut = at.min(bytes.len());
    if cut == bytes.len() {
        // The last character may go on.
        let tail = bytes[..cut].iter().rev().take(4).position(|b| b & 0xC0 != 0x80).map_or(0, |i| i + 1);
        if tail > 0 && bytes[cut - tail] >= 0x80 {
            cut -= tail;
        }
    } else {
        cut = char_start(bytes, cut);
    }
    if cut > 0 && bytes[cut - 1] == b'\r' { cut - 1 } else { cut }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
