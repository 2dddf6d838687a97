//! The rules of the standard in short: what a start or end tag opens, closes and leaves alone.
//!
//! What an element does to the text is decided in [`reader`](super::reader).

use super::attributes::{Found, Known};
use super::elements::{BLOCK, CLOSES_P, Element, FORMATTING, OBJECT, RAW, VOID};
use super::reader::{Declared, Drawing, Effect, Raw, Reader, bit};
use super::stack::{Namespace, Stack};
use super::tokens::Tag;
use crate::document::Mark;
use crate::source::Span;
use html5gum::State;

impl Reader<'_, '_> {
    fn open_formatting(&mut self, element: Element, effect: Effect) {
        self.begin(&effect);
        if effect.lang_since != 0 {
            self.langs.push(Declared { lang: effect.lang, since: effect.lang_since, closed: false });
        }
        self.formatting.push(element, effect, self.stack.len());
    }

    /// An end tag of formatting does nothing out of its scope; a second `<a>` ends the first wherever it is.
    pub(super) fn close_formatting(&mut self, element: Element, anywhere: bool) {
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

    pub(super) fn start_html(&mut self, element: Element, tag: &Tag<'_>) -> Option<State> {
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
        // Between a table's parts a form has no content.
        let empty = element == Form && matches!(self.stack.current(), Some(Table | Tbody | Thead | Tfoot | Tr));
        // Text between a table's cells is shown before the table, in one with what comes before it; so only cells cut, and the table's end.
        if element.is(BLOCK) && element != Table && !empty {
            self.boundary();
        }
        if element.is(OBJECT) && !(element == Input && found.is(Known::Type, "hidden")) {
            self.object(tag.span);
        }
        let effect = self.effect(element, tag.name, &found);
        if element.is(FORMATTING) {
            self.open_formatting(element, effect);
            self.attributes(tag.name, &found, effect.lang);
            return None;
        }
        self.begin(&effect);
        self.table_part(element);
        let lang = if effect.lang_since > self.around().lang_since { effect.lang } else { self.lang() };
        self.attributes(tag.name, &found, lang);
        if element.is(VOID) || element.is(RAW) || empty {
            self.finish(&Effect { block: false, ..effect });
            if !element.is(RAW) {
                return None;
            }
            let raw = match element {
                Script if found.is(Known::Type, "application/ld+json") => Raw::JsonLd,
                Style if !found.has(Known::Type) || found.is(Known::Type, "text/css") || found.is(Known::Type, "") => {
                    self.media = found.media();
                    Raw::Style
                }
                _ => Raw::Skip,
            };
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
            self.drawn(tag.span);
        }
        if namespace != Namespace::Html && tag.self_closing {
            self.finish(&effect);
            return None;
        }
        if namespace == Namespace::Svg {
            self.start_drawing(&found);
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

    /// A drawing within another is a part of it.
    fn start_drawing(&mut self, found: &Found<'_>) {
        if self.drawing.is_none() && self.muted == 0 {
            self.drawing = Some(Drawing { depth: self.stack.len(), tag: found.tag_span(), alt: found.alt() });
        }
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

    pub(super) fn start_foreign(&mut self, tag: &Tag<'_>) {
        let found = Found::of(tag);
        let mut effect = self.effect(Element::Other, tag.name, &found);
        let namespace = match tag.name {
            "svg" => Namespace::Svg,
            _ => self.stack.namespace(),
        };
        let svg = namespace == Namespace::Svg;
        effect.block = svg && matches!(tag.name, "title" | "desc" | "text" | "foreignobject");
        effect.mute = matches!(tag.name, "style" | "script" | "annotation");
        if svg && tag.name == "style" && !tag.self_closing && self.svg_style.is_none() {
            self.svg_style = Some(tag.span.end);
            self.media = found.media();
        }
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
        if tag.name == "svg" {
            self.start_drawing(&found);
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

    pub(super) fn end_html(&mut self, element: Element, name: &str, span: Span) {
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
}
