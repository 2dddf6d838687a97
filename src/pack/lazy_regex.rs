//! Regular expressions and phrases as what they become: built when first used, quickly at first and to run fast later.

use super::automaton::Automaton;
use super::beginnings;
use super::expression::Expression;
use super::heads::Heads;
use super::literals;
use super::pattern::PatternSize;
use super::rows::Rows;
use super::sieve::ODD;
use super::walk::Walk;
use memchr::memmem;
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, meta, util::syntax};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// A regular expression that is compiled when it is first used: at first in little time, and again, to run faster, once it has seen some
/// text. A commit hook checks a few lines and exits; a bulk scan runs for minutes.
#[derive(Debug)]
pub struct LazyRegex {
    pub(super) expression: Expression,
    exact: bool,
    /// What its one phrase may be, in parts.
    rows: OnceLock<Box<Rows>>,
    /// Its phrases as an automaton.
    phrases: OnceLock<Option<Box<Automaton>>>,
    /// Its expression as far as ASCII goes; that is what is run on every text.
    sieve: Compiled,
    /// The expression itself, for what has passed the sieve and is not ASCII.
    whole: Compiled,
    /// What its matches begin with, where that is a number of strings; worked out when first asked for.
    openers: OnceLock<Option<Heads>>,
    /// Bytes of text it was run on, while it is not [`WARM`].
    seen: AtomicUsize,
}

impl LazyRegex {
    /// One expression. `exact`: letters match only in their case.
    pub(super) fn new(source: String, exact: bool) -> LazyRegex {
        LazyRegex::any(vec![source], exact)
    }

    /// Several, of which the first that matches at a place is what stands there.
    pub(super) fn any(sources: Vec<String>, exact: bool) -> LazyRegex {
        LazyRegex::of(Expression::Regexes(sources), exact)
    }

    pub(super) fn of(expression: Expression, exact: bool) -> LazyRegex {
        LazyRegex {
            expression,
            exact,
            rows: OnceLock::new(),
            phrases: OnceLock::new(),
            sieve: Compiled::default(),
            whole: Compiled::default(),
            openers: OnceLock::new(),
            seen: AtomicUsize::new(0),
        }
    }

