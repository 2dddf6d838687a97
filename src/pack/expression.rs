//! Regular expressions and phrases as such, and the automata they become: built when first used, quickly at first and to run fast later.

use super::automaton::{Automaton, Row};
use super::beginnings;
use super::boundary::is_whole;
use super::heads::Heads;
use super::lazy::LazyTerms;
use super::lint::ascii_boundaries;
use super::literals;
use super::pattern::PatternSize;
use super::phrase::{self, Named, Part};
use super::walk::Walk;
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, meta, util::syntax};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The memory one compiled expression may take, bytes. Packs may come from anywhere.
pub(super) const SIZE_LIMIT: usize = 4 << 20;
/// After so many bytes of text an expression is worth being compiled for speed; a phrase, which is walked before, after so many steps.
const WARM: usize = 5 << 10;
const WARM_PHRASE: usize = 40_000;

/// How much text a try at one place counts for.
const ANCHORED: usize = 32;

/// What is in words, of ASCII.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0u8;
    while b < 128 {
        table[b as usize] = b.is_ascii_alphanumeric() || b == b'_';
        b += 1;
    }
    table
};

/// A phrase as it came: read, or known to be readable and not read before it is needed.
#[derive(Clone, Debug)]
pub(super) enum Phrase {
    Read(Vec<Part>),
    Text(String, Arc<LazyTerms>),
    /// Each entry of a term is a phrase by itself.
    Term(String, Arc<LazyTerms>),
}

impl Phrase {
    pub(super) fn with<T>(&self, f: impl FnOnce(&[Part]) -> T) -> T {
        match self {
            Phrase::Read(parts) => f(parts),
            Phrase::Text(text, terms) => f(&phrase::parse(text, &**terms).unwrap_or_default()),
            Phrase::Term(name, terms) => f(&terms.phrases(name).map(|all| vec![Part::Choice(all)]).unwrap_or_default()),
        }
    }

    /// The expressions it stands for.
    fn sources(&self) -> Vec<String> {
        match self {
            Phrase::Term(name, terms) => terms.phrases(name).iter().flat_map(|all| all.iter()).map(|p| bounded(p)).collect(),
            one => vec![one.with(bounded)],
        }
    }
}

