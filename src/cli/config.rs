//! `promolint config`.

use super::args::{ConfigArgs, Selection};
use super::explain::severity;
use super::{origins, print, setup, stdout_palette};
use crate::engine::{self, Baseline, Ignores, name_of};
use crate::report::Palette;
use std::path::Path;

/// Shows what is in force and where it was set.
pub fn run(args: &ConfigArgs) -> u8 {
    let named: Vec<String> = args.file.iter().map(|f| name_of(f)).collect();
    show(&args.selection, args.file.as_deref(), &engine::common_folder(&named), &[])
}

/// The same for a run of `check` over what lies in a folder. `given`: what its options set in place of the configuration, or beside it: key,
/// value, option.
pub fn show(selection: &Selection, one: Option<&Path>, folder: &Path, given: &[(&str, String, &str)]) -> u8 {
    let setup = match setup::load(selection, true, folder) {
        Ok(s) => s,
        Err(code) => return code,
    };
    let c = &setup.config;
    let palette = stdout_palette(selection.color);
    let mut t = Table { palette, rows: Vec::new(), given };
    let file = c.file.as_deref().map(name_of);
    let origin = |key: &str| origins::of_key(c, key);
    let whole = c.file.as_deref().filter(|_| one.is_some()).and_then(|f| std::path::absolute(f).ok());
    let above = whole.and_then(|f| crate::config::find(f.parent()?.parent()?)).map(|f| name_of(&setup::relative(&f)));
    let origin_of_file = match (&selection.config, above) {
        (Some(_), _) => "--config".to_owned(),
        (None, None) => "nearest upwards".to_owned(),
        (None, Some(above)) => format!("nearest upwards; {above} where inputs outside its folder are checked with it"),
    };
    t.row("configuration", file.as_deref().unwrap_or("none"), &origin_of_file);
    let packs = if selection.pack.is_empty() { c.packs.clone().unwrap_or_else(|| vec!["hubspot".into()]) } else { selection.pack.clone() };
    t.row("packs", &packs.join(", "), &if selection.pack.is_empty() { origin("packs") } else { "--pack".into() });
    t.row("fail_on", c.fail_on.as_deref().unwrap_or("error"), &origin("fail_on"));
    let min = setup.settings.min_confidence.map_or("inferred", |m| m.name());
    t.row("min_confidence", min, &if selection.min_confidence.is_some() { "--min-confidence".into() } else { origin("min_confidence") });
    t.row("exclude", &none(&c.exclude.join(", ")), &origin("exclude"));
    t.row("formats", &none(&c.formats.join(", ")), &origin("formats"));
    for (key, set, name) in [("baseline", &c.baseline, Baseline::FILE_NAME), ("suppressions", &c.suppressions, Ignores::FILE_NAME)] {
        let file = super::accepting::found(c, set.as_deref(), name, folder);
        t.row(key, &file.map_or("none".into(), |f| name_of(&f)), &origin(key));
    }
    t.row("partner", c.partner.as_deref().unwrap_or("none"), &origin("partner"));
    for (_, name) in crate::facts::Kind::ALL {
        let register = c.registers.get(name);
        let complete = register.and_then(|r| r.complete).map_or("", |c| if c { ", complete" } else { ", not complete" });
        let file = register.map_or("none".to_owned(), |r| format!("{}{complete}", r.file));
        t.row(name, &file, &register.map_or("default".into(), |_| origin(&format!("registers.{name}"))));
    }
    for (i, (paths, kind)) in c.kinds.iter().enumerate() {
        t.row("kinds", &format!("{} is {kind}", paths.join(", ")), &origin(&format!("kinds.{i}")));
    }
    t.rest();
    if let Some(f) = one {
        let name = name_of(f);
        let kind = c.kinds.iter().enumerate().find(|(_, (paths, _))| c.globs(paths).is_match(&name)).map(|(i, (_, k))| (i, *k));
        t.row("for", &name, "--for");
        t.row("excluded", if c.globs(&c.exclude).is_match(&name) { "yes" } else { "no" }, &origin("exclude"));
        t.row(
            "kind",
            kind.map_or("told from the content", |(_, k)| k.name()),
            &kind.map_or("default".into(), |(i, _)| origin(&format!("kinds.{i}"))),
        );
    }
    let mut out = t.print();
    out.push_str(&format!("\n{}\n", palette.bold("rules")));
    let path = one.map(name_of).unwrap_or_default();
    let mut rows = Table { palette, rows: Vec::new(), given: &[] };
    for rule in setup.packs.packs.iter().flat_map(|p| &p.rules) {
        let (value, from) = match origins::leaves_out(selection, c, &setup.settings, rule) {
            Some(by) if !given.is_empty() => ("off".to_owned(), by),
            _ => {
                let (value, from) = origins::of_rule(c, rule, &path);
                (severity(value), from)
            }
        };
        rows.row(&rule.id, &value, &from);
    }
    out.push_str(&rows.print());
    print(&out)
}

fn none(s: &str) -> String {
    if s.is_empty() { "none".into() } else { s.into() }
}

struct Table<'g> {
    palette: Palette,
    rows: Vec<(String, String, String)>,
    /// What options set: key, value, option.
    given: &'g [(&'g str, String, &'g str)],
}

impl Table<'_> {
    /// What was set by options in place of a key, then what has no key.
    fn rest(&mut self) {
        for (key, value, option) in self.given {
            if !self.rows.iter().any(|(n, ..)| n == key) {
                self.rows.push(((*key).into(), value.clone(), (*option).into()));
            }
        }
    }

    fn row(&mut self, name: &str, value: &str, origin: &str) {
        let (value, origin) = self.given.iter().find(|(key, ..)| *key == name).map_or((value, origin), |(_, v, o)| (v, o));
        self.rows.push((name.into(), value.into(), origin.into()));
    }

    fn print(&self) -> String {
        let (a, b) = self.rows.iter().fold((0, 0), |(a, b), (n, v, _)| (a.max(n.chars().count()), b.max(v.chars().count())));
        let line =
            |(n, v, o): &(String, String, String)| format!("{n:a$}  {v:b$}  {}\n", self.palette.dim(&format!("({o})")), b = b.min(60));
        self.rows.iter().map(line).collect()
    }
}
