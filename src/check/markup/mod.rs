//! Alterations by markup: what attributes, classes and style sheets do to a picture that a page shows.
//!
//! Told from the text of the page and of style sheets at hand, without its pixels. Nothing here opens a file or knows which pictures matter.
//! What a declaration may do but need not (a box whose size is not known, a class that a script takes away) is not told.

mod cascade;
mod classes;
mod effect;
mod ground;
mod media;
mod selector;
mod sheet;
mod size;
#[cfg(test)]
mod tests;
mod value;

pub use sheet::{Import, Sheet};

use super::Subject;
use crate::badge::AlterationKind;
use crate::document::{Image, ImageSource, StyleSheet};
use crate::source::Span;
use cascade::{Cascade, Look, Place, Said};
use effect::Effects;
use ego_tree::NodeId;
use ego_tree::iter::Edge;
use media::Screen;
use std::cell::OnceCell;
use std::rc::Rc;

/// Widths of screens that are looked at beside the usual one.
const MAX_WIDTHS: usize = 16;
/// Elements that one rule of a style sheet gives a background are looked at up to this number.
const MAX_ELEMENTS: usize = 20;
/// Elements around a picture that say anything and are looked at, the nearest first.
const MAX_AROUND: usize = 64;
/// Nodes looked at to tell whether an element holds nothing but one picture.
const MAX_WALK: usize = 200;

/// Something in the markup that alters a picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Markup {
    /// What it does.
    pub kind: AlterationKind,
    /// What was found, against what is allowed: `opacity 35 %; allowed 100 %`.
    pub words: String,
    /// Where the declaration, class or attribute stands that does it: in the page's source, or in that of `sheet`.
    pub spans: Vec<Span>,
    /// The style sheet that has it, by its place among those given, if it is a source of its own.
    pub sheet: Option<usize>,
    /// Whether it shows when nobody does anything; otherwise only while somebody points at something.
    pub at_rest: bool,
    /// Whether it stands on an element around the picture.
    pub ancestor: bool,
}

/// A page with the style sheets that are at hand.
pub struct Page<'p, 's> {
    subject: &'p Subject<'s>,
    sheets: &'p [Sheet],
    cascades: OnceCell<Vec<Cascade<'p>>>,
}

/// What markup does to one picture. For several of one page, [`Page`] works out less twice.
///
/// `sheets` are the page's style sheets in the order of [`Document::sheets`](crate::document::Document::sheets), each after those that it
/// imports: its own parsed from the page's source, linked ones from sources of their own. `intrinsic` is the picture's own width and height
/// in pixels, if known.
pub fn alterations(subject: &Subject<'_>, image: &Image, sheets: &[Sheet], intrinsic: Option<(u32, u32)>) -> Vec<Markup> {
    Page::new(subject, sheets).alterations(image, intrinsic)
}

/// The style sheets of a page in the order in which they apply: its own parsed here, linked ones by `linked`, which gives what is at hand
/// of one: the sheets that it imports, then the sheet itself.
pub fn sheets(subject: &Subject<'_>, mut linked: impl FnMut(&StyleSheet) -> Vec<Sheet>) -> Vec<Sheet> {
    let mut out = Vec::new();
    for s in &subject.document.sheets {
        let parsed = match s.source {
            ImageSource::Inline(span) => vec![Sheet::parse(subject.source, span)],
            ImageSource::Address(_) => linked(s),
        };
        out.extend(parsed.into_iter().map(|sheet| if s.media.is_some() { sheet.for_media(s.media.as_deref()) } else { sheet }));
    }
    out
}

/// Whether a style sheet for these media may say something of how a page looks on a screen.
pub fn is_for_screens(media: Option<&str>) -> bool {
    media.is_none_or(|m| media::Media::read(m).applies(Screen::USUAL) != Some(false))
}

/// What an element shows of a picture.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Shows {
    /// It is the picture: an `<img>`, a poster.
    Picture {
        /// A drawing keeps its proportions in a box of others.
        drawing: bool,
    },
    /// A drawing written out, or taken from elsewhere by `<use>`.
    Inline,
    /// The picture is its background.
    Background,
}

impl Shows {
    /// What is shown in this place; `None` where nothing of a page shows it.
    fn of(image: &Image) -> Option<Shows> {
        let address = match &image.source {
            ImageSource::Address(a) => a.as_str(),
            ImageSource::Inline(_) => "",
        };
        match image.holder.as_str() {
            "style" | "css" | "[data-bg]" | "[background]" => Some(Shows::Background),
            "svg" | "svg[use]" | "svg[image]" => Some(Shows::Inline),
            h if h.starts_with("meta[") || h.starts_with("link[") => None,
            _ => Some(Shows::Picture { drawing: is_drawing(address) }),
        }
    }
}

