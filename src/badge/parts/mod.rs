//! Parts of supplied images that stand apart: the sign of a logo, and its word. Whoever puts another word beside a sign leaves the sign as
//! it was; of the whole, hardly half is there then.

mod cut;
#[cfg(test)]
mod tests;

use self::cut::{Pixels, cut, filled, gaps, tight};
use super::affine::Affine;
use super::align::refine;
use super::find::{Box, Candidate};
use super::library::Library;
use super::locate::{self, Bounds, Spread, Structure, structure};
use super::measure::{bounds, measure, view};
use super::prepare::{Ink, LEVELS, Prepared, level_side};
use super::raster::{Flat, apart, lab};
use super::sketch::{DRAWN, Sketch};
use super::{Alteration, AlterationKind, Mark, Picture, Verdict, alterations, decide};
use image::RgbaImage;

/// The longer side in pixels at which parts are kept.
const KEPT: usize = 320;
/// How alike a box has to look, how much its proportions may be off, and how many parts are tried in it.
const ALIKE: f32 = 0.6;
const OFF: f64 = 0.16;
const TRIED: usize = 3;
/// So many are tried in all of a picture, and so many boxes are looked at in one that is no page.
const MOST_TRIED: usize = 24;
const BOXES: usize = 40;
/// How far the differences of a part may be beyond those of legitimate copies, and how much of the other part's edges may be there.
const SAME: f32 = 1.9;
/// The least chroma (CIE Lab) of what has a colour.
const COLOURED: f32 = 12.0;
const THERE: f64 = 0.85;
/// The least longer side of a part in pixels that can be told.
const LEAST: f64 = 18.0;

/// Where the other part stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Left,
    Right,
    Above,
    Below,
}

/// One of two parts of a supplied image.
#[derive(Debug)]
pub(super) struct Part {
    pub reference: usize,
    prepared: Prepared,
    /// From its content to that of the whole.
    within: Affine,
    /// Where the other one is, from this, and where in the whole.
    side: Side,
    other: Bounds,
    /// The colour of the other one (CIE Lab).
    colour: [f32; 3],
}

impl Part {
    /// The two parts of a supplied image, if it has such.
    pub fn of(reference: usize, pixels: &RgbaImage, scale: f64, whole: &Prepared) -> Option<[Part; 2]> {
        let (w, h) = (pixels.width() as usize, pixels.height() as usize);
        let ink = Ink::of(pixels).on_tile(pixels);
        let (first, second, rows) = cut(&ink.shown, w, h)?;
        let one = |own: Pixels, other: Pixels, side: Side| {
            // As much around it as fits between the two.
            let room = match side {
                Side::Right => other.0 - own.2,
                Side::Left => own.0 - other.2,
                Side::Below => other.1 - own.3,
                Side::Above => own.1 - other.3,
            }
            .max(2)
                - 1;
            let (x0, y0) = (own.0.saturating_sub(room), own.1.saturating_sub(room));
            let (x1, y1) = ((own.2 + room).min(w), (own.3 + room).min(h));
            let crop = image::imageops::crop_imm(pixels, x0 as u32, y0 as u32, (x1 - x0) as u32, (y1 - y0) as u32).to_image();
            let prepared = Prepared::of(&crop, scale, KEPT, ink.ground)?;
            let (left, top) = (x0 as f64 * scale + prepared.content.0, y0 as f64 * scale + prepared.content.1);
            let within = Affine::shift(left - whole.content.0, top - whole.content.1);
            let at = |x: usize, y: usize| (x as f64 * scale - whole.content.0, y as f64 * scale - whole.content.1);
            let ((ox0, oy0), (ox1, oy1)) = (at(other.0, other.1), at(other.2, other.3));
            let colour = colour_of(pixels, &ink.shown, other);
            Some(Part { reference, prepared, within, side, other: (ox0, oy0, ox1, oy1), colour })
        };
        let sides = if rows { [Side::Below, Side::Above] } else { [Side::Right, Side::Left] };
        Some([one(first, second, sides[0])?, one(second, first, sides[1])?])
    }
}

/// The mean colour of what is opaque in a box.
fn colour_of(pixels: &RgbaImage, shown: &[bool], b: Pixels) -> [f32; 3] {
    let (mut sum, mut n) = ([0.0_f32; 3], 0.0_f32);
    for y in b.1..b.3 {
        for x in b.0..b.2 {
            let p = pixels.get_pixel(x as u32, y as u32);
            if shown[y * pixels.width() as usize + x] && p[3] > 230 {
                let c = lab([f32::from(p[0]), f32::from(p[1]), f32::from(p[2])]);
                (0..3).for_each(|k| sum[k] += c[k]);
                n += 1.0;
            }
        }
    }
    sum.map(|s| s / n.max(1.0))
}

