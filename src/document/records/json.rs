//! JSON, token by token, with the place of every token. Strict RFC 8259; no recursion and no tree.
//!
//! A string stays a span of the text until someone asks for its value: [`unescape`] then gives text and map.

use crate::document::{Piece, SourceMap};
use crate::source::Span;
use std::borrow::Cow;

/// How deep lists and objects may lie in each other.
pub const MAX_DEPTH: u32 = 128;

/// What a scanner gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// `{`
    ObjectStart(usize),
    /// One past `}`.
    ObjectEnd(usize),
    /// `[`
    ArrayStart(usize),
    /// One past `]`.
    ArrayEnd(usize),
    /// A key of an object; its value follows.
    Key(Str),
    /// A string.
    String(Str),
    /// A number.
    Number(Span),
    /// `true` or `false`.
    Bool(bool, Span),
    /// `null`
    Null(Span),
}

/// A string as it stands in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Str {
    /// Its place without the quotes.
    pub span: Span,
    /// Whether it holds escapes.
    pub escaped: bool,
}

impl Str {
    /// The decoded text.
    pub fn value<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let raw = text.get(self.span.range()).unwrap_or("");
        if self.escaped { Cow::Owned(unescape(raw, 0).0) } else { Cow::Borrowed(raw) }
    }
}

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// What is wrong, in one clause.
    pub message: &'static str,
    /// Where: the character that does not belong, or the end of the text.
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Value,
    /// After `[`.
    FirstElement,
    /// After `{`.
    FirstKey,
    AfterValue,
    End,
}

/// Reads one JSON value.
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    state: State,
    depth: u32,
    /// One bit for each open container, the innermost lowest: 1 for an object.
    kinds: u128,
}

/// Where among eight bytes of a string the first stands that ends its plain run: the quote, the backslash, control characters.
fn stop(bytes: [u8; 8]) -> Option<usize> {
    let all = |b: u8| u64::from_le_bytes([b; 8]);
    let word = u64::from_le_bytes(bytes);
    // The high bits of bytes below `n`; one above a byte that is below may be wrong.
    let below = |w: u64, n: u8| w.wrapping_sub(all(n)) & !w & all(0x80);
    let found = below(word ^ all(b'"'), 1) | below(word ^ all(b'\\'), 1) | below(word, b' ');
    (found != 0).then_some(found.trailing_zeros() as usize / 8)
}

impl<'a> Scanner<'a> {
    /// A scanner of the value that `span` of `text` holds, white space around it allowed. Places given are bytes of `text`.
    pub fn new(text: &'a str, span: Span) -> Self {
        let end = span.end.min(text.len());
        Scanner { text, at: span.start.min(end), end, state: State::Value, depth: 0, kinds: 0 }
    }

    /// The next token; `None` after the last one.
    ///
    /// # Errors
    /// At the first character that breaks the grammar; asking again gives the same error or `None`, never a panic.
    #[allow(clippy::should_implement_trait)]
    #[inline(always)]
    pub fn next(&mut self) -> Result<Option<Token>, JsonError> {
        let b = self.peek();
        match self.state {
            State::End => match b {
                None => Ok(None),
                Some(_) => self.fail("nothing may follow the value"),
            },
            State::Value => self.value(b).map(Some),
            State::FirstElement => match b {
                Some(b']') => Ok(Some(self.close())),
                b => self.value(b).map(Some),
            },
            State::FirstKey => match b {
                Some(b'}') => Ok(Some(self.close())),
                b => self.key(b).map(Some),
            },
            State::AfterValue => {
                let object = self.kinds & 1 == 1;
                match b {
                    Some(b',') => {
                        self.at += 1;
                        let b = self.peek();
                        if object { self.key(b).map(Some) } else { self.value(b).map(Some) }
                    }
                    Some(b'}') if object => Ok(Some(self.close())),
                    Some(b']') if !object => Ok(Some(self.close())),
                    _ if object => self.fail("expected `,` or `}`"),
                    _ => self.fail("expected `,` or `]`"),
                }
            }
        }
    }

