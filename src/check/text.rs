//! Phrases, regular expressions and replacements over visible text, behind one prefilter for all rules.

use super::keys::{Key, KeyIndex};
use super::{Hit, Subject, text_leaves};
use crate::document::{Block, Document, Kind};
use crate::pack::model::{Matcher, MatcherForm, Rule};
use crate::pack::{KeySet, Pattern};
use std::borrow::Cow;
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
    /// Its sets of further keys.
    sets: Arc<[u32]>,
}

/// What the prefilter found in a text.
#[derive(Debug, Default)]
struct Found {
    /// Where keys start, by pattern.
    starts: Vec<u32>,
    /// Where further keys start, by set, and which are each set's.
    further: Vec<u32>,
    of_set: Vec<[u32; 2]>,
    /// For each set, the signs of which one is enough.
    signs: Arc<[Vec<u8>]>,
}

impl Found {
    /// Whether something of each set stands in a stretch of the text. `lower`: that stretch.
    fn holds(&self, sets: &[u32], stretch: Range<usize>, lower: &str) -> bool {
        sets.iter().all(|set| {
            let set = *set as usize;
            let ([from, to], signs) = (self.of_set[set], &self.signs[set]);
            let places = &self.further[from as usize..to as usize];
            let next = places.get(places.partition_point(|p| (*p as usize) < stretch.start));
            next.is_some_and(|p| (*p as usize) < stretch.end) || !signs.is_empty() && lower.bytes().any(|b| signs.contains(&b))
        })
    }
}

/// What the prefilter found for one rule.
#[derive(Debug, Default)]
pub struct Candidates {
    list: Vec<Candidate>,
    /// In the document's text, for all rules.
    found: Option<Rc<Found>>,
}

/// What it found for one matcher, by pattern.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfLeaf<'c> {
    list: &'c [Candidate],
    found: Option<&'c Found>,
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
        OfLeaf { list: &self.list[from..to], found: self.found.as_deref() }
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
    sets: Arc<[u32]>,
}

/// What a key belongs to.
struct Owner {
    what: Owned,
    /// Whether the key may stand inside a word.
    inside: bool,
}

/// By number.
enum Owned {
    /// A pattern, with the one spelling that counts, where case matters.
    Pattern(u32, Option<Box<str>>),
    /// A set of further keys.
    Set(u32),
}

