//! XML: JUnit for test reports, checkstyle for the tools that grew around it.

use super::about::About;
use super::words::{self, NOT_CHECKED};
use super::{Reporter, clean};
use crate::engine::Summary;
use crate::finding::{Confidence, Finding, Location, Severity, Trouble};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};
use std::rc::Rc;

/// A suite is written when it has so many cases, and goes on in one of the same name: an export has no end.
const SUITE: usize = 10_000;

/// Test cases that fail: a suite a file, a case a finding.
pub struct JUnit<W: Write> {
    out: Writer<W>,
    about: Rc<About>,
    started: bool,
    any: bool,
    name: String,
    cases: Writer<Vec<u8>>,
    failures: usize,
    errors: usize,
}

impl<W: Write> JUnit<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        JUnit {
            out: Writer::new(out),
            about,
            started: false,
            any: false,
            name: String::new(),
            cases: Writer::new(Vec::new()),
            failures: 0,
            errors: 0,
        }
    }

    fn start(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.started, true) {
            declare(&mut self.out)?;
            open(&mut self.out, "testsuites", &[("name", "promolint")])?;
            line(&mut self.out)?;
        }
        Ok(())
    }

    /// Writes the suite that is open, if it has cases.
    fn suite(&mut self) -> io::Result<()> {
        self.start()?;
        let (failures, errors) = (std::mem::take(&mut self.failures), std::mem::take(&mut self.errors));
        let cases = std::mem::take(self.cases.get_mut());
        if failures + errors == 0 {
            return Ok(());
        }
        let (tests, failures, errors) = ((failures + errors).to_string(), failures.to_string(), errors.to_string());
        let attributes = [
            ("name", self.name.as_str()),
            ("tests", &tests),
            ("failures", &failures),
            ("errors", &errors),
            ("skipped", "0"),
            ("time", "0"),
        ];
        open(&mut self.out, "testsuite", &attributes)?;
        line(&mut self.out)?;
        self.out.get_mut().write_all(&cases)?;
        close(&mut self.out, "testsuite")
    }

    fn case(&mut self, path: &str, rule: &str, at: Option<&Location>, kind: &str, level: &str, words: [&str; 2]) -> io::Result<()> {
        let path = xml(&self.about.root.relative(path));
        if path != self.name || self.failures + self.errors >= SUITE {
            self.suite()?;
            self.name.clone_from(&path);
        }
        self.any = true;
        let place = at.and_then(|l| words::whole(&l.spans));
        let name = place.map_or_else(|| rule.to_owned(), |p| format!("{rule} at {}:{}", p.line, p.column));
        let number = place.map(|p| p.line.to_string());
        let mut attributes = vec![("name", name.as_str()), ("classname", path.as_str()), ("file", path.as_str())];
        attributes.extend(number.as_deref().map(|n| ("line", n)));
        attributes.push(("time", "0"));
        let [message, body] = words;
        open(&mut self.cases, "testcase", &attributes)?;
        open(&mut self.cases, kind, &[("message", &xml(message)), ("type", level)])?;
        self.cases.write_event(Event::Text(BytesText::new(body)))?;
        close_inline(&mut self.cases, kind)?;
        close(&mut self.cases, "testcase")
    }

    fn unread(&mut self, t: &Trouble) -> io::Result<()> {
        let path = t.path.as_deref().unwrap_or("promolint");
        let words = xml(&words::trouble(t));
        self.case(path, NOT_CHECKED, t.location.as_ref(), "error", NOT_CHECKED, [&words, &words])?;
        self.errors += 1;
        Ok(())
    }
}

impl<W: Write> Reporter for JUnit<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings.iter().filter(|f| f.suppressed.is_none()) {
            self.case(&f.primary.path, &f.rule, Some(&f.primary), "failure", f.severity.name(), [&f.message, &details(f)])?;
            self.failures += 1;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        for t in &summary.not_checked {
            self.unread(t)?;
        }
        self.suite()?;
        if !self.any {
            // A report without any case counts as broken for some readers.
            let counts = [("name", "promolint"), ("tests", "1"), ("failures", "0"), ("errors", "0"), ("skipped", "0"), ("time", "0")];
            open(&mut self.out, "testsuite", &counts)?;
            let name = format!("no findings; inputs read: {}", summary.inputs);
            open(&mut self.out, "testcase", &[("name", &name), ("classname", "promolint"), ("time", "0")])?;
            close_inline(&mut self.out, "testcase")?;
            close(&mut self.out, "testsuite")?;
        }
        close(&mut self.out, "testsuites")?;
        self.out.get_mut().flush()
    }
}

