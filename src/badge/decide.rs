//! From what was measured to a verdict, in words.
//!
//! Each limit is a distance from what a legitimate copy would show; most were set with the tuning half of the images of
//! `benches/badges`, never with the half that is reported.

use super::alterations::{alterations, beyond, is_mapped};
use super::find::Candidate;
use super::library::{Reference, Seen};
use super::locate::{PAGE, Place, Structure};
use super::measure::{ColourFit, Measured};
use super::{Alteration, AlterationKind as Kind, Encoding, Group, Mark, Picture, Region, Verdict};

/// Whether a place is worth measuring.
pub(super) fn may_be(place: &Place) -> bool {
    (place.structure.recall > 0.45 || place.structure.core > 0.2) && place.likeness > 0.3
}

/// The share of the colours at a place that a supplied image has to explain to be there, whatever became of its edges.
pub(super) const EXPLAINED: f64 = 0.9;

/// How a place looks before anything is measured.
pub(super) struct Shown {
    /// All that is seen of the image fits.
    part: bool,
    /// It stands straight.
    aligned: bool,
    /// A part of it is there as it should be: a sign whose word may be another.
    sign: bool,
    /// It explains the colours there.
    explained: bool,
}

/// Whether what is at a place may be the reference, before anything is measured; `None` if not.
pub(super) fn shows(place: &Place, visible: f64, (width, height): (f64, f64)) -> Option<Shown> {
    let st = &place.structure;
    // What is larger than letters is missing in one place, and something else is there; or hardly any edge is the same.
    let (lx, ly) = place.map.lengths();
    if visible < 0.55 || (lx / ly).ln().abs() > 0.5 || place.map.shear().abs() > 25.0 {
        return None;
    }
    let part = st.precision > 0.9 && st.recall > 0.6 && st.extra < 0.12 && place.likeness > 0.5;
    // Pictures that are unrelated fit only slanted, turned or stretched.
    let (turn, mirrored) = place.map.turn();
    let within =
        |stretch: f64, angle: f64| (lx / ly - 1.0).abs() < stretch && place.map.shear().abs() < angle && turn.abs() < angle && !mirrored;
    let aligned = within(0.012 + 1.2 / width.min(height), 0.8);
    let sign = aligned && st.core > 0.22 && place.agree >= 6 || within(0.04, 2.0) && st.core > 0.4 && st.precision > 0.6;
    let matched = sign
        || aligned && st.recall > 0.55 && st.precision > 0.5 && place.likeness > 0.45
        || st.recall > 0.80
        || visible < 0.95 && st.recall > 0.55 && st.precision > 0.85
        // Of a tile that was cut, its own borders are not to be seen either.
        || aligned && visible < 0.95 && st.recall > 0.4 && st.precision > 0.95 && place.explained > 0.97
        || part;
    // Blurred enough, small things explain each other.
    let explained = place.explained > EXPLAINED && within(0.03, 2.0) && visible > 0.9 && width.max(height) > 64.0 && st.recall > 0.25;
    (matched && place.likeness >= 0.25 && st.precision >= 0.2 || explained).then_some(Shown { part, aligned, sign, explained })
}

/// Whether nearly all lines there are its own, and a map of its colours explains most of how the colours differ: a part in another colour
/// leaves a line out where two colours become alike, and draws none where they do not.
fn is_own_drawing(st: &Structure, fit: &ColourFit) -> bool {
    st.recall > 0.95 && st.precision > 0.9 && fit.rest[1] < 0.3 * fit.rest[0]
}

/// Whether the frame is there, and most of what it frames is something else, whatever its colours: whoever alters a mark leaves more of it,
/// such as a sign beside another word.
fn is_template(st: &Structure) -> bool {
    st.missing.min(st.extra) > 0.45 && st.core < 0.25
}

/// Whether it fits only slanted by `shear` degrees, and then not all of it is there: bars are slanted into many a sign.
fn is_forced(st: &Structure, shear: f64) -> bool {
    st.missing > 0.25 && st.recall < 0.9 && shear > 6.0
}

/// A JPEG of at most this quality (of 100) has blocks and fringes where nothing was changed …
const COARSE: u8 = 25;
/// … and differs by up to so many times what its copies differ.
const COARSE_MORE: f64 = 1.5;

/// Whether what was measured may come of the encoding alone.
fn is_coarse(picture: &Picture, alterations: &[Alteration], m: &Measured) -> bool {
    let faint = |a: &Alteration| matches!(a.kind.group(), Group::Content | Group::Colour);
    matches!(picture.encoding, Encoding::Jpeg { quality, .. } if quality <= COARSE)
        && f64::from(beyond(m)) < COARSE_MORE
        && alterations.iter().all(faint)
}

