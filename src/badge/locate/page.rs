//! Supplied images on pages: boxes of zones, ranked by their sketches.

use super::{Place, coarse_fit};
use crate::badge::affine::Affine;
use crate::badge::align::{View, refine};
use crate::badge::find::{Box, Candidate};
use crate::badge::measure::view;
use crate::badge::prepare::{GROUNDS, LEVELS, Prepared, level_side, shade};
use crate::badge::sketch::{DRAWN, Sketch};
use crate::badge::zones::Area;

/// How alike the sketch of a box on a page has to be.
const GLIMPSED: f64 = 0.52;
/// How many supplied images are tried in a box of a page, and in all boxes.
const ON_PAGES: (usize, usize) = (3, 44);

/// In how many boxes of a page one supplied image is tried: every line of text looks a little like a mark of one word.
const EACH: usize = 6;

/// Other ways round in which a mark may stand on a page, as [`Sketch::turned`] has them: quarter turns, and mirrored.
const TURNS: [(usize, bool); 5] = [(1, false), (3, false), (2, false), (0, true), (2, true)];

/// A supplied image that a box may show.
struct Glimpse {
    score: f64,
    /// How alike the sketches are, -1 to 1.
    alike: f64,
    reference: usize,
    /// 0, or one more than the place in [`TURNS`].
    turn: usize,
    at: Box,
}

/// The map that turns content of a width and height into a box: the way back from how the box's sketch was turned.
fn turned_into((w, h): (f64, f64), b: (f64, f64, f64, f64), quarters: usize, mirrored: bool) -> Affine {
    // Places from 0 to 1, of the content to those of the box: as `Sketch::turned` reads its cells.
    let read = |x: f64, y: f64| {
        let (mut x, mut y) = (x, y);
        for _ in 0..quarters {
            (x, y) = (y, 1.0 - x);
        }
        (if mirrored { 1.0 - x } else { x }, y)
    };
    let (o, e, s) = (read(0.0, 0.0), read(1.0, 0.0), read(0.0, 1.0));
    let (bw, bh) = (b.2 - b.0, b.3 - b.1);
    Affine([(e.0 - o.0) * bw / w, (s.0 - o.0) * bw / h, b.0 + o.0 * bw, (e.1 - o.1) * bh / w, (s.1 - o.1) * bh / h, b.1 + o.1 * bh])
}

/// Where supplied images seem to be on a page.
pub(super) fn in_areas(c: &Candidate, prepared: &[Option<Prepared>], areas: &[Area]) -> Vec<Place> {
    let aspects: Vec<f64> = prepared.iter().flatten().map(|p| p.aspect().ln()).collect();
    let mut guesses: Vec<Glimpse> = Vec::new();
    for b in areas.iter().map(|a| a.at) {
        let aspect = (b.w as f64 / b.h as f64).ln();
        if aspects.iter().all(|a| (a - aspect).abs().min((a + aspect).abs()) > 0.5) {
            continue;
        }
        let sketch = Sketch::of(&c.glimpse(&b, DRAWN), b.ground);
        let shade = shade(b.ground);
        let turned = TURNS.map(|(quarters, mirrored)| sketch.turned(quarters, mirrored));
        // What is as small as letters are looks like many things.
        let large = (0.04 * (b.w.min(b.h) as f64 / 48.0).ln()).clamp(-0.06, 0.06);
        let mut ranked: Vec<Glimpse> = Vec::new();
        for (reference, p) in prepared.iter().enumerate() {
            let Some(p) = p else { continue };
            let own = &p.sketches[shade];
            let tile = p.sketches.get(GROUNDS.len());
            for (turn, sketch) in std::iter::once(&sketch).chain(&turned).enumerate() {
                let quarter = turn > 0 && TURNS[turn - 1].0 % 2 == 1;
                let off = (p.aspect().ln() - if quarter { -aspect } else { aspect }).abs();
                if off > 0.5 {
                    continue;
                }
                let alike = f64::from(own.likeness(sketch).max(tile.map_or(-1.0, |t| t.likeness(sketch))));
                // Turned, it has to look much more alike.
                let score = alike - 0.25 * off + large - if turn > 0 { 0.15 } else { 0.0 };
                if score > GLIMPSED {
                    ranked.push(Glimpse { score, alike, reference, turn, at: b });
                }
            }
        }
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.reference.cmp(&b.reference)));
        guesses.extend(ranked.into_iter().take(ON_PAGES.0));
    }
    guesses.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut taken: Vec<(usize, Box)> = Vec::new();
    let mut out = Vec::new();
    let mut last: Option<(Box, View)> = None;
    for Glimpse { alike, reference: r, turn, at: b, .. } in guesses {
        if taken.len() >= ON_PAGES.1 {
            break;
        }
        let same = |t: &Box| t.overlap(&b) > 0.9;
        let own = taken.iter().filter(|(o, _)| *o == r);
        if own.clone().count() >= EACH || own.clone().any(|(_, t)| same(t)) || taken.iter().filter(|(_, t)| same(t)).count() >= ON_PAGES.0 {
            continue;
        }
        taken.push((r, b));
        let Some(p) = &prepared[r] else { continue };
        let full = b.edges();
        let v = match last.take() {
            Some((o, v)) if o == b => v,
            _ => view(c, full, level_side(LEVELS[0], b.w as f64 / b.h as f64), c.behind),
        };
        let frame = p.frame(0, b.ground);
        let fitted = if turn == 0 {
            coarse_fit(p, &frame, &v, full, alike)
        } else {
            let (quarters, mirrored) = TURNS[turn - 1];
            Some(refine(&frame, &v, turned_into((p.content.2, p.content.3), full, quarters, mirrored), 9, false))
        };
        if let Some((map, likeness)) = fitted {
            out.push(Place::guess(r, map, full, likeness, b.ground));
        }
        last = Some((b, v));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_box_is_read_as_its_sketch_is() {
        // A quarter turn: what was at the left is at the bottom or at the top, and the other way after the opposite turn.
        let b = (10.0, 20.0, 60.0, 120.0);
        let one = turned_into((200.0, 100.0), b, 1, false);
        let three = turned_into((200.0, 100.0), b, 3, false);
        let (a, z) = (one.apply(0.0, 0.0), three.apply(200.0, 100.0));
        assert!((a.0 - z.0).abs() < 1e-9 && (a.1 - z.1).abs() < 1e-9, "{a:?} {z:?}");
        assert!(one.det() > 0.0 && three.det() > 0.0);
        assert!(turned_into((200.0, 100.0), b, 0, true).det() < 0.0);
        let all = crate::badge::measure::bounds_of((200.0, 100.0), &one);
        assert!((all.0 - 10.0).abs() < 1e-9 && (all.3 - 120.0).abs() < 1e-9);
    }
}