    /// Whether letters match only in their case.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    /// What it is for a text of this length; none where compiling fails, which `pack check` tells.
    fn get(&self, len: usize) -> Option<Running<'_>> {
        if let Expression::Phrases(_) = self.expression {
            return self
                .phrases
                .get_or_init(|| Automaton::new(self.rows().all().iter(), self.exact, SIZE_LIMIT).map(Box::new))
                .as_deref()
                .map(Running::Phrases);
        }
        let fast = self.sieve.is_fast() || self.seen.fetch_add(len, Ordering::Relaxed) + len > WARM;
        Some(Running::Expression(self, fast))
    }

    /// The first match of an expression, in the same way as [`Running::find`]. `fast`: there is much text to come.
    fn find_expression(&self, text: &str, window: Range<usize>, anchored: Anchored, fast: bool) -> Option<Range<usize>> {
        let run = |regex: &meta::Regex, window| regex.find(Input::new(text).span(window).anchored(anchored)).map(|m| m.range());
        let whole = |window| run(self.whole.get(fast, |fast| self.build(fast))?, window);
        if has_odd(&text[window.clone()]) {
            return whole(window);
        }
        let Some(sieve) = self.sieve.get(fast, |fast| self.build_sieve(fast)) else { return whole(window) };
        match run(sieve, window.clone())? {
            m if text.as_bytes()[m.clone()].is_ascii() => Some(m),
            // The expression matches nowhere before its sieve does.
            m => whole(m.start..window.end),
        }
    }

    /// What its phrases may be, in parts and in the order in which they are tried.
    fn rows(&self) -> &Rows {
        self.rows.get_or_init(|| match &self.expression {
            Expression::Regexes(_) => Box::default(),
            Expression::Phrases(phrases) => Box::new(Rows::new(phrases)),
        })
    }

    /// Whether it has seen so much text, with what keys alone looked at, that it is worth being compiled to run fast.
    pub(super) fn is_warm(&self) -> bool {
        match &self.expression {
            Expression::Phrases(_) => self.phrases.get().is_some() || self.seen.load(Ordering::Relaxed) > WARM_PHRASE,
            Expression::Regexes(_) => self.sieve.is_fast() || self.seen.load(Ordering::Relaxed) > WARM,
        }
    }

    /// The expression, as it stands. `fast`: made to run fast, which takes longer.
    pub(super) fn build(&self, fast: bool) -> Option<meta::Regex> {
        let syntax = syntax::Config::new().case_insensitive(!self.exact);
        meta::Builder::new().configure(config(fast)).syntax(syntax).build(&self.expression.source()).ok()
    }

    fn build_sieve(&self, fast: bool) -> Option<meta::Regex> {
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        meta::Builder::new().configure(config(fast)).syntax(syntax).build(&self.expression.sieve(self.exact)?).ok()
    }

    /// How large its automaton is; `None` if it is too large for promolint.
    pub(super) fn size(&self) -> Option<PatternSize> {
        let config = thompson::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).which_captures(thompson::WhichCaptures::None);
        let syntax = syntax::Config::new().case_insensitive(!self.exact);
        let nfa = thompson::Compiler::new().configure(config).syntax(syntax).build(&self.expression.source()).ok()?;
        Some(PatternSize { states: nfa.states().len(), bytes: nfa.memory_usage() })
    }

    /// What its matches begin with; `None` where that cannot be told.
    pub(super) fn openers(&self) -> Option<&Heads> {
        let openers = || match &self.expression {
            Expression::Regexes(_) => literals::openers(&self.expression.source(), !self.exact),
            Expression::Phrases(_) => beginnings::openers(self.rows().all(), !self.exact),
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

    /// The expressions as they were given, if it is made of some.
    pub(super) fn sources(&self) -> &[String] {
        match &self.expression {
            Expression::Regexes(sources) => sources,
            Expression::Phrases(_) => &[],
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

    /// The same without an expression, of matches that will do; an error where that would take long.
    pub(super) fn walk(
        &self,
        text: &str,
        window: Range<usize>,
        at_start: bool,
        will_do: impl Fn(&Range<usize>) -> bool,
    ) -> Result<Option<Range<usize>>, ()> {
        let rows = self.rows();
        let in_word = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(|b| IN_WORD[usize::from(*b)]);
        let boundary = |at: usize| in_word(at.checked_sub(1)) != in_word(Some(at));
        // Nothing behind the window is walked over, however long the word there.
        let text = &text[..window.end];
        let mut walk = Walk::new(text, self.exact);
        let until = if at_start { window.start } else { window.end };
        let mut at_each = || {
            for start in (window.start..=until).filter(|at| text.is_char_boundary(*at)) {
                let begins = boundary(start);
                if rows.words && !begins {
                    continue;
                }
                let first = text[start..].chars().next();
                for row in rows.at(first).filter(|row| begins || !row.edges.0) {
                    let end = walk.end(row.parts(), start, |end| end <= window.end && (!row.edges.1 || boundary(end)));
                    match end.map(|end| start..end) {
                        Some(m) if will_do(&m) => return Ok(Some(m)),
                        // What stands there is the first that matches, if it will do or not.
                        Some(_) => break,
                        None if walk.is_lost() => return Err(()),
                        None => {}
                    }
                }
            }
            Ok(None)
        };
        let found = at_each();
        // To look whether something begins at a byte is a step, too.
        let last = found.as_ref().ok().and_then(Option::as_ref).map_or(until, |m| m.start);
        self.seen.fetch_add(walk.steps() + last - window.start, Ordering::Relaxed);
        found
    }

    /// The first match from byte `at` on that is a word, or several, and `whole`.
    pub(super) fn find_whole(&self, text: &str, from: usize, whole: impl Fn(&Range<usize>) -> bool) -> Option<Range<usize>> {
        if self.may_walk()
            && let Ok(found) = self.walk(text, from..text.len(), false, &whole)
        {
            return found;
        }
        if let Some(openers) = self.openers() {
            return self.find_opened(openers, text, from..text.len(), text.len(), true, whole);
        }
        let mut at = from;
        while let Some(m) = self.find_at(text, at) {
            if whole(&m) {
                return Some(m);
            }
            at = m.start + text[m.start..].chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// Whether it is phrases that are walked as yet.
    fn may_walk(&self) -> bool {
        matches!(self.expression, Expression::Phrases(_)) && !self.is_warm()
    }

    /// The first match in a window of `text`, in bytes, with what stands around it in view. `at_start`: only one that begins with it.
    pub(super) fn find_in(&self, text: &str, window: Range<usize>, at_start: bool) -> Option<Range<usize>> {
        text.get(window.clone())?;
        let (len, anchored) = if at_start { (ANCHORED, Anchored::Yes) } else { (window.len(), Anchored::No) };
        if self.may_walk()
            && let Ok(found) = self.walk(text, window.clone(), at_start, |_| true)
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

/// An expression that is compiled, when it is needed, in one of two ways.
#[derive(Debug, Default)]
struct Compiled {
    quick: OnceLock<Option<Box<meta::Regex>>>,
    fast: OnceLock<Option<Box<meta::Regex>>>,
}

impl Compiled {
    /// `fast`: made to run fast.
    fn get(&self, fast: bool, build: impl FnOnce(bool) -> Option<meta::Regex>) -> Option<&meta::Regex> {
        let (made, fast) = if fast || self.is_fast() { (&self.fast, true) } else { (&self.quick, false) };
        made.get_or_init(|| build(fast).map(Box::new)).as_deref()
    }

    fn is_fast(&self) -> bool {
        self.fast.get().is_some()
    }
}

/// How expressions are compiled.
fn config(fast: bool) -> meta::Config {
    let config = meta::Config::new().nfa_size_limit(Some(SIZE_LIMIT));
    match fast {
        true => config.hybrid_cache_capacity(SIZE_LIMIT),
        false => config.hybrid(false).onepass(false).dfa(false).auto_prefilter(false),
    }
}

/// Whether a text has a sign that no sieve knows: of such texts it says nothing.
fn has_odd(text: &str) -> bool {
    let has = |c: &char| memmem::find(text.as_bytes(), c.encode_utf8(&mut [0; 4]).as_bytes()).is_some();
    !text.is_ascii() && ODD.iter().any(has)
}

/// What an expression has become.
#[derive(Clone, Copy)]
enum Running<'e> {
    /// `true`: it is run fast.
    Expression(&'e LazyRegex, bool),
    Phrases(&'e Automaton),
}

impl Running<'_> {
    /// The first match in a window of `text`, in bytes, with what stands around it in view. Anchored: one that begins with the window.
    fn find(self, text: &str, window: Range<usize>, anchored: Anchored) -> Option<Range<usize>> {
        match self {
            Running::Expression(regex, fast) => regex.find_expression(text, window, anchored, fast),
            Running::Phrases(phrases) => phrases.find(text, window, anchored),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::expression::Phrase;
    use crate::pack::phrase;
    use proptest::prelude::*;

    /// Expressions of few signs, with classes of letters, of what is not, and of both.
    fn expressions() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec![
            "a",
            "k",
            "s",
            "é",
            "É",
            "ß",
            "社",
            " ",
            "-",
            ".",
            r"\w",
            r"\W",
            r"\d",
            r"\b",
            r"\B",
            "[^a]",
            "[a-k]",
            "[aé]",
            "[A-Zà-ü]",
            r"[\p{L}-]",
            r"\p{Lu}",
            r"[^\s“”]",
            "^",
            "$",
            "(?i:k)",
            "(?-i:k)",
            "(?-i:[A-K])",
            "ſ",
        ]);
        leaf.prop_map(str::to_owned).prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|all| all.concat()),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|all| format!("({})", all.join("|"))),
                (inner, prop::sample::select(vec!["?", "*", "+?", "{2}", "{0,2}", "*?"])).prop_map(|(one, n)| format!("(?:{one}){n}")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        /// What passes the sieve is what the expression finds, whatever the text is made of.
        #[test]
        fn sieves_let_through_what_expressions_find(
            sources in prop::collection::vec(expressions(), 1..3),
            text in "([akAKs]|é|É|ß|社|ſ|\u{212A}| |-|1|“){0,12}",
            exact in any::<bool>(),
            fast in any::<bool>(),
            anchored in any::<bool>(),
        ) {
            let regex = LazyRegex::any(sources, exact);
            let whole = regex.build(false).expect("an expression");
            for from in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let window = from..text.len();
                let anchored = if anchored { Anchored::Yes } else { Anchored::No };
                let found = whole.find(Input::new(&text).span(window.clone()).anchored(anchored)).map(|m| m.range());
                let sieved = regex.find_expression(&text, window, anchored, fast);
                prop_assert_eq!(sieved, found, "{:?} as {:?}", regex.expression, regex.expression.sieve(exact));
            }
        }
    }

    /// All expressions of built-in rules have sieves that were made with them.
    #[test]
    fn sieves_of_built_in_rules_are_there() {
        use crate::pack::builtin::{builtin_pattern, builtin_sieve};
        let all = (0..).map_while(builtin_pattern).filter(|p| p.is_regex);
        let (known, unknown): (Vec<_>, Vec<_>) =
            all.map(|p| (p.text, p.exact)).partition(|(text, exact)| builtin_sieve(text, *exact).is_some());
        assert!(known.len() > 100 && unknown.is_empty(), "{unknown:?}");
        assert_eq!(builtin_sieve("there is no such expression", true), None);
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
            let written = set.build(false).expect("an expression").find(&text).map(|m| m.range());
            let made = set.get(0).expect("an automaton");
            prop_assert_eq!(made.find(&text, whole.clone(), Anchored::No), written.clone(), "{:?}", set.expression.source());
            if let Some(openers) = set.openers() {
                prop_assert_eq!(set.find_opened(openers, &text, whole, text.len(), false, |_| true), written, "{:?}", openers);
            }
            let walked = set.walk(&text, 0..text.len(), false, |_| true);
            prop_assert_eq!(walked, Ok(made.find(&text, 0..text.len(), Anchored::No)));
        }
    }
}
