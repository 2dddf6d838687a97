//! The colour that stands behind a picture in a page, where the page says so: its own background colour, or that of what it lies in.
//!
//! Whatever else may lie between makes it unknown: an image, a gradient, a style sheet that is not at hand, an element that is put elsewhere.

use super::cascade::{Cascade, Look, Said, Won};
use super::media::Screen;
use super::value::{functions, words};
use super::{Page, Shows};
use crate::document::Image;
use ego_tree::NodeId;
use scraper::ElementRef;
use std::str::FromStr;
use svgtypes::Color;

/// Elements beside a picture that are looked at: whether they are put over or under it.
const MAX_BESIDE: usize = 50;

/// How the page is looked at.
const LOOK: Look = Look { screen: Screen::USUAL, state: false };

/// What an element says of what is behind its content.
enum Ground {
    /// Nothing: what is behind the element shows.
    Open,
    /// This colour.
    Colour([u8; 3]),
    /// Something that is no colour, or cannot be told.
    Unknown,
}

impl Page<'_, '_> {
    /// The colour behind a picture; `None` where it is not known.
    pub fn behind(&self, image: &Image) -> Option<[u8; 3]> {
        let shows = Shows::of(image)?;
        let mut known = None;
        for (cascade, node) in self.elements(image) {
            if !cascade.is_certain() || self.missing(cascade) {
                return None;
            }
            let colour = behind(cascade, node, shows)?;
            if *known.get_or_insert(colour) != colour || !cascade.is_certain() {
                return None;
            }
        }
        known
    }
}

fn behind(cascade: &Cascade<'_>, node: NodeId, shows: Shows) -> Option<[u8; 3]> {
    for (up, at) in std::iter::once(node).chain(cascade.around(node)).enumerate() {
        let said = cascade.said(at);
        // Put elsewhere, let through, or changed in its colours.
        let one = |property: &str| cascade.value(at, &said, property, LOOK);
        let moved = one("position").is_some_and(|w| ["absolute", "fixed", "sticky"].iter().any(|p| w.value.eq_ignore_ascii_case(p)));
        let thin = one("opacity").is_some_and(|w| !words(&w.value).first().and_then(|a| a.amount()).is_some_and(|o| o >= 1.0));
        let filtered = !cascade.parts(at, &said, "filter", LOOK).iter().all(|w| functions(&w.value).is_some_and(|l| l.is_empty()));
        let blended = one("mix-blend-mode").is_some_and(|w| !w.value.eq_ignore_ascii_case("normal"));
        if moved || thin || filtered || blended {
            return None;
        }
        match ground(cascade, at, &said, up == 0 && shows == Shows::Background) {
            Ground::Colour(c) => return Some(c),
            Ground::Unknown => return None,
            Ground::Open => {}
        }
        // What lies beside it may lie over or under it.
        let parent = cascade.element(at)?.parent().and_then(ElementRef::wrap);
        if parent.is_some_and(|p| p.child_elements().take(MAX_BESIDE).any(|e| e.id() != at && overlaid(cascade, e.id()))) {
            return None;
        }
    }
    None
}

fn overlaid(cascade: &Cascade<'_>, node: NodeId) -> bool {
    let said = cascade.said(node);
    let position = cascade.value(node, &said, "position", LOOK);
    position.is_some_and(|w| ["absolute", "fixed"].iter().any(|p| w.value.eq_ignore_ascii_case(p)))
}

/// What an element's own declarations say. `own`: the picture is its background.
fn ground(cascade: &Cascade<'_>, node: NodeId, said: &[Said], own: bool) -> Ground {
    let of = |property: &str| said.iter().any(|s| *s.property == *property && s.media.iter().any(|m| m.applies(Screen::USUAL).is_none()));
    if ["background", "background-color", "background-image"].iter().any(|p| of(p)) {
        return Ground::Unknown;
    }
    // Of the short form and the long one, the one that wins.
    let last = |long: &str| -> Result<Option<(bool, Won<'_>)>, ()> {
        let mut found: Option<(bool, Won<'_>)> = None;
        for (is_short, property) in [(true, "background"), (false, long)] {
            if !cascade.is_declared(said, property, LOOK) {
                continue;
            }
            let won = cascade.value(node, said, property, LOOK).ok_or(())?;
            if found.as_ref().is_none_or(|f| won.is_after(&f.1)) {
                found = Some((is_short, won));
            }
        }
        Ok(found)
    };
    let (Ok(image), Ok(colour)) = (last("background-image"), last("background-color")) else { return Ground::Unknown };
    if let Some((_, won)) = image.filter(|_| !own)
        && ["url(", "gradient(", "image(", "image-set(", "element(", "cross-fade(", "paint("].iter().any(|f| has(&won.value, f))
    {
        return Ground::Unknown;
    }
    match colour {
        None => Ground::Open,
        Some((true, won)) => short(&won.value),
        Some((false, won)) => plain(&won.value),
    }
}

fn has(value: &str, part: &str) -> bool {
    value.to_ascii_lowercase().contains(part)
}

/// A colour as it is written.
fn plain(value: &str) -> Ground {
    match Color::from_str(value.trim()) {
        Ok(c) if c.alpha == 255 => Ground::Colour([c.red, c.green, c.blue]),
        Ok(c) if c.alpha == 0 => Ground::Open,
        _ if value.trim().eq_ignore_ascii_case("transparent") => Ground::Open,
        _ => Ground::Unknown,
    }
}

/// The colour of a `background` in its short form: of one layer, the last word or function that is a colour.
fn short(value: &str) -> Ground {
    let (mut depth, mut quoted, mut parts, mut part) = (0_usize, None, Vec::new(), String::new());
    for c in value.chars() {
        match c {
            _ if quoted == Some(c) => quoted = None,
            '"' | '\'' if quoted.is_none() => quoted = Some(c),
            '(' if quoted.is_none() => depth += 1,
            ')' if quoted.is_none() => depth = depth.saturating_sub(1),
            ',' if depth == 0 && quoted.is_none() => return Ground::Unknown,
            _ => {}
        }
        if depth == 0 && quoted.is_none() && (c.is_whitespace() || c == '/') {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    const OTHERS: [&str; 20] = [
        "none",
        "repeat",
        "no-repeat",
        "repeat-x",
        "repeat-y",
        "space",
        "round",
        "scroll",
        "fixed",
        "local",
        "center",
        "top",
        "bottom",
        "left",
        "right",
        "auto",
        "cover",
        "contain",
        "border-box",
        "content-box",
    ];
    let mut found = Ground::Open;
    for part in parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
        let length = part.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
        let image = part.ends_with(')') && (has(part, "url(") || has(part, "gradient(") || has(part, "image"));
        if length || image || part.eq_ignore_ascii_case("padding-box") || OTHERS.iter().any(|o| part.eq_ignore_ascii_case(o)) {
            continue;
        }
        found = plain(part);
        if matches!(found, Ground::Unknown) {
            break;
        }
    }
    found
}
