//! The words that registers use for what the program hands out. They come from `rules/registers/`.

use crate::yaml::{self, Node};
use std::fmt;
use std::sync::OnceLock;

/// Words of the program, lower case.
#[derive(Debug, Default)]
pub struct Program {
    /// Tiers, the lowest first.
    pub tiers: Vec<String>,
    /// How registers say that a partner has none.
    pub no_tier: Vec<String>,
    tier_words: Vec<String>,
    /// What a firm can be to the program.
    pub memberships: Vec<String>,
    /// Those that make it a member.
    pub members: Vec<String>,
    /// How registers say that a firm has no part in it.
    pub no_membership: Vec<String>,
    works_physical: Vec<String>,
    works_remote: Vec<String>,
}

impl Program {
    /// The words that are built in; read when first asked for.
    pub fn get() -> &'static Program {
        static PROGRAM: OnceLock<Program> = OnceLock::new();
        PROGRAM.get_or_init(|| {
            // A test holds the file to be readable, so that nothing is lost here.
            let Ok(root) = yaml::parse(include_str!("../../rules/registers/program.yaml")) else { return Program::default() };
            let list = |n: Option<&Node>| -> Vec<String> {
                n.and_then(Node::as_seq).unwrap_or_default().iter().filter_map(Node::scalar_text).collect()
            };
            let works = |key| list(root.get("works").and_then(|w| w.get(key)));
            Program {
                tiers: list(root.get("tiers")),
                no_tier: list(root.get("no_tier")),
                tier_words: list(root.get("tier_words")),
                memberships: list(root.get("memberships")),
                members: list(root.get("members")),
                no_membership: list(root.get("no_membership")),
                works_physical: works("physical"),
                works_remote: works("remote"),
            }
        })
    }

    /// The tier of this name.
    pub fn tier(&self, name: &str) -> Option<Tier> {
        let name = name.trim().to_lowercase();
        self.tiers.iter().position(|t| *t == name).map(|rank| Tier { rank })
    }

    /// The tier that an export's cell names, where its other words are only the program's own: `Gold Solutions Partner`.
    pub(super) fn tier_in(&self, cell: &str) -> Option<Tier> {
        let lower = cell.to_lowercase();
        let mut words = lower.split_whitespace().filter(|w| !self.tier_words.iter().any(|t| t == w));
        self.tier(words.next()?).filter(|_| words.next().is_none())
    }

    /// The words for how a partner works.
    pub(super) fn works_words(&self) -> impl Iterator<Item = &String> + Clone {
        self.works_physical.iter().chain(&self.works_remote)
    }

    /// How a partner works, by an export's word: from an office, or remotely.
    pub(super) fn works(&self, word: &str) -> Option<Works> {
        let word = word.trim().to_lowercase();
        let is = |list: &[String]| list.contains(&word);
        match () {
            () if is(&self.works_physical) => Some(Works::Physical),
            () if is(&self.works_remote) => Some(Works::Remote),
            () => None,
        }
    }
}

/// How a partner works.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Works {
    /// From an office.
    Physical,
    /// Without one.
    Remote,
}

/// A tier of the program; a higher one is greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tier {
    /// Its place among the tiers, the lowest being 0.
    pub rank: usize,
}

impl Tier {
    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        Program::get().tiers.get(self.rank).map_or("", String::as_str)
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_there_and_in_order() {
        let p = Program::get();
        assert!(p.tiers.len() >= 2 && !p.no_tier.is_empty() && p.members.iter().all(|m| p.memberships.contains(m)));
        assert!(p.tier("Gold") < p.tier("ELITE"));
        assert_eq!(p.tier("silver"), None);
        assert_eq!((p.tier_in("Gold Partner"), p.tier_in("HubSpot Platinum Solutions Partner")), (p.tier("gold"), p.tier("platinum")));
        assert_eq!((p.tier_in("gold or platinum"), p.tier_in("Gold Salesforce Partner"), p.tier_in("Partner")), (None, None, None));
        assert_eq!(p.works("Work remotely"), Some(Works::Remote));
    }
}
