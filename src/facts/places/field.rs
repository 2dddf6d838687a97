//! What the value of a location field means: "Paris, Texas", "Raleigh/Durham", "Chicago & Remote", "Global".

use super::fold::{fold, in_word, word};
use super::table::{AREA, OTHER_NAME};
use super::words::Roles;
use super::{Country, Gazetteer, Place, Region, Within};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The reading of a longer value is not kept, bytes.
const MAX_KEPT: usize = 120;

/// What else a record says of the same location, by name or code. Names that are not known count as not said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint<'a> {
    /// The country.
    pub country: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
}

/// The words that stand in location fields and are no places. In a phrase `#` stands for a number.
#[derive(Clone, Debug, Default)]
pub struct FieldWords {
    /// Tells one set from another; 0 is the empty one.
    id: usize,
    remote: Vec<Vec<String>>,
    non_places: Vec<Vec<String>>,
}

impl FieldWords {
    /// Phrases for "remote", and phrases that are no place at all.
    pub fn new<S: AsRef<str>>(remote: impl IntoIterator<Item = S>, non_places: impl IntoIterator<Item = S>) -> FieldWords {
        let words = |phrase: S| {
            let parts = phrase.as_ref().split_whitespace().map(|w| if w == "#" { w.to_owned() } else { fold(w) });
            parts.flat_map(|w| w.split(' ').map(str::to_owned).collect::<Vec<_>>()).filter(|w| !w.is_empty()).collect()
        };
        static LAST: AtomicUsize = AtomicUsize::new(0);
        let id = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        FieldWords { id, remote: remote.into_iter().map(words).collect(), non_places: non_places.into_iter().map(words).collect() }
    }

    fn what(&self, folded: &str) -> Option<What> {
        let words: Vec<&str> = folded.split(' ').collect();
        let among =
            |phrases: &[Vec<String>]| phrases.iter().any(|p| p.len() == words.len() && p.iter().zip(&words).all(|(p, w)| same(p, w)));
        if among(&self.non_places) { Some(What::NonPlace) } else { among(&self.remote).then_some(What::Remote) }
    }

    /// A folded text without a phrase for "remote" at its start or end.
    fn without_remote<'t>(&self, folded: &'t str) -> Option<&'t str> {
        self.remote.iter().filter(|p| !p.is_empty()).find_map(|phrase| {
            let phrase = phrase.join(" ");
            let rest = folded.strip_prefix(&phrase).and_then(|r| r.strip_prefix(' '));
            rest.or_else(|| folded.strip_suffix(&phrase).and_then(|r| r.strip_suffix(' ')))
        })
    }
}

fn same(phrase: &str, word: &str) -> bool {
    if phrase == "#" { !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) } else { phrase == word }
}

/// A field's value, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// Its parts: usually one; "Raleigh/Durham" has two.
    pub parts: Vec<Part>,
}

impl Resolved {
    /// The parts that are known places.
    pub fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.parts.iter().filter_map(|p| if let What::Place(reading) = &p.what { Some(reading) } else { None })
    }

    /// Whether any part says "remote".
    pub fn remote(&self) -> bool {
        self.parts.iter().any(|p| p.what == What::Remote)
    }

    /// Whether every part is known to be no place: the only case that is a fault of the value itself.
    pub fn only_non_places(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|p| p.what == What::NonPlace)
    }
}

/// A part of a field's value.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Where it stands in the value, in bytes, its country or region included.
    pub range: Range<usize>,
    /// What it is.
    pub what: What,
}

/// What a part of a field's value is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A known place.
    Place(Reading),
    /// A word for "remote".
    Remote,
    /// A phrase that is no place.
    NonPlace,
    /// Not in the gazetteer, which says nothing against it: a village, a street.
    Unknown,
}

