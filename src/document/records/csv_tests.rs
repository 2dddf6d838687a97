#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

/// All rows as values, from bytes that arrive `step` at a time.
fn ours(data: &str, d: u8, step: usize) -> Vec<Vec<String>> {
    let bytes = data.as_bytes();
    let mut scanner = RowScanner::new(d, 0);
    let mut rows = Vec::new();
    let mut have = 0;
    loop {
        have = (have + step).min(bytes.len());
        while let Some(row) = scanner.next(&bytes[..have], have == bytes.len()) {
            let cells: Vec<Text> = cells(data, row.span, d).map(|c| c.text(data)).collect();
            assert_eq!(cells.len(), row.cells, "{data:?}");
            for t in &cells {
                assert!(row.span.contains(&t.span));
                let map = t.map();
                for (i, c) in t.value.char_indices() {
                    let span = map.cover(i, i + c.len_utf8()).unwrap();
                    let raw = &data[span.range()];
                    assert!(raw == c.to_string() || c == '"' && raw == "\"\"", "{c:?} comes from {raw:?} in {data:?}");
                }
            }
            rows.push(cells.iter().map(|t| t.value.clone().into_owned()).collect());
        }
        if have == bytes.len() {
            return rows;
        }
    }
}

fn oracle(data: &str, d: u8) -> Vec<Vec<String>> {
    let mut r = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(d).from_reader(data.as_bytes());
    r.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_csv_crate(data in "[a,;\"\r\n é]{0,40}", step in 1usize..6, d in proptest::sample::select(vec![b',', b';'])) {
        prop_assert_eq!(ours(&data, d, step), oracle(&data, d));
    }
}

#[test]
fn delimiters_are_told_from_the_header() {
    assert_eq!(delimiter(b"a,b,c\n1;2;3", true), Some(b','));
    assert_eq!(delimiter(b"\r\n\"a,b,c\";d\n", true), Some(b';'));
    assert_eq!(delimiter(b"a\tb\r", true), Some(b'\t'));
    assert_eq!(delimiter(b"a|b", true), Some(b'|'));
    assert_eq!(delimiter(b"a|b", false), None);
    assert_eq!(delimiter(b"alone\n", true), Some(b','));
}

#[test]
fn an_open_quote_is_told() {
    let data = b"a,b\nx,\"y\nz";
    let mut s = RowScanner::new(b',', 0);
    assert_eq!(s.next(data, true).unwrap().unclosed, None);
    assert_eq!(s.next(data, true).unwrap().unclosed, Some(6));
    assert_eq!(s.next(data, true), None);
}
