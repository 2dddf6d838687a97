//! The `corpus` matcher.

use super::*;
use crate::pack::model::CorpusMatcher;

impl Decoder<'_> {
    pub(super) fn corpus(&mut self, _node: &Node) -> CorpusMatcher {
        CorpusMatcher {}
    }
}
