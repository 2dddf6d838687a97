//! From a source to the documents in it, by format, and which kind each is.

use super::format::Format;
use crate::document::{self, Builder, Document, Kind};
use crate::source::{DecodeHint, Source, Span};

/// A document with the kind it was taken for.
#[derive(Debug)]
pub struct Reading {
    /// What its readers see.
    pub document: Document,
    /// What it is to the public.
    pub kind: Kind,
}

/// How to look for a declared encoding in a file of this format.
pub(super) fn hint(format: Format) -> DecodeHint {
    if format == Format::Html { DecodeHint::Html } else { DecodeHint::Text }
}

/// Reads a page or text. `kind` is what the user says it is; otherwise the content tells.
///
/// Records are read elsewhere, one at a time; a format of records gives an empty document.
pub fn read_source(source: &Source, format: Format, kind: Option<Kind>) -> Reading {
    let text = source.text();
    let mut b = Builder::new();
    match format {
        Format::Html => {
            b.html(Span::new(0, text.len()));
            document::html::read(text, &mut b);
        }
        Format::Markdown => document::markdown::read(text, &mut b, false),
        Format::Mdx => document::markdown::read(text, &mut b, true),
        Format::Text => document::plain::read(text, &mut b),
        Format::Rst => document::plain::read_rst(text, &mut b),
        Format::Ndjson | Format::Json | Format::Csv | Format::Yaml | Format::Image => {}
    }
    let document = b.finish();
    let kind = kind.or(document.kind).unwrap_or_else(|| if document::release::is_press(&document) { Kind::Press } else { Kind::Page });
    Reading { document, kind }
}
