//! Mending what can be mended: the fixes of one file's findings, made in memory, round after round, until none is left. Nothing is
//! written here.
//!
//! Each round is checked by reading the file again: what readers see must have changed by the new words and nothing else.

pub(super) mod edits;
mod files;
pub(super) mod rewrite;

pub use files::Mended;

use super::documents::Active;
use super::format::Format;
use super::outcome::Outcome;
use super::read::{Reading, hint, read_source};
use super::run::Engine;
use crate::document::records::{self, Chunk, Splitter};
use crate::document::{BLOCK_SEPARATOR, Builder, Kind, is_invisible};
use crate::finding::{Applicability, Edit, Finding, Fix, Place, Visible};
use crate::source::{Source, Span};
use std::collections::HashSet;
use std::io::Cursor;

/// Larger files are not fixed: they are held in memory, several times over. Bytes.
pub const MAX_FIXED: u64 = 64 << 20;
/// Fixes that lead to fixes end after so many rounds.
const ROUNDS: usize = 10;
/// A file is read again at most so many times to tell good fixes from bad ones.
const READS: usize = 64;

/// Which fixes are wanted.
pub struct Wanted<'a> {
    /// Also those that change what the text says.
    pub unsafe_too: bool,
    /// Findings to leave alone: somebody accepted them.
    pub leave: &'a (dyn Fn(&Finding) -> bool + Sync),
}

/// What became of a file.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The new bytes; `None` if there is nothing to change.
    pub bytes: Option<Vec<u8>>,
    /// How many findings were fixed.
    pub count: usize,
    /// How many findings have a fix that was not asked for.
    pub unsafe_left: usize,
    /// Why fixes were left out, each with its place.
    pub left: Vec<String>,
    /// Whether fixes led to ever new ones, so that none was made.
    pub endless: bool,
}

/// A fix that may be made.
struct Candidate {
    rule: String,
    place: Place,
    /// Bytes of the file and what stands there afterwards, by place.
    edits: Vec<(Span, Vec<u8>)>,
    visible: Vec<Visible>,
}

/// A document of a file: what its readers see, and its fixes.
#[derive(Default)]
struct Seen {
    text: String,
    candidates: Vec<Candidate>,
}

/// A file as it was read.
#[derive(Default)]
struct Scan {
    documents: Vec<Seen>,
    /// How many things in it could not be read.
    broken: usize,
    /// Findings that are left alone: their rules and places.
    left: Vec<(String, usize)>,
    /// How many fixes are not wanted because they change what the text says.
    unsafe_left: usize,
}

/// A candidate by its document and its place there.
type Key = (usize, usize);

impl Scan {
    fn candidate(&self, key: Key) -> Option<&Candidate> {
        self.documents.get(key.0)?.candidates.get(key.1)
    }
}

impl Engine<'_> {
    /// Makes the fixes of a file's findings. `named`: whether the user named the file, rather than a folder it lies in.
    ///
    /// A fix that would change more than its words is left out, and so is all of a file whose fixes do not come to an end.
    pub fn fix(&self, bytes: &[u8], name: &str, format: Format, named: bool, wanted: &Wanted) -> Fixed {
        let file = File { engine: self, name, format, named, wanted, first: true };
        let mut fixed = Fixed::default();
        let mut scan = file.scan(bytes);
        let file = File { first: false, ..file };
        let mut now = bytes.to_vec();
        let mut before: HashSet<Vec<u8>> = HashSet::from([now.clone()]);
        let mut refused = std::mem::take(&mut scan.left);
        for round in 0..=ROUNDS {
            let chosen = choose(&scan, &refused);
            if chosen.is_empty() {
                break;
            }
            let rules = || {
                let mut rules: Vec<&str> = chosen.iter().filter_map(|k| Some(scan.candidate(*k)?.rule.as_str())).collect();
                rules.sort_unstable();
                rules.dedup();
                rules.join("`, `")
            };
            if round == ROUNDS {
                return Fixed {
                    left: vec![format!("{name}: the fixes of `{}` do not come to an end; the file is left alone", rules())],
                    endless: true,
                    ..Fixed::default()
                };
            }
            let (accepted, bad, state) = file.agree(&now, &scan, &chosen);
            for key in bad {
                if let Some(c) = scan.candidate(key) {
                    let (line, column) = (c.place.line, c.place.column);
                    fixed
                        .left
                        .push(format!("{name}:{line}:{column}: the fix of `{}` is left out: it would change more than its words", c.rule));
                    refused.push((c.rule.clone(), c.place.start));
                }
            }
            let Some((after, next)) = state else { break };
            if !before.insert(after.clone()) {
                let left = format!("{name}: the fixes of `{}` undo each other; the file is left alone", rules());
                return Fixed { left: vec![left], endless: true, ..Fixed::default() };
            }
            let edits: Vec<&(Span, Vec<u8>)> = accepted.iter().filter_map(|k| scan.candidate(*k)).flat_map(|c| &c.edits).collect();
            for (_, at) in &mut refused {
                let moved: isize = edits.iter().filter(|(s, _)| s.end <= *at).map(|(s, new)| new.len() as isize - s.len() as isize).sum();
                *at = at.saturating_add_signed(moved);
            }
            fixed.count += accepted.len();
            (now, scan) = (after, next);
        }
        fixed.unsafe_left = scan.unsafe_left;
        fixed.bytes = (now != bytes).then_some(now);
        fixed
    }
}

