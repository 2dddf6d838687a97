//! What MDX adds to Markdown: imports and exports, `{expressions}`, components.

use super::masks::{Fill, Kind, Mask, Shape, alone};
use std::ops::Range;

/// Follows imports and exports from line to line.
pub(super) struct Modules {
    on: bool,
    /// Whether an import may start here: at the beginning and after blank lines and other imports.
    may_start: bool,
    /// Inside one: how many brackets are open.
    open: Option<usize>,
}

impl Modules {
    pub(super) fn new(on: bool) -> Self {
        Modules { on, may_start: true, open: None }
    }

    /// A line that belongs to something else.
    pub(super) fn other(&mut self) {
        self.may_start = false;
        self.open = None;
    }

    /// The line's range, if it is part of an import or export.
    pub(super) fn line(&mut self, body: &str, start: usize, end: usize) -> Option<Range<usize>> {
        if !self.on {
            return None;
        }
        let blank = body.is_empty();
        match self.open {
            Some(0) if blank => self.open = None,
            Some(_) => {}
            None if self.may_start && starts_module(body) => self.open = Some(0),
            None => {}
        }
        self.may_start = blank || self.open.is_some();
        let open = self.open.as_mut()?;
        for b in body.bytes() {
            match b {
                b'{' | b'(' | b'[' => *open += 1,
                b'}' | b')' | b']' => *open = open.saturating_sub(1),
                _ => {}
            }
        }
        Some(start..end)
    }
}

fn starts_module(line: &str) -> bool {
    let (word, rest) = line.split_at(line.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(line.len()));
    let next = rest.trim_start();
    match word {
        "import" => next.starts_with(['\'', '"', '{', '*']) || rest.starts_with(' ') && (line.contains(" from ") || line.contains('{')),
        "export" => {
            next.starts_with(['{', '*'])
                || ["default", "const", "let", "var", "function", "class", "async"]
                    .iter()
                    .any(|k| next.strip_prefix(k).is_some_and(|r| r.starts_with([' ', '{', '('])))
        }
        _ => false,
    }
}

/// The end of the expression whose `{` stands at `at`; `None` if it never ends.
fn expression(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut i = at;
    while let Some(&b) = bytes.get(i) {
        match b {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            b'"' | b'\'' => {
                // An apostrophe in the text of a component is no quote; quotes end on their line.
                let rest = &bytes[i + 1..];
                if let Some(q) = memchr::memchr2(b, b'\n', rest)
                    && rest[q] == b
                {
                    i += q + 1;
                }
            }
            b'`' => i += memchr::memchr(b'`', &bytes[i + 1..])? + 1,
            b'/' if bytes.get(i + 1) == Some(&b'*') => i += memchr::memmem::find(&bytes[i + 2..], b"*/")? + 3,
            _ => {}
        }
        i += 1;
    }
    None
}

/// What a `<` begins.
enum Jsx {
    Tag(usize),
    No,
    /// The text ends inside.
    Open,
}

fn tag(bytes: &[u8], at: usize) -> Jsx {
    let name = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'/'));
    if bytes.get(name) == Some(&b'>') {
        return Jsx::Tag(name + 1);
    }
    let len =
        bytes[name.min(bytes.len())..].iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-')).count();
    let component = bytes.get(name).is_some_and(u8::is_ascii_uppercase)
        || bytes.get(name).is_some_and(u8::is_ascii_lowercase) && bytes[name..name + len].contains(&b'.');
    if !component {
        return Jsx::No;
    }
    let mut i = name + len;
    loop {
        match bytes.get(i) {
            None => return Jsx::Open,
            Some(b'>') => return Jsx::Tag(i + 1),
            Some(b'<') => return Jsx::No,
            Some(&q @ (b'"' | b'\'')) => match memchr::memchr(q, &bytes[i + 1..]) {
                Some(n) => i += n + 2,
                None => return Jsx::Open,
            },
            Some(b'{') => match expression(bytes, i) {
                Some(end) => i = end,
                None => return Jsx::Open,
            },
            Some(_) => i += 1,
        }
    }
}

