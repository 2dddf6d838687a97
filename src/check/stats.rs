//! Properties of a block of text: capitals, emoji, exclamation marks.

use super::{Hit, emoji};
use crate::document::{BLOCK_SEPARATOR, Document};
use crate::pack::model::Stats;
use crate::source::count_bytes;

pub(super) fn find(document: &Document, limits: &Stats) -> Vec<Hit> {
    let mut hits = Vec::new();
    for block in &document.blocks {
        // Most blocks are too short or plain ASCII without a sign of what is looked for: told without looking at every character.
        if block.end - block.start < limits.min_letters {
            continue;
        }
        let text = document.block_text(block);
        debug_assert!(!text.contains(BLOCK_SEPARATOR));
        if !may_exceed(text, limits) || letters(text) < limits.min_letters {
            continue;
        }
        let Some(Exceeded { count, of, limit }) = exceeded(text, limits) else { continue };
        let spans = document.map.spans(block.start, block.end);
        if !spans.is_empty() {
            hits.push(Hit {
                spans,
                range: Some((block.start, block.end)),
                text: text.to_owned(),
                field: block.field,
                values: vec![("value", format!("{count} {of}")), ("count", count.to_string()), ("limit", limit)],
                ..Hit::default()
            });
        }
    }
    hits
}

fn letters(text: &str) -> usize {
    let ascii = count_bytes(text.as_bytes(), |b| b.is_ascii_alphabetic());
    if text.is_ascii() { ascii } else { ascii + text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count() }
}

/// Whether any limit can be exceeded at all, as far as bytes tell.
fn may_exceed(text: &str, limits: &Stats) -> bool {
    let capitals = |max: f64| {
        // At most all letters beyond ASCII are capitals, and fewer than all of them make the share no larger.
        let upper = count_bytes(text.as_bytes(), |b| b.is_ascii_uppercase() || b >= 0xC0);
        let lower = count_bytes(text.as_bytes(), |b| b.is_ascii_lowercase());
        upper as f64 > max * (upper + lower) as f64
    };
    // The first bytes of what counts as `!`.
    limits.exclaim_run.is_some() && memchr::memchr2(b'!', 0xEF, text.as_bytes()).is_some()
        || limits.emoji_over.is_some_and(|max| emoji::at_most(text) > max)
        || limits.caps_over.is_some_and(capitals)
}

/// What was measured, and what is allowed.
struct Exceeded {
    count: usize,
    of: &'static str,
    limit: String,
}

/// The first limit that is exceeded.
fn exceeded(text: &str, limits: &Stats) -> Option<Exceeded> {
    if let Some(max) = limits.emoji_over {
        let n = emoji::count(text);
        if n > max {
            return Some(Exceeded { count: n, of: "emoji", limit: format!("{max}") });
        }
    }
    if let Some(max) = limits.caps_over {
        let (upper, lower) =
            text.chars().fold((0usize, 0usize), |(u, l), c| (u + usize::from(c.is_uppercase()), l + usize::from(c.is_lowercase())));
        // Scripts without capitals say nothing.
        if upper + lower >= limits.min_letters && upper as f64 > max * (upper + lower) as f64 {
            let percent = upper * 100 / (upper + lower);
            return Some(Exceeded { count: percent, of: "% capitals", limit: format!("{:.0} %", max * 100.0) });
        }
    }
    if let Some(max) = limits.exclaim_run {
        let mut run = 0;
        let longest = text.chars().fold(0, |longest: usize, c| {
            run = if matches!(c, '!' | '！') { run + 1 } else { 0 };
            longest.max(run)
        });
        if longest >= max.max(1) {
            return Some(Exceeded { count: longest, of: "exclamation marks in a row", limit: format!("{}", max.saturating_sub(1)) });
        }
    }
    None
}
