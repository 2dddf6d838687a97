//! Where the destination and the title of a link stand: the parser tells what they are, not where. Also backslashes and entities inside
//! them. No document is written here.

use std::ops::Range;

/// Part of a text as its reader sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Bit {
    /// The source as it stands.
    Verbatim(Range<usize>),
    /// Something written as an entity or with a backslash.
    Decoded(String, Range<usize>),
    /// A line end or other white space.
    Space(Range<usize>),
}

/// What follows a link's text, or a definition's label.
#[derive(Debug, PartialEq)]
pub(super) struct Tail {
    /// The destination without angle brackets.
    pub dest: Range<usize>,
    /// The title without its quotes.
    pub title: Option<Range<usize>>,
}

/// Skips white space, and the `>` that begin the continuation lines of a quotation.
fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    let mut line_start = false;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'\n' | b'\r' => line_start = true,
            b' ' | b'\t' => {}
            b'>' if line_start => {}
            _ => break,
        }
        at += 1;
    }
    at
}

/// Reads `dest "title"` from `at` on; `inline` for the form in round brackets.
pub(super) fn tail(text: &str, at: usize, end: usize, inline: bool) -> Option<Tail> {
    let bytes = text.as_bytes().get(..end)?;
    let mut at = skip_space(bytes, at);
    let dest;
    if bytes.get(at) == Some(&b'<') {
        let from = at + 1;
        at = from;
        loop {
            match bytes.get(at)? {
                b'\\' => at += 2,
                b'>' => break,
                b'\n' => return None,
                _ => at += 1,
            }
        }
        dest = from..at;
        at += 1;
    } else {
        let from = at;
        let mut depth = 0u32;
        while let Some(&b) = bytes.get(at) {
            match b {
                b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => at += 1,
                b'(' => depth += 1,
                b')' if depth == 0 && inline => break,
                b')' => depth = depth.saturating_sub(1),
                0..=b' ' => break,
                _ => {}
            }
            at += 1;
        }
        dest = from..at.min(bytes.len());
    }
    let after = skip_space(bytes, at);
    let close = match bytes.get(after) {
        Some(b'(') if after > at => b')',
        Some(&q @ (b'"' | b'\'')) if after > at => q,
        _ => return Some(Tail { dest, title: None }),
    };
    let from = after + 1;
    let mut at = from;
    let title = loop {
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(&b) if b == close => break Some(from..at),
            Some(_) => at += 1,
            None => break None,
        }
    };
    Some(Tail { dest, title })
}

/// The character or two that an entity such as `&amp;` stands for.
fn entity(text: &str) -> Option<String> {
    // The parser has the table of names; it is asked with a document of one entity.
    match pulldown_cmark::Parser::new(text).nth(1)? {
        pulldown_cmark::Event::Text(t) if *t != *text => Some(t.into_string()),
        _ => None,
    }
}

/// The text of a destination or title, backslashes and entities decoded.
pub(super) fn unescape(text: &str, range: Range<usize>) -> Vec<Bit> {
    let bytes = &text.as_bytes()[..range.end];
    let mut bits = Vec::new();
    let (mut from, mut at) = (range.start, range.start);
    while let Some(found) = bytes[at..].iter().position(|b| matches!(b, b'\\' | b'&' | b'\n' | b'\r')) {
        at += found;
        let (bit, next) = match bytes[at] {
            b'\\' => match bytes.get(at + 1) {
                Some(&c) if c.is_ascii_punctuation() => (Bit::Decoded((c as char).to_string(), at..at + 2), at + 2),
                _ => {
                    at += 1;
                    continue;
                }
            },
            b'&' => {
                let name = bytes[at + 1..].iter().take(33).take_while(|b| b.is_ascii_alphanumeric() || **b == b'#').count();
                let stop = at + name + 2;
                let decoded = (name > 0 && bytes.get(stop - 1) == Some(&b';')).then(|| entity(&text[at..stop])).flatten();
                match decoded {
                    Some(d) => (Bit::Decoded(d, at..stop), stop),
                    None => {
                        at += 1;
                        continue;
                    }
                }
            }
            _ => {
                let next = skip_space(bytes, at);
                (Bit::Space(at..at + 1), next)
            }
        };
        if from < at {
            bits.push(Bit::Verbatim(from..at));
        }
        bits.push(bit);
        at = next;
        from = next;
    }
    if from < range.end {
        bits.push(Bit::Verbatim(from..range.end));
    }
    bits
}

/// Bits as one string.
pub(super) fn join(text: &str, bits: &[Bit]) -> String {
    bits.iter()
        .map(|b| match b {
            Bit::Verbatim(r) => &text[r.clone()],
            Bit::Decoded(s, _) => s.as_str(),
            Bit::Space(_) => " ",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(s: &str, inline: bool) -> (String, Option<String>) {
        let t = tail(s, 0, s.len(), inline).expect("a tail");
        (join(s, &unescape(s, t.dest)), t.title.map(|t| join(s, &unescape(s, t))))
    }

    #[test]
    fn destinations_and_titles() {
        for (s, dest, title) in [
            ("/a(b)c 'x')", "/a(b)c", Some("x")),
            ("<a b\\>c> \"say \\\"hi\\\" &amp; go\")", "a b>c", Some("say \"hi\" & go")),
            (" \n > /u\n> (par\n> tner))", "/u", Some("par tner")),
            ("/q?a=1&amp;b=2&copy=3)", "/q?a=1&b=2&copy=3", None),
            (")", "", None),
        ] {
            assert_eq!(parts(s, true), (dest.to_owned(), title.map(str::to_owned)), "{s}");
        }
        assert_eq!(parts("/x)y 't'", false), ("/x)y".to_owned(), Some("t".to_owned())));
    }
}
