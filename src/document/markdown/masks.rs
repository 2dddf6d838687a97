//! What site generators and MDX add to Markdown, found before the Markdown parser sees it.
//!
//! The parser gets a copy in which these stretches are overwritten byte for byte, so that a quotation mark or an asterisk inside a shortcode
//! does not become markup; what is shown is then taken from the original. No document is written here.

use super::mdx;
use crate::document::templates;
use std::collections::HashMap;
use std::ops::Range;

/// What a stretch is to the reader.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A tag of a template language: kept in the text, as code.
    Code,
    /// Text that shows as it stands (a merge token that was not filled in is a finding).
    Visible,
    /// Shows nothing.
    Drop,
    /// Shows something that is not known here.
    Object,
    /// A comment; its words.
    Comment(Range<usize>),
    /// A component's tag in MDX.
    Tag,
}

/// What is put over the stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fill {
    /// A word, where the stretch stands in a line of text.
    Word,
    /// White space, where it has lines of its own.
    Blank,
    /// The mark of a heading, so that a title that follows is a block of its own.
    Heading,
}

/// One stretch.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mask {
    pub range: Range<usize>,
    pub kind: Kind,
    pub fill: Fill,
}

/// The shape of a text as far as code is concerned: nothing inside code is a mask.
pub(super) struct Shape<'a> {
    pub text: &'a str,
    fences: Vec<Range<usize>>,
    blanks: Vec<usize>,
    ticks: HashMap<usize, Vec<usize>>,
}

impl Shape<'_> {
    /// Where the paragraph around `at` ends at the latest.
    fn paragraph_end(&self, at: usize) -> usize {
        let i = self.blanks.partition_point(|&b| b < at);
        self.blanks.get(i).copied().unwrap_or(self.text.len())
    }

    /// If `at` lies in fenced code: its end.
    fn fence_end(&self, at: usize) -> Option<usize> {
        let i = self.fences.partition_point(|f| f.end <= at);
        self.fences.get(i).filter(|f| f.start <= at).map(|f| f.end)
    }

    /// The first byte after the code span, or the backticks, at `at`.
    fn skip_ticks(&self, at: usize) -> usize {
        let n = run(self.text.as_bytes(), at, b'`');
        let open = at + n;
        let close = self.ticks.get(&n).and_then(|v| v.get(v.partition_point(|&p| p < open)).copied());
        match close {
            Some(c) if c < self.paragraph_end(open) => c + n,
            _ => open,
        }
    }

    /// The end of the code, code span or escape that starts at `at`; `None` if it is none of these.
    pub(super) fn skip(&self, at: usize) -> Option<usize> {
        if let Some(end) = self.fence_end(at) {
            return Some(end);
        }
        let bytes = self.text.as_bytes();
        match bytes.get(at)? {
            b'`' => Some(self.skip_ticks(at)),
            b'\\' => Some(at + 1 + usize::from(bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation))),
            _ => None,
        }
    }
}

pub(super) fn run(bytes: &[u8], at: usize, b: u8) -> usize {
    bytes[at.min(bytes.len())..].iter().take_while(|&&x| x == b).count()
}

/// All stretches of `text` from `from` on, by rising place and apart.
pub(super) fn find(text: &str, from: usize, mdx: bool) -> Vec<Mask> {
    let body = &text.as_bytes()[from..];
    let has = |s: &str| memchr::memmem::find(body, s.as_bytes()).is_some();
    if !mdx && !["{{", "{%", "{#", "{:", "{.", ":::", "[[", "<%", "@*"].into_iter().any(has) {
        return Vec::new();
    }
    let (shape, mut masks) = lines(text, from, mdx);
    let lines = masks.len();
    let mut line = 0;
    if mdx {
        mdx::find(&shape, from, &mut masks);
    } else {
        templates(&shape, from, &mut masks);
    }
    let mut rest = masks.split_off(lines);
    rest.retain(|m| {
        while masks.get(line).is_some_and(|l| l.range.end <= m.range.start) {
            line += 1;
        }
        masks.get(line).is_none_or(|l| m.range.end <= l.range.start)
    });
    masks.extend(rest);
    masks.sort_by_key(|m| m.range.start);
    masks
}

