//! `promolint.yaml`: found, checked, and every value with where it was set.

use crate::document::Kind;
use crate::engine::Paths;
use crate::facts::Day;
use crate::finding::Confidence;
use crate::pack::model::SeverityByKind;
use crate::pack::shape::{self, Shape};
use crate::pack::{Fault, PackSource, severity_by_kind, shapes};
use crate::source::Span;
use crate::yaml::{self, Node};
use globset::Glob;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The name of the file, and of no other.
pub const FILE_NAME: &str = "promolint.yaml";

/// Settings for some files.
#[derive(Debug, Clone, Default)]
pub struct Override {
    /// Patterns as in .gitignore, relative to the configuration's folder.
    pub paths: Vec<String>,
    /// Severities by rule.
    pub rules: HashMap<String, SeverityByKind>,
    /// The line it starts at.
    pub line: usize,
    /// The line of each rule, by id.
    pub lines: HashMap<String, usize>,
}

/// A register that a configuration names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register {
    /// The file, relative to the configuration's folder.
    pub file: String,
    /// Whether it is complete, where the file itself cannot say so.
    pub complete: Option<bool>,
    /// The day on which it was right.
    pub checked_on: Option<Day>,
}

/// What a configuration file says.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The file; `None` where there is none.
    pub file: Option<PathBuf>,
    /// Packs, by name or path.
    pub packs: Option<Vec<String>>,
    /// Who is speaking.
    pub partner: Option<String>,
    /// Registers by name.
    pub registers: HashMap<String, Register>,
    /// What some files are.
    pub kinds: Vec<(Vec<String>, Kind)>,
    /// Files to leave out.
    pub exclude: Vec<String>,
    /// Severities by rule.
    pub rules: HashMap<String, SeverityByKind>,
    /// Settings for some files.
    pub overrides: Vec<Override>,
    /// Files with further export formats.
    pub formats: Vec<String>,
    /// The baseline, relative to the configuration's folder.
    pub baseline: Option<String>,
    /// The file of suppressions, relative to the configuration's folder.
    pub suppressions: Option<String>,
    /// From which severity a run fails: `error`, `warning`, `note`, `never`.
    pub fail_on: Option<String>,
    /// How well rules must be sourced.
    pub min_confidence: Option<Confidence>,
    /// The line of each key that is set, from 1; of a rule's as `rules.ID`, of an entry's as `exclude.0`, `kinds.0`.
    pub lines: HashMap<String, usize>,
    /// Every name of a rule in it, with its place.
    pub named: Vec<(String, Span)>,
    /// Its text.
    pub text: String,
}

/// A configuration that cannot be used.
#[derive(Debug)]
pub struct Broken {
    /// The file.
    pub source: PackSource,
    /// What is wrong in it.
    pub faults: Vec<Fault>,
}

/// The nearest configuration file at or above a folder: whatever has its name, so that one that cannot be read is told.
pub fn find(from: &Path) -> Option<PathBuf> {
    let from = std::path::absolute(from).ok()?;
    from.ancestors().map(|d| d.join(FILE_NAME)).find(|p| p.symlink_metadata().is_ok())
}

/// A file beside or below the configuration that looks like one and is none for its ending.
pub fn find_misnamed(from: &Path) -> Option<PathBuf> {
    let from = std::path::absolute(from).ok()?;
    let above = from.ancestors().take_while(|d| d.join(FILE_NAME).symlink_metadata().is_err());
    above.map(|d| d.join(Path::new(FILE_NAME).with_extension("yml"))).find(|p| p.is_file())
}

impl Config {
    /// Reads a configuration file's text.
    ///
    /// # Errors
    /// Everything in it that is wrong, each at its place.
    pub fn parse(file: &Path, text: &str) -> Result<Config, Broken> {
        let source = PackSource::new(crate::engine::name_of(file), text.to_owned());
        let broken = |faults: Vec<Fault>| Broken { source: source.clone(), faults };
        if text.lines().all(|l| l.trim().is_empty() || l.trim_start().starts_with('#')) {
            return Ok(Config { file: Some(file.to_owned()), ..Config::default() });
        }
        let root = yaml::parse(text).map_err(|e| broken(vec![Fault::new(e.span, e.message.clone(), e.help())]))?;
        let (mut faults, mut counted) = (Vec::new(), Counted::default());
        shape::check(&root, &Shape::Object(&shapes::CONFIG), "the configuration", &mut faults);
        let mut config = Config { file: Some(file.to_owned()), text: text.to_owned(), ..Config::default() };
        let line = |n: &Node| text[..n.span.start].matches('\n').count() + 1;
        for (k, _) in root.as_map().unwrap_or_default() {
            config.lines.insert(k.scalar_text().unwrap_or_default(), line(k));
        }
        let strings = |n: Option<&Node>| n.map(list).unwrap_or_default();
        config.packs = root.get("packs").map(list);
        config.partner = root.get("partner").and_then(Node::scalar_text);
        for (k, v) in root.get("registers").and_then(Node::as_map).unwrap_or_default() {
            let name = k.scalar_text().unwrap_or_default();
            config.lines.insert(format!("registers.{name}"), line(k));
            config.registers.insert(name, register(v, &mut faults));
        }
        for n in root.get("kinds").and_then(Node::as_seq).unwrap_or_default() {
            check_globs(n.get("paths"), &mut counted, &mut faults);
            if let Some(kind) = n.get("kind").and_then(Node::as_str).and_then(Kind::from_name) {
                config.lines.insert(format!("kinds.{}", config.kinds.len()), line(n));
                config.kinds.push((strings(n.get("paths")), kind));
            }
        }
        check_globs(root.get("exclude"), &mut counted, &mut faults);
        config.exclude = strings(root.get("exclude"));
        for (i, n) in root.get("exclude").and_then(Node::as_seq).unwrap_or_default().iter().enumerate() {
            config.lines.insert(format!("exclude.{i}"), line(n));
        }
        config.rules = rules(root.get("rules"), text, &mut config.lines, &mut config.named);
        for n in root.get("overrides").and_then(Node::as_seq).unwrap_or_default() {
            check_globs(n.get("paths"), &mut counted, &mut faults);
            let mut lines = HashMap::new();
            let rules = rules(n.get("rules"), text, &mut lines, &mut config.named);
            let lines = lines.into_iter().filter_map(|(k, l)| Some((k.strip_prefix("rules.")?.to_owned(), l))).collect();
            config.overrides.push(Override { paths: strings(n.get("paths")), rules, line: line(n), lines });
        }
        config.formats = strings(root.get("formats"));
        config.baseline = root.get("baseline").and_then(Node::scalar_text);
        config.suppressions = root.get("suppressions").and_then(Node::scalar_text);
        config.fail_on = root.get("fail_on").and_then(Node::scalar_text);
        config.min_confidence = root.get("min_confidence").and_then(Node::as_str).and_then(Confidence::from_name);
        if faults.is_empty() { Ok(config) } else { Err(broken(faults)) }
    }

