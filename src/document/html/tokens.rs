//! The stream of tags, text and comments of a stretch of HTML, each with its bytes.
//!
//! Here the tokenizer's bookkeeping becomes source spans. What an element means, and what a tree looks like, is not known here.

use crate::document::{Builder, Layer, Piece, SourceMap};
use crate::source::Span;
use html5gum::{Emitter, Error, State, Tokenizer};
use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::Range;

/// Takes tokens in the order of the source.
pub(super) trait Sink {
    /// Text that stands in the source as it is; line ends are as the author wrote them.
    fn text(&mut self, span: Span);
    /// Text that a reference such as `&amp;` stands for.
    fn decoded(&mut self, text: &str, span: Span);
    /// A start tag. The answer says how to read what follows; `None` is markup.
    fn start(&mut self, tag: &Tag<'_>) -> Option<State>;
    /// An end tag.
    fn end(&mut self, name: &str, span: Span);
    /// A comment, with the span of its markup.
    fn comment(&mut self, text: &str, span: Span);
    /// A document type.
    fn doctype(&mut self, doctype: &Doctype);
    /// Whether the open element is SVG or MathML, where CDATA sections are text.
    fn foreign(&mut self) -> bool;
    /// The end of the input.
    fn eof(&mut self);
}

/// What a document type declares.
#[derive(Default, Debug)]
pub(super) struct Doctype {
    pub name: Vec<u8>,
    pub public: Option<Vec<u8>>,
    pub system: Option<Vec<u8>>,
    pub quirks: bool,
}

/// A start tag; borrowed from buffers that the next tag uses again.
pub(super) struct Tag<'a> {
    pub name: &'a str,
    pub span: Span,
    pub self_closing: bool,
    src: &'a str,
    store: &'a Store,
}

/// Attributes of one tag.
#[derive(Default, Debug)]
struct Store {
    names: Vec<u8>,
    attrs: Vec<Attr>,
    parts: Vec<Part>,
    buf: String,
}

#[derive(Debug)]
struct Attr {
    name: Range<usize>,
    name_span: Span,
    /// Where the value stands and its parts; `None` for an attribute without `=`.
    value: Option<(Span, Range<usize>)>,
}

#[derive(Debug)]
struct Part {
    span: Span,
    /// What a reference stands for, in [`Store::buf`]; `None` for text that stands in the source as it is.
    decoded: Option<Range<usize>>,
}

impl<'a> Tag<'a> {
    /// The attributes as written, repeated ones included: the first of a name is the one that counts.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + '_ {
        (0..self.store.attrs.len()).filter_map(|i| self.attribute(i))
    }

    /// The attributes' names in the order of [`Tag::attributes`].
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let store = self.store;
        store.attrs.iter().map(|a| store.name(a))
    }

    /// One of the attributes.
    pub fn attribute(&self, i: usize) -> Option<Attribute<'a>> {
        let (src, store) = (self.src, self.store);
        let a = store.attrs.get(i)?;
        let value = a.value.as_ref().map(|(span, parts)| Value { span: *span, src, parts: &store.parts[parts.clone()], buf: &store.buf });
        Some(Attribute { name: store.name(a), name_span: a.name_span, value })
    }
}

impl Store {
    fn name(&self, a: &Attr) -> &str {
        std::str::from_utf8(&self.names[a.name.clone()]).unwrap_or("")
    }
}

/// An attribute as written.
pub(super) struct Attribute<'a> {
    /// The name in lower case.
    pub name: &'a str,
    pub name_span: Span,
    pub value: Option<Value<'a>>,
}

/// An attribute's value.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    /// The value in the source, without quotes.
    pub span: Span,
    src: &'a str,
    parts: &'a [Part],
    buf: &'a str,
}

impl<'a> Value<'a> {
    /// The decoded value.
    pub fn text(&self) -> Cow<'a, str> {
        match self.parts {
            [] => Cow::Borrowed(""),
            [Part { span, decoded: None }] => Cow::Borrowed(self.src.get(span.range()).unwrap_or("")),
            parts => parts.iter().map(|p| self.part(p)).collect::<String>().into(),
        }
    }

    /// The decoded value as the standard's parser has it, each line end as `\n`.
    pub fn normalized(&self) -> Cow<'a, str> {
        match self.parts {
            [] => Cow::Borrowed(""),
            [p] if p.decoded.is_none() => line_ends(self.part(p)),
            parts => parts
                .iter()
                .map(|p| if p.decoded.is_none() { line_ends(self.part(p)) } else { self.part(p).into() })
                .collect::<String>()
                .into(),
        }
    }

    fn part(&self, p: &Part) -> &'a str {
        match &p.decoded {
            None => self.src.get(p.span.range()).unwrap_or(""),
            Some(r) => &self.buf[r.clone()],
        }
    }

    /// How it is written.
    pub fn layer(&self) -> Layer {
        let quote = self.span.start.checked_sub(1).and_then(|i| self.src.as_bytes().get(i)).filter(|b| matches!(b, b'"' | b'\''));
        Layer::Attribute(quote.copied().unwrap_or(0))
    }

    /// Writes the value as visible text.
    pub fn write(&self, b: &mut Builder) {
        for p in self.parts {
            match p.decoded {
                None => b.text(self.part(p), p.span.start),
                Some(_) => b.decoded(self.part(p), p.span),
            }
        }
    }

    /// The way from [`Value::text`] to the source.
    pub fn map(&self) -> SourceMap {
        let mut map = SourceMap::default();
        let mut at = 0;
        for p in self.parts {
            let len = self.part(p).len();
            map.push(Piece { text: at, text_len: len, source: p.span.start, source_len: p.span.len(), linear: p.decoded.is_none() });
            at += len;
        }
        map
    }
}

