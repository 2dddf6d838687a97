//! Holds a run over `fixtures/` against `fixtures/EXPECTED.md`: every row is found, nothing else is, and the look-alikes stay silent.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// One row of a table: file, visible text, rule.
#[derive(Debug)]
struct Row {
    file: String,
    text: String,
    rule: String,
    later: bool,
    /// Found, and accepted by a comment.
    suppressed: bool,
}

fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string("fixtures/EXPECTED.md").unwrap();
    let mut rows = Vec::new();
    let (mut file, mut columns) = (None, Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            file = Some(name.trim_matches('`').to_owned());
        } else if line.starts_with("## ") {
            file = None;
        }
        let (Some(file), true) = (&file, line.starts_with('|')) else { continue };
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(|c| c.trim().trim_matches('`')).collect();
        if cells[0].starts_with("---") {
            continue;
        }
        if cells.contains(&"Rule") {
            columns = cells.iter().map(|c| (*c).to_owned()).collect();
            continue;
        }
        let cell = |name: &str| columns.iter().position(|c| c == name).and_then(|i| cells.get(i)).copied().unwrap_or("");
        rows.push(Row {
            file: file.clone(),
            text: cell("Visible text").to_owned(),
            rule: cell("Rule").to_owned(),
            later: cell("Remark").contains("later"),
            suppressed: cell("Remark").contains("**suppressed**"),
        });
    }
    assert!(rows.len() > 100, "only {} rows were read", rows.len());
    rows
}

/// What the command finds, with its exit code.
fn run(arguments: &[&str]) -> (Vec<Value>, i32) {
    let out = Command::new(env!("CARGO_BIN_EXE_promolint"))
        .args(["check", "--format", "jsonl", "--quiet"])
        .args(arguments)
        .current_dir("fixtures")
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let findings = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    (findings.filter(|f| f["schema"] == "promolint.finding/1").collect(), out.status.code().unwrap())
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '`' | '“' | '”' | '"')).collect::<String>().to_lowercase()
}

#[test]
fn fixtures_give_what_is_expected() {
    let (findings, code) = run(&["."]);
    assert_eq!(code, 1, "the fixtures hold errors");
    let mut left: BTreeMap<(String, String, bool), Vec<String>> = BTreeMap::new();
    for f in &findings {
        let key = (f["path"].as_str().unwrap().to_owned(), f["rule"].as_str().unwrap().to_owned(), !f["suppressed"].is_null());
        left.entry(key).or_default().push(plain(f["primary"]["text"].as_str().unwrap_or("")));
    }
    let mut missing = Vec::new();
    for row in rows() {
        let wanted = plain(&row.text);
        let found = left.get_mut(&(row.file.clone(), row.rule.clone(), row.suppressed)).and_then(|texts| {
            let at = texts.iter().position(|t| t.contains(&wanted) || wanted.contains(t.as_str()))?;
            Some(texts.remove(at))
        });
        if found.is_none() && !row.later {
            missing.push(format!("{}: {} `{}`", row.file, row.rule, row.text));
        }
    }
    // What one row may stand for several times (the same name in title, heading and data) is no surprise; anything else is.
    let known: Vec<(String, String, String)> = rows().into_iter().map(|r| (r.file, r.rule, plain(&r.text))).collect();
    let surprises: Vec<String> = left
        .iter()
        .flat_map(|((file, rule, _), texts)| texts.iter().map(move |t| (file, rule, t)))
        .filter(|(file, rule, t)| !known.iter().any(|(f, r, k)| f == *file && r == *rule && (k.contains(t.as_str()) || t.contains(k.as_str()))))
        .map(|(file, rule, t)| format!("{file}: {rule} `{t}`"))
        .collect();
    assert!(missing.is_empty() && surprises.is_empty(), "missing:\n{}\n\nunexpected:\n{}", missing.join("\n"), surprises.join("\n"));
}

#[test]
fn look_alikes_stay_silent() {
    let (findings, code) = run(&["false-alarms", "--fail-on", "note"]);
    let said: Vec<String> = findings
        .iter()
        .map(|f| format!("{}:{} {} `{}`", f["path"], f["primary"]["spans"][0]["line"], f["rule"], f["primary"]["text"]))
        .collect();
    assert!(said.is_empty() && code == 0, "exit {code}\n{}", said.join("\n"));
}

#[test]
fn order_does_not_depend_on_threads() {
    let run = |jobs: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_promolint"))
            .args(["check", "--format", "concise", "--quiet", "--jobs", jobs, "site", "listings", "blog", "ads/google-ads.csv", "social"])
            .current_dir("fixtures")
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let one = run("1");
    assert!(one.lines().count() > 60, "{one}");
    for jobs in ["2", "7"] {
        assert_eq!(run(jobs), one, "--jobs {jobs}");
    }
    let first = |name: &str| one.lines().position(|l| l.starts_with(name)).unwrap_or_else(|| panic!("nothing of {name}"));
    assert!(first("site/") < first("listings/") && first("listings/") < first("blog/"), "inputs come in the order they were named");
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    use std::io::Read;
    let mut child = Command::new(env!("CARGO_BIN_EXE_promolint"))
        .args(["check", ".", "--fail-on", "never"])
        .current_dir("fixtures")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut first = [0; 64];
    out.read_exact(&mut first).unwrap();
    drop(out);
    let done = child.wait_with_output().unwrap();
    let errors = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(0), "{errors}");
    assert!(!errors.contains("panicked") && !errors.contains("cannot write"), "{errors}");
}
