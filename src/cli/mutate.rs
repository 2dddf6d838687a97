//! `promolint pack test --mutate`: how well rules do on their own texts when these are written differently.

use super::args::{ScoreFormat, TestArgs};
use super::pack::{file_of, known, load, usable};
use super::{complain, count, exit, print, setup, stdout_palette};
use crate::engine::CaseResult;
use crate::engine::mutate::{Class, LeftOut, Mutated, Sample, Slip, Tally, mutate_pack};
use crate::pack::PackSource;
use crate::pack::model::Floors;
use crate::report::{Palette, clean};
use crate::source::Source;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Instant;

/// How much of a text is shown.
const SHOWN: usize = 300;

/// One pack with what came of its rules.
struct Result {
    name: String,
    floors: Floors,
    rules: Vec<Mutated>,
    file: usize,
}

/// Runs the command.
pub fn run(args: &TestArgs) -> u8 {
    let set = match load(&args.packs) {
        Ok(s) => s,
        Err(code) => return code,
    };
    if let Err(code) = usable(&set, args.packs.color).and_then(|()| known(&set, &args.packs.only)) {
        return code;
    }
    let began = Instant::now();
    let jobs = setup::jobs(args.jobs);
    let sample = Sample { one_in: args.one_in as usize, jobs };
    let named = |id: &str| args.packs.only.is_empty() || args.packs.only.iter().any(|o| id.starts_with(o.as_str()));
    let places: Vec<usize> = set.packs.iter().map(|p| file_of(&set, &p.name)).collect();
    let files = set.files;
    let packs: Vec<Result> = set
        .packs
        .into_iter()
        .zip(places)
        .map(|(pack, file)| Result { name: pack.name.clone(), floors: pack.floors, file, rules: mutate_pack(pack, &named, sample) })
        .filter(|r| !r.rules.is_empty())
        .collect();
    let below: Vec<String> = packs.iter().flat_map(below).collect();
    let out = match args.format {
        ScoreFormat::Table => table(&packs, &files, args),
        ScoreFormat::Json => json(&packs, &files, below.is_empty()),
    };
    let code = print(&out);
    let mut all = Tally::default();
    packs.iter().flat_map(|p| &p.rules).flat_map(|r| r.classes.values()).for_each(|t| all.add(*t));
    complain(&format!("{} rewritten and checked in {:.1} s", count(all.flag + all.pass, "text"), began.elapsed().as_secs_f64()));
    below.iter().for_each(|line| complain(line));
    match (code, below.is_empty()) {
        (exit::OK, true) => exit::OK,
        (exit::OK, false) => exit::FOUND,
        (code, _) => code,
    }
}

/// What is said of the floors of a pack that are not reached.
fn below(pack: &Result) -> Vec<String> {
    let sum = sum(&pack.rules, true);
    let of = [("recall", sum.recall(), pack.floors.recall), ("silence", sum.silence(), pack.floors.silence)];
    of.into_iter()
        .filter_map(|(what, share, floor)| share.zip(floor).filter(|(s, f)| s < f).map(|(s, f)| (what, s, f)))
        .map(|(what, s, f)| format!("{}: {what} {} is below the pack's floor of {f}", pack.name, cut(s)))
        .collect()
}

fn sum(rules: &[Mutated], readable: bool) -> Tally {
    let mut sum = Tally::default();
    rules.iter().for_each(|r| sum.add(r.sum(readable)));
    sum
}

/// Three places, never rounded up: what is below a floor must not look as if it had reached it.
fn cut(share: f64) -> String {
    format!("{:.3}", (share * 1000.0 + 1e-9).floor() / 1000.0)
}

fn share(of: Option<f64>) -> String {
    of.map_or_else(|| "-".to_owned(), cut)
}

fn columns(name: &str, width: usize, t: Tally) -> String {
    let (recall, silence) = (share(t.recall()), share(t.silence()));
    format!("{name:width$}  {:>6}  {:>6}  {recall:>6}  {:>6}  {:>6}  {silence:>7}", t.flag, t.found, t.pass, t.silent)
}

