//! The command line: one file per command. Only this room prints.

mod accepting;
mod approve;
mod args;
mod attest;
mod audit;
mod badge;
mod cache;
mod check;
mod completions;
mod config;
mod debt;
mod explain;
mod files;
mod fix;
mod init;
mod man;
mod mutate;
mod origins;
mod outputs;
mod pack;
mod register;
mod report_card;
mod rules;
mod score;
mod setup;
mod show;
mod watch;
mod web;

use clap::{CommandFactory, FromArgMatches};
use std::io::IsTerminal;

pub use args::{Cli, Color, Command};

/// Exit codes of the contract.
pub mod exit {
    /// Everything was read, and nothing reached `--fail-on`.
    pub const OK: u8 = 0;
    /// Something reached `--fail-on`.
    pub const FOUND: u8 = 1;
    /// Something could not be checked.
    pub const TROUBLE: u8 = 2;
}

/// Runs the program with these arguments, the program's name first; gives the exit code.
pub fn run(arguments: Vec<std::ffi::OsString>) -> u8 {
    let arguments = with_default_command(arguments);
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(m) => m,
        Err(e) => {
            let _ = e.print();
            return if e.use_stderr() { exit::TROUBLE } else { exit::OK };
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(c) => c,
        Err(e) => {
            let _ = e.print();
            return exit::TROUBLE;
        }
    };
    match cli.command {
        Command::Check(mut a) => a.settle().map_or_else(|code| code, |()| check::run(&a)),
        Command::ReportCard(mut a) => a.content.settle().map_or_else(|code| code, |()| report_card::run(&a)),
        Command::Explain(a) => explain::run(&a),
        Command::Rules(a) => rules::run(&a),
        Command::Pack(a) => pack::run(&a),
        Command::Register(a) => register::run(&a),
        Command::Attest(a) => attest::run(&a),
        Command::Approve(a) => approve::run(&a),
        Command::Badge(a) => badge::run(&a),
        Command::Cache(a) => cache::run(&a),
        Command::Debt(a) => debt::run(&a),
        Command::Config(a) => config::run(&a),
        Command::Init(a) => init::run(&a),
        Command::Completions(a) => completions::run(&a),
        Command::Man(a) => man::run(&a),
    }
}

/// `promolint site/` is `promolint check site/`: where the first word is no command, `check` is put before it.
fn with_default_command(mut arguments: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let first = arguments.get(1).and_then(|a| a.to_str()).unwrap_or("");
    let known = Cli::command().get_subcommands().any(|c| c.get_name() == first);
    let general = matches!(first, "help" | "--help" | "-h" | "--version" | "-V");
    if !known && !general {
        arguments.insert(1, "check".into());
    }
    arguments
}

/// Whether to colour what goes to a stream, by option, `NO_COLOR`, `CLICOLOR_FORCE` and what the stream is.
fn colors(choice: Color, is_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0");
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) => false,
        Color::Auto if set("CLICOLOR_FORCE") || set("FORCE_COLOR") => true,
        Color::Auto => is_terminal && std::env::var_os("TERM").is_none_or(|t| t != "dumb"),
    }
}

fn stdout_palette(choice: Color) -> crate::report::Palette {
    crate::report::Palette::new(colors(choice, std::io::stdout().is_terminal()))
}

fn stderr_palette(choice: Color) -> crate::report::Palette {
    crate::report::Palette::new(colors(choice, std::io::stderr().is_terminal()))
}

/// Prints to standard output; a closed pipe is no error.
fn print(text: &str) -> u8 {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("cannot write to standard output: {e}"));
            exit::TROUBLE
        }
        _ => exit::OK,
    }
}

/// Says why something is not done, and what to do about it.
fn refuse(message: &str, help: &str) -> u8 {
    complain(&format!("error: {message}\n  = help: {help}"));
    exit::TROUBLE
}

/// Prints to standard error.
fn complain(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
}

/// A number of things: `1 error`, `2 errors`.
fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}
