//! promolint beside tools that people already run over the same files: how long each takes to start, and to get through content.
//!
//! None of them does the same work. ripgrep looks for the same words (the keys of all phrases of the built-in packs) and stops there; typos
//! and codespell hold every word against a list; textlint parses Markdown and runs one rule. What is not installed is left out.

#![allow(clippy::print_stdout)]

mod support;

use promolint::check::text_leaves;
use promolint::engine::{RuleSet, Settings};
use promolint::pack::PackSet;
use promolint::pack::model::{Matcher, MatcherForm};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::{corpus, measure, packs, run};

/// Files of a repository.
const POSTS: usize = 10_000;
/// Of these, so many for a tool that would take minutes for all.
const FEW: usize = 300;

fn main() {
    if !support::asked_for() {
        return;
    }
    let tools = Tools::find();
    let (keys, count) = tools.keys();
    println!("{count} keys of phrases for ripgrep");
    start(&tools, &keys);
    throughput(&tools, &keys);
}

/// What is installed.
struct Tools {
    found: Vec<&'static str>,
    /// Configuration of textlint, whose rule is installed beside it.
    textlint: Option<PathBuf>,
}

impl Tools {
    fn find() -> Tools {
        let there = |name: &&str| {
            let version = Command::new(name).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok();
            let version = version.filter(|o| o.status.success()).map(|o| String::from_utf8_lossy(&o.stdout).into_owned());
            let line = version.as_deref().and_then(|v| v.lines().next()).unwrap_or("not installed, left out").to_owned();
            println!("{name}: {line}");
            version.is_some()
        };
        let found: Vec<&str> = ["rg", "typos", "codespell", "textlint"].into_iter().filter(there).collect();
        assert!(
            found.len() >= 2,
            "install at least two of the tools: pip install ripgrep typos codespell; npm install -g textlint textlint-rule-terminology"
        );
        let rules =
            found.contains(&"textlint").then(|| corpus::file("textlintrc.json", || "{\"rules\": {\"terminology\": true}}\n".to_owned()));
        Tools { found, textlint: rules }
    }

    fn has(&self, name: &str) -> bool {
        self.found.contains(&name)
    }

    /// A file of all keys of the built-in packs' phrases, one a line, and how many there are.
    fn keys(&self) -> (PathBuf, usize) {
        let set = PackSet::load(packs::shipped());
        let rules = RuleSet::new(set.packs, Settings::default());
        let mut keys = BTreeSet::new();
        rules.rules().iter().for_each(|r| gather(r.matcher(), &mut keys));
        let count = keys.len();
        let path = corpus::file("keys.txt", || keys.into_iter().map(|k| k + "\n").collect());
        (path, count)
    }

    /// Each tool over these files, in one thread.
    fn commands(&self, keys: &Path, input: &Path) -> Vec<(&'static str, Command)> {
        let mut out = Vec::new();
        let mut add = |needs: &'static str, name: &'static str, args: &[&str], file: Option<&Path>| {
            if self.has(needs) {
                let mut c = Command::new(needs);
                c.current_dir(std::env::temp_dir()).args(args).args(file).arg(input);
                out.push((name, c));
            }
        };
        add("rg", "rg, three words", &["-j1", "-n", "-i", "--no-ignore", "hubspot|guaranteed results|official partner"], None);
        add("rg", "rg, promolint's keys", &["-j1", "-n", "-i", "-F", "--no-ignore", "-f"], Some(keys));
        add("typos", "typos", &["--threads", "1", "--isolated", "--no-ignore", "--format", "brief"], None);
        add("codespell", "codespell", &[], None);
        out
    }
}

/// The keys of a tree's text matchers.
fn gather(m: &Matcher, keys: &mut BTreeSet<String>) {
    if text_leaves(m) == 0 {
        return;
    }
    if let Some(patterns) = m.form.patterns() {
        patterns.iter().for_each(|p| keys.extend(p.keys().map(str::to_owned)));
    }
    match &m.form {
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| gather(m, keys)),
        MatcherForm::Not(inner) => gather(inner, keys),
        _ => {}
    }
}

