//! Texts as a few hundred bytes: MinHash over runs of words.

use std::collections::HashSet;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch(pub [u16; SIZE]);

impl Sketch {
    /// The sketch of a text with these words masked; `None` if it has fewer than `min` words.
    pub fn of(text: &str, masked: &HashSet<String>, min: usize) -> Option<Sketch> {
        let mut hashes = Vec::new();
        let mut total = 0;
        let mut in_mask = false;
        each_word(&text.to_lowercase(), &mut |word| {
            total += 1;
            let mask = !masked.is_empty() && masked.contains(word);
            // A name of two words and one of one word leave the same behind.
            if !mask || !in_mask {
                hashes.push(if mask { 1 } else { hash(word) });
            }
            in_mask = mask;
        });
        if total < min.max(RUN) || hashes.len() < RUN {
            return None;
        }
        // Each run of words goes into one place of each order; that is as good as trying it in all, and a sixteenth of the work.
        let mut least = [u32::MAX; SIZE];
        for run in hashes.windows(RUN) {
            let mut h = 0;
            for word in run {
                h = join(h, *word);
            }
            for (order, seed) in SEEDS.iter().enumerate() {
                let h = mix(h ^ seed);
                let at = order * PLACES + (h as usize % PLACES);
                let value = (h >> 32) as u32;
                if value < least[at] {
                    least[at] = value;
                }
            }
        }
        // A place that nothing fell into takes the value of the next that has one.
        for order in least.chunks_mut(PLACES) {
            for i in 0..PLACES {
                if order[i] == u32::MAX {
                    let next = (1..PLACES).map(|d| order[(i + d) % PLACES].wrapping_add(d as u32)).find(|v| *v > PLACES as u32);
                    order[i] = next.unwrap_or(0);
                }
            }
        }
        let mut values = [0; SIZE];
        for (to, from) in values.iter_mut().zip(least) {
            *to = (mix(u64::from(from)) & 0xFFFF) as u16;
        }
        Some(Sketch(values))
    }

    /// How much two texts share, 0 to 1: of the runs of words that either has, those that both have.
    pub fn similarity(&self, other: &Sketch) -> f64 {
        let same = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        same as f64 / SIZE as f64
    }

    /// What texts are brought together by: values number `band * ROWS` and after.
    pub fn band(&self, band: usize) -> u64 {
        self.0.iter().skip(band * ROWS).take(ROWS).fold(0, |n, v| n << 16 | u64::from(*v))
    }
}

/// The words of a text in lower case; where scripts do without spaces, its characters.
pub fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    each_word(&text.to_lowercase(), &mut |w| out.push(w.to_owned()));
    out
}

fn each_word(lower: &str, each: &mut dyn FnMut(&str)) {
    let bytes = lower.as_bytes();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let b = bytes[at];
        let (inside, single, width) = if b < 0x80 {
            (b.is_ascii_alphanumeric(), false, 1)
        } else {
            let c = lower[at..].chars().next().unwrap_or(' ');
            (c.is_alphanumeric(), alone(c), c.len_utf8())
        };
        if !inside || single {
            if start < at {
                each(&lower[start..at]);
            }
            if inside {
                each(&lower[at..at + width]);
            }
            start = at + width;
        }
        at += width;
    }
    if start < at {
        each(&lower[start..at]);
    }
}

/// Whether a character is a word by itself.
fn alone(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A hash that is the same in every run.
pub fn hash(text: &str) -> u64 {
    let mut h: u64 = 0xCBF2_9CE4_8422_2325;
    for b in text.as_bytes() {
        h = (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01B3);
    }
    mix(h)
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
        assert_eq!(words("HubSpot認定 Leeds-Nord"), ["hubspot", "認", "定", "leeds", "nord"]);
    }
}
