//! A location claim, held against the offices on record. Which words make a claim, and how far apart is far, the rule says.
//!
//! The gazetteer is asked only where a phrase, a field or a node calls for it. What it or the register does not know is no fault.

mod below;
mod known;
mod records;
mod schema;

use super::prefilter::OfRule;
use super::{Hit, Speaker, Subject, lexical, text};
use crate::document::Role;
use crate::facts::places::{Gazetteer, Kind, Mention, Place, distance_km};
use crate::pack::model::{Counts, PlaceCheck, PlaceMatcher};
use known::{Claimed, Record, Spot};

/// How many signs and spaces may stand between a phrase and its place, bytes.
const MAX_SIGNS: usize = 40;

/// How long the part of an address before its place may be, bytes.
const MAX_ADDRESS: usize = 80;

/// So many words may stand between a place and what is said of it alone.
const WORDS_TO_PLACE: usize = 3;

/// Smaller cities have no adjective of their own.
const MIN_ADJECTIVE: u32 = 50_000;

/// `candidates` are what the prefilter found for its phrases.
pub(super) fn find(subject: &Subject, m: &PlaceMatcher, candidates: OfRule) -> Vec<Hit> {
    if !m.patterns.is_empty() {
        let mut hits = text::find(subject, &m.patterns, candidates);
        if !m.fields.is_empty() {
            let fields = &subject.document.fields;
            hits.retain(|h| h.field.and_then(|f| fields.get(f)).is_some_and(|f| m.fields.contains(&f.name)));
        }
        if m.opens {
            hits.retain(|h| opens(subject, h));
        }
        if hits.is_empty() {
            return hits;
        }
        if m.check == PlaceCheck::MailDrop {
            return records::mail_drop(subject, m, hits);
        }
        let Some(speaker) = subject.wanted_speaker() else { return Vec::new() };
        let claims = if m.below { below::claims } else { claims };
        return match m.check {
            PlaceCheck::RemoteOfPhysical => remote_of_physical(subject, speaker, m, hits),
            PlaceCheck::Count => count(subject, speaker, m, hits),
            PlaceCheck::OfficeOfRemote => claims(subject, speaker, m, hits, &Record::office_of_remote(speaker)),
            _ => claims(subject, speaker, m, hits, &Record::offices(subject, speaker, m)),
        };
    }
    match m.check {
        PlaceCheck::Unnamed => records::unnamed(subject, m),
        PlaceCheck::Contradiction => records::contradiction(subject, m),
        PlaceCheck::NonPlace => records::non_place(subject, m),
        PlaceCheck::Spread => records::spread(subject, m),
        PlaceCheck::DropOnRecord => records::drop_on_record(subject),
        PlaceCheck::Schema => schema::schema(subject, m),
        _ => Vec::new(),
    }
}

