//! JPEG: its markers up to the end, its quality by its quantisation tables.

use super::{Encoding, Flaw, Found, Inks, at};

/// The most scans of a progressive file: encoders write about ten, and each costs a pass over all pixels.
const SCANS: u32 = 100;

pub(super) fn read(bytes: &[u8]) -> Result<Found, Flaw> {
    let mut found = Found { frames: 1, ..Found::default() };
    let mut tables: [Option<[u16; 64]>; 4] = [None; 4];
    let mut frame: Option<Frame> = None;
    let mut adobe: Option<u8> = None;
    let mut scans = 0;
    let mut place = 2;
    let ended = loop {
        // Between segments, anything up to the next marker is skipped, as decoders do.
        let Some(skip) = memchr::memchr(0xff, bytes.get(place..).unwrap_or_default()) else { break false };
        place += skip + 1;
        let Some(marker) = bytes.get(place).copied() else { break false };
        match marker {
            // Fill; an escaped byte of a scan; a restart: all within what is skipped.
            0xff => continue,
            0x00 | 0x01 | 0xd0..=0xd8 => {
                place += 1;
                continue;
            }
            0xd9 => break true,
            _ => {}
        }
        let Some(length) = bytes.get(place + 1..place + 3) else { break false };
        let length = usize::from(length[0]) << 8 | usize::from(length[1]);
        if length < 2 {
            return Err(Flaw::Broken("one of its parts has no length"));
        }
        let Some(data) = bytes.get(place + 3..place + 1 + length) else { break false };
        match marker {
            0xdb => quantisers(data, &mut tables),
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                if frame.is_some() {
                    return Err(Flaw::Broken("it has two headers"));
                }
                frame = Some(Frame::read(data)?);
            }
            0xee if data.starts_with(b"Adobe") => adobe = data.get(11).copied(),
            0xda => scans += 1,
            _ => {}
        }
        if scans > SCANS {
            return Err(Flaw::Broken("it has more than a hundred passes"));
        }
        place += 1 + length;
    };
    let Some(frame) = frame else { return Err(if ended { Flaw::Broken("it has no header") } else { Flaw::Cut }) };
    if !ended || scans == 0 {
        // The decoder would fill the rest with grey.
        return Err(Flaw::Cut);
    }
    (found.width, found.height) = (frame.width, frame.height);
    found.encoding = Encoding::Jpeg {
        quality: tables.get(usize::from(frame.table)).copied().flatten().map_or(75, |t| quality(&t)),
        subsampled: frame.subsampled,
    };
    found.inks = (frame.components == 4).then_some(Inks { inverted: adobe.is_some(), ycck: adobe == Some(2) });
    Ok(found)
}

/// The header of the frame.
struct Frame {
    width: u32,
    height: u32,
    components: u8,
    /// The quantisation table of the first component.
    table: u8,
    subsampled: bool,
}

impl Frame {
    fn read(data: &[u8]) -> Result<Frame, Flaw> {
        let [_, h0, h1, w0, w1, components, _, first, table] = at::<9>(data, 0)?;
        let mut rest = data.get(9..).unwrap_or_default().chunks_exact(3).take(usize::from(components).saturating_sub(1));
        // The decoder takes the first component for the finest, and leaves rows of the others empty.
        if rest.clone().any(|c| c[1] >> 4 > first >> 4 || c[1] & 15 > first & 15) {
            return Err(Flaw::Broken("its first colour is stored more coarsely than another"));
        }
        let others = rest.by_ref().take(2);
        Ok(Frame {
            width: u32::from(u16::from_be_bytes([w0, w1])),
            height: u32::from(u16::from_be_bytes([h0, h1])),
            components,
            table,
            subsampled: others.map(|c| c[1]).any(|s| s >> 4 < first >> 4 || s & 15 < first & 15),
        })
    }
}

fn quantisers(mut data: &[u8], tables: &mut [Option<[u16; 64]>; 4]) {
    while let [head, rest @ ..] = data {
        let wide = head >> 4 != 0;
        let length = if wide { 128 } else { 64 };
        let (Some(values), Some(slot)) = (rest.get(..length), tables.get_mut(usize::from(head & 15))) else { return };
        let mut table = [0; 64];
        for (i, to) in table.iter_mut().enumerate() {
            *to = if wide { u16::from(values[2 * i]) << 8 | u16::from(values[2 * i + 1]) } else { u16::from(values[i]) };
        }
        *slot = Some(table);
        data = &rest[length..];
    }
}

/// The luminance table of the standard (Annex K), in the order in which files store it.
const STANDARD: [u16; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51, 56, 55,
    64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// The quality whose table, scaled as the Independent JPEG Group's library does, is nearest.
fn quality(table: &[u16; 64]) -> u8 {
    let distance = |quality: u8| -> u32 {
        let q = u32::from(quality);
        let scale = if q < 50 { 5000 / q } else { 200 - 2 * q };
        let scaled = STANDARD.iter().map(|s| ((u32::from(*s) * scale + 50) / 100).clamp(1, 255));
        scaled.zip(table).map(|(s, t)| s.abs_diff(u32::from(*t))).sum()
    };
    (1..=100).rev().min_by_key(|q| distance(*q)).unwrap_or(75)
}
