//! A value's text with the way back to the source, and how it is written into a document.

use crate::document::{Builder, Piece, Role, SourceMap};
use crate::source::Span;
use std::borrow::Cow;

/// A decoded value.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// As the reader sees it.
    pub value: Cow<'a, str>,
    /// Its place, without quotes.
    pub span: Span,
    /// From the value to the source; `None` where the value stands there byte for byte.
    map: Option<SourceMap>,
}

impl<'a> Text<'a> {
    /// A value that stands in `text` as it is.
    pub fn verbatim(text: &'a str, span: Span) -> Self {
        Text { value: Cow::Borrowed(text.get(span.range()).unwrap_or("")), span, map: None }
    }

    /// A value that was decoded.
    pub fn decoded(value: impl Into<Cow<'a, str>>, span: Span, map: SourceMap) -> Self {
        Text { value: value.into(), span, map: Some(map) }
    }

    /// No value at a place.
    pub fn empty(span: Span) -> Self {
        Text { value: Cow::Borrowed(""), span, map: None }
    }

    /// The way from the value to the source.
    pub fn map(&self) -> SourceMap {
        self.map.clone().unwrap_or_else(|| SourceMap::identity(self.span.start, self.value.len()))
    }

    /// The part `start..end` of the value, trimmed.
    pub fn part(&self, start: usize, end: usize) -> Text<'_> {
        let raw = self.value.get(start..end).unwrap_or("");
        let start = start + (raw.len() - raw.trim_start().len());
        let raw = raw.trim();
        let end = start + raw.len();
        match &self.map {
            None => Text { value: Cow::Borrowed(raw), span: Span::new(self.span.start + start, self.span.start + end), map: None },
            Some(map) => {
                let mut part = SourceMap::default();
                for p in map.resolve(Piece { text: 0, text_len: raw.len(), source: start, source_len: raw.len(), linear: true }) {
                    part.push(p);
                }
                let span = map.cover(start, end).unwrap_or(Span::at(self.span.start));
                Text { value: Cow::Borrowed(raw), span, map: Some(part) }
            }
        }
    }

    /// Writes the value into the open block.
    pub fn write(&self, b: &mut Builder) {
        let Some(map) = &self.map else { return b.text(&self.value, self.span.start) };
        for p in map.pieces() {
            let Some(s) = self.value.get(p.text..p.text + p.text_len) else { continue };
            if p.linear { b.text(s, p.source) } else { b.decoded(s, Span::new(p.source, p.source + p.source_len)) }
        }
    }
}

/// Writes a prose value: the one place where its own markup, if it has any, is seen to. `field` is the index of its field.
pub fn prose(text: &Text, field: usize, b: &mut Builder) {
    block(text, Role::Prose, field, b);
}

/// Writes a value as one block.
pub fn block(text: &Text, role: Role, field: usize, b: &mut Builder) {
    b.open_with(role, None, Some(field), 0);
    text.write(b);
    b.close();
}
