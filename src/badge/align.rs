//! Where exactly a supplied image lies in a picture: an affine map, found by its edges.
//!
//! Edges do not change with colours, so that recoloured, faded and inverted copies are found as surely as faithful ones. The method is
//! the one of Lucas and Kanade with a gain and an offset (Evangelidis and Psarakis, 2008), over coarse and fine levels.

use super::affine::Affine;
use super::raster::{Edges, Flat, Plane};

/// Free space around the image in its frame, as a share of its longer side.
pub(super) const MARGIN: f64 = 0.14;

/// A supplied image at one size on one background: what is looked for.
pub(super) struct Frame {
    /// The longer side of the image's content in pixels.
    pub long: usize,
    /// From pixels of the content to those of the frame.
    pub place: Affine,
    /// The picture in Lab.
    pub lab: Flat,
    pub edges: Edges,
    /// The square root of the edges' strength: strong and weak ones count alike.
    pub target: Plane,
    /// The share of the content in each pixel, 0 to 1.
    pub mask: Plane,
}

/// A part of the candidate at one size.
pub(super) struct View {
    /// From pixels of the candidate to those of the view.
    pub place: Affine,
    pub lab: Flat,
    pub edges: Edges,
    pub signal: Plane,
    /// The signal, and how it rises to the right and downwards, together.
    field: Vec<[f32; 3]>,
}

impl View {
    pub fn new(part: &Flat, place: Affine, sigma: f32) -> View {
        let lab = part.lab();
        let edges = Edges::of(&lab, sigma);
        let signal = root(&edges.strength);
        let (gx, gy) = signal.gradients();
        let field = signal.data.iter().zip(gx.data.iter().zip(&gy.data)).map(|(s, (x, y))| [*s, *x, *y]).collect();
        View { place, lab, edges, signal, field }
    }

    /// Between pixels, whose centres are at whole numbers; inside only.
    #[inline]
    fn field_at(&self, x: f32, y: f32) -> [f32; 3] {
        let (x0, y0) = (x as usize, y as usize);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let (a, b, c, d) = ((1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy);
        let at = y0 * self.signal.w + x0;
        let below = at + self.signal.w;
        let (p, q, r, s) = (self.field[at], self.field[at + 1], self.field[below], self.field[below + 1]);
        [0, 1, 2].map(|i| a * p[i] + b * q[i] + c * r[i] + d * s[i])
    }

    /// The signal alone.
    #[inline]
    fn signal_at(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x as usize, y as usize);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let (a, b, c, d) = ((1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy);
        let at = y0 * self.signal.w + x0;
        let (upper, lower) = (&self.signal.data[at..at + 2], &self.signal.data[at + self.signal.w..at + self.signal.w + 2]);
        a * upper[0] + b * upper[1] + c * lower[0] + d * lower[1]
    }
}

pub(super) fn root(p: &Plane) -> Plane {
    // Strong edges are all alike; noise stays small.
    Plane { w: p.w, h: p.h, data: p.data.iter().map(|v| (v / (v + 6.0)) * (v / 6.0).min(1.0)).collect() }
}

/// Improves a map from content to candidate; `turns` rounds at most. Gives the map, and how alike the edges are, -1 to 1.
pub(super) fn refine(frame: &Frame, view: &View, start: Affine, rounds: usize, similarity: bool) -> (Affine, f64) {
    // From frame to view.
    let Some(back) = frame.place.inverse() else { return (start, -1.0) };
    let mut map = back.then(&start).then(&view.place);
    let (w, h) = (frame.target.w, frame.target.h);
    let (cx, cy) = (w as f64 / 2.0, h as f64 / 2.0);
    let unit = frame.long as f64 / 2.0;
    let mut best = (map, likeness(frame, view, &map));
    for _ in 0..rounds {
        let mut a = [[0.0_f64; 9]; 8];
        let mut sums = [[0.0_f32; 8]; 8];
        let mut right = [0.0_f32; 8];
        let m = map.0.map(|v| v as f32);
        let step = if w * h > 20_000 { 2 } else { 1 };
        for y in (0..h).step_by(step) {
            let row = &frame.target.data[y * w..(y + 1) * w];
            let fy = y as f32 + 0.5;
            for x in (0..w).step_by(step) {
                let fx = x as f32 + 0.5;
                let (u, v) = (m[0] * fx + m[1] * fy + m[2] - 0.5, m[3] * fx + m[4] * fy + m[5] - 0.5);
                if u < 0.0 || v < 0.0 || u >= (view.signal.w - 1) as f32 || v >= (view.signal.h - 1) as f32 {
                    continue;
                }
                let t = row[x];
                let [i, sx, sy] = view.field_at(u, v);
                if t < 0.02 && i < 0.02 {
                    continue;
                }
                let (px, py) = ((fx - cx as f32) / unit as f32, (fy - cy as f32) / unit as f32);
                let j = [sx * px, sx * py, sx, sy * px, sy * py, sy, i, 1.0];
                // What fits badly counts less: something was added or removed there.
                let e = t - i;
                let weight = 1.0 / (1.0 + (e / 0.25) * (e / 0.25));
                let weighed = j.map(|v| weight * v);
                for (row, wj) in sums.iter_mut().zip(&weighed) {
                    for (sum, jc) in row.iter_mut().zip(&j) {
                        *sum += wj * jc;
                    }
                }
                for (sum, wj) in right.iter_mut().zip(&weighed) {
                    *sum += wj * t;
                }
            }
            // Row by row, so that small numbers are not lost in large sums.
            for ((to, from), last) in a.iter_mut().zip(&mut sums).zip(&mut right) {
                for (to, from) in to.iter_mut().zip(from.iter_mut().chain(std::iter::once(last))) {
                    *to += f64::from(std::mem::take(from));
                }
            }
        }
        for (r, row) in a.iter_mut().enumerate() {
            row[r] = row[r] * 1.002 + 1e-6;
        }
        let Some(d) = solve(&mut a) else { break };
        let gain = d[6].max(0.2);
        let mut s = [d[0] / gain, d[1] / gain, d[2] / gain, d[3] / gain, d[4] / gain, d[5] / gain];
        if similarity {
            // The linear part of the change, made a change of size and a turn in the view.
            let local = Affine([s[0], s[1], 0.0, s[3], s[4], 0.0]);
            let grow = (local.0[0] + local.0[4]) / 2.0;
            let turn = (local.0[3] - local.0[1]) / 2.0;
            (s[0], s[1], s[3], s[4]) = (grow, -turn, turn, grow);
        }
        let most = unit * 0.25;
        let largest = s.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        if !largest.is_finite() {
            break;
        }
        if largest > most {
            s.iter_mut().for_each(|v| *v *= most / largest);
        }
        // d(view) = A p + t with p = (frame - centre) / unit.
        let add = [
            s[0] / unit,
            s[1] / unit,
            s[2] - (s[0] * cx + s[1] * cy) / unit,
            s[3] / unit,
            s[4] / unit,
            s[5] - (s[3] * cx + s[4] * cy) / unit,
        ];
        let next = Affine(std::array::from_fn(|i| map.0[i] + add[i]));
        if next.det().abs() < map.det().abs() * 0.2 || next.det().abs() > map.det().abs() * 5.0 {
            break;
        }
        map = next;
        if largest < 0.03 {
            break;
        }
    }
    let reached = likeness(frame, view, &map);
    if reached > best.1 {
        best = (map, reached);
    }
    let whole = view.place.inverse().map_or(start, |out| frame.place.then(&best.0).then(&out));
    (whole, best.1)
}

/// Sums for a correlation of two things.
#[derive(Default)]
struct Sums {
    n: f64,
    t: f64,
    i: f64,
    tt: f64,
    ii: f64,
    ti: f64,
}

impl Sums {
    #[inline]
    fn add(&mut self, t: f64, i: f64) {
        self.n += 1.0;
        self.t += t;
        self.i += i;
        self.tt += t * t;
        self.ii += i * i;
        self.ti += t * i;
    }

