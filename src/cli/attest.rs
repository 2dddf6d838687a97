//! `promolint attest`: what people sign for, since no public text shows it. Started, checked, reported.

use super::args::{Color, Selection, TableFormat, day};
use super::{complain, count, exit, files, print, refuse, register, setup, stderr_palette, stdout_palette};
use crate::engine::name_of;
use crate::facts::attestations::{Attestation, Attestations, Lack, Signed, Standing, merge, template};
use crate::facts::{Clauses, Day, Kind, State};
use crate::report::{clean, rich_faults_in};
use crate::source::Source;
use crate::yaml::Fault;
use clap::{Args, Subcommand};
use serde_json::json;
use std::fmt::Write;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;

/// `promolint attest`.
#[derive(Debug, Args)]
pub struct AttestArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AttestCommand,
}

/// What can be done with attestations.
#[derive(Debug, Subcommand)]
pub enum AttestCommand {
    /// Write an attestations.yaml to be filled in: every item with what it asks
    Init {
        /// The file
        #[command(flatten)]
        file: FileArgs,
        /// Add the items that a file lacks; what people wrote in it stays
        #[arg(long)]
        merge: bool,
    },
    /// Say which items are missing, begun, or to be signed again
    #[command(
        after_help = "Exit code: 0 every item is signed; 1 something is missing, incomplete or stale; 2 the file cannot be read as it is."
    )]
    Check {
        /// The file
        #[command(flatten)]
        file: FileArgs,
        /// The day that ages are reckoned from [default: the clock]
        #[arg(long, value_name = "DATE", value_parser = day)]
        today: Option<Day>,
        /// When to use colours
        #[arg(long, value_name = "WHEN", default_value = "auto")]
        color: Color,
    },
    /// Show who signed what, and when
    Report {
        /// The file
        #[command(flatten)]
        file: FileArgs,
        /// How to show it
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: TableFormat,
        /// The day that ages are reckoned from [default: the clock]
        #[arg(long, value_name = "DATE", value_parser = day)]
        today: Option<Day>,
        /// When to use colours
        #[arg(long, value_name = "WHEN", default_value = "auto")]
        color: Color,
    },
}

/// Which register.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// The register [default: that of promolint.yaml, else attestations.yaml]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Configuration file [default: the nearest promolint.yaml upwards]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl FileArgs {
    fn path(&self) -> Result<PathBuf, u8> {
        if let Some(file) = &self.file {
            return Ok(file.clone());
        }
        let selection = Selection { config: self.config.clone(), ..Selection::default() };
        let config = setup::configuration(&selection, Path::new("."))?;
        let named = config.registers.get("attestations").map(|r| config.folder().join(&r.file));
        Ok(named.unwrap_or_else(|| "attestations.yaml".into()))
    }
}

/// Runs the command.
pub fn run(args: &AttestArgs) -> u8 {
    let (AttestCommand::Init { file, .. } | AttestCommand::Check { file, .. } | AttestCommand::Report { file, .. }) = &args.command;
    let path = match file.path() {
        Ok(p) => p,
        Err(code) => return code,
    };
    let today = |day: &Option<Day>| day.unwrap_or_else(Day::today);
    match &args.command {
        AttestCommand::Init { merge, .. } => init(&path, *merge),
        AttestCommand::Check { today: day, color, .. } => check(&path, today(day), *color),
        AttestCommand::Report { format, today: day, color, .. } => report(&path, *format, today(day), *color),
    }
}

