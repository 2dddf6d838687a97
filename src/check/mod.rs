//! The matchers: (document, rule) → hits. One file per matcher.
//!
//! Nothing here opens a file or a connection, and nothing here knows a policy.

pub mod context;
pub mod element;
pub mod emoji;
pub mod field;
pub mod lexical;
pub mod link;
pub mod stats;
pub mod text;

use crate::document::html::Dom;
use crate::document::{Document, Kind};
use crate::pack::PhraseSet;
use crate::pack::model::{Context, Matcher, MatcherForm, Rule, Says};
use crate::source::{Source, Span};
use context::Stop;
use element::{ElementFilter, Present};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use text::Candidates;

/// One match, before it becomes a finding.
#[derive(Debug, Clone, Default)]
pub struct Hit {
    /// Where in the source.
    pub spans: Vec<Span>,
    /// Where in the document's visible text, if it is text.
    pub range: Option<(usize, usize)>,
    /// What the reader sees there.
    pub text: String,
    /// What should stand there instead.
    pub replacement: Option<String>,
    /// The record's field it is in.
    pub field: Option<usize>,
    /// Words for the message: `value`, `limit`, `count`, `domain`, `field`.
    pub values: Vec<(&'static str, String)>,
    /// Other places that belong to it: spans, visible text, label.
    pub related: Vec<(Vec<Span>, String, String)>,
    /// What its matcher says in place of the rule.
    pub says: Option<Arc<Says>>,
}

/// A document on its way through the rules, with what is worked out once for all of them.
pub struct Subject<'a> {
    /// Where it comes from.
    pub source: &'a Source,
    /// What its readers see.
    pub document: &'a Document,
    /// What it is to the public.
    pub kind: Kind,
    filter: &'a ElementFilter,
    present: OnceCell<Present<'a>>,
    doms: OnceCell<Vec<Dom>>,
    hosts: link::HostCache,
    languages: context::Languages,
    /// Its links' addresses, in their order.
    addresses: OnceCell<Vec<link::Address>>,
    /// The text with ASCII in lower case.
    lower: OnceCell<String>,
    fields: OnceCell<field::FieldIndex>,
    /// Whether the whole text has any of a set of phrases, by the set's address: asked for every match, answered once.
    has: RefCell<HashMap<usize, bool>>,
}

impl<'a> Subject<'a> {
    /// A document of a source.
    pub fn new(source: &'a Source, document: &'a Document, kind: Kind, filter: &'a ElementFilter) -> Self {
        let present = OnceCell::new();
        Subject {
            source,
            document,
            kind,
            filter,
            present,
            doms: OnceCell::new(),
            hosts: Default::default(),
            languages: Default::default(),
            addresses: OnceCell::new(),
            lower: OnceCell::new(),
            fields: OnceCell::new(),
            has: Default::default(),
        }
    }

    /// Whether the document's text has any of these phrases.
    fn document_has(&self, set: &PhraseSet) -> bool {
        let key = std::ptr::from_ref(set).addr();
        if let Some(&known) = self.has.borrow().get(&key) {
            return known;
        }
        let found = set.is_match(&self.document.text);
        self.has.borrow_mut().insert(key, found);
        found
    }

    /// The addresses of its links, in their order.
    fn addresses(&self) -> &[link::Address] {
        self.addresses.get_or_init(|| self.document.links.iter().map(|l| link::Address::parse(&self.hosts, &l.target)).collect())
    }

    /// The document's text with ASCII in lower case; the same bytes otherwise.
    fn lower(&self) -> &str {
        self.lower.get_or_init(|| self.document.text.to_ascii_lowercase())
    }

    /// Its fields by name.
    fn field_index(&self) -> &field::FieldIndex {
        self.fields.get_or_init(|| field::FieldIndex::new(&self.document.fields))
    }

    /// Which needles of element matchers stand in its source.
    fn present(&self) -> &Present<'a> {
        self.present.get_or_init(|| self.filter.present(self.source.text()))
    }

    /// The trees of its HTML, built when a rule first asks.
    fn doms(&self) -> &[Dom] {
        self.doms.get_or_init(|| {
            let parts = self.document.html.iter();
            parts.filter_map(|s| Some(Dom::parse(self.source.text().get(s.range())?, s.start))).collect()
        })
    }
}

/// All matches of a rule in a document. `candidates` are what the prefilter found for it; `trace` hears of matches that the context stopped.
pub fn run(subject: &Subject, rule: &Rule, candidates: &Candidates, trace: &mut dyn FnMut(&Hit, Stop)) -> Vec<Hit> {
    let mut leaf = 0;
    let mut hits = eval(subject, rule, &rule.matcher, candidates, &mut leaf, &[&rule.context], trace);
    if hits.is_empty() {
        return hits;
    }
    // What two patterns of a rule find in one place is one thing: the longest that starts first.
    hits.sort_by_key(|h| {
        let first = h.spans.first().copied().unwrap_or_default();
        (first.start, std::cmp::Reverse(h.spans.last().map_or(0, |s| s.end)))
    });
    let mut out: Vec<Hit> = Vec::new();
    for hit in hits {
        let cover = |h: &Hit| h.spans.iter().copied().reduce(|a, b| a.cover(&b));
        match out.last_mut() {
            Some(last) if cover(last).zip(cover(&hit)).is_some_and(|(a, b)| a.overlaps(&b) || a == b) => {
                // Of two matchers of a rule, the one that weighs more.
                if weight(&hit) > weight(last) {
                    *last = hit;
                }
            }
            _ => out.push(hit),
        }
    }
    if rule.once {
        out.truncate(1);
    }
    out
}

