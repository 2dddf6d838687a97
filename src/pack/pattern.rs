//! What a phrase or a regular expression becomes: keys for the prefilter, and an automaton that is built when a key is first met.

use super::keys::Keys;
use super::lazy::LazyTerms;
use super::lint::ascii_boundaries;
use super::literals;
use super::phrase::{self, Part};
use super::walk::Walk;
use aho_corasick::AhoCorasick;
use memchr::memmem;
use regex::{Regex, RegexBuilder};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, meta, util::syntax};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The memory one compiled expression may take, bytes. Packs may come from anywhere.
const SIZE_LIMIT: usize = 4 << 20;
/// After so many bytes of text an expression is worth being compiled for speed; a phrase, which needs none before, after so many steps.
const WARM: usize = 12 << 10;
const WARM_PHRASE: usize = 40_000;

/// How much text a try at one place counts for.
const ANCHORED: usize = 32;

/// A phrase as it came: read, or known to be readable and not read before it is needed.
#[derive(Clone, Debug)]
pub(super) enum Phrase {
    Read(Vec<Part>),
    Text(String, Arc<LazyTerms>),
    /// Each entry of a term is a phrase by itself.
    Term(String, Arc<LazyTerms>),
}

impl Phrase {
    fn with<T>(&self, f: impl FnOnce(&[Part]) -> T) -> T {
        match self {
            Phrase::Read(parts) => f(parts),
            Phrase::Text(text, terms) => f(&phrase::parse(text, terms).unwrap_or_default()),
            Phrase::Term(name, terms) => f(&terms.get(name).map(|all| vec![Part::Choice(Arc::clone(all))]).unwrap_or_default()),
        }
    }

    /// The expressions it stands for.
    fn sources(&self) -> Vec<String> {
        match self {
            Phrase::Term(name, terms) => terms.get(name).into_iter().flat_map(|all| all.iter()).map(|p| bounded(p)).collect(),
            one => vec![one.with(bounded)],
        }
    }
}

/// One thing to look for.
#[derive(Debug)]
pub struct Pattern {
    /// What stands in the text in place of a match, for `replace`.
    pub replacement: Option<String>,
    pub(super) keys: Keys,
    exact: bool,
    /// Whether the match must begin, and end, at a word boundary.
    edges: (bool, bool),
    form: Form,
    /// Searchers for the further keys, made once the expression is compiled.
    further: OnceLock<Vec<AhoCorasick>>,
    /// How a match can go on where its key begins; worked out when the expression is.
    heads: OnceLock<Option<Vec<String>>>,
}

#[derive(Debug)]
enum Form {
    /// One of these spellings, each of which begins with a key.
    Spelled { phrase: Phrase, spellings: OnceLock<Vec<String>> },
    /// A regular expression.
    Regex(LazyRegex),
}

impl Pattern {
    /// A phrase. `exact`: letters match only in their case. `keys`: as worked out before.
    pub(super) fn from_phrase(phrase: Phrase, exact: bool, keys: Option<Keys>) -> Pattern {
        let keys = keys.unwrap_or_else(|| phrase.with(|parts| Keys::of_phrase(parts, exact)));
        let form = if keys.spelled {
            Form::Spelled { phrase, spellings: OnceLock::new() }
        } else {
            Form::Regex(LazyRegex::of(Expression::Phrases(vec![phrase]), exact, true))
        };
        Pattern { replacement: None, keys, exact, edges: (true, true), form, further: OnceLock::new(), heads: OnceLock::new() }
    }

    /// A literal that is replaced by another, in exactly this case.
    pub(super) fn replacing(wrong: &str, right: &str) -> Pattern {
        let phrase = Phrase::Read(vec![Part::Literal(wrong.to_owned())]);
        let spellings = OnceLock::from(vec![wrong.to_owned()]);
        Pattern {
            replacement: Some(right.to_owned()),
            keys: Keys { spelled: true, first: vec![wrong.to_owned()], ..Keys::default() },
            exact: true,
            edges: (true, true),
            form: Form::Spelled { phrase, spellings },
            further: OnceLock::new(),
            heads: OnceLock::new(),
        }
    }

