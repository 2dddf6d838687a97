//! One page that needs nothing else: the content of each file with the findings in place, counts, filters.
//!
//! Content comes from strangers: all of it goes through the escaping of maud, and the page's own policy lets nothing run or load but the
//! style and the script it carries.

mod lines;

use super::about::{About, is_url};
use super::{Reporter, clean, words};
use crate::engine::Summary;
use crate::finding::{Applicability, Confidence, Finding, Fix, Location, Severity, Trouble};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lines::{Line, Piece};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::rc::Rc;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");
/// So many findings are shown; the rest is counted. A browser is slow with more, and there are formats for them.
const MAX_SHOWN: usize = 5_000;
/// Bytes of text without findings that the page may carry.
const MAX_TEXT: usize = 8 << 20;

/// The page. Findings are kept until the end, as many as are shown.
pub struct Html<W> {
    out: W,
    about: Rc<About>,
    shown: Vec<Finding>,
    /// Findings by rule and severity, those that are not shown among them.
    rules: BTreeMap<String, [usize; 3]>,
    total: usize,
}

impl<W: Write> Html<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        Html { out, about, shown: Vec::new(), rules: BTreeMap::new(), total: 0 }
    }

    fn write(&mut self, markup: &Markup) -> io::Result<()> {
        self.out.write_all(markup.0.as_bytes())
    }

    /// One file: its name, then its lines with the findings below them.
    fn file(&self, number: usize, name: &str, findings: &[(usize, &Finding)], budget: &mut usize) -> Markup {
        let whole = self.about.content.as_ref().and_then(|content| content(name));
        let unfold = whole.as_ref().is_some_and(|w| w.len() <= *budget);
        if unfold {
            *budget -= whole.as_ref().map_or(0, String::len);
        }
        let pieces = lines::pieces(findings, whole.as_deref(), unfold);
        let by_number: HashMap<usize, &Finding> = findings.iter().copied().collect();
        let path = self.about.root.relative(name);
        html! {
            section .file id={ "file-" (number) } aria-labelledby={ "file-" (number) "-name" } {
                h2 id={ "file-" (number) "-name" } {
                    (clean(&path)) " "
                    span .counts { (counted(&count(findings.iter().map(|(_, f)| f.severity)))) }
                }
                // What has no place in the text, such as pictures.
                @for (n, f) in findings.iter().filter(|(_, f)| f.primary.spans.is_empty()) { (self.finding(*n, number, f)) }
                @if !pieces.is_empty() {
                    div .content {
                        @for piece in &pieces {
                            @match piece {
                                Piece::Gap => p .gap { "⋯" },
                                Piece::Folded(lines) => details .gap {
                                    summary { (folded(lines)) }
                                    @for line in lines { (self.line(line, &by_number)) }
                                },
                                Piece::Line(line, begin) => {
                                    (self.line(line, &by_number))
                                    @for n in begin { @if let Some(f) = by_number.get(n) { (self.finding(*n, number, f)) } }
                                },
                            }
                        }
                    }
                }
            }
        }
    }

    fn line(&self, line: &Line, findings: &HashMap<usize, &Finding>) -> Markup {
        html! {
            div .line {
                span .number { (line.number) }
                code {
                    @if line.cut_before { span .cut { "… " } }
                    @for run in &line.runs {
                        @match run.findings.first() {
                            None => (run.text),
                            Some(first) => {
                                @let worst = run.findings.iter().filter_map(|n| findings.get(n)).map(|f| f.severity).max();
                                mark class=(worst.unwrap_or(Severity::Note)) data-findings=(list(&run.findings)) {
                                    a href={ "#finding-" (first) } { (run.text) }
                                }
                            }
                        }
                    }
                    @if line.cut_after { span .cut { " …" } }
                }
            }
        }
    }

    fn finding(&self, n: usize, file: usize, f: &Finding) -> Markup {
        let place = f.primary.first().map(|p| format!("line {}, column {}", p.line, p.column));
        let region = f.primary.region.map(|r| format!("{} by {} pixels at {}, {}", r.width, r.height, r.x, r.y));
        let where_: Vec<String> = place.into_iter().chain(region).chain(words::record(f)).collect();
        let title = self.about.rule(&f.rule).map(|r| clean(&r.title)).unwrap_or_default();
        html! {
            article .finding .(f.severity) id={ "finding-" (n) } tabindex="-1" aria-labelledby={ "finding-" (n) "-head" }
                data-severity=(f.severity) data-rule=(f.rule) data-file=(file) data-print=(f.fingerprint) {
                h3 id={ "finding-" (n) "-head" } { span .severity { (f.severity) } " " (ticked(&f.message)) }
                @if let Some(text) = f.primary.text.as_ref().filter(|_| f.primary.spans.len() != 1) {
                    p { "Readers see: " q { (clean(text)) } }
                }
                @if let Some(help) = &f.help { p { b { "Help: " } (ticked(help)) } }
                @if let Some(fix) = &f.fix { (fixed(f, fix)) }
                @if !f.notes.is_empty() { ul { @for note in &f.notes { li { (ticked(note)) } } } }
                @for l in &f.related { (self.related(l)) }
                p .rule {
                    code { (f.rule) } @if !title.is_empty() { " " (title) } "."
                    @if let Some(s) = &f.source {
                        " Source: "
                        @match s.url.as_deref().filter(|u| is_url(u)) {
                            Some(url) => a href=(url) rel="noopener noreferrer" { (clean(&s.title)) },
                            None => (clean(&s.title)),
                        }
                        (sure(f.confidence)) "."
                    }
                }
                @for a in &f.also {
                    p .rule { "Also: " code { (a.rule) } @if let Some(r) = self.about.rule(&a.rule) { " " (clean(&r.title)) } "." }
                }
                p .where { (where_.join(", ")) " " a href={ "#finding-" (n) } aria-label={ "Link to finding " (n) } { "#" (n) } }
            }
        }
    }

    /// The other half of a contradiction, which may be in another file.
    fn related(&self, l: &Location) -> Markup {
        let path = self.about.root.relative(&l.path);
        let place = l.first().map(|p| format!(":{}:{}", p.line, p.column)).unwrap_or_default();
        let text = l.first().and_then(|p| {
            let e = l.excerpt.iter().find(|e| e.line == p.line)?;
            Some(format!("{}{}{}", if e.cut_before { "… " } else { "" }, e.text.trim(), if e.cut_after { " …" } else { "" }))
        });
        html! {
            div .related {
                p { @if let Some(label) = &l.label { (ticked(label)) ": " } code { (clean(&path)) (place) } }
                @if let Some(text) = text { div .line { code { (clean(&text)) } } }
            }
        }
    }
}

