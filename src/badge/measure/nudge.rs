//! What alignment by edges leaves open.

use crate::badge::affine::Affine;
use crate::badge::raster::{Flat, Plane};

/// What alignment by edges leaves open: the map moved by parts of a pixel so that lightness fits best, and how much crisper than the
/// copy the candidate is. Differences that no such move explains count little.
pub(super) fn nudged(here: &Affine, copy: &Flat, candidate: &Flat, mask: &Plane) -> (Affine, f32) {
    const UNKNOWN: usize = 5;
    let (w, h) = (copy.w, copy.h);
    let light = copy.plane(0);
    let (gx, gy) = light.gradients();
    let soft = light.blurred(0.7);
    let (mut sx, mut sy, mut n) = (0.0_f64, 0.0_f64, 0.0_f64);
    let half = w.max(h) as f64 / 2.0;
    for i in (0..w * h).filter(|i| mask.data[*i] > 0.5) {
        sx += (i % w) as f64;
        sy += (i / w) as f64;
        n += 1.0;
    }
    if n < 60.0 {
        return (*here, 0.0);
    }
    let (cx, cy) = (sx / n, sy / n);
    let mut best = [0.0_f64; UNKNOWN];
    for _ in 0..3 {
        let mut a = [[0.0_f64; UNKNOWN + 1]; UNKNOWN];
        for i in (0..w * h).filter(|i| mask.data[*i] > 0.02) {
            let (x, y) = (((i % w) as f64 - cx) / half, ((i / w) as f64 - cy) / half);
            let (dx, dy) = (f64::from(gx.data[i]), f64::from(gy.data[i]));
            let row = [dx, dx * x, dy, dy * y, f64::from(light.data[i] - soft.data[i])];
            let off = f64::from(candidate.data[i][0] - light.data[i]);
            let rest = off - row.iter().zip(&best).map(|(r, b)| r * b).sum::<f64>();
            let weight = 1.0 / (1.0 + (rest / 5.0).powi(2));
            for r in 0..UNKNOWN {
                let weighed = weight * row[r];
                for c in r..UNKNOWN {
                    a[r][c] += weighed * row[c];
                }
                a[r][UNKNOWN] += weighed * off;
            }
        }
        for (r, c) in (0..UNKNOWN).flat_map(|r| (0..r).map(move |c| (r, c))) {
            a[r][c] = a[c][r];
        }
        for (r, row) in a.iter_mut().enumerate() {
            row[r] = row[r] * 1.001 + 1.0;
        }
        let Some(found) = crate::badge::align::solve(&mut a) else { break };
        best = found;
    }
    // Rises to the right where the candidate lies further left.
    let [dx, gx, dy, gy, crisp] = best;
    if ![dx, gx, dy, gy].iter().all(|v| v.abs() < 1.2) {
        return (*here, 0.0);
    }
    let (kx, ky) = (gx / half, gy / half);
    let moved = Affine([1.0 - kx, 0.0, -dx + kx * (cx + 0.5), 0.0, 1.0 - ky, -dy + ky * (cy + 0.5)]);
    (here.then(&moved), crisp as f32)
}
