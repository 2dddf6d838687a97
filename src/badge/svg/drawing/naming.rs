//! What the differences of two drawings are called.

use super::matching::{ALIKE, Matched, same_outline, same_paint, same_stroke, weight};
use super::place::{Area, Point, apply, inverse, parts};
use super::shapes::{Effect, Outline, Paint, Role, Shapes, Style};
use super::{Drawing, Edit, Ground, TOLERANCE};
use crate::badge::{Alteration, AlterationKind as K, Region};

pub(super) fn name(reference: &Shapes, candidate: &Shapes, matched: &Matched) -> Drawing {
    let mut names = Names { reference, candidate, matched, edits: Vec::new() };
    names.geometry();
    names.crop();
    names.paints();
    let changed = names.outlines();
    names.order();
    // Large outlines alone would make all badges with the same frame alike, and their number alone all with the same letters.
    let share = |s: &Shapes, is: &dyn Fn(usize) -> bool| {
        let part = |of: &dyn Fn(&Outline) -> f32| {
            let total: f32 = s.outlines.iter().map(of).sum();
            s.outlines.iter().enumerate().filter(|(i, _)| is(*i)).map(|(_, o)| of(o)).sum::<f32>() / total.max(1e-9)
        };
        (part(&weight) * part(&|_| 1.0)).sqrt()
    };
    let same = share(reference, &|i| matched.pairs[i].is_some()).min(share(candidate, &|i| matched.used[i]));
    Drawing { similarity: (same + changed * (1.0 - same)).clamp(0.0, 1.0), edits: names.edits, place: matched.place }
}

struct Names<'a> {
    reference: &'a Shapes,
    candidate: &'a Shapes,
    matched: &'a Matched,
    edits: Vec<Edit>,
}

/// Shapes of one colour that have another.
struct Recoloured {
    from: [u8; 3],
    to: [u8; 3],
    /// Outlines of the candidate.
    of: Vec<usize>,
    shapes: usize,
    /// `fill` or `outline`.
    what: &'static str,
}

