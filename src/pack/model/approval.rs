//! Content that needs an approval, held against the register of approvals.

use crate::facts::ApprovalKind;
use crate::pack::LazyRegex;

/// Content that needs an approval, held against the register of approvals.
#[derive(Debug)]
pub struct ApprovalMatcher {
    /// What has come of looking the content up.
    pub status: Vec<ApprovalStatus>,
    /// From which similarity on, 0 to 1, a text counts as an approved one that was changed.
    pub similar: f64,
    /// Whether what changed is slight: slips of the pen, and what `ignore` names. `None`: either.
    pub slight: Option<bool>,
    /// Stretches of text that may change slightly, such as dates.
    pub ignore: Option<LazyRegex>,
    /// Only approvals of this kind count, and those of no kind; their words need only stand in the content.
    pub kind: Option<ApprovalKind>,
}

/// What comes of looking content up in the register of approvals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalStatus {
    /// An approval holds for it.
    Valid,
    /// There is no register, and the content names no approval.
    Unregistered,
    /// The register has none.
    Missing,
    /// It is not what was approved.
    Changed,
    /// The approval has ended.
    Expired,
    /// The approval is for another channel, language, firm or kind of content.
    Scope,
    /// The request is not decided, or the day of approval is yet to come.
    Pending,
    /// The request was refused.
    Rejected,
    /// The request was taken back.
    Withdrawn,
}

impl ApprovalStatus {
    /// All of them.
    pub const ALL: [ApprovalStatus; 9] = [
        ApprovalStatus::Valid,
        ApprovalStatus::Unregistered,
        ApprovalStatus::Missing,
        ApprovalStatus::Changed,
        ApprovalStatus::Expired,
        ApprovalStatus::Scope,
        ApprovalStatus::Pending,
        ApprovalStatus::Rejected,
        ApprovalStatus::Withdrawn,
    ];

    /// The words that packs use, in that order.
    pub const NAMES: &[&str] = &["valid", "unregistered", "missing", "changed", "expired", "scope", "pending", "rejected", "withdrawn"];

    /// The status of this name.
    pub fn from_name(name: &str) -> Option<ApprovalStatus> {
        ApprovalStatus::ALL.into_iter().zip(ApprovalStatus::NAMES).find(|(_, n)| **n == name).map(|(s, _)| s)
    }
}
