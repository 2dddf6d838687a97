//! From the tree of a pack's file to the model. The form has been checked before ([`super::shape`]); what is left are the meanings.

mod approval;
mod claim;
mod context;
mod corpus;
mod image;
mod matchers;
mod place;
mod word_lists;
mod words;

use super::builtin::{builtin_body, builtin_pattern};
use super::choices::Choices;
use super::expression::Phrase;
use super::keys::Keys;
use super::lazy::{self, Lazy, LazyTerms};
use super::model::*;
use super::outline::Outline;
use super::pattern::Pattern;
use super::patterns::{BuiltinPatterns, Patterns};
use super::phrase::{self, PhraseError};
use super::select::Select;
use super::size::Sizes;
use super::{Fault, literals};
use super::{LazyRegex, PhraseSet};
use crate::document::{FieldRole, Kind, Lang};
use crate::finding::{Applicability, Confidence, RuleSource, Severity};
use crate::source::Span;
use crate::yaml::{self, Node, Value};
use matchers::PATTERNS;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// One key of a rule, with the file it was written in: a rule may be merged from several.
#[derive(Clone)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Span,
    pub value: Node,
    pub file: usize,
}

/// What of a built-in rule every run must know, beside what its author wrote: what it looks at, and its number, under which the rest is found.
const OUTLINE: &str = "$outline";
/// See [`OUTLINE`].
const BODY: &str = "$body";

/// A built-in rule's keys with those that stand apart, as they are where packs merge rules.
pub(super) fn whole(entries: &[Entry]) -> Vec<Entry> {
    let Some(body) = entries.iter().find(|e| e.key == BODY) else { return entries.to_vec() };
    let apart = number(&body.value).map(|n| body_entries(n as usize, body.file)).unwrap_or_default();
    entries.iter().filter(|e| ![OUTLINE, BODY].contains(&e.key.as_str())).cloned().chain(apart).collect()
}

/// The keys of a built-in rule that stand apart.
fn body_entries(number: usize, file: usize) -> Vec<Entry> {
    let root = builtin_body(number).and_then(|json| serde_json::from_str::<yaml::Prepared>(json).ok());
    let Some(Value::Map(entries)) = root.map(|r| r.0.value) else { return Vec::new() };
    let entry = |(k, value): (Node, Node)| Entry { key: k.scalar_text().unwrap_or_default(), key_span: k.span, value, file };
    entries.into_iter().map(entry).collect()
}

/// What is known from what was read before, in whichever pack.
#[derive(Debug, Default)]
pub(super) struct Tables {
    sizes: Sizes,
    choices: Choices,
}

pub(super) struct Decoder<'a> {
    /// The text of each file.
    pub texts: &'a [&'a str],
    pub file: usize,
    pub terms: &'a Arc<LazyTerms>,
    pub sources: &'a HashMap<String, (RuleSource, Confidence)>,
    pub faults: &'a mut Vec<Fault>,
    /// `case: exact` of the rule and matcher that is being read.
    exact: bool,
    /// Patterns of the pack's phrases, by text and whether case counts.
    known: HashMap<(String, bool), Arc<Pattern>>,
    /// The same of a built-in pack.
    builtin: Arc<BuiltinPatterns>,
    /// A built-in pack: its expressions are known to be good, and compiled when they are needed.
    trusted: bool,
    tables: &'a mut Tables,
}

