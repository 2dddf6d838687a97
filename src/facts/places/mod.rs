//! Places of the world, offline: countries, their regions, and cities of at least 5,000 people, with coordinates and names in many languages.
//!
//! The data is derived from GeoNames (see `NOTICE`); `data/places.bin` is made by `build/`. Lookups read it where it lies. This room knows
//! places and their names, not what may be claimed about them.

mod field;
#[doc(hidden)]
pub mod fold;
mod mention;
#[doc(hidden)]
pub mod table;
#[cfg(test)]
mod tests;
mod walk;
#[doc(hidden)]
pub mod words;

pub use field::{FieldWords, Fit, Hint, Part, Reading, Resolved, What};
pub use mention::{Kind, Mention};

use fst::{IntoStreamer, Map, Streamer};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;
use words::Roles;

static DATA: &[u8] = include_bytes!("data/places.bin");

/// A country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1, two letters.
    pub iso2: &'static str,
    /// ISO 3166-1, three letters.
    pub iso3: &'static str,
    /// The English name.
    pub name: &'static str,
}

/// A region of the first level: a state, a province, a Land; England, Scotland, Wales and Northern Ireland in Great Britain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The country, ISO 3166-1, two letters.
    pub country: &'static str,
    /// What follows the country in ISO 3166-2 (`TX`, `BY`); empty if not known.
    pub code: &'static str,
    /// The name, in English where GeoNames has one.
    pub name: &'static str,
    number: u16,
}

/// A city, town or district of a city.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The main name.
    pub name: &'static str,
    /// The country, ISO 3166-1, two letters.
    pub country: &'static str,
    /// The name of the region of the first level; empty if not known.
    pub admin1: &'static str,
    /// Degrees north, exact to some 3 metres.
    pub lat: f64,
    /// Degrees east, exact to some 3 metres.
    pub lon: f64,
    /// Inhabitants; 0 if not known.
    pub population: u32,
    region: u16,
}

impl Place {
    /// Whether the place lies in a region.
    pub fn is_in(&self, region: &Region) -> bool {
        self.region == region.number
    }
}

/// What a place name was narrowed down to: `Texas` in "Paris, Texas".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// A country.
    Country(Country),
    /// A region.
    Region(Region),
}

impl Within {
    /// Whether a place lies inside.
    pub fn contains(&self, place: &Place) -> bool {
        match self {
            Within::Country(country) => place.country == country.iso2,
            Within::Region(region) => place.is_in(region),
        }
    }

    fn contains_region(&self, region: &Region) -> bool {
        match self {
            Within::Country(country) => region.country == country.iso2,
            Within::Region(other) => other == region,
        }
    }
}

/// The distance between two places along the surface of the earth, in kilometres.
pub fn distance_km(a: &Place, b: &Place) -> f64 {
    let (lat_a, lat_b) = (a.lat.to_radians(), b.lat.to_radians());
    let (north, east) = ((lat_b - lat_a) / 2.0, (b.lon - a.lon).to_radians() / 2.0);
    let h = north.sin().powi(2) + lat_a.cos() * lat_b.cos() * east.sin().powi(2);
    2.0 * 6371.0 * h.clamp(0.0, 1.0).sqrt().asin()
}

/// All places that are known. Absence means nothing: villages and new names are missing.
pub struct Gazetteer {
    countries: &'static [u8],
    regions: &'static [u8],
    cities: &'static [u8],
    postings: &'static [u8],
    text: &'static [u8],
    index: Option<Map<&'static [u8]>>,
}

/// Answers to questions that are asked over and over.
pub struct Asked<T>(HashMap<String, T>);

impl<T> Default for Asked<T> {
    fn default() -> Self {
        Asked(HashMap::new())
    }
}

impl<T: Clone> Asked<T> {
    /// So many answers are kept; then all are forgotten.
    const MOST: usize = 1 << 12;
    /// The answer to a longer question is not kept, bytes.
    const LONGEST: usize = 120;

    /// The answer to a question, which `answer` gives when it is asked first.
    pub fn get(&mut self, question: &str, answer: impl FnOnce() -> T) -> T {
        if question.len() > Self::LONGEST {
            return answer();
        }
        if let Some(known) = self.0.get(question) {
            return known.clone();
        }
        let found = answer();
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        self.0.insert(question.to_owned(), found.clone());
        found
    }
}

