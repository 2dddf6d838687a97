//! From what was measured to alterations, in words: each says what was measured, and what is allowed.

use super::decide::EXPLAINED;
use super::find::Candidate;
use super::ground::off;
use super::library::{Reference, Seen};
use super::measure::{Beside, Measured, Pair, WINDOWS};
use super::{Alteration, AlterationKind as Kind, Encoding, Picture, Region};

/// How a mark differs from the reference, the plainest first; one of each kind.
///
/// `widest`: the width of the largest file that was supplied of it; `None` if a drawing was.
pub(super) fn alterations(reference: &Reference, widest: Option<f64>, picture: &Picture, c: &Candidate, s: &Seen) -> Vec<Alteration> {
    let mut found: Vec<(f32, Alteration)> = Vec::new();
    geometry(s, &mut found);
    content(c, s, &mut found);
    colours(s, &mut found);
    effects(reference, c, s, &mut found);
    softness(reference, widest, picture, s, &mut found);
    setting(reference, picture, c, s, &mut found);
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut alterations: Vec<Alteration> = Vec::new();
    for (_, a) in found {
        if !alterations.iter().any(|o| o.kind == a.kind) {
            let region = a.region.map(|r| in_file(r, picture));
            alterations.push(Alteration { region, ..a });
        }
    }
    alterations
}

/// How far its colours, or its lightness, may be from what was supplied on average (CIE76, L*), and how many times its contrast.
const SHIFT: f32 = 3.0;
const CONTRAST: std::ops::Range<f32> = 0.85..1.15;

/// A measure with one decimal where that is near what is allowed.
fn tidy(n: f32) -> String {
    if n < 10.0 { format!("{n:.1}") } else { format!("{n:.0}") }
}

/// The most that all of a mark may be paler than it should be, of 1.
const PALER: f32 = 0.11;

/// How many times as far from the expected as legitimate copies are.
fn times(p: Pair, floor: f32) -> f32 {
    p.is / (p.copy + floor)
}

/// A part of the decoded picture in pixels of its file, which differ for drawings.
fn in_file(r: Region, picture: &Picture) -> Region {
    let scaled = |v: u32| (f64::from(v) * f64::from(picture.scale)) as u32;
    Region { x: scaled(r.x), y: scaled(r.y), width: scaled(r.width).max(1), height: scaled(r.height).max(1) }
}

fn changed_region(c: &Candidate, m: &Measured) -> Option<Region> {
    let (x0, y0, x1, y1) = m.changed_box()?;
    let out = m.place.inverse()?;
    let (ax, ay) = out.apply(x0 as f64, y0 as f64);
    let (bx, by) = out.apply(x1 as f64, y1 as f64);
    let (w, h) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let (ax, ay) = (ax.clamp(0.0, w - 1.0), ay.clamp(0.0, h - 1.0));
    let (bx, by) = (bx.clamp(ax + 1.0, w), by.clamp(ay + 1.0, h));
    Some(Region { x: ax as u32, y: ay as u32, width: (bx - ax).ceil() as u32, height: (by - ay).ceil() as u32 })
}

/// A square around a point of the compared part, in pixels of the candidate: `radius` to each side, four at least.
fn spot(c: &Candidate, m: &Measured, (x, y): (usize, usize), radius: f64) -> Option<Region> {
    let (px, py) = m.place.inverse()?.apply(x as f64, y as f64);
    let at = |v: f64, most: u32| v.clamp(0.0, f64::from(most.saturating_sub(1))) as u32;
    let r = radius.max(4.0) as u32;
    let (x, y) = (at(px, c.pixels.width()).saturating_sub(r), at(py, c.pixels.height()).saturating_sub(r));
    Some(Region { x, y, width: 2 * r, height: 2 * r })
}

fn push(found: &mut Vec<(f32, Alteration)>, weight: f32, kind: Kind, words: String, measured: f64, allowed: f64, region: Option<Region>) {
    found.push((weight, Alteration { kind, words, measured: measured as f32, allowed: allowed as f32, region, span: None }));
}

