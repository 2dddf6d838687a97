//! Fields of records: predicates on one field, and between the fields of a record.

use super::gate::slot;
use super::{Hit, Subject, emoji, link};
use crate::document::{Document, Field, Record};
use crate::facts::names::{fold_name, host, site};
use crate::facts::number::{self, Number};
use crate::facts::{Day, Partner, State};
use crate::finding::Location;
use crate::pack::model::{Count, Counted, FieldMatcher, FieldState, NamePart, OnRecord};
use crate::source::Span;

/// Of one value, so many matches are looked at.
const MAX_PLACES: usize = 64;
/// What stands between a name and what is said about it. A colon or slash needs no space before it.
const SEPARATORS: [&str; 8] = [" | ", " - ", " – ", " — ", " • ", " · ", " / ", ": "];

pub(super) fn find(subject: &Subject, m: &FieldMatcher) -> Vec<Hit> {
    let doc = subject.document;
    let mut hits = Vec::new();
    let mut fields = subject.places.take();
    for record in &doc.records {
        // Nothing is pointed at in a field that is not there.
        named(subject, record, m, &mut fields);
        if fields.is_empty() {
            continue;
        }
        let looked = |words: &'static str| {
            for (i, f) in fields.iter().filter_map(|&i| Some((i, doc.fields.get(i)?))) {
                subject.looked(|| of_field(i, f, f.value.clone(), Vec::new()), "field", || words.to_owned());
            }
        };
        if !m.record.is_empty() && !m.record.iter().any(|r| is_form(subject, record, r)) {
            looked("the rule looks at this field in other forms of record");
            continue;
        }
        if !m.when.iter().all(|w| holds(subject, record, w)) {
            looked("another field of the record is not as the rule requires (`when`)");
            continue;
        }
        if !m.around.is_empty() && !is_around(subject, record, &m.around) {
            looked("the record around it is not as the rule requires (`around`)");
            continue;
        }
        let found = in_record(subject, record, m, &fields);
        if found.is_empty() {
            looked("the value is not what the rule looks for");
        }
        hits.extend(found);
    }
    subject.places.set(fields);
    hits
}

/// A record is named by its form, by the `@type` of a JSON-LD node, or by the kind of content it is.
fn is_form(subject: &Subject, record: &Record, name: &str) -> bool {
    record.form.split(' ').any(|f| f.eq_ignore_ascii_case(name)) || (record.index.is_some() && name == subject.kind.name())
}

/// Whether the record that this one lies in, the smallest of several, meets the conditions.
fn is_around(subject: &Subject, record: &Record, list: &[FieldMatcher]) -> bool {
    let holds_it = |r: &&Record| r.span.start <= record.span.start && record.span.end <= r.span.end && r.span != record.span;
    let outer = subject.document.records.iter().filter(holds_it).min_by_key(|r| r.span.end - r.span.start);
    let fits =
        |r: &Record, w: &FieldMatcher| (w.record.is_empty() || w.record.iter().any(|n| is_form(subject, r, n))) && holds(subject, r, w);
    outer.is_some_and(|r| list.iter().all(|w| fits(r, w)))
}

/// Whether any field of the record meets the conditions.
fn holds(subject: &Subject, record: &Record, m: &FieldMatcher) -> bool {
    let mut fields = subject.places.take();
    named(subject, record, m, &mut fields);
    let holds = match m.is {
        Some(FieldState::Missing) => fields.iter().all(|&i| subject.document.fields[i].value.is_empty()),
        _ => !in_record(subject, record, m, &fields).is_empty(),
    };
    subject.places.set(fields);
    holds
}

