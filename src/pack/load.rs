//! Which packs a run uses: names and paths to files, `extends`, merging.

use super::decode::{Decoder, Entry, Tables};
use super::lazy::LazyTerms;
use super::model::{Floors, Pack};
use super::phrase::{self, Terms};
use super::shape::{self, did_you_mean};
use super::{Fault, builtin, shapes};
use crate::facts::Day;
use crate::finding::{Confidence, RuleSource};
use crate::source::Span;
use crate::yaml::{self, Node, Value};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A pack's file before it is read.
#[derive(Debug, Clone)]
pub struct PackSource {
    /// The path as given, or the built-in name.
    pub name: String,
    /// Its text.
    pub text: Cow<'static, str>,
    /// The same as JSON, for built-in packs: checked when promolint was built, and quicker to read.
    prepared: Option<&'static str>,
}

impl PackSource {
    /// A pack's file.
    pub fn new(name: impl Into<String>, text: impl Into<Cow<'static, str>>) -> PackSource {
        PackSource { name: name.into(), text: text.into(), prepared: None }
    }

    /// The built-in packs of this name, or below it.
    pub fn builtin(name: &str) -> Vec<PackSource> {
        let text = |n: &str| builtin::builtin_text(n).unwrap_or_default();
        builtin::builtin_names(name).into_iter().map(|n| PackSource::new(n, text(n))).collect()
    }

    /// The same pack in its quick form, without tests and reasons, if it is a built-in one.
    #[must_use]
    pub fn quick(mut self) -> PackSource {
        // Mostly it is that very text.
        if builtin::builtin_text(&self.name).is_some_and(|t| std::ptr::eq(t, &*self.text) || t == self.text) {
            self.prepared = builtin::builtin_json(&self.name);
        }
        self
    }
}

/// The packs of a run.
#[derive(Debug, Default)]
pub struct PackSet {
    /// The packs, in the order given.
    pub packs: Vec<Pack>,
    /// The files they were read from; [`Fault::file`] counts these.
    pub files: Vec<PackSource>,
    /// What is wrong in them.
    pub faults: Vec<Fault>,
}

struct Parsed {
    file: usize,
    name: String,
    root: Node,
    extends: Vec<String>,
    terms: Arc<LazyTerms>,
    sources: HashMap<String, (RuleSource, Confidence)>,
    /// Rules by id in order, each with the keys it was given here and in what it extends.
    rules: Vec<(String, Vec<Entry>)>,
}

impl PackSet {
    /// Reads packs. What they extend is looked for among them, then among the built-in ones. A pack with faults that make it unusable is
    /// left out; the others are still there.
    pub fn load(sources: Vec<PackSource>) -> PackSet {
        PackSet::read(sources, false)
    }

    /// The same without the tests and reasons of built-in packs.
    pub fn quick(sources: Vec<PackSource>) -> PackSet {
        PackSet::read(sources.into_iter().map(PackSource::quick).collect(), true)
    }

    fn read(sources: Vec<PackSource>, quick: bool) -> PackSet {
        let mut set = PackSet::default();
        let wanted = sources.len();
        set.files = sources;
        let mut parsed: Vec<Parsed> = Vec::new();
        let mut read = 0;
        // Files that are only extended are added to the end as they turn up; those given are all read before, for they may extend each
        // other in any order.
        while read < set.files.len() {
            let first_new = parsed.len();
            for i in read..set.files.len() {
                let Some(p) = set.parse(i) else { continue };
                match parsed.iter().find(|q| q.name == p.name) {
                    Some(first) => {
                        let message = format!("`{}` is also the name of {}", p.name, set.files[first.file].name);
                        let span = p.root.get("pack").map_or(p.root.span, |n| n.span);
                        set.faults.push(Fault { file: i, ..Fault::new(span, message, "give each pack a name of its own") });
                    }
                    None => parsed.push(p),
                }
            }
            read = set.files.len();
            for p in &parsed[first_new..] {
                for (name, span) in extends(&p.root) {
                    if parsed.iter().any(|q| q.name == name) || set.files[read..].iter().any(|f| f.name == name) {
                        continue;
                    }
                    let found: Vec<PackSource> =
                        PackSource::builtin(&name).into_iter().map(|s| if quick { s.quick() } else { s }).collect();
                    if found.is_empty() {
                        let names = builtin::builtin_names("hubspot");
                        let help =
                            did_you_mean(&name, names).map_or("give its file with --pack too".into(), |n| format!("did you mean `{n}`?"));
                        set.faults.push(Fault { file: p.file, ..Fault::new(span, format!("no pack is called `{name}`"), help) });
                    }
                    set.files.extend(found);
                }
            }
        }
        let order = set.order(&parsed);
        let mut done: HashMap<String, usize> = HashMap::new();
        let mut finished: Vec<Parsed> = Vec::new();
        let mut slots: Vec<Option<Parsed>> = parsed.into_iter().map(Some).collect();
        for index in order {
            let Some(mut p) = slots[index].take() else { continue };
            set.resolve(&mut p, &finished, &done);
            done.insert(p.name.clone(), finished.len());
            finished.push(p);
        }
        finished.sort_by_key(|p| p.file);
        set.decode(&finished, wanted);
        let mut faults = std::mem::take(&mut set.faults);
        faults.sort_by_key(|f| (f.file, f.span.start));
        set.faults = faults;
        set
    }

