//! `promolint check`.

use super::accepting::Accepting;
use super::args::{CheckArgs, FailOn};
use super::outputs::Planned;
use super::{cache, complain, count, exit, fix, origins, setup, show, stderr_palette, watch, web};
use crate::config::Config;
use crate::document::records::Formats;
use crate::engine::cache::Cache;
use crate::engine::{Engine, Format, Gallery, Input, Inputs, NotApplied, NotCompared, Options, Outcome, Store, Summary, common_folder};
use crate::finding::Severity;
use crate::pack::PackSource;
use crate::report::{Palette, Reporter, clean, rich_trouble};
use crate::source::is_address;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::HashSet;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A progress bar appears when a run takes longer than this.
const PATIENCE: Duration = Duration::from_millis(700);

/// Checks, reports, and gives the exit code.
pub fn run(args: &CheckArgs) -> u8 {
    match &args.show {
        s if s.watch => watch::run(args),
        s if s.settings => show::settings(args),
        _ => once(args, false),
    }
}

/// The same, once. `again`: the process goes on afterwards.
pub(super) fn once(args: &CheckArgs, again: bool) -> u8 {
    let started = Instant::now();
    let planned = match Planned::new(&args.outputs) {
        Ok(p) => p,
        Err(code) => return code,
    };
    let mut setup = match setup::load(&args.selection, !planned.tells_rules(), &common_folder(&args.content.inputs)) {
        Ok(s) => s,
        Err(code) => return code,
    };
    let config = &setup.config;
    let exclude = config.globs(&config.exclude);
    let kinds = config.kinds.iter().map(|(paths, kind)| (config.globs(paths), *kind)).collect();
    let fail_on = fail_on(args, config.fail_on.as_deref());
    let jobs = setup::jobs(args.content.jobs);
    let facts = match setup::facts(&args.registers, config, setup.formats.as_ref(), args.selection.color) {
        Ok(f) => Arc::new(f),
        Err(code) => return code,
    };
    let web::Inputs { arguments, web, troubles, remarks } = match web::inputs(&args.web, &args.content.inputs) {
        Ok(i) => i,
        Err(code) => return code,
    };
    let find = if facts.assets.is_some() { Inputs::with_images } else { Inputs::find };
    let mut inputs = find(&arguments, args.content.stdin_filename.as_deref(), &exclude);
    let root = args.caching.root();
    let cache = root.clone().map(Cache::in_folder);
    let pictures = Arc::new(Gallery::new(Arc::clone(&facts), Store::disk(&arguments, cache)).with_web(web.clone()));
    // What is known of a file holds for one run, and fixes change files.
    let root = root.filter(|_| !args.fixes.fix && !args.fixes.diff);
    let recall = cache::of_run(root, args, &arguments, &facts, &pictures);
    let registers = leave_out_own(&mut inputs, config, &setup.packs.files, args.registers.files(), &pictures);
    if let Err(code) = planned.leave_out(&mut inputs, &arguments) {
        return code;
    }
    if args.selection.config.is_none() && !args.quiet {
        let nearer = setup::nearer_configurations(&setup.config, &inputs);
        if let Some(first) = nearer.first() {
            let more = if nearer.len() > 1 { format!(" (and {})", count(nearer.len() - 1, "other")) } else { String::new() };
            let used = setup.config.file.as_deref().map_or("none".to_owned(), crate::engine::name_of);
            let name = crate::engine::name_of(first);
            complain(&format!(
                "note: {name}{more} is nearer to some of the files and was not used: one configuration counts in a run, that above all \
                 inputs ({used})"
            ));
        }
    }
    let about = planned.about(&setup.packs, &inputs);
    let hint = planned.hint();
    let mut accepting = match Accepting::load(args, &setup.config, &arguments, &mut inputs, facts.today) {
        Ok(a) => a,
        Err(code) => return code,
    };
    let options = Options {
        kind: args.content.kind,
        kinds,
        exclude,
        jobs,
        facts: Arc::clone(&facts),
        pictures: Some(pictures),
        web,
        image_diffs: args.image_diffs.clone(),
        recall,
        ..Options::default()
    };
    let own_formats = setup.formats.take();
    let formats = own_formats.as_deref().unwrap_or_else(|| Formats::builtin());
    let rules = match setup.rules_to_check(&args.selection) {
        Ok(r) => r,
        Err(code) => return code,
    };
    let mut engine = Engine { rules, options, formats };
    if args.show.files {
        return show::files(args, &setup.config, &engine, &inputs, &arguments);
    }
    let palette = stderr_palette(args.selection.color);
    let mut mends = fix::Mends::default();
    if args.fixes.diff {
        let mends = fix::run(&mut engine, &mut inputs, args, &mut accepting, &registers);
        return fix::shown(&mends, &inputs, palette, args.quiet);
    }
    let mut reporters = match planned.open(about, args.selection.color, args.fixes.fix && arguments.iter().any(|a| a == "-")) {
        Ok(r) => r,
        Err(code) => return code,
    };
    if args.fixes.fix {
        if arguments.iter().any(|a| a == "-") && !inputs.list.iter().any(|i| matches!(i, Input::Stdin { .. })) {
            // Whoever reads the mended text gets it, though `exclude` leaves it as it is.
            if let Err(e) = io::copy(&mut io::stdin().lock(), &mut io::stdout().lock()) {
                complain(&format!("error: cannot write standard output: {}", setup::engine_io(&e)));
                return exit::TROUBLE;
            }
        }
        mends = fix::run(&mut engine, &mut inputs, args, &mut accepting, &registers);
        // Lines have changed since, and what accepts findings counts them.
        accepting = match Accepting::load(args, &setup.config, &arguments, &mut inputs, facts.today) {
            Ok(a) => a,
            Err(code) => return code,
        };
    }
    let mut run = Run {
        summary: Summary { skipped: inputs.skipped + inputs.excluded, ..Summary::default() },
        palette,
        failed: None,
        quiet: args.quiet,
        left_out: Vec::new(),
    };
    for t in troubles.iter().chain(&inputs.troubles) {
        run.trouble(t.clone());
    }
    for remark in remarks.iter().filter(|_| !args.quiet) {
        complain(&format!("note: {}", clean(remark)));
    }
    let pages = inputs.list.iter().filter(|i| matches!(i, Input::Url { .. })).count();
    let bar = Progress::new(args, inputs.bytes, pages);
    engine.run_through(&inputs.list, &mut |o| accepting.accept.take(o, &engine.rules), &mut |mut outcome| {
        // Last, so that nothing else has to know words by their stars.
        if !args.show_words {
            engine.rules.mask(&mut outcome);
        }
        bar.advance(&outcome);
        bar.hidden(|| run.outcome(outcome, &mut reporters))
    });
    bar.clear();
    let settled = accepting.settle(&engine.rules, &mut run.summary, args.quiet, run.failed.is_some());
    run.outcome(settled.outcome, &mut reporters);
    let mut registers_clean = engine.options.pictures.as_ref().is_none_or(|p| p.troubles().is_empty());
    for t in setup::late_faults(&facts) {
        registers_clean = false;
        run.trouble(t);
    }
    if let Some(recall) = &engine.options.recall {
        for warning in recall.finish(registers_clean).iter().filter(|_| !args.quiet) {
            complain(&format!("warning: {}", clean(warning)));
        }
    }
    if (inputs.excluded > 0 || inputs.excluded_below) && inputs.list.is_empty() && !args.quiet {
        let place = origins::of_key(&setup.config, "exclude");
        complain(&format!("warning: nothing was checked: `exclude` ({place}) leaves out all that was named"));
    } else if let (Some(revision), true, false) = (&args.acceptance.since, inputs.list.is_empty(), args.quiet) {
        complain(&format!("note: nothing was checked: nothing that promolint reads has changed since {}", clean(revision)));
    } else if inputs.list.is_empty() && run.summary.not_checked.is_empty() && !args.quiet {
        complain("warning: there is nothing to check here; promolint reads .html, .md, .mdx, .txt, .rst, .csv, .json, .ndjson and .yaml");
    }
    run.tell_left_out();
    if let Some(first) = inputs.links.first().filter(|_| !args.quiet) {
        let links = count(inputs.links.len(), "link");
        complain(&format!("note: {links} out of the folder not followed ({}); name what is to be read", clean(first)));
    }
    run.tell_not_applied();
    run.summary.fixed = mends.fixed;
    run.summary.folded = reporters.iter().map(|r| r.folded()).max().unwrap_or(0);
    run.summary.seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    for r in &mut reporters {
        if let Err(e) = r.finish(&run.summary) {
            run.failed.get_or_insert(e);
        }
    }
    // A reader that has seen enough (`| head`) is no failure; a full disk is one.
    if let Some(e) = run.failed.take_if(|e| e.kind() != io::ErrorKind::BrokenPipe) {
        complain(&format!("error: cannot write the findings: {}", setup::engine_io(&e)));
        return exit::TROUBLE;
    }
    if !args.quiet {
        complain(&summary(&run.summary, palette));
        if let Some(hint) = hint.filter(|_| run.summary.total() > 0) {
            complain(&format!("note: {hint}"));
        }
        if args.fixes.fix {
            complain(&mends.summary(false, palette));
        }
    }
    let code = code(&run.summary, fail_on).max(settled.code).max(if mends.failed > 0 { exit::TROUBLE } else { exit::OK });
    // The process ends here, and the system takes all back at once; piece by piece it would take a tenth of a short run.
    if !again {
        std::mem::forget((engine, facts));
    }
    code
}

