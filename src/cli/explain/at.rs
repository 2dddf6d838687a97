//! `promolint explain --at FILE:LINE[:COL]`: what is visible there, and what came of each rule.

mod show;

use super::super::args::{Registers, Selection, kind};
use super::super::{accepting, check, complain, count, exit, origins, print, refuse, setup, stderr_palette, stdout_palette};
use crate::document::Kind;
use crate::document::records::Formats;
use crate::engine::cache::Cache;
use crate::engine::why::{Ask, KindBy, State, Told, Tried};
use crate::engine::{
    Accept, Baseline, Coverage, Engine, Gallery, Inputs, OWN_RULES, Options, Outcome, Paths, Store, common_folder, is_binary, name_of,
    nearest,
};
use crate::finding::{Finding, Trouble};
use crate::pack::model::SeverityByKind;
use crate::pack::shape::did_you_mean;
use crate::report::{clean, rich_trouble};
use crate::source::{DecodeHint, Source};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `explain --at` takes.
#[derive(Debug, Args, Default)]
pub struct AtArgs {
    /// A place instead: what is visible there, which rules were tried, what stopped each
    #[arg(long, value_name = "FILE:LINE[:COL]", conflicts_with = "rule")]
    pub at: Option<At>,
    /// Only this rule, with all that it looked at
    #[arg(long = "rule", value_name = "RULE", requires = "at")]
    pub one: Option<String>,
    /// The record, counted from 1, of a file that holds several; then the place may be a FILE alone
    #[arg(long, value_name = "N", requires = "at", value_parser = clap::value_parser!(u32).range(1..))]
    pub record: Option<u32>,
    /// How it is shown
    #[arg(long, value_name = "FORMAT", default_value = "rich", requires = "at")]
    pub format: AtFormat,
    /// What the content is, where it does not show
    #[arg(long, value_name = "KIND", value_parser = kind, requires = "at")]
    pub kind: Option<Kind>,
    /// The baseline [default: promolint-baseline.json beside promolint.yaml, if it is there]
    #[arg(long, value_name = "FILE", requires = "at")]
    pub baseline: Option<PathBuf>,
    /// Facts.
    #[command(flatten)]
    pub registers: Registers,
}

/// How the answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum AtFormat {
    /// In lines, for people
    #[default]
    Rich,
    /// One JSON object
    Json,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column, from 1.
    pub column: Option<usize>,
}

impl std::str::FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<At, String> {
        let mut file = text;
        let mut numbers = Vec::new();
        while let (Some((head, tail)), true) = (file.rsplit_once(':'), numbers.len() < 2) {
            if head.is_empty() || tail.is_empty() || !tail.bytes().all(|b| b.is_ascii_digit()) {
                break;
            }
            let n: usize = tail.parse().map_err(|_| format!("{tail} is no line of any file"))?;
            if n == 0 {
                return Err("lines and columns are counted from 1".to_owned());
            }
            numbers.insert(0, n);
            file = head;
        }
        if file.is_empty() {
            return Err("write FILE:LINE or FILE:LINE:COL".to_owned());
        }
        Ok(At { file: file.to_owned(), line: numbers.first().copied(), column: numbers.get(1).copied() })
    }
}

/// What is known of a rule before it is run.
struct Known {
    id: String,
    /// Which option leaves it out.
    left_out: Option<String>,
    severity: SeverityByKind,
    origin: String,
    asked: bool,
}

impl Known {
    /// Why the rule is off for content of a kind.
    fn off(&self, kind: Kind) -> Option<String> {
        if let Some(by) = &self.left_out {
            return Some(format!("left out by {by}"));
        }
        (self.severity.of(kind).is_none() && !self.asked).then(|| {
            let of = if self.severity.highest().is_some() { format!(" for the kind `{kind}`") } else { String::new() };
            format!("off{of}: {}", self.origin)
        })
    }
}

/// What came of a rule at the place, in a word and in words.
struct Answer<'a> {
    rule: &'a str,
    result: &'static str,
    why: String,
    tried: Option<&'a Tried>,
    findings: Vec<&'a Finding>,
}