    /// The next byte that is no white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while self.at < self.end {
            match bytes[self.at] {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                b => return Some(b),
            }
        }
        None
    }

    fn fail<T>(&self, message: &'static str) -> Result<T, JsonError> {
        self.fail_at(self.at, message)
    }

    fn fail_at<T>(&self, at: usize, message: &'static str) -> Result<T, JsonError> {
        if at >= self.end {
            return Err(JsonError { message: "the text ends in the middle of a value", span: Span::at(self.end) });
        }
        let at = self.text.floor_char_boundary(at);
        let len = self.text[at..].chars().next().map_or(0, char::len_utf8);
        Err(JsonError { message, span: Span::new(at, at + len) })
    }

    #[inline]
    fn close(&mut self) -> Token {
        self.at += 1;
        let object = self.kinds & 1 == 1;
        self.kinds >>= 1;
        self.depth -= 1;
        self.state = if self.depth == 0 { State::End } else { State::AfterValue };
        if object { Token::ObjectEnd(self.at) } else { Token::ArrayEnd(self.at) }
    }

    #[inline]
    fn open(&mut self, object: bool) -> Result<Token, JsonError> {
        if self.depth == MAX_DEPTH {
            return self.fail("lists and objects lie more than 128 deep in each other");
        }
        self.depth += 1;
        self.kinds = self.kinds << 1 | u128::from(object);
        self.at += 1;
        self.state = if object { State::FirstKey } else { State::FirstElement };
        Ok(if object { Token::ObjectStart(self.at - 1) } else { Token::ArrayStart(self.at - 1) })
    }

    #[inline(always)]
    fn key(&mut self, b: Option<u8>) -> Result<Token, JsonError> {
        if b != Some(b'"') {
            return self.fail(if b == Some(b'}') { "a key must follow the comma" } else { "expected a key in double quotes" });
        }
        let key = self.string()?;
        if self.peek() != Some(b':') {
            return self.fail("expected `:`");
        }
        self.at += 1;
        self.state = State::Value;
        Ok(Token::Key(key))
    }

    #[inline(always)]
    fn value(&mut self, b: Option<u8>) -> Result<Token, JsonError> {
        let token = match b {
            Some(b'{') => return self.open(true),
            Some(b'[') => return self.open(false),
            Some(b'"') => Token::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Token::Number(self.number()?),
            Some(b't') => Token::Bool(true, self.word("true")?),
            Some(b'f') => Token::Bool(false, self.word("false")?),
            Some(b'n') => Token::Null(self.word("null")?),
            Some(b']' | b'}' | b',') => return self.fail("a value is missing here"),
            Some(b'\'') => return self.fail("strings stand in double quotes"),
            Some(b'/') => return self.fail("JSON has no comments"),
            _ => return self.fail("expected a value"),
        };
        self.state = if self.depth == 0 { State::End } else { State::AfterValue };
        Ok(token)
    }

    fn word(&mut self, word: &str) -> Result<Span, JsonError> {
        let start = self.at;
        if !self.text.as_bytes()[start..self.end].starts_with(word.as_bytes()) {
            return self.fail("expected a value");
        }
        self.at += word.len();
        Ok(Span::new(start, self.at))
    }

    fn number(&mut self) -> Result<Span, JsonError> {
        let bytes = &self.text.as_bytes()[..self.end];
        let start = self.at;
        let digits = |mut at: usize| {
            let from = at;
            while at < bytes.len() && bytes[at].is_ascii_digit() {
                at += 1;
            }
            (at, at > from)
        };
        let mut at = start + usize::from(bytes[start] == b'-');
        if bytes.get(at) == Some(&b'0') {
            at += 1;
            if bytes.get(at).is_some_and(u8::is_ascii_digit) {
                return self.fail_at(at, "a number does not begin with 0");
            }
        } else {
            let (to, any) = digits(at);
            if !any {
                return self.fail_at(at, "expected a digit");
            }
            at = to;
        }
        if bytes.get(at) == Some(&b'.') {
            let (to, any) = digits(at + 1);
            if !any {
                return self.fail_at(to, "expected a digit");
            }
            at = to;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            at += 1;
            at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
            let (to, any) = digits(at);
            if !any {
                return self.fail_at(to, "expected a digit");
            }
            at = to;
        }
        self.at = at;
        Ok(Span::new(start, at))
    }

    /// The string whose opening quote is next.
    #[inline]
    fn string(&mut self) -> Result<Str, JsonError> {
        let bytes = &self.text.as_bytes()[..self.end];
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            at = plain_end(bytes, at);
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(Str { span: Span::new(start, at), escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    match bytes.get(at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                        Some(b'u') => {
                            let hex = bytes.iter().skip(at + 2).take(4).take_while(|b| b.is_ascii_hexdigit()).count();
                            if hex < 4 {
                                return self.fail_at(at + 2 + hex, "expected four hexadecimal digits after `\\u`");
                            }
                            at += 6;
                        }
                        _ => return self.fail_at(at + 1, "JSON knows no such escape"),
                    }
                }
                Some(_) => return self.fail_at(at, "line breaks and control characters in a string must be escaped"),
                None => return Err(JsonError { message: "the text ends inside a string", span: Span::at(self.end) }),
            }
        }
    }
}

