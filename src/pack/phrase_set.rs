//! Phrases of which any will do.

use super::boundary::is_whole;
use super::expression::{Expression, Phrase};
use super::lazy_regex::LazyRegex;

/// Phrases of which any will do: for what stands near a match, for exceptions, for predicates. Compiled together when first asked.
#[derive(Debug)]
pub struct PhraseSet {
    regex: Option<LazyRegex>,
    number: Option<u32>,
}

impl PhraseSet {
    pub(super) fn new(phrases: Vec<Phrase>, exact: bool) -> PhraseSet {
        PhraseSet { regex: (!phrases.is_empty()).then(|| LazyRegex::of(Expression::Phrases(phrases), exact)), number: None }
    }

    /// The same set, with its number among those whose keys were worked out when promolint was built.
    pub(super) fn numbered(self, number: Option<u32>) -> PhraseSet {
        PhraseSet { number, ..self }
    }

    /// Its number among those whose keys were worked out when promolint was built, if it is one of them.
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.regex.is_none()
    }

    /// Whether it tells capitals from small letters.
    pub fn minds_case(&self) -> bool {
        self.regex.as_ref().is_some_and(LazyRegex::is_exact)
    }

    /// The first match in `text` from byte `from` on, as bytes of `text`; whole words only.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let found = self.regex.as_ref()?.find_whole(text, from, |m| is_whole(text, m.start, m.end));
        found.map(|m| (m.start, m.end))
    }

    /// Whether any of the phrases is in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.find(text, 0).is_some()
    }

    /// All matches in `text`, apart from each other.
    pub fn find_all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let mut at = 0;
        std::iter::from_fn(move || {
            let m = self.find(text, at)?;
            at = m.1.max(m.0 + 1);
            while !text.is_char_boundary(at) {
                at += 1;
            }
            Some(m)
        })
    }
}

impl Default for PhraseSet {
    fn default() -> PhraseSet {
        PhraseSet::new(Vec::new(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::phrase;

    #[test]
    fn an_option_that_ends_in_a_sign_hides_no_longer_word() {
        let read = |text: &str| Phrase::Read(phrase::parse(text, &phrase::Terms::default()).unwrap_or_default());
        let set = PhraseSet::new(vec![read("(client|clients')"), read("(cliente|clientela)")], false);
        assert_eq!(set.find("un cliente de hoy", 0), Some((3, 10)));
        assert_eq!(set.find("a client of ours", 0), Some((2, 8)));
        assert_eq!(set.find("our clients' offices", 0), Some((4, 12)));
    }
}
