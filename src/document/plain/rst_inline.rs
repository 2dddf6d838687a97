//! The inside of a paragraph of reStructuredText: literals, roles, links, emphasis, escapes.

use super::addresses;
use crate::document::{Builder, Mark, Piece, SourceMap};
use crate::source::Span;
use std::collections::HashMap;

/// The lines of one paragraph, joined.
#[derive(Default)]
pub(super) struct Prose {
    text: String,
    map: SourceMap,
}

impl Prose {
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds a line, which stands at `at`.
    pub(super) fn add(&mut self, line: &str, at: usize) {
        if line.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            // The line end with the white space around it.
            let end = self.map.pieces().last().map_or(at, |p| p.source + p.source_len).min(at);
            self.map.push(Piece { text: self.text.len(), text_len: 1, source: end, source_len: at - end, linear: false });
            self.text.push('\n');
        }
        self.map.push(Piece { text: self.text.len(), text_len: line.len(), source: at, source_len: line.len(), linear: true });
        self.text.push_str(line);
    }

    /// `::` at the end shows one colon, or none where it stands alone.
    pub(super) fn drop_literal_mark(&mut self) {
        let shown = self.text.trim_end_matches("::");
        let len = if shown.is_empty() || shown.ends_with(char::is_whitespace) { shown.trim_end().len() } else { shown.len() + 1 };
        self.text.truncate(len);
    }
}

/// Roles whose text is code.
fn is_code(role: &str) -> bool {
    let last = role.rsplit(':').next().unwrap_or(role);
    role.contains(':')
        || matches!(
            last,
            "code"
                | "literal"
                | "file"
                | "samp"
                | "kbd"
                | "command"
                | "option"
                | "envvar"
                | "program"
                | "regexp"
                | "math"
                | "func"
                | "class"
                | "meth"
                | "mod"
                | "attr"
                | "exc"
                | "data"
                | "obj"
                | "const"
                | "raw"
                | "token"
                | "makevar"
                | "mimetype"
        )
}

struct Inline<'s, 'b> {
    s: &'s str,
    b: &'b mut Builder,
    watch: bool,
    /// Where text starts that has not been written.
    from: usize,
    /// Closing marks that are known not to come any more: looking again would be quadratic.
    missing: HashMap<&'static str, ()>,
    /// The end of an address without spaces, in which underscores are letters.
    address_end: usize,
}

/// Writes a paragraph into the open block.
pub(super) fn inline(prose: Prose, watch: bool, b: &mut Builder) {
    let Prose { text, map } = prose;
    b.within(map, |b| {
        let mut inline = Inline { s: &text, b, watch, from: 0, missing: HashMap::new(), address_end: 0 };
        let mut at = 0;
        while let Some(p) = text.as_bytes()[at..].iter().position(|c| matches!(c, b'`' | b'*' | b'|' | b'\\' | b'_' | b':' | b'[')) {
            at += p;
            at = inline.mark(at).unwrap_or(at + 1);
        }
        inline.flush(text.len());
    });
}

impl Inline<'_, '_> {
    /// Writes the text before `to`.
    fn flush(&mut self, to: usize) {
        if let Some(s) = self.s.get(self.from..to) {
            let from = self.from;
            self.b.text(s, from);
            if self.watch {
                addresses(s, |target, r| self.b.link(target, Span::new(from + r.start, from + r.end), "text", None));
            }
        }
        self.from = to;
    }

    /// The place of `close` after `at`.
    fn find(&mut self, at: usize, close: &'static str) -> Option<usize> {
        if self.missing.contains_key(close) {
            return None;
        }
        let found = self.s.get(at..).and_then(|s| s.find(close));
        if found.is_none() {
            self.missing.insert(close, ());
        }
        found.map(|f| at + f)
    }

    fn before(&self, at: usize) -> Option<char> {
        self.s[..at].chars().next_back()
    }

    fn after(&self, at: usize) -> Option<char> {
        self.s.get(at..).and_then(|s| s.chars().next())
    }

    /// Markup may start here: after white space or a sign, before something.
    fn starts(&self, at: usize, inner: usize) -> bool {
        self.before(at).is_none_or(|c| !c.is_alphanumeric()) && self.after(inner).is_some_and(|c| !c.is_whitespace())
    }

