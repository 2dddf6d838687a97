//! Which way a spot faces, and what surrounds it as seen that way (sections 5 and 6 of the paper).

use super::NUMBERS;
use super::extrema::Spot;
use crate::badge::raster::Plane;
use std::f32::consts::TAU;

/// Directions that are counted to find the one a spot faces.
const BINS: usize = 36;
/// How high another direction has to be for a second point, as a share of the highest.
const SECOND: f32 = 0.8;
/// Directions of a description's cell.
const WAYS: usize = 8;
/// Cells of a description along one side.
const CELLS: usize = 4;
/// How wide a cell is, as a multiple of the blur.
const CELL: f32 = 3.0;
/// Samples of a cell along one side.
const PER_CELL: usize = 4;
/// Samples along one side: half a cell more at each end, as what lies there belongs to the outermost cells in part.
const SAMPLES: usize = (CELLS + 1) * PER_CELL;
/// No number of a description is larger before it is made of length 1 again: light falling differently changes few of them.
const MOST: f32 = 0.2;
/// Added to a number of less than four million, leaves no bits for what follows the point.
const WHOLE: f32 = 12_582_912.0;

/// The nearest whole number, of two the even one: a conversion that vector code has without SSE4.
#[inline]
fn nearest(v: f32) -> u32 {
    (v + WHOLE).to_bits() & 0x3f_ffff
}

/// The direction of (x, y) as a share of a turn, 0 to 1: formula 4.4.47 of Abramowitz and Stegun's handbook.
#[inline]
fn turn(x: f32, y: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let (low, high) = if ax > ay { (ay, ax) } else { (ax, ay) };
    let t = low / (high + f32::MIN_POSITIVE);
    let s = t * t;
    let a = t * (0.999_866 + s * (-0.330_299_5 + s * (0.180_141 + s * (-0.085_133 + s * 0.020_835_1)))) / TAU;
    let a = if ay > ax { 0.25 - a } else { a };
    let a = if x < 0.0 { 0.5 - a } else { a };
    if y < 0.0 { 1.0 - a } else { a }
}

/// Which ways a spot faces, in radians: those in which most of its surroundings get lighter.
pub(super) fn directions(layer: &Plane, spot: &Spot) -> Vec<f32> {
    let w = layer.w;
    let sigma = 1.5 * spot.sigma();
    let reach = (3.0 * sigma).round() as usize;
    let (left, right) = (spot.x.saturating_sub(reach).max(1), (spot.x + reach).min(w - 2));
    let (top, bottom) = (spot.y.saturating_sub(reach).max(1), (spot.y + reach).min(layer.h - 2));
    let bell = |d: usize| (-((d * d) as f32) / (2.0 * sigma * sigma)).exp();
    let across: Vec<f32> = (left..=right).map(|x| bell(x.abs_diff(spot.x))).collect();
    let mut strength = vec![(0.0_f32, 0_u32); across.len()];
    // More than are needed: a power of two.
    let mut counts = [0.0_f32; 64];
    for y in top..=bottom {
        let row = layer.data[y * w + left - 1..=y * w + right + 1].windows(3);
        let up = &layer.data[(y - 1) * w + left..=(y - 1) * w + right];
        let down = &layer.data[(y + 1) * w + left..=(y + 1) * w + right];
        for ((((to, row), up), down), k) in strength.iter_mut().zip(row).zip(up).zip(down).zip(&across) {
            let (dx, dy) = (row[2] - row[0], down - up);
            *to = (k * (dx * dx + dy * dy).sqrt(), nearest(turn(dx, dy) * BINS as f32));
        }
        let k = bell(y.abs_diff(spot.y));
        for (strength, bin) in &strength {
            counts[(bin & 63) as usize] += k * strength;
        }
    }
    counts[0] += counts[BINS];
    let at = |i: usize| counts[i % BINS];
    let smooth: [f32; BINS] = std::array::from_fn(|i| {
        let [a, b, c, d, e] = [BINS - 2, BINS - 1, BINS, BINS + 1, BINS + 2].map(|shift| at(i + shift));
        (a + e + 4.0 * (b + d) + 6.0 * c) / 16.0
    });
    let highest = smooth.iter().fold(0.0_f32, |a, b| a.max(*b));
    let peak = |i: usize| {
        let [a, b, c] = [i + BINS - 1, i, i + 1].map(|i| smooth[i % BINS]);
        let exact = i as f32 + 0.5 * (a - c) / (a - 2.0 * b + c);
        (b > a && b > c && b >= SECOND * highest).then_some((exact / BINS as f32).rem_euclid(1.0) * TAU)
    };
    (0..BINS).filter_map(peak).collect()
}

/// What descriptions are made in.
pub(super) struct Room {
    /// The surroundings as the spot faces them, with one sample more on each side.
    patch: [[f32; SAMPLES + 2]; SAMPLES + 2],
    /// How much a sample counts, by its column or row: a Gaussian whose standard deviation is two cells.
    bell: [f32; SAMPLES],
}

