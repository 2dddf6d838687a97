//! Where keys stand in texts, and whose they are.

/// Where a key stands: which text, where in it (bytes), and whether a word may begin there. The places of one text follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64);

impl Place {
    pub(super) fn new(text: usize, at: usize, opens: bool) -> Place {
        Place((text as u64) << 33 | (at as u64) << 1 | u64::from(opens))
    }

    pub(super) fn text(self) -> usize {
        (self.0 >> 33) as usize
    }

    pub(super) fn at(self) -> usize {
        (self.0 >> 1) as u32 as usize
    }

    pub(super) fn opens(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether a key counts there. `inside`: it may stand inside a word.
    pub(super) fn counts(self, inside: bool) -> bool {
        inside || self.opens()
    }
}

/// Some of the texts, a bit for each; beyond 64 several have one, and what holds for one of them is taken to hold for all.
pub(super) type Texts = u64;

pub(super) fn bit_of(text: usize) -> Texts {
    1 << (text % 64)
}

/// A key that was met, by its place among those that were, and whether it counts inside words for the one it belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Met(u32);

impl Met {
    pub(super) fn new(group: usize, inside: bool) -> Met {
        Met((group as u32) << 1 | u32::from(inside))
    }

    pub(super) fn group(self) -> usize {
        (self.0 >> 1) as usize
    }

    pub(super) fn inside(self) -> bool {
        self.0 & 1 != 0
    }
}

/// Puts what stands from `from` on in order, each once: one key may begin another.
pub(super) fn in_order(places: &mut Vec<Place>, from: usize) {
    places[from..].sort_unstable();
    let mut kept = from;
    for i in from..places.len() {
        if kept == from || places[kept - 1] != places[i] {
            places[kept] = places[i];
            kept += 1;
        }
    }
    places.truncate(kept);
}

/// Things by whose they are, in the order in which they came.
#[derive(Debug)]
pub(super) struct Grouped<T> {
    things: Vec<T>,
    /// From where to where they are whose; nothing of those that have none.
    ranges: Vec<[u32; 2]>,
    /// Those that have some.
    pub(super) owners: Vec<u32>,
}

impl<T> Default for Grouped<T> {
    fn default() -> Self {
        Grouped { things: Vec::new(), ranges: Vec::new(), owners: Vec::new() }
    }
}

impl<T: Copy + Default> Grouped<T> {
    /// Takes things with whose they are. `whose`: how many may have some.
    pub(super) fn fill(&mut self, met: &[(u32, T)], whose: usize) {
        let Grouped { things, ranges, owners } = self;
        owners.drain(..).for_each(|number| ranges[number as usize] = [0, 0]);
        ranges.resize(whose, [0, 0]);
        for (number, _) in met {
            let [_, count] = &mut ranges[*number as usize];
            if *count == 0 {
                owners.push(*number);
            }
            *count += 1;
        }
        let mut next = 0;
        for number in &*owners {
            let range = &mut ranges[*number as usize];
            let [_, count] = *range;
            *range = [next, next];
            next += count;
        }
        things.clear();
        things.resize(met.len(), T::default());
        for &(number, thing) in met {
            let [_, to] = &mut ranges[number as usize];
            things[*to as usize] = thing;
            *to += 1;
        }
    }

    /// What one has.
    pub(super) fn of(&self, number: u32) -> &[T] {
        let [from, to] = self.ranges[number as usize];
        &self.things[from as usize..to as usize]
    }

    /// What the one has that came as number `group` of those that have some.
    pub(super) fn of_group(&self, group: usize) -> &[T] {
        self.of(self.owners[group])
    }
}
