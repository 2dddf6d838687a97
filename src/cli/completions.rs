//! `promolint completions SHELL`.

use super::args::{Cli, CompletionsArgs};
use super::print;
use clap::CommandFactory;
use clap_complete::Shell;

/// Prints the script.
pub fn run(args: &CompletionsArgs) -> u8 {
    // Into a buffer first: the generator does not bear a closed pipe.
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "promolint", &mut out);
    print(&with_files(args.shell, &String::from_utf8_lossy(&out)))
}

/// `promolint page.html` needs no command, so that files are offered beside the commands. bash and PowerShell do so themselves.
fn with_files(shell: Shell, script: &str) -> String {
    match shell {
        Shell::Zsh => {
            let commands = "    _describe -t commands 'promolint commands' commands \"$@\"\n";
            script.replace(commands, &format!("{commands}    _files\n"))
        }
        Shell::Fish => script.replace("\"__fish_promolint_needs_command\" -f -a", "\"__fish_promolint_needs_command\" -a"),
        _ => script.to_owned(),
    }
}
