//! `promolint pack score`: precision and recall of rules on labelled content.

use super::args::{Floor, Measure, ScoreArgs, ScoreFormat};
use super::{complain, exit, files, print, setup, stderr_palette, stdout_palette};
use crate::engine::name_of;
use crate::engine::score::{ENOUGH, LabelFile, Score, Slip, Tally, Verdict, content, resolve, score};
use crate::pack::shape::did_you_mean;
use crate::pack::{PackSet, Rule};
use crate::report::{Palette, clean, rich_faults, rich_faults_in};
use serde_json::json;
use std::path::{Path, PathBuf};

/// How much of a text that was marked is shown.
const MARKED: usize = 60;

/// Runs the command.
pub fn run(args: &ScoreArgs) -> u8 {
    let (files, set) = match (read(args), packs(args)) {
        (Ok(files), Ok(set)) => (files, set),
        (Err(code), _) | (_, Err(code)) => return code,
    };
    let mut files = files;
    let faults = resolve(&set.packs, &mut files);
    for (file, fault) in &faults {
        complain(&rich_faults_in(&files[*file].source, std::slice::from_ref(fault), stderr_palette(args.color)));
    }
    let named = |r: &Rule, name: &str| r.id.starts_with(name) || r.pack == name || r.pack.starts_with(&format!("{name}/"));
    let rules = || set.packs.iter().flat_map(|p| &p.rules);
    let strange = args.only.iter().find(|o| !rules().any(|r| named(r, o)));
    if let Some(name) = strange {
        let help = did_you_mean(name, rules().map(|r| r.id.as_str()))
            .map_or_else(|| "`promolint rules` lists the rules".to_owned(), |n| format!("did you mean `{n}`?"));
        complain(&format!("error: --only: there is no rule `{name}`\n  = help: {help}"));
    }
    if !faults.is_empty() || strange.is_some() {
        return exit::TROUBLE;
    }
    let result = score(set.packs, &files, &|r| args.only.is_empty() || args.only.iter().any(|o| named(r, o)));
    if result.ran == 0 {
        let what = if args.only.is_empty() { "no label expects a rule" } else { "no label expects a rule of the packs that --only names" };
        complain(&format!("error: {what}, so none was run\n  = help: labels name under `expect` the rules that must find something"));
        return exit::TROUBLE;
    }
    let below: Vec<String> = args.floor.iter().filter_map(|f| below(f, result.total.counted)).collect();
    let code = print(&match args.format {
        ScoreFormat::Table => table(&result, &files, args),
        ScoreFormat::Json => json(&result, &files, args, below.is_empty()),
    });
    for (file, label, why) in &result.unread {
        let (name, line) = (files[*file].source.name(), files[*file].labels[*label].line);
        complain(&format!("error: {name}:{line}: this label could not be read: {why}"));
    }
    for line in &below {
        complain(line);
    }
    if code != exit::OK || !result.unread.is_empty() {
        exit::TROUBLE
    } else if below.is_empty() {
        exit::OK
    } else {
        exit::FOUND
    }
}

/// The files of labels; a folder stands for the YAML files in it.
fn read(args: &ScoreArgs) -> Result<Vec<LabelFile>, u8> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in &args.labels {
        if path.is_dir() {
            let inside = setup::yaml_files(path);
            if inside.is_empty() {
                complain(&format!("error: there are no labels in {}\n  = help: labels are .yaml files", name_of(path)));
                return Err(exit::TROUBLE);
            }
            paths.extend(inside);
        } else {
            paths.push(path.clone());
        }
    }
    let mut out = Vec::new();
    let mut bad = false;
    for path in &paths {
        let name = name_of(path);
        match files::bytes(path, &files::LABELS, args.color).map(|bytes| LabelFile::read(&name, bytes)) {
            Ok(Ok(file)) => out.push(file),
            Ok(Err(broken)) => {
                complain(&rich_faults_in(&broken.source, &broken.faults, stderr_palette(args.color)));
                bad = true;
            }
            Err(_) => bad = true,
        }
    }
    if bad { Err(exit::TROUBLE) } else { Ok(out) }
}

fn packs(args: &ScoreArgs) -> Result<PackSet, u8> {
    let names = if args.pack.is_empty() { vec!["hubspot".to_owned()] } else { args.pack.clone() };
    let set = PackSet::load(setup::pack_sources(&names, Path::new(""), "", args.color)?);
    if set.is_usable() {
        return Ok(set);
    }
    let serious: Vec<_> = set.faults.iter().filter(|f| !f.usable).cloned().collect();
    complain(&rich_faults(&set.files, &serious, stderr_palette(args.color)));
    Err(exit::TROUBLE)
}

fn measure(of: Measure, tally: Tally) -> (&'static str, Option<f64>) {
    match of {
        Measure::Precision => ("precision", tally.precision()),
        Measure::Recall => ("recall", tally.recall()),
    }
}

/// What to say of a floor that is not reached. Where nothing is found or nothing must be, there is no share to fall short.
fn below(floor: &Floor, total: Tally) -> Option<String> {
    let (name, share) = measure(floor.of, total);
    let share = share.filter(|s| *s < floor.least)?;
    Some(format!("{name} {} is below the floor of {}", cut(share), floor.least))
}