/// The text as the parser is to see it, of the same length.
pub(super) fn overwrite(text: &str, masks: &[Mask]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for m in masks {
        out.push_str(&text[at..m.range.start]);
        for (i, b) in text.as_bytes()[m.range.clone()].iter().enumerate() {
            out.push(match m.fill {
                _ if matches!(b, b'\n' | b'\r') => *b as char,
                Fill::Word => 'x',
                Fill::Heading if i + 1 < m.range.len() && i < 6 => '#',
                Fill::Heading | Fill::Blank => ' ',
            });
        }
        at = m.range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Whether only white space stands around `range` on its lines.
pub(super) fn alone(text: &str, range: &Range<usize>) -> bool {
    let blank = |b: &u8| b.is_ascii_whitespace();
    let bytes = text.as_bytes();
    bytes[..range.start].iter().rev().take_while(|b| **b != b'\n').all(blank)
        && bytes[range.end..].iter().take_while(|b| **b != b'\n').all(blank)
}

/// What whole lines tell: fenced code, blank lines, admonition markers, MDX imports.
fn lines(text: &str, from: usize, mdx: bool) -> (Shape<'_>, Vec<Mask>) {
    let mut shape = Shape { text, fences: Vec::new(), blanks: Vec::new(), ticks: HashMap::new() };
    let mut masks = Vec::new();
    let bytes = text.as_bytes();
    let mut fence: Option<(u8, usize, usize)> = None;
    let mut esm = mdx::Modules::new(mdx);
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim_end();
        let inner = body.trim_start_matches([' ', '\t', '>']);
        let mark = inner.as_bytes().first().copied().filter(|b| matches!(b, b'`' | b'~'));
        let ticks = mark.map_or(0, |m| run(inner.as_bytes(), 0, m));
        match (fence, mark) {
            (Some((m, n, opened)), _) => {
                if mark == Some(m) && ticks >= n && inner.len() == ticks {
                    shape.fences.push(opened..at);
                    fence = None;
                }
                continue;
            }
            (None, Some(m)) if ticks >= 3 && !(m == b'`' && inner[ticks..].contains('`')) => {
                fence = Some((m, ticks, start));
                esm.other();
                continue;
            }
            _ => {}
        }
        if inner.is_empty() {
            shape.blanks.push(start);
        }
        if let Some(range) = esm.line(body, start, at) {
            match masks.last_mut() {
                // One import or export, however many lines it takes.
                Some(Mask { range: r, kind: Kind::Drop, fill: Fill::Blank }) if r.end == range.start => r.end = range.end,
                _ => masks.push(Mask { range, kind: Kind::Drop, fill: Fill::Blank }),
            }
            continue;
        }
        if inner.starts_with(":::") {
            admonition(body, start, inner, &mut masks);
        }
    }
    if let Some((_, _, opened)) = fence {
        shape.fences.push(opened..text.len());
    }
    let mut i = from;
    while let Some(p) = memchr::memchr(b'`', &bytes[i..]) {
        let n = run(bytes, i + p, b'`');
        shape.ticks.entry(n).or_default().push(i + p);
        i += p + n;
    }
    (shape, masks)
}

/// `:::note`, `:::note[Title]`, `::: tip Title`: the marker shows nothing, the title is a block.
fn admonition(body: &str, start: usize, inner: &str, masks: &mut Vec<Mask>) {
    let at = start + body.len() - inner.len();
    let colons = run(inner.as_bytes(), 0, b':');
    let name = inner[colons..].trim_start();
    let word = name.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(name.len());
    let title = name[word..].trim_start();
    let end = start + body.len();
    let indented = body.len() - inner.len() > 3;
    let mut push = |range: Range<usize>, fill| masks.push(Mask { range, kind: Kind::Drop, fill });
    if title.is_empty() || title.starts_with('{') || indented {
        push(at..end, if indented { Fill::Word } else { Fill::Blank });
    } else if let Some(t) = title.strip_prefix('[') {
        push(at..end - t.len(), Fill::Heading);
        if let Some(close) = t.find(']') {
            push(end - t.len() + close..end, Fill::Blank);
        }
    } else {
        push(at..end - title.len(), Fill::Heading);
    }
}

/// Looks for the end of something up to a limit, and remembers where there was none, so that a row of beginnings costs no more than one.
#[derive(Default)]
struct Closers {
    failed: HashMap<&'static str, usize>,
}

impl Closers {
    fn find(&mut self, text: &str, at: usize, limit: usize, close: &'static str) -> Option<usize> {
        if self.failed.get(close).is_some_and(|&f| at < f) {
            return None;
        }
        let found = text.as_bytes().get(at..limit).and_then(|b| memchr::memmem::find(b, close.as_bytes()));
        if found.is_none() {
            self.failed.insert(close, limit);
        }
        found.map(|f| at + f + close.len())
    }
}

/// Shortcodes, template tags, attribute lists, wiki links.
fn templates(shape: &Shape<'_>, from: usize, masks: &mut Vec<Mask>) {
    let text = shape.text;
    let bytes = text.as_bytes();
    let mut closers = Closers::default();
    let mut at = from;
    while let Some(p) = bytes[at..].iter().position(|b| matches!(b, b'`' | b'\\' | b'{' | b'[' | b'<' | b'@')) {
        at += p;
        if let Some(next) = shape.skip(at) {
            at = next;
            continue;
        }
        if matches!(bytes[at], b'<' | b'@') && !matches!(bytes.get(at + 1), Some(b'%' | b'*')) {
            at += 1;
            continue;
        }
        let limit = shape.paragraph_end(at);
        let found = match bytes[at] {
            b'[' => wiki_link(text, at, limit, &mut closers, masks),
            _ => comment(text, at, limit, &mut closers).or_else(|| braces(text, at, limit, &mut closers)),
        };
        at = match found {
            Some(Ok(mask)) if !text[mask.range.clone()].contains('`') => {
                let end = mask.range.end;
                masks.push(mask);
                end
            }
            Some(Err(end)) => end,
            _ => at + 1,
        };
    }
}

/// A comment of a template language.
fn comment(text: &str, at: usize, limit: usize, closers: &mut Closers) -> Option<Result<Mask, usize>> {
    let (opening, ends) = templates::comment_at(&text[at..limit])?;
    let from = at + opening;
    let words = closers.find(text, from, limit, ends.first()?)? - ends.first()?.len();
    let end = ends[1..].iter().try_fold(words + ends[0].len(), |end, close| closers.find(text, end, limit, close))?;
    Some(Ok(Mask { range: at..end, kind: Kind::Comment(from..words), fill: Fill::Word }))
}

fn braces(text: &str, at: usize, limit: usize, closers: &mut Closers) -> Option<Result<Mask, usize>> {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    let word = |kind, end| Some(Ok(Mask { range: at..end, kind, fill: Fill::Word }));
    if rest.starts_with(b"{{<") {
        word(Kind::Code, closers.find(text, at, limit, ">}}")?)
    } else if rest.starts_with(b"{{%") {
        word(Kind::Code, closers.find(text, at, limit, "%}}")?)
    } else if rest.starts_with(b"{{!") {
        word(Kind::Drop, closers.find(text, at, limit, "}}")?)
    } else if rest.starts_with(b"{{") {
        let end = closers.find(text, at, limit, "}}")?;
        word(Kind::Visible, end + run(bytes, end, b'}').min(1))
    } else if rest.starts_with(b"{%") {
        let end = closers.find(text, at, limit, "%}")?;
        let name = text[at + 2..end].trim_start_matches(['-', '+', ' ']);
        for (start, close, kind) in [("comment", "endcomment", Kind::Drop), ("highlight", "endhighlight", Kind::Code)] {
            if name.starts_with(start)
                && let Some(closed) = closers.find(text, end, text.len(), close)
                && let Some(closed) = closers.find(text, closed, text.len(), "%}")
            {
                return word(kind, closed);
            }
        }
        word(Kind::Code, end)
    } else if rest.starts_with(b"{#") && !rest.get(2).is_some_and(u8::is_ascii_alphanumeric) {
        let end = closers.find(text, at, limit, "#}")?;
        word(Kind::Comment(at + 2..(end - 2).max(at + 2)), end)
    } else if matches!(rest.get(1), Some(b'#' | b'.' | b':')) && rest.get(2).is_some_and(|b| *b > b' ' || rest[1] == b':') {
        // An attribute list, as in `# Title {#id}`, `{: .lead}`.
        let line = memchr::memchr(b'\n', &bytes[at..limit]).map_or(limit, |n| at + n);
        word(Kind::Drop, closers.find(text, at, line, "}")?)
    } else {
        None
    }
}

/// `[[page|text]]`: the page and the brackets are no text.
fn wiki_link(text: &str, at: usize, limit: usize, closers: &mut Closers, masks: &mut Vec<Mask>) -> Option<Result<Mask, usize>> {
    if !text.as_bytes()[at..].starts_with(b"[[") {
        return None;
    }
    let end = closers.find(text, at, limit, "]]")?;
    let inner = &text[at + 2..end - 2];
    let bar = inner.find('|')?;
    if inner.contains(['[', ']', '\n', '`']) || text[end..].starts_with('(') {
        return None;
    }
    masks.push(Mask { range: at..at + 3 + bar, kind: Kind::Drop, fill: Fill::Word });
    masks.push(Mask { range: end - 2..end, kind: Kind::Drop, fill: Fill::Word });
    Some(Err(end))
}
