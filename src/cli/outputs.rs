//! `--format` and `--output`: which reports a run writes, and where.

use super::{complain, exit, explain, files, refuse, setup, stderr_palette, stdout_palette};
use crate::engine::{Format, Input, Inputs, OWN_PACK, OWN_RULES};
use crate::finding::{Confidence, Severity};
use crate::pack::{PackSet, Rule, shape::did_you_mean};
use crate::report::{
    About, Checkstyle, Concise, Content, Csv, FORMATS, GitHub, GitLab, HEAD, Html, JUnit, Json, JsonLines, Palette, RdJson, Reporter, Rich,
    Root, RuleHelp, Sarif, Xlsx, is_report,
};
use crate::source::{DecodeHint, Source};
use clap::{Args, ValueEnum};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Larger files are shown in part by reports that could show them whole.
const MAX_SHOWN: u64 = 512 << 10;

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// With the lines around them, for people
    Rich,
    /// One a line
    Concise,
    /// One JSON object
    Json,
    /// One JSON object a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// Annotations in GitHub Actions
    Github,
    /// Code quality of GitLab
    Gitlab,
    /// Test cases, for CI
    Junit,
    /// For reviewdog
    Rdjson,
    /// For tools that read checkstyle
    Checkstyle,
    /// One page with the content and the findings in place
    Html,
    /// A table, one finding a row
    Csv,
    /// The table as a spreadsheet
    Xlsx,
}

/// Where findings go.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// How findings are shown [default: rich; github in GitHub Actions]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<OutputFormat>,
    /// Write the findings in another format to a file too; may be given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<String>,
}

impl OutputArgs {
    /// The files that reports are written to.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.output.iter().filter_map(|o| o.split_once('=')).map(|(_, file)| Path::new(file))
    }
}

/// The reports of a run, not opened yet.
pub struct Planned {
    stdout: OutputFormat,
    files: Vec<(OutputFormat, PathBuf)>,
    host: Option<Host>,
}

/// A host whose CI this runs in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Host {
    GitHub,
    GitLab,
}

impl Host {
    fn here() -> Option<Host> {
        let on = |name: &str| std::env::var_os(name).is_some_and(|v| v == "true");
        if on("GITHUB_ACTIONS") {
            Some(Host::GitHub)
        } else if on("GITLAB_CI") {
            Some(Host::GitLab)
        } else {
            None
        }
    }

    /// The variable that holds the folder of the repository.
    fn folder(self) -> &'static str {
        match self {
            Host::GitHub => "GITHUB_WORKSPACE",
            Host::GitLab => "CI_PROJECT_DIR",
        }
    }
}

impl Planned {
    /// What the options ask for. Complains of what is wrong; the code to exit with is the error.
    pub fn new(args: &OutputArgs) -> Result<Planned, u8> {
        let host = Host::here();
        let usual = if host == Some(Host::GitHub) { OutputFormat::Github } else { OutputFormat::Rich };
        let stdout = args.format.unwrap_or(usual);
        if stdout == OutputFormat::Xlsx && io::stdout().is_terminal() {
            return Err(refuse("a spreadsheet is nothing a terminal can show", "write it to a file: `--output xlsx=findings.xlsx`"));
        }
        let mut files: Vec<(OutputFormat, PathBuf)> = Vec::new();
        for output in &args.output {
            let Some((name, file)) = output.split_once('=').filter(|(_, f)| !f.is_empty()) else {
                let help = "write `--output FORMAT=FILE`, for example `--output jsonl=findings.jsonl`";
                return Err(refuse(&format!("`--output {output}` names no file"), help));
            };
            let Ok(format) = OutputFormat::from_str(name, true) else {
                let help = match did_you_mean(name, FORMATS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("one of: {}", FORMATS.join(", ")),
                };
                return Err(refuse(&format!("`{name}` is no output format"), &help));
            };
            if file == "-" {
                let help = format!("for standard output write `--format {name}`, or `--output {name}=./-` for a file of this name");
                return Err(refuse(&format!("`--output {output}` names no file"), &help));
            }
            if files.iter().any(|(_, f)| f == Path::new(file)) {
                return Err(refuse(&format!("two reports would go to {file}"), "name another file for one of them"));
            }
            files.push((format, PathBuf::from(file)));
        }
        Ok(Planned { stdout, files, host })
    }

