//! The `claim` matcher.

use super::*;
use crate::pack::PhraseSet;
use crate::pack::model::{About, ClaimMatcher, Wrong};

impl Decoder<'_> {
    pub(super) fn claim(&mut self, node: &Node) -> ClaimMatcher {
        let phrases = self.phrases(node);
        let numeral = |name: &str| node.get(name).and_then(number);
        let wrong = node.get("wrong").and_then(Node::as_str);
        ClaimMatcher {
            patterns: phrases,
            wrong: wrong.and_then(|w| Wrong::ALL.iter().find(|(_, n)| *n == w)).map(|(w, _)| *w).unwrap_or_default(),
            words: self.claim_words(node.get("words")),
            cue: node.get("cue").map(|n| {
                let within = node.get("within").and_then(number).map_or(6, |n| n.max(0.0) as usize);
                (self.each_by_itself(n), within)
            }),
            apart: self.claim_set(node, "apart"),
            about: node.get("about").map(|n| self.about(n)).unwrap_or_default(),
            numbers: self.claim_words(node.get("numbers")).into_iter().filter_map(|(n, set)| Some((set, n.parse().ok()?))).collect(),
            titles: self.lazy_strings(node.get("titles"), false),
            filler: self.lazy_strings(node.get("filler"), false),
            least: node.get("least").and_then(Node::scalar_text),
            in_place: self.claim_set(node, "in_place"),
            tolerance: numeral("tolerance").unwrap_or(0.0),
            grace: numeral("grace").map_or(0, |n| n as i32),
        }
    }

    fn claim_set(&mut self, node: &Node, name: &str) -> PhraseSet {
        node.get(name).map(|n| self.each_by_itself(n)).unwrap_or_default()
    }

    /// Phrases regardless of case. A phrase that is one term counts as that many phrases: each ends at its own word's end, also where the term
    /// has entries in scripts without spaces.
    fn each_by_itself(&mut self, node: &Node) -> PhraseSet {
        let was = std::mem::replace(&mut self.exact, false);
        let mut phrases = Vec::new();
        for n in nodes(node) {
            let text = n.scalar_text().unwrap_or_default();
            match text.strip_prefix('<').and_then(|t| t.strip_suffix('>')) {
                Some(term) if self.trusted || self.terms.has(term) => {
                    phrases.push(Phrase::Term(term.to_owned(), Arc::clone(self.terms)));
                }
                _ => phrases.extend(self.parse_phrases(n)),
            }
        }
        self.exact = was;
        PhraseSet::new(phrases, false)
    }

    pub(super) fn claim_words(&mut self, node: Option<&Node>) -> Vec<(String, PhraseSet)> {
        let entries = node.and_then(Node::as_map).unwrap_or_default();
        entries.iter().map(|(k, v)| (k.scalar_text().unwrap_or_default(), self.each_by_itself(v))).collect()
    }

    fn about(&mut self, node: &Node) -> About {
        About {
            mark: self.claim_set(node, "mark"),
            others: self.claim_set(node, "others"),
            speaker: self.claim_set(node, "speaker"),
            third: self.claim_set(node, "third"),
            linking: self.claim_set(node, "linking"),
            past: self.claim_set(node, "past"),
            past_with_year: self.claim_set(node, "past_with_year"),
            since: self.claim_set(node, "since"),
            present: self.claim_set(node, "present"),
            goal: self.claim_set(node, "goal"),
            negation: self.claim_set(node, "negation"),
            affirms: self.claim_set(node, "affirms"),
            explains: self.claim_set(node, "explains"),
            answered: self.claim_set(node, "answered"),
        }
    }
}
