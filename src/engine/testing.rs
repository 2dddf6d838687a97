//! The tests that rules bring with them.

use super::Format;
use super::Outcome;
use super::corpus::Collector;
use super::fix::Wanted;
use super::pictures::{Gallery, Store, resolve};
use super::read::read_source;
use super::rules::{RuleSet, Settings};
use super::run::{Engine, Options};
use crate::badge::Limits;
use crate::document::Kind;
use crate::document::records::Formats;
use crate::facts::{Approvals, Assets, Awards, Broken, Day, Facts, Partners};
use crate::finding::Applicability;
use crate::pack::model::{Pack, Rule, TestCase, TestFacts, TestFormat};
use crate::source::Source;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What came of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseResult {
    /// As it should be.
    Ok,
    /// It should have been flagged and was not.
    Missing,
    /// It should not have been flagged; what was.
    Noisy(String),
    /// It could not be read.
    Unread(String),
}

/// Runs every text of a pack's rules through its rule alone. `named` says which rules.
pub fn test_pack(pack: Pack, named: &dyn Fn(&str) -> bool) -> Vec<(String, TestCase, CaseResult)> {
    let mut out = Vec::new();
    let mut galleries = Vec::new();
    for rule in pack.rules.into_iter().filter(|r| named(&r.id)) {
        let id = rule.id.clone();
        let cases: Vec<(TestCase, bool)> =
            rule.tests.flag.iter().map(|c| (c.clone(), true)).chain(rule.tests.pass.iter().map(|c| (c.clone(), false))).collect();
        let default = default_kind(&rule);
        let mut engine = engine_of(&pack.name, rule);
        for (case, flag) in cases {
            let result = run(&mut engine, &case, default, flag, &mut galleries);
            out.push((id.clone(), case, result));
        }
    }
    out
}

/// Rules of a pack that find again what they write, each with the first text in which it does.
pub fn found_again(pack: Pack, named: &dyn Fn(&str) -> bool) -> Vec<(String, TestCase)> {
    let mut out = Vec::new();
    for mut rule in pack.rules.into_iter().filter(|r| named(&r.id)) {
        let (id, cases, default) = (rule.id.clone(), to_fix(&rule), default_kind(&rule));
        if !cases.is_empty() {
            // What is only a suggestion is tried as well.
            rule.fix = rule.fix.filter(|f| *f != Applicability::Display).or(Some(Applicability::Unsafe));
            let mut engine = engine_of(&pack.name, rule);
            out.extend(cases.into_iter().find(|case| finds_again(&mut engine, case, default)).map(|case| (id, case)));
        }
    }
    out
}

/// What a rule's fixes are tried on: the texts it flags, and the right forms that it names. None, if it has no fixes.
fn to_fix(rule: &Rule) -> Vec<TestCase> {
    if rule.text().rewrite.is_none() && !rule.matcher().replaces() {
        return Vec::new();
    }
    let right = |text| TestCase { text, format: TestFormat::Text, kind: None, lang: None, facts: TestFacts::default(), span: rule.span };
    rule.tests.flag.iter().cloned().chain(rule.matcher().replacements().into_iter().map(right)).collect()
}

fn finds_again(engine: &mut Engine<'_>, case: &TestCase, default: Kind) -> bool {
    let format = match case.format {
        TestFormat::Text => Format::Text,
        TestFormat::Html => Format::Html,
        TestFormat::Markdown => Format::Markdown,
        TestFormat::Record | TestFormat::Several | TestFormat::Image => return false,
    };
    let Ok(facts) = facts_of(&case.facts) else { return false };
    (engine.options.facts, engine.options.kind) = (Arc::new(facts), Some(case.kind.unwrap_or(default)));
    let fixed = engine.fix(case.text.as_bytes(), "test", format, true, &Wanted { unsafe_too: true, leave: &|_| false });
    let Some(after) = fixed.bytes.and_then(|b| String::from_utf8(b).ok()) else { return fixed.endless };
    let found = |text: &str| engine.check_bytes(text.as_bytes().to_vec(), "test", format).findings;
    let written: Vec<String> = found(&case.text).into_iter().filter_map(|f| Some(f.fix?.words)).collect();
    let is_written = |at: Range<usize>| {
        written.iter().flat_map(|w| after.match_indices(w.as_str())).any(|(i, w)| i <= at.start && at.end <= i + w.len())
    };
    found(&after).iter().flat_map(|f| f.primary.first()).any(|p| is_written(p.start..p.end))
}

/// An engine of one rule.
pub(super) fn engine_of(pack: &str, rule: Rule) -> Engine<'static> {
    // Asked for by its name, a rule runs though it is off.
    let settings = Settings { only: vec![rule.id.clone()], ..Settings::default() };
    let one = Pack { name: pack.to_owned(), rules: vec![rule], ..Pack::default() };
    Engine { rules: RuleSet::new(vec![one], settings), options: Options::default(), formats: Formats::builtin() }
}

