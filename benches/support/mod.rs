//! What the benchmarks share: made-up content, and clocks. Everything is made from fixed seeds, so that two machines measure the same bytes.

// Each benchmark is a program of its own and uses a part of this.
#![allow(dead_code)]

pub mod corpus;
pub mod hostile;
pub mod listings;
pub mod measure;
pub mod packs;
pub mod pages;
pub mod random;
pub mod run;
pub mod words;

/// `cargo bench` says `--bench`; anything else that builds and starts this program (`cargo test --all-targets`) has no minutes to spare.
pub fn asked_for() -> bool {
    std::env::args().any(|a| a == "--bench")
}

/// A number from the environment.
pub fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.replace('_', "").parse().ok()).unwrap_or(default)
}

/// How often each thing is measured.
pub fn rounds(default: usize) -> usize {
    setting("PROMOLINT_BENCH_ROUNDS", default).max(1)
}
