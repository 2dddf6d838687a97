//! Strings that a match cannot do without: of parts of an expression or phrase, and of parts put together.
//!
//! This file is part of the build, too.

use super::phrase::append_each;
use std::rc::Rc;

/// How many strings are multiplied out in a row.
const MAX_SET: usize = 64;
/// How many literals one pattern may put into the prefilter, where its alternatives are added up.
pub(super) const MAX_JOINED: usize = 256;

/// Strings of which every match contains one, and how far the match reaches from where it begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    /// The strings.
    pub strings: Rc<Vec<String>>,
    /// How many bytes of the match may stand before it, at most; `None` if nobody knows.
    pub lead: Option<usize>,
    /// The same from where it begins to the match's end.
    pub tail: Option<usize>,
    /// Whether a letter or digit (ASCII) may stand directly before it.
    pub inside: bool,
    /// Which part of the expression it begins with, where that is one of a row.
    pub from: Option<usize>,
}

/// What is known of an expression, or of a part of one.
#[derive(Clone, Debug)]
pub(super) struct Info {
    /// All strings it can match, if they are few.
    pub exact: Option<Rc<Vec<String>>>,
    /// The best set of which every match contains one.
    pub best: Option<Set>,
    /// How long a match can be, bytes.
    pub bound: Option<usize>,
}

impl Info {
    /// Of what matches these strings and no others.
    pub fn exact(strings: Vec<String>, inside: bool) -> Info {
        let bound = strings.iter().map(|s| written(s)).max();
        let strings = Rc::new(strings);
        let best = Set { strings: Rc::clone(&strings), lead: Some(0), tail: bound, inside, from: None };
        Info { exact: Some(strings), best: Some(best), bound }
    }

    /// Of what matches nothing but the empty string.
    pub fn empty() -> Info {
        Info { exact: Some(Rc::new(vec![String::new()])), best: None, bound: Some(0) }
    }

    /// Of what matches something so long, and nobody knows what.
    pub fn unknown(bound: Option<usize>) -> Info {
        Info { exact: None, best: None, bound }
    }

    /// Of what may be missing.
    pub fn or_nothing(self) -> Info {
        let exact = self.exact.map(|mut exact| {
            Rc::make_mut(&mut exact).push(String::new());
            exact
        });
        Info { exact, best: None, bound: self.bound }
    }

    /// Of what matches where one of these does.
    pub fn either(infos: &[Info]) -> Info {
        let most = |of: fn(&Info) -> Option<usize>| infos.iter().map(of).reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b))).flatten();
        let lead = most(|i| i.best.as_ref().and_then(|s| s.lead));
        let tail = most(|i| i.best.as_ref().and_then(|s| s.tail));
        let inside = infos.iter().any(|i| i.best.as_ref().is_some_and(|s| s.inside));
        let exact = join(infos.iter().map(|i| i.exact.as_ref()));
        let same = |i: &Info| i.exact.as_ref().zip(i.best.as_ref()).is_some_and(|(e, b)| Rc::ptr_eq(e, &b.strings));
        let best = match &exact {
            Some(exact) if infos.iter().all(same) => Some(Rc::clone(exact)),
            _ => join(infos.iter().map(|i| i.best.as_ref().map(|s| &s.strings))),
        };
        Info { exact, best: best.map(|strings| Set { strings, lead, tail, inside, from: None }), bound: most(|i| i.bound) }
    }
}

/// All of these strings, if they are known and not too many.
fn join<'s>(sets: impl Iterator<Item = Option<&'s Rc<Vec<String>>>>) -> Option<Rc<Vec<String>>> {
    let sets: Vec<_> = sets.collect::<Option<_>>()?;
    if sets.iter().map(|s| s.len()).sum::<usize>() > MAX_JOINED {
        return None;
    }
    Some(match &sets[..] {
        [one] => Rc::clone(one),
        all => Rc::new(all.iter().flat_map(|s| s.iter().cloned()).collect()),
    })
}

/// The sum of two lengths, if both are known.
pub(super) fn plus(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    a.zip(b).map(|(a, b)| a.saturating_add(b))
}

/// How many bytes a string takes in any case: two letters of ASCII, and many beyond, have longer sisters.
pub(super) fn written(s: &str) -> usize {
    let longer = |c: char| if c.is_ascii() { 2 * usize::from(matches!(c, 's' | 'S' | 'k' | 'K')) } else { 2 };
    s.len() + s.chars().map(longer).sum::<usize>()
}

