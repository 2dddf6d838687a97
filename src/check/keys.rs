//! Where in a text which of thousands of short strings begin.
//!
//! Nearly all of them begin a word, and at nearly all places of a text none of them does: the next six bytes tell that, or the next three
//! where a string has no more. What is left is looked up among the strings in their order. Making this costs a sort, and no automaton;
//! scanning costs a few instructions a byte, however many strings there are.

use std::borrow::Cow;

/// How many bytes tell whether a string may begin, of strings that have so many.
const HEADS: [usize; 2] = [6, 3];
/// No string.
const NONE: u32 = u32::MAX;

/// One string to look for, and whether it may begin inside a word.
#[derive(Clone, Debug)]
pub struct Key<'k> {
    /// The string, not empty.
    pub text: Cow<'k, str>,
    /// Whether letters or digits (ASCII) may stand directly before its first one.
    pub inside: bool,
}

/// Strings, in order.
#[derive(Debug, Default)]
pub struct KeyIndex {
    /// The strings, one behind another.
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<u32>,
    /// For each, the longest of those that it begins with.
    shorter: Vec<u32>,
    /// By length of what tells.
    levels: [Level; 2],
    /// Those of the second level, by their first bytes.
    few: Vec<u32>,
    /// Those of fewer bytes still, and with which bytes they begin.
    short: Vec<u32>,
    short_heads: Box<[bool]>,
}

/// Strings by their first bytes.
#[derive(Debug)]
struct Level {
    /// For the bytes, the strings that begin with them; by hash, with room between.
    runs: Vec<Run>,
    /// Bits by hash of the bytes: of strings that may begin inside a word, and of all.
    maps: [Box<[u64]>; 2],
}

impl Default for Level {
    fn default() -> Level {
        let map = || vec![0u64; 1 << (BITS - 6)].into_boxed_slice();
        Level { runs: Vec::new(), maps: [map(), map()] }
    }
}

/// Strings that begin with the same bytes.
#[derive(Clone, Copy, Debug)]
struct Run {
    head: u64,
    from: u32,
    to: u32,
}

impl Run {
    const EMPTY: Run = Run { head: u64::MAX, from: 0, to: 0 };
}

/// A map has two to the power of this of bits.
const BITS: u32 = 15;

fn hash(head: u64) -> usize {
    (head.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS)) as usize
}

/// The first `len` bytes of a head.
fn cut(head: u64, len: usize) -> u64 {
    head & ((1 << (8 * len)) - 1)
}

fn head_of(bytes: &[u8], len: usize) -> u64 {
    bytes.iter().take(len).rev().fold(0, |head, b| head << 8 | u64::from(*b))
}

impl Level {
    fn new(mut runs: Vec<Run>, maps: [Box<[u64]>; 2]) -> Level {
        runs.sort_unstable_by_key(|r| (r.head, r.from));
        let room = (4 * runs.len()).next_power_of_two();
        let mut table = vec![Run::EMPTY; room];
        for run in runs {
            let mut at = hash(run.head) & (room - 1);
            while table[at].head != Run::EMPTY.head {
                at = (at + 1) & (room - 1);
            }
            table[at] = run;
        }
        Level { runs: table, maps }
    }

    /// The strings that begin with these bytes.
    fn run(&self, head: u64) -> Option<Run> {
        let mask = self.runs.len() - 1;
        let mut at = hash(head) & mask;
        loop {
            let run = self.runs[at];
            if run.head == head {
                return Some(run);
            }
            if run.head == Run::EMPTY.head {
                return None;
            }
            at = (at + 1) & mask;
        }
    }
}

