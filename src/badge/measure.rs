//! How a candidate differs from legitimate copies of the image that it shows.

use super::affine::Affine;
use super::align::View;
use super::copies::{self, PROBES, SPAN, alpha, copy, warped};
use super::find::Candidate;
use super::picture::Encoding;
use super::prepare::Prepared;
use super::raster::{Edges, Flat, Plane, apart, lab};
use fast_image_resize::FilterType;

/// The longer side in pixels of what is compared.
const COMPARED: f64 = 256.0;
/// What is looked at around a mark, as a share of its longer side.
const AROUND: f64 = 0.2;

/// A number for the candidate, and the largest for a legitimate copy.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pair {
    pub is: f32,
    pub copy: f32,
}

impl Pair {
    fn of(is: f32, copies: impl Iterator<Item = f32>) -> Pair {
        Pair { is, copy: copies.fold(0.0, f32::max) }
    }
}

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// Mean of the differences beyond the allowed, inside.
    pub mean: Pair,
    /// The largest mean in windows of 4, 7 and 14 % of the longer side.
    pub windows: [Pair; 3],
    /// The difference that 1 % of the pixels exceed.
    pub peak: Pair,
    /// Mean outside near the contour, and further away.
    pub near: Pair,
    pub far: Pair,
    /// The blur in pixels that fits best.
    pub soft: Pair,
    /// Pixels of the compared picture for one of the candidate.
    pub k: f64,
    /// The longer side of the mark in the compared picture.
    pub long: f32,
    /// The part that is compared, in the candidate: left and top.
    pub origin: (f64, f64),
    /// Differences beyond what is allowed.
    pub excess: Plane,
    pub mask: Plane,
    /// The compared part, and the copy it is held against, in Lab.
    pub candidate: Flat,
    pub expected: Flat,
    /// The colour around the mark, and the share of the surroundings that has it.
    pub ground: [f32; 3],
    pub even: f32,
    /// Distance to the mark in pixels.
    pub distance: Plane,
    /// From the content to the compared part.
    pub map: Affine,
    /// How far from what they were the colours are after the map of colours that fits best.
    pub fitted: f32,
    pub fit: ColourFit,
}

/// The map of colours that makes the expected most like the candidate.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct ColourFit {
    /// Mean colours in Lab inside: expected, found.
    pub means: [[f32; 3]; 2],
    /// Mean chroma: expected, found.
    pub chroma: [f32; 2],
    /// The turn of hue in degrees that fits best, and how much larger chroma became.
    pub hue: f32,
    pub saturation: f32,
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

/// The box of the content under a map, in whole pixels: left, top, right, bottom.
pub(super) fn bounds(p: &Prepared, map: &Affine) -> (f64, f64, f64, f64) {
    let corners = [(0.0, 0.0), (p.content.2, 0.0), (0.0, p.content.3), (p.content.2, p.content.3)].map(|(x, y)| map.apply(x, y));
    let least = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::MAX, f64::min);
    let most = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::MIN, f64::max);
    (least(|c| c.0), least(|c| c.1), most(|c| c.0), most(|c| c.1))
}

