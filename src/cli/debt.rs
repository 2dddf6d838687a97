//! `promolint debt`: what is accepted, by whom, why, since when and until when.

use super::accepting;
use super::args::{Color, Selection, TableFormat};
use super::{complain, count, exit, print, setup, stderr_palette, stdout_palette};
use crate::document::records::Formats;
use crate::engine::{Baseline, Engine, Inputs, Options, common_folder, git, name_of};
use crate::facts::{Day, Facts};
use crate::report::{clean, rich_trouble};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Of a reason so many characters are shown in the table.
const REASON: usize = 60;

/// `promolint debt`.
#[derive(Debug, Args)]
pub struct DebtArgs {
    /// Files and folders whose comments are listed [default: the current folder]
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// How to show the list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: TableFormat,
    /// Only what this person or team answers for
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Configuration file [default: the nearest promolint.yaml upwards]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The day that age and expiry are reckoned from [default: the clock]
    #[arg(long, value_name = "DATE", value_parser = super::args::day)]
    pub today: Option<Day>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// One suppression.
struct Debt {
    by: &'static str,
    rules: Vec<String>,
    /// The file it stands in.
    path: String,
    line: usize,
    lines: usize,
    column: usize,
    /// What an entry of promolint-ignore.yaml is about.
    what: Option<String>,
    reason: String,
    owner: Option<String>,
    until: Option<Day>,
    expired: bool,
    /// Whether it accepts anything: it gives a reason, and its day is not past.
    holds: bool,
    since: Option<Day>,
}

/// Lists them.
pub fn run(args: &DebtArgs) -> u8 {
    let today = args.today.unwrap_or_else(Day::today);
    let arguments = if args.inputs.is_empty() { vec![".".to_owned()] } else { args.inputs.clone() };
    let folder = common_folder(&arguments);
    let selection = Selection { config: args.config.clone(), color: args.color, ..Selection::default() };
    let mut setup = match setup::load(&selection, true, &folder) {
        Ok(s) => s,
        Err(code) => return code,
    };
    let config = &setup.config;
    let ignores = match accepting::ignores(config, &folder, args.color) {
        Ok(i) => i,
        Err(code) => return code,
    };
    let baseline = match accepting::found(config, config.baseline.as_deref(), Baseline::FILE_NAME, &folder) {
        None => None,
        Some(file) => match accepting::baseline(&file, args.color) {
            Ok(b) => Some((file, b)),
            Err(code) => return code,
        },
    };
    let exclude = config.globs(&config.exclude);
    let inputs = Inputs::find(&arguments, None, &exclude);
    let mut code = exit::OK;
    let mut trouble = |t: &crate::finding::Trouble| {
        complain(&rich_trouble(t, stderr_palette(args.color)));
        code = exit::TROUBLE;
    };
    inputs.troubles.iter().for_each(&mut trouble);
    // Comments are read wherever documents are; that no rule is run makes it quick.
    setup.settings.only = vec!["\0".to_owned()];
    let own_formats = setup.formats.take();
    let options = Options { exclude, jobs: setup::jobs(None), facts: Arc::new(Facts { today, ..Facts::default() }), ..Options::default() };
    let engine = Engine { rules: setup.rules(), options, formats: own_formats.as_deref().unwrap_or_else(|| Formats::builtin()) };
    let mut list: Vec<Debt> = Vec::new();
    engine.run(&inputs.list, &mut |outcome| {
        outcome.troubles.iter().for_each(&mut trouble);
        let path = outcome.name;
        list.extend(outcome.comments.into_iter().map(|c| Debt {
            by: "comment",
            rules: c.rules,
            path: path.clone(),
            line: c.line,
            lines: 1,
            column: c.column,
            what: None,
            reason: c.reason,
            owner: c.owner,
            until: c.until,
            expired: c.until.is_some_and(|u| u < today),
            holds: c.holds,
            since: None,
        }));
        true
    });
    if let Some((file, ignores)) = &ignores {
        list.extend(ignores.iter().map(|i| Debt {
            by: "file",
            rules: vec![i.rule.value.clone()],
            path: name_of(file),
            line: i.line,
            lines: i.lines,
            column: 1,
            what: what(i),
            reason: i.reason.clone(),
            owner: i.owner.clone(),
            until: i.until.as_ref().map(|u| u.value),
            expired: i.is_expired(today),
            holds: !i.is_expired(today),
            since: None,
        }));
    }
    if let Some(owner) = &args.owner {
        let owner = owner.trim_start_matches('@');
        list.retain(|d| d.owner.as_deref().is_some_and(|o| o.trim_start_matches('@').eq_ignore_ascii_case(owner)));
    }
    date(&mut list);
    // Those past their day first, then the oldest; of unknown age last.
    list.sort_by(|a, b| {
        let key = |d: &Debt| (!d.expired, d.since.is_none(), d.since, d.owner.is_none());
        key(a).cmp(&key(b)).then_with(|| (&a.owner, &a.path, a.line).cmp(&(&b.owner, &b.path, b.line)))
    });
    // What a baseline holds has no owner.
    let baseline = baseline.filter(|_| args.owner.is_none());
    let shown = match args.format {
        TableFormat::Table => table(&list, baseline.as_ref(), today, args.color),
        TableFormat::Markdown => markdown(&list, baseline.as_ref(), today),
        TableFormat::Json => as_json(&list, baseline.as_ref(), today),
    };
    print(&shown).max(code)
}

/// What an entry is about, in the words of its file.
fn what(i: &crate::engine::Ignore) -> Option<String> {
    let mut parts = i.paths.clone();
    for (name, value) in [("record", &i.record), ("field", &i.field), ("text", &i.text)] {
        parts.extend(value.as_ref().map(|v| format!("{name} {v}")));
    }
    Some(parts.join(", ")).filter(|p| !p.is_empty())
}

/// Asks git when each was written, file by file. Where git does not know, nobody does.
fn date(list: &mut [Debt]) {
    let mut files: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for d in list.iter() {
        files.entry(d.path.clone()).or_default().push((d.line, d.line + d.lines - 1));
    }
    for (file, lines) in files {
        let written = git::written(Path::new(&file), &lines);
        for d in list.iter_mut().filter(|d| d.path == file) {
            d.since = written.get(&d.line).and_then(|ms| Day::from_millis(*ms));
        }
    }
}

fn age(d: &Debt, today: Day) -> Option<i32> {
    d.since.map(|s| s.days_until(today).max(0))
}

fn state(d: &Debt) -> String {
    match (d.until, d.expired, d.holds) {
        (Some(day), true, _) => format!("ended {day}"),
        (_, _, false) => "does not hold".to_owned(),
        (Some(day), ..) => format!("until {day}"),
        (None, ..) => "no end".to_owned(),
    }
}

fn place(d: &Debt) -> String {
    format!("{}:{}", clean(&d.path), d.line)
}

/// How many are past their day and how many nobody answers for.
fn total(list: &[Debt]) -> String {
    let expired = list.iter().filter(|d| d.expired).count();
    let nobody = list.iter().filter(|d| d.owner.is_none()).count();
    let mut out = count(list.len(), "suppression");
    for (n, word) in [(expired, "past the day it ends"), (nobody, "without an owner")] {
        if n > 0 {
            out.push_str(&format!(", {n} {word}"));
        }
    }
    out
}

fn held((file, baseline): &(PathBuf, Baseline)) -> String {
    format!("{} holds {}", clean(&name_of(file)), count(baseline.len(), "finding"))
}

fn table(list: &[Debt], baseline: Option<&(PathBuf, Baseline)>, today: Day, color: Color) -> String {
    let palette = stdout_palette(color);
    let rows: Vec<[String; 6]> = list
        .iter()
        .map(|d| {
            let days = age(d, today).map_or("unknown".to_owned(), |n| count(n as usize, "day"));
            let owner = d.owner.as_deref().map_or("nobody".to_owned(), clean);
            let mut reason: String = clean(&d.reason).chars().take(REASON).collect();
            if d.reason.chars().nth(REASON).is_some() {
                reason.push('…');
            }
            [state(d), days, owner, clean(&d.rules.join(", ")), place(d), reason]
        })
        .collect();
    let head = ["ends", "age", "owner", "rule", "where", "why"].map(str::to_owned);
    let wide = |s: &str| unicode_width::UnicodeWidthStr::width(s);
    let widths: Vec<usize> = (0..6).map(|i| rows.iter().chain([&head]).map(|r| wide(&r[i])).max().unwrap_or(0)).collect();
    let line = |row: &[String; 6]| {
        let mut out = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            out.push_str(cell);
            out.push_str(&" ".repeat(width - wide(cell) + 2));
        }
        out.trim_end().to_owned()
    };
    let mut out = String::new();
    if !rows.is_empty() {
        out.push_str(&format!("{}\n", palette.bold(&line(&head))));
    }
    for (row, d) in rows.iter().zip(list) {
        let text = line(row);
        out.push_str(&if d.holds { text } else { palette.severity(crate::finding::Severity::Warning, &text) });
        out.push('\n');
        if let Some(what) = &d.what {
            out.push_str(&palette.dim(&format!("  accepts it in {}", clean(what))));
            out.push('\n');
        }
    }
    out.push_str(&format!("{}\n", palette.bold(&total(list))));
    if let Some(b) = baseline {
        out.push_str(&format!("\n{}\n", palette.bold(&held(b))));
        for (rule, n) in by_size(&b.1) {
            out.push_str(&format!("  {n:>5}  {}\n", clean(rule)));
        }
    }
    out
}

