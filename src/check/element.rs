//! HTML elements: what they are, carry, say, and stand in.

use super::presence::LABELS;
use super::{Hit, Subject, select};
use crate::document::html::Dom;
use crate::document::seen;
use crate::pack::model::{ElementMatcher, Matcher, MatcherForm, Predicate, ReportPart, Rule};
use crate::pack::select::Select;
use crate::source::Span;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashMap;
use scraper::ElementRef;
use std::cell::OnceCell;
use std::sync::OnceLock;

pub(super) fn find(subject: &Subject, m: &ElementMatcher) -> Vec<Hit> {
    if subject.document.html.is_empty() {
        return Vec::new();
    }
    // Whoever asks why hears it of the elements themselves.
    let known = if subject.is_traced() { None } else { subject.tags().zip(subject.presence()) };
    if let Some((tags, presence)) = known {
        if !tags.may_have(&m.select) || !may_match(subject, m) {
            return Vec::new();
        }
        let (text, label) = (m.text.as_ref(), m.label.as_ref());
        // What labels an element is somewhere on the page, or in a script.
        let labelled = label.is_none_or(|l| presence.may_have(l));
        let in_script = || label.is_none_or(|l| presence.may_have_in_script(l, &tags));
        let lacks = || m.document_lacks.as_ref().is_none_or(|s| !tags.has_link(s, subject.document));
        if text.is_some_and(|t| !presence.may_have_keys(t)) || !tags.may_hold(m, labelled, in_script) || !lacks() {
            return Vec::new();
        }
    } else if !may_match(subject, m) {
        return Vec::new();
    }
    // No element says what the whole page does not, wherever its words begin and end: told without a tree.
    if m.text.as_ref().is_some_and(|t| subject.presence().is_some_and(|presence| !presence.may_have(t))) {
        subject.aside("element", || "none of the words that the element must have stand in the page".to_owned());
        return Vec::new();
    }
    let mut hits = Vec::new();
    for dom in subject.doms() {
        let fits = || {
            m.document_has.as_ref().is_none_or(|s| select::any(dom, s)) && !m.document_lacks.as_ref().is_some_and(|s| select::any(dom, s))
        };
        // Asked when something is found; at once where somebody wants to know why nothing is.
        let mut page = subject.is_traced().then(fits);
        if page == Some(false) {
            subject
                .aside("element", || "the page has something else that rules it out, or lacks what the rule requires beside it".to_owned());
            continue;
        }
        for e in select::all(dom, &m.select) {
            let hit = || report(dom, &e, &m.report).map(|(spans, text)| Hit { spans, text, ..Hit::default() });
            match unmet(dom, &e, m) {
                None if *page.get_or_insert_with(fits) => hits.extend(hit()),
                None => break,
                Some(unmet) => subject.looked(|| hit().unwrap_or_default(), "element", || unmet.words()),
            }
        }
    }
    hits
}

/// Whether the source has the words without which nothing can match.
fn may_match(subject: &Subject, m: &ElementMatcher) -> bool {
    let present = subject.present();
    m.needles.is_empty() || m.needles.iter().any(|n| present.has(n))
}

/// What all element matchers look for in a page's source before a tree is built of it: a tree is built only where one can match.
#[derive(Debug, Default)]
pub struct ElementFilter {
    /// Needles in lower case, by number.
    numbers: FxHashMap<String, usize>,
    /// Finds all of them; built for the first page.
    all: OnceLock<Option<AhoCorasick>>,
}

/// The needles that stand in a source.
#[derive(Debug)]
pub struct Present<'f> {
    filter: &'f ElementFilter,
    /// The source with ASCII in lower case.
    lower: String,
    /// Letters are written as character references somewhere: a needle may be there unseen.
    hidden: bool,
    /// By number; looked up when first asked for.
    there: OnceCell<Box<[bool]>>,
}

impl ElementFilter {
    /// A filter for these rules.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> ElementFilter {
        let mut filter = ElementFilter::default();
        for rule in rules {
            filter.collect(rule.matcher());
        }
        filter
    }

    /// Which needles stand in `source`.
    pub(super) fn present(&self, source: &str) -> Present<'_> {
        Present { filter: self, lower: source.to_ascii_lowercase(), hidden: spells_letters(source), there: OnceCell::new() }
    }

    fn collect(&mut self, m: &Matcher) {
        match &m.form {
            MatcherForm::Element(e) => {
                for needle in &e.needles {
                    let next = self.numbers.len();
                    self.numbers.entry(needle.to_ascii_lowercase()).or_insert(next);
                }
            }
            MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| self.collect(m)),
            MatcherForm::Not(inner) => self.collect(inner),
            _ => {}
        }
    }

    /// Which of the needles are in a text in lower case, by number; all where that cannot be told.
    fn find(&self, lower: &str) -> Box<[bool]> {
        let build = || {
            let mut needles: Vec<_> = self.numbers.iter().collect();
            needles.sort_unstable_by_key(|(_, number)| **number);
            AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(needles.iter().map(|(needle, _)| needle)).ok()
        };
        let mut there = vec![false; self.numbers.len()];
        match self.all.get_or_init(build) {
            Some(all) => all.find_overlapping_iter(lower).for_each(|m| there[m.pattern().as_usize()] = true),
            None => there.fill(true),
        }
        there.into()
    }
}

