//! Visible text out of the token stream, without a tree.
//!
//! What an element does to the text is decided here; where it ends is known to [`Stack`] and [`Formatting`].

use super::attributes::{Found, Known};
use super::elements::{BLOCK, BREAKOUT, Element, FORMATTING};
use super::stack::{Formatting, Namespace, Stack};
use super::tokens::{self, Doctype, Sink, Tag};
use crate::document::{Builder, Lang, Layer, Mark, MarkToken, Role, Shown, css, jsonld};
use crate::source::Span;
use html5gum::State;
use std::ops::Range;

/// Reads `text`, a page or a part of one, and writes what its readers see. Offsets are bytes of `text`.
///
/// Never fails: as a browser does, it makes something of everything. `text` does not become an entry of
/// [`Document::html`](crate::document::Document::html); that is the caller's to say.
pub fn read(text: &str, b: &mut Builder) {
    b.close();
    let before = b.enter(Layer::Html { jsx: false });
    let mut reader = Reader {
        src: text,
        b,
        stack: Stack::default(),
        formatting: Formatting::default(),
        langs: Vec::new(),
        clock: 0,
        templates: Vec::new(),
        open: false,
        muted: 0,
        depth: [0; Mark::ALL.len()],
        tokens: [const { None }; Mark::ALL.len()],
        raw: Raw::No,
        raw_start: 0,
        media: None,
        drawing: None,
        end: text.len(),
        svg_style: None,
        quirks: true,
        in_noscript: false,
        beside: None,
        base: Effect::default(),
    };
    tokens::run(text, tokens::after_bom(text)..text.len(), &mut reader);
    reader.close_all();
    b.leave(before);
}

/// What an open element does to what stands in it.
#[derive(Clone, Copy)]
pub(super) struct Effect {
    /// Its end ends a run of text.
    pub(super) block: bool,
    /// What it marks, a bit for each [`Mark`].
    pub(super) marks: u8,
    /// It hides its text from readers for good, as a style sheet does.
    pub(super) mute: bool,
    pub(super) role: Role,
    pub(super) level: u8,
    pub(super) lang: Option<Lang>,
    /// When `lang` was declared, to tell which of two is the inner one; 0 for never.
    pub(super) lang_since: u32,
}

impl Default for Effect {
    fn default() -> Self {
        Effect { block: false, marks: 0, mute: false, role: Role::Text, level: 0, lang: None, lang_since: 0 }
    }
}

pub(super) struct Declared {
    pub(super) lang: Option<Lang>,
    pub(super) since: u32,
    pub(super) closed: bool,
}

/// How the tokenizer was told to read what comes before the next end tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Raw {
    No,
    Skip,
    Style,
    JsonLd,
    Noscript,
}

/// A drawing whose end has not come yet.
pub(super) struct Drawing {
    /// How many elements were open before it.
    pub(super) depth: usize,
    pub(super) tag: Span,
    pub(super) alt: Option<String>,
}

/// An element of which only the attributes have words.
struct Beside {
    tag: Span,
    /// How many elements were open around it.
    depth: usize,
    block: bool,
}

/// Less deep than where trees end.
const PLAIN_DEPTH: usize = 100;

pub(super) struct Reader<'a, 'b> {
    pub(super) src: &'a str,
    pub(super) b: &'b mut Builder,
    pub(super) stack: Stack<Effect>,
    pub(super) formatting: Formatting<Effect>,
    /// Languages that formatting elements declare, by the time they did; the last one, which is never a closed one, holds.
    pub(super) langs: Vec<Declared>,
    pub(super) clock: u32,
    /// For each open `<template>` whether it holds parts of a table, once its first element has said so.
    pub(super) templates: Vec<Option<bool>>,
    /// Whether a block of the builder is open.
    pub(super) open: bool,
    pub(super) muted: u32,
    pub(super) depth: [u32; Mark::ALL.len()],
    pub(super) tokens: [Option<MarkToken>; Mark::ALL.len()],
    pub(super) raw: Raw,
    pub(super) raw_start: usize,
    /// The media of the style sheet being read.
    pub(super) media: Option<String>,
    /// The outermost `<svg>` that is open.
    pub(super) drawing: Option<Drawing>,
    /// Where what is being read ends.
    end: usize,
    /// Where the content of an open `<style>` within SVG begins.
    pub(super) svg_style: Option<usize>,
    pub(super) quirks: bool,
    pub(super) in_noscript: bool,
    /// An element with words in its attributes, and none in it so far, that a comment may hold for.
    beside: Option<Beside>,
    /// What holds outside all elements.
    pub(super) base: Effect,
}

