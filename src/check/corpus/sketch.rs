//! Texts as a few hundred bytes: MinHash over runs of words.

use borsh::{BorshDeserialize, BorshSerialize};
use rustc_hash::FxHasher;
use std::collections::HashSet;
use std::hash::Hasher;

/// Values of a sketch. The estimate of how much two texts share is off by 4 points in the mean.
pub const SIZE: usize = 128;
/// So many values of a sketch together bring two texts before each other. Of pairs that share four fifths, one in 10^7 is missed.
pub const ROWS: usize = 4;
/// Runs of so many words are compared.
const RUN: usize = 4;
/// Places that runs of words are spread over, in each order.
const PLACES: usize = 16;
/// One for each order.
const SEEDS: [u64; SIZE / PLACES] = [3, 1 << 8, 5 << 16, 7 << 24, 11 << 32, 13 << 40, 17 << 48, 19 << 56];

/// What a text is compared by: for each of many sorts of runs of words, the last bits of the first in a fixed order that the text has.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Sketch(pub [u16; SIZE]);

impl Sketch {
    /// The sketch of a text with words of these hashes masked; `None` if it has fewer than `min` words.
    pub fn of(text: &str, masked: &HashSet<u64>, min: usize) -> Option<Sketch> {
        let mut hashes = Vec::with_capacity(text.len() / 6 + 8);
        let mut total = 0;
        let mut in_mask = false;
        each_word(text, &mut |word| {
            total += 1;
            let mask = !masked.is_empty() && masked.contains(&word);
            // A name of two words and one of one word leave the same behind.
            if !mask || !in_mask {
                hashes.push(if mask { 1 } else { word });
            }
            in_mask = mask;
        });
        if total < min.max(RUN) || hashes.len() < RUN {
            return None;
        }
        // Each run of words goes into one place of each order; that is as good as trying it in all, and a sixteenth of the work.
        let mut least = [[u32::MAX; PLACES]; SIZE / PLACES];
        for run in hashes.windows(RUN) {
            let h = run.iter().fold(0, |h, word| join(h, *word));
            for (order, seed) in least.iter_mut().zip(SEEDS) {
                let h = mix(h ^ seed);
                let place = &mut order[h as usize % PLACES];
                *place = (*place).min((h >> 32) as u32);
            }
        }
        // A place that nothing fell into takes the value of the next that has one.
        for order in &mut least {
            for i in 0..PLACES {
                if order[i] == u32::MAX {
                    let next = (1..PLACES).map(|d| order[(i + d) % PLACES].wrapping_add(d as u32)).find(|v| *v > PLACES as u32);
                    order[i] = next.unwrap_or(0);
                }
            }
        }
        let mut values = [0; SIZE];
        for (to, from) in values.iter_mut().zip(least.as_flattened()) {
            *to = (mix(u64::from(*from)) & 0xFFFF) as u16;
        }
        Some(Sketch(values))
    }

    /// How much two texts share, 0 to 1: of the runs of words that either has, those that both have.
    pub fn similarity(&self, other: &Sketch) -> f64 {
        let same: u16 = self.0.iter().zip(&other.0).map(|(a, b)| u16::from(a == b)).sum();
        f64::from(same) / SIZE as f64
    }

    /// What texts are brought together by: values number `band * ROWS` and after.
    pub fn band(&self, band: usize) -> u64 {
        self.0.get(band * ROWS..).unwrap_or_default().iter().take(ROWS).fold(0, |n, v| n << 16 | u64::from(*v))
    }
}

/// The hashes of a text's words in lower case; where scripts do without spaces, of its characters.
pub fn words(text: &str) -> Vec<u64> {
    let mut out = Vec::new();
    each_word(text, &mut |w| out.push(w));
    out
}

/// ASCII in lower case; 0 for what is in no word, and for parts of other characters.
const IN_WORD: [u8; 256] = {
    let mut t = [0; 256];
    let mut b = 0u8;
    while b < 128 {
        if b.is_ascii_alphanumeric() {
            t[b as usize] = b.to_ascii_lowercase();
        }
        b += 1;
    }
    t
};

