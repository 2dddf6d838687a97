//! Boxes of other proportions than the picture's own. Told only where both sides of the box are known.

use super::cascade::{Cascade, Look, Said, Won};
use super::effect::stretched;
use super::value::{Arg, Length, words};
use super::{Found, Shows, percent};
use crate::badge::AlterationKind as Kind;
use ego_tree::NodeId;
use std::rc::Rc;

/// The sides of a box, in one unit.
struct Sides<'s> {
    width: f32,
    height: f32,
    by: Vec<&'s Said>,
}

/// What the box of a picture does to it. `missing`: a style sheet that the page names is not at hand.
pub(super) fn find<'e>(
    cascade: &Cascade<'_>,
    chain: &'e [(NodeId, Rc<Vec<Said>>)],
    look: Look,
    shows: Shows,
    intrinsic: Option<(u32, u32)>,
    missing: bool,
) -> Option<Found<'e>> {
    let (node, said) = chain.first()?;
    let value = |property: &str| cascade.value(*node, said, property, look);
    if value("display").is_some_and(|w| w.value.eq_ignore_ascii_case("none")) {
        return None;
    }
    if shows == Shows::Inline {
        return inline(cascade, *node, sides(&value)?);
    }
    // A placeholder of a pixel or two says nothing.
    let (w, h) = intrinsic.filter(|(w, h)| *w > 2 && *h > 2)?;
    let own = w as f32 / h as f32;
    if shows == Shows::Background {
        return background(&value, own);
    }
    let sides = sides(&value)?;
    let padding = ["padding", "padding-top", "padding-right", "padding-bottom", "padding-left"];
    if padding.iter().filter_map(|p| value(p)).any(|w| !words(&w.value).iter().all(Arg::is_zero)) {
        return None;
    }
    // Style sheets everywhere set `height: auto`; one that is not at hand may, or the one that gives classes their meaning.
    let framework = |s: &Said| !s.hint && s.place.sheet.is_none() && cascade.element(*node).is_some() && is_class(cascade, *node, s);
    if sides.by.iter().any(|s| s.hint) && (missing || said.iter().any(framework)) {
        return None;
    }
    let ratio = (sides.width / sides.height) / own;
    // Attributes are whole numbers.
    let (least, most) = ((sides.width - 0.5) / (sides.height + 0.5), (sides.width + 0.5) / (sides.height - 0.5).max(0.1));
    if (least * 0.999..=most * 1.001).contains(&own) {
        return None;
    }
    let fit = value("object-fit");
    match fit.as_ref().map_or("fill", |f| f.value.as_str()).to_ascii_lowercase().as_str() {
        "fill" => {
            let drawing = matches!(shows, Shows::Picture { drawing: true });
            let words = stretched(ratio).filter(|_| !drawing)?;
            let mut by = sides.by;
            by.extend(fit.map(|f| f.said));
            Some(Found { kind: Kind::Stretch, words, by, up: 0 })
        }
        "cover" => {
            let cut = 1.0 - ratio.min(1.0 / ratio);
            let fit = fit?;
            let words = format!("{} of it cut off by `object-fit: cover`; allowed 0 %", percent(cut));
            (cut > 0.01).then(|| Found { kind: Kind::Crop, words, by: vec![fit.said], up: 0 })
        }
        _ => None,
    }
}

/// Whether a declaration comes from the table of classes.
fn is_class(cascade: &Cascade<'_>, node: NodeId, said: &Said) -> bool {
    cascade.dom.attr_span(node, "class").is_some_and(|c| c.contains(&said.place.span))
}

