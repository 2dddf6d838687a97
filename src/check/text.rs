//! Phrases, regular expressions and replacements over visible text, behind one prefilter for all rules.

use super::{Hit, Subject};
use crate::document::{Block, Document};
use crate::pack::Pattern;
use crate::pack::model::{Matcher, MatcherForm, Rule};
use daachorse::DoubleArrayAhoCorasick;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A place where a pattern may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// Which text matcher of the rule.
    pub leaf: u32,
    /// Which of its patterns.
    pub pattern: u32,
    /// Where its key starts in the document's text; [`ANYWHERE`] for patterns that have none.
    pub start: u32,
}

/// The start of a candidate whose pattern must be tried on every block.
pub const ANYWHERE: u32 = u32::MAX;

/// What the prefilter found for one rule.
#[derive(Debug, Default)]
pub struct Candidates {
    list: Vec<Candidate>,
}

impl Candidates {
    /// Those of one text matcher.
    pub fn of_leaf(&self, leaf: usize) -> &[Candidate] {
        let leaf = leaf as u32;
        let from = self.list.partition_point(|c| c.leaf < leaf);
        let to = self.list.partition_point(|c| c.leaf <= leaf);
        &self.list[from..to]
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// A pattern that a key belongs to.
#[derive(Debug)]
struct Owner {
    rule: u32,
    leaf: u32,
    pattern: u32,
    /// The one spelling that counts, where case matters.
    exact: Option<Box<str>>,
}

/// Finds, in one pass over a text, which patterns of all rules may match in it.
pub struct Prefilter {
    automaton: Option<DoubleArrayAhoCorasick<u32>>,
    /// For each key, what it belongs to.
    owners: Vec<Vec<Owner>>,
    /// How many rules there are.
    rules: usize,
    /// Patterns without a key.
    always: Vec<(u32, u32, u32)>,
}

impl std::fmt::Debug for Prefilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys of {} rules", self.owners.len(), self.rules)
    }
}

impl Prefilter {
    /// A prefilter for these rules.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Prefilter {
        let mut keys: Vec<String> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut owners: Vec<Vec<Owner>> = Vec::new();
        let mut always = Vec::new();
        let mut count = 0;
        for (r, rule) in rules.into_iter().enumerate() {
            count = r + 1;
            let mut leaf = 0;
            visit(&rule.matcher, &mut |patterns| {
                for (p, pattern) in patterns.iter().enumerate() {
                    if pattern.keys().is_empty() {
                        always.push((r as u32, leaf, p as u32));
                    }
                    for key in pattern.keys() {
                        let i = *index.entry(key.to_ascii_lowercase()).or_insert_with_key(|key| {
                            keys.push(key.clone());
                            owners.push(Vec::new());
                            keys.len() - 1
                        });
                        let exact = pattern.keys_are_exact().then(|| key.as_str().into());
                        owners[i].push(Owner { rule: r as u32, leaf, pattern: p as u32, exact });
                    }
                }
                leaf += 1;
            });
        }
        let automaton = DoubleArrayAhoCorasick::new(&keys).ok();
        Prefilter { automaton, owners, always, rules: count }
    }

    /// The candidates of each rule, by rule. `active` says which rules matter for this document.
    pub fn candidates(&self, subject: &Subject, active: &dyn Fn(usize) -> bool) -> Vec<Candidates> {
        let document = subject.document;
        let mut out: Vec<Candidates> = Vec::new();
        out.resize_with(self.rules, Candidates::default);
        for &(rule, leaf, pattern) in &self.always {
            if active(rule as usize) && !document.text.is_empty() {
                let c = Candidate { leaf, pattern, start: ANYWHERE };
                out[rule as usize].list.push(c);
            }
        }
        if let Some(automaton) = &self.automaton {
            let text = document.text.as_bytes();
            for m in automaton.find_overlapping_iter(subject.lower()) {
                for owner in &self.owners[m.value() as usize] {
                    // The right spelling of a name is met far more often than the wrong ones that differ in case only.
                    let differs = owner.exact.as_ref().is_some_and(|e| e.as_bytes() != &text[m.start()..m.end()]);
                    if !differs && active(owner.rule as usize) {
                        let c = Candidate { leaf: owner.leaf, pattern: owner.pattern, start: m.start() as u32 };
                        out[owner.rule as usize].list.push(c);
                    }
                }
            }
        }
        for c in &mut out {
            c.list.sort_unstable();
            c.list.dedup();
        }
        out
    }
}

