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
    let steps: Vec<(Plane, Plane)> = BLURS.iter().map(|s| expected.plane(channel).blurred(*s).gradients()).collect();
    let counted: Vec<usize> = (0..mask.data.len()).filter(|&i| cut[i] && mask.data[i] > 0.004).collect();
    let of = |f: &Flat| {
        let (hx, hy) = f.plane(channel).gradients();
        let score = |(gx, gy): &(Plane, Plane)| {
            let (mut bb, mut bf, mut ff) = (0.0_f64, 0.0_f64, 0.0_f64);
            for &i in &counted {
                let (p, q) = ((gx.data[i], gy.data[i]), (hx.data[i], hy.data[i]));
                bb += f64::from(p.0 * p.0 + p.1 * p.1);
                bf += f64::from(p.0 * q.0 + p.1 * q.1);
                ff += f64::from(q.0 * q.0 + q.1 * q.1);
            }
            if bb < 1e-6 || ff < 1e-6 { 0.0 } else { bf / (bb * ff).sqrt() }
        };
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