fn heading(name: &str, width: usize, palette: Palette) -> String {
    palette.bold(&format!("{name:width$}    flag   found  recall    pass  silent  silence")) + "\n"
}

/// What rules did in each class.
fn by_class<'r>(rules: impl Iterator<Item = &'r Mutated>) -> BTreeMap<Class, Tally> {
    let mut out: BTreeMap<Class, Tally> = BTreeMap::new();
    for (class, tally) in rules.flat_map(|r| &r.classes) {
        out.entry(*class).or_default().add(*tally);
    }
    out
}

fn table(packs: &[Result], files: &[PackSource], args: &TestArgs) -> String {
    let palette = stdout_palette(args.packs.color);
    let rules = || packs.iter().flat_map(|p| &p.rules);
    let width = rules().map(|r| r.rule.len()).chain(packs.iter().map(|p| p.name.len())).max().unwrap_or(0).max(30);
    let mut out = String::new();
    let classes = by_class(rules());
    for (readable, title) in [(true, "ways of writing that keep the text readable"), (false, "disguises")] {
        if readable {
            out.push_str(&heading("written", width, palette));
        }
        out.push_str(&palette.dim(title));
        out.push('\n');
        for (class, tally) in classes.iter().filter(|(c, _)| c.is_readable() == readable) {
            out.push_str(columns(class.name(), width, *tally).trim_end());
            out.push('\n');
        }
    }
    out.push_str(&format!("\n{}", heading("rule, in readable writing", width, palette)));
    for rule in rules() {
        let tally = rule.sum(true);
        if tally == Tally::default() {
            continue;
        }
        out.push_str(&columns(&rule.rule, width, tally));
        let missed = rule.classes.iter().filter(|(c, t)| c.is_readable() && t.found < t.flag);
        let noisy = rule.classes.iter().filter(|(c, t)| c.is_readable() && t.silent < t.pass);
        let missed: Vec<String> = missed.map(|(c, t)| format!("{} {}/{}", c.name(), t.found, t.flag)).collect();
        let noisy: Vec<String> = noisy.map(|(c, t)| format!("{} {}", c.name(), t.pass - t.silent)).collect();
        if !missed.is_empty() {
            out.push_str(&format!("  missed: {}", missed.join(", ")));
        }
        if !noisy.is_empty() {
            out.push_str(&format!("  noisy: {}", noisy.join(", ")));
        }
        out.push('\n');
    }
    let untried: Vec<&str> = rules().filter(|r| r.sum(true) == Tally::default()).map(|r| r.rule.as_str()).collect();
    out.push_str(&format!("\n{}", heading("pack, in readable writing", width, palette)));
    for pack in packs {
        out.push_str(&columns(&pack.name, width, sum(&pack.rules, true)));
        for (what, floor) in [("floor", pack.floors.recall), ("floor of silence", pack.floors.silence)] {
            out.push_str(&floor.map(|f| format!("  {what} {f}")).unwrap_or_default());
        }
        out.push('\n');
    }
    let mut whole = Tally::default();
    packs.iter().for_each(|p| whole.add(sum(&p.rules, true)));
    out.push_str(&palette.bold(&columns("all", width, whole)));
    out.push('\n');
    let mut left: BTreeMap<LeftOut, usize> = BTreeMap::new();
    rules().flat_map(|r| &r.left_out).for_each(|((_, why), n)| *left.entry(*why).or_default() += n);
    if !left.is_empty() {
        out.push_str(&format!("\n{}\n", palette.bold("left out")));
        left.iter().for_each(|(why, n)| out.push_str(&format!("{n:>7}  {}\n", why.why())));
    }
    if !untried.is_empty() {
        out.push_str(&format!("\n{} without a text that could be rewritten: {}\n", count(untried.len(), "rule"), untried.join(", ")));
    }
    if args.verbose {
        for pack in packs {
            let source = source(&files[pack.file]);
            for (rule, slip) in pack.rules.iter().flat_map(|r| r.slips.iter().map(move |s| (r, s))) {
                out.push_str(&shown(&source, &rule.rule, slip, palette));
            }
        }
    }
    out
}

