//! A record's values by their canonical names, without a document made of them: what registers are read from.
//!
//! A document tells empty values from others only; here a word for "none" and an empty list are told from a value that is left blank.

use super::formats::{FieldDef, Format, Formats};
use super::stream::{Chunk, Content};
use super::text::Text;
use super::walk::{MAX_FIELDS, Walk};
use super::{csv, json_text, with_values, yaml_values};
use crate::yaml::Node;

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
/// format names, or that are not `wanted`, are left out; those that come packed into one with others are not. Gives the format, or `None`
/// where none knows the record or the record is broken.
pub fn values<'f>(
    chunk: &Chunk,
    record: usize,
    formats: &'f Formats,
    wanted: fn(&FieldDef) -> bool,
    f: &mut dyn FnMut(&'f FieldDef, Given, u32, &Text),
) -> Option<&'f Format> {
    let wanted = |def: &FieldDef| !def.pairs.is_empty() || wanted(def);
    let span = *chunk.records.get(record)?;
    let text = chunk.source.text();
    match &chunk.content {
        Content::Csv(table) => {
            let format = formats.get(table.format.as_deref()?)?;
            for (i, cell) in csv::cells(text, span, table.columns.delimiter).enumerate().take(MAX_FIELDS) {
                let def = table.places.get(i).copied().flatten().and_then(|at| format.field(at, |_, _| false));
                if let Some(def) = def.filter(|d| wanted(d)) {
                    give(format, def, 0, &cell.text(text), f);
                }
            }
            Some(format)
        }
        Content::Json(id) => with_values(*id, text, span, Some((formats, chunk.kind)), |values| {
            let (form, walk) = values.ok()?;
            let format = form.format?;
            give_all(walk, |v| json_text(text, v), format, wanted, f);
            Some(format)
        }),
        Content::Yaml(nodes) => {
            let node = nodes.get(record)?;
            let keys = node.as_map().unwrap_or(&[]).iter().filter_map(|(k, _): &(Node, Node)| k.as_str());
            let format = formats.detect_or_fall_back(keys, chunk.kind).format?;
            give_all(&yaml_values(text, node, Some(format), span.start), Text::clone, format, wanted, f);
            Some(format)
        }
    }
}

fn give_all<'w, 't, 'f, V>(
    walk: &'w Walk<V>,
    text: impl Fn(&'w V) -> Text<'t>,
    format: &'f Format,
    wanted: impl Fn(&FieldDef) -> bool,
    f: &mut dyn FnMut(&'f FieldDef, Given, u32, &Text),
) {
    for v in walk.values(Some(format), &text) {
        if let Some(def) = v.def.filter(|d| wanted(d)) {
            give(format, def, v.entry, &text(v.value), f);
        }
    }
    for (at, entry, span) in walk.empty() {
        let mut seen: Vec<&str> = Vec::new();
        for def in format.fields_below(*at) {
            if !seen.contains(&def.name.as_str()) {
                seen.push(&def.name);
                f(def, Given::None, *entry, &Text::empty(*span));
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
    let parts = |separator: &str, f: &mut dyn FnMut(&Text)| text.split(separator).for_each(|(start, end)| f(&text.part(start, end)));
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
    match format.separators.iter().find(|s| def.list && text.holds(s)) {
        Some(separator) => parts(separator, &mut |part| {
            if !part.value.is_empty() {
                f(def, Given::Value, entry, part);
            }
        }),
        None if text.is_bare() => f(def, Given::Value, entry, text),
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
            values(&chunk, 0, formats, |_| true, &mut |def, given, _, text| {
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