fn init(path: &Path, merging: bool) -> u8 {
    let name = name_of(path);
    let there = path.symlink_metadata().is_ok();
    if there && !merging {
        let help = format!("`promolint attest init --merge {name}` adds the items that it lacks");
        return refuse(&format!("{name} is there already, and was left as it is"), &help);
    }
    let (text, said) = if there {
        let wanted = files::register(Kind::Attestations);
        let bytes = match std::fs::read(path)
            .map_err(|e| files::unreadable(path, &wanted, &e))
            .and_then(|b| files::text_only(&name, b, &wanted, Color::Auto))
        {
            Ok(b) => b,
            Err(code) => return code,
        };
        let Ok(text) = String::from_utf8(bytes.clone()) else { return refuse(&format!("{name} is not UTF-8"), "save it as UTF-8") };
        // A register that is broken stays as it is.
        if let Err(broken) = Attestations::read(&name, bytes) {
            return register::show(&broken);
        }
        match merge(&text) {
            Ok((_, 0)) => return print(&format!("{name} has every item; nothing was changed\n")),
            Ok((new, added)) => (new, format!("{} added to {name}", count(added, "item"))),
            Err(fault) => {
                complain(&rich_faults_in(&Source::from_text(name, text), &[fault], stderr_palette(Color::Auto)));
                return exit::TROUBLE;
            }
        }
    } else {
        (template(), format!("wrote {name}: {}", count(Clauses::get().attestations.len(), "item")))
    };
    if let Err(broken) = Attestations::read(&name, text.clone().into_bytes()) {
        return register::show(&broken);
    }
    let written = if there { files::replace(path, |out| out.write_all(text.as_bytes()).map(|()| true)) } else { new_file(path, &text) };
    match written {
        Ok(()) => print(&format!("{said}\nnext: fill in evidence, signer and date, then promolint attest check{}\n", argument(path))),
        Err(code) => code,
    }
}

/// Writes a file that nobody else made in the meantime.
fn new_file(path: &Path, text: &str) -> Result<(), u8> {
    use std::io::Write;
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut f| f.write_all(text.as_bytes())).map_err(|e| {
        let help = match e.kind() {
            ErrorKind::NotFound => "make the folder first, or name another",
            _ => "name a file that can be written",
        };
        refuse(&format!("cannot write {}: {}", name_of(path), setup::engine_io(&e)), help)
    })
}

/// The file as an argument, where it is not the usual one.
fn argument(path: &Path) -> String {
    if path == Path::new("attestations.yaml") { String::new() } else { format!(" {}", name_of(path)) }
}

fn check(path: &Path, today: Day, color: Color) -> u8 {
    let wanted = files::register(Kind::Attestations);
    let (r, faults) = match setup::register(path, &wanted, color, Attestations::read_what_can_be) {
        Ok(read) => read,
        Err(code) => return code,
    };
    complain_of(&faults, &r, color);
    let palette = stdout_palette(color);
    let standings = r.standings(today);
    let mut told = lacking(&r, today);
    told.extend(standings.iter().filter_map(|s| stale(s, today)));
    told.sort_by_key(|f| f.span.start);
    let mut out = rich_faults_in(r.source(), &told, palette);
    let missing: Vec<&Standing> = standings.iter().filter(|s| s.signed == Signed::Missing).collect();
    if !missing.is_empty() {
        let width = missing.iter().map(|s| s.item.id.len()).max().unwrap_or(0);
        out.push_str(&format!("{}\n", palette.bold("nobody has signed")));
        for s in &missing {
            let place = match s.entry {
                Some(a) => format!("({}:{})", r.source().name(), r.source().position(a.item.span.start).line),
                None => "(not in the file)".to_owned(),
            };
            let _ = writeln!(out, "  {:width$}  {}  {}", s.item.id, s.item.asks, palette.dim(&clean(&place)));
        }
        if missing.iter().any(|s| s.entry.is_none()) {
            let _ = writeln!(out, "  = help: `promolint attest init --merge{}` adds what is not in the file", argument(path));
        }
    }
    let _ = writeln!(out, "{}", palette.bold(&counts(&r, today)));
    let code = print(&out);
    if !faults.is_empty() {
        exit::TROUBLE
    } else if standings.iter().all(|s| s.signed.holds()) && told.is_empty() {
        code
    } else {
        code.max(exit::FOUND)
    }
}

fn complain_of(faults: &[Fault], r: &Attestations, color: Color) {
    if !faults.is_empty() {
        complain(&rich_faults_in(r.source(), faults, stderr_palette(color)));
    }
}

