//! Place names in running text. Better none than a wrong one: what may be a word, a person or a firm counts only where the text around it says
//! "place". The bounds and word roles are about language; what a mention means for a rule is the caller's.

mod judge;
mod qualifier;

use super::fold::{in_word, unspaced, word};
use super::table::{AREA, CAPS_ONLY, OTHER_NAME};
use super::walk::Name;
use super::words::Roles;
use super::{Country, Gazetteer, Place, Region, Within, distance_km};
use std::ops::Range;

/// What kind of place a mention most likely means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A city, town or district.
    City,
    /// A region of a country.
    Region,
    /// A country.
    Country,
}

/// A place name in running text.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// The name, in bytes.
    pub range: Range<usize>,
    /// The name with its country or region: "Paris, Texas".
    pub whole: Range<usize>,
    /// The cities it can mean, the most populous first.
    pub places: Vec<Place>,
    /// The regions it can mean.
    pub regions: Vec<Region>,
    /// The country it can mean.
    pub country: Option<Country>,
    /// The country or region the text adds.
    pub qualified: Option<Within>,
    /// What it most likely is.
    pub kind: Kind,
    /// The name seems part of a longer one, as of a firm: "Boston Digital", "University of Chicago".
    pub part_of_name: bool,
    /// The surroundings are meant: "Greater Boston", "Bay Area".
    pub around: bool,
}

/// How much a name needs to count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Need {
    /// Nothing.
    Nothing,
    /// A word such as "in" before it, "office" after it, or a place beside it in a list.
    Cue,
    /// Its country or region.
    Qualifier,
}

struct Candidate {
    mention: Mention,
    need: Need,
}

/// Gives the language of a text, as a tag (`en`, `de`, …), if anybody knows. Asked only where it matters: telling a language takes longer
/// than all else here.
pub type Ask<'l> = &'l dyn Fn() -> Option<&'l str>;

/// A name found in the text, with what surrounds it, before it is judged.
struct Context<'t> {
    text: &'t str,
    language: Ask<'t>,
    start: usize,
    end: usize,
    /// What the name says as a word; nothing if it has several.
    own: Roles,
}

impl Gazetteer {
    /// Whether a name in running text may begin with this letter.
    pub fn may_begin(c: char) -> bool {
        c.is_uppercase() || unspaced(c)
    }

    /// Whether a text begins with a name, be it one of a place or not.
    pub fn names_begin(&self, text: &str) -> bool {
        let (mut buffer, mut names) = (String::new(), Vec::new());
        match text.chars().next() {
            Some(c) if unspaced(c) => self.unspaced_names_at(text, &mut buffer, &mut names),
            _ => self.names_at(text, &mut buffer, &mut names),
        }
        !names.is_empty()
    }

