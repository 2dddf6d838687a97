//! Selectors: what they match at rest, and what only while somebody points at something.
//!
//! The crate that scraper builds on parses and matches; before it, states (`:hover`) are taken out and remembered, since a page at hand has
//! none. What can never match at rest or is not understood is left out.

use super::classes::Table;
use cssparser::{ParseError, Parser, Token};
use scraper::selector::Simple;
use selectors::parser::{Component, ParseRelative, Selector, SelectorList};

/// Selectors longer than this are not read.
const MAX_LEN: usize = 8192;
/// Brackets nested deeper than this are not read.
const MAX_NESTING: u8 = 12;

/// One selector of a list.
#[derive(Debug)]
pub(super) struct Complex {
    pub selector: Selector<Simple>,
    pub specificity: u32,
    /// It matches only while somebody points at, presses or focuses something: the words for that.
    pub state: Option<&'static str>,
    /// About how much matching costs.
    pub cost: u32,
    /// What an element must have to match.
    pub key: Key,
    /// It asks for a class that scripts take away.
    pub transient: bool,
}

/// What the element itself must have.
#[derive(Debug, PartialEq, Eq, Hash, Clone)]
pub(super) enum Key {
    Id(Box<str>),
    Class(Box<str>),
    Name(Box<str>),
    Any,
}

/// Reads a list of selectors. `parent`: those of the rule around it.
pub(super) fn read(text: &str, parent: Option<&str>) -> Vec<Complex> {
    let Some(whole) = resolve(text, parent) else { return Vec::new() };
    let mut p = Parser::new(&whole);
    p.set_nested_block_limit(MAX_NESTING);
    rewrite(&whole, &mut p).into_iter().filter(|a| !a.never).filter_map(parse).collect()
}

fn parse(a: Alternative) -> Option<Complex> {
    let list = SelectorList::<Simple>::parse(&scraper::selector::Parser, &mut Parser::new(&a.text), ParseRelative::No).ok()?;
    let selector = list.slice().first()?.clone();
    let (mut key, mut cost, mut transient) = (Key::Any, 1, false);
    let mut own = selector.iter();
    for c in &mut own {
        match c {
            Component::ID(id) => key = Key::Id((*id.0).into()),
            Component::Class(class) if !matches!(key, Key::Id(_)) => key = Key::Class((*class.0).into()),
            Component::LocalName(name) if key == Key::Any => key = Key::Name((*name.lower_name.0).into()),
            _ => {}
        }
    }
    for c in selector.iter_raw_match_order() {
        transient |= matches!(c, Component::Class(class) if Table::get().is_transient(&class.0));
        transient |= match c {
            Component::AttributeInNoNamespaceExists { local_name, .. } | Component::AttributeInNoNamespace { local_name, .. } => {
                Table::get().is_transient_attribute(&local_name.0)
            }
            _ => false,
        };
        cost += match c {
            Component::Has(_) => 20_000,
            Component::Nth(_) | Component::NthOf(_) => 100,
            _ => 1,
        };
    }
    let specificity = selector.specificity() + a.extra;
    Some(Complex { selector, specificity, state: a.state, cost, key, transient })
}

/// The selectors of a nested rule with those around it in the place of `&`; `None` where that gets too long.
pub(super) fn resolve(text: &str, parent: Option<&str>) -> Option<String> {
    let text = text.trim();
    let Some(parent) = parent else { return (text.len() <= MAX_LEN).then(|| text.to_owned()) };
    let around = format!(":is({parent})");
    let mut out = String::new();
    for part in split(text) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        if out.len() + around.len() + part.len() > MAX_LEN {
            return None;
        }
        let mut quote = None;
        let mut found = false;
        let mut own = String::new();
        for c in part.chars() {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(q), c) if c == q => quote = None,
                (None, '&') => {
                    found = true;
                    own.push_str(&around);
                    if own.len() > MAX_LEN {
                        return None;
                    }
                    continue;
                }
                _ => {}
            }
            own.push(c);
        }
        if !found {
            out.push_str(&around);
            out.push(' ');
        }
        out.push_str(&own);
    }
    (out.len() <= MAX_LEN).then_some(out)
}

