//! A record's values by their canonical names, without a document made of them: what registers are read from.
//!
//! A document tells empty values from others only; here a word for "none" and an empty list are told from a value that is left blank.

use super::formats::{At, FieldDef, Format, Formats};
use super::json::Token;
use super::stream::{Chunk, Content};
use super::text::Text;
use super::{MAX_FIELDS, csv, fields::Event, top_keys, yaml_events};
use crate::source::Span;
use crate::yaml::Node;
use std::borrow::Cow;
use std::collections::HashMap;

/// What is said by the value of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Given {
    /// A value.
    Value,
    /// There is none: a word that the format takes for that, or an empty list.
    None,
    /// Nothing: null, or an empty text.
    Blank,
}

/// Hands the values of a record to `f`, each with what the format says of it and the number of the list entry it lies in. Values that no
/// format names are left out. `form` is the format's name, where that is known already. Gives the format, or `None` where none knows the record or the record is broken.
pub fn values<'f>(
    chunk: &Chunk,
    record: usize,
    formats: &'f Formats,
    form: Option<&str>,
    f: &mut dyn FnMut(&'f FieldDef, Given, u32, &Text),
) -> Option<&'f Format> {
    let span = *chunk.records.get(record)?;
    let text = chunk.source.text();
    match &chunk.content {
        Content::Csv(table) => {
            let format = formats.get(table.format.as_deref()?)?;
            for (i, cell) in csv::cells(text, span, table.columns.delimiter).enumerate().take(MAX_FIELDS) {
                let def = table.places.get(i).copied().flatten().and_then(|at| format.field(at, |_| None));
                if let Some(def) = def {
                    give(format, def, 0, &cell.text(text), f);
                }
            }
            Some(format)
        }
        Content::Json(id) => super::with_tokens(*id, text, span, |tokens| {
            let tokens = tokens.ok()?;
            let known = form.and_then(|form| formats.get(form));
            let format = known.or_else(|| formats.detect(top_keys(text, tokens).iter().map(Cow::as_ref)))?;
            let place = |t: &Token| match t {
                Token::ArrayStart(at) | Token::ArrayEnd(at) => *at,
                _ => span.start,
            };
            walk(tokens.iter().map(|t| (super::event(text, t), place(t))), format, f);
            Some(format)
        }),
        Content::Yaml(nodes) => {
            let node = nodes.get(record)?;
            let keys = node.as_map().unwrap_or(&[]).iter().filter_map(|(k, _): &(Node, Node)| k.as_str());
            let format = formats.detect(keys)?;
            walk(yaml_events(text, node).into_iter().map(|e| (e, span.start)), format, f);
            Some(format)
        }
    }
}

struct Level {
    list: bool,
    at: Option<At>,
    dead: bool,
    entry: u32,
    /// Whether anything lies in it.
    filled: bool,
    start: usize,
}

