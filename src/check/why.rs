//! Why a match came to nothing, for whoever asks. Nothing is written down unless somebody does.
//!
//! The checks say it themselves where they decide, so that what is told cannot differ from what was decided.

use super::context::{self, Stop};
use super::prefilter::OfRule;
use super::text;
use super::{Hit, Subject};
use crate::document::Lang;
use crate::pack::model::{Context, MatcherForm, Within};
use crate::source::Span;
use std::cell::{Cell, RefCell};

/// Of one rule in one document, so many matches are told.
const MAX_NOTES: usize = 2000;
/// Of a text, so many characters are quoted.
const QUOTE: usize = 80;

/// Something that came to nothing.
#[derive(Debug, Clone)]
pub struct Note {
    /// Where in the source.
    pub spans: Vec<Span>,
    /// What the reader sees there.
    pub text: String,
    /// What decided: `scope`, `exception`, `distance`, `document`, `language`, `condition`, `claim`, `register`, `place`, `approval`,
    /// `field`, `link`, `element`, `same`, `once`.
    pub by: &'static str,
    /// How, in words.
    pub words: String,
    /// Whether what the rule looks for stood there, rather than that the rule looked at it.
    pub matched: bool,
}

/// What is written down while a rule runs.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: RefCell<Vec<Note>>,
    aside: RefCell<Option<(&'static str, String)>>,
    muted: Cell<usize>,
}

/// While it lives, nothing is written down.
pub(super) struct Muted<'n>(Option<&'n Notes>);

impl Drop for Muted<'_> {
    fn drop(&mut self) {
        if let Some(notes) = self.0 {
            notes.muted.set(notes.muted.get().saturating_sub(1));
        }
    }
}

impl Subject<'_> {
    /// The same document, of which somebody asks why nothing is found.
    #[must_use]
    pub fn traced(mut self) -> Self {
        self.notes = Some(Notes::default());
        self
    }

    /// Whether somebody asks.
    pub fn is_traced(&self) -> bool {
        self.notes.is_some()
    }

    /// What came to nothing since the last call, and what was said aside.
    pub fn take_notes(&self) -> (Vec<Note>, Option<(&'static str, String)>) {
        match &self.notes {
            Some(n) => (n.list.take(), n.aside.take()),
            None => Default::default(),
        }
    }

    /// A match came to nothing.
    pub(super) fn stopped(&self, hit: &Hit, by: &'static str, words: impl FnOnce() -> String) {
        self.put(|| (hit.spans.clone(), hit.text.clone()), by, words, true);
    }

    /// The same; why, was said aside.
    pub(super) fn stopped_as_told(&self, hit: &Hit) {
        if let Some(notes) = &self.notes {
            let (by, words) = notes.aside.take().unwrap_or(("claim", UNDECIDED.to_owned()));
            self.stopped(hit, by, || words);
        }
    }

    /// The rule looked at something that is not what it looks for.
    pub(super) fn looked(&self, hit: impl FnOnce() -> Hit, by: &'static str, words: impl FnOnce() -> String) {
        let place = || {
            let hit = hit();
            (hit.spans, hit.text)
        };
        self.put(place, by, words, false);
    }

    /// Something about what is being decided.
    pub(super) fn aside(&self, by: &'static str, words: impl FnOnce() -> String) {
        if let Some(notes) = self.notes.as_ref().filter(|n| n.muted.get() == 0) {
            notes.aside.replace(Some((by, words())));
        }
    }

    /// What was said aside was about something else.
    pub(super) fn forget_aside(&self) {
        if let Some(notes) = &self.notes {
            notes.aside.take();
        }
    }

    /// Nothing is written down while the answer lives.
    pub(super) fn mute(&self) -> Muted<'_> {
        if let Some(notes) = &self.notes {
            notes.muted.set(notes.muted.get() + 1);
        }
        Muted(self.notes.as_ref())
    }

    fn put(&self, place: impl FnOnce() -> (Vec<Span>, String), by: &'static str, words: impl FnOnce() -> String, matched: bool) {
        let Some(notes) = self.notes.as_ref().filter(|n| n.muted.get() == 0) else { return };
        let mut list = notes.list.borrow_mut();
        if list.len() < MAX_NOTES {
            let (spans, text) = place();
            list.push(Note { spans, text, by, words: words(), matched });
        }
    }
}

const UNDECIDED: &str = "it was held against what is on record, which does not contradict it or does not say";

/// Words of a claim that stand in the text, of which the check found nothing and said nothing more.
pub(super) fn left(subject: &Subject, form: &MatcherForm, candidates: OfRule, hits: &[Hit]) {
    let (MatcherForm::Claim(_) | MatcherForm::Place(_), Some(patterns)) = (form, form.patterns()) else { return };
    let Some(notes) = &subject.notes else { return };
    let told: Vec<Span> =
        notes.list.borrow().iter().flat_map(|n| n.spans.clone()).chain(hits.iter().flat_map(|h| h.spans.clone())).collect();
    // A finding may point at what stands beside the words.
    let covered = |h: &Hit| hits.iter().filter_map(|x| x.range.zip(h.range)).any(|((a, b), (c, d))| a < d && c < b);
    let aside = notes.aside.take();
    for hit in text::find(subject, patterns, candidates) {
        if !covered(&hit) && !hit.spans.iter().any(|s| told.iter().any(|t| t.overlaps(s))) {
            let (by, words) = aside.clone().unwrap_or(("claim", UNDECIDED.to_owned()));
            subject.stopped(&hit, by, || words);
        }
    }
}