/// Answers.
pub fn run(args: &AtArgs, at: &At, selection: &Selection) -> u8 {
    match answer(args, at, selection) {
        Ok(code) | Err(code) => code,
    }
}

fn answer(args: &AtArgs, at: &At, selection: &Selection) -> Result<u8, u8> {
    let arguments = vec![at.file.clone()];
    if at.line.is_none() && args.record.is_none() {
        return Err(refuse(
            &format!("{} names no line", clean(&at.file)),
            "write FILE:LINE or FILE:LINE:COL, or name the record with `--record N`",
        ));
    }
    let path = Path::new(&at.file);
    if path.is_dir() {
        return Err(refuse(&format!("{} is a folder", clean(&at.file)), "name a file in it, and a line"));
    }
    if !path.exists() {
        return Err(refuse(&format!("there is no file {}", clean(&at.file)), &nearest(path)));
    }
    if let Some((line, last)) = at.line.zip(last_line(path)).filter(|(line, last)| line > last) {
        let message = format!("there is no line {line} in {}", clean(&at.file));
        return Err(refuse(&message, &format!("it has {}", count(last, "line"))));
    }
    let folder = common_folder(&arguments);
    let mut setup = setup::load(selection, true, &folder)?;
    let config = setup.config.clone();
    let name = name_of(path);
    let mut ids = Vec::new();
    let mut known = Vec::new();
    for rule in setup.packs.packs.iter().flat_map(|p| &p.rules) {
        ids.extend(rule.aliases.iter().chain([&rule.id]).map(|n| (n.clone(), rule.id.clone())));
        let (severity, origin) = origins::of_rule(&config, rule, &name);
        known.push(Known {
            id: rule.id.clone(),
            left_out: origins::leaves_out(selection, &config, &setup.settings, rule),
            severity: severity.clone(),
            origin,
            asked: selection.only.contains(&rule.id),
        });
    }
    let one = match &args.one {
        None => None,
        Some(name) => Some(rule_of(name, &ids)?),
    };
    let facts = Arc::new(setup::facts(&args.registers, &config, setup.formats.as_ref(), selection.color)?);
    let find = if facts.assets.is_some() { Inputs::with_images } else { Inputs::find };
    let mut inputs = find(&arguments, None, &Paths::default());
    let pictures = Arc::new(Gallery::new(Arc::clone(&facts), Store::disk(&arguments, Cache::of_user())));
    check::leave_out_own(&mut inputs, &config, &setup.packs.files, args.registers.files(), &pictures);
    if inputs.list.is_empty() && inputs.troubles.is_empty() {
        return Err(refuse(&format!("{} belongs to the set-up, and is no content", clean(&name)), "name a file that promolint checks"));
    }
    let ignores = accepting::ignores(&config, &folder, selection.color)?.map(|(_, i)| i);
    let file = args.baseline.clone().or_else(|| accepting::found(&config, config.baseline.as_deref(), Baseline::FILE_NAME, &folder));
    let baseline = match &file {
        Some(f) => Some(accepting::baseline(f, selection.color)?),
        None => None,
    };
    let held = baseline.clone();
    let mut accept = Accept::new(Coverage::default(), facts.today).with_ignores(ignores).with_baseline(baseline, false);
    let ask = Ask { line: at.line, column: at.column, record: args.record.map(|n| n as usize - 1) };
    let options = Options {
        kind: args.kind,
        kinds: config.kinds.iter().map(|(paths, kind)| (config.globs(paths), *kind)).collect(),
        facts: Arc::clone(&facts),
        pictures: Some(pictures),
        ask: Some(ask),
        ..Options::default()
    };
    let own_formats = setup.formats.take();
    let engine = Engine { rules: setup.rules(), options, formats: own_formats.as_deref().unwrap_or_else(|| Formats::builtin()) };
    let mut all = Outcome::default();
    let mut troubles: Vec<Trouble> = std::mem::take(&mut inputs.troubles);
    engine.run_through(&inputs.list, &mut |o| accept.take(o, &engine.rules), &mut |mut o| {
        engine.rules.mask(&mut o);
        all.findings.extend(o.findings.into_iter().filter(|f| ask.holds(f)));
        all.told.append(&mut o.told);
        troubles.append(&mut o.troubles);
        true
    });
    troubles.iter().for_each(|t| complain(&rich_trouble(t, stderr_palette(selection.color))));
    if all.told.is_empty() {
        if troubles.is_empty() {
            let cure = if args.record.is_some() {
                "the file has fewer records"
            } else {
                "no content stands on that line; `--record N` names a record"
            };
            return Err(refuse(&format!("there is nothing to check at {}", clean(&place(at))), cure));
        }
        return Err(exit::TROUBLE);
    }
    // One that matches may be taken back by one behind it.
    let left_out = config.globs(&config.exclude).is_match(&name);
    let matches = |p: &String| config.globs(std::slice::from_ref(p)).is_match(&name);
    let excluded = if left_out { config.exclude.iter().position(matches) } else { None };
    let excluded = excluded.map(|i| {
        let key = format!("exclude.{i}");
        let origin = origins::of_key(&config, if config.lines.contains_key(&key) { &key } else { "exclude" });
        format!("`check` leaves this file out: exclude `{}` ({origin})", config.exclude[i])
    });
    let kind_from = |t: &Told| match t.kind_by {
        KindBy::User if args.kind.is_some() => "--kind".to_owned(),
        KindBy::User => {
            let i = config.kinds.iter().position(|(paths, _)| config.globs(paths).is_match(&name)).unwrap_or(0);
            format!("kinds, {}", origins::of_key(&config, &format!("kinds.{i}")))
        }
        KindBy::Declared if t.record.is_some() => "the form of the record".to_owned(),
        KindBy::Declared => "the content says so".to_owned(),
        KindBy::Content => "the content has the marks of one".to_owned(),
        KindBy::Default => "nothing says otherwise".to_owned(),
    };
    let held_by = |f: &Finding| {
        let name = file.as_deref().map(name_of).unwrap_or_default();
        let text = file.as_deref().and_then(|f| std::fs::read_to_string(f).ok());
        let line = held.as_ref().zip(text).and_then(|(b, text)| b.line_of(f, &text));
        line.map_or_else(|| name.clone(), |line| format!("{name}:{line}"))
    };
    let palette = stdout_palette(selection.color);
    let mut out = String::new();
    let mut documents = Vec::new();
    for told in &all.told {
        let answers = answers(told, &all.findings, &known, &held_by);
        let answers: Vec<Answer> = answers.into_iter().filter(|a| one.as_deref().is_none_or(|o| a.rule == o)).collect();
        match args.format {
            AtFormat::Json => documents.push(show::as_json(told, &kind_from(told), &answers)),
            AtFormat::Rich => out.push_str(&show::rich(at, told, &kind_from(told), &answers, one.is_some(), palette)),
        }
    }
    if args.format == AtFormat::Json {
        let whole = json!({
            "schema": "promolint.why/1", "path": name, "line": at.line, "column": at.column, "excluded": excluded, "documents": documents,
        });
        out = serde_json::to_string_pretty(&whole).unwrap_or_default();
        out.push('\n');
    } else if let Some(excluded) = excluded {
        complain(&format!("note: {}", clean(&excluded)));
    }
    let code = print(&out);
    Ok(if troubles.is_empty() { code } else { exit::TROUBLE })
}