    /// A regular expression that is known to be valid.
    pub(super) fn from_regex(source: String, exact: bool, keys: Option<Keys>) -> Pattern {
        let keys = keys.unwrap_or_else(|| Keys::of_regex(&source, exact));
        let edges = (source.starts_with(r"\b"), source.ends_with(r"\b"));
        let regex = LazyRegex::of(Expression::Regex(source), exact, true);
        Pattern { replacement: None, keys, exact, edges, form: Form::Regex(regex), further: OnceLock::new(), heads: OnceLock::new() }
    }

    /// Strings of which one must be there; see [`Pattern::keys_are_exact`] for their case. Empty: nothing can be said, and the pattern is
    /// tried on every block.
    pub fn keys(&self) -> &[String] {
        &self.keys.first
    }

    /// Whether a key must stand there in its own case. Else keys are in lower case as far as they are ASCII, and the text's case is ignored.
    pub fn keys_are_exact(&self) -> bool {
        self.keys.spelled && self.exact
    }

    /// Whether a match begins where a key does, and [`Pattern::spelled_at`] tells where it ends.
    pub fn is_spelled(&self) -> bool {
        self.keys.spelled
    }

    /// Whether a match begins where its key does.
    pub fn begins_with_key(&self) -> bool {
        self.keys.lead == Some(0)
    }

    /// Where in a text of `len` bytes a match may lie whose key begins at `key`. The text is all that is looked at around it.
    pub fn window(&self, key: usize, len: usize) -> Range<usize> {
        let from = self.keys.lead.map_or(0, |n| key.saturating_sub(n));
        from..self.keys.tail.map_or(len, |n| key.saturating_add(n).min(len))
    }

    /// Whether what stands at a key, in lower case (ASCII), can be part of a match. Says yes until the pattern has seen some text.
    pub fn goes_on(&self, lower: &str) -> bool {
        let Form::Regex(regex) = &self.form else { return true };
        if !regex.is_warm() {
            return true;
        }
        let Some(heads) = self.heads.get_or_init(|| literals::heads(&regex.expression.source(), !self.exact)) else { return true };
        // No head begins another, so that the last one that is not greater is the only one that can be there.
        let after = heads.partition_point(|head| head.as_str() <= lower);
        after.checked_sub(1).and_then(|i| heads.get(i)).is_some_and(|head| lower.starts_with(head.as_str()))
    }

    /// Whether a stretch of text, in lower case (ASCII), may hold a match.
    pub fn may_match(&self, lower: &str) -> bool {
        let warm = match &self.form {
            Form::Regex(r) => r.warms(if self.begins_with_key() { ANCHORED } else { lower.len() }),
            Form::Spelled { .. } => true,
        };
        // Where the key itself has been met, a match begins there or none does: the expression tells faster, once it is compiled.
        if warm && self.begins_with_key() {
            return true;
        }
        let further = &self.keys.further;
        if warm {
            let searchers = || further.iter().filter_map(|set| AhoCorasick::new(set).ok()).collect();
            return self.further.get_or_init(searchers).iter().all(|set| set.is_match(lower));
        }
        further.iter().all(|set| set.iter().any(|key| memmem::find(lower.as_bytes(), key.as_bytes()).is_some()))
    }

