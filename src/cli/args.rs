mod badge;
mod pack;
mod quality;
mod register;
mod web;

pub use badge::{BadgeArgs, BadgeCommand, CompareArgs, CompareFormat, Show};
pub use pack::{Floor, Measure, PackArgs, PackCommand, PackPaths, ScoreArgs, ScoreFormat};
pub use quality::{AuditArgs, TestArgs};
pub use register::{ApproveArgs, ApproveStatus, RegisterArgs, RegisterCommand};
pub use web::WebArgs;

use super::refuse;
use crate::document::Kind;
use crate::facts::Day;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A linter for promotional content.
///
/// promolint reads what a firm shows the public – pages, listings, ads, press releases, posts – and points at statements that its
/// rule packs do not allow.
#[derive(Debug, Parser)]
#[command(
    name = "promolint",
    version,
    about,
    long_about,
    subcommand_required = true,
    disable_help_subcommand = true,
    after_help = "`promolint [INPUT]...` is short for `promolint check [INPUT]...`.\nExit code: 0 nothing serious found, 1 something found, 2 something could not be checked."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check files, folders or standard input (the default command)
    Check(Box<CheckArgs>),
    /// Grade content against the Code of Conduct and the Customer Code tenets, with the evidence for each grade
    ReportCard(Box<super::report_card::ReportCardArgs>),
    /// Explain a rule: what it asks, why, where it comes from, how to fix and how to suppress; or a place: why something was found or not
    Explain(Box<ExplainArgs>),
    /// List the rules
    Rules(RulesArgs),
    /// Write and test rule packs
    Pack(PackArgs),
    /// Check registers (partners, approvals, images, awards, attestations), or make one from an export
    Register(RegisterArgs),
    /// Start, check or report what people sign for, since no public text shows it
    Attest(super::attest::AttestArgs),
    /// Record an approval of a file's content, or list what needs attention
    Approve(ApproveArgs),
    /// Make a register of images from a folder, or compare an image with what was supplied
    Badge(BadgeArgs),
    /// Say where the cache is, or empty it
    Cache(super::cache::CacheArgs),
    /// List what is accepted: by whom, why, since when and until when
    Debt(Box<super::debt::DebtArgs>),
    /// Show the settings in force and where each was set
    Config(ConfigArgs),
    /// Write a commented promolint.yaml and empty registers into the current folder
    Init(InitArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print a manual page, or write those of all commands
    Man(super::man::ManArgs),
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// In a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// From which severity a run fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Anything.
    Note,
    /// Nothing.
    Never,
}

/// Levels of confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MinConfidence {
    /// The source was read in full.
    Primary,
    /// In part.
    Partial,
    /// Reported by others.
    Secondary,
    /// Reasoned.
    Inferred,
}

/// A parser for kinds that names them in its error.
pub(super) fn kind(text: &str) -> Result<Kind, String> {
    Kind::from_name(text).ok_or_else(|| format!("the kinds are {}", Kind::ALL.map(Kind::name).join(", ")))
}

/// Which rules.
#[derive(Debug, Args, Default)]
pub struct Selection {
    /// Rule pack: a built-in name, or a file or folder; may be given several times [default: hubspot]
    #[arg(long, value_name = "NAME|PATH")]
    pub pack: Vec<String>,
    /// Only these rules: ids, beginnings of ids, or packs
    #[arg(long, value_name = "RULE|PREFIX", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub only: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE|PREFIX", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub ignore: Vec<String>,
    /// Configuration file [default: the nearest promolint.yaml above all inputs]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Leave out rules that are sourced less well
    #[arg(long, value_name = "LEVEL")]
    pub min_confidence: Option<MinConfidence>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// A parser for days that shows how they are written.
pub(super) fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day is written YYYY-MM-DD".to_owned())
}

/// The facts that rules are held against.
#[derive(Debug, Args, Default)]
pub struct Registers {
    /// Who is speaking: an id of the partners register
    #[arg(long, value_name = "ID")]
    pub partner: Option<String>,
    /// Partners: a partners.yaml, or an export of the directory
    #[arg(long, value_name = "FILE")]
    pub partners: Option<PathBuf>,
    /// Approvals
    #[arg(long, value_name = "FILE")]
    pub approvals: Option<PathBuf>,
    /// Images as the program supplies them
    #[arg(long, value_name = "FILE")]
    pub assets: Option<PathBuf>,
    /// Awards
    #[arg(long, value_name = "FILE")]
    pub awards: Option<PathBuf>,
    /// The day that expiry is reckoned from [default: the clock]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<Day>,
}

