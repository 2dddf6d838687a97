use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;
use std::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; somebody decides.
    Note,
    /// Probably wrong.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// The names of the levels, lowest first.
    pub const NAMES: [&'static str; 3] = ["note", "warning", "error"];

    /// The name used in packs, options and reports.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The level of this name.
    pub fn from_name(name: &str) -> Option<Severity> {
        [Severity::Note, Severity::Warning, Severity::Error].into_iter().find(|s| s.name() == name)
    }
}

/// What a rule's findings weigh in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level {
    /// The severity of a finding whose matcher has none of its own.
    pub severity: Severity,
    /// Whether the configuration gave it: then no matcher weighs more.
    pub is_ceiling: bool,
}

impl Level {
    /// The severity of a finding whose matcher asks for `own`.
    pub fn of(self, own: Option<Severity>) -> Severity {
        match own {
            Some(own) if self.is_ceiling => own.min(self.severity),
            Some(own) => own,
            None => self.severity,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How well a rule is sourced.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Reasoned from a text that does not say it in these words.
    Inferred,
    /// Somebody else reports what the source says.
    Secondary,
    /// The source was read in part, in translation, or speaks of a sister programme.
    Partial,
    /// The source was read in full.
    Primary,
}

impl Confidence {
    /// The names of the levels, weakest first.
    pub const NAMES: [&'static str; 4] = ["inferred", "secondary", "partial", "primary"];

    /// The name used in packs, options and reports.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The level of this name.
    pub fn from_name(name: &str) -> Option<Confidence> {
        [Confidence::Inferred, Confidence::Secondary, Confidence::Partial, Confidence::Primary].into_iter().find(|c| c.name() == name)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
