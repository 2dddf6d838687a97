//! ICO: the largest picture of an icon. Favicons are such files.

use super::{Limits, Refusal, Sort, check_size, header, raster};
use crate::badge::{Encoding, Picture};
use image::codecs::ico::IcoDecoder;
use image::{DynamicImage, ImageDecoder};
use std::io::Cursor;

/// Decodes the largest picture, of those the one with the most colours.
pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Picture, Refusal> {
    let cut = || Refusal::cut(Sort::Ico);
    let count = usize::from(u16::from_le_bytes([bytes[4], bytes[5]]));
    let entries = bytes.get(6..6 + count * 16).ok_or_else(cut)?.as_chunks::<16>().0;
    let side = |b: u8| if b == 0 { 256 } else { u32::from(b) };
    // The later of equals, as browsers take it.
    let best = entries.iter().max_by_key(|e| (side(e[0]) * side(e[1]), u16::from_le_bytes([e[6], e[7]]))).ok_or_else(cut)?;
    let [.., l0, l1, l2, l3, o0, o1, o2, o3] = *best;
    let (length, start) = (u32::from_le_bytes([l0, l1, l2, l3]) as usize, u32::from_le_bytes([o0, o1, o2, o3]) as usize);
    let data = start.checked_add(length).and_then(|end| bytes.get(start..end)).ok_or_else(cut)?;
    if super::sniff(data) == Some(Sort::Png)
        && let Some(header) = header::read(Sort::Png, data)
    {
        return raster::decode(data, &header?, limits);
    }
    // The library reads the first entry that has the most bits; of one entry there is no choice.
    let mut single = vec![0, 0, 1, 0, 1, 0];
    single.extend(&best[..12]);
    single.extend(22u32.to_le_bytes());
    single.extend(data);
    let broken = |e: image::ImageError| Refusal::broken(Sort::Ico, &e.to_string());
    let decoder = IcoDecoder::new(Cursor::new(single)).map_err(broken)?;
    let (width, height) = decoder.dimensions();
    check_size(Sort::Ico, u64::from(width), u64::from(height), limits)?;
    // An icon's picture has at most 256 pixels to a side, whatever its inner header says.
    if width.max(height) > 256 {
        return Err(Refusal::broken(Sort::Ico, "its picture is larger than it says"));
    }
    let pixels = DynamicImage::from_decoder(decoder).map_err(broken)?.into_rgba8();
    Ok(Picture { pixels, encoding: Encoding::Png, frames: 1, rough_colours: false, scale: 1.0 })
}
