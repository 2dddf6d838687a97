//! What documents leave behind for rules that compare them, and the findings made of it when all inputs have been read.
//!
//! Of a record in a file that can be read again only hashes and the places of two fields are kept: some 150 bytes for each rule that takes
//! something from it, and 256 more where texts are compared. Its lines are read again when a finding shows them. Of pages, and of records
//! from a pipe, the lines shown are kept.

mod written;

use super::assemble::fill;
use super::outcome::Outcome;
use super::run::Engine;
use super::walk::Input;
use super::web::{path_of, url_of};
use crate::check::corpus::groups::{Group, Member, groups};
use crate::check::corpus::{self, Found, sketch::Sketch};
use crate::check::{Hit, Subject};
use crate::document::Kind;
use crate::facts::names::registrable;
use crate::finding::{FINDING_SCHEMA, Finding, Level, Location, Place, RecordRef, Severity, Suppressed, Trouble, fingerprint};
use crate::pack::model::{MatcherForm, Same};
use crate::source::{Position, Source, Span};
use rustc_hash::FxHasher;
use std::collections::HashMap;
use std::fs::File;
use std::hash::Hasher;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// What is kept may take so many bytes; documents after that are not compared with others.
const MAX_KEPT: usize = 160 << 20;
/// What the heap adds to each piece, in bytes.
const HEAP: usize = 16;
/// Of the other members of a group, so many are shown.
const MAX_RELATED: usize = 300;
/// A message names so many.
const MAX_NAMED: usize = 6;
/// What is shown of a long value, in characters.
const SHOWN: usize = 120;
/// How far around a place the file is read again, in bytes.
const AROUND: u64 = 400;
/// Of a long value, so many bytes are read again.
const READ_AGAIN: u64 = 2048;

/// What one document leaves behind.
#[derive(Debug)]
pub struct Digest {
    kind: Kind,
    index: Option<usize>,
    id: Option<Box<str>>,
    /// Where the firm's name stands.
    name: Option<Spot>,
    entries: Vec<Entry>,
}

/// What one matcher takes from it.
#[derive(Debug)]
struct Entry {
    rule: u32,
    leaf: u32,
    severity: Severity,
    member: Member,
    spot: Spot,
    pointer: Option<String>,
    sketch: Option<Box<Sketch>>,
    rare: Option<Box<Rare>>,
}

/// What few entries have.
#[derive(Debug, Default)]
struct Rare {
    place: Option<String>,
    evidence: Option<Location>,
    suppressed: Option<Suppressed>,
}

/// A place that a finding may show.
#[derive(Debug, Clone)]
enum Spot {
    /// In a file that can be read again. `check` is a hash of what stands there.
    Again { start: u64, len: u32, line: u32, column: u32, end_line: u32, end_column: u32, check: u32 },
    /// As it is shown.
    Kept(Arc<Location>),
}

impl Spot {
    fn new(subject: &Subject, again: bool, spans: &[Span], text: &str) -> Spot {
        let source = subject.source;
        let one = if let [one] = spans { Some(*one) } else { None };
        let again = one.filter(|_| again && source.encoding_name() == "UTF-8").and_then(|span| {
            let (from, to) = source.positions(span);
            Some(Spot::Again {
                start: from.offset as u64,
                len: u32::try_from(to.offset.checked_sub(from.offset)?).ok()?,
                line: u32::try_from(from.line).ok()?,
                column: u32::try_from(from.column).ok()?,
                end_line: u32::try_from(to.line).ok()?,
                end_column: u32::try_from(to.column).ok()?,
                check: check(source.text().get(span.range())?.as_bytes()),
            })
        });
        again.unwrap_or_else(|| {
            let mut location = Location::new(source, spans, Some(shown(text)), None);
            location.excerpt.shrink_to_fit();
            location.spans.shrink_to_fit();
            Spot::Kept(Arc::new(location))
        })
    }

