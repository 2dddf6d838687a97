//! Which images of a folder are one drawing, by their pixels: where names say less, or something else.

use super::{Image, bytes};
use crate::badge::{Library, Limits, Reference, Setting, Verdict};
use crate::facts::assets::{Found, ImageGroup};
use std::path::Path;

/// So many images are held against each other; of more, only the files of each are.
const MOST: usize = 64;

/// Joins images that are one drawing under several names, and tells what does not fit: files of one image that are not drawn alike, and one
/// drawing of which names say different things.
pub fn by_pixels(folder: &Path, groups: &mut Vec<ImageGroup>) -> Vec<String> {
    let mut notes = unlike(folder, groups);
    if groups.len() <= MOST {
        join(folder, groups, &mut notes);
    }
    notes
}

fn open(folder: &Path, f: &Found) -> Option<Image> {
    let limits = Limits::default();
    Image::of(&bytes(&folder.join(&f.path), &limits).ok()?, &limits).ok()
}

fn reference(image: Image, id: usize) -> Reference {
    Reference {
        id: id.to_string(),
        family: None,
        tier: None,
        retired: false,
        sha256: image.sha256,
        picture: image.picture,
        min_width: None,
        clear_space: None,
        backgrounds: None,
        max_upscale: None,
    }
}

/// Files of one image and one form that are not the same drawing.
fn unlike(folder: &Path, groups: &[ImageGroup]) -> Vec<String> {
    let mut notes = Vec::new();
    for g in groups {
        let mut rest = g.files.iter().peekable();
        while let Some((head, variant)) = rest.next() {
            let mut library = None;
            while let Some((file, _)) = rest.next_if(|(_, v)| v == variant) {
                let library =
                    library.get_or_insert_with(|| Library::new(open(folder, head).map(|i| reference(i, 0)).into_iter().collect()));
                let Some(image) = open(folder, file).filter(|_| !library.references().is_empty()) else { continue };
                let comparison = library.compare(&image.picture, &image.sha256, Setting::default());
                let (a, b) = (&file.path, &head.path);
                match comparison.marks.first().map(|m| (m.verdict, m)) {
                    Some((Verdict::Identical | Verdict::Copy | Verdict::Unsure | Verdict::Outdated, _)) => {}
                    Some((Verdict::Altered, m)) => {
                        let ways: Vec<&str> = m.alterations.iter().map(|w| w.words.as_str()).collect();
                        notes.push(format!("{}: {a} is not drawn as {b}: {}", g.id, ways.join("; ")));
                    }
                    Some((Verdict::LookAlike, _)) => notes.push(format!("{}: {a} is another drawing than {b}", g.id)),
                    // Some drawings are too small or too thin to be found again.
                    None if finds_itself(library) => notes.push(format!("{}: {a} is another drawing than {b}", g.id)),
                    None => {}
                }
            }
        }
    }
    notes
}

/// Whether the only image of a library is found where nothing tells that it is the same file.
fn finds_itself(library: &Library) -> bool {
    library.references().first().is_some_and(|r| !library.compare(&r.picture, &[0; 32], Setting::default()).marks.is_empty())
}

/// Each two images meet once: of any two numbers some binary digit differs.
fn join(folder: &Path, groups: &mut Vec<ImageGroup>, notes: &mut Vec<String>) {
    let mut same: Vec<(usize, usize)> = Vec::new();
    let digits = usize::BITS - groups.len().saturating_sub(1).leading_zeros();
    for digit in 0..digits {
        let head = |i: usize| groups[i].files.first().and_then(|(f, _)| open(folder, f));
        let zeros = (0..groups.len()).filter(|i| i >> digit & 1 == 0);
        let library = Library::new(zeros.filter_map(|i| Some(reference(head(i)?, i))).collect());
        for i in (0..groups.len()).filter(|i| i >> digit & 1 == 1) {
            let Some(image) = head(i) else { continue };
            let comparison = library.compare(&image.picture, &image.sha256, Setting::default());
            for m in comparison.marks.iter().filter(|m| matches!(m.verdict, Verdict::Identical | Verdict::Copy)) {
                // The whole picture, and not a logo that is a part of it.
                let (w, h) = image.size();
                let whole = f64::from(m.region.width) * f64::from(m.region.height) > 0.5 * f64::from(w) * f64::from(h);
                let other: Option<usize> = library.references().get(m.reference).and_then(|r| r.id.parse().ok());
                if let Some(o) = other.filter(|_| whole) {
                    same.push((o.min(i), o.max(i)));
                }
            }
        }
    }
    same.sort_unstable();
    same.dedup();
    let mut gone: Vec<usize> = Vec::new();
    for (a, b) in same {
        if gone.contains(&a) || gone.contains(&b) {
            continue;
        }
        let (one, two) = (&groups[a].guess, &groups[b].guess);
        if (&one.tiers, &one.family, one.current) == (&two.tiers, &two.family, two.current) {
            let files = std::mem::take(&mut groups[b].files);
            groups[a].files.extend(files);
            gone.push(b);
        } else {
            notes.push(format!("{} and {} are one drawing under names that say different things", groups[a].id, groups[b].id));
        }
    }
    gone.sort_unstable();
    for i in gone.into_iter().rev() {
        groups.remove(i);
    }
}
