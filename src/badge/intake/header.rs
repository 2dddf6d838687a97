//! What the files of pictures say of themselves, read without decoding: size, frames, encoding, and whether they are whole.

mod jpeg;

use super::{Refusal, Sort};
use crate::badge::Encoding;
use image::ImageFormat;

/// What a file says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub sort: Sort,
    pub format: ImageFormat,
    pub width: u32,
    pub height: u32,
    pub encoding: Encoding,
    pub frames: u32,
    /// JPEG with four inks.
    pub inks: Option<Inks>,
}

/// How the four inks of a JPEG are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Inks {
    /// Full ink is 0, as programs by Adobe write it.
    pub inverted: bool,
    /// Cyan, magenta and yellow as brightness and two colours.
    pub ycck: bool,
}

/// Reads the header of a picture of pixels; none if files of this sort are not read.
pub(super) fn read(sort: Sort, bytes: &[u8]) -> Option<Result<Header, Refusal>> {
    let (format, header) = match sort {
        Sort::Png => (ImageFormat::Png, png(bytes)),
        Sort::Jpeg => (ImageFormat::Jpeg, jpeg::read(bytes)),
        Sort::WebP => (ImageFormat::WebP, webp(bytes)),
        Sort::Gif => (ImageFormat::Gif, gif(bytes)),
        _ => return None,
    };
    Some(header.map_err(|flaw| flaw.refusal(sort)).map(|h| Header {
        sort,
        format,
        width: h.width,
        height: h.height,
        encoding: h.encoding,
        frames: h.frames.max(1),
        inks: h.inks,
    }))
}

/// What the readers of one format find out.
#[derive(Default)]
struct Found {
    width: u32,
    height: u32,
    encoding: Encoding,
    frames: u32,
    inks: Option<Inks>,
}

/// What is wrong with a file.
enum Flaw {
    /// It ends early.
    Cut,
    /// It contradicts itself.
    Broken(&'static str),
}

impl Flaw {
    fn refusal(&self, sort: Sort) -> Refusal {
        match self {
            Flaw::Cut => Refusal::cut(sort),
            Flaw::Broken(what) => Refusal::broken(sort, what),
        }
    }
}

/// The bytes at a place; that they are missing means that the file was cut off.
fn at<const N: usize>(bytes: &[u8], place: usize) -> Result<[u8; N], Flaw> {
    bytes.get(place..).and_then(|b| b.first_chunk()).copied().ok_or(Flaw::Cut)
}

fn png(bytes: &[u8]) -> Result<Found, Flaw> {
    let mut found = Found::default();
    let mut place = 8;
    loop {
        if place == bytes.len() && found.width > 0 {
            // Without the last chunk, but with all of the others: the decoder sees whether pixels are missing.
            return Ok(found);
        }
        let [length @ .., k0, k1, k2, k3] = at::<8>(bytes, place)?;
        let length = u32::from_be_bytes(length) as usize;
        let data = place + 8;
        match &[k0, k1, k2, k3] {
            b"IHDR" => {
                let [w0, w1, w2, w3, h0, h1, h2, h3, _, colour] = at::<10>(bytes, data)?;
                found.width = u32::from_be_bytes([w0, w1, w2, w3]);
                found.height = u32::from_be_bytes([h0, h1, h2, h3]);
                found.encoding = if colour == 3 { Encoding::Palette } else { Encoding::Png };
            }
            b"fcTL" => found.frames += 1,
            b"IEND" => return Ok(found),
            _ if place == 8 => return Err(Flaw::Broken("it does not begin with its header")),
            _ => {}
        }
        place = data.checked_add(length).and_then(|p| p.checked_add(4)).ok_or(Flaw::Cut)?;
        if place > bytes.len() {
            return Err(Flaw::Cut);
        }
    }
}

fn gif(bytes: &[u8]) -> Result<Found, Flaw> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let blocks = |mut place: usize| loop {
        let [length] = at(bytes, place)?;
        place += 1 + usize::from(length);
        if length == 0 {
            return Ok::<usize, Flaw>(place);
        }
    };
    let [w0, w1, h0, h1, flags] = at::<5>(bytes, 6)?;
    let mut found = Found {
        width: u32::from(u16::from_le_bytes([w0, w1])),
        height: u32::from(u16::from_le_bytes([h0, h1])),
        encoding: Encoding::Palette,
        ..Found::default()
    };
    let mut place = 13 + table(flags);
    loop {
        match bytes.get(place) {
            // A block.
            Some(0x2c) => {
                let [_, _, _, _, w0, w1, h0, h1, flags] = at::<9>(bytes, place + 1)?;
                found.frames += 1;
                if found.frames == 1 {
                    // Browsers make room for a first frame that is larger than the picture.
                    found.width = found.width.max(u32::from(u16::from_le_bytes([w0, w1])));
                    found.height = found.height.max(u32::from(u16::from_le_bytes([h0, h1])));
                }
                place = match blocks(place + 10 + table(flags) + 1) {
                    // Placeholders of one pixel are written without pixels; nothing that could be seen is missing.
                    Err(Flaw::Cut) if super::is_tiny(found.width, found.height) => break,
                    next => next?,
                };
            }
            Some(0x21) => place = blocks(place + 2)?,
            Some(0x3b) => break,
            // Padding, which some programs write.
            Some(0) => place += 1,
            Some(_) => return Err(Flaw::Broken("it holds a part of no known sort")),
            None if found.frames > 0 => break,
            None => return Err(Flaw::Cut),
        }
    }
    if found.frames == 0 {
        return Err(Flaw::Broken("it holds no picture"));
    }
    Ok(found)
}

