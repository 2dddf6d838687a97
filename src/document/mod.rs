//! What a reader of a source sees, with the way back to the source.
//!
//! One file per format. What lives here knows no rules; what a reader cannot see or follow (scripts, styles,
//! comments, class names) is not in a document's text.

mod builder;
pub mod cells;
pub mod css;
pub mod front_matter;
pub mod html;
#[cfg(test)]
mod images_tests;
mod jsonld;
mod kind;
mod map;
pub mod markdown;
pub mod plain;
mod readings;
pub mod records;
pub mod release;
mod seen;
pub mod spelling;
mod templates;

pub use builder::{Builder, MarkToken, Shown, is_invisible};
pub use cells::Cell;
pub use kind::Kind;
pub use map::{Piece, SourceMap};
pub use seen::seen;
pub use spelling::{Layer, Spelling, YamlStyle};

use crate::source::Span;

/// Stands between two blocks in [`Document::text`]; no pattern matches it.
pub const BLOCK_SEPARATOR: char = '\u{1E}';
/// Stands for an image or a control in the middle of text.
pub const OBJECT: char = '\u{FFFC}';

/// What a run of visible text is to the reader. The names are those of `scope:` in rule packs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Role {
    /// Running text: a paragraph, a list item.
    Text,
    /// A heading.
    Heading,
    /// The document's title (`<title>`, front matter).
    Title,
    /// Text that search results and link previews show: meta description, Open Graph, front matter description.
    Meta,
    /// An image's alternative text.
    Alt,
    /// Any other attribute that readers meet: `title`, `aria-label`, `placeholder`.
    Attr,
    /// The words on a button.
    Button,
    /// A form control's label, a legend, an option.
    Label,
    /// A table cell.
    Cell,
    /// A string of JSON-LD.
    JsonLd,
    /// A record's field that holds a name.
    Name,
    /// A record's field that holds prose.
    Prose,
    /// A record's field that holds a place.
    Place,
    /// A record's field that holds a word from a list (services, industries, credentials).
    Tag,
}

impl Role {
    /// All roles with the names packs use.
    pub const ALL: [(Role, &'static str); 14] = [
        (Role::Text, "text"),
        (Role::Heading, "heading"),
        (Role::Title, "title"),
        (Role::Meta, "meta"),
        (Role::Alt, "alt"),
        (Role::Attr, "attr"),
        (Role::Button, "button"),
        (Role::Label, "label"),
        (Role::Cell, "cell"),
        (Role::JsonLd, "jsonld"),
        (Role::Name, "name"),
        (Role::Prose, "prose"),
        (Role::Place, "place"),
        (Role::Tag, "tag"),
    ];

    /// The name packs use.
    pub fn name(self) -> &'static str {
        Role::ALL.iter().find(|(r, _)| *r == self).map_or("text", |(_, n)| n)
    }
}

/// What a stretch of text lies in, whatever blocks it spans. The names are those of `scope:` in rule packs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Mark {
    /// Code, literals, keyboard input, sample output.
    Code,
    /// A quotation by markup (`<blockquote>`, `<q>`, `> `), or who said it (`<cite>`). Quotation marks are told apart by the checks.
    Quote,
    /// The words of a link.
    Link,
    /// Not shown until something happens: `hidden`, `aria-hidden`, `display:none`, `<template>`.
    Hidden,
    /// Navigation.
    Nav,
    /// A page's or section's footer.
    Footer,
    /// The fallback for readers without scripts.
    Noscript,
    /// Struck out: `<s>`, `<del>`, `~~`.
    Struck,
}

impl Mark {
    /// All marks with the names packs use.
    pub const ALL: [(Mark, &'static str); 8] = [
        (Mark::Code, "code"),
        (Mark::Quote, "quote"),
        (Mark::Link, "link"),
        (Mark::Hidden, "hidden"),
        (Mark::Nav, "nav"),
        (Mark::Footer, "footer"),
        (Mark::Noscript, "noscript"),
        (Mark::Struck, "struck"),
    ];
}

/// A language by its primary subtag in lower case: `en`, `de`, `ja`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lang([u8; 3]);

impl Lang {
    /// From a BCP 47 tag such as `pt-BR`; `None` where the primary subtag has not two or three letters.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.trim().split(['-', '_']).next()?;
        let bytes = primary.as_bytes();
        if !(2..=3).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut b = [0; 3];
        for (to, from) in b.iter_mut().zip(bytes) {
            *to = from.to_ascii_lowercase();
        }
        Some(Lang(b))
    }

