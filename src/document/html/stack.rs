//! Which elements are open, by the parsing rules of the standard in short: enough to know where an element ends.
//!
//! No step searches the stack. Every entry knows the nearest entry at or below it that matters to a rule, and every name its topmost
//! entry, so that hostile nesting costs no more than ordinary markup. What an open element means to a reader is not known here.

use super::elements::{CONTAINER, COUNT, Element, MARKER, SCOPE, SPECIAL};
use std::collections::HashMap;

/// No entry.
const NONE: i32 = -1;

/// Whose names an element's name is one of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Namespace {
    Html,
    Svg,
    MathMl,
}

struct Open<E> {
    name: u32,
    element: Element,
    namespace: Namespace,
    /// The entry below with the same name.
    previous: i32,
    /// Nearest entry, this one included, that ...
    special: i32,
    /// ... ends a search for a block,
    scope: i32,
    /// ... ends a search for a list item (special, but no `address`, `div`, `p`),
    item: i32,
    /// ... is an element of HTML,
    html: i32,
    /// ... holds HTML: an element of HTML, or one of SVG or MathML that takes it in.
    holds_html: i32,
    effect: E,
}

/// The open elements other than formatting ones, each with its effect.
pub(super) struct Stack<E> {
    open: Vec<Open<E>>,
    last: Vec<i32>,
    names: HashMap<Box<str>, u32>,
}

impl<E> Default for Stack<E> {
    fn default() -> Self {
        Stack { open: Vec::new(), last: vec![NONE; COUNT], names: HashMap::new() }
    }
}

impl<E> Stack<E> {
    pub fn len(&self) -> usize {
        self.open.len()
    }

    pub fn top(&self) -> Option<&E> {
        self.open.last().map(|o| &o.effect)
    }

    /// Names of HTML that the rules know have fixed numbers; all others get one when first opened.
    fn number(&self, name: &str, element: Element, namespace: Namespace) -> Option<u32> {
        match (namespace, element) {
            (Namespace::Html, Element::Other) => self.names.get(name).copied(),
            (Namespace::Html, known) => Some(known as u32),
            _ => self.names.get(format!("/{name}").as_str()).copied(),
        }
    }

    pub fn push(&mut self, name: &str, element: Element, namespace: Namespace, integration: bool, effect: E) {
        let number = match self.number(name, element, namespace) {
            Some(n) => n,
            None => {
                // A name cannot start with a slash, so that one of SVG is never taken for one of HTML.
                let key = if namespace == Namespace::Html { name.to_owned() } else { format!("/{name}") };
                let n = self.last.len() as u32;
                self.names.insert(key.into(), n);
                self.last.push(NONE);
                n
            }
        };
        let at = self.open.len() as i32;
        let below = self.open.last();
        let html = namespace == Namespace::Html;
        let nearest = |here: bool, from: fn(&Open<E>) -> i32| if here { at } else { below.map_or(NONE, from) };
        let special = html && element.is(SPECIAL) || integration;
        self.open.push(Open {
            name: number,
            element,
            namespace,
            previous: self.last[number as usize],
            special: nearest(special, |o| o.special),
            scope: nearest(html && element.is(SCOPE) || integration, |o| o.scope),
            item: nearest(special && !matches!(element, Element::Address | Element::Div | Element::P), |o| o.item),
            html: nearest(html, |o| o.html),
            holds_html: nearest(html || integration, |o| o.holds_html),
            effect,
        });
        self.last[number as usize] = at;
    }

    /// Closes the topmost element; says what it was.
    pub fn pop(&mut self) -> Option<(Element, Namespace, E)> {
        let o = self.open.pop()?;
        if let Some(last) = self.last.get_mut(o.name as usize) {
            *last = o.previous;
        }
        Some((o.element, o.namespace, o.effect))
    }

