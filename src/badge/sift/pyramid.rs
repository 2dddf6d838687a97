//! A picture more and more blurred, and at half the size whenever the blur has doubled (section 3 of the paper).

use crate::badge::raster::Plane;

/// Layers of an octave in which points are looked for.
pub(super) const STEPS: usize = 3;
/// Blurred pictures of an octave.
pub(super) const LAYERS: usize = STEPS + 3;
/// Blur of the first of them: a Gaussian's standard deviation, in pixels of the octave.
pub(super) const SIGMA: f32 = 1.6;
/// The blur that pictures are taken to come with, in pixels.
const SHARP: f32 = 0.5;
/// The shorter side in pixels of the smallest octave; no kernel reaches further.
const LEAST: usize = 16;
/// How many pixels are summed at once: as many as the registers of the oldest processors hold.
const BLOCK: usize = 16;

/// Pictures of one size, each blurred by the third root of two more than the one before.
pub(super) struct Octave {
    pub layers: [Plane; LAYERS],
}

/// From the finest to the coarsest; none of a picture that is too small.
pub(super) fn octaves(grey: Plane, doubled: bool) -> Vec<Octave> {
    let mut out: Vec<Octave> = Vec::new();
    if grey.w.min(grey.h) * if doubled { 2 } else { 1 } < LEAST {
        return out;
    }
    let (grey, sharp) = if doubled { (double(&grey), 2.0 * SHARP) } else { (grey, SHARP) };
    let wider = |i: usize| SIGMA * (i as f32 / STEPS as f32).exp2();
    let kernels: [Vec<f32>; LAYERS] = std::array::from_fn(|i| {
        let before = if i == 0 { sharp } else { wider(i - 1) };
        kernel((wider(i).powi(2) - before.powi(2)).sqrt())
    });
    let mut line = Vec::new();
    let mut first = blurred(&grey, &kernels[0], &mut line);
    loop {
        let mut layers: [Plane; LAYERS] = Default::default();
        layers[0] = first;
        for i in 1..LAYERS {
            layers[i] = blurred(&layers[i - 1], &kernels[i], &mut line);
        }
        first = halved(&layers[STEPS]);
        out.push(Octave { layers });
        if first.w.min(first.h) < LEAST {
            return out;
        }
    }
}

/// Half of a Gaussian, from its middle: four standard deviations.
fn kernel(sigma: f32) -> Vec<f32> {
    let reach = (4.0 * sigma).round() as usize;
    let mut kernel: Vec<f32> = (0..=reach).map(|i| (-((i * i) as f32) / (2.0 * sigma * sigma)).exp()).collect();
    let total = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
    kernel.iter_mut().for_each(|k| *k /= total);
    kernel
}

/// Row by row: downwards into `line`, which stays in the cache, and from there across. Beyond the borders the picture is mirrored.
fn blurred(from: &Plane, kernel: &[f32], line: &mut Vec<f32>) -> Plane {
    let (w, h, reach) = (from.w, from.h, kernel.len() - 1);
    let mut data = Vec::with_capacity(w * h);
    let mut out = vec![0.0; w];
    line.resize(w + 2 * reach, 0.0);
    let across: Vec<(usize, usize)> = (1..=reach).map(|i| (reach - i, reach + i)).collect();
    let mut down = across.clone();
    for y in 0..h {
        for (i, pair) in (1..).zip(&mut down) {
            let below = if y + i < h { y + i } else { 2 * (h - 1) - y - i };
            *pair = (y.abs_diff(i) * w, below * w);
        }
        weigh(&from.data, y * w, &down, kernel, &mut line[reach..reach + w]);
        for i in 1..=reach {
            line[reach - i] = line[reach + i];
            line[reach + w - 1 + i] = line[reach + w - 1 - i];
        }
        weigh(line, reach, &across, kernel, &mut out);
        data.extend_from_slice(&out);
    }
    Plane { w, h, data }
}

/// Sums of what lies at `middle` and at each of `pairs` of places that have the same weight, and of what follows them.
fn weigh(from: &[f32], middle: usize, pairs: &[(usize, usize)], kernel: &[f32], out: &mut [f32]) {
    let last = out.len() - BLOCK;
    for x in (0..out.len()).step_by(BLOCK).map(|x| x.min(last)) {
        let at = |start: usize| &from[start + x..start + x + BLOCK];
        let mut sums = [0.0_f32; BLOCK];
        for (sum, v) in sums.iter_mut().zip(at(middle)) {
            *sum = kernel[0] * v;
        }
        for (&(a, b), k) in pairs.iter().zip(&kernel[1..]) {
            for ((sum, a), b) in sums.iter_mut().zip(at(a)).zip(at(b)) {
                *sum += k * (a + b);
            }
        }
        out[x..x + BLOCK].copy_from_slice(&sums);
    }
}

/// Twice as large; pixels become squares of four, mixed with their neighbours.
fn double(from: &Plane) -> Plane {
    let (w, h) = (from.w, from.h);
    let mut to = Plane::new(2 * w, 2 * h);
    let mut mixed = vec![0.0_f32; w + 2];
    for (y, out) in to.data.chunks_exact_mut(2 * w).enumerate() {
        let near = y / 2;
        let far = if y.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(h - 1) };
        let rows = from.data[near * w..][..w].iter().zip(&from.data[far * w..][..w]);
        for (m, (a, b)) in mixed[1..].iter_mut().zip(rows) {
            *m = 0.75 * a + 0.25 * b;
        }
        (mixed[0], mixed[w + 1]) = (mixed[1], mixed[w]);
        for (pair, m) in out.chunks_exact_mut(2).zip(mixed.windows(3)) {
            pair[0] = 0.75 * m[1] + 0.25 * m[0];
            pair[1] = 0.75 * m[1] + 0.25 * m[2];
        }
    }
    to
}

/// Every second pixel of every second row.
fn halved(from: &Plane) -> Plane {
    let (w, h) = (from.w.div_ceil(2), from.h.div_ceil(2));
    let rows = from.data.chunks_exact(from.w).step_by(2);
    Plane { w, h, data: rows.flat_map(|row| row.iter().step_by(2).copied()).collect() }
}