/// What a name can mean, as numbers.
#[derive(Default)]
struct Found {
    countries: Vec<(usize, u32)>,
    regions: Vec<(usize, u32)>,
    cities: Vec<(usize, u32)>,
}

impl Gazetteer {
    /// The gazetteer, opened on first use; opening decodes nothing.
    pub fn get() -> &'static Gazetteer {
        static OPEN: OnceLock<Gazetteer> = OnceLock::new();
        OPEN.get_or_init(|| Gazetteer {
            countries: table::section(DATA, table::COUNTRIES),
            regions: table::section(DATA, table::REGIONS),
            cities: table::section(DATA, table::CITIES),
            postings: table::section(DATA, table::POSTINGS),
            text: table::section(DATA, table::TEXT),
            index: Map::new(table::section(DATA, table::INDEX)).ok(),
        })
    }

    /// What the data was made of, with versions.
    pub fn sources() -> &'static str {
        std::str::from_utf8(table::section(DATA, table::SOURCES)).unwrap_or("")
    }

    /// All cities of that name in any language, the most populous first. Case, accents, hyphens and the spellings `St.` and `ue` for `ü` do not matter.
    pub fn cities(&self, name: &str) -> Vec<Place> {
        self.find(&fold::fold(name)).cities.iter().map(|(at, _)| self.city_at(*at)).collect()
    }

    /// Cities with a longer name that begins with these words, in no order: “Kingston upon Hull”. Of a name that begins very many, some.
    pub fn cities_beginning(&self, name: &str) -> Vec<Place> {
        /// So many longer names are looked at.
        const MOST: usize = 200;
        let begins = fold::fold(name) + " ";
        let Some(index) = self.index.as_ref().filter(|_| begins.len() > 3) else { return Vec::new() };
        let mut out = Vec::new();
        let mut longer = index.range().ge(&begins).into_stream();
        for _ in 0..MOST {
            let Some((_, value)) = longer.next().filter(|(key, _)| key.starts_with(begins.as_bytes())) else { break };
            out.extend(self.postings(value).cities.iter().map(|(at, _)| self.city_at(*at)));
        }
        out
    }

    /// The country of that name, or of that code of two or three capitals. Each thread keeps what it was asked: an export names few.
    pub fn country(&self, name: &str) -> Option<Country> {
        thread_local! {
            static ASKED: RefCell<Asked<Option<Country>>> = RefCell::default();
        }
        let name = name.trim();
        ASKED.with_borrow_mut(|asked| asked.get(name, || self.country_anew(name)))
    }

    fn country_anew(&self, name: &str) -> Option<Country> {
        // The code first: `RU` is short for the United Kingdom in Spanish.
        let named = || self.find(&fold::fold(name)).countries.first().map(|(at, _)| self.country_at(*at));
        self.country_by_code(name).or_else(named)
    }

    /// The region of that name or code (`TX`) in a country, which is given by any of its names or codes.
    pub fn region(&self, country: &str, name: &str) -> Option<Region> {
        let country = self.country(country)?;
        let named = self.regions(name).into_iter().find(|r| r.country == country.iso2);
        named.or_else(|| self.regions_by_code(name.trim()).into_iter().find(|r| r.country == country.iso2))
    }

    /// All regions of that name.
    pub fn regions(&self, name: &str) -> Vec<Region> {
        self.find(&fold::fold(name)).regions.iter().map(|(at, _)| self.region_at(*at)).collect()
    }

    /// A name without the word before it that adds the surroundings: `Oslo` of "Greater Oslo".
    pub fn without_greater<'n>(&self, name: &'n str) -> &'n str {
        let mut buffer = String::new();
        let length = fold::word(name, &mut buffer);
        let rest = name.get(length..).unwrap_or_default().trim_start();
        if length > 0 && !rest.is_empty() && self.roles(&buffer).has(Roles::GREATER) { rest } else { name }
    }

    /// Whether some city of a region lies within so many kilometres of one of the places, in the same country.
    pub fn is_around(&self, region: &Region, places: &[Place], km: f64) -> bool {
        let places: Vec<&Place> = places.iter().filter(|p| p.country == region.country).collect();
        !places.is_empty()
            && (0..self.cities.len() / table::CITY_WIDTH)
                .filter(|at| table::u16_at(self.cities, at * table::CITY_WIDTH + 5) == region.number)
                .any(|at| places.iter().any(|p| distance_km(p, &self.city_at(at)) <= km))
    }

    /// The region that a place lies in.
    pub fn region_of(&self, place: &Place) -> Option<Region> {
        (place.region != table::NO_REGION).then(|| self.region_at(usize::from(place.region)))
    }

    fn country_by_code(&self, code: &str) -> Option<Country> {
        self.by_code(code).countries.first().map(|(at, _)| self.country_at(*at))
    }

    fn regions_by_code(&self, code: &str) -> Vec<Region> {
        self.by_code(code).regions.iter().map(|(at, _)| self.region_at(*at)).collect()
    }

    fn by_code(&self, code: &str) -> Found {
        if !matches!(code.len(), 2 | 3) || !code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Found::default();
        }
        let value = self.index.as_ref().and_then(|index| index.get(table::code_key(code)));
        value.map(|value| self.postings(value)).unwrap_or_default()
    }

    fn country_at(&self, at: usize) -> Country {
        let record = at * table::COUNTRY_WIDTH;
        let code = |from: usize, to: usize| -> &'static str {
            self.countries.get(record + from..record + to).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("")
        };
        Country { iso2: code(0, 2), iso3: code(2, 5), name: table::text_at(self.text, self.countries, record + 5) }
    }

    fn region_at(&self, at: usize) -> Region {
        let record = at * table::REGION_WIDTH;
        Region {
            country: self.country_at(usize::from(table::u8_at(self.regions, record))).iso2,
            name: table::text_at(self.text, self.regions, record + 1),
            code: table::text_at(self.text, self.regions, record + 5),
            number: u16::try_from(at).unwrap_or(table::NO_REGION),
        }
    }

    fn city_at(&self, at: usize) -> Place {
        let record = at * table::CITY_WIDTH;
        let region = table::u16_at(self.cities, record + 5);
        Place {
            name: table::text_at(self.text, self.cities, record),
            country: self.country_at(usize::from(table::u8_at(self.cities, record + 4))).iso2,
            admin1: if region == table::NO_REGION { "" } else { self.region_at(usize::from(region)).name },
            lat: table::degrees_at(self.cities, record + 7),
            lon: table::degrees_at(self.cities, record + 10),
            population: self.population_at(at),
            region,
        }
    }

    fn population_at(&self, at: usize) -> u32 {
        table::u32_at(self.cities, at * table::CITY_WIDTH + 13)
    }

    fn find(&self, folded: &str) -> Found {
        self.index.as_ref().and_then(|index| index.get(folded)).map(|value| self.postings(value)).unwrap_or_default()
    }

    /// The entities behind a value of the index, with their flags.
    fn postings(&self, value: u64) -> Found {
        let mut found = Found::default();
        let Ok(value) = u32::try_from(value) else { return found };
        if value & table::LAST != 0 {
            self.sort_in(value, &mut found);
            return found;
        }
        let mut at = value as usize * 4;
        while at + 4 <= self.postings.len() {
            let posting = table::u32_at(self.postings, at);
            self.sort_in(posting, &mut found);
            if posting & table::LAST != 0 {
                break;
            }
            at += 4;
        }
        found
    }

    fn sort_in(&self, posting: u32, found: &mut Found) {
        let posting = posting & !table::LAST;
        let (number, flags) = ((posting >> table::FLAG_BITS) as usize, posting & ((1 << table::FLAG_BITS) - 1));
        let countries = self.countries.len() / table::COUNTRY_WIDTH;
        let regions = self.regions.len() / table::REGION_WIDTH;
        if number < countries {
            found.countries.push((number, flags));
        } else if number < countries + regions {
            found.regions.push((number - countries, flags));
        } else {
            found.cities.push((number - countries - regions, flags));
        }
    }

    /// What is known of a folded word.
    fn roles(&self, folded: &str) -> Roles {
        let value = self.index.as_ref().and_then(|index| index.get(table::word_key(folded)));
        value.and_then(|v| u32::try_from(v).ok()).map_or(Roles(0), Roles)
    }
}
