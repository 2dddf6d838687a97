//! Supplied images where no box shows one: by points that stand out, and anywhere.

use super::{Bounds, Place, beyond_sight, within};
use crate::badge::affine::Affine;
use crate::badge::align::{likeness, refine};
use crate::badge::find::{Box, Candidate};
use crate::badge::keypoints::{self, Guess, Keypoints};
use crate::badge::measure::view;
use crate::badge::prepare::{Prepared, level_side};
use crate::badge::zones::Area;

/// How many supplied images are tried by their points in one picture.
const PAIRED: usize = 8;

/// Supplied images where their points are.
pub(super) fn paired(c: &Candidate, prepared: &[Option<Prepared>]) -> Vec<Place> {
    let ground = crate::badge::find::ground(&c.work);
    let own = Keypoints::of(&c.work, Affine::scale(1.0 / c.factor, 1.0 / c.factor), keypoints::POINTS.1);
    let guesses = guesses(&own, prepared, ground);
    let most = guesses.first().map_or(0, |g| g.0.agree);
    aligned(c, prepared, guesses.into_iter().filter(|g| g.0.agree * 3 >= most).take(PAIRED), ground)
}

/// Where points say that supplied images are, and which; those that most points agree on first.
fn guesses(own: &Keypoints, prepared: &[Option<Prepared>], ground: [f32; 3]) -> Vec<(Guess, usize)> {
    if own.len() < keypoints::LEAST {
        return Vec::new();
    }
    let dark = ground.iter().sum::<f32>() < 300.0;
    let mut out: Vec<(Guess, usize)> = Vec::new();
    for (r, p) in prepared.iter().enumerate() {
        let Some(p) = p else { continue };
        let found = own.guesses(p.keypoints(dark), p.content.2.max(p.content.3));
        out.extend(found.into_iter().map(|g| (g, r)));
    }
    out.sort_by(|a, b| b.0.agree.cmp(&a.0.agree).then(a.1.cmp(&b.1)));
    out
}

fn aligned(c: &Candidate, prepared: &[Option<Prepared>], guesses: impl Iterator<Item = (Guess, usize)>, ground: [f32; 3]) -> Vec<Place> {
    let mut out = Vec::new();
    for (guess, r) in guesses {
        let Some(p) = &prepared[r] else { continue };
        let at = crate::badge::measure::bounds(p, &guess.map);
        let long = (at.2 - at.0).max(at.3 - at.1);
        if long < 8.0 || beyond_sight(c, at) {
            continue;
        }
        let frame = p.frame(0, ground);
        let near = view(c, at, frame.long, c.behind);
        let (map, likeness) = refine(&frame, &near, guess.map, 8, true);
        out.push(Place { agree: guess.agree, ..Place::guess(r, map, at, likeness, ground) });
    }
    out
}

/// What is less than this is told by its sketch or not at all, in pixels; what is more is a section of a page.
const PICTURED: (usize, usize) = (40, 640);
/// How many areas of a page are looked at by their points.
const LOOKED_AT: usize = 6;
/// How many points have to agree on a page, where there is much to agree by chance.
const AGREE: usize = 6;

/// Supplied images on a page where their points are: in areas that are no lines of text, and in which none was found.
pub(super) fn paired_in(c: &Candidate, prepared: &[Option<Prepared>], areas: &[Area], found: &[Bounds]) -> Vec<Place> {
    let mut open: Vec<Box> = Vec::new();
    let mut large: Vec<&Area> = areas.iter().filter(|a| a.solid >= PICTURED.0 && a.at.w.max(a.at.h) <= PICTURED.1).collect();
    large.sort_by_key(|a| (std::cmp::Reverse(a.at.w * a.at.h), a.at.y, a.at.x));
    for Area { at, .. } in large {
        let edges = at.edges();
        let known = found.iter().any(|f| within(edges, *f) > 0.5 || within(*f, edges) > 0.8);
        if !known && !open.iter().any(|o| within(edges, o.edges()) > 0.85) {
            open.push(*at);
        }
    }
    open.truncate(LOOKED_AT);
    let mut out = Vec::new();
    for b in open {
        let margin = b.w.max(b.h) / 12 + 4;
        let (w, h) = (b.w + 2 * margin, b.h + 2 * margin);
        let (part, place) = c.part(b.x as i64 - margin as i64, b.y as i64 - margin as i64, w, h, w.max(h), b.ground);
        let own = Keypoints::of(&part, place, keypoints::POINTS.1);
        let guesses = guesses(&own, prepared, b.ground);
        let most = guesses.first().map_or(0, |g| g.0.agree);
        // A page has many plain signs of others.
        let telling = |r: usize| prepared[r].as_ref().is_some_and(|p| !p.is_plain());
        let good = guesses.into_iter().filter(|g| g.0.agree >= AGREE && g.0.agree * 2 >= most && telling(g.1)).take(3);
        out.extend(aligned(c, prepared, good, b.ground));
    }
    out
}