    fn bytes(&self) -> usize {
        match self {
            Spot::Again { .. } => 0,
            Spot::Kept(l) => {
                let lines: usize = l.excerpt.iter().map(|e| e.text.len() + size_of_val(e) + HEAP).sum();
                let texts = l.path.len() + l.text.as_ref().map_or(0, String::len) + l.spans.len() * size_of::<Place>();
                // Matchers that point at the same field share it.
                (size_of::<Location>() + 5 * HEAP + texts + lines) / Arc::strong_count(l).max(1)
            }
        }
    }
}

fn check(bytes: &[u8]) -> u32 {
    let mut h = FxHasher::default();
    h.write(bytes.get(..bytes.len().min(READ_AGAIN as usize)).unwrap_or_default());
    h.finish() as u32
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((i, _)) => format!("{}…", text[..i].trim_end()),
        None => text.to_owned(),
    }
}

/// Takes from a document what the rules compare. `again`: its file can be read again. `suppressed` tells what accepts a rule's finding there.
pub(super) fn digest(
    engine: &Engine<'_>,
    subject: &Subject,
    active: &[Option<Level>],
    again: bool,
    suppressed: &mut dyn FnMut(&str, Span) -> Option<Suppressed>,
) -> Option<Digest> {
    let mut entries = Vec::new();
    let shared = corpus::Shared::default();
    // Several matchers point at the same field.
    let mut spots: Vec<(usize, Spot)> = Vec::new();
    let mut spot = |spans: &[Span], text: &str| {
        let at = spans.first().map_or(usize::MAX, |s| s.start);
        if let Some((_, known)) = spots.iter().find(|(a, _)| *a == at) {
            return known.clone();
        }
        let new = Spot::new(subject, again, spans, text);
        spots.push((at, new.clone()));
        new
    };
    for &r in engine.rules.corpus() {
        let (Some(Some(level)), Some(rule)) = (active.get(r), engine.rules.rules().get(r)) else { continue };
        for (leaf, m) in corpus::leaves(rule).into_iter().enumerate() {
            let Some(found) = corpus::find(subject, rule, m, &shared) else { continue };
            let Found { key, marks, sketch, spans, text, field, place, evidence } = found;
            let rare = Rare { place, evidence, suppressed: suppressed(&rule.id, spans.first().copied().unwrap_or_default()) };
            let is_rare = rare.place.is_some() || rare.evidence.is_some() || rare.suppressed.is_some();
            entries.push(Entry {
                rule: r as u32,
                leaf: leaf as u32,
                severity: level.of(m.says.as_ref().and_then(|s| s.severity)),
                member: Member { key, marks },
                spot: spot(&spans, &text),
                pointer: field.and_then(|f| subject.document.fields.get(f)).map(|f| f.pointer.clone()),
                sketch,
                rare: is_rare.then(|| Box::new(rare)),
            });
        }
    }
    if entries.is_empty() {
        return None;
    }
    let record = subject.document.records.iter().find(|r| r.index.is_some());
    let name = record.and_then(|r| {
        let of = |n: &'static str| subject.document.fields_named(r, n).map(|(_, f)| f).find(|f| !f.value.is_empty());
        let field = ["name", "display_name"].into_iter().find_map(of)?;
        let mut name = spot(&[field.span], &field.value);
        if let Spot::Kept(l) = &mut name {
            // Of a name only the words are shown.
            *l = Arc::new(Location { path: String::new(), excerpt: Vec::new(), spans: Vec::new(), ..(**l).clone() });
        }
        Some(name)
    });
    Some(Digest {
        kind: subject.kind,
        index: record.and_then(|r| r.index),
        id: record.and_then(|r| r.id.as_deref().map(Into::into)),
        name,
        entries,
    })
}

/// What is known of one document.
struct Doc {
    file: u32,
    kind: Kind,
    index: Option<u32>,
    id: Option<Box<str>>,
    name: Option<Spot>,
}

/// What one matcher took from all documents.
#[derive(Default)]
struct Taken {
    members: Vec<Member>,
    sketches: Vec<Sketch>,
    places: Vec<Kept>,
}

struct Kept {
    doc: u32,
    severity: Severity,
    pointer: u32,
    spot: Spot,
    rare: Option<Box<Rare>>,
}

