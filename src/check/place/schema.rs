//! The addresses in a page's structured data.

use super::super::{Hit, Subject};
use super::known::{Claimed, Record};
use super::tell;
use crate::document::Record as Node;
use crate::facts::names;
use crate::facts::places::Gazetteer;
use crate::pack::model::PlaceMatcher;

/// Addresses in a page's structured data, where no office is on record.
pub(super) fn schema(subject: &Subject, m: &PlaceMatcher) -> Vec<Hit> {
    let doc = subject.document;
    if !doc.records.iter().any(|r| r.index.is_none()) {
        return Vec::new();
    }
    let written = |r: &Node| doc.fields_named(r, "address").next().is_some();
    let located = |r: &Node| ["addressLocality", "addressCountry"].iter().any(|n| address(subject, r, n).is_some()) || written(r);
    let nodes: Vec<&Node> = doc.records.iter().filter(|r| r.index.is_none() && located(r)).collect();
    if nodes.is_empty() {
        return Vec::new();
    }
    let Some(speaker) = subject.wanted_speaker() else { return Vec::new() };
    let Some(record) = Record::offices(subject, speaker, m) else { return Vec::new() };
    let ours: Vec<String> = speaker.names().map(names::fold_name).collect();
    // "Acme London" is Acme in London.
    let branch = |name: &str| {
        let mut rest = ours.iter().filter(|own| own.chars().count() >= 3).filter_map(|own| name.strip_prefix(own.as_str()));
        rest.any(|rest| rest.starts_with(' ') && !Gazetteer::get().cities(rest.trim()).is_empty())
    };
    let mut out = Vec::new();
    for node in nodes {
        // Whose address it is: the node itself, or the one around it.
        let Some(firm) = firm_of(subject, node, m) else { continue };
        let mut names = doc.fields_named(firm, "name").chain(doc.fields_named(firm, "legalName"));
        let named = names.find(|(_, f)| Some(names::fold_name(&f.value)).is_some_and(|name| ours.contains(&name) || branch(&name)));
        let Some((_, named)) = named else { continue };
        let at = named.pointer.rsplit_once('/').map_or("", |(at, _)| at);
        for (_, field) in doc.fields_named(node, "address").filter(|(_, f)| hangs(&f.pointer, at, m)) {
            let Some(claimed) = Claimed::written(&field.value) else { continue };
            let Some(found) = record.lacks(&claimed, m) else { continue };
            let i = doc.fields.iter().position(|f| std::ptr::eq(f, field));
            let mut hit = Hit { spans: vec![field.span], text: field.value.clone(), field: i, ..Hit::default() };
            tell(subject, speaker, &mut hit, &found, &record);
            out.push(hit);
        }
        let (city, region, country) =
            (address(subject, node, "addressLocality"), address(subject, node, "addressRegion"), address(subject, node, "addressCountry"));
        if !city.or(country).is_some_and(|i| hangs(&doc.fields[i].pointer, at, m)) {
            continue;
        }
        let text = |f: Option<usize>| f.map(|i| doc.fields[i].value.as_str()).filter(|v| !v.trim().is_empty());
        let Some(claimed) = Claimed::address(text(city), text(region), text(country)) else { continue };
        let Some(found) = record.lacks(&claimed, m) else { continue };
        let Some(i) = city.filter(|_| text(city).is_some()).or(country) else { continue };
        let field = &doc.fields[i];
        let words: Vec<&str> = [text(city), text(country)].into_iter().flatten().collect();
        let mut hit = Hit { spans: vec![field.span], text: words.join(", "), field: Some(i), ..Hit::default() };
        tell(subject, speaker, &mut hit, &found, &record);
        out.push(hit);
    }
    out
}

/// Whether a value hangs on the firm at `firm` by nothing but the keys that lead to its own address. What it serves is no office.
fn hangs(pointer: &str, firm: &str, m: &PlaceMatcher) -> bool {
    let keys = pointer.strip_prefix(firm).and_then(|rest| rest.rsplit_once('/')).map_or("", |(keys, _)| keys);
    let mut keys = keys.split('/').filter(|k| !k.is_empty() && !k.bytes().all(|b| b.is_ascii_digit()));
    keys.all(|key| m.through.iter().any(|k| k == key))
}

/// A part of an address in a node, whose own it is or that of an address inside it without a type.
fn address(subject: &Subject, node: &Node, part: &str) -> Option<usize> {
    let doc = subject.document;
    let own = doc.fields_named(node, part).next().filter(|_| is_a(node, "PostalAddress"));
    own.or_else(|| node.fields.clone().zip(&doc.fields[node.fields.clone()]).find(|(_, f)| f.name.strip_prefix("address.") == Some(part)))
        .map(|(i, _)| i)
}

fn is_a(node: &Node, name: &str) -> bool {
    node.form.split(' ').any(|t| t == name)
}

/// The firm whose address a node is, through nothing but a place.
fn firm_of<'s>(subject: &'s Subject, node: &'s Node, m: &PlaceMatcher) -> Option<&'s Node> {
    let mut at = node;
    for _ in 0..4 {
        if m.types.iter().any(|t| is_a(at, t)) {
            return Some(at);
        }
        if !is_a(at, "PostalAddress") && !is_a(at, "Place") {
            return None;
        }
        let around = |r: &&Node| r.index.is_none() && r.span.start < at.span.start && at.span.end < r.span.end;
        at = subject.document.records.iter().filter(around).min_by_key(|r| r.span.end - r.span.start)?;
    }
    None
}