/// What stands where the other part should be.
struct Beside {
    /// Its box in pixels of the candidate.
    at: Bounds,
    /// How far its colour is from that of the other part (CIE76).
    apart: f32,
    /// How far its gap and its middle are from what they should be, for one of this part's height (or width).
    gap: f64,
    middle: f64,
    /// How high it is (or wide), for one of what the other part is.
    height: f64,
}

impl Beside {
    /// Whether it stands where the other part should, in its colour; a word may be smaller.
    fn is_set_so(&self, plain: bool, area: bool) -> bool {
        let k = if plain && area { 0.75 } else { 1.0 };
        let size = if plain { 0.4..1.3 } else { 0.3..1.5 };
        self.gap.abs() < 0.12 * k && self.middle.abs() < 0.16 * k && self.apart < 12.0 * k as f32 && size.contains(&self.height)
    }
}

/// A part where it was found.
struct Found<'p> {
    part: &'p Part,
    /// From its content to the candidate.
    map: Affine,
    likeness: f64,
    structure: Structure,
    ground: [f32; 3],
}

/// Where a part may be.
struct Guess<'p> {
    score: f32,
    part: &'p Part,
    at: Bounds,
    ground: [f32; 3],
    /// Whether it is an area of a page or banner, where much stands beside each other.
    area: bool,
}

impl Library {
    /// Marks of which one part is there as it should be, and the other is not: among what `marks` do not tell already. `spread`: where
    /// something is on a page or banner; empty for a picture that shows little else.
    pub(super) fn parted(&self, c: &Candidate, picture: &Picture, spread: &Spread, marks: &mut Vec<Mark>) {
        let told = |m: &Mark| !matches!(m.verdict, Verdict::Unsure | Verdict::LookAlike);
        let known: Vec<Bounds> = marks.iter().filter(|m| told(m)).map(|m| self.at(m, picture)).collect();
        let mut taken: Vec<Bounds> = Vec::new();
        let mut tried: Vec<Bounds> = Vec::new();
        for guess in self.guesses(c, spread, &known) {
            let here = tried.iter().filter(|t| locate::overlap(**t, guess.at) > 0.9).count();
            if here >= TRIED || tried.len() >= MOST_TRIED || taken.iter().any(|k| locate::within(guess.at, *k) > 0.5) {
                continue;
            }
            tried.push(guess.at);
            let Some(found) = self.found(c, picture, &guess) else { continue };
            let Some(mark) = self.told(c, picture, &found, guess.area, spread.page) else { continue };
            let own = self.at(&mark, picture);
            taken.push(own);
            marks.retain(|m| told(m) || locate::overlap(self.at(m, picture), own) < 0.2);
            marks.push(mark);
        }
    }

    fn at(&self, m: &Mark, picture: &Picture) -> Bounds {
        let k = 1.0 / f64::from(picture.scale);
        let (x, y) = (f64::from(m.region.x) * k, f64::from(m.region.y) * k);
        (x, y, x + f64::from(m.region.width) * k, y + f64::from(m.region.height) * k)
    }

