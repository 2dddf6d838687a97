//! What must, or must not, surround a match.

use super::{Hit, Subject, lead, lexical};
use crate::document::{Lang, Mark, cells};
use crate::facts::names::fold_name;
use crate::pack::model::{Beside, Context, Near, Scope, Side, Within};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

/// Why a match is none. Contexts are counted as they are given, what is in one as it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It stands outside the rule's scope.
    OutOfScope,
    /// It stands where the rule does not look.
    InScope(Scope),
    /// The text is in another language.
    Language(Lang),
    /// It is an exception, which stands there in the block's text, or in the value.
    Exception(usize, usize),
    /// Something that must be near is not: of this context, this one.
    NotNear(usize, usize),
    /// Something that must not be near is: of this context, this one.
    Near(usize, usize),
    /// Something that must not follow it does.
    Before,
    /// Something that must not precede it does.
    After,
    /// The document is about something else.
    Document,
}

impl Stop {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Stop::OutOfScope | Stop::InScope(_) => "scope",
            Stop::Language(_) => "language",
            Stop::Exception(..) | Stop::Before | Stop::After => "exception",
            Stop::NotNear(..) | Stop::Near(..) => "distance",
            Stop::Document => "document",
        }
    }
}

/// Text is not prose in these, unless a rule says so.
const NOT_PROSE: [Scope; 5] = [Scope::Mark(Mark::Code), Scope::Url, Scope::Email, Scope::Filename, Scope::Identifier];

/// How far from a match an exception may begin or end, bytes.
const EXCEPTION_REACH: usize = 300;
/// How much of the text beside a match is looked at for what touches it, bytes.
const BESIDE_REACH: usize = 120;
/// How far from a match its block, or a number of words, may reach, bytes.
const BLOCK_REACH: usize = 4000;
/// How much of a block is read to tell its language, bytes.
const LANGUAGE_SAMPLE: usize = 600;

/// Languages that were worked out, by block.
#[derive(Debug, Default)]
pub struct Languages {
    by_block: RefCell<HashMap<usize, Option<Lang>>>,
}

/// The first reason why a hit does not count. `is_text`: the matcher looks at prose.
pub(super) fn stops(subject: &Subject, languages: &[Lang], contexts: &[&Context], hit: &Hit, is_text: bool) -> Option<Stop> {
    let doc = subject.document;
    let Some((start, end)) = hit.range else {
        // No prose: exceptions look at the whole value.
        if let Some((from, to)) = contexts.iter().find_map(|c| excepted(c, &hit.text, 0..hit.text.len())) {
            return Some(Stop::Exception(from, to));
        }
        return document_stop(subject, contexts);
    };
    let block_index = doc.block_at(start)?;
    let block = &doc.blocks[block_index];
    let text = doc.block_text(block);
    let (from, to) = (start - block.start, (end - block.start).min(text.len()));
    let in_scope = |scope: &Scope| match scope {
        Scope::Role(role) => block.role == *role,
        Scope::Heading(level) => block.level == *level,
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
        if let Some(scope) = NOT_PROSE.iter().find(|s| !(wanted(s) || hit.prose && **s == Scope::Identifier) && in_scope(s)) {
            return Some(Stop::InScope(*scope));
        }
    }
    for (n, c) in contexts.iter().enumerate() {
        if follows(&text[to..], &c.not_before) {
            return Some(Stop::Before);
        }
        if precedes(&text[..from], &c.not_after) {
            return Some(Stop::After);
        }
        if let Some((from, to)) = excepted(c, text, from..to) {
            return Some(Stop::Exception(from, to));
        }
        for (i, near) in c.unless_near.iter().enumerate() {
            if found(subject, near, block_index, from, to, true) {
                return Some(Stop::Near(n, i));
            }
        }
        for (i, near) in c.near.iter().enumerate() {
            if !found(subject, near, block_index, from, to, false) {
                return Some(Stop::NotNear(n, i));
            }
        }
    }
    if let stop @ Some(_) = document_stop(subject, contexts) {
        return stop;
    }
    // Asked last: telling a language costs more than all else.
    if !languages.is_empty()
        && let Some(lang) = language(subject, block_index)
        && !languages.contains(&lang)
    {
        return Some(Stop::Language(lang));
    }
    None
}

