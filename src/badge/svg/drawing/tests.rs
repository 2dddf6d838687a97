use super::*;
use crate::badge::AlterationKind as K;

/// A badge of an invented program: a ring, a star, a ribbon, two letters with a hole and a shine.
const BADGE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="240" height="300" viewBox="0 0 240 300">
  <defs><linearGradient id="shine" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#ffd27a"/><stop offset="1" stop-color="#e19628"/></linearGradient></defs>
  <g id="body">
    <circle cx="120" cy="110" r="96" fill="#143c6e"/>
    <circle cx="120" cy="110" r="80" fill="#f0f4fa"/>
    <path id="star" d="M120 42l17 48 51 0-41 31 15 49-42-29-42 29 15-49-41-31 51 0z" fill="url(#shine)"/>
    <path d="M150 60l20-14 6 12z" fill="#ffffff" stroke="#143c6e" stroke-width="3"/>
  </g>
  <rect x="20" y="220" width="200" height="56" fill="#ff4800"/>
  <path id="n" d="M60 264v-32h8l14 20v-20h8v32h-8l-14-20v20z" fill="#ffffff"/>
  <path id="p" d="M110 264v-32h16c14 0 14 20 0 20h-8v12zM118 238v8h6c5 0 5-8 0-8z" fill="#ffffff"/>
</svg>"##;

fn compare(candidate: &str) -> Drawing {
    edits(BADGE.as_bytes(), candidate.as_bytes()).expect("comparable")
}

fn replaced(from: &str, to: &str) -> String {
    assert!(BADGE.contains(from), "{from}");
    BADGE.replace(from, to)
}

/// The badge within another root.
fn rooted(attributes: &str) -> String {
    let start = BADGE.find("<svg").unwrap_or(0);
    let end = BADGE.find(">\n").unwrap_or(0);
    format!("{}<svg xmlns=\"http://www.w3.org/2000/svg\" {attributes}{}", &BADGE[..start], &BADGE[end..])
}

#[test]
fn other_ways_to_write_a_drawing_are_no_edits() {
    let minified = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 300"><style>.a{fill:#143c6e}.w{fill:#fff}</style><linearGradient id="a" x2="0" y2="1"><stop stop-color="#ffd27a" offset="0"/><stop offset="100%" style="stop-color:rgb(225,150,40)"/></linearGradient><circle class="a" cx="120" cy="110" r="96"/><path fill="rgb(94.1%,95.7%,98%)" d="M120 30a80 80 0 0 1 80 80 80 80 0 0 1-80 80 80 80 0 0 1-80-80 80 80 0 0 1 80-80z"/><path fill="url(#a)" d="m120 42 17 48h51l-41 31 15 49-42-29-42 29 15-49-41-31h51z"/><path fill="white" stroke="#143C6E" stroke-width="3" d="m150 60 20-14 6 12z"/><path fill="#ff4800" d="M20 220h200v56H20z"/><path class="w" d="M60 264v-32h8l14 20v-20h8v32h-8l-14-20v20zm50 0v-32h16c14 0 14 20 0 20h-8v12zm8-26v8h6c5 0 5-8 0-8z"/></svg>"##;
    let reused = replaced(
        "<rect x=\"20\" y=\"220\" width=\"200\" height=\"56\" fill=\"#ff4800\"/>",
        "<symbol id=\"r\"><path d=\"M0 0h20v5.6H0z\"/></symbol><use href=\"#r\" fill=\"hsl(17 100% 50%)\" transform=\"translate(20 220) scale(10)\"/>",
    );
    let inkscape = BADGE
        .replace("<g id=\"body\">", "<!-- layer --><g id=\"layer1\" transform=\"translate(10,20)\"><g transform=\"translate(-10 -20)\">")
        .replace("</g>", "</g></g>");
    let rounded = BADGE.replace("M120 42l17 48", "M120.04 41.96l17 48").replace("r=\"96\"", "r=\"96.1\"");
    for (name, same) in [
        ("itself", BADGE.to_owned()),
        ("minified", minified.to_owned()),
        ("a symbol", reused),
        ("groups and transforms", inkscape),
        ("rounded", rounded),
        ("larger", rooted("viewBox=\"0 0 240 300\" width=\"960\" height=\"1200\"")),
        ("padded", rooted("viewBox=\"-40 -40 320 380\"")),
        ("in a wide frame", rooted("viewBox=\"0 0 240 300\" width=\"600\" height=\"300\"")),
        (
            "clipped to its frame",
            BADGE.replace("<g id=\"body\">", "<clipPath id=\"f\"><path d=\"M0 0h240v300H0z\"/></clipPath><g clip-path=\"url(#f)\">"),
        ),
        (
            "hidden and empty things",
            BADGE.replace(
                "</svg>",
                "<path d=\"M0 0h9v9z\" opacity=\"0\"/><path d=\"M0 0h9v9z\" fill=\"none\"/><path d=\"M900 0h9v9z\"/></svg>",
            ),
        ),
    ] {
        let drawing = compare(&same);
        assert_eq!(drawing.edits, [], "{name}");
        assert!(drawing.similarity > 0.99, "{name}: {}", drawing.similarity);
    }
}