/// Claimed places that are not on record, one hit each.
fn claims(subject: &Subject, speaker: &Speaker, m: &PlaceMatcher, hits: Vec<Hit>, record: &Option<Record>) -> Vec<Hit> {
    let Some(record) = record else { return Vec::new() };
    let mut out = Vec::new();
    for hit in hits {
        let no_place = || "no place that promolint knows stands beside it, or not as a claim".to_owned();
        let Some((start, end)) = hit.range else { continue };
        let Some(number) = subject.document.block_at(start) else { continue };
        let block = &subject.document.blocks[number];
        let text = subject.document.block_text(block);
        let (from, to) = (start - block.start, (end - block.start).min(text.len()));
        let (first, last) = lexical::sentence(text, from, to);
        let Some(sentence) = text.get(first..last) else { continue };
        if !may_stand_beside(sentence, from - first, to - first, m) {
            subject.stopped(&hit, "place", no_place);
            continue;
        }
        let mut mentions = subject.mentions(number, first..last);
        if let Some(adjective) = adjective(sentence, from - first, to - first, &mentions, m) {
            let at = mentions.partition_point(|p| p.whole.start < adjective.whole.start);
            let (head, tail) = mentions.split_at(at);
            mentions = head.iter().cloned().chain([adjective]).chain(tail.iter().cloned()).collect();
        }
        let name = block.role == Role::Name;
        let list = beside(sentence, &mentions, from - first, to - first, m, name);
        if m.after_name && !after_name(subject, speaker, &hit) {
            let Some(last) = list.last() else { continue };
            if !opens_before_name(speaker, sentence, from - first, last.whole.end) {
                subject.stopped(&hit, "place", || "the speaker's name does not stand beside it".to_owned());
                continue;
            }
        }
        if list.is_empty() {
            subject.stopped(&hit, "place", no_place);
        }
        // "Belfast, Ireland", of an office in Belfast on record: the country is part of the address, as people there may write it.
        let address = |mention: &Mention| {
            let comma = |p: &&Mention| sentence.get(p.whole.end..mention.whole.start).is_some_and(|between| between.trim() == ",");
            let city = mentions.iter().filter(|p| p.kind == Kind::City).find(comma);
            mention.kind != Kind::City && city.is_some_and(|p| record.has(&Claimed::of(p, sentence), m))
        };
        // "Xinyi, Taipei", of an office in Taipei on record: two names of which the first is that of a part.
        let part = |mention: &Mention| {
            let behind = |p: &&Mention| sentence.get(mention.whole.end..p.whole.start).is_some_and(|between| between.trim() == ",");
            let Some(city) = mentions.iter().find(|p| p.whole.start >= mention.whole.end).filter(behind) else { return false };
            let whole = city.kind == Kind::City && list.iter().all(|p| p.whole == mention.whole || p.whole == city.whole);
            let of = Claimed::of(city, sentence);
            whole && mention.qualified.is_none() && record.has(&of, m) && Claimed::of(mention, sentence).may_be_part_of(&of, m.metro_km)
        };
        for mention in &list {
            if address(mention) || part(mention) {
                continue;
            }
            let claimed = Claimed::of(mention, sentence);
            let Some(found) = record.lacks(&claimed, m) else {
                subject.stopped(&hit, "place", || {
                    let name = &sentence[mention.whole.clone()];
                    format!("the claim holds, or nobody can tell: “{name}” held against the offices on record")
                });
                continue;
            };
            let at = block.start + first;
            let (a, b) = (at + mention.whole.start, at + mention.whole.end);
            let mut new = Hit {
                spans: subject.document.map.spans(a, b),
                range: Some((start.min(a), end.max(b))),
                text: sentence[mention.whole.clone()].to_owned(),
                field: block.field,
                ..Hit::default()
            };
            if new.spans.is_empty() {
                continue;
            }
            tell(subject, speaker, &mut new, &found, record);
            out.push(new);
        }
    }
    // Two phrases may lead to one place: the shorter way counts, so that what stands near is looked for near.
    out.sort_by_key(|h| (h.spans.first().map(|s| s.start), h.range.map(|(a, b)| b - a)));
    out
}

/// What the finding says it measured.
fn tell(subject: &Subject, speaker: &Speaker, hit: &mut Hit, found: &known::Nearest, record: &Record) {
    let away = found.km.map(|km| format!("{} km", (km.round() as u64).max(1)));
    let nearest = found.spot.map(|s| s.fact.value.describe()).unwrap_or_default();
    let told = match &away {
        Some(away) => format!("{nearest}, {away} away"),
        None => nearest,
    };
    hit.values.push(("place", hit.text.clone()));
    hit.values.push(("nearest", told));
    hit.values.push(("distance", away.unwrap_or_else(|| "unknown".to_owned())));
    hit.values.push(("offices", record.describe()));
    if let Some(spot) = found.spot {
        hit.evidence.extend(subject.place_of(speaker, spot.partner, spot.fact.span, "the nearest place on record"));
    } else if let Some((partner, span)) = record.says {
        hit.evidence.extend(subject.place_of(speaker, partner, span, "on record as working remotely"));
    }
}

