//! The JSON Schemas that editors use, held against what they describe: the shipped packs and configurations validate, broken ones do not,
//! and promolint itself judges the same texts the same way. The reference in `docs/rule-language.md` names every key.

#![allow(clippy::unwrap_used)]

use jsonschema::Validator;
use promolint::engine::{Ignores, SUPPRESSION};
use promolint::pack::shape::{self, ObjectShape, Shape};
use promolint::pack::shapes;
use promolint::yaml;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn schema_of(shape: &'static ObjectShape) -> Value {
    shape::schema(shape, "https://promolint.example/schema/test.json")
}

fn validator(shape: &'static ObjectShape) -> Validator {
    let schema = schema_of(shape);
    assert!(jsonschema::meta::is_valid(&schema), "{} is no JSON Schema", shape.name);
    jsonschema::validator_for(&schema).unwrap()
}

/// YAML as an editor reads it: the core schema, in which `off` and `no` are words.
fn json(text: &str) -> Value {
    let options = serde_yaml::options! { strict_booleans: true };
    serde_yaml::from_str_with_options(text, options).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// What promolint's own reader says about the form of a text.
fn own_faults(text: &str, shape: &'static ObjectShape) -> Vec<String> {
    let mut faults = Vec::new();
    shape::check(&yaml::parse(text).unwrap(), &Shape::Object(shape), "the file", &mut faults);
    faults.into_iter().map(|f| f.message).collect()
}

fn shipped_packs() -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir("rules/hubspot").unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 5, "packs are missing: {files:?}");
    files
}

fn assert_valid(validator: &Validator, name: &Path, text: &str) {
    let document = json(text);
    let errors: Vec<_> = validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}: {errors:#?}", name.display());
}

#[test]
fn shipped_packs_validate() {
    let validator = validator(&shapes::PACK);
    for file in shipped_packs().into_iter().chain(["src/cli/new_pack.yaml".into()]) {
        assert_valid(&validator, &file, &std::fs::read_to_string(&file).unwrap());
    }
}

#[test]
fn shipped_configurations_validate() {
    let validator = validator(&shapes::CONFIG);
    for file in ["fixtures/promolint.yaml", "src/config/template.yaml"] {
        assert_valid(&validator, Path::new(file), &std::fs::read_to_string(file).unwrap());
    }
}

#[test]
fn suppressions_validate() {
    let schema = shape::list_schema(&SUPPRESSION, "https://promolint.example/schema/test.json");
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let file = Path::new("tests/cmd/accepting.in/promolint-ignore.yaml");
    assert_valid(&validator, file, &std::fs::read_to_string(file).unwrap());
    let docs = std::fs::read_to_string("docs/accepting-findings.md").unwrap();
    let shown = docs.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_valid(&validator, Path::new("the example of the documentation"), shown);
    for text in ["- {rule: x}", "- {rule: x, reason: y, pth: z}", "rule: x", "- {rule: x, reason: y, path: {a: b}}"] {
        assert!(!validator.is_valid(&json(text)), "the schema accepts {text}");
        assert!(Ignores::read(file, text.into()).is_err(), "promolint accepts {text}");
    }
}

#[test]
fn registers_validate() {
    for (kind, name) in promolint::facts::Kind::ALL {
        let validator = validator(kind.form());
        for folder in ["fixtures/registers", "src/cli/registers"] {
            let file = Path::new(folder).join(format!("{name}.yaml"));
            if let Ok(text) = std::fs::read_to_string(&file) {
                assert_valid(&validator, &file, &text);
                assert_eq!(own_faults(&text, kind.form()), Vec::<String>::new());
            }
        }
        assert!(!validator.is_valid(&json(&format!("{name}: [{{idd: x}}]"))));
    }
}

/// The least a pack needs, to be broken in one place at a time.
const PACK: &str = "\
pack: acme/house
sources:
  guide: {title: Style guide, checked_on: 2026-01-01, confidence: primary}
terms:
  promise: [promise, guarantee]
rules:
  - id: house-promise
    title: We do not promise results
    source: guide
    severity: {default: warning, ad: error}
    kinds: [page, ad]
    match: {phrases: [we <promise> results], near: {phrases: [you], within: 3}}
    message: \"`{text}` promises a result\"
    tests: {flag: [we promise results], pass: [{html: <p>our results</p>, lang: en}]}
";

#[test]
fn a_pack_that_is_broken_in_one_place_is_refused() {
    let validator = validator(&shapes::PACK);
    assert_valid(&validator, Path::new("the sound pack"), PACK);
    assert_eq!(own_faults(PACK, &shapes::PACK), Vec::<String>::new());
    let breaks = [
        ("a pack without a name", "pack: acme/house\n", "title: x\n"),
        ("an unknown key of a pack", "terms:\n", "trems:\n"),
        ("a source without a day", "checked_on: 2026-01-01, ", ""),
        ("an unknown confidence", "confidence: primary", "confidence: certain"),
        ("a rule without an id", "- id: house-promise\n    title", "- title"),
        ("an unknown key of a rule", "message:", "mesage:"),
        ("an unknown severity", "default: warning", "default: fatal"),
        ("a severity by kind without a default", "default: warning, ", ""),
        ("an unknown kind", "[page, ad]", "[page, advert]"),
        ("an unknown matcher", "{phrases: [we", "{wordz: [we"),
        ("a list where a text belongs", "title: We do not promise results", "title: [We do not]"),
        ("a word where a distance belongs", "within: 3", "within: near"),
        ("tests without texts that pass", ", pass: [{html: <p>our results</p>, lang: en}]", ""),
        ("an unknown format of a test", "{html: <p>", "{htm: <p>"),
    ];
    for (what, from, to) in breaks {
        let text = PACK.replacen(from, to, 1);
        assert_ne!(text, PACK, "{what}: nothing was broken");
        assert!(!validator.is_valid(&json(&text)), "the schema accepts {what}");
        assert!(!own_faults(&text, &shapes::PACK).is_empty(), "promolint accepts {what}");
    }
}

#[test]
fn a_broken_configuration_is_refused() {
    let validator = validator(&shapes::CONFIG);
    for text in [
        "pakcs: [hubspot]",
        "fail_on: always",
        "rules: {tm-x: strict}",
        "rules: {tm-x: {}}",
        "overrides: [{paths: [a], rules: {tm-x: {}}}]",
        "kinds: [{paths: [a]}]",
        "overrides: {paths: [a]}",
    ] {
        assert!(!validator.is_valid(&json(text)), "the schema accepts {text}");
        assert!(!own_faults(text, &shapes::CONFIG).is_empty(), "promolint accepts {text}");
    }
}

/// The keys of all mappings with fixed keys, wherever they are in the schema.
fn keys(schema: &Value, out: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                out.extend(properties.keys().cloned());
            }
            map.values().for_each(|v| keys(v, out));
        }
        Value::Array(list) => list.iter().for_each(|v| keys(v, out)),
        _ => {}
    }
}

#[test]
fn the_reference_names_every_key() {
    let mut all = BTreeSet::new();
    keys(&schema_of(&shapes::PACK), &mut all);
    assert!(all.len() > 80, "only {} keys were found", all.len());
    let text = std::fs::read_to_string("docs/rule-language.md").unwrap();
    let missing: Vec<_> = all.iter().filter(|k| !text.contains(&format!("`{k}`")) && !text.contains(&format!("`{k}:"))).collect();
    assert!(missing.is_empty(), "docs/rule-language.md does not speak of {missing:?}");
}
