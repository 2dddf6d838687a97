use crate::source::{Source, Span};
use borsh::{BorshDeserialize, BorshSerialize};

/// Lines up to this many characters are shown whole.
const WHOLE_LINE: usize = 140;
/// How many characters of a longer line are shown on each side of a span.
const MARGIN: usize = 50;
/// Of a span longer than this many lines only the first and last are kept.
const MAX_LINES: usize = 6;

/// Part of one line of a file, to be shown under a finding.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Excerpt {
    /// The line, from 1.
    pub line: usize,
    /// The column of the first character, from 1.
    pub column: usize,
    /// The characters, as the author wrote them, without the line end.
    pub text: String,
    /// Something of the line comes before.
    pub cut_before: bool,
    /// Something of the line comes after.
    pub cut_after: bool,
}

impl Excerpt {
    /// The lines that `span` touches, long ones cut to what surrounds it.
    pub fn around(source: &Source, span: Span) -> Vec<Excerpt> {
        let text = source.text();
        let mut lines = Vec::new();
        let mut at = span.start;
        loop {
            let line = source.line_span(at);
            lines.push(line);
            let next = text.get(line.end..).map_or(text.len(), |rest| {
                let eol = rest.len() - rest.strip_prefix("\r\n").or(rest.strip_prefix(['\n', '\r'])).unwrap_or(rest).len();
                line.end + eol
            });
            if next >= span.end || next <= at {
                break;
            }
            at = next;
        }
        if lines.len() > MAX_LINES {
            lines.drain(2..lines.len() - 2);
        }
        lines.into_iter().map(|line| Excerpt::of_line(source, line, span)).collect()
    }

    fn of_line(source: &Source, line: Span, span: Span) -> Excerpt {
        let text = source.text();
        let whole = text.get(line.range()).unwrap_or("");
        // The byte order mark is no column of its own.
        let start = if whole.starts_with('\u{FEFF}') { line.start + '\u{FEFF}'.len_utf8() } else { line.start };
        let whole = text.get(start..line.end).unwrap_or("");
        let inside = Span { start: span.start.clamp(start, line.end), end: span.end.clamp(start, line.end) };
        let (from, to) = if whole.len() <= WHOLE_LINE || whole.chars().nth(WHOLE_LINE).is_none() {
            (start, line.end)
        } else {
            let from = text[start..inside.start].char_indices().rev().nth(MARGIN - 1).map_or(start, |(i, _)| start + i);
            // A span longer than a line of a terminal is shown by its beginning.
            let shown = text[inside.start..inside.end].char_indices().nth(WHOLE_LINE).map_or(inside.end, |(i, _)| inside.start + i);
            let to = text[shown..line.end].char_indices().nth(MARGIN).map_or(line.end, |(i, _)| shown + i);
            (from, to)
        };
        let position = source.position(from);
        Excerpt {
            line: position.line,
            column: position.column,
            text: text.get(from..to).unwrap_or("").to_owned(),
            cut_before: from > start || (line.start == 0 && from == start && position.column > 1),
            cut_after: to < line.end,
        }
    }
}
