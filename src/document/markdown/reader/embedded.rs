//! What is not Markdown among Markdown: HTML blocks and tags, and the stretches that [`masks`](super::super::masks) found.

use super::{Reader, span};
use crate::document::markdown::masks::{Fill, Kind};
use crate::document::markdown::mdx;
use crate::document::markdown::tags::{is_block, is_object, scan};
use crate::document::{Piece, Role, SourceMap, html};
use std::ops::Range;

/// The beginning of an element with a title.
const TITLE: &str = "<x title=";

impl Reader<'_, '_> {
    /// One tag or comment in running text.
    pub(super) fn inline_html(&mut self, r: Range<usize>) {
        self.flush();
        let Some(source) = self.text.get(r.clone()) else { return };
        if let Some(comment) = source.strip_prefix("<!--") {
            self.b.comment(comment.strip_suffix("-->").unwrap_or(comment), span(&r));
            return;
        }
        let seen = self.seen;
        let Some(tag) = seen.get(r.clone()).and_then(|s| scan(s).into_iter().next()) else { return };
        if is_block(&tag.name) {
            self.b.open_with(self.role.0, None, None, self.role.1);
        } else if tag.name == "br" {
            self.b.space(span(&r));
        } else if is_object(&tag.name) && !tag.closing {
            self.b.object(span(&r));
        }
        let before = self.b.beside();
        if !tag.closing || tag.name == "svg" {
            self.attributes(&r);
        }
        self.follow_beside(&tag.name, tag.closing, before, &r);
        self.open.follow(&tag, self.floor, self.b);
    }

    /// Follows an element with words in its attributes, where so much was written before its tag: if it ends without others, a comment before
    /// it holds for these. Whether it ended so.
    fn follow_beside(&mut self, name: &str, closing: bool, before: usize, r: &Range<usize>) -> bool {
        if !self.b.is_awaited() {
            self.beside = None;
            return false;
        }
        let alone = !closing && self.text.get(r.clone()).is_some_and(|t| t.ends_with("/>"));
        match &mut self.beside {
            Some((of, _, open)) if of == name && !alone => *open = if closing { open.saturating_sub(1) } else { *open + 1 },
            Some(_) => {}
            None if !closing && self.b.beside() > before => self.beside = Some((name.to_owned(), r.start, u32::from(!alone))),
            None => {}
        }
        let Some((_, start, _)) = self.beside.take_if(|b| b.2 == 0) else { return false };
        self.b.stands(span(&(start..r.end)));
        true
    }

    /// What a tag's attributes say stands beside the text.
    fn attributes(&mut self, r: &Range<usize>) {
        let parts = if self.mdx { mdx::without_expressions(self.text, r.clone()) } else { vec![r.clone()] };
        let (source, map) = self.without_masks(&parts);
        let pictures = self.b.image_count();
        self.b.within(map, |b| b.side(Role::Attr, None, None, |b| html::read(&source, b)));
        let texts = if self.mdx { mdx::texts(self.text, r.clone()) } else { Vec::new() };
        for text in texts {
            // As the title of an element is read.
            let mut map = SourceMap::default();
            map.push(Piece { text: TITLE.len(), text_len: text.len(), source: text.start, source_len: text.len(), linear: true });
            let source = format!("{TITLE}{}>", &self.text[text]);
            self.b.within(map, |b| b.side(Role::Attr, None, None, |b| html::read(&source, b)));
        }
        self.drawing(&source, pictures, r);
    }

    /// Follows a drawing whose tags come one by one. `pictures`: how many there were before this tag.
    fn drawing(&mut self, tag: &str, pictures: usize, r: &Range<usize>) {
        let name = tag.trim_start_matches(['<', '/']).get(..3).filter(|n| n.eq_ignore_ascii_case("svg"));
        let opens = name.is_some() && !tag.starts_with("</") && !tag.ends_with("/>");
        match &mut self.drawing {
            None if opens && self.b.image_count() > pictures => self.drawing = Some((pictures, 1)),
            None => {}
            Some((first, open)) => {
                *open = if opens { *open + 1 } else { *open - u32::from(name.is_some() && tag.starts_with("</")) };
                let first = *first;
                if *open == 0 {
                    self.drawing = None;
                }
                self.b.continue_drawing(first, pictures, span(r));
            }
        }
    }

