//! What must be in a document for a rule to find anything in it: told of all rules at a glance, without looking at their matchers.
//!
//! A gate may be open for nothing; where it is closed, nothing can be found, and no register is missed.

use crate::document::Document;
use crate::pack::outline::{Names, Outline};

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

/// The bits of names.
fn names<B: Default>(names: &Names, bit: impl Fn(&str) -> B, all: B, or: impl Fn(B, B) -> B) -> B {
    match names {
        Names::None => B::default(),
        Names::Of(list) => list.iter().fold(B::default(), |bits, name| or(bits, bit(name))),
        Names::All => all,
    }
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

    /// What a rule looks at, beside the words that the prefilter looks for.
    pub fn to(rule: &Outline) -> Gate {
        let here = |is: bool, thing: u8| if is { thing } else { 0 };
        Gate {
            fields: names(&rule.fields, bit, u128::MAX, |a, b| a | b),
            holders: names(&rule.holders, holder_bit, u64::MAX, |a, b| a | b),
            things: here(rule.always, ALWAYS) | here(rule.blocks, BLOCKS) | here(rule.html, HTML) | here(rule.pictures, IMAGES),
        }
    }

    /// Whether a document that has this may have what is looked at.
    pub fn opens(self, here: Gate) -> bool {
        self.fields & here.fields != 0 || self.holders & here.holders != 0 || self.things & here.things != 0
    }
}
