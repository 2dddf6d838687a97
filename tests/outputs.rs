//! Every output of one run is read back by a reader of its own, and says what `jsonl` says.

#![allow(clippy::unwrap_used)]

use calamine::{Data, Reader, Xlsx};
use percent_encoding::percent_decode_str;
use scraper::{Html, Selector};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FORMATS: [&str; 11] = ["jsonl", "json", "sarif", "github", "gitlab", "junit", "rdjson", "checkstyle", "html", "csv", "xlsx"];

/// The reports of one run over `inputs`, from `folder`: a file for each format.
fn run(name: &str, folder: &Path, inputs: &[&str]) -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&out).unwrap();
    let outputs = FORMATS.map(|f| format!("--output={f}={}", out.join(f).display()));
    let ran = Command::new(env!("CARGO_BIN_EXE_promolint"))
        .args(["check", "--format", "concise"])
        .args(outputs)
        .args(inputs)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITLAB_CI")
        .output()
        .unwrap();
    assert!(!String::from_utf8_lossy(&ran.stderr).contains("panicked"), "{}", String::from_utf8_lossy(&ran.stderr));
    out
}

/// The findings of a run, the suppressed ones apart, and the summary.
struct Expected {
    findings: Vec<Value>,
    suppressed: usize,
    unread: usize,
}

fn expected(out: &Path) -> Expected {
    let lines: Vec<Value> = fs::read_to_string(out.join("jsonl")).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let (summary, findings) = lines.split_last().unwrap();
    let (suppressed, findings): (Vec<_>, Vec<_>) = findings.iter().cloned().partition(|f| !f["suppressed"].is_null());
    Expected { findings, suppressed: suppressed.len(), unread: summary["not_checked"].as_array().unwrap().len() }
}

impl Expected {
    /// Rule, file and line of each finding.
    fn places(&self) -> BTreeMap<(String, String, u64), usize> {
        let mut out = BTreeMap::new();
        for f in &self.findings {
            let line = f["primary"]["spans"].as_array().unwrap().iter().map(|s| s["line"].as_u64().unwrap()).min().unwrap_or(1);
            let key = (f["rule"].as_str().unwrap().to_owned(), f["primary"]["path"].as_str().unwrap().to_owned(), line);
            *out.entry(key).or_insert(0) += 1;
        }
        out
    }
}

fn counted(list: impl IntoIterator<Item = (String, String, u64)>) -> BTreeMap<(String, String, u64), usize> {
    let mut out = BTreeMap::new();
    list.into_iter().filter(|(rule, _, _)| rule != "not-checked").for_each(|k| *out.entry(k).or_insert(0) += 1);
    out
}

fn json(out: &Path, format: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(out.join(format)).unwrap()).unwrap()
}

/// The characters that a SARIF region covers, of a file that is plainly UTF-8.
fn sliced(folder: &Path, path: &str, region: &Value) -> Option<String> {
    let text = fs::read_to_string(folder.join(path)).ok()?;
    let at = |k: &str| region[k].as_u64().unwrap() as usize;
    if at("startLine") != at("endLine") || text.contains(['\r', '\u{1b}']) {
        return None;
    }
    let line = text.strip_prefix('\u{FEFF}').unwrap_or(&text).split('\n').nth(at("startLine") - 1)?;
    Some(line.chars().skip(at("startColumn") - 1).take(at("endColumn") - at("startColumn")).collect())
}

