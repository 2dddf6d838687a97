//! How a candidate differs from legitimate copies of the image that it shows.

use super::affine::Affine;
use super::align::View;
use super::copies::{PROBES, Recipe, SPAN, alpha, copy, warped};
use super::find::Candidate;
use super::picture::Encoding;
use super::prepare::Prepared;
use super::raster::{Edges, Flat, Plane, apart, lab};
use fast_image_resize::FilterType;

/// The longer side in pixels of what is compared.
const COMPARED: f64 = 384.0;
/// What is looked at around a mark, as a share of its longer side.
const AROUND: f64 = 0.2;

/// Sides of windows as shares of the longer side, each with the difference that is always allowed.
pub(super) const WINDOWS: [(f32, f32); 4] = [(0.02, 2.2), (0.035, 1.6), (0.06, 1.1), (0.12, 0.6)];

/// A number for the candidate, and the largest for a legitimate copy.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pair {
    pub is: f32,
    pub copy: f32,
    pub rates: [f32; 5],
    /// How far the drawing there is another, 0 to 2: of the candidate, and of copies.
    pub drawn: [f32; 2],
}

impl Pair {
    fn of(is: f32, copies: impl Iterator<Item = f32>) -> Pair {
        Pair { is, copy: copies.fold(0.0, f32::max), rates: [0.0; 5], drawn: [0.0; 2] }
    }
}

/// What was measured.
#[derive(Default)]
pub(super) struct Measured {
    /// Mean of the differences beyond the allowed, inside.
    pub mean: Pair,
    /// The largest mean in windows of [`WINDOWS`].
    pub windows: [Pair; WINDOWS.len()],
    /// The difference that 1 % of the pixels exceed.
    pub peak: Pair,
    /// Mean outside near the contour, and further away.
    pub near: Pair,
    pub far: Pair,
    /// How much of the surroundings there is to be seen, near the contour and further away: pixels for one of the longer side.
    pub ring: [f32; 2],
    /// The share of the surroundings along the contour that differs.
    pub coverage: f32,
    /// The nearest thing beside the mark that is as large as a letter.
    pub foreign: Option<Beside>,
    /// The same, of things that reach into the rectangle that the image fills.
    pub within: Option<Beside>,
    /// The blur in pixels that fits best.
    pub soft: Pair,
    /// Pixels of the compared picture for one of the candidate.
    pub k: f64,
    /// The longer side of the mark in the compared picture.
    pub long: f32,
    /// From the candidate to the compared part.
    pub place: Affine,
    /// Differences beyond what is allowed.
    pub excess: Plane,
    /// The compared part, and the copy it is held against, in Lab.
    pub candidate: Flat,
    /// The same two, as they look.
    pub shown: [Flat; 2],
    /// The colour around the mark, and the share of the surroundings that has it.
    pub ground: [f32; 3],
    pub even: f32,
    /// How far colours around it are from their mean, on average (CIE76).
    pub uneven: f32,
    pub fit: ColourFit,
    /// Whether the format keeps less of colours than of lightness.
    pub rough: bool,
}

/// A thing beside a mark, in pixels of the compared picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside {
    /// How far it is from the rectangle that the image fills, which is what free space is counted from: 0 if it reaches into it.
    pub distance: f32,
    /// How far it is from what is drawn.
    pub contour: f32,
    /// Where it is nearest.
    pub x: usize,
    pub y: usize,
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

impl std::fmt::Debug for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let p = |p: &Pair| {
            format!("{:.2}/{:.2}{:.2?}", p.is, p.copy, p.rates).replace(", ", ",") + &format!("q{:.3}:{:.3}", p.drawn[0], p.drawn[1])
        };
        write!(
            f,
            "mean={} w2={} w4={} w7={} w14={} p99={} near={} far={} cover={:.3} foreign={:?} soft={} k={:.2} long={:.0} ground={:?} even={:.2} uneven={:.1} {:?}",
            p(&self.mean),
            p(&self.windows[0]),
            p(&self.windows[1]),
            p(&self.windows[2]),
            p(&self.windows[3]),
            p(&self.peak),
            p(&self.near),
            p(&self.far),
            self.coverage,
            self.foreign,
            p(&self.soft),
            self.k,
            self.long,
            self.ground,
            self.even,
            self.uneven,
            self.fit
        )
    }
}

impl Measured {
    /// All differences together, to compare two references.
    pub fn sum(&self) -> f32 {
        self.mean.is + self.windows.iter().map(|w| 0.3 * w.is).sum::<f32>()
    }

