//! Makes `data/places.bin` out of the packages that `fetch.sh` unpacked, and of `data/names.tsv` and `data/words.tsv`.
//!
//! The same input gives the same bytes: everything is sorted before it is written.

mod sources;
mod write;

use promolint::facts::places::fold::fold;
use promolint::facts::places::table::{AREA, CAPS_ONLY, NO_REGION, OTHER_NAME};
use promolint::facts::places::words::Roles;
use sources::{City, Country, Region};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};

/// Cities of fewer people are left out …
const SMALLEST: u32 = 5_000;
/// … unless they share the name of a city of at least this many, so that "there is no such place in that country" is said less often in error.
const NAMESAKE: u32 = 50_000;

/// Everything that is written, before it is laid out.
#[derive(Default)]
pub struct Gazetteer {
    countries: Vec<Country>,
    regions: Vec<Region>,
    cities: Vec<City>,
    /// Folded name to postings: number of the entity, flags.
    names: BTreeMap<String, BTreeMap<u32, u32>>,
    /// Codes of countries and regions.
    codes: BTreeMap<String, BTreeMap<u32, u32>>,
    words: BTreeMap<String, u32>,
}

impl Gazetteer {
    fn region_id(&self, at: usize) -> u32 {
        (self.countries.len() + at) as u32
    }

    fn city_id(&self, at: usize) -> u32 {
        (self.countries.len() + self.regions.len() + at) as u32
    }

