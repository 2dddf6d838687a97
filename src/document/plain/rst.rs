//! reStructuredText: headings, literals, directives, comments. Enough to tell prose from code; not a full parser.

use super::rst_inline::{Prose, inline};
use super::{Line, bullet, lines, may_hold_addresses};
use crate::document::{Builder, Layer, Mark, Role, Shown};
use crate::source::Span;

/// What a directive's content is to the reader.
enum Content {
    /// Code, its argument too.
    Code,
    /// Nothing that shows.
    Hidden,
    /// Prose; the argument is its title or first words.
    Prose,
    /// An image; the content is its caption.
    Image,
    /// Descriptions for search engines.
    Meta,
    /// Prose, but the argument is not.
    Other,
}

fn content(directive: &str) -> Content {
    match directive.rsplit(':').next().unwrap_or(directive) {
        "code" | "code-block" | "sourcecode" | "literalinclude" | "math" | "parsed-literal" | "raw" | "prompt" | "doctest" | "testcode"
        | "testoutput" | "testsetup" | "graphviz" | "digraph" | "mermaid" | "uml" | "command-output" | "highlight" => Content::Code,
        "toctree" | "contents" | "include" | "index" | "tabularcolumns" | "default-role" | "role" | "sectnum" | "bibliography" => {
            Content::Hidden
        }
        "image" | "figure" | "thumbnail" => Content::Image,
        "meta" => Content::Meta,
        "note" | "tip" | "hint" | "warning" | "caution" | "danger" | "error" | "important" | "attention" | "seealso" | "admonition"
        | "topic" | "sidebar" | "rubric" | "epigraph" | "highlights" | "pull-quote" | "centered" | "title" | "replace" | "table"
        | "csv-table" | "list-table" | "dropdown" | "card" | "tab-item" | "tab" | "grid-item-card" | "compound" | "container"
        | "header" | "footer" | "todo" | "parsed" => Content::Prose,
        _ => Content::Other,
    }
}

/// Signs that underline a heading.
fn adornment(line: &str) -> Option<u8> {
    let s = line.trim_end().as_bytes();
    let first = *s.first()?;
    (s.len() >= 2 && first.is_ascii_punctuation() && s.iter().all(|b| *b == first)).then_some(first)
}

/// `=====  =====`: the edge of a simple table.
fn table_edge(line: &str) -> bool {
    let s = line.trim();
    s.contains("= =") | s.contains("=  ") && s.bytes().all(|b| b == b'=' || b == b' ')
}

struct Rst<'a, 'b> {
    text: &'a str,
    lines: Vec<Line<'a>>,
    b: &'b mut Builder,
    watch: bool,
    /// Signs of headings in the order in which they were met, with whether they stand above as well.
    levels: Vec<(u8, bool)>,
    /// The paragraph that is being collected, and its indentation.
    prose: Prose,
    indent: usize,
}

/// Reads reStructuredText into `b`.
pub fn read(text: &str, b: &mut Builder) {
    let lines: Vec<_> = lines(text).collect();
    let before = b.enter(Layer::Rst);
    let mut rst = Rst { text, lines, b, watch: may_hold_addresses(text), levels: Vec::new(), prose: Prose::default(), indent: 0 };
    let mut i = 0;
    while i < rst.lines.len() {
        i = rst.step(i);
    }
    rst.flush();
    b.leave(before);
}