    /// The first match inside `window` of `text` that stands whole. `at_start`: only one that begins with the window.
    pub fn find_in(&self, text: &str, window: Range<usize>, at_start: bool) -> Option<Range<usize>> {
        let regex = self.regex()?;
        let mut at = window.start;
        while at <= window.end {
            let m = regex.find_in(text, at..window.end, at_start)?;
            if !m.is_empty() && self.stands_whole(text, m.start, m.end) {
                return Some(m);
            }
            if at_start {
                return None;
            }
            at = m.start + text[m.start..].chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// Whether it matches anywhere in a text for which no keys were looked up.
    pub fn is_in(&self, text: &str) -> bool {
        match &self.form {
            Form::Spelled { .. } => text.char_indices().any(|(at, _)| self.spelled_at(text, at).is_some()),
            Form::Regex(_) => self.find_in(text, 0..text.len(), false).is_some(),
        }
    }

    /// Where the longest spelling ends that begins at `start` of `text` and stands whole.
    pub fn spelled_at(&self, text: &str, start: usize) -> Option<usize> {
        let Form::Spelled { phrase, spellings } = &self.form else { return None };
        let spellings = spellings.get_or_init(|| phrase.with(|parts| phrase::spellings(parts).unwrap_or_default()));
        let rest = text.as_bytes().get(start..)?;
        let ends = spellings.iter().filter_map(|s| {
            let there = rest.get(..s.len())?;
            let same = if self.exact { there == s.as_bytes() } else { there.eq_ignore_ascii_case(s.as_bytes()) };
            (same && self.stands_whole(text, start, start + s.len())).then_some(start + s.len())
        });
        ends.max()
    }

    /// The compiled expression; `None` for spelled patterns.
    pub(super) fn regex(&self) -> Option<&LazyRegex> {
        match &self.form {
            Form::Spelled { .. } => None,
            Form::Regex(regex) => Some(regex),
        }
    }

    /// The first match in a text by walking the phrase, and by its expression.
    #[cfg(test)]
    pub(super) fn find_both_ways(&self, text: &str) -> (Option<Range<usize>>, Option<Range<usize>>) {
        let Form::Regex(regex) = &self.form else { return (None, None) };
        let all = 0..text.len();
        let warm = regex.build_quick().and_then(|r| r.find(text)).map(|m| m.range());
        match &regex.expression {
            Expression::Phrases(phrases) => (regex.walk(&phrases[0], text, all, false).expect("a short walk"), warm),
            Expression::Regex(_) => (warm.clone(), warm),
        }
    }

    /// Whether `start..end` of `text` stands by itself as this pattern wants it.
    pub fn stands_whole(&self, text: &str, start: usize, end: usize) -> bool {
        (!self.edges.0 || boundary(text, start)) && (!self.edges.1 || boundary(text, end))
    }
}

/// A phrase as a regular expression with the cheap ASCII word boundary where it holds.
fn bounded(parts: &[Part]) -> String {
    if let Some(options) = bounded_each(parts) {
        return format!("(?:{})", options.iter().map(|o| bounded(o)).collect::<Vec<_>>().join("|"));
    }
    let mut source = phrase::to_regex(parts);
    if edge_is_word(parts.first(), false) {
        source.insert_str(0, r"(?-u:\b)");
    }
    if edge_is_word(parts.last(), true) {
        source.push_str(r"(?-u:\b)");
    }
    source
}

/// Where some options of a choice end in a letter and others do not, each has boundaries of its own: else `client`, beside `clients'`, would
/// be found in "cliente", and what is longer no more be tried there.
fn bounded_each(parts: &[Part]) -> Option<&[Vec<Part>]> {
    let [Part::Choice(options)] = parts else { return None };
    let each = !(edge_is_word(parts.first(), false) && edge_is_word(parts.last(), true)) && options.iter().all(|o| !o.is_empty());
    each.then_some(options)
}

/// Parts that have boundaries of their own.
#[derive(Debug)]
struct Row {
    parts: Vec<Part>,
    /// Whether a word must begin, and end, there.
    edges: (bool, bool),
}

/// The rows of a phrase, in the order in which they are tried.
fn rows(parts: &[Part]) -> Vec<Row> {
    match bounded_each(parts) {
        Some(options) => options.iter().flat_map(|o| rows(o)).collect(),
        None => vec![Row { parts: parts.to_vec(), edges: (edge_is_word(parts.first(), false), edge_is_word(parts.last(), true)) }],
    }
}

/// Whether an expression whose syntax is right stays within promolint's limits: the first step of compiling it, without the others.
pub(super) fn fits(source: &str, exact: bool) -> bool {
    let config = thompson::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).which_captures(thompson::WhichCaptures::None);
    let syntax = syntax::Config::new().case_insensitive(!exact);
    thompson::Compiler::new().configure(config).syntax(syntax).build(source).is_ok()
}

/// What an expression is made from.
#[derive(Debug)]
enum Expression {
    Regex(String),
    /// Any of these.
    Phrases(Vec<Phrase>),
}

impl Expression {
    fn source(&self) -> String {
        match self {
            Expression::Regex(source) => ascii_boundaries(source),
            Expression::Phrases(phrases) => {
                let mut sources: Vec<_> = phrases.iter().flat_map(Phrase::sources).collect();
                // Alternatives are tried in order; the longer one first, so that it is not cut short by its own beginning.
                sources.sort_by_key(|s| std::cmp::Reverse(s.len()));
                format!("(?:{})", sources.join("|"))
            }
        }
    }
}

/// A regular expression that is compiled when it is first used: at first in little time, and again, to run faster, once it has seen some
/// text. A commit hook checks a few lines and exits; a bulk scan runs for minutes.
#[derive(Debug)]
pub struct LazyRegex {
    expression: Expression,
    exact: bool,
    /// Whether it is tried at places and in stretches of a text, with what stands around them in view. The crate `regex` has no way to ask
    /// for that; the engine inside it has.
    windowed: bool,
    /// What its one phrase may be, in parts.
    rows: OnceLock<Vec<Row>>,
    quick: OnceLock<Option<meta::Regex>>,
    fast: OnceLock<Option<Machine>>,
    /// Bytes of text it was run on, while it is not [`WARM`].
    seen: AtomicUsize,
}

/// What runs fast.
#[derive(Debug)]
enum Machine {
    /// In stretches of a text.
    Windowed(meta::Regex),
    /// From a place to the end of a text.
    Free(Regex),
}

/// What runs at the moment.
enum Engine<'r> {
    /// Without what takes long to build.
    Quick(&'r meta::Regex),
    Fast(&'r Machine),
}

impl Engine<'_> {
    fn find_in(&self, text: &str, window: Range<usize>, anchored: Anchored) -> Option<Range<usize>> {
        let r = match self {
            Engine::Quick(r) => r,
            Engine::Fast(Machine::Windowed(r)) => r,
            Engine::Fast(Machine::Free(r)) => return r.find_at(text, window.start).map(|m| m.range()),
        };
        r.find(Input::new(text).span(window).anchored(anchored)).map(|m| m.range())
    }
}

impl LazyRegex {
    pub(super) fn new(source: String, exact: bool) -> LazyRegex {
        LazyRegex::of(Expression::Regex(source), exact, false)
    }

