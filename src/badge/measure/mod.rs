//! How a candidate differs from legitimate copies of the image that it shows.

mod beside;
mod colours;
mod nudge;
mod paler;
mod soft;
mod windows;

pub(in crate::badge) use self::beside::Beside;
use self::beside::foreign;
pub(in crate::badge) use self::colours::ColourFit;
use self::colours::colour_fit;
use self::nudge::nudged;
use self::paler::paler;
use self::soft::softness;
pub(in crate::badge) use self::windows::{Pair, WINDOWS};
use self::windows::{Sums, beyond, calm, envelope, otherwise, windows, worst};
use crate::badge::affine::Affine;
use crate::badge::align::View;
use crate::badge::copies::{PROBES, Recipe, SPAN, alpha, copy, finished, painted, warped};
use crate::badge::find::Candidate;
use crate::badge::picture::Encoding;
use crate::badge::prepare::{Prepared, lengthened};
use crate::badge::raster::{Flat, Plane, apart, lab};

/// The longer side in pixels of what is compared.
const COMPARED: f64 = 384.0;
/// What is looked at around a mark, as a share of its longer side.
const AROUND: f64 = 0.2;

/// What was measured.
#[derive(Default)]
pub(in crate::badge) struct Measured {
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
    /// How much paler it is, as a whole: 0 not at all, 1 if nothing of it is left.
    pub paler: f32,
    /// Whether the format keeps less of colours than of lightness.
    pub rough: bool,
    /// Whether the format keeps all.
    pub exact: bool,
}

impl std::fmt::Debug for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let p = |p: &Pair| {
            format!("{:.2}/{:.2}{:.2?}", p.is, p.copy, p.rates).replace(", ", ",") + &format!("q{:.3}:{:.3}", p.drawn[0], p.drawn[1])
        };
        write!(
            f,
            "mean={} w2={} w4={} w7={} w14={} p99={} near={} far={} cover={:.3} foreign={:?} soft={} k={:.2} long={:.0} ground={:?} even={:.2} uneven={:.1} paler={:.3} {:?}",
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
            self.paler,
            self.fit
        )
    }
}

impl Measured {
    /// All differences together, to compare two references.
    pub fn sum(&self) -> f32 {
        self.mean.is + self.windows.iter().map(|w| 0.3 * w.is).sum::<f32>()
    }

    /// Whether nearly all of it has other colours.
    pub fn is_recoloured(&self) -> bool {
        self.fit.changed > 0.6 && self.fit.rest[0] > 14.0
    }

    /// Whether it is softer than a legitimate copy would be, so much that it may be drawn otherwise.
    pub fn is_soft(&self) -> bool {
        self.soft.is > 2.2 * self.soft.copy + 0.5
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
pub(in crate::badge) fn bounds(p: &Prepared, map: &Affine) -> (f64, f64, f64, f64) {
    bounds_of((p.content.2, p.content.3), map)
}

/// The box of a rectangle of this width and height under a map.
pub(in crate::badge) fn bounds_of((w, h): (f64, f64), map: &Affine) -> (f64, f64, f64, f64) {
    let corners = [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)].map(|(x, y)| map.apply(x, y));
    let least = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::MAX, f64::min);
    let most = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::MIN, f64::max);
    (least(|c| c.0), least(|c| c.1), most(|c| c.0), most(|c| c.1))
}

