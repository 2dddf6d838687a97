//! The tree of a page, for rules about elements: what stands in it, and where in the source.
//!
//! No walk here recurses, and no tree gets deeper than [`MAX_DEPTH`] by its tags.

use super::attributes::style_hides;
use super::elements::{BLOCK, Element};
use super::origin::{IMPLIED, Markers, OriginSink, Origins, Part, index};
use super::tokens::{self, Doctype, Sink, Tag};
use crate::document::{is_invisible, seen};
use crate::source::Span;
use ego_tree::NodeId;
use ego_tree::iter::Edge;
use html5ever::interface::TreeSink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{Attribute, LocalName, QualName, ns};
use html5gum::State;
use rustc_hash::FxHashMap;
use scraper::{Html, Node};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Elements nested deeper than this are left out of the tree (their text is not). Browsers have such a limit too, near this one.
pub const MAX_DEPTH: u32 = 480;

/// Nodes that one call of [`Dom::text`] or [`Dom::text_spans`] looks at.
const MAX_WALK: usize = 1 << 16;

/// Bytes after which [`Dom::text`] takes up no further piece of text.
const MAX_TEXT: usize = 1 << 20;

/// Attributes of one element that are kept.
const MAX_ATTRIBUTES: usize = 1000;

/// A page as a tree, with the places of tags, attributes and text in the source.
pub struct Dom {
    origins: Origins,
    /// Start tags in the order of the source, without `base`.
    tags: Vec<Span>,
    text: Box<str>,
    base: usize,
    complete: bool,
    jsx: bool,
    /// The element that each tag made, worked out when first asked for.
    by_tag: OnceCell<Vec<Option<NodeId>>>,
    names: OnceCell<Names>,
    /// Short texts of elements that were asked for.
    texts: RefCell<FxHashMap<NodeId, Rc<str>>>,
}

/// Elements by what they are called and carry, each list in the order of the tree's table.
#[derive(Default)]
pub struct Names {
    all: Vec<NodeId>,
    tags: FxHashMap<LocalName, Vec<NodeId>>,
    attributes: FxHashMap<LocalName, Vec<NodeId>>,
}

impl Names {
    /// All elements.
    pub fn all(&self) -> &[NodeId] {
        &self.all
    }

    /// Those of this name.
    pub fn of_tag(&self, name: &LocalName) -> &[NodeId] {
        self.tags.get(name).map_or(&[], |list| list)
    }

    /// Those with this attribute.
    pub fn with_attribute(&self, name: &LocalName) -> &[NodeId] {
        self.attributes.get(name).map_or(&[], |list| list)
    }
}

/// Where a node stands in the tree's table.
pub(crate) fn place(node: NodeId) -> usize {
    index(node)
}

impl Dom {
    /// Builds the tree of `text`, whose first byte stands at `base` of what spans are to count from.
    ///
    /// Never fails: as a browser does, it makes something of everything. See [`Dom::complete`].
    pub fn parse(text: &str, base: usize) -> Dom {
        Dom::parse_as(text, base, false)
    }

    /// [`Dom::parse`], of JSX if `jsx`: `className` is `class` there.
    pub fn parse_as(text: &str, base: usize, jsx: bool) -> Dom {
        let most_tags = memchr::memchr_iter(b'<', text.as_bytes()).count();
        let mut build = Build {
            src: text,
            tree: TreeBuilder::new(OriginSink::new(Markers::new(most_tags)), Default::default()),
            tags: Vec::new(),
            pending: String::new(),
            parts: Vec::new(),
            dropped: HashMap::new(),
            dropped_count: 0,
            stopped: false,
            cut: false,
            jsx,
        };
        tokens::run(text, tokens::after_bom(text)..text.len(), &mut build);
        let Build { tree, tags, stopped, cut, .. } = build;
        Dom {
            origins: tree.sink.finish(),
            tags,
            text: text.into(),
            base,
            complete: !(stopped || cut),
            jsx,
            by_tag: OnceCell::new(),
            names: OnceCell::new(),
            texts: RefCell::default(),
        }
    }

