//! Characters that readers take for others: full-width letters, letters with a separate accent, letters of another script among those of a
//! word.

use super::builder::is_invisible;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;
use unicode_security::skeleton;

/// The plain form of a character that is only drawn differently: full-width and mathematical letters and digits, hyphens that do not break.
pub(super) fn plain(c: char) -> Option<char> {
    match c {
        '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => char::from_u32(c as u32 - 0xFEE0),
        '\u{2010}' | '\u{2011}' => Some('-'),
        '\u{2BC}' => Some('’'),
        '\u{1D400}'..='\u{1D7FF}' => {
            let mut forms = std::iter::once(c).nfkc();
            forms.next().filter(|f| f.is_ascii_alphanumeric() && forms.next().is_none())
        }
        _ => None,
    }
}

/// Whether a character may become one with the character before it: accents, voicing marks, the vowels and endings of Hangul.
pub(super) fn may_join(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{3099}' | '\u{309A}' | '\u{1161}'..='\u{1175}' | '\u{11A8}'..='\u{11C2}')
}

/// The two as one, if there is such a character.
pub(super) fn joined(before: char, c: char) -> Option<char> {
    compose(before, c)
}

/// Whether a character is a letter of a script that has look-alikes of Latin letters: Greek, Cyrillic, Armenian, Cherokee, Coptic, Lisu.
pub(super) fn is_foreign(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{58F}' | '\u{13A0}'..='\u{13FF}' | '\u{2C80}'..='\u{2CFF}' | '\u{A4D0}'..='\u{A4FF}')
}

/// The Latin letter that looks the same by the Unicode data of confusables.
fn look_alike(c: char) -> Option<char> {
    static LETTERS: OnceLock<FxHashMap<String, Vec<char>>> = OnceLock::new();
    let shape = |c: char| skeleton(c.encode_utf8(&mut [0; 4])).collect::<String>();
    let letters = LETTERS.get_or_init(|| {
        let mut by_shape: FxHashMap<String, Vec<char>> = FxHashMap::default();
        ('A'..='Z').chain('a'..='z').for_each(|l| by_shape.entry(shape(l)).or_default().push(l));
        by_shape
    });
    let same = letters.get(&shape(c))?;
    same.iter().copied().find(|l| l.is_uppercase() == c.is_uppercase()).or_else(|| same.first().copied())
}

/// The words of a text in which letters of other scripts stand for Latin ones, as places with what they read as. Only where a word has
/// Latin letters of its own, and each of the others looks like one: a word of another script is what it is.
pub(super) fn disguised(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut out = Vec::new();
    // No such letter begins with another byte.
    let may = |b: u8| matches!(b, 0xCD..=0xD6 | 0xE1 | 0xE2 | 0xEA);
    if !text.bytes().fold(false, |any, b| any | may(b)) || !text.contains(is_foreign) {
        return out;
    }
    let mut rest = text;
    while let Some(from) = rest.find(char::is_alphabetic) {
        let word = &rest[from..];
        // A lone letter behind an apostrophe, or beside digits, is one of its word.
        let len = word.find(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’')).unwrap_or(word.len());
        let (word, at) = (&word[..len], text.len() - rest.len() + from);
        if word.contains(is_foreign) && word.contains(|c: char| c.is_ascii_alphabetic()) {
            let read = |c: char| if is_foreign(c) { look_alike(c) } else { Some(c) };
            out.extend(word.chars().map(read).collect::<Option<String>>().map(|read| (at..at + len, read)));
        }
        rest = &rest[from + len..];
    }
    out
}

/// A value as its readers see it: white space is one space, invisible characters are dropped, and what is drawn like another character is
/// that one.
pub fn seen(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if text.is_ascii() && memchr::memchr3(b'\n', b'\r', b'\t', bytes).is_none() {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(c) = rest.chars().next()
    {
        // Most of a text is words of ASCII.
        let word = bytes[at..].iter().take_while(|b| b.is_ascii_graphic()).count();
        if word > 0 {
            out.push_str(&rest[..word]);
            at += word;
            continue;
        }
        at += c.len_utf8();
        if c.is_whitespace() {
            // Of white space around a value nothing is said here.
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if is_invisible(c) || c.is_control() {
        } else if let Some(one) = Some(c).filter(|c| may_join(*c)).and_then(|c| joined(out.chars().next_back()?, c)) {
            out.pop();
            out.push(one);
        } else {
            out.push(plain(c).unwrap_or(c));
        }
    }
    for (place, read) in disguised(&out).into_iter().rev() {
        out.replace_range(place, &read);
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_reads_the_same() {
        let same = [
            ("Ｈｕｂ\u{200B}Ｓｐｏｔ ２", "HubSpot 2"),
            ("caf\u{65}\u{301}\u{A0}\n e\u{2011}mail", "café e-mail"),
            ("\u{1D407}\u{1D42E}\u{1D41B}", "Hub"),
            // Cyrillic letters among Latin ones.
            ("Нub\u{405}p\u{43E}t", "HubSpot"),
            ("\u{304B}\u{3099}", "\u{304C}"),
        ];
        for (written, read) in same {
            assert_eq!(seen(written), read, "{written:?}");
        }
        // Words of one script, and words with letters that look like no other.
        for text in ["НОТ СОР", "Привет, CRM-система", "HubSpotом", "µm und Ω", "Ωmega αβ", "naïve Zoë"] {
            assert_eq!(seen(text), text);
        }
    }
}