    /// Whether nothing keeps any of the packs from being used.
    pub fn is_usable(&self) -> bool {
        self.faults.iter().all(|f| f.usable)
    }

    fn parse(&mut self, file: usize) -> Option<Parsed> {
        if let Some(json) = self.files[file].prepared
            && let Ok(root) = serde_json::from_str::<yaml::Prepared>(json)
        {
            return self.parsed(file, root.0);
        }
        let text = self.files[file].text.clone();
        let root = match yaml::parse(&text) {
            Ok(root) => root,
            Err(e) => {
                let fault = Fault::new(e.span, e.message.clone(), e.help());
                self.faults.push(Fault { file, ..fault });
                return None;
            }
        };
        let mut faults = Vec::new();
        shape::check(&root, &shape::Shape::Object(&shapes::PACK), "a rule pack", &mut faults);
        let broken = !faults.is_empty();
        self.faults.extend(faults.into_iter().map(|f| Fault { file, ..f }));
        if broken { None } else { self.parsed(file, root) }
    }

    fn parsed(&mut self, file: usize, mut root: Node) -> Option<Parsed> {
        let name = root.get("pack")?.scalar_text()?;
        let mut sources = HashMap::new();
        for (k, v) in root.get("sources").and_then(Node::as_map).unwrap_or_default() {
            let text = |key: &str| v.get(key).and_then(Node::scalar_text);
            let checked_on = text("checked_on");
            if let (Some(day), Some(n)) = (&checked_on, v.get("checked_on"))
                && Day::parse(day).is_none()
            {
                self.faults.push(Fault { file, ..Fault::new(n.span, format!("`{day}` is not a day"), "write YYYY-MM-DD") });
            }
            let source = RuleSource { title: super::decode::one_line(&text("title").unwrap_or_default()), url: text("url"), checked_on };
            let confidence = text("confidence").and_then(|c| Confidence::from_name(&c)).unwrap_or(Confidence::Inferred);
            sources.insert(k.scalar_text().unwrap_or_default(), (source, confidence));
        }
        let mut rules: Vec<(String, Vec<Entry>)> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let written = if let Some(Value::Seq(list)) = root.take("rules") { list } else { Vec::new() };
        for rule in written {
            let Some(id_node) = rule.get("id") else { continue };
            let id = id_node.scalar_text().unwrap_or_default();
            if !seen.insert(id.clone()) {
                let fault = Fault::new(id_node.span, format!("rule `{id}` is there twice"), "give one of them another id, or merge them");
                self.faults.push(Fault { file, ..fault });
                continue;
            }
            let Value::Map(entries) = rule.value else { continue };
            let entry = |(k, value): (Node, Node)| Entry { key: k.scalar_text().unwrap_or_default(), key_span: k.span, value, file };
            rules.push((id, entries.into_iter().map(entry).collect()));
        }
        let extends = extends(&root).into_iter().map(|(n, _)| n).collect();
        Some(Parsed { file, name, root, extends, terms: Arc::default(), sources, rules })
    }

