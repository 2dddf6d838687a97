//! What is the same, or contradicts itself, across records and pages of a run.
//!
//! While a document is at hand, a matcher takes from it what it compares: hashes and places, no texts. When all have been seen,
//! [`groups`] tells which of them belong together.

pub mod groups;
pub mod sketch;

use super::{Subject, context};
use crate::document::{Field, Mark, Record, Role};
use crate::facts::names::{fold_name, is_shared, site};
use crate::facts::places::{Gazetteer, Kind as PlaceKind, distance_km, fold::fold};
use crate::finding::Location;
use crate::pack::model::{Context, CorpusMatcher, DifferBy, Matcher, MatcherForm, OfficeThere, Rule, Same};
use crate::source::Span;
use borsh::{BorshDeserialize, BorshSerialize};
use sketch::{Sketch, hash, join};
use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;

/// Of a longer text, the beginning is compared.
const MAX_TEXT: usize = 1 << 20;
/// Telephone numbers have so many digits, or more.
const MIN_PHONE: usize = 7;
/// Values that are left alone are no longer than this.
const MAX_WORD: usize = 200;

/// What a matcher takes from one document.
#[derive(Debug)]
pub struct Found {
    /// What members of a group have in common.
    pub key: u64,
    /// What tells it apart from others of its group.
    pub marks: Marks,
    /// Of a text, what it is compared by.
    pub sketch: Option<Box<Sketch>>,
    /// What is pointed at: places in the source, the visible text, the field.
    pub spans: Vec<Span>,
    /// The visible text there.
    pub text: String,
    /// The field it stands in.
    pub field: Option<usize>,
    /// The place a page is about.
    pub place: Option<String>,
    /// Where the register lists the offices.
    pub evidence: Option<Location>,
}

/// Hashes by which members of a group are told apart; 0 is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Marks {
    /// What the record is known by.
    pub id: u32,
    /// All its values.
    pub whole: u32,
    /// The firm's name.
    pub name: u32,
    /// The word or words of it that name the firm.
    pub head: u32,
    /// The firm's domain.
    pub domain: u32,
    /// The tier, or the place.
    pub other: u32,
}

