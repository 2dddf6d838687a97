//! Whether a name in spaced text is a place, by itself and by the words around it.

use super::{Candidate, Context, Kind, Mention, Need, capitals, kind, surroundings, written};
use crate::facts::places::fold::{fold, in_word, word};
use crate::facts::places::table::{CAPS_ONLY, OTHER_NAME};
use crate::facts::places::words::Roles;
use crate::facts::places::{Country, Found, Gazetteer, Place, Region, Within};

/// Inhabitants from which a city is known by its name alone.
const KNOWN: u32 = 50_000;
/// Inhabitants from which a city is known where a cue stands beside it.
const CUED: u32 = 15_000;
/// Inhabitants from which a cue is enough for a name that is a common word too.
const WORD_CUED: u32 = 85_000;
/// Inhabitants from which a further name, as in another language, counts with a cue.
const OTHER_CUED: u32 = 200_000;

/// Inhabitants from which a city of a name of up to four letters is known by it alone: many short words and acronyms are names somewhere.
const SHORT_KNOWN: u32 = 100_000;

/// Regions count without a city or country beside them only in these countries; elsewhere many are called "North" or after a river.
const REGIONS_OF: [&str; 25] = [
    "US", "CA", "GB", "IE", "AU", "NZ", "DE", "AT", "CH", "FR", "ES", "IT", "PT", "NL", "BE", "DK", "SE", "NO", "FI", "PL", "BR", "MX",
    "AR", "IN", "JP",
];

/// What stands on one side of a name.
#[derive(Default)]
struct Side<'t> {
    word: &'t str,
    roles: Roles,
    /// It belongs to the same phrase: only a space or hyphen lies between.
    near: bool,
    hyphen: bool,
    /// Where it starts, if it stands before the name.
    at: usize,
    /// It begins a postcode of letters and figures: "LS1 4AB", "M5V 2T6".
    postcode: bool,
}

impl Side<'_> {
    fn capital(&self) -> bool {
        self.near && self.word.starts_with(char::is_uppercase) && !self.postcode
    }

    fn is(&self, role: Roles) -> bool {
        self.near && self.roles.has(role)
    }
}

impl Gazetteer {
    /// The name as a mention with what it still needs; nothing if the words around it make something else of it.
    pub(super) fn judge(&self, context: &Context<'_>, value: u64) -> Option<Candidate> {
        let all = self.postings(value);
        let caps = capitals(&context.text[context.start..context.end]);
        let found =
            Found { countries: written(&all.countries, caps), regions: written(&all.regions, caps), cities: written(&all.cities, caps) };
        if let Some(candidate) = self.qualified(context, &found) {
            return Some(candidate);
        }
        let (before, after) = (self.before(context), self.after(context));
        if refused(context, &before, &after) {
            return None;
        }
        let common = || context.own.common(None) && context.own.common((context.language)());
        let ambiguous = context.own.has(Roles::PERSON) || context.own.has(Roles::GIVEN) || common();
        let (mut need, places, regions) = self.alone(context, &found, ambiguous);
        let greater = before.is(Roles::GREATER) && !before.hyphen;
        // "Greater Bay Area" is a name of its own, of an area elsewhere.
        if greater && before.capital() && surroundings(&found.cities) && self.ends_around(&context.text[context.start..context.end]) {
            return None;
        }
        let cue = before.is(Roles::PREP) || greater || after.is(Roles::OFFICE) || after.is(Roles::AROUND);
        if need == Need::Cue && cue {
            need = Need::Nothing;
        }
        let mut part_of_name = after.is(Roles::BRAND) && (after.capital() || before.capital()) || self.is_of_a_name(context, &before);
        let neutral = Roles(Roles::OFFICE.0 | Roles::AROUND.0 | Roles::AND.0 | Roles::PREP.0);
        if after.capital() && !after.hyphen && !after.is(neutral) && !part_of_name {
            if ambiguous {
                return None;
            }
            // German writes all its nouns with a capital.
            let german = before.is(Roles::PREP) && (context.language)().is_some_and(|l| l.starts_with("de"));
            part_of_name = !german;
        }
        if after.is(Roles::BRAND) && !after.capital() && ambiguous {
            return None;
        }
        let country = found.countries.first().map(|(at, _)| self.country_at(*at));
        if need == Need::Qualifier || (places.is_empty() && regions.is_empty() && country.is_none()) {
            return None;
        }
        let around = greater || after.is(Roles::AROUND) || surroundings(&found.cities);
        let start = if greater { before.at } else { context.start };
        let range = start..context.end;
        let kind = kind(&places, &regions, country.is_some_and(|c| !is_rather_city(context, c, &places)));
        let mention = Mention { whole: range.clone(), range, places, regions, country, qualified: None, kind, part_of_name, around };
        Some(Candidate { mention, need })
    }

