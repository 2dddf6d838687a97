//! `promolint badge`: registers of images made from folders, and images compared with what was supplied.

mod compare;
mod index;
mod same;
mod show;

use super::args::{BadgeArgs, BadgeCommand};
use super::files::Wanted;
use crate::badge::{Comparison, Encoding, Library, Limits, Picture, Reference, Refusal, Setting, open};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// An image.
const IMAGE: Wanted = Wanted { what: "the image", is: "an image is a PNG, JPEG, WebP, GIF or SVG file", empty: None };

/// Runs the command.
pub fn run(args: &BadgeArgs) -> u8 {
    match &args.command {
        BadgeCommand::Index { folder, output, merge, color } => index::run(folder, output.as_deref(), *merge, *color),
        BadgeCommand::Compare(a) => compare::run(a),
    }
}

/// The bytes of an image, no more than are within the limits and one.
pub(super) fn bytes(path: &Path, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    File::open(path)?.take(limits.bytes + 1).read_to_end(&mut out)?;
    Ok(out)
}

/// A decoded image with its hash.
struct Image {
    picture: Picture,
    sha256: [u8; 32],
    /// Its bytes, if it is a drawing.
    drawing: Option<Arc<[u8]>>,
}

impl Image {
    fn of(bytes: &[u8], limits: &Limits) -> Result<Image, Refusal> {
        let picture = open(bytes, limits)?;
        let drawing = (picture.encoding == Encoding::Svg).then(|| bytes.into());
        Ok(Image { picture, sha256: Sha256::digest(bytes).into(), drawing })
    }

    /// What of the supplied images it shows.
    fn held_against(&self, library: &Library, setting: Setting) -> Comparison {
        library.compare_file(self.drawing.as_deref().unwrap_or_default(), &self.picture, &self.sha256, setting)
    }

    /// A supplied image of which nothing is known but how it looks.
    fn into_reference(self, id: String) -> Reference {
        Reference {
            id,
            family: None,
            tier: None,
            retired: false,
            sha256: self.sha256,
            picture: self.picture,
            drawing: self.drawing,
            min_width: None,
            clear_space: None,
            backgrounds: None,
            max_upscale: None,
        }
    }

    /// Width and height in pixels of the file.
    fn size(&self) -> (u32, u32) {
        let (w, h) = self.picture.pixels.dimensions();
        let of = |n: u32| (n as f32 * self.picture.scale).round().max(1.0) as u32;
        (of(w), of(h))
    }
}

/// A hash as it is written.
fn hex(hash: &[u8; 32]) -> String {
    use std::fmt::Write;
    hash.iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
