//! A folder of web pages: the whole run against what parsing alone costs.

#![allow(clippy::print_stdout)]

mod support;

use promolint::document::html::Dom;
use promolint::engine::{Format, read_source};
use promolint::source::{DecodeHint, Source};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use support::{corpus, measure, packs, run};

fn main() {
    if !support::asked_for() {
        return;
    }
    let folder = corpus::site(support::setting("PROMOLINT_BENCH_PAGES", 1500));
    let files = corpus::files(&folder);
    let mb = corpus::bytes(&files) as f64 / 1e6;
    let rounds = support::rounds(5);
    let mut findings = 0;
    let mut table: [Vec<f64>; 5] = Default::default();
    for _ in 0..rounds {
        // All in turn, in every round: what else the machine does falls on all alike.
        let times = [
            measure::cpu(|| parse_with_scraper(&files)).0,
            measure::cpu(|| findings = whole_run(&folder)).0,
            measure::program(&mut run::check_with_binary(&folder)).cpu,
            measure::cpu(|| read_only(&files)).0,
            measure::cpu(|| build_trees(&files)).0,
        ];
        table.iter_mut().zip(times).for_each(|(list, t)| list.push(t));
    }
    println!(
        "{} pages, {mb:.1} MB, {findings} findings (one in {:.1} KB), {rounds} rounds; seconds of processor time, median (least to most)",
        files.len(),
        mb * 1000.0 / findings as f64
    );
    let names = [
        "scraper::Html::parse_document",
        "promolint, in process",
        "promolint, the program",
        "  read and make documents only",
        "  promolint's own tree only",
    ];
    for (name, times) in names.iter().zip(&table) {
        let s = measure::spread(times.iter().copied());
        println!("{name:32} {s}  {:.0} MB/s", mb / s.median);
    }
    let ratio = |i: usize| measure::spread(table[i].iter().zip(&table[0]).map(|(a, b)| a / b));
    println!("in process / scraper             {}   goal: at most 1.6", ratio(1));
    println!("program / scraper                {}   goal: at most 1.6", ratio(2));
    println!("documents only / scraper         {}", ratio(3));
}

fn parse_with_scraper(files: &[PathBuf]) {
    for f in files {
        let text = std::fs::read_to_string(f).unwrap_or_default();
        black_box(scraper::Html::parse_document(&text));
    }
}

fn whole_run(folder: &Path) -> usize {
    run::check(&run::engine(packs::shipped()), folder)
}

fn read_only(files: &[PathBuf]) {
    for f in files {
        let source = Source::decode("page.html", std::fs::read(f).unwrap_or_default(), DecodeHint::Html);
        black_box(read_source(&source, Format::Html, None));
    }
}

/// What a rule about elements makes promolint do for a page.
fn build_trees(files: &[PathBuf]) {
    for f in files {
        let text = std::fs::read_to_string(f).unwrap_or_default();
        black_box(Dom::parse(&text, 0));
    }
}
