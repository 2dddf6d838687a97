//! Markup in, what is found out.

use super::*;
use crate::check::element::ElementFilter;
use crate::document::{Builder, Document, Kind, html, markdown};
use crate::facts::Facts;
use crate::source::Source;

/// One line for each alteration: the kind, what stands in its places, and what sets it apart.
fn show(source: &Source, others: &[&Source], all: &[Markup]) -> Vec<String> {
    let line = |m: &Markup| {
        let text = m.sheet.and_then(|_| others.first()).unwrap_or(&source).text();
        let at: Vec<&str> = m.spans.iter().map(|s| &text[s.range()]).collect();
        let mut line = format!("{} [{}]", m.kind.name(), at.join("|"));
        for (is, word) in [(!m.at_rest, " hover"), (m.ancestor, " around"), (m.sheet.is_some(), " linked")] {
            line.push_str(if is { word } else { "" });
        }
        line
    };
    all.iter().map(line).collect()
}

fn document(page: &str) -> Document {
    let mut b = Builder::new();
    b.html(Span::new(0, page.len()));
    html::read(page, &mut b);
    b.finish()
}

/// What is found for every picture of a page whose address has `badge`, or that is a drawing written out.
fn found(page: &str, linked: Option<&str>, intrinsic: Option<(u32, u32)>) -> (Vec<String>, Vec<Markup>) {
    let source = Source::from_text("page.html", page);
    let document = document(page);
    let (facts, filter) = (Facts::default(), ElementFilter::new([]));
    let subject = Subject::new(&source, &document, Kind::Page, &facts, &filter);
    let css = linked.map(|l| Source::from_text("a.css", l));
    let sheets = sheets(&subject, |_| css.iter().map(|s| Sheet::parse(s, Span::new(0, s.text().len()))).collect());
    let pages = Page::new(&subject, &sheets);
    let wanted = |i: &&Image| match &i.source {
        ImageSource::Address(a) => a.contains("badge"),
        ImageSource::Inline(_) => true,
    };
    let all: Vec<Markup> = document.images.iter().filter(wanted).flat_map(|i| pages.alterations(i, intrinsic)).collect();
    let others: Vec<&Source> = css.iter().collect();
    (show(&source, &others, &all), all)
}

fn table(rows: &[(&str, &[&str])]) {
    for (page, expected) in rows {
        let (found, all) = found(page, None, Some((400, 400)));
        assert_eq!(found, *expected, "{page}\n{all:?}");
    }
}

/// A page whose style sheet is `css` and whose badge stands in a link in a row.
fn styled(css: &str) -> String {
    format!(
        "<!doctype html><style>{css}</style><div class=row id=r><a href=x class=link><img class='badge logo' src=badge.png width=100></a></div>"
    )
}

fn styles(rows: &[(&str, &[&str])]) {
    for (css, expected) in rows {
        let (found, all) = found(&styled(css), None, Some((400, 400)));
        assert_eq!(found, *expected, "{css}\n{all:?}");
    }
}

