//! The lines of one file as the page shows them: what is known of each, and what of it is marked.

use crate::finding::{Finding, Location, Place};
use crate::report::clean;
use std::collections::{BTreeMap, BTreeSet};

/// Lines shown before and after one with a finding, where the whole text is known.
const AROUND: usize = 2;
/// Of a longer line only what surrounds findings is shown.
const LONG: usize = 2_000;

/// A run of characters of a line with the findings it belongs to, by their numbers on the page.
#[derive(Debug, PartialEq)]
pub(super) struct Run {
    pub text: String,
    pub findings: Vec<usize>,
}

/// A line, or part of one.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Line {
    pub number: usize,
    pub cut_before: bool,
    pub cut_after: bool,
    pub runs: Vec<Run>,
}

/// What the page shows of a file, from above to below.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// A line; the findings that begin in it, by their numbers.
    Line(Line, Vec<usize>),
    /// Lines without findings that can be unfolded.
    Folded(Vec<Line>),
    /// Lines that are not shown.
    Gap,
}

/// Column of the first character, the characters, and whether something was cut before and after.
type Part = (usize, Vec<char>, bool, bool);

/// What is shown of a file with these findings, given with their numbers. `whole` is its text, if it is known; `unfold` says whether lines far
/// from findings are wanted.
pub(super) fn pieces(findings: &[(usize, &Finding)], whole: Option<&str>, unfold: bool) -> Vec<Piece> {
    let mut known: BTreeMap<usize, Vec<Part>> = BTreeMap::new();
    let mut marks: BTreeMap<usize, Vec<(usize, usize, usize)>> = BTreeMap::new();
    let mut begin: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (number, f) in findings {
        parts(&f.primary, &mut known);
        for p in &f.primary.spans {
            mark(p, &f.primary, *number, &mut marks);
        }
        if let Some(p) = f.primary.spans.iter().min_by_key(|p| p.start) {
            begin.entry(p.line).or_default().push((p.column, *number));
        }
    }
    let found: BTreeSet<usize> = begin.keys().copied().collect();
    if let Some(lines) = whole.map(split).filter(|lines| agrees(lines, &known)) {
        let near: BTreeSet<usize> = known
            .keys()
            .flat_map(|l| l.saturating_sub(AROUND).max(1)..=(l + AROUND).min(lines.len()))
            .chain(found.iter().copied())
            .collect();
        for (number, text) in (1..).zip(&lines) {
            if (unfold || near.contains(&number)) && (text.len() <= LONG || !known.contains_key(&number)) {
                let mut chars: Vec<char> = clean(text).chars().collect();
                let cut = chars.len() > LONG;
                chars.truncate(LONG);
                known.insert(number, vec![(1, chars, false, cut)]);
            }
        }
        return assemble(known, &marks, &begin, Some(&near));
    }
    assemble(known, &marks, &begin, None)
}

fn assemble(
    known: BTreeMap<usize, Vec<Part>>,
    marks: &BTreeMap<usize, Vec<(usize, usize, usize)>>,
    begin: &BTreeMap<usize, Vec<(usize, usize)>>,
    near: Option<&BTreeSet<usize>>,
) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut last = 0;
    for (number, parts) in known {
        if number > last + 1 {
            out.push(Piece::Gap);
        }
        last = number;
        let line = line(number, parts, marks.get(&number).map_or(&[][..], Vec::as_slice));
        if near.is_some_and(|near| !near.contains(&number)) {
            match out.last_mut() {
                Some(Piece::Folded(lines)) => lines.push(line),
                _ => out.push(Piece::Folded(vec![line])),
            }
            continue;
        }
        let mut here = begin.get(&number).cloned().unwrap_or_default();
        here.sort_unstable();
        out.push(Piece::Line(line, here.into_iter().map(|(_, n)| n).collect()));
    }
    out
}

/// A line of parts that are joined where they meet.
fn line(number: usize, mut parts: Vec<Part>, marks: &[(usize, usize, usize)]) -> Line {
    parts.sort_by_key(|p| p.0);
    let mut joined: Vec<Part> = Vec::new();
    for (column, chars, before, after) in parts {
        match joined.last_mut() {
            Some((first, have, _, cut)) if column <= *first + have.len() => {
                let skip = *first + have.len() - column;
                if skip < chars.len() {
                    have.extend(&chars[skip..]);
                    *cut = after;
                }
            }
            _ => joined.push((column, chars, before, after)),
        }
    }
    let mut line = Line { number, ..Line::default() };
    line.cut_before = joined.first().is_some_and(|p| p.2);
    line.cut_after = joined.last().is_some_and(|p| p.3);
    for (i, (first, chars, _, _)) in joined.iter().enumerate() {
        if i > 0 {
            line.runs.push(Run { text: " … ".to_owned(), findings: Vec::new() });
        }
        let end = first + chars.len();
        let mut edges: BTreeSet<usize> =
            marks.iter().flat_map(|(from, to, _)| [*from, *to]).filter(|c| (*first..end).contains(c)).collect();
        edges.extend([*first, end]);
        let edges: Vec<usize> = edges.into_iter().collect();
        for pair in edges.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let mut findings: Vec<usize> = marks.iter().filter(|(a, b, _)| *a <= from && to <= *b).map(|(_, _, n)| *n).collect();
            findings.dedup();
            line.runs.push(Run { text: chars[from - first..to - first].iter().collect(), findings });
        }
    }
    line
}

fn parts(l: &Location, known: &mut BTreeMap<usize, Vec<Part>>) {
    for e in &l.excerpt {
        let part = (e.column, clean(&e.text).chars().collect(), e.cut_before, e.cut_after);
        let parts = known.entry(e.line).or_default();
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
}

/// The columns of a place in each of its lines; the white space that a further line begins with is none of it.
fn mark(p: &Place, l: &Location, number: usize, marks: &mut BTreeMap<usize, Vec<(usize, usize, usize)>>) {
    for e in l.excerpt.iter().filter(|e| (p.line..=p.end_line).contains(&e.line)) {
        let indent = e.text.chars().take_while(|c| c.is_whitespace()).count();
        let from = if e.line == p.line { p.column } else { e.column + indent };
        let to = if e.line == p.end_line { p.end_column } else { usize::MAX };
        let list = marks.entry(e.line).or_default();
        if to > from && !list.contains(&(from, to, number)) {
            list.push((from, to, number));
        }
    }
}

/// The lines of a text, cut where positions are counted.
fn split(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    while let Some(at) = rest.find(['\n', '\r']) {
        out.push(&rest[..at]);
        let end = if rest[at..].starts_with("\r\n") { at + 2 } else { at + 1 };
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        out.push(rest);
    }
    out
}

/// Whether the text is still what was checked.
fn agrees(lines: &[&str], known: &BTreeMap<usize, Vec<Part>>) -> bool {
    known.iter().all(|(number, parts)| {
        let line = number.checked_sub(1).and_then(|i| lines.get(i)).copied().unwrap_or_default();
        parts.iter().all(|(column, chars, _, _)| {
            let mut rest = clean(line).chars().skip(column.saturating_sub(1)).collect::<Vec<_>>();
            rest.truncate(chars.len());
            rest == *chars
        })
    })
}
