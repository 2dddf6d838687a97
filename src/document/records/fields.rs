//! From the values of one record to the fields of a document, by the format's word.
//!
//! All shapes of files come through here as the same few events, so that a format means the same in JSON, CSV and YAML.

use super::formats::{At, FieldDef, Format};
use super::text::{Text, block, prose};
use crate::document::{Builder, FieldRole, Kind, Record, Role};
use crate::source::Span;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// More values than any real record has; keeps a hostile one from filling the memory.
pub const MAX_FIELDS: usize = 20_000;
/// Values that lie deeper are not read.
const MAX_LEVELS: usize = 32;
/// A longer key is cut in pointers.
const MAX_KEY: usize = 128;

/// A record's values in their order.
pub enum Event<'a> {
    /// An object begins.
    Object,
    /// A list begins.
    List,
    /// The innermost object or list ends.
    Close,
    /// A key of the innermost object; its value follows.
    Key(Cow<'a, str>),
    /// A value that is no object or list.
    Value(Text<'a>),
}

struct Item<'a> {
    at: Option<At>,
    /// The list entry it lies in.
    entry: u32,
    /// Its pointer, a range of the text that holds those of all items.
    pointer: Range<usize>,
    text: Text<'a>,
}

struct Level {
    list: bool,
    at: Option<At>,
    /// Values in here are not read.
    dead: bool,
    /// Length of the pointer to this container.
    pointer: usize,
    next: usize,
    entry: u32,
}

/// Writes one record's fields. Without a format every text that reads like prose is one, and everything goes by its own name.
pub fn write<'a>(events: impl Iterator<Item = Event<'a>>, format: Option<&Format>, kind: Kind, span: Span, index: usize, b: &mut Builder) {
    let mut out = Writer::new(format, kind, b);
    // Where meanings depend on other values, all must be known before the first is written.
    let waits = format.is_some_and(Format::has_conditions);
    let mut items: Vec<Item> = Vec::new();
    let mut pointers = String::new();
    let mut count = 0;
    let mut deciding: HashMap<(u32, At), usize> = HashMap::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut pointer = String::new();
    let (mut at, mut dead, mut entry, mut entries) = (Some(Format::TOP), false, 0, 0);
    for event in events {
        // A value in a list: its place is the list's next entry.
        if let (Some(l), Event::Object | Event::List | Event::Value(_)) = (levels.last_mut(), &event)
            && l.list
        {
            pointer.truncate(l.pointer);
            pointer.push('/');
            push_number(&mut pointer, l.next);
            l.next += 1;
            entries += 1;
            (at, dead, entry) = (l.at.and_then(|at| format.and_then(|f| f.entry(at))), l.dead, entries);
        }
        match event {
            Event::Object | Event::List => {
                let list = matches!(event, Event::List);
                let dead = dead || levels.len() >= MAX_LEVELS;
                levels.push(Level { list, at, dead, pointer: pointer.len(), next: 0, entry });
            }
            Event::Close => {
                levels.pop();
            }
            Event::Key(key) => {
                let Some(l) = levels.last() else { continue };
                dead = l.dead || format.is_some_and(|f| f.skip.iter().any(|s| *s == key));
                if dead {
                    continue;
                }
                pointer.truncate(l.pointer);
                push_key(&mut pointer, &key);
                entry = l.entry;
                at = l.at.and_then(|at| format.and_then(|f| f.child(at, &key)));
            }
            Event::Value(text) if !dead => {
                count += 1;
                if count > MAX_FIELDS {
                    out.problem(
                        format!("the record has more than {MAX_FIELDS} values; those from here on are not read"),
                        "split the record",
                        text.span,
                    );
                    break;
                }
                if !waits {
                    let def = at.and_then(|at| format.and_then(|f| f.field(at, |_| None)));
                    out.value(def, &pointer, || own_name(&pointer), &text);
                    continue;
                }
                if let (Some(at), Some(f)) = (at, format)
                    && f.decides(at)
                {
                    deciding.insert((entry, at), items.len());
                }
                let start = pointers.len();
                pointers.push_str(&pointer);
                items.push(Item { at, entry, pointer: start..pointers.len(), text });
            }
            Event::Value(_) => {}
        }
    }
    for item in &items {
        let other = |at: At| deciding.get(&(item.entry, at)).and_then(|i| items.get(*i)).map(|i| i.text.value.as_ref());
        let def = item.at.and_then(|at| format.and_then(|f| f.field(at, other)));
        let pointer = pointers.get(item.pointer.clone()).unwrap_or("");
        out.value(def, pointer, || own_name(pointer), &item.text);
    }
    out.finish(span, index);
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

/// The name of a value that no format names: its pointer, with `*` for places in lists.
fn own_name(pointer: &str) -> String {
    let step = |s: &str| if !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()) { "*".to_owned() } else { s.to_owned() };
    pointer.trim_start_matches('/').split('/').map(step).collect::<Vec<_>>().join("/")
}