    /// The tree.
    pub fn html(&self) -> &Html {
        &self.origins.html
    }

    /// Whether everything is in the tree but tags nested deeper than [`MAX_DEPTH`]. Markup made to blow up (formatting that reopens
    /// hundreds of elements in every paragraph, thousands of attributes) is cut off.
    pub fn complete(&self) -> bool {
        self.complete
    }

    /// The start tag that made an element, from `<` to `>`; `None` for elements that no tag made, and for other nodes.
    pub fn tag_span(&self, node: NodeId) -> Option<Span> {
        let tag = *self.origins.tags.get(index(node))?;
        Some(self.tags.get(tag as usize)?.shifted(self.base))
    }

    /// The element that a start tag made, by the tag's place.
    pub fn element_at(&self, tag: Span) -> Option<NodeId> {
        let number = self.tags.binary_search_by_key(&(tag.start.checked_sub(self.base)?), |t| t.start).ok()?;
        let nodes = self.by_tag.get_or_init(|| {
            let mut nodes = vec![None; self.tags.len()];
            for node in self.origins.html.tree.nodes() {
                let tag = self.origins.tags.get(index(node.id())).filter(|_| node.value().is_element());
                if let Some(slot) = tag.and_then(|t| nodes.get_mut(*t as usize)) {
                    // Formatting that is opened anew repeats the element: the first is the one written.
                    slot.get_or_insert(node.id());
                }
            }
            nodes
        });
        *nodes.get(number)?
    }

