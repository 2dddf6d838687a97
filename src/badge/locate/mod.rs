//! Which supplied images a picture shows, and where: boxes, sketches, alignment, structure.

mod page;
mod search;
mod structure;

use crate::badge::affine::Affine;
use crate::badge::align::{Frame, View, likeness, refine};
use crate::badge::find::{Box, Candidate, boxes};
use crate::badge::measure::view;
use crate::badge::prepare::{LEVELS, Prepared, level_side};
use crate::badge::sketch::Sketch;
use page::in_zones;
use search::{paired, searched};
pub(in crate::badge) use structure::{Structure, cost, structure};

/// A supplied image at a place in the candidate.
#[derive(Clone, Copy, Debug)]
pub(in crate::badge) struct Place {
    pub reference: usize,
    /// From content to candidate.
    pub map: Affine,
    /// How alike the edges are, -1 to 1.
    pub likeness: f64,
    pub structure: Structure,
    pub ground: [f32; 3],
    /// How many points that stand out are where the map says; 0 if none were looked for.
    pub agree: usize,
}

/// How many supplied images are tried in a box.
const TRIED: usize = 8;

/// A box in pixels of the candidate: left, top, right, bottom.
pub(in crate::badge) type Bounds = (f64, f64, f64, f64);

/// Pictures whose longer side has so many pixels, and many things on them, are taken for pages.
pub(in crate::badge) const PAGE: f64 = 1000.0;

pub(in crate::badge) fn places(c: &Candidate, prepared: &[Option<Prepared>]) -> Vec<Place> {
    let boxes = boxes(c);
    // Many things are on it: a page.
    let few = boxes.len() <= 6;
    let mut coarse = if few { in_boxes(c, prepared, &boxes) } else { Vec::new() };
    // A mark that is most of what there is to be seen is alone.
    let alone = boxes.first().is_some_and(|b| {
        let all = in_picture(c, b);
        let found = coarse.iter().filter(|p| p.likeness > 0.86);
        let placed = found.filter_map(|p| Some(crate::badge::measure::bounds(prepared[p.reference].as_ref()?, &p.map)));
        placed.into_iter().any(|at| overlap(at, all) > 0.5)
    });
    if !alone {
        coarse.extend(in_zones(c, prepared));
    }
    let (w, h) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    if !few && w.max(h) >= PAGE {
        // Of the many things on a page, most look a little like some mark.
        coarse.retain(|p| p.likeness > 0.5);
        let mut fine = closer(c, prepared, coarse);
        fine.retain(|p| p.likeness > 0.55 && p.structure.score() > 0.72);
        fine.sort_by(|a, b| b.structure.score().total_cmp(&a.structure.score()));
        return fine;
    }
    let mut fine = closer(c, prepared, coarse);
    let found = |f: &Place| {
        let Some(p) = &prepared[f.reference] else { return false };
        let at = crate::badge::measure::bounds(p, &f.map);
        f.structure.recall > 0.93 && f.structure.precision > 0.85 && (at.2 - at.0).max(at.3 - at.1) > 0.3 * w.max(h)
    };
    // On a page there is more than one mark to be found, and each is small.
    if w.max(h) < PAGE && !fine.iter().any(found) {
        let paired = paired(c, prepared);
        fine.extend(closer(c, prepared, paired));
        if (few || w.max(h) < 500.0) && !fine.iter().any(found) {
            let searched = searched(c, prepared);
            fine.extend(closer(c, prepared, searched));
        }
    }
    fine.sort_by(|a, b| b.structure.score().total_cmp(&a.structure.score()));
    fine
}

/// Where supplied images seem to be: boxes of a picture that shows little else.
fn in_boxes(c: &Candidate, prepared: &[Option<Prepared>], boxes: &[Box]) -> Vec<Place> {
    let mut coarse: Vec<Place> = Vec::new();
    for b in boxes {
        let part = c.work.part(b.x as i64, b.y as i64, b.w, b.h, b.ground);
        let dark = b.ground.iter().sum::<f32>() < 300.0;
        let sketch = Sketch::of(&part, b.ground);
        let mirrors = [sketch.turned(0, true), sketch.turned(2, false), sketch.turned(2, true)];
        let aspect = b.w as f64 / b.h as f64;
        let mut ranked: Vec<(f64, f64, usize)> = prepared
            .iter()
            .enumerate()
            .filter_map(|(i, p)| {
                let p = p.as_ref()?;
                let off = (p.aspect() / aspect).ln().abs();
                let own = &p.sketches[usize::from(dark)];
                let tile = p.sketches.get(2).map_or(-1.0, |t| f64::from(t.likeness(&sketch)));
                // Mirrored, it is as likely only if it looks much more alike so.
                let straight = f64::from(own.likeness(&sketch));
                let mirrored = mirrors.iter().map(|m| f64::from(own.likeness(m))).fold(f64::MIN, f64::max) - 0.1;
                (off < 0.9).then(|| (straight.max(mirrored).max(tile) - 0.25 * off, straight.max(tile), i))
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
        ranked.truncate(TRIED);
        let full = in_picture(c, b);
        let v = view(c, full, level_side(LEVELS[0], aspect));
        let mut sure: Option<f64> = None;
        for (score, straight, r) in ranked {
            // One that fits well and looks it leaves no room for others that look less like it.
            if sure.is_some_and(|s| score < s - 0.12) {
                continue;
            }
            let Some(p) = &prepared[r] else { continue };
            let frame = p.frame(0, b.ground);
            if let Some((map, likeness)) = coarse_fit(p, &frame, &v, full, straight) {
                if likeness > 0.93 && score > 0.8 {
                    sure = sure.or(Some(score));
                }
                coarse.push(Place { reference: r, map, likeness, structure: Structure::default(), ground: b.ground, agree: 0 });
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
        match taken.iter().position(|(t, ..)| overlap(*t, at) > 0.6) {
            Some(i) if taken[i].1 >= 3 || taken[i].2 > 0.85 && place.likeness < taken[i].2 - 0.2 => continue,
            Some(i) => taken[i].1 += 1,
            None if taken.len() >= 12 => continue,
            None => taken.push((at, 1, place.likeness)),
        }
        if fine.iter().any(|f| f.reference == place.reference && overlap(crate::badge::measure::bounds(p, &f.map), at) > 0.85) {
            continue;
        }
        let frame = p.frame(1, place.ground);
        let v = view(c, at, frame.long);
        let (map, likeness) = settled(&frame, &v, place.map, 6);
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
    let bent = (lx / ly).ln().abs() > 0.02 || free.shear().abs() > 1.0;
    if likeness > 0.9 || !bent {
        return (free, likeness);
    }
    let (stiff, other) = refine(frame, v, start, rounds, true);
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
