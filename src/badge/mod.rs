//! Images held against the assets register: which supplied image a picture shows, and whether it was altered.
//!
//! Bytes and pixels only: what lives here opens no file, and knows no rules, documents or registers' files. [`open`] makes a
//! [`Picture`] of bytes, [`Library`] holds the supplied images, [`Library::compare`] says what of them a picture shows and how it
//! differs from what a legitimate copy would look like.

mod affine;
mod align;
mod alterations;
mod copies;
mod decide;
mod drawings;
mod find;
mod ground;
mod intake;
mod keypoints;
mod library;
#[allow(clippy::needless_range_loop, reason = "channels, rows of matrices and columns are indexed alike")]
mod locate;
#[allow(clippy::needless_range_loop, reason = "channels, rows of matrices and columns are indexed alike")]
mod measure;
mod panels;
mod parts;
mod picture;
mod prepare;
mod raster;
mod sift;
mod sketch;
mod svg;
#[cfg(test)]
mod tests;
mod verdict;
mod zones;

pub use intake::{Limits, Refusal, Sort, open, sniff, too_small};
pub use library::{Library, Reference, Setting};
pub use picture::{Encoding, Picture, Region};
pub use svg::{Drawing, DrawingKey, Edit, edits};
pub use verdict::{Alteration, AlterationKind, Comparison, Group, Mark, Verdict};
