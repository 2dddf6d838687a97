//! The supplied images, prepared for comparing.

use super::find::Candidate;
use super::locate::{self, Place};
use super::measure::{Measured, bounds, measure, view};
use super::prepare::{LEVELS, Prepared};
use super::{Comparison, Mark, Picture, Region, Verdict, decide};
use image::RgbaImage;

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
}

/// A mark on its way to a verdict.
pub(super) struct Seen {
    pub place: Place,
    pub measured: Measured,
    pub visible: (f64, [f64; 4]),
}

impl Library {
    /// Prepares images for comparing. Work that can be done once is done here.
    pub fn new(references: Vec<Reference>) -> Library {
        let prepared = references.iter().map(Prepared::new).collect();
        Library { references, prepared }
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
            let verdict = if self.references[i].retired { Verdict::Outdated } else { Verdict::Identical };
            let whole = Region { x: 0, y: 0, width: w, height: h };
            let place = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
            let mark = Mark { reference: i, verdict, region: whole, confidence: 1.0, alterations: Vec::new(), unsure: None, place };
            return Comparison { marks: vec![mark] };
        }
        if w == 0 || h == 0 || self.references.is_empty() {
            return Comparison::default();
        }
        let c = Candidate::new(&picture.pixels, setting.behind);
        let marks = self.seen(&c, picture).into_iter().filter_map(|s| decide::decide(&self.references[s.place.reference], picture, &c, &s));
        Comparison { marks: marks.collect() }
    }

    /// The marks in a candidate, measured.
    pub(super) fn seen(&self, c: &Candidate, picture: &Picture) -> Vec<Seen> {
        let places = locate::places(c, &self.prepared);
        let mut done: Vec<((f64, f64, f64, f64), f64)> = Vec::new();
        let mut out = Vec::new();
        for place in &places {
            let Some(p) = &self.prepared[place.reference] else { continue };
            let at = bounds(p, &place.map);
            if done.iter().any(|(d, _)| locate::overlap(*d, at) > 0.25) || !decide::may_be(place) {
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
            let mut best: Option<(f32, Seen)> = None;
            for rival in rivals {
                let Some(seen) = self.look(c, rival, picture) else { continue };
                // Structure first; then colours.
                let cost = seen.measured.mean.is + 14.0 * (1.0 - seen.place.structure.score() as f32) + 2.0 * seen.measured.windows[2].is.min(10.0) * 0.2;
                if best.as_ref().is_none_or(|b| cost < b.0) {
                    best = Some((cost, seen));
                }
            }
            done.push((at, place.structure.score()));
            out.extend(best.map(|b| b.1));
        }
        out
    }

    fn look(&self, c: &Candidate, place: &Place, picture: &Picture) -> Option<Seen> {
        let p = self.prepared[place.reference].as_ref()?;
        let at = bounds(p, &place.map);
        let long = (at.2 - at.0).max(at.3 - at.1);
        let frame = p.frame(2, place.ground);
        let v = view(c, at, long, LEVELS[2]);
        let (map, likeness) = super::align::refine(&frame, &v, place.map, 8, false);
        let structure = locate::structure(&frame, &v, &map);
        let place = Place { map, likeness, structure, ..*place };
        let measured = measure(c, p, &map, picture.encoding, false)?;
        let visible = super::measure::visible(c, p, &map);
        Some(Seen { place, measured, visible })
    }

    /// What a mark's reference should look like at its size, the candidate, and where they differ, side by side.
    pub fn picture_of(&self, picture: &Picture, _mark: &Mark) -> RgbaImage {
        picture.pixels.clone()
    }

    /// What was measured, for those who tune the limits.
    #[doc(hidden)]
    pub fn report(&self, picture: &Picture) -> Vec<String> {
        let c = Candidate::new(&picture.pixels, None);
        let seen = self.seen(&c, picture);
        seen.iter().map(|s| format!("{} {}", self.references[s.place.reference].id, decide::numbers(picture, &c, s))).collect()
    }
}
