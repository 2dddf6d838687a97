//! The location model of a firm: which of its places are offices, as far as listing and register say.

use super::super::{Speaker, Subject};
use super::{apart, describe, is_city};
use crate::facts::places::{Country, Fit, Gazetteer, Hint, Mention, Place, Region, What, distance_km, fold::fold};
use crate::facts::{Fact, Office, Partner, State, Works};
use crate::pack::model::PlaceMatcher;
use crate::source::Span;

/// So far apart are the two halves of a city on a border.
const ACROSS_BORDER_KM: f64 = 10.0;
/// A region that begins so near to a city may be named for it: "Lower Austria" of Vienna.
const NEXT_REGION_KM: f64 = 30.0;
/// A city may have a quarter of the name of another that has so many times fewer people …
const TIMES_LARGER: u32 = 4;
/// … and, beyond a border, fewer than these.
const NAMESAKE_ABROAD: u32 = 125_000;
/// In a city of so many people a quarter may have the name of …
const WITH_QUARTERS: u32 = 500_000;
/// … a town abroad of fewer than these.
const NAMESAKE: u32 = 100_000;

/// A name in text that is said to be a place of the firm.
pub(super) struct Claimed {
    /// As it is compared; empty where the text itself says which place of that name it is.
    name: String,
    places: Vec<Place>,
    /// What else the name may stand for: by a name in another language, or as the beginning of a longer one.
    others: Vec<Place>,
    regions: Vec<Region>,
    country: Option<Country>,
    city: bool,
}

impl Claimed {
    /// A mention in `text`.
    pub(super) fn of(mention: &Mention, text: &str) -> Claimed {
        let (places, mut regions) = (mention.places.clone(), mention.regions.clone());
        let (mut name, mut others) = (String::new(), Vec::new());
        if mention.qualified.is_none() {
            let gazetteer = Gazetteer::get();
            let written = &text[mention.range.clone()];
            name = fold(if mention.around { gazetteer.without_greater(written) } else { written });
            others = gazetteer.cities(&name);
            others.extend(gazetteer.cities_beginning(&name));
            regions.extend(gazetteer.regions(&name));
        }
        Claimed { name, places, others, regions, country: mention.country, city: is_city(mention) }
    }

    /// An address's city and country.
    pub(super) fn address(city: Option<&str>, region: Option<&str>, country: Option<&str>) -> Option<Claimed> {
        let office = Office {
            city: city.map(|c| Fact::new(c.to_owned(), Span::default())),
            region: region.map(|c| Fact::new(c.to_owned(), Span::default())),
            country: country.map(|c| Fact::new(c.to_owned(), Span::default())),
            ..Office::default()
        };
        let (places, country, _) = read(&office);
        let country = country.and_then(|c| Gazetteer::get().country(c));
        let city = !places.is_empty();
        let country = country.filter(|_| !city);
        let (name, others, regions) = (String::new(), Vec::new(), Vec::new());
        (city || country.is_some()).then_some(Claimed { name, places, others, regions, country, city })
    }

    /// An address in one text that ends in a city and its region or country: "4 Elm Street, Dublin, Ireland".
    pub(super) fn written(text: &str) -> Option<Claimed> {
        let resolved = Gazetteer::get().resolve(text, Hint::default(), &Default::default());
        let What::Place(last) = &resolved.parts.last()?.what else { return None };
        let places = last.cities.clone();
        if last.within.is_none() || places.is_empty() {
            return None;
        }
        let (name, others, regions) = (String::new(), Vec::new(), Vec::new());
        Some(Claimed { name, places, others, regions, country: None, city: true })
    }

    /// All cities that it may be.
    fn cities(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().chain(&self.others)
    }

    /// The cities that somebody who writes the bare name may mean.
    fn likely(&self) -> impl Iterator<Item = &Place> {
        let most = self.places.first().map_or(0, |p| p.population);
        self.places.iter().filter(move |p| p.population >= most / 10)
    }
}

impl Claimed {
    /// "Xinyi, Taipei": whether the name may be that of a part of the city behind it, which is far larger than all that are called so. Where
    /// these are well known and one only, two cities are meant.
    pub(super) fn may_be_part_of(&self, city: &Claimed, km: f64) -> bool {
        if !self.city || self.places.is_empty() {
            return self.country.is_none();
        }
        let (Some(most), Some(of)) = (self.places.iter().max_by_key(|p| p.population), city.places.first()) else { return false };
        let larger = of.population / TIMES_LARGER >= most.population;
        larger && (self.is_ambiguous(km) || most.country != of.country && most.population < NAMESAKE_ABROAD)
    }

