//! Decoding of pictures of pixels whose header was found fit.

use super::header::Header;
use super::{Limits, Refusal, check_size, colour};
use crate::badge::Picture;
use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::error::ImageError;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, RgbaImage};
use std::io::{Cursor, ErrorKind};

/// Decodes the first frame: upright and in sRGB.
pub(super) fn decode(bytes: &[u8], header: &Header, limits: &Limits) -> Result<Picture, Refusal> {
    check_size(header.sort, u64::from(header.width), u64::from(header.height), limits)?;
    let refused = |e: ImageError| refusal(&e, header);
    let mut decoder = decoder(bytes, header, limits).map_err(refused)?;
    // The decoder may see another size than the header's reader did.
    let (width, height) = decoder.dimensions();
    check_size(header.sort, u64::from(width), u64::from(height), limits)?;
    if decoder.total_bytes() > limits.pixels.saturating_mul(4) {
        let message = format!("the picture of {width} x {height} pixels of 16 bits takes too much memory");
        return Err(Refusal::new(message, "save it with 8 bits to a colour, or smaller"));
    }
    decoder.set_limits(memory(limits)).map_err(refused)?;
    let profile = decoder.icc_profile().ok().flatten();
    let orientation = match decoder.exif_metadata() {
        // WebP files of some programs carry the head that only JPEG files should.
        Ok(Some(exif)) => Orientation::from_exif_chunk(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif)),
        _ => None,
    };
    let (pixels, rough_colours) = match header.inks {
        Some(inks) => {
            drop(decoder);
            colour::from_inks(bytes, inks, profile.as_deref()).map_err(|what| Refusal::broken(header.sort, what))?
        }
        None => colour::to_srgb(DynamicImage::from_decoder(decoder).map_err(refused)?, profile.as_deref()),
    };
    Ok(Picture { pixels: upright(pixels, orientation), encoding: header.encoding, frames: header.frames, rough_colours, scale: 1.0 })
}

fn decoder<'a>(bytes: &'a [u8], header: &Header, limits: &Limits) -> Result<Box<dyn ImageDecoder + 'a>, ImageError> {
    let reader = Cursor::new(bytes);
    Ok(match header.format {
        ImageFormat::Png => Box::new(PngDecoder::with_limits(reader, memory(limits))?),
        ImageFormat::Jpeg => Box::new(JpegDecoder::new(reader)?),
        ImageFormat::Gif => Box::new(GifDecoder::new(reader)?),
        _ => Box::new(WebPDecoder::new(reader)?),
    })
}

fn memory(limits: &Limits) -> image::Limits {
    let mut memory = image::Limits::default();
    memory.max_image_width = Some(limits.side);
    memory.max_image_height = Some(limits.side);
    memory.max_alloc = Some(limits.pixels.saturating_mul(4).saturating_add(64 << 20));
    memory
}

fn upright(pixels: RgbaImage, orientation: Option<Orientation>) -> RgbaImage {
    match orientation {
        None | Some(Orientation::NoTransforms) => pixels,
        Some(orientation) => {
            let mut turned = DynamicImage::ImageRgba8(pixels);
            turned.apply_orientation(orientation);
            turned.into_rgba8()
        }
    }
}

/// What the decoder's error means for whoever has the file.
fn refusal(error: &ImageError, header: &Header) -> Refusal {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(e) = cause {
        if e.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::UnexpectedEof) {
            return Refusal::cut(header.sort);
        }
        cause = e.source();
    }
    match error {
        ImageError::Limits(_) => Refusal::new("the picture takes too much memory", "save it smaller"),
        ImageError::Unsupported(e) => {
            Refusal::new(format!("the {} file is of a kind that is not read ({e})", header.sort.name()), "save it as PNG")
        }
        e => {
            // The innermost words; those around them say which library it was.
            let mut inner: &dyn std::error::Error = e;
            while let Some(source) = inner.source() {
                inner = source;
            }
            let words = inner.to_string();
            if words.contains("not have enough data") {
                return Refusal::cut(header.sort);
            }
            Refusal::broken(header.sort, words.trim_end_matches('.'))
        }
    }
}
