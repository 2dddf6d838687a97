//! What earlier runs found in files that have not changed since, so that they are not checked again. Kept in the user's cache folder: one
//! folder for each project and choice of rules, and in it a number of files that share the inputs among them by name.
//!
//! A file counts as unchanged if its size, times and number are what they were, or else if its bytes are; the same holds for what a document
//! shows or links. What is kept is of one build, of the same packs, configuration and registers, and where registers speak of days, of one
//! day. What is not here: rules, and whatever puts together what several inputs say. That is done anew in each run.

mod files;
mod packed;
mod shards;
mod watched;

pub use shards::{FOLDER, remove};

pub(super) use packed::{read_path, write_path};
pub(super) use watched::{Read, Watched};

use super::format::Format;
use super::outcome::Outcome;
use super::pictures::{Found, Store};
use super::walk::Input;
use crate::facts::Day;
use borsh::{BorshDeserialize, BorshSerialize};
use files::{FileId, Files, Stamped};
use shards::{Entry, Shards};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Larger files are checked in every run: exports, of which a stretch at a time is in memory.
pub(super) const MOST_READ: u64 = 16 << 20;

/// What earlier runs found. Shared by the threads of a run, and for one run only: what it sees of a file holds for the rest of the run.
#[derive(Debug)]
pub struct Recall {
    today: Day,
    files: Files,
    shards: Mutex<Shards>,
    /// Inputs that are being checked, by their number.
    pending: Mutex<HashMap<usize, Pending>>,
    /// What documents of a folder find under a path.
    found: Mutex<HashMap<(PathBuf, String), Where>>,
}

/// An input that is being checked, as it was before it was read.
#[derive(Debug)]
struct Pending {
    key: String,
    stamped: Stamped,
    content: Option<[u8; 32]>,
}

/// What a document shows or links, and what came of looking for it.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct Need {
    /// What it calls it.
    path: String,
    /// Who does: the document, or a style sheet of it.
    of: String,
    at: Where,
    /// The file, if it is there.
    file: Option<FileId>,
}

/// Where something is that a document names.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
enum Where {
    At {
        path: String,
        name: String,
    },
    Nowhere(String),
    Outside,
    Dynamic,
    /// Under a path that cannot be written down.
    Unknown,
}

/// Whether an input has to be read.
pub(super) enum Recalled {
    /// No: this came of it.
    Known(Vec<Outcome>),
    /// Yes, and what comes of it will be kept.
    ToKeep,
    /// Yes, and it will not be kept.
    ToRead,
}

/// What came of one piece of an input, ready to be kept.
#[derive(Debug)]
pub(super) struct Piece {
    input: usize,
    bytes: Option<Vec<u8>>,
}

impl Piece {
    /// Of an input by its number. What had trouble is not kept.
    pub fn of(input: usize, outcome: &Outcome) -> Piece {
        Piece { input, bytes: packed::pack(outcome) }
    }
}

impl Recall {
    /// What is kept in a cache folder for a project; `key` is all that findings depend on beside inputs and the project.
    pub fn new(root: &Path, project: &[u8; 32], key: [u8; 32], today: Day) -> Recall {
        Recall {
            today,
            files: Files::default(),
            shards: Mutex::new(Shards::new(root, project, key)),
            pending: Mutex::default(),
            found: Mutex::default(),
        }
    }

    /// What was found in an input, if it is what it was. Otherwise takes note of it as it is now, before it is read; `number` tells it from
    /// the others of the run.
    pub(super) fn get(&self, number: usize, input: &Input, store: Option<&Store>) -> Recalled {
        let Input::File { path, name, named, size } = input else { return Recalled::ToRead };
        if *size > MOST_READ {
            return Recalled::ToRead;
        }
        // A page may have shown an image before.
        let stamped = match store.filter(|_| Format::from_name(name) == Some(Format::Image)) {
            Some(store) => self.files.stamped(&store.key(name)),
            None => Stamped::of(path),
        };
        let Some(stamped) = stamped else { return Recalled::ToRead };
        let key = if *named { format!("\0{name}") } else { name.clone() };
        let Ok(mut shards) = self.shards.lock() else { return Recalled::ToRead };
        if let Some(entry) = shards.entry(&key)
            && entry.day.is_none_or(|d| d == self.today)
            && let Some(now) = self.files.holds(&entry.file, &stamped, path)
            && let Some(files) = entry.needs.iter().map(|n| self.holds(n, store)).collect::<Option<Vec<_>>>()
        {
            let mut changed = now != entry.file;
            entry.file = now;
            for (need, now) in entry.needs.iter_mut().zip(files) {
                changed |= need.file != now;
                need.file = now;
            }
            match shards.bytes(&key, changed).and_then(packed::unpack) {
                Some(outcomes) => return Recalled::Known(outcomes),
                None => shards.damaged(&key),
            }
        }
        drop(shards);
        let Ok(mut pending) = self.pending.lock() else { return Recalled::ToRead };
        pending.insert(number, Pending { key, stamped, content: None });
        Recalled::ToKeep
    }

