//! Draws the images of `fixtures/badges`: those of an invented program, the Northstar Partner Program. The same program gives the same
//! bytes.
//!
//! ```sh
//! cargo run --example badges
//! ```

use image::{DynamicImage, ImageFormat, RgbaImage};
use resvg::{tiny_skia, usvg};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Letters as strokes on a height of 10, with how wide each is.
const LETTERS: &[(char, f32, &str)] = &[
    ('A', 8.0, "M 0 10 L 4 0 L 8 10 M 1.5 6.6 L 6.5 6.6"),
    ('C', 8.7, "M 8.5 1.5 A 5 5 0 1 0 8.5 8.5"),
    ('D', 8.0, "M 0 0 L 3 0 A 5 5 0 0 1 3 10 L 0 10 Z"),
    ('E', 6.0, "M 6 0 L 0 0 L 0 10 L 6 10 M 0 5 L 5.2 5"),
    ('F', 6.0, "M 6 0 L 0 0 L 0 10 M 0 5 L 5.2 5"),
    ('G', 10.0, "M 8.5 1.5 A 5 5 0 1 0 10 5.4 L 6 5.4"),
    ('H', 7.5, "M 0 0 L 0 10 M 7.5 0 L 7.5 10 M 0 5 L 7.5 5"),
    ('I', 0.0, "M 0 0 L 0 10"),
    ('L', 5.5, "M 0 0 L 0 10 L 5.5 10"),
    ('M', 9.0, "M 0 10 L 0 0 L 4.5 7 L 9 0 L 9 10"),
    ('N', 7.5, "M 0 10 L 0 0 L 7.5 10 L 7.5 0"),
    ('O', 10.0, "M 5 0 A 5 5 0 1 1 5 10 A 5 5 0 1 1 5 0 Z"),
    ('P', 6.8, "M 0 10 L 0 0 L 4 0 A 2.8 2.8 0 0 1 4 5.6 L 0 5.6"),
    ('R', 7.0, "M 0 10 L 0 0 L 4 0 A 2.8 2.8 0 0 1 4 5.6 L 0 5.6 M 3.6 5.6 L 7 10"),
    (
        'S',
        6.8,
        "M 6.6 1.7 C 5.8 0.5 4.6 0 3.4 0 C 1.4 0 0.2 1.1 0.2 2.6 C 0.2 6 6.8 4 6.8 7.4 C 6.8 9 5.4 10 3.4 10 C 1.8 10 0.6 9.4 0 8.2",
    ),
    ('T', 7.0, "M 0 0 L 7 0 M 3.5 0 L 3.5 10"),
    ('U', 7.2, "M 0 0 L 0 6.4 A 3.6 3.6 0 0 0 7.2 6.4 L 7.2 0"),
    ('V', 8.0, "M 0 0 L 4 10 L 8 0"),
    ('W', 11.0, "M 0 0 L 2.8 10 L 5.5 2 L 8.2 10 L 11 0"),
    ('0', 7.0, "M 3.5 0 A 3.5 5 0 1 1 3.5 10 A 3.5 5 0 1 1 3.5 0 Z"),
    ('1', 2.8, "M 0 2 L 2.8 0 L 2.8 10"),
    ('2', 6.6, "M 0.3 2.6 C 0.6 0.9 1.9 0 3.3 0 C 5.2 0 6.4 1.2 6.4 2.8 C 6.4 4.7 5 5.8 0 10 L 6.6 10"),
    ('6', 6.9, "M 5.4 0 C 2.6 1.6 0.3 4 0.3 6.8 A 3.2 3.2 0 1 0 6.7 6.8 A 3.2 3.2 0 0 0 0.7 5.6"),
];
const GAP: f32 = 3.2;
const NAVY: &str = "#14213d";
const AMBER: &str = "#f2a93b";
const TIERS: [&str; 5] = ["associate", "gold", "platinum", "diamond", "elite"];

fn letter(c: char) -> (f32, &'static str) {
    LETTERS.iter().find(|(l, ..)| *l == c).map_or((4.0, ""), |(_, w, d)| (*w, *d))
}

/// How wide a word is at a height, with `GAP` between its letters.
fn width(word: &str, height: f32) -> f32 {
    let letters: f32 = word.chars().map(|c| letter(c).0 + GAP).sum();
    (letters - GAP) * height / 10.0
}

