//! The fields of one listing held against each other and against the register.

use super::super::{Hit, Speaker, Subject};
use crate::document::Field;
use crate::facts::places::{Asked, Fit, Gazetteer, Hint, Reading, Region};
use crate::facts::{Fact, Office, Partner, State, Works};
use crate::pack::model::PlaceMatcher;
use crate::source::Span;
use std::cell::RefCell;

/// A hit on a value of the listing.
fn at(subject: &Subject, span: Span) -> Option<Hit> {
    let text = subject.source.text().get(span.range())?.to_owned();
    let field = subject.document.fields.iter().position(|f| f.span == span);
    let text = field.map_or(text, |i| subject.document.fields[i].value.clone());
    Some(Hit { spans: vec![span], text, field, ..Hit::default() })
}

fn own<'s>(subject: &'s Subject) -> Option<(&'s Speaker<'s>, &'s Partner)> {
    // A page has no fields of a listing; most documents end here.
    if subject.document.fields.is_empty() {
        return None;
    }
    let speaker = subject.speaker()?;
    Some((speaker, speaker.own.as_deref()?))
}

fn says_physical(p: &Partner) -> Option<Span> {
    p.works.items().iter().find(|f| f.value == Works::Physical).map(|f| f.span)
}

/// A physical office, and no place anywhere.
pub(super) fn unnamed(subject: &Subject, m: &PlaceMatcher) -> Vec<Hit> {
    let Some((speaker, own)) = own(subject) else { return Vec::new() };
    let Some(span) = says_physical(own) else { return Vec::new() };
    let o = &own.offices;
    let named = |list: &[Fact<Office>]| list.iter().any(|f| !f.value.is_empty());
    if named(o.physical.items()) || named(o.unsorted.items()) || matches!(o.head, State::Is(_)) {
        return Vec::new();
    }
    // An export that has no column for places has lost them.
    let asked = subject
        .document
        .fields
        .iter()
        .any(|f| matches!(f.name.as_str(), "country" | "city" | "physical_country" | "physical_city") && f.value.trim().is_empty());
    // Outside a table, what is blank is often left out; a record that says all else was not cut down.
    let has = |name: &String| subject.document.fields.iter().any(|f| f.name == *name && !f.value.trim().is_empty());
    let whole = || !m.fields.is_empty() && subject.record.is_some_and(|(chunk, ..)| !chunk.is_table()) && m.fields.iter().all(has);
    if !asked && !o.physical.is_known_empty() && !whole() {
        return Vec::new();
    }
    let known = speaker.known.and_then(|p| p.offices.physical.items().first().map(|f| (p, f)));
    at(subject, span)
        .map(|mut hit| {
            hit.values.push(("nearest", known.map_or_else(|| "none".to_owned(), |(_, f)| f.value.describe())));
            hit.evidence.extend(known.and_then(|(p, f)| subject.place_of(speaker, p, f.span, "an office on record")));
            hit
        })
        .into_iter()
        .collect()
}

/// City, region and country of one location that exclude each other.
pub(super) fn contradiction(subject: &Subject, m: &PlaceMatcher) -> Vec<Hit> {
    let Some((_, own)) = own(subject) else { return Vec::new() };
    let o = &own.offices;
    let all = o.physical.items().iter().chain(o.remote.items()).chain(o.unsorted.items());
    all.filter_map(|f| excluded(subject, &f.value, m)).collect()
}

fn said(part: &Option<Fact<String>>) -> Option<&str> {
    part.as_ref().map(|f| f.value.as_str()).filter(|v| !v.trim().is_empty())
}

