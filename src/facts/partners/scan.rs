//! Finds the firms of a long `partners.yaml` without reading them.
//!
//! YAML asks what lies inside a list's entry to be indented more than the entry's dash, quoted texts and block texts included. So in a
//! list written line by line every line that begins with a dash at the depth of the first one begins an entry. A file that is written
//! another way, or that uses anchors, is read whole.

use super::{Key, strings};
use crate::source::Span;
use crate::yaml;

/// Where the firms are.
pub(super) struct Scan {
    /// What comes before the entries, the key of the list included.
    pub head: Span,
    /// The entries, whole lines.
    pub items: Vec<Span>,
    /// What comes after them.
    pub tail: Span,
}

fn is_blank(line: &str) -> bool {
    match line.bytes().find(|b| *b != b' ') {
        // Most lines, told by one byte.
        Some(b @ b'!'..=b'~') => b == b'#',
        _ => {
            let line = line.trim();
            line.is_empty() || line.starts_with('#')
        }
    }
}

fn indent(line: &str) -> usize {
    line.bytes().take_while(|b| *b == b' ').count()
}

/// The lines with their ends, and where each begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1).chain([text.len()]);
    let mut at = 0;
    ends.map(move |end| (std::mem::replace(&mut at, end), end))
        .filter(|(start, end)| start < end)
        .map(|(start, end)| (start, &text[start..end]))
}

/// The places of the firms, if the file is written so that they can be told without reading it.
pub(super) fn scan(text: &str) -> Option<Scan> {
    if has_anchors(text) {
        return None;
    }
    let mut head: Option<usize> = None;
    let mut depth: Option<usize> = None;
    let mut starts: Vec<usize> = Vec::new();
    let mut end = text.len();
    for (start, line) in lines(text) {
        let column = indent(line);
        let body = &line[column..];
        if body.starts_with('\t') {
            return None;
        }
        if head.is_none() {
            if line.strip_prefix("partners:").is_some_and(is_blank) {
                head = Some(start + line.len());
            }
            continue;
        }
        if is_blank(body) {
            continue;
        }
        let dash = body.strip_prefix('-').is_some_and(|b| b.starts_with(' ') || b.trim_end().is_empty());
        match depth {
            None if dash => {
                depth = Some(column);
                starts.push(start);
            }
            None => return None,
            Some(d) if column == d && dash => starts.push(start),
            Some(d) if column > d => {}
            Some(_) => {
                // Only keys of the register itself may follow.
                if column > 0 || dash {
                    return None;
                }
                end = start;
                break;
            }
        }
    }
    let head = head?;
    let ends = starts.iter().skip(1).copied().chain([end]);
    let items = starts.iter().zip(ends).map(|(a, b)| Span::new(*a, b)).collect::<Vec<_>>();
    if items.is_empty() { None } else { Some(Scan { head: Span::new(0, head), items, tail: Span::new(end, text.len()) }) }
}

/// Whether something in the text may be an anchor, an alias, a tag or a merge: then entries cannot be read by themselves.
fn has_anchors(text: &str) -> bool {
    let b = text.as_bytes();
    memchr::memchr3_iter(b'&', b'*', b'!', b).any(|i| {
        let before = b[..i].iter().rev().find(|c| **c != b' ');
        let opens = matches!(before, None | Some(b':' | b'-' | b'[' | b',' | b'{' | b'\n'));
        opens && b.get(i + 1).is_some_and(|c| !c.is_ascii_whitespace())
    }) || memchr::memmem::find(b, b"<<:").is_some()
}

/// What an entry can be looked up by, read from its own lines only.
pub(super) fn keys(text: &str, item: Span, f: &mut dyn FnMut(Key, &str)) {
    let Some(body) = text.get(item.range()) else { return };
    let dash = indent(body);
    let Some(first) = body.get(dash + 1..) else { return };
    // Another layout than keys at one depth from the dash on is read whole.
    let column = dash + 1 + indent(first);
    let wanted = |key: &str| match key {
        "id" => Some(Key::Own),
        "ids" => Some(Key::Id),
        "domains" => Some(Key::Domain),
        "name" | "aliases" => Some(Key::Name),
        "handles" => Some(Key::Handle),
        _ => None,
    };
    if !first.trim_start().starts_with(char::is_alphabetic) || is_blank(first.lines().next().unwrap_or("")) {
        let list = yaml::parse(body).ok();
        for (k, v) in list.iter().filter_map(|l| l.as_seq()?.first()?.as_map()).flatten() {
            if let Some(key) = k.as_str().and_then(wanted) {
                strings(v).iter().for_each(|v| f(key, v));
            }
        }
        return;
    }
    // The key whose value is being gone through, and where it begins.
    let mut open: Option<(Key, usize)> = None;
    let mut flush = |open: &mut Option<(Key, usize)>, end: usize| {
        if let Some((key, start)) = open.take() {
            values(&body[start..end], &mut |v| f(key, v));
        }
    };
    for (start, line) in lines(body) {
        if start > 0 && indent(line) != column {
            continue;
        }
        let Some(line) = line.get(column..) else { continue };
        // An entry of a list may stand as deep as its key.
        if is_blank(line) || line.trim_start().starts_with("- ") {
            continue;
        }
        flush(&mut open, start);
        if let Some((key, _)) = line.split_once(':')
            && let Some(key) = wanted(key.trim().trim_matches(['"', '\'']))
        {
            open = Some((key, start + column));
        }
    }
    flush(&mut open, body.len());
}

/// The values of `key: value`, with whatever lines belong to it.
fn values(lines: &str, f: &mut dyn FnMut(&str)) {
    let Some((_, value)) = lines.split_once(':') else { return };
    let value = value.trim();
    if is_plain(value) {
        return f(value);
    }
    if let Some(text) = quoted(value) {
        return f(text);
    }
    if let Some(list) = value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) {
        let items = || list.split(',').map(str::trim);
        if !list.contains(['[', '"', '\'', '{', '#', '\n']) {
            return items().filter(|v| !v.is_empty()).for_each(f);
        }
        if items().all(|v| quoted(v).is_some()) {
            return items().filter_map(quoted).for_each(f);
        }
    }
    if let Ok(root) = yaml::parse(lines) {
        for (_, v) in root.as_map().unwrap_or_default() {
            strings(v).iter().for_each(|v| f(v));
        }
    }
}

fn is_plain(v: &str) -> bool {
    v.starts_with(|c: char| c.is_alphanumeric())
        && (memchr::memchr3(b'\n', b'#', b':', v.as_bytes()).is_none()
            || !v.contains('\n') && !v.contains(" #") && !v.contains(": ") && !v.ends_with(':'))
}

/// What stands between the quotes of a text that is written as it reads, on one line.
fn quoted(v: &str) -> Option<&str> {
    let quote = v.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = v.strip_prefix(quote)?.strip_suffix(quote)?;
    // YAML takes no control characters.
    let odd = |c: char| c == quote || c == '\\' || c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    if inner.chars().any(odd) { None } else { Some(inner) }
}
