//! The keys of a pattern: short strings that must stand in a text for the pattern to match in it. The prefilter looks for them.
//!
//! For the built-in packs they are worked out when promolint is built, which is why this file, [`super::phrase`] and [`super::literals`]
//! are part of the build too and know nothing of the rest.

use super::literals;
use super::phrase::{self, Part};

/// The length of a key, bytes. More would tell little more, and make the prefilter's automaton many times larger.
const MAX_KEY: usize = 8;
/// How much of its second word a key has at least, bytes: many phrases begin with one and the same name.
const SECOND_WORD: usize = 5;
/// How many further sets a block is held against before an expression is tried on it.
const MAX_FURTHER: usize = 3;
/// A set with more strings than this costs more than compiling the expression.
const MAX_FURTHER_LEN: usize = 96;

/// What must be there for a pattern to match.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Keys {
    /// Every match begins with its key, and is one of a few spellings; else the key may be anywhere in it.
    pub spelled: bool,
    /// One of these must be there: in the case a match must have if the pattern is spelled and exact, else in lower case (ASCII). Empty:
    /// nothing can be said.
    pub first: Vec<String>,
    /// Of each of these sets, too; in lower case (ASCII).
    pub further: Vec<Vec<String>>,
    /// How many bytes of a match may stand before its key, at most; `None` if nobody knows.
    pub lead: Option<usize>,
    /// How far a match may reach from where its key begins, bytes.
    pub tail: Option<usize>,
}

impl Keys {
    /// The keys of a phrase. `exact`: letters match only in their case.
    pub fn of_phrase(parts: &[Part], exact: bool) -> Keys {
        match phrase::spellings(parts) {
            Some(spellings) if (exact || !spellings.iter().any(|s| has_cased_non_ascii(s))) && spellings.iter().all(|s| s.len() > 1) => {
                let case = |s: String| if exact { s } else { s.to_ascii_lowercase() };
                Keys { spelled: true, first: shorten(spellings.into_iter().map(case).collect()), ..Keys::default() }
            }
            _ => Keys::of_regex(&phrase::to_regex(parts), exact),
        }
    }

    /// The keys of a regular expression.
    pub fn of_regex(source: &str, exact: bool) -> Keys {
        let mut sets = literals::required_sets(source, !exact).into_iter().peekable();
        let first = sets.next_if(|s| literals::is_telling(&s.strings)).unwrap_or_default();
        let further = sets.map(|s| shorten(s.strings)).filter(|s| s.len() <= MAX_FURTHER_LEN).take(MAX_FURTHER).collect();
        Keys { spelled: false, first: shorten(first.strings), further, lead: first.lead, tail: first.tail }
    }
}

/// The beginnings of these strings, each once.
fn shorten(set: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = set
        .into_iter()
        .map(|mut s| {
            let second = s.find(' ').map_or(0, |i| i + 1 + SECOND_WORD);
            s.truncate(s.floor_char_boundary(MAX_KEY.max(second)));
            s
        })
        .collect();
    out.sort();
    out.dedup();
    out
}

fn has_cased_non_ascii(s: &str) -> bool {
    s.chars().any(|c| !c.is_ascii() && (c.is_lowercase() || c.is_uppercase()))
}