/// What is not known for want of a register.
pub(super) fn unknown(register: &str) -> &'static str {
    match register {
        "partners" => "nothing is known of the firm: there is no register of partners (`--partners FILE`)",
        "speaker" => "nobody knows who is speaking (`--partner ID`)",
        "approvals" => "there is no register of approvals (`--approvals FILE`)",
        "awards" => "there is no register of awards (`--awards FILE`)",
        "assets" => "there is no register of images (`--assets FILE`)",
        _ => "there is no such register",
    }
}

/// A condition of `all` that is not met; `found`: what a `not` found.
pub(super) fn condition(number: usize, of: usize, found: Option<&str>) -> String {
    let which = format!("condition {} of {of}", number + 1);
    match found {
        Some("") => format!("{which} is not met: something that must not be there is"),
        Some(text) => format!("{which} is not met: “{}” must not be there", quote(text)),
        None => format!("{which} is not met: what it asks for is not there"),
    }
}

/// A stop in words.
pub(super) fn context(subject: &Subject, languages: &[Lang], contexts: &[&Context], hit: &Hit, stop: Stop) -> String {
    let doc = subject.document;
    let block = hit.range.and_then(|(start, _)| doc.block_at(start)).map(|b| &doc.blocks[b]);
    let text = block.map_or(hit.text.as_str(), |b| doc.block_text(b));
    let (from, to) = match (hit.range, block) {
        (Some((start, end)), Some(b)) => (start.saturating_sub(b.start).min(text.len()), end.saturating_sub(b.start).min(text.len())),
        _ => (0, text.len()),
    };
    match stop {
        Stop::OutOfScope => {
            let wanted: Vec<String> = contexts.iter().flat_map(|c| &c.scope).map(|s| format!("`{}`", s.name())).collect();
            let here = block.map_or("text", |b| b.role.name());
            format!("it stands in `{here}`, and the rule looks only in {}", wanted.join(", "))
        }
        Stop::InScope(scope) => format!("it stands in `{}`, where the rule does not look", scope.name()),
        Stop::Language(lang) => {
            let wanted: Vec<&str> = languages.iter().map(Lang::as_str).collect();
            format!("the text is in `{}`, and the rule is for {}", lang.as_str(), wanted.join(", "))
        }
        Stop::Exception(a, b) => format!("the exception “{}” covers it", quote(text.get(a..b).unwrap_or_default())),
        Stop::Before => format!("what follows is an exception: “{}”", quote(text[to..].split_whitespace().next().unwrap_or_default())),
        Stop::After => format!("what precedes is an exception: “{}”", quote(text[..from].split_whitespace().last().unwrap_or_default())),
        Stop::Near(n, i) => {
            let near = contexts.get(n).and_then(|c| c.unless_near.get(i));
            let Some(near) = near else { return "something that must not be near is".to_owned() };
            let reach = distance(near.within);
            match context::near_words(near, text, from, to) {
                Some((phrase, 0)) => format!("“{}” stands beside it, and must not be {reach}", quote(&phrase)),
                Some((phrase, 1)) => format!("“{}” stands 1 word away, and must not be {reach}", quote(&phrase)),
                Some((phrase, words)) => format!("“{}” stands {words} words away, and must not be {reach}", quote(&phrase)),
                None if near.speaker => format!("the speaker's name, or a phrase like it, must not be {reach}, and is"),
                None => format!("a phrase that must not be {reach} is"),
            }
        }
        Stop::NotNear(n, i) => {
            let within = contexts.get(n).and_then(|c| c.near.get(i)).map(|near| near.within);
            format!("what must be {} is not", within.map_or_else(|| "near".to_owned(), distance))
        }
        Stop::Document => {
            let sets = contexts.iter().filter_map(|c| c.document.as_ref());
            let words = sets.into_iter().find_map(|set| set.find(&doc.text, 0)).and_then(|(a, b)| doc.text.get(a..b));
            format!("the document has “{}”, with which the rule does not apply", quote(words.unwrap_or_default()))
        }
    }
}

fn distance(within: Within) -> String {
    match within {
        Within::Words(n) => format!("within {n} words"),
        Within::Sentence => "in the same sentence".to_owned(),
        Within::Block => "in the same block".to_owned(),
        Within::Document => "in the document".to_owned(),
        Within::Cell => "in the head of the column or row, or in the next cell".to_owned(),
        Within::Lead => "in the heading or line that leads into it".to_owned(),
    }
}

fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUOTE) {
        Some((i, _)) => format!("{}…", &line[..i]),
        None => line,
    }
}
