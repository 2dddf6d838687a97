//! The rules of a run, with the user's settings, behind the prefilter.

use super::fold::Folds;
use super::paths::Paths;
use crate::check::gate::Gate;
use crate::check::prefilter::Prefilter;
use crate::check::{self, element::ElementFilter};
use crate::document::{Document, Kind};
use crate::finding::{Confidence, Level, Severity};
use crate::pack::model::{Pack, Rule, SeverityByKind};
use crate::pack::words::Lists;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// What the user decided about rules.
#[derive(Debug, Default)]
pub struct Settings {
    /// Severities by rule id, for all files.
    pub rules: HashMap<String, SeverityByKind>,
    /// Severities by rule id, for some files; later ones win.
    pub overrides: Vec<(Paths, HashMap<String, SeverityByKind>)>,
    /// Only rules with these ids or beginnings; empty for all.
    pub only: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
    /// Rules that are sourced less well are not run.
    pub min_confidence: Option<Confidence>,
}

/// Rules ready to run.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Rule>,
    /// Every rule of the packs by its id and its former ones, whether it is run or not.
    names: HashMap<String, String>,
    /// Those that compare documents with each other.
    corpus: Vec<usize>,
    /// Whether any looks at pictures.
    images: bool,
    /// Whether any asks for who is speaking.
    speakers: bool,
    /// What each of them looks at beside words.
    gates: Vec<Gate>,
    /// The prefilter over built-in rules, which was made when promolint was built, if most of them run.
    builtin: Option<Prefilter>,
    /// One over the others for each kind of content, made when there is some.
    prefilters: [OnceLock<Prefilter>; Kind::ALL.len()],
    /// Made when there is HTML.
    elements: OnceLock<ElementFilter>,
    no_elements: ElementFilter,
    folds: Folds,
    settings: Settings,
    /// The lists of words that some of them hide.
    hidden: OnceLock<Lists>,
    /// What [`RuleSet::active`] gives where no override can differ, by kind.
    usual: HashMap<Kind, Levels>,
}

/// What the findings of each rule of a set weigh; `None` where it does not apply.
pub type Levels = Arc<[Option<Level>]>;

impl RuleSet {
    /// The rules of these packs, less those that are off everywhere.
    pub fn new(packs: Vec<Pack>, settings: Settings) -> RuleSet {
        let all = packs.iter().flat_map(|p| &p.rules);
        // A rule's own name counts before what others were once called.
        let aliases = all.clone().flat_map(|r| r.aliases.iter().map(|a| (a.clone(), r.id.clone())));
        let names = aliases.chain(all.clone().map(|r| (r.id.clone(), r.id.clone()))).collect();
        let rules: Vec<Rule> = packs.into_iter().flat_map(|p| p.rules).filter(|r| settings.selects(r) && settings.may_apply(r)).collect();
        let corpus = |r: &usize| rules[*r].outline.corpus && !check::corpus::leaves(&rules[*r]).is_empty();
        let corpus = (0..rules.len()).filter(corpus).collect();
        let images = rules.iter().any(|r| r.outline.images);
        let speakers = rules.iter().any(|r| r.outline.speakers);
        let gates = rules.iter().map(|r| Gate::to(&r.outline)).collect();
        let builtin = Prefilter::builtin(&rules);
        let folds = Folds::new(&rules);
        let mut set = RuleSet {
            rules,
            names,
            corpus,
            images,
            speakers,
            gates,
            builtin,
            prefilters: Default::default(),
            elements: OnceLock::new(),
            no_elements: ElementFilter::default(),
            folds,
            settings,
            hidden: OnceLock::new(),
            usual: HashMap::new(),
        };
        if set.settings.overrides.is_empty() {
            set.usual = Kind::ALL.into_iter().map(|k| (k, set.active("", k))).collect();
        }
        set
    }

    /// The rules, in the order of their packs.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether rule number `rule` finds nothing without candidates of the prefilter.
    pub(super) fn text_only(&self, rule: usize) -> bool {
        self.rules.get(rule).is_some_and(|r| r.outline.text_only)
    }

    /// What each rule looks at, beside words that the prefilter looks for.
    pub(super) fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// The numbers of rules that compare documents with each other.
    pub(super) fn corpus(&self) -> &[usize] {
        &self.corpus
    }

    /// Whether any of them looks at pictures.
    pub(super) fn look_at_images(&self) -> bool {
        self.images
    }

    /// Whether any of them asks for who is speaking.
    pub(super) fn ask_who_speaks(&self) -> bool {
        self.speakers
    }

    /// The prefilters over those that look at content of a kind, each over other rules; they count rules as [`RuleSet::rules`] does.
    pub fn prefilters(&self, kind: Kind) -> impl Iterator<Item = &Prefilter> {
        let known = |rule: &Rule| self.builtin.is_some() && rule.number.is_some();
        let own = self.prefilters[kind as usize].get_or_init(|| Prefilter::new(&self.rules, kind, &known));
        self.builtin.iter().chain([own]).filter(|p| !p.is_empty())
    }

    pub(super) fn hidden_lists(&self) -> Lists {
        *self.hidden.get_or_init(|| super::mask::lists(&self.rules))
    }

