//! A picture as its readers see it: upright, in sRGB, with its transparency.

use image::RgbaImage;
use serde::{Deserialize, Serialize};

/// How a picture was written, as far as it tells what a legitimate copy may look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    /// PNG of full colour.
    #[default]
    Png,
    /// PNG or GIF with a palette.
    Palette,
    /// JPEG of about this quality (1 to 100, by its quantisation tables), with or without colour at half resolution.
    Jpeg {
        /// 1 to 100.
        quality: u8,
        /// Whether colour is stored at half resolution.
        subsampled: bool,
    },
    /// WebP that loses detail.
    WebpLossy,
    /// WebP that loses nothing.
    WebpLossless,
    /// A drawing, rendered at a size of promolint's choice.
    Svg,
}

/// A decoded picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Upright (EXIF orientation applied), in sRGB (ICC profile applied, CMYK converted), alpha not premultiplied.
    pub pixels: RgbaImage,
    /// How it was written.
    pub encoding: Encoding,
    /// How many frames an animation has; 1 for a still. `pixels` is the first.
    pub frames: u32,
    /// Whether its colours are only roughly known (CMYK without a profile, or a profile that cannot be used).
    pub rough_colours: bool,
    /// Pixels of the file for one pixel of `pixels`: 1 but for drawings, whose size is not that of the file.
    pub scale: f32,
}

/// A part of a picture, in pixels of the file, from its upper left corner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Region {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}
