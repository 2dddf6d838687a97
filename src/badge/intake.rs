//! From bytes to a picture, with limits.

use super::{Encoding, Picture};
use image::DynamicImage;

/// The most that is read of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Width times height, by the header.
    pub pixels: u64,
    /// The longer side in pixels.
    pub side: u32,
    /// The longer side in pixels to which a drawing is rendered.
    pub render: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 16 << 20, pixels: 40_000_000, side: 12_000, render: 1024 }
    }
}

/// Why a picture is not compared, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What is wrong, in one clause.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Decodes a picture.
///
/// # Errors
/// What it is that cannot be compared, or not within the limits.
pub fn open(bytes: &[u8], _limits: &Limits) -> Result<Picture, Refusal> {
    let pixels = image::load_from_memory(bytes).map_err(|e| Refusal { message: e.to_string(), help: "save it again".to_owned() })?;
    Ok(Picture { pixels: DynamicImage::into_rgba8(pixels), encoding: Encoding::Png, frames: 1, rough_colours: false, scale: 1.0 })
}