    /// Where parts may be by their looks, the likeliest first.
    fn guesses(&self, c: &Candidate, spread: &Spread, known: &[Bounds]) -> Vec<Guess<'_>> {
        // Boxes, their places, and whether they are areas of a page or banner.
        let mut all: Vec<(Box, Bounds, bool)> = Vec::new();
        if !spread.page {
            all.extend(boxes(c).into_iter().map(|b| (b, locate::in_picture(c, &b), false)));
        }
        let own = all.len();
        for area in &spread.areas {
            let at = area.at.edges();
            if all[..own].iter().all(|(_, o, _)| locate::overlap(*o, at) < 0.85) {
                all.push((area.at, at, true));
            }
        }
        let mut out = Vec::new();
        for (b, at, area) in all {
            if b.w.max(b.h) < LEAST as usize || known.iter().any(|k| locate::within(at, *k) > 0.5) {
                continue;
            }
            let aspect = b.w as f64 / b.h as f64;
            let near = |p: &&Part| (p.prepared.aspect() / aspect).ln().abs() < OFF;
            let near: Vec<&Part> = self.parts().iter().filter(near).collect();
            if near.is_empty() {
                continue;
            }
            let seen = if area { c.glimpse(&b, DRAWN) } else { c.work.part(b.x as i64, b.y as i64, b.w, b.h, b.ground) };
            let sketch = Sketch::of(&seen, b.ground);
            let scored =
                near.into_iter().map(|part| Guess { score: part.prepared.alike(&sketch, b.ground), part, at, ground: b.ground, area });
            out.extend(scored.filter(|g| g.score > ALIKE));
        }
        out.sort_by(|a, b| b.score.total_cmp(&a.score));
        out
    }

    /// The part, if it is there as it should be.
    fn found<'p>(&self, c: &Candidate, picture: &Picture, guess: &Guess<'p>) -> Option<Found<'p>> {
        let (p, at) = (&guess.part.prepared, guess.at);
        let v = view(c, at, level_side(LEVELS[2], (at.2 - at.0) / (at.3 - at.1).max(1.0)), c.beyond(guess.ground));
        let start = Affine([(at.2 - at.0) / p.content.2, 0.0, at.0, 0.0, (at.3 - at.1) / p.content.3, at.1]);
        let frame = p.frame(2, guess.ground);
        let (map, likeness) = refine(&frame, &v, start.straightened((p.content.2, p.content.3)), 8, true);
        let found = Found { part: guess.part, map, likeness, structure: structure(&frame, &v, &map), ground: guess.ground };
        let same = || measure(c, p, &map, picture.encoding, 0.0).is_some_and(|m| alterations::beyond(&m) < SAME);
        (found.fits() && same()).then_some(found)
    }

    /// What is to be said of a part that was found as it should be.
    fn told(&self, c: &Candidate, picture: &Picture, found: &Found, area: bool, page: bool) -> Option<Mark> {
        let part = found.part;
        let whole = part.within.inverse()?.then(&found.map);
        let beside = beside(c, found, &whole);
        let there = self.share_of_other(c, found, &whole);
        let plain = part.prepared.is_plain();
        // A plain sign, or a short word, is that of others unless all else is as it should be; on a page, its colour tells, too.
        let grey = part.colour[1].hypot(part.colour[2]) < COLOURED;
        let kind = match &beside {
            _ if there > THERE => return None,
            Some(s) if s.is_set_so(plain, area) && !(plain && page && grey) => AlterationKind::Text,
            Some(s) if !plain && !area && s.gap.abs() < 0.5 => AlterationKind::Changed,
            None if !plain && !area => AlterationKind::Removed,
            _ => return None,
        };
        let percent = there * 100.0;
        let words = match beside {
            Some(_) => format!("something else stands for one of its two parts, {percent:.0} % of which was found; allowed 100 %"),
            None => format!("one of its two parts is missing: {percent:.0} % of it was found; allowed 100 %"),
        };
        let own = bounds(&part.prepared, &found.map);
        let all = beside.as_ref().map_or(own, |s| (own.0.min(s.at.0), own.1.min(s.at.1), own.2.max(s.at.2), own.3.max(s.at.3)));
        let there = beside.map(|s| decide::region(c, picture, s.at));
        let alteration = Alteration { kind, words, measured: percent as f32, allowed: 100.0, region: there, span: None };
        let region = decide::region(c, picture, all);
        let confidence = (0.5 * found.structure.recall + 0.2 * found.structure.precision + 0.3 * found.likeness).clamp(0.0, 1.0) as f32;
        Some(Mark {
            reference: part.reference,
            verdict: Verdict::Altered,
            region,
            confidence,
            alterations: vec![alteration],
            unsure: None,
            place: whole.0.map(|v| v as f32),
        })
    }

    /// The share of the other part's edges that are where they should be.
    fn share_of_other(&self, c: &Candidate, found: &Found, whole: &Affine) -> f64 {
        let other = self.parts().iter().find(|o| o.reference == found.part.reference && o.side != found.part.side);
        let Some(other) = other else { return 0.0 };
        let map = other.within.then(whole);
        let v = view(c, bounds(&other.prepared, &map), level_side(LEVELS[2], other.prepared.aspect()), c.beyond(found.ground));
        structure(&other.prepared.frame(2, found.ground), &v, &map).recall
    }
}

impl Found<'_> {
    /// Whether the part is there as it should be, line for line.
    fn fits(&self) -> bool {
        let (turn, mirrored) = self.map.turn();
        let long = self.part.prepared.content.2.max(self.part.prepared.content.3) * self.map.size();
        let s = &self.structure;
        // Of few pixels, none says how it is turned.
        let turned = turn.abs() > (1.4 / (long / 2.0)).atan().to_degrees().max(1.5);
        long >= LEAST && !turned && !mirrored && s.recall > 0.9 && s.precision > 0.8 && self.likeness > if long < 48.0 { 0.7 } else { 0.75 }
    }
}