    /// Reads the markup at `at`, if it is any, and gives the place after it.
    fn mark(&mut self, at: usize) -> Option<usize> {
        let rest = &self.s.as_bytes()[at..];
        match rest[0] {
            b'\\' => {
                let c = self.after(at + 1)?;
                self.flush(at);
                let end = at + 1 + c.len_utf8();
                // A backslash and a space show nothing: they stand between a word and markup.
                let shown = if c.is_whitespace() { "\u{200B}".to_owned() } else { c.to_string() };
                self.b.decoded(&shown, Span::new(at, end));
                self.from = end;
                Some(end)
            }
            b'`' if rest.starts_with(b"``") => {
                let close = self.find(at + 2, "``")?;
                self.literal(at, at + 2, close, close + 2)
            }
            b':' => {
                let name = rest[1..]
                    .iter()
                    .take(80)
                    .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.' | b'+'))
                    .count();
                let tick = at + 1 + name;
                if name < 2 || rest[name] != b':' || rest.get(name + 1) != Some(&b'`') {
                    return None;
                }
                let close = self.find(tick + 1, "`")?;
                if is_code(&self.s[at + 1..tick - 1]) {
                    return self.literal(at, tick + 1, close, close + 1);
                }
                self.phrase(at, tick + 1, close, close + 1, false)
            }
            b'`' if self.starts(at, at + 1) || self.before(at) == Some('_') => {
                let close = self.find(at + 1, "`")?;
                let signs = self.s.as_bytes()[close + 1..].iter().take(2).take_while(|b| **b == b'_').count();
                let start = if self.before(at) == Some('_') && self.from < at { at - 1 } else { at };
                self.phrase(start, at + 1, close, close + 1 + signs, signs > 0)
            }
            b'*' => {
                let (n, close) = if rest.starts_with(b"**") { (2, "**") } else { (1, "*") };
                if !self.starts(at, at + n) {
                    return None;
                }
                let end = self.find(at + n, close)?;
                if self.before(end).is_none_or(char::is_whitespace) || self.after(end + n).is_some_and(char::is_alphanumeric) {
                    return None;
                }
                self.flush(at);
                self.from = at + n;
                self.flush(end);
                self.from = end + n;
                Some(end + n)
            }
            b'|' if self.starts(at, at + 1) => {
                let close = self.find(at + 1, "|")?;
                if close - at > 80 || self.s[at..close].contains('\n') || self.after(close + 1).is_some_and(char::is_alphanumeric) {
                    return None;
                }
                self.flush(at);
                self.b.object(Span::new(at, close + 1));
                self.from = close + 1 + self.s.as_bytes()[close + 1..].iter().take(2).take_while(|b| **b == b'_').count();
                Some(self.from)
            }
            b'_' => {
                // `word_` refers to a target; `snake_case` does not.
                let n = rest.iter().take(2).take_while(|b| **b == b'_').count();
                let word = self.before(at).is_some_and(char::is_alphanumeric)
                    && !self.after(at + n).is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '/');
                if !word || at < self.address_end {
                    return Some(at + n);
                }
                if self.s[self.from..at].rsplit(char::is_whitespace).next().is_some_and(|w| w.contains("://")) {
                    self.address_end = at + self.s[at..].find(char::is_whitespace).unwrap_or(self.s.len() - at);
                    return Some(at + n);
                }
                self.flush(at);
                self.from = at + n;
                Some(at + n)
            }
            b'[' => {
                let label = rest[1..]
                    .iter()
                    .take(40)
                    .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'*' | b'-' | b'_' | b'.'))
                    .count();
                if label == 0 || !rest[label + 1..].starts_with(b"]_") {
                    return None;
                }
                self.flush(at);
                self.from = at + label + 3;
                Some(self.from)
            }
            _ => None,
        }
    }

    fn literal(&mut self, at: usize, from: usize, to: usize, end: usize) -> Option<usize> {
        self.flush(at);
        let token = self.b.mark(Mark::Code);
        self.b.text(&self.s[from..to], from);
        self.b.unmark(token);
        self.from = end;
        Some(end)
    }

    /// `text <target>`: the text shows; the target is a link's address or a name.
    fn phrase(&mut self, at: usize, from: usize, to: usize, end: usize, link: bool) -> Option<usize> {
        self.flush(at);
        let inner = &self.s[from..to];
        let (shown, target) = match inner.strip_suffix('>').and_then(|i| i.rsplit_once('<')) {
            Some((t, target)) if !t.trim().is_empty() => (t.trim_end(), Some(target)),
            Some((_, target)) => (target, Some(target)),
            None => (inner, None),
        };
        let token = link.then(|| self.b.mark(Mark::Link));
        let shown_at = shown.as_ptr() as usize - self.s.as_ptr() as usize;
        self.b.text(shown, shown_at);
        if let Some(token) = token {
            self.b.unmark(token);
        }
        if let Some(t) = target.filter(|t| link && !t.ends_with('_')) {
            let place = to - 1 - t.len();
            self.b.link(t, Span::new(place, to - 1), "md[link]", None);
        }
        self.from = end;
        Some(end)
    }
}
