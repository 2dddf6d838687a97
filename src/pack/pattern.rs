//! What a rule looks for in visible text: keys for the prefilter, and what tells a match from what only has the key.

use super::boundary::boundary;
use super::expression::{Expression, Phrase};
use super::heads::Heads;
use super::keys::{KeySet, Keys};
use super::lazy_regex::LazyRegex;
use super::literals;
use super::phrase::{self, Part};
use std::ops::Range;
use std::sync::OnceLock;

/// One thing to look for.
#[derive(Debug)]
pub struct Pattern {
    /// What stands in the text in place of a match, for `replace`.
    pub replacement: Option<String>,
    /// The keys of each of the things that it can be, of which there is one at least.
    pub(super) ways: Vec<Way>,
    /// How many bytes of a match may stand before its key, and how far it may reach from there, at most; `None` if nobody knows.
    reach: (Option<usize>, Option<usize>),
    exact: bool,
    /// Whether the match must begin, and end, at a word boundary.
    edges: (bool, bool),
    /// Whether the match must begin where its block does.
    at_block: bool,
    form: Form,
}

/// One of the things that a pattern can be.
#[derive(Debug)]
pub(super) struct Way {
    pub keys: Keys,
    /// How a match can go on where its key begins; worked out when the expression is.
    heads: OnceLock<Option<Heads>>,
}

/// How large what a pattern becomes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternSize {
    /// States of its automaton.
    pub states: usize,
    /// Bytes of memory that the automaton takes.
    pub bytes: usize,
}

#[derive(Debug)]
enum Form {
    /// One of these spellings, each of which begins with a key.
    Spelled { phrase: Phrase, spellings: OnceLock<Vec<String>> },
    /// A regular expression.
    Regex(LazyRegex),
}

impl Pattern {
    fn new(keys: Vec<Keys>, exact: bool, edges: (bool, bool), form: Form) -> Pattern {
        let most = |of: fn(&Keys) -> Option<usize>| keys.iter().map(of).reduce(|a, b| Some(a?.max(b?))).flatten();
        let reach = (most(|k| k.lead), most(|k| k.tail));
        let ways = keys.into_iter().map(|keys| Way { keys, heads: OnceLock::new() }).collect();
        Pattern { replacement: None, ways, reach, exact, edges, at_block: false, form }
    }

    /// A phrase. `exact`: letters match only in their case. `keys`: those of each of the things that it can be.
    pub(super) fn from_phrase(phrase: Phrase, exact: bool, keys: Vec<Keys>) -> Pattern {
        let form = if keys.iter().any(|keys| keys.spelled) {
            Form::Spelled { phrase, spellings: OnceLock::new() }
        } else {
            Form::Regex(LazyRegex::of(Expression::Phrases(vec![phrase]), exact))
        };
        Pattern::new(keys, exact, (true, true), form)
    }

    /// A literal that is replaced by another, in exactly this case.
    pub(super) fn replacing(wrong: &str, right: &str) -> Pattern {
        let phrase = Phrase::Read(vec![Part::Literal(wrong.to_owned())]);
        let spellings = OnceLock::from(vec![wrong.to_owned()]);
        let keys = Keys { spelled: true, first: KeySet::new(&[wrong.to_owned()], false), ..Keys::default() };
        let form = Form::Spelled { phrase, spellings };
        Pattern { replacement: Some(right.to_owned()), ..Pattern::new(vec![keys], true, (true, true), form) }
    }

    /// A regular expression that is known to be valid.
    pub(super) fn from_regex(source: String, exact: bool, keys: Keys) -> Pattern {
        let edges = (source.starts_with(r"\b"), source.ends_with(r"\b"));
        let at_block = begins_block(&source);
        let regex = LazyRegex::new(source, exact);
        Pattern { at_block, ..Pattern::new(vec![keys], exact, edges, Form::Regex(regex)) }
    }