/// The end of a string's plain run from byte `at` on.
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    // Most strings end within the first bytes; the vectorised search pays for long ones.
    let near = at + 32;
    while at < near {
        let Some(&eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
            return bytes[at..].iter().position(|&b| matches!(b, b'"' | b'\\' | 0..0x20)).map_or(bytes.len(), |i| at + i);
        };
        match stop(eight) {
            Some(i) => return at + i,
            None => at += 8,
        }
    }
    let to = memchr::memchr2(b'"', b'\\', &bytes[at..]).map_or(bytes.len(), |i| at + i);
    if bytes[at..to].iter().fold(false, |any, &b| any | (b < 0x20)) {
        at += bytes[at..to].iter().position(|&b| b < 0x20).unwrap_or(0);
        return at;
    }
    to
}

/// The value of a string's raw text and the map from it to the source, in which the raw text starts at `at`. Half of a surrogate pair
/// stands as U+FFFD.
pub fn unescape(raw: &str, at: usize) -> (String, SourceMap) {
    let mut out = String::with_capacity(raw.len());
    let mut map = SourceMap::default();
    let mut from = 0;
    while let Some(i) = memchr::memchr(b'\\', &raw.as_bytes()[from..]).map(|i| from + i) {
        let plain = &raw[from..i];
        map.push(Piece { text: out.len(), text_len: plain.len(), source: at + from, source_len: plain.len(), linear: true });
        out.push_str(plain);
        let (c, len) = escape(&raw[i..]);
        map.push(Piece { text: out.len(), text_len: c.len_utf8(), source: at + i, source_len: len, linear: false });
        out.push(c);
        from = i + len;
    }
    let plain = &raw[from..];
    map.push(Piece { text: out.len(), text_len: plain.len(), source: at + from, source_len: plain.len(), linear: true });
    out.push_str(plain);
    (out, map)
}

/// The character of the escape that `s` begins with, and the escape's length.
fn escape(s: &str) -> (char, usize) {
    let unit = |from: usize| s.get(from..from + 4).and_then(|h| u32::from_str_radix(h, 16).ok());
    match s.as_bytes().get(1) {
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{C}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'u') => match unit(2) {
            Some(high @ 0xD800..0xDC00) if s.get(6..8) == Some("\\u") => match unit(8) {
                Some(low @ 0xDC00..0xE000) => {
                    (char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).unwrap_or('\u{FFFD}'), 12)
                }
                _ => ('\u{FFFD}', 6),
            },
            Some(u) => (char::from_u32(u).unwrap_or('\u{FFFD}'), 6),
            // Only a text that the scanner has not passed comes here.
            None => ('\u{FFFD}', 2),
        },
        Some(&b) if b.is_ascii() => (char::from(b), 2),
        Some(_) | None => ('\\', 1),
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