/// Up to this size, a file's lines are counted before it is asked about; bytes.
const COUNTED: u64 = 64 << 20;

/// How many lines a file of text has; `None` where it is too large to count, cannot be read, or is no text.
fn last_line(path: &Path) -> Option<usize> {
    let bytes = std::fs::metadata(path).ok().filter(|m| m.is_file() && m.len() <= COUNTED).and_then(|_| std::fs::read(path).ok())?;
    if is_binary(&bytes) {
        return None;
    }
    let source = Source::decode("", bytes, DecodeHint::Text);
    let text = source.text();
    Some(source.position(text.len() - usize::from(text.ends_with('\n'))).line)
}

/// The id of the rule that is called so.
fn rule_of(name: &str, ids: &[(String, String)]) -> Result<String, u8> {
    let own = OWN_RULES.iter().find(|(o, _)| *o == name).map(|(o, _)| (*o).to_owned());
    ids.iter().find(|(n, _)| n == name).map(|(_, id)| id.clone()).or(own).ok_or_else(|| {
        let near = did_you_mean(name, ids.iter().map(|(n, _)| n.as_str()));
        let help = near.map_or_else(|| "`promolint rules` lists the rules".to_owned(), |n| format!("did you mean `{n}`?"));
        refuse(&format!("there is no rule `{}`", clean(name)), &help)
    })
}

