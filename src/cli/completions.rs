//! `promolint completions SHELL`.

use super::args::{Cli, CompletionsArgs};
use super::print;
use clap::CommandFactory;

/// Prints the script.
pub fn run(args: &CompletionsArgs) -> u8 {
    // Into a buffer first: the generator does not bear a closed pipe.
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "promolint", &mut out);
    print(&String::from_utf8_lossy(&out))
}
