//! Drawings held against the supplied drawings by their shapes, before any pixels: exact, and able to name the element that was edited.

use super::affine::Affine;
use super::ground::{is_open, off};
use super::measure::bounds_of;
use super::svg::{self, Drawing, DrawingKey, Edit, Ground};
use super::{Alteration, AlterationKind, Comparison, Encoding, Group, Library, Limits, Mark, Picture, Reference, Region, Setting, Verdict};
use std::sync::OnceLock;

/// The least share of outlines that both drawings have: of less, pixels tell more.
const ALIKE: f32 = 0.75;
/// The most edits that are named.
const EDITS: usize = 12;

/// The supplied drawings in the form in which they are compared, each made when it is first needed; in the order of the references.
pub(super) type Keys = Vec<OnceLock<Option<DrawingKey>>>;

/// A supplied drawing that a candidate may show.
struct Found {
    reference: usize,
    drawing: Drawing,
    /// What is no edit where the register permits it is left out.
    edits: Vec<Edit>,
}

impl Library {
    /// The same for a file, whose bytes tell more if it is a drawing and one of the images is too: where the shapes are those of a supplied
    /// drawing, or nearly, no pixels are needed to tell what was edited.
    pub fn compare_file(&self, bytes: &[u8], picture: &Picture, sha256: &[u8; 32], setting: Setting) -> Comparison {
        let mut comparison = self.compare_drawing(bytes, picture, sha256, setting);
        if picture.encoding == Encoding::Svg {
            comparison.marks.iter_mut().for_each(|m| self.changes_itself(bytes, m));
        }
        comparison
    }

    /// What a drawing does to itself when it is shown, unless the image was supplied so: it is drawn here at rest, in light colours.
    fn changes_itself(&self, bytes: &[u8], mark: &mut Mark) {
        let supplied = self.references().get(mark.reference).and_then(|r| r.drawing.as_deref());
        let is_new = |has: fn(&[u8]) -> bool| has(bytes) && !supplied.is_some_and(has);
        if !matches!(mark.verdict, Verdict::Copy | Verdict::Outdated) {
            return;
        }
        if is_new(svg::recolours_itself) {
            let words = "it recolours itself where dark colours are preferred; allowed: not at all".to_owned();
            mark.verdict = Verdict::Altered;
            mark.alterations.push(Alteration { kind: AlterationKind::Tint, words, measured: 1.0, allowed: 0.0, region: None, span: None });
        } else if is_new(svg::has_script) {
            mark.verdict = Verdict::Unsure;
            mark.unsure = Some("a script in it may change it".to_owned());
        }
    }

    fn compare_drawing(&self, bytes: &[u8], picture: &Picture, sha256: &[u8; 32], setting: Setting) -> Comparison {
        let known = self.references().iter().any(|r| r.sha256 == *sha256);
        let drawn = picture.encoding == Encoding::Svg && picture.frames == 1 && !known;
        match drawn.then(|| self.by_shapes(bytes, picture, setting)).flatten() {
            Some((mark, false)) => Comparison { marks: vec![mark] },
            Some((mark, true)) => {
                let other = self.compare(picture, sha256, setting);
                let copy = |m: &Mark| matches!(m.verdict, Verdict::Copy | Verdict::Outdated);
                if other.marks.first().is_some_and(|m| copy(m) && self.may_overrule(&mark, m)) {
                    return other;
                }
                Comparison { marks: vec![mark] }
            }
            None => self.compare(picture, sha256, setting),
        }
    }

    /// Whether what pixels say goes before what shapes say: the supplied image that they find has no shapes to compare, or only outlines
    /// differ, which other programs draw anew.
    fn may_overrule(&self, by_shapes: &Mark, by_pixels: &Mark) -> bool {
        let of = |m: &Mark| self.references().get(m.reference);
        let (Some(one), Some(other)) = (of(by_shapes), of(by_pixels)) else { return false };
        let outlines = by_shapes.alterations.iter().all(|a| a.kind == AlterationKind::Changed);
        other.drawing.is_none() || outlines && one.id == other.id
    }