fn excluded(subject: &Subject, office: &Office, m: &PlaceMatcher) -> Option<Hit> {
    let hint = Hint { country: said(&office.country), region: said(&office.region) };
    if hint.country.is_none() && hint.region.is_none() {
        return None;
    }
    if let Some(city) = &office.city {
        let gazetteer = Gazetteer::get();
        let resolved = gazetteer.resolve(&city.value, hint, &m.words);
        let mut readings = resolved.readings().peekable();
        if resolved.parts.len() != resolved.readings().count() {
            return None;
        }
        let own = hint.country.and_then(|c| gazetteer.country(c)).map(|c| c.iso2);
        let least = m.villages.iter().find(|(of, _)| Some(of.as_str()) == own).map_or(m.population, |(_, size)| *size);
        // State and country that agree are right, and the place is one that is not known.
        let agrees = || hint.country.zip(hint.region).is_some_and(|(c, r)| gazetteer.region(c, r).is_some());
        let wrong = |r: &Reading| {
            // Villages are called after regions, and after cities by their names in other languages; so only a large city is sure.
            let least = if r.main { least } else { least.max(m.other_names) };
            let sure = r.cities.first().is_some_and(|p| p.population >= least);
            let territory = r.cities.iter().any(|p| m.territories.iter().any(|(of, to)| of == p.country && Some(to.as_str()) == own));
            // "Santo Domingo", of a city there with a longer name.
            let longer = || gazetteer.cities_beginning(&city.value).iter().any(|p| Some(p.country) == own);
            let apart = match r.fit {
                Fit::OtherRegion => r.main,
                Fit::OtherCountry => !agrees() && !longer(),
                Fit::Fits | Fit::Unasked => false,
            };
            sure && !territory && apart
        };
        if let Some(first) = readings.peek().copied()
            && resolved.readings().all(wrong)
        {
            let mut hit = at(subject, city.span)?;
            let known = first.cities.first().map(|c| [c.name, c.admin1, c.country])?;
            let other = if first.fit == Fit::OtherCountry { hint.country } else { hint.region };
            hit.values.push(("place", city.value.clone()));
            hit.values.push(("against", other.unwrap_or_default().to_owned()));
            hit.values.push(("nearest", known.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(", ")));
            let beside = if first.fit == Fit::OtherCountry { &office.country } else { &office.region };
            if let Some(f) = beside {
                hit.related.push((vec![f.span], f.value.clone(), "said of the same place".to_owned()));
            }
            return Some(hit);
        }
    }
    let (region, country) = (office.region.as_ref()?, office.country.as_ref()?);
    if region.value.chars().count() < 4 {
        return None;
    }
    // A city in the country stands for a region there that is not known.
    if office.city.as_ref().is_some_and(|c| in_country(&country.value, &c.value)) {
        return None;
    }
    let other = abroad(&country.value, &region.value)?;
    let own = Gazetteer::get().country(&country.value).map(|c| c.iso2);
    if m.territories.iter().any(|(of, to)| of == other.country && Some(to.as_str()) == own) {
        return None;
    }
    let mut hit = at(subject, region.span)?;
    hit.values.push(("place", region.value.clone()));
    hit.values.push(("against", country.value.clone()));
    hit.values.push(("nearest", format!("{}, {}", other.name, other.country)));
    hit.related.push((vec![country.span], country.value.clone(), "said of the same place".to_owned()));
    Some(hit)
}

/// Whether a city of that name is in the country.
fn in_country(country: &str, city: &str) -> bool {
    let gazetteer = Gazetteer::get();
    gazetteer.country(country).is_some_and(|own| gazetteer.cities(city).iter().any(|c| c.country == own.iso2))
}

/// The region of that name in another country, where only that has one and nothing in the country itself has the name. Each thread keeps what it was asked.
fn abroad(country: &str, region: &str) -> Option<Region> {
    thread_local! {
        static ASKED: RefCell<Asked<Option<Region>>> = RefCell::default();
    }
    let find = || {
        let gazetteer = Gazetteer::get();
        let own = gazetteer.country(country)?;
        let all = gazetteer.regions(region);
        let other = all.first().copied().filter(|first| all.iter().all(|r| r.country == first.country))?;
        // The country once more, or one of its cities.
        let inside = gazetteer.country(region) == Some(own)
            || gazetteer.region(own.iso2, region).is_some()
            || gazetteer.cities(region).iter().any(|c| c.country == own.iso2);
        (!inside).then_some(other)
    };
    ASKED.with_borrow_mut(|asked| asked.get(&[country, region].join("\n"), find))
}

