//! Phrases, regular expressions and replacements over visible text, behind one prefilter for all rules.

use super::index::{Index, Sought};
use super::{Hit, Subject, builtin, text_leaves};
use crate::document::{Block, Document, Kind};
use crate::pack::Pattern;
use crate::pack::model::{Matcher, MatcherForm, Rule};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Where one pattern of a rule may match.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    /// Which rule.
    rule: u32,
    /// Which text matcher of the rule.
    leaf: u32,
    /// Which of its patterns.
    pattern: u32,
    /// Its number among those that are known, and which of the starts are its keys'; `None` for a pattern without keys, which is tried on
    /// every block.
    known: Option<(u32, [u32; 2])>,
}

/// Memory of the prefilter, for one text after the other.
#[derive(Debug, Default)]
pub struct Scratch {
    /// What was met, by pattern.
    met: Vec<(u32, u32)>,
    /// Further keys, by set.
    further: Vec<(u32, u32)>,
    /// Where keys start, by pattern.
    starts: Grouped,
    /// Where further keys start, by set.
    sets: Grouped,
    /// For each pattern, whether it matters here.
    matter: Vec<Matter>,
}

/// Whether a pattern matters in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matter {
    Unasked,
    No,
    Yes,
}

/// Places by what stands there, each once and in order.
#[derive(Debug, Default)]
struct Grouped {
    places: Vec<u32>,
    /// From where to where they are whose; nothing of those that have none.
    ranges: Vec<[u32; 2]>,
    /// Those that have some.
    owners: Vec<u32>,
}

impl Grouped {
    /// Takes places with whose they are, in the text's order. `whose`: how many may have some.
    fn fill(&mut self, met: &[(u32, u32)], whose: usize) {
        let Grouped { places, ranges, owners } = self;
        owners.drain(..).for_each(|number| ranges[number as usize] = [0, 0]);
        ranges.resize(whose, [0, 0]);
        for (number, _) in met {
            let [_, count] = &mut ranges[*number as usize];
            owners.extend((*count == 0).then_some(*number));
            *count += 1;
        }
        let mut next = 0;
        for number in &*owners {
            let range = &mut ranges[*number as usize];
            let [_, count] = *range;
            *range = [next, next];
            next += count;
        }
        places.clear();
        places.resize(met.len(), 0);
        for &(number, at) in met {
            let [from, to] = &mut ranges[number as usize];
            // One key may begin another.
            if from == to || places[*to as usize - 1] < at {
                places[*to as usize] = at;
                *to += 1;
            }
        }
    }

    fn has(&self, number: u32) -> bool {
        self.ranges[number as usize] != [0, 0]
    }
}

/// What the prefilter found in a text, for all rules.
pub struct Candidates<'p> {
    prefilter: &'p Prefilter,
    /// By rule, matcher and pattern.
    list: Vec<Candidate>,
    /// Where keys start.
    starts: Vec<u32>,
    /// Where further keys start.
    further: Vec<u32>,
    /// Which of them are whose, by set.
    sets: Vec<(u32, [u32; 2])>,
}

/// What it found for one rule, or one of its matchers.
#[derive(Clone, Copy, Default)]
pub struct OfRule<'c> {
    list: &'c [Candidate],
    of: Option<&'c Candidates<'c>>,
}

/// What it found for each rule that it found something for.
pub struct ByRule<'c> {
    left: &'c [Candidate],
    of: &'c Candidates<'c>,
}

impl<'c> Iterator for ByRule<'c> {
    type Item = (usize, OfRule<'c>);

    fn next(&mut self) -> Option<Self::Item> {
        let rule = self.left.first()?.rule;
        let len = self.left.iter().take_while(|c| c.rule == rule).count();
        let (list, left) = self.left.split_at(len);
        self.left = left;
        Some((rule as usize, OfRule { list, of: Some(self.of) }))
    }
}

impl Candidates<'_> {
    /// Those of each rule that has some, with its number, in the order of the rules.
    pub fn by_rule(&self) -> ByRule<'_> {
        ByRule { left: &self.list, of: self }
    }

    /// Whether something of each set of a pattern's further keys stands in a stretch of the text. `lower`: that stretch.
    fn holds(&self, pattern: u32, stretch: Range<usize>, lower: &str) -> bool {
        self.prefilter.index.sets(pattern).iter().all(|set| {
            let known = self.sets.binary_search_by_key(set, |(number, _)| *number).ok();
            let [from, to] = known.map_or([0, 0], |i| self.sets[i].1);
            let (places, signs) = (&self.further[from as usize..to as usize], self.prefilter.index.signs(*set));
            let next = places.get(places.partition_point(|p| (*p as usize) < stretch.start));
            next.is_some_and(|p| (*p as usize) < stretch.end) || !signs.is_empty() && lower.bytes().any(|b| signs.contains(&b))
        })
    }
}

