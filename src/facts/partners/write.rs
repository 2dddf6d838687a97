//! A firm as an entry of `partners.yaml`, and how values are written there.

use super::model::{Office, Partner};
use crate::facts::{Fact, List, Program, State, Works, names};
use std::fmt::{Display, Write};

/// A text as YAML: plain where that reads back as the same text, else in double quotes.
pub fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | '(' | ')' | '&' | '+'))
        && !text.ends_with(' ')
        && !text.contains(" &")
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n" | "none" | "never" | "inf" | "nan"
        );
    if plain { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes. What JSON lets stand and YAML does not is escaped too: control characters, other line ends, marks of order; and
/// what turns lines around, which an editor would show as another text.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in serde_json::to_string(text).unwrap_or_default().chars() {
        match c {
            '\u{7F}'..='\u{9F}'
            | '\u{61C}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
            | '\u{FFFE}'
            | '\u{FFFF}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Texts as a flow list.
pub fn list<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    format!("[{}]", items.into_iter().map(|i| scalar(i.as_ref())).collect::<Vec<_>>().join(", "))
}

/// A firm as an entry of the list.
pub fn entry(p: &Partner) -> String {
    let mut out = format!("  - id: {}\n    name: {}\n", scalar(&p.id.value), scalar(&p.name.value));
    let mut line = |key: &str, value: String| {
        let _ = writeln!(out, "    {key}: {value}");
    };
    let mut texts = |key: &str, items: &[Fact<String>]| {
        let mut values: Vec<&str> = items.iter().map(|f| f.value.as_str()).collect();
        values.dedup();
        if !values.is_empty() {
            line(key, list(values));
        }
    };
    texts("aliases", &p.aliases);
    texts("ids", &p.ids);
    let mut domains: Vec<Fact<String>> = Vec::new();
    for d in p.domains.items() {
        // On a host that many firms share, the host alone is nobody's.
        let own = if names::is_shared(&d.value) { names::site(&d.value) } else { names::host(&d.value) };
        if let Some(own) = own.filter(|own| !domains.iter().any(|x| x.value == *own)) {
            domains.push(Fact::new(own, d.span));
        }
    }
    texts("domains", &domains);
    texts("handles", &p.handles);
    match &p.membership {
        State::Is(m) => line("membership", scalar(&m.value)),
        State::Absent(_) => line("membership", "none".into()),
        State::Unknown => {}
    }
    // A firm that is no member has no tier, whatever a listing says of an older day.
    let member = p.is_member() != Some(false);
    match &p.tier {
        State::Is(t) if member => line("tier", t.value.to_string()),
        State::Absent(_) => line("tier", Program::get().no_tier.first().cloned().unwrap_or_default()),
        _ => {}
    }
    let mut known = |key: &str, l: &List<String>| {
        if !l.is_unknown() {
            line(key, list(l.items().iter().map(|i| i.value.as_str())));
        }
    };
    known("accreditations", &p.accreditations);
    known("certifications", &p.certifications);
    fn is<T: Display>(s: &State<T>) -> Option<String> {
        s.value().map(T::to_string)
    }
    let rest = [
        ("certification_count", is(&p.certification_count)),
        ("review_count", is(&p.review_count)),
        ("rating", is(&p.rating)),
        ("works_with_breeze", is(&p.works_with_breeze)),
    ];
    for (key, value) in rest {
        if let Some(v) = value {
            line(key, v);
        }
    }
    if !p.works.is_unknown() {
        let words = p.works.items().iter().map(|w| if w.value == Works::Remote { "remote" } else { "physical" });
        line("works", list(words));
    }
    let o = &p.offices;
    let places = [("physical", &o.physical), ("remote", &o.remote), ("served", &o.served), ("unsorted", &o.unsorted)];
    if places.iter().any(|(_, l)| !l.is_unknown()) {
        out.push_str("    offices:\n");
        for (key, l) in places.iter().filter(|(_, l)| !l.is_unknown()) {
            if l.items().is_empty() {
                let _ = writeln!(out, "      {key}: []");
                continue;
            }
            let _ = writeln!(out, "      {key}:");
            for place in l.items() {
                let _ = writeln!(out, "        - {}", office(&place.value));
            }
        }
    }
    out
}

fn office(o: &Office) -> String {
    // A country that is none by code or name stays as a region, so that nothing is lost and nothing is wrong.
    let coded = |f: &&Fact<String>| f.value.len() == 2 && names::country(&f.value).is_some();
    let country = o.country.as_ref().filter(coded);
    let region = o.region.as_ref().or(o.country.as_ref().filter(|f| !coded(f)));
    let parts = [
        ("street", o.street.as_ref()),
        ("city", o.city.as_ref()),
        ("region", region),
        ("postcode", o.postcode.as_ref()),
        ("country", country),
    ];
    let parts = parts.iter().filter_map(|(k, v)| Some(format!("{k}: {}", scalar(&v.as_ref()?.value))));
    format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
}
