//! Everything at once: the first byte chooses the format, the others go through readers, every shipped rule, and the reports.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promolint::document::records::{self, Formats, Shape, Splitter};
use promolint::document::{Builder, Kind};
use promolint::engine::{Engine, Format, Options, Outcome, Reading, RuleSet, Settings, Summary, read_source};
use promolint::finding::{Location, Place, Trouble};
use promolint::pack::{PackSet, PackSource};
use promolint::report::{Json, Palette, Reporter, Rich, rich_trouble};
use promolint::source::{DecodeHint, Source};
use std::io::Cursor;
use std::sync::LazyLock;

const NAME: &str = "fuzz";
/// Longer inputs find nothing that shorter ones do not, more slowly.
const MAX: usize = 64 << 10;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let set = PackSet::load(PackSource::builtin("hubspot"));
    assert!(set.is_usable(), "{:?}", set.faults);
    let options = Options { kind: None, kinds: Vec::new(), exclude: Default::default(), jobs: 1, facts: Default::default() };
    Engine { rules: RuleSet::new(set.packs, Settings::default()), options, formats: Formats::builtin() }
});

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else { return };
    if bytes.len() > MAX {
        return;
    }
    let mut outcome = Outcome::default();
    let utf8 = match choice % 9 {
        0 => prose(bytes, Format::Html, &mut outcome),
        1 => prose(bytes, Format::Markdown, &mut outcome),
        2 => prose(bytes, Format::Mdx, &mut outcome),
        3 => prose(bytes, Format::Text, &mut outcome),
        4 => prose(bytes, Format::Rst, &mut outcome),
        5 => data_of(bytes, Shape::Json, &mut outcome),
        6 => data_of(bytes, Shape::Ndjson, &mut outcome),
        7 => data_of(bytes, Shape::Csv, &mut outcome),
        _ => data_of(bytes, Shape::Yaml, &mut outcome),
    };
    let text = std::str::from_utf8(bytes).ok().filter(|_| utf8);
    for f in &outcome.findings {
        assert!(!f.message.is_empty() && !f.primary.spans.is_empty(), "{f:?}");
        inside(bytes, text, &f.primary);
        f.related.iter().for_each(|l| inside(bytes, text, l));
        for e in f.fix.iter().flat_map(|f| &f.edits) {
            assert!(e.start <= e.end && e.end <= bytes.len(), "{e:?}");
        }
    }
    for t in &outcome.troubles {
        t.location.iter().for_each(|l| inside(bytes, text, l));
        let _ = rich_trouble(t, Palette::new(true));
    }
    for colours in [false, true] {
        let mut rich = Rich::new(Vec::new(), Palette::new(colours));
        rich.findings(&outcome.findings).expect("writing to memory");
        rich.finish(&Summary::default()).expect("writing to memory");
    }
    let mut json = Json::new(Vec::new());
    json.findings(&outcome.findings).expect("writing to memory");
    json.finish(&Summary::default()).expect("writing to memory");
});

/// Whether the input was read as UTF-8: a page may declare another encoding, in which half of such a character is a character.
fn prose(bytes: &[u8], format: Format, outcome: &mut Outcome) -> bool {
    let hint = if format == Format::Html { DecodeHint::Html } else { DecodeHint::Text };
    let source = Source::decode(NAME, bytes.to_vec(), hint);
    let reading = read_source(&source, format, None);
    ENGINE.check(&source, &reading, &mut Default::default(), outcome);
    source.encoding_name() == "UTF-8"
}

fn data_of(bytes: &[u8], shape: Shape, outcome: &mut Outcome) -> bool {
    for item in Splitter::new(Box::new(Cursor::new(bytes.to_vec())), NAME, shape, ENGINE.formats) {
        let chunk = match item {
            Ok(chunk) => chunk,
            Err(trouble) => {
                outcome.troubles.push(Trouble::at(&trouble.source, trouble.span, trouble.message.clone(), trouble.help.clone()));
                continue;
            }
        };
        for i in 0..chunk.records.len() {
            let mut b = Builder::new();
            if let records::Outcome::Unknown = records::read(&chunk, i, ENGINE.formats, &mut b) {
                records::read_generic(&chunk, i, Kind::Listing, &mut b);
            }
            let document = b.finish();
            let kind = document.kind.unwrap_or(Kind::Listing);
            ENGINE.check(&chunk.source, &Reading { document, kind }, &mut Default::default(), outcome);
        }
    }
    true
}

/// Every place is a stretch of the input; where that is `text`, it begins and ends between characters.
fn inside(bytes: &[u8], text: Option<&str>, location: &Location) {
    for &Place { start, end, line, column, end_line, end_column } in &location.spans {
        assert!(start <= end && end <= bytes.len(), "{start}..{end} of {}: {location:?}", bytes.len());
        assert!(line >= 1 && column >= 1 && (line, column) <= (end_line, end_column), "{location:?}");
        if let Some(text) = text {
            assert!(text.get(start..end).is_some(), "{start}..{end} cuts a character: {location:?}");
        }
    }
}
