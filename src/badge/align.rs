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
    /// The signal, and how it rises to the right and downwards, together; the last number is 0.
    field: Vec<[f32; 4]>,
}

impl View {
    pub fn new(part: &Flat, place: Affine, sigma: f32) -> View {
        let lab = part.lab();
        let edges = Edges::of(&lab, sigma);
        let signal = root(&edges.strength);
        let (gx, gy) = signal.gradients();
        let field = signal.data.iter().zip(gx.data.iter().zip(&gy.data)).map(|(s, (x, y))| [*s, *x, *y, 0.0]).collect();
        View { place, lab, edges, signal, field }
    }

    /// Between pixels, whose centres are at whole numbers; inside only.
    #[inline]
    fn field_at(&self, x: f32, y: f32) -> [f32; 4] {
        let (x0, y0) = (x as u32 as usize, y as u32 as usize);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let (a, b, c, d) = ((1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy);
        let at = y0 * self.signal.w + x0;
        let below = at + self.signal.w;
        let (upper, lower) = (&self.field[at..at + 2], &self.field[below..below + 2]);
        let mut out = [0.0; 4];
        for i in 0..4 {
            out[i] = a * upper[0][i] + b * upper[1][i] + c * lower[0][i] + d * lower[1][i];
        }
        out
    }

    /// The signal alone.
    #[inline]
    fn signal_at(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x as u32 as usize, y as u32 as usize);
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
        let m = map.0.map(|v| v as f32);
        let step = if w * h > 20_000 { 2 } else { 1 };
        for y in (0..h).step_by(step) {
            let row = &frame.target.data[y * w..(y + 1) * w];
            let fy = y as f32 + 0.5;
            let mut pixels = Row::default();
            for x in (0..w).step_by(step) {
                let fx = x as f32 + 0.5;
                let (u, v) = (m[0] * fx + m[1] * fy + m[2] - 0.5, m[3] * fx + m[4] * fy + m[5] - 0.5);
                if u < 0.0 || v < 0.0 || u >= (view.signal.w - 1) as f32 || v >= (view.signal.h - 1) as f32 {
                    continue;
                }
                let t = row[x];
                let [i, sx, sy, _] = view.field_at(u, v);
                if t < 0.02 && i < 0.02 {
                    continue;
                }
                pixels.add((fx - cx as f32) / unit as f32, t, i, sx, sy);
            }
            // Row by row, so that small numbers are not lost in large sums.
            pixels.finish((f64::from(fy) - cy) / unit, &mut a);
        }
        for (r, c) in (0..8).flat_map(|r| (0..r).map(move |c| (r, c))) {
            a[r][c] = a[c][r];
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

/// How many pixels are looked at together.
const LANES: usize = 8;
/// How many sums are kept of a row of pixels, whose second coordinate is the same: products of both slopes with three powers of the first
/// coordinate, of each slope with what is wanted, what is seen, and 1, with two powers; and of these among each other.
const SUMS: usize = 3 * 3 + 2 * 3 * 2 + 5;

/// The pixels of one row of a frame that say how a map should change.
#[derive(Default)]
struct Row {
    /// Those that were not summed yet: how many, and of each its first coordinate, what is wanted there, what is seen, how that rises to the
    /// right and downwards; 1, or 0 where there is none.
    n: usize,
    pixels: [[f32; LANES]; 6],
    sums: [[f32; LANES]; SUMS],
}

impl Row {
    #[inline]
    fn add(&mut self, x: f32, t: f32, i: f32, sx: f32, sy: f32) {
        for (to, v) in self.pixels.iter_mut().zip([x, t, i, sx, sy, 1.0]) {
            to[self.n] = v;
        }
        self.n += 1;
        if self.n == LANES {
            self.sum();
        }
    }

    fn sum(&mut self) {
        let [x, t, i, sx, sy, known] = &self.pixels;
        for l in 0..LANES {
            // What fits badly counts less: something was added or removed there.
            let e = (t[l] - i[l]) / 0.25;
            let k = known[l] / (1.0 + e * e);
            let (kx, ky, ki) = (k * sx[l], k * sy[l], k * i[l]);
            let xx = x[l] * x[l];
            let products = [kx * sx[l], kx * sy[l], ky * sy[l]];
            let mixed = [kx * i[l], kx, kx * t[l], ky * i[l], ky, ky * t[l]];
            for (n, p) in products.into_iter().enumerate() {
                self.sums[3 * n][l] += p;
                self.sums[3 * n + 1][l] += p * x[l];
                self.sums[3 * n + 2][l] += p * xx;
            }
            for (n, p) in mixed.into_iter().enumerate() {
                self.sums[9 + 2 * n][l] += p;
                self.sums[10 + 2 * n][l] += p * x[l];
            }
            for (n, p) in [ki * i[l], ki, ki * t[l], k, k * t[l]].into_iter().enumerate() {
                self.sums[21 + n][l] += p;
            }
        }
        self.n = 0;
    }

    /// Adds the row to the upper half of the equations. `y`: the second coordinate of its pixels.
    fn finish(mut self, y: f64, a: &mut [[f64; 9]; 8]) {
        if self.n > 0 {
            for l in self.n..LANES {
                self.pixels.iter_mut().for_each(|p| p[l] = 0.0);
            }
            self.sum();
        }
        let s = self.sums.map(|lanes| f64::from(lanes.iter().sum::<f32>()));
        // Two slopes, each with x, y and 1.
        for (n, (first, second)) in [(0, 0), (0, 3), (3, 3)].into_iter().enumerate() {
            let [one, x, xx] = [s[3 * n], s[3 * n + 1], s[3 * n + 2]];
            let products = [[xx, x * y, x], [x * y, one * y * y, one * y], [x, one * y, one]];
            for (r, row) in products.iter().enumerate() {
                for (c, v) in row.iter().enumerate() {
                    a[first + r][second + c] += v;
                }
            }
        }
        for (n, (slope, c)) in [(0, 6), (0, 7), (0, 8), (3, 6), (3, 7), (3, 8)].into_iter().enumerate() {
            let [one, x] = [s[9 + 2 * n], s[10 + 2 * n]];
            for (r, v) in [x, one * y, one].into_iter().enumerate() {
                a[slope + r][c] += v;
            }
        }
        for (n, (r, c)) in [(6, 6), (6, 7), (6, 8), (7, 7), (7, 8)].into_iter().enumerate() {
            a[r][c] += s[21 + n];
        }
    }
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
    fn add(&mut self, t: &[f32], i: &[f32]) {
        let mut sums = [[0.0_f64; 4]; 5];
        let (t4, i4) = (t.as_chunks::<4>(), i.as_chunks::<4>());
        let mut four = |t: &[f32; 4], i: &[f32; 4]| {
            for l in 0..4 {
                let (t, i) = (f64::from(t[l]), f64::from(i[l]));
                for (sum, v) in sums.iter_mut().zip([t, i, t * t, i * i, t * i]) {
                    sum[l] += v;
                }
            }
        };
        t4.0.iter().zip(i4.0).for_each(|(t, i)| four(t, i));
        let (mut last_t, mut last_i) = ([0.0; 4], [0.0; 4]);
        last_t[..t4.1.len()].copy_from_slice(t4.1);
        last_i[..i4.1.len()].copy_from_slice(i4.1);
        four(&last_t, &last_i);
        let [t1, i1, tt, ii, ti] = sums.map(|lanes| lanes.iter().sum::<f64>());
        self.n += t.len() as f64;
        self.t += t1;
        self.i += i1;
        self.tt += tt;
        self.ii += ii;
        self.ti += ti;
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
    let (mut wanted, mut seen) = (Vec::with_capacity(w), Vec::with_capacity(w));
    for y in (0..h).step_by(step) {
        let fy = y as f32 + 0.5;
        wanted.clear();
        seen.clear();
        wanted.extend(frame.target.data[y * w..(y + 1) * w].iter().step_by(step));
        seen.extend((0..w).step_by(step).map(|x| {
            let fx = x as f32 + 0.5;
            let (u, v) = (m[0] * fx + m[1] * fy + m[2] - 0.5, m[3] * fx + m[4] * fy + m[5] - 0.5);
            let out = u < 0.0 || v < 0.0 || u >= (view.signal.w - 1) as f32 || v >= (view.signal.h - 1) as f32;
            if out { 0.0 } else { view.signal_at(u, v) }
        }));
        let within = if y >= margin[1] && y < h - margin[1] { margin[0].div_ceil(step)..(w - margin[0]).div_ceil(step) } else { 0..0 };
        inner.add(&wanted[within.clone()], &seen[within.clone()]);
        outer.add(&wanted[..within.start], &seen[..within.start]);
        outer.add(&wanted[within.end..], &seen[within.end..]);
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
