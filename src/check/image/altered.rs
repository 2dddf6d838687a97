//! What a page does to a picture, with the style sheets that can be read.

use super::Shown;
use crate::badge::AlterationKind;
use crate::check::Subject;
use crate::check::markup::{self, Sheet};
use crate::document::{Image, ImageSource};
use crate::facts::names::host;
use crate::finding::Location;
use crate::source::{Source, Span, is_address};
use std::rc::Rc;
use std::sync::Arc;

/// Of one page so many style sheets are read.
const MAX_SHEETS: usize = 40;
/// Style sheets that import each other are followed so far.
const MAX_DEPTH: usize = 4;

/// A way in which markup alters a picture.
#[derive(Debug)]
pub struct Altered {
    /// Which.
    pub kind: AlterationKind,
    /// What was found, against what is allowed.
    pub words: String,
    /// Whether it shows when nobody does anything.
    pub at_rest: bool,
    /// Where the page says so.
    pub spans: Vec<Span>,
    /// Where a style sheet says so.
    pub sheet: Option<Location>,
}

/// The style sheets of a page, in the order in which they apply.
#[derive(Debug, Default)]
pub struct Styles {
    sheets: Vec<Sheet>,
    /// The sources of those that are files, in the same order.
    sources: Vec<Option<Arc<Source>>>,
    /// Addresses of those that were not read.
    pub unread: Vec<String>,
}

impl Styles {
    fn of(subject: &Subject) -> Styles {
        let mut styles = Styles::default();
        for sheet in &subject.document.sheets {
            let media = sheet.media.as_deref();
            match &sheet.source {
                ImageSource::Inline(span) => {
                    let own = Sheet::parse(subject.source, *span).for_media(media);
                    styles.imported(subject, &own, subject.source.name(), 0);
                    styles.push(own, None);
                }
                ImageSource::Address(address) => styles.linked(subject, address, subject.source.name(), media, 0),
            }
        }
        styles
    }

    fn push(&mut self, sheet: Sheet, source: Option<Arc<Source>>) {
        self.sheets.push(sheet);
        self.sources.push(source);
    }

    fn linked(&mut self, subject: &Subject, address: &str, of: &str, media: Option<&str>, depth: usize) {
        if depth >= MAX_DEPTH || self.sheets.len() >= MAX_SHEETS {
            return;
        }
        let Some(source) = subject.pictures.and_then(|p| p.style(address, of)) else {
            // Of pages on the web it was asked for: one that is not there does nothing, and what else went wrong was said.
            if markup::is_for_screens(media) && !is_address(of) && !is_of_fonts(address) {
                self.unread.push(address.to_owned());
            }
            return;
        };
        let sheet = Sheet::parse(&source, Span::new(0, source.text().len())).for_media(media);
        self.imported(subject, &sheet, source.name(), depth);
        self.push(sheet, Some(source));
    }

    /// What a sheet asks for applies before its own rules.
    fn imported(&mut self, subject: &Subject, sheet: &Sheet, of: &str, depth: usize) {
        for import in &sheet.imports {
            self.linked(subject, &import.address, of, import.media.as_deref(), depth + 1);
        }
    }
}

/// Whether an address is that of a style sheet of fonts, by its host.
fn is_of_fonts(address: &str) -> bool {
    let mut hosts = include_str!("../../../rules/markup/font-hosts.txt").lines();
    host(address).is_some_and(|h| hosts.any(|known| known == h))
}

/// The colour behind a picture of a page, if the page says it.
pub fn behind(subject: &Subject, image: &Image) -> Option<[u8; 3]> {
    let styles = subject.styles.get_or_init(|| Styles::of(subject));
    markup::Page::new(subject, &styles.sheets).behind(image)
}

/// What a page does to one of its pictures; worked out once for all rules.
pub fn by_markup(subject: &Subject, number: usize, image: &Image, shown: &Shown) -> Rc<[Altered]> {
    if let Some(known) = subject.altered.borrow().get(&number) {
        return Rc::clone(known);
    }
    let styles = subject.styles.get_or_init(|| Styles::of(subject));
    let size = shown.seen.as_ref().map(|s| s.sight.comparison.size);
    let found = markup::alterations(subject, image, &styles.sheets, size);
    let altered: Rc<[Altered]> = found
        .into_iter()
        .map(|m| {
            let source = m.sheet.and_then(|s| styles.sources.get(s)?.as_deref());
            let text = |s: &Source| m.spans.first().and_then(|span| s.text().get(span.range())).map(str::to_owned);
            let sheet = source.map(|s| Location::new(s, &m.spans, text(s), Some(m.words.clone())));
            let spans = if m.sheet.is_some() { Vec::new() } else { m.spans };
            Altered { kind: m.kind, words: m.words, at_rest: m.at_rest, spans, sheet }
        })
        .collect();
    subject.altered.borrow_mut().insert(number, Rc::clone(&altered));
    altered
}
