//! From the register of images to what pictures are compared with: its files are read and decoded here.

use crate::badge::{self, Limits, Reference};
use crate::facts::{Asset, Assets, Day, Tier};
use crate::finding::Trouble;
use crate::source::Span;
use sha2::{Digest, Sha256};

/// The images of a register with the files that can be used, and what is wrong with the others. `read` gives the bytes of a file by its path
/// in the register, or says why it cannot.
pub fn references(assets: &Assets, today: Day, read: &dyn Fn(&str) -> Result<Vec<u8>, String>) -> (Vec<Reference>, Vec<Trouble>) {
    let mut references = Vec::new();
    let mut troubles = Vec::new();
    for asset in assets.iter() {
        for (file, span) in files(asset) {
            let trouble = |message: String, help: &str| Trouble::at(assets.source(), span, message, help);
            let bytes = match read(file) {
                Ok(b) => b,
                Err(e) => {
                    troubles.push(trouble(
                        format!("`{file}` cannot be read: {e}"),
                        "put the file there, or correct its path; paths are relative to the register",
                    ));
                    continue;
                }
            };
            match badge::open(&bytes, &Limits::default()) {
                Ok(picture) => references.push(Reference {
                    id: asset.id.value.clone(),
                    family: asset.family.as_ref().map(|f| f.value.clone()),
                    tier: asset.tier.value().map(Tier::to_string),
                    retired: asset.is_retired(today),
                    sha256: Sha256::digest(&bytes).into(),
                    picture,
                    min_width: asset.min_width.value().map(|w| *w as f32),
                    clear_space: asset.clear_space.value().map(|c| *c as f32),
                    backgrounds: asset.colours(),
                    max_upscale: asset.max_upscale.value().map(|u| *u as f32),
                }),
                Err(refusal) => troubles.push(trouble(format!("`{file}` cannot be compared with: {}", refusal.message), &refusal.help)),
            }
        }
    }
    (references, troubles)
}

/// The files of an image, with their places in the register.
pub fn files(asset: &Asset) -> impl Iterator<Item = (&str, Span)> {
    asset.files.items().iter().map(|f| (f.value.path.as_str(), f.span))
}
