#![no_main]
//! CSV and YAML: any bytes are read or refused; spans stay on characters; the size of chunks changes nothing.

use libfuzzer_sys::fuzz_target;
use promolint::document::Kind;
use promolint::document::records::{Formats, Outcome, Shape, Splitter, read, read_generic};
use promolint::document::Builder;

fn records(data: &[u8], shape: Shape, chunk: usize) -> usize {
    let formats = Formats::builtin();
    let mut count = 0;
    for item in Splitter::new(data, "fuzz", shape, formats).chunk_size(chunk) {
        let Ok(c) = item else { continue };
        for i in 0..c.records.len() {
            let mut b = Builder::new();
            if let Outcome::Unknown = read(&c, i, formats, &mut b) {
                read_generic(&c, i, Kind::Listing, &mut b);
            }
            let doc = b.finish();
            for f in &doc.fields {
                assert!(c.source.text().get(f.span.range()).is_some());
            }
            for p in doc.map.pieces() {
                assert!(c.source.text().get(p.source..p.source + p.source_len).is_some());
            }
            count += 1;
        }
    }
    count
}

fuzz_target!(|data: &[u8]| {
    for shape in [Shape::Csv, Shape::Yaml] {
        let whole = records(data, shape, 1 << 20);
        assert_eq!(records(data, shape, 3), whole);
    }
});
