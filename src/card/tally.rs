//! What a run found, counted for each section and part as it comes.

use super::{Card, DocumentCard, Evidence, Graded, LookedAt, NotApplied, RuleCard, Rules, Signature};
use crate::card::scheme::Scheme;
use crate::document::Kind;
use crate::engine::{Counts, Outcome, RuleSet};
use crate::facts::attestations::{Attestations, Signed, Standing};
use crate::facts::clauses::{Clauses, Part, Section};
use crate::facts::{Day, Facts};
use crate::finding::{Finding, Severity, Trouble};
use rustc_hash::{FxHashMap, FxHasher};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

/// A rule that packs have, whether it runs or not.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// The requirement, short.
    pub title: String,
}

/// Counts outcomes for a report card.
#[derive(Debug)]
pub struct Tally<'r> {
    rules: &'r RuleSet,
    known: Vec<Known>,
    numbers: HashMap<String, usize>,
    groups: Vec<Group>,
    of_rules: Vec<OfRule>,
    /// Findings of rules that stand for no part, by rule.
    beyond: BTreeMap<String, (String, OfRule)>,
    looked: LookedAt,
    not_checked: Vec<Trouble>,
    /// Of each rule so many findings are kept.
    most: usize,
}

/// A section or a part.
#[derive(Debug)]
struct Group {
    section: &'static Section,
    /// `None` for the section as a whole.
    part: Option<&'static Part>,
    /// Numbers of the rules that run.
    rules: Vec<usize>,
    documents: usize,
    /// Documents with findings that count, each with the heaviest.
    affected: FxHashMap<u64, Severity>,
}

/// What came of one rule.
#[derive(Debug, Default)]
struct OfRule {
    /// Documents that it looked at.
    documents: usize,
    /// Whether there were documents that it would have looked at, had it not been switched off.
    off_somewhere: bool,
    /// Registers that it wanted.
    wanted: BTreeSet<&'static str>,
    findings: Counts,
    accepted: usize,
    evidence: Vec<Finding>,
}

impl OfRule {
    fn add(&mut self, f: &Finding, most: usize) {
        match (&f.suppressed, f.severity) {
            (Some(_), _) => self.accepted += 1,
            (None, Severity::Error) => self.findings.error += 1,
            (None, Severity::Warning) => self.findings.warning += 1,
            (None, Severity::Note) => self.findings.note += 1,
        }
        if self.evidence.len() < most {
            self.evidence.push(f.clone());
        }
    }

    fn found(&self) -> bool {
        total(self.findings) + self.accepted > 0
    }
}

fn total(c: Counts) -> usize {
    c.error + c.warning + c.note
}

/// A document, by a hash of the file it is in and its place there.
fn document_of(f: &Finding) -> u64 {
    let mut h = FxHasher::default();
    f.path.as_deref().or(f.url.as_deref()).unwrap_or(&f.primary.path).hash(&mut h);
    f.record.as_ref().map(|r| r.index).hash(&mut h);
    h.finish()
}

