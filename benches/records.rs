//! Directory exports: throughput on one core and memory, for a long file and for one ten times as long.

#![allow(clippy::print_stdout)]

mod support;

use std::path::PathBuf;
use support::{corpus, measure, run};

fn main() {
    if !support::asked_for() {
        return;
    }
    let most = support::setting("PROMOLINT_BENCH_RECORDS", 100_000);
    let mut sizes = vec![most.min(100_000)];
    if most > 100_000 {
        sizes.push(most);
    }
    let rounds = support::rounds(3);
    println!(
        "the program with --jobs 1, {rounds} rounds; goals: at least 60 MB/s of processor time, at most 150 MB resident, the same for ten times the records"
    );
    for records in sizes {
        let files: [(&str, PathBuf); 2] = [("NDJSON", corpus::ndjson(records)), ("CSV", corpus::csv(records))];
        let mut usages: [Vec<measure::Usage>; 2] = Default::default();
        for _ in 0..rounds {
            for (list, (_, f)) in usages.iter_mut().zip(&files) {
                list.push(measure::program(&mut run::check_with_binary(f)));
            }
        }
        for ((name, f), list) in files.iter().zip(&usages) {
            let mb = corpus::bytes(std::slice::from_ref(f)) as f64 / 1e6;
            let cpu = measure::spread(list.iter().map(|u| u.cpu));
            let peak = list.iter().map(|u| u.peak_mb).fold(0.0, f64::max);
            let code = list.first().and_then(|u| u.code);
            println!(
                "{name:6} {records:>9} records {mb:>7.1} MB: {cpu} s, {:.1} MB/s, at most {peak:.1} MB resident, exit {code:?}",
                mb / cpu.median
            );
        }
    }
}
