//! Which images of a folder are one drawing, by their pixels: where names say less, or something else.

use super::{Image, bytes};
use crate::badge::{Library, Limits, Setting, Verdict};
use crate::facts::assets::{Found, ImageGroup};
use image::imageops::thumbnail;
use image::{Rgb, RgbImage};
use std::path::Path;

/// So many images are held against each other; of more, only the files of each are.
const MOST: usize = 500;

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

/// Files of one image and one form that are not the same drawing.
fn unlike(folder: &Path, groups: &[ImageGroup]) -> Vec<String> {
    let mut notes = Vec::new();
    for g in groups {
        let mut rest = g.files.iter().peekable();
        while let Some((head, variant)) = rest.next() {
            let mut library = None;
            while let Some((file, _)) = rest.next_if(|(_, v)| v == variant) {
                let library = library
                    .get_or_insert_with(|| Library::new(open(folder, head).map(|i| i.into_reference(String::new())).into_iter().collect()));
                let Some(image) = open(folder, file).filter(|_| !library.references().is_empty()) else { continue };
                let comparison = image.held_against(library, Setting::default());
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

/// Cells on each side of a glance.
const CELLS: u32 = 24;
/// How much a cell of two files of one drawing may differ: what resizing and encoding do, and letters do not.
const SAME_CELL: u8 = 24;

/// A picture in few cells on white, with its proportions: enough to see which others are worth comparing.
struct Glance {
    cells: Vec<u8>,
    ratio: f64,
}

impl Glance {
    fn of(image: &Image) -> Glance {
        let pixels = &image.picture.pixels;
        let (w, h) = pixels.dimensions();
        let white = RgbImage::from_fn(w, h, |x, y| {
            let p = pixels.get_pixel(x, y);
            let a = u16::from(p[3]);
            Rgb([0, 1, 2].map(|i| ((u16::from(p[i]) * a + 255 * (255 - a)) / 255) as u8))
        });
        Glance { cells: thumbnail(&white, CELLS, CELLS).into_raw(), ratio: f64::from(w) / f64::from(h.max(1)) }
    }

    fn is_like(&self, other: &Glance) -> bool {
        (self.ratio / other.ratio - 1.0).abs() < 0.03 && self.cells.iter().zip(&other.cells).all(|(a, b)| a.abs_diff(*b) <= SAME_CELL)
    }
}

fn join(folder: &Path, groups: &mut Vec<ImageGroup>, notes: &mut Vec<String>) {
    let head = |i: usize| groups[i].files.first().and_then(|(f, _)| open(folder, f));
    let glances: Vec<Option<Glance>> = (0..groups.len()).map(|i| head(i).as_ref().map(Glance::of)).collect();
    let like = |a: usize, b: usize| glances[a].as_ref().zip(glances[b].as_ref()).is_some_and(|(x, y)| x.is_like(y));
    let mut same: Vec<(usize, usize)> = Vec::new();
    for a in 0..groups.len() {
        for b in (a + 1..groups.len()).filter(|b| like(a, *b)) {
            let (Some(one), Some(two)) = (head(a), head(b)) else { continue };
            let comparison = two.held_against(&Library::new(vec![one.into_reference(String::new())]), Setting::default());
            if comparison.marks.iter().any(|m| matches!(m.verdict, Verdict::Identical | Verdict::Copy)) {
                same.push((a, b));
            }
        }
    }
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
