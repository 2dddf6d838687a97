//! `promolint cache`, and what a run takes from the cache.

use super::args::{CheckArgs, Selection};
use super::{complain, count, exit, files, print, refuse};
use crate::engine::cache::{self, Cache};
use crate::engine::{Gallery, Recall, io_message, name_of, recall};
use crate::facts::Facts;
use clap::{Args, Subcommand};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is kept between runs, and where.
#[derive(Debug, Args, Default)]
pub struct Caching {
    /// Check everything anew, and keep nothing for the next run
    #[arg(long)]
    pub no_cache: bool,
    /// Where to keep what came of files that have not changed [default: PROMOLINT_CACHE_DIR, else promolint in the user's cache folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache_dir: Option<PathBuf>,
}

/// Arguments of `cache`.
#[derive(Debug, Args)]
pub struct CacheArgs {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Debug, Subcommand)]
enum CacheCommand {
    /// Print where it is
    Dir(Where),
    /// Remove what is in it
    Clean(Where),
}

#[derive(Debug, Args)]
struct Where {
    /// The cache [default: PROMOLINT_CACHE_DIR, else promolint in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &CacheArgs) -> u8 {
    let (CacheCommand::Dir(at) | CacheCommand::Clean(at)) = &args.command;
    let Some(root) = at.cache_dir.clone().or_else(Cache::folder_of_user) else {
        return refuse("nobody knows where this user keeps caches", "name a folder with `--cache-dir DIR`, or in PROMOLINT_CACHE_DIR");
    };
    match args.command {
        CacheCommand::Dir(_) => print(&format!("{}\n", root.display())),
        CacheCommand::Clean(_) => clean(&root),
    }
}

/// Removes the files that promolint keeps in a folder, and no others.
fn clean(root: &Path) -> u8 {
    let mut gone = Cache::at(root, 0).clean();
    let results = root.join(recall::FOLDER);
    let folders = match std::fs::read_dir(&results) {
        Ok(folders) => folders,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return cleaned(root, gone),
        Err(e) => return refuse(&format!("cannot read {}: {}", name_of(&results), io_message(&e)), "check its permissions"),
    };
    for folder in folders.flatten().filter(|f| f.file_type().is_ok_and(|t| t.is_dir())) {
        let (files, bytes) = recall::remove(&folder.path());
        gone = (gone.0 + files, gone.1 + bytes);
    }
    let _ = std::fs::remove_dir(&results);
    cleaned(root, gone)
}

fn cleaned(root: &Path, (files, bytes): (usize, u64)) -> u8 {
    if files == 0 {
        complain(&format!("there is nothing in {}", name_of(root)));
    } else {
        complain(&format!("removed {} ({:.1} MB) from {}", count(files, "file"), bytes as f64 / 1e6, name_of(root)));
    }
    exit::OK
}

impl Caching {
    /// The folder to use; `None` for none.
    pub fn root(&self) -> Option<PathBuf> {
        if self.no_cache { None } else { self.cache_dir.clone().or_else(Cache::folder_of_user) }
    }
}

/// What earlier runs found, if this one may take it. Configuration, packs and registers have been read, and nothing else.
pub fn of_run(root: Option<PathBuf>, args: &CheckArgs, arguments: &[String], facts: &Facts, pictures: &Gallery) -> Option<Arc<Recall>> {
    // Pictures of what differs are written while content is checked.
    let root = root.filter(|_| args.image_diffs.is_none())?;
    let here = std::env::current_dir().and_then(|d| d.canonicalize()).ok()?;
    // Images of pages may lie in any of these.
    let mut folders: Vec<PathBuf> = arguments.iter().filter_map(|a| Path::new(a).canonicalize().ok()).filter(|p| p.is_dir()).collect();
    folders.sort();
    let Selection { pack, only, ignore, config, min_confidence, color: _ } = &args.selection;
    let chosen =
        format!("{folders:?} {pack:?} {only:?} {ignore:?} {config:?} {min_confidence:?} {:?} {:?}", args.content.kind, args.registers);
    let project = cache::key(&[here.as_os_str().as_encoded_bytes(), chosen.as_bytes()]);
    // Where registers speak of days, so do findings; otherwise some rules know which year it is.
    let has_registers = facts.partners.is_some() || facts.approvals.is_some() || facts.assets.is_some() || facts.awards.is_some();
    let day = if has_registers { facts.today.to_string() } else { facts.today.year().to_string() };
    let mut images = Sha256::new();
    for file in pictures.supplied() {
        let sum = std::fs::read(&file).map(Sha256::digest).map_or_else(|e| format!("{:?}", e.kind()), |s| format!("{s:x?}"));
        images.update(format!("{file:?} {sum}\n"));
    }
    let key = cache::key(&[
        &cache::build(),
        &files::read_so_far(),
        day.as_bytes(),
        format!("{:?}", facts.speaker).as_bytes(),
        &images.finalize(),
    ]);
    Some(Arc::new(Recall::new(&root, &project, key, facts.today)))
}