impl KeyIndex {
    /// An index of these strings, which must be in order, each once. They are numbered so.
    pub fn new(keys: &[Key]) -> KeyIndex {
        let mut index = KeyIndex { short_heads: vec![false; 256].into(), ..KeyIndex::default() };
        let mut runs: [Vec<Run>; 2] = Default::default();
        for (number, key) in (0u32..).zip(keys) {
            let bytes = key.text.as_bytes();
            let mut shorter = number.checked_sub(1).unwrap_or(NONE);
            while shorter != NONE && !bytes.starts_with(index.text(shorter)) {
                shorter = index.shorter[shorter as usize];
            }
            index.shorter.push(shorter);
            index.bytes.extend_from_slice(bytes);
            index.ends.push(index.bytes.len() as u32);
            let Some(level) = HEADS.iter().position(|len| bytes.len() >= *len) else {
                index.short.push(number);
                index.short_heads[usize::from(bytes[0])] = true;
                continue;
            };
            let head = head_of(bytes, HEADS[level]);
            // Those of the first level stand side by side in the order of all; of the second, others may stand between them.
            let place = if level == 0 { number } else { index.few.len() as u32 };
            match runs[level].last_mut().filter(|r| r.head == head) {
                Some(run) => run.to = place + 1,
                None => runs[level].push(Run { head, from: place, to: place + 1 }),
            }
            index.few.extend((level == 1).then_some(number));
            let bit = hash(head);
            // Signs and what is not ASCII are never inside a word.
            let inside = key.inside && bytes[0].is_ascii_alphanumeric();
            for map in &mut index.levels[level].maps[usize::from(!inside)..] {
                map[bit >> 6] |= 1 << (bit & 63);
            }
        }
        let mut levels = index.levels.into_iter().zip(runs).map(|(level, runs)| Level::new(runs, level.maps));
        index.levels = std::array::from_fn(|_| levels.next().unwrap_or_default());
        index
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn text(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let from = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.bytes[from..self.ends[number] as usize]
    }

    /// Calls `found` for each string that begins in `text`, in the text's order: its number, where it begins, and whether a word may begin there. A string that
    /// does not begin inside words may be given there all the same.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(u32, usize, bool)) {
        let [long, short] = &self.levels;
        let [long_len, short_len] = HEADS;
        let mut head = head_of(text, long_len - 1) << 8;
        let mut before = false;
        for at in 0..text.len() {
            let last = text.get(at + long_len - 1).copied().unwrap_or(0);
            head = head >> 8 | u64::from(last) << (8 * (long_len - 1));
            let letter = text[at].is_ascii_alphanumeric();
            let opens = !(before && letter);
            before = letter;
            if self.short_heads[usize::from(text[at])] {
                self.short.iter().filter(|n| text[at..].starts_with(self.text(**n))).for_each(|n| found(*n, at, opens));
            }
            let (bit, short_bit) = (hash(head), hash(cut(head, short_len)));
            if long.maps[usize::from(opens)][bit >> 6] >> (bit & 63) & 1 != 0 {
                self.at(&text[at..], head, |number| found(number, at, opens));
            }
            if short.maps[usize::from(opens)][short_bit >> 6] >> (short_bit & 63) & 1 != 0 {
                self.at_short(&text[at..], cut(head, short_len), |number| found(number, at, opens));
            }
        }
    }

    /// The strings of the first level that a text begins with.
    fn at(&self, text: &[u8], head: u64, mut found: impl FnMut(u32)) {
        let Some(run) = self.levels[0].run(head) else { return };
        // The last that is not greater than the text: what begins the text begins it, or is it.
        let (mut low, mut high) = (run.from, run.to);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.text(middle) <= text {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut number = low.checked_sub(1).unwrap_or(NONE);
        while number != NONE && number >= run.from {
            if text.starts_with(self.text(number)) {
                found(number);
            }
            number = self.shorter[number as usize];
        }
    }

    /// Those of the second level.
    fn at_short(&self, text: &[u8], head: u64, mut found: impl FnMut(u32)) {
        let Some(run) = self.levels[1].run(head) else { return };
        self.few[run.from as usize..run.to as usize].iter().filter(|n| text.starts_with(self.text(**n))).for_each(|n| found(*n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_that_begin_are_found(keys in prop::collection::btree_map("[ab é]{1,9}", any::<bool>(), 0..40), text in "[abcé .]{0,60}") {
            let keys: Vec<Key> = keys.into_iter().map(|(text, inside)| Key { text: text.into(), inside }).collect();
            let mut found = Vec::new();
            KeyIndex::new(&keys).each(text.as_bytes(), |number, at, opens| {
                if opens || keys[number as usize].inside {
                    found.push((number as usize, at));
                }
            });
            found.sort_unstable();
            let mut wanted = Vec::new();
            for (number, key) in keys.iter().enumerate() {
                for at in 0..text.len() {
                    let bytes = text.as_bytes();
                    let opens = !bytes[at].is_ascii_alphanumeric() || at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
                    if bytes[at..].starts_with(key.text.as_bytes()) && (opens || key.inside) {
                        wanted.push((number, at));
                    }
                }
            }
            prop_assert_eq!(found, wanted);
        }
    }
}
