//! The drawings of `fixtures/badges` as they were supplied, written otherwise, and edited.

use super::super::open;
use super::*;
use crate::badge::AlterationKind as K;
use sha2::{Digest, Sha256};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/badges/{name}", env!("CARGO_MANIFEST_DIR"))).expect("the fixture")
}

fn reference(name: &str) -> Reference {
    let bytes = file(name);
    let picture = open(&bytes, &Limits::default()).expect("a picture");
    Reference {
        id: name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or(name).to_owned(),
        family: None,
        tier: None,
        retired: name.contains("retired"),
        sha256: Sha256::digest(&bytes).into(),
        drawing: (picture.encoding == Encoding::Svg).then(|| bytes.into()),
        picture,
        min_width: None,
        clear_space: None,
        backgrounds: None,
        max_upscale: None,
    }
}

const NAMES: [&str; 9] = [
    "partner/partner-associate.svg",
    "partner/partner-gold.svg",
    "partner/partner-platinum.svg",
    "partner/partner-diamond.svg",
    "partner/partner-elite.svg",
    "provider/provider-gold.svg",
    "provider/provider-gold-dark.svg",
    "logos/northstar-symbol.svg",
    "retired/partner-gold-2021.svg",
];

fn library() -> Library {
    Library::new(NAMES.iter().map(|n| reference(n)).collect())
}

fn compare(library: &Library, svg: &str, setting: Setting) -> Comparison {
    let picture = open(svg.as_bytes(), &Limits::default()).unwrap_or_else(|r| panic!("{}: {svg}", r.message));
    library.compare_file(svg.as_bytes(), &picture, &Sha256::digest(svg.as_bytes()).into(), setting)
}

fn said(library: &Library, c: &Comparison) -> Vec<(String, Verdict)> {
    c.marks.iter().map(|m| (library.references()[m.reference].id.clone(), m.verdict)).collect()
}

