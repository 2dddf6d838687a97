//! A report card as one HTML page: nothing to load, no scripts, everything from content escaped.

use super::{attested, basis, by_severity, count, limits, looked_at, overview, place, wanted};
use crate::card::{Card, DocumentCard, Graded, METHOD, NotApplied, register_in_words};
use crate::finding::{Finding, Severity};
use crate::report::clean;
use maud::{DOCTYPE, Markup, PreEscaped, html as page};
use std::collections::HashMap;

const STYLE: &str = include_str!("card.css");

/// The card as a page.
pub fn html(card: &Card) -> String {
    let whose = card.partner.as_deref().map_or(String::new(), |p| format!(" of {}", clean(p)));
    let title = format!("Report card{whose}");
    let markup = page! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "promolint " (env!("CARGO_PKG_VERSION")) };
                title { (title) ", " (card.today) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#grades" { "To the grades" }
                header {
                    h1 { (title) }
                    p.lead { time datetime=(card.today) { (card.today) } ". " (looked_at(card)) " " (overview(card)) }
                    @if let Some(a) = &card.attestations {
                        p { "Attestations in " code { (clean(&a.path)) } ": "
                            (a.standings.iter().filter(|(_, n)| **n > 0).map(|(s, n)| format!("{n} {s}")).collect::<Vec<_>>().join(", ")) "." }
                    }
                    @let wanted = wanted(card);
                    @if !wanted.is_empty() { p { "Not held against anything: " (wanted.join(", ")) "." } }
                }
                main {
                    (not_checked(card))
                    section #grades aria-labelledby="grades-title" {
                        h2 #grades-title { "Grades" }
                        @for d in &card.documents { (summary(d)) }
                    }
                    (details(card))
                    (beyond(card))
                    (method(card))
                }
                footer { p { "Made by promolint " (env!("CARGO_PKG_VERSION")) ", an independent project. Titles of sections are its own words. No legal assessment." } }
            }
        }
    };
    markup.into_string() + "\n"
}

/// A grade with its words; what it is does not hang on its colour.
fn grade(g: &Graded) -> Markup {
    page! {
        @match g.grade {
            Some(letter) => span class={ "grade " (letter_class(letter)) } { (letter) },
            None => span.grade.none { "not assessed" },
        }
    }
}

fn letter_class(letter: &str) -> &'static str {
    match super::weight(letter) {
        Severity::Note => "good",
        Severity::Warning => "fair",
        Severity::Error => "poor",
    }
}

fn id(document: &DocumentCard, g: &Graded) -> String {
    format!("{}-{}", document.id, g.reference)
}

fn summary(d: &DocumentCard) -> Markup {
    page! {
        table {
            caption { a href=(d.url) { (d.title) } }
            thead { tr { th scope="col" { "Section" } th scope="col" { "Grade" } th scope="col" { "What it rests on" } } }
            tbody {
                @for s in &d.sections {
                    tr {
                        th scope="row" { a href={ "#" (id(d, s)) } { span.number { (s.reference) } " " (s.title) } }
                        td { (grade(s)) @if let Some(m) = s.means { " " span.means { (m) } } }
                        td { (basis(s)) }
                    }
                }
            }
        }
    }
}

fn details(card: &Card) -> Markup {
    // A rule may stand for several sections; its findings are listed in the first.
    let mut listed: HashMap<&str, String> = HashMap::new();
    let mut out = Vec::new();
    for d in &card.documents {
        out.push(page! { h2 { (d.title) ": the evidence" } });
        for s in &d.sections {
            out.push(section(card, d, s, &mut listed));
        }
    }
    page! { @for part in out { (part) } }
}

