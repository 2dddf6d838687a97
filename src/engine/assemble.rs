//! From a hit to a finding: severity, words, places, fix, fingerprint.

use super::fix::{edits, rewrite};
use super::web::{path_of, url_of};
use crate::check::Hit;
use crate::document::{Document, FieldRole, Kind};
use crate::finding::{Applicability, FINDING_SCHEMA, Finding, Level, Location, RecordRef, Region, fingerprint};
use crate::pack::model::Rule;
use crate::source::Source;
use std::collections::HashMap;

/// How often a rule found the same text in the same place of the same record, for fingerprints.
pub(super) type Occurrences = HashMap<(String, Option<String>, String), usize>;

pub(super) struct Assembler<'a> {
    pub source: &'a Source,
    pub document: &'a Document,
    pub kind: Kind,
    pub occurrences: Occurrences,
}

impl Assembler<'_> {
    pub fn finding(&mut self, rule: &Rule, level: Level, hit: Hit) -> Finding {
        let mut hit = hit;
        let says = hit.says.clone().unwrap_or_default();
        let rewrite = says.rewrite.as_ref().or(rule.text().rewrite.as_ref()).filter(|_| hit.replacement.is_none() && hit.range.is_some());
        hit.replacement = hit.replacement.or_else(|| rewrite.map(|r| r.of(&hit.text)));
        let applicability = says.fix.or(rule.fix).or(rewrite.map(|_| Applicability::Unsafe));
        let severity = level.of(says.severity);
        let fill = |template: &str| fill(template, &hit);
        let text = Some(hit.text.clone()).filter(|t| !t.is_empty());
        let label = says.label.as_deref().or(rule.text().label.as_deref()).map(fill);
        let mut primary = Location::new(self.source, &hit.spans, text.clone(), label);
        // The picture itself is what is checked.
        if hit.spans.is_empty() || hit.seen.as_ref().is_some_and(|s| s.sight.name.as_deref() == Some(self.source.name())) {
            primary.region =
                hit.seen.as_ref().and_then(|s| s.region()).map(|r| Region { x: r.x, y: r.y, width: r.width, height: r.height });
        }
        let mut related: Vec<Location> = hit
            .related
            .iter()
            .filter(|(spans, _, _)| !spans.is_empty())
            .map(|(spans, text, label)| {
                Location::new(self.source, spans, Some(text.clone()), Some(label.clone()).filter(|l| !l.is_empty()))
            })
            .collect();
        related.extend(hit.evidence.iter().cloned());
        let record = self.record(hit.field);
        let key = (rule.id.clone(), record.as_ref().and_then(|r| r.field.clone()), hit.text.clone());
        let occurrence = *self.occurrences.entry(key).and_modify(|n| *n += 1).or_insert(0);
        let mended = applicability.zip(hit.replacement.as_deref()).zip(hit.range).map(|((applicability, words), range)| {
            let (range, words) = if rewrite.is_some() { rewrite::fitted(self.document, range, words) } else { (range, words.to_owned()) };
            edits::fix(self.source, self.document, range, &words, self.applicable(applicability))
        });
        let (fix, unfixed) = match mended {
            None => (None, None),
            Some(Ok(fix)) => (Some(fix), None),
            Some(Err(why)) => (None, why),
        };
        Finding {
            schema: FINDING_SCHEMA,
            rule: rule.id.clone(),
            pack: rule.pack.clone(),
            severity,
            confidence: rule.confidence,
            message: fill(says.message.as_deref().unwrap_or(&rule.text().message)),
            kind: self.kind,
            path: path_of(self.source.name()),
            url: url_of(self.source.name()),
            fingerprint: fingerprint(&rule.id, self.source.name(), record.as_ref(), &hit.text, occurrence),
            record,
            primary,
            related,
            notes: says.notes.as_ref().unwrap_or(&rule.text().notes).iter().map(|n| fill(n)).chain(unfixed).collect(),
            help: says.help.as_deref().or(rule.text().help.as_deref()).map(fill),
            source: rule.sources.first().cloned(),
            also: Vec::new(),
            fix,
            suppressed: None,
        }
    }

    fn record(&self, field: Option<usize>) -> Option<RecordRef> {
        let record = self.document.records.iter().find(|r| r.index.is_some())?;
        let fields = &self.document.fields[record.fields.clone()];
        let named = |role| fields.iter().find(|f| f.role == role && !f.value.trim().is_empty()).map(|f| f.value.trim().to_owned());
        let name = if record.id.is_none() { named(FieldRole::Name).or_else(|| named(FieldRole::Url)) } else { None };
        Some(RecordRef {
            index: record.index?,
            id: record.id.clone(),
            name,
            field: field.and_then(|f| self.document.fields.get(f)).map(|f| f.pointer.clone()),
        })
    }

    /// What was found on the web cannot be changed from here.
    fn applicable(&self, fix: Applicability) -> Applicability {
        if self.source.url().is_some() { Applicability::Display } else { fix }
    }
}

/// Fills `{…}` of a message. A name that means nothing stays as it is.
pub(super) fn fill(template: &str, hit: &Hit) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let Some(close) = after.find('}') else {
            out.push_str(&rest[open..]);
            return out;
        };
        let name = &after[..close];
        let value = match name {
            "text" => Some(shorten(&hit.text)),
            "term" => Some(hit.text.clone()),
            "replacement" => hit.replacement.clone(),
            // Short already, and cut where it would mislead least.
            "change" => hit.values.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()),
            _ => hit.values.iter().find(|(n, _)| *n == name).map(|(_, v)| shorten(v)),
        };
        match value {
            Some(v) => out.push_str(&v),
            None => out.push_str(&rest[open..open + close + 2]),
        }
        rest = &after[close + 1..];
    }
    out.push_str(rest);
    out
}

/// A headline has room for so many characters of somebody's text.
const QUOTE: usize = 80;

fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUOTE) {
        Some((i, _)) => format!("{}…", line[..i].trim_end()),
        None => line,
    }
}
