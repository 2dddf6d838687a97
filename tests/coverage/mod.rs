//! `rules/coverage.yaml` with `rules/registers/attestations.yaml`: what they hold, and `rules/COVERAGE.md`, which is made of them. What may be wrong with it is in `faults`.

pub mod faults;

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    pub documents: Vec<Document>,
    pub sections: Vec<Section>,
    pub parts: Vec<Part>,
    pub beyond: Vec<Beyond>,
    /// Of a file of their own.
    #[serde(skip)]
    pub attestations: Vec<Attestation>,
    /// Ids that the catalogue of rules proposes.
    pub catalogue: Vec<String>,
    pub not_shipped: Vec<NotShipped>,
    pub partly: Vec<Partly>,
    pub off_by_default: Vec<Off>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub id: String,
    pub title: String,
    pub url: String,
    /// Its text, which is not in the repository.
    pub file: String,
    pub refs: Vec<String>,
    pub bullets: Vec<String>,
}

/// What a report card grades.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    #[serde(rename = "ref")]
    pub reference: String,
    pub document: String,
    pub title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    #[serde(rename = "ref")]
    pub reference: String,
    pub document: String,
    pub title: String,
    /// Ids, or beginnings of ids with an asterisk.
    #[serde(default)]
    pub rules: Vec<String>,
    #[serde(default)]
    pub attestations: Vec<String>,
    /// Why there is neither.
    pub none: Option<String>,
    pub note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beyond {
    pub rules: Vec<String>,
    pub source: String,
    pub reason: String,
}

