//! Images as entries of `assets.yaml`: a new register, and an old one to which new files are added while all else stays as it is.

use super::{AssetFile, Assets};
use crate::facts::Kind;
use crate::facts::edit::append_entry;
use crate::facts::partners::write::{list, scalar};
use crate::source::Span;
use crate::yaml::{self, Fault, Node, Value};

/// An image to be written. What is not known is left out.
#[derive(Clone, Debug, Default)]
pub struct NewAsset {
    /// What it is known by.
    pub id: String,
    /// The family it belongs to.
    pub family: Option<String>,
    /// The tier it stands for, by its word.
    pub tier: Option<String>,
    /// Whether it may still be used.
    pub current: Option<bool>,
    /// Its files.
    pub files: Vec<AssetFile>,
    /// What people should look at, a line each.
    pub comments: Vec<String>,
}

/// A file as a flow mapping, or as its path if that is all there is.
fn file(f: &AssetFile) -> String {
    let mut out = vec![format!("path: {}", scalar(&f.path))];
    if let Some(v) = &f.variant {
        out.push(format!("variant: {}", scalar(v)));
    }
    for (key, value) in [("width", f.width), ("height", f.height)] {
        if let Some(v) = value {
            out.push(format!("{key}: {v}"));
        }
    }
    if let Some(h) = &f.sha256 {
        // Digits only, or digits around an `e`, would be a number.
        let number = h.bytes().all(|b| b.is_ascii_digit() || b == b'e');
        out.push(if number { format!("sha256: \"{h}\"") } else { format!("sha256: {h}") });
    }
    if out.len() == 1 { scalar(&f.path) } else { format!("{{{}}}", out.join(", ")) }
}

impl NewAsset {
    /// The entry's lines, the dash at depth `dash` and the keys at depth `keys`.
    pub fn lines(&self, dash: usize, keys: usize) -> Vec<String> {
        let mut out = vec![format!("{}-{}id: {}", " ".repeat(dash), " ".repeat(keys - dash - 1), scalar(&self.id))];
        let mut put = |depth: usize, line: String| out.push(format!("{}{line}", " ".repeat(depth)));
        for c in &self.comments {
            put(keys, format!("# {c}"));
        }
        if let Some(f) = &self.family {
            put(keys, format!("family: {}", scalar(f)));
        }
        if let Some(t) = &self.tier {
            put(keys, format!("tier: {}", scalar(t)));
        }
        if let Some(c) = self.current {
            put(keys, format!("status: {}", if c { "current" } else { "retired" }));
        }
        let mut variants: Vec<&str> = self.files.iter().filter_map(|f| f.variant.as_deref()).collect();
        variants.sort_unstable();
        variants.dedup();
        if !variants.is_empty() {
            put(keys, format!("variants: {}", list(variants)));
        }
        put(keys, "files:".into());
        for f in &self.files {
            put(keys + 2, format!("- {}", file(f)));
        }
        out
    }
}

