//! The supplied images, prepared for comparing.

use super::{Comparison, Picture};
use image::RgbaImage;

/// One file of one supplied image.
#[derive(Clone, Debug)]
pub struct Reference {
    /// What it is known by in the register: the entry's id. Several references may share one (its files and variants).
    pub id: String,
    /// The family it belongs to.
    pub family: Option<String>,
    /// The tier it stands for, as written in the register.
    pub tier: Option<String>,
    /// Whether it was retired.
    pub retired: bool,
    /// Its file's SHA-256.
    pub sha256: [u8; 32],
    /// The picture.
    pub picture: Picture,
    /// The least width in pixels at which it may be used.
    pub min_width: Option<f32>,
    /// Free space around it, as a share of its height.
    pub clear_space: Option<f32>,
    /// Colours it may stand on, sRGB; none: any.
    pub backgrounds: Option<Vec<[u8; 3]>>,
    /// How many times its own size it may be enlarged to, for pictures of pixels.
    pub max_upscale: Option<f32>,
}

/// What is known of where a picture is used.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Setting {
    /// The colour of what is behind it, sRGB, if known: what shows through where it is transparent.
    pub behind: Option<[u8; 3]>,
}

/// The supplied images.
#[derive(Debug, Default)]
pub struct Library {
    references: Vec<Reference>,
}

impl Library {
    /// Prepares images for comparing. Work that can be done once is done here.
    pub fn new(references: Vec<Reference>) -> Library {
        Library { references }
    }

    /// The images, in the order given.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Which of the images a picture shows, and how it differs from them.
    ///
    /// `sha256` is that of the file's bytes: of an image supplied as it is, nothing else needs to be compared.
    pub fn compare(&self, _picture: &Picture, _sha256: &[u8; 32], _setting: Setting) -> Comparison {
        Comparison::default()
    }

    /// What a mark's reference should look like at its size, the candidate, and where they differ, side by side.
    pub fn picture_of(&self, picture: &Picture, _mark: &super::Mark) -> RgbaImage {
        picture.pixels.clone()
    }
}
