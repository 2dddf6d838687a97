//! Phrases, regular expressions and replacements over visible text, behind one prefilter for all rules.

use super::{Hit, Subject};
use crate::document::{Block, Document};
use crate::pack::Pattern;
use crate::pack::model::{Matcher, MatcherForm, Rule};
use daachorse::DoubleArrayAhoCorasick;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Where one pattern of a rule may match.
#[derive(Clone, Debug)]
struct Candidate {
    /// Which text matcher of the rule.
    leaf: u32,
    /// Which of its patterns.
    pattern: u32,
    /// Which of the starts are its keys'; `None` for a pattern without keys, which is tried on every block.
    starts: Option<Range<usize>>,
    /// Whether other matchers have the same pattern.
    shared: bool,
}

/// What the prefilter found for one rule.
#[derive(Debug, Default)]
pub struct Candidates {
    list: Vec<Candidate>,
    /// Where keys start in the document's text, those of all rules.
    starts: Rc<[u32]>,
}

/// What it found for one matcher, by pattern.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfLeaf<'c> {
    list: &'c [Candidate],
    starts: &'c [u32],
}

impl OfLeaf<'_> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl Candidates {
    /// Those of one text matcher.
    pub fn of_leaf(&self, leaf: usize) -> OfLeaf<'_> {
        let leaf = leaf as u32;
        let from = self.list.partition_point(|c| c.leaf < leaf);
        let to = self.list.partition_point(|c| c.leaf <= leaf);
        OfLeaf { list: &self.list[from..to], starts: &self.starts }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// A pattern of one rule, or of several.
struct Known {
    pattern: Arc<Pattern>,
    /// The rules, each with its matcher and the pattern's number in it.
    uses: Vec<(u32, u32, u32)>,
}