/// What a reader of the report needs to know, line by line.
fn details(f: &Finding) -> String {
    let mut lines = Vec::new();
    let place = f.primary.first().map_or(String::new(), |p| format!(":{}:{}", p.line, p.column));
    lines.push(format!("{}[{}] {}{place}", f.severity, f.rule, f.primary.path));
    if let Some(p) = f.primary.first()
        && let Some(e) = f.primary.excerpt.iter().find(|e| e.line == p.line)
    {
        let (before, after) = (if e.cut_before { "… " } else { "" }, if e.cut_after { " …" } else { "" });
        lines.push(format!("{before}{}{after}", e.text.trim()));
    }
    lines.extend(words::record(f));
    lines.extend(f.notes.iter().map(|n| format!("note: {n}")));
    lines.extend(f.help.iter().map(|h| format!("help: {h}")));
    if let Some(s) = &f.source {
        let url = s.url.as_deref().map(|u| format!(", {u}")).unwrap_or_default();
        let sure = if f.confidence == Confidence::Inferred { " (inferred)" } else { "" };
        lines.push(format!("rule: {}{url}{sure}", s.title));
    }
    lines.extend(f.also.iter().map(|a| format!("also: {}", a.rule)));
    lines.iter().map(|l| xml(l)).collect::<Vec<_>>().join("\n")
}

/// A list of files with their errors.
pub struct Checkstyle<W: Write> {
    out: Writer<W>,
    about: Rc<About>,
    started: bool,
    file: Option<String>,
}

impl<W: Write> Checkstyle<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        Checkstyle { out: Writer::new(out), about, started: false, file: None }
    }

    fn start(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.started, true) {
            declare(&mut self.out)?;
            open(&mut self.out, "checkstyle", &[("version", "4.3")])?;
            line(&mut self.out)?;
        }
        Ok(())
    }

    fn error(&mut self, path: &str, rule: &str, at: Option<&Location>, level: &str, words: &str) -> io::Result<()> {
        self.start()?;
        let path = xml(&self.about.root.relative(path));
        if self.file.as_ref() != Some(&path) {
            if self.file.is_some() {
                close(&mut self.out, "file")?;
            }
            open(&mut self.out, "file", &[("name", &path)])?;
            line(&mut self.out)?;
            self.file = Some(path);
        }
        let place = at.and_then(|l| l.first()).map(|p| (p.line.to_string(), p.column.to_string()));
        let (words, source) = (xml(words), format!("promolint.{rule}"));
        let mut attributes = Vec::new();
        if let Some((line, column)) = &place {
            attributes.extend([("line", line.as_str()), ("column", column)]);
        }
        attributes.extend([("severity", level), ("message", &words), ("source", &source)]);
        let mut tag = BytesStart::new("error");
        tag.extend_attributes(attributes);
        self.out.write_event(Event::Empty(tag))?;
        line(&mut self.out)
    }
}

impl<W: Write> Reporter for Checkstyle<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings.iter().filter(|f| f.suppressed.is_none()) {
            let level = match f.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            self.error(&f.primary.path, &f.rule, Some(&f.primary), level, &words::sentence(f))?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.start()?;
        for t in &summary.not_checked {
            self.error(t.path.as_deref().unwrap_or("promolint"), NOT_CHECKED, t.location.as_ref(), "error", &words::trouble(t))?;
        }
        if self.file.is_some() {
            close(&mut self.out, "file")?;
        }
        close(&mut self.out, "checkstyle")?;
        self.out.get_mut().flush()
    }
}

/// Text without what XML 1.0 cannot say, even escaped.
fn xml(text: &str) -> String {
    clean(text).replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}

fn declare(out: &mut Writer<impl Write>) -> io::Result<()> {
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    line(out)
}

fn open(out: &mut Writer<impl Write>, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    let mut tag = BytesStart::new(name);
    tag.extend_attributes(attributes.iter().copied());
    out.write_event(Event::Start(tag))
}

fn close_inline(out: &mut Writer<impl Write>, name: &str) -> io::Result<()> {
    out.write_event(Event::End(BytesEnd::new(name)))
}

fn close(out: &mut Writer<impl Write>, name: &str) -> io::Result<()> {
    close_inline(out, name)?;
    line(out)
}

fn line(out: &mut Writer<impl Write>) -> io::Result<()> {
    out.get_mut().write_all(b"\n")
}
