//! `promolint report-card`: content graded against the parts of the program's documents.

use super::args::{Content, Registers, Selection, WebArgs};
use super::{accepting, check, complain, exit, files, print, refuse, setup, stderr_palette, stdout_palette, web};
use crate::card::{Card, Known, Tally};
use crate::document::records::Formats;
use crate::engine::cache::Cache;
use crate::engine::{Engine, Gallery, Inputs, Options, Store, common_folder};
use crate::facts::{self, Attestations, Facts};
use crate::finding::Trouble;
use crate::report::{Palette, card_as_html, card_in_terminal, clean, rich_trouble};
use clap::{Args, ValueEnum};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

/// `promolint report-card`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 the card is made, whatever its grades; 2 something could not be checked (the card names it) or written."
)]
pub struct ReportCardArgs {
    /// What is checked.
    #[command(flatten)]
    pub content: Content,
    /// How the card is shown
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: CardFormat,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What people sign for, since no text shows it
    #[arg(long, value_name = "FILE")]
    pub attestations: Option<PathBuf>,
    /// Of each rule, list at most so many findings [default: 20 in a page, 1000 in JSON; a terminal shows three]
    #[arg(long, value_name = "N")]
    pub evidence: Option<usize>,
    /// Rules and configuration.
    #[command(flatten)]
    pub selection: Selection,
    /// Facts.
    #[command(flatten)]
    pub registers: Registers,
    /// Prepare the images of the register anew instead of taking them from the cache
    #[arg(long)]
    pub no_cache: bool,
    /// Pages of the web.
    #[command(flatten)]
    pub web: WebArgs,
}

/// How a report card is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CardFormat {
    /// In lines, for people
    #[default]
    Terminal,
    /// One JSON object
    Json,
    /// A page of its own, which also prints
    Html,
}

/// Runs the command.
pub fn run(args: &ReportCardArgs) -> u8 {
    let mut setup = match setup::load(&args.selection, true, &common_folder(&args.content.inputs)) {
        Ok(s) => s,
        Err(code) => return code,
    };
    let color = args.selection.color;
    let config = &setup.config;
    let facts = match setup::facts(&args.registers, config, setup.formats.as_ref(), color) {
        Ok(f) => Arc::new(f),
        Err(code) => return code,
    };
    let named = config.registers.get("attestations").map(|r| config.folder().join(&r.file));
    let attestations = match args.attestations.clone().or(named) {
        None => None,
        Some(file) => match setup::register(&file, &files::register(facts::Kind::Attestations), color, Attestations::read) {
            Ok(a) => Some(a),
            Err(code) => return code,
        },
    };
    if let Err(code) = same_firm(attestations.as_ref(), &facts) {
        return code;
    }
    let exclude = config.globs(&config.exclude);
    let kinds = config.kinds.iter().map(|(paths, kind)| (config.globs(paths), *kind)).collect();
    let web::Inputs { arguments, web, troubles, remarks } = match web::inputs(&args.web, &args.content.inputs) {
        Ok(i) => i,
        Err(code) => return code,
    };
    remarks.iter().for_each(|r| complain(&format!("note: {}", clean(r))));
    let find = if facts.assets.is_some() { Inputs::with_images } else { Inputs::find };
    let mut inputs = find(&arguments, args.content.stdin_filename.as_deref(), &exclude);
    let cache = if args.no_cache { None } else { Cache::of_user() };
    let pictures = Arc::new(Gallery::new(Arc::clone(&facts), Store::disk(&arguments, cache)).with_web(web.clone()));
    let named = args.registers.files().chain(&args.attestations);
    check::leave_out_own(&mut inputs, config, &setup.packs.files, named, &pictures);
    let mut accept = match accepting::suppressions(config, &arguments, &mut inputs, facts.today, color) {
        Ok(a) => a,
        Err(code) => return code,
    };
    let options = Options {
        kind: args.content.kind,
        kinds,
        exclude,
        jobs: setup::jobs(args.content.jobs),
        facts: Arc::clone(&facts),
        pictures: Some(pictures),
        web,
        ..Options::default()
    };
    let known = setup.packs.packs.iter().flat_map(|p| &p.rules).map(|r| Known { id: r.id.clone(), title: r.title.clone() }).collect();
    let own_formats = setup.formats.take();
    let formats = own_formats.as_deref().unwrap_or_else(|| Formats::builtin());
    let rules = match setup.rules_to_check(&args.selection) {
        Ok(r) => r,
        Err(code) => return code,
    };
    let engine = Engine { rules, options, formats };
    let most = args.evidence.unwrap_or(if args.format == CardFormat::Json { 1000 } else { 20 });
    let mut tally = Tally::new(&engine.rules, known, most);
    let told = |t: Trouble| {
        complain(&rich_trouble(&t, stderr_palette(color)));
        t
    };
    troubles.into_iter().chain(std::mem::take(&mut inputs.troubles)).for_each(|t| tally.trouble(told(t)));
    engine.run_through(&inputs.list, &mut |o| accept.take(o, &engine.rules), &mut |mut outcome| {
        engine.rules.mask(&mut outcome);
        outcome.troubles = std::mem::take(&mut outcome.troubles).into_iter().map(told).collect();
        tally.take(outcome);
        true
    });
    setup::late_faults(&facts).into_iter().for_each(|t| tally.trouble(told(t)));
    let card = tally.card(&facts, attestations.as_ref());
    if card.looked_at.documents == 0 && card.not_checked.is_empty() {
        complain("warning: nothing was looked at: no input holds content");
    }
    let written = write(args, &card);
    if card.not_checked.is_empty() { written } else { written.max(exit::TROUBLE) }
}

/// Attestations of one firm say nothing of another's content.
fn same_firm(attestations: Option<&Attestations>, facts: &Facts) -> Result<(), u8> {
    let (Some(a), Some(speaker)) = (attestations, &facts.speaker) else { return Ok(()) };
    match a.partner() {
        Some(p) if !p.value.eq_ignore_ascii_case(speaker) => {
            let line = a.source().position(p.span.start).line;
            let message =
                format!("{}:{line}: these are attestations of `{}`, and the content is of `{speaker}`", a.source().name(), p.value);
            Err(refuse(&message, "name the attestations of the firm that is speaking, or correct `partner`"))
        }
        _ => Ok(()),
    }
}

fn write(args: &ReportCardArgs, card: &Card) -> u8 {
    let text = |palette: Palette, width: usize| match args.format {
        CardFormat::Terminal => card_in_terminal(card, palette, width),
        CardFormat::Html => card_as_html(card),
        CardFormat::Json => serde_json::to_string_pretty(card).unwrap_or_default() + "\n",
    };
    match &args.output {
        None => print(&text(stdout_palette(args.selection.color), width())),
        Some(file) => {
            let text = text(Palette::new(false), PLAIN);
            files::replace(file, |out| out.write_all(text.as_bytes()).map(|()| true)).map_or_else(|code| code, |()| exit::OK)
        }
    }
}

/// Columns of what goes to no terminal.
const PLAIN: usize = 100;
/// Longer lines are hard to read.
const WIDEST: usize = 120;

fn width() -> usize {
    if !std::io::stdout().is_terminal() {
        return PLAIN;
    }
    terminal_size::terminal_size().map_or(PLAIN, |(w, _)| usize::from(w.0).min(WIDEST))
}