/// How many bytes of a text are of a sort. In short stretches with small counters, which compilers turn into vector instructions.
fn count_bytes(text: &str, sort: impl Fn(u8) -> bool) -> usize {
    let short = |part: &[u8]| usize::from(part.iter().fold(0u8, |n, &b| n + u8::from(sort(b))));
    text.as_bytes().chunks(usize::from(u8::MAX)).map(short).sum()
}

/// How much a hit weighs beside another of its rule; the rule's own weight is taken for the highest.
fn weight(hit: &Hit) -> usize {
    hit.says.as_ref().and_then(|s| s.severity).map_or(usize::MAX, |s| s as usize)
}

/// How many text matchers there are in a tree; they are numbered in order of appearance.
pub fn text_leaves(m: &Matcher) -> usize {
    match &m.form {
        MatcherForm::Text(_) => 1,
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().map(text_leaves).sum(),
        MatcherForm::Not(inner) => text_leaves(inner),
        _ => 0,
    }
}

fn eval(
    subject: &Subject,
    rule: &Rule,
    m: &Matcher,
    candidates: &Candidates,
    leaf: &mut usize,
    outer: &[&Context],
    trace: &mut dyn FnMut(&Hit, Stop),
) -> Vec<Hit> {
    let contexts = || -> Vec<&Context> { outer.iter().copied().chain([&m.context]).collect() };
    if let Some(says) = &m.says
        && !says.kinds.is_empty()
        && !says.kinds.contains(&subject.kind)
    {
        *leaf += text_leaves(m);
        return Vec::new();
    }
    let mut hits = match &m.form {
        MatcherForm::Text(patterns) => {
            let number = *leaf;
            *leaf += 1;
            text::find(subject, patterns, candidates.of_leaf(number))
        }
        MatcherForm::Stats(limits) => stats::find(subject.document, limits),
        MatcherForm::Element(e) => element::find(subject, e),
        MatcherForm::Link(l) => link::find(subject, l),
        MatcherForm::Field(f) => field::find(subject, f),
        MatcherForm::Any(list) => {
            let contexts = contexts();
            let found = list.iter().flat_map(|m| eval(subject, rule, m, candidates, leaf, &contexts, trace));
            return saying(found.collect(), &m.says);
        }
        MatcherForm::All(list) => {
            let contexts = contexts();
            let mut first: Option<Vec<Hit>> = None;
            let mut met = true;
            for m in list {
                // Every branch is walked, so that the numbering of text matchers holds.
                let negated = matches!(m.form, MatcherForm::Not(_));
                let found = match &m.form {
                    MatcherForm::Not(inner) => eval(subject, rule, inner, candidates, leaf, &contexts, trace),
                    _ => eval(subject, rule, m, candidates, leaf, &contexts, trace),
                };
                match &mut first {
                    None => first = Some(found),
                    Some(_) if negated => met &= found.is_empty(),
                    Some(hits) => match found.into_iter().next() {
                        Some(other) => {
                            for h in hits {
                                h.related.push((other.spans.clone(), other.text.clone(), String::new()));
                            }
                        }
                        None => met = false,
                    },
                }
            }
            return if met { saying(first.unwrap_or_default(), &m.says) } else { Vec::new() };
        }
        MatcherForm::Not(_) => Vec::new(),
    };
    if hits.is_empty() {
        return hits;
    }
    let contexts = contexts();
    let is_text = matches!(m.form, MatcherForm::Text(_) | MatcherForm::Stats(_));
    let languages = m.says.as_ref().map(|s| &s.languages).filter(|l| !l.is_empty()).unwrap_or(&rule.languages);
    hits.retain(|hit| match context::stops(subject, languages, &contexts, hit, is_text) {
        None => true,
        Some(stop) => {
            trace(hit, stop);
            false
        }
    });
    if matches!(m.form, MatcherForm::Field(_)) {
        // One value says it once, whatever else in it matches.
        hits.dedup_by_key(|h| h.field);
    }
    saying(hits, &m.says)
}

/// The innermost matcher that has something of its own to say is the one that says it.
fn saying(mut hits: Vec<Hit>, says: &Option<Arc<Says>>) -> Vec<Hit> {
    if says.is_some() {
        for h in &mut hits {
            if h.says.is_none() {
                h.says.clone_from(says);
            }
        }
    }
    hits
}

/// Whether a tree looks at text only, so that without candidates nothing can be found.
pub fn text_only(m: &Matcher) -> bool {
    match &m.form {
        MatcherForm::Text(_) => true,
        // The first decides: without it the others do not matter.
        MatcherForm::All(list) => list.first().is_some_and(text_only),
        MatcherForm::Any(list) => list.iter().all(text_only),
        MatcherForm::Not(inner) => text_only(inner),
        _ => false,
    }
}