fn by_size(baseline: &Baseline) -> Vec<(&str, usize)> {
    let mut rules: Vec<(&str, usize)> = baseline.by_rule().into_iter().collect();
    rules.sort_by_key(|(rule, n)| (usize::MAX - n, *rule));
    rules
}

fn markdown(list: &[Debt], baseline: Option<&(PathBuf, Baseline)>, today: Day) -> String {
    let cell =
        |s: &str| clean(s).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = format!("{}\n", total(list));
    if !list.is_empty() {
        out.push_str("\n| ends | age in days | owner | rule | where | why |\n| --- | --- | --- | --- | --- | --- |\n");
    }
    for d in list {
        let days = age(d, today).map_or("unknown".to_owned(), |n| n.to_string());
        let what = d.what.as_deref().map(|w| format!(" ({})", cell(w))).unwrap_or_default();
        let (owner, rules) = (d.owner.as_deref().unwrap_or("nobody"), cell(&d.rules.join(", ")));
        out.push_str(&format!("| {} | {days} | {} | {rules} | {}{what} | {} |\n", state(d), cell(owner), cell(&place(d)), cell(&d.reason)));
    }
    if let Some(b) = baseline {
        out.push_str(&format!("\n{}\n", held(b)));
        if !b.1.is_empty() {
            out.push_str("\n| rule | findings |\n| --- | --- |\n");
        }
        for (rule, n) in by_size(&b.1) {
            out.push_str(&format!("| {} | {n} |\n", cell(rule)));
        }
    }
    out
}

fn as_json(list: &[Debt], baseline: Option<&(PathBuf, Baseline)>, today: Day) -> String {
    let day = |d: Option<Day>| d.map(|d| d.to_string());
    let suppressions: Vec<_> = list
        .iter()
        .map(|d| {
            json!({
                "by": d.by, "rules": d.rules, "path": d.path, "line": d.line, "column": d.column, "accepts_in": d.what, "reason": d.reason,
                "owner": d.owner, "until": day(d.until), "expired": d.expired, "holds": d.holds, "since": day(d.since),
                "age_days": age(d, today),
            })
        })
        .collect();
    let baseline = baseline.map(|(file, b)| {
        let rules: Vec<_> = by_size(b).into_iter().map(|(rule, n)| json!({"rule": rule, "findings": n})).collect();
        json!({"path": name_of(file), "findings": b.len(), "rules": rules})
    });
    let all = json!({"schema": "promolint.debt/1", "suppressions": suppressions, "baseline": baseline});
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}
