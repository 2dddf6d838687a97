//! What declarations do to colours and shape, whatever the size: filters, opacity, blending, transformations, crops, animations.

use super::cascade::{Cascade, Look, Said, Won};
use super::value::{Arg, Length, Linear, functions, words};
use super::{Found, Shows, holds_only_a_picture, percent, tidy};
use crate::badge::AlterationKind as Kind;
use ego_tree::NodeId;
use std::rc::Rc;

/// Less than this is not seen, and often a trick to smooth edges.
const MIN_DEGREES: f32 = 0.5;
/// A little less than 1 is a trick to smooth edges too.
const MIN_OPACITY: f32 = 0.98;
/// Proportions that differ by less are taken for rounding.
const MIN_STRETCH: f32 = 0.01;
/// A radius of a smaller share of the side leaves a picture whole.
const MIN_RADIUS: f32 = 0.25;
/// A radius of so many pixels rounds everything that a page shows.
const ROUND: f32 = 400.0;

/// A picture under one look: its element and those around it, the nearest first.
pub(super) struct Effects<'e, 'p> {
    pub cascade: &'e Cascade<'p>,
    pub chain: &'e [(NodeId, Rc<Vec<Said>>)],
    pub look: Look,
    pub shows: Shows,
}

impl<'e> Effects<'e, '_> {
    fn value(&self, up: usize, property: &str) -> Option<Won<'e>> {
        let (node, said) = self.chain.get(up)?;
        self.cascade.value(*node, said, property, self.look)
    }

    fn is(&self, up: usize, property: &str, word: &str) -> bool {
        self.value(up, property).is_some_and(|w| w.value.eq_ignore_ascii_case(word))
    }

    /// Everything that is found.
    pub fn find(&self) -> Vec<Found<'e>> {
        let mut out = Vec::new();
        if self.is_unseen() {
            return out;
        }
        self.transformations(&mut out);
        for up in 0..self.chain.len() {
            self.filters(up, &mut out);
            self.opacity(up, &mut out);
            self.blending(up, &mut out);
            self.animation(up, &mut out);
            let mut crops = Vec::new();
            self.crops(up, &mut crops);
            // What crops something large takes nothing from a picture within it that anybody could tell.
            let alone = || self.shows != Shows::Background && holds_only_a_picture(self.cascade, self.chain[up].0);
            if up == 0 || !crops.is_empty() && alone() {
                out.extend(crops);
            }
        }
        out
    }

    /// Whether it is not shown at all, or is made to appear by something else.
    fn is_unseen(&self) -> bool {
        let hidden =
            (0..self.chain.len()).find_map(|up| self.value(up, "visibility")).is_some_and(|w| !w.value.eq_ignore_ascii_case("visible"));
        let gone =
            |up: usize| self.is(up, "display", "none") || self.value(up, "opacity").and_then(|w| share(&w.value)).is_some_and(|o| o < 0.01);
        hidden || (0..self.chain.len()).any(gone)
    }

    fn filters(&self, up: usize, out: &mut Vec<Found<'e>>) {
        let (node, said) = &self.chain[up];
        for won in self.cascade.parts(*node, said, "filter", self.look) {
            let Some(list) = functions(&won.value) else { continue };
            let effects: Vec<(Kind, String)> = list.iter().filter_map(|(name, args)| filter(name, args)).collect();
            // One declaration is one thing: the first of the strongest sort gives it its name.
            let Some(kind) = effects.iter().map(|e| e.0).min_by_key(|k| strength(*k)) else { continue };
            let all: Vec<&str> = effects.iter().map(|e| e.1.as_str()).collect();
            out.push(Found { kind, words: format!("{}; allowed no filter", all.join(", ")), by: vec![won.said], up });
        }
    }

    fn opacity(&self, up: usize, out: &mut Vec<Found<'e>>) {
        let Some(won) = self.value(up, "opacity") else { return };
        if let Some(o) = share(&won.value).filter(|o| *o < MIN_OPACITY) {
            out.push(Found { kind: Kind::Opacity, words: format!("opacity {}; allowed 100 %", percent(o)), by: vec![won.said], up });
        }
    }

    fn blending(&self, up: usize, out: &mut Vec<Found<'e>>) {
        let own =
            if up == 0 && self.shows == Shows::Background { &["mix-blend-mode", "background-blend-mode"][..] } else { &["mix-blend-mode"] };
        for property in own {
            if let Some(won) = self.value(up, property).filter(|w| is_blend(&w.value)) {
                let words = format!("blended with what is behind it by `{}`; allowed normal", won.value);
                out.push(Found { kind: Kind::Tint, words, by: vec![won.said], up });
            }
        }
    }

    /// What the transformations of the element and all around it come to: one may undo another.
    fn transformations(&self, out: &mut Vec<Found<'e>>) {
        let mut total = Linear::NONE;
        let mut nearest: Option<(usize, Vec<&'e Said>)> = None;
        for (up, (node, said)) in self.chain.iter().enumerate() {
            let Some((own, by)) = self.linear(*node, said) else { return };
            if own != Linear::NONE {
                total = own.after(total);
                nearest.get_or_insert((up, by));
            }
        }
        let (Some((up, by)), Some((turn, stretch, skew, mirrored))) = (nearest, total.parts()) else { return };
        let mut put = |kind, words: String| out.push(Found { kind, words, by: by.clone(), up });
        // What is skewed is turned and stretched with it: one thing.
        if skew.abs() > MIN_DEGREES {
            return put(Kind::Skew, format!("skewed by {} degrees; allowed 0", tidy(skew)));
        }
        if mirrored {
            put(Kind::Mirror, "mirrored; allowed as supplied".to_owned());
        } else if turn.abs() > MIN_DEGREES {
            put(Kind::Rotation, format!("turned by {} degrees; allowed 0", tidy(turn)));
        }
        if let Some(words) = stretched(stretch) {
            put(Kind::Stretch, words);
        }
    }

    /// What an element's own properties do; `None` if that is not understood.
    fn linear(&self, node: NodeId, said: &'e [Said]) -> Option<(Linear, Vec<&'e Said>)> {
        let mut all = Linear::NONE;
        let mut by = Vec::new();
        let mut put = |linear: Linear, said: &'e Said| {
            if linear != Linear::NONE {
                all = all.after(linear);
                by.push(said);
            }
        };
        for property in ["rotate", "scale"] {
            if let Some(won) = self.cascade.value(node, said, property, self.look) {
                put(single(property, &won.value)?, won.said);
            }
        }
        let mut parts = self.cascade.parts(node, said, "transform", self.look);
        let order = ["rotate", "skew-x", "skew-y", "scale-x", "scale-y"];
        parts.sort_by_key(|p| order.iter().position(|o| p.said.property.ends_with(o)));
        for won in &parts {
            put(Linear::read(&won.value)?, won.said);
        }
        Some((all, by))
    }

    fn crops(&self, up: usize, out: &mut Vec<Found<'e>>) {
        if let Some(won) = self.value(up, "clip-path").filter(|w| clips(&w.value)) {
            let words = format!("cut to a shape by `clip-path: {}`; allowed whole", won.value);
            out.push(Found { kind: Kind::Crop, words, by: vec![won.said], up });
        }
        for property in ["mask-image", "mask"] {
            let fades = |v: &str| {
                let v = v.to_ascii_lowercase();
                v.contains("gradient(") || v.contains("url(")
            };
            if let Some(won) = self.value(up, property).filter(|w| fades(&w.value) && self.shows != Shows::Background) {
                let words = "parts of it hidden by a mask; allowed whole".to_owned();
                out.push(Found { kind: Kind::Crop, words, by: vec![won.said], up });
                break;
            }
        }
        self.round(up, out);
    }

    /// Corners cut off by a radius.
    fn round(&self, up: usize, out: &mut Vec<Found<'e>>) {
        // A background seldom fills its box, and an element around the picture must cut what hangs over.
        let cuts = ["overflow", "overflow-x"].iter().any(|p| {
            self.value(up, p)
                .is_some_and(|w| w.value.split_whitespace().any(|v| ["hidden", "clip"].iter().any(|h| v.eq_ignore_ascii_case(h))))
        });
        if self.shows == Shows::Background || up > 0 && !cuts {
            return;
        }
        // With free space around it inside the box, corners may be cut from that alone.
        let padded = |up: usize| {
            let sides = ["padding", "padding-top", "padding-right", "padding-bottom", "padding-left"];
            sides.iter().filter_map(|p| self.value(up, p)).any(|w| !words(&w.value).iter().all(Arg::is_zero))
        };
        if (0..=up).any(padded) {
            return;
        }
        let Some(won) = self.value(up, "border-radius") else { return };
        let side = |property: &str| match self.value(up, property).map(|w| Length::read(&w.value)) {
            Some(Length::Px(n)) if n > 0.0 => Some(n),
            _ => None,
        };
        let smaller = [side("width"), side("height")].into_iter().flatten().reduce(f32::min);
        let radii = words(&won.value);
        let measured = radii.iter().map(Length::of).filter_map(|l| match l {
            Length::Percent(p) => Some((p, percent(p))),
            Length::Px(n) if n >= ROUND => Some((0.5, "fully round".to_owned())),
            Length::Px(n) => smaller.map(|s| (n / s, percent(n / s))),
            _ => None,
        });
        if let Some((_, shown)) = measured.filter(|m| m.0 >= MIN_RADIUS).reduce(|a, b| if b.0 > a.0 { b } else { a }) {
            let words = format!("corners cut off, radius {shown}; allowed less than {}", percent(MIN_RADIUS));
            out.push(Found { kind: Kind::Crop, words, by: vec![won.said], up });
        }
    }

    /// Animations without end; one that ends leaves the picture as it is.
    fn animation(&self, up: usize, out: &mut Vec<Found<'e>>) {
        let short = self.value(up, "animation");
        let (name, count) = (self.value(up, "animation-name"), self.value(up, "animation-iteration-count"));
        let of_short: Vec<String> =
            short.iter().flat_map(|w| words(&w.value)).filter_map(|a| if let Arg::Word(w) = a { Some(w) } else { None }).collect();
        let endless = match &count {
            Some(c) => c.value.eq_ignore_ascii_case("infinite"),
            None => of_short.iter().any(|w| w == "infinite"),
        };
        if !endless {
            return;
        }
        // Names keep their case; words were told in lower case.
        let written = |w: &Won<'_>| -> Vec<String> {
            w.value.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()).map(str::to_owned).collect()
        };
        let candidates = name.as_ref().or(short.as_ref()).map(written).unwrap_or_default();
        let Some(by) = name.as_ref().or(short.as_ref()).map(|w| w.said) else { return };
        for candidate in candidates {
            let Some(frames) = self.cascade.keyframes(&candidate) else { continue };
            let changes = frames.iter().find(|d| match &*d.property {
                "filter" => functions(&d.value).is_some_and(|l| l.iter().any(|(n, a)| filter(n, a).is_some())),
                "opacity" => share(&d.value).is_some_and(|o| o < MIN_OPACITY),
                // Logos that pass by are not altered; one that jumps is.
                "transform" => functions(&d.value).is_some_and(|l| {
                    l.iter().any(|(n, a)| moves(n, a) && (up == 0 && self.shows != Shows::Background || !n.starts_with("translate")))
                }),
                "rotate" | "scale" => moves(&d.property, &words(&d.value)),
                _ => false,
            });
            if changes.is_some() {
                let words = format!("animation `{candidate}` without end; allowed none");
                out.push(Found { kind: Kind::Animation, words, by: vec![by], up });
                return;
            }
        }
    }
}