/// What a name in a field can mean. "Georgia" is a country and a region; "Luxembourg" a country, regions and a city.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The cities, the most populous first, narrowed down as far as text and hint allow.
    pub cities: Vec<Place>,
    /// The regions.
    pub regions: Vec<Region>,
    /// The country.
    pub country: Option<Country>,
    /// What the text itself adds: `Texas` in "Paris, Texas".
    pub within: Option<Within>,
    /// Whether the surroundings are meant: "Greater Boston".
    pub around: bool,
    /// Whether it is the main name of the most populous of the cities, and none in another language or of older days.
    pub main: bool,
    /// Whether it agrees with the hint.
    pub fit: Fit,
}

/// Whether a place agrees with the country and region beside it. Villages are missing, so a disagreement is a reason to look, no proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// No country or region was given, or none that is known.
    #[default]
    Unasked,
    /// A known place of the name lies there.
    Fits,
    /// All known places of the name lie in other regions of the country.
    OtherRegion,
    /// All known places of the name lie in other countries.
    OtherCountry,
}

impl Reading {
    fn is_empty(&self) -> bool {
        self.cities.is_empty() && self.regions.is_empty() && self.country.is_none()
    }

    /// Whether it can only be a country or region, so that no city is named.
    pub fn is_area_only(&self) -> bool {
        self.cities.is_empty() && !self.is_empty()
    }

    /// The reading inside a country or region, if there is one.
    fn narrowed(&self, within: Within) -> Option<Reading> {
        let cities: Vec<Place> = self.cities.iter().filter(|p| within.contains(p)).copied().collect();
        let regions: Vec<Region> = self.regions.iter().filter(|r| within.contains_region(r)).copied().collect();
        if cities.is_empty() && regions.is_empty() {
            return None;
        }
        Some(Reading { cities, regions, country: None, within: Some(within), around: self.around, main: self.main, fit: self.fit })
    }

    fn holds(&self, within: &Within) -> bool {
        let country = matches!((within, self.country), (Within::Country(a), Some(b)) if *a == b);
        country || self.cities.iter().any(|p| within.contains(p)) || self.regions.iter().any(|r| within.contains_region(r))
    }
}

impl Gazetteer {
    /// Reads the value of a location field. Words for "remote" and for what is no place come from the caller. Each thread keeps what it
    /// has read: the records of an export name the same places over and over.
    pub fn resolve(&self, text: &str, hint: Hint<'_>, words: &FieldWords) -> Rc<Resolved> {
        /// So many values are kept; then all are forgotten.
        const MOST: usize = 1 << 12;
        type Asked = (usize, String);
        thread_local! {
            static READ: RefCell<HashMap<Asked, Rc<Resolved>>> = RefCell::default();
        }
        if text.len() > MAX_KEPT {
            return Rc::new(self.resolve_anew(text, hint, words));
        }
        let asked = (words.id, [text, hint.country.unwrap_or(""), hint.region.unwrap_or("")].join("\n"));
        if let Some(known) = READ.with_borrow(|r| r.get(&asked).map(Rc::clone)) {
            return known;
        }
        let found = Rc::new(self.resolve_anew(text, hint, words));
        READ.with_borrow_mut(|r| {
            if r.len() >= MOST {
                r.clear();
            }
            r.insert(asked, Rc::clone(&found));
        });
        found
    }

    fn resolve_anew(&self, text: &str, hint: Hint<'_>, words: &FieldWords) -> Resolved {
        let mut parts = Vec::new();
        let whole = trimmed(text, 0..text.len());
        if whole.is_empty() {
            return Resolved::default();
        }
        if let Some(what) = words.what(&fold(&text[whole.clone()])) {
            parts.push(Part { range: whole, what });
        } else if let Some(reading) = self.whole_reading(text, &whole) {
            parts.push(Part { range: whole, what: What::Place(reading) });
        } else {
            for group in groups(self, text, whole) {
                self.resolve_group(text, &segments(text, group), words, &mut parts);
            }
        }
        for part in &mut parts {
            if let What::Place(reading) = &mut part.what {
                self.fit(reading, hint);
            }
        }
        Resolved { parts }
    }

