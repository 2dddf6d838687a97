#![allow(clippy::unwrap_used)]
use super::{CHUNK, Formats, Position, Shape, Span, Splitter};
use crate::document::records::{Outcome, json, read, read_generic, sniff};
use crate::document::{Builder, Document, Kind};
use proptest::prelude::*;

const NEEDLE: &str = "Hubspot";

/// Line and column by counting from the file's first character.
fn naive(file: &str, offset: usize) -> (usize, usize) {
    let (mut line, mut column) = (1, 1);
    let mut chars = file[..offset].strip_prefix('\u{FEFF}').unwrap_or(&file[..offset]).chars().peekable();
    while let Some(c) = chars.next() {
        let ends = c == '\n' || c == '\r' && chars.peek().map_or(!file[offset..].starts_with('\n'), |n| *n != '\n');
        match ends {
            true => (line, column) = (line + 1, 1),
            false => column += 1,
        }
    }
    (line, column)
}

/// A record's document, where the record starts, and where its needles stand in the file.
type Found = (Document, Position, Vec<(Span, Position)>);

struct ReadFile {
    docs: Vec<Found>,
    troubles: Vec<(String, Position, String)>,
}

/// Reads a file, checks indices and positions, and keeps for each record where its needles stand in the file.
fn read_file(file: &[u8], shape: Shape, chunk: usize) -> ReadFile {
    let formats = Formats::builtin();
    let mut out = ReadFile { docs: Vec::new(), troubles: Vec::new() };
    let text = String::from_utf8_lossy(file).into_owned();
    let plain = text.len() == file.len();
    for item in Splitter::new(file, "f", shape, formats).chunk_size(chunk) {
        let c = match item {
            Ok(c) => c,
            Err(t) => {
                let at = t.position();
                if plain {
                    assert_eq!((at.line, at.column), naive(&text, at.offset), "{} at {at:?}", t.message);
                }
                assert!(t.source.text().get(t.span.range()).is_some());
                let slice = t.source.text()[t.span.range()].to_owned();
                out.troubles.push((t.message, at, slice));
                continue;
            }
        };
        assert!(!c.records.is_empty());
        for i in 0..c.records.len() {
            assert_eq!(c.first_index + i, out.docs.len());
            let mut b = Builder::new();
            if let Outcome::Unknown = read(&c, i, formats, &mut b) {
                read_generic(&c, i, Kind::Listing, &mut b);
            }
            let doc = b.finish();
            let at = |span: Span| {
                let original = c.source.original(span);
                let p = c.source.position(span.start);
                assert_eq!(p.offset, original.start);
                if plain {
                    assert_eq!((p.line, p.column), naive(&text, p.offset), "{p:?}");
                }
                (original, p)
            };
            for f in &doc.fields {
                at(f.span);
            }
            let mut needles = Vec::new();
            for (n, _) in doc.text.match_indices(NEEDLE) {
                let spans = doc.map.spans(n, n + NEEDLE.len());
                needles.extend(spans.into_iter().map(at));
            }
            let start = at(c.records[i]).1;
            out.docs.push((doc, start, needles));
        }
    }
    out
}

#[derive(Clone, Debug)]
struct Firm {
    name: String,
    tier: String,
    services: Vec<String>,
    description: String,
}

fn firm() -> impl Strategy<Value = Firm> {
    let word = "[A-Za-zé東🎉\"',;: ]{0,8}";
    let service = "[A-Za-z é\"]{0,6}x";
    (
        "[A-Z][a-z &é]{0,8}",
        proptest::sample::select(vec!["gold", "none", "", "elite"]),
        proptest::collection::vec(service, 0..3),
        word,
        "[a-z\n\"é \t]{0,10}",
    )
        .prop_map(|(name, tier, services, before, after)| Firm {
            name,
            tier: tier.to_owned(),
            services: services.iter().map(|s| s.trim().to_owned()).collect(),
            // The sides keep the needle whole and the text from being trimmed.
            description: format!("{before}{NEEDLE}{after}."),
        })
}

