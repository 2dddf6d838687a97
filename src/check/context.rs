//! What must, or must not, surround a match.

use super::{Hit, Subject, lexical};
use crate::document::{Lang, Mark};
use crate::pack::model::{Context, Near, Rule, Scope, Side, Within};
use std::cell::RefCell;
use std::collections::HashMap;

/// Why a match is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It stands outside the rule's scope.
    OutOfScope,
    /// It stands where the rule does not look.
    InScope(Scope),
    /// The text is in another language.
    Language,
    /// It is an exception.
    Exception,
    /// Something that must be near is not.
    NotNear,
    /// Something that must not be near is.
    Near,
    /// Something that must not touch it does.
    Beside,
    /// The document is about something else.
    Document,
}

/// Text is not prose in these, unless a rule says so.
const NOT_PROSE: [Scope; 5] = [Scope::Mark(Mark::Code), Scope::Url, Scope::Email, Scope::Filename, Scope::Identifier];

/// Languages that were worked out, by block.
#[derive(Debug, Default)]
pub struct Languages {
    by_block: RefCell<HashMap<usize, Option<Lang>>>,
}

/// The first reason why a hit does not count. `is_text`: the matcher looks at prose.
pub(super) fn stops(subject: &Subject, rule: &Rule, contexts: &[&Context], hit: &Hit, is_text: bool) -> Option<Stop> {
    let doc = subject.document;
    let Some((start, end)) = hit.range else {
        return document_stop(subject, contexts);
    };
    let block_index = doc.block_at(start)?;
    let block = &doc.blocks[block_index];
    let text = doc.block_text(block);
    let (from, to) = (start - block.start, (end - block.start).min(text.len()));
    let in_scope = |scope: &Scope| match scope {
        Scope::Role(role) => block.role == *role,
        Scope::Mark(mark) => doc.marked(*mark, start, end),
        word => lexical::is(*word, text, from, to),
    };
    let any_scope = contexts.iter().any(|c| c.any_scope);
    for c in contexts {
        if !c.scope.is_empty() && !c.scope.iter().any(in_scope) {
            return Some(Stop::OutOfScope);
        }
        if let Some(scope) = c.not_scope.iter().find(|s| in_scope(s)) {
            return Some(Stop::InScope(*scope));
        }
    }
    if is_text && !any_scope {
        let wanted = |s: &Scope| contexts.iter().any(|c| c.scope.contains(s));
        if let Some(scope) = NOT_PROSE.iter().find(|s| !wanted(s) && in_scope(s)) {
            return Some(Stop::InScope(*scope));
        }
    }
    if !rule.languages.is_empty()
        && let Some(lang) = language(subject, block_index)
        && !rule.languages.contains(&lang)
    {
        return Some(Stop::Language);
    }
    for c in contexts {
        if c.not_before.iter().any(|s| follows(&text[to..], s)) || c.not_after.iter().any(|s| precedes(&text[..from], s)) {
            return Some(Stop::Beside);
        }
        if let Some(set) = &c.exceptions {
            let (s, e) = (lexical::floor(text, from.saturating_sub(300)), lexical::floor(text, to + 300));
            if set.find_all(&text[s..e]).any(|(a, b)| s + a < to && from < s + b) {
                return Some(Stop::Exception);
            }
        }
        for near in &c.unless_near {
            if found(subject, near, text, from, to) {
                return Some(Stop::Near);
            }
        }
        for near in &c.near {
            if !found(subject, near, text, from, to) {
                return Some(Stop::NotNear);
            }
        }
    }
    document_stop(subject, contexts)
}

fn document_stop(subject: &Subject, contexts: &[&Context]) -> Option<Stop> {
    let off = contexts.iter().filter_map(|c| c.document.as_ref()).any(|set| set.is_match(&subject.document.text));
    off.then_some(Stop::Document)
}

/// The language of a block: declared, or told from its text where that is certain.
fn language(subject: &Subject, block: usize) -> Option<Lang> {
    if let Some(known) = subject.languages.by_block.borrow().get(&block) {
        return *known;
    }
    let b = &subject.document.blocks[block];
    let told = tell_language(subject.document.block_text(b));
    // What is declared for a page is often a theme's default; text that clearly is Japanese is Japanese.
    let lang = match (b.lang, told) {
        (Some(declared), Some(t)) if t.as_str() == "ja" || declared.as_str() == "ja" => Some(t),
        (Some(declared), _) => Some(declared),
        (None, told) => told,
    };
    subject.languages.by_block.borrow_mut().insert(block, lang);
    lang
}

