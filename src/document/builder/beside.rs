//! What a document holds beside its text: links, pictures, style sheets, fields, records, comments, problems.

use super::*;
use crate::document::plain::{addresses, may_hold_addresses};

/// Bare addresses in running text, which ends at `end`, that no reader has told: of HTML and of records. One in a link or in code is none.
pub(super) fn text_links(doc: &mut Document, end: usize) {
    if !may_hold_addresses(doc.text.get(..end).unwrap_or_default()) {
        return;
    }
    let told: Vec<Span> = doc.links.iter().flat_map(|l| l.spans.iter().copied()).collect();
    let mut links = Vec::new();
    for block in doc.blocks.iter().filter(|b| b.end <= end) {
        addresses(doc.block_text(block), |target, at| {
            let (start, end) = (block.start + at.start, block.start + at.end);
            let spans = doc.map.spans(start, end);
            let known = spans.iter().any(|s| told.iter().any(|t| t.start < s.end && s.start < t.end));
            if !known && !spans.is_empty() && !doc.marked(Mark::Link, start, end) && !doc.marked(Mark::Code, start, end) {
                links.push(Link { target: target.to_owned(), spans, holder: "text".to_owned(), field: block.field });
            }
        });
    }
    doc.links.extend(links);
}

impl Builder {
    /// A link; `span` is its address in the text being read.
    pub fn link(&mut self, target: &str, span: Span, holder: &str, field: Option<usize>) {
        let target = target.trim();
        if !target.is_empty() {
            let spans = self.locate(span);
            self.doc.links.push(Link { target: target.to_owned(), spans, holder: holder.to_owned(), field });
        }
    }

    /// A picture known by its address; `span` is the address in the text being read.
    pub fn image<'t>(&mut self, address: impl Into<Cow<'t, str>>, span: Span, holder: &str, shown: Shown) {
        // What may be megabytes long is copied here and nowhere else.
        let address = match address.into() {
            Cow::Owned(s) if s.trim().len() == s.len() => s,
            s => s.trim().to_owned(),
        };
        if !address.is_empty() {
            self.put_image(ImageSource::Address(address), span, holder, shown);
        }
    }

    /// A drawing written out in the text being read: the place of its element, and the start tag as [`Shown::element`].
    pub fn drawing(&mut self, span: Span, shown: Shown) {
        let source = ImageSource::Inline(self.locate_cover(span));
        let tag = shown.element.unwrap_or(span);
        self.put_image(source, tag, "svg", shown);
    }

    fn put_image(&mut self, source: ImageSource, span: Span, holder: &str, shown: Shown) {
        let spans = self.locate(span);
        let element = shown.element.map(|e| self.locate_cover(e));
        let field = shown.field.or(self.in_field);
        self.doc.images.push(Image { source, spans, holder: holder.to_owned(), alt: shown.alt, element, field });
    }

    /// How many pictures there are.
    pub fn image_count(&self) -> usize {
        self.doc.images.len()
    }

    /// The drawing among the pictures from number `first` on reaches at least to the end of `span`. Of drawings from number `new` on, which
    /// lie within it, nothing is kept.
    pub fn continue_drawing(&mut self, first: usize, new: usize, span: Span) {
        let end = self.locate_cover(span).end;
        let drawn = self.doc.images.iter_mut().skip(first).find_map(|i| match &mut i.source {
            ImageSource::Inline(whole) => Some(whole),
            ImageSource::Address(_) => None,
        });
        if let Some(whole) = drawn {
            whole.end = whole.end.max(end);
        }
        let kept = self.doc.images.split_off(new.min(self.doc.images.len()));
        self.doc.images.extend(kept.into_iter().filter(|i| !matches!(i.source, ImageSource::Inline(_))));
    }

    /// A style sheet: its address, or `None` for one written out, and where that stands in the text being read.
    pub fn sheet(&mut self, address: Option<&str>, span: Span, media: Option<String>) {
        let spans = self.locate(span);
        let source = match address.map(str::trim) {
            Some("") => return,
            Some(address) => ImageSource::Address(address.to_owned()),
            None => ImageSource::Inline(self.locate_cover(span)),
        };
        self.doc.sheets.push(StyleSheet { source, spans, media });
    }

    /// A field whose [`Field::span`] is in the text being read; gives its index. Its block, if it gets one, is found through the index.
    pub fn field(&mut self, mut field: Field) -> usize {
        field.span = self.locate_cover(field.span);
        self.doc.fields.push(field);
        self.doc.fields.len() - 1
    }

    /// [`Builder::field`] of texts that are not owned.
    pub fn field_of(&mut self, pointer: &str, name: &str, role: FieldRole, value: &str, span: Span) -> usize {
        let field = match self.spare.pop() {
            Some(mut f) => {
                for (to, from) in [(&mut f.pointer, pointer), (&mut f.name, name), (&mut f.value, value)] {
                    to.clear();
                    to.push_str(from);
                }
                Field { role, span, block: None, ..f }
            }
            None => Field { pointer: pointer.to_owned(), name: name.to_owned(), role, value: value.to_owned(), span, block: None },
        };
        self.field(field)
    }

    /// How many fields there are.
    pub fn field_count(&self) -> usize {
        self.doc.fields.len()
    }

    /// A record over fields already added; [`Record::span`] is in the text being read.
    pub fn record(&mut self, mut record: Record) {
        record.span = self.locate_cover(record.span);
        self.doc.records.push(record);
    }

    /// A comment. It is kept only if it speaks to promolint.
    pub fn comment(&mut self, text: &str, span: Span) {
        let text = text.trim();
        if text.get(..10).is_some_and(|t| t.eq_ignore_ascii_case("promolint-")) {
            let span = self.locate_cover(span);
            self.doc.directives.push(Directive { text: text.to_owned(), span, next_block: None });
            self.waiting.push(self.doc.directives.len() - 1);
        }
    }

    /// Something visible was written: the block that is read is what waiting comments hold for.
    pub(super) fn wake(&mut self) {
        if !self.waiting.is_empty() && !self.in_side {
            self.held.append(&mut self.waiting);
        }
    }

    /// A stretch of the text being read that is HTML.
    pub fn html(&mut self, span: Span) {
        let spans = self.locate(span);
        self.doc.html.extend(spans);
    }

    /// The tags are those of JSX.
    pub fn jsx(&mut self) {
        self.doc.jsx = true;
    }

    /// An `<a>` tag that becomes an element.
    pub fn anchor(&mut self, at: usize) {
        self.doc.anchors.extend(u32::try_from(at));
    }

    /// The kind that the content declares.
    pub fn kind(&mut self, kind: crate::document::Kind) {
        self.doc.kind = Some(kind);
    }

    /// The language declared for the whole document.
    pub fn lang(&mut self, lang: Option<Lang>) {
        self.doc.lang = lang.or(self.doc.lang);
    }

    /// Something that could not be read; `span` is in the text being read.
    pub fn problem(&mut self, message: impl Into<String>, help: impl Into<String>, span: Span) {
        let span = self.locate_cover(span);
        self.doc.problems.push(Problem { message: message.into(), help: help.into(), span });
    }
}
