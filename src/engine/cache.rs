//! What was computed once, kept between runs in the user's cache folder, by content. A cache is never needed and never trusted: what is
//! not there, broken, or of another version is computed anew, and what cannot be written is not.

use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// What every file begins with. Another form of the files is another version.
const MAGIC: &[u8; 17] = b"promolint-cache/1";
const ENDING: &str = "bin";
/// How large a cache may grow, in bytes.
const MOST: u64 = 256 << 20;
/// A file that was never finished is left alone for so long: another run may be writing it.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A folder of files, each named by its key.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    most: u64,
}

/// A key of everything that the value depends on; the parts are told apart by their lengths.
pub fn key(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What tells this build of the program from others: what another one computed may be something else.
pub fn build() -> Vec<u8> {
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let written = file.as_ref().ok().and_then(|m| m.modified().ok()).and_then(|t| t.duration_since(SystemTime::UNIX_EPOCH).ok());
    let parts = [file.as_ref().map_or(0, |m| m.len()).into(), written.map_or(0, |t| t.as_nanos())];
    [env!("CARGO_PKG_VERSION").as_bytes(), &parts.map(u128::to_le_bytes).concat()].concat()
}

impl Cache {
    /// The cache of this user: in `PROMOLINT_CACHE_DIR`, else where the system keeps caches (`XDG_CACHE_HOME` counts). `None` where there is
    /// no such folder.
    pub fn of_user() -> Option<Cache> {
        Self::folder_of_user().map(Cache::in_folder)
    }

    /// Where the caches of this user lie, by the same rules.
    pub fn folder_of_user() -> Option<PathBuf> {
        let named = std::env::var_os("PROMOLINT_CACHE_DIR").filter(|d| !d.is_empty()).map(PathBuf::from);
        match named {
            Some(f) => Some(f),
            None => Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("promolint")),
        }
    }

    /// A cache in a folder.
    pub fn in_folder(folder: PathBuf) -> Cache {
        Cache::at(folder, MOST)
    }

    /// A cache in a folder, of so many bytes at most. The folder is made when something is written.
    pub fn at(folder: impl Into<PathBuf>, most: u64) -> Cache {
        Cache { folder: folder.into().join("images"), most }
    }

    fn file(&self, key: &[u8; 32]) -> PathBuf {
        let name: String = key.iter().map(|b| format!("{b:02x}")).collect();
        self.folder.join(name).with_extension(ENDING)
    }

    /// What was kept under this key.
    pub fn get(&self, key: &[u8; 32]) -> Option<Vec<u8>> {
        let path = self.file(key);
        let mut file = File::open(&path).ok()?;
        if file.metadata().ok()?.len() > self.most {
            return None;
        }
        let mut all = Vec::new();
        file.read_to_end(&mut all).ok()?;
        let rest = all.strip_prefix(MAGIC.as_slice())?.strip_prefix(key.as_slice())?;
        let (sum, value) = rest.split_at_checked(32)?;
        if Sha256::digest(value).as_slice() != sum {
            return None;
        }
        // Used now: the oldest go first.
        let _ = File::options().append(true).open(&path).and_then(|f| f.set_modified(SystemTime::now()));
        Some(value.to_vec())
    }

    /// Keeps a value. It is there whole or not at all, whoever else writes it.
    pub fn put(&self, key: &[u8; 32], value: &[u8]) {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let path = self.file(key);
        let whole = MAGIC.len() + 64 + value.len();
        if whole as u64 > self.most || fs::create_dir_all(&self.folder).is_err() {
            return;
        }
        let beside = self.folder.join(format!("{}-{}.new", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
        let write = || {
            let mut file = File::create_new(&beside)?;
            for part in [MAGIC.as_slice(), key, Sha256::digest(value).as_slice(), value] {
                file.write_all(part)?;
            }
            drop(file);
            fs::rename(&beside, &path)
        };
        if write().is_err() {
            let _ = fs::remove_file(&beside);
        }
        self.trim(&path);
    }

    /// Removes what is kept. Gives the number of files and their size in bytes.
    pub fn clean(&self) -> (usize, u64) {
        let mut gone = (0, 0);
        let Ok(entries) = fs::read_dir(&self.folder) else { return gone };
        for (path, meta) in entries.flatten().filter_map(|e| Some((e.path(), e.metadata().ok()?))) {
            let ours = path.extension().is_some_and(|e| e == ENDING || e == "new");
            if meta.is_file() && ours && fs::remove_file(&path).is_ok() {
                gone = (gone.0 + 1, gone.1 + meta.len());
            }
        }
        let _ = fs::remove_dir(&self.folder);
        gone
    }

    /// Removes the oldest files until the rest is well within the limit; the one that was just written stays.
    fn trim(&self, keep: &Path) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in entries.flatten() {
            let (path, Ok(meta)) = (entry.path(), entry.metadata()) else { continue };
            let Ok(modified) = meta.modified() else { continue };
            if !meta.is_file() {
                continue;
            }
            match path.extension().and_then(|e| e.to_str()) {
                Some(ENDING) => files.push((modified, meta.len(), path)),
                Some("new") if modified.elapsed().is_ok_and(|age| age > ABANDONED) => drop(fs::remove_file(&path)),
                _ => {}
            }
        }
        let mut sum: u64 = files.iter().map(|(_, n, _)| n).sum();
        if sum <= self.most {
            return;
        }
        files.sort();
        for (_, n, path) in files.iter().filter(|(_, _, p)| p != keep) {
            if sum <= self.most / 4 * 3 {
                break;
            }
            if fs::remove_file(path).is_ok() {
                sum -= n;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("promolint-cache-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            Folder(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_broken_is_not_there() {
        let folder = Folder::new("broken");
        let cache = Cache::at(&folder.0, 1 << 20);
        let (one, two) = (key(&[b"a", b"bc"]), key(&[b"ab", b"c"]));
        assert_ne!(one, two);
        assert_eq!(cache.get(&one), None);
        cache.put(&one, b"value");
        assert_eq!(cache.get(&one).as_deref(), Some(b"value".as_slice()));
        assert_eq!(cache.get(&two), None);
        let path = cache.file(&one);
        let good = fs::read(&path).expect("there");
        // Cut anywhere, changed anywhere, of another key, or of another version.
        for n in 0..good.len() {
            fs::write(&path, &good[..n]).expect("written");
            assert_eq!(cache.get(&one), None, "cut at {n}");
            let mut bad = good.clone();
            bad[n] ^= 1;
            fs::write(&path, bad).expect("written");
            assert_eq!(cache.get(&one), None, "changed at {n}");
        }
        fs::copy(&path, cache.file(&two)).expect("copied");
        assert_eq!(cache.get(&two), None);
        cache.put(&one, b"anew");
        assert_eq!(cache.get(&one).as_deref(), Some(b"anew".as_slice()));
        // A folder that cannot be made is no error.
        let nowhere = Cache::at(path.join("below-a-file"), 1 << 20);
        nowhere.put(&one, b"x");
        assert_eq!(nowhere.get(&one), None);
    }

    #[test]
    fn the_oldest_go_when_it_grows() {
        let folder = Folder::new("bounded");
        let cache = Cache::at(&folder.0, 10_000);
        let keys: Vec<[u8; 32]> = (0..20_u8).map(|i| key(&[&[i]])).collect();
        for (i, k) in keys.iter().enumerate() {
            cache.put(k, &[i as u8; 900]);
            // Clocks of file systems are coarse.
            let past = SystemTime::now() - Duration::from_secs(1000 - 10 * i as u64);
            let _ = File::options().append(true).open(cache.file(k)).and_then(|f| f.set_modified(past));
        }
        let there: Vec<bool> = keys.iter().map(|k| cache.file(k).exists()).collect();
        let size: u64 = fs::read_dir(&cache.folder).expect("a folder").flatten().filter_map(|e| Some(e.metadata().ok()?.len())).sum();
        assert!(size <= 10_000 && there.iter().filter(|t| **t).count() >= 7, "{size} {there:?}");
        assert!(there.is_sorted() && there[19] && !there[0], "{there:?}");
        cache.put(&keys[0], &[0; 20_000]);
        assert_eq!(cache.get(&keys[0]), None);
    }

    #[test]
    fn runs_do_not_disturb_each_other() {
        let folder = Folder::new("together");
        let cache = Cache::at(&folder.0, 1 << 20);
        let k = key(&[b"same"]);
        std::thread::scope(|s| {
            for i in 0..8_u8 {
                let cache = &cache;
                s.spawn(move || {
                    for _ in 0..20 {
                        cache.put(&k, &[i; 5000]);
                        let v = cache.get(&k).expect("whole");
                        assert!(v.len() == 5000 && v.iter().all(|b| *b == v[0]));
                    }
                });
            }
        });
    }
}