impl<'a> Decoder<'a> {
    pub fn new(
        texts: &'a [&'a str],
        terms: &'a Arc<LazyTerms>,
        sources: &'a HashMap<String, (RuleSource, Confidence)>,
        faults: &'a mut Vec<Fault>,
        trusted: bool,
        tables: &'a mut Tables,
    ) -> Self {
        let builtin = Arc::new(BuiltinPatterns::new(terms));
        Decoder { texts, file: 0, terms, sources, faults, exact: false, known: HashMap::new(), builtin, trusted, tables }
    }

    fn fault(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault { file: self.file, ..Fault::new(span, message, help) });
    }

    fn advice(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault { file: self.file, ..Fault::advice(span, message, help) });
    }

    /// A span of a decoded scalar as a span of the file.
    fn inside(&self, node: &Node, span: Span) -> Span {
        let Some(text) = self.texts.get(self.file) else { return node.span };
        let map = yaml::scalar_map(text, node);
        let end = span.end.max(span.start + 1);
        map.cover(span.start, end).unwrap_or(node.span)
    }

    pub fn rule(&mut self, entries: &[Entry], pack: &str) -> Option<Rule> {
        let find = |name: &str| entries.iter().find(|e| e.key == name);
        let id = find("id")?.clone();
        let before = self.faults.iter().filter(|f| !f.usable).count();
        self.file = id.file;
        let id_text = id.value.scalar_text().unwrap_or_default();
        self.check_id(&id.value);
        if let Some(e) = find("aliases") {
            self.file = e.file;
            let mut known = HashSet::from([id.value.scalar()]);
            for alias in nodes(&e.value) {
                self.check_id(alias);
                if !known.insert(alias.scalar()) {
                    self.fault(alias.span, format!("`{}` is named twice", alias.scalar().unwrap_or_default()), "remove one");
                }
            }
            self.file = id.file;
        }
        let apart = find(BODY).and_then(|e| number(&e.value));
        for (name, why) in [
            ("title", "the requirement in one line"),
            ("source", "where it comes from"),
            ("severity", "error, warning, note or off"),
            ("match", "what to look for"),
            ("message", "the headline of a finding"),
        ] {
            if find(name).is_none() && !(apart.is_some() && ["match", "message"].contains(&name)) {
                self.file = id.file;
                self.fault(id.value.span, format!("rule `{id_text}` has no `{name}`"), format!("add `{name}:` – {why}"));
            }
        }
        let text = |d: &mut Self, name: &str| -> Option<String> {
            let e = find(name)?;
            d.file = e.file;
            e.value.scalar_text().map(|s| s.trim().to_owned())
        };
        let strings = |name: &str| find(name).map(|e| list(&e.value)).unwrap_or_default();

        let mut sources = Vec::new();
        let mut confidence = None;
        if let Some(e) = find("source") {
            self.file = e.file;
            for node in nodes(&e.value) {
                let name = node.scalar_text().unwrap_or_default();
                match self.sources.get(&name) {
                    Some((source, c)) => {
                        confidence.get_or_insert(*c);
                        sources.push(source.clone());
                    }
                    None => {
                        let help = match super::shape::did_you_mean(&name, self.sources.keys().map(String::as_str)) {
                            Some(s) => format!("did you mean `{s}`?"),
                            None => "declare it under `sources:`".into(),
                        };
                        self.fault(node.span, format!("no source is called `{name}`"), help);
                    }
                }
            }
        }
        if let Some(c) = text(self, "confidence").and_then(|c| Confidence::from_name(&c)) {
            confidence = Some(c);
        }
        let kinds: Vec<Kind> = strings("kinds").iter().filter_map(|k| Kind::from_name(k)).collect();
        let kinds = if kinds.is_empty() { Kind::ALL.to_vec() } else { kinds };
        let mut languages = Vec::new();
        if let Some(e) = find("language") {
            self.file = e.file;
            for node in nodes(&e.value) {
                match node.scalar_text().as_deref().and_then(Lang::from_tag) {
                    Some(l) => languages.push(l),
                    None => self.fault(node.span, "this is not a language", "write its code: en, de, ja"),
                }
            }
        }
        let severity = find("severity").map(|e| severity_by_kind(&e.value));
        if let Some(e) = find("severity")
            && confidence == Some(Confidence::Inferred)
            && severity.as_ref().and_then(SeverityByKind::highest) == Some(Severity::Error)
        {
            self.file = e.file;
            self.advice(e.value.span, "an inferred rule cannot be an error", "make it a warning, or name a source that says so");
        }
        let tests = find("tests")
            .map(|e| {
                self.file = e.file;
                self.tests(&e.value)
            })
            .unwrap_or_default();
        let fix = text(self, "fix").map(|f| applicability(&f));
        let (outline, body) = match apart {
            Some(number) => {
                let outline = find(OUTLINE).map(|e| Outline::prepared(&e.value)).unwrap_or_default();
                (Some(outline), Some(self.later(number as usize)))
            }
            None => {
                let body = self.body(entries);
                (body.as_ref().map(|b| Outline::of(&b.matcher)), body.map(Lazy::ready))
            }
        };
        let rule = Rule {
            id: id_text,
            aliases: strings("aliases"),
            pack: pack.to_owned(),
            title: one_line(&text(self, "title").unwrap_or_default()),
            why: text(self, "why").unwrap_or_default(),
            sources,
            confidence: confidence.unwrap_or(Confidence::Inferred),
            severity: severity.unwrap_or(SeverityByKind { default: None, by_kind: BTreeMap::new() }),
            kinds,
            languages,
            outline: outline?,
            body: body?,
            number: apart.map(|n| n as u32),
            once: find("once").is_some_and(|e| matches!(e.value.value, Value::Bool(true))),
            folds_into: strings("folds_into"),
            mask: find("mask").is_some_and(|e| matches!(e.value.value, Value::Bool(true))),
            fix,
            tests,
            span: id.value.span,
        };
        (self.faults.iter().filter(|f| !f.usable).count() == before).then_some(rule)
    }

    fn check_id(&mut self, node: &Node) {
        let id = node.scalar().unwrap_or_default();
        let well_formed = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !well_formed {
            let help = "lower case letters, digits and hyphens, beginning with a letter";
            self.fault(node.span, format!("`{id}` is not a rule id"), help);
        }
    }

    /// What of a built-in rule is read when it is first needed.
    fn later(&self, number: usize) -> Lazy<Body> {
        let (terms, builtin) = (Arc::clone(self.terms), Arc::clone(&self.builtin));
        Lazy::new(move || {
            let (sources, mut faults, mut tables) = (HashMap::new(), Vec::new(), Tables::default());
            let mut decoder = Decoder { builtin, ..Decoder::new(&[], &terms, &sources, &mut faults, true, &mut tables) };
            // Nothing is wrong in it: promolint would not have been built.
            decoder.body(&body_entries(number, 0)).unwrap_or_default()
        })
    }

    /// What a rule looks for and says.
    fn body(&mut self, entries: &[Entry]) -> Option<Body> {
        let find = |name: &str| entries.iter().find(|e| e.key == name);
        let text = |name: &str| find(name)?.value.scalar_text().map(|s| s.trim().to_owned());
        self.exact = text("case").as_deref() == Some("exact");
        let exact = self.exact;
        let context = self.context(&|name| find(name).map(|e| (e.file, &e.value)));
        self.exact = exact;
        let matcher = find("match").and_then(|e| {
            self.file = e.file;
            self.matcher(&e.value)
        });
        if let (Some(e), Some(m)) = (find("fix"), &matcher)
            && !m.replaces()
            && find("rewrite").is_none()
        {
            self.needs(e, find("match"), "a matcher that says what to write instead", "use `replace` or `rewrite`");
        }
        let rewrite = find("rewrite").and_then(|e| {
            if matcher.as_ref().is_some_and(|m| !m.finds_words()) {
                self.needs(e, find("match"), "a matcher that finds words", "use `phrases` or `regex`");
            }
            self.file = e.file;
            self.rewrite(&e.value)
        });
        let notes = find("notes").map(|e| list(&e.value)).unwrap_or_default();
        let words = RuleText { message: text("message").unwrap_or_default(), label: text("label"), notes, help: text("help"), rewrite };
        Some(Body { matcher: matcher?, context, text: words })
    }

    /// A key of a rule needs another matcher. Where the matcher is that of a pack which changes the rule, it is that pack's to mend.
    fn needs(&mut self, e: &Entry, matcher: Option<&Entry>, what: &str, help: &str) {
        let key = &e.key;
        match matcher.filter(|m| m.file != e.file) {
            None => {
                self.file = e.file;
                self.fault(e.key_span, format!("`{key}` needs {what}"), format!("{help}, or remove `{key}`"));
            }
            Some(m) => {
                self.file = m.file;
                let value = e.value.scalar_text().map(|v| format!(": {v}")).unwrap_or_default();
                let message = format!("`{key}{value}` is inherited from the rule that this one changes, and needs {what}");
                self.fault(m.key_span, message, format!("{help} here, or give the rule an id of its own"));
            }
        }
    }

    fn tests(&mut self, node: &Node) -> Tests {
        // Images that go with all of them.
        let usual = test_facts(node);
        let mut cases = |name: &str| {
            let mut out = Vec::new();
            for n in node.get(name).map(nodes).unwrap_or_default() {
                let formats = [
                    ("text", TestFormat::Text),
                    ("html", TestFormat::Html),
                    ("markdown", TestFormat::Markdown),
                    ("image", TestFormat::Image),
                ];
                let (format, text) = match &n.value {
                    Value::Map(_) => {
                        let mut texts = formats.iter().filter_map(|(k, f)| n.get(k).map(|v| (*f, v.scalar_text().unwrap_or_default())));
                        let (text, second) = (texts.next(), texts.next());
                        match (text, n.get("record")) {
                            _ if second.is_some() => {
                                self.fault(n.span, "a test has one text", "make several tests of it");
                                continue;
                            }
                            (Some(t), None) => t,
                            (None, Some(r)) => (TestFormat::Record, json(r).to_string()),
                            (None, None) if n.get("records").is_some() || n.get("pages").is_some() => (TestFormat::Several, several(n)),
                            _ => {
                                self.fault(
                                    n.span,
                                    "a test has one text",
                                    "give one of: text, html, markdown, record, image; or records, pages",
                                );
                                continue;
                            }
                        }
                    }
                    _ => (TestFormat::Text, n.scalar_text().unwrap_or_default()),
                };
                let kind = n.get("kind").and_then(Node::as_str).and_then(Kind::from_name);
                let lang = n.get("lang").and_then(|l| l.scalar_text());
                let mut facts = test_facts(n);
                for (name, text) in &usual.files {
                    facts.files.entry(name.clone()).or_insert_with(|| text.clone());
                }
                if n.get("assets").is_none() {
                    facts.assets.clone_from(&usual.assets);
                }
                out.push(TestCase { format, text, kind, lang, facts, span: n.span });
            }
            out
        };
        Tests { flag: cases("flag"), pass: cases("pass") }
    }
}