/// The `corpus` matchers of a rule, each with those around it that have something to say.
pub fn leaves(rule: &Rule) -> Vec<&Matcher> {
    fn collect<'r>(m: &'r Matcher, out: &mut Vec<&'r Matcher>) {
        match &m.form {
            MatcherForm::Corpus(_) => out.push(m),
            MatcherForm::Any(list) => list.iter().for_each(|m| collect(m, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    collect(rule.matcher(), &mut out);
    out
}

/// What several matchers want to know of one document, worked out once.
#[derive(Debug, Default)]
pub struct Shared {
    /// A hash of all values.
    whole: OnceCell<u32>,
    /// The folded name and the domain of a firm.
    firm: OnceCell<Option<(String, u32)>>,
    /// Whose the address in a field is.
    domains: RefCell<Vec<(usize, Option<String>)>>,
}

impl Shared {
    fn domain(&self, field: usize, value: &str) -> Option<String> {
        if let Some((_, known)) = self.domains.borrow().iter().find(|(f, _)| *f == field) {
            return known.clone();
        }
        let domain = site(value);
        self.domains.borrow_mut().push((field, domain.clone()));
        domain
    }
}

/// What the matcher takes from a document, if it has what is compared.
pub fn find(subject: &Subject, rule: &Rule, leaf: &Matcher, shared: &Shared) -> Option<Found> {
    let MatcherForm::Corpus(m) = &leaf.form else { return None };
    if leaf.says.as_ref().is_some_and(|s| !s.kinds.is_empty() && !s.kinds.contains(&subject.kind)) {
        return None;
    }
    let found = if m.same == Same::Text && m.fields.is_empty() { page(subject, m) } else { in_record(subject, m, shared) }?;
    let contexts: [&Context; 2] = [rule.context(), &leaf.context];
    if found.field.is_some() && !contexts.iter().any(|c| c.speaks_of_values()) {
        return Some(found);
    }
    let hit = super::Hit { spans: found.spans.clone(), text: found.text.clone(), field: found.field, ..super::Hit::default() };
    context::stops(subject, &[], &contexts, &hit, false).is_none().then_some(found)
}

/// The first of these fields that has a value.
fn first<'d>(subject: &Subject<'d>, record: &Record, names: &[String]) -> Option<(usize, &'d Field)> {
    names.iter().find_map(|name| valued(subject, record, name))
}

fn valued<'d>(subject: &Subject<'d>, record: &Record, name: &str) -> Option<(usize, &'d Field)> {
    let fields: &'d [Field] = &subject.document.fields;
    let mut all = subject.field_index().of_name(fields, name).filter(|i| record.fields.contains(i)).map(|i| (i, &fields[i]));
    all.find(|(_, f)| !f.value.trim().is_empty())
}

fn in_record(subject: &Subject, m: &CorpusMatcher, shared: &Shared) -> Option<Found> {
    let doc = subject.document;
    let record = doc.records.iter().find(|r| r.index.is_some())?;
    let (at, field) = first(subject, record, &m.fields)?;
    let value = field.value.trim();
    if !m.not_one_of.is_empty() && value.len() <= MAX_WORD && m.not_one_of.contains(&value.to_lowercase()) {
        return None;
    }
    let mut sketch = None;
    let key = match m.same {
        // Many may have a page on one host.
        Same::Domain if is_shared(value) => return None,
        Same::Domain => {
            let domain = shared.domain(at, value)?;
            let left_alone = |d: &String| domain == *d || domain.strip_suffix(d.as_str()).is_some_and(|rest| rest.ends_with('.'));
            (!m.not_one_of.iter().any(left_alone)).then(|| hash(&domain))?
        }
        Same::Phone => {
            let value_of = |name| valued(subject, record, name).map_or("", |(_, f)| f.value.trim());
            hash(&phone(value, value_of("country"), value_of("city"))?)
        }
        Same::Address => {
            let said = value.chars().any(char::is_alphabetic) && value.chars().any(char::is_numeric);
            said.then(|| hash(&alike(&m.alike, &fold_name(value))))?
        }
        Same::Value => Some(fold_name(value)).filter(|v| !v.is_empty()).map(|v| hash(&v))?,
        Same::Text => {
            sketch = Some(Box::new(Sketch::of(head(value), &HashSet::new(), m.min_words)?));
            0
        }
    };
    let mut key = key;
    for fields in &m.with {
        let Some((_, first)) = first(subject, record, fields) else {
            key = join(key, hash(&named(m, &valued(subject, record, "text")?.1.value)?));
            continue;
        };
        // A list is compared as a whole.
        let mut all: Vec<String> = doc.fields_named(record, &first.name).map(|(_, f)| fold_name(&f.value)).collect();
        all.sort_unstable();
        key = join(key, hash(&all.join("\n")));
    }
    if !m.per.is_empty() {
        let by_field = first(subject, record, &m.per).filter(|_| !matches!(&m.per[..], [one] if one == "file"));
        // The name of a file is no value.
        key = join(key, by_field.map_or_else(|| join(1, hash(subject.source.name())), |(_, f)| hash(&fold_name(&f.value))));
    }
    let mut marks = Marks { id: record.id.as_deref().map_or(0, |id| short([id])), ..Marks::default() };
    marks.whole =
        *shared.whole.get_or_init(|| short(doc.fields.get(record.fields.clone()).unwrap_or_default().iter().map(|f| f.value.as_str())));
    if matches!(m.differ_by, DifferBy::Firm | DifferBy::Name | DifferBy::Tier) {
        let words = |names: &[&str]| names.iter().find_map(|n| valued(subject, record, n));
        let firm = shared.firm.get_or_init(|| {
            let (_, name) = words(&["name", "display_name", "legal_name"])?;
            let domain = words(&["website", "domain"]).and_then(|(at, f)| shared.domain(at, f.value.trim()));
            Some((fold_name(name.value.trim()), domain.map_or(0, |d| short([d.as_str()]))))
        });
        let (name, domain) = firm.as_ref()?;
        marks.name = short([name.as_str()]);
        marks.head = short([naming(name, &m.common).as_str()]);
        marks.domain = *domain;
        marks.other = words(&["tier"]).map_or(0, |(_, f)| short([f.value.trim().to_lowercase().as_str()]));
        if m.differ_by == DifferBy::Tier && marks.other == 0 {
            return None;
        }
    }
    Some(Found { key, marks, sketch, spans: vec![field.span], text: field.value.clone(), field: Some(at), place: None, evidence: None })
}

/// The things that a text names; none if it names none.
fn named(m: &CorpusMatcher, text: &str) -> Option<String> {
    let text = head(text);
    let all: Vec<&str> = m.named.iter().filter(|(_, set)| set.is_match(text)).map(|(name, _)| name.as_str()).collect();
    (!all.is_empty()).then(|| all.join("\n"))
}

/// A hash for telling apart; never 0.
fn short<'t>(parts: impl IntoIterator<Item = &'t str>) -> u32 {
    parts.into_iter().fold(1, |h, p| join(h, hash(p))) as u32 | 1
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The digits of a telephone number, without zeros at its beginning; none of one that is all the same digit. Where it does not begin with the
/// code of a country, it is one of the firm's country; without an area code, one of its city, if it is long enough to be whole.
fn phone(value: &str, country: &str, city: &str) -> Option<String> {
    let all: String = value.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_digit(d, 10)).collect();
    let digits = all.trim_start_matches('0');
    let said = digits.len() >= MIN_PHONE && digits.bytes().any(|d| Some(&d) != digits.as_bytes().first());
    if !said {
        return None;
    }
    if value.trim_start().starts_with(['+', '＋']) || all.starts_with("00") {
        return Some(digits.to_owned());
    }
    let country = Gazetteer::get().country(country).map_or("", |c| c.iso2);
    match all.len() {
        _ if all.starts_with('0') || all.len() >= 10 => Some(format!("{country}{digits}")),
        8.. => Some(format!("{country}{}{digits}", fold(city))),
        _ => None,
    }
}

