//! Which outlines of two drawings are the same, and where the one drawing lies in the other.

use super::TOLERANCE;
use super::place::{Affine, Area, IDENTITY, Point, apply, close, close_to_any, fit, parts};
use super::shapes::{Outline, Paint, Shapes, Style};

/// What was found.
#[derive(Debug)]
pub(super) struct Matched {
    /// From the reference to the candidate.
    pub place: Affine,
    /// Of each outline of the reference: its own in the candidate.
    pub pairs: Vec<Option<usize>>,
    /// Of each outline of the candidate: whether it is one of the pairs.
    pub used: Vec<bool>,
}

/// The outlines by which places are tried.
const LEADERS: usize = 64;
/// The most outlines of one size and place that are looked at closely.
pub(super) const ALIKE: usize = 64;

/// The place at which the most outlines are the same.
pub(super) fn best(reference: &Shapes, candidate: &Shapes) -> Option<Matched> {
    let mut leaders: Vec<usize> = (0..reference.outlines.len()).collect();
    leaders.sort_by(|a, b| weight(&reference.outlines[*b]).total_cmp(&weight(&reference.outlines[*a])));
    leaders.truncate(LEADERS);
    let mut tried: Vec<(f32, Affine)> = Vec::new();
    for place in places(reference, candidate, &leaders) {
        // The same place again.
        if tried.iter().any(|(_, t)| t.iter().zip(&place).all(|(a, b)| (a - b).abs() < TOLERANCE / 4.0)) {
            continue;
        }
        let score: f32 = leaders
            .iter()
            .map(|i| &reference.outlines[*i])
            .filter(|o| {
                let area = Area::of(o.points.iter().map(|p| apply(&place, *p)));
                candidate.outlines.iter().any(|c| c.role == o.role && c.area.near(&area, TOLERANCE * 2.0))
            })
            .map(weight)
            .sum();
        // Of places that fit alike, the simplest.
        tried.push((score * (1.0 - 0.004 * f32::from(parts(&place).complexity())), place));
    }
    tried.sort_by(|a, b| b.0.total_cmp(&a.0));
    let full = tried.iter().take(4).map(|(_, place)| {
        let matched = at(reference, candidate, *place);
        let pairs = matched.pairs.iter().enumerate().filter_map(|(i, c)| Some((&reference.outlines[i], &candidate.outlines[(*c)?])));
        let score: f32 = pairs
            .map(|(r, c)| {
                let same = same_style(&reference.styles[r.style], &candidate.styles[c.style], place);
                weight(r) * if same { 1.25 } else { 1.0 }
            })
            .sum();
        (score * (1.0 - 0.004 * f32::from(parts(place).complexity())), matched)
    });
    // Of equals the first: where they are, before where they might be.
    let (_, mut matched) = full.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    join(reference, candidate, &mut matched);
    Some(matched)
}

pub(super) fn weight(outline: &Outline) -> f32 {
    outline.area.diagonal()
}

/// Where the reference may lie in the candidate.
fn places(reference: &Shapes, candidate: &Shapes, leaders: &[usize]) -> Vec<Affine> {
    let mut places = vec![IDENTITY];
    let (from, to) = (reference.area(), candidate.area());
    for (swap, x, y) in (0..8).map(|i| (i & 1 != 0, i & 2 != 0, i & 4 != 0)) {
        places.extend(from.onto(&to, swap, [x, y]));
    }
    for i in leaders.iter().take(8) {
        let o = &reference.outlines[*i];
        let alike = candidate.outlines.iter().filter(|c| c.role == o.role);
        // The same outline written the same way, wherever it went.
        let same = alike.clone().filter(|c| c.ends.len() == o.ends.len() && c.points.len() == o.points.len() && o.ends.len() > 2);
        places.extend(same.take(8).filter_map(|c| fit(&o.ends, &c.ends, TOLERANCE)));
        // Written otherwise, only larger or smaller.
        let ratio = |a: &Area| a.width() / a.height().max(1e-6);
        let scaled = alike.filter(|c| (ratio(&c.area) / ratio(&o.area) - 1.0).abs() < 0.01);
        places.extend(scaled.take(8).filter_map(|c| o.area.onto(&c.area, false, [false; 2])));
    }
    places.retain(|p| p.iter().all(|v| v.is_finite()));
    places
}

/// The pairs at a place.
pub(super) fn at(reference: &Shapes, candidate: &Shapes, place: Affine) -> Matched {
    let mut used = vec![false; candidate.outlines.len()];
    let mut by_left: Vec<usize> = (0..candidate.outlines.len()).collect();
    by_left.sort_by(|a, b| candidate.outlines[*a].area.low[0].total_cmp(&candidate.outlines[*b].area.low[0]));
    let mut pairs = Vec::with_capacity(reference.outlines.len());
    for (number, outline) in reference.outlines.iter().enumerate() {
        let moved: Vec<Point> = outline.points.iter().map(|p| apply(&place, *p)).collect();
        let area = Area::of(moved.iter().copied());
        let first = by_left.partition_point(|c| candidate.outlines[*c].area.low[0] < area.low[0] - TOLERANCE);
        let near = by_left[first..].iter().copied().take_while(|c| candidate.outlines[*c].area.low[0] <= area.low[0] + TOLERANCE);
        let best = near
            .filter(|c| {
                let c = &candidate.outlines[*c];
                c.role == outline.role && c.hole == outline.hole && c.area.near(&area, TOLERANCE)
            })
            .filter(|c| !used[*c])
            .take(ALIKE)
            .filter(|c| same_outline(&moved, &candidate.outlines[*c].points))
            // Of outlines on top of each other: painted alike, and in the same order.
            .min_by_key(|c| {
                let other = !same_style(&reference.styles[outline.style], &candidate.styles[candidate.outlines[*c].style], &place);
                (other, c.abs_diff(number))
            });
        if let Some(c) = best {
            used[c] = true;
        }
        pairs.push(best);
    }
    Matched { place, pairs, used }
}

