//! The `approval` matcher.

use super::*;
use crate::pack::model::ApprovalMatcher;

impl Decoder<'_> {
    pub(super) fn approval(&mut self, node: &Node) -> ApprovalMatcher {
        ApprovalMatcher { patterns: node.get("phrases").map(|n| self.phrases(n, node.get(KEYS))).unwrap_or_default() }
    }
}