fn section<'c>(card: &'c Card, d: &DocumentCard, s: &'c Graded, listed: &mut HashMap<&'c str, String>) -> Markup {
    let anchor = id(d, s);
    let mut rules = Vec::new();
    for rule in &s.rules.found {
        let Some(r) = card.rule(rule) else { continue };
        rules.push(match listed.get(rule.as_str()) {
            Some(first) => page! { p { code { (rule) } ": " (r.title) " (" (found(r.findings, r.accepted)) "). The findings are listed " a href={ "#" (first) } { "above" } "." } },
            None => findings(card, rule),
        });
        listed.entry(rule).or_insert_with(|| anchor.clone());
    }
    page! {
        section.card id=(anchor) aria-labelledby={ (anchor) "-title" } {
            h3 id={ (anchor) "-title" } { span.number { (s.reference) } " " (s.title) " " (grade(s)) }
            p { @if let Some(m) = s.means { (capital(m)) ": " } (basis(s)) "." }
            @if s.documents > 0 { p.quiet { (heaviest(s)) } }
            @if !s.parts.is_empty() { (parts(s)) }
            @for r in &rules { (r) }
            (attestations(s))
            (rest(s))
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

fn found(c: crate::engine::Counts, accepted: usize) -> String {
    let accepted = if accepted > 0 { format!("{accepted} accepted") } else { String::new() };
    [by_severity(c), accepted].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Documents by their heaviest finding.
fn heaviest(s: &Graded) -> String {
    let clean = s.documents - super::affected(s).min(s.documents);
    let heaviest = [(s.affected.error, "an error"), (s.affected.warning, "a warning"), (s.affected.note, "a note")];
    let mut parts: Vec<String> =
        heaviest.iter().filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} with {w} as the heaviest finding")).collect();
    parts.push(format!("{clean} with nothing"));
    format!("Looked at: {}, {}.", count(s.documents, "document"), parts.join(", "))
}

fn parts(s: &Graded) -> Markup {
    page! {
        table.parts {
            caption { "Parts of this section" }
            thead { tr { th scope="col" { "Part" } th scope="col" { "Grade" } th scope="col" { "What it rests on" } } }
            tbody {
                @for p in &s.parts {
                    tr { th scope="row" { span.number { (p.reference) } " " (p.title) } td { (grade(p)) } td { (basis(p)) } }
                }
            }
        }
    }
}

fn findings(card: &Card, rule: &str) -> Markup {
    let Some(r) = card.rule(rule) else { return page! {} };
    let mut list: Vec<&Finding> = card.findings_of(rule).collect();
    // Those that count first, the heaviest first.
    list.sort_by_key(|f| (f.suppressed.is_some(), std::cmp::Reverse(f.severity)));
    page! {
        div.rule {
            h4 { code { (rule) } " " (r.title) }
            p.quiet { (found(r.findings, r.accepted)) @if r.documents > 0 { "; the rule looked at " (count(r.documents, "document")) } "." }
            ul.findings {
                @for f in &list { li { (finding(f)) } }
            }
            @if r.not_listed > 0 { p { "And " (r.not_listed) " more." } }
        }
    }
}

fn finding(f: &Finding) -> Markup {
    page! {
        p.what {
            span class={ "severity " (f.severity.name()) } { (f.severity.name()) } " "
            bdi { (clean(&f.message)) }
        }
        p.where { bdi { code { (clean(&place(f))) } } }
        // A headline that has the words already says them once.
        @if let Some(text) = f.primary.text.as_ref().filter(|t| !f.message.contains(t.as_str())) { blockquote { p { bdi { (short(text)) } } } }
        @if let Some(s) = &f.suppressed { p.accepted { "Accepted: " bdi { (clean(&s.reason)) } } }
        @if let Some(help) = f.help.as_ref().filter(|_| f.suppressed.is_none()) { p.help { "To mend: " bdi { (clean(help)) } } }
    }
}

/// Long texts are cut; the place says where the rest is.
fn short(text: &str) -> String {
    const MOST: usize = 300;
    let text = clean(text);
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn attestations(s: &Graded) -> Markup {
    page! {
        @if !s.attestations.is_empty() {
            @match attested(s) {
                None => p.quiet { (count(s.attestations.len(), "attestation")) " would speak for this section; none were given." },
                Some(_) => table.parts {
                    caption { "Attestations" }
                    thead { tr { th scope="col" { "What is stated" } th scope="col" { "Standing" } th scope="col" { "Signed by" } th scope="col" { "On" } } }
                    tbody {
                        @for a in &s.attestations {
                            tr {
                                th scope="row" { (a.asks) }
                                td { (a.standing.unwrap_or_default()) }
                                td { bdi { (clean(a.signer.as_deref().unwrap_or_default())) } }
                                td { (clean(a.date.as_deref().unwrap_or_default())) }
                            }
                        }
                    }
                },
            }
        }
    }
}

fn rest(s: &Graded) -> Markup {
    let codes = |list: &[String]| page! { @for (i, id) in list.iter().enumerate() { @if i > 0 { ", " } code { (id) } } };
    let mut by_register: Vec<(&str, Vec<String>)> = Vec::new();
    for NotApplied { rule, register } in &s.rules.not_applied {
        match by_register.iter_mut().find(|(r, _)| r == register) {
            Some((_, rules)) => rules.push(rule.clone()),
            None => by_register.push((register, vec![rule.clone()])),
        }
    }
    page! {
        dl.rest {
            @if !s.rules.silent.is_empty() { dt { "Looked and found nothing" } dd { (codes(&s.rules.silent)) } }
            @for (register, rules) in &by_register { dt { "Not held against anything, for want of " (register_in_words(register)) } dd { (codes(rules)) } }
            @if !s.rules.nothing_to_see.is_empty() { dt { "Nothing to look at" } dd { (codes(&s.rules.nothing_to_see)) } }
            @if !s.rules.off.is_empty() { dt { "Not run" } dd { (codes(&s.rules.off)) } }
        }
    }
}

fn beyond(card: &Card) -> Markup {
    page! {
        @if !card.beyond.is_empty() {
            section #beyond aria-labelledby="beyond-title" {
                h2 #beyond-title { "Beyond these documents" }
                p { "Findings of rules that come from other sources. They count in no grade." }
                @for rule in &card.beyond { (findings(card, rule)) }
            }
        }
    }
}

fn not_checked(card: &Card) -> Markup {
    page! {
        @if !card.not_checked.is_empty() {
            section.trouble aria-labelledby="trouble-title" {
                h2 #trouble-title { (count(card.not_checked.len(), "thing")) " could not be checked" }
                ul {
                    @for t in &card.not_checked {
                        li { @if let Some(p) = &t.path { code { bdi { (clean(p)) } } ": " } bdi { (clean(&t.message)) } }
                    }
                }
            }
        }
    }
}

fn method(card: &Card) -> Markup {
    page! {
        section #method aria-labelledby="method-title" {
            h2 #method-title { "How grades are given" }
            table.parts {
                caption { "Grades" }
                thead { tr { th scope="col" { "Grade" } th scope="col" { "Means" } th scope="col" { "Limits" } } }
                tbody {
                    @for (n, g) in card.scheme.grades.iter().enumerate() {
                        tr { th scope="row" { span class={ "grade " (letter_class(&g.grade)) } { (g.grade) } } td { (g.means) } td { (limits(n)) } }
                    }
                }
            }
            @for line in METHOD { p { (line) } }
        }
    }
}
