//! HTML out of any bytes: the reader, and the tree with its places.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promolint::document::Builder;
use promolint::document::html::{Dom, read};
use promolint::source::{DecodeHint, Source};

fuzz_target!(|data: &[u8]| {
    let source = Source::decode("fuzz.html", data.to_vec(), DecodeHint::Html);
    let text = source.text();
    let mut b = Builder::new();
    read(text, &mut b);
    let doc = b.finish();
    for p in doc.map.pieces() {
        let from = &text[p.source..p.source + p.source_len];
        if p.linear && p.text_len > 0 {
            let spaced = |s: &str| s.replace(char::is_whitespace, " ");
            assert_eq!(spaced(from), spaced(&doc.text[p.text..p.text + p.text_len]));
        }
    }
    let dom = Dom::parse(text, 0);
    for node in dom.html().tree.nodes().take(200) {
        if let Some(span) = dom.tag_span(node.id()) {
            assert!(text[span.range()].starts_with('<'));
        }
        if let Some(e) = node.value().as_element() {
            for (name, _) in e.attrs() {
                let span = dom.attr_span(node.id(), name).expect("every attribute stands somewhere");
                let _ = &text[span.range()];
            }
        }
        for span in dom.text_spans(node.id()) {
            let _ = &text[span.range()];
        }
        let _ = dom.text(node.id());
    }
});
