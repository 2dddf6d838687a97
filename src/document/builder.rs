//! How every reader writes down what it sees: blocks of visible text, each character with its source.

mod beside;
mod text;

use super::cells::Tables;
use super::seen::{is_foreign, joined, may_join, plain};
use super::{
    BLOCK_SEPARATOR, Block, Directive, Document, Field, FieldRole, Image, ImageSource, Lang, Layer, Link, Mark, OBJECT, Piece, Problem,
    Record, Role, SourceMap, Spelling, StyleSheet,
};
use super::{readings, templates};
use crate::source::Span;
use std::borrow::Cow;

/// Whether a character takes no room and has no shape of its own: soft hyphens, zero-width and bidi characters, variation selectors.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{E0000}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether these are printable ASCII without two spaces in a row.
fn is_plain(bytes: [u8; 8]) -> bool {
    let all = |b: u8| u64::from_le_bytes([b; 8]);
    let word = u64::from_le_bytes(bytes);
    // What matters is the high bit of each byte. `spaces` is exact as long as all are ASCII.
    let spaces = !((word ^ all(b' ')).wrapping_add(all(0x7F)));
    let (below, delete) = (word.wrapping_sub(all(b' ')), (word & all(0x7F)) + all(1));
    (word | below | delete | (spaces & (spaces << 8))) & all(0x80) == 0
}

/// A mark that was opened and waits to be closed.
#[derive(Debug)]
#[must_use = "a mark that is not closed reaches to the end of the document"]
pub struct MarkToken {
    mark: Mark,
}

/// How a document shows a picture, for [`Builder::image`].
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Its alternative text.
    pub alt: Option<String>,
    /// The start tag of its element, in the text being read.
    pub element: Option<Span>,
    /// The field that holds it; the one being read, if none is given.
    pub field: Option<usize>,
}

/// Text with its blocks and map. The main lane takes running text; the side lane takes what stands beside it (attributes), so that an
/// `alt` does not cut the sentence around the image in two.
#[derive(Default)]
struct Lane {
    text: String,
    map: SourceMap,
    blocks: Vec<Block>,
    marks: [Vec<Span>; Mark::ALL.len()],
    open: Option<OpenBlock>,
}

#[derive(Clone)]
struct OpenBlock {
    /// Where the block's first visible character stands; `None` until there is one.
    start: Option<usize>,
    /// White space that has been seen but not written: it counts only if something follows.
    space: Option<Option<Span>>,
    role: Role,
    lang: Option<Lang>,
    field: Option<usize>,
    level: u8,
    spelling: Spelling,
}

/// Builds a [`Document`]. Spans and offsets handed in are bytes of the text being read; [`Builder::within`] says how that text lies in the
/// source when it is itself a decoded part of something larger (HTML inside Markdown or JSON).
#[derive(Default)]
pub struct Builder {
    main: Lane,
    side: Lane,
    in_side: bool,
    origins: Vec<SourceMap>,
    depth: [u32; Mark::ALL.len()],
    doc: Document,
    /// Directives whose next block has not come yet.
    waiting: Vec<usize>,
    /// Those whose next block is the one being read.
    held: Vec<usize>,
    /// Where the pictures and controls of that block stand in the source, from the first directive that waits on.
    objects: Option<Span>,
    /// The field whose value is being read as a document of its own.
    in_field: Option<usize>,
    /// Where in the main text a hyphen ended a line, one past it.
    hyphens: Vec<usize>,
    /// Whether there are letters that may be taken for Latin ones.
    foreign: bool,
    /// How the text being read is written in the source.
    spelling: Spelling,
    tables: Tables,
    /// Fields of a document that is done with, the first one last: their strings are written anew.
    spare: Vec<Field>,
}

/// A document of more bytes or fields than this is not kept for the next: one giant must not be held on to.
const KEPT: (usize, usize) = (1 << 20, 1 << 12);

impl Builder {
    /// An empty document.
    pub fn new() -> Self {
        Builder::default()
    }

    /// An empty document in the memory of one that is done with. Of records there are millions, each about as large as the last.
    pub fn reusing(mut old: Document) -> Self {
        let longest = old.records.iter().map(|r| r.span.len()).fold(old.text.capacity(), usize::max);
        if longest > KEPT.0 || old.fields.capacity() > KEPT.1 {
            return Builder::default();
        }
        let mut b = Builder { spare: old.fields, ..Builder::default() };
        b.spare.reverse();
        old.text.clear();
        old.map.clear();
        old.blocks.clear();
        old.links.clear();
        old.records.clear();
        b.main = Lane { text: old.text, map: old.map, blocks: old.blocks, ..Lane::default() };
        (b.doc.links, b.doc.records) = (old.links, old.records);
        b
    }

    /// Makes room for about so many bytes of text and so many fields.
    pub fn reserve(&mut self, text: usize, fields: usize) {
        self.main.text.reserve(text);
        self.main.blocks.reserve(fields);
        self.main.map.reserve(fields);
        self.doc.fields.reserve(fields);
    }

