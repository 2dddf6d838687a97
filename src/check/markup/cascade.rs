//! Which declarations apply to an element, and which of them wins: origin, layer, specificity, order, `!important`, custom properties.

use super::classes::{Meaning, Table};
use super::media::{Media, Screen};
use super::selector::Key;
use super::sheet::{Sheet, declarations};
use crate::check::Subject;
use crate::document::html::Dom;
use crate::source::Span;
use ego_tree::NodeId;
use scraper::ElementRef;
use selectors::context::{MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches};
use selectors::matching::matches_selector;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// What all matching for one page may cost, in about the steps it takes. Beyond it nothing is certain, and nothing is said.
const BUDGET: u64 = 40_000_000;
/// What trying a selector costs beside looking at a declaration.
const MATCHING: u64 = 8;
/// Longer lists of classes are not read.
const MAX_CLASSES: usize = 8192;
/// Elements around one that may have classes for it.
const MAX_GIVING: usize = 64;
/// Custom properties that may stand in one value, counted through all that they stand for.
const MAX_VARIABLES: usize = 64;
const MAX_VALUE: usize = 4096;

/// Where a declaration stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// The sheet, if it is a file of its own.
    pub sheet: Option<usize>,
    pub span: Span,
}

/// A declaration that may apply to an element.
#[derive(Debug)]
pub(super) struct Said {
    pub property: Box<str>,
    pub value: Box<str>,
    pub place: Place,
    order: Order,
    pub state: Option<&'static str>,
    pub media: Vec<Arc<Media>>,
    /// It is an attribute such as `width`, which any style sheet overrides.
    pub hint: bool,
}

/// The larger wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Order {
    important: bool,
    tier: i8,
    layer: i64,
    specificity: u32,
    sequence: u64,
}

/// Under what circumstances a page is looked at.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Look {
    pub screen: Screen,
    /// Somebody points at it.
    pub state: bool,
}

/// A value that won.
#[derive(Clone, Debug)]
pub(super) struct Won<'s> {
    pub value: String,
    pub said: &'s Said,
}

impl Won<'_> {
    /// Whether it wins over another declaration of the same element.
    pub fn is_after(&self, other: &Won<'_>) -> bool {
        self.said.order > other.said.order
    }
}

/// What the classes of an element mean, each with its place.
type Classes = Vec<(Meaning, Span)>;

/// A page with its style sheets.
pub(super) struct Cascade<'p> {
    source: &'p str,
    sheets: &'p [Sheet],
    /// For each sheet whether it is a file of its own.
    linked: Vec<bool>,
    pub dom: &'p Dom,
    said: RefCell<HashMap<NodeId, Rc<Vec<Said>>>>,
    meanings: RefCell<HashMap<NodeId, Rc<Classes>>>,
    caches: RefCell<SelectorCaches>,
    spent: Cell<u64>,
    quirks: QuirksMode,
}

impl<'p> Cascade<'p> {
    pub fn new(subject: &'p Subject<'_>, dom: &'p Dom, sheets: &'p [Sheet]) -> Self {
        let own = std::ptr::from_ref(subject.source).addr();
        let quirks = match dom.html().quirks_mode {
            html5ever::interface::QuirksMode::Quirks => QuirksMode::Quirks,
            html5ever::interface::QuirksMode::LimitedQuirks => QuirksMode::LimitedQuirks,
            html5ever::interface::QuirksMode::NoQuirks => QuirksMode::NoQuirks,
        };
        Cascade {
            source: subject.source.text(),
            sheets,
            linked: sheets.iter().map(|s| s.source != own).collect(),
            dom,
            said: RefCell::default(),
            meanings: RefCell::default(),
            caches: RefCell::default(),
            spent: Cell::new(0),
            quirks,
        }
    }

    /// Whether what is told can be relied on.
    pub fn is_certain(&self) -> bool {
        self.spent.get() < BUDGET && !self.sheets.iter().any(|s| s.cut)
    }

