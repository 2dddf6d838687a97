//! What exports look like: how one is recognised and what its fields mean. All of it comes from data files; `rules/formats/` holds those
//! that are built in.
//!
//! A format's aliases become a small tree that a reader descends along with the record, so that a field is known when it is reached.

use crate::document::{FieldRole, Kind};
use crate::yaml::{Node, YamlError};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

mod load;

/// Keys of records are only looked up in these maps, never put in, so that no record can fill one with collisions.
type HashMap<K, V> = FxHashMap<K, V>;

/// A place in a format's tree of aliases.
pub type At = u32;

/// What a format says of one field.
#[derive(Clone, Debug)]
pub struct FieldDef {
    /// The canonical name.
    pub name: String,
    /// What the value is for.
    pub role: FieldRole,
    /// Whether a text value holds several entries between separators.
    pub list: bool,
    /// Values that say that there is none, compared without regard to ASCII case.
    pub none: Vec<String>,
    /// Whether its value is the address of a picture.
    pub image: bool,
    /// For a text of the form `key=value; key=value`: which canonical field each key fills.
    pub pairs: Vec<(String, String)>,
}

/// One meaning that a place in the tree can have.
#[derive(Clone, Debug)]
struct Meaning {
    /// Index into [`Format::fields`].
    field: usize,
    /// It holds only where the value at this other place, in the same list entry, reads so.
    when: Option<(At, String)>,
}

#[derive(Clone, Debug, Default)]
struct Branch {
    children: HashMap<Box<str>, At>,
    /// Any entry of a list, any key of a map.
    any: Option<At>,
    meanings: Vec<Meaning>,
}

/// One export's shape.
#[derive(Clone, Debug)]
pub struct Format {
    /// Its name, as [`Record::form`](crate::document::Record::form) gives it.
    pub name: String,
    /// What its records are.
    pub kind: Kind,
    /// Keys under which files of this format keep their records.
    pub containers: Vec<String>,
    /// The key of objects that stand for the value under it.
    pub unwrap: Option<String>,
    /// Keys that say nothing about the record, at any depth.
    pub skip: Vec<String>,
    /// What separates the entries of a list kept as one text.
    pub separators: Vec<String>,
    /// Words that begin the rows of a table which sum up the others, behind which a colon may stand.
    pub totals: Vec<String>,
    /// Whether keys match without regard to case and punctuation (`Final URL`, `final_url`, `finalUrl`).
    pub loose: bool,
    /// Whether it reads records of its kind that no format knows, where the user says what they are.
    pub fallback: bool,
    /// The fields.
    pub fields: Vec<FieldDef>,
    /// The canonical names of the fields that a record is known by, the best first.
    pub id: Vec<String>,
    alternatives: Vec<Alternative>,
    tree: Vec<Branch>,
    /// Places that the meaning of others depends on.
    deciding: Vec<At>,
}

/// One way to recognise a format: at least one key of each group, and none of the others.
#[derive(Clone, Debug)]
struct Alternative {
    each: Vec<Vec<String>>,
    none: Vec<String>,
}

impl Format {
    /// The top of the alias tree.
    pub const TOP: At = 0;

    /// The place below `at` that a key leads to.
    pub fn child(&self, at: At, key: &str) -> Option<At> {
        if self.unwrap.as_deref() == Some(key) {
            return Some(at);
        }
        let b = self.tree.get(at as usize)?;
        let other = || b.any.or_else(|| (self.holds_prose(b) && is_language(key)).then_some(at));
        if b.children.is_empty() {
            return other();
        }
        match b.children.get(key) {
            Some(c) => Some(*c),
            None if self.loose => with_plain_key(key, |k| b.children.get(k).copied()).or_else(other),
            None => other(),
        }
    }

    /// Whether what stands here is running text, for which an object may stand with one text for each language.
    fn holds_prose(&self, b: &Branch) -> bool {
        let prose = |m: &Meaning| self.fields.get(m.field).is_some_and(|f| f.role == FieldRole::Prose);
        !b.meanings.is_empty() && b.meanings.iter().all(prose)
    }

    /// The place below `at` that the entries of a list lead to. A list of plain values may stand where one value is expected.
    pub fn entry(&self, at: At) -> Option<At> {
        let b = self.tree.get(at as usize)?;
        b.any.or(if b.meanings.is_empty() { None } else { Some(at) })
    }

    /// Whether any place's meaning depends on another's value.
    pub fn has_conditions(&self) -> bool {
        !self.deciding.is_empty()
    }

    /// Whether the meaning of other places depends on the value at this one.
    pub fn decides(&self, at: At) -> bool {
        self.deciding.contains(&at)
    }

