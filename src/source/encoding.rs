//! From bytes to text and back: which encoding a file is in, and where each decoded byte came from.

use super::Span;
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What declaration of an encoding to look for in the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeHint {
    /// HTML: byte order mark, then `<meta charset>` in the first 1024 bytes, then UTF-16 by its bytes, then UTF-8, then windows-1252 as
    /// browsers do.
    Html,
    /// Any other text: byte order mark, then UTF-16 by its bytes, then UTF-8.
    Text,
    /// The caller knows, from a header or an option.
    Known(&'static Encoding),
}

/// Something to tell about the decoding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DecodeNote {
    /// Bytes that are not valid in the file's encoding; each stands as U+FFFD in the text.
    Invalid {
        /// Where in the text the first replacement stands.
        first: Span,
        /// How many there are.
        count: usize,
    },
    /// No encoding was declared and the bytes are not UTF-8: read as windows-1252, as browsers read them.
    Assumed,
}

/// The way from a byte of the text back to the byte of the file.
#[derive(Debug, Clone)]
pub struct EncodingMap {
    encoding: &'static Encoding,
    /// Empty where the text is the file, byte for byte.
    runs: Vec<Run>,
}

/// Characters in a row that each take `text_len` bytes in the text and `file_len` in the file.
#[derive(Debug, Clone, Copy)]
struct Run {
    text: usize,
    file: usize,
    text_len: u8,
    file_len: u8,
}

impl EncodingMap {
    /// The map of a text that is the file, byte for byte.
    pub const IDENTITY: EncodingMap = EncodingMap { encoding: UTF_8, runs: Vec::new() };

    /// The encoding's name as the WHATWG standard spells it.
    pub fn name(&self) -> &'static str {
        self.encoding.name()
    }

    /// See [`super::Source::encode`].
    pub(super) fn encode(&self, text: &str) -> Option<Vec<u8>> {
        if self.encoding == UTF_8 { Some(text.as_bytes().to_vec()) } else { encode(text, self.encoding) }
    }

    /// The byte of the file behind byte `at` of the text. Bytes inside a character give the character's first byte.
    pub fn original(&self, at: usize) -> usize {
        let i = self.runs.partition_point(|r| r.text <= at);
        match i.checked_sub(1).and_then(|i| self.runs.get(i)) {
            None => at,
            Some(r) => r.file + (at - r.text) / usize::from(r.text_len.max(1)) * usize::from(r.file_len),
        }
    }

    /// The map of a stretch of the text; it counts from the stretch's first character, which `span` begins with.
    pub(super) fn stretch(&self, span: Span) -> EncodingMap {
        let first = self.runs.partition_point(|r| r.text <= span.start).saturating_sub(1);
        let from = self.original(span.start);
        let runs = self.runs[first.min(self.runs.len())..].iter().take_while(|r| r.text < span.end);
        let runs = runs.map(|r| Run { text: r.text.saturating_sub(span.start), file: r.file.max(from) - from, ..*r });
        EncodingMap { encoding: self.encoding, runs: runs.collect() }
    }
}

/// Collects runs while a text is decoded.
struct Mapper {
    text: String,
    runs: Vec<Run>,
    file: usize,
    invalid: Option<(Span, usize)>,
}

impl Mapper {
    fn new(capacity: usize) -> Self {
        Mapper { text: String::with_capacity(capacity), runs: Vec::new(), file: 0, invalid: None }
    }

    /// One character that took `file_len` bytes of the file.
    fn push(&mut self, c: char, file_len: usize) {
        let (text_len, file_len8) = (c.len_utf8() as u8, u8::try_from(file_len).unwrap_or(u8::MAX));
        let same = self.runs.last().is_some_and(|r| r.text_len == text_len && r.file_len == file_len8);
        if !same {
            self.runs.push(Run { text: self.text.len(), file: self.file, text_len, file_len: file_len8 });
        }
        self.text.push(c);
        self.file += file_len;
    }

    fn replace(&mut self, file_len: usize) {
        let at = Span::new(self.text.len(), self.text.len() + '\u{FFFD}'.len_utf8());
        self.invalid.get_or_insert((at, 0)).1 += 1;
        self.push('\u{FFFD}', file_len);
    }

    /// Valid UTF-8 that stands in the text as in the file.
    fn push_same(&mut self, s: &str) {
        if s.is_empty() {
            return;
        }
        if !self.runs.last().is_some_and(|r| r.text_len == 1 && r.file_len == 1) {
            self.runs.push(Run { text: self.text.len(), file: self.file, text_len: 1, file_len: 1 });
        }
        self.text.push_str(s);
        self.file += s.len();
    }

    fn finish(self, encoding: &'static Encoding, assumed: bool) -> (String, EncodingMap, Vec<DecodeNote>) {
        let mut notes = Vec::new();
        if assumed {
            notes.push(DecodeNote::Assumed);
        }
        if let Some((first, count)) = self.invalid {
            notes.push(DecodeNote::Invalid { first, count });
        }
        (self.text, EncodingMap { encoding, runs: self.runs }, notes)
    }
}

