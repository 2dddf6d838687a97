//! What the path of an image tells of it: names of files and folders, by the words of `rules/registers/images.yaml`. What they do not tell is
//! left unknown.

use crate::facts::{Program, Tier};
use crate::yaml::{self, Node};
use std::sync::OnceLock;

#[derive(Debug, Default)]
struct Words {
    families: Vec<Vec<String>>,
    retired: Vec<String>,
    current: Vec<String>,
    variants: Vec<String>,
    sizes: Vec<String>,
    folders: Vec<String>,
}

impl Words {
    fn get() -> &'static Words {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(|| {
            // A test holds the file to be readable, so that nothing is lost here.
            let Ok(root) = yaml::parse(include_str!("../../../rules/registers/images.yaml")) else { return Words::default() };
            let texts = |n: &Node| -> Vec<String> { n.as_seq().unwrap_or_default().iter().filter_map(Node::scalar_text).collect() };
            let list = |key: &str| root.get(key).map(texts).unwrap_or_default();
            Words {
                families: root.get("families").and_then(Node::as_seq).unwrap_or_default().iter().map(texts).collect(),
                retired: list("retired"),
                current: list("current"),
                variants: list("variants"),
                sizes: list("sizes"),
                folders: list("folders"),
            }
        })
    }

    fn family(&self, word: &str) -> Option<&str> {
        self.families.iter().find(|f| f.iter().any(|w| w == word)).and_then(|f| f.first()).map(String::as_str)
    }
}

/// What a path tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// The words of the name that belong to the image and not to one of its files, joined by dashes.
    pub stem: String,
    /// The family: by a folder's name, or by a word that says what the image is.
    pub family: Option<String>,
    /// Tiers that are named; one is the image's, several tell nothing.
    pub tiers: Vec<Tier>,
    /// Whether it may still be used.
    pub current: Option<bool>,
    /// Forms that are named.
    pub variants: Vec<String>,
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// Whether a word says how large a file is: `240px`, `320x360`, `2x`, or the width or height that it has.
fn is_size(word: &str, (width, height): (u32, u32)) -> bool {
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let of = |ending: &str| word.strip_suffix(ending).is_some_and(number);
    word.split_once('x').is_some_and(|(a, b)| number(a) && number(b))
        || of("px")
        || of("w")
        || of("h")
        || word.strip_suffix('x').is_some_and(|n| matches!(n, "1" | "2" | "3" | "4"))
        || word.parse() == Ok(width)
        || word.parse() == Ok(height)
}

/// The family that a folder's name says its images belong to.
pub fn family_of(folder: &str) -> Option<&'static str> {
    words(folder).iter().rev().find_map(|w| Words::get().family(w))
}

/// What the path of an image tells, relative to the folder that is read; `size` is that of its pixels.
pub fn guess(path: &str, size: (u32, u32)) -> Guess {
    let known = Words::get();
    let has = |list: &[String], word: &str| list.iter().any(|w| w == word);
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let name = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut out = Guess::default();
    let mut stem: Vec<String> = Vec::new();
    let all = words(name);
    let ends = [all.first().cloned(), all.last().cloned()];
    for word in all {
        let at_an_end = ends.iter().flatten().any(|w| *w == word);
        match () {
            () if has(&known.retired, &word) && at_an_end => out.current = Some(false),
            () if has(&known.variants, &word) => out.variants.push(word),
            () if has(&known.sizes, &word) || is_size(&word, size) => {}
            () => stem.push(word),
        }
    }
    let folders: Vec<Vec<String>> = folders.split('/').map(words).filter(|w| !w.is_empty()).collect();
    for folder in &folders {
        for word in folder {
            if has(&known.retired, word) {
                out.current = Some(false);
            } else if has(&known.current, word) && out.current.is_none() {
                out.current = Some(true);
            }
        }
    }
    // A folder gives its name to a family, unless it says something else, or nothing.
    let year = |w: &str| w.len() == 4 && w.parse::<u32>().is_ok_and(|y| (1990..2100).contains(&y));
    let program = Program::get();
    let says_nothing = |w: &String| {
        has(&known.folders, w)
            || has(&known.retired, w)
            || has(&known.current, w)
            || has(&known.sizes, w)
            || has(&known.variants, w)
            || year(w)
            || is_size(w, (0, 0))
            || program.tier(w).is_some()
    };
    let of_folder = |folder: &Vec<String>| {
        let left: Vec<&str> = folder.iter().filter(|w| !says_nothing(w)).map(String::as_str).collect();
        match left[..] {
            [] => None,
            [one] => Some(known.family(one).unwrap_or(one).to_owned()),
            _ => Some(left.join("-")),
        }
    };
    let of_word = |words: &[String]| words.iter().rev().find_map(|w| known.family(w)).map(str::to_owned);
    out.family = folders.iter().find_map(of_folder).or_else(|| of_word(&stem));
    let tiers = |words: &[String]| {
        let mut t: Vec<Tier> = words.iter().filter_map(|w| program.tier(w)).collect();
        t.sort();
        t.dedup();
        t
    };
    out.tiers = tiers(&stem);
    if out.tiers.is_empty() {
        out.tiers = tiers(&folders.concat());
    }
    if stem.is_empty() {
        // The name says only how the file was made: its folder names the image.
        stem = folders.last().cloned().unwrap_or_default();
    }
    out.stem = stem.join("-");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> (String, Option<String>, Vec<&'static str>, Option<bool>, Vec<String>) {
        let g = guess(path, (240, 270));
        (g.stem, g.family, g.tiers.into_iter().map(Tier::name).collect(), g.current, g.variants)
    }

    #[test]
    fn names_tell_what_they_tell() {
        let s = str::to_owned;
        assert_eq!(of("partner/partner-gold-240.png"), (s("partner-gold"), Some(s("partner")), vec!["gold"], None, vec![]));
        assert_eq!(of("badges/2026/Gold_Badge@2x.png"), (s("gold-badge"), Some(s("badge")), vec!["gold"], None, vec![]));
        assert_eq!(of("partner-gold-2021.png"), (s("partner-gold-2021"), None, vec!["gold"], None, vec![]));
        assert_eq!(of("retired/agent.svg"), (s("agent"), None, vec![], Some(false), vec![]));
        assert_eq!(
            of("logos/northstar-wordmark_white-480x92.svg"),
            (s("northstar-wordmark"), Some(s("logo")), vec![], None, vec![s("white")])
        );
        assert_eq!(of("gold/dark.svg"), (s("gold"), None, vec!["gold"], None, vec![s("dark")]));
        assert_eq!(of("current/gold-to-diamond.png"), (s("gold-to-diamond"), None, vec!["gold", "diamond"], Some(true), vec![]));
        assert_eq!(of("the-old-town.svg").3, None);
        assert_eq!((family_of("partner-badges"), family_of("brand")), (Some("badge"), None));
    }
}
