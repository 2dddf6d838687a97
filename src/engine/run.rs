//! The run: inputs are read by one thread, checked by several, reported in their order.

use super::assemble::{Assembler, Occurrences};
use super::corpus::{self, Collector, Digest};
use super::format::{Format, SNIFF, is_binary};
use super::paths::Paths;
use super::read::{Reading, hint, read_source};
use super::rules::{RuleSet, Severities};
use super::suppress;
use super::walk::{Input, io_message};
use crate::check::{self, Subject};
use crate::document::records::{self, Chunk, Formats, Shape, Splitter};
use crate::document::{Builder, Document, Kind, Problem};
use crate::facts::Facts;
use crate::finding::{Confidence, FINDING_SCHEMA, Finding, Location, Severity, Trouble, fingerprint};
use crate::source::{DecodeNote, Source, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// Pages and texts larger than this are not read: nobody publishes them, and they are held in memory whole.
const MAX_DOCUMENT: u64 = 256 << 20;
/// How many pieces of work may wait for each thread.
const QUEUE: usize = 4;

/// What a run does beside its rules.
#[derive(Debug)]
pub struct Options {
    /// What all inputs are, if the user says so.
    pub kind: Option<Kind>,
    /// What some inputs are, by path; the first that matches counts.
    pub kinds: Vec<(Paths, Kind)>,
    /// Files to leave out though they are named.
    pub exclude: Paths,
    /// How many threads check.
    pub jobs: usize,
    /// Registers, the day, and who is speaking.
    pub facts: Arc<Facts>,
}

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

/// The severity of each rule in one file, by kind of content: worked out once for all its records.
#[derive(Debug, Default)]
pub struct Active {
    by_kind: HashMap<Kind, Severities>,
}

/// Rules and options, ready for inputs.
#[derive(Debug)]
pub struct Engine<'f> {
    /// The rules.
    pub rules: RuleSet,
    /// The options.
    pub options: Options,
    /// What exports look like.
    pub formats: &'f Formats,
}

enum Work {
    /// A page or text to read and check; `named` by the user.
    File(Input, Format),
    /// Records to check.
    Records { chunk: Box<Chunk>, kind: Option<Kind>, first: bool, again: bool },
    /// Nothing left to do but to report.
    Done(Outcome),
}