/// Measures. `map`: from content to candidate.
pub(super) fn measure(c: &Candidate, p: &Prepared, map: &Affine, encoding: Encoding, quick: bool) -> Option<Measured> {
    let (x0, y0, x1, y1) = bounds(p, map);
    let long = (x1 - x0).max(y1 - y0);
    if !long.is_finite() || !(6.0..60_000.0).contains(&long) {
        return None;
    }
    let around = (long * AROUND).max(6.0);
    let (x, y) = ((x0 - around).floor() as i64, (y0 - around).floor() as i64);
    // On the grid of eight by eight that JPEG has.
    let (x, y) = (x.div_euclid(8) * 8, y.div_euclid(8) * 8);
    let (w, h) = ((x1 + around).ceil() as i64 - x, (y1 + around).ceil() as i64 - y);
    let edge = c.behind;
    let most = (COMPARED * (1.0 + 2.0 * AROUND)) as usize + 16;
    let (part, k) = c.part(x, y, w as usize, h as usize, if quick { most / 2 } else { most }, edge);
    let here = map.then(&Affine::shift(-(x as f64), -(y as f64))).then(&Affine::scale(k, k));
    let layer = warped(p, &here, part.w, part.h, FilterType::Bilinear);
    let mask = alpha(&layer);
    let distance = distances(&mask);
    let long = (long * k) as f32;
    // What is outside the picture is not compared.
    let (pw, ph) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let inside = |px: usize, py: usize| {
        let (u, v) = (x as f64 + (px as f64 + 0.5) / k, y as f64 + (py as f64 + 0.5) / k);
        u > 0.0 && v > 0.0 && u < pw && v < ph
    };
    let outer: Vec<[f32; 3]> = (0..part.w * part.h)
        .filter(|&i| distance.data[i] > (0.015 * long).max(1.5) && distance.data[i] < 0.16 * long && inside(i % part.w, i / part.w))
        .map(|i| part.data[i])
        .collect();
    let (ground, even) = if outer.len() < 40 { (edge, 0.0) } else { super::find::commonest_of(&outer) };
    let mut behind = Flat::filled(part.w, part.h, ground);
    let uneven = outer.len() >= 40 && even < 0.45;
    for py in 0..part.h {
        for px in 0..part.w {
            let i = py * part.w + px;
            if !inside(px, py) || uneven && mask.data[i] < 0.004 {
                behind.data[i] = part.data[i];
            }
        }
    }
    let size = (part.w, part.h);
    let span: Vec<Flat> = SPAN.iter().map(|r| copy(p, &here, size, &behind, r, encoding).lab()).collect();
    let (low, high) = envelope(&span);
    let candidate = part.lab();
    let excess = beyond(&candidate, &low, &high);
    let probes: Vec<(Flat, Plane)> = PROBES
        .iter()
        .map(|r| {
            let flat = copy(p, &here, size, &behind, r, encoding).lab();
            let e = beyond(&flat, &low, &high);
            (flat, e)
        })
        .collect();
    let cut: Vec<bool> = (0..part.w * part.h).map(|i| inside(i % part.w, i / part.w)).collect();
    let zone = |from: f32, to: f32| -> Vec<usize> {
        (0..distance.data.len()).filter(|&i| cut[i] && distance.data[i] >= from && distance.data[i] <= to).collect()
    };
    let inner = zone(0.0, 1.0);
    let near = zone(1.6, (0.035 * long).max(3.2));
    let far = zone((0.035 * long).max(3.2), (0.09 * long).max(7.0));
    let mean = |e: &Plane, zone: &[usize]| zone.iter().map(|&i| e.data[i]).sum::<f32>() / zone.len().max(1) as f32;
    let pair = |f: &dyn Fn(&Plane) -> f32| Pair::of(f(&excess), probes.iter().map(|(_, e)| f(e)));
    let windows = [0.04_f32, 0.07, 0.14].map(|share| {
        let side = ((share * long).round() as usize).max(3);
        pair(&|e| window(e, &cut, &distance, side))
    });
    let expected = span[0].clone();
    let soft = {
        let s = |f: &Flat| softness(&expected, f, &mask, &cut);
        Pair { is: s(&candidate), copy: probes.iter().map(|(f, _)| s(f)).chain(span[1..].iter().map(s)).fold(0.0, f32::max) }
    };
    let fit = colour_fit(&expected, &candidate, &mask, &cut, lab(ground));
    Some(Measured {
        mean: pair(&|e| mean(e, &inner)),
        windows,
        peak: pair(&|e| {
            let mut v: Vec<f32> = inner.iter().map(|&i| e.data[i]).collect();
            let at = v.len() * 99 / 100;
            if v.is_empty() { 0.0 } else { *v.select_nth_unstable_by(at.min(v.len() - 1), f32::total_cmp).1 }
        }),
        near: pair(&|e| mean(e, &near)),
        far: pair(&|e| mean(e, &far)),
        soft,
        k,
        long,
        origin: (x as f64, y as f64),
        mask,
        excess,
        candidate,
        expected,
        ground,
        even,
        distance,
        map: here,
        fitted: fit.rest[1],
        fit,
    })
}