/// Measures. `map`: from content to candidate; `clear`: pixels that have to be free around it.
pub(in crate::badge) fn measure(c: &Candidate, p: &Prepared, map: &Affine, encoding: Encoding, clear: f64) -> Option<Measured> {
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
    // Of long ones more, since their letters are small: as many pixels in all.
    let most = (COMPARED * lengthened(long / (x1 - x0).min(y1 - y0).max(1.0)) * (1.0 + 2.0 * around / long)) as usize + 16;
    let (part, place) = c.part(x, y, w as usize, h as usize, most, edge);
    let here = map.then(&place);
    let k = place.size();
    let layer = warped(p, &here, part.w, part.h, SPAN[0].filter);
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
    let cut: Vec<bool> = (0..part.h).flat_map(|y| (0..part.w).map(move |x| (x, y))).map(|(x, y)| inside(x, y)).collect();
    let outer: Vec<[f32; 3]> = (0..part.w * part.h)
        .filter(|&i| cut[i] && distance.data[i] > (0.03 * long).max(2.5) && distance.data[i] < 0.2 * long)
        .map(|i| part.data[i])
        .collect();
    // Where hardly anything is left around it, what is left.
    let (ground, even) = if outer.len() < 40 {
        let bare: Vec<[f32; 3]> = (0..part.w * part.h).filter(|&i| cut[i] && mask.data[i] < 0.02).map(|i| part.data[i]).collect();
        (if bare.is_empty() { [255.0; 3] } else { crate::badge::find::commonest_of(&bare).0 }, 0.31)
    } else {
        crate::badge::find::commonest_of(&outer)
    };
    let mut behind = Flat::filled(part.w, part.h, ground);
    let uneven = outer.len() >= 40 && even < 0.45;
    let spread = {
        let labs: Vec<[f32; 3]> = outer.iter().map(|c| lab(*c)).collect();
        let n = labs.len().max(1) as f32;
        let mean = [0, 1, 2].map(|k| labs.iter().map(|c| c[k]).sum::<f32>() / n);
        labs.iter().map(|c| apart(*c, mean)).sum::<f32>() / n
    };
    for (i, to) in behind.data.iter_mut().enumerate() {
        if !cut[i] || uneven && mask.data[i] < 0.004 {
            *to = part.data[i];
        }
    }
    let size = (part.w, part.h);
    // Formats keep colour at half the resolution of lightness, and what decodes them shifts it a little.
    let rough = matches!(encoding, Encoding::Jpeg { subsampled: true, .. } | Encoding::WebpLossy);
    let sigma = if matches!(encoding, Encoding::Jpeg { .. } | Encoding::WebpLossy) { 1.7 } else { 1.0 };
    let seen = |f: &Flat| calm(f.lab(), sigma);
    let candidate = seen(&part);
    let first = seen(&finished(painted(&layer, &behind), &SPAN[0], encoding));
    let (moved, crisp) = nudged(&here, &first, &candidate, &mask);
    let layer = if moved == here { layer } else { warped(p, &moved, part.w, part.h, SPAN[0].filter) };
    let here = moved;
    // Several copies differ only in what is done afterwards.
    let plain = painted(&layer, &behind);
    let alike = |r: &Recipe| r.filter == SPAN[0].filter && r.shift == SPAN[0].shift;
    let span: Vec<Flat> = SPAN
        .iter()
        .map(|r| Recipe { blur: if r.blur < 0.0 { -crisp.clamp(-r.blur, 2.2) } else { r.blur }, ..*r })
        .map(|r| if alike(&r) { finished(plain.clone(), &r, encoding) } else { copy(p, &here, size, &behind, &r, encoding) })
        .map(|f| seen(&f))
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
    let zone = |from: f32, to: f32| -> Vec<usize> {
        (0..distance.data.len()).filter(|&i| cut[i] && distance.data[i] >= from && distance.data[i] <= to).collect()
    };
    let inner = zone(0.0, 1.0);
    let near = zone(1.6, (0.035 * long).max(3.2));
    let far = zone((0.035 * long).max(3.2), (0.09 * long).max(7.0));
    let mean = |e: &Plane, zone: &[usize]| zone.iter().map(|&i| e.data[i]).sum::<f32>() / zone.len().max(1) as f32;
    let pair = |f: &dyn Fn(&Plane) -> f32| Pair::of(f(&excess), probes.iter().map(|(_, e)| f(e)));
    let sums = Sums::of(&excess, &cut, &distance);
    let probed: Vec<Sums> = probes.iter().map(|(_, e)| Sums::of(e, &cut, &distance)).collect();
    let windows = WINDOWS.map(|(share, floor)| {
        let side = ((share * long.min(COMPARED as f32)).round() as usize).max(4);
        let (mut pair, at) = worst(&windows(&sums, side), &probed.iter().map(|s| windows(s, side)).collect::<Vec<_>>(), floor);
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
    let paler = paler(&plain, &part, &distance, &cut, ground);
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
        shown: [plain.rounded(), part],
        ground,
        even,
        uneven: spread,
        fit,
        paler,
        rough,
        exact: matches!(encoding, Encoding::Png | Encoding::WebpLossless),
    })
}

/// How far each pixel is from the mark, in pixels: 0 inside.
fn distances(mask: &Plane) -> Plane {
    let (w, h) = (mask.w, mask.h);
    let mut d = Plane { w, h, data: mask.data.iter().map(|a| if *a > 0.08 { 0.0 } else { 1e6 }).collect() };
    let nearer = |a: f32, b: f32| if b < a { b } else { a };
    const D: f32 = std::f32::consts::SQRT_2;
    for y in 0..h {
        for x in 0..w {
            let mut v = d.at(x, y);
            if x > 0 {
                v = nearer(v, d.at(x - 1, y) + 1.0);
            }
            if y > 0 {
                v = nearer(v, d.at(x, y - 1) + 1.0);
                if x > 0 {
                    v = nearer(v, d.at(x - 1, y - 1) + D);
                }
                if x + 1 < w {
                    v = nearer(v, d.at(x + 1, y - 1) + D);
                }
            }
            d.data[y * w + x] = v;
        }
    }
    for y in (0..h).rev() {
        for x in (0..w).rev() {
            let mut v = d.at(x, y);
            if x + 1 < w {
                v = nearer(v, d.at(x + 1, y) + 1.0);
            }
            if y + 1 < h {
                v = nearer(v, d.at(x, y + 1) + 1.0);
                if x > 0 {
                    v = nearer(v, d.at(x - 1, y + 1) + D);
                }
                if x + 1 < w {
                    v = nearer(v, d.at(x + 1, y + 1) + D);
                }
            }
            d.data[y * w + x] = v;
        }
    }
    d
}

/// A view of the candidate around a place for aligning at one level. `beyond`: the colour outside its borders.
pub(in crate::badge) fn view(c: &Candidate, bounds: (f64, f64, f64, f64), level: usize, beyond: [f32; 3]) -> View {
    let long = (bounds.2 - bounds.0).max(bounds.3 - bounds.1);
    let (x0, y0, x1, y1) = bounds;
    let around = (x1 - x0).max(y1 - y0) * 0.3 + 4.0;
    let (x, y) = ((x0 - around).floor(), (y0 - around).floor());
    let (w, h) = ((x1 + around - x).ceil().max(4.0), (y1 + around - y).ceil().max(4.0));
    let k = level as f64 / long;
    let most = (w.max(h) * k).round().max(8.0);
    let (part, place) = c.part(x as i64, y as i64, w as usize, h as usize, most as usize, beyond);
    // Smaller than the frame: enlarged, so that both are seen alike.
    let off = k / place.size();
    let (part, place) = if (0.98..1.02).contains(&off) { (part, place) } else { crate::badge::find::resized(&part, place, off) };
    View::new(&part, place, 0.8)
}

/// How much of the image's area lies inside the picture, and how much of each side lies outside (left, top, right, bottom), as shares.
pub(in crate::badge) fn visible(c: &Candidate, p: &Prepared, map: &Affine) -> (f64, [f64; 4]) {
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
