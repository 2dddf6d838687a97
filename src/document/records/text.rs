//! A value's text with the way back to the source, and how it is written into a document.

use crate::document::{Builder, Lang, Layer, Piece, Role, SourceMap, html};
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
    /// How it is written there, if not as it is.
    layer: Option<Layer>,
}

impl<'a> Text<'a> {
    /// A value that stands in `text` as it is.
    pub fn verbatim(text: &'a str, span: Span) -> Self {
        Text { value: Cow::Borrowed(text.get(span.range()).unwrap_or("")), span, map: None, layer: None }
    }

    /// A value that was decoded.
    pub fn decoded(value: impl Into<Cow<'a, str>>, span: Span, map: SourceMap) -> Self {
        Text { value: value.into(), span, map: Some(map), layer: None }
    }

    /// The same, written in a layer.
    #[must_use]
    pub fn in_layer(mut self, layer: Layer) -> Self {
        self.layer = Some(layer);
        self
    }

    /// No value at a place.
    pub fn empty(span: Span) -> Self {
        Text { value: Cow::Borrowed(""), span, map: None, layer: None }
    }

    /// The way from the value to the source.
    pub fn map(&self) -> SourceMap {
        self.map.clone().unwrap_or_else(|| SourceMap::identity(self.span.start, self.value.len()))
    }

    /// The part `start..end` of the value, trimmed.
    pub fn part(&self, start: usize, end: usize) -> Text<'_> {
        let raw = self.value.get(start..end).unwrap_or("");
        let left = raw.trim_start();
        let start = start + (raw.len() - left.len());
        let raw = left.trim_end();
        let end = start + raw.len();
        match &self.map {
            None => Text {
                value: Cow::Borrowed(raw),
                span: Span::new(self.span.start + start, self.span.start + end),
                map: None,
                layer: self.layer,
            },
            Some(map) => {
                let mut part = SourceMap::default();
                for p in map.resolve(Piece { text: 0, text_len: raw.len(), source: start, source_len: raw.len(), linear: true }) {
                    part.push(p);
                }
                let span = map.cover(start, end).unwrap_or(Span::at(self.span.start));
                Text { value: Cow::Borrowed(raw), span, map: Some(part), layer: self.layer }
            }
        }
    }

    /// Whether it stands in the source as it is, without white space around it.
    pub fn is_bare(&self) -> bool {
        self.map.is_none() && self.value.trim().len() == self.value.len()
    }

    /// The ranges between separators, which are not empty.
    pub fn split<'s>(&'s self, separator: &'s str) -> impl Iterator<Item = (usize, usize)> + 's {
        let mut from = Some(0);
        std::iter::from_fn(move || {
            let start = from?;
            let end = separator_at(&self.value, start, separator);
            from = end.map(|e| e + separator.len());
            Some((start, end.unwrap_or(self.value.len())))
        })
    }

    /// Whether it holds a separator.
    pub fn holds(&self, separator: &str) -> bool {
        separator_at(&self.value, 0, separator).is_some()
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

/// Where the next separator stands: a few characters in a short text, for which a searcher would take longer to build than to run.
fn separator_at(value: &str, from: usize, separator: &str) -> Option<usize> {
    let (bytes, first) = (value.as_bytes(), *separator.as_bytes().first()?);
    memchr::memchr_iter(first, &bytes[from..]).map(|i| from + i).find(|i| bytes[*i..].starts_with(separator.as_bytes()))
}

/// Writes a prose value: the one place where its own markup, if it has any, is seen to. `field` is the index of its field, `lang` its
/// language if that is said.
pub fn prose(text: &Text, lang: Option<Lang>, field: usize, b: &mut Builder) {
    if is_html(&text.value) {
        let before = text.layer.map(|l| b.enter(l));
        b.in_field(field, text.map(), |b| html::read(&text.value, b));
        if let Some(before) = before {
            b.leave(before);
        }
    } else {
        block(text, Role::Prose, lang, field, b);
    }
}

/// Whether a value is written in HTML: a closing tag, a line break, or a character reference. A lone `<` is a sign for less.
fn is_html(value: &str) -> bool {
    let bytes = value.as_bytes();
    let tag = memchr::memchr_iter(b'<', bytes).any(|i| {
        let rest = &bytes[i + 1..];
        let name = rest.strip_prefix(b"/").unwrap_or(rest);
        let len = name.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let known: &[&[u8]] = &[
            b"p", b"br", b"b", b"i", b"em", b"strong", b"ul", b"ol", b"li", b"div", b"span", b"a", b"h1", b"h2", b"h3", b"h4", b"img", b"u",
        ];
        known.iter().any(|k| name[..len].eq_ignore_ascii_case(k)) && memchr::memchr(b'>', name).is_some()
    });
    tag || memchr::memchr_iter(b'&', bytes).any(|i| {
        let name = &bytes[i + 1..bytes.len().min(i + 12)];
        let end = memchr::memchr(b';', name);
        end.is_some_and(|e| e >= 2 && name[..e].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'#'))
    })
}

/// Writes a value as one block.
pub fn block(text: &Text, role: Role, lang: Option<Lang>, field: usize, b: &mut Builder) {
    let before = text.layer.map(|l| b.enter(l));
    b.open_with(role, lang, Some(field), 0);
    text.write(b);
    b.close();
    if let Some(before) = before {
        b.leave(before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::records::{Formats, Shape, Splitter, read};

    #[test]
    fn html_in_a_value_is_read_as_html() {
        let file = r#"[{"listingName": "Acme", "description": "<p>We know Hub<b>sp\u006ft<\/b> &amp; more<\/p><ul><li>5 &lt; 6<\/li><\/ul>", "slug": "acme"}]"#;
        let formats = Formats::builtin();
        let chunk = Splitter::new(file.as_bytes(), "f.json", Shape::Json, formats).next().expect("chunk").expect("read");
        let mut b = Builder::new();
        read(&chunk, 0, formats, &mut b);
        let doc = b.finish();
        let at = doc.text.find("Hubspot & more").expect("visible text");
        let slices: Vec<&str> = doc.map.spans(at, at + 7).iter().map(|s| &file[s.range()]).collect();
        assert_eq!(slices, ["Hub", "sp\\u006ft"]);
        let block = &doc.blocks[doc.block_at(at).expect("block")];
        assert_eq!((block.role, block.field.map(|f| doc.fields[f].name.as_str())), (Role::Prose, Some("description")));
        assert!(doc.text.contains("5 < 6"));
        assert!(!is_html("a < b and c > d, R&D; 3 <5"));
    }
}
