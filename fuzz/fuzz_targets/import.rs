//! An export becomes a register that can be read, and reads as what the export said; an approval is added to any register of approvals.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promolint::facts::edit::{NewApproval, append};
use promolint::facts::partners::{FormatsRef, write};
use promolint::facts::{ApprovalKind, Approvals, Day, Partners, Status};
use promolint::source::Source;
use std::collections::HashSet;

fuzz_target!(|data: &[u8]| {
    for name in ["e.csv", "e.json", "e.ndjson"] {
        let Ok(export) = Partners::read(name, data.to_vec(), FormatsRef::Builtin) else { continue };
        let mut ids = HashSet::new();
        let entries: Vec<String> = export.iter().filter(|p| ids.insert(p.id.value.to_lowercase())).map(write::entry).collect();
        if entries.is_empty() {
            continue;
        }
        let text = format!("partners:\n{}", entries.concat());
        let register = Partners::whole(Source::from_text("p.yaml", text.clone())).unwrap_or_else(|b| panic!("{text}\n{:?}", b.faults));
        let again: Vec<String> = register.iter().map(write::entry).collect();
        assert_eq!(again, entries);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(old) = Approvals::read("a.yaml", data.to_vec()) else { return };
    let new = NewApproval {
        id: "fuzz: new".into(),
        partner: Some("none".into()),
        kind: ApprovalKind::Press,
        status: Status::Approved,
        day: Day::parse("2026-11-21").expect("a day"),
        approver: None,
        expires: Some("never".into()),
        channels: vec!["a # b".into()],
        locales: Vec::new(),
        sha256: vec!["ab".repeat(32), "cd".repeat(32)],
        path: "../a b.md".into(),
        url: None,
        text: Some("One\n\ttwo".into()),
    };
    if let Ok(after) = append(text, &new) {
        let after = Approvals::read("a.yaml", after.clone().into_bytes()).unwrap_or_else(|b| panic!("{after}\n{:?}", b.faults));
        assert_eq!(after.len(), old.len() + 1);
        assert!(after.by_id("fuzz: new").is_some());
    }
});
