//! The values of a record with their places in its format, by the format's word.
//!
//! JSON and YAML come through here as the same few steps, so that a format means the same in both; a record is gone through once, for its
//! document and for all who ask for its values.

use super::formats::{At, FieldDef, Format};
use super::text::Text;
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// More values than any real record has; keeps a hostile one from filling the memory.
pub const MAX_FIELDS: usize = 20_000;
/// Values that lie deeper are not read.
const MAX_LEVELS: usize = 32;
/// A longer key is cut in pointers.
const MAX_KEY: usize = 128;

/// One value; `V` stands for its text.
#[derive(Debug)]
struct Item<V> {
    at: Option<At>,
    /// The list entry it lies in.
    entry: u32,
    /// Its pointer, a range of the text that holds those of all items.
    pointer: Range<usize>,
    value: V,
}

#[derive(Debug)]
struct Level {
    list: bool,
    at: Option<At>,
    /// Values in here are not read.
    dead: bool,
    /// Whether anything lies in it.
    filled: bool,
    /// Length of the pointer to this container.
    pointer: usize,
    next: usize,
    entry: u32,
    start: usize,
}

/// A record's values in their order. Whoever reads the record says what comes.
#[derive(Debug)]
pub struct Walk<V> {
    items: Vec<Item<V>>,
    pointers: String,
    /// Lists without entries: their places, the entries they lie in, their places in the text.
    empty: Vec<(At, u32, Span)>,
    /// The values that the meaning of others depends on, by entry and place. Neither is the record's to choose, so that none can fill
    /// this with collisions.
    deciding: FxHashMap<(u32, At), usize>,
    /// The first value that is one too many.
    beyond: Option<V>,
    levels: Vec<Level>,
    pointer: String,
    at: Option<At>,
    dead: bool,
    entry: u32,
    entries: u32,
}

/// One of a record's values, for those who ask.
pub struct Valued<'w, 'f, V> {
    /// What the format says of it.
    pub def: Option<&'f FieldDef>,
    /// The number of the list entry it lies in.
    pub entry: u32,
    /// Where in the record: a JSON Pointer.
    pub pointer: &'w str,
    /// The value.
    pub value: &'w V,
}

impl<V> Default for Walk<V> {
    /// Before the first step.
    fn default() -> Self {
        Walk {
            items: Vec::new(),
            pointers: String::new(),
            empty: Vec::new(),
            deciding: FxHashMap::default(),
            beyond: None,
            levels: Vec::new(),
            pointer: String::new(),
            at: Some(Format::TOP),
            dead: false,
            entry: 0,
            entries: 0,
        }
    }
}

impl<V> Walk<V> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Before the first step again, in the same memory.
    pub fn clear(&mut self) {
        self.items.clear();
        self.pointers.clear();
        self.empty.clear();
        self.deciding.clear();
        self.beyond = None;
        self.levels.clear();
        self.pointer.clear();
        (self.at, self.dead, self.entry, self.entries) = (Some(Format::TOP), false, 0, 0);
    }

    /// Whether it takes more memory than is worth keeping.
    pub fn is_large(&self) -> bool {
        self.items.capacity() > 1 << 12 || self.pointers.capacity() > 1 << 18
    }

    /// Whether the next key is one of the record itself.
    pub fn at_top(&self) -> bool {
        self.levels.len() == 1
    }

    /// A value comes: in a list, its place is the next entry.
    fn next(&mut self, format: Option<&Format>) {
        let Some(l) = self.levels.last_mut() else { return };
        l.filled = true;
        if l.list {
            self.pointer.truncate(l.pointer);
            self.pointer.push('/');
            push_number(&mut self.pointer, l.next);
            l.next += 1;
            self.entries += 1;
            (self.at, self.dead, self.entry) = (l.at.and_then(|at| format.and_then(|f| f.entry(at))), l.dead, self.entries);
        }
    }

    /// An object or a list begins at byte `start`.
    pub fn open(&mut self, format: Option<&Format>, list: bool, start: usize) {
        self.next(format);
        let dead = self.dead || self.levels.len() >= MAX_LEVELS;
        let (at, pointer, entry) = (self.at, self.pointer.len(), self.entry);
        self.levels.push(Level { list, at, dead, filled: false, pointer, next: 0, entry, start });
    }

    /// The innermost object or list ends at byte `end`.
    pub fn close(&mut self, end: usize) {
        if let Some(l) = self.levels.pop()
            && let (true, false, false, Some(at)) = (l.list, l.filled, l.dead, l.at)
            && self.beyond.is_none()
        {
            self.empty.push((at, l.entry, Span::new(l.start.min(end), end)));
        }
    }

    /// A key of the innermost object; its value follows.
    pub fn key(&mut self, format: Option<&Format>, key: &str) {
        let Some(l) = self.levels.last() else { return };
        self.dead = l.dead || format.is_some_and(|f| f.skip.iter().any(|s| s == key));
        if self.dead {
            return;
        }
        self.pointer.truncate(l.pointer);
        push_key(&mut self.pointer, key);
        self.entry = l.entry;
        self.at = l.at.and_then(|at| format.and_then(|f| f.child(at, key)));
    }

    /// A value that is no object or list.
    pub fn value(&mut self, format: Option<&Format>, value: V) {
        self.next(format);
        if self.dead || self.beyond.is_some() {
            return;
        }
        if self.items.len() >= MAX_FIELDS {
            self.beyond = Some(value);
            return;
        }
        if let (Some(at), Some(f)) = (self.at, format)
            && f.decides(at)
        {
            self.deciding.insert((self.entry, at), self.items.len());
        }
        let start = self.pointers.len();
        self.pointers.push_str(&self.pointer);
        self.items.push(Item { at: self.at, entry: self.entry, pointer: start..self.pointers.len(), value });
    }

    /// The values, with what the format says of them; `text` gives what one says.
    pub fn values<'w, 'f, 't>(
        &'w self,
        format: Option<&'f Format>,
        text: impl Fn(&'w V) -> Text<'t>,
    ) -> impl Iterator<Item = Valued<'w, 'f, V>> {
        self.items.iter().map(move |item| {
            let reads = |at: At, word: &str| {
                let other = self.deciding.get(&(item.entry, at)).and_then(|i| self.items.get(*i));
                other.is_some_and(|o| text(&o.value).value.eq_ignore_ascii_case(word))
            };
            Valued {
                def: item.at.and_then(|at| format.and_then(|f| f.field(at, reads))),
                entry: item.entry,
                pointer: self.pointers.get(item.pointer.clone()).unwrap_or(""),
                value: &item.value,
            }
        })
    }

    /// The lists without entries: their places in the format, the entries they lie in, their places in the text.
    pub fn empty(&self) -> &[(At, u32, Span)] {
        &self.empty
    }

    /// The first value that is one too many and was not taken, with all after it.
    pub fn beyond(&self) -> Option<&V> {
        self.beyond.as_ref()
    }
}

fn push_number(to: &mut String, n: usize) {
    if n < 10 {
        to.push(char::from(b'0' + n as u8));
    } else {
        to.push_str(&n.to_string());
    }
}

/// Adds one step to a JSON Pointer.
fn push_key(to: &mut String, key: &str) {
    to.push('/');
    let key = if key.len() > MAX_KEY { key.get(..key.floor_char_boundary(MAX_KEY)).unwrap_or(key) } else { key };
    if !key.bytes().any(|b| matches!(b, b'~' | b'/')) {
        return to.push_str(key);
    }
    for c in key.chars() {
        match c {
            '~' => to.push_str("~0"),
            '/' => to.push_str("~1"),
            c => to.push(c),
        }
    }
}
