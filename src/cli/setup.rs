//! From options and configuration to rules ready to run.

use super::args::{Color, MinConfidence, Registers, Selection};
use super::files::{self, Wanted};
use super::{complain, exit, refuse, stderr_palette};
use crate::config::{self, Config};
use crate::document::records::Formats;
use crate::engine::{self, Input, Inputs, Paths, RuleSet, Settings};
use crate::facts::partners::FormatsRef;
use crate::facts::{Approvals, Assets, Awards, Broken, Day, Facts, Kind, Partner, Partners};
use crate::finding::{Confidence, Trouble};
use crate::pack::{Fault, PackSet, PackSource, shape};
use crate::report::{rich_faults, rich_faults_in};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What options and configuration add up to.
pub struct Setup {
    /// The configuration, as found.
    pub config: Config,
    /// The packs, loaded.
    pub packs: PackSet,
    /// What the user decided about rules.
    pub settings: Settings,
    /// Export formats of the user's own; `None` where the built-in ones are all.
    pub formats: Option<Arc<Formats>>,
}

/// The configuration that holds for a folder, or the one that was named. Complains of what is wrong.
pub fn configuration(selection: &Selection, folder: &Path) -> Result<Config, u8> {
    let file = match &selection.config {
        Some(f) => Some(f.clone()),
        None => config::find(folder).map(|f| relative(&f)),
    };
    if let Some(misnamed) = config::find_misnamed(folder).filter(|_| selection.config.is_none()) {
        complain(&format!(
            "warning: {} is not read: the configuration is called {}",
            engine::name_of(&relative(&misnamed)),
            config::FILE_NAME
        ));
    }
    let Some(file) = file else { return Ok(Config::default()) };
    let text = files::text(&file, &files::CONFIG, selection.color)?;
    Config::parse(&file, &text).map_err(|broken| {
        complain(&rich_faults(&[broken.source], &broken.faults, stderr_palette(selection.color)));
        exit::TROUBLE
    })
}

/// Configurations that lie nearer to some of the files than the one that counts for all of them.
pub(super) fn nearer_configurations(config: &Config, inputs: &Inputs) -> BTreeSet<PathBuf> {
    let used = config.file.as_deref().and_then(|f| std::path::absolute(f).ok());
    let folder = |i: &Input| if let Input::File { path, .. } = i { path.parent().map(Path::to_owned) } else { None };
    let folders: BTreeSet<PathBuf> = inputs.list.iter().filter_map(folder).collect();
    let nearest = |f: &PathBuf| config::find(&engine::common_folder(&[f.to_string_lossy().into_owned()]));
    folders.iter().filter_map(nearest).filter(|f| Some(f) != used.as_ref()).map(|f| relative(&f)).collect()
}

/// How many threads work: as many as were asked for, or as the machine has.
pub(super) fn jobs(asked: Option<u16>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from)
}

/// What is wrong in a register of partners and shows only when an entry is looked up, in the order it was met.
pub(super) fn late_faults(facts: &Facts) -> Vec<Trouble> {
    let Some(partners) = &facts.partners else { return Vec::new() };
    let Some(source) = partners.yaml_source() else { return Vec::new() };
    partners.take_faults().into_iter().map(|f| Trouble::at(source, f.span, f.message, f.help)).collect()
}

pub(super) fn engine_io(e: &std::io::Error) -> String {
    e.to_string().split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// A path as people write it, relative to where they are.
pub(super) fn relative(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).map_or_else(|_| path.to_owned(), Path::to_owned)
}

