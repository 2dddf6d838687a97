//! What must be in a document for a rule to find anything in it: told of all rules at a glance, without looking at their matchers.
//!
//! A gate may be open for nothing; where it is closed, nothing can be found, and no register is missed.

use crate::document::{Document, Kind};
use crate::pack::model::{Matcher, MatcherForm, PlaceCheck};

/// What a rule looks at, or what a document has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Names of fields of records, a bit for all that fall together.
    fields: u128,
    /// What holds addresses, the same.
    holders: u64,
    /// Other things.
    things: u8,
}

/// Blocks of text.
const BLOCKS: u8 = 1;
/// HTML.
const HTML: u8 = 2;
/// Pictures.
const IMAGES: u8 = 4;
/// Whatever there is.
const ALWAYS: u8 = 8;

/// Names differ in length, beginning and end.
pub(super) fn slot(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (first, last) = (bytes.first().copied().unwrap_or(0), bytes.last().copied().unwrap_or(0));
    (bytes.len() * 29 + usize::from(first) * 7 + usize::from(last)) % 128
}

fn bit(name: &str) -> u128 {
    1 << slot(name)
}

fn holder_bit(name: &str) -> u64 {
    1 << (slot(name) % 64)
}

impl Gate {
    /// What a document has.
    pub fn of(document: &Document) -> Gate {
        let here = |is: bool, thing: u8| if is { thing } else { 0 };
        Gate {
            fields: document.fields.iter().fold(0, |all, f| all | bit(&f.name)),
            holders: document.links.iter().fold(0, |all, l| all | holder_bit(&l.holder)),
            things: ALWAYS
                | here(!document.blocks.is_empty(), BLOCKS)
                | here(!document.html.is_empty(), HTML)
                | here(!document.images.is_empty(), IMAGES),
        }
    }

    /// What a matcher looks at in content of a kind, beside the words that the prefilter looks for.
    pub fn to(m: &Matcher, kind: Kind) -> Gate {
        let only = |thing: u8| Gate { things: thing, ..Gate::default() };
        let fields = |names: &[String]| if names.is_empty() { u128::MAX } else { names.iter().fold(0, |all, n| all | bit(n)) };
        if m.says.as_ref().is_some_and(|s| !s.kinds.is_empty() && !s.kinds.contains(&kind)) {
            return Gate::default();
        }
        match &m.form {
            form if form.patterns().is_some() => Gate::default(),
            // Without a phrase to look for there is nothing to find; what is the same across documents is found over the whole run.
            MatcherForm::Text(_) | MatcherForm::Corpus(_) | MatcherForm::Not(_) => Gate::default(),
            MatcherForm::Words(_) | MatcherForm::Stats(_) => only(BLOCKS),
            MatcherForm::Element(_) => only(HTML),
            MatcherForm::Image(_) => only(IMAGES),
            MatcherForm::Link(l) => {
                let holders = if l.holder.is_empty() { u64::MAX } else { l.holder.iter().fold(0, |all, h| all | holder_bit(h)) };
                Gate { holders, ..Gate::default() }
            }
            MatcherForm::Field(f) => Gate { fields: fields(&f.name), ..Gate::default() },
            MatcherForm::Place(p) if p.check == PlaceCheck::NonPlace => Gate { fields: fields(&p.fields), ..Gate::default() },
            MatcherForm::Place(_) | MatcherForm::Claim(_) | MatcherForm::Approval(_) => only(ALWAYS),
            MatcherForm::Any(list) => list.iter().map(|m| Gate::to(m, kind)).fold(Gate::default(), Gate::or),
            // The first decides: without it the others do not matter.
            MatcherForm::All(list) => match list.first() {
                Some(Matcher { form: MatcherForm::Not(inner), .. }) => Gate::to(inner, kind),
                Some(first) => Gate::to(first, kind),
                None => Gate::default(),
            },
        }
    }

    fn or(self, other: Gate) -> Gate {
        Gate { fields: self.fields | other.fields, holders: self.holders | other.holders, things: self.things | other.things }
    }

    /// Whether a document that has this may have what is looked at.
    pub fn opens(self, here: Gate) -> bool {
        self.fields & here.fields != 0 || self.holders & here.holders != 0 || self.things & here.things != 0
    }
}