/// The configuration, its packs, format files and registers, also those `named` by options, are no content, unless these are exports: those may
/// be checked against themselves. Nor are the images that the program supplies. What is told are all of them, by whole paths: no fix is for
/// them.
pub(super) fn leave_out_own<'a>(
    inputs: &mut Inputs,
    config: &Config,
    packs: &[PackSource],
    named: impl Iterator<Item = &'a PathBuf>,
    pictures: &Gallery,
) -> HashSet<PathBuf> {
    let registers = config.registers.values().map(|r| &r.file).chain(&config.formats).map(|f| config.folder().join(f));
    let packs = packs.iter().map(|p| PathBuf::from(&p.name));
    let files = registers.chain(named.cloned()).chain(config.file.clone()).chain(packs);
    let files: HashSet<PathBuf> = files.filter_map(|f| f.canonicalize().ok()).collect();
    let before = inputs.list.len();
    inputs.list.retain(|i| match i {
        Input::File { path, name, .. } if Format::from_name(name) == Some(Format::Yaml) => {
            !path.canonicalize().is_ok_and(|p| files.contains(&p))
        }
        Input::File { path, name, .. } if Format::from_name(name) == Some(Format::Image) => !pictures.is_supplied(path),
        _ => true,
    });
    inputs.skipped += before - inputs.list.len();
    files
}