fn geometry(s: &Seen, found: &mut Vec<(f32, Alteration)>) {
    let (w, h) = s.size;
    let short = w.min(h).max(1.0);
    let long = w.max(h);
    let map = &s.place.map;
    let (lx, ly) = map.lengths();
    let ratio = lx / ly - 1.0;
    // One pixel of rounding on the shorter side, and what alignment leaves open.
    let allowed = 0.007 + 0.75 / short + 0.6 / long;
    if ratio.abs() > allowed {
        let (more, by) = if ratio > 0.0 { ("wider", ratio) } else { ("taller", 1.0 / (1.0 + ratio) - 1.0) };
        let words = format!("stretched {:.1} % {more}; allowed {:.1} %", by * 100.0, allowed * 100.0);
        push(found, (ratio.abs() / allowed) as f32, Kind::Stretch, words, by * 100.0, allowed * 100.0, None);
    }
    let shear = map.shear();
    let moved = shear.to_radians().tan().abs() * short;
    let allowed = (1.3 / short).atan().to_degrees().max(0.8);
    if shear.abs() > allowed && moved > 1.3 {
        let words = format!("slanted by {:.1} degrees; allowed {allowed:.1}", shear.abs());
        push(found, (shear.abs() / allowed) as f32, Kind::Skew, words, shear.abs(), allowed, None);
    }
    let (turn, mirrored) = map.turn();
    // Upside down and mirrored is another turn of the same.
    let (turn, mirrored) = if mirrored && turn.abs() > 90.0 { (turn - 180.0 * turn.signum(), true) } else { (turn, mirrored) };
    if mirrored {
        push(found, 20.0, Kind::Mirror, "mirrored; allowed: not at all".to_owned(), 1.0, 0.0, None);
    }
    let allowed = (1.4 / (long / 2.0)).atan().to_degrees().max(0.7);
    if turn.abs() > allowed {
        let words = format!("turned by {:.1} degrees; allowed {allowed:.1}", turn.abs());
        push(found, (turn.abs() / allowed) as f32, Kind::Rotation, words, turn.abs(), allowed, None);
    }
    let (_, sides) = s.visible;
    let names = ["left", "top", "right", "bottom"];
    for (i, share) in sides.iter().enumerate() {
        let length = if i % 2 == 0 { w } else { h };
        let allowed = 0.010 + 1.4 / length;
        if *share > allowed {
            let words = format!("{} {:.1} % cut off; allowed {:.1} %", names[i], share * 100.0, allowed * 100.0);
            push(found, (12.0 * share / allowed) as f32, Kind::Crop, words, share * 100.0, allowed * 100.0, None);
        }
    }
}

/// How far the drawing in one place is from that of legitimate copies: above 1, it was redrawn.
fn redrawn(m: &Measured) -> f32 {
    // Small letters are hardly drawn at all.
    let blurry = 2.5 + 0.5 * ((240.0 - m.long) / 110.0).clamp(0.0, 1.4);
    let of = |p: &Pair| {
        let [is, copy] = p.drawn;
        // Both: differences that copies do not have there, and another drawing.
        (p.rates[0] / blurry).min(is / (2.4 * copy + 0.02).max(0.21))
    };
    m.windows[..3].iter().map(of).fold(0.0, f32::max)
}

/// How far the differences in one place are beyond those of legitimate copies there: above 1, something was changed.
fn local(m: &Measured) -> f32 {
    // Formats that keep little colour smear it from block to block, without drawing anything else.
    let smeared = |p: &Pair| if m.rough && p.drawn[0] < 0.07 { 1.8 } else { 1.0 };
    // What is noisy everywhere may be noisy there.
    let of = |p: &Pair| p.rates[0] / (1.1 * (2.0 * p.rates[4] + 0.4).clamp(3.5, 5.0) * smeared(p));
    m.windows[..3].iter().map(of).fold(redrawn(m), f32::max)
}

/// How far the differences are beyond those of legitimate copies: above 1, something was changed.
pub(super) fn beyond(m: &Measured) -> f32 {
    let wide = m.windows[WINDOWS.len() - 1].rates[0] / 2.7;
    local(m).max(wide).max(times(m.mean, 0.3) / 2.6)
}

/// Whether a map of colours explains nearly all differences.
pub(super) fn is_mapped(m: &Measured) -> bool {
    m.fit.rest[1].min(m.fit.rest[2]) < 0.03 * m.fit.rest[0] + 0.5
}

