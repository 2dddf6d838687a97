//! Rows and cells of CSV (RFC 4180), with the place of every cell. Any line end ends a row; a quote counts only at a cell's beginning.

use super::text::Text;
use crate::document::{Piece, SourceMap};
use crate::source::Span;
use std::borrow::Cow;

/// Characters that separate cells, in the order of preference.
pub const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Where in a row the scanner is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// At the first byte of a cell.
    CellStart,
    /// In a cell without quotes, or behind its closing quote.
    Open,
    /// Inside quotes.
    Quoted,
}

/// Finds the ends of rows in bytes that arrive bit by bit.
#[derive(Clone, Debug)]
pub struct RowScanner {
    delimiter: u8,
    state: State,
    /// Where it goes on.
    pub at: usize,
    /// First byte of the row at hand.
    pub start: usize,
    cells: usize,
    /// The last opening quote of the row at hand.
    quote: usize,
}

/// A row that was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// Without its line end.
    pub span: Span,
    /// One past its line end.
    pub end: usize,
    /// How many cells it has.
    pub cells: usize,
    /// The quote that was still open where the text ended.
    pub unclosed: Option<usize>,
}

impl RowScanner {
    /// A scanner that begins a row at `start`.
    pub fn new(delimiter: u8, start: usize) -> Self {
        RowScanner { delimiter, state: State::CellStart, at: start, start, cells: 1, quote: start }
    }

    /// The character between cells.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Everything before `by` is gone from the bytes.
    pub fn shift(&mut self, by: usize) {
        self.at -= by;
        self.start = self.start.saturating_sub(by);
        self.quote = self.quote.saturating_sub(by);
    }

    /// The next row with anything in it; `None` if its end is not in `bytes` yet. At the end of the text (`last`) what is left is a row.
    pub fn next(&mut self, bytes: &[u8], last: bool) -> Option<Row> {
        loop {
            match self.state {
                State::CellStart => match bytes.get(self.at) {
                    None => break,
                    Some(b'"') => {
                        self.quote = self.at;
                        self.at += 1;
                        self.state = State::Quoted;
                    }
                    Some(_) => self.state = State::Open,
                },
                State::Open => {
                    let Some(i) = memchr::memchr3(self.delimiter, b'\n', b'\r', &bytes[self.at..]).map(|i| self.at + i) else {
                        self.at = bytes.len();
                        break;
                    };
                    self.at = i;
                    if bytes[i] == self.delimiter {
                        self.cells += 1;
                        self.at += 1;
                        self.state = State::CellStart;
                        continue;
                    }
                    // Whether a `\n` follows must be known: both are one line end.
                    if bytes[i] == b'\r' && i + 1 == bytes.len() && !last {
                        return None;
                    }
                    let end = i + if bytes[i] == b'\r' && bytes.get(i + 1) == Some(&b'\n') { 2 } else { 1 };
                    let row = Row { span: Span::new(self.start, i), end, cells: self.cells, unclosed: None };
                    *self = RowScanner::new(self.delimiter, end);
                    if !row.span.is_empty() {
                        return Some(row);
                    }
                }
                State::Quoted => {
                    let Some(i) = memchr::memchr(b'"', &bytes[self.at..]).map(|i| self.at + i) else {
                        self.at = bytes.len();
                        break;
                    };
                    match bytes.get(i + 1) {
                        None if !last => {
                            self.at = i;
                            return None;
                        }
                        Some(b'"') => self.at = i + 2,
                        _ => {
                            self.at = i + 1;
                            self.state = State::Open;
                        }
                    }
                }
            }
        }
        if !last || self.start >= bytes.len() {
            return None;
        }
        let end = bytes.len();
        let unclosed = (self.state == State::Quoted).then_some(self.quote);
        let row = Row { span: Span::new(self.start, end), end, cells: self.cells, unclosed };
        *self = RowScanner::new(self.delimiter, end);
        Some(row)
    }
}

/// One cell as it stands in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Its place with quotes.
    pub raw: Span,
    /// Whether it begins with a quote.
    pub quoted: bool,
}

/// Where a byte stands next. Most cells are short: what starts a long search up takes longer than looking at each of their bytes.
fn next_of(byte: u8, bytes: &[u8], from: usize) -> Option<usize> {
    const NEAR: usize = 12;
    let rest = bytes.get(from..)?;
    let (near, far) = rest.split_at(rest.len().min(NEAR));
    near.iter().position(|b| *b == byte).or_else(|| memchr::memchr(byte, far).map(|i| NEAR + i)).map(|i| from + i)
}

