//! What a run accepts: promolint-ignore.yaml, the baseline, and what did not change. Found, read, and the baseline written.

use super::args::{CheckArgs, Color};
use super::files::{self, Wanted};
use super::{complain, count, exit, refuse, setup, stderr_palette};
use crate::config::Config;
use crate::engine::since::Changes;
use crate::engine::{
    Accept, Baseline, BaselineChange, Coverage, Ignores, Input, Inputs, Outcome, RuleSet, Summary, common_folder, name_of,
};
use crate::facts::Day;
use crate::report::rich_faults_in;
use clap::Args;
use std::path::{Path, PathBuf};

const BASELINE: Wanted = Wanted {
    what: "the baseline",
    is: "a baseline is a JSON file",
    empty: Some("`--update-baseline` writes one; without any, take `baseline` out of promolint.yaml"),
};
const IGNORES: Wanted = Wanted { what: "the suppressions", is: "promolint-ignore.yaml is a YAML file", empty: None };

/// What `check` accepts.
#[derive(Debug, Args, Default)]
pub struct Acceptance {
    /// Findings that were there before: only new ones are reported [default: promolint-baseline.json beside promolint.yaml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Report what a baseline holds, too
    #[arg(long, conflicts_with_all = ["baseline", "update_baseline"])]
    pub no_baseline: bool,
    /// Write the findings of today into the baseline, and take out those that are gone
    #[arg(long, conflicts_with = "since")]
    pub update_baseline: bool,
    /// Only findings on lines that changed since this commit, branch or tag, as git tells; other files are not read
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
}

/// What is accepted in a run, and the baseline to write.
pub struct Accepting {
    /// Marks what is accepted.
    pub accept: Accept,
    file: Option<PathBuf>,
    update: bool,
    frozen: bool,
}

/// What is to be said when all has been read.
pub struct Settled {
    /// Findings about suppressions that nothing needs.
    pub outcome: Outcome,
    /// The least exit code.
    pub code: u8,
}

/// The files that a configuration names, or that lie beside it; without one the nearest upwards. A file that is named has to be there; one
/// that lies there and cannot be read is told when it is.
pub fn found(config: &Config, key: Option<&str>, name: &str, folder: &Path) -> Option<PathBuf> {
    if let Some(file) = key {
        return Some(config.folder().join(file));
    }
    if config.file.is_some() {
        return Some(config.folder().join(name)).filter(|f| f.symlink_metadata().is_ok());
    }
    folder.ancestors().map(|d| d.join(name)).find(|f| f.symlink_metadata().is_ok()).map(|f| setup::relative(&f))
}

/// The entries of promolint-ignore.yaml, if there is one.
pub fn ignores(config: &Config, folder: &Path, color: Color) -> Result<Option<(PathBuf, Ignores)>, u8> {
    let Some(file) = found(config, config.suppressions.as_deref(), Ignores::FILE_NAME, folder) else { return Ok(None) };
    let bytes = files::bytes(&file, &IGNORES, color)?;
    let ignores = Ignores::read(&file, bytes).map_err(|broken| {
        complain(&rich_faults_in(&broken.source, &broken.faults, stderr_palette(color)));
        exit::TROUBLE
    })?;
    Ok(Some((file, ignores)))
}

/// A baseline that is there.
pub fn baseline(file: &Path, color: Color) -> Result<Baseline, u8> {
    let bytes = files::bytes(file, &BASELINE, color)?;
    Baseline::read(file, bytes).map_err(|broken| {
        complain(&rich_faults_in(&broken.source, &broken.faults, stderr_palette(color)));
        exit::TROUBLE
    })
}

/// What promolint-ignore.yaml accepts, and nothing else: for reports of how things stand, in which a baseline hides nothing.
pub fn suppressions(config: &Config, arguments: &[String], inputs: &mut Inputs, today: Day, color: Color) -> Result<Accept, u8> {
    let ignores = ignores(config, &common_folder(arguments), color)?;
    leave_out(inputs, ignores.iter().map(|(f, _)| f));
    Ok(Accept::new(Coverage::default(), today).with_ignores(ignores.map(|(_, i)| i)))
}

