//! What is on record, held against what is claimed. A listing's own fields go before the register. `None`: nothing is wrong, or nothing is
//! known.

use super::about::Place;
use super::number::{Number, write};
use super::{Verdict, claimed, words_after};
use crate::check::{Hit, Known, Speaker, Subject};
use crate::facts::names::{country_name, fold_name};
use crate::facts::partners::{Office, Since};
use crate::facts::places::{Gazetteer, Kind, Mention, Place as Gazetted, fold::fold};
use crate::facts::{Answer, List, Partner, Program, State, Tier};
use crate::finding::Location;
use crate::pack::model::ClaimMatcher;
use crate::source::Span;

/// A fact that is known, by its listing or the register.
fn known<'s, T>(subject: &'s Subject, of: impl Fn(&Partner) -> &T, knows: impl Fn(&T) -> bool) -> Option<(&'s Speaker<'s>, Known<'s, T>)> {
    let speaker = subject.wanted_speaker()?;
    let known = speaker.find(of, knows);
    if known.is_none() {
        subject.aside("register", || "who is speaking is known, but not this of them".to_owned());
        if subject.facts.partners.is_none() {
            subject.want("partners");
        }
    }
    Some((speaker, known?))
}

/// The claim holds: tells whoever asks what was held against what.
fn holds(subject: &Subject, speaker: &Speaker, partner: &Partner, span: Option<Span>, claimed: &str, known: &str) -> Option<Verdict> {
    subject.aside("claim", || {
        let at = span.and_then(|s| subject.place_of(speaker, partner, s, ""));
        let at = at.map(|l| l.spans.first().map_or(l.path.clone(), |s| format!("{}:{}", l.path, s.line)));
        let at = at.map(|at| format!(" ({at})")).unwrap_or_default();
        format!("the claim holds: it says {claimed}, and on record is {known}{at}")
    });
    None
}

fn evidence(subject: &Subject, speaker: &Speaker, partner: &Partner, span: Option<Span>, known: &str) -> Option<Location> {
    subject.place_of(speaker, partner, span?, &format!("on record: {known}"))
}

fn describe(tier: &State<Tier>) -> String {
    tier.value().map_or_else(|| "no tier".to_owned(), Tier::to_string)
}

/// A tier above, or below, the one on record. A firm that is no member has a rule of its own.
pub(in crate::check) fn tier(subject: &Subject, grace: i32, name: &str, above: bool) -> Option<Verdict> {
    let claimed = Program::get().tier(name)?;
    let (speaker, tier) = known(subject, |p| &p.tier, |t| !t.is_unknown())?;
    if member(speaker).is_some_and(|(is, _, _)| !is) {
        subject.aside("claim", || "the firm is no member on record, which has a rule of its own".to_owned());
        return None;
    }
    let wrong = match tier.fact {
        State::Is(fact) if above => claimed > fact.value,
        State::Is(fact) => claimed < fact.value,
        State::Absent(_) => above,
        State::Unknown => false,
    };
    let known = describe(tier.fact);
    if !wrong {
        return holds(subject, speaker, tier.partner, tier.fact.span(), &claimed.to_string(), &known);
    }
    Some(Verdict {
        claimed: claimed.to_string(),
        since: since(subject, grace, speaker),
        evidence: evidence(subject, speaker, tier.partner, tier.fact.span(), &known),
        known,
    })
}

/// Since when the tier holds, if it changed within the days of grace.
fn since(subject: &Subject, grace: i32, speaker: &Speaker) -> String {
    let changed = speaker.find(|p| &p.tier_since, |s| s.value().is_some_and(|s| s.day.is_some()));
    let Some(day) = changed.and_then(|k| k.fact.value().and_then(|s: &Since| s.day)) else { return String::new() };
    let ago = day.days_until(subject.facts.today);
    if (0..=grace).contains(&ago) {
        format!(", changed on {day}, {ago} {} ago", if ago == 1 { "day" } else { "days" })
    } else {
        String::new()
    }
}