    /// Place names in running text, in order. `language` tells which common words to beware of; without it, those of all languages.
    pub fn mentions<'t>(&self, text: &'t str, language: Ask<'t>) -> Vec<Mention> {
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut buffer = String::new();
        let mut names = Vec::new();
        let mut before = ' ';
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let width = c.len_utf8();
            let mut next = at + width;
            if unspaced(c) {
                if let Some(end) = self.unspaced_mention(text, at, before, &mut buffer, &mut names, &mut candidates) {
                    next = end;
                }
            } else if c.is_uppercase() && starts(text, at, before) {
                self.names_at(&text[at..], &mut buffer, &mut names);
                next = self.spaced_mention(text, at, language, &names, &mut buffer, &mut candidates).max(next);
            }
            before = text[..next].chars().next_back().unwrap_or(' ');
            at = next;
        }
        settle(text, &mut candidates, self);
        candidates.into_iter().filter(|c| c.need == Need::Nothing).map(|c| c.mention).collect()
    }

    /// Judges the longest name at a capital; returns where to go on.
    fn spaced_mention<'t>(
        &self,
        text: &'t str,
        start: usize,
        language: Ask<'t>,
        names: &[Name],
        buffer: &mut String,
        candidates: &mut Vec<Candidate>,
    ) -> usize {
        let capital = |n: &&Name| text[start + n.last..].chars().next().is_some_and(|c| !c.is_lowercase());
        let Some(name) = names.iter().rev().find(capital) else {
            return start;
        };
        let mut judge = |name: &Name| {
            let end = start + name.length;
            let mut own = Roles(0);
            if name.words == 1 {
                word(&text[start..end], buffer);
                own = self.roles(buffer);
            }
            self.judge(&Context { text, language, start, end, own }, name.value)
        };
        let candidate = judge(name).or_else(|| {
            // "Berlin-Kreuzberg": a part of a city is where the city is.
            let goes_on = |n: &Name| text[start + n.length..].starts_with(['-', '\u{2010}', '\u{2011}']);
            let city = names.iter().rev().find(|n| self.is_part(n, name) && goes_on(n));
            city.and_then(judge)
        });
        let end = start + name.length;
        candidate.map_or(end, |candidate| {
            let go_on = candidate.mention.whole.end.max(end);
            candidates.push(candidate);
            go_on
        })
    }

    /// Whether the longer of two names is one of a place in or near the large city that the shorter one is.
    fn is_part(&self, city: &Name, longer: &Name) -> bool {
        /// So far may a part be from the middle of its city.
        const WITHIN_KM: f64 = 30.0;
        /// A city with parts has so many people.
        const LARGE: u32 = 100_000;
        if city.length >= longer.length {
            return false;
        }
        let Some((at, _)) = self.postings(city.value).cities.first().copied().filter(|(at, _)| self.population_at(*at) >= LARGE) else {
            return false;
        };
        let city = self.city_at(at);
        let parts = self.postings(longer.value).cities;
        !parts.is_empty() && parts.iter().all(|(at, _)| distance_km(&city, &self.city_at(*at)) <= WITHIN_KM)
    }

    /// A name in a script without spaces counts if what touches it allows it.
    fn unspaced_mention(
        &self,
        text: &str,
        start: usize,
        before: char,
        buffer: &mut String,
        names: &mut Vec<Name>,
        candidates: &mut Vec<Candidate>,
    ) -> Option<usize> {
        self.unspaced_names_at(&text[start..], buffer, names);
        let name = *names.last()?;
        let end = start + name.length;
        let found = self.postings(name.value);
        let big = |at: usize, flags: u32| self.population_at(at) >= if flags & OTHER_NAME == 0 { 50_000 } else { 100_000 };
        let cities: Vec<(usize, u32)> = found.cities.iter().copied().filter(|(at, flags)| big(*at, *flags)).collect();
        if cities.is_empty() && found.regions.is_empty() && found.countries.is_empty() {
            return None;
        }
        let joined = candidates.last().is_some_and(|c| c.mention.whole.end == start);
        let first = text[start..].chars().next()?;
        if text[start..end].chars().all(|c| script(c) == Script::Hiragana) {
            return None;
        }
        if unspaced(before) && !joined && script(before) != Script::Hiragana && !self.touches(before, Roles::BEFORE, buffer) {
            return None;
        }
        if script(before) == Script::Katakana && script(first) == Script::Katakana && !joined {
            return None;
        }
        let more = self.unspaced_names_after(text, end, buffer);
        if let Some(after) = text[end..].chars().next().filter(|c| unspaced(*c)) {
            let run: String = text[end..].chars().take_while(|c| script(*c) == script(after)).take(12).collect();
            let office = (1..=run.chars().count()).any(|n| {
                let part: String = run.chars().take(n).collect();
                word(&part, buffer);
                self.roles(buffer).has(Roles::OFFICE)
            });
            let allowed = script(after) != Script::Katakana && self.touches(after, Roles::AFTER, buffer);
            if !office && !allowed && !more {
                return None;
            }
        }
        let mut places: Vec<Place> = cities.iter().map(|(at, _)| self.city_at(*at)).collect();
        let regions: Vec<Region> = found.regions.iter().map(|(at, _)| self.region_at(*at)).collect();
        let country = found.countries.first().map(|(at, _)| self.country_at(*at));
        let mut qualified = None;
        if let Some(last) = candidates.last().filter(|_| joined) {
            let outer = last.mention.regions.iter().copied().map(Within::Region).chain(last.mention.country.map(Within::Country));
            let beside = last.mention.places.first().and_then(|p| self.region_of(p)).map(Within::Region);
            for within in outer.chain(beside) {
                if places.iter().any(|p| within.contains(p)) {
                    places.retain(|p| within.contains(p));
                    qualified = Some(within);
                }
            }
        }
        let kind = kind(&places, &regions, country.is_some());
        let range = start..end;
        let mention =
            Mention { whole: range.clone(), range, places, regions, country, qualified, kind, part_of_name: false, around: false };
        candidates.push(Candidate { mention, need: Need::Nothing });
        Some(end)
    }

    fn unspaced_names_after(&self, text: &str, end: usize, buffer: &mut String) -> bool {
        let mut names = Vec::new();
        self.unspaced_names_at(&text[end..], buffer, &mut names);
        names.last().is_some_and(|n| n.length >= 6)
    }

    fn touches(&self, c: char, role: Roles, buffer: &mut String) -> bool {
        buffer.clear();
        buffer.push(c);
        self.roles(buffer).has(role)
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Script {
    Hiragana,
    Katakana,
    Other,
}

fn script(c: char) -> Script {
    match c {
        '\u{3040}'..='\u{309f}' => Script::Hiragana,
        '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Script::Katakana,
        _ => Script::Other,
    }
}

/// Whether a word starts here that may be a name: not inside a word, an address or a handle.
fn starts(text: &str, at: usize, before: char) -> bool {
    if in_word(before) && !unspaced(before) || matches!(before, '@' | '#' | '_' | '=' | '\\') {
        return false;
    }
    if matches!(before, '.' | '-' | '/' | ':' | '\'' | '’' | '&') {
        // The word before touches: "www.Boston", "Wilkes-Barre"; but "Raleigh/Durham" and "l'Espagne" are two words.
        let head = &text[..at - before.len_utf8()];
        // Far enough for a word; all of a long line would be read once per sign in it.
        let near = head.ceil_char_boundary(head.len().saturating_sub(64));
        let token = head[near..].rsplit(char::is_whitespace).next().unwrap_or("");
        return match before {
            '/' | '&' => !token.contains(['.', ':', '@', '/']),
            '\'' | '’' => token.len() <= 2 || !token.ends_with(in_word),
            _ => !token.ends_with(in_word),
        };
    }
    true
}

/// The likeliest kind of a name that can be several things: "New York" and "Washington" are cities, "Victoria" and "Ontario" regions.
fn kind(places: &[Place], regions: &[Region], country: bool) -> Kind {
    let city = |p: &Place| {
        let same = |r: &Region| p.is_in(r) && p.population >= 50_000 || r.country == p.country && p.population >= 500_000;
        regions.is_empty() || regions.iter().any(same)
    };
    if country {
        Kind::Country
    } else if places.iter().any(city) {
        Kind::City
    } else {
        Kind::Region
    }
}

/// Names that need a cue get it from the places beside them in a list.
fn settle(text: &str, candidates: &mut [Candidate], gazetteer: &Gazetteer) {
    let mut buffer = String::new();
    let mut lend = |from: &Candidate, to: &mut Candidate, between: &str| {
        if from.need == Need::Nothing && !from.mention.part_of_name && to.need == Need::Cue && joins(between, gazetteer, &mut buffer) {
            to.need = Need::Nothing;
        }
    };
    for at in 1..candidates.len() {
        let (head, tail) = candidates.split_at_mut(at);
        if let (Some(left), Some(right)) = (head.last(), tail.first_mut()) {
            lend(left, right, text.get(left.mention.whole.end..right.mention.range.start).unwrap_or("?"));
        }
    }
    for at in (1..candidates.len()).rev() {
        let (head, tail) = candidates.split_at_mut(at);
        if let (Some(left), Some(right)) = (head.last_mut(), tail.first()) {
            lend(right, left, text.get(left.mention.whole.end..right.mention.range.start).unwrap_or("?"));
        }
    }
}

/// Whether a text stands between two items of a list.
fn joins(between: &str, gazetteer: &Gazetteer, buffer: &mut String) -> bool {
    if between.is_empty() || between.len() > 12 {
        return false;
    }
    let mut words =
        between.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '&' | '|' | '·' | '•' | ';' | '+')).filter(|w| !w.is_empty());
    match (words.next(), words.next()) {
        (None, _) => between.contains([',', '/', '&', '|', '·', '•', ';', '+']),
        (Some(one), None) => {
            let length = word(one, buffer);
            length == one.len() && gazetteer.roles(buffer).has(Roles::AND)
        }
        _ => false,
    }
}

/// Whether all letters of a text are capitals.
fn capitals(text: &str) -> bool {
    text.chars().all(|c| !c.is_lowercase())
}

/// The postings that a text with these capitals can mean.
fn written(list: &[(usize, u32)], capitals: bool) -> Vec<(usize, u32)> {
    list.iter().copied().filter(|(_, flags)| capitals || flags & CAPS_ONLY == 0).collect()
}

fn surroundings(list: &[(usize, u32)]) -> bool {
    list.iter().any(|(_, flags)| flags & AREA != 0)
}