impl<W: Write> Reporter for Html<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings.iter().filter(|f| f.suppressed.is_none()) {
            self.total += 1;
            if let Some(n) = self.rules.get_mut(&f.rule) {
                n[f.severity as usize] += 1;
            } else {
                self.rules.insert(f.rule.clone(), count([f.severity]));
            }
            if self.shown.len() < MAX_SHOWN {
                self.shown.push(f.clone());
            }
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let shown = std::mem::take(&mut self.shown);
        let mut files: Vec<(&str, Vec<(usize, &Finding)>)> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for f in &shown {
            let i = *known.entry(&f.primary.path).or_insert(files.len());
            if i == files.len() {
                files.push((&f.primary.path, Vec::new()));
            }
            files[i].1.push((0, f));
        }
        // Numbered in the order of the page: by file, then by place.
        let mut next = 1;
        for (_, list) in &mut files {
            list.sort_by_key(|(_, f)| f.primary.spans.iter().map(|p| p.start).min());
            for (n, _) in list.iter_mut() {
                *n = next;
                next += 1;
            }
        }
        let head = self.head(summary, &files);
        self.write(&head)?;
        let mut budget = MAX_TEXT;
        for (i, (name, findings)) in files.iter().enumerate() {
            let file = self.file(i + 1, name, findings, &mut budget);
            self.write(&file)?;
        }
        let end = html! {
            @if shown.is_empty() { p { "There is nothing to show." } }
            (PreEscaped("</main>"))
            footer { p { "Made by promolint " (env!("CARGO_PKG_VERSION")) ". It says what its rules find; a person decides." } }
            script { (PreEscaped(SCRIPT)) }
            (PreEscaped("</body></html>\n"))
        };
        self.write(&end)?;
        self.out.flush()
    }
}

