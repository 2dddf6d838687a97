//! Options of `pack`.

use super::{AuditArgs, Color, TestArgs};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `promolint pack`.
#[derive(Debug, Args)]
pub struct PackArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: PackCommand,
}

/// The commands for rule authors.
#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// Say what is wrong in packs
    Check(PackPaths),
    /// Run the rules' own tests
    Test(TestArgs),
    /// Say what may be better: rules that find the same or have no near miss, old sources, slow patterns
    Audit(AuditArgs),
    /// Say how well rules do on labelled content: precision and recall, rule by rule
    Score(ScoreArgs),
    /// Print the JSON Schema of packs (or of the configuration, or of suppressions), for editors
    Schema {
        /// The schema of promolint.yaml instead
        #[arg(long)]
        config: bool,
        /// The schema of promolint-ignore.yaml instead
        #[arg(long, conflicts_with = "config")]
        suppressions: bool,
    },
    /// Write a new pack with one rule to start from
    New {
        /// The file to write
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// `promolint pack score`.
#[derive(Debug, Args)]
pub struct ScoreArgs {
    /// Files of labelled content, or folders with such files
    #[arg(value_name = "LABELS", required = true)]
    pub labels: Vec<PathBuf>,
    /// Rule pack: a built-in name, or a file or folder; may be given several times [default: hubspot]
    #[arg(long, value_name = "NAME|PATH")]
    pub pack: Vec<String>,
    /// Only these rules: ids, beginnings of ids, or packs
    #[arg(long, value_name = "RULE|PREFIX", value_delimiter = ',')]
    pub only: Vec<String>,
    /// How to show the numbers
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ScoreFormat,
    /// What errors and warnings must reach together, such as precision=0.97,recall=0.90
    #[arg(long, value_name = "NAME=SHARE", value_delimiter = ',', value_parser = floor)]
    pub floor: Vec<Floor>,
    /// Show the content of each label that was wrong or missed
    #[arg(long)]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// How scores are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    /// Columns
    #[default]
    Table,
    /// JSON
    Json,
}

/// A number that must be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Which.
    pub of: Measure,
    /// From 0 to 1.
    pub least: f64,
}

/// What a score is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The share of what is found that is right.
    Precision,
    /// The share of what must be found that is.
    Recall,
}

fn floor(text: &str) -> Result<Floor, String> {
    let (name, least) = text.split_once('=').ok_or("write precision=0.97 or recall=0.90")?;
    let of = match name.trim() {
        "precision" => Measure::Precision,
        "recall" => Measure::Recall,
        other => {
            let near = crate::yaml::shape::did_you_mean(other, ["precision", "recall"]);
            return Err(near.map_or_else(|| "there are precision and recall".to_owned(), |n| format!("did you mean `{n}`?")));
        }
    };
    let least: f64 = least.trim().parse().map_err(|_| "the share is a number from 0 to 1")?;
    if (0.0..=1.0).contains(&least) { Ok(Floor { of, least }) } else { Err("the share is a number from 0 to 1".into()) }
}

/// Packs by name or path.
#[derive(Debug, Args)]
pub struct PackPaths {
    /// Packs: built-in names, files or folders [default: hubspot]
    #[arg(value_name = "PACK")]
    pub packs: Vec<String>,
    /// Only these rules
    #[arg(long, value_name = "RULE|PREFIX", value_delimiter = ',')]
    pub only: Vec<String>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}