/// Whether a name can stand beside the phrase: telling a language and judging all names of the sentence cost far more.
fn may_stand_beside(text: &str, from: usize, to: usize, m: &PlaceMatcher) -> bool {
    if m.before {
        let head = text[..from].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '-' | ',' | ':' | '–'));
        let word = head.rsplit(char::is_whitespace).next().unwrap_or("");
        return word.ends_with(')') || word.chars().any(Gazetteer::may_begin);
    }
    if m.address && text[to..].bytes().take(MAX_ADDRESS).any(|b| b.is_ascii_digit()) {
        return true;
    }
    if !m.adjectives.is_empty() {
        return true;
    }
    let longest = m.skip.iter().map(String::len).max().unwrap_or(0) + MAX_SIGNS;
    let behind = text[to..].char_indices().take_while(|(i, _)| *i <= longest);
    let mut begins = behind.filter(|(_, c)| Gazetteer::may_begin(*c)).map(|(i, _)| i);
    begins.any(|i| {
        let between = &text[to..to + i];
        // "the greater Boston area": one word may belong to the name.
        let joined = joins(between, &m.skip) || between.trim_end().rsplit_once(' ').is_some_and(|(head, _)| joins(head, &m.skip));
        (joined || is_district(between, &m.skip)) && Gazetteer::get().names_begin(&text[to + i..])
    })
}

/// The places of the list that stands directly after the phrase, or before it.
fn beside<'m>(text: &str, mentions: &'m [Mention], from: usize, to: usize, m: &PlaceMatcher, name: bool) -> Vec<&'m Mention> {
    // In a firm's own name the place stands behind what it does, with nothing after it: "HubSpot Agency London".
    let last = |p: &Mention| name && text[p.whole.end..].trim_start().chars().next().is_none_or(|c| !c.is_alphanumeric());
    let mut out: Vec<&Mention> = Vec::new();
    if m.before {
        let mut edge = from;
        for mention in mentions.iter().rev().filter(|p| p.whole.end <= from) {
            let between = &text[mention.whole.end..edge];
            let joined = if out.is_empty() {
                matches!(between.trim(), "" | "-" | "," | ":" | "–") || is_part(between)
            } else {
                joins(between, &m.joins)
            };
            if !joined || mention.part_of_name && !out.is_empty() {
                break;
            }
            out.push(mention);
            edge = mention.whole.start;
        }
        let head = text[..edge].trim_end();
        let led = m.lead.is_empty() || m.lead.find_all(head).any(|(_, end)| end == head.len());
        let led = led && (!m.whole || below::is_whole(text, edge, to));
        if !led {
            out.clear();
        }
    } else {
        let mut edge = to;
        for mention in mentions.iter().filter(|p| p.whole.start >= to) {
            let between = &text[edge..mention.whole.start];
            let district = || is_district(between, &m.skip) && ends_sentence(&text[mention.whole.end..]);
            let joined = match out.is_empty() {
                true => {
                    joins(between, &m.skip) && !between.contains([';', '/', '&', '+'])
                        || district()
                        || m.address && is_address(between) && !is_street(&text[mention.whole.end..])
                }
                false => joins(between, &m.joins),
            };
            if !joined || mention.part_of_name && !last(mention) {
                // "Via Torino 5, Milano", "12 London Road, Leeds": a street may be called after another city.
                let numbered = mention.part_of_name && between.bytes().any(|b| b.is_ascii_digit());
                if m.address && out.is_empty() && (numbered || is_street(&text[mention.whole.end..])) {
                    continue;
                }
                break;
            }
            out.push(mention);
            edge = mention.whole.end;
        }
        if let Some(first) = next_clause(text, &out, m) {
            out.truncate(first);
        }
        if m.whole && !below::is_whole(text, from, edge) {
            out.clear();
        }
    }
    out.retain(|p| !p.part_of_name || if m.before { name && !m.lead.is_empty() || followed_by_phrase(text, p, from) } else { last(p) });
    out
}

/// "With our office in Berlin, Vienna is a day trip", "… in Berlin; in Vienna we meet clients": with which place the clause begins that
/// follows. Of two cities a comma alone may divide them, of any number a semicolon.
fn next_clause(text: &str, list: &[&Mention], m: &PlaceMatcher) -> Option<usize> {
    let last = list.last()?;
    let word = text.get(last.whole.end..)?.strip_prefix(' ')?.split(|c: char| !c.is_alphabetic()).next()?;
    if !word.starts_with(char::is_lowercase) || m.joins.iter().any(|j| j == word) {
        return None;
    }
    let between = |n: usize| text.get(list[n - 1].whole.end..list[n].whole.start).unwrap_or("").trim();
    let semicolon = (1..list.len()).rev().find(|n| between(*n).starts_with(';'));
    let comma = || list.len() == 2 && between(1) == "," && list.iter().all(|p| p.kind == Kind::City);
    semicolon.or_else(|| comma().then_some(1))
}