    /// The subtag.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("").trim_end_matches('\0')
    }
}

/// One run of visible text: a paragraph, a heading, a cell, an `alt`, a field.
#[derive(Clone, Debug)]
pub struct Block {
    /// First byte in [`Document::text`].
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What the block is to the reader.
    pub role: Role,
    /// The language its author declared for it, if any.
    pub lang: Option<Lang>,
    /// The field it belongs to, an index into [`Document::fields`].
    pub field: Option<usize>,
    /// The heading level, 1 to 6, of a [`Role::Heading`]; 0 otherwise.
    pub level: u8,
    /// Whether it is another reading of an earlier block: of a word that a line's end divides, of letters that look like others.
    pub second: bool,
    /// How its text is written in the source.
    pub spelling: Spelling,
}

/// A link, an image address, a form target: something that leads elsewhere.
#[derive(Clone, Debug)]
pub struct Link {
    /// The address as written, decoded (entities, escapes), trimmed.
    pub target: String,
    /// Where the address stands in the source.
    pub spans: Vec<Span>,
    /// What holds it: `a[href]`, `img[src]`, `link[canonical]`, `meta[og:url]`, `form[action]`, `md[link]`, `md[image]`, `text` for a
    /// bare address in prose, `field` for a record's field.
    pub holder: String,
    /// The record field that holds it, an index into [`Document::fields`].
    pub field: Option<usize>,
}

/// What a picture in a document is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImageSource {
    /// An address as written, decoded (entities, escapes), trimmed: a path relative to the document or its site's root, or a URL. Also
    /// `data:` URLs.
    Address(String),
    /// A drawing written out in the document: the place of its `<svg>` element.
    Inline(Span),
}

/// A place where a document shows a picture.
#[derive(Clone, Debug)]
pub struct Image {
    /// What it shows.
    pub source: ImageSource,
    /// Where its address, or its start tag, stands in the source.
    pub spans: Vec<Span>,
    /// What holds it: `img[src]`, `img[srcset]`, `img[data-src]`, `img[data-srcset]`, `source[srcset]`, `source[data-srcset]`, `input[src]`,
    /// `video[poster]`, `object[data]`, `embed[src]`, `link[icon]`, `link[apple-touch-icon]`, `link[mask-icon]`, `meta[og:image]`,
    /// `meta[og:logo]`, `meta[twitter:image]`, `svg`, `svg[use]`, `svg[image]`, `style` for a `style` attribute, `[data-bg]` for one that a script makes such of, `[background]`, `css` for a style sheet,
    /// `md[image]`, `front-matter`, `jsonld`, `field` for a record's field.
    pub holder: String,
    /// Its alternative text; empty where the author left it empty, `None` where there is none.
    pub alt: Option<String>,
    /// The start tag of the element that shows it, if an element does.
    pub element: Option<Span>,
    /// The record field that holds it, an index into [`Document::fields`].
    pub field: Option<usize>,
}

/// A style sheet of a page, in the order in which they apply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StyleSheet {
    /// Its address as written, or the place of what stands in the `<style>` element.
    pub source: ImageSource,
    /// Where the address stands, or the content of the element.
    pub spans: Vec<Span>,
    /// The media it is for, as written; `None` for all.
    pub media: Option<String>,
}

/// What the value of a record's field is for. The names are those of `role:` in the format files.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldRole {
    /// A name of a firm, a listing, an event.
    Name,
    /// Running text.
    Prose,
    /// A place.
    Place,
    /// A word from a list.
    Tag,
    /// An address on the web.
    Url,
    /// What the record is known by.
    Id,
    /// A number.
    Number,
    /// A date.
    Date,
    /// Anything else; kept for predicates, never read as text.
    Other,
}

