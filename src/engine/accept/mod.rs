//! Findings that are accepted for another reason than a comment beside them: an entry of promolint-ignore.yaml, a baseline, or because they
//! stand on lines that nobody changed.
//!
//! Works on outcomes as they come, in their order. Opens no file but through git.

mod baseline;
mod coverage;
pub mod git;
mod ignores;
pub mod since;

pub use baseline::{Baseline, BaselineChange};
pub use coverage::Coverage;
pub use ignores::{Ignore, Ignores, SUPPRESSION};

use super::outcome::Outcome;
use super::rules::RuleSet;
use crate::facts::Day;
use crate::finding::{Finding, Suppressed};
use baseline::Counter;
use since::Changes;

/// What accepts findings in a run.
#[derive(Debug)]
pub struct Accept {
    ignores: Option<Ignores>,
    baseline: Option<Counter>,
    changes: Option<Changes>,
    coverage: Coverage,
    today: Day,
}

impl Accept {
    /// Nothing accepts anything; `coverage` tells what the run was asked to read.
    pub fn new(coverage: Coverage, today: Day) -> Accept {
        Accept { ignores: None, baseline: None, changes: None, coverage, today }
    }

    /// With the entries of a promolint-ignore.yaml.
    #[must_use]
    pub fn with_ignores(mut self, ignores: Option<Ignores>) -> Accept {
        self.ignores = ignores;
        self
    }

    /// With a baseline; `grow`: what it does not hold is added to it.
    #[must_use]
    pub fn with_baseline(mut self, baseline: Option<Baseline>, grow: bool) -> Accept {
        self.baseline = baseline.map(|b| Counter::new(b, grow));
        self
    }

    /// Only findings on lines that were changed.
    #[must_use]
    pub fn with_changes(mut self, changes: Option<Changes>) -> Accept {
        self.changes = changes;
        self
    }

    /// Whether there is anything that may accept findings.
    pub fn accepts_any(&self) -> bool {
        self.ignores.is_some() || self.baseline.is_some() || self.changes.is_some()
    }

    /// Takes note of an outcome, marks what is accepted in it, and leaves out what stands on unchanged lines.
    pub fn take(&mut self, outcome: &mut Outcome, rules: &RuleSet) {
        self.coverage.saw(outcome);
        if let Some(ignores) = &mut self.ignores {
            for f in &mut outcome.findings {
                let by = ignores.accepts(f, rules, self.today);
                f.suppressed = f.suppressed.take().or(by);
            }
        }
        if let Some(changes) = &self.changes {
            outcome.findings.retain(|f| changes.touches(f));
        }
        if let Some(counter) = &mut self.baseline {
            for f in outcome.findings.iter_mut().filter(|f| f.suppressed.is_none() && may_be_held(f)) {
                if counter.holds(f, rules) {
                    f.suppressed = Some(Suppressed { by: "baseline".into(), reason: counter.reason(), ..Suppressed::default() });
                }
            }
        }
    }

    /// Findings about entries of promolint-ignore.yaml, when all inputs have been read.
    pub fn about_ignores(&self, rules: &RuleSet) -> Vec<Finding> {
        let all = self.changes.is_none();
        self.ignores.as_ref().map(|i| i.wrong(rules, self.today, all.then_some(&self.coverage))).unwrap_or_default()
    }

    /// How the baseline differs from what was found; `None` without one. Where the run saw changed lines only, nothing is gone.
    pub fn change(&self, rules: &RuleSet) -> Option<BaselineChange> {
        self.baseline.as_ref().map(|c| c.change(&|key, folder| self.covers(key, folder, rules)))
    }

    /// The baseline as it is to be; `None` without one.
    pub fn renewed(&self, rules: &RuleSet) -> Option<Baseline> {
        self.baseline.as_ref().map(|c| c.renewed(&|key, folder| self.covers(key, folder, rules)))
    }

    fn covers(&self, key: &baseline::Key, folder: &std::path::Path, rules: &RuleSet) -> bool {
        self.changes.is_none() && self.coverage.has_rule(&key.rule, rules) && self.coverage.has_file(&key.path, folder)
    }
}

/// Whether a baseline may hold a finding. One about a suppression would make its day, or that it accepts nothing, forgotten.
fn may_be_held(f: &Finding) -> bool {
    !(f.pack == super::OWN_PACK && f.rule.starts_with("suppression-"))
}