    /// The folder that paths in the file are relative to.
    pub fn folder(&self) -> PathBuf {
        self.file.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default()
    }

    /// Patterns of the file, which are relative to its folder.
    pub fn globs(&self, patterns: &[String]) -> Paths {
        Paths::of_patterns(patterns, &self.folder())
    }
}

/// What the patterns of one file may come to: how many there are, and how many bytes.
const MAX_PATTERNS: (usize, usize) = (2000, 64 << 10);

/// Patterns that were counted, and their bytes.
type Counted = (usize, usize);

fn check_globs(node: Option<&Node>, counted: &mut Counted, faults: &mut Vec<Fault>) {
    let items: Vec<&Node> = match node {
        Some(n) => n.as_seq().map_or_else(|| vec![n], |s| s.iter().collect()),
        None => Vec::new(),
    };
    for n in items {
        let text = n.scalar_text().unwrap_or_default();
        let within = |c: &Counted| c.0 <= MAX_PATTERNS.0 && c.1 <= MAX_PATTERNS.1;
        let before = std::mem::replace(counted, (counted.0 + 1, counted.1 + text.len()));
        if !within(counted) {
            if within(&before) {
                faults.push(Fault::new(
                    n.span,
                    format!("these are too many patterns: up to {} of {} KB in all are read", MAX_PATTERNS.0, MAX_PATTERNS.1 >> 10),
                    "name folders instead of their files",
                ));
            }
            continue;
        }
        if let Err(e) = Glob::new(&text) {
            faults.push(Fault::new(
                n.span,
                format!("`{text}` is not a pattern: {}", e.kind()),
                "patterns are those of .gitignore: `*`, `**`, `?`, `[ab]`, `{a,b}`",
            ));
        }
    }
}

fn rules(
    node: Option<&Node>,
    text: &str,
    lines: &mut HashMap<String, usize>,
    named: &mut Vec<(String, Span)>,
) -> HashMap<String, SeverityByKind> {
    let mut out = HashMap::new();
    for (k, v) in node.and_then(Node::as_map).unwrap_or_default() {
        let id = k.scalar_text().unwrap_or_default();
        lines.insert(format!("rules.{id}"), text[..k.span.start].matches('\n').count() + 1);
        named.push((id.clone(), k.span));
        let node = v.get("severity").unwrap_or(v);
        if node.as_map().is_some() || node.as_str().is_some() {
            out.insert(id, severity_by_kind(node));
        }
    }
    out
}

fn register(n: &Node, faults: &mut Vec<Fault>) -> Register {
    if let Some(file) = n.scalar_text() {
        return Register { file, ..Register::default() };
    }
    let text = |key: &str| n.get(key).and_then(Node::scalar_text);
    let checked_on = text("checked_on").map(|d| Day::parse(&d));
    if let (Some(None), Some(at)) = (checked_on, n.get("checked_on")) {
        faults.push(Fault::new(at.span, "this is not a day", "write YYYY-MM-DD"));
    }
    let complete = text("complete").map(|c| c == "true");
    Register { file: text("file").unwrap_or_default(), complete, checked_on: checked_on.flatten() }
}

fn list(n: &Node) -> Vec<String> {
    match n.as_seq() {
        Some(items) => items.iter().filter_map(Node::scalar_text).collect(),
        None => n.scalar_text().into_iter().collect(),
    }
}

/// What `promolint init` writes.
pub const TEMPLATE: &str = include_str!("template.yaml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_not_without_number() {
        let of = |n: usize, pattern: &str| {
            let text = format!("exclude:\n{}", format!("  - \"{pattern}\"\n").repeat(n));
            Config::parse(Path::new("promolint.yaml"), &text).map_err(|b| b.faults.len())
        };
        assert!(of(MAX_PATTERNS.0, "a/**").is_ok());
        assert_eq!(of(MAX_PATTERNS.0 + 500, "a/**").err(), Some(1));
        assert_eq!(of(1, &"a".repeat(MAX_PATTERNS.1 + 1)).err(), Some(1));
    }
}
