//! From an export of the directory to firms, by what the format files say of its fields.

use super::model::{Office, Partner};
use super::{Index, Key};
use crate::document::Kind;
use crate::document::records::{self, Chunk, FieldDef, Formats, Given, Splitter, TroubleKind};
use crate::facts::reader::unknown_word;
use crate::facts::value::{Fact, List, State};
use crate::facts::{Broken, Program, names, number};
use crate::source::{Source, Span};
use crate::yaml::Fault;
use std::collections::BTreeMap;

/// An export that was gone through once.
pub(super) struct Export {
    /// The stretches of the file.
    pub chunks: Vec<Chunk>,
    /// Which record of which stretch each firm is.
    pub entries: Vec<(u32, u32)>,
    /// What the firms can be looked up by.
    pub index: Index,
}

/// Finds the firms of an export.
pub(super) fn read(name: &str, bytes: &[u8], shape: records::Shape, formats: &Formats) -> Result<Export, Broken> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut entries = Vec::new();
    let mut index = Index::default();
    let total = bytes.len();
    let mut records = 0;
    for item in Splitter::new(bytes, name, shape, formats) {
        match item {
            Ok(chunk) => {
                records += chunk.records.len();
                chunks.push(chunk);
            }
            // A row that is too short is read as far as it goes.
            Err(t) if t.kind == TroubleKind::Content && t.message.contains("cells of the header") => {}
            Err(t) => return Err(Broken::new(t.source, vec![Fault::new(t.span, t.message, t.help)])),
        }
    }
    for (c, found) in firms(&chunks, formats).into_iter().enumerate() {
        for (i, values) in found {
            values.iter().for_each(|(key, value)| index.key(*key, value, entries.len() as u32));
            entries.push((c as u32, i));
        }
    }
    if entries.is_empty() && total > 0 {
        let source = chunks.into_iter().next().map_or_else(|| Source::from_text(name, ""), |c| c.source);
        let message = if records == 0 { "no records are in this file" } else { "no record of this file is a firm's listing" };
        let help = "a register of partners is a `partners.yaml`, or an export of the directory as JSON, NDJSON or CSV";
        let end = source.text().char_indices().nth(1).map_or(source.text().len(), |(i, _)| i);
        return Err(Broken::new(source, vec![Fault::new(Span::new(0, end), message, help)]));
    }
    Ok(Export { chunks, entries, index })
}

/// The listings of one stretch, each with its number and what it can be looked up by.
type Firms = Vec<(u32, Vec<(Key, String)>)>;

/// The listings of each stretch, gone through by a few threads.
fn firms(chunks: &[Chunk], formats: &Formats) -> Vec<Firms> {
    let one = |chunk: &Chunk| -> Firms {
        let mut out = Firms::new();
        for i in 0..chunk.records.len() {
            let mut found = Vec::new();
            if keys(chunk, i, formats, &mut |key, value| found.push((key, value.to_owned()))) {
                out.push((i as u32, found));
            }
        }
        out
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    if chunks.len() < 4 || threads == 1 {
        return chunks.iter().map(one).collect();
    }
    let size = chunks.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let parts: Vec<_> = chunks.chunks(size).map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>())).collect();
        // A thread that dies leaves its firms out, and with them the numbers of all that follow: then one thread does the work.
        let joined: Option<Vec<_>> = parts.into_iter().map(|p| p.join().ok()).collect();
        joined.map_or_else(|| chunks.iter().map(one).collect(), |parts| parts.into_iter().flatten().collect())
    })
}

/// What a field is looked up by.
fn key_of(def: &FieldDef) -> Option<Key> {
    Some(match def.name.as_str() {
        "name" | "display_name" | "legal_name" => Key::Name,
        "website" | "domain" => Key::Domain,
        "slug" | "id" | "partner_id" | "profile_id" | "portal_id" => Key::Id,
        _ => return None,
    })
}

