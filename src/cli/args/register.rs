//! Options of `register` and `approve`.

use super::{Color, day};
use crate::facts::forms::APPROVAL_KINDS;
use crate::facts::{ApprovalKind, Day};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

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
