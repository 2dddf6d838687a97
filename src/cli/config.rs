//! `promolint config`.

use super::args::ConfigArgs;
use super::explain::severity;
use super::{print, setup, stdout_palette};
use crate::document::Kind;
use crate::engine::{self, Baseline, Ignores, name_of};
use crate::report::Palette;

/// Shows what is in force and where it was set.
pub fn run(args: &ConfigArgs) -> u8 {
    let named: Vec<String> = args.file.iter().map(|f| name_of(f)).collect();
    let setup = match setup::load(&args.selection, true, &engine::common_folder(&named)) {
        Ok(s) => s,
        Err(code) => return code,
    };
    let c = &setup.config;
    let palette = stdout_palette(args.selection.color);
    let mut t = Table { palette, rows: Vec::new() };
    let file = c.file.as_deref().map(name_of);
    let origin = |key: &str| match (&file, c.lines.get(key)) {
        (Some(f), Some(line)) => format!("{f}:{line}"),
        _ => "default".to_owned(),
    };
    t.row("configuration", file.as_deref().unwrap_or("none"), if args.selection.config.is_some() { "--config" } else { "nearest upwards" });
    let packs = if args.selection.pack.is_empty() {
        c.packs.clone().unwrap_or_else(|| vec!["hubspot".into()])
    } else {
        args.selection.pack.clone()
    };
    t.row("packs", &packs.join(", "), &if args.selection.pack.is_empty() { origin("packs") } else { "--pack".into() });
    t.row("fail_on", c.fail_on.as_deref().unwrap_or("error"), &origin("fail_on"));
    let min = setup.settings.min_confidence.map_or("inferred", |m| m.name());
    t.row(
        "min_confidence",
        min,
        &if args.selection.min_confidence.is_some() { "--min-confidence".into() } else { origin("min_confidence") },
    );
    t.row("exclude", &none(&c.exclude.join(", ")), &origin("exclude"));
    t.row("formats", &none(&c.formats.join(", ")), &origin("formats"));
    for (key, set, name) in [("baseline", &c.baseline, Baseline::FILE_NAME), ("suppressions", &c.suppressions, Ignores::FILE_NAME)] {
        let file = super::accepting::found(c, set.as_deref(), name, &engine::common_folder(&named));
        t.row(key, &file.map_or("none".into(), |f| name_of(&f)), &origin(key));
    }
    t.row("partner", c.partner.as_deref().unwrap_or("none"), &origin("partner"));
    for (_, name) in crate::facts::Kind::ALL {
        let register = c.registers.get(name);
        let complete = register.and_then(|r| r.complete).map_or("", |c| if c { ", complete" } else { ", not complete" });
        let file = register.map_or("none".to_owned(), |r| format!("{}{complete}", r.file));
        t.row(name, &file, &register.map_or("default".into(), |_| origin(&format!("registers.{name}"))));
    }
    for (paths, kind) in &c.kinds {
        t.row("kinds", &format!("{} is {kind}", paths.join(", ")), &origin("kinds"));
    }
    if let Some(f) = &args.file {
        let name = name_of(f);
        let kind = c.kinds.iter().find(|(paths, _)| c.globs(paths).is_match(&name)).map(|(_, k)| *k);
        t.row("for", &name, "--for");
        t.row("excluded", if c.globs(&c.exclude).is_match(&name) { "yes" } else { "no" }, &origin("exclude"));
        t.row("kind", kind.map_or("told from the content", Kind::name), &kind.map_or("default".into(), |_| origin("kinds")));
    }
    let mut out = t.print();
    out.push_str(&format!("\n{}\n", palette.bold("rules")));
    let path = args.file.as_deref().map(name_of).unwrap_or_default();
    let mut rows = Table { palette, rows: Vec::new() };
    for rule in setup.packs.packs.iter().flat_map(|p| &p.rules) {
        let over =
            c.overrides.iter().rev().find(|o| !path.is_empty() && o.rules.contains_key(&rule.id) && c.globs(&o.paths).is_match(&path));
        let (value, from) = match (over, c.rules.get(&rule.id)) {
            (Some(o), _) => (severity(&o.rules[&rule.id]), format!("{}:{}", file.as_deref().unwrap_or(""), o.line)),
            (None, Some(s)) => (severity(s), origin(&format!("rules.{}", rule.id))),
            (None, None) => (severity(&rule.severity), rule.pack.clone()),
        };
        rows.row(&rule.id, &value, &from);
    }
    out.push_str(&rows.print());
    print(&out)
}

fn none(s: &str) -> String {
    if s.is_empty() { "none".into() } else { s.into() }
}

struct Table {
    palette: Palette,
    rows: Vec<(String, String, String)>,
}

impl Table {
    fn row(&mut self, name: &str, value: &str, origin: &str) {
        self.rows.push((name.into(), value.into(), origin.into()));
    }

    fn print(&self) -> String {
        let (a, b) = self.rows.iter().fold((0, 0), |(a, b), (n, v, _)| (a.max(n.chars().count()), b.max(v.chars().count())));
        let line =
            |(n, v, o): &(String, String, String)| format!("{n:a$}  {v:b$}  {}\n", self.palette.dim(&format!("({o})")), b = b.min(60));
        self.rows.iter().map(line).collect()
    }
}