/// The selectors of a list as written.
fn split(text: &str) -> Vec<&str> {
    let mut p = Parser::new(text);
    p.parse_comma_separated_ignoring_errors(|p| -> Result<&str, ParseError<()>> {
        let start = p.position();
        while p.next().is_ok() {}
        Ok(p.slice_from(start).trim())
    })
}

/// The names of classes in a list of selectors.
pub(super) fn classes(text: &str, found: &mut dyn FnMut(&str)) {
    fn walk(p: &mut Parser<'_>, found: &mut dyn FnMut(&str)) {
        let mut dot = false;
        while let Ok(token) = p.next_including_whitespace() {
            let token = token.clone();
            match &token {
                Token::Ident(name) if dot => found(name),
                Token::Function(_) | Token::ParenthesisBlock => {
                    let _ = p.parse_nested_block(|p| -> Result<(), ParseError<()>> {
                        walk(p, found);
                        Ok(())
                    });
                }
                _ => {}
            }
            dot = token == Token::Delim('.');
        }
    }
    if text.len() <= MAX_LEN {
        let mut p = Parser::new(text);
        p.set_nested_block_limit(MAX_NESTING);
        walk(&mut p, found);
    }
}

/// One selector without its states.
#[derive(Default, Debug)]
struct Alternative {
    text: String,
    state: Option<&'static str>,
    /// What the states count in specificity.
    extra: u32,
    /// It matches no element, or nobody knows which.
    never: bool,
}

impl Alternative {
    /// A compound of states alone is any element.
    fn fill(&mut self) {
        if self.text.is_empty() || self.text.ends_with([' ', '\n', '\t', '\r', '>', '+', '~']) {
            self.text.push('*');
        }
    }

    fn state(&mut self, words: &'static str) {
        self.state = Some(words);
        self.extra += 1 << 10;
        self.fill();
    }
}

const STATES: [(&str, &str); 7] = [
    ("hover", "somebody points at it"),
    ("focus", "it has focus"),
    ("focus-within", "it has focus"),
    ("focus-visible", "it has focus"),
    ("active", "it is pressed"),
    ("target", "its address is open"),
    ("target-within", "its address is open"),
];

/// Words for a state, by its name.
pub(super) fn state_of(name: &str) -> Option<&'static str> {
    STATES.iter().find(|(n, _)| *n == name).map(|(_, words)| *words)
}

const STRUCTURE: [&str; 9] =
    ["root", "empty", "first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type", "scope"];

fn rewrite(css: &str, p: &mut Parser<'_>) -> Vec<Alternative> {
    let mut out = Vec::new();
    let mut now = Alternative::default();
    loop {
        let start = p.position().byte_index();
        let Ok(token) = p.next_including_whitespace() else { break };
        match token.clone() {
            Token::Comma => out.push(std::mem::take(&mut now)),
            Token::WhiteSpace(_) => {
                if !now.text.is_empty() {
                    now.text.push(' ');
                }
            }
            Token::Colon => pseudo(css, p, start, &mut now),
            Token::SquareBracketBlock => {
                copy_block(p);
                now.text.push_str(css.get(start..p.position().byte_index()).unwrap_or(""));
            }
            Token::Function(_) | Token::ParenthesisBlock | Token::CurlyBracketBlock => now.never = true,
            _ => now.text.push_str(css.get(start..p.position().byte_index()).unwrap_or("")),
        }
        if now.text.len() > MAX_LEN {
            return Vec::new();
        }
    }
    out.push(now);
    for a in &mut out {
        a.text.truncate(a.text.trim_end().len());
        if a.text.is_empty() {
            a.never = true;
        }
    }
    out
}

/// Goes to the end of the block that has just begun.
fn copy_block(p: &mut Parser<'_>) {
    let _ = p.parse_nested_block(|p| -> Result<(), ParseError<()>> {
        while p.next().is_ok() {}
        Ok(())
    });
}

