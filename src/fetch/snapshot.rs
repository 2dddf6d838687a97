//! Copies of what was fetched, in a folder: `index.jsonl`, a line an address, and the bytes in `bodies/` under their own hash.

use super::answer::mime;
use super::{Answer, Failure, Fetched, Why};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use url::Url;

/// The form of the index.
const SCHEMA: &str = "promolint.fetched/1";
const INDEX: &str = "index.jsonl";
const BODIES: &str = "bodies";
/// A longer index is not read, nor are longer copies.
const MAX_BYTES: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
struct Head {
    schema: String,
}

/// What is known of an address.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    /// As it was asked for.
    url: String,
    fetched_at: String,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Outcome {
    Kept(Kept),
    Failed { failure: Said },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    /// Where it was found in the end.
    final_url: String,
    status: u16,
    content_type: Option<String>,
    bytes: u64,
    sha256: String,
    /// For people; the hash and the type tell promolint.
    #[serde(skip_deserializing)]
    file: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Said {
    why: Why,
    message: String,
    help: String,
}

/// A folder of copies.
#[derive(Debug)]
pub struct Snapshot {
    folder: PathBuf,
    entries: Mutex<HashMap<String, Entry>>,
}

impl Snapshot {
    /// A folder to read from.
    ///
    /// # Errors
    /// What is wrong with it, and what to do about it.
    pub fn open(folder: &Path) -> Result<Snapshot, (String, String)> {
        let name = folder.display();
        let help = "keep copies with `--save DIR` first, without `--no-network`".to_owned();
        let mut text = String::new();
        let read = File::open(folder.join(INDEX)).and_then(|f| f.take(MAX_BYTES).read_to_string(&mut text));
        match read {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err((format!("there are no copies of pages in {name}"), help)),
            Err(e) => return Err((format!("the copies in {name} cannot be read: {e}"), help)),
        }
        let entries = entries(&text).map_err(|line| {
            let help = "remove the line, or the folder, and fetch anew".to_owned();
            (format!("line {line} of {} is not what promolint wrote", folder.join(INDEX).display()), help)
        })?;
        Ok(Snapshot { folder: folder.to_owned(), entries: Mutex::new(entries) })
    }

    /// A folder to write to, with what it has already. One that holds anything else is left alone.
    ///
    /// # Errors
    /// What is wrong with it, and what to do about it.
    pub fn create(folder: &Path) -> Result<Snapshot, (String, String)> {
        let name = folder.display();
        let help = || "name a new or empty folder, or one that `--save` wrote".to_owned();
        let is_other = match fs::read_dir(folder) {
            Ok(mut inside) => !folder.join(INDEX).is_file() && inside.next().is_some(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => false,
            Err(e) => return Err((format!("nothing can be kept in {name}: {e}"), help())),
        };
        if is_other {
            return Err((format!("{name} holds other files, and nothing is kept there"), help()));
        }
        let snapshot = if folder.join(INDEX).is_file() {
            Snapshot::open(folder)?
        } else {
            Snapshot { folder: folder.to_owned(), entries: Mutex::default() }
        };
        snapshot.begin().map_err(|e| (format!("nothing can be kept in {name}: {e}"), help()))?;
        Ok(snapshot)
    }

    /// Writes the index anew, with one line an address.
    fn begin(&self) -> io::Result<()> {
        fs::create_dir_all(self.folder.join(BODIES))?;
        let mut text = line(&Head { schema: SCHEMA.to_owned() })?;
        if let Ok(entries) = self.entries.lock() {
            let mut list: Vec<&Entry> = entries.values().collect();
            list.sort_by(|a, b| a.url.cmp(&b.url));
            for entry in list {
                text.push_str(&line(&named(entry))?);
            }
        }
        replace(&self.folder.join(INDEX), text.as_bytes())
    }

    /// The folder's name.
    pub fn name(&self) -> String {
        self.folder.to_string_lossy().into_owned()
    }

    /// Whether there is a copy of this.
    pub fn has(&self, url: &Url) -> bool {
        self.entries.lock().is_ok_and(|e| e.get(url.as_str()).is_some_and(|e| matches!(e.outcome, Outcome::Kept(_))))
    }

    /// Keeps what came of asking for something. A copy is not given up because the network failed.
    ///
    /// # Errors
    /// That it cannot be written.
    pub(super) fn keep(&self, url: &Url, answer: Result<&Fetched, &Failure>) -> Result<(), Failure> {
        let passing = |f: &Failure| matches!(f.why, Why::Unreachable | Why::TimedOut | Why::Server | Why::TooMany);
        if answer.is_err_and(passing) && self.has(url) {
            return Ok(());
        }
        self.write(url, answer).map_err(|e| {
            Failure::new(
                Why::Broken,
                format!("what was fetched cannot be kept: {e}"),
                "name a folder that can be written, on a disk with room",
            )
        })
    }

    fn write(&self, url: &Url, answer: Result<&Fetched, &Failure>) -> io::Result<()> {
        let (outcome, fetched_at) = match answer {
            Ok(fetched) => {
                let sha256 = hex(&Sha256::digest(&fetched.bytes));
                let file = file(&sha256, fetched.content_type.as_deref());
                let path = self.folder.join(&file);
                if !path.is_file() {
                    replace(&path, &fetched.bytes)?;
                }
                let kept = Kept {
                    final_url: fetched.url.to_string(),
                    status: fetched.status,
                    content_type: fetched.content_type.clone(),
                    bytes: fetched.bytes.len() as u64,
                    sha256,
                    file,
                };
                (Outcome::Kept(kept), fetched.fetched_at.clone())
            }
            Err(f) => {
                let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                let Failure { why, message, help } = f.clone();
                (Outcome::Failed { failure: Said { why, message, help } }, now)
            }
        };
        let entry = Entry { url: url.to_string(), fetched_at, outcome };
        let mut entries = self.entries.lock().map_err(|_| io::Error::other("another thread failed"))?;
        OpenOptions::new().append(true).create(true).open(self.folder.join(INDEX))?.write_all(line(&entry)?.as_bytes())?;
        entries.insert(entry.url.clone(), entry);
        Ok(())
    }

    /// What came of asking for something, when it was asked for.
    pub(super) fn get(&self, url: &Url) -> Answer {
        let entry = self.entries.lock().ok().and_then(|e| e.get(url.as_str()).cloned());
        let Some(entry) = entry else {
            let message = format!("there is no copy of this in {}", self.name());
            return Err(Failure::new(Why::NotKept, message, "run the same command once without `--no-network`"));
        };
        let kept = match entry.outcome {
            Outcome::Kept(kept) => kept,
            Outcome::Failed { failure } => {
                let message = format!("{} (on {})", failure.message, day(&entry.fetched_at));
                return Err(Failure::new(failure.why, message, failure.help));
            }
        };
        let broken = |what: &str| {
            let message = format!("the copy of this in {} {what}", self.name());
            Failure::new(Why::Broken, message, "run the same command once without `--no-network`, which fetches it anew")
        };
        let url = Url::parse(&kept.final_url).map_err(|_| broken("cannot be read"))?;
        if kept.sha256.len() != 64 || !kept.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(broken("cannot be read"));
        }
        let path = self.folder.join(file(&kept.sha256, kept.content_type.as_deref()));
        let mut bytes = Vec::new();
        File::open(path).and_then(|f| f.take(MAX_BYTES).read_to_end(&mut bytes)).map_err(|_| broken("cannot be read"))?;
        if hex(&Sha256::digest(&bytes)) != kept.sha256.to_ascii_lowercase() {
            return Err(broken("was changed"));
        }
        let Kept { status, content_type, .. } = kept;
        Ok(Arc::new(Fetched { url, status, content_type, fetched_at: entry.fetched_at, bytes }))
    }
}

/// The lines of an index; of two about one address the later one counts. A last line that was cut off is left out.
fn entries(text: &str) -> Result<HashMap<String, Entry>, usize> {
    let mut lines = text.split_inclusive('\n').enumerate();
    let head = lines.next().and_then(|(_, l)| serde_json::from_str::<Head>(l).ok());
    if head.is_none_or(|h| h.schema != SCHEMA) {
        return Err(1);
    }
    let mut out = HashMap::new();
    for (i, l) in lines.filter(|(_, l)| !l.trim().is_empty()) {
        match serde_json::from_str::<Entry>(l) {
            Ok(e) => out.insert(e.url.clone(), e),
            Err(_) if !l.ends_with('\n') => break,
            Err(_) => return Err(i + 1),
        };
    }
    Ok(out)
}

/// An entry that was read knows its file by its hash.
fn named(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    if let Outcome::Kept(k) = &mut entry.outcome {
        k.file = file(&k.sha256, k.content_type.as_deref());
    }
    entry
}

fn line(value: &impl Serialize) -> io::Result<String> {
    let mut text = serde_json::to_string(value)?;
    text.push('\n');
    Ok(text)
}

/// Where bytes are kept, below the folder.
fn file(sha256: &str, content_type: Option<&str>) -> String {
    let ending = match content_type.map(mime).unwrap_or_default().as_str() {
        "text/html" | "application/xhtml+xml" => "html",
        "text/css" => "css",
        "text/plain" => "txt",
        "text/markdown" => "md",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        _ => "bin",
    };
    format!("{BODIES}/{}.{ending}", sha256.to_ascii_lowercase())
}

/// Writes a file whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension(format!("part-{}-{:?}", std::process::id(), std::thread::current().id()));
    fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)).inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The day of a time.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fetched(url: &Url, bytes: &[u8]) -> Fetched {
        let content_type = Some("text/html; charset=utf-8".to_owned());
        Fetched { url: url.clone(), status: 200, content_type, fetched_at: "2026-11-21T10:00:00Z".into(), bytes: bytes.to_vec() }
    }

    #[test]
    fn what_was_kept_comes_back() {
        let folder = std::env::temp_dir().join(format!("promolint-copies-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        assert!(Snapshot::open(&folder).is_err_and(|(m, _)| m.contains("no copies")));
        let url = |p: &str| Url::parse(&format!("https://www.a.example/{p}")).expect("url");
        let (page, gone) = (url("page?q=1"), url("gone"));
        let missing = Failure::new(Why::Missing, "there is nothing", "correct it");
        let off = Failure::new(Why::Unreachable, "no connection", "try again");
        {
            let s = Snapshot::create(&folder).expect("new");
            s.keep(&page, Ok(&fetched(&url("old"), b"old"))).expect("kept");
            s.keep(&page, Ok(&fetched(&url("end"), b"new"))).expect("kept");
            s.keep(&page, Err(&off)).expect("nothing to do");
            s.keep(&gone, Err(&missing)).expect("kept");
        }
        for again in [Snapshot::open(&folder).expect("there"), Snapshot::create(&folder).expect("there")] {
            assert_eq!(again.get(&page).map(|f| (*f).clone()), Ok(fetched(&url("end"), b"new")));
            assert_eq!(again.get(&gone).map_err(|f| f.why), Err(Why::Missing));
            assert_eq!(again.get(&url("other")).map_err(|f| f.why), Err(Why::NotKept));
        }
        // A line that a crash cut off costs that line; one in the middle is told.
        let index = fs::read_to_string(folder.join(INDEX)).expect("index");
        assert_eq!(index.lines().count(), 3, "{index}");
        fs::write(folder.join(INDEX), format!("{index}{{\"url\":")).expect("written");
        assert!(Snapshot::open(&folder).is_ok_and(|s| s.has(&page)));
        fs::write(folder.join(INDEX), format!("{index}{{\n{{}}\n")).expect("written");
        assert!(Snapshot::open(&folder).is_err_and(|(m, _)| m.contains("line 4")));
        // A copy that was changed is none.
        fs::write(folder.join(INDEX), index).expect("written");
        let body = folder.join(file(&hex(&Sha256::digest(b"new")), Some("text/html")));
        fs::write(&body, "other").expect("written");
        assert_eq!(Snapshot::open(&folder).expect("there").get(&page).map_err(|f| f.why), Err(Why::Broken));
        // Somebody else's folder is left alone.
        assert!(Snapshot::create(Path::new("src")).is_err());
        let _ = fs::remove_dir_all(&folder);
    }

    proptest! {
        #[test]
        fn any_index_is_read_or_refused(text in "(\\{\"schema\":\"promolint.fetched/1\"\\}\n)?(\\PC|\n|\"url\":|[{}\",:]){0,200}") {
            let _ = entries(&text);
        }

        #[test]
        fn copies_stay_in_their_folder(sha256 in ".{0,80}", kind in proptest::option::of(".{0,20}")) {
            let line = serde_json::json!({"url": "https://a.example/", "fetched_at": "x", "final_url": "https://a.example/", "status": 200,
                "content_type": kind, "bytes": 1, "sha256": sha256, "file": "../../etc/passwd"});
            let entries = entries(&format!("{{\"schema\":\"{SCHEMA}\"}}\n{line}\n")).expect("an entry");
            let s = Snapshot { folder: PathBuf::from("nowhere"), entries: Mutex::new(entries) };
            prop_assert_eq!(s.get(&Url::parse("https://a.example/").expect("url")).map_err(|f| f.why), Err(Why::Broken));
        }
    }
}
