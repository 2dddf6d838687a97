//! How well rules do on labelled content: which of them find what they must, and nothing else.
//!
//! Knows rules and labels; which numbers are good enough is the caller's business.

mod labels;

pub use labels::{LABELS, Label, LabelFile};

use super::OWN_PACK;
use super::rules::{RuleSet, Settings};
use super::run::{Engine, Options};
use super::testing::run_case;
use crate::document::Kind;
use crate::document::records::Formats;
use crate::finding::Severity;
use crate::pack::model::{Pack, Rule};
use crate::yaml::Fault;
use crate::yaml::shape::did_you_mean;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What came of one rule, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Labels in which it must find something, and does.
    pub right: usize,
    /// Labels in which it must find nothing, and does.
    pub wrong: usize,
    /// Labels in which it must find something, and does not.
    pub missed: usize,
}

impl Tally {
    /// In how many labels it must find something.
    pub fn expected(self) -> usize {
        self.right + self.missed
    }

    /// In how many labels it finds something.
    pub fn found(self) -> usize {
        self.right + self.wrong
    }

    /// The share of what it finds that is right; nothing where it finds nothing.
    pub fn precision(self) -> Option<f64> {
        share(self.right, self.found())
    }

    /// The share of what it must find that it finds; nothing where it must find nothing.
    pub fn recall(self) -> Option<f64> {
        share(self.right, self.expected())
    }

    fn add(&mut self, of: Verdict) {
        match of {
            Verdict::Right => self.right += 1,
            Verdict::Wrong => self.wrong += 1,
            Verdict::Missed => self.missed += 1,
        }
    }
}

fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// What a rule made of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It finds what it must.
    Right,
    /// It finds what it must not.
    Wrong,
    /// It does not find what it must.
    Missed,
}

/// One label that a rule got wrong or missed.
#[derive(Clone, Debug)]
pub struct Slip {
    /// Wrong or missed.
    pub verdict: Verdict,
    /// The rule.
    pub rule: String,
    /// Whether it counts as a note.
    pub note: bool,
    /// The label's file, by its number.
    pub file: usize,
    /// The label, by its number in the file.
    pub label: usize,
    /// What the rule marked, if it did.
    pub marked: Option<String>,
}

/// The tallies of a rule, or of all rules.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tallies {
    /// Errors and warnings.
    pub counted: Tally,
    /// Notes.
    pub notes: Tally,
}

impl Tallies {
    fn add(&mut self, verdict: Verdict, note: bool) {
        if note { &mut self.notes } else { &mut self.counted }.add(verdict);
    }
}

/// What came of all labels.
#[derive(Debug, Default)]
pub struct Score {
    /// By rule; only rules that must find something somewhere, or do.
    pub rules: BTreeMap<String, Tallies>,
    /// All together.
    pub total: Tallies,
    /// What was wrong or missed, in the order of files, labels and rules.
    pub slips: Vec<Slip>,
    /// How many labels there were.
    pub labels: usize,
    /// In how many of them nothing must be found.
    pub traps: usize,
    /// How many rules were run.
    pub ran: usize,
    /// Rules that too few labels name to say how good they are, with how many: fewer than [`ENOUGH`].
    pub few: Vec<(String, usize)>,
    /// What could not be read: file, label and reason.
    pub unread: Vec<(usize, usize, String)>,
}

/// So many labels must name a rule for its numbers to mean something.
pub const ENOUGH: usize = 5;

/// Rules that labels expect and no pack has: a fault for each, with the number of its file. Earlier names of rules are replaced by their ids.
pub fn resolve(packs: &[Pack], files: &mut [LabelFile]) -> Vec<(usize, Fault)> {
    let rules: Vec<&Rule> = packs.iter().flat_map(|p| &p.rules).collect();
    let mut ids: HashMap<&str, &str> = HashMap::new();
    for r in &rules {
        ids.extend(r.aliases.iter().map(|a| (a.as_str(), r.id.as_str())));
    }
    ids.extend(rules.iter().map(|r| (r.id.as_str(), r.id.as_str())));
    let mut faults = Vec::new();
    for (file, labels) in files.iter_mut().enumerate() {
        for (id, span) in labels.labels.iter_mut().flat_map(|l| &mut l.expect) {
            match ids.get(id.as_str()) {
                Some(now) => *id = (*now).to_owned(),
                None => {
                    let near = did_you_mean(id, rules.iter().map(|r| r.id.as_str()));
                    let help = near.map_or_else(|| "`promolint rules` lists the rules".to_owned(), |n| format!("did you mean `{n}`?"));
                    faults.push((file, Fault::new(*span, format!("there is no rule `{id}`"), help)));
                }
            }
        }
    }
    faults
}

