//! The packs that are built in: every file of `rules/hubspot/`, as YAML and as the JSON that the build made of it.

use super::keys::{BETWEEN, KeySet};
use std::cmp::Ordering;

/// Name, YAML, and JSON of each, by name.
const PACKS: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// Texts one behind another, and where each ends.
type Texts = (&'static str, &'static [u32]);

/// The sets of keys of all of them, each once; see [`KeySet::line`].
const KEYS: Texts = include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// Of all their rules, as JSON: what only those need that have something to look at.
const BODIES: Texts = include!(concat!(env!("OUT_DIR"), "/bodies.rs"));

/// What their rules look for: `p` for a phrase, `x` for an expression, as capitals where case counts; its text; behind a sign, its keys.
const PATTERNS: Texts = include!(concat!(env!("OUT_DIR"), "/patterns.rs"));

/// Sieves of their expressions, each behind the expression and a sign between: of those whose letters match in any case, and of the others,
/// in order.
const SIEVES: [Texts; 2] = [include!(concat!(env!("OUT_DIR"), "/sieves.rs")), include!(concat!(env!("OUT_DIR"), "/exact-sieves.rs"))];

fn nth((text, ends): Texts, number: usize) -> Option<&'static str> {
    let from = number.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied())?;
    text.get(from as usize..*ends.get(number)? as usize)
}

/// A set of keys by its number.
pub(super) fn builtin_keys(number: usize) -> Option<KeySet> {
    nth(KEYS, number).map(KeySet::of)
}

/// What of a rule stands apart, by the rule's number.
pub(super) fn builtin_body(number: usize) -> Option<&'static str> {
    nth(BODIES, number)
}

/// A phrase or expression that rules look for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BuiltinPattern {
    /// As it is written.
    pub text: &'static str,
    /// The keys of each of the things that it can be.
    pub keys: &'static str,
    /// Letters match only in their case.
    pub exact: bool,
    /// It is an expression; else a phrase.
    pub is_regex: bool,
}

/// A pattern by its number.
pub(super) fn builtin_pattern(number: usize) -> Option<BuiltinPattern> {
    let line = nth(PATTERNS, number)?;
    let (text, keys) = line.get(1..)?.split_once(BETWEEN)?;
    let sort = line.chars().next()?;
    Some(BuiltinPattern { text, keys, exact: sort.is_ascii_uppercase(), is_regex: sort.eq_ignore_ascii_case(&'x') })
}

/// The sieve of an expression, if it is one of theirs; see [`super::sieve`]. `exact`: letters match only in their case.
pub(super) fn builtin_sieve(source: &str, exact: bool) -> Option<&'static str> {
    let texts = SIEVES[usize::from(exact)];
    let known = |n: usize| nth(texts, n)?.split_once(BETWEEN);
    let (mut from, mut to) = (0, texts.1.len());
    while from < to {
        let middle = from.midpoint(to);
        let (of, sieve) = known(middle)?;
        match of.cmp(source) {
            Ordering::Equal => return Some(sieve),
            Ordering::Less => from = middle + 1,
            Ordering::Greater => to = middle,
        }
    }
    None
}

/// The names of the packs that `name` stands for: itself, or all below it (`hubspot`).
pub fn builtin_names(name: &str) -> Vec<&'static str> {
    let below = format!("{name}/");
    PACKS.iter().map(|(n, ..)| *n).filter(|n| *n == name || n.starts_with(&below)).collect()
}

/// The text of a built-in pack.
pub fn builtin_text(name: &str) -> Option<&'static str> {
    PACKS.iter().find(|(n, ..)| *n == name).map(|(_, t, _)| *t)
}

/// The pack as JSON, without the texts that only people and tests need.
pub(super) fn builtin_json(name: &str) -> Option<&'static str> {
    PACKS.iter().find(|(n, ..)| *n == name).map(|(_, _, j)| *j)
}
