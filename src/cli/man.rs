//! `promolint man [COMMAND]...`: manual pages, made of the same description of the command line as `--help`.

use super::args::Cli;
use super::{print, refuse, setup};
use crate::engine::name_of;
use crate::pack::shape::did_you_mean;
use clap::{Args, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io;
use std::path::{Path, PathBuf};

/// What a page takes for bold, and what it says of it.
type Entry = (&'static str, &'static str);

const FILES: [Entry; 3] = [
    ("promolint.yaml", "The configuration. The nearest one above what is checked counts; `promolint init` writes one with comments."),
    ("promolint-ignore.yaml", "Findings that are accepted, each with a reason, in files that have no room for comments."),
    ("~/.cache/promolint", "What is worked out once and can be worked out again. On macOS it lies in ~/Library/Caches."),
];

const ENVIRONMENT: [Entry; 3] = [
    ("NO_COLOR", "If set to anything, there are no colours."),
    ("CLICOLOR_FORCE, FORCE_COLOR", "If set to anything but 0, there are colours in pipes and files too."),
    ("PROMOLINT_CACHE_DIR", "The folder of the cache."),
];

const EXAMPLES: [Entry; 4] = [
    ("promolint our-page.html", "Checks a page."),
    ("promolint --format concise .", "Checks the current folder, one line a finding."),
    ("promolint check - --stdin-filename post.md < post.md", "Checks what comes from standard input, as Markdown."),
    ("promolint explain tm-implies-endorsement", "Says what a rule asks, and why."),
];

/// `promolint man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command whose page is printed, as in `man pack test` [default: promolint itself]
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Write the pages of all commands into this folder instead
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    pub output: Option<PathBuf>,
}

/// Prints a page, or writes all.
pub fn run(args: &ManArgs) -> u8 {
    let root = described();
    let Some(folder) = &args.output else {
        return match named(&root, &args.command) {
            Ok(command) => match page(command) {
                Ok((_, text)) => print(&String::from_utf8_lossy(&text)),
                Err(e) => cannot(&e.to_string()),
            },
            Err(code) => code,
        };
    };
    let mut commands = Vec::new();
    below(&root, &mut commands);
    match commands.iter().try_for_each(|c| write(c, folder)) {
        Ok(()) => print(&format!("wrote {} pages to {}\n", commands.len(), name_of(folder))),
        Err(e) => cannot(&format!("to {}: {}", name_of(folder), setup::engine_io(&e))),
    }
}

fn cannot(why: &str) -> u8 {
    refuse(&format!("cannot write manual pages {why}"), "name a folder that can be written to")
}

/// The command line with the names that pages need.
fn described() -> clap::Command {
    let mut root = Cli::command().override_usage("promolint [check] [OPTIONS] [INPUT]...\npromolint COMMAND [OPTIONS] [ARGUMENTS]");
    root.build();
    root
}

/// The command of these words. Complains if there is none.
fn named<'a>(root: &'a clap::Command, words: &[String]) -> Result<&'a clap::Command, u8> {
    let mut at = root;
    for word in words {
        at = at.find_subcommand(word).ok_or_else(|| {
            let names = || shown(at).map(clap::Command::get_name);
            let of = at.get_bin_name().unwrap_or_else(|| at.get_name());
            let help = match (did_you_mean(word, names()), names().collect::<Vec<_>>().join(", ")) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, all) if all.is_empty() => format!("`{of}` has no commands of its own"),
                (None, all) => format!("one of: {all}"),
            };
            refuse(&format!("`{of}` has no command `{word}`"), &help)
        })?;
    }
    Ok(at)
}

/// The commands of a command that have pages.
fn shown(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help")
}

fn below<'a>(command: &'a clap::Command, all: &mut Vec<&'a clap::Command>) {
    all.push(command);
    shown(command).for_each(|c| below(c, all));
}

fn write(command: &clap::Command, folder: &Path) -> io::Result<()> {
    let (name, text) = page(command)?;
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(name), text)
}

/// The page of a command, with the name of its file.
fn page(command: &clap::Command) -> io::Result<(String, Vec<u8>)> {
    let whole = command.get_name() == "promolint";
    let has_commands = shown(command).next().is_some();
    let man = Man::new(command.clone());
    let name = man.get_filename();
    // Written here, since an empty argument for the date, which roff leaves out, would make a date of the next one.
    let title = name.trim_end_matches(".1").to_uppercase();
    let mut out = format!(".TH \"{title}\" 1 \"\" \"promolint {}\" \"promolint\"\n", env!("CARGO_PKG_VERSION")).into_bytes();
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if has_commands {
        man.render_subcommands_section(&mut out)?;
    }
    let mut rest = Roff::new();
    if let Some(notes) = command.get_after_long_help().or_else(|| command.get_after_help()) {
        rest.control("SH", ["NOTES"]);
        for (i, line) in notes.to_string().lines().enumerate() {
            if i > 0 {
                rest.control("PP", []);
            }
            rest.text([roman(line)]);
        }
    }
    if whole {
        entries(&mut rest, "FILES", &FILES);
        entries(&mut rest, "ENVIRONMENT", &ENVIRONMENT);
        entries(&mut rest, "EXAMPLES", &EXAMPLES);
    } else {
        rest.control("SH", ["SEE ALSO"]).text([bold("promolint"), roman("(1)")]);
    }
    rest.to_writer(&mut out)?;
    Ok((name, out))
}

fn entries(page: &mut Roff, heading: &str, list: &[Entry]) {
    page.control("SH", [heading]);
    for (name, what) in list {
        page.control("TP", []).text([bold(*name)]).text([roman(*what)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each command has a page of its own name, which names all its options.
    #[test]
    fn pages_name_every_option() {
        let root = described();
        let mut commands = Vec::new();
        below(&root, &mut commands);
        let mut files = std::collections::BTreeSet::new();
        for command in commands {
            let (file, text) = page(command).expect("memory can be written");
            let text = String::from_utf8(text).expect("text").replace("\\-", "-");
            for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(text.contains(&format!("--{option}")), "{file}: --{option}");
            }
            assert_eq!(file, format!("{}.1", command.get_bin_name().unwrap_or("promolint").replace(' ', "-")));
            assert!(files.insert(file));
        }
        assert!(files.contains("promolint-pack-test.1") && !files.iter().any(|f| f.contains("help")), "{files:?}");
    }
}