/// The fields of a record that a matcher speaks of, by rising place, put in `out`.
fn named(subject: &Subject, record: &Record, m: &FieldMatcher, out: &mut Vec<usize>) {
    out.clear();
    let range = record.fields.clone();
    let fields = &subject.document.fields;
    let is = |i: &usize| fields.get(*i).is_some_and(|f| m.roles.is_empty() || m.roles.contains(&f.role));
    // In the one record of a document fields are looked up; in the many nodes of a page that would cost more than it saves.
    if matches!(subject.document.records[..], [_]) && !m.name.is_empty() {
        subject.field_index().of_names(fields, &m.name, out);
        return out.retain(|i| range.contains(i) && is(i));
    }
    out.extend(range.filter(|i| is(i) && (m.name.is_empty() || m.name.contains(&fields[*i].name))));
}

/// The fields of a document by name, so that many rules with many names each need not compare all of them with all fields.
#[derive(Debug)]
pub struct FieldIndex {
    /// The first field, plus one, whose name falls in a slot.
    first: [u32; 128],
    /// For each field the next one, plus one, of the same slot.
    next: Vec<u32>,
}

impl FieldIndex {
    pub(super) fn new(fields: &[Field]) -> FieldIndex {
        let mut index = FieldIndex { first: [0; 128], next: vec![0; fields.len()] };
        // From the back, so that the fields of a slot come in their order.
        for (i, f) in fields.iter().enumerate().rev() {
            let first = &mut index.first[slot(&f.name)];
            index.next[i] = std::mem::replace(first, i as u32 + 1);
        }
        index
    }

    /// The fields of this name, by rising place.
    pub(super) fn of_name(&self, fields: &[Field], name: &str) -> impl Iterator<Item = usize> {
        let place = |at: u32| (at as usize).checked_sub(1);
        let slot = std::iter::successors(place(self.first[slot(name)]), move |i| place(*self.next.get(*i)?));
        slot.filter(move |i| fields.get(*i).is_some_and(|f| f.name == name))
    }

    /// The fields that have one of these names, by rising place.
    fn of_names(&self, fields: &[Field], names: &[String], out: &mut Vec<usize>) {
        out.extend(names.iter().flat_map(|name| self.of_name(fields, name)));
        if !out.is_sorted() {
            out.sort_unstable();
        }
        out.dedup();
    }
}