impl FieldRole {
    /// All roles with the names the format files use.
    pub const ALL: [(FieldRole, &'static str); 9] = [
        (FieldRole::Name, "name"),
        (FieldRole::Prose, "prose"),
        (FieldRole::Place, "place"),
        (FieldRole::Tag, "tag"),
        (FieldRole::Url, "url"),
        (FieldRole::Id, "id"),
        (FieldRole::Number, "number"),
        (FieldRole::Date, "date"),
        (FieldRole::Other, "other"),
    ];

    /// The role of the text block that such a field's value becomes, if it is text to a reader.
    pub fn block(self) -> Option<Role> {
        match self {
            FieldRole::Name => Some(Role::Name),
            FieldRole::Prose => Some(Role::Prose),
            FieldRole::Place => Some(Role::Place),
            FieldRole::Tag => Some(Role::Tag),
            _ => None,
        }
    }
}

/// A named part of a record. A list becomes one field per entry, all of the same canonical name.
#[derive(Clone, Debug)]
pub struct Field {
    /// Where in the record: a JSON Pointer (`/locations/0/city`); for CSV the canonical name.
    pub pointer: String,
    /// The canonical name that the format file gives it, or its own where none does.
    pub name: String,
    /// What the value is for.
    pub role: FieldRole,
    /// The value as text, decoded; empty for null.
    pub value: String,
    /// The value's place in the source, without quotes.
    pub span: Span,
    /// The text block made of the value, an index into [`Document::blocks`].
    pub block: Option<usize>,
}

/// One listing, ad, review, or one node of JSON-LD: fields that belong together.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The name of the format that recognised it (`directory-profile`), or the `@type` of a JSON-LD node.
    pub form: String,
    /// The range of [`Document::fields`] that belong to it.
    pub fields: std::ops::Range<usize>,
    /// The record's place in the source.
    pub span: Span,
    /// Its place in the file, from 0. `None` for JSON-LD nodes.
    pub index: Option<usize>,
    /// What it is known by, from the field that the format calls its id.
    pub id: Option<String>,
}

/// A comment in the text that speaks to promolint: `promolint-ignore rule: reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The words of the comment, trimmed: `promolint-ignore tm-x: reason`.
    pub text: String,
    /// The whole comment's place in the source.
    pub span: Span,
    /// Where in the source the block after the comment starts and ends, pictures in it included; `None` if nothing follows.
    pub next_block: Option<Span>,
}

/// Something about the source that kept part of it from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in one clause.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where.
    pub span: Span,
}

/// One piece of content as its readers see it.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The kind that the content itself declares (front matter, the format of a record).
    pub kind: Option<Kind>,
    /// All visible text, blocks joined by [`BLOCK_SEPARATOR`], white space collapsed, invisible characters dropped.
    pub text: String,
    /// From the text to the source.
    pub map: SourceMap,
    /// The blocks, by rising place in the text.
    pub blocks: Vec<Block>,
    /// Where each kind of mark applies: ranges of the text, sorted and apart, by [`Mark`].
    pub(crate) marks: [Vec<Span>; Mark::ALL.len()],
    /// Links in the order of the source.
    pub links: Vec<Link>,
    /// Pictures in the order of the source.
    pub images: Vec<Image>,
    /// The style sheets of its HTML, in the order of the source.
    pub sheets: Vec<StyleSheet>,
    /// Fields of all records.
    pub fields: Vec<Field>,
    /// The record, or the JSON-LD nodes of a page.
    pub records: Vec<Record>,
    /// Stretches of the source that are HTML, for rules about elements. A page is one stretch.
    pub html: Vec<Span>,
    /// Whether its tags are those of JSX, in which `className` is `class`.
    pub(crate) jsx: bool,
    /// Of a page, where the `<a>` tags begin that stand in no template, fallback, drawing or list of options: whoever builds a tree makes
    /// elements of them.
    pub(crate) anchors: Vec<u32>,
    /// Where the cells of its tables begin, by rising place in the text.
    pub cells: Vec<Cell>,
    /// Comments that speak to promolint.
    pub directives: Vec<Directive>,
    /// The language declared for the whole.
    pub lang: Option<Lang>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Document {
    /// The block that byte `at` of the text lies in.
    pub fn block_at(&self, at: usize) -> Option<usize> {
        let i = self.blocks.partition_point(|b| b.start <= at).checked_sub(1)?;
        (at < self.blocks[i].end).then_some(i)
    }

    /// A block's text.
    pub fn block_text(&self, block: &Block) -> &str {
        self.text.get(block.start..block.end).unwrap_or("")
    }

    /// Whether `start..end` of the text touches a stretch with this mark.
    pub fn marked(&self, mark: Mark, start: usize, end: usize) -> bool {
        let spans = &self.marks[mark as usize];
        let i = spans.partition_point(|s| s.end <= start);
        spans.get(i).is_some_and(|s| s.start < end)
    }

    /// The fields of a record that have this canonical name.
    pub fn fields_named<'a>(&'a self, record: &'a Record, name: &'a str) -> impl Iterator<Item = (usize, &'a Field)> {
        let range = record.fields.clone();
        range.clone().zip(&self.fields[range]).filter(move |(_, f)| f.name == name)
    }
}