/// Records and pages of a test, as JSON: `{"records": […], "pages": [{"path": …, "html": …}]}`.
fn several(node: &Node) -> String {
    let part = |name: &'static str| Some((name.to_owned(), json(node.get(name)?)));
    serde_json::Value::Object(["records", "pages"].into_iter().filter_map(part).collect()).to_string()
}

/// What a test says is known, as register files: JSON is YAML.
pub fn test_facts(node: &Node) -> TestFacts {
    let array = |name: &str| node.get(name).map(|n| nodes(n).into_iter().map(json).collect::<Vec<_>>());
    let flag = |name: &str| node.get(name).is_some_and(|n| matches!(n.value, Value::Bool(true)));
    let file = |list: &str, entries: Vec<serde_json::Value>, complete: bool| {
        let mut file = serde_json::Map::new();
        if complete {
            file.insert("complete".into(), true.into());
        }
        file.insert(list.into(), entries.into());
        serde_json::Value::Object(file).to_string()
    };
    let mut speaker = node.get("partner").map(json);
    if let Some(map) = speaker.as_mut().and_then(serde_json::Value::as_object_mut) {
        map.entry("id").or_insert_with(|| "speaker".into());
        map.entry("name").or_insert_with(|| "Speaker".into());
    }
    let speaks = speaker.is_some();
    let others = array("partners");
    let partners = (speaks || others.is_some() || flag("complete"))
        .then(|| file("partners", speaker.into_iter().chain(others.into_iter().flatten()).collect(), flag("complete")));
    TestFacts {
        partners,
        speaks,
        approvals: array("approvals").map(|a| file("approvals", a, flag("approvals_complete"))),
        awards: array("awards").map(|a| file("awards", a, flag("awards_complete"))),
        assets: array("assets")
            .filter(|a| a.first().is_none_or(serde_json::Value::is_object))
            .map(|a| file("assets", a, flag("assets_complete"))),
        files: node
            .get("files")
            .and_then(Node::as_map)
            .unwrap_or_default()
            .iter()
            .filter_map(|(k, v)| Some((k.scalar_text()?, v.scalar_text()?)))
            .collect(),
        today: node.get("today").and_then(Node::scalar_text),
    }
}

