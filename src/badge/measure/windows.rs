//! Where a candidate lies outside of what legitimate copies show: pixel by pixel, and in windows.

use crate::badge::raster::{Flat, Plane};
use std::ops::Range;

/// Sides of windows as shares of the longer side, each with the difference that is always allowed.
pub(in crate::badge) const WINDOWS: [(f32, f32); 4] = [(0.02, 2.2), (0.035, 1.6), (0.06, 1.1), (0.12, 0.6)];

/// A number for the candidate, and the largest for a legitimate copy.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::badge) struct Pair {
    pub is: f32,
    pub copy: f32,
    pub rates: [f32; 5],
    /// How far the drawing there is another, 0 to 2: of the candidate, and of copies.
    pub drawn: [f32; 2],
}

impl Pair {
    pub(super) fn of(is: f32, copies: impl Iterator<Item = f32>) -> Pair {
        Pair { is, copy: copies.fold(0.0, f32::max), rates: [0.0; 5], drawn: [0.0; 2] }
    }
}

/// The same with its colours, not its lightness, blurred.
pub(super) fn calm(lab: Flat, sigma: f32) -> Flat {
    let (a, b) = (lab.plane(1).blurred(sigma), lab.plane(2).blurred(sigma));
    let data = lab.data.iter().zip(a.data.iter().zip(&b.data)).map(|(c, (a, b))| [c[0], *a, *b]).collect();
    Flat { data, ..lab }
}

/// The least and the most of each channel that legitimate copies have, half a pixel to all sides included.
pub(super) fn envelope(copies: &[Flat]) -> (Flat, Flat) {
    let base = &copies[0];
    let (w, h) = (base.w, base.h);
    let (mut low, mut high) = (base.clone(), base.clone());
    for other in &copies[1..] {
        widen(low.data.as_flattened_mut(), high.data.as_flattened_mut(), other.data.as_flattened().iter().copied());
    }
    const REACH: f32 = 0.4;
    let values = base.data.as_flattened();
    let line = 3 * w;
    for y in 0..h {
        let own = &values[y * line..(y + 1) * line];
        let low = &mut low.data.as_flattened_mut()[y * line..(y + 1) * line];
        let high = &mut high.data.as_flattened_mut()[y * line..(y + 1) * line];
        let mut mixed = |range: Range<usize>, next: &[f32]| {
            let values = own[range.clone()].iter().zip(next).map(|(o, n)| o + REACH * (n - o));
            widen(&mut low[range.clone()], &mut high[range], values);
        };
        mixed(3..line, &own[..line - 3]);
        mixed(0..line - 3, &own[3..]);
        if y > 0 {
            mixed(0..line, &values[(y - 1) * line..y * line]);
        }
        if y + 1 < h {
            mixed(0..line, &values[(y + 1) * line..(y + 2) * line]);
        }
    }
    (low, high)
}

/// Makes room for other values between the least and the most.
fn widen(low: &mut [f32], high: &mut [f32], values: impl Iterator<Item = f32>) {
    for ((low, high), v) in low.iter_mut().zip(high).zip(values) {
        *low = if v < *low { v } else { *low };
        *high = if v > *high { v } else { *high };
    }
}

/// How far each pixel lies outside the envelope.
pub(super) fn beyond(image: &Flat, low: &Flat, high: &Flat) -> Plane {
    const SLACK: [f32; 3] = [1.2, 1.6, 1.6];
    let far = |(c, (low, high)): (&[f32; 3], (&[f32; 3], &[f32; 3]))| {
        let mut sum = 0.0;
        for k in 0..3 {
            let d = larger(c[k] - high[k], low[k] - c[k]) - SLACK[k];
            sum += if d > 0.0 { d * d } else { 0.0 };
        }
        sum.sqrt()
    };
    Plane { w: image.w, h: image.h, data: image.data.iter().zip(low.data.iter().zip(&high.data)).map(far).collect() }
}

/// The means of differences in square windows, at a third of their side apart; windows that do not touch the mark have none.
pub(super) struct Windows {
    w: usize,
    h: usize,
    means: Vec<f32>,
}

/// Sums of differences on and beside the mark, from the upper left corner to each pixel.
pub(super) struct Sums {
    w: usize,
    h: usize,
    sums: Vec<f64>,
}

impl Sums {
    pub fn of(e: &Plane, cut: &[bool], distance: &Plane) -> Sums {
        let (w, h) = (e.w, e.h);
        let mut sums = vec![0.0_f64; (w + 1) * (h + 1)];
        for y in 0..h {
            let mut row = 0.0;
            let (before, after) = sums.split_at_mut((y + 1) * (w + 1));
            let values = e.data[y * w..].iter().zip(&cut[y * w..]).zip(&distance.data[y * w..]);
            for ((to, above), ((e, cut), distance)) in after[1..=w].iter_mut().zip(&before[y * (w + 1) + 1..]).zip(values) {
                // One pixel that sticks out is no change.
                row += if *cut && *distance < 1.6 { f64::from(e.min(40.0)) } else { 0.0 };
                *to = above + row;
            }
        }
        Sums { w, h, sums }
    }
}

