//! From the values of one record to the fields of a document, by the format's word.

use super::formats::{FieldDef, Form, Format, is_language};
use super::text::{Text, block, prose};
use super::unnamed::{is_for_readers, is_sentence, is_words, reads_unnamed};
use super::walk::{MAX_FIELDS, Walk};
use crate::document::{Builder, FieldRole, Kind, Lang, Record, Role, Shown};
use crate::source::Span;

/// Writes one record's fields; `text` gives what a value says. A text that the format does not name goes by its own name, and is read where
/// it is a sentence; without a format that knows the record, where it is made of words.
pub fn write<'w, 't, V>(
    walk: &'w Walk<V>,
    text: impl Fn(&'w V) -> Text<'t>,
    form: Form<'w>,
    kind: Kind,
    span: Span,
    index: usize,
    b: &mut Builder,
) {
    let mut out = Writer::new(form, kind, b);
    for v in walk.values(form.format, &text) {
        out.value(v.def, v.pointer, || own_name(v.pointer), &text(v.value));
    }
    if let Some(v) = walk.beyond() {
        let message = format!("the record has more than {MAX_FIELDS} values; those from here on are not read");
        out.problem(message, "split the record", text(v).span);
    }
    out.finish(span, index);
}

/// The name of a value that no format names: its pointer, with `*` for places in lists.
fn own_name(pointer: &str) -> String {
    let step = |s: &str| if !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()) { "*".to_owned() } else { s.to_owned() };
    pointer.trim_start_matches('/').split('/').map(step).collect::<Vec<_>>().join("/")
}

/// The language of a text that stands under its tag: `/description/en`.
fn language(pointer: &str) -> Option<Lang> {
    let (of, key) = pointer.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/').rsplit_once('/')?;
    if of.is_empty() || !is_language(key) { None } else { Lang::from_tag(key) }
}

/// Writes fields and remembers what the record is known by.
pub struct Writer<'f, 'b> {
    format: Option<&'f Format>,
    fits: bool,
    /// Whether sentences are read that the format has no name for.
    reads_unnamed: bool,
    b: &'b mut Builder,
    first: usize,
    /// How good the identifier is: its place in [`Format::id`].
    id: Option<(usize, String)>,
}

impl<'f, 'b> Writer<'f, 'b> {
    /// Begins a record.
    pub fn new(form: Form<'f>, kind: Kind, b: &'b mut Builder) -> Self {
        b.kind(kind);
        let first = b.field_count();
        Writer { format: form.format, fits: form.fits, reads_unnamed: reads_unnamed(kind), b, first, id: None }
    }

    fn problem(&mut self, message: String, help: &str, span: Span) {
        self.b.problem(message, help, span);
    }

    /// One value with what the format says of it, if anything. `own` gives its own name.
    pub fn value(&mut self, def: Option<&FieldDef>, pointer: &str, own: impl FnOnce() -> String, text: &Text) {
        let Some(def) = def else {
            let read =
                if self.fits { self.reads_unnamed && is_for_readers(pointer) && is_sentence(&text.value) } else { is_words(&text.value) };
            return self.put(&own(), if read { FieldRole::Prose } else { FieldRole::Other }, false, pointer, text);
        };
        let value = text.value.trim();
        if value.is_empty() || def.none.iter().any(|n| n.eq_ignore_ascii_case(value)) {
            return self.put(&def.name, def.role, def.image, pointer, &Text::empty(text.span));
        }
        let separators = self.format.map_or(&[][..], |f| &f.separators);
        if !def.pairs.is_empty() {
            return self.pairs(def, pointer, text);
        }
        match separators.iter().find(|s| def.list && text.holds(s)) {
            None => self.put(&def.name, def.role, def.image, pointer, text),
            Some(separator) => {
                for (start, end) in text.split(separator) {
                    let part = text.part(start, end);
                    if !part.value.is_empty() {
                        self.put(&def.name, def.role, def.image, pointer, &part);
                    }
                }
            }
        }
    }

    /// `tier=GOLD; reviews=12`: the text itself, and a field for each key that the format knows.
    fn pairs(&mut self, def: &FieldDef, pointer: &str, text: &Text) {
        self.put(&def.name, def.role, def.image, pointer, text);
        for (start, end) in text.split(";") {
            let Some((key, _)) = text.value.get(start..end).and_then(|s| s.split_once('=')) else { continue };
            let name = key.trim();
            let Some((_, to)) = def.pairs.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)) else { continue };
            let part = text.part(start + key.len() + 1, end);
            if let Some(field) = self.format.and_then(|f| f.field_named(to)).filter(|f| f.pairs.is_empty()) {
                self.value(Some(field), pointer, String::new, &part);
            }
        }
    }

    fn put(&mut self, name: &str, role: FieldRole, image: bool, pointer: &str, text: &Text) {
        if let Some(rank) = self.format.and_then(|f| f.id.iter().position(|i| i == name))
            && !text.value.is_empty()
            && self.id.as_ref().is_none_or(|(r, _)| rank < *r)
        {
            self.id = Some((rank, text.value.trim().to_owned()));
        }
        let field = self.b.field_of(pointer, name, role, &text.value, text.span);
        match role.block() {
            Some(Role::Prose) => prose(text, language(pointer), field, self.b),
            Some(role) => block(text, role, None, field, self.b),
            None if role == FieldRole::Url => self.b.link(&text.value, text.span, "field", Some(field)),
            None => {}
        }
        if image {
            self.b.image(&*text.value, text.span, "field", Shown { field: Some(field), ..Shown::default() });
        }
    }

    /// Ends the record.
    pub fn finish(self, span: Span, index: usize) {
        let form = self.format.map_or(String::new(), |f| f.name.clone());
        let fields = self.first..self.b.field_count();
        self.b.record(Record { form, fields, span, index: Some(index), id: self.id.map(|(_, id)| id) });
    }
}