#[test]
fn edits_are_named_and_placed() {
    let turned =
        |by: &str| BADGE.replace("<g id=\"body\">", &format!("<g transform=\"{by}\"><g id=\"body\">")).replace("</svg>", "</g></svg>");
    let shadow = "<filter id=\"s\"><feGaussianBlur stdDeviation=\"3\"/><feOffset dx=\"3\"/><feMerge><feMergeNode/><feMergeNode in=\"SourceGraphic\"/></feMerge></filter><g filter=\"url(#s)\">";
    let grey = [("#143c6e", "#3a3a3a"), ("#f0f4fa", "#f3f3f3"), ("#ff4800", "#6a6a6a"), ("url(#shine)", "#a0a0a0")];
    for (candidate, kind, words, span) in [
        (
            replaced("#ff4800", "#0057b8"),
            K::PartRecoloured,
            "fill #ff4800 became #0057b8 in 1 of 8 shapes",
            "<rect x=\"20\" y=\"220\" width=\"200\" height=\"56\" fill=\"#0057b8\"/>",
        ),
        (
            grey.iter().fold(BADGE.to_owned(), |s, (a, b)| s.replace(a, b)),
            K::Mono,
            "fill #143c6e became #3a3a3a in 1 of 8 shapes",
            "<circle cx=\"120\" cy=\"110\" r=\"96\" fill=\"#3a3a3a\"/>",
        ),
        (
            replaced("#ffd27a", "#7affd2"),
            K::Gradient,
            "fill a gradient #ffd27a to #e19628 became a gradient #7affd2 to #e19628 in 1 of 8 shapes",
            "<path id=\"star\"",
        ),
        (
            replaced("<g id=\"body\">", "<g id=\"body\" opacity=\"0.5\">"),
            K::Opacity,
            "opacity 100 % became 50 % in 5 of 8 shapes",
            "<circle cx=\"120\" cy=\"110\" r=\"96\"",
        ),
        (
            replaced("M60 264v-32h8", "M70 264v-32h8"),
            K::Changed,
            "1 of 9 outlines moved, by up to 3.3 % of the drawing; allowed 0.40 %",
            "<path id=\"n\"",
        ),
        (
            replaced("M60 264v-32h8l14 20v-20h8v32h-8l-14-20v20z", "M60 264v-32h8v12h14v-12h8v32h-8v-12h-14v12z"),
            K::Changed,
            "1 of 9 outlines have another form",
            "<path id=\"n\"",
        ),
        (replaced("M118 238v8h6c5 0 5-8 0-8z", ""), K::Removed, "1 of 9 outlines are missing", ""),
        (
            replaced("</svg>", "<circle cx=\"200\" cy=\"40\" r=\"20\" fill=\"red\"/></svg>"),
            K::Added,
            "1 outlines were added to 9",
            "<circle cx=\"200\" cy=\"40\"",
        ),
        (
            replaced("<g id=\"body\">", "<path d=\"M0 0h240v300H0z\" fill=\"#eee\"/><g id=\"body\">"),
            K::Background,
            "a background of #eeeeee was added",
            "<path d=\"M0 0h240v300H0z\"",
        ),
        (
            replaced("r=\"96\" fill=\"#143c6e\"", "r=\"96\" fill=\"#143c6e\" stroke=\"#000\" stroke-width=\"4\""),
            K::Outline,
            "1 outlines were drawn around shapes to 9",
            "<circle cx=\"120\" cy=\"110\" r=\"96\"",
        ),
        (
            replaced("stroke-width=\"3\"", "stroke-width=\"9\""),
            K::Changed,
            "outline is 300 % as wide in 1 of 8 shapes",
            "<path d=\"M150 60",
        ),
        (
            BADGE.replace("<g id=\"body\">", &format!("{shadow}<g>")).replace("</g>", "</g></g>"),
            K::Shadow,
            "a shadow was added in 5 of 8 shapes",
            "<circle cx=\"120\" cy=\"110\" r=\"96\"",
        ),
        (
            rooted("viewBox=\"0 0 240 300\" width=\"300\" height=\"300\" preserveAspectRatio=\"none\""),
            K::Stretch,
            "stretched 25.0 % wider; allowed 1 %",
            "<svg ",
        ),
        (turned("translate(0 30) scale(1 .9)"), K::Stretch, "stretched 11.1 % wider; allowed 1 %", "<svg "),
        (turned("rotate(7 120 150)"), K::Rotation, "turned 7.0° clockwise; allowed 0.5°", "<svg "),
        (turned("translate(240) scale(-1 1)"), K::Mirror, "mirrored", "<svg "),
        (turned("skewX(-10)"), K::Skew, "slanted by 10.0°; allowed 0.5°", "<svg "),
        (rooted("viewBox=\"0 0 240 240\""), K::Crop, "cropped: ", "<svg "),
        (
            BADGE.replace(
                "<g id=\"body\">",
                "<clipPath id=\"c\"><circle cx=\"120\" cy=\"110\" r=\"60\"/></clipPath><g clip-path=\"url(#c)\">",
            ),
            K::Crop,
            "1 clipping paths were added to 9",
            "<circle cx=\"120\" cy=\"110\" r=\"60\"/>",
        ),
        (
            BADGE
                .replace("    <circle cx=\"120\" cy=\"110\" r=\"80\" fill=\"#f0f4fa\"/>\n", "")
                .replace("  <rect", "  <circle cx=\"120\" cy=\"110\" r=\"80\" fill=\"#f0f4fa\"/>\n  <rect"),
            K::Changed,
            "1 of 9 outlines are in front of what they were behind",
            "<circle cx=\"120\" cy=\"110\" r=\"80\"",
        ),
    ] {
        let drawing = compare(&candidate);
        let found: Vec<_> = drawing
            .edits
            .iter()
            .map(|e| (e.alteration.kind, e.alteration.words.as_str(), e.span.clone().map_or("", |s| &candidate[s])))
            .collect();
        assert!(found.iter().any(|(k, w, s)| *k == kind && w.starts_with(words) && s.starts_with(span)), "{kind:?} {words}: {found:#?}");
        let expected = if kind == K::Mono { 5 } else { 1 };
        assert!(found.len() <= expected, "{kind:?} {words}: {found:#?}");
        assert!(drawing.similarity > 0.6, "{kind:?} {words}: {}", drawing.similarity);
    }
}