/// The words for proportions off by more than is allowed: `ratio` is the width's share against what it should be.
pub(super) fn stretched(ratio: f32) -> Option<String> {
    let (factor, how) = if ratio >= 1.0 { (ratio, "wider") } else { (1.0 / ratio, "higher") };
    let off = factor - 1.0;
    (off.is_finite() && off > MIN_STRETCH).then(|| format!("stretched {} {how}; allowed {}", percent(off), percent(MIN_STRETCH)))
}

/// Whether a function of a transformation does anything in an animation; a whole turn does.
fn moves(name: &str, args: &[Arg]) -> bool {
    args.iter().any(|a| {
        if name.starts_with("scale") {
            a.amount().is_some_and(|n| (n - 1.0).abs() > 1e-3)
        } else {
            !a.is_zero() && !matches!(a, Arg::Word(_))
        }
    })
}

/// The property `rotate` or `scale`; `None` if it is not understood.
fn single(property: &str, value: &str) -> Option<Linear> {
    if value.eq_ignore_ascii_case("none") {
        return Some(Linear::NONE);
    }
    let args = words(value);
    match (property, args.as_slice()) {
        ("rotate", [a]) => Some(Linear::rotation(a.angle()?)),
        ("rotate", [Arg::Word(z), a]) | ("rotate", [a, Arg::Word(z)]) if z == "z" => Some(Linear::rotation(a.angle()?)),
        ("scale", [a]) => Some(Linear::scale(a.amount()?, a.amount()?)),
        ("scale", [a, b, ..]) => Some(Linear::scale(a.amount()?, b.amount()?)),
        _ => None,
    }
}

