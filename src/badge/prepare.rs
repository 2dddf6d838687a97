//! A supplied image made ready: its content without the free space around it, at several sizes, and its sketch.

use super::affine::Affine;
use super::align::{Frame, MARGIN, root};
use super::find::{difference, ground};
use super::keypoints::{self, Keypoints};
use super::library::Reference;
use super::raster::{Edges, Flat, Kept, Layer, Plane, lab};
use super::sketch::Sketch;
use fast_image_resize::FilterType;
use image::RgbaImage;
use std::sync::{Arc, OnceLock};

/// The longer side in pixels at which a square supplied image is kept; of long ones more, see [`level_side`].
const KEPT: usize = 640;
/// The longer sides in pixels of the frames in which images are aligned.
pub(super) const LEVELS: [usize; 3] = [40, 72, 128];

/// How many times larger the longer side of an image of this aspect is looked at: of thin ones the height tells as much as the length.
pub(super) fn lengthened(aspect: f64) -> f64 {
    aspect.max(1.0 / aspect).sqrt().min(2.2)
}

/// The longer side of a frame, in pixels, for an image of this aspect.
pub(super) fn level_side(level: usize, aspect: f64) -> usize {
    (level as f64 * lengthened(aspect)).round() as usize
}

/// A supplied image with fewer points that stand out is a plain sign: nearly all words have more.
const PLAIN: usize = 72;

/// What light, dark and other backgrounds are taken for where only their lightness counts.
pub(super) const GROUNDS: [[f32; 3]; 3] = [[255.0; 3], [32.0; 3], [140.0; 3]];

/// Which of [`GROUNDS`] a background is taken for.
pub(super) fn shade(ground: [f32; 3]) -> usize {
    match ground.iter().sum::<f32>() {
        ..300.0 => 1,
        300.0..600.0 => 2,
        _ => 0,
    }
}

/// What of a picture is drawn on it.
pub(super) struct Ink {
    pub shown: Vec<bool>,
    /// The colour of the paper around it, which is none of it.
    pub ground: Option<[f32; 3]>,
    /// The colour of the tile that it fills, which is a part of it.
    tile: Option<[f32; 3]>,
}

impl Ink {
    pub fn of(pixels: &RgbaImage) -> Ink {
        if !pixels.pixels().all(|p| p[3] > 250) {
            return Ink { shown: pixels.pixels().map(|p| p[3] > 12).collect(), ground: None, tile: None };
        }
        let flat = Flat::of(pixels, [255.0; 3]);
        let border = ground(&flat);
        let uniform = border_is(&flat, border);
        // White paper around a drawing is none of it; a tile of another colour is.
        let [l, a, b] = lab(border);
        if uniform && l > 93.0 && a.hypot(b) < 6.0 {
            return Ink::on(pixels, border);
        }
        Ink { shown: vec![true; flat.data.len()], ground: None, tile: uniform.then_some(border) }
    }

    /// What is drawn on a tile of one colour, if it is one.
    pub fn on_tile(self, pixels: &RgbaImage) -> Ink {
        match self.tile {
            Some(tile) => Ink::on(pixels, tile),
            None => self,
        }
    }

    fn on(pixels: &RgbaImage, paper: [f32; 3]) -> Ink {
        let flat = Flat::of(pixels, paper);
        Ink { shown: difference(&flat, paper).data.iter().map(|d| *d > 0.15).collect(), ground: Some(paper), tile: None }
    }
}

#[derive(Debug)]
pub(super) struct Prepared {
    /// The content.
    pub layer: Kept,
    /// The content's place in the file: left, top, width, height.
    pub content: (f64, f64, f64, f64),
    /// The colour that an opaque picture has all around.
    own_ground: Option<[f32; 3]>,
    /// On each of [`GROUNDS`], and for a tile on its own colour.
    pub sketches: Vec<Sketch>,
    small: [Layer; LEVELS.len()],
    frames: [OnceLock<Arc<Frame>>; LEVELS.len()],
    /// On light and on dark.
    keypoints: [OnceLock<Keypoints>; 2],
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({})", self.long)
    }
}

impl Prepared {
    pub fn new(reference: &Reference) -> Option<Prepared> {
        Prepared::of(&reference.picture.pixels, f64::from(reference.picture.scale), KEPT, None)
    }

