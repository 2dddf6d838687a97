//! What is wrong with a pack that works: rules without tests, patterns that can never match, patterns that are slow.

use super::Fault;
use super::model::{Matcher, MatcherForm, Pack, Rule};
use super::shape::did_you_mean;
use crate::source::Span;
use regex_syntax::ast::{self, Ast};

/// How many texts a rule needs of each sort.
const MIN_TESTS: usize = 3;

/// The names that words of findings may have in braces, of whatever matcher.
const NAMES: [&str; 37] = [
    "against",
    "approval",
    "asset",
    "change",
    "claimed",
    "complete",
    "count",
    "day",
    "distance",
    "domain",
    "family",
    "field",
    "file",
    "group",
    "held",
    "known",
    "language",
    "limit",
    "measured",
    "name",
    "names",
    "nearest",
    "offices",
    "other",
    "place",
    "reason",
    "register",
    "replacement",
    "similarity",
    "since",
    "staff",
    "status",
    "term",
    "text",
    "tier",
    "use",
    "value",
];

/// Advice about a pack's own rules; the spans are in the pack's file.
pub fn lint(pack: &Pack, file: usize) -> Vec<Fault> {
    let mut out = Vec::new();
    for rule in &pack.rules {
        lint_rule(rule, &mut out);
    }
    for fault in &mut out {
        fault.file = file;
    }
    out
}

fn lint_rule(rule: &Rule, out: &mut Vec<Fault>) {
    let mut say = |message: String, help: &str| out.push(Fault::advice(rule.span, message, help));
    let id = &rule.id;
    if rule.tests.flag.is_empty() && rule.tests.pass.is_empty() {
        say(format!("rule `{id}` has no tests"), "add `tests:` with texts it must `flag` and look-alikes that must `pass`");
    } else if rule.tests.flag.len() < MIN_TESTS || rule.tests.pass.len() < MIN_TESTS {
        let (flag, pass) = (rule.tests.flag.len(), rule.tests.pass.len());
        say(
            format!("rule `{id}` has {flag} texts to flag and {pass} to pass"),
            "give at least 3 of each, near misses among those that pass",
        );
    }
    for (name, missing) in [("why", rule.why.is_empty()), ("help", rule.text().help.is_none()), ("title", rule.title.is_empty())] {
        if missing {
            say(format!("rule `{id}` has no `{name}`"), "people will ask");
        }
    }
    for (name, meant) in misspelt(rule) {
        say(format!("`{{{name}}}` in the words of rule `{id}` stands for nothing"), &format!("did you mean `{{{meant}}}`?"));
    }
    if unfiltered(rule.matcher()) {
        say(
            format!("rule `{id}` cannot be prefiltered and is tried on every block"),
            "let every pattern hold a word of three letters or more",
        );
    }
}

/// Names in braces that are nearly one of those that are filled in.
fn misspelt(rule: &Rule) -> Vec<(String, &'static str)> {
    let text = rule.text();
    let mut words: Vec<&str> = vec![&text.message];
    words.extend(text.label.iter().chain(&text.notes).chain(&text.help).map(String::as_str));
    of_matchers(rule.matcher(), &mut words);
    let braced = words.iter().flat_map(|w| w.split('{').skip(1)).filter_map(|w| Some(w.split_once('}')?.0));
    let mut out: Vec<(String, &str)> = Vec::new();
    for name in braced.filter(|n| !NAMES.contains(n)) {
        if let Some(meant) = did_you_mean(name, NAMES).filter(|_| out.iter().all(|(n, _)| n != name)) {
            out.push((name.to_owned(), meant));
        }
    }
    out
}

/// The words of the findings of a matcher and those in it.
fn of_matchers<'m>(m: &'m Matcher, words: &mut Vec<&'m str>) {
    if let Some(says) = &m.says {
        words.extend(says.message.iter().chain(&says.label).chain(says.notes.iter().flatten()).chain(&says.help).map(String::as_str));
    }
    match &m.form {
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| of_matchers(m, words)),
        _ => {}
    }
}

fn unfiltered(m: &Matcher) -> bool {
    if let Some(patterns) = m.form.patterns() {
        return patterns.iter().any(|p| !p.has_keys());
    }
    match &m.form {
        MatcherForm::All(list) => list.first().is_some_and(unfiltered),
        MatcherForm::Any(list) => list.iter().any(unfiltered),
        _ => false,
    }
}

/// Advice about a regular expression; spans are in its text.
pub(super) fn regex(text: &str, ast: &Ast, exact: bool) -> Vec<Fault> {
    let mut out = ast::visit(ast, Never { exact, text, out: Vec::new() }).unwrap_or_default();
    for (what, why) in [
        ("  ", "white space is one space in visible text"),
        ("\u{A0}", "no-break spaces are plain spaces in visible text"),
        ("\u{AD}", "soft hyphens are dropped from visible text"),
        ("\u{200B}", "zero-width spaces are dropped from visible text"),
        ("&amp;", "entities are decoded in visible text"),
        ("&nbsp;", "entities are decoded in visible text"),
        ("</", "tags are no part of visible text"),
    ] {
        if let Some(at) = text.find(what) {
            out.push(Fault::advice(Span::new(at, at + what.len()), "this can never match", why));
        }
    }
    out
}

struct Never<'a> {
    exact: bool,
    text: &'a str,
    out: Vec<Fault>,
}

impl ast::Visitor for Never<'_> {
    type Output = Vec<Fault>;
    type Err = ();

    fn finish(self) -> Result<Vec<Fault>, ()> {
        Ok(self.out)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), ()> {
        let mut say = |s: &ast::Span, message: &str, help: &str| {
            self.out.push(Fault::advice(Span::new(s.start.offset, s.end.offset), message, help));
        };
        match ast {
            Ast::Literal(l) if matches!(l.c, '\n' | '\r' | '\t') => {
                say(&l.span, "this can never match", "a block of visible text has no line breaks or tabs; write a space");
            }
            Ast::ClassBracketed(c) if !self.exact => {
                let inner = &self.text[c.span.start.offset..c.span.end.offset];
                if inner.contains("A-Z") && !inner.contains("a-z") {
                    say(&c.span, "capitals only, but case is ignored", "add `case: exact`, or write `[a-z]`");
                }
            }
            _ => {}
        }
        Ok(())
    }
}
