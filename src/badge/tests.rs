//! Badges of `fixtures/badges` as they are found: copied, cut, turned, on photographs, painted over.

use super::*;
use image::{Rgba, RgbaImage, imageops};

fn supplied(name: &str) -> Reference {
    let bytes = std::fs::read(format!("{}/fixtures/badges/{name}", env!("CARGO_MANIFEST_DIR"))).expect("the fixture");
    let picture = open(&bytes, &Limits::default()).expect("a picture");
    Reference {
        id: name.to_owned(),
        family: Some("partner".to_owned()),
        tier: None,
        retired: false,
        sha256: [0; 32],
        picture,
        min_width: None,
        clear_space: None,
        backgrounds: None,
        max_upscale: None,
        drawing: None,
    }
}

/// The gold badge, `side` pixels on its longer side, on a colour with free space around it.
fn gold(side: u32, ground: [u8; 3], room: u32) -> RgbaImage {
    let whole = supplied("partner/partner-gold.svg").picture.pixels;
    let k = f64::from(side) / f64::from(whole.width().max(whole.height()));
    let size = |n: u32| (f64::from(n) * k).round() as u32;
    let small = imageops::resize(&whole, size(whole.width()), size(whole.height()), imageops::FilterType::Lanczos3);
    let [r, g, b] = ground;
    let mut out = RgbaImage::from_pixel(small.width() + 2 * room, small.height() + 2 * room, Rgba([r, g, b, 255]));
    imageops::overlay(&mut out, &small, i64::from(room), i64::from(room));
    out
}

fn written_as_jpeg(image: &RgbaImage, quality: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    let rgb = image::DynamicImage::ImageRgba8(image.clone()).into_rgb8();
    encoder.encode(&rgb, image.width() as u16, image.height() as u16, jpeg_encoder::ColorType::Rgb).expect("a JPEG");
    out
}

/// Spots of many colours, the same each time.
fn photograph(width: u32, height: u32) -> RgbaImage {
    let rough = RgbaImage::from_fn(width / 40 + 2, height / 40 + 2, |x, y| {
        let n = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519);
        Rgba([(n >> 24) as u8, (n >> 16) as u8, (n >> 8) as u8, 255])
    });
    imageops::resize(&rough, width, height, imageops::FilterType::CatmullRom)
}

#[test]
fn what_was_done_to_a_badge_is_said() {
    let names = ["partner/partner-associate.svg", "partner/partner-gold.svg", "partner/partner-platinum.svg", "logos/northstar-symbol.svg"];
    let mut references: Vec<Reference> = names.iter().map(|n| supplied(n)).collect();
    references[1].backgrounds = Some(vec![[255; 3]]);
    references[1].clear_space = Some(0.1);
    let library = Library::new(references);
    let see = |image: RgbaImage, encoding: Encoding| {
        let picture = Picture { pixels: image, encoding, frames: 1, rough_colours: false, scale: 1.0 };
        let seen = library.compare(&picture, &[1; 32], Setting::default());
        seen.marks.iter().map(|m| (m.reference, m.verdict, m.alterations.first().map(|a| a.kind))).collect::<Vec<_>>()
    };
    let white = [255; 3];
    // Parts of a pixel off, small, and written with half of its colours: a copy.
    for (side, quality) in [(260, 72), (120, 60)] {
        let picture = open(&written_as_jpeg(&gold(side, white, 31), quality), &Limits::default()).expect("a JPEG");
        assert_eq!(see(picture.pixels, picture.encoding), [(1, Verdict::Copy, None)], "{side} pixels, quality {quality}");
    }
    let whole = gold(300, white, 40);
    let (w, h) = whole.dimensions();
    let cut = imageops::crop_imm(&whole, 40, 40, w - 80, (h - 80) * 78 / 100).to_image();
    assert_eq!(see(cut, Encoding::Png), [(1, Verdict::Altered, Some(AlterationKind::Crop))]);
    assert_eq!(see(imageops::rotate90(&whole), Encoding::Png), [(1, Verdict::Altered, Some(AlterationKind::Rotation))]);
    let wide = imageops::resize(&whole, w * 108 / 100, h, imageops::FilterType::Lanczos3);
    assert_eq!(see(wide, Encoding::Png), [(1, Verdict::Altered, Some(AlterationKind::Stretch))]);
    // Something stands in the free space that is counted from the badge's frame.
    let mut beside = gold(300, white, 60);
    let (bw, bh) = beside.dimensions();
    for (x, y) in (0..20).flat_map(|x| (0..40).map(move |y| (x, y))) {
        beside.put_pixel(bw - 50 + x, bh / 2 - 20 + y, Rgba([20, 20, 20, 255]));
    }
    assert_eq!(see(beside, Encoding::Png), [(1, Verdict::Altered, Some(AlterationKind::ClearSpace))]);
    // No edge of it is left, but its colours are.
    let blurred = imageops::blur(&gold(220, white, 40), 6.0);
    assert_eq!(see(blurred.clone(), Encoding::Png), [(1, Verdict::Altered, Some(AlterationKind::Blur))]);
    let picture = still(blurred);
    let groups =
        library.compare(&picture, &[1; 32], Setting::default()).marks[0].alterations.iter().map(|a| a.kind.group()).collect::<Vec<_>>();
    assert!(!groups.contains(&Group::Colour), "{groups:?}");
    // On a tile, and framed: what is found first is the tile.
    let around = |colour: [u8; 3]| {
        let mut page = RgbaImage::from_pixel(460, 460, Rgba([255; 4]));
        let tile = gold(260, colour, 24);
        imageops::overlay(&mut page, &tile, i64::from(230 - tile.width() / 2), i64::from(230 - tile.height() / 2));
        page
    };
    let said = see(around([105, 157, 208]), Encoding::Png);
    assert!(matches!(said[..], [(1, Verdict::Altered, _)]), "{said:?}");
    assert_eq!(see(photograph(400, 300), Encoding::Png), []);
}

