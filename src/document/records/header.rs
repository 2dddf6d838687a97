//! Where the header row of a table is, and what it says. Spreadsheets and platforms write lines of their own before it: `sep=;`, a title, a span of time.

use super::csv::{Columns, RowScanner, cells, delimiter};
use super::formats::{At, Form, Format, Formats};
use crate::document::{FieldRole, Kind};
use crate::source::Span;

/// The header row is among so many first lines, and so many first bytes.
const MOST_LINES: usize = 10;
const MOST_BYTES: usize = 64 << 10;
/// A line before the header has no more than so many cells with anything in them.
const MOST_CELLS: usize = 3;

/// The header of a table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What it names.
    pub columns: Columns,
    /// The format's name.
    pub format: Option<String>,
    /// Whether the format knows it; see [`Form::fits`].
    pub fits: bool,
    /// The columns' places in the format.
    pub places: Vec<Option<At>>,
    /// What begins a row that sums up the others.
    totals: Vec<String>,
}

impl Table {
    /// A header, and the format that knows it, or that stands in for it where the user says what its records are.
    pub fn new(columns: Columns, formats: &Formats, kind: Option<Kind>) -> Table {
        let Form { format, fits } = formats.detect_or_fall_back(columns.names.iter().map(String::as_str), kind);
        let places = columns.names.iter().map(|n| format.and_then(|f| f.child(Format::TOP, n))).collect();
        let totals = format.map(|f| f.totals.clone()).unwrap_or_default();
        Table { format: format.map(|f| f.name.clone()), fits, places, totals, columns }
    }

    /// Whether a row sums up the others: its first cell says so, and it has no text of its own.
    pub fn is_total(&self, row: &[u8], formats: &Formats) -> bool {
        let first = row.strip_prefix(b"\"").unwrap_or(row);
        let first = first.split(|b| matches!(b, b':' | b'"') || *b == self.columns.delimiter).next().unwrap_or(row).trim_ascii();
        if !self.totals.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(first)) {
            return false;
        }
        let format = self.format.as_deref().and_then(|f| formats.get(f));
        let prose = |at: &Option<At>| {
            let def = at.and_then(|at| format?.field(at, |_, _| false));
            def.is_some_and(|d| d.role == FieldRole::Prose)
        };
        let text = String::from_utf8_lossy(row);
        let mut cells = cells(&text, Span::new(0, text.len()), self.columns.delimiter).zip(&self.places);
        !cells.any(|(cell, at)| prose(at) && cell.text(&text).value.contains(char::is_alphabetic))
    }
}

/// The first byte of the header row and the character between cells; the first row where no format knows any. `None` while that cannot be
/// told and more bytes can come (`last`: they cannot).
pub(super) fn find(bytes: &[u8], last: bool, formats: &Formats) -> Option<(usize, u8)> {
    let from = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let first = (from, delimiter(&bytes[from..], last)?);
    if known(bytes, first, last, formats).is_some() {
        return Some(first);
    }
    if !last && bytes.len() < MOST_BYTES {
        return None;
    }
    let (bytes, last) = (&bytes[..bytes.len().min(MOST_BYTES)], last && bytes.len() <= MOST_BYTES);
    let next = |at: usize| memchr::memchr2(b'\n', b'\r', bytes.get(at..)?).map(|end| at + end + 1).filter(|at| *at < bytes.len());
    let mut at = from;
    for _ in 1..MOST_LINES {
        let Some(line) = next(at) else { break };
        at = line;
        let Some(delimiter) = delimiter(&bytes[at..], last) else { break };
        if let Some(columns) = known(bytes, (at, delimiter), last, formats)
            && is_preamble(&bytes[from..at], &columns)
        {
            return Some((at, delimiter));
        }
    }
    match (separator(&bytes[from..]), next(from)) {
        (Some(separator), Some(start)) => Some((start, separator)),
        _ => Some(first),
    }
}

/// Whether a text of which `head` is the beginning is a table that some format knows: it has a header of three columns or more, and a row
/// that fits it. A table of Markdown is none.
pub fn is_table(head: &[u8], formats: &Formats) -> bool {
    let Some((at, delimiter)) = find(head, true, formats) else { return false };
    let Some(columns) = known(head, (at, delimiter), true, formats).filter(|c| c.names.len() >= 3 && !c.names.iter().any(String::is_empty))
    else {
        return false;
    };
    let mut rows = RowScanner::new(delimiter, at);
    let row = rows.next(head, true).and_then(|_| rows.next(head, true));
    row.is_some_and(|r| {
        let drawn = head[r.span.range()].iter().all(|b| matches!(b, b'-' | b':' | b'|' | b' '));
        !drawn && (2..=columns.names.len()).contains(&r.cells)
    })
}

/// The columns of the row at a place, if a format knows them.
fn known(bytes: &[u8], (at, delimiter): (usize, u8), last: bool, formats: &Formats) -> Option<Columns> {
    let row = RowScanner::new(delimiter, at).next(bytes, last)?;
    let text = String::from_utf8_lossy(&bytes[row.span.range()]);
    let columns = Columns::read(&text, Span::new(0, text.len()), delimiter);
    formats.detect(columns.names.iter().map(String::as_str)).map(|_| columns)
}

/// Whether lines say less than the rows of a table with these columns.
fn is_preamble(lines: &[u8], columns: &Columns) -> bool {
    let text = String::from_utf8_lossy(lines);
    text.split(['\n', '\r']).all(|line| {
        let said = cells(line, Span::new(0, line.len()), columns.delimiter).filter(|c| !c.text(line).value.trim().is_empty()).count();
        said <= MOST_CELLS && said < columns.names.len()
    })
}

/// The character between cells, if the first line tells a spreadsheet: `sep=;`.
fn separator(bytes: &[u8]) -> Option<u8> {
    let line = bytes.split(|b| matches!(b, b'\n' | b'\r')).next()?;
    let line = line.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\"")).unwrap_or(line);
    match line.strip_prefix(b"sep=") {
        Some([one]) if one.is_ascii() => Some(*one),
        _ => None,
    }
}
