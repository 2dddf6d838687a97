//! Bytes, names, encodings, lines, spans.
//!
//! What lives here knows files as bytes and as decoded text. Nothing here knows what a document or a rule is.

mod encoding;
mod span;

pub use encoding::{DecodeHint, DecodeNote, EncodingMap, encode, unmarked_utf16};
pub use span::Span;

use std::sync::OnceLock;

/// A place in a file as people name it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct Position {
    /// Byte offset in the original file, from 0.
    pub offset: usize,
    /// Line, from 1. Lines end at `\n`, `\r\n` or a lone `\r`.
    pub line: usize,
    /// Column, from 1, in Unicode characters.
    pub column: usize,
}

impl Position {
    /// The first character of a file.
    pub const START: Position = Position { offset: 0, line: 1, column: 1 };
}

/// One input's text, or a window of it, with its name and the way back to the original bytes.
///
/// A file is one source. A stream of records is a row of sources, each a window that knows where in the file
/// it starts.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    base: Position,
    encoding: EncodingMap,
    notes: Vec<DecodeNote>,
    line_starts: OnceLock<Vec<usize>>,
    /// Characters before every [`CHAR_STEP`]th byte, so that a column far into a long line costs no more than one near its start.
    char_counts: OnceLock<Vec<usize>>,
}

const CHAR_STEP: usize = 512;

/// Whether the name of an input is an address on the web.
pub fn is_address(name: &str) -> bool {
    name.split_once("://").is_some_and(|(s, _)| s.eq_ignore_ascii_case("http") || s.eq_ignore_ascii_case("https"))
}

/// Characters of UTF-8 text that begin in these bytes; a byte order mark at the start counts like any other.
fn count_chars(bytes: &[u8]) -> usize {
    count_bytes(bytes, |b| (b & 0xC0) != 0x80)
}

/// How many bytes are of a sort. In short stretches with small counters, which compilers turn into vector instructions.
pub(crate) fn count_bytes(bytes: &[u8], sort: impl Fn(u8) -> bool) -> usize {
    let short = |part: &[u8]| usize::from(part.iter().fold(0u8, |n, &b| n + u8::from(sort(b))));
    bytes.chunks(usize::from(u8::MAX)).map(short).sum()
}

impl Source {
    /// Decodes a whole file. `hint` says what kind of declaration to look for inside.
    ///
    /// Never fails: what cannot be decoded becomes U+FFFD and is told in [`Source::notes`].
    pub fn decode(name: impl Into<String>, bytes: Vec<u8>, hint: DecodeHint) -> Source {
        let (text, encoding, notes) = encoding::decode(bytes, hint);
        Source {
            name: name.into(),
            text,
            base: Position::START,
            encoding,
            notes,
            line_starts: OnceLock::new(),
            char_counts: OnceLock::new(),
        }
    }

    /// A window of a UTF-8 file that starts at `base`. Invalid bytes become U+FFFD and are told in the notes.
    pub fn window(name: impl Into<String>, bytes: Vec<u8>, base: Position) -> Source {
        let (text, encoding, notes) = encoding::decode_utf8(bytes);
        Source { name: name.into(), text, base, encoding, notes, line_starts: OnceLock::new(), char_counts: OnceLock::new() }
    }

    /// A stretch of this source's text as a window of its own, which knows the bytes of the file as this source does. `span` lies between
    /// characters. What was told in decoding stays with the whole.
    pub fn stretch(&self, span: Span) -> Source {
        Source {
            name: self.name.clone(),
            text: self.text.get(span.range()).unwrap_or("").to_owned(),
            base: self.position(span.start),
            encoding: self.encoding.stretch(span),
            notes: Vec::new(),
            line_starts: OnceLock::new(),
            char_counts: OnceLock::new(),
        }
    }

    /// A source of text that is already at hand: tests, and texts inside rule packs.
    pub fn from_text(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source {
            name: name.into(),
            text: text.into(),
            base: Position::START,
            encoding: EncodingMap::IDENTITY,
            notes: Vec::new(),
            line_starts: OnceLock::new(),
            char_counts: OnceLock::new(),
        }
    }

    /// The input as the user named it, with `/` as separator.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its name, if it was found on the web: the address as the user gave it.
    pub fn url(&self) -> Option<&str> {
        Some(self.name.as_str()).filter(|n| is_address(n))
    }

    /// The decoded text. A byte order mark stays in it as U+FEFF.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where in the file this source starts.
    pub fn base(&self) -> Position {
        self.base
    }