#[test]
fn inline_styles() {
    let tag = |style: &str| format!("<img src=badge.png style=\"{style}\">");
    let rows: &[(&str, &[&str])] = &[
        ("filter: grayscale(100%)", &["mono [filter: grayscale(100%)]"]),
        ("FILTER:GrayScale(1)", &["mono [FILTER:GrayScale(1)]"]),
        ("filter: grayscale(0) brightness(100%) hue-rotate(360deg)", &[]),
        ("filter: brightness(0) invert(1)", &["mono [filter: brightness(0) invert(1)]"]),
        ("filter: brightness(75%); color: red", &["tone [filter: brightness(75%)]"]),
        ("-webkit-filter: sepia(.4)", &["tint [-webkit-filter: sepia(.4)]"]),
        ("filter: hue-rotate(.25turn)", &["hue [filter: hue-rotate(.25turn)]"]),
        ("filter: invert(1)", &["tone [filter: invert(1)]"]),
        ("filter: saturate(0)", &["mono [filter: saturate(0)]"]),
        ("filter: blur(2px)", &["blur [filter: blur(2px)]"]),
        ("filter: drop-shadow(2px 2px 4px #000)", &["shadow [filter: drop-shadow(2px 2px 4px #000)]"]),
        ("filter: drop-shadow(0 0 0 #000)", &[]),
        ("filter: url(#f)", &["tint [filter: url(#f)]"]),
        ("filter: url('filters.svg#grey')", &["tint [filter: url('filters.svg#grey')]"]),
        ("filter: opacity(50%)", &["opacity [filter: opacity(50%)]"]),
        ("filter: none", &[]),
        ("backdrop-filter: blur(4px)", &[]),
        ("filter: grayscale(1); filter: none", &[]),
        ("filter: grayscale(1) !important; filter: none", &["mono [filter: grayscale(1) !important]"]),
        ("opacity: .6", &["opacity [opacity: .6]"]),
        ("opacity: 1", &[]),
        ("opacity: 100%", &[]),
        ("opacity: 0", &[]),
        ("opacity: .99", &[]),
        ("filter: grayscale(1); filter: gray; filter: alpha(opacity=50)", &["mono [filter: grayscale(1)]"]),
        ("filter: grayscale(1); filter: progid:DXImageTransform.Microsoft.gradient(enabled=false)", &["mono [filter: grayscale(1)]"]),
        ("opacity: .5; opacity: auto", &["opacity [opacity: .5]"]),
        ("opacity: 0; transform: rotate(9deg)", &[]),
        ("opacity: calc(1 - .2)", &[]),
        ("display: none; filter: invert(1)", &[]),
        ("mix-blend-mode: multiply", &["tint [mix-blend-mode: multiply]"]),
        ("mix-blend-mode: normal", &[]),
        ("transform: rotate(8deg)", &["rotation [transform: rotate(8deg)]"]),
        ("transform: rotate(360deg) translateX(4px)", &[]),
        ("rotate: -5deg", &["rotation [rotate: -5deg]"]),
        ("transform: scaleX(-1)", &["mirror [transform: scaleX(-1)]"]),
        ("transform: scale(1.05)", &[]),
        ("transform: scale(1, .5)", &["stretch [transform: scale(1, .5)]"]),
        ("scale: 2 1", &["stretch [scale: 2 1]"]),
        ("transform: skewX(-12deg)", &["skew [transform: skewX(-12deg)]"]),
        ("transform: translate(-50%, -50%)", &[]),
        ("transform: rotate(var(--r))", &[]),
        ("transform: scale(0)", &[]),
        ("border-radius: 50%", &["crop [border-radius: 50%]"]),
        ("border-radius: 4px", &[]),
        ("border-radius: 12px; width: 40px; height: 40px", &["crop [border-radius: 12px]"]),
        ("border-radius: 50%; padding: 10px", &[]),
        ("border-radius: 9999px", &["crop [border-radius: 9999px]"]),
        ("clip-path: circle(40%)", &["crop [clip-path: circle(40%)]"]),
        ("clip-path: inset(0)", &[]),
        ("clip-path: inset(0 10% 0 0)", &["crop [clip-path: inset(0 10% 0 0)]"]),
        ("mask-image: linear-gradient(black, transparent)", &["crop [mask-image: linear-gradient(black, transparent)]"]),
        ("width: 200px; height: 100px", &["stretch [width: 200px|height: 100px]"]),
        ("width: 200px; height: 199px", &[]),
        ("width: 200px; height: auto", &[]),
        ("width: 100%; height: 60px", &[]),
        ("width: 10em; height: 5em", &["stretch [width: 10em|height: 5em]"]),
        ("width: 10em; height: 100px", &[]),
        ("width: 200px; height: 100px; object-fit: contain", &[]),
        ("width: 200px; height: 100px; object-fit: cover", &["crop [object-fit: cover]"]),
        ("object-fit: cover", &[]),
        ("width: 200px; aspect-ratio: 2 / 1", &["stretch [width: 200px|aspect-ratio: 2 / 1]"]),
        ("width: 200px; aspect-ratio: 1", &[]),
        ("width: 200px; height: 200px; max-width: 100px", &["stretch [width: 200px|height: 200px|max-width: 100px]"]),
        // One side follows the other until a limit stops it.
        ("width: 300px; max-height: 80px", &["stretch [width: 300px|max-height: 80px]"]),
        ("width: 300px; height: auto; max-height: 80px", &["stretch [width: 300px|height: auto|max-height: 80px]"]),
        ("width: 300px; max-height: 400px", &[]),
        ("width: 300px; max-width: 60px; max-height: 80px", &[]),
        ("width: 300px; max-height: 80px; object-fit: contain", &[]),
        ("width: 300px; min-height: 500px", &["stretch [width: 300px|min-height: 500px]"]),
        ("height: 90px; max-width: 50px", &["stretch [height: 90px|max-width: 50px]"]),
        ("height: 90px; max-width: 100%", &[]),
        ("max-width: 300px; max-height: 80px", &[]),
        ("width: auto; height: auto; max-height: 80px", &[]),
        ("width: 10em; max-height: 80px", &[]),
        ("width: 100%; max-height: 64px", &["stretch [width: 100%|max-height: 64px]"]),
        ("width: 100%; max-height: 64px; object-fit: contain", &[]),
        ("width: 100%; max-height: 400px", &[]),
        ("width: 100%; max-width: 60px; max-height: 64px", &[]),
        ("inline-size: 300px; block-size: 90px", &["stretch [inline-size: 300px|block-size: 90px]"]),
        ("box-shadow: 0 2px 4px #000; transition: all 1s", &[]),
        ("animation: none", &[]),
        ("animation: wiggle 1s infinite", &[]),
        ("width:{{w}}px; opacity: .5", &["opacity [opacity: .5]"]),
        ("all: unset", &[]),
    ];
    for (style, expected) in rows {
        let page = tag(style);
        let (found, all) = found(&page, None, Some((400, 400)));
        assert_eq!(found, *expected, "{page}\n{all:?}");
    }
}

