//! SARIF 2.1.0, for code hosts and editors. Results are written as they come; the rules that had any follow them.

use super::about::About;
use super::words::{self, NOT_CHECKED};
use super::{Reporter, clean};
use crate::engine::Summary;
use crate::finding::{Applicability, Excerpt, Finding, Location, Place, Severity, Trouble};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::io::{self, Write};
use std::rc::Rc;

/// The schema that the log names.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What paths are relative to.
const ROOT: &str = "%SRCROOT%";
/// The key of the fingerprint; a new way to make it is a new version.
const FINGERPRINT: &str = "promolint/v1";

/// One SARIF log with one run.
pub struct Sarif<W> {
    out: W,
    about: Rc<About>,
    any: bool,
    /// Rules with results, in their order.
    rules: Vec<String>,
    index: HashMap<String, usize>,
}

impl<W: Write> Sarif<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        Sarif { out, about, any: false, rules: Vec::new(), index: HashMap::new() }
    }

    fn head(&mut self) -> io::Result<()> {
        let root = json!({ROOT: {"description": {"text": "The root of the repository, or the folder that promolint was run in"}}});
        write!(self.out, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"columnKind\":\"unicodeCodePoints\",")?;
        write!(self.out, "\"originalUriBaseIds\":{root},\"results\":[")
    }

    fn number(&mut self, rule: &str) -> usize {
        if let Some(n) = self.index.get(rule) {
            return *n;
        }
        let n = self.rules.len();
        self.rules.push(rule.to_owned());
        self.index.insert(rule.to_owned(), n);
        n
    }

    fn result(&mut self, f: &Finding) -> Value {
        let index = self.number(&f.rule);
        let mut location = json!({ "physicalLocation": self.physical(&f.primary) });
        if f.primary.spans.len() > 1 {
            location["annotations"] = f.primary.spans.iter().map(region).collect();
        }
        if let Some(name) = words::record(f) {
            let field = f.record.as_ref().and_then(|r| r.field.as_deref());
            let kind = if field.is_some() { "property" } else { "object" };
            location["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": kind }]);
        }
        let mut result = json!({
            "ruleId": f.rule, "ruleIndex": index, "level": f.severity.name(),
            "message": { "text": words::sentence(f) }, "locations": [location],
        });
        let related: Vec<Value> = f.related.iter().enumerate().map(|(i, l)| self.related(i, l)).collect();
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        if !f.fingerprint.is_empty() {
            result["partialFingerprints"] = json!({ FINGERPRINT: f.fingerprint });
        }
        if let Some(fix) = self.fix(f) {
            result["fixes"] = json!([fix]);
        }
        if let Some(s) = &f.suppressed {
            let kind = if s.by == "comment" { "inSource" } else { "external" };
            let mut suppression = json!({ "kind": kind, "justification": s.reason });
            if s.owner.is_some() || s.until.is_some() {
                suppression["properties"] = json!({ "owner": s.owner, "until": s.until });
            }
            result["suppressions"] = json!([suppression]);
            if s.is_baseline() {
                result["baselineState"] = "unchanged".into();
            }
        }
        let mut more = Map::new();
        let mut put = |key: &str, value: Value| more.insert(key.to_owned(), value);
        put("confidence", f.confidence.name().into());
        put("kind", f.kind.name().into());
        if let Some(text) = &f.primary.text {
            put("text", text.as_str().into());
        }
        if let Some(record) = &f.record {
            put("record", json!(record));
        }
        if let Some(r) = f.primary.region {
            put("region", json!(r));
        }
        if !f.notes.is_empty() {
            put("notes", json!(f.notes));
        }
        if !f.also.is_empty() {
            put("also", f.also.iter().map(|a| a.rule.as_str()).collect());
        }
        result["properties"] = more.into();
        result
    }

    /// The file, and what of it.
    fn physical(&self, l: &Location) -> Value {
        let mut out = json!({ "artifactLocation": self.artifact(&l.path) });
        if let Some(place) = words::whole(&l.spans) {
            let mut at = region(&place);
            if let Some((snippet, context)) = context(l, &place) {
                at["snippet"] = json!({ "text": snippet });
                if let Some(context) = context {
                    out["contextRegion"] = context;
                }
            }
            out["region"] = at;
        }
        out
    }

    fn artifact(&self, path: &str) -> Value {
        match self.about.root.uri(path) {
            (uri, true) => json!({ "uri": uri, "uriBaseId": ROOT }),
            (uri, false) => json!({ "uri": uri }),
        }
    }

    fn related(&self, i: usize, l: &Location) -> Value {
        let mut out = json!({ "id": i + 1, "physicalLocation": self.physical(l) });
        if let Some(words) = l.label.as_deref().or(l.text.as_deref()) {
            out["message"] = json!({ "text": clean(words) });
        }
        out
    }

    fn fix(&self, f: &Finding) -> Option<Value> {
        let fix = f.fix.as_ref()?;
        let sure = match fix.applicability {
            Applicability::Safe => "",
            Applicability::Unsafe => " (this changes what the text says; read it before you use it)",
            Applicability::Display => return None,
        };
        let edits = words::edits(f, fix)?;
        let replacements: Vec<Value> =
            edits.iter().map(|(_, place, text)| json!({ "deletedRegion": region(place), "insertedContent": { "text": text } })).collect();
        if replacements.is_empty() {
            return None;
        }
        let what = f.help.as_deref().map_or_else(|| "put it right".to_owned(), clean);
        Some(json!({
            "description": { "text": format!("{what}{sure}") },
            "artifactChanges": [{ "artifactLocation": self.artifact(&f.primary.path), "replacements": replacements }],
        }))
    }

    fn rule(&self, id: &str) -> Value {
        let Some(rule) = self.about.rule(id) else { return json!({ "id": id }) };
        let mut out = json!({ "id": id, "shortDescription": { "text": rule.title } });
        if !rule.why.is_empty() {
            out["fullDescription"] = json!({ "text": rule.why });
        }
        out["defaultConfiguration"] = match rule.severity {
            Some(s) => json!({ "level": s.name() }),
            None => json!({ "enabled": false }),
        };
        if let Some(url) = rule.sources.iter().find_map(|(_, u)| u.as_deref()).and_then(|u| url::Url::parse(u).ok()) {
            out["helpUri"] = json!(url.as_str());
        }
        let mut text = format!("{}.", rule.title);
        let mut markdown = format!("{}.\n", rule.title);
        let mut part = |name: &str, words: &str| {
            if !words.is_empty() {
                text.push_str(&format!("\n\n{name}: {words}"));
                markdown.push_str(&format!("\n**{name}:** {words}\n"));
            }
        };
        part("Why", &rule.why);
        part("How to fix", &rule.help);
        for (title, url) in &rule.sources {
            text.push_str(&format!("\n\nSource: {title}{}", url.as_deref().map(|u| format!(", {u}")).unwrap_or_default()));
            markdown.push_str(&match url {
                Some(url) => format!("\n**Source:** [{title}]({url})\n"),
                None => format!("\n**Source:** {title}\n"),
            });
        }
        out["help"] = json!({ "text": text, "markdown": markdown });
        let severity = match rule.severity {
            Some(Severity::Error) => "error",
            Some(Severity::Warning) => "warning",
            _ => "recommendation",
        };
        out["properties"] =
            json!({ "tags": [rule.pack, "promotional-content"], "problem.severity": severity, "confidence": rule.confidence.name() });
        out
    }

    fn notification(&self, t: &Trouble) -> Value {
        let mut out = json!({ "level": "error", "descriptor": { "id": NOT_CHECKED }, "message": { "text": words::trouble(t) } });
        match (&t.location, &t.path) {
            (Some(l), _) => out["locations"] = json!([{ "physicalLocation": self.physical(l) }]),
            (None, Some(path)) => out["locations"] = json!([{ "physicalLocation": { "artifactLocation": self.artifact(path) } }]),
            (None, None) => {}
        }
        out
    }
}