impl<'c> OfRule<'c> {
    /// Those of one text matcher.
    pub fn of_leaf(&self, leaf: usize) -> OfRule<'c> {
        let leaf = leaf as u32;
        let from = self.list.partition_point(|c| c.leaf < leaf);
        let to = from + self.list[from..].partition_point(|c| c.leaf == leaf);
        OfRule { list: &self.list[from..to], of: self.of }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Where patterns stand in rules: each rule by its number, with the number of its matcher and that of the pattern in it.
#[derive(Debug, Default)]
struct Uses {
    list: Cow<'static, [[u32; 3]]>,
    /// Where those of each pattern end.
    ends: Cow<'static, [u32]>,
    /// Which rules of the run those are that are counted otherwise in the list.
    rules: Option<Vec<Option<u32>>>,
}

impl Uses {
    /// The uses of a pattern in rules of the run.
    fn of(&self, pattern: u32) -> impl Iterator<Item = [u32; 3]> {
        let from = pattern.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        self.list[from as usize..self.ends[pattern as usize] as usize].iter().filter_map(|[rule, leaf, pattern]| {
            let rule = self.rules.as_ref().map_or(Some(*rule), |rules| rules[*rule as usize])?;
            Some([rule, *leaf, *pattern])
        })
    }
}

/// An index of this run, or that of all built-in rules.
enum Shared {
    Own(Box<Index>),
    Builtin(&'static Index),
}

impl std::ops::Deref for Shared {
    type Target = Index;

    fn deref(&self) -> &Index {
        match self {
            Shared::Own(index) => index,
            Shared::Builtin(index) => index,
        }
    }
}

/// Finds, in one pass over a text, which patterns of all rules may match in it.
pub struct Prefilter {
    index: Shared,
    uses: Uses,
    /// The patterns themselves; of built-in rules, those that were asked for.
    patterns: Box<[OnceLock<Arc<Pattern>>]>,
    /// Patterns without a key.
    always: Vec<[u32; 3]>,
}

impl std::fmt::Debug for Prefilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys of {} patterns", self.index.keys.len(), self.patterns.len())
    }
}

impl Prefilter {
    /// A prefilter for what these rules look for in content of a kind, but for those that are `known` to another.
    pub fn new(rules: &[Rule], kind: Kind, known: &dyn Fn(&Rule) -> bool) -> Prefilter {
        let mut patterns: Vec<(Arc<Pattern>, Vec<[u32; 3]>)> = Vec::new();
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut always = Vec::new();
        for (r, rule) in (0..).zip(rules).filter(|(_, rule)| rule.kinds.contains(&kind) && !known(rule)) {
            let mut leaf = 0;
            visit(rule.matcher(), kind, &mut |list| {
                for (p, pattern) in (0..).zip(list) {
                    let place = [r, leaf, p];
                    if pattern.keys().is_empty() {
                        always.push(place);
                        continue;
                    }
                    let number = *numbers.entry(Arc::as_ptr(pattern).addr()).or_insert_with(|| {
                        patterns.push((Arc::clone(pattern), Vec::new()));
                        patterns.len() - 1
                    });
                    patterns[number].1.push(place);
                }
                leaf += 1;
            });
        }
        let sought = patterns.iter().map(|(p, _)| Sought {
            first: p.keys(),
            exact: p.keys_are_exact(),
            further: p.further().iter().map(|set| (set.address(), set)).collect(),
        });
        let index = Index::new(&sought.collect::<Vec<_>>());
        let (mut list, mut ends) = (Vec::new(), Vec::new());
        for (_, places) in &patterns {
            list.extend_from_slice(places);
            ends.push(list.len() as u32);
        }
        let patterns = patterns.into_iter().map(|(p, _)| OnceLock::from(p)).collect();
        let uses = Uses { list: list.into(), ends: ends.into(), rules: None };
        Prefilter { index: Shared::Own(Box::new(index)), uses, patterns, always }
    }

