use super::*;
use crate::badge::Encoding;
use image::codecs::png::PngEncoder;
use image::{ColorType, ExtendedColorType, GrayImage, ImageEncoder, RgbImage};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile/images")
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn picture(name: &str) -> Picture {
    open(&read(name), &Limits::default()).unwrap_or_else(|e| panic!("{name}: {}", e.message))
}

const fn jpeg(quality: u8, subsampled: bool) -> Encoding {
    Encoding::Jpeg { quality, subsampled }
}

/// Name, width, height, encoding, frames, whether the colours are rough.
const READ: &[(&str, u32, u32, Encoding, u32, bool)] = &[
    ("animated.gif", 64, 64, Encoding::Palette, 4, false),
    ("animated.png", 64, 64, Encoding::Png, 4, false),
    ("animated.webp", 64, 64, Encoding::WebpLossless, 4, false),
    ("appended.jpg", 64, 64, jpeg(80, true), 1, false),
    ("appended.png", 64, 64, Encoding::Png, 1, false),
    ("badge.gif", 64, 64, Encoding::Palette, 1, false),
    ("badge.jpg", 64, 64, jpeg(80, true), 1, false),
    ("badge.png", 64, 64, Encoding::Png, 1, false),
    ("badge.svg", 1024, 1024, Encoding::Svg, 1, false),
    // What is too much of them is never unpacked.
    ("bomb-profile.png", 4, 4, Encoding::Png, 1, false),
    ("bomb.png", 4, 4, Encoding::Png, 1, false),
    ("cmyk.jpg", 64, 64, jpeg(90, false), 1, true),
    ("entity-names.svg", 1024, 1024, Encoding::Svg, 1, false),
    ("grey-60.jpg", 64, 64, jpeg(60, false), 1, false),
    ("grey16.png", 16, 16, Encoding::Png, 1, false),
    ("huge-canvas.svg", 1024, 1024, Encoding::Svg, 1, false),
    ("icon-bmp.ico", 32, 32, Encoding::Png, 1, false),
    ("icon.ico", 48, 48, Encoding::Png, 1, false),
    ("image-data.svg", 1024, 1024, Encoding::Svg, 1, false),
    ("jpeg-in-truth.png", 64, 64, jpeg(80, true), 1, false),
    ("latin1.svg", 1024, 1024, Encoding::Svg, 1, false),
    ("lossless.webp", 64, 64, Encoding::WebpLossless, 1, false),
    ("lossy-alpha.webp", 64, 64, Encoding::WebpLossy, 1, false),
    ("lossy.webp", 64, 64, Encoding::WebpLossy, 1, false),
    ("markers.svg", 1024, 1024, Encoding::Svg, 1, false),
    ("moves.svg", 1024, 1024, Encoding::Svg, 2, false),
    ("one.png", 1, 1, Encoding::Png, 1, false),
    ("palette.png", 64, 64, Encoding::Palette, 1, false),
    ("png-in-truth.jpg", 64, 64, Encoding::Png, 1, false),
    ("progressive-95.jpg", 64, 64, jpeg(95, false), 1, false),
    ("script.svg", 1024, 1024, Encoding::Svg, 1, false),
    ("shadow.svg", 1024, 1024, Encoding::Svg, 1, false),
    ("text-hidden.svg", 1024, 1024, Encoding::Svg, 1, false),
    ("thin.svg", 1024, 1, Encoding::Svg, 1, false),
    ("turned.jpg", 48, 64, jpeg(90, true), 1, false),
    ("turned.webp", 48, 64, Encoding::WebpLossless, 1, false),
    ("utf16.svg", 1024, 1024, Encoding::Svg, 1, false),
];

