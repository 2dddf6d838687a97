//! What a choice is of.
//!
//! This file is part of the build, too.

use super::Part;
use super::forms::forms;
use std::ops::Deref;
use std::sync::OnceLock;

/// The options of a choice, in the order in which they are tried, with what helps to find those that can stand at a place.
#[derive(Debug, Default)]
pub(in crate::pack) struct Options {
    all: Vec<Vec<Part>>,
    /// Whether one of them is empty, so that all of the choice may be missing.
    optional: bool,
    size: Size,
    firsts: OnceLock<Box<Firsts>>,
    beginnings: [OnceLock<Beginnings>; 2],
}

/// What options begin with; `None` where that is too much.
pub(in crate::pack) type Beginnings = Option<Vec<Beginning>>;

/// A beginning, as far as it is told.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::pack) struct Beginning {
    pub text: String,
    /// Whether it is all there is so far, so that what follows belongs to it, too.
    pub open: bool,
}

/// Rows of parts by what they can begin with.
#[derive(Debug)]
pub(in crate::pack) struct Firsts {
    /// Their numbers: those of one sign behind those of another.
    numbers: Vec<u16>,
    /// Where those of each sign of ASCII end, in lower case; behind them, those of all that is not ASCII.
    ends: [u32; SIGNS],
}

/// The signs of ASCII, and one for all others.
const SIGNS: usize = 129;
/// So many are told apart by their signs, at most.
pub(in crate::pack) const MOST: usize = u16::MAX as usize;
/// Fewer options are looked at one by one.
const FEW: usize = 7;

impl Options {
    pub fn new(all: Vec<Vec<Part>>) -> Options {
        let optional = all.iter().any(Vec::is_empty);
        let size = all.iter().map(|o| Size::of(o)).fold(Size::default(), Size::beside);
        Options { all, optional, size: Size { depth: size.depth + 1, ..size }, ..Options::default() }
    }

    /// How much they are. Told once: terms that use each other share what they are made of, and are met in ever so many ways.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What they begin with, told at the first or second length. Worked out once: many phrases begin with the same terms.
    pub fn beginnings(&self, length: usize, make: impl FnOnce() -> Beginnings) -> Option<&[Beginning]> {
        self.beginnings.get(length)?.get_or_init(make).as_deref()
    }

    /// Whether all of the choice may be missing.
    pub fn are_optional(&self) -> bool {
        self.optional
    }

    /// The options that may stand where this character does, or the text ends, in their order: all that can begin so, and some that cannot.
    /// None that is empty.
    pub fn at(&self, first: Option<char>) -> impl Iterator<Item = &Vec<Part>> {
        let many = (FEW..=MOST).contains(&self.all.len());
        let firsts = many.then(|| &**self.firsts.get_or_init(|| Box::new(Firsts::new(self.all.iter().map(|o| &o[..])))));
        Firsts::pick(firsts, &self.all, first).filter(|o| !o.is_empty())
    }
}

/// How much a phrase stands for, with all that its terms stand for.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::pack) struct Size {
    /// Letters, bytes; what may be anything counts for the states that it takes.
    pub letters: usize,
    /// Those of the longest way to read it, where what may vary counts as one.
    pub reach: usize,
    /// How deep choices lie in each other.
    pub depth: usize,
}

impl Size {
    pub fn of(parts: &[Part]) -> Size {
        let one = |part: &Part| match part {
            Part::Literal(s) => Size { letters: s.len(), reach: s.len(), depth: 0 },
            Part::Choice(options) => options.size(),
            Part::Space | Part::Joint | Part::Number => Size { letters: 1, reach: 1, depth: 0 },
            Part::Word | Part::Words | Part::Ending => Size { letters: 100, reach: 1, depth: 0 },
        };
        let behind = |a: Size, b: Size| Size { reach: a.reach.saturating_add(b.reach), ..a.beside(b) };
        parts.iter().map(one).fold(Size::default(), behind)
    }

    /// That of both where either may stand.
    fn beside(self, other: Size) -> Size {
        let letters = self.letters.saturating_add(other.letters);
        Size { letters, reach: self.reach.max(other.reach), depth: self.depth.max(other.depth) }
    }
}

impl Deref for Options {
    type Target = [Vec<Part>];

    fn deref(&self) -> &[Vec<Part>] {
        &self.all
    }
}

impl PartialEq for Options {
    fn eq(&self, other: &Options) -> bool {
        self.all == other.all
    }
}

/// Which of [`SIGNS`] a character is.
fn sign(c: char) -> usize {
    if c.is_ascii() { c.to_ascii_lowercase() as usize } else { SIGNS - 1 }
}

impl Firsts {
    /// Of these, no more than [`MOST`]; those that have no parts begin nowhere.
    pub fn new<'p>(rows: impl Iterator<Item = &'p [Part]>) -> Firsts {
        let mut by_sign: Vec<Vec<u16>> = vec![Vec::new(); SIGNS];
        for (n, row) in (0u16..).zip(rows) {
            let Some(first) = row.first() else { continue };
            let mut signs: Vec<usize> = match first {
                Part::Literal(s) => match s.chars().next() {
                    // In lower case it may be a letter of ASCII.
                    Some(c) if c.is_ascii() || c.to_lowercase().all(|c| !c.is_ascii()) => forms(&c).iter().map(|c| sign(*c)).collect(),
                    _ => (0..SIGNS).collect(),
                },
                Part::Space => vec![sign(' ')],
                Part::Number => (b'0'..=b'9').map(usize::from).collect(),
                _ => (0..SIGNS).collect(),
            };
            signs.sort_unstable();
            signs.dedup();
            signs.into_iter().for_each(|s| by_sign[s].push(n));
        }
        let mut firsts = Firsts { numbers: Vec::new(), ends: [0; SIGNS] };
        for (end, numbers) in firsts.ends.iter_mut().zip(by_sign) {
            firsts.numbers.extend(numbers);
            *end = firsts.numbers.len() as u32;
        }
        firsts
    }

    /// Of all rows, those that may stand where this character does, or the text ends: all that can begin so, and some that cannot. All where
    /// nothing is known.
    pub fn pick<'r, T>(firsts: Option<&'r Firsts>, all: &'r [T], first: Option<char>) -> impl Iterator<Item = &'r T> {
        let (numbers, rest) = firsts.map_or((&[][..], all), |f| (f.of(first), &[]));
        numbers.iter().map(|n| &all[usize::from(*n)]).chain(rest)
    }

    /// The numbers of those that may stand where this character does, or the text ends.
    fn of(&self, first: Option<char>) -> &[u16] {
        // What may be nothing may stand at the end, and is under every sign.
        let sign = first.map_or(0, sign);
        let from = sign.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.numbers[from as usize..self.ends[sign] as usize]
    }
}
