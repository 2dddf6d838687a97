//! What must hold of a drawing's elements before the parser follows them: no element shows itself, and written out, with every
//! reference replaced by what it refers to, they are few and not deep. And whether all that is seen is in the file.

use crate::badge::Refusal;
use resvg::usvg::roxmltree::{Document, Node};
use rustc_hash::{FxHashMap, FxHashSet};
use simplecss::StyleSheet;
use std::cell::Cell;

/// The most nodes of a document.
pub(super) const NODES: u32 = 300_000;
/// The most elements and their attributes' text, written out: one for an element and each 64 bytes.
const WEIGHT: u64 = 400_000;
/// The deepest nesting, written out. Parser and renderer recurse.
const DEPTH: u32 = 150;
/// The most comparisons of style rules with elements.
const STYLES: u64 = 20_000_000;
/// The most style sheets, parts of a filter, and stops of a gradient: each is compared with those before it, or at each pixel.
const PARTS: usize = 200;

/// What was found out on the way.
pub(super) struct Facts {
    /// It is animated.
    pub moves: bool,
}

pub(super) fn too_many() -> Refusal {
    Refusal::new("the drawing has too many elements", "simplify it, or export it as PNG")
}

pub(super) fn check(document: &Document) -> Result<Facts, Refusal> {
    let sheet = style_sheet(document)?;
    let elements = Elements::new(document, &sheet)?;
    elements.check_rules(elements.weigh()?)?;
    let mut moves = document.descendants().any(|n| n.is_element() && is_animation(n.tag_name().name()));
    moves |= sheet.rules.iter().flat_map(|r| &r.declarations).any(|d| matches!(d.name, "animation" | "animation-name"));
    for node in document.descendants() {
        check_seen(node, &elements)?;
    }
    Ok(Facts { moves })
}

fn is_animation(name: &str) -> bool {
    matches!(name, "animate" | "animateTransform" | "animateMotion" | "animateColor" | "set")
}

/// The drawing's own style rules, as the parser reads them.
fn style_sheet<'a>(document: &'a Document) -> Result<StyleSheet<'a>, Refusal> {
    let mut sheet = StyleSheet::new();
    for (number, node) in document.descendants().filter(|n| n.tag_name().name() == "style").enumerate() {
        if number >= PARTS {
            return Err(too_many());
        }
        let text = node.text().unwrap_or_default();
        if let Some(at) = text.find("@import") {
            let rule = text[at + 7..].split(';').next().unwrap_or_default();
            return Err(outside(rule.trim().trim_start_matches("url(").trim_matches(['"', '\'', ')', ' '])));
        }
        sheet.parse_more(text);
    }
    Ok(sheet)
}

/// What is not in the file.
fn outside(what: &str) -> Refusal {
    let short: String = what.chars().take(60).collect();
    let more = if short.len() < what.len() { "…" } else { "" };
    Refusal::new(format!("the drawing needs another file: {short}{more}"), "export it as one file, with everything in it")
}

/// The elements of a document and what each refers to.
struct Elements<'a, 'input> {
    document: &'a Document<'input>,
    sheet: &'a StyleSheet<'a>,
    ids: FxHashMap<&'a str, usize>,
    /// Of each node, by its number: how deep it lies.
    depth: Vec<u32>,
    /// The ids that something may refer to.
    referred: FxHashSet<&'a str>,
    /// How many more comparisons of rules with elements are made to see whether an element is hidden.
    steps: Cell<u64>,
}

impl<'a, 'input> Elements<'a, 'input> {
    fn new(document: &'a Document<'input>, sheet: &'a StyleSheet<'a>) -> Result<Self, Refusal> {
        let mut ids = FxHashMap::default();
        let mut depth: Vec<u32> = Vec::new();
        for node in document.descendants() {
            // Parents come before their children.
            let d = node.parent().and_then(|p| depth.get(p.id().get_usize())).map_or(0, |d| d + 1);
            if d > DEPTH {
                return Err(too_deep());
            }
            depth.push(d);
            if let Some(id) = node.attribute("id") {
                ids.entry(id).or_insert(node.id().get_usize());
            }
        }
        let named = document.descendants().flat_map(|n| {
            let style = n.is_element() && n.tag_name().name() == "style";
            n.attributes().map(|a| a.value()).chain(style.then(|| n.text()).flatten())
        });
        let named = named.flat_map(|v| v.split('#').skip(1)).filter_map(|v| v.split(['"', '\'', ')', ' ', ';', '{', ',']).next());
        let elements = Elements { referred: named.map(str::trim).collect(), sheet, ids, depth, document, steps: Cell::new(STYLES) };
        elements.check_rules(elements.depth.len() as u64)?;
        Ok(elements)
    }

