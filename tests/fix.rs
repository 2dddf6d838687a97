//! Fixes of generated documents: words in every spelling of every format are mended, what is left is clean, and a reader that is not
//! promolint's own sees the new words and nothing else changed.

#![allow(clippy::unwrap_used)]

use promolint::document::records::Formats;
use promolint::engine::fix::{Fixed, Wanted};
use promolint::engine::{Engine, Format, Options, RuleSet, Settings};
use promolint::pack::{PackSet, PackSource};
use proptest::prelude::*;
use std::sync::OnceLock;

/// What is found, and what should stand there: every sign that means something somewhere is in one of them.
const WORDS: [(&str, &str); 6] = [
    ("Foobar", "FooBar"),
    ("Wid get", "WidGet"),
    ("Gizmoo", "R&D &amp; <b>it's</b>"),
    ("Thingg", "5\" pipes, \\two; #3: [x] {y} | z"),
    ("Doodadd", "Doo-dad *of* the_year `now`"),
    ("Whatsitt", "Café – „Größe“ 🎉"),
];

fn pack() -> String {
    let quoted: Vec<String> = WORDS.iter().map(|(a, b)| format!("{}: {}", serde_json::json!(a), serde_json::json!(b))).collect();
    format!(
        "pack: test/fix\nsources:\n  s: {{title: S, checked_on: 2026-11-21, confidence: primary}}\nrules:\n  - id: x\n    title: X\n    source: s\n    severity: error\n    scope: [any]\n    match:\n      replace: {{{}}}\n    message: m\n    fix: safe\n",
        quoted.join(", ")
    )
}

fn engine() -> &'static Engine<'static> {
    static ENGINE: OnceLock<Engine<'static>> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let set = PackSet::load(vec![PackSource::new("test", pack())]);
        assert!(set.is_usable(), "{:?}", set.faults);
        let options = Options { kind: Some(promolint::document::Kind::Page), jobs: 1, ..Options::default() };
        Engine { rules: RuleSet::new(set.packs, Settings::default()), options, formats: Formats::builtin() }
    })
}

fn fix(bytes: &[u8], format: Format) -> Fixed {
    engine().fix(bytes, "test", format, true, &Wanted { unsafe_too: false, leave: &|_| false })
}

/// A stretch of content: plain words, or one of [`WORDS`] with what decides how each letter is spelled.
#[derive(Clone, Debug)]
enum Part {
    Plain(&'static str),
    Wrong(usize, Vec<u8>),
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let plain = prop::sample::select(vec!["we build", "ü, ö", "a; b", "it's \"so\"", "\\ back", "x & y", "日本", "100%", "dot."]);
    let part = prop_oneof![
        plain.prop_map(Part::Plain),
        (0..WORDS.len(), prop::collection::vec(any::<u8>(), 8)).prop_map(|(w, how)| Part::Wrong(w, how)),
    ];
    prop::collection::vec(part, 1..6)
}

/// The content as it reads, before and after.
fn reads(parts: &[Part]) -> (String, String) {
    let join = |f: &dyn Fn(usize) -> &'static str| {
        let words = parts.iter().map(|p| match p {
            Part::Plain(s) => *s,
            Part::Wrong(w, _) => f(*w),
        });
        words.collect::<Vec<_>>().join(" ")
    };
    (join(&|w| WORDS[w].0), join(&|w| WORDS[w].1))
}

