//! Visible text out of the token stream, without a tree.
//!
//! What an element does to the text is decided here; where it ends is known to [`Stack`] and [`Formatting`].

use super::attributes::{Found, Known};
use super::elements::{BLOCK, BREAKOUT, CLOSES_P, Element, FORMATTING, OBJECT, RAW, VOID};
use super::stack::{Formatting, Namespace, Stack};
use super::tokens::{self, Doctype, Sink, Tag};
use crate::document::{Builder, Lang, Mark, MarkToken, Role, jsonld};
use crate::source::Span;
use html5gum::State;
use std::ops::Range;

/// Reads `text`, a page or a part of one, and writes what its readers see. Offsets are bytes of `text`.
///
/// Never fails: as a browser does, it makes something of everything. `text` does not become an entry of
/// [`Document::html`](crate::document::Document::html); that is the caller's to say.
pub fn read(text: &str, b: &mut Builder) {
    b.close();
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
        quirks: true,
        in_noscript: false,
        base: Effect::default(),
    };
    tokens::run(text, tokens::after_bom(text)..text.len(), &mut reader);
    reader.close_all();
}

/// What an open element does to what stands in it.
#[derive(Clone, Copy)]
struct Effect {
    /// Its end ends a run of text.
    block: bool,
    /// What it marks, a bit for each [`Mark`].
    marks: u8,
    /// It hides its text from readers for good, as a style sheet does.
    mute: bool,
    role: Role,
    level: u8,
    lang: Option<Lang>,
    /// When `lang` was declared, to tell which of two is the inner one; 0 for never.
    lang_since: u32,
}

impl Default for Effect {
    fn default() -> Self {
        Effect { block: false, marks: 0, mute: false, role: Role::Text, level: 0, lang: None, lang_since: 0 }
    }
}

struct Declared {
    lang: Option<Lang>,
    since: u32,
    closed: bool,
}

/// How the tokenizer was told to read what comes before the next end tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Raw {
    No,
    Skip,
    JsonLd,
    Noscript,
}

struct Reader<'a, 'b> {
    src: &'a str,
    b: &'b mut Builder,
    stack: Stack<Effect>,
    formatting: Formatting<Effect>,
    /// Languages that formatting elements declare, by the time they did; the last one, which is never a closed one, holds.
    langs: Vec<Declared>,
    clock: u32,
    /// For each open `<template>` whether it holds parts of a table, once its first element has said so.
    templates: Vec<Option<bool>>,
    /// Whether a block of the builder is open.
    open: bool,
    muted: u32,
    depth: [u32; Mark::ALL.len()],
    tokens: [Option<MarkToken>; Mark::ALL.len()],
    raw: Raw,
    raw_start: usize,
    quirks: bool,
    in_noscript: bool,
    /// What holds outside all elements.
    base: Effect,
}

impl Reader<'_, '_> {
    /// The effect of the innermost element that is not formatting.
    fn around(&self) -> Effect {
        *self.stack.top().unwrap_or(&self.base)
    }

    fn lang(&self) -> Option<Lang> {
        let around = self.around();
        match self.langs.last() {
            Some(l) if l.since > around.lang_since => l.lang,
            _ => around.lang,
        }
    }

    fn boundary(&mut self) {
        if self.open {
            self.b.close();
            self.open = false;
        }
    }

    /// A block is opened only when it has text, so that its language is that of its first words.
    fn ensure_open(&mut self) {
        if !self.open {
            let around = self.around();
            self.b.open_with(around.role, self.lang(), None, around.level);
            self.open = true;
        }
    }

    fn object(&mut self) {
        if self.open && self.b.has_text() {
            self.b.object();
        }
    }

