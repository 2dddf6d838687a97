//! Inputs that punish anything quadratic or recursive: nothing may crash, and twice the size should take about twice the time.

#![allow(clippy::print_stdout)]

mod support;

use std::path::Path;
use support::measure::{self, Usage};
use support::{corpus, hostile, run};

/// Below this, in seconds, two times tell nothing about growth.
const NOISE: f64 = 0.02;

fn main() {
    if !support::asked_for() {
        return;
    }
    let base = measure::program(&mut run::check_with_binary(&corpus::file("empty.md", || "\n".to_owned()))).cpu;
    println!("the program with --jobs 1; processor time above that of an empty file ({:.0} ms); exit 2: some of it could not be read", base * 1000.0);
    println!("{:34} {:>10} {:>9} {:>9} {:>6} {:>9}  end", "input", "size", "half, s", "whole, s", "ratio", "peak, MB");
    let only = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    for h in hostile::ALL.iter().filter(|h| only.as_ref().is_none_or(|o| h.name.contains(o.as_str()))) {
        let [half, whole] = [h.size / 2, h.size].map(|n| least(&corpus::file(&file_name(h, n), || (h.make)(n)), base));
        print(h.name, h.size, h.unit, half, whole);
    }
    // 1 GB is 700,000 listings; only when asked for, since it is written to disk.
    let gigabytes = support::setting("PROMOLINT_BENCH_GB", 0);
    if gigabytes > 0 {
        let records = gigabytes * 700_000;
        let [half, whole] = [records / 2, records].map(|n| least(&corpus::ndjson(n), base));
        print("NDJSON", records, "records", half, whole);
    }
}

fn file_name(h: &hostile::Hostile, size: usize) -> String {
    let name: String = h.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("hostile-{name}-{size}.{}", h.ending)
}

/// The quickest of three runs, or the only one of what takes long.
fn least(file: &Path, base: f64) -> Usage {
    let mut best = measure::program(&mut run::check_with_binary(file));
    for _ in 0..2 {
        if best.wall < 2.0 {
            let again = measure::program(&mut run::check_with_binary(file));
            if again.cpu < best.cpu {
                best = again;
            }
        }
    }
    best.cpu = (best.cpu - base).max(0.0);
    best
}

fn print(name: &str, size: usize, unit: &str, half: Usage, whole: Usage) {
    let ratio = if whole.cpu < NOISE { "-".to_owned() } else { format!("{:.1}", whole.cpu / half.cpu.max(NOISE / 4.0)) };
    let end = match whole.code {
        Some(code) => format!("exit {code}"),
        None => "CRASH".to_owned(),
    };
    println!("{name:34} {size:>10} {:>9.3} {:>9.3} {ratio:>6} {:>9.1}  {end} ({unit})", half.cpu, whole.cpu, whole.peak_mb);
}
