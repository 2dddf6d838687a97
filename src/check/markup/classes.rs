//! The table of utility classes, `rules/markup/classes.yaml`: what a class does where no style sheet at hand says it. No class is known here.

use super::media::Media;
use super::selector::state_of;
use super::sheet::Declaration;
use crate::source::Span;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Classes longer than this mean nothing here.
const MAX_CLASS: usize = 200;

/// The table.
#[derive(Debug, Default)]
pub(super) struct Table {
    states: Vec<String>,
    media: HashMap<String, Arc<Media>>,
    always: Vec<String>,
    transient: Vec<String>,
    transient_attributes: Vec<String>,
    /// What animations do that the table's classes start.
    pub animations: HashMap<String, Vec<Declaration>>,
    classes: HashMap<String, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    declarations: Vec<(String, String)>,
    negative: bool,
}

/// What one class says.
#[derive(Debug)]
pub(super) struct Meaning {
    pub declarations: Vec<Declaration>,
    /// It holds only while somebody points at something, or the like: the words for that.
    pub state: Option<&'static str>,
    pub media: Vec<Arc<Media>>,
    /// It is said of elements of this name within the one that has the class; only of its children, if true.
    pub within: Option<(String, bool)>,
}

fn declaration((property, value): (&str, &str), important: bool) -> Declaration {
    Declaration { property: property.into(), value: value.into(), important, span: Span::at(0) }
}

impl Table {
    /// The table that is built in.
    pub fn get() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        // A test holds the file to be readable, so that nothing is lost here.
        TABLE.get_or_init(|| {
            serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/classes.json"))).map(|v| Table::read(&v)).unwrap_or_default()
        })
    }

    fn read(root: &Value) -> Table {
        let texts = |v: &Value| v.as_array().into_iter().flatten().filter_map(|t| t.as_str().map(str::to_owned)).collect();
        let map = |v: &Value| v.as_object().cloned().unwrap_or_default();
        let pairs = |m: &Map<String, Value>| {
            m.iter().map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_owned))).collect::<Vec<_>>()
        };
        let entry = |v: &Value| {
            let mut declarations = pairs(&map(v));
            let all = declarations.len();
            declarations.retain(|(k, _)| k != "negative");
            Entry { negative: declarations.len() < all, declarations }
        };
        let frames = |v: &Value| pairs(&map(v)).iter().map(|(k, v)| declaration((k, v), false)).collect();
        let variants = &root["variants"];
        Table {
            states: texts(&variants["states"]),
            media: pairs(&map(&variants["media"])).into_iter().map(|(k, v)| (k, Media::read(&v))).collect(),
            always: texts(&variants["always"]),
            transient: texts(&root["transient"]),
            transient_attributes: texts(&root["transient_attributes"]),
            animations: map(&root["animations"]).iter().map(|(k, v)| (k.clone(), frames(v))).collect(),
            classes: map(&root["classes"]).iter().map(|(k, v)| (k.clone(), entry(v))).collect(),
        }
    }

    /// Whether a class is gone when the page has been loaded.
    pub fn is_transient(&self, class: &str) -> bool {
        self.transient.iter().any(|t| t == class)
    }

    /// Whether what a selector says of an attribute is gone when the page has been loaded.
    pub fn is_transient_attribute(&self, name: &str) -> bool {
        self.transient_attributes.iter().any(|t| t == name)
    }

    /// Whether the table says anything of a class.
    pub fn knows(&self, class: &str) -> bool {
        self.meaning(class).is_some()
    }

    /// What a class says: `md:hover:grayscale-0`, `!opacity-50`, `[filter:grayscale(1)]`.
    pub fn meaning(&self, class: &str) -> Option<Meaning> {
        if class.len() > MAX_CLASS {
            return None;
        }
        let mut parts = colons(class);
        let last = parts.pop()?;
        let (mut state, mut media, mut within) = (None, Vec::new(), None);
        for variant in parts {
            // `group-hover/name`: whose state it is does not matter.
            let name = if variant.starts_with('[') { variant } else { variant.split('/').next().unwrap_or("") };
            let bare = name.strip_prefix("group-").or(name.strip_prefix("peer-")).unwrap_or(name);
            if self.states.iter().any(|s| s == bare) {
                state = state_of(bare).or(Some("somebody uses it"));
            } else if let Some(m) = self.media.get(name) {
                media.push(Arc::clone(m));
            } else if let Some(inner) = within_of(name).filter(|_| within.is_none()) {
                within = Some(inner);
            } else if !self.always.iter().any(|a| a == name) {
                return None;
            }
        }
        let name = last.strip_prefix('!').or(last.strip_suffix('!'));
        let (name, important) = name.map_or((last, false), |n| (n, true));
        let found = self.declarations(name)?;
        let declarations = found.iter().map(|(p, v)| declaration((p, v), important)).collect();
        Some(Meaning { declarations, state, media, within })
    }

    fn declarations(&self, name: &str) -> Option<Vec<(String, String)>> {
        if let Some(inner) = name.strip_prefix('[').and_then(|n| n.strip_suffix(']')) {
            let (property, value) = inner.split_once(':')?;
            return Some(vec![(property.to_ascii_lowercase(), value.replace('_', " "))]);
        }
        if let Some(entry) = self.classes.get(name) {
            return Some(entry.declarations.clone());
        }
        let (bare, negative) = name.strip_prefix('-').map_or((name, false), |n| (n, true));
        if let Some(inner) = bare.strip_suffix(']')
            && let Some((family, value)) = inner.split_once("-[")
        {
            let entry = self.classes.get(&format!("{family}-[]"));
            let entry = entry.or_else(|| self.classes.get(&format!("{family}-*")))?;
            let value = value.replace('_', " ");
            // A negative value in brackets is rare, and what it means depends on its unit.
            return (!negative).then(|| entry.fill(|_| value.clone()));
        }
        let dashes: Vec<usize> = bare.match_indices('-').map(|(i, _)| i).collect();
        for at in dashes.into_iter().rev() {
            let (family, value) = (&bare[..at], &bare[at + 1..]);
            if let Ok(number) = value.parse::<f64>()
                && value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
                && let Some(entry) = self.classes.get(&format!("{family}-#"))
                && (entry.negative || !negative)
            {
                let number = if negative { -number } else { number };
                return Some(entry.fill(|times| (number * times).to_string()));
            }
            if !negative && let Some(entry) = self.classes.get(&format!("{family}-*")) {
                return Some(entry.declarations.clone());
            }
        }
        None
    }
}