    /// That so many elements can be held against the style rules.
    fn check_rules(&self, count: u64) -> Result<(), Refusal> {
        // A selector of several elements is tried at every ancestor.
        let deepest = u64::from(self.depth.iter().copied().max().unwrap_or(0)) + 1;
        let tries = self.sheet.rules.iter().map(|r| {
            let parts = r.selector.to_string().bytes().filter(|b| *b == b' ').count();
            deepest.saturating_pow(u32::try_from(parts).unwrap_or(u32::MAX)).saturating_mul(1 + r.declarations.len() as u64)
        });
        if tries.fold(0, u64::saturating_add).saturating_mul(count) > STYLES {
            return Err(Refusal::new("the drawing has too many style rules", "export it with presentation attributes"));
        }
        Ok(())
    }

    /// What a node refers to, and how many times it may show it.
    fn references(&self, node: Node<'a, 'input>, url_rules: &[&simplecss::Rule], vertices: u64, to: &mut Vec<(usize, u64)>) {
        let mut link = |target: &str, times: u64| {
            to.extend(target.trim().strip_prefix('#').and_then(|id| self.ids.get(id)).map(|n| (*n, times)));
        };
        for attribute in node.attributes() {
            let value = attribute.value();
            if attribute.name() == "href" && shows_href(node) {
                link(value, 1);
            }
            let times = if value.contains("marker") || attribute.name().starts_with("marker") { vertices } else { 1 };
            urls(value).for_each(|url| link(url, times));
        }
        for rule in url_rules.iter().filter(|r| r.selector.matches(&Styled(node))) {
            for d in &rule.declarations {
                let times = if d.name.starts_with("marker") { vertices } else { 1 };
                urls(d.value).for_each(|url| link(url, times));
            }
        }
    }

    /// That written out, the elements are few enough, not too deep, and come to an end; and how many they are.
    fn weigh(&self) -> Result<u64, Refusal> {
        let count = self.depth.len();
        let nodes: Vec<Node> = self.document.descendants().collect();
        // Points of paths, where markers are drawn: of each element and all within it.
        let mut vertices = vec![1u64; count];
        for (i, node) in nodes.iter().enumerate().rev() {
            let own = ["d", "points"].iter().filter_map(|a| node.attribute(*a)).map(|d| d.len() as u64 / 2).sum::<u64>();
            vertices[i] += own;
            if let Some(parent) = node.parent() {
                vertices[parent.id().get_usize()] = vertices[parent.id().get_usize()].saturating_add(vertices[i]);
            }
        }
        let url_rules: Vec<&simplecss::Rule> =
            self.sheet.rules.iter().filter(|r| r.declarations.iter().any(|d| d.value.contains("url("))).collect();
        let mut weight = vec![0u64; count];
        let mut depth = vec![0u32; count];
        // 0: not seen; 1: being weighed; 2: weighed.
        let mut state = vec![0u8; count];
        let mut edges: Vec<(usize, u64)> = Vec::new();
        // A node, where its edges begin, and how many of them are left.
        let mut path: Vec<(usize, usize)> = vec![(0, 0)];
        let open = |i: usize, edges: &mut Vec<(usize, u64)>| {
            edges.extend(nodes[i].children().filter(Node::is_element).map(|c| (c.id().get_usize(), 1)));
            if nodes[i].is_element() {
                self.references(nodes[i], &url_rules, vertices[i], edges);
            }
        };
        state[0] = 1;
        open(0, &mut edges);
        while let Some((node, start)) = path.last().copied() {
            let Some((next, times)) = edges.get(start..).and_then(|e| e.last()).copied() else {
                let text: usize = nodes[node].attributes().map(|a| a.value().len()).sum();
                weight[node] = weight[node].saturating_add(1 + text as u64 / 64);
                if weight[node] > WEIGHT {
                    return Err(too_many());
                }
                state[node] = 2;
                path.pop();
                continue;
            };
            match state[next] {
                0 => {
                    state[next] = 1;
                    path.push((next, edges.len()));
                    // As deep as the document and its references: the check of the depth below ends it.
                    if path.len() > 1 << 16 {
                        return Err(too_deep());
                    }
                    open(next, &mut edges);
                }
                1 => {
                    let name = nodes[next].attribute("id").unwrap_or_default();
                    return Err(Refusal::new(format!("the drawing's element {name:?} shows itself"), "remove the reference to itself"));
                }
                _ => {
                    edges.pop();
                    weight[node] = weight[node].saturating_add(weight[next].saturating_mul(times));
                    depth[node] = depth[node].max(depth[next] + 1);
                    if depth[node] > DEPTH {
                        return Err(too_deep());
                    }
                }
            }
        }
        Ok(weight[0])
    }