#[test]
fn attributes_and_elements() {
    table(&[
        ("<img src=badge.png width=200 height=100>", &["stretch [200|100]"]),
        ("<img src=badge.png width=200 height=200>", &[]),
        ("<img src=badge.png width=33 height=32>", &[]),
        ("<img src=badge.png width=100% height=60>", &[]),
        ("<img src=badge.svg width=200 height=100>", &[]),
        ("<link rel=stylesheet href=theme.css><img src=badge.png width=200 height=100>", &[]),
        ("<link rel=stylesheet href=p.css media=print><img src=badge.png width=200 height=100>", &["stretch [200|100]"]),
        ("<img src=badge.png width=200 height=100 class='w-32 h-auto'>", &[]),
        ("<img src=badge.png width=200 height=100 class='opacity-100'>", &[]),
        ("<img src=badge.png width=200 height=100 style='height: auto'>", &[]),
        ("<img src=pixel.gif data-src=badge.png width=200 height=100>", &["stretch [200|100]"]),
        ("<picture><source srcset=badge.webp><img src=x.png style='opacity:.4'></picture>", &["opacity [opacity:.4]"]),
        ("<input type=image src=badge.png style='transform:rotate(3deg)'>", &["rotation [transform:rotate(3deg)]"]),
        ("<div style='background: url(badge.png); background-size: 200px 50px'></div>", &["stretch [background-size: 200px 50px]"]),
        (
            "<div style='background: url(badge.png); background-size: contain; filter: grayscale(1)'></div>",
            &["mono [filter: grayscale(1)]"],
        ),
        (
            "<div style='background: url(badge.png); background-size: 100% 100%; width: 90px; height: 30px'></div>",
            &["stretch [background-size: 100% 100%|width: 90px|height: 30px]"],
        ),
        ("<div style='background: url(badge.png); background-size: 100% 100%; width: 90px'></div>", &[]),
        ("<i style='mask: url(badge.svg) center'></i>", &["mono [mask: url(badge.svg) center]"]),
        ("<svg viewBox='0 0 10 10' width=100 height=50 opacity=.5><path/></svg>", &["opacity [.5]"]),
        ("<svg viewBox='0 0 10 10' width=100 height=50 preserveAspectRatio=none><path/></svg>", &["stretch [100|50]"]),
        ("<svg class=grayscale><use href='s.svg#badge'/></svg>", &["mono [grayscale]", "mono [grayscale] around"]),
        ("<meta property=og:image content=badge.png><body style='filter:invert(1)'>", &[]),
        ("<img src=badge.png hidden style='filter:invert(1)'>", &[]),
        ("<p style='visibility:hidden'><img src=badge.png style='filter:invert(1)'>", &[]),
        ("<img src=badge.png><img src=other.png style='filter:grayscale(1)'>", &[]),
        // Around it.
        ("<div class='[&_img]:grayscale [&>img]:opacity-50'><p><img src=badge.png></p></div>", &["mono [[&_img]:grayscale]"]),
        ("<div class='*:opacity-50 [&_svg]:invert'><img src=badge.png></div>", &["opacity [*:opacity-50]"]),
        ("<div data-aos=flip-left style='opacity:.5'><img src=badge.png></div>", &["opacity [opacity:.5] around"]),
        ("<link rel=stylesheet href=theme.css><img src=badge.png width=200 style='height:100px'>", &[]),
        ("<div style='opacity:.5'><img src=badge.png></div>", &["opacity [opacity:.5] around"]),
        ("<div style='filter:grayscale(1)'><p><img src=badge.png style='filter:none'></div>", &["mono [filter:grayscale(1)] around"]),
        ("<div style='transform:skewX(-10deg)'><img src=badge.png style='transform:skewX(10deg)'></div>", &[]),
        ("<div style='transform:rotate(45deg)'><b><img src=badge.png></b></div>", &["rotation [transform:rotate(45deg)] around"]),
        ("<a class='rounded-full overflow-hidden'><img src=badge.png></a>", &["crop [rounded-full] around"]),
        ("<a class='rounded-full overflow-hidden'><img src=badge.png> Partner</a>", &[]),
        ("<a class='rounded-full overflow-hidden p-4'><img src=badge.png></a>", &[]),
        ("<a class='rounded-full'><img src=badge.png></a>", &[]),
        ("<div style='mask-image:linear-gradient(90deg,transparent,#000)'><img src=badge.png><img src=b.png></div>", &[]),
    ]);
}