    fn begin(&mut self, effect: &Effect) {
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

    fn finish(&mut self, effect: &Effect) {
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

    fn finish_formatting(&mut self, effect: &Effect) {
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

    fn pop(&mut self) {
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
        }
    }

    fn pop_to(&mut self, at: Option<usize>) {
        if let Some(at) = at {
            while self.stack.len() > at {
                self.pop();
            }
        }
    }

    /// Closes what lies above an element.
    fn pop_above(&mut self, at: Option<usize>) {
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
    fn effect(&mut self, element: Element, name: &str, found: &Found<'_>) -> Effect {
        let around = self.around();
        let mut marks = match element {
            Element::Code | Element::Pre | Element::Listing | Element::Kbd | Element::Samp | Element::Var | Element::Tt => bit(Mark::Code),
            Element::Blockquote | Element::Q => bit(Mark::Quote),
            Element::Nav => bit(Mark::Nav),
            Element::Footer => bit(Mark::Footer),
            Element::Template => bit(Mark::Hidden),
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
    fn attributes(&mut self, name: &str, found: &Found<'_>, lang: Option<Lang>) {
        if found.any() && self.muted == 0 {
            found.write_texts(name, lang, self.b);
            found.write_links(name, self.b);
        }
    }

    fn open_formatting(&mut self, element: Element, effect: Effect) {
        self.begin(&effect);
        if effect.lang_since != 0 {
            self.langs.push(Declared { lang: effect.lang, since: effect.lang_since, closed: false });
        }
        self.formatting.push(element, effect, self.stack.len());
    }

    /// An end tag of formatting does nothing out of its scope; a second `<a>` ends the first wherever it is.
    fn close_formatting(&mut self, element: Element, anywhere: bool) {
        let in_scope = self.formatting.depth(element).is_some_and(|depth| depth >= self.stack.scope_from());
        if (in_scope || anywhere)
            && let Some((effect, depth)) = self.formatting.close(element)
        {
            if in_scope {
                // Ordinary elements within end with it, down to the innermost block.
                self.pop_to(Some(depth.max(self.stack.ordinary_from())));
            }
            self.finish_formatting(&effect);
        }
    }

    /// The first element in a `<template>` says whether it holds parts of a table or other content.
    fn table_parts_stand_here(&mut self, element: Element) -> bool {
        use Element::*;
        if self.stack.whole_table().is_some() {
            return true;
        }
        let part = matches!(element, Caption | Col | Colgroup | Tbody | Td | Tfoot | Th | Thead | Tr);
        let neutral = matches!(element, Base | Basefont | Bgsound | Link | Meta | Noframes | Script | Style | Template | Title);
        match self.templates.last_mut() {
            Some(holds @ None) if !neutral => *holds.insert(part),
            Some(Some(holds)) => *holds,
            _ => false,
        }
    }

    /// Closes what the standard closes before an element starts. `false`: the element does not stand here and is as if not written.
    fn make_room(&mut self, element: Element) -> bool {
        use Element::*;
        if element.is(CLOSES_P) || element == Table && !self.quirks {
            match element {
                Form if self.stack.has(Form) && !self.stack.has(Template) => return false,
                Li => self.pop_to(self.stack.sibling_item(&[Li])),
                Dd | Dt => self.pop_to(self.stack.sibling_item(&[Dd, Dt])),
                _ => {}
            }
            self.pop_to(self.stack.paragraph());
            if element.heading().is_some() && self.stack.current().is_some_and(|c| c.heading().is_some()) {
                self.pop();
            }
        }
        match element {
            Button => self.pop_to(self.stack.in_scope(Button)),
            A => self.close_formatting(A, true),
            Nobr => self.close_formatting(Nobr, false),
            Option | Optgroup if self.stack.current() == Some(Option) => self.pop(),
            Input | Select if self.stack.in_scope(Select).is_some() => {
                self.pop_to(self.stack.in_scope(Select));
                return element != Select;
            }
            Caption | Col | Colgroup | Tbody | Td | Tfoot | Th | Thead | Tr => {
                let Some(table) = self.stack.table().filter(|_| self.table_parts_stand_here(element)) else { return false };
                self.pop_to(table.cell);
                let holders: &[Element] = match element {
                    Td | Th => &[Tr],
                    Tr => &[Tbody, Thead, Tfoot],
                    _ => &[],
                };
                // Rows and bodies that are not written.
                let implied: &[(&str, Element)] = match element {
                    Td | Th if self.stack.part(&[Tr]).is_some() => &[],
                    Td | Th if self.stack.part(&[Tbody, Thead, Tfoot]).is_some() => &[("tr", Tr)],
                    Td | Th => &[("tbody", Tbody), ("tr", Tr)],
                    Tr if self.stack.part(holders).is_none() => &[("tbody", Tbody)],
                    _ => &[],
                };
                let holder = self.stack.part(holders).or(self.stack.part(&[Tbody, Thead, Tfoot]).filter(|_| !holders.is_empty()));
                self.pop_above(holder.or(Some(table.at)));
                if self.stack.whole_table() == Some(table.at) {
                    for (name, e) in implied {
                        let around = Effect { block: false, marks: 0, mute: false, ..self.around() };
                        self.stack.push(name, *e, Namespace::Html, false, around);
                    }
                }
            }
            // A table within a table needs a cell to stand in.
            Table => {
                if let Some(at) = self.stack.whole_table()
                    && self.stack.part(&[Td, Th, Caption]).is_none()
                {
                    self.pop_to(Some(at));
                }
            }
            _ => {}
        }
        true
    }

    fn start_html(&mut self, element: Element, tag: &Tag<'_>) -> Option<State> {
        use Element::*;
        if !self.templates.is_empty() {
            self.table_parts_stand_here(element);
        }
        let found = Found::of(tag);
        match element {
            Html | Body => {
                self.start_root(element, &found);
                return None;
            }
            Head | Frameset => return None,
            Noscript if !self.in_noscript => {
                self.boundary();
                return self.raw(Raw::Noscript, State::RawText, tag);
            }
            Wbr => return None,
            Br => {
                self.line_break(tag.span);
                return None;
            }
            _ => {}
        }
        if !self.make_room(element) {
            return None;
        }
        // Text between a table's cells is shown before the table, in one with what comes before it; so only cells cut, and the table's end.
        if element.is(BLOCK) && element != Table {
            self.boundary();
        }
        if element.is(OBJECT) && !(element == Input && found.is(Known::Type, "hidden")) {
            self.object();
        }
        let effect = self.effect(element, tag.name, &found);
        if element.is(FORMATTING) {
            self.open_formatting(element, effect);
            self.attributes(tag.name, &found, effect.lang);
            return None;
        }
        self.begin(&effect);
        let lang = if effect.lang_since > self.around().lang_since { effect.lang } else { self.lang() };
        self.attributes(tag.name, &found, lang);
        if element.is(VOID) || element.is(RAW) {
            self.finish(&Effect { block: false, ..effect });
            if element.is(VOID) {
                return None;
            }
            let raw = if element == Script && found.is(Known::Type, "application/ld+json") { Raw::JsonLd } else { Raw::Skip };
            let state = match element {
                Script => State::ScriptData,
                Plaintext => State::PlainText,
                _ => State::RawText,
            };
            return self.raw(raw, state, tag);
        }
        let namespace = match element {
            Svg => Namespace::Svg,
            Math => Namespace::MathMl,
            _ => Namespace::Html,
        };
        if namespace == Namespace::Svg {
            self.object();
        }
        if namespace != Namespace::Html && tag.self_closing {
            self.finish(&effect);
            return None;
        }
        self.stack.push(tag.name, element, namespace, false, effect);
        if element == Template {
            self.templates.push(None);
        }
        if Stack::<Effect>::marker(element, namespace) {
            self.formatting.mark();
        }
        matches!(element, Title | Textarea).then_some(State::RcData)
    }

    /// `<html>` and `<body>`: they hold for everything, and end nowhere.
    fn start_root(&mut self, element: Element, found: &Found<'_>) {
        if !found.any() {
            return;
        }
        if let Some(lang) = found.lang() {
            if element == Element::Html {
                self.b.lang(lang);
            }
            self.base.lang = lang.or(self.base.lang);
        }
        if found.hidden() && self.base.marks == 0 {
            self.base.marks = bit(Mark::Hidden);
            let base = self.base;
            self.begin(&base);
        }
        let lang = self.lang();
        self.attributes("", found, lang);
    }

    fn raw(&mut self, raw: Raw, state: State, tag: &Tag<'_>) -> Option<State> {
        self.raw = raw;
        self.raw_start = tag.span.end;
        Some(state)
    }

    fn start_foreign(&mut self, tag: &Tag<'_>) {
        let found = Found::of(tag);
        let mut effect = self.effect(Element::Other, tag.name, &found);
        let namespace = match tag.name {
            "svg" => Namespace::Svg,
            _ => self.stack.namespace(),
        };
        let svg = namespace == Namespace::Svg;
        effect.block = svg && matches!(tag.name, "title" | "desc" | "text" | "foreignobject");
        effect.mute = matches!(tag.name, "style" | "script" | "annotation");
        if effect.block {
            self.boundary();
        }
        self.begin(&effect);
        let lang = if effect.lang_since > self.around().lang_since { effect.lang } else { self.lang() };
        self.attributes(tag.name, &found, lang);
        if tag.self_closing {
            self.finish(&effect);
            return;
        }
        let integration = if svg {
            matches!(tag.name, "title" | "desc" | "foreignobject")
        } else {
            matches!(tag.name, "mi" | "mo" | "mn" | "ms" | "mtext")
                || tag.name == "annotation-xml"
                    && (found.is(Known::Encoding, "text/html") || found.is(Known::Encoding, "application/xhtml+xml"))
        };
        self.stack.push(tag.name, Element::Other, namespace, integration, effect);
    }

    fn line_break(&mut self, span: Span) {
        if self.open {
            self.b.space(span);
        }
    }

    fn end_html(&mut self, element: Element, name: &str, span: Span) {
        use Element::*;
        match element {
            P => match self.stack.paragraph() {
                None => self.boundary(),
                at => self.pop_to(at),
            },
            Br => self.line_break(span),
            Li => self.pop_to(self.stack.list_item()),
            Dd | Dt => self.pop_to(self.stack.in_scope(element)),
            Form => {
                if let Some(at) = self.stack.in_scope(Form) {
                    while matches!(self.stack.current(), Some(Dd | Dt | Li | Option | Optgroup | P)) {
                        self.pop();
                    }
                    if self.stack.len() == at + 1 {
                        self.pop();
                    } else if let Some(effect) = self.stack.hollow(at, Effect::default()) {
                        self.finish(&effect);
                    }
                }
            }
            Table => self.pop_to(self.stack.whole_table()),
            Td | Th | Caption | Tr | Tbody | Thead | Tfoot => self.pop_to(self.stack.part(&[element])),
            Template => self.pop_to(self.stack.anywhere(Template)),
            Body | Html | Head | Col | Colgroup => {}
            _ if element.heading().is_some() => self.pop_to(self.stack.heading()),
            _ if element.is(FORMATTING) => self.close_formatting(element, false),
            _ if Stack::<Effect>::container(element) => self.pop_to(self.stack.in_scope(element)),
            _ => self.pop_to(self.stack.ordinary(name, element)),
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
    }

    fn end_raw(&mut self, end: usize) {
        let inner = self.raw_start..end.max(self.raw_start);
        match std::mem::replace(&mut self.raw, Raw::No) {
            Raw::JsonLd => {
                if let Some(text) = self.src.get(inner.clone()) {
                    self.boundary();
                    jsonld::read(text, inner.start, self.b);
                }
            }
            Raw::Noscript => self.noscript(inner),
            Raw::Skip | Raw::No => {}
        }
    }
}

fn bit(mark: Mark) -> u8 {
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
                self.pop_to(Some(at));
                return;
            }
            if matches!(element, Element::P | Element::Br) {
                while self.stack.foreign() {
                    self.pop();
                }
            }
        }
        // In a template that holds nothing but text so far, no other end tag has anything to end.
        if element != Element::Template && self.templates.last() == Some(&None) {
            return;
        }
        self.end_html(element, name, span);
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
    }
}
