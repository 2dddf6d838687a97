//! Findings as rows, for people who sort and filter: CSV and a spreadsheet.

use super::about::About;
use super::words::{self, NOT_CHECKED};
use super::{Reporter, clean};
use crate::engine::Summary;
use crate::finding::{Finding, Severity, Trouble};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatPattern, Workbook, XlsxError};
use std::io::{self, Write};
use std::rc::Rc;

/// Name, and width in the spreadsheet.
const COLUMNS: [(&str, f64); 18] = [
    ("severity", 10.0),
    ("rule", 30.0),
    ("message", 60.0),
    ("file", 36.0),
    ("line", 7.0),
    ("column", 9.0),
    ("text", 36.0),
    ("help", 50.0),
    ("fix", 22.0),
    ("record", 9.0),
    ("record_id", 18.0),
    ("field", 18.0),
    ("kind", 10.0),
    ("confidence", 12.0),
    ("source", 40.0),
    ("source_url", 40.0),
    ("also", 30.0),
    ("fingerprint", 34.0),
];

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Empty,
    Number(usize),
    Text(String),
}

type Row = [Cell; COLUMNS.len()];

fn text(words: &str) -> Cell {
    if words.is_empty() { Cell::Empty } else { Cell::Text(no_formula(&clean(words))) }
}

fn maybe(words: Option<&str>) -> Cell {
    words.map_or(Cell::Empty, text)
}

/// Text that no spreadsheet takes for a formula: an apostrophe comes before what would begin one, at the start of the cell and after what
/// another program may take for the end of a cell.
fn no_formula(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut at_start = true;
    for c in text.chars() {
        let begins = matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
        if at_start && begins {
            out.push('\'');
        }
        out.push(c);
        at_start = matches!(c, ';' | '\t') || (at_start && c == '"');
    }
    out
}

fn row(f: &Finding, about: &About) -> Row {
    let place = f.primary.first();
    let number = |n: Option<usize>| n.map_or(Cell::Empty, Cell::Number);
    let fix = words::fix(f);
    let record = f.record.as_ref();
    [
        text(f.severity.name()),
        text(&f.rule),
        text(&f.message),
        text(&about.root.relative(&f.primary.path)),
        number(place.map(|p| p.line)),
        number(place.map(|p| p.column)),
        maybe(f.primary.text.as_deref()),
        maybe(f.help.as_deref()),
        maybe(fix),
        number(record.map(|r| r.index + 1)),
        maybe(record.and_then(|r| r.id.as_deref())),
        maybe(record.and_then(|r| r.field.as_deref())),
        text(f.kind.name()),
        text(f.confidence.name()),
        maybe(f.source.as_ref().map(|s| s.title.as_str())),
        maybe(f.source.as_ref().and_then(|s| s.url.as_deref())),
        text(&f.also.iter().map(|a| a.rule.as_str()).collect::<Vec<_>>().join(" ")),
        text(&f.fingerprint),
    ]
}

fn unread(t: &Trouble, about: &About) -> Row {
    let mut row = [const { Cell::Empty }; COLUMNS.len()];
    let place = t.location.as_ref().and_then(|l| l.first());
    let cells = [
        text(Severity::Error.name()),
        text(NOT_CHECKED),
        text(&t.message),
        maybe(t.path.as_deref().map(|p| about.root.relative(p)).as_deref()),
        place.map_or(Cell::Empty, |p| Cell::Number(p.line)),
        place.map_or(Cell::Empty, |p| Cell::Number(p.column)),
        Cell::Empty,
        maybe(t.help.as_deref()),
    ];
    for (to, from) in row.iter_mut().zip(cells) {
        *to = from;
    }
    row
}

/// Comma-separated values, UTF-8, with a line of names; all texts in quotes.
pub struct Csv<W: Write> {
    out: csv::Writer<W>,
    about: Rc<About>,
    started: bool,
}

impl<W: Write> Csv<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        // Quotes around all of them: a program that splits at another character must not find the beginning of a cell inside one.
        let out = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(out);
        Csv { out, about, started: false }
    }

    fn start(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.started, true) {
            self.out.write_record(COLUMNS.map(|(name, _)| name)).map_err(io::Error::from)?;
        }
        Ok(())
    }

    fn row(&mut self, row: Row) -> io::Result<()> {
        self.start()?;
        let cells = row.map(|c| match c {
            Cell::Empty => String::new(),
            Cell::Number(n) => n.to_string(),
            Cell::Text(t) => t,
        });
        self.out.write_record(cells).map_err(io::Error::from)
    }
}

