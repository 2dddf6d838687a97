//! `promolint-ignore.yaml`: accepted findings in files where comments have no place, each with its reason, who answers for it, and how long.

use super::coverage::Coverage;
use crate::document::Kind;
use crate::engine::own::Said;
use crate::engine::paths::{Paths, without_dots};
use crate::engine::rules::RuleSet;
use crate::engine::suppress::{expired, unknown_rule};
use crate::facts::{Broken, Day, Fact};
use crate::finding::{Finding, Suppressed};
use crate::source::{DecodeHint, Source, Span};
use crate::yaml::shape::{self, ObjectShape, Shape, key, required};
use crate::yaml::{self, Fault, Node};
use globset::Glob;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// One entry.
pub static SUPPRESSION: ObjectShape = ObjectShape {
    name: "suppression",
    doc: "A finding that is accepted.",
    keys: &[
        required("rule", Shape::Str, "The rule's id."),
        key("path", Shape::OneOrMany(&Shape::Str), "Files, as in .gitignore, relative to this file. Default: all."),
        key("record", Shape::Str, "The id of the record."),
        key("field", Shape::Str, "The field, as findings name it; what lies below it is meant too."),
        key("text", Shape::Str, "The words that are accepted, as findings show them. Default: any."),
        required("reason", Shape::Str, "Why."),
        key("owner", Shape::Str, "Who answers for it."),
        key("until", Shape::Str, "The last day on which it holds, YYYY-MM-DD."),
    ],
};

static IGNORES: Shape = Shape::List(&Shape::Object(&SUPPRESSION));

/// An accepted finding.
#[derive(Debug)]
pub struct Ignore {
    /// The rule's id.
    pub rule: Fact<String>,
    /// Files, as written; empty for all.
    pub paths: Vec<String>,
    /// Record, field and words; each for any if it is not given.
    pub record: Option<String>,
    /// The field.
    pub field: Option<String>,
    /// The words.
    pub text: Option<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Fact<Day>>,
    /// The line it begins on, from 1.
    pub line: usize,
    /// How many lines it has.
    pub lines: usize,
    globs: Paths,
    used: bool,
}

impl Ignore {
    /// Whether its day is past.
    pub fn is_expired(&self, today: Day) -> bool {
        self.until.as_ref().is_some_and(|u| u.value < today)
    }

    /// Whether it is about a finding of its rule.
    fn matches(&self, f: &Finding) -> bool {
        let record = f.record.as_ref();
        self.record.as_ref().is_none_or(|r| record.and_then(|x| x.id.as_ref()) == Some(r))
            && self.field.as_ref().is_none_or(|field| record.and_then(|x| x.field.as_deref()).is_some_and(|x| is_at(x, field)))
            && self.text.as_ref().is_none_or(|t| f.primary.text.as_deref().is_some_and(|x| collapsed(x) == *t))
            && (self.paths.is_empty() || f.path.as_ref().or(f.url.as_ref()).is_some_and(|p| self.globs.is_match(p)))
    }
}