/// A file's text, to be shown.
pub fn text_of(bytes: &[u8], name: &str, format: Format) -> String {
    Source::decode(name, bytes.to_vec(), hint(format)).text().to_owned()
}

/// Bytes of a file and what stands there afterwards.
type Edits<'a> = &'a [(Span, Vec<u8>)];

/// The fixes that can be made at once: of two that touch the same bytes, the first.
fn choose(scan: &Scan, refused: &[(String, usize)]) -> Vec<Key> {
    let mut all: Vec<(Edits, Key)> = Vec::new();
    for (d, seen) in scan.documents.iter().enumerate() {
        for (i, c) in seen.candidates.iter().enumerate() {
            if !refused.iter().any(|(rule, at)| *rule == c.rule && *at == c.place.start) {
                all.push((&c.edits, (d, i)));
            }
        }
    }
    all.sort_by_key(|(edits, _)| edits.first().map(|(s, _)| (s.start, s.end)));
    let mut taken: std::collections::BTreeMap<usize, &(Span, Vec<u8>)> = std::collections::BTreeMap::new();
    let mut out = Vec::new();
    for (edits, key) in all {
        // Two records may share one value, through an anchor of YAML: it is changed once.
        let same = edits.iter().all(|e| taken.get(&e.0.start) == Some(&e));
        let free = |(span, _): &(Span, Vec<u8>)| {
            let before = taken
                .range(..=span.start)
                .next_back()
                .is_none_or(|(_, (s, _))| s.end < span.start || s.end == span.start && !s.is_empty() && !span.is_empty());
            let after = taken
                .range(span.start..)
                .next()
                .is_none_or(|(_, (s, _))| s.start > span.end || s.start == span.end && !s.is_empty() && !span.is_empty());
            before && after
        };
        if same || edits.iter().all(free) {
            taken.extend(edits.iter().map(|e| (e.0.start, e)));
            out.push(key);
        }
    }
    out
}

/// A file's bytes with these fixes made.
fn apply(bytes: &[u8], scan: &Scan, keys: &[Key]) -> Vec<u8> {
    let mut edits: Vec<&(Span, Vec<u8>)> = keys.iter().filter_map(|k| scan.candidate(*k)).flat_map(|c| &c.edits).collect();
    edits.sort_by_key(|(s, _)| (s.start, s.end));
    edits.dedup();
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    for (span, new) in edits {
        out.extend_from_slice(bytes.get(at..span.start).unwrap_or_default());
        out.extend_from_slice(new);
        at = span.end;
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    out
}

/// What readers of a document see once these fixes are made, as [`plain`] gives it.
fn expected(seen: &Seen, mut changes: Vec<&Visible>) -> Option<String> {
    changes.sort_by_key(|v| v.start);
    let mut out = String::with_capacity(seen.text.len());
    let mut at = 0;
    for v in changes {
        out.push_str(seen.text.get(at..v.start)?);
        out.push_str(&v.text);
        at = v.end;
    }
    out.push_str(seen.text.get(at..)?);
    Some(plain(&out))
}

/// A document's text as it is compared: white space and what shows nothing as readers write them down.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        let c = if c.is_whitespace() { ' ' } else { c };
        let edge = out.is_empty() || out.ends_with([' ', BLOCK_SEPARATOR]);
        match c {
            ' ' | BLOCK_SEPARATOR if edge && c == ' ' => {}
            BLOCK_SEPARATOR => {
                out.truncate(out.trim_end_matches(' ').len());
                if !out.is_empty() && !out.ends_with(BLOCK_SEPARATOR) {
                    out.push(c);
                }
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end_matches([' ', BLOCK_SEPARATOR]).len());
    out
}

/// A file that is being fixed.
struct File<'a> {
    engine: &'a Engine<'a>,
    name: &'a str,
    format: Format,
    named: bool,
    wanted: &'a Wanted<'a>,
    /// Whether the file is read as it was found.
    first: bool,
}

/// New bytes, and what is read in them.
type State = (Vec<u8>, Scan);

