//! What may stand for a letter.

use super::class::Medium;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;
use unicode_security::confusable_detection::skeleton;

/// Chooses, always the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed(u64);

impl Seed {
    pub(super) fn new(text: &str) -> Seed {
        Seed(text.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3)))
    }

    /// Another for each number.
    pub(super) fn of(self, number: usize) -> Seed {
        let mut z = self.0.wrapping_add((number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Seed(z ^ (z >> 31))
    }

    /// A number below `end`; 0 where that is 0.
    pub(super) fn below(self, end: usize) -> usize {
        (self.0 >> 8).checked_rem(end as u64).unwrap_or(0) as usize
    }

    /// One of several.
    pub(super) fn pick<T: Copy>(self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// Whether a character changes the one before it.
pub(super) fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// A place between two letters of a word; `None` for words of fewer than three.
pub(super) fn middle(word: &str, seed: Seed) -> Option<usize> {
    let letter = |c: char| c.is_alphanumeric();
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let places: Vec<usize> = chars.windows(2).filter(|w| letter(w[0].1) && letter(w[1].1)).map(|w| w[1].0).collect();
    (chars.len() >= 3 && !places.is_empty()).then(|| places[seed.below(places.len())])
}

/// The word with about half of its letters written otherwise, at least one.
pub(super) fn some(word: &str, seed: Seed, write: impl Fn(&str) -> String) -> String {
    let count = word.chars().count();
    let sure = seed.below(count);
    let mut out = String::new();
    for (i, c) in word.chars().enumerate() {
        let c = c.to_string();
        if i == sure || seed.of(i).below(2) == 0 { out.push_str(&write(&c)) } else { out.push_str(&c) }
    }
    out
}

/// Each character as a numeric character reference.
pub(super) fn by_number(text: &str, hex: bool) -> String {
    text.chars().map(|c| if hex { format!("&#x{:x};", c as u32) } else { format!("&#{};", c as u32) }).collect()
}

/// Each character as an escape of JSON.
pub(super) fn escaped(text: &str) -> String {
    text.encode_utf16().map(|u| format!("\\u{u:04x}")).collect()
}

/// Signs and accented letters of Latin-1 by the names that HTML has for them.
pub(super) fn named(text: &str) -> String {
    text.chars().map(|c| name(c).map_or_else(|| c.to_string(), |n| format!("&{n};"))).collect()
}

fn name(c: char) -> Option<String> {
    let sign = match c {
        '\'' => "apos",
        '"' => "quot",
        '’' => "rsquo",
        '‘' => "lsquo",
        '“' => "ldquo",
        '”' => "rdquo",
        ',' => "comma",
        '.' => "period",
        ':' => "colon",
        ';' => "semi",
        '!' => "excl",
        '?' => "quest",
        '%' => "percnt",
        '(' => "lpar",
        ')' => "rpar",
        '+' => "plus",
        '–' => "ndash",
        '—' => "mdash",
        'ß' => "szlig",
        'ø' => "oslash",
        'æ' => "aelig",
        'ñ' | 'Ñ' | 'à'..='ÿ' | 'À'..='Þ' => "",
        _ => return None,
    };
    if !sign.is_empty() {
        return Some(sign.to_owned());
    }
    let parts: Vec<char> = std::iter::once(c).nfd().collect();
    let accent = match parts[..] {
        [_, '\u{300}'] => "grave",
        [_, '\u{301}'] => "acute",
        [_, '\u{302}'] => "circ",
        [_, '\u{303}'] => "tilde",
        [_, '\u{308}'] => "uml",
        [_, '\u{327}'] => "cedil",
        _ => return None,
    };
    Some(format!("{}{accent}", parts[0]))
}

/// Straight quotation marks, apostrophes and hyphens as typographers write them, and the reverse for those that are curly.
pub(super) fn typographic(text: &str, medium: Medium) -> String {
    let mut quotes = 0;
    let write = |c: char| -> String {
        let other = match c {
            '\'' => '’',
            '’' => '\'',
            // It would end an attribute or a string.
            '“' | '”' if !matches!(medium, Medium::Attribute | Medium::Json | Medium::Raw) => '"',
            '"' if !matches!(medium, Medium::Attribute | Medium::Json | Medium::Raw) => {
                quotes += 1;
                if quotes % 2 == 1 { '“' } else { '”' }
            }
            '-' => '\u{2011}',
            '\u{2011}' | '\u{2010}' => '-',
            c => c,
        };
        other.to_string()
    };
    text.chars().map(write).collect()
}

/// Full-width letters and digits.
pub(super) fn full_width(c: char) -> char {
    if c.is_ascii_alphanumeric() { char::from_u32(c as u32 + 0xFEE0).unwrap_or(c) } else { c }
}

/// The letters of other scripts that the Unicode data of confusables count as one with a letter of ASCII, by that letter.
fn confusables() -> &'static [Vec<char>; 128] {
    static TABLE: OnceLock<[Vec<char>; 128]> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: [Vec<char>; 128] = std::array::from_fn(|_| Vec::new());
        // Greek to Armenian, Cherokee, Coptic and Lisu: scripts that fonts have.
        let scripts = [0x370..0x590u32, 0x13A0..0x1400, 0x2C80..0x2D00, 0xA4D0..0xA500];
        for c in scripts.into_iter().flatten().filter_map(char::from_u32).filter(|c| c.is_alphabetic()) {
            let shape = |c: char| skeleton(c.encode_utf8(&mut [0; 4])).collect::<Vec<char>>();
            let own = shape(c);
            for letter in ('A'..='Z').chain('a'..='z') {
                let same_case = letter.is_uppercase() == c.is_uppercase();
                if same_case && own == shape(letter) {
                    table[letter as usize].push(c);
                }
            }
        }
        table
    })
}

