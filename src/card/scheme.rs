//! How grades are given. The numbers come from `rules/report-card.yaml`.

use crate::finding::Severity;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// The grades there are, the best first.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// The grades.
    pub grades: Vec<Grade>,
    /// The best grade of a section with an attestation that has to be signed again.
    pub stale_at_best: String,
}

/// A grade.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// What it is called.
    pub grade: String,
    /// What it means, in a few words.
    pub means: String,
    /// What may be found.
    #[serde(default)]
    pub at_most: Limits,
}

/// The greatest shares of documents, 0 to 1, that may have a finding of a severity or a heavier one.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
    /// Warnings and errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<f64>,
    /// Anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<f64>,
}

impl Limits {
    /// The limit for a severity.
    pub fn of(&self, severity: Severity) -> Option<f64> {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Note => self.note,
        }
    }
}

impl Scheme {
    /// The one that is built in; read when first asked for.
    pub fn get() -> &'static Scheme {
        static SCHEME: OnceLock<Scheme> = OnceLock::new();
        // The build made the JSON, and a test holds it to be readable.
        SCHEME.get_or_init(|| serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/report-card.json"))).unwrap_or_default())
    }

    /// The number of the grade for so many documents, of which so many have a finding of each severity or a heavier one.
    pub fn grade(&self, documents: usize, with: impl Fn(Severity) -> usize) -> usize {
        let holds = |g: &Grade| {
            [Severity::Error, Severity::Warning, Severity::Note]
                .into_iter()
                .all(|s| g.at_most.of(s).is_none_or(|most| with(s) as f64 <= most * documents as f64))
        };
        self.grades.iter().position(holds).unwrap_or(self.grades.len().saturating_sub(1))
    }

    /// The number of the best grade where an attestation is stale.
    pub fn stale(&self) -> usize {
        self.grades.iter().position(|g| g.grade == self.stale_at_best).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_sound() {
        let s = Scheme::get();
        assert!(s.grades.len() > 1 && s.grades.iter().any(|g| g.grade == s.stale_at_best));
        for g in &s.grades {
            for limit in [g.at_most.error, g.at_most.warning, g.at_most.note].into_iter().flatten() {
                assert!((0.0..=1.0).contains(&limit), "{}", g.grade);
            }
        }
        let last = s.grades.last().map(|g| &g.at_most);
        assert!(last.is_some_and(|l| l.error.is_none() && l.warning.is_none() && l.note.is_none()));
    }

    #[test]
    fn more_findings_never_make_a_better_grade_and_more_clean_documents_never_a_worse_one() {
        let s = Scheme::get();
        let grade = |documents, e: usize, w: usize, n: usize| {
            s.grade(documents, |severity| match severity {
                Severity::Error => e,
                Severity::Warning => e + w,
                Severity::Note => e + w + n,
            })
        };
        assert_eq!(grade(1, 0, 0, 0), 0);
        for documents in [1, 2, 3, 10, 50, 51, 1000] {
            for (e, w, n) in [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 2, 3), (0, 5, 0), (13, 0, 0)] {
                if e + w + n < documents {
                    let g = grade(documents, e, w, n);
                    assert!(grade(documents, e, w, n + 1) >= g && grade(documents, e, w + 1, n) >= g && grade(documents, e + 1, w, n) >= g);
                    assert!(grade(documents + 1, e, w, n) <= g);
                }
            }
        }
    }
}
