//! From the parser's events to the document.

mod embedded;

use super::links::{Bit, join, tail, unescape};
use super::masks::{Kind, Mask};
use super::tags::OpenTags;
use crate::document::{Builder, Layer, Mark, MarkToken, Piece, Role, Shown, SourceMap, plain};
use crate::source::Span;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};
use std::ops::Range;

fn span(r: &Range<usize>) -> Span {
    Span::new(r.start, r.end)
}

/// A reference definition of the document.
pub(super) struct Definition {
    pub dest: String,
    pub has_title: bool,
    pub range: Range<usize>,
}

/// A link or image whose end has not come yet.
struct OpenLink {
    link_type: LinkType,
    dest: String,
    has_title: bool,
    start: usize,
    mark: Option<MarkToken>,
}

/// Writes a document from the events.
pub(super) struct Reader<'a, 'b> {
    /// The author's text.
    text: &'a str,
    /// What the parser sees: of the same length.
    seen: &'a str,
    masks: &'a [Mask],
    next_mask: usize,
    mdx: bool,
    b: &'b mut Builder,
    /// The end of the last thing that was read; a backslash between it and a text belongs to that text.
    last_end: usize,
    links: Vec<OpenLink>,
    quotes: Vec<Option<MarkToken>>,
    struck: Vec<MarkToken>,
    code: Option<MarkToken>,
    in_code: bool,
    in_table: bool,
    /// An image's text, kept until its end.
    alt: Option<Vec<Bit>>,
    alt_depth: usize,
    open: OpenTags,
    /// How many elements were open when the block began: inline tags close nothing outside their block.
    floor: usize,
    /// The block's first and last byte, and whether it holds HTML.
    leaf: Option<(Range<usize>, bool)>,
    role: (Role, u8),
    html: Vec<Range<usize>>,
    /// Running text without a break, in which an address may stand.
    run: (String, SourceMap),
    watch_addresses: bool,
    /// The destinations of images that are written as definitions, with the text of the first.
    image_definitions: Vec<(String, Option<String>)>,
    /// The number of the first picture of a drawing whose tags stand among Markdown, and how many `<svg>` are open in it.
    drawing: Option<(usize, u32)>,
    /// Where a tag begins whose attributes alone have words so far, which a comment may hold for, and how many of its name are open.
    beside: Option<(String, usize, u32)>,
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, seen: &'a str, masks: &'a [Mask], mdx: bool, b: &'b mut Builder) -> Self {
        Reader {
            text,
            seen,
            masks,
            next_mask: 0,
            mdx,
            b,
            last_end: 0,
            links: Vec::new(),
            quotes: Vec::new(),
            struck: Vec::new(),
            code: None,
            in_code: false,
            in_table: false,
            alt: None,
            alt_depth: 0,
            open: OpenTags::default(),
            floor: 0,
            leaf: None,
            role: (Role::Text, 0),
            html: Vec::new(),
            run: Default::default(),
            watch_addresses: plain::may_hold_addresses(text),
            image_definitions: Vec::new(),
            drawing: None,
            beside: None,
        }
    }

    pub(super) fn event(&mut self, event: Event<'_>, r: Range<usize>) {
        if !matches!(event, Event::End(_)) {
            self.pass(r.start);
        }
        match event {
            Event::Start(tag) => {
                let at = r.start;
                self.start(tag, r);
                self.last_end = self.last_end.max(at);
                return;
            }
            Event::End(tag) => self.end(tag, &r),
            Event::Text(t) => self.text(&t, r.clone()),
            Event::Code(_) => self.code_span(r.clone()),
            Event::SoftBreak | Event::HardBreak => self.put(Bit::Space(r.clone())),
            Event::InlineHtml(_) if self.alt.is_none() => {
                self.touch(&r, true);
                self.inline_html(r.clone());
            }
            Event::Html(_) => self.html.push(r.clone()),
            Event::Rule => self.close_block(),
            Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
        self.last_end = self.last_end.max(r.end);
    }

    pub(super) fn finish(mut self, definitions: Vec<Definition>) {
        self.close_block();
        self.pass(self.text.len());
        self.open.close_to(0, self.b);
        for d in definitions {
            let Some(label) = closing_bracket(self.seen, &d.range) else { continue };
            let image = self.image_definitions.iter().find(|i| i.0 == d.dest).map(|i| i.1.clone());
            self.target(label + 2, d.range.end, false, &d.dest, d.has_title, image, &d.range);
        }
    }

    fn start(&mut self, tag: Tag<'_>, r: Range<usize>) {
        match tag {
            Tag::Paragraph => self.block(Role::Text, 0),
            Tag::Heading { level, .. } => self.block(Role::Heading, level as u8),
            Tag::TableCell => {
                self.block(Role::Cell, 0);
                self.b.cell();
            }
            Tag::TableHead | Tag::TableRow => {
                self.close_block();
                self.b.row();
            }
            Tag::Table(_) => {
                self.close_block();
                self.b.table(false);
                // A comment before a table or list holds for all of it.
                self.b.apart(span(&r));
                self.in_table = true;
            }
            Tag::List(_) => {
                self.close_block();
                self.b.apart(span(&r));
            }
            Tag::BlockQuote(kind) => {
                self.close_block();
                // `> [!NOTE]` is a note of the author's own.
                let token = kind.is_none().then(|| self.b.mark(Mark::Quote));
                self.quotes.push(token);
            }
            Tag::CodeBlock(kind) => {
                self.block(Role::Text, 0);
                // MDX knows no code by indentation: that is how what a component holds is written.
                if !(self.mdx && matches!(kind, CodeBlockKind::Indented)) {
                    self.in_code = true;
                    self.code = Some(self.b.mark(Mark::Code));
                }
            }
            Tag::HtmlBlock => {
                self.close_block();
                self.html.clear();
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                self.flush();
                self.touch(&r, false);
                let mark = self.alt.is_none().then(|| self.b.mark(Mark::Link));
                self.links.push(OpenLink { link_type, dest: dest_url.into_string(), has_title: !title.is_empty(), start: r.start, mark });
            }
            Tag::Image { link_type, dest_url, title, .. } => {
                self.flush();
                self.touch(&r, false);
                if self.alt.is_none() {
                    self.alt = Some(Vec::new());
                    self.b.object(span(&r));
                }
                self.alt_depth += 1;
                let dest = dest_url.into_string();
                self.links.push(OpenLink { link_type, dest, has_title: !title.is_empty(), start: r.start, mark: None });
            }
            Tag::Emphasis | Tag::Strong | Tag::Superscript | Tag::Subscript => self.flush(),
            Tag::Strikethrough => {
                self.flush();
                let mark = self.b.mark(Mark::Struck);
                self.struck.push(mark);
            }
            Tag::Item
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::MetadataBlock(_) => self.close_block(),
        }
    }

    fn end(&mut self, tag: TagEnd, r: &Range<usize>) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Superscript | TagEnd::Subscript => self.flush(),
            TagEnd::Strikethrough => {
                self.flush();
                if let Some(mark) = self.struck.pop() {
                    self.b.unmark(mark);
                }
            }
            TagEnd::Link => self.end_link(None, r),
            TagEnd::Image => {
                self.alt_depth = self.alt_depth.saturating_sub(1);
                let mut alt = None;
                if self.alt_depth == 0
                    && let Some(bits) = self.alt.take()
                {
                    self.side(Role::Alt, &bits);
                    alt = Some(join(self.text, &bits));
                }
                if let Some(link) = self.links.last().filter(|l| !matches!(l.link_type, LinkType::Inline))
                    && self.image_definitions.len() < 1000
                    && !self.image_definitions.iter().any(|i| i.0 == link.dest)
                {
                    self.image_definitions.push((link.dest.clone(), alt.clone()));
                }
                self.end_link(Some(alt), r);
            }
            TagEnd::BlockQuote(_) => {
                self.close_block();
                if let Some(token) = self.quotes.pop().flatten() {
                    self.b.unmark(token);
                }
            }
            TagEnd::CodeBlock => {
                self.close_block();
                self.in_code = false;
                if let Some(token) = self.code.take() {
                    self.b.unmark(token);
                }
            }
            TagEnd::HtmlBlock => self.html_block(r),
            TagEnd::Table => {
                self.close_block();
                self.b.end_table();
                self.in_table = false;
            }
            _ => self.close_block(),
        }
    }

    // Blocks.

    fn block(&mut self, role: Role, level: u8) {
        self.close_block();
        self.role = (role, level);
        self.b.open_with(role, None, None, level);
    }

    fn close_block(&mut self) {
        self.flush();
        self.open.close_to(self.floor, self.b);
        if let Some((range, true)) = self.leaf.take() {
            self.b.html(span(&range));
        }
        self.b.close();
        self.b.boundary();
        self.role = (Role::Text, 0);
    }

    /// Something of the open block lies here.
    fn touch(&mut self, r: &Range<usize>, html: bool) {
        match &mut self.leaf {
            Some((range, has)) => {
                range.end = range.end.max(r.end);
                *has |= html;
            }
            None => {
                self.floor = self.open.depth();
                self.leaf = Some((r.clone(), html));
            }
        }
    }

    // Text.

    fn text(&mut self, t: &CowStr<'_>, mut r: Range<usize>) {
        self.touch(&r, false);
        let verbatim = self.seen.get(r.clone()) == Some(&**t);
        let escaped = !self.in_code && r.start > self.last_end && self.seen.as_bytes().get(r.start.wrapping_sub(1)) == Some(&b'\\');
        if !verbatim {
            self.put(Bit::Decoded(t.to_string(), r));
            return;
        }
        if escaped && let Some(c) = self.text.get(r.clone()).and_then(|s| s.chars().next()) {
            let after = r.start + c.len_utf8();
            self.put(Bit::Decoded(c.to_string(), r.start - 1..after));
            r.start = after;
        }
        self.masked(r);
    }

    /// Text as it stands, but for what masks lie in it.
    fn masked(&mut self, r: Range<usize>) {
        let mut at = r.start;
        while at < r.end {
            let i = self.masks.partition_point(|m| m.range.end <= at);
            let Some(m) = self.masks.get(i).filter(|m| m.range.start < r.end && !self.in_code) else {
                self.put(Bit::Verbatim(at..r.end));
                return;
            };
            if at < m.range.start {
                self.put(Bit::Verbatim(at..m.range.start));
                at = m.range.start;
            }
            let stop = m.range.end.min(r.end);
            match m.kind {
                Kind::Visible => self.put(Bit::Verbatim(at..stop)),
                Kind::Code if self.alt.is_none() => {
                    self.flush();
                    let token = self.b.mark(Mark::Code);
                    self.put(Bit::Verbatim(at..stop));
                    self.run = Default::default();
                    self.b.unmark(token);
                }
                _ => self.pass_one(i),
            }
            at = stop;
        }
    }

    fn put(&mut self, bit: Bit) {
        if let Some(alt) = &mut self.alt {
            alt.push(bit);
            return;
        }
        if self.watch_addresses && self.links.is_empty() && !self.in_code {
            let at = self.run.0.len();
            match &bit {
                Bit::Verbatim(r) => {
                    if let Some(s) = self.text.get(r.clone()) {
                        self.run.1.push(Piece { text: at, text_len: s.len(), source: r.start, source_len: s.len(), linear: true });
                        self.run.0.push_str(s);
                    }
                }
                Bit::Decoded(s, r) => {
                    self.run.1.push(Piece { text: at, text_len: s.len(), source: r.start, source_len: r.len(), linear: false });
                    self.run.0.push_str(s);
                }
                Bit::Space(_) => self.flush(),
            }
        }
        write(self.b, self.text, &bit);
    }

    /// Markup ends the text in which an address may stand.
    fn flush(&mut self) {
        if !self.run.0.is_empty() {
            let (run, map) = std::mem::take(&mut self.run);
            plain::addresses(&run, |target, found| {
                if let Some(place) = map.cover(found.start, found.end) {
                    self.b.link(target, place, "text", None);
                }
            });
        }
    }

    fn side(&mut self, role: Role, bits: &[Bit]) {
        let text = self.text;
        self.b.side(role, None, None, |b| {
            for bit in bits {
                write(b, text, bit);
            }
        });
    }

    fn code_span(&mut self, r: Range<usize>) {
        self.flush();
        self.touch(&r, false);
        let token = self.alt.is_none().then(|| self.b.mark(Mark::Code));
        let bytes = self.text.as_bytes();
        let (mut at, mut end) = (r.start, r.end.min(bytes.len()));
        while at < end && bytes[at] == b'`' {
            at += 1;
        }
        while end > at && bytes[end - 1] == b'`' {
            end -= 1;
        }
        // One space inside each end is only there to keep backticks apart.
        let padded = |b: u8| matches!(b, b' ' | b'\n' | b'\r');
        if end > at + 1 && padded(bytes[at]) && padded(bytes[end - 1]) && !bytes[at..end].iter().all(|&b| padded(b)) {
            at += 1;
            end -= 1;
        }
        let was = std::mem::replace(&mut self.in_code, true);
        let mut from = at;
        while at < end {
            match bytes[at] {
                b'\n' | b'\r' => {
                    self.put(Bit::Verbatim(from..at));
                    self.put(Bit::Space(at..at + 1));
                    at += 1;
                    let mut quotes = self.quotes.len();
                    while at < end && (matches!(bytes[at], b' ' | b'\t' | b'\n') || bytes[at] == b'>' && quotes > 0) {
                        quotes -= usize::from(bytes[at] == b'>');
                        at += 1;
                    }
                    from = at;
                }
                b'\\' if self.in_table && bytes.get(at + 1) == Some(&b'|') => {
                    self.put(Bit::Verbatim(from..at));
                    self.put(Bit::Decoded("|".to_owned(), at..at + 2));
                    at += 2;
                    from = at;
                }
                _ => at += 1,
            }
        }
        self.put(Bit::Verbatim(from..end.max(from)));
        self.in_code = was;
        if let Some(token) = token {
            self.b.unmark(token);
        }
    }

    // Links.

    /// `image`: its text, if it is one.
    fn end_link(&mut self, image: Option<Option<String>>, r: &Range<usize>) {
        let Some(link) = self.links.pop() else { return };
        match link.link_type {
            LinkType::Inline => {
                // The text has ended: the next bracket is the link's own.
                let from = self.last_end.max(link.start);
                if let Some(close) = self.seen.get(from..r.end).and_then(|s| s.find("](")) {
                    self.target(from + close + 2, r.end, true, &link.dest, link.has_title, image, r);
                } else {
                    self.address(link.dest, span(r), image);
                }
            }
            LinkType::Autolink | LinkType::Email => {
                let inner = r.start + 1..(r.end - 1).max(r.start + 1);
                let target = if link.link_type == LinkType::Email { format!("mailto:{}", link.dest) } else { link.dest };
                self.address(target, span(&inner), image);
            }
            // The definition has the address.
            _ => {}
        }
        if let Some(token) = link.mark {
            self.b.unmark(token);
        }
    }

    /// Reads the destination and title that start at `at`; `whole` is what to point at where they are not found.
    #[allow(clippy::too_many_arguments)]
    fn target(
        &mut self,
        at: usize,
        end: usize,
        inline: bool,
        dest: &str,
        has_title: bool,
        image: Option<Option<String>>,
        whole: &Range<usize>,
    ) {
        match tail(self.seen, at, end, inline) {
            Some(found) if join(self.seen, &unescape(self.seen, found.dest.clone())) == dest => {
                if let Some(title) = found.title.filter(|_| has_title) {
                    let before = self.b.enter(Layer::MarkdownTitle);
                    self.side(Role::Attr, &unescape(self.text, title));
                    self.b.leave(before);
                }
                let bits = unescape(self.text, found.dest.clone());
                self.address(join(self.text, &bits), span(&found.dest), image);
            }
            _ => self.address(dest.to_owned(), span(whole), image),
        }
    }

    /// Writes down where a link leads; as a picture too, if it is one.
    fn address(&mut self, address: String, place: Span, image: Option<Option<String>>) {
        let Some(alt) = image else { return self.b.link(&address, place, "md[link]", None) };
        self.b.link(&address, place, "md[image]", None);
        self.b.image(address, place, "md[image]", Shown { alt, ..Shown::default() });
    }
}

/// The `]` of `[label]:`.
fn closing_bracket(text: &str, r: &Range<usize>) -> Option<usize> {
    let bytes = text.as_bytes().get(..r.end)?;
    let mut at = r.start;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'\\' => at += 1,
            b']' if bytes.get(at + 1) == Some(&b':') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn write(b: &mut Builder, text: &str, bit: &Bit) {
    match bit {
        Bit::Verbatim(r) => {
            if let Some(s) = text.get(r.clone()) {
                b.text(s, r.start);
            }
        }
        Bit::Decoded(s, r) => b.decoded(s, span(r)),
        Bit::Space(r) => b.space(span(r)),
    }
}