/// `rules/registers/attestations.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    attestations: Vec<Attestation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    pub id: String,
    pub asks: String,
    pub evidence: String,
    /// Days.
    pub max_age: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotShipped {
    pub id: String,
    pub because: String,
    pub instead: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partly {
    pub id: String,
    pub gap: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Off {
    pub id: String,
    pub because: String,
}

/// A built-in rule, as far as it matters here.
pub struct Rule {
    pub id: String,
    pub title: String,
    /// Titles of its sources.
    pub sources: Vec<String>,
    pub off: bool,
    /// How many texts of its own it must find something in.
    pub flags: usize,
}

/// From the texts of `rules/coverage.yaml` and `rules/registers/attestations.yaml`.
pub fn parse(text: &str, attestations: &str) -> Coverage {
    let items: Items = serde_yaml::from_str(attestations).unwrap_or_else(|e| panic!("rules/registers/attestations.yaml: {e}"));
    let coverage: Coverage = serde_yaml::from_str(text).unwrap_or_else(|e| panic!("rules/coverage.yaml: {e}"));
    Coverage { attestations: items.attestations, ..coverage }
}

/// How many texts under `flag` each rule of the packs in this folder has.
pub fn flags(folder: &str) -> BTreeMap<String, usize> {
    let options = || serde_yaml::options! { strict_booleans: true };
    let mut flags = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let pack: Value = serde_yaml::from_str_with_options(&text, options()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for rule in pack["rules"].as_array().into_iter().flatten() {
            flags.insert(rule["id"].as_str().unwrap().to_owned(), rule["tests"]["flag"].as_array().map_or(0, Vec::len));
        }
    }
    flags
}

/// The rules of `promolint rules --format json`.
pub fn rules(json: &str, flags: &BTreeMap<String, usize>) -> Vec<Rule> {
    let json: Value = serde_json::from_str(json).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rules = json["rules"].as_array().unwrap().iter();
    rules
        .map(|rule| Rule {
            id: text(&rule["id"]),
            title: text(&rule["title"]),
            sources: rule["sources"].as_array().unwrap().iter().map(|s| text(&s["title"])).collect(),
            off: rule["severity"]["default"].is_null(),
            flags: flags.get(rule["id"].as_str().unwrap()).copied().unwrap_or(0),
        })
        .collect()
}

/// Whether a row's `cc4-*` or full id means this rule.
fn names(name: &str, id: &str) -> bool {
    name.strip_suffix('*').map_or(name == id, |prefix| id.starts_with(prefix))
}

impl Coverage {
    /// The parts that name this rule.
    fn clauses(&self, id: &str) -> Vec<&Part> {
        self.parts.iter().filter(|part| part.rules.iter().any(|name| names(name, id))).collect()
    }

    fn beyond(&self, id: &str) -> Option<&Beyond> {
        self.beyond.iter().find(|row| row.rules.iter().any(|name| name == id))
    }

    pub fn markdown(&self, rules: &[Rule]) -> String {
        let mut out = String::new();
        self.write(rules, &mut out).unwrap();
        out
    }

    fn write(&self, rules: &[Rule], out: &mut String) -> std::fmt::Result {
        let with_rules = self.parts.iter().filter(|p| !p.rules.is_empty()).count();
        let none = self.parts.iter().filter(|p| p.none.is_some()).count();
        let signed = self.parts.len() - with_rules - none;
        writeln!(out, "# Coverage\n")?;
        writeln!(
            out,
            "Which part of the program's documents is in which rule, which rule comes from which part, and what is in none. Made of"
        )?;
        writeln!(
            out,
            "[coverage.yaml](coverage.yaml), [registers/attestations.yaml](registers/attestations.yaml) and the rules; do not edit. `PROMOLINT_BLESS=1 cargo test --test drift` writes it anew.\n"
        )?;
        writeln!(
            out,
            "{} parts: {with_rules} with rules, {signed} that a person signs for, {none} that ask for nothing or are for a person alone.",
            self.parts.len()
        )?;
        let beyond = rules.iter().filter(|r| self.clauses(&r.id).is_empty()).count();
        writeln!(out, "{} rules: {} with a clause in the two documents, {beyond} with another source.", rules.len(), rules.len() - beyond)?;
        writeln!(
            out,
            "{} ids in the catalogue of rules: {} shipped, of which {} in part and {} off by default; {} not shipped.",
            self.catalogue.len(),
            self.catalogue.iter().filter(|id| rules.iter().any(|r| r.id == **id)).count(),
            self.partly.iter().filter(|p| self.catalogue.contains(&p.id)).count(),
            self.off_by_default.iter().filter(|o| self.catalogue.contains(&o.id)).count(),
            self.not_shipped.len()
        )?;

        writeln!(out, "\n## From the documents to the rules")?;
        for document in &self.documents {
            writeln!(out, "\n### {}\n\n<{}>. Titles of parts are ours.\n", document.title, document.url)?;
            table(out, &["part", "what it says", "rules", "signed for", "remark"])?;
            for part in self.parts.iter().filter(|p| p.document == document.id) {
                let remark = part.none.as_ref().or(part.note.as_ref()).map_or("", |s| s.as_str());
                row(out, &[&part.reference, &part.title, &self.named(part, rules), &ids(&part.attestations), remark])?;
            }
        }

        writeln!(out, "\n## From the rules to the documents\n")?;
        writeln!(out, "Numbers are parts of the Code of Conduct, T1 to T10 the tenets of the Customer Code.\n")?;
        table(out, &["rule", "what it asks for", "clause"])?;
        for rule in rules {
            let clauses: Vec<&str> = self.clauses(&rule.id).iter().map(|p| p.reference.as_str()).collect();
            let clause = match self.beyond(&rule.id) {
                Some(row) => format!("none: {} ({})", row.reason, row.source),
                None => clauses.join(", "),
            };
            row(out, &[&code(&rule.id), &rule.title, &clause])?;
        }

        writeln!(out, "\n## Not shipped\n")?;
        table(out, &["id", "why", "what stands in for it"])?;
        for id in &self.not_shipped {
            row(out, &[&code(&id.id), &id.because, &id.instead])?;
        }
        writeln!(out, "\n## Shipped in part\n")?;
        table(out, &["rule", "what it does not see"])?;
        for rule in &self.partly {
            row(out, &[&code(&rule.id), &rule.gap])?;
        }
        writeln!(out, "\n## Off by default\n")?;
        table(out, &["rule", "why"])?;
        for rule in &self.off_by_default {
            row(out, &[&code(&rule.id), &rule.because])?;
        }
        writeln!(out, "\n## Signed for\n\nWhat no public text shows: a person signs, with evidence and a day.\n")?;
        table(out, &["id", "asks for", "evidence", "holds for", "parts"])?;
        for item in &self.attestations {
            let age = item.max_age.map(|days| format!("{days} days")).unwrap_or_default();
            let parts: Vec<&str> = self.parts.iter().filter(|p| p.attestations.contains(&item.id)).map(|p| p.reference.as_str()).collect();
            row(out, &[&code(&item.id), &item.asks, &item.evidence, &age, &parts.join(", ")])?;
        }
        Ok(())
    }

    /// The rules of a part; `cc4-*` with how many they are.
    fn named(&self, part: &Part, rules: &[Rule]) -> String {
        let one = |name: &String| match name.strip_suffix('*') {
            Some(prefix) => format!("{} ({})", code(name), rules.iter().filter(|r| r.id.starts_with(prefix)).count()),
            None => code(name),
        };
        part.rules.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

fn code(id: &str) -> String {
    format!("`{id}`")
}

fn ids(ids: &[String]) -> String {
    ids.iter().map(|id| code(id)).collect::<Vec<_>>().join(", ")
}

fn table(out: &mut String, columns: &[&str]) -> std::fmt::Result {
    row(out, columns)?;
    row(out, &vec!["---"; columns.len()])
}

fn row(out: &mut String, cells: &[&str]) -> std::fmt::Result {
    for cell in cells {
        write!(out, "| {} ", cell.replace('|', "\\|"))?;
    }
    writeln!(out, "|")
}