    /// The field that a place stands for. `reads` tells whether the value of another place in the same list entry is a word.
    pub fn field(&self, at: At, reads: impl Fn(At, &str) -> bool) -> Option<&FieldDef> {
        let holds = |m: &&Meaning| m.when.as_ref().is_none_or(|(at, word)| reads(*at, word));
        let m = self.tree.get(at as usize)?.meanings.iter().find(holds)?;
        self.fields.get(m.field)
    }

    /// The fields that stand at a place or anywhere below it.
    pub fn fields_below(&self, at: At) -> Vec<&FieldDef> {
        let mut out = Vec::new();
        // Every branch has one parent, so that the walk ends.
        let mut left = vec![at];
        while let Some(at) = left.pop() {
            let Some(b) = self.tree.get(at as usize) else { continue };
            out.extend(b.meanings.iter().filter_map(|m| self.fields.get(m.field)));
            left.extend(b.children.values().copied().chain(b.any));
        }
        out
    }

    /// The field of a canonical name.
    pub fn field_named(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// Whether records of this format are recognised by this key.
    pub fn is_told_by(&self, key: &str) -> bool {
        let is = |k: &String| if self.loose { plain_key(k) == plain_key(key) } else { k == key };
        self.alternatives.iter().flat_map(|a| &a.each).flatten().any(is)
    }
}

/// A key reduced to its letters and digits, in lower case.
fn plain_key(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a key is the tag of a language: `en`, `pt-BR`. `id` is what it is everywhere else.
pub(super) fn is_language(key: &str) -> bool {
    let (primary, region) = key.split_once(['-', '_']).unwrap_or((key, "XX"));
    let letters = |s: &str| s.bytes().all(|b| b.is_ascii_alphabetic());
    primary.len() == 2 && primary != "id" && (2..=4).contains(&region.len()) && letters(primary) && letters(region)
}

/// [`plain_key`] handed to `f`, without a `String` for the short ASCII keys that nearly all are.
fn with_plain_key<R>(key: &str, f: impl FnOnce(&str) -> R) -> R {
    let mut short = [0u8; 48];
    if key.len() > short.len() || !key.is_ascii() {
        return f(&plain_key(key));
    }
    let mut len = 0;
    for b in key.bytes().filter(u8::is_ascii_alphanumeric) {
        short[len] = b.to_ascii_lowercase();
        len += 1;
    }
    f(std::str::from_utf8(&short[..len]).unwrap_or(""))
}

/// By what a record is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<'f> {
    /// The format; without one every value goes by its own name.
    pub format: Option<&'f Format>,
    /// Whether the format knows the record. Else texts that it does not name are read if they are made of words.
    pub fits: bool,
}

impl Form<'_> {
    /// No format.
    pub const NONE: Form<'static> = Form { format: None, fits: false };
}

/// Tells sets of formats apart, in all of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Id(u64);