/// A word from its upper left corner.
fn word(text: &str, x: f32, y: f32, height: f32, stroke: f32, colour: &str) -> String {
    let (scale, mut at, mut path) = (height / 10.0, x, String::new());
    for c in text.chars() {
        let (w, d) = letter(c);
        // The radii and flags of an arc stand before its end: five values of which two are lengths.
        let (mut place, mut arc) = (0, false);
        for token in d.split(' ').filter(|t| !t.is_empty()) {
            let Ok(n) = token.parse::<f32>() else {
                (place, arc) = (0, token == "A");
                path.push_str(token);
                continue;
            };
            let moved = match (arc, place) {
                (true, 0 | 1) => n * scale,
                (true, 2..=4) => n,
                (true, 5) => at + n * scale,
                (true, _) => y + n * scale,
                (false, p) if p % 2 == 0 => at + n * scale,
                _ => y + n * scale,
            };
            let _ = write!(path, "{} ", (moved * 100.0).round() / 100.0);
            place += 1;
        }
        at += (w + GAP) * scale;
    }
    let path = path.trim_end();
    format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{stroke}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\n"
    )
}

fn centred(text: &str, x: f32, y: f32, height: f32, stroke: f32, colour: &str) -> String {
    word(text, x - width(text, height) / 2.0, y, height, stroke, colour)
}

/// The mark of the program: a star of four points with a long one to the north, and a notch of light.
fn star(x: f32, y: f32, r: f32, colour: &str, notch: &str) -> String {
    let p = |dx: f32, dy: f32| format!("{:.2} {:.2}", x + dx * r, y + dy * r);
    let body = [(0.0, -1.25), (0.2, -0.2), (0.85, 0.0), (0.2, 0.2), (0.0, 0.85), (-0.2, 0.2), (-0.85, 0.0), (-0.2, -0.2)];
    let body: Vec<String> = body.iter().map(|(dx, dy)| p(*dx, *dy)).collect();
    let half = [p(0.0, -1.25), p(0.2, -0.2), p(0.0, 0.0)].join("L");
    format!("<path d=\"M{}Z\" fill=\"{colour}\"/>\n<path d=\"M{half}Z\" fill=\"{notch}\"/>\n", body.join("L"))
}

fn svg(w: u32, h: u32, body: &str) -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n{body}</svg>\n")
}

/// A shield whose colours say the tier.
fn partner(tier: &str) -> String {
    let (edge, top, low, band, mark) = match tier {
        "associate" => ("#0e5a5a", "#2aa198", "#1c7f7c", "#0e5a5a", "#ffffff"),
        "gold" => ("#8a5a00", "#f6c64f", "#dd9a1e", "#7a4f00", "#ffffff"),
        "platinum" => ("#4a5260", "#c9d1dc", "#98a3b3", "#3d4552", "#ffffff"),
        "diamond" => ("#123f7a", "#6cc3f5", "#2b7fd0", "#123f7a", "#ffffff"),
        _ => ("#0b0d13", "#2c3348", "#161a28", "#c79a3c", "#f1d28a"),
    };
    let inside = if tier == "elite" { "#f1d28a" } else { "#ffffff" };
    let shield = |i: f32| {
        let (l, r, t) = (20.0 + i, 300.0 - i, 24.0 + i);
        format!(
            "M160 {:.1}C{:.1} {t:.1} {:.1} {t:.1} {r:.1} {:.1}V{:.1}C{r:.1} 282 {:.1} 326 160 {:.1}C{:.1} 326 {l:.1} 282 {l:.1} 206V{:.1}C{:.1} {t:.1} {:.1} {t:.1} 160 {:.1}Z",
            8.0 + i * 1.2,
            200.0,
            250.0,
            56.0 + i,
            206.0,
            248.0 - i * 0.6,
            352.0 - i * 1.25,
            72.0 + i * 0.6,
            56.0 + i,
            70.0,
            120.0,
            8.0 + i * 1.2
        )
    };
    let mut b = format!(
        "<defs><linearGradient id=\"f\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"{top}\"/><stop offset=\"1\" \
         stop-color=\"{low}\"/></linearGradient></defs>\n"
    );
    let _ = write!(b, "<path d=\"{}\" fill=\"{edge}\"/>\n<path d=\"{}\" fill=\"url(#f)\"/>\n", shield(0.0), shield(9.0));
    let _ = writeln!(b, "<path d=\"{}\" fill=\"none\" stroke=\"{inside}\" stroke-opacity=\"0.75\" stroke-width=\"2.5\"/>", shield(17.0));
    b.push_str(&star(160.0, 96.0, 42.0, mark, if tier == "elite" { "#c79a3c" } else { edge }));
    b.push_str(&centred("NORTHSTAR", 160.0, 150.0, 15.0, 2.8, if tier == "elite" { "#f1d28a" } else { edge }));
    let _ = writeln!(b, "<path d=\"M0 184H320L306 210L320 236H0L14 210Z\" fill=\"{band}\"/>");
    b.push_str(&centred(&tier.to_uppercase(), 160.0, 196.0, 28.0, 5.0, if tier == "elite" { "#0b0d13" } else { "#ffffff" }));
    b.push_str(&centred("PARTNER", 160.0, 256.0, 20.0, 3.4, if tier == "elite" { "#f1d28a" } else { edge }));
    svg(320, 360, &b)
}