fn each_word(text: &str, each: &mut impl FnMut(u64)) {
    // What a sigma becomes depends on what stands around it.
    let lower = text.contains('Σ').then(|| text.to_lowercase());
    let text = lower.as_deref().unwrap_or(text);
    let bytes = text.as_bytes();
    let mut word = Fnv::START;
    let mut end = |word: &mut Fnv| {
        if *word != Fnv::START {
            each(std::mem::replace(word, Fnv::START).finish());
        }
    };
    let mut at = 0;
    loop {
        while let Some(b) = bytes.get(at).map(|b| IN_WORD[usize::from(*b)]).filter(|b| *b != 0) {
            word.add(b);
            at += 1;
        }
        let Some(c) = text.get(at..).and_then(|t| t.chars().next()) else { break };
        at += c.len_utf8();
        if c.is_ascii() {
            end(&mut word);
            continue;
        }
        for c in c.to_lowercase() {
            let inside = c.is_alphanumeric();
            if !inside || alone(c) {
                end(&mut word);
            }
            if inside {
                c.encode_utf8(&mut [0; 4]).bytes().for_each(|b| word.add(b));
                if alone(c) {
                    end(&mut word);
                }
            }
        }
    }
    end(&mut word);
}

/// Whether a character is a word by itself.
fn alone(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A hash of a text byte by byte.
#[derive(PartialEq, Eq)]
struct Fnv(u64);

impl Fnv {
    /// Of no bytes at all.
    const START: Fnv = Fnv(0xCBF2_9CE4_8422_2325);

    fn add(&mut self, b: u8) {
        self.0 = (self.0 ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3);
    }

    fn finish(self) -> u64 {
        mix(self.0)
    }
}

/// A hash that is the same in every run.
pub fn hash(text: &str) -> u64 {
    let mut h = FxHasher::default();
    h.write(text.as_bytes());
    mix(h.finish())
}

/// Two hashes as one.
pub fn join(a: u64, b: u64) -> u64 {
    mix(a.rotate_left(17) ^ b)
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(from: usize, to: usize) -> String {
        (from..to).map(|i| format!("word{i} ")).collect()
    }

    #[test]
    fn estimates_are_near_the_truth() {
        let sketch = |a, b| Sketch::of(&text(a, b), &HashSet::new(), 10).expect("long enough");
        for (a, b) in [((0, 400), (0, 400)), ((0, 400), (40, 440)), ((0, 400), (200, 600)), ((0, 400), (500, 900))] {
            let shared = (a.1 as f64 - 3.0 - f64::from(b.0 as u32)).max(0.0);
            let truth = shared / (2.0 * 397.0 - shared);
            let said = sketch(a.0, a.1).similarity(&sketch(b.0, b.1));
            assert!((said - truth).abs() < 0.12, "{a:?} {b:?}: {said} for {truth}");
        }
    }

    #[test]
    fn masked_names_make_no_difference() {
        let of = |city: &str| {
            let masked = words(city).into_iter().collect();
            Sketch::of(&format!("the best agency in {city} for the people of {city} and their shops"), &masked, 8)
        };
        assert_eq!(of("Leeds"), of("São Paulo"));
        assert_ne!(of("Leeds"), Sketch::of("the best agency in Leeds for the people of Leeds and their cats", &HashSet::new(), 8));
    }

    #[test]
    fn words_of_scripts_without_spaces() {
        let apart = ["hubspot", "認", "定", "leeds", "nord"].map(|w| words(w)[0]);
        assert_eq!(words("HubSpot認定 Leeds-Nord"), apart);
    }

    #[test]
    fn case_makes_no_difference() {
        for (a, b) in [("GRÖSSE über ÅRHUS", "grösse ÜBER århus"), ("ΟΔΟΣ ΣΟΦΟΣ", "οδος σοφος"), ("İzmir", "i\u{307}zmir")]
        {
            assert_eq!(words(a), words(b));
        }
    }
}