    /// Whether the name is that of several cities of a size, or a foreign one of the largest and the own one of another.
    fn is_ambiguous(&self, km: f64) -> bool {
        let own = |p: &Place| fold(p.name) == self.name;
        let Some(first) = self.places.first().filter(|_| !self.name.is_empty()) else { return false };
        self.likely().any(|p| distance_km(first, p) > km) || !own(first) && self.places.iter().any(own)
    }
}

/// A place on record.
pub(super) struct Spot<'a> {
    /// Who says so.
    pub partner: &'a Partner,
    /// What is said.
    pub fact: &'a Fact<Office>,
    cities: Vec<Place>,
    country: Option<&'static str>,
    /// An office, or something that may be one.
    sure: bool,
}

/// Reads an office: the cities it can be in, its country, and whether it names a city at all.
fn read(office: &Office) -> (Vec<Place>, Option<&'static str>, bool) {
    let value = |f: &Option<Fact<String>>| f.as_ref().map(|f| f.value.clone()).filter(|v| !v.trim().is_empty());
    let (city, region, country) = (value(&office.city), value(&office.region), value(&office.country));
    let gazetteer = Gazetteer::get();
    let mut within = country.as_deref().and_then(|c| gazetteer.country(c)).map(|c| c.iso2);
    let hint = Hint { country: country.as_deref(), region: region.as_deref() };
    let resolved = city.as_deref().map(|c| gazetteer.resolve(c, hint, &Default::default())).unwrap_or_default();
    let fitting = resolved.readings().filter(|r| matches!(r.fit, Fit::Fits | Fit::Unasked));
    let cities: Vec<Place> = fitting.flat_map(|r| r.cities.iter().copied()).collect();
    if within.is_none()
        && let Some(first) = cities.first()
        && cities.iter().all(|c| c.country == first.country)
    {
        within = Some(first.country);
    }
    (cities, within, city.is_some())
}

impl<'a> Spot<'a> {
    fn new(partner: &'a Partner, fact: &'a Fact<Office>, sure: bool) -> Spot<'a> {
        let (cities, country, _) = read(&fact.value);
        Spot { partner, fact, cities, country, sure }
    }

    /// Whether the record calls it so, or by a longer name that begins like that: “Las Palmas”, of “Las Palmas de Gran Canaria”.
    fn is_called(&self, name: &str) -> bool {
        if name.is_empty() {
            return false;
        }
        let office = &self.fact.value;
        let own = [&office.city, &office.region, &office.country].into_iter().flatten();
        let is = |own: String| own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        own.into_iter()
            .any(|f| std::iter::once(f.value.as_str()).chain(f.value.split(['/', ',', '(', '&', ';', '|'])).any(|own| is(fold(own))))
    }

    /// Whether the place may be a quarter here: of a large city, called like nothing but small towns abroad.
    fn may_have_quarter(&self, claimed: &Claimed) -> bool {
        let small = |p: &Place| p.population < NAMESAKE && Some(p.country) != self.country;
        !claimed.name.is_empty() && self.cities.iter().any(|c| c.population >= WITH_QUARTERS) && claimed.cities().all(small)
    }

    /// Whether the claim holds here: the best of all that the name can mean.
    fn holds(&self, claimed: &Claimed, m: &PlaceMatcher) -> Held {
        if self.is_called(&claimed.name) {
            return Held::Yes;
        }
        let mut best = Held::No;
        let mut or = |held: Held| best = best.max(held);
        if !claimed.places.is_empty() {
            let inside = |p: &Place| Some(p.country) == self.country;
            or(match () {
                () if !self.cities.is_empty() && near(claimed.cities(), &self.cities, m.metro_km) => Held::Yes,
                () if !self.cities.is_empty() && !self.may_have_quarter(claimed) => Held::No,
                () if !self.cities.is_empty() || self.country.is_none() => Held::Unknown,
                // Of a flat table only the countries are sure: all that can be told is that the name is known elsewhere.
                () if claimed.likely().any(inside) || !m.countries_only && claimed.others.iter().any(inside) => Held::Unknown,
                () => Held::No,
            });
        }
        if !claimed.regions.is_empty() {
            let inside = |p: &Place| claimed.regions.iter().any(|r| p.is_in(r));
            let named = self.fact.value.region.as_ref().is_some_and(|own| {
                let country = self.country.unwrap_or("");
                Gazetteer::get().region(country, &own.value).is_some_and(|r| claimed.regions.contains(&r))
            });
            let country = self.country.is_none_or(|c| claimed.regions.iter().any(|r| r.country == c));
            or(match () {
                () if named || self.cities.iter().any(inside) => Held::Yes,
                () if self.cities.is_empty() && country => Held::Unknown,
                () if claimed.regions.iter().any(|r| Gazetteer::get().is_around(r, &self.cities, NEXT_REGION_KM)) => Held::Unknown,
                () => Held::No,
            });
        }
        if let Some(country) = claimed.country {
            or(match self.country {
                Some(own) if own == country.iso2 => Held::Yes,
                Some(_) => Held::No,
                None => Held::Unknown,
            });
        }
        best
    }
}

