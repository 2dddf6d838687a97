//! Boxes of other proportions than the picture's own. Told only where both sides of the box are known.

use super::cascade::{Cascade, Look, Said, Won};
use super::effect::stretched;
use super::value::{Arg, Length, words};
use super::{Found, Shows, percent};
use crate::badge::AlterationKind as Kind;
use ego_tree::NodeId;
use std::rc::Rc;

/// Hardly any column of a page is narrower, in pixels.
const NARROW: f32 = 100.0;

/// The sides of a box, in one unit.
struct Sides<'s> {
    width: f32,
    height: f32,
    by: Vec<&'s Said>,
}

/// What the box of a picture does to it. `missing`: a style sheet that the page names is not at hand. `source`: the
/// `<source>` that names the picture.
pub(super) fn find<'e>(
    cascade: &Cascade<'_>,
    chain: &'e [(NodeId, Rc<Vec<Said>>)],
    look: Look,
    shows: Shows,
    intrinsic: Option<(u32, u32)>,
    missing: bool,
    source: Option<&'e (NodeId, Rc<Vec<Said>>)>,
) -> Option<Found<'e>> {
    let (node, said) = chain.first()?;
    let value = |property: &str| {
        let own = cascade.value(*node, said, property, look);
        // The `width` and `height` of a `<source>` go before those of the `<img>` that shows it.
        let sized = source.filter(|_| matches!(property, "width" | "height") && own.as_ref().is_none_or(|w| w.said.hint));
        sized.and_then(|(node, said)| cascade.value(*node, said, property, look)).or(own)
    };
    if value("display").is_some_and(|w| w.value.eq_ignore_ascii_case("none")) {
        return None;
    }
    if shows == Shows::Inline {
        return inline(cascade, *node, sides(&value, None)?);
    }
    // A placeholder of a pixel or two says nothing.
    let (w, h) = intrinsic.filter(|(w, h)| *w > 2 && *h > 2)?;
    let own = w as f32 / h as f32;
    if shows == Shows::Background {
        return background(&value, own);
    }
    let padding = ["padding", "padding-top", "padding-right", "padding-bottom", "padding-left"];
    if padding.iter().filter_map(|p| value(p)).any(|w| !words(&w.value).iter().all(Arg::is_zero)) {
        return None;
    }
    let drawing = matches!(shows, Shows::Picture { drawing: true });
    if let Some(found) = filling(&value, chain, own).filter(|_| !drawing) {
        return Some(found);
    }
    let sides = sides(&value, Some(own))?;
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

/// A box of which both sides are known. `own`: the picture's own proportions, which a side follows that nothing fixes.
fn sides<'e>(value: &impl Fn(&str) -> Option<Won<'e>>, own: Option<f32>) -> Option<Sides<'e>> {
    let (width, height) = (value("width"), value("height"));
    let read = |w: &Option<Won<'_>>| w.as_ref().map_or(Length::Auto, |w| Length::read(&w.value));
    let (w, h) = (read(&width), read(&height));
    let mut by: Vec<&'e Said> = [&width, &height].into_iter().filter_map(|w| w.as_ref().map(|w| w.said)).collect();
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
    let wide = |n: f32, by: &mut Vec<&'e Said>| limit(n, "min-width", "max-width", by);
    let high = |n: f32, by: &mut Vec<&'e Said>| limit(n, "min-height", "max-height", by);
    let (width, height) = match (w, h) {
        (Length::Px(w), Length::Px(h)) | (Length::Em(w), Length::Em(h)) => (wide(w, &mut by)?, high(h, &mut by)?),
        // One side is fixed and the other follows it, as far as its limits let it.
        (Length::Px(_) | Length::Em(_), Length::Auto) | (Length::Auto, Length::Px(_) | Length::Em(_)) => {
            let ratio = match value("aspect-ratio") {
                None => own?,
                Some(won) => {
                    by.insert(0, won.said);
                    match words(&won.value).as_slice() {
                        [Arg::Number(a), Arg::Number(b)] if *b > 0.0 => a / b,
                        [Arg::Number(a)] => *a,
                        _ => return None,
                    }
                }
            };
            // Limits in pixels say nothing of sizes in another unit.
            let limited = || ["min-width", "max-width", "min-height", "max-height"].iter().any(|p| value(p).is_some());
            if ratio <= 0.0 || matches!((w, h), (Length::Em(_), _) | (_, Length::Em(_))) && limited() {
                return None;
            }
            match (w, h) {
                (Length::Px(n) | Length::Em(n), _) => {
                    let width = wide(n, &mut by)?;
                    (width, high(width / ratio, &mut by)?)
                }
                (_, Length::Px(n) | Length::Em(n)) => {
                    let height = high(n, &mut by)?;
                    (wide(height * ratio, &mut by)?, height)
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    (width > 0.0 && height > 0.0).then_some(Sides { width, height, by })
}

/// A picture as wide as what holds it, however wide that is, and no higher than some pixels.
fn filling<'e>(value: &impl Fn(&str) -> Option<Won<'e>>, chain: &[(NodeId, Rc<Vec<Said>>)], own: f32) -> Option<Found<'e>> {
    let (width, most) = (value("width")?, value("max-height")?);
    let auto = |property: &str| value(property).is_none_or(|w| Length::read(&w.value) == Length::Auto);
    let (Length::Percent(share), Length::Px(high)) = (Length::read(&width.value), Length::read(&most.value)) else { return None };
    let bounds = ["height", "max-width", "min-height", "aspect-ratio"].iter().all(|p| auto(p));
    // What holds it may be narrow itself.
    let wide = |s: &Said| match Length::read(&s.value) {
        Length::Px(n) => n >= NARROW,
        Length::Percent(share) => share > 0.5,
        length => length == Length::Auto,
    };
    let mut sizes = chain.iter().skip(1).flat_map(|(_, said)| said.iter()).filter(|s| matches!(&*s.property, "width" | "max-width"));
    let narrow = sizes.any(|s| !wide(s));
    if share < 1.0 || !bounds || narrow || value("object-fit").is_some_and(|f| !f.value.eq_ignore_ascii_case("fill")) {
        return None;
    }
    let words = format!("as wide as what holds it, and no higher than {high} px, which stretches it; allowed 0 %");
    (high > 0.0 && high * own < NARROW).then(|| Found { kind: Kind::Stretch, words, by: vec![width.said, most.said], up: 0 })
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
                let sides = sides(value, None)?;
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
