//! Which supplied images a picture shows, and where: boxes, sketches, alignment, structure.

use super::affine::Affine;
use super::align::{Frame, View, likeness, refine};
use super::find::{Box, Candidate, boxes};
use super::keypoints::{self, Guess, Keypoints};
use super::measure::view;
use super::prepare::{LEVELS, Prepared, level_side};
use super::raster::Plane;
use super::sketch::{DRAWN, Sketch};
use super::zones;

/// A supplied image at a place in the candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
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

/// How much of one picture's edges the other has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Structure {
    /// The share of the supplied image's edges that the candidate has, in the same direction.
    pub recall: f64,
    /// The share of the candidate's edges inside the image's silhouette that the image has.
    pub precision: f64,
    /// The most of the supplied image's edges that are missing in one place: the mean over a window of 9 % of the longer side.
    pub missing: f64,
    /// The most of other edges in one place inside.
    pub extra: f64,
    /// The largest part, from side to side or from top to bottom, that is there as it should be: its share of the image's edges. The
    /// sign of a logo whose word is another.
    pub core: f64,
}

/// Strips in which the core of an image is looked for.
const STRIPS: usize = 24;

/// Edges by strip: wanted, of these found, all of the candidate, of these known.
type Strips = [[f64; 4]; STRIPS];

/// The largest share of the edges that a run of strips has, in which nearly all is there and hardly anything else.
fn core(strips: &Strips) -> f64 {
    let total: f64 = strips.iter().map(|s| s[0]).sum();
    let mut best = 0.0_f64;
    for from in 0..STRIPS {
        let mut sum = [0.0_f64; 4];
        for strip in &strips[from..] {
            (0..4).for_each(|i| sum[i] += strip[i]);
            if sum[1] > 0.93 * sum[0] && sum[3] > 0.88 * sum[2] {
                best = best.max(sum[0] / total.max(1e-9));
            }
        }
    }
    best
}

impl Structure {
    pub fn score(&self) -> f64 {
        0.6 * self.recall + 0.4 * self.precision
    }
}

/// How many supplied images are tried in a box.
const TRIED: usize = 8;

/// A box in pixels of the candidate: left, top, right, bottom.
type Bounds = (f64, f64, f64, f64);

/// Pictures whose longer side has so many pixels, and many things on them, are taken for pages.
pub(super) const PAGE: f64 = 1000.0;