impl Names<'_> {
    fn add(&mut self, kind: K, words: String, measured: f32, allowed: f32, of: &[usize]) {
        let area = of.iter().map(|i| self.candidate.outlines[*i].area).fold(Area::NONE, Area::with);
        let whole = of.len() == self.candidate.outlines.len();
        let region = (!of.is_empty() && !whole).then(|| self.region(&area));
        let ids = of.iter().map(|i| &self.candidate.styles[self.candidate.outlines[*i].style].id);
        let element = ids.filter_map(|id| self.candidate.elements.get(id)).min_by_key(|e| e.span.start);
        let words = match element {
            Some(e) => format!("{words}: `{}`", e.name),
            None => words,
        };
        let span = element.map(|e| e.span.clone());
        self.edits.push(Edit { alteration: Alteration { kind, words, measured, allowed, region, span: None }, span, ground: None });
    }

    fn region(&self, area: &Area) -> Region {
        let side = |i: usize| {
            let most = self.candidate.frame[i];
            let (low, high) = (area.low[i].clamp(0.0, most) * self.candidate.unit, area.high[i].clamp(0.0, most) * self.candidate.unit);
            (low.floor() as u32, (high.ceil() as u32).saturating_sub(low.floor() as u32).max(1))
        };
        let ((x, width), (y, height)) = (side(0), side(1));
        Region { x, y, width, height }
    }

    /// The element of the whole: the root.
    fn whole(&mut self, kind: K, words: String, measured: f32, allowed: f32) {
        self.add(kind, words, measured, allowed, &[]);
        let root = self.candidate.elements.values().map(|e| &e.span).min_by_key(|s| s.start).cloned();
        if let Some(edit) = self.edits.last_mut() {
            edit.span = root;
        }
    }

    fn geometry(&mut self) {
        let found = parts(&self.matched.place);
        if found.mirrored {
            self.whole(K::Mirror, "mirrored".to_owned(), 1.0, 0.0);
        }
        if found.turned.abs() > 0.5 {
            let way = if found.turned > 0.0 { "clockwise" } else { "counterclockwise" };
            self.whole(K::Rotation, format!("turned {:.1}° {way}; allowed 0.5°", found.turned.abs()), found.turned.abs(), 0.5);
        }
        if found.skewed.abs() > 0.5 {
            self.whole(K::Skew, format!("slanted by {:.1}°; allowed 0.5°", found.skewed.abs()), found.skewed.abs(), 0.5);
        }
        let (percent, way) = if found.stretched >= 1.0 {
            ((found.stretched - 1.0) * 100.0, "wider")
        } else {
            ((1.0 / found.stretched - 1.0) * 100.0, "higher")
        };
        if percent > 1.0 {
            self.whole(K::Stretch, format!("stretched {percent:.1} % {way}; allowed 1 %"), percent, 1.0);
        }
    }

    /// What the candidate's frame cuts off, that the reference's does not.
    fn crop(&mut self) {
        let Some(back) = inverse(&self.matched.place) else { return };
        let [w, h] = self.candidate.frame;
        let frame = Area::of([[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]].map(|p| apply(&back, p)));
        let own = Area { low: [0.0; 2], high: self.reference.frame };
        let clip = |a: &Area, by: &Area| Area {
            low: [a.low[0].max(by.low[0]), a.low[1].max(by.low[1])],
            high: [a.high[0].min(by.high[0]), a.high[1].min(by.high[1])],
        };
        // A background is not missed.
        let shapes = self.reference.outlines.iter().filter(|o| o.role != Role::Clip && !covers(&o.area, &own));
        let seen = shapes.map(|o| clip(&o.area, &own)).fold(Area::NONE, Area::with);
        if seen.width() <= 0.0 || seen.height() <= 0.0 {
            return;
        }
        let left = clip(&seen, &frame);
        let share = (1.0 - left.width() * left.height() / (seen.width() * seen.height())) * 100.0;
        if share > 1.0 {
            self.whole(K::Crop, format!("cropped: {share:.1} % of the drawing is cut off; allowed 1 %"), share, 1.0);
        }
    }

    /// Pairs of styles, each once, with the candidate's outlines.
    fn styles(&self) -> Vec<(&Style, &Style, Vec<usize>)> {
        let mut styles: Vec<(usize, usize, Vec<usize>)> = Vec::new();
        for (i, pair) in self.matched.pairs.iter().enumerate() {
            let Some(c) = *pair else { continue };
            let (r, s) = (self.reference.outlines[i].style, self.candidate.outlines[c].style);
            match styles.iter_mut().rev().take(50).find(|(a, b, _)| (*a, *b) == (r, s)) {
                Some((.., of)) => of.push(c),
                None => styles.push((r, s, vec![c])),
            }
        }
        styles.into_iter().map(|(r, s, of)| (&self.reference.styles[r], &self.candidate.styles[s], of)).collect()
    }

    fn paints(&mut self) {
        let place = self.matched.place;
        let styles = self.styles();
        let count = styles.len();
        let mut recoloured: Vec<Recoloured> = Vec::new();
        let mut others: Vec<(K, String, f32, f32, Vec<usize>, usize)> = Vec::new();
        let mut other = |kind: K, words: String, measured: f32, allowed: f32, of: &[usize]| match others
            .iter_mut()
            .find(|o| o.0 == kind && o.1 == words)
        {
            Some(o) => {
                o.4.extend(of);
                o.5 += 1;
            }
            None => others.push((kind, words, measured, allowed, of.to_vec(), 1)),
        };
        for (r, c, of) in &styles {
            let what = if r.stroke.is_some() { "outline" } else { "fill" };
            if !same_paint(&r.paint, &c.paint, &place) {
                match (&r.paint, &c.paint) {
                    (Paint::Colour(a), Paint::Colour(b)) => {
                        match recoloured.iter_mut().find(|f| (f.from, f.to, f.what) == (*a, *b, what)) {
                            Some(f) => {
                                f.of.extend(of);
                                f.shapes += 1;
                            }
                            None => recoloured.push(Recoloured { from: *a, to: *b, of: of.clone(), shapes: 1, what }),
                        }
                    }
                    (Paint::Image(_), Paint::Image(_)) => other(K::Changed, "another image".to_owned(), 1.0, 0.0, of),
                    (Paint::Gradient { .. }, _) | (_, Paint::Gradient { .. }) => {
                        other(K::Gradient, format!("{what} {} became {}", paint_words(&r.paint), paint_words(&c.paint)), 1.0, 0.0, of);
                    }
                    _ => other(K::Changed, format!("{what} {} became {}", paint_words(&r.paint), paint_words(&c.paint)), 1.0, 0.0, of),
                }
            }
            if (r.opacity - c.opacity).abs() > 0.02 {
                let words = format!("opacity {:.0} % became {:.0} %", r.opacity * 100.0, c.opacity * 100.0);
                other(K::Opacity, words, (r.opacity - c.opacity).abs() * 100.0, 2.0, of);
            }
            if !same_stroke(r, c, &place)
                && let (Some(a), Some(b)) = (&r.stroke, &c.stroke)
            {
                let scale = (place[0] * place[4] - place[1] * place[3]).abs().sqrt();
                let ratio = b.width / (a.width * scale).max(1e-9);
                let words = if (ratio - 1.0).abs() > 0.03 {
                    format!("outline is {:.0} % as wide", ratio * 100.0)
                } else {
                    "outline has other ends".to_owned()
                };
                other(K::Changed, words, (ratio - 1.0).abs() * 100.0, 3.0, of);
            }
            for e in c.effects.iter().filter(|e| !r.effects.contains(e)) {
                let (kind, words) = effect_words(*e);
                other(kind, format!("{words} was added"), 1.0, 0.0, of);
            }
            for e in r.effects.iter().filter(|e| !c.effects.contains(e)) {
                other(K::Removed, format!("{} was removed", effect_words(*e).1), 1.0, 0.0, of);
            }
        }
        let kind = recolouring(
            &recoloured.iter().map(|r| (r.from, r.to)).collect::<Vec<_>>(),
            recoloured.iter().map(|r| r.shapes).sum::<usize>() == count,
        );
        for Recoloured { from, to, of, shapes, what } in recoloured {
            let words = format!("{what} {} became {} in {shapes} of {count} shapes", hex(from), hex(to));
            self.add(kind, words, shapes as f32, 0.0, &of);
        }
        for (kind, words, measured, allowed, of, shapes) in others {
            self.add(kind, format!("{words} in {shapes} of {count} shapes"), measured, allowed, &of);
        }
    }

    /// Outlines without their own: moved, changed, added, removed. Returns what the changed ones count towards being the same.
    fn outlines(&mut self) -> f32 {
        let place = self.matched.place;
        let missing: Vec<usize> =
            (0..self.matched.pairs.len()).filter(|i| self.matched.pairs[*i].is_none() && is_seen(&self.reference.outlines[*i])).collect();
        let mut extra: Vec<usize> =
            (0..self.matched.used.len()).filter(|i| !self.matched.used[*i] && is_seen(&self.candidate.outlines[*i])).collect();
        let [w, h] = self.candidate.frame;
        let frame = Area { low: [0.0; 2], high: [w, h] };
        let (mut moved, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
        let (mut furthest, mut credit) = (0.0f32, 0.0f32);
        for i in missing {
            let r = &self.reference.outlines[i];
            let points: Vec<Point> = r.points.iter().map(|p| apply(&place, *p)).collect();
            let area = Area::of(points.iter().copied());
            let style = &self.reference.styles[r.style];
            let other = |c: &Outline| {
                let c = &self.candidate.styles[c.style];
                !same_paint(&style.paint, &c.paint, &place)
            };
            let shifted = |c: &Outline| {
                let by = [c.area.low[0] - area.low[0], c.area.low[1] - area.low[1]];
                let there: Vec<Point> = points.iter().map(|p| [p[0] + by[0], p[1] + by[1]]).collect();
                (c.area.near(&Area::of(there.iter().copied()), TOLERANCE) && same_outline(&there, &c.points)).then_some(by[0].hypot(by[1]))
            };
            let of_role = extra.iter().copied().filter(|c| self.candidate.outlines[*c].role == r.role);
            let as_large = |c: &usize| {
                let c = &self.candidate.outlines[*c].area;
                (c.width() - area.width()).abs() <= TOLERANCE * 2.0 && (c.height() - area.height()).abs() <= TOLERANCE * 2.0
            };
            let move_of = of_role.clone().filter(as_large).take(ALIKE).filter_map(|c| Some((c, shifted(&self.candidate.outlines[c])?)));
            if let Some((c, by)) = move_of.min_by(|a, b| a.1.total_cmp(&b.1)) {
                furthest = furthest.max(by);
                moved.push(c);
                credit += weight(r) * 0.5;
                extra.retain(|e| *e != c);
                continue;
            }
            // In its place and painted alike: overlapping for the most part.
            let overlap = |c: usize| {
                let c = &self.candidate.outlines[c].area;
                let shared = area.shared(c);
                shared / (area.width() * area.height() + c.width() * c.height() - shared).max(1e-12)
            };
            let change = of_role.filter(|c| !other(&self.candidate.outlines[*c])).map(|c| (c, overlap(c))).filter(|c| c.1 > 0.3);
            match change.max_by(|a, b| a.1.total_cmp(&b.1)) {
                Some((c, share)) => {
                    changed.push(c);
                    credit += weight(r) * 0.3 * share;
                    extra.retain(|e| *e != c);
                }
                None => removed.push(i),
            }
        }
        let total = self.reference.outlines.len();
        if !moved.is_empty() {
            let percent = furthest * 100.0;
            let words = format!(
                "{} of {total} outlines moved, by up to {percent:.1} % of the drawing; allowed {:.2} %",
                moved.len(),
                TOLERANCE * 100.0
            );
            self.add(K::Changed, words, percent, TOLERANCE * 100.0, &moved);
        }
        if !changed.is_empty() {
            self.add(K::Changed, format!("{} of {total} outlines have another form", changed.len()), changed.len() as f32, 0.0, &changed);
        }
        if !removed.is_empty() {
            let ids = removed.iter().map(|i| &self.reference.styles[self.reference.outlines[*i].style].id);
            let first = ids.filter_map(|id| self.reference.elements.get(id)).min_by_key(|e| e.span.start);
            let of = first.map_or(String::new(), |e| format!(": `{}` of the supplied drawing", e.name));
            self.add(K::Removed, format!("{} of {total} outlines are missing{of}", removed.len()), removed.len() as f32, 0.0, &[]);
            let areas = removed.iter().map(|i| Area::of(self.reference.outlines[*i].points.iter().map(|p| apply(&place, *p))));
            let region = self.region(&areas.fold(Area::NONE, Area::with));
            if let Some(edit) = self.edits.last_mut() {
                edit.alteration.region = Some(region);
            }
        }
        // Behind everything, and as large as the picture: a background. On what is there already: an outline.
        let first = self.matched.used.iter().position(|u| *u).unwrap_or(usize::MAX);
        let (ground, rest): (Vec<usize>, Vec<usize>) = extra.into_iter().partition(|c| {
            let o = &self.candidate.outlines[*c];
            *c < first && o.role == Role::Fill && covers(&o.area, &frame)
        });
        for c in ground {
            let paint = &self.candidate.styles[self.candidate.outlines[c].style].paint;
            let ground = if let Paint::Colour(c) = paint { Ground::Colour(*c) } else { Ground::Other };
            self.add(K::Background, format!("a background of {} was added", paint_words(paint)), 1.0, 0.0, &[c]);
            if let Some(edit) = self.edits.last_mut() {
                edit.ground = Some(ground);
            }
        }
        let is_used = |o: &Outline| {
            let same = self.candidate.outlines.iter().zip(&self.matched.used).filter(|(p, u)| **u && p.role == Role::Fill);
            same.filter(|(p, _)| p.area.near(&o.area, TOLERANCE)).take(ALIKE).any(|(p, _)| same_outline(&p.points, &o.points))
        };
        let of = |role: Role| rest.iter().copied().filter(|c| self.candidate.outlines[*c].role == role).collect::<Vec<_>>();
        let (lines, drawn): (Vec<usize>, Vec<usize>) = of(Role::Stroke).into_iter().partition(|c| is_used(&self.candidate.outlines[*c]));
        let added: Vec<usize> = of(Role::Fill).into_iter().chain(drawn).collect();
        for (list, kind, words) in [
            (lines, K::Outline, "outlines were drawn around shapes"),
            (added, K::Added, "outlines were added"),
            (of(Role::Clip), K::Crop, "clipping paths were added"),
            (of(Role::Mask), K::Changed, "masks were added"),
        ] {
            if !list.is_empty() {
                self.add(kind, format!("{} {words} to {total}", list.len()), list.len() as f32, 0.0, &list);
            }
        }
        credit / self.reference.outlines.iter().map(weight).sum::<f32>().max(1e-9)
    }

    /// Shapes that are now in front of what they were behind, and seen so.
    fn order(&mut self) {
        let pairs: Vec<(usize, usize)> = self.matched.pairs.iter().enumerate().filter_map(|(i, c)| Some((i, (*c)?))).collect();
        let mut raised: Vec<usize> = Vec::new();
        // Without an inversion between neighbours there is none at all.
        if pairs.is_sorted_by_key(|p| p.1) {
            return;
        }
        for (n, (i, a)) in pairs.iter().enumerate() {
            for (j, b) in &pairs[n + 1..] {
                if a < b {
                    continue;
                }
                let (r, s) = (&self.reference.outlines[*i], &self.reference.outlines[*j]);
                let other =
                    !same_paint(&self.reference.styles[r.style].paint, &self.reference.styles[s.style].paint, &super::place::IDENTITY);
                let painted = |role: Role| matches!(role, Role::Fill | Role::Stroke);
                let large = r.area.diagonal().min(s.area.diagonal()) > 0.03;
                let least = (r.area.width() * r.area.height()).min(s.area.width() * s.area.height());
                if other && large && painted(r.role) && painted(s.role) && r.style != s.style && r.area.shared(&s.area) > 0.2 * least {
                    raised.push(*a);
                    break;
                }
            }
        }
        if !raised.is_empty() {
            let words = format!("{} of {} outlines are in front of what they were behind", raised.len(), pairs.len());
            self.add(K::Changed, words, raised.len() as f32, 0.0, &raised);
        }
    }
}