impl<W: Write> Reporter for Sarif<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings {
            if self.any {
                self.out.write_all(b",\n")?;
            } else {
                self.head()?;
                self.out.write_all(b"\n")?;
            }
            self.any = true;
            let result = self.result(f);
            write(&mut self.out, &result)?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if !self.any {
            self.head()?;
        }
        let rules: Vec<Value> = self.rules.iter().map(|r| self.rule(r)).collect();
        let driver = json!({
            "name": "promolint", "version": env!("CARGO_PKG_VERSION"), "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules,
            "notifications": [{ "id": NOT_CHECKED, "shortDescription": { "text": "An input, or part of one, could not be checked" } }],
        });
        let mut invocation = json!({ "executionSuccessful": summary.not_checked.is_empty() });
        if !summary.not_checked.is_empty() {
            invocation["toolExecutionNotifications"] = summary.not_checked.iter().map(|t| self.notification(t)).collect();
        }
        if !summary.not_applied.is_empty() {
            let words = |n: &crate::engine::NotApplied| {
                let text = format!("{} was held against nothing: promolint was given no word on {}", n.rule, n.register);
                json!({ "level": "note", "message": { "text": text } })
            };
            invocation["toolConfigurationNotifications"] = summary.not_applied.iter().map(words).collect();
        }
        write!(self.out, "\n],\n\"tool\":")?;
        write(&mut self.out, &json!({ "driver": driver }))?;
        write!(self.out, ",\n\"invocations\":")?;
        write(&mut self.out, &json!([invocation]))?;
        self.out.write_all(b"}]}\n")?;
        self.out.flush()
    }
}

fn region(p: &Place) -> Value {
    json!({ "startLine": p.line, "startColumn": p.column, "endLine": p.end_line, "endColumn": p.end_column })
}

/// The text of a place on one line, and the part of the line around it that is known, if it is more.
fn context(l: &Location, place: &Place) -> Option<(String, Option<Value>)> {
    if place.line != place.end_line {
        return None;
    }
    let len = |e: &Excerpt| e.text.chars().count();
    let e = l.excerpt.iter().find(|e| e.line == place.line && e.column <= place.column && place.end_column <= e.column + len(e))?;
    let snippet: String = e.text.chars().skip(place.column - e.column).take(place.end_column.checked_sub(place.column)?).collect();
    let around = Place { column: e.column, end_column: e.column + len(e), ..*place };
    let context = (around != *place).then(|| {
        let mut context = region(&around);
        context["snippet"] = json!({ "text": e.text });
        context
    });
    Some((snippet, context))
}

/// serde_json wraps a writer's error; a closed pipe must stay recognisable.
fn write<T: Serialize>(out: &mut impl Write, value: &T) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}