    /// The value as one name. "Frankfurt/Main" is one, "Raleigh/Durham" are two, although both are names of one place.
    fn whole_reading(&self, text: &str, whole: &Range<usize>) -> Option<Reading> {
        let reading = self.reading(&text[whole.clone()]);
        let slash = text[whole.clone()].contains(['/', '|']);
        let several = || groups(self, text, whole.clone()).into_iter().all(|g| !self.plain_reading(&fold(&text[g])).is_empty());
        let one = !slash || !several();
        (one && !reading.is_empty()).then_some(reading)
    }

    /// A group is a place with its region and country, or a list with commas.
    fn resolve_group(&self, text: &str, segments: &[Range<usize>], words: &FieldWords, parts: &mut Vec<Part>) {
        let mut at = 0;
        while let Some(segment) = segments.get(at) {
            at += 1;
            let own = &text[segment.clone()];
            let mut reading = self.reading(own);
            let mut range = segment.clone();
            if reading.is_empty()
                && let Some(rest) = words.without_remote(&fold(own))
            {
                reading = self.plain_reading(rest);
                if !reading.is_empty() {
                    parts.push(Part { range: range.clone(), what: What::Remote });
                }
            }
            while let Some(next) = segments.get(at) {
                let Some(narrowed) = self.narrowed_by(&reading, &text[next.clone()]) else { break };
                reading = narrowed;
                range.end = next.end;
                at += 1;
            }
            let what = match words.what(&fold(own)) {
                Some(what) if reading.within.is_none() => what,
                _ if reading.is_empty() => What::Unknown,
                _ => What::Place(reading),
            };
            parts.push(Part { range, what });
        }
    }

    /// The reading narrowed down by the text after it, if that is a country or region that holds it.
    fn narrowed_by(&self, reading: &Reading, text: &str) -> Option<Reading> {
        let plain = without_codes(text);
        let all = self.withins(if plain.is_empty() { text } else { &plain });
        let narrowed = all.into_iter().filter_map(|within| reading.narrowed(within));
        let best = narrowed.max_by_key(|r| r.cities.first().map_or(0, |p| p.population))?;
        // "Boston, New York": there is a Boston in that state, but two big cities are meant.
        let top = reading.cities.first();
        let list = best.cities.first() != top && top.is_some_and(|p| p.population >= 100_000) && self.is_big_city(text);
        (!list).then_some(best)
    }

    pub(super) fn is_big_city(&self, name: &str) -> bool {
        self.find(&fold(name)).cities.iter().any(|(at, flags)| flags & OTHER_NAME == 0 && self.population_at(*at) >= 300_000)
    }

    /// The countries and regions of a name or code.
    pub(super) fn withins(&self, name: &str) -> Vec<Within> {
        let mut all: Vec<Within> = self.regions(name).into_iter().chain(self.regions_by_code(name)).map(Within::Region).collect();
        all.extend(self.country(name).map(Within::Country));
        all
    }

    fn reading(&self, text: &str) -> Reading {
        let folded = fold(text);
        let plain = self.plain_reading(&folded);
        if !plain.is_empty() {
            return plain;
        }
        if let Some(country) = self.country_by_code(text) {
            return Reading { country: Some(country), ..Reading::default() };
        }
        let without = fold(&without_codes(text));
        let mut tries = vec![(without.as_str(), false)];
        if let Some((first, rest)) = folded.split_once(' ')
            && self.roles(first).has(Roles::GREATER)
        {
            tries.push((rest, true));
        }
        let mut rest = folded.as_str();
        while let Some((before, last)) = rest.rsplit_once(' ')
            && self.roles(last).has(Roles::AROUND)
        {
            rest = before;
            tries.push((rest, true));
        }
        for (name, around) in tries {
            let found = self.plain_reading(name);
            if !found.is_empty() {
                return Reading { around: around || found.around, ..found };
            }
        }
        Reading::default()
    }

