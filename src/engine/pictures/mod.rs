//! The pictures of a run: addresses become files, files are decoded under limits and compared with the supplied images, each file once.

pub(super) mod resolve;
mod store;

pub(super) use store::Found;
pub use store::Store;

use super::assets;
use crate::badge::{self, Library, Limits, Refusal, Setting};
use crate::check::pictures::{Compared, Left, Looked, Origin, Pictures, Seen, Sight, Unread, Written};
use crate::document::{Image, ImageSource};
use crate::facts::Facts;
use crate::fetch::{Failure, Fetcher, Want, Why};
use crate::finding::Trouble;
use crate::source::{DecodeHint, Source, is_address};
use resolve::{Address, Place};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// What holds the one picture of an image file.
pub const FILE: &str = "file";
/// Files beyond this number are compared anew each time.
const MAX_KNOWN: usize = 200_000;
/// Style sheets of more bytes are not read.
const MAX_SHEET: u64 = 8 << 20;

/// The colour behind a picture, if it is known.
type Behind = Option<[u8; 3]>;

/// Opens pictures and compares them; shared by the threads of a run.
#[derive(Debug)]
pub struct Gallery {
    facts: Arc<Facts>,
    store: Store,
    /// What fetches the pictures of pages on the web.
    web: Option<Arc<Fetcher>>,
    limits: Limits,
    memory: Arc<Memory>,
    /// By the file they are in.
    files: Known<(PathBuf, String, Behind), Looked>,
    /// Style sheets, by the file they are in.
    sheets: Known<(PathBuf, String), Option<Arc<Source>>>,
    /// Pictures of differences that were written.
    written: Mutex<HashSet<String>>,
}

/// What is worked out of the register and of pictures' bytes.
#[derive(Debug, Default)]
struct Memory {
    library: OnceLock<Loaded>,
    /// By the SHA-256 of the bytes, and what is behind them.
    compared: Known<([u8; 32], Behind), Result<Arc<Compared>, Refusal>>,
}

#[derive(Debug)]
struct Loaded {
    library: Library,
    troubles: Vec<Trouble>,
}

/// Answers that are worked out once, by whoever asks first; others wait for it.
#[derive(Debug)]
struct Known<K, V>(Mutex<HashMap<K, Arc<OnceLock<V>>>>);

impl<K: std::hash::Hash + Eq, V: Clone> Known<K, V> {
    fn get(&self, key: K, work_out: impl FnOnce() -> V) -> V {
        let cell = match self.0.lock() {
            Ok(mut map) if map.len() < MAX_KNOWN || map.contains_key(&key) => Arc::clone(map.entry(key).or_default()),
            _ => return work_out(),
        };
        cell.get_or_init(work_out).clone()
    }
}

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Known(Mutex::default())
    }
}

impl Gallery {
    /// Pictures of these files, held against the register of images of `facts`.
    pub fn new(facts: Arc<Facts>, store: Store) -> Gallery {
        Gallery {
            facts,
            store,
            web: None,
            limits: Limits::default(),
            memory: Arc::default(),
            files: Known::default(),
            sheets: Known::default(),
            written: Mutex::default(),
        }
    }

    /// The same, with what fetches pictures and style sheets of pages on the web. Those of files are never fetched.
    #[must_use]
    pub fn with_web(self, web: Option<Arc<Fetcher>>) -> Gallery {
        Gallery { web, ..self }
    }

    /// The same, with what another one knows, if both have the same images: for tests, of which many share theirs.
    #[must_use]
    pub(super) fn knowing(mut self, others: &[Arc<Gallery>]) -> Gallery {
        let text = |g: &Gallery| g.facts.assets.as_ref().map(|a| a.source().text().to_owned());
        let same = |o: &&Arc<Gallery>| text(o) == text(&self) && o.facts.today == self.facts.today && o.store.same(&self.store);
        if let Some(other) = others.iter().find(same) {
            self.memory = Arc::clone(&other.memory);
        }
        self
    }

    /// Whether there is anything to hold pictures against.
    pub fn has_register(&self) -> bool {
        self.facts.assets.is_some()
    }