    /// How many of the sheets are files of their own.
    pub fn linked(&self) -> usize {
        self.linked.iter().filter(|l| **l).count()
    }

    /// The element of a node.
    pub fn element(&self, node: NodeId) -> Option<ElementRef<'p>> {
        self.dom.html().tree.get(node).and_then(ElementRef::wrap)
    }

    /// The elements around one, the nearest first.
    pub fn around(&self, node: NodeId) -> Vec<NodeId> {
        let ancestors = self.dom.html().tree.get(node).into_iter().flat_map(|n| n.ancestors());
        ancestors.filter(|n| n.value().is_element()).map(|n| n.id()).collect()
    }

    /// Takes from the budget; `false` when nothing is left.
    fn spend(&self, cost: u64) -> bool {
        self.spent.set(self.spent.get().saturating_add(cost));
        self.spent.get() < BUDGET
    }

    /// Whether a selector matches an element.
    fn matches(&self, complex: &super::selector::Complex, element: &ElementRef<'p>) -> bool {
        if !self.spend(MATCHING * u64::from(complex.cost)) {
            return false;
        }
        let mut caches = self.caches.borrow_mut();
        let mut context =
            MatchingContext::new(MatchingMode::Normal, None, &mut caches, self.quirks, NeedsSelectorFlags::No, MatchingForInvalidation::No);
        matches_selector(&complex.selector, 0, None, element, &mut context)
    }

    /// The first elements to which a rule of a sheet applies.
    pub fn elements(&self, sheet: usize, rule: usize, most: usize) -> Vec<NodeId> {
        let Some(rule) = self.sheets.get(sheet).and_then(|s| s.rules.get(rule)) else { return Vec::new() };
        let all = self.dom.html().tree.nodes().filter_map(ElementRef::wrap);
        all.filter(|e| rule.selectors.iter().any(|s| self.matches(s, e))).map(|e| e.id()).take(most).collect()
    }

    /// All declarations that may apply to an element.
    pub fn said(&self, node: NodeId) -> Rc<Vec<Said>> {
        if let Some(known) = self.said.borrow().get(&node) {
            return Rc::clone(known);
        }
        let mut out = Vec::new();
        if let Some(e) = self.element(node) {
            self.hints(&e, &mut out);
            self.classes(&e, &mut out);
            self.in_sheets(&e, &mut out);
            self.style(&e, &mut out);
        }
        let out = Rc::new(out);
        self.said.borrow_mut().insert(node, Rc::clone(&out));
        out
    }

    fn own(&self, span: Span) -> Place {
        Place { sheet: None, span }
    }

    /// Attributes that say what declarations could say.
    fn hints(&self, e: &ElementRef<'p>, out: &mut Vec<Said>) {
        let html = &*e.value().name.ns == "http://www.w3.org/1999/xhtml";
        let names: &[&str] = match e.value().name() {
            "img" | "source" | "input" | "video" | "object" | "embed" if html => &["width", "height", "hidden"],
            _ if html => &["hidden", "bgcolor", "background"],
            _ => &["width", "height", "opacity", "filter", "transform", "clip-path", "mask", "display", "visibility"],
        };
        for (i, name) in names.iter().enumerate() {
            let Some(value) = e.value().attr(name) else { continue };
            let (property, value) = match *name {
                "hidden" => ("display", "none".to_owned()),
                "bgcolor" => ("background-color", value.trim().to_owned()),
                "background" => ("background-image", "url()".to_owned()),
                "width" | "height" => match dimension(value) {
                    Some(v) => (*name, v),
                    None => continue,
                },
                // Degrees need no unit in an attribute of SVG.
                "transform" => (*name, svg_transform(value)),
                _ => (*name, value.to_owned()),
            };
            let Some(span) = self.dom.attr_span(e.id(), name) else { continue };
            let order = Order { important: false, tier: -1, layer: 0, specificity: 0, sequence: i as u64 };
            let place = self.own(span);
            out.push(Said { property: property.into(), value: value.into(), place, order, state: None, media: Vec::new(), hint: true });
        }
    }

    /// Classes of the table, as far as no sheet gives them a meaning: the element's own, and those that those around it have for it.
    fn classes(&self, e: &ElementRef<'p>, out: &mut Vec<Said>) {
        let around = e.ancestors().filter_map(ElementRef::wrap);
        let mut giving = 0;
        for (up, holder) in std::iter::once(*e).chain(around).enumerate() {
            let meanings = self.meanings(&holder);
            self.spend(1 + meanings.len() as u64);
            giving += usize::from(up > 0 && meanings.iter().any(|m| m.0.within.is_some()));
            if giving > MAX_GIVING {
                return;
            }
            for (i, (meaning, span)) in meanings.iter().enumerate() {
                let meant = match &meaning.within {
                    None => up == 0,
                    Some((name, child)) => up > 0 && (!child || up == 1) && (name == "*" || name == e.value().name()),
                };
                if meant {
                    self.class(meaning, *span, i, out);
                }
            }
        }
    }

    /// What the classes of an element mean, with their places.
    fn meanings(&self, e: &ElementRef<'p>) -> Rc<Classes> {
        let Some(attribute) = e.value().attr("class").filter(|c| c.len() <= MAX_CLASSES) else { return Rc::default() };
        if let Some(known) = self.meanings.borrow().get(&e.id()) {
            return Rc::clone(known);
        }
        let mut places = None;
        let mut out = Vec::new();
        for class in attribute.split_ascii_whitespace() {
            if self.sheets.iter().any(|s| s.defined.contains(class)) {
                continue;
            }
            let Some(meaning) = Table::get().meaning(class) else { continue };
            let places = places.get_or_insert_with(|| self.places(e.id(), "class"));
            if let Some(place) = places.get(class).copied().or_else(|| self.dom.attr_span(e.id(), "class")) {
                out.push((meaning, place));
            }
        }
        let out = Rc::new(out);
        self.meanings.borrow_mut().insert(e.id(), Rc::clone(&out));
        out
    }

    /// Where the words of an attribute stand, as far as they are written as they are.
    fn places(&self, node: NodeId, name: &str) -> HashMap<&'p str, Span> {
        // The tag is read again for it.
        self.spend(self.dom.tag_span(node).map_or(0, |t| t.len() as u64 / 8));
        let Some(span) = self.dom.attr_span(node, name) else { return HashMap::new() };
        let Some(raw) = self.source.get(span.range()) else { return HashMap::new() };
        let at = |word: &str| span.start + (word.as_ptr() as usize - raw.as_ptr() as usize);
        raw.split_ascii_whitespace().map(|w| (w, Span::new(at(w), at(w) + w.len()))).collect()
    }

    fn class(&self, meaning: &Meaning, span: Span, number: usize, out: &mut Vec<Said>) {
        let place = self.own(span);
        // Classes for states come after those for rest, those for wider screens after those for narrower ones.
        let mut widths = Vec::new();
        meaning.media.iter().for_each(|m| m.turns(&mut widths, &mut false));
        let rank = widths.first().map_or(0, |w| *w as u64) + 2 * meaning.media.len() as u64 + u64::from(meaning.state.is_some());
        let sequence = rank << 16 | (number as u64 & 0xFFFF);
        for d in &meaning.declarations {
            // As in a style sheet that comes before all at hand.
            let layer = if d.important { -i64::MAX } else { i64::MAX };
            let order = Order { important: d.important, tier: 0, layer, specificity: 1 << 10, sequence };
            let (place, media) = (place.clone(), meaning.media.clone());
            out.push(Said { property: d.property.clone(), value: d.value.clone(), place, order, state: meaning.state, media, hint: false });
        }
    }

    fn in_sheets(&self, e: &ElementRef<'p>, out: &mut Vec<Said>) {
        let mut keys = vec![Key::Any, Key::Name(e.value().name().to_ascii_lowercase().into())];
        keys.extend(e.value().id().map(|id| Key::Id(id.into())));
        keys.extend(e.value().classes().map(|c| Key::Class(c.into())));
        for (number, sheet) in self.sheets.iter().enumerate() {
            let mut best: HashMap<(u32, Option<&'static str>), u32> = HashMap::new();
            for (r, s) in keys.iter().filter_map(|k| sheet.index.get(k)).flatten() {
                let Some(complex) = sheet.rules.get(*r as usize).and_then(|rule| rule.selectors.get(*s as usize)) else { continue };
                if !complex.transient && self.matches(complex, e) {
                    let known = best.entry((*r, complex.state)).or_default();
                    *known = complex.specificity.max(*known);
                }
            }
            for ((r, state), specificity) in best {
                let rule = &sheet.rules[r as usize];
                let layer = rule.layer.map_or(i64::MAX, |l| ((number as i64) << 32) + i64::from(l));
                for (i, d) in rule.declarations.iter().enumerate() {
                    let sequence = (number as u64 + 1) << 48 | u64::from(r) << 16 | (i as u64).min(0xFFFF);
                    let sequence = sequence | 1 << 63;
                    let layer = if d.important { -layer } else { layer };
                    let order = Order { important: d.important, tier: 0, layer, specificity, sequence };
                    let place = Place { sheet: self.linked[number].then_some(number), span: d.span };
                    let media = sheet.media.iter().chain(&rule.media).cloned().collect();
                    out.push(Said { property: d.property.clone(), value: d.value.clone(), place, order, state, media, hint: false });
                }
            }
        }
    }

    fn style(&self, e: &ElementRef<'p>, out: &mut Vec<Said>) {
        let Some(text) = e.value().attr("style") else { return };
        let Some(span) = self.dom.attr_span(e.id(), "style") else { return };
        let verbatim = self.source.get(span.range()) == Some(text);
        for (i, d) in declarations(text).into_iter().enumerate() {
            let order = Order { important: d.important, tier: 1, layer: 0, specificity: 0, sequence: i as u64 };
            let place = self.own(if verbatim { d.span.shifted(span.start) } else { span });
            out.push(Said { property: d.property, value: d.value, place, order, state: None, media: Vec::new(), hint: false });
        }
    }

    /// The declaration of a property that wins.
    fn winner<'s>(&self, said: &'s [Said], property: &str, look: Look) -> Option<&'s Said> {
        self.spend(said.len() as u64);
        let applies = |s: &&Said| {
            (*s.property == *property || &*s.property == "all" && !property.starts_with("--"))
                && (look.state || s.state.is_none())
                && s.media.iter().all(|m| m.applies(look.screen) == Some(true))
        };
        said.iter().filter(applies).max_by_key(|s| s.order)
    }

    /// Whether anything is said of a property.
    pub fn is_declared(&self, said: &[Said], property: &str, look: Look) -> bool {
        self.winner(said, property, look).is_some()
    }

    /// The value of a property, if it has one that can be told.
    pub fn value<'s>(&self, node: NodeId, said: &'s [Said], property: &str, look: Look) -> Option<Won<'s>> {
        let won = self.winner(said, property, look)?;
        let value = self.resolve(node, &won.value, look, &mut MAX_VARIABLES.clone())?;
        let value = value.trim();
        let wide = ["initial", "unset", "revert", "revert-layer", "inherit"].iter().any(|w| value.eq_ignore_ascii_case(w));
        (!wide && &*won.property != "all").then(|| Won { value: value.to_owned(), said: won })
    }

    /// A property that is put together of parts: `filter` itself, or the parts `filter.blur` and so on that classes give.
    pub fn parts<'s>(&self, node: NodeId, said: &'s [Said], property: &str, look: Look) -> Vec<Won<'s>> {
        let mut names: Vec<&str> = Vec::new();
        for s in said {
            if s.property.strip_prefix(property).is_some_and(|r| r.starts_with('.')) && !names.contains(&&*s.property) {
                names.push(&s.property);
            }
        }
        let parts: Vec<Won<'s>> = names.iter().filter_map(|n| self.value(node, said, n, look)).collect();
        let whole = self.winner(said, property, look);
        let last = parts.iter().map(|p| p.said.order).max();
        match (whole, last) {
            (Some(w), Some(last)) if w.order < last => parts,
            (Some(_), _) => self.value(node, said, property, look).into_iter().collect(),
            (None, _) => parts,
        }
    }

    /// A value with what its custom properties stand for; `None` if one stands for nothing.
    fn resolve(&self, node: NodeId, value: &str, look: Look, left: &mut usize) -> Option<String> {
        let Some(at) = find_var(value) else { return Some(value.to_owned()) };
        *left = left.checked_sub(1)?;
        let inner = &value[at + 4..];
        let close = closing(inner)?;
        let (name, fallback) = match inner[..close].split_once(',') {
            Some((n, f)) => (n.trim(), Some(f)),
            None => (inner[..close].trim(), None),
        };
        let found = self.variable(node, name, look);
        let middle = match found {
            Some((at, v)) => self.resolve(at, &v, look, left).or_else(|| self.resolve(node, fallback?, look, left)),
            None => self.resolve(node, fallback?, look, left),
        }?;
        let rest = self.resolve(node, &inner[close + 1..], look, left)?;
        let out = format!("{}{middle}{rest}", &value[..at]);
        (out.len() <= MAX_VALUE).then_some(out)
    }

    /// What a custom property says here or around here.
    fn variable(&self, node: NodeId, name: &str, look: Look) -> Option<(NodeId, String)> {
        for at in std::iter::once(node).chain(self.around(node)) {
            let said = self.said(at);
            if let Some(won) = self.winner(&said, name, look) {
                let initial = won.value.eq_ignore_ascii_case("initial");
                return (!initial).then(|| (at, won.value.to_string()));
            }
        }
        self.sheets.iter().rev().find_map(|s| s.initial.get(name)).map(|v| (node, v.to_string()))
    }

    /// What the steps of an animation declare.
    pub fn keyframes(&self, name: &str) -> Option<&[super::sheet::Declaration]> {
        let own = self.sheets.iter().rev().find_map(|s| s.keyframes.get(name));
        own.or_else(|| Table::get().animations.get(name)).map(Vec::as_slice)
    }
}

