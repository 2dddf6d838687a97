//! What reports are told beside findings, as plain data: the rules' words, and where paths begin.

use crate::finding::{Confidence, Severity};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use std::collections::HashMap;

/// What a report may say of the run.
#[derive(Default)]
pub struct About {
    rules: HashMap<String, RuleHelp>,
    /// Where paths begin.
    pub root: Root,
    /// Gives the whole text of a file by its name in reports, where it is known and not long.
    pub content: Option<Content>,
}

/// Gives the whole text of a file by its name in reports.
pub type Content = Box<dyn Fn(&str) -> Option<String>>;

impl std::fmt::Debug for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("About").field("rules", &self.rules.len()).field("root", &self.root).finish_non_exhaustive()
    }
}

/// What is known of a rule apart from its findings.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleHelp {
    /// Its id.
    pub id: String,
    /// The pack it belongs to.
    pub pack: String,
    /// The requirement, short.
    pub title: String,
    /// Why it matters; may be empty.
    pub why: String,
    /// The cure in general words.
    pub help: String,
    /// Where it comes from: titles and addresses, most important first.
    pub sources: Vec<(String, Option<String>)>,
    /// How well it is sourced.
    pub confidence: Confidence,
    /// The highest severity it usually has; `None` where it is off.
    pub severity: Option<Severity>,
}

impl About {
    /// Rules and the place where paths begin.
    pub fn new(rules: impl IntoIterator<Item = RuleHelp>, root: Root) -> About {
        About { rules: rules.into_iter().map(|r| (r.id.clone(), r)).collect(), root, content: None }
    }

    /// What is known of a rule.
    pub fn rule(&self, id: &str) -> Option<&RuleHelp> {
        self.rules.get(id)
    }
}

/// The folder that a code host knows as the root of the repository, and where promolint runs in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    folder: String,
    here: String,
}

/// What stands in a path of a URI as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Root {
    /// Both are absolute, with `/` between their parts. Where `here` is not inside `folder`, paths stay as they are.
    pub fn new(folder: &str, here: &str) -> Root {
        let clean = |p: &str| p.replace('\\', "/").trim_end_matches('/').to_owned();
        Root { folder: clean(folder), here: clean(here) }
    }

    /// The path from the root, with `/` between its parts; as it was given if it lies outside, or is no file.
    pub fn relative<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let plain = !is_absolute(path) && path.split('/').all(|p| !matches!(p, "." | ".." | ""));
        if is_url(path) || is_stream(path) || (plain && self.folder == self.here) {
            return Cow::Borrowed(path);
        }
        let whole = if is_absolute(path) { path.to_owned() } else { format!("{}/{path}", self.here) };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." => match parts.pop() {
                    Some(_) => {}
                    None => return Cow::Borrowed(path),
                },
                part => parts.push(part),
            }
        }
        let root: Vec<&str> = self.folder.split('/').filter(|p| !p.is_empty()).collect();
        match parts.strip_prefix(&root[..]) {
            // Nothing is known of the root: only what lies beneath where promolint runs is told apart.
            Some(rest) if !rest.is_empty() && (!self.folder.is_empty() || !is_absolute(path)) => Cow::Owned(rest.join("/")),
            _ => Cow::Borrowed(path),
        }
    }

    /// The path as a URI, and whether it is relative to the root.
    pub fn uri(&self, path: &str) -> (String, bool) {
        if is_url(path) {
            let uri = url::Url::parse(path).map_or_else(|_| utf8_percent_encode(path, PATH).to_string(), String::from);
            return (uri, false);
        }
        let path = self.relative(path);
        let encoded = utf8_percent_encode(&path, PATH).to_string();
        match (is_absolute(&path), path.starts_with('/')) {
            (true, true) => (format!("file://{encoded}"), false),
            (true, false) => (format!("file:///{encoded}"), false),
            (false, _) => (encoded, true),
        }
    }
}

/// Whether the name of an input is an address.
pub(super) fn is_url(path: &str) -> bool {
    path.starts_with("https://") || path.starts_with("http://")
}

/// Whether it is standard input without a name.
fn is_stream(path: &str) -> bool {
    path.starts_with('<')
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || matches!(path.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::Root;

    #[test]
    fn paths_begin_at_the_root_and_become_uris() {
        let root = Root::new("/srv/site", "/srv/site/docs");
        let cases = [
            ("a.html", "docs/a.html", "docs/a.html"),
            ("./b/../a b.html", "docs/a b.html", "docs/a%20b.html"),
            ("../été/c#1?.md", "été/c#1?.md", "%C3%A9t%C3%A9/c%231%3F.md"),
            ("/srv/site/x:y.md", "x:y.md", "x%3Ay.md"),
            ("../../out.md", "../../out.md", "../../out.md"),
            ("/else/where.md", "/else/where.md", "file:///else/where.md"),
            ("C:/other/x.md", "C:/other/x.md", "file:///C%3A/other/x.md"),
            ("<stdin>", "<stdin>", "%3Cstdin%3E"),
            ("https://brightpath.example/a b", "https://brightpath.example/a b", "https://brightpath.example/a%20b"),
        ];
        for (path, relative, uri) in cases {
            assert_eq!(root.relative(path), relative);
            assert_eq!(root.uri(path).0, uri);
        }
        // A root that is not known changes nothing.
        assert_eq!(Root::default().relative("../a/./b.md"), "../a/./b.md");
        assert_eq!(Root::default().relative("/a/b.md"), "/a/b.md");
    }
}