    /// Where it looks for them.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The files of the supplied images.
    pub fn supplied(&self) -> Vec<PathBuf> {
        let Some(assets) = &self.facts.assets else { return Vec::new() };
        let register = assets.source().name();
        assets.iter().flat_map(assets::files).map(|(file, _)| store::supplied_path(register, file)).collect()
    }

    fn loaded(&self) -> Option<&Loaded> {
        let assets = self.facts.assets.as_ref()?;
        Some(self.memory.library.get_or_init(|| {
            let register = assets.source().name();
            let read = |file: &str| self.store.supplied(register, file, self.limits.bytes);
            let (references, troubles) = assets::references_kept(assets, self.facts.today, &read, self.store.cache());
            Loaded { library: Library::new(references), troubles }
        }))
    }

    /// What was wrong with the files of the register, if they were needed.
    pub fn troubles(&self) -> Vec<Trouble> {
        self.memory.library.get().map(|l| l.troubles.clone()).unwrap_or_default()
    }

    /// Whether a file is one of the supplied images: it is no content.
    pub fn is_supplied(&self, path: &Path) -> bool {
        let Some(assets) = &self.facts.assets else { return false };
        let register = assets.source().name();
        let Ok(path) = path.canonicalize() else { return false };
        assets.iter().flat_map(assets::files).any(|(file, _)| store::supplied_path(register, file).canonicalize().is_ok_and(|p| p == path))
    }

    /// Compares the picture in these bytes.
    fn compare(&self, bytes: &[u8], behind: Behind) -> Result<([u8; 32], Arc<Compared>), Refusal> {
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        let compared = self.memory.compared.get((sha256, behind), || {
            if let Some(size) = badge::too_small(bytes) {
                return Ok(Arc::new(Compared { size, ..Compared::default() }));
            }
            let picture = badge::open(bytes, &self.limits)?;
            let (w, h) = picture.pixels.dimensions();
            let scaled = |n: u32| (n as f32 * picture.scale).round() as u32;
            let comparison =
                self.loaded().map(|l| l.library.compare_file(bytes, &picture, &sha256, Setting { behind })).unwrap_or_default();
            let transparent = picture.pixels.pixels().any(|p| p[3] < 250);
            Ok(Arc::new(Compared { size: (scaled(w), scaled(h)), comparison, transparent }))
        });
        compared.map(|c| (sha256, c))
    }

    fn sight(&self, bytes: &[u8], behind: Behind, name: Option<String>, origin: impl FnOnce() -> Origin) -> Looked {
        match self.compare(bytes, behind) {
            Ok((sha256, comparison)) => {
                let placed = comparison.comparison.marks.iter().flat_map(|m| &m.alterations).any(|a| a.span.is_some());
                let source = name.as_ref().filter(|_| placed).map(|n| Source::decode(n, bytes.to_vec(), DecodeHint::Text));
                // Places are known as bytes of the file: only where its text is these bytes do they say something.
                let same = source.filter(|s| s.text().as_bytes() == bytes);
                let text = same.map_or(Written::Nowhere, |s| Written::File(Arc::new(s)));
                Looked::Seen(Arc::new(Sight { name, sha256, comparison, origin: origin(), text }))
            }
            Err(Refusal { message, help }) => Looked::Refused(Arc::new(Unread { name, message, help })),
        }
    }

    fn file(&self, place: Place, behind: Behind) -> Looked {
        let Place { path, name } = place;
        let key = (path.clone(), name.clone(), behind);
        self.files.get(key, || match self.read(&path) {
            Ok(bytes) => self.sight(&bytes, behind, Some(name), || Origin::File(path.clone())),
            Err(store::Failed::Missing) => Looked::Missing(name),
            Err(store::Failed::Other { message, help }) => Looked::Refused(Arc::new(Unread { name: Some(name), message, help })),
        })
    }