impl Reader<'_, '_> {
    /// The effect of the innermost element that is not formatting.
    pub(super) fn around(&self) -> Effect {
        *self.stack.top().unwrap_or(&self.base)
    }

    pub(super) fn lang(&self) -> Option<Lang> {
        let around = self.around();
        match self.langs.last() {
            Some(l) if l.since > around.lang_since => l.lang,
            _ => around.lang,
        }
    }

    pub(super) fn boundary(&mut self) {
        if self.open {
            self.b.close();
            self.open = false;
        }
        self.b.boundary();
    }

    /// A block is opened only when it has text, so that its language is that of its first words.
    fn ensure_open(&mut self) {
        if !self.open {
            let around = self.around();
            self.b.open_with(around.role, self.lang(), None, around.level);
            self.open = true;
        }
    }

    /// A drawing, whose words are a block of their own; `tag`: its start tag.
    pub(super) fn drawn(&mut self, tag: Span) {
        if self.open && self.b.has_text() {
            self.b.object(tag);
        }
    }

    /// A picture or a control; `tag`: its start tag.
    pub(super) fn object(&mut self, tag: Span) {
        if self.open && self.b.has_text() {
            self.b.object(tag);
        } else {
            self.b.stands(tag);
        }
    }

    pub(super) fn begin(&mut self, effect: &Effect) {
        for (m, mark) in Mark::ALL.iter().enumerate() {
            if effect.marks >> m & 1 != 0 {
                self.depth[m] += 1;
                if self.depth[m] == 1 {
                    self.tokens[m] = Some(self.b.mark(mark.0));
                }
            }
        }
        self.muted += u32::from(effect.mute);
    }

    pub(super) fn finish(&mut self, effect: &Effect) {
        if effect.block {
            self.boundary();
        }
        if effect.marks != 0 {
            for m in 0..Mark::ALL.len() {
                if effect.marks >> m & 1 != 0 {
                    self.depth[m] = self.depth[m].saturating_sub(1);
                    if self.depth[m] == 0
                        && let Some(token) = self.tokens[m].take()
                    {
                        self.b.unmark(token);
                    }
                }
            }
        }
        self.muted -= u32::from(effect.mute);
    }

    pub(super) fn finish_formatting(&mut self, effect: &Effect) {
        self.finish(effect);
        if effect.lang_since != 0
            && let Ok(at) = self.langs.binary_search_by_key(&effect.lang_since, |l| l.since)
        {
            self.langs[at].closed = true;
            while self.langs.last().is_some_and(|l| l.closed) {
                self.langs.pop();
            }
        }
    }

    pub(super) fn pop(&mut self) {
        if let Some((element, namespace, effect)) = self.stack.pop() {
            if element == Element::Template {
                self.templates.pop();
            }
            if Stack::<Effect>::marker(element, namespace) {
                while let Some(effect) = self.formatting.release() {
                    self.finish_formatting(&effect);
                }
            }
            self.finish(&effect);
            if matches!(element, Element::Table | Element::Dl) {
                self.b.end_table();
            }
        }
    }

    /// The parts of tables, and of lists of terms.
    pub(super) fn table_part(&mut self, element: Element) {
        match element {
            Element::Table => self.b.table(false),
            Element::Dl => self.b.table(true),
            Element::Tr => self.b.row(),
            Element::Td | Element::Th | Element::Dd => self.b.cell(),
            Element::Dt => {
                self.b.row();
                self.b.cell();
            }
            _ => {}
        }
    }

    pub(super) fn pop_to(&mut self, at: Option<usize>) {
        if let Some(at) = at {
            while self.stack.len() > at {
                self.pop();
            }
        }
    }

    /// Closes what lies above an element.
    pub(super) fn pop_above(&mut self, at: Option<usize>) {
        self.pop_to(at.map(|at| at + 1));
    }

    fn close_all(&mut self) {
        self.pop_to(Some(0));
        while let Some(effect) = self.formatting.close_any() {
            self.finish_formatting(&effect);
        }
        self.boundary();
        // Marks of `<body>` reach to the end.
        if !self.in_noscript {
            let base = self.base;
            self.finish(&base);
            for token in self.tokens.iter_mut().filter_map(Option::take) {
                self.b.unmark(token);
            }
        }
    }