impl<W: Write> Html<W> {
    fn head(&self, s: &Summary, files: &[(&str, Vec<(usize, &Finding)>)]) -> Markup {
        let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())));
        let policy =
            format!("default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'", hash(STYLE), hash(SCRIPT));
        let found = [s.findings.note, s.findings.warning, s.findings.error];
        let found = if self.total == 0 { "no findings".to_owned() } else { counted(&found) };
        html! {
            (DOCTYPE)
            (PreEscaped("<html lang=\"en\">"))
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content={ "promolint " (env!("CARGO_PKG_VERSION")) };
                title { "promolint: " (found) }
                style { (PreEscaped(STYLE)) }
            }
            (PreEscaped("<body>"))
            a .skip href="#findings" { "Skip to the findings" }
            header {
                h1 { "promolint: " (found) }
                p { (inputs(s)) }
                @if !s.not_checked.is_empty() { (not_checked(s)) }
                @if self.total > MAX_SHOWN {
                    p .alarm { "The first " (MAX_SHOWN) " of " (self.total) " findings are shown here. All of them are in the formats csv, xlsx and jsonl." }
                }
                @if !s.not_applied.is_empty() {
                    details {
                        summary { "Rules that were held against nothing: " (s.not_applied.len()) }
                        ul { @for n in &s.not_applied { li { code { (n.rule) } ": nothing was given on " (n.register) } } }
                    }
                }
            }
            @if self.total > 0 {
                (self.filters(files))
                nav aria-label="Overview" {
                    details open[files.len() <= 15] {
                        summary { "Files with findings: " (files.len()) }
                        (overview("File", files.iter().enumerate().map(|(i, (name, list))| {
                            let name = clean(&self.about.root.relative(name));
                            (html! { a href={ "#file-" (i + 1) } { (name) } }, count(list.iter().map(|(_, f)| f.severity)))
                        })))
                    }
                    details {
                        summary { "Rules with findings: " (self.rules.len()) }
                        (overview("Rule", self.rules.iter().map(|(rule, n)| {
                            let title = self.about.rule(rule).map(|r| clean(&r.title)).unwrap_or_default();
                            (html! { code { (rule) } " " (title) }, *n)
                        })))
                    }
                }
            }
            (PreEscaped("<main id=\"findings\" tabindex=\"-1\">"))
        }
    }

    /// Hidden until the script shows it: without one, everything is shown.
    fn filters(&self, files: &[(&str, Vec<(usize, &Finding)>)]) -> Markup {
        let all = count(files.iter().flat_map(|(_, list)| list).map(|(_, f)| f.severity));
        html! {
            form #filters hidden aria-label="Filters" {
                fieldset {
                    legend { "Severity" }
                    @for s in [Severity::Error, Severity::Warning, Severity::Note] {
                        label { input type="checkbox" name="severity" value=(s) checked; " " (s) " (" (all[s as usize]) ")" }
                    }
                }
                label { "Rule " select name="rule" {
                    option value="" { "all rules" }
                    @for (rule, n) in &self.rules { option value=(rule) { (rule) " (" (n.iter().sum::<usize>()) ")" } }
                } }
                label { "File " select name="file" {
                    option value="" { "all files" }
                    @for (i, (name, list)) in files.iter().enumerate() {
                        option value=(i + 1) { (clean(&self.about.root.relative(name))) " (" (list.len()) ")" }
                    }
                } }
                label { "Words " input type="search" name="words" autocomplete="off"; }
                button type="reset" { "Show all" }
                p #status role="status" aria-live="polite" { (all.iter().sum::<usize>()) " findings" }
                p .keys { "On a finding, " kbd { "j" } " goes to the next one and " kbd { "k" } " to the one before." }
            }
        }
    }
}