    /// The box around what differs, in the compared part: left, top, right, bottom; `None` if nothing does.
    pub fn changed_box(&self) -> Option<(usize, usize, usize, usize)> {
        // Differences in clusters, not single pixels.
        let soft = self.excess.blurred((self.long * 0.012).max(0.8));
        let peak = soft.data.iter().copied().fold(0.0, f32::max);
        let limit = (peak * 0.3).max(4.0);
        let (w, h) = (soft.w, soft.h);
        let mut found: Option<(usize, usize, usize, usize)> = None;
        for y in 0..h {
            for x in 0..w {
                if soft.at(x, y) > limit {
                    let b = found.get_or_insert((x, y, x + 1, y + 1));
                    *b = (b.0.min(x), b.1.min(y), b.2.max(x + 1), b.3.max(y + 1));
                }
            }
        }
        found
    }
}

/// The box of the content under a map, in whole pixels: left, top, right, bottom.
pub(super) fn bounds(p: &Prepared, map: &Affine) -> (f64, f64, f64, f64) {
    bounds_of((p.content.2, p.content.3), map)
}

/// The box of a rectangle of this width and height under a map.
pub(super) fn bounds_of((w, h): (f64, f64), map: &Affine) -> (f64, f64, f64, f64) {
    let corners = [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)].map(|(x, y)| map.apply(x, y));
    let least = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::MAX, f64::min);
    let most = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::MIN, f64::max);
    (least(|c| c.0), least(|c| c.1), most(|c| c.0), most(|c| c.1))
}