    fn of(expression: Expression, exact: bool, windowed: bool) -> LazyRegex {
        LazyRegex {
            expression,
            exact,
            windowed,
            rows: OnceLock::new(),
            quick: OnceLock::new(),
            fast: OnceLock::new(),
            seen: AtomicUsize::new(0),
        }
    }

    /// The automaton for a text of this length; none where compiling fails, which `pack check` tells.
    fn get(&self, len: usize) -> Option<Engine<'_>> {
        if self.fast.get().is_none() && self.seen.fetch_add(len, Ordering::Relaxed) + len <= self.warm() {
            return self.quick.get_or_init(|| self.build_quick()).as_ref().map(Engine::Quick);
        }
        self.fast.get_or_init(|| self.build_fast()).as_ref().map(Engine::Fast)
    }

    fn warm(&self) -> usize {
        if self.windowed && matches!(&self.expression, Expression::Phrases(_)) { WARM_PHRASE } else { WARM }
    }

    /// Whether it has seen so much text, with what keys alone looked at, that it is worth being compiled to run fast.
    fn is_warm(&self) -> bool {
        self.fast.get().is_some() || self.seen.load(Ordering::Relaxed) > self.warm()
    }

    /// The same after so much more text.
    fn warms(&self, len: usize) -> bool {
        self.fast.get().is_some() || self.seen.fetch_add(len, Ordering::Relaxed) > self.warm()
    }