fn content(c: &Candidate, s: &Seen, found: &mut Vec<(f32, Alteration)>) {
    let m = &s.measured;
    let st = &s.place.structure;
    // Text is redrawn where edges are; a change of colour leaves them.
    let local = local(m);
    let edges = st.missing.max(st.extra);
    // Other colours alone change nothing of what is drawn.
    if m.fit.rest[0] > 3.0 && edges < 0.05 && is_mapped(m) {
        return;
    }
    let uniform = m.fit.changed > 0.55 && m.fit.rest[0] > 3.0;
    let told = redrawn(m) > 1.0 && (!uniform || edges > 0.05) || local > 1.0 && !uniform && (m.fit.changed < 0.35 || edges > 0.05);
    if !(told || edges > 0.14 && local > 0.8) {
        return;
    }
    if s.visible.0 < 0.97 && edges < 0.5 || m.is_soft() && st.extra < 0.1 {
        return;
    }
    let region = changed_region(c, m);
    let wide = region.is_some_and(|r| r.width > 2 * r.height);
    let (kind, what) = if st.extra > 2.5 * st.missing + 0.03 {
        (Kind::Added, "something was added")
    } else if st.missing > 2.5 * st.extra + 0.03 {
        (Kind::Removed, "something was removed")
    } else if wide {
        (Kind::Text, "text was changed")
    } else {
        (Kind::Changed, "part of it was changed")
    };
    let most = local.max(1.0) * 100.0;
    let words = format!("{what}: the differences there are {most:.0} % of what a faithful copy may show; allowed 100 %");
    // Edges that differ are content; without them it may be colours.
    let weight = if edges > 0.05 || redrawn(m) > 1.0 { local.max(1.0) * 3.0 } else { local };
    push(found, weight, kind, words, f64::from(most), 100.0, region);
}

/// Whether all of its lines are there, and all of it is paler than copies are: lines so thin that a blurred copy has such colours, too.
fn is_paler(s: &Seen) -> bool {
    let (m, st) = (&s.measured, &s.place.structure);
    let whole = s.visible.0 > 0.99 && st.recall.min(st.precision) > 0.97 && st.missing.max(st.extra) < 0.05;
    whole && m.even > 0.9 && m.paler > PALER && m.fit.opacity < 0.95 && m.fit.rest[0] > 3.0
}

fn colours(s: &Seen, found: &mut Vec<(f32, Alteration)>) {
    let m = &s.measured;
    let f = &m.fit;
    let over = beyond(m);
    if over <= 1.0 && is_paler(s) {
        let left = (1.0 - m.paler) * 100.0;
        let words = format!("{left:.0} % opaque; allowed 100 %");
        push(found, 10.0 * m.paler, Kind::Opacity, words, f64::from(left), 100.0, None);
    }
    if over <= 1.0 || f.rest[0] < 3.0 && (over < 1.6 || f.rest[0] < 1.8) {
        return;
    }
    let edges = s.place.structure.missing.max(s.place.structure.extra);
    if f.changed < 0.12 && edges > 0.05 {
        return;
    }
    // What a map of colours explains is a change of colours.
    let explained = 1.0 - f.rest[1].min(f.rest[2]) / f.rest[0].max(0.1);
    if explained < 0.25 && edges > 0.03 && f.changed < 0.4 {
        return;
    }
    // A blur mixes colours at every edge: that no map explains it is no other colour.
    if m.is_soft() && f.changed < 0.5 && explained < 0.6 {
        return;
    }
    let weight = over * (0.6 + 2.0 * explained.max(0.0)) * if f.changed > 0.5 { 1.6 } else { 0.7 };
    let (kind, words, measured, allowed) = if f.changed < 0.5 && f.rest[0] > 4.0 && explained < 0.6 {
        (Kind::PartRecoloured, format!("{:.0} % of it has another colour; allowed 0 %", f.changed * 100.0), f.changed * 100.0, 0.0)
    } else if (0.05..0.955).contains(&f.opacity) && f.opacity_rest < 0.3 * f.rest[0] + 0.8 {
        (Kind::Opacity, format!("{:.0} % opaque; allowed 100 %", f.opacity * 100.0), f.opacity * 100.0, 100.0)
    } else if f.rest[1] > 3.0 && f.rest[2] < 0.65 * f.rest[1] {
        (
            Kind::Gradient,
            format!("a gradient lies over it: colours are {:.0} apart on average (CIE76); allowed 3", f.rest[0]),
            f.rest[0],
            3.0,
        )
    } else if f.chroma[0] > 6.0 && f.chroma[1] < 0.4 * f.chroma[0] {
        (
            Kind::Mono,
            format!("{:.0} % of its colour lost; allowed 10 %", 100.0 * (1.0 - f.chroma[1] / f.chroma[0])),
            100.0 * (1.0 - f.chroma[1] / f.chroma[0]),
            10.0,
        )
    } else if f.hue.abs() > 7.0 && f.chroma[0] > 6.0 && f.chroma[1] > 0.5 * f.chroma[0] {
        (Kind::Hue, format!("hue shifted {:.0} degrees; allowed 4", f.hue.abs()), f.hue.abs(), 4.0)
    } else if (f.means[1][1] - f.means[0][1]).hypot(f.means[1][2] - f.means[0][2]) > 0.6 * (f.means[1][0] - f.means[0][0]).abs() {
        let shift = (f.means[1][1] - f.means[0][1]).hypot(f.means[1][2] - f.means[0][2]);
        (Kind::Tint, format!("tinted: colours are {} apart on average (CIE76); allowed {SHIFT:.0}", tidy(shift)), shift, SHIFT)
    } else {
        let shift = f.means[1][0] - f.means[0][0];
        let word = if shift < 0.0 { "darker" } else { "lighter" };
        let contrast = f.lightness[0];
        match shift.abs() > SHIFT || CONTRAST.contains(&contrast) {
            true => (
                Kind::Tone,
                format!("{} {word} (L*), contrast {contrast:.2} times; allowed {SHIFT:.0}", tidy(shift.abs())),
                shift.abs(),
                SHIFT,
            ),
            false => {
                let allowed = if contrast < 1.0 { CONTRAST.start } else { CONTRAST.end };
                (Kind::Tone, format!("contrast {contrast:.2} times; allowed {allowed:.2}"), contrast, allowed)
            }
        }
    };
    // As far as copies may be.
    if matches!(kind, Kind::Tint | Kind::Tone) && allowed == SHIFT && measured <= SHIFT {
        return;
    }
    push(found, weight, kind, words, f64::from(measured), f64::from(allowed), None);
}

