use crate::finding::{Severity, Trouble};
use serde::Serialize;

/// A rule that could not say anything for want of facts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotApplied {
    /// The rule.
    pub rule: String,
    /// The register it needs.
    pub register: String,
}

/// Images that were not compared for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotCompared {
    /// Why: what is to be said of these images.
    pub reason: String,
    /// How many.
    pub images: usize,
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub note: usize,
}

/// What a run did. The line that ends `--format jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// `promolint.summary/1`.
    pub schema: &'static str,
    /// Inputs that were read.
    pub inputs: usize,
    /// Records among them.
    pub records: usize,
    /// Bytes that were read.
    pub bytes: u64,
    /// Findings by severity.
    pub findings: Counts,
    /// Findings with a fix that is safe.
    pub fixable: usize,
    /// Findings that were fixed, and are no longer there.
    #[serde(skip_serializing_if = "is_zero")]
    pub fixed: usize,
    /// Findings that somebody accepted.
    pub suppressed: usize,
    /// Findings that were there before.
    pub baselined: usize,
    /// Findings of the baseline that are gone.
    #[serde(skip_serializing_if = "is_zero")]
    pub baseline_stale: usize,
    /// Repeats that a report does not show one by one.
    pub folded: usize,
    /// Files that are no content: binaries, data of unknown form.
    pub skipped: usize,
    /// What could not be checked, with reasons.
    pub not_checked: Vec<Trouble>,
    /// Rules that could not say anything for want of a register.
    pub not_applied: Vec<NotApplied>,
    /// Images that were not compared, by reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images_not_compared: Vec<NotCompared>,
    /// How long it took.
    pub seconds: f64,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Default for Summary {
    fn default() -> Self {
        Summary {
            schema: "promolint.summary/1",
            inputs: 0,
            records: 0,
            bytes: 0,
            findings: Counts::default(),
            fixable: 0,
            fixed: 0,
            suppressed: 0,
            baselined: 0,
            baseline_stale: 0,
            folded: 0,
            skipped: 0,
            not_checked: Vec::new(),
            not_applied: Vec::new(),
            images_not_compared: Vec::new(),
            seconds: 0.0,
        }
    }
}

impl Summary {
    /// Counts a finding of this severity.
    pub fn count(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.findings.error += 1,
            Severity::Warning => self.findings.warning += 1,
            Severity::Note => self.findings.note += 1,
        }
    }

    /// All findings.
    pub fn total(&self) -> usize {
        self.findings.error + self.findings.warning + self.findings.note
    }

    /// Findings of at least this severity.
    pub fn at_least(&self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.findings.error,
            Severity::Warning => self.findings.error + self.findings.warning,
            Severity::Note => self.total(),
        }
    }
}
