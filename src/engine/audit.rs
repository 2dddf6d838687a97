//! What may be better in rule packs that work: rules that find the same, rules without a near miss, sources that nobody has read for long,
//! patterns that are slow or that no text fires. Nothing here looks at a clock: what is slow is told by what an expression is made of.

use super::read::read_source;
use super::rules::{RuleSet, Settings};
use super::run::{Engine, Options};
use super::testing::{default_kind, run_case};
use super::{Format, OWN_PACK};
use crate::check::corpus;
use crate::document::records::Formats;
use crate::facts::Day;
use crate::finding::{RuleSource, Severity};
use crate::pack::model::{Matcher, MatcherForm, Pack, Rule, TestCase, TestFormat};
use crate::pack::{Pattern, PatternSize, Patterns};
use crate::source::{Source, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What an audit looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Two rules find the same in the texts of both, or in all texts of one.
    Overlap,
    /// Two patterns of one rule, or of two that apply to the same content, are the same words.
    SamePattern,
    /// None of the texts that must pass has what the rule looks for.
    NoNearMiss,
    /// Fewer than three texts of a sort.
    FewTests,
    /// No text to flag in a language that the rule names.
    UntriedLanguage,
    /// Patterns that no text to flag fires.
    UntriedPattern,
    /// A source was read more than a year ago, or on a day to come.
    OldSource,
    /// A source has no address.
    NoAddress,
    /// A pattern is tried on every block, since nothing in it can be looked for.
    NoLiteral,
    /// What is looked for is so short that it stands in most texts.
    ShortLiteral,
    /// A match has no bound, so that a whole block is looked at for each thing looked for.
    Unbounded,
    /// The expression is large.
    LargePattern,
}

impl Check {
    /// All, in the order of the report.
    pub const ALL: [Check; 12] = [
        Check::Overlap,
        Check::SamePattern,
        Check::NoNearMiss,
        Check::FewTests,
        Check::UntriedLanguage,
        Check::UntriedPattern,
        Check::OldSource,
        Check::NoAddress,
        Check::NoLiteral,
        Check::ShortLiteral,
        Check::Unbounded,
        Check::LargePattern,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Check::Overlap => "overlap",
            Check::SamePattern => "same-pattern",
            Check::NoNearMiss => "no-near-miss",
            Check::FewTests => "few-tests",
            Check::UntriedLanguage => "untried-language",
            Check::UntriedPattern => "untried-pattern",
            Check::OldSource => "old-source",
            Check::NoAddress => "source-without-address",
            Check::NoLiteral => "no-literal",
            Check::ShortLiteral => "short-literal",
            Check::Unbounded => "unbounded",
            Check::LargePattern => "large-pattern",
        }
    }

    /// How much it weighs.
    pub fn severity(self) -> Severity {
        match self {
            Check::NoNearMiss | Check::FewTests | Check::OldSource | Check::NoLiteral => Severity::Warning,
            _ => Severity::Note,
        }
    }

    /// What to do about it.
    pub fn help(self) -> &'static str {
        match self {
            Check::Overlap => "let one of them leave the case to the other (`unless`), or make them one rule",
            Check::SamePattern => "take one of them out, or give each what tells it apart",
            Check::NoNearMiss => "add a text to `pass` that has the words and is fine",
            Check::FewTests => "give at least three of each",
            Check::UntriedLanguage => "add a text in that language to `flag`",
            Check::UntriedPattern => "add a text to `flag` for each, or take out what finds nothing",
            Check::OldSource => "read the source again and set `checked_on`",
            Check::NoAddress => "add `url`, so that readers can see for themselves",
            Check::NoLiteral => "let every pattern hold a word of three letters or more",
            Check::ShortLiteral => "let the pattern hold a longer word",
            Check::Unbounded => "give repetitions an upper bound, as in {0,40}",
            Check::LargePattern => "split the pattern, or bound its repetitions",
        }
    }
}

/// One thing that may be better.
#[derive(Clone, Debug)]
pub struct Remark {
    /// What was looked for.
    pub check: Check,
    /// The rule; of sources, the first that has it.
    pub rule: String,
    /// The rule's pack.
    pub pack: String,
    /// The other rule, if two are meant.
    pub other: Option<String>,
    /// Where the rule stands in the pack's file.
    pub span: Span,
    /// What it is, in one clause.
    pub message: String,
}