fn visit(m: &Matcher, f: &mut dyn FnMut(&[Arc<Pattern>])) {
    if let Some(patterns) = m.form.patterns() {
        return f(patterns);
    }
    match &m.form {
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| visit(m, f)),
        MatcherForm::Not(inner) => visit(inner, f),
        _ => {}
    }
}

/// The matches of patterns at their candidates. What a pattern that several matchers have finds is kept for the next of them.
pub(super) fn find(subject: &Subject, patterns: &[Arc<Pattern>], candidates: &[Candidate]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for own in candidates.chunk_by(|a, b| a.pattern == b.pattern) {
        let Some(pattern) = own.first().and_then(|c| patterns.get(c.pattern as usize)) else { continue };
        if Arc::strong_count(pattern) == 1 {
            find_one(subject, pattern, own, &mut hits);
            continue;
        }
        let key = Arc::as_ptr(pattern).addr();
        if let Some(known) = subject.found.borrow().get(&key) {
            hits.extend(known.iter().cloned());
            continue;
        }
        let from = hits.len();
        find_one(subject, pattern, own, &mut hits);
        subject.found.borrow_mut().insert(key, hits[from..].to_vec());
    }
    hits
}

fn find_one(subject: &Subject, pattern: &Pattern, candidates: &[Candidate], hits: &mut Vec<Hit>) {
    let document = subject.document;
    // One match may hold several candidates, and windows around them may overlap.
    let mut candidates = candidates.iter().peekable();
    let mut done = 0;
    while let Some(c) = candidates.next() {
        if c.start == ANYWHERE {
            for block in &document.blocks {
                in_window(document, pattern, block, 0..block.end - block.start, hits);
            }
            continue;
        }
        let start = c.start as usize;
        if pattern.is_spelled() {
            hits.extend(pattern.spelled_at(&document.text, start).and_then(|end| hit(document, pattern, start, end)));
            continue;
        }
        if start < done || !subject.lower().get(start..).is_some_and(|lower| pattern.goes_on(lower)) {
            continue;
        }
        let Some(block) = document.block_at(start).map(|b| &document.blocks[b]) else { continue };
        let window_of = |start: u32| pattern.window(start as usize - block.start, block.end - block.start);
        let mut window = window_of(c.start);
        let at_start = pattern.begins_with_key();
        if !at_start {
            let near = |n: &&Candidate, end: usize| (n.start as usize) < block.end && window_of(n.start).start <= end;
            while let Some(next) = candidates.next_if(|n| near(n, window.end)) {
                window.end = window.end.max(window_of(next.start).end);
            }
        }
        let text = document.block_text(block);
        let window = text.floor_char_boundary(window.start)..text.ceil_char_boundary(window.end);
        let lower = subject.lower().get(block.start + window.start..block.start + window.end);
        if !lower.is_some_and(|lower| pattern.may_match(lower)) {
            continue;
        }
        if !at_start {
            in_window(document, pattern, block, window, hits);
        } else if let Some(m) = pattern.find_in(text, window, true) {
            done = block.start + m.end;
            hits.extend(hit(document, pattern, block.start + m.start, block.start + m.end));
        }
    }
}

/// All matches in a window of a block.
fn in_window(document: &Document, pattern: &Pattern, block: &Block, window: Range<usize>, hits: &mut Vec<Hit>) {
    let text = document.block_text(block);
    let mut at = window.start;
    while at <= window.end
        && let Some(m) = pattern.find_in(text, at..window.end, false)
    {
        hits.extend(hit(document, pattern, block.start + m.start, block.start + m.end));
        at = m.end;
    }
}

fn hit(document: &Document, pattern: &Pattern, start: usize, end: usize) -> Option<Hit> {
    let spans = document.map.spans(start, end);
    let block = document.block_at(start)?;
    if spans.is_empty() {
        return None;
    }
    Some(Hit {
        spans,
        range: Some((start, end)),
        text: document.text.get(start..end)?.to_owned(),
        replacement: pattern.replacement.clone(),
        field: document.blocks[block].field,
        ..Hit::default()
    })
}
