//! Turns the built-in packs and formats into JSON, which is read many times faster than YAML at every start. Texts that only people and tests
//! need (`why`, `tests`) are left to the YAML, which is built in too; the keys of phrases for the prefilter are worked out here.

#[path = "src/pack"]
mod pack {
    //! What of `src/pack` works without the rest of promolint.
    #[allow(dead_code)]
    pub mod keys;
    #[allow(dead_code)]
    pub mod literals;
    #[allow(dead_code)]
    pub mod phrase;

    use keys::Keys;
    use phrase::Terms;
    use serde_json::Value;
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    /// File and content of each pack, by name.
    pub type Packs = BTreeMap<String, (PathBuf, Value)>;

    /// Sets of keys as lines of text, each once.
    #[derive(Default)]
    pub struct Sets {
        pub lines: Vec<String>,
        known: BTreeMap<String, usize>,
    }

    impl Sets {
        fn number(&mut self, set: &keys::KeySet) -> String {
            let line = set.line();
            let number = *self.known.entry(line).or_insert_with_key(|line| {
                self.lines.push(line.clone());
                self.lines.len() - 1
            });
            number.to_string()
        }
    }

    const DROPPED: [&str; 2] = ["why", "tests"];

    /// A pack as the program reads it at every start.
    pub fn prepare(name: &str, packs: &Packs, sets: &mut Sets) -> Value {
        let mut terms = Terms::new();
        add_terms(name, packs, 0, &mut terms);
        let (file, mut pack) = packs[name].clone();
        for rule in pack["rules"].as_array_mut().into_iter().flatten() {
            let exact = rule["case"].as_str() == Some("exact");
            if let Some(matcher) = rule.get_mut("match") {
                add_keys(&file.display().to_string(), matcher, exact, &terms, sets);
            }
            if let Some(keys) = rule.as_object_mut() {
                keys.retain(|k, _| !DROPPED.contains(&k.as_str()));
            }
        }
        pack
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
            panic!(
                "{file}: term `{}`, {:?}: {} at {:?}; {} {:?}",
                own[*term].0, own[*term].1[*text], e.message, e.at, e.help, e.unknown_term
            );
        }
    }

    /// Puts the keys of its phrases and expressions beside them, in a matcher and those below it. `exact`: case counts there.
    fn add_keys(file: &str, matcher: &mut Value, exact: bool, terms: &Terms, sets: &mut Sets) {
        let exact = matcher["case"].as_str().map_or(exact, |c| c == "exact");
        let Some(map) = matcher.as_object_mut() else { return };
        let keys: Option<Vec<Keys>> = if let Some(phrases) = map.get("phrases") {
            let read = |text: &String| phrase::parse(text, terms).unwrap_or_else(|e| panic!("{file}: {text:?}: {}", e.message));
            Some(texts(phrases).iter().map(|text| Keys::of_phrase(&read(text), exact)).collect())
        } else {
            map.get("regex").map(|r| texts(r).iter().map(|source| Keys::of_regex(source, exact)).collect())
        };
        if let Some(keys) = keys {
            map.insert("$keys".to_owned(), keys.iter().map(|k| encode(k, sets)).collect());
        }
        for form in ["all", "any", "not", "claim", "place", "approval"] {
            match map.get_mut(form) {
                Some(Value::Array(list)) => list.iter_mut().for_each(|m| add_keys(file, m, exact, terms, sets)),
                Some(one) => add_keys(file, one, exact, terms, sets),
                None => {}
            }
        }
    }

    /// Keys as one line of text, their sets by number.
    fn encode(keys: &Keys, sets: &mut Sets) -> Value {
        let number = |n: Option<usize>| n.map_or_else(String::new, |n| n.to_string());
        let numbers: Vec<String> = std::iter::once(&keys.first).chain(&keys.further).map(|set| sets.number(set)).collect();
        let form = if keys.spelled { 's' } else { 'r' };
        format!("{form}{},{} {}", number(keys.lead), number(keys.tail), numbers.join(" ")).into()
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
}