/// Name, and what the refusal says.
const REFUSED: &[(&str, &str)] = &[
    ("attributes.svg", "an element of the drawing has 3000 attributes"),
    ("badge.avif", "AVIF pictures are not read"),
    ("badge.bmp", "BMP pictures are not read"),
    ("badge.heic", "HEIC pictures are not read"),
    ("badge.pdf", "PDF pictures are not read"),
    ("badge.svgz", "compressed SVG (svgz) pictures are not read"),
    ("badge.tiff", "TIFF pictures are not read"),
    ("broken.svg", "the SVG file is damaged: expected 'g' tag, not 'svg' at 1:64"),
    ("canvas.webp", "the WebP file is damaged: its picture is larger than its canvas"),
    ("clip-itself.svg", "the drawing's element \"c0\" shows itself"),
    ("cut-later.gif", "the GIF file ends before the picture does"),
    ("cut.gif", "the GIF file ends before the picture does"),
    ("cut.jpg", "the JPEG file ends before the picture does"),
    ("cut.png", "the PNG file ends before the picture does"),
    ("cut.svg", "the SVG file ends before the drawing does"),
    ("cut.webp", "the WebP file ends before the picture does"),
    ("dashes.svg", "the outlines of the drawing take too long to render"),
    ("empty.png", "the file is empty"),
    ("entity-file.svg", "the drawing takes text from another file"),
    ("entity-flood.svg", "the drawing's entities make too much text"),
    ("huge-box.svg", "the drawing has numbers that are too large"),
    ("huge-filter.svg", "the filters of the drawing take too much memory"),
    ("huge-frame.gif", "the picture is 65535 x 65535 pixels large, more than 12000 pixels to a side"),
    ("huge-lossless.webp", "the picture is 16383 x 16383 pixels large, more than 12000 pixels to a side"),
    ("huge-lossy.webp", "the picture is 16383 x 16383 pixels large, more than 12000 pixels to a side"),
    ("huge-pattern.svg", "the patterns of the drawing take too much memory"),
    ("huge.gif", "the picture is 65535 x 65535 pixels large, more than 12000 pixels to a side"),
    ("huge.jpg", "the picture is 65500 x 65500 pixels large, more than 12000 pixels to a side"),
    ("huge.png", "the picture is 50000 x 50000 pixels large, more than 12000 pixels to a side"),
    ("huge.webp", "the picture is 16777216 x 16777216 pixels large, more than 12000 pixels to a side"),
    ("icon-huge.ico", "the picture is 50000 x 50000 pixels large, more than 12000 pixels to a side"),
    ("icon-none.ico", "the ICO file ends before the picture does"),
    ("image-absolute.svg", "the drawing needs another file: file:///etc/hostname"),
    ("image-data-cut.svg", "an image in the drawing cannot be read: the JPEG file ends before the picture does"),
    ("image-data-huge.svg", "an image in the drawing cannot be read: the picture is 50000 x 50000 pixels large"),
    ("image-data-svg.svg", "the drawing holds another drawing as an image"),
    ("image-file.svg", "the drawing needs another file: badge.png"),
    ("image-http.svg", "the drawing needs another file: https://logos.example/star.png"),
    ("image-up.svg", "the drawing needs another file: ../../../README.md"),
    ("import.svg", "the drawing needs another file: https://styles.example/a.css"),
    ("laughs.svg", "the drawing's entities make too much text"),
    ("layers.svg", "the groups of the drawing take too much memory"),
    ("long.png", "the picture is 2000000 x 1 pixels large, more than 12000 pixels to a side"),
    ("masks.svg", "the masks of the drawing take too much memory"),
    ("noise.png", "the file is no picture of a known sort"),
    ("none.gif", "the GIF file is damaged: it holds no picture"),
    ("not-a-number.svg", "the drawing has numbers that are too large"),
    ("not-utf8.svg", "the drawing's text is not UTF-8"),
    // The parser panics; it is caught.
    ("overflow.svg", "the drawing has numbers that cannot be worked with"),
    ("page.svg", "the file is no picture of a known sort"),
    ("passes.jpg", "the JPEG file is damaged: it has more than a hundred passes"),
    ("pattern-bomb.svg", "the drawing has too many elements"),
    ("pattern-itself.svg", "the drawing's element \"p0\" shows itself"),
    ("script.gif", "the GIF file is damaged: it holds a part of no known sort"),
    ("selectors.svg", "the drawing has too many style rules"),
    ("short.png", "the PNG file ends before the picture does"),
    ("style-url.svg", "the drawing needs another file: paint.svg#g"),
    ("stylesheet.svg", "the drawing needs another file: theme.css"),
    ("text.svg", "the drawing holds text that looks different on each machine: \"Northstar Gold\""),
    ("use-bomb.svg", "the drawing has too many elements"),
    ("use-file.svg", "the drawing needs another file: badge.svg#star"),
    ("use-itself.svg", "the drawing's element \"c\" shows itself"),
    ("web-page.svg", "the drawing holds a piece of web page (foreignObject)"),
    ("zero.gif", "the GIF file is damaged: it says it is 0 x 0 pixels large"),
    ("zero.jpg", "the JPEG file is damaged: it says it is 0 x 64 pixels large"),
    ("zero.png", "the PNG file is damaged: it says it is 0 x 0 pixels large"),
    ("zero.svg", "the drawing has no size"),
];