impl Present<'_> {
    /// The source with ASCII in lower case.
    pub(super) fn lower(&self) -> &str {
        &self.lower
    }

    fn has(&self, needle: &str) -> bool {
        let Some(number) = self.filter.numbers.get(needle) else { return true };
        self.hidden || self.there.get_or_init(|| self.filter.find(&self.lower))[*number]
    }
}

/// Whether letters, hyphens or full stops are written as references anywhere (`&#104;`); quotes and dashes are written so everywhere.
fn spells_letters(source: &str) -> bool {
    memchr::memmem::find(source.as_bytes(), b"&period;").is_some()
        || memchr::memmem::find_iter(source.as_bytes(), b"&#").any(|i| {
            let rest = &source.as_bytes()[i + 2..source.len().min(i + 10)];
            let (digits, radix) = match rest.first() {
                Some(b'x' | b'X') => (&rest[1..], 16),
                _ => (rest, 10),
            };
            let len = digits.iter().take_while(|b| char::from(**b).is_digit(radix)).count();
            let code = std::str::from_utf8(&digits[..len]).ok().and_then(|d| u32::from_str_radix(d, radix).ok());
            code.and_then(char::from_u32).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        })
}

/// What an element would have to be for a rule to find it.
enum Unmet<'m> {
    Attribute(&'m str),
    Style(&'m str),
    Inside,
    Has,
    Text,
    Label,
}

impl Unmet<'_> {
    fn words(&self) -> String {
        match self {
            Unmet::Attribute(name) => format!("its attribute `{name}` is not as the rule requires"),
            Unmet::Style(name) => format!("its style `{name}` is not as the rule requires"),
            Unmet::Inside => "it does not stand in what the rule requires, or stands in what rules it out".to_owned(),
            Unmet::Has => "it does not hold what the rule requires, or holds what rules it out".to_owned(),
            Unmet::Text => "its words are not those that the rule looks for".to_owned(),
            Unmet::Label => "nothing that labels it has the words that the rule looks for".to_owned(),
        }
    }
}

/// The first condition that an element does not meet.
fn unmet<'m>(dom: &Dom, e: &ElementRef, m: &'m ElementMatcher) -> Option<Unmet<'m>> {
    let value = e.value();
    if let Some((name, _)) = m.attr.iter().find(|(name, p)| !predicate(value.attr(name), p)) {
        return Some(Unmet::Attribute(name));
    }
    if !m.style.is_empty() {
        let style = value.attr("style").unwrap_or("");
        if let Some((name, _)) = m.style.iter().find(|(name, p)| !predicate(property(style, name).as_deref(), p)) {
            return Some(Unmet::Style(name));
        }
    }
    let ancestor = |s: &Select| e.ancestors().filter_map(ElementRef::wrap).any(|a| s.matches(&a, None));
    if m.inside.as_ref().is_some_and(|s| !ancestor(s)) || m.not_inside.as_ref().is_some_and(ancestor) {
        return Some(Unmet::Inside);
    }
    if m.has.as_ref().is_some_and(|s| !select::below(e, s)) || m.has_not.as_ref().is_some_and(|s| select::below(e, s)) {
        return Some(Unmet::Has);
    }
    if m.text.is_some() || m.text_not.is_some() {
        let text = dom.text_again(e.id());
        if m.text.as_ref().is_some_and(|p| !p.is_match(&text)) || m.text_not.as_ref().is_some_and(|p| p.is_match(&text)) {
            return Some(Unmet::Text);
        }
    }
    m.label.as_ref().is_some_and(|p| !is_labelled(dom, e, |text| p.is_match(text))).then_some(Unmet::Label)
}

/// Whether a text that names a control is what is looked for: `aria-label`, `<label for>`, a label around it, its own words or value.
fn is_labelled(dom: &Dom, e: &ElementRef, is: impl Fn(&str) -> bool) -> bool {
    let value = e.value();
    let by_id = |id: &str, attr: &str| labelling(dom, id, attr).is_some_and(|x| is(&dom.text_again(x.id())));
    LABELS.iter().filter_map(|a| value.attr(a)).any(|v| is(&seen(v)))
        || value.attr("id").is_some_and(|id| by_id(id, "for"))
        || value.attr("aria-labelledby").is_some_and(|ids| ids.split_ascii_whitespace().any(|id| by_id(id, "id")))
        || e.ancestors().filter_map(ElementRef::wrap).find(|a| a.value().name() == "label").is_some_and(|a| is(&dom.text_again(a.id())))
        || is(&dom.text_again(e.id()))
}

