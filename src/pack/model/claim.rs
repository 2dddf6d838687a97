//! A statement about the firm, held against what is known of it.

use crate::pack::Pattern;

/// A statement about the firm, held against what is known of it.
#[derive(Debug, Default)]
pub struct ClaimMatcher {
    /// What says so in visible text; the prefilter looks for it.
    pub patterns: Vec<Pattern>,
}