/// A plate on which only the words say the tier.
fn provider(tier: &str, dark: bool) -> String {
    let (ground, ink, soft, rim) = if dark { (NAVY, "#ffffff", "#b9c4da", "#2f4270") } else { ("#ffffff", NAVY, "#5a6785", "#c6cede") };
    let mut b = format!(
        "<path d=\"M14 2H466A12 12 0 0 1 478 14V146A12 12 0 0 1 466 158H14A12 12 0 0 1 2 146V14A12 12 0 0 1 14 2Z\" fill=\"{ground}\" stroke=\"{rim}\" stroke-width=\"3\"/>\n"
    );
    let _ = writeln!(
        b,
        "<path d=\"M14 2H140V158H14A12 12 0 0 1 2 146V14A12 12 0 0 1 14 2Z\" fill=\"{}\"/>",
        if dark { "#24345e" } else { NAVY }
    );
    let _ = writeln!(b, "<circle cx=\"71\" cy=\"80\" r=\"48\" fill=\"none\" stroke=\"{AMBER}\" stroke-width=\"4\"/>");
    b.push_str(&star(71.0, 86.0, 40.0, AMBER, "#ffffff"));
    b.push_str(&word("NORTHSTAR", 166.0, 28.0, 22.0, 4.4, ink));
    b.push_str(&word("SOLUTIONS PROVIDER", 166.0, 66.0, 13.0, 2.2, soft));
    let _ = writeln!(b, "<path d=\"M166 94H452\" stroke=\"{rim}\" stroke-width=\"2\"/>");
    b.push_str(&word(&tier.to_uppercase(), 166.0, 112.0, 24.0, 5.0, ink));
    svg(480, 160, &b)
}

/// A seal with ribbons.
fn certificate(subject: &str, colour: &str, deep: &str) -> String {
    let mut b = format!(
        "<path d=\"M92 210L64 316L104 296L128 330L152 232Z\" fill=\"{deep}\"/>\n<path d=\"M208 210L236 316L196 296L172 330L148 232Z\" fill=\"{deep}\"/>\n"
    );
    let points: Vec<String> = (0..64)
        .map(|i| {
            let (r, a) = (if i % 2 == 0 { 142.0_f32 } else { 131.0 }, i as f32 * std::f32::consts::TAU / 64.0);
            format!("{:.2} {:.2}", 150.0 + r * a.sin(), 146.0 - r * a.cos())
        })
        .collect();
    let _ = writeln!(b, "<path d=\"M{}Z\" fill=\"{colour}\"/>", points.join("L"));
    let _ = writeln!(b, "<circle cx=\"150\" cy=\"146\" r=\"114\" fill=\"#ffffff\"/>");
    let _ = writeln!(b, "<circle cx=\"150\" cy=\"146\" r=\"104\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"3\"/>");
    b.push_str(&star(150.0, 96.0, 30.0, colour, deep));
    b.push_str(&centred("CERTIFIED", 150.0, 136.0, 14.0, 2.6, deep));
    let height = if subject.len() > 4 { 21.0 } else { 28.0 };
    b.push_str(&centred(subject, 150.0, 176.0 - height / 2.0, height, height / 5.0, deep));
    b.push_str(&centred("2026", 150.0, 208.0, 15.0, 2.6, colour));
    svg(300, 340, &b)
}

