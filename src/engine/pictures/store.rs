//! Where pictures lie: files of the disk, none outside the root of the input; or files in memory, for the tests of packs.

use super::resolve::Place;
use crate::engine::cache::Cache;
use crate::engine::format::Format;
use crate::engine::paths::without_dots;
use crate::engine::walk::io_message;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Where pictures lie.
#[derive(Debug)]
pub enum Store {
    /// On the disk.
    Disk {
        /// The folders that were named as inputs, by their true paths.
        named: Vec<PathBuf>,
        /// What is known of the folders that documents lie in.
        sites: Mutex<HashMap<PathBuf, Arc<Site>>>,
        /// What earlier runs made of the supplied images.
        cache: Option<Cache>,
    },
    /// In memory, by path.
    Memory(BTreeMap<String, Vec<u8>>),
}

/// What pictures of documents in one folder may lie in.
#[derive(Debug)]
pub struct Site {
    /// The folder itself, true.
    folder: PathBuf,
    /// Nothing outside this is opened.
    root: PathBuf,
    /// What a path that begins with `/` may be relative to, likeliest first.
    bases: Vec<PathBuf>,
}

/// What came of looking for a file.
#[derive(Debug)]
pub enum Found {
    /// Here.
    At(Place),
    /// There is none; its path as far as it is known.
    Nowhere(String),
    /// It lies outside the root of the input.
    Outside,
    /// No file is meant: an address that a server answers.
    Dynamic,
}

/// Why a file is not read.
#[derive(Debug)]
pub enum Failed {
    /// There is none.
    Missing,
    /// Something else.
    Other {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: String,
    },
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failed::Missing => f.write_str("there is no such file"),
            Failed::Other { message, .. } => f.write_str(message),
        }
    }
}

/// The path of a file of the register.
pub fn supplied_path(register: &str, file: &str) -> PathBuf {
    Path::new(register).parent().unwrap_or(Path::new("")).join(file)
}

impl Store {
    /// Files of the disk, for inputs that were named so; what earlier runs made of the supplied images is taken from `cache`.
    pub fn disk(arguments: &[String], cache: Option<Cache>) -> Store {
        let folders = arguments.iter().filter_map(|a| Path::new(a).canonicalize().ok()).filter(|p| p.is_dir());
        Store::Disk { named: folders.collect(), sites: Mutex::default(), cache }
    }

    /// What earlier runs made of the supplied images.
    pub fn cache(&self) -> Option<&Cache> {
        match self {
            Store::Disk { cache, .. } => cache.as_ref(),
            Store::Memory(_) => None,
        }
    }

    /// Whether both hold the same files in memory.
    pub fn same(&self, other: &Store) -> bool {
        matches!((self, other), (Store::Memory(a), Store::Memory(b)) if a == b)
    }

    /// Reads a file of the register.
    pub fn supplied(&self, register: &str, file: &str, limit: u64) -> Result<Vec<u8>, String> {
        let path = match self {
            Store::Disk { .. } => supplied_path(register, file),
            Store::Memory(_) => PathBuf::from(file),
        };
        self.read(&path, limit).map_err(|e| e.to_string())
    }

    /// What an input of this name is opened by.
    pub fn key(&self, name: &str) -> PathBuf {
        match self {
            Store::Disk { .. } => Path::new(name).canonicalize().unwrap_or_else(|_| PathBuf::from(name)),
            Store::Memory(_) => PathBuf::from(name),
        }
    }