    /// What an element does, by its name and attributes.
    pub(super) fn effect(&mut self, element: Element, name: &str, found: &Found<'_>) -> Effect {
        let around = self.around();
        let mut marks = match element {
            Element::Code | Element::Pre | Element::Listing | Element::Kbd | Element::Samp | Element::Var | Element::Tt => bit(Mark::Code),
            // In `cite` stands who said it.
            Element::Blockquote | Element::Q | Element::Cite => bit(Mark::Quote),
            Element::Nav => bit(Mark::Nav),
            Element::Footer => bit(Mark::Footer),
            Element::Template => bit(Mark::Hidden),
            Element::S | Element::Strike | Element::Del => bit(Mark::Struck),
            Element::Dialog if !found.has(Known::Open) => bit(Mark::Hidden),
            _ if name == "a" && (found.has(Known::Href) || found.has(Known::XlinkHref)) => bit(Mark::Link),
            _ => 0,
        };
        if found.any() && found.hidden() {
            marks |= bit(Mark::Hidden);
        }
        let (role, level) = match element {
            Element::Title => (Role::Title, 0),
            Element::Td | Element::Th => (Role::Cell, 0),
            Element::Label | Element::Legend | Element::Option | Element::Optgroup => (Role::Label, 0),
            Element::Button => (Role::Button, 0),
            Element::P | Element::Li | Element::Dd | Element::Dt | Element::Blockquote if around.role == Role::Cell => (Role::Text, 0),
            _ => match element.heading() {
                Some(level) => (Role::Heading, level),
                None => (around.role, around.level),
            },
        };
        let mut effect = Effect { block: element.is(BLOCK), marks, mute: false, role, level, ..around };
        effect.lang_since = if element.is(FORMATTING) { 0 } else { around.lang_since };
        if found.any()
            && let Some(lang) = found.lang()
        {
            self.clock += 1;
            (effect.lang, effect.lang_since) = (lang, self.clock);
        }
        effect
    }

    /// Writes what stands in attributes; the element's own marks and language hold for it.
    pub(super) fn attributes(&mut self, name: &str, found: &Found<'_>, lang: Option<Lang>) {
        if found.any() && self.muted == 0 {
            let before = self.b.beside();
            found.write_texts(name, lang, self.b);
            found.write_links(name, self.b);
            // What a whole page is called is no element's.
            if self.b.is_awaited() && self.beside.is_none() && !name.is_empty() && self.b.beside() > before {
                self.beside = Some(Beside { tag: found.tag_span(), depth: self.stack.len(), block: Element::of(name).is(BLOCK) });
            }
        }
    }

    /// An element has ended at byte `end`: if it had words in its attributes alone, these are what a comment before it holds for.
    fn end_beside(&mut self, end: usize) {
        let open = self.stack.len();
        if let Some(Beside { tag, block, .. }) = self.beside.take_if(|x| open <= x.depth)
            && self.b.is_awaited()
        {
            self.b.stands(Span::new(tag.start, end.max(tag.end)));
            if block {
                self.boundary();
            }
        }
    }

    /// Writes down the drawing whose element is no longer open; what ended it begins or ends at byte `end`.
    pub(super) fn end_drawing(&mut self, end: usize) {
        if let Some(Drawing { tag, alt, .. }) = self.drawing.take_if(|d| self.stack.len() <= d.depth) {
            let span = Span::new(tag.start, end.max(tag.end));
            self.b.drawing(span, Shown { alt, element: Some(tag), field: None });
        }
    }

    /// The fallback for readers without scripts is markup of its own: nothing in it closes what is outside, or stays open.
    fn noscript(&mut self, inner: Range<usize>) {
        let around = self.around();
        let base = Effect { lang: self.lang(), marks: bit(Mark::Noscript), block: true, ..around };
        let stack = std::mem::take(&mut self.stack);
        let formatting = std::mem::take(&mut self.formatting);
        let langs = std::mem::take(&mut self.langs);
        let templates = std::mem::take(&mut self.templates);
        let drawing = self.drawing.take();
        let end = std::mem::replace(&mut self.end, inner.end);
        let before = std::mem::replace(&mut self.base, base);
        let quirks = self.quirks;
        self.in_noscript = true;
        self.begin(&Effect { mute: false, ..base });
        tokens::run(self.src, inner, self);
        self.raw = Raw::No;
        self.close_all();
        let marks = self.base.marks;
        self.finish(&Effect { mute: false, marks, ..base });
        self.in_noscript = false;
        (self.stack, self.formatting, self.langs) = (stack, formatting, langs);
        (self.templates, self.base, self.quirks) = (templates, before, quirks);
        (self.drawing, self.end) = (drawing, end);
    }

