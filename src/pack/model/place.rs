//! A location claim, held against the offices on record.

use crate::pack::Pattern;

/// A location claim, held against the offices on record.
#[derive(Debug, Default)]
pub struct PlaceMatcher {
    /// What says so in visible text; the prefilter looks for it.
    pub patterns: Vec<Pattern>,
}
