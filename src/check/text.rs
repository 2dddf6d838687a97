//! Phrases, regular expressions and replacements over visible text.

use super::prefilter::{Known, OfRule};
use super::{Hit, Subject, lexical};
use crate::document::{Block, Document};
use crate::pack::{Pattern, Patterns};
use std::ops::Range;
use std::sync::Arc;

/// The matches of patterns at their candidates. What a pattern that several matchers have finds is kept for the next of them.
pub(super) fn find(subject: &Subject, patterns: &Patterns, candidates: OfRule) -> Vec<Hit> {
    let mut hits = Vec::new();
    for spots in candidates.spots() {
        let Some(pattern) = patterns.get(spots.pattern) else { continue };
        let Some(known) = spots.known else {
            for block in &subject.document.blocks {
                let window = 0..block.end - block.start;
                in_window(subject.document, pattern, block, window.clone(), window.end, &mut hits);
            }
            continue;
        };
        if !known.is_shared() {
            find_one(subject, pattern, known, &mut hits);
            continue;
        }
        let key = Arc::as_ptr(pattern).addr();
        if let Some(found) = subject.found.borrow().get(&key) {
            hits.extend(found.iter().cloned());
            continue;
        }
        let from = hits.len();
        find_one(subject, pattern, known, &mut hits);
        subject.found.borrow_mut().insert(key, hits[from..].to_vec());
    }
    hits
}

fn find_one(subject: &Subject, pattern: &Pattern, known: Known, hits: &mut Vec<Hit>) {
    let document = subject.document;
    // One match may hold several keys, and windows around them may overlap.
    let mut starts = known.starts().peekable();
    let mut done = 0;
    while let Some(start) = starts.next() {
        if pattern.is_spelled() {
            hits.extend(pattern.spelled_at(&document.text, start).and_then(|end| hit(document, pattern, start, end)));
            continue;
        }
        if start < done {
            continue;
        }
        let Some(block) = document.block_at(start).map(|b| &document.blocks[b]) else { continue };
        let window_of = |start: usize| pattern.window(start - block.start, block.end - block.start);
        let mut window = window_of(start);
        let at_start = pattern.begins_with_key();
        let mut last = start;
        if !at_start {
            let near = |start: usize, end: usize| start < block.end && window_of(start).start <= end;
            while let Some(next) = starts.next_if(|next| near(*next, window.end)) {
                window.end = window.end.max(window_of(next).end);
                last = next;
            }
        }
        if pattern.comes_late(window.start) {
            continue;
        }
        let text = document.block_text(block);
        let window = text.floor_char_boundary(window.start)..text.ceil_char_boundary(window.end);
        let stretch = block.start + window.start..block.start + window.end;
        if !subject.lower().get(stretch.clone()).is_some_and(|lower| known.holds(stretch, lower)) {
            continue;
        }
        if !at_start {
            // What matches holds a key.
            in_window(document, pattern, block, window, last - block.start, hits);
        } else if let Some(m) = pattern.find_in(text, window, true) {
            done = block.start + m.end;
            hits.extend(hit(document, pattern, block.start + m.start, block.start + m.end));
        }
    }
}

/// All matches in a window of a block that begin at `last` or before.
fn in_window(document: &Document, pattern: &Pattern, block: &Block, window: Range<usize>, last: usize, hits: &mut Vec<Hit>) {
    let text = document.block_text(block);
    let mut at = window.start;
    while at <= window.end
        && let Some(m) = pattern.next_in(text, at..window.end, last)
    {
        hits.extend(hit(document, pattern, block.start + m.start, block.start + m.end));
        at = m.end;
    }
}

fn hit(document: &Document, pattern: &Pattern, start: usize, end: usize) -> Option<Hit> {
    let spans = document.map.spans(start, end);
    let block = document.block_at(start)?;
    let text = document.text.get(start..end)?;
    if spans.is_empty() {
        return None;
    }
    Some(Hit {
        spans,
        range: Some((start, end)),
        text: text.to_owned(),
        replacement: pattern.replacement.clone(),
        field: document.blocks[block].field,
        prose: text.contains(['-', '/']) && is_compound(document, pattern, start, end),
        ..Hit::default()
    })
}

/// Whether a word of several is all that a phrase means, as `re~seller` means `re-seller`. What only holds the words of a phrase, or goes on
/// where it lets anything follow, may be a slug or a class.
fn is_compound(document: &Document, pattern: &Pattern, start: usize, end: usize) -> bool {
    let Some(block) = document.block_at(start).map(|b| &document.blocks[b]) else { return false };
    let text = document.block_text(block);
    pattern.is_closed() && lexical::is_token(text, start - block.start, (end - block.start).min(text.len()))
}
