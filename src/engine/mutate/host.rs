//! Texts of tests in what they are written in, and the stretches of them that readers see as words.

use super::class::{Class, Medium};
use super::letters::Seed;
use crate::document::{Document, Kind, Mark, Role};
use crate::engine::Format;
use crate::engine::read::read_source;
use crate::pack::model::{TestCase, TestFormat};
use crate::source::Source;
use std::ops::Range;

/// A text, and which stretches of it are words to its readers.
pub(super) struct Host {
    /// The text with what goes with it.
    pub case: TestCase,
    stretches: Vec<(Range<usize>, Medium)>,
}

impl Host {
    /// The case as it is.
    pub(super) fn native(case: &TestCase, kind: Kind) -> Host {
        let format = match case.format {
            TestFormat::Text => Format::Text,
            TestFormat::Html => Format::Html,
            TestFormat::Markdown => Format::Markdown,
            TestFormat::Record => return Host { case: case.clone(), stretches: strings(&case.text) },
            TestFormat::Several | TestFormat::Image => return Host { case: case.clone(), stretches: Vec::new() },
        };
        let source = Source::from_text("test", case.text.clone());
        let document = read_source(&source, format, Some(kind)).document;
        Host { case: case.clone(), stretches: stretches(&case.text, &document, format) }
    }

    /// A plain text as HTML: its blocks as paragraphs and headings.
    pub(super) fn as_html(case: &TestCase, kind: Kind) -> Host {
        let source = Source::from_text("test", case.text.clone());
        let document = read_source(&source, Format::Text, Some(kind)).document;
        let mut html = String::new();
        for block in &document.blocks {
            let tag = if block.role == Role::Heading { "h2" } else { "p" };
            html.push_str(&format!("<{tag}>{}</{tag}>\n", escape(document.block_text(block))));
        }
        Host::native(&TestCase { format: TestFormat::Html, text: html, ..case.clone() }, kind)
    }

    /// A plain text in one of the attributes that readers meet. What it has of lines becomes one.
    pub(super) fn in_attribute(case: &TestCase, seed: Seed) -> Host {
        let text = escape(&case.text.split_whitespace().collect::<Vec<_>>().join(" ")).replace('"', "&quot;");
        let html = match seed.below(4) {
            0 => format!("<img src=\"x.png\" alt=\"{text}\">"),
            1 => format!("<p title=\"{text}\">x</p>"),
            2 => format!("<div role=\"img\" aria-label=\"{text}\"></div>"),
            _ => format!("<meta name=\"description\" content=\"{text}\">"),
        };
        Host { case: TestCase { format: TestFormat::Html, text: html, ..case.clone() }, stretches: Vec::new() }
    }

    /// The text in another writing; `None` where there is nothing to change. `about`: of a record, only the strings that touch these bytes.
    pub(super) fn rewritten(&self, class: Class, seed: Seed, about: Option<&[Range<usize>]>) -> Result<TestCase, bool> {
        let text = &self.case.text;
        let mut out = String::new();
        let (mut at, mut fits) = (0, false);
        for (n, (range, medium)) in self.stretches.iter().enumerate() {
            let touched = |a: &[Range<usize>]| a.iter().any(|r| r.start < range.end && range.start < r.end);
            if !class.fits(*medium) || *medium == Medium::Json && about.is_some_and(|a| !touched(a)) {
                continue;
            }
            fits = true;
            out.push_str(&text[at..range.start]);
            out.push_str(&class.rewrite(&text[range.clone()], *medium, seed.of(n)));
            at = range.end;
        }
        out.push_str(&text[at..]);
        if out == *text { Err(fits) } else { Ok(TestCase { text: out, ..self.case.clone() }) }
    }

    /// Whether any of these bytes are words to readers.
    pub(super) fn shows(&self, places: &[Range<usize>]) -> bool {
        places.iter().any(|p| self.stretches.iter().any(|(r, _)| r.start < p.end && p.start < r.end))
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The stretches of a text that its readers see as they stand there.
fn stretches(text: &str, document: &Document, format: Format) -> Vec<(Range<usize>, Medium)> {
    let mut out: Vec<(Range<usize>, Medium)> = Vec::new();
    for piece in document.map.pieces().iter().filter(|p| p.linear && p.text_len > 0) {
        let (mut start, end) = (piece.text, piece.text + piece.text_len);
        // A stretch lies in one block.
        while let Some(block) = document.block_at(start).map(|b| &document.blocks[b]).filter(|_| start < end) {
            let to = end.min(block.end);
            let range = piece.source + start - piece.text..piece.source + to - piece.text;
            let code = document.marked(Mark::Code, start, to);
            let medium = match (format, block.role) {
                (_, Role::JsonLd) => Medium::Raw,
                (Format::Html, _) if is_in_tag(text, range.start) || block.role == Role::Title => Medium::Attribute,
                (Format::Html, _) => Medium::Html,
                (Format::Markdown, Role::Title | Role::Meta | Role::Alt | Role::Attr) => Medium::Raw,
                // A line break ends these.
                (Format::Markdown, Role::Heading | Role::Cell) => Medium::Line,
                (Format::Markdown, _) => Medium::Markdown,
                _ => Medium::Plain,
            };
            if !code && !out.iter().any(|(r, _)| r.start < range.end && range.start < r.end) {
                out.push((range, medium));
            }
            start = to;
        }
    }
    out.sort_by_key(|(r, _)| r.start);
    out
}

/// Whether what stands there is inside a tag.
fn is_in_tag(text: &str, at: usize) -> bool {
    text[..at].rfind(['<', '>']).is_some_and(|i| text[i..].starts_with('<'))
}

/// The strings of a JSON text that hold running text: values of several words without escapes or markup in them.
fn strings(json: &str) -> Vec<(Range<usize>, Medium)> {
    let bytes = json.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'"', &bytes[at..]).map(|i| at + i) {
        let mut end = open + 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let range = open + 1..end.min(bytes.len());
        at = range.end + 1;
        let is_key = json.get(at..).is_some_and(|rest| rest.trim_start().starts_with(':'));
        let plain = json.get(range.clone()).is_some_and(|s| !s.contains(['\\', '<', '&']) && s.trim().contains(' '));
        if !is_key && plain {
            out.push((range, Medium::Json));
        }
        if at >= bytes.len() {
            break;
        }
    }
    out
}