/// The exit code of the contract.
fn code(summary: &Summary, fail_on: Option<Severity>) -> u8 {
    if !summary.not_checked.is_empty() {
        return exit::TROUBLE;
    }
    match fail_on {
        Some(s) if summary.at_least(s) > 0 => exit::FOUND,
        _ => exit::OK,
    }
}

fn fail_on(args: &CheckArgs, config: Option<&str>) -> Option<Severity> {
    match (args.fail_on, config) {
        (Some(FailOn::Error), _) => Some(Severity::Error),
        (Some(FailOn::Warning), _) => Some(Severity::Warning),
        (Some(FailOn::Note), _) => Some(Severity::Note),
        (Some(FailOn::Never), _) | (None, Some("never")) => None,
        (None, Some(name)) => Severity::from_name(name),
        (None, None) => Some(Severity::Error),
    }
}

/// A run in progress.
struct Run {
    summary: Summary,
    palette: Palette,
    failed: Option<io::Error>,
    quiet: bool,
    /// Where and why files that nobody said to be content cannot be read.
    left_out: Vec<String>,
}

impl Run {
    fn trouble(&mut self, t: crate::finding::Trouble) {
        complain(&rich_trouble(&t, self.palette));
        self.summary.not_checked.push(t);
    }

    /// Says once that rules could not say anything, and what they need. `--format jsonl` names them one by one.
    fn tell_not_applied(&self) {
        let wanted = |register: &str| self.summary.not_applied.iter().filter(|n| n.register == register).count();
        let cures = [
            ("partners", "a register of partners (`--partners FILE`)"),
            ("speaker", "a word on who is speaking (`--partner ID`)"),
            ("approvals", "a register of approvals (`--approvals FILE`)"),
            ("awards", "a register of awards (`--awards FILE`)"),
            ("assets", "a register of images (`--assets FILE`)"),
        ];
        let needs: Vec<String> = cures
            .iter()
            .map(|(r, cure)| (wanted(r), cure))
            .filter(|(n, _)| *n > 0)
            .map(|(n, cure)| format!("{n} for want of {cure}"))
            .collect();
        if !needs.is_empty() && !self.quiet {
            let all = self.summary.not_applied.len();
            let rules = if all == 1 { "rule" } else { "rules" };
            complain(&format!("note: {all} {rules} could not be held against anything: {}", needs.join(", ")));
        }
    }

    /// Says that files were left out which cannot be read: whether they are content nobody knows.
    fn tell_left_out(&self) {
        let Some(first) = self.left_out.first().filter(|_| !self.quiet) else { return };
        let first = clean(first);
        complain(&match self.left_out.len() {
            1 => format!("note: 1 file was left out that cannot be read: {first}"),
            n => format!("note: {n} files were left out that cannot be read; `--show-files` names them, and this is the first: {first}"),
        });
    }

