//! The packs that are built in.

/// Name and text of each.
const PACKS: &[(&str, &str)] = &[
    ("hubspot/terms", include_str!("../../rules/hubspot/terms.yaml")),
    ("hubspot/trademark", include_str!("../../rules/hubspot/trademark.yaml")),
    ("hubspot/directory-conduct", include_str!("../../rules/hubspot/directory-conduct.yaml")),
    ("hubspot/events", include_str!("../../rules/hubspot/events.yaml")),
    ("hubspot/security-copy", include_str!("../../rules/hubspot/security-copy.yaml")),
];

/// The names of the packs that `name` stands for: itself, or all below it (`hubspot`).
pub fn builtin_names(name: &str) -> Vec<&'static str> {
    let below = format!("{name}/");
    PACKS.iter().map(|(n, _)| *n).filter(|n| *n == name || n.starts_with(&below)).collect()
}

/// The text of a built-in pack.
pub fn builtin_text(name: &str) -> Option<&'static str> {
    PACKS.iter().find(|(n, _)| *n == name).map(|(_, t)| *t)
}