    /// Extended packs before those that extend them; a circle is cut and told.
    fn order(&mut self, parsed: &[Parsed]) -> Vec<usize> {
        let by_name: HashMap<&str, usize> = parsed.iter().enumerate().map(|(i, p)| (p.name.as_str(), i)).collect();
        let mut out: Vec<usize> = Vec::new();
        let mut left: Vec<usize> = (0..parsed.len()).collect();
        while !left.is_empty() {
            let ready: Vec<usize> = left
                .iter()
                .copied()
                .filter(|&i| parsed[i].extends.iter().all(|e| by_name.get(e.as_str()).is_none_or(|d| out.contains(d))))
                .collect();
            if ready.is_empty() {
                for &i in &left {
                    let span = parsed[i].root.get("extends").map_or(parsed[i].root.span, |n| n.span);
                    let fault =
                        Fault::new(span, format!("`{}` extends itself in a circle", parsed[i].name), "take one link out of the circle");
                    self.faults.push(Fault { file: parsed[i].file, ..fault });
                }
                break;
            }
            left.retain(|i| !ready.contains(i));
            out.extend(ready);
        }
        out
    }

    /// Takes over what a pack extends, then reads its own terms.
    fn resolve(&mut self, p: &mut Parsed, finished: &[Parsed], done: &HashMap<String, usize>) {
        let mut rules: Vec<(String, Vec<Entry>)> = Vec::new();
        let mut bases = Vec::new();
        for name in &p.extends {
            let Some(base) = done.get(name).and_then(|&i| finished.get(i)) else { continue };
            bases.push(Arc::clone(&base.terms));
            for (k, v) in &base.sources {
                p.sources.entry(k.clone()).or_insert_with(|| v.clone());
            }
            // Only rules that this pack changes are taken over; the others stay with their own pack.
            for (id, entries) in &base.rules {
                if p.rules.iter().any(|(own, _)| own == id) {
                    rules.push((id.clone(), super::decode::whole(entries)));
                }
            }
        }
        // What changes a rule says no more than what it changes; one that nothing is known of was meant to be another.
        if !bases.is_empty() && self.files[p.file].prepared.is_none() {
            let (known, unknown): (Vec<_>, Vec<_>) = std::mem::take(&mut p.rules)
                .into_iter()
                .partition(|(id, own)| own.iter().any(|e| e.key == "match") || rules.iter().any(|(base, _)| base == id));
            p.rules = known;
            for (id, own) in unknown {
                let of_bases = p.extends.iter().filter_map(|name| finished.get(*done.get(name)?)).flat_map(|b| &b.rules);
                let near = did_you_mean(&id, of_bases.map(|(id, _)| id.as_str()));
                let help = near.map_or_else(|| "add `match:` if it is a new rule".to_owned(), |n| format!("did you mean `{n}`?"));
                let span = own.iter().find(|e| e.key == "id").map_or(p.root.span, |e| e.value.span);
                let message = format!("there is no rule `{id}` in the packs that this one extends");
                self.faults.push(Fault { file: p.file, ..Fault::new(span, message, help) });
            }
        }
        for (id, own) in &mut p.rules {
            if let Some((_, base)) = rules.iter().find(|(b, _)| b == id) {
                *own = super::decode::whole(own);
                let kept = base.iter().filter(|e| !own.iter().any(|o| o.key == e.key)).cloned();
                own.extend(kept.collect::<Vec<_>>());
            }
        }
        let map = p.root.get("terms").and_then(Node::as_map).unwrap_or_default();
        let own: Vec<_> = map.iter().map(|(k, v)| (k.scalar_text().unwrap_or_default(), super::decode::list(v))).collect();
        if self.files[p.file].prepared.is_some() {
            p.terms = Arc::new(LazyTerms::builtin(own, bases));
            return;
        }
        let mut terms = Terms::new();
        bases.iter().for_each(|base| terms.extend(base.all()));
        let faults = phrase::read_terms(&own, &mut terms);
        for (term, text, e) in faults {
            let Some(n) = map.get(term).and_then(|(_, v)| super::decode::nodes(v).get(text).copied()) else { continue };
            let span = yaml::scalar_map(&self.files[p.file].text, n).cover(e.at.start, e.at.end.max(e.at.start + 1)).unwrap_or(n.span);
            let help = super::decode::term_help(&e, terms.keys().map(String::as_str));
            self.faults.push(Fault { file: p.file, ..Fault::new(span, e.message, help) });
        }
        p.terms = Arc::new(LazyTerms::ready(terms));
    }