impl<W: Write> Reporter for Csv<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        findings.iter().filter(|f| f.suppressed.is_none()).try_for_each(|f| self.row(row(f, &self.about)))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.start()?;
        summary.not_checked.iter().try_for_each(|t| self.row(unread(t, &self.about)))?;
        self.out.flush()
    }
}

/// Rows of a sheet that Excel reads, the names among them.
const MAX_ROWS: u32 = 1_048_576;
/// UTF-16 units of a cell that Excel reads, less what marks a cut.
const MAX_CELL: usize = 32_766;

/// A workbook: findings, on as many sheets as they need, then what the run read.
pub struct Xlsx<W> {
    out: W,
    about: Rc<About>,
    book: Workbook,
    looks: Looks,
    /// The sheet that is filled, if there is one.
    sheet: Option<usize>,
    sheets: usize,
    /// The row that comes next.
    next: u32,
    max_rows: u32,
}

impl<W: Write> Xlsx<W> {
    /// Writes to `out`, all at once in the end; rows wait in temporary files.
    pub fn new(out: W, about: Rc<About>) -> Self {
        Xlsx { out, about, book: Workbook::new(), looks: Looks::new(), sheet: None, sheets: 0, next: 0, max_rows: MAX_ROWS }
    }

    fn row(&mut self, row: Row) -> io::Result<()> {
        if self.sheet.is_none() || self.next >= self.max_rows {
            self.close_sheet()?;
            self.open_sheet()?;
        }
        let (Some(sheet), at) = (self.sheet, self.next) else { return Ok(()) };
        let sheet = self.book.worksheet_from_index(sheet).map_err(other)?;
        for (column, cell) in (0u16..).zip(&row) {
            match cell {
                Cell::Empty => {}
                Cell::Number(n) => {
                    sheet.write_number(at, column, *n as f64).map_err(other)?;
                }
                // As a text, never as a formula.
                Cell::Text(t) => {
                    let look = self.looks.of(usize::from(column), t);
                    sheet.write_string_with_format(at, column, cut(t), look).map_err(other)?;
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    fn open_sheet(&mut self) -> io::Result<()> {
        self.sheets += 1;
        let name = if self.sheets == 1 { "Findings".to_owned() } else { format!("Findings {}", self.sheets) };
        let head = Format::new().set_bold().set_background_color(Color::RGB(0x00DD_E5EE)).set_pattern(FormatPattern::Solid);
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(other)?;
        sheet.set_name(name).map_err(other)?;
        sheet.set_freeze_panes(1, 0).map_err(other)?;
        for (column, (name, width)) in (0u16..).zip(COLUMNS) {
            sheet.set_column_width(column, width).map_err(other)?;
            sheet.write_string_with_format(0, column, name, &head).map_err(other)?;
        }
        self.sheet = Some(self.book.worksheets().len() - 1);
        self.next = 1;
        Ok(())
    }

    fn close_sheet(&mut self) -> io::Result<()> {
        if let Some(n) = self.sheet.take() {
            let last = self.next.saturating_sub(1);
            let sheet = self.book.worksheet_from_index(n).map_err(other)?;
            sheet.autofilter(0, 0, last, COLUMNS.len() as u16 - 1).map_err(other)?;
        }
        Ok(())
    }

    fn run_sheet(&mut self, s: &Summary) -> io::Result<()> {
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(other)?;
        sheet.set_name("Run").map_err(other)?;
        sheet.set_column_width(0, 34.0).map_err(other)?;
        let rows = [
            ("errors", s.findings.error),
            ("warnings", s.findings.warning),
            ("notes", s.findings.note),
            ("with a safe fix", s.fixable),
            ("suppressed (not listed)", s.suppressed),
            ("in the baseline (not listed)", s.baselined),
            ("inputs read", s.inputs),
            ("records read", s.records),
            ("things that could not be checked", s.not_checked.len()),
            ("rules held against nothing", s.not_applied.len()),
        ];
        for (at, (name, n)) in (0u32..).zip(rows) {
            sheet.write_string(at, 0, name).map_err(other)?;
            sheet.write_number(at, 1, n as f64).map_err(other)?;
        }
        Ok(())
    }
}

impl<W: Write> Reporter for Xlsx<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        findings.iter().filter(|f| f.suppressed.is_none()).try_for_each(|f| self.row(row(f, &self.about)))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        summary.not_checked.iter().try_for_each(|t| self.row(unread(t, &self.about)))?;
        if self.sheet.is_none() {
            self.open_sheet()?;
        }
        self.close_sheet()?;
        self.run_sheet(summary)?;
        let bytes = self.book.save_to_buffer().map_err(other)?;
        self.out.write_all(&bytes)?;
        self.out.flush()
    }
}

/// How cells look, made once: severities have a colour beside their word, and long texts go on below.
struct Looks {
    plain: Format,
    long: Format,
    error: Format,
    warning: Format,
}

impl Looks {
    fn new() -> Looks {
        let plain = Format::new().set_align(FormatAlign::Top);
        let colored = |rgb| plain.clone().set_background_color(Color::RGB(rgb)).set_pattern(FormatPattern::Solid);
        Looks { long: plain.clone().set_text_wrap(), error: colored(0x00F8_D0CC), warning: colored(0x00FC_E8B8), plain }
    }

    fn of(&self, column: usize, text: &str) -> &Format {
        match (COLUMNS[column].0, text) {
            ("severity", "error") => &self.error,
            ("severity", "warning") => &self.warning,
            ("message" | "text" | "help", _) => &self.long,
            _ => &self.plain,
        }
    }
}

/// As much of a text as a cell holds.
fn cut(text: &str) -> std::borrow::Cow<'_, str> {
    let mut units = 0;
    for (i, c) in text.char_indices() {
        units += c.len_utf16();
        if units > MAX_CELL {
            return format!("{}…", &text[..i]).into();
        }
    }
    text.into()
}

fn other(e: XlsxError) -> io::Error {
    match e {
        XlsxError::IoError(e) => e,
        e => io::Error::other(e),
    }
}

#[cfg(test)]
mod tests {
    use super::{Xlsx, cut, no_formula};
    use crate::engine::Summary;
    use crate::report::{About, Reporter, tests::finding};
    use calamine::{Reader, open_workbook_from_rs};
    use std::io::Cursor;
    use std::rc::Rc;

