//! From bytes to a picture, with limits. The bytes come from strangers: nothing is decoded before its header was looked at, and
//! nothing is half a picture: what ends early is refused.

mod colour;
mod header;
mod icon;
mod raster;
mod sniff;

pub use sniff::{Sort, sniff};

use super::Picture;
use crate::badge::{find::SMALLEST, svg};

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

impl Refusal {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Refusal {
        Refusal { message: message.into(), help: help.into() }
    }

    /// The file ends before the picture does.
    fn cut(sort: Sort) -> Refusal {
        Refusal::new(format!("the {} file ends before the picture does", sort.name()), "copy or export it again: a part of it is missing")
    }

    /// What the file says of itself does not hold together.
    fn broken(sort: Sort, what: &str) -> Refusal {
        Refusal::new(format!("the {} file is damaged: {what}", sort.name()), "export it again from the program it was made with")
    }
}

/// Decodes a picture. What it is is told by its bytes, not by its name.
///
/// # Errors
/// What it is that cannot be compared, or not within the limits.
pub fn open(bytes: &[u8], limits: &Limits) -> Result<Picture, Refusal> {
    check_bytes(bytes, limits)?;
    match sniff(bytes) {
        Some(Sort::Svg) => svg::render(bytes, limits),
        Some(Sort::Ico) => icon::open(bytes, limits),
        Some(sort) => match header::read(sort, bytes) {
            Some(header) => raster::decode(bytes, &header?, limits),
            None => Err(Refusal::new(format!("{} pictures are not read", sort.name()), sort.cure())),
        },
        None if bytes.is_empty() => Err(Refusal::new("the file is empty", "copy or export it again")),
        None => Err(Refusal::new("the file is no picture of a known sort", "save it as PNG, JPEG, WebP, GIF or SVG")),
    }
}

/// The size of a picture of so few pixels that it shows no mark, by its header; it needs no decoding, and may be a placeholder that is
/// no complete file.
pub fn too_small(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = header::read(sniff(bytes)?, bytes)?.ok()?;
    is_tiny(header.width, header.height).then_some((header.width, header.height))
}

/// Whether a picture is smaller than any box that a mark is looked for in.
pub(super) fn is_tiny(width: u32, height: u32) -> bool {
    let (short, long) = SMALLEST;
    width > 0 && height > 0 && (width.min(height) < short || width.max(height) < long)
}

/// That a file is within the limit of bytes.
pub(super) fn check_bytes(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Refusal::new(
            format!("the file is {} long, more than {}", megabytes(bytes.len() as u64), megabytes(limits.bytes)),
            "save it smaller, or with more compression",
        ));
    }
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / f64::from(1 << 20))
}

/// That a picture of this size may be decoded.
pub(super) fn check_size(sort: Sort, width: u64, height: u64, limits: &Limits) -> Result<(), Refusal> {
    if width == 0 || height == 0 {
        return Err(Refusal::broken(sort, &format!("it says it is {width} x {height} pixels large")));
    }
    let too_long = width.max(height) > u64::from(limits.side);
    if too_long || width * height > limits.pixels {
        let most =
            if too_long { format!("{} pixels to a side", limits.side) } else { format!("{} million pixels", limits.pixels / 1_000_000) };
        return Err(Refusal::new(format!("the picture is {width} x {height} pixels large, more than {most}"), "save it smaller"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
