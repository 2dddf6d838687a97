//! What a run looked at, so that nothing is called gone that was not looked for.

use crate::engine::outcome::Outcome;
use crate::engine::paths::{Paths, without_dots};
use crate::engine::rules::RuleSet;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What a run was asked to read, and what it read.
#[derive(Debug, Default)]
pub struct Coverage {
    here: PathBuf,
    /// Folders that were walked.
    folders: Vec<PathBuf>,
    /// Files that are left out by the configuration.
    excluded: Paths,
    /// Whether rules that are in none of the packs were taken out of them, rather than not being asked for.
    all_packs: bool,
    read: HashSet<PathBuf>,
    troubled: HashSet<PathBuf>,
    /// Rules that lacked a register somewhere.
    not_applied: HashSet<String>,
}

impl Coverage {
    /// Of a run over these inputs. `all_packs`: the packs are those of the configuration.
    pub fn new(arguments: &[String], excluded: Paths, all_packs: bool) -> Coverage {
        let here = std::env::current_dir().unwrap_or_default();
        let folders = arguments.iter().filter(|a| *a != "-").map(|a| without_dots(&here.join(a))).filter(|p| p.is_dir()).collect();
        Coverage { here, folders, excluded, all_packs, ..Coverage::default() }
    }

    /// An outcome came.
    pub(super) fn saw(&mut self, outcome: &Outcome) {
        if outcome.starts_input && !outcome.skipped {
            self.read.insert(self.absolute(&outcome.name));
        }
        for t in &outcome.troubles {
            let of = t.path.as_deref().unwrap_or(&outcome.name);
            self.troubled.insert(self.absolute(of));
        }
        for (rule, _) in &outcome.not_applied {
            if !self.not_applied.contains(rule) {
                self.not_applied.insert(rule.clone());
            }
        }
    }

    /// A name in reports as a path; an address stays one.
    pub(super) fn absolute(&self, name: &str) -> PathBuf {
        if name.contains("://") { PathBuf::from(name) } else { without_dots(&self.here.join(name)) }
    }

    /// Whether all that a rule finds was found. A rule that no pack has any more finds nothing.
    pub(super) fn has_rule(&self, id: &str, rules: &RuleSet) -> bool {
        if rules.id_of(id).is_none() {
            return self.all_packs;
        }
        rules.runs(id) && !self.not_applied.contains(id)
    }

    /// Whether a file, named relative to a folder, was read to its end, or is content no more.
    pub(super) fn has_file(&self, name: &str, folder: &Path) -> bool {
        let path = if name.contains("://") { PathBuf::from(name) } else { without_dots(&folder.join(name)) };
        let gone = || !path.exists() || self.excluded.is_match(&path.to_string_lossy());
        !self.troubled.contains(&path) && (self.read.contains(&path) || self.has_folder(&path) && gone())
    }

    /// Whether a folder that was walked is this one or above it.
    pub(super) fn has_folder(&self, folder: &Path) -> bool {
        self.folders.iter().any(|f| folder.starts_with(f))
    }

    /// Inputs that could not be read whole.
    pub(super) fn troubled(&self) -> impl Iterator<Item = &Path> {
        self.troubled.iter().map(PathBuf::as_path)
    }

    /// Whether a file was read.
    pub(super) fn has_read(&self, path: &Path) -> bool {
        self.read.contains(path)
    }

    /// Files that were read.
    pub(super) fn read(&self) -> impl Iterator<Item = &Path> {
        self.read.iter().map(PathBuf::as_path)
    }
}