    fn any(&self, format: OutputFormat) -> bool {
        self.stdout == format || self.files.iter().any(|(f, _)| *f == format)
    }

    /// Whether a report tells what the rules are for: that takes a little longer to read.
    pub fn tells_rules(&self) -> bool {
        self.any(OutputFormat::Sarif) || self.any(OutputFormat::Html)
    }

    /// Takes the reports of former runs from what is checked. Complains if one would be written over an input that was named.
    pub fn leave_out(&self, inputs: &mut Inputs, named: &[String]) -> Result<(), u8> {
        if let Some((_, file)) = self.files.iter().find(|(_, f)| files::is_dangling(f)) {
            let message = format!("{} is a link to a file that is not there", file.display());
            return Err(refuse(&message, "name another file, or remove the link; nothing was written"));
        }
        let there: Vec<(PathBuf, &Path)> = self.files.iter().filter_map(|(_, f)| Some((f.canonicalize().ok()?, f.as_path()))).collect();
        // A device is no file that could be lost.
        let there: Vec<_> = there.into_iter().filter(|(whole, _)| whole.is_file()).collect();
        for (whole, file) in &there {
            let mut head = Vec::new();
            let read = File::open(whole).and_then(|f| f.take(HEAD as u64).read_to_end(&mut head));
            if read.is_ok() && !is_report(&head) {
                let message = format!("{} is there already, and is no report of promolint", file.display());
                return Err(refuse(&message, "name another file, or remove this one; nothing was written"));
            }
        }
        if there.is_empty() {
            return Ok(());
        }
        for name in named {
            let input = Path::new(name).canonicalize().ok();
            if let Some((_, file)) = there.iter().find(|(whole, _)| input.as_ref() == Some(whole)) {
                let message = format!("the report would be written over {}, which is to be checked", file.display());
                return Err(refuse(&message, "name another file"));
            }
        }
        let before = inputs.list.len();
        let is_report = |path: &Path| path.canonicalize().is_ok_and(|p| there.iter().any(|(whole, _)| *whole == p));
        inputs.list.retain(|i| !matches!(i, Input::File { path, .. } if is_report(path)));
        inputs.skipped += before - inputs.list.len();
        Ok(())
    }

    /// What the reports are told of rules, paths and files.
    pub fn about(&self, packs: &PackSet, inputs: &Inputs) -> About {
        let rules = packs.packs.iter().flat_map(|p| &p.rules).map(rule_help);
        let own = OWN_RULES.iter().map(|(id, title)| RuleHelp {
            id: (*id).to_owned(),
            pack: OWN_PACK.to_owned(),
            title: (*title).to_owned(),
            why: String::new(),
            help: String::new(),
            sources: Vec::new(),
            confidence: Confidence::Primary,
            severity: Some(Severity::Warning),
        });
        let rules: Vec<RuleHelp> = if self.tells_rules() { rules.chain(own).collect() } else { Vec::new() };
        let mut about = About::new(rules, self.root());
        if self.any(OutputFormat::Html) {
            about.content = Some(content(inputs));
        }
        about
    }

    /// The root of the repository in CI, else where promolint runs.
    fn root(&self) -> Root {
        let here = std::env::current_dir().and_then(|d| d.canonicalize()).unwrap_or_default();
        let host = self.host.and_then(|h| PathBuf::from(std::env::var_os(h.folder())?).canonicalize().ok());
        let folder = host.filter(|f| here.starts_with(f)).unwrap_or_else(|| here.clone());
        Root::new(&folder.to_string_lossy(), &here.to_string_lossy())
    }