/// Whether a text of unknown meaning is made of words.
fn reads_like_prose(s: &str) -> bool {
    s.contains(' ') && s.chars().any(char::is_alphabetic)
}

/// Writes fields and remembers what the record is known by.
pub struct Writer<'f, 'b> {
    format: Option<&'f Format>,
    b: &'b mut Builder,
    first: usize,
    /// How good the identifier is: its place in [`Format::id`].
    id: Option<(usize, String)>,
}

impl<'f, 'b> Writer<'f, 'b> {
    /// Begins a record.
    pub fn new(format: Option<&'f Format>, kind: Kind, b: &'b mut Builder) -> Self {
        b.kind(kind);
        let first = b.field_count();
        Writer { format, b, first, id: None }
    }

    fn problem(&mut self, message: String, help: &str, span: Span) {
        self.b.problem(message, help, span);
    }

    /// One value with what the format says of it, if anything. `own` gives its own name.
    pub fn value(&mut self, def: Option<&FieldDef>, pointer: &str, own: impl FnOnce() -> String, text: &Text) {
        let Some(def) = def else {
            let role = if self.format.is_none() && reads_like_prose(&text.value) { FieldRole::Prose } else { FieldRole::Other };
            return self.put(&own(), role, pointer, text);
        };
        let value = text.value.trim();
        if value.is_empty() || def.none.iter().any(|n| n.eq_ignore_ascii_case(value)) {
            return self.put(&def.name, def.role, pointer, &Text::empty(text.span));
        }
        let separators = self.format.map_or(&[][..], |f| &f.separators);
        if !def.pairs.is_empty() {
            return self.pairs(def, pointer, text);
        }
        match separators.iter().find(|s| def.list && text.value.contains(s.as_str())) {
            None => self.put(&def.name, def.role, pointer, text),
            Some(separator) => {
                for (start, end) in split(&text.value, separator) {
                    let part = text.part(start, end);
                    if !part.value.is_empty() {
                        self.put(&def.name, def.role, pointer, &part);
                    }
                }
            }
        }
    }

    /// `tier=GOLD; reviews=12`: the text itself, and a field for each key that the format knows.
    fn pairs(&mut self, def: &FieldDef, pointer: &str, text: &Text) {
        self.put(&def.name, def.role, pointer, text);
        for (start, end) in split(&text.value, ";") {
            let Some((key, _)) = text.value.get(start..end).and_then(|s| s.split_once('=')) else { continue };
            let name = key.trim();
            let Some((_, to)) = def.pairs.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)) else { continue };
            let part = text.part(start + key.len() + 1, end);
            if let Some(field) = self.format.and_then(|f| f.field_named(to)).filter(|f| f.pairs.is_empty()) {
                self.value(Some(field), pointer, String::new, &part);
            }
        }
    }

    fn put(&mut self, name: &str, role: FieldRole, pointer: &str, text: &Text) {
        if let Some(rank) = self.format.and_then(|f| f.id.iter().position(|i| i == name))
            && !text.value.is_empty()
            && self.id.as_ref().is_none_or(|(r, _)| rank < *r)
        {
            self.id = Some((rank, text.value.trim().to_owned()));
        }
        let field = self.b.field_of(pointer, name, role, &text.value, text.span);
        match role.block() {
            Some(Role::Prose) => prose(text, field, self.b),
            Some(role) => block(text, role, field, self.b),
            None if role == FieldRole::Url => self.b.link(&text.value, text.span, "field", Some(field)),
            None => {}
        }
    }

    /// Ends the record.
    pub fn finish(self, span: Span, index: usize) {
        let form = self.format.map_or(String::new(), |f| f.name.clone());
        let fields = self.first..self.b.field_count();
        self.b.record(Record { form, fields, span, index: Some(index), id: self.id.map(|(_, id)| id) });
    }
}

/// The ranges between separators.
fn split<'s>(value: &'s str, separator: &'s str) -> impl Iterator<Item = (usize, usize)> + 's {
    let mut at = 0;
    value.split(separator).map(move |part| {
        let start = at;
        at += part.len() + separator.len();
        (start, start + part.len())
    })
}
