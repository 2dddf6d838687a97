//! What is wrong with an image file is said once, however many pages show it: at the first of them, or at the file itself where none does.

use super::outcome::Outcome;
use crate::check::pictures::{Origin, Seen};
use crate::finding::{Finding, Location};
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::HashMap;
use std::path::PathBuf;

/// Other places are named up to this number; of more, how many there are.
const NAMED: usize = 5;
/// So many outcomes and findings are held back until all places are known.
const MOST: usize = 50_000;

/// An image file and which of its marks a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct OfFile {
    #[borsh(serialize_with = "super::recall::write_path", deserialize_with = "super::recall::read_path")]
    path: PathBuf,
    mark: usize,
}

impl OfFile {
    /// Of a mark that was seen; `None` for a picture that is no file.
    pub fn of(seen: &Seen) -> Option<OfFile> {
        let Origin::File(path) = &seen.sight.origin else { return None };
        Some(OfFile { path: path.clone(), mark: seen.index })
    }
}

/// What findings about one file have to have in common to be one.
type Key = (OfFile, String, String, crate::finding::Severity);

/// Outcomes on their way to the reports.
#[derive(Debug, Default)]
pub struct Once {
    held: Vec<Outcome>,
    /// How many outcomes and findings wait.
    waiting: usize,
    /// Findings about the same, each by the places of its outcome and of itself.
    groups: HashMap<Key, Vec<(usize, usize)>>,
}

impl Once {
    /// Takes an outcome, and hands it on unless it has to wait. Whether to go on.
    pub fn take(&mut self, mut outcome: Outcome, sink: &mut dyn FnMut(Outcome) -> bool) -> bool {
        let of_files = std::mem::take(&mut outcome.of_files);
        if of_files.is_empty() && self.held.is_empty() {
            return sink(outcome);
        }
        for (i, f) in outcome.findings.iter().enumerate().filter(|(_, f)| f.suppressed.is_none()) {
            if let Some(file) = of_files.get(&f.fingerprint) {
                let key = (file.clone(), f.rule.clone(), f.message.clone(), f.severity);
                self.groups.entry(key).or_default().push((self.held.len(), i));
            }
        }
        // Those without findings wait, too: of a long stream most are.
        self.waiting += 1 + outcome.findings.len();
        self.held.push(outcome);
        if self.waiting > MOST { self.finish(sink) } else { true }
    }

    /// Hands on what waits. Whether to go on.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Outcome) -> bool) -> bool {
        let mut held = std::mem::take(&mut self.held);
        self.waiting = 0;
        let mut gone: Vec<(usize, usize)> = Vec::new();
        for members in std::mem::take(&mut self.groups).into_values().filter(|m| m.len() > 1) {
            let is_page = |(o, f): &(usize, usize)| !held[*o].findings[*f].primary.spans.is_empty() && !is_file(&held[*o].findings[*f]);
            let first = members.iter().copied().find(is_page).unwrap_or(members[0]);
            // The file itself is among the first one's places already.
            let others: Vec<(usize, usize)> = members.iter().copied().filter(|m| *m != first && is_page(m)).collect();
            let related: Vec<Location> = others
                .iter()
                .take(NAMED)
                .map(|(o, f)| Location { label: Some("also used here".to_owned()), ..held[*o].findings[*f].primary.clone() })
                .collect();
            let finding = &mut held[first.0].findings[first.1];
            finding.related.extend(related);
            if let Some(more @ 1..) = others.len().checked_sub(NAMED) {
                finding.notes.push(format!("the image is used in {more} more {}", if more == 1 { "place" } else { "places" }));
            }
            gone.extend(members.into_iter().filter(|m| *m != first));
        }
        gone.sort_unstable_by(|a, b| b.cmp(a));
        for (o, f) in gone {
            held[o].findings.remove(f);
        }
        held.into_iter().all(sink)
    }
}

/// Whether a finding is about an image file that is an input itself.
fn is_file(f: &Finding) -> bool {
    f.primary.region.is_some()
}
