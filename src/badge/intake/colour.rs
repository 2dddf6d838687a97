//! Colours into sRGB: ICC profiles, and the four inks of JPEG files for print.
//!
//! PNG's `gAMA` and `cHRM` are not applied: most browsers do not, or not alike.

use super::header::Inks;
use image::{DynamicImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};
use std::sync::Arc;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

/// The longest ICC profile that is applied, bytes. Those for print are about 2 MB.
const PROFILE: usize = 8 << 20;

/// A transform from a profile of such colours; none if the profile is unusable, as browsers then ignore it.
fn transform(profile: &[u8], colours: DataColorSpace, from: Layout, to: Layout) -> Option<Arc<Transform8BitExecutor>> {
    if profile.len() > PROFILE {
        return None;
    }
    let profile = ColorProfile::new_from_slice(profile).ok().filter(|p| p.color_space == colours)?;
    profile.create_transform_8bit(from, &ColorProfile::new_srgb(), to, TransformOptions::default()).ok()
}

/// Converts by a profile, and says whether its colours are only roughly known: a profile was there, and of no use.
pub(super) fn to_srgb(picture: DynamicImage, profile: Option<&[u8]>) -> (RgbaImage, bool) {
    let grey = !picture.color().has_color();
    let mut pixels = picture.into_rgba8();
    let Some(profile) = profile else { return (pixels, false) };
    let changes = if grey {
        transform(profile, DataColorSpace::Gray, Layout::Gray, Layout::Rgb).map(|t| {
            // There are only 256 of them.
            let greys: Vec<u8> = (0..=255).collect();
            let mut table = [0; 256 * 3];
            if t.transform(&greys, &mut table).is_err() {
                return false;
            }
            let table = table.as_chunks::<3>().0;
            for pixel in pixels.pixels_mut() {
                let [r, g, b] = table[usize::from(pixel.0[0])];
                pixel.0 = [r, g, b, pixel.0[3]];
            }
            true
        })
    } else {
        transform(profile, DataColorSpace::Rgb, Layout::Rgba, Layout::Rgba).map(|t| is_srgb(&*t) || apply(&*t, &mut pixels))
    };
    // A profile for other sorts of colours is ignored by everyone: the colours are what they seem.
    let rough = match changes {
        Some(done) => !done,
        None => ColorProfile::new_from_slice(profile).is_ok_and(|p| grey == (p.color_space == DataColorSpace::Gray)),
    };
    (pixels, rough)
}

fn apply(transform: &Transform8BitExecutor, pixels: &mut RgbaImage) -> bool {
    let width = pixels.width() as usize * 4;
    let mut row = vec![0; width];
    for to in pixels.chunks_exact_mut(width) {
        row.copy_from_slice(to);
        if transform.transform(&row, to).is_err() {
            return false;
        }
        // Alpha is no colour.
        for (to, from) in to.as_chunks_mut::<4>().0.iter_mut().zip(row.as_chunks::<4>().0) {
            to[3] = from[3];
        }
    }
    true
}

/// Whether a transform changes colours by no more than rounding: most profiles are sRGB's own.
fn is_srgb(transform: &Transform8BitExecutor) -> bool {
    let cube: Vec<u8> = (0..9u32.pow(3)).flat_map(|i| [i % 9, i / 9 % 9, i / 81, 8].map(|step| (step * 32).min(255) as u8)).collect();
    let mut out = vec![0; cube.len()];
    transform.transform(&cube, &mut out).is_ok() && cube.iter().zip(&out).all(|(a, b)| a.abs_diff(*b) <= 1)
}

/// Decodes a JPEG of four inks, and says whether its colours are only roughly known: it has no profile.
pub(super) fn from_inks(bytes: &[u8], inks: Inks, profile: Option<&[u8]>) -> Result<(RgbaImage, bool), &'static str> {
    let stored = if inks.ycck { ColorSpace::YCCK } else { ColorSpace::CMYK };
    let options = DecoderOptions::default().set_strict_mode(false).jpeg_set_out_colorspace(stored);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let raw = decoder.decode().map_err(|_| "its pixels cannot be decoded")?;
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else { return Err("it has no size") };
    let mut pixels = RgbaImage::from_raw(width, height, raw).ok_or("it has fewer inks than it says")?;
    for pixel in pixels.pixels_mut() {
        let mut p = pixel.0;
        if inks.ycck {
            let [y, cb, cr] = [f32::from(p[0]), f32::from(p[1]) - 128.0, f32::from(p[2]) - 128.0];
            let rgb = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
            for (ink, light) in p.iter_mut().zip(rgb) {
                *ink = 255 - light.round().clamp(0.0, 255.0) as u8;
            }
        }
        if inks.inverted {
            p = p.map(|ink| 255 - ink);
        }
        pixel.0 = p;
    }
    let by_profile = profile.and_then(|p| transform(p, DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgb));
    let rough = match by_profile {
        Some(transform) => {
            let width = width as usize;
            let mut row = vec![0; width * 3];
            let mut done = true;
            for inks in pixels.chunks_exact_mut(width * 4) {
                done &= transform.transform(inks, &mut row).is_ok();
                for (to, [r, g, b]) in inks.as_chunks_mut::<4>().0.iter_mut().zip(row.as_chunks::<3>().0) {
                    *to = [*r, *g, *b, 255];
                }
            }
            if !done {
                return Err("its colour profile cannot be applied");
            }
            false
        }
        None => {
            for pixel in pixels.pixels_mut() {
                let [c, m, y, k] = pixel.0.map(|ink| 255 - u32::from(ink));
                pixel.0 = [(c * k / 255) as u8, (m * k / 255) as u8, (y * k / 255) as u8, 255];
            }
            true
        }
    };
    Ok((pixels, rough))
}