/// What was supplied alone is no second mark where it is a part of another, even if it fits better than the whole.
#[test]
fn a_part_of_a_mark_is_no_mark() {
    let small = |name: &str| imageops::resize(&supplied(name).picture.pixels, 220, 220, imageops::FilterType::Lanczos3);
    let mut both = RgbaImage::new(600, 260);
    imageops::overlay(&mut both, &small("logos/northstar-symbol.svg"), 20, 20);
    imageops::overlay(&mut both, &small("partner/partner-gold.svg"), 340, 20);
    let mut whole = supplied("logos/northstar-symbol.svg");
    whole.id = "both".to_owned();
    whole.picture = still(both.clone());
    let library = Library::new(vec![supplied("logos/northstar-symbol.svg"), whole]);
    let see = |struck: u32| {
        let mut image = RgbaImage::from_pixel(640, 300, Rgba([255; 4]));
        imageops::overlay(&mut image, &both, 20, 20);
        for (x, y) in (0..struck).flat_map(|x| (0..40).map(move |y| (x, y))) {
            image.put_pixel(400 + x, 120 + y, Rgba([200, 30, 200, 255]));
        }
        let picture = still(image);
        let said = library.compare(&picture, &[1; 32], Setting::default()).marks;
        said.iter().map(|m| (m.reference, m.verdict)).collect::<Vec<_>>()
    };
    assert_eq!(see(0), [(1, Verdict::Copy)]);
    assert_eq!(see(110), [(1, Verdict::Altered)]);
}

/// A crown is a crown: another firm's, filled and in another colour, is none that was altered.
#[test]
fn a_plain_sign_in_other_colours_is_the_same_line_for_line() {
    let crown = |width: u32, style: &str, more: &str| {
        let shapes = "<path d='M20 40 L60 90 L110 15 L160 90 L200 40 L185 160 L35 160 Z'/><rect x='35' y='172' width='150' height='22'/>";
        let view = format!("viewBox='0 0 {width} 220' width='{width}' height='220'");
        let drawing = format!("<svg xmlns='http://www.w3.org/2000/svg' {view}><g stroke-width='7' {style}>{shapes}</g>{more}</svg>");
        open(drawing.as_bytes(), &Limits::default()).expect("a drawing").pixels
    };
    let on_white = |image: &RgbaImage| {
        let mut page = RgbaImage::from_pixel(image.width(), image.height(), Rgba([255; 4]));
        imageops::overlay(&mut page, image, 0, 0);
        let (w, h) = (page.width() * 3 / 5, page.height() * 3 / 5);
        imageops::resize(&page, w, h, imageops::FilterType::Lanczos3)
    };
    let mut own = supplied("logos/northstar-symbol.svg");
    own.picture = still(crown(220, "fill='none' stroke='#5b1a6e'", ""));
    let library = Library::new(vec![own]);
    let see = |image: &RgbaImage| {
        let picture = still(on_white(image));
        let said = library.compare(&picture, &[1; 32], Setting::default()).marks;
        said.iter().map(|m| (m.verdict, m.alterations.first().map(|a| a.kind.group()))).collect::<Vec<_>>()
    };
    assert_eq!(see(&crown(220, "fill='none' stroke='#5b1a6e'", "")), [(Verdict::Copy, None)]);
    assert_eq!(see(&crown(220, "fill='none' stroke='#12703a'", "")), [(Verdict::Altered, Some(Group::Colour))]);
    let word = "<path fill='#12703a' d='M250 60h20v110h-20z M290 60h70v20h-50v25h40v20h-40v45h-20z M380 60h20v90h50v20h-70z'/>";
    for colour in ["#12703a", "#101018", "#b01030"] {
        assert_eq!(see(&crown(470, &format!("fill='{colour}' stroke='{colour}'"), word)), [], "{colour}");
        assert_eq!(see(&crown(220, &format!("fill='{colour}' stroke='{colour}'"), "")), [], "{colour}");
    }
    // Supplied smaller, on white, its few lines have more points that stand out.
    let mut small = supplied("logos/northstar-symbol.svg");
    small.picture = still(on_white(&crown(220, "fill='none' stroke='#5b1a6e'", "")));
    let library = Library::new(vec![small]);
    for colour in ["#12703a", "#101018", "#b01030"] {
        for (width, beside) in [(470, word), (220, "")] {
            let other = on_white(&crown(width, &format!("fill='{colour}' stroke='{colour}'"), beside));
            let said = library.compare(&still(other), &[1; 32], Setting::default()).marks;
            assert!(said.iter().all(|m| m.verdict == Verdict::Unsure), "{colour} {width}: {said:?}");
        }
    }
}

