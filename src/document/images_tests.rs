//! Pictures of all readers: what is found, and that its places are those of the addresses as written.

use super::records::{Formats, Shape, Splitter};
use super::{Builder, Document, ImageSource, html, markdown, plain, records};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn of_html(text: &str) -> Document {
    let mut b = Builder::new();
    html::read(text, &mut b);
    b.finish()
}

fn of_markdown(text: &str, mdx: bool) -> Document {
    let mut b = Builder::new();
    markdown::read(text, &mut b, mdx);
    b.finish()
}

/// One line for each picture: what holds it, the source of its places, what it is if that differs, its alternative text.
fn show(text: &str, d: &Document) -> Vec<String> {
    let slice = |spans: &[crate::source::Span]| spans.iter().map(|s| &text[s.range()]).collect::<Vec<_>>().join("|");
    d.images
        .iter()
        .map(|i| {
            let at = slice(&i.spans);
            let is = match &i.source {
                ImageSource::Address(a) if *a == at => String::new(),
                ImageSource::Address(a) => format!(" = {a}"),
                ImageSource::Inline(span) => format!(" = {}", &text[span.range()]),
            };
            let alt = i.alt.as_ref().map_or(String::new(), |a| format!(" ({a})"));
            format!("{} {at}{is}{alt}", i.holder)
        })
        .collect()
}

#[test]
fn pictures_of_pages() {
    for (html, expected) in [
        ("<img src=a.png alt='A &amp; B'>", &["img[src] a.png (A & B)"][..]),
        ("<img src=' a.png?x=1&amp;y=2 ' alt>", &["img[src] a.png?x=1&amp;y=2 = a.png?x=1&y=2 ()"]),
        ("<img src=\"\" srcset='a.png, b.png 2x,c.png 3x'>", &["img[srcset] a.png", "img[srcset] b.png", "img[srcset] c.png"]),
        (
            "<picture><source srcset='d.webp 1x, e.webp 2x' media='(prefers-color-scheme: dark)'><source data-srcset=f.webp><img src=g.png></picture>",
            &["source[srcset] d.webp", "source[srcset] e.webp", "source[data-srcset] f.webp", "img[src] g.png"],
        ),
        (
            "<img data-src=lazy.png src='data:image/gif;base64,R0lGODlhAQABAA=='>",
            &["img[data-src] lazy.png", "img[src] data:image/gif;base64,R0lGODlhAQABAA=="],
        ),
        ("<img data-lazy-src=l.png data-lazy-srcset='m.png 1x'>", &["img[data-src] l.png", "img[data-srcset] m.png"]),
        ("<img data-original=l.png src=p.gif>", &["img[data-src] l.png", "img[src] p.gif"]),
        (
            "<div data-bg=a.png></div><p data-bg=\"url('b.png')\"></p><table background=c.png><tr><td background=d.png>x</table><p background=e.png>x</p>",
            &["[data-bg] a.png", "[data-bg] b.png", "[background] c.png", "[background] d.png"],
        ),
        ("<input type=image src=i.png alt=Go><input type=text src=no.png>", &["input[src] i.png (Go)"]),
        ("<video src=v.mp4 poster=p.jpg><source src=v.webm></video>", &["video[poster] p.jpg"]),
        (
            "<object data=o.svg></object><object data=o type=image/svg+xml></object><object data=x.pdf></object>",
            &["object[data] o.svg", "object[data] o"],
        ),
        ("<embed src='e.SVG?v=2'><embed src=e.svg type=text/html><iframe src=f.png></iframe>", &["embed[src] e.SVG?v=2"]),
        (
            "<link rel='shortcut icon' href=f.ico><link rel=apple-touch-icon href=t.png><link rel=mask-icon href=m.svg><link rel=preload href=p.png>",
            &["link[icon] f.ico", "link[apple-touch-icon] t.png", "link[mask-icon] m.svg"],
        ),
        (
            "<meta property=og:image content=o.png><meta property=og:logo content=l.png><meta name=twitter:image content=t.png><meta name=description content=d.png>",
            &["meta[og:image] o.png", "meta[og:logo] l.png", "meta[twitter:image] t.png"],
        ),
        (
            "<p>a <svg aria-label=Badge><g><svg><path/></svg></g></svg> b",
            &["svg <svg aria-label=Badge> = <svg aria-label=Badge><g><svg><path/></svg></g></svg> (Badge)"],
        ),
        ("<div><svg><path></div>x", &["svg <svg> = <svg><path>"]),
        ("<svg><path/><p>x</p>", &["svg <svg> = <svg><path/>"]),
        ("<svg><path/>", &["svg <svg> = <svg><path/>"]),
        ("<svg/><svg><use href='#here'/></svg>", &["svg <svg> = <svg><use href='#here'/></svg>"]),
        ("<svg><use xlink:href='s.svg#x'/></svg>", &["svg <svg> = <svg><use xlink:href='s.svg#x'/></svg>", "svg[use] s.svg#x"]),
        (
            "<svg><image href=i.png /><style>.a{fill:url(#g)} .b{mask:url(m.png)}</style></svg>",
            &[
                "svg <svg> = <svg><image href=i.png /><style>.a{fill:url(#g)} .b{mask:url(m.png)}</style></svg>",
                "svg[image] i.png",
                "css m.png",
            ],
        ),
        ("<p style=\"color:red;background:url(&quot;b.png&quot;)\">", &["style b.png"]),
        ("<p style='background-image:url(a&amp;b.png)'>", &["style a&amp;b.png = a&b.png"]),
        ("<style>.x{background:#fff url( \"c.png\" )} @media print{.y{content:url(d.png)}}</style>", &["css c.png", "css d.png"]),
        ("<script>'<img src=no.png>'</script><!-- <img src=no.png> --><noscript><img src=yes.png></noscript>", &["img[src] yes.png"]),
        ("<template><img src=t.png></template><p title='<img src=no.png>'>", &["img[src] t.png"]),
        (
            "<svg><foreignObject><img src=f.png><svg></svg></foreignObject></svg>",
            &["svg <svg> = <svg><foreignObject><img src=f.png><svg></svg></foreignObject></svg>", "img[src] f.png"],
        ),
        (
            "<script type=application/ld+json>{\"@type\":\"Organization\",\"logo\":\"l\\/1.png\",\"image\":{\"@type\":\"ImageObject\",\"url\":\"i.png\"},\"url\":\"no\"}</script>",
            &["jsonld l\\/1.png = l/1.png", "jsonld i.png"],
        ),
    ] {
        assert_eq!(show(html, &of_html(html)), expected, "{html}");
    }
}

