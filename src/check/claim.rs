//! A statement about the firm, held against what is known of it.

use super::{Hit, Subject, text};
use crate::pack::model::ClaimMatcher;

/// `candidates` are what the prefilter found for its phrases.
pub(super) fn find(subject: &Subject, m: &ClaimMatcher, candidates: &[text::Candidate]) -> Vec<Hit> {
    let _ = text::find(subject, &m.patterns, candidates);
    Vec::new()
}