    /// The supplied drawing that a drawing shows, and whether pixels have to be asked as well.
    fn by_shapes(&self, bytes: &[u8], picture: &Picture, setting: Setting) -> Option<(Mark, bool)> {
        self.references().iter().find(|r| r.drawing.is_some())?;
        let candidate = DrawingKey::new(bytes, &Limits::default()).ok()?;
        let mut best: Option<Found> = None;
        for (reference, r) in self.references().iter().enumerate() {
            let (Some(own), Some(key)) = (&r.drawing, self.keys.get(reference)) else { continue };
            let key = key.get_or_init(|| DrawingKey::new(own, &Limits::default()).ok());
            let Some(drawing) = key.as_ref().and_then(|k| k.edits(&candidate)) else { continue };
            let edits = edits(r, &drawing, picture, setting);
            let found = Found { reference, drawing, edits };
            if best.as_ref().is_none_or(|b| self.rank(&found) > self.rank(b)) {
                best = Some(found);
            }
        }
        let Found { reference, drawing, edits } = best.filter(|b| b.drawing.similarity >= ALIKE && b.edits.len() <= EDITS)?;
        let (place, content) = self.place(reference, &drawing, picture)?;
        let region = region(content, &place, picture);
        // What stands beside a mark is none of it; how near it may stand is told by pixels.
        let beside = |e: &Edit| e.alteration.kind == AlterationKind::Added && e.alteration.region.is_none_or(|r| !within(r, region));
        if edits.iter().any(beside) {
            return None;
        }
        // Other colours throughout and other content: another drawing on the same template, perhaps.
        let is =
            |group: Group| edits.iter().any(|e| e.alteration.kind.group() == group && e.alteration.kind != AlterationKind::PartRecoloured);
        if is(Group::Colour) && is(Group::Content) {
            return None;
        }
        let r = &self.references()[reference];
        let verdict = match edits.is_empty() {
            false => Verdict::Altered,
            true if r.retired => Verdict::Outdated,
            true => Verdict::Copy,
        };
        let alterations = edits.into_iter().map(|e| Alteration { span: e.span, ..e.alteration }).collect::<Vec<_>>();
        let outlines = alterations.iter().all(|a| a.kind == AlterationKind::Changed);
        let ask = verdict == Verdict::Altered && (outlines || self.references().iter().any(|r| r.drawing.is_none()));
        let place = place.0.map(|v| v as f32);
        Some((Mark { reference, verdict, region, confidence: drawing.similarity, alterations, unsure: None, place }, ask))
    }

    /// The larger is the likelier: the same drawing first, a current one before a retired one; then what has the most outlines in common,
    /// with the fewest edits.
    fn rank(&self, f: &Found) -> (bool, i32, std::cmp::Reverse<usize>, bool) {
        let same = f.edits.is_empty();
        let similarity = if same { 100 } else { (f.drawing.similarity * 100.0).round() as i32 };
        let retired = self.references().get(f.reference).is_some_and(|r| r.retired);
        (same, similarity, std::cmp::Reverse(f.edits.len()), !retired)
    }

    /// The map from a reference's content to the candidate's pixels, with the size of the content.
    fn place(&self, reference: usize, drawing: &Drawing, picture: &Picture) -> Option<(Affine, (f64, f64))> {
        let content = self.content(reference)?;
        let own = &self.references()[reference].picture;
        let long = |p: &Picture| f64::from(p.pixels.width().max(p.pixels.height()));
        let unit = 1.0 / (long(own) * f64::from(own.scale)).max(1e-9);
        let to_unit = Affine::shift(content.0, content.1).then(&Affine::scale(unit, unit));
        let out = long(picture);
        let map = to_unit.then(&Affine(drawing.place.map(f64::from))).then(&Affine::scale(out, out));
        map.0.iter().all(|v| v.is_finite()).then_some((map, (content.2, content.3)))
    }
}

/// The edits that count: a background that the register allows is none, and one that shows through from behind may be.
fn edits(reference: &Reference, drawing: &Drawing, picture: &Picture, setting: Setting) -> Vec<Edit> {
    let allowed = reference.backgrounds.as_deref().filter(|b| !b.is_empty());
    let own = drawing.edits.iter().find_map(|e| e.ground.as_ref());
    let mut out: Vec<Edit> = drawing.edits.iter().filter(|e| e.ground.is_none()).cloned().collect();
    let Some(allowed) = allowed else { return out };
    let span = drawing.edits.iter().find(|e| e.ground.is_some()).and_then(|e| e.span.clone());
    let colour = match own {
        Some(Ground::Colour(c)) => Some(*c),
        Some(Ground::Other) => {
            out.extend(drawing.edits.iter().filter(|e| e.ground.is_some()).cloned());
            return out;
        }
        None => setting.behind.filter(|_| is_open(picture, None)),
    };
    if let Some(alteration) = colour.and_then(|c| off(allowed, c.map(f32::from))) {
        out.push(Edit { alteration: Alteration { span: span.clone(), ..alteration }, span, ground: None });
    }
    out
}

/// The box of a mark's content in pixels of the file, cut at its borders.
fn region((w, h): (f64, f64), map: &Affine, picture: &Picture) -> Region {
    let scale = f64::from(picture.scale);
    let b = bounds_of((w, h), map);
    let (pw, ph) = (f64::from(picture.pixels.width()), f64::from(picture.pixels.height()));
    let (x0, y0) = ((b.0.clamp(0.0, pw) * scale).floor(), (b.1.clamp(0.0, ph) * scale).floor());
    let side = |low: f64, high: f64, most: f64| ((high.clamp(0.0, most) * scale - low).ceil() as u32).max(1);
    Region { x: x0 as u32, y: y0 as u32, width: side(x0, b.2, pw), height: side(y0, b.3, ph) }
}

/// Whether a part lies within another, but for rounding.
fn within(part: Region, whole: Region) -> bool {
    let inside = |low: u32, length: u32, from: u32, most: u32| {
        let slack = 1 + most / 100;
        low + slack >= from && low.saturating_add(length) <= from.saturating_add(most) + slack
    };
    inside(part.x, part.width, whole.x, whole.width) && inside(part.y, part.height, whole.y, whole.height)
}

#[cfg(test)]
mod tests;