/// A share such as `.35` or `35%`, between 0 and 1.
fn share(value: &str) -> Option<f32> {
    match words(value).as_slice() {
        [one] => one.amount().map(|a| a.clamp(0.0, 1.0)),
        _ => None,
    }
}

fn is_blend(value: &str) -> bool {
    value.split(',').any(|v| {
        let v = v.trim();
        !v.is_empty() && !v.eq_ignore_ascii_case("normal") && v.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
    })
}

/// Whether a shape takes something away.
fn clips(value: &str) -> bool {
    functions(value).unwrap_or_default().iter().any(|(name, args)| match name.as_str() {
        "inset" => {
            args.first().is_some_and(|a| !a.is_zero() && *a != Arg::Unknown)
                || args.iter().skip(1).take(3).any(|a| !a.is_zero() && !matches!(a, Arg::Word(_) | Arg::Unknown))
        }
        "circle" | "ellipse" | "polygon" | "path" | "rect" | "xywh" | "shape" => true,
        _ => false,
    })
}

/// The kinds of one filter, the one that names it first.
fn strength(kind: Kind) -> usize {
    let order = [Kind::Mono, Kind::Hue, Kind::Tint, Kind::Tone, Kind::Opacity, Kind::Blur, Kind::Shadow];
    order.iter().position(|k| *k == kind).unwrap_or(order.len())
}