/// The first `var(` of a value.
fn find_var(value: &str) -> Option<usize> {
    let bytes = value.as_bytes();
    memchr::memchr_iter(b'(', bytes).find_map(|i| {
        let at = i.checked_sub(3)?;
        let before = at.checked_sub(1).map(|b| bytes[b]);
        (bytes[at..i].eq_ignore_ascii_case(b"var") && !before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'-')).then_some(at)
    })
}

/// The bracket that closes what was opened before.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (i, b) in text.bytes().enumerate() {
        match b {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(i),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A `width` or `height` attribute as a declaration would say it.
fn dimension(value: &str) -> Option<String> {
    let value = value.trim();
    let digits = value.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(value.len());
    let number: f32 = value[..digits].parse().ok()?;
    let unit = match &value[digits..] {
        // Attributes of SVG have units.
        u @ ("em" | "rem" | "pt" | "in" | "cm" | "mm") => u,
        u if u.starts_with('%') => "%",
        _ => "px",
    };
    Some(format!("{number}{unit}"))
}

/// A `transform` attribute of SVG with the units that a declaration needs.
fn svg_transform(value: &str) -> String {
    match super::value::functions(value) {
        Some(list) => {
            let one = |(name, args): &(String, Vec<super::value::Arg>)| {
                let angle = matches!(name.as_str(), "rotate" | "skewx" | "skewy");
                let unit = if angle { "deg" } else { "" };
                let numbers: Vec<String> = args.iter().filter_map(|a| a.amount()).map(|n| format!("{n}{unit}")).collect();
                let kept = if angle { 1 } else { numbers.len() };
                format!("{name}({})", numbers[..kept.min(numbers.len())].join(", "))
            };
            list.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        None => value.to_owned(),
    }
}
