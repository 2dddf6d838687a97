//! Where patterns of all rules may match: found in one pass over the texts of some documents.
//!
//! Keys are met far more often than there are different ones, and each belongs to several patterns: what a key means is worked out once for
//! all its places, and for all documents that are held against the rules together.

mod found;
mod places;

pub(super) use found::Known;
pub use found::{ByRule, Candidates, OfRule};

use super::index::{Index, Sought};
use super::{Subject, builtin, text_leaves};
use crate::document::Kind;
use crate::pack::model::{Matcher, MatcherForm, Rule};
use crate::pack::{Pattern, Patterns};
use found::{Candidate, Stretch};
use places::{Grouped, Met, Place, Texts, bit_of, in_order};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Memory of the prefilter, for one lot of texts after the other.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The keys that were met.
    met: Vec<(u32, Place)>,
    /// The same by key.
    keys: Grouped<Place>,
    /// For each key that was met, in their order, where it counts where words begin, and where at all.
    texts: Vec<[Texts; 2]>,
    /// Patterns and what was met of them.
    met_patterns: Vec<(u32, Met)>,
    patterns: Grouped<Met>,
    /// Patterns of which one spelling counts, and where it stands.
    met_spellings: Vec<(u32, Place)>,
    spellings: Grouped<Place>,
    /// Sets of further keys and what was met of them.
    met_sets: Vec<(u32, Met)>,
    sets: Grouped<Met>,
    /// In which texts something of each set is.
    set_texts: Vec<Texts>,
    list: Vec<Candidate>,
    starts: Vec<Place>,
    ways: Vec<u32>,
}

/// Where patterns stand in rules: each rule by its number, with the number of its matcher and that of the pattern in it.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub list: Cow<'static, [[u32; 3]]>,
    /// Where those of each pattern end.
    pub ends: Cow<'static, [u32]>,
    /// A pattern that can be several things has a number for each: which of them a number is. It is used as the first.
    pub ways: Cow<'static, [u32]>,
    /// Which rules of the run those are that are counted otherwise in the list.
    rules: Option<Vec<Option<u32>>>,
}

impl Uses {
    /// The number of the first thing that a pattern can be.
    fn first(&self, number: u32) -> u32 {
        number - self.ways[number as usize]
    }

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
                for (p, pattern) in (0..).zip(list.iter()) {
                    let place = [r, leaf, p];
                    if !pattern.has_keys() {
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
        let (sought, uses) = sought(&patterns);
        let index = Index::new(&sought);
        let patterns = patterns.iter().flat_map(|(p, _)| p.ways().map(|_| OnceLock::from(Arc::clone(p)))).collect();
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
        let (list, ends, ways) = (builtin::USES.into(), builtin::ENDS.into(), builtin::WAYS.into());
        let uses = Uses { list, ends, ways, rules: Some(numbers) };
        Some(Prefilter { index: Shared::Builtin(&builtin::INDEX), uses, patterns, always })
    }

    /// Whether it looks for nothing.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.always.is_empty()
    }

    /// A pattern, by its first number; none where no rule of the run has it.
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