/// "Leipziger Büro", "bureau lyonnais": the city whose adjective is the word directly before the phrase, or behind it.
fn adjective(text: &str, from: usize, to: usize, mentions: &[Mention], m: &PlaceMatcher) -> Option<Mention> {
    if m.endings.is_empty() && m.adjectives.is_empty() {
        return None;
    }
    let range = if m.before {
        let head = text.get(..from)?.trim_end();
        head.rfind(char::is_whitespace).map_or(0, |i| i + 1)..head.len()
    } else {
        let tail = text.get(to..)?;
        let start = to + (tail.len() - tail.trim_start().len());
        start..start + text[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - start)
    };
    let word = text.get(range.clone()).filter(|w| !w.is_empty())?;
    if mentions.iter().any(|p| p.whole.start < range.end && range.start < p.whole.end) {
        return None;
    }
    let lower = word.to_lowercase();
    let listed = m.adjectives.iter().find(|(a, _)| *a == lower).map(|(_, city)| city.as_str());
    let stem = || m.endings.iter().find_map(|e| word.strip_suffix(e.as_str())).filter(|_| word.starts_with(char::is_uppercase));
    let mut places = Gazetteer::get().cities(listed.or_else(stem)?);
    places.retain(|p| p.population >= MIN_ADJECTIVE);
    let kind = Kind::City;
    let mention = Mention {
        whole: range.clone(),
        range,
        places,
        regions: Vec::new(),
        country: None,
        qualified: None,
        kind,
        part_of_name: false,
        around: false,
    };
    Some(mention).filter(|m| !m.places.is_empty())
}

/// "London office": the word after the name is the phrase itself, and no firm is called so.
fn followed_by_phrase(text: &str, mention: &Mention, from: usize) -> bool {
    text[mention.whole.end..from].trim().is_empty() && text[from..].starts_with(|c: char| c.is_lowercase())
}

/// "大阪・梅田": a part of the city, behind a middle dot.
fn is_part(between: &str) -> bool {
    let part = between.strip_prefix('・');
    part.is_some_and(|p| p.chars().count() <= 6 && p.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}' | 'ヶ' | '々')))
}

/// Whether between two items stand only separators and the words that may.
fn joins(between: &str, words: &[String]) -> bool {
    let sign = |c: char| c.is_whitespace() || ",/&+;|·•・、:：()".contains(c);
    let left = between.trim_matches(sign).to_lowercase();
    left.is_empty() || words.contains(&left)
}

/// "12 Sample Street, ", "Coolsingel 5, 3011 AD ", "Hauptstr. 5, 80331 ": what stands before the place in an address.
fn is_address(between: &str) -> bool {
    let street = between.trim();
    let digit = |c: char| c.is_ascii_digit();
    // Two letters belong to a postcode of figures before them.
    let letters = street.rsplit_once(' ').filter(|(_, last)| last.len() == 2 && last.bytes().all(|b| b.is_ascii_uppercase()));
    let code = letters.is_some_and(|(head, _)| head.ends_with(digit));
    let ends = street.ends_with(',') || street.ends_with(digit) || code || between.contains('\n');
    // "Hauptstr. 5", "ul. Prosta 5": a full stop behind a short word, or before a number.
    let stops = between.match_indices(". ").any(|(i, stop)| {
        let word = between[..i].rsplit([' ', ',', '.']).next().unwrap_or("");
        word.chars().count() > 4 && !between[i + stop.len()..].starts_with(digit)
    });
    let prose = between.contains([';', '!', '?', '(']) || stops || between.len() > MAX_ADDRESS;
    ends && !prose && street.bytes().any(|b| b.is_ascii_digit())
}

/// Whether what follows a place makes a street of it, with a number before the next comma or directly behind one: " Road 12, ", " 5, ".
fn is_street(after: &str) -> bool {
    let Some((rest, tail)) = after.split_once(',') else { return false };
    let words = rest.split_whitespace().count();
    let number = |text: &str| text.trim_start().starts_with(|c: char| c.is_ascii_digit());
    rest.starts_with(' ') && words <= 3 && rest.split_whitespace().any(number) && !tail.trim().is_empty()
}

