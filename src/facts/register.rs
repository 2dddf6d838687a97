//! A register as a list of entries in one file: all but that of partners, which is larger and has other forms too.

use super::kind::{self, Head, Kind};
use super::reader::Reader;
use super::value::{Fact, Place};
use super::{Broken, Day};
use crate::source::{DecodeHint, Source, Span};
use crate::yaml::{Fault, Node};

/// Entries of one sort, with the file that has them; `index` is what they are looked up by.
#[derive(Debug)]
pub struct Register<T, I = ()> {
    source: Source,
    head: Head,
    pub(super) list: Vec<T>,
    pub(super) index: I,
}

/// How entries of one sort are read.
pub(super) struct Entries<T> {
    pub kind: Kind,
    pub read: fn(&Node, &mut Reader) -> Option<T>,
    /// What one entry is called.
    pub what: &'static str,
    /// Its id, if it has one, which no other may have.
    pub id: Option<fn(&T) -> &Fact<String>>,
}

impl<T, I> Register<T, I> {
    pub(super) fn of(name: &str, bytes: Vec<u8>, of: &Entries<T>, index: impl FnOnce(&[T]) -> I) -> Result<Register<T, I>, Broken> {
        Register::with_whole(name, bytes, of, |_, list, _| index(list))
    }

    /// The same, where the index takes more than the entries, or finds faults between them.
    pub(super) fn with_whole(
        name: &str,
        bytes: Vec<u8>,
        of: &Entries<T>,
        index: impl FnOnce(&Node, &[T], &mut Reader) -> I,
    ) -> Result<Register<T, I>, Broken> {
        let (register, faults) = Register::with_faults(Source::decode(name, bytes, DecodeHint::Text), of, index)?;
        if faults.is_empty() { Ok(register) } else { Err(Broken::new(register.source, faults)) }
    }

    /// The same with what can be read, beside all that is wrong.
    pub(super) fn with_faults(
        source: Source,
        of: &Entries<T>,
        index: impl FnOnce(&Node, &[T], &mut Reader) -> I,
    ) -> Result<(Register<T, I>, Vec<Fault>), Broken> {
        let (source, root, mut r) = kind::parse(source, of.kind)?;
        let head = Head::read(&root, &mut r);
        let list: Vec<T> = kind::entries(&root, of.kind).iter().filter_map(|n| (of.read)(n, &mut r)).collect();
        if let Some(id) = of.id {
            r.duplicates(list.iter().map(id), of.what);
        }
        let index = index(&root, &list, &mut r);
        Ok((Register { source, head, index, list }, r.faults()))
    }

    /// The file's text.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// A place in the file.
    pub fn place(&self, span: Span) -> Place<'_> {
        Place { source: &self.source, span }
    }

    /// Whether there is nothing beyond what is listed.
    pub fn is_complete(&self) -> bool {
        self.head.is_complete()
    }

    /// Where the register says so.
    pub fn complete_place(&self) -> Option<Place<'_>> {
        self.head.complete.span().map(|s| self.place(s))
    }

    /// The day on which it was right.
    pub fn checked_on(&self) -> Option<Day> {
        self.head.day()
    }

    /// All entries, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
