//! Findings as compilers show them, over codespan-reporting: the author's line, carets, facts, cure, source.

use super::window::Window;
use super::{Palette, Reporter, clean};
use crate::engine::Summary;
use crate::finding::{Confidence, Excerpt, Finding, Fix, Location, Place, Severity, Trouble};
use crate::pack::{Fault, PackSource};
use crate::source::Source;
use codespan_reporting::diagnostic::{Diagnostic, Label, LabelStyle, Severity as Level};
use codespan_reporting::term::{self, Config};
use std::io::{self, Write};

/// Of the same finding in one file, so many places are shown.
const SHOWN: usize = 3;
/// Of the places related to a finding, so many are shown.
const RELATED: usize = 6;

/// Full diagnostics for people.
pub struct Rich<W> {
    out: W,
    palette: Palette,
    folded: usize,
}

impl<W: Write> Rich<W> {
    /// Writes to `out`.
    pub fn new(out: W, palette: Palette) -> Self {
        Rich { out, palette, folded: 0 }
    }

    fn one(&mut self, group: &[&Finding]) -> io::Result<()> {
        let Some(f) = group.first() else { return Ok(()) };
        let shown = &group[..group.len().min(SHOWN)];
        let mut locations: Vec<&Location> = vec![&f.primary];
        locations.extend(f.related.iter().take(RELATED));
        locations.extend(shown.iter().skip(1).map(|g| &g.primary));
        let window = Window::new(locations.iter().copied());
        let mut labels = Vec::new();
        labels_of(&window, &f.primary, LabelStyle::Primary, f.primary.label.as_deref(), &mut labels);
        for r in f.related.iter().take(RELATED) {
            labels_of(&window, r, LabelStyle::Secondary, r.label.as_deref(), &mut labels);
        }
        for g in shown.iter().skip(1) {
            labels_of(&window, &g.primary, LabelStyle::Secondary, Some("and here"), &mut labels);
        }
        let notes = notes(f, group.len(), self.palette);
        let level = match f.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Note => Level::Note,
        };
        let diagnostic = Diagnostic::new(level).with_code(&f.rule).with_message(clean(&f.message)).with_labels(labels).with_notes(notes);
        self.folded += group.len() - 1;
        emit(&mut self.out, self.palette, &window, &diagnostic)
    }
}

/// What findings that repeat each other have in common.
type Key<'a> = (&'a str, &'a str, Option<&'a str>, Option<usize>);

fn key(f: &Finding) -> Key<'_> {
    (&f.rule, &f.message, f.primary.text.as_deref(), f.record.as_ref().map(|r| r.index))
}

/// What repeats: the same rule, text, words and field or record. One cause is shown once.
fn same(a: &Finding, b: &Finding) -> bool {
    key(a) == key(b) && a.primary.path == b.primary.path && a.severity == b.severity
}

impl<W: Write> Reporter for Rich<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        let mut done = vec![false; findings.len()];
        let mut by_rule: std::collections::HashMap<Key, Vec<usize>> = std::collections::HashMap::new();
        for (i, f) in findings.iter().enumerate().filter(|(_, f)| f.suppressed.is_none()) {
            by_rule.entry(key(f)).or_default().push(i);
        }
        for (i, f) in findings.iter().enumerate() {
            if done[i] || f.suppressed.is_some() {
                continue;
            }
            let mut group = Vec::new();
            for &j in by_rule.get(&key(f)).map_or(&[][..], Vec::as_slice) {
                if !done[j] && same(f, &findings[j]) {
                    done[j] = true;
                    group.push(&findings[j]);
                }
            }
            self.one(&group)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.out.flush()
    }

    fn folded(&self) -> usize {
        self.folded
    }
}

fn labels_of(window: &Window, l: &Location, style: LabelStyle, words: Option<&str>, labels: &mut Vec<Label<usize>>) {
    let Some(id) = window.id(&l.path) else { return };
    // Text over several lines gets carets on each: the brackets that are drawn otherwise say less.
    let places: Vec<Place> = l.spans.iter().flat_map(|p| by_line(l, p)).collect();
    for (i, place) in places.iter().enumerate() {
        if let Some(range) = window.range(id, place) {
            let label = Label::new(style, id, range);
            labels.push(match words {
                Some(w) if i == 0 => label.with_message(clean(w)),
                _ => label,
            });
        }
    }
}