#[test]
fn hostile_files_are_read_or_refused_in_plain_words() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (name, width, height, encoding, frames, rough) in READ {
        let p = picture(name);
        let got = (p.pixels.width(), p.pixels.height(), p.encoding, p.frames, p.rough_colours);
        assert_eq!(got, (*width, *height, *encoding, *frames, *rough), "{name}");
        seen.insert((*name).to_owned());
    }
    for (name, message) in REFUSED {
        match open(&read(name), &Limits::default()) {
            Err(refusal) => {
                assert!(refusal.message.starts_with(message), "{name}: {}", refusal.message);
                assert!(!refusal.help.is_empty(), "{name}");
            }
            Ok(_) => panic!("{name} was read"),
        }
        seen.insert((*name).to_owned());
    }
    let files: BTreeSet<String> =
        std::fs::read_dir(folder()).expect("fixtures").map(|e| e.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(files, seen, "a file without a row, or a row without a file");
}

/// Too large to be kept as files.
#[test]
fn floods_are_refused() {
    let svg = |body: String| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">{body}</svg>").into_bytes();
    let rules: String = (0..3000).map(|i| format!(".a{i}{{fill:red}}")).collect();
    let flood = [
        (vec![b' '; 17 << 20], "the file is 17.0 MB long, more than 16.0 MB"),
        (svg("<g>".repeat(100_000) + &"</g>".repeat(100_000)), "the drawing is nested more than"),
        (svg("<g>".repeat(100_000)), "the SVG file is damaged: expected 'g' tag"),
        (svg("<path/>".repeat(400_000)), "the drawing has too many elements"),
        (svg("<g xmlns:a=\"b\">".repeat(3_000) + &"</g>".repeat(3_000)), "the drawing has too many elements"),
        (svg(format!("<style>{rules}</style>{}", "<path class=\"a\"/>".repeat(20_000))), "the drawing has too many style rules"),
        (
            svg(format!("<path stroke=\"red\" d=\"M0 0{}\"/>", "l0 9 1-9".repeat(1_500_000))),
            "the shapes of the drawing take too long to render",
        ),
    ];
    for (bytes, message) in flood {
        let refusal = open(&bytes, &Limits::default()).expect_err(message);
        assert!(refusal.message.starts_with(message), "{} instead of {message}", refusal.message);
    }
    // As deep as is allowed, with all that recurses, on the small stack of a test's thread.
    let deep = format!(
        "<clipPath id=\"c\"><path d=\"M0 0h9v9z\"/></clipPath>{}<path d=\"M1 1h5v5z\"/>{}",
        "<g clip-path=\"url(#c)\" opacity=\".99\"><a>".repeat(70),
        "</a></g>".repeat(70)
    );
    assert_eq!(open(&svg(deep), &Limits { render: 64, ..Limits::default() }).map(|p| p.pixels.width()), Ok(64));
}

#[test]
fn any_beginning_of_a_file_is_refused_or_read_and_never_panics() {
    for (name, ..) in READ {
        let bytes = read(name);
        let limits = Limits { render: 32, ..Limits::default() };
        let step = (bytes.len() / 40).max(1);
        for end in (0..bytes.len()).step_by(step) {
            let mut cut = bytes[..end].to_vec();
            let result = open(&cut, &limits);
            // Only what follows the picture, or the very end of it, may be missing.
            if end < bytes.len() * 9 / 10 && !name.starts_with("appended") && !name.ends_with(".ico") {
                assert!(result.is_err(), "{name} cut at {end} was read");
            }
            // And with its last bytes turned over.
            cut.iter_mut().rev().take(3).for_each(|b| *b = !*b);
            cut.extend(&bytes[end..]);
            let _ = open(&cut, &limits);
        }
    }
}

