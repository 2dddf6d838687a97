//! What the targets of whole runs share: any bytes through readers, shipped rules and reports, and what must hold of the outcome.

use promolint::document::records::{self, Formats, Shape, Splitter};
use promolint::document::{Builder, Kind};
use promolint::engine::{Engine, Format, Options, Outcome, Reading, RuleSet, Settings, Summary, read_source};
use promolint::facts::Facts;
use promolint::finding::{Location, Place, Trouble};
use promolint::pack::{PackSet, PackSource};
use promolint::report::{Json, Palette, Reporter, Rich, rich_trouble};
use promolint::source::{DecodeHint, Source};
use std::io::Cursor;
use std::sync::Arc;

const NAME: &str = "fuzz";
/// Longer inputs find nothing that shorter ones do not, more slowly.
pub const MAX: usize = 64 << 10;

/// All shipped rules, with what is known.
pub fn engine(facts: Facts) -> Engine<'static> {
    let set = PackSet::load(PackSource::builtin("hubspot"));
    assert!(set.is_usable(), "{:?}", set.faults);
    let options = Options { jobs: 1, facts: Arc::new(facts), ..Options::default() };
    Engine { rules: RuleSet::new(set.packs, Settings::default()), options, formats: Formats::builtin() }
}

/// Findings and troubles have words and places, and can be shown. `utf8`: the input was read as such.
pub fn sound(outcome: &Outcome, bytes: &[u8], utf8: bool) {
    let text = std::str::from_utf8(bytes).ok().filter(|_| utf8);
    for f in &outcome.findings {
        assert!(!f.message.is_empty() && !f.primary.spans.is_empty(), "{f:?}");
        inside(bytes, text, &f.primary);
        // What a register says stands in the register.
        f.related.iter().filter(|l| l.path == NAME).for_each(|l| inside(bytes, text, l));
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
}

/// Whether the input was read as UTF-8: a page may declare another encoding, in which half of such a character is a character.
pub fn prose(engine: &Engine, bytes: &[u8], format: Format, outcome: &mut Outcome) -> bool {
    let hint = if format == Format::Html { DecodeHint::Html } else { DecodeHint::Text };
    let source = Source::decode(NAME, bytes.to_vec(), hint);
    let reading = read_source(&source, format, None);
    engine.check(&source, &reading, &mut Default::default(), outcome);
    source.encoding_name() == "UTF-8"
}

pub fn data_of(engine: &Engine, bytes: &[u8], shape: Shape, outcome: &mut Outcome) -> bool {
    for item in Splitter::new(Box::new(Cursor::new(bytes.to_vec())), NAME, shape, engine.formats) {
        let chunk = match item {
            Ok(chunk) => chunk,
            Err(trouble) => {
                outcome.troubles.push(Trouble::at(&trouble.source, trouble.span, trouble.message.clone(), trouble.help.clone()));
                continue;
            }
        };
        for i in 0..chunk.records.len() {
            let mut b = Builder::new();
            if let records::Outcome::Unknown = records::read(&chunk, i, engine.formats, &mut b) {
                records::read_generic(&chunk, i, Kind::Listing, &mut b);
            }
            let document = b.finish();
            let kind = document.kind.unwrap_or(Kind::Listing);
            engine.check(&chunk.source, &Reading { document, kind }, &mut Default::default(), outcome);
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
