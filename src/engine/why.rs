//! What is told of a place in a document: what is visible there, and what came of each rule.
//!
//! It is written down while the document is checked, as always; nothing here decides anything.

use super::read::Reading;
use super::rules::RuleSet;
use crate::check::why::Note;
use crate::document::{Document, Kind, Mark};
use crate::finding::{Finding, Location};
use crate::pack::model::Rule;
use crate::source::{Source, Span};

/// So many documents of a file are told of.
pub const MAX_TOLD: usize = 16;

/// Which place somebody asks about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ask {
    /// The line, from 1; `None` for all.
    pub line: Option<usize>,
    /// The column, from 1; `None` for the whole line.
    pub column: Option<usize>,
    /// The record, from 0; `None` for the one that stands there.
    pub record: Option<usize>,
}

/// What made a document the kind that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindBy {
    /// The user: an option, or the configuration.
    User,
    /// The content itself: front matter, the form of a record.
    Declared,
    /// What stands in it: the marks of a press release.
    Content,
    /// Nothing says otherwise.
    Default,
}

/// What is told of one document.
#[derive(Debug, Clone)]
pub struct Told {
    /// What it was taken for.
    pub kind: Kind,
    /// Why.
    pub kind_by: KindBy,
    /// The record it is made of: its place in the file from 0, what it is known by, its form.
    pub record: Option<(usize, Option<String>, String)>,
    /// What is visible at the place.
    pub visible: Vec<Visible>,
    /// Fields there: canonical name, JSON Pointer, value.
    pub fields: Vec<(String, String, String)>,
    /// Addresses there, with what holds them.
    pub addresses: Vec<(String, String)>,
    /// The rules that were run, in their order.
    pub rules: Vec<Tried>,
}

/// A block of visible text.
#[derive(Debug, Clone)]
pub struct Visible {
    /// What it is to the reader, by the name that packs use: `text`, `heading`.
    pub role: &'static str,
    /// The language declared for it.
    pub lang: Option<String>,
    /// What it lies in, or parts of it: `code`, `link`.
    pub marks: Vec<&'static str>,
    /// The text.
    pub text: String,
    /// Its first line and its last.
    pub lines: (usize, usize),
    /// The field it is the value of.
    pub field: Option<String>,
}

/// What came of a rule.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The rule's id.
    pub rule: String,
    /// Whether it was tried at all.
    pub state: State,
    /// What came to nothing at the place.
    pub stops: Vec<Stopped>,
    /// Lines elsewhere in the document where something came to nothing, or was found.
    pub elsewhere: Vec<usize>,
    /// Something that was decided about the document as a whole: by what, and how.
    pub aside: Option<(&'static str, String)>,
    /// Of findings at the place, which rule's finding stands for them.
    pub folded: Vec<String>,
}

/// How far a rule came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does not look at content of this kind.
    NotKind,
    /// It is off for this file, or for this kind of content.
    Off,
    /// None of the words that it looks for stands in the document.
    NoWords,
    /// It compares documents with each other, which is done after all are read.
    Across,
    /// It was tried.
    Tried,
}

/// Something that came to nothing.
#[derive(Debug, Clone)]
pub struct Stopped {
    /// Where.
    pub place: Location,
    /// What decided: `scope`, `exception`, `distance`, ….
    pub by: &'static str,
    /// How, in words.
    pub why: String,
    /// Whether what the rule looks for stood there.
    pub matched: bool,
}

impl Ask {
    /// Whether a finding stands at the place, or belongs to no place.
    pub fn holds(&self, finding: &Finding) -> bool {
        let other = self.record.is_some_and(|n| finding.record.as_ref().is_some_and(|r| r.index != n));
        let spans = &finding.primary.spans;
        !other && (spans.is_empty() || spans.iter().any(|s| self.covers((s.line, s.column), (s.end_line, s.end_column))))
    }

    fn covers(&self, from: (usize, usize), to: (usize, usize)) -> bool {
        let Some(line) = self.line else { return true };
        match self.column {
            // What ends at a line's beginning does not reach into it.
            None => from.0 <= line && (line < to.0 || line == to.0 && (to.1 > 1 || from == to)),
            Some(column) => from <= (line, column) && ((line, column) < to || from == to && from == (line, column)),
        }
    }