#[test]
fn utility_classes() {
    let tag = |class: &str| format!("<img src=badge.png class=\"{class}\">");
    let rows: &[(&str, &[&str])] = &[
        ("grayscale", &["mono [grayscale]"]),
        ("grayscale hover:grayscale-0", &["mono [grayscale]"]),
        ("grayscale-0", &[]),
        ("h-12 w-auto brightness-75 hover:brightness-100", &["tone [brightness-75]"]),
        ("brightness-100 contrast-100 saturate-100 opacity-100", &[]),
        ("grayscale brightness-50", &["mono [grayscale]", "tone [brightness-50]"]),
        ("grayscale filter-none", &[]),
        ("invert", &["tone [invert]"]),
        ("dark:invert", &["tone [dark:invert]"]),
        ("sepia-50", &["tint [sepia-50]"]),
        ("-hue-rotate-15", &["hue [-hue-rotate-15]"]),
        ("blur-sm", &["blur [blur-sm]"]),
        ("drop-shadow-lg", &["shadow [drop-shadow-lg]"]),
        ("shadow-lg", &[]),
        ("opacity-50", &["opacity [opacity-50]"]),
        ("opacity-[.35]", &["opacity [opacity-[.35]]"]),
        ("hover:opacity-80", &["opacity [hover:opacity-80] hover"]),
        ("opacity-60 hover:opacity-100", &["opacity [opacity-60]"]),
        ("group-hover:grayscale", &["mono [group-hover:grayscale] hover"]),
        ("hover:scale-105 transition", &[]),
        ("md:opacity-50", &["opacity [md:opacity-50]"]),
        ("opacity-50 md:opacity-100", &["opacity [opacity-50]"]),
        ("print:grayscale", &[]),
        ("motion-safe:animate-pulse", &["animation [motion-safe:animate-pulse]"]),
        ("animate-spin", &["animation [animate-spin]"]),
        ("animate-bounce", &["animation [animate-bounce]"]),
        ("animate-none", &[]),
        ("[filter:grayscale(1)]", &["mono [[filter:grayscale(1)]]"]),
        ("rotate-3", &["rotation [rotate-3]"]),
        ("-rotate-6 hover:rotate-0", &["rotation [-rotate-6]"]),
        ("-scale-x-100", &["mirror [-scale-x-100]"]),
        ("scale-x-75", &["stretch [scale-x-75]"]),
        ("skew-y-3", &["skew [skew-y-3]"]),
        ("mix-blend-multiply", &["tint [mix-blend-multiply]"]),
        ("mix-blend-normal", &[]),
        ("rounded-full", &["crop [rounded-full]"]),
        ("rounded-lg", &[]),
        ("rounded-circle", &["crop [rounded-circle]"]),
        ("img-circle", &["crop [img-circle]"]),
        ("w-32 h-16", &["stretch [w-32|h-16]"]),
        ("w-32 h-16 object-contain", &[]),
        ("w-32 h-16 object-cover", &["crop [object-cover]"]),
        ("w-full h-full object-cover", &[]),
        ("size-16", &[]),
        ("hidden dark:block", &[]),
        ("lazyload blur-up", &[]),
        ("not-a-class toString", &[]),
    ];
    for (class, expected) in rows {
        let (found, all) = found(&tag(class), None, Some((400, 400)));
        assert_eq!(found, *expected, "{class}\n{all:?}");
    }
}