/// Measures. `map`: from content to candidate.
pub(super) fn measure(c: &Candidate, p: &Prepared, map: &Affine, encoding: Encoding, clear: f64) -> Option<Measured> {
    let (x0, y0, x1, y1) = bounds(p, map);
    let long = (x1 - x0).max(y1 - y0);
    if !long.is_finite() || !(6.0..60_000.0).contains(&long) {
        return None;
    }
    let around = (long * AROUND).max(6.0).max((clear + 6.0).min(long * 0.6));
    let (x, y) = ((x0 - around).floor() as i64, (y0 - around).floor() as i64);
    // On the grid of eight by eight that JPEG has.
    let (x, y) = (x.div_euclid(8) * 8, y.div_euclid(8) * 8);
    let (w, h) = ((x1 + around).ceil() as i64 - x, (y1 + around).ceil() as i64 - y);
    let edge = c.behind;
    let most = (COMPARED * (1.0 + 2.0 * around / long)) as usize + 16;
    let (part, place) = c.part(x, y, w as usize, h as usize, most, edge);
    let here = map.then(&place);
    let k = place.size();
    let layer = warped(p, &here, part.w, part.h, FilterType::Bilinear);
    let mask = alpha(&layer);
    let distance = distances(&mask);
    let long = (long * k) as f32;
    // What is outside the picture is not compared.
    let (pw, ph) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let out_of = place.inverse()?;
    let inside = |px: usize, py: usize| {
        let (u, v) = out_of.apply(px as f64 + 0.5, py as f64 + 0.5);
        u > 0.0 && v > 0.0 && u < pw && v < ph
    };
    let outer: Vec<[f32; 3]> = (0..part.w * part.h)
        .filter(|&i| distance.data[i] > (0.03 * long).max(2.5) && distance.data[i] < 0.2 * long && inside(i % part.w, i / part.w))
        .map(|i| part.data[i])
        .collect();
    // Where hardly anything is left around it, what is left.
    let bare: Vec<[f32; 3]> =
        (0..part.w * part.h).filter(|&i| mask.data[i] < 0.02 && inside(i % part.w, i / part.w)).map(|i| part.data[i]).collect();
    let (ground, even) = if outer.len() < 40 {
        (if bare.is_empty() { [255.0; 3] } else { super::find::commonest_of(&bare).0 }, 0.31)
    } else {
        super::find::commonest_of(&outer)
    };
    let mut behind = Flat::filled(part.w, part.h, ground);
    let uneven = outer.len() >= 40 && even < 0.45;
    let spread = {
        let labs: Vec<[f32; 3]> = outer.iter().map(|c| lab(*c)).collect();
        let n = labs.len().max(1) as f32;
        let mean = [0, 1, 2].map(|k| labs.iter().map(|c| c[k]).sum::<f32>() / n);
        labs.iter().map(|c| apart(*c, mean)).sum::<f32>() / n
    };
    for py in 0..part.h {
        for px in 0..part.w {
            let i = py * part.w + px;
            if !inside(px, py) || uneven && mask.data[i] < 0.004 {
                behind.data[i] = part.data[i];
            }
        }
    }
    let size = (part.w, part.h);
    // Formats keep colour at half the resolution of lightness, and what decodes them shifts it a little.
    let rough = matches!(encoding, Encoding::Jpeg { subsampled: true, .. } | Encoding::WebpLossy);
    let sigma = if matches!(encoding, Encoding::Jpeg { .. } | Encoding::WebpLossy) { 1.7 } else { 1.0 };
    let seen = |f: &Flat| calm(f.lab(), sigma);
    let candidate = seen(&part);
    let first = seen(&copy(p, &here, size, &behind, &SPAN[0], encoding));
    let (here, crisp) = nudged(&here, &first, &candidate, &mask);
    let span: Vec<Flat> = SPAN
        .iter()
        .map(|r| Recipe { blur: if r.blur < 0.0 { -crisp.clamp(-r.blur, 2.2) } else { r.blur }, ..*r })
        .map(|r| seen(&copy(p, &here, size, &behind, &r, encoding)))
        .collect();
    let (low, high) = envelope(&span);
    let excess = beyond(&candidate, &low, &high);
    let probes: Vec<(Flat, Plane)> = PROBES
        .iter()
        .map(|r| {
            let flat = seen(&copy(p, &here, size, &behind, r, encoding));
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
    let windows = WINDOWS.map(|(share, floor)| {
        let side = ((share * long).round() as usize).max(4);
        let of = |e: &Plane| windows(e, &cut, &distance, side);
        let (mut pair, at) = worst(&of(&excess), &probes.iter().map(|(_, e)| of(e)).collect::<Vec<_>>(), floor);
        if let Some((gx, gy)) = at {
            let (step, big) = ((side / 3).max(1), (side + 4).max(side * 5 / 4));
            let from = |g: usize, most: usize| (g * step + side / 2).saturating_sub(big / 2).min(most.saturating_sub(big));
            let at = (from(gx, part.w), from(gy, part.h), big);
            pair.drawn = [otherwise(&span[0], &candidate, at), probes.iter().map(|(f, _)| otherwise(&span[0], f, at)).fold(0.0, f32::max)];
        }
        pair
    });
    let expected = span[0].clone();
    let coverage = near.iter().filter(|&&i| excess.data[i] > 3.0).count() as f32 / near.len().max(1) as f32;
    let letter = (long * 0.02).max(2.0);
    let back = here.inverse()?;
    let grown = here.size();
    let off = |x: usize, y: usize| {
        let (u, v) = back.apply(x as f64 + 0.5, y as f64 + 0.5);
        ((-u).max(u - p.content.2).max(0.0).hypot((-v).max(v - p.content.3).max(0.0)) * grown) as f32
    };
    let nearest = foreign(&excess, &distance, &cut, letter, &off, f32::MAX);
    let within = foreign(&excess, &distance, &cut, letter, &off, 0.0);
    let all: Vec<&Flat> = std::iter::once(&candidate).chain(probes.iter().map(|(f, _)| f)).chain(&span[2..3]).collect();
    let softs = softness(&expected, &all, &mask, &cut);
    let soft = Pair::of(softs[0], softs[1..].iter().copied());
    let fit = colour_fit(&expected, &candidate, &mask, &cut, lab(ground));
    Some(Measured {
        mean: pair(&|e| mean(e, &inner)),
        windows,
        peak: pair(&|e| {
            let mut v: Vec<f32> = inner.iter().map(|&i| e.data[i]).collect();
            let at = v.len() * 99 / 100;
            let last = v.len().saturating_sub(1);
            if v.is_empty() { 0.0 } else { *v.select_nth_unstable_by(at.min(last), f32::total_cmp).1 }
        }),
        near: pair(&|e| mean(e, &near)),
        far: pair(&|e| mean(e, &far)),
        ring: [near.len() as f32 / long.max(1.0), far.len() as f32 / long.max(1.0)],
        coverage,
        foreign: nearest,
        within,
        soft,
        k,
        long,
        place,
        excess,
        candidate,
        shown: [copy(p, &here, size, &behind, &SPAN[0], Encoding::Png), part],
        ground,
        even,
        uneven: spread,
        fit,
        rough,
    })
}

/// What alignment by edges leaves open: the map moved by parts of a pixel so that lightness fits best, and how much crisper than the
/// copy the candidate is. Differences that no such move explains count little.
fn nudged(here: &Affine, copy: &Flat, candidate: &Flat, mask: &Plane) -> (Affine, f32) {
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
                for c in 0..UNKNOWN {
                    a[r][c] += weight * row[r] * row[c];
                }
                a[r][UNKNOWN] += weight * row[r] * off;
            }
        }
        for (r, row) in a.iter_mut().enumerate() {
            row[r] = row[r] * 1.001 + 1.0;
        }
        let Some(found) = super::align::solve(&mut a) else { break };
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

/// The same with its colours, not its lightness, blurred.
fn calm(lab: Flat, sigma: f32) -> Flat {
    let (a, b) = (lab.plane(1).blurred(sigma), lab.plane(2).blurred(sigma));
    let data = lab.data.iter().zip(a.data.iter().zip(&b.data)).map(|(c, (a, b))| [c[0], *a, *b]).collect();
    Flat { data, ..lab }
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

/// The means of differences in square windows, at a third of their side apart; windows that do not touch the mark have none.
struct Windows {
    w: usize,
    h: usize,
    means: Vec<f32>,
}

fn windows(e: &Plane, cut: &[bool], distance: &Plane, side: usize) -> Windows {
    let (w, h) = (e.w, e.h);
    let step = (side / 3).max(1);
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
fn worst(is: &Windows, copies: &[Windows], floor: f32) -> (Pair, Option<(usize, usize)>) {
    let mut most = vec![0.0_f32; is.means.len()];
    for c in copies {
        for (m, v) in most.iter_mut().zip(&c.means) {
            *m = m.max(*v);
        }
    }
    let highest = most.iter().copied().fold(0.0, f32::max);
    let reach = 2;
    let mut around = vec![0.0_f32; most.len()];
    for y in 0..is.h {
        for x in 0..is.w {
            let mut near = 0.12 * highest;
            for ny in y.saturating_sub(reach)..=(y + reach).min(is.h - 1) {
                for nx in x.saturating_sub(reach)..=(x + reach).min(is.w - 1) {
                    near = near.max(most[ny * is.w + nx]);
                }
            }
            around[y * is.w + x] = near;
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
fn otherwise(expected: &Flat, found: &Flat, (x, y, side): (usize, usize, usize)) -> f32 {
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

/// The share of a picture by which it is judged how clean it is, and the cleanest that is expected.
const CLEAN: (f32, f32) = (0.9, 0.5);

/// The nearest thing beside the mark: by its distance from the rectangle that the image fills, `most` at most. Things of fewer than
/// `size` squared pixels do not count.
fn foreign(excess: &Plane, distance: &Plane, cut: &[bool], size: f32, off: &dyn Fn(usize, usize) -> f32, most: f32) -> Option<Beside> {
    let (w, h) = (excess.w, excess.h);
    let is = |i: usize| cut[i] && distance.data[i] > 1.6 && excess.data[i] > 12.0;
    let mut seen = vec![false; w * h];
    let mut best: Option<Beside> = None;
    let mut stack = Vec::new();
    for start in 0..w * h {
        if seen[start] || !is(start) {
            continue;
        }
        let mut n = 0;
        let mut own = Beside { distance: f32::MAX, contour: f32::MAX, x: 0, y: 0 };
        seen[start] = true;
        stack.push(start);
        while let Some(i) = stack.pop() {
            n += 1;
            let (x, y) = (i % w, i / w);
            let from = off(x, y);
            own.contour = own.contour.min(distance.data[i]);
            if from < own.distance {
                own = Beside { distance: from, x, y, ..own };
            }
            for (nx, ny) in [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)] {
                if nx < w && ny < h && !seen[ny * w + nx] && is(ny * w + nx) {
                    seen[ny * w + nx] = true;
                    stack.push(ny * w + nx);
                }
            }
        }
        if own.distance <= most && n as f32 >= size * size && best.is_none_or(|b| own.distance < b.distance) {
            best = Some(own);
        }
    }
    best
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

/// Steps of blur in pixels.
const BLURS: [f32; 10] = [0.0, 0.45, 0.65, 0.9, 1.2, 1.6, 2.2, 3.0, 4.2, 6.0];

/// The blur in pixels which makes the expected most like each of some pictures, whatever happened to their colours.
fn softness(expected: &Flat, found: &[&Flat], mask: &Plane, cut: &[bool]) -> Vec<f32> {
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
pub(super) fn view(c: &Candidate, bounds: (f64, f64, f64, f64), level: usize) -> View {
    let long = (bounds.2 - bounds.0).max(bounds.3 - bounds.1);
    let (x0, y0, x1, y1) = bounds;
    let around = (x1 - x0).max(y1 - y0) * 0.3 + 4.0;
    let (x, y) = ((x0 - around).floor(), (y0 - around).floor());
    let (w, h) = ((x1 + around - x).ceil().max(4.0), (y1 + around - y).ceil().max(4.0));
    let k = level as f64 / long;
    let most = (w.max(h) * k).round().max(8.0);
    let ground = c.behind;
    let (part, place) = c.part(x as i64, y as i64, w as usize, h as usize, most as usize, ground);
    // Smaller than the frame: enlarged, so that both are seen alike.
    let off = k / place.size();
    let (part, place) = if (0.98..1.02).contains(&off) { (part, place) } else { super::find::resized(&part, place, off) };
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