/// The badge of an older edition of the program.
fn retired() -> String {
    let mut b = String::from(
        "<circle cx=\"160\" cy=\"140\" r=\"132\" fill=\"#d9531e\"/>\n<circle cx=\"160\" cy=\"140\" r=\"118\" fill=\"none\" stroke=\"#ffffff\" stroke-width=\"4\"/>\n",
    );
    b.push_str(&star(160.0, 84.0, 38.0, "#ffffff", "#f4b08f"));
    b.push_str(&centred("NORTHSTAR", 160.0, 130.0, 18.0, 3.4, "#ffffff"));
    b.push_str("<path d=\"M4 166L30 160V226L4 232L16 199Z\" fill=\"#7f2c0c\"/>\n<path d=\"M316 166L290 160V226L316 232L304 199Z\" fill=\"#7f2c0c\"/>\n");
    b.push_str("<path d=\"M22 158H298V220H22Z\" fill=\"#a83c12\"/>\n");
    b.push_str(&centred("GOLD AGENT", 160.0, 178.0, 22.0, 4.2, "#ffffff"));
    b.push_str(&centred("2021", 160.0, 231.0, 15.0, 2.8, "#ffffff"));
    svg(320, 280, &b)
}

fn wordmark() -> String {
    let mut b = star(44.0, 50.0, 36.0, AMBER, NAVY);
    b.push_str(&word("NORTHSTAR", 96.0, 28.0, 38.0, 8.0, NAVY));
    svg(480, 92, &b)
}

fn symbol() -> String {
    let mut b = format!(
        "<path d=\"M52 4H204A48 48 0 0 1 252 52V204A48 48 0 0 1 204 252H52A48 48 0 0 1 4 204V52A48 48 0 0 1 52 4Z\" fill=\"{NAVY}\"/>\n"
    );
    b.push_str("<path d=\"M196 196A96 96 0 1 1 196 60\" fill=\"none\" stroke=\"#ffffff\" stroke-width=\"12\" stroke-linecap=\"round\"/>\n");
    b.push_str(&star(128.0, 138.0, 76.0, AMBER, "#ffffff"));
    svg(256, 256, &b)
}

fn icon() -> String {
    let line = |d: &str| {
        format!("<path d=\"{d}\" fill=\"none\" stroke=\"{NAVY}\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\n")
    };
    let b = line("M48 6A42 42 0 1 1 47.99 6Z")
        + &line("M48 18L54 42L78 48L54 54L48 78L42 54L18 48L42 42Z")
        + &line("M48 6V12M90 48H84M48 90V84M6 48H12");
    svg(96, 96, &b)
}

/// The drawing at a width.
fn rendered(svg: &str, width: u32) -> RgbaImage {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).expect("a drawing");
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).round() as u32;
    let mut pixels = tiny_skia::Pixmap::new(width, height).expect("a size");
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let plain = pixels.pixels().iter().flat_map(|p| {
        let c = p.demultiply();
        [c.red(), c.green(), c.blue(), c.alpha()]
    });
    RgbaImage::from_raw(width, height, plain.collect()).expect("all pixels")
}

fn main() {
    let folder = Path::new("fixtures/badges");
    for sub in ["partner", "provider", "certificates", "logos", "retired"] {
        fs::create_dir_all(folder.join(sub)).expect("a folder");
    }
    let mut drawings: Vec<(String, String)> = Vec::new();
    for tier in TIERS {
        drawings.push((format!("partner/partner-{tier}.svg"), partner(tier)));
        drawings.push((format!("provider/provider-{tier}.svg"), provider(tier, false)));
    }
    drawings.push(("provider/provider-gold-dark.svg".into(), provider("gold", true)));
    drawings.push(("certificates/certificate-data.svg".into(), certificate("DATA", "#1f8a8a", "#0e4f55")));
    drawings.push(("certificates/certificate-growth.svg".into(), certificate("GROWTH", "#7b4bb3", "#45246f")));
    drawings.push(("retired/partner-gold-2021.svg".into(), retired()));
    drawings.push(("logos/northstar-wordmark.svg".into(), wordmark()));
    drawings.push(("logos/northstar-symbol.svg".into(), symbol()));
    drawings.push(("logos/northstar-icon.svg".into(), icon()));
    for (name, svg) in &drawings {
        fs::write(folder.join(name), svg).expect("written");
    }
    // Some of them as the program would hand them out in pixels too.
    for (name, width, ending) in [
        ("partner/partner-gold", 240, "png"),
        ("partner/partner-gold", 480, "png"),
        ("partner/partner-diamond", 240, "png"),
        ("partner/partner-elite", 240, "webp"),
        ("provider/provider-gold", 480, "png"),
        ("provider/provider-platinum", 480, "webp"),
        ("certificates/certificate-data", 300, "png"),
        ("retired/partner-gold-2021", 320, "png"),
        ("logos/northstar-symbol", 256, "png"),
    ] {
        let (_, svg) = drawings.iter().find(|(n, _)| *n == format!("{name}.svg")).expect("drawn");
        let pixels = DynamicImage::ImageRgba8(rendered(svg, width));
        let format = ImageFormat::from_extension(ending).expect("a format");
        pixels.save_with_format(folder.join(format!("{name}-{width}.{ending}")), format).expect("written");
    }
    candidates(&drawings);
    if let Some(sheet) = std::env::args().nth(1) {
        contact_sheet(&drawings, Path::new(&sheet));
    }
}