impl Engine<'_> {
    /// Checks the inputs and hands what comes of them to `sink` in order. The sink answers whether to go on (`false`: the reader of the
    /// output has gone).
    pub fn run(&self, inputs: &[Input], sink: &mut dyn FnMut(Outcome) -> bool) {
        if self.rules.corpus().is_empty() {
            return self.run_each(inputs, sink);
        }
        let mut collector = Collector::default();
        let mut go_on = true;
        self.run_each(inputs, &mut |mut outcome| {
            collector.take(&mut outcome);
            go_on = go_on && sink(outcome);
            go_on
        });
        if go_on && let Some(outcome) = collector.finish(self, inputs) {
            sink(outcome);
        }
    }

    /// The same, without what is found by comparing them.
    fn run_each(&self, inputs: &[Input], sink: &mut dyn FnMut(Outcome) -> bool) {
        let jobs = self.options.jobs.max(1);
        if jobs == 1 || matches!(inputs, [Input::File { size, .. }] if *size < 64 << 10) {
            let mut go_on = true;
            self.split(inputs, &mut |work| {
                go_on = go_on && sink(self.work(work));
                go_on
            });
            return;
        }
        let (to_work, work) = sync_channel::<(usize, Work)>(jobs * QUEUE);
        let (to_done, done) = sync_channel::<(usize, Outcome)>(jobs * QUEUE);
        let work = Arc::new(Mutex::new(work));
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                let (work, to_done) = (Arc::clone(&work), to_done.clone());
                scope.spawn(move || self.worker(&work, &to_done));
            }
            drop(to_done);
            drop(work);
            scope.spawn(move || {
                let mut n = 0;
                self.split(inputs, &mut |w| {
                    n += 1;
                    to_work.send((n - 1, w)).is_ok()
                });
            });
            let mut waiting: BTreeMap<usize, Outcome> = BTreeMap::new();
            let mut next = 0;
            let mut go_on = true;
            for (n, outcome) in done {
                waiting.insert(n, outcome);
                while let Some(outcome) = waiting.remove(&next) {
                    next += 1;
                    go_on = go_on && sink(outcome);
                }
                if !go_on {
                    // Dropping the receiver ends the workers, and with them the splitter.
                    break;
                }
            }
        });
    }

    fn worker(&self, work: &Mutex<Receiver<(usize, Work)>>, done: &SyncSender<(usize, Outcome)>) {
        loop {
            let next = match work.lock() {
                Ok(receiver) => receiver.recv(),
                Err(_) => return,
            };
            let Ok((n, w)) = next else { return };
            if done.send((n, self.work(w))).is_err() {
                return;
            }
        }
    }

    /// Turns inputs into pieces of work, in order. `send` answers whether to go on.
    fn split(&self, inputs: &[Input], send: &mut dyn FnMut(Work) -> bool) {
        for input in inputs {
            let go_on = match input {
                Input::File { path, name, size, .. } => match Format::from_name(name) {
                    Some(f) if f.is_records() => match std::fs::File::open(path) {
                        Ok(file) => self.split_records(Box::new(file), name, f, input, send),
                        Err(e) => send(Work::Done(unreadable(name, &e))),
                    },
                    Some(f) => send(Work::File(input.clone(), f)),
                    None if *size > MAX_DOCUMENT && *size != u64::MAX => send(Work::Done(too_large(name, *size))),
                    None => match std::fs::File::open(path) {
                        Ok(file) => self.split_unknown(Box::new(file), name, input, send),
                        Err(e) => send(Work::Done(unreadable(name, &e))),
                    },
                },
                Input::Stdin { name } => {
                    let stdin: Box<dyn Read> = Box::new(std::io::stdin().lock());
                    match Format::from_name(name) {
                        Some(f) if f.is_records() => self.split_records(stdin, name, f, input, send),
                        Some(f) => self.send_read(stdin, Vec::new(), name, f, send),
                        None => self.split_unknown(stdin, name, input, send),
                    }
                }
            };
            if !go_on {
                return;
            }
        }
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
                Err(e) => return send(Work::Done(unreadable(name, &e))),
            }
        }
        head.truncate(len);
        if is_binary(&head) {
            return send(Work::Done(binary(name)));
        }
        let format = Format::sniff(&String::from_utf8_lossy(&head));
        if format.is_records() {
            let all: Box<dyn Read> = Box::new(std::io::Cursor::new(head).chain(reader));
            return self.split_records(all, name, format, input, send);
        }
        self.send_read(reader, head, name, format, send)
    }

    fn send_read(&self, reader: Box<dyn Read>, mut bytes: Vec<u8>, name: &str, format: Format, send: &mut dyn FnMut(Work) -> bool) -> bool {
        match reader.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > MAX_DOCUMENT => send(Work::Done(too_large(name, bytes.len() as u64))),
            Ok(_) => send(Work::Done(self.check_bytes(bytes, name, format))),
            Err(e) => send(Work::Done(unreadable(name, &e))),
        }
    }

    fn split_records(&self, reader: Box<dyn Read>, name: &str, format: Format, input: &Input, send: &mut dyn FnMut(Work) -> bool) -> bool {
        let shape = match format {
            Format::Ndjson => Shape::Ndjson,
            Format::Csv => Shape::Csv,
            Format::Yaml => Shape::Yaml,
            _ => Shape::Json,
        };
        let named = !matches!(input, Input::File { named: false, .. });
        let kind = self.kind_of(name);
        let again = matches!(input, Input::File { size, .. } if *size != u64::MAX);
        let mut first = true;
        let mut seen = false;
        for item in Splitter::new(reader, name, shape, self.formats) {
            let work = match item {
                Ok(chunk) => {
                    seen = true;
                    if first && kind.is_none() && !self.knows(&chunk, named) {
                        // Data of a form nobody described: in a folder it is simply no content.
                        return send(Work::Done(unknown_form(name, named, &chunk)));
                    }
                    Work::Records { chunk: Box::new(chunk), kind, first, again }
                }
                Err(trouble) => {
                    // A broken file that was never known to be content is not complained of in a walk.
                    if !seen && !named {
                        return send(Work::Done(Outcome {
                            starts_input: true,
                            skipped: true,
                            name: name.to_owned(),
                            ..Outcome::default()
                        }));
                    }
                    seen = true;
                    Work::Done(Outcome {
                        troubles: vec![splitting(&trouble)],
                        starts_input: first,
                        name: name.to_owned(),
                        ..Outcome::default()
                    })
                }
            };
            if !send(work) {
                return false;
            }
            first = false;
        }
        if seen { true } else { send(Work::Done(if named { empty(name) } else { skipped(name) })) }
    }

    /// Whether a format knows any of the first records of a file. A file whose first records are all broken is taken for content only if
    /// the user named it.
    fn knows(&self, chunk: &Chunk, named: bool) -> bool {
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

    /// What the user says about a path.
    fn kind_of(&self, name: &str) -> Option<Kind> {
        let path = name.trim_start_matches("./");
        self.options.kind.or_else(|| self.options.kinds.iter().find(|(globs, _)| globs.is_match(path)).map(|(_, k)| *k))
    }

    /// Does one piece of work. Should a check fail in a way nobody foresaw, that input is said not to be checked, and the run goes on.
    fn work(&self, work: Work) -> Outcome {
        let name = match &work {
            Work::File(Input::File { name, .. } | Input::Stdin { name }, _) => name.clone(),
            Work::Records { chunk, .. } => chunk.source.name().to_owned(),
            Work::Done(outcome) => outcome.name.clone(),
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.work_inner(work))).unwrap_or_else(|_| {
            with_trouble(
                &name,
                "promolint failed on this input, and did not check it",
                "this is a fault of promolint; please report it with the file",
            )
        })
    }

    fn work_inner(&self, work: Work) -> Outcome {
        match work {
            Work::Done(outcome) => outcome,
            Work::File(Input::File { path, name, named, size }, format) => {
                if size > MAX_DOCUMENT && size != u64::MAX {
                    return too_large(&name, size);
                }
                let bytes = std::fs::File::open(&path).and_then(|f| {
                    let mut bytes = Vec::with_capacity(if size < MAX_DOCUMENT { size as usize + 1 } else { 0 });
                    f.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes).map(|_| bytes)
                });
                match bytes {
                    Ok(b) if b.len() as u64 > MAX_DOCUMENT => too_large(&name, b.len() as u64),
                    Ok(b) if is_binary(&b) => {
                        if named {
                            binary(&name)
                        } else {
                            skipped(&name)
                        }
                    }
                    Ok(b) => self.check_bytes(b, &name, format),
                    Err(e) => unreadable(&name, &e),
                }
            }
            Work::File(Input::Stdin { name }, _) => skipped(&name),
            Work::Records { chunk, kind, first, again } => self.check_records(&chunk, kind, first, again),
        }
    }

    fn check_bytes(&self, bytes: Vec<u8>, name: &str, format: Format) -> Outcome {
        let mut outcome = Outcome { bytes: bytes.len() as u64, starts_input: true, name: name.to_owned(), ..Outcome::default() };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            // An empty page has nothing wrong in it; that it is empty may surprise its author.
            outcome.remarks.push(format!("{name} is empty"));
            return outcome;
        }
        let source = Source::decode(name, bytes, hint(format));
        let reading = read_source(&source, format, self.kind_of(name));
        self.check(&source, &reading, &mut Active::default(), &mut outcome);
        decode_troubles(&source, &mut outcome);
        outcome
    }

    /// Checks a text that is one record in JSON: the tests of packs.
    pub(super) fn check_record_text(&self, json: &str, outcome: &mut Outcome) {
        let reader = Box::new(std::io::Cursor::new(json.as_bytes().to_vec()));
        for item in Splitter::new(reader, "test", Shape::Json, self.formats) {
            match item {
                Ok(chunk) => {
                    let o = self.check_records(&chunk, self.options.kind, true, false);
                    outcome.findings.extend(o.findings);
                    outcome.digests.extend(o.digests);
                    outcome.troubles.extend(o.troubles);
                }
                Err(t) => outcome.troubles.push(splitting(&t)),
            }
        }
    }

    fn check_records(&self, chunk: &Chunk, kind: Option<Kind>, first: bool, again: bool) -> Outcome {
        let mut outcome = Outcome {
            bytes: chunk.source.text().len() as u64,
            records: chunk.records.len(),
            starts_input: first,
            name: chunk.source.name().to_owned(),
            ..Outcome::default()
        };
        let mut unknown = 0;
        let mut active = Active::default();
        let mut done: Option<Document> = None;
        for i in 0..chunk.records.len() {
            let mut b = done.take().map_or_else(Builder::new, Builder::reusing);
            if let records::Outcome::Unknown = records::read(chunk, i, self.formats, &mut b) {
                let Some(kind) = kind else {
                    unknown += 1;
                    continue;
                };
                records::read_generic(chunk, i, kind, &mut b);
            }
            let document = b.finish();
            let kind = kind.or(document.kind).unwrap_or(Kind::Listing);
            let reading = Reading { document, kind };
            self.check_one(&chunk.source, &reading, Some((chunk, i, again)), &mut active, &mut outcome);
            done = Some(reading.document);
        }
        if unknown > 0 {
            let first = chunk.first_index + 1;
            let (name, last) = (&outcome.name, chunk.first_index + chunk.records.len());
            outcome
                .remarks
                .push(format!("{name}: {unknown} of the records {first} to {last} have a form nobody described, and were not read"));
        }
        decode_troubles(&chunk.source, &mut outcome);
        outcome
    }

    /// Holds one document against the rules.
    pub fn check(&self, source: &Source, reading: &Reading, active: &mut Active, outcome: &mut Outcome) {
        self.check_one(source, reading, None, active, outcome);
    }

    /// `record`: the record of a chunk that the document was made of, and whether its file can be read again.
    fn check_one(
        &self,
        source: &Source,
        reading: &Reading,
        record: Option<(&Chunk, usize, bool)>,
        active: &mut Active,
        outcome: &mut Outcome,
    ) {
        let document = &reading.document;
        let active = active.by_kind.entry(reading.kind).or_insert_with(|| self.rules.active(source.name(), reading.kind));
        let none = check::text::Candidates::default();
        let mut subject = Subject::new(source, document, reading.kind, &self.options.facts, self.rules.elements());
        if let Some((chunk, i, _)) = record {
            subject = subject.of_record(chunk, i, self.formats);
        }
        let candidates = self.rules.prefilter().candidates(&subject, &|r| active.get(r).is_some_and(Option::is_some));
        let mut assembler = Assembler { source, document, kind: reading.kind, occurrences: Occurrences::new() };
        let mut found: Vec<(Finding, Span)> = Vec::new();
        for (r, rule) in self.rules.rules().iter().enumerate() {
            let Some(severity) = active[r] else { continue };
            let own = candidates.get(r).filter(|c| !c.is_empty());
            if own.is_none() && self.rules.text_only(r) {
                continue;
            }
            for hit in check::run(&subject, rule, own.unwrap_or(&none), &mut |_, _| {}) {
                let place = hit.spans.first().copied().unwrap_or_default();
                found.push((assembler.finding(rule, severity, hit), place));
            }
            if let Some(register) = subject.take_wanted() {
                outcome.not_applied.insert((rule.id.clone(), register));
            }
        }
        let mut suppressions = match &document.directives[..] {
            [] => Vec::new(),
            directives => suppress::read(directives, source, &|id| self.rules.knows(id)),
        };
        if !self.rules.corpus().is_empty() {
            let mut accepted = |rule: &str, at| suppress::accepts(&mut suppressions, rule, at);
            let again = record.is_some_and(|(_, _, again)| again);
            outcome.digests.extend(corpus::digest(self, &subject, active, again, &mut accepted));
        }
        if !document.directives.is_empty() {
            suppress::apply(&mut suppressions, &mut found);
            for s in suppressions {
                found.extend(self.own_finding(source, reading.kind, s));
            }
        }
        found.sort_by(|(a, x), (b, y)| (x.start, x.end, &a.rule).cmp(&(y.start, y.end, &b.rule)));
        outcome.findings.extend(found.into_iter().map(|(f, _)| f));
        outcome.troubles.extend(document.problems.iter().map(|p| problem(source, p)));
    }

    /// A finding about a comment that speaks to promolint.
    fn own_finding(&self, source: &Source, kind: Kind, s: suppress::Suppression) -> Option<(Finding, Span)> {
        let (id, message, help) = match s.wrong {
            Some(wrong) => wrong,
            // Whether a rule that was not run would have found something, nobody knows.
            None if !s.used && s.rules.iter().all(|r| self.rules.knows(r)) => {
                let message = format!("nothing here breaks `{}`", s.rules.join("`, `"));
                ("suppression-unused", message, "remove the comment".to_owned())
            }
            None => return None,
        };
        let severity: Severity = self.rules.own_severity(id, source.name(), kind)?;
        let text = source.text().get(s.comment.range()).unwrap_or("").to_owned();
        let finding = Finding {
            schema: FINDING_SCHEMA,
            rule: id.to_owned(),
            pack: super::OWN_PACK.to_owned(),
            severity,
            confidence: Confidence::Primary,
            message,
            kind,
            path: Some(source.name().to_owned()),
            url: None,
            record: None,
            fingerprint: fingerprint(id, source.name(), None, &text, 0),
            primary: Location::new(source, &[s.comment], Some(text), None),
            related: Vec::new(),
            notes: Vec::new(),
            help: Some(help),
            source: None,
            fix: None,
            suppressed: None,
        };
        Some((finding, s.comment))
    }
}