/// A phrase as a regular expression with the cheap ASCII word boundary where it holds.
pub(super) fn bounded(parts: &[Part]) -> String {
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

/// The rows of phrases, in the order in which they are tried: the longer one first, so that it is not cut short by its own beginning.
fn all_rows(phrases: &[Phrase]) -> Vec<Row> {
    let mut all: Vec<Vec<Part>> = Vec::new();
    for phrase in phrases {
        match phrase {
            Phrase::Term(name, terms) => all.extend(terms.phrases(name).iter().flat_map(|t| t.iter().cloned())),
            one => all.push(one.with(<[Part]>::to_vec)),
        }
    }
    if all.len() > 1 {
        all.sort_by_cached_key(|parts| std::cmp::Reverse(bounded(parts).len()));
    }
    all.iter().flat_map(|parts| rows(parts)).collect()
}

/// The rows of a phrase.
fn rows(parts: &[Part]) -> Vec<Row> {
    match bounded_each(parts) {
        Some(options) => options.iter().flat_map(|o| rows(o)).collect(),
        None => vec![Row { parts: parts.to_vec(), edges: (edge_is_word(parts.first(), false), edge_is_word(parts.last(), true)) }],
    }
}

/// What an expression is made from.
#[derive(Debug)]
pub(super) enum Expression {
    Regex(String),
    /// Any of these.
    Phrases(Vec<Phrase>),
}

impl Expression {
    /// One of the things that its phrase can be; see [`phrase::ways`].
    pub(super) fn source_of_way(&self, way: usize) -> String {
        let Expression::Phrases(phrases) = self else { return self.source() };
        let of = |phrase: &Phrase| phrase.with(|parts| phrase::ways(parts).get(way).map(|parts| bounded(parts)));
        phrases.first().and_then(of).unwrap_or_else(|| self.source())
    }

    pub(super) fn source(&self) -> String {
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
    pub(super) expression: Expression,
    exact: bool,
    /// What its one phrase may be, in parts.
    rows: OnceLock<Vec<Row>>,
    /// Its phrases as an automaton.
    phrases: OnceLock<Option<Box<Automaton>>>,
    quick: OnceLock<Option<meta::Regex>>,
    fast: OnceLock<Option<meta::Regex>>,
    /// What its matches begin with, where that is a number of strings; worked out when first asked for.
    openers: OnceLock<Option<Heads>>,
    /// Bytes of text it was run on, while it is not [`WARM`].
    seen: AtomicUsize,
}

impl LazyRegex {
    pub(super) fn new(source: String, exact: bool) -> LazyRegex {
        LazyRegex::of(Expression::Regex(source), exact)
    }

    pub(super) fn of(expression: Expression, exact: bool) -> LazyRegex {
        LazyRegex {
            expression,
            exact,
            rows: OnceLock::new(),
            phrases: OnceLock::new(),
            quick: OnceLock::new(),
            fast: OnceLock::new(),
            openers: OnceLock::new(),
            seen: AtomicUsize::new(0),
        }
    }

    /// What it is for a text of this length; none where compiling fails, which `pack check` tells.
    fn get(&self, len: usize) -> Option<Running<'_>> {
        if let Expression::Phrases(_) = self.expression {
            return self
                .phrases
                .get_or_init(|| Automaton::new(self.rows().iter(), self.exact, SIZE_LIMIT).map(Box::new))
                .as_deref()
                .map(Running::Phrases);
        }
        if self.fast.get().is_none() && self.seen.fetch_add(len, Ordering::Relaxed) + len <= WARM {
            return self.quick.get_or_init(|| self.build_quick()).as_ref().map(Running::Expression);
        }
        self.fast.get_or_init(|| self.build_fast()).as_ref().map(Running::Expression)
    }

    /// What its phrases may be, in parts and in the order in which they are tried.
    fn rows(&self) -> &[Row] {
        self.rows.get_or_init(|| match &self.expression {
            Expression::Regex(_) => Vec::new(),
            Expression::Phrases(phrases) => all_rows(phrases),
        })
    }

    /// Whether it has seen so much text, with what keys alone looked at, that it is worth being compiled to run fast.
    pub(super) fn is_warm(&self) -> bool {
        match &self.expression {
            Expression::Phrases(_) => self.phrases.get().is_some() || self.seen.load(Ordering::Relaxed) > WARM_PHRASE,
            Expression::Regex(_) => self.fast.get().is_some() || self.seen.load(Ordering::Relaxed) > WARM,
        }
    }

    pub(super) fn build_quick(&self) -> Option<meta::Regex> {
        let config = meta::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).hybrid(false).onepass(false).dfa(false).auto_prefilter(false);
        let syntax = syntax::Config::new().case_insensitive(!self.exact);
        meta::Builder::new().configure(config).syntax(syntax).build(&self.expression.source()).ok()
    }

    /// How large its automaton is; `None` if it is too large for promolint.
    pub(super) fn size(&self) -> Option<PatternSize> {
        let config = thompson::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).which_captures(thompson::WhichCaptures::None);
        let syntax = syntax::Config::new().case_insensitive(!self.exact);
        let nfa = thompson::Compiler::new().configure(config).syntax(syntax).build(&self.expression.source()).ok()?;
        Some(PatternSize { states: nfa.states().len(), bytes: nfa.memory_usage() })
    }

    fn build_fast(&self) -> Option<meta::Regex> {
        let config = meta::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(SIZE_LIMIT);
        let syntax = syntax::Config::new().case_insensitive(!self.exact);
        meta::Builder::new().configure(config).syntax(syntax).build(&self.expression.source()).ok()
    }

    /// What its matches begin with; `None` where that cannot be told.
    pub(super) fn openers(&self) -> Option<&Heads> {
        let openers = || match &self.expression {
            Expression::Regex(source) => literals::openers(&ascii_boundaries(source), !self.exact),
            Expression::Phrases(_) => beginnings::openers(self.rows(), !self.exact),
        };
        self.openers.get_or_init(|| openers().map(|h| Heads::new(&h))).as_ref()
    }

    /// The first match in a window of `text` that begins with one of `openers` at `last` or before, and is `whole`. `words`: what is whole
    /// does not begin inside a word.
    pub(super) fn find_opened(
        &self,
        openers: &Heads,
        text: &str,
        window: Range<usize>,
        last: usize,
        words: bool,
        whole: impl Fn(&Range<usize>) -> bool,
    ) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        let end = window.end.min(last.saturating_add(1)).min(bytes.len());
        let mut before = window.start > 0 && bytes.get(window.start - 1).is_some_and(|b| IN_WORD[usize::from(*b)]);
        for at in window.start..end {
            let inside = IN_WORD[usize::from(bytes[at])];
            let begins = !(words && before && inside);
            before = inside;
            if begins
                && openers.begin(&bytes[at..])
                && text.is_char_boundary(at)
                && let Some(m) = self.get(ANCHORED)?.find(text, at..window.end, Anchored::Yes)
                && whole(&m)
            {
                return Some(m);
            }
        }
        None
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
        self.get(text.len() - at)?.find(text, at..text.len(), Anchored::No)
    }

    /// The same without an expression; an error where that would take long.
    pub(super) fn walk(&self, text: &str, window: Range<usize>, at_start: bool) -> Result<Option<Range<usize>>, ()> {
        let rows = self.rows();
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
    pub(super) fn find_in(&self, text: &str, window: Range<usize>, at_start: bool) -> Option<Range<usize>> {
        text.get(window.clone())?;
        let (len, anchored) = if at_start { (ANCHORED, Anchored::Yes) } else { (window.len(), Anchored::No) };
        if !self.is_warm()
            && let Expression::Phrases(phrases) = &self.expression
            && phrases.len() == 1
            && let Ok(found) = self.walk(text, window.clone(), at_start)
        {
            return found;
        }
        self.get(len)?.find(text, window, anchored)
    }

    /// Its matches in `text` apart from each other, as bytes.
    pub fn find_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let running = self.get(text.len());
        let mut at = 0;
        std::iter::from_fn(move || {
            let m = running.filter(|_| at <= text.len())?.find(text, at..text.len(), Anchored::No)?;
            at = m.end + if m.is_empty() { text[m.end..].chars().next().map_or(1, char::len_utf8) } else { 0 };
            Some(m)
        })
    }
}