    /// What a name needs if no country or region follows it, and what it can mean then.
    fn alone(&self, context: &Context<'_>, found: &Found, ambiguous: bool) -> (Need, Vec<Place>, Vec<Region>) {
        let population = |other: bool| {
            found.cities.iter().filter(|(_, f)| (f & OTHER_NAME != 0) == other).map(|(at, _)| self.population_at(*at)).max().unwrap_or(0)
        };
        let (main, other) = (population(false), population(true));
        let mut regions: Vec<Region> = found.regions.iter().map(|(at, _)| self.region_at(*at)).collect();
        regions.retain(|r| REGIONS_OF.contains(&r.country));
        let area = !regions.is_empty() || found.countries.iter().any(|(_, flags)| flags & OTHER_NAME == 0);
        let written = &context.text[context.start..context.end];
        let letters = written.chars().count();
        let known = if letters <= 4 { SHORT_KNOWN } else { KNOWN };
        let abbreviations = found.countries.iter().chain(&found.regions).chain(&found.cities).any(|(_, flags)| flags & CAPS_ONLY != 0);
        let acronym = letters <= 3 && capitals(written) && !abbreviations;
        let need = if context.own.has(Roles::NEVER) || acronym {
            Need::Qualifier
        } else if ambiguous {
            if area || main >= WORD_CUED { Need::Cue } else { Need::Qualifier }
        } else if area || main >= known {
            Need::Nothing
        } else if main >= CUED || other >= OTHER_CUED {
            Need::Cue
        } else {
            Need::Qualifier
        };
        // Further names would add places nobody has in mind: "Lime" for Lima.
        let cities = found.cities.iter().filter(|(_, f)| main == 0 || f & OTHER_NAME == 0);
        (need, cities.map(|(at, _)| self.city_at(*at)).collect(), regions)
    }

    /// The mention with the country or region after it, if a place of the name lies there.
    fn qualified(&self, context: &Context<'_>, found: &Found) -> Option<Candidate> {
        let mut qualifier = self.qualifier(context.text, context.end)?;
        if context.own.has(Roles::NEVER) && !qualifier.closed {
            return None;
        }
        let mut cities: Vec<Place> = found.cities.iter().map(|(at, _)| self.city_at(*at)).collect();
        // "Londra, Ontario": what one London is called elsewhere, the others are, too.
        if let Some(first) = cities.first().copied().filter(|c| !qualifier.withins.iter().any(|w| w.contains(c))) {
            let named = self.cities(first.name);
            cities.extend(named.into_iter().filter(|c| c.name == first.name && qualifier.withins.iter().any(|w| w.contains(c))));
        }
        let regions: Vec<Region> = found.regions.iter().map(|(at, _)| self.region_at(*at)).collect();
        let inside = |within: &Within| -> Option<u64> {
            let city = cities.iter().find(|p| within.contains(p)).map(|p| u64::from(p.population) + 1);
            city.or_else(|| regions.iter().any(|r| within.contains_region(r) && Within::Region(*r) != *within).then_some(1))
        };
        let within = qualifier.withins.iter().copied().max_by_key(|w| inside(w).unwrap_or(0))?;
        inside(&within)?;
        let places: Vec<Place> = cities.iter().filter(|p| within.contains(p)).copied().collect();
        // "Boston, New York" are two cities, although that state has a small Boston.
        if qualifier.city && places.first() != cities.first() && cities.first().is_some_and(|p| p.population >= 100_000) {
            return None;
        }
        // "Paris, Texas, USA".
        if let (Within::Region(region), Some(further)) = (within, self.qualifier(context.text, qualifier.end))
            && further.withins.iter().any(|w| matches!(w, Within::Country(c) if c.iso2 == region.country))
        {
            qualifier.end = further.end;
        }
        let regions: Vec<Region> = regions.into_iter().filter(|r| within.contains_region(r)).collect();
        let kind = if places.is_empty() { Kind::Region } else { kind(&places, &regions, false) };
        let range = context.start..context.end;
        let mention = Mention {
            whole: context.start..qualifier.end,
            range,
            places,
            regions,
            country: None,
            qualified: Some(within),
            kind,
            part_of_name: false,
            around: false,
        };
        Some(Candidate { mention, need: Need::Nothing })
    }

