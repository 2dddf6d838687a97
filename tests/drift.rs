//! Committed files that promolint generates must be what it generates today; `PROMOLINT_BLESS=1 cargo test --test drift` writes them anew. What
//! the README shows must be what a reader gets.

#![allow(clippy::unwrap_used)]

mod coverage;

use serde_json::Value;
use std::process::Command;

fn generated(arguments: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_promolint")).args(arguments).output().unwrap();
    assert!(out.status.success(), "promolint {}: {}", arguments.join(" "), String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn compare(file: &str, now: &str) {
    if std::env::var_os("PROMOLINT_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(file, now).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let line =
        committed.lines().zip(now.lines()).position(|(a, b)| a != b).unwrap_or_else(|| committed.lines().count().min(now.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
    assert!(
        committed == now,
        "{file} is out of date at line {}:\n- {}\n+ {}\nwrite it anew with: PROMOLINT_BLESS=1 cargo test --test drift",
        line + 1,
        at(&committed),
        at(now)
    );
}

#[test]
fn the_pages_of_rules_are_current() {
    let folder = std::env::temp_dir().join(format!("promolint-pages-{}", std::process::id()));
    generated(&["rules", "--pack", "hubspot", "--pages", folder.to_str().unwrap()]);
    let names = |folder: &std::path::Path| -> std::collections::BTreeSet<String> {
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    };
    let now = names(&folder);
    for name in &now {
        compare(&format!("docs/rules/{name}"), &std::fs::read_to_string(folder.join(name)).unwrap());
    }
    let gone: Vec<String> = names("docs/rules".as_ref()).difference(&now).cloned().collect();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(gone.is_empty(), "docs/rules has pages of rules that are no more: remove {}", gone.join(", "));
}

/// A rule can leave words to rules of packs that are not loaded, so no pack can check this alone.
#[test]
fn rules_fold_into_rules_that_exist() {
    let rules: Value = serde_json::from_str(&generated(&["rules", "--pack", "hubspot", "--format", "json"])).unwrap();
    let rules = rules["rules"].as_array().unwrap();
    let ids: Vec<&Value> = rules.iter().map(|r| &r["id"]).collect();
    let named: Vec<&Value> = rules.iter().flat_map(|r| r["folds_into"].as_array().unwrap()).collect();
    assert!(!named.is_empty());
    assert!(named.iter().all(|n| ids.contains(n)), "`folds_into` names rules that are not there: {named:?}");
}

#[test]
fn the_schema_of_packs_is_current() {
    compare("schema/pack.json", &generated(&["pack", "schema"]));
}

#[test]
fn the_schema_of_configurations_is_current() {
    compare("schema/config.json", &generated(&["pack", "schema", "--config"]));
}

#[test]
fn the_schema_of_suppressions_is_current() {
    compare("schema/suppressions.json", &generated(&["pack", "schema", "--suppressions"]));
}

#[test]
fn the_schemas_of_registers_are_current() {
    for name in ["partners", "approvals", "assets", "awards", "attestations"] {
        compare(&format!("schema/{name}.json"), &generated(&["register", "schema", name]));
    }
}

/// The first block of this language in the README.
fn readme_block(language: &str) -> String {
    let text = std::fs::read_to_string("README.md").unwrap();
    let start = text.find(&format!("```{language}\n")).unwrap_or_else(|| panic!("README.md has no {language} block"));
    let body = &text[start..][language.len() + 4..];
    body[..body.find("```").unwrap()].to_owned()
}

fn found(arguments: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_promolint")).args(["check", "--color", "never"]).args(arguments).output().unwrap();
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn the_output_in_the_readme_is_real() {
    let real = found(&["fixtures/site/services.html", "--only", "sec-asks-for-password"]);
    assert_eq!(readme_block("text").trim_end(), real.trim_end());
}

/// Whether `part` says nothing that `whole` does not.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(p), Value::Object(w)) => p.iter().all(|(k, v)| w.get(k).is_some_and(|x| is_part(v, x))),
        (Value::Array(p), Value::Array(w)) => p.len() == w.len() && p.iter().zip(w).all(|(a, b)| is_part(a, b)),
        _ => part == whole,
    }
}

#[test]
fn the_finding_in_the_readme_is_real() {
    let shown: Value = serde_json::from_str(&readme_block("json")).unwrap();
    let lines = found(&["fixtures/listings/export.csv", "--only", "sec-keep-access", "--format", "jsonl"]);
    let real: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert!(is_part(&shown, &real), "README.md shows {shown:#}\n\npromolint gives {real:#}");
}

/// A newcomer's first page: what is found in it, and nothing once it is mended as the README says.
#[test]
fn the_page_in_the_readme_can_be_mended() {
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/our-page.md");
    let rules = |page: &str| -> Vec<String> {
        std::fs::write(file, page).unwrap();
        let findings = found(&[file, "--format", "jsonl", "--no-baseline"]);
        let rule = |line: &str| serde_json::from_str::<Value>(line).unwrap()["rule"].as_str().map(str::to_owned);
        findings.lines().filter_map(rule).collect()
    };
    let page = readme_block("markdown");
    assert_eq!(rules(&page), ["tm-hubspot-capitalisation", "dir-guaranteed-results", "sec-asks-for-password"]);
    let readme = std::fs::read_to_string("README.md").unwrap();
    let advice = readme.split("for instance to").nth(1).unwrap();
    let said: Vec<&str> = advice.split('“').skip(1).take(2).map(|s| s.split('”').next().unwrap()).collect();
    let mended = page
        .replace("Hubspot", "HubSpot")
        .replace("We guarantee more leads in 30 days.", said[0])
        .replace("To begin, e-mail us your HubSpot login and password.", said[1]);
    assert_eq!(rules(&mended), [""; 0], "{mended}");
}

fn coverage_file() -> coverage::Coverage {
    let read = |file: &str| std::fs::read_to_string(file).unwrap();
    coverage::parse(&read("rules/coverage.yaml"), &read("rules/registers/attestations.yaml"))
}

fn shipped_rules() -> Vec<coverage::Rule> {
    coverage::rules(&generated(&["rules", "--pack", "hubspot", "--format", "json"]), &coverage::flags("rules/hubspot"))
}

#[test]
fn the_coverage_is_complete() {
    let faults = coverage::faults::all(&coverage_file(), &shipped_rules());
    assert!(faults.is_empty(), "rules/coverage.yaml:\n- {}", faults.join("\n- "));
}

#[test]
fn the_coverage_table_is_current() {
    compare("rules/COVERAGE.md", &coverage_file().markdown(&shipped_rules()));
}

/// The documents are not ours to keep; who has their texts can count.
#[test]
#[ignore = "needs the texts of the documents: PROMOLINT_SEEDS=FOLDER"]
fn the_parts_are_those_of_the_documents() {
    let folder = std::env::var("PROMOLINT_SEEDS").expect("PROMOLINT_SEEDS names the folder with the texts of the documents");
    for document in coverage_file().documents {
        let text = std::fs::read_to_string(format!("{folder}/{}", document.file)).unwrap();
        let bullets = text.lines().filter(|line| line.trim_start().starts_with('•')).count();
        assert_eq!(bullets, document.bullets.len(), "bullets in {}: correct `refs` and `bullets` in rules/coverage.yaml", document.file);
        let tenets = text.lines().filter(|line| line.trim() == "Read the blog post.").count();
        let named = document.refs.iter().filter(|r| r.starts_with('T')).count();
        assert_eq!(tenets, named, "tenets in {}: correct `refs` in rules/coverage.yaml", document.file);
    }
}

/// A coverage with nothing wrong, and the items it names, to be broken in one place at a time.
const SOUND: &str = "
documents: [{id: conduct, title: Conduct, url: u, file: f, refs: ['1.0', '1.1', T1], bullets: ['1.1']}]
parts:
  - {ref: '1.0', document: conduct, title: t, none: A greeting.}
  - {ref: '1.1', document: conduct, title: t, rules: [a-one], attestations: [att-a]}
  - {ref: T1, document: conduct, title: t, rules: [cc1-*], note: See `a-one`.}
beyond: [{rules: [b-two], source: A law, reason: r}]
catalogue: [a-one, c-three]
not_shipped: [{id: c-three, because: b, instead: i}]
partly: [{id: a-one, gap: g}]
off_by_default: [{id: b-two, because: b}]
sections: [{ref: '1', document: conduct, title: t}, {ref: T1, document: conduct, title: t}]
---
attestations: [{id: att-a, asks: a, evidence: e, max_age: 92}]
";

#[test]
fn every_fault_of_a_coverage_is_told() {
    let rule =
        |id: &str, off| coverage::Rule { id: id.to_owned(), title: "t".to_owned(), sources: vec!["A law".to_owned()], off, flags: 1 };
    let mut rules = vec![rule("a-one", false), rule("b-two", true), rule("cc1-x", false)];
    let faults = |text: &str, rules: &[coverage::Rule]| {
        let (text, attestations) = text.split_once("---").unwrap();
        coverage::faults::all(&coverage::parse(text, attestations), rules)
    };
    assert_eq!(faults(SOUND, &rules), Vec::<String>::new());
    for (from, to, told) in [
        ("'1.1', T1]", "'1.1', '1.2', T1]", "part 1.2 of conduct has no row"),
        ("'1.1', T1]", "'1.1', T1, T1]", "`T1` stands twice in `refs`"),
        ("'1.1', T1]", "'1.1']", "part T1 is not in `refs`"),
        ("bullets: ['1.1']", "bullets: ['1.9']", "`bullets` of conduct has 1.9"),
        ("ref: T1, document: conduct", "ref: T1, document: code", "which is not in `documents`"),
        ("ref: T1,", "ref: '1.1',", "`1.1` stands twice in `parts`"),
        (", none: A greeting.", "", "part 1.0 has neither rules nor attestations"),
        ("note: See", "none: See", "part T1 has rules or attestations and `none`"),
        ("[a-one], att", "[a-gone], att", "part 1.1 names the rule `a-gone`, and there is none"),
        ("[a-one], att", "[a-one, a-one], att", "`a-one` stands twice in the rules of part 1.1"),
        ("[cc1-*]", "[cc2-*, cc1-*]", "part T1 names the rule `cc2-*`, and there is none"),
        ("[cc1-*]", "[cc1*]", "ends with a hyphen"),
        ("attestations: [att-a]", "attestations: [att-b]", "names the attestation `att-b`, and there is none"),
        (", attestations: [att-a]", "", "no part asks for the attestation `att-a`"),
        ("max_age: 92}", "max_age: 92}, {id: att-a, asks: a, evidence: e}", "`att-a` stands twice in `attestations`"),
        ("max_age: 92", "max_age: 0", "holds for no day"),
        ("ref: '1', d", "ref: '2', d", "the section 2 of conduct has no parts"),
        ("{ref: '1', d", "{ref: T1, d", "`T1` stands twice in `sections`"),
        (", {ref: T1, document: conduct, title: t}]", "]", "part T1 is in no section"),
        ("[cc1-*]", "[a-one]", "the rule `cc1-x` has no clause"),
        ("[cc1-*]", "[cc1-*, b-two]", "`b-two` is in `beyond` and has a clause in part T1"),
        ("source: A law", "source: Hearsay", "comes from “Hearsay”; the rule names: A law"),
        ("rules: [b-two]", "rules: [b-two, b-gone]", "`beyond` names the rule `b-gone`, and there is none"),
        ("[a-one, c-three]", "[a-one, c-three, d-four]", "`d-four` of the catalogue is no rule"),
        ("[a-one, c-three]", "[a-one, a-one, c-three]", "`a-one` stands twice in `catalogue`"),
        ("[a-one, c-three]", "[a-one]", "`not_shipped` has `c-three`, which is not in `catalogue`"),
        ("instead: i}", "instead: i}, {id: a-one, because: b, instead: i}", "`a-one` is a rule and stands in `not_shipped`"),
        ("partly: [{id: a-one", "partly: [{id: a-gone", "`partly` names the rule `a-gone`"),
        ("[{id: b-two, because: b}]", "[]", "`b-two` is off by default: say why"),
        ("{id: b-two, because: b}", "{id: b-two, because: b}, {id: a-one, because: b}", "`off_by_default` names `a-one`, which is on"),
        ("See `a-one`", "See `a-gone`", "the text of T1 mentions `a-gone`"),
    ] {
        let broken = SOUND.replacen(from, to, 1);
        assert_ne!(broken, SOUND, "{from} is not in the sound one");
        let faults = faults(&broken, &rules);
        assert!(faults.iter().any(|f| f.contains(told)), "{from} → {to} should tell {told:?}: {faults:#?}");
    }
    rules[0].flags = 0;
    assert_eq!(faults(SOUND, &rules), ["no test fires the rule `a-one`: add texts to its `tests.flag`"]);
    rules[0].flags = 1;
    rules.push(rule("b-two", true));
    assert_eq!(faults(SOUND, &rules), ["`b-two` stands twice in the packs: take one of them away"]);
}
