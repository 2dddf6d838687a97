//! What a phrase or a regular expression becomes: literals for the prefilter, and an automaton that is built when a literal is first met.

use super::literals;
use super::phrase::{self, Part};
use regex::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// The memory one compiled expression may take, bytes. Packs may come from anywhere.
const SIZE_LIMIT: usize = 4 << 20;

/// One thing to look for.
#[derive(Debug)]
pub struct Pattern {
    /// Strings of which one must be there, letters of ASCII in lower case. Empty: nothing can be said, the pattern is tried on every block.
    pub literals: Vec<String>,
    /// What stands in the text in place of a match, for `replace`.
    pub replacement: Option<String>,
    exact: bool,
    /// Whether the match must begin, and end, at a word boundary.
    edges: (bool, bool),
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// One of these spellings; a hit of the prefilter is the match.
    Spelled(Vec<String>),
    /// A regular expression.
    Regex { source: String, compiled: OnceLock<Option<Regex>> },
}

impl Pattern {
    /// A phrase. `exact`: letters match only in their case.
    pub(super) fn from_phrase(parts: &[Part], exact: bool) -> Pattern {
        if let Some(spellings) = phrase::spellings(parts)
            && (exact || !spellings.iter().any(|s| has_cased_non_ascii(s)))
            && spellings.iter().all(|s| s.len() > 1)
        {
            let literals = spellings.iter().map(|s| s.to_ascii_lowercase()).collect();
            return Pattern { literals, replacement: None, exact, edges: (true, true), form: Form::Spelled(spellings) };
        }
        Pattern { edges: (true, true), ..Pattern::from_regex(bounded(parts), exact) }
    }

    /// A literal that is replaced by another, in exactly this case.
    pub(super) fn replacing(wrong: &str, right: &str) -> Pattern {
        Pattern {
            literals: vec![wrong.to_ascii_lowercase()],
            replacement: Some(right.to_owned()),
            exact: true,
            edges: (true, true),
            form: Form::Spelled(vec![wrong.to_owned()]),
        }
    }

    /// A regular expression that is known to be valid.
    pub(super) fn from_regex(source: String, exact: bool) -> Pattern {
        let literals = literals::required(&source, !exact);
        let edges = (source.starts_with(r"(?-u:\b)"), source.ends_with(r"(?-u:\b)"));
        Pattern { literals, replacement: None, exact, edges, form: Form::Regex { source, compiled: OnceLock::new() } }
    }

    /// Whether a hit of the prefilter is the match itself.
    pub fn is_spelled(&self) -> bool {
        matches!(self.form, Form::Spelled(_))
    }

    /// The spelling behind literal number `n`, if only that very spelling is a match.
    pub fn exact_spelling(&self, n: usize) -> Option<&str> {
        match &self.form {
            Form::Spelled(spellings) if self.exact => spellings.get(n).map(String::as_str),
            _ => None,
        }
    }

    /// Whether `text`, which equals a literal but for the case of ASCII letters, is a match.
    pub fn confirms(&self, text: &str) -> bool {
        match &self.form {
            Form::Spelled(spellings) if self.exact => spellings.iter().any(|s| s == text),
            Form::Spelled(_) => true,
            Form::Regex { .. } => false,
        }
    }

    /// The compiled expression; `None` for spelled patterns and where compiling fails (`pack check` reports that).
    pub fn regex(&self) -> Option<&Regex> {
        match &self.form {
            Form::Spelled(_) => None,
            Form::Regex { source, compiled } => compiled.get_or_init(|| compile(source, self.exact).ok()).as_ref(),
        }
    }

    /// Whether `start..end` of `text` stands by itself as this pattern wants it.
    pub fn stands_whole(&self, text: &str, start: usize, end: usize) -> bool {
        (!self.edges.0 || boundary(text, start)) && (!self.edges.1 || boundary(text, end))
    }
}

/// A phrase as a regular expression with the cheap ASCII word boundary where it holds.
fn bounded(parts: &[Part]) -> String {
    let mut source = phrase::to_regex(parts);
    if edge_is_word(parts.first(), false) {
        source.insert_str(0, r"(?-u:\b)");
    }
    if edge_is_word(parts.last(), true) {
        source.push_str(r"(?-u:\b)");
    }
    source
}