fn splitting(t: &records::Trouble) -> Trouble {
    Trouble::at(&t.source, t.span, t.message.clone(), t.help.clone())
}

fn problem(source: &Source, p: &Problem) -> Trouble {
    Trouble::at(source, p.span, p.message.clone(), p.help.clone())
}

fn decode_troubles(source: &Source, outcome: &mut Outcome) {
    for note in source.notes() {
        if *note == DecodeNote::Assumed {
            let name = source.name();
            outcome.remarks.push(format!("{name} declares no encoding and is not UTF-8; it was read as windows-1252, as browsers do"));
        }
        if let DecodeNote::Invalid { first, count } = note {
            let places = match count - 1 {
                0 => "here".to_owned(),
                1 => "here and in one more place".to_owned(),
                n => format!("here and in {n} more places"),
            };
            let message = format!("bytes that are not {} stand {places}; the text around them was not checked", source.encoding_name());
            outcome.troubles.push(Trouble::at(source, *first, message, "save the file as UTF-8"));
        }
    }
}

fn done(name: &str) -> Outcome {
    Outcome { starts_input: true, name: name.to_owned(), ..Outcome::default() }
}

fn with_trouble(name: &str, message: impl Into<String>, help: impl Into<String>) -> Outcome {
    Outcome { troubles: vec![Trouble::about(name, message, help)], ..done(name) }
}

