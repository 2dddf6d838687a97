//! Documents held against rules: a page or text, or a stretch of records.

use super::assemble::{Assembler, Occurrences};
use super::corpus;
use super::format::Format;
use super::mask::{Hidden, hides};
use super::once::OfFile;
use super::outcome::{Outcome, problem, splitting};
use super::own::Said;
use super::read::{Reading, hint, read_source};
use super::recall::Watched;
use super::rules::Levels;
use super::run::Engine;
use super::suppress;
use super::why::{self, Teller};
use super::wordless::is_wordless;
use crate::badge::Verdict;
use crate::check::gate::Gate;
use crate::check::pictures::{Looked, Pictures, Seen};
use crate::check::prefilter::{ByRule, Candidates, OfRule, Prefilter, Scratch};
use crate::check::{self, Own, Subject};
use crate::document::records::{self, Chunk, Shape, Splitter};
use crate::document::{Builder, Document, Field, FieldRole, Image, ImageSource, Kind};
use crate::finding::{Finding, Level, Trouble};
use crate::source::{Source, Span};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The severity of each rule in one file, by kind of content: worked out once for all its records.
#[derive(Debug, Default)]
pub struct Active {
    by_kind: HashMap<Kind, Levels>,
    /// Memory of each prefilter, for the next document.
    scratch: Vec<Scratch>,
}

/// So many records are held against the rules at a time.
const BATCH: usize = 32;
/// Fewer, if they have more text than this, bytes.
const BATCH_TEXT: usize = 256 << 10;

/// A document to be held against the rules.
struct Item<'a> {
    reading: &'a Reading,
    /// The record of a chunk that it was made of, and whether its file can be read again.
    record: Option<(&'a Chunk, usize, bool)>,
    own: Own,
}

/// A document on its way through the rules, with what was found so far.
struct Held<'a> {
    gate: Gate,
    assembler: Assembler<'a>,
    found: Vec<(Finding, Span)>,
    hidden: Vec<Hidden>,
    /// Rules that could not say anything, by number, each with the register it wanted.
    wanted: Vec<(usize, &'static str)>,
    teller: Option<Teller<'a>>,
}

/// Whether a value is made of words: several, or such as no identifier is written in.
fn is_text(value: &str) -> bool {
    let value = value.trim();
    value.contains(char::is_alphabetic) && value.contains(|c: char| c.is_whitespace() || !c.is_ascii() && c.is_alphabetic())
}

