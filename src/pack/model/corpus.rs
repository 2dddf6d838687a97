//! What is the same, or contradicts itself, across records and pages of a run.

/// What is the same, or contradicts itself, across records and pages of a run.
#[derive(Debug, Default)]
pub struct CorpusMatcher {}