impl Registers {
    /// The files that are named.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.partners, &self.approvals, &self.assets, &self.awards].into_iter().flatten()
    }
}

/// What is checked, and with how many hands.
#[derive(Debug, Args, Default)]
pub struct Content {
    /// Files, folders, addresses (https://…), or - for standard input [default: the current folder]
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// What the content is, where it does not show
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<Kind>,
    /// The name of what is read from standard input; its ending tells the format. Without an INPUT, standard input is read
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<String>,
    /// How many threads check [default: the number of processors]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: Option<u16>,
}

impl Content {
    /// A name for standard input says that it is read, where nothing else is named.
    ///
    /// # Errors
    /// The exit code, after a word on what is wrong, where it would name nothing.
    pub fn settle(&mut self) -> Result<(), u8> {
        if self.stdin_filename.is_none() || self.inputs.iter().any(|i| i == "-") {
            return Ok(());
        }
        if !self.inputs.is_empty() {
            return Err(refuse(
                "`--stdin-filename` names standard input, which is not read",
                "add `-` to the inputs, or take the option out",
            ));
        }
        self.inputs.push("-".to_owned());
        Ok(())
    }
}

impl CheckArgs {
    /// The same, and options that say nothing without another.
    ///
    /// # Errors
    /// The exit code, after a word on what is wrong.
    pub fn settle(&mut self) -> Result<(), u8> {
        if self.fixes.unsafe_fixes && !self.fixes.fix && !self.fixes.diff {
            return Err(refuse(
                "`--unsafe-fixes` alone fixes nothing",
                "add `--diff` to see what it would change, or `--fix` to change it",
            ));
        }
        self.content.settle()?;
        if self.acceptance.update_baseline && self.content.stdin_filename.is_none() && self.content.inputs.iter().any(|i| i == "-") {
            let help = "say which file it is: `--stdin-filename NAME`";
            return Err(refuse("a baseline holds findings by their files, and standard input has no name", help));
        }
        Ok(())
    }
}

/// `promolint check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// What is checked.
    #[command(flatten)]
    pub content: Content,
    /// Rules and configuration.
    #[command(flatten)]
    pub selection: Selection,
    /// Facts.
    #[command(flatten)]
    pub registers: Registers,
    /// Reports.
    #[command(flatten)]
    pub outputs: super::outputs::OutputArgs,
    /// Fixes.
    #[command(flatten)]
    pub fixes: super::fix::FixArgs,
    /// Write a picture of what differs for each altered image into this folder
    #[arg(long, value_name = "DIR")]
    pub image_diffs: Option<PathBuf>,
    #[command(flatten)]
    pub caching: super::cache::Caching,
    /// From which severity the exit code is 1 [default: error]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// What is accepted.
    #[command(flatten)]
    pub acceptance: super::accepting::Acceptance,
    /// Show obscene words and slurs as they are written, not with stars
    #[arg(long)]
    pub show_words: bool,
    /// No summary and no progress
    #[arg(long, short)]
    pub quiet: bool,
    /// What to show, or how often to check.
    #[command(flatten)]
    pub show: super::show::ShowArgs,
    /// Pages of the web.
    #[command(flatten)]
    pub web: WebArgs,
}

/// `promolint explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule's id
    #[arg(value_name = "RULE", required_unless_present = "at")]
    pub rule: Option<String>,
    /// Or a place.
    #[command(flatten)]
    pub at: super::explain::at::AtArgs,
    /// Rules and configuration.
    #[command(flatten)]
    pub selection: Selection,
}

/// How the rule table is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TableFormat {
    /// Columns
    #[default]
    Table,
    /// JSON
    Json,
    /// A Markdown table
    Markdown,
}

/// `promolint rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// How to show them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: TableFormat,
    /// Write a page of Markdown for each rule, and an index, into this folder instead
    #[arg(long, value_name = "FOLDER")]
    pub pages: Option<PathBuf>,
    /// Rules and configuration.
    #[command(flatten)]
    pub selection: Selection,
}

/// `promolint config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// What is in force for this file
    #[arg(long = "for", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Rules and configuration.
    #[command(flatten)]
    pub selection: Selection,
}

/// `promolint init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder to write into
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
}

/// `promolint completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}