/// How many texts a rule needs of each sort.
const MIN_TESTS: usize = 3;
/// So many days a source counts as read.
const YEAR: i32 = 365;
/// A literal of fewer bytes stands in most texts.
const MIN_LITERAL: usize = 3;
/// An expression of more states, or of more bytes, is large.
const MAX_STATES: usize = 20_000;
const MAX_BYTES: usize = 1 << 20;
/// So many texts must show that two rules overlap.
const MIN_SHARED: usize = 2;

/// Looks at the rules of packs. `named` says which; those that they overlap with may be others. In the order of checks, then of rules.
pub fn audit(packs: Vec<Pack>, named: &dyn Fn(&str) -> bool, today: Day) -> Vec<Remark> {
    let mut out = Vec::new();
    {
        let rules: Vec<&Rule> = packs.iter().flat_map(|p| &p.rules).filter(|r| named(&r.id)).collect();
        sources(&rules, today, &mut out);
        for rule in &rules {
            tests(rule, &mut out);
            patterns(rule, &mut out);
        }
        same_patterns(&packs, named, &mut out);
    }
    overlaps(packs, named, &mut out);
    out.sort_by_key(|r| r.check);
    out
}

fn remark(check: Check, rule: &Rule, message: String) -> Remark {
    Remark { check, rule: rule.id.clone(), pack: rule.pack.clone(), other: None, span: rule.span, message }
}

fn sources(rules: &[&Rule], today: Day, out: &mut Vec<Remark>) {
    let mut seen: Vec<(&RuleSource, &Rule, usize)> = Vec::new();
    for rule in rules {
        for source in &rule.sources {
            match seen.iter_mut().find(|(s, ..)| *s == source) {
                Some((.., count)) => *count += 1,
                None => seen.push((source, rule, 1)),
            }
        }
    }
    for (source, rule, count) in seen {
        let rules = if count == 1 { "1 rule".to_owned() } else { format!("{count} rules") };
        let title = &source.title;
        if let Some((text, day)) = source.checked_on.as_deref().and_then(|t| Some((t, Day::parse(t)?))) {
            let days = day.days_until(today);
            if days > YEAR {
                out.push(remark(Check::OldSource, rule, format!("“{title}” of {rules} was last read on {text}, {days} days ago")));
            } else if days < 0 {
                out.push(remark(Check::OldSource, rule, format!("“{title}” of {rules} was read on {text}, a day to come")));
            }
        }
        if source.url.is_none() {
            out.push(remark(Check::NoAddress, rule, format!("“{title}” of {rules} has no address")));
        }
    }
}

/// The patterns over visible text in a tree.
fn collect<'m>(m: &'m Matcher, out: &mut Vec<&'m Arc<Pattern>>) {
    out.extend(m.form.patterns().into_iter().flat_map(Patterns::iter));
    match &m.form {
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| collect(m, out)),
        MatcherForm::Not(inner) => collect(inner, out),
        _ => {}
    }
}

/// Those that are tried by themselves: of several conditions the first.
fn leading(m: &Matcher) -> Vec<&Arc<Pattern>> {
    match &m.form {
        MatcherForm::All(list) => list.first().map(leading).unwrap_or_default(),
        MatcherForm::Any(list) => list.iter().flat_map(leading).collect(),
        form => form.patterns().into_iter().flat_map(Patterns::iter).collect(),
    }
}

/// Those that count by themselves: neither held against a register, nor one of several conditions.
fn unconditional(m: &Matcher) -> Vec<&Arc<Pattern>> {
    match &m.form {
        MatcherForm::Text(patterns) => patterns.iter().collect(),
        MatcherForm::Any(list) => list.iter().flat_map(unconditional).collect(),
        _ => Vec::new(),
    }
}

fn of_rule(rule: &Rule) -> Vec<&Arc<Pattern>> {
    let mut out = Vec::new();
    collect(rule.matcher(), &mut out);
    let mut seen = BTreeSet::new();
    out.retain(|p| seen.insert(Arc::as_ptr(p).addr()));
    out
}

/// What the readers of a test's text see.
fn visible(case: &TestCase) -> String {
    let format = match case.format {
        TestFormat::Text => Format::Text,
        TestFormat::Html => Format::Html,
        TestFormat::Markdown => Format::Markdown,
        // The keys and signs between its words match nothing.
        TestFormat::Record | TestFormat::Several | TestFormat::Image => return case.text.clone(),
    };
    read_source(&Source::from_text("test", case.text.clone()), format, case.kind).document.text
}

