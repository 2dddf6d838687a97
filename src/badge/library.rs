//! The supplied images, prepared for comparing.

use super::affine::Affine;
use super::align::View;
use super::find::Candidate;
use super::intake::is_tiny;
use super::locate::{self, Place};
use super::measure::{Measured, bounds, measure, view};
use super::parts::Part;
use super::prepare::{LEVELS, Prepared, level_side};
use super::{Alteration, AlterationKind, Comparison, Encoding, Mark, Picture, Region, Verdict, decide};
use image::RgbaImage;
use std::sync::{Arc, OnceLock};

/// One file of one supplied image.
#[derive(Clone, Debug)]
pub struct Reference {
    /// What it is known by in the register: the entry's id. Several references may share one (its files and variants).
    pub id: String,
    /// The family it belongs to.
    pub family: Option<String>,
    /// The tier it stands for, as written in the register.
    pub tier: Option<String>,
    /// Whether it was retired.
    pub retired: bool,
    /// Its file's SHA-256.
    pub sha256: [u8; 32],
    /// The picture.
    pub picture: Picture,
    /// Its file's bytes, if it is a drawing that other drawings are to be held against by their shapes.
    pub drawing: Option<Arc<[u8]>>,
    /// The least width in pixels at which it may be used.
    pub min_width: Option<f32>,
    /// Free space around it, as a share of its height.
    pub clear_space: Option<f32>,
    /// Colours it may stand on, sRGB; none: any.
    pub backgrounds: Option<Vec<[u8; 3]>>,
    /// How many times its own size it may be enlarged to, for pictures of pixels.
    pub max_upscale: Option<f32>,
}

/// What is known of where a picture is used.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Setting {
    /// The colour of what is behind it, sRGB, if known: what shows through where it is transparent.
    pub behind: Option<[u8; 3]>,
}

/// The supplied images.
#[derive(Debug, Default)]
pub struct Library {
    references: Vec<Reference>,
    prepared: Vec<Option<Prepared>>,
    parts: OnceLock<Vec<Part>>,
    pub(super) keys: super::drawings::Keys,
}

/// How many supplied images are tried again at a place where none fits well.
const AGAIN: usize = 4;

/// Marks whose boxes overlap by more than this (intersection for union) are one.
const SAME_PLACE: f64 = 0.7;

/// A mark on its way to a verdict.
pub(super) struct Seen {
    pub place: Place,
    pub measured: Measured,
    pub visible: (f64, [f64; 4]),
    /// Width and height of its content in pixels of the candidate, and of the file that was supplied.
    pub size: (f64, f64),
    pub native: (f64, f64),
    /// It is a plain sign, and has other colours here.
    pub plain: bool,
}

/// Whether an image is at a place surely enough for what lies in it to be a part of it.
fn holds(place: &Place) -> bool {
    place.structure.recall > 0.85 && (place.structure.precision > 0.7 || place.explained > 0.9)
}

/// Whether one box lies in another that is larger.
fn is_part(own: Option<locate::Bounds>, other: Option<locate::Bounds>) -> bool {
    let (Some(own), Some(other)) = (own, other) else { return false };
    let area = |b: locate::Bounds| (b.2 - b.0) * (b.3 - b.1);
    area(other) > 1.2 * area(own) && locate::within(own, other) > 0.85
}

/// Which marks stand where another one fits better. `sums`: how far each is from a copy. Guesses that began in different boxes may be
/// aligned to the same place.
fn doubled(boxes: &[Option<locate::Bounds>], sums: &[f32]) -> Vec<bool> {
    let same = |a: Option<locate::Bounds>, b: Option<locate::Bounds>| a.zip(b).is_some_and(|(a, b)| locate::overlap(a, b) > SAME_PLACE);
    let better = |o: usize, i: usize| sums[o].total_cmp(&sums[i]).then(o.cmp(&i)).is_lt();
    (0..boxes.len()).map(|i| (0..boxes.len()).any(|o| o != i && better(o, i) && same(boxes[o], boxes[i]))).collect()
}

impl Library {
    /// Prepares images for comparing. Work that can be done once is done here.
    pub fn new(references: Vec<Reference>) -> Library {
        let prepared = references.iter().map(Prepared::new).collect();
        let keys = references.iter().map(|_| Default::default()).collect();
        Library { references, prepared, parts: OnceLock::new(), keys }
    }

    /// Where the content of an image lies in its file: left, top, width, height.
    pub(super) fn content(&self, reference: usize) -> Option<(f64, f64, f64, f64)> {
        Some(self.prepared.get(reference)?.as_ref()?.content)
    }