/// Whether the speaker is a member, by whom, and where that stands.
fn member<'s>(speaker: &'s Speaker) -> Option<(bool, &'s Partner, Option<Span>)> {
    let both = speaker.firms();
    both.into_iter().find_map(|p| Some((p.is_member()?, p, p.membership.span().or(p.tier.span()))))
}

/// A tier of a firm that is no member.
pub(in crate::check) fn no_member(subject: &Subject, name: &str) -> Option<Verdict> {
    let speaker = subject.wanted_speaker()?;
    let tier = Program::get().tier(name).map_or_else(|| name.to_owned(), |t| t.to_string());
    let verdict = |known: &str, evidence| Some(Verdict { claimed: tier.clone(), known: known.to_owned(), since: String::new(), evidence });
    match member(speaker) {
        Some((true, partner, span)) => holds(subject, speaker, partner, span, &tier, "a member"),
        Some((false, partner, span)) => {
            let word = partner.membership.value().map_or_else(|| "no member".to_owned(), |m| m.replace('_', " "));
            verdict(&word, evidence(subject, speaker, partner, span, &word))
        }
        None => {
            // A firm that a complete register does not have is none.
            let register = subject.facts.partners.as_ref().filter(|r| r.covers_others() && speaker.known.is_none())?;
            let own = speaker.own.as_deref()?;
            let ids = || own.ids.iter().chain([&own.id]);
            let several = ids().any(|i| !register.all_by_id(&i.value).is_empty())
                || own.names().any(|n| !register.by_name(&n.value).is_empty())
                || own.domains.items().iter().any(|d| !register.by_domain(&d.value).is_empty());
            let known = "not in the register";
            if several { None } else { verdict(known, register.complete_place().map(|p| p.location("every member is in here"))) }
        }
    }
}

/// Whether an entry of a list is the thing that is called so: by the words of the pack, or by its name.
fn is_called(m: &ClaimMatcher, name: &str) -> impl Fn(&String) -> bool {
    move |entry: &String| claimed(m, entry).map_or_else(|| fold_name(entry) == fold_name(name), |c| c == name)
}

