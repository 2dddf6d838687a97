//! Pages and style sheets out of any bytes: every picture's alterations, and their places.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promolint::check::Subject;
use promolint::check::element::ElementFilter;
use promolint::check::markup::{Page, Sheet, sheets};
use promolint::document::{Builder, Kind, html};
use promolint::facts::Facts;
use promolint::source::{DecodeHint, Source, Span};

fuzz_target!(|data: &[u8]| {
    // The page, a zero byte, a linked sheet.
    let cut = data.iter().position(|b| *b == 0).unwrap_or(data.len());
    let source = Source::decode("fuzz.html", data[..cut].to_vec(), DecodeHint::Html);
    let css = Source::decode("fuzz.css", data[cut..].to_vec(), DecodeHint::Text);
    let mut b = Builder::new();
    b.html(Span::new(0, source.text().len()));
    html::read(source.text(), &mut b);
    let document = b.finish();
    let (facts, filter) = (Facts::default(), ElementFilter::new([]));
    let subject = Subject::new(&source, &document, Kind::Page, &facts, &filter);
    let mut all = sheets(&subject, |_| vec![Sheet::parse(&css, Span::new(0, css.text().len()))]);
    all.push(Sheet::parse(&css, Span::new(0, css.text().len())));
    let page = Page::new(&subject, &all);
    for image in &document.images {
        for span in &image.spans {
            let _ = &source.text()[span.range()];
        }
        for m in page.alterations(image, Some((400, 300))) {
            let text = if m.sheet.is_some() { css.text() } else { source.text() };
            for span in &m.spans {
                let _ = &text[span.range()];
            }
        }
    }
});
