//! What stands behind a mark, held against the backgrounds that the register allows.

use super::raster::{apart, lab};
use super::{Alteration, AlterationKind, Picture, Reference, Region, Setting};

/// How far a background may be from an allowed one (CIE76).
const GROUND: f32 = 6.0;

/// What is wrong with a colour behind a mark (sRGB, 0 to 255), if it is not one of those allowed.
pub(super) fn off(allowed: &[[u8; 3]], colour: [f32; 3]) -> Option<Alteration> {
    let own = lab(colour);
    let off = allowed.iter().map(|a| apart(own, lab(a.map(f32::from)))).fold(f32::MAX, f32::min);
    let [r, g, b] = colour.map(|v| v.round().clamp(0.0, 255.0) as u8);
    let words = format!("on #{r:02x}{g:02x}{b:02x}, {off:.0} from the nearest allowed background (CIE76); allowed {GROUND:.0}");
    let alteration = Alteration { kind: AlterationKind::Background, words, measured: off, allowed: GROUND, region: None, span: None };
    (off > GROUND).then_some(alteration)
}

impl Reference {
    /// What is wrong with the colour that shows behind a mark in a picture with transparency, if it is known; `part`: where the mark is.
    pub(super) fn off_ground(&self, picture: &Picture, part: Option<Region>, setting: Setting) -> Option<Alteration> {
        let allowed = self.backgrounds.as_deref().filter(|b| !b.is_empty())?;
        let behind = setting.behind.filter(|_| is_open(picture, part))?;
        off(allowed, behind.map(f32::from))
    }
}

/// Whether what is behind a picture shows around a part of it, or at its border.
pub(super) fn is_open(picture: &Picture, part: Option<Region>) -> bool {
    let (w, h) = picture.pixels.dimensions();
    if w == 0 || h == 0 {
        return false;
    }
    let (mut x0, mut y0, mut x1, mut y1) = (0, 0, w - 1, h - 1);
    if let Some(r) = part {
        // A little outside of it.
        let own = |v: u32| (f64::from(v) / f64::from(picture.scale)) as u32;
        let gap = 2 + own(r.width.max(r.height)) / 50;
        (x0, y0) = (own(r.x).saturating_sub(gap), own(r.y).saturating_sub(gap));
        (x1, y1) = ((own(r.x + r.width) + gap).min(x1), (own(r.y + r.height) + gap).min(y1));
    }
    let rows = (x0..=x1).flat_map(|x| [(x, y0), (x, y1)]);
    let border = rows.chain((y0..=y1).flat_map(|y| [(x0, y), (x1, y)]));
    let (mut all, mut clear) = (0_usize, 0_usize);
    for (x, y) in border {
        all += 1;
        clear += usize::from(picture.pixels.get_pixel_checked(x, y).is_some_and(|p| p[3] < 128));
    }
    clear * 2 > all
}