    /// The elements by name.
    pub fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let mut names = Names::default();
            for node in self.origins.html.tree.nodes() {
                let Node::Element(e) = node.value() else { continue };
                names.all.push(node.id());
                names.tags.entry(e.name.local.clone()).or_default().push(node.id());
                for (name, _) in &e.attrs {
                    let list = names.attributes.entry(name.local.clone()).or_default();
                    if list.last() != Some(&node.id()) {
                        list.push(node.id());
                    }
                }
            }
            names
        })
    }

    /// Where an attribute's value stands, without quotes; its name, where there is no value.
    pub fn attr_span(&self, node: NodeId, name: &str) -> Option<Span> {
        let at = index(node);
        let merged = &self.origins.merged;
        let first = merged.partition_point(|m| (m.0 as usize) < at);
        let more = merged[first..].iter().take_while(|m| m.0 as usize == at).map(|m| m.1);
        let own = self.origins.tags.get(at).copied().filter(|&t| t != IMPLIED);
        let span = own.into_iter().chain(more).find_map(|tag| self.attribute_of(tag, name))?;
        Some(span.shifted(self.base))
    }

    fn attribute_of(&self, tag: u32, name: &str) -> Option<Span> {
        let mut find = FindAttribute { name, found: None, seen: false, jsx: self.jsx };
        tokens::run(&self.text, self.tags.get(tag as usize)?.range(), &mut find);
        find.found
    }

    /// The places in the source of the text that an element shows, in the order of the tree; what `&nbsp;` and the like stand for is one
    /// place. For very large elements those of the first part.
    pub fn text_spans(&self, node: NodeId) -> Vec<Span> {
        let mut out: Vec<Span> = Vec::new();
        self.walk(node, |edge| {
            let Shown::Text(id, _) = edge else { return true };
            let at = index(id);
            let first = self.origins.text.partition_point(|t| (t.0 as usize) < at);
            for (_, span) in self.origins.text[first..].iter().take_while(|t| t.0 as usize == at) {
                let Some(text) = self.text.get(span.range()) else { continue };
                let from = text.len() - text.trim_start().len();
                let len = text.trim().len();
                if len == 0 {
                    continue;
                }
                let span = Span::new(span.start + from, span.start + from + len).shifted(self.base);
                match out.last_mut() {
                    Some(last) if last.end == span.start => last.end = span.end,
                    _ => out.push(span),
                }
                if out.len() > MAX_WALK {
                    return false;
                }
            }
            true
        });
        out
    }

    /// The text that an element shows: white space collapsed, invisible characters dropped. For very large elements the first part.
    pub fn text(&self, node: NodeId) -> String {
        let mut out = String::new();
        let mut space = false;
        self.walk(node, |shown| {
            if let Shown::Text(_, text) = shown {
                for c in text.chars() {
                    if c.is_whitespace() {
                        space = true;
                    } else if !is_invisible(c) && !c.is_control() {
                        if std::mem::take(&mut space) && !out.is_empty() {
                            out.push(' ');
                        }
                        out.push(c);
                    }
                }
            } else {
                space = true;
            }
            out.len() < MAX_TEXT
        });
        match seen(&out) {
            Cow::Owned(seen) => seen,
            Cow::Borrowed(_) => out,
        }
    }

    /// The same as [`Dom::text`]; what is short is kept for the next who asks.
    pub fn text_again(&self, node: NodeId) -> Rc<str> {
        const SHORT: usize = 300;
        if let Some(known) = self.texts.borrow().get(&node) {
            return Rc::clone(known);
        }
        let text: Rc<str> = self.text(node).into();
        if text.len() <= SHORT {
            self.texts.borrow_mut().insert(node, Rc::clone(&text));
        }
        text
    }

    /// What an element shows, in order, as long as `f` asks for more. What the node itself is does not matter, so that the content of a `<script>` can be asked for.
    fn walk(&self, node: NodeId, mut f: impl FnMut(Shown<'_>) -> bool) {
        let Some(root) = self.origins.html.tree.get(node) else { return };
        if let Node::Text(t) = root.value() {
            f(Shown::Text(node, t));
            return;
        }
        let mut inside = None;
        for edge in root.traverse().take(MAX_WALK) {
            let (opens, n) = match edge {
                Edge::Open(n) => (true, n),
                Edge::Close(n) => (false, n),
            };
            if inside.is_some_and(|i| i != n.id()) || n.id() == node {
                continue;
            }
            let shown = match n.value() {
                Node::Text(t) if opens => Shown::Text(n.id(), t),
                Node::Element(e) => {
                    let element = Element::of(e.name());
                    if hides_text(element) || !element.is(BLOCK) && is_unseen(e) {
                        inside = opens.then(|| n.id());
                        continue;
                    }
                    if !element.is(BLOCK) && element != Element::Br {
                        continue;
                    }
                    Shown::Edge
                }
                _ => continue,
            };
            if !f(shown) {
                return;
            }
        }
    }
}

impl std::fmt::Debug for Dom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dom").field("tags", &self.tags.len()).field("base", &self.base).finish_non_exhaustive()
    }
}

enum Shown<'a> {
    Text(NodeId, &'a str),
    /// Where one run of text ends and another begins.
    Edge,
}

fn hides_text(e: Element) -> bool {
    use Element::*;
    matches!(e, Script | Style | Template | Noscript | Iframe | Noembed | Noframes | Xmp | Plaintext)
}

/// Whether an element's own attributes keep it from being drawn.
fn is_unseen(e: &scraper::node::Element) -> bool {
    e.attr("hidden").is_some() || e.attr("style").is_some_and(style_hides)
}

/// The tokens on their way to the tree builder.
struct Build<'a> {
    src: &'a str,
    tree: TreeBuilder<NodeId, OriginSink>,
    tags: Vec<Span>,
    pending: String,
    parts: Vec<Part>,
    /// Start tags left out for depth, by name: as many end tags are left out.
    dropped: HashMap<Box<str>, usize>,
    dropped_count: usize,
    /// Nothing more goes into the tree.
    stopped: bool,
    /// Attributes were left out.
    cut: bool,
    jsx: bool,
}