impl Matcher {
    /// Whether it says what to write instead.
    pub fn replaces(&self) -> bool {
        match &self.form {
            _ if self.says.as_ref().is_some_and(|s| s.rewrite.is_some()) => true,
            MatcherForm::Text(p) => p.iter().any(|p| p.replacement.is_some()),
            MatcherForm::Any(m) | MatcherForm::All(m) => m.iter().any(Matcher::replaces),
            _ => false,
        }
    }

    /// The right forms that it names for wrong ones.
    pub fn replacements(&self) -> Vec<String> {
        match &self.form {
            MatcherForm::Text(p) => p.iter().filter_map(|p| p.replacement.clone()).collect(),
            MatcherForm::Any(m) | MatcherForm::All(m) => m.iter().flat_map(Matcher::replacements).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it finds words of the visible text.
    pub fn finds_words(&self) -> bool {
        match &self.form {
            MatcherForm::Any(m) | MatcherForm::All(m) => m.iter().any(Matcher::finds_words),
            form => form.patterns().is_some(),
        }
    }
}

/// The cure for a broken phrase, with the term that was perhaps meant.
pub(super) fn term_help<'t>(e: &PhraseError, terms: impl IntoIterator<Item = &'t str>) -> String {
    let meant = e.unknown_term.as_deref().and_then(|t| super::shape::did_you_mean(t, terms));
    meant.map_or_else(|| e.help.to_owned(), |t| format!("did you mean `<{t}>`?"))
}

fn applicability(name: &str) -> Applicability {
    match name {
        "safe" => Applicability::Safe,
        "unsafe" => Applicability::Unsafe,
        _ => Applicability::Display,
    }
}

/// A text without line breaks and what else is white: it stands in a row of a table.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The items of a list, or the one item.
pub(super) fn nodes(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Seq(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        _ => vec![node],
    }
}

/// A text, or a list of them.
pub(super) fn list(node: &Node) -> Vec<String> {
    nodes(node).into_iter().filter_map(Node::scalar_text).collect()
}

fn number(node: &Node) -> Option<f64> {
    match node.value {
        Value::Number(n) => Some(n),
        _ => None,
    }
}

/// `severity: x`, or by kind. The form has been checked.
pub fn severity_by_kind(node: &Node) -> SeverityByKind {
    let level = |n: &Node| n.as_str().and_then(Severity::from_name);
    match &node.value {
        Value::Map(entries) => SeverityByKind {
            default: node.get("default").and_then(level),
            by_kind: entries.iter().filter_map(|(k, v)| Some((Kind::from_name(k.as_str()?)?, level(v)))).collect(),
        },
        _ => SeverityByKind { default: level(node), by_kind: BTreeMap::new() },
    }
}

/// The node as JSON.
pub fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => (*n as i64).into(),
        Value::Number(n) => (*n).into(),
        Value::Str(s) => s.as_str().into(),
        Value::Seq(items) => items.iter().map(json).collect::<Vec<_>>().into(),
        Value::Map(entries) => {
            serde_json::Value::Object(entries.iter().map(|(k, v)| (k.scalar_text().unwrap_or_default(), json(v))).collect())
        }
    }
}

#[cfg(test)]
mod tests;
