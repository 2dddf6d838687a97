//! Committed files that promolint generates must be what it generates today; `PROMOLINT_BLESS=1 cargo test --test drift` writes them anew. What
//! the README shows must be what a reader gets.

#![allow(clippy::unwrap_used)]

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
fn the_rule_table_is_current() {
    compare("docs/rules.md", &generated(&["rules", "--pack", "hubspot", "--format", "markdown"]));
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
fn the_schemas_of_registers_are_current() {
    for name in ["partners", "approvals", "assets", "awards"] {
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
