//! The built-in packs as the program reads them at every start, and the index of what all of them look for: made when promolint is built.
//!
//! This file is part of the build only.

use super::choices::Choices;
use super::keys::{BETWEEN, KeySet, Keys};
use super::phrase::{self, Terms};
use super::sieve;
use crate::check::index::{Index, Sought};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

/// File and content of each pack, by name.
pub type Packs = BTreeMap<String, (PathBuf, Value)>;

/// A phrase by pack, text and whether case counts.
type Phrase = (String, String, bool);

/// The keys of each of the things that a pattern can be, whether case counts in it, and the phrase it is, if it is one.
type Pattern = (Vec<Keys>, bool, Option<Phrase>);

/// What is made of all packs together.
#[derive(Default)]
pub struct All {
    /// Sets of keys as lines of text, each once.
    pub lines: Vec<String>,
    known: BTreeMap<String, usize>,
    sets: Vec<KeySet>,
    /// What of each rule only those need that have something to look at.
    pub bodies: Vec<Value>,
    /// The keys of each of the things that patterns can be, and whether case counts; the first of a pattern has its uses: rule, matcher and
    /// number in it.
    patterns: Vec<(Vec<usize>, bool, Vec<[usize; 3]>)>,
    /// Patterns as they are written, with their keys: as lines of text.
    pub written: Vec<String>,
    /// Of phrases, which line it is.
    written_phrases: HashMap<Phrase, usize>,
    /// For each of them, which of its pattern's it is.
    ways: Vec<usize>,
    /// The number of each phrase.
    phrases: HashMap<Phrase, usize>,
    /// Uses of patterns without keys.
    always: Vec<[usize; 3]>,
    /// Phrases that elements are asked for, by their keys, each with its set.
    said: Vec<(Vec<usize>, bool, usize)>,
    /// How many such sets there are.
    said_sets: usize,
    /// What is known of the choices of phrases.
    choices: Choices,
    /// The sieves of expressions whose letters match in any case, and of others.
    sieves: [BTreeMap<String, String>; 2],
}

impl All {
    fn number(&mut self, set: &KeySet) -> usize {
        let line = set.line();
        if let Some(number) = self.known.get(&line) {
            return *number;
        }
        self.known.insert(line.clone(), self.lines.len());
        self.lines.push(line);
        self.sets.push(set.clone());
        self.lines.len() - 1
    }

    /// The sieves of expressions in order, each behind the expression. `exact`: of those whose letters match only in their case.
    pub fn sieves(&self, exact: bool) -> Vec<String> {
        self.sieves[usize::from(exact)].iter().map(|(source, sieve)| format!("{source}{BETWEEN}{sieve}")).collect()
    }

    /// Makes the sieves of all expressions in a rule, or in a part of one.
    fn sift(&mut self, value: &Value, exact: bool) {
        match value {
            Value::Array(list) => list.iter().for_each(|v| self.sift(v, exact)),
            Value::Object(map) => {
                let exact = map.get("case").and_then(Value::as_str).map_or(exact, |c| c == "exact");
                for (key, value) in map {
                    if !EXPRESSIONS.contains(&key.as_str()) {
                        self.sift(value, exact);
                        continue;
                    }
                    for source in texts(value) {
                        let Some(sieve) = sieve::sieve(&source, !exact) else { continue };
                        self.sieves[usize::from(exact)].insert(source, sieve);
                    }
                }
            }
            _ => {}
        }
    }

    /// The number of the line of a pattern. A phrase that several rules of a pack look for has one.
    fn write(&mut self, text: &str, (ways, exact, known): &Pattern) -> usize {
        if let Some(number) = known.as_ref().and_then(|known| self.written_phrases.get(known)) {
            return *number;
        }
        let sort = if known.is_some() { 'p' } else { 'x' };
        let sort = if *exact { sort.to_ascii_uppercase() } else { sort };
        let line = format!("{sort}{text}{BETWEEN}{}", encode(ways, self));
        self.written.push(line);
        let number = self.written.len() - 1;
        if let Some(known) = known {
            self.written_phrases.insert(known.clone(), number);
        }
        number
    }