    fn build_quick(&self) -> Option<meta::Regex> {
        let config = meta::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).hybrid(false).onepass(false).dfa(false).auto_prefilter(false);
        let syntax = syntax::Config::new().case_insensitive(!self.exact);
        meta::Builder::new().configure(config).syntax(syntax).build(&self.expression.source()).ok()
    }

    fn build_fast(&self) -> Option<Machine> {
        let source = self.expression.source();
        if self.windowed {
            let config = meta::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(SIZE_LIMIT);
            let syntax = syntax::Config::new().case_insensitive(!self.exact);
            return meta::Builder::new().configure(config).syntax(syntax).build(&source).ok().map(Machine::Windowed);
        }
        let mut builder = RegexBuilder::new(&source);
        builder.case_insensitive(!self.exact).size_limit(SIZE_LIMIT).dfa_size_limit(SIZE_LIMIT).build().ok().map(Machine::Free)
    }

    /// The expression as it was given.
    pub(super) fn source(&self) -> &str {
        match &self.expression {
            Expression::Regex(source) => source,
            Expression::Phrases(_) => "",
        }
    }

    /// Whether it matches anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.find_at(text, 0).is_some()
    }

    /// The first match from byte `at` on, as bytes of `text`.
    pub fn find_at(&self, text: &str, at: usize) -> Option<Range<usize>> {
        text.get(at..)?;
        self.get(text.len() - at)?.find_in(text, at..text.len(), Anchored::No)
    }

    /// The same without an expression; an error where that would take long.
    fn walk(&self, phrase: &Phrase, text: &str, window: Range<usize>, at_start: bool) -> Result<Option<Range<usize>>, ()> {
        let rows = self.rows.get_or_init(|| phrase.with(rows));
        let word = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let boundary = |at: usize| word(at.checked_sub(1)) != word(Some(at));
        // Nothing behind the window is walked over, however long the word there.
        let mut walk = Walk::new(&text[..window.end], self.exact);
        let until = if at_start { window.start } else { window.end };
        for start in (window.start..=until).filter(|at| text.is_char_boundary(*at)) {
            for Row { parts, edges: (first, last) } in rows {
                if *first && !boundary(start) {
                    continue;
                }
                if let Some(end) = walk.end(parts, start, |end| end <= window.end && (!*last || boundary(end))) {
                    self.seen.fetch_add(walk.steps(), Ordering::Relaxed);
                    return Ok(Some(start..end));
                }
                if walk.is_lost() {
                    self.seen.fetch_add(walk.steps(), Ordering::Relaxed);
                    return Err(());
                }
            }
        }
        self.seen.fetch_add(walk.steps(), Ordering::Relaxed);
        Ok(None)
    }

    /// The first match in a window of `text`, in bytes, with what stands around it in view. `at_start`: only one that begins with it.
    fn find_in(&self, text: &str, window: Range<usize>, at_start: bool) -> Option<Range<usize>> {
        text.get(window.clone())?;
        let (len, anchored) = if at_start { (ANCHORED, Anchored::Yes) } else { (window.len(), Anchored::No) };
        if !self.is_warm()
            && let Expression::Phrases(phrases) = &self.expression
            && let [phrase] = &phrases[..]
            && let Ok(found) = self.walk(phrase, text, window.clone(), at_start)
        {
            return found;
        }
        self.get(len)?.find_in(text, window, anchored)
    }

    /// Its matches in `text` apart from each other, as bytes.
    pub fn find_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let engine = self.get(text.len());
        let mut at = 0;
        std::iter::from_fn(move || {
            let m = engine.as_ref().filter(|_| at <= text.len())?.find_in(text, at..text.len(), Anchored::No)?;
            at = m.end + if m.is_empty() { text[m.end..].chars().next().map_or(1, char::len_utf8) } else { 0 };
            Some(m)
        })
    }
}

/// Phrases of which any will do: for what stands near a match, for exceptions, for predicates. Compiled together when first asked.
#[derive(Debug)]
pub struct PhraseSet {
    regex: Option<LazyRegex>,
}

impl PhraseSet {
    pub(super) fn new(phrases: Vec<Phrase>, exact: bool) -> PhraseSet {
        PhraseSet { regex: (!phrases.is_empty()).then(|| LazyRegex::of(Expression::Phrases(phrases), exact, false)) }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.regex.is_none()
    }

    /// The first match in `text` from byte `from` on, as bytes of `text`; whole words only.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let regex = self.regex.as_ref()?;
        let mut at = from;
        while let Some(m) = regex.find_at(text, at) {
            if is_whole(text, m.start, m.end) {
                return Some((m.start, m.end));
            }
            at = m.start + text[m.start..].chars().next().map_or(1, char::len_utf8);
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

impl Default for PhraseSet {
    fn default() -> PhraseSet {
        PhraseSet::new(Vec::new(), false)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_ends_in_a_sign_hides_no_longer_word() {
        let read = |text: &str| Phrase::Read(phrase::parse(text, &Default::default()).unwrap_or_default());
        let set = PhraseSet::new(vec![read("(client|clients')"), read("(cliente|clientela)")], false);
        assert_eq!(set.find("un cliente de hoy", 0), Some((3, 10)));
        assert_eq!(set.find("a client of ours", 0), Some((2, 8)));
        assert_eq!(set.find("our clients' offices", 0), Some((4, 12)));
    }
}