/// A place cut at line ends, without the white space around them.
fn by_line(l: &Location, place: &Place) -> Vec<Place> {
    if place.line == place.end_line {
        return vec![*place];
    }
    let lines = l.excerpt.iter().filter(|e| (place.line..=place.end_line).contains(&e.line));
    let mut out: Vec<Place> = Vec::new();
    for e in lines {
        let indent = e.text.chars().take_while(|c| c.is_whitespace()).count();
        let column = if e.line == place.line { place.column } else { e.column + indent };
        let end_column = if e.line == place.end_line { place.end_column } else { e.column + e.text.trim_end().chars().count() };
        if end_column > column && !out.iter().any(|o| o.line == e.line) {
            out.push(Place { line: e.line, column, end_line: e.line, end_column, ..*place });
        }
    }
    out
}

fn notes(f: &Finding, repeats: usize, palette: Palette) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let note = palette.bold("note");
    if f.primary.spans.len() > 1
        && let Some(text) = &f.primary.text
    {
        notes.push(format!("{note}: readers see `{}`, split by markup", clean(text)));
    }
    if let Some(r) = &f.record {
        let id = r.id.as_deref().map(|i| format!(" `{}`", clean(i))).unwrap_or_default();
        let field = r.field.as_deref().map(|i| format!(", field {}", clean(i))).unwrap_or_default();
        notes.push(format!("{note}: record {}{id}{field}", r.index + 1));
    }
    // Images have no lines that could be shown.
    for l in std::iter::once(&f.primary).chain(f.related.iter().take(RELATED)).filter(|l| l.excerpt.is_empty()) {
        let part = l.region.map(|r| format!(", {} by {} pixels at {}, {}", r.width, r.height, r.x, r.y)).unwrap_or_default();
        let label = l.label.as_deref().map(|w| format!(": {}", clean(w))).unwrap_or_default();
        notes.push(format!("{}: {}{part}{label}", palette.bold("image"), palette.bold(&clean(&l.path))));
    }
    if let Some(more @ 1..) = f.related.len().checked_sub(RELATED) {
        notes.push(format!("{note}: {more} more are listed by `--format json`"));
    }
    notes.extend(f.notes.iter().map(|n| format!("{note}: {}", clean(n))));
    if repeats > SHOWN {
        notes.push(format!("{note}: and in {} more places of this file", repeats - SHOWN));
    }
    if let Some(help) = &f.help {
        notes.push(format!("{}: {}", palette.bold("help"), clean(help)));
    }
    if let Some(fix) = &f.fix {
        notes.extend(diff(f, fix, palette));
    }
    let sure = match f.confidence {
        Confidence::Primary => "",
        Confidence::Partial => " (known in part)",
        Confidence::Secondary => " (reported by others)",
        Confidence::Inferred => " (inferred)",
    };
    match &f.source {
        Some(s) => {
            let url = s.url.as_deref().map(|u| format!(", {u}")).unwrap_or_default();
            notes.push(palette.dim(&format!("rule: {}{sure}", clean(&format!("{}{url}", s.title)))));
        }
        None => notes.push(palette.dim(&format!("rule: promolint's own{sure}"))),
    }
    for also in &f.also {
        let title = also.source.as_ref().map(|s| format!("{} ", s.title)).unwrap_or_default();
        notes.push(palette.dim(&format!("also: {}({})", clean(&title), also.rule)));
    }
    notes
}