/// Of outlines without their own, those that are drawn by others: one outline may be written as two, or two as one.
fn join(reference: &Shapes, candidate: &Shapes, matched: &mut Matched) {
    let place = matched.place;
    // The same as far as what is painted goes, and where.
    let alike = |r: &Outline, c: &Outline| r.role == c.role && same_style(&reference.styles[r.style], &candidate.styles[c.style], &place);
    let near =
        |area: &Area, other: &Area| (0..2).all(|i| area.low[i] - TOLERANCE <= other.high[i] && other.low[i] - TOLERANCE <= area.high[i]);
    let there: Vec<Vec<Point>> = reference.outlines.iter().map(|o| o.points.iter().map(|p| apply(&place, *p)).collect()).collect();
    let areas: Vec<Area> = there.iter().map(|p| Area::of(p.iter().copied())).collect();
    let own: Vec<usize> = (0..there.len()).filter(|i| matched.pairs[*i].is_none()).take(ALIKE).collect();
    let others: Vec<usize> = (0..matched.used.len()).filter(|c| !matched.used[*c]).take(ALIKE).collect();
    let drawn = |i: &usize| {
        let lines = candidate.outlines.iter().filter(|c| near(&areas[*i], &c.area) && alike(&reference.outlines[*i], c)).take(ALIKE);
        close_to_any(&there[*i], &lines.map(|c| c.points.as_slice()).collect::<Vec<_>>(), TOLERANCE)
    };
    let written = |c: &usize| {
        let o = &candidate.outlines[*c];
        let lines = (0..there.len()).filter(|i| near(&areas[*i], &o.area) && alike(&reference.outlines[*i], o)).take(ALIKE);
        close_to_any(&o.points, &lines.map(|i| there[i].as_slice()).collect::<Vec<_>>(), TOLERANCE)
    };
    // Only if nothing is left over on either side, of what is painted alike.
    let (own, others): (Vec<usize>, Vec<usize>) = (own.into_iter().filter(drawn).collect(), others.into_iter().filter(written).collect());
    for i in &own {
        let r = &reference.outlines[*i];
        let left = |c: usize| !matched.used[c] && !others.contains(&c) && alike(r, &candidate.outlines[c]);
        if !(0..matched.used.len()).any(left) {
            let first = others.iter().copied().find(|c| alike(r, &candidate.outlines[*c]));
            matched.pairs[*i] = first.or_else(|| (0..matched.used.len()).find(|c| alike(r, &candidate.outlines[*c])));
        }
    }
    for c in &others {
        let o = &candidate.outlines[*c];
        let left = |i: usize| matched.pairs[i].is_none() && alike(&reference.outlines[i], o);
        if !(0..there.len()).any(left) {
            matched.used[*c] = true;
        }
    }
}

pub(super) fn same_outline(a: &[Point], b: &[Point]) -> bool {
    close(a, b, TOLERANCE) && close(b, a, TOLERANCE)
}

pub(super) fn same_style(a: &Style, b: &Style, place: &Affine) -> bool {
    same_paint(&a.paint, &b.paint, place) && (a.opacity - b.opacity).abs() <= 0.02 && a.effects == b.effects && same_stroke(a, b, place)
}

pub(super) fn same_stroke(a: &Style, b: &Style, place: &Affine) -> bool {
    let scale = (place[0] * place[4] - place[1] * place[3]).abs().sqrt();
    let near = |a: f32, b: f32| (a * scale - b).abs() <= (b * 0.03).max(TOLERANCE / 4.0);
    match (&a.stroke, &b.stroke) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            near(a.width, b.width)
                && a.ends == b.ends
                && a.dashes.len() == b.dashes.len()
                && a.dashes.iter().zip(&b.dashes).all(|(a, b)| near(*a, *b))
        }
        _ => false,
    }
}

pub(super) fn same_colour(a: [u8; 3], b: [u8; 3]) -> bool {
    // Percentages and angles of colours are rounded.
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 2)
}

pub(super) fn same_paint(a: &Paint, b: &Paint, place: &Affine) -> bool {
    match (a, b) {
        (Paint::Colour(a), Paint::Colour(b)) => same_colour(*a, *b),
        (Paint::Gradient { points: a, stops: s }, Paint::Gradient { points: b, stops: t }) => {
            let near = |p: &Point, q: &Point| {
                let p = apply(place, *p);
                (p[0] - q[0]).hypot(p[1] - q[1]) <= 0.02
            };
            a.len() == b.len()
                && a.iter().zip(b).all(|(p, q)| near(p, q))
                && s.len() == t.len()
                && s.iter().zip(t).all(|(a, b)| (a.0 - b.0).abs() < 0.01 && same_colour(a.1, b.1) && (a.2 - b.2).abs() <= 0.02)
        }
        (Paint::Pattern(a), Paint::Pattern(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_colour(*a, *b)),
        (Paint::Image(a), Paint::Image(b)) => a == b,
        _ => false,
    }
}
