//! The register of partners: from `partners.yaml`, or from an export of the directory as it comes.
//!
//! A register may hold ten thousand firms of which a run asks about one. So a firm is read when it is asked for, the tables for looking
//! up by name, domain and id are made at the first question, and until then there is only the text with the firms' places in it.

mod decode;
pub mod export;
mod model;
mod scan;
pub mod write;

pub use model::{AwardOf, Identity, Office, Offices, Partner, Since};

use super::kind::{self, Head, Kind};
use super::names::{fold_handle, fold_name, site};
use super::reader::{Reader, TWICE};
use super::value::{Place, State};
use super::{Broken, Day};
use crate::document::records::{self, Chunk, Formats};
use crate::source::{DecodeHint, Source, Span};
use crate::yaml::{Fault, Node};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};

/// A longer `partners.yaml` is cut into its firms first, which are read when they are asked for; a shorter one is read and checked whole.
const LARGE: usize = 256 << 10;

/// The register of partners.
#[derive(Debug)]
pub struct Partners {
    form: Form,
    head: Head,
    slots: Vec<OnceLock<Option<Box<Partner>>>>,
    index: OnceLock<Index>,
    /// What turned out to be wrong after the register was taken for whole.
    late: Mutex<Vec<Fault>>,
}

#[derive(Debug)]
enum Form {
    /// `partners.yaml`, read whole.
    Whole(Source),
    /// `partners.yaml`, with the places of its firms.
    Cut(Source, Vec<Span>),
    /// An export: stretches of it, and which record of which stretch each firm is.
    Export { name: String, chunks: Vec<Chunk>, entries: Vec<(u32, u32)>, formats: FormatsRef },
}

/// The formats that an export is read by.
#[derive(Debug, Clone, Default)]
pub enum FormatsRef {
    /// Those that are built in.
    #[default]
    Builtin,
    /// With the user's own.
    Own(Arc<Formats>),
}

impl FormatsRef {
    /// The formats.
    pub fn get(&self) -> &Formats {
        match self {
            FormatsRef::Builtin => Formats::builtin(),
            FormatsRef::Own(f) => f,
        }
    }
}

/// What firms can be looked up by. Values are gathered in one pass; a table is made of those of one kind when it is asked for, so that a
/// run which looks up one id folds no names.
#[derive(Debug, Default)]
struct Index {
    values: Vec<(Key, u32, Box<str>)>,
    ids: OnceLock<Table>,
    domains: OnceLock<Table>,
    names: OnceLock<Table>,
    handles: OnceLock<Table>,
}

type Table = HashMap<String, Vec<u32>>;

impl Index {
    fn key(&mut self, what: Key, value: &str, n: u32) {
        let value = value.trim();
        if !value.is_empty() {
            self.values.push((what, n, value.into()));
        }
    }

    fn table(&self, keys: &[Key], fold: impl Fn(&str) -> Option<String>) -> Table {
        let mut table = Table::new();
        for (_, n, value) in self.values.iter().filter(|(k, _, _)| keys.contains(k)) {
            let Some(key) = fold(value) else { continue };
            let list = table.entry(key).or_default();
            if list.last() != Some(n) {
                list.push(*n);
            }
        }
        table
    }

    fn ids(&self) -> &Table {
        self.ids.get_or_init(|| self.table(&[Key::Own, Key::Id], |v| Some(v.to_lowercase())))
    }

    fn domains(&self) -> &Table {
        self.domains.get_or_init(|| self.table(&[Key::Domain], site))
    }

    fn names(&self) -> &Table {
        self.names.get_or_init(|| self.table(&[Key::Name], |v| Some(fold_name(v)).filter(|n| !n.is_empty())))
    }

    fn handles(&self) -> &Table {
        self.handles.get_or_init(|| self.table(&[Key::Handle], |v| Some(fold_handle(v)).filter(|h| !h.is_empty())))
    }
}

/// What a firm can be looked up by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Key {
    /// Its own id.
    Own,
    /// One it has elsewhere.
    Id,
    Domain,
    Name,
    Handle,
}

impl Partners {
    /// Reads a register, whichever form it has: told by its content. `formats` say what exports look like.
    ///
    /// # Errors
    /// Everything in the file that is wrong, each at its place.
    pub fn read(name: &str, bytes: Vec<u8>, formats: FormatsRef) -> Result<Partners, Broken> {
        let shape = records::sniff(&bytes[..bytes.len().min(64 << 10)], name);
        let yaml = matches!(shape, None | Some(records::Shape::Yaml));
        if yaml {
            let source = Source::decode(name, bytes, DecodeHint::Text);
            let listed = kind::kind_of(source.text()).is_some() || shape.is_none();
            // A YAML file without the register's key may be an export.
            if listed || source.text().trim().is_empty() {
                return Partners::from_yaml(source);
            }
            let bytes = source.text().as_bytes().to_vec();
            return Partners::from_export(name, bytes, records::Shape::Yaml, formats);
        }
        Partners::from_export(name, bytes, shape.unwrap_or(records::Shape::Json), formats)
    }