/// Finds, in one pass over a text, which patterns of all rules may match in it.
pub struct Prefilter {
    automaton: Option<DoubleArrayAhoCorasick<u32>>,
    /// For each key, the patterns it belongs to, with the one spelling that counts, where case matters.
    owners: Vec<Vec<(u32, Option<Box<str>>)>>,
    patterns: Vec<Known>,
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
        let mut owners: Vec<Vec<(u32, Option<Box<str>>)>> = Vec::new();
        let mut patterns: Vec<Known> = Vec::new();
        let mut numbers: HashMap<usize, u32> = HashMap::new();
        let mut always = Vec::new();
        let mut count = 0;
        for (r, rule) in rules.into_iter().enumerate() {
            count = r + 1;
            let mut leaf = 0;
            visit(&rule.matcher, &mut |list| {
                for (p, pattern) in list.iter().enumerate() {
                    let place = (r as u32, leaf, p as u32);
                    if pattern.keys().is_empty() {
                        always.push(place);
                        continue;
                    }
                    if let Some(&known) = numbers.get(&Arc::as_ptr(pattern).addr()) {
                        patterns[known as usize].uses.push(place);
                        continue;
                    }
                    let number = patterns.len() as u32;
                    numbers.insert(Arc::as_ptr(pattern).addr(), number);
                    patterns.push(Known { pattern: Arc::clone(pattern), uses: vec![place] });
                    for key in pattern.keys() {
                        let i = *index.entry(key.to_ascii_lowercase()).or_insert_with_key(|key| {
                            keys.push(key.clone());
                            owners.push(Vec::new());
                            keys.len() - 1
                        });
                        owners[i].push((number, pattern.keys_are_exact().then(|| key.as_str().into())));
                    }
                }
                leaf += 1;
            });
        }
        let automaton = DoubleArrayAhoCorasick::new(&keys).ok();
        Prefilter { automaton, owners, patterns, always, rules: count }
    }

    /// The candidates of each rule, by rule. `active` says which rules matter for this document.
    pub fn candidates(&self, subject: &Subject, active: &dyn Fn(usize) -> bool) -> Vec<Candidates> {
        let document = subject.document;
        let mut out: Vec<Candidates> = Vec::new();
        out.resize_with(self.rules, Candidates::default);
        if document.text.is_empty() {
            return out;
        }
        let found = self.found(subject, active);
        let starts: Rc<[u32]> = found.iter().map(|(_, start)| *start).collect();
        let mut put = |(rule, leaf, pattern): (u32, u32, u32), starts: Option<Range<usize>>, shared: bool| {
            if active(rule as usize) {
                out[rule as usize].list.push(Candidate { leaf, pattern, starts, shared });
            }
        };
        self.always.iter().for_each(|place| put(*place, None, false));
        let mut from = 0;
        for own in found.chunk_by(|a, b| a.0 == b.0) {
            let range = from..from + own.len();
            from = range.end;
            let known = own.first().and_then(|(number, _)| self.patterns.get(*number as usize));
            let uses = known.map_or(&[][..], |k| &k.uses);
            uses.iter().for_each(|place| put(*place, Some(range.clone()), uses.len() > 1));
        }
        for c in out.iter_mut().filter(|c| !c.list.is_empty()) {
            c.list.sort_unstable_by_key(|c| (c.leaf, c.pattern));
            c.starts = Rc::clone(&starts);
        }
        out
    }

    /// The patterns that may match, and where their keys start, in order.
    fn found(&self, subject: &Subject, active: &dyn Fn(usize) -> bool) -> Vec<(u32, u32)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let (text, lower) = (subject.document.text.as_bytes(), subject.lower());
        let mut matter: Vec<Option<bool>> = vec![None; self.patterns.len()];
        let mut found = Vec::new();
        for m in automaton.find_overlapping_iter(lower) {
            for (number, exact) in &self.owners[m.value() as usize] {
                // The right spelling of a name is met far more often than the wrong ones that differ in case only.
                if exact.as_ref().is_some_and(|e| e.as_bytes() != &text[m.start()..m.end()]) {
                    continue;
                }
                let known = &self.patterns[*number as usize];
                let matters = *matter[*number as usize].get_or_insert_with(|| known.uses.iter().any(|(rule, ..)| active(*rule as usize)));
                if matters && lower.get(m.start()..).is_some_and(|rest| known.pattern.goes_on(rest)) {
                    found.push((*number, m.start() as u32));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
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
pub(super) fn find(subject: &Subject, patterns: &[Arc<Pattern>], candidates: OfLeaf) -> Vec<Hit> {
    let mut hits = Vec::new();
    for c in candidates.list {
        let Some(pattern) = patterns.get(c.pattern as usize) else { continue };
        let Some(own) = c.starts.as_ref().map(|range| &candidates.starts[range.clone()]) else {
            for block in &subject.document.blocks {
                in_window(subject.document, pattern, block, 0..block.end - block.start, &mut hits);
            }
            continue;
        };
        if !c.shared {
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

fn find_one(subject: &Subject, pattern: &Pattern, starts: &[u32], hits: &mut Vec<Hit>) {
    let document = subject.document;
    // One match may hold several keys, and windows around them may overlap.
    let mut starts = starts.iter().map(|s| *s as usize).peekable();
    let mut done = 0;
    while let Some(start) = starts.next() {
        if pattern.is_spelled() {
            hits.extend(pattern.spelled_at(&document.text, start).and_then(|end| hit(document, pattern, start, end)));
            continue;
        }
        if start < done {
            continue;
        }
        let Some(block) = document.block_at(start).map(|b| &document.blocks[b]) else { continue };
        let window_of = |start: usize| pattern.window(start - block.start, block.end - block.start);
        let mut window = window_of(start);
        let at_start = pattern.begins_with_key();
        if !at_start {
            let near = |start: usize, end: usize| start < block.end && window_of(start).start <= end;
            while let Some(next) = starts.next_if(|next| near(*next, window.end)) {
                window.end = window.end.max(window_of(next).end);
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