fn start(tools: &Tools, keys: &Path) {
    let post = corpus::markdown();
    let repository = repository();
    let mut hook = run::binary();
    hook.current_dir(&repository).env("PROMOLINT_CACHE_DIR", cache()).args(["check", "--fail-on", "never"]);
    // The cache knows a file by its bytes: a changed one is not in it.
    let changed = repository.join("changed.md");
    let mut programs = vec![("promolint", run::check_with_binary(&post)), ("promolint, as a hook", hook)];
    programs.extend(tools.commands(keys, &post));
    if let Some(config) = &tools.textlint {
        let mut c = Command::new("textlint");
        c.arg("--config").arg(config).arg(&post);
        programs.push(("textlint", c));
    }
    programs[1].1.arg(&changed);
    let rounds = support::rounds(25);
    let mut walls: Vec<Vec<f64>> = vec![Vec::new(); programs.len()];
    let mut cpus = walls.clone();
    let text = std::fs::read_to_string(&post).expect("it was just made");
    for round in 0..rounds {
        for (i, (_, command)) in programs.iter_mut().enumerate() {
            std::fs::write(&changed, format!("{text}\nTry {round} and {i}.\n")).expect("writable");
            walls[i].push(measure::wall(command) * 1000.0);
            std::fs::write(&changed, format!("{text}\nTry {round} again and {i}.\n")).expect("writable");
            cpus[i].push(measure::program(command).cpu * 1000.0);
        }
    }
    println!("\nstart: one file of 5 KB, {rounds} rounds in turn; milliseconds, median (least to most)");
    for ((name, _), (wall, cpu)) in programs.iter().zip(walls.iter().zip(&cpus)) {
        println!("{name:24} wall {}   processor {}", measure::spread(wall.iter().copied()), measure::spread(cpu.iter().copied()));
    }
}

fn throughput(tools: &Tools, keys: &Path) {
    let posts = corpus::posts(POSTS);
    let inputs = [
        ("1,500 pages, HTML", corpus::site(1500)),
        ("10,000 posts, Markdown", posts.clone()),
        ("20,000 listings, NDJSON", corpus::ndjson(20_000)),
    ];
    let rounds = support::rounds(3);
    for (name, input) in inputs {
        let files = if input.is_dir() { corpus::files(&input) } else { vec![input.clone()] };
        let mb = corpus::bytes(&files) as f64 / 1e6;
        println!("\n{name}: {mb:.1} MB, one thread, {rounds} rounds in turn; seconds of processor time, median (least to most)");
        let mut programs = vec![("promolint", run::check_with_binary(&input))];
        programs.extend(tools.commands(keys, &input));
        let mut cpus: Vec<Vec<f64>> = vec![Vec::new(); programs.len()];
        for _ in 0..rounds {
            for (list, (_, command)) in cpus.iter_mut().zip(&mut programs) {
                list.push(measure::program(command).cpu);
            }
        }
        for ((name, _), cpu) in programs.iter().zip(&cpus) {
            let cpu = measure::spread(cpu.iter().copied());
            println!("{name:24} {cpu}   {:.1} MB/s", mb / cpu.median);
        }
    }
    if let Some(config) = &tools.textlint {
        let mut files = corpus::files(&posts);
        files.truncate(FEW);
        let mb = corpus::bytes(&files) as f64 / 1e6;
        let mut c = Command::new("textlint");
        c.arg("--config").arg(config).args(&files);
        let cpu = measure::program(&mut c).cpu;
        println!("textlint, {FEW} of the posts {cpu:.3} s   {:.1} MB/s", mb / cpu);
    }
    let warm = |first: bool| {
        let mut c = run::binary();
        c.current_dir(std::env::temp_dir()).env("PROMOLINT_CACHE_DIR", cache()).args(["check", "--fail-on", "never"]).arg(&posts);
        let usage = measure::program(&mut c);
        let what = if first { "first run, all threads, results kept" } else { "again, unchanged" };
        println!("promolint, 10,000 posts, {what}: {:.2} s on the wall, {:.2} s of processor time", usage.wall, usage.cpu);
    };
    println!();
    let _ = std::fs::remove_dir_all(cache());
    warm(true);
    (0..rounds).for_each(|_| warm(false));
}

/// A folder with a configuration and a baseline, as a repository has them.
fn repository() -> PathBuf {
    let config =
        corpus::file("repository/promolint.yaml", || "packs: [hubspot]\nfail_on: error\nbaseline: promolint-baseline.json\n".to_owned());
    let folder = config.parent().expect("it lies in a folder").to_owned();
    let entry =
        |n: usize| format!("{{\"path\":\"site/page-{n}.html\",\"rule\":\"tm-hubspot-capitalisation\",\"text\":\"Hubspot\",\"count\":1}}");
    let entries: Vec<String> = (0..300).map(entry).collect();
    let text = format!("{{\"schema\": \"promolint.baseline/1\", \"findings\": [\n{}\n]}}\n", entries.join(",\n"));
    std::fs::write(folder.join("promolint-baseline.json"), text).expect("writable");
    folder
}

fn cache() -> PathBuf {
    std::env::temp_dir().join("promolint-bench-cache")
}
