//! What the targets of record files share: a file read in small steps gives what it gives when read at once.

use promolint::document::records::{Formats, Outcome, Shape, Splitter, read, read_generic};
use promolint::document::{Builder, Kind};
use promolint::source::{Position, Span};

/// A record as it was read, with its places in the file.
#[derive(PartialEq, Debug)]
struct Record {
    index: usize,
    at: (Span, Position),
    text: String,
    fields: Vec<(String, String, Span, Position)>,
}

#[derive(PartialEq, Debug)]
struct Read {
    records: Vec<Record>,
    troubles: Vec<(String, Position)>,
}

fn read_file(data: &[u8], shape: Shape, chunk: usize, longest: usize) -> Read {
    let formats = Formats::builtin();
    let (mut records, mut troubles) = (Vec::new(), Vec::new());
    for item in Splitter::new(data, "fuzz", shape, formats).chunk_size(chunk).longest_record(longest) {
        let c = match item {
            Ok(c) => c,
            Err(t) => {
                assert!(t.source.text().get(t.span.range()).is_some(), "{t:?}");
                assert!(t.position().offset <= data.len(), "{t:?}");
                troubles.push((t.message.clone(), t.position()));
                continue;
            }
        };
        assert!(!c.records.is_empty());
        let place = |span: Span| {
            assert!(c.source.text().get(span.range()).is_some(), "{span:?} cuts a character");
            let original = c.source.original(span);
            assert!(original.start <= original.end && original.end <= data.len(), "{original:?} of {}", data.len());
            (original, c.source.position(span.start))
        };
        for i in 0..c.records.len() {
            let mut b = Builder::new();
            if let Outcome::Unknown = read(&c, i, formats, &mut b) {
                read_generic(&c, i, Kind::Listing, &mut b);
            }
            let doc = b.finish();
            for p in doc.map.pieces() {
                place(Span::new(p.source, p.source + p.source_len));
            }
            let fields = doc.fields.iter().map(|f| {
                let (original, position) = place(f.span);
                (f.name.to_string(), f.value.to_string(), original, position)
            });
            let fields = fields.collect();
            records.push(Record { index: c.first_index + i, at: place(c.records[i]), text: doc.text.clone(), fields });
        }
    }
    Read { records, troubles }
}

/// The first byte chooses the size of the steps, from one byte on.
pub fn check(input: &[u8], shapes: &[Shape]) {
    let Some((&choice, data)) = input.split_first() else { return };
    let chunk = 1 + usize::from(choice & 0x3F) * [1, 1, 7, 64][usize::from(choice >> 6)];
    for &shape in shapes {
        let whole = read_file(data, shape, 1 << 20, 1 << 20);
        assert_eq!(read_file(data, shape, chunk, 1 << 20), whole, "in steps of {chunk}");
        // Records that are passed over for their length; which, depends on the steps.
        read_file(data, shape, chunk, 16);
    }
}