/// A JSON string; every character whose turn comes in `escapes` is written as an escape.
fn json_string(s: &str, escapes: u64) -> String {
    let mut out = "\"".to_owned();
    for (i, c) in s.chars().enumerate() {
        let must = c < ' ' || c == '"' || c == '\\';
        if must || escapes >> (i % 64) & 1 == 1 {
            match c {
                '\n' if escapes & 2 == 0 => out.push_str("\\n"),
                '"' if escapes & 4 == 0 => out.push_str("\\\""),
                _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|u| out.push_str(&format!("\\u{u:04x}"))),
            }
        } else {
            out.push(c);
        }
    }
    out + "\""
}

fn json_object(f: &Firm, escapes: u64, space: &str) -> String {
    let services: Vec<String> = f.services.iter().map(|s| json_string(s, escapes)).collect();
    format!(
        "{{{space}\"name\":{space}{},\"tier\":{},{space}\"services\":[{}],\"extra\":{{\"a\":[1,{{\"b\":null}}]}},\"description\":{space}{}{space}}}",
        json_string(&f.name, escapes.rotate_left(3)),
        json_string(&f.tier, escapes),
        services.join(&format!(",{space}")),
        json_string(&f.description, escapes)
    )
}

fn csv_cell(s: &str, d: char, quote: bool) -> String {
    if quote || s.contains([d, '"', '\n', '\r']) { format!("\"{}\"", s.replace('"', "\"\"")) } else { s.to_owned() }
}

/// Every record is there with its values, and every needle slices to what was planted.
fn assert_found(file: &str, firms: &[Firm], got: &ReadFile, decode: impl Fn(&str) -> String) {
    assert_eq!(got.docs.len(), firms.len(), "{file}");
    assert!(got.troubles.is_empty(), "{:?} in {file}", got.troubles);
    for (f, (doc, _, needles)) in firms.iter().zip(&got.docs) {
        let record = &doc.records[0];
        assert_eq!(record.form, "plain-listing");
        assert_eq!(doc.kind, Some(Kind::Listing));
        let all = |name: &str| doc.fields_named(record, name).map(|(_, f)| f.value.clone()).collect::<Vec<_>>();
        assert_eq!(all("name")[0].trim(), f.name.trim());
        assert_eq!(all("tier"), [if f.tier == "none" { "" } else { &f.tier }]);
        assert_eq!(all("description").concat(), f.description);
        let services: Vec<String> = all("services").into_iter().filter(|s| !s.is_empty()).collect();
        assert_eq!(services, f.services, "{file}");
        assert!(doc.problems.is_empty());
        let whole: String = needles.iter().map(|(span, _)| decode(&file[span.range()])).collect();
        assert_eq!(whole, NEEDLE, "{file}");
    }
}