/// A drawing of `width` by `height` pixels, on white.
fn drawn(width: u32, height: u32, shapes: &str) -> RgbaImage {
    let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'>{shapes}</svg>");
    let drawing = open(svg.as_bytes(), &Limits::default()).expect("a drawing").pixels;
    let mut page = RgbaImage::from_pixel(drawing.width(), drawing.height(), Rgba([255; 4]));
    imageops::overlay(&mut page, &drawing, 0, 0);
    page
}

fn still(pixels: RgbaImage) -> Picture {
    Picture { pixels, encoding: Encoding::Png, frames: 1, rough_colours: false, scale: 1.0 }
}

/// Where a mark fills its file, no background shows its outline.
#[test]
fn a_mark_that_fills_its_file() {
    let stripes = (0..3).map(|i| 150 + 90 * i).map(|y| format!("M0 {} l150 80 l290 -160 v44 l-290 160 l-150 -80 z ", y));
    let tile = format!("<rect width='580' height='580' rx='90' fill='#2a1d85'/><path fill='#fff' d='{}'/>", stripes.collect::<String>());
    let whole = drawn(580, 580, &tile);
    let mut own = supplied("logos/northstar-symbol.svg");
    own.picture =
        open(format!("<svg xmlns='http://www.w3.org/2000/svg' width='580' height='580'>{tile}</svg>").as_bytes(), &Limits::default())
            .expect("a drawing");
    let library = Library::new(vec![own]);
    let see = |image: RgbaImage| {
        let said = library.compare(&still(image), &[1; 32], Setting::default()).marks;
        said.iter().map(|m| (m.verdict, m.alterations.first().map(|a| a.kind))).collect::<Vec<_>>()
    };
    let sized = |image: &RgbaImage, side: u32| imageops::resize(image, side, side, imageops::FilterType::Lanczos3);
    for side in [133, 275, 316] {
        assert_eq!(see(sized(&whole, side)), [(Verdict::Copy, None)], "{side}");
        let mirrored = imageops::flip_horizontal(&sized(&whole, side));
        assert_eq!(see(mirrored), [(Verdict::Altered, Some(AlterationKind::Mirror))], "{side}");
    }
}

/// The letters of a wide badge are small for its length.
#[test]
fn a_digit_of_a_wide_badge() {
    let badge = |segments: &str| {
        let ground =
            "<rect x='6' y='6' width='1048' height='276' rx='138' fill='#4d1f2a'/><path fill='#fff' d='M110 200 l64 -120 l64 120 z'/>";
        let lines = "<path fill='#fff' d='M330 70 h230 v26 h-230 z M330 130 h330 v16 h-330 z M330 180 h190 v20 h-190 z'/>";
        drawn(1060, 288, &format!("{ground}{lines}<path stroke='#fff' stroke-width='7' fill='none' d='{segments}'/>"))
    };
    // A five of lines; with one more it is a nine.
    let (five, nine) = ("M880 180 h-20 v15 h20 v15 h-20", "M880 180 h-20 v15 h20 v15 h-20 M880 177 v18");
    let mut own = supplied("logos/northstar-symbol.svg");
    own.picture = still(badge(five));
    let library = Library::new(vec![own]);
    let see = |image: &RgbaImage| {
        let small = imageops::resize(image, 530, 144, imageops::FilterType::Lanczos3);
        let said = library.compare(&still(small), &[1; 32], Setting::default()).marks;
        said.iter().map(|m| (m.verdict, m.alterations.first().map(|a| a.kind.group()))).collect::<Vec<_>>()
    };
    assert_eq!(see(&badge(five)), [(Verdict::Copy, None)]);
    assert_eq!(see(&badge(nine)), [(Verdict::Altered, Some(Group::Content))]);
}

