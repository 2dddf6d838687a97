//! Only what changed: which inputs and which findings are of interest since a revision.

use super::git::{self, GitError, Lines};
use crate::engine::walk::Input;
use crate::finding::{Finding, Location};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What changed since a revision, in all repositories that inputs lie in.
#[derive(Debug, Default)]
pub struct Changes {
    files: HashMap<PathBuf, Lines>,
    /// What inputs are called, and what changed in them.
    inputs: HashMap<String, Lines>,
}

impl Changes {
    /// Asks git about the repositories of these folders and files.
    ///
    /// # Errors
    /// There is no git, a path lies in no repository, a repository has no such revision.
    pub fn since(revision: &str, arguments: &[String]) -> Result<Changes, GitError> {
        let mut tops: Vec<PathBuf> = Vec::new();
        let mut known: HashMap<PathBuf, ()> = HashMap::new();
        for argument in arguments {
            let path = Path::new(argument);
            let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
            if known.insert(folder.to_owned(), ()).is_some() {
                continue;
            }
            // Asking git takes longer than looking for what it would find.
            let real = if folder.as_os_str().is_empty() { Path::new(".") } else { folder }.canonicalize().unwrap_or_default();
            let near = real.ancestors().find(|a| a.join(".git").exists());
            if near.is_none_or(|n| !tops.iter().any(|t| t == n)) {
                let top = git::top(folder)?;
                if !tops.contains(&top) {
                    tops.push(top);
                }
            }
        }
        let mut files = HashMap::new();
        for top in &tops {
            files.extend(git::changes(top, revision)?);
        }
        Ok(Changes { files, inputs: HashMap::new() })
    }

    /// Whether an input changed at all: others need not be read.
    pub fn takes(&mut self, input: &Input) -> bool {
        let Input::File { path, name, .. } = input else { return true };
        let real = path.file_name().and_then(|f| {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(folder.canonicalize().ok()?.join(f))
        });
        match real.and_then(|r| self.files.get(&r)) {
            None => false,
            // Moved, or lines taken out: nothing in it is new.
            Some(Lines::Some(lines)) if lines.is_empty() => false,
            Some(lines) => {
                self.inputs.insert(name.clone(), lines.clone());
                true
            }
        }
    }

    /// Whether a finding stands on a line that changed; one without lines (an image) if its file did.
    pub fn touches(&self, f: &Finding) -> bool {
        match f.path.as_ref().and_then(|p| self.inputs.get(p)) {
            Some(Lines::All) => true,
            Some(Lines::Some(lines)) => f.primary.spans.is_empty() || is_on(&f.primary, lines),
            None => false,
        }
    }
}

fn is_on(location: &Location, lines: &[(usize, usize)]) -> bool {
    location.spans.iter().any(|p| {
        // An end at the beginning of a line is that of the line before.
        let last = if p.end_column <= 1 && p.end_line > p.line { p.end_line - 1 } else { p.end_line };
        let next = lines.partition_point(|(_, to)| *to < p.line);
        lines.get(next).is_some_and(|(from, _)| *from <= last)
    })
}