/// Runs all labels through the packs whose rules they expect. `named` says which rules count.
pub fn score(packs: Vec<Pack>, files: &[LabelFile], named: &dyn Fn(&Rule) -> bool) -> Score {
    let labels = || files.iter().enumerate().flat_map(|(f, file)| file.labels.iter().enumerate().map(move |(l, label)| (f, l, label)));
    let expected: HashSet<&str> = labels().flat_map(|(_, _, l)| l.expect.iter().map(|(id, _)| id.as_str())).collect();
    let mut packs = packs;
    let wanted: BTreeSet<String> =
        packs.iter().flat_map(|p| &p.rules).filter(|r| expected.contains(r.id.as_str())).map(|r| r.pack.clone()).collect();
    for p in &mut packs {
        p.rules.retain(|r| wanted.contains(&r.pack) && named(r));
    }
    let naming = |id: &str| labels().filter(|(_, _, l)| l.expect.iter().any(|(e, _)| e == id)).count();
    let few = packs.iter().flat_map(|p| &p.rules).map(|r| (r.id.clone(), naming(&r.id))).filter(|(_, n)| *n < ENOUGH).collect();
    // An expected rule that is off by default is asked for by its name.
    let ids: HashMap<String, _> =
        packs.iter().flat_map(|p| &p.rules).map(|r| (r.id.clone(), (r.severity.clone(), expected.contains(r.id.as_str())))).collect();
    let only = wanted.into_iter().chain(ids.iter().filter(|(_, (_, e))| *e).map(|(id, _)| id.clone())).collect();
    let settings = Settings { only, ..Settings::default() };
    let options = Options::default();
    let mut engine = Engine { rules: RuleSet::new(packs, settings), options, formats: Formats::builtin() };
    let is_note = |id: &str, kind: Kind| ids.get(id).and_then(|(s, _)| s.of(kind)).is_none_or(|s| s == Severity::Note);

    let mut galleries = Vec::new();
    let mut out = Score { ran: ids.len(), few, ..Score::default() };
    for (file, index, label) in labels() {
        out.labels += 1;
        out.traps += usize::from(label.expect.is_empty());
        // The rule, its weightiest finding, and what that marks.
        let mut found: BTreeMap<String, (Severity, String)> = BTreeMap::new();
        match run_case(&mut engine, &label.case, Kind::Page, &mut galleries) {
            Err(e) => out.unread.push((file, index, e)),
            Ok(outcome) => {
                if let Some(t) = outcome.troubles.first() {
                    out.unread.push((file, index, t.message.clone()));
                }
                for f in outcome.findings.into_iter().filter(|f| f.pack != OWN_PACK && f.suppressed.is_none()) {
                    let marked = f.primary.text.unwrap_or_default();
                    let heaviest = found.entry(f.rule).or_insert_with(|| (f.severity, marked.clone()));
                    if f.severity > heaviest.0 {
                        *heaviest = (f.severity, marked);
                    }
                }
            }
        }
        let expect: BTreeSet<&str> = label.expect.iter().map(|(id, _)| id.as_str()).filter(|id| ids.contains_key(*id)).collect();
        let all: BTreeSet<&str> = expect.iter().copied().chain(found.keys().map(String::as_str)).collect();
        for id in all {
            let hit = found.get(id);
            let verdict = match (expect.contains(id), hit) {
                (true, Some(_)) => Verdict::Right,
                (false, _) => Verdict::Wrong,
                (true, None) => Verdict::Missed,
            };
            let note = hit.map_or_else(|| is_note(id, label.kind()), |(severity, _)| *severity == Severity::Note);
            out.rules.entry(id.to_owned()).or_default().add(verdict, note);
            out.total.add(verdict, note);
            if verdict != Verdict::Right {
                let marked = hit.map(|(_, marked)| marked.clone()).filter(|m| !m.is_empty());
                out.slips.push(Slip { verdict, rule: id.to_owned(), note, file, label: index, marked });
            }
        }
    }
    out
}

/// The label's content in one line, as it stands there.
pub fn content(label: &Label) -> String {
    label.case.text.split_whitespace().collect::<Vec<_>>().join(" ")
}
