//! Rule packs out of any text: every fault has a place inside the text and can be shown; what loads can be held against its own tests.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promolint::engine::test_pack;
use promolint::pack::{PackSet, PackSource, lint};
use promolint::report::{Palette, rich_faults};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let set = PackSet::load(vec![PackSource::new("fuzz.yaml", text.to_owned())]);
    let mut faults = set.faults.clone();
    for pack in &set.packs {
        faults.extend(lint(pack, 0));
    }
    for fault in &faults {
        let file = &set.files[fault.file].text;
        assert!(file.get(fault.span.range()).is_some(), "{fault:?} lies outside its file, or on half a character");
        assert!(!fault.message.is_empty());
    }
    let _ = rich_faults(&set.files, &faults, Palette::new(false));
    if set.is_usable() {
        for pack in set.packs {
            let _ = test_pack(pack, &|_| true);
        }
    }
});