/// What the documents of a run left behind.
#[derive(Default)]
pub(super) struct Collector {
    files: Vec<String>,
    docs: Vec<Doc>,
    taken: HashMap<(u32, u32), Taken>,
    pointers: HashMap<String, u32>,
    bytes: usize,
    left_out: usize,
}

impl Collector {
    /// Takes what the documents of an outcome left.
    pub fn take(&mut self, outcome: &mut Outcome) {
        for digest in std::mem::take(&mut outcome.digests) {
            self.add(&outcome.name, digest);
        }
    }

    fn add(&mut self, name: &str, d: Digest) {
        if self.bytes > MAX_KEPT {
            self.left_out += 1;
            return;
        }
        if self.files.last().is_none_or(|f| f != name) {
            self.bytes += name.len();
            self.files.push(name.to_owned());
        }
        self.bytes += size_of::<Doc>() + d.id.as_ref().map_or(0, |i| i.len() + 16) + d.name.as_ref().map_or(0, Spot::bytes);
        let doc = self.docs.len() as u32;
        let file = (self.files.len() - 1) as u32;
        self.docs.push(Doc { file, kind: d.kind, index: d.index.and_then(|i| u32::try_from(i).ok()), id: d.id, name: d.name });
        for e in d.entries {
            let pointer = match e.pointer {
                None => u32::MAX,
                Some(p) => {
                    let next = self.pointers.len() as u32;
                    *self.pointers.entry(p).or_insert(next)
                }
            };
            self.bytes += size_of::<Member>() + size_of::<Kept>() + e.spot.bytes() + e.sketch.as_ref().map_or(0, |_| size_of::<Sketch>());
            let taken = self.taken.entry((e.rule, e.leaf)).or_default();
            taken.members.push(e.member);
            taken.sketches.extend(e.sketch.map(|s| *s));
            taken.places.push(Kept { doc, severity: e.severity, pointer, spot: e.spot, rare: e.rare });
        }
    }

    /// What came of comparing; `None` if there was nothing to compare.
    pub fn finish(mut self, engine: &Engine<'_>, inputs: &[Input]) -> Option<Outcome> {
        if self.docs.is_empty() {
            return None;
        }
        let mut outcome = Outcome::default();
        let mut pointers = vec![String::new(); self.pointers.len()];
        for (text, n) in std::mem::take(&mut self.pointers) {
            pointers[n as usize] = text;
        }
        let mut reader = Reader { inputs, open: None };
        let mut found: Vec<((u32, usize, u32, u32), Finding)> = Vec::new();
        let mut order: Vec<(u32, u32)> = self.taken.keys().copied().collect();
        order.sort_unstable();
        for at in order {
            let Some(taken) = self.taken.remove(&at) else { continue };
            let Some(rule) = engine.rules.rules().get(at.0 as usize) else { continue };
            let leaves = corpus::leaves(rule);
            let Some(leaf) = leaves.get(at.1 as usize) else { continue };
            let MatcherForm::Corpus(m) = &leaf.form else { continue };
            for group in groups(m, &taken.members, &taken.sketches) {
                let Some(first) = group.members.first().and_then(|i| taken.places.get(*i)) else { continue };
                let place = (first.doc, group.members[0], at.0, at.1);
                let made = Made { collector: &self, taken: &taken, pointers: &pointers };
                found.push((place, made.finding(rule, leaf, m.same, &group, &mut reader)));
            }
        }
        found.sort_by_key(|(place, _)| *place);
        outcome.findings = found.into_iter().map(|(_, f)| f).collect();
        if self.left_out > 0 {
            let message = format!(
                "{} records or pages came after the {} that can be compared with each other, and were not compared",
                self.left_out,
                self.docs.len()
            );
            let name = self.files.last().cloned().unwrap_or_default();
            outcome.troubles.push(Trouble::about(name, message, "check fewer at once, or switch off the rules that compare"));
        }
        Some(outcome)
    }
}

struct Made<'a> {
    collector: &'a Collector,
    taken: &'a Taken,
    pointers: &'a [String],
}