/// Three places, never rounded up: what is below a floor must not look as if it had reached it.
fn cut(share: f64) -> String {
    format!("{:.3}", (share * 1000.0 + 1e-9).floor() / 1000.0)
}

fn columns(name: &str, width: usize, t: Tally) -> String {
    let shown = |s: Option<f64>| s.map_or_else(|| "-".to_owned(), cut);
    format!(
        "{name:width$}  {:>8}  {:>5}  {:>5}  {:>5}  {:>6}  {:>9}  {:>6}\n",
        t.expected(),
        t.found(),
        t.right,
        t.wrong,
        t.missed,
        shown(t.precision()),
        shown(t.recall())
    )
}

fn table(result: &Score, files: &[LabelFile], args: &ScoreArgs) -> String {
    let palette = stdout_palette(args.color);
    let width = result.rules.keys().map(String::len).max().unwrap_or(0).max("errors and warnings".len());
    let heading = |what: &str| {
        let line = format!("{what:width$}  expected  found  right  wrong  missed  precision  recall");
        palette.bold(&line) + "\n"
    };
    let mut out = heading("errors and warnings");
    let used = |t: &Tally| t.expected() + t.found() > 0;
    for (rule, t) in result.rules.iter().map(|(r, t)| (r, t.counted)).filter(|(_, t)| used(t)) {
        out.push_str(&columns(rule, width, t));
    }
    out.push_str(&palette.bold(columns("all", width, result.total.counted).trim_end()));
    out.push('\n');
    if used(&result.total.notes) {
        out.push_str(&format!("\n{}", heading("notes")));
        for (rule, t) in result.rules.iter().map(|(r, t)| (r, t.notes)).filter(|(_, t)| used(t)) {
            out.push_str(&columns(rule, width, t));
        }
        out.push_str(&palette.bold(columns("all", width, result.total.notes).trim_end()));
        out.push('\n');
    }
    for (verdict, title) in [(Verdict::Wrong, "wrong: found, and should not be"), (Verdict::Missed, "missed: not found, and should be")] {
        let slips: Vec<&Slip> = result.slips.iter().filter(|s| s.verdict == verdict).collect();
        if slips.is_empty() {
            continue;
        }
        out.push_str(&format!("\n{}\n", palette.bold(title)));
        for s in slips {
            out.push_str(&slip(s, files, args.verbose, palette));
        }
    }
    if !result.few.is_empty() {
        let few: Vec<String> = result.few.iter().map(|(rule, n)| format!("{rule} {n}")).collect();
        out.push_str(&format!("\n{}\n{}\n", palette.bold(&format!("rules that fewer than {ENOUGH} labels name")), few.join(", ")));
    }
    out.push_str(&format!("\n{} labels, {} of them traps\n", result.labels, result.traps));
    out
}

fn slip(s: &Slip, files: &[LabelFile], verbose: bool, palette: Palette) -> String {
    let (file, label) = (&files[s.file], &files[s.file].labels[s.label]);
    let marked = s.marked.as_deref().map(|m| format!("  `{}`", short(m))).unwrap_or_default();
    let note = if s.note { " (note)" } else { "" };
    let mut out = format!("{}:{}: {}{note}{marked}\n", file.source.name(), label.line, s.rule);
    if verbose {
        out.push_str(&format!("    {}\n", palette.dim(&clean(&content(label)))));
    }
    out
}

/// What fits a line.
fn short(text: &str) -> String {
    let text = clean(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    match text.char_indices().nth(MARKED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn json(result: &Score, files: &[LabelFile], args: &ScoreArgs, passed: bool) -> String {
    let tally = |t: Tally| {
        json!({
            "expected": t.expected(), "found": t.found(), "right": t.right, "wrong": t.wrong, "missed": t.missed,
            "precision": t.precision(), "recall": t.recall(),
        })
    };
    let slips = |verdict: Verdict| -> Vec<serde_json::Value> {
        let of = result.slips.iter().filter(|s| s.verdict == verdict);
        of.map(|s| {
            let label = &files[s.file].labels[s.label];
            json!({
                "path": files[s.file].source.name(), "line": label.line, "rule": s.rule, "note": s.note, "marked": s.marked,
                "content": content(label),
            })
        })
        .collect()
    };
    let rules: Vec<_> =
        result.rules.iter().map(|(id, t)| json!({"rule": id, "counted": tally(t.counted), "notes": tally(t.notes)})).collect();
    let floor: serde_json::Map<String, serde_json::Value> =
        args.floor.iter().map(|f| (measure(f.of, Tally::default()).0.to_owned(), json!(f.least))).collect();
    let out = json!({
        "schema": "promolint.score/1",
        "labels": result.labels, "traps": result.traps, "unread": result.unread.len(),
        "total": {"counted": tally(result.total.counted), "notes": tally(result.total.notes)},
        "rules": rules,
        "wrong": slips(Verdict::Wrong), "missed": slips(Verdict::Missed),
        "few": result.few.iter().map(|(rule, n)| json!({"rule": rule, "labels": n})).collect::<Vec<_>>(),
        "floor": floor, "passed": passed,
    });
    serde_json::to_string_pretty(&out).unwrap_or_default() + "\n"
}
