//! What comes of one piece of work, and the words for inputs that could not be checked.

use super::corpus::Digest;
use super::mask::Hidden;
use super::once::OfFile;
use super::recall::Read;
use super::seen::Seen;
use super::suppress::Comment;
use super::walk::io_message;
use super::why::Told;
use crate::check::pictures::{Left, Looked};
use crate::document::Problem;
use crate::document::records::{self, Chunk};
use crate::finding::{Finding, Trouble};
use crate::source::{DecodeNote, Source, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Pages and texts larger than this are not read: nobody publishes them, and they are held in memory whole.
pub(super) const MAX_DOCUMENT: u64 = 256 << 20;

/// Records of a form nobody described are named up to this number in each input.
const MAX_STRANGE: usize = 100;
/// What to do about data of a form nobody described.
const DESCRIBE: &str = "say what it is with `--kind listing` (or ad, review, event), or describe it in a format file";

fn its_fields(chunk: &Chunk, record: usize) -> String {
    let keys = records::field_names(chunk, record);
    if keys.is_empty() { String::new() } else { format!("; its fields are {keys}") }
}

/// What came of one piece of work: a file, or a stretch of records.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings, by place. Suppressed ones are among them.
    pub findings: Vec<Finding>,
    /// Findings that say of an image file what holds wherever it is shown, by their fingerprints: what they are told apart by.
    pub(super) of_files: HashMap<String, OfFile>,
    /// The comments that accept findings.
    pub comments: Vec<Comment>,
    /// What rules found that is to be shown with stars; see [`super::RuleSet::mask`].
    pub(super) hidden: Vec<Hidden>,
    /// What could not be checked.
    pub troubles: Vec<Trouble>,
    /// What was assumed, or is worth a word: an empty file, an encoding nobody declared.
    pub remarks: Vec<String>,
    /// Rules that could not say anything, each with the register it wanted.
    pub not_applied: BTreeSet<(String, &'static str)>,
    /// What its documents leave behind to be compared with others.
    pub digests: Vec<Digest>,
    /// Pictures that cannot be read, with the file they are in, if that is known: each file is told of once.
    pub(super) unread: Vec<(Option<String>, Trouble)>,
    /// Records of a form nobody described that hold text.
    pub(super) strange: Vec<Trouble>,
    /// The first value of a listing that says nothing known, in words.
    pub(super) unknown_value: Option<String>,
    /// Which fields of records hold sentences that were not read, in words.
    pub(super) unnamed: Option<String>,
    /// Whether this is a page without a word for its readers.
    pub(super) wordless: bool,
    /// How many pictures were not compared, by reason.
    pub not_compared: BTreeMap<Left, usize>,
    /// What is told of a place that somebody asks about.
    pub told: Vec<Told>,
    /// What its documents gave rules to look at.
    pub seen: Seen,
    /// Bytes read.
    pub bytes: u64,
    /// Records read.
    pub records: usize,
    /// Whether this is the first piece of an input.
    pub starts_input: bool,
    /// Whether the input was left out for what it is.
    pub skipped: bool,
    /// Where and why an input that was left out cannot be read, which is not to say that it is no content.
    pub unread_because: Option<String>,
    /// The input's name.
    pub name: String,
    /// What was read for it, and what is kept of it.
    pub(super) read: Read,
}

impl Outcome {
    /// The first piece of an input, of which there is nothing to say.
    pub(super) fn done(name: &str) -> Outcome {
        Outcome { starts_input: true, name: name.to_owned(), ..Outcome::default() }
    }

    /// An input that could not be checked, and what to do about it.
    pub(super) fn with_trouble(name: &str, message: impl Into<String>, help: impl Into<String>) -> Outcome {
        Outcome { troubles: vec![Trouble::about(name, message, help)], name: name.to_owned(), ..Outcome::default() }
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

    /// Nothing there could be seen, so that the silence of rules says nothing.
    pub(super) fn unsee(&mut self) {
        self.seen = Seen::default();
    }

    /// An input that is left out for what it is.
    pub(super) fn skipped(name: &str) -> Outcome {
        Outcome { skipped: true, ..Outcome::done(name) }
    }

    /// A file that cannot be read and that nobody said to be content: it is left out, and that is told.
    pub(super) fn left_out(trouble: &Trouble) -> Outcome {
        let name = trouble.path.as_deref().unwrap_or_default();
        let place = trouble.location.iter().flat_map(|l| l.spans.first()).map(|s| format!(":{}:{}", s.line, s.column)).next();
        let because = format!("{name}{}: {}", place.unwrap_or_default(), trouble.message);
        Outcome { unread_because: Some(because), ..Outcome::skipped(name) }
    }

    /// Data of a form nobody described: in a folder it is simply no content.
    pub(super) fn unknown_form(name: &str, named: bool, chunk: &Chunk) -> Outcome {
        if !named {
            return Outcome::skipped(name);
        }
        Outcome::with_trouble(name, format!("this is no export that promolint knows{}", its_fields(chunk, 0)), DESCRIBE)
    }

    /// A record of a form nobody described, among others that are known.
    pub(super) fn strange_record(&mut self, chunk: &Chunk, record: usize, at: Span) {
        if self.strange.len() <= MAX_STRANGE {
            let message = format!("this record has no form that promolint knows, and was not read{}", its_fields(chunk, record));
            self.strange.push(Trouble::at(&chunk.source, Span::at(at.start), message, DESCRIBE));
        }
    }

    /// An image that was named where there is nothing to hold it against.
    pub(super) fn no_images(name: &str) -> Outcome {
        let help = "name the register of the supplied images with `--assets FILE`, or in promolint.yaml: `registers: {assets: FILE}`";
        Outcome::with_trouble(name, "there is nothing to hold this image against", help)
    }

    /// What came of looking at a picture that `at` in a source shows.
    pub(super) fn looked(&mut self, looked: &Looked, source: &Source, at: &[Span]) {
        match looked {
            Looked::Left(left) if left.words().is_some() => *self.not_compared.entry(*left).or_default() += 1,
            Looked::Refused(unread) => {
                let trouble = match (&unread.name, at.first()) {
                    (Some(name), Some(span)) => {
                        Trouble::at(source, *span, format!("the image {name} was not checked: {}", unread.message), unread.help.clone())
                    }
                    (None, Some(span)) => {
                        Trouble::at(source, *span, format!("an image was not checked: {}", unread.message), unread.help.clone())
                    }
                    (_, None) => Trouble::about(source.name(), unread.message.clone(), unread.help.clone()),
                };
                self.unread.push((unread.name.clone(), trouble));
            }
            _ => {}
        }
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

/// What is told once of an input, though it comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Strange {
    /// How many records of a form nobody described it had so far.
    records: usize,
    /// Whether a value that says nothing known was told of.
    value: bool,
    /// Whether fields that were not read were told of.
    unnamed: bool,
}

impl Strange {
    /// Takes outcomes in their order; the records become troubles, as far as they are named.
    pub fn take(&mut self, outcome: &mut Outcome) {
        if outcome.starts_input {
            *self = Strange::default();
        }
        for (remark, told) in [(outcome.unknown_value.take(), &mut self.value), (outcome.unnamed.take(), &mut self.unnamed)] {
            outcome.remarks.extend(remark.filter(|_| !std::mem::replace(told, true)));
        }
        for mut trouble in outcome.strange.drain(..) {
            self.records += 1;
            if self.records > MAX_STRANGE + 1 {
                continue;
            }
            if self.records > MAX_STRANGE {
                trouble.message.push_str("; more such records after it are not named");
            }
            outcome.troubles.push(trouble);
        }
    }
}

/// What is said of pictures over a whole run.
#[derive(Debug, Default)]
pub(super) struct Pictured {
    told: HashSet<String>,
    pub left: BTreeMap<Left, usize>,
}

impl Pictured {
    /// Takes what an outcome says of pictures; those that cannot be read become troubles where they are met first.
    pub fn take(&mut self, outcome: &mut Outcome) {
        for (file, trouble) in outcome.unread.drain(..) {
            if file.is_none_or(|f| self.told.insert(f)) {
                outcome.troubles.push(trouble);
            }
        }
        for (left, n) in std::mem::take(&mut outcome.not_compared) {
            *self.left.entry(left).or_default() += n;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// How many pictures were not compared, and why.
    pub fn remarks(&self) -> Vec<String> {
        let reasons: Vec<String> = self.left.iter().filter_map(|(l, n)| Some(format!("{n} {}", l.words()?))).collect();
        let all: usize = self.left.values().sum();
        if reasons.is_empty() {
            return Vec::new();
        }
        let (images, were) = if all == 1 { ("image", "was") } else { ("images", "were") };
        vec![format!("{all} {images} {were} not compared: {}", reasons.join(", "))]
    }
}

/// Pages without a word for their readers, over a whole run.
#[derive(Debug, Default)]
pub(super) struct Wordless {
    first: String,
    pages: usize,
}

impl Wordless {
    /// Takes outcomes in their order.
    pub fn take(&mut self, outcome: &Outcome) {
        if outcome.wordless {
            if self.pages == 0 {
                self.first.clone_from(&outcome.name);
            }
            self.pages += 1;
        }
    }

    /// How many there were.
    pub fn remark(&self) -> Option<String> {
        let first = &self.first;
        match self.pages {
            0 => None,
            1 => Some(format!(
                "{first} has no words of its own for readers as it stands, so that its body was not checked; scripts are not run"
            )),
            n => Some(format!(
                "{n} pages have no words of their own for readers as they stand, {first} the first, so that their bodies were not checked; scripts are not run"
            )),
        }
    }
}

pub(super) fn splitting(t: &records::Trouble) -> Trouble {
    Trouble::at(&t.source, t.span, t.message.clone(), t.help.clone())
}

pub(super) fn problem(source: &Source, p: &Problem) -> Trouble {
    Trouble::at(source, p.span, p.message.clone(), p.help.clone())
}
