//! What would be read, and what would not, without checking anything.

use super::format::Format;
use super::outcome::MAX_DOCUMENT;
use super::paths::Paths;
use super::read::{hint, read_source};
use super::run::Engine;
use super::split::Work;
use super::walk::{Input, name_of};
use super::why::KindBy;
use crate::document::records;
use crate::document::{Builder, Kind};
use crate::source::Source;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What an input would be read as.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its name in reports.
    pub name: String,
    /// In words: `html`, `csv`.
    pub format: &'static str,
    /// What it is to the public, and what tells; `None` where it is no content, or of several kinds.
    pub kind: Option<(Kind, KindBy)>,
    /// The form of the first record, or why it would not be checked.
    pub note: Option<String>,
}

/// Something that would not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name; a folder ends with `/`.
    pub name: String,
    /// Why.
    pub why: Why,
}

/// Why something is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is a register of the run, its baseline or the like; or it did not change.
    NoContent,
    /// A pattern of `exclude`, by its number.
    Exclude(usize),
    /// A line of a file like .gitignore: the file, the line from 1, the pattern.
    Ignored(String, usize, String),
    /// The name begins with a dot.
    Hidden,
    /// `node_modules`.
    Installed,
    /// A link: what it leads to, and whether that is there.
    Link(String, bool),
    /// Nothing that promolint reads has this ending.
    Ending,
    /// A picture, and there is no register of images to hold it against.
    Picture,
}

impl Engine<'_> {
    /// What an input is. Reads it, but not more than is needed to tell.
    pub fn listed(&self, input: &Input) -> Listed {
        let (name, path) = match input {
            Input::File { name, path, .. } => (name, path),
            Input::Stdin { name, .. } => return Listed { name: name.clone(), format: "standard input", kind: None, note: None },
            Input::Url { name } => return Listed { name: name.clone(), format: "address", kind: None, note: None },
        };
        let format = Format::from_name(name);
        let mut out = Listed { name: name.clone(), format: format.map_or("told from the content", word), kind: None, note: None };
        let user = self.kind_of(name).map(|k| (k, KindBy::User));
        match format {
            Some(Format::Image) => out.kind = user.or(Some((Kind::Image, KindBy::Default))),
            Some(f) if !f.is_records() => match page(path, name, f, self.kind_of(name)) {
                Ok((kind, by)) => out.kind = Some(user.unwrap_or((kind, by))),
                Err(note) => out.note = Some(note),
            },
            // Told by the way that checks it, which stops after the first records.
            _ => self.split(std::slice::from_ref(input), &mut |task| {
                match task.work {
                    Work::Records { chunk, kind, .. } => {
                        let mut b = Builder::new();
                        let form = match records::read(&chunk, 0, self.formats, &mut b) {
                            records::Outcome::Known(f) => Some(f.name.clone()),
                            _ => None,
                        };
                        let document = b.finish();
                        out.kind = user.or(kind.or(document.kind).map(|k| (k, KindBy::Declared)));
                        out.note = form.map(|f| format!("records of the form {f}"));
                    }
                    Work::Done(o) => {
                        out.note = o.troubles.first().map(|t| t.message.clone());
                        if let Some(because) = o.unread_because {
                            out.note = Some(format!("not read: {because}"));
                        } else if o.skipped {
                            out.note = Some("no content: records of a form nobody described".to_owned());
                        } else if o.troubles.is_empty() {
                            out.kind = user;
                        }
                    }
                    _ => {}
                }
                false
            }),
        }
        out
    }
}

/// A path relative to where promolint was started, where it lies below.
fn shorten(file: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    file.strip_prefix(&here).map_or_else(|_| file.to_owned(), Path::to_owned)
}

/// A format in a word.
fn word(format: Format) -> &'static str {
    match format {
        Format::Html => "html",
        Format::Markdown => "markdown",
        Format::Mdx => "mdx",
        Format::Text => "text",
        Format::Rst => "rst",
        Format::Ndjson => "ndjson",
        Format::Json => "json",
        Format::Csv => "csv",
        Format::Yaml => "yaml",
        Format::Image => "image",
    }
}

fn page(path: &Path, name: &str, format: Format, user: Option<Kind>) -> Result<(Kind, KindBy), String> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|f| f.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes));
    match read {
        Err(e) => return Err(super::io_message(&e)),
        Ok(n) if n as u64 > MAX_DOCUMENT => return Err("too large to read".to_owned()),
        Ok(_) if super::is_binary(&bytes) => return Err("this is not text".to_owned()),
        Ok(_) => {}
    }
    if let Some(kind) = user {
        return Ok((kind, KindBy::User));
    }
    let source = Source::decode(name, bytes, hint(format));
    let reading = read_source(&source, format, None);
    let by = match (reading.document.kind, reading.kind) {
        (Some(_), _) => KindBy::Declared,
        (None, Kind::Press) => KindBy::Content,
        _ => KindBy::Default,
    };
    Ok((reading.kind, by))
}