/// The packs of these names or paths; a folder stands for the YAML files in it.
/// `place` is said before what is wrong: where they are named.
pub fn pack_sources(names: &[String], base: &Path, place: &str, color: Color) -> Result<Vec<PackSource>, u8> {
    let mut out: Vec<PackSource> = Vec::new();
    for name in names {
        let builtin = PackSource::builtin(name);
        if !builtin.is_empty() {
            out.extend(builtin.into_iter().filter(|b| !out.iter().any(|o| o.name == b.name)).collect::<Vec<_>>());
            continue;
        }
        let path = base.join(name);
        let files = match std::fs::metadata(&path) {
            Ok(m) if m.is_dir() => {
                let inside = yaml_files(&path);
                if inside.is_empty() {
                    return Err(refuse(&format!("{place}there are no packs in {}", engine::name_of(&path)), "packs are .yaml files"));
                }
                inside
            }
            Ok(_) => vec![path.clone()],
            Err(_) => {
                let known = crate::pack::builtin_names("hubspot").into_iter().chain(["hubspot"]);
                let help = shape::did_you_mean(name, known).map_or_else(
                    || "give a built-in name (`hubspot`, `hubspot/trademark`, …) or the path of a file".to_owned(),
                    |n| format!("did you mean `{n}`?"),
                );
                return Err(refuse(&format!("{place}no pack is called `{name}`, and there is no such file"), &help));
            }
        };
        for file in files {
            let text = files::text(&file, &files::PACK, color)?;
            out.push(PackSource::new(engine::name_of(&file), text));
        }
    }
    Ok(out)
}

/// The YAML files of a folder, by name.
pub(super) fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|d| d.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "yaml" || e == "yml")).collect())
        .unwrap_or_default();
    files.sort();
    files
}

/// Everything a run needs to know about rules. Complains of what is wrong; the code to exit with is the error.
/// `quick`: without the texts that only people need (`why`, `tests`). The configuration is looked for from `folder` upwards.
pub fn load(selection: &Selection, quick: bool, folder: &Path) -> Result<Setup, u8> {
    let config = configuration(selection, folder)?;
    let (names, base, place) = match &config.packs {
        _ if !selection.pack.is_empty() => (selection.pack.clone(), PathBuf::new(), String::new()),
        Some(p) => (p.clone(), config.folder(), format!("{}: ", super::origins::of_key(&config, "packs"))),
        None => (vec!["hubspot".to_owned()], PathBuf::new(), String::new()),
    };
    let sources = pack_sources(&names, &base, &place, selection.color)?;
    let packs = if quick { PackSet::quick(sources) } else { PackSet::load(sources) };
    if !packs.is_usable() {
        let serious: Vec<_> = packs.faults.iter().filter(|f| !f.usable).cloned().collect();
        complain(&rich_faults(&packs.files, &serious, stderr_palette(selection.color)));
        complain("error: nothing was checked, because a rule pack is broken");
        return Err(exit::TROUBLE);
    }
    let settings = settings(selection, &config);
    unknown_rules(selection, &config, &packs)?;
    let formats = formats(selection, &config)?;
    Ok(Setup { config, packs, settings, formats })
}

/// Whether a file that the configuration names is there; complains at the place where it is named.
fn is_there(config: &Config, key: &str, file: &Path) -> Result<(), u8> {
    match file.symlink_metadata() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let place = super::origins::of_key(config, key);
            Err(refuse(&format!("{place}: there is no file {}", engine::name_of(file)), &engine::nearest(file)))
        }
        _ => Ok(()),
    }
}

/// The built-in export formats with the user's own.
fn formats(selection: &Selection, config: &Config) -> Result<Option<Arc<Formats>>, u8> {
    let mut files: Vec<(String, String)> = Vec::new();
    for file in &config.formats {
        let path = config.folder().join(file);
        is_there(config, "formats", &path)?;
        let text = files::text(&path, &files::FORMAT, selection.color)?;
        files.push((engine::name_of(&path), text));
    }
    if files.is_empty() {
        return Ok(None);
    }
    Formats::with_files(files.iter().map(|(f, t)| (f.as_str(), t.as_str()))).map(|f| Some(Arc::new(f))).map_err(|e| {
        let text = files.iter().find(|(f, _)| *f == e.file).map(|(_, t)| t.as_str()).unwrap_or_default();
        let fault = crate::pack::Fault::new(e.error.span, e.error.message, "the files in rules/formats/ are examples");
        complain(&rich_faults(&[PackSource::new(e.file, text.to_owned())], &[fault], stderr_palette(selection.color)));
        exit::TROUBLE
    })
}