/// A folded value, its words put into one of the spellings that mean the same.
fn alike(same: &[Vec<String>], value: &str) -> String {
    let spell = |word: &str| -> String {
        for set in same {
            let Some(to) = set.first() else { continue };
            for from in set {
                match (from.strip_prefix('*'), to.strip_prefix('*')) {
                    (Some(from), Some(to)) => {
                        if let Some(stem) = word.strip_suffix(from).filter(|s| !s.is_empty()) {
                            return format!("{stem}{to}");
                        }
                    }
                    _ if word == from => return to.clone(),
                    _ => {}
                }
            }
        }
        word.to_owned()
    };
    value.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(spell).collect::<Vec<_>>().join(" ")
}

/// The words of a folded name that tell whose it is: the first, with those after it as long as they are common ones or very short.
fn naming(name: &str, common: &[String]) -> String {
    let mut out = String::new();
    for word in name.split(' ') {
        out.push_str(word);
        if word.chars().count() > 2 && !common.iter().any(|c| c == word) {
            break;
        }
        out.push(' ');
    }
    out
}

/// A page that is about a place, by its title or first heading.
fn page(subject: &Subject, m: &CorpusMatcher) -> Option<Found> {
    let doc = subject.document;
    let titles = doc.blocks.iter().filter(|b| b.role == Role::Title || (b.role == Role::Heading && b.level == 1)).take(3);
    let gazetteer = Gazetteer::get();
    let mut about = None;
    let mut names: HashSet<u64> = HashSet::new();
    for b in titles {
        let text = doc.block_text(b);
        let told = OnceCell::new();
        let language = || told.get_or_init(|| b.lang.or(doc.lang).or_else(|| context::tell_language(text))).as_ref().map(|l| l.as_str());
        for mention in gazetteer.mentions(text, &language) {
            let words = text.get(mention.whole.clone()).unwrap_or("");
            names.extend(sketch::words(words));
            if mention.kind == PlaceKind::City && !mention.part_of_name && about.is_none() {
                about = Some((b.start + mention.range.start, b.start + mention.range.end, mention));
            }
        }
    }
    let needs_place = m.differ_by == DifferBy::Place;
    if about.is_none() && needs_place {
        return None;
    }
    let read = |b: &&crate::document::Block| {
        matches!(b.role, Role::Text | Role::Heading | Role::Cell)
            && !b.second
            && ![Mark::Nav, Mark::Footer, Mark::Hidden].iter().any(|mark| doc.marked(*mark, b.start, b.end))
    };
    let mut text = String::new();
    for b in doc.blocks.iter().filter(read) {
        text.push_str(doc.block_text(b));
        text.push('\n');
        if text.len() > MAX_TEXT {
            break;
        }
    }
    let mut sketch = Some(Box::new(Sketch::of(head(&text), &names, m.min_words)?));
    let whose = doc.links.iter().filter(|l| matches!(l.holder.as_str(), "link[canonical]" | "meta[og:url]")).find_map(|l| site(&l.target));
    let key = hash(whose.as_deref().unwrap_or(""));
    let (start, end, place) = match about {
        Some((start, end, mention)) => (start, end, mention.places.first().copied().map(|p| (p, mention))),
        None => doc.blocks.first().map(|b| (b.start, b.end, None))?,
    };
    let text = doc.text.get(start..end).unwrap_or("").to_owned();
    let mut evidence = None;
    if let Some(wanted) = m.offices {
        let (_, mention) = place.as_ref()?;
        let there = office_there(subject, mention, m.within_km);
        match (wanted, there) {
            (OfficeThere::Unknown, None) => {}
            (OfficeThere::None, Some((false, at))) => evidence = at,
            _ => return None,
        }
    }
    let name = place.as_ref().map(|(p, _)| p.name.to_owned());
    let url = doc.links.iter().find(|l| l.holder == "link[canonical]").map(|l| crate::facts::names::fold_url(&l.target));
    let marks = Marks {
        // Two addresses of one page are one page.
        id: url.map_or_else(|| short([subject.source.name()]), |u| short([u.as_str()])),
        whole: short([doc.text.as_str()]),
        other: name.as_deref().map_or(0, |n| short([n])),
        ..Marks::default()
    };
    if needs_place && marks.other == 0 {
        return None;
    }
    let spans = doc.map.spans(start, end);
    let sketch = sketch.take();
    // As the page writes it.
    let place = name.map(|_| text.clone());
    Some(Found { key, marks, sketch, spans, text, field: None, place, evidence })
}