impl Made<'_> {
    fn finding(
        &self,
        rule: &crate::pack::model::Rule,
        leaf: &crate::pack::model::Matcher,
        same: Same,
        group: &Group,
        reader: &mut Reader<'_>,
    ) -> Finding {
        let kept: Vec<&Kept> = group.members.iter().filter_map(|i| self.taken.places.get(*i)).collect();
        let first = kept[0];
        let doc = |k: &Kept| &self.collector.docs[k.doc as usize];
        let file = |k: &Kept| self.collector.files[doc(k).file as usize].as_str();
        let mut name = |k: &Kept| -> String {
            let place = k.rare.as_ref().and_then(|r| r.place.clone());
            place.or_else(|| reader.location(file(k), doc(k).name.as_ref()?).text).unwrap_or_else(|| file(k).to_owned())
        };
        let names: Vec<String> = kept.iter().take(MAX_RELATED + 1).map(|k| name(k)).collect();
        let primary = reader.location(file(first), &first.spot);
        let text = primary.text.clone().unwrap_or_default();
        let value = if same == Same::Domain { registrable(&text).unwrap_or_else(|| text.clone()) } else { text.clone() };
        let mut listed = names.iter().take(MAX_NAMED).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        if let Some(more @ 1..) = kept.len().checked_sub(MAX_NAMED) {
            listed.push_str(&format!(" and {more} more"));
        }
        let values = vec![
            ("value", value),
            ("count", kept.len().to_string()),
            ("similarity", format!("{:.0}", group.similarity * 100.0)),
            ("share", if group.similarity > 0.995 { "all".to_owned() } else { format!("{:.0} % or more", group.similarity * 100.0) }),
            ("name", names.first().cloned().unwrap_or_default()),
            ("other", names.get(1).cloned().unwrap_or_default()),
        ];
        let hit = Hit { text: text.clone(), values, ..Hit::default() };
        // A list of names is not shortened.
        let words = |t: &str| fill(&t.replace("{names}", "\u{0}"), &hit).replace('\u{0}', &listed);
        let says = leaf.says.clone().unwrap_or_default();
        let mut related: Vec<Location> = Vec::new();
        for (k, name) in kept.iter().zip(&names).skip(1) {
            related.push(Location { label: Some(name.clone()), ..reader.location(file(k), &k.spot) });
        }
        // Behind those that people are shown.
        let at = related.len().min(MAX_NAMED - 1);
        related.splice(at..at, kept.iter().find_map(|k| k.rare.as_ref()?.evidence.clone()));
        let label = says.label.as_deref().or(rule.text().label.as_deref()).map(words);
        let pointer = self.pointers.get(first.pointer as usize).cloned();
        let record = doc(first).index.map(|i| RecordRef {
            index: i as usize,
            id: doc(first).id.as_deref().map(str::to_owned),
            name: doc(first).name.as_ref().and_then(|_| names.first().cloned()),
            field: pointer,
        });
        Finding {
            schema: FINDING_SCHEMA,
            rule: rule.id.clone(),
            pack: rule.pack.clone(),
            severity: kept.iter().map(|k| k.severity).max().unwrap_or(first.severity),
            confidence: rule.confidence,
            message: words(says.message.as_deref().unwrap_or(&rule.text().message)),
            kind: doc(first).kind,
            path: path_of(file(first)),
            url: url_of(file(first)),
            fingerprint: fingerprint(&rule.id, file(first), record.as_ref(), &text, 0),
            record,
            primary: Location { label, ..primary },
            related,
            notes: says.notes.as_ref().unwrap_or(&rule.text().notes).iter().map(|n| words(n)).collect(),
            help: says.help.as_deref().or(rule.text().help.as_deref()).map(words),
            source: rule.sources.first().cloned(),
            also: Vec::new(),
            fix: None,
            suppressed: kept.iter().find_map(|k| k.rare.as_ref()?.suppressed.clone()),
        }
    }
}

/// Reads the lines of a finding again.
struct Reader<'a> {
    inputs: &'a [Input],
    open: Option<(String, File)>,
}