    /// The prefilter over all built-in rules; nothing where few of them are among these, which a smaller one serves better.
    pub fn builtin(rules: &[Rule]) -> Option<Prefilter> {
        let mut numbers = vec![None; builtin::RULES];
        for (r, rule) in (0u32..).zip(rules) {
            if let Some(number) = rule.number {
                *numbers.get_mut(number as usize)? = Some(r);
            }
        }
        if 2 * numbers.iter().flatten().count() < numbers.len() {
            return None;
        }
        let always = builtin::ALWAYS.iter().filter_map(|[rule, leaf, pattern]| Some([numbers[*rule as usize]?, *leaf, *pattern])).collect();
        let patterns = (0..builtin::INDEX.patterns()).map(|_| OnceLock::new()).collect();
        let uses = Uses { list: builtin::USES.into(), ends: builtin::ENDS.into(), rules: Some(numbers) };
        Some(Prefilter { index: Shared::Builtin(&builtin::INDEX), uses, patterns, always })
    }

    /// Whether it looks for nothing.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.always.is_empty()
    }

    /// A pattern; none where no rule of the run has it.
    fn pattern(&self, number: u32, rules: &[Rule]) -> Option<&Arc<Pattern>> {
        let cell = &self.patterns[number as usize];
        if let Some(pattern) = cell.get() {
            return Some(pattern);
        }
        let [rule, leaf, pattern] = self.uses.of(number).next()?;
        let mut found = None;
        let mut at = 0;
        patterns_of(rules.get(rule as usize)?.matcher(), &mut |list| {
            if at == leaf {
                found = list.get(pattern as usize).map(Arc::clone);
            }
            at += 1;
        });
        let found = found?;
        Some(cell.get_or_init(|| found))
    }

    /// The candidates of all rules. `active` says which rules matter for this document.
    pub fn candidates(&self, subject: &Subject, rules: &[Rule], active: &dyn Fn(usize) -> bool, scratch: &mut Scratch) -> Candidates<'_> {
        let mut all = Candidates { prefilter: self, list: Vec::new(), starts: Vec::new(), further: Vec::new(), sets: Vec::new() };
        if subject.document.text.is_empty() {
            return all;
        }
        self.look(subject, rules, active, scratch);
        let Scratch { starts, sets, .. } = &*scratch;
        let known = starts.owners.iter().map(|n| (*n, starts.ranges[*n as usize]));
        let places = known.flat_map(|known| self.uses.of(known.0).map(move |place| (place, Some(known))));
        let of = |([rule, leaf, pattern], known): ([u32; 3], Option<(u32, [u32; 2])>)| Candidate { rule, leaf, pattern, known };
        all.list.extend(self.always.iter().map(|place| (*place, None)).chain(places).map(of).filter(|c| active(c.rule as usize)));
        all.list.sort_unstable_by_key(|c| (u64::from(c.rule) << 32 | u64::from(c.leaf), c.pattern));
        if !starts.owners.is_empty() {
            all.starts.clone_from(&starts.places);
            all.further.clone_from(&sets.places);
            all.sets.extend(sets.owners.iter().map(|n| (*n, sets.ranges[*n as usize])));
            all.sets.sort_unstable_by_key(|(number, _)| *number);
        }
        all
    }

    /// Which patterns may match where. `rules`: those of the run.
    fn look(&self, subject: &Subject, rules: &[Rule], active: &dyn Fn(usize) -> bool, scratch: &mut Scratch) {
        let (text, lower) = (subject.document.text.as_bytes(), subject.lower());
        let Scratch { met, further, starts, sets, matter, .. } = scratch;
        let index = &*self.index;
        met.clear();
        further.clear();
        index.keys.each(lower.as_bytes(), |key, at, opens| {
            for owner in index.owners(key).filter(|o| opens || o.is_inside()) {
                let number = owner.number();
                if owner.is_set() {
                    further.push((number, at as u32));
                } else if owner.is_exact() {
                    let (number, exact) = index.exact(number);
                    // The right spelling of a name is met far more often than the wrong ones that differ in case only.
                    met.extend(text[at..].starts_with(exact.as_bytes()).then_some((number, at as u32)));
                } else {
                    met.push((number, at as u32));
                }
            }
        });
        sets.fill(further, index.further());
        let bytes = OnceCell::new();
        let has = |sign: &u8| {
            let bytes = bytes.get_or_init(|| {
                let mut bytes = [false; 256];
                lower.bytes().for_each(|b| bytes[usize::from(b)] = true);
                bytes
            });
            bytes[usize::from(*sign)]
        };
        let is_there = |set: u32| sets.has(set) || index.signs(set).iter().any(has);
        matter.resize(self.patterns.len(), Matter::Unasked);
        let mut asked = Vec::new();
        met.retain(|&(number, at)| {
            let matters = &mut matter[number as usize];
            if *matters == Matter::Unasked {
                asked.push(number);
                let used = self.uses.of(number).any(|[rule, ..]| active(rule as usize));
                *matters = if used && index.sets(number).iter().all(|set| is_there(*set)) { Matter::Yes } else { Matter::No };
            }
            let goes_on = |rest: &str| self.pattern(number, rules).is_some_and(|p| p.goes_on(rest));
            *matters == Matter::Yes && lower.get(at as usize..).is_some_and(goes_on)
        });
        asked.into_iter().for_each(|number| matter[number as usize] = Matter::Unasked);
        starts.fill(met, self.patterns.len());
    }
}

