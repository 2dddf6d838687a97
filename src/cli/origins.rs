//! Where what is in force was set.

use super::args::Selection;
use crate::config::Config;
use crate::engine::{Settings, name_of};
use crate::pack::model::{Rule, SeverityByKind};

/// The place of a key of the configuration: `promolint.yaml:3`; `default` where it is not set.
pub fn of_key(config: &Config, key: &str) -> String {
    match (&config.file, config.lines.get(key)) {
        (Some(f), Some(line)) => format!("{}:{line}", name_of(f)),
        _ => "default".to_owned(),
    }
}

/// The severity of a rule for a file (of no file in particular, if `path` is empty), and where it was set: the configuration, or the pack.
pub fn of_rule<'c>(config: &'c Config, rule: &'c Rule, path: &str) -> (&'c SeverityByKind, String) {
    let names = || std::iter::once(&rule.id).chain(&rule.aliases);
    for o in config.overrides.iter().rev().filter(|_| !path.is_empty()) {
        if let Some(name) = names().find(|n| o.rules.contains_key(*n)).filter(|_| config.globs(&o.paths).is_match(path)) {
            let line = o.lines.get(name).copied().unwrap_or(o.line);
            return (&o.rules[name], format!("{}:{line}", config.file.as_deref().map(name_of).unwrap_or_default()));
        }
    }
    match names().find(|n| config.rules.contains_key(*n)) {
        Some(name) => (&config.rules[name], of_key(config, &format!("rules.{name}"))),
        None => (&rule.severity, rule.pack.clone()),
    }
}

/// Which option or key leaves a rule out altogether, and where that was set.
pub fn leaves_out(selection: &Selection, config: &Config, settings: &Settings, rule: &Rule) -> Option<String> {
    Some(match settings.leaves_out(rule)? {
        "min_confidence" if selection.min_confidence.is_some() => format!("--min-confidence; it is {}", rule.confidence),
        "min_confidence" => format!("min_confidence, {}; it is {}", of_key(config, "min_confidence"), rule.confidence),
        option => option.to_owned(),
    })
}