fn effects(reference: &Reference, c: &Candidate, s: &Seen, found: &mut Vec<(f32, Alteration)>) {
    let m = &s.measured;
    if let Some((x, y)) = m.within.map(|w| (w.x, w.y)).filter(|_| m.even > 0.25 && m.coverage < 0.14) {
        let region = spot(c, m, (x, y), 0.06 * s.size.0);
        push(found, 3.0, Kind::Added, "something stands between its parts; allowed: nothing".to_owned(), 1.0, 0.0, region);
    }
    // Colours that are smeared reach out of the mark.
    let smear = if m.rough { 0.7 } else { 0.0 };
    // Where all around it is one colour, little is enough.
    let clear = m.even > 0.9;
    let near = if clear { 1.4 * m.near.copy + 0.4 * smear + 0.4 } else { 1.6 * m.near.copy + smear + 0.7 };
    let allowed = [near, 1.6 * m.far.copy + 0.55];
    let near = (m.near.is - allowed[0]) / 0.7 + 1.0;
    let least = if clear { 0.045 } else { 0.06 };
    let far = if m.ring[1] > 0.5 { (m.far.is - allowed[1]) / 0.55 + 1.0 } else { 0.0 };
    // A thing beside it covers little of its contour, and stands out more than a shadow.
    let thing = m.foreign.is_some_and(|f| f.contour > 2.3 && m.coverage < 0.3 || m.coverage < 0.14);
    // Where nothing is lost in writing, copies have nothing around them: little is enough, if it is in some places and not in all.
    let faint = m.exact && m.near.copy < 0.02 && m.near.is > 0.1 && m.coverage > 0.015;
    if m.even > 0.25 && !thing && m.ring[0] > 0.5 && (near > 1.0 && m.coverage > least || far > 1.0 || faint) {
        let strongest = near.max(far);
        let (kind, what) = if m.coverage > 0.6 && m.near.is > 3.0 * m.far.is + 1.0 {
            (Kind::Outline, "an outline")
        } else if m.coverage > 0.55 {
            (Kind::Glow, "a glow")
        } else {
            (Kind::Shadow, "a shadow")
        };
        // What is furthest beyond the allowed: what is near the contour, or further away.
        let (is, allowed) = if faint && near.max(far) <= 1.0 {
            (m.near.is, 0.1)
        } else if near >= far {
            (m.near.is, allowed[0])
        } else {
            (m.far.is, allowed[1])
        };
        let words = format!("{what} around it: {is:.2} from the background on average (CIE76); allowed {allowed:.2}");
        push(found, strongest.clamp(1.0, 12.0), kind, words, f64::from(is), f64::from(allowed), None);
    } else if m.even > 0.25
        && let Some(Beside { distance, x, y, .. }) = m.foreign
    {
        // Something stands beside it: a violation only of free space that the register asks for, unless it touches.
        let distance = f64::from(distance) / m.k;
        if let Some(share) = reference.clear_space {
            let asked = f64::from(share) * s.size.1;
            if distance < asked * 0.94 - 1.0 {
                let words = format!("something stands {distance:.0} px away; {asked:.0} px have to be free");
                push(
                    found,
                    3.0 + (asked / distance.max(1.0)) as f32 * 0.2,
                    Kind::ClearSpace,
                    words,
                    distance,
                    asked,
                    spot(c, m, (x, y), 0.05 * s.size.0),
                );
            }
        }
        if distance * m.k < (0.012 * f64::from(m.long)).max(3.3) {
            push(
                found,
                2.5,
                Kind::Added,
                format!("something was put at its edge, {distance:.0} px away; allowed: nothing"),
                distance,
                0.0,
                spot(c, m, (x, y), 0.1 * s.size.0),
            );
        }
    }
}

