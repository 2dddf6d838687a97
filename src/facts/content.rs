//! What was approved, as a text that does not change with white space, quote style or tracking parameters; its hash; and what changed.

use crate::document::{Document, Mark, Role};
use crate::source::{DecodeNote, Position, Source, encode};
use sha2::{Digest, Sha256};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::borrow::Cow;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// Query parameters that say where a visitor came from, and nothing of the page. A name that ends in `*` stands for all that begin so.
const TRACKING: [&str; 19] = [
    "utm_*",
    "gclid",
    "gclsrc",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "twclid",
    "ttclid",
    "li_fat_id",
    "igshid",
    "yclid",
    "_hsenc",
    "_hsmi",
    "hsa_*",
    "hsctatracking",
    "__hs*",
    "mc_*",
];

/// Between so many words on either side, differences are told word by word; a longer stretch is told as one.
const DIFF_WORDS: usize = 2_000;

/// A text as approvals compare it: NFC, white space collapsed, typographic quotes and dashes made plain, tracking parameters of addresses
/// dropped.
pub fn normal_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            '‘' | '’' | '‚' | '‛' | '′' | '´' | '`' => plain.push('\''),
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => plain.push('"'),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => plain.push('-'),
            '…' => plain.push_str("..."),
            // What readers do not see, and what stands between blocks.
            c if crate::document::is_invisible(c) => {}
            crate::document::BLOCK_SEPARATOR | crate::document::OBJECT => plain.push(' '),
            c => plain.push(c),
        }
    }
    let mut out = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.contains("?") || word.contains('&') { out.push_str(&without_tracking(word)) } else { out.push_str(word) }
    }
    out
}

/// An address, or a word with one in it, without its tracking parameters.
pub(super) fn without_tracking(word: &str) -> Cow<'_, str> {
    let Some((before, query)) = word.split_once('?').filter(|(b, _)| b.contains('.') || b.contains('/')) else { return word.into() };
    let end = query.find(['#', ')', '>', '"', '\'', ']', '<']).unwrap_or(query.len());
    let (query, after) = query.split_at(end);
    let kept: Vec<&str> = query.split('&').filter(|p| !is_tracking(p.split('=').next().unwrap_or(p))).collect();
    if kept.len() == query.split('&').count() {
        return word.into();
    }
    // Punctuation behind the last parameter belongs to the sentence.
    let tail = query.trim_end_matches(['.', ',', ';', ':', '!']).len();
    let tail = if query.ends_with(kept.last().copied().unwrap_or("\0")) { "" } else { &query[tail..] };
    format!("{before}{}{}{tail}{after}", if kept.is_empty() { "" } else { "?" }, kept.join("&")).into()
}

fn is_tracking(name: &str) -> bool {
    let name = name.trim_start_matches("amp;").to_ascii_lowercase();
    TRACKING.iter().any(|t| t.strip_suffix('*').map_or(name == *t, |t| name.starts_with(t)))
}

/// What of a document an approval covers, before [`normal_text`]: everything its readers see but navigation and data for machines.
pub fn visible_text(document: &Document) -> String {
    let mut out = String::with_capacity(document.text.len());
    for block in document.blocks.iter().filter(|b| b.role != Role::JsonLd && !b.second && b.start < b.end) {
        if document.marked(Mark::Hidden, block.start, block.end) || document.marked(Mark::Nav, block.start, block.end) {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(document.block_text(block));
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The SHA-256 of bytes, as `sha256sum` prints it.
pub fn bytes_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-256 of the file that a source was read from; `None` of a window, or where bytes were replaced in decoding.
pub fn source_sha256(source: &Source) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(source.encoding_name().as_bytes())?;
    if source.base() != Position::START || source.notes().iter().any(|n| matches!(n, DecodeNote::Invalid { .. })) {
        return None;
    }
    Some(bytes_sha256(&encode(source.text(), encoding)?))
}

/// The SHA-256 of a text in its normal form.
pub fn text_sha256(text: &str) -> String {
    bytes_sha256(normal_text(text).as_bytes())
}

/// The SHA-256 of what a document shows its readers: the one that `promolint approve` writes.
pub fn content_sha256(document: &Document) -> String {
    text_sha256(&visible_text(document))
}

/// One stretch of changed words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Words that are gone; empty where some were only added.
    pub old: String,
    /// Words that are new; empty where some were only taken out.
    pub new: String,
}

/// How two texts differ, word by word, both in their normal form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// From 0 (no word in common) to 1 (the same): words that stay, of all words.
    pub similarity: f64,
    /// What changed, in the order of the text.
    pub changes: Vec<Change>,
}

impl Difference {
    /// The changes in one line, the first few of them: `“gold” → “diamond”; + “now”; − “then”`.
    pub fn short(&self) -> String {
        const SHOWN: usize = 3;
        let quote = |s: &str| {
            let words: Vec<&str> = s.split(' ').collect();
            if words.len() > 12 {
                format!("“{} … {}”", words[..6].join(" "), words[words.len() - 4..].join(" "))
            } else {
                format!("“{s}”")
            }
        };
        let one = |c: &Change| match (c.old.is_empty(), c.new.is_empty()) {
            (true, _) => format!("+ {}", quote(&c.new)),
            (_, true) => format!("− {}", quote(&c.old)),
            _ => format!("{} → {}", quote(&c.old), quote(&c.new)),
        };
        let mut out = self.changes.iter().take(SHOWN).map(one).collect::<Vec<_>>().join("; ");
        if self.changes.len() > SHOWN {
            out.push_str(&format!("; and {} more", self.changes.len() - SHOWN));
        }
        out
    }
}