    /// Takes note of the hash of an input's bytes.
    pub(super) fn content(&self, number: usize, sha256: [u8; 32]) {
        if let Ok(mut pending) = self.pending.lock()
            && let Some(p) = pending.get_mut(&number)
        {
            p.content = Some(sha256);
        }
    }

    /// Whether what a document named is what it was; if so, the file as it is known now.
    fn holds(&self, need: &Need, store: Option<&Store>) -> Option<Option<FileId>> {
        if need.at == Where::Unknown || self.find(store?, &need.path, &need.of) != need.at {
            return None;
        }
        match (&need.at, &need.file) {
            (Where::At { path, .. }, Some(file)) => {
                let path = Path::new(path);
                self.files.holds(file, &self.files.stamped(path)?, path).map(Some)
            }
            (Where::At { .. }, None) => None,
            _ => Some(None),
        }
    }

    /// What a document finds under a path; a file that is there is stamped before anybody reads it.
    fn find(&self, store: &Store, path: &str, of: &str) -> Where {
        let key = (Path::new(of).parent().unwrap_or(Path::new("")).to_owned(), path.to_owned());
        if let Some(known) = self.found.lock().ok().and_then(|f| f.get(&key).cloned()) {
            return known;
        }
        let found = match store.find(path, of) {
            Found::At(place) => {
                self.files.stamped(&place.path);
                place.path.to_str().map_or(Where::Unknown, |p| Where::At { path: p.to_owned(), name: place.name.clone() })
            }
            Found::Nowhere(name) => Where::Nowhere(name),
            Found::Outside => Where::Outside,
            Found::Dynamic => Where::Dynamic,
        };
        if let Ok(mut known) = self.found.lock() {
            known.insert(key, found.clone());
        }
        found
    }

    /// Keeps what came of an input. `day`: it holds for today only.
    fn keep(&self, number: usize, pieces: &[Vec<u8>], read: Read, day: bool) {
        let Some(pending) = self.pending.lock().ok().and_then(|mut p| p.remove(&number)) else { return };
        let Some(sha256) = read.content.or(pending.content) else { return };
        let mut needs = Vec::with_capacity(read.needs.len());
        for (mut need, seen) in read.needs {
            match &need.at {
                Where::Unknown => return,
                Where::At { path, .. } => match self.files.known(Path::new(path), seen) {
                    Some(file) => need.file = Some(file),
                    None => return,
                },
                _ => {}
            }
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
        let entry = Entry::new(FileId::new(&pending.stamped, sha256), day.then_some(self.today), needs);
        if let Ok(mut shards) = self.shards.lock() {
            shards.put(pending.key, entry, &pieces.concat());
        }
    }

    /// Writes what is new, unless `clean` is false: then a register or one of its images turned out to be faulty, which the next run has to
    /// say again. Gives what is wrong with files of the cache; each was passed over.
    pub fn finish(&self, clean: bool) -> Vec<String> {
        let Ok(mut shards) = self.shards.lock() else { return Vec::new() };
        if clean {
            shards.write();
        }
        shards.take_warnings()
    }
}

/// Puts the pieces of each input together as they come in their order.
pub(super) struct Gather<'a> {
    recall: Option<&'a Recall>,
    input: Option<usize>,
    /// `None` once there is something that is not kept.
    pieces: Option<Vec<Vec<u8>>>,
    read: Read,
    /// Whether a comment in it holds until a day.
    day: bool,
}

impl<'a> Gather<'a> {
    pub fn new(recall: Option<&'a Recall>) -> Gather<'a> {
        Gather { recall, input: None, pieces: None, read: Read::default(), day: false }
    }

    /// Takes from an outcome what is kept of it.
    pub fn take(&mut self, outcome: &mut Outcome) {
        let Read { needs, content, piece } = std::mem::take(&mut outcome.read);
        if self.input.is_some() && piece.as_ref().map(|p| p.input) != self.input {
            self.end();
        }
        let Some(piece) = piece else { return };
        if self.input.is_none() {
            (self.input, self.pieces) = (Some(piece.input), Some(Vec::new()));
        }
        match (&mut self.pieces, piece.bytes) {
            (Some(pieces), Some(bytes)) => pieces.push(bytes),
            (pieces, _) => *pieces = None,
        }
        self.read.needs.extend(needs);
        self.read.content = self.read.content.or(content);
        self.day |= outcome.comments.iter().any(|c| c.until.is_some());
    }

    /// There is no more of the input.
    pub fn end(&mut self) {
        let read = std::mem::take(&mut self.read);
        let day = std::mem::take(&mut self.day);
        if let (Some(input), Some(pieces), Some(recall)) = (self.input.take(), self.pieces.take(), self.recall) {
            recall.keep(input, &pieces, read, day);
        }
    }
}
