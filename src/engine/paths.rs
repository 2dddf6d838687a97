//! Patterns of a configuration and the paths they are held against.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::{Component, Path, PathBuf};

/// Patterns that are relative to a folder, held against paths as reports name them, which are relative to where promolint was started.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    set: GlobSet,
    /// For each of them whether it takes back what those before it match (`!`). Empty where none does.
    takes_back: Vec<bool>,
    /// The folder the patterns are relative to, and the one the paths are; `None` where these are the same.
    folders: Option<(PathBuf, PathBuf)>,
}

impl Paths {
    /// Patterns relative to `folder`.
    pub fn new(set: GlobSet, folder: &Path) -> Paths {
        let here = std::env::current_dir().unwrap_or_default();
        let root = without_dots(&here.join(folder));
        let same = root == here;
        Paths { set, takes_back: Vec::new(), folders: (!same).then_some((root, here)) }
    }

    /// Patterns as .gitignore means them, relative to `folder`.
    pub fn of_patterns(patterns: &[String], folder: &Path) -> Paths {
        let mut set = GlobSetBuilder::new();
        let mut takes_back = Vec::new();
        for pattern in patterns {
            let rest = pattern.strip_prefix('!');
            for glob in anchored(rest.unwrap_or(pattern)) {
                set.add(glob);
                takes_back.push(rest.is_some());
            }
        }
        if !takes_back.contains(&true) {
            takes_back.clear();
        }
        Paths { takes_back, ..Paths::new(set.build().unwrap_or_default(), folder) }
    }

    /// Whether all that lies in a folder that matches does, too.
    pub fn holds_below(&self) -> bool {
        self.takes_back.is_empty()
    }

    /// Whether the last pattern that speaks of a path matches it. A path outside the folder is taken as it is named.
    pub fn is_match(&self, name: &str) -> bool {
        if self.set.is_empty() {
            return false;
        }
        let name = name.trim_start_matches("./");
        let below = match &self.folders {
            // An address is no path.
            _ if name.contains("://") => None,
            Some((root, here)) => without_dots(&here.join(name)).strip_prefix(root).map(Path::to_owned).ok(),
            None if Path::new(name).is_absolute() => {
                std::env::current_dir().ok().and_then(|here| Path::new(name).strip_prefix(here).map(Path::to_owned).ok())
            }
            None => None,
        };
        let path = below.as_deref().unwrap_or(Path::new(name));
        match &self.takes_back[..] {
            [] => self.set.is_match(path),
            takes_back => self.set.matches(path).last().is_some_and(|last| !takes_back[*last]),
        }
    }
}

/// A pattern as .gitignore means it: without a slash it matches a name anywhere, a folder stands for all in it.
fn anchored(pattern: &str) -> Vec<Glob> {
    let p = pattern.trim_end_matches('/').trim_start_matches("./");
    let p = p.strip_prefix('/').map_or_else(|| if p.contains('/') { p.to_owned() } else { format!("**/{p}") }, str::to_owned);
    [p.clone(), format!("{p}/**")].iter().filter_map(|g| GlobBuilder::new(g).literal_separator(true).build().ok()).collect()
}

/// The deepest folder that all these inputs lie in; the current one where they lie nowhere (standard input).
pub fn common_folder(arguments: &[String]) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let mut common: Option<PathBuf> = None;
    for argument in arguments.iter().filter(|a| *a != "-" && !a.contains("://")) {
        let path = without_dots(&here.join(argument));
        let folder = if path.is_dir() { path } else { path.parent().map(Path::to_owned).unwrap_or_default() };
        common = Some(match common {
            None => folder,
            Some(c) => c.components().zip(folder.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect(),
        });
    }
    common.unwrap_or(here)
}

/// The path without `.` and `..`, as written: links are not followed.
pub(super) fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pattern: &str) -> GlobSet {
        GlobSetBuilder::new().add(Glob::new(pattern).expect("pattern")).build().expect("set")
    }

    #[test]
    fn patterns_are_relative_to_their_folder() {
        let below = Paths::new(set("ads/**"), Path::new("fixtures"));
        assert!(below.is_match("fixtures/ads/a.csv") && below.is_match("./fixtures/x/../ads/a.csv"));
        assert!(!below.is_match("fixtures/site/ads/a.csv"));
        let above = Paths::new(set("site/ads/**"), Path::new("../.."));
        let here = std::env::current_dir().expect("folder");
        let names: Vec<_> = here.iter().rev().take(2).map(|n| n.to_string_lossy().into_owned()).collect();
        let own = Paths::new(set(&format!("{}/{}/ads/**", names[1], names[0])), Path::new("../.."));
        assert!(own.is_match("ads/a.csv") && !above.is_match("ads/a.csv"));
        let same = Paths::new(set("ads/**"), Path::new(""));
        assert!(same.is_match("ads/a.csv") && same.is_match("./ads/a.csv"));
    }

    #[test]
    fn the_last_pattern_that_matches_wins() {
        let matches = |patterns: &[&str], name: &str| {
            Paths::of_patterns(&patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>(), Path::new("")).is_match(name)
        };
        let list = ["drafts/", "*.txt", "!drafts/keep.md", "!/notes.txt"];
        assert!(matches(&list, "drafts/a.md") && matches(&list, "b/notes.txt"));
        assert!(!matches(&list, "drafts/keep.md") && !matches(&list, "notes.txt") && !matches(&list, "a.md"));
        assert!(matches(&["!a.md", "a.md"], "a.md") && !matches(&["!a.md"], "a.md") && !matches(&["!a.md"], "b.md"));
        assert!(matches(&["\\!a.md"], "!a.md"));
    }

    #[test]
    fn inputs_have_a_folder_in_common() {
        let here = std::env::current_dir().expect("folder");
        let common = |list: &[&str]| common_folder(&list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(common(&["src/engine/mod.rs", "./src/cli"]), here.join("src"));
        assert_eq!(common(&["src"]), here.join("src"));
        assert_eq!(common(&["-"]), here);
        assert_eq!(common(&[]), here);
    }
}