    /// Reads a file of at most `limit` bytes; no device, pipe or folder.
    pub fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Failed> {
        let fail = |message: String, help: &str| Failed::Other { message, help: help.to_owned() };
        let failed = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound => Failed::Missing,
            _ => fail(io_message(&e), "check the path and its permissions"),
        };
        match self {
            Store::Memory(files) => files.get(&*path.to_string_lossy()).cloned().ok_or(Failed::Missing),
            Store::Disk { .. } => {
                // Asked before it is opened: opening a pipe waits for its writer.
                let meta = std::fs::metadata(path).map_err(failed)?;
                if !meta.is_file() {
                    return Err(fail("this is no file".into(), "name an image file"));
                }
                if meta.len() > limit {
                    let message = format!("this is too large for an image: {} MB, at most {} MB", meta.len() >> 20, limit >> 20);
                    return Err(fail(message, "make it smaller, or exclude it"));
                }
                let mut bytes = Vec::with_capacity(meta.len() as usize);
                File::open(path).and_then(|f| f.take(limit + 1).read_to_end(&mut bytes)).map_err(failed)?;
                Ok(bytes)
            }
        }
    }

    /// Looks for what a document calls `path`.
    pub fn find(&self, path: &str, document: &str) -> Found {
        match self {
            Store::Memory(files) => {
                let folder = document.rsplit_once('/').map_or("", |(f, _)| f);
                let name = if path.starts_with('/') { plain(path) } else { plain(&format!("{folder}/{path}")) };
                if name.starts_with("..") {
                    return Found::Outside;
                }
                if files.contains_key(&name) {
                    return Found::At(Place { path: PathBuf::from(&name), name });
                }
                if is_picture(&name) { Found::Nowhere(name) } else { Found::Dynamic }
            }
            Store::Disk { .. } => {
                let Some(site) = self.site(document) else { return Found::Nowhere(path.to_owned()) };
                let relative = path.trim_start_matches('/');
                let bases: &[PathBuf] = if path.starts_with('/') { &site.bases } else { std::slice::from_ref(&site.folder) };
                let mut outside = false;
                for base in bases {
                    let joined =
                        if path.starts_with('/') { base.join(plain(relative).trim_start_matches("../")) } else { base.join(relative) };
                    let lexical = without_dots(&joined);
                    // Nothing is asked of the system about what lies outside.
                    if !lexical.starts_with(&site.root) {
                        outside = true;
                        continue;
                    }
                    match lexical.canonicalize() {
                        Ok(real) if real.starts_with(&site.root) && real.is_dir() => return Found::Dynamic,
                        Ok(real) if real.starts_with(&site.root) => {
                            return Found::At(Place { name: shown(&lexical, document), path: real });
                        }
                        Ok(_) => outside = true,
                        Err(_) => {}
                    }
                }
                if outside {
                    return Found::Outside;
                }
                if !is_picture(relative) {
                    return Found::Dynamic;
                }
                Found::Nowhere(bases.first().map_or_else(|| path.to_owned(), |b| shown(&without_dots(&b.join(relative)), document)))
            }
        }
    }

    fn site(&self, document: &str) -> Option<Arc<Site>> {
        let Store::Disk { named, sites, .. } = self else { return None };
        let parent = Path::new(document).parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Some(known) = sites.lock().ok().and_then(|s| s.get(parent).cloned()) {
            return Some(known);
        }
        let folder = parent.canonicalize().ok()?;
        let site = Arc::new(Site::of(folder, named));
        if let Ok(mut sites) = sites.lock() {
            sites.insert(parent.to_owned(), Arc::clone(&site));
        }
        Some(site)
    }
}

impl Site {
    fn of(folder: PathBuf, named: &[PathBuf]) -> Site {
        let mut around: Vec<&PathBuf> = named.iter().filter(|n| folder.starts_with(n)).collect();
        around.sort_by_key(|n| n.components().count());
        let root = around.first().map_or_else(|| project(&folder), |n| (*n).clone());
        let mut bases: Vec<PathBuf> = around.iter().rev().map(|n| (*n).clone()).collect();
        let above = folder.ancestors().take_while(|a| a.starts_with(&root)).map(Path::to_owned);
        bases.extend(above);
        Site { folder, root, bases }
    }
}

/// For a file that was named itself: the project it lies in, told by its configuration or repository; else the folder promolint was started in;
/// else its own.
fn project(folder: &Path) -> PathBuf {
    let marked = |f: &&Path| f.join("promolint.yaml").is_file() || f.join(".git").exists();
    if let Some(project) = folder.ancestors().find(marked) {
        return project.to_owned();
    }
    let here = std::env::current_dir().and_then(|d| d.canonicalize()).unwrap_or_default();
    // The root of the disk is no project.
    if here.parent().is_some() && folder.starts_with(&here) { here } else { folder.to_owned() }
}

/// Whether a path ends as those of pictures do; others may be answered by a server.
pub fn is_picture(path: &str) -> bool {
    Format::from_name(path) == Some(Format::Image)
}

/// A path of names and `/`, without `.` and `..` as far as they can be taken away.
fn plain(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if out.last().is_some_and(|p| *p != "..") => {
                out.pop();
            }
            p => out.push(p),
        }
    }
    out.join("/")
}

/// A path as reports name it: as documents are, relative to where promolint was started unless the document's is not.
fn shown(path: &Path, document: &str) -> String {
    let here = std::env::current_dir().and_then(|d| d.canonicalize()).unwrap_or_default();
    let absolute = Path::new(document).is_absolute();
    let name = if absolute {
        path.to_owned()
    } else {
        let common = path.components().zip(here.components()).take_while(|(a, b)| a == b).count();
        let up = here.components().count() - common;
        std::iter::repeat_n(Component::ParentDir, up).chain(path.components().skip(common)).collect()
    };
    name.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