/// The exception that overlaps `at` of `text`, and where it stands.
fn excepted(c: &Context, text: &str, at: Range<usize>) -> Option<(usize, usize)> {
    if c.exceptions.is_none() && c.exception_regex.is_none() {
        return None;
    }
    let (s, e) = (lexical::floor(text, at.start.saturating_sub(EXCEPTION_REACH)), lexical::floor(text, at.end + EXCEPTION_REACH));
    let window = &text[s..e];
    let overlaps = |&(a, b): &(usize, usize)| s + a < at.end && at.start < s + b;
    let found = c.exceptions.as_ref().and_then(|set| set.find_all(window).find(overlaps));
    let found = found.or_else(|| c.exception_regex.as_ref()?.find_iter(window).map(|m| (m.start, m.end)).find(overlaps));
    found.map(|(a, b)| (s + a, s + b))
}

fn document_stop(subject: &Subject, contexts: &[&Context]) -> Option<Stop> {
    let off = contexts.iter().filter_map(|c| c.document.as_ref()).any(|set| subject.document_has(set));
    off.then_some(Stop::Document)
}

/// The language of a block: declared, or told from its text where that is certain.
pub(super) fn language(subject: &Subject, block: usize) -> Option<Lang> {
    if let Some(known) = subject.languages.by_block.borrow().get(&block) {
        return *known;
    }
    let b = &subject.document.blocks[block];
    let text = subject.document.block_text(b);
    let told = tell_language(&text[..lexical::floor(text, LANGUAGE_SAMPLE)]);
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

/// Whether any of the phrases is within the distance. `excuses`: it would make the match none, and then a number of words does not reach
/// back over the start of the sentence: “No time? Send us your password” denies nothing.
fn found(subject: &Subject, near: &Near, block: usize, from: usize, to: usize, excuses: bool) -> bool {
    // A phrase that reaches into the window counts only as far as it lies in it; what overlaps the match itself is not near it.
    let is = |window: &str| near.phrases.is_match(window) || near.speaker && names_speaker(subject, window);
    let text = match near.within {
        Within::Lead => return lead::leads(subject, block).into_iter().any(is),
        Within::Cell => {
            let start = subject.document.blocks[block].start;
            return cells::beside(&subject.document.cells, &subject.document.text, start).into_iter().any(is);
        }
        Within::Document => return subject.document_has(&near.phrases) || near.speaker && names_speaker(subject, &subject.document.text),
        _ => subject.document.block_text(&subject.document.blocks[block]),
    };
    let Some((start, end)) = reach(near, text, from, to, excuses) else { return false };
    near.side != Side::After && is(&text[start..from]) || near.side != Side::Before && is(&text[to..end])
}

/// From where to where in a block is near; `None` for what is not in the block.
fn reach(near: &Near, text: &str, from: usize, to: usize, excuses: bool) -> Option<(usize, usize)> {
    Some(match near.within {
        Within::Document | Within::Lead | Within::Cell => return None,
        Within::Block => (lexical::floor(text, from.saturating_sub(BLOCK_REACH)), lexical::floor(text, to + BLOCK_REACH)),
        Within::Sentence => lexical::sentence(text, from, to),
        Within::Words(n) if excuses => (words_back(text, from, n).max(lexical::sentence(text, from, from).0), words_on(text, to, n)),
        Within::Words(n) => (words_back(text, from, n), words_on(text, to, n)),
    })
}

/// What of `unless_near` was found, and how many words lie between it and the match; `None` where that is no phrase beside it in its block.
pub(super) fn near_words(near: &Near, text: &str, from: usize, to: usize) -> Option<(String, usize)> {
    let (start, end) = reach(near, text, from, to, true)?;
    let words = |between: &str| between.split_whitespace().count();
    let (before, after) = (&text[start..from], &text[to..end]);
    let left = near.phrases.find_all(before).last().filter(|_| near.side != Side::After);
    let right = near.phrases.find(after, 0).filter(|_| near.side != Side::Before);
    let left = left.map(|(s, e)| (before[s..e].to_owned(), words(&before[e..])));
    let right = right.map(|(s, e)| (after[s..e].to_owned(), words(&after[..s])));
    left.into_iter().chain(right).min_by_key(|(_, n)| *n)
}

/// Whether a text has a name of the firm that is speaking, in whole words. Nobody known, nothing found.
fn names_speaker(subject: &Subject, text: &str) -> bool {
    let Some(speaker) = subject.speaker() else {
        subject.want("speaker");
        return false;
    };
    let words = |s: &str| format!(" {} ", fold_name(s));
    // "Acme's office": an apostrophe and a letter are no part of the name.
    let text = words(&text.replace("'s ", " ").replace("’s ", " "));
    speaker.names().map(words).any(|n| n.trim().chars().count() >= 2 && (text.contains(&n) || text.contains(n.trim()) && !n.is_ascii()))
}

/// A character of a script without spaces is worth half a word.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{0E00}'..='\u{0E7F}')
}

