//! What checks ask of pictures. They are opened, decoded and compared elsewhere: nothing here touches a file.

use crate::badge::{Comparison, Library, Mark, Region};
use crate::document::Image;
use crate::source::{Source, Span};
use borsh::{BorshDeserialize, BorshSerialize};
use std::fmt::Debug;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Opens the pictures that documents show, and compares them with those the program supplies.
pub trait Pictures: Debug + Send + Sync {
    /// The supplied images; `None` without a register of them.
    fn library(&self) -> Option<&Library>;

    /// What a document shows in one place, on a background of this colour if it is known.
    fn look(&self, image: &Image, source: &Source, behind: Option<[u8; 3]>) -> Looked;

    /// A style sheet that a document, or another style sheet, names by this address; `None` where it cannot be read here.
    fn style(&self, address: &str, of: &str) -> Option<Arc<Source>>;
}

/// What comes of looking at a picture.
#[derive(Clone, Debug)]
pub enum Looked {
    /// It was compared.
    Seen(Arc<Sight>),
    /// There is no such file: its path, as far as it is known.
    Missing(String),
    /// It cannot be decoded, or not within the limits.
    Refused(Arc<Unread>),
    /// It is not looked at, for this reason.
    Left(Left),
}

/// Why a picture is not looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Left {
    /// It lies on another host; nothing is fetched.
    Elsewhere,
    /// Its path leads out of the folders that are checked.
    Outside,
    /// A drawing in a page that cannot be rendered by itself.
    Drawing,
    /// The document shows more pictures than are compared.
    TooMany,
    /// Nothing that leads to a picture: a placeholder of a template, a part of the same page.
    Nothing,
}

impl Left {
    /// In words, for the end of a run; `None` for what is no picture.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Left::Elsewhere => Some("on other hosts (nothing is fetched)"),
            Left::Outside => Some("outside the folders that are checked"),
            Left::Drawing => Some("drawn in pages, and not complete by themselves"),
            Left::TooMany => Some("beyond the most that are compared of one document"),
            Left::Nothing => None,
        }
    }
}

/// A picture that was compared.
#[derive(Debug)]
pub struct Sight {
    /// Its file, as reports name it; `None` for one that is written out in the document.
    pub name: Option<String>,
    /// Its file's SHA-256.
    pub sha256: [u8; 32],
    /// What of the supplied images it shows.
    pub comparison: Arc<Compared>,
    /// Where its bytes are, to show what differs.
    pub origin: Origin,
    /// Where its text is, if it is a drawing with edits to point at.
    pub text: Written,
}

/// Where the text of a drawing stands, by which its elements are pointed at.
#[derive(Debug, Clone, Default)]
pub enum Written {
    /// Nowhere that can be pointed at.
    #[default]
    Nowhere,
    /// In a file of its own.
    File(Arc<Source>),
    /// In the document that shows it.
    Here {
        /// Where in the document's text it begins.
        at: usize,
        /// So many bytes were put in after its first [`TAG`], to make it a file of its own.
        added: usize,
    },
}

/// The bytes of `<svg`.
pub const TAG: usize = 4;

impl Written {
    /// Where bytes of the drawing stand in the document that shows it.
    pub fn here(&self, bytes: &Range<usize>) -> Option<Span> {
        let Written::Here { at, added } = self else { return None };
        let place = |b: usize| if b < TAG { b } else { b.saturating_sub(*added).max(TAG) };
        Some(Span::new(at + place(bytes.start), at + place(bytes.end)))
    }

    /// The file it stands in.
    pub fn file(&self) -> Option<&Arc<Source>> {
        if let Written::File(source) = self { Some(source) } else { None }
    }
}

/// Where a picture's bytes are.
#[derive(Debug, Clone)]
pub enum Origin {
    /// In a file.
    File(PathBuf),
    /// Here.
    Bytes(Arc<[u8]>),
}

/// What a comparison gave, for all copies of a file.
#[derive(Debug, Default)]
pub struct Compared {
    /// Width and height in pixels of the file.
    pub size: (u32, u32),
    /// What of the supplied images it shows.
    pub comparison: Comparison,
    /// Whether what is behind it shows through.
    pub transparent: bool,
}

/// A picture that cannot be compared.
#[derive(Debug)]
pub struct Unread {
    /// Its file, as reports name it; `None` for one that is written out in the document.
    pub name: Option<String>,
    /// What is wrong, in one clause.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// One mark in a picture.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The picture.
    pub sight: Arc<Sight>,
    /// Which of its marks.
    pub index: usize,
}

impl Seen {
    /// The mark.
    pub fn mark(&self) -> Option<&Mark> {
        self.sight.comparison.comparison.marks.get(self.index)
    }

    /// Where it is.
    pub fn region(&self) -> Option<Region> {
        self.mark().map(|m| m.region)
    }
}