fn pseudo(css: &str, p: &mut Parser<'_>, start: usize, now: &mut Alternative) {
    let Ok(token) = p.next_including_whitespace() else {
        now.never = true;
        return;
    };
    match token.clone() {
        Token::Ident(name) => {
            let name = name.to_ascii_lowercase();
            if let Some(words) = state_of(&name) {
                now.state(words);
            } else if STRUCTURE.contains(&name.as_str()) {
                now.text.push(':');
                now.text.push_str(&name);
            } else if matches!(name.as_str(), "link" | "any-link") {
                now.fill();
                now.text.push_str("[href]");
            } else {
                now.never = true;
            }
        }
        Token::Function(name) => {
            let name = name.to_ascii_lowercase();
            match name.as_str() {
                "not" | "is" | "where" | "matches" | "-webkit-any" | "-moz-any" => {
                    let inner = p.parse_nested_block(|p| -> Result<_, ParseError<()>> { Ok(rewrite(css, p)) }).unwrap_or_default();
                    group(&name, inner, now);
                }
                "has" | "nth-child" | "nth-last-child" | "nth-of-type" | "nth-last-of-type" => {
                    copy_block(p);
                    let text = css.get(start..p.position().byte_index()).unwrap_or("");
                    // What is not understood within is refused by the parser.
                    now.text.push_str(text);
                }
                _ => {
                    copy_block(p);
                    now.never = true;
                }
            }
        }
        // `::before` is no element of the page.
        _ => {
            if p.next_including_whitespace().is_ok_and(|t| matches!(t, Token::Function(_))) {
                copy_block(p);
            }
            now.never = true;
        }
    }
}

/// `:is(…)` and `:not(…)` of what was rewritten.
fn group(name: &str, inner: Vec<Alternative>, now: &mut Alternative) {
    let texts = |list: &[&Alternative]| list.iter().map(|a| a.text.as_str()).collect::<Vec<_>>().join(", ");
    if name == "not" {
        // Whether something is not in an unknown state is unknown; that nobody points at it is certain at rest.
        if inner.iter().any(|a| a.never) {
            now.never = true;
            return;
        }
        let kept: Vec<&Alternative> = inner.iter().filter(|a| a.state.is_none()).collect();
        now.fill();
        if !kept.is_empty() {
            now.text.push_str(&format!(":not({})", texts(&kept)));
        }
        return;
    }
    let known: Vec<&Alternative> = inner.iter().filter(|a| !a.never).collect();
    let rest: Vec<&Alternative> = known.iter().filter(|a| a.state.is_none()).copied().collect();
    let name = if name == "where" { "where" } else { "is" };
    let list = if rest.is_empty() { &known } else { &rest };
    if list.is_empty() {
        now.never = true;
        return;
    }
    if rest.is_empty() {
        now.state = list.iter().find_map(|a| a.state);
        if name == "is" {
            now.extra += list.iter().map(|a| a.extra).max().unwrap_or(0);
        }
    }
    now.text.push_str(&format!(":{name}({})", texts(list)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_taken_out() {
        for (text, parent, expected) in [
            (".a:hover img", None, vec![(".a img", true)]),
            (":hover > img, img:not(:hover), a:link", None, vec![("* > img", true), ("img", false), ("a[href]", false)]),
            ("img::before, img:checked, b:nth-child(2n+1)", None, vec![("b:nth-child(2n+1)", false)]),
            (":is(a:hover, .b) i, :where(:focus, :hover) i", None, vec![(":is(.b) i", false), (":where(*, *) i", true)]),
            ("[a=':hover'] i:not(.x, :hover)", None, vec![("[a=':hover'] i:not(.x)", false)]),
            ("&:hover, > img, .z &", Some(".p, .q"), vec![(":is(.p, .q)", true), (":is(.p, .q) > img", false), (".z :is(.p, .q)", false)]),
        ] {
            let whole = resolve(text, parent).expect("short");
            let found = rewrite(&whole, &mut Parser::new(&whole));
            let found: Vec<_> = found.iter().filter(|a| !a.never).map(|a| (a.text.as_str(), a.state.is_some())).collect();
            assert_eq!(found, expected, "{text}");
            assert_eq!(read(text, parent).len(), expected.len(), "{text}");
        }
        assert_eq!(read("#a .b img:hover", None)[0].specificity, (1 << 20) + (2 << 10) + 1);
        assert_eq!(read("a.b.c, p", None).into_iter().map(|c| c.key).collect::<Vec<_>>(), [Key::Class("c".into()), Key::Name("p".into())]);
        assert!(resolve(&"& ".repeat(3000), Some(".abcdefgh")).is_none());
    }
}