pub(super) fn windows(Sums { w, h, sums }: &Sums, side: usize) -> Windows {
    let (w, h) = (*w, *h);
    let step = (side / 3).max(1);
    let (gw, gh) = (w.saturating_sub(side) / step + 1, h.saturating_sub(side) / step + 1);
    let mut means = Vec::with_capacity(gw * gh);
    for gy in 0..gh {
        for gx in 0..gw {
            let (x, y) = (gx * step, gy * step);
            let (x1, y1) = ((x + side).min(w), (y + side).min(h));
            let sum = sums[y1 * (w + 1) + x1] - sums[y * (w + 1) + x1] - sums[y1 * (w + 1) + x] + sums[y * (w + 1) + x];
            means.push((sum / (side * side) as f64) as f32);
        }
    }
    Windows { w: gw, h: gh, means }
}

/// The window in which a candidate is furthest, for what copies differ there, from the expected: its mean, and that of the copies near by.
pub(super) fn worst(is: &Windows, copies: &[Windows], floor: f32) -> (Pair, Option<(usize, usize)>) {
    let mut most = vec![0.0_f32; is.means.len()];
    for c in copies {
        for (m, v) in most.iter_mut().zip(&c.means) {
            *m = m.max(*v);
        }
    }
    let highest = most.iter().copied().fold(0.0, f32::max);
    let reach = 2;
    // The most of each row, and then of the rows.
    let mut across = vec![0.0_f32; most.len()];
    for (row, to) in most.chunks_exact(is.w).zip(across.chunks_exact_mut(is.w)) {
        for (x, to) in to.iter_mut().enumerate() {
            *to = row[x.saturating_sub(reach)..=(x + reach).min(is.w - 1)].iter().copied().fold(0.12 * highest, larger);
        }
    }
    let mut around = vec![0.0_f32; most.len()];
    for (y, to) in around.chunks_exact_mut(is.w).enumerate() {
        for row in y.saturating_sub(reach)..=(y + reach).min(is.h - 1) {
            to.iter_mut().zip(&across[row * is.w..]).for_each(|(to, v)| *to = larger(*to, *v));
        }
    }
    // A candidate that is clean everywhere else has to be clean here too: what most of it shows is what may be expected of the rest.
    let mut rates: Vec<f32> = (0..most.len()).filter(|&i| most[i] > 0.5 * floor).map(|i| is.means[i] / (around[i] + floor)).collect();
    rates.sort_unstable_by(f32::total_cmp);
    let at = |share: f32| if rates.len() < 12 { 1.0 } else { rates[((rates.len() - 1) as f32 * share) as usize] };
    let clean = at(CLEAN.0).clamp(CLEAN.1, 1.0);
    let mut best = Pair { is: 0.0, copy: highest, rates: [0.0; 5], drawn: [0.0; 2] };
    let mut ratio = 0.0;
    let mut place = None;
    for (i, v) in is.means.iter().enumerate() {
        let near = ((around[i] + floor) * clean - floor).max(0.0);
        let r = v / (near + floor);
        if *v > floor && r > ratio {
            (ratio, best) = (r, Pair { is: *v, copy: near, rates: [0.0; 5], drawn: [0.0; 2] });
            place = Some((i % is.w, i / is.w));
        }
    }
    best.rates = [is.means.iter().zip(&around).map(|(v, n)| v / (n + floor)).fold(0.0, f32::max), at(0.5), at(0.75), at(0.9), at(0.97)];
    (best, place)
}

/// How far two pictures in Lab are drawn otherwise in a square at (`x`, `y`): the variance of their difference, for that of both. Noise on a
/// strong drawing is near 0; another drawing near 1.
pub(super) fn otherwise(expected: &Flat, found: &Flat, (x, y, side): (usize, usize, usize)) -> f32 {
    let (x1, y1) = ((x + side).min(expected.w), (y + side).min(expected.h));
    let n = ((x1 - x.min(x1)) * (y1 - y.min(y1))).max(1) as f32;
    let mut out = 0.0_f32;
    let (mut both, mut apart) = (0.0, 0.0);
    for k in 0..3 {
        let (mut e, mut f, mut ee, mut ff, mut dd) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
        for row in y..y1 {
            for col in x..x1 {
                let (p, q) = (expected.at(col, row)[k], found.at(col, row)[k]);
                e += p;
                f += q;
                ee += p * p;
                ff += q * q;
                dd += (p - q) * (p - q);
            }
        }
        let var = |sum: f32, squares: f32| (squares / n - (sum / n).powi(2)).max(0.0);
        both += var(e, ee) + var(f, ff);
        apart += var(e - f, dd);
    }
    if both > 8.0 {
        out = apart / both;
    }
    out
}

#[inline]
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// The share of a picture by which it is judged how clean it is, and the cleanest that is expected.
const CLEAN: (f32, f32) = (0.9, 0.5);
