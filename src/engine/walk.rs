//! From what the user named to the files to read, in a fixed order.

use super::format::Format;
use super::paths::Paths;
use crate::finding::Trouble;
use crate::source::is_address;
use ignore::WalkBuilder;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// Its name in reports: as given, with `/`.
        name: String,
        /// Whether the user named it, rather than a folder it lies in.
        named: bool,
        /// Its size in bytes.
        size: u64,
    },
    /// Standard input, under this name.
    Stdin {
        /// Its name in reports.
        name: String,
        /// What it held, if it was read before.
        held: Option<Arc<[u8]>>,
    },
    /// Something on the web.
    Url {
        /// Its address as given, and its name in reports.
        name: String,
    },
}

/// What was found.
#[derive(Debug, Default)]
pub struct Inputs {
    /// In the order of the command line, folders by name.
    pub list: Vec<Input>,
    /// What could not be opened.
    pub troubles: Vec<Trouble>,
    /// Files that are left out for what they are: unknown endings.
    pub skipped: usize,
    /// Links out of the folders, which are not followed.
    pub links: Vec<String>,
    /// Files that were named, standard input among them, and are left out by the configuration's `exclude`.
    pub excluded: usize,
    /// Whether `exclude` leaves something out in a folder that was named.
    pub excluded_below: bool,
    /// Bytes in all files.
    pub bytes: u64,
    /// Whether pictures in folders are content.
    images: bool,
}

/// A path as reports name it.
pub fn name_of(path: &Path) -> String {
    let name = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    name.strip_prefix("./").filter(|n| !n.is_empty()).map_or(name.clone(), str::to_owned)
}

/// The files that were met, each with its place among the inputs if it is one: a file that is named in two ways is read once.
struct Met {
    /// Whether there is more than one argument, so that it can happen.
    several: bool,
    files: HashMap<PathBuf, Option<usize>>,
}

impl Met {
    /// A path without links and detours, where that matters.
    fn whole(&self, path: &Path) -> Option<PathBuf> {
        if self.several { path.canonicalize().ok() } else { None }
    }
}

impl Inputs {
    /// The same, with the pictures in folders: there is something to hold them against.
    pub fn with_images(arguments: &[String], stdin_name: Option<&str>, excluded: &Paths) -> Inputs {
        Inputs { images: true, ..Inputs::default() }.look(arguments, stdin_name, excluded)
    }

    /// Looks for files. Folders are walked with .gitignore and `exclude` respected; a file that the user names is taken in any case, except
    /// that `exclude` holds for it too (a pre-commit hook names every file).
    pub fn find(arguments: &[String], stdin_name: Option<&str>, excluded: &Paths) -> Inputs {
        Inputs::default().look(arguments, stdin_name, excluded)
    }

    fn look(mut self, arguments: &[String], stdin_name: Option<&str>, excluded: &Paths) -> Inputs {
        let out = &mut self;
        let mut met = Met { several: arguments.len() > 1, files: HashMap::new() };
        let mut before = HashSet::new();
        for argument in arguments.iter().filter(|a| before.insert(*a)) {
            if argument == "-" {
                match stdin_name {
                    Some(name) if excluded.is_match(name) => out.excluded += 1,
                    name => out.list.push(Input::Stdin { name: name.unwrap_or("<stdin>").to_owned(), held: None }),
                }
                continue;
            }
            if is_address(argument) {
                out.list.push(Input::Url { name: argument.clone() });
                continue;
            }
            let path = Path::new(argument);
            match std::fs::metadata(path) {
                Ok(meta) if meta.is_dir() => out.folder(path, excluded, &mut met),
                Ok(meta) if meta.is_file() => {
                    let name = name_of(path);
                    let whole = met.whole(path);
                    if let Some(Some(at)) = whole.as_ref().and_then(|w| met.files.get(w)) {
                        // It may lie in a folder that was named before.
                        if let Some(Input::File { named, .. }) = out.list.get_mut(*at) {
                            *named = true;
                        }
                        continue;
                    }
                    if excluded.is_match(&name) {
                        out.excluded += 1;
                    } else {
                        out.bytes += meta.len();
                        if let Some(whole) = whole {
                            met.files.insert(whole, Some(out.list.len()));
                        }
                        out.list.push(Input::File { path: path.to_owned(), name, named: true, size: meta.len() });
                    }
                }
                // A pipe or device: read like a file, of a size nobody knows.
                Ok(_) => out.list.push(Input::File { path: path.to_owned(), name: name_of(path), named: true, size: u64::MAX }),
                Err(e) => {
                    let help = match e.kind() {
                        std::io::ErrorKind::NotFound if argument.contains("://") => {
                            "of addresses, https:// and http:// are fetched".to_owned()
                        }
                        std::io::ErrorKind::NotFound if argument.starts_with("www.") => {
                            format!("for the page on the web, write `https://{argument}`")
                        }
                        std::io::ErrorKind::NotFound => nearest(path),
                        std::io::ErrorKind::PermissionDenied => "give read permission, or leave it out".to_owned(),
                        _ => String::new(),
                    };
                    out.troubles.push(Trouble::about(name_of(path), io_message(&e), help));
                }
            }
        }
        self
    }

