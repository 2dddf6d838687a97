//! A tree that knows where its nodes come from: scraper's sink, with tables of tags and text beside it.
//!
//! The tree is built by the standard's rules and must come out as scraper builds it; nothing here decides what becomes of a token.

use crate::source::Span;
use ego_tree::NodeId;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, ns};
use scraper::{Html, HtmlTreeSink, Node};
use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// No tag: an element that the standard implies.
pub(super) const IMPLIED: u32 = u32::MAX;

/// A tendril of up to eight bytes holds a copy; a longer part of another points into it.
const MARKER_LEN: u32 = 9;

/// The place of a node in tables beside the tree. Ids are places in the tree's own table, but are only given out hashed.
pub(super) fn index(id: NodeId) -> usize {
    struct Last(usize);
    impl Hasher for Last {
        fn finish(&self) -> u64 {
            self.0 as u64
        }
        fn write(&mut self, bytes: &[u8]) {
            for b in bytes {
                self.0 = self.0.wrapping_mul(257).wrapping_add(usize::from(*b));
            }
        }
        fn write_usize(&mut self, i: usize) {
            self.0 = i;
        }
    }
    let mut h = Last(0);
    id.hash(&mut h);
    h.0
}

/// How many times `<html>` and `<body>` may be repeated with new attributes; more have no effect. Each costs as much as all before it.
const MAX_MERGED: usize = 200;

/// Gives every start tag a mark that survives what the tree builder does with it.
///
/// The builder copies tags (formatting is opened anew in every block) and compares them, so a mark must be equal for all tags and yet tell
/// them apart. It is an attribute whose value is a part of one long string of dots: equal as text, different in address.
pub(super) struct Markers {
    dots: StrTendril,
    name: QualName,
}

impl Markers {
    /// For up to `tags` tags.
    pub fn new(tags: usize) -> Self {
        let dots = StrTendril::from_slice(&".".repeat(tags + MARKER_LEN as usize));
        // A space cannot stand in the name of an attribute in the source.
        Markers { dots, name: QualName::new(None, ns!(), LocalName::from("its origin")) }
    }

    /// The mark of a tag, by its number.
    pub fn attribute(&self, tag: u32) -> Option<Attribute> {
        let value = self.dots.try_subtendril(tag, MARKER_LEN).ok()?;
        Some(Attribute { name: self.name.clone(), value })
    }

    fn take(&self, attrs: &mut Vec<Attribute>) -> u32 {
        let Some(at) = attrs.iter().rposition(|a| a.name == self.name) else { return IMPLIED };
        let marker = attrs.remove(at);
        let offset = (marker.value.as_ptr() as usize).wrapping_sub(self.dots.as_ptr() as usize);
        u32::try_from(offset).unwrap_or(IMPLIED)
    }
}

/// Text on its way into the tree.
struct Run {
    text: StrTendril,
    parts: Vec<Part>,
    /// Bytes of `text` that have arrived or been dropped.
    used: usize,
}

/// Where a part of a run stands in the source.
pub(super) struct Part {
    /// First byte in the run.
    pub at: usize,
    pub len: usize,
    pub span: Span,
    /// Byte for byte the same.
    pub linear: bool,
}

#[derive(Default)]
struct Tables {
    tags: Vec<u32>,
    /// Tags whose attributes were added to an element that was already there: a second `<body>`.
    merged: Vec<(u32, u32)>,
    text: Vec<(u32, Span)>,
    depth: Vec<u32>,
    runs: VecDeque<Run>,
}

fn set<T: Clone + Default>(table: &mut Vec<T>, default: T, id: NodeId, value: T) {
    let at = index(id);
    if table.len() <= at {
        table.resize(at + 1, default);
    }
    table[at] = value;
}

/// What is known of a tree's nodes when it is finished.
pub(super) struct Origins {
    pub html: Html,
    /// The number of the tag that made a node, by [`index`].
    pub tags: Vec<u32>,
    /// (node, tag), by node.
    pub merged: Vec<(u32, u32)>,
    /// (text node, place in the source), by node, then in order.
    pub text: Vec<(u32, Span)>,
}

/// The sink.
pub(super) struct OriginSink {
    inner: HtmlTreeSink,
    markers: Markers,
    tables: RefCell<Tables>,
    asked: Cell<Option<NodeId>>,
    created: Cell<usize>,
}

impl OriginSink {
    pub fn new(markers: Markers) -> Self {
        OriginSink {
            inner: HtmlTreeSink::new(Html::new_document()),
            markers,
            tables: RefCell::default(),
            asked: Cell::new(None),
            created: Cell::new(0),
        }
    }

    pub fn marker(&self, tag: u32) -> Option<Attribute> {
        self.markers.attribute(tag)
    }

    /// How many elements there are.
    pub fn created(&self) -> usize {
        self.created.get()
    }

    /// Announces text that the builder is given next.
    pub fn expect(&self, text: StrTendril, parts: Vec<Part>) {
        self.tables.borrow_mut().runs.push_back(Run { text, parts, used: 0 });
    }

    /// Text that has not arrived by now was dropped.
    pub fn expect_no_more(&self) {
        self.tables.borrow_mut().runs.clear();
    }