    /// Reads `partners.yaml`.
    ///
    /// # Errors
    /// Everything in the file that is wrong.
    pub fn from_yaml(source: Source) -> Result<Partners, Broken> {
        if source.text().len() > LARGE
            && let Some(scan) = scan::scan(source.text())
        {
            return Partners::cut(source, scan);
        }
        Partners::whole(source)
    }

    /// Reads `partners.yaml` and checks all of it, however long it is.
    ///
    /// # Errors
    /// Everything in the file that is wrong.
    pub fn whole(source: Source) -> Result<Partners, Broken> {
        let (source, root, mut r) = kind::parse(source, Kind::Partners)?;
        let head = Head::read(&root, &mut r);
        let list: Vec<Partner> = kind::entries(&root, Kind::Partners).iter().filter_map(|n| decode::partner(n, &mut r)).collect();
        r.duplicates(list.iter().map(|p| &p.id), "partner");
        let slots = list.into_iter().map(|p| OnceLock::from(Some(Box::new(p)))).collect();
        let (index, late) = (OnceLock::new(), Mutex::default());
        r.done(source, |source| Partners { form: Form::Whole(source), head, slots, index, late })
    }

    fn cut(source: Source, scan: scan::Scan) -> Result<Partners, Broken> {
        let mut r = Reader::default();
        let head = match decode::head(source.text(), &scan, &mut r) {
            Some(head) if r.faults.is_empty() => head,
            // What is wrong is told by reading the whole.
            _ => return Partners::whole(source),
        };
        let slots = scan.items.iter().map(|_| OnceLock::new()).collect();
        Ok(Partners { form: Form::Cut(source, scan.items), head, slots, index: OnceLock::new(), late: Mutex::default() })
    }

    fn from_export(name: &str, bytes: Vec<u8>, shape: records::Shape, formats: FormatsRef) -> Result<Partners, Broken> {
        let export::Export { chunks, entries, index } = export::read(name, &bytes, shape, formats.get())?;
        let slots = entries.iter().map(|_| OnceLock::new()).collect();
        let form = Form::Export { name: name.to_owned(), chunks, entries, formats };
        Ok(Partners { form, head: Head::default(), slots, index: OnceLock::from(index), late: Mutex::default() })
    }

    /// Says that the register is complete, or on which day it was right, where the file itself cannot.
    #[must_use]
    pub fn with_head(mut self, complete: Option<bool>, checked_on: Option<Day>) -> Partners {
        if let Some(c) = complete {
            self.head.complete = State::Is(super::Fact::new(c, Span::at(0)));
        }
        if let Some(d) = checked_on {
            self.head.checked_on = State::Is(super::Fact::new(d, Span::at(0)));
        }
        self
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        match &self.form {
            Form::Whole(s) | Form::Cut(s, _) => s.name(),
            Form::Export { name, .. } => name,
        }
    }

    /// How many firms it holds.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether it is an export of the directory.
    pub fn is_export(&self) -> bool {
        matches!(self.form, Form::Export { .. })
    }

    /// Whether a firm that is not here is no member.
    pub fn is_complete(&self) -> bool {
        self.head.is_complete()
    }

    /// Whether it tells of firms other than one: a register that is complete with one firm is complete about that firm.
    pub fn covers_others(&self) -> bool {
        self.is_complete() && self.len() > 1
    }