impl Accepting {
    /// Reads what is accepted; takes out of the inputs the files that say so, and what did not change. Complains of what is wrong.
    pub fn load(args: &CheckArgs, config: &Config, arguments: &[String], inputs: &mut Inputs, today: Day) -> Result<Accepting, u8> {
        let (options, color) = (&args.acceptance, args.selection.color);
        let folder = common_folder(arguments);
        let ignores = ignores(config, &folder, color)?;
        let named = options.baseline.clone().or_else(|| found(config, config.baseline.as_deref(), Baseline::FILE_NAME, &folder));
        let file = match (named, options.update_baseline) {
            (None, true) => Some(config.folder().join(Baseline::FILE_NAME)),
            (named, _) => named.filter(|_| !options.no_baseline),
        };
        let baseline = match &file {
            None => None,
            Some(f) if options.update_baseline && !f.exists() => Some(Baseline::empty(f)),
            Some(f) => Some(baseline(f, color)?),
        };
        leave_out(inputs, file.iter().chain(ignores.iter().map(|(f, _)| f)));
        let changes = match &options.since {
            Some(revision) => Some(changes(revision, arguments, inputs)?),
            None => None,
        };
        let all_packs = args.selection.pack.is_empty();
        let coverage = Coverage::new(arguments, config.globs(&config.exclude), all_packs);
        // A pipeline that accepts what it finds would never find anything again.
        let frozen = options.update_baseline && is_ci();
        let accept = Accept::new(coverage, today)
            .with_ignores(ignores.map(|(_, i)| i))
            .with_baseline(baseline, options.update_baseline && !frozen)
            .with_changes(changes);
        Ok(Accepting { accept, file, update: options.update_baseline, frozen })
    }

    /// Says what of the baseline is gone, or writes it anew. `broken_off`: not all findings were seen.
    pub fn settle(&mut self, rules: &RuleSet, summary: &mut Summary, quiet: bool, broken_off: bool) -> Settled {
        let mut settled = Settled { outcome: Outcome::default(), code: exit::OK };
        if broken_off {
            return settled;
        }
        settled.outcome.findings = self.accept.about_ignores(rules);
        let (Some(change), Some(file)) = (self.accept.change(rules), &self.file) else { return settled };
        if !self.update {
            summary.baseline_stale = change.gone;
            if change.gone > 0 && !quiet {
                let (findings, are) = if change.gone == 1 { ("finding", "is") } else { ("findings", "are") };
                complain(&format!(
                    "note: {} {findings} in {} {are} there no more; `--update-baseline` takes {} out",
                    change.gone,
                    name_of(file),
                    if change.gone == 1 { "it" } else { "them" }
                ));
            }
            return settled;
        }
        if self.frozen && change.added > 0 {
            let message = format!("{} was not written: it would grow by {}, and this is CI", name_of(file), count(change.added, "finding"));
            settled.code = refuse(&message, "run `promolint --update-baseline` where somebody sees what is added, and commit the file");
            return settled;
        }
        if let Some(Err(code)) = self.accept.renewed(rules).map(|new| write(file, &change, &new)) {
            settled.code = code;
        }
        settled
    }
}

fn write(file: &Path, change: &BaselineChange, new: &Baseline) -> Result<(), u8> {
    let name = name_of(file);
    let holds = count(new.len(), "finding");
    if change.added == 0 && change.gone == 0 && file.exists() {
        complain(&format!("{name} is as it was: {holds}"));
        return Ok(());
    }
    files::replace(file, |out| new.write(out).map(|()| true))?;
    complain(&format!("wrote {name}: {holds}, {} added, {} removed", change.added, change.gone));
    Ok(())
}

/// Files that say what is accepted are no content.
fn leave_out<'a>(inputs: &mut Inputs, files: impl Iterator<Item = &'a PathBuf>) {
    let files: Vec<PathBuf> = files.filter_map(|f| f.canonicalize().ok()).collect();
    let names: Vec<_> = files.iter().filter_map(|f| f.file_name()).collect();
    let before = inputs.list.len();
    inputs.list.retain(|i| match i {
        Input::File { path, .. } if path.file_name().is_some_and(|n| names.contains(&n)) => {
            !path.canonicalize().is_ok_and(|p| files.contains(&p))
        }
        _ => true,
    });
    inputs.skipped += before - inputs.list.len();
}

fn changes(revision: &str, arguments: &[String], inputs: &mut Inputs) -> Result<Changes, u8> {
    if let Some(other) = arguments.iter().find(|a| *a == "-" || a.contains("://")) {
        let what = if other == "-" { "standard input" } else { other };
        return Err(refuse(&format!("git does not know what changed in {what}"), "`--since` takes files and folders"));
    }
    let there: Vec<String> = arguments.iter().filter(|a| Path::new(a).exists()).cloned().collect();
    let mut changes = Changes::since(revision, &there).map_err(|e| refuse(&format!("--since {revision}: {e}"), e.help()))?;
    inputs.list.retain(|i| changes.takes(i));
    inputs.bytes = inputs.list.iter().map(|i| if let Input::File { size, .. } = i { *size } else { 0 }).sum();
    Ok(changes)
}

/// Whether a machine runs this: what CI services set.
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|v| !matches!(v.as_str(), "" | "0" | "false"))
}
