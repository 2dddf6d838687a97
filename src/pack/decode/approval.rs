//! The `approval` matcher.

use super::*;
use crate::facts::ApprovalKind;
use crate::pack::model::{ApprovalMatcher, ApprovalStatus};

/// Texts that have less than this in common are two texts.
const SIMILAR: f64 = 0.6;

impl Decoder<'_> {
    pub(super) fn approval(&mut self, node: &Node) -> ApprovalMatcher {
        ApprovalMatcher {
            status: node.get("status").map(list).unwrap_or_default().iter().filter_map(|s| ApprovalStatus::from_name(s)).collect(),
            similar: node.get("similar").and_then(number).unwrap_or(SIMILAR),
            slight: node.get("slight").map(|n| matches!(n.value, Value::Bool(true))),
            ignore: node.get("ignore").and_then(|n| self.regexes(n)),
            kind: node.get("kind").map(list).unwrap_or_default().iter().find_map(|k| ApprovalKind::from_name(k)),
        }
    }
}
