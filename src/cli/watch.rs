//! `check --watch`: checks again when something changes.

use super::args::CheckArgs;
use super::{check, complain, exit, refuse};
use crate::engine::{Format, common_folder};
use crate::report::clean;
use crate::source::is_address;
use notify::event::ModifyKind;
use notify::{Event, EventKind, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Editors write in several steps: so long nothing must happen before a change is looked at.
const QUIET: Duration = Duration::from_millis(80);
/// But no longer than this is waited for it.
const PATIENCE: Duration = Duration::from_secs(1);
/// The whole screen, what was scrolled away too, and back to the first line.
const CLEAR: &[u8] = b"\x1b[2J\x1b[3J\x1b[H";

/// Checks until somebody ends it; the exit code is then that of the last check.
pub fn run(args: &CheckArgs) -> u8 {
    if let Some(other) = args.content.inputs.iter().find(|a| *a == "-" || is_address(a)).or_else(|| args.web.urls.first()) {
        let what = if other == "-" { "standard input".to_owned() } else { clean(other) };
        return refuse(&format!("nobody can watch {what}"), "`--watch` takes files and folders");
    }
    let last = Arc::new(AtomicU8::new(exit::OK));
    let at_end = Arc::clone(&last);
    // The handler runs on a thread of its own, and nothing is half written between two checks.
    #[allow(clippy::exit)]
    let end = move || std::process::exit(i32::from(at_end.load(Ordering::SeqCst)));
    if let Err(e) = ctrlc::set_handler(end) {
        return refuse(&format!("Ctrl-C could not be taken care of: {e}"), "check without `--watch`");
    }
    let (send, events) = channel();
    let mut watcher = match notify::recommended_watcher(send) {
        Ok(w) => w,
        Err(e) => return refuse(&format!("nothing can be watched here: {e}"), "check without `--watch`"),
    };
    let mut watched = BTreeSet::new();
    let own = Own::of(args);
    loop {
        // Each time anew: the configuration may name other files now.
        for (path, mode) in places(args) {
            if !watched.contains(&path) {
                if let Err(e) = watcher.watch(&path, mode) {
                    let help = "name fewer folders, or let the system watch more (on Linux: fs.inotify.max_user_watches)";
                    return refuse(&format!("{} cannot be watched: {e}", clean(&path.to_string_lossy())), help);
                }
                watched.insert(path);
            }
        }
        if std::io::stdout().is_terminal() {
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(CLEAR).and_then(|()| out.flush());
        }
        last.store(check::once(args, true), Ordering::SeqCst);
        if !args.quiet {
            complain("waiting for changes; Ctrl-C ends");
        }
        if !wait(&events, &own) {
            return last.load(Ordering::SeqCst);
        }
    }
}

/// What the run itself writes.
struct Own {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Own {
    fn of(args: &CheckArgs) -> Own {
        let whole = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
        Own { files: args.outputs.files().map(whole).collect(), folders: args.image_diffs.iter().map(|p| whole(p)).collect() }
    }

    fn wrote(&self, path: &Path) -> bool {
        self.files.iter().any(|f| f == path) || self.folders.iter().any(|f| path.starts_with(f))
    }
}

/// What to watch: folders with all in them, and those that named files lie in, since editors put a new file in an old one's place.
fn places(args: &CheckArgs) -> Vec<(PathBuf, RecursiveMode)> {
    let whole = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
    let inputs = if args.content.inputs.is_empty() { vec![".".to_owned()] } else { args.content.inputs.clone() };
    let mut out = Vec::new();
    let mut files: Vec<PathBuf> = Vec::new();
    for input in inputs.iter().map(Path::new) {
        if input.is_dir() {
            out.push((whole(input), RecursiveMode::Recursive));
        } else {
            files.push(whole(input));
        }
    }
    files.extend(args.registers.files().chain(&args.acceptance.baseline).map(|p| whole(p)));
    files.extend(args.selection.pack.iter().map(Path::new).filter(|p| p.exists()).map(whole));
    // A configuration that is broken at the moment is watched too, so that its correction is seen.
    let config = args.selection.config.clone().or_else(|| crate::config::find(&common_folder(&args.content.inputs)));
    if let Some(config) = config {
        let folder = whole(&config).parent().map(Path::to_owned).unwrap_or_default();
        let read =
            std::fs::read_to_string(&config).ok().and_then(|text| crate::config::Config::parse(&config, &text).ok()).unwrap_or_default();
        let named = read.registers.values().map(|r| &r.file).chain(&read.formats).chain(read.packs.iter().flatten()).chain(&read.baseline);
        files.extend(named.chain(&read.suppressions).map(|f| folder.join(f)).filter(|f| f.exists()));
        files.push(whole(&config));
    }
    for file in files {
        let folder = if file.is_dir() { Some(file.as_path()) } else { file.parent() };
        if let Some(folder) = folder.filter(|f| f.is_dir()) {
            let inside = out.iter().any(|(p, mode)| p == folder || *mode == RecursiveMode::Recursive && folder.starts_with(p));
            if !inside {
                out.push((folder.to_owned(), RecursiveMode::NonRecursive));
            }
        }
    }
    out
}

/// Waits for a change that matters, and until it is over. `false`: there will be none any more.
fn wait(events: &Receiver<notify::Result<Event>>, own: &Own) -> bool {
    loop {
        match events.recv() {
            Err(_) => return false,
            Ok(event) if matters(&event, own) => break,
            Ok(_) => {}
        }
    }
    let since = Instant::now();
    while since.elapsed() < PATIENCE {
        match events.recv_timeout(QUIET) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}

fn matters(event: &notify::Result<Event>, own: &Own) -> bool {
    // What was missed is found by checking.
    let Ok(event) = event else { return true };
    if event.need_rescan() {
        return true;
    }
    // Reading is no change.
    if matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_))) {
        return false;
    }
    event.paths.iter().any(|p| {
        let inside = p.components().any(|c| matches!(c.as_os_str().to_str(), Some(".git" | "node_modules")));
        let name = p.to_string_lossy();
        let known = Format::from_name(&name).is_some() || name.ends_with(".css") || p.is_dir() || is_ignore_file(p);
        // A folder that is gone has no ending.
        let gone = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))) && p.extension().is_none();
        !inside && !own.wrote(p) && (known || gone)
    })
}

fn is_ignore_file(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n == ".gitignore" || n == ".ignore")
}
