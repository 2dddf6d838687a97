//! The options of `pack test` and `pack audit`.

use super::{FailOn, PackPaths, ScoreFormat, day};
use crate::facts::Day;
use clap::Args;

/// `promolint pack test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Which packs and rules.
    #[command(flatten)]
    pub packs: PackPaths,
    /// Write each text in many ways (tags inside words, look-alike letters, line breaks, …) and say how many rules still find
    #[arg(long)]
    pub mutate: bool,
    /// How to show the numbers
    #[arg(long, value_name = "FORMAT", default_value = "table", requires = "mutate")]
    pub format: ScoreFormat,
    /// Only one text in so many, always the same ones
    #[arg(long, value_name = "N", default_value = "1", requires = "mutate", value_parser = clap::value_parser!(u32).range(1..))]
    pub one_in: u32,
    /// Show each text that a rule got wrong
    #[arg(long, requires = "mutate")]
    pub verbose: bool,
    /// How many threads [default: the number of processors]
    #[arg(long, short, value_name = "N", requires = "mutate", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: Option<u16>,
}

/// `promolint pack audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Which packs and rules.
    #[command(flatten)]
    pub packs: PackPaths,
    /// How to show what is found
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ScoreFormat,
    /// From which severity the exit code is 1; what is found are notes and warnings
    #[arg(long, value_name = "SEVERITY", default_value = "never")]
    pub fail_on: FailOn,
    /// The day that the age of sources is reckoned from [default: the clock]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<Day>,
}