    /// The images, in the order given.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Which of the images a picture shows, and how it differs from them.
    ///
    /// `sha256` is that of the file's bytes: of an image supplied as it is, nothing else needs to be compared.
    pub fn compare(&self, picture: &Picture, sha256: &[u8; 32], setting: Setting) -> Comparison {
        let (w, h) = picture.pixels.dimensions();
        if let Some(i) = self.references.iter().position(|r| r.sha256 == *sha256) {
            let grounds: Vec<Alteration> = self.references[i].off_ground(picture, None, setting).into_iter().collect();
            let verdict = match self.references[i].retired {
                _ if !grounds.is_empty() => Verdict::Altered,
                true => Verdict::Outdated,
                false => Verdict::Identical,
            };
            let in_file = |v: u32| (f64::from(v) * f64::from(picture.scale)).round().max(1.0) as u32;
            let whole = Region { x: 0, y: 0, width: in_file(w), height: in_file(h) };
            let (x, y) = self.content(i).map_or((0.0, 0.0), |c| (c.0 as f32, c.1 as f32));
            let k = 1.0 / picture.scale;
            let place = [k, 0.0, x * k, 0.0, k, y * k];
            let mark = Mark { reference: i, verdict, region: whole, confidence: 1.0, alterations: grounds, unsure: None, place };
            return Comparison { marks: vec![mark] };
        }
        if w == 0 || h == 0 || is_tiny(w, h) || self.references.is_empty() {
            return Comparison::default();
        }
        let c = Candidate::new(&picture.pixels, setting.behind);
        let (places, spread) = locate::places(&c, &self.prepared);
        let marks = self
            .seen(&c, picture, &places)
            .into_iter()
            .filter_map(|s| decide::decide(&self.references[s.place.reference], self.supplied_width(s.place.reference), picture, &c, &s))
            .map(|mut mark| {
                let told = mark.alterations.iter().any(|a| a.kind == AlterationKind::Background);
                let ground = self.references[mark.reference].off_ground(picture, Some(mark.region), setting);
                if let Some(ground) = ground.filter(|_| !told) {
                    mark.alterations.push(ground);
                    if matches!(mark.verdict, Verdict::Copy | Verdict::Outdated) {
                        mark.verdict = Verdict::Altered;
                    }
                }
                mark
            });
        let mut marks: Vec<Mark> = marks.collect();
        if f64::from(w.max(h)) > locate::ICON {
            self.parted(&c, picture, &spread, &mut marks);
        }
        Comparison { marks }
    }

    /// The parts of the images that have such, but for those that were retired.
    pub(super) fn parts(&self) -> &[Part] {
        self.parts.get_or_init(|| {
            let of = |i: usize| {
                let picture = &self.references[i].picture;
                Part::of(i, &picture.pixels, f64::from(picture.scale), self.prepared[i].as_ref()?)
            };
            (0..self.references.len()).filter(|i| !self.references[*i].retired).filter_map(of).flatten().collect()
        })
    }

