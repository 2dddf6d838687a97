//! Where a supplied image may be when no box shows it: cut off, turned, on a photograph, or with another word beside its sign.
//!
//! Points that stand out (SIFT: Lowe, 2004) are paired by what surrounds them. Each pair says where the whole image would be, how large
//! and how far turned; what many pairs agree on is tried.

use super::affine::Affine;
use super::prepare::level_side;
use super::raster::{Flat, Plane};
use super::sift::{NUMBERS, features};

/// The longer side in pixels of the square pictures in which points are looked for; of long ones more, see [`level_side`].
const SIDE: usize = 320;
/// Points of a supplied image, and of a candidate, at most.
pub(super) const POINTS: (usize, usize) = (220, 600);
/// What is smaller than a square of so many pixels is enlarged, for finer points.
const DETAIL: usize = 400;
/// Pairs of one supplied image at most.
const PAIRS: usize = 260;
/// So many points have to agree.
pub(super) const LEAST: usize = 4;
/// How like each other what surrounds two points has to be: the cosine.
const ALIKE: i32 = 80;

/// Points of a picture.
#[derive(Debug, Default)]
pub(super) struct Keypoints {
    points: Vec<Point>,
    described: Vec<[i16; NUMBERS]>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    x: f64,
    y: f64,
    size: f64,
    /// In radians.
    angle: f64,
}

/// Where a supplied image may be, and how many pairs of points say so.
pub(super) struct Guess {
    pub map: Affine,
    pub agree: usize,
}

impl Keypoints {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// The points of a picture. `place`: from the pixels that they are to be in to those of `flat`.
    pub fn of(flat: &Flat, place: Affine, most: usize) -> Keypoints {
        let long = flat.w.max(flat.h) as f64;
        let side = level_side(SIDE, flat.w as f64 / flat.h.max(1) as f64) as f64;
        let (part, place) = if long > side { super::find::resized(flat, place, side / long) } else { (flat.clone(), place) };
        let Some(back) = place.inverse() else { return Keypoints::default() };
        let data = part.data.iter().map(|c| 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]).collect();
        let found = features(Plane { w: part.w, h: part.h, data }, part.w * part.h < DETAIL.pow(2), most);
        let k = back.size();
        let points = found.iter().map(|f| {
            let (x, y) = back.apply(f64::from(f.x), f64::from(f.y));
            Point { x, y, size: f64::from(f.size) * k, angle: f64::from(f.angle) }
        });
        // Of length 1,000: the product of two is a million times their cosine.
        let described = found.iter().map(|f| f.about.map(|v| (1000.0 * v) as i16));
        Keypoints { points: points.collect(), described: described.collect() }
    }

    /// Where `reference` may be in the picture whose points these are. `long`: its longer side.
    pub fn guesses(&self, reference: &Keypoints, long: f64) -> Vec<Guess> {
        let mut pairs: Vec<(i32, usize, usize)> = Vec::new();
        for (i, d) in self.described.iter().enumerate() {
            let mut best = [(ALIKE * 10_000, usize::MAX); 2];
            for (j, r) in reference.described.iter().enumerate() {
                let product = product(d, r);
                if product > best[0].0 {
                    best = [(product, j), best[0]];
                } else if product > best[1].0 {
                    best[1] = (product, j);
                }
            }
            // Letters recur: the second may be the right one.
            pairs.extend(best.iter().filter(|b| b.1 != usize::MAX).map(|b| (b.0, i, b.1)));
        }
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        pairs.truncate(PAIRS);
        let votes: Vec<(Point, Point)> = pairs.iter().map(|(_, i, j)| (self.points[*i], reference.points[*j])).collect();
        let mut found: Vec<Guess> = Vec::new();
        for (own, other) in &votes {
            let map = similarity(own, other);
            let fine = fit(&agreeing(&votes, &map, long, 0.05)).unwrap_or(map);
            let agree = agreeing(&votes, &fine, long, 0.03);
            let n = distinct(&agree, long);
            let at = fine.apply(long / 2.0, long / 2.0);
            let near = |g: &Guess| {
                let (x, y) = g.map.apply(long / 2.0, long / 2.0);
                (x - at.0).hypot(y - at.1) < 0.1 * long * fine.size() && (g.map.size() / fine.size()).ln().abs() < 0.15
            };
            match found.iter_mut().find(|g| near(g)) {
                Some(g) if g.agree < n => *g = Guess { map: fine, agree: n },
                Some(_) => {}
                None => found.push(Guess { map: fine, agree: n }),
            }
        }
        found.retain(|g| g.agree >= LEAST);
        found.sort_by_key(|g| std::cmp::Reverse(g.agree));
        found.truncate(2);
        found
    }
}

fn product(a: &[i16; NUMBERS], b: &[i16; NUMBERS]) -> i32 {
    a.iter().zip(b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
}

/// From the supplied image to the candidate, as one pair says.
fn similarity(own: &Point, other: &Point) -> Affine {
    let s = own.size / other.size.max(1e-6);
    let (sin, cos) = (own.angle - other.angle).sin_cos();
    let (a, b) = (s * cos, s * sin);
    Affine([a, -b, own.x - a * other.x + b * other.y, b, a, own.y - b * other.x - a * other.y])
}

/// The pairs that agree with a map, within a share of the longer side.
fn agreeing(votes: &[(Point, Point)], map: &Affine, long: f64, slack: f64) -> Vec<(Point, Point)> {
    let s = map.size();
    let (turn, _) = map.turn();
    let near = |own: &Point, other: &Point| {
        let (x, y) = map.apply(other.x, other.y);
        let angle = || (own.angle - other.angle - turn.to_radians() + std::f64::consts::PI).rem_euclid(std::f64::consts::TAU);
        (x - own.x).powi(2) + (y - own.y).powi(2) < (slack * long * s).powi(2)
            && (own.size / (other.size * s).max(1e-9)).ln().abs() < 0.45
            && (angle() - std::f64::consts::PI).abs() < 0.45
    };
    votes.iter().filter(|(own, other)| near(own, other)).copied().collect()
}

/// How many different points of the supplied image are among the pairs.
fn distinct(pairs: &[(Point, Point)], long: f64) -> usize {
    let mut seen: Vec<(i64, i64)> = pairs.iter().map(|(_, p)| ((p.x * 50.0 / long) as i64, (p.y * 50.0 / long) as i64)).collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

/// The similarity that fits pairs best: least squares.
fn fit(pairs: &[(Point, Point)]) -> Option<Affine> {
    if pairs.len() < 2 {
        return None;
    }
    let n = pairs.len() as f64;
    let mean = |f: fn(&(Point, Point)) -> f64| pairs.iter().map(f).sum::<f64>() / n;
    let (ox, oy, rx, ry) = (mean(|p| p.0.x), mean(|p| p.0.y), mean(|p| p.1.x), mean(|p| p.1.y));
    let (mut dot, mut cross, mut all) = (0.0, 0.0, 0.0);
    for (own, other) in pairs {
        let (ax, ay, bx, by) = (other.x - rx, other.y - ry, own.x - ox, own.y - oy);
        dot += ax * bx + ay * by;
        cross += ax * by - ay * bx;
        all += ax * ax + ay * ay;
    }
    if all < 1e-6 {
        return None;
    }
    let (a, b) = (dot / all, cross / all);
    (a.hypot(b) > 1e-6).then(|| Affine([a, -b, ox - a * rx + b * ry, b, a, oy - b * rx - a * ry]))
}