/// A box of which both sides are fixed.
fn sides<'e>(value: &impl Fn(&str) -> Option<Won<'e>>) -> Option<Sides<'e>> {
    let (width, height) = (value("width"), value("height"));
    let read = |w: &Option<Won<'_>>| w.as_ref().map_or(Length::Auto, |w| Length::read(&w.value));
    let (w, h) = (read(&width), read(&height));
    let said = |list: &[&Option<Won<'e>>]| -> Vec<&'e Said> { list.iter().filter_map(|w| w.as_ref().map(|w| w.said)).collect() };
    match (w, h) {
        (Length::Px(_), Length::Px(_)) | (Length::Em(_), Length::Em(_)) => {
            let (Length::Px(w) | Length::Em(w), Length::Px(h) | Length::Em(h)) = (w, h) else { return None };
            let mut by = said(&[&width, &height]);
            let limit = |n: f32, least: &str, most: &str, by: &mut Vec<&'e Said>| {
                let bound = |p: &str| value(p).map(|won| (Length::read(&won.value), won.said));
                let mut n = n;
                match bound(most) {
                    Some((Length::Px(m), s)) if m < n => {
                        n = m;
                        by.push(s);
                    }
                    // A share of a box that nobody knows may be less.
                    Some((Length::Unknown | Length::Em(_), _)) => return None,
                    _ => {}
                }
                match bound(least) {
                    Some((Length::Px(m), s)) if m > n => {
                        n = m;
                        by.push(s);
                    }
                    Some((Length::Unknown | Length::Em(_), _)) => return None,
                    _ => {}
                }
                Some(n)
            };
            let width = limit(w, "min-width", "max-width", &mut by)?;
            let height = limit(h, "min-height", "max-height", &mut by)?;
            (width > 0.0 && height > 0.0).then_some(Sides { width, height, by })
        }
        // One side is fixed and the other follows from `aspect-ratio`.
        (Length::Px(n) | Length::Em(n), Length::Auto) | (Length::Auto, Length::Px(n) | Length::Em(n)) if n > 0.0 => {
            let ratio = value("aspect-ratio")?;
            let (a, b) = match words(&ratio.value).as_slice() {
                [Arg::Number(a), Arg::Number(b)] => (*a, *b),
                [Arg::Number(a)] => (*a, 1.0),
                _ => return None,
            };
            let mut by = vec![ratio.said];
            by.extend(if h == Length::Auto { said(&[&width]) } else { said(&[&height]) });
            let bounded = ["min-width", "max-width", "min-height", "max-height"]
                .iter()
                .any(|p| value(p).is_some_and(|w| !matches!(Length::read(&w.value), Length::Percent(_) | Length::Auto)));
            let (width, height) = if h == Length::Auto { (n, n * b / a) } else { (n * a / b, n) };
            (a > 0.0 && b > 0.0 && !bounded).then_some(Sides { width, height, by })
        }
        _ => None,
    }
}

/// A background stretched to its box, or to a size of its own.
fn background<'e>(value: &impl Fn(&str) -> Option<Won<'e>>, own: f32) -> Option<Found<'e>> {
    let (size, text) = match value("background-size") {
        Some(size) => (size.said, size.value),
        None => {
            let short = value("background")?;
            (short.said, after_slash(&short.value)?.to_owned())
        }
    };
    let (width, height, mut by) = match words(&text).as_slice() {
        [a, b, ..] => match (Length::of(a), Length::of(b)) {
            (Length::Px(w), Length::Px(h)) | (Length::Em(w), Length::Em(h)) => (w, h, Vec::new()),
            (Length::Percent(x), Length::Percent(y)) => {
                let sides = sides(value)?;
                (sides.width * x, sides.height * y, sides.by)
            }
            _ => return None,
        },
        _ => return None,
    };
    by.insert(0, size);
    let words = stretched((width / height) / own).filter(|_| width > 0.0 && height > 0.0)?;
    Some(Found { kind: Kind::Stretch, words, by, up: 0 })
}

/// A drawing in the page keeps its proportions unless it says that it does not.
fn inline<'e>(cascade: &Cascade<'_>, node: NodeId, sides: Sides<'e>) -> Option<Found<'e>> {
    let e = cascade.element(node)?;
    // The tree keeps some names of SVG in their own case.
    let attribute = |name: &str| e.value().attrs().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v);
    if !attribute("preserveAspectRatio")?.trim().to_ascii_lowercase().starts_with("none") {
        return None;
    }
    let numbers: Vec<f32> = attribute("viewBox")?.split(|c: char| c.is_whitespace() || c == ',').filter_map(|n| n.parse().ok()).collect();
    let [_, _, w, h] = numbers[..] else { return None };
    let words = stretched((sides.width / sides.height) / (w / h))?;
    Some(Found { kind: Kind::Stretch, words, by: sides.by, up: 0 })
}

/// What stands after the slash of a `background`: its size, and more. Several backgrounds are not told apart.
fn after_slash(value: &str) -> Option<&str> {
    let mut depth = 0usize;
    let mut slash = None;
    for (i, b) in value.bytes().enumerate() {
        match b {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => slash = Some(i + 1),
            b',' if depth == 0 => return None,
            _ => {}
        }
    }
    value.get(slash?..)
}