    /// Reports what came of one input; whether to go on.
    fn outcome(&mut self, outcome: Outcome, reporters: &mut [Box<dyn Reporter>]) -> bool {
        let s = &mut self.summary;
        s.bytes += outcome.bytes;
        for (reason, n) in &outcome.not_compared {
            s.images_not_compared.push(NotCompared { reason: reason.words().unwrap_or_default().to_owned(), images: *n });
        }
        s.records += outcome.records;
        s.skipped += usize::from(outcome.skipped);
        self.left_out.extend(outcome.unread_because);
        s.inputs += usize::from(outcome.starts_input && !outcome.skipped);
        for f in &outcome.findings {
            if let Some(by) = &f.suppressed {
                s.suppressed += usize::from(!by.is_baseline());
                s.baselined += usize::from(by.is_baseline());
            } else {
                s.count(f.severity);
                s.fixable += usize::from(f.fix.as_ref().is_some_and(|x| x.applicability == crate::finding::Applicability::Safe));
            }
        }
        for r in reporters {
            if let Err(e) = r.findings(&outcome.findings) {
                self.failed.get_or_insert(e);
            }
        }
        for t in outcome.troubles {
            self.trouble(t);
        }
        for (rule, register) in outcome.not_applied {
            let wanted = NotApplied { rule, register: register.to_owned() };
            if let Err(i) = self.summary.not_applied.binary_search(&wanted) {
                self.summary.not_applied.insert(i, wanted);
            }
        }
        for remark in outcome.remarks.iter().filter(|_| !self.quiet) {
            complain(&format!("note: {}", clean(remark)));
        }
        self.failed.is_none()
    }
}

/// A bar on standard error for runs that take long, in a terminal only.
struct Progress {
    bar: ProgressBar,
    started: Instant,
    /// Whether pages of the web are counted, which take longer than any file.
    pages: bool,
}

impl Progress {
    fn new(args: &CheckArgs, bytes: u64, pages: usize) -> Progress {
        let show = !args.quiet && io::stderr().is_terminal() && (bytes > 0 || pages > 0);
        let (all, template) = match pages {
            0 => (bytes, "{bar:30} {bytes} of {total_bytes}, {eta} left"),
            n => (n as u64, "{bar:30} {pos} of {len} pages, {eta} left"),
        };
        let bar = if show { ProgressBar::new(all) } else { ProgressBar::hidden() };
        if show {
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        }
        Progress { bar, started: Instant::now(), pages: pages > 0 }
    }

    fn advance(&self, outcome: &Outcome) {
        if self.pages {
            self.bar.inc(u64::from(is_address(&outcome.name) && (outcome.starts_input || !outcome.troubles.is_empty())));
        } else if self.started.elapsed() > PATIENCE {
            self.bar.inc(outcome.bytes);
        }
    }

    /// Prints without leaving pieces of the bar behind.
    fn hidden<R>(&self, f: impl FnOnce() -> R) -> R {
        self.bar.suspend(f)
    }

    fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// The last words of a run: what was found, what was read, what was not.
fn summary(s: &Summary, palette: Palette) -> String {
    let f = s.findings;
    let found = match s.total() {
        0 if s.inputs == 0 => "nothing was checked".to_owned(),
        0 => "no findings".to_owned(),
        _ => [(f.error, "error"), (f.warning, "warning"), (f.note, "note")]
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, w)| count(*n, w))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let mut more = Vec::new();
    if s.fixable > 0 {
        more.push(format!("{} with a safe fix", s.fixable));
    }
    if s.suppressed > 0 {
        more.push(format!("{} suppressed", s.suppressed));
    }
    if s.baselined > 0 {
        more.push(format!("{} baselined", s.baselined));
    }
    if s.folded > 0 {
        more.push(format!("{} shown as repeats", s.folded));
    }
    let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
    let records = if s.records > 0 { format!(", {}", count(s.records, "record")) } else { String::new() };
    let skipped = if s.skipped > 0 { format!(", {} left out as no content", count(s.skipped, "file")) } else { String::new() };
    let inputs = if s.inputs == 0 && s.total() == 0 { String::new() } else { format!(" in {}", count(s.inputs, "input")) };
    let line = format!("{found}{more}{inputs}{records}{skipped}, {:.2} s", s.seconds);
    let mut out = palette.bold(&line);
    if !s.not_checked.is_empty() {
        let n = s.not_checked.len();
        let line = if n == 1 {
            "1 thing could not be checked; see above".to_owned()
        } else {
            format!("{n} things could not be checked; see above")
        };
        out.push('\n');
        out.push_str(&palette.severity(Severity::Error, &line));
    }
    out
}
