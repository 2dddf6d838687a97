//! The `claim` matcher.

use super::*;
use crate::pack::model::ClaimMatcher;

impl Decoder<'_> {
    pub(super) fn claim(&mut self, node: &Node) -> ClaimMatcher {
        ClaimMatcher { patterns: node.get("phrases").map(|n| self.phrases(n, node.get(KEYS))).unwrap_or_default() }
    }
}