/// `page`, if the rule applies to pages; else the first of its kinds.
pub(super) fn default_kind(rule: &Rule) -> Kind {
    if rule.kinds.contains(&Kind::Page) { Kind::Page } else { rule.kinds.first().copied().unwrap_or(Kind::Page) }
}

/// The day of tests that name none.
const TEST_DAY: &str = "2026-11-21";

/// The registers of a test.
///
/// # Errors
/// What is wrong in one of them.
pub fn facts_of(test: &TestFacts) -> Result<Facts, String> {
    let source = |name: &str, text: &str| Source::from_text(name, text.to_owned());
    let broken = |b: Broken| b.faults.first().map_or_else(String::new, |f| format!("{}: {}", b.source.name(), f.message));
    let today = test.today.as_deref().unwrap_or(TEST_DAY);
    let bytes = |text: &String| text.clone().into_bytes();
    Ok(Facts {
        partners: test.partners.as_ref().map(|t| Partners::whole(source("partners.yaml", t))).transpose().map_err(broken)?,
        approvals: test.approvals.as_ref().map(|t| Approvals::read("approvals.yaml", bytes(t))).transpose().map_err(broken)?,
        assets: test.assets.as_ref().map(|t| Assets::read("assets.yaml", bytes(t))).transpose().map_err(broken)?,
        awards: test.awards.as_ref().map(|t| Awards::read("awards.yaml", bytes(t))).transpose().map_err(broken)?,
        today: Day::parse(today).ok_or_else(|| format!("`{today}` is not a day"))?,
        speaker: test.partners.as_ref().filter(|_| test.speaks).and_then(|t| {
            let file: serde_json::Value = serde_json::from_str(t).ok()?;
            Some(file["partners"][0]["id"].as_str()?.to_owned())
        }),
    })
}

fn run(engine: &mut Engine<'_>, case: &TestCase, default: Kind, flag: bool, galleries: &mut Vec<Arc<Gallery>>) -> CaseResult {
    let outcome = match run_case(engine, case, default, galleries) {
        Ok(outcome) => outcome,
        Err(e) => return CaseResult::Unread(e),
    };
    // Promolint's own rules are not what is tested.
    let found = outcome.findings.iter().find(|f| f.pack != super::OWN_PACK && f.suppressed.is_none());
    match (found, flag) {
        (Some(_), true) | (None, false) => CaseResult::Ok,
        (None, true) => CaseResult::Missing,
        (Some(f), false) => CaseResult::Noisy(f.primary.text.clone().unwrap_or_default()),
    }
}

/// So many registers of images are kept in mind between texts.
const MAX_GALLERIES: usize = 64;

