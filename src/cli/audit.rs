//! `promolint pack audit`: what may be better in packs that work.

use super::args::{AuditArgs, FailOn, ScoreFormat};
use super::pack::{file_of, known, load, usable};
use super::{complain, count, exit, print, stdout_palette};
use crate::engine::audit::{Check, Remark, audit};
use crate::facts::Day;
use crate::finding::Severity;
use crate::source::Source;
use serde_json::json;

/// Runs the command.
pub fn run(args: &AuditArgs) -> u8 {
    let set = match load(&args.packs) {
        Ok(s) => s,
        Err(code) => return code,
    };
    if let Err(code) = usable(&set, args.packs.color).and_then(|()| known(&set, &args.packs.only)) {
        return code;
    }
    let named = |id: &str| args.packs.only.is_empty() || args.packs.only.iter().any(|o| id.starts_with(o.as_str()));
    let sources: Vec<(String, Source)> = set
        .packs
        .iter()
        .map(|p| {
            let file = &set.files[file_of(&set, &p.name)];
            (p.name.clone(), Source::from_text(&file.name, file.text.clone()))
        })
        .collect();
    let rules = set.packs.iter().flat_map(|p| &p.rules).filter(|r| named(&r.id)).count();
    let remarks = audit(set.packs, &named, args.today.unwrap_or_else(Day::today));
    let place = |r: &Remark| {
        let source = sources.iter().find(|(name, _)| *name == r.pack).map(|(_, s)| s);
        source.map_or_else(|| (r.pack.clone(), 0), |s| (s.name().to_owned(), s.position(r.span.start).line))
    };
    let code = print(&match args.format {
        ScoreFormat::Table => table(&remarks, &place, args),
        ScoreFormat::Json => json(&remarks, &place),
    });
    let of = |s: Severity| remarks.iter().filter(|r| r.check.severity() == s).count();
    let (warnings, notes) = (of(Severity::Warning), of(Severity::Note));
    complain(&format!("{}: {}, {}", count(rules, "rule"), count(warnings, "warning"), count(notes, "note")));
    let least = match args.fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Note => Some(Severity::Note),
        FailOn::Never => None,
    };
    match (code, least) {
        (exit::OK, Some(least)) if remarks.iter().any(|r| r.check.severity() >= least) => exit::FOUND,
        (code, _) => code,
    }
}

fn table(remarks: &[Remark], place: &dyn Fn(&Remark) -> (String, usize), args: &AuditArgs) -> String {
    let palette = stdout_palette(args.packs.color);
    let mut out = String::new();
    for check in Check::ALL {
        let list: Vec<&Remark> = remarks.iter().filter(|r| r.check == check).collect();
        if list.is_empty() {
            continue;
        }
        let severity = check.severity();
        let title = palette.severity(severity, &format!("{}[{}]", severity.name(), check.name()));
        out.push_str(&format!("{title}: {}\n", count(list.len(), "remark")));
        for r in list {
            let (file, line) = place(r);
            out.push_str(&format!("  {file}:{line}: {}: {}\n", palette.bold(&r.rule), r.message));
        }
        out.push_str(&format!("  {}\n\n", palette.dim(&format!("= help: {}", check.help()))));
    }
    out
}

fn json(remarks: &[Remark], place: &dyn Fn(&Remark) -> (String, usize)) -> String {
    let list: Vec<_> = remarks
        .iter()
        .map(|r| {
            let (path, line) = place(r);
            json!({
                "check": r.check.name(), "severity": r.check.severity().name(), "rule": r.rule, "pack": r.pack, "other": r.other,
                "path": path, "line": line, "message": r.message, "help": r.check.help(),
            })
        })
        .collect();
    serde_json::to_string_pretty(&json!({"schema": "promolint.audit/1", "remarks": list})).unwrap_or_default() + "\n"
}