fn tests(rule: &Rule, out: &mut Vec<Remark>) {
    let (flag, pass) = (&rule.tests.flag, &rule.tests.pass);
    if flag.len() < MIN_TESTS || pass.len() < MIN_TESTS {
        out.push(remark(Check::FewTests, rule, format!("{} to flag and {} to pass", texts(flag.len()), pass.len())));
    }
    let patterns = of_rule(rule);
    if patterns.is_empty() {
        return;
    }
    let keys: BTreeSet<String> = leading(rule.matcher()).iter().flat_map(|p| p.keys()).map(str::to_lowercase).collect();
    let has_key = |text: &str| keys.iter().any(|k| text.contains(k.as_str()));
    if !pass.is_empty() && !keys.is_empty() && !pass.iter().any(|c| has_key(&visible(c).to_lowercase())) {
        out.push(remark(Check::NoNearMiss, rule, format!("none of {} to pass has a word that the rule looks for", texts(pass.len()))));
    }
    let shown: Vec<String> = flag.iter().map(visible).collect();
    let lower: Vec<String> = shown.iter().map(|s| s.to_lowercase()).collect();
    let fires = |p: &Pattern| {
        let may = |lower: &str| !p.has_keys() || p.keys().any(|k| lower.contains(&k.to_lowercase()));
        shown.iter().zip(&lower).any(|(s, l)| may(l) && p.is_in(s))
    };
    let idle = patterns.iter().filter(|p| !fires(p)).count();
    if idle > 0 {
        out.push(remark(Check::UntriedPattern, rule, format!("{idle} of {} patterns are fired by no text to flag", patterns.len())));
    }
    for lang in &rule.languages {
        let declared = |c: &TestCase| c.lang.as_deref().and_then(crate::document::Lang::from_tag);
        // A text that declares none may be in any.
        if !flag.iter().any(|c| declared(c).is_none_or(|l| l == *lang)) {
            out.push(remark(Check::UntriedLanguage, rule, format!("no text to flag is in `{}`", lang.as_str())));
        }
    }
}

fn texts(n: usize) -> String {
    if n == 1 { "1 text".to_owned() } else { format!("{n} texts") }
}

fn patterns(rule: &Rule, out: &mut Vec<Remark>) {
    let patterns = of_rule(rule);
    let mut say = |check: Check, number: usize, what: &str, example: String| {
        if number > 0 {
            let patterns = if number == 1 { "a pattern".to_owned() } else { format!("{number} patterns") };
            out.push(remark(check, rule, format!("{patterns} {what}{example}")));
        }
    };
    let without = leading(rule.matcher()).into_iter().filter(|p| !p.has_keys()).count();
    say(Check::NoLiteral, without, "without a literal to look for", String::new());
    let short: Vec<&str> = patterns.iter().filter_map(|p| p.keys().filter(|k| k.len() < MIN_LITERAL).min_by_key(|k| k.len())).collect();
    say(Check::ShortLiteral, short.len(), "with a literal as short as", short.first().map_or_else(String::new, |k| format!(" `{k}`")));
    let unbounded = patterns.iter().filter(|p| p.has_keys() && !p.is_bounded()).count();
    say(Check::Unbounded, unbounded, "of which a match may be of any length", String::new());
    let large: Vec<PatternSize> =
        patterns.iter().filter_map(|p| p.size()).filter(|s| s.states > MAX_STATES || s.bytes > MAX_BYTES).collect();
    if let Some(most) = large.iter().max_by_key(|s| s.bytes) {
        let of = format!(" of {} states, {} kB", most.states, most.bytes.div_ceil(1000));
        say(Check::LargePattern, large.len(), "with an automaton", of);
    }
}

/// Patterns that are the same words, in one rule or in two that speak of the same kinds and languages.
fn same_patterns(packs: &[Pack], named: &dyn Fn(&str) -> bool, out: &mut Vec<Remark>) {
    let mut by_words: HashMap<(String, bool), Vec<(&Rule, usize)>> = HashMap::new();
    let mut order = Vec::new();
    for rule in packs.iter().flat_map(|p| &p.rules) {
        for pattern in unconditional(rule.matcher()) {
            for words in pattern.spelled() {
                let key = (if pattern.minds_case() { words.clone() } else { words.to_lowercase() }, pattern.minds_case());
                let known = by_words.entry(key.clone()).or_default();
                if known.is_empty() {
                    order.push(key);
                }
                known.push((rule, Arc::as_ptr(pattern).addr()));
            }
        }
    }
    let mut pairs: BTreeMap<(String, String), (Remark, usize)> = BTreeMap::new();
    for key in order {
        let known = &by_words[&key];
        for (i, (a, pa)) in known.iter().enumerate() {
            for (b, pb) in known[i + 1..].iter().filter(|(b, _)| named(&a.id) || named(&b.id)) {
                let apart = a.id != b.id
                    && (!a.kinds.iter().any(|k| b.kinds.contains(k))
                        || !a.languages.is_empty() && !b.languages.is_empty() && !a.languages.iter().any(|l| b.languages.contains(l)));
                if pa == pb || apart {
                    continue;
                }
                let other = (a.id != b.id).then(|| b.id.clone());
                let (words, n) = (&key.0, pairs.get(&(a.id.clone(), b.id.clone())).map_or(0, |p| p.1) + 1);
                let words = if n == 1 { format!("`{words}` stands") } else { format!("`{words}` and {} more stand", n - 1) };
                let message = other.as_ref().map_or_else(|| format!("{words} there twice"), |o| format!("{words} in `{o}` too"));
                let new = Remark { other, ..remark(Check::SamePattern, a, message) };
                pairs.insert((a.id.clone(), b.id.clone()), (new, n));
            }
        }
    }
    out.extend(pairs.into_values().map(|(r, _)| r));
}