/// A new register with these images; `head` is its first lines, comments among them.
pub fn register(head: &str, assets: &[NewAsset]) -> String {
    let mut out = format!("{head}assets:{}\n", if assets.is_empty() { " []" } else { "" });
    for line in assets.iter().flat_map(|a| a.lines(2, 4)) {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// The register's text with one entry more.
///
/// # Errors
/// The text is no YAML, its list is written in one line, or the id is taken.
pub fn add_asset(text: &str, new: &NewAsset) -> Result<String, Fault> {
    checked(append_entry(text, Kind::Assets, &new.id, &|dash, keys| new.lines(dash, keys))?)
}

/// The register's text with one file more at the image of this id. Every other byte stays as it is.
///
/// # Errors
/// The text is no YAML, or has no such image.
pub fn add_file(text: &str, id: &str, new: &AssetFile) -> Result<String, Fault> {
    let root = yaml::parse(text).map_err(|e| Fault::new(e.span, e.message.clone(), e.help()))?;
    let items = root.get(Kind::Assets.name()).and_then(Node::as_seq).unwrap_or_default();
    let named = |n: &&Node| n.get("id").and_then(Node::scalar_text).is_some_and(|i| i.trim().eq_ignore_ascii_case(id));
    let Some(entry) = items.iter().find(named) else {
        return Err(Fault::new(Span::at(0), format!("there is no asset `{id}`"), "give the id of an image in this register"));
    };
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (at, remove, added) = match entry.get("files") {
        Some(n) if text.as_bytes().get(n.span.start) == Some(&b'[') => match n.as_seq().and_then(<[Node]>::last) {
            Some(last) => (last.span.end, 0, format!(", {}", file(new))),
            None => (n.span.start + 1, 0, file(new)),
        },
        Some(n) if matches!(&n.value, Value::Seq(items) if !items.is_empty()) => {
            let (Some(first), Some(last)) = (n.as_seq().and_then(<[Node]>::first), n.as_seq().and_then(<[Node]>::last)) else {
                return Err(cannot(n.span));
            };
            let line = text[..first.span.start].rfind('\n').map_or(0, |i| i + 1);
            let before = &text[line..first.span.start];
            let Some(dash) = before.rfind('-') else { return Err(cannot(n.span)) };
            let end = text[last.span.end..].find('\n').map(|i| last.span.end + i + 1);
            let row = format!("{}- {}", " ".repeat(dash), file(new));
            match end {
                Some(end) => (end, 0, format!("{row}{newline}")),
                None => (text.len(), 0, format!("{newline}{row}")),
            }
        }
        // One path, or `none`.
        Some(n) => match n.scalar() {
            Some("none") | None => (n.span.start, n.span.len(), format!("[{}]", file(new))),
            Some(_) => (n.span.start, n.span.len(), format!("[{}, {}]", n.raw(text), file(new))),
        },
        None => {
            let (first, last) = match entry.as_map() {
                Some([first, .., last]) => (first, last),
                Some([one]) => (one, one),
                _ => return Err(cannot(entry.span)),
            };
            if text.as_bytes().get(entry.span.start) == Some(&b'{') {
                (last.1.span.end, 0, format!(", files: [{}]", file(new)))
            } else {
                let column = first.0.span.start - text[..first.0.span.start].rfind('\n').map_or(0, |i| i + 1);
                // Behind the first key, whose value is a line: the id, as a rule.
                let Some(id) = entry.get("id").filter(|n| !n.raw(text).contains('\n')) else { return Err(cannot(entry.span)) };
                match text[id.span.end..].find('\n') {
                    Some(i) => (id.span.end + i + 1, 0, format!("{}files: [{}]{newline}", " ".repeat(column), file(new))),
                    None => (text.len(), 0, format!("{newline}{}files: [{}]", " ".repeat(column), file(new))),
                }
            }
        }
    };
    // A value that is missing needs a space before what is written for it.
    let gap = if remove == 0 && added.starts_with('[') && text[..at].ends_with(':') { " " } else { "" };
    checked(format!("{}{gap}{added}{}", &text[..at], &text[at + remove..]))
}

fn cannot(span: Span) -> Fault {
    Fault::new(
        Span::new(span.start, (span.start + 1).min(span.end)),
        "nothing can be added to this entry as it is written",
        "add the file by hand",
    )
}

/// Whatever the form of the old text was, the new one must be a register.
fn checked(text: String) -> Result<String, Fault> {
    match Assets::read("assets.yaml", text.clone().into_bytes()) {
        Ok(_) => Ok(text),
        Err(broken) => Err(broken.faults.into_iter().next().unwrap_or_else(|| cannot(Span::at(0)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(path: &str) -> AssetFile {
        AssetFile { path: path.into(), sha256: Some("12".repeat(32)), width: Some(240), height: Some(270), variant: Some("dark".into()) }
    }

    #[test]
    fn entries_read_back() {
        let gold = NewAsset {
            id: "gold: 1".into(),
            family: Some("partner".into()),
            tier: Some("gold".into()),
            current: Some(false),
            files: vec![png("a b/#1.png"), AssetFile { sha256: Some("ab".repeat(32)), ..png("x.png") }],
            comments: vec!["look at: this".into()],
        };
        let text = register("# head\n", &[gold, NewAsset { id: "two".into(), files: vec![png("y.png")], ..NewAsset::default() }]);
        let r = Assets::read("a.yaml", text.clone().into_bytes()).unwrap_or_else(|b| panic!("{text}{:?}", b.faults));
        let a = r.by_id("gold: 1").expect("there");
        assert_eq!(a.files.items()[0].value, png("a b/#1.png"));
        assert_eq!((a.current.value(), a.variants.items().len()), (Some(&false), 1));
        assert!(Assets::read("a.yaml", register("", &[]).into_bytes()).is_ok());
    }

    #[test]
    fn a_file_is_added_and_all_else_stays() {
        for before in [
            "assets:\n  - id: gold # the one\n    files: [a.svg, {path: b.png, width: 2}] # two\n    notes: x\n  - id: two\n",
            "assets:\n  - id: gold\n    files:\n      - a.svg\n      # the small one\n      - path: b.png\n        width: 2\n    notes: x\n",
            "assets:\n- id: gold\n  files:\n  - a.svg",
            "assets:\r\n  - files: a.svg # one\r\n    id: gold\r\n",
            "assets:\n  - id: gold\n    files: []\n",
            "assets:\n  - id: gold\n    files: none\n",
            "assets:\n  - {id: gold, tier: none}\n",
            "assets:\n  - tier: gold\n    id: gold # no files\n    notes: |\n      a\n      b\n",
            "assets:\n  - id: gold",
        ] {
            let after = add_file(before, "GOLD", &png("new.png")).unwrap_or_else(|f| panic!("{before}: {f:?}"));
            let read = |t: &str| Assets::read("a.yaml", t.as_bytes().to_vec()).unwrap_or_else(|b| panic!("{t}{:?}", b.faults));
            let files = |t: &str| read(t).by_id("gold").map(|a| a.files.items().iter().map(|f| f.value.clone()).collect::<Vec<_>>());
            let mut want = files(before).expect("before");
            want.push(png("new.png"));
            assert_eq!(files(&after).expect("after"), want, "{after}");
            assert_eq!(read(&after).len(), read(before).len());
            assert!(before.contains('#') == after.contains('#'), "{after}");
            assert!(!before.contains("\r\n") || after.lines().count() == after.matches("\r\n").count(), "{after:?}");
            // What was there is still there, in its order.
            let mut rest = after.chars();
            assert!(before.replace("none\n", "").chars().all(|c| rest.any(|r| r == c)), "{before}\n{after}");
        }
        assert!(add_file("assets: []\n", "gold", &png("n.png")).is_err());
        assert!(add_file("assets: [\n", "gold", &png("n.png")).is_err());
    }
}