impl Reader<'_> {
    fn location(&mut self, name: &str, spot: &Spot) -> Location {
        let Spot::Again { start, len, line, column, end_line, end_column, check } = *spot else {
            let Spot::Kept(location) = spot else { unreachable!() };
            return (**location).clone();
        };
        let n = |v: u32| v as usize;
        let place = Place {
            start: start as usize,
            end: start as usize + n(len),
            line: n(line),
            column: n(column),
            end_line: n(end_line),
            end_column: n(end_column),
        };
        let bare = Location { path: name.to_owned(), text: None, label: None, spans: vec![place], region: None, excerpt: Vec::new() };
        let Some((before, inside, after)) = self.bytes(name, start, u64::from(len)) else { return bare };
        // A file that has changed since shows nothing.
        if self::check(&inside) != check {
            return bare;
        }
        // The window begins with the line, or with a character within its reach.
        let cut = before.iter().rposition(|b| matches!(b, b'\n' | b'\r')).map(|i| i + 1);
        let from = cut.unwrap_or_else(|| (0..before.len()).find(|i| before[*i] & 0xC0 != 0x80).unwrap_or(before.len()));
        let chars = String::from_utf8_lossy(&before[from..]).chars().filter(|c| *c != '\u{FEFF}').count();
        let base =
            Position { offset: place.start - (before.len() - from), line: place.line, column: place.column.saturating_sub(chars).max(1) };
        let text = String::from_utf8_lossy(&inside).into_owned();
        let mut window = before[from..].to_vec();
        let at = window.len();
        window.extend_from_slice(&inside);
        let end = window.len();
        window.extend_from_slice(&after);
        let source = Source::window(name, window, base);
        let visible = visible(&text, name);
        let whole = source.text().get(at..end).is_some();
        let excerpt = if whole { Location::new(&source, &[Span::new(at, end)], None, None).excerpt } else { Vec::new() };
        Location { text: Some(shown(&visible)), excerpt, ..bare }
    }

    /// The bytes before a place, its own as far as they are wanted, and those after it.
    fn bytes(&mut self, name: &str, start: u64, len: u64) -> Option<(Vec<u8>, Vec<u8>, Vec<u8>)> {
        if self.open.as_ref().is_none_or(|(n, _)| n != name) {
            let path = self.inputs.iter().find_map(|i| match i {
                Input::File { path, name: n, .. } if n == name => Some(path),
                _ => None,
            })?;
            self.open = Some((name.to_owned(), File::open(path).ok()?));
        }
        let (_, file) = self.open.as_mut()?;
        let from = start.saturating_sub(AROUND);
        file.seek(SeekFrom::Start(from)).ok()?;
        let mut all = Vec::new();
        let inside = len.min(READ_AGAIN);
        file.take(start - from + inside + AROUND).read_to_end(&mut all).ok()?;
        let before = (start - from) as usize;
        let mut end = before + inside as usize;
        if end > all.len() {
            return None;
        }
        let own = all.get(before..end)?.to_vec();
        while end < all.len() && all[end] & 0xC0 == 0x80 {
            end += 1;
        }
        let after = all.get(end..)?;
        // The next line is none of its business; a character that is cut at the end is dropped.
        let stop = after.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(after.len());
        let valid = match std::str::from_utf8(&after[..stop]) {
            Ok(_) => stop,
            Err(e) => e.valid_up_to(),
        };
        Some((all[..before].to_vec(), own, after[..valid].to_vec()))
    }
}

/// What a reader sees of a value as it is written in a file of records.
fn visible(raw: &str, name: &str) -> String {
    if raw.contains("\"\"") && !name.ends_with("json") {
        return raw.replace("\"\"", "\"");
    }
    if raw.contains('\\') {
        // What is left of an escape that was cut is dropped.
        for cut in 0..8 {
            let part = raw.len().checked_sub(cut).and_then(|end| raw.get(..end)).unwrap_or("");
            if let Ok(text) = serde_json::from_str::<String>(&format!("\"{part}\"")) {
                return text;
            }
        }
    }
    raw.split_whitespace().collect::<Vec<_>>().join(" ")
}