    fn sought(&self, sets: &[usize], exact: bool) -> Sought<'_> {
        Sought { first: &self.sets[sets[0]], exact, further: sets[1..].iter().map(|s| (*s, &self.sets[*s])).collect() }
    }

    /// A set of phrases that elements are asked for; its number, if each has keys.
    fn asked_for(&mut self, phrases: Vec<(Vec<Keys>, bool)>) -> Option<usize> {
        let each = phrases.into_iter().flat_map(|(ways, exact)| ways.into_iter().map(move |keys| (keys, exact)));
        let phrases: Vec<(Keys, bool)> = each.collect();
        if phrases.is_empty() || phrases.iter().any(|(keys, _)| keys.first.is_empty()) {
            return None;
        }
        for (keys, exact) in phrases {
            let sets = std::iter::once(&keys.first).chain(&keys.further).map(|set| self.number(set)).collect();
            self.said.push((sets, keys.spelled && exact, self.said_sets));
        }
        self.said_sets += 1;
        Some(self.said_sets - 1)
    }

    /// The index of all patterns, and of what elements are asked for, as Rust.
    pub fn index(&self) -> String {
        let sought = self.patterns.iter().map(|(sets, exact, _)| self.sought(sets, *exact));
        let index = Index::new(&sought.collect::<Vec<_>>());
        let said = Index::new(&self.said.iter().map(|(sets, exact, _)| self.sought(sets, *exact)).collect::<Vec<_>>());
        let said_sets: Vec<usize> = self.said.iter().map(|(.., set)| *set).collect();
        let uses: Vec<_> = self.patterns.iter().flat_map(|(.., uses)| uses).collect();
        let ends = self.patterns.iter().scan(0, |end, (.., uses)| {
            *end += uses.len();
            Some(*end)
        });
        format!(
            "/// All patterns of built-in rules that have keys.\npub(super) static INDEX: Index = {};\n\
             /// Where they stand: rule, matcher and number in it.\npub(super) static USES: &[[u32; 3]] = &{uses:?};\n\
             /// Where those of each pattern end.\npub(super) static ENDS: &[u32] = &{:?};\n\
             /// Which of the things that its pattern can be each one is.\npub(super) static WAYS: &[u32] = &{:?};\n\
             /// Where patterns without keys stand.\npub(super) static ALWAYS: &[[u32; 3]] = &{:?};\n\
             /// How many rules there are.\npub(super) const RULES: usize = {};\n\
             /// All phrases that elements are asked for, where all of a set have keys.\npub(super) static ELEMENTS: Index = {};\n\
             /// The set of each.\npub(super) static ELEMENT_SETS: &[u32] = &{said_sets:?};\n",
            index.source(),
            ends.collect::<Vec<_>>(),
            self.ways,
            self.always,
            self.bodies.len(),
            said.source(),
        )
    }

    /// Takes note of a text matcher's patterns: their keys, with what is the same where a pattern is, if anything.
    fn leaf(&mut self, leaf: usize, patterns: Vec<Pattern>) {
        let rule = self.bodies.len();
        for (number, (ways, exact, known)) in patterns.into_iter().enumerate() {
            let place = [rule, leaf, number];
            if ways.iter().any(|keys| keys.first.is_empty()) {
                self.always.push(place);
                continue;
            }
            let next = self.patterns.len();
            let pattern = known.map_or(next, |known| *self.phrases.entry(known).or_insert(next));
            for (way, keys) in ways.iter().enumerate().filter(|_| pattern == next) {
                let sets = std::iter::once(&keys.first).chain(&keys.further).map(|set| self.number(set)).collect();
                self.patterns.push((sets, keys.spelled && exact, Vec::new()));
                self.ways.push(way);
            }
            self.patterns[pattern].2.push(place);
        }
    }
}

/// What holds regular expressions.
const EXPRESSIONS: [&str; 6] = ["regex", "matches", "path", "not_path", "file", "ignore"];
const DROPPED: [&str; 2] = ["why", "tests"];
/// What every run must know of a rule.
const HEAD: [&str; 12] =
    ["id", "aliases", "title", "source", "confidence", "severity", "kinds", "language", "once", "folds_into", "mask", "fix"];

/// A pack as the program reads it at every start.
pub fn prepare(name: &str, packs: &Packs, all: &mut All) -> Value {
    let mut terms = Terms::new();
    add_terms(name, packs, 0, &mut terms);
    let (file, mut pack) = packs[name].clone();
    let file = file.display().to_string();
    for rule in pack["rules"].as_array_mut().into_iter().flatten() {
        let exact = rule["case"].as_str() == Some("exact");
        all.sift(rule, exact);
        let mut outline = Map::new();
        if let Some(matcher) = rule.get_mut("match") {
            outline = outline_of(matcher, &terms);
            Reader { file: &file, pack: name, terms: &terms, all, leaf: 0 }.matcher(matcher, exact);
        }
        let Some(keys) = rule.as_object_mut() else { continue };
        keys.retain(|k, _| !DROPPED.contains(&k.as_str()));
        let (mut head, body): (Map<_, _>, Map<_, _>) = std::mem::take(keys).into_iter().partition(|(k, _)| HEAD.contains(&k.as_str()));
        head.insert("$outline".to_owned(), outline.into());
        head.insert("$body".to_owned(), all.bodies.len().into());
        all.bodies.push(body.into());
        *keys = head;
    }
    pack
}