    /// What stands in a `<style>`.
    fn style(&mut self, inner: Range<usize>) {
        let media = self.media.take();
        let Some(text) = self.src.get(inner.clone()).filter(|t| !t.trim().is_empty()) else { return };
        self.b.sheet(None, Span::new(inner.start, inner.end), media);
        let b = &mut *self.b;
        css::pictures(text, |address, at| {
            b.image(address, Span::new(inner.start + at.start, inner.start + at.end), "css", Shown::default())
        });
    }

    fn end_raw(&mut self, end: usize) {
        let inner = self.raw_start..end.max(self.raw_start);
        match std::mem::replace(&mut self.raw, Raw::No) {
            Raw::JsonLd => {
                if let Some(text) = self.src.get(inner.clone()) {
                    self.boundary();
                    jsonld::read(text, inner.start, self.b);
                    self.b.apart(Span::new(inner.start, inner.end));
                }
            }
            Raw::Noscript => self.noscript(inner),
            Raw::Style => self.style(inner),
            Raw::Skip | Raw::No => {}
        }
    }
}

pub(super) fn bit(mark: Mark) -> u8 {
    1 << mark as u8
}

impl Sink for Reader<'_, '_> {
    fn text(&mut self, span: Span) {
        if self.raw != Raw::No || self.muted > 0 {
            return;
        }
        let Some(text) = self.src.get(span.range()) else { return };
        if !self.open {
            if text.trim_start().is_empty() {
                return;
            }
            self.ensure_open();
        }
        self.b.text(text, span.start);
    }

    fn decoded(&mut self, text: &str, span: Span) {
        if self.raw != Raw::No || self.muted > 0 || !self.open && text.trim_start().is_empty() {
            return;
        }
        self.ensure_open();
        self.b.decoded(text, span);
    }

    fn start(&mut self, tag: &Tag<'_>) -> Option<State> {
        let element = Element::of(tag.name);
        if self.stack.foreign() {
            let leaves = element.is(BREAKOUT) || element == Element::Font && Found::of(tag).has(Known::Color);
            if !leaves {
                self.start_foreign(tag);
                return None;
            }
            while self.stack.foreign() {
                self.pop();
            }
            self.end_drawing(tag.span.start);
        }
        let aside = !self.templates.is_empty() || self.in_noscript || self.drawing.is_some() || self.stack.has(Element::Select);
        if element == Element::A && !aside && self.stack.len() < PLAIN_DEPTH {
            self.b.anchor(tag.span.start);
        }
        self.start_html(element, tag)
    }

    fn end(&mut self, name: &str, span: Span) {
        if self.raw != Raw::No {
            self.end_raw(span.start);
            return;
        }
        let element = Element::of(name);
        if self.stack.namespace() != Namespace::Html {
            if let Some(at) = self.stack.foreign_element(name) {
                if name == "style"
                    && let Some(start) = self.svg_style.take()
                {
                    self.style(start..span.start.max(start));
                }
                self.pop_to(Some(at));
                self.end_drawing(if name == "svg" { span.end } else { span.start });
                self.end_beside(span.end);
                return;
            }
            if matches!(element, Element::P | Element::Br) {
                while self.stack.foreign() {
                    self.pop();
                }
                self.end_drawing(span.start);
            }
        }
        // In a template that holds nothing but text so far, no other end tag has anything to end.
        if element != Element::Template && self.templates.last() == Some(&None) {
            return;
        }
        self.end_html(element, name, span);
        self.end_beside(span.end);
        // An end tag of what is around a drawing ends it too.
        self.end_drawing(span.start);
    }

    fn comment(&mut self, text: &str, span: Span) {
        self.b.comment(text, span);
    }

    fn doctype(&mut self, doctype: &Doctype) {
        if self.stack.len() == 0 && !self.open {
            self.quirks = doctype.quirks || !doctype.name.eq_ignore_ascii_case(b"html");
        }
    }

    fn foreign(&mut self) -> bool {
        self.stack.namespace() != Namespace::Html
    }

    fn eof(&mut self) {
        // What an unclosed script or style holds is lost, as in a browser; an unclosed fallback is still read.
        if self.raw == Raw::Noscript {
            self.end_raw(self.src.len());
        }
        self.raw = Raw::No;
        if let Some(drawing) = &mut self.drawing {
            drawing.depth = usize::MAX;
            self.end_drawing(self.end);
        }
    }
}