/// "Shoreditch, ": a name that is not known, as that of a part of the city behind the comma.
fn is_district(between: &str, skip: &[String]) -> bool {
    let Some(name) = between.trim().strip_suffix(',') else { return false };
    let mut words = name.split(' ').filter(|w| !w.is_empty()).peekable();
    words.next_if(|w| skip.contains(&w.to_lowercase()));
    let is_name = |w: &str| w.starts_with(char::is_uppercase) && w.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''));
    let count = words.clone().count();
    (1..=3).contains(&count) && words.all(is_name)
}

/// Whether a sentence ends here.
fn ends_sentence(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with(['.', '!', '?', '\n'])
}

/// "We are fully remote", from a firm that has offices on record and nothing else.
fn remote_of_physical(subject: &Subject, speaker: &Speaker, m: &PlaceMatcher, mut hits: Vec<Hit>) -> Vec<Hit> {
    let Some((partner, span, what)) = known::physical_only(speaker) else { return Vec::new() };
    if m.after_name {
        hits.retain(|hit| after_name(subject, speaker, hit));
    }
    if !m.skip.is_empty() {
        hits.retain(|hit| !of_one_place(subject, hit, m));
    }
    for hit in &mut hits {
        hit.values.push(("nearest", what.clone()));
        hit.values.push(("offices", what.clone()));
        hit.evidence.extend(subject.place_of(speaker, partner, span, "a physical office, by the record"));
    }
    hits
}

/// "No office in Paris", "In Paris we have no office": a place stands directly behind the phrase, or so few words before it that it is meant.
fn of_one_place(subject: &Subject, hit: &Hit, m: &PlaceMatcher) -> bool {
    let found = || {
        let (start, end) = hit.range?;
        let number = subject.document.block_at(start)?;
        let block = &subject.document.blocks[number];
        let text = subject.document.block_text(block);
        let (first, last) = lexical::sentence(text, start - block.start, end - block.start);
        let sentence = text.get(first..last)?;
        let (from, to) = (start - block.start - first, end - block.start - first);
        let behind = |p: &Mention| sentence.get(to..p.whole.start).is_some_and(|between| joins(between, &m.skip));
        let before = |p: &Mention| {
            let between = sentence.get(p.whole.end..from).filter(|b| !b.contains([',', ';', ':', '、', '.', '('])).map(str::trim);
            between.is_some_and(|b| {
                if b.is_ascii() { b.split_whitespace().count() <= WORDS_TO_PLACE } else { b.chars().count() <= 4 * WORDS_TO_PLACE }
            })
        };
        let found = subject.mentions(number, first..last).iter().any(|p| !p.part_of_name && (behind(p) || before(p)));
        Some(found)
    };
    found() == Some(true)
}

/// Whether the firm's name stands before the phrase, in its sentence.
fn after_name(subject: &Subject, speaker: &Speaker, hit: &Hit) -> bool {
    let head = || {
        let start = hit.range?.0;
        let block = &subject.document.blocks[subject.document.block_at(start)?];
        let text = subject.document.block_text(block);
        let (from, _) = lexical::sentence(text, start - block.start, start - block.start);
        text.get(from..start - block.start)
    };
    let Some(head) = head() else { return false };
    speaker.names().any(|n| n.chars().count() >= 3 && has_name(head, short(n)))
}

/// Whether a name stands in a text, not within a word, and with a capital if it has one. Signs of Japanese stand beside words of any kind.
fn has_name(text: &str, name: &str) -> bool {
    let (small, name) = (text.to_lowercase(), (name.starts_with(char::is_uppercase), name.to_lowercase()));
    let is_letter = |c: char| c.is_alphanumeric() && c < '\u{3000}';
    small.match_indices(&name.1).any(|(at, found)| {
        let within = |inside: Option<char>, beside: Option<char>| inside.is_some_and(is_letter) && beside.is_some_and(is_letter);
        let (before, after) = (&small[..at], &small[at + found.len()..]);
        let whole = !within(found.chars().next(), before.chars().next_back()) && !within(found.chars().next_back(), after.chars().next());
        // Capitals that become longer are rare: then their places are unknown.
        let first = text.get(at..).filter(|_| small.len() == text.len()).and_then(|t| t.chars().next());
        whole && !(name.0 && first.is_some_and(char::is_lowercase))
    })
}