    fn has(&self, source: &Source, span: Span) -> bool {
        if self.line.is_none() {
            return true;
        }
        let (from, to) = source.positions(span);
        self.covers((from.line, from.column), (to.line, to.column))
    }
}

/// Writes down what is told of a document while it is checked.
pub(super) struct Teller<'a> {
    ask: Ask,
    source: &'a Source,
    told: Told,
    before_folds: Vec<(String, String)>,
}

impl<'a> Teller<'a> {
    /// `None` if the document is not what somebody asks about. `user`: the kind that the user gave.
    pub fn new(ask: Ask, source: &'a Source, reading: &'a Reading, user: Option<Kind>) -> Option<Teller<'a>> {
        let document = &reading.document;
        let record = document.records.iter().find(|r| r.index.is_some());
        if let Some(r) = record
            && !match ask.record {
                Some(n) => r.index == Some(n),
                None => ask.has(source, r.span),
            }
        {
            return None;
        }
        let kind_by = match (user, document.kind) {
            (Some(_), _) => KindBy::User,
            (None, Some(_)) => KindBy::Declared,
            (None, None) if reading.kind == Kind::Press => KindBy::Content,
            _ => KindBy::Default,
        };
        // A column in a line where markup stands is in no text; then the block around it is meant.
        let mut visible = visible(&ask, source, document, false);
        if visible.is_empty() {
            visible = self::visible(&ask, source, document, true);
        }
        let fields = document.fields.iter().filter(|f| ask.line.is_some() && ask.has(source, f.span));
        let at = |spans: &[Span]| ask.line.is_some() && spans.iter().any(|s| ask.has(source, *s));
        let links = document.links.iter().filter(|l| at(&l.spans)).map(|l| (l.holder.clone(), l.target.clone()));
        let told = Told {
            kind: reading.kind,
            kind_by,
            record: record.and_then(|r| Some((r.index?, r.id.clone(), r.form.clone()))),
            visible,
            fields: fields.map(|f| (f.name.clone(), f.pointer.clone(), f.value.clone())).collect(),
            addresses: links.collect(),
            rules: Vec::new(),
        };
        Some(Teller { ask, source, told, before_folds: Vec::new() })
    }

    /// A rule that was not tried.
    pub fn untried(&mut self, rule: &Rule, state: State) {
        self.told.rules.push(Tried { state, ..Teller::tried_rule(rule) });
    }

    /// What a rule's run left.
    pub fn tried(&mut self, rule: &Rule, rules: &RuleSet, number: usize, (notes, aside): (Vec<Note>, Option<(&'static str, String)>)) {
        let state = if rules.corpus().contains(&number) { State::Across } else { State::Tried };
        let mut tried = Tried { state, aside, ..Teller::tried_rule(rule) };
        for note in notes {
            let here = note.spans.is_empty() || note.spans.iter().any(|s| self.ask.has(self.source, *s));
            if here {
                let place = Location::new(self.source, &note.spans, Some(note.text), None);
                tried.stops.push(Stopped { place, by: note.by, why: note.words, matched: note.matched });
            } else if let Some(first) = note.spans.first().filter(|_| note.matched) {
                tried.elsewhere.push(self.source.position(first.start).line);
            }
        }
        self.told.rules.push(tried);
    }

    fn tried_rule(rule: &Rule) -> Tried {
        Tried { rule: rule.id.clone(), state: State::Tried, stops: Vec::new(), elsewhere: Vec::new(), aside: None, folded: Vec::new() }
    }

    /// The findings, before any is left to another rule.
    pub fn found(&mut self, found: &[(Finding, Span)]) {
        for (f, place) in found {
            if self.ask.holds(f) {
                self.before_folds.push((f.rule.clone(), f.fingerprint.clone()));
            } else if let Some(tried) = self.told.rules.iter_mut().find(|t| t.rule == f.rule) {
                tried.elsewhere.push(self.source.position(place.start).line);
            }
        }
    }

    /// The same, afterwards.
    pub fn kept(mut self, found: &[(Finding, Span)]) -> Told {
        for (rule, fingerprint) in &self.before_folds {
            if found.iter().any(|(f, _)| f.rule == *rule && f.fingerprint == *fingerprint) {
                continue;
            }
            let heir = found.iter().find(|(f, _)| f.also.iter().any(|a| a.rule == *rule)).map(|(f, _)| f.rule.clone());
            if let (Some(tried), Some(heir)) = (self.told.rules.iter_mut().find(|t| t.rule == *rule), heir) {
                tried.folded.push(heir);
            }
        }
        for tried in &mut self.told.rules {
            tried.elsewhere.sort_unstable();
            tried.elsewhere.dedup();
        }
        self.told
    }
}

/// The blocks at the place; `around`: those that begin before it and end behind it.
fn visible(ask: &Ask, source: &Source, document: &Document, around: bool) -> Vec<Visible> {
    let mut out = Vec::new();
    for b in document.blocks.iter().filter(|b| !b.second) {
        let spans = document.map.spans(b.start, b.end);
        let Some(whole) = spans.iter().copied().reduce(|a, b| a.cover(&b)) else { continue };
        if !(around && ask.has(source, whole) || spans.iter().any(|s| ask.has(source, *s))) {
            continue;
        }
        let marks = Mark::ALL.iter().filter(|(m, _)| document.marked(*m, b.start, b.end)).map(|(_, name)| *name);
        let (from, to) = source.positions(whole);
        out.push(Visible {
            role: b.role.name(),
            lang: b.lang.map(|l| l.as_str().to_owned()),
            marks: marks.collect(),
            text: document.block_text(b).to_owned(),
            lines: (from.line, to.line),
            field: b.field.and_then(|f| document.fields.get(f)).map(|f| f.name.clone()),
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{default_kind, engine_of, run_case};
    use crate::pack::model::TestFormat;
    use crate::pack::{PackSet, PackSource};

    /// What is told and what is found come from one run: where a rule finds, it is told to have been tried; where it does not, there is
    /// a reason, or nothing of it in the text.
    #[test]
    fn what_is_told_is_what_is_found() {
        let packs = PackSet::load(PackSource::builtin("hubspot"));
        let (mut stopped, mut found) = (0, 0);
        for pack in packs.packs {
            let name = pack.name;
            for rule in pack.rules.into_iter().filter(|r| !r.outline.images) {
                let (id, default) = (rule.id.clone(), default_kind(&rule));
                let few = |list: &[crate::pack::model::TestCase]| list.iter().take(4).cloned().collect::<Vec<_>>();
                let cases: Vec<_> = few(&rule.tests.flag)
                    .into_iter()
                    .map(|c| (c, true))
                    .chain(few(&rule.tests.pass).into_iter().map(|c| (c, false)))
                    .collect();
                let mut engine = engine_of(&name, rule);
                for (case, flag) in cases.iter().filter(|(c, _)| !matches!(c.format, TestFormat::Several | TestFormat::Image)) {
                    let plain = run_case(&mut engine, case, default, &mut Vec::new()).expect("readable");
                    engine.options.ask = Some(Ask::default());
                    let told = run_case(&mut engine, case, default, &mut Vec::new()).expect("readable");
                    engine.options.ask = None;
                    assert_eq!(plain.findings, told.findings, "{id}: {}", case.text);
                    let of_rule: Vec<&Tried> = told.told.iter().flat_map(|t| &t.rules).filter(|t| t.rule == id).collect();
                    assert!(!of_rule.is_empty(), "{id}: nothing is told of {}", case.text);
                    if *flag {
                        found += 1;
                        let tried = of_rule.iter().any(|t| matches!(t.state, State::Tried | State::Across));
                        assert!(tried, "{id}: found, and said not to be tried: {}", case.text);
                    } else {
                        let reasons = of_rule.iter().flat_map(|t| &t.stops).filter(|s| s.matched);
                        stopped += reasons.inspect(|s| assert!(!s.why.is_empty(), "{id}: no reason: {}", case.text)).count();
                    }
                }
            }
        }
        assert!(found > 500 && stopped > 300, "{found} texts found, {stopped} reasons");
    }
}