#[test]
fn style_sheets() {
    styles(&[
        (".badge{filter:grayscale(1)}", &["mono [filter:grayscale(1)]"]),
        (".other{filter:grayscale(1)} .badge + img{opacity:.2}", &[]),
        (".badge{filter:grayscale(1)} .badge:hover{filter:none}", &["mono [filter:grayscale(1)]"]),
        (".badge:hover{opacity:.8}", &["opacity [opacity:.8] hover"]),
        ("a:focus-within img, a:hover > img{filter:invert(1)}", &["tone [filter:invert(1)] hover"]),
        (".row img:not(:hover){opacity:.5}", &["opacity [opacity:.5]"]),
        (".row img{filter:grayscale(1)} .row .badge{filter:none}", &[]),
        (".row .badge{filter:none} img{filter:grayscale(1)}", &[]),
        ("#r img{filter:grayscale(1)} .row .link .badge.logo{filter:none}", &["mono [filter:grayscale(1)]"]),
        ("img{opacity:.5!important} #r .badge{opacity:1}", &["opacity [opacity:.5!important]"]),
        (".badge{opacity:.5} .badge{opacity:1}", &[]),
        (".badge{opacity:.5} .badge{all:unset}", &[]),
        (":where(#r) img{opacity:.5} img{opacity:1}", &[]),
        (".row{& img{opacity:.5} > a{filter:sepia(1)}}", &["opacity [opacity:.5]", "tint [filter:sepia(1)] around"]),
        (".row{opacity:.9; .link &{opacity:1}; color:red}", &["opacity [opacity:.9] around"]),
        ("@media print{.badge{filter:grayscale(1)}}", &[]),
        ("@media (max-width:600px){.badge{filter:grayscale(1)}}", &["mono [filter:grayscale(1)]"]),
        ("@media screen and (min-width:600px){.badge{opacity:.3}}", &["opacity [opacity:.3]"]),
        (".badge{opacity:.3}@media (min-width:600px){.badge{opacity:1}}", &["opacity [opacity:.3]"]),
        ("@media (orientation:portrait){.badge{opacity:.3}}", &[]),
        ("@media (prefers-color-scheme:dark){.badge{filter:invert(1)}}", &["tone [filter:invert(1)]"]),
        ("@media (prefers-reduced-motion:reduce){.badge{opacity:.3}}", &[]),
        ("@supports (filter:blur(1px)){.badge{opacity:.3}} @supports not (a:b){.badge{filter:invert(1)}}", &["opacity [opacity:.3]"]),
        ("@container (width>1px){.badge{opacity:.3}}", &["opacity [opacity:.3]"]),
        (
            "@container card (min-width: 1px){.badge{opacity:.3}} @container style(--x: 1){.badge{filter:invert(1)}}",
            &["opacity [opacity:.3]"],
        ),
        ("@scope (.row){img{opacity:.3}} @scope (.other){img{filter:invert(1)}}", &["opacity [opacity:.3]"]),
        ("@scope (.row) to (.link){img{opacity:.3}}", &[]),
        ("@layer a, b; @layer b{.badge{opacity:1}} @layer a{.badge{opacity:.3}}", &[]),
        ("@layer b{#r .badge{opacity:.3}} .badge{opacity:1}", &[]),
        (":root{--g:grayscale(1)} .badge{filter:var(--g)}", &["mono [filter:var(--g)]"]),
        (":root{--g:grayscale(1)} .row{--g:none} .badge{filter:var(--g)}", &[]),
        (".badge{filter:var(--missing, sepia(1))}", &["tint [filter:var(--missing, sepia(1))]"]),
        (".badge{filter:var(--missing)}", &[]),
        (":root{--a:var(--b);--b:var(--a)} .badge{filter:var(--a)}", &[]),
        ("*{--x: ;} .badge{--y:invert(1);filter:var(--x) var(--y)}", &["tone [filter:var(--x) var(--y)]"]),
        ("@property --o{syntax:'*';inherits:false;initial-value:.4} .badge{opacity:var(--o)}", &["opacity [opacity:var(--o)]"]),
        (".badge::before{filter:invert(1)} .badge::after{opacity:.1}", &[]),
        (".lazyload{filter:blur(5px)} img.reveal{opacity:.5}", &[]),
        (
            "@keyframes s{to{transform:rotate(1turn)}} .badge{animation:s 1s linear infinite}",
            &["animation [animation:s 1s linear infinite]"],
        ),
        (
            "@keyframes s{to{transform:rotate(180deg)}} .badge{animation:s 1s linear infinite}",
            &["animation [animation:s 1s linear infinite]"],
        ),
        ("@keyframes s{to{transform:rotate(180deg)}} .badge{animation:s 1s linear}", &[]),
        ("@keyframes in{from{opacity:0;transform:translateY(9px)}to{opacity:1}} .badge{animation:in 1s}", &[]),
        ("@keyframes m{to{transform:translateX(-50%)}} .row{animation:m 9s infinite linear}", &[]),
        (
            "@keyframes Flash{50%{filter:hue-rotate(90deg)}} .badge{animation-name:Flash;animation-iteration-count:infinite}",
            &["animation [animation-name:Flash]"],
        ),
        (".badge{transform:rotate(2deg)} .badge{rotate:-2deg}", &[]),
        (".badge{width:200px;height:100px}", &["stretch [width:200px|height:100px]"]),
        (".badge{height:50px} img{height:auto}", &["stretch [height:50px|100]"]),
        ("img{max-width:100%;height:auto}", &[]),
        (".row{transform:scaleX(-1)} .badge{transform:scaleX(-1)}", &[]),
        ("broken{{ } .x } .badge{opacity:.5", &["opacity [opacity:.5]"]),
        (".badge{opacity:} .badge{;;filter:grayscale(1);;}", &["mono [filter:grayscale(1)]"]),
        ("/* .badge{opacity:.1} */ <!-- .badge{filter:invert(1)} -->", &["tone [filter:invert(1)]"]),
        ("@import 'x.css'; @charset 'utf-8'; .badge{opacity:.5}", &["opacity [opacity:.5]"]),
        (".row{background:url(badge2.png);filter:grayscale(1)}", &["mono [filter:grayscale(1)]", "mono [filter:grayscale(1)] around"]),
        (".x{background:url(badge2.png);filter:grayscale(1)}", &[]),
    ]);
}