/// A name of three words or more without the rest, which often says what the firm does: "Maré Alta Consultoria".
fn short(name: &str) -> &str {
    let end = name.match_indices(' ').nth(1).map(|(i, _)| i);
    end.and_then(|i| name.get(..i)).filter(|n| n.chars().count() >= 8).unwrap_or(name)
}

/// Whether the phrase opens its sentence.
fn opens(subject: &Subject, hit: &Hit) -> bool {
    let Some((start, _)) = hit.range else { return false };
    let Some(block) = subject.document.block_at(start).map(|b| &subject.document.blocks[b]) else { return false };
    let text = subject.document.block_text(block);
    let (from, _) = lexical::sentence(text, start - block.start, start - block.start);
    text.get(from..start - block.start).is_some_and(is_opening)
}

/// Whether in what stands before a phrase there is a preposition, or nothing.
fn is_opening(head: &str) -> bool {
    let mut words = head.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.next().is_none_or(|w| w.chars().count() <= 4) && words.next().is_none()
}

/// "With offices in Paris and Rome, Acme …": the phrase opens its sentence, and the firm's name stands directly behind the places.
fn opens_before_name(speaker: &Speaker, sentence: &str, from: usize, end: usize) -> bool {
    let (Some(head), Some(tail)) = (sentence.get(..from), sentence.get(end..)) else { return false };
    if !is_opening(head) {
        return false;
    }
    let tail = tail.trim_start_matches(|c: char| c.is_whitespace() || c == ',').to_lowercase();
    let follows = |name: &str| tail.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    speaker.names().map(str::to_lowercase).any(|n| n.chars().count() >= 3 && follows(&n))
}

/// "12 offices", held against a list that is whole.
fn count(subject: &Subject, speaker: &Speaker, m: &PlaceMatcher, hits: Vec<Hit>) -> Vec<Hit> {
    let Some((partner, span, offices)) = known::whole_list(speaker) else { return Vec::new() };
    let held = match m.counts {
        Counts::Offices => Some(offices.len()),
        Counts::Countries => known::distinct(&offices, |o| o.country.as_ref()),
        Counts::Cities => known::distinct(&offices, |o| o.city.as_ref()),
    };
    let Some(held) = held else { return Vec::new() };
    let mut out = Vec::new();
    for mut hit in hits {
        let Some(claimed) = number_in(&hit.text, m) else { continue };
        // Fewer than there are misleads nobody; a year is no number of offices.
        if claimed <= held || claimed > 1000 {
            continue;
        }
        hit.values.push(("claimed", claimed.to_string()));
        hit.values.push(("held", held.to_string()));
        hit.values.push(("nearest", offices.iter().map(|o| o.describe()).collect::<Vec<_>>().join("; ")));
        hit.evidence.extend(subject.place_of(speaker, partner, span, "the offices on record"));
        out.push(hit);
    }
    out
}

/// The first number in a text, in figures or as a word.
fn number_in(text: &str, m: &PlaceMatcher) -> Option<usize> {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let figure = |w: &str| {
        let digits: String = w.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()
    };
    let word = words.find_map(|w| figure(w).or_else(|| m.numbers.iter().find(|(n, _)| n == w).map(|(_, v)| *v)));
    // Where no spaces stand between words, a number is somewhere in a run of them.
    let within = || m.numbers.iter().find(|(n, _)| !n.is_ascii() && lower.contains(n.as_str())).map(|(_, v)| *v);
    word.or_else(|| figure(lower.trim_start_matches(|c: char| !c.is_ascii_digit()))).or_else(within)
}

/// How far two lists of cities are apart at least, in kilometres.
fn apart(a: &[Place], b: &[Place]) -> Option<f64> {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| distance_km(a, b)));
    pairs.min_by(f64::total_cmp)
}

/// Whether a mention most likely is a city.
fn is_city(mention: &Mention) -> bool {
    mention.kind == Kind::City
}

/// Where a spot is said to be, in words.
fn describe(spots: &[Spot]) -> String {
    spots.iter().map(|s| s.fact.value.describe()).collect::<Vec<_>>().join("; ")
}
