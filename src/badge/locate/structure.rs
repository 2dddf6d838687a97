//! How much of the edges of one picture another has at a place.

use super::Place;
use crate::badge::affine::Affine;
use crate::badge::align::{Frame, View};
use crate::badge::raster::Plane;

/// How much of one picture's edges the other has.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::badge) struct Structure {
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

/// How much of an edge is at a place or beside it, 0 to 1. `towards`: the direction of the edges of `strengths` at a pixel; `d`: that of the
/// edge that is looked for; `need`: how strong it should be.
fn has(strengths: &Plane, towards: impl Fn(usize) -> (f32, f32), (x, y): (f32, f32), d: (f32, f32), need: f32) -> f32 {
    let (cx, cy) = (x.floor() as i64, y.floor() as i64);
    let mut best = 0.0_f32;
    for y in (cy - 1).max(0)..(cy + 2).min(strengths.h as i64) {
        for x in (cx - 1).max(0)..(cx + 2).min(strengths.w as i64) {
            let i = y as usize * strengths.w + x as usize;
            let s = (strengths.data[i] / need).min(1.0);
            if s > best {
                let (dx, dy) = towards(i);
                if (dx * d.0 + dy * d.1).abs() > 0.8 {
                    best = s;
                }
            }
        }
    }
    best
}

/// Compares the edges under a map from content to candidate.
pub(in crate::badge) fn structure(frame: &Frame, v: &View, map: &Affine) -> Structure {
    let Some(back) = frame.place.inverse() else { return Structure::default() };
    let m = back.then(map).then(&v.place);
    let Some(inverse) = m.inverse() else { return Structure::default() };
    let (w, h) = (frame.target.w, frame.target.h);
    let (vw, vh) = (v.signal.w, v.signal.h);
    let lin = m.0.map(|x| x as f32);
    // Directions of the candidate, seen from the frame: the transposed linear part.
    let turned = |dx: f32, dy: f32| {
        let (a, b) = (lin[0] * dx + lin[3] * dy, lin[1] * dx + lin[4] * dy);
        let l = (a * a + b * b).sqrt().max(1e-6);
        (a / l, b / l)
    };
    let in_view = |i: usize| turned(v.edges.dx.data[i], v.edges.dy.data[i]);
    let in_frame = |i: usize| (frame.edges.dx.data[i], frame.edges.dy.data[i]);
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
            let s = f64::from(has(&v.signal, in_view, (u as f32, vv as f32), d, t * 0.45));
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
            let there = has(&frame.target, in_frame, (fx as f32, fy as f32), d, s * 0.45);
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
pub(in crate::badge) fn cost(frame: &Frame, v: &View, place: Place) -> (f64, Place) {
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
pub(in crate::badge) fn colours_apart(frame: &Frame, v: &View, map: &Affine) -> f64 {
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
            sum += f64::from(crate::badge::raster::apart(frame.lab.at(x, y), v.lab.at(u as usize, w as usize)).min(40.0));
        }
    }
    sum / f64::max(n, 1.0)
}
