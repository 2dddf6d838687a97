//! Rules as the checks see them: everything parsed, nothing compiled that is not needed yet.

mod approval;
mod claim;
mod context;
mod corpus;
mod image;
mod place;
mod tests;
mod words;

pub use approval::{ApprovalMatcher, ApprovalStatus};
pub use claim::{About, ClaimMatcher, Wrong};
pub use context::{Beside, Context, Near, Scope, Side, Within};
pub use corpus::{CorpusMatcher, DifferBy, OfficeThere, Same};
pub use image::{AltState, ApprovalStanding, Around, By, GROUPS, ImageMatcher, TierCheck, UseState, VERDICTS};
pub use place::{Counts, PlaceCheck, PlaceMatcher};
pub use tests::{TestCase, TestFacts, TestFormat, Tests};
pub use words::WordsMatcher;

use super::lazy::Lazy;
use super::outline::Outline;
use super::patterns::Patterns;
use super::rewrite::Rewrite;
use super::select::Select;
use super::{LazyRegex, PhraseSet};
use crate::document::{FieldRole, Kind, Lang};
use crate::finding::{Applicability, Confidence, RuleSource, Severity};
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A pack, ready to use.
#[derive(Debug, Default)]
pub struct Pack {
    /// Its name: `hubspot/trademark`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// What its rules must reach on their texts when these are written differently.
    pub floors: Floors,
}

/// What a pack declares under `mutations`: shares from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Floors {
    /// Of texts to flag that stay readable, so many must be found.
    pub recall: Option<f64>,
    /// Of texts to pass, so many must stay silent.
    pub silence: Option<f64>,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id, which names the bad thing.
    pub id: String,
    /// Former ids.
    pub aliases: Vec<String>,
    /// The pack it belongs to.
    pub pack: String,
    /// The requirement, short.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// Where it comes from, most important first.
    pub sources: Vec<RuleSource>,
    /// How well it is sourced.
    pub confidence: Confidence,
    /// How much a finding weighs, by kind of content.
    pub severity: SeverityByKind,
    /// The kinds of content it speaks of.
    pub kinds: Vec<Kind>,
    /// The languages it speaks of; empty for all.
    pub languages: Vec<Lang>,
    /// What it looks at.
    pub outline: Outline,
    /// What to look for and what to say; of a built-in rule, read when first needed.
    pub(super) body: Lazy<Body>,
    /// Its number among the built-in rules, if it is one of them as it was built in.
    pub number: Option<u32>,
    /// At most one finding per document.
    pub once: bool,
    /// Rules that this one leaves the words to where both find something in them.
    pub folds_into: Vec<String>,
    /// What it finds is shown with stars.
    pub mask: bool,
    /// How far its fixes can be trusted, if it has any.
    pub fix: Option<Applicability>,
    /// Texts it must and must not flag.
    pub tests: Tests,
    /// Where its id stands in the pack's file.
    pub span: Span,
}

impl Rule {
    /// What to look for.
    pub fn matcher(&self) -> &Matcher {
        &self.body.matcher
    }

    /// What must, or must not, surround it.
    pub fn context(&self) -> &Context {
        &self.body.context
    }

    /// What is said.
    pub fn text(&self) -> &RuleText {
        &self.body.text
    }
}

/// What of a rule matters only where there is something for it to look at.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub matcher: Matcher,
    pub context: Context,
    pub text: RuleText,
}

/// The words of a rule's findings; `{…}` is filled in.
#[derive(Debug, Default)]
pub struct RuleText {
    /// The headline.
    pub message: String,
    /// A few words at the caret.
    pub label: Option<String>,
    /// Facts.
    pub notes: Vec<String>,
    /// The cure.
    pub help: Option<String>,
    /// Approved wording in place of the words that were found.
    pub rewrite: Option<Rewrite>,
}

/// A severity with exceptions for kinds; `None` is off.
#[derive(Debug, Clone)]
pub struct SeverityByKind {
    /// For all kinds that are not named.
    pub default: Option<Severity>,
    /// For the named ones.
    pub by_kind: BTreeMap<Kind, Option<Severity>>,
}

impl SeverityByKind {
    /// The severity for a kind; `None` where the rule is off.
    pub fn of(&self, kind: Kind) -> Option<Severity> {
        self.by_kind.get(&kind).copied().unwrap_or(self.default)
    }