    /// The bytes of a picture, by its path or its address.
    fn read(&self, path: &Path) -> Result<Vec<u8>, store::Failed> {
        match (&self.web, path.to_str().filter(|p| is_address(p))) {
            (Some(web), Some(address)) => match web.part(address, Want::Picture) {
                Ok(fetched) => Ok(fetched.bytes.clone()),
                Err(f) if f.why == Why::Missing => Err(store::Failed::Missing),
                Err(Failure { message, help, .. }) => Err(store::Failed::Other { message, help }),
            },
            _ => self.store.read(path, self.limits.bytes),
        }
    }

    /// A picture that a page on the web shows, on whichever host.
    fn fetched(&self, web: &Fetcher, address: &str, page: &str, behind: Behind) -> Looked {
        let Some(url) = web.join(page, address) else { return Looked::Left(Left::Nothing) };
        let is_picture = store::is_picture(url.path());
        let place = Place { path: PathBuf::from(url.as_str()), name: url.to_string() };
        let says = match web.part(url.as_str(), Want::Picture) {
            Ok(f) => f.mime().starts_with("image/"),
            Err(f) => f.why != Why::Kind,
        };
        match self.file(place, behind) {
            // A video, a page: nobody said that this is a picture.
            Looked::Refused(_) if !is_picture && !says => Looked::Left(Left::Nothing),
            looked => looked,
        }
    }

    /// What fetches for a document, if it is a page on the web.
    fn web_of(&self, document: &str) -> Option<&Fetcher> {
        self.web.as_deref().filter(|_| is_address(document))
    }

    /// What an image file shows that is an input itself.
    pub fn look_at_file(&self, name: &str) -> Looked {
        self.file(Place { path: self.store.key(name), name: name.to_owned() }, None)
    }

    /// A picture of what differs: the reference as it should look, the mark, and where they differ. Written into `folder`, each once; gives the
    /// name of the file.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn write_difference(&self, seen: &Seen, folder: &Path) -> Result<Option<PathBuf>, String> {
        let (Some(mark), Some(loaded)) = (seen.mark(), self.loaded()) else { return Ok(None) };
        let Some(reference) = loaded.library.references().get(mark.reference) else { return Ok(None) };
        let stem = seen.sight.name.as_deref().and_then(|n| Path::new(n).file_stem()?.to_str()).unwrap_or("inline");
        let mut hash = Sha256::new();
        hash.update(seen.sight.sha256);
        hash.update([seen.index as u8]);
        let short: String = hash.finalize().iter().take(4).map(|b| format!("{b:02x}")).collect();
        let plain = |t: &str| t.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).take(60).collect::<String>();
        let file = folder.join(format!("{}.{}.{short}.png", plain(stem), plain(&reference.id)));
        let name = file.to_string_lossy().into_owned();
        // Whoever comes first writes; the others find the same picture.
        if !self.written.lock().is_ok_and(|mut w| w.insert(name)) {
            return Ok(Some(file));
        }
        if std::fs::symlink_metadata(&file).is_ok_and(|m| m.is_symlink()) {
            return Err(format!("{} is a link", super::name_of(&file)));
        }
        if file.exists() && !is_png_or_empty(&file) {
            return Err(format!("{} is there already, and is no PNG picture", super::name_of(&file)));
        }
        let bytes = match &seen.sight.origin {
            Origin::File(path) => self.read(path).map_err(|e| e.to_string())?,
            Origin::Bytes(b) => b.to_vec(),
        };
        let picture = badge::open(&bytes, &self.limits).map_err(|r| r.message)?;
        let difference = loaded.library.picture_of(&picture, mark);
        std::fs::create_dir_all(folder).map_err(|e| super::io_message(&e))?;
        difference.save_with_format(&file, image::ImageFormat::Png).map_err(|e| e.to_string())?;
        Ok(Some(file))
    }
}

/// Whether a file has nothing in it, or begins as a PNG picture does: then another picture may take its place.
pub fn is_png_or_empty(file: &Path) -> bool {
    const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
    let mut head = Vec::new();
    let read = std::fs::File::open(file).and_then(|f| f.take(SIGNATURE.len() as u64).read_to_end(&mut head));
    read.is_ok() && (head.is_empty() || head == SIGNATURE)
}