    /// The candidates of all rules in these texts. `active` says which rules matter for them.
    pub fn candidates<'c>(
        &'c self,
        subjects: &[Subject],
        rules: &[Rule],
        active: &dyn Fn(usize) -> bool,
        scratch: &'c mut Scratch,
    ) -> Candidates<'c> {
        let lower: Vec<&str> = subjects.iter().map(|s| if s.document.text.is_empty() { "" } else { s.lower() }).collect();
        self.meet(subjects, &lower, scratch);
        self.choose(&lower, rules, active, scratch);
        for [rule, leaf, pattern] in self.always.iter().filter(|place| active(place[0] as usize)) {
            let there = (0..).zip(&lower).filter(|(_, lower)| !lower.is_empty());
            let of = |(text, _)| Candidate { rule: *rule, text, leaf: *leaf, pattern: *pattern, known: None };
            scratch.list.extend(there.map(of));
        }
        // Patterns are numbered rule by rule: most of it is in order.
        scratch.list.sort_by_key(|c| (u64::from(c.rule) << 32 | u64::from(c.text), u64::from(c.leaf) << 32 | u64::from(c.pattern)));
        let Scratch { list, starts, ways, keys, sets, .. } = scratch;
        Candidates { prefilter: self, list, starts, ways, keys, sets, further: RefCell::default() }
    }

    /// Which keys stand where, and what they belong to.
    fn meet(&self, subjects: &[Subject], lower: &[&str], scratch: &mut Scratch) {
        let Scratch { met, keys, texts, met_patterns, patterns, met_spellings, spellings, met_sets, sets, set_texts, .. } = scratch;
        let index = &*self.index;
        met.clear();
        for (text, lower) in lower.iter().enumerate() {
            index.keys.each(lower.as_bytes(), |key, at, opens| met.push((key, Place::new(text, at, opens))));
        }
        keys.fill(met, index.keys.len());
        sets.owners.iter().for_each(|set| set_texts[*set as usize] = 0);
        set_texts.resize(index.further(), 0);
        texts.clear();
        met_patterns.clear();
        met_spellings.clear();
        met_sets.clear();
        for (group, key) in keys.owners.iter().enumerate() {
            let places = keys.of(*key);
            let of = |counts: &dyn Fn(&Place) -> bool| places.iter().filter(|p| counts(p)).fold(0, |texts, p| texts | bit_of(p.text()));
            let both = [of(&|p| p.opens()), of(&|_| true)];
            texts.push(both);
            for owner in index.owners(*key) {
                let (number, inside) = (owner.number(), owner.is_inside());
                let here = both[usize::from(inside)];
                if here == 0 {
                    continue;
                }
                if owner.is_set() {
                    set_texts[number as usize] |= here;
                    met_sets.push((number, Met::new(group, inside)));
                } else if owner.is_exact() {
                    let (number, exact) = index.exact(number);
                    // The right spelling of a name is met far more often than the wrong ones that differ in case only.
                    let is = |p: &&Place| {
                        p.counts(inside) && subjects[p.text()].document.text.as_bytes()[p.at()..].starts_with(exact.as_bytes())
                    };
                    met_spellings.extend(places.iter().filter(is).map(|p| (number, *p)));
                } else {
                    met_patterns.push((number, Met::new(group, inside)));
                }
            }
        }
        patterns.fill(met_patterns, self.patterns.len());
        spellings.fill(met_spellings, self.patterns.len());
        sets.fill(met_sets, index.further());
    }

    /// Which patterns may match where.
    fn choose(&self, lower: &[&str], rules: &[Rule], active: &dyn Fn(usize) -> bool, scratch: &mut Scratch) {
        let Scratch { keys, texts, patterns, spellings, set_texts, list, starts, ways, .. } = scratch;
        let index = &*self.index;
        let signs = OnceCell::new();
        let with_sign = |sign: &u8| signs.get_or_init(|| signs_of(lower))[usize::from(*sign)];
        let with_set = |set: u32| index.signs(set).iter().map(with_sign).fold(set_texts[set as usize], |a, b| a | b);
        let mut numbers: Vec<u32> = patterns.owners.iter().chain(&spellings.owners).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        list.clear();
        starts.clear();
        ways.clear();
        for of_pattern in numbers.chunk_by(|a, b| self.uses.first(*a) == self.uses.first(*b)) {
            let first = of_pattern.first().map_or(0, |number| self.uses.first(*number));
            if !self.uses.of(first).any(|[rule, ..]| active(rule as usize)) {
                continue;
            }
            let (from, from_ways) = (starts.len(), ways.len());
            let mut keys_met = 0;
            for &number in of_pattern {
                let (met, spelled) = (patterns.of(number), spellings.of(number));
                let has_key = met.iter().map(|met| texts[met.group()][usize::from(met.inside())]);
                let has_key = has_key.chain(spelled.iter().map(|p| bit_of(p.text()))).fold(0, |a, b| a | b);
                // In which of these something of each further set is.
                let all = index.sets(number).iter().fold(has_key, |all, set| if all == 0 { 0 } else { all & with_set(*set) });
                let Some(pattern) = (all != 0).then(|| self.pattern(first, rules)).flatten() else { continue };
                let way = (number - first) as usize;
                let goes_on = |p: &Place| lower[p.text()].get(p.at()..).is_some_and(|rest| pattern.goes_on(way, rest));
                let may = |p: &Place| all & bit_of(p.text()) != 0 && goes_on(p);
                let before = starts.len();
                for met in met {
                    starts.extend(keys.of_group(met.group()).iter().filter(|p| p.counts(met.inside()) && may(p)));
                }
                starts.extend(spelled.iter().filter(|p| may(p)));
                ways.extend((starts.len() > before).then_some(number));
                keys_met += met.len() + spelled.len();
            }
            if keys_met > 1 {
                in_order(starts, from);
            }
            let met = [from_ways as u32, ways.len() as u32];
            let mut at = from as u32;
            for stretch in starts[from..].chunk_by(|a, b| a.text() == b.text()) {
                let end = at + stretch.len() as u32;
                let known = Some(Stretch { number: first, starts: [at, end], met });
                let text = stretch.first().map_or(0, |p| p.text()) as u32;
                let used = self.uses.of(first).filter(|[rule, ..]| active(*rule as usize));
                list.extend(used.map(|[rule, leaf, pattern]| Candidate { rule, text, leaf, pattern, known }));
                at = end;
            }
        }
    }
}

