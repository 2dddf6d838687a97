//! Content held against registers: any bytes are a page, a text or records, told by how they begin; what stands before the first zero byte,
//! if there is one, is the register of partners.

#![no_main]

#[path = "common/run.rs"]
mod common;

use common::{MAX, data_of, engine, prose, sound};
use libfuzzer_sys::fuzz_target;
use promolint::document::records::{Formats, sniff};
use promolint::engine::{Engine, Format, Outcome};
use promolint::facts::partners::FormatsRef;
use promolint::facts::{Approvals, Assets, Awards, Day, Facts, Partners};
use std::cell::RefCell;
use std::sync::Arc;

macro_rules! register {
    ($name:literal) => {
        include_bytes!(concat!("../../fixtures/registers/", $name)).to_vec()
    };
}

/// The registers of the fixtures, with other partners if there are some.
fn facts(partners: Option<&[u8]>) -> Option<Facts> {
    let shipped = || register!("partners.yaml");
    let partners = Partners::read("p.yaml", partners.map_or_else(shipped, <[u8]>::to_vec), FormatsRef::Builtin).ok()?;
    let speaker = partners.iter().next().map(|p| p.id.value.clone());
    Some(Facts {
        partners: Some(partners),
        approvals: Some(Approvals::read("a.yaml", register!("approvals.yaml")).expect("approvals")),
        assets: Some(Assets::read("i.yaml", register!("assets.yaml")).expect("images")),
        awards: Some(Awards::read("w.yaml", register!("awards.yaml")).expect("awards")),
        today: Day::parse("2026-11-21").expect("a day"),
        speaker,
    })
}

thread_local! {
    static ENGINE: RefCell<(Engine<'static>, Arc<Facts>)> = RefCell::new({
        let engine = engine(facts(None).expect("partners"));
        let own = Arc::clone(&engine.options.facts);
        (engine, own)
    });
}

fuzz_target!(|data: &[u8]| {
    if data.len() > MAX {
        return;
    }
    let (partners, bytes) = match data.iter().position(|b| *b == 0) {
        Some(at) => (Some(&data[..at]), &data[at + 1..]),
        None => (None, data),
    };
    ENGINE.with_borrow_mut(|(engine, own)| {
        engine.options.facts = match partners.map(|p| facts(Some(p))) {
            None => Arc::clone(own),
            Some(Some(facts)) => Arc::new(facts),
            Some(None) => return,
        };
        let mut outcome = Outcome::default();
        let utf8 = match sniff(bytes, "fuzz") {
            Some(shape) => data_of(engine, bytes, shape, &mut outcome),
            None => match Format::sniff(&String::from_utf8_lossy(bytes), Formats::builtin()) {
                Format::Html => prose(engine, bytes, Format::Html, &mut outcome),
                _ => prose(engine, bytes, Format::Markdown, &mut outcome),
            },
        };
        sound(&outcome, bytes, utf8);
    });
});
