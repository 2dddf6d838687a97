//! Where in a text something can begin that begins with one of many strings: told by a few bytes, mostly.

use super::literals::{Head, LONGEST_HEAD};

/// Strings of which one must stand at a place, ASCII in lower case.
#[derive(Debug)]
pub(super) struct Heads {
    /// In order.
    strings: Vec<One>,
    /// Which bits of their first four bytes are in the map: as many bytes as all of them have.
    mask: u32,
    /// Bits by hash of those.
    map: Vec<u64>,
    /// How much of a hash is left out.
    shift: u32,
}

/// One of the strings.
#[derive(Clone, Copy, Debug)]
struct One {
    /// Its first bytes as a number of the same order.
    head: u128,
    /// Its length, bytes.
    len: usize,
    /// Whether a word must end there.
    ends: bool,
    /// The longest of those that it begins with, by number.
    shorter: Option<u32>,
}

/// So many bits for each string, at least.
const ROOM: usize = 16;

/// The first bytes of a text, ASCII in lower case, so that their order is that of numbers.
#[inline]
fn number(text: &[u8]) -> u128 {
    let mut bytes = [0; LONGEST_HEAD];
    match text.first_chunk() {
        Some(first) => bytes = *first,
        None => bytes[..text.len()].copy_from_slice(text),
    }
    bytes.make_ascii_lowercase();
    u128::from_be_bytes(bytes)
}

impl Heads {
    /// Of these strings, in order, none empty or longer than [`LONGEST_HEAD`].
    pub(super) fn new(strings: &[Head]) -> Heads {
        let width = strings.iter().map(|s| s.text.len()).min().unwrap_or(0);
        let mask = if width < 4 { (1 << (8 * width)) - 1 } else { u32::MAX };
        let bits = (ROOM * strings.len()).next_power_of_two().max(64).ilog2();
        let mut heads = Heads { strings: Vec::new(), mask, map: vec![0; 1 << (bits - 6)], shift: u32::BITS - bits };
        for (n, Head { text, ends }) in (0u32..).zip(strings) {
            let bit = heads.bit(text.as_bytes());
            heads.map[bit / 64] |= 1 << (bit % 64);
            let mut shorter = n.checked_sub(1);
            while let Some(other) = shorter.filter(|other| !text.starts_with(strings[*other as usize].text.as_str())) {
                shorter = heads.strings[other as usize].shorter;
            }
            heads.strings.push(One { head: number(text.as_bytes()), len: text.len(), ends: *ends, shorter });
        }
        heads
    }

    /// The bit of what a text begins with, whatever the case of its letters.
    #[inline]
    fn bit(&self, text: &[u8]) -> usize {
        let first = match text.first_chunk() {
            Some(first) => *first,
            None => std::array::from_fn(|i| text.get(i).copied().unwrap_or(0)),
        };
        let head = (u32::from_le_bytes(first) | u32::from_le_bytes([b' '; 4])) & self.mask;
        (head.wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }

    /// Whether a text begins with one of them.
    #[inline]
    pub(super) fn begin(&self, text: &[u8]) -> bool {
        let bit = self.bit(text);
        self.map[bit / 64] >> (bit % 64) & 1 != 0 && self.has(text)
    }

    fn has(&self, text: &[u8]) -> bool {
        let order = number(text);
        // The last one that is not greater is there, or one that it begins with, or none.
        let mut next = self.strings.partition_point(|one| one.head <= order).checked_sub(1);
        while let Some(one) = next.and_then(|i| self.strings.get(i)) {
            let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            if (one.head ^ order) >> (8 * (LONGEST_HEAD - one.len)) == 0 && !(one.ends && text.get(one.len).is_some_and(word)) {
                return true;
            }
            next = one.shorter.map(|n| n as usize);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_begins_is_told(strings in prop::collection::btree_set(("[ab é]{1,6}", any::<bool>()), 1..20), text in "[abABé ]{0,8}") {
            let strings: Vec<Head> = strings.into_iter().map(|(text, ends)| Head { text, ends }).collect();
            let lower = text.to_ascii_lowercase();
            let word = |at: usize| lower.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric);
            let begins = strings.iter().any(|s| lower.starts_with(s.text.as_str()) && !(s.ends && word(s.text.len())));
            prop_assert_eq!(Heads::new(&strings).begin(text.as_bytes()), begins);
        }
    }
}