/// The verdict on a mark; `None` if the picture does not show the reference.
///
/// `widest`: the width of the largest file that was supplied of it; `None` if a drawing was.
pub(super) fn decide(reference: &Reference, widest: Option<f64>, picture: &Picture, c: &Candidate, s: &Seen) -> Option<Mark> {
    let m = &s.measured;
    let st = &s.place.structure;
    let f = &m.fit;
    let Shown { part, aligned, sign, explained } = shows(&s.place, s.visible.0, s.size)?;
    let shear = s.place.map.shear().abs();
    let (lx, ly) = s.place.map.lengths();
    let replaced = st.missing > 0.12 && st.extra > 0.12;
    let odd = replaced && st.missing > 0.3 && st.recall < 0.95 && shear > 2.0
        || st.recall < 0.86 && s.visible.0 > 0.97 && (f.rest[0] > 20.0 && f.rest[1] > 9.0 || !part)
        || is_forced(st, shear);
    if odd && !aligned && !sign && !explained {
        return None;
    }
    let alterations = alterations(reference, widest, picture, c, s);
    let redrawn = st.missing > 0.12 || st.extra > 0.12;
    let foreign = redrawn && f.changed > 0.8 && f.rest[0] > 14.0 && f.rest[1] > 3.0;
    // Of a mark that is small and blurred, faint edges are gone: none of another drawing is there, and its colours fit.
    let faded = m.is_soft() && st.precision > 0.9 && st.extra < 0.05 && s.place.explained > 0.85 && f.rest[1] < 0.4 * f.rest[0];
    // Its sign, its words and its colours are others: whoever alters a mark leaves one of these.
    let apart = st.missing + st.extra;
    let other = st.missing.min(st.extra) > 0.1 && apart > 0.33 && f.changed > 0.55 && f.rest[0] > 16.0 && s.place.explained < 0.94;
    // No change of colours makes one of the other.
    let strange = apart > 0.3 && f.changed > 0.95 && f.rest[0] > 40.0 && f.rest[1].min(f.rest[2]) > 15.0 && s.place.explained < 0.2;
    let imitates = (other || strange || is_template(st)) && !is_own_drawing(st, f) && s.visible.0 > 0.97;
    let likely = explained
        || st.recall > 0.93 && s.place.likeness > 0.5
        || s.visible.0 < 0.97 && st.precision > 0.9
        || st.recall > 0.86 && !replaced
        || part
        || sign && (s.place.agree >= 9 || st.core > 0.4)
        || aligned && s.place.agree >= 10 && st.recall > 0.6 && st.precision > 0.6
        || aligned && m.long > 60.0 && (st.recall > 0.74 && st.precision > 0.6 || st.precision > 0.9);
    // What only resembles it is no imitation: unrelated drawings resemble each other, too.
    if (imitates || foreign && !explained && !faded) && !(aligned && st.recall > 0.86 && st.precision > 0.75) {
        return None;
    }
    let whole = f64::from(c.pixels.width()) * f64::from(c.pixels.height());
    let part_of_it = s.size.0 * s.size.1 < 0.25 * whole;
    // Others have plain signs, too. In other colours one is told by its drawing alone, which then is the same line for line: an outline is
    // no filled shape, and one with something in it is another sign.
    // A change of colours leaves no other differences, either; what is pale then has hardly an edge.
    let mapped = st.precision > 0.98 && st.recall > 0.9 && is_mapped(m);
    let exact = (mapped || st.recall.min(st.precision) > 0.98 && s.place.likeness > 0.94) && !m.is_soft();
    // Blurred, framed or thinned lines are lighter or darker, and keep their hue.
    let coloured = alterations.first().is_some_and(|a| matches!(a.kind, Kind::Hue | Kind::Mono | Kind::Gradient));
    let lead = alterations.iter().take(2).any(|a| a.kind.group() == Group::Colour && a.kind != Kind::Opacity);
    // Nine in ten marks that were altered are more certain than that; less certain ones are blurred, or are drawings of others.
    let recoloured = lead && !alterations.iter().take(2).any(|a| a.kind == Kind::Blur);
    let whole_and_straight = aligned && s.visible.0 > 0.97;
    let other_lines = lead && f.changed > 0.45 && f.rest[0] > 14.0 && alterations.iter().any(|a| a.kind.group() == Group::Content);
    // Few pixels show no line, and then it counts that nothing else is there.
    let tiny = s.size.0.max(s.size.1) < 64.0 && !part_of_it;
    if s.plain && coloured && !exact && !tiny && !imitates {
        return None;
    }
    // Nothing found wrong is no proof that it is the same.
    if alterations.is_empty() && !(st.recall > 0.85 && st.precision > 0.6 && f.rest[0] < 15.0) {
        return None;
    }
    // Icons of simple shapes are on every page, and at their size look like many a sign.
    let page = f64::from(c.pixels.width().max(c.pixels.height())) >= PAGE;
    let icon = page && s.size.0.max(s.size.1) < 56.0;
    // What is also smaller than the mark may be is more likely an icon than the mark.
    if icon && alterations.iter().any(|a| a.kind == Kind::MinSize) {
        return None;
    }
    let confidence = (0.5 * st.recall + 0.2 * st.precision + 0.3 * s.place.likeness).clamp(0.0, 1.0) as f32;
    let mut unsure = None;
    let verdict = if alterations.is_empty() {
        if reference.retired { Verdict::Outdated } else { Verdict::Copy }
    } else if imitates {
        Verdict::LookAlike
    } else if is_coarse(picture, &alterations, m) {
        unsure = Some("it is compressed too strongly to tell".to_owned());
        Verdict::Unsure
    } else if m.is_recoloured() && st.extra > 0.12 && !explained && !is_own_drawing(st, f) {
        unsure = Some("something else is drawn there, in other colours".to_owned());
        Verdict::Unsure
    } else if coloured && m.is_recoloured() && (shear > 3.0 || (lx / ly).ln().abs() > 0.06) && !explained {
        // Two things that each may be by chance.
        unsure = Some("it fits only slanted or stretched, in other colours".to_owned());
        Verdict::Unsure
    } else if coloured && st.recall < 0.6 && alterations.iter().any(|a| a.kind == Kind::Blur) {
        // A disc is a blurred badge of any colour.
        unsure = Some("it is blurred, and in other colours".to_owned());
        Verdict::Unsure
    } else if recoloured && confidence < if whole_and_straight { 0.7 } else { 0.8 } || other_lines && st.missing > 0.35 && !explained {
        unsure = Some("only part of it is there, in other colours".to_owned());
        Verdict::Unsure
    } else if !likely {
        unsure = Some("only part of it was found".to_owned());
        Verdict::Unsure
    } else if icon
        || m.long < 28.0 && (part_of_it || !alterations.iter().any(|a| matches!(a.kind.group(), Group::Setting | Group::Geometry)))
    {
        unsure = Some("it is too small to tell".to_owned());
        Verdict::Unsure
    } else {
        Verdict::Altered
    };
    let region = region(c, picture, super::measure::bounds_of(s.native, &s.place.map));
    Some(Mark { reference: s.place.reference, verdict, region, confidence, alterations, unsure, place: s.place.map.0.map(|v| v as f32) })
}