    /// The highest severity it can have.
    pub fn highest(&self) -> Option<Severity> {
        self.by_kind.values().copied().chain([self.default]).flatten().max()
    }
}

/// What to look for.
#[derive(Debug, Default)]
pub struct Matcher {
    /// The matcher itself.
    pub form: MatcherForm,
    /// Its own context, beside the rule's.
    pub context: Context,
    /// What it says of its own findings, in place of the rule's words.
    pub says: Option<Arc<Says>>,
}

/// What a matcher inside `any` says in place of its rule.
#[derive(Debug, Default)]
pub struct Says {
    /// The weight.
    pub severity: Option<Severity>,
    /// The headline.
    pub message: Option<String>,
    /// A few words at the caret.
    pub label: Option<String>,
    /// Facts.
    pub notes: Option<Vec<String>>,
    /// The cure.
    pub help: Option<String>,
    /// How far its fixes can be trusted.
    pub fix: Option<Applicability>,
    /// Approved wording in place of the words that were found.
    pub rewrite: Option<Rewrite>,
    /// The languages it speaks of.
    pub languages: Vec<Lang>,
    /// The kinds of content it speaks of.
    pub kinds: Vec<Kind>,
    /// What it finds is shown with stars, or not.
    pub mask: Option<bool>,
}

/// The kinds of matcher.
#[derive(Debug)]
pub enum MatcherForm {
    /// Patterns over visible text: `phrases`, `regex`, `replace`.
    Text(Patterns),
    /// Words of lists.
    Words(Box<WordsMatcher>),
    /// Properties of a block.
    Stats(Stats),
    /// HTML elements.
    Element(Box<ElementMatcher>),
    /// Addresses.
    Link(Box<LinkMatcher>),
    /// Fields of records.
    Field(Box<FieldMatcher>),
    /// A statement held against what is known of the firm.
    Claim(Box<ClaimMatcher>),
    /// A location claim held against the offices on record.
    Place(Box<PlaceMatcher>),
    /// Content held against the register of approvals.
    Approval(Box<ApprovalMatcher>),
    /// What is the same across records and pages.
    Corpus(Box<CorpusMatcher>),
    /// Pictures held against the register of images.
    Image(Box<ImageMatcher>),
    /// The first, where all others are found too.
    All(Vec<Matcher>),
    /// Any.
    Any(Vec<Matcher>),
    /// None, as a condition inside `all`.
    Not(Box<Matcher>),
}

impl Default for MatcherForm {
    /// What finds nothing.
    fn default() -> MatcherForm {
        MatcherForm::Any(Vec::new())
    }
}

impl MatcherForm {
    /// The patterns over visible text that the prefilter looks for, of a matcher that has some; else it looks at something else, too.
    pub fn patterns(&self) -> Option<&Patterns> {
        let patterns = match self {
            MatcherForm::Text(patterns) => return Some(patterns),
            MatcherForm::Claim(m) => &m.patterns,
            MatcherForm::Place(m) => &m.patterns,
            _ => return None,
        };
        Some(patterns).filter(|p| !p.is_empty())
    }
}

/// Limits on a block's text.
#[derive(Debug, Default)]
pub struct Stats {
    /// Share of capital letters among letters that have a case, 0 to 1.
    pub caps_over: Option<f64>,
    /// Emoji in the block.
    pub emoji_over: Option<usize>,
    /// Exclamation marks in a row.
    pub exclaim_run: Option<usize>,
    /// Blocks with fewer letters are left alone.
    pub min_letters: usize,
}

/// A condition on a text value: an attribute, a style property.
#[derive(Debug, Default)]
pub struct Predicate {
    /// Whether it is there at all.
    pub exists: Option<bool>,
    /// Equal, regardless of ASCII case.
    pub equals: Vec<String>,
    /// Has this word among its space-separated words.
    pub has_word: Vec<String>,
    /// Has none of these.
    pub lacks_word: Vec<String>,
    /// Contains one of these, regardless of ASCII case.
    pub contains: Vec<String>,
    /// Matches.
    pub matches: Option<LazyRegex>,
}