    /// Whether the last of several words of a name says that surroundings are meant.
    fn ends_around(&self, name: &str) -> bool {
        name.rsplit_once(char::is_whitespace).is_some_and(|(_, last)| self.side(last, true, false).roles.has(Roles::AROUND))
    }

    fn side<'t>(&self, text: &'t str, near: bool, hyphen: bool) -> Side<'t> {
        let mut buffer = String::new();
        let length = word(text, &mut buffer);
        let word = &text[..length];
        Side { word, roles: self.roles(&buffer), near: near && length > 0, hyphen, at: 0, postcode: is_postcode(text, word) }
    }

    fn after<'t>(&self, context: &Context<'t>) -> Side<'t> {
        let mut rest = &context.text[context.end..];
        for genitive in ["'s", "’s"] {
            rest = rest.strip_prefix(genitive).unwrap_or(rest);
        }
        let hyphen = rest.starts_with(['-', '‑']);
        let gap = rest.chars().next().filter(|c| *c != '\n' && (c.is_whitespace() || hyphen)).map_or(0, char::len_utf8);
        self.side(&rest[gap..], gap > 0, hyphen)
    }

    fn before<'t>(&self, context: &Context<'t>) -> Side<'t> {
        let head = &context.text[..context.start];
        let Some(gap) = head.chars().next_back().filter(|c| c.is_whitespace() && *c != '\n') else {
            return Side::default();
        };
        let head = &head[..head.len() - gap.len_utf8()];
        // "Dr. Houston": the full stop of a title ends no sentence.
        let bare = head.strip_suffix('.').unwrap_or(head);
        let start = bare.rfind(|c: char| !in_word(c)).map_or(0, |at| at + bare[at..].chars().next().map_or(1, char::len_utf8));
        let side = Side { at: start, ..self.side(&bare[start..], true, false) };
        if bare.len() < head.len() && !side.roles.has(Roles::TITLE) { Side::default() } else { side }
    }

    /// "University of Chicago", "Bank of America": a capital before "of" makes a name of it, unless it is the place itself.
    fn is_of_a_name(&self, context: &Context<'_>, before: &Side<'_>) -> bool {
        if !before.is(Roles::OF) || before.capital() {
            return false;
        }
        let outer = self.before(&Context { start: before.at, ..*context });
        outer.capital() && !outer.is(Roles::CITY)
    }
}

/// Whether a text begins with a postcode of two parts, of which `first` is one: capitals and figures, then three signs from a figure on.
fn is_postcode(text: &str, first: &str) -> bool {
    let code = |w: &str| w.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) && w.bytes().any(|b| b.is_ascii_digit());
    let second = text.get(first.len()..).and_then(|rest| rest.strip_prefix(' ')?.split(|c: char| !c.is_alphanumeric()).next());
    let second = second.unwrap_or_default();
    matches!(first.len(), 2..=4) && code(first) && second.len() == 3 && code(second) && second.starts_with(|c: char| c.is_ascii_digit())
}

/// "Salvador" is a country in French, but a big city elsewhere by its main name.
fn is_rather_city(context: &Context<'_>, country: Country, places: &[Place]) -> bool {
    let big = places.first().is_some_and(|p| p.population >= 500_000 && p.country != country.iso2);
    big && fold(country.name) != fold(&context.text[context.start..context.end])
}

/// Whether the words around a name make something else of it: "Paris Agreement", "Michael Jackson", "Bordeaux wine", "San Francisco 49ers".
fn refused(context: &Context<'_>, before: &Side<'_>, after: &Side<'_>) -> bool {
    let number = after.near && after.word.starts_with(|c: char| c.is_ascii_digit()) && after.word.contains(char::is_alphabetic);
    let thing = after.near && !after.capital() && after.is(Roles::THING);
    let other = after.capital() && after.is(Roles::OTHER);
    let person = before.capital() && before.is(Roles::GIVEN) && !before.is(Roles::PREP) || before.is(Roles::TITLE) && before.capital();
    let tail = context.text[context.end..].starts_with(['_', '@']);
    let domain = context.text[context.end..].strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    number || thing || other || person || tail || domain
}
