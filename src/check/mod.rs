//! The matchers: (document, rule) → hits. One file per matcher.
//!
//! Nothing here opens a file or a connection, and nothing here knows a policy.

pub mod approval;
mod blocks;
mod builtin;
pub mod claim;
pub mod context;
pub mod corpus;
pub mod element;
pub mod emoji;
pub mod field;
pub mod gate;
pub mod image;
mod index;
mod keys;
mod lead;
pub mod lexical;
pub mod link;
pub mod markup;
pub mod pictures;
pub mod place;
pub mod prefilter;
mod presence;
mod select;
pub mod stats;
mod subject;
mod template;
pub mod text;
pub mod why;
pub mod words;

pub use subject::{Known, Own, Speaker, Subject};

use crate::finding::{Level, Location};
use crate::pack::model::{Context, Matcher, MatcherForm, Rule, Says};
use crate::source::Span;
use pictures::Seen;
use prefilter::OfRule;
use std::sync::Arc;

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
    /// Places in other files that belong to it: the line of a register.
    pub evidence: Vec<Location>,
    /// What its matcher says in place of the rule.
    pub says: Option<Arc<Says>>,
    /// The mark in a picture that it is about.
    pub seen: Option<Seen>,
    /// Whether it says of the picture's file what holds wherever it is shown.
    pub of_file: bool,
    /// It is prose, though it may look like a name out of code.
    pub prose: bool,
}

/// All matches of a rule in a document, where its findings weigh `level`. `candidates` are what the prefilter found for it.
pub fn run(subject: &Subject, rule: &Rule, level: Level, candidates: OfRule) -> Vec<Hit> {
    let mut leaf = 0;
    let mut hits = eval(subject, rule, rule.matcher(), candidates, &mut leaf, &Contexts { own: rule.context(), outer: None });
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
        // Two marks of one picture are two things, and two matchers of a rule may find one of them.
        let part = |h: &Hit| h.seen.as_ref().map(|s| s.index);
        let one_place = |a: &Hit, b: &Hit| match cover(a).zip(cover(b)) {
            Some((x, y)) => (x.overlaps(&y) || x == y) && (part(a) == part(b) || part(a).is_none() || part(b).is_none()),
            None => part(a).is_some() && part(a) == part(b),
        };
        match out.iter_mut().rev().take(if part(&hit).is_some() { MARKS } else { 1 }).find(|last| one_place(last, &hit)) {
            Some(last) => {
                // Of two matchers of a rule, the one that weighs more.
                subject.stopped(&hit, "same", || format!("the rule's finding in “{}” stands for it", last.text));
                let weight = |h: &Hit| level.of(h.says.as_ref().and_then(|s| s.severity));
                if weight(&hit) > weight(last) {
                    *last = hit;
                }
            }
            _ => out.push(hit),
        }
    }
    if rule.once {
        out.iter()
            .skip(1)
            .for_each(|h| subject.stopped(h, "once", || "the rule speaks once in a document, where it first matches".to_owned()));
        out.truncate(1);
    }
    out
}

/// So many findings back is looked for one in the same place: more than a picture has marks.
const MARKS: usize = 16;

/// How many text matchers there are in a tree; they are numbered in order of appearance.
pub fn text_leaves(m: &Matcher) -> usize {
    match &m.form {
        form if form.patterns().is_some() => 1,
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().map(text_leaves).sum(),
        MatcherForm::Not(inner) => text_leaves(inner),
        _ => 0,
    }
}

/// The contexts of a matcher and of those around it.
#[derive(Clone, Copy)]
struct Contexts<'c> {
    own: &'c Context,
    outer: Option<&'c Contexts<'c>>,
}

impl<'c> Contexts<'c> {
    fn inside(&'c self, own: &'c Context) -> Contexts<'c> {
        Contexts { own, outer: Some(self) }
    }

    /// The outermost first.
    fn all(&self) -> Vec<&'c Context> {
        let mut all: Vec<_> = std::iter::successors(Some(self), |c| c.outer).map(|c| c.own).collect();
        all.reverse();
        all
    }
}