/// What programs that make drawings smaller do: numbers rounded, white space and ids gone, attributes in another order, groups put around.
fn rewritten(svg: &str) -> Vec<(&'static str, String)> {
    let number = regex::Regex::new(r"\d+\.\d{2,}").expect("a pattern");
    let outline = regex::Regex::new(" d=\"[^\"]*\"").expect("a pattern");
    let shorter = |n: &regex::Captures<'_>| format!("{:.1}", n[0].parse::<f64>().unwrap_or_default());
    let rounded = outline.replace_all(svg, |d: &regex::Captures<'_>| number.replace_all(&d[0], shorter).into_owned()).into_owned();
    let dense = svg.lines().map(str::trim).collect::<Vec<_>>().join("");
    let open = svg.find('>').expect("a root") + 1;
    let end = svg.rfind("</svg>").expect("an end");
    let grouped = format!(
        "{}<g id=\"Layer_1\"><g transform=\"translate(7 -3)\"><g transform=\"translate(-7 3)\">{}</g></g></g></svg>",
        &svg[..open],
        &svg[open..end]
    );
    let attribute = regex::Regex::new(r#"<(path|rect|circle) ([^/>]*?)\s*/>"#).expect("a pattern");
    let turned = attribute.replace_all(svg, |c: &regex::Captures<'_>| {
        let part = regex::Regex::new(r#"[\w-]+=("[^"]*"|'[^']*')"#).expect("a pattern");
        let mut all: Vec<&str> = part.find_iter(&c[2]).map(|m| m.as_str()).collect();
        all.reverse();
        format!("<{} {}/>", &c[1], all.join(" "))
    });
    let upper = regex::Regex::new("#[0-9a-f]{6}").expect("a pattern").replace_all(svg, |c: &regex::Captures<'_>| c[0].to_uppercase());
    vec![("rounded", rounded), ("dense", dense), ("grouped", grouped), ("turned", turned.into_owned()), ("upper", upper.into_owned())]
}

#[test]
fn drawings_written_otherwise_are_copies() {
    let library = library();
    for name in NAMES {
        let svg = String::from_utf8(file(name)).expect("text");
        let id = library.references()[NAMES.iter().position(|n| *n == name).expect("a name")].id.clone();
        let verdict = if name.contains("retired") { Verdict::Outdated } else { Verdict::Copy };
        for (how, other) in rewritten(&svg).into_iter().filter(|(_, o)| *o != svg) {
            let found = compare(&library, &other, Setting::default());
            assert_eq!(said(&library, &found), [(id.clone(), verdict)], "{name} {how}: {:#?}", found.marks);
            assert!(found.marks[0].confidence > 0.99, "{name} {how}");
        }
    }
}

#[test]
fn edits_name_their_elements() {
    let library = library();
    let gold = String::from_utf8(file(NAMES[1])).expect("text");
    assert!(gold.contains("fill=\"#7a4f00\""));
    let recoloured = gold.replace("#7a4f00", "#7a3cff");
    let found = compare(&library, &recoloured, Setting::default());
    assert_eq!(said(&library, &found), [("partner-gold".to_owned(), Verdict::Altered)]);
    let way = &found.marks[0].alterations[0];
    assert!(way.kind.group() == Group::Colour && way.words.starts_with("fill #7a4f00 became #7a3cff in 1 of 9 shapes"), "{way:?}");
    let tag = &recoloured[way.span.clone().expect("a place")];
    assert!(
        tag.starts_with('<')
            && tag.contains("#7a3cff")
            && way.words.contains(&format!(": `{}", tag.split_whitespace().next().unwrap_or(""))),
        "{tag} {way:?}"
    );
    // The picture of what differs lies where the drawing lies.
    let mark = &found.marks[0];
    let picture = open(recoloured.as_bytes(), &Limits::default()).expect("a picture");
    let (long, scale) = (picture.pixels.width().max(picture.pixels.height()) as f32, picture.scale);
    let (w, h) = (picture.pixels.width() as f32 * scale, picture.pixels.height() as f32 * scale);
    assert!(mark.region.width as f32 <= w + 1.0 && mark.region.height as f32 <= h + 1.0 && mark.region.width as f32 > 0.5 * w, "{mark:?}");
    assert!((mark.place[0] * scale - 1.0).abs() < 0.02 && long > 0.0, "{mark:?}");
}

#[test]
fn a_background_counts_where_the_register_says_so() {
    let mut only_white = reference(NAMES[1]);
    only_white.backgrounds = Some(vec![[255; 3]]);
    let (free, bound) = (library(), Library::new(vec![only_white]));
    let gold = String::from_utf8(file(NAMES[1])).expect("text");
    let open = gold.find('>').expect("a root") + 1;
    let on = |colour: &str| format!("{}<path d=\"M-999-999h9999v9999H-999z\" fill=\"{colour}\"/>{}", &gold[..open], &gold[open..]);
    let kinds = |l: &Library, svg: &str, s: Setting| -> Vec<K> {
        compare(l, svg, s).marks.iter().flat_map(|m| m.alterations.iter().map(|a| a.kind)).collect()
    };
    let dense = gold.replace('\n', " ");
    let behind = |c: [u8; 3]| Setting { behind: Some(c) };
    for (library, svg, setting, expected) in [
        (&free, on("#c0182b"), Setting::default(), &[][..]),
        (&bound, on("#c0182b"), Setting::default(), &[K::Background]),
        (&bound, on("#fefefe"), behind([0; 3]), &[]),
        (&bound, dense.clone(), Setting::default(), &[]),
        (&bound, dense.clone(), behind([255; 3]), &[]),
        (&bound, dense.clone(), behind([192, 24, 43]), &[K::Background]),
        (&free, dense, behind([192, 24, 43]), &[]),
    ] {
        assert_eq!(kinds(library, &svg, setting), expected, "{setting:?} {svg}");
    }
}

#[test]
fn drawings_that_change_themselves_are_no_plain_copies() {
    let library = library();
    let gold = String::from_utf8(file("partner/partner-gold.svg")).expect("text");
    let end = gold.rfind("</svg>").expect("an end");
    let with = |part: &str| {
        let c = compare(&library, &format!("{}{part}</svg>", &gold[..end]), Setting::default());
        (c.marks[0].verdict, c.marks[0].alterations.iter().map(|a| a.kind).collect::<Vec<_>>())
    };
    assert_eq!(with("<style>@media (prefers-color-scheme: dark) { path { fill: #0ff } }</style>"), (Verdict::Altered, vec![K::Tint]));
    assert_eq!(with("<script>document.documentElement.remove()</script>"), (Verdict::Unsure, vec![]));
    assert_eq!(with("<style>@media print { .none { fill: #0ff } }</style>"), (Verdict::Copy, vec![]));
}