    fn correlation(&self) -> f64 {
        let n = self.n.max(1.0);
        let (vt, vi) = (self.tt - self.t * self.t / n, self.ii - self.i * self.i / n);
        if vt <= 1e-9 || vi <= 1e-9 { 0.0 } else { (self.ti - self.t * self.i / n) / (vt * vi).sqrt() }
    }
}

/// What likeness without the surroundings counts less than with them.
const ALONE: f64 = 0.03;

/// How alike the edges are under a map from frame to view: their correlation over the frame, or over the image without what surrounds
/// it, such as the border of a tile on which it stands.
pub(super) fn likeness(frame: &Frame, view: &View, map: &Affine) -> f64 {
    let (w, h) = (frame.target.w, frame.target.h);
    let m = map.0.map(|v| v as f32);
    let (mut inner, mut outer) = (Sums::default(), Sums::default());
    let step = if w * h > 20_000 { 2 } else { 1 };
    let margin = [2, 5].map(|k| (0.7 * frame.place.0[k].max(0.0)) as usize);
    for y in (0..h).step_by(step) {
        let fy = y as f32 + 0.5;
        for x in (0..w).step_by(step) {
            let fx = x as f32 + 0.5;
            let (u, v) = (m[0] * fx + m[1] * fy + m[2] - 0.5, m[3] * fx + m[4] * fy + m[5] - 0.5);
            let out = u < 0.0 || v < 0.0 || u >= (view.signal.w - 1) as f32 || v >= (view.signal.h - 1) as f32;
            let i = if out { 0.0 } else { f64::from(view.signal_at(u, v)) };
            let t = f64::from(frame.target.data[y * w + x]);
            let within = x >= margin[0] && x < w - margin[0] && y >= margin[1] && y < h - margin[1];
            (if within { &mut inner } else { &mut outer }).add(t, i);
        }
    }
    let alone = inner.correlation() - ALONE;
    inner.n += outer.n;
    inner.t += outer.t;
    inner.i += outer.i;
    inner.tt += outer.tt;
    inner.ii += outer.ii;
    inner.ti += outer.ti;
    inner.correlation().max(alone)
}

/// Solves `N` equations given with their right sides: `M` is one more.
pub(super) fn solve<const N: usize, const M: usize>(a: &mut [[f64; M]; N]) -> Option<[f64; N]> {
    for c in 0..N {
        let pivot = (c..N).max_by(|&p, &q| a[p][c].abs().total_cmp(&a[q][c].abs()))?;
        if a[pivot][c].abs() < 1e-12 {
            return None;
        }
        a.swap(c, pivot);
        let top = a[c];
        for row in a.iter_mut().skip(c + 1) {
            let k = row[c] / top[c];
            for (v, t) in row.iter_mut().zip(&top).skip(c) {
                *v -= k * t;
            }
        }
    }
    let mut x = [0.0; N];
    for r in (0..N).rev() {
        let rest: f64 = (r + 1..N).map(|c| a[r][c] * x[c]).sum();
        x[r] = (a[r][N] - rest) / a[r][r];
    }
    Some(x)
}