    /// Of a picture; `scale`: pixels of its file for one of it; `kept`: the longer side at which it is kept. `paper`: the colour that is
    /// none of it, if that is known.
    pub fn of(pixels: &RgbaImage, scale: f64, kept: usize, paper: Option<[f32; 3]>) -> Option<Prepared> {
        let whole = Kept::of(pixels);
        let (w, h) = (whole.w, whole.h);
        let Ink { shown, ground: mut own_ground, tile } = match paper {
            Some(paper) => Ink::on(pixels, paper),
            None => Ink::of(pixels),
        };
        let rows: Vec<usize> = (0..h).filter(|y| shown[y * w..(y + 1) * w].contains(&true)).collect();
        let cols: Vec<usize> = (0..w).filter(|x| (0..h).any(|y| shown[y * w + x])).collect();
        let (&x0, &x1) = (cols.first()?, cols.last()?);
        let (&y0, &y1) = (rows.first()?, rows.last()?);
        let (cw, ch) = (x1 + 1 - x0, y1 + 1 - y0);
        // What fills its file has the page around it, not its own paper.
        if paper.is_none() && cw * 100 >= w * 98 && ch * 100 >= h * 98 {
            own_ground = None;
        }
        let content = whole.part(x0, y0, cw, ch);
        let shrink = (level_side(kept, cw as f64 / ch as f64) as f64 / cw.max(ch) as f64).min(1.0);
        let (lw, lh) = (side(cw as f64 * shrink), side(ch as f64 * shrink));
        let layer = content.resized(lw, lh, FilterType::Box);
        let small = LEVELS.map(|long| {
            let k = level_side(long, lw as f64 / lh as f64) as f64 / lw.max(lh) as f64;
            layer.resized(side(lw as f64 * k), side(lh as f64 * k), FilterType::Bilinear).layer()
        });
        let grounds = GROUNDS.iter().map(|g| own_ground.unwrap_or(*g)).chain(tile);
        let sketches = grounds.map(|g| {
            let flat = layer_on(&small[2], g);
            Sketch::of(&flat, g)
        });
        let sketches = sketches.collect();
        Some(Prepared {
            content: (x0 as f64 * scale, y0 as f64 * scale, cw as f64 * scale, ch as f64 * scale),
            layer,
            own_ground,
            sketches,
            small,
            frames: Default::default(),
            keypoints: Default::default(),
        })
    }

    /// How alike its sketch is to that of something on this ground, -1 to 1.
    pub fn alike(&self, sketch: &Sketch, ground: [f32; 3]) -> f32 {
        self.sketches[shade(ground)].likeness(sketch)
    }

    pub fn aspect(&self) -> f64 {
        self.content.2 / self.content.3
    }

    /// The frame of a level on a background.
    pub fn frame(&self, level: usize, behind: [f32; 3]) -> Arc<Frame> {
        let behind = self.own_ground.unwrap_or(behind);
        if self.own_ground.is_some() {
            return Arc::clone(self.frames[level].get_or_init(|| Arc::new(self.draw(level, behind))));
        }
        if behind.iter().all(|v| *v > 250.0) {
            return Arc::clone(self.frames[level].get_or_init(|| Arc::new(self.draw(level, [255.0; 3]))));
        }
        Arc::new(self.draw(level, behind))
    }

    /// The points that stand out, in pixels of the content.
    pub fn keypoints(&self, dark: bool) -> &Keypoints {
        self.keypoints[usize::from(dark)].get_or_init(|| {
            let behind = self.own_ground.unwrap_or(GROUNDS[usize::from(dark)]);
            let flat = layer_on(&self.layer.layer(), behind);
            // Some free space, as there is around it where it is used.
            let margin = (flat.w.max(flat.h) as f64 * MARGIN).round() as usize;
            let wide = flat.part(-(margin as i64), -(margin as i64), flat.w + 2 * margin, flat.h + 2 * margin, behind);
            let k = self.layer.w as f64 / self.content.2;
            let place = Affine([k, 0.0, margin as f64, 0.0, self.layer.h as f64 / self.content.3, margin as f64]);
            Keypoints::of(&wide, place, keypoints::POINTS.0)
        })
    }

    /// Whether it is a plain sign, as a crown or a tick in a ring is: others may have drawn the same.
    pub fn is_plain(&self) -> bool {
        [false, true].into_iter().all(|dark| self.keypoints(dark).len() < PLAIN)
    }

    fn draw(&self, level: usize, behind: [f32; 3]) -> Frame {
        let layer = &self.small[level];
        let long = layer.w.max(layer.h);
        let margin = (long as f64 * MARGIN).round() as usize;
        let (w, h) = (layer.w + 2 * margin, layer.h + 2 * margin);
        let mut flat = Flat::filled(w, h, behind);
        let mut mask = Plane::new(w, h);
        for y in 0..layer.h {
            for x in 0..layer.w {
                let p = layer.data[y * layer.w + x];
                let a = p[3] / 255.0;
                let at = (y + margin) * w + x + margin;
                flat.data[at] = [0, 1, 2].map(|i| p[i] + behind[i] * (1.0 - a));
                mask.data[at] = a;
            }
        }
        let lab = flat.lab();
        let edges = Edges::of(&lab, 0.8);
        let place = Affine([layer.w as f64 / self.content.2, 0.0, margin as f64, 0.0, layer.h as f64 / self.content.3, margin as f64]);
        Frame { long, place, target: root(&edges.strength), lab, edges, mask }
    }
}

fn side(v: f64) -> usize {
    (v.round() as usize).max(1)
}

pub(super) fn layer_on(layer: &Layer, behind: [f32; 3]) -> Flat {
    let data = layer.data.iter().map(|p| {
        let a = p[3] / 255.0;
        [0, 1, 2].map(|i| p[i] + behind[i] * (1.0 - a))
    });
    Flat { w: layer.w, h: layer.h, data: data.collect() }
}

/// Whether most of the border has this colour.
fn border_is(flat: &Flat, colour: [f32; 3]) -> bool {
    let (w, h) = (flat.w, flat.h);
    let all = (0..w).flat_map(|x| [flat.at(x, 0), flat.at(x, h - 1)]).chain((0..h).flat_map(|y| [flat.at(0, y), flat.at(w - 1, y)]));
    let (mut n, mut same) = (0, 0);
    for c in all {
        n += 1;
        same += usize::from((0..3).all(|i| (c[i] - colour[i]).abs() < 14.0));
    }
    same * 10 >= n * 8
}
