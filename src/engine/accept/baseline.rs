//! The baseline: findings that were there before, counted. Its file is JSON with one entry a line, sorted, so that a person can read what
//! changed in it; it is read line by line too, so that what a merge leaves of the commas does not matter.

use crate::engine::paths::without_dots;
use crate::engine::rules::RuleSet;
use crate::facts::Broken;
use crate::finding::{Finding, RecordRef};
use crate::source::{DecodeHint, Source, Span};
use crate::yaml::Fault;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// What its file says it is.
const SCHEMA: &str = "promolint.baseline/1";
/// Of a longer text the beginning is kept, with a hash of all of it.
const LONG: usize = 160;
const KEPT: usize = 100;

/// What makes findings the same: all that a fingerprint is made of, but for which of several equal ones it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    /// Relative to the baseline's folder, with `/`; or an address.
    pub path: String,
    /// The rule's id.
    pub rule: String,
    record: Option<String>,
    field: Option<String>,
    text: String,
}

/// An entry of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    rule: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    text: String,
    count: usize,
}

impl Entry {
    fn key(self) -> Key {
        Key { path: self.path, rule: self.rule, record: self.record, field: self.field, text: self.text }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    #[serde(rename = "schema")]
    _schema: String,
    findings: Counts,
}

/// Entries as they are read, counted at once: there may be many.
#[derive(Debug, Clone, Default)]
struct Counts(BTreeMap<Key, usize>);

impl Counts {
    fn add(&mut self, e: Entry) {
        let count = e.count;
        let n = self.0.entry(e.key()).or_default();
        *n = n.saturating_add(count);
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Counts, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Counts;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of findings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Counts, A::Error> {
                let mut counts = Counts::default();
                while let Some(e) = list.next_element()? {
                    counts.add(e);
                }
                Ok(counts)
            }
        }
        deserializer.deserialize_seq(Entries)
    }
}

/// Findings that were there before.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    name: String,
    folder: PathBuf,
    counts: BTreeMap<Key, usize>,
}

impl Baseline {
    /// Where it is looked for.
    pub const FILE_NAME: &'static str = "promolint-baseline.json";

