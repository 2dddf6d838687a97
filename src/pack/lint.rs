//! What is wrong with a pack that works: rules without tests, patterns that can never match, patterns that are slow.

use super::Fault;
use super::model::{Matcher, MatcherForm, Pack, Rule};
use crate::source::Span;
use regex_syntax::ast::{self, Ast};

/// How many texts a rule needs of each sort.
const MIN_TESTS: usize = 3;

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
    if unfiltered(rule.matcher()) {
        say(
            format!("rule `{id}` cannot be prefiltered and is tried on every block"),
            "let every pattern hold a word of three letters or more",
        );
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
