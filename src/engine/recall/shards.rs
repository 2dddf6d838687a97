//! The files that hold what is kept. Each is read when an input of it comes, whole, and replaced whole; nothing in one is trusted.

use super::Need;
use super::files::FileId;
use crate::engine::name_of;
use crate::facts::Day;
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What every file begins with. Another form of the files is another version.
const MAGIC: &[u8; 19] = b"promolint-results/1";
pub const ENDING: &str = "kept";
/// The folder of them in the cache.
pub const FOLDER: &str = "results";
/// The file by which one sees when a project was last used.
pub const USED: &str = "used";
/// Into so many files the inputs of a project go.
const SHARDS: usize = 64;
/// So much is kept in each, in bytes.
const MOST: usize = 2 << 20;
/// And so much in all projects together.
const MOST_IN_ALL: u64 = 512 << 20;
/// What was not used for so many days goes.
const DAYS: u32 = 30;
/// When it was used last is written so often, in days.
const TOUCH: u32 = 5;
/// A file that was never finished is left alone for so long: another run may be writing it.
const ABANDONED: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What is kept of one input.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Entry {
    /// The file as it was read.
    pub file: FileId,
    /// The only day for which it holds.
    pub day: Option<Day>,
    /// What the documents in it named.
    pub needs: Vec<Need>,
    /// When it was used, in days since 1970.
    used: u32,
    at: u32,
    len: u32,
    sum: u32,
}

impl Entry {
    /// Of a file that was read in this run.
    pub fn new(file: FileId, day: Option<Day>, needs: Vec<Need>) -> Entry {
        Entry { file, day, needs, used: today(), at: 0, len: 0, sum: 0 }
    }

    fn range(&self) -> Range<usize> {
        self.at as usize..self.at as usize + self.len as usize
    }
}

fn today() -> u32 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| (d.as_secs() / DAY.as_secs()) as u32)
}

/// The inputs of one file.
#[derive(Debug, Default)]
struct Shard {
    entries: HashMap<String, Entry>,
    bytes: Vec<u8>,
    dirty: bool,
}

/// A file that begins like one of these and cannot be what was written.
struct Damaged;

impl Shard {
    /// `None` if there is none, or one of another version or for other rules.
    fn read(path: &Path, key: &[u8; 32]) -> Result<Option<Shard>, Damaged> {
        let Ok(file) = fs::read(path) else { return Ok(None) };
        let Some(rest) = file.strip_prefix(MAGIC.as_slice()) else {
            return if file.len() < MAGIC.len() { Err(Damaged) } else { Ok(None) };
        };
        let (of, rest) = rest.split_at_checked(32).ok_or(Damaged)?;
        if of != key {
            return Ok(None);
        }
        let (len, rest) = number(rest)?;
        let (sum, rest) = number(rest)?;
        let (index, bytes) = rest.split_at_checked(len as usize).ok_or(Damaged)?;
        if crc32fast::hash(index) != sum {
            return Err(Damaged);
        }
        let entries: HashMap<String, Entry> = borsh::from_slice(index).map_err(|_| Damaged)?;
        Ok(Some(Shard { entries, bytes: bytes.to_vec(), dirty: false }))
    }

    /// The file, with what another run has put into it since; without what is long unused, or more than there is room for.
    fn written(&mut self, now: Option<Shard>, key: &[u8; 32]) -> Option<Vec<u8>> {
        let other = now.unwrap_or_default();
        let own = std::mem::take(&mut self.entries);
        let theirs: Vec<_> = other.entries.into_iter().filter(|(name, _)| !own.contains_key(name)).collect();
        let mut all: Vec<((String, Entry), &Vec<u8>)> = own.into_iter().map(|e| (e, &self.bytes)).collect();
        all.extend(theirs.into_iter().map(|e| (e, &other.bytes)));
        all.retain(|((_, e), bytes)| e.used + DAYS >= today() && bytes.get(e.range()).is_some());
        // The last used first; by name, so that the same inputs give the same file.
        all.sort_by(|((a, x), _), ((b, y), _)| y.used.cmp(&x.used).then_with(|| a.cmp(b)));
        let mut kept: Vec<u8> = Vec::new();
        let mut entries = HashMap::new();
        for ((name, mut entry), bytes) in all {
            let Some(own) = bytes.get(entry.range()).filter(|own| kept.len() + own.len() <= MOST) else { continue };
            entry.at = kept.len() as u32;
            kept.extend_from_slice(own);
            entries.insert(name, entry);
        }
        let index = borsh::to_vec(&entries).ok()?;
        let mut out = Vec::with_capacity(MAGIC.len() + 40 + index.len() + kept.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(key);
        out.extend_from_slice(&u32::try_from(index.len()).ok()?.to_le_bytes());
        out.extend_from_slice(&crc32fast::hash(&index).to_le_bytes());
        out.extend_from_slice(&index);
        out.extend_from_slice(&kept);
        Some(out)
    }
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), Damaged> {
    let (n, rest) = bytes.split_first_chunk::<4>().ok_or(Damaged)?;
    Ok((u32::from_le_bytes(*n), rest))
}

/// The files of a project.
#[derive(Debug)]
pub struct Shards {
    root: PathBuf,
    folder: PathBuf,
    key: [u8; 32],
    shards: Vec<Option<Shard>>,
    warnings: Vec<String>,
}

impl Shards {
    pub fn new(root: &Path, project: &[u8; 32], key: [u8; 32]) -> Shards {
        let name: String = project.iter().take(16).map(|b| format!("{b:02x}")).collect();
        let root = root.join(FOLDER);
        Shards { folder: root.join(name), root, key, shards: (0..SHARDS).map(|_| None).collect(), warnings: Vec::new() }
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number:02x}.{ENDING}"))
    }