impl File<'_> {
    /// Which of the chosen fixes do what they say: those, the others, and what they make of the file.
    fn agree(&self, bytes: &[u8], scan: &Scan, chosen: &[Key]) -> (Vec<Key>, Vec<Key>, Option<State>) {
        let (mut accepted, mut bad, mut state) = (Vec::new(), Vec::new(), None);
        let mut groups = vec![chosen.to_vec()];
        let mut reads = 0;
        while let Some(group) = groups.pop() {
            let together: Vec<Key> = accepted.iter().chain(&group).copied().collect();
            let made = if reads < READS { self.make(bytes, scan, &together) } else { None };
            reads += 1;
            match made {
                Some(made) => (accepted, state) = (together, Some(made)),
                None if group.len() == 1 || reads >= READS => bad.extend(group),
                None => {
                    let (first, second) = group.split_at(group.len() / 2);
                    groups.extend([second.to_vec(), first.to_vec()]);
                }
            }
        }
        (accepted, bad, state)
    }

    /// Makes fixes; `None` if something else changes, too.
    fn make(&self, bytes: &[u8], scan: &Scan, keys: &[Key]) -> Option<State> {
        let after = apply(bytes, scan, keys);
        let next = self.scan(&after);
        if next.documents.len() != scan.documents.len() || next.broken > scan.broken {
            return None;
        }
        let mut changes: Vec<Vec<&Visible>> = scan.documents.iter().map(|_| Vec::new()).collect();
        for key in keys {
            changes.get_mut(key.0)?.extend(&scan.candidate(*key)?.visible);
        }
        for ((old, new), changes) in scan.documents.iter().zip(&next.documents).zip(changes) {
            let same = if changes.is_empty() { old.text == new.text } else { expected(old, changes)? == plain(&new.text) };
            if !same {
                return None;
            }
        }
        Some((after, next))
    }

    fn scan(&self, bytes: &[u8]) -> Scan {
        let mut scan = Scan::default();
        let mut active = Active::default();
        let Some(shape) = self.format.shape() else {
            let source = Source::decode(self.name, bytes.to_vec(), hint(self.format));
            let reading = read_source(&source, self.format, self.engine.kind_of(self.name));
            self.document(&source, &reading, None, &mut active, &mut scan);
            return scan;
        };
        let given = self.engine.kind_of(self.name);
        let mut first = true;
        for item in Splitter::new(Cursor::new(bytes), self.name, shape, self.engine.formats).of_kind(given) {
            let Ok(chunk) = item else {
                scan.broken += 1;
                continue;
            };
            if std::mem::take(&mut first) && given.is_none() && !self.engine.knows(&chunk, self.named) {
                return Scan::default();
            }
            for i in 0..chunk.records.len() {
                self.record(&chunk, i, given, &mut active, &mut scan);
            }
        }
        scan
    }

    fn record(&self, chunk: &Chunk, i: usize, given: Option<Kind>, active: &mut Active, scan: &mut Scan) {
        let mut b = Builder::new();
        if let records::Outcome::Unknown = records::read(chunk, i, self.engine.formats, &mut b) {
            let Some(kind) = given else { return };
            records::read_generic(chunk, i, kind, &mut b);
        }
        let document = b.finish();
        let kind = given.or(document.kind).unwrap_or(Kind::Listing);
        self.document(&chunk.source, &Reading { document, kind }, Some((chunk, i)), active, scan);
    }

    fn document(&self, source: &Source, reading: &Reading, record: Option<(&Chunk, usize)>, active: &mut Active, scan: &mut Scan) {
        let mut outcome = Outcome::default();
        let record = record.map(|(chunk, i)| (chunk, i, false));
        self.engine.check_one(source, reading, record, active, &mut outcome);
        scan.broken += outcome.troubles.len();
        let mut seen = Seen::default();
        for finding in outcome.findings.into_iter().filter(|f| f.fix.is_some() && f.suppressed.is_none()) {
            // Whoever accepted it spoke of the file as it was found.
            if self.first && (self.wanted.leave)(&finding) {
                scan.left.extend(finding.primary.first().map(|p| (finding.rule.clone(), p.start)));
                continue;
            }
            seen.candidates.extend(self.candidate(finding, source, &mut scan.unsafe_left));
        }
        // Second readings of a block follow from the first.
        let end = reading.document.blocks.iter().find(|b| b.second).map_or(reading.document.text.len(), |b| b.start);
        seen.text = reading.document.text.get(..end).unwrap_or("").to_owned();
        scan.documents.push(seen);
    }

    fn candidate(&self, finding: Finding, source: &Source, unsafe_left: &mut usize) -> Option<Candidate> {
        match finding.fix.as_ref()?.applicability {
            Applicability::Safe => {}
            Applicability::Unsafe if self.wanted.unsafe_too => {}
            Applicability::Unsafe => {
                *unsafe_left += 1;
                return None;
            }
            Applicability::Display => return None,
        }
        let place = *finding.primary.first()?;
        let Fix { edits, visible, .. } = finding.fix?;
        let bytes = |e: Edit| Some((Span::new(e.start, e.end), source.encode(&e.replacement)?));
        Some(Candidate { rule: finding.rule, place, edits: edits.into_iter().map(bytes).collect::<Option<_>>()?, visible })
    }
}
