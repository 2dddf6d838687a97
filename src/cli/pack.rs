//! `promolint pack`: for rule authors.

use super::args::{PackArgs, PackCommand, PackPaths};
use super::{complain, count, exit, print, refuse, setup, stderr_palette, stdout_palette};
use crate::engine::{CaseResult, SUPPRESSION, found_again, test_pack};
use crate::finding::Severity;
use crate::pack::model::TestCase;
use crate::pack::{Fault, PackSet, lint, shape, shapes};
use crate::report::rich_faults;
use std::io::Write;
use std::path::Path;

/// What `pack new` writes.
const NEW: &str = include_str!("new_pack.yaml");
/// The names of the schemas; editors use them to tell versions apart.
const SCHEMA_ID: &str = "https://promolint.example/schema/pack-1.json";
const CONFIG_SCHEMA_ID: &str = "https://promolint.example/schema/config-1.json";
const SUPPRESSIONS_SCHEMA_ID: &str = "https://promolint.example/schema/suppressions-1.json";

/// Runs the command.
pub fn run(args: &PackArgs) -> u8 {
    match &args.command {
        PackCommand::Check(p) => check(p),
        PackCommand::Test(a) if a.mutate => super::mutate::run(a),
        PackCommand::Test(a) => test(&a.packs),
        PackCommand::Audit(a) => super::audit::run(a),
        PackCommand::Schema { config, suppressions } => {
            let schema = match () {
                () if *config => shape::schema(&shapes::CONFIG, CONFIG_SCHEMA_ID),
                () if *suppressions => shape::list_schema(&SUPPRESSION, SUPPRESSIONS_SCHEMA_ID),
                () => shape::schema(&shapes::PACK, SCHEMA_ID),
            };
            print(&(serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"))
        }
        PackCommand::Score(a) => super::score::run(a),
        PackCommand::New { file } => new(file),
    }
}

pub(super) fn load(p: &PackPaths) -> Result<PackSet, u8> {
    let names = if p.packs.is_empty() { vec!["hubspot".to_owned()] } else { p.packs.clone() };
    Ok(PackSet::load(setup::pack_sources(&names, Path::new(""), "", p.color)?))
}

/// Complains of what keeps packs from being used.
pub(super) fn usable(set: &PackSet, color: super::Color) -> Result<(), u8> {
    if set.is_usable() {
        return Ok(());
    }
    let serious: Vec<_> = set.faults.iter().filter(|f| !f.usable).cloned().collect();
    complain(&rich_faults(&set.files, &serious, stderr_palette(color)));
    Err(exit::TROUBLE)
}

/// The file that a pack was read from. A rule that was merged from another pack stands in this pack's file with its id.
pub(super) fn file_of(set: &PackSet, pack: &str) -> usize {
    set.files.iter().position(|f| f.text.contains(&format!("pack: {pack}"))).unwrap_or(0)
}

/// Complains of `--only` that names no rule.
pub(super) fn known(set: &PackSet, only: &[String]) -> Result<(), u8> {
    let ids = || set.packs.iter().flat_map(|p| &p.rules).map(|r| r.id.as_str());
    let unknown = only.iter().find(|o| !ids().any(|id| id.starts_with(o.as_str())));
    unknown.map_or(Ok(()), |name| {
        let near = shape::did_you_mean(name, ids());
        let help = near.map_or_else(|| "`promolint rules` lists the rules".to_owned(), |n| format!("did you mean `{n}`?"));
        Err(refuse(&format!("--only: there is no rule `{name}`"), &help))
    })
}

/// All that is wrong, and all advice.
fn check(p: &PackPaths) -> u8 {
    let set = match load(p) {
        Ok(s) => s,
        Err(code) => return code,
    };
    // A rule that is broken is not there.
    if set.is_usable()
        && let Err(code) = known(&set, &p.only)
    {
        return code;
    }
    let PackSet { files, packs, mut faults, .. } = set;
    let (rules, number): (usize, usize) = (packs.iter().map(|p| p.rules.len()).sum(), packs.len());
    for pack in packs {
        // A rule that was merged from another pack stands in this pack's file with its id.
        let file = files.iter().position(|f| f.text.contains(&format!("pack: {}", pack.name))).unwrap_or(0);
        faults.extend(lint(&pack, file));
        faults.extend(found_again(pack, &|_| true).into_iter().map(|found| again(file, found)));
    }
    faults.sort_by_key(|f| (f.file, f.span.start, f.usable));
    let out = rich_faults(&files, &faults, stdout_palette(p.color));
    let code = print(&out);
    let errors = faults.iter().filter(|f| !f.usable).count();
    let (rules, packs) = (count(rules, "rule"), count(number, "pack"));
    complain(&format!("{rules} in {packs}: {}, {}", count(errors, "error"), count(faults.len() - errors, "warning")));
    if code != exit::OK || errors > 0 {
        exit::TROUBLE
    } else if faults.is_empty() {
        exit::OK
    } else {
        exit::FOUND
    }
}

/// What is said of a text in which a rule finds again what it writes.
fn again(file: usize, (id, case): (String, TestCase)) -> Fault {
    let message = format!("again: `{id}` finds what it writes in place of this");
    let help = "let the right form be none of the wrong ones, or leave it out with `unless`";
    Fault { file, ..Fault::new(case.span, message, help) }
}

/// Runs every rule over its own texts.
fn test(p: &PackPaths) -> u8 {
    let set = match load(p) {
        Ok(s) => s,
        Err(code) => return code,
    };
    if let Err(code) = usable(&set, p.color).and_then(|()| known(&set, &p.only)) {
        return code;
    }
    let palette = stdout_palette(p.color);
    let (mut passed, mut failed, mut faults) = (0, 0, Vec::new());
    let PackSet { packs, files, .. } = set;
    for pack in packs {
        let file = files.iter().position(|f| f.text.contains(&format!("pack: {}", pack.name))).unwrap_or(0);
        let named = |id: &str| p.only.is_empty() || p.only.iter().any(|o| id.starts_with(o.as_str()));
        for (id, case, result) in test_pack(pack, &named) {
            let fault = match result {
                CaseResult::Ok => {
                    passed += 1;
                    continue;
                }
                CaseResult::Missing => {
                    Fault::new(case.span, format!("missing: `{id}` does not flag this"), "widen the rule, or move the text to `pass`")
                }
                CaseResult::Noisy(what) => {
                    Fault::new(case.span, format!("noisy: `{id}` flags `{what}` in this"), "narrow the rule, or move the text to `flag`")
                }
                CaseResult::Unread(why) => Fault::new(case.span, format!("this text could not be read: {why}"), "mend the text"),
            };
            failed += 1;
            faults.push(Fault { file, ..fault });
        }
    }
    let code = print(&rich_faults(&files, &faults, palette));
    let line = format!("{passed} texts as they should be, {failed} not");
    complain(&if failed > 0 { palette.severity(Severity::Error, &line) } else { line });
    match (code, failed) {
        (exit::OK, 0) => exit::OK,
        (exit::OK, _) => exit::FOUND,
        (code, _) => code,
    }
}

fn new(file: &Path) -> u8 {
    let name = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_else(|| "house".into());
    let text = NEW.replace("NAME", &name);
    match std::fs::OpenOptions::new().write(true).create_new(true).open(file).and_then(|mut f| f.write_all(text.as_bytes())) {
        Ok(()) => {
            let f = crate::engine::name_of(file);
            print(&format!("wrote {f}\nnext: promolint pack test {f}, then promolint --pack hubspot --pack {f} .\n"))
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            complain(&format!("error: {} is there already, and was left as it is", file.display()));
            exit::TROUBLE
        }
        Err(e) => {
            complain(&format!("error: cannot write {}: {e}", file.display()));
            exit::TROUBLE
        }
    }
}