    pub(super) fn html_block(&mut self, r: &Range<usize>) {
        let lines = std::mem::take(&mut self.html);
        if lines.is_empty() {
            return;
        }
        let (source, map) = self.without_masks(&lines);
        let tags = scan(&source);
        let mut first = 0;
        let mut at = 0;
        // What was opened before and is closed here before any text does not hold this text.
        while let Some(t) = tags.get(first).filter(|t| t.closing && source[at..t.at.start].trim().is_empty()) {
            self.open.follow(t, 0, self.b);
            at = t.at.end;
            first += 1;
        }
        self.b.html(span(r));
        self.b.within(map, |b| html::read(&source, b));
        self.b.close();
        for t in &tags[first..] {
            self.open.follow(t, 0, self.b);
        }
        self.open.settle(self.b);
        self.floor = self.open.depth();
    }

    /// The source of HTML lines without what is no HTML, and where it stands.
    fn without_masks(&mut self, lines: &[Range<usize>]) -> (String, SourceMap) {
        let mut out = String::new();
        let mut map = SourceMap::default();
        let mut comments = Vec::new();
        for line in lines {
            let mut at = line.start;
            while at < line.end {
                let i = self.masks.partition_point(|m| m.range.end <= at);
                let mask = self.masks.get(i).filter(|m| m.range.start < line.end);
                let dropped = mask.is_some_and(|m| !matches!(m.kind, Kind::Visible | Kind::Tag));
                let stop = match mask {
                    Some(m) if dropped => m.range.start.max(at),
                    Some(m) => m.range.end.min(line.end),
                    None => line.end,
                };
                if let Some(s) = self.text.get(at..stop) {
                    map.push(Piece { text: out.len(), text_len: s.len(), source: at, source_len: s.len(), linear: true });
                    out.push_str(s);
                }
                at = stop;
                if dropped && let Some(m) = mask {
                    if let Kind::Comment(words) = &m.kind
                        && at <= m.range.start
                    {
                        comments.push((words.clone(), m.range.clone()));
                    }
                    at = m.range.end;
                }
            }
        }
        for (words, range) in comments {
            self.b.comment(&self.text[words], span(&range));
        }
        (out, map)
    }

    /// Sees to masks that begin before `until`.
    pub(super) fn pass(&mut self, until: usize) {
        while let Some(m) = self.masks.get(self.next_mask).filter(|m| m.range.start < until) {
            if m.fill == Fill::Blank {
                self.pass_one(self.next_mask);
            } else {
                self.next_mask += 1;
            }
        }
    }

    pub(super) fn pass_one(&mut self, i: usize) {
        if i < self.next_mask {
            return;
        }
        self.next_mask = i + 1;
        let m = &self.masks[i];
        match &m.kind {
            Kind::Comment(words) => self.b.comment(&self.text[words.clone()], span(&m.range)),
            Kind::Object if self.alt.is_none() && m.fill == Fill::Word => {
                self.flush();
                self.b.object(span(&m.range));
            }
            Kind::Tag if self.alt.is_none() => {
                self.flush();
                let (range, own_line) = (m.range.clone(), m.fill == Fill::Blank);
                let before = self.b.beside();
                self.attributes(&range);
                let tag = self.text.get(range.start + 1..range.end).unwrap_or_default();
                let (closing, name) = (tag.starts_with('/'), tag.trim_start_matches('/'));
                let name = name.split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next().unwrap_or_default();
                if self.follow_beside(name, closing, before, &range) && own_line {
                    self.b.boundary();
                }
            }
            _ => self.flush(),
        }
    }
}