/// What an expression has become.
#[derive(Clone, Copy)]
enum Running<'e> {
    Expression(&'e meta::Regex),
    Phrases(&'e Automaton),
}

impl Running<'_> {
    /// The first match in a window of `text`, in bytes, with what stands around it in view. Anchored: one that begins with the window.
    fn find(self, text: &str, window: Range<usize>, anchored: Anchored) -> Option<Range<usize>> {
        match self {
            Running::Expression(regex) => regex.find(Input::new(text).span(window).anchored(anchored)).map(|m| m.range()),
            Running::Phrases(phrases) => phrases.find(text, window, anchored),
        }
    }
}

/// Phrases of which any will do: for what stands near a match, for exceptions, for predicates. Compiled together when first asked.
#[derive(Debug)]
pub struct PhraseSet {
    regex: Option<LazyRegex>,
    number: Option<u32>,
}

impl PhraseSet {
    pub(super) fn new(phrases: Vec<Phrase>, exact: bool) -> PhraseSet {
        PhraseSet { regex: (!phrases.is_empty()).then(|| LazyRegex::of(Expression::Phrases(phrases), exact)), number: None }
    }

    /// The same set, with its number among those whose keys were worked out when promolint was built.
    pub(super) fn numbered(self, number: Option<u32>) -> PhraseSet {
        PhraseSet { number, ..self }
    }

    /// Its number among those whose keys were worked out when promolint was built, if it is one of them.
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.regex.is_none()
    }

    /// Whether it tells capitals from small letters.
    pub fn minds_case(&self) -> bool {
        self.regex.as_ref().is_some_and(|r| r.exact)
    }

    /// The first match in `text` from byte `from` on, as bytes of `text`; whole words only.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let regex = self.regex.as_ref()?;
        if let Some(openers) = regex.openers() {
            let whole = |m: &Range<usize>| is_whole(text, m.start, m.end);
            return regex.find_opened(openers, text, from..text.len(), text.len(), true, whole).map(|m| (m.start, m.end));
        }
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
    use proptest::prelude::*;

    #[test]
    fn an_option_that_ends_in_a_sign_hides_no_longer_word() {
        let read = |text: &str| Phrase::Read(phrase::parse(text, &phrase::Terms::default()).unwrap_or_default());
        let set = PhraseSet::new(vec![read("(client|clients')"), read("(cliente|clientela)")], false);
        assert_eq!(set.find("un cliente de hoy", 0), Some((3, 10)));
        assert_eq!(set.find("a client of ours", 0), Some((2, 8)));
        assert_eq!(set.find("our clients' offices", 0), Some((4, 12)));
    }

    proptest! {
        /// What is read, folded and compiled by others is what phrases are held against.
        #[test]
        fn phrases_are_the_expression_they_stand_for(
            phrases in prop::collection::vec("(a|ab|c é|x')((~| |)(b|É|ß|'|a\\*|#|\\(a\\|b c\\|\\)|\\( c\\|b\\|\\)|\\(b \\|\\)|\\(c\\|c \\*\\|x'\\)| \\* | \\*\\* b| # |。)){0,4}", 1..4),
            text in "([abcx]|[AB]| |é|É|ß|’|'|-|1|2,3|\\.|。|\u{1E}){0,24}",
            exact in any::<bool>(),
        ) {
            let read = |text: &String| phrase::parse(text, &phrase::Terms::default()).ok().map(Phrase::Read);
            let all: Vec<Phrase> = phrases.iter().filter_map(read).collect();
            prop_assume!(all.len() == phrases.len());
            let set = LazyRegex::of(Expression::Phrases(all), exact);
            let whole = 0..text.len();
            let written = set.build_quick().expect("an expression").find(&text).map(|m| m.range());
            let made = set.get(0).expect("an automaton");
            prop_assert_eq!(made.find(&text, whole.clone(), Anchored::No), written.clone(), "{:?}", set.expression.source());
            if let Some(openers) = set.openers() {
                prop_assert_eq!(set.find_opened(openers, &text, whole, text.len(), false, |_| true), written, "{:?}", openers);
            }
            let walked = set.walk(&text, 0..text.len(), false);
            prop_assert_eq!(walked, Ok(made.find(&text, 0..text.len(), Anchored::No)));
        }
    }
}