    /// Where the register says so.
    pub fn complete_place(&self) -> Option<Place<'_>> {
        let source = match &self.form {
            Form::Whole(s) | Form::Cut(s, _) => s,
            Form::Export { chunks, .. } => &chunks.first()?.source,
        };
        Some(Place { source, span: self.head.complete.span()? })
    }

    /// The day on which it was right.
    pub fn checked_on(&self) -> Option<Day> {
        self.head.day()
    }

    /// A firm by its number.
    pub fn get(&self, n: usize) -> Option<&Partner> {
        let slot = self.slots.get(n)?;
        slot.get_or_init(|| {
            let mut r = Reader::default();
            let p = match &self.form {
                Form::Whole(_) => None,
                Form::Cut(source, items) => decode::item(source.text(), *items.get(n)?, &mut r),
                Form::Export { chunks, entries, formats, .. } => {
                    let (c, i) = *entries.get(n)?;
                    export::partner(chunks.get(c as usize)?, c, i as usize, formats.get())
                }
            };
            if !r.faults.is_empty() {
                if let Ok(mut late) = self.late.lock() {
                    late.append(&mut r.faults);
                }
                return None;
            }
            p.map(Box::new)
        })
        .as_deref()
    }

    /// All firms, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Partner> {
        (0..self.len()).filter_map(|n| self.get(n))
    }

    /// The firm of this id: its own, or that of its listing, profile or portal. An own id goes before others. `None` as well where several
    /// firms have it.
    pub fn by_id(&self, id: &str) -> Option<&Partner> {
        let id = id.trim().to_lowercase();
        let (own, others): (Vec<_>, Vec<_>) = self.all_by_id(&id).into_iter().partition(|p| p.id.value.to_lowercase() == id);
        one_firm(if own.is_empty() { others } else { own })
    }

    /// All firms of this id, their own or another.
    pub fn all_by_id(&self, id: &str) -> Vec<&Partner> {
        self.found(self.index().ids(), &id.trim().to_lowercase()).collect()
    }

    /// The firms on the registrable domain of an address or host; where many firms share that, at this address.
    pub fn by_domain(&self, address: &str) -> Vec<&Partner> {
        site(address).map(|d| self.found(self.index().domains(), &d).collect()).unwrap_or_default()
    }

    /// Addresses that several firms have, so that what stands there is nobody's: by order of the first of their firms, with all of them.
    pub fn contested(&self) -> Vec<(&str, Vec<&Partner>)> {
        let several = self.index().domains().iter().filter(|(_, list)| list.len() > 1);
        let mut out: Vec<(&[u32], &str)> = several.map(|(site, list)| (list.as_slice(), site.as_str())).collect();
        out.sort_unstable();
        let firms = |site: &str| self.found(self.index().domains(), site).collect::<Vec<_>>();
        out.into_iter().map(|(_, site)| (site, firms(site))).filter(|(_, f)| f.len() > 1 && one_firm(f.clone()).is_none()).collect()
    }

    /// The firms of this name or alias, whatever its case, accents and legal form.
    pub fn by_name(&self, name: &str) -> Vec<&Partner> {
        self.found(self.index().names(), &fold_name(name)).collect()
    }

    /// The firms of this handle.
    pub fn by_handle(&self, handle: &str) -> Vec<&Partner> {
        self.found(self.index().handles(), &fold_handle(handle)).collect()
    }

    /// The id closest to what somebody wrote.
    pub fn id_near(&self, id: &str) -> Option<&str> {
        crate::yaml::shape::did_you_mean(id, self.index().ids().keys().map(String::as_str))
    }

    /// Whether an id is none of those here, although it should be: the register is complete, or has one that is nearly the same, which is
    /// told.
    pub fn lacks(&self, id: &str) -> Option<Option<&str>> {
        if !self.all_by_id(id).is_empty() {
            return None;
        }
        let near = self.id_near(id);
        (self.is_complete() || near.is_some()).then_some(near)
    }

    fn found<'p>(&'p self, map: &'p HashMap<String, Vec<u32>>, key: &str) -> impl Iterator<Item = &'p Partner> {
        map.get(key).into_iter().flatten().filter_map(|n| self.get(*n as usize))
    }

    /// A place of a firm's fact in the file.
    pub fn place(&self, partner: &Partner, span: Span) -> Option<Place<'_>> {
        let source = match &self.form {
            Form::Whole(s) | Form::Cut(s, _) => s,
            Form::Export { chunks, .. } => &chunks.get(partner.chunk as usize)?.source,
        };
        Some(Place { source, span })
    }

    /// What turned out to be wrong in firms that were asked for. A firm with a fault is as good as not there, so that a run which met
    /// one has not checked everything.
    pub fn take_faults(&self) -> Vec<Fault> {
        self.late.lock().map(|mut l| std::mem::take(&mut *l)).unwrap_or_default()
    }

    /// The text that the places of [`Self::take_faults`] count in.
    pub fn yaml_source(&self) -> Option<&Source> {
        match &self.form {
            Form::Whole(s) | Form::Cut(s, _) => Some(s),
            Form::Export { .. } => None,
        }
    }

    fn twice(&self, source: &Source, item: Span, id: &str) {
        let Some(at) = source.text().get(item.range()).and_then(|t| t.find(id)).map(|i| item.start + i) else { return };
        let fault = Fault::new(Span::new(at, at + id.len()), format!("the partner `{id}` is there twice"), TWICE);
        if let Ok(mut late) = self.late.lock() {
            late.push(fault);
        }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            match &self.form {
                Form::Whole(_) => {
                    for (n, p) in self.slots.iter().enumerate() {
                        if let Some(Some(p)) = p.get() {
                            p.keys(&mut |key, value| index.key(key, value, n as u32));
                        }
                    }
                }
                Form::Cut(source, items) => {
                    let mut own: HashSet<String> = HashSet::new();
                    for (n, span) in items.iter().enumerate() {
                        scan::keys(source.text(), *span, &mut |key, value| {
                            if key == Key::Own && !own.insert(value.to_lowercase()) {
                                self.twice(source, *span, value);
                            }
                            index.key(key, value, n as u32);
                        });
                    }
                }
                // It was made when the export was gone through.
                Form::Export { .. } => {}
            }
            index
        })
    }
}

/// The first of several entries, if all are of one firm.
pub fn one_firm(found: Vec<&Partner>) -> Option<&Partner> {
    let (first, rest) = found.split_first()?;
    if rest.is_empty() {
        return Some(first);
    }
    let identity = first.identity();
    rest.iter().all(|p| identity.may_be(&p.identity())).then_some(*first)
}

/// What is not in a scalar node of the wanted keys is no key.
fn strings(node: &Node) -> Vec<String> {
    match node.as_seq() {
        Some(items) => items.iter().filter_map(Node::scalar_text).collect(),
        None => node.scalar_text().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests;
