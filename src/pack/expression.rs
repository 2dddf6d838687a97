//! Regular expressions and phrases as such.

use super::builtin::builtin_sieve;
use super::lazy::LazyTerms;
use super::phrase::{self, Named, Part, Phrases};
use super::sieve::{self, ascii_boundaries};
use std::sync::Arc;

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

/// The cheap word boundary.
const BOUNDARY: &str = r"(?-u:\b)";

/// A phrase as a regular expression with the cheap ASCII word boundary where it holds.
pub(super) fn bounded(parts: &[Part]) -> String {
    if let Some(options) = bounded_each(parts) {
        return format!("(?:{})", options.iter().map(|o| bounded(o)).collect::<Vec<_>>().join("|"));
    }
    let mut source = phrase::to_regex(parts);
    let (first, last) = edges(parts);
    if first {
        source.insert_str(0, BOUNDARY);
    }
    if last {
        source.push_str(BOUNDARY);
    }
    source
}

/// How long that is, bytes.
pub(super) fn bounded_len(parts: &[Part]) -> usize {
    match bounded_each(parts) {
        Some(options) => 3 + options.len() + options.iter().map(|o| bounded_len(o)).sum::<usize>(),
        None => {
            let (first, last) = edges(parts);
            phrase::written(parts) + BOUNDARY.len() * (usize::from(first) + usize::from(last))
        }
    }
}

/// Whether a word must begin, and end, where parts do (ASCII).
pub(super) fn edges(parts: &[Part]) -> (bool, bool) {
    (edge_is_word(parts.first(), false), edge_is_word(parts.last(), true))
}

/// Where some options of a choice end in a letter and others do not, each has boundaries of its own: else `client`, beside `clients'`, would
/// be found in "cliente", and what is longer no more be tried there.
pub(super) fn bounded_each(parts: &[Part]) -> Option<&Phrases> {
    let [Part::Choice(options)] = parts else { return None };
    let each = edges(parts) != (true, true) && !options.are_optional();
    each.then_some(options)
}

/// What an expression is made from.
#[derive(Debug)]
pub(super) enum Expression {
    /// Any of these expressions.
    Regexes(Vec<String>),
    /// Any of these.
    Phrases(Vec<Phrase>),
}

impl Expression {
    /// Its sieve, if it is one that has some; see [`super::sieve`]. `exact`: letters match only in their case.
    pub(super) fn sieve(&self, exact: bool) -> Option<String> {
        let Expression::Regexes(sources) = self else { return None };
        let of = |source: &String| builtin_sieve(source, exact).map(str::to_owned).or_else(|| sieve::sieve(source, !exact));
        Some(any_of(sources.iter().map(of).collect::<Option<_>>()?))
    }

    /// One of the things that its phrase can be; see [`phrase::ways`].
    pub(super) fn source_of_way(&self, way: usize) -> String {
        let Expression::Phrases(phrases) = self else { return self.source() };
        let of = |phrase: &Phrase| phrase.with(|parts| phrase::ways(parts).get(way).map(|parts| bounded(parts)));
        phrases.first().and_then(of).unwrap_or_else(|| self.source())
    }

    /// Whether it is phrases in which all words are written out.
    pub(super) fn is_closed(&self) -> bool {
        match self {
            Expression::Regexes(_) => false,
            Expression::Phrases(phrases) => phrases.iter().all(|p| p.with(is_closed)),
        }
    }

    pub(super) fn source(&self) -> String {
        match self {
            Expression::Regexes(sources) => any_of(sources.iter().map(|s| ascii_boundaries(s)).collect()),
            Expression::Phrases(phrases) => {
                let mut sources: Vec<_> = phrases.iter().flat_map(Phrase::sources).collect();
                // Alternatives are tried in order; the longer one first, so that it is not cut short by its own beginning.
                sources.sort_by_key(|s| std::cmp::Reverse(s.len()));
                format!("(?:{})", sources.join("|"))
            }
        }
    }
}

/// Whether a phrase has no wildcard for words or their endings.
fn is_closed(parts: &[Part]) -> bool {
    parts.iter().all(|part| match part {
        Part::Word | Part::Words | Part::Ending => false,
        Part::Choice(options) => options.iter().all(|o| is_closed(o)),
        Part::Literal(_) | Part::Space | Part::Joint | Part::Number => true,
    })
}

/// What matches where one of these does; the first that does, if several do.
fn any_of(mut sources: Vec<String>) -> String {
    match &mut sources[..] {
        [one] => std::mem::take(one),
        several => several.iter().map(|s| format!("(?:{s})")).collect::<Vec<_>>().join("|"),
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