/// Something found under one look.
struct Found<'s> {
    kind: AlterationKind,
    words: String,
    by: Vec<&'s Said>,
    /// How far up it stands; 0 on the element itself.
    up: usize,
}

impl<'p, 's> Page<'p, 's> {
    /// A page with its style sheets; see [`alterations`].
    pub fn new(subject: &'p Subject<'s>, sheets: &'p [Sheet]) -> Self {
        Page { subject, sheets, cascades: OnceCell::new() }
    }

    fn cascades(&self) -> &[Cascade<'p>] {
        self.cascades.get_or_init(|| self.subject.doms().iter().map(|d| Cascade::new(self.subject, d, self.sheets)).collect())
    }

    /// What markup does to a picture of the page.
    pub fn alterations(&self, image: &Image, intrinsic: Option<(u32, u32)>) -> Vec<Markup> {
        let mut out = Vec::new();
        let Some(shows) = Shows::of(image) else { return out };
        for (cascade, node) in self.elements(image) {
            if !cascade.is_certain() {
                return Vec::new();
            }
            let named = image.element.and_then(|tag| cascade.dom.element_at(tag)).filter(|n| *n != node);
            self.element(cascade, node, named, shows, intrinsic, &mut out);
            if shows == Shows::Background
                && let Some(mask) = self.mask(cascade, node, image)
                && !out.contains(&mask)
            {
                out.push(mask);
            }
            if !cascade.is_certain() {
                return Vec::new();
            }
        }
        out
    }

    /// The elements that show a picture.
    fn elements(&self, image: &Image) -> Vec<(&Cascade<'p>, NodeId)> {
        if let Some(tag) = image.element {
            let found = self.cascades().iter().find_map(|c| c.dom.element_at(tag).map(|n| (c, n)));
            return found.and_then(|(c, n)| Some((c, shown_by(c, n)?))).into_iter().collect();
        }
        let (Some(span), "css") = (image.spans.first(), image.holder.as_str()) else { return Vec::new() };
        let own = std::ptr::from_ref(self.subject.source).addr();
        for (number, sheet) in self.sheets.iter().enumerate().filter(|(_, s)| s.source == own) {
            let at = sheet.rules.iter().position(|r| r.declarations.iter().any(|d| d.span.contains(span)));
            if let Some(rule) = at {
                let of = |c: &'_ Cascade<'p>| c.elements(number, rule, MAX_ELEMENTS);
                return self.cascades().iter().flat_map(|c| of(c).into_iter().map(move |n| (c, n))).collect();
            }
        }
        Vec::new()
    }

    /// A picture used as a mask shows its outline in one colour.
    fn mask(&self, cascade: &Cascade<'p>, node: NodeId, image: &Image) -> Option<Markup> {
        let said = cascade.said(node);
        let span = image.spans.first()?;
        let by = said.iter().find(|s| s.place.sheet.is_none() && s.place.span.contains(span) && s.property.starts_with("mask"))?;
        Some(Markup {
            kind: AlterationKind::Mono,
            words: "used as a mask, so that only its outline shows; allowed as an image".to_owned(),
            spans: vec![by.place.span],
            sheet: None,
            at_rest: true,
            ancestor: false,
        })
    }

    /// `named`: the `<source>` that names the picture, if it is not the element itself.
    fn element(
        &self,
        cascade: &Cascade<'p>,
        node: NodeId,
        named: Option<NodeId>,
        shows: Shows,
        intrinsic: Option<(u32, u32)>,
        out: &mut Vec<Markup>,
    ) {
        let named = named.map(|n| (n, cascade.said(n)));
        let all = std::iter::once(node).chain(cascade.around(node)).map(|n| (n, cascade.said(n)));
        // Most elements around it say nothing.
        let chain: Vec<(NodeId, Rc<Vec<Said>>)> = all.filter(|(n, said)| *n == node || !said.is_empty()).take(MAX_AROUND).collect();
        let (mut widths, mut scheme) = (Vec::new(), false);
        let media = chain.iter().flat_map(|(_, said)| said.iter()).flat_map(|s| &s.media);
        media.for_each(|m| m.turns(&mut widths, &mut scheme));
        widths.retain(|w| (200.0..=4000.0).contains(w));
        widths.sort_by(f32::total_cmp);
        widths.dedup();
        widths.truncate(MAX_WIDTHS);
        let mut screens = vec![Screen::USUAL];
        screens.extend(widths.iter().map(|&width| Screen { width, dark: false }));
        if scheme {
            let dark: Vec<Screen> = screens.iter().map(|s| Screen { dark: true, ..*s }).collect();
            screens.extend(dark);
        }
        let missing = self.missing(cascade);
        let mut at_rest: Vec<(AlterationKind, usize)> = Vec::new();
        for state in [false, true] {
            for &screen in &screens {
                let look = Look { screen, state };
                let mut found = Effects { cascade, chain: &chain, look, shows }.find();
                found.extend(size::find(cascade, &chain, look, shows, intrinsic, missing, named.as_ref()));
                for f in found {
                    // What is so at rest is not told again of the state.
                    if state && at_rest.contains(&(f.kind, f.up)) {
                        continue;
                    }
                    if !state {
                        at_rest.push((f.kind, f.up));
                    }
                    let markup = f.tell(look);
                    // Of elements around it that do the same, the nearest is told.
                    let known = |m: &Markup| m.spans == markup.spans && m.sheet == markup.sheet || m.ancestor && markup.ancestor;
                    if !out.iter().any(|m| m.kind == markup.kind && known(m)) {
                        out.push(markup);
                    }
                }
            }
        }
    }

