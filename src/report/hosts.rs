//! What code hosts and review bots read: annotations of GitHub, code quality of GitLab, diagnostics of reviewdog.

use super::about::{About, is_url};
use super::words::{self, NOT_CHECKED};
use super::{Reporter, clean};
use crate::engine::Summary;
use crate::finding::{Applicability, Finding, Location, Severity, Trouble, fingerprint};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::rc::Rc;

/// `::error file=…::…`, a line a finding.
pub struct GitHub<W> {
    out: W,
    about: Rc<About>,
}

impl<W: Write> GitHub<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        GitHub { out, about }
    }

    fn line(&mut self, level: &str, rule: &str, path: Option<&str>, at: Option<&Location>, words: &str) -> io::Result<()> {
        let mut properties = Vec::new();
        let mut name = String::new();
        if let Some(path) = path {
            let path = self.about.root.relative(path);
            if !is_url(&path) {
                properties.push(format!("file={}", property(&clean(&path))));
            }
            name.push_str(&path);
        }
        if let Some(p) = at.and_then(|l| words::whole(&l.spans)) {
            properties.push(format!("line={},endLine={}", p.line, p.end_line));
            // Columns of a text over several lines are refused.
            if p.line == p.end_line {
                properties.push(format!("col={},endColumn={}", p.column, p.end_column));
            }
            name.push_str(&format!(":{}:{}", p.line, p.column));
        }
        properties.push(format!("title={}", property(&format!("promolint ({rule})"))));
        let name = if name.is_empty() { name } else { format!("{name}: ") };
        // The log shows only what follows the second pair of colons.
        writeln!(self.out, "::{level} {}::{}", properties.join(","), data(&format!("{}{rule}: {words}", clean(&name))))
    }
}

impl<W: Write> Reporter for GitHub<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings.iter().filter(|f| f.suppressed.is_none()) {
            let level = match f.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "notice",
            };
            self.line(level, &f.rule, Some(&f.primary.path), Some(&f.primary), &words::sentence(f))?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        for t in &summary.not_checked {
            self.line("error", NOT_CHECKED, t.path.as_deref(), t.location.as_ref(), &words::trouble(t))?;
        }
        self.out.flush()
    }
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of one of its properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// One JSON array, or the list inside one object, written as it grows.
struct Listed<W> {
    out: W,
    open: &'static str,
    any: bool,
}

impl<W: Write> Listed<W> {
    fn push(&mut self, value: &Value) -> io::Result<()> {
        self.out.write_all(if self.any { b",\n" } else { self.open.as_bytes() })?;
        if !self.any {
            self.out.write_all(b"\n")?;
        }
        self.any = true;
        serde_json::to_writer(&mut self.out, value).map_err(io::Error::from)
    }

    fn close(&mut self, end: &str) -> io::Result<()> {
        self.out.write_all(if self.any { b"\n" } else { self.open.as_bytes() })?;
        self.out.write_all(end.as_bytes())?;
        self.out.flush()
    }
}

/// Code quality as GitLab shows it in merge requests.
pub struct GitLab<W> {
    list: Listed<W>,
    about: Rc<About>,
}

impl<W: Write> GitLab<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        GitLab { list: Listed { out, open: "[", any: false }, about }
    }

    fn place(&self, path: &str, at: Option<&Location>) -> Value {
        // A line is required; what has none is about the file.
        let (begin, end) = at.and_then(|l| words::whole(&l.spans)).map_or((1, 1), |p| (p.line, p.end_line));
        json!({ "path": self.about.root.relative(path), "lines": { "begin": begin, "end": end } })
    }
}

impl<W: Write> Reporter for GitLab<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings.iter().filter(|f| f.suppressed.is_none()) {
            let severity = match f.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Note => "info",
            };
            let issue = json!({
                "type": "issue", "check_name": f.rule, "description": words::sentence(f), "categories": ["Style"], "severity": severity,
                "fingerprint": f.fingerprint, "location": self.place(&f.primary.path, Some(&f.primary)),
            });
            self.list.push(&issue)?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        for (i, t) in summary.not_checked.iter().enumerate() {
            let path = t.path.as_deref().unwrap_or("promolint");
            let same = summary.not_checked[..i].iter().filter(|o| o.path == t.path && o.message == t.message).count();
            let issue = json!({
                "type": "issue", "check_name": NOT_CHECKED, "description": words::trouble(t), "categories": ["Bug Risk"], "severity": "major",
                "fingerprint": fingerprint(NOT_CHECKED, path, None, &t.message, same), "location": self.place(path, t.location.as_ref()),
            });
            self.list.push(&issue)?;
        }
        self.list.close("]\n")
    }
}

/// Diagnostics in reviewdog's own format, as one object.
pub struct RdJson<W> {
    list: Listed<W>,
    about: Rc<About>,
}

impl<W: Write> RdJson<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        RdJson { list: Listed { out, open: "{\"source\":{\"name\":\"promolint\"},\"diagnostics\":[", any: false }, about }
    }

    /// The file and the range in it; columns count bytes.
    fn place(&self, path: &str, at: Option<&Location>) -> Value {
        let mut out = json!({ "path": self.about.root.relative(path) });
        if let Some((l, p)) = at.and_then(|l| Some((l, words::whole(&l.spans)?))) {
            out["range"] = match words::byte_columns(&l.excerpt, &p) {
                Some((start, end)) => json!({ "start": { "line": p.line, "column": start }, "end": { "line": p.end_line, "column": end } }),
                None => json!({ "start": { "line": p.line }, "end": { "line": p.end_line } }),
            };
        }
        out
    }

    fn suggestions(&self, f: &Finding) -> Vec<Value> {
        let Some(fix) = f.fix.as_ref().filter(|x| x.applicability != Applicability::Display) else { return Vec::new() };
        // Each suggestion stands alone, so a fix of several edits is none.
        let Some([(_, place, text)]) = words::edits(f, fix).as_deref().and_then(|e| <&[_; 1]>::try_from(e).ok()).copied() else {
            return Vec::new();
        };
        let Some((start, end)) = words::byte_columns(&f.primary.excerpt, place) else { return Vec::new() };
        let range = json!({ "start": { "line": place.line, "column": start }, "end": { "line": place.end_line, "column": end } });
        vec![json!({ "range": range, "text": text })]
    }

    fn unread(&self, t: &Trouble) -> Value {
        let path = t.path.as_deref().unwrap_or("promolint");
        json!({
            "message": words::trouble(t), "location": self.place(path, t.location.as_ref()), "severity": "ERROR",
            "code": { "value": NOT_CHECKED },
        })
    }
}

impl<W: Write> Reporter for RdJson<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings.iter().filter(|f| f.suppressed.is_none()) {
            let severity = match f.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Note => "INFO",
            };
            let mut code = json!({ "value": f.rule });
            if let Some(url) = f.source.as_ref().and_then(|s| s.url.as_deref()) {
                code["url"] = json!(url);
            }
            let mut d = json!({
                "message": words::sentence(f), "location": self.place(&f.primary.path, Some(&f.primary)), "severity": severity, "code": code,
            });
            let suggestions = self.suggestions(f);
            if !suggestions.is_empty() {
                d["suggestions"] = suggestions.into();
            }
            self.list.push(&d)?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        for t in &summary.not_checked {
            let d = self.unread(t);
            self.list.push(&d)?;
        }
        self.list.close("]}\n")
    }
}
