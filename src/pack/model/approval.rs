//! Content that needs an approval, held against the register of approvals.

use crate::pack::Pattern;

/// Content that needs an approval, held against the register of approvals.
#[derive(Debug, Default)]
pub struct ApprovalMatcher {
    /// What says so in visible text; the prefilter looks for it.
    pub patterns: Vec<Pattern>,
}
