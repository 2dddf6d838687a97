//! Text without markup: paragraphs, lists, quoted mail; and reStructuredText, read as text with its literals. Web addresses in running
//! text are found here for all readers of prose.

mod addresses;
mod rst;
mod rst_inline;
#[cfg(test)]
mod tests;

pub(crate) use addresses::{addresses, may_hold_addresses};
pub use rst::read as read_rst;

use super::{Builder, Mark, MarkToken};
use crate::source::Span;

/// One line without its end.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) start: usize,
    /// Without the line end, white space included.
    pub(super) body: &'a str,
    /// Where the next line starts.
    pub(super) next: usize,
}

impl Line<'_> {
    fn end(&self) -> usize {
        self.start + self.body.len()
    }

    /// How much white space it begins with, in bytes.
    fn indent(&self) -> usize {
        self.body.len() - self.body.trim_start().len()
    }

    fn is_blank(&self) -> bool {
        self.body.trim().is_empty()
    }
}

/// Lines ended by `\n`, `\r\n` or a lone `\r`; a byte order mark is no part of the first.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut at = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|r| !r.is_empty())?;
        let len = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let end = if rest[len..].starts_with("\r\n") { 2 } else { (rest.len() - len).min(1) };
        let line = Line { start: at, body: &rest[..len], next: at + len + end };
        at = line.next;
        Some(line)
    })
}

/// The bytes of a list marker at the beginning of `s`, with the white space behind it.
fn bullet(s: &str) -> Option<usize> {
    let first = s.chars().next()?;
    let marker = if matches!(first, '-' | '*' | '+' | '•' | '‣' | '◦' | '●' | '▪' | '·' | '–') {
        first.len_utf8()
    } else {
        let body = s.strip_prefix('(').unwrap_or(s);
        let open = s.len() - body.len();
        let count = body.bytes().take(4).take_while(u8::is_ascii_digit).count();
        let count = match count {
            0 if body.starts_with('#') => 1,
            0 if open == 1 || body.as_bytes().get(1) == Some(&b')') => body.bytes().take(1).take_while(u8::is_ascii_lowercase).count(),
            n => n,
        };
        let closed = match body.as_bytes().get(count)? {
            b'.' => open == 0 && count <= 3 && !first.is_ascii_lowercase(),
            b')' => true,
            _ => false,
        };
        if count == 0 || !closed {
            return None;
        }
        open + count + 1
    };
    let rest = &s[marker..];
    let space = rest.len() - rest.trim_start().len();
    (space > 0).then_some(marker + space)
}

/// A line of one repeated sign, as under headings and between sections.
fn is_underline(s: &str) -> bool {
    let mut chars = s.chars();
    let Some(first) = chars.next().filter(|c| matches!(c, '=' | '-' | '~' | '*' | '^' | '_' | '+' | '.' | '—' | '–' | '─' | '═'))
    else {
        return false;
    };
    s.chars().count() >= 3 && chars.all(|c| c == first)
}

/// How many bytes of `>` signs a line of quoted mail begins with.
fn quote_prefix(s: &str) -> usize {
    let mut end = 0;
    for (i, b) in s.bytes().enumerate() {
        match b {
            b'>' => end = i + 1,
            b' ' if i <= end => {}
            _ => break,
        }
    }
    end
}

/// Reads plain text into `b`.
pub fn read(text: &str, b: &mut Builder) {
    let watch = may_hold_addresses(text);
    let mut quote: Option<MarkToken> = None;
    for line in lines(text) {
        let prefix = quote_prefix(line.body);
        if (prefix > 0) != quote.is_some() {
            b.close();
            match quote.take() {
                Some(token) => b.unmark(token),
                None => quote = Some(b.mark(Mark::Quote)),
            }
        }
        let rest = &line.body[prefix..];
        let mut at = line.start + prefix + (rest.len() - rest.trim_start().len());
        let mut rest = rest.trim();
        if rest.is_empty() || is_underline(rest) {
            b.close();
            continue;
        }
        let hashes = rest.bytes().take_while(|b| *b == b'#').count();
        let heading = (1..=6).contains(&hashes) && rest[hashes..].starts_with(' ') && !rest[hashes..].trim_start().starts_with('#');
        let skip = if heading { Some(hashes) } else { bullet(rest) };
        if let Some(skip) = skip {
            b.close();
            at += skip;
            rest = &rest[skip..];
        }
        // White space around a line end is one with it; the signs of a quotation are not.
        b.space(Span::new(line.start + prefix, at));
        b.text(rest, at);
        if rest.ends_with(['-', '\u{2010}']) {
            b.divided();
        }
        b.space(Span::new(at + rest.len(), line.next));
        if heading {
            b.close();
        }
        if watch {
            addresses(rest, |target, found| b.link(target, Span::new(at + found.start, at + found.end), "text", None));
        }
    }
    b.close();
    if let Some(token) = quote {
        b.unmark(token);
    }
}