/// What is where the other part should be; `None` if nothing is.
fn beside(c: &Candidate, found: &Found, whole: &Affine) -> Option<Beside> {
    let part = found.part;
    let own = bounds(&part.prepared, &found.map);
    let corner = |x: f64, y: f64| whole.apply(x, y);
    let ((ox0, oy0), (ox1, oy1)) = (corner(part.other.0, part.other.1), corner(part.other.2, part.other.3));
    let (ow, oh) = (own.2 - own.0, own.3 - own.1);
    // From this part's edge outwards, as far as the other one reaches and a little further; as high as both.
    let (lo, hi) = (own.1.min(oy0) - 0.1 * oh, own.3.max(oy1) + 0.1 * oh);
    let (le, ri) = (own.0.min(ox0) - 0.1 * ow, own.2.max(ox1) + 0.1 * ow);
    let area: Bounds = match part.side {
        Side::Right => (own.2 + 1.5, lo, ox1 + 0.2 * oh, hi),
        Side::Left => (ox0 - 0.2 * oh, lo, own.0 - 1.5, hi),
        Side::Below => (le, own.3 + 1.5, ri, oy1 + 0.2 * ow),
        Side::Above => (le, oy0 - 0.2 * ow, ri, own.1 - 1.5),
    };
    // Beyond the picture there is nothing.
    let (pw, ph) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let (x, y) = (area.0.floor().clamp(0.0, pw) as i64, area.1.floor().clamp(0.0, ph) as i64);
    let (x1, y1) = (area.2.ceil().clamp(0.0, pw) as i64, area.3.ceil().clamp(0.0, ph) as i64);
    if x1 <= x || y1 <= y {
        return None;
    }
    let (w, h) = ((x1 - x) as usize, (y1 - y) as usize);
    let (flat, place) = c.part(x, y, w, h, 640, found.ground);
    let off = |p: [f32; 3]| (0..3).map(|i| (p[i] - found.ground[i]).powi(2)).sum::<f32>().sqrt();
    let far: Vec<f32> = flat.data.iter().map(|p| off(*p)).collect();
    let shown: Vec<bool> = far.iter().map(|d| *d > 40.0).collect();
    let t = tight(&shown, flat.w, (0, 0, flat.w, flat.h))?;
    let back = place.inverse()?;
    let (a, b) = (back.apply(t.0 as f64, t.1 as f64), back.apply(t.2 as f64, t.3 as f64));
    let at: Bounds = (a.0, a.1, b.0, b.1);
    let gap = match part.side {
        Side::Right => (at.0 - ox0) / oh,
        Side::Left => (at.2 - ox1) / oh,
        Side::Below => (at.1 - oy0) / ow,
        Side::Above => (at.3 - oy1) / ow,
    };
    let (middle, height) = match part.side {
        Side::Right | Side::Left => (((at.1 + at.3) - (oy0 + oy1)) / 2.0 / oh, (at.3 - at.1) / (oy1 - oy0)),
        Side::Below | Side::Above => (((at.0 + at.2) - (ox0 + ox1)) / 2.0 / ow, (at.2 - at.0) / (ox1 - ox0)),
    };
    Some(Beside { at, apart: apart(strongest(&flat, &far), part.colour), gap, middle, height })
}

/// The mean colour (CIE Lab) of what stands out most.
fn strongest(flat: &Flat, far: &[f32]) -> [f32; 3] {
    let most = far.iter().copied().fold(0.0, f32::max);
    let labs: Vec<[f32; 3]> = flat.data.iter().zip(far).filter(|(_, d)| **d > 0.75 * most).map(|(p, _)| lab(*p)).collect();
    let n = labs.len().max(1) as f32;
    [0, 1, 2].map(|k| labs.iter().map(|l| l[k]).sum::<f32>() / n)
}

/// Boxes of what may be one part of two: what is found in the picture, and what stands before and after a gap in it.
fn boxes(c: &Candidate) -> Vec<Box> {
    let mut out: Vec<Box> = Vec::new();
    let mut add = |b: Box| {
        if b.w.max(b.h) >= LEAST as usize && b.w.min(b.h) >= 8 && out.len() < BOXES && !out.iter().any(|o| o.overlap(&b) > 0.93) {
            out.push(b);
        }
    };
    for b in super::find::boxes(c).into_iter().take(6) {
        let part = c.work.part(b.x as i64, b.y as i64, b.w, b.h, b.ground);
        let far = |p: &[f32; 3]| (0..3).map(|i| (p[i] - b.ground[i]).powi(2)).sum::<f32>() > 32.0 * 32.0;
        let shown: Vec<bool> = part.data.iter().map(far).collect();
        add(b);
        for rows in [false, true] {
            let all = (0, 0, b.w, b.h);
            let across = if rows { b.w } else { b.h };
            for (from, to) in gaps(&filled(&shown, b.w, all, rows)).into_iter().filter(|(a, z)| (z - a) as f64 > 0.05 * across as f64) {
                let sides = match rows {
                    false => [(0, 0, from, b.h), (to, 0, b.w, b.h)],
                    true => [(0, 0, b.w, from), (0, to, b.w, b.h)],
                };
                for t in sides.into_iter().filter_map(|s| tight(&shown, b.w, s)) {
                    add(Box { x: b.x + t.0, y: b.y + t.1, w: t.2 - t.0, h: t.3 - t.1, ground: b.ground });
                }
            }
        }
    }
    out
}
