//! Properties of a block of text: capitals, emoji, exclamation marks.

use super::{Hit, emoji};
use crate::document::{BLOCK_SEPARATOR, Document};
use crate::pack::model::Stats;

pub(super) fn find(document: &Document, limits: &Stats) -> Vec<Hit> {
    let mut hits = Vec::new();
    for block in &document.blocks {
        let text = document.block_text(block);
        debug_assert!(!text.contains(BLOCK_SEPARATOR));
        // Most blocks are too short or plain ASCII without a sign of what is looked for: told without looking at every character.
        if text.len() < limits.min_letters || !may_exceed(text, limits) || letters(text) < limits.min_letters {
            continue;
        }
        let Some((value, limit)) = exceeded(text, limits) else { continue };
        let spans = document.map.spans(block.start, block.end);
        if !spans.is_empty() {
            hits.push(Hit {
                spans,
                range: Some((block.start, block.end)),
                text: text.to_owned(),
                field: block.field,
                values: vec![("value", value), ("limit", limit)],
                ..Hit::default()
            });
        }
    }
    hits
}

fn letters(text: &str) -> usize {
    if text.is_ascii() { text.bytes().filter(u8::is_ascii_alphabetic).count() } else { text.chars().filter(|c| c.is_alphabetic()).count() }
}

/// Whether any limit can be exceeded at all.
fn may_exceed(text: &str, limits: &Stats) -> bool {
    let capitals = || {
        let upper = text.bytes().filter(u8::is_ascii_uppercase).count();
        !text.is_ascii() || limits.caps_over.is_some_and(|max| upper as f64 > max * letters(text) as f64)
    };
    limits.exclaim_run.is_some() && text.contains(['!', '！'])
        || limits.emoji_over.is_some() && !text.is_ascii()
        || limits.caps_over.is_some() && capitals()
}

/// What was measured and what is allowed, of the first limit that is exceeded.
fn exceeded(text: &str, limits: &Stats) -> Option<(String, String)> {
    if let Some(max) = limits.emoji_over {
        let n = emoji::count(text);
        if n > max {
            return Some((format!("{n} emoji"), format!("{max}")));
        }
    }
    if let Some(max) = limits.caps_over {
        let (upper, lower) =
            text.chars().fold((0usize, 0usize), |(u, l), c| (u + usize::from(c.is_uppercase()), l + usize::from(c.is_lowercase())));
        // Scripts without capitals say nothing.
        if upper + lower >= limits.min_letters && upper as f64 > max * (upper + lower) as f64 {
            let percent = upper * 100 / (upper + lower);
            return Some((format!("{percent} % capitals"), format!("{:.0} %", max * 100.0)));
        }
    }
    if let Some(max) = limits.exclaim_run {
        let mut run = 0;
        let longest = text.chars().fold(0, |longest: usize, c| {
            run = if matches!(c, '!' | '！') { run + 1 } else { 0 };
            longest.max(run)
        });
        if longest >= max.max(1) {
            return Some((format!("{longest} exclamation marks in a row"), format!("{}", max.saturating_sub(1))));
        }
    }
    None
}