#[test]
fn style_sheets_of_pages() {
    let html = "<link rel=stylesheet href='a.css?x&amp;y' media=print><style media=screen>a{}</style><link rel='alternate stylesheet' href=b.css>\
        <style type=text/less>@a: 1;</style><svg><style>c{}</style></svg><style> </style>";
    let d = of_html(html);
    let sheets: Vec<_> = d.sheets.iter().map(|s| (s.source.clone(), &html[s.spans[0].range()], s.media.as_deref())).collect();
    let inline = |t: &str| ImageSource::Inline(crate::source::Span::new(html.find(t).unwrap_or(0), html.find(t).unwrap_or(0) + t.len()));
    assert_eq!(
        sheets,
        [
            (ImageSource::Address("a.css?x&y".into()), "a.css?x&amp;y", Some("print")),
            (inline("a{}"), "a{}", Some("screen")),
            (inline("c{}"), "c{}", None)
        ]
    );
}

#[test]
fn pictures_of_markdown() {
    for (mdx, text, expected) in [
        (false, "![Our *gold* badge](<a b.png> \"t\") and [no](x.png)", &["md[image] a b.png (Our gold badge)"][..]),
        (false, "> a ![x\n> y](p\\(1.png) [![in](i.png)](/l)", &["md[image] p\\(1.png = p(1.png (x y)", "md[image] i.png (in)"]),
        (false, "![one][r] text ![two][r]\n\n[r]: /d/e.png 'title'", &["md[image] /d/e.png (one)"]),
        (false, "Text <img src='a&amp;b.png' alt=A> more", &["img[src] a&amp;b.png = a&b.png (A)"]),
        (
            false,
            "> <div style=\"background:url(x.png)\">\n> <img\n> srcset='a.png 1x, b.png 2x'></div>",
            &["style x.png", "img[srcset] a.png", "img[srcset] b.png"],
        ),
        (
            false,
            "A <svg class=x><path d='M0'/><svg></svg></svg> b ![c](c.png)",
            &["svg <svg class=x> = <svg class=x><path d='M0'/><svg></svg></svg>", "md[image] c.png (c)"],
        ),
        (false, "<svg>\n<path/>\n</svg>\n", &["svg <svg> = <svg>\n<path/>\n</svg>"]),
        (
            true,
            "<Card>\n  <svg viewBox='0 0 1 1'><path/></svg>\n</Card>\n",
            &["svg <svg viewBox='0 0 1 1'> = <svg viewBox='0 0 1 1'><path/></svg>"],
        ),
        (false, "`![no](no.png)`\n\n    ![no](no.png)\n\n```html\n<img src=no.png>\n```", &[]),
        (
            false,
            "---\ntitle: x\ncover_image: 'a''b.png'\nimages: [i.png, \"j.png\"]\nhero: Our story\nog:\n  image: /o.png\nlogo: {src: l.svg, alt: x.y}\n---\n",
            &["front-matter a''b.png = a'b.png", "front-matter i.png", "front-matter j.png", "front-matter /o.png", "front-matter l.svg"],
        ),
    ] {
        assert_eq!(show(text, &of_markdown(text, mdx)), expected, "{text}");
    }
    let rst = ".. image:: pic.png\n   :alt: A badge\n\ntext\n";
    let mut b = Builder::new();
    plain::read_rst(rst, &mut b);
    assert_eq!(show(rst, &b.finish()), ["md[image] pic.png (A badge)"]);
}

