//! From inputs to pieces of work: pages and texts one by one, files of records in stretches.

use super::format::{Format, SNIFF, is_binary};
use super::outcome::{MAX_DOCUMENT, Outcome, splitting};
use super::recall::{self, Recalled};
use super::run::Engine;
use super::walk::Input;
use crate::document::records::{self, Chunk, Shape, Splitter, TroubleKind};
use crate::document::{Builder, Kind};
use crate::fetch::Fetched;
use crate::finding::Trouble;
use crate::source::{DecodeHint, Source};
use std::io::Read;
use std::sync::Arc;

// Few wait at a time, and most of those that are done without work come one by one.
#[allow(clippy::large_enum_variant)]
pub(super) enum Work {
    /// A page or text to read and check; `named` by the user.
    File(Input, Format),
    /// A page that was fetched, to check.
    Page { name: String, page: Arc<Fetched> },
    /// Records to check.
    Records { chunk: Box<Chunk>, kind: Option<Kind>, first: bool, again: bool },
    /// Nothing left to do but to report.
    Done(Outcome),
}

/// A piece of work, and the number of its input if what comes of it is kept.
pub(super) struct Task {
    pub work: Work,
    pub keep: Option<usize>,
}

impl Engine<'_> {
    /// Turns inputs into tasks, in order. `send` answers whether to go on.
    pub(super) fn split(&self, inputs: &[Input], send: &mut dyn FnMut(Task) -> bool) {
        let recall = self.options.recall.as_deref();
        let store = self.options.pictures.as_deref().map(|p| p.store());
        for (number, input) in inputs.iter().enumerate() {
            let go_on = match recall.map_or(Recalled::ToRead, |r| r.get(number, input, store)) {
                Recalled::Known(outcomes) => outcomes.into_iter().all(|o| send(Task { work: Work::Done(o), keep: None })),
                Recalled::ToKeep => self.split_input(input, Some(number), &mut |work| send(Task { work, keep: Some(number) })),
                Recalled::ToRead => self.split_input(input, None, &mut |work| send(Task { work, keep: None })),
            };
            if !go_on {
                return;
            }
        }
    }

    /// The same for one input, of which `keep` is the number if what comes of it is kept.
    fn split_input(&self, input: &Input, keep: Option<usize>, send: &mut dyn FnMut(Work) -> bool) -> bool {
        match input {
            Input::File { path, name, size, .. } => match Format::from_name(name) {
                Some(f) if f.is_records() => match std::fs::File::open(path) {
                    Ok(file) => match self.whole(file, keep) {
                        Ok(reader) => self.split_records(reader, name, f, input, send),
                        Err(e) => send(Work::Done(Outcome::unreadable(name, &e))),
                    },
                    Err(e) => send(Work::Done(Outcome::unreadable(name, &e))),
                },
                Some(f) => send(Work::File(input.clone(), f)),
                None if *size > MAX_DOCUMENT && *size != u64::MAX => send(Work::Done(Outcome::too_large(name, *size))),
                None => match std::fs::File::open(path) {
                    Ok(file) => self.split_unknown(Box::new(file), name, input, send),
                    Err(e) => send(Work::Done(Outcome::unreadable(name, &e))),
                },
            },
            Input::Url { name } => self.split_page(name, input, send),
            Input::Stdin { name, held } => {
                let stdin: Box<dyn Read> = match held {
                    Some(bytes) => Box::new(std::io::Cursor::new(Arc::clone(bytes))),
                    None => Box::new(std::io::stdin().lock()),
                };
                match Format::from_name(name) {
                    Some(Format::Image) => {
                        send(Work::Done(Outcome::with_trouble(name, "images are not read from standard input", "name the file")))
                    }
                    Some(f) if f.is_records() => self.split_records(stdin, name, f, input, send),
                    Some(f) => self.send_read(stdin, Vec::new(), name, f, send),
                    None => self.split_unknown(stdin, name, input, send),
                }
            }
        }
    }

    /// The bytes of a file, read at once and hashed if what comes of it is kept.
    fn whole(&self, mut file: std::fs::File, keep: Option<usize>) -> std::io::Result<Box<dyn Read>> {
        let (Some(recall), Some(number)) = (&self.options.recall, keep) else { return Ok(Box::new(file)) };
        let mut bytes = Vec::new();
        file.by_ref().take(recall::MOST_READ + 1).read_to_end(&mut bytes)?;
        // One that has grown meanwhile is read on, and not kept.
        if bytes.len() as u64 <= recall::MOST_READ
            && let Some(sum) = self.sum(&bytes)
        {
            recall.content(number, sum);
        }
        Ok(Box::new(std::io::Cursor::new(bytes).chain(file)))
    }

    /// An input whose name says nothing: what it is, its beginning tells.
    fn split_unknown(&self, mut reader: Box<dyn Read>, name: &str, input: &Input, send: &mut dyn FnMut(Work) -> bool) -> bool {
        let mut head = vec![0; SNIFF];
        let mut len = 0;
        while len < head.len() {
            match reader.read(&mut head[len..]) {
                Ok(0) => break,
                Ok(n) => len += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return send(Work::Done(Outcome::unreadable(name, &e))),
            }
        }
        head.truncate(len);
        if is_binary(&head) {
            return send(Work::Done(Outcome::binary(name)));
        }
        let format = Format::sniff(Source::decode(name, head.clone(), DecodeHint::Text).text(), self.formats);
        if format.is_records() {
            let all: Box<dyn Read> = Box::new(std::io::Cursor::new(head).chain(reader));
            return self.split_records(all, name, format, input, send);
        }
        self.send_read(reader, head, name, format, send)
    }

    fn send_read(&self, reader: Box<dyn Read>, mut bytes: Vec<u8>, name: &str, format: Format, send: &mut dyn FnMut(Work) -> bool) -> bool {
        match reader.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > MAX_DOCUMENT => send(Work::Done(Outcome::too_large(name, bytes.len() as u64))),
            Ok(_) => send(Work::Done(self.check_bytes(bytes, name, format))),
            Err(e) => send(Work::Done(Outcome::unreadable(name, &e))),
        }
    }

    pub(super) fn split_records(
        &self,
        reader: Box<dyn Read>,
        name: &str,
        format: Format,
        input: &Input,
        send: &mut dyn FnMut(Work) -> bool,
    ) -> bool {
        let shape = format.shape().unwrap_or(Shape::Json);
        let named = !matches!(input, Input::File { named: false, .. });
        let kind = self.kind_of(name);
        // Whoever names a file, or says what it is, takes it for content.
        let meant = named || kind.is_some();
        let again = matches!(input, Input::File { size, .. } if *size != u64::MAX);
        let mut first = true;
        let mut seen = false;
        for item in Splitter::new(reader, name, shape, self.formats).of_kind(kind) {
            let work = match item {
                Ok(chunk) => {
                    seen = true;
                    if first && kind.is_none() && !self.knows(&chunk, named) {
                        // Data of a form nobody described: in a folder it is simply no content.
                        return send(Work::Done(Outcome::unknown_form(name, named, &chunk)));
                    }
                    Work::Records { chunk: Box::new(chunk), kind, first, again }
                }
                Err(trouble) => {
                    let empty = trouble.kind == TroubleKind::Empty;
                    // What is wrong with all of it has no place in it.
                    let trouble = if empty { Trouble::about(name, trouble.message, trouble.help) } else { splitting(&trouble) };
                    // A broken file that was never known to be content fails no run.
                    if !seen && !meant {
                        return send(Work::Done(if empty { Outcome::skipped(name) } else { Outcome::left_out(&trouble) }));
                    }
                    seen = true;
                    Work::Done(Outcome { troubles: vec![trouble], starts_input: first, name: name.to_owned(), ..Outcome::default() })
                }
            };
            if !send(work) {
                return false;
            }
            first = false;
        }
        if seen { true } else { send(Work::Done(if named { Outcome::empty(name) } else { Outcome::skipped(name) })) }
    }

    /// Whether a format knows any of the first records of a file. A file whose first records are all broken is taken for content only if
    /// the user named it.
    pub(super) fn knows(&self, chunk: &Chunk, named: bool) -> bool {
        let mut broken = false;
        for i in 0..chunk.records.len().min(20) {
            match records::read(chunk, i, self.formats, &mut Builder::new()) {
                records::Outcome::Known(_) => return true,
                records::Outcome::Broken => broken = true,
                records::Outcome::Unknown => {}
            }
        }
        broken && named
    }
}
