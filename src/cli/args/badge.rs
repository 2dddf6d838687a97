//! Options of `badge`.

use super::{Color, day};
use crate::facts::{Background, Day};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

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
