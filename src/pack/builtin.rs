//! The packs that are built in: every file of `rules/hubspot/`, as YAML and as the JSON that the build made of it.

use super::keys::KeySet;

/// Name, YAML, and JSON of each, by name.
const PACKS: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// Texts one behind another, and where each ends.
type Texts = (&'static str, &'static [u32]);

/// The sets of keys of all of them, each once; see [`KeySet::line`].
const KEYS: Texts = include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// Of all their rules, as JSON: what only those need that have something to look at.
const BODIES: Texts = include!(concat!(env!("OUT_DIR"), "/bodies.rs"));

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