fn unreadable(name: &str, e: &std::io::Error) -> Outcome {
    with_trouble(name, io_message(e), "check the path and its permissions")
}

fn too_large(name: &str, size: u64) -> Outcome {
    let message = format!("this is too large to read as one document: {} MB, at most {} MB", size >> 20, MAX_DOCUMENT >> 20);
    with_trouble(name, message, "split it; exports of records (CSV, JSON, NDJSON) may be of any size")
}

fn binary(name: &str) -> Outcome {
    with_trouble(name, "this is not text", "images and documents are not read by this version; leave it out")
}

fn empty(name: &str) -> Outcome {
    with_trouble(name, "there are no records in this file", "an export has at least one record")
}

fn skipped(name: &str) -> Outcome {
    Outcome { skipped: true, ..done(name) }
}

fn unknown_form(name: &str, named: bool, chunk: &Chunk) -> Outcome {
    if !named {
        return skipped(name);
    }
    let mut b = Builder::new();
    records::read_generic(chunk, 0, Kind::Page, &mut b);
    let keys = b.finish().fields.iter().take(8).map(|f| format!("`{}`", f.name)).collect::<Vec<_>>().join(", ");
    let message = if keys.is_empty() {
        "this is no export that promolint knows".to_owned()
    } else {
        format!("this is no export that promolint knows; its fields are {keys}")
    };
    with_trouble(name, message, "say what it is with `--kind listing` (or ad, review, event), or describe it in a format file")
}
