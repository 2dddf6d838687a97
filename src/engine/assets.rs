//! From the register of images to what pictures are compared with: its files are read and decoded here.

use super::cache::{self, Cache};
use crate::badge::{self, Encoding, Limits, Picture, Reference, Refusal};
use crate::facts::{Asset, Assets, Day, Tier};
use crate::finding::Trouble;
use crate::source::Span;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use sha2::{Digest, Sha256};

/// The images of a register with the files that can be used, and what is wrong with the others. `read` gives the bytes of a file by its path
/// in the register, or says why it cannot.
pub fn references(assets: &Assets, today: Day, read: &dyn Fn(&str) -> Result<Vec<u8>, String>) -> (Vec<Reference>, Vec<Trouble>) {
    references_kept(assets, today, read, None)
}

/// The same; what was decoded in an earlier run is taken from the cache.
pub fn references_kept(
    assets: &Assets,
    today: Day,
    read: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    cache: Option<&Cache>,
) -> (Vec<Reference>, Vec<Trouble>) {
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
            let sha256 = Sha256::digest(&bytes).into();
            match opened(&bytes, &sha256, cache) {
                Ok(picture) => references.push(Reference {
                    id: asset.id.value.clone(),
                    family: asset.family.as_ref().map(|f| f.value.clone()),
                    tier: asset.tier.value().map(Tier::to_string),
                    retired: asset.is_retired(today),
                    sha256,
                    drawing: (picture.encoding == Encoding::Svg).then(|| bytes.as_slice().into()),
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

/// A decoded file of the register. Drawings take long to render and are kept; pictures of pixels are decoded as fast as they would be read.
fn opened(bytes: &[u8], sha256: &[u8; 32], cache: Option<&Cache>) -> Result<Picture, Refusal> {
    let limits = Limits::default();
    let Some(cache) = cache.filter(|_| badge::sniff(bytes) == Some(badge::Sort::Svg)) else { return badge::open(bytes, &limits) };
    let limit = [limits.bytes, limits.pixels, limits.side.into(), limits.render.into()].map(u64::to_le_bytes).concat();
    let key = cache::key(&[b"drawing/1", &cache::build(), sha256, &limit]);
    if let Some(picture) = cache.get(&key).and_then(|v| unpacked(&v)) {
        return Ok(picture);
    }
    let picture = badge::open(bytes, &limits)?;
    if let Some(value) = packed(&picture) {
        cache.put(&key, &value);
    }
    Ok(picture)
}

/// A drawing's picture as bytes: its scale, then its pixels as PNG, which is a fiftieth of them.
fn packed(picture: &Picture) -> Option<Vec<u8>> {
    // A drawing has one frame and exact colours; what is otherwise is not kept.
    let plain = picture.encoding == Encoding::Svg && picture.frames == 1 && !picture.rough_colours;
    let mut out = picture.scale.to_le_bytes().to_vec();
    let png = PngEncoder::new_with_quality(&mut out, CompressionType::Fast, FilterType::Up);
    let (w, h) = picture.pixels.dimensions();
    (plain && png.write_image(picture.pixels.as_raw(), w, h, ExtendedColorType::Rgba8).is_ok()).then_some(out)
}

fn unpacked(value: &[u8]) -> Option<Picture> {
    let (scale, png) = value.split_first_chunk::<4>()?;
    let scale = Some(f32::from_le_bytes(*scale)).filter(|s| s.is_finite() && *s > 0.0)?;
    let pixels = image::load_from_memory_with_format(png, ImageFormat::Png).ok()?.into_rgba8();
    Some(Picture { pixels, encoding: Encoding::Svg, frames: 1, rough_colours: false, scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_decoded() {
        let folder = std::env::temp_dir().join(format!("promolint-kept-{}", std::process::id()));
        let cache = Cache::at(&folder, 64 << 20);
        let text = "assets:\n  - {id: one, files: [partner/partner-gold.svg, partner/partner-gold-240.png]}\n";
        let assets = Assets::read("assets.yaml", text.as_bytes().to_vec()).unwrap_or_else(|b| panic!("{:?}", b.faults));
        let read = |file: &str| std::fs::read(format!("fixtures/badges/{file}")).map_err(|e| e.to_string());
        let run = |cache: Option<&Cache>| references_kept(&assets, Day::today(), &read, cache).0;
        let (plain, first, second) = (run(None), run(Some(&cache)), run(Some(&cache)));
        let files = || std::fs::read_dir(folder.join("images")).expect("a folder").flatten().map(|e| e.path()).collect::<Vec<_>>();
        assert_eq!((plain.len(), files().len()), (2, 1));
        for kept in [&first, &second] {
            for (a, b) in plain.iter().zip(kept) {
                let of = |r: &Reference| (r.picture.pixels.clone(), r.picture.encoding, r.picture.scale, r.sha256);
                assert!(of(a) == of(b));
            }
        }
        // A file of another run that is broken changes nothing, and is written anew.
        let file = files().remove(0);
        let good = std::fs::read(&file).expect("there");
        std::fs::write(&file, &good[..good.len() / 2]).expect("written");
        assert!(run(Some(&cache))[0].picture.pixels == plain[0].picture.pixels);
        assert!(std::fs::read(&file).expect("there") == good);
        assert!(unpacked(&[0; 11]).is_none() && unpacked(&[0; 16]).is_none());
        let _ = std::fs::remove_dir_all(&folder);
    }
}