#[test]
fn sources_of_a_picture_have_sizes_of_their_own() {
    let of = |page: &str| found(page, None, Some((400, 400))).0;
    let page = |style: &str| {
        format!("<picture><source srcset=badge.png width=300 height=100><img src=other.png width=160 height=160 style='{style}'></picture>")
    };
    assert_eq!(of(&page("")), ["stretch [300|100]"]);
    assert!(of(&page("width: 160px; height: 160px")).is_empty());
    assert_eq!(of("<img src=badge.png width=300 style='max-height: 80px'>"), ["stretch [300|max-height: 80px]"]);
    assert!(of("<div style='width: 60px'><img src=badge.png style='width: 100%; max-height: 64px'></div>").is_empty());
}

#[test]
fn classes_mean_what_sheets_at_hand_say() {
    for (page, expected) in [
        ("<style>[data-aos=flip]{transform:rotateY(100deg)}</style><div data-aos=flip><img src=badge.png></div>", &[][..]),
        ("<style>.grayscale{color:gray}</style><img src=badge.png class=grayscale>", &[]),
        ("<style>.grayscale{filter:sepia(1)}</style><img src=badge.png class=grayscale>", &["tint [filter:sepia(1)]"]),
        ("<style>.logos img{filter:none}</style><p class=logos><img src=badge.png class=grayscale>", &[]),
        ("<style>img{filter:none}</style><img src=badge.png class=grayscale>", &["mono [grayscale]"]),
        ("<img src=badge.png class=grayscale style='filter:none'>", &[]),
        ("<img src=badge.png class='!opacity-50' style='opacity:1'>", &["opacity [!opacity-50]"]),
        (
            "<style>*{--tw-blur: ;--tw-grayscale: }.grayscale{--tw-grayscale:grayscale(100%);filter:var(--tw-blur) var(--tw-grayscale)}\
             .hover\\:grayscale-0:hover{--tw-grayscale:grayscale(0);filter:var(--tw-blur) var(--tw-grayscale)}</style>\
             <img src=badge.png class='grayscale hover:grayscale-0'>",
            &["mono [filter:var(--tw-blur) var(--tw-grayscale)]"],
        ),
    ] {
        let (found, all) = found(page, None, Some((400, 400)));
        assert_eq!(found, expected, "{page}\n{all:?}");
    }
}

#[test]
fn linked_sheets_and_words() {
    let page = "<link rel=stylesheet href=a.css><img src=badge.png width=200 height=100 class=b>";
    let (lines, all) = found(page, Some(".b { filter: grayscale(60%) }"), Some((100, 100)));
    assert_eq!(lines, ["mono [filter: grayscale(60%)] linked", "stretch [200|100]"]);
    assert_eq!(all[0].sheet, Some(0));
    assert_eq!(
        all.iter().map(|m| m.words.as_str()).collect::<Vec<_>>(),
        ["grayscale 60 %; allowed no filter", "stretched 100 % wider; allowed 1 %"]
    );
    let source = Source::from_text("a.css", "@import url( \"b.css\" ) screen; @import 'c.css';");
    let sheet = Sheet::parse(&source, Span::new(0, source.text().len()));
    let imports: Vec<_> = sheet.imports.iter().map(|i| (i.address.as_str(), &source.text()[i.span.range()], i.media.as_deref())).collect();
    assert_eq!(imports, [("b.css", "b.css", Some("screen")), ("c.css", "c.css", None)]);
    for (css, words) in [
        ("@media (max-width: 600px){.badge{opacity:.35}}", "opacity 35 %; allowed 100 % (where (max-width: 600px))"),
        (".badge:focus{opacity:.35}", "opacity 35 %; allowed 100 % (while it has focus)"),
        (".badge:active{opacity:.35}", "opacity 35 %; allowed 100 % (while it is pressed)"),
        (".badge{opacity:.3}", "opacity 30 %; allowed 100 %"),
        (".badge{transform:rotate(-7.5deg)}", "turned by -7.5 degrees; allowed 0"),
        (".badge{width:80px;height:160px}", "stretched 100 % higher; allowed 1 %"),
        (".badge{border-radius:50%}", "corners cut off, radius 50 %; allowed less than 25 %"),
    ] {
        let (_, all) = found(&styled(css), None, Some((400, 400)));
        assert_eq!(all.first().map(|m| m.words.as_str()), Some(words), "{css}");
    }
    // A size that nobody knows is no other size.
    assert!(found("<img src=badge.png width=200 height=100>", None, None).0.is_empty());
}