/// Whether a word is the name of a place for what stands beside it: a state of the country beside a city, a city of it beside a state.
fn has_name_of_place(subject: &Subject, field: &Field) -> bool {
    if field.value.split_whitespace().count() != 1 {
        return false;
    }
    let Some((_, own)) = own(subject) else { return false };
    let o = &own.offices;
    let all = o.physical.items().iter().chain(o.remote.items()).chain(o.unsorted.items()).map(|f| &f.value);
    all.into_iter().any(|office| {
        let is = |part: &Option<Fact<String>>| part.as_ref().is_some_and(|f| f.span == field.span);
        let beside = said(&office.country).zip(said(if is(&office.city) { &office.region } else { &office.city }));
        match beside {
            Some((country, region)) if is(&office.city) => Gazetteer::get().region(country, region).is_some(),
            Some((country, city)) if is(&office.region) => in_country(country, city),
            _ => false,
        }
    })
}

/// A phrase in a location field that is no place.
pub(super) fn non_place(subject: &Subject, m: &PlaceMatcher) -> Vec<Hit> {
    let mut out = Vec::new();
    for (i, f) in subject.document.fields.iter().enumerate() {
        if !m.fields.contains(&f.name) || f.value.trim().is_empty() {
            continue;
        }
        if Gazetteer::get().resolve(&f.value, Hint::default(), &m.words).only_non_places() && !has_name_of_place(subject, f) {
            let values = vec![("place", f.value.clone()), ("field", f.name.clone())];
            out.push(Hit { spans: vec![f.span], text: f.value.clone(), field: Some(i), values, ..Hit::default() });
        }
    }
    out
}

/// Offices in many countries, of a firm of a few people.
pub(super) fn spread(subject: &Subject, m: &PlaceMatcher) -> Vec<Hit> {
    let Some((speaker, own)) = own(subject) else { return Vec::new() };
    let offices = own.offices.physical.items();
    let mut countries: Vec<&str> = offices.iter().filter_map(|f| f.value.country.as_ref()).map(|c| c.value.as_str()).collect();
    countries.sort_unstable();
    countries.dedup();
    if countries.len() < m.countries.max(1) {
        return Vec::new();
    }
    let staff = speaker.find(|p| &p.employees, |s| s.value().is_some());
    let few = staff.as_ref().and_then(|k| k.fact.value().copied()).map(|n| n <= m.employees);
    let text = &subject.document.text;
    let alone = if few.is_none() { m.alone.find(text, 0) } else { None };
    if few != Some(true) && alone.is_none() {
        return Vec::new();
    }
    let Some(span) = offices.first().and_then(|f| f.value.country.as_ref()).map(|c| c.span) else { return Vec::new() };
    let Some(mut hit) = at(subject, span) else { return Vec::new() };
    let size = staff
        .as_ref()
        .and_then(|k| k.fact.value())
        .map_or_else(|| alone.and_then(|(a, b)| text.get(a..b)).map(|t| format!("\"{t}\"")).unwrap_or_default(), |n| format!("{n} people"));
    hit.values.push(("count", countries.len().to_string()));
    hit.values.push(("nearest", countries.join(", ")));
    hit.values.push(("staff", size));
    if let Some(k) = &staff
        && let Some(span) = k.fact.span()
    {
        hit.evidence.extend(subject.place_of(speaker, k.partner, span, "people on record"));
    }
    if let Some((a, b)) = alone {
        hit.related.push((subject.document.map.spans(a, b), text.get(a..b).unwrap_or("").to_owned(), "one person".to_owned()));
    }
    vec![hit]
}