#[test]
fn pictures_are_upright_and_their_first_frame() {
    let white = |p: &Picture, x, y| {
        let [r, g, b, a] = p.pixels.get_pixel(x, y).0.map(u32::from);
        [r, g, b].map(|c| (c * a + 255 * (255 - a)) / 255)
    };
    let near = |a: [u32; 3], b: [u32; 3], most: u32| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= most);
    let badge = picture("badge.png");
    for (name, left, most) in [
        ("turned.webp", 16, 40),
        ("turned.jpg", 16, 90),
        ("animated.webp", 0, 40),
        ("cmyk.jpg", 0, 60),
        ("animated.gif", 0, 60),
        ("lossless.webp", 0, 2),
    ] {
        let other = picture(name);
        for (x, y) in (0..other.pixels.width()).flat_map(|x| (0..64).map(move |y| (x, y))) {
            let (a, b) = (white(&badge, x + left, y), white(&other, x, y));
            assert!(near(a, b, most), "{name} at {x},{y}: {a:?} became {b:?}");
        }
    }
    assert_eq!(picture("one.png").pixels.get_pixel(0, 0).0, [255, 128, 0, 255]);
    // Where it is half transparent, its colours are not premultiplied.
    let lossless = picture("lossless.webp");
    let seen: Vec<_> = badge.pixels.enumerate_pixels().filter(|(_, _, p)| p.0[3] > 0).collect();
    assert!(seen.iter().any(|(_, _, p)| (1..255).contains(&p.0[3])));
    assert!(seen.iter().all(|(x, y, p)| lossless.pixels.get_pixel(*x, *y) == *p));
    let svg = picture("badge.svg");
    assert_eq!((svg.pixels.get_pixel(0, 0).0[3], svg.pixels.get_pixel(512, 140).0), (0, [0xf0, 0xf4, 0xfa, 255]));
    assert_eq!(svg.scale * 1024.0, 64.0);
}

#[test]
fn colours_are_those_of_srgb() {
    let wide = RgbImage::from_fn(8, 8, |x, y| image::Rgb([(x * 30) as u8, (y * 30) as u8, 90]));
    let profiled = |profile: moxcms::ColorProfile| {
        let mut out = Vec::new();
        let mut encoder = PngEncoder::new(&mut out);
        encoder.set_icc_profile(profile.encode().expect("a profile")).expect("a profile");
        encoder.write_image(&wide, 8, 8, ExtendedColorType::Rgb8).expect("a PNG");
        open(&out, &Limits::default()).expect("a picture")
    };
    // Its own profile changes nothing, not even by rounding.
    let same = profiled(moxcms::ColorProfile::new_srgb());
    assert!(same.pixels.enumerate_pixels().all(|(x, y, p)| p.0[..3] == wide.get_pixel(x, y).0));
    // A green of Display P3 lies beyond sRGB's: red falls to nothing.
    let p3 = profiled(moxcms::ColorProfile::new_display_p3());
    let (from, to) = (wide.get_pixel(2, 7).0, p3.pixels.get_pixel(2, 7).0);
    assert_eq!(from, [60, 210, 90]);
    assert!(to[0] < 10 && to[1] > 210 && to[3] == 255, "{to:?}");
    // A profile for grey in a picture of colours is ignored by everyone.
    assert!(!profiled(moxcms::ColorProfile::new_gray_with_gamma(1.8)).rough_colours);
    // Grey with a profile of grey.
    let mut out = Vec::new();
    let mut encoder = PngEncoder::new(&mut out);
    encoder.set_icc_profile(moxcms::ColorProfile::new_gray_with_gamma(1.0).encode().expect("a profile")).expect("a profile");
    encoder.write_image(&GrayImage::from_pixel(2, 2, image::Luma([128])), 2, 2, ColorType::L8.into()).expect("a PNG");
    let grey = open(&out, &Limits::default()).expect("a picture").pixels.get_pixel(0, 0).0;
    assert!(grey[0] == grey[1] && grey[0].abs_diff(188) <= 2, "{grey:?}");
}

#[test]
fn pictures_of_a_few_pixels_are_known_by_their_header() {
    let gif = |tail: &[u8]| [b"GIF89a\x01\x00\x01\x00\x00\x00\x00", tail].concat();
    let frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0];
    // As pages write them where a picture is loaded later: without a table of colours, without pixels.
    assert_eq!(too_small(&gif(&[&frame[..], &[2, 2, 0x4c, 1, 0, 0x3b]].concat())), Some((1, 1)));
    assert_eq!(too_small(&gif(&[&frame[..], &[2, 0, 0x3b]].concat())), Some((1, 1)));
    assert_eq!(too_small(&gif(&frame)), Some((1, 1)));
    // No frame at all, one that is larger than it says, pictures that may show something.
    assert_eq!(too_small(&gif(&[])), None);
    assert_eq!(too_small(&gif(&[0x2c, 0, 0, 0, 0, 200, 0, 200, 0, 0])), None);
    assert_eq!(too_small(&read("badge.gif")), None);
    assert_eq!(too_small(&read("badge.svg")), None);
}
