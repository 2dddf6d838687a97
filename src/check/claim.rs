//! A statement about the firm, held against what is known of it. What is unknown is never a fault.
//!
//! Who and when a statement is about is told in `about`, what is on record in `record`.

mod about;
mod number;
mod record;

use super::prefilter::OfRule;
use super::{Hit, Subject, lexical, text};
use crate::finding::Location;
use crate::pack::model::{ClaimMatcher, Wrong};
use about::Place;
pub(super) use record::{no_member, tier as held_tier};

/// In so many words after a thing that is claimed its vendor may be named.
const NAMED_AFTER: usize = 4;

/// What a statement is found to be wrong about.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// What was claimed.
    pub claimed: String,
    /// What is on record.
    pub known: String,
    /// Since when, if that is worth a word.
    pub since: String,
    /// Where that stands.
    pub evidence: Option<Location>,
}

pub(super) fn find(subject: &Subject, m: &ClaimMatcher, candidates: OfRule) -> Vec<Hit> {
    if candidates.is_empty() {
        return Vec::new();
    }
    let mut hits = text::find(subject, &m.patterns, candidates);
    // Of hits in one place the longest says what is claimed.
    hits.sort_by_key(|h| h.range.map(|(s, e)| (s, std::cmp::Reverse(e))));
    let mut end = 0;
    hits.retain(|h| {
        let Some((s, e)) = h.range else { return false };
        let fresh = s >= end;
        end = end.max(e);
        fresh
    });
    hits.retain_mut(|hit| {
        let Some(place) = Place::of(subject, hit) else { return false };
        if !cued(m, &place) {
            subject.stopped(hit, "claim", || "no word that makes it a claim stands near enough".to_owned());
            return false;
        }
        if let Some(why) = about::no_claim(subject, &m.about, hit, &place, m.cue.is_some()) {
            subject.stopped(hit, "claim", || why.to_owned());
            return false;
        }
        subject.forget_aside();
        let Some(verdict) = judge(subject, m, hit, &place) else {
            subject.stopped_as_told(hit);
            return false;
        };
        hit.values.push(("claimed", verdict.claimed));
        hit.values.push(("known", verdict.known));
        hit.values.push(("since", verdict.since));
        hit.evidence.extend(verdict.evidence);
        true
    });
    hits
}

/// The thing that a text claims: the entry of `words` with the longest match.
fn claimed<'m>(m: &'m ClaimMatcher, text: &str) -> Option<&'m str> {
    let longest = |set: &crate::pack::PhraseSet| set.find_all(text).map(|(s, e)| e - s).max();
    m.words.iter().filter_map(|(name, set)| Some((longest(set)?, name.as_str()))).max_by_key(|(n, _)| *n).map(|(_, name)| name)
}

/// Whether the cue stands near enough, with nothing between that tears the two apart. Further things claimed in the same breath do not count
/// as distance: “accredited in A, B and C”.
fn cued(m: &ClaimMatcher, place: &Place) -> bool {
    let Some((cue, within)) = &m.cue else { return true };
    let (text, (start, end)) = (place.text, place.hit);
    if cue.is_match(&text[start..end]) {
        return true;
    }
    let near = |between: &str| {
        let mut rest = between.to_owned();
        for (_, set) in &m.words {
            while let Some((s, e)) = set.find(&rest, 0) {
                rest.replace_range(s..e, "");
            }
        }
        let words = rest.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).count();
        words <= *within && !m.apart.is_match(between)
    };
    let before = &text[place.sentence.0..start];
    let after = &text[end..place.sentence.1];
    if place.above.is_some_and(|a| cue.is_match(a) && !m.apart.is_match(a)) {
        return true;
    }
    let last = cue.find_all(before).last();
    last.is_some_and(|(_, e)| near(&before[e..])) || cue.find(after, 0).is_some_and(|(s, _)| near(&after[..s]))
}