    #[test]
    fn what_would_be_a_formula_begins_with_an_apostrophe() {
        for (text, escaped) in [
            ("=1+1", "'=1+1"),
            ("-8 %", "'-8 %"),
            ("@handle", "'@handle"),
            ("\tx", "'\tx"),
            ("\"=1\"", "\"'=1\""),
            ("a;=1;-2", "a;'=1;'-2"),
            ("a;\"=1", "a;\"'=1"),
            ("＝1", "'＝1"),
            ("1-1=0 @x", "1-1=0 @x"),
        ] {
            assert_eq!(no_formula(text), escaped);
        }
    }

    #[test]
    fn a_full_sheet_goes_on_in_the_next_and_long_cells_are_cut() -> Result<(), Box<dyn std::error::Error>> {
        let mut out = Vec::new();
        let mut xlsx = Xlsx { max_rows: 3, ..Xlsx::new(&mut out, Rc::new(About::default())) };
        let findings: Vec<_> = (0..5).map(|i| finding(&format!("{i}{}", "é".repeat(40_000)), "a.md")).collect();
        xlsx.findings(&findings)?;
        xlsx.finish(&Summary::default())?;
        drop(xlsx);
        let mut book: calamine::Xlsx<_> = open_workbook_from_rs(Cursor::new(out))?;
        assert_eq!(book.sheet_names(), ["Findings", "Findings 2", "Findings 3", "Run"]);
        let rows: Vec<usize> =
            ["Findings", "Findings 2", "Findings 3"].iter().filter_map(|n| Some(book.worksheet_range(n).ok()?.height())).collect();
        assert_eq!(rows, [3, 3, 2]);
        let last = book.worksheet_range("Findings 3")?;
        let message = last.get((1, 2)).map(ToString::to_string).unwrap_or_default();
        assert!(message.starts_with("4é") && message.ends_with('…') && message.chars().count() == 32_767, "{}", message.chars().count());
        assert_eq!(cut("short"), "short");
        Ok(())
    }
}