const CHUNKS: [usize; 6] = [1, 2, 7, 64, 1000, CHUNK];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_records_come_back(firms in proptest::collection::vec(firm(), 1..5), escapes: u64, style in 0usize..6, pretty: bool, bom: bool, chunk in proptest::sample::select(CHUNKS.to_vec())) {
        let space = if pretty && style != 0 { "\r\n  " } else { "" };
        let objects: Vec<String> = firms.iter().map(|f| json_object(f, escapes, space)).collect();
        let (shape, body) = match style {
            0 => (Shape::Ndjson, objects.join("\r\n\n")),
            1 => (Shape::Json, format!("[{}]", objects.join(&format!(",{space}")))),
            2 => (Shape::Json, format!("{{\"total\":{{\"n\":[{}]}},{space}\"items\":[{}],\"next\":\"]}}\"}}\n", firms.len(), objects.join(","))),
            3 => (Shape::Json, format!("[{}]", objects.iter().map(|o| format!("{{\"total\": 1,{space}\"items\":[{o}]}}")).collect::<Vec<_>>().join(", "))),
            4 => (Shape::Json, objects.join("\n")),
            _ => (Shape::Json, format!("{{\"ok\":true,\"result\u{0073}\":[],\"data\":[{}{space}]}}", objects.join(","))),
        };
        let file = format!("{}{body}", if bom { "\u{FEFF}" } else { "" });
        let got = read_file(file.as_bytes(), shape, chunk);
        assert_found(&file, &firms, &got, |raw| json::unescape(raw, 0).0);
        for (doc, ..) in &got.docs {
            let d = doc.fields.iter().find(|f| f.name == "description").unwrap();
            prop_assert_eq!(&d.pointer, "/description");
            prop_assert!(doc.fields.iter().any(|f| f.pointer == "/extra/a/1/b" && f.name == "extra/a/*/b" && f.value.is_empty()));
        }
    }

    #[test]
    fn csv_rows_come_back(firms in proptest::collection::vec(firm(), 1..5), quotes: u64, d in proptest::sample::select(vec![',', ';', '\t', '|']), end in proptest::sample::select(vec!["\n", "\r\n", "\r"]), bom: bool, chunk in proptest::sample::select(CHUNKS.to_vec())) {
        let mut n = 0;
        let mut cell = |s: &str| {
            n += 1;
            csv_cell(s, d, quotes >> (n % 64) & 1 == 1)
        };
        let mut row = |cells: [&str; 4]| cells.map(&mut cell).join(&d.to_string()) + end;
        let mut body = row(["name", "tier", "services", "description"]);
        for f in &firms {
            body.push_str(&row([&f.name, &f.tier, &f.services.join("; "), &f.description]));
        }
        let file = format!("{}{body}{end}", if bom { "\u{FEFF}" } else { "" });
        let got = read_file(file.as_bytes(), Shape::Csv, chunk);
        assert_found(&file, &firms, &got, str::to_owned);
        prop_assert!(got.docs.iter().all(|(d, ..)| d.fields.iter().any(|f| f.pointer == "description")));
    }

    #[test]
    fn yaml_maps_come_back(firms in proptest::collection::vec(firm(), 1..4), escapes: u64, style in 0usize..3) {
        let indent = if style == 1 { "  " } else { "" };
        let items: String = firms.iter().map(|f| {
            let services: Vec<String> = f.services.iter().map(|s| json_string(s, escapes)).collect();
            format!("{indent}- name: {}\n{indent}  tier: {}\n{indent}  services: [{}]\n{indent}  description: {}\n",
                json_string(&f.name, escapes), json_string(&f.tier, escapes), services.join(", "), json_string(&f.description, escapes))
        }).collect();
        let file = match style {
            0 => items,
            1 => format!("title: x\nlistings:\n{items}"),
            _ => format!("# é\n[{}]\n", firms.iter().map(|f| json_object(f, escapes, " ")).collect::<Vec<_>>().join(",\n ")),
        };
        let got = read_file(file.as_bytes(), Shape::Yaml, 10);
        assert_found(&file, &firms, &got, |raw| json::unescape(raw, 0).0);
    }

    #[test]
    fn utf16_keeps_the_places_of_the_file(firms in proptest::collection::vec(firm(), 1..4), escapes: u64, csv: bool) {
        let text = match csv {
            true => firms.iter().fold("name;tier;services;description\n".to_owned(), |s, f| {
                s + &[&f.name, &f.tier, &f.services.join("; "), &f.description].map(|c| csv_cell(c, ';', true)).join(";") + "\n"
            }),
            false => format!("[{}]", firms.iter().map(|f| json_object(f, escapes, "\n")).collect::<Vec<_>>().join(",")),
        };
        let bytes: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let got = read_file(&bytes, if csv { Shape::Csv } else { Shape::Json }, 16);
        prop_assert_eq!(got.docs.len(), firms.len());
        for (_, _, needles) in &got.docs {
            let units: Vec<u16> = needles.iter().flat_map(|(s, _)| bytes[s.range()].chunks(2).map(|c| u16::from_le_bytes([c[0], c[1]]))).collect();
            prop_assert_eq!(json::unescape(&String::from_utf16(&units).unwrap(), 0).0, NEEDLE);
            for (span, p) in needles {
                let before = String::from_utf16(&bytes[..span.start].chunks(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect::<Vec<_>>()).unwrap();
                let whole = format!("{before}x");
                prop_assert_eq!((p.line, p.column), naive(&whole, before.len()));
            }
        }
    }

    #[test]
    fn nothing_breaks_on_noise(text in "[{}\\[\\],:\"\\\\a-c1 \n\ré\u{FEFF}]{0,60}", chunk in 1usize..9, shape in 0usize..4) {
        let shape = [Shape::Json, Shape::Ndjson, Shape::Csv, Shape::Yaml][shape];
        let a = read_file(text.as_bytes(), shape, chunk);
        let b = read_file(text.as_bytes(), shape, CHUNK);
        prop_assert_eq!(a.docs.len(), b.docs.len());
        prop_assert_eq!(a.troubles.len(), b.troubles.len());
    }

    #[test]
    fn any_bytes_are_borne(bytes in proptest::collection::vec(proptest::sample::select(b"{}[],:\"\\ae\n\r \xFF\xC3\xA9\xE6\x9D\xF0".to_vec()), 0..60), chunk in 1usize..9, shape in 0usize..4) {
        read_file(&bytes, [Shape::Json, Shape::Ndjson, Shape::Csv, Shape::Yaml][shape], chunk);
    }
}