/// Conditions on elements.
#[derive(Debug)]
pub struct ElementMatcher {
    /// Which elements.
    pub select: Select,
    /// One of these must stand in the page's source for anything to match; ASCII, in lower case. Empty: nothing is known.
    pub needles: Vec<String>,
    /// Attributes.
    pub attr: Vec<(String, Predicate)>,
    /// Inline style properties.
    pub style: Vec<(String, Predicate)>,
    /// Its visible text has one of these.
    pub text: Option<PhraseSet>,
    /// Its visible text has none of these.
    pub text_not: Option<PhraseSet>,
    /// Its accessible label has one of these.
    pub label: Option<PhraseSet>,
    /// Has such a descendant.
    pub has: Option<Select>,
    /// Has none.
    pub has_not: Option<Select>,
    /// Has such an ancestor.
    pub inside: Option<Select>,
    /// Has none.
    pub not_inside: Option<Select>,
    /// The page has such an element.
    pub document_has: Option<Select>,
    /// The page has none.
    pub document_lacks: Option<Select>,
    /// What to point at.
    pub report: ReportPart,
}

/// The part of an element that a finding points at.
#[derive(Debug, Clone, PartialEq)]
pub enum ReportPart {
    /// The start tag.
    Tag,
    /// The visible text.
    Text,
    /// An attribute's value.
    Attr(String),
}

/// Conditions on addresses.
#[derive(Debug, Default)]
pub struct LinkMatcher {
    /// What holds the address; empty for anything.
    pub holder: Vec<String>,
    /// The record's fields it stands in; empty for any.
    pub fields: Vec<String>,
    /// Schemes.
    pub scheme: Vec<String>,
    /// Hosts; `*.` before one stands for any subdomain.
    pub host: Vec<String>,
    /// Registrable domains.
    pub domain: Vec<String>,
    /// Registrable domains or hosts that are left alone.
    pub not_domain: Vec<String>,
    /// The registrable domain's own label contains one of these, after folding.
    pub label_contains: Vec<String>,
    /// The label is one edit away from one of these.
    pub lookalike_of: Vec<String>,
    /// A label before the registrable domain contains one of these.
    pub subdomain_contains: Vec<String>,
    /// The path and query match.
    pub path: Option<LazyRegex>,
    /// The path and query do not.
    pub not_path: Option<LazyRegex>,
}

/// Conditions on fields of records.
#[derive(Debug, Default)]
pub struct FieldMatcher {
    /// Canonical names; empty for any.
    pub name: Vec<String>,
    /// Forms of record, or `@type`s.
    pub record: Vec<String>,
    /// Field roles.
    pub roles: Vec<FieldRole>,
    /// Which part of a name.
    pub part: NamePart,
    /// Whether it has a value.
    pub is: Option<FieldState>,
    /// Contains one of these.
    pub phrases: Option<PhraseSet>,
    /// Contains none of these.
    pub phrases_not: Option<PhraseSet>,
    /// Matches.
    pub regex: Option<LazyRegex>,
    /// Equals one of these, regardless of case.
    pub one_of: Vec<String>,
    /// Equals none of these.
    pub not_one_of: Vec<String>,
    /// A number of things.
    pub count: Option<Count>,
    /// Shares nothing with these fields.
    pub unlike: Vec<String>,
    /// Is the name, or lies on the domain, of one of these: `speaker`, or fields of the record.
    pub same_as: Vec<String>,
    /// Is the name, or lies on the domain, of another member of the program.
    pub other_partner: bool,
    /// Is a number above the one on record for the speaker.
    pub above_record: Option<OnRecord>,
    /// Is an address of this sort.
    pub link: Option<LinkMatcher>,
    /// What other fields of the record must be.
    pub when: Vec<FieldMatcher>,
    /// What fields of the record must be that this one lies in.
    pub around: Vec<FieldMatcher>,
}

/// A number that the record of a firm has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRecord {
    /// How many reviews.
    ReviewCount,
    /// Their average, which is rounded to as many decimals as the value has.
    Rating,
}

/// Which part of a name a predicate looks at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum NamePart {
    /// All of it.
    #[default]
    Whole,
    /// What comes before the first separator.
    Head,
    /// What comes after it.
    Tail,
}

/// Whether a field has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldState {
    /// It has one.
    Present,
    /// It is there without a value.
    Empty,
    /// It is not there.
    Missing,
}

/// A limit on a number of things in a value.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// Of what.
    pub of: Counted,
    /// More than this is a violation.
    pub over: Option<usize>,
    /// Fewer than this is one.
    pub under: Option<usize>,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Separators of a name.
    Separators,
    /// Emoji.
    Emoji,
    /// Words.
    Words,
    /// Characters.
    Chars,
    /// Entries of the field.
    Entries,
}