/// By severity, lowest first.
fn count(list: impl IntoIterator<Item = Severity>) -> [usize; 3] {
    let mut n = [0; 3];
    list.into_iter().for_each(|s| n[s as usize] += 1);
    n
}

/// `2 errors, 1 warning`.
fn counted(n: &[usize; 3]) -> String {
    let one = |s: Severity| {
        let n = n[s as usize];
        (n > 0).then(|| format!("{n} {s}{}", if n == 1 { "" } else { "s" }))
    };
    [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(one).collect::<Vec<_>>().join(", ")
}

fn overview(what: &str, rows: impl Iterator<Item = (Markup, [usize; 3])>) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { (what) } th scope="col" { "Errors" } th scope="col" { "Warnings" } th scope="col" { "Notes" } } }
            tbody { @for (name, n) in rows { tr { th scope="row" { (name) } td { (n[2]) } td { (n[1]) } td { (n[0]) } } } }
        }
    }
}

fn inputs(s: &Summary) -> String {
    let records = if s.records > 0 { format!(", {} records in them", s.records) } else { String::new() };
    let suppressed = if s.suppressed > 0 { format!("; suppressed and left out: {}", s.suppressed) } else { String::new() };
    let baselined = if s.baselined > 0 { format!("; in the baseline and left out: {}", s.baselined) } else { String::new() };
    format!("Inputs read: {}{records}{suppressed}{baselined}.", s.inputs)
}

fn not_checked(s: &Summary) -> Markup {
    html! {
        section .alarm aria-labelledby="not-checked" {
            h2 #not-checked { "Could not be checked: " (s.not_checked.len()) }
            ul { @for t in &s.not_checked { li { (unread(t)) } } }
        }
    }
}

fn unread(t: &Trouble) -> Markup {
    html! {
        @if let Some(path) = &t.path { code { (clean(path)) } ": " }
        (ticked(&t.message))
        @if let Some(help) = &t.help { "; " (ticked(help)) }
    }
}

fn folded(lines: &[Line]) -> String {
    match (lines.first(), lines.last()) {
        (Some(a), Some(b)) if a.number < b.number => format!("Lines {} to {}", a.number, b.number),
        (Some(a), _) => format!("Line {}", a.number),
        _ => String::new(),
    }
}

/// What stands there, and what would.
fn fixed(f: &Finding, fix: &Fix) -> Markup {
    let words = match fix.applicability {
        Applicability::Safe => "Fix: ",
        Applicability::Unsafe => "Fix, to be read before it is used: ",
        Applicability::Display => "Suggestion: ",
    };
    html! {
        @if let Some(new) = words::fix(f) {
            p { b { (words) } @if let Some(old) = &f.primary.text { del { (clean(old)) } " " } ins { (clean(new)) } }
        }
    }
}

fn sure(c: Confidence) -> &'static str {
    match c {
        Confidence::Primary => "",
        Confidence::Partial => " (known in part)",
        Confidence::Secondary => " (reported by others)",
        Confidence::Inferred => " (inferred)",
    }
}

fn list(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

/// Words with what stands between backticks as code.
fn ticked(text: &str) -> Markup {
    let text = clean(text);
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without a second one is itself.
    let paired = parts.len() % 2 == 1;
    html! {
        @if paired {
            @for (i, part) in parts.iter().enumerate() { @if i % 2 == 1 { code { (part) } } @else { (part) } }
        } @else { (text) }
    }
}
