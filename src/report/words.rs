//! A finding in words and places, as formats without a form of their own for all of it need it.

use super::clean;
use crate::finding::{Edit, Excerpt, Finding, Fix, Place, Trouble};

/// The rule name of inputs that could not be checked.
/// The name under which reports say what could not be checked.
pub const NOT_CHECKED: &str = "not-checked";

/// The headline and the cure in one sentence.
pub(super) fn sentence(f: &Finding) -> String {
    with_help(&f.message, f.help.as_deref())
}

/// The same of an input that could not be checked.
pub(super) fn trouble(t: &Trouble) -> String {
    with_help(&t.message, t.help.as_deref())
}

fn with_help(message: &str, help: Option<&str>) -> String {
    match help {
        Some(help) => format!("{}; {}", clean(message), clean(help)),
        None => clean(message),
    }
}

/// `record 4 (acme), field /description`.
pub(super) fn record(f: &Finding) -> Option<String> {
    let r = f.record.as_ref()?;
    let id = r.id.as_deref().map(|i| format!(" ({})", clean(i))).unwrap_or_default();
    let field = r.field.as_deref().map(|i| format!(", field {}", clean(i))).unwrap_or_default();
    Some(format!("record {}{id}{field}", r.index + 1))
}

/// From the start of the first span to the end of the last: what markup splits is one place.
pub(super) fn whole(spans: &[Place]) -> Option<Place> {
    let first = spans.iter().min_by_key(|p| p.start)?;
    let last = spans.iter().max_by_key(|p| p.end)?;
    Some(Place { end: last.end, end_line: last.end_line, end_column: last.end_column, ..*first })
}

/// What stands in place of the text once it is mended, as readers see it.
pub(super) fn fix(f: &Finding) -> Option<&str> {
    f.fix.as_ref().map(|fix| fix.words.as_str())
}

/// What a fix puts into the file, edit by edit, with the place of each. `None` if part of it is for another file.
pub(super) fn edits<'f>(f: &'f Finding, fix: &'f Fix) -> Option<Vec<(&'f Edit, &'f Place, &'f str)>> {
    fix.edits.iter().map(|e| (e.path == f.primary.path).then_some((e, &e.place, e.replacement.as_str()))).collect()
}

/// The column of a place in bytes of its line as UTF-8, from 1. `None` where only part of a long line is known.
pub(super) fn byte_columns(excerpt: &[Excerpt], place: &Place) -> Option<(usize, usize)> {
    let at = |line: usize, column: usize| {
        let e = excerpt.iter().find(|e| e.line == line && e.column == 1 && !e.cut_before)?;
        let text = &e.text;
        let n = column.checked_sub(1)?;
        let chars = text.char_indices().map(|(i, _)| i).chain([text.len()]);
        chars.clone().nth(n).map(|i| i + 1).filter(|_| !e.cut_after || chars.count() > n + 1)
    };
    Some((at(place.line, place.column)?, at(place.end_line, place.end_column)?))
}