    /// What went wrong or was assumed while decoding.
    pub fn notes(&self) -> &[DecodeNote] {
        &self.notes
    }

    /// Where the first bytes stand that are none of the file's encoding, and a sentence on them; `None` if all are.
    pub fn undecoded(&self) -> Option<(Span, String)> {
        self.notes.iter().find_map(|note| {
            let DecodeNote::Invalid { first, count } = note else { return None };
            let places = match count - 1 {
                0 => "here".to_owned(),
                1 => "here and in one more place".to_owned(),
                n => format!("here and in {n} more places"),
            };
            Some((*first, format!("bytes that are not {} stand {places}", self.encoding_name())))
        })
    }

    /// The name of the encoding the bytes were read in, in the spelling of the WHATWG standard.
    pub fn encoding_name(&self) -> &'static str {
        self.encoding.name()
    }

    /// Text as bytes of the file's encoding, to be put into it; `None` where that lacks a character.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        self.encoding.encode(text)
    }

    /// The bytes of the original file behind a span of the text.
    pub fn original(&self, span: Span) -> Span {
        Span::new(self.base.offset + self.encoding.original(span.start), self.base.offset + self.encoding.original(span.end))
    }

    /// The place of a byte of the text, with its offset in the original file.
    pub fn position(&self, at: usize) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|&s| s <= at).saturating_sub(1);
        let line_start = starts.get(line).copied().unwrap_or(0);
        let mark = usize::from(line_start == 0 && self.base.offset == 0 && self.text.starts_with('\u{FEFF}') && at > 0);
        let chars = self.chars_between(line_start, at) - mark;
        let before = if line == 0 { self.base.column - 1 } else { 0 };
        Position { offset: self.base.offset + self.encoding.original(at), line: self.base.line + line, column: before + chars + 1 }
    }

    /// The places of a span's first byte and of the one past its last.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let from = self.position(span.start);
        // In one line the way from the first to the last is shorter than that from the line's beginning.
        let next = self.line_starts().get(from.line - self.base.line + 1);
        if span.start == 0 || next.is_some_and(|n| *n <= span.end) {
            return (from, self.position(span.end));
        }
        let column = from.column + self.chars_between(span.start, span.end);
        (from, Position { offset: self.base.offset + self.encoding.original(span.end), column, ..from })
    }

    /// The span, without its line end, of the line that `at` lies on.
    pub fn line_span(&self, at: usize) -> Span {
        let starts = self.line_starts();
        let line = starts.partition_point(|&s| s <= at).saturating_sub(1);
        let start = starts.get(line).copied().unwrap_or(0);
        let end = starts.get(line + 1).copied().unwrap_or(self.text.len());
        let body = self.text.get(start..end).unwrap_or("");
        Span::new(start, start + body.trim_end_matches(['\n', '\r']).len())
    }

    fn chars_between(&self, start: usize, end: usize) -> usize {
        match self.text.as_bytes().get(start..end) {
            // Most lines are short, and counting all of the text for one column would cost more.
            Some(bytes) if bytes.len() <= 8 * CHAR_STEP => count_chars(bytes),
            _ => self.chars_before(end) - self.chars_before(start),
        }
    }

    fn chars_before(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let counts = self.char_counts.get_or_init(|| {
            let sums = bytes.chunks(CHAR_STEP).scan(0, |sum, chunk| {
                *sum += count_chars(chunk);
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        });
        let step = at / CHAR_STEP;
        counts.get(step).copied().unwrap_or(0) + count_chars(&bytes[(step * CHAR_STEP).min(bytes.len())..at.min(bytes.len())])
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            for i in memchr::memchr2_iter(b'\n', b'\r', bytes) {
                if bytes[i] == b'\n' || bytes.get(i + 1) != Some(&b'\n') {
                    starts.push(i + 1);
                }
            }
            starts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_span_are_where_each_is() {
        for text in ["\u{FEFF}größer\r\nals 日本\n\nx", "eine Zeile", "a\rb\r\nc\n"] {
            let whole = Source::from_text("t", text);
            let window = Source::window("t", text.as_bytes().to_vec(), Position { offset: 100, line: 7, column: 3 });
            for source in [whole, window] {
                let places: Vec<usize> = (0..=text.len()).filter(|i| source.text().is_char_boundary(*i)).collect();
                for (i, start) in places.iter().enumerate() {
                    for end in &places[i..] {
                        let both = (source.position(*start), source.position(*end));
                        assert_eq!(source.positions(Span::new(*start, *end)), both, "{text:?} {start}..{end}");
                    }
                }
            }
        }
    }
}
