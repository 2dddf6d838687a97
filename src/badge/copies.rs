//! What a legitimate copy of a supplied image would look like where the candidate is: rendered at its size by several filters, and written
//! as the candidate was. How much these differ among themselves is what a candidate may differ.

use super::affine::Affine;
use super::picture::Encoding;
use super::prepare::Prepared;
use super::raster::{Flat, Layer, Plane};
use fast_image_resize::FilterType;

/// How a copy is made.
#[derive(Clone, Copy)]
pub(super) struct Recipe {
    pub filter: FilterType,
    /// Blurred by so many pixels; sharpened if negative.
    pub blur: f32,
    /// Moved by so many pixels.
    pub shift: (f64, f64),
    /// Written with so much less quality.
    pub worse: u8,
}

/// The copies that span what is allowed.
pub(super) const SPAN: [Recipe; 4] = [
    Recipe { filter: FilterType::Bilinear, blur: 0.0, shift: (0.0, 0.0), worse: 3 },
    Recipe { filter: FilterType::Lanczos3, blur: 0.0, shift: (0.0, 0.0), worse: 3 },
    Recipe { filter: FilterType::Bilinear, blur: 0.45, shift: (0.0, 0.0), worse: 3 },
    Recipe { filter: FilterType::CatmullRom, blur: -0.75, shift: (0.0, 0.0), worse: 3 },
];

/// Other copies, to see how far a legitimate one may lie outside.
pub(super) const PROBES: [Recipe; 3] = [
    Recipe { filter: FilterType::Hamming, blur: 0.0, shift: (0.1, 0.3), worse: 15 },
    Recipe { filter: FilterType::Mitchell, blur: 0.3, shift: (0.22, -0.18), worse: 10 },
    Recipe { filter: FilterType::Box, blur: -0.25, shift: (-0.2, 0.2), worse: 6 },
];

/// A reference under a map, in a picture of `w` by `h` pixels: colours premultiplied, and how much of it there is.
pub(super) fn warped(p: &Prepared, map: &Affine, w: usize, h: usize, filter: FilterType) -> Layer {
    let (lx, ly) = map.lengths();
    let (tw, th) = ((p.content.2 * lx).round().max(1.0), (p.content.3 * ly).round().max(1.0));
    let (tw, th) = (tw.min(2048.0), th.min(2048.0));
    let near = p.layer.resized(tw as usize, th as usize, filter).layer();
    // From the resized layer to the picture, and back.
    let place = Affine::scale(p.content.2 / tw, p.content.3 / th).then(map);
    let mut out = Layer { w, h, data: vec![[0.0; 4]; w * h] };
    let Some(back) = place.inverse() else { return out };
    for y in 0..h {
        for x in 0..w {
            let (u, v) = back.apply(x as f64 + 0.5, y as f64 + 0.5);
            if u < -1.0 || v < -1.0 || u > tw + 1.0 || v > th + 1.0 {
                continue;
            }
            out.data[y * w + x] = near.sample(u as f32 - 0.5, v as f32 - 0.5);
        }
    }
    out
}

/// A reference that was put in its place, on a background.
pub(super) fn painted(layer: &Layer, behind: &Flat) -> Flat {
    let mut flat = behind.clone();
    for (to, p) in flat.data.iter_mut().zip(&layer.data).filter(|(_, p)| p[3] > 0.0) {
        let a = p[3] / 255.0;
        *to = [0, 1, 2].map(|i| p[i] + to[i] * (1.0 - a));
    }
    flat
}

/// One copy on a background, written as `encoding`.
pub(super) fn copy(p: &Prepared, map: &Affine, size: (usize, usize), behind: &Flat, recipe: &Recipe, encoding: Encoding) -> Flat {
    let moved = map.then(&Affine::shift(recipe.shift.0, recipe.shift.1));
    let layer = warped(p, &moved, size.0, size.1, recipe.filter);
    finished(painted(&layer, behind), recipe, encoding)
}

/// What was painted, blurred or sharpened and written as a recipe says.
pub(super) fn finished(mut flat: Flat, recipe: &Recipe, encoding: Encoding) -> Flat {
    if recipe.blur > 0.0 {
        flat = flat.blurred(recipe.blur);
    } else if recipe.blur < 0.0 {
        let soft = flat.blurred(0.7);
        for (v, s) in flat.data.iter_mut().zip(&soft.data) {
            (0..3).for_each(|i| v[i] = (v[i] - recipe.blur * (v[i] - s[i])).clamp(0.0, 255.0));
        }
    }
    written(flat.rounded(), encoding, recipe.worse)
}

/// A picture as it comes back from being written.
fn written(flat: Flat, encoding: Encoding, worse: u8) -> Flat {
    match encoding {
        Encoding::Jpeg { quality, subsampled } => jpeg(&flat, quality.saturating_sub(worse).max(5), subsampled),
        Encoding::WebpLossy => jpeg(&flat, 50u8.saturating_sub(worse), true),
        Encoding::Palette => {
            let mut out = flat;
            // As coarse as a palette of 128 colours is, with the pattern that hides it.
            for (i, c) in out.data.iter_mut().enumerate() {
                let (x, y) = (i % out.w, i / out.w);
                let threshold = [[0.0, 0.5], [0.75, 0.25]][y % 2][x % 2] - 0.375;
                c.iter_mut().for_each(|v| *v = (((*v / 10.0) + threshold).round() * 10.0).clamp(0.0, 255.0));
            }
            out
        }
        Encoding::Png | Encoding::WebpLossless | Encoding::Svg => flat,
    }
}

fn jpeg(flat: &Flat, quality: u8, subsampled: bool) -> Flat {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    let sampling = if subsampled { jpeg_encoder::SamplingFactor::F_2_2 } else { jpeg_encoder::SamplingFactor::F_1_1 };
    encoder.set_sampling_factor(sampling);
    let (Ok(w), Ok(h)) = (u16::try_from(flat.w), u16::try_from(flat.h)) else { return flat.clone() };
    if encoder.encode(&flat.bytes(), w, h, jpeg_encoder::ColorType::Rgb).is_err() {
        return flat.clone();
    }
    match image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg) {
        Ok(image) => Flat::of_bytes(flat.w, flat.h, image.into_rgb8().as_raw()),
        Err(_) => flat.clone(),
    }
}

/// The alpha of a layer, 0 to 1.
pub(super) fn alpha(layer: &Layer) -> Plane {
    Plane { w: layer.w, h: layer.h, data: layer.data.iter().map(|p| p[3] / 255.0).collect() }
}