impl Default for Room {
    fn default() -> Room {
        let bell = std::array::from_fn(|i| {
            let cells = cells(i);
            (-cells * cells / 8.0).exp()
        });
        Room { patch: [[0.0; SAMPLES + 2]; SAMPLES + 2], bell }
    }
}

/// How far a column or row of samples is from the middle.
fn cells(i: usize) -> f32 {
    (i as f32 + 0.5) / PER_CELL as f32 - (CELLS + 1) as f32 / 2.0
}

impl Room {
    /// Of what surrounds a spot that faces `angle`. The samples lie as it is turned, and as far apart as it is large.
    pub fn description(&mut self, layer: &Plane, spot: &Spot, angle: f32) -> [f32; NUMBERS] {
        let (x, y) = spot.at();
        let step = spot.sigma() * CELL / PER_CELL as f32;
        let (sin, cos) = (angle.sin() * step, angle.cos() * step);
        let (wide, high) = ((layer.w - 1) as f32, (layer.h - 1) as f32);
        let middle = (SAMPLES + 1) as f32 / 2.0;
        for (j, row) in self.patch.iter_mut().enumerate() {
            let v = j as f32 - middle;
            let mut places = [(0_u32, 0_u32, 0.0_f32, 0.0_f32); SAMPLES + 2];
            for (i, place) in places.iter_mut().enumerate() {
                let u = i as f32 - middle;
                let px = (x + cos * u - sin * v).max(0.0).min(wide - 0.01);
                let py = (y + sin * u + cos * v).max(0.0).min(high - 0.01);
                let (left, top) = (nearest(px - 0.5), nearest(py - 0.5));
                *place = (left, top, px - left as f32, py - top as f32);
            }
            for (to, (left, top, fx, fy)) in row.iter_mut().zip(&places) {
                let at = *top as usize * layer.w + *left as usize;
                let (upper, lower) = (&layer.data[at..at + 2], &layer.data[at + layer.w..at + layer.w + 2]);
                let a = upper[0] + fx * (upper[1] - upper[0]);
                let b = lower[0] + fx * (lower[1] - lower[0]);
                *to = a + fy * (b - a);
            }
        }
        let mut sums = [[[0.0_f32; WAYS]; CELLS + 2]; CELLS + 2];
        for (j, rows) in self.patch.windows(3).enumerate() {
            let v = j as f32 + 1.0 - middle;
            let mut strength = [0.0_f32; SAMPLES];
            let mut ways = [0.0_f32; SAMPLES];
            for i in 0..SAMPLES {
                let u = i as f32 + 1.0 - middle;
                let (px, py) = (x + cos * u - sin * v, y + sin * u + cos * v);
                // Nothing is known outside the picture.
                let known = if (px > 0.0) & (px < wide) & (py > 0.0) & (py < high) { 1.0 } else { 0.0 };
                let (dx, dy) = (rows[1][i + 2] - rows[1][i], rows[2][i + 1] - rows[0][i + 1]);
                strength[i] = known * self.bell[i] * self.bell[j] * (dx * dx + dy * dy).sqrt();
                ways[i] = turn(dx, dy) * WAYS as f32;
            }
            // Each sample counts for the cells and directions on both sides of it.
            let mut line = [[0.0_f32; WAYS]; CELLS + 2];
            for i in 0..SAMPLES {
                let cell = i / PER_CELL;
                let way = nearest(ways[i] - 0.5);
                let over = ways[i] - way as f32;
                let (way, next) = (way as usize % WAYS, (way as usize + 1) % WAYS);
                let right = strength[i] * share(i);
                let left = strength[i] - right;
                line[cell][way] += left - left * over;
                line[cell][next] += left * over;
                line[cell + 1][way] += right - right * over;
                line[cell + 1][next] += right * over;
            }
            let cell = j / PER_CELL;
            for (i, line) in line.iter().enumerate() {
                for (k, v) in line.iter().enumerate() {
                    sums[cell][i][k] += v * (1.0 - share(j));
                    sums[cell + 1][i][k] += v * share(j);
                }
            }
        }
        let mut out = [0.0; NUMBERS];
        let inner = sums[1..=CELLS].iter().flat_map(|row| &row[1..=CELLS]).flatten();
        out.iter_mut().zip(inner).for_each(|(to, v)| *to = *v);
        normalise(&mut out);
        out.iter_mut().for_each(|v| *v = v.min(MOST));
        normalise(&mut out);
        out
    }
}

/// How much of a sample belongs to the later one of the two cells that it lies between.
fn share(i: usize) -> f32 {
    ((i % PER_CELL) as f32 + 0.5) / PER_CELL as f32
}

fn normalise(numbers: &mut [f32; NUMBERS]) {
    let length = numbers.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-6);
    numbers.iter_mut().for_each(|v| *v /= length);
}