    fn lane(&mut self) -> &mut Lane {
        if self.in_side { &mut self.side } else { &mut self.main }
    }

    /// Reads a text that is a decoded part of the source: everything written inside `f` goes through `map`.
    pub fn within<R>(&mut self, map: SourceMap, f: impl FnOnce(&mut Self) -> R) -> R {
        let composed = match self.origins.last() {
            Some(outer) => map.through(outer),
            None => map,
        };
        self.origins.push(composed);
        let r = f(self);
        self.origins.pop();
        r
    }

    /// From here on what is read is written in `layer`, inside what held before: the answer, for [`Builder::leave`].
    pub fn enter(&mut self, layer: Layer) -> Spelling {
        let inside = self.spelling.with(layer);
        std::mem::replace(&mut self.spelling, inside)
    }

    /// Ends what [`Builder::enter`] began.
    pub fn leave(&mut self, before: Spelling) {
        self.spelling = before;
    }

    /// Everything written inside `f` is written in `layer`.
    pub fn spelled<R>(&mut self, layer: Layer, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.enter(layer);
        let r = f(self);
        self.leave(before);
        r
    }

    /// Reads a field's value that is a document of its own (HTML in a description): blocks written inside `f` belong to the field.
    pub fn in_field<R>(&mut self, field: usize, map: SourceMap, f: impl FnOnce(&mut Self) -> R) -> R {
        let was = self.in_field.replace(field);
        let r = self.within(map, f);
        self.close();
        self.in_field = was;
        r
    }

    /// The places in the source of a span of the text being read.
    pub fn locate(&self, span: Span) -> Vec<Span> {
        match self.origins.last() {
            None => vec![span],
            Some(map) if span.is_empty() => map.spans(span.start, span.start + 1).first().map(|s| Span::at(s.start)).into_iter().collect(),
            Some(map) => map.spans(span.start, span.end),
        }
    }

    /// The smallest span of the source that holds a span of the text being read.
    pub fn locate_cover(&self, span: Span) -> Span {
        if self.origins.is_empty() {
            return span;
        }
        self.locate(span).into_iter().reduce(|a, b| a.cover(&b)).unwrap_or(Span::at(0))
    }

    /// Ends the open block, if any, and starts another. Nothing is kept of a block in which no visible character is written.
    pub fn open(&mut self, role: Role) {
        let lang = self.doc.lang;
        self.open_with(role, lang, None, 0);
    }

    /// [`Builder::open`] with a declared language, the field the text belongs to (its index), and a heading level.
    pub fn open_with(&mut self, role: Role, lang: Option<Lang>, field: Option<usize>, level: u8) {
        self.close();
        let lang = lang.or(self.doc.lang);
        let (role, field) = match (role, self.in_field) {
            // Running text inside a field's value is the field's prose.
            (Role::Text, Some(f)) => (Role::Prose, field.or(Some(f))),
            (role, f) => (role, field.or(f)),
        };
        let spelling = self.spelling;
        self.lane().open = Some(OpenBlock { start: None, space: None, role, lang, field, level, spelling });
    }

    /// Ends the open block. Text written while no block is open starts one of [`Role::Text`].
    pub fn close(&mut self) {
        let lane = self.lane();
        let mut text = None;
        if let Some(OpenBlock { start: Some(start), role, lang, field, level, spelling, .. }) = lane.open.take() {
            let end = lane.text.len();
            lane.blocks.push(Block { start, end, role, lang, field, level, spelling, second: false });
            lane.text.push(BLOCK_SEPARATOR);
            text = Some((start, end));
        }
        // Where only pictures came so far, text may follow in the same block: `boundary` tells that it does not.
        if text.is_some() {
            self.settle(text);
        }
    }

    /// A table begins, or a list of terms and what they mean.
    pub fn table(&mut self, is_list: bool) {
        self.tables.open(is_list);
    }

    /// A row of a table begins.
    pub fn row(&mut self) {
        self.tables.row();
    }

    /// A cell begins where the next text will stand.
    pub fn cell(&mut self) {
        let cell = self.tables.cell(self.main.text.len());
        self.doc.cells.extend(cell);
    }

    /// The table ends.
    pub fn end_table(&mut self) {
        let cell = self.tables.close(self.main.text.len());
        self.doc.cells.extend(cell);
    }

    /// A block has ended, or something without text that stood alone: comments that hold for it learn where it stands.
    fn settle(&mut self, text: Option<(usize, usize)>) {
        if !self.held.is_empty() && !self.in_side {
            let text = text.and_then(|(start, end)| self.main.map.cover(start, end));
            let objects = self.objects.take();
            let whole = text.map_or(objects, |t| Some(Span::new(t.start, objects.map_or(t.end, |o| o.end.max(t.end)))));
            for i in self.held.drain(..) {
                self.doc.directives[i].next_block = whole;
            }
        }
    }