/// Compiles an expression with promolint's limits.
pub fn compile(source: &str, exact: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).case_insensitive(!exact).size_limit(SIZE_LIMIT).dfa_size_limit(SIZE_LIMIT).build()
}

/// A regular expression that is compiled when it is first used.
#[derive(Debug)]
pub struct LazyRegex {
    source: String,
    exact: bool,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    pub(super) fn new(source: String, exact: bool) -> LazyRegex {
        LazyRegex { source, exact, compiled: OnceLock::new() }
    }

    fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.source, self.exact).ok()).as_ref()
    }

    /// The expression.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Whether it matches anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|r| r.is_match(text))
    }

    /// Its matches in `text`, as bytes.
    pub fn find_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = std::ops::Range<usize>> + 't {
        self.get().into_iter().flat_map(move |r| r.find_iter(text).map(|m| m.range()))
    }
}

/// Phrases of which any will do: for what stands near a match, for exceptions, for predicates. Compiled together when first asked.
#[derive(Debug, Default)]
pub struct PhraseSet {
    phrases: Vec<Vec<Part>>,
    exact: bool,
    compiled: OnceLock<Option<Regex>>,
}

impl PhraseSet {
    pub(super) fn new(phrases: Vec<Vec<Part>>, exact: bool) -> PhraseSet {
        PhraseSet { phrases, exact, compiled: OnceLock::new() }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// The first match in `text` from byte `from` on, as bytes of `text`; whole words only.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        if self.phrases.is_empty() {
            return None;
        }
        let regex = self.compiled.get_or_init(|| {
            let mut sources: Vec<_> = self.phrases.iter().map(|p| bounded(p)).collect();
            // Alternatives are tried in order; the longer one first, so that it is not cut short by its own beginning.
            sources.sort_by_key(|s| std::cmp::Reverse(s.len()));
            compile(&format!("(?:{})", sources.join("|")), self.exact).ok()
        });
        let regex = regex.as_ref()?;
        let mut at = from;
        while let Some(m) = text.get(at..).and_then(|_| regex.find_at(text, at)) {
            if is_whole(text, m.start(), m.end()) {
                return Some((m.start(), m.end()));
            }
            at = m.start() + text[m.start()..].chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// Whether any of the phrases is in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.find(text, 0).is_some()
    }

    /// All matches in `text`, apart from each other.
    pub fn find_all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let mut at = 0;
        std::iter::from_fn(move || {
            let m = self.find(text, at)?;
            at = m.1.max(m.0 + 1);
            while !text.is_char_boundary(at) {
                at += 1;
            }
            Some(m)
        })
    }
}

/// How letters hang together: words of one kind are written with spaces between them, those of the other are not.
#[derive(PartialEq, Clone, Copy)]
enum Letters {
    Spaced,
    Unspaced,
}

fn letters(c: char) -> Option<Letters> {
    let unspaced = matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}');
    if unspaced {
        Some(Letters::Unspaced)
    } else if c.is_alphanumeric() || c == '_' || is_combining(c) {
        Some(Letters::Spaced)
    } else {
        None
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}')
}

/// Whether `start..end` of `text` begins and ends at word boundaries.
pub fn is_whole(text: &str, start: usize, end: usize) -> bool {
    boundary(text, start) && boundary(text, end)
}

/// Whether a word may begin or end at `at`. Where scripts without spaces meet others (`HubSpot認定`), one may.
fn boundary(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else { return false };
    let before = before.chars().next_back().and_then(letters);
    let after = after.chars().next().and_then(letters);
    !matches!((before, after), (Some(Letters::Spaced), Some(Letters::Spaced)))
}

fn has_cased_non_ascii(s: &str) -> bool {
    s.chars().any(|c| !c.is_ascii() && (c.is_lowercase() || c.is_uppercase()))
}

/// Whether every way the phrase can begin (or end) is an ASCII letter or digit, so that the cheap ASCII word boundary holds there.
fn edge_is_word(part: Option<&Part>, last: bool) -> bool {
    match part {
        Some(Part::Literal(s)) => {
            let c = if last { s.chars().next_back() } else { s.chars().next() };
            c.is_some_and(|c| c.is_ascii_alphanumeric())
        }
        Some(Part::Choice(options)) => options.iter().all(|o| edge_is_word(if last { o.last() } else { o.first() }, last)),
        Some(Part::Number) => true,
        _ => false,
    }
}