/// The patterns of each text matcher of a tree, in their order; none where it does not look at content of this kind.
fn visit(m: &Matcher, kind: Kind, f: &mut dyn FnMut(&[Arc<Pattern>])) {
    if m.says.as_ref().is_some_and(|s| !s.kinds.is_empty() && !s.kinds.contains(&kind)) {
        return (0..text_leaves(m)).for_each(|_| f(&[]));
    }
    if let Some(patterns) = m.form.patterns() {
        return f(patterns);
    }
    match &m.form {
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| visit(m, kind, f)),
        MatcherForm::Not(inner) => visit(inner, kind, f),
        _ => {}
    }
}

/// The patterns of each text matcher of a tree, in their order, whatever content they look at.
pub(super) fn patterns_of(m: &Matcher, f: &mut dyn FnMut(&[Arc<Pattern>])) {
    if let Some(patterns) = m.form.patterns() {
        return f(patterns);
    }
    match &m.form {
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| patterns_of(m, f)),
        MatcherForm::Not(inner) => patterns_of(inner, f),
        _ => {}
    }
}

/// The matches of patterns at their candidates. What a pattern that several matchers have finds is kept for the next of them.
pub(super) fn find(subject: &Subject, patterns: &[Arc<Pattern>], candidates: OfRule) -> Vec<Hit> {
    let mut hits = Vec::new();
    let Some(all) = candidates.of else { return hits };
    for c in candidates.list {
        let Some(pattern) = patterns.get(c.pattern as usize) else { continue };
        let Some((number, [from, to])) = c.known else {
            for block in &subject.document.blocks {
                let window = 0..block.end - block.start;
                in_window(subject.document, pattern, block, window.clone(), window.end, &mut hits);
            }
            continue;
        };
        let starts = &all.starts[from as usize..to as usize];
        if all.prefilter.uses.of(number).nth(1).is_none() {
            find_one(subject, pattern, all, number, starts, &mut hits);
            continue;
        }
        let key = Arc::as_ptr(pattern).addr();
        if let Some(known) = subject.found.borrow().get(&key) {
            hits.extend(known.iter().cloned());
            continue;
        }
        let from = hits.len();
        find_one(subject, pattern, all, number, starts, &mut hits);
        subject.found.borrow_mut().insert(key, hits[from..].to_vec());
    }
    hits
}

/// `number`: which of the known patterns it is. `starts`: where its keys start.
fn find_one(subject: &Subject, pattern: &Pattern, all: &Candidates, number: u32, starts: &[u32], hits: &mut Vec<Hit>) {
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
        let mut last = start;
        if !at_start {
            let near = |start: usize, end: usize| start < block.end && window_of(start).start <= end;
            while let Some(next) = starts.next_if(|next| near(*next, window.end)) {
                window.end = window.end.max(window_of(next).end);
                last = next;
            }
        }
        let text = document.block_text(block);
        let window = text.floor_char_boundary(window.start)..text.ceil_char_boundary(window.end);
        let stretch = block.start + window.start..block.start + window.end;
        if !subject.lower().get(stretch.clone()).is_some_and(|lower| all.holds(number, stretch, lower)) {
            continue;
        }
        if !at_start {
            // What matches holds a key.
            in_window(document, pattern, block, window, last - block.start, hits);
        } else if let Some(m) = pattern.find_in(text, window, true) {
            done = block.start + m.end;
            hits.extend(hit(document, pattern, block.start + m.start, block.start + m.end));
        }
    }
}

/// All matches in a window of a block that begin at `last` or before.
fn in_window(document: &Document, pattern: &Pattern, block: &Block, window: Range<usize>, last: usize, hits: &mut Vec<Hit>) {
    let text = document.block_text(block);
    let mut at = window.start;
    while at <= window.end
        && let Some(m) = pattern.next_in(text, at..window.end, last)
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