/// Reads a register; complains of what is wrong.
pub fn register<T>(file: &Path, wanted: &Wanted, color: Color, read: impl FnOnce(&str, Vec<u8>) -> Result<T, Broken>) -> Result<T, u8> {
    read(&engine::name_of(file), files::bytes(file, wanted, color)?).map_err(|broken| {
        complain(&rich_faults_in(&broken.source, &broken.faults, stderr_palette(color)));
        exit::TROUBLE
    })
}

/// The registers of a run, by options before configuration.
pub fn facts(options: &Registers, config: &Config, formats: Option<&Arc<Formats>>, color: Color) -> Result<Facts, u8> {
    let named = |option: &Option<PathBuf>, name: &str| match (option, config.registers.get(name)) {
        (Some(file), _) => Ok(Some(file.clone())),
        (None, None) => Ok(None),
        (None, Some(register)) => {
            let file = config.folder().join(&register.file);
            is_there(config, &format!("registers.{name}"), &file).map(|()| Some(file))
        }
    };
    let mut facts = Facts { today: options.today.unwrap_or_else(Day::today), ..Facts::default() };
    if let Some(file) = named(&options.partners, "partners")? {
        let formats = formats.map_or(FormatsRef::Builtin, |f| FormatsRef::Own(Arc::clone(f)));
        let mut partners = register(&file, &files::register(Kind::Partners), color, |name, bytes| Partners::read(name, bytes, formats))?;
        if let Some(r) = config.registers.get("partners").filter(|_| options.partners.is_none()) {
            partners = partners.with_head(r.complete, r.checked_on);
        }
        facts.partners = Some(partners);
    }
    if let Some(file) = named(&options.approvals, "approvals")? {
        facts.approvals = Some(register(&file, &files::register(Kind::Approvals), color, Approvals::read)?);
    }
    if let Some(file) = named(&options.assets, "assets")? {
        facts.assets = Some(register(&file, &files::register(Kind::Assets), color, Assets::read)?);
    }
    if let Some(file) = named(&options.awards, "awards")? {
        facts.awards = Some(register(&file, &files::register(Kind::Awards), color, Awards::read)?);
    }
    facts.speaker = options.partner.clone().or_else(|| config.partner.clone());
    if let Some(id) = &facts.speaker {
        let place = match (&options.partner, &config.file, config.lines.get("partner")) {
            (None, Some(f), Some(line)) => format!("{}:{line}", engine::name_of(f)),
            _ => "--partner".to_owned(),
        };
        let Some(partners) = &facts.partners else {
            let message = format!("{place}: there is no register of partners to find `{id}` in");
            return Err(refuse(&message, "name one with `--partners FILE`, or in promolint.yaml: `registers: {partners: FILE}`"));
        };
        let several = partners.all_by_id(id);
        if partners.by_id(id).is_none() && !several.is_empty() {
            let line = |p: &Partner| partners.place(p, p.span).map_or(0, |at| at.source.position(p.span.start).line);
            let named: Vec<String> = several.iter().take(5).map(|p| format!("`{}` (line {})", p.name.value, line(p))).collect();
            let (n, file, named) = (several.len(), partners.name(), named.join(", "));
            complain(&format!("warning: {place}: `{id}` is the id of {n} firms of {file}: {named}; who is speaking is unknown"));
        } else if several.is_empty() {
            let late = partners.take_faults();
            if let (false, Some(source)) = (late.is_empty(), partners.yaml_source()) {
                complain(&rich_faults_in(source, &late, stderr_palette(color)));
                return Err(exit::TROUBLE);
            }
            let help =
                partners.id_near(id).map_or_else(|| "give an id of that register".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(refuse(&format!("{place}: {} has no partner `{id}`", partners.name()), &help));
        }
    }
    Ok(facts)
}

fn settings(selection: &Selection, config: &Config) -> Settings {
    let overrides: Vec<(Paths, _)> = config.overrides.iter().map(|o| (config.globs(&o.paths), o.rules.clone())).collect();
    let chosen = selection.min_confidence.map(|c| match c {
        MinConfidence::Primary => Confidence::Primary,
        MinConfidence::Partial => Confidence::Partial,
        MinConfidence::Secondary => Confidence::Secondary,
        MinConfidence::Inferred => Confidence::Inferred,
    });
    Settings {
        rules: config.rules.clone(),
        overrides,
        only: selection.only.clone(),
        ignore: selection.ignore.clone(),
        min_confidence: chosen.or(config.min_confidence),
    }
}

/// A rule that is named but does not exist is a mistake, not a rule that finds nothing.
fn unknown_rules(selection: &Selection, config: &Config, packs: &PackSet) -> Result<(), u8> {
    let rules: Vec<&crate::pack::Rule> = packs.packs.iter().flat_map(|p| &p.rules).collect();
    let own = engine::OWN_RULES.iter().map(|(id, _)| *id);
    let ids: HashSet<&str> = rules.iter().map(|r| r.id.as_str()).chain(own).collect();
    let exists = |name: &str| {
        ids.contains(name)
            || ids.iter().any(|i| i.starts_with(name))
            || rules.iter().any(|r| r.aliases.iter().any(|a| a == name) || r.pack == name || r.pack.starts_with(&format!("{name}/")))
    };
    let message = |name: &str| format!("there is no rule `{name}`");
    let help = |name: &str| {
        let near = shape::did_you_mean(name, ids.iter().copied());
        near.map_or_else(|| "`promolint rules` lists the rules".to_owned(), |near| format!("did you mean `{near}`?"))
    };
    let mut bad = false;
    for (list, option) in [(&selection.only, "--only"), (&selection.ignore, "--ignore")] {
        for name in list.iter().filter(|n| !exists(n)) {
            complain(&format!("error: {option}: {}\n  = help: {}", message(name), help(name)));
            bad = true;
        }
    }
    let unknown = |name: &String| !ids.contains(name.as_str()) && !rules.iter().any(|r| r.aliases.contains(name));
    let named = config.named.iter().filter(|(name, _)| unknown(name));
    let faults: Vec<Fault> = named.map(|(name, span)| Fault::new(*span, message(name), help(name))).collect();
    if let Some(file) = config.file.as_deref().filter(|_| !faults.is_empty()) {
        let source = PackSource::new(engine::name_of(file), config.text.clone());
        complain(&rich_faults(&[source], &faults, stderr_palette(selection.color)));
        bad = true;
    }
    if bad { Err(exit::TROUBLE) } else { Ok(()) }
}

impl Setup {
    /// The rules, ready to run.
    pub fn rules(&mut self) -> RuleSet {
        RuleSet::new(std::mem::take(&mut self.packs.packs), std::mem::take(&mut self.settings))
    }

    /// The same for a run that checks. Where no rule is left, nothing would be: that is complained of, and the code to exit with is the error.
    pub fn rules_to_check(&mut self, selection: &Selection) -> Result<RuleSet, u8> {
        let rules = self.rules();
        if rules.runs_any() {
            return Ok(rules);
        }
        let help = match &self.config.packs {
            Some(packs) if packs.is_empty() && selection.pack.is_empty() => {
                let place = super::origins::of_key(&self.config, "packs");
                format!("`packs:` ({place}) chooses none; name one, as in `packs: [hubspot]`, or take the key out")
            }
            _ => "`--only`, `--ignore`, `--min-confidence` and `rules:` of the configuration leave out all of them; \
                  `promolint config` shows which are in force"
                .to_owned(),
        };
        Err(refuse("nothing was checked, because no rule is left to check with", &help))
    }
}
