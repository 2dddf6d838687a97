//! Spots lighter or darker than all around them, in place and in size (sections 3 and 4 of the paper).

use super::pyramid::{LAYERS, Octave, SIGMA, STEPS};

/// How much a spot has to differ from what surrounds it, of 255 steps.
const CONTRAST: f32 = 0.03 / STEPS as f32 * 255.0;
/// How many times more a spot may bend along one direction than along the other: edges do.
const EDGE: f32 = 12.0;
/// Pixels at the borders in which nothing is looked for.
const BORDER: usize = 5;
/// How often the place of a spot is set right.
const TRIES: usize = 5;
/// Pixels looked at together.
const BLOCK: usize = 16;
/// Differences of neighbouring layers.
const PLANES: usize = LAYERS - 1;

/// A spot: the pixel of an octave, and how far it is from there in pixels and in layers.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub octave: usize,
    pub layer: usize,
    pub x: usize,
    pub y: usize,
    off: [f32; 3],
    pub contrast: f32,
}

impl Spot {
    pub fn place(&self) -> (usize, usize, usize, usize) {
        (self.octave, self.layer, self.y, self.x)
    }

    /// In pixels of the octave.
    pub fn at(&self) -> (f32, f32) {
        (self.x as f32 + self.off[0], self.y as f32 + self.off[1])
    }

    /// The blur that shows it best, in pixels of the octave.
    pub fn sigma(&self) -> f32 {
        SIGMA * ((self.layer as f32 + self.off[2]) / STEPS as f32).exp2()
    }
}

/// Of one octave, some of them more than once.
pub(super) fn spots(number: usize, octave: &Octave) -> Vec<Spot> {
    let (w, h) = (octave.layers[0].w, octave.layers[0].h);
    let mut out = Vec::new();
    // Three rows of each difference, by the remainders of their numbers, with room for the last block.
    let mut rows: [[Vec<f32>; 3]; PLANES] = std::array::from_fn(|_| std::array::from_fn(|_| vec![0.0; w + BLOCK]));
    for below in BORDER - 1..=h - BORDER {
        for (rows, pair) in rows.iter_mut().zip(octave.layers.windows(2)) {
            let [fine, coarse] = [0, 1].map(|i| &pair[i].data[below * w..][..w]);
            for ((d, a), b) in rows[below % 3].iter_mut().zip(fine).zip(coarse) {
                *d = b - a;
            }
        }
        if below <= BORDER {
            continue;
        }
        let y = below - 1;
        for layer in 1..=STEPS {
            let around = [layer, layer - 1, layer + 1].map(|l| [y, y - 1, below].map(|y| rows[l][y % 3].as_slice()));
            candidates(around, w - BORDER, |x| out.extend(exact(number, octave, layer, x, y)));
        }
    }
    out
}

/// Where the middle of `around` is higher or lower than all beside it: rows of three differences, the one that is looked at first.
fn candidates(around: [[&[f32]; 3]; 3], end: usize, mut found: impl FnMut(usize)) {
    let [row, above, below] = around[0];
    for start in (BORDER..end).step_by(BLOCK) {
        let part = |row: &'_ [f32], from: usize| -> [f32; BLOCK] { std::array::from_fn(|i| row[from..from + BLOCK][i]) };
        let (v, left, right) = (part(row, start), part(row, start - 1), part(row, start + 1));
        let (up, down) = (part(above, start), part(below, start));
        let mut any = 0_u32;
        for i in 0..BLOCK {
            let high = larger(larger(left[i], right[i]), larger(up[i], down[i]));
            let low = smaller(smaller(left[i], right[i]), smaller(up[i], down[i]));
            any |= u32::from((v[i] > CONTRAST / 2.0) & (v[i] >= high) | (v[i] < -CONTRAST / 2.0) & (v[i] <= low));
        }
        if any == 0 {
            continue;
        }
        for (x, v) in (start..end).zip(v) {
            let beside = || around.iter().flatten().flat_map(|row| &row[x - 1..x + 2]);
            if v > CONTRAST / 2.0 && beside().all(|o| v >= *o) || v < -CONTRAST / 2.0 && beside().all(|o| v <= *o) {
                found(x);
            }
        }
    }
}

#[inline]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline]
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// Where exactly, by the parabola through the neighbours; unless it is too faint there, or part of an edge.
fn exact(number: usize, octave: &Octave, mut layer: usize, mut x: usize, mut y: usize) -> Option<Spot> {
    let (w, h) = (octave.layers[0].w, octave.layers[0].h);
    for _ in 0..TRIES {
        let at = |dx: usize, dy: usize, dl: usize| {
            let [fine, coarse] = [layer + dl - 1, layer + dl].map(|l| octave.layers[l].at(x + dx - 1, y + dy - 1));
            coarse - fine
        };
        let v = at(1, 1, 1);
        let slope = [at(2, 1, 1) - at(0, 1, 1), at(1, 2, 1) - at(1, 0, 1), at(1, 1, 2) - at(1, 1, 0)].map(|s| 0.5 * s);
        let [xx, yy, ll] = [at(2, 1, 1) + at(0, 1, 1), at(1, 2, 1) + at(1, 0, 1), at(1, 1, 2) + at(1, 1, 0)].map(|s| s - 2.0 * v);
        let xy = 0.25 * (at(2, 2, 1) - at(0, 2, 1) - at(2, 0, 1) + at(0, 0, 1));
        let xl = 0.25 * (at(2, 1, 2) - at(0, 1, 2) - at(2, 1, 0) + at(0, 1, 0));
        let yl = 0.25 * (at(1, 2, 2) - at(1, 0, 2) - at(1, 2, 0) + at(1, 0, 0));
        // The inverse of a symmetric matrix, times its determinant.
        let first = [yy * ll - yl * yl, xl * yl - xy * ll, xy * yl - xl * yy];
        let second = [first[1], xx * ll - xl * xl, xy * xl - xx * yl];
        let third = [first[2], second[2], xx * yy - xy * xy];
        let dot = |a: &[f32; 3], b: &[f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let all = dot(&first, &[xx, xy, xl]);
        let off = [first, second, third].map(|row| -dot(&row, &slope) / all);
        if off.iter().all(|o| o.abs() < 0.5) {
            let contrast = (v + 0.5 * dot(&slope, &off)).abs();
            let (bend, turn) = (xx + yy, third[2]);
            let round = turn > 0.0 && bend * bend * EDGE < (EDGE + 1.0) * (EDGE + 1.0) * turn;
            return (round && contrast >= CONTRAST).then_some(Spot { octave: number, layer, x, y, off, contrast });
        }
        // What is not a number goes nowhere.
        let moved = |from: usize, by: f32, range: std::ops::Range<usize>| {
            let to = from as f32 + by.round();
            (to >= range.start as f32 && to < range.end as f32).then_some(to as usize)
        };
        x = moved(x, off[0], BORDER..w - BORDER)?;
        y = moved(y, off[1], BORDER..h - BORDER)?;
        layer = moved(layer, off[2], 1..STEPS + 1)?;
    }
    None
}