    /// What a property of an element is, not looking at its ancestors.
    fn style(&self, node: Node<'a, 'input>, property: &str) -> Option<&'a str> {
        let inline = node.attribute("style").into_iter().flat_map(simplecss::DeclarationTokenizer::from);
        let inline = inline.filter(|d| d.name == property).map(|d| d.value).last();
        inline
            .or_else(|| {
                let rules = self.sheet.rules.iter().rev();
                let mut declarations = rules.filter_map(|r| Some((r, r.declarations.iter().rfind(|d| d.name == property)?)));
                declarations.find(|(r, _)| r.selector.matches(&Styled(node))).map(|(_, d)| d.value)
            })
            .or_else(|| node.attribute(property))
    }
}

fn too_deep() -> Refusal {
    Refusal::new(format!("the drawing is nested more than {DEPTH} deep"), "ungroup it, or export it as PNG")
}

/// Whether an element shows what its `href` names; links do not.
fn shows_href(node: Node) -> bool {
    let names = ["use", "image", "feImage", "linearGradient", "radialGradient", "pattern", "filter", "textPath", "tref", "altGlyph"];
    names.contains(&node.tag_name().name())
}

/// What `url(…)` in a value names.
fn urls(value: &str) -> impl Iterator<Item = &str> {
    value
        .split("url(")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\''))
}

/// That what readers see is in the file and does not depend on the machine.
fn check_seen<'a, 'input>(node: Node<'a, 'input>, elements: &Elements<'a, 'input>) -> Result<(), Refusal> {
    if let Some(pi) = node.pi().filter(|pi| pi.target == "xml-stylesheet") {
        let value = pi.value.unwrap_or_default();
        let href = value.split("href=").nth(1).and_then(|v| v.get(1..)).and_then(|v| v.split(['"', '\'']).next());
        return match href {
            // A sheet within the document.
            Some(href) if href.starts_with('#') => Ok(()),
            href => Err(outside(href.unwrap_or("a style sheet"))),
        };
    }
    if !node.is_element() {
        return Ok(());
    }
    let name = node.tag_name().name();
    let parts = matches!(name, "filter" | "feMerge" | "feComponentTransfer" | "linearGradient" | "radialGradient");
    if parts && node.children().filter(Node::is_element).nth(PARTS).is_some() {
        return Err(too_many());
    }
    for attribute in node.attributes() {
        let value = attribute.value();
        if is_geometry(attribute.name()) && has_huge_number(value) {
            return Err(Refusal::new("the drawing has numbers that are too large", "export it again, or as PNG"));
        }
        if attribute.name() == "href" && shows_href(node) {
            let value = value.trim();
            let whole = value.starts_with('#') || value.is_empty();
            let data = value.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("data:")) && matches!(name, "image" | "feImage");
            if !whole && !data && !is_hidden(node, elements) {
                return Err(outside(value));
            }
        } else if is_painted(attribute.name())
            && value.contains("url(")
            && let Some(url) = urls(value).find(|u| !u.starts_with('#'))
        {
            return Err(outside(url));
        }
    }
    if name == "style" {
        let rules = elements.sheet.rules.iter().flat_map(|r| &r.declarations).filter(|d| is_painted(d.name));
        if let Some(url) = rules.flat_map(|d| urls(d.value)).find(|u| !u.starts_with('#')) {
            return Err(outside(url));
        }
    }
    if name == "foreignObject" && !is_hidden(node, elements) {
        return Err(Refusal::new("the drawing holds a piece of web page (foreignObject)", "export it without foreignObject, or as PNG"));
    }
    if name == "text" {
        let words: String =
            node.descendants().filter_map(|n| if n.is_text() { n.text() } else { None }).flat_map(str::chars).take(400).collect();
        let words: Vec<&str> = words.split_whitespace().collect();
        if !words.is_empty() && !is_hidden(node, elements) {
            let words: String = words.join(" ").chars().take(40).collect();
            return Err(Refusal::new(
                format!("the drawing holds text that looks different on each machine: {words:?}"),
                "convert the text to outlines (paths)",
            ));
        }
    }
    Ok(())
}