fn place(at: &At) -> String {
    [at.line, at.column].iter().flatten().fold(at.file.clone(), |s, n| format!("{s}:{n}"))
}

/// What came of each rule in a document.
fn answers<'a>(told: &'a Told, findings: &'a [Finding], known: &'a [Known], held_by: &dyn Fn(&Finding) -> String) -> Vec<Answer<'a>> {
    let index = told.record.as_ref().map(|(i, ..)| *i);
    let mut by_rule: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for f in findings.iter().filter(|f| index.is_none() || f.record.as_ref().map(|r| r.index) == index) {
        by_rule.entry(&f.rule).or_default().push(f);
    }
    let tried: HashMap<&str, &Tried> = told.rules.iter().map(|t| (t.rule.as_str(), t)).collect();
    let own = OWN_RULES.iter().map(|(id, _)| *id);
    let ids = known.iter().map(|k| (k.id.as_str(), Some(k))).chain(own.map(|id| (id, None)));
    let answer = |(rule, known): (&'a str, Option<&'a Known>)| {
        let tried = tried.get(rule).copied();
        let findings = by_rule.remove(rule).unwrap_or_default();
        let (result, why) = judge(told, known, tried, &findings, held_by);
        Answer { rule, result, why, tried, findings }
    };
    ids.map(answer).collect()
}

fn judge(
    told: &Told,
    known: Option<&Known>,
    tried: Option<&Tried>,
    findings: &[&Finding],
    held_by: &dyn Fn(&Finding) -> String,
) -> (&'static str, String) {
    if let Some(f) = findings.iter().find(|f| f.suppressed.is_none()) {
        return ("found", f.message.clone());
    }
    if let Some((f, by)) = findings.iter().find_map(|f| Some((f, f.suppressed.as_ref()?))) {
        if by.is_baseline() {
            return ("baseline", format!("found, and the baseline holds it ({})", held_by(f)));
        }
        let owner = by.owner.as_deref().map(|o| format!(", {o}")).unwrap_or_default();
        let until = by.until.as_deref().map(|u| format!(", until {u}")).unwrap_or_default();
        let place = by.place.as_deref().map(|p| format!(" ({p})")).unwrap_or_default();
        let what = if by.by == "file" { "an entry" } else { "a comment" };
        return ("suppressed", format!("found, and {what} accepts it{place}: {}{owner}{until}", by.reason));
    }
    if let Some(heir) = tried.and_then(|t| t.folded.first()) {
        return ("folded", format!("found, and told by `{heir}`, which finds the same words"));
    }
    // What is off is off, whatever stands there.
    if let Some(why) = known.and_then(|k| k.off(told.kind)).filter(|_| tried.is_none_or(|t| t.state != State::NotKind)) {
        return ("off", why);
    }
    let Some(tried) = tried else { return ("nothing", "nothing here breaks it".to_owned()) };
    if let Some(s) = tried.stops.iter().find(|s| s.matched) {
        return ("stopped", s.why.clone());
    }
    match tried.state {
        State::NotKind => ("kind", format!("it does not look at content of the kind `{}`", told.kind)),
        State::Off => ("off", "it is off here".to_owned()),
        State::NoWords => ("words", "none of the words that it looks for stand in the document".to_owned()),
        State::Across => ("across", "it compares documents with each other, and finds nothing in this file alone".to_owned()),
        State::Tried => match &tried.aside {
            Some(("register", words)) => ("register", words.clone()),
            Some((_, words)) => ("nothing", words.clone()),
            None if !tried.elsewhere.is_empty() => ("nothing", "what it looks for stands elsewhere in the document".to_owned()),
            None => ("nothing", "what it looks for is not here".to_owned()),
        },
    }
}
