//! A location claim, held against the offices on record.

use super::{Hit, Subject, text};
use crate::pack::model::PlaceMatcher;

/// `candidates` are what the prefilter found for its phrases.
pub(super) fn find(subject: &Subject, m: &PlaceMatcher, candidates: &[text::Candidate]) -> Vec<Hit> {
    let _ = text::find(subject, &m.patterns, candidates);
    Vec::new()
}
