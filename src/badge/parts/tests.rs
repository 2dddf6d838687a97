//! Signs and words of logos, apart.

use super::*;
use crate::badge::{Encoding, Limits, Reference, Setting, open};

const STAR: &str = "<path d='M44 5L51.2 42.8L74.6 50L51.2 57.2L44 80.6L36.8 57.2L13.4 50L36.8 42.8Z' fill='#f2a93b'/><path d='M44 5L51.2 42.8L44 50Z' fill='#14213d'/>";
const RING: &str = "<circle cx='44' cy='43' r='26' fill='none' stroke='#f2a93b' stroke-width='9'/>";
const OWN: &str = "M96 66V28L124 66V28M140 28H166M153 28V66M182 28V66M210 28V66M182 47H210M252 34Q240 22 228 34T240 47T250 60Q238 72 226 60M268 66L284 28L300 66M274 53H294M316 66V28H332A10 10 0 0 1 332 49H316M330 49L342 66";
const OTHER: &str = "M96 66L112 28L128 66M102 53H122M144 66V28H160A10 10 0 0 1 160 49H144M158 49L170 66M212 34A19 19 0 1 0 212 60";

fn drawn(sign: &str, word: &str, moved: f64) -> RgbaImage {
    written(sign, word, moved, "#14213d")
}

fn written(sign: &str, word: &str, moved: f64, colour: &str) -> RgbaImage {
    let word = format!(
        "<path transform='translate({moved} 0)' d='{word}' fill='none' stroke='{colour}' stroke-width='8' stroke-linecap='round' stroke-linejoin='round'/>"
    );
    let all = format!("<svg xmlns='http://www.w3.org/2000/svg' width='480' height='92' viewBox='0 0 480 92'>{sign}{word}</svg>");
    open(all.as_bytes(), &Limits::default()).expect("a drawing").pixels
}

fn still(pixels: RgbaImage) -> Picture {
    Picture { pixels, encoding: Encoding::Png, frames: 1, rough_colours: false, scale: 1.0 }
}

#[test]
fn the_sign_with_another_word_is_an_altered_mark() {
    let own = Reference {
        id: "own".to_owned(),
        family: None,
        tier: None,
        retired: false,
        sha256: [0; 32],
        picture: still(drawn(STAR, OWN, 0.0)),
        drawing: None,
        min_width: None,
        clear_space: None,
        backgrounds: None,
        max_upscale: None,
    };
    let library = Library::new(vec![own]);
    assert_eq!(library.parts().iter().map(|p| p.side).collect::<Vec<_>>(), [Side::Right, Side::Left]);
    let see = |image: RgbaImage| {
        let mut page = RgbaImage::from_pixel(360, 120, image::Rgba([255; 4]));
        let small = image::imageops::resize(&image, 336, 64, image::imageops::FilterType::Lanczos3);
        image::imageops::overlay(&mut page, &small, 12, 30);
        let said = library.compare(&still(page), &[1; 32], Setting::default()).marks;
        said.iter().map(|m| (m.verdict, m.alterations.first().map(|a| a.kind))).collect::<Vec<_>>()
    };
    assert_eq!(see(drawn(STAR, OWN, 0.0)), [(Verdict::Copy, None)]);
    assert_eq!(see(drawn(STAR, OTHER, 0.0)), [(Verdict::Altered, Some(AlterationKind::Text))]);
    // A star is that of others, too, when it stands alone or elsewhere; and so is their word beside a sign of theirs.
    assert_eq!(see(drawn(STAR, "", 0.0)), []);
    assert_eq!(see(drawn(STAR, OTHER, 90.0)), []);
    assert_eq!(see(drawn(RING, OTHER, 0.0)), []);
}

#[test]
fn a_black_word_beside_a_sign_on_a_banner_with_much_else() {
    let black = |word: &str| written(STAR, word, 0.0, "#1c1c1c");
    let own = Reference {
        id: "own".to_owned(),
        family: None,
        tier: None,
        retired: false,
        sha256: [0; 32],
        picture: still(black(OWN)),
        drawing: None,
        min_width: None,
        clear_space: None,
        backgrounds: None,
        max_upscale: None,
    };
    let library = Library::new(vec![own]);
    let see = |image: RgbaImage| {
        let mut banner = RgbaImage::from_pixel(960, 300, image::Rgba([255; 4]));
        // Two lines of a title, larger than the mark.
        for (i, wide) in [180, 150, 170, 130, 160, 140].into_iter().enumerate() {
            let (x, y) = (30 + 190 * (i as u32 % 3), 30 + 110 * (i as u32 / 3));
            for (px, py) in (x..x + wide).flat_map(|px| (y..y + 84).map(move |py| (px, py))).filter(|(px, _)| px / 18 % 2 == 0) {
                banner.put_pixel(px, py, image::Rgba([40, 60, 90, 255]));
            }
        }
        let small = image::imageops::resize(&image, 240, 46, image::imageops::FilterType::Lanczos3);
        image::imageops::overlay(&mut banner, &small, 660, 220);
        let said = library.compare(&still(banner), &[1; 32], Setting::default()).marks;
        said.iter().map(|m| (m.verdict, m.alterations.first().map(|a| a.kind))).collect::<Vec<_>>()
    };
    assert_eq!(see(black(OWN)), [(Verdict::Copy, None)]);
    assert_eq!(see(black(OTHER)), [(Verdict::Altered, Some(AlterationKind::Text))]);
}

#[test]
fn letters_are_no_parts() {
    let cut_of = |image: RgbaImage| {
        let ink = Ink::of(&image);
        cut(&ink.shown, image.width() as usize, image.height() as usize)
    };
    assert!(cut_of(drawn("", OWN, 0.0)).is_none());
    let (sign, word, rows) = cut_of(drawn(STAR, OWN, 0.0)).expect("two parts");
    assert!(!rows && sign.2 < word.0 && word.2 - word.0 > 3 * (sign.2 - sign.0), "{sign:?} {word:?}");
}
