//! What may be wrong with `rules/coverage.yaml`, each with what to do about it.

use super::{Coverage, Part, Rule, Section, names};
use std::collections::{BTreeSet, HashSet};

/// Everything that is wrong; empty if nothing is.
pub fn all(coverage: &Coverage, rules: &[Rule]) -> Vec<String> {
    let mut faults = Vec::new();
    parts(coverage, rules, &mut faults);
    sections(coverage, &mut faults);
    attestations(coverage, &mut faults);
    of_rules(coverage, rules, &mut faults);
    catalogue(coverage, rules, &mut faults);
    mentions(coverage, rules, &mut faults);
    faults
}

fn is_rule(id: &str, rules: &[Rule]) -> bool {
    rules.iter().any(|r| r.id == id)
}

fn twice<'a>(ids: impl IntoIterator<Item = &'a str>, place: &str, faults: &mut Vec<String>) {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            faults.push(format!("`{id}` stands twice in {place}: take one of them away"));
        }
    }
}

fn parts(coverage: &Coverage, rules: &[Rule], faults: &mut Vec<String>) {
    for document in &coverage.documents {
        twice(document.refs.iter().map(String::as_str), &format!("`refs` of {}", document.id), faults);
        let rows: Vec<&Part> = coverage.parts.iter().filter(|p| p.document == document.id).collect();
        twice(rows.iter().map(|p| p.reference.as_str()), &format!("`parts`, document {}", document.id), faults);
        for reference in &document.refs {
            if !rows.iter().any(|p| p.reference == *reference) {
                faults.push(format!(
                    "part {reference} of {} has no row: add one to `parts`, with rules, attestations, or none and why",
                    document.id
                ));
            }
        }
        for bullet in document.bullets.iter().filter(|b| !document.refs.contains(b)) {
            faults.push(format!("`bullets` of {} has {bullet}, which is not in its `refs`: correct it", document.id));
        }
    }
    for part in &coverage.parts {
        let place = format!("part {}", part.reference);
        match coverage.documents.iter().find(|d| d.id == part.document) {
            None => faults.push(format!("{place} is of the document `{}`, which is not in `documents`", part.document)),
            Some(d) if !d.refs.contains(&part.reference) => {
                faults.push(format!("{place} is not in `refs` of {}: add it there, or take the row away", d.id));
            }
            Some(_) => {}
        }
        match (part.rules.is_empty() && part.attestations.is_empty(), part.none.is_some()) {
            (true, false) => {
                faults.push(format!("{place} has neither rules nor attestations: name them, or say under `none` why there are none"))
            }
            (false, true) => {
                faults.push(format!("{place} has rules or attestations and `none` as well: take one away; a remark is a `note`"))
            }
            _ => {}
        }
        twice(part.rules.iter().map(String::as_str), &format!("the rules of {place}"), faults);
        twice(part.attestations.iter().map(String::as_str), &format!("the attestations of {place}"), faults);
        for name in &part.rules {
            if !rules.iter().any(|r| names(name, &r.id)) {
                faults.push(format!("{place} names the rule `{name}`, and there is none: correct the id, or take it out of the row"));
            }
            if name.strip_suffix('*').is_some_and(|prefix| !prefix.ends_with('-') || prefix.contains('*')) {
                faults.push(format!("{place} names `{name}`: the beginning of ids ends with a hyphen, as in `cc4-*`"));
            }
        }
        for id in &part.attestations {
            if !coverage.attestations.iter().any(|a| a.id == *id) {
                faults.push(format!(
                    "{place} names the attestation `{id}`, and there is none: correct the id, or add it to registers/attestations.yaml"
                ));
            }
        }
    }
}

