//! Positions are sacred: whatever is found in `fixtures/`, the bytes it names are what the author wrote there, and line and column are
//! what an editor shows.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::process::Command;

fn findings(folder: &str, arguments: &[&str]) -> Vec<Value> {
    let out = Command::new(env!("CARGO_BIN_EXE_promolint"))
        .args(["check", "--format", "jsonl", "--quiet", "."])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).filter(|f| f["schema"] == "promolint.finding/1").collect()
}

/// Line and column of a byte by counting from the start: lines end at `\n`, `\r\n` or `\r`; a byte order mark has no column.
fn naive(text: &str, at: usize) -> (u64, u64) {
    let before = text[..at].strip_prefix('\u{FEFF}').unwrap_or(&text[..at]);
    let (mut line, mut column) = (1, 1);
    let mut rest = before.chars().peekable();
    while let Some(c) = rest.next() {
        let last = rest.peek().is_none();
        let crlf = c == '\r' && (rest.peek() == Some(&'\n') || (last && text[at..].starts_with('\n')));
        if c == '\n' || (c == '\r' && !crlf) {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

#[test]
fn spans_are_what_the_author_wrote() {
    let (mut checked, mut exact) = (0, 0);
    for (folder, arguments) in [("fixtures", &[][..]), ("fixtures/hostile", &["--kind", "listing"][..])] {
        for f in findings(folder, arguments) {
            let path = f["primary"]["path"].as_str().unwrap();
            if ["iso-2022-jp.html", "wrong-declared.html"].contains(&path) {
                // Read in the encoding they declare, though their bytes are UTF-8 too.
                continue;
            }
            let Ok(text) = String::from_utf8(std::fs::read(format!("{folder}/{path}")).unwrap()) else { continue };
            let mut slices = String::new();
            for s in f["primary"]["spans"].as_array().unwrap() {
                let number = |k: &str| s[k].as_u64().unwrap();
                let (start, end) = (number("start") as usize, number("end") as usize);
                let slice = text.get(start..end).unwrap_or_else(|| panic!("{path}: {start}..{end} is not between characters: {f}"));
                assert!(!slice.is_empty(), "{path}: an empty span: {f}");
                assert_eq!((number("line"), number("column")), naive(&text, start), "{path}: {f}");
                assert_eq!((number("end_line"), number("end_column")), naive(&text, end), "{path}: {f}");
                slices.push_str(slice);
                checked += 1;
            }
            // Where nothing was decoded, the bytes are the text, but for white space.
            let same = |a: &str| a.split_whitespace().collect::<Vec<_>>().join(" ");
            exact += usize::from(f["primary"]["text"].as_str().is_some_and(|t| same(t) == same(&slices)));
        }
    }
    assert!(checked > 150 && exact * 10 > checked * 8, "{exact} of {checked} spans read like their text");
}

#[test]
fn other_encodings_point_at_their_own_bytes() {
    for f in findings("fixtures/hostile", &[]) {
        let path = f["primary"]["path"].as_str().unwrap();
        let (decode, word): (fn(&[u8]) -> String, &str) = match path {
            "utf16le-bom.html" => (|b| encoding_rs::UTF_16LE.decode_without_bom_handling(b).0.into_owned(), "utf16"),
            "utf16be-bom.html" => (|b| encoding_rs::UTF_16BE.decode_without_bom_handling(b).0.into_owned(), "utf16"),
            "shift-jis.html" => (|b| encoding_rs::SHIFT_JIS.decode_without_bom_handling(b).0.into_owned(), "sjis"),
            "latin1-no-charset.html" | "latin1-declared.html" => (|b| encoding_rs::WINDOWS_1252.decode(b).0.into_owned(), "latin1"),
            _ => continue,
        };
        let bytes = std::fs::read(format!("fixtures/hostile/{path}")).unwrap();
        let spans = f["primary"]["spans"].as_array().unwrap();
        let text: String = spans.iter().map(|s| decode(&bytes[s["start"].as_u64().unwrap() as usize..s["end"].as_u64().unwrap() as usize])).collect();
        assert_eq!(text, f["primary"]["text"].as_str().unwrap(), "{word}: {path}");
    }
}
