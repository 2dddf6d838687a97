//! `--fix`, `--unsafe-fixes`, `--diff`: files are mended, or shown as they would be.

use super::accepting::Accepting;
use super::args::CheckArgs;
use super::{complain, count, exit, files, print, stdout_palette};
use crate::engine::fix::{Mended, Wanted, text_of};
use crate::engine::{Engine, Input, Inputs};
use crate::finding::{Finding, Trouble};
use crate::report::{Palette, clean, rich_trouble};
use clap::Args;
use similar::TextDiff;
use std::collections::HashSet;
use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// What to do about what can be fixed.
#[derive(Debug, Args, Default)]
pub struct FixArgs {
    /// Make the safe fixes, then check what is left; text from standard input goes to standard output
    #[arg(long, conflicts_with = "update_baseline")]
    pub fix: bool,
    /// With --fix or --diff, also make fixes that change what the text says: approved wording in place of what was found
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show what --fix would change as a unified diff, and change nothing; the exit code is 1 if there is something
    #[arg(long, conflicts_with_all = ["format", "output", "update_baseline"])]
    pub diff: bool,
}

/// What was fixed before the inputs are checked.
#[derive(Debug, Default)]
pub struct Mends {
    /// Findings that were fixed.
    pub fixed: usize,
    /// In so many files.
    pub files: usize,
    /// Findings that have only an unsafe fix, which was not asked for.
    pub unsafe_left: usize,
    /// Files that could not be written.
    pub failed: usize,
    /// What could not be checked. Without --diff it is told when what is left is checked.
    pub not_checked: Vec<Trouble>,
}

impl Mends {
    /// The last words on fixes.
    pub fn summary(&self, diff: bool, palette: Palette) -> String {
        let done = if diff { "would fix" } else { "fixed" };
        let fixed = if self.fixed == 0 {
            "nothing to fix".to_owned()
        } else {
            format!("{done} {} in {}", count(self.fixed, "finding"), count(self.files, "file"))
        };
        let more = if self.unsafe_left > 0 { format!("; {} could be fixed with --unsafe-fixes", self.unsafe_left) } else { String::new() };
        palette.bold(&format!("{fixed}{more}"))
    }
}

/// Makes the fixes, or shows them, but for the `registers` of the run. Complains of what goes wrong.
pub fn run(engine: &mut Engine, inputs: &mut Inputs, check: &CheckArgs, accepting: &mut Accepting, registers: &HashSet<PathBuf>) -> Mends {
    let (args, quiet, palette) = (&check.fixes, check.quiet, stdout_palette(check.selection.color));
    // Standard input can be read only once.
    for input in &mut inputs.list {
        if let Input::Stdin { held, .. } = input {
            let mut bytes = Vec::new();
            // What comes after an error is not there; what is there is checked.
            let _ = std::io::stdin().lock().read_to_end(&mut bytes);
            *held = Some(bytes.into());
        }
    }
    // No picture has a fix.
    let (pictures, differences) = (engine.options.pictures.take(), engine.options.image_diffs.take());
    let (open, not_checked) = look(engine, inputs, accepting, args.diff);
    let leave = |f: &Finding| open.as_ref().is_some_and(|open| !open.contains(&f.fingerprint));
    let mut mends = mend(engine, inputs, args, &leave, registers, (palette, quiet));
    mends.not_checked = not_checked;
    (engine.options.pictures, engine.options.image_diffs) = (pictures, differences);
    mends
}

/// The fingerprints of findings that nobody accepted, `None` if nothing may accept any; and what could not be checked, if it is to be `told`.
fn look(engine: &Engine, inputs: &Inputs, accepting: &mut Accepting, told: bool) -> (Option<HashSet<String>>, Vec<Trouble>) {
    let accepts = accepting.accept.accepts_any();
    let (mut open, mut not_checked) = (HashSet::new(), Vec::new());
    if !accepts && !told {
        return (None, not_checked);
    }
    engine.run_through(&inputs.list, &mut |o| accepting.accept.take(o, &engine.rules), &mut |outcome| {
        open.extend(outcome.findings.into_iter().filter(|f| f.fix.is_some() && f.suppressed.is_none()).map(|f| f.fingerprint));
        not_checked.extend(outcome.troubles);
        true
    });
    (accepts.then_some(open), not_checked)
}