    fn warn(&mut self, number: usize) {
        let warning = format!("{} in the cache was damaged; what it held was checked anew", name_of(&self.path(number)));
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn load(&mut self, number: usize) -> Option<&mut Shard> {
        if self.shards.get(number)?.is_none() {
            let shard = match Shard::read(&self.path(number), &self.key) {
                Ok(shard) => shard.unwrap_or_default(),
                Err(Damaged) => {
                    self.warn(number);
                    Shard::default()
                }
            };
            self.shards[number] = Some(shard);
        }
        self.shards.get_mut(number)?.as_mut()
    }

    /// What is kept of an input.
    pub fn entry(&mut self, name: &str) -> Option<&mut Entry> {
        self.load(of(name))?.entries.get_mut(name)
    }

    /// Its bytes, if they are what was written. `changed`: the entry is to be written again.
    pub fn bytes(&mut self, name: &str, changed: bool) -> Option<&[u8]> {
        let shard = self.load(of(name))?;
        let entry = shard.entries.get_mut(name)?;
        let bytes = shard.bytes.get(entry.range()).filter(|b| crc32fast::hash(b) == entry.sum)?;
        if changed || entry.used + TOUCH <= today() {
            entry.used = today();
            shard.dirty = true;
        }
        Some(bytes)
    }

    /// Takes out an entry that cannot be read.
    pub fn damaged(&mut self, name: &str) {
        self.warn(of(name));
        if let Some(shard) = self.load(of(name)) {
            shard.entries.remove(name);
        }
    }

    /// Keeps what came of an input.
    pub fn put(&mut self, name: String, mut entry: Entry, bytes: &[u8]) {
        let Some(shard) = self.load(of(&name)) else { return };
        // What is replaced stays where it was until the file is written. A run over very many inputs does not hold more than it may keep.
        let (Ok(at), Ok(len)) = (u32::try_from(shard.bytes.len()), u32::try_from(bytes.len())) else { return };
        if bytes.len() > MOST / 4 || shard.bytes.len() + bytes.len() > 2 * MOST {
            return;
        }
        (entry.at, entry.len, entry.sum) = (at, len, crc32fast::hash(bytes));
        shard.bytes.extend_from_slice(bytes);
        shard.entries.insert(name, entry);
        shard.dirty = true;
    }

    /// Writes what has changed. Each file is there whole or not at all, whoever else writes it; what cannot be written is not.
    pub fn write(&mut self) {
        let dirty: Vec<usize> = (0..SHARDS).filter(|n| self.shards[*n].as_ref().is_some_and(|s| s.dirty)).collect();
        let used = self.folder.join(USED);
        let is_old = |path: &Path| !fs::metadata(path).and_then(|m| m.modified()).is_ok_and(|t| t.elapsed().is_ok_and(|e| e < DAY));
        let first = self.shards.iter().any(Option::is_some) && is_old(&used);
        if dirty.is_empty() && !first || fs::create_dir_all(&self.folder).is_err() {
            return;
        }
        for number in dirty {
            let path = self.path(number);
            let now = Shard::read(&path, &self.key).ok().flatten();
            let Some(shard) = self.shards[number].as_mut() else { continue };
            let Some(bytes) = shard.written(now, &self.key) else { continue };
            let beside = self.folder.join(format!("{number:02x}-{}.new", std::process::id()));
            let put = File::create(&beside).and_then(|mut f| f.write_all(&bytes)).and_then(|()| fs::rename(&beside, &path));
            if put.is_err() {
                let _ = fs::remove_file(&beside);
            }
        }
        self.shards.iter_mut().for_each(|s| *s = None);
        if first {
            let _ = fs::write(&used, b"");
            self.trim();
        }
    }

    /// Removes projects that nobody checks any more, and of the rest the longest unused until there is room. Done once a day.
    fn trim(&self) {
        let Ok(entries) = fs::read_dir(&self.root) else { return };
        let mut projects: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for folder in entries.flatten().map(|e| e.path()) {
            let used = fs::metadata(folder.join(USED)).and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            let Ok(files) = fs::read_dir(&folder) else { continue };
            let mut size = 0;
            for (path, meta) in files.flatten().filter_map(|f| Some((f.path(), f.metadata().ok()?))) {
                size += meta.len();
                let age = meta.modified().ok().and_then(|t| t.elapsed().ok());
                if path.extension().is_some_and(|e| e == "new") && age.is_some_and(|a| a > ABANDONED) {
                    let _ = fs::remove_file(&path);
                }
            }
            projects.push((used, size, folder));
        }
        projects.sort();
        let mut sum: u64 = projects.iter().map(|(_, size, _)| size).sum();
        for (used, size, folder) in projects.iter().filter(|(_, _, f)| *f != self.folder) {
            let long = used.elapsed().is_ok_and(|e| e > DAY * DAYS);
            if long || sum > MOST_IN_ALL {
                remove(folder);
                sum -= size;
            }
        }
    }

    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}

fn of(name: &str) -> usize {
    crc32fast::hash(name.as_bytes()) as usize % SHARDS
}

/// Removes the folder of a project: the files that promolint puts there, and no others. Gives their number and size in bytes.
pub fn remove(folder: &Path) -> (usize, u64) {
    let Ok(files) = fs::read_dir(folder) else { return (0, 0) };
    let mut gone = (0, 0);
    for (path, meta) in files.flatten().filter_map(|f| Some((f.path(), f.metadata().ok()?))) {
        let ours = path.extension().is_some_and(|e| e == ENDING || e == "new") || path.file_name().is_some_and(|n| n == USED);
        if meta.is_file() && ours && fs::remove_file(&path).is_ok() {
            gone = (gone.0 + 1, gone.1 + meta.len());
        }
    }
    let _ = fs::remove_dir(folder);
    gone
}