fn softness(reference: &Reference, widest: Option<f64>, picture: &Picture, s: &Seen, found: &mut Vec<(f32, Alteration)>) {
    let m = &s.measured;
    // In pixels of what was compared; more where little detail tells it.
    let allowed = 1.35 * m.soft.copy + 0.28;
    let explained = s.place.explained > EXPLAINED;
    if m.soft.is > allowed
        && (explained
            || m.soft.is < 5.9 && s.place.structure.recall.max(s.place.structure.precision) > 0.9 && s.place.structure.extra < 0.2)
    {
        let px = f64::from(m.soft.is) / m.k;
        let words = format!("blurred by {px:.1} px; allowed {:.1} px", f64::from(allowed) / m.k);
        push(found, 2.2 * m.soft.is / allowed, Kind::Blur, words, px, f64::from(allowed) / m.k, None);
    }
    if let Some(most) = reference.max_upscale
        && let Some(widest) = widest
        && picture.encoding != Encoding::Svg
    {
        let times = s.size.0 / widest.max(1.0);
        let most = f64::from(most);
        if times > most * 1.015 + 1.0 / widest.max(1.0) {
            push(
                found,
                (times / most) as f32,
                Kind::Upscaled,
                format!("enlarged {times:.2} times; allowed {most:.2} times"),
                times,
                most,
                None,
            );
        }
    }
}

fn setting(reference: &Reference, picture: &Picture, c: &Candidate, s: &Seen, found: &mut Vec<(f32, Alteration)>) {
    let m = &s.measured;
    if let Some(allowed) = &reference.backgrounds
        && !c.transparent
        && !allowed.is_empty()
        && s.visible.0 > 0.8
    {
        let off = off(allowed, m.ground).filter(|_| m.even > 0.45);
        if let Some(off) = off {
            found.push((off.measured / 4.0, off));
        } else if m.even <= 0.3 && m.uneven > 7.0 {
            let words = format!("on a picture: colours around it are {:.0} apart on average (CIE76); allowed 6", m.uneven);
            push(found, m.uneven / 4.0, Kind::Background, words, f64::from(m.uneven), 6.0, None);
        }
    }
    if let Some(least) = reference.min_width {
        // Of the whole file, with the free space around what is drawn.
        let own = f64::from(reference.picture.pixels.width()) * f64::from(reference.picture.scale);
        let width = s.place.map.lengths().0 * own * if picture.encoding == Encoding::Svg { 1e9 } else { 1.0 };
        let least = f64::from(least);
        if width < least * 0.985 - 0.6 {
            push(
                found,
                4.0 * (least / width) as f32,
                Kind::MinSize,
                format!("{width:.0} px wide; at least {least:.0} px"),
                width,
                least,
                None,
            );
        }
    }
    if picture.frames > 1 {
        push(
            found,
            2.0,
            Kind::Animation,
            format!("animated in {} frames; allowed 1", picture.frames),
            f64::from(picture.frames),
            1.0,
            None,
        );
    }
}
