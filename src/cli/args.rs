mod quality;
mod web;

pub use quality::{AuditArgs, TestArgs};
pub use web::WebArgs;

use crate::document::Kind;
use crate::facts::forms::APPROVAL_KINDS;
use crate::facts::{ApprovalKind, Background, Day};
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
    #[arg(long, value_name = "RULE|PREFIX", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE|PREFIX", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Configuration file [default: the nearest promolint.yaml upwards]
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

/// `promolint register`.
#[derive(Debug, Args)]
pub struct RegisterArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RegisterCommand,
}

/// What can be done with registers.
#[derive(Debug, Subcommand)]
pub enum RegisterCommand {
    /// Say what is wrong in registers, and what they hold
    Check {
        /// The files; a key at the top (partners, approvals, assets, awards, attestations) tells which register each is
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// When to use colours
        #[arg(long, value_name = "WHEN", default_value = "auto")]
        color: Color,
    },
    /// Make a partners.yaml from an export of the directory
    Import {
        /// The export: JSON, NDJSON or CSV
        #[arg(value_name = "EXPORT")]
        export: PathBuf,
        /// The file to write; never over one that is there [default: standard output]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// The day of the export
        #[arg(long, value_name = "DATE", value_parser = day)]
        checked_on: Option<Day>,
        /// Say that the export holds every member of the program
        #[arg(long)]
        complete: bool,
    },
    /// Print the JSON Schema of a register, for editors
    Schema {
        /// The register
        #[arg(value_name = "REGISTER", value_parser = ["partners", "approvals", "assets", "awards", "attestations"])]
        register: String,
    },
}

/// A parser for kinds of approvals that names them in its error.
fn approval_kind(text: &str) -> Result<ApprovalKind, String> {
    ApprovalKind::from_name(text).ok_or_else(|| format!("the kinds are {}", APPROVAL_KINDS.join(", ")))
}

/// What can be recorded of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ApproveStatus {
    /// It was given
    #[default]
    Approved,
    /// It was asked for
    Requested,
}

/// `promolint approve`.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// The file whose content is approved
    #[arg(value_name = "FILE", required_unless_present = "list")]
    pub file: Option<PathBuf>,
    /// What the approval is known by
    #[arg(long, value_name = "ID", required_unless_present = "list")]
    pub id: Option<String>,
    /// Where the content may appear; may be given several times
    #[arg(long, value_name = "CHANNEL", value_delimiter = ',')]
    pub channel: Vec<String>,
    /// The last day on which it holds, or never
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
    /// What it is for: press, ad, logo, event, quote [default: told from the content]
    #[arg(long, value_name = "KIND", value_parser = approval_kind)]
    pub kind: Option<ApprovalKind>,
    /// Whose it is: an id of the partners register [default: `partner` of promolint.yaml]
    #[arg(long, value_name = "ID")]
    pub partner: Option<String>,
    /// In which language or market; may be given several times
    #[arg(long, value_name = "LOCALE", value_delimiter = ',')]
    pub locale: Vec<String>,
    /// Who approved it
    #[arg(long, value_name = "NAME")]
    pub approver: Option<String>,
    /// What came of the request
    #[arg(long, value_name = "STATUS", default_value = "approved")]
    pub status: ApproveStatus,
    /// Where it is published
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Keep the words too, so that a later change can be shown word by word
    #[arg(long)]
    pub text: bool,
    /// The register [default: that of promolint.yaml, else approvals.yaml]
    #[arg(long, value_name = "FILE")]
    pub approvals: Option<PathBuf>,
    /// The day of today [default: the clock]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<Day>,
    /// List what is pending, expires within 30 days, has expired, or is stale because the content changed
    #[arg(long, conflicts_with_all = ["file", "id"])]
    pub list: bool,
    /// Configuration file [default: the nearest promolint.yaml upwards]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `promolint badge`.
#[derive(Debug, Args)]
pub struct BadgeArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: BadgeCommand,
}

/// What can be done with images.
#[derive(Debug, Subcommand)]
pub enum BadgeCommand {
    /// Write an assets.yaml from a folder of images: what their names and pixels tell
    Index {
        /// The folder: PNG, SVG, JPEG, WebP and GIF in it and below
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// The file to write, or - for standard output; never over one that is there [default: assets.yaml in the folder]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Add new files to a register that is there; what people wrote in it stays
        #[arg(long)]
        merge: bool,
        /// When to use colours
        #[arg(long, value_name = "WHEN", default_value = "auto")]
        color: Color,
    },
    /// Say whether an image is a legitimate copy of a supplied one, and how it differs
    #[command(
        after_help = "Exit code: 0 the very file or a legitimate copy; 1 altered, outdated, a look-alike, or not that image; 2 it cannot be told."
    )]
    Compare(CompareArgs),
}

/// `promolint badge compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The supplied image, then the one in question; with `--assets` only that
    #[arg(value_name = "REF CANDIDATE", required = true, num_args = 1..=2)]
    pub files: Vec<PathBuf>,
    /// A register of images to compare with, instead of one file [default: that of promolint.yaml]
    #[arg(long, value_name = "FILE")]
    pub assets: Option<PathBuf>,
    /// Only this image of the register
    #[arg(long, value_name = "ID")]
    pub asset: Option<String>,
    /// Write a picture: what it should look like at that size, the candidate, where they differ
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How the result is shown
    #[arg(long, value_name = "FORMAT", default_value = "rich")]
    pub format: CompareFormat,
    /// Show the picture in the terminal
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub show: Show,
    /// The colour of what is behind the candidate, as #rrggbb, where it is transparent
    #[arg(long, value_name = "COLOUR", value_parser = colour)]
    pub behind: Option<[u8; 3]>,
    /// Prepare the images of the register anew instead of taking them from the cache
    #[arg(long)]
    pub no_cache: bool,
    /// The day on which images are retired or not [default: the clock]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<Day>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// How a comparison is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CompareFormat {
    /// In words
    #[default]
    Rich,
    /// One JSON object
    Json,
}

/// How pictures are shown in a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Show {
    /// If it is a terminal that is known to show them
    #[default]
    Auto,
    /// As kitty, Ghostty and Konsole read them
    Kitty,
    /// As iTerm2 and WezTerm read them
    Iterm,
    /// As sixel: foot, mlterm, xterm
    Sixel,
    /// Not at all
    Never,
}

/// A parser for colours that shows how they are written.
fn colour(text: &str) -> Result<[u8; 3], String> {
    match Background::parse(text) {
        Some(Background::Colour(c)) => Ok(c),
        _ => Err("a colour is written #rrggbb".to_owned()),
    }
}

/// `promolint check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files, folders, addresses (https://…), or - for standard input [default: the current folder]
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// What the content is, where it does not show
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<Kind>,
    /// The name of what is read from standard input; its ending tells the format
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<String>,
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
    /// How many threads check [default: the number of processors]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: Option<u16>,
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
