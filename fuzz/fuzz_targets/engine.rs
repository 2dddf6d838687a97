//! Everything at once: the first byte chooses the format, the others go through readers, every shipped rule, and the reports.

#![no_main]

#[path = "common/run.rs"]
mod common;

use common::{MAX, data_of, engine, prose, sound};
use libfuzzer_sys::fuzz_target;
use promolint::document::records::Shape;
use promolint::engine::{Engine, Format, Outcome};
use promolint::facts::Facts;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| engine(Facts::default()));

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else { return };
    if bytes.len() > MAX {
        return;
    }
    let mut outcome = Outcome::default();
    let utf8 = match choice % 9 {
        0 => prose(&ENGINE, bytes, Format::Html, &mut outcome),
        1 => prose(&ENGINE, bytes, Format::Markdown, &mut outcome),
        2 => prose(&ENGINE, bytes, Format::Mdx, &mut outcome),
        3 => prose(&ENGINE, bytes, Format::Text, &mut outcome),
        4 => prose(&ENGINE, bytes, Format::Rst, &mut outcome),
        5 => data_of(&ENGINE, bytes, Shape::Json, &mut outcome),
        6 => data_of(&ENGINE, bytes, Shape::Ndjson, &mut outcome),
        7 => data_of(&ENGINE, bytes, Shape::Csv, &mut outcome),
        _ => data_of(&ENGINE, bytes, Shape::Yaml, &mut outcome),
    };
    sound(&outcome, bytes, utf8);
});