fn record(file: &str, name: &str, shape: Shape) -> Document {
    let formats = Formats::builtin();
    let chunk = Splitter::new(file.as_bytes(), name, shape, formats).next().expect("a chunk").expect("read");
    let mut b = Builder::new();
    records::read(&chunk, 0, formats, &mut b);
    b.finish()
}

#[test]
fn pictures_of_records() {
    let json = r#"[{"companyName":{"value":"Acme"},"urlSlug":{"value":"a"},"tier":{"value":"gold"},"credentials":[],"logoUrl":{"value":"https:\/\/i.example\/l.png"},
        "description":{"value":"<p>Hi <img src=\"d\u002epng\" alt=''></p>"}}]"#;
    let d = record(json, "f.json", Shape::Json);
    assert_eq!(show(json, &d), [r"field https:\/\/i.example\/l.png = https://i.example/l.png", r"img[src] d\u002epng = d.png ()"]);
    assert!(d.images.iter().all(|i| i.field.is_some()) && d.links.iter().any(|l| l.holder == "field" && l.target.ends_with("l.png")));
    let csv = "headline;description;url;images\nOne;Two;https://x.example;\"https://i.example/\"\"1\"\".png\"\n";
    assert_eq!(show(csv, &record(csv, "f.csv", Shape::Csv)), ["field https://i.example/\"\"1\"\".png = https://i.example/\"1\".png"]);
    let csv = "Headline 1,Description 1,Final URL,Marketing image,Logo\nOne,Two,https://x.example,m.png,l.png\n";
    assert_eq!(show(csv, &record(csv, "f.csv", Shape::Csv)), ["field m.png", "field l.png"]);
}

/// A letter of an address, in the ways in which a format may write it.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    Plain,
    Escaped,
}

