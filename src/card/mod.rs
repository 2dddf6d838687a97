//! The report card: how content fares against the parts of the program's documents, with the evidence for each grade.
//!
//! Counts what the engine hands on and grades it by a scheme that is data. Knows no formats of output and opens no file.

pub mod scheme;
mod tally;

pub use scheme::Scheme;
pub use tally::{Known, Tally};

use crate::engine::Counts;
use crate::finding::{Finding, Trouble};
use serde::Serialize;
use std::collections::BTreeMap;

/// The `schema` of a [`Card`].
pub const SCHEMA: &str = "promolint.report-card/1";

/// How grades come about, for readers of a card.
pub const METHOD: [&str; 6] = [
    "Each document (a page, a text, a record of an export, an image) counts once in a section, by the heaviest finding that the section's rules have in it. How long a document is, and how often it says the same, does not count.",
    "A grade is the first whose limits all hold. A limit is the share of the documents that may have a finding of this severity or a heavier one.",
    "What is unknown lowers no grade: rules that could not be held against anything are listed, and a section of which nothing could be seen is not assessed.",
    "Findings that somebody accepted with a reason are listed, and do not count.",
    "Attestations are what people sign for, since no text shows it. A section of which only attestations speak is assessed once all of them are given; one that has to be signed again limits the grade; a missing one is unknown.",
    "There is no grade over all sections. A grade says what the rules found in what they were shown; where they found nothing, that is all it says. It is no legal assessment, and not one of the program.",
];

/// A report card.
#[derive(Debug, Serialize)]
pub struct Card {
    /// `promolint.report-card/1`.
    pub schema: &'static str,
    /// Whose content it is, if that is known.
    pub partner: Option<String>,
    /// The day that expiry is reckoned from.
    pub today: String,
    /// How grades are given.
    pub scheme: &'static Scheme,
    /// How much was looked at.
    pub looked_at: LookedAt,
    /// The attestations, if there are any.
    pub attestations: Option<Evidence>,
    /// The grades, document by document of the program.
    pub documents: Vec<DocumentCard>,
    /// Rules with findings that stand for no part of these documents; they count in no grade.
    pub beyond: Vec<String>,
    /// Rules with findings.
    pub rules: Vec<RuleCard>,
    /// The evidence: findings, rule by rule.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub not_checked: Vec<Trouble>,
}

/// How much was looked at.
#[derive(Debug, Default, Serialize)]
pub struct LookedAt {
    /// Inputs that were read.
    pub inputs: usize,
    /// Documents: pages, texts, records, images.
    pub documents: usize,
    /// Records among them.
    pub records: usize,
    /// Blocks of visible text.
    pub blocks: usize,
    /// Documents by kind.
    pub kinds: BTreeMap<&'static str, usize>,
    /// Files that are no content.
    pub skipped: usize,
}

/// The register of attestations in numbers.
#[derive(Debug, Serialize)]
pub struct Evidence {
    /// Its file.
    pub path: String,
    /// How many items stand how.
    pub standings: BTreeMap<&'static str, usize>,
}

/// A document of the program.
#[derive(Debug, Serialize)]
pub struct DocumentCard {
    /// What it is known by.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// What is graded of it.
    pub sections: Vec<Graded>,
}

/// A section, or a part of one, with its grade.
#[derive(Debug, Serialize)]
pub struct Graded {
    /// Its number in the document.
    #[serde(rename = "ref")]
    pub reference: &'static str,
    /// What it is about, in our words.
    pub title: &'static str,
    /// The grade; `None` where it was not assessed.
    pub grade: Option<&'static str>,
    /// What the grade means.
    pub means: Option<&'static str>,
    /// Why it was not assessed.
    pub not_assessed: Option<String>,
    /// Documents that its rules looked at.
    pub documents: usize,
    /// Documents with findings that count, by the heaviest in each.
    pub affected: Counts,
    /// Findings that count.
    pub findings: Counts,
    /// Findings that somebody accepted.
    pub accepted: usize,
    /// What came of its rules.
    pub rules: Rules,
    /// What people sign for.
    pub attestations: Vec<Signature>,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Graded>,
}

/// What came of the rules of a section: their ids.
#[derive(Debug, Default, Serialize)]
pub struct Rules {
    /// They found something.
    pub found: Vec<String>,
    /// They looked, and found nothing.
    pub silent: Vec<String>,
    /// They found something that they could not hold against anything.
    pub not_applied: Vec<NotApplied>,
    /// Nothing was there that they look at.
    pub nothing_to_see: Vec<String>,
    /// They are switched off, or left out by options.
    pub off: Vec<String>,
}

/// A rule that could not be held against anything.
#[derive(Debug, Serialize)]
pub struct NotApplied {
    /// The rule.
    pub rule: String,
    /// The register it needs.
    pub register: String,
}

/// An attestation as it stands.
#[derive(Debug, Serialize)]
pub struct Signature {
    /// The item.
    pub item: &'static str,
    /// What it states.
    pub asks: &'static str,
    /// How it stands; `None` where no attestations were given.
    pub standing: Option<&'static str>,
    /// Who signed.
    pub signer: Option<String>,
    /// When.
    pub date: Option<String>,
}

/// A rule with findings.
#[derive(Debug, Serialize)]
pub struct RuleCard {
    /// Its id.
    pub rule: String,
    /// The requirement, short.
    pub title: String,
    /// Documents it looked at.
    pub documents: usize,
    /// Findings that count.
    pub findings: Counts,
    /// Findings that somebody accepted.
    pub accepted: usize,
    /// How many findings are not among the evidence, for there are many.
    pub not_listed: usize,
}

impl Card {
    /// The evidence of a rule.
    pub fn findings_of<'a>(&'a self, rule: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |f| f.rule == rule)
    }

    /// A rule with findings.
    pub fn rule(&self, id: &str) -> Option<&RuleCard> {
        self.rules.iter().find(|r| r.rule == id)
    }

    /// All sections.
    pub fn sections(&self) -> impl Iterator<Item = &Graded> {
        self.documents.iter().flat_map(|d| &d.sections)
    }
}

/// What a rule needs, in words.
pub fn register_in_words(name: &str) -> &str {
    tally::register(name)
}
