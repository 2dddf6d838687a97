//! promolint in this process and as a program.

use promolint::document::records::Formats;
use promolint::engine::{Engine, Inputs, Options, Paths, RuleSet, Settings, Summary};
use promolint::pack::{PackSet, PackSource};
use promolint::report::{Palette, Reporter, Rich};
use std::path::Path;
use std::process::Command;

/// Packs ready to run on one thread, as for an input of some size.
pub fn engine(packs: Vec<PackSource>) -> Engine<'static> {
    let set = PackSet::load(packs);
    assert!(set.is_usable(), "a pack is broken: {:?}", set.faults.iter().find(|f| !f.usable));
    let rules = RuleSet::new(set.packs, Settings::default());
    Engine { rules, options: Options { jobs: 1, ..Options::default() }, formats: Formats::builtin() }
}

/// A whole run over a folder: it is walked, read, checked, and what is found is written out as people see it. Gives the number of findings.
pub fn check(engine: &Engine, folder: &Path) -> usize {
    let inputs = Inputs::find(&[folder.to_string_lossy().into_owned()], None, &Paths::default());
    let mut reporter = Rich::new(std::io::sink(), Palette::new(false));
    let mut findings = 0;
    engine.run(&inputs.list, &mut |outcome| {
        findings += outcome.findings.len();
        reporter.findings(&outcome.findings).is_ok()
    });
    let _ = reporter.finish(&Summary::default());
    findings
}

/// The program that was built with this benchmark.
pub fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_promolint"))
}

/// The program over one input, on one thread, no results kept.
pub fn check_with_binary(input: &Path) -> Command {
    let mut c = binary();
    // No configuration of the folder the benchmark happens to run in.
    c.current_dir(std::env::temp_dir()).args(["check", "--no-cache", "--jobs", "1", "--fail-on", "never"]).arg(input);
    c
}