fn mend(
    engine: &Engine,
    inputs: &mut Inputs,
    args: &FixArgs,
    leave: &(dyn Fn(&Finding) -> bool + Sync),
    registers: &HashSet<PathBuf>,
    (palette, quiet): (Palette, bool),
) -> Mends {
    let wanted = Wanted { unsafe_too: args.unsafe_fixes, leave };
    let mut mends = Mends::default();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut held: Vec<(usize, Arc<[u8]>)> = Vec::new();
    let terminal = std::io::stdout().is_terminal();
    let list = &inputs.list;
    engine.fix_inputs(list, &wanted, !args.diff, &mut |number, mended| {
        let Some(input) = list.get(number) else { return true };
        let (Input::File { name, .. } | Input::Stdin { name, .. } | Input::Url { name }) = input;
        // A file may be named twice: by itself, and with its folder.
        if let Input::File { path, .. } = input
            && mended.fixed.bytes.is_some()
        {
            let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
            let register = registers.contains(&whole);
            if register && !quiet {
                complain(&format!("note: {} is not fixed: it is a register of this run", clean(name)));
            }
            if register || !seen.insert(whole) {
                return true;
            }
        }
        if let Some(why) = &mended.left_alone
            && !quiet
        {
            complain(&format!("note: {} is not fixed: {why}", clean(name)));
        }
        for left in mended.fixed.left.iter().filter(|_| !quiet) {
            complain(&format!("note: {}", clean(left)));
        }
        let written = match input {
            _ if args.diff => show(name, &mended, palette, terminal),
            Input::File { path, .. } => write(path, name, &mended),
            Input::Url { .. } => None,
            Input::Stdin { .. } => {
                if mended.unread.is_none() && mended.left_alone.is_none() {
                    let after = mended.fixed.bytes.as_deref().unwrap_or(&mended.before);
                    let done = std::io::stdout().lock().write_all(after);
                    held.push((number, after.into()));
                    if let Err(e) = done
                        && e.kind() != std::io::ErrorKind::BrokenPipe
                    {
                        complain(&format!("error: cannot write to standard output: {e}"));
                        mends.failed += 1;
                    }
                }
                Some(mended.fixed.bytes.is_some())
            }
        };
        match written {
            Some(true) => {
                mends.fixed += mended.fixed.count;
                mends.files += 1;
            }
            Some(false) => {}
            None => mends.failed += 1,
        }
        mends.unsafe_left += mended.fixed.unsafe_left;
        true
    });
    for (number, bytes) in held {
        if let Some(Input::Stdin { held, .. }) = inputs.list.get_mut(number) {
            *held = Some(bytes);
        }
    }
    mends
}

/// Says what `--diff` has shown; the exit code.
pub fn shown(mends: &Mends, inputs: &Inputs, palette: Palette, quiet: bool) -> u8 {
    for t in inputs.troubles.iter().chain(&mends.not_checked) {
        complain(&rich_trouble(t, palette));
    }
    if !quiet {
        complain(&mends.summary(true, palette));
    }
    match () {
        () if mends.failed + inputs.troubles.len() + mends.not_checked.len() > 0 => exit::TROUBLE,
        () if mends.fixed > 0 => exit::FOUND,
        () => exit::OK,
    }
}

/// Puts the new bytes in the place of the old; whether that was done. `None`: it could not be, and that was told.
fn write(path: &std::path::Path, name: &str, mended: &Mended) -> Option<bool> {
    let Some(after) = &mended.fixed.bytes else { return Some(false) };
    let mut same = true;
    let done = files::replace(path, |out| {
        same = std::fs::read(path)? == mended.before;
        if same {
            out.write_all(after)?;
        }
        Ok(same)
    });
    if !same {
        complain(&format!("warning: {} changed while it was being fixed, and is left alone", clean(name)));
    }
    done.ok().map(|()| same)
}

/// Prints what would change; whether something would.
fn show(name: &str, mended: &Mended, palette: Palette, terminal: bool) -> Option<bool> {
    let (Some(after), Some(format)) = (&mended.fixed.bytes, mended.format) else { return Some(false) };
    let text = |bytes: &[u8]| text_of(bytes, name, format);
    let text = diff(name, &text(&mended.before), &text(after), palette, terminal);
    (print(&text) == exit::OK).then_some(true)
}

/// A unified diff. On a terminal nothing of the content can move the cursor.
fn diff(name: &str, before: &str, after: &str, palette: Palette, terminal: bool) -> String {
    let path = name.trim_start_matches('/');
    let (a, b) = (format!("a/{path}"), format!("b/{path}"));
    let diff = TextDiff::from_lines(before, after);
    let text = diff.unified_diff().context_radius(3).header(&a, &b).to_string();
    if !palette.is_on() && !terminal {
        return text;
    }
    let mut out = String::new();
    for (i, line) in text.split_inclusive('\n').enumerate() {
        let body = line.trim_end_matches(['\n', '\r']);
        let shown = if terminal { clean(body) } else { body.to_owned() };
        out.push_str(&match body.as_bytes().first() {
            _ if i < 2 => palette.bold(&shown),
            Some(b'@') => palette.dim(&shown),
            Some(b'+') => palette.added(&shown),
            Some(b'-') => palette.removed(&shown),
            _ => shown,
        });
        out.push_str(&line[body.len()..]);
    }
    out
}