fn spell(format: &str, c: char, how: Spelling) -> String {
    match (how, format) {
        (Spelling::Escaped, "html" | "markdown-html" | "style") => format!("&#x{:x};", c as u32),
        (Spelling::Escaped, "json") => format!("\\u{:04x}", c as u32),
        (Spelling::Escaped, "markdown") if c.is_ascii_punctuation() => format!("\\{c}"),
        (_, "csv") if c == '"' => "\"\"".to_owned(),
        (_, "markdown") if c == '_' => "\\_".to_owned(),
        _ => c.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn planted_addresses_keep_their_places(
        format in prop::sample::select(&["html", "style", "css", "srcset", "markdown", "markdown-html", "json", "csv"][..]),
        letters in prop::collection::vec((prop::sample::select(&['a', 'Z', '7', '-', '_', '/', '.', '~', 'é', '東'][..]), prop::bool::ANY), 1..20),
        before in "[a-z \n]{0,20}",
        data in prop::bool::ANY,
    ) {
        let head = if data { "data:image/png;base64,i" } else { "x/" };
        let address = format!("{head}{}.png", letters.iter().map(|(c, _)| *c).collect::<String>());
        let written: String = head.to_owned()
            + &letters.iter().map(|(c, e)| spell(format, *c, if *e { Spelling::Escaped } else { Spelling::Plain })).collect::<String>()
            + ".png";
        let line = before.replace('\n', " ");
        let (text, document) = match format {
            "html" => { let t = format!("<p>{before}<img alt=x src=\"{written}\">{before}"); let d = of_html(&t); (t, d) }
            "style" => { let t = format!("{before}<i style=\"a:b;background:url('{written}') {line}\">"); let d = of_html(&t); (t, d) }
            "css" => { let t = format!("{before}<style>i:hover{{content:url({written})}}</style>"); let d = of_html(&t); (t, d) }
            "srcset" => { let t = format!("{before}<img srcset='{written} 2x'>"); let d = of_html(&t); (t, d) }
            "markdown" => { let t = format!("a{line}b ![x]({written}) c"); let d = of_markdown(&t, false); (t, d) }
            "markdown-html" => { let t = format!("> a{line}b\n>\n> <div>\n> <img src='{written}'></div>"); let d = of_markdown(&t, false); (t, d) }
            "json" => {
                let t = format!("[{{\"name\":\"A{line}\",\"description\":\"d\",\"website\":\"https://a.example\",\"logo\":\"{written}\"}}]");
                let d = record(&t, "f.json", Shape::Json);
                (t, d)
            }
            _ => {
                let t = format!("headline,description,url,image\nA{line},B,https://a.example,\"{written}\"\n");
                let d = record(&t, "f.csv", Shape::Csv);
                (t, d)
            }
        };
        prop_assert_eq!(document.images.len(), 1, "{}", text);
        let image = &document.images[0];
        prop_assert_eq!(&image.source, &ImageSource::Address(address), "{}", text);
        let slice: Vec<&str> = image.spans.iter().map(|s| &text[s.range()]).collect();
        prop_assert_eq!(slice, [written.as_str()], "{}", text);
        if let Some(element) = image.element {
            prop_assert!(text[element.range()].starts_with('<') && text[element.range()].ends_with('>'));
        }
    }
}

#[test]
fn sheets_that_are_loaded_late_apply() {
    let d = of_html(
        "<link rel=stylesheet media=print onload=\"this.media='all'\" href=a.css><link rel=stylesheet media=print onload=\"this.onload=null; this.media = 'screen'\" href=b.css>\
         <link rel=stylesheet media=print onload=\"this.removeAttribute('media')\" href=c.css><link rel=preload as=style onload=\"this.rel='stylesheet'\" href=d.css>\
         <link rel=stylesheet media=print href=e.css><link rel=stylesheet disabled href=f.css><link rel=preload as=style href=g.css>\
         <link rel=preload as=script onload=\"this.rel='stylesheet'\" href=h.js>",
    );
    let sheets: Vec<_> = d.sheets.iter().map(|s| (s.source.clone(), s.media.as_deref())).collect();
    let of = |address: &str, media| (ImageSource::Address(address.to_owned()), media);
    assert_eq!(
        sheets,
        [of("a.css", Some("all")), of("b.css", Some("screen")), of("c.css", None), of("d.css", None), of("e.css", Some("print"))]
    );
}
