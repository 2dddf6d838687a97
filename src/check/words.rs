//! `words`: text held against lists of words, all lists in one walk, plainly written or in disguise.

mod disguise;
mod scan;

pub use scan::{Found, scan};

use super::{Hit, Subject, context, lexical};
use crate::document::Lang;
use crate::pack::model::WordsMatcher;
use crate::pack::words::{Lists, Sense, WordLists};
use std::cell::OnceCell;

/// How much of a document is read to tell its language, bytes.
const SAMPLE: usize = 1200;

/// What was found in a document, for all rules.
#[derive(Debug, Default)]
pub(super) struct Known {
    found: OnceCell<Vec<Found>>,
    /// The language of the text as a whole.
    language: OnceCell<Option<Lang>>,
}

impl Known {
    fn found(&self, subject: &Subject) -> &[Found] {
        self.found.get_or_init(|| {
            let mut out = Vec::new();
            // Nothing reaches from one block into the next.
            scan(&subject.document.text, &mut out);
            out
        })
    }

    fn language(&self, subject: &Subject) -> Option<Lang> {
        *self.language.get_or_init(|| {
            let text = &subject.document.text;
            context::tell_language(&text[..lexical::floor(text, SAMPLE)])
        })
    }
}

/// Words of the matcher's lists.
pub(super) fn find(subject: &Subject, m: &WordsMatcher) -> Vec<Hit> {
    let (document, lists) = (subject.document, WordLists::get());
    let mut hits = Vec::new();
    for found in subject.words.found(subject) {
        if found.disguised && !m.disguised {
            continue;
        }
        let wanted = |s: &&Sense| m.lists.has(s.list) && found.may_mean(s);
        let mut senses = found.senses.iter().filter(wanted).peekable();
        if senses.peek().is_none() {
            continue;
        }
        let range = found.range.clone();
        let (Some(text), Some(block)) = (document.text.get(range.clone()), document.block_at(range.start)) else { continue };
        if m.except.iter().any(|e| *e == crate::pack::words::fold(text)) {
            continue;
        }
        let languages = languages_of(subject, block);
        let Some(list) = senses.find(|s| fits(s, text, &languages)).and_then(|s| lists.list(s.list)) else { continue };
        let spans = document.map.spans(range.start, range.end);
        if spans.is_empty() {
            continue;
        }
        hits.push(Hit {
            spans,
            text: text.to_owned(),
            field: document.blocks[block].field,
            values: vec![("tier", list.tier.to_owned()), ("group", list.group.to_owned()), ("language", list.code.to_owned())],
            // `mother-fucker` and `f.u.c.k` look like names out of code, and are none.
            prose: !text.contains(['_', ':', '/', '(', '=']),
            range: Some((range.start, range.end)),
            ..Hit::default()
        });
    }
    hits
}

/// What is known of the language of a block: what it declares or clearly is, and what the whole text is where the block is too short.
fn languages_of(subject: &Subject, block: usize) -> Vec<Lang> {
    let document = subject.document;
    let text = document.block_text(&document.blocks[block]);
    let declared = document.blocks[block].lang;
    let told = context::tell_language(&text[..lexical::floor(text, SAMPLE)]);
    let mut known: Vec<Lang> = declared.into_iter().chain(told).collect();
    if known.is_empty() {
        known.extend(subject.words.language(subject));
    }
    known
}

/// Whether a word counts where these languages are known. A theme's default may declare what is not so: none may speak against it.
fn fits(sense: &Sense, text: &str, known: &[Lang]) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphabetic());
    let capital = letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase);
    if sense.marks.lower && capital {
        return false;
    }
    let Some(list) = WordLists::get().list(sense.list) else { return false };
    sense.marks.any || known.iter().all(|l| *l == list.lang) && !(sense.marks.sure && known.is_empty())
}

/// Where in a text words of these lists stand, in any language and however they are written.
pub fn places(text: &str, lists: Lists) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    scan(text, &mut found);
    let has = |f: &Found| {
        f.senses
            .iter()
            .any(|s| lists.has(s.list) && f.may_mean(s) && (!s.marks.sure || s.marks.any) && fits(s, &text[f.range.clone()], &[]))
    };
    found.into_iter().filter(has).map(|f| f.range).collect()
}
