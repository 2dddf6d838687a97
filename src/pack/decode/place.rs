//! The `place` matcher.

use super::*;
use crate::pack::model::PlaceMatcher;

impl Decoder<'_> {
    pub(super) fn place(&mut self, node: &Node) -> PlaceMatcher {
        PlaceMatcher { patterns: node.get("phrases").map(|n| self.phrases(n, node.get(KEYS))).unwrap_or_default() }
    }
}
