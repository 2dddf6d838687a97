//! Where in a text which of thousands of short strings begin.
//!
//! Nearly all of them begin a word, and at nearly all places of a text none of them does: the next six bytes tell that, or the next four or
//! three where a string has no more. What is left is looked up among the strings in their order. Making this costs a sort, and no automaton;
//! scanning costs a few instructions a byte, however many strings there are.

use std::borrow::Cow;

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
    pub(super) bytes: Cow<'static, [u8]>,
    /// Where each ends.
    pub(super) ends: Cow<'static, [u32]>,
    /// What of each follows the bytes that its level has, as a number of the same order; nothing of the short ones.
    pub(super) rests: Cow<'static, [u64]>,
    /// For each, its length and the longest of those that it begins with.
    pub(super) links: Cow<'static, [Link]>,
    /// Those of six bytes and more, of four and more, and of three.
    pub(super) levels: [Level; 3],
    /// The first bytes of those of each level.
    pub(super) first: [Bits; 3],
    /// The first three bytes of those that may begin inside a word, which are few.
    pub(super) inside: Bits,
    /// Those of fewer bytes still.
    pub(super) tiny: Cow<'static, [u32]>,
    /// What each byte is.
    pub(super) classes: Cow<'static, [u8]>,
}

/// The same, as it is scanned with.
#[derive(Clone, Copy)]
struct View<'i> {
    bytes: &'i [u8],
    ends: &'i [u32],
    rests: &'i [u64],
    links: &'i [Link],
    levels: [LevelView<'i>; 3],
    tiny: &'i [u32],
}

/// What a string is, and which other it begins with: in few bytes, since this is read for whatever a text may begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link(pub(super) u32);

impl Link {
    /// `shorter`: the longest of those that it begins with. `len`: its own length, bytes.
    fn new(shorter: Option<u32>, len: usize) -> Link {
        Link(shorter.unwrap_or(NONE) << 8 | u32::from(u8::try_from(len).unwrap_or(u8::MAX)))
    }

    fn shorter(self) -> Option<u32> {
        Some(self.0 >> 8).filter(|number| *number != NONE >> 8)
    }

    /// Its length, bytes, as far as that is told.
    #[inline]
    fn len(self) -> usize {
        (self.0 & 0xFF) as usize
    }
}

/// A byte of a letter or digit (ASCII).
const LETTER: u8 = 1;
/// A byte that one of the tiny strings begins with.
const TINY: u8 = 2;

/// How many bytes those of a level have at least, the longest first: so many tell whether one may begin.
const LEVELS: [usize; 3] = [6, 4, 3];

/// Bits by hash.
#[derive(Debug, Default)]
pub(super) struct Bits {
    pub(super) map: Cow<'static, [u64]>,
    /// How much of a hash is left out.
    pub(super) shift: u32,
}

/// The same, as a text is held against them.
#[derive(Clone, Copy)]
struct BitsView<'i> {
    map: &'i [u64],
    shift: u32,
}

/// So many bits for each string, at least: what passes by chance costs a look-up.
const SIEVE_ROOM: usize = 8;
/// There are no more than two to the power of this: a larger one does not stay near the processor.
const SIEVE_BITS: u32 = 20;

impl Bits {
    /// Room for so many strings.
    fn new(strings: usize) -> Bits {
        let bits = (SIEVE_ROOM * strings).next_power_of_two().ilog2().clamp(10, SIEVE_BITS);
        Bits { map: vec![0; 1 << (bits - 6)].into(), shift: u32::BITS - bits }
    }

    fn add(&mut self, head: u64) {
        let (word, bit) = bit_of(head, self.shift);
        self.map.to_mut()[word] |= 1 << bit;
    }

    fn view(&self) -> BitsView<'_> {
        BitsView { map: &self.map, shift: self.shift }
    }
}

#[inline]
fn bit_of(head: u64, shift: u32) -> (usize, u32) {
    let hash = (head.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32 >> shift;
    ((hash >> 6) as usize, hash & 63)
}

impl BitsView<'_> {
    #[inline]
    fn has(self, head: u64) -> bool {
        let (word, bit) = bit_of(head, self.shift);
        self.map[word] >> bit & 1 != 0
    }
}

