//! How blurred a mark is.

use crate::badge::raster::{Flat, Plane};

/// Steps of blur in pixels.
pub(super) const BLURS: [f32; 10] = [0.0, 0.45, 0.65, 0.9, 1.2, 1.6, 2.2, 3.0, 4.2, 6.0];

/// The blur in pixels which makes the expected most like each of some pictures, whatever happened to their colours.
pub(super) fn softness(expected: &Flat, found: &[&Flat], mask: &Plane, cut: &[bool]) -> Vec<f32> {
    let spread = |i: usize| {
        let p = expected.plane(i);
        let m = p.data.iter().sum::<f32>() / p.data.len() as f32;
        p.data.iter().map(|v| (v - m).powi(2)).sum::<f32>()
    };
    // Lightness, which formats keep sharp; another channel only if it says hardly anything.
    let colour = if spread(1) > spread(2) { 1 } else { 2 };
    let channel = if spread(colour) > 40.0 * spread(0) { colour } else { 0 };
    let counted: Vec<usize> = (0..mask.data.len()).filter(|&i| cut[i] && mask.data[i] > 0.004).collect();
    // How it rises to the right and downwards where it counts, and the sum of the squares.
    let rises = |p: &Plane| {
        let (gx, gy) = p.gradients();
        let rises: Vec<f32> = counted.iter().flat_map(|&i| [gx.data[i], gy.data[i]]).collect();
        let squares = product(&rises, &rises);
        (rises, squares)
    };
    let light = expected.plane(channel);
    let steps = BLURS.map(|s| rises(&light.blurred(s)));
    let of = |f: &Flat| {
        let (own, ff) = rises(&f.plane(channel));
        let score = |(step, bb): &(Vec<f32>, f64)| if *bb < 1e-6 || ff < 1e-6 { 0.0 } else { product(step, &own) / (bb * ff).sqrt() };
        let scores: Vec<f64> = steps.iter().map(score).collect();
        let best = (0..BLURS.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
        if best == 0 || best + 1 == BLURS.len() {
            return BLURS[best];
        }
        // Between the steps, by a parabola.
        let (a, b, c) = (scores[best - 1], scores[best], scores[best + 1]);
        let bend = a - 2.0 * b + c;
        let t = if bend.abs() < 1e-12 { 0.0 } else { (0.5 * (a - c) / bend).clamp(-0.5, 0.5) } as f32;
        let next = if t < 0.0 { BLURS[best] - BLURS[best - 1] } else { BLURS[best + 1] - BLURS[best] };
        BLURS[best] + t * next
    };
    found.iter().map(|f| of(f)).collect()
}

/// The sum of the products of pairs of numbers.
fn product(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0_f64; 4];
    let ((a, last_a), (b, last_b)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a.iter().zip(b) {
        for l in 0..4 {
            sums[l] += f64::from(a[l] * b[l] + a[l + 4] * b[l + 4]);
        }
    }
    sums.iter().sum::<f64>() + last_a.iter().zip(last_b).map(|(a, b)| f64::from(a * b)).sum::<f64>()
}
