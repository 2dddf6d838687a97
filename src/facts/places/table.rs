//! The layout of `places.bin`: fixed-width records and one blob of text, read where they lie. Nothing is decoded before it is asked for.
//!
//! Little-endian. Head: magic (8), SHA-256 of all that follows it (32), then per section its start and length (u32 each, from the end of the head).

/// What the file begins with; the digit is the version of the layout.
pub const MAGIC: &[u8; 8] = b"PLACES\x001";
/// How many sections there are, in the order of the `*_AT` numbers.
pub const SECTIONS: usize = 7;
/// Length of the head, in bytes.
pub const HEAD: usize = 40 + SECTIONS * 8;
/// Index of the section that says which sources it was made of.
pub const SOURCES: usize = 0;
/// Records of countries: ISO2 (2), ISO3 (3), name (4).
pub const COUNTRIES: usize = 1;
/// Records of regions: country (1), name (4), code (4).
pub const REGIONS: usize = 2;
/// Records of cities, most populous first: name (4), country (1), region (2), latitude (3), longitude (3), population (4).
pub const CITIES: usize = 3;
/// Lists of entities, each ended by a number with bit 31 set.
pub const POSTINGS: usize = 4;
/// All text.
pub const TEXT: usize = 5;
/// An `fst` of folded names, of words and of codes; see [`word_key`] and [`code_key`].
pub const INDEX: usize = 6;

/// Bytes of one record of a country.
pub const COUNTRY_WIDTH: usize = 9;
/// Bytes of one record of a region.
pub const REGION_WIDTH: usize = 9;
/// Bytes of one record of a city.
pub const CITY_WIDTH: usize = 17;
/// Latitude and longitude are whole numbers of this part of a degree.
pub const STEPS: f64 = 40_000.0;
/// "No region" in the record of a city.
pub const NO_REGION: u16 = u16::MAX;

/// The name is not the main one.
pub const OTHER_NAME: u32 = 1;
/// The name counts in capitals only.
pub const CAPS_ONLY: u32 = 2;
/// The name means a city with its surroundings.
pub const AREA: u32 = 4;
/// Bits below the number of the entity in a posting.
pub const FLAG_BITS: u32 = 3;
/// In a posting: the list ends here. In a value of the index: the value is the only posting itself.
pub const LAST: u32 = 1 << 31;

/// The key under which the roles of a word lie in the index: apart from all names.
pub fn word_key(folded: &str) -> Vec<u8> {
    let mut key = vec![0];
    key.extend_from_slice(folded.as_bytes());
    key
}

/// The key under which a code of a country or region lies in the index: apart from names and words.
pub fn code_key(code: &str) -> Vec<u8> {
    let mut key = vec![1];
    key.extend_from_slice(code.as_bytes());
    key
}

/// A section of the file, or nothing if the file is not what it should be.
pub(super) fn section(bytes: &'static [u8], index: usize) -> &'static [u8] {
    if !bytes.starts_with(MAGIC) {
        return &[];
    }
    let at = 40 + index * 8;
    let (start, length) = (u32_at(bytes, at) as usize, u32_at(bytes, at + 4) as usize);
    bytes.get(HEAD + start..(HEAD + start).saturating_add(length)).unwrap_or(&[])
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..at.saturating_add(N)).and_then(|b| b.try_into().ok()).unwrap_or([0; N])
}

pub(super) fn u8_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes_at(bytes, at))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(bytes, at))
}

/// Degrees from three bytes.
pub(super) fn degrees_at(bytes: &[u8], at: usize) -> f64 {
    let [a, b, c] = bytes_at(bytes, at);
    f64::from(i32::from_le_bytes([0, a, b, c]) >> 8) / STEPS
}

/// Text by a reference of four bytes: start (3), length (1).
pub(super) fn text_at(text: &'static [u8], bytes: &[u8], at: usize) -> &'static str {
    let reference = u32_at(bytes, at);
    let (start, length) = ((reference & 0xff_ffff) as usize, (reference >> 24) as usize);
    text.get(start..start + length).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("")
}