    /// Whether a style sheet that the page names is not at hand.
    fn missing(&self, cascade: &Cascade<'p>) -> bool {
        let screen = |media: &Option<String>| is_for_screens(media.as_deref());
        let named = self.subject.document.sheets.iter().filter(|s| matches!(s.source, ImageSource::Address(_)) && screen(&s.media)).count();
        let imported: usize = self.sheets.iter().map(|s| s.imports.len()).sum();
        named + imported > cascade.linked()
    }
}

impl Found<'_> {
    fn tell(self, look: Look) -> Markup {
        let mut words = self.words;
        let media: Vec<&str> = self.by.iter().flat_map(|s| &s.media).map(|m| m.text.as_str()).collect();
        if let Some(first) = media.first() {
            words.push_str(&format!(" (where {first})"));
        } else if look.screen.dark {
            words.push_str(" (in dark colours)");
        } else if look.screen != Screen::USUAL {
            words.push_str(&format!(" (on a screen {} px wide)", look.screen.width));
        }
        // Nothing said means that the pointer is on it, as for most.
        let state = self.by.iter().find_map(|s| s.state).filter(|_| look.state);
        if let Some(state) = state.filter(|s| Some(*s) != selector::state_of("hover")) {
            words.push_str(&format!(" (while {state})"));
        }
        let place = |s: &&Said| s.place.clone();
        let places: Vec<Place> = self.by.iter().map(place).collect();
        let sheet = places.first().and_then(|p| p.sheet);
        let mut spans: Vec<Span> = places.iter().filter(|p| p.sheet == sheet).map(|p| p.span).collect();
        spans.sort();
        spans.dedup();
        Markup { kind: self.kind, words, spans, sheet, at_rest: !look.state, ancestor: self.up > 0 }
    }
}

/// The element that shows what another one names: the `<img>` of a `<picture>`.
fn shown_by(cascade: &Cascade<'_>, node: NodeId) -> Option<NodeId> {
    let e = cascade.element(node)?;
    if e.value().name() != "source" {
        return Some(node);
    }
    let picture = e.parent()?;
    let image = picture.children().find(|c| c.value().as_element().is_some_and(|e| e.name() == "img"))?;
    Some(image.id())
}

/// Whether an address is that of a drawing.
fn is_drawing(address: &str) -> bool {
    let start = address.get(..19).unwrap_or(address).to_ascii_lowercase();
    if start.starts_with("data:") {
        return start.starts_with("data:image/svg+xml");
    }
    let path = address.split(['?', '#']).next().unwrap_or("");
    path.len() > 4 && path.get(path.len() - 4..).is_some_and(|e| e.eq_ignore_ascii_case(".svg"))
}

/// The first percentage of a share, as people write it: `35 %`.
fn percent(share: f32) -> String {
    format!("{} %", tidy(share * 100.0))
}

/// A number with at most one decimal.
fn tidy(n: f32) -> String {
    let rounded = (n * 10.0).round() / 10.0;
    if rounded == rounded.trunc() { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// Whether an element holds nothing but one picture: no text, no second one.
fn holds_only_a_picture(cascade: &Cascade<'_>, node: NodeId) -> bool {
    let Some(e) = cascade.element(node) else { return false };
    // Within a drawing nothing counts.
    let (mut pictures, mut drawing) = (0, None);
    for (i, edge) in e.traverse().enumerate() {
        let (opens, n) = match edge {
            Edge::Open(n) => (true, n),
            Edge::Close(n) => (false, n),
        };
        if i > MAX_WALK {
            return false;
        }
        if drawing.is_some() {
            drawing = drawing.filter(|d| *d != n.id());
            continue;
        }
        match n.value() {
            scraper::Node::Text(t) if !t.trim().is_empty() => return false,
            scraper::Node::Element(e) if opens => {
                let svg = e.name() == "svg";
                pictures += usize::from(svg || matches!(e.name(), "img" | "video" | "iframe" | "input" | "canvas"));
                drawing = svg.then(|| n.id());
            }
            _ => {}
        }
    }
    pictures == 1
}