/// Counts words along characters; says when there are more than `most`.
struct WordCount {
    /// Half words so far.
    half: usize,
    in_word: bool,
    most: usize,
}

impl WordCount {
    fn new(most: usize) -> Self {
        WordCount { half: 0, in_word: false, most }
    }

    fn is_full(&mut self, c: char) -> bool {
        if is_unspaced(c) {
            self.half += 1;
            self.in_word = false;
        } else if c.is_whitespace() {
            self.in_word = false;
        } else if !self.in_word {
            self.in_word = true;
            self.half += 2;
        }
        self.half > 2 * self.most
    }
}

fn words_back(text: &str, from: usize, n: usize) -> usize {
    let mut words = WordCount::new(n);
    let first = lexical::floor(text, from.saturating_sub(BLOCK_REACH));
    let over = text[first..from].char_indices().rev().find(|&(_, c)| words.is_full(c));
    over.map_or(first, |(i, c)| first + i + c.len_utf8())
}

fn words_on(text: &str, to: usize, n: usize) -> usize {
    let mut words = WordCount::new(n);
    let last = lexical::floor(text, to + BLOCK_REACH);
    let over = text[to..last].char_indices().find(|&(_, c)| words.is_full(c));
    over.map_or(last, |(i, _)| to + i)
}

/// Whether `rest` begins with one of these: signs must touch, phrases may stand after white space.
fn follows(rest: &str, what: &Beside) -> bool {
    let head = &rest[..lexical::floor(rest, BESIDE_REACH)];
    what.signs.iter().any(|s| starts_with(head, s)) || what.phrases.find(head.trim_start(), 0).is_some_and(|(start, _)| start == 0)
}

/// The same at the other side.
fn precedes(rest: &str, what: &Beside) -> bool {
    let tail = &rest[lexical::floor(rest, rest.len().saturating_sub(BESIDE_REACH))..];
    let words = tail.trim_end();
    what.signs.iter().any(|s| ends_with(tail, s)) || what.phrases.find_all(words).any(|(_, end)| end == words.len())
}

/// Regardless of the case of ASCII letters; typographic apostrophes count as straight ones.
fn starts_with(text: &str, sign: &str) -> bool {
    let mut chars = text.chars();
    sign.chars().all(|s| chars.next().is_some_and(|c| same_sign(c, s)))
}

fn ends_with(text: &str, sign: &str) -> bool {
    let mut chars = text.chars().rev();
    sign.chars().rev().all(|s| chars.next().is_some_and(|c| same_sign(c, s)))
}

fn same_sign(c: char, sign: char) -> bool {
    c.eq_ignore_ascii_case(&sign) || (sign == '\'' && matches!(c, '’' | '‘'))
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
    fn signs_touch() {
        let signs = |s: &str| Beside { signs: vec![s.to_owned()], ..Beside::default() };
        assert!(precedes("mail @", &signs("@")) && !precedes("mail @ ", &signs("@")));
        assert!(follows(".COM", &signs(".com")) && follows("’s", &signs("'s")));
    }

    #[test]
    fn languages_are_told_only_when_sure() {
        let lang = |t: &str| tell_language(t).map(|l| l.as_str().to_owned());
        assert_eq!(lang("HubSpotの導入支援を行っています。"), Some("ja".into()));
        assert_eq!(lang("HubSpot Partner"), None);
        assert_eq!(
            lang("Wir sind eine Agentur aus Hamburg und helfen mittelständischen Unternehmen bei der Einführung."),
            Some("de".into())
        );
    }
}
