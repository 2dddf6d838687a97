//! The patterns of a matcher. Those of built-in rules are made one by one, when a text has something for them: most of a rule never has.

use super::builtin::{BuiltinPattern, builtin_keys, builtin_pattern};
use super::expression::Phrase;
use super::keys::Keys;
use super::lazy::LazyTerms;
use super::pattern::Pattern;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Patterns in their order.
#[derive(Debug, Default)]
pub struct Patterns {
    all: Box<[OnceLock<Arc<Pattern>>]>,
    later: Option<Later>,
}

/// What is made when it is asked for.
#[derive(Debug)]
struct Later {
    numbers: Vec<u32>,
    of: Arc<BuiltinPatterns>,
}

/// The patterns of one built-in pack that have been made, by number: several rules may look for one phrase, and share what is made of it.
#[derive(Debug, Default)]
pub(super) struct BuiltinPatterns {
    terms: Arc<LazyTerms>,
    made: Mutex<HashMap<u32, Arc<Pattern>>>,
}

impl BuiltinPatterns {
    /// Of a pack with these terms.
    pub fn new(terms: &Arc<LazyTerms>) -> BuiltinPatterns {
        BuiltinPatterns { terms: Arc::clone(terms), made: Mutex::default() }
    }

    fn get(&self, number: u32) -> Arc<Pattern> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(number).or_insert_with(|| Arc::new(self.make(number))))
    }

    fn make(&self, number: u32) -> Pattern {
        // A number that promolint was not built with does not come up.
        let BuiltinPattern { text, keys, exact, is_regex } = builtin_pattern(number as usize).unwrap_or_default();
        let mut keys: Vec<Keys> = keys.split(';').filter_map(known_keys).collect();
        if is_regex {
            return Pattern::from_regex(text.to_owned(), exact, keys.pop().unwrap_or_default());
        }
        Pattern::from_phrase(Phrase::Text(text.to_owned(), Arc::clone(&self.terms)), exact, keys)
    }
}

/// Keys that were worked out when promolint was built.
fn known_keys(text: &str) -> Option<Keys> {
    let (reach, sets) = text.get(1..)?.split_once(' ')?;
    let (lead, tail) = reach.split_once(',')?;
    let mut sets = sets.split(' ').filter_map(|n| builtin_keys(n.parse().ok()?));
    let first = sets.next()?;
    Some(Keys { spelled: text.starts_with('s'), first, further: sets.collect(), lead: lead.parse().ok(), tail: tail.parse().ok() })
}

impl Patterns {
    /// The patterns of these numbers.
    pub(super) fn later(numbers: Vec<u32>, of: &Arc<BuiltinPatterns>) -> Patterns {
        let all = numbers.iter().map(|_| OnceLock::new()).collect();
        Patterns { all, later: Some(Later { numbers, of: Arc::clone(of) }) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// One by its number.
    pub fn get(&self, number: usize) -> Option<&Arc<Pattern>> {
        let one = self.all.get(number)?;
        match &self.later {
            Some(later) => Some(one.get_or_init(|| later.of.get(later.numbers[number]))),
            None => one.get(),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Pattern>> {
        (0..self.len()).filter_map(|number| self.get(number))
    }
}

impl FromIterator<Arc<Pattern>> for Patterns {
    fn from_iter<I: IntoIterator<Item = Arc<Pattern>>>(patterns: I) -> Patterns {
        Patterns { all: patterns.into_iter().map(OnceLock::from).collect(), later: None }
    }
}
