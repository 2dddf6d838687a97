//! The texts that a rule brings with it, and what is known beside each.

use crate::document::Kind;
use crate::source::Span;
use std::collections::BTreeMap;

/// Texts that go with a rule.
#[derive(Debug, Default)]
pub struct Tests {
    /// Must be found by this rule.
    pub flag: Vec<TestCase>,
    /// Must not.
    pub pass: Vec<TestCase>,
}

/// One text.
#[derive(Debug, Clone)]
pub struct TestCase {
    /// What it is written in.
    pub format: TestFormat,
    /// The text; for a record, its JSON.
    pub text: String,
    /// The kind of content.
    pub kind: Option<Kind>,
    /// Its language.
    pub lang: Option<String>,
    /// What is known beside it.
    pub facts: TestFacts,
    /// Where it stands in the pack's file.
    pub span: Span,
}

/// What a test's text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestFormat {
    /// Plain text.
    Text,
    /// HTML.
    Html,
    /// Markdown.
    Markdown,
    /// A record of canonical fields.
    Record,
    /// Several records of canonical fields, and pages: JSON with `records` and `pages`.
    Several,
    /// The name of an image file among [`TestFacts::files`].
    Image,
}

/// What a test knows beside its text: registers in the form of their files.
#[derive(Debug, Clone, Default)]
pub struct TestFacts {
    /// `partners.yaml`, if there is one.
    pub partners: Option<String>,
    /// Whether its first partner is speaking.
    pub speaks: bool,
    /// `approvals.yaml`.
    pub approvals: Option<String>,
    /// `awards.yaml`.
    pub awards: Option<String>,
    /// `assets.yaml`.
    pub assets: Option<String>,
    /// Files beside the text, by path: drawings as their source, others as `data:` URLs.
    pub files: BTreeMap<String, String>,
    /// The day of the run, YYYY-MM-DD.
    pub today: Option<String>,
}