    /// Closes an element without closing what was opened in it since, as `</form>` does. Its place stays; its effect is taken out.
    pub fn hollow(&mut self, at: usize, nothing: E) -> Option<E> {
        let o = self.open.get_mut(at)?;
        self.last[o.name as usize] = o.previous;
        o.name = u32::MAX;
        o.element = Element::Other;
        Some(std::mem::replace(&mut o.effect, nothing))
    }

    fn last(&self, e: Element) -> i32 {
        self.last[e as usize]
    }

    fn top_of(&self, f: fn(&Open<E>) -> i32) -> i32 {
        self.open.last().map_or(NONE, f)
    }

    fn index(at: i32) -> Option<usize> {
        usize::try_from(at).ok()
    }

    /// Whether what follows is SVG or MathML.
    pub fn foreign(&self) -> bool {
        self.open.last().is_some_and(|o| o.holds_html != self.open.len() as i32 - 1)
    }

    /// The kind of names that the topmost element's is one of.
    pub fn namespace(&self) -> Namespace {
        self.open.last().map_or(Namespace::Html, |o| o.namespace)
    }

    /// Whether an element of this name is open anywhere.
    pub fn has(&self, e: Element) -> bool {
        self.last(e) != NONE
    }

    /// The topmost element, if it is one of HTML.
    pub fn current(&self) -> Option<Element> {
        self.open.last().filter(|o| o.namespace == Namespace::Html).map(|o| o.element)
    }

    /// The open element `e`, unless something bars the way to it.
    pub fn in_scope(&self, e: Element) -> Option<usize> {
        Self::index(self.last(e)).filter(|_| self.last(e) >= self.top_of(|o| o.scope))
    }

    /// The open paragraph that a block would end.
    pub fn paragraph(&self) -> Option<usize> {
        let bar = self.top_of(|o| o.scope).max(self.last(Element::Button));
        Self::index(self.last(Element::P)).filter(|_| self.last(Element::P) >= bar)
    }

    /// The open item that `</li>` ends.
    pub fn list_item(&self) -> Option<usize> {
        let bar = self.top_of(|o| o.scope).max(self.last(Element::Ol)).max(self.last(Element::Ul));
        Self::index(self.last(Element::Li)).filter(|_| self.last(Element::Li) >= bar)
    }

    /// The open item that another item of one of these names ends.
    pub fn sibling_item(&self, names: &[Element]) -> Option<usize> {
        let at = Self::index(self.top_of(|o| o.item))?;
        let o = &self.open[at];
        (o.namespace == Namespace::Html && names.contains(&o.element)).then_some(at)
    }

    /// The open heading that `</h1>` to `</h6>` end.
    pub fn heading(&self) -> Option<usize> {
        use Element::*;
        let last = [H1, H2, H3, H4, H5, H6].into_iter().map(|h| self.last(h)).max()?;
        Self::index(last).filter(|_| last >= self.top_of(|o| o.scope))
    }

    /// The innermost table, if parts of one may stand here, and whether a cell or caption of it is open. In a `<template>` they may too.
    pub fn table(&self) -> Option<InnerTable> {
        use Element::*;
        let table = self.last(Element::Table).max(self.last(Template));
        Some(InnerTable { at: Self::index(table)?, cell: self.part(&[Td, Th, Caption]) })
    }

    /// The topmost of these parts of the innermost table.
    pub fn part(&self, parts: &[Element]) -> Option<usize> {
        let table = self.last(Element::Table).max(self.last(Element::Template));
        let last = parts.iter().map(|&e| self.last(e)).max()?;
        Self::index(last).filter(|_| last > table)
    }

    /// The innermost table that `</table>` ends.
    pub fn whole_table(&self) -> Option<usize> {
        Self::index(self.last(Element::Table)).filter(|_| self.last(Element::Table) > self.last(Element::Template))
    }

    /// The element that an end tag of HTML with an ordinary name closes.
    pub fn ordinary(&self, name: &str, element: Element) -> Option<usize> {
        let last = *self.last.get(self.number(name, element, Namespace::Html)? as usize)?;
        Self::index(last).filter(|_| last >= self.top_of(|o| o.special))
    }