/// Whether an outline is larger than what rounding makes of it.
fn is_seen(outline: &Outline) -> bool {
    outline.area.diagonal() > TOLERANCE * 1.5
}

fn covers(area: &Area, frame: &Area) -> bool {
    (0..2).all(|i| area.low[i] <= frame.low[i] + 0.01 && area.high[i] >= frame.high[i] - 0.01)
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn paint_words(paint: &Paint) -> String {
    match paint {
        Paint::Colour(c) => hex(*c),
        Paint::Gradient { stops, .. } => {
            let ends = stops.first().zip(stops.last()).map(|(a, b)| format!(" {} to {}", hex(a.1), hex(b.1)));
            format!("a gradient{}", ends.unwrap_or_default())
        }
        Paint::Pattern(_) => "a pattern".to_owned(),
        Paint::Image(_) => "an image".to_owned(),
    }
}

fn effect_words(effect: Effect) -> (K, String) {
    match effect {
        Effect::Shadow => (K::Shadow, "a shadow".to_owned()),
        Effect::Blur => (K::Blur, "a blur".to_owned()),
        Effect::Blend(_) => (K::Changed, "a blend mode".to_owned()),
        Effect::Filter => (K::Changed, "a filter".to_owned()),
    }
}

/// What sort of recolouring it is.
fn recolouring(pairs: &[([u8; 3], [u8; 3])], all: bool) -> K {
    let hsl = |[r, g, b]: [u8; 3]| {
        let [r, g, b] = [r, g, b].map(f32::from);
        let (max, min) = (r.max(g).max(b), r.min(g).min(b));
        let d = max - min;
        let hue = match () {
            () if d < 12.0 => None,
            () if max == r => Some(((g - b) / d).rem_euclid(6.0) * 60.0),
            () if max == g => Some((b - r) / d * 60.0 + 120.0),
            () => Some((r - g) / d * 60.0 + 240.0),
        };
        (hue, max + min)
    };
    let apart = |a: f32, b: f32| ((a - b + 180.0).rem_euclid(360.0) - 180.0).abs();
    let to: Vec<Option<f32>> = pairs.iter().map(|p| hsl(p.1).0).collect();
    let coloured = pairs.iter().filter(|p| hsl(p.0).0.is_some()).count();
    let one = to.first().copied().flatten();
    match () {
        () if !all && pairs.len() == 1 => K::PartRecoloured,
        () if coloured > 0 && to.iter().all(Option::is_none) => K::Mono,
        () if pairs.len() > 1 && one.is_some_and(|h| to.iter().all(|t| t.is_some_and(|t| apart(t, h) < 12.0))) => K::Tint,
        () if !all => K::PartRecoloured,
        () if pairs
            .iter()
            .all(|p| matches!((hsl(p.0).0, hsl(p.1).0), (Some(a), Some(b)) if apart(a, b) < 12.0) || hsl(p.0).0 == hsl(p.1).0) =>
        {
            K::Tone
        }
        () => K::Hue,
    }
}
