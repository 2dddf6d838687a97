//! Drawings held against each other by their shapes, without pixels: exact, cheap, and able to name the edit.
//!
//! Both are brought into one form: outlines in the coordinates of the picture, whose longer side is 1, each with what it is painted
//! with. How a file writes them (commands, groups, ids, transforms, style sheets, rounding) is no part of it.

mod matching;
mod naming;
mod place;
mod shapes;

use super::text;
use crate::badge::{Alteration, Limits, Refusal};
use shapes::Shapes;
use std::ops::Range;

/// The most that outlines of the same drawing are apart, as a share of its longer side: files are written with few decimals, and
/// programs that make them smaller draw curves with fewer points.
const TOLERANCE: f32 = 0.004;

/// A drawing in the form in which drawings are compared.
#[derive(Clone, Debug)]
pub struct DrawingKey {
    shapes: Shapes,
}

/// How one drawing differs from another.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawing {
    /// Whether it is that drawing at all: the share of the outlines that both have, 0 to 1. Colours do not count.
    pub similarity: f32,
    /// The edits, the plainest first; none: it is the same drawing.
    pub edits: Vec<Edit>,
    /// Where it lies, in coordinates in which the longer side of each drawing is 1: `x' = m[0] x + m[1] y + m[2]`, `y' = m[3] x + m[4] y +
    /// m[5]`.
    pub place: [f32; 6],
}

/// One edit of a drawing.
#[derive(Clone, PartialEq, Debug)]
pub struct Edit {
    /// What was altered; its region is in pixels of the drawing's own size.
    pub alteration: Alteration,
    /// The first element concerned: the bytes of its start tag in the candidate.
    pub span: Option<Range<usize>>,
    /// What was put behind the whole, if it is that.
    pub ground: Option<Ground>,
}

/// What is behind a drawing.
#[derive(Clone, PartialEq, Debug)]
pub enum Ground {
    /// One colour, sRGB.
    Colour([u8; 3]),
    /// A gradient, a pattern, an image.
    Other,
}

impl DrawingKey {
    /// Brings a drawing into the form in which drawings are compared.
    ///
    /// # Errors
    /// Why it cannot be compared: as for [`open`](crate::badge::open).
    pub fn new(svg: &[u8], limits: &Limits) -> Result<DrawingKey, Refusal> {
        crate::badge::intake::check_bytes(svg, limits)?;
        let text = text::read(svg)?;
        // Where the text lies in the bytes: nowhere, if it was decoded from another encoding.
        let offset = matches!(text, std::borrow::Cow::Borrowed(_)).then(|| svg.len() - text.len());
        let (named, elements) = match offset.and_then(|offset| shapes::with_ids(&text, offset)) {
            Some((named, elements)) => (std::borrow::Cow::Owned(named), elements),
            None => (text, Default::default()),
        };
        let (tree, _) = super::parse_text(&named, limits)?;
        Ok(DrawingKey { shapes: Shapes::new(&tree, elements)? })
    }

    /// How a candidate differs from this drawing; none if one of them has nothing to compare.
    pub fn edits(&self, candidate: &DrawingKey) -> Option<Drawing> {
        let matched = matching::best(&self.shapes, &candidate.shapes)?;
        Some(naming::name(&self.shapes, &candidate.shapes, &matched))
    }
}

/// How a candidate drawing differs from a reference; none if they cannot be compared.
pub fn edits(reference: &[u8], candidate: &[u8]) -> Option<Drawing> {
    let key = |svg| DrawingKey::new(svg, &Limits::default()).ok();
    key(reference)?.edits(&key(candidate)?)
}

#[cfg(test)]
mod tests;