/// Expressions and the tags of components.
pub(super) fn find(shape: &Shape<'_>, from: usize, masks: &mut Vec<Mask>) {
    let text = shape.text;
    let bytes = text.as_bytes();
    // Once something runs to the end of the text, so does all that begins after it; asking again would be quadratic.
    let (mut expressions, mut tags) = (true, true);
    let mut at = from;
    while let Some(p) = bytes[at..].iter().position(|b| matches!(b, b'`' | b'\\' | b'{' | b'<')) {
        at += p;
        if let Some(next) = shape.skip(at) {
            at = next;
            continue;
        }
        let mut found = None;
        if bytes[at] == b'{' && expressions {
            match expression(bytes, at) {
                Some(end) => found = Some((end, comment(text, at, end).map_or(Kind::Object, Kind::Comment))),
                None => expressions = false,
            }
        } else if bytes[at] == b'<' && tags {
            match tag(bytes, at) {
                Jsx::Tag(end) => found = Some((end, Kind::Tag)),
                Jsx::No => {}
                Jsx::Open => tags = false,
            }
        }
        at = match found {
            Some((end, kind)) => {
                let range = at..end;
                let fill = if alone(text, &range) { Fill::Blank } else { Fill::Word };
                masks.push(Mask { range, kind, fill });
                end
            }
            None => at + 1,
        };
    }
}

/// A tag without its expressions: the pieces of `range` that are left.
pub(super) fn without_expressions(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let bytes = &text.as_bytes()[..range.end];
    let mut left = Vec::new();
    let (mut from, mut at) = (range.start, range.start);
    while let Some(p) = bytes[at..].iter().position(|b| matches!(b, b'{' | b'"' | b'\'')) {
        at += p;
        let end = match bytes[at] {
            b'{' => expression(bytes, at),
            q => memchr::memchr(q, &bytes[at + 1..]).map(|n| at + n + 2),
        };
        let Some(end) = end else { break };
        if bytes[at] == b'{' {
            left.push(from..at);
            from = end;
        }
        at = end;
    }
    left.push(from..range.end);
    left
}

/// Properties of components whose texts readers meet, beside those that HTML knows.
const TEXTS: [&str; 6] = ["label", "description", "heading", "subtitle", "text", "cta"];

/// The texts in the properties of a component's tag, with their quotation marks: `label="…"`, `label={"…"}`.
pub(super) fn texts(text: &str, tag: Range<usize>) -> Vec<Range<usize>> {
    let bytes = &text.as_bytes()[..tag.end];
    let mut out = Vec::new();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-');
    let mut at = tag.start + 1;
    let component =
        bytes.get(at).is_some_and(u8::is_ascii_uppercase) || bytes[at..].iter().take_while(|b| is_name(**b)).any(|b| *b == b'.');
    while component && at < bytes.len() {
        let from = at;
        at += bytes[at..].iter().take_while(|b| is_name(**b)).count();
        let name = from..at;
        let value = bytes.get(at).filter(|b| **b == b'=').map_or(at, |_| at + 1);
        let end = match bytes.get(value) {
            Some(q @ (b'"' | b'\'')) => memchr::memchr(*q, &bytes[value + 1..]).map(|n| value + n + 2),
            Some(b'{') => expression(bytes, value),
            _ => Some(value.max(from + 1)),
        };
        let Some(end) = end else { break };
        if value > name.end && text.get(name).is_some_and(|n| TEXTS.contains(&n)) {
            out.extend(literal(text, value..end));
        }
        at = end;
    }
    out
}

/// A text in quotation marks, which may stand in braces by itself.
fn literal(text: &str, value: Range<usize>) -> Option<Range<usize>> {
    let whole = text.get(value)?;
    let inner = whole.strip_prefix('{').and_then(|w| w.strip_suffix('}')).map_or(whole, str::trim);
    let mark = inner.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let words = inner.strip_prefix(mark)?.strip_suffix(mark)?;
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    (!words.contains([mark, '\\'])).then_some(start..start + inner.len())
}

/// The words of `{/* … */}`.
fn comment(text: &str, at: usize, end: usize) -> Option<Range<usize>> {
    let inner = &text[at + 1..end - 1];
    let body = inner.trim().strip_prefix("/*")?.strip_suffix("*/")?;
    let start = body.as_ptr() as usize - text.as_ptr() as usize;
    Some(start..start + body.len())
}
