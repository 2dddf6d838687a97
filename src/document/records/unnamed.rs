//! Values that no format has a name for: which of them are texts for readers.

use super::Format;
use crate::document::{Document, FieldRole, Kind};
use std::collections::HashSet;
use std::sync::LazyLock;

/// A text of fewer words is no sentence here.
const WORDS: usize = 5;
/// So many letters of a script that puts no spaces between words are several words.
const FEW: usize = 6;
/// And so many make a sentence.
const MANY: usize = 12;
/// Of a longer text the beginning tells.
const LOOKED_AT: usize = 2000;

/// Whether sentences in records of this kind are read though no format names their fields. Exports of advertising platforms tell much that
/// no reader sees, and reviews come with answers to the platform's own questions.
pub fn reads_unnamed(kind: Kind) -> bool {
    !matches!(kind, Kind::Ad | Kind::Review | Kind::Image)
}

/// Whether a letter is of a script that puts no spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF66}'..='\u{FF9D}')
}

/// Whether a text is made of words: several, which scripts without spaces write as one.
pub fn is_words(s: &str) -> bool {
    let s = s.trim();
    s.contains(char::is_whitespace) && s.contains(char::is_alphabetic) || s.chars().filter(|c| is_unspaced(*c)).nth(FEW - 1).is_some()
}

/// Whether a text is a sentence: several words, nearly all of it letters, and an end. A name, an address or a list of services is none.
pub fn is_sentence(s: &str) -> bool {
    let s = s.get(..s.floor_char_boundary(LOOKED_AT)).unwrap_or(s).trim();
    // The shortest has five words of one letter and a full stop.
    if s.len() < 10 || s.starts_with(['{', '[']) {
        return false;
    }
    let (mut letters, mut others, mut unspaced, mut hiragana) = (0, 0, 0, 0);
    let (mut tag, mut end) = (false, false);
    for c in s.chars() {
        match c {
            '<' => tag = true,
            '>' => tag = false,
            _ if tag => {}
            '.' | '!' | '?' | '…' | '。' | '！' | '？' => end = true,
            c if c.is_alphabetic() => {
                letters += 1;
                unspaced += usize::from(is_unspaced(c));
                hiragana += usize::from(('\u{3041}'..='\u{309F}').contains(&c));
            }
            c if c.is_whitespace() => {}
            _ => others += 1,
        }
    }
    if letters < 5 * others {
        return false;
    }
    if 2 * unspaced > letters {
        // There are a few in the names of places, too.
        return hiragana > 2 && unspaced >= MANY;
    }
    let (mut words, mut small, mut marks) = (0, 0, 0);
    for word in s.split_whitespace().filter(|w| w.contains(char::is_alphabetic)) {
        // An address is one word.
        if word.contains("://") || word.contains('@') {
            continue;
        }
        words += 1;
        small += usize::from(word.starts_with(char::is_lowercase));
        marks += usize::from(word.ends_with([',', ';', '|', '/']));
    }
    // Names and lists of services are written large, or in pieces.
    words >= WORDS && 3 * small >= words && 3 * marks < words && (end || 2 * small > words)
}

/// Names of fields that are told of, at most.
const NAMES: usize = 5;
/// A longer name is not repeated.
const LONGEST_NAME: usize = 64;

/// Adds to `names` those fields of a record which hold sentences though the format has no name for them, and which were not read.
pub fn unread(document: &Document, format: &Format, names: &mut Vec<String>) {
    for f in document.fields.iter().filter(|f| f.role == FieldRole::Other && f.value.len() >= 20 && f.name.len() <= LONGEST_NAME) {
        if names.len() < NAMES && !names.contains(&f.name) && format.field_named(&f.name).is_none() && is_sentence(&f.value) {
            names.push(f.name.clone());
        }
    }
}

/// Words in the names of fields that are not for readers, or hold what others say.
static NOT: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("../../../rules/formats/not-for-readers.txt").lines();
    lines.map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).collect()
});

/// Whether a field may be for readers, by its name or its pointer.
pub fn is_for_readers(pointer: &str) -> bool {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = false;
    for c in pointer.chars() {
        if !c.is_alphabetic() || c.is_uppercase() && before {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        before = c.is_lowercase();
    }
    words.push(word);
    let unspaced = || NOT.iter().filter(|n| n.starts_with(is_unspaced));
    !(words.iter().any(|w| NOT.contains(w.as_str())) || pointer.contains(is_unspaced) && unspaced().any(|n| pointer.contains(n)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_scripts_without_spaces() {
        assert!(is_words("作業前に二段階認証をオフにしてください。") && is_words("two words"));
        assert!(!is_words("東京都") && !is_words("one") && !is_words("12 3"));
    }

    #[test]
    fn sentences_and_what_only_looks_long() {
        for s in [
            "We are a Hubspot agency.",
            "We are a Hubspot agency in Ghent and Lyon",
            "<p>We are a team of <b>12 people</b>.</p>",
            "Wir sind eine Agentur für Marketing und Vertrieb.",
            "私たちは中小企業のマーケティングを支援しています。",
        ] {
            assert!(is_sentence(s), "{s}");
        }
        for s in [
            "12 King Street, Leeds LS1 4AB, United Kingdom",
            "The Great Big Growth Agency of Lyon",
            "CRM Implementation; Inbound Marketing; Website Design; Sales Enablement",
            "marketing, sales, web design, onboarding, migration, training",
            "https://a.example/one two three https://b.example/x",
            "Mon 9:00-17:00, Tue 9:00-17:00, Wed 9:00-17:00",
            "{\"a\": \"we are the best of them all.\"}",
            "東京都千代田区丸の内一丁目二番三号",
            "株式会社ブライトパスマーケティング",
            "Short text.",
        ] {
            assert!(!is_sentence(s), "{s}");
        }
    }

    #[test]
    fn fields_that_are_not_for_readers() {
        for name in ["about_us", "teamText", "/faq/0/answer", "紹介文", "Team text", "/pitch"] {
            assert!(is_for_readers(name), "{name}");
        }
        for name in ["internal_notes", "moderatorComment", "/reviews/0/text", "備考欄", "Reason", "/address/full", "rawHTML"] {
            assert!(!is_for_readers(name), "{name}");
        }
    }
}