/// What a matcher looks at; `Outline` of the program reads it.
fn outline_of(matcher: &Value, terms: &Terms) -> Map<String, Value> {
    let mut outline = Outline { terms, names: Map::new(), is: BTreeSet::new() };
    outline.add(matcher, true);
    outline.is.extend(text_only(matcher).then_some("text_only"));
    let is: Vec<&str> = outline.is.into_iter().collect();
    outline.names.insert("is".to_owned(), is.join(" ").into());
    outline.names
}

struct Outline<'t> {
    terms: &'t Terms,
    /// Names of fields, and of what holds addresses.
    names: Map<String, Value>,
    is: BTreeSet<&'static str>,
}

impl Outline<'_> {
    /// `first`: nothing is found where this matcher finds nothing.
    fn add(&mut self, matcher: &Value, first: bool) {
        let each = |list: &'_ Value| list.as_array().cloned().unwrap_or_default().into_iter().enumerate();
        for (form, value) in matcher.as_object().into_iter().flatten() {
            let (kind, seen) = match form.as_str() {
                "words" => (Some("words"), Some("blocks")),
                "stats" => (None, Some("blocks")),
                "element" => (Some("elements"), Some("html")),
                "image" => (Some("images"), Some("pictures")),
                "corpus" => (Some("corpus"), None),
                "approval" => (None, Some("always")),
                "claim" | "place" if has_phrases(value) || value["is"] == "non_place" => (Some("speakers"), None),
                "claim" | "place" => (Some("speakers"), Some("always")),
                _ => (None, None),
            };
            self.is.extend(kind);
            self.is.extend(seen.filter(|_| first));
            match form.as_str() {
                "link" if first => self.named("holders", &value["holder"]),
                "field" if first => self.named("fields", &value["name"]),
                "place" if first && !has_phrases(value) && value["is"] == "non_place" => self.named("fields", &value["fields"]),
                "any" => each(value).for_each(|(_, m)| self.add(&m, first)),
                "all" => each(value).for_each(|(i, m)| self.add(&m, first && i == 0)),
                "not" => self.add(value, first),
                _ => {}
            }
        }
    }

    fn named(&mut self, what: &str, names: &Value) {
        let words = |text: String| match text.strip_prefix('<').and_then(|t| t.strip_suffix('>')) {
            Some(term) => self.terms.get(term).iter().flat_map(|t| t.iter()).filter_map(|w| phrase::spellings(w)).flatten().collect(),
            None => vec![text],
        };
        let list: Vec<String> = texts(names).into_iter().flat_map(words).collect();
        if list.is_empty() {
            self.names.insert(what.to_owned(), "any".into());
            return;
        }
        match self.names.entry(what).or_insert_with(|| Value::Array(Vec::new())) {
            Value::Array(known) => known.extend(list.into_iter().map(Value::from)),
            _any => {}
        }
    }
}

fn text_only(matcher: &Value) -> bool {
    matcher.as_object().into_iter().flatten().any(|(form, value)| match form.as_str() {
        "phrases" | "regex" | "replace" => true,
        "claim" | "place" => has_phrases(value),
        "all" => value.as_array().and_then(|l| l.first()).is_some_and(text_only),
        "any" => value.as_array().is_some_and(|l| l.iter().all(text_only)),
        "not" => text_only(value),
        _ => false,
    })
}

fn has_phrases(value: &Value) -> bool {
    !texts(&value["phrases"]).is_empty()
}

/// The terms of a pack, after those of the packs it extends. Circles are the tests' to find; here the depth ends them.
fn add_terms(name: &str, packs: &Packs, depth: usize, terms: &mut Terms) {
    let Some((file, pack)) = packs.get(name).filter(|_| depth < 8) else { return };
    for base in texts(&pack["extends"]) {
        add_terms(&base, packs, depth + 1, terms);
    }
    read_terms(&file.display().to_string(), pack, terms);
}