/// Entries that were begun, each with all that it lacks.
fn lacking(r: &Attestations, today: Day) -> Vec<Fault> {
    let one = |a: &Attestation| {
        let lacks = a.lacks(today);
        if a.is_blank() || lacks.is_empty() {
            return None;
        }
        let item = &a.item.value;
        if let [Lack::Future(day)] = lacks[..] {
            let span = a.date.span().unwrap_or(a.item.span);
            return Some(Fault::new(
                span,
                format!("`{item}` is signed on {day}, which is later than today, {today}"),
                "write the day on which it was signed",
            ));
        }
        let mut words: Vec<&str> = Vec::new();
        let mut help: Vec<&str> = Vec::new();
        for lack in &lacks {
            let (word, cure) = match lack {
                Lack::Evidence => ("no evidence", "what shows it"),
                Lack::Signer => ("no signer", "who answers for it"),
                Lack::Date => ("no day", "the day of the signature as `date: YYYY-MM-DD`"),
                Lack::Future(_) => ("a day later than today", "the day on which it was signed"),
            };
            words.push(word);
            help.push(cure);
        }
        Some(Fault::new(a.item.span, format!("`{item}` has {}", words.join(" and ")), format!("write {}", help.join(", and "))))
    };
    r.iter().filter_map(one).collect()
}

/// A signature that has to be given again.
fn stale(s: &Standing, today: Day) -> Option<Fault> {
    let a = s.entry.filter(|_| s.signed == Signed::Stale)?;
    let (signed, end) = (*a.date.value()?, a.ends_on(s.item)?);
    let item = &s.item.id;
    let message = match (s.item.max_age, &a.expires_on) {
        (_, State::Is(last)) if last.value == end => format!("`{item}` held until {end}, {} ago", count(days(end, today), "day")),
        (Some(age), _) => format!("`{item}` was signed {} ago, and holds for {age} days", count(days(signed, today), "day")),
        _ => return None,
    };
    Some(Fault::new(a.date.span()?, message, format!("do it again, and add an entry with `item: {item}` and the new day")))
}

fn days(from: Day, to: Day) -> usize {
    usize::try_from(from.days_until(to)).unwrap_or(0)
}

/// How many items stand how, in one line.
pub fn counts(r: &Attestations, today: Day) -> String {
    let standings = r.standings(today);
    let of = |signed: Signed| standings.iter().filter(|s| s.signed == signed).count();
    let parts: Vec<String> =
        Signed::ALL.into_iter().map(|s| (of(s), s)).filter(|(n, _)| *n > 0).map(|(n, s)| format!("{n} {}", s.name())).collect();
    let whose = r.partner().map_or(String::new(), |p| format!(" of {}", clean(&p.value)));
    format!("{}{whose} on {today}: {}", count(standings.len(), "item"), parts.join(", "))
}

/// Names and numbers of the parts that an item stands for.
fn clauses(item: &str) -> Vec<(&'static str, String)> {
    let all = Clauses::get();
    all.parts
        .iter()
        .filter(|p| p.attestations.iter().any(|a| a == item))
        .map(|p| (all.document(&p.document).map_or("", |d| d.title.as_str()), p.reference.clone()))
        .collect()
}

fn report(path: &Path, format: TableFormat, today: Day, color: Color) -> u8 {
    let wanted = files::register(Kind::Attestations);
    let (r, faults) = match setup::register(path, &wanted, color, Attestations::read_what_can_be) {
        Ok(read) => read,
        Err(code) => return code,
    };
    complain_of(&faults, &r, color);
    let standings = r.standings(today);
    let code = print(&match format {
        TableFormat::Json => as_json(&r, &standings, today),
        TableFormat::Markdown => as_markdown(&r, &standings, today),
        TableFormat::Table => as_table(&r, &standings, today, color),
    });
    if faults.is_empty() { code } else { exit::TROUBLE }
}