fn eval(subject: &Subject, rule: &Rule, m: &Matcher, candidates: OfRule, leaf: &mut usize, outer: &Contexts) -> Vec<Hit> {
    let contexts = outer.inside(&m.context);
    if let Some(says) = &m.says
        && !says.kinds.is_empty()
        && !says.kinds.contains(&subject.kind)
    {
        *leaf += text_leaves(m);
        return Vec::new();
    }
    let has_patterns = m.form.patterns().is_some();
    let mut of_leaf = OfRule::default();
    if has_patterns {
        of_leaf = candidates.of_leaf(*leaf);
        *leaf += 1;
        if of_leaf.is_empty() {
            return Vec::new();
        }
    }
    let mut hits = match &m.form {
        MatcherForm::Text(patterns) => text::find(subject, patterns, of_leaf),
        MatcherForm::Words(w) => words::find(subject, w),
        MatcherForm::Claim(c) => claim::find(subject, c, of_leaf),
        MatcherForm::Place(p) => place::find(subject, p, of_leaf),
        MatcherForm::Approval(a) => approval::find(subject, a),
        // Found over the whole run.
        MatcherForm::Corpus(_) => Vec::new(),
        MatcherForm::Stats(limits) => stats::find(subject.document, limits),
        MatcherForm::Element(e) => element::find(subject, e),
        MatcherForm::Link(l) => link::find(subject, l),
        MatcherForm::Field(f) => field::find(subject, f),
        MatcherForm::Image(i) => image::find(subject, i),
        MatcherForm::Any(list) => {
            let mut found = Vec::new();
            for m in list {
                found.append(&mut eval(subject, rule, m, candidates, leaf, &contexts));
            }
            return saying(found, &m.says);
        }
        MatcherForm::All(list) => {
            let mut first: Option<Vec<Hit>> = None;
            let mut met = true;
            for (number, m) in list.iter().enumerate() {
                // Nothing can come of it any more; only the numbering of text matchers goes on.
                if !met || first.as_ref().is_some_and(Vec::is_empty) {
                    *leaf += text_leaves(m);
                    continue;
                }
                let negated = matches!(m.form, MatcherForm::Not(_));
                // What is stopped in a condition says nothing of the rule's own matches.
                let of_conditions = first.is_some().then(|| subject.mute());
                let found = match &m.form {
                    MatcherForm::Not(inner) => eval(subject, rule, inner, candidates, leaf, &contexts),
                    _ => eval(subject, rule, m, candidates, leaf, &contexts),
                };
                drop(of_conditions);
                if let Some(hits) = &first
                    && negated != found.is_empty()
                {
                    let words = || why::condition(number, list.len(), found.first().map(|h| h.text.as_str()));
                    hits.iter().for_each(|h| subject.stopped(h, "condition", words));
                }
                match &mut first {
                    None => first = Some(found),
                    Some(_) if negated => met &= found.is_empty(),
                    Some(hits) => match found.into_iter().next() {
                        Some(other) => {
                            for h in hits {
                                h.related.push((other.spans.clone(), other.text.clone(), String::new()));
                                h.values.extend(other.values.iter().cloned());
                                h.evidence.extend(other.evidence.iter().cloned());
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
    if has_patterns && subject.is_traced() {
        why::left(subject, &m.form, of_leaf, &hits);
    }
    if hits.is_empty() {
        return hits;
    }
    let contexts = contexts.all();
    let is_text = has_patterns || matches!(m.form, MatcherForm::Stats(_) | MatcherForm::Words(_));
    let languages = m.says.as_ref().map(|s| &s.languages).filter(|l| !l.is_empty()).unwrap_or(&rule.languages);
    hits.retain(|hit| match context::stops(subject, languages, &contexts, hit, is_text) {
        None => true,
        Some(stop) => {
            subject.stopped(hit, stop.name(), || why::context(subject, languages, &contexts, hit, stop));
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
