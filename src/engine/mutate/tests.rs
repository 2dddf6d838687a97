//! Ways of writing that show the same must be read as the same.

use super::class::Class;
use super::host::Host;
use super::letters::Seed;
use super::{Sample, mutate_pack};
use crate::document::Kind;
use crate::engine::Format;
use crate::engine::read::read_source;
use crate::pack::model::{TestCase, TestFormat};
use crate::pack::{PackSet, PackSource};
use crate::source::{Source, Span};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn case(format: TestFormat, text: String) -> TestCase {
    TestCase { format, text, kind: None, lang: None, facts: Default::default(), span: Span::default() }
}

/// The blocks that readers see; second readings apart.
fn read(case: &TestCase) -> (Vec<String>, Vec<String>) {
    let format = match case.format {
        TestFormat::Html => Format::Html,
        TestFormat::Markdown => Format::Markdown,
        _ => Format::Text,
    };
    let document = read_source(&Source::from_text("test", case.text.clone()), format, Some(Kind::Page)).document;
    for block in &document.blocks {
        for (at, c) in document.block_text(block).char_indices() {
            for span in document.map.spans(block.start + at, block.start + at + c.len_utf8()) {
                assert!(case.text.get(span.range()).is_some_and(|s| !s.is_empty()), "{span:?} of {:?}", case.text);
            }
        }
    }
    let (second, first) = document.blocks.iter().partition::<Vec<_>, _>(|b| b.second);
    let texts = |of: Vec<&crate::document::Block>| of.into_iter().map(|b| document.block_text(b).to_owned()).collect();
    (texts(first), texts(second))
}

proptest! {
    #[test]
    fn what_shows_the_same_is_read_the_same(words in prop::collection::vec("[A-Za-zé]{3,9}", 1..8), seed in any::<u32>(), markdown: bool) {
        use Class::*;
        let text: String = words.join(" ").nfc().collect();
        let plain = case(TestFormat::Text, text.clone());
        let marked = if markdown { Host::native(&case(TestFormat::Markdown, text.clone()), Kind::Page) } else { Host::as_html(&plain, Kind::Page) };
        let seed = Seed::new(&seed.to_string());
        for class in [SplitTags, Comment, EntityNamed, EntityDecimal, EntityHex, SoftHyphen, ZeroWidth, FullWidth, Decomposed, LineWrap, HardWrap, NoBreakSpace] {
            for host in [&marked, &Host::native(&plain, Kind::Page)] {
                let Ok(written) = host.rewritten(class, seed, None) else { continue };
                let (first, _) = read(&written);
                prop_assert_eq!(first, vec![text.clone()], "{:?} {:?}", class, written.text);
            }
        }
        // Two readings, of which one is the text.
        for (class, host) in [(Hyphenation, Host::native(&plain, Kind::Page)), (HiddenBetween, Host::as_html(&plain, Kind::Page))] {
            let Ok(written) = host.rewritten(class, seed, None) else { continue };
            let (first, second) = read(&written);
            prop_assert!(first.contains(&text) || second.contains(&text), "{:?} {:?} {:?}", class, first, second);
        }
    }
}

#[test]
fn look_alikes_are_read_as_what_they_look_like_and_other_scripts_as_they_are() {
    let plain = case(TestFormat::Text, "Certified HubSpot agency guarantees results".to_owned());
    for n in 0..50 {
        let written = Host::native(&plain, Kind::Page).rewritten(Class::Homoglyph, Seed::new("x").of(n), None).expect("letters to change");
        assert!(!written.text.contains("HubSpot") || !written.text.is_ascii());
        let (_, second) = read(&written);
        assert_eq!(second.join("|"), plain.text, "{}", written.text);
    }
    let russian = case(TestFormat::Text, "Мы партнёр HubSpot с 2019 года, CRM-система под ключ. НОТ СОР.".to_owned());
    assert_eq!(read(&russian).1, Vec::<String>::new());
}

#[test]
fn json_stays_json() {
    let record = case(
        TestFormat::Record,
        r#"{"name":"Acme Growth","tier":"gold","n":[1,"two words"],"description":"We guarantee results."}"#.to_owned(),
    );
    let host = Host::native(&record, Kind::Listing);
    let of = |class: Class| host.rewritten(class, Seed::new("x"), None).ok();
    let written: Vec<TestCase> = Class::ALL.into_iter().filter_map(of).collect();
    assert!(written.len() > 12, "{}", written.len());
    for case in written {
        let value: serde_json::Value = serde_json::from_str(&case.text).expect("JSON");
        assert_eq!((&value["tier"], &value["n"][0]), (&"gold".into(), &1.into()));
    }
}

#[test]
fn the_same_numbers_come_every_time() {
    let pack = "pack: t/t\nsources: {s: {title: S, checked_on: 2026-01-01, confidence: primary}}\nrules:\n  - {id: t-a, title: T, source: s, severity: note, match: {phrases: [guarantee* results]}, message: m, tests: {flag: [We guarantee results., They guaranteed results today.], pass: [No results.]}}\n";
    let run = |jobs: usize| {
        let mut set = PackSet::load(vec![PackSource::new("t.yaml", pack)]);
        let all = mutate_pack(set.packs.remove(0), &|_| true, Sample { one_in: 1, jobs });
        all.into_iter().map(|m| (m.rule, m.classes, m.left_out)).collect::<Vec<_>>()
    };
    let one = run(1);
    assert_eq!(one, run(3));
    let sum: usize = one[0].1.values().map(|t| t.flag).sum();
    assert!(sum > 30, "{sum}");
}

#[test]
fn what_a_line_break_ends_is_not_wrapped() {
    let text = "# We are the best agency\n\n| We are the best agency | b |\n| --- | --- |\n\nWe are the best agency\n".to_owned();
    let host = Host::native(&case(TestFormat::Markdown, text), Kind::Page);
    let written = host.rewritten(Class::LineWrap, Seed::new("x"), None).expect("a paragraph to wrap").text;
    assert!(written.contains("# We are the best agency\n") && written.contains("| We are the best agency |"), "{written}");
    assert!(written.ends_with("We\nare\nthe\nbest\nagency\n"), "{written}");
}