/// What patterns look for, number by number, and where they are used, which is given with them.
pub(super) fn sought(patterns: &[(Arc<Pattern>, Vec<[u32; 3]>)]) -> (Vec<Sought<'_>>, Uses) {
    let (mut sought, mut uses) = (Vec::new(), [Vec::new(), Vec::new()]);
    let mut list = Vec::new();
    for (pattern, places) in patterns {
        list.extend_from_slice(places);
        for (way, (first, further)) in (0..).zip(pattern.ways()) {
            let further = further.iter().map(|set| (set.address(), set)).collect();
            sought.push(Sought { first, exact: pattern.keys_are_exact(), further });
            let [ends, ways] = &mut uses;
            ends.push(list.len() as u32);
            ways.push(way);
        }
    }
    let [ends, ways] = uses.map(Cow::from);
    (sought, Uses { list: list.into(), ends, ways, rules: None })
}

/// In which texts each byte is.
fn signs_of(lower: &[&str]) -> Box<[Texts; 256]> {
    let mut all = Box::new([0; 256]);
    for (text, lower) in lower.iter().enumerate() {
        let mut has = [false; 256];
        lower.bytes().for_each(|b| has[usize::from(b)] = true);
        all.iter_mut().zip(has).for_each(|(texts, has)| *texts |= if has { bit_of(text) } else { 0 });
    }
    all
}

/// The patterns of each text matcher of a tree, in their order; none where it does not look at content of this kind.
fn visit(m: &Matcher, kind: Kind, f: &mut dyn FnMut(&Patterns)) {
    if m.says.as_ref().is_some_and(|s| !s.kinds.is_empty() && !s.kinds.contains(&kind)) {
        return (0..text_leaves(m)).for_each(|_| f(&Patterns::default()));
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
pub(super) fn patterns_of(m: &Matcher, f: &mut dyn FnMut(&Patterns)) {
    if let Some(patterns) = m.form.patterns() {
        return f(patterns);
    }
    match &m.form {
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| patterns_of(m, f)),
        MatcherForm::Not(inner) => patterns_of(inner, f),
        _ => {}
    }
}