impl Build<'_> {
    fn push(&mut self, text: &str, span: Span, linear: bool) {
        self.parts.push(Part { at: self.pending.len(), len: text.len(), span, linear });
        self.pending.push_str(text);
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let text = StrTendril::from_slice(&self.pending);
            self.pending.clear();
            self.tree.sink.expect(text.clone(), std::mem::take(&mut self.parts));
            let _ = self.process(Token::CharacterTokens(text));
        }
    }

    fn process(&mut self, token: Token) -> Option<State> {
        if self.stopped {
            return None;
        }
        let next = match self.tree.process_token(token, 1) {
            TokenSinkResult::Plaintext => Some(State::PlainText),
            TokenSinkResult::RawData(RawKind::Rcdata) => Some(State::RcData),
            TokenSinkResult::RawData(RawKind::Rawtext) => Some(State::RawText),
            TokenSinkResult::RawData(_) => Some(State::ScriptData),
            TokenSinkResult::Continue | TokenSinkResult::Script(_) | TokenSinkResult::EncodingIndicator(_) => None,
        };
        self.stopped = self.tree.sink.created() > 16 * self.tags.len() + 10_000;
        next
    }

    /// A token other than text or a document type: text given before it has arrived or never will.
    fn process_markup(&mut self, token: Token) -> Option<State> {
        let next = self.process(token);
        self.tree.sink.expect_no_more();
        next
    }

    /// How deep the open element is.
    fn depth(&self) -> u32 {
        self.tree.sink.forget_asked();
        // Asks for the open element's name, and so tells which it is.
        let _ = self.tree.adjusted_current_node_present_but_not_in_html_namespace();
        self.tree.sink.asked_depth()
    }
}

/// Whether an element takes part in nesting.
fn nests(tag: &Tag<'_>) -> bool {
    let element = Element::of(tag.name);
    let leaf = element.is(super::elements::VOID) || hides_text(element) && element != Element::Template;
    !(leaf || tag.self_closing || matches!(element, Element::Title | Element::Textarea | Element::Html | Element::Head | Element::Body))
}

impl Sink for Build<'_> {
    fn text(&mut self, span: Span) {
        let src = self.src;
        let mut at = span.start;
        while at < span.end {
            let rest = &src.as_bytes()[at..span.end];
            let run = memchr::memchr2(b'\r', 0, rest).unwrap_or(rest.len());
            if run > 0 {
                self.push(src.get(at..at + run).unwrap_or(""), Span::new(at, at + run), true);
            }
            match rest.get(run) {
                Some(b'\r') => {
                    let len = if rest.get(run + 1) == Some(&b'\n') { 2 } else { 1 };
                    self.push("\n", Span::new(at + run, at + run + len), len == 1);
                    at += run + len;
                }
                Some(_) => {
                    self.flush();
                    let _ = self.process(Token::NullCharacterToken);
                    at += run + 1;
                }
                None => at += run,
            }
        }
    }

    fn decoded(&mut self, text: &str, span: Span) {
        self.push(text, span, false);
    }

    fn start(&mut self, tag: &Tag<'_>) -> Option<State> {
        self.flush();
        if self.stopped {
            return None;
        }
        if nests(tag) && self.depth() >= MAX_DEPTH {
            *self.dropped.entry(tag.name.into()).or_default() += 1;
            self.dropped_count += 1;
            return None;
        }
        let number = self.tags.len() as u32;
        self.tags.push(tag.span);
        let mut attrs: Vec<Attribute> = Vec::new();
        let mut seen = HashSet::new();
        let many = tag.names().nth(16).is_some();
        for a in tag.attributes() {
            let class = self.jsx && a.name.eq_ignore_ascii_case(CLASS_NAME);
            let name = LocalName::from(if class { "class" } else { a.name });
            let repeated = if many { !seen.insert(a.name) } else { attrs.iter().any(|b| b.name.local == name) };
            if attrs.len() >= MAX_ATTRIBUTES {
                self.cut = true;
                break;
            }
            if !repeated {
                let text = a.value.map(|v| v.normalized()).unwrap_or_default();
                let value = StrTendril::from_slice(if class { literal(&text) } else { &text });
                attrs.push(Attribute { name: QualName::new(None, ns!(), name), value });
            }
        }
        attrs.extend(self.tree.sink.marker(number));
        let name = LocalName::from(tag.name);
        self.process_markup(Token::TagToken(html5ever::tokenizer::Tag {
            kind: html5ever::tokenizer::TagKind::StartTag,
            name,
            self_closing: tag.self_closing,
            attrs,
            had_duplicate_attributes: false,
        }))
    }

    fn end(&mut self, name: &str, _: Span) {
        self.flush();
        if self.dropped_count > 0
            && let Some(n) = self.dropped.get_mut(name)
            && *n > 0
        {
            *n -= 1;
            self.dropped_count -= 1;
            return;
        }
        let _ = self.process_markup(Token::TagToken(html5ever::tokenizer::Tag {
            kind: html5ever::tokenizer::TagKind::EndTag,
            name: LocalName::from(name),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        }));
    }

    fn comment(&mut self, text: &str, _: Span) {
        self.flush();
        let _ = self.process_markup(Token::CommentToken(StrTendril::from_slice(text)));
    }

    fn doctype(&mut self, d: &Doctype) {
        self.flush();
        let tendril = |bytes: &[u8]| StrTendril::from_slice(&String::from_utf8_lossy(bytes));
        // Ignored in the middle of a table, without anything being done about the text that waits there.
        let _ = self.process(Token::DoctypeToken(html5ever::tokenizer::Doctype {
            name: (!d.name.is_empty()).then(|| tendril(&d.name)),
            public_id: d.public.as_deref().map(tendril),
            system_id: d.system.as_deref().map(tendril),
            force_quirks: d.quirks,
        }));
    }

    fn foreign(&mut self) -> bool {
        self.flush();
        self.tree.adjusted_current_node_present_but_not_in_html_namespace()
    }

    fn eof(&mut self) {
        self.flush();
        self.stopped |= self.process(Token::EOFToken).is_some();
        self.tree.end();
    }
}

