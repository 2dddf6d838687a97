//! Whether a file is what it was: by what the system says of it, and where that does not decide, by its bytes.

use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// Clocks of file systems are coarse: a file that was written so shortly ago may be written again and look the same.
const SETTLES: Duration = Duration::from_secs(2);
/// Of larger ones the bytes are not compared.
const MOST: u64 = 64 << 20;

/// What the system says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct Stamp {
    size: u64,
    /// Nanoseconds since 1970.
    modified: i128,
    changed: i128,
    number: u64,
}

/// The same, and whether it will tell the file from what may be written into it.
#[derive(Debug, Clone, Copy)]
pub struct Stamped {
    stamp: Stamp,
    settled: bool,
}

impl Stamped {
    /// What is said now; `None` for what is no file.
    pub fn of(path: &Path) -> Option<Stamped> {
        let meta = std::fs::metadata(path).ok().filter(Metadata::is_file)?;
        let modified = nanos(meta.modified().ok()?);
        let (changed, number) = changed(&meta);
        let settled = modified.max(changed) + SETTLES.as_nanos() as i128 <= nanos(SystemTime::now());
        Some(Stamped { stamp: Stamp { size: meta.len(), modified, changed, number }, settled })
    }
}

fn nanos(t: SystemTime) -> i128 {
    match t.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(d) => d.as_nanos() as i128,
        Err(e) => -(e.duration().as_nanos() as i128),
    }
}

#[cfg(unix)]
fn changed(meta: &Metadata) -> (i128, u64) {
    use std::os::unix::fs::MetadataExt;
    (i128::from(meta.ctime()) * 1_000_000_000 + i128::from(meta.ctime_nsec()), meta.ino())
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> (i128, u64) {
    (0, 0)
}

/// A file as it was when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FileId {
    stamp: Stamp,
    settled: bool,
    sha256: [u8; 32],
}

impl FileId {
    /// The stamp must have been taken before the bytes were read.
    pub fn new(stamped: &Stamped, sha256: [u8; 32]) -> FileId {
        FileId { stamp: stamped.stamp, settled: stamped.settled, sha256 }
    }
}

/// Files of one run. What was said of one before it was first read, holds for the run.
#[derive(Debug, Default)]
pub struct Files {
    stamps: Mutex<HashMap<PathBuf, Option<Stamped>>>,
    sums: Mutex<HashMap<PathBuf, Option<[u8; 32]>>>,
}

impl Files {
    /// What the system said first.
    pub fn stamped(&self, path: &Path) -> Option<Stamped> {
        let Ok(mut stamps) = self.stamps.lock() else { return None };
        if let Some(known) = stamps.get(path) {
            return *known;
        }
        let stamped = Stamped::of(path);
        stamps.insert(path.to_owned(), stamped);
        stamped
    }

    /// Whether the file is what it was, and how it is known from now on.
    pub fn holds(&self, was: &FileId, now: &Stamped, path: &Path) -> Option<FileId> {
        if was.settled && was.stamp == now.stamp {
            return Some(*was);
        }
        if was.stamp.size != now.stamp.size || self.sum(path, now)? != was.sha256 {
            return None;
        }
        Some(FileId::new(now, was.sha256))
    }

    /// A file that was read in this run. `seen`: the hash of what was read, if it is known; else the file must not have changed since.
    pub fn known(&self, path: &Path, seen: Option<[u8; 32]>) -> Option<FileId> {
        let stamped = self.stamped(path)?;
        match seen {
            Some(sha256) => Some(FileId::new(&stamped, sha256)),
            None if stamped.settled => Some(FileId::new(&stamped, self.sum(path, &stamped)?)),
            None => None,
        }
    }

    /// The hash of a file that is the same before and after it is read.
    fn sum(&self, path: &Path, now: &Stamped) -> Option<[u8; 32]> {
        if let Some(known) = self.sums.lock().ok()?.get(path) {
            return *known;
        }
        let sum = sum(path).filter(|_| Stamped::of(path).is_some_and(|after| after.stamp == now.stamp));
        self.sums.lock().ok()?.insert(path.to_owned(), sum);
        sum
    }
}

fn sum(path: &Path) -> Option<[u8; 32]> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MOST + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MOST).then(|| Sha256::digest(&bytes).into())
}