fn walk<'a, 'f>(events: impl Iterator<Item = (Event<'a>, usize)>, format: &'f Format, f: &mut dyn FnMut(&'f FieldDef, Given, u32, &Text)) {
    let mut items: Vec<(Option<At>, u32, Text)> = Vec::new();
    let mut empty: Vec<(At, u32, Span)> = Vec::new();
    let mut deciding: HashMap<(u32, At), usize> = HashMap::new();
    let mut levels: Vec<Level> = Vec::new();
    let (mut at, mut dead, mut entry, mut entries) = (Some(Format::TOP), false, 0, 0);
    for (event, place) in events {
        if let (Some(l), Event::Object | Event::List | Event::Value(_)) = (levels.last_mut(), &event) {
            l.filled = true;
            if l.list {
                entries += 1;
                (at, dead, entry) = (l.at.and_then(|at| format.entry(at)), l.dead, entries);
            }
        }
        match event {
            Event::Object | Event::List => {
                let list = matches!(event, Event::List);
                levels.push(Level { list, at, dead: dead || levels.len() >= 32, entry, filled: false, start: place });
            }
            Event::Close => {
                if let Some(l) = levels.pop()
                    && let (true, false, false, Some(at)) = (l.list, l.filled, l.dead, l.at)
                {
                    empty.push((at, l.entry, Span::new(l.start.min(place), place)));
                }
            }
            Event::Key(key) => {
                let Some(l) = levels.last() else { continue };
                entry = l.entry;
                at = l.at.and_then(|at| format.child(at, &key));
                dead = l.dead || format.skip.iter().any(|s| *s == key);
            }
            Event::Value(text) if !dead => {
                if items.len() >= MAX_FIELDS {
                    break;
                }
                if let Some(at) = at.filter(|at| format.decides(*at)) {
                    deciding.insert((entry, at), items.len());
                }
                items.push((at, entry, text));
            }
            Event::Value(_) => {}
        }
    }
    for (at, entry, text) in &items {
        let other = |at: At| deciding.get(&(*entry, at)).and_then(|i| items.get(*i)).map(|(_, _, t)| t.value.as_ref());
        if let Some(def) = at.and_then(|at| format.field(at, other)) {
            give(format, def, *entry, text, f);
        }
    }
    for (at, entry, span) in empty {
        let mut seen: Vec<&str> = Vec::new();
        for def in format.fields_below(at) {
            if !seen.contains(&def.name.as_str()) {
                seen.push(&def.name);
                f(def, Given::None, entry, &Text::empty(span));
            }
        }
    }
}

/// One value: its parts if it is a list in one text, and what is packed into it.
fn give<'f>(format: &'f Format, def: &'f FieldDef, entry: u32, text: &Text, f: &mut dyn FnMut(&'f FieldDef, Given, u32, &Text)) {
    let value = text.value.trim();
    if value.is_empty() {
        return f(def, Given::Blank, entry, text);
    }
    if def.none.iter().any(|n| n.eq_ignore_ascii_case(value)) {
        return f(def, Given::None, entry, text);
    }
    let parts = |separator: &str, f: &mut dyn FnMut(&Text)| {
        let mut at = 0;
        for part in text.value.split(separator) {
            f(&text.part(at, at + part.len()));
            at += part.len() + separator.len();
        }
    };
    if !def.pairs.is_empty() {
        parts(";", &mut |part| {
            let Some((key, value)) = part.value.split_once('=') else { return };
            let to = def.pairs.iter().find(|(k, _)| k.eq_ignore_ascii_case(key.trim())).and_then(|(_, to)| format.field_named(to));
            if let Some(to) = to.filter(|t| t.pairs.is_empty()) {
                let value = part.part(part.value.len() - value.len(), part.value.len());
                give(format, to, entry, &value, f);
            }
        });
        return;
    }
    match format.separators.iter().find(|s| def.list && text.value.contains(s.as_str())) {
        Some(separator) => parts(separator, &mut |part| {
            if !part.value.is_empty() {
                f(def, Given::Value, entry, part);
            }
        }),
        None => f(def, Given::Value, entry, &text.part(0, text.value.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Shape, Splitter};
    use super::*;

    #[test]
    fn values_by_name_with_three_states() {
        let formats = Formats::builtin();
        let read = |file: &str, shape| {
            let chunk = Splitter::new(file.as_bytes(), "f", shape, formats).next().expect("chunk").expect("read");
            let mut out = Vec::new();
            values(&chunk, 0, formats, None, &mut |def, given, _, text| {
                out.push(format!("{}={}{:?}", def.name, chunk.source.text().get(text.span.range()).unwrap_or(""), given));
            });
            out.join(" ")
        };
        let profile = r#"{"companyName":{"value":"Acme"},"urlSlug":{"value":"acme"},"tier":{"value":"none"},"partnerType":null,"physicalOfficeLocations":{"value":[]},"credentials":[{"title":"A","type":"ACCREDITATION"}]}"#;
        let got = read(profile, Shape::Json);
        assert!(got.starts_with("name=AcmeValue slug=acmeValue tier=noneNone partner_type=nullBlank accreditations=AValue"), "{got}");
        assert!(got.contains("physical_country=[]None") && got.ends_with("None"), "{got}");
        let csv = "company_name,tier,partner_type,slug,regions\nAcme,,provider,acme,\"DACH; Benelux\"\n";
        assert_eq!(
            read(csv, Shape::Csv),
            "name=AcmeValue tier=Blank partner_type=providerValue slug=acmeValue regions=DACHValue regions=BeneluxValue"
        );
    }
}
