//! What documents gave rules to look at. A rule that is silent says something only where there was something to see.

use crate::document::{Document, Kind};
use crate::pack::model::{Matcher, MatcherForm};
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeMap;

/// What a document has for matchers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Shows {
    /// Visible text.
    pub text: bool,
    /// HTML elements.
    pub elements: bool,
    /// Addresses.
    pub links: bool,
    /// Fields of records.
    pub fields: bool,
    /// Pictures.
    pub images: bool,
}

impl Shows {
    /// What this document has.
    pub fn of(document: &Document) -> Shows {
        Shows {
            text: !document.blocks.is_empty(),
            elements: !document.html.is_empty(),
            links: !document.links.is_empty(),
            fields: !document.fields.is_empty(),
            images: !document.images.is_empty(),
        }
    }

    /// Whether there is anything.
    pub fn anything(self) -> bool {
        self != Shows::default()
    }

    /// Whether a matcher can see what it looks for. What must not be there takes nothing to see.
    pub fn enough_for(self, matcher: &Matcher) -> bool {
        match &matcher.form {
            MatcherForm::Text(_) | MatcherForm::Words(_) | MatcherForm::Stats(_) | MatcherForm::Approval(_) => self.text,
            MatcherForm::Element(_) => self.elements,
            MatcherForm::Link(_) => self.links,
            MatcherForm::Field(_) => self.fields,
            MatcherForm::Claim(_) | MatcherForm::Place(_) => self.text || self.fields,
            MatcherForm::Corpus(m) => {
                if m.fields.is_empty() {
                    self.text
                } else {
                    self.fields
                }
            }
            MatcherForm::Image(_) => self.images,
            MatcherForm::All(list) => list.iter().all(|m| self.enough_for(m)),
            MatcherForm::Any(list) => list.iter().any(|m| self.enough_for(m)),
            MatcherForm::Not(_) => true,
        }
    }
}

/// How much was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Amount {
    /// Documents: pages, texts, records, images.
    pub documents: usize,
    /// Blocks of visible text in them.
    pub blocks: usize,
}

/// How much was looked at, by kind and by what there was to see.
#[derive(Clone, PartialEq, Eq, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Seen(BTreeMap<(Kind, Shows), Amount>);

impl Seen {
    /// One document more. One with nothing in it was not seen.
    pub fn add(&mut self, kind: Kind, document: &Document) {
        let shows = Shows::of(document);
        if shows.anything() {
            let amount = self.0.entry((kind, shows)).or_default();
            amount.documents += 1;
            amount.blocks += document.blocks.len();
        }
    }

    /// All of it.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, Shows, Amount)> {
        self.0.iter().map(|((kind, shows), amount)| (*kind, *shows, *amount))
    }
}