fn webp(bytes: &[u8]) -> Result<Found, Flaw> {
    let size = u32::from_le_bytes(at(bytes, 4)?) as usize;
    if size.checked_add(8).is_none_or(|end| end > bytes.len()) {
        return Err(Flaw::Cut);
    }
    let mut found = Found::default();
    let mut parts = Chunks { bytes: &bytes[..size + 8], place: 12 };
    let mut seen = false;
    while let Some((name, data)) = parts.next()? {
        match &name {
            b"VP8X" => {
                let [_, _, _, _, w0, w1, w2, h0, h1, h2] = at::<10>(data, 0)?;
                found.width = 1 + u32::from_le_bytes([w0, w1, w2, 0]);
                found.height = 1 + u32::from_le_bytes([h0, h1, h2, 0]);
            }
            b"ANMF" => {
                found.frames += 1;
                let mut inner = Chunks { bytes: data, place: 16 };
                while !seen && let Some((name, data)) = inner.next()? {
                    seen |= found.webp_pixels(&name, data)?;
                }
            }
            _ if !seen => seen |= found.webp_pixels(&name, data)?,
            _ => {}
        }
    }
    if seen { Ok(found) } else { Err(Flaw::Cut) }
}

impl Found {
    /// Takes in a chunk of pixels; false if it is another.
    fn webp_pixels(&mut self, name: &[u8; 4], data: &[u8]) -> Result<bool, Flaw> {
        let (width, height) = match name {
            b"VP8 " => {
                let [_, _, _, _, _, _, w0, w1, h0, h1] = at::<10>(data, 0)?;
                self.encoding = Encoding::WebpLossy;
                (u16::from_le_bytes([w0, w1]) & 0x3fff, u16::from_le_bytes([h0, h1]) & 0x3fff)
            }
            b"VP8L" => {
                let [_, b @ ..] = at::<5>(data, 0)?;
                let bits = u32::from_le_bytes(b);
                self.encoding = Encoding::WebpLossless;
                (1 + (bits & 0x3fff) as u16, 1 + (bits >> 14 & 0x3fff) as u16)
            }
            _ => return Ok(false),
        };
        let (width, height) = (u32::from(width), u32::from(height));
        if (self.width, self.height) == (0, 0) {
            (self.width, self.height) = (width, height);
        } else if width > self.width || height > self.height {
            return Err(Flaw::Broken("its picture is larger than its canvas"));
        }
        Ok(true)
    }
}

/// The name of a chunk, and what it holds.
type Chunk<'a> = ([u8; 4], &'a [u8]);

/// The chunks of a RIFF file.
struct Chunks<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl<'a> Chunks<'a> {
    fn next(&mut self) -> Result<Option<Chunk<'a>>, Flaw> {
        // Less than a chunk's head is padding.
        if self.place + 8 > self.bytes.len() {
            return Ok(None);
        }
        let [n0, n1, n2, n3, size @ ..] = at::<8>(self.bytes, self.place)?;
        let size = u32::from_le_bytes(size) as usize;
        let start = self.place + 8;
        let data = start.checked_add(size).and_then(|end| self.bytes.get(start..end)).ok_or(Flaw::Cut)?;
        self.place = start + size + (size & 1);
        Ok(Some(([n0, n1, n2, n3], data)))
    }
}