/// Each `\r\n` and each `\r` as `\n`.
pub(super) fn line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// Where a page starts: a byte order mark is no part of it.
pub(super) fn after_bom(src: &str) -> usize {
    if src.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 }
}

/// Reads `src[range]`. All spans count from the start of `src`.
pub(super) fn run<S: Sink>(src: &str, range: Range<usize>, sink: &mut S) {
    let Some(input) = src.get(range.clone()) else { return };
    let emitter = Tokens {
        src,
        sink,
        pos: range.start,
        cursor: range.start,
        run: range.start..range.start,
        markup: range.start,
        end_tag: false,
        self_closing: false,
        name: Vec::new(),
        last_start: Vec::new(),
        store: Store::default(),
        comment: Vec::new(),
        doctype: Doctype::default(),
    };
    let Ok(()) = Tokenizer::new_with_emitter(input, emitter).finish();
}

/// Bytes the tokenizer hands over, found again in the source.
enum Placed {
    /// They stand there as they are (but for a `\r` that is told as `\n`).
    Same(Range<usize>),
    /// They stand for something else.
    Decoded(Span),
}

/// The tokenizer says how far it has read, not where a piece of text comes from. Two positions tell that: `pos`, its own, and `cursor`,
/// behind the last byte that has been accounted for. Text lies between them, verbatim if the bytes are equal.
struct Tokens<'a, S> {
    src: &'a str,
    sink: &'a mut S,
    pos: usize,
    cursor: usize,
    /// Text not yet handed on. The tokenizer cuts it anywhere, even within a character.
    run: Range<usize>,
    /// The `<` of the markup being read.
    markup: usize,
    end_tag: bool,
    self_closing: bool,
    name: Vec<u8>,
    last_start: Vec<u8>,
    store: Store,
    comment: Vec<u8>,
    doctype: Doctype,
}

impl<S: Sink> Tokens<'_, S> {
    fn place(&mut self, s: &[u8]) -> Placed {
        let bytes = self.src.as_bytes();
        let from = self.cursor.min(self.pos);
        let mut at = from;
        // The tokenizer tells `\r` as `\n` and says nothing of a `\n` after it.
        if bytes.get(at) == Some(&b'\n') && at > 0 && bytes[at - 1] == b'\r' && at < self.pos {
            at += 1;
        }
        let here = &bytes[at..self.pos.min(bytes.len()).max(at)];
        if here == s || s == b"\n" && here == b"\r" {
            self.cursor = self.pos;
            return Placed::Same(from..self.pos);
        }
        // What turned out not to be markup (`</tit` in a title) is told in parts after it has been read to its end.
        if here.len() > s.len() && here.starts_with(s) && here[0] != b'&' {
            self.cursor = at + s.len();
            return Placed::Same(from..self.cursor);
        }
        self.cursor = self.pos;
        Placed::Decoded(Span::new(at, self.pos.max(at)))
    }

    fn flush(&mut self) {
        let run = std::mem::replace(&mut self.run, self.cursor..self.cursor);
        if !run.is_empty() {
            self.sink.text(Span::new(run.start, run.end));
        }
    }

    fn end_attribute_value(&mut self) {
        if let Some(Attr { value: Some((span, parts)), .. }) = self.store.attrs.last_mut()
            && parts.end == usize::MAX
        {
            parts.end = self.store.parts.len();
            span.end = self.cursor.max(span.start);
        }
    }
}

fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

