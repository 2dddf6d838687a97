//! Texts 64 bytes at a time, and what their bytes are as bits: the lowest for the first.

/// So many bytes at a time.
pub const BLOCK: usize = 64;

/// For which bytes something holds.
#[inline(always)]
pub fn bits(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    // Compilers make comparisons of many bytes at a time of this.
    let mut flags = [0u8; BLOCK];
    flags.iter_mut().zip(block).for_each(|(flag, b)| *flag = u8::from(is(*b)));
    let mut all = 0;
    for (number, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // Eight bytes of 0 or 1 are moved side by side into the highest.
        all |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * number);
    }
    all
}

/// The bytes of a text from `at` on, and behind its end zeros.
#[inline]
pub fn block<const N: usize>(text: &[u8], at: usize) -> [u8; N] {
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(block) => *block,
        None => {
            let mut block = [0; N];
            block[..rest.len()].copy_from_slice(rest);
            block
        }
    }
}

/// The bits from `from` on.
#[inline]
pub fn from(bits: u64, from: usize) -> u64 {
    bits.checked_shr(from as u32).map_or(0, |b| b << from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bit_for_each_byte(text in prop::collection::vec(any::<u8>(), 0..200), at in 0..140usize, first in 0..=BLOCK) {
            let there = bits(&block(&text, at), |b| b > b'M');
            let is = |i: usize| text.get(at + i).is_some_and(|b| *b > b'M');
            for i in 0..BLOCK {
                prop_assert_eq!(there >> i & 1 != 0, is(i));
                prop_assert_eq!(from(there, first) >> i & 1 != 0, i >= first && is(i));
            }
        }
    }
}