    /// Strings of which one must be there; see [`Pattern::keys_are_exact`] for their case. None: nothing can be said, and the pattern is
    /// tried on every block.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.ways.iter().flat_map(|w| w.keys.first.iter())
    }

    /// Whether there are strings of which one must be there.
    pub fn has_keys(&self) -> bool {
        self.ways.iter().all(|w| !w.keys.first.is_empty())
    }

    /// The same for each of the things that it can be: strings of which one must be there for that, and sets of strings, in lower case
    /// (ASCII), of which one of each must be there, too.
    pub fn ways(&self) -> impl Iterator<Item = (&KeySet, &[KeySet])> {
        self.ways.iter().map(|w| (&w.keys.first, &w.keys.further[..]))
    }

    /// Whether a key must stand there in its own case. Else keys are in lower case as far as they are ASCII, and the text's case is ignored.
    pub fn keys_are_exact(&self) -> bool {
        self.is_spelled() && self.exact
    }

    /// The spellings of a pattern that is a few; none of others.
    pub fn spelled(&self) -> &[String] {
        match &self.form {
            Form::Spelled { phrase, spellings } => {
                spellings.get_or_init(|| phrase.with(|parts| phrase::spellings(parts).unwrap_or_default()))
            }
            Form::Regex(_) => &[],
        }
    }

    /// Whether it is known how far from its key a match may reach.
    pub fn is_bounded(&self) -> bool {
        self.is_spelled() || self.reach.0.is_some() && self.reach.1.is_some()
    }

    /// How large its automaton is; `None` if it needs none, or is too large for promolint.
    pub fn size(&self) -> Option<PatternSize> {
        self.regex()?.size()
    }

    /// Whether it tells capitals from small letters.
    pub fn minds_case(&self) -> bool {
        self.exact || self.regex().is_some_and(|r| r.sources().iter().any(|s| s.contains("(?-i")))
    }

    /// Whether it is a phrase in which all words are written out, so that nothing in a match is there by chance.
    pub fn is_closed(&self) -> bool {
        match &self.form {
            Form::Spelled { .. } => true,
            Form::Regex(regex) => regex.expression.is_closed(),
        }
    }

    /// Whether a match begins where a key does, and [`Pattern::spelled_at`] tells where it ends.
    pub fn is_spelled(&self) -> bool {
        matches!(self.form, Form::Spelled { .. })
    }

    /// Whether a match begins where its key does.
    pub fn begins_with_key(&self) -> bool {
        self.reach.0 == Some(0)
    }

    /// Where in a text of `len` bytes a match may lie whose key begins at `key`. The text is all that is looked at around it.
    pub fn window(&self, key: usize, len: usize) -> Range<usize> {
        let from = self.reach.0.map_or(0, |n| key.saturating_sub(n));
        from..self.reach.1.map_or(len, |n| key.saturating_add(n).min(len))
    }

    /// Whether nothing in a window that begins at this byte of a block can match: what it looks for begins where blocks do.
    pub fn comes_late(&self, from: usize) -> bool {
        self.at_block && from > 0
    }

    /// Whether what stands at a key of one of the things that it can be, in lower case (ASCII), can be part of that. Says yes until the
    /// pattern has seen some text.
    pub fn goes_on(&self, way: usize, lower: &str) -> bool {
        let (Form::Regex(regex), Some(of)) = (&self.form, self.ways.get(way)) else { return true };
        if !regex.is_warm() {
            return true;
        }
        let source = || if self.ways.len() == 1 { regex.expression.source() } else { regex.expression.source_of_way(way) };
        let heads = || literals::heads(&source(), !self.exact).map(|h| Heads::new(&h));
        of.heads.get_or_init(heads).as_ref().is_none_or(|heads| heads.begin(lower.as_bytes()))
    }

    /// What [`Pattern::find_in`] finds in `window` that begins at `last` or before.
    pub fn next_in(&self, text: &str, window: Range<usize>, last: usize) -> Option<Range<usize>> {
        let regex = self.regex()?;
        // A phrase that has not seen much text is walked, which needs nothing worked out.
        let openers = if regex.is_warm() { regex.openers() } else { None };
        let Some(openers) = openers else { return self.find_in(text, window, false) };
        let whole = |m: &Range<usize>| !m.is_empty() && self.stands_whole(text, m.start, m.end);
        regex.find_opened(openers, text, window, last, self.edges.0, whole)
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

    /// The first place where it matches, in a text for which no keys were looked up.
    pub(super) fn first_in(&self, text: &str) -> Option<Range<usize>> {
        match &self.form {
            Form::Spelled { .. } => text.char_indices().find_map(|(at, _)| Some(at..self.spelled_at(text, at)?)),
            Form::Regex(_) => self.find_in(text, 0..text.len(), false),
        }
    }

    /// Where the longest spelling ends that begins at `start` of `text` and stands whole.
    pub fn spelled_at(&self, text: &str, start: usize) -> Option<usize> {
        let rest = text.as_bytes().get(start..)?;
        let ends = self.spelled().iter().filter_map(|s| {
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

    /// The first match in a text by walking the phrase, or through the sieve, and by its expression; an error where the walk is given up.
    #[cfg(test)]
    #[allow(clippy::type_complexity)]
    pub(super) fn find_both_ways(&self, text: &str) -> Result<(Option<Range<usize>>, Option<Range<usize>>), ()> {
        let Form::Regex(regex) = &self.form else { return Ok((None, None)) };
        let all = 0..text.len();
        let warm = regex.build(false).and_then(|r| r.find(text)).map(|m| m.range());
        match &regex.expression {
            Expression::Phrases(_) => Ok((regex.walk(text, all, false, |_| true)?, warm)),
            Expression::Regexes(_) => Ok((regex.find_in(text, all, false), warm)),
        }
    }

    /// Whether `start..end` of `text` stands by itself as this pattern wants it.
    pub fn stands_whole(&self, text: &str, start: usize, end: usize) -> bool {
        (!self.edges.0 || boundary(text, start)) && (!self.edges.1 || boundary(text, end))
    }
}

/// Whether every match of an expression begins where the text does, as far as its first sign tells.
fn begins_block(source: &str) -> bool {
    let Some(rest) = source.strip_prefix('^').or_else(|| source.strip_prefix("(?i)^")) else { return false };
    // Behind a `|` outside of all groups and classes, something else may begin.
    let (mut depth, mut class, mut signs) = (0usize, 0usize, rest.chars());
    while let Some(c) = signs.next() {
        match c {
            '\\' => drop(signs.next()),
            '[' => class += 1,
            ']' => class = class.saturating_sub(1),
            _ if class > 0 => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => return false,
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_where_blocks_do() {
        for (source, begins) in
            [("^a(b|c)", true), ("(?i)^[|]a", true), (r"^a\|b", true), ("^a|b", false), ("a^b", false), ("(^a|b)", false)]
        {
            assert_eq!(begins_block(source), begins, "{source}");
        }
    }
}
