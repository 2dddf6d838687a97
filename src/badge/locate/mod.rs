//! Which supplied images a picture shows, and where: boxes, sketches, alignment, structure.

mod explained;
mod page;
mod search;
mod structure;

use crate::badge::affine::Affine;
use crate::badge::align::{Frame, View, likeness, refine};
use crate::badge::find::{Box, Candidate, FEW, boxes, large};
use crate::badge::measure::view;
use crate::badge::prepare::{GROUNDS, LEVELS, Prepared, level_side, shade};
use crate::badge::sketch::Sketch;
use crate::badge::zones::{self, Area};
pub(in crate::badge) use explained::Explained;
use page::in_areas;
use search::{paired, paired_in, searched};
pub(in crate::badge) use structure::{Structure, cost, structure};

/// A supplied image at a place in the candidate.
#[derive(Clone, Copy, Debug)]
pub(in crate::badge) struct Place {
    pub reference: usize,
    /// From content to candidate.
    pub map: Affine,
    /// The box in which it was looked for.
    pub boxed: Bounds,
    /// How alike the edges are, -1 to 1.
    pub likeness: f64,
    pub structure: Structure,
    pub ground: [f32; 3],
    /// The share of the colours there that the image explains, 0 to 1; 0 if it was not asked.
    pub explained: f64,
    /// How many points that stand out are where the map says; 0 if none were looked for.
    pub agree: usize,
}

impl Place {
    /// A place whose edges were not looked at yet.
    fn guess(reference: usize, map: Affine, boxed: Bounds, likeness: f64, ground: [f32; 3]) -> Place {
        Place { reference, map, boxed, likeness, structure: Structure::default(), ground, explained: 0.0, agree: 0 }
    }
}

/// How alike the edges of an image have to be where little speaks for a box.
const SURE: f64 = 0.9;
/// So many points that agree say that an image is there, however little of its edges is seen.
const SEVERAL: usize = 9;
/// How many supplied images are tried in a box.
const TRIED: usize = 8;

/// A box in pixels of the candidate: left, top, right, bottom.
pub(in crate::badge) type Bounds = (f64, f64, f64, f64);

/// Pictures whose longer side has so many pixels, and many things on them, are taken for pages.
pub(in crate::badge) const PAGE: f64 = 1000.0;

/// Pictures whose longer side has no more pixels are icons.
pub(in crate::badge) const ICON: f64 = 64.0;

/// Pictures whose longer side has so many pixels may be banners: a mark is somewhere on them, and small.
const BANNER: f64 = 500.0;

/// Where something is on a picture that shows more than one mark.
#[derive(Default)]
pub(in crate::badge) struct Spread {
    pub areas: Vec<Area>,
    /// Whether it is a page: then little else is worth looking at.
    pub page: bool,
}

/// Where supplied images seem to be, the likeliest first; and where something is on a page or banner.
pub(in crate::badge) fn places(c: &Candidate, prepared: &[Option<Prepared>]) -> (Vec<Place>, Spread) {
    let (w, h) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let boxes = boxes(c);
    // Many things are on it: a page, or a mark of many parts.
    let few = boxes.len() <= FEW;
    let mut coarse = match few {
        true => in_boxes(c, prepared, &boxes),
        // What lies in the zones of such a picture is looked for below; here, what can't be missed.
        false if w.max(h) < PAGE => in_boxes(c, prepared, &large(c, &boxes)).into_iter().filter(|p| p.likeness > SURE).collect(),
        false => Vec::new(),
    };
    // A mark that is most of what there is to be seen is alone.
    let alone = few
        && boxes.first().is_some_and(|b| {
            let all = in_picture(c, b);
            let found = coarse.iter().filter(|p| p.likeness > 0.86);
            let placed = found.filter_map(|p| Some(crate::badge::measure::bounds(prepared[p.reference].as_ref()?, &p.map)));
            placed.into_iter().any(|at| overlap(at, all) > 0.5)
        });
    let areas = if alone { Vec::new() } else { zones::areas(c) };
    coarse.extend(in_areas(c, prepared, &areas));
    if !few && w.max(h) >= PAGE {
        // Of the many things on a page, most look a little like some mark.
        coarse.retain(|p| p.likeness > 0.5);
        let mut fine = closer(c, prepared, coarse);
        let fits = |p: &Place| p.likeness > 0.55 && p.structure.score() > 0.72;
        fine.retain(fits);
        let at = |f: &Place| Some(crate::badge::measure::bounds(prepared[f.reference].as_ref()?, &f.map));
        let found: Vec<Bounds> = fine.iter().filter_map(at).collect();
        let paired = paired_in(c, prepared, &areas, &found);
        fine.extend(closer(c, prepared, paired).into_iter().filter(|p| p.agree >= SEVERAL || fits(p)));
        fine.sort_by(|a, b| b.structure.score().total_cmp(&a.structure.score()));
        return (fine, Spread { areas, page: true });
    }
    let mut fine = closer(c, prepared, coarse);
    let found = |f: &Place| {
        let Some(p) = &prepared[f.reference] else { return false };
        let at = crate::badge::measure::bounds(p, &f.map);
        let s = &f.structure;
        // What is missing in one place may be another image, or another map.
        s.recall > 0.93 && s.precision > 0.85 && s.missing.max(s.extra) < 0.25 && (at.2 - at.0).max(at.3 - at.1) > 0.3 * w.max(h)
    };
    // On a page there is more than one mark to be found, and each is small.
    if w.max(h) < PAGE && !fine.iter().any(found) {
        // The points of so few pixels say nothing that their sketch does not.
        if w.max(h) > ICON {
            let paired = paired(c, prepared);
            fine.extend(closer(c, prepared, paired));
        }
        if (few || w.max(h) < 500.0) && !fine.iter().any(found) {
            let searched = searched(c, prepared);
            fine.extend(closer(c, prepared, searched));
        }
    }
    fine.sort_by(|a, b| b.structure.score().total_cmp(&a.structure.score()));
    (fine, if w.max(h) >= BANNER { Spread { areas, page: false } } else { Spread::default() })
}