/// Strings of a level by their first bytes.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// By hash, with room between: the number of a run, plus one, and above it a few bits more of the hash.
    pub(super) slots: Cow<'static, [u32]>,
    pub(super) runs: Cow<'static, [Run]>,
    /// What the runs count, where that is not the strings themselves: others may stand between them.
    pub(super) numbers: Cow<'static, [u32]>,
}

/// The same, as it is searched.
#[derive(Clone, Copy)]
struct LevelView<'i> {
    slots: &'i [u32],
    runs: &'i [Run],
    numbers: &'i [u32],
}

/// So many bits of a slot are the number.
const NUMBER: u32 = 24;

/// Strings that begin with the same bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) head: u64,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// The first bytes of a text, as many as there are, up to eight.
#[inline]
fn first_of(text: &[u8]) -> u64 {
    let first = text.first_chunk().map(|first| u64::from_le_bytes(*first));
    first.unwrap_or_else(|| text.iter().rev().fold(0, |head, b| head << 8 | u64::from(*b)))
}

/// So many of them.
#[inline]
fn head_of(first: u64, len: usize) -> u64 {
    first & ((1 << (8 * len)) - 1)
}

/// What follows the bytes of the first level in a text, as a number: of two texts that begin alike, the lesser has the lesser, or the same.
#[inline]
fn rest_of(text: &[u8]) -> u64 {
    let rest = text.get(LEVELS[0]..).unwrap_or_default();
    let mut bytes = [0; ORDERED];
    match rest.first_chunk() {
        Some(first) => bytes = *first,
        None => bytes[..rest.len()].copy_from_slice(rest),
    }
    u64::from_be_bytes(bytes)
}

/// So many bytes are in such a number.
const ORDERED: usize = 8;

impl Level {
    /// A level of these runs, each of which stands once.
    fn new(runs: Vec<Run>, numbers: Vec<u32>) -> Level {
        let mut slots = vec![0; (2 * runs.len()).next_power_of_two().max(2)];
        for (number, run) in (1u32..).zip(&runs) {
            let (mut at, tag) = slot(run.head, slots.len());
            while slots[at] != 0 {
                at = (at + 1) & (slots.len() - 1);
            }
            slots[at] = tag | number & ((1 << NUMBER) - 1);
        }
        Level { slots: slots.into(), runs: runs.into(), numbers: numbers.into() }
    }

    fn view(&self) -> LevelView<'_> {
        LevelView { slots: &self.slots, runs: &self.runs, numbers: &self.numbers }
    }
}

/// Where, of so many slots, the run of these bytes is, or one of the slots behind; and what more of the hash stands there.
#[inline]
fn slot(head: u64, slots: usize) -> (usize, u32) {
    let hash = head.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((hash >> 32) as usize & (slots - 1), ((hash >> 56) as u32) << NUMBER)
}