fn ids(got: &ReadFile) -> Vec<String> {
    got.docs.iter().map(|(d, ..)| d.fields.iter().find(|f| f.name == "name").map_or(String::new(), |f| f.value.clone())).collect()
}

fn item(name: &str) -> String {
    format!("{{\"name\": \"{name}\", \"tier\": \"gold\", \"description\": \"d\"}}")
}

#[test]
fn broken_json_gives_what_is_whole() {
    for chunk in [1, 5, CHUNK] {
        let run = |s: &str| read_file(s.as_bytes(), Shape::Json, chunk);
        let got = run(&format!("[{},\n {}, {{\"name\": \"C", item("A"), item("B")));
        assert_eq!(ids(&got), ["A", "B"]);
        assert_eq!((got.troubles.len(), got.troubles[0].1.line), (1, 2), "{:?}", got.troubles);
        let got = run(&format!("[{}", item("A")));
        assert_eq!((ids(&got).len(), got.troubles.len()), (1, 1));
        let got = run(&format!("[{} {}, {},]", item("A"), item("B"), item("C")));
        assert_eq!(ids(&got), ["A", "B", "C"]);
        assert_eq!(got.troubles.iter().map(|t| t.0.as_str()).collect::<Vec<_>>(), ["expected `,` or `]`", "a value must follow the comma"]);
        let got = run(&format!("{} }}, ]", item("A")));
        assert_eq!((ids(&got).len(), got.troubles.len()), (1, 1), "{:?}", got.troubles);
        assert_eq!(got.troubles[0].2, "}");
        // Broken inside a record: the others are read.
        let got = run(&format!("[{}, {{\"name\": \"B\", x: [}}, {}]", item("A"), item("C")));
        assert_eq!(ids(&got), ["A", "", "C"]);
        assert_eq!(got.docs[1].0.problems[0].message, "expected a key in double quotes");
        let got = run("// words\n");
        assert_eq!(got.troubles[0].0, "JSON has no comments");
        assert_eq!(run("\"Hubspot\"").docs.len() + run("").docs.len() + run(" [] ").docs.len() + run("[null, 1, [[]]]").docs.len(), 0);
        // A record that has a list under a container's key stays a record.
        let whole = "{\"companyName\":\"A\",\"urlSlug\":\"a\",\"tier\":\"gold\",\"profileId\":1,\"reviews\":[{\"x\":1}]}";
        assert_eq!(run(whole).docs.len(), 1);
    }
}

