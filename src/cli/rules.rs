//! `promolint rules`.

use super::args::{RulesArgs, TableFormat};
use super::explain::{page, severity};
use super::{count, print, refuse, setup, stdout_palette};
use crate::document::Kind;
use crate::engine::{io_message, name_of};
use crate::pack::Rule;
use crate::pack::model::Pack;
use crate::report::clean;
use serde_json::json;
use std::path::Path;

/// Lists the rules.
pub fn run(args: &RulesArgs) -> u8 {
    // Tables tell nothing that only the YAML has.
    let quick = args.pages.is_none() && !matches!(args.format, TableFormat::Json);
    let mut setup = match setup::load(&args.selection, quick, std::path::Path::new(".")) {
        Ok(s) => s,
        Err(code) => return code,
    };
    // All of them, those that are off too.
    let (only, ignore) = (std::mem::take(&mut setup.settings.only), std::mem::take(&mut setup.settings.ignore));
    let named = |list: &[String], r: &Rule| list.iter().any(|p| r.id.starts_with(p.as_str()) || r.pack.starts_with(p.as_str()));
    let rules: Vec<&Rule> =
        setup.packs.packs.iter().flat_map(|p| &p.rules).filter(|r| (only.is_empty() || named(&only, r)) && !named(&ignore, r)).collect();
    if let Some(folder) = &args.pages {
        return write_pages(folder, &rules, &setup.packs.packs);
    }
    let palette = stdout_palette(args.selection.color);
    print(&match args.format {
        TableFormat::Table => {
            let width = rules.iter().map(|r| r.id.len()).max().unwrap_or(0);
            let mut out = String::new();
            let mut pack = "";
            for r in &rules {
                if r.pack != pack {
                    pack = &r.pack;
                    out.push_str(&format!("{}{}\n", if out.is_empty() { "" } else { "\n" }, palette.bold(&clean(pack))));
                }
                let level = r.severity.highest().map_or("off", |s| s.name());
                out.push_str(&format!("  {:width$}  {level:7}  {}\n", r.id, clean(&r.title)));
            }
            out
        }
        TableFormat::Markdown => {
            let mut out = "| rule | severity | confidence | looks at | requirement |\n| --- | --- | --- | --- | --- |\n".to_owned();
            for r in &rules {
                let title = page::escape(&r.title).replace('|', "\\|");
                out.push_str(&format!("| `{}` | {} | {} | {} | {title} |\n", r.id, severity(&r.severity), r.confidence, kinds(r)));
            }
            out
        }
        TableFormat::Json => {
            let list: Vec<_> = rules
                .iter()
                .map(|r| {
                    json!({
                        "id": r.id, "aliases": r.aliases, "pack": r.pack, "title": r.title, "why": r.why, "confidence": r.confidence,
                        "severity": {
                            "default": r.severity.default,
                            "by_kind": r.severity.by_kind.iter().map(|(k, s)| (k.name(), json!(s))).collect::<std::collections::BTreeMap<_, _>>(),
                        },
                        "kinds": r.kinds, "sources": r.sources, "help": r.text().help, "fix": r.fix,
                        "folds_into": r.folds_into,
                    })
                })
                .collect();
            serde_json::to_string_pretty(&json!({"schema": "promolint.rules/1", "rules": list})).unwrap_or_default() + "\n"
        }
    })
}

/// Writes a page for each rule and an index into a folder.
fn write_pages(folder: &Path, rules: &[&Rule], packs: &[Pack]) -> u8 {
    let all = rules.iter().map(|r| (format!("{}.md", r.id), page::page(r))).chain([("README.md".to_owned(), page::index(packs, rules))]);
    for (name, text) in all {
        let file = folder.join(name);
        if let Err(e) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, text)) {
            return refuse(&format!("cannot write {}: {}", name_of(&file), io_message(&e)), "name a folder that can be written");
        }
    }
    print(&format!("{} in {}\n", count(rules.len(), "page"), name_of(folder)))
}

fn kinds(r: &Rule) -> String {
    if r.kinds.len() == Kind::ALL.len() { "everything".into() } else { r.kinds.iter().map(|k| k.name()).collect::<Vec<_>>().join(", ") }
}