/// Reads a pack's terms on top of those it builds on.
fn read_terms(file: &str, pack: &Value, terms: &mut Terms) {
    let own: Vec<_> = pack["terms"].as_object().into_iter().flatten().map(|(k, v)| (k.clone(), texts(v))).collect();
    if let Some((term, text, e)) = phrase::read_terms(&own, terms).first() {
        panic!("{file}: term `{}`, {:?}: {} at {:?}; {} {:?}", own[*term].0, own[*term].1[*text], e.message, e.at, e.help, e.unknown_term);
    }
}

/// Reads a rule's matchers.
struct Reader<'a> {
    file: &'a str,
    pack: &'a str,
    terms: &'a Terms,
    all: &'a mut All,
    /// The number of the next text matcher.
    leaf: usize,
}

impl Reader<'_> {
    /// Puts the keys of its phrases and expressions beside them, in a matcher and those below it, and takes note of the patterns that the
    /// prefilter looks for. `exact`: case counts there.
    fn matcher(&mut self, matcher: &mut Value, exact: bool) {
        self.read(matcher, exact, true);
    }

    /// `sought`: the prefilter looks for them.
    fn read(&mut self, matcher: &mut Value, exact: bool, sought: bool) {
        let exact = matcher["case"].as_str().map_or(exact, |c| c == "exact");
        let Some(map) = matcher.as_object_mut() else { return };
        let known = |text: &String| Some((self.pack.to_owned(), text.clone(), exact));
        let patterns: Option<Vec<_>> = if let Some(phrases) = map.get("phrases") {
            Some(texts(phrases).iter().map(|text| (self.keys(text, exact), exact, known(text))).collect())
        } else {
            map.get("regex").map(|r| texts(r).iter().map(|source| (vec![Keys::of_regex(source, exact)], exact, None)).collect())
        };
        if let Some(patterns) = patterns {
            let form = if map.contains_key("phrases") { "phrases" } else { "regex" };
            let numbers: Vec<String> =
                texts(&map[form]).iter().zip(&patterns).map(|(text, p)| self.all.write(text, p).to_string()).collect();
            map.insert(form.to_owned(), Value::Array(Vec::new()));
            map.insert("$patterns".to_owned(), numbers.join(" ").into());
            if sought && !patterns.is_empty() {
                self.take(patterns);
            }
        }
        if let Some(Value::Object(replaced)) = map.get("replace") {
            let keys = |wrong: &String| Keys { spelled: true, first: KeySet::new(std::slice::from_ref(wrong), false), ..Keys::default() };
            self.take(replaced.keys().map(|wrong| (vec![keys(wrong)], true, None)).collect());
        }
        if let Some(Value::Object(element)) = map.get_mut("element") {
            for (set, key) in [("text", "$text"), ("label", "$label")] {
                let phrases = element.get(set).map(texts).unwrap_or_default();
                let keys = phrases.iter().map(|text| (self.keys(text, exact), exact)).collect();
                if let Some(number) = self.all.asked_for(keys) {
                    element.insert(key.to_owned(), number.into());
                }
            }
        }
        for form in ["all", "any", "not", "claim", "place", "approval"] {
            match map.get_mut(form) {
                Some(Value::Array(list)) => list.iter_mut().for_each(|m| self.read(m, exact, sought)),
                Some(one) => self.read(one, exact, sought && form != "approval"),
                None => {}
            }
        }
    }

    fn keys(&mut self, phrase: &str, exact: bool) -> Vec<Keys> {
        let parts = phrase::parse(phrase, self.terms).unwrap_or_else(|e| panic!("{}: {phrase:?}: {}", self.file, e.message));
        Keys::of_phrase(&parts, exact, &mut self.all.choices)
    }

    fn take(&mut self, patterns: Vec<Pattern>) {
        self.all.leaf(self.leaf, patterns);
        self.leaf += 1;
    }
}

/// The keys of a pattern as one line of text, their sets by number.
fn encode(ways: &[Keys], all: &mut All) -> String {
    let number = |n: Option<usize>| n.map_or_else(String::new, |n| n.to_string());
    let one = |keys: &Keys| {
        let numbers: Vec<String> = std::iter::once(&keys.first).chain(&keys.further).map(|set| all.number(set).to_string()).collect();
        let form = if keys.spelled { 's' } else { 'r' };
        format!("{form}{},{} {}", number(keys.lead), number(keys.tail), numbers.join(" "))
    };
    ways.iter().map(one).collect::<Vec<_>>().join(";")
}

/// A text, or a list of them.
fn texts(value: &Value) -> Vec<String> {
    let one = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    match value {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().map(one).collect(),
        v => vec![one(v)],
    }
}