    /// The marks in a candidate, measured.
    pub(super) fn seen(&self, c: &Candidate, picture: &Picture, places: &[Place]) -> Vec<Seen> {
        let order = self.wholes_first(places);
        let mut done: Vec<locate::Bounds> = Vec::new();
        let mut out: Vec<Seen> = Vec::new();
        let mut rest: Vec<(locate::Bounds, Seen)> = Vec::new();
        for (place, whole) in order {
            let again = |(at, seen): &(locate::Bounds, Seen), own: locate::Bounds| {
                seen.place.reference == place.reference && locate::overlap(*at, own) > 0.9
            };
            let Some(p) = &self.prepared[place.reference] else { continue };
            let at = bounds(p, &place.map);
            if done.iter().any(|d| locate::overlap(*d, at) > 0.25 || locate::within(at, *d) > 0.8)
                || rest.iter().any(|r| again(r, at))
                || !decide::may_be(place)
            {
                continue;
            }
            // The others at the same place: tiers and variants of one family differ in little.
            let rivals: Vec<&Place> = places
                .iter()
                .filter(|o| {
                    let Some(q) = &self.prepared[o.reference] else { return false };
                    locate::overlap(bounds(q, &o.map), at) > 0.6 && o.structure.score() > place.structure.score() - 0.12
                })
                .collect();
            let close_up =
                |b: locate::Bounds, ground| view(c, b, level_side(LEVELS[2], (b.2 - b.0) / (b.3 - b.1).max(1.0)), c.beyond(ground));
            let shared = close_up(at, place.ground);
            let mut best: Option<(f64, Place)> = None;
            let mut close: Vec<(f64, Place)> = Vec::new();
            let mut tried: Vec<usize> = Vec::new();
            for rival in rivals {
                let Some(q) = &self.prepared[rival.reference] else { continue };
                let b = bounds(q, &rival.map);
                let frame = q.frame(2, rival.ground);
                let same = locate::overlap(b, at) >= 0.8 && c.beyond(rival.ground) == c.beyond(place.ground);
                let own = (!same).then(|| close_up(b, rival.ground));
                let v = own.as_ref().unwrap_or(&shared);
                let (map, likeness) = locate::settled(&frame, v, rival.map, 6);
                tried.push(rival.reference);
                let place = Place { map, likeness, ..*rival };
                let (cost, place) = locate::cost(&frame, v, place);
                close.push((cost, place));
                if best.as_ref().is_none_or(|b| cost < b.0) {
                    best = Some((cost, place));
                }
            }
            if let Some((cost, first)) = best {
                best = Some(self.again(cost, first, places, at, &shared));
            }
            if let Some((_, first)) = best {
                for other in self.kin(&first, &shared, &tried) {
                    close.push(other);
                    if best.as_ref().is_none_or(|b| other.0 < b.0) {
                        best = Some(other);
                    }
                }
            }
            best = best.map(|b| self.mirrored(b, close_up));
            let Some((least, mut first)) = best else { continue };
            if let Some(q) = &self.prepared[first.reference] {
                first.explained = locate::Explained::new(q.frame(0, first.ground)).at(&shared, &first.map, 1);
            }
            // What the points say counts for the same map, however it was found.
            let same = |o: &&Place| o.reference == first.reference && (o.map.size() / first.map.size()).ln().abs() < 0.06;
            let agree = places.iter().filter(same).filter(|o| locate::overlap(bounds(p, &o.map), at) > 0.6).map(|o| o.agree);
            first.agree = agree.max().unwrap_or(0);
            close.retain(|(cost, p)| *cost < least + 2.5 && p.reference != first.reference && p.structure.recall > 0.9);
            close.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut best = self.measured(c, first, picture);
            if let Some(filling) = self.filling(c, &first)
                && let Some(q) = &self.prepared[first.reference]
            {
                let v = close_up(bounds(q, &filling), first.ground);
                let frame = q.frame(2, first.ground);
                let (map, likeness) = super::align::refine(&frame, &v, filling, 0, true);
                let (_, place) = locate::cost(&frame, &v, Place { map, likeness, ..first });
                if let Some(seen) = self.measured(c, place, picture)
                    && best.as_ref().is_none_or(|b| super::alterations::beyond(&seen.measured) < super::alterations::beyond(&b.measured))
                {
                    best = Some(seen);
                }
            }
            // Those that differ in less than that shows are told apart by measuring.
            for (_, other) in close.iter().take(2) {
                if let Some(seen) = self.measured(c, *other, picture)
                    && best.as_ref().is_none_or(|b| seen.measured.sum() < b.measured.sum())
                {
                    best = Some(seen);
                }
            }
            // What only seemed to hold others leaves them to be looked at.
            if !whole || best.as_ref().is_some_and(|b| holds(&b.place)) {
                done.push(at);
                out.extend(best);
            } else if let Some(best) = best {
                rest.push((at, best));
            }
        }
        // Unless nothing of them is there.
        for (at, seen) in rest {
            let part = |s: &Seen| {
                let q = self.prepared[s.place.reference].as_ref();
                q.is_some_and(|q| holds(&s.place) && locate::within(bounds(q, &s.place.map), at) > 0.8)
            };
            if !done.iter().any(|d| locate::overlap(*d, at) > 0.25) && !out.iter().any(part) {
                done.push(at);
                out.push(seen);
            }
        }
        self.alone(out)
    }

    /// The rest of a reference's family in the same place, but for those tried already: tiers may differ in one word. With what each costs.
    fn kin(&self, first: &Place, v: &View, tried: &[usize]) -> Vec<(f64, Place)> {
        let own = &self.references[first.reference];
        let Some(p) = &self.prepared[first.reference] else { return Vec::new() };
        let mut out = Vec::new();
        for (r, q) in self.prepared.iter().enumerate() {
            let Some(q) = q else { continue };
            let kin = own.family.is_some() && self.references[r].family == own.family || self.references[r].id == own.id;
            if tried.contains(&r) || !kin || (q.aspect() / p.aspect()).ln().abs() > 0.05 {
                continue;
            }
            let map = Affine::scale(p.content.2 / q.content.2, p.content.3 / q.content.3).then(&first.map);
            let frame = q.frame(2, first.ground);
            let (map, likeness) = super::align::refine(&frame, v, map, 2, false);
            out.push(locate::cost(&frame, v, Place { reference: r, map, likeness, ..*first }));
        }
        out
    }

