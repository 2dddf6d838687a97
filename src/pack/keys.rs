//! The keys of a pattern: short strings that must stand in a text for the pattern to match in it. The prefilter looks for them.
//!
//! For the built-in packs they are worked out when promolint is built, which is why this file, [`super::choices`], [`super::literals`],
//! [`super::phrase`] and [`super::sets`] are part of the build too and know nothing of the rest.

use super::choices::Choices;
use super::literals;
use super::phrase::{self, Part};
use super::sets::Set;
use regex_syntax::hir::Hir;
use std::borrow::Cow;
use std::rc::Rc;

/// The length of a key, bytes. More would tell little more, and make the prefilter's automaton many times larger.
const MAX_KEY: usize = 12;
/// How much of its second word a key has at least, bytes: many phrases begin with one and the same name.
const SECOND_WORD: usize = 5;
/// How many further sets a block is held against before an expression is tried on it.
const MAX_FURTHER: usize = 3;
/// A set with more strings than this costs more than compiling the expression.
const MAX_FURTHER_LEN: usize = 96;

/// A phrase that can be more than so many things is looked for as one.
const MAX_WAYS: usize = 64;

/// Stands between the strings of a set, and between other texts that promolint's build puts into one.
pub(super) const BETWEEN: char = '\u{1F}';

/// Strings of which one must be there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeySet {
    /// One behind another.
    joined: Cow<'static, str>,
    /// Whether they may stand directly behind a letter or digit (ASCII); else they begin words, or with a sign.
    pub inside: bool,
}

impl KeySet {
    /// A set of these strings, none of which is empty.
    pub fn new(strings: &[String], inside: bool) -> KeySet {
        // What cannot be told apart is not looked for.
        let broken = strings.iter().any(|s| s.is_empty() || s.contains(BETWEEN));
        KeySet { joined: if broken { String::new() } else { strings.join("\u{1F}") }.into(), inside }
    }

    /// The set that [`KeySet::line`] wrote.
    pub fn of(line: &'static str) -> KeySet {
        KeySet { joined: line.get(1..).unwrap_or("").into(), inside: line.starts_with('i') }
    }

    /// The set as one line of text; promolint's build writes it.
    #[allow(dead_code)]
    pub fn line(&self) -> String {
        format!("{}{}", if self.inside { 'i' } else { 'w' }, self.joined)
    }

    /// The strings.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.joined.split(BETWEEN).filter(|s| !s.is_empty())
    }

    /// Whether there are none, so that nothing can be said.
    pub fn is_empty(&self) -> bool {
        self.joined.is_empty()
    }

    /// What tells the set from others: sets that were written when promolint was built are one where their strings are the same.
    pub fn address(&self) -> usize {
        self.joined.as_ptr().addr()
    }
}

/// What must be there for a pattern to match.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Keys {
    /// Every match begins with its key, and is one of a few spellings; else the key may be anywhere in it.
    pub spelled: bool,
    /// One of these must be there: in the case a match must have if the pattern is spelled and exact, else in lower case (ASCII). Empty:
    /// nothing can be said.
    pub first: KeySet,
    /// Of each of these sets, too; in lower case (ASCII).
    pub further: Vec<KeySet>,
    /// How many bytes of a match may stand before its key, at most; `None` if nobody knows.
    pub lead: Option<usize>,
    /// How far a match may reach from where its key begins, bytes.
    pub tail: Option<usize>,
}

impl Keys {
    /// The keys of each of the things that a phrase can be, if each has some; else those of the phrase. What a match is must have what that
    /// one must have, which says more than what all of them have in common. `exact`: letters match only in their case. `choices`: what is
    /// known from other phrases.
    pub fn of_phrase(parts: &[Part], exact: bool, choices: &mut Choices) -> Vec<Keys> {
        if let Some(spelled) = Keys::spelled(parts, exact) {
            return vec![spelled];
        }
        let mut of = |parts: &[Part]| Keys::of_sets(literals::in_order(choices.sets(parts), !exact));
        let ways = phrase::ways(parts);
        if (2..=MAX_WAYS).contains(&ways.len()) {
            let each: Vec<Keys> = ways.into_iter().map(&mut of).collect();
            if each.iter().all(|keys| !keys.first.is_empty()) {
                return each;
            }
        }
        vec![of(parts)]
    }

    /// The keys of a phrase that has few spellings.
    fn spelled(parts: &[Part], exact: bool) -> Option<Keys> {
        let spellings = phrase::spellings(parts)?;
        let sure = |s: &String| s.len() > 1 && (exact || !has_cased_non_ascii(s));
        let case = |s: String| if exact { s } else { s.to_ascii_lowercase() };
        let first = |all: Vec<String>| KeySet::new(&shorten(all.into_iter().map(case).collect()), false);
        spellings.iter().all(sure).then(|| Keys { spelled: true, first: first(spellings), ..Keys::default() })
    }

    /// The keys of a regular expression.
    pub fn of_regex(source: &str, exact: bool) -> Keys {
        Keys::of_sets(literals::required_sets(source, !exact, true))
    }

    /// The same of one that has been parsed, without regard to letters that match in any case.
    pub fn of_syntax(hir: &Hir, exact: bool) -> Keys {
        Keys::of_sets(literals::sets_of(hir, !exact, true))
    }

    /// The keys of what cannot do without these sets.
    fn of_sets(sets: Vec<Set>) -> Keys {
        let mut sets = sets.into_iter().peekable();
        let first = sets.next_if(|s| literals::is_telling(&s.strings)).unwrap_or_default();
        let short = |strings| shorten(Rc::unwrap_or_clone(strings));
        let further = sets.map(|s| (short(s.strings), s.inside)).filter(|(s, _)| s.len() <= MAX_FURTHER_LEN).take(MAX_FURTHER);
        let further = further.map(|(strings, inside)| KeySet::new(&strings, inside)).filter(|set| !set.is_empty()).collect();
        Keys { spelled: false, first: KeySet::new(&short(first.strings), first.inside), further, lead: first.lead, tail: first.tail }
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