/// The least and the most of each channel that legitimate copies have, half a pixel to all sides included.
fn envelope(copies: &[Flat]) -> (Flat, Flat) {
    let base = &copies[0];
    let (w, h) = (base.w, base.h);
    let (mut low, mut high) = (base.clone(), base.clone());
    for other in &copies[1..] {
        for (i, c) in other.data.iter().enumerate() {
            for k in 0..3 {
                low.data[i][k] = low.data[i][k].min(c[k]);
                high.data[i][k] = high.data[i][k].max(c[k]);
            }
        }
    }
    const REACH: f32 = 0.4;
    for y in 0..h {
        for x in 0..w {
            let i = y * w + x;
            let own = base.data[i];
            for (nx, ny) in [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)] {
                if nx < w && ny < h {
                    let n = base.data[ny * w + nx];
                    for k in 0..3 {
                        let v = own[k] + REACH * (n[k] - own[k]);
                        low.data[i][k] = low.data[i][k].min(v);
                        high.data[i][k] = high.data[i][k].max(v);
                    }
                }
            }
        }
    }
    (low, high)
}

/// How far each pixel lies outside the envelope.
fn beyond(image: &Flat, low: &Flat, high: &Flat) -> Plane {
    const SLACK: [f32; 3] = [1.2, 1.6, 1.6];
    let mut out = Plane::new(image.w, image.h);
    for (i, c) in image.data.iter().enumerate() {
        let mut sum = 0.0;
        for k in 0..3 {
            let d = (c[k] - high.data[i][k]).max(low.data[i][k] - c[k]) - SLACK[k];
            if d > 0.0 {
                sum += d * d;
            }
        }
        out.data[i] = sum.sqrt();
    }
    out
}

/// The largest mean of differences in a square window whose middle is in or at the mark.
fn window(e: &Plane, cut: &[bool], distance: &Plane, side: usize) -> f32 {
    let (w, h) = (e.w, e.h);
    if side >= w || side >= h {
        return 0.0;
    }
    let mut sums = vec![0.0_f64; (w + 1) * (h + 1)];
    for y in 0..h {
        let mut row = 0.0;
        for x in 0..w {
            let i = y * w + x;
            // One pixel that sticks out is no change.
            row += if cut[i] && distance.data[i] < 1.6 { f64::from(e.data[i].min(40.0)) } else { 0.0 };
            sums[(y + 1) * (w + 1) + x + 1] = sums[y * (w + 1) + x + 1] + row;
        }
    }
    let mut best = 0.0_f64;
    for y in 0..h - side {
        for x in 0..w - side {
            let (a, b) = (y * (w + 1) + x, (y + side) * (w + 1) + x);
            best = best.max(sums[b + side] - sums[b] - sums[a + side] + sums[a]);
        }
    }
    (best / (side * side) as f64) as f32
}

/// How far each pixel is from the mark, in pixels: 0 inside.
fn distances(mask: &Plane) -> Plane {
    let (w, h) = (mask.w, mask.h);
    let mut d = Plane { w, h, data: mask.data.iter().map(|a| if *a > 0.08 { 0.0 } else { 1e6 }).collect() };
    const D: f32 = std::f32::consts::SQRT_2;
    for y in 0..h {
        for x in 0..w {
            let mut v = d.at(x, y);
            if x > 0 {
                v = v.min(d.at(x - 1, y) + 1.0);
            }
            if y > 0 {
                v = v.min(d.at(x, y - 1) + 1.0);
                if x > 0 {
                    v = v.min(d.at(x - 1, y - 1) + D);
                }
                if x + 1 < w {
                    v = v.min(d.at(x + 1, y - 1) + D);
                }
            }
            d.data[y * w + x] = v;
        }
    }
    for y in (0..h).rev() {
        for x in (0..w).rev() {
            let mut v = d.at(x, y);
            if x + 1 < w {
                v = v.min(d.at(x + 1, y) + 1.0);
            }
            if y + 1 < h {
                v = v.min(d.at(x, y + 1) + 1.0);
                if x > 0 {
                    v = v.min(d.at(x - 1, y + 1) + D);
                }
                if x + 1 < w {
                    v = v.min(d.at(x + 1, y + 1) + D);
                }
            }
            d.data[y * w + x] = v;
        }
    }
    d
}

