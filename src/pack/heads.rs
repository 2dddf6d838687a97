//! Where in a text something can begin that begins with one of many strings: told by a few bytes, mostly.

use super::literals::LONGEST_HEAD;

/// Strings of which one must stand at a place, ASCII in lower case.
#[derive(Debug)]
pub(super) struct Heads {
    /// In order, with their lengths; none begins another.
    strings: Vec<(u128, usize)>,
    /// Which bits of their first four bytes are in the map: as many bytes as all of them have.
    mask: u32,
    /// Bits by hash of those.
    map: Vec<u64>,
    /// How much of a hash is left out.
    shift: u32,
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
    /// Of these strings, in order, none empty or longer than [`LONGEST_HEAD`], and none of which begins another.
    pub(super) fn new(strings: &[String]) -> Heads {
        let width = strings.iter().map(String::len).min().unwrap_or(0);
        let mask = if width < 4 { (1 << (8 * width)) - 1 } else { u32::MAX };
        let bits = (ROOM * strings.len()).next_power_of_two().max(64).ilog2();
        let mut heads = Heads { strings: Vec::new(), mask, map: vec![0; 1 << (bits - 6)], shift: u32::BITS - bits };
        for s in strings {
            let bit = heads.bit(s.as_bytes());
            heads.map[bit / 64] |= 1 << (bit % 64);
            heads.strings.push((number(s.as_bytes()), s.len()));
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
        let text = number(text);
        // The last one that is not greater is the only one that can be there.
        let after = self.strings.partition_point(|(head, _)| *head <= text);
        let last = after.checked_sub(1).and_then(|i| self.strings.get(i));
        last.is_some_and(|(head, len)| (head ^ text) >> (8 * (LONGEST_HEAD - len)) == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_begins_is_told(mut strings in prop::collection::vec("[ab é]{1,6}", 1..20), text in "[abABé ]{0,8}") {
            strings.sort();
            strings.dedup_by(|longer, shorter| longer.starts_with(shorter.as_str()));
            let begins = strings.iter().any(|s| text.to_ascii_lowercase().starts_with(s.as_str()));
            prop_assert_eq!(Heads::new(&strings).begin(text.as_bytes()), begins);
        }
    }
}
