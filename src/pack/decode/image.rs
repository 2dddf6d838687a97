//! The `image` matcher.

use super::*;
use crate::badge::AlterationKind;
use crate::facts::ApprovalKind;
use crate::pack::model::{AltState, ApprovalStanding, Around, By, GROUPS, ImageMatcher, TierCheck, UseState, VERDICTS};

impl Decoder<'_> {
    pub(super) fn image(&mut self, node: &Node) -> ImageMatcher {
        let names = |key: &str| node.get(key).map(list).unwrap_or_default();
        let flag = |key: &str| node.get(key).map(|n| matches!(n.value, Value::Bool(true)));
        let word = |key: &str| node.get(key).and_then(Node::as_str);
        let mut alterations = Vec::new();
        for name in names("alterations") {
            let group = GROUPS.iter().find(|(_, n)| *n == name).map(|(g, _)| *g);
            let fits = |kind: AlterationKind, n: &str| n == name || group == Some(kind.group());
            alterations.extend(AlterationKind::ALL.iter().filter(|(k, n)| fits(*k, n)).map(|(k, _)| *k));
        }
        ImageMatcher {
            verdicts: chosen(&names("verdict"), &VERDICTS),
            alterations,
            by: word("by").and_then(|w| chosen(&[w.to_owned()], &By::ALL).pop()),
            at_rest: flag("at_rest"),
            family: self.strings(node.get("family")),
            not_family: self.strings(node.get("not_family")),
            holder: self.strings(node.get("holder")),
            not_holder: self.strings(node.get("not_holder")),
            least_share: node.get("least_share").and_then(number).unwrap_or(0.0),
            fields: self.strings(node.get("fields")),
            select: node.get("select").and_then(|n| self.selector(n)),
            named: node.get("named").map(|n| self.phrase_set(n)).unwrap_or_default(),
            file: node.get("file").and_then(|n| self.predicate_regex(n)),
            speaker: flag("speaker").unwrap_or(false),
            alt: chosen(&names("alt"), &AltState::ALL),
            alt_is: self.strings(node.get("alt_is")),
            tier: word("tier").and_then(|w| chosen(&[w.to_owned()], &TierCheck::ALL).pop()),
            tiers: self.claim_words(node.get("tiers")),
            grace: node.get("grace").and_then(number).map_or(0, |n| n as i32),
            membership: names("membership"),
            around: node.get("around").map(|n| self.around(n)).unwrap_or_default(),
            uses: chosen(&names("use"), &UseState::ALL),
            approval: chosen(&names("approval"), &ApprovalStanding::ALL),
            approval_kind: word("approval_kind").and_then(ApprovalKind::from_name),
        }
    }

    fn around(&mut self, node: &Node) -> Around {
        let mut set = |key: &str| node.get(key).map(|n| self.phrase_set(n)).unwrap_or_default();
        Around {
            phrases: set("phrases"),
            headings: set("headings"),
            own: set("own"),
            names: node.get("names").and_then(|n| self.regexes(n)),
            tiers: node.get("tiers").and_then(number).map_or(0, |n| n as usize),
        }
    }
}

/// The things that are named.
fn chosen<T: Copy>(names: &[String], all: &[(T, &str)]) -> Vec<T> {
    all.iter().filter(|(_, n)| names.iter().any(|name| name == n)).map(|(t, _)| *t).collect()
}