fn source(file: &PackSource) -> Source {
    Source::from_text(&file.name, file.text.clone())
}

fn result(slip: &Slip) -> (&'static str, String) {
    match &slip.result {
        CaseResult::Noisy(what) => ("noisy", what.clone()),
        CaseResult::Unread(why) => ("unread", why.clone()),
        CaseResult::Missing | CaseResult::Ok => ("missed", String::new()),
    }
}

fn shown(source: &Source, rule: &str, slip: &Slip, palette: Palette) -> String {
    let at = source.position(slip.span.start);
    let (what, marked) = result(slip);
    let marked = if marked.is_empty() { marked } else { format!(" `{}`", short(&marked)) };
    let (name, class) = (source.name(), slip.class.name());
    format!("\n{name}:{}: {what}: {rule} {class}{marked}\n    {}\n", at.line, palette.dim(&short(&slip.text)))
}

/// What fits some lines; what cannot be seen is shown by its number.
fn short(text: &str) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == SHOWN {
            out.push('…');
            break;
        }
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if crate::document::is_invisible(c) || c.is_whitespace() && c != ' ' => out.push_str(&format!("<U+{:04X}>", c as u32)),
            c => out.push(c),
        }
    }
    clean(&out)
}

fn json(packs: &[Result], files: &[PackSource], passed: bool) -> String {
    let tally = |t: Tally| json!({"flag": t.flag, "found": t.found, "recall": t.recall(), "pass": t.pass, "silent": t.silent, "silence": t.silence()});
    let classes = |of: &BTreeMap<Class, Tally>| -> Value {
        of.iter().map(|(c, t)| (c.name().to_owned(), tally(*t))).collect::<serde_json::Map<_, _>>().into()
    };
    let list: Vec<Value> = packs
        .iter()
        .map(|pack| {
            let source = source(&files[pack.file]);
            let rules: Vec<Value> = pack
                .rules
                .iter()
                .map(|r| {
                    let left: Vec<Value> = r
                        .left_out
                        .iter()
                        .map(|((class, why), n)| json!({"class": class.name(), "reason": why.name(), "texts": n}))
                        .collect();
                    let slips: Vec<Value> = r
                        .slips
                        .iter()
                        .map(|s| {
                            let (what, marked) = result(s);
                            let line = source.position(s.span.start).line;
                            json!({"class": s.class.name(), "result": what, "marked": marked, "line": line, "text": s.text})
                        })
                        .collect();
                    json!({
                        "rule": r.rule, "readable": tally(r.sum(true)), "disguised": tally(r.sum(false)),
                        "classes": classes(&r.classes), "left_out": left, "slips": slips,
                    })
                })
                .collect();
            json!({
                "pack": pack.name, "path": files[pack.file].name,
                "floor": {"recall": pack.floors.recall, "silence": pack.floors.silence},
                "readable": tally(sum(&pack.rules, true)), "disguised": tally(sum(&pack.rules, false)),
                "classes": classes(&by_class(pack.rules.iter())), "rules": rules,
            })
        })
        .collect();
    let kinds: Vec<Value> = Class::ALL.iter().map(|c| json!({"class": c.name(), "readable": c.is_readable()})).collect();
    let reasons: serde_json::Map<String, Value> = LeftOut::ALL.iter().map(|l| (l.name().to_owned(), l.why().into())).collect();
    let out = json!({
        "schema": "promolint.mutations/1", "classes": kinds, "left_out": reasons,
        "total": classes(&by_class(packs.iter().flat_map(|p| &p.rules))), "packs": list, "passed": passed,
    });
    serde_json::to_string_pretty(&out).unwrap_or_default() + "\n"
}