impl Default for Id {
    fn default() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Id(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// All formats that are known.
#[derive(Debug, Default)]
pub struct Formats {
    id: Id,
    formats: Vec<Format>,
    /// From a key to the alternatives it counts for.
    exact: HashMap<Box<str>, Vec<Mark>>,
    loose: HashMap<Box<str>, Vec<Mark>>,
    /// One entry for each alternative: its format, how many groups it has.
    alternatives: Vec<(usize, u32)>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    alternative: usize,
    /// The group the key fills; `None` if the key must not be there.
    group: Option<u32>,
}

/// A format file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {error}")]
pub struct FormatError {
    /// The file's name.
    pub file: String,
    /// What is wrong and where in the file.
    pub error: YamlError,
}

/// A forbidden key was seen.
const RULED_OUT: u64 = 1 << 63;

impl Formats {
    /// The formats that are built in; read once, when first asked for.
    pub fn builtin() -> &'static Formats {
        static BUILTIN: OnceLock<Formats> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            // A test holds every built-in file to be readable, so that nothing is lost here.
            let read = |(file, text): &(&str, &str)| load::format(file, text).ok();
            Formats::of(load::BUILTIN.iter().filter_map(read).collect())
        })
    }

    /// The built-in formats and those of further files, given as name and text. A format of a name that exists replaces it.
    ///
    /// # Errors
    /// The first file that is no YAML, lacks something or holds an unknown key.
    pub fn with_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Formats, FormatError> {
        let mut formats = Formats::builtin().formats.clone();
        for (file, text) in files {
            let f = load::format(file, text)?;
            match formats.iter_mut().find(|g| g.name == f.name) {
                Some(g) => *g = f,
                None => formats.push(f),
            }
        }
        Ok(Formats::of(formats))
    }

    fn of(formats: Vec<Format>) -> Formats {
        let mut out = Formats::default();
        for (i, f) in formats.iter().enumerate() {
            for a in &f.alternatives {
                let alternative = out.alternatives.len();
                out.alternatives.push((i, a.each.len() as u32));
                let map = if f.loose { &mut out.loose } else { &mut out.exact };
                let mut mark = |key: &str, group| {
                    let key = if f.loose { plain_key(key) } else { key.to_owned() };
                    map.entry(key.into()).or_default().push(Mark { alternative, group });
                };
                for (g, keys) in a.each.iter().enumerate() {
                    keys.iter().for_each(|k| mark(k, Some(g as u32)));
                }
                a.none.iter().for_each(|k| mark(k, None));
            }
        }
        out.formats = formats;
        out
    }

    /// The format of a record with these top keys: of those that fit, the one that asks for most.
    pub fn detect<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Option<&Format> {
        self.by_number(self.number(keys)?)
    }

    /// The same, and whether it fits: where none does, it is the one that stands in for records of a kind that the user names.
    pub(super) fn detect_or_fall_back<'k>(&self, keys: impl IntoIterator<Item = &'k str>, kind: Option<Kind>) -> Form<'_> {
        match self.detect(keys) {
            Some(format) => Form { format: Some(format), fits: true },
            None => Form { format: self.fallback(kind).and_then(|n| self.by_number(n)), fits: false },
        }
    }

    /// The number of the format that stands in for records of a kind that the user names.
    pub(super) fn fallback(&self, kind: Option<Kind>) -> Option<usize> {
        self.formats.iter().position(|f| f.fallback && Some(f.kind) == kind)
    }

    fn number<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Option<usize> {
        let mut seen = vec![0u64; self.alternatives.len()];
        for key in keys {
            let exact = self.exact.get(key);
            let loose = with_plain_key(key, |k| self.loose.get(k));
            for m in exact.into_iter().chain(loose).flatten() {
                seen[m.alternative] |= m.group.map_or(RULED_OUT, |g| 1 << g);
            }
        }
        let fits = self.alternatives.iter().zip(seen).filter(|((_, groups), seen)| *seen == (1 << groups) - 1).map(|(a, _)| *a);
        // The first of equals, by the order of the files.
        fits.reduce(|best, a| if a.1 > best.1 { a } else { best }).map(|best| best.0)
    }

    pub(super) fn id(&self) -> Id {
        self.id
    }

    pub(super) fn by_number(&self, number: usize) -> Option<&Format> {
        self.formats.get(number)
    }

    /// Whether files of some format keep their records under this key.
    pub fn is_container(&self, key: &str) -> bool {
        self.formats.iter().any(|f| f.containers.iter().any(|c| c == key))
    }

    /// The format of this name.
    pub fn get(&self, name: &str) -> Option<&Format> {
        self.formats.iter().find(|f| f.name == name)
    }

    /// All formats.
    pub fn iter(&self) -> impl Iterator<Item = &Format> {
        self.formats.iter()
    }
}

/// The keys of a record, one after the other.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Keys {
    text: String,
    ends: Vec<usize>,
}

impl Keys {
    fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or(""))
    }
}

/// Records of a file have the same few sets of keys: what their formats are is remembered.
#[derive(Default)]
pub(super) struct Recent {
    of: Option<Id>,
    keys: Keys,
    /// Numbers of formats. So few, and only of short keys, that collisions do no harm.
    known: HashMap<Keys, Option<usize>>,
}

impl Recent {
    const MOST: usize = 64;
    const LONGEST: usize = 4096;

    /// Whether what is remembered is of these formats.
    pub fn is_of(&self, formats: &Formats) -> bool {
        self.of == Some(formats.id)
    }

    /// Whether the last record's keys take more memory than is worth keeping.
    pub fn is_large(&self) -> bool {
        self.keys.text.capacity() > 1 << 18 || self.keys.ends.capacity() > 1 << 14
    }

    /// Before the first key.
    pub fn clear(&mut self) {
        self.keys.text.clear();
        self.keys.ends.clear();
    }

    /// The record has this key.
    pub fn key(&mut self, key: &str) {
        self.keys.text.push_str(key);
        self.keys.ends.push(self.keys.text.len());
    }

    /// The number of the format that knows a record with the keys given.
    pub fn detect(&mut self, formats: &Formats) -> Option<usize> {
        if !self.is_of(formats) {
            self.of = Some(formats.id);
            self.known.clear();
        }
        if let Some(known) = self.known.get(&self.keys) {
            return *known;
        }
        let found = formats.number(self.keys.iter());
        if self.keys.text.len() <= Self::LONGEST && self.keys.ends.len() <= Self::LONGEST / 8 {
            if self.known.len() == Self::MOST {
                self.known.clear();
            }
            self.known.insert(self.keys.clone(), found);
        }
        found
    }
}

#[cfg(test)]
#[path = "formats_tests.rs"]
mod tests;