#[test]
fn other_drawings_are_told_apart() {
    let other = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path d="M4 4h56v40L32 60 4 44z" fill="#0a7"/><path d="M20 20h24v6H20z" fill="#fff"/></svg>"##;
    assert!(compare(other).similarity < 0.35, "{}", compare(other).similarity);
    // A picture of text, or one that cannot be read, is left to others.
    assert_eq!(edits(BADGE.as_bytes(), replaced("</svg>", "<text>Gold</text></svg>").as_bytes()), None);
    assert_eq!(edits(BADGE.as_bytes(), b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>"), None);
    // As part of something larger, it is found, and what is around it is said.
    let banner = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 300\"><path d=\"M0 0h900v300H0z\" fill=\"#eee\"/><g transform=\"translate(600 50) scale(.5)\">{}</g></svg>",
        &BADGE[BADGE.find('\n').unwrap_or(0)..BADGE.rfind("</svg>").unwrap_or(0)]
    );
    let kinds: Vec<K> = compare(&banner).edits.iter().map(|e| e.alteration.kind).collect();
    assert_eq!(kinds, [K::Background]);
}

#[test]
fn places_are_bytes_of_the_file() {
    let candidate = format!("\u{feff}<!-- é -->{}", replaced("#ff4800", "#0057b8"));
    let drawing = compare(&candidate);
    let span = drawing.edits[0].span.clone().expect("a place");
    assert!(candidate[span].starts_with("<rect"));
    let region = drawing.edits[0].alteration.region.expect("a region");
    assert_eq!((region.x, region.y, region.width, region.height), (20, 220, 200, 56));
    // Of text that was decoded, bytes are not known.
    let utf16: Vec<u8> =
        std::iter::once(0xfeffu16).chain(candidate.trim_start_matches('\u{feff}').encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let drawing = edits(BADGE.as_bytes(), &utf16).expect("comparable");
    assert_eq!((drawing.edits.len(), drawing.edits[0].span.clone()), (1, None));
}