    fn decode(&mut self, finished: &[Parsed], wanted: usize) {
        let files = std::mem::take(&mut self.files);
        let texts: Vec<&str> = files.iter().map(|f| &*f.text).collect();
        let mut packs: Vec<Pack> = Vec::new();
        let mut tables = Tables::default();
        for p in finished {
            // A pack that is only extended lends its terms; its rules run only if it was asked for.
            if p.file >= wanted {
                continue;
            }
            let trusted = files[p.file].prepared.is_some();
            let mut decoder = Decoder::new(&texts, &p.terms, &p.sources, &mut self.faults, trusted, &mut tables);
            let rules = p.rules.iter().filter_map(|(_, entries)| decoder.rule(entries, &p.name)).collect();
            let text = |key: &str| p.root.get(key).and_then(Node::scalar_text).unwrap_or_default();
            let floors = floors(p, &mut self.faults);
            packs.push(Pack { name: p.name.clone(), title: text("title"), description: text("description"), rules, floors });
        }
        // A rule that a later pack changes is the later pack's; the earlier one lets go of it.
        for pack in &mut packs {
            let later: HashSet<&str> = finished
                .iter()
                .filter(|q| q.file < wanted && q.extends.contains(&pack.name))
                .flat_map(|q| q.rules.iter().map(|(id, _)| id.as_str()))
                .collect();
            pack.rules.retain(|r| !later.contains(r.id.as_str()));
        }
        let mut owner: HashMap<String, String> = HashMap::new();
        for p in finished.iter().filter(|p| p.file < wanted) {
            let Some(pack) = packs.iter().find(|q| q.name == p.name) else { continue };
            for rule in &pack.rules {
                if let Some(other) = owner.insert(rule.id.clone(), pack.name.clone()) {
                    let help = format!("give it another id, or add `extends: [{other}]` to change that rule");
                    let fault = Fault::new(rule.span, format!("`{}` already has a rule `{}`", other, rule.id), help);
                    self.faults.push(Fault { file: p.file, ..fault });
                }
            }
        }
        let ids: HashSet<&str> = packs.iter().flat_map(|p| &p.rules).map(|r| r.id.as_str()).collect();
        let mut former: HashMap<&str, &str> = HashMap::new();
        for p in finished {
            for rule in packs.iter().find(|q| q.name == p.name).iter().flat_map(|q| &q.rules) {
                for alias in rule.aliases.iter().filter(|a| **a != rule.id) {
                    let other = former.insert(alias, &rule.id).filter(|other| *other != rule.id);
                    let message = match other {
                        _ if ids.contains(alias.as_str()) => format!("the alias `{alias}` is the id of another rule"),
                        Some(other) => format!("`{alias}` is also an alias of `{other}`"),
                        None => continue,
                    };
                    self.faults.push(Fault {
                        file: p.file,
                        ..Fault::new(rule.span, message, "an alias is what this rule alone was called before")
                    });
                }
            }
        }
        self.packs = packs;
        self.files = files;
    }
}

/// What a pack declares under `mutations`.
fn floors(p: &Parsed, faults: &mut Vec<Fault>) -> Floors {
    let mut share = |key: &str| {
        let node = p.root.get("mutations")?.get(key)?;
        let share = node.scalar_text().and_then(|t| t.parse().ok()).filter(|s| (0.0..=1.0).contains(s));
        if share.is_none() {
            let fault = Fault::new(node.span, "this is no share", "write a number from 0 to 1, such as 0.95");
            faults.push(Fault { file: p.file, ..fault });
        }
        share
    };
    Floors { recall: share("floor"), silence: share("silence") }
}