    fn folder(&mut self, path: &Path, excluded: &Paths, met: &mut Met) {
        let above = met.whole(path);
        let excluded = excluded.clone();
        let below = Arc::new(AtomicBool::new(false));
        let found = Arc::clone(&below);
        let (first, mut links) = (self.list.len(), Vec::new());
        let walk = WalkBuilder::new(path)
            .require_git(false)
            .sort_by_file_name(|a, b| a.cmp(b))
            .filter_entry(move |e| {
                let is_folder = e.file_type().is_some_and(|t| t.is_dir());
                // In a folder that is left out may lie what a later pattern takes back.
                let left_out = || (!is_folder || excluded.holds_below()) && excluded.is_match(&name_of(e.path()));
                let left_out = e.depth() > 0 && e.file_name() != "node_modules" && left_out();
                found.fetch_or(left_out, Ordering::Relaxed);
                e.depth() == 0 || e.file_name() != "node_modules" && !left_out
            })
            .build();
        for entry in walk {
            let entry = match entry {
                Ok(e) => e,
                Err(e) => {
                    let message = e.io_error().map_or_else(|| e.to_string(), io_message);
                    let place = error_path(&e).map_or_else(|| name_of(path), |p| name_of(&p));
                    self.troubles.push(Trouble::about(place, message, "give read permission, or exclude it"));
                    continue;
                }
            };
            if entry.depth() > 0 && entry.path_is_symlink() {
                links.push(entry.into_path());
                continue;
            }
            if !entry.file_type().is_some_and(|t| t.is_file()) {
                continue;
            }
            let whole = above.as_ref().and_then(|w| Some(w.join(entry.path().strip_prefix(path).ok()?)));
            if whole.as_ref().is_some_and(|w| met.files.contains_key(w)) {
                continue;
            }
            let name = name_of(entry.path());
            let known = Format::from_name(&name).is_some_and(|f| self.images || f != Format::Image);
            if let Some(whole) = whole {
                met.files.insert(whole, known.then_some(self.list.len()));
            }
            if !known {
                self.skipped += 1;
                continue;
            }
            let size = entry.metadata().map_or(0, |m| m.len());
            self.bytes += size;
            self.list.push(Input::File { path: entry.path().to_owned(), name, named: false, size });
        }
        if !links.is_empty() {
            self.links(path, links, first, met);
        }
        self.excluded_below |= below.load(Ordering::Relaxed);
    }
}

