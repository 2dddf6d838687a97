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
    /// The file, an index into whatever list of files the reader keeps ([`PackSet::files`](crate::pack::PackSet::files)).
    pub file: usize,
    /// Whether the file can be used all the same.
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
