//! Approved wording that may stand in the place of what was found.

use super::pattern::Pattern;
use std::sync::Arc;

/// A wording, in which `<term>` keeps the word of that list that was found.
#[derive(Debug)]
pub struct Rewrite {
    pub(super) parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    /// What of the found words is one of a term's.
    Kept(Arc<Pattern>),
}

impl Rewrite {
    /// The wording in place of `found`.
    pub fn of(&self, found: &str) -> String {
        let words: String = self
            .parts
            .iter()
            .map(|p| match p {
                Part::Text(text) => text.as_str(),
                Part::Kept(pattern) => pattern.first_in(found).and_then(|r| found.get(r)).unwrap_or(""),
            })
            .collect();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
