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

use crate::document::Document;
use crate::document::html::Dom;
use crate::finding::Severity;
use crate::pack::model::{Context, Matcher, MatcherForm, Rule};
use crate::source::{Source, Span};
use context::Stop;
use std::cell::OnceCell;
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
    /// The weight the matcher gives it, if the rule's is not to be used.
    pub severity: Option<Severity>,
}

/// A document on its way through the rules, with what is worked out once for all of them.
pub struct Subject<'a> {
    /// Where it comes from.
    pub source: &'a Source,
    /// What its readers see.
    pub document: &'a Document,
    doms: OnceCell<Vec<Dom>>,
    hosts: link::HostCache,
    languages: context::Languages,
}

impl<'a> Subject<'a> {
    /// A document of a source.
    pub fn new(source: &'a Source, document: &'a Document) -> Self {
        Subject { source, document, doms: OnceCell::new(), hosts: Default::default(), languages: Default::default() }
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
    // What two patterns of a rule find in one place is one thing: the longest that starts first.
    hits.sort_by_key(|h| {
        let first = h.spans.first().copied().unwrap_or_default();
        (first.start, std::cmp::Reverse(h.spans.last().map_or(0, |s| s.end)))
    });
    let mut out: Vec<Hit> = Vec::new();
    for hit in hits {
        let cover = |h: &Hit| h.spans.iter().copied().reduce(|a, b| a.cover(&b));
        let covered = out.last().and_then(cover).zip(cover(&hit)).is_some_and(|(a, b)| a.overlaps(&b) || a == b);
        if !covered {
            out.push(hit);
        }
    }
    if rule.once {
        out.truncate(1);
    }
    out
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
    let contexts: Vec<&Context> = outer.iter().copied().chain([&m.context]).collect();
    let mut hits = match &m.form {
        MatcherForm::Text(patterns) => {
            let number = *leaf;
            *leaf += 1;
            text::find(subject.document, patterns, candidates.of_leaf(number))
        }
        MatcherForm::Stats(limits) => stats::find(subject.document, limits),
        MatcherForm::Element(e) => element::find(subject, e),
        MatcherForm::Link(l) => link::find(subject, l),
        MatcherForm::Field(f) => field::find(subject, f),
        MatcherForm::Any(list) => {
            let found = list.iter().flat_map(|m| eval(subject, rule, m, candidates, leaf, &contexts, trace));
            return with_severity(found.collect(), m.severity);
        }
        MatcherForm::All(list) => {
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
            return if met { with_severity(first.unwrap_or_default(), m.severity) } else { Vec::new() };
        }
        MatcherForm::Not(_) => Vec::new(),
    };
    let is_text = matches!(m.form, MatcherForm::Text(_) | MatcherForm::Stats(_));
    hits.retain(|hit| match context::stops(subject, rule, &contexts, hit, is_text) {
        None => true,
        Some(stop) => {
            trace(hit, stop);
            false
        }
    });
    with_severity(hits, m.severity)
}

fn with_severity(mut hits: Vec<Hit>, severity: Option<Severity>) -> Vec<Hit> {
    if severity.is_some() {
        for h in &mut hits {
            h.severity = h.severity.or(severity);
        }
    }
    hits
}