fn sections(coverage: &Coverage, faults: &mut Vec<String>) {
    let holds = |section: &Section, part: &Part| {
        section.document == part.document
            && part.reference.strip_prefix(&section.reference).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    for document in &coverage.documents {
        let own = coverage.sections.iter().filter(|s| s.document == document.id);
        twice(own.map(|s| s.reference.as_str()), &format!("`sections`, document {}", document.id), faults);
    }
    for section in coverage.sections.iter().filter(|s| !coverage.parts.iter().any(|p| holds(s, p))) {
        faults.push(format!("the section {} of {} has no parts: correct its `ref` or `document`", section.reference, section.document));
    }
    for section in coverage.sections.iter().filter(|s| s.title.is_empty()) {
        faults.push(format!("the section {} has no title: write what it is about", section.reference));
    }
    for part in coverage.parts.iter().filter(|p| p.none.is_none() && !coverage.sections.iter().any(|s| holds(s, p))) {
        faults.push(format!("part {} is in no section, and no report card would show it: add one to `sections`", part.reference));
    }
}

fn attestations(coverage: &Coverage, faults: &mut Vec<String>) {
    twice(coverage.attestations.iter().map(|a| a.id.as_str()), "`attestations`", faults);
    for item in &coverage.attestations {
        if !coverage.parts.iter().any(|p| p.attestations.contains(&item.id)) {
            faults.push(format!("no part asks for the attestation `{}`: name it in a row of `parts`, or take it away", item.id));
        }
        if item.max_age == Some(0) {
            faults.push(format!("the attestation `{}` holds for no day: give `max_age` in days, or leave it out", item.id));
        }
    }
}

fn of_rules(coverage: &Coverage, rules: &[Rule], faults: &mut Vec<String>) {
    for rule in rules {
        let id = &rule.id;
        match (coverage.clauses(id).first(), coverage.beyond(id)) {
            (None, None) => {
                faults.push(format!("the rule `{id}` has no clause: name it in a row of `parts`, or in `beyond` with its source"))
            }
            (Some(part), Some(_)) => {
                faults.push(format!("the rule `{id}` is in `beyond` and has a clause in part {}: take one away", part.reference));
            }
            (None, Some(row)) if !rule.sources.contains(&row.source) => {
                faults.push(format!("`beyond` says that `{id}` comes from “{}”; the rule names: {}", row.source, rule.sources.join("; ")));
            }
            _ => {}
        }
        if rule.flags == 0 {
            faults.push(format!("no test fires the rule `{id}`: add texts to its `tests.flag`"));
        }
        if rule.off && !coverage.off_by_default.iter().any(|o| o.id == *id) {
            faults.push(format!("the rule `{id}` is off by default: say why in `off_by_default`"));
        }
    }
    twice(rules.iter().map(|r| r.id.as_str()), "the packs", faults);
    twice(coverage.beyond.iter().flat_map(|b| &b.rules).map(String::as_str), "`beyond`", faults);
    twice(coverage.partly.iter().map(|p| p.id.as_str()), "`partly`", faults);
    twice(coverage.off_by_default.iter().map(|o| o.id.as_str()), "`off_by_default`", faults);
    let rows = coverage.beyond.iter().flat_map(|b| &b.rules).map(|id| ("beyond", id));
    let rows = rows
        .chain(coverage.partly.iter().map(|p| ("partly", &p.id)))
        .chain(coverage.off_by_default.iter().map(|o| ("off_by_default", &o.id)));
    for (place, id) in rows {
        match rules.iter().find(|r| r.id == *id) {
            None => faults.push(format!("`{place}` names the rule `{id}`, and there is none: correct the id, or take the row away")),
            Some(rule) if place == "off_by_default" && !rule.off => {
                faults.push(format!("`off_by_default` names `{id}`, which is on: take the row away"));
            }
            Some(_) => {}
        }
    }
}

fn catalogue(coverage: &Coverage, rules: &[Rule], faults: &mut Vec<String>) {
    twice(coverage.catalogue.iter().map(String::as_str), "`catalogue`", faults);
    twice(coverage.not_shipped.iter().map(|n| n.id.as_str()), "`not_shipped`", faults);
    let left_out: BTreeSet<&str> = coverage.not_shipped.iter().map(|n| n.id.as_str()).collect();
    for id in &coverage.catalogue {
        match (is_rule(id, rules), left_out.contains(id.as_str())) {
            (false, false) => faults
                .push(format!("`{id}` of the catalogue is no rule: ship it, or say in `not_shipped` why not and what stands in for it")),
            (true, true) => faults.push(format!("`{id}` is a rule and stands in `not_shipped`: take the row away")),
            _ => {}
        }
    }
    for id in left_out.into_iter().filter(|id| !coverage.catalogue.iter().any(|c| c == id)) {
        faults.push(format!("`not_shipped` has `{id}`, which is not in `catalogue`: correct the id"));
    }
}

/// Ids in the running text of reasons and remarks.
fn mentions(coverage: &Coverage, rules: &[Rule], faults: &mut Vec<String>) {
    let texts = coverage.parts.iter().flat_map(|p| p.none.iter().chain(&p.note).map(|t| (p.reference.as_str(), t)));
    let texts = texts.chain(coverage.not_shipped.iter().flat_map(|n| [(n.id.as_str(), &n.because), (n.id.as_str(), &n.instead)]));
    let texts = texts.chain(coverage.partly.iter().map(|p| (p.id.as_str(), &p.gap)));
    let texts = texts.chain(coverage.beyond.iter().map(|b| ("beyond", &b.reason)));
    for (place, text) in texts {
        for name in text.split('`').skip(1).step_by(2) {
            let like_an_id = name.contains('-') && name.starts_with(|c: char| c.is_ascii_lowercase());
            let known = rules.iter().any(|r| names(name, &r.id)) || coverage.attestations.iter().any(|a| a.id == name);
            if like_an_id && !known {
                faults.push(format!("the text of {place} mentions `{name}`, and there is no such rule or attestation: correct it"));
            }
        }
    }
}
