//! Web and mail addresses in running text.

use std::ops::Range;

/// Whether it is worth looking.
pub(crate) fn may_hold_addresses(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr(b'@', bytes).is_some()
        || memchr::memmem::find(bytes, b"://").is_some()
        || ["www.", "WWW.", "Www."].iter().any(|w| memchr::memmem::find(bytes, w.as_bytes()).is_some())
}

/// Where an address that begins at `from` ends.
fn end(text: &str, from: usize) -> usize {
    let stop = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}' | '“' | '”' | '„' | '«' | '»' | '’' | '‘' | '…')
            || ('\u{3000}'..='\u{303F}').contains(&c)
            || ('\u{FF00}'..='\u{FF0F}').contains(&c)
            || matches!(c, '：' | '；' | '？')
    };
    let mut end = from + text[from..].find(stop).unwrap_or(text.len() - from);
    let address = &text[from..end];
    let count = |c: u8| address.bytes().filter(|b| *b == c).count();
    let mut open = [count(b'(') as isize - count(b')') as isize, count(b'[') as isize - count(b']') as isize];
    // What ends the sentence is no part of the address; a bracket is one only if it was opened inside.
    while end > from {
        match text.as_bytes()[end - 1] {
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' | b'_' | b'~' => {}
            b')' if open[0] < 0 => open[0] += 1,
            b']' if open[1] < 0 => open[1] += 1,
            _ => break,
        }
        end -= 1;
    }
    end
}

/// Calls `found` with every `http(s)://…`, `www.…` and mail address, and its place. A mail address is given as `mailto:`.
pub(crate) fn addresses(text: &str, mut found: impl FnMut(&str, Range<usize>)) {
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    while let Some(p) = bytes[at..].iter().position(|b| matches!(b, b':' | b'@' | b'.')) {
        let i = at + p;
        at = i + 1;
        let hit = match bytes[i] {
            b':' if bytes[i..].starts_with(b"://") => scheme(bytes, done, i).filter(|_| bytes.get(i + 3).is_some_and(|b| *b > b' ')),
            b'.' => www(bytes, done, i),
            b'@' => {
                if let Some(r) = mail(bytes, done, i) {
                    found(&format!("mailto:{}", &text[r.clone()]), r.clone());
                    done = r.end;
                    at = r.end;
                }
                None
            }
            _ => None,
        };
        if let Some(start) = hit {
            let stop = end(text, start);
            if stop > i + 3 {
                found(&text[start..stop], start..stop);
                done = stop;
                at = stop;
            }
        }
    }
}

fn scheme(bytes: &[u8], done: usize, colon: usize) -> Option<usize> {
    ["https", "http"].into_iter().find_map(|s| {
        let start = colon.checked_sub(s.len()).filter(|&s| s >= done)?;
        let word = bytes[start..colon].eq_ignore_ascii_case(s.as_bytes());
        (word && !start.checked_sub(1).is_some_and(|b| bytes[b].is_ascii_alphanumeric())).then_some(start)
    })
}

fn www(bytes: &[u8], done: usize, dot: usize) -> Option<usize> {
    let start = dot.checked_sub(3).filter(|&s| s >= done)?;
    let before = start.checked_sub(1).map(|b| bytes[b]);
    let word = bytes[start..dot].eq_ignore_ascii_case(b"www");
    let apart = !before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'@' | b'.' | b'-'));
    let host = bytes[dot + 1..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-' || **b >= 0x80).count();
    (word && apart && host > 0 && bytes.get(dot + 1 + host) == Some(&b'.')).then_some(start)
}

fn mail(bytes: &[u8], done: usize, sign: usize) -> Option<Range<usize>> {
    let local =
        bytes[done..sign].iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-')).count();
    let mut end = sign + 1 + bytes[sign + 1..].iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
    while matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let domain = bytes.get(sign + 1..end)?;
    let top = domain.rsplit(|b| *b == b'.').next()?;
    let good = local > 0 && top.len() >= 2 && top.len() < domain.len() && top.iter().all(u8::is_ascii_alphabetic);
    (good && domain[0] != b'.').then(|| sign - local..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_where_the_sentence_goes_on() {
        for (text, expected) in [
            ("See https://a.example/x_(y), or (http://b.example).", vec!["https://a.example/x_(y)", "http://b.example"]),
            ("HTTPS://A.example/?q=1&b=2#c!", vec!["HTTPS://A.example/?q=1&b=2#c"]),
            ("go to www.a.example. Or www.b or xwww.c.example", vec!["www.a.example"]),
            ("見る：https://a.example/日本。次", vec!["https://a.example/日本"]),
            ("ftp://a.example xhttp://b.example http:// ://", vec![]),
            (
                "mail jo.b+x@mail.example.com, not @jo or a@b or https://a.example/@jo@b.example",
                vec!["mailto:jo.b+x@mail.example.com", "https://a.example/@jo@b.example"],
            ),
            ("“https://a.example/”", vec!["https://a.example/"]),
        ] {
            let mut got = Vec::new();
            addresses(text, |t, r| {
                assert_eq!(t.trim_start_matches("mailto:"), &text[r]);
                got.push(t.to_owned());
            });
            assert_eq!(got, expected, "{text}");
        }
    }
}