/// The language of a text, if it is long enough to be sure.
pub fn tell_language(text: &str) -> Option<Lang> {
    let (mut kana, mut letters) = (0usize, 0usize);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        kana += usize::from(matches!(c, '\u{3040}'..='\u{30FF}'));
    }
    if kana * 10 > letters && kana > 1 {
        return Lang::from_tag("ja");
    }
    if letters < 40 {
        return None;
    }
    let info = whatlang::detect(text)?;
    if !info.is_reliable() {
        return None;
    }
    // whatlang names languages by three letters (ISO 639-3), people by two.
    Lang::from_tag(match info.lang().code() {
        "eng" => "en",
        "deu" => "de",
        "fra" => "fr",
        "spa" => "es",
        "por" => "pt",
        "ita" => "it",
        "nld" => "nl",
        "jpn" => "ja",
        "swe" => "sv",
        "dan" => "da",
        "fin" => "fi",
        "pol" => "pl",
        "rus" => "ru",
        "cmn" => "zh",
        "kor" => "ko",
        "tur" => "tr",
        other => other,
    })
}

/// Whether any of the phrases is within the distance.
fn found(subject: &Subject, near: &Near, text: &str, from: usize, to: usize) -> bool {
    let (start, end) = match near.within {
        Within::Document => return near.phrases.is_match(&subject.document.text),
        Within::Block => (0, text.len()),
        Within::Sentence => lexical::sentence(text, from, to),
        Within::Words(n) => (words_back(text, from, n), words_on(text, to, n)),
    };
    // A phrase that reaches into the window counts only as far as it lies in it; what overlaps the match itself is not near it.
    let before = near.side != Side::After && near.phrases.is_match(&text[start..from]);
    let after = near.side != Side::Before && near.phrases.is_match(&text[to..end]);
    before || after
}

/// A character of a script without spaces is worth half a word.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{0E00}'..='\u{0E7F}')
}

fn words_back(text: &str, from: usize, n: usize) -> usize {
    let mut half_words = 0;
    let mut in_word = false;
    for (i, c) in text[..from].char_indices().rev() {
        if is_unspaced(c) {
            half_words += 1;
            in_word = false;
        } else if c.is_whitespace() {
            in_word = false;
        } else if !in_word {
            in_word = true;
            half_words += 2;
        }
        if half_words > 2 * n {
            return i + c.len_utf8();
        }
    }
    0
}

fn words_on(text: &str, to: usize, n: usize) -> usize {
    let mut half_words = 0;
    let mut in_word = false;
    for (i, c) in text[to..].char_indices() {
        if is_unspaced(c) {
            half_words += 1;
            in_word = false;
        } else if c.is_whitespace() {
            in_word = false;
        } else if !in_word {
            in_word = true;
            half_words += 2;
        }
        if half_words > 2 * n {
            return to + i;
        }
    }
    text.len()
}

/// Whether `rest` begins with `what`: signs must touch, words may follow after white space and must be whole.
fn follows(rest: &str, what: &str) -> bool {
    let is_word = what.starts_with(char::is_alphanumeric);
    let rest = if is_word { rest.trim_start() } else { rest };
    let Some(head) = rest.get(..what.len()) else { return false };
    if !head.eq_ignore_ascii_case(what) && head.to_lowercase() != what.to_lowercase() {
        return false;
    }
    !(is_word && rest[what.len()..].starts_with(char::is_alphanumeric) && what.ends_with(char::is_alphanumeric) && what.is_ascii())
}

/// The same at the other side.
fn precedes(rest: &str, what: &str) -> bool {
    let is_word = what.ends_with(char::is_alphanumeric);
    let rest = if is_word { rest.trim_end() } else { rest };
    let Some(at) = rest.len().checked_sub(what.len()) else { return false };
    let Some(tail) = rest.get(at..) else { return false };
    if !tail.eq_ignore_ascii_case(what) && tail.to_lowercase() != what.to_lowercase() {
        return false;
    }
    !(is_word && rest[..at].ends_with(char::is_alphanumeric) && what.starts_with(char::is_alphanumeric) && what.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_count_words() {
        let text = "one two three MATCH four five six";
        let at = text.find("MATCH").expect("planted");
        assert_eq!(&text[words_back(text, at, 2)..at].trim(), &"two three");
        assert_eq!(&text[at + 5..words_on(text, at + 5, 1)].trim(), &"four");
        assert_eq!(words_back(text, at, 9), 0);
    }

    #[test]
    fn signs_touch_and_words_are_whole() {
        assert!(precedes("mail @", "@") && !precedes("mail @ ", "@"));
        assert!(precedes("formerly ", "formerly") && !precedes("uniformerly ", "formerly"));
        assert!(follows(" partners ok", "partners") && !follows(" partnership", "partners"));
        assert!(follows(".com", ".com"));
    }

    #[test]
    fn languages_are_told_only_when_sure() {
        let lang = |t: &str| tell_language(t).map(|l| l.as_str().to_owned());
        assert_eq!(lang("HubSpotの導入支援を行っています。"), Some("ja".into()));
        assert_eq!(lang("HubSpot Partner"), None);
        assert_eq!(lang("Wir sind eine Agentur aus Hamburg und helfen mittelständischen Unternehmen bei der Einführung."), Some("de".into()));
    }
}