/// Whether an attribute holds lengths or coordinates.
fn is_geometry(name: &str) -> bool {
    let names =
        ["d", "points", "viewBox", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "fr", "width", "height"];
    let more = ["dx", "dy", "radius", "stdDeviation", "scale", "offset", "stroke-width", "stroke-dasharray", "stroke-dashoffset"];
    names.contains(&name) || more.contains(&name) || name.ends_with("ransform") || name.starts_with("marker") || name.starts_with("ref")
}

/// Whether a number is larger than any drawing needs: products of a few of them are beyond what renderers work with.
fn has_huge_number(value: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == 'e' || c == 'E' || c == '+';
    let mut numbers = value.split(|c| !is_number(c));
    numbers.any(|n| {
        let (mantissa, exponent) = n.split_once(['e', 'E']).unwrap_or((n, ""));
        let whole = mantissa.trim_start_matches(['+', '0']).split(['.', '+']).next().unwrap_or_default().len();
        let exponent = exponent.trim_start_matches(['+', '0']).split(['.', '+']).next().unwrap_or_default();
        whole.saturating_add(exponent.parse().unwrap_or(if exponent.is_empty() { 0 } else { 999 })) > 10
    })
}

/// Whether a property or attribute may name what is painted.
fn is_painted(name: &str) -> bool {
    matches!(name, "style" | "fill" | "stroke" | "clip-path" | "mask" | "filter" | "background" | "background-image")
        || name.starts_with("marker")
}

/// Whether an element is certainly not seen.
fn is_hidden<'a, 'input>(node: Node<'a, 'input>, elements: &Elements<'a, 'input>) -> bool {
    let is = |node, property, value: &str| elements.style(node, property).is_some_and(|v| v.trim() == value);
    let mut visibility = None;
    for ancestor in node.ancestors().filter(Node::is_element) {
        // Beyond what is worth the time, it counts as seen.
        let rules: usize = elements.sheet.rules.iter().map(|r| 1 + r.declarations.len()).sum();
        let Some(steps) = elements.steps.get().checked_sub(rules as u64 + 1) else { return false };
        elements.steps.set(steps);
        let zero = elements.style(ancestor, "opacity").and_then(|v| v.trim().trim_end_matches('%').parse::<f32>().ok()) == Some(0.0);
        if zero || is(ancestor, "display", "none") {
            return true;
        }
        visibility = visibility.or_else(|| elements.style(ancestor, "visibility").map(str::trim));
        // Never drawn where it stands, only where it is referred to.
        if matches!(ancestor.tag_name().name(), "defs" | "symbol" | "metadata" | "title" | "desc") {
            let within = node.ancestors().take_while(|n| *n != ancestor).chain([ancestor]);
            let named = within.filter_map(|n| n.attribute("id")).any(|id| elements.referred.contains(id));
            return !named || matches!(ancestor.tag_name().name(), "metadata" | "title" | "desc");
        }
    }
    matches!(visibility, Some("hidden" | "collapse"))
}

/// An element as the style sheet sees it.
struct Styled<'a, 'input>(Node<'a, 'input>);

impl simplecss::Element for Styled<'_, '_> {
    fn parent_element(&self) -> Option<Self> {
        self.0.parent_element().map(Styled)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.0.prev_sibling_element().map(Styled)
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.0.tag_name().name() == name
    }

    fn attribute_matches(&self, name: &str, operator: simplecss::AttributeOperator<'_>) -> bool {
        self.0.attribute(name).is_some_and(|v| operator.matches(v))
    }

    fn pseudo_class_matches(&self, class: simplecss::PseudoClass<'_>) -> bool {
        matches!(class, simplecss::PseudoClass::FirstChild) && self.0.prev_sibling_element().is_none()
    }
}
