//! HTML tags among Markdown: which elements are open while Markdown goes on, and what they do to its text. What the tags themselves say
//! (attributes) is the HTML reader's business.

use crate::document::{Builder, Mark, MarkToken};
use std::collections::HashMap;
use std::ops::Range;

/// One tag as it is written.
#[derive(Debug, PartialEq)]
pub(super) struct Tag<'a> {
    /// In lower case.
    pub name: String,
    pub closing: bool,
    attributes: &'a str,
    pub at: Range<usize>,
}

/// Elements that have no content.
fn is_void(name: &str) -> bool {
    matches!(name, "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "source" | "track" | "wbr")
}

/// Elements that end where Markdown goes on, closed or not.
fn ends_by_itself(name: &str) -> bool {
    matches!(
        name,
        "p" | "li"
            | "dt"
            | "dd"
            | "td"
            | "th"
            | "tr"
            | "thead"
            | "tbody"
            | "tfoot"
            | "option"
            | "optgroup"
            | "rt"
            | "rp"
            | "colgroup"
            | "html"
            | "head"
            | "body"
    )
}

/// Elements that stand apart from the text around them.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Elements that stand in the text as things.
pub(super) fn is_object(name: &str) -> bool {
    matches!(name, "img" | "input" | "iframe" | "video" | "audio" | "embed" | "object" | "canvas" | "svg" | "select" | "textarea")
}

impl Tag<'_> {
    fn attribute(&self, wanted: &str) -> Option<&str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/' | '>')).unwrap_or(rest.len());
            if rest.is_empty() || rest.starts_with('>') {
                return None;
            }
            let (name, after) = rest.split_at(end.max(usize::from(rest.starts_with('='))));
            let value;
            (value, rest) = match after.trim_start().strip_prefix('=').map(str::trim_start) {
                Some(v) => match v.chars().next() {
                    Some(q @ ('"' | '\'')) => v[1..].split_once(q).unwrap_or((&v[1..], "")),
                    _ => v.split_at(v.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(v.len())),
                },
                None => ("", after),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(value);
            }
        }
    }

    fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        match self.name.as_str() {
            "code" | "kbd" | "samp" | "var" | "tt" | "pre" | "script" | "style" => marks.push(Mark::Code),
            "blockquote" | "q" | "cite" => marks.push(Mark::Quote),
            "a" => marks.push(Mark::Link),
            "nav" => marks.push(Mark::Nav),
            "footer" => marks.push(Mark::Footer),
            "noscript" => marks.push(Mark::Noscript),
            "template" => marks.push(Mark::Hidden),
            _ => {}
        }
        let style = self.attribute("style").unwrap_or("").to_ascii_lowercase().replace(char::is_whitespace, "");
        let hidden = self.attribute("hidden").is_some()
            || self.attribute("aria-hidden").is_some_and(|v| v.eq_ignore_ascii_case("true"))
            || style.contains("display:none")
            || style.contains("visibility:hidden");
        if hidden {
            marks.push(Mark::Hidden);
        }
        marks
    }
}

/// The tags of a stretch of HTML, comments and the insides of scripts left out.
pub(super) fn scan(html: &str) -> Vec<Tag<'_>> {
    let bytes = html.as_bytes();
    let mut tags: Vec<Tag<'_>> = Vec::new();
    let mut at = 0;
    while let Some(p) = memchr::memchr(b'<', &bytes[at..]) {
        let start = at + p;
        at = start + 1;
        if bytes[at..].starts_with(b"!--") {
            match memchr::memmem::find(&bytes[at..], b"-->") {
                Some(e) => at += e + 3,
                None => break,
            }
            continue;
        }
        let closing = bytes.get(at) == Some(&b'/');
        let name = at + usize::from(closing);
        if !bytes.get(name).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let name_end =
            bytes[name..].iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>')).map_or(bytes.len(), |n| name + n);
        let mut i = name_end;
        let mut value = false;
        let end = loop {
            match bytes.get(i) {
                None => return tags,
                Some(b'>') => break i,
                Some(&q @ (b'"' | b'\'')) if value => match memchr::memchr(q, &bytes[i + 1..]) {
                    Some(n) => i += n + 1,
                    None => return tags,
                },
                Some(b'=') => {
                    value = true;
                    i += 1;
                    continue;
                }
                Some(b) if b.is_ascii_whitespace() => {
                    i += 1;
                    continue;
                }
                Some(_) => {}
            }
            value = false;
            i += 1;
        };
        let lower = html[name..name_end].to_ascii_lowercase();
        at = end + 1;
        if !closing && matches!(lower.as_str(), "script" | "style" | "textarea" | "title") {
            let close = format!("</{lower}");
            match bytes[at..].windows(close.len()).position(|w| w.eq_ignore_ascii_case(close.as_bytes())) {
                Some(e) => at += e,
                None => at = bytes.len(),
            }
        }
        tags.push(Tag { name: lower, closing, attributes: &html[name_end..end], at: start..end + 1 });
    }
    tags
}

/// The elements that are open.
#[derive(Default)]
pub(super) struct OpenTags {
    stack: Vec<(String, Vec<MarkToken>)>,
    /// Where in the stack the elements of each name are.
    places: HashMap<String, Vec<usize>>,
}

impl OpenTags {
    /// How many are open, to hand to [`OpenTags::close_to`] later.
    pub(super) fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Follows one tag; an end tag closes nothing below `floor`.
    pub(super) fn follow(&mut self, tag: &Tag<'_>, floor: usize, b: &mut Builder) {
        if tag.closing {
            if let Some(&i) = self.places.get(&tag.name).and_then(|p| p.last())
                && i >= floor
            {
                self.close_to(i, b);
            }
        } else if !is_void(&tag.name) && !tag.attributes.ends_with('/') {
            let tokens = tag.marks().into_iter().map(|m| b.mark(m)).collect();
            self.places.entry(tag.name.clone()).or_default().push(self.stack.len());
            self.stack.push((tag.name.clone(), tokens));
        }
    }

    /// Closes all but the first `depth`.
    pub(super) fn close_to(&mut self, depth: usize, b: &mut Builder) {
        while self.stack.len() > depth
            && let Some((name, tokens)) = self.stack.pop()
        {
            for t in tokens {
                b.unmark(t);
            }
            if let Some(places) = self.places.get_mut(&name) {
                places.pop();
            }
        }
    }

    /// What is not closed at the end of a stretch of HTML and does not hold what follows.
    pub(super) fn settle(&mut self, b: &mut Builder) {
        while self.stack.last().is_some_and(|(n, _)| ends_by_itself(n)) {
            self.close_to(self.stack.len() - 1, b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_text() {
        let tags = scan("a<b <!-- <i> --> <DIV hidden style='display: none' x=\"a>b\">t</div ><script>\"<p>\"</script><x/> <open ");
        let names: Vec<_> = tags.iter().map(|t| (t.name.as_str(), t.closing)).collect();
        // `<b <!-- …` is one broken tag, as in HTML.
        assert_eq!(names, [("b", false), ("div", false), ("div", true), ("script", false), ("script", true), ("x", false)]);
        assert_eq!(tags[1].marks(), [Mark::Hidden]);
        assert_eq!(tags[1].attribute("X"), Some("a>b"));
        assert_eq!(tags[5].attribute("y"), None);
    }
}
