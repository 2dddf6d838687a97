//! Rules as the checks see them: everything parsed, nothing compiled that is not needed yet.

mod approval;
mod claim;
mod corpus;
mod place;

pub use approval::{ApprovalMatcher, ApprovalStatus};
pub use claim::{About, ClaimMatcher, Wrong};
pub use corpus::{CorpusMatcher, DifferBy, OfficeThere, Same};
pub use place::{Counts, PlaceCheck, PlaceMatcher};

use super::pattern::{LazyRegex, Pattern, PhraseSet};
use crate::document::{FieldRole, Kind, Lang, Mark, Role};
use crate::finding::{Applicability, Confidence, RuleSource, Severity};
use crate::source::Span;
use scraper::Selector;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A pack, ready to use.
#[derive(Debug)]
pub struct Pack {
    /// Its name: `hubspot/trademark`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Its rules.
    pub rules: Vec<Rule>,
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
    /// What to look for.
    pub matcher: Matcher,
    /// What must, or must not, surround it.
    pub context: Context,
    /// At most one finding per document.
    pub once: bool,
    /// What is said.
    pub text: RuleText,
    /// How far its fixes can be trusted, if it has any.
    pub fix: Option<Applicability>,
    /// Texts it must and must not flag.
    pub tests: Tests,
    /// Where its id stands in the pack's file.
    pub span: Span,
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
#[derive(Debug)]
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
    /// The languages it speaks of.
    pub languages: Vec<Lang>,
    /// The kinds of content it speaks of.
    pub kinds: Vec<Kind>,
}

/// The kinds of matcher.
#[derive(Debug)]
pub enum MatcherForm {
    /// Patterns over visible text: `phrases`, `regex`, `replace`.
    Text(Vec<Pattern>),
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
    /// The first, where all others are found too.
    All(Vec<Matcher>),
    /// Any.
    Any(Vec<Matcher>),
    /// None, as a condition inside `all`.
    Not(Box<Matcher>),
}

impl MatcherForm {
    /// The patterns over visible text that the prefilter looks for, of a matcher that has some; else it looks at something else, too.
    pub fn patterns(&self) -> Option<&[Pattern]> {
        let patterns = match self {
            MatcherForm::Text(patterns) => return Some(patterns),
            MatcherForm::Claim(m) => &m.patterns,
            MatcherForm::Place(m) => &m.patterns,
            _ => return None,
        };
        Some(patterns.as_slice()).filter(|p| !p.is_empty())
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
    pub select: Selector,
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
    pub has: Option<Selector>,
    /// Has none.
    pub has_not: Option<Selector>,
    /// Has such an ancestor.
    pub inside: Option<Selector>,
    /// Has none.
    pub not_inside: Option<Selector>,
    /// The page has such an element.
    pub document_has: Option<Selector>,
    /// The page has none.
    pub document_lacks: Option<Selector>,
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
    /// Is an address of this sort.
    pub link: Option<LinkMatcher>,
    /// What other fields of the record must be.
    pub when: Vec<FieldMatcher>,
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

/// What must, or must not, surround a match.
#[derive(Debug, Default)]
pub struct Context {
    /// Look only in these roles and marks; empty for everywhere but code.
    pub scope: Vec<Scope>,
    /// Look everywhere, code too.
    pub any_scope: bool,
    /// Not in these.
    pub not_scope: Vec<Scope>,
    /// Exceptions: a match that overlaps one is none.
    pub exceptions: Option<PhraseSet>,
    /// The same as regular expressions.
    pub exception_regex: Option<LazyRegex>,
    /// Phrases that switch the rule off for a document.
    pub document: Option<PhraseSet>,
    /// What must be near.
    pub near: Vec<Near>,
    /// What must not.
    pub unless_near: Vec<Near>,
    /// What must not come directly after the match.
    pub not_before: Beside,
    /// What must not come directly before it.
    pub not_after: Beside,
}

/// What touches a match.
#[derive(Debug, Default)]
pub struct Beside {
    /// Signs, which must touch.
    pub signs: Vec<String>,
    /// Phrases, which may stand after white space.
    pub phrases: PhraseSet,
}

/// Phrases within a distance.
#[derive(Debug)]
pub struct Near {
    /// Any of these.
    pub phrases: PhraseSet,
    /// Or a name of the firm that is speaking.
    pub speaker: bool,
    /// How far.
    pub within: Within,
    /// On which side.
    pub side: Side,
}

/// A distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// So many words of the same block.
    Words(usize),
    /// The sentence.
    Sentence,
    /// The block.
    Block,
    /// The document, or the record.
    Document,
}

/// A side of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Earlier.
    Before,
    /// Later.
    After,
    /// Either.
    Both,
}

/// Where text stands: a role, a mark, or what the words around it make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A block's role.
    Role(Role),
    /// A heading of this level, 1 to 6.
    Heading(u8),
    /// A mark.
    Mark(Mark),
    /// Part of an address on the web.
    Url,
    /// Part of an e-mail address.
    Email,
    /// `@name`.
    Handle,
    /// `#tag`.
    Hashtag,
    /// A file's name.
    Filename,
    /// A name out of code: `snake_case`, `data-x`, `a::b`.
    Identifier,
    /// Between quotation marks.
    Quoted,
    /// A sentence that ends with a question mark.
    Question,
    /// A block all in capitals.
    Caps,
}

impl Scope {
    /// The scope of this name.
    pub fn from_name(name: &str) -> Option<Scope> {
        if let Some((role, _)) = Role::ALL.iter().find(|(_, n)| *n == name) {
            return Some(Scope::Role(*role));
        }
        if let Some(level) = name.strip_prefix('h').and_then(|l| l.parse().ok()).filter(|l| (1..=6).contains(l)) {
            return Some(Scope::Heading(level));
        }
        if let Some((mark, _)) = Mark::ALL.iter().find(|(_, n)| *n == name) {
            return Some(Scope::Mark(*mark));
        }
        Scope::WORDS.iter().find(|(_, n)| *n == name).map(|(s, _)| *s)
    }

    /// The scopes that depend on the words around a match.
    pub const WORDS: [(Scope, &'static str); 9] = [
        (Scope::Url, "url"),
        (Scope::Email, "email"),
        (Scope::Handle, "handle"),
        (Scope::Hashtag, "hashtag"),
        (Scope::Filename, "filename"),
        (Scope::Identifier, "identifier"),
        (Scope::Quoted, "quoted"),
        (Scope::Question, "question"),
        (Scope::Caps, "caps"),
    ];
}

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
    /// The day of the run, YYYY-MM-DD.
    pub today: Option<String>,
}
