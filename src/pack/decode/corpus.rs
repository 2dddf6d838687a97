//! What is the same, or contradicts itself, across records and pages of a run.
//! The `corpus` matcher.

use super::*;
use crate::pack::model::{CorpusMatcher, DifferBy, OfficeThere, Same};

impl Decoder<'_> {
    pub(super) fn corpus(&mut self, node: &Node) -> CorpusMatcher {
        let word = |name: &str| node.get(name).and_then(Node::as_str);
        let count = |name: &str, default: usize| node.get(name).and_then(number).map_or(default, |n| n.max(0.0) as usize);
        let lists = |name: &str| node.get(name).map(nodes).unwrap_or_default().into_iter().map(list).collect::<Vec<_>>();
        let lower = |list: Vec<String>| list.into_iter().map(|s| s.to_lowercase()).collect::<Vec<_>>();
        let m = CorpusMatcher {
            same: match word("same") {
                Some("domain") => Same::Domain,
                Some("phone") => Same::Phone,
                Some("address") => Same::Address,
                Some("text") => Same::Text,
                _ => Same::Value,
            },
            differ_by: match word("differ_by") {
                Some("firm") => DifferBy::Firm,
                Some("name") => DifferBy::Name,
                Some("tier") => DifferBy::Tier,
                Some("place") => DifferBy::Place,
                _ => DifferBy::Record,
            },
            offices: word("offices").map(|o| if o == "none" { OfficeThere::None } else { OfficeThere::Unknown }),
            at_least: count("at_least", 2).max(2),
            at_most: count("at_most", usize::MAX),
            min_words: count("min_words", 40),
            similarity: node.get("similarity").and_then(number).unwrap_or(0.8),
            within_km: node.get("within_km").and_then(number).unwrap_or(50.0),
            with: lists("with"),
            named: self.claim_words(node.get("named")),
            alike: lists("alike").into_iter().map(lower).collect(),
            fields: self.strings(node.get("fields")),
            per: self.strings(node.get("per")),
            not_one_of: lower(self.strings(node.get("not_one_of"))),
            common: lower(self.strings(node.get("common"))),
        };
        if let Some(n) = node.get("similarity")
            && !(0.5..=1.0).contains(&m.similarity)
        {
            self.fault(n.span, "texts are compared by how much they share", "give a number from 0.5 to 1");
        }
        let of_page = m.same == Same::Text && m.fields.is_empty();
        if m.fields.is_empty() && !of_page {
            self.fault(node.span, "`corpus` does not say where to look", "add `fields: [street]`");
        }
        if !of_page && (m.differ_by == DifferBy::Place || m.offices.is_some()) {
            self.fault(node.span, "only pages have a place in their title", "use `same: text` without `fields`");
        }
        m
    }
}