/// The matches in these fields of a record.
fn in_record(subject: &Subject, record: &Record, m: &FieldMatcher, fields: &[usize]) -> Vec<Hit> {
    let doc = subject.document;
    let named = || fields.iter().filter_map(|&i| Some((i, doc.fields.get(i)?)));
    if let Some(Count { of: Counted::Entries, over, under }) = m.count {
        let fields: Vec<_> = named().filter(|(_, f)| !f.value.is_empty()).collect();
        let n = fields.len();
        let hit = over.is_some_and(|o| n > o) || under.is_some_and(|u| n < u);
        let limit = over.or(under).unwrap_or(0);
        return match fields.first() {
            Some((i, f)) if hit => vec![of_field(*i, f, f.value.clone(), vec![("count", n.to_string()), ("limit", limit.to_string())])],
            _ => Vec::new(),
        };
    }
    let mut hits = Vec::new();
    for (i, f) in named() {
        let empty = f.value.trim().is_empty();
        match m.is {
            Some(FieldState::Empty) if !empty => continue,
            Some(FieldState::Missing) => continue,
            Some(FieldState::Empty) => {
                hits.push(of_field(i, f, String::new(), Vec::new()));
                continue;
            }
            _ if empty => continue,
            _ => {}
        }
        let whole = subject.seen(i);
        let (from, to) = part(whole, m.part);
        let Some(value) = whole.get(from..to).filter(|v| !v.trim().is_empty()) else { continue };
        // From here on all must hold; what is cheap, or seldom holds, is asked first.
        let mut values = Vec::new();
        if let Some(count) = m.count {
            let n = counted(value, count.of);
            let Some(limit) = count.over.filter(|o| n > *o).or(count.under.filter(|u| n < *u)) else { continue };
            values.push(("count", n.to_string()));
            values.push(("limit", limit.to_string()));
        }
        if !m.one_of.is_empty() && !is_one_of(value, &m.one_of) {
            continue;
        }
        // The smallest text that shows it: the phrase, the part, the value. Of several, the context may rule out the first.
        let places: Vec<(usize, usize)> = match (&m.phrases, &m.regex) {
            (None, None) => vec![(0, value.len())],
            (Some(p), None) => p.find_all(value).take(MAX_PLACES).collect(),
            (None, Some(r)) => r.find_iter(value).map(|x| (x.start, x.end)).take(MAX_PLACES).collect(),
            (Some(p), Some(r)) if p.is_match(value) => r.find_iter(value).map(|x| (x.start, x.end)).take(MAX_PLACES).collect(),
            _ => Vec::new(),
        };
        if places.is_empty() || is_one_of(value, &m.not_one_of) || m.phrases_not.as_ref().is_some_and(|p| p.is_match(value)) {
            continue;
        }
        if let Some(l) = &m.link {
            let Some(domain) = link::matches(l, value.trim(), &link::Address::parse(&subject.hosts, value.trim())) else { continue };
            values.push(("domain", domain));
        }
        if !m.unlike.is_empty() && !is_unlike(doc, record, value, &m.unlike) {
            continue;
        }
        let mut evidence = Vec::new();
        if !m.same_as.is_empty() {
            match is_same(subject, record, value, &m.same_as) {
                Some((other, place)) => {
                    values.push(("other", other));
                    evidence.extend(place);
                }
                None => continue,
            }
        }
        if m.other_partner {
            match other_partner(subject, record, value) {
                Some((other, place)) => {
                    values.push(("other", other));
                    evidence.extend(place);
                }
                None => continue,
            }
        }
        if let Some(of) = m.above_record {
            match above_record(subject, value, of) {
                Some((known, place)) => {
                    values.push(("known", known));
                    evidence.extend(place);
                }
                None => continue,
            }
        }
        for (a, b) in places {
            let evidence = evidence.clone();
            let text = value[a..b].to_owned();
            let mut values = values.clone();
            hits.push(match locate(doc, f, whole, from + a, from + b) {
                Some((spans, range)) => {
                    values.push(("field", f.name.clone()));
                    values.push(("value", f.value.clone()));
                    Hit { spans, range: Some(range), text, field: Some(i), values, evidence, ..Hit::default() }
                }
                None => Hit { evidence, ..of_field(i, f, text, values) },
            });
        }
    }
    hits
}

/// Whether a value equals one of these, regardless of case.
fn is_one_of(value: &str, list: &[String]) -> bool {
    let value = value.trim();
    // Only letters beyond ASCII need more than the comparison of ASCII.
    let plain = value.is_ascii();
    list.iter().any(|s| s.eq_ignore_ascii_case(value) || !(plain && s.is_ascii()) && s.to_lowercase() == value.to_lowercase())
}

