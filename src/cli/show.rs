//! `check --show-files` and `check --show-settings`: what a run would read, and by which settings, without checking.

use super::args::CheckArgs;
use super::{config, origins, print};
use crate::config::Config;
use crate::engine::why::KindBy;
use crate::engine::{Engine, Inputs, WhyLeftOut, common_folder, left_out, name_of};
use crate::report::clean;
use clap::Args;

/// What `check` shows instead of checking, and how often it checks.
#[derive(Debug, Args, Default)]
pub struct ShowArgs {
    /// Show which files would be read and as what, and which are left out and why; check nothing
    #[arg(long = "show-files", conflicts_with_all = ["settings", "watch"])]
    pub files: bool,
    /// Show the settings in force and where each was set; check nothing
    #[arg(long = "show-settings", conflicts_with = "watch")]
    pub settings: bool,
    /// Check again whenever a file changes; Ctrl-C ends it
    #[arg(long)]
    pub watch: bool,
}

/// What would be read, and what not.
pub fn files(args: &CheckArgs, config: &Config, engine: &Engine, inputs: &Inputs, arguments: &[String]) -> u8 {
    let exclude: Vec<_> = config.exclude.iter().map(|p| config.globs(std::slice::from_ref(p))).collect();
    let mut rows: Vec<[String; 3]> = Vec::new();
    for input in &inputs.list {
        let listed = engine.listed(input);
        let why = |by: KindBy| match by {
            KindBy::User if args.content.kind.is_some() => "--kind".to_owned(),
            KindBy::User => {
                let name = listed.name.trim_start_matches("./");
                let i = config.kinds.iter().position(|(paths, _)| config.globs(paths).is_match(name)).unwrap_or(0);
                format!("kinds, {}", origins::of_key(config, &format!("kinds.{i}")))
            }
            KindBy::Declared => "the content says so".to_owned(),
            KindBy::Content => "the content has the marks of one".to_owned(),
            KindBy::Default => "nothing says otherwise".to_owned(),
        };
        let kind = listed.kind.map(|(kind, by)| format!("{kind} ({})", why(by)));
        let rest = [kind, listed.note.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        rows.push([clean(&listed.name), listed.format.to_owned(), clean(&rest)]);
    }
    let wide = |i: usize| rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0).min(60);
    let (a, b) = (wide(0), wide(1));
    let mut out = format!("read: {}\n", rows.len());
    for [name, format, rest] in &rows {
        out.push_str(format!("  {name:a$}  {format:b$}  {rest}").trim_end());
        out.push('\n');
    }
    let left = left_out(arguments, &inputs.list, &exclude, engine.options.facts.assets.is_some());
    let width = left.iter().map(|l| l.name.chars().count()).max().unwrap_or(0).min(60);
    out.push_str(&format!("\nleft out: {}\n", left.len()));
    for l in &left {
        let why = match &l.why {
            WhyLeftOut::Exclude(i) => {
                let key = format!("exclude.{i}");
                let at = origins::of_key(config, if config.lines.contains_key(&key) { &key } else { "exclude" });
                format!("{at}: exclude `{}`", config.exclude.get(*i).map_or("", String::as_str))
            }
            WhyLeftOut::Ignored(file, line, pattern) => format!("{file}:{line}: `{pattern}`"),
            WhyLeftOut::Hidden => "its name begins with a dot".to_owned(),
            WhyLeftOut::Installed => "installed packages are nobody's content".to_owned(),
            WhyLeftOut::Link(to, true) => format!("a link to {to}: a file is read once, a folder by its own name"),
            WhyLeftOut::Link(to, false) => format!("a link to {to}, which is not there"),
            WhyLeftOut::Ending => "promolint reads no files of this ending".to_owned(),
            WhyLeftOut::Picture => "there is no register of images to hold it against".to_owned(),
            WhyLeftOut::NoContent if args.acceptance.since.is_some() => "it did not change, or is a file of promolint's own".to_owned(),
            WhyLeftOut::NoContent => "a register, baseline or report of this run, and no content".to_owned(),
        };
        out.push_str(&format!("  {:width$}  {}\n", clean(&l.name), clean(&why)));
    }
    let code = print(&out);
    inputs.troubles.iter().fold(code, |_, t| {
        super::complain(&crate::report::rich_trouble(t, super::stderr_palette(args.selection.color)));
        super::exit::TROUBLE
    })
}

/// What is in force.
pub fn settings(args: &CheckArgs) -> u8 {
    let mut given: Vec<(&str, String, &str)> = Vec::new();
    let mut put = |key: &'static str, value: Option<String>, option: &'static str| given.extend(value.map(|v| (key, v, option)));
    let word = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    let (s, r, a) = (&args.selection, &args.registers, &args.acceptance);
    let path = |p: &Option<std::path::PathBuf>| p.as_deref().map(name_of);
    let some = |list: &[String]| (!list.is_empty()).then(|| list.join(", "));
    put("min_confidence", s.min_confidence.map(|m| word(&m)), "--min-confidence");
    put("fail_on", args.fail_on.map(|f| word(&f)), "--fail-on");
    put("partner", r.partner.clone(), "--partner");
    put("partners", path(&r.partners), "--partners");
    put("approvals", path(&r.approvals), "--approvals");
    put("assets", path(&r.assets), "--assets");
    put("awards", path(&r.awards), "--awards");
    put(
        "baseline",
        if a.no_baseline { Some("none".to_owned()) } else { path(&a.baseline) },
        if a.no_baseline { "--no-baseline" } else { "--baseline" },
    );
    put("since", a.since.clone(), "--since");
    put(
        "inputs",
        Some(some(&args.content.inputs).unwrap_or_else(|| ".".to_owned())),
        if args.content.inputs.is_empty() { "default" } else { "arguments" },
    );
    put("kind", args.content.kind.map(|k| k.name().to_owned()), "--kind");
    put("only", some(&s.only), "--only");
    put("ignore", some(&s.ignore), "--ignore");
    put("today", r.today.map(|d| d.to_string()), "--today");
    put("jobs", args.content.jobs.map(|j| j.to_string()), "--jobs");
    config::show(s, None, &common_folder(&args.content.inputs), &given)
}
