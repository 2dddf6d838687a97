//! What promolint says: findings, their places and fixes, and what could not be checked.
//!
//! A finding carries everything a report needs, the lines around it included, so that reports never open a file and a record of an
//! endless stream can be forgotten once it is checked.

mod excerpt;
mod location;
mod severity;

pub use excerpt::Excerpt;
pub use location::{Location, Place, Region};
pub use severity::{Confidence, Level, Severity};

use crate::document::Kind;
use crate::source::Source;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Which record of a file a finding is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct RecordRef {
    /// Place in the file, from 0.
    pub index: usize,
    /// What the record is known by.
    pub id: Option<String>,
    /// JSON Pointer of the field; for CSV the canonical name.
    pub field: Option<String>,
    /// What tells a record without an id from others: its name, else its address.
    #[serde(skip)]
    pub name: Option<String>,
}

impl RecordRef {
    /// What the record is told by in another run: its id, else its name, else its place.
    pub fn key(&self) -> String {
        // Neither a name nor a place is taken for an id.
        let name = || self.name.as_ref().map(|n| format!("#{n}"));
        self.id.clone().or_else(name).unwrap_or_else(|| format!("#{}", self.index + 1))
    }
}

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct RuleSource {
    /// The document's title.
    pub title: String,
    /// Its address.
    pub url: Option<String>,
    /// The day somebody last read it, `YYYY-MM-DD`.
    pub checked_on: Option<String>,
}

/// A rule that found something in the same words as another one, which says more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Also {
    /// The rule's id.
    pub rule: String,
    /// Where it comes from.
    pub source: Option<RuleSource>,
}

/// How far a fix can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Right in every place the rule matches.
    Safe,
    /// Changes what the text says; somebody should look.
    Unsafe,
    /// A suggestion to show, never applied.
    Display,
}

/// One replacement in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Edit {
    /// The file.
    pub path: String,
    /// First byte of the original file.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What is written there: with the references, escapes and quotes of its place, in the characters of the file's encoding.
    pub replacement: String,
    /// The same place with lines and columns.
    #[serde(skip)]
    pub place: Place,
}

/// What a fix changes for readers of a document.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Visible {
    /// First byte of its text that changes.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The words there afterwards.
    pub text: String,
}

/// How to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Fix {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// The edits, by place; they do not overlap.
    pub edits: Vec<Edit>,
    /// The words that readers see afterwards in place of the others.
    #[serde(skip)]
    pub words: String,
    /// What it changes for readers.
    #[serde(skip)]
    pub visible: Vec<Visible>,
}

/// Why a finding does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Suppressed {
    /// What accepted it: `comment`, `file` (promolint-ignore.yaml) or `baseline`.
    pub by: String,
    /// The reason given.
    pub reason: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it holds, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Where that is said, `FILE:LINE`.
    #[serde(skip)]
    pub place: Option<String>,
}

impl Suppressed {
    /// Whether a baseline holds the finding, rather than that somebody gave a reason.
    pub fn is_baseline(&self) -> bool {
        self.by == "baseline"
    }
}

/// One violation.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Finding {
    /// `promolint.finding/1`.
    #[borsh(serialize_with = "no_schema", deserialize_with = "the_schema")]
    pub schema: &'static str,
    /// The rule's id.
    pub rule: String,
    /// The pack's name.
    pub pack: String,
    /// How much it weighs.
    pub severity: Severity,
    /// How well the rule itself is sourced.
    pub confidence: Confidence,
    /// What is wrong, in one line, without advice.
    pub message: String,
    /// The kind of content.
    pub kind: Kind,
    /// The input as given; `None` for a URL.
    pub path: Option<String>,
    /// The URL, if the input is one.
    pub url: Option<String>,
    /// The record, if the input holds records.
    pub record: Option<RecordRef>,
    /// The place of the finding.
    pub primary: Location,
    /// The other half of a contradiction, repeats, the register's line.
    pub related: Vec<Location>,
    /// Facts: what was measured, which limit applied.
    pub notes: Vec<String>,
    /// The cure.
    pub help: Option<String>,
    /// Where the rule comes from.
    pub source: Option<RuleSource>,
    /// What else speaks against it: rules that found something in the same words and left the finding to this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
    /// A mechanical cure, if there is one.
    pub fix: Option<Fix>,
    /// Survives moved lines and reformatting; see [`fingerprint`].
    pub fingerprint: String,
    /// Set if somebody accepted the finding.
    pub suppressed: Option<Suppressed>,
}

/// The `schema` of a [`Finding`].
pub const FINDING_SCHEMA: &str = "promolint.finding/1";

/// The schema is the same for all, and is not written.
fn no_schema<W: borsh::io::Write>(_: &&'static str, _: &mut W) -> borsh::io::Result<()> {
    Ok(())
}

fn the_schema<R: borsh::io::Read>(_: &mut R) -> borsh::io::Result<&'static str> {
    Ok(FINDING_SCHEMA)
}

/// A name for a finding that stays the same when lines move or the file is formatted anew: a hash of the rule, the input, the record,
/// the field, the visible text, and which of several equal ones it is.
pub fn fingerprint(rule: &str, input: &str, record: Option<&RecordRef>, text: &str, occurrence: usize) -> String {
    let mut h = Sha256::new();
    let (id, field) = match record {
        Some(r) => (r.key(), r.field.clone().unwrap_or_default()),
        None => Default::default(),
    };
    let occurrence = occurrence.to_string();
    for part in [rule, input, &id, &field, text, &occurrence] {
        h.update((part.len() as u64).to_le_bytes());
        h.update(part.as_bytes());
    }
    hex(h)
}

/// The fingerprint of the finding that is number `n`, from 1, after another with the same one.
pub fn nth_fingerprint(first: &str, n: u32) -> String {
    hex(Sha256::new().chain_update(first).chain_update(n.to_le_bytes()))
}

fn hex(h: Sha256) -> String {
    h.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect()
}

/// Something that kept an input, or part of it, from being checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trouble {
    /// What is wrong, in one line.
    pub message: String,
    /// The input it is about.
    pub path: Option<String>,
    /// Where in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The cure.
    pub help: Option<String>,
}

impl Trouble {
    /// Trouble with an input as a whole.
    pub fn about(path: impl Into<String>, message: impl Into<String>, help: impl Into<String>) -> Trouble {
        Trouble {
            message: message.into(),
            path: Some(path.into()),
            location: None,
            help: Some(help.into()).filter(|h: &String| !h.is_empty()),
        }
    }

    /// Trouble at a place of a source.
    pub fn at(source: &Source, span: crate::source::Span, message: impl Into<String>, help: impl Into<String>) -> Trouble {
        Trouble { location: Some(Location::new(source, &[span], None, None)), ..Trouble::about(source.name(), message, help) }
    }
}