fn of_field(index: usize, f: &Field, text: String, mut values: Vec<(&'static str, String)>) -> Hit {
    values.push(("field", f.name.clone()));
    values.push(("value", f.value.clone()));
    Hit { spans: vec![f.span], text, field: Some(index), values, ..Hit::default() }
}

/// The place of part of a field's value, through the block that was made of it. The value and the block's text differ in white space, so
/// the part is looked up by its words.
fn locate(doc: &Document, f: &Field, value: &str, from: usize, to: usize) -> Option<(Vec<Span>, (usize, usize))> {
    let block = doc.blocks.get(f.block?)?;
    let text = doc.block_text(block);
    let needle = value.get(from..to)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = value.get(..from)?.split_whitespace().collect::<Vec<_>>().join(" ").len();
    let at = text.get(before..).and_then(|t| t.find(&needle)).map(|i| before + i).or_else(|| text.find(&needle))?;
    let (start, end) = (block.start + at, block.start + at + needle.len());
    let spans = doc.map.spans(start, end);
    (!spans.is_empty() && !needle.is_empty()).then_some((spans, (start, end)))
}

/// The bytes of the part of a name.
fn part(value: &str, part: NamePart) -> (usize, usize) {
    if part == NamePart::Whole {
        return (0, value.len());
    }
    match (part, separator(value, 0)) {
        (NamePart::Whole, _) | (NamePart::Head, None) => (0, value.len()),
        (NamePart::Head, Some((i, _))) => (0, i),
        (NamePart::Tail, Some((_, j))) => (j, value.len()),
        (NamePart::Tail, None) => (value.len(), value.len()),
    }
}

/// The first separator from byte `from` on: its beginning and end.
fn separator(value: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = value.as_bytes();
    // Each begins with a space before a sign, or is a colon before a space.
    let may = |i: &usize| match bytes[*i] {
        b' ' => bytes.get(i + 1).is_some_and(|b| !b.is_ascii_alphanumeric()),
        b => b == b':',
    };
    let at = |i: usize| SEPARATORS.iter().find(|s| bytes[i..].starts_with(s.as_bytes())).map(|s| (i, i + s.len()));
    (from..bytes.len()).filter(may).find_map(at)
}

fn counted(value: &str, of: Counted) -> usize {
    match of {
        Counted::Separators => {
            let mut n = 0;
            let mut at = 0;
            while let Some((_, end)) = separator(value, at) {
                n += 1;
                // The last space of one separator may be the first of the next.
                at = end - 1;
            }
            n + value.as_bytes().windows(2).filter(|w| matches!(w[0], b',' | b';') && w[1] == b' ').count()
        }
        Counted::Emoji => emoji::count(value),
        Counted::Words => value.split_whitespace().count(),
        Counted::Chars => value.chars().count(),
        Counted::Entries => 1,
    }
}

/// Whether a value shares no word, and no close spelling, with any of the named fields that have a value. Unknown is not unlike.
fn is_unlike(doc: &Document, record: &Record, value: &str, names: &[String]) -> bool {
    let own = words(value);
    let own_all: String = own.concat();
    let mut known = false;
    for name in names {
        for (_, f) in doc.fields_named(record, name) {
            let other = words(strip_address(&f.value));
            if other.is_empty() {
                continue;
            }
            known = true;
            let other_all: String = other.concat();
            let shares = own.iter().any(|w| w.chars().count() >= 3 && (other.contains(w) || other_all.contains(w.as_str())))
                || other.iter().any(|w| w.chars().count() >= 3 && own_all.contains(w.as_str()))
                || initials(&own).is_some_and(|i| other_all.starts_with(&i))
                || strsim::jaro_winkler(&own_all, &other_all) > 0.85;
            if shares {
                return false;
            }
        }
    }
    known && !own_all.is_empty()
}

/// Whether two values name one firm: an address lies on the domain of the other, or the names are the same but for case and legal form.
fn is_one_firm(value: &str, other: &str) -> bool {
    let address = |s: &str| !s.trim().contains([' ', '\n']) && host(s).is_some();
    match (address(value), address(other)) {
        (true, true) => site(value).is_some_and(|s| site(other) == Some(s)),
        (false, false) => {
            let (a, b) = (fold_name(value), fold_name(other));
            !a.is_empty() && a == b
        }
        _ => false,
    }
}

/// The firm that a value names or lies on the domain of, of the one that is speaking and of these fields; and where that is known from.
fn is_same(subject: &Subject, record: &Record, value: &str, names: &[String]) -> Option<(String, Option<Location>)> {
    let doc = subject.document;
    let mut told = false;
    for name in names.iter().filter(|n| *n != "speaker") {
        for (_, f) in doc.fields_named(record, name).filter(|(_, f)| !f.value.trim().is_empty()) {
            told = true;
            if is_one_firm(value, &f.value) {
                let place = Location::new(subject.source, &[f.span], Some(f.value.clone()), Some("the firm that is reviewed".to_owned()));
                return Some((f.value.clone(), Some(place)));
            }
        }
    }
    if !names.iter().any(|n| n == "speaker") {
        return None;
    }
    let Some(speaker) = subject.speaker() else {
        if !told {
            subject.want("speaker");
        }
        return None;
    };
    for partner in speaker.firms() {
        let all = partner.names().chain(partner.domains.items());
        if let Some(fact) = all.into_iter().find(|n| is_one_firm(value, &n.value)) {
            return Some((partner.name.value.clone(), subject.place_of(speaker, partner, fact.span, "the firm itself")));
        }
    }
    None
}

/// The member of the program, other than the one that is speaking, that a value names or lies on the domain of.
fn other_partner(subject: &Subject, record: &Record, value: &str) -> Option<(String, Option<Location>)> {
    let Some(register) = subject.facts.partners.as_ref() else {
        subject.want("partners");
        return None;
    };
    let address = value.contains('.') && !value.trim().contains(' ');
    let found = if address { register.by_domain(value) } else { register.by_name(value) };
    // Of two firms of one name nobody knows which it is.
    let [partner] = found[..] else { return None };
    let speaking = subject.speaker().is_some_and(|s| s.known.is_some_and(|k| std::ptr::eq(k, partner)));
    if speaking || partner.is_member() != Some(true) || joined_later(subject, record, partner) {
        return None;
    }
    let fact = partner.names().find(|n| is_one_firm(value, &n.value)).unwrap_or(&partner.name);
    let place = register.place(partner, fact.span).map(|p| p.location("a member of the program"));
    Some((partner.name.value.clone(), place))
}

/// Whether a firm joined the program in a year after that in which the record was written: it was a client like any other then.
fn joined_later(subject: &Subject, record: &Record, partner: &Partner) -> bool {
    let Some(joined) = partner.partner_since.value().map(|s| s.year) else { return false };
    let year = |v: &str| match v.trim().parse::<i64>() {
        Ok(n) if n > 9999 => Day::from_millis(n).map(Day::year),
        Ok(n) => i16::try_from(n).ok(),
        Err(_) => v.trim().get(..10).and_then(Day::parse).map(Day::year),
    };
    subject.document.fields_named(record, "created").find_map(|(_, f)| year(&f.value)).is_some_and(|written| written < joined)
}

/// What is on record for the speaker, and where, if a value is a number above it.
fn above_record(subject: &Subject, value: &str, of: OnRecord) -> Option<(String, Option<Location>)> {
    let number = match of {
        OnRecord::ReviewCount => Number { value: number::count(value)?, decimals: 0 },
        OnRecord::Rating => number::rating(value)?,
    };
    let speaker = subject.wanted_speaker()?;
    fn fact(p: &Partner, of: OnRecord) -> &State<f64> {
        match of {
            OnRecord::ReviewCount => &p.review_count,
            OnRecord::Rating => &p.rating,
        }
    }
    let known = speaker.find(|p| fact(p, of), |f| f.value().is_some())?;
    let on_record = *known.fact.value()?;
    let scale = 10f64.powi(number.decimals.min(4) as i32);
    if (number.value * scale).round() <= (on_record * scale).round() {
        return None;
    }
    let text = on_record.to_string();
    let place = known.fact.span().and_then(|s| subject.place_of(speaker, known.partner, s, &format!("on record: {text}")));
    Some((text, place))
}

/// What of an address can be a name: its host without `www.` and endings.
fn strip_address(value: &str) -> &str {
    let rest = value.split("://").last().unwrap_or(value);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest).trim_start_matches("www.");
    if host.contains('.') && !host.contains(' ') { host.rsplit_once('.').map_or(host, |(h, _)| h) } else { value }
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(link::fold).filter(|w| !w.is_empty()).collect()
}

fn initials(words: &[String]) -> Option<String> {
    let i: String = words.iter().filter_map(|w| w.chars().next()).collect();
    (i.chars().count() >= 3).then_some(i)
}
