use super::Excerpt;
use crate::source::{Position, Source, Span};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

/// A span of a file as people and tools name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Place {
    /// First byte of the original file.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Line of the first character, from 1.
    pub line: usize,
    /// Column of the first character, from 1, in Unicode characters.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column of the end, exclusive.
    pub end_column: usize,
}

impl Place {
    /// From one position to another.
    pub fn between(from: Position, to: Position) -> Place {
        Place { start: from.offset, end: to.offset, line: from.line, column: from.column, end_line: to.line, end_column: to.column }
    }
}

/// A place a finding speaks of.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Location {
    /// The file as given.
    pub path: String,
    /// What the reader sees there, if it is text.
    pub text: Option<String>,
    /// A few words at the caret.
    pub label: Option<String>,
    /// Where it stands; several spans where markup splits it.
    pub spans: Vec<Place>,
    /// A rectangle in pixels, for images.
    pub region: Option<Region>,
    /// The lines around the spans, as the author wrote them.
    #[serde(skip)]
    pub excerpt: Vec<Excerpt>,
}

/// A rectangle of an image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Region {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Location {
    /// A place in a source; `spans` count bytes of its text.
    pub fn new(source: &Source, spans: &[Span], text: Option<String>, label: Option<String>) -> Location {
        let places = spans
            .iter()
            .map(|s| {
                let (from, to) = (source.position(s.start), source.position(s.end));
                Place::between(from, to)
            })
            .collect();
        Location {
            path: source.name().to_owned(),
            text,
            label,
            spans: places,
            region: None,
            excerpt: spans.iter().flat_map(|s| Excerpt::around(source, *s)).collect(),
        }
    }

    /// The first place, if any.
    pub fn first(&self) -> Option<&Place> {
        self.spans.first()
    }
}