/// The first element of the page whose attribute is this.
fn labelling<'d>(dom: &'d Dom, id: &str, attr: &str) -> Option<ElementRef<'d>> {
    let tree = &dom.html().tree;
    let mut all = dom.names().with_attribute(&attr.into()).iter().filter_map(|n| tree.get(*n).and_then(ElementRef::wrap));
    let is = |x: &ElementRef| x.value().attr(attr) == Some(id);
    all.find(is)?;
    tree.root().descendants().filter_map(ElementRef::wrap).find(is)
}

pub(super) fn predicate(value: Option<&str>, p: &Predicate) -> bool {
    if let Some(exists) = p.exists
        && exists != value.is_some()
    {
        return false;
    }
    let Some(value) = value else {
        // A missing attribute has none of the words; it equals and contains nothing.
        return p.equals.is_empty() && p.has_word.is_empty() && p.contains.is_empty() && p.matches.is_none();
    };
    let lower = value.to_lowercase();
    let has = |w: &String| lower.split_whitespace().any(|v| v == w.to_lowercase());
    (p.equals.is_empty() || p.equals.iter().any(|e| e.to_lowercase() == lower.trim()))
        && (p.has_word.is_empty() || p.has_word.iter().any(has))
        && !p.lacks_word.iter().any(has)
        && (p.contains.is_empty() || p.contains.iter().any(|c| lower.contains(&c.to_lowercase())))
        && p.matches.as_ref().is_none_or(|r| r.is_match(value))
}

/// A property of an inline style; the last declaration counts.
fn property(style: &str, name: &str) -> Option<String> {
    style
        .split(';')
        .filter_map(|d| d.split_once(':'))
        .filter(|(n, _)| n.trim().eq_ignore_ascii_case(name))
        .map(|(_, v)| v.trim().trim_end_matches("!important").trim().to_lowercase())
        .next_back()
}

/// What to point at. An element the author did not write (an implied `<body>`) has no place.
fn report(dom: &Dom, e: &ElementRef, part: &ReportPart) -> Option<(Vec<Span>, String)> {
    let tag = || dom.tag_span(e.id()).map(|s| (vec![s], format!("<{}>", e.value().name())));
    match part {
        ReportPart::Tag => tag(),
        ReportPart::Text => {
            let spans = dom.text_spans(e.id());
            if spans.is_empty() { tag() } else { Some((spans, dom.text(e.id()))) }
        }
        ReportPart::Attr(name) => match dom.attr_span(e.id(), name) {
            Some(s) => Some((vec![s], e.value().attr(name).unwrap_or("").to_owned())),
            None => tag(),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::{CaseResult, test_pack};
    use crate::pack::{PackSet, PackSource};

    /// What an element says ends where it does, whatever stands beside it without a space.
    #[test]
    fn words_beside_an_element_are_not_its_words() {
        let pack = r#"
pack: house
title: House rules
sources: {style: {title: House style, url: "https://example.com/style", checked_on: 2026-11-22, confidence: primary}}
rules:
  - id: house-buy-now
    title: Links say what is bought
    source: [style]
    severity: warning
    kinds: [page]
    match: {element: {select: a, text: [buy now]}}
    message: "this link does not say what is bought"
    help: say what is bought
    why: Links are read by themselves.
    tests:
      flag:
        - {html: "<nav><a href=/x>Buy now</a><a href=/y>Learn more</a></nav>"}
        - {html: "<p><a href=/x>Buy now</a> or not</p>"}
        - {html: "<p><a href=/x>Please buy <b>now</b></a></p>"}
      pass:
        - {html: "<nav><a href=/x>Buy</a><a href=/y>now</a></nav>"}
        - {html: "<p>Buy now: <a href=/x>the guide</a></p>"}
        - {html: "<p><a href=/x>Buy nowhere</a></p>"}
"#;
        let mut set = PackSet::load(vec![PackSource::new("house.yaml", pack.to_owned())]);
        assert!(set.is_usable() && set.faults.is_empty(), "{:?}", set.faults);
        let results = test_pack(set.packs.remove(0), &|_| true);
        assert_eq!(results.len(), 6);
        for (rule, case, result) in results {
            assert_eq!(result, CaseResult::Ok, "{rule}: {}", case.text);
        }
    }
}