/// The cells of the row that `span` of `text` holds.
pub fn cells(text: &str, span: Span, delimiter: u8) -> impl Iterator<Item = Cell> + '_ {
    let bytes = &text.as_bytes()[..span.end.min(text.len())];
    let mut at = Some(span.start);
    std::iter::from_fn(move || {
        let start = at?;
        let quoted = bytes.get(start) == Some(&b'"');
        let mut i = start;
        if quoted {
            i += 1;
            loop {
                match memchr::memchr(b'"', bytes.get(i..).unwrap_or(&[])) {
                    None => {
                        i = bytes.len();
                        break;
                    }
                    Some(n) if bytes.get(i + n + 1) == Some(&b'"') => i += n + 2,
                    Some(n) => {
                        i += n + 1;
                        break;
                    }
                }
            }
        }
        let end = next_of(delimiter, bytes, i);
        at = end.map(|e| e + 1);
        Some(Cell { raw: Span::new(start, end.unwrap_or(bytes.len())), quoted })
    })
}

impl Cell {
    /// The cell's value: without its quotes, doubled quotes as one.
    pub fn text<'a>(&self, text: &'a str) -> Text<'a> {
        if !self.quoted {
            return Text::verbatim(text, self.raw);
        }
        let raw = text.get(self.raw.range()).unwrap_or("");
        let inner = &raw[1..];
        let first = memchr::memchr(b'"', inner.as_bytes());
        match first {
            // The common cases: one quoted text, or a quote that is never closed.
            Some(i) if i + 1 == inner.len() => return Text::verbatim(text, Span::new(self.raw.start + 1, self.raw.end - 1)),
            None => return Text::verbatim(text, Span::new(self.raw.start + 1, self.raw.end)),
            Some(_) => {}
        }
        let mut value = String::with_capacity(inner.len());
        let mut map = SourceMap::default();
        let base = self.raw.start + 1;
        let (mut from, mut end) = (0, inner.len());
        let mut push = |value: &mut String, s: &str, source: usize, source_len: usize| {
            map.push(Piece { text: value.len(), text_len: s.len(), source: base + source, source_len, linear: s.len() == source_len });
            value.push_str(s);
        };
        while let Some(i) = memchr::memchr(b'"', &inner.as_bytes()[from..]).map(|i| from + i) {
            push(&mut value, &inner[from..i], from, i - from);
            if inner.as_bytes().get(i + 1) != Some(&b'"') {
                // The closing quote; what stands behind it belongs to the cell as it is.
                if i + 1 == inner.len() {
                    end = i;
                }
                from = i + 1;
                break;
            }
            push(&mut value, "\"", i, 2);
            from = i + 2;
        }
        push(&mut value, &inner[from..], from, inner.len() - from);
        Text::decoded(Cow::Owned(value), Span::new(base, base + end), map)
    }
}

/// The delimiter of a file, from its header row: the candidate that is there most often outside quotes. `None` while the row's end is not
/// in `bytes` and more can come.
pub fn delimiter(bytes: &[u8], last: bool) -> Option<u8> {
    let mut counts = [0usize; DELIMITERS.len()];
    let (mut quoted, mut any) = (false, false);
    for &b in bytes {
        match b {
            b'"' => {
                quoted = !quoted;
                any = true;
            }
            b'\n' | b'\r' if !quoted => {
                if any {
                    return Some(most(&counts));
                }
            }
            b => {
                any = true;
                if let (false, Some(i)) = (quoted, DELIMITERS.iter().position(|d| *d == b)) {
                    counts[i] += 1;
                }
            }
        }
    }
    last.then(|| most(&counts))
}

fn most(counts: &[usize; DELIMITERS.len()]) -> u8 {
    let best = (0..counts.len()).fold(0, |best, i| if counts[i] > counts[best] { i } else { best });
    DELIMITERS[best]
}

/// What the header row says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Columns {
    /// The character between cells.
    pub delimiter: u8,
    /// The columns' names.
    pub names: Vec<String>,
}

impl Columns {
    /// Reads the header row that `span` of `text` holds.
    pub fn read(text: &str, span: Span, delimiter: u8) -> Columns {
        let clean = |c: Cell| c.text(text).value.trim_matches(|c: char| c == '\u{FEFF}' || c.is_whitespace()).to_owned();
        Columns { delimiter, names: cells(text, span, delimiter).map(clean).collect() }
    }
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