fn extends(root: &Node) -> Vec<(String, Span)> {
    let nodes = root.get("extends").map(super::decode::nodes).unwrap_or_default();
    nodes.into_iter().filter_map(|n| Some((n.scalar_text()?, n.span))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::Pattern;
    use crate::pack::model::{Matcher, MatcherForm};

    #[test]
    fn packs_given_together_extend_each_other_in_any_order() {
        let child = "pack: acme/child\nextends: [acme/base, hubspot/terms]\nrules: []\n";
        let base = "pack: acme/base\nterms: {x: [y]}\n";
        // The second stands in for a built-in pack; the built-in one is not added beside it.
        let own_terms = "pack: hubspot/terms\nterms: {tier: [Gold]}\n";
        let sources = [("child.yaml", child), ("base.yaml", base), ("terms.yaml", own_terms)].map(|(n, t)| PackSource::new(n, t));
        let set = PackSet::load(sources.to_vec());
        assert!(set.faults.is_empty(), "{:?}", set.faults);
        assert_eq!(set.files.len(), 3);
    }

    /// A pack that gives a name of a pack below another meaning has all of those terms read at every start.
    #[test]
    fn no_built_in_pack_changes_a_term_of_another() {
        let terms = |name: &str| {
            let root = yaml::parse(crate::pack::builtin_text(name).expect("a pack")).expect("YAML");
            let terms = root.get("terms").and_then(Node::as_map).unwrap_or_default();
            (terms.iter().filter_map(|(k, _)| k.scalar_text()).collect::<Vec<_>>(), extends(&root))
        };
        for name in crate::pack::builtin_names("hubspot") {
            let (own, below) = terms(name);
            for (base, _) in below {
                let twice: Vec<_> = terms(&base).0.into_iter().filter(|t| own.contains(t)).collect();
                assert!(twice.is_empty(), "{name} changes {twice:?} of {base}");
            }
        }
    }

    /// What promolint is built with is trusted, and not looked at again at every start: here it is read as a stranger's.
    #[test]
    fn the_built_in_packs_keep_the_limits_of_others() {
        let names = crate::pack::builtin_names("hubspot");
        let set = PackSet::load(names.iter().filter_map(|n| Some(PackSource::new(*n, crate::pack::builtin_text(n)?))).collect());
        assert!(set.faults.is_empty(), "{:?}", set.faults);
    }

    fn patterns<'m>(m: &'m Matcher, out: &mut Vec<&'m Pattern>) {
        out.extend(m.form.patterns().into_iter().flat_map(|p| p.iter()).map(|p| &**p));
        match &m.form {
            MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| patterns(m, out)),
            MatcherForm::Not(inner) => patterns(inner, out),
            _ => {}
        }
    }

    #[test]
    fn a_term_that_a_pack_changes_is_looked_for_in_the_rules_it_changes() {
        let own = "pack: acme/house\nextends: [hubspot/trademark]\nterms: {marks: [Zub~Zot]}\nrules: [{id: tm-retired-programme-name, severity: error}]\n";
        let set = PackSet::load(vec![PackSource::new("acme.yaml", own)]);
        let mut all = Vec::new();
        set.packs.iter().flat_map(|p| &p.rules).for_each(|rule| patterns(rule.matcher(), &mut all));
        let (keys, text) = (all.iter().flat_map(|p| p.keys()), "a ZubZot Agency Partner");
        assert!(keys.into_iter().any(|k| k.starts_with("zub")), "{:?}", set.faults);
        assert_eq!(all.iter().filter(|p| p.is_in(text)).count(), 1);
    }

    /// Phrases of the built-in packs, held against the texts of their rules both ways. All of them would take a while to compile.
    #[test]
    fn phrases_find_the_same_with_and_without_an_expression() {
        let set = PackSet::load(PackSource::builtin("hubspot"));
        let (mut found, mut lost) = (0, 0);
        for rule in set.packs.iter().flat_map(|p| &p.rules) {
            let mut all = Vec::new();
            patterns(rule.matcher(), &mut all);
            for pattern in all.into_iter().step_by(6) {
                for case in rule.tests.flag.iter().chain(&rule.tests.pass) {
                    let text = &case.text;
                    // A walk that would be long is given up for the expression: in a whole text, of a phrase of many parts.
                    let Ok((cold, warm)) = pattern.find_both_ways(text) else {
                        lost += 1;
                        continue;
                    };
                    assert_eq!(cold, warm, "{}: {text:?}: {pattern:?}", rule.id);
                    found += usize::from(warm.is_some());
                }
            }
        }
        assert!(found > 100 && lost < found / 10, "{found} found, {lost} given up");
    }

    #[test]
    fn prepared_packs_have_the_keys_of_their_yaml() {
        let yaml = PackSet::load(PackSource::builtin("hubspot"));
        let quick = PackSet::load(PackSource::builtin("hubspot").into_iter().map(PackSource::quick).collect());
        let mut count = 0;
        for (a, b) in yaml.packs.iter().flat_map(|p| &p.rules).zip(quick.packs.iter().flat_map(|p| &p.rules)) {
            let (mut x, mut y) = (Vec::new(), Vec::new());
            patterns(a.matcher(), &mut x);
            patterns(b.matcher(), &mut y);
            assert_eq!(x.len(), y.len(), "{}", a.id);
            for (x, y) in x.iter().zip(&y) {
                let keys = |p: &Pattern| p.ways.iter().map(|w| w.keys.clone()).collect::<Vec<_>>();
                assert_eq!(keys(x), keys(y), "{}", a.id);
                count += 1;
            }
        }
        assert!(count > 300);
    }
}
