//! What the prefilter found, as rules ask for it.

use super::Prefilter;
use super::places::{Grouped, Met, Place};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// Where one pattern of a rule may match.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Which rule.
    pub(super) rule: u32,
    /// In which text.
    pub(super) text: u32,
    /// Which text matcher of the rule.
    pub(super) leaf: u32,
    /// Which of its patterns.
    pub(super) pattern: u32,
    /// What is known of it; `None` for a pattern without keys, which is tried on every block.
    pub(super) known: Option<Stretch>,
}

/// A pattern that may match in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// Its number.
    pub(super) number: u32,
    /// Which of the starts are its keys'.
    pub(super) starts: [u32; 2],
    /// Which of the things that it can be were met, as a stretch of those.
    pub(super) met: [u32; 2],
}

/// What the prefilter found in some texts, for all rules.
pub struct Candidates<'c> {
    pub(super) prefilter: &'c Prefilter,
    /// By rule, text, matcher and pattern.
    pub(super) list: &'c [Candidate],
    /// Where keys start.
    pub(super) starts: &'c [Place],
    /// What of the things that patterns can be was met, by number.
    pub(super) ways: &'c [u32],
    pub(super) keys: &'c Grouped<Place>,
    pub(super) sets: &'c Grouped<Met>,
    /// Where further keys start, by set, of those that were asked for.
    pub(super) further: RefCell<FxHashMap<u32, Rc<[Place]>>>,
}

/// What it found for one rule, or one of its matchers, in one text.
#[derive(Clone, Copy, Default)]
pub struct OfRule<'c> {
    list: &'c [Candidate],
    of: Option<&'c Candidates<'c>>,
}

/// What it found, one rule after the other, and of a rule one text after the other.
pub struct ByRule<'c> {
    left: &'c [Candidate],
    of: &'c Candidates<'c>,
}

impl<'c> ByRule<'c> {
    /// What it found for a rule in a text, if nothing of those before has been left.
    pub fn next_of(&mut self, rule: usize, text: usize) -> Option<OfRule<'c>> {
        let is = |c: &Candidate| (c.rule as usize, c.text as usize) == (rule, text);
        self.left.first().filter(|c| is(c))?;
        let len = self.left.iter().take_while(|c| is(c)).count();
        let (list, left) = self.left.split_at(len);
        self.left = left;
        Some(OfRule { list, of: Some(self.of) })
    }
}

impl<'c> Candidates<'c> {
    /// One rule after the other.
    pub fn by_rule(&'c self) -> ByRule<'c> {
        ByRule { left: self.list, of: self }
    }

    /// Whether something of each set of the further keys of a number stands in a stretch of a text. `lower`: that stretch.
    fn holds(&self, number: u32, text: usize, stretch: Range<usize>, lower: &str) -> bool {
        let index = &self.prefilter.index;
        let (from, to) = (Place::new(text, stretch.start, false), Place::new(text, stretch.end, false));
        index.sets(number).iter().all(|set| {
            let places = self.places_of(*set);
            let next = places.get(places.partition_point(|p| *p < from));
            let signs = index.signs(*set);
            next.is_some_and(|p| *p < to) || !signs.is_empty() && lower.bytes().any(|b| signs.contains(&b))
        })
    }

    /// Where the keys of a set start, in order.
    fn places_of(&self, set: u32) -> Rc<[Place]> {
        let mut further = self.further.borrow_mut();
        let places = further.entry(set).or_insert_with(|| {
            let of = |met: &Met| (self.keys.of_group(met.group()).iter().copied(), met.inside());
            let mut places: Vec<Place> =
                self.sets.of(set).iter().map(of).flat_map(|(list, inside)| list.filter(move |p| p.counts(inside))).collect();
            places.sort_unstable();
            places.into()
        });
        Rc::clone(places)
    }
}

/// One pattern that may match, and where.
#[derive(Clone, Copy)]
pub(in crate::check) struct Spots<'c> {
    /// Which of the patterns of its matcher.
    pub pattern: usize,
    /// What is known of it; nothing of a pattern without keys, which is tried on every block.
    pub known: Option<Known<'c>>,
}

/// Where the keys of a pattern start in a text.
#[derive(Clone, Copy)]
pub(in crate::check) struct Known<'c> {
    of: &'c Candidates<'c>,
    text: usize,
    at: Stretch,
}

impl<'c> Known<'c> {
    /// Where its keys start, in order, bytes.
    pub fn starts(self) -> impl Iterator<Item = usize> + 'c {
        let [from, to] = self.at.starts;
        self.of.starts[from as usize..to as usize].iter().map(|p| p.at())
    }

    /// Whether other matchers have the pattern, too.
    pub fn is_shared(self) -> bool {
        self.of.prefilter.uses.of(self.at.number).nth(1).is_some()
    }

    /// Whether what else a match must have stands in a stretch of the text. `lower`: that stretch.
    pub fn holds(self, stretch: Range<usize>, lower: &str) -> bool {
        let [from, to] = self.at.met;
        self.of.ways[from as usize..to as usize].iter().any(|way| self.of.holds(*way, self.text, stretch.clone(), lower))
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

    /// The patterns that may match, and where.
    pub(in crate::check) fn spots(self) -> impl Iterator<Item = Spots<'c>> {
        self.of.into_iter().flat_map(move |of| {
            self.list.iter().map(move |c| {
                let known = c.known.map(|at| Known { of, text: c.text as usize, at });
                Spots { pattern: c.pattern as usize, known }
            })
        })
    }
}