/// The line before and after; `None` where the fix reaches over several lines, or over more of a long one than is shown.
fn diff(f: &Finding, fix: &Fix, palette: Palette) -> Option<String> {
    let within = |e: &Excerpt, p: &Place| {
        let shown = e.column..=e.column + e.text.chars().count();
        p.line == e.line && p.end_line == e.line && shown.contains(&p.column) && shown.contains(&p.end_column)
    };
    let e = f.primary.excerpt.iter().find(|e| fix.edits.iter().all(|edit| within(e, &edit.place)))?;
    let at = |column: usize| e.text.char_indices().nth(column.saturating_sub(e.column)).map_or(e.text.len(), |(i, _)| i);
    let mut mended = e.text.clone();
    for edit in fix.edits.iter().rev() {
        mended.replace_range(at(edit.place.column)..at(edit.place.end_column), &edit.replacement);
    }
    let before = if e.cut_before { "… " } else { "" };
    let after = if e.cut_after { " …" } else { "" };
    let old = format!("- {before}{}{after}", clean(e.text.trim_end()));
    let new = format!("+ {before}{}{after}", clean(mended.trim_end()));
    Some(format!("{}:\n{}\n{}", palette.bold("fix"), palette.removed(&old), palette.added(&new)))
}

fn emit(out: &mut impl Write, palette: Palette, window: &Window, diagnostic: &Diagnostic<usize>) -> io::Result<()> {
    let config = Config { tab_width: 4, ..Config::default() };
    if palette.is_on() {
        let mut colored = term::termcolor::Ansi::new(Vec::new());
        term::emit_to_write_style(&mut colored, &config, window, diagnostic).map_err(other)?;
        out.write_all(&colored.into_inner())
    } else {
        let mut text = String::new();
        term::emit_to_string(&mut text, &config, window, diagnostic).map_err(other)?;
        out.write_all(text.as_bytes())
    }
}

fn other(e: codespan_reporting::files::Error) -> io::Error {
    io::Error::other(e)
}

/// Something that could not be checked, with its place if it has one.
pub fn trouble(t: &Trouble, palette: Palette) -> String {
    let name = t.path.as_deref().unwrap_or("promolint");
    let mut notes = Vec::new();
    if let Some(h) = &t.help {
        notes.push(format!("{}: {}", palette.bold("help"), clean(h)));
    }
    let mut out = Vec::new();
    match &t.location {
        Some(l) if !l.excerpt.is_empty() => {
            let window = Window::new([l]);
            let mut labels = Vec::new();
            labels_of(&window, l, LabelStyle::Primary, None, &mut labels);
            let d = Diagnostic::error().with_code("not-checked").with_message(clean(&t.message)).with_labels(labels).with_notes(notes);
            let _ = emit(&mut out, palette, &window, &d);
        }
        _ => {
            let head = palette.severity(Severity::Error, "error[not-checked]");
            let _ = writeln!(out, "{head}{}", palette.bold(&format!(": {}: {}", clean(name), clean(&t.message))));
            for n in notes {
                let _ = writeln!(out, "  = {n}");
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What is wrong in packs, configuration and other YAML files.
pub fn faults(files: &[PackSource], faults: &[Fault], palette: Palette) -> String {
    let sources: Vec<Source> = files.iter().map(|f| Source::from_text(f.name.clone(), f.text.clone())).collect();
    faults.iter().filter_map(|f| Some(faults_in(sources.get(f.file)?, std::slice::from_ref(f), palette))).collect()
}

/// What is wrong in one file that is already read.
pub fn faults_in(source: &Source, faults: &[Fault], palette: Palette) -> String {
    let mut out = Vec::new();
    for fault in faults {
        let location = Location::new(source, &[fault.span], None, None);
        let window = Window::new([&location]);
        let mut labels = Vec::new();
        labels_of(&window, &location, LabelStyle::Primary, None, &mut labels);
        let level = if fault.usable { Level::Warning } else { Level::Error };
        let mut notes = Vec::new();
        if !fault.help.is_empty() {
            notes.push(format!("{}: {}", palette.bold("help"), clean(&fault.help)));
        }
        let d = Diagnostic::new(level).with_message(clean(&fault.message)).with_labels(labels).with_notes(notes);
        let _ = emit(&mut out, palette, &window, &d);
    }
    String::from_utf8_lossy(&out).into_owned()
}