fn listed(list: &List<String>) -> String {
    match list.items() {
        [] => "none".to_owned(),
        items => items.iter().map(|i| i.value.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// An accreditation that the firm has not.
pub fn not_held(subject: &Subject, m: &ClaimMatcher, name: &str) -> Option<Verdict> {
    let (speaker, list) = known(subject, |p| &p.accreditations, |l| !l.is_unknown())?;
    let known = listed(list.fact);
    let span = match list.fact.has(is_called(m, name)) {
        Answer::No(span) => span,
        _ => return holds(subject, speaker, list.partner, list.fact.span(), name, &known),
    };
    let evidence = evidence(subject, speaker, list.partner, span, &known);
    Some(Verdict { claimed: name.to_owned(), known, since: String::new(), evidence })
}

/// One that the firm's tier does not allow, unless its list says more.
pub fn tier_too_low(subject: &Subject, m: &ClaimMatcher, name: &str) -> Option<Verdict> {
    let least = Program::get().tier(m.least.as_deref()?)?;
    let (speaker, tier) = known(subject, |p| &p.tier, |t| !t.is_unknown())?;
    if tier.fact.value().is_some_and(|t| *t >= least) {
        return holds(subject, speaker, tier.partner, tier.fact.span(), name, &describe(tier.fact));
    }
    if let Some(list) = speaker.find(|p| &p.accreditations, |l: &List<String>| !l.is_unknown())
        && matches!(list.fact.has(is_called(m, name)), Answer::Yes(..))
    {
        // Held in spite of the tier.
        return None;
    }
    let known = describe(tier.fact);
    let evidence = evidence(subject, speaker, tier.partner, tier.fact.span(), &known);
    Some(Verdict { claimed: name.to_owned(), since: since(subject, m.grace, speaker), known, evidence })
}

/// A number above the one on record.
fn more(subject: &Subject, speaker: &Speaker, partner: &Partner, span: Option<Span>, claimed: Number, known: f64) -> Option<Verdict> {
    let text = write(known);
    if claimed.value <= known {
        return holds(subject, speaker, partner, span, &write(claimed.value), &text);
    }
    let evidence = evidence(subject, speaker, partner, span, &text);
    Some(Verdict { claimed: write(claimed.value), evidence, known: text, since: String::new() })
}

/// More accreditations than the list has.
pub fn more_accreditations(subject: &Subject, claimed: Number) -> Option<Verdict> {
    let (speaker, list) = known(subject, |p| &p.accreditations, List::is_whole)?;
    more(subject, speaker, list.partner, list.fact.span(), claimed, list.fact.items().len() as f64)
}

/// More certifications than are counted, or listed.
pub fn more_certifications(subject: &Subject, claimed: Number) -> Option<Verdict> {
    let who = subject.wanted_speaker()?;
    if let Some(count) = who.find(|p| &p.certification_count, |c| c.value().is_some()) {
        return more(subject, who, count.partner, count.fact.span(), claimed, *count.fact.value()?);
    }
    let (who, list) = known(subject, |p| &p.certifications, List::is_whole)?;
    more(subject, who, list.partner, list.fact.span(), claimed, list.fact.items().len() as f64)
}

/// More reviews than are counted.
pub fn more_reviews(subject: &Subject, m: &ClaimMatcher, claimed: Number) -> Option<Verdict> {
    let (speaker, count) = known(subject, |p| &p.review_count, |c| c.value().is_some())?;
    let known = *count.fact.value()?;
    let allowed = known * (1.0 + m.tolerance / 100.0);
    if claimed.value <= allowed {
        return holds(subject, speaker, count.partner, count.fact.span(), &write(claimed.value), &write(known));
    }
    more(subject, speaker, count.partner, count.fact.span(), claimed, known)
}

/// A rating above the one on record, which is rounded to as many decimals as the claim has.
pub fn higher_rating(subject: &Subject, claimed: Number) -> Option<Verdict> {
    let (speaker, rating) = known(subject, |p| &p.rating, |c| c.value().is_some())?;
    let known = *rating.fact.value()?;
    let scale = 10f64.powi(claimed.decimals.min(4) as i32);
    if (claimed.value * scale).round() <= (known * scale).round() {
        return holds(subject, speaker, rating.partner, rating.fact.span(), &write(claimed.value), &write(known));
    }
    more(subject, speaker, rating.partner, rating.fact.span(), claimed, known)
}

/// A longer time in the program than on record: a year, or a number of them.
pub fn longer_partner(subject: &Subject, claimed: Number) -> Option<Verdict> {
    let (speaker, joined) = known(subject, |p| &p.partner_since, |s| s.value().is_some())?;
    let since = joined.fact.value()?.year;
    let this_year = subject.facts.today.year();
    let begun = if claimed.value >= 1900.0 { claimed.value } else { f64::from(this_year) - claimed.value };
    // Years are counted from either end.
    let slack = if claimed.value >= 1900.0 { 0.0 } else { 1.0 };
    let text = format!("since {since}");
    if begun + slack >= f64::from(since) {
        return holds(subject, speaker, joined.partner, joined.fact.span(), &write(claimed.value), &text);
    }
    let evidence = evidence(subject, speaker, joined.partner, joined.fact.span(), &text);
    Some(Verdict { claimed: write(claimed.value), known: text, since: String::new(), evidence })
}

/// The country that a statement speaks of: right behind the match and the words that the pack has for it. The inner `None` is a place that is
/// no country, or not known as one.
fn country_after(m: &ClaimMatcher, place: &Place) -> Option<Option<(&'static str, &'static str)>> {
    let rest = place.text[place.hit.1..place.sentence.1].trim_start();
    let (_, end) = m.in_place.find(rest, 0).filter(|(start, _)| *start == 0)?;
    let words: Vec<&str> = words_after(rest, end).take(3).collect();
    let named = |n: usize| Some(words[..n].join(" ")).filter(|name| name.len() > 2);
    let country = (1..=words.len()).rev().find_map(|n| Gazetteer::get().country(&named(n)?));
    Some(country.map(|c| (country_name(c.iso2).unwrap_or(c.name), c.iso2)))
}

/// The city that a statement speaks of, in the same way; its `range` is one of the whole text.
fn city_after(m: &ClaimMatcher, place: &Place) -> Option<Mention> {
    let tail = place.text.get(place.hit.1..place.sentence.1)?;
    let rest = tail.trim_start();
    let (_, end) = m.in_place.find(rest, 0).filter(|(start, _)| *start == 0)?;
    let behind = rest.get(end..)?;
    let words = behind.trim_start();
    let mut city = Gazetteer::get().mentions(words, &|| None).into_iter().find(|p| p.range.start == 0 && p.kind == Kind::City)?;
    let shift = place.sentence.1 - words.len();
    city.range = city.range.start + shift..city.range.end + shift;
    Some(city)
}

/// Whether a firm is known to have an office in a city.
fn is_in_city(partner: &Partner, city: &Mention) -> bool {
    let is = |city: &Gazetted, office: &Office| {
        let country = office.country.as_ref().is_none_or(|c| c.value == city.country);
        country && office.city.as_ref().is_some_and(|c| fold(&c.value) == fold(city.name))
    };
    let mut offices = partner.offices.physical.items().iter().chain(partner.offices.unsorted.items());
    offices.any(|o| city.places.iter().any(|p| is(p, &o.value)))
}

/// Whether a firm is known to be somewhere in a country.
fn is_in(partner: &Partner, code: &str) -> bool {
    let offices = partner.offices.physical.items().iter().chain(partner.offices.unsorted.items());
    offices.chain(partner.offices.remote.items()).any(|o| o.value.country.as_ref().is_some_and(|c| c.value == code))
}

/// Another number of partners than a complete register has: of all, or of those of a country, perhaps of one tier. Members whose offices or
/// tier nobody knows may count or not.
pub fn other_partners(subject: &Subject, m: &ClaimMatcher, place: &Place, name: &str, claimed: Number) -> Option<Verdict> {
    let Some(register) = &subject.facts.partners else {
        subject.want("partners");
        return None;
    };
    if !register.covers_others() {
        return None;
    }
    let (least, most, of) = if m.in_place.is_empty() {
        (register.len(), register.len(), "partners".to_owned())
    } else {
        let (country, code) = country_after(m, place)??;
        let tier = Program::get().tier(name);
        let somewhere =
            |p: &Partner| !p.offices.physical.is_unknown() || !p.offices.unsorted.is_unknown() || !p.offices.remote.is_unknown();
        let may = |p: &&Partner| {
            let there = is_in(p, code) || !somewhere(p);
            there && p.is_member() != Some(false) && tier.as_ref().is_none_or(|t| p.tier.is_unknown() || p.tier.value() == Some(t))
        };
        let sure = |p: &&Partner| is_in(p, code) && p.is_member() == Some(true) && tier.as_ref().is_none_or(|t| p.tier.value() == Some(t));
        (register.iter().filter(sure).count(), register.iter().filter(may).count(), format!("in {country}"))
    };
    let off = |known: usize| (claimed.value - known as f64).abs() > m.tolerance / 100.0 * known as f64;
    let known = if claimed.value < least as f64 { least } else { most };
    ((claimed.value < least as f64 || claimed.value > most as f64) && off(known)).then(|| {
        let text = if least == most { known.to_string() } else { format!("{least} to {most}") };
        Verdict {
            claimed: write(claimed.value),
            evidence: register.complete_place().map(|p| p.location(format!("on record: {text} {of}"))),
            known: text,
            since: String::new(),
        }
    })
}

/// An award that is not on record (`unlisted`), or one without a year that the record does not prove.
pub fn award(subject: &Subject, m: &ClaimMatcher, name: &str, year: Option<i16>, unlisted: bool) -> Option<Verdict> {
    let who = subject.speaker();
    let same = is_called(m, name);
    let awards = subject.facts.awards.as_ref();
    let fits = |n: &String, y: Option<i16>| same(n) && year.is_none_or(|year| y.is_none_or(|y| y == year));
    let firms = || who.into_iter().flat_map(Speaker::firms);
    let ids = || firms().flat_map(|p| std::iter::once(&p.id.value).chain(p.ids.iter().map(|i| &i.value)));
    let in_register = || awards.into_iter().flat_map(move |a| ids().flat_map(move |id| a.of_partner(id)));
    let proved = firms().flat_map(|p| p.awards.items()).any(|a| fits(&a.value.name, a.value.year))
        || in_register().any(|a| fits(&a.name.value, Some(a.year.value)));
    if proved {
        subject.aside("claim", || format!("the claim holds: {name} is on record"));
        return None;
    }
    let claimed = year.map_or_else(|| name.to_owned(), |y| format!("{name} {y}"));
    if !unlisted {
        return year.is_none().then(|| Verdict { claimed, ..Verdict::default() });
    }
    year?;
    let verdict = |known: String, evidence| Some(Verdict { claimed: claimed.clone(), known, since: String::new(), evidence });
    // The same award of another year.
    if let Some(a) = in_register().find(|a| same(&a.name.value)) {
        let known = format!("{} {}", a.name.value, a.year.value);
        let at = awards.map(|r| r.place(a.span).location(format!("on record: {known}")));
        return verdict(known, at);
    }
    let who = subject.wanted_speaker()?;
    let whole = who.find(|p| &p.awards, |l: &List<_>| l.is_whole());
    if let Some(list) = whole {
        let known = list.fact.items().iter().map(|a| a.value.name.clone()).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "none".to_owned() } else { known };
        let at = evidence(subject, who, list.partner, list.fact.span(), &known);
        return verdict(known, at);
    }
    match awards {
        // Whose an award is, is said by ids of the partners register. What nobody won, this firm did not.
        Some(register)
            if register.is_complete() && (who.known.is_some() || !register.iter().any(|a| fits(&a.name.value, Some(a.year.value)))) =>
        {
            verdict("not in the register".to_owned(), register.complete_place().map(|p| p.location("every award is in here")))
        }
        Some(register) => {
            if register.is_complete() && subject.facts.partners.is_none() {
                subject.want("partners");
            }
            None
        }
        None => {
            subject.want("awards");
            None
        }
    }
}

/// The only partner of a place. A complete register proves or contradicts it; a confirmed exclusive relation proves it.
pub fn not_alone(subject: &Subject, m: &ClaimMatcher, hit: &Hit, place: &Place) -> Option<Verdict> {
    let who = subject.speaker();
    if who.is_some_and(|w| w.find(|p| &p.exclusive, |e| e.value() == Some(&true)).is_some()) {
        return None;
    }
    let unproved = Verdict { claimed: hit.text.clone(), known: "nothing that proves it".to_owned(), ..Verdict::default() };
    let (Some(who), Some(register)) = (who, subject.facts.partners.as_ref().filter(|r| r.covers_others())) else { return Some(unproved) };
    let Some(country) = country_after(m, place) else { return Some(unproved) };
    let own: Vec<&str> = who.firms().map(|p| p.id.value.as_str()).collect();
    let others = || register.iter().filter(|p| !own.contains(&p.id.value.as_str()) && p.is_member() != Some(false));
    let (there, other) = match country {
        Some((country, code)) => (country.to_owned(), others().find(|p| is_in(p, code))?),
        // Of a city; that nobody else is there, a register cannot prove where it does not know all offices.
        None => {
            let city = city_after(m, place)?;
            match others().find(|p| is_in_city(p, &city)) {
                Some(other) => (place.text.get(city.range.clone()).unwrap_or("").to_owned(), other),
                None => return (!others().all(|p| p.offices.physical.is_whole())).then_some(unproved),
            }
        }
    };
    let known = format!("{} is there too", other.name.value);
    let evidence = register.place(other, other.name.span).map(|p| p.location(format!("also in {there}")));
    Some(Verdict { claimed: hit.text.clone(), known, since: String::new(), evidence })
}

/// Works with the program's assistant, which the record denies.
pub fn no_assistant(subject: &Subject) -> Option<Verdict> {
    let (speaker, flag) = known(subject, |p| &p.works_with_breeze, |f| f.value().is_some())?;
    if *flag.fact.value()? {
        return None;
    }
    let evidence = evidence(subject, speaker, flag.partner, flag.fact.span(), "no");
    Some(Verdict { claimed: "yes".to_owned(), known: "no".to_owned(), since: String::new(), evidence })
}
