//! Plain text and reStructuredText of any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promolint::document::{Builder, plain, release};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    for read in [plain::read, plain::read_rst] {
        let mut b = Builder::new();
        read(&text, &mut b);
        let doc = b.finish();
        for p in doc.map.pieces() {
            assert!(text.get(p.source..p.source + p.source_len).is_some());
        }
        release::is_press(&doc);
    }
});
