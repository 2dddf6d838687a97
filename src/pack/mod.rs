//! Rule packs: YAML to rules, with an error at the right character for everything that is wrong in one.
//!
//! What lives here knows what a rule may say. It does not know how content is read or searched.

mod builtin;
mod decode;
mod keys;
mod lint;
mod literals;
mod load;
pub mod model;
mod pattern;
mod phrase;
pub mod shape;
pub mod shapes;

pub use builtin::{builtin_names, builtin_text};
pub use decode::severity_by_kind;
pub use lint::lint;
pub use load::{PackSet, PackSource};
pub use model::{Pack, Rule};
pub use pattern::{LazyRegex, Pattern, PhraseSet, is_whole};

use crate::source::Span;

/// Something wrong in a YAML file, at a place of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
    /// The cure.
    pub help: String,
    /// The file, an index into [`PackSet::files`].
    pub file: usize,
    /// Whether the pack can be used all the same.
    pub usable: bool,
}

impl Fault {
    /// Something that keeps the file from being used.
    pub fn new(span: Span, message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { span, message: message.into(), help: help.into(), file: 0, usable: false }
    }

    /// Something its author should mend.
    pub fn advice(span: Span, message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { usable: true, ..Fault::new(span, message, help) }
    }
}