/// Finds, in one pass over a text, which patterns of all rules may match in it.
pub struct Prefilter {
    keys: KeyIndex,
    /// Where in `owners` those of each key end.
    ends: Vec<u32>,
    owners: Vec<Owner>,
    patterns: Vec<Known>,
    /// For each set of further keys, the signs that it is enough to find one of.
    signs: Arc<[Vec<u8>]>,
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
                        patterns.push(Known { pattern: Arc::clone(pattern), uses: Vec::new(), sets: Arc::default() });
                        patterns.len() as u32 - 1
                    });
                    patterns[number as usize].uses.push(place);
                }
                leaf += 1;
            });
        }
        let mut owned: Vec<(Cow<str>, Owner)> = Vec::new();
        let mut signs: Vec<Vec<u8>> = Vec::new();
        let mut sets: HashMap<usize, Option<u32>> = HashMap::new();
        for (number, known) in (0..).zip(&mut patterns) {
            for key in known.pattern.keys().iter() {
                let exact = known.pattern.keys_are_exact();
                let text = if exact { key.to_ascii_lowercase().into() } else { Cow::Borrowed(key) };
                let what = Owned::Pattern(number, exact.then(|| key.into()));
                owned.push((text, Owner { what, inside: known.pattern.keys().inside }));
            }
            let of_pattern = known.pattern.further().iter().filter_map(|set| {
                *sets.entry(set.address()).or_insert_with(|| {
                    let own = signs_of(set)?;
                    let number = signs.len() as u32;
                    signs.push(own);
                    let long = set.iter().filter(|key| key.len() >= MIN_FURTHER);
                    owned.extend(long.map(|key| (key.into(), Owner { what: Owned::Set(number), inside: set.inside })));
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
                Some(key) => key.inside |= owner.inside,
                None => {
                    ends.extend((!keys.is_empty()).then_some(owners.len() as u32));
                    keys.push(Key { text, inside: owner.inside });
                }
            }
            owners.push(owner);
        }
        ends.push(owners.len() as u32);
        let keys = KeyIndex::new(&keys);
        Prefilter { keys, ends, owners, patterns, signs: signs.into(), always, rules: count }
    }

    /// The candidates of each rule, by rule. `active` says which rules matter for this document.
    pub fn candidates(&self, subject: &Subject, active: &dyn Fn(usize) -> bool) -> Vec<Candidates> {
        let document = subject.document;
        let mut out: Vec<Candidates> = Vec::new();
        out.resize_with(self.rules, Candidates::default);
        if document.text.is_empty() {
            return out;
        }
        let (found, by_pattern) = self.found(subject, active);
        let found = Rc::new(found);
        let mut put = |(rule, leaf, pattern): (u32, u32, u32), starts: Option<Range<usize>>, shared: bool, sets: &Arc<[u32]>| {
            if active(rule as usize) {
                out[rule as usize].list.push(Candidate { leaf, pattern, starts, shared, sets: Arc::clone(sets) });
            }
        };
        let none = Arc::default();
        self.always.iter().for_each(|place| put(*place, None, false, &none));
        for (number, range) in by_pattern {
            let Known { uses, sets, .. } = &self.patterns[number as usize];
            uses.iter().for_each(|place| put(*place, Some(range.clone()), uses.len() > 1, sets));
        }
        for c in out.iter_mut().filter(|c| !c.list.is_empty()) {
            c.list.sort_unstable_by_key(|c| (c.leaf, c.pattern));
            c.found = Some(Rc::clone(&found));
        }
        out
    }

    /// What stands in a text, and which starts are each pattern's that may match, in the order of the text.
    fn found(&self, subject: &Subject, active: &dyn Fn(usize) -> bool) -> (Found, Vec<(u32, Range<usize>)>) {
        let (text, lower) = (subject.document.text.as_bytes(), subject.lower());
        let mut met: Vec<(u32, u32)> = Vec::new();
        let mut further: Vec<(u32, u32)> = Vec::new();
        self.keys.each(lower.as_bytes(), |key, at, opens| {
            let key = key as usize;
            let from = key.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
            for Owner { what, inside } in &self.owners[from..self.ends[key] as usize] {
                if !(opens || *inside) {
                    continue;
                }
                match what {
                    Owned::Set(set) => further.push((*set, at as u32)),
                    // The right spelling of a name is met far more often than the wrong ones that differ in case only.
                    Owned::Pattern(_, Some(exact)) if !text[at..].starts_with(exact.as_bytes()) => {}
                    Owned::Pattern(number, _) => met.push((*number, at as u32)),
                }
            }
        });
        let mut bytes = [false; 256];
        lower.bytes().for_each(|b| bytes[usize::from(b)] = true);
        let (further, of_set, _) = grouped(&further, self.signs.len());
        let is_there = |set: u32| of_set[set as usize] != [0, 0] || self.signs[set as usize].iter().any(|b| bytes[usize::from(*b)]);
        // For each pattern, whether it matters here: not known, no, yes.
        let mut matter = vec![0u8; self.patterns.len()];
        met.retain(|&(number, at)| {
            let known = &self.patterns[number as usize];
            let matters = &mut matter[number as usize];
            if *matters == 0 {
                let used = known.uses.iter().any(|(rule, ..)| active(*rule as usize));
                *matters = 1 + u8::from(used && known.sets.iter().all(|set| is_there(*set)));
            }
            *matters == 2 && lower.get(at as usize..).is_some_and(|rest| known.pattern.goes_on(rest))
        });
        let (starts, ranges, numbers) = grouped(&met, self.patterns.len());
        let of_pattern = numbers.into_iter().map(|number| {
            let [from, to] = ranges[number as usize];
            (number, from as usize..to as usize)
        });
        let of_pattern = of_pattern.collect();
        (Found { starts, further, of_set, signs: Arc::clone(&self.signs) }, of_pattern)
    }
}

/// Places by what stands there, each once and in order; from where to where are whose; and whose they are. They come in the text's order.
fn grouped(met: &[(u32, u32)], whose: usize) -> (Vec<u32>, Vec<[u32; 2]>, Vec<u32>) {
    let mut ranges = vec![[0u32; 2]; whose];
    let mut owners = Vec::new();
    for (number, _) in met {
        let [_, count] = &mut ranges[*number as usize];
        owners.extend((*count == 0).then_some(*number));
        *count += 1;
    }
    let mut next = 0;
    for number in &owners {
        let range = &mut ranges[*number as usize];
        let [_, count] = *range;
        *range = [next, next];
        next += count;
    }
    let mut places = vec![0; met.len()];
    for &(number, at) in met {
        let [from, to] = &mut ranges[number as usize];
        // One key may begin another.
        if from == to || places[*to as usize - 1] < at {
            places[*to as usize] = at;
            *to += 1;
        }
    }
    (places, ranges, owners)
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
pub(super) fn find(subject: &Subject, patterns: &[Arc<Pattern>], candidates: OfLeaf) -> Vec<Hit> {
    let mut hits = Vec::new();
    for c in candidates.list {
        let Some(pattern) = patterns.get(c.pattern as usize) else { continue };
        let Some((found, own)) = candidates.found.zip(c.starts.as_ref()) else {
            for block in &subject.document.blocks {
                in_window(subject.document, pattern, block, 0..block.end - block.start, &mut hits);
            }
            continue;
        };
        let own = &found.starts[own.clone()];
        if !c.shared {
            find_one(subject, pattern, found, own, &c.sets, &mut hits);
            continue;
        }
        let key = Arc::as_ptr(pattern).addr();
        if let Some(known) = subject.found.borrow().get(&key) {
            hits.extend(known.iter().cloned());
            continue;
        }
        let from = hits.len();
        find_one(subject, pattern, found, own, &c.sets, &mut hits);
        subject.found.borrow_mut().insert(key, hits[from..].to_vec());
    }
    hits
}

/// `starts`: where its keys start. `sets`: those of its further keys.
fn find_one(subject: &Subject, pattern: &Pattern, found: &Found, starts: &[u32], sets: &[u32], hits: &mut Vec<Hit>) {
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
        let stretch = block.start + window.start..block.start + window.end;
        if !subject.lower().get(stretch.clone()).is_some_and(|lower| found.holds(sets, stretch, lower)) {
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
