//! Where the cells of tables begin, and the terms and descriptions of definition lists: which words head a column or a row.

use super::BLOCK_SEPARATOR;

/// The start of a cell, or of what follows a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Where its text begins, a byte of the document's text.
    pub start: usize,
    /// The number of its table, from 1; 0 behind a table.
    pub table: u32,
    /// Its row, from 1; in a definition list that of its term.
    pub row: u32,
    /// Its column, from 1; the term of a definition list is in the first.
    pub column: u32,
    /// Whether it is of a definition list, which has no heads of columns.
    pub is_list: bool,
}

/// The tables that are open while a document is read.
#[derive(Debug, Default)]
pub(super) struct Tables {
    open: Vec<Cell>,
    made: u32,
}

impl Tables {
    /// A table or definition list begins.
    pub fn open(&mut self, is_list: bool) {
        self.made += 1;
        self.open.push(Cell { start: 0, table: self.made, row: 0, column: 0, is_list });
    }

    /// A row begins.
    pub fn row(&mut self) {
        if let Some(table) = self.open.last_mut() {
            (table.row, table.column) = (table.row + 1, 0);
        }
    }

    /// A cell begins at this byte of the text.
    pub fn cell(&mut self, start: usize) -> Option<Cell> {
        let table = self.open.last_mut()?;
        (table.start, table.column) = (start, table.column + 1);
        Some(*table)
    }

    /// The innermost table ends at this byte; the cell around it, if there is one, goes on.
    pub fn close(&mut self, start: usize) -> Option<Cell> {
        self.open.pop()?;
        let around = self.open.last().copied().unwrap_or(Cell { start, table: 0, row: 0, column: 0, is_list: false });
        Some(Cell { start, ..around })
    }
}

/// What stands beside byte `at` of a text in its table: the head of its column, the first cell of its row, the next cell. Empty outside tables.
pub fn beside<'t>(cells: &[Cell], text: &'t str, at: usize) -> Vec<&'t str> {
    let Some(i) = cells.partition_point(|c| c.start <= at).checked_sub(1) else { return Vec::new() };
    let own = cells[i];
    if own.table == 0 {
        return Vec::new();
    }
    let words = |n: usize| {
        let end = cells.get(n + 1).map_or(text.len(), |c| c.start);
        text.get(cells[n].start..end)
            .map(|t| t.trim_matches(|c: char| c.is_whitespace() || c == BLOCK_SEPARATOR))
            .filter(|t| !t.is_empty() && t.len() <= MAX_CELL)
    };
    let of_table = |n: &usize| cells[*n].table == own.table;
    let mut out = Vec::new();
    let row = (0..i).rev().take(MAX_CELLS).filter(of_table).take_while(|n| cells[*n].row == own.row).last();
    out.extend(row.and_then(words));
    if !own.is_list && own.row > 1 {
        let heads = (0..i).rev().take(MAX_CELLS).filter(|n| of_table(n) && cells[*n].row == 1);
        out.extend(heads.filter(|n| cells[*n].column == own.column).find_map(words));
    }
    let next =
        (i + 1..cells.len()).take(MAX_CELLS).find(of_table).filter(|n| (cells[*n].row, cells[*n].column) == (own.row, own.column + 1));
    out.extend(next.and_then(words).filter(|t| t.len() <= MAX_ANSWER));
    out
}

/// What is longer heads nothing, bytes.
const MAX_CELL: usize = 120;
/// What is longer is no answer to the cell before it, bytes.
const MAX_ANSWER: usize = 40;
/// So many cells before one are looked at.
const MAX_CELLS: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::engine::{Format, read_source};
    use crate::source::{DecodeHint, Source};

    fn read(name: &str, format: Format, text: &str) -> Document {
        let source = Source::decode(name, text.as_bytes().to_vec(), DecodeHint::Html);
        read_source(&source, format, None).document
    }

    fn of(document: &Document, words: &str) -> Vec<String> {
        let at = document.text.find(words).expect("it is there");
        beside(&document.cells, &document.text, at).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn heads_rows_and_answers_are_told_in_markdown_and_html() {
        let text = "Before.\n\n| We never | We do |\n| --- | --- |\n| ask for logins | write |\n| share them | no |\n\nAfter.\n";
        let d = read("a.md", Format::Markdown, text);
        assert_eq!(of(&d, "ask for"), ["We never", "write"]);
        assert_eq!(of(&d, "share"), ["We never", "no"]);
        assert_eq!(of(&d, "write"), ["ask for logins", "We do"]);
        assert_eq!(of(&d, "We never"), ["We do"]);
        assert!(of(&d, "Before").is_empty() && of(&d, "After").is_empty());
        let html = "<p>Before<table><thead><tr><th>A<th>B</thead><tr><td><p>one<p>more<td>two <table><tr><td>in</table> on</table><p>after\
                    <dl><dt>Never<dd>this<dd>that<dt>Fee<dd>none</dl>end";
        let d = read("a.html", Format::Html, html);
        assert_eq!(of(&d, "more"), ["A", "two"]);
        assert_eq!(of(&d, "two"), ["one\u{1E}more", "B"]);
        assert!(of(&d, "in").is_empty() && of(&d, "after").is_empty() && of(&d, "end").is_empty());
        assert_eq!(of(&d, "that"), ["Never"]);
        assert_eq!(of(&d, "Fee"), ["none"]);
    }
}
