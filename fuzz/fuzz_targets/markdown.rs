//! Markdown and MDX of any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promolint::document::{Builder, markdown};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    for mdx in [false, true] {
        let mut b = Builder::new();
        markdown::read(&text, &mut b, mdx);
        let doc = b.finish();
        for p in doc.map.pieces() {
            assert!(text.get(p.source..p.source + p.source_len).is_some());
        }
    }
});