/// Whether a field is the one that is meant, or lies below it. The `/` of a pointer may be left out.
fn is_at(field: &str, meant: &str) -> bool {
    let (field, meant) = (field.trim_start_matches('/'), meant.trim_start_matches('/'));
    field.strip_prefix(meant).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entries of one file.
#[derive(Debug)]
pub struct Ignores {
    source: Source,
    folder: PathBuf,
    list: Vec<Ignore>,
    /// Entries by the rule's id of today; made when the rules are known.
    by_rule: Option<HashMap<String, Vec<usize>>>,
}

impl Ignores {
    /// Where they are looked for.
    pub const FILE_NAME: &'static str = "promolint-ignore.yaml";

    /// Reads the bytes of a file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// Everything in it that is wrong, each at its place.
    pub fn read(file: &Path, bytes: Vec<u8>) -> Result<Ignores, Broken> {
        let source = Source::decode(crate::engine::name_of(file), bytes, DecodeHint::Text);
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        let text = source.text();
        if text.trim_start_matches('\u{FEFF}').lines().all(|l| l.trim().is_empty() || l.trim_start().starts_with('#')) {
            return Ok(Ignores { source, folder, list: Vec::new(), by_rule: None });
        }
        let root = match yaml::parse(text) {
            Ok(root) => root,
            Err(e) => return Err(Broken::new(source, vec![Fault::new(e.span, e.message.clone(), e.help())])),
        };
        let mut faults = Vec::new();
        shape::check(&root, &IGNORES, "the list of suppressions", &mut faults);
        let list: Vec<Ignore> = root.as_seq().unwrap_or_default().iter().filter_map(|n| entry(n, &source, &folder, &mut faults)).collect();
        if faults.is_empty() {
            return Ok(Ignores { source, folder, list, by_rule: None });
        }
        faults.sort_by_key(|f| f.span.start);
        faults.dedup_by_key(|f| f.span);
        Err(Broken::new(source, faults))
    }

    /// The file, as reports name it.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = &Ignore> {
        self.list.iter()
    }

    /// What accepts a finding. An entry whose day is past accepts nothing, but is known to be needed.
    pub(super) fn accepts(&mut self, f: &mut Finding, rules: &RuleSet, today: Day) -> Option<Suppressed> {
        let by_rule = self.by_rule.get_or_insert_with(|| {
            let mut map: HashMap<String, Vec<usize>> = HashMap::new();
            for (n, i) in self.list.iter().enumerate() {
                map.entry(rules.id_of(&i.rule.value).unwrap_or(&i.rule.value).to_owned()).or_default().push(n);
            }
            map
        });
        // Of a rule that left its words to another, only the mention is left.
        let (list, name) = (&mut self.list, self.source.name());
        let also = std::mem::take(&mut f.also);
        f.also = also
            .into_iter()
            .filter(|a| {
                let i = by_rule.get(&a.rule).into_iter().flatten().copied().find(|n| list.get(*n).is_some_and(|i| i.matches(f)));
                let Some(i) = i.and_then(|n| list.get_mut(n)) else { return true };
                i.used = true;
                i.is_expired(today)
            })
            .collect();
        let mut by = None;
        for &n in by_rule.get(&f.rule).into_iter().flatten() {
            let Some(i) = list.get_mut(n).filter(|i| i.matches(f)) else { continue };
            i.used = true;
            if by.is_none() && !i.is_expired(today) {
                by = Some(Suppressed {
                    by: "file".into(),
                    reason: i.reason.clone(),
                    owner: i.owner.clone(),
                    until: i.until.as_ref().map(|u| u.value.to_string()),
                    place: Some(format!("{name}:{}", i.line)),
                });
            }
        }
        by
    }

    /// Findings about the entries themselves: of no rule, past their day, or needed no more. The latter only as far as `covered` tells that
    /// all they could accept was looked at.
    pub(super) fn wrong(&self, rules: &RuleSet, today: Day, covered: Option<&Coverage>) -> Vec<Finding> {
        let mut out = Vec::new();
        for i in &self.list {
            let Some(id) = rules.id_of(&i.rule.value) else {
                let (message, help) = unknown_rule(&i.rule.value, rules);
                let finding = self.finding(rules, &out, "suppression-unknown-rule", i.rule.span, (message, help));
                out.extend(finding);
                continue;
            };
            let judged = covered.is_some_and(|c| c.has_rule(id, rules) && self.is_covered(i, c));
            match &i.until {
                Some(until) if i.is_expired(today) && (i.used || judged) => {
                    let finding =
                        self.finding(rules, &out, "suppression-expired", until.span, expired(id, until.value, i.owner.as_deref()));
                    out.extend(finding);
                }
                _ if !i.used && judged => {
                    let what = if i.paths.is_empty() { "no input" } else { "nothing at its path" };
                    let narrow = i.record.is_some() || i.field.is_some() || i.text.is_some();
                    let place = if narrow { ", record, field or text" } else { "" };
                    let said = (format!("{what}{place} breaks `{id}`"), "remove the entry".to_owned());
                    let finding = self.finding(rules, &out, "suppression-unused", i.rule.span, said);
                    out.extend(finding);
                }
                _ => {}
            }
        }
        out
    }

    /// Whether all files that an entry may be about were read.
    fn is_covered(&self, i: &Ignore, coverage: &Coverage) -> bool {
        let folder = coverage.absolute(&crate::engine::name_of(&self.folder));
        let meant = |p: &Path| i.paths.is_empty() || i.globs.is_match(&p.to_string_lossy());
        if coverage.troubled().any(meant) {
            return false;
        }
        if i.paths.is_empty() {
            return coverage.has_folder(&folder);
        }
        i.paths.iter().all(|p| {
            let (base, literal) = base(&folder, p);
            match literal {
                // A file that is there and was not read is left out for some reason, which is no one's concern here.
                Some(file) if file.is_file() => coverage.has_read(&file) && (p.contains('/') || coverage.has_folder(&folder)),
                _ => coverage.has_folder(&base) && coverage.read().any(|f| f.starts_with(&folder)),
            }
        })
    }

    /// `before`: what was found of the file already.
    fn finding(&self, rules: &RuleSet, before: &[Finding], id: &'static str, span: Span, said: (String, String)) -> Option<Finding> {
        let text = self.source.text().get(span.range()).unwrap_or_default().to_owned();
        let alike = |f: &&Finding| f.rule == id && f.primary.text.as_ref() == Some(&text);
        let occurrence = before.iter().filter(alike).count();
        let (message, help) = said;
        Said { id, message, help, text, spans: vec![span], occurrence }.finding(rules, &self.source, Kind::Page)
    }
}