/// The blur in pixels which makes the expected most like the candidate, whatever happened to its colours.
fn softness(expected: &Flat, found: &Flat, mask: &Plane, cut: &[bool]) -> f32 {
    const STEPS: [f32; 11] = [0.0, 0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2, 3.0, 4.2, 6.0];
    let (e, f) = (expected.plane(0), found.plane(0));
    // The channel that says most.
    let spread = |i: usize| {
        let p = expected.plane(i);
        let m = p.data.iter().sum::<f32>() / p.data.len() as f32;
        p.data.iter().map(|v| (v - m).powi(2)).sum::<f32>()
    };
    let (e, f) = match (0..3).max_by(|&a, &b| spread(a).total_cmp(&spread(b))) {
        Some(i) if i > 0 => (expected.plane(i), found.plane(i)),
        _ => (e, f),
    };
    let at = |sigma: f32| {
        let b = e.blurred(sigma);
        let (gx, gy) = b.gradients();
        let (hx, hy) = f.gradients();
        let (mut bb, mut bf, mut ff) = (0.0_f64, 0.0_f64, 0.0_f64);
        for i in 0..b.data.len() {
            if !cut[i] || mask.data[i] < 0.004 {
                continue;
            }
            let (p, q) = ((gx.data[i], gy.data[i]), (hx.data[i], hy.data[i]));
            bb += f64::from(p.0 * p.0 + p.1 * p.1);
            bf += f64::from(p.0 * q.0 + p.1 * q.1);
            ff += f64::from(q.0 * q.0 + q.1 * q.1);
        }
        if bb < 1e-6 || ff < 1e-6 { 0.0 } else { bf / (bb * ff).sqrt() }
    };
    let scores: Vec<f64> = STEPS.iter().map(|s| at(*s)).collect();
    let best = (0..STEPS.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
    if best == 0 || best + 1 == STEPS.len() {
        return STEPS[best];
    }
    // Between the steps, by a parabola.
    let (a, b, c) = (scores[best - 1], scores[best], scores[best + 1]);
    let bend = a - 2.0 * b + c;
    let t = if bend.abs() < 1e-12 { 0.0 } else { (0.5 * (a - c) / bend).clamp(-0.5, 0.5) } as f32;
    if t < 0.0 { STEPS[best] + t * (STEPS[best] - STEPS[best - 1]) } else { STEPS[best] + t * (STEPS[best + 1] - STEPS[best]) }
}

fn colour_fit(expected: &Flat, found: &Flat, mask: &Plane, cut: &[bool], ground: [f32; 3]) -> ColourFit {
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
    let saturation = if square > 0.0 { dot.hypot(cross) / square } else { 1.0 };
    let opacity = if oo / n > 25.0 { of / oo } else { 1.0 };
    let rest_of = |f: &dyn Fn([f32; 3], usize) -> [f32; 3]| inner.iter().map(|&i| apart(f(expected.data[i], i), found.data[i])).sum::<f32>() / n;
    let opacity_rest = rest_of(&|e, _| [0, 1, 2].map(|k| ground[k] + opacity * (e[k] - ground[k])));
    let plain = rest_of(&|e, _| e);
    let changed = inner.iter().filter(|&&i| apart(expected.data[i], found.data[i]) > 6.0).count() as f32 / n;
    let global = regress(expected, found, &inner, false);
    let varying = regress(expected, found, &inner, true);
    ColourFit {
        means: [me, mf],
        chroma: [chroma(expected), chroma(found)],
        hue,
        saturation,
        lightness: [if ll / n > 20.0 { lf / ll } else { 1.0 }, mf[0] - me[0]],
        opacity,
        opacity_rest,
        rest: [plain, global, varying],
        changed,
    }
}

/// What remains after the best linear map of colours; one that also changes over the picture if `varying`.
fn regress(expected: &Flat, found: &Flat, inner: &[usize], varying: bool) -> f32 {
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
            for q in 0..terms {
                a[p][q] += f64::from(r[p] * r[q]);
            }
            for k in 0..3 {
                b[p][k] += f64::from(r[p] * found.data[i][k]);
            }
        }
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

/// A view of the candidate around a place for aligning at one level.
pub(super) fn view(c: &Candidate, bounds: (f64, f64, f64, f64), long: f64, level: usize) -> View {
    let (x0, y0, x1, y1) = bounds;
    let around = (x1 - x0).max(y1 - y0) * 0.3 + 4.0;
    let (x, y) = ((x0 - around).floor(), (y0 - around).floor());
    let (w, h) = ((x1 + around - x).ceil().max(4.0), (y1 + around - y).ceil().max(4.0));
    let k = level as f64 / long;
    let most = (w.max(h) * k).round().max(8.0);
    let ground = c.behind;
    let (part, got) = c.part(x as i64, y as i64, w as usize, h as usize, most as usize, ground);
    let (part, got) = if got > k * 1.02 {
        let (tw, th) = (((part.w as f64) * k / got).round().max(4.0), ((part.h as f64) * k / got).round().max(4.0));
        let f = tw / part.w as f64;
        (part.resized(tw as usize, th as usize, FilterType::Bilinear), got * f)
    } else if got < k * 0.98 {
        // Smaller than the frame: enlarged, so that both are seen alike.
        let (tw, th) = (((part.w as f64) * k / got).round().max(4.0), ((part.h as f64) * k / got).round().max(4.0));
        let f = tw / part.w as f64;
        (part.resized(tw as usize, th as usize, FilterType::CatmullRom), got * f)
    } else {
        (part, got)
    };
    let place = Affine::shift(-x, -y).then(&Affine::scale(got, got));
    View::new(&part, place, 0.8)
}

/// How much of the image's area lies inside the picture, and how much of each side lies outside (left, top, right, bottom), as shares.
pub(super) fn visible(c: &Candidate, p: &Prepared, map: &Affine) -> (f64, [f64; 4]) {
    let (w, h) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let (lw, lh) = (p.layer.w, p.layer.h);
    let (mut all, mut seen) = (0.0, 0.0);
    for y in (0..lh).step_by(3) {
        for x in (0..lw).step_by(3) {
            let a = f64::from(p.layer.data[y * lw + x][3]) / 255.0;
            if a < 0.05 {
                continue;
            }
            let (u, v) = map.apply((x as f64 + 0.5) * p.content.2 / lw as f64, (y as f64 + 0.5) * p.content.3 / lh as f64);
            all += a;
            if u > -0.5 && v > -0.5 && u < w + 0.5 && v < h + 0.5 {
                seen += a;
            }
        }
    }
    let (x0, y0, x1, y1) = bounds(p, map);
    let over = |d: f64, of: f64| (d / of.max(1.0)).max(0.0);
    (seen / f64::max(all, 1.0), [over(-x0, x1 - x0), over(-y0, y1 - y0), over(x1 - w, x1 - x0), over(y1 - h, y1 - y0)])
}

/// The picture that a copy in the candidate's place should be, for people.
pub(super) fn expected(p: &Prepared, map: &Affine, size: (usize, usize), ground: [f32; 3]) -> Flat {
    copy(p, map, size, &Flat::filled(size.0, size.1, ground), &copies::SPAN[0], Encoding::Png)
}