/// What an engine's rules find in one text, with the facts that go with it. `default`: the kind of content, where the case names none.
/// `galleries`: what is known of images of earlier texts.
///
/// # Errors
/// Why the text, or a register beside it, cannot be read.
pub fn run_case(engine: &mut Engine<'_>, case: &TestCase, default: Kind, galleries: &mut Vec<Arc<Gallery>>) -> Result<Outcome, String> {
    engine.options.facts = Arc::new(facts_of(&case.facts)?);
    let files = files_of(&case.facts)?;
    let is_empty = match case.format {
        TestFormat::Image if !files.contains_key(&case.text) => return Err(format!("there is no file `{}`", case.text)),
        TestFormat::Several => serde_json::from_str(&case.text)
            .is_ok_and(|v: serde_json::Value| ["records", "pages"].iter().all(|part| v[*part].as_array().is_none_or(Vec::is_empty))),
        _ => case.text.trim().is_empty(),
    };
    if is_empty {
        return Err("it holds nothing".to_owned());
    }
    let size = files.get(&case.text).map_or(0, Vec::len);
    let gallery = Gallery::new(Arc::clone(&engine.options.facts), Store::Memory(files)).knowing(galleries);
    let gallery = Arc::new(gallery);
    if engine.options.facts.assets.is_some() && galleries.len() < MAX_GALLERIES {
        galleries.push(Arc::clone(&gallery));
    }
    engine.options.pictures = Some(gallery);
    let mut outcome = Outcome::default();
    let format = match case.format {
        TestFormat::Text => Some(Format::Text),
        TestFormat::Html => Some(Format::Html),
        TestFormat::Markdown => Some(Format::Markdown),
        TestFormat::Record | TestFormat::Several | TestFormat::Image => None,
    };
    match format {
        Some(format) => {
            let source = Source::from_text("test", case.text.clone());
            let mut reading = read_source(&source, format, Some(case.kind.unwrap_or(default)));
            if let Some(lang) = case.lang.as_deref().and_then(crate::document::Lang::from_tag) {
                for b in &mut reading.document.blocks {
                    b.lang = Some(lang);
                }
            }
            engine.check(&source, &reading, &mut Default::default(), &mut outcome);
        }
        None if case.format == TestFormat::Image => {
            engine.options.kind = Some(case.kind.unwrap_or(Kind::Image));
            outcome = engine.check_image(&case.text, size as u64);
        }
        None if case.format == TestFormat::Several => {
            let several: serde_json::Value = serde_json::from_str(&case.text).map_err(|e| e.to_string())?;
            let items = |name: &str| several[name].as_array().cloned().unwrap_or_default();
            let pages = items("pages");
            let kind = case.kind.unwrap_or(if default == Kind::Page && pages.is_empty() { Kind::Listing } else { default });
            engine.options.kind = Some(kind);
            let records = items("records");
            if !records.is_empty() {
                engine.check_record_text(&serde_json::Value::from(records).to_string(), &mut outcome);
            }
            let mut collector = Collector::default();
            outcome.name = "test".to_owned();
            collector.take(&mut outcome);
            for page in pages {
                let text = |key: &str| page[key].as_str().unwrap_or_default().to_owned();
                let source = Source::from_text(text("path"), text("html"));
                let reading = read_source(&source, Format::Html, Some(kind));
                outcome.name = text("path");
                engine.check(&source, &reading, &mut Default::default(), &mut outcome);
                collector.take(&mut outcome);
            }
            if let Some(t) = outcome.troubles.first() {
                return Err(t.message.clone());
            }
            outcome.findings.extend(collector.finish(engine, &[]).into_iter().flat_map(|o| o.findings));
        }
        None => {
            engine.options.kind = Some(case.kind.unwrap_or(if default == Kind::Page { Kind::Listing } else { default }));
            engine.check_record_text(&case.text, &mut outcome);
            if let Some(t) = outcome.troubles.first() {
                return Err(t.message.clone());
            }
            let mut collector = Collector::default();
            outcome.name = "test".to_owned();
            collector.take(&mut outcome);
            outcome.findings.extend(collector.finish(engine, &[]).into_iter().flat_map(|o| o.findings));
        }
    }
    let of_register = engine.options.pictures.as_ref().map(|p| p.troubles()).unwrap_or_default();
    match outcome.unread.iter().map(|(_, t)| t).chain(&of_register).next() {
        Some(t) => Err(t.message.clone()),
        None => Ok(outcome),
    }
}

/// The files beside a test.
fn files_of(test: &TestFacts) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let bytes = |text: &str| -> Result<Vec<u8>, String> {
        if !text.starts_with("data:") {
            return Ok(text.as_bytes().to_vec());
        }
        Ok(resolve::data(text, Limits::default().bytes).map_err(|r| r.message)?.unwrap_or_default())
    };
    test.files.iter().map(|(name, text)| Ok((name.clone(), bytes(text)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{PackSet, PackSource};

    /// What is not as it should be in the tests of a rule with this matcher.
    fn failed(matcher: &str, tests: &str) -> Vec<(String, CaseResult)> {
        let text = format!(
            "pack: t/t\nsources: {{s: {{title: S, checked_on: 2026-01-01, confidence: primary}}}}\nrules:\n  - {{id: t-a, title: T, source: s, severity: note, match: {matcher}, message: m, tests: {tests}}}\n"
        );
        let mut set = PackSet::load(vec![PackSource::new("t.yaml", text)]);
        assert!(set.faults.is_empty(), "{:?}", set.faults);
        let all = test_pack(set.packs.remove(0), &|_| true).into_iter();
        all.map(|(_, case, result)| (case.text, result)).filter(|(_, result)| *result != CaseResult::Ok).collect()
    }

    #[test]
    fn compounds_are_prose_and_slugs_are_not() {
        let flag = "We are a re-seller., Be self-made!, It is risk-free., Is it guaranteed/proven?, (risk‑free)";
        let pass = "the re-seller-api package, call re-seller.sync, x/re-seller, ./re-seller, class=re-seller, npm i self-made-cli, data-risk-free, the guarantee-box class, a _re-seller_id";
        let matcher = "{phrases: [re~seller, self-made, risk~free, guaranteed/proven, guarantee*]}";
        let tests = format!("{{flag: [{flag}], pass: [{pass}]}}");
        assert_eq!(failed(matcher, &tests), []);
    }

    #[test]
    fn tests_that_hold_nothing_are_told() {
        let told = failed(
            "{phrases: [foo]}",
            "{flag: [{image: nofile.png}], pass: [{image: nofile.png}, {records: []}, {pages: []}, {text: \"\"}]}",
        );
        assert!(told.len() == 5 && told.iter().all(|(_, result)| matches!(result, CaseResult::Unread(_))), "{told:?}");
    }
}
