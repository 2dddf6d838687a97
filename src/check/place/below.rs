//! Places under a heading: "Our offices", and below it a list, a table or headings of their own.

use super::super::{Hit, Speaker, Subject};
use super::known::{Claimed, Record};
use super::{is_address, tell};
use crate::document::{Block, Mark, Role};
use crate::facts::places::Mention;
use crate::pack::model::PlaceMatcher;

/// So many blocks after the heading are looked at.
const MAX_BLOCKS: usize = 40;
/// Longer blocks are prose, not entries of a list.
const MAX_ENTRY: usize = 120;

/// Claimed places below headings, one hit each. What stands near the heading decides whether it counts.
pub(super) fn claims(subject: &Subject, speaker: &Speaker, m: &PlaceMatcher, hits: Vec<Hit>, record: &Option<Record>) -> Vec<Hit> {
    let Some(record) = record else { return Vec::new() };
    let doc = subject.document;
    let mut out = Vec::new();
    for hit in hits {
        let Some((start, end)) = hit.range else { continue };
        let Some(number) = doc.block_at(start) else { continue };
        let head = &doc.blocks[number];
        if !is_whole(doc.block_text(head), start - head.start, (end - head.start).min(head.end - head.start)) {
            continue;
        }
        for (block, mention) in entries(subject, number) {
            let (at, text) = (doc.blocks[block].start, doc.block_text(&doc.blocks[block]));
            let Some(found) = record.lacks(&Claimed::of(&mention, text), m) else { continue };
            let spans = doc.map.spans(at + mention.whole.start, at + mention.whole.end);
            if spans.is_empty() {
                continue;
            }
            let text = text[mention.whole.clone()].to_owned();
            let mut new = Hit { spans, range: Some((start, end)), text, field: head.field, ..Hit::default() };
            tell(subject, speaker, &mut new, &found, record);
            out.push(new);
        }
    }
    out
}

/// Whether a phrase is all of its block but for signs.
pub(super) fn is_whole(text: &str, from: usize, to: usize) -> bool {
    let sign = |t: &str| !t.contains(char::is_alphanumeric);
    sign(&text[..from]) && (sign(&text[to..]) || text[to..].trim_start().starts_with(':'))
}

/// The entries below the heading in block `number`, each with the place that begins it.
fn entries(subject: &Subject, number: usize) -> Vec<(usize, Mention)> {
    let doc = subject.document;
    let head = &doc.blocks[number];
    // The head of a table's first column says what its rows are; that of another, what they have.
    let column = |i: usize| doc.blocks.get(i).is_some_and(|b| b.role == Role::Cell);
    if head.role == Role::Cell && number > 0 && column(number - 1) {
        return Vec::new();
    }
    let marks = |b: &Block| [Mark::Footer, Mark::Nav, Mark::Quote].map(|m| doc.marked(m, b.start, b.end));
    let mut out = Vec::new();
    for (i, block) in doc.blocks.iter().enumerate().skip(number + 1).take(MAX_BLOCKS) {
        if ends(head, block) || block.second || block.field != head.field || marks(block) != marks(head) {
            break;
        }
        let text = doc.block_text(block);
        if !matches!(block.role, Role::Text | Role::Heading | Role::Cell) || text.len() > MAX_ENTRY {
            continue;
        }
        out.extend(first_place(text, &subject.mentions(i, 0..text.len())).map(|m| (i, m)));
    }
    out
}

/// Whether what stands under `head` ends where `block` begins.
fn ends(head: &Block, block: &Block) -> bool {
    match (head.role, block.role) {
        (Role::Heading, Role::Heading) => block.level <= head.level,
        // A label or the head of a table holds up to the next heading.
        (_, Role::Heading) => true,
        (Role::Cell, role) => role != Role::Cell,
        _ => false,
    }
}

/// The place that an entry consists of or begins with: "Lyon", "Lyon, France", "Lyon: 2 rue Exemple", "Lyon office".
fn first_place(text: &str, mentions: &[Mention]) -> Option<Mention> {
    let first = mentions.first().filter(|m| !m.part_of_name)?;
    let rest = text[first.whole.end..].trim_start();
    // A sentence that begins with a place is prose.
    let goes_on = rest.starts_with(char::is_alphabetic) && rest.split_whitespace().count() > 2;
    let lead = &text[..first.range.start];
    let begins = !lead.contains(char::is_alphanumeric) || is_address(lead);
    (begins && !goes_on).then(|| first.clone())
}