#[test]
fn broken_lines_and_rows_are_told() {
    for chunk in [1, 5, CHUNK] {
        let got = read_file(format!("{}\n{{\"name\": \"B\n{}\n{{\"nam", item("A"), item("C")).as_bytes(), Shape::Ndjson, chunk);
        assert_eq!(ids(&got), ["A", "", "C", ""]);
        assert_eq!(got.docs[1].0.problems[0].message, "the text ends inside a string");
        assert_eq!(got.docs[3].1.line, 4);
        let ragged = "name,tier,description\nA\n\nB,gold,d,more Hubspot\nC,gold,\"open, d\nD,gold,d\n";
        let got = read_file(ragged.as_bytes(), Shape::Csv, chunk);
        assert_eq!(ids(&got), ["A", "B", "C"]);
        assert_eq!(got.docs[2].0.fields[2].value, "open, d\nD,gold,d\n");
        let told: Vec<_> = got.troubles.iter().map(|t| (t.1.line, t.2.as_str())).collect();
        assert_eq!(told, [(5, "\""), (2, "A"), (4, "B,gold,d,more Hubspot")]);
        assert!(got.troubles[1].0.starts_with("this row has"));
        assert!(got.docs[1].0.fields.iter().any(|f| f.name == "column-4" && f.value == "more Hubspot"));
        let got = read_file(b"name,tier\n", Shape::Csv, chunk);
        assert_eq!((got.docs.len(), got.troubles.len()), (0, 0));
        let got = read_file(format!("name,tier,website\n{}", "A,gold\n".repeat(103)).as_bytes(), Shape::Csv, chunk);
        assert_eq!((got.docs.len(), got.troubles.len(), got.troubles[99].1.line), (103, 100, 101));
        assert!(got.troubles[99].0.ends_with("; 3 more rows after it have, too") && !got.troubles[98].0.contains("more rows"));
    }
}

#[test]
fn records_too_long_are_passed_over() {
    let long = "x".repeat(3000);
    let json = format!("[{}, {{\"name\": \"{long}\"}}, {}]", item("A"), item("C"));
    let lines = format!("{}\n{{\"name\": \"{long}\"}}\n{}\n", item("A"), item("C"));
    let rows = format!("name,tier,website\nA,gold,w\nB,\"{long}\",w\nC,gold,w\n");
    let run = |file: &str, shape| {
        let (mut records, mut troubles) = (0, Vec::new());
        for item in Splitter::new(file.as_bytes(), "f", shape, Formats::builtin()).chunk_size(100).longest_record(1000) {
            match item {
                Ok(c) => records += c.records.len(),
                Err(t) => troubles.push(t.position().offset),
            }
        }
        (records, troubles)
    };
    assert_eq!(run(&json, Shape::Json), (2, vec![json.find("{\"name\": \"x").unwrap()]));
    assert_eq!(run(&lines, Shape::Ndjson), (2, vec![lines.find("{\"name\": \"x").unwrap()]));
    // Behind a row without end nothing can be told apart.
    assert_eq!(run(&rows, Shape::Csv), (1, vec![rows.find("B,").unwrap()]));
}