    /// Opens the files. `aside`: standard output has something else, so that its report goes to standard error. Complains of those that cannot be written; the code to exit with is the error.
    pub fn open(self, about: About, color: super::Color, aside: bool) -> Result<Vec<Box<dyn Reporter>>, u8> {
        let about = Rc::new(about);
        let (stdout, palette): (Box<dyn Write>, _) = match aside {
            true => (Box::new(io::stderr()), stderr_palette(color)),
            false => (Box::new(io::stdout()), stdout_palette(color)),
        };
        let mut list = vec![reporter(self.stdout, Box::new(BufWriter::with_capacity(1 << 16, stdout)), palette, &about)];
        for (format, file) in &self.files {
            match File::create(file) {
                Ok(f) => list.push(reporter(*format, Box::new(BufWriter::new(f)), Palette::new(false), &about)),
                Err(e) => {
                    complain(&format!("error: cannot write {}: {}", file.display(), setup::engine_io(&e)));
                    return Err(exit::TROUBLE);
                }
            }
        }
        Ok(list)
    }

    /// What a run in this place could do better.
    pub fn hint(&self) -> Option<&'static str> {
        let wanted = self.host == Some(Host::GitLab) && !self.any(OutputFormat::Gitlab);
        wanted.then_some(
            "in GitLab, `--output gitlab=gl-code-quality-report.json` and `artifacts: reports: codequality:` show findings in merge requests",
        )
    }
}

fn reporter(format: OutputFormat, out: Box<dyn Write>, palette: Palette, about: &Rc<About>) -> Box<dyn Reporter> {
    let about = Rc::clone(about);
    match format {
        OutputFormat::Rich => Box::new(Rich::new(out, palette)),
        OutputFormat::Concise => Box::new(Concise::new(out, palette)),
        OutputFormat::Json => Box::new(Json::new(out)),
        OutputFormat::Jsonl => Box::new(JsonLines::new(out)),
        OutputFormat::Sarif => Box::new(Sarif::new(out, about)),
        OutputFormat::Github => Box::new(GitHub::new(out, about)),
        OutputFormat::Gitlab => Box::new(GitLab::new(out, about)),
        OutputFormat::Junit => Box::new(JUnit::new(out, about)),
        OutputFormat::Rdjson => Box::new(RdJson::new(out, about)),
        OutputFormat::Checkstyle => Box::new(Checkstyle::new(out, about)),
        OutputFormat::Html => Box::new(Html::new(out, about)),
        OutputFormat::Csv => Box::new(Csv::new(out, about)),
        OutputFormat::Xlsx => Box::new(Xlsx::new(out, about)),
    }
}

fn rule_help(r: &Rule) -> RuleHelp {
    RuleHelp {
        id: r.id.clone(),
        pack: r.pack.clone(),
        title: r.title.clone(),
        why: r.why.clone(),
        help: explain::help(r),
        sources: r.sources.iter().map(|s| (s.title.clone(), s.url.clone())).collect(),
        confidence: r.confidence,
        severity: r.severity.highest(),
    }
}

/// The texts of the files that are checked, read again when they are asked for.
fn content(inputs: &Inputs) -> Content {
    let files: HashMap<String, PathBuf> = inputs
        .list
        .iter()
        .filter_map(|i| match i {
            Input::File { path, name, .. } => Some((name.clone(), path.clone())),
            _ => None,
        })
        .collect();
    Box::new(move |name| {
        let path = files.get(name)?;
        let format = Format::from_name(name).filter(|f| *f != Format::Image)?;
        if std::fs::metadata(path).ok()?.len() > MAX_SHOWN {
            return None;
        }
        let hint = if format == Format::Html { DecodeHint::Html } else { DecodeHint::Text };
        Some(Source::decode(name, std::fs::read(path).ok()?, hint).text().to_owned())
    })
}