/// Whether two findings are about one place: one of them lies in the other.
fn one_place(a: (usize, usize), b: (usize, usize)) -> bool {
    let within = |a: (usize, usize), b: (usize, usize)| b.0 <= a.0 && a.1 <= b.1;
    a.0 < a.1 && b.0 < b.1 && (within(a, b) || within(b, a))
}

/// Rules that find the same places in the texts of tests.
fn overlaps(packs: Vec<Pack>, named: &dyn Fn(&str) -> bool, out: &mut Vec<Remark>) {
    let mut cases: Vec<(String, crate::document::Kind, Vec<TestCase>)> = Vec::new();
    let mut about: HashMap<String, Remark> = HashMap::new();
    let mut packs = packs;
    for rule in packs.iter_mut().flat_map(|p| &mut p.rules) {
        about.insert(rule.id.clone(), remark(Check::Overlap, rule, String::new()));
        // Pictures and whole sites are compared nowhere else.
        if rule.outline.images || !corpus::leaves(rule).is_empty() {
            continue;
        }
        let one = |c: &TestCase| !matches!(c.format, TestFormat::Several | TestFormat::Image) && c.facts.assets.is_none();
        cases.push((rule.id.clone(), default_kind(rule), rule.tests.flag.iter().filter(|c| one(c)).cloned().collect()));
    }
    for pack in &mut packs {
        pack.rules.retain(|r| !r.outline.images && corpus::leaves(r).is_empty());
    }
    let options = Options::default();
    let mut engine = Engine { rules: RuleSet::new(packs, Settings::default()), options, formats: Formats::builtin() };
    let mut galleries = Vec::new();
    // For each pair in both orders, in how many texts of the first both find one place.
    let mut shared: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut tried: HashMap<String, usize> = HashMap::new();
    for (id, kind, texts) in cases {
        for case in texts {
            engine.options.kind = None;
            let Ok(outcome) = run_case(&mut engine, &case, kind, &mut galleries) else { continue };
            let found: Vec<_> = outcome.findings.iter().filter(|f| f.pack != OWN_PACK).collect();
            let cover = |f: &crate::finding::Finding| Some((f.primary.spans.first()?.start, f.primary.spans.last()?.end));
            let own: Vec<_> = found.iter().filter(|f| f.rule == id).filter_map(|f| cover(f)).collect();
            if own.is_empty() {
                continue;
            }
            *tried.entry(id.clone()).or_default() += 1;
            let others: BTreeSet<&str> = found
                .iter()
                .filter(|f| f.rule != id && cover(f).is_some_and(|c| own.iter().any(|o| one_place(*o, c))))
                .map(|f| f.rule.as_str())
                .collect();
            for other in others {
                *shared.entry((id.clone(), other.to_owned())).or_default() += 1;
            }
        }
    }
    for ((a, b), &n) in &shared {
        let back = shared.get(&(b.clone(), a.clone())).copied().unwrap_or(0);
        let all = |id: &str| tried.get(id).copied().unwrap_or(0);
        // Told once, of the first of the two.
        if (back > 0 && b < a) || n + back < MIN_SHARED || !(named(a) || named(b)) {
            continue;
        }
        let whole = n == all(a) || back > 0 && back == all(b);
        if back == 0 && !whole {
            continue;
        }
        let message = format!("`{b}` finds the same place in {n} of {} texts, and the other way round in {back} of {}", all(a), all(b));
        if let Some(r) = about.get(a) {
            out.push(Remark { other: Some(b.clone()), message, ..r.clone() });
        }
    }
}