impl Gallery {
    fn sheet(&self, address: &str, of: &str) -> Option<Arc<Source>> {
        let understood = resolve::address(address);
        if let (Some(web), Address::Path(_) | Address::Elsewhere) = (self.web_of(of), &understood) {
            let url = web.join(of, address)?;
            let key = (PathBuf::from(url.as_str()), url.to_string());
            return self.sheets.get(key, || match web.part(url.as_str(), Want::Sheet) {
                Ok(sheet) => {
                    let hint = sheet.charset().map_or(DecodeHint::Text, DecodeHint::Known);
                    Some(Arc::new(Source::decode(url.as_str(), sheet.bytes.clone(), hint)))
                }
                Err(f) => {
                    // One that is not there, or none, has no effect in a browser either.
                    if !matches!(f.why, Why::Missing | Why::Kind) {
                        let message = format!("the style sheet was not read: {}", f.message);
                        web.complain(url.as_str(), &Failure { message, ..f });
                    }
                    None
                }
            });
        }
        let Address::Path(path) = understood else { return None };
        let store::Found::At(place) = self.store.find(&path, of) else { return None };
        let key = (place.path.clone(), place.name.clone());
        self.sheets.get(key, || {
            let bytes = self.store.read(&place.path, MAX_SHEET).ok()?;
            Some(Arc::new(Source::decode(&place.name, bytes, DecodeHint::Text)))
        })
    }
}

impl Pictures for Gallery {
    fn style(&self, address: &str, of: &str) -> Option<Arc<Source>> {
        self.sheet(address, of)
    }

    fn library(&self) -> Option<&Library> {
        self.loaded().map(|l| &l.library)
    }

    fn look(&self, image: &Image, source: &Source, behind: Behind) -> Looked {
        if self.facts.assets.is_none() {
            return Looked::Left(Left::Nothing);
        }
        let address = match &image.source {
            ImageSource::Address(_) if image.holder == FILE => return self.look_at_file(source.name()),
            ImageSource::Inline(span) => {
                let Some(text) = source.text().get(span.range()) else { return Looked::Left(Left::Nothing) };
                let bytes = resolve::stand_alone(text).into_bytes();
                let added = bytes.len() - text.len();
                return match self.sight(&bytes, behind, None, || Origin::Bytes(bytes.as_slice().into())) {
                    Looked::Seen(sight) => Looked::Seen(Arc::new(Sight {
                        name: None,
                        sha256: sight.sha256,
                        comparison: Arc::clone(&sight.comparison),
                        origin: sight.origin.clone(),
                        text: Written::Here { at: span.start, added },
                    })),
                    // What refers to the page around it, or is HTML rather than XML, is no file of its own.
                    Looked::Refused(_) => Looked::Left(Left::Drawing),
                    looked => looked,
                };
            }
            ImageSource::Address(a) => a,
        };
        match resolve::address(address) {
            Address::Path(_) | Address::Elsewhere if self.web_of(source.name()).is_some() => {
                self.web_of(source.name()).map_or(Looked::Left(Left::Nothing), |w| self.fetched(w, address, source.name(), behind))
            }
            Address::Nothing => Looked::Left(Left::Nothing),
            Address::Elsewhere => Looked::Left(Left::Elsewhere),
            Address::Data(text) => match resolve::data(text, self.limits.bytes) {
                Ok(None) => Looked::Left(Left::Nothing),
                Ok(Some(bytes)) => self.sight(&bytes, behind, None, || Origin::Bytes(bytes.as_slice().into())),
                Err(Refusal { message, help }) => Looked::Refused(Arc::new(Unread { name: None, message, help })),
            },
            Address::Path(path) => match self.store.find(&path, source.name()) {
                store::Found::At(place) => {
                    let is_picture = store::is_picture(&place.name);
                    match self.file(place, behind) {
                        // A video, a page that a server makes a picture of: nobody said that this is one.
                        Looked::Refused(_) if !is_picture => Looked::Left(Left::Nothing),
                        looked => looked,
                    }
                }
                store::Found::Nowhere(name) => Looked::Missing(name),
                store::Found::Outside => Looked::Left(Left::Outside),
                store::Found::Dynamic => Looked::Left(Left::Nothing),
            },
        }
    }
}