/// Supplied images anywhere in the picture, smaller, larger or turned: when no box shows one.
pub(super) fn searched(c: &Candidate, prepared: &[Option<Prepared>]) -> Vec<Place> {
    let full = (0.0, 0.0, f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let (w, h) = (full.2, full.3);
    let mean = {
        let n = c.work.data.len().max(1) as f32;
        [0, 1, 2].map(|k| c.work.data.iter().map(|p| p[k]).sum::<f32>() / n)
    };
    let v = view(c, full, level_side(64, w / h), c.behind);
    let mut guesses: Vec<(f64, usize, Affine)> = Vec::new();
    for (r, p) in prepared.iter().enumerate() {
        let Some(p) = p else { continue };
        let frame = p.frame(0, mean);
        let Some(back) = frame.place.inverse() else { continue };
        let (cw, ch) = (p.content.2, p.content.3);
        let fit = (w / cw).min(h / ch);
        let fill = (w / cw).max(h / ch);
        let mut own: Vec<(f64, Affine)> = Vec::new();
        let mut guess = |map: Affine| own.push((likeness(&frame, &v, &back.then(&map).then(&v.place)), map));
        for s in [0.55, 0.63, 0.72, 0.81, 0.9, 0.97] {
            let k = fit * s;
            guess(Affine([k, 0.0, (w - k * cw) / 2.0, 0.0, k, (h - k * ch) / 2.0]));
        }
        // Cut off at one side or two: as large as the picture and larger.
        for s in [1.0, 1.12, 1.25, 1.4] {
            for k in [fit * s, fill * s] {
                for (ax, ay) in [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.0, 0.5), (1.0, 0.5), (0.0, 1.0), (0.5, 1.0), (1.0, 1.0)] {
                    if k * cw <= w * 1.7 && k * ch <= h * 1.7 {
                        guess(Affine([k, 0.0, ax * (w - k * cw), 0.0, k, ay * (h - k * ch)]));
                    }
                }
            }
        }
        for degrees in [-26.0_f64, -19.0, -12.0, -6.0, 6.0, 12.0, 19.0, 26.0, 90.0, -90.0, 180.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let most = (w / (cw * cos.abs() + ch * sin.abs())).min(h / (cw * sin.abs() + ch * cos.abs()));
            for s in [0.8, 0.97] {
                let (a, d) = (most * s * cos, most * s * sin);
                guess(Affine([a, -d, (w - a * cw + d * ch) / 2.0, d, a, (h - d * cw - a * ch) / 2.0]));
            }
        }
        own.sort_by(|a, b| b.0.total_cmp(&a.0));
        guesses.extend(own.into_iter().take(2).map(|(l, m)| (l, r, m)));
    }
    guesses.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut out = Vec::new();
    for (_, r, map) in guesses.into_iter().take(8) {
        let Some(p) = &prepared[r] else { continue };
        let at = crate::badge::measure::bounds(p, &map);
        let frame = p.frame(0, mean);
        let near = view(c, at, frame.long, c.behind);
        let (map, likeness) = refine(&frame, &near, map, 16, false);
        out.push(Place::guess(r, map, at, likeness, mean));
    }
    out
}