    /// One that holds nothing, to be written to this file.
    pub fn empty(file: &Path) -> Baseline {
        let here = std::env::current_dir().unwrap_or_default();
        let folder = without_dots(&here.join(file)).parent().map(Path::to_owned).unwrap_or_default();
        Baseline { name: crate::engine::name_of(file), folder, counts: BTreeMap::new() }
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// What is wrong in it, at its place.
    pub fn read(file: &Path, bytes: Vec<u8>) -> Result<Baseline, Broken> {
        let mut baseline = Baseline::empty(file);
        let source = Source::decode(baseline.name.clone(), bytes, DecodeHint::Text);
        let text = source.text().trim_start_matches('\u{FEFF}');
        if let Err(fault) = version(text) {
            return Err(Broken::new(source, vec![fault]));
        }
        let entries = match serde_json::from_str::<Whole>(text) {
            Ok(whole) => Ok(whole.findings),
            Err(_) => by_line(source.text()),
        };
        match entries {
            Ok(entries) => {
                baseline.counts = entries.0;
                baseline.counts.retain(|_, n| *n > 0);
                Ok(baseline)
            }
            Err(faults) => Err(Broken::new(source, faults)),
        }
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.counts.values().fold(0, |all, n| all.saturating_add(*n))
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// How many findings it holds of each rule.
    pub fn by_rule(&self) -> BTreeMap<&str, usize> {
        let mut out: BTreeMap<&str, usize> = BTreeMap::new();
        for (key, n) in &self.counts {
            let all = out.entry(&key.rule).or_default();
            *all = all.saturating_add(*n);
        }
        out
    }

    /// Writes it as its file is.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"schema\": \"{SCHEMA}\", \"findings\": [")?;
        let mut first = true;
        for (key, count) in self.counts.iter().filter(|(_, n)| **n > 0) {
            let Key { path, rule, record, field, text } = key.clone();
            let line = serde_json::to_string(&Entry { path, rule, record, field, text, count: *count }).map_err(io::Error::from)?;
            write!(out, "{}{}", if first { "\n" } else { ",\n" }, visible(&line))?;
            first = false;
        }
        out.write_all(b"\n]}\n")
    }

    /// The line, from 1, of its file's text on which the entry for a finding stands, where each entry has a line.
    pub fn line_of(&self, f: &Finding, text: &str) -> Option<usize> {
        let key = self.key(f, &std::env::current_dir().unwrap_or_default());
        let is = |line: &str| {
            let entry = serde_json::from_str::<Entry>(line.trim().trim_matches(',')).ok();
            entry.is_some_and(|e| e.key() == key)
        };
        text.lines().position(is).map(|i| i + 1)
    }

    fn key(&self, f: &Finding, here: &Path) -> Key {
        let path = match (&f.path, &f.url) {
            (Some(p), _) if !p.contains("://") => relative(&without_dots(&here.join(p)), &self.folder),
            (Some(p), _) => p.clone(),
            (None, url) => url.clone().unwrap_or_default(),
        };
        let record = f.record.as_ref().map(RecordRef::key);
        let field = f.record.as_ref().and_then(|r| r.field.clone());
        Key { path, rule: f.rule.clone(), record, field, text: short(f.primary.text.as_deref().unwrap_or_default()) }
    }
}

/// The beginning of a long text with a hash that tells it from others that begin so.
fn short(text: &str) -> String {
    if text.char_indices().nth(LONG).is_none() {
        return text.to_owned();
    }
    let end = text.char_indices().nth(KEPT).map_or(text.len(), |(i, _)| i);
    let mut out = format!("{}… #", text[..end].trim_end());
    for b in Sha256::digest(text.as_bytes()).iter().take(8) {
        let _ = write!(out, "{b:02x}");
    }
    out
}

/// A path from a folder, with `..` where it does not lie below it.
fn relative(path: &Path, folder: &Path) -> String {
    let common = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return crate::engine::name_of(path);
    }
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    crate::engine::name_of(&up.chain(path.components().skip(common)).collect::<PathBuf>())
}