pub(super) fn places(c: &Candidate, prepared: &[Option<Prepared>]) -> Vec<Place> {
    let boxes = boxes(c);
    // Many things are on it: a page.
    let few = boxes.len() <= 6;
    let mut coarse = if few { in_boxes(c, prepared, &boxes) } else { Vec::new() };
    // A mark that is most of what there is to be seen is alone.
    let alone = boxes.first().is_some_and(|b| {
        let all = in_picture(c, b);
        let found = coarse.iter().filter(|p| p.likeness > 0.86);
        let placed = found.filter_map(|p| Some(super::measure::bounds(prepared[p.reference].as_ref()?, &p.map)));
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
        let at = super::measure::bounds(p, &f.map);
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

/// How alike the sketch of a box on a page has to be.
const GLIMPSED: f64 = 0.52;
/// How many supplied images are tried in a box of a page, and in all boxes.
const ON_PAGES: (usize, usize) = (3, 44);

/// In how many boxes of a page one supplied image is tried: every line of text looks a little like a mark of one word.
const EACH: usize = 6;

/// Other ways round in which a mark may stand on a page, as [`Sketch::turned`] has them: quarter turns, and mirrored.
const TURNS: [(usize, bool); 5] = [(1, false), (3, false), (2, false), (0, true), (2, true)];

/// A supplied image that a box may show.
struct Glimpse {
    score: f64,
    /// How alike the sketches are, -1 to 1.
    alike: f64,
    reference: usize,
    /// 0, or one more than the place in [`TURNS`].
    turn: usize,
    at: Box,
}

/// The map that turns content of a width and height into a box: the way back from how the box's sketch was turned.
fn turned_into((w, h): (f64, f64), b: (f64, f64, f64, f64), quarters: usize, mirrored: bool) -> Affine {
    // Places from 0 to 1, of the content to those of the box: as `Sketch::turned` reads its cells.
    let read = |x: f64, y: f64| {
        let (mut x, mut y) = (x, y);
        for _ in 0..quarters {
            (x, y) = (y, 1.0 - x);
        }
        (if mirrored { 1.0 - x } else { x }, y)
    };
    let (o, e, s) = (read(0.0, 0.0), read(1.0, 0.0), read(0.0, 1.0));
    let (bw, bh) = (b.2 - b.0, b.3 - b.1);
    Affine([(e.0 - o.0) * bw / w, (s.0 - o.0) * bw / h, b.0 + o.0 * bw, (e.1 - o.1) * bh / w, (s.1 - o.1) * bh / h, b.1 + o.1 * bh])
}

/// Where supplied images seem to be on a page.
fn in_zones(c: &Candidate, prepared: &[Option<Prepared>]) -> Vec<Place> {
    let aspects: Vec<f64> = prepared.iter().flatten().map(|p| p.aspect().ln()).collect();
    let mut guesses: Vec<Glimpse> = Vec::new();
    for b in zones::boxes(c) {
        let aspect = (b.w as f64 / b.h as f64).ln();
        if aspects.iter().all(|a| (a - aspect).abs().min((a + aspect).abs()) > 0.5) {
            continue;
        }
        let sketch = Sketch::of(&c.glimpse(&b, DRAWN), b.ground);
        let dark = b.ground.iter().sum::<f32>() < 300.0;
        let turned = TURNS.map(|(quarters, mirrored)| sketch.turned(quarters, mirrored));
        // What is as small as letters are looks like many things.
        let large = (0.04 * (b.w.min(b.h) as f64 / 48.0).ln()).clamp(-0.06, 0.06);
        let mut ranked: Vec<Glimpse> = Vec::new();
        for (reference, p) in prepared.iter().enumerate() {
            let Some(p) = p else { continue };
            let own = &p.sketches[usize::from(dark)];
            let tile = p.sketches.get(2);
            for (turn, sketch) in std::iter::once(&sketch).chain(&turned).enumerate() {
                let quarter = turn > 0 && TURNS[turn - 1].0 % 2 == 1;
                let off = (p.aspect().ln() - if quarter { -aspect } else { aspect }).abs();
                if off > 0.5 {
                    continue;
                }
                let alike = f64::from(own.likeness(sketch).max(tile.map_or(-1.0, |t| t.likeness(sketch))));
                // Turned, it has to look much more alike.
                let score = alike - 0.25 * off + large - if turn > 0 { 0.15 } else { 0.0 };
                if score > GLIMPSED {
                    ranked.push(Glimpse { score, alike, reference, turn, at: b });
                }
            }
        }
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.reference.cmp(&b.reference)));
        guesses.extend(ranked.into_iter().take(ON_PAGES.0));
    }
    guesses.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut taken: Vec<(usize, Box)> = Vec::new();
    let mut out = Vec::new();
    let mut last: Option<(Box, View)> = None;
    for Glimpse { alike, reference: r, turn, at: b, .. } in guesses {
        if taken.len() >= ON_PAGES.1 {
            break;
        }
        let same = |t: &Box| t.overlap(&b) > 0.9;
        let own = taken.iter().filter(|(o, _)| *o == r);
        if own.clone().count() >= EACH || own.clone().any(|(_, t)| same(t)) || taken.iter().filter(|(_, t)| same(t)).count() >= ON_PAGES.0 {
            continue;
        }
        taken.push((r, b));
        let Some(p) = &prepared[r] else { continue };
        let full = b.edges();
        let v = match last.take() {
            Some((o, v)) if o == b => v,
            _ => view(c, full, level_side(LEVELS[0], b.w as f64 / b.h as f64)),
        };
        let frame = p.frame(0, b.ground);
        let fitted = if turn == 0 {
            coarse_fit(p, &frame, &v, full, alike)
        } else {
            let (quarters, mirrored) = TURNS[turn - 1];
            Some(refine(&frame, &v, turned_into((p.content.2, p.content.3), full, quarters, mirrored), 9, false))
        };
        if let Some((map, likeness)) = fitted {
            out.push(Place { reference: r, map, likeness, structure: Structure::default(), ground: b.ground, agree: 0 });
        }
        last = Some((b, v));
    }
    out
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
        let at = super::measure::bounds(p, &place.map);
        match taken.iter().position(|(t, ..)| overlap(*t, at) > 0.6) {
            Some(i) if taken[i].1 >= 3 || taken[i].2 > 0.85 && place.likeness < taken[i].2 - 0.2 => continue,
            Some(i) => taken[i].1 += 1,
            None if taken.len() >= 12 => continue,
            None => taken.push((at, 1, place.likeness)),
        }
        if fine.iter().any(|f| f.reference == place.reference && overlap(super::measure::bounds(p, &f.map), at) > 0.85) {
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
pub(super) fn settled(frame: &Frame, v: &View, start: Affine, rounds: usize) -> (Affine, f64) {
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

/// Supplied images where their points are.
fn paired(c: &Candidate, prepared: &[Option<Prepared>]) -> Vec<Place> {
    let ground = super::find::ground(&c.work);
    let own = Keypoints::of(&c.work, Affine::scale(1.0 / c.factor, 1.0 / c.factor), keypoints::POINTS.1);
    let dark = ground.iter().sum::<f32>() < 300.0;
    let mut guesses: Vec<(Guess, usize)> = Vec::new();
    for (r, p) in prepared.iter().enumerate() {
        let Some(p) = p else { continue };
        let found = own.guesses(p.keypoints(dark), p.content.2.max(p.content.3));
        guesses.extend(found.into_iter().map(|g| (g, r)));
    }
    guesses.sort_by(|a, b| b.0.agree.cmp(&a.0.agree).then(a.1.cmp(&b.1)));
    let most = guesses.first().map_or(0, |g| g.0.agree);
    guesses.retain(|g| g.0.agree * 3 >= most);
    let mut out = Vec::new();
    for (guess, r) in guesses.into_iter().take(8) {
        let Some(p) = &prepared[r] else { continue };
        let at = super::measure::bounds(p, &guess.map);
        let long = (at.2 - at.0).max(at.3 - at.1);
        if !(8.0..20_000.0).contains(&long) {
            continue;
        }
        let frame = p.frame(0, ground);
        let near = view(c, at, frame.long);
        let (map, likeness) = refine(&frame, &near, guess.map, 8, true);
        out.push(Place { reference: r, map, likeness, structure: Structure::default(), ground, agree: guess.agree });
    }
    out
}

/// Supplied images anywhere in the picture, smaller, larger or turned: when no box shows one.
fn searched(c: &Candidate, prepared: &[Option<Prepared>]) -> Vec<Place> {
    let full = (0.0, 0.0, f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let (w, h) = (full.2, full.3);
    let mean = {
        let n = c.work.data.len().max(1) as f32;
        [0, 1, 2].map(|k| c.work.data.iter().map(|p| p[k]).sum::<f32>() / n)
    };
    let v = view(c, full, level_side(64, w / h));
    let mut guesses: Vec<(f64, usize, Affine)> = Vec::new();
    for (r, p) in prepared.iter().enumerate() {
        let Some(p) = p else { continue };
        let frame = p.frame(0, mean);
        let Some(back) = frame.place.inverse() else { continue };
        let (cw, ch) = (p.content.2, p.content.3);
        let fit = (w / cw).min(h / ch);
        let fill = (w / cw).max(h / ch);
        let mut own: Vec<(f64, Affine)> = Vec::new();
        let mut guess = |map: Affine| own.push((likeness(&frame, &v, &back.then(&map).then(&v.place)), map));
        for s in [0.55, 0.63, 0.72, 0.81, 0.9, 0.97] {
            let k = fit * s;
            guess(Affine([k, 0.0, (w - k * cw) / 2.0, 0.0, k, (h - k * ch) / 2.0]));
        }
        // Cut off at one side or two: as large as the picture and larger.
        for s in [1.0, 1.12, 1.25, 1.4] {
            for k in [fit * s, fill * s] {
                for (ax, ay) in [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.0, 0.5), (1.0, 0.5), (0.0, 1.0), (0.5, 1.0), (1.0, 1.0)] {
                    if k * cw <= w * 1.7 && k * ch <= h * 1.7 {
                        guess(Affine([k, 0.0, ax * (w - k * cw), 0.0, k, ay * (h - k * ch)]));
                    }
                }
            }
        }
        for degrees in [-26.0_f64, -19.0, -12.0, -6.0, 6.0, 12.0, 19.0, 26.0, 90.0, -90.0, 180.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let most = (w / (cw * cos.abs() + ch * sin.abs())).min(h / (cw * sin.abs() + ch * cos.abs()));
            for s in [0.8, 0.97] {
                let (a, d) = (most * s * cos, most * s * sin);
                guess(Affine([a, -d, (w - a * cw + d * ch) / 2.0, d, a, (h - d * cw - a * ch) / 2.0]));
            }
        }
        own.sort_by(|a, b| b.0.total_cmp(&a.0));
        guesses.extend(own.into_iter().take(2).map(|(l, m)| (l, r, m)));
    }
    guesses.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut out = Vec::new();
    for (_, r, map) in guesses.into_iter().take(8) {
        let Some(p) = &prepared[r] else { continue };
        let at = super::measure::bounds(p, &map);
        let frame = p.frame(0, mean);
        let near = view(c, at, frame.long);
        let (map, likeness) = refine(&frame, &near, map, 16, false);
        out.push(Place { reference: r, map, likeness, structure: Structure::default(), ground: mean, agree: 0 });
    }
    out
}

pub(super) fn in_picture(c: &Candidate, b: &Box) -> (f64, f64, f64, f64) {
    let f = c.factor;
    (b.x as f64 * f, b.y as f64 * f, (b.x + b.w) as f64 * f, (b.y + b.h) as f64 * f)
}

/// The best of some first guesses.
fn coarse_fit(p: &Prepared, frame: &Frame, v: &View, b: (f64, f64, f64, f64), score: f64) -> Option<(Affine, f64)> {
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

pub(super) fn overlap(a: (f64, f64, f64, f64), b: (f64, f64, f64, f64)) -> f64 {
    let w = (a.2.min(b.2) - a.0.max(b.0)).max(0.0);
    let h = (a.3.min(b.3) - a.1.max(b.1)).max(0.0);
    let both = w * h;
    both / ((a.2 - a.0) * (a.3 - a.1) + (b.2 - b.0) * (b.3 - b.1) - both).max(1e-9)
}

/// The share of `a` that lies in `b`.
pub(super) fn within(a: (f64, f64, f64, f64), b: (f64, f64, f64, f64)) -> f64 {
    let w = (a.2.min(b.2) - a.0.max(b.0)).max(0.0);
    let h = (a.3.min(b.3) - a.1.max(b.1)).max(0.0);
    w * h / ((a.2 - a.0) * (a.3 - a.1)).max(1e-9)
}

/// Compares the edges under a map from content to candidate.
pub(super) fn structure(frame: &Frame, v: &View, map: &Affine) -> Structure {
    let Some(back) = frame.place.inverse() else { return Structure::default() };
    let m = back.then(map).then(&v.place);
    let Some(inverse) = m.inverse() else { return Structure::default() };
    let (w, h) = (frame.target.w, frame.target.h);
    let (vw, vh) = (v.signal.w, v.signal.h);
    let lin = m.0.map(|x| x as f32);
    // Directions of the candidate, seen from the frame: the transposed linear part.
    let turned = |dx: f32, dy: f32| {
        let (a, b) = (lin[0] * dx + lin[3] * dy, lin[1] * dx + lin[4] * dy);
        let l = a.hypot(b).max(1e-6);
        (a / l, b / l)
    };
    let has = |strengths: &dyn Fn(i64, i64) -> Option<(f32, f32, f32)>, x: f32, y: f32, d: (f32, f32), need: f32| -> f32 {
        let (cx, cy) = (x.floor() as i64, y.floor() as i64);
        let mut best = 0.0_f32;
        for oy in -1..=1 {
            for ox in -1..=1 {
                if let Some((s, dx, dy)) = strengths(cx + ox, cy + oy) {
                    let along = (dx * d.0 + dy * d.1).abs();
                    if along > 0.8 {
                        best = best.max((s / need).min(1.0));
                    }
                }
            }
        }
        best
    };
    let in_view = |x: i64, y: i64| {
        if x < 0 || y < 0 || x >= vw as i64 || y >= vh as i64 {
            return None;
        }
        let i = y as usize * vw + x as usize;
        let (dx, dy) = turned(v.edges.dx.data[i], v.edges.dy.data[i]);
        Some((v.signal.data[i], dx, dy))
    };
    let in_frame = |x: i64, y: i64| {
        if x < 0 || y < 0 || x >= w as i64 || y >= h as i64 {
            return None;
        }
        let i = y as usize * w + x as usize;
        Some((frame.target.data[i], frame.edges.dx.data[i], frame.edges.dy.data[i]))
    };
    let mut absent = Plane::new(w, h);
    let mut foreign = Plane::new(w, h);
    let (mut wanted, mut got) = (0.0_f64, 0.0_f64);
    let (mut across, mut down): (Strips, Strips) = Default::default();
    for y in 0..h {
        for x in 0..w {
            let t = frame.target.at(x, y);
            if t < 0.25 {
                continue;
            }
            let i = y * w + x;
            let (u, vv) = m.apply(x as f64 + 0.5, y as f64 + 0.5);
            let d = (frame.edges.dx.data[i], frame.edges.dy.data[i]);
            let s = f64::from(has(&in_view, u as f32, vv as f32, d, t * 0.45));
            wanted += f64::from(t);
            got += f64::from(t) * s;
            for strip in [&mut across[x * STRIPS / w], &mut down[y * STRIPS / h]] {
                strip[0] += f64::from(t);
                strip[1] += f64::from(t) * s;
            }
            absent.data[i] = t * (1.0 - s as f32);
        }
    }
    let (mut all, mut known) = (0.0_f64, 0.0_f64);
    for y in 0..vh {
        for x in 0..vw {
            let s = v.signal.at(x, y);
            if s < 0.25 {
                continue;
            }
            let (fx, fy) = inverse.apply(x as f64 + 0.5, y as f64 + 0.5);
            if fx < 0.0 || fy < 0.0 || fx >= w as f64 || fy >= h as f64 {
                continue;
            }
            if frame.mask.at(fx as usize, fy as usize) < 0.5 {
                continue;
            }
            let i = y * vw + x;
            let d = turned(v.edges.dx.data[i], v.edges.dy.data[i]);
            let there = has(&in_frame, fx as f32, fy as f32, d, s * 0.45);
            all += f64::from(s);
            known += f64::from(s) * f64::from(there);
            for strip in [&mut across[fx as usize * STRIPS / w], &mut down[fy as usize * STRIPS / h]] {
                strip[2] += f64::from(s);
                strip[3] += f64::from(s) * f64::from(there);
            }
            let to = &mut foreign.data[fy as usize * w + fx as usize];
            *to = to.max(s * (1.0 - there));
        }
    }
    let share = |a: f64, b: f64| if b > 1e-9 { a / b } else { 1.0 };
    // An image that is hardly seen on this background is in any picture.
    let seen = (wanted / (1.2 * frame.long as f64)).min(1.0);
    Structure {
        recall: share(got, wanted) * if seen < 1.0 { 0.5 * seen } else { 1.0 },
        precision: share(known, all),
        missing: most(&absent, frame.long),
        extra: most(&foreign, frame.long),
        core: core(&across).max(core(&down)),
    }
}

/// How badly a supplied image fits at a place: structure first, then colours. With what was found there.
pub(super) fn cost(frame: &Frame, v: &View, place: Place) -> (f64, Place) {
    let structure = structure(frame, v, &place.map);
    let s = structure;
    (
        colours_apart(frame, v, &place.map) + 60.0 * (1.0 - s.score()) + 60.0 * (s.missing + s.extra) + 40.0 * (1.0 - s.core),
        Place { structure, ..place },
    )
}

/// The largest mean over square windows of 9 % of `long`.
fn most(p: &Plane, long: usize) -> f64 {
    let side = (long * 9 / 100).max(4);
    if side >= p.w || side >= p.h {
        return 0.0;
    }
    let mut best = 0.0_f64;
    let mut columns = vec![0.0_f64; p.w];
    for y in 0..p.h {
        for x in 0..p.w {
            columns[x] += f64::from(p.at(x, y));
            if y >= side {
                columns[x] -= f64::from(p.at(x, y - side));
            }
        }
        if y + 1 >= side {
            let mut sum: f64 = columns[..side].iter().sum();
            best = best.max(sum);
            for x in side..p.w {
                sum += columns[x] - columns[x - side];
                best = best.max(sum);
            }
        }
    }
    best / (side * side) as f64
}

/// How far colours are apart inside, on average, each pixel counting for at most 40.
pub(super) fn colours_apart(frame: &Frame, v: &View, map: &Affine) -> f64 {
    let Some(back) = frame.place.inverse() else { return 40.0 };
    let m = back.then(map).then(&v.place);
    let (mut sum, mut n) = (0.0_f64, 0.0_f64);
    for y in 0..frame.target.h {
        for x in 0..frame.target.w {
            if frame.mask.at(x, y) < 0.3 {
                continue;
            }
            let (u, w) = m.apply(x as f64 + 0.5, y as f64 + 0.5);
            n += 1.0;
            if u < 0.0 || w < 0.0 || u >= v.lab.w as f64 || w >= v.lab.h as f64 {
                sum += 20.0;
                continue;
            }
            sum += f64::from(super::raster::apart(frame.lab.at(x, y), v.lab.at(u as usize, w as usize)).min(40.0));
        }
    }
    sum / f64::max(n, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_box_is_read_as_its_sketch_is() {
        // A quarter turn: what was at the left is at the bottom or at the top, and the other way after the opposite turn.
        let b = (10.0, 20.0, 60.0, 120.0);
        let one = turned_into((200.0, 100.0), b, 1, false);
        let three = turned_into((200.0, 100.0), b, 3, false);
        let (a, z) = (one.apply(0.0, 0.0), three.apply(200.0, 100.0));
        assert!((a.0 - z.0).abs() < 1e-9 && (a.1 - z.1).abs() < 1e-9, "{a:?} {z:?}");
        assert!(one.det() > 0.0 && three.det() > 0.0);
        assert!(turned_into((200.0, 100.0), b, 0, true).det() < 0.0);
        let all = super::super::measure::bounds_of((200.0, 100.0), &one);
        assert!((all.0 - 10.0).abs() < 1e-9 && (all.3 - 120.0).abs() < 1e-9);
    }
}