    /// Places that hold others first, and whether they do: a sign fits better than the mark of which it is a part, if that was altered.
    fn wholes_first<'p>(&self, places: &'p [Place]) -> Vec<(&'p Place, bool)> {
        let boxes: Vec<Option<locate::Bounds>> =
            places.iter().map(|p| Some(bounds(self.prepared[p.reference].as_ref()?, &p.map))).collect();
        let whole = |i: usize| holds(&places[i]) && (0..places.len()).any(|o| is_part(boxes[o], boxes[i]));
        let mut order: Vec<(&Place, bool)> = (0..places.len()).map(|i| (&places[i], whole(i))).collect();
        order.sort_by_key(|(_, whole)| !whole);
        order
    }

    /// Without the marks that are parts of others, such as a sign that was supplied alone, and with its word; and one of those that two
    /// guesses led to the same place.
    fn alone(&self, seen: Vec<Seen>) -> Vec<Seen> {
        let boxes: Vec<Option<locate::Bounds>> =
            seen.iter().map(|s| Some(bounds(self.prepared[s.place.reference].as_ref()?, &s.place.map))).collect();
        let sums: Vec<f32> = seen.iter().map(|s| s.measured.sum()).collect();
        let again = doubled(&boxes, &sums);
        let part = |i: usize| again[i] || (0..seen.len()).any(|o| !again[o] && holds(&seen[o].place) && is_part(boxes[i], boxes[o]));
        let parts: Vec<bool> = (0..seen.len()).map(part).collect();
        seen.into_iter().zip(parts).filter(|(_, part)| !part).map(|(s, _)| s).collect()
    }

    /// What was found at a place, or what explains much more of the colours there, if its edges fit badly.
    fn again(&self, cost: f64, first: Place, places: &[Place], at: locate::Bounds, v: &View) -> (f64, Place) {
        let mut best = (cost, first);
        let fits = first.structure.score() > 0.93 && first.structure.missing.max(first.structure.extra) < 0.12;
        let Some(own) = self.prepared[first.reference].as_ref().filter(|_| !fits || first.likeness < 0.9) else { return best };
        best.1.explained = locate::Explained::new(own.frame(0, first.ground)).at(v, &first.map, 1);
        if best.1.explained > 0.95 {
            return best;
        }
        // A part of it always explains more of less.
        let here = |o: &&Place| {
            let Some(q) = &self.prepared[o.reference] else { return false };
            let b = bounds(q, &o.map);
            locate::overlap(b, at) > 0.35 && !(holds(&first) && is_part(Some(b), Some(at)))
        };
        let mut boxes: Vec<locate::Bounds> = vec![at];
        for place in places.iter().filter(here) {
            if boxes.len() < AGAIN && boxes.iter().all(|b| locate::overlap(*b, place.boxed) < 0.95) {
                boxes.push(place.boxed);
            }
        }
        let mut tried: Vec<usize> = Vec::new();
        for place in std::iter::once(&first).chain(places.iter().filter(here)) {
            if tried.len() >= AGAIN || tried.contains(&place.reference) {
                continue;
            }
            tried.push(place.reference);
            let Some(p) = &self.prepared[place.reference] else { continue };
            if let Some(other) = locate::again(p, v, place, &boxes).filter(|o| o.explained > 0.8 && o.explained > best.1.explained + 0.04) {
                best = locate::cost(&p.frame(2, other.ground), v, other);
            }
        }
        best
    }

    /// Where it is if the file is the supplied one in another size, as most copies are, and the place that was found is about there: at
    /// the file's borders there is no edge to align by. `None` if it was found just there.
    fn filling(&self, c: &Candidate, found: &Place) -> Option<Affine> {
        let p = self.prepared[found.reference].as_ref()?;
        let supplied = &self.references[found.reference].picture;
        let (w, h) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
        let own = |v: u32| f64::from(v) * f64::from(supplied.scale);
        let (kx, ky) = (w / own(supplied.pixels.width()), h / own(supplied.pixels.height()));
        let map = Affine([kx, 0.0, kx * p.content.0, 0.0, ky, ky * p.content.1]);
        let (there, at) = (bounds(p, &map), bounds(p, &found.map));
        let (turn, mirrored) = found.map.turn();
        let off = (there.0 - at.0).abs().max((there.1 - at.1).abs()).max((there.2 - at.2).abs()).max((there.3 - at.3).abs());
        let turned = mirrored || turn.abs() > 0.3;
        let least = if turned { 0.5 } else { 0.8 };
        let likely = (kx / ky - 1.0).abs() < 1.2 / w.min(h) && locate::overlap(there, at) > least;
        (likely && (off > 0.3 || turned)).then_some(map)
    }

    /// The same place mirrored, if that explains what does not fit.
    fn mirrored(&self, (cost, first): (f64, Place), close_up: impl Fn(locate::Bounds, [f32; 3]) -> View) -> (f64, Place) {
        let mut best = (cost, first);
        let Some(q) = self.prepared[first.reference].as_ref().filter(|_| first.structure.missing > 0.1) else { return best };
        let v = close_up(bounds(q, &first.map), first.ground);
        let frame = q.frame(2, first.ground);
        for (x, y) in [(-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)] {
            let flip = Affine([x, 0.0, if x < 0.0 { q.content.2 } else { 0.0 }, 0.0, y, if y < 0.0 { q.content.3 } else { 0.0 }]);
            let (map, likeness) = super::align::refine(&frame, &v, flip.then(&first.map), 6, false);
            let other = locate::cost(&frame, &v, Place { map, likeness, ..first });
            if other.0 < 0.7 * cost && other.0 < best.0 {
                best = other;
            }
        }
        best
    }

    fn measured(&self, c: &Candidate, place: Place, picture: &Picture) -> Option<Seen> {
        let p = self.prepared[place.reference].as_ref()?;
        let visible = super::measure::visible(c, p, &place.map);
        let (lx, ly) = place.map.lengths();
        let native = (p.content.2, p.content.3);
        let size = (native.0 * lx, native.1 * ly);
        decide::shows(&place, visible.0, size)?;
        let measured = measure(c, p, &place.map, picture.encoding, self.clear(place.reference, &place.map))?;
        let plain = measured.is_recoloured() && p.is_plain();
        Some(Seen { place, measured, visible, size, native, plain })
    }

    /// The width in pixels of the largest file of the same image; `None` if a drawing is among them, which has no size.
    fn supplied_width(&self, reference: usize) -> Option<f64> {
        let id = &self.references[reference].id;
        let own = self.references.iter().zip(&self.prepared).filter(|(r, _)| r.id == *id);
        let mut widest = 0.0_f64;
        for (r, p) in own {
            if r.picture.encoding == Encoding::Svg {
                return None;
            }
            widest = widest.max(p.as_ref().map_or(0.0, |p| p.content.2));
        }
        Some(widest)
    }

    /// Pixels of the candidate that have to be free around a mark.
    fn clear(&self, reference: usize, map: &Affine) -> f64 {
        let r = &self.references[reference];
        let height = self.prepared[reference].as_ref().map_or(0.0, |p| p.content.3);
        r.clear_space.map_or(0.0, |share| f64::from(share) * height * map.lengths().1)
    }

    /// What a mark's reference should look like at its size, the candidate, and where they differ, side by side.
    pub fn picture_of(&self, picture: &Picture, mark: &Mark) -> RgbaImage {
        let c = Candidate::new(&picture.pixels, None);
        let found = Affine(mark.place.map(f64::from));
        let bent = mark.alterations.iter().any(|a| a.kind.group() == super::Group::Geometry);
        let measured = self.prepared.get(mark.reference).and_then(Option::as_ref).and_then(|p| {
            let map = if bent { found.straightened((p.content.2, p.content.3)) } else { found };
            measure(&c, p, &map, picture.encoding, self.clear(mark.reference, &map))
        });
        measured.map_or_else(|| picture.pixels.clone(), |m| super::panels::panels(&m))
    }

    /// What was measured, for those who tune the limits.
    #[doc(hidden)]
    pub fn report(&self, picture: &Picture) -> Vec<String> {
        let c = Candidate::new(&picture.pixels, None);
        let seen = self.seen(&c, picture, &locate::places(&c, &self.prepared).0);
        seen.iter().map(|s| format!("{} {}", self.references[s.place.reference].id, decide::numbers(picture, s))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_marks_at_one_place_the_better_stays() {
        let at = |x: f64| Some((x, 70.0, x + 172.0, 242.0));
        assert_eq!(doubled(&[at(549.0), at(547.0), at(100.0), None], &[0.4, 61.0, 80.0, 0.1]), [false, true, false, false]);
        assert_eq!(doubled(&[at(547.0), at(549.0)], &[2.0, 2.0]), [false, true], "the likelier of equals, and never none");
    }
}