/// The register knows only virtual or mail addresses where the listing has an office.
pub(super) fn drop_on_record(subject: &Subject) -> Vec<Hit> {
    let Some((speaker, own)) = own(subject) else { return Vec::new() };
    let Some(known) = speaker.known else { return Vec::new() };
    let o = &known.offices;
    let drop = o.virtual_.items().first().or(o.mail.items().first());
    let Some(drop) = drop.filter(|_| o.physical.is_known_empty() && !matches!(o.head, State::Is(_))) else { return Vec::new() };
    let first = own.offices.physical.items().first().map(|f| f.span);
    let Some(span) = says_physical(own).or(first) else { return Vec::new() };
    let Some(mut hit) = at(subject, span) else { return Vec::new() };
    hit.values.push(("nearest", drop.value.describe()));
    hit.values.push(("place", drop.value.describe()));
    hit.evidence.extend(subject.place_of(speaker, known, drop.span, "a virtual office or an address for mail"));
    vec![hit]
}

/// A mail address that is the only one: nothing else in its value is a street, and no other address on record is.
pub(super) fn mail_drop(subject: &Subject, m: &PlaceMatcher, hits: Vec<Hit>) -> Vec<Hit> {
    let doc = subject.document;
    // An address is a street if one of its parts has a word for one, and is no part of a building.
    let street = |text: &str| {
        let parts = text.split([',', ';', '\n', '|']).filter(|p| !p.trim().is_empty());
        parts.into_iter().any(|p| !m.unit.is_match(p) && (m.street.is_match(p) || numbered(p)))
    };
    let mut out = Vec::new();
    for mut hit in hits {
        let Some((start, end)) = hit.range else { continue };
        let Some(block) = doc.block_at(start).map(|b| &doc.blocks[b]) else { continue };
        let text = doc.block_text(block);
        // The number of a box belongs to it.
        let number = |c: char| c.is_ascii_digit() || c == ' ';
        let behind = text.get(end - block.start..).unwrap_or("").trim_start_matches(number);
        let rest = format!("{}, {behind}", &text[..start - block.start]);
        let other_field = doc.fields.iter().enumerate().any(|(i, f)| {
            Some(i) != block.field && m.fields.contains(&f.name) && street(&f.value) && !m.patterns.iter().any(|p| p.is_in(&f.value))
        });
        let speaker = subject.speaker();
        let registered = speaker
            .and_then(|s| s.known)
            .is_some_and(|p| p.offices.physical.items().iter().any(|f| f.value.street.as_ref().is_some_and(|s| street(&s.value))));
        // A box has no street of its own; somebody who takes in mail has one, and it makes no office.
        let beside = !m.street.is_empty() && street(&rest);
        let elsewhere = block.field.is_none() && street_elsewhere(subject, m, start);
        if beside || other_field || elsewhere || registered {
            continue;
        }
        hit.values.push(("place", hit.text.clone()));
        out.push(hit);
    }
    out
}

/// Whether a page has a street address in another block, in words or in its structured data.
fn street_elsewhere(subject: &Subject, m: &PlaceMatcher, at: usize) -> bool {
    let doc = subject.document;
    let own = doc.block_at(at);
    let part = |p: &str| m.street.is_match(p) && p.bytes().any(|b| b.is_ascii_digit());
    let other =
        |(i, b): (usize, &crate::document::Block)| Some(i) != own && !b.second && doc.block_text(b).split([',', ';', '\n', '|']).any(part);
    let node = |f: &crate::document::Field| f.name.ends_with("streetAddress") && !m.patterns.iter().any(|p| p.is_in(&f.value));
    doc.fields.iter().any(node) || doc.blocks.iter().enumerate().any(other)
}

/// "12 Main", "Hauptweg 3": a short number beside a word.
fn numbered(part: &str) -> bool {
    let words: Vec<&str> = part.split_whitespace().collect();
    // "69002 Lyon Cedex 02" begins with a postcode.
    if words.first().is_some_and(|w| w.len() >= 4 && w.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    let number = words.iter().any(|w| {
        let digits = w.trim_matches(|c: char| !c.is_alphanumeric()).bytes().take_while(u8::is_ascii_digit).count();
        (1..=3).contains(&digits)
    });
    number && words.iter().any(|w| w.chars().filter(|c| c.is_alphabetic()).count() >= 4)
}