/// A word of which some letters are those of another script, and some its own.
pub(super) fn look_alike(word: &str, seed: Seed) -> String {
    let table = confusables();
    let of = |c: char| table.get(c as usize).filter(|t| !t.is_empty());
    let places: Vec<usize> = word.char_indices().filter(|(_, c)| of(*c).is_some()).map(|(i, _)| i).collect();
    let ascii = word.chars().filter(char::is_ascii_alphabetic).count();
    // One letter in three, and one of its own must be left.
    let most = word.chars().count().div_ceil(3).min(ascii.saturating_sub(1)).min(places.len());
    if word.chars().count() < 3 || most == 0 {
        return word.to_owned();
    }
    let first = seed.below(places.len());
    let chosen: Vec<usize> = (0..most).map(|i| places[(first + i * places.len() / most) % places.len()]).collect();
    word.char_indices().map(|(i, c)| of(c).filter(|_| chosen.contains(&i)).map_or(c, |t| seed.of(i).pick(t))).collect()
}

/// Digits and signs for letters, one in three.
pub(super) fn leet(word: &str, seed: Seed) -> String {
    let other = |c: char| match c.to_ascii_lowercase() {
        'a' => Some('4'),
        'e' => Some('3'),
        'i' | 'l' => Some('1'),
        'o' => Some('0'),
        's' => Some('5'),
        't' => Some('7'),
        _ => None,
    };
    replaced(word, seed, other)
}

/// Accents on some letters of ASCII.
pub(super) fn accented(word: &str, seed: Seed) -> String {
    let other = |c: char| ['\u{301}', '\u{300}', '\u{308}', '\u{302}'].into_iter().find_map(|m| compose(c, m)).filter(|_| c.is_ascii());
    replaced(word, seed, other)
}

fn replaced(word: &str, seed: Seed, other: impl Fn(char) -> Option<char>) -> String {
    let places: Vec<usize> = word.char_indices().filter(|(_, c)| other(*c).is_some()).map(|(i, _)| i).collect();
    if places.is_empty() || word.chars().count() < 3 {
        return word.to_owned();
    }
    let sure = seed.pick(&places);
    let chosen = |i: usize| i == sure || seed.of(i).below(3) == 0;
    word.char_indices().map(|(i, c)| other(c).filter(|_| chosen(i)).unwrap_or(c)).collect()
}
