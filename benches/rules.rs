//! The same pages with ten times the rules.

#![allow(clippy::print_stdout)]

mod support;

use promolint::engine::Engine;
use std::path::Path;
use support::{corpus, measure, packs, run};

/// Copies of the built-in packs beside them.
const COPIES: usize = 9;

fn main() {
    if !support::asked_for() {
        return;
    }
    let folder = corpus::site(support::setting("PROMOLINT_BENCH_PAGES", 1500));
    let rounds = support::rounds(5);
    let mut results: [Result; 2] = Default::default();
    for _ in 0..rounds {
        for (result, copies) in results.iter_mut().zip([0, COPIES]) {
            result.add(copies, &folder);
        }
    }
    println!("{rounds} rounds; seconds of processor time, median (least to most)");
    for r in &results {
        let load = measure::spread(r.load.iter().copied());
        let whole = measure::spread(r.whole.iter().copied());
        println!("{:4} rules: whole run {whole}, of it loading the packs {load}; {} findings", r.rules, r.findings);
    }
    let [one, ten] = &results;
    let ratio = |a: &[f64], b: &[f64]| measure::spread(a.iter().zip(b).map(|(a, b)| a / b));
    println!("whole run, ten times the rules / once  {}   goal: under 1.5", ratio(&ten.whole, &one.whole));
    let without = |r: &Result| r.whole.iter().zip(&r.load).map(|(w, l)| w - l).collect::<Vec<_>>();
    println!("the same without loading               {}", ratio(&without(ten), &without(one)));
}

#[derive(Default)]
struct Result {
    rules: usize,
    findings: usize,
    load: Vec<f64>,
    whole: Vec<f64>,
}

impl Result {
    fn add(&mut self, copies: usize, folder: &Path) {
        let sources = packs::grown(copies);
        let (load, engine): (f64, Engine<'static>) = measure::cpu(|| run::engine(sources));
        let (check, findings) = measure::cpu(|| run::check(&engine, folder));
        self.rules = engine.rules.rules().len();
        self.findings = findings;
        self.load.push(load);
        self.whole.push(load + check);
    }
}