/// What a filter function does, with its measure; `None` for nothing, or if it is not understood.
fn filter(name: &str, args: &[Arg]) -> Option<(Kind, String)> {
    let amount = |default: f32| match args {
        [] => Some(default),
        [a, ..] => a.amount(),
    };
    let near = |a: f32, b: f32| (a - b).abs() < 0.005;
    match name {
        "grayscale" => amount(1.0).filter(|a| !near(*a, 0.0)).map(|a| (Kind::Mono, format!("grayscale {}", percent(a.min(1.0))))),
        "sepia" => amount(1.0).filter(|a| !near(*a, 0.0)).map(|a| (Kind::Tint, format!("sepia {}", percent(a.min(1.0))))),
        "invert" => amount(1.0).filter(|a| !near(*a, 0.0)).map(|a| (Kind::Tone, format!("invert {}", percent(a.min(1.0))))),
        "brightness" => amount(1.0).filter(|a| !near(*a, 1.0)).map(|a| {
            let kind = if near(a, 0.0) { Kind::Mono } else { Kind::Tone };
            (kind, format!("brightness {}", percent(a)))
        }),
        "contrast" => amount(1.0).filter(|a| !near(*a, 1.0)).map(|a| (Kind::Tone, format!("contrast {}", percent(a)))),
        "saturate" => amount(1.0).filter(|a| !near(*a, 1.0)).map(|a| {
            let kind = if near(a, 0.0) { Kind::Mono } else { Kind::Tone };
            (kind, format!("saturation {}", percent(a)))
        }),
        // What it does stands in a drawing.
        "url" => Some((Kind::Tint, "a filter that a drawing defines, whose effect is not known".to_owned())),
        "opacity" => amount(1.0).filter(|a| *a < MIN_OPACITY).map(|a| (Kind::Opacity, format!("opacity {}", percent(a)))),
        "hue-rotate" => {
            let turn = args.first().and_then(Arg::angle)?.rem_euclid(360.0);
            (turn > 1.0 && turn < 359.0).then(|| (Kind::Hue, format!("hue turned by {} degrees", tidy(turn))))
        }
        "blur" => match args.first()? {
            Arg::Dimension(n, unit) if *n > 0.0 => Some((Kind::Blur, format!("blur {}{unit}", tidy(*n)))),
            _ => None,
        },
        "drop-shadow" => {
            // Lengths that are all zero, or no colour, leave no shadow.
            let lengths: Vec<&Arg> = args.iter().filter(|a| matches!(a, Arg::Number(_) | Arg::Dimension(..))).collect();
            let shadow = lengths.iter().any(|a| !a.is_zero()) && !args.iter().any(|a| matches!(a, Arg::Word(w) if w == "transparent"));
            shadow.then(|| (Kind::Shadow, "drop shadow".to_owned()))
        }
        _ => None,
    }
}
