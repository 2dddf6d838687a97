//! The country or region after a name: "Paris, Texas", "Portland, OR", "Berlin (Germany)", "Austin TX".

use crate::facts::places::fold::word;
use crate::facts::places::table::CAPS_ONLY;
use crate::facts::places::walk::Name;
use crate::facts::places::words::Roles;
use crate::facts::places::{Gazetteer, Within};

/// A country or region that follows a name.
pub(super) struct Qualifier {
    /// What it can mean.
    pub(super) withins: Vec<Within>,
    /// Where it ends in the text, its closing parenthesis included.
    pub(super) end: usize,
    /// Whether a sign or a joining word comes next, or nothing.
    pub(super) closed: bool,
    /// Whether it is the name of a big city too.
    pub(super) city: bool,
}

impl Gazetteer {
    /// What follows `end`, if it reads like a country or region.
    pub(super) fn qualifier(&self, text: &str, end: usize) -> Option<Qualifier> {
        let rest = &text[end..];
        let sign = rest.trim_start().chars().next()?;
        let comma = rest.starts_with(',');
        let parenthesis = sign == '(' && rest.find('(')? <= 1;
        let skip = match (comma, parenthesis) {
            (true, _) => 1,
            (_, true) => rest.find('(')? + 1,
            _ => 0,
        };
        let mut at = end + skip + rest[skip..].chars().take_while(|c| c.is_whitespace()).take(2).map(char::len_utf8).sum::<usize>();
        // "London, in Ontario", "London (the one in Ontario)".
        let words = if comma { 1 } else { 3 };
        let led = (comma || parenthesis).then(|| self.after_preposition(text, at, words)).flatten();
        at = led.unwrap_or(at);
        if at == end || !text[at..].starts_with(char::is_uppercase) {
            return None;
        }
        let mut buffer = String::new();
        let mut names: Vec<Name> = Vec::new();
        let code = {
            let length = word(&text[at..], &mut buffer);
            &text[at..at + length]
        };
        let is_code = matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_uppercase());
        let mut found: Option<(usize, Vec<Within>)> = None;
        if comma || parenthesis {
            self.names_at(&text[at..], &mut buffer, &mut names);
            found = names.iter().rev().find_map(|name| {
                let own = &text[at..at + name.length];
                let caps = super::capitals(own);
                let postings = self.postings(name.value);
                let kept = |flags: u32| caps || flags & CAPS_ONLY == 0;
                let regions = postings.regions.iter().filter(|(_, f)| kept(*f)).map(|(at, _)| Within::Region(self.region_at(*at)));
                let countries = postings.countries.iter().filter(|(_, f)| kept(*f)).map(|(at, _)| Within::Country(self.country_at(*at)));
                let all: Vec<Within> = regions.chain(countries).collect();
                (!all.is_empty()).then_some((at + name.length, all))
            });
        }
        if is_code {
            let regions = self.regions_by_code(code).into_iter().filter(|r| matches!(r.country, "US" | "CA" | "AU"));
            let mut all: Vec<Within> = regions.map(Within::Region).collect();
            if comma || parenthesis {
                all.extend(self.country_by_code(code).map(Within::Country));
            }
            match &mut found {
                Some((to, withins)) if *to == at + code.len() => withins.extend(all),
                Some(_) => {}
                None if all.is_empty() => {}
                None => found = Some((at + code.len(), all)),
            }
        }
        let (to, withins) = found?;
        let mut after = &text[to..];
        let mut whole = to;
        if parenthesis {
            if !after.starts_with([')', ',']) {
                return None;
            }
            if let Some(rest) = after.strip_prefix(')') {
                after = rest;
                whole += 1;
            }
        }
        let next = after.trim_start();
        let length = word(next, &mut buffer);
        let closed = next.is_empty() || length == 0 || self.roles(&buffer).has(Roles::AND);
        // "Ontario" by itself is the province, whatever cities are called so.
        let city = self.is_big_city(&text[at..to]) && (led.is_none() || self.cities(&text[at..to]).iter().any(|c| c.population >= 500_000));
        Some(Qualifier { withins, end: whole, closed, city })
    }

    /// Where the name after a preposition starts, which is one of the next words, all in small letters.
    fn after_preposition(&self, text: &str, mut at: usize, words: usize) -> Option<usize> {
        let mut buffer = String::new();
        for _ in 0..words {
            if !text.get(at..)?.starts_with(char::is_lowercase) {
                return None;
            }
            let length = word(&text[at..], &mut buffer);
            at += length + 1;
            if self.roles(&buffer).has(Roles::PREP) && text.get(at - 1..at) == Some(" ") && text.get(at..)?.starts_with(char::is_uppercase)
            {
                return Some(at);
            }
        }
        None
    }
}