impl Engine<'_> {
    pub(super) fn check_bytes(&self, bytes: Vec<u8>, name: &str, format: Format) -> Outcome {
        let mut outcome = Outcome { bytes: bytes.len() as u64, ..Outcome::done(name) };
        outcome.read.content = self.sum(&bytes);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            // An empty page has nothing wrong in it; that it is empty may surprise its author.
            outcome.remarks.push(format!("{name} is empty"));
            return outcome;
        }
        let source = Source::decode(name, bytes, hint(format));
        let reading = read_source(&source, format, self.kind_of(name));
        self.check(&source, &reading, &mut Active::default(), &mut outcome);
        outcome.wordless = format == Format::Html && is_wordless(&reading.document);
        if outcome.wordless {
            outcome.unsee();
        }
        outcome.decoding(&source);
        outcome
    }

    /// The hash of what was read, where it is kept what comes of it.
    pub(super) fn sum(&self, bytes: &[u8]) -> Option<[u8; 32]> {
        self.options.recall.as_ref().map(|_| Sha256::digest(bytes).into())
    }

    /// Checks an image file.
    pub(super) fn check_image(&self, name: &str, size: u64) -> Outcome {
        let Some(pictures) = self.options.pictures.as_ref().filter(|p| p.has_register()) else { return Outcome::no_images(name) };
        let mut outcome = Outcome { bytes: if size == u64::MAX { 0 } else { size }, ..Outcome::done(name) };
        if !self.rules.look_at_images() {
            return outcome;
        }
        let source = Source::from_text(name, String::new());
        let text = match pictures.look_at_file(name) {
            refused @ (Looked::Refused(_) | Looked::Missing(_)) => {
                outcome.looked(&refused, &source, &[]);
                return outcome;
            }
            Looked::Seen(sight) => {
                outcome.read.content = Some(sight.sha256);
                // Of a drawing, edits are pointed at in its text.
                sight.text.file().cloned()
            }
            Looked::Left(_) => None,
        };
        let source = text.as_deref().unwrap_or(&source);
        let image = Image {
            source: ImageSource::Address(name.to_owned()),
            spans: Vec::new(),
            holder: super::pictures::FILE.to_owned(),
            alt: None,
            element: None,
            field: None,
        };
        let document = Document { images: vec![image], ..Document::default() };
        let reading = Reading { document, kind: self.kind_of(name).unwrap_or(Kind::Image) };
        self.check(source, &reading, &mut Active::default(), &mut outcome);
        outcome
    }

    /// Checks a text that is one record in JSON: the tests of packs.
    pub(super) fn check_record_text(&self, json: &str, outcome: &mut Outcome) {
        let reader = Box::new(std::io::Cursor::new(json.as_bytes().to_vec()));
        for item in Splitter::new(reader, "test", Shape::Json, self.formats).of_kind(self.options.kind) {
            match item {
                Ok(chunk) => {
                    let o = self.check_records(&chunk, self.options.kind, true, false);
                    outcome.findings.extend(o.findings);
                    outcome.digests.extend(o.digests);
                    outcome.told.extend(o.told);
                    outcome.troubles.extend(o.troubles);
                }
                Err(t) => outcome.troubles.push(splitting(&t)),
            }
        }
    }

    pub(super) fn check_records(&self, chunk: &Chunk, kind: Option<Kind>, first: bool, again: bool) -> Outcome {
        let mut outcome = Outcome {
            bytes: chunk.source.text().len() as u64,
            records: chunk.records.len(),
            starts_input: first,
            name: chunk.source.name().to_owned(),
            ..Outcome::default()
        };
        let (mut unknown, mut generic) = (0, None);
        let mut unnamed: Vec<String> = Vec::new();
        let mut active = Active::default();
        let mut spare: Vec<Document> = Vec::new();
        let mut batch: Vec<(usize, Reading, Own)> = Vec::new();
        let most = if self.options.ask.is_some() { 1 } else { BATCH };
        let mut check = |batch: &mut Vec<(usize, Reading, Own)>, spare: &mut Vec<Document>, outcome: &mut Outcome| {
            let item = |(i, _, own): &mut (usize, Reading, Own)| (*i, std::mem::take(own));
            let made: Vec<(usize, Own)> = batch.iter_mut().map(item).collect();
            let items =
                made.into_iter().zip(&*batch).map(|((i, own), (_, reading, _))| Item { reading, record: Some((chunk, i, again)), own });
            self.check_batch(&chunk.source, items.collect(), &mut active, outcome);
            spare.extend(batch.drain(..).map(|(_, reading, _)| reading.document));
        };
        let mut held = 0;
        for i in 0..chunk.records.len() {
            let mut b = spare.pop().map_or_else(Builder::new, Builder::reusing);
            let read = records::read(chunk, i, self.formats, &mut b);
            // A record is gone through once, for its document and for what it says of its firm.
            let own = match read {
                records::Outcome::Known(f) if f.kind == Kind::Listing => {
                    if self.rules.ask_who_speaks() {
                        Own::of(chunk, i, self.formats)
                    } else {
                        Own::Unread
                    }
                }
                _ => Own::Read(None),
            };
            if let Own::Read(Some(firm)) = &own
                && let (None, Some(fault)) = (&outcome.unknown_value, firm.unread.first())
            {
                let line = chunk.source.position(fault.span.start).line;
                let what = "what is claimed of it is not held against this, nor against others like it";
                outcome.unknown_value = Some(format!("{}:{line}: {}; {what}", outcome.name, fault.message));
            }
            let described = !matches!(read, records::Outcome::Unknown);
            if !described {
                let Some(kind) = kind else {
                    unknown += 1;
                    records::read_generic(chunk, i, Kind::Page, &mut b);
                    let document = b.finish();
                    // What wraps records, as the number of a page or an address, has nothing for readers.
                    if document.fields.iter().any(|f| is_text(&f.value)) {
                        outcome.strange_record(chunk, i, chunk.records[i]);
                    }
                    spare.push(document);
                    continue;
                };
                records::read_generic(chunk, i, kind, &mut b);
            }
            let document = b.finish();
            if let records::Outcome::Known(format) = read {
                records::unread(&document, format, &mut unnamed);
            }
            if first && generic.is_none() && !described {
                let is_left = |f: &Field| f.role == FieldRole::Other && f.value.contains(char::is_alphabetic);
                generic = kind.filter(|_| document.fields.iter().any(is_left));
            }
            let kind = kind.or(document.kind).unwrap_or(Kind::Listing);
            if batch.last().is_some_and(|(_, last, _)| last.kind != kind) {
                check(&mut batch, &mut spare, &mut outcome);
                held = 0;
            }
            held += document.text.len();
            batch.push((i, Reading { document, kind }, own));
            if batch.len() >= most || held > BATCH_TEXT {
                check(&mut batch, &mut spare, &mut outcome);
                held = 0;
            }
        }
        check(&mut batch, &mut spare, &mut outcome);
        if unknown > 0 {
            let first = chunk.first_index + 1;
            let (name, last) = (&outcome.name, chunk.first_index + chunk.records.len());
            outcome
                .remarks
                .push(format!("{name}: {unknown} of the records {first} to {last} have a form nobody described, and were not read"));
        }
        if !unnamed.is_empty() {
            let list = unnamed.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            outcome.unnamed = Some(format!(
                "{}: sentences were not read in fields that no format names or that are not for readers: {list}",
                outcome.name
            ));
        }
        if let Some(kind) = generic {
            let name = &outcome.name;
            outcome.remarks.push(format!(
                "{name}: no format describes these records; values of several words were read as texts of the kind {kind}, others were not checked"
            ));
        }
        outcome.decoding(&chunk.source);
        outcome
    }

    /// Holds one document against the rules.
    pub fn check(&self, source: &Source, reading: &Reading, active: &mut Active, outcome: &mut Outcome) {
        self.check_one(source, reading, None, active, outcome);
    }

    /// `record`: the record of a chunk that the document was made of, and whether its file can be read again.
    pub(super) fn check_one(
        &self,
        source: &Source,
        reading: &Reading,
        record: Option<(&Chunk, usize, bool)>,
        active: &mut Active,
        outcome: &mut Outcome,
    ) {
        self.check_batch(source, vec![Item { reading, record, own: Own::Unread }], active, outcome);
    }

    /// Holds documents of one kind, all of one source, against the rules: rule by rule, since what a rule needs stays near the processor
    /// then. What comes of each is told in their order.
    fn check_batch(&self, source: &Source, mut items: Vec<Item>, active: &mut Active, outcome: &mut Outcome) {
        let Some(kind) = items.first().map(|i| i.reading.kind) else { return };
        let Active { by_kind, scratch } = active;
        let active = by_kind.entry(kind).or_insert_with(|| self.rules.active(source.name(), kind));
        let watch = |p| Watched::new(p, self.options.recall.as_deref());
        let watched: Vec<_> = items.iter().map(|_| self.options.pictures.as_deref().map(watch)).collect();
        let subjects = items.iter_mut().zip(&watched).map(|(Item { reading, record, own }, watched)| {
            let reading: &Reading = reading;
            outcome.seen.add(kind, &reading.document);
            let ask = self.options.ask.filter(|_| outcome.told.len() < why::MAX_TOLD);
            let teller = ask.and_then(|ask| Teller::new(ask, source, reading, self.kind_of(source.name())));
            let mut subject = Subject::new(source, &reading.document, kind, &self.options.facts, self.rules.elements(&reading.document));
            subject = subject.with_pictures(watched.as_ref().map(|p| p as &dyn Pictures));
            if teller.is_some() {
                subject = subject.traced();
            }
            if let Some((chunk, i, _)) = *record {
                subject = subject.of_record(chunk, i, self.formats, std::mem::take(own));
            }
            (subject, teller)
        });
        let (subjects, tellers): (Vec<_>, Vec<_>) = subjects.unzip();
        let matters = |r: usize| active.get(r).is_some_and(Option::is_some);
        let prefilters: Vec<&Prefilter> = self.rules.prefilters(kind).collect();
        scratch.resize_with(scratch.len().max(prefilters.len()), Scratch::default);
        let look = |(prefilter, scratch)| Prefilter::candidates(prefilter, &subjects, self.rules.rules(), &matters, scratch);
        let candidates: Vec<Candidates> = prefilters.into_iter().zip(scratch).map(look).collect();
        let mut by_rule: Vec<ByRule> = candidates.iter().map(Candidates::by_rule).collect();
        let held = subjects.iter().zip(tellers).map(|(subject, teller)| Held {
            gate: Gate::of(subject.document),
            assembler: Assembler { source, document: subject.document, kind, occurrences: Occurrences::new() },
            found: Vec::new(),
            hidden: Vec::new(),
            wanted: Vec::new(),
            teller,
        });
        let mut held: Vec<Held> = held.collect();
        let gates = self.rules.gates();
        for (r, rule) in self.rules.rules().iter().enumerate() {
            let Some(level) = active[r] else {
                for teller in held.iter_mut().filter_map(|h| h.teller.as_mut()) {
                    teller.untried(rule, if rule.kinds.contains(&kind) { why::State::Off } else { why::State::NotKind });
                }
                continue;
            };
            for (i, (subject, held)) in subjects.iter().zip(&mut held).enumerate() {
                let own = by_rule.iter_mut().find_map(|c| c.next_of(r, i));
                if own.is_none() && !gates[r].opens(held.gate) {
                    match &mut held.teller {
                        None => continue,
                        Some(teller) if self.rules.text_only(r) => {
                            teller.untried(rule, why::State::NoWords);
                            continue;
                        }
                        Some(_) => {}
                    }
                }
                self.try_rule(r, level, subject, own.unwrap_or_default(), held, outcome);
            }
        }
        for ((item, subject), held) in items.iter().zip(&subjects).zip(held) {
            self.conclude(item, subject, held, active, outcome);
        }
        drop(subjects);
        watched.into_iter().flatten().for_each(|w| w.into_read(&mut outcome.read));
    }

    /// Holds a document against one rule.
    fn try_rule(&self, r: usize, level: Level, subject: &Subject, own: OfRule, held: &mut Held, outcome: &mut Outcome) {
        let rule = &self.rules.rules()[r];
        for hit in check::run(subject, rule, level, own) {
            let place = hit.spans.first().copied().unwrap_or_default();
            let seen = hit.seen.clone();
            let hides = hides(rule, hit.says.as_ref().and_then(|s| s.mask));
            let of_file = seen.as_ref().filter(|_| hit.of_file).and_then(OfFile::of);
            let mut finding = held.assembler.finding(rule, level, hit);
            if hides && let Some(text) = &finding.primary.text {
                held.hidden.push(Hidden { places: finding.primary.spans.clone(), text: text.clone() });
            }
            outcome.of_files.extend(of_file.map(|f| (finding.fingerprint.clone(), f)));
            finding.notes.extend(seen.and_then(|s| self.difference(&s, outcome)));
            held.found.push((finding, place));
        }
        if let Some(teller) = &mut held.teller {
            teller.tried(rule, &self.rules, r, subject.take_notes());
        }
        held.wanted.extend(subject.take_wanted().map(|register| (r, register)));
    }

    /// What comes of a document, when all rules are done with it.
    fn conclude(&self, item: &Item, subject: &Subject, held: Held, active: &[Option<Level>], outcome: &mut Outcome) {
        let Item { reading: Reading { document, kind }, record, .. } = item;
        let (source, Held { mut found, hidden, wanted, mut teller, .. }) = (subject.source, held);
        outcome.hidden.extend(hidden);
        let id = |r: usize| self.rules.rules()[r].id.clone();
        outcome.not_applied.extend(wanted.into_iter().map(|(r, register)| (id(r), register)));
        for (number, looked) in subject.looks() {
            let Some(image) = document.images.get(number) else { continue };
            match &looked {
                Looked::Missing(file) => found.extend(self.missing(source, *kind, image, file)),
                looked => outcome.looked(looked, source, &image.spans),
            }
        }
        found.extend(self.unread_sheets(subject, *kind));
        let mut suppressions = match &document.directives[..] {
            [] => Vec::new(),
            directives => suppress::read(directives, source, &self.rules, self.options.facts.today),
        };
        if !self.rules.corpus().is_empty() {
            let mut accepted = |rule: &str, at| suppress::accepts(&mut suppressions, rule, at);
            let again = record.is_some_and(|(_, _, again)| again);
            outcome.digests.extend(corpus::digest(self, subject, active, again, &mut accepted));
        }
        if !document.directives.is_empty() {
            suppress::apply(&mut suppressions, &mut found);
            for s in suppressions {
                outcome.comments.push(s.listed(source));
                let judged = s.rules.iter().all(|r| self.rules.runs(r) && !outcome.not_applied.iter().any(|(n, _)| n == r));
                found.extend(self.own_finding(source, *kind, s, judged));
            }
        }
        // What a comment accepts leaves nothing to others, and takes nothing from them.
        if let Some(teller) = &mut teller {
            teller.found(&found);
        }
        self.rules.folds().apply(&mut found);
        outcome.told.extend(teller.map(|t| t.kept(&found)));
        found.sort_by(|(a, x), (b, y)| (x.start, x.end, &a.rule).cmp(&(y.start, y.end, &b.rule)));
        outcome.findings.extend(found.into_iter().map(|(f, _)| f));
        outcome.troubles.extend(document.problems.iter().map(|p| problem(source, p)));
    }

    /// Writes a picture of what differs, if the user wants them; says where.
    fn difference(&self, seen: &Seen, outcome: &mut Outcome) -> Option<String> {
        let (folder, pictures) = (self.options.image_diffs.as_ref()?, self.options.pictures.as_ref()?);
        if !seen.mark().is_some_and(|m| matches!(m.verdict, Verdict::Altered | Verdict::LookAlike | Verdict::Unsure)) {
            return None;
        }
        match pictures.write_difference(seen, folder) {
            Ok(file) => file.map(|f| format!("what differs is shown in {}", super::name_of(&f))),
            Err(e) => {
                let message = format!("a picture of what differs cannot be written into {}: {e}", super::name_of(folder));
                outcome
                    .unread
                    .push((Some(message.clone()), Trouble::about(super::name_of(folder), message, "name a folder that can be written")));
                None
            }
        }
    }

    /// A finding about an image that is not there.
    fn missing(&self, source: &Source, kind: Kind, image: &Image, file: &str) -> Option<(Finding, Span)> {
        let ImageSource::Address(address) = &image.source else { return None };
        let said = Said {
            id: super::IMAGE_MISSING,
            message: format!("there is no image {file}"),
            help: "put the file there, or correct the address; until then nobody can say whether it shows a mark unaltered".to_owned(),
            text: address.clone(),
            spans: image.spans.clone(),
            occurrence: 0,
        };
        Some((said.finding(&self.rules, source, kind)?, image.spans.first().copied().unwrap_or_default()))
    }

    /// A finding about the style sheets of a page that could not be read, where it was asked what they do to its marks.
    fn unread_sheets(&self, subject: &Subject, kind: Kind) -> Option<(Finding, Span)> {
        let unread = subject.unread_sheets();
        let (first, sheets) = (unread.first()?, &subject.document.sheets);
        let spans = sheets.iter().find(|s| matches!(&s.source, ImageSource::Address(a) if a == first)).map(|s| s.spans.clone());
        let spans = spans.unwrap_or_default();
        let (were, they) = if unread.len() == 1 { ("style sheet was", "it does") } else { ("style sheets were", "they do") };
        let said = Said {
            id: super::SHEET_NOT_READ,
            message: format!("{} {were} not read: what {they} to the marks of this page is unknown", unread.len()),
            help: "put the file where the page names it, or check the published page by its address".to_owned(),
            text: first.clone(),
            spans: spans.clone(),
            occurrence: 0,
        };
        Some((said.finding(&self.rules, subject.source, kind)?, spans.first().copied().unwrap_or_default()))
    }

    /// A finding about a comment that speaks to promolint; `judged`: whether its rules were run.
    fn own_finding(&self, source: &Source, kind: Kind, s: suppress::Suppression, judged: bool) -> Option<(Finding, Span)> {
        let (id, message, help) = match s.wrong {
            Some(wrong) => wrong,
            // Whether a rule that was not run would have found something, nobody knows.
            None if !s.used && judged => {
                let message = format!("nothing here breaks `{}`", s.rules.join("`, `"));
                ("suppression-unused", message, "remove the comment".to_owned())
            }
            None => return None,
        };
        let text = source.text().get(s.comment.range()).unwrap_or("").to_owned();
        let said = Said { id, message, help, text, spans: vec![s.comment], occurrence: 0 };
        Some((said.finding(&self.rules, source, kind)?, s.comment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::records::Formats;
    use crate::engine::why::Ask;
    use crate::engine::{Options, RuleSet, Settings};
    use crate::pack::model::TestFormat;
    use crate::pack::{PackSet, PackSource};

    /// Records are held against the rules some at a time, but one by one where somebody asks why: it makes no difference.
    #[test]
    fn records_held_together_find_what_each_finds_alone() {
        let packs = PackSet::load(PackSource::builtin("hubspot")).packs;
        let cases = packs.iter().flat_map(|p| &p.rules).flat_map(|r| r.tests.flag.iter().chain(&r.tests.pass));
        let records = cases.filter_map(|case| match case.format {
            TestFormat::Record => Some(case.text.clone()),
            TestFormat::Text => Some(serde_json::json!({"name": "Brightpath", "tier": "gold", "description": case.text}).to_string()),
            _ => None,
        });
        // Neighbours in a pack are much alike: every seventh stands beside others.
        let mut records: Vec<(usize, String)> = records.enumerate().map(|(i, text)| (i % 7, text)).collect();
        records.sort_by_key(|(turn, _)| *turn);
        let list: Vec<String> = records.into_iter().map(|(_, text)| text).collect();
        let text = format!("[{}]", list.join(",\n"));
        let rules = RuleSet::new(packs, Settings::default());
        let mut engine = Engine { rules, options: Options::default(), formats: Formats::builtin() };
        let mut together = Outcome::default();
        engine.check_record_text(&text, &mut together);
        let mut alone = Outcome::default();
        engine.options.ask = Some(Ask::default());
        engine.check_record_text(&text, &mut alone);
        assert!(list.len() > 2 * BATCH && together.findings.len() > 500, "{} of {}", together.findings.len(), list.len());
        assert_eq!(together.findings, alone.findings);
    }
}