impl Entry {
    /// The declarations with a value in the place of `{}`, or of `{*4}` with that many times it.
    fn fill(&self, value: impl Fn(f64) -> String) -> Vec<(String, String)> {
        let one = |text: &String| {
            let Some((before, rest)) = text.split_once('{') else { return text.clone() };
            let Some((times, after)) = rest.split_once('}') else { return text.clone() };
            let times = times.trim_start_matches('*').parse().unwrap_or(1.0);
            format!("{before}{}{after}", value(times))
        };
        self.declarations.iter().map(|(p, v)| (p.clone(), one(v))).collect()
    }
}

/// `[&_img]` and `[&>img]`: the name, and whether only children are meant. `*` and `**` are all of them.
fn within_of(variant: &str) -> Option<(String, bool)> {
    match variant {
        "*" => return Some(("*".to_owned(), true)),
        "**" => return Some(("*".to_owned(), false)),
        _ => {}
    }
    let inner = variant.strip_prefix("[&")?.strip_suffix(']')?;
    let child = inner.starts_with('>');
    let name = inner.trim_start_matches(['>', '_']);
    let plain = !name.is_empty() && name.len() < inner.len() && (name == "*" || name.bytes().all(|b| b.is_ascii_alphanumeric()));
    plain.then(|| (name.to_ascii_lowercase(), child))
}

/// A class cut at its colons, but for those in square brackets.
fn colons(class: &str) -> Vec<&str> {
    let (mut depth, mut from, mut out) = (0usize, 0, Vec::new());
    for (i, b) in class.bytes().enumerate() {
        match b {
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => {
                out.push(&class[from..i]);
                from = i + 1;
            }
            _ => {}
        }
    }
    out.push(&class[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_mean_what_the_table_says() {
        let table = Table::get();
        assert!(table.classes.len() > 100 && table.media.len() > 10 && !table.animations.is_empty());
        for (class, expected) in [
            ("grayscale", "filter.grayscale: grayscale(100%)"),
            ("md:hover:grayscale-0", "filter.grayscale: grayscale(0%) hover (min-width: 768px)"),
            ("-hue-rotate-15", "filter.hue-rotate: hue-rotate(-15deg)"),
            ("opacity-[.35]", "opacity: .35"),
            ("!opacity-50", "opacity: 50% !"),
            ("group-hover/card:opacity-50!", "opacity: 50% ! hover"),
            ("[filter:grayscale(1)_blur(2px)]", "filter: grayscale(1) blur(2px)"),
            ("dark:[filter:invert(1)]", "filter: invert(1) (prefers-color-scheme: dark)"),
            ("w-16", "width: 64px"),
            ("w-1.5", "width: 6px"),
            ("w-1/2", "width: 100%"),
            ("w-full", "width: 100%"),
            ("-scale-x-100", "transform.scale-x: scaleX(-100%)"),
            ("drop-shadow-[0_2px_2px_red]", "filter.drop-shadow: drop-shadow(0 2px 2px red)"),
            ("rounded-circle", "border-radius: 50%"),
            ("[&_img]:opacity-50", "opacity: 50% img"),
            ("hover:[&>svg]:invert", "filter.invert: invert(100%) hover > svg"),
        ] {
            let m = table.meaning(class).unwrap_or_else(|| panic!("{class}"));
            let mut said: Vec<String> =
                m.declarations.iter().map(|d| format!("{}: {}{}", d.property, d.value, if d.important { " !" } else { "" })).collect();
            said.extend(m.state.map(|_| "hover".to_owned()));
            said.extend(m.media.iter().map(|m| m.text.clone()));
            said.extend(m.within.iter().map(|(n, child)| format!("{}{n}", if *child { "> " } else { "" })));
            assert_eq!(said.join(" "), expected, "{class}");
        }
        for class in
            ["text-red-500", "grayscale-x", "foo:grayscale", "-opacity-50", "shadow", "shadow-lg", "transition", "", "-", "[]", ":"]
        {
            assert!(!table.knows(class), "{class}");
        }
    }
}