impl LevelView<'_> {
    /// The strings that begin with these bytes.
    #[inline]
    fn run(self, head: u64) -> Option<Run> {
        let (mut at, tag) = slot(head, self.slots.len());
        while let slot @ 1.. = self.slots[at] {
            let number = (slot & ((1 << NUMBER) - 1)) as usize;
            if slot >> NUMBER == tag >> NUMBER
                && let Some(run) = self.runs.get(number.wrapping_sub(1)).filter(|run| run.head == head)
            {
                return Some(*run);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        None
    }
}

impl KeyIndex {
    /// An index of these strings, which must be in order, each once. They are numbered so.
    pub fn new(keys: &[Key]) -> KeyIndex {
        let letter = |b: u8| if b.is_ascii_alphanumeric() { LETTER } else { 0 };
        let mut classes: Vec<u8> = (0..=u8::MAX).map(letter).collect();
        let (mut strings, mut ends, mut rests, mut tiny) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut links: Vec<Link> = Vec::new();
        let mut runs: [Vec<Run>; 3] = Default::default();
        let mut numbers: [Vec<u32>; 3] = Default::default();
        let mut begin_inside = Vec::new();
        for (number, key) in (0u32..).zip(keys) {
            let bytes = key.text.as_bytes();
            let mut begins = number.checked_sub(1);
            while let Some(other) = begins.filter(|other| !bytes.starts_with(keys[*other as usize].text.as_bytes())) {
                begins = links[other as usize].shorter();
            }
            links.push(Link::new(begins, bytes.len()));
            rests.push(rest_of(bytes));
            strings.extend_from_slice(bytes);
            ends.push(strings.len() as u32);
            let Some(level) = LEVELS.iter().position(|len| bytes.len() >= *len) else {
                tiny.push(number);
                classes[usize::from(bytes[0])] |= TINY;
                continue;
            };
            let first = first_of(bytes);
            // Signs and what is not ASCII are never inside a word.
            begin_inside.extend((key.inside && bytes[0].is_ascii_alphanumeric()).then_some(head_of(first, LEVELS[2])));
            // The longest ones stand side by side in the order of all.
            let place = if level == 0 { number } else { numbers[level].len() as u32 };
            numbers[level].extend((level != 0).then_some(number));
            let head = head_of(first, LEVELS[level]);
            match runs[level].last_mut().filter(|r| r.head == head) {
                Some(run) => run.to = place + 1,
                None => runs[level].push(Run { head, from: place, to: place + 1 }),
            }
        }
        let mut inside = Bits::new(begin_inside.len());
        begin_inside.into_iter().for_each(|head| inside.add(head));
        let first = std::array::from_fn(|level| {
            let mut bits = Bits::new(runs[level].len());
            runs[level].iter().for_each(|run| bits.add(run.head));
            bits
        });
        let mut levels = runs.into_iter().zip(numbers).map(|(runs, numbers)| Level::new(runs, numbers));
        KeyIndex {
            bytes: strings.into(),
            ends: ends.into(),
            rests: rests.into(),
            links: links.into(),
            levels: std::array::from_fn(|_| levels.next().unwrap_or_default()),
            first,
            inside,
            tiny: tiny.into(),
            classes: classes.into(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn view(&self) -> View<'_> {
        let KeyIndex { bytes, ends, rests, links, levels: [a, b, c], tiny, .. } = self;
        View { bytes, ends, rests, links, levels: [a.view(), b.view(), c.view()], tiny }
    }

    /// Calls `found` for each string that begins in `text`, in the text's order: its number, where it begins, and whether a word may begin
    /// there. A string that does not begin inside words may be given there all the same.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(u32, usize, bool)) {
        let Some(classes) = self.classes.first_chunk::<256>() else { return };
        if self.ends.is_empty() {
            return;
        }
        let (index, inside) = (self.view(), self.inside.view());
        let levels = [self.first[0].view(), self.first[1].view(), self.first[2].view()];
        let mut before = 0;
        let mut at = 0;
        for window in text.windows(8) {
            let first = first_of(window);
            let class = classes[usize::from(first as u8)];
            let opens = before & class & LETTER == 0;
            before = class;
            let head = |level: usize| head_of(first, LEVELS[level]);
            let all = !opens && inside.has(head(2));
            if all || opens && levels[0].has(head(0)) {
                index.long(first, &text[at..], |number| found(number, at, opens));
            }
            if all || opens && levels[1].has(head(1)) {
                index.listed(1, first, &text[at..], |number| found(number, at, opens));
            }
            if all || opens && levels[2].has(head(2)) {
                index.listed(2, first, &text[at..], |number| found(number, at, opens));
            }
            if class & TINY != 0 {
                index.tiny(&text[at..], |number| found(number, at, opens));
            }
            at += 1;
        }
        for at in at..text.len() {
            let class = classes[usize::from(text[at])];
            let opens = before & class & LETTER == 0;
            before = class;
            let text = &text[at..];
            let first = first_of(text);
            index.long(first, text, |number| found(number, at, opens));
            index.listed(1, first, text, |number| found(number, at, opens));
            index.listed(2, first, text, |number| found(number, at, opens));
            index.tiny(text, |number| found(number, at, opens));
        }
    }

    /// The index as an expression of Rust; promolint's build writes it.
    #[allow(dead_code)]
    pub fn source(&self) -> String {
        let bits = |b: &Bits| format!("Bits {{ map: Cow::Borrowed(&{:?}), shift: {} }}", b.map, b.shift);
        let level = |l: &Level| {
            format!(
                "Level {{ slots: Cow::Borrowed(&{:?}), runs: Cow::Borrowed(&{:?}), numbers: Cow::Borrowed(&{:?}) }}",
                l.slots, l.runs, l.numbers
            )
        };
        let KeyIndex { bytes, ends, rests, links, levels, first: [a, b, c], inside, tiny, classes } = self;
        let levels: Vec<String> = levels.iter().map(level).collect();
        format!(
            "KeyIndex {{ bytes: Cow::Borrowed(&{bytes:?}), ends: Cow::Borrowed(&{ends:?}), rests: Cow::Borrowed(&{rests:?}), \
             links: Cow::Borrowed(&{links:?}), levels: [{}], first: [{}, {}, {}], inside: {}, tiny: Cow::Borrowed(&{tiny:?}), \
             classes: Cow::Borrowed(&{classes:?}) }}",
            levels.join(", "),
            bits(a),
            bits(b),
            bits(c),
            bits(inside)
        )
    }
}

impl View<'_> {
    #[inline]
    fn text(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let from = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.bytes[from..self.ends[number] as usize]
    }

    /// Those of a level that are listed. `first`: the text's first bytes.
    #[inline]
    fn listed(&self, level: usize, first: u64, text: &[u8], mut found: impl FnMut(u32)) {
        let (of, len) = (self.levels[level], LEVELS[level]);
        if let Some(run) = of.run(head_of(first, len)) {
            let is = |n: &&u32| self.links[**n as usize].len() == len || text.starts_with(self.text(**n));
            of.numbers[run.from as usize..run.to as usize].iter().filter(is).for_each(|n| found(*n));
        }
    }

    /// Those of fewer than three bytes.
    fn tiny(&self, text: &[u8], mut found: impl FnMut(u32)) {
        self.tiny.iter().filter(|n| text.starts_with(self.text(**n))).for_each(|n| found(*n));
    }

    /// Whether a text begins with a string of the first level, as which it begins. `rest`: what follows that in the text.
    #[inline]
    fn begins(&self, number: u32, text: &[u8], rest: u64) -> bool {
        let len = self.links[number as usize].len() - LEVELS[0];
        if len > ORDERED {
            return text.starts_with(self.text(number));
        }
        len == 0 || len + LEVELS[0] <= text.len() && (self.rests[number as usize] ^ rest) >> (8 * (ORDERED - len)) == 0
    }

    /// Those of the first level. `first`: the text's first bytes.
    #[inline]
    fn long(&self, first: u64, text: &[u8], mut found: impl FnMut(u32)) {
        let Some(run) = self.levels[0].run(head_of(first, LEVELS[0])) else { return };
        // The last that is not greater than the text: what begins the text begins it, or is it.
        let rest = rest_of(text);
        let rests = &self.rests[run.from as usize..run.to as usize];
        let mut last = run.from + rests.partition_point(|other| *other <= rest) as u32;
        // Longer ones that begin alike.
        while last > run.from && self.rests[last as usize - 1] == rest && self.text(last - 1) > text {
            last -= 1;
        }
        let mut next = last.checked_sub(1);
        while let Some(number) = next.filter(|n| *n >= run.from) {
            if self.begins(number, text, rest) {
                found(number);
            }
            next = self.links[number as usize].shorter();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_that_begin_are_found(
            keys in prop::collection::btree_map("[ab é]{1,4}|ababab[ab ]{1,14}", any::<bool>(), 1..40),
            pieces in prop::collection::vec((any::<prop::sample::Index>(), "[abcé .]{0,9}"), 0..8),
        ) {
            let text: String = pieces.iter().map(|(key, other)| format!("{}{other}", key.get(&keys.keys().collect::<Vec<_>>()))).collect();
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