#[test]
fn lines_around_a_table_are_no_records() {
    let rows = "Campaign,Ad group,Headline 1,Description 1,Final URL\nA,B,Our Hubspot page,D,E\n\"Total: Ads\", --, --, --, --\nTotal: Wine,B,Hubspot,D,E\nTotal,,,,\n";
    let german =
        "Kampagne;Anzeigengruppe;Anzeigentitel 1;Textzeile 1;Finale URL\nA;B;Our Hubspot page;D;E\nA;B;Hubspot;D;E\nGesamt: Konto;;;;\n";
    let files = [
        rows.to_owned(),
        format!("Ad report\r\n\"November 1, 2026 - November 30, 2026\"\r\n{rows}"),
        format!("\u{FEFF}sep=,\n{rows}"),
        format!("\"sep=;\"\n{german}"),
        format!("Anzeigenbericht;;;;\n1. bis 30. November 2026\n\n{german}"),
    ];
    for file in files {
        for chunk in [1, 7, CHUNK] {
            let got = read_file(file.as_bytes(), Shape::Csv, chunk);
            assert_eq!((got.docs.len(), got.troubles.len()), (2, 0), "{file} {:?}", got.troubles);
            let at: Vec<&str> = got.docs.iter().flat_map(|(_, _, needles)| needles).map(|(s, _)| &file[s.range()]).collect();
            assert_eq!(at, [NEEDLE, NEEDLE]);
        }
    }
    // Where no format knows the header, the first row is it, but for what is said to the spreadsheet.
    let of = |file: &str| read_file(file.as_bytes(), Shape::Csv, 3).docs.iter().map(|d| d.0.fields[0].name.clone()).collect::<Vec<_>>();
    assert_eq!(of("one,two\nheadline 1,x\n"), ["one"]);
    assert_eq!(of("sep=|\none, two|three\n1|2\n"), ["one, two"]);
    // A row of many cells is no line of its own before the header.
    assert_eq!(of("q,w,e,r,t\nCampaign,Ad group,Headline 1,Description 1,Final URL\n"), ["q"]);
}

#[test]
fn shapes_are_sniffed() {
    let two = format!("{}\n{}\n", item("A"), item("B"));
    for (bytes, name, shape) in [
        (two.as_str(), "x.json", Some(Shape::Ndjson)),
        (two.as_str(), "-", Some(Shape::Ndjson)),
        ("{\n \"a\": 1}", "-", Some(Shape::Json)),
        ("[1]", "a.b/c", Some(Shape::Json)),
        ("", "x.json", Some(Shape::Json)),
        ("", "x.jsonl", Some(Shape::Ndjson)),
        ("x", "X.CSV", Some(Shape::Csv)),
        ("x", "x.yml", Some(Shape::Yaml)),
        ("name;tier;website\nA;gold;w\n", "<stdin>", Some(Shape::Csv)),
        ("We help firms, of all sizes, to grow.\nAnd more.", "<stdin>", None),
        ("[link](x) text", "x.md", None),
        ("<p>", "page.html", None),
    ] {
        assert_eq!(sniff(bytes.as_bytes(), name), shape, "{name} {bytes}");
    }
}

#[test]
fn invalid_bytes_keep_their_places() {
    let file = b"{\"name\": \"A\xFF\xFEB\", \"tier\": \"gold\", \"description\": \"x\xC3 Hubspot\"}\n{\"name\": \"C\", \"tier\": \"\", \"description\": \"Hubspot\"}\n";
    for chunk in [1, 20, CHUNK] {
        let got = read_file(file, Shape::Ndjson, chunk);
        assert_eq!(ids(&got), ["A\u{FFFD}\u{FFFD}B", "C"]);
        for (_, _, needles) in &got.docs {
            assert_eq!(&file[needles[0].0.range()], b"Hubspot");
        }
        assert_eq!((got.docs[1].1.line, got.docs[1].1.column), (2, 1));
    }
}

#[test]
fn troubles_of_utf16_stand_where_they_are_in_the_file() {
    let file = |text: &str| -> Vec<u8> { std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect() };
    for before in ["", "東京🎉é\n"] {
        let text = format!("[{},\n\"{before}\" é, {}]", item("Añ"), item("C"));
        let got = read_file(&file(&text), Shape::Json, CHUNK);
        assert_eq!((got.docs.len(), got.troubles.len()), (2, 1));
        let at = text.find(" é,").unwrap() + 1;
        let (_, position, slice) = &got.troubles[0];
        assert_eq!((position.offset, slice.as_str()), (2 + 2 * text[..at].encode_utf16().count(), "é"));
        assert_eq!((position.line, position.column), naive(&text, at));
    }
}