#[test]
fn html_in_markdown() {
    let text = "# Partner\n\n<p class=\"logos\"><img src=\"badge.png\" style=\"opacity:.5\"></p>\n\n> <div class=grayscale>\n> <img src=badge.png></div>\n";
    let source = Source::from_text("a.md", text);
    let mut b = Builder::new();
    markdown::read(text, &mut b, false);
    let document = b.finish();
    let (facts, filter) = (Facts::default(), ElementFilter::new([]));
    let subject = Subject::new(&source, &document, Kind::Page, &facts, &filter);
    let all: Vec<Markup> = document.images.iter().flat_map(|i| alterations(&subject, i, &[], None)).collect();
    assert_eq!(show(&source, &[], &all), ["opacity [opacity:.5]", "mono [grayscale] around"]);
}

#[test]
fn hostile_style_sheets_end() {
    let deep = format!("{}opacity:.5", ".badge{&{".repeat(5000));
    let many: String = (0..70_000).map(|i| format!(".a{i},.b{i} *{{opacity:.{i}}}")).collect();
    let has: String = (0..500).map(|i| format!(":has(* * .x{i}) img:nth-child({i}n){{opacity:.5}}")).collect();
    let vars: String = (0..200).map(|i| format!("--v{i}:var(--v{}) var(--v{});", i + 1, i + 1)).collect();
    let vars = format!(".badge{{{vars}filter:var(--v0)}}");
    let open = format!(".badge{{filter:{}", "(".repeat(50_000));
    let nested = format!("{}b", ":is(".repeat(50_000));
    let decl = "a:b c:d ".repeat(50_000);
    let blocks = "a:b{}".repeat(50_000);
    for css in [deep, many, has, vars, open, nested, decl, blocks, "&".repeat(100_000), "@media ".to_owned() + &"(".repeat(50_000)] {
        let (found, _) = found(&styled(&css), None, Some((400, 400)));
        assert!(found.len() <= 2, "{found:?}");
    }
}

/// The pages of `fixtures/site-badges/` say of each picture themselves what it should give.
#[test]
fn fixtures_give_what_they_say() {
    let read = |name: &str| {
        let file = format!("{}/fixtures/site-badges/{name}", env!("CARGO_MANIFEST_DIR"));
        Source::from_text(name, std::fs::read_to_string(file).expect("the fixture"))
    };
    let css = read("css/theme.css");
    for (name, pictures) in [("partners.html", 26), ("look-alikes.html", 25)] {
        let source = read(name);
        let document = document(source.text());
        let (facts, filter) = (Facts::default(), ElementFilter::new([]));
        let subject = Subject::new(&source, &document, Kind::Page, &facts, &filter);
        let whole = Span::new(0, css.text().len());
        let sheets = sheets(&subject, |s| match &s.source {
            ImageSource::Address(a) if a == "css/theme.css" => vec![Sheet::parse(&css, whole)],
            _ => Vec::new(),
        });
        let page = Page::new(&subject, &sheets);
        let mut seen = 0;
        for image in &document.images {
            let tag = image.element.and_then(|e| source.text().get(e.range())).unwrap_or("");
            let Some((expected, _)) = tag.split_once("data-expect=\"").and_then(|(_, t)| t.split_once('"')) else { continue };
            let found: Vec<String> = page
                .alterations(image, Some((400, 400)))
                .iter()
                .map(|m| format!("{}{}{}", m.kind.name(), if m.at_rest { "" } else { " hover" }, if m.ancestor { " around" } else { "" }))
                .collect();
            assert_eq!(found.join("; "), expected, "{name}: {tag}");
            seen += 1;
        }
        assert!(seen >= pictures, "{name}: only {seen}");
        // Pictures of the page's own style sheet have no tag to say it.
        let styled: Vec<Markup> =
            document.images.iter().filter(|i| i.holder == "css").flat_map(|i| page.alterations(i, Some((400, 400)))).collect();
        let expected: &[&str] = if name == "partners.html" { &["stretch", "mono"] } else { &[] };
        assert_eq!(styled.iter().map(|m| m.kind.name()).collect::<Vec<_>>(), expected, "{styled:?}");
    }
}