/// A box in pixels of the candidate, as pixels of its file, cut at its borders.
pub(super) fn region(c: &Candidate, picture: &Picture, b: (f64, f64, f64, f64)) -> Region {
    let scale = f64::from(picture.scale);
    let (w, h) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let (x0, y0) = (b.0.clamp(0.0, w - 1.0), b.1.clamp(0.0, h - 1.0));
    let (x1, y1) = (b.2.clamp(x0 + 1.0, w), b.3.clamp(y0 + 1.0, h));
    Region {
        x: (x0 * scale).floor() as u32,
        y: (y0 * scale).floor() as u32,
        width: ((x1 - x0) * scale).ceil() as u32,
        height: ((y1 - y0) * scale).ceil() as u32,
    }
}

/// All numbers of a mark, for those who tune the limits.
pub(super) fn numbers(picture: &Picture, s: &Seen) -> String {
    let m = &s.measured;
    let st = &s.place.structure;
    let (lx, ly) = s.place.map.lengths();
    let (turn, mirrored) = s.place.map.turn();
    format!(
        "expl={:.3} beyond={:.2} stretch={:.4} shear={:.2} turn={turn:.2} mir={mirrored} px={:.1} py={:.1} enc={:?} {st:?} vis={:?} {m:?}",
        s.place.explained,
        beyond(m),
        lx / ly - 1.0,
        s.place.map.shear(),
        s.size.0,
        s.size.1,
        picture.encoding,
        s.visible
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_a_frame_or_fits_only_slanted_is_another_drawing() {
        let lines = |recall, missing, extra| Structure { recall, precision: 0.8, missing, extra, core: 0.1 };
        // A seal of the same rings around other words; a sign beside which the word was changed, and one whose word is in another font.
        assert!(is_template(&lines(0.68, 0.56, 0.59)) && !is_template(&lines(0.58, 0.33, 0.17)));
        assert!(!is_template(&Structure { core: 0.36, ..lines(0.83, 0.54, 0.45) }));
        // The bars of a chart, slanted into a sign of three; the same sign, slanted; one that lost its icon.
        assert!(
            is_forced(&lines(0.80, 0.29, 0.06), 11.2)
                && !is_forced(&lines(0.99, 0.02, 0.0), 11.2)
                && !is_forced(&lines(0.94, 0.59, 0.0), 0.0)
        );
    }

    #[test]
    fn a_part_in_another_colour_is_no_imitation() {
        // As measured of a badge whose ground took the colour of its ribbon; a badge of others in its template has other lines.
        let fit = |rest| ColourFit { rest, changed: 0.71, ..ColourFit::default() };
        let lines = |recall, precision| Structure { recall, precision, missing: 0.16, extra: 0.17, core: 1.0 };
        assert!(is_own_drawing(&lines(0.971, 0.931), &fit([74.0, 13.3, 13.1])));
        assert!(!is_own_drawing(&lines(0.971, 0.931), &fit([40.0, 22.0, 21.0])), "other colours in other places");
        assert!(!is_own_drawing(&lines(0.88, 0.86), &fit([74.0, 13.3, 13.1])), "other lines");
    }
}