fn signer(s: &Standing) -> String {
    s.entry.and_then(|a| a.signer.as_ref()).map(|f| clean(&f.value)).unwrap_or_default()
}

fn date(s: &Standing) -> String {
    s.entry.and_then(|a| a.date.value()).map(Day::to_string).unwrap_or_default()
}

fn until(s: &Standing) -> String {
    s.entry.and_then(|a| a.ends_on(s.item)).map(|d| d.to_string()).unwrap_or_default()
}

/// What shows it, or why it does not concern the firm.
fn evidence(s: &Standing) -> String {
    let Some(a) = s.entry else { return String::new() };
    let texts = a.not_applicable.iter().chain(&a.evidence).map(|f| clean(&f.value.split_whitespace().collect::<Vec<_>>().join(" ")));
    texts.collect::<Vec<_>>().join("; ")
}

fn as_table(r: &Attestations, standings: &[Standing], today: Day, color: Color) -> String {
    let palette = stdout_palette(color);
    let head = ["item", "standing", "signed by", "on", "until", "evidence"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(head)
        .chain(standings.iter().map(|s| [s.item.id.clone(), s.signed.name().into(), signer(s), date(s), until(s), evidence(s)]))
        .collect();
    let widths: Vec<usize> = (0..6).map(|i| rows.iter().map(|row| row[i].width()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for (n, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(c, w)| format!("{c}{}", " ".repeat(w - c.width()))).collect();
        let line = cells.join("  ");
        let line = line.trim_end();
        out.push_str(&if n == 0 { palette.bold(line) } else { line.to_owned() });
        out.push('\n');
    }
    let _ = writeln!(out, "\n{}", palette.bold(&counts(r, today)));
    out
}

fn as_markdown(r: &Attestations, standings: &[Standing], today: Day) -> String {
    let mut out = format!("{}\n\n", escape(&counts(r, today)));
    out.push_str("| item | what is stated | clause | standing | signed by | on | until | evidence |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for s in standings {
        let parts: Vec<String> = clauses(&s.item.id).into_iter().map(|(_, number)| number).collect();
        let cells = [&s.item.asks, &parts.join(", "), s.signed.name(), &signer(s), &date(s), &until(s), &evidence(s)].map(escape);
        let _ = writeln!(out, "| `{}` | {} |", s.item.id, cells.join(" | "));
    }
    out
}

/// Text that stays text in a cell of a Markdown table.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

fn as_json(r: &Attestations, standings: &[Standing], today: Day) -> String {
    let items: Vec<_> = standings
        .iter()
        .map(|s| {
            let of = |text: String| Some(text).filter(|t| !t.is_empty());
            let texts = |list: &[crate::facts::Fact<String>]| list.iter().map(|f| f.value.clone()).collect::<Vec<_>>();
            let clauses: Vec<_> =
                clauses(&s.item.id).into_iter().map(|(document, number)| json!({"document": document, "ref": number})).collect();
            json!({
                "item": s.item.id, "asks": s.item.asks, "clauses": clauses, "standing": s.signed.name(),
                "signer": s.entry.and_then(|a| a.signer.as_ref()).map(|f| f.value.clone()),
                "date": of(date(s)), "until": of(until(s)),
                "evidence": s.entry.map_or(Vec::new(), |a| texts(&a.evidence)),
                "not_applicable": s.entry.and_then(|a| a.not_applicable.as_ref()).map(|f| f.value.clone()),
                "line": s.entry.map(|a| r.source().position(a.item.span.start).line),
            })
        })
        .collect();
    let of = |signed: Signed| standings.iter().filter(|s| s.signed == signed).count();
    let summary: serde_json::Map<_, _> = Signed::ALL.into_iter().map(|s| (s.name().replace(' ', "_"), json!(of(s)))).collect();
    let report = json!({
        "schema": "promolint.attestations/1", "path": r.source().name(), "partner": r.partner().map(|p| p.value.clone()),
        "today": today.to_string(), "items": items, "summary": summary,
    });
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}