/// The content as it is written: `spell` spells one character of a wrong word by a number, or of plain words by 0.
fn written(parts: &[Part], spell: &dyn Fn(char, u8) -> String) -> String {
    let part = |p: &Part| match p {
        Part::Plain(s) => s.chars().map(|c| spell(c, 0)).collect::<String>(),
        Part::Wrong(w, how) => WORDS[*w].0.chars().zip(how).map(|(c, n)| spell(c, *n)).collect(),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

fn collapsed(text: &str) -> String {
    text.replace('\u{AD}', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was mended is clean, and what was clean is left alone.
fn mended(bytes: &[u8], format: Format) -> Result<Vec<u8>, TestCaseError> {
    let shown = String::from_utf8_lossy(bytes);
    let first = fix(bytes, format);
    prop_assert!(first.left.is_empty(), "{:?} in {shown}", first.left);
    let after = first.bytes.unwrap_or_else(|| bytes.to_vec());
    let again = fix(&after, format);
    prop_assert!(again.bytes.is_none() && again.count == 0, "not clean: {}", String::from_utf8_lossy(&after));
    Ok(after)
}

/// Every tag and comment of a page, in order.
fn tags(html: &str) -> Vec<&str> {
    html.match_indices('<').filter_map(|(i, _)| html[i..].find('>').map(|e| &html[i..=i + e])).collect()
}

fn html_letter(c: char, n: u8) -> String {
    match (c, n % 8) {
        ('&', _) => "&amp;".to_owned(),
        ('<', _) => "&lt;".to_owned(),
        (c, 1) => format!("&#{};", c as u32),
        (c, 2) => format!("&#x{:X};", c as u32),
        (c, _) => c.to_string(),
    }
}

fn encode(text: &str, how: u8) -> Vec<u8> {
    match how {
        0 => text.as_bytes().to_vec(),
        1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        _ => b"\xFF\xFE".iter().copied().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
    }
}

fn decode(bytes: &[u8], how: u8) -> String {
    match how {
        0 => String::from_utf8(bytes.to_vec()).unwrap(),
        1 => String::from_utf8(bytes[3..].to_vec()).unwrap(),
        _ => String::from_utf16(&bytes[2..].chunks(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect::<Vec<_>>()).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html(text in parts(), attribute in parts(), quote in prop::sample::select(vec!['"', '\'']), encoding in 0..3u8) {
        // Inside a word stand tags, comments and soft hyphens; in an attribute only references.
        let body = written(&text, &|c, n| {
            let letter = html_letter(c, n);
            match n / 8 % 8 {
                1 => format!("<b>{letter}</b>"),
                2 if n > 64 => format!("<!-- c -->{letter}"),
                3 if c.is_alphabetic() => format!("{letter}&shy;"),
                _ if c == ' ' && n > 128 => "\n  ".to_owned(),
                _ => letter,
            }
        });
        let alt = written(&attribute, &|c, n| if c == quote { format!("&#{};", c as u32) } else { html_letter(c, n) });
        let page = format!("<!doctype html>\r\n<title>T</title><p>{body}</p>\r\n<img src=a.png alt={quote}{alt}{quote}>\n<p>end</p>");
        let after = decode(&mended(&encode(&page, encoding), Format::Html)?, encoding);
        let dom = scraper::Html::parse_document(&after);
        let all = |s: &str| scraper::Selector::parse(s).unwrap();
        let seen: String = dom.select(&all("p")).next().unwrap().text().collect();
        prop_assert_eq!(collapsed(&seen), collapsed(&reads(&text).1), "{} became {}", page, after);
        let seen = dom.select(&all("img")).next().unwrap().value().attr("alt").unwrap();
        prop_assert_eq!(collapsed(seen), collapsed(&reads(&attribute).1));
        prop_assert_eq!(tags(&page).len(), tags(&after).len(), "{} became {}", page, after);
    }

    #[test]
    fn windows_1252(text in parts(), legacy in any::<bool>()) {
        // What the encoding lacks becomes a reference.
        let body = written(&text, &|c, n| if "日本".contains(c) { format!("&#{};", c as u32) } else { html_letter(c, n) });
        let page = format!("<meta charset=windows-1252><p>{body}</p>");
        let bytes = if legacy { encoding_rs::WINDOWS_1252.encode(&page).0.into_owned() } else { page.replace("windows-1252", "utf-8").into_bytes() };
        let after = mended(&bytes, Format::Html)?;
        let after = if legacy { encoding_rs::WINDOWS_1252.decode(&after).0.into_owned() } else { String::from_utf8(after).unwrap() };
        let seen: String = scraper::Html::parse_document(&after).root_element().text().collect();
        prop_assert_eq!(collapsed(&seen), collapsed(&reads(&text).1));
    }

    #[test]
    fn json(name in parts(), prose in parts(), lines in any::<bool>(), html in any::<bool>(), encoding in 0..3u8) {
        let string = |parts: &[Part], html: bool| written(parts, &|c, n| {
            let c = if html { html_letter(c, n) } else { c.to_string() };
            c.chars().map(|c| match (c, n / 8 % 4) {
                ('"' | '\\', _) => format!("\\{c}"),
                (c, 1) => c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u:04x}")).collect(),
                (c, _) => c.to_string(),
            }).collect()
        });
        let description = if html { format!("<p>{}<\\/p>", string(&prose, true)) } else { string(&prose, false) };
        let record = format!("{{\"slug\": \"a\",  \"listingName\": \"{} one\", \"description\": \"{description}\", \"n\": 1e3}}", string(&name, false));
        let (file, format) = if lines { (format!("{record}\r\n{record}\n"), Format::Ndjson) } else { (format!("[{record},\n {record}]\n"), Format::Json) };
        // Prose with something that looks like a reference is read as HTML, which the test says elsewhere.
        prop_assume!(html || !reads(&prose).0.contains('&') && !reads(&prose).1.contains(['&', '<']));
        let after = decode(&mended(&encode(&file, encoding), format)?, encoding);
        let one = if lines { after.lines().nth(1).unwrap().to_owned() } else { after.clone() };
        let value: serde_json::Value = serde_json::from_str(&one).unwrap();
        let value = if lines { &value } else { &value[1] };
        prop_assert_eq!(collapsed(value["listingName"].as_str().unwrap()), collapsed(&format!("{} one", reads(&name).1)));
        let seen = value["description"].as_str().unwrap();
        let seen: String = if html { scraper::Html::parse_fragment(seen).root_element().text().collect() } else { seen.to_owned() };
        prop_assert_eq!(collapsed(&seen), collapsed(&reads(&prose).1), "{} became {}", file, after);
        let kept = after.contains("\"n\": 1e3}");
        prop_assert!(kept, "{} became {}", file, after);
    }

    #[test]
    fn csv(cells in prop::collection::vec((parts(), any::<bool>()), 1..4), delimiter in prop::sample::select(vec![',', ';', '\t'])) {
        let cell = |(parts, quoted): &(Vec<Part>, bool)| {
            // One word alone is no prose.
            let text = format!("so {}", written(parts, &|c, _| c.to_string()));
            let needs = text.contains(['"', delimiter, '\n']);
            if *quoted || needs { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
        };
        // Without a mark of prose a cell is read as it stands.
        prop_assume!(cells.iter().all(|(p, _)| !reads(p).0.contains('&') && !reads(p).1.contains(['&', '<'])));
        let d = delimiter.to_string();
        let head: Vec<String> = (0..cells.len() + 2).map(|i| format!("col{i}")).collect();
        let row: Vec<String> = cells.iter().map(cell).collect();
        let file = format!("{}\r\n17{d}{}{d}a b\r\n18{d}{}{d}\r\n", head.join(&d), row.join(&d), row.join(&d));
        let after = mended(file.as_bytes(), Format::Csv)?;
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter as u8).from_reader(&after[..]);
        for (n, record) in reader.records().enumerate() {
            let record = record.unwrap();
            let want: Vec<String> = cells.iter().map(|(p, _)| format!("so {}", reads(p).1)).collect();
            prop_assert_eq!(record.iter().skip(1).take(cells.len()).map(str::to_owned).collect::<Vec<_>>(), want, "{} became {}", file, String::from_utf8_lossy(&after));
            prop_assert_eq!(record.iter().next().unwrap(), ["17", "18"][n]);
        }
    }

    #[test]
    fn yaml(parts in parts(), style in 0..5usize, front in any::<bool>()) {
        // In front matter, words with markup of their own may be read as such; such a fix is left out, and said to be.
        prop_assume!(!front || !parts.iter().any(|p| matches!(p, Part::Wrong(2..=5, _))));
        // One word alone is no prose.
        let mut all = vec![Part::Plain("so")];
        all.extend(parts);
        let parts = all;
        let (text, want) = reads(&parts);
        prop_assume!(front || !text.contains('&') && !want.contains(['&', '<']));
        let value = match style {
            0 if !text.contains([':', '#', '"', '\'', '\\', '&', ',', '%']) => text.clone(),
            1 => format!("\"{}\"", written(&parts, &|c, n| match c {
                '"' | '\\' => format!("\\{c}"),
                c if n % 8 == 1 => format!("\\x{:02x}", c as u32),
                c => c.to_string(),
            })),
            2 => format!("|\n  {text}\n"),
            3 => format!(">\n  {}\n", written(&parts, &|c, n| if c == ' ' && n > 128 { "\n  ".to_owned() } else { c.to_string() })),
            _ => format!("'{}'", text.replace('\'', "''")),
        };
        let (file, format) = if front {
            (format!("---\ndescription: {value}\ntags: [a, b] # c\n---\nBody.\n"), Format::Markdown)
        } else {
            (format!("- slug: a\n  description: {}\n  n: 1 # c\n", value.replace("\n  ", "\n    ")), Format::Yaml)
        };
        let after = String::from_utf8(mended(file.as_bytes(), format)?).unwrap();
        let yaml = after.trim_start_matches("---\n").split("\n---\n").next().unwrap();
        let tree = promolint::yaml::parse(yaml).unwrap();
        let map = tree.as_seq().and_then(|s| s.first()).unwrap_or(&tree);
        let seen = map.get("description").and_then(|n| n.as_str()).unwrap();
        prop_assert_eq!(collapsed(seen), collapsed(&want), "{} became {}", file, after);
        prop_assert!(after.contains("# c\n"));
    }

    #[test]
    fn markdown(parts in parts(), mdx in any::<bool>(), heading in any::<bool>()) {
        // Words with markup of their own cannot always be put between stars; such a fix is left out, and said to be.
        prop_assume!(!parts.iter().any(|p| matches!(p, Part::Wrong(2..=5, _))));
        let letter = |c: char, n: u8| match (c, n % 8) {
            ('\\' | '&' | '"', _) => format!("\\{c}"),
            (c, 1) => format!("&#{};", c as u32),
            (c, 2) if c.is_alphabetic() => format!("**{c}**"),
            (c, _) => c.to_string(),
        };
        let file = format!("# One\n\n{}{}\n\n- `Foobar` code\n", if heading { "## " } else { "> so " }, written(&parts, &letter));
        // Where the space between two bold letters goes, four stars would stand in a row, which make nothing bold: such a fix is left out.
        prop_assume!(!file.replace("&#32;", " ").contains("** **"));
        let after = mended(file.as_bytes(), if mdx { Format::Mdx } else { Format::Markdown })?;
        let after = String::from_utf8(after).unwrap();
        // What stands between the first heading and the list.
        let text_of = |text: &str| -> String {
            use pulldown_cmark::{Event, Tag};
            let events = pulldown_cmark::Parser::new(text).skip(3).take_while(|e| !matches!(e, Event::Start(Tag::List(_))));
            events
                .map(|e| match e {
                    Event::Text(t) => t.into_string(),
                    Event::SoftBreak | Event::HardBreak => " ".to_owned(),
                    Event::Code(t) | Event::Html(t) | Event::InlineHtml(t) => format!("<{t}>"),
                    Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Heading { .. }) => "#".to_owned(),
                    _ => String::new(),
                })
                .collect()
        };
        let want = format!("{}{}", if heading { "#" } else { "so " }, reads(&parts).1);
        let seen = text_of(&after);
        // A letter that is bold on both sides shows its stars in some places: what was so before stays so.
        let before = text_of(&file);
        prop_assume!(!before.contains("**"));
        prop_assert_eq!(collapsed(&seen), collapsed(&want), "{} became {}", file, after);
        prop_assert!(after.ends_with("- `Foobar` code\n") || after.ends_with("- `FooBar` code\n"));
    }

    #[test]
    fn text(parts in parts(), ending in prop::sample::select(vec!["\n", "\r\n", "\r"]), encoding in 0..3u8) {
        let body = written(&parts, &|c, n| if c == ' ' && n > 128 { ending.to_owned() } else { c.to_string() });
        let file = format!("One{ending}{ending}{body}{ending}{ending}Two\tthree  {ending}");
        let after = decode(&mended(&encode(&file, encoding), Format::Text)?, encoding);
        let (head, tail) = (format!("One{ending}{ending}"), format!("{ending}{ending}Two\tthree  {ending}"));
        let inner = after.strip_prefix(&head).and_then(|a| a.strip_suffix(&tail));
        prop_assert_eq!(inner.map(collapsed), Some(collapsed(&reads(&parts).1)), "{} became {}", file, after);
    }
}
