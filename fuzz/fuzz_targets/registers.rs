//! Registers, suppressions and baselines out of any bytes, as YAML, tables and JSON: every fault and every fact has a place inside the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promolint::engine::{Baseline, Ignores};
use promolint::facts::partners::{FormatsRef, write};
use promolint::facts::{Approvals, Assets, Awards, Broken, Partners};
use std::path::Path;

fn placed<T>(read: Result<T, Broken>) -> Option<T> {
    read.map_err(|b| {
        for f in &b.faults {
            assert!(b.source.text().get(f.span.range()).is_some(), "{f:?} lies outside its file, or on half a character");
        }
    })
    .ok()
}

fuzz_target!(|data: &[u8]| {
    for name in ["p.yaml", "p.csv", "p.json", "p.ndjson"] {
        let Some(partners) = placed(Partners::read(name, data.to_vec(), FormatsRef::Builtin)) else { continue };
        for p in partners.iter() {
            for span in [Some(p.span), Some(p.name.span), p.tier.span(), p.accreditations.span()].into_iter().flatten() {
                if let Some(place) = partners.place(p, span) {
                    assert!(place.source.text().get(span.range()).is_some());
                    place.location("here");
                }
            }
            let _ = write::entry(p);
        }
        let _ = (partners.by_id("a"), partners.by_name("a").len(), partners.by_domain("a.example").len());
    }
    placed(Approvals::read("a.yaml", data.to_vec()));
    placed(Assets::read("a.yaml", data.to_vec()));
    placed(Awards::read("a.yaml", data.to_vec()));
    placed(Ignores::read(Path::new("promolint-ignore.yaml"), data.to_vec()));
    if let Some(baseline) = placed(Baseline::read(Path::new("promolint-baseline.json"), data.to_vec())) {
        let mut out = Vec::new();
        assert!(baseline.write(&mut out).is_ok());
        let again = placed(Baseline::read(Path::new("promolint-baseline.json"), out));
        assert!(again.is_some_and(|a| a.by_rule() == baseline.by_rule()));
    }
});