/// What a record can be looked up by; whether it is a firm's listing at all.
fn keys(chunk: &Chunk, record: usize, formats: &Formats, f: &mut dyn FnMut(Key, &str)) -> bool {
    let mut named = false;
    let format = records::values(chunk, record, formats, |def| key_of(def).is_some(), &mut |def, given, _, text| {
        let Some(key) = key_of(def) else { return };
        if given == Given::Value {
            named |= key == Key::Name;
            f(key, &text.value);
        }
    });
    named && format.is_some_and(|f| f.kind == Kind::Listing)
}

/// Longer lists of places are not held against each other.
const MAX_ALIGNED: usize = 100;

/// Parts of one place that stand in one entry of a list.
#[derive(Default)]
struct Gathered {
    places: BTreeMap<(Sort, u32), (Office, Option<Span>)>,
    /// Kinds of places of which the export says that there are none.
    none: Vec<(Sort, Span)>,
    /// The entries of each list of cities, countries and regions, blanks among them.
    lists: BTreeMap<(Sort, Part), Vec<u32>>,
}

/// What a list beside the others holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    City,
    Region,
    Country,
}

/// Which part of which places a field holds, where an export may have one list for each part.
fn part_of(name: &str) -> Option<(Sort, Part)> {
    Some(match name {
        "physical_city" => (Sort::Physical, Part::City),
        "physical_state" => (Sort::Physical, Part::Region),
        "physical_country" => (Sort::Physical, Part::Country),
        "remote_city" => (Sort::Remote, Part::City),
        "remote_state" => (Sort::Remote, Part::Region),
        "remote_country" => (Sort::Remote, Part::Country),
        _ => return None,
    })
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Physical,
    Remote,
    Unsorted,
    Served,
}

impl Gathered {
    fn put(&mut self, sort: Sort, entry: u32, span: Span, set: impl FnOnce(&mut Office)) {
        let (office, at) = self.places.entry((sort, entry)).or_default();
        set(office);
        *at = Some(at.map_or(span, |s| s.cover(&span)));
    }

    /// Cities in one list and countries in another are one list of places, if they are as many.
    fn align(&mut self) {
        for sort in [Sort::Physical, Sort::Remote] {
            let of = |part| self.lists.get(&(sort, part)).cloned().unwrap_or_default();
            let (cities, regions, countries) = (of(Part::City), of(Part::Region), of(Part::Country));
            let beside = |other: &[u32]| other.len() == cities.len() && other.iter().all(|e| !cities.contains(e));
            if cities.len() < 2 || cities.len() > MAX_ALIGNED || !beside(&countries) {
                continue;
            }
            for other in [Some(&countries), Some(&regions).filter(|r| beside(r))].into_iter().flatten() {
                for (to, from) in cities.iter().zip(other) {
                    let Some((more, span)) = self.places.remove(&(sort, *from)) else { continue };
                    let (office, at) = self.places.entry((sort, *to)).or_default();
                    office.country = office.country.take().or(more.country);
                    office.region = office.region.take().or(more.region);
                    *at = at.or(span);
                }
            }
        }
    }

    fn list(&mut self, sort: Sort, whole: bool) -> List<Office> {
        let mut list = List::default();
        for ((s, _), (office, span)) in &mut self.places {
            if let Some(span) = span.filter(|_| *s == sort) {
                list.push(Fact::new(std::mem::take(office), span));
            }
        }
        let none = self.none.iter().find(|(s, _)| *s == sort);
        if whole && (!list.is_unknown() || none.is_some()) {
            list.close(none.map_or(Span::at(0), |(_, s)| *s));
        }
        list
    }
}

/// A firm from a record of an export; `None` where the record is no listing.
pub fn partner_of(chunk: &Chunk, record: usize, formats: &Formats) -> Option<Partner> {
    partner(chunk, 0, record, formats)
}

/// Whether [`partner`] has a use for a field; the others need not be read.
fn says_something(def: &FieldDef) -> bool {
    matches!(
        def.name.as_str(),
        "name"
            | "display_name"
            | "legal_name"
            | "slug"
            | "id"
            | "partner_id"
            | "profile_id"
            | "portal_id"
            | "website"
            | "domain"
            | "tier"
            | "partner_type"
            | "accreditations"
            | "certifications"
            | "certification_count"
            | "review_count"
            | "rating"
            | "works_with_breeze"
            | "office_model"
            | "city"
            | "state"
            | "country"
            | "street"
            | "all_countries"
            | "regions"
    ) || part_of(&def.name).is_some()
}