/// JSON in which what cannot be seen, or turns the reading direction, is written as its number: somebody reviews it.
fn visible(json: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    if !json.contains(hidden) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if hidden(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// What the file says it is: the first key of it.
fn version(text: &str) -> Result<(), Fault> {
    let head = text.find("\"schema\"").and_then(|i| {
        let rest = text[i + 8..].trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        let start = text.len() - rest.len();
        Some(Span::new(start, start + rest.find('"')?))
    });
    match head {
        Some(span) if text.get(span.range()) == Some(SCHEMA) => Ok(()),
        Some(span) if text.get(span.range()).is_some_and(|s| s.starts_with("promolint.baseline/")) => Err(Fault::new(
            span,
            "this baseline is of another version than promolint reads",
            format!("take the promolint that wrote it, or remove the file and write it anew; this one reads `{SCHEMA}`"),
        )),
        _ => Err(Fault::new(
            Span::at(0),
            "this is no baseline",
            format!("a baseline begins with {{\"schema\": \"{SCHEMA}\"; `--update-baseline` writes one"),
        )),
    }
}

/// The entries, one a line, whatever became of the commas.
fn by_line(text: &str) -> Result<Counts, Vec<Fault>> {
    let (mut entries, mut faults, mut at) = (Counts::default(), Vec::new(), 0);
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_start_matches('\u{FEFF}').trim();
        let start = at + whole.find(line).unwrap_or(0);
        at += whole.len();
        let body = line.trim_matches(',').trim();
        if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|m| line.starts_with(m)) {
            let help = "keep the lines of both sides and take out the marks; what is there twice adds up, and `--update-baseline` takes out what is too much";
            faults.push(Fault::new(Span::new(start, start + line.len()), "a merge was not finished here", help));
            return Err(faults);
        }
        if body.is_empty() || body == "]}" || body == "]" || body == "}" || body.starts_with("{\"schema\"") && body.ends_with('[') {
            continue;
        }
        match serde_json::from_str::<Entry>(body) {
            Ok(entry) => entries.add(entry),
            Err(e) => {
                let column = e.column().saturating_sub(1).min(body.len());
                let place = start + line.find(body).unwrap_or(0) + body.floor_char_boundary(column);
                let message = e.to_string();
                let message = message.find(" at line ").map_or(message.as_str(), |i| &message[..i]);
                let help = "each line holds one entry as `--update-baseline` writes it: path, rule, record, field, text, count";
                faults.push(Fault::new(Span::at(place), format!("this entry cannot be read: {message}"), help));
                if faults.len() == 5 {
                    break;
                }
            }
        }
    }
    let is_whole = text.trim_end().strip_suffix('}').is_some_and(|rest| rest.trim_end().ends_with(']'));
    if faults.is_empty() && !is_whole {
        let help = "take back the version before, or write it anew with `--update-baseline`";
        faults.push(Fault::new(Span::at(text.trim_end().len()), "this baseline is cut off before its end", help));
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

/// A baseline at work: how much of it was met.
#[derive(Debug)]
pub(super) struct Counter {
    baseline: Baseline,
    here: PathBuf,
    grow: bool,
    /// How often each was found.
    seen: BTreeMap<Key, usize>,
    /// Old ids of rules in it by what they are called now.
    renamed: bool,
}

impl Counter {
    pub fn new(baseline: Baseline, grow: bool) -> Counter {
        Counter { baseline, here: std::env::current_dir().unwrap_or_default(), grow, seen: BTreeMap::new(), renamed: false }
    }

    pub fn reason(&self) -> String {
        format!("held by the baseline {}", self.baseline.name)
    }

    /// Counts a finding; whether it was there before, or becomes part of the baseline.
    pub fn holds(&mut self, f: &Finding, rules: &RuleSet) -> bool {
        self.rename(rules);
        let key = self.baseline.key(f, &self.here);
        let known = self.baseline.counts.get(&key).copied().unwrap_or(0);
        let seen = self.seen.entry(key).or_default();
        *seen += 1;
        self.grow || *seen <= known
    }

    /// Entries under former ids of rules count for the rules.
    fn rename(&mut self, rules: &RuleSet) {
        if std::mem::replace(&mut self.renamed, true) {
            return;
        }
        let old: Vec<Key> = self.baseline.counts.keys().filter(|k| rules.id_of(&k.rule).is_some_and(|id| id != k.rule)).cloned().collect();
        for key in old {
            let n = self.baseline.counts.remove(&key).unwrap_or(0);
            let rule = rules.id_of(&key.rule).unwrap_or(&key.rule).to_owned();
            let all = self.baseline.counts.entry(Key { rule, ..key }).or_default();
            *all = all.saturating_add(n);
        }
    }

    /// `covers` tells whether the run would have found what an entry holds.
    pub fn change(&self, covers: &dyn Fn(&Key, &Path) -> bool) -> BaselineChange {
        let mut change = BaselineChange::default();
        for (key, held) in &self.baseline.counts {
            let gone = held.saturating_sub(self.seen.get(key).copied().unwrap_or(0));
            if gone > 0 && covers(key, &self.baseline.folder) {
                change.gone = change.gone.saturating_add(gone);
            }
        }
        for (key, seen) in &self.seen {
            change.added += seen.saturating_sub(self.baseline.counts.get(key).copied().unwrap_or(0));
        }
        change
    }

    /// The baseline as it is to be.
    pub fn renewed(&self, covers: &dyn Fn(&Key, &Path) -> bool) -> Baseline {
        let mut new = self.baseline.clone();
        for (key, held) in &mut new.counts {
            let seen = self.seen.get(key).copied().unwrap_or(0);
            if seen < *held && covers(key, &self.baseline.folder) {
                *held = seen;
            }
        }
        for (key, seen) in &self.seen {
            let held = new.counts.entry(key.clone()).or_default();
            *held = (*held).max(*seen);
        }
        new.counts.retain(|_, n| *n > 0);
        new
    }
}

/// How a baseline differs from what was found.
#[derive(Clone, Copy, Debug, Default)]
pub struct BaselineChange {
    /// Findings that are not in it.
    pub added: usize,
    /// Findings in it that are there no more.
    pub gone: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn baselines() -> impl Strategy<Value = Vec<(Key, usize)>> {
        let text = || prop_oneof!["[a-c]{0,2}", "\\PC{0,12}", ".{0,5}", Just("]}".to_owned()), Just("{\"schema\": \"x\", [".to_owned())];
        let key = (text(), text(), proptest::option::of(text()), proptest::option::of(text()), text());
        let key = key.prop_map(|(path, rule, record, field, text)| Key { path, rule, record, field, text });
        proptest::collection::vec((key, 1..4usize), 0..6)
    }

    fn written(list: &[(Key, usize)]) -> (Baseline, String) {
        let mut b = Baseline::empty(Path::new("b.json"));
        for (key, n) in list {
            *b.counts.entry(key.clone()).or_default() += n;
        }
        let mut out = Vec::new();
        b.write(&mut out).expect("written");
        (b, String::from_utf8(out).expect("UTF-8"))
    }

    fn read(text: &str) -> Baseline {
        Baseline::read(Path::new("b.json"), text.as_bytes().to_vec()).unwrap_or_else(|e| panic!("{:?}\n{text}", e.faults))
    }

    #[test]
    fn a_file_that_is_cut_off_is_told() {
        let entry = r#"{"path":"a","rule":"b","text":"c","count":1}"#;
        let head = format!("{{\"schema\": \"{SCHEMA}\", \"findings\": [");
        for text in [format!("{head}\n{entry},\n"), format!("{head}\n{entry}\n"), format!("{head}\n"), format!("{head}[[[[")] {
            let broken = Baseline::read(Path::new("b.json"), text.clone().into_bytes()).expect_err(&text);
            assert!(broken.faults[0].message.contains("cut off"), "{text}: {:?}", broken.faults);
        }
        assert_eq!(read(&format!("{head}\n{entry}\n]}}\n")).len(), 1);
    }

    proptest! {
        /// What is written is read again, formatted anew or with the lines of two merged sides, whatever came of the commas between them.
        #[test]
        fn files_come_back_and_merge(ours in baselines(), theirs in baselines(), commas in any::<u64>()) {
            let ((a, mine), (b, other)) = (written(&ours), written(&theirs));
            prop_assert_eq!(&read(&mine).counts, &a.counts);
            let anew: serde_json::Value = serde_json::from_str(&mine).expect("JSON");
            prop_assert_eq!(&read(&serde_json::to_string_pretty(&anew).expect("JSON")).counts, &a.counts);
            let lines = |t: &str| t.lines().filter(|l| l.starts_with("{\"path\"")).map(str::to_owned).collect::<Vec<_>>();
            let (head, mut all) = (mine.lines().next().unwrap_or_default().to_owned(), lines(&mine));
            all.extend(lines(&other));
            for (i, line) in all.iter_mut().enumerate() {
                let bare = line.trim_end_matches(',').to_owned();
                *line = if commas >> (i % 64) & 1 == 1 { format!("{bare},") } else { bare };
            }
            let both = read(&format!("{head}\r\n{}\r\n]}}", all.join("\r\n")));
            let mut sum = a.counts.clone();
            b.counts.iter().for_each(|(k, n)| *sum.entry(k.clone()).or_default() += n);
            prop_assert_eq!(&both.counts, &sum);
        }
    }
}
