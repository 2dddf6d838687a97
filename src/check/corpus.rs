//! What is the same, or contradicts itself, across records and pages of a run.