/// A firm from its record.
pub(super) fn partner(chunk: &Chunk, number: u32, record: usize, formats: &Formats) -> Option<Partner> {
    let span = *chunk.records.get(record)?;
    let blank = || Fact::new(String::new(), Span::at(span.start));
    let mut p = Partner::new(blank(), blank(), span, number);
    let mut slug = None;
    let mut gathered = Gathered::default();
    let program = Program::get();
    let mut named = false;
    let format = records::values(chunk, record, formats, says_something, &mut |def, given, entry, text| {
        let fact = || Fact::new(text.value.trim().to_owned(), text.span);
        let name = def.name.as_str();
        if let Some(list) = part_of(name).filter(|_| given != Given::None) {
            gathered.lists.entry(list).or_default().push(entry);
        }
        if given == Given::Blank {
            return;
        }
        if given == Given::None {
            match name {
                "tier" => p.tier = State::Absent(text.span),
                "partner_type" => p.membership = State::Absent(text.span),
                "accreditations" => p.accreditations.close(text.span),
                "certifications" => p.certifications.close(text.span),
                "physical_country" | "physical_city" | "physical_state" => gathered.none.push((Sort::Physical, text.span)),
                "remote_country" | "remote_city" | "remote_state" => gathered.none.push((Sort::Remote, text.span)),
                _ => {}
            }
            return;
        }
        if matches!(name, "country" | "physical_country" | "remote_country" | "all_countries")
            && let code = text.value.trim()
            && code.len() == 2
            && code.bytes().all(|b| b.is_ascii_uppercase())
            && names::country_meant(code).is_none()
        {
            let help = "countries are given by their two letters of ISO 3166, for example `DE`";
            p.unread.push(Fault::new(text.span, format!("`{code}` is no country code"), help));
        }
        let country =
            || Fact::new(names::country_meant(&text.value).map_or_else(|| text.value.trim().to_owned(), str::to_owned), text.span);
        named |= matches!(name, "name" | "display_name" | "legal_name");
        match name {
            "name" if p.name.value.is_empty() => p.name = fact(),
            "name" | "display_name" | "legal_name" => p.aliases.push(fact()),
            "slug" => slug = Some(fact()),
            "id" | "partner_id" | "profile_id" | "portal_id" => p.ids.push(fact()),
            "website" | "domain" if names::host(&text.value).is_some() => p.domains.push(fact()),
            "tier" => {
                p.tier = state(program.tier_in(&text.value), text.span);
                if p.tier.is_unknown() {
                    p.unread.push(unknown_word("tier", &fact(), program.tiers.iter().chain(&program.no_tier)));
                }
            }
            "partner_type" => {
                let word = text.value.trim().to_lowercase().replace([' ', '-'], "_");
                if program.no_membership.contains(&word) {
                    p.membership = State::Absent(text.span);
                } else if program.memberships.contains(&word) {
                    p.membership = State::Is(Fact::new(word, text.span));
                } else {
                    p.unread.push(unknown_word("membership", &fact(), program.memberships.iter().chain(&program.no_membership)));
                }
            }
            "accreditations" => p.accreditations.push(fact()),
            "certifications" => p.certifications.push(fact()),
            "certification_count" | "review_count" => {
                let count = state(number::count(&text.value), text.span);
                if count.is_unknown() {
                    p.unread.push(Fault::new(text.span, format!("`{}` is no count", text.value.trim()), "write a whole number"));
                }
                *(if name == "review_count" { &mut p.review_count } else { &mut p.certification_count }) = count;
            }
            "rating" => {
                p.rating = state(number::rating(&text.value).map(|n| n.value), text.span);
                if p.rating.is_unknown() {
                    let help = format!("write a number from 0 to {}", number::BEST_RATING);
                    p.unread.push(Fault::new(text.span, format!("`{}` is no rating", text.value.trim()), help));
                }
            }
            "works_with_breeze" => {
                let flag = match text.value.trim().to_ascii_lowercase().as_str() {
                    "true" | "yes" | "1" => Some(true),
                    "false" | "no" | "0" => Some(false),
                    _ => None,
                };
                p.works_with_breeze = state(flag, text.span);
            }
            "office_model" => {
                if let Some(works) = program.works(&text.value) {
                    p.works.push(Fact::new(works, text.span));
                } else {
                    p.unread.push(unknown_word("office model", &fact(), program.works_words()));
                }
            }
            "physical_city" => gathered.put(Sort::Physical, entry, text.span, |o| o.city = Some(fact())),
            "physical_state" => gathered.put(Sort::Physical, entry, text.span, |o| o.region = Some(fact())),
            "physical_country" => gathered.put(Sort::Physical, entry, text.span, |o| o.country = Some(country())),
            "remote_city" => gathered.put(Sort::Remote, entry, text.span, |o| o.city = Some(fact())),
            "remote_state" => gathered.put(Sort::Remote, entry, text.span, |o| o.region = Some(fact())),
            "remote_country" => gathered.put(Sort::Remote, entry, text.span, |o| o.country = Some(country())),
            "city" => gathered.put(Sort::Unsorted, entry, text.span, |o| o.city = Some(fact())),
            "state" => gathered.put(Sort::Unsorted, entry, text.span, |o| o.region = Some(fact())),
            "country" => gathered.put(Sort::Unsorted, entry, text.span, |o| o.country = Some(country())),
            // Only profiles with physical offices have a street in a list of places.
            "street" => {
                let sort = if gathered.places.contains_key(&(Sort::Physical, entry)) { Sort::Physical } else { Sort::Unsorted };
                gathered.put(sort, entry, text.span, |o| o.street = Some(fact()));
            }
            "all_countries" => {
                let code = country();
                let n = 1_000_000 + gathered.places.len() as u32;
                if !gathered.places.values().any(|(o, _)| o.country.as_ref().is_some_and(|c| c.value == code.value)) {
                    gathered.put(Sort::Unsorted, n, text.span, |o| o.country = Some(code));
                }
            }
            "regions" => {
                let n = gathered.places.len() as u32;
                gathered.put(Sort::Served, n, text.span, |o| o.region = Some(fact()));
            }
            _ => {}
        }
    })
    .filter(|f| named && f.kind == Kind::Listing)?;
    // Where one list holds both, it says of each what it does not say of it too.
    if format.has_conditions()
        && let Some(at) = p.accreditations.span().or(p.certifications.span())
    {
        p.accreditations.close(at);
        p.certifications.close(at);
    }
    // What a listing names is all that it has; what it leaves blank is unknown.
    for list in [&mut p.accreditations, &mut p.certifications] {
        if let Some(span) = list.span() {
            list.close(span);
        }
    }
    if let Some(span) = p.works.span() {
        p.works.close(span);
    }
    gathered.align();
    p.offices.physical = gathered.list(Sort::Physical, true);
    p.offices.remote = gathered.list(Sort::Remote, true);
    p.offices.served = gathered.list(Sort::Served, false);
    p.offices.unsorted = gathered.list(Sort::Unsorted, false);
    if p.name.value.is_empty() {
        p.name = p.aliases.first().cloned()?;
    }
    let folded = names::fold_name(&p.name.value);
    p.aliases.retain(|a| names::fold_name(&a.value) != folded);
    let first_id = if p.ids.is_empty() { None } else { Some(p.ids[0].clone()) };
    // A name of nothing but signs folds to nothing.
    let by_name = || if folded.is_empty() { &p.name.value } else { &folded };
    p.id = slug.or(first_id).unwrap_or_else(|| Fact::new(by_name().replace(' ', "-"), p.name.span));
    let own = p.id.value.clone();
    p.ids.retain(|i| i.value != own);
    Some(p)
}

fn state<T>(value: Option<T>, span: Span) -> State<T> {
    value.map_or(State::Unknown, |v| State::Is(Fact::new(v, span)))
}