/// Decodes a whole file; see [`DecodeHint`] for what decides the encoding.
pub(super) fn decode(bytes: Vec<u8>, hint: DecodeHint) -> (String, EncodingMap, Vec<DecodeNote>) {
    let encoding = match (Encoding::for_bom(&bytes), hint) {
        (Some((encoding, _)), _) => encoding,
        (None, DecodeHint::Known(encoding)) => encoding,
        (None, DecodeHint::Html) => match declared_in_html(&bytes).or_else(|| unmarked_utf16(&bytes)) {
            Some(encoding) => encoding,
            None if std::str::from_utf8(&bytes).is_ok() => UTF_8,
            None => {
                let m = decode_with(&bytes, WINDOWS_1252);
                return m.finish(WINDOWS_1252, true);
            }
        },
        (None, DecodeHint::Text) => unmarked_utf16(&bytes).unwrap_or(UTF_8),
    };
    if encoding == UTF_8 {
        return decode_utf8(bytes);
    }
    decode_with(&bytes, encoding).finish(encoding, false)
}

/// Decodes UTF-8; valid input is taken over without a copy.
pub(super) fn decode_utf8(bytes: Vec<u8>) -> (String, EncodingMap, Vec<DecodeNote>) {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text, EncodingMap::IDENTITY, Vec::new()),
        Err(e) => e.into_bytes(),
    };
    let mut m = Mapper::new(bytes.len());
    for chunk in bytes.utf8_chunks() {
        m.push_same(chunk.valid());
        if !chunk.invalid().is_empty() {
            m.replace(chunk.invalid().len());
        }
    }
    m.finish(UTF_8, false)
}

/// Feeds the decoder a byte at a time, so that every character knows its bytes. Runs of ASCII are taken whole
/// where the encoding allows it.
fn decode_with(bytes: &[u8], encoding: &'static Encoding) -> Mapper {
    let mut m = Mapper::new(bytes.len());
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = [0u8; 16];
    let (mut from, mut i) = (0, 0);
    let ascii = encoding.is_ascii_compatible();
    while i <= bytes.len() {
        if ascii && from == i {
            let run = bytes[i..].iter().take_while(|b| b.is_ascii()).count();
            m.push_same(std::str::from_utf8(&bytes[i..i + run]).unwrap_or(""));
            i += run;
            from = i;
        }
        let last = i == bytes.len();
        let input = if last { &[][..] } else { &bytes[i..=i] };
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(input, &mut out, last);
        i += read;
        let text = std::str::from_utf8(&out[..written]).unwrap_or("");
        let count = text.chars().count();
        for (k, c) in text.chars().enumerate() {
            // All bytes go to the last character: more than one at a time comes only from encodings that spell a letter and its accent as one.
            m.push(c, if k + 1 == count { i - from } else { 0 });
        }
        if !text.is_empty() {
            from = i;
        }
        match result {
            DecoderResult::Malformed(_, _) => {
                m.replace(i - from);
                from = i;
                if last {
                    break;
                }
            }
            DecoderResult::InputEmpty if last => break,
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
        }
    }
    m
}

/// So many first bytes are looked at to tell UTF-16 that has no mark.
const UTF16_HEAD: usize = 8192;
/// A byte that would be a control character elsewhere comes in UTF-16 once in so many units at least.
const UTF16_UNITS: usize = 8;

/// UTF-16 without a byte order mark, told by its bytes: as text in other encodings they would be control characters; in pairs, in the order
/// that gives more ASCII, they are none, and whole characters.
pub fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(UTF16_HEAD)];
    memchr::memchr(0, head)?;
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{C}');
    let pairs = head.chunks_exact(2).map(|p| [p[0], p[1]]);
    let units: [Vec<u16>; 2] = [pairs.clone().map(u16::from_le_bytes).collect(), pairs.map(u16::from_be_bytes).collect()];
    let [little, big] = units.each_ref().map(|u| u.iter().filter(|u| **u < 0x80).count());
    let (units, encoding) = if little > big { (&units[0], UTF_16LE) } else { (&units[1], UTF_16BE) };
    let odd = head.iter().filter(|b| b.is_ascii() && is_control(char::from(**b))).count();
    // What could be UTF-8 but for some zero bytes is that, if it is not ASCII with one for each letter.
    let most = if std::str::from_utf8(head).is_ok() { 2 } else { UTF16_UNITS };
    if units.len() < 2 || little == big || odd * most < units.len() {
        return None;
    }
    // The head may end within a character.
    let whole = units.len() - usize::from(units.last().is_some_and(|u| (0xD800..0xDC00).contains(u)));
    char::decode_utf16(units[..whole].iter().copied())
        .all(|c| c.is_ok_and(|c| !is_control(c) && c != '\u{FFFE}' && c != '\u{FFFF}'))
        .then_some(encoding)
}

