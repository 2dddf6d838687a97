//! Committed files that promolint generates must be what it generates today. `PROMOLINT_BLESS=1 cargo test --test drift` writes them anew.

#![allow(clippy::unwrap_used)]

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
    let line = committed.lines().zip(now.lines()).position(|(a, b)| a != b).unwrap_or_else(|| committed.lines().count().min(now.lines().count()));
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