impl<'r> Tally<'r> {
    /// Counts what these rules find; `known` are all rules of their packs. Of each rule, `most` findings are kept as evidence.
    pub fn new(rules: &'r RuleSet, known: Vec<Known>, most: usize) -> Tally<'r> {
        let clauses = Clauses::get();
        let numbers: HashMap<String, usize> = rules.rules().iter().enumerate().map(|(n, r)| (r.id.clone(), n)).collect();
        let mut groups = Vec::new();
        for section in clauses.sections.iter().filter(|s| clauses.parts_of(s).any(|p| !p.rules.is_empty())) {
            let running = |part: &Part| (0..rules.rules().len()).filter(|n| part.names(&rules.rules()[*n].id)).collect::<BTreeSet<usize>>();
            let all: BTreeSet<usize> = clauses.parts_of(section).flat_map(running).collect();
            let group = |part, rules: BTreeSet<usize>| Group {
                section,
                part,
                rules: rules.into_iter().collect(),
                documents: 0,
                affected: FxHashMap::default(),
            };
            groups.push(group(None, all));
            // A section of one part is that part.
            if clauses.parts_of(section).count() > 1 {
                groups.extend(clauses.parts_of(section).map(|p| group(Some(p), running(p))));
            }
        }
        let of_rules = rules.rules().iter().map(|_| OfRule::default()).collect();
        Tally {
            rules,
            known,
            numbers,
            groups,
            of_rules,
            beyond: BTreeMap::new(),
            looked: LookedAt::default(),
            not_checked: Vec::new(),
            most,
        }
    }

    /// What kept an input from being read.
    pub fn trouble(&mut self, trouble: Trouble) {
        self.not_checked.push(trouble);
    }

    /// Counts what came of one input, or of one stretch of a large one.
    pub fn take(&mut self, outcome: Outcome) {
        self.looked.inputs += usize::from(outcome.starts_input && !outcome.skipped);
        self.looked.records += outcome.records;
        self.looked.skipped += usize::from(outcome.skipped);
        self.not_checked.extend(outcome.troubles);
        let mut unheld: BTreeSet<usize> = BTreeSet::new();
        for (rule, register) in &outcome.not_applied {
            if let Some(&n) = self.numbers.get(rule) {
                self.of_rules[n].wanted.insert(register);
                unheld.insert(n);
            }
        }
        for (kind, shows, amount) in outcome.seen.iter() {
            self.looked.documents += amount.documents;
            self.looked.blocks += amount.blocks;
            *self.looked.kinds.entry(kind.name()).or_default() += amount.documents;
            let active = self.rules.active(&outcome.name, kind);
            let mut looks = vec![false; self.of_rules.len()];
            for (n, rule) in self.rules.rules().iter().enumerate() {
                if !rule.kinds.contains(&kind) || !shows.enough_for(rule.matcher()) {
                    continue;
                }
                if active.get(n).copied().flatten().is_none() {
                    self.of_rules[n].off_somewhere = true;
                } else if !unheld.contains(&n) {
                    looks[n] = true;
                    self.of_rules[n].documents += amount.documents;
                }
            }
            for g in self.groups.iter_mut().filter(|g| g.rules.iter().any(|n| looks[*n])) {
                g.documents += amount.documents;
            }
        }
        for f in &outcome.findings {
            self.finding(f);
        }
    }

    fn finding(&mut self, f: &Finding) {
        let mut in_group = false;
        if let Some(&n) = self.numbers.get(&f.rule) {
            let document = document_of(f);
            for g in self.groups.iter_mut().filter(|g| g.rules.binary_search(&n).is_ok()) {
                in_group = true;
                if f.suppressed.is_none() {
                    g.affected.entry(document).and_modify(|s| *s = (*s).max(f.severity)).or_insert(f.severity);
                }
            }
            if in_group {
                self.of_rules[n].add(f, self.most);
            }
        }
        if !in_group {
            let title = self.known.iter().find(|k| k.id == f.rule).map(|k| k.title.clone());
            let own = || crate::engine::OWN_RULES.iter().find(|(id, _)| *id == f.rule).map_or(String::new(), |(_, t)| (*t).to_owned());
            let of = self.beyond.entry(f.rule.clone()).or_insert_with(|| (title.unwrap_or_else(own), OfRule::default()));
            of.1.add(f, self.most);
        }
    }

    /// The card.
    pub fn card(self, facts: &Facts, attestations: Option<&Attestations>) -> Card {
        let clauses = Clauses::get();
        let standings: Option<Vec<Standing>> = attestations.map(|a| a.standings(facts.today));
        let mut documents: Vec<DocumentCard> = Vec::new();
        for g in &self.groups {
            let graded = self.graded(g, standings.as_deref());
            if g.part.is_some() {
                if let Some(section) = documents.last_mut().and_then(|d| d.sections.last_mut()) {
                    section.parts.push(graded);
                }
                continue;
            }
            let id = &g.section.document;
            if documents.last().is_none_or(|d| d.id != *id) {
                let (title, url) = clauses.document(id).map_or(("", ""), |d| (&d.title, &d.url));
                documents.push(DocumentCard { id: id.clone(), title: title.to_owned(), url: url.to_owned(), sections: Vec::new() });
            }
            if let Some(d) = documents.last_mut() {
                d.sections.push(graded);
            }
        }
        let rule = |id: &str, title: &str, of: &OfRule| RuleCard {
            rule: id.to_owned(),
            title: title.to_owned(),
            documents: of.documents,
            findings: of.findings,
            accepted: of.accepted,
            not_listed: total(of.findings) + of.accepted - of.evidence.len(),
        };
        let found = |of: &OfRule| of.found();
        let rules = self.rules.rules().iter().zip(&self.of_rules).filter(|(_, of)| found(of)).map(|(r, of)| rule(&r.id, &r.title, of));
        let looked = |id: &str| self.numbers.get(id).map_or(0, |n| self.of_rules[*n].documents);
        let beyond_rules = self.beyond.iter().map(|(id, (title, of))| RuleCard { documents: looked(id), ..rule(id, title, of) });
        let rules: Vec<RuleCard> = rules.chain(beyond_rules).collect();
        let beyond = self.beyond.keys().cloned().collect();
        let speaking = facts.speaking().map(|p| p.name.value.clone());
        let partner = speaking.or_else(|| facts.speaker.clone()).or_else(|| attestations?.partner().map(|p| p.value.clone()));
        let attestations = attestations.map(|a| Evidence {
            path: a.source().name().to_owned(),
            standings: Signed::ALL.into_iter().map(|s| (s.name(), standings.iter().flatten().filter(|x| x.signed == s).count())).collect(),
        });
        let findings: Vec<Finding> =
            self.of_rules.into_iter().chain(self.beyond.into_values().map(|(_, of)| of)).flat_map(|of| of.evidence).collect();
        Card {
            schema: super::SCHEMA,
            partner,
            today: facts.today.to_string(),
            scheme: Scheme::get(),
            looked_at: self.looked,
            attestations,
            documents,
            beyond,
            rules,
            findings,
            not_checked: self.not_checked,
        }
    }

    fn graded(&self, g: &Group, standings: Option<&[Standing]>) -> Graded {
        let parts: Vec<&Part> = match g.part {
            Some(p) => vec![p],
            None => Clauses::get().parts_of(g.section).collect(),
        };
        let mut rules = Rules::default();
        let mut findings = Counts::default();
        let mut accepted = 0;
        for k in self.known.iter().filter(|k| parts.iter().any(|p| p.names(&k.id))) {
            let Some(of) = self.numbers.get(&k.id).map(|n| &self.of_rules[*n]) else {
                rules.off.push(k.id.clone());
                continue;
            };
            let list = if of.found() {
                findings.error += of.findings.error;
                findings.warning += of.findings.warning;
                findings.note += of.findings.note;
                accepted += of.accepted;
                &mut rules.found
            } else if of.documents > 0 {
                &mut rules.silent
            } else if !of.wanted.is_empty() {
                continue;
            } else if of.off_somewhere {
                &mut rules.off
            } else {
                &mut rules.nothing_to_see
            };
            list.push(k.id.clone());
        }
        let wanting = |n: &usize| {
            let of = &self.of_rules[*n];
            of.wanted.iter().map(|w| NotApplied { rule: self.rules.rules()[*n].id.clone(), register: (*w).to_owned() }).collect::<Vec<_>>()
        };
        rules.not_applied = g.rules.iter().flat_map(wanting).collect();
        let items: BTreeSet<&str> = parts.iter().flat_map(|p| p.attestations.iter().map(String::as_str)).collect();
        let attestations: Vec<Signature> = Clauses::get()
            .attestations
            .iter()
            .filter(|i| items.contains(i.id.as_str()))
            .map(|item| {
                let s = standings.and_then(|list| list.iter().find(|s| s.item.id == item.id));
                let entry = s.and_then(|s| s.entry);
                Signature {
                    item: &item.id,
                    asks: &item.asks,
                    standing: s.map(|s| s.signed.name()),
                    signer: entry.and_then(|a| a.signer.as_ref()).map(|f| f.value.clone()),
                    date: entry.and_then(|a| a.date.value()).map(Day::to_string),
                }
            })
            .collect();
        let at_least = |severity: Severity| g.affected.values().filter(|s| **s >= severity).count();
        // What was found was looked at, also where documents are only compared with each other.
        let documents = g.documents.max(g.affected.len());
        let signed: Vec<Signed> =
            standings.into_iter().flatten().filter(|s| items.contains(s.item.id.as_str())).map(|s| s.signed).collect();
        let grade = self.grade(g, documents, &at_least, &signed, items.len(), &rules);
        let scheme = Scheme::get();
        let of = |n: usize| scheme.grades.get(n);
        Graded {
            reference: g.part.map_or(&g.section.reference, |p| &p.reference),
            title: g.part.map_or(&g.section.title, |p| &p.title),
            grade: grade.as_ref().ok().and_then(|n| of(*n)).map(|g| g.grade.as_str()),
            means: grade.as_ref().ok().and_then(|n| of(*n)).map(|g| g.means.as_str()),
            not_assessed: grade.err(),
            documents,
            affected: Counts {
                error: at_least(Severity::Error),
                warning: at_least(Severity::Warning) - at_least(Severity::Error),
                note: at_least(Severity::Note) - at_least(Severity::Warning),
            },
            findings,
            accepted,
            rules,
            attestations,
            parts: Vec::new(),
        }
    }

    /// The number of the grade, or why there is none.
    fn grade(
        &self,
        g: &Group,
        documents: usize,
        at_least: &dyn Fn(Severity) -> usize,
        signed: &[Signed],
        items: usize,
        rules: &Rules,
    ) -> Result<usize, String> {
        let scheme = Scheme::get();
        let stale = if signed.contains(&Signed::Stale) { scheme.stale() } else { 0 };
        if documents > 0 {
            return Ok(scheme.grade(documents, at_least).max(stale));
        }
        let open = signed.iter().filter(|s| matches!(s, Signed::Missing | Signed::Incomplete)).count();
        if !signed.is_empty() && open == 0 {
            return Ok(stale);
        }
        let mut why = Vec::new();
        if !rules.not_applied.is_empty() {
            let registers: BTreeSet<&str> = rules.not_applied.iter().map(|n| register(&n.register)).collect();
            why.push(format!(
                "what was found could not be held against anything without {}",
                registers.into_iter().collect::<Vec<_>>().join(" and ")
            ));
        } else if !rules.nothing_to_see.is_empty() {
            let kinds: BTreeSet<Kind> = g.rules.iter().flat_map(|n| self.rules.rules()[*n].kinds.iter().copied()).collect();
            let kinds: Vec<&str> = kinds.into_iter().map(Kind::name).collect();
            let all = kinds.len() == Kind::ALL.len();
            why.push(if self.looked.documents == 0 {
                "nothing was looked at".to_owned()
            } else if all {
                "nothing was there that its rules look at".to_owned()
            } else {
                let kind = if kinds.len() == 1 { "kind" } else { "kinds" };
                format!("nothing was there that its rules look at (content of the {kind} {})", kinds.join(", "))
            });
        } else if !rules.off.is_empty() {
            why.push("its rules were not run".to_owned());
        }
        if items > 0 {
            why.push(match signed.len() {
                0 => "no attestations were given".to_owned(),
                all => format!("{open} of {all} {} not signed", if all == 1 { "attestation is" } else { "attestations are" }),
            });
        }
        Err(if why.is_empty() { "no rule looks at it".to_owned() } else { why.join("; ") })
    }
}

/// A register in words.
pub(super) fn register(name: &str) -> &str {
    match name {
        "partners" => "a register of partners",
        "speaker" => "a word on who is speaking",
        "approvals" => "a register of approvals",
        "assets" => "a register of images",
        "awards" => "a register of awards",
        other => other,
    }
}