fn judge(subject: &Subject, m: &ClaimMatcher, hit: &Hit, place: &Place) -> Option<Verdict> {
    let named = claimed(m, &hit.text);
    // Of partners, those of any tier may be counted.
    if !m.words.is_empty() && named.is_none() && m.wrong != Wrong::OtherPartners {
        return None;
    }
    let name = named.unwrap_or_default();
    match m.wrong {
        Wrong::Said => {
            if m.words.is_empty() || !enumerates(m, place, name) {
                return Some(Verdict { claimed: name.to_owned(), ..Verdict::default() });
            }
            None
        }
        Wrong::TierAbove | Wrong::TierBelow | Wrong::NoMember if enumerates(m, place, name) => {
            subject.aside("claim", || "the sentence lists several of these things, as an explanation does".to_owned());
            None
        }
        Wrong::TierAbove => record::tier(subject, m.grace, name, true),
        Wrong::TierBelow => record::tier(subject, m.grace, name, false),
        Wrong::NoMember => record::no_member(subject, name),
        Wrong::NotHeld => record::not_held(subject, m, name),
        Wrong::TierTooLow => record::tier_too_low(subject, m, name),
        Wrong::MoreAccreditations => record::more_accreditations(subject, number::in_text(m, &hit.text)?),
        Wrong::MoreCertifications => record::more_certifications(subject, number::in_text(m, &hit.text)?),
        Wrong::MoreReviews => record::more_reviews(subject, m, number::in_text(m, &hit.text)?),
        Wrong::HigherRating => record::higher_rating(subject, number::in_text(m, &hit.text)?),
        Wrong::LongerPartner => record::longer_partner(subject, number::in_text(m, &hit.text)?),
        Wrong::OtherPartners => record::other_partners(subject, m, place, name, number::in_text(m, &hit.text)?),
        Wrong::AwardUnlisted => record::award(subject, m, name, about::year_in(place.sentence()), true),
        Wrong::AwardUndated => record::award(subject, m, name, about::year_in(place.sentence()), false),
        Wrong::NotAlone => record::not_alone(subject, m, hit, place),
        Wrong::NoAssistant => record::no_assistant(subject),
        Wrong::UnknownTitle => unknown_title(m, &hit.text),
    }
}

/// Whether a sentence lists several of the things that can be claimed, as explanations of a program do, and does not say that it is this one
/// now. One that belongs to another vendor does not count.
fn enumerates(m: &ClaimMatcher, place: &Place, name: &str) -> bool {
    let sentence = place.sentence();
    let own = (place.hit.0 - place.sentence.0, place.hit.1 - place.sentence.0);
    let others = m.words.iter().filter(|(n, _)| n != name).any(|(_, set)| {
        set.find_all(sentence).any(|(s, e)| {
            let capital = sentence[s..].starts_with(|c: char| !c.is_lowercase());
            let head = sentence[..s].trim_end();
            let foreign = m.about.others.find_all(head).any(|(_, e)| e == head.len()) || is_named_after(m, &sentence[e..]);
            capital && !foreign && (e <= own.0 || s >= own.1)
        })
    });
    others && !m.about.present.is_match(&place.text[place.clause.0..place.clause.1])
}

/// Whether another vendor is the first that is named in the next words: “a Gold partner of …”.
fn is_named_after(m: &ClaimMatcher, rest: &str) -> bool {
    let end = rest.split_whitespace().nth(NAMED_AFTER).map_or(rest.len(), |w| w.as_ptr().addr() - rest.as_ptr().addr());
    let other = m.about.others.find(&rest[..end], 0);
    other.is_some_and(|(s, _)| !m.about.mark.is_match(&rest[..s]))
}

fn unknown_title(m: &ClaimMatcher, text: &str) -> Option<Verdict> {
    let words = |t: &str| -> Vec<String> {
        let plain = t.to_lowercase();
        let all = plain.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
        all.filter(|w| w.len() > 1 && !m.filler.iter().any(|f| f.to_lowercase() == *w)).collect()
    };
    let claimed = words(text);
    let known = |w: &String| m.titles.iter().any(|t| words(t).contains(w));
    if claimed.is_empty() || claimed.iter().any(known) {
        return None;
    }
    Some(Verdict { claimed: text.to_owned(), ..Verdict::default() })
}

/// The words of a text that follow a place in it, up to the end of the clause.
fn words_after(text: &str, at: usize) -> impl Iterator<Item = &str> {
    let end = text[at..].find([',', ';', '.', '(', '|', ':', '!', '?']).map_or(text.len(), |i| at + i);
    text[at..lexical::floor(text, end)].split_whitespace()
}