impl Inputs {
    /// Links in a folder, of which the inputs begin with number `first`. What a link to a file leads to is read once: by its own name, if it
    /// is an input, or by the link's. Links out of the folder are not followed: what is quoted, or mended, there is not what was named.
    fn links(&mut self, folder: &Path, links: Vec<PathBuf>, first: usize, met: &mut Met) {
        let whole = |i: &Input| if let Input::File { path, .. } = i { path.canonicalize().ok() } else { None };
        let mut read: HashSet<PathBuf> = self.list.get(first..).unwrap_or_default().iter().filter_map(whole).collect();
        let inside = folder.canonicalize().unwrap_or_default();
        for link in links {
            let (Ok(target), Ok(meta)) = (link.canonicalize(), link.metadata()) else { continue };
            let name = name_of(&link);
            let known = Format::from_name(&name).is_some_and(|f| self.images || f != Format::Image);
            if !target.starts_with(&inside) {
                // Unless it is read all the same, by its own name.
                if meta.is_dir() || known && !met.files.contains_key(&target) {
                    self.links.push(name);
                }
                continue;
            }
            if !meta.is_file() || !read.insert(target.clone()) || met.files.contains_key(&target) {
                continue;
            }
            met.files.insert(target, known.then_some(self.list.len()));
            if !known {
                self.skipped += 1;
                continue;
            }
            self.bytes += meta.len();
            self.list.push(Input::File { path: link, name, named: false, size: meta.len() });
        }
    }
}

fn error_path(e: &ignore::Error) -> Option<PathBuf> {
    match e {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        _ => None,
    }
}

/// An operating system's message in plain words.
pub fn io_message(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".into(),
        std::io::ErrorKind::PermissionDenied => "this may not be read".into(),
        std::io::ErrorKind::IsADirectory => "this is a folder".into(),
        _ => {
            let s = e.to_string();
            s.split(" (os error").next().unwrap_or(&s).to_lowercase()
        }
    }
}

/// What to do about a path that is not there: the name in the same folder that was probably meant.
pub fn nearest(path: &Path) -> String {
    if let Ok(target) = std::fs::read_link(path) {
        return format!("it is a link to `{}`, which is not there", name_of(&target));
    }
    let wanted = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> = std::fs::read_dir(folder)
        .map(|d| d.filter_map(|e| e.ok()?.file_name().into_string().ok()).take(10_000).collect())
        .unwrap_or_default();
    match crate::pack::shape::did_you_mean(&wanted, names.iter().map(String::as_str)) {
        Some(n) => format!("did you mean `{}`?", name_of(&folder.join(n))),
        None => "check the spelling, and the folder you are in".into(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_to_files_within_are_read_once_and_those_that_lead_out_are_told() {
        let folder = std::env::temp_dir().join(format!("promolint-links-{}", std::process::id()));
        let (site, real) = (folder.join("site"), folder.join("real"));
        for f in [&site, &real] {
            std::fs::create_dir_all(f).expect("a folder");
        }
        for file in [site.join("b.md"), real.join("c.md")] {
            std::fs::write(file, "x").expect("written");
        }
        std::fs::write(site.join(".kept.md"), "x").expect("written");
        // To a file that is read, to one that is not (twice), to a file and a folder elsewhere, to nothing.
        let links =
            [("b.md", "a.md"), (".kept.md", "d.md"), (".kept.md", "e.md"), ("../real/c.md", "c.md"), ("../real", "f"), ("gone", "g.md")];
        for (to, link) in links {
            symlink(to, site.join(link)).expect("a link");
        }
        let list = |arguments: &[&Path]| {
            let arguments: Vec<String> = arguments.iter().map(|p| p.to_string_lossy().into_owned()).collect();
            let inputs = Inputs::find(&arguments, None, &Paths::default());
            let name = |i: &Input| {
                if let Input::File { path, .. } = i { path.file_name().map(|n| n.to_string_lossy().into_owned()) } else { None }
            };
            (inputs.list.iter().filter_map(name).collect::<Vec<_>>(), inputs.links.len())
        };
        let names = |of: &[&str]| of.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(list(&[&site]), (names(&["b.md", "d.md"]), 2));
        assert_eq!(list(&[&folder]), (names(&["c.md", "b.md", "d.md"]), 0));
        assert_eq!(list(&[&real, &site]), (names(&["c.md", "b.md", "d.md"]), 1));
        let _ = std::fs::remove_dir_all(&folder);
    }
}
