//! Phrases, regular expressions and replacements over visible text, behind one prefilter for all rules.

use super::keys::{Key, KeyIndex};
use super::{Hit, Subject, text_leaves};
use crate::document::{Block, Document, Kind};
use crate::pack::model::{Matcher, MatcherForm, Rule};
use crate::pack::{KeySet, Pattern};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

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
        self.prefilter.patterns[pattern as usize].sets.iter().all(|set| {
            let known = self.sets.binary_search_by_key(set, |(number, _)| *number).ok();
            let [from, to] = known.map_or([0, 0], |i| self.sets[i].1);
            let (places, signs) = (&self.further[from as usize..to as usize], &self.prefilter.signs[*set as usize]);
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

/// A pattern of one rule, or of several.
struct Known {
    pattern: Arc<Pattern>,
    /// The rules, each with its matcher and the pattern's number in it.
    uses: Vec<(u32, u32, u32)>,
    /// The sets of which something must be in the text as well, by number.
    sets: Box<[u32]>,
}

/// What a key belongs to, in few bytes: there are tens of thousands.
#[derive(Clone, Copy)]
struct Owner(u32);

/// Bits of an owner: whether the key may stand inside a word.
const INSIDE: u32 = 1 << 31;
/// It is a set of further keys.
const SET: u32 = 1 << 30;
/// It is a pattern of which one spelling counts.
const EXACT: u32 = 1 << 29;

impl Owner {
    fn new(number: usize, sort: u32, inside: bool) -> Owner {
        Owner(number as u32 & (EXACT - 1) | sort | if inside { INSIDE } else { 0 })
    }

    fn is(self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    fn number(self) -> u32 {
        self.0 & (EXACT - 1)
    }
}

/// Finds, in one pass over a text, which patterns of all rules may match in it.
pub struct Prefilter {
    keys: KeyIndex,
    /// Where in `owners` those of each key end.
    ends: Vec<u32>,
    owners: Vec<Owner>,
    /// Patterns where case matters, each with the one spelling that counts.
    exact: Vec<(u32, Box<str>)>,
    patterns: Vec<Known>,
    /// For each set of further keys, the signs that it is enough to find one of.
    signs: Vec<Vec<u8>>,
    /// How many rules there are.
    rules: usize,
    /// Patterns without a key.
    always: Vec<(u32, u32, u32)>,
}

impl std::fmt::Debug for Prefilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys of {} rules", self.keys.len(), self.rules)
    }
}

impl Prefilter {
    /// A prefilter for what these rules look for in content of a kind.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r Rule>, kind: Kind) -> Prefilter {
        let mut patterns: Vec<Known> = Vec::new();
        let mut numbers: HashMap<usize, u32> = HashMap::new();
        let mut always = Vec::new();
        let mut count = 0;
        for (r, rule) in rules.into_iter().enumerate() {
            count = r + 1;
            if !rule.kinds.contains(&kind) {
                continue;
            }
            let mut leaf = 0;
            visit(&rule.matcher, kind, &mut |list| {
                for (p, pattern) in list.iter().enumerate() {
                    let place = (r as u32, leaf, p as u32);
                    if pattern.keys().is_empty() {
                        always.push(place);
                        continue;
                    }
                    let number = *numbers.entry(Arc::as_ptr(pattern).addr()).or_insert_with(|| {
                        patterns.push(Known { pattern: Arc::clone(pattern), uses: Vec::new(), sets: Box::default() });
                        patterns.len() as u32 - 1
                    });
                    patterns[number as usize].uses.push(place);
                }
                leaf += 1;
            });
        }
        let mut owned: Vec<(Cow<str>, Owner)> = Vec::new();
        let mut exacts: Vec<(u32, Box<str>)> = Vec::new();
        let mut signs: Vec<Vec<u8>> = Vec::new();
        let mut sets: HashMap<usize, Option<u32>> = HashMap::new();
        for (number, known) in (0..).zip(&mut patterns) {
            for key in known.pattern.keys().iter() {
                let exact = known.pattern.keys_are_exact();
                let text = if exact { key.to_ascii_lowercase().into() } else { Cow::Borrowed(key) };
                let inside = known.pattern.keys().inside;
                let owner = if exact { Owner::new(exacts.len(), EXACT, inside) } else { Owner::new(number as usize, 0, inside) };
                exacts.extend(exact.then(|| (number, key.into())));
                owned.push((text, owner));
            }
            let of_pattern = known.pattern.further().iter().filter_map(|set| {
                *sets.entry(set.address()).or_insert_with(|| {
                    let own = signs_of(set)?;
                    let number = signs.len() as u32;
                    signs.push(own);
                    let long = set.iter().filter(|key| key.len() >= MIN_FURTHER);
                    owned.extend(long.map(|key| (key.into(), Owner::new(number as usize, SET, set.inside))));
                    Some(number)
                })
            });
            known.sets = of_pattern.collect();
        }
        // Most differ in their first bytes.
        let head = |text: &str| {
            let head = text.as_bytes().first_chunk::<8>().map(|head| u64::from_be_bytes(*head));
            head.unwrap_or_else(|| text.bytes().chain(std::iter::repeat(0)).take(8).fold(0, |head, b| head << 8 | u64::from(b)))
        };
        owned.sort_by_cached_key(|(text, _)| head(text));
        owned.chunk_by_mut(|a, b| head(&a.0) == head(&b.0)).for_each(|alike| alike.sort_unstable_by(|a, b| a.0.cmp(&b.0)));
        let (mut keys, mut ends, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        for (text, owner) in owned {
            match keys.last_mut().filter(|k: &&mut Key| k.text == text) {
                Some(key) => key.inside |= owner.is(INSIDE),
                None => {
                    ends.extend((!keys.is_empty()).then_some(owners.len() as u32));
                    keys.push(Key { text, inside: owner.is(INSIDE) });
                }
            }
            owners.push(owner);
        }
        ends.push(owners.len() as u32);
        let keys = KeyIndex::new(&keys);
        Prefilter { keys, ends, owners, exact: exacts, patterns, signs, always, rules: count }
    }

    /// The candidates of all rules. `active` says which rules matter for this document.
    pub fn candidates(&self, subject: &Subject, active: &dyn Fn(usize) -> bool, scratch: &mut Scratch) -> Candidates<'_> {
        let mut all = Candidates { prefilter: self, list: Vec::new(), starts: Vec::new(), further: Vec::new(), sets: Vec::new() };
        if subject.document.text.is_empty() {
            return all;
        }
        self.look(subject, active, scratch);
        let Scratch { starts, sets, .. } = &*scratch;
        let known = starts.owners.iter().map(|n| (*n, starts.ranges[*n as usize]));
        let places = known.flat_map(|known| self.patterns[known.0 as usize].uses.iter().map(move |place| (*place, Some(known))));
        let of = |((rule, leaf, pattern), known)| Candidate { rule, leaf, pattern, known };
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

    /// Which patterns may match where.
    fn look(&self, subject: &Subject, active: &dyn Fn(usize) -> bool, scratch: &mut Scratch) {
        let (text, lower) = (subject.document.text.as_bytes(), subject.lower());
        let Scratch { met, further, starts, sets, matter, .. } = scratch;
        met.clear();
        further.clear();
        self.keys.each(lower.as_bytes(), |key, at, opens| {
            let key = key as usize;
            let from = key.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
            for owner in self.owners[from..self.ends[key] as usize].iter().filter(|o| opens || o.is(INSIDE)) {
                let number = owner.number();
                if owner.is(SET) {
                    further.push((number, at as u32));
                } else if owner.is(EXACT) {
                    let (number, exact) = &self.exact[number as usize];
                    // The right spelling of a name is met far more often than the wrong ones that differ in case only.
                    met.extend(text[at..].starts_with(exact.as_bytes()).then_some((*number, at as u32)));
                } else {
                    met.push((number, at as u32));
                }
            }
        });
        sets.fill(further, self.signs.len());
        let bytes = OnceCell::new();
        let has = |sign: &u8| {
            let bytes = bytes.get_or_init(|| {
                let mut bytes = [false; 256];
                lower.bytes().for_each(|b| bytes[usize::from(b)] = true);
                bytes
            });
            bytes[usize::from(*sign)]
        };
        let is_there = |set: u32| sets.has(set) || self.signs[set as usize].iter().any(has);
        matter.resize(self.patterns.len(), Matter::Unasked);
        let mut asked = Vec::new();
        met.retain(|&(number, at)| {
            let known = &self.patterns[number as usize];
            let matters = &mut matter[number as usize];
            if *matters == Matter::Unasked {
                asked.push(number);
                let used = known.uses.iter().any(|(rule, ..)| active(*rule as usize));
                *matters = if used && known.sets.iter().all(|set| is_there(*set)) { Matter::Yes } else { Matter::No };
            }
            *matters == Matter::Yes && lower.get(at as usize..).is_some_and(|rest| known.pattern.goes_on(rest))
        });
        asked.into_iter().for_each(|number| matter[number as usize] = Matter::Unasked);
        starts.fill(met, self.patterns.len());
    }
}

/// The length from which on a further key is looked for as such, bytes.
const MIN_FURTHER: usize = 3;

/// For the shorter ones of a set, a sign that each holds; `None` if one has none, so that the set says little.
fn signs_of(set: &KeySet) -> Option<Vec<u8>> {
    let sign = |key: &str| key.bytes().find(|b| !b.is_ascii_alphabetic() && *b != b' ');
    set.iter().filter(|key| key.len() < MIN_FURTHER).map(sign).collect()
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
        if all.prefilter.patterns[number as usize].uses.len() == 1 {
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