    /// The filter for rules about elements; an empty one for a document that has none.
    pub fn elements(&self, document: &Document) -> &ElementFilter {
        if document.html.is_empty() {
            &self.no_elements
        } else {
            self.elements.get_or_init(|| ElementFilter::new(self.rules.iter().filter(|r| r.outline.elements)))
        }
    }

    /// Which of them leave words to others.
    pub(super) fn folds(&self) -> &Folds {
        &self.folds
    }

    /// What the findings of each rule weigh in one file, as content of this kind.
    pub fn active(&self, path: &str, kind: Kind) -> Levels {
        if let Some(usual) = self.usual.get(&kind) {
            return Arc::clone(usual);
        }
        self.rules.iter().map(|r| if r.kinds.contains(&kind) { self.settings.level(r, path, kind) } else { None }).collect()
    }

    /// The severity of one of promolint's own rules.
    pub fn own_severity(&self, id: &str, path: &str, kind: Kind) -> Option<Severity> {
        if !self.settings.selects_id(id, "") {
            return None;
        }
        // That a file is missing says nothing of what it shows, or does.
        let usual = if [super::IMAGE_MISSING, super::SHEET_NOT_READ].contains(&id) { Severity::Note } else { Severity::Warning };
        self.settings.chosen(id, &[], path).map_or(Some(usual), |s| s.of(kind))
    }

    /// The id of the rule that has this id or had it, whether it is run or not.
    pub fn id_of<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.names.get(name).map(String::as_str).or_else(|| super::OWN_RULES.iter().map(|(o, _)| *o).find(|o| *o == name))
    }

    /// The ids of all rules there are, run or not.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str).chain(super::OWN_RULES.iter().map(|(o, _)| *o))
    }

    /// Whether any rule is run. Those of promolint itself count if they were asked for.
    pub fn runs_any(&self) -> bool {
        let asked = |id: &str| !self.settings.only.is_empty() && self.settings.selects_id(id, "");
        !self.rules.is_empty() || super::OWN_RULES.iter().any(|(id, _)| asked(id))
    }

    /// Whether the rule of this id is run.
    pub fn runs(&self, id: &str) -> bool {
        self.rules.iter().any(|r| r.id == id) || super::OWN_RULES.iter().any(|(o, _)| *o == id) && self.settings.selects_id(id, "")
    }
}

impl Settings {
    /// Which choice leaves a rule out altogether: `min_confidence`, `--ignore` or `--only`.
    pub fn leaves_out(&self, rule: &Rule) -> Option<&'static str> {
        if self.min_confidence.is_some_and(|min| rule.confidence < min) {
            return Some("min_confidence");
        }
        let ignored = self.ignore.iter().any(|p| matches_prefix(&rule.id, &rule.pack, p));
        (!self.selects(rule)).then_some(if ignored { "--ignore" } else { "--only" })
    }

    fn selects(&self, rule: &Rule) -> bool {
        self.min_confidence.is_none_or(|min| rule.confidence >= min)
            && (self.selects_id(&rule.id, &rule.pack) || rule.aliases.iter().any(|a| self.only.contains(a)))
    }

    fn selects_id(&self, id: &str, pack: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|p| matches_prefix(id, pack, p));
        (self.only.is_empty() || named(&self.only)) && !named(&self.ignore)
    }

    /// Whether a rule that is off by default is on somewhere, or one that is on is off everywhere.
    fn may_apply(&self, rule: &Rule) -> bool {
        let asked = self.only.contains(&rule.id);
        let base = self.rules.get(&rule.id).unwrap_or(&rule.severity);
        asked || base.highest().is_some() || self.overrides.iter().any(|(_, r)| r.get(&rule.id).is_some_and(|s| s.highest().is_some()))
    }

    fn chosen(&self, id: &str, aliases: &[String], path: &str) -> Option<&SeverityByKind> {
        let of = |map: &'_ HashMap<String, SeverityByKind>| {
            std::iter::once(id).chain(aliases.iter().map(String::as_str)).find(|n| map.contains_key(*n)).map(str::to_owned)
        };
        let over = self.overrides.iter().rev().filter(|(globs, _)| globs.is_match(path));
        for (_, map) in over {
            if let Some(k) = of(map) {
                return map.get(&k);
            }
        }
        of(&self.rules).and_then(|k| self.rules.get(&k))
    }

    fn level(&self, rule: &Rule, path: &str, kind: Kind) -> Option<Level> {
        let chosen = self.chosen(&rule.id, &rule.aliases, path);
        let level = |severity, is_ceiling| Level { severity, is_ceiling };
        let usual = chosen.unwrap_or(&rule.severity).of(kind).map(|s| level(s, chosen.is_some()));
        // Asked for by its full name, a rule runs though it is off by default.
        usual.or_else(|| self.only.contains(&rule.id).then_some(level(Severity::Note, true)))
    }
}

/// Whether `pattern` names the rule: its id, the beginning of its id, its pack.
fn matches_prefix(id: &str, pack: &str, pattern: &str) -> bool {
    id == pattern || id.starts_with(pattern) || pack == pattern || pack.strip_prefix(pattern).is_some_and(|r| r.starts_with('/'))
}