/// The folder below which all lies that a pattern matches; and the file or folder itself, if it is no pattern.
fn base(folder: &Path, pattern: &str) -> (PathBuf, Option<PathBuf>) {
    let p = pattern.trim_end_matches('/').trim_start_matches("./");
    if p.contains(['*', '?', '[', '{', '\\']) {
        let fixed = p.split('/').take_while(|part| !part.contains(['*', '?', '[', '{', '\\']));
        let fixed: PathBuf = if p.contains('/') { fixed.filter(|x| !x.is_empty()).collect() } else { PathBuf::new() };
        return (without_dots(&folder.join(fixed)), None);
    }
    let path = without_dots(&folder.join(p.trim_start_matches('/')));
    if p.contains('/') { (path.clone(), Some(path)) } else { (folder.to_owned(), Some(path)) }
}

fn entry(node: &Node, source: &Source, folder: &Path, faults: &mut Vec<Fault>) -> Option<Ignore> {
    node.as_map()?;
    let text = |key: &str| node.get(key).and_then(Node::scalar).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    for (k, v) in node.as_map().unwrap_or_default() {
        if v.scalar().is_some_and(|t| t.trim().is_empty()) {
            let name = k.scalar().unwrap_or_default();
            faults.push(Fault::new(v.span, format!("`{name}` is empty"), format!("write the {name}, or take the key out")));
        }
    }
    let items = node.get("path").map(|n| n.as_seq().unwrap_or(std::slice::from_ref(n))).unwrap_or_default();
    for n in items {
        if let Some(Err(e)) = n.scalar().map(Glob::new) {
            let message = format!("`{}` is not a pattern: {}", n.scalar().unwrap_or_default(), e.kind());
            faults.push(Fault::new(n.span, message, "patterns are those of .gitignore: `*`, `**`, `?`, `[ab]`, `{a,b}`"));
        }
    }
    let paths: Vec<String> = items.iter().filter_map(|n| Some(n.scalar()?.trim().to_owned())).filter(|p| !p.is_empty()).collect();
    let until = node.get("until").and_then(|n| match Day::parse(n.scalar()?.trim()) {
        Some(day) => Some(Fact::new(day, n.span)),
        None => {
            faults.push(Fault::new(n.span, format!("`{}` is not a day", n.scalar().unwrap_or_default()), "write YYYY-MM-DD"));
            None
        }
    });
    let rule = node.get("rule")?;
    let position = source.position(node.span.start);
    Some(Ignore {
        rule: Fact::new(text("rule")?, rule.span),
        globs: Paths::of_patterns(&paths, folder),
        paths,
        record: text("record"),
        field: text("field"),
        text: text("text").map(|t| collapsed(&t)),
        reason: text("reason")?,
        owner: text("owner"),
        until,
        line: position.line,
        lines: source.position(node.span.end).line - position.line + 1,
        used: false,
    })
}