#[test]
fn the_colour_behind_a_picture() {
    let img = "<img src=badge.png>";
    let section = |style: &str| format!("<body style='background:#fff'><section style=\"{style}\"><p>{img}</p></section>");
    let classed = |css: &str| format!("<style>{css}</style><body><div class='card dark'><a class=link>{img}</a></div>");
    let dark = Some([20, 33, 61]);
    let mut wrong = Vec::new();
    for (page, expected) in [
        (section("background: #14213d"), dark),
        (section("background-color: rgb(20, 33, 61)"), dark),
        (section("background: #14213d none no-repeat center / 20px"), dark),
        (section("background-color: red; background: #14213d"), dark),
        (section("background: #14213d; background-color: white"), Some([255; 3])),
        (section("background: transparent"), Some([255; 3])),
        (section("background: no-repeat center"), Some([255; 3])),
        (section("background: #14213d80"), None),
        (section("background: #14213d url(hero.jpg)"), None),
        (section("background: linear-gradient(#000, #14213d)"), None),
        (section("background: url(a.png), #14213d"), None),
        (section("background: oklch(20% 0 0)"), None),
        (section("background: var(--brand)"), None),
        (section("--brand: #14213d; background: var(--brand)"), dark),
        (section("background: #14213d; opacity: .5"), None),
        (section("position: absolute"), None),
        (format!("<body style='background:#14213d'><div style='position:absolute'></div><p>{img}</p>"), None),
        (format!("<body bgcolor='#14213d'>{img}"), dark),
        (format!("<body bgcolor='#14213d' background='x.gif'>{img}"), None),
        (format!("<body>{img}"), None),
        ("<body style='background:#fff'><img style='background:#14213d' src=badge.png>".to_owned(), dark),
        ("<div style='background: #14213d url(badge.png)'></div>".to_owned(), dark),
        (classed(".card {background: white} .dark {background: #14213d}"), dark),
        (classed(".dark {background: #14213d !important} .card {background: white}"), dark),
        (classed(".dark {background: #14213d} .dark:hover {background: white}"), dark),
        (classed(".dark {background: #14213d} @media (prefers-color-scheme: dark) {.dark {background: #000}}"), dark),
        (classed(".dark {background: #14213d} .card::before {background: red}"), dark),
        (classed("body {background: #14213d}"), dark),
        (format!("<link rel=stylesheet href=gone.css>{}", classed("body {background: #14213d}")), None),
        (format!("<body class=bg-white><div class='bg-[#14213d]'>{img}</div>"), dark),
        (format!("<body class=bg-white><div class=bg-slate-900>{img}</div>"), None),
        (format!("<body class=bg-white><div class='bg-white hover:bg-black'>{img}</div>"), Some([255; 3])),
    ] {
        let source = Source::from_text("page.html", page.as_str());
        let document = document(&page);
        let (facts, filter) = (Facts::default(), ElementFilter::new([]));
        let subject = Subject::new(&source, &document, Kind::Page, &facts, &filter);
        let sheets = sheets(&subject, |_| Vec::new());
        let image = document.images.iter().find(|i| matches!(&i.source, ImageSource::Address(a) if a == "badge.png"));
        let found = Page::new(&subject, &sheets).behind(image.expect("a badge"));
        if found != expected {
            wrong.push((page, found));
        }
    }
    assert_eq!(wrong, []);
}

mod random {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        ".badge", "img", "#r", "*", ":hover", ":not(", ":is(", ":has(", ":nth-child(2n+1", ")", "(", "[", "]", "{", "}", ";", ":", ",", " ", ">", "+", "~", "&",
        "@media ", "(max-width:600px)", "(prefers-color-scheme:dark)", "not ", "and ", "@layer a", "@supports ", "@keyframes k", "@import 'a.css'", "@property --x",
        "initial-value:1", "filter:", "grayscale(1)", "invert(", "var(--x", "--x:", "opacity:", ".5", "transform:", "rotate(9deg)", "scale(-1,2)", "matrix(1,2,3,4,5,6)",
        "width:", "height:", "10px", "50%", "auto", "border-radius:", "animation:", "k 1s infinite", "object-fit:cover", "clip-path:", "inset(", "!important",
        "'", "\"", "\\", "\\41 ", "/*", "*/", "<!--", "-->", "url(badge3.png", "background:", "background-size:", "é東", "\n", "\0", "%", "e", "1e39", "-", "!", "/",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever a style sheet, an attribute or a class says: nothing panics, and places lie in their sources.
        #[test]
        fn any_style_is_read(
            css in prop::collection::vec(prop::sample::select(PIECES), 0..60),
            style in prop::collection::vec(prop::sample::select(PIECES), 0..20),
            class in prop::sample::select(&["grayscale", "w-1 h-[9e9px]", "[opacity:.5]", "[:]", "scale-x-[", "rotate-99999999999999999999"][..]),
            own in prop::bool::ANY,
        ) {
            let (css, style) = (css.concat(), style.concat().replace('"', "&quot;"));
            let sheet = if own { format!("<style>{css}</style>") } else { "<link rel=stylesheet href=a>".to_owned() };
            let page = format!("<div class=row id=r style=\"{style}\">{sheet}<img class='badge {class}' src=badge.png style=\"{style}\" width=9 height=8></div>");
            // Places are sliced in telling them.
            let (_, all) = found(&page, (!own).then_some(css.as_str()), Some((40, 30)));
            for m in &all {
                prop_assert!(!m.spans.is_empty() && !m.words.contains("NaN") && !m.words.contains("inf "), "{:?} in {}", m, page);
            }
        }
    }
}
