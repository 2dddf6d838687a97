//! What comes of one piece of work, and the words for inputs that could not be checked.

use super::corpus::Digest;
use super::walk::io_message;
use crate::document::Problem;
use crate::document::records::{self, Chunk};
use crate::finding::{Finding, Trouble};
use crate::source::{DecodeNote, Source};
use std::collections::BTreeSet;

/// Pages and texts larger than this are not read: nobody publishes them, and they are held in memory whole.
pub(super) const MAX_DOCUMENT: u64 = 256 << 20;

/// What came of one piece of work: a file, or a stretch of records.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings, by place. Suppressed ones are among them.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub troubles: Vec<Trouble>,
    /// What was assumed, or is worth a word: an empty file, an encoding nobody declared.
    pub remarks: Vec<String>,
    /// Rules that could not say anything, each with the register it wanted.
    pub not_applied: BTreeSet<(String, &'static str)>,
    /// What its documents leave behind to be compared with others.
    pub digests: Vec<Digest>,
    /// Bytes read.
    pub bytes: u64,
    /// Records read.
    pub records: usize,
    /// Whether this is the first piece of an input.
    pub starts_input: bool,
    /// Whether the input was left out for what it is.
    pub skipped: bool,
    /// The input's name.
    pub name: String,
}

impl Outcome {
    /// The first piece of an input, of which there is nothing to say.
    pub(super) fn done(name: &str) -> Outcome {
        Outcome { starts_input: true, name: name.to_owned(), ..Outcome::default() }
    }

    /// An input that could not be checked, and what to do about it.
    pub(super) fn with_trouble(name: &str, message: impl Into<String>, help: impl Into<String>) -> Outcome {
        Outcome { troubles: vec![Trouble::about(name, message, help)], ..Outcome::done(name) }
    }

    pub(super) fn unreadable(name: &str, e: &std::io::Error) -> Outcome {
        Outcome::with_trouble(name, io_message(e), "check the path and its permissions")
    }

    pub(super) fn too_large(name: &str, size: u64) -> Outcome {
        let message = format!("this is too large to read as one document: {} MB, at most {} MB", size >> 20, MAX_DOCUMENT >> 20);
        Outcome::with_trouble(name, message, "split it; exports of records (CSV, JSON, NDJSON) may be of any size")
    }

    pub(super) fn binary(name: &str) -> Outcome {
        Outcome::with_trouble(name, "this is not text", "images and documents are not read by this version; leave it out")
    }

    pub(super) fn empty(name: &str) -> Outcome {
        Outcome::with_trouble(name, "there are no records in this file", "an export has at least one record")
    }

    /// An input that is left out for what it is.
    pub(super) fn skipped(name: &str) -> Outcome {
        Outcome { skipped: true, ..Outcome::done(name) }
    }

    /// Data of a form nobody described: in a folder it is simply no content.
    pub(super) fn unknown_form(name: &str, named: bool, chunk: &Chunk) -> Outcome {
        if !named {
            return Outcome::skipped(name);
        }
        let keys = records::field_names(chunk, 0);
        let message = if keys.is_empty() {
            "this is no export that promolint knows".to_owned()
        } else {
            format!("this is no export that promolint knows; its fields are {keys}")
        };
        Outcome::with_trouble(name, message, "say what it is with `--kind listing` (or ad, review, event), or describe it in a format file")
    }

    /// What is to say of the bytes of a source.
    pub(super) fn decoding(&mut self, source: &Source) {
        if source.notes().contains(&DecodeNote::Assumed) {
            let name = source.name();
            self.remarks.push(format!("{name} declares no encoding and is not UTF-8; it was read as windows-1252, as browsers do"));
        }
        if let Some((first, message)) = source.undecoded() {
            let message = format!("{message}; the text around them was not checked");
            self.troubles.push(Trouble::at(source, first, message, "save the file as UTF-8"));
        }
    }
}

pub(super) fn splitting(t: &records::Trouble) -> Trouble {
    Trouble::at(&t.source, t.span, t.message.clone(), t.help.clone())
}

pub(super) fn problem(source: &Source, p: &Problem) -> Trouble {
    Trouble::at(source, p.span, p.message.clone(), p.help.clone())
}