/// What lies in the arguments and is not among the inputs. `taken`: the inputs as found; `exclude`: the patterns, each by itself.
pub fn left_out(arguments: &[String], taken: &[Input], exclude: &[Paths], images: bool) -> Vec<LeftOut> {
    let taken = taken.iter().filter_map(|i| if let Input::File { name, .. } = i { Some(name.as_str()) } else { None }).collect();
    let mut look = Look { taken, exclude, images, out: Vec::new(), ignores: Vec::new() };
    for argument in arguments.iter().filter(|a| *a != "-" && !crate::source::is_address(a)) {
        let path = Path::new(argument);
        if path.is_dir() {
            look.ignores = above(path);
            look.folder(path, 0);
        } else if path.is_file() && !look.taken.contains(name_of(path).as_str()) {
            let why = look.excluded(&name_of(path)).unwrap_or(Why::NoContent);
            look.out.push(LeftOut { name: name_of(path), why });
        }
    }
    look.out
}

/// Names of files whose lines leave others out, the strongest last.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];
/// Folders are looked into so deep.
const MAX_DEPTH: usize = 64;

struct Look<'a> {
    taken: HashSet<&'a str>,
    exclude: &'a [Paths],
    images: bool,
    out: Vec<LeftOut>,
    ignores: Vec<(PathBuf, Gitignore)>,
}

/// The files of the folders above, up to where git's work tree begins.
fn above(folder: &Path) -> Vec<(PathBuf, Gitignore)> {
    let Ok(whole) = std::path::absolute(folder) else { return Vec::new() };
    let mut folders: Vec<&Path> = Vec::new();
    if !whole.join(".git").exists() {
        for f in whole.ancestors().skip(1) {
            folders.push(f);
            if f.join(".git").exists() {
                break;
            }
        }
    }
    folders.into_iter().rev().flat_map(ignores_of).collect()
}

fn ignores_of(folder: &Path) -> Vec<(PathBuf, Gitignore)> {
    let mut files: Vec<PathBuf> = vec![folder.join(".git/info/exclude")];
    files.extend(IGNORE_FILES.iter().map(|n| folder.join(n)));
    let built = files.into_iter().filter(|f| f.is_file()).filter_map(|f| {
        let mut b = GitignoreBuilder::new(folder);
        b.add(&f);
        Some((f, b.build().ok()?))
    });
    built.collect()
}

impl Look<'_> {
    fn excluded(&self, name: &str) -> Option<Why> {
        self.exclude.iter().position(|p| p.is_match(name)).map(Why::Exclude)
    }

    /// The line that leaves a path out: the last that speaks of it.
    fn ignored(&self, path: &Path, is_dir: bool) -> Option<Why> {
        let whole = std::path::absolute(path).ok()?;
        for (file, ignores) in self.ignores.iter().rev() {
            let path = if ignores.path().is_absolute() { whole.as_path() } else { path };
            match ignores.matched(path, is_dir) {
                ignore::Match::None => {}
                ignore::Match::Whitelist(_) => return None,
                ignore::Match::Ignore(glob) => {
                    let text = std::fs::read_to_string(file).unwrap_or_default();
                    let line = text.lines().enumerate().filter(|(_, l)| l.trim_end() == glob.original()).last().map_or(1, |(n, _)| n + 1);
                    return Some(Why::Ignored(name_of(&shorten(file)), line, glob.original().to_owned()));
                }
            }
        }
        None
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
        entries.sort_by_key(|e| e.file_name());
        let before = self.ignores.len();
        self.ignores.extend(ignores_of(folder));
        for entry in entries {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            let name = name_of(&path);
            let file = entry.file_name().to_string_lossy().into_owned();
            // Git's own is nobody's content.
            if self.taken.contains(name.as_str()) || file == ".git" {
                continue;
            }
            let ignored = self.ignored(&path, kind.is_dir());
            let why = if file == "node_modules" { Some(Why::Installed) } else { self.excluded(&name) };
            let why = why.or(ignored).or_else(|| file.starts_with('.').then_some(Why::Hidden));
            if kind.is_dir() {
                let below = format!("{name}/");
                match why.filter(|_| !self.taken.iter().any(|t| t.starts_with(&below))) {
                    Some(why) => self.out.push(LeftOut { name: format!("{name}/"), why }),
                    None if depth < MAX_DEPTH => self.folder(&path, depth + 1),
                    None => {}
                }
                continue;
            }
            let why = why.unwrap_or_else(|| match Format::from_name(&name) {
                _ if kind.is_symlink() => Why::Link(std::fs::read_link(&path).map(|to| name_of(&to)).unwrap_or_default(), path.exists()),
                None => Why::Ending,
                Some(Format::Image) if !self.images => Why::Picture,
                Some(_) => Why::NoContent,
            });
            self.out.push(LeftOut { name, why });
        }
        self.ignores.truncate(before);
    }
}