/// Whether some of the places are one with some of the others. A city beyond a border is another, unless it touches.
fn near<'p>(places: impl Iterator<Item = &'p Place>, others: &'p [Place], km: f64) -> bool {
    let mut pairs = places.flat_map(|a| others.iter().map(move |b| (a, b)));
    pairs.any(|(a, b)| distance_km(a, b) <= if a.country == b.country { km } else { km.min(ACROSS_BORDER_KM) })
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    No,
    Unknown,
    Yes,
}

/// What is on record, as far as a claim can be held against it.
pub(super) struct Record<'a> {
    spots: Vec<Spot<'a>>,
    /// Only their countries are sure.
    countries_only: bool,
    /// Who says that there is no office, and where.
    pub says: Option<(&'a Partner, Span)>,
}

/// The place on record that is nearest to the claimed one.
pub(super) struct Nearest<'r, 'a> {
    /// The place.
    pub spot: Option<&'r Spot<'a>>,
    /// How far away, if both are cities.
    pub km: Option<f64>,
}

impl<'a> Record<'a> {
    /// The offices on record; `None` where these are not known.
    pub(super) fn offices(subject: &Subject, speaker: &'a Speaker, m: &PlaceMatcher) -> Option<Record<'a>> {
        let both = || speaker.firms();
        let whole = both().any(|p| p.offices.physical.is_whole() && !p.offices.physical.items().is_empty());
        if m.countries_only == whole || office_of_remote(speaker).is_some() {
            return None;
        }
        // A list of offices that is known in part may go on where the table says nothing.
        if m.countries_only && both().any(|p| !p.offices.physical.is_unknown() || p.offices.unsorted.items().is_empty()) {
            return None;
        }
        let mut spots = Vec::new();
        for p in both() {
            let o = &p.offices;
            let sure = o.physical.items().iter().chain(match &o.head {
                State::Is(head) => Some(head),
                _ => None,
            });
            spots.extend(sure.map(|f| Spot::new(p, f, true)));
            spots.extend(o.unsorted.items().iter().map(|f| Spot::new(p, f, m.countries_only)));
            if m.or_remote {
                let more = o.remote.items().iter().chain(o.virtual_.items());
                spots.extend(more.map(|f| Spot::new(p, f, false)));
            }
        }
        if m.countries_only {
            // Of a flat table only the countries are sure, and its list of them only together.
            for spot in &mut spots {
                spot.cities.clear();
            }
            let listed = spots.iter().filter(|s| s.country.is_some()).count();
            if listed == 0 || listed < spots.len() {
                return None;
            }
        }
        if spots.is_empty() && !m.countries_only {
            subject.want("partners");
        }
        (!spots.is_empty()).then_some(Record { spots, countries_only: m.countries_only, says: None })
    }

    /// The places of a firm that is on record as remote only.
    pub(super) fn office_of_remote(speaker: &'a Speaker) -> Option<Record<'a>> {
        let says = office_of_remote(speaker)?;
        let both = || speaker.firms();
        let mut spots: Vec<Spot> = Vec::new();
        for p in both() {
            let o = &p.offices;
            spots.extend(o.physical.items().iter().map(|f| Spot::new(p, f, true)));
        }
        Some(Record { spots, countries_only: false, says: Some(says) })
    }

    /// Whether one of the places on record is the claimed one.
    pub(super) fn has(&self, claimed: &Claimed, m: &PlaceMatcher) -> bool {
        self.spots.iter().any(|s| s.holds(claimed, m) == Held::Yes)
    }

    /// If none of the places on record can be the claimed one: the nearest of them.
    pub(super) fn lacks(&self, claimed: &Claimed, m: &PlaceMatcher) -> Option<Nearest<'_, 'a>> {
        if self.spots.iter().any(|s| s.holds(claimed, m) != Held::No) {
            return None;
        }
        // A city state is a city, too.
        let state = |p: &Place| claimed.country.is_some_and(|c| c.iso2 == p.country && c.name == p.name);
        let mut main: Vec<Place> = claimed.likely().filter(|p| claimed.city || state(p)).copied().collect();
        if claimed.is_ambiguous(m.metro_km) {
            main.clear();
        }
        let sure = || self.spots.iter().filter(|s| s.sure);
        let far = |s: &Spot| apart(&main, std::slice::from_ref(s.cities.first()?));
        let nearest = sure().filter_map(|s| Some((far(s)?, s))).min_by(|a, b| a.0.total_cmp(&b.0));
        Some(match nearest {
            Some((km, spot)) => Nearest { spot: Some(spot), km: Some(km) },
            None => Nearest { spot: sure().next(), km: None },
        })
    }

    /// What is on record, in words.
    pub(super) fn describe(&self) -> String {
        if !self.countries_only {
            return describe(&self.spots);
        }
        let mut countries: Vec<&str> = self.spots.iter().filter_map(|s| s.country).collect();
        countries.sort_unstable();
        countries.dedup();
        countries.join(", ")
    }
}

/// Whether the firm is known to work without an office: who says so, and where. The listing's own word goes first.
fn office_of_remote<'a>(speaker: &'a Speaker) -> Option<(&'a Partner, Span)> {
    let mut both = speaker.firms();
    both.find_map(|p| {
        let (o, works) = (&p.offices, p.works.items());
        let is = |w: Works| works.iter().any(|f| f.value == w);
        let office = is(Works::Physical) || !o.physical.items().is_empty() || matches!(o.head, State::Is(_));
        if office {
            return Some(None);
        }
        let remote = is(Works::Remote) || !o.remote.items().is_empty();
        // Listed remote locations alone say it too: a profile lists both kinds.
        (remote || o.physical.is_known_empty()).then(|| p.works.span().or(o.physical.span()).or(o.remote.span()).map(|s| (p, s)))
    })?
}

/// Whether the firm is on record with an office, and with nothing else: who says so, where, and in words.
pub(super) fn physical_only<'a>(speaker: &'a Speaker) -> Option<(&'a Partner, Span, String)> {
    let mut both = speaker.firms();
    both.find_map(|p| {
        let (o, works) = (&p.offices, p.works.items());
        let is = |w: Works| works.iter().any(|f| f.value == w);
        if is(Works::Remote) || !o.remote.items().is_empty() || o.physical.is_known_empty() {
            return Some(None);
        }
        let first = o.physical.items().first();
        if let Some(first) = first {
            let all: Vec<String> = o.physical.items().iter().map(|f| f.value.describe()).collect();
            return Some(Some((p, first.span, all.join("; "))));
        }
        let places: Vec<String> = o.unsorted.items().iter().map(|f| f.value.describe()).collect();
        is(Works::Physical)
            .then(|| p.works.span().map(|s| (p, s, if places.is_empty() { "physical office".into() } else { places.join("; ") })))
    })?
}

/// The offices of a list that has nothing beyond it.
pub(super) fn whole_list<'a>(speaker: &'a Speaker) -> Option<(&'a Partner, Span, Vec<&'a Office>)> {
    let both = || speaker.firms();
    let all = both().filter(|p| p.offices.physical.is_whole() && !p.offices.physical.items().is_empty());
    // Where listing and register differ, the longer list.
    let p = all.max_by_key(|p| p.offices.physical.items().len())?;
    if both().any(|p| !p.offices.unsorted.items().is_empty()) {
        return None;
    }
    Some((p, p.offices.physical.span()?, p.offices.physical.items().iter().map(|f| &f.value).collect()))
}

/// How many different values there are, if all are known.
pub(super) fn distinct(offices: &[&Office], of: impl Fn(&Office) -> Option<&Fact<String>>) -> Option<usize> {
    let mut values: Vec<String> = offices.iter().map(|o| of(o).map(|f| f.value.to_lowercase())).collect::<Option<_>>()?;
    values.sort_unstable();
    values.dedup();
    Some(values.len())
}