/// `plain`: the files are UTF-8 as they are read.
fn sarif(out: &Path, folder: &Path, plain: bool, expected: &Expected) {
    let log = json(out, "sarif");
    let mut schema: Value = serde_json::from_str(&fs::read_to_string("tests/schemas/sarif-2.1.0.json").unwrap()).unwrap();
    // This pattern ends in a bracket too many, which strict readers of expressions refuse; languages are not written.
    for place in ["/definitions/run/properties/language", "/definitions/toolComponent/properties/language"] {
        schema.pointer_mut(place).unwrap().as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&log).take(5).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let path = |l: &Value| {
        percent_decode_str(l["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap()).decode_utf8().unwrap().into_owned()
    };
    let mut sliced_at_all = 0;
    for r in results {
        let rule = &rules[r["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], r["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().is_some_and(|t| !t.is_empty()), "{}", rule["id"]);
        let (location, path) = (&r["locations"][0], path(&r["locations"][0]));
        let region = &location["physicalLocation"]["region"];
        if let (Some(snippet), Some(text)) = (region["snippet"]["text"].as_str(), sliced(folder, &path, region).filter(|_| plain)) {
            assert_eq!(text, snippet, "{path}");
            sliced_at_all += 1;
        }
        for fix in r["fixes"].as_array().into_iter().flatten() {
            assert!(!fix["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"].as_str().unwrap().is_empty());
        }
    }
    let live = results.iter().filter(|r| r["suppressions"].is_null());
    let places = live.clone().map(|r| {
        let line = r["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap_or(1);
        (r["ruleId"].as_str().unwrap().to_owned(), path(&r["locations"][0]), line)
    });
    assert_eq!(counted(places), expected.places());
    assert_eq!(results.len() - live.clone().count(), expected.suppressed);
    let prints: BTreeSet<&str> = live.map(|r| r["partialFingerprints"]["promolint/v1"].as_str().unwrap()).collect();
    assert_eq!(prints, expected.findings.iter().map(|f| f["fingerprint"].as_str().unwrap()).collect());
    let told = run["invocations"][0]["toolExecutionNotifications"].as_array().map_or(0, Vec::len);
    assert_eq!((told, &run["invocations"][0]["executionSuccessful"]), (expected.unread, &Value::Bool(expected.unread == 0)));
    assert!(!plain || sliced_at_all > 100, "{sliced_at_all}");
}

/// A workflow command as the runner reads it: its properties and its message.
fn command(line: &str) -> (BTreeMap<String, String>, String) {
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (level, properties) = head.split_once(' ').unwrap();
    assert!(["error", "warning", "notice"].contains(&level));
    let data = |t: &str| t.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |t: &str| data(&t.replace("%3A", ":").replace("%2C", ","));
    let properties = properties.split(',').map(|p| p.split_once('=').unwrap()).map(|(k, v)| (k.to_owned(), property(v))).collect();
    (properties, data(message))
}

fn github(out: &Path, expected: &Expected) {
    let text = fs::read_to_string(out.join("github")).unwrap();
    let places = text.lines().map(command).map(|(p, message)| {
        let rule = p["title"].strip_prefix("promolint (").unwrap().strip_suffix(')').unwrap().to_owned();
        assert!(message.contains(&rule));
        (rule, p.get("file").cloned().unwrap_or_default(), p.get("line").map_or(1, |l| l.parse().unwrap()))
    });
    assert_eq!(counted(places), expected.places());
}

fn gitlab(out: &Path, expected: &Expected) {
    let issues = json(out, "gitlab");
    let issues = issues.as_array().unwrap();
    let prints: BTreeSet<&str> = issues.iter().map(|i| i["fingerprint"].as_str().unwrap()).collect();
    assert_eq!((prints.len(), issues.len()), (issues.len(), expected.findings.len() + expected.unread));
    let places = issues.iter().map(|i| {
        assert!(["info", "minor", "major"].contains(&i["severity"].as_str().unwrap()));
        let path = i["location"]["path"].as_str().unwrap().to_owned();
        (i["check_name"].as_str().unwrap().to_owned(), path, i["location"]["lines"]["begin"].as_u64().unwrap())
    });
    assert_eq!(counted(places), expected.places());
}

/// reviewdog's `DiagnosticResult`, as its definition has it; what is not in it is an error.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DiagnosticResult {
    source: Named,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Diagnostic {
    message: String,
    location: RdLocation,
    severity: String,
    code: Code,
    #[serde(default)]
    suggestions: Vec<Suggestion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RdLocation {
    path: String,
    range: Option<Range>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    line: u64,
    column: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    value: String,
    #[serde(rename = "url")]
    _url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suggestion {
    range: Range,
    text: String,
}

fn rdjson(out: &Path, plain: bool, expected: &Expected) {
    let result: DiagnosticResult = serde_json::from_str(&fs::read_to_string(out.join("rdjson")).unwrap()).unwrap();
    assert_eq!(result.source.name, "promolint");
    let places = result.diagnostics.iter().map(|d| {
        assert!(["ERROR", "WARNING", "INFO"].contains(&d.severity.as_str()) && !d.message.is_empty());
        for s in &d.suggestions {
            assert!(!s.text.is_empty() && s.range.start.line <= s.range.end.line);
        }
        (d.code.value.clone(), d.location.path.clone(), d.location.range.as_ref().map_or(1, |r| r.start.line))
    });
    assert_eq!(counted(places), expected.places());
    // Columns count bytes of UTF-8.
    for (d, f) in result.diagnostics.iter().zip(&expected.findings).filter(|_| plain) {
        let spans = f["primary"]["spans"].as_array().unwrap();
        if let ([span], Some(r)) = (&spans[..], &d.location.range)
            && let (Some(from), Some(to)) = (r.start.column, r.end.column)
            && r.start.line == r.end.line
        {
            assert_eq!((to - from) as u64, span["end"].as_u64().unwrap() - span["start"].as_u64().unwrap());
        }
    }
}

fn junit(out: &Path, expected: &Expected) {
    let text = fs::read_to_string(out.join("junit")).unwrap();
    let xml = roxmltree::Document::parse(&text).unwrap();
    let mut places = Vec::new();
    for suite in xml.root_element().children().filter(|n| n.has_tag_name("testsuite")) {
        let cases: Vec<_> = suite.children().filter(|n| n.has_tag_name("testcase")).collect();
        let of = |kind: &str| cases.iter().filter(|c| c.children().any(|n| n.has_tag_name(kind))).count().to_string();
        assert_eq!(suite.attribute("tests"), Some(&*cases.len().to_string()));
        assert_eq!(suite.attribute("failures"), Some(&*of("failure")));
        assert_eq!(suite.attribute("errors"), Some(&*of("error")));
        for c in cases.iter().filter(|c| c.has_children()) {
            let rule = c.attribute("name").unwrap().split(" at ").next().unwrap().to_owned();
            places.push((rule, c.attribute("file").unwrap().to_owned(), c.attribute("line").map_or(1, |l| l.parse().unwrap())));
        }
    }
    assert_eq!(places.iter().filter(|p| p.0 == "not-checked").count(), expected.unread);
    assert_eq!(counted(places), expected.places());
}

fn checkstyle(out: &Path, expected: &Expected) {
    let text = fs::read_to_string(out.join("checkstyle")).unwrap();
    let xml = roxmltree::Document::parse(&text).unwrap();
    let errors = xml.root_element().descendants().filter(|n| n.has_tag_name("error"));
    let places = errors.map(|e| {
        assert!(["error", "warning", "info"].contains(&e.attribute("severity").unwrap()));
        let rule = e.attribute("source").unwrap().strip_prefix("promolint.").unwrap().to_owned();
        (rule, e.parent().unwrap().attribute("name").unwrap().to_owned(), e.attribute("line").map_or(1, |l| l.parse().unwrap()))
    });
    assert_eq!(counted(places), expected.places());
}

/// The table, and the same table as a spreadsheet; no cell begins as a formula does.
fn tables(out: &Path, expected: &Expected) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(out.join("csv")).unwrap();
    let rows: Vec<Vec<String>> = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    let mut book: Xlsx<_> = calamine::open_workbook(out.join("xlsx")).unwrap();
    let sheet = book.worksheet_range("Findings").unwrap();
    let cells: Vec<Vec<String>> = sheet
        .rows()
        .map(|row| {
            assert!(row.iter().all(|c| matches!(c, Data::Empty | Data::Float(_) | Data::String(_))), "{row:?}");
            row.iter().map(ToString::to_string).collect()
        })
        .collect();
    assert_eq!(cells, rows);
    let column = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
    let (rule, file, line, text) = (column("rule"), column("file"), column("line"), column("text"));
    let places = rows[1..].iter().map(|r| (r[rule].clone(), r[file].clone(), r[line].parse().unwrap_or(1)));
    assert_eq!(counted(places), expected.places());
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{cell:?}");
    }
    let texts = rows[1..].iter().map(|r| r[text].strip_prefix('\'').unwrap_or(&r[text]));
    let seen: BTreeSet<&str> = expected.findings.iter().filter_map(|f| f["primary"]["text"].as_str()).collect();
    assert!(texts.clone().filter(|t| !t.is_empty() && !t.contains('\u{FFFD}')).all(|t| seen.contains(t)));
}

fn html(out: &Path, expected: &Expected) {
    let text = fs::read_to_string(out.join("html")).unwrap();
    let page = Html::parse_document(&text);
    let all = |css: &str| page.select(&Selector::parse(css).unwrap()).collect::<Vec<_>>();
    let articles = all("article.finding");
    assert_eq!(articles.len(), expected.findings.len());
    let mut rules: Vec<&str> = articles.iter().map(|a| a.value().attr("data-rule").unwrap()).collect();
    let mut wanted: Vec<&str> = expected.findings.iter().map(|f| f["rule"].as_str().unwrap()).collect();
    rules.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(rules, wanted);
    // Every link within the page leads somewhere, and no id is there twice.
    let ids: Vec<&str> = all("[id]").iter().map(|e| e.value().attr("id").unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    let links = all("a[href]");
    let inner = links.iter().filter_map(|a| a.value().attr("href").unwrap().strip_prefix('#'));
    assert!(inner.clone().count() > 0 || expected.findings.is_empty());
    inner.for_each(|id| assert!(ids.contains(&id), "{id}"));
    // Nothing of the content is an element, and nothing is fetched.
    assert_eq!((all("script").len(), all("style").len()), (1, 1));
    assert!(all("img, iframe, link, object, embed, video, audio, base, svg, [src], [style], [onclick], [onerror]").is_empty());
    assert!(links.iter().all(|a| a.value().attr("href").unwrap().starts_with(['#', 'h'])));
    // What is marked in the lines of the content is what was found there.
    for f in &expected.findings {
        let [span] = &f["primary"]["spans"].as_array().unwrap()[..] else { continue };
        if span["line"] != span["end_line"] || span["end"].as_u64() > span["start"].as_u64().map(|s| s + 100) {
            continue;
        }
        let print = articles.iter().find(|a| a.value().attr("data-print") == f["fingerprint"].as_str()).unwrap();
        let number = print.value().attr("id").unwrap().strip_prefix("finding-").unwrap();
        let marks = all("mark");
        let mine = marks.iter().filter(|m| m.value().attr("data-findings").unwrap().split(' ').any(|n| n == number));
        let marked: String = mine.flat_map(|m| m.text()).collect();
        let columns = span["end_column"].as_u64().unwrap() - span["column"].as_u64().unwrap();
        assert_eq!(marked.chars().count() as u64, columns, "{f:#}");
    }
}

fn all(name: &str, folder: &str, inputs: &[&str], plain: bool) -> Expected {
    let folder = Path::new(folder);
    let out = run(name, folder, inputs);
    let expected = expected(&out);
    sarif(&out, folder, plain, &expected);
    github(&out, &expected);
    gitlab(&out, &expected);
    rdjson(&out, plain, &expected);
    junit(&out, &expected);
    checkstyle(&out, &expected);
    tables(&out, &expected);
    html(&out, &expected);
    expected
}

#[test]
fn all_outputs_of_the_fixtures_say_the_same() {
    let expected = all("fixtures", "fixtures", &["."], true);
    assert!(expected.findings.len() > 100 && expected.suppressed > 0);
}

#[test]
fn hostile_and_unreadable_inputs_break_no_output() {
    let expected = all("hostile", "fixtures", &["hostile", "nowhere.html", "../tests/cmd/outputs.in"], false);
    assert!(expected.findings.len() > 5 && expected.unread > 1);
}

/// What a run in `fixtures/site` prints, with these variables and options.
fn in_ci(variables: &[(&str, &str)], options: &[&str]) -> (String, String) {
    let root = Path::new("fixtures").canonicalize().unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_promolint"))
        .args(["check", "index.html", "--only", "tm-hubspot-capitalisation"])
        .args(options)
        .current_dir("fixtures/site")
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITLAB_CI")
        .envs([("GITHUB_WORKSPACE", &root), ("CI_PROJECT_DIR", &root)])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    (String::from_utf8(ran.stdout).unwrap(), String::from_utf8(ran.stderr).unwrap())
}

#[test]
fn hosts_are_recognised_in_ci() {
    let (usual, says) = in_ci(&[], &[]);
    assert!(usual.contains("┌─ index.html:") && !says.contains("gl-code-quality"), "{usual}{says}");
    let (github, _) = in_ci(&[("GITHUB_ACTIONS", "true")], &[]);
    assert!(github.lines().count() > 0 && github.lines().all(|l| command(l).0["file"] == "site/index.html"), "{github}");
    assert!(in_ci(&[("GITHUB_ACTIONS", "true")], &["--format", "concise"]).0.starts_with("index.html:"));
    let (gitlab, says) = in_ci(&[("GITLAB_CI", "true")], &[]);
    assert!(gitlab == usual && says.contains("--output gitlab=gl-code-quality-report.json"), "{says}");
    let (gitlab, says) = in_ci(&[("GITLAB_CI", "true")], &["--format", "gitlab"]);
    assert!(gitlab.contains("\"path\":\"site/index.html\"") && !says.contains("gl-code-quality"), "{gitlab}{says}");
}

#[test]
fn only_reports_are_written_over() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("over");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("page.md"), "A Hubspot page.\n").unwrap();
    let check = |output: String| {
        let ran =
            Command::new(env!("CARGO_BIN_EXE_promolint")).args(["check", "-q", "--output", &output, "."]).current_dir(&folder).output();
        ran.unwrap().status.code()
    };
    for format in FORMATS.into_iter().chain(["rich", "concise"]) {
        for text in ["A Hubspot page.\n", "A page.\n", "A Hubspot page.\n"] {
            fs::write(folder.join("page.md"), text).unwrap();
            assert_eq!(check(format!("{format}=report")), Some(0), "{format}");
        }
        let page = "<!doctype html><html lang=\"en\"><p>A page of mine";
        fs::write(folder.join("index.html"), page).unwrap();
        assert_eq!(check(format!("{format}=index.html")), Some(2), "{format}");
        assert_eq!(fs::read_to_string(folder.join("index.html")).unwrap(), page);
        fs::remove_file(folder.join("index.html")).unwrap();
    }
}