/// Where supplied images seem to be: boxes of a picture that shows little else.
fn in_boxes(c: &Candidate, prepared: &[Option<Prepared>], boxes: &[Box]) -> Vec<Place> {
    let mut coarse: Vec<Place> = Vec::new();
    // Boxes that one image fills: what is in them is a part of it.
    let mut filled: Vec<Bounds> = Vec::new();
    for b in boxes {
        if filled.iter().any(|f| within(in_picture(c, b), *f) > 0.9) {
            continue;
        }
        let part = c.work.part(b.x as i64, b.y as i64, b.w, b.h, b.ground);
        let shade = shade(b.ground);
        let sketch = Sketch::of(&part, b.ground);
        let mirrors = [sketch.turned(0, true), sketch.turned(2, false), sketch.turned(2, true)];
        let aspect = b.w as f64 / b.h as f64;
        let mut ranked: Vec<(f64, f64, usize)> = prepared
            .iter()
            .enumerate()
            .filter_map(|(i, p)| {
                let p = p.as_ref()?;
                let off = (p.aspect() / aspect).ln().abs();
                let own = &p.sketches[shade];
                let tile = p.sketches.get(GROUNDS.len()).map_or(-1.0, |t| f64::from(t.likeness(&sketch)));
                // Mirrored, it is as likely only if it looks much more alike so.
                let straight = f64::from(own.likeness(&sketch));
                let mirrored = mirrors.iter().map(|m| f64::from(own.likeness(m))).fold(f64::MIN, f64::max) - 0.1;
                (off < 0.9).then(|| (straight.max(mirrored).max(tile) - 0.25 * off, straight.max(tile), i))
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
        ranked.truncate(TRIED);
        let full = in_picture(c, b);
        let v = view(c, full, level_side(LEVELS[0], aspect), c.beyond(b.ground));
        let mut sure: Option<f64> = None;
        for (score, straight, r) in ranked {
            // One that fits well and looks it leaves no room for others that look less like it.
            if sure.is_some_and(|s| score < s - 0.12) {
                continue;
            }
            let Some(p) = &prepared[r] else { continue };
            let frame = p.frame(0, b.ground);
            if let Some((map, likeness)) = coarse_fit(p, &frame, &v, full, straight) {
                // The borders of what fills its file are not seen: all else has to be.
                if c.beyond(b.ground) != c.behind && likeness < SURE {
                    continue;
                }
                if likeness > 0.93 && score > 0.8 {
                    sure = sure.or(Some(score));
                    if likeness > 0.95 {
                        filled.push(full);
                    }
                }
                coarse.push(Place::guess(r, map, full, likeness, b.ground));
            }
        }
    }
    coarse
}

/// The best few of each place, aligned more closely; the likeliest first.
fn closer(c: &Candidate, prepared: &[Option<Prepared>], mut coarse: Vec<Place>) -> Vec<Place> {
    coarse.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
    let mut fine: Vec<Place> = Vec::new();
    // Places, how many guesses were looked at in each, and how alike the first was.
    let mut taken: Vec<(Bounds, usize, f64)> = Vec::new();
    for place in &coarse {
        if place.likeness < 0.3 {
            break;
        }
        let Some(p) = &prepared[place.reference] else { continue };
        let at = crate::badge::measure::bounds(p, &place.map);
        if beyond_sight(c, at) {
            continue;
        }
        match taken.iter().position(|(t, ..)| overlap(*t, at) > 0.6) {
            Some(i) if taken[i].1 >= 3 || taken[i].2 > 0.85 && place.likeness < taken[i].2 - 0.12 => continue,
            Some(i) => taken[i].1 += 1,
            None if taken.len() >= 12 => continue,
            None => taken.push((at, 1, place.likeness)),
        }
        if fine.iter().any(|f| f.reference == place.reference && overlap(crate::badge::measure::bounds(p, &f.map), at) > 0.85) {
            continue;
        }
        let frame = p.frame(1, place.ground);
        let v = view(c, at, frame.long, c.beyond(place.ground));
        let (map, likeness) = settled(&frame, &v, place.map, 6);
        if beyond_sight(c, crate::badge::measure::bounds(p, &map)) {
            continue;
        }
        let structure = structure(&frame, &v, &map);
        fine.push(Place { map, likeness, structure, ..*place });
    }
    fine
}

/// Aligned: freely, or as a similarity where that explains nearly as much. What was not there to be aligned, such as another word
/// beside a sign, bends a free map.
pub(in crate::badge) fn settled(frame: &Frame, v: &View, start: Affine, rounds: usize) -> (Affine, f64) {
    let (free, likeness) = refine(frame, v, start, rounds, false);
    let (lx, ly) = free.lengths();
    let ratio = (lx / ly).ln().abs();
    let bent = ratio > 0.02 || free.shear().abs() > 1.0;
    if likeness > 0.9 || !bent && ratio < 0.004 {
        return (free, likeness);
    }
    let (turn, mirrored) = start.turn();
    let straight = turn.abs() < 3.0 && !mirrored;
    let size =
        frame.place.inverse().map(|b| (frame.target.w as f64 * b.0[0] + 2.0 * b.0[2], frame.target.h as f64 * b.0[4] + 2.0 * b.0[5]));
    let square = size.filter(|_| straight).map_or(start, |size| start.straightened(size));
    let (stiff, other) = refine(frame, v, square, rounds, true);
    // Lines that lie close together hold a map that is a little too large.
    if other > likeness + 0.02 {
        return (stiff, other);
    }
    if !bent {
        return (free, likeness);
    }
    let (a, b) = (structure(frame, v, &free), structure(frame, v, &stiff));
    // Something that was stretched still has all its edges.
    let slack = if a.score() < 0.85 { 0.12 } else { 0.02 };
    if b.score() + 0.3 * b.core > a.score() + 0.3 * a.core - slack { (stiff, other) } else { (free, likeness) }
}

pub(in crate::badge) fn in_picture(c: &Candidate, b: &Box) -> Bounds {
    let f = c.factor;
    (b.x as f64 * f, b.y as f64 * f, (b.x + b.w) as f64 * f, (b.y + b.h) as f64 * f)
}

/// The best of some first guesses.
fn coarse_fit(p: &Prepared, frame: &Frame, v: &View, b: Bounds, score: f64) -> Option<(Affine, f64)> {
    let (bw, bh) = (b.2 - b.0, b.3 - b.1);
    let (w, h) = (p.content.2, p.content.3);
    let mut starts = vec![Affine([bw / w, 0.0, b.0, 0.0, bh / h, b.1])];
    let (sx, sy) = (bw / w, bh / h);
    if (sx / sy).ln().abs() > 0.03 {
        // Part of it was cut off, or something stands beside it: as high, or as wide, as the box.
        for s in [sx, sy] {
            for (ax, ay) in [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)] {
                // For a picture that fills the whole box, what is larger than the box was cut off.
                starts.push(Affine([s, 0.0, b.0 + ax * (bw - s * w), 0.0, s, b.1 + ay * (bh - s * h)]));
            }
        }
    }
    if score < 0.75 {
        for k in [(-sx, sy), (sx, -sy), (-sx, -sy)] {
            let (ox, oy) = (if k.0 < 0.0 { b.2 } else { b.0 }, if k.1 < 0.0 { b.3 } else { b.1 });
            starts.push(Affine([k.0, 0.0, ox, 0.0, k.1, oy]));
        }
    }
    if score < 0.6 {
        let (cx, cy) = ((b.0 + b.2) / 2.0, (b.1 + b.3) / 2.0);
        for s in [0.8, 0.9] {
            let k = sx.min(sy) * s;
            starts.push(Affine([k, 0.0, cx - k * w / 2.0, 0.0, k, cy - k * h / 2.0]));
        }
        for degrees in [-20.0_f64, -9.0, 9.0, 20.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let k = (bw / (w * cos + h * sin.abs())).min(bh / (w * sin.abs() + h * cos));
            let (a, d) = (k * cos, k * sin);
            starts.push(Affine([a, -d, cx - (a * w - d * h) / 2.0, d, a, cy - (d * w + a * h) / 2.0]));
        }
    }
    let back = frame.place.inverse()?;
    let mut scored: Vec<(f64, usize)> = starts
        .iter()
        .enumerate()
        .map(|(i, s)| (likeness(frame, v, &back.then(s).then(&v.place)) - if i == 0 { 0.0 } else { 0.02 }, i))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Option<(Affine, f64)> = None;
    for (_, i) in scored.iter().take(if starts.len() > 1 { 3 } else { 1 }) {
        let (map, l) = refine(frame, v, starts[*i], 9, false);
        if best.is_none_or(|b| l > b.1 + 0.01) {
            best = Some((map, l));
        }
        if l > 0.93 {
            break;
        }
    }
    best
}

/// How small, of its box, a mark is tried that has something around it.
const WITHIN: [f64; 6] = [1.0, 0.94, 0.87, 0.79, 0.7, 0.6];

/// Where else in some boxes an image may be, when what was found there does not fit: with an outline, a shadow or a tile around it, or
/// so blurred that no edge is left. The map that explains most of the colours, aligned; with how much it explains.
pub(in crate::badge) fn again(p: &Prepared, v: &View, place: &Place, boxes: &[Bounds]) -> Option<Place> {
    let (w, h) = (p.content.2, p.content.3);
    let small = Explained::new(p.frame(0, place.ground));
    let mut starts = Vec::new();
    let aspect = w / h;
    for (x0, y0, x1, y1) in boxes {
        let (bw, bh) = (x1 - x0, y1 - y0);
        // Of an outline as wide on all sides.
        let d = (bw - aspect * bh) / (2.0 * (1.0 - aspect));
        if d.is_finite() && d > 0.0 && d < 0.25 * bw.min(bh) {
            starts.push(Affine([(bw - 2.0 * d) / w, 0.0, x0 + d, 0.0, (bh - 2.0 * d) / h, y0 + d]));
        }
        let whole = (bw / w).min(bh / h);
        for k in WITHIN {
            let s = whole * k;
            let (rx, ry) = (bw - s * w, bh - s * h);
            for (ax, ay) in [(0.5, 0.5), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
                starts.push(Affine([s, 0.0, x0 + ax * rx, 0.0, s, y0 + ay * ry]));
                if rx.abs() < 1.5 && ry.abs() < 1.5 {
                    break;
                }
            }
        }
    }
    let mut scored: Vec<(f64, Affine)> = starts.into_iter().map(|s| (small.at(v, &s, 2), s)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let frame = p.frame(2, place.ground);
    let mut best: Option<Place> = None;
    for (_, start) in scored.into_iter().take(2).filter(|s| s.0 > 0.4) {
        let before = small.at(v, &start, 1);
        let (map, likeness) = refine(&frame, v, start, 8, true);
        let after = small.at(v, &map, 1);
        // Without edges to align by, the guess may be better.
        let (map, after) = if after < before { (start, before) } else { (map, after) };
        if best.is_none_or(|b| after > b.explained) {
            best = Some(Place { map, likeness, explained: after, ..*place });
        }
    }
    best
}

/// Whether an image in this box would be so much larger than the picture that too little of it is seen to be told. Views of such a box
/// would take hundreds of megabytes.
fn beyond_sight(c: &Candidate, at: Bounds) -> bool {
    let most = 2.0 * f64::from(c.pixels.width().max(c.pixels.height())).max(64.0);
    let long = (at.2 - at.0).max(at.3 - at.1);
    long.is_nan() || long > most
}

pub(in crate::badge) fn overlap(a: Bounds, b: Bounds) -> f64 {
    let w = (a.2.min(b.2) - a.0.max(b.0)).max(0.0);
    let h = (a.3.min(b.3) - a.1.max(b.1)).max(0.0);
    let both = w * h;
    both / ((a.2 - a.0) * (a.3 - a.1) + (b.2 - b.0) * (b.3 - b.1) - both).max(1e-9)
}

/// The share of `a` that lies in `b`.
pub(in crate::badge) fn within(a: Bounds, b: Bounds) -> f64 {
    let w = (a.2.min(b.2) - a.0.max(b.0)).max(0.0);
    let h = (a.3.min(b.3) - a.1.max(b.1)).max(0.0);
    w * h / ((a.2 - a.0) * (a.3 - a.1)).max(1e-9)
}
