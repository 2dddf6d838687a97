//! Words that are written so that lists do not find them.

use crate::pack::words::{Entry, WordLists, hash_of};
use std::collections::HashMap;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::confusable_detection::skeleton;

/// A word with signs has so many characters.
const LEN: std::ops::RangeInclusive<usize> = 4..=24;

/// The word that a run of letters, digits and signs stands for, if it has some that are no letters.
pub(super) fn meant(lists: &'static WordLists, run: &str) -> Option<&'static Entry> {
    let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
    if !LEN.contains(&run.len()) || letters == run.len() || 2 * letters < run.len() {
        return None;
    }
    if run.bytes().any(|b| matches!(b, b'*' | b'#' | b'%' | b'&')) {
        return censored(lists, run);
    }
    // A one may be an i or an l.
    ['i', 'l'].into_iter().find_map(|one| {
        let plain: Option<String> = run.chars().map(|c| letter(c, one)).collect();
        let plain = plain?;
        let entry = lists.find(hash_of(&plain), plain.as_bytes()).filter(|e| !lists.senses_of(e).is_empty());
        entry.or_else(|| lists.stem_of(&plain))
    })
}

/// The letter that a character stands for.
fn letter(c: char, one: char) -> Option<char> {
    Some(match c {
        'a'..='z' => c,
        'A'..='Z' => c.to_ascii_lowercase(),
        '0' => 'o',
        '1' | '!' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => return None,
    })
}

/// Words of plain letters by first letter and length.
type ByShape = HashMap<(u8, usize), Vec<&'static Entry>>;

fn by_shape(lists: &'static WordLists) -> &'static ByShape {
    static SHAPES: OnceLock<ByShape> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let mut shapes = ByShape::new();
        for entry in lists.entries() {
            let text = lists.text_of(entry).as_bytes();
            if LEN.contains(&text.len()) && text.iter().all(u8::is_ascii_alphabetic) {
                shapes.entry((text[0], text.len())).or_default().push(entry);
            }
        }
        shapes
    })
}

/// A word with stars in it, between its first letter and its last.
fn censored(lists: &'static WordLists, run: &str) -> Option<&'static Entry> {
    let run = run.to_ascii_lowercase();
    let bytes = run.as_bytes();
    let (first, last) = (*bytes.first()?, *bytes.last()?);
    if !first.is_ascii_alphabetic() || !last.is_ascii_alphabetic() {
        return None;
    }
    let fits = |word: &[u8], run: &[u8]| {
        word.len() == run.len() && word.iter().zip(run).all(|(w, r)| w == r || matches!(r, b'*' | b'#' | b'%' | b'&'))
    };
    let whole =
        by_shape(lists).get(&(first, bytes.len())).and_then(|words| words.iter().find(|e| fits(lists.text_of(e).as_bytes(), bytes)));
    whole.copied().or_else(|| {
        lists.stems().find(|stem| {
            let word = lists.text_of(stem).as_bytes();
            let Some((head, ending)) = bytes.split_at_checked(word.len()) else { return false };
            fits(word, head) && ending.iter().all(u8::is_ascii_alphabetic)
        })
    })
}

/// A word as ASCII: accents left out, letters of other scripts as the ones they look like. `None` if that cannot be.
pub(super) fn bare(word: &str) -> Option<String> {
    // Nearly all accents are those of western Europe.
    if let Some(plain) = word.chars().map(plain).collect() {
        return Some(plain);
    }
    let mut out = String::new();
    for c in word.nfd().filter(|c| !is_combining_mark(*c)) {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        let mut buffer = [0; 4];
        let mut alike = skeleton(c.encode_utf8(&mut buffer));
        match (alike.next(), alike.next()) {
            (Some(a), None) if a.is_ascii_alphabetic() => out.push(a.to_ascii_lowercase()),
            _ => return None,
        }
    }
    Some(out).filter(|o| o.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// A letter of ASCII, or a small one of Latin-1 without its accent.
fn plain(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | 'A'..='Z' => c,
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        _ => return None,
    })
}

/// A word in which three and more of one letter are so many.
pub(super) fn shortened(word: &str, keep: usize) -> String {
    let mut out = String::new();
    for run in word.as_bytes().chunk_by(|a, b| a == b) {
        let many = if run.len() >= 3 { keep } else { run.len() };
        out.extend(run.iter().take(many).map(|b| char::from(*b)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_without_accents_are_those_they_are_made_of() {
        for c in ('\u{0}'..='\u{2FF}').filter(|c| plain(*c).is_some()) {
            let base: String = c.nfd().filter(|c| !is_combining_mark(*c)).collect();
            assert_eq!(plain(c).map(String::from), Some(base));
        }
        assert_eq!(bare("straße"), None);
        assert_eq!(bare("élève").as_deref(), Some("eleve"));
    }
}