    /// How deep the element is whose name the builder asked for last.
    pub fn asked_depth(&self) -> u32 {
        self.asked.get().map_or(0, |id| self.depth(id))
    }

    pub fn forget_asked(&self) {
        self.asked.set(None);
    }

    fn depth(&self, id: NodeId) -> u32 {
        let html = self.inner.0.borrow();
        // What a template holds hangs on a node of its own, which the sink adds by itself.
        let holder = html.tree.get(id).filter(|n| n.value().is_fragment()).and_then(|n| n.parent()).map(|n| n.id());
        let depth = &self.tables.borrow().depth;
        depth.get(index(holder.unwrap_or(id))).copied().unwrap_or(0) + u32::from(holder.is_some())
    }

    fn arrived(&self, text: &str, node: Option<NodeId>) {
        let Some(node) = node else { return };
        let tables = &mut *self.tables.borrow_mut();
        // Text arrives in order. What is passed over on the way was dropped, as white space before `<body>` is.
        while let Some(run) = tables.runs.front_mut() {
            // Mostly the text is the next of the run, and setting up a search would cost more than the look.
            let skip = |rest: &str| if rest.starts_with(text) { Some(0) } else { rest.find(text) };
            let Some(skip) = run.text.get(run.used..).and_then(skip) else {
                tables.runs.pop_front();
                continue;
            };
            let (from, to) = (run.used + skip, run.used + skip + text.len());
            run.used = to;
            let first = run.parts.partition_point(|p| p.at + p.len <= from);
            for p in run.parts[first..].iter().take_while(|p| p.at < to) {
                let span = if p.linear {
                    let (a, b) = (from.max(p.at) - p.at, to.min(p.at + p.len) - p.at);
                    Span::new(p.span.start + a, p.span.start + b)
                } else {
                    p.span
                };
                let node = index(node) as u32;
                match tables.text.last_mut() {
                    Some((n, last)) if *n == node && last.end == span.start => last.end = span.end,
                    Some((n, last)) if *n == node && *last == span => {}
                    _ => tables.text.push((node, span)),
                }
            }
            if run.used == run.text.len() {
                tables.runs.pop_front();
            }
            return;
        }
    }
}

impl TreeSink for OriginSink {
    type Handle = NodeId;
    type Output = Origins;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Origins {
        let Tables { tags, mut merged, mut text, .. } = self.tables.into_inner();
        merged.sort_by_key(|m| m.0);
        text.sort_by_key(|t| t.0);
        Origins { html: self.inner.finish(), tags, merged, text }
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.asked.set(Some(*target));
        self.inner.elem_name(target)
    }

    fn create_element(&self, name: QualName, mut attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let tag = self.markers.take(&mut attrs);
        let id = self.inner.create_element(name, attrs, flags);
        self.created.set(self.created.get() + 1);
        set(&mut self.tables.borrow_mut().tags, IMPLIED, id, tag);
        id
    }

    fn add_attrs_if_missing(&self, target: &NodeId, mut attrs: Vec<Attribute>) {
        let tag = self.markers.take(&mut attrs);
        {
            let merged = &mut self.tables.borrow_mut().merged;
            if merged.len() >= MAX_MERGED {
                return;
            }
            if tag != IMPLIED {
                merged.push((index(*target) as u32, tag));
            }
        }
        self.inner.add_attrs_if_missing(target, attrs);
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(id) => {
                let depth = self.depth(*parent) + 1;
                set(&mut self.tables.borrow_mut().depth, 0, id, depth);
                self.inner.append(parent, NodeOrText::AppendNode(id));
            }
            NodeOrText::AppendText(text) => {
                self.inner.append(parent, NodeOrText::AppendText(text.clone()));
                let node = self.inner.0.borrow().tree.get(*parent).and_then(|p| p.last_child()).map(|n| n.id());
                self.arrived(&text, node);
            }
        }
    }

    fn append_before_sibling(&self, sibling: &NodeId, new: NodeOrText<NodeId>) {
        match new {
            NodeOrText::AppendNode(id) => {
                let depth = self.depth(*sibling);
                set(&mut self.tables.borrow_mut().depth, 0, id, depth);
                self.inner.append_before_sibling(sibling, NodeOrText::AppendNode(id));
            }
            NodeOrText::AppendText(text) => {
                self.inner.append_before_sibling(sibling, NodeOrText::AppendText(text.clone()));
                let node = self.inner.0.borrow().tree.get(*sibling).and_then(|s| s.prev_sibling()).map(|n| n.id());
                let is_text = |id: &NodeId| self.inner.0.borrow().tree.get(*id).is_some_and(|n| matches!(n.value(), Node::Text(_)));
                self.arrived(&text, node.filter(is_text));
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        let has_parent = self.inner.0.borrow().tree.get(*element).is_some_and(|e| e.parent().is_some());
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.inner.get_document()
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.inner.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.inner.create_pi(target, data)
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.inner.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.inner.get_template_contents(target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.set_quirks_mode(mode);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.inner.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.inner.reparent_children(node, new_parent);
    }
}