    /// Another block begins here, though none with text is open.
    pub fn boundary(&mut self) {
        if !self.has_text() {
            self.settle(None);
        }
    }

    /// Whether the open block has a visible character yet.
    pub fn has_text(&self) -> bool {
        let lane = if self.in_side { &self.side } else { &self.main };
        lane.open.as_ref().is_some_and(|o| o.start.is_some())
    }

    /// Writes one block beside the running text, as an attribute's value is; the block that is open stays open.
    pub fn side(&mut self, role: Role, lang: Option<Lang>, field: Option<usize>, f: impl FnOnce(&mut Self)) {
        let was = std::mem::replace(&mut self.in_side, true);
        // Marks that are open around the running text hold for what stands beside it too.
        let at = self.side.text.len();
        self.open_with(role, lang, field, 0);
        f(self);
        self.close();
        let end = self.side.text.len();
        if end > at {
            for m in 0..self.depth.len() {
                if self.depth[m] > 0 {
                    self.side.marks[m].push(Span::new(at, end));
                }
            }
        }
        self.in_side = was;
    }

    /// From here on text carries `mark`, until the token is handed to [`Builder::unmark`].
    pub fn mark(&mut self, mark: Mark) -> MarkToken {
        let m = mark as usize;
        self.depth[m] += 1;
        if self.depth[m] == 1 {
            let lane = self.lane();
            let at = lane.text.len();
            lane.marks[m].push(Span { start: at, end: usize::MAX });
        }
        MarkToken { mark }
    }

    /// Whether what is written now carries a mark.
    pub fn is_marked(&self, mark: Mark) -> bool {
        self.depth[mark as usize] > 0
    }

    /// Ends a mark.
    pub fn unmark(&mut self, token: MarkToken) {
        let m = token.mark as usize;
        self.depth[m] = self.depth[m].saturating_sub(1);
        if self.depth[m] == 0 {
            let lane = self.lane();
            let at = lane.text.len();
            if let Some(last) = lane.marks[m].last_mut() {
                if last.end == usize::MAX {
                    last.end = at.max(last.start);
                }
                if last.is_empty() {
                    lane.marks[m].pop();
                }
            }
        }
    }

    /// The finished document.
    pub fn finish(mut self) -> Document {
        self.in_side = true;
        self.close();
        self.in_side = false;
        self.close();
        self.settle(None);
        let mut doc = self.doc;
        let (main, side) = (self.main, self.side);
        let shift = main.text.len();
        doc.text = main.text;
        doc.map = main.map;
        doc.blocks = main.blocks;
        doc.text.push_str(&side.text);
        doc.map.append(side.map, shift);
        for mut b in side.blocks {
            b.start += shift;
            b.end += shift;
            doc.blocks.push(b);
        }
        for (m, (a, b)) in main.marks.into_iter().zip(side.marks).enumerate() {
            let mut spans = a;
            for s in &mut spans {
                s.end = s.end.min(shift);
            }
            spans.extend(b.into_iter().map(|s| Span { start: s.start + shift, end: s.end.saturating_add(shift).min(doc.text.len()) }));
            doc.marks[m] = spans;
        }
        let code = templates::blocks(doc.text.get(..shift).unwrap_or(""));
        if !code.is_empty() {
            let marks = &mut doc.marks[Mark::Code as usize];
            marks.extend(code);
            marks.sort_by_key(|s| s.start);
            marks.dedup_by(|b, a| {
                let touch = b.start <= a.end;
                a.end = if touch { a.end.max(b.end) } else { a.end };
                touch
            });
        }
        beside::text_links(&mut doc, shift);
        readings::add(&mut doc, &self.hyphens, self.foreign);
        // Readers tell a drawing when it ends, and definitions after the text.
        let at = |spans: &[Span]| spans.first().map_or(0, |s| s.start);
        if !doc.images.is_sorted_by_key(|i| at(&i.spans)) {
            doc.images.sort_by_key(|i| at(&i.spans));
        }
        for (i, b) in doc.blocks.iter().enumerate() {
            if let Some(f) = b.field.and_then(|f| doc.fields.get_mut(f)) {
                f.block.get_or_insert(i);
            }
        }
        doc
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_told_eight_bytes_at_a_time() {
        let plain = |s: &[u8]| s.iter().all(|b| (b' '..0x7F).contains(b)) && !s.windows(2).any(|w| w == b"  ");
        for (at, b) in (0..8).flat_map(|at| (0..=255).map(move |b| (at, b))) {
            for around in [*b"a b c d ", *b" a b c d", *b"abcdefgh", *b"~!~!~!~!"] {
                let mut eight = around;
                eight[at] = b;
                assert_eq!(is_plain(eight), plain(&eight), "{eight:?}");
            }
        }
    }
}