/// What partners made of them, for the tests of commands.
fn candidates(drawings: &[(String, String)]) {
    let folder = Path::new("tests/cmd/badge.in");
    let drawing = |name: &str| &drawings.iter().find(|(n, _)| n.ends_with(name)).expect("drawn").1;
    for (name, to) in [
        ("partner-gold.svg", "partner"),
        ("partner-diamond.svg", "partner"),
        ("provider-gold.svg", "provider"),
        ("provider-gold-dark.svg", "provider"),
        ("provider-elite.svg", "provider"),
        ("partner-gold-2021.svg", "retired"),
    ] {
        let to = folder.join("supplied").join(to);
        fs::create_dir_all(&to).expect("a folder");
        fs::write(to.join(name), drawing(name)).expect("written");
    }
    let gold = rendered(drawing("partner-gold.svg"), 200);
    let (w, h) = gold.dimensions();
    let save = |name: &str, pixels: RgbaImage| DynamicImage::ImageRgba8(pixels).save(folder.join(name)).expect("written");
    save("supplied/partner/partner-gold-200.png", gold.clone());
    save("copy.png", rendered(drawing("partner-gold.svg"), 160));
    save("stretched.png", image::imageops::resize(&gold, w * 6 / 5, h, image::imageops::FilterType::CatmullRom));
    save("flipped.png", image::imageops::flip_horizontal(&gold));
    let blue = gold.pixels().flat_map(|p| [p[2], p[1], p[0], p[3]]).collect();
    save("blue.png", RgbaImage::from_raw(w, h, blue).expect("all pixels"));
    save("titanium.png", rendered(&provider("titanium", false), 360));
    save("agent.png", rendered(drawing("partner-gold-2021.svg"), 200));
    let mut page = RgbaImage::from_pixel(320, 240, image::Rgba([255; 4]));
    image::imageops::overlay(&mut page, &rendered(drawing("partner-diamond.svg"), 128), 150, 40);
    DynamicImage::ImageRgba8(page).into_rgb8().save(folder.join("footer.jpg")).expect("written");
    let lines = |x: u32, y: u32| if (x / 9 + y / 14).is_multiple_of(3) { [40, 120, 90, 255] } else { [250, 244, 230, 255] };
    save("fabric.png", RgbaImage::from_fn(180, 140, |x, y| image::Rgba(lines(x, y))));
    let png = fs::read(folder.join("copy.png")).expect("written");
    fs::write(folder.join("supplied/broken.png"), &png[..png.len() / 2]).expect("written");
}

/// All drawings on one picture, for people to look at.
fn contact_sheet(drawings: &[(String, String)], to: &Path) {
    let (cell, columns) = (300, 5);
    let mut sheet =
        RgbaImage::from_pixel(cell * columns, cell * (drawings.len() as u32).div_ceil(columns), image::Rgba([236, 239, 244, 255]));
    for (i, (_, svg)) in drawings.iter().enumerate() {
        let mut picture = rendered(svg, 260);
        if picture.height() > 280 {
            picture = rendered(svg, 260 * 280 / picture.height());
        }
        let (x, y) = (i as u32 % columns * cell + 20, i as u32 / columns * cell + 10);
        image::imageops::overlay(&mut sheet, &picture, x.into(), y.into());
    }
    sheet.save(to).expect("written");
}