/// How telling a set is: longer strings are; of equally long ones, fewer.
pub(super) fn worth(set: &[String]) -> (usize, usize) {
    (score(set).min(12), usize::MAX - set.len())
}

/// The length of the shortest of a set, counting only the longest run of letters, digits, spaces and hyphens in each: signs are everywhere.
pub(super) fn score(set: &[String]) -> usize {
    let run = |s: &String| s.as_bytes().split(|b| b.is_ascii_punctuation() && *b != b'-').map(<[u8]>::len).max().unwrap_or(0);
    set.iter().map(run).min().unwrap_or(0)
}

/// Parts that follow each other, as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// What is known of each, and whether a letter may stand before it.
    parts: Vec<(Info, bool)>,
    /// Whether a letter or digit (ASCII) may stand before what follows, if none, or one, may stand before the row. One of the two is the
    /// case.
    after: [bool; 2],
    inside: bool,
}

impl Row {
    /// A row without parts. `inside`: whether a letter or digit (ASCII) may stand before it.
    pub fn new(inside: bool) -> Row {
        Row { parts: Vec::with_capacity(8), after: [false, true], inside }
    }

    /// Whether a letter or digit (ASCII) may stand before what follows.
    pub fn inside(&self) -> bool {
        self.after[usize::from(self.inside)]
    }

    /// The same, if none, or one, may stand before the row.
    pub fn after(&self) -> [bool; 2] {
        self.after
    }

    /// Adds a part. `after`: whether a letter or digit (ASCII) may stand before what follows the part, if none, or one, may stand before it.
    pub fn push(&mut self, info: Info, after: [bool; 2]) {
        self.parts.push((info, self.inside()));
        self.after = self.after.map(|before| after[usize::from(before)]);
    }

    /// Adds the parts of a row.
    pub fn extend(&mut self, row: &Row) {
        self.parts.extend_from_slice(&row.parts);
        self.after = self.after.map(|before| row.after[usize::from(before)]);
    }

    /// What is known of the whole row.
    pub fn whole(mut self) -> Info {
        if self.parts.len() < 2 {
            return self.parts.pop().map_or_else(Info::empty, |(info, _)| info);
        }
        let (exact, mut sets) = self.read();
        let best = match &exact {
            Some(_) => sets.pop(),
            None => sets.into_iter().max_by_key(|s| worth(&s.strings)),
        };
        Info { exact, best, bound: self.bound(0, self.parts.len()) }
    }

    /// The sets of its parts.
    pub fn sets(mut self) -> Vec<Set> {
        match self.parts.len() {
            0 | 1 => self.parts.pop().and_then(|(info, _)| info.best).into_iter().collect(),
            _ => self.read().1,
        }
    }

    /// How long these parts can be.
    fn bound(&self, from: usize, to: usize) -> Option<usize> {
        self.parts[from..to].iter().map(|(info, _)| info.bound).fold(Some(0), plus)
    }

    /// All strings it can match, if they are few, and the sets of its parts.
    fn read(&self) -> (Option<Rc<Vec<String>>>, Vec<Set>) {
        let len = self.parts.len();
        let mut sets: Vec<Set> = Vec::new();
        let mut add = |strings: Rc<Vec<String>>, from: usize, inside: bool| {
            let (lead, tail) = (self.bound(0, from), self.bound(from, len));
            sets.push(Set { strings, lead, tail, inside, from: Some(from) });
        };
        let nothing = || Rc::new(vec![String::new()]);
        let mut nested: Vec<Set> = Vec::new();
        let (mut run, mut from, mut open) = (nothing(), 0, self.inside);
        let mut whole = true;
        for (i, (info, behind)) in self.parts.iter().enumerate() {
            let begins = matches!(&run[..], [one] if one.is_empty());
            if begins {
                open = *behind;
            }
            match &info.exact {
                Some(exact) if run.len() * exact.len() <= MAX_SET => match begins {
                    true => run = Rc::clone(exact),
                    false => append_each(Rc::make_mut(&mut run), exact),
                },
                exact => {
                    whole = false;
                    add(std::mem::replace(&mut run, nothing()), from, open);
                    from = i + 1;
                    match exact {
                        Some(exact) => (run, from, open) = (Rc::clone(exact), i, *behind),
                        None => nested.extend(info.best.clone().map(|s| {
                            let (before, after) = (self.bound(0, i), self.bound(i + 1, len));
                            Set { lead: plus(before, s.lead), tail: plus(s.tail, after), from: None, ..s }
                        })),
                    }
                }
            }
        }
        add(Rc::clone(&run), from, open);
        sets.extend(nested);
        (whole.then_some(run), sets)
    }
}
