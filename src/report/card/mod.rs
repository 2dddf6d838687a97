//! Report cards for people: in a terminal and as a page of their own.

mod html;
mod terminal;

pub use html::html;
pub use terminal::terminal;

use crate::card::{Card, Graded, Scheme, register_in_words};
use crate::engine::Counts;
use crate::finding::{Finding, Severity};
use std::collections::BTreeMap;

/// A number of things: `1 error`, `2 errors`.
fn count(n: usize, one: &str) -> String {
    let many = match one.strip_suffix('y').filter(|s| !s.ends_with(['a', 'e', 'o', 'u'])) {
        Some(stem) if n != 1 => format!("{stem}ies"),
        _ if n != 1 => format!("{one}s"),
        _ => one.to_owned(),
    };
    let digits = n.to_string();
    let mut grouped = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(c);
    }
    format!("{grouped} {many}")
}

/// Findings by severity, in words; empty if there are none.
fn by_severity(c: Counts) -> String {
    let parts = [(c.error, "error"), (c.warning, "warning"), (c.note, "note")];
    parts.iter().filter(|(n, _)| *n > 0).map(|(n, w)| count(*n, w)).collect::<Vec<_>>().join(", ")
}

fn affected(g: &Graded) -> usize {
    g.affected.error + g.affected.warning + g.affected.note
}

/// What a grade rests on, in one line.
fn basis(g: &Graded) -> String {
    if let Some(why) = &g.not_assessed {
        return why.clone();
    }
    let mut parts = Vec::new();
    if g.documents == 0 {
        return attested(g).map_or(String::new(), |a| format!("no content; {a}"));
    }
    if affected(g) == 0 {
        let what = if g.accepted > 0 { "nothing that counts" } else { "nothing found" };
        parts.push(format!("{what} in {}", count(g.documents, "document")));
    } else {
        parts.push(format!("{} in {} of {}", by_severity(g.findings), affected(g), count(g.documents, "document")));
    }
    let unheld: std::collections::BTreeSet<&str> = g.rules.not_applied.iter().map(|n| n.rule.as_str()).collect();
    if !unheld.is_empty() {
        parts.push(format!("{} had no register to hold something against", count(unheld.len(), "rule")));
    }
    if g.accepted > 0 {
        parts.push(format!("{} accepted", g.accepted));
    }
    if let Some(words) = attested(g) {
        parts.push(words);
    }
    parts.join("; ")
}

/// How the attestations of a section stand; `None` if none were given.
fn attested(g: &Graded) -> Option<String> {
    let mut standings: BTreeMap<&str, usize> = BTreeMap::new();
    for a in &g.attestations {
        *standings.entry(a.standing?).or_default() += 1;
    }
    let holds = ["signed", "not applicable"].iter().filter_map(|s| standings.remove(s)).sum::<usize>();
    let rest: String = standings.iter().map(|(s, n)| format!(", {n} {s}")).collect();
    (!g.attestations.is_empty()).then(|| format!("{holds} of {} attested{rest}", g.attestations.len()))
}

/// What was looked at, in one line.
fn looked_at(card: &Card) -> String {
    let l = &card.looked_at;
    if l.documents == 0 {
        return "Nothing was looked at.".to_owned();
    }
    let kinds: Vec<String> = l
        .kinds
        .iter()
        .map(|(k, n)| match *k {
            "press" => count(*n, "press release"),
            "social" => count(*n, "social post"),
            "email" => count(*n, "e-mail"),
            k => count(*n, k),
        })
        .collect();
    let skipped = if l.skipped > 0 { format!("; {} left out as no content", count(l.skipped, "file")) } else { String::new() };
    let (documents, blocks, inputs) = (count(l.documents, "document"), count(l.blocks, "block"), count(l.inputs, "input"));
    format!("{documents} ({}) with {blocks} of text in {inputs}{skipped}.", kinds.join(", "))
}

/// Registers that rules wanted and did not have, with how many rules.
fn wanted(card: &Card) -> Vec<String> {
    let mut rules: BTreeMap<&str, std::collections::BTreeSet<&str>> = BTreeMap::new();
    for n in card.sections().flat_map(|s| &s.rules.not_applied) {
        rules.entry(&n.register).or_default().insert(&n.rule);
    }
    rules.iter().map(|(register, rules)| format!("{} for want of {}", count(rules.len(), "rule"), register_in_words(register))).collect()
}

/// How many sections have each grade, and how many none.
fn overview(card: &Card) -> String {
    let all = card.sections().count();
    let assessed = card.sections().filter(|s| s.grade.is_some()).count();
    let grades: Vec<String> = Scheme::get()
        .grades
        .iter()
        .map(|g| (card.sections().filter(|s| s.grade == Some(&g.grade)).count(), &g.grade))
        .filter(|(n, _)| *n > 0)
        .map(|(n, g)| format!("{n} {g}"))
        .collect();
    let grades = if grades.is_empty() { String::new() } else { format!(": {}", grades.join(", ")) };
    format!("{assessed} of {} assessed{grades}.", count(all, "section"))
}

/// The limits of a grade, in words.
fn limits(n: usize) -> String {
    let Some(g) = Scheme::get().grades.get(n) else { return String::new() };
    let percent = |share: f64| format!("{} %", (share * 1000.0).round() / 10.0);
    let names = [
        (Severity::Error, "errors", "an error"),
        (Severity::Warning, "warnings or errors", "a warning or an error"),
        (Severity::Note, "findings", "any finding"),
    ];
    let parts: Vec<String> = names
        .iter()
        .filter_map(|(s, many, one)| {
            let limit = g.at_most.of(*s)?;
            Some(if limit == 0.0 { format!("no {many}") } else { format!("{one} in at most {} of the documents", percent(limit)) })
        })
        .collect();
    if parts.is_empty() { "anything else".to_owned() } else { parts.join(", ") }
}

/// How a grade weighs, as a severity, for its colour.
fn weight(grade: &str) -> Severity {
    let grades = &Scheme::get().grades;
    let at = grades.iter().position(|g| g.grade == grade).unwrap_or(0);
    match (at * 3).checked_div(grades.len().saturating_sub(1)) {
        Some(0) | None => Severity::Note,
        Some(1) => Severity::Warning,
        Some(_) => Severity::Error,
    }
}

/// Where a finding is: the file with line and column, or the record.
fn place(f: &Finding) -> String {
    let path = f.path.as_deref().or(f.url.as_deref()).unwrap_or(&f.primary.path);
    let at = f.primary.first().map_or(String::new(), |p| format!(":{}:{}", p.line, p.column));
    let record = f.record.as_ref().map_or(String::new(), |r| {
        let id = r.id.as_deref().map_or(String::new(), |id| format!(" {id}"));
        let field = r.field.as_deref().map_or(String::new(), |field| format!(", {field}"));
        format!(" (record {}{id}{field})", r.index + 1)
    });
    format!("{path}{at}{record}")
}