impl<'a> Rst<'a, '_> {
    fn line(&self, i: usize) -> Option<Line<'a>> {
        self.lines.get(i).copied()
    }

    /// Writes the paragraph that was collected.
    fn flush(&mut self) {
        self.write(Role::Text, 0);
    }

    fn write(&mut self, role: Role, level: u8) {
        let prose = std::mem::take(&mut self.prose);
        if !prose.is_empty() {
            self.b.open_with(role, None, None, level);
            inline(prose, self.watch, self.b);
            self.b.close();
        }
    }

    /// Reads what starts at line `i` and gives the first line after it.
    fn step(&mut self, i: usize) -> usize {
        let Some(line) = self.line(i) else { return i + 1 };
        let body = line.body.trim();
        let at = line.start + line.indent();
        if body.is_empty() {
            self.flush();
            return i + 1;
        }
        if table_edge(body) {
            self.flush();
            return self.simple_table(i + 1);
        }
        if self.prose.is_empty()
            && let Some(next) = self.heading(i)
        {
            return next;
        }
        if body == ".." || body.starts_with(".. ") {
            self.flush();
            return self.explicit(i);
        }
        if let Some(url) = body.strip_prefix("__ ") {
            self.flush();
            self.address(url, at + 3, "md[link]");
            return i + 1;
        }
        if self.prose.is_empty() && body.starts_with(">>> ") {
            let end = (i..self.lines.len()).find(|&j| self.lines[j].is_blank()).unwrap_or(self.lines.len());
            self.code(i, end);
            return end;
        }
        if body.starts_with('+') && body.bytes().all(|b| matches!(b, b'+' | b'-' | b'=' | b'|' | b' ')) {
            self.flush();
            return i + 1;
        }
        if body.len() > 1 && body.starts_with('|') && body.ends_with('|') && body[1..].starts_with(' ') {
            self.flush();
            self.cells(at, body.split('|'), 1);
            return i + 1;
        }
        let (skip, item) = match bullet(body) {
            Some(skip) => (skip, true),
            None if body.starts_with("| ") => (2, true),
            None => field_name(body).map_or((0, false), |end| (end, true)),
        };
        let deeper = !self.prose.is_empty() && line.indent() != self.indent;
        if item || deeper {
            // An item, a definition, a quotation by indentation.
            self.flush();
        }
        if self.prose.is_empty() {
            self.indent = line.indent();
        }
        let rest = &body[skip..];
        self.prose.add(rest, at + skip);
        if item {
            self.indent = line.indent() + skip;
        }
        if rest.ends_with("::") {
            return self.literal(i);
        }
        i + 1
    }

    /// The block that a paragraph ending in `::` announces.
    fn literal(&mut self, i: usize) -> usize {
        let own = self.lines[i].indent();
        if self.line(i + 1).is_some_and(|l| !l.is_blank()) {
            // More of the paragraph follows.
            return i + 1;
        }
        self.prose.drop_literal_mark();
        self.flush();
        let end = self.deeper(i + 1, own);
        self.code(i + 1, end);
        end
    }

    /// The first line from `i` on that is not blank and not indented by more than `own`; blank lines before it are left to it.
    fn deeper(&self, i: usize, own: usize) -> usize {
        let mut end = i;
        for j in i..self.lines.len() {
            if self.lines[j].is_blank() {
                continue;
            }
            if self.lines[j].indent() <= own {
                break;
            }
            end = j + 1;
        }
        end
    }

    fn code(&mut self, from: usize, to: usize) {
        self.b.open(Role::Text);
        let token = self.b.mark(Mark::Code);
        for line in self.lines.get(from..to).unwrap_or_default() {
            self.b.text(line.body, line.start);
            self.b.space(Span::new(line.end(), line.next));
        }
        self.b.close();
        self.b.unmark(token);
    }

    fn heading(&mut self, i: usize) -> Option<usize> {
        let line = self.line(i)?;
        let (over, title, last) = match adornment(line.body) {
            Some(sign) => {
                let title = self.line(i + 1).filter(|l| !l.is_blank() && adornment(l.body).is_none());
                let under = title.and_then(|_| self.line(i + 2)).and_then(|l| adornment(l.body));
                match title {
                    Some(title) if under == Some(sign) => ((sign, true), title, i + 3),
                    // A transition.
                    _ if line.body.trim_end().len() >= 4 => return Some(i + 1),
                    _ => return None,
                }
            }
            None => {
                let under = self.line(i + 1)?;
                let sign = adornment(under.body)?;
                let wide = under.body.trim_end().len();
                if line.indent() > 0 || line.body.starts_with(".. ") || (wide < 4 && wide < line.body.trim_end().chars().count()) {
                    return None;
                }
                ((sign, false), line, i + 2)
            }
        };
        let level = self.levels.iter().position(|l| *l == over).unwrap_or_else(|| {
            self.levels.push(over);
            self.levels.len() - 1
        });
        self.prose.add(title.body.trim(), title.start + title.indent());
        self.write(Role::Heading, u8::try_from(level + 1).unwrap_or(6).min(6));
        Some(last)
    }

    fn cells<'s>(&mut self, at: usize, parts: impl Iterator<Item = &'s str>, separator: usize) {
        let mut at = at;
        for part in parts {
            let lead = part.len() - part.trim_start().len();
            self.prose.add(part.trim(), at + lead);
            self.write(Role::Cell, 0);
            at += part.len() + separator;
        }
    }

    /// Rows up to the edge that ends the table; columns stand at least two spaces apart.
    fn simple_table(&mut self, from: usize) -> usize {
        let mut i = from;
        while let Some(line) = self.line(i) {
            i += 1;
            if line.is_blank() {
                continue;
            }
            if table_edge(line.body) {
                if self.line(i).is_none_or(|l| l.is_blank()) {
                    break;
                }
                continue;
            }
            self.cells(line.start, line.body.split("  "), 2);
        }
        i
    }

    /// An address that stands alone, with its white space and angle brackets removed.
    fn address(&mut self, url: &str, at: usize, holder: &str) {
        let lead = url.len() - url.trim_start().len();
        let url = url.trim();
        // `name_` points at another target, and what holds white space is no address.
        if !url.is_empty() && !url.ends_with('_') && !url.contains(char::is_whitespace) {
            self.b.link(url, Span::new(at + lead, at + lead + url.len()), holder, None);
        }
    }

    /// What `..` begins: a directive, a target, a footnote, a comment.
    fn explicit(&mut self, i: usize) -> usize {
        let line = self.lines[i];
        let own = line.indent();
        let body = line.body.trim_end();
        let after = body.get(own + 2..).unwrap_or("");
        let rest = after.trim_start();
        let at = line.start + body.len() - rest.len();
        if let Some(target) = rest.strip_prefix('_')
            && let Some(colon) = target_end(target)
        {
            self.address(&target[colon + 1..], at + 1 + colon + 1, "md[link]");
            return i + 1;
        }
        if rest.starts_with('[')
            && let Some(close) = rest.find("] ")
        {
            self.prose.add(&rest[close + 2..], at + close + 2);
            self.indent = self.line(i + 1).map_or(0, |l| l.indent());
            return i + 1;
        }
        let (named, named_at) = match rest.strip_prefix('|').and_then(|r| r.split_once("| ")) {
            Some((_, r)) => (r, at + rest.len() - r.len()),
            None => (rest, at),
        };
        if let Some(colons) = named.find("::")
            && !named[..colons].is_empty()
            && named[..colons].bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.' | b'+'))
        {
            let argument = &named[colons + 2..];
            return self.directive(
                i,
                own,
                &named[..colons],
                argument.trim(),
                named_at + colons + 2 + (argument.len() - argument.trim_start().len()),
            );
        }
        let end = self.deeper(i + 1, own);
        let last = self.lines[i..end].iter().rev().find(|l| !l.is_blank()).map_or(line.end(), Line::end);
        self.b.comment(self.text.get(at.min(last)..last).unwrap_or(""), Span::new(line.start + own, last));
        end
    }

    fn directive(&mut self, i: usize, own: usize, name: &str, argument: &str, at: usize) -> usize {
        let kind = content(name);
        let end = self.deeper(i + 1, own);
        match kind {
            Content::Code => {
                let options = self.options(i + 1, end, &kind);
                self.code(options, end);
                return end;
            }
            Content::Hidden => return end,
            Content::Image => {
                self.address(argument, at, "md[image]");
                // An address with white space inside is none; a name with `_` at the end is one here.
                if !argument.is_empty() && !argument.contains(char::is_whitespace) {
                    let option = |l: &Line<'_>| l.body.trim().strip_prefix(":alt:").map(|a| a.trim().to_owned());
                    let alt = self.lines.get(i + 1..end).unwrap_or(&[]).iter().take_while(|l| !l.is_blank()).find_map(option);
                    self.b.image(argument, Span::new(at, at + argument.len()), "md[image]", Shown { alt, ..Shown::default() });
                }
            }
            Content::Prose => self.prose.add(argument, at),
            Content::Meta | Content::Other => {}
        }
        let next = self.options(i + 1, end, &kind);
        if next > i + 1 || self.line(next).is_none_or(|l| l.is_blank()) {
            self.flush();
        }
        self.indent = self.line(next).map_or(0, |l| l.indent());
        next
    }

    /// Reads the options right below a directive and gives the first line after them.
    fn options(&mut self, from: usize, to: usize, kind: &Content) -> usize {
        let mut i = from;
        while i < to {
            let line = self.lines[i];
            let body = line.body.trim();
            let at = line.start + line.indent();
            let Some(end) = field_name(body) else { break };
            let (name, value) = (body[1..].split(':').next().unwrap_or(""), &body[end..]);
            let mut prose = Prose::default();
            prose.add(value, at + end);
            i += 1;
            while let Some(more) = self.line(i).filter(|l| i < to && !l.is_blank() && l.indent() > line.indent()) {
                prose.add(more.body.trim(), more.start + more.indent());
                i += 1;
            }
            let role = match (name, kind) {
                ("alt", Content::Image) => Some(Role::Alt),
                (n, Content::Meta) if n.starts_with("description") => Some(Role::Meta),
                _ => None,
            };
            if let Some(role) = role {
                self.b.side(role, None, None, |b| inline(prose, false, b));
                self.b.apart(Span::new(at, self.lines[i - 1].end()));
            } else if name == "target" {
                self.address(value, at + end, "md[link]");
            } else if name == "caption" {
                self.prose = prose;
                self.flush();
            }
        }
        i
    }
}

/// The end of `:name:` with the white space behind it.
fn field_name(body: &str) -> Option<usize> {
    let rest = body.strip_prefix(':')?;
    let close = rest.find(':').filter(|&c| c > 0 && !rest.starts_with(' '))?;
    let after = &rest[close + 1..];
    let value = after.trim_start();
    // `:role:`text`` is prose.
    (after.is_empty() || value.len() < after.len()).then(|| body.len() - value.len())
}

/// The colon that ends the name of a target.
fn target_end(target: &str) -> Option<usize> {
    if let Some(quoted) = target.strip_prefix('`') {
        return quoted.find("`:").map(|c| c + 2);
    }
    let mut escaped = false;
    target.char_indices().find_map(|(i, c)| {
        let end = c == ':' && !escaped && target[i + 1..].chars().next().is_none_or(char::is_whitespace);
        escaped = c == '\\' && !escaped;
        end.then_some(i)
    })
}