/// Whether the speaker has an office in or near a place, as far as that is known; and where the offices are listed.
fn office_there(subject: &Subject, mention: &crate::facts::places::Mention, within_km: f64) -> Option<(bool, Option<Location>)> {
    let speaker = subject.speaker()?;
    let known = speaker.find(|p| &p.offices, |o| !o.physical.is_unknown())?;
    let gazetteer = Gazetteer::get();
    let offices = known.fact.physical.items().iter().map(|f| &f.value).chain(known.fact.head.value());
    let mut all_placed = true;
    for office in offices {
        let Some(city) = &office.city else {
            all_placed = false;
            continue;
        };
        if fold(&city.value) == fold(mention.places.first().map_or("", |p| p.name)) {
            return Some((true, None));
        }
        let country = office.country.as_ref().and_then(|c| gazetteer.country(&c.value)).map(|c| c.iso2);
        let mut cities = gazetteer.cities(&city.value).into_iter().filter(|c| country.is_none_or(|iso| c.country == iso)).peekable();
        all_placed &= cities.peek().is_some();
        if cities.any(|c| mention.places.iter().any(|p| distance_km(&c, p) <= within_km)) {
            return Some((true, None));
        }
    }
    if !all_placed || !known.fact.physical.is_whole() {
        return None;
    }
    let at = known.fact.physical.span().and_then(|s| subject.place_of(speaker, known.partner, s, "the offices on record"));
    Some((false, at))
}
