//! Blocks that can be read in a second way: with words put together that a line's end divided, without what nobody sees inside a word, with
//! Latin letters for those of other scripts that look the same. The second reading is a block of its own behind all others.

use super::seen::disguised;
use super::{Block, Document, Mark, Piece};
use crate::source::Span;
use std::ops::Range;

/// Of one document, so many bytes are written a second time.
const MOST: usize = 1 << 20;

/// Adds the second readings. `hyphens`: where in the text a hyphen ended a line, one past it. `foreign`: whether there are letters that may
/// be taken for Latin ones.
pub(super) fn add(doc: &mut Document, hyphens: &[usize], foreign: bool) {
    if hyphens.is_empty() && !foreign && doc.marks[Mark::Hidden as usize].is_empty() {
        return;
    }
    let mut left = MOST;
    for number in 0..doc.blocks.len() {
        let block = doc.blocks[number].clone();
        let edits = edits(doc, &block, hyphens, foreign);
        if !edits.is_empty() && block.end - block.start <= left {
            left -= block.end - block.start;
            write(doc, block, &edits);
        }
    }
}

/// What reads differently in a block: places of the document's text, in order and apart, each with what stands there and whether its bytes
/// belong to the word around it.
fn edits(doc: &Document, block: &Block, hyphens: &[usize], foreign: bool) -> Vec<(Range<usize>, String, bool)> {
    let text = doc.block_text(block);
    let mut out: Vec<(Range<usize>, String, bool)> = Vec::new();
    if foreign {
        out.extend(disguised(text).into_iter().map(|(r, read)| (block.start + r.start..block.start + r.end, read, true)));
    }
    let around = |from: usize, to: usize, is: fn(char) -> bool| {
        let before = doc.text.get(block.start..from).and_then(|t| t.chars().next_back());
        let after = doc.text.get(to..block.end).and_then(|t| t.chars().next());
        before.is_some_and(is) && after.is_some_and(is)
    };
    let from = hyphens.partition_point(|at| *at <= block.start);
    for &at in hyphens[from..].iter().take_while(|at| **at < block.end) {
        if around(at - 1, at + 1, char::is_alphabetic) {
            out.push((at - 1..at + 1, String::new(), true));
        }
    }
    let hidden = &doc.marks[Mark::Hidden as usize];
    let from = hidden.partition_point(|s| s.start <= block.start);
    for span in hidden[from..].iter().take_while(|s| s.end < block.end).filter(|s| around(s.start, s.end, char::is_alphanumeric)) {
        out.push((span.range(), String::new(), false));
    }
    out.sort_by_key(|(r, ..)| r.start);
    out.dedup_by(|b, a| b.0.start < a.0.end);
    out
}

/// Writes a block anew behind all others.
fn write(doc: &mut Document, block: Block, edits: &[(Range<usize>, String, bool)]) {
    let start = doc.text.len();
    let mut marks: Vec<Vec<Span>> = vec![Vec::new(); Mark::ALL.len()];
    let mut at = block.start;
    let end = block.end..block.end;
    for (range, read, keep) in edits.iter().map(|(r, s, k)| (r.clone(), s.as_str(), *k)).chain([(end, "", false)]) {
        let (from, to) = (doc.text.len(), at..range.start);
        let same = doc.text.get(to.clone()).unwrap_or("").to_owned();
        let pieces = if to.is_empty() {
            Vec::new()
        } else {
            doc.map.resolve(Piece { text: from, text_len: to.len(), source: to.start, source_len: to.len(), linear: true })
        };
        pieces.into_iter().for_each(|piece| doc.map.push(piece));
        for (m, spans) in marks.iter_mut().enumerate() {
            let first = doc.marks[m].partition_point(|s| s.end <= to.start);
            let inside = doc.marks[m][first..].iter().take_while(|s| s.start < to.end);
            spans.extend(inside.map(|s| Span::new(from + s.start.max(to.start) - to.start, from + s.end.min(to.end) - to.start)));
        }
        doc.text.push_str(&same);
        if keep && let Some(cover) = doc.map.cover(range.start, range.end) {
            let text = doc.text.len();
            doc.map.push(Piece { text, text_len: read.len(), source: cover.start, source_len: cover.len(), linear: false });
        }
        doc.text.push_str(read);
        at = range.end;
    }
    let end = doc.text.len();
    doc.text.push(super::BLOCK_SEPARATOR);
    for (m, spans) in marks.into_iter().enumerate() {
        doc.marks[m].extend(spans);
    }
    doc.blocks.push(Block { start, end, second: true, ..block });
}