    /// Enters a name. Of several ways to the same entity the strongest counts.
    fn name(&mut self, name: &str, entity: u32, flags: u32) {
        let folded = fold(name);
        if !folded.is_empty() && folded.len() < 80 && readable(name) {
            let entry = self.names.entry(folded).or_default().entry(entity).or_insert(flags);
            *entry = (*entry).min(flags);
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let from = std::env::args().nth(1).map_or_else(|| PathBuf::from("target/places"), PathBuf::from);
    let data = Path::new("src/facts/places/data");
    let mut gazetteer = Gazetteer { countries: sources::countries(&from)?, regions: sources::regions(&from)?, ..Gazetteer::default() };
    let hand = std::fs::read_to_string(data.join("names.tsv"))?;
    gazetteer.cities = chosen(sources::cities(&from)?);
    new_cities(&mut gazetteer, &hand)?;
    quarters(&mut gazetteer, &hand)?;
    gazetteer.cities.sort_by(|a, b| b.population.cmp(&a.population).then_with(|| (a.id, &a.name).cmp(&(b.id, &b.name))));
    name_countries(&mut gazetteer);
    name_regions(&mut gazetteer);
    name_cities(&mut gazetteer);
    name_by_hand(&mut gazetteer, &hand)?;
    let words = std::fs::read_to_string(data.join("words.tsv"))?;
    gazetteer.words = roles(&words)?;
    let bytes = write::file(&gazetteer, &hand, &words)?;
    std::fs::write(data.join("places.bin"), bytes)?;
    Ok(())
}

/// Latin letters, Han and Kana; other scripts cost more than they tell here.
fn readable(name: &str) -> bool {
    name.chars().all(|c| {
        !c.is_alphabetic()
            || matches!(c, '\0'..='\u{24f}' | 'ə' | '\u{1e00}'..='\u{1eff}' | '\u{3005}' | '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
            || c.is_ascii()
    })
}

fn chosen(all: Vec<City>) -> Vec<City> {
    let big: BTreeSet<String> = all.iter().filter(|c| c.population >= NAMESAKE).map(|c| fold(&c.name)).collect();
    all.into_iter().filter(|c| c.population >= SMALLEST || big.contains(&fold(&c.name))).collect()
}

fn name_countries(gazetteer: &mut Gazetteer) {
    for at in 0..gazetteer.countries.len() {
        for (name, main) in gazetteer.countries[at].names.clone() {
            let caps = name.len() <= 4 && name.chars().all(|c| c.is_ascii_uppercase());
            let flags = if caps { CAPS_ONLY } else { 0 } | if main { 0 } else { OTHER_NAME };
            gazetteer.name(&name, at as u32, flags);
        }
        for code in [gazetteer.countries[at].iso2.clone(), gazetteer.countries[at].iso3.clone()] {
            gazetteer.codes.entry(code).or_default().insert(at as u32, 0);
        }
    }
}

fn name_regions(gazetteer: &mut Gazetteer) {
    for at in 0..gazetteer.regions.len() {
        let region = &gazetteer.regions[at];
        let names: Vec<String> = std::iter::once(region.name.clone()).chain(region.names.iter().cloned()).collect();
        for name in names {
            gazetteer.name(&name, gazetteer.region_id(at), 0);
        }
        let (code, id) = (gazetteer.regions[at].code.clone(), gazetteer.region_id(at));
        if !code.is_empty() {
            gazetteer.codes.entry(code).or_default().insert(id, 0);
        }
    }
}

fn name_cities(gazetteer: &mut Gazetteer) {
    for at in 0..gazetteer.cities.len() {
        let id = gazetteer.city_id(at);
        let city = gazetteer.cities[at].clone();
        gazetteer.name(&city.name, id, if city.is_quarter { OTHER_NAME } else { 0 });
        let mut others: Vec<String> = city.names.iter().filter(|n| keeps(n, &city)).cloned().collect();
        if let Some(short) = city.name.strip_suffix(" City").filter(|_| city.country == "JP") {
            gazetteer.name(short, id, 0);
            others.push(format!("{short}-ku"));
            others.push(format!("{short}-shi"));
        }
        if matches!(city.country.as_str(), "DE" | "AT" | "CH" | "LI" | "LU") {
            let spelled = |n: &str| n.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
            gazetteer.name(&spelled(&city.name), id, 0);
            let more: Vec<String> = others.iter().map(|n| spelled(n)).collect();
            others.extend(more);
        }
        for name in others {
            gazetteer.name(&name, id, OTHER_NAME);
        }
    }
}

/// Whether one of the further names of a city is worth its bytes: no code of an airport, no transcription, none of the smallest places.
fn keeps(name: &str, city: &City) -> bool {
    let quarter = city.name.contains("Arrondissement") || city.name.starts_with("Paris ");
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let unspaced = name.chars().any(|c| c >= '\u{3000}');
    if quarter || !readable(name) || name.chars().any(|c| c.is_ascii_digit() || matches!(c, '=' | 'ʻ' | 'ʼ')) {
        return false;
    }
    if unspaced {
        return letters >= 2 && city.population >= if city.country == "JP" { 5_000 } else { 100_000 };
    }
    let code = letters <= 4 && name.chars().all(|c| !c.is_lowercase());
    let western = "DE AT CH FR BE NL LU IT ES PT GB IE US CA DK SE NO FI PL CZ BR MX AR".split(' ').any(|c| c == city.country);
    letters >= 3 && !code && name.chars().any(char::is_uppercase) && city.population >= if western { 15_000 } else { 50_000 }
}

fn new_cities(gazetteer: &mut Gazetteer, hand: &str) -> Result<(), Box<dyn Error>> {
    for line in hand.lines().filter(|l| l.starts_with("new\t")) {
        let fields: Vec<&str> = line.split(['\t', '@']).collect();
        let [_, country, _, name, region, latitude, longitude, population] = fields[..] else { return Err(line.into()) };
        let at = gazetteer.regions.iter().position(|r| r.country == country && r.name == region).ok_or(line)?;
        gazetteer.cities.push(City {
            name: name.into(),
            country: country.into(),
            admin1: gazetteer.regions[at].admin1.clone(),
            latitude: latitude.parse()?,
            longitude: longitude.parse()?,
            population: population.parse()?,
            ..City::default()
        });
    }
    Ok(())
}

/// Quarters lie where their city does.
fn quarters(gazetteer: &mut Gazetteer, hand: &str) -> Result<(), Box<dyn Error>> {
    for line in hand.lines().filter(|l| l.starts_with("quarter\t")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [_, country, main, names] = fields[..] else { return Err(line.into()) };
        let named = gazetteer.cities.iter().filter(|c| c.country == country && fold(&c.name) == fold(main));
        let city = named.max_by_key(|c| c.population).ok_or(line)?.clone();
        let quarter = |name: &str| City { id: 0, name: name.into(), population: 0, names: Vec::new(), is_quarter: true, ..city.clone() };
        gazetteer.cities.extend(names.split('|').map(quarter));
    }
    Ok(())
}

fn name_by_hand(gazetteer: &mut Gazetteer, hand: &str) -> Result<(), Box<dyn Error>> {
    for line in
        hand.lines().filter(|l| !l.starts_with('#') && !l.starts_with("new\t") && !l.starts_with("quarter\t") && !l.trim().is_empty())
    {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, country, main, names] = fields[..] else { return Err(line.into()) };
        let (kind, caps) = kind.strip_suffix("caps").map_or((kind, 0), |k| (k, CAPS_ONLY));
        let (entity, flags) = match kind {
            "country" => (gazetteer.countries.iter().position(|c| c.iso2 == country).ok_or(line)? as u32, 0),
            "region" => {
                let at = gazetteer.regions.iter().position(|r| r.country == country && fold(&r.name) == fold(main)).ok_or(line)?;
                (gazetteer.region_id(at), 0)
            }
            "city" | "" | "area" => {
                let main = fold(main);
                let mine = |c: &&City| c.country == country;
                let by_name = |c: &City| fold(&c.name) == main;
                let by_other = |c: &City| c.names.iter().any(|n| fold(n) == main);
                let found = gazetteer.cities.iter().filter(mine).find(|c| by_name(c));
                let id = found.or_else(|| gazetteer.cities.iter().filter(mine).find(|c| by_other(c))).ok_or(line)?.id;
                let at = gazetteer.cities.iter().position(|c| c.id == id).ok_or(line)?;
                (gazetteer.city_id(at), if kind == "area" { AREA } else { 0 })
            }
            _ => return Err(line.into()),
        };
        for name in names.split('|') {
            gazetteer.name(name, entity, flags | caps);
        }
    }
    Ok(())
}

/// The roles of words; of `after` and `before` every character is a word.
fn roles(text: &str) -> Result<BTreeMap<String, u32>, Box<dyn Error>> {
    let mut words: BTreeMap<String, u32> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
        let (role, rest) = line.split_once('\t').ok_or(line)?;
        let bits = Roles::parse(role).ok_or(line)?;
        if bits == Roles::AFTER || bits == Roles::BEFORE {
            for c in rest.chars() {
                *words.entry(c.to_string()).or_default() |= bits.0;
            }
        } else {
            for word in rest.split_whitespace() {
                *words.entry(word.to_owned()).or_default() |= bits.0;
            }
        }
    }
    Ok(words)
}

/// The number of the region of a city in the list of regions.
pub fn region_of(city: &City, regions: &BTreeMap<(String, String), usize>) -> u16 {
    regions.get(&(city.country.clone(), city.admin1.clone())).map_or(NO_REGION, |at| *at as u16)
}