/// What the attribute `class` is called in JSX, in small letters.
const CLASS_NAME: &str = "classname";

/// The text in a value that is nothing but a text in braces: `{"a"}`.
fn literal(value: &str) -> &str {
    let inner = value.trim().strip_prefix('{').and_then(|v| v.strip_suffix('}')).map_or("", str::trim);
    let mark = inner.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    let words = mark.and_then(|m| inner.strip_prefix(m)?.strip_suffix(m).filter(|w| !w.contains([m, '$', '\\'])));
    words.unwrap_or(value)
}

/// Reads one start tag again.
struct FindAttribute<'a> {
    name: &'a str,
    found: Option<Span>,
    seen: bool,
    jsx: bool,
}

impl Sink for FindAttribute<'_> {
    fn start(&mut self, tag: &Tag<'_>) -> Option<State> {
        if !std::mem::replace(&mut self.seen, true) {
            // `xlink:href` is called `href` in the tree, and some names of SVG have capitals there.
            let jsx = |name: &str| self.jsx && self.name == "class" && name.eq_ignore_ascii_case(CLASS_NAME);
            let local = |name: &str| jsx(name) || name.rsplit(':').next().is_some_and(|n| n.eq_ignore_ascii_case(self.name));
            let mut attributes: Vec<_> = tag.attributes().filter(|a| a.name.eq_ignore_ascii_case(self.name) || local(a.name)).collect();
            attributes.sort_by_key(|a| !a.name.eq_ignore_ascii_case(self.name));
            self.found = attributes.first().map(|a| a.value.map_or(a.name_span, |v| v.span));
        }
        None
    }

    fn text(&mut self, _: Span) {}
    fn decoded(&mut self, _: &str, _: Span) {}
    fn end(&mut self, _: &str, _: Span) {}
    fn comment(&mut self, _: &str, _: Span) {}
    fn doctype(&mut self, _: &Doctype) {}
    fn eof(&mut self) {}

    fn foreign(&mut self) -> bool {
        false
    }
}