/// On a page, the photograph behind a mark, or how it was slanted, hides its outline from boxes; its points still say where it is.
#[test]
fn a_mark_on_a_page_that_no_box_shows() {
    let names = ["partner/partner-associate.svg", "partner/partner-gold.svg", "partner/partner-platinum.svg", "logos/northstar-symbol.svg"];
    let mut references: Vec<Reference> = names.iter().map(|n| supplied(n)).collect();
    references[1].backgrounds = Some(vec![[255; 3]]);
    let library = Library::new(references);
    let see = |part: &RgbaImage| {
        let mut page = RgbaImage::from_pixel(1200, 900, Rgba([255; 4]));
        for (line, x) in (0..12).flat_map(|line| (0..60).map(move |x| (line, x))).filter(|(line, x)| (line * 7 + x * x) % 11 > 1) {
            let letter = RgbaImage::from_pixel(7, 12, Rgba([40, 40, 60, 255]));
            imageops::overlay(&mut page, &letter, 60 + 10 * x, 40 + 24 * line);
        }
        imageops::overlay(&mut page, part, 420, 420);
        let said = library.compare(&still(page), &[1; 32], Setting::default()).marks;
        said.iter().map(|m| (m.reference, m.verdict, m.alterations.iter().map(|a| a.kind).collect::<Vec<_>>())).collect::<Vec<_>>()
    };
    let badge = gold(190, [255; 3], 40);
    let (w, h) = badge.dimensions();
    assert_eq!(see(&badge), [(1, Verdict::Copy, vec![])]);
    assert_eq!(see(&photograph(320, 240)), []);
    let pixels = supplied("partner/partner-gold.svg").picture.pixels;
    let small = imageops::resize(&pixels, 160, 160 * pixels.height() / pixels.width(), imageops::FilterType::Lanczos3);
    let mut pictured = photograph(320, 300);
    imageops::overlay(&mut pictured, &small, 80, 60);
    let said = see(&pictured);
    assert!(matches!(&said[..], [(1, Verdict::Altered, kinds)] if kinds.contains(&AlterationKind::Background)), "{said:?}");
    // Each line a little further to the right.
    let slanted = RgbaImage::from_fn(w + h / 4, h, |x, y| {
        let from = i64::from(x) - i64::from((h - y) / 4);
        if (0..i64::from(w)).contains(&from) { *badge.get_pixel(from as u32, y) } else { Rgba([255; 4]) }
    });
    let said = see(&slanted);
    assert!(matches!(&said[..], [(1, Verdict::Altered, kinds)] if kinds.contains(&AlterationKind::Skew)), "{said:?}");
}

/// The decoder would leave every other row black.
#[test]
fn inks_that_are_finer_than_the_first_are_refused() {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 80);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.encode(&[90; 32 * 32 * 4], 32, 32, jpeg_encoder::ColorType::Cmyk).expect("a JPEG");
    let refused = open(&bytes, &Limits::default()).expect_err("it cannot be decoded rightly");
    assert!(refused.message.contains("more coarsely"), "{}", refused.message);
}

/// Round badges resemble each other: one in other colours that fits in part, and not straight, is told without an alarm.
#[test]
fn what_fits_in_part_in_other_colours_is_no_altered_mark() {
    let disc = |fill: &str, within: &str| format!("<circle cx='150' cy='150' r='146' fill='{fill}'/>{within}");
    let bars = "<path fill='#123' d='M80 190h140v10h-140z M100 215h100v10h-100z M110 75h80v60h-80z'/><circle cx='150' cy='105' r='18' fill='#46a5d6'/>";
    let mut own = supplied("logos/northstar-symbol.svg");
    own.picture = still(drawn(300, 300, &disc("#46a5d6", bars)));
    let library = Library::new(vec![own]);
    let see = |fill: &str, within: &str| {
        let said = library.compare(&still(drawn(300, 300, &disc(fill, within))), &[1; 32], Setting::default()).marks;
        said.iter().map(|m| m.verdict).collect::<Vec<_>>()
    };
    let others = |turned: &str| {
        let shapes = "<path fill='#2a4b6b' d='M110 75h80v60h-80z M75 165h150v20h-150z'/>";
        format!("<g transform='rotate({turned} 150 150)'>{shapes}</g>")
    };
    assert_eq!(see("#3d8dbb", &others("1.5")), [Verdict::Unsure]);
    // Straight, it may be what became of it.
    assert_eq!(see("#3d8dbb", &others("0")), [Verdict::Altered]);
    assert_eq!(see("#3a86b5", &bars.replace("M110 75h80v60h-80z", "")), [Verdict::Altered]);
}