use pack::Packs;
use serde_json::Value;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new("rules/hubspot");
    println!("cargo::rerun-if-changed={}", folder.display());
    for file in ["build.rs", "src/pack/keys.rs", "src/pack/literals.rs", "src/pack/phrase.rs"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let mut files: Vec<_> = fs::read_dir(folder).expect("rules/hubspot").map(|e| e.expect("entry").path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
    files.sort();
    let packs: Packs = files
        .into_iter()
        .map(|file| {
            println!("cargo::rerun-if-changed={}", file.display());
            let pack = read(&file);
            let name = pack["pack"].as_str().unwrap_or_else(|| panic!("{}: no `pack:`", file.display())).to_owned();
            (name, (file, pack))
        })
        .collect();
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let mut table = String::from("&[\n");
    let mut sets = pack::Sets::default();
    for (name, (file, _)) in &packs {
        let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let json = Path::new(&out).join(format!("{stem}.json"));
        fs::write(&json, pack::prepare(name, &packs, &mut sets).to_string()).expect("OUT_DIR can be written");
        let path = fs::canonicalize(file).expect("the pack is there");
        table.push_str(&format!("    ({name:?}, include_str!({path:?}), include_str!({json:?})),\n"));
    }
    table.push_str("]\n");
    fs::write(Path::new(&out).join("packs.rs"), table).expect("OUT_DIR can be written");
    fs::write(Path::new(&out).join("keys.rs"), format!("&{:#?}", sets.lines)).expect("OUT_DIR can be written");
    formats(&Path::new(&out).join("formats"));
    clauses(&Path::new(&out).join("clauses.json"));
    let scheme = Path::new("rules/report-card.yaml");
    println!("cargo::rerun-if-changed={}", scheme.display());
    fs::write(Path::new(&out).join("report-card.json"), read(scheme).to_string()).expect("OUT_DIR can be written");
    let classes = Path::new("rules/markup/classes.yaml");
    println!("cargo::rerun-if-changed={}", classes.display());
    fs::write(Path::new(&out).join("classes.json"), read(classes).to_string()).expect("OUT_DIR can be written");
}

/// The parts of the program's documents for which rules or attestations stand, with the sections they are graded in and what people sign for.
fn clauses(out: &Path) {
    let (coverage, items) = (Path::new("rules/coverage.yaml"), Path::new("rules/registers/attestations.yaml"));
    println!("cargo::rerun-if-changed={}", coverage.display());
    println!("cargo::rerun-if-changed={}", items.display());
    let (mut coverage, mut items) = (read(coverage), read(items));
    if let Some(parts) = coverage["parts"].as_array_mut() {
        parts.retain(|p| p.get("rules").is_some() || p.get("attestations").is_some());
    }
    let mut take = |key: &str| coverage[key].take();
    let (documents, sections, parts) = (take("documents"), take("sections"), take("parts"));
    let clauses =
        serde_json::json!({"documents": documents, "sections": sections, "parts": parts, "attestations": items["attestations"].take()});
    fs::write(out, clauses.to_string()).expect("OUT_DIR can be written");
}

/// The format files, under their own names.
fn formats(out: &Path) {
    let folder = Path::new("rules/formats");
    println!("cargo::rerun-if-changed={}", folder.display());
    fs::create_dir_all(out).expect("OUT_DIR can be written");
    for entry in fs::read_dir(folder).expect("rules/formats") {
        let file = entry.expect("entry").path();
        println!("cargo::rerun-if-changed={}", file.display());
        fs::write(out.join(file.file_name().expect("a name")), read(&file).to_string()).expect("OUT_DIR can be written");
    }
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).expect("what is built in is text");
    let options = serde_yaml::options! { strict_booleans: true };
    serde_yaml::from_str_with_options(&text, options).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}
