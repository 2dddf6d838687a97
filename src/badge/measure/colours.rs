//! Which change of colours explains a difference.

use crate::badge::raster::{Edges, Flat, Plane, apart};

/// The map of colours that makes the expected most like the candidate.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::badge) struct ColourFit {
    /// Mean colours in Lab inside: expected, found.
    pub means: [[f32; 3]; 2],
    /// Mean chroma: expected, found.
    pub chroma: [f32; 2],
    /// The turn of hue in degrees that fits best, and how much larger chroma became.
    pub hue: f32,
    /// Lightness found for one of the expected, and at its mean.
    pub lightness: [f32; 2],
    /// The opacity that explains most, and the mean difference that remains.
    pub opacity: f32,
    pub opacity_rest: f32,
    /// Mean difference before any fit, after a fit of one colour map, and after one that changes over the picture.
    pub rest: [f32; 3],
    /// The share of pixels inside that changed.
    pub changed: f32,
}

pub(super) fn colour_fit(expected: &Flat, found: &Flat, mask: &Plane, cut: &[bool], ground: [f32; 3]) -> ColourFit {
    // Away from edges, where mixed colours say little.
    let edges = Edges::of(expected, 0.0);
    let mut inner: Vec<usize> = (0..mask.data.len()).filter(|&i| cut[i] && mask.data[i] > 0.9 && edges.strength.data[i] < 3.0).collect();
    if inner.len() < 30 {
        inner = (0..mask.data.len()).filter(|&i| cut[i] && mask.data[i] > 0.6).collect();
    }
    let n = inner.len().max(1) as f32;
    let mean = |f: &Flat| [0, 1, 2].map(|k| inner.iter().map(|&i| f.data[i][k]).sum::<f32>() / n);
    let chroma = |f: &Flat| inner.iter().map(|&i| f.data[i][1].hypot(f.data[i][2])).sum::<f32>() / n;
    let (me, mf) = (mean(expected), mean(found));
    let (mut dot, mut cross, mut square) = (0.0, 0.0, 0.0);
    let (mut ll, mut lf) = (0.0, 0.0);
    let (mut oo, mut of) = (0.0, 0.0);
    for &i in &inner {
        let (e, f) = (expected.data[i], found.data[i]);
        dot += e[1] * f[1] + e[2] * f[2];
        cross += e[1] * f[2] - e[2] * f[1];
        square += e[1] * e[1] + e[2] * e[2];
        ll += (e[0] - me[0]).powi(2);
        lf += (e[0] - me[0]) * (f[0] - mf[0]);
        for k in 0..3 {
            oo += (e[k] - ground[k]).powi(2);
            of += (e[k] - ground[k]) * (f[k] - ground[k]);
        }
    }
    let hue = if square / n > 16.0 { cross.atan2(dot).to_degrees() } else { 0.0 };
    let opacity = if oo / n > 25.0 { of / oo } else { 1.0 };
    let rest_of =
        |f: &dyn Fn([f32; 3], usize) -> [f32; 3]| inner.iter().map(|&i| apart(f(expected.data[i], i), found.data[i])).sum::<f32>() / n;
    let opacity_rest = rest_of(&|e, _| [0, 1, 2].map(|k| ground[k] + opacity * (e[k] - ground[k])));
    let plain = rest_of(&|e, _| e);
    let changed = inner.iter().filter(|&&i| apart(expected.data[i], found.data[i]) > 6.0).count() as f32 / n;
    let global = regress(expected, found, &inner, false);
    let varying = regress(expected, found, &inner, true);
    ColourFit {
        means: [me, mf],
        chroma: [chroma(expected), chroma(found)],
        hue,
        lightness: [if ll / n > 20.0 { lf / ll } else { 1.0 }, mf[0] - me[0]],
        opacity,
        opacity_rest,
        rest: [plain, global, varying],
        changed,
    }
}

/// What remains after the best linear map of colours; one that also changes over the picture if `varying`.
pub(super) fn regress(expected: &Flat, found: &Flat, inner: &[usize], varying: bool) -> f32 {
    let terms = if varying { 6 } else { 4 };
    let row = |i: usize| -> [f32; 6] {
        let e = expected.data[i];
        let (x, y) = ((i % expected.w) as f32 / expected.w as f32 - 0.5, (i / expected.w) as f32 / expected.h as f32 - 0.5);
        [e[0] / 50.0, e[1] / 50.0, e[2] / 50.0, 1.0, x, y]
    };
    let mut a = [[0.0_f64; 6]; 6];
    let mut b = [[0.0_f64; 3]; 6];
    for &i in inner {
        let r = row(i);
        for p in 0..terms {
            for q in p..terms {
                a[p][q] += f64::from(r[p] * r[q]);
            }
            for k in 0..3 {
                b[p][k] += f64::from(r[p] * found.data[i][k]);
            }
        }
    }
    for (p, q) in (0..terms).flat_map(|p| (0..p).map(move |q| (p, q))) {
        a[p][q] = a[q][p];
    }
    for (p, row) in a.iter_mut().enumerate() {
        row[p] += 1e-3 * inner.len().max(1) as f64 * if p == 3 { 1e-4 } else { 1.0 };
    }
    // Gauss and Jordan; the matrix is positive.
    for c in 0..terms {
        let pivot = a[c][c];
        if pivot.abs() < 1e-12 {
            return f32::MAX;
        }
        for r in 0..terms {
            if r != c {
                let k = a[r][c] / pivot;
                for q in 0..terms {
                    a[r][q] -= k * a[c][q];
                }
                for q in 0..3 {
                    b[r][q] -= k * b[c][q];
                }
            }
        }
    }
    let x: Vec<[f64; 3]> = (0..terms).map(|c| b[c].map(|v| v / a[c][c])).collect();
    let rest = inner.iter().map(|&i| {
        let r = row(i);
        let at = [0, 1, 2].map(|k| (0..terms).map(|t| f64::from(r[t]) * x[t][k]).sum::<f64>() as f32);
        apart(at, found.data[i])
    });
    rest.sum::<f32>() / inner.len().max(1) as f32
}