impl<S: Sink> Emitter for Tokens<'_, S> {
    type Token = Infallible;

    #[inline]
    fn move_position(&mut self, offset: isize) {
        self.pos = self.pos.wrapping_add_signed(offset);
    }

    #[inline]
    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn emit_error(&mut self, _: Error) {}

    #[inline]
    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start = name.unwrap_or_default().to_vec();
    }

    fn emit_eof(&mut self) {
        self.flush();
        self.sink.eof();
    }

    fn init_string(&mut self) {
        self.cursor = self.pos;
    }

    fn emit_string(&mut self, s: &[u8]) {
        match self.place(s) {
            Placed::Same(r) if r.start == self.run.end => self.run.end = r.end,
            Placed::Same(r) => {
                self.flush();
                self.run = r;
            }
            Placed::Decoded(span) => {
                self.flush();
                self.sink.decoded(&utf8(s), span);
            }
        }
    }

    fn start_open_tag(&mut self) {
        self.markup = self.pos.saturating_sub(1);
    }

    fn init_start_tag(&mut self) {
        self.init_end_tag();
        self.end_tag = false;
    }

    fn init_end_tag(&mut self) {
        self.end_tag = true;
        self.self_closing = false;
        self.name.clear();
        let Store { names, attrs, parts, buf } = &mut self.store;
        names.clear();
        attrs.clear();
        parts.clear();
        buf.clear();
    }

    fn push_tag_name(&mut self, s: &[u8]) {
        self.name.extend_from_slice(s);
    }

    fn set_self_closing(&mut self) {
        self.self_closing = true;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.end_attribute_value();
        self.flush();
        self.cursor = self.pos;
        self.run = self.pos..self.pos;
        let span = Span::new(self.markup.min(self.pos), self.pos);
        let name = utf8(&self.name);
        let next = if self.end_tag {
            self.sink.end(&name, span);
            None
        } else {
            let tag = Tag { name: &name, span, self_closing: self.self_closing, src: self.src, store: &self.store };
            self.sink.start(&tag)
        };
        if !self.end_tag {
            self.last_start.clear();
            self.last_start.extend_from_slice(&self.name);
        }
        next
    }

    fn init_attribute(&mut self) {
        self.end_attribute_value();
        let at = self.pos.saturating_sub(1);
        let n = self.store.names.len();
        self.store.attrs.push(Attr { name: n..n, name_span: Span { start: at, end: self.pos }, value: None });
    }

    fn push_attribute_name(&mut self, s: &[u8]) {
        // A character that the tokenizer took apart is whole again at the name's end; names that are no UTF-8 are nobody's.
        self.store.names.extend_from_slice(s);
        let end = self.store.names.len();
        if let Some(a) = self.store.attrs.last_mut() {
            a.name.end = end;
            a.name_span.end = self.pos;
        }
    }

    fn init_attribute_value(&mut self) {
        self.cursor = self.pos;
        let n = self.store.parts.len();
        if let Some(a) = self.store.attrs.last_mut() {
            a.value = Some((Span::at(self.pos), n..usize::MAX));
        }
    }

    fn push_attribute_value(&mut self, s: &[u8]) {
        let part = match self.place(s) {
            Placed::Same(r) => {
                let first = self.store.attrs.last().and_then(|a| a.value.as_ref()).map_or(0, |(_, parts)| parts.start);
                if let Some(Part { span, decoded: None }) = self.store.parts[first..].last_mut()
                    && span.end == r.start
                {
                    span.end = r.end;
                    return;
                }
                Part { span: r.into(), decoded: None }
            }
            Placed::Decoded(span) => {
                let at = self.store.buf.len();
                self.store.buf.push_str(&utf8(s));
                Part { span, decoded: Some(at..self.store.buf.len()) }
            }
        };
        self.store.parts.push(part);
    }

    fn init_comment(&mut self) {
        self.comment.clear();
    }

    fn push_comment(&mut self, s: &[u8]) {
        self.comment.extend_from_slice(s);
    }

    fn emit_current_comment(&mut self) {
        self.flush();
        self.cursor = self.pos;
        self.run = self.pos..self.pos;
        self.sink.comment(&utf8(&self.comment), Span::new(self.markup.min(self.pos), self.pos));
    }

    fn init_doctype(&mut self) {
        self.doctype = Doctype::default();
    }

    fn push_doctype_name(&mut self, s: &[u8]) {
        self.doctype.name.extend_from_slice(s);
    }

    fn set_doctype_public_identifier(&mut self, s: &[u8]) {
        self.doctype.public = Some(s.to_vec());
    }

    fn set_doctype_system_identifier(&mut self, s: &[u8]) {
        self.doctype.system = Some(s.to_vec());
    }

    fn push_doctype_public_identifier(&mut self, s: &[u8]) {
        self.doctype.public.get_or_insert_default().extend_from_slice(s);
    }

    fn push_doctype_system_identifier(&mut self, s: &[u8]) {
        self.doctype.system.get_or_insert_default().extend_from_slice(s);
    }

    fn set_force_quirks(&mut self) {
        self.doctype.quirks = true;
    }

    fn emit_current_doctype(&mut self) {
        self.flush();
        self.cursor = self.pos;
        self.run = self.pos..self.pos;
        self.sink.doctype(&self.doctype);
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.end_tag && !self.last_start.is_empty() && self.last_start == self.name
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.flush();
        let foreign = self.sink.foreign();
        if foreign {
            // The text starts behind `<![CDATA[`.
            self.cursor = self.pos;
            self.run = self.pos..self.pos;
        }
        foreign
    }
}