    /// How many elements are open up to the innermost special one.
    pub fn ordinary_from(&self) -> usize {
        usize::try_from(self.top_of(|o| o.special) + 1).unwrap_or(0)
    }

    /// How many elements are open up to the innermost one that ends a search.
    pub fn scope_from(&self) -> usize {
        usize::try_from(self.top_of(|o| o.scope) + 1).unwrap_or(0)
    }

    /// The element of SVG or MathML that an end tag closes: one above the last of HTML.
    pub fn foreign_element(&self, name: &str) -> Option<usize> {
        let last = *self.last.get(self.number(name, Element::Other, Namespace::Svg)? as usize)?;
        Self::index(last).filter(|_| last > self.top_of(|o| o.html))
    }

    /// The topmost element of `e`, whatever lies above.
    pub fn anywhere(&self, e: Element) -> Option<usize> {
        Self::index(self.last(e))
    }

    /// Whether an end tag closes `e` by scope.
    pub fn container(e: Element) -> bool {
        e.is(CONTAINER)
    }

    /// Whether `e` keeps formatting apart.
    pub fn marker(e: Element, namespace: Namespace) -> bool {
        namespace == Namespace::Html && e.is(MARKER)
    }
}

/// Where the innermost table is.
pub(super) struct InnerTable {
    pub at: usize,
    pub cell: Option<usize>,
}

struct Format<E> {
    element: Element,
    /// The entry below with the same name.
    previous: i32,
    /// How many other elements were open.
    depth: usize,
    effect: E,
}

/// The open formatting elements: they outlive the blocks they were opened in.
pub(super) struct Formatting<E> {
    list: Vec<Option<Format<E>>>,
    last: [i32; COUNT],
    markers: Vec<usize>,
}

impl<E> Default for Formatting<E> {
    fn default() -> Self {
        Formatting { list: Vec::new(), last: [NONE; COUNT], markers: Vec::new() }
    }
}

impl<E> Formatting<E> {
    /// `depth` is the number of other elements open.
    pub fn push(&mut self, e: Element, effect: E, depth: usize) {
        self.list.push(Some(Format { element: e, previous: self.last[e as usize], depth, effect }));
        self.last[e as usize] = self.list.len() as i32 - 1;
    }

    /// Keeps what is open now from being closed until [`Formatting::release`].
    pub fn mark(&mut self) {
        self.markers.push(self.list.len());
    }

    /// The depth of the topmost `e` since the last mark.
    pub fn depth(&self, e: Element) -> Option<usize> {
        let at = usize::try_from(self.last[e as usize]).ok().filter(|&at| at >= self.markers.last().copied().unwrap_or(0))?;
        self.list.get(at)?.as_ref().map(|f| f.depth)
    }

    /// Closes the topmost `e` since the last mark; gives its depth too.
    pub fn close(&mut self, e: Element) -> Option<(E, usize)> {
        let at = usize::try_from(self.last[e as usize]).ok()?;
        if at < self.markers.last().copied().unwrap_or(0) {
            return None;
        }
        let Format { previous, depth, effect, .. } = self.list[at].take()?;
        self.last[e as usize] = previous;
        while self.list.len() > self.markers.last().copied().unwrap_or(0) && matches!(self.list.last(), Some(None)) {
            self.list.pop();
        }
        Some((effect, depth))
    }

    /// Closes the topmost element there is, marks or not.
    pub fn close_any(&mut self) -> Option<E> {
        self.markers.clear();
        self.release()
    }

    /// Forgets the last mark once nothing lies above it; until then gives what does, one by one.
    pub fn release(&mut self) -> Option<E> {
        let mark = self.markers.last().copied().unwrap_or(0);
        while self.list.len() > mark {
            if let Some(Some(f)) = self.list.pop() {
                self.last[f.element as usize] = f.previous;
                return Some(f.effect);
            }
        }
        self.markers.pop();
        None
    }
}