    fn plain_reading(&self, folded: &str) -> Reading {
        let mut found = self.find(folded);
        if !found.countries.is_empty() || !found.regions.is_empty() {
            // "USA" is no town in Japan, although it is one of the names of one.
            found.cities.retain(|(_, flags)| flags & OTHER_NAME == 0);
        }
        Reading {
            cities: found.cities.iter().map(|(at, _)| self.city_at(*at)).collect(),
            regions: found.regions.iter().map(|(at, _)| self.region_at(*at)).collect(),
            country: found.countries.first().map(|(at, _)| self.country_at(*at)),
            around: found.cities.iter().any(|(_, flags)| flags & AREA != 0),
            main: found.cities.first().is_some_and(|(_, flags)| flags & OTHER_NAME == 0),
            ..Reading::default()
        }
    }

    fn fit(&self, reading: &mut Reading, hint: Hint<'_>) {
        let country = hint.country.and_then(|name| self.country(name));
        let regions = hint.region.map(|name| self.withins(name)).unwrap_or_default();
        let regions = regions.into_iter().filter(|w| matches!(w, Within::Region(r) if country.is_none_or(|c| c.iso2 == r.country)));
        let regions: Vec<Within> = regions.collect();
        if let Some(country) = country.map(Within::Country) {
            if !reading.holds(&country) {
                reading.fit = Fit::OtherCountry;
                return;
            }
            reading.fit = Fit::Fits;
            reading.cities.retain(|p| country.contains(p));
            reading.regions.retain(|r| country.contains_region(r));
        }
        if !regions.is_empty() && reading.country.is_none() {
            if !regions.iter().any(|r| reading.holds(r)) {
                reading.fit = Fit::OtherRegion;
                return;
            }
            reading.fit = Fit::Fits;
            reading.cities.retain(|p| regions.iter().any(|r| r.contains(p)));
        }
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let outside = |c: char| !in_word(c) && c != '\'' && c != '’';
    let start = range.start + (part.len() - part.trim_start_matches(outside).len());
    let end = range.start + part.trim_end_matches(outside).len();
    start..end.max(start)
}

/// A text without the codes of post offices: words with a figure in them.
fn without_codes(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let code =
        |w: &&&str| w.len() >= 3 && w.bytes().any(|b| b.is_ascii_digit()) && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let front = words.iter().take_while(code).count();
    let back = words[front..].iter().rev().take_while(code).count();
    words[front..words.len() - back].join(" ")
}

/// Parts a value where one place ends and the next begins, commas aside.
fn groups(gazetteer: &Gazetteer, text: &str, whole: Range<usize>) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut start = whole.start;
    let mut at = whole.start;
    let mut buffer = String::new();
    let mut before = ' ';
    while at < whole.end {
        let rest = &text[at..whole.end];
        let c = rest.chars().next().unwrap_or(' ');
        let next = rest[c.len_utf8()..].chars().next().unwrap_or(' ');
        let mut separator = 0;
        let fraction = c == '/' && before.is_ascii_digit() && next.is_ascii_digit();
        let dash = matches!(c, '-' | '–' | '—') && before.is_whitespace() && next.is_whitespace();
        if dash || (matches!(c, '/' | '&' | '+' | '|' | ';' | '•' | '·' | '・' | '、' | '\n' | '—') && !fraction) {
            separator = c.len_utf8();
        } else if before.is_whitespace() && c.is_lowercase() {
            let length = word(rest, &mut buffer);
            if rest[length..].starts_with(char::is_whitespace) && gazetteer.roles(&buffer).has(Roles::AND) {
                separator = length;
            }
        }
        if separator > 0 {
            groups.push(trimmed(text, start..at));
            start = at + separator;
        }
        at += separator.max(c.len_utf8());
        before = c;
    }
    groups.push(trimmed(text, start..whole.end));
    groups.retain(|g| !g.is_empty());
    groups
}

/// Parts a group at commas and parentheses.
fn segments(text: &str, group: Range<usize>) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    let mut start = group.start;
    for (at, c) in text[group.clone()].char_indices().filter(|(_, c)| matches!(c, ',' | '(' | ')' | '[' | ']' | '，' | '（' | '）')) {
        segments.push(trimmed(text, start..group.start + at));
        start = group.start + at + c.len_utf8();
    }
    segments.push(trimmed(text, start..group.end));
    segments.retain(|s| !s.is_empty());
    segments
}