/// The encoding that `<meta charset=…>` or `<meta http-equiv content="…charset=…">` names within the first 1024 bytes.
fn declared_in_html(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(1024)];
    let lower = head.to_ascii_lowercase();
    for meta in memchr::memmem::find_iter(&lower, b"<meta") {
        let end = memchr::memchr(b'>', &lower[meta..]).map_or(lower.len(), |e| meta + e);
        let tag = &lower[meta..end];
        let Some(at) = memchr::memmem::find(tag, b"charset") else { continue };
        let label = tag[at + b"charset".len()..].trim_ascii_start();
        let Some(label) = label.strip_prefix(b"=") else { continue };
        let label = label.trim_ascii_start();
        let label: &[u8] = match label.first() {
            Some(q @ (b'"' | b'\'')) => label[1..].split(|b| b == q).next().unwrap_or(b""),
            _ => label.split(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b';' | b'/')).next().unwrap_or(b""),
        };
        // A page that says UTF-16 in ASCII letters is not UTF-16 (WHATWG).
        return Encoding::for_label(label).map(|e| if e == UTF_16LE || e == UTF_16BE { UTF_8 } else { e });
    }
    None
}

/// Encodes text for writing back a file in its own encoding; `None` where a character has no place in it.
pub fn encode(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        let le = encoding == UTF_16LE;
        return Some(text.encode_utf16().flat_map(|u| if le { u.to_le_bytes() } else { u.to_be_bytes() }).collect());
    }
    let mut encoder = encoding.new_encoder();
    let mut out = vec![0; encoder.max_buffer_length_from_utf8_without_replacement(text.len())?];
    let (result, _, written) = encoder.encode_from_utf8_without_replacement(text, &mut out, true);
    out.truncate(written);
    matches!(result, encoding_rs::EncoderResult::InputEmpty).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;

    fn every_char_maps(bytes: &[u8], hint: DecodeHint, encoding: &'static Encoding) {
        let source = Source::decode("x", bytes.to_vec(), hint);
        assert_eq!(source.encoding_name(), encoding.name());
        for (at, c) in source.text().char_indices() {
            let span = source.original(Span::new(at, at + c.len_utf8()));
            let (again, _) = encoding.decode_without_bom_handling(&bytes[span.range()]);
            assert_eq!(again.chars().next(), Some(c), "character {c:?} at {at} comes from {span:?}");
        }
    }

    #[test]
    fn characters_point_at_their_own_bytes() {
        let text = "Büro in 東京, Hubspot – “ja” 🎉 end";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        every_char_maps(&[b"\xFF\xFE".as_slice(), &utf16].concat(), DecodeHint::Text, UTF_16LE);
        let (sjis, _, _) = encoding_rs::SHIFT_JIS.encode("<meta charset=shift_jis>東京のHubspot代理店ｶﾅ");
        every_char_maps(&sjis, DecodeHint::Html, encoding_rs::SHIFT_JIS);
        let (latin, _, _) = WINDOWS_1252.encode("B\u{fc}ro \u{2013} Hubspot \u{e9}t\u{e9}");
        every_char_maps(&latin, DecodeHint::Html, WINDOWS_1252);
        let (jis, _, _) = encoding_rs::ISO_2022_JP.encode("<meta charset=iso-2022-jp>東京 Hubspot");
        let source = Source::decode("x", jis.to_vec(), DecodeHint::Html);
        let at = source.text().find("Hubspot").expect("decoded");
        assert_eq!(&jis[source.original(Span::new(at, at + 7)).range()], b"Hubspot");
    }

    #[test]
    fn utf16_without_a_mark_is_told_by_its_bytes() {
        let long = "We are a HubSpot partner. 🎉\n".repeat(600);
        for text in
            ["Büro – Hubspot\n", "<p>東京の Hubspot 代理店です。</p>\n", "東京の代理店です。ありがとう\n", "id,name\n1,Acme\n", &long]
        {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for hint in [DecodeHint::Text, DecodeHint::Html] {
                every_char_maps(&little, hint, UTF_16LE);
                every_char_maps(&big, hint, UTF_16BE);
            }
        }
        let none: [&[u8]; 8] = [
            b"",
            b"\0",
            b"ab\0cdefg",
            b"Hubspot a\0 b and the rest of a text\n",
            b"Hubspot caf\xE9 \x93a\0\x94 and the rest",
            b"H\0\0\0i\0\0\0",
            b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0",
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0",
        ];
        assert!(none.iter().all(|bytes| unmarked_utf16(bytes).is_none()));
    }

    #[test]
    fn invalid_bytes_are_replaced_and_told() {
        let source = Source::decode("x", b"ab\xE9cd \xFF\xFE Hubspot".to_vec(), DecodeHint::Text);
        let at = source.text().find("Hubspot").expect("kept");
        assert_eq!(source.original(Span::new(at, at + 7)), Span::new(9, 16));
        assert!(matches!(source.notes(), [DecodeNote::Invalid { count: 3, first }] if first.start == 2));
    }
}