/// How `new` differs from `old`. Time grows with the length of the texts, not with its square: a stretch of change that is very long is
/// told as one, and its words are compared without their order.
pub fn difference(old: &str, new: &str) -> Difference {
    let (old, new) = (normal_text(old), normal_text(new));
    let (a, b): (Vec<&str>, Vec<&str>) =
        (old.split(' ').filter(|w| !w.is_empty()).collect(), new.split(' ').filter(|w| !w.is_empty()).collect());
    let total = a.len() + b.len();
    if total == 0 {
        return Difference { similarity: 1.0, changes: Vec::new() };
    }
    let before = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let after = a[before..].iter().rev().zip(b[before..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (x, y) = (&a[before..a.len() - after], &b[before..b.len() - after]);
    let mut same = before + after;
    let mut changes = Vec::new();
    if x.len() > DIFF_WORDS || y.len() > DIFF_WORDS {
        let mut left: HashMap<&str, usize> = HashMap::new();
        for w in x {
            *left.entry(w).or_default() += 1;
        }
        for w in y {
            if let Some(n) = left.get_mut(w).filter(|n| **n > 0) {
                *n -= 1;
                same += 1;
            }
        }
        changes.push(Change { old: x.join(" "), new: y.join(" ") });
    } else {
        for op in capture_diff_slices(Algorithm::Myers, x, y) {
            match op.tag() {
                DiffTag::Equal => same += op.new_range().len(),
                _ => changes.push(Change { old: x[op.old_range()].join(" "), new: y[op.new_range()].join(" ") }),
            }
        }
    }
    Difference { similarity: 2.0 * same as f64 / total as f64, changes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Format, read_source};

    #[test]
    fn what_is_no_change() {
        for (a, b) in [
            ("We said “go” – now…", "We  said \"go\" -\nnow..."),
            ("Cafe\u{301}", "Café"),
            ("See https://acme.example/x?utm_source=a&b=1&gclid=z.", "See https://acme.example/x?b=1."),
            ("acme.example/x?utm_source=a#top", "acme.example/x#top"),
            ("(acme.example/?_hsenc=1&mc_cid=2)", "(acme.example/)"),
            ("soft\u{AD}ware", "software"),
        ] {
            assert_eq!(normal_text(a), normal_text(b));
            assert_eq!(normal_text(&normal_text(a)), normal_text(a), "the normal form is its own");
        }
        for (a, b) in [("gold", "Gold"), ("a b", "ab"), ("x.example/?a=1", "x.example/?a=2"), ("Really?utm_x", "Really?")] {
            assert_ne!(normal_text(a), normal_text(b));
        }
    }

    #[test]
    fn markup_and_navigation_do_not_count_but_words_do() {
        let hash = |html: &str| {
            let source = Source::from_text("x.html", html);
            content_sha256(&read_source(&source, Format::Html, None).document)
        };
        let one = hash("<nav>Home</nav><h1>News</h1><p>We are <b>here</b>.</p>");
        assert_eq!(one, hash("<h1 class=x>News</h1>\n\n<p>We are here.</p><nav>Start | Blog</nav>"));
        assert_eq!(one, text_sha256("News\nWe are here."));
        assert_ne!(one, hash("<h1>News</h1><p>We are there.</p>"));
        assert_eq!(bytes_sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn the_hash_of_a_file_is_that_of_its_bytes() {
        use crate::source::DecodeHint;
        for bytes in [&b"\xEF\xBB\xBFcaf\xC3\xA9"[..], b"\xFF\xFEc\0a\0", b"<meta charset=windows-1252>caf\xE9", b"plain"] {
            let source = Source::decode("x.html", bytes.to_vec(), DecodeHint::Html);
            assert_eq!(source_sha256(&source), Some(bytes_sha256(bytes)), "{}", source.encoding_name());
        }
        assert_eq!(source_sha256(&Source::window("x", b"a".to_vec(), Position { offset: 3, line: 1, column: 4 })), None);
    }

    #[test]
    fn changed_words_are_told() {
        let d = difference("We are a gold partner in Berlin.", "We are a diamond partner in Berlin now.");
        assert!((0.6..0.9).contains(&d.similarity), "{}", d.similarity);
        assert_eq!(d.short(), "“gold” → “diamond”; “Berlin.” → “Berlin now.”");
        assert_eq!(difference("a  b", "a b").similarity, 1.0);
        assert_eq!(difference("a b", "c d").similarity, 0.0);
        assert_eq!(difference("", "").similarity, 1.0);
        let long = |w: &str| (0..50_000).map(|i| format!("{w}{} ", i % 999)).collect::<String>();
        assert!(difference(&long("a"), &long("b")).similarity < 0.01);
    }
}
