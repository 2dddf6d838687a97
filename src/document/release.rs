//! Whether a text is a press release, told from the marks that such texts carry. The words and their weights are data
//! (`rules/formats/press.yaml`); what lives here knows only the shapes: openings, datelines, boilerplate, contacts.

use super::{Block, Document, Mark, Role};
use crate::yaml::{Node, Prepared};
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// How much of a block's beginning is looked at, in characters.
const HEAD: usize = 240;
/// Within how many blocks a text opens.
const OPENING: usize = 4;
/// Within how many blocks a dateline stands.
const TOP: usize = 15;
/// A longer document is no release; nobody would print it.
const MAX_BLOCKS: usize = 400;

/// The word lists.
#[derive(Default)]
struct Words {
    threshold: f64,
    weights: Vec<(String, f64)>,
    strong: Vec<String>,
    label: Vec<String>,
    index: Vec<String>,
    /// The longer of the labels and index words.
    names: Vec<Finder<'static>>,
    writing: Vec<Finder<'static>>,
    months: Vec<String>,
    credits: Vec<String>,
    hosts: Vec<String>,
    about_before: Vec<String>,
    about_after: Vec<String>,
    about_not: Vec<String>,
    contact: Vec<String>,
    end: Vec<String>,
}

fn strings(node: Option<&Node>) -> Vec<String> {
    let mut out = Vec::new();
    for entry in node.and_then(Node::as_seq).unwrap_or_default() {
        match entry.as_seq() {
            Some(_) => out.extend(strings(Some(entry))),
            None => out.extend(entry.scalar_text().map(|s| s.to_lowercase())),
        }
    }
    out
}

/// The data is part of the program, and a test reads it: what is missing here counts for nothing.
fn finders(words: impl IntoIterator<Item = String>) -> Vec<Finder<'static>> {
    words.into_iter().map(|w| Finder::new(&w).into_owned()).collect()
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let json = include_str!(concat!(env!("OUT_DIR"), "/formats/press.yaml"));
    let Ok(Prepared(root)) = serde_json::from_str(json) else { return Words::default() };
    let number = |n: &Node| n.scalar_text().and_then(|s| s.parse().ok());
    let about = |key| strings(root.get("about").and_then(|a| a.get(key)));
    Words {
        threshold: root.get("threshold").and_then(number).unwrap_or(f64::MAX),
        weights: root
            .get("weights")
            .and_then(Node::as_map)
            .unwrap_or_default()
            .iter()
            .filter_map(|(k, v)| Some((k.as_str()?.to_owned(), number(v)?)))
            .collect(),
        strong: strings(root.get("strong")),
        label: strings(root.get("label")),
        index: strings(root.get("index")),
        names: finders(["label", "index"].iter().flat_map(|key| strings(root.get(key))).filter(|n| n.chars().count() > 6)),
        writing: finders(strings(root.get("writing"))),
        months: strings(root.get("months")),
        credits: strings(root.get("credits")),
        hosts: strings(root.get("hosts")),
        about_before: about("before"),
        about_after: about("after"),
        about_not: about("not"),
        contact: strings(root.get("contact")),
        end: strings(root.get("end")),
    }
});

/// Whether the document is a press release.
pub fn is_press(doc: &Document) -> bool {
    let words = &*WORDS;
    let mut found: Vec<&str> = Vec::new();
    let mut seen = 0;
    let mut labels = 0;
    let mut datelines = 0;
    if doc.blocks.len() > MAX_BLOCKS {
        return false;
    }
    found.extend(wires(words, doc));
    for block in &doc.blocks {
        if seen > TOP && found.is_empty() {
            // Nothing at the top says so; what stands further down (an “About” line, a contact) stands on every page.
            return false;
        }
        let text = head(doc, block);
        let title = block.role == Role::Title || block.role == Role::Heading && block.level == 1;
        if title && (is_index(words, &text) || is_about_releases(words, &text)) {
            return false;
        }
        if !is_body(doc, block) {
            if block.role == Role::Title && opens(&text, &words.label).is_some() {
                found.push("label");
            }
            continue;
        }
        seen += 1;
        if seen <= OPENING && opens(&text, &words.strong).is_some() {
            found.push("strong");
        }
        if let Some(rest) = opens(&text, &words.label) {
            if seen <= OPENING {
                found.push("label");
            }
            labels += usize::from(rest.is_empty());
        }
        if is_dateline(words, doc.block_text(block), &text) {
            datelines += 1;
            if seen <= TOP {
                found.push("dateline");
            }
        }
        if seen <= TOP && has_credit(words, &text) {
            found.push("credit");
        }
        let short = text.chars().count() <= 80;
        if is_boilerplate(words, doc.block_text(block), &text, short) {
            found.push("about");
        }
        if is_contact(words, &text, short) {
            found.push("contact");
        }
        if words.end.contains(&text) {
            found.push("end");
        }
    }
    if labels > 2 || datelines > 2 {
        // A list of releases.
        return false;
    }
    found.sort_unstable();
    found.dedup();
    let weight: f64 = words.weights.iter().filter(|(name, _)| found.contains(&name.as_str())).map(|(_, w)| w).sum();
    weight >= words.threshold
}

/// The marks that links make: the page is on a wire service, or leads to one.
fn wires(words: &Words, doc: &Document) -> Vec<&'static str> {
    let is_wire = |target: &str| {
        let host = host(target);
        words.hosts.iter().any(|h| host == *h || host.strip_suffix(h.as_str()).is_some_and(|r| r.ends_with('.')))
    };
    let holders = doc.links.iter().filter(|l| is_wire(&l.target)).map(|l| l.holder.as_str());
    holders.map(|h| if matches!(h, "link[canonical]" | "meta[og:url]") { "wire_page" } else { "wire" }).collect()
}

/// The beginning of a block, in lower case.
fn head(doc: &Document, block: &Block) -> String {
    let text = doc.block_text(block);
    let end = text.char_indices().nth(HEAD).map_or(text.len(), |(i, _)| i);
    text[..end].trim_matches([super::OBJECT, ' ']).to_lowercase()
}

/// Whether a block is the author's own running text: not navigation, not an example in code or quotation.
fn is_body(doc: &Document, block: &Block) -> bool {
    let role = matches!(block.role, Role::Text | Role::Heading | Role::Cell | Role::Prose | Role::Name);
    role && ![Mark::Nav, Mark::Footer, Mark::Hidden, Mark::Code, Mark::Quote].iter().any(|m| doc.marked(*m, block.start, block.end))
}

/// What follows one of `phrases` at the beginning of a block: nothing, a sign, or a date.
fn opens<'a>(text: &'a str, phrases: &[String]) -> Option<&'a str> {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    phrases.iter().find_map(|p| {
        let rest = text.strip_prefix(p.as_str())?.trim_start();
        let sign = rest.chars().next().is_none_or(|c| !c.is_alphabetic());
        let date = text[p.len()..].starts_with(' ') && rest.split_whitespace().take(4).any(|w| w.bytes().any(|b| b.is_ascii_digit()));
        (sign || date).then_some(rest)
    })
}

fn is_index(words: &Words, text: &str) -> bool {
    opens(text, &words.index).is_some_and(|rest| !rest.starts_with(':'))
}

fn is_about_releases(words: &Words, text: &str) -> bool {
    words.names.iter().any(|n| holds(text, n)) && words.writing.iter().any(|w| holds(text, w))
}

/// Whether `text` holds `word`, not as the inside of another word.
fn holds(text: &str, word: &Finder) -> bool {
    word.find_iter(text.as_bytes()).any(|i| {
        let before = text[..i].chars().next_back().is_some_and(char::is_alphanumeric);
        // Endings are let through: `example` stands for `examples`.
        !before || !word.needle().is_ascii()
    })
}

fn is_contact(words: &Words, text: &str, short: bool) -> bool {
    words.contact.iter().any(|c| {
        let rest = text.strip_prefix(c.as_str()).filter(|r| !r.starts_with(char::is_alphanumeric));
        rest.is_some_and(|r| short || r.starts_with(':') || r.contains('@'))
    })
}

fn is_boilerplate(words: &Words, original: &str, text: &str, short: bool) -> bool {
    if short
        && words.about_after.iter().any(|a| text.len() > a.len() && text.trim_end_matches([':', '：', '】', '■']).ends_with(a.as_str()))
    {
        return true;
    }
    words.about_before.iter().any(|a| {
        let Some(rest) = text.strip_prefix(a.as_str()) else { return false };
        let apart = rest.starts_with(' ') || a.ends_with(['\'', '’']);
        let name = rest.trim();
        let excluded = words.about_not.iter().any(|n| name.strip_prefix(n.as_str()).is_some_and(|r| !r.starts_with(char::is_alphanumeric)));
        if !apart || excluded || name.is_empty() {
            return false;
        }
        // Lower case may be longer or shorter than what was written; words are the same.
        let count = a.split_whitespace().count();
        let first = original.split_whitespace().nth(count.saturating_sub(usize::from(a.ends_with(['\'', '’'])))).unwrap_or("");
        let named = first.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().any(|c| c.is_uppercase() || c.is_ascii_digit());
        let line = short && !name.trim_end_matches(':').ends_with(['.', '!', '?']);
        // `About Firm` and the description in one paragraph: the name comes twice.
        let word = name.split_whitespace().next().unwrap_or("").trim_end_matches([':', '.', ',']);
        let twice =
            word.len() > 2 && name[word.len()..].split_whitespace().take(8).any(|w| w.trim_matches(|c: char| !c.is_alphanumeric()) == word);
        named && (line || twice)
    })
}

fn has_credit(words: &Words, text: &str) -> bool {
    let start = &text[..text.char_indices().nth(120).map_or(text.len(), |(i, _)| i)];
    start.match_indices(['/', '(']).any(|(i, _)| words.credits.iter().any(|c| start[i + 1..].starts_with(c.as_str())))
}

/// `City, Region, Month D, YYYY — sentence`, with the parts in the orders of several languages.
fn is_dateline(words: &Words, original: &str, text: &str) -> bool {
    if !text.contains(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c)) {
        return false;
    }
    let Some(date) = date(words, text) else { return false };
    let place = text[..date.start].trim().trim_start_matches(['【', '(', '[', '/', '-', '–', '—']);
    let place = place.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.');
    let count = place.split_whitespace().count();
    let capital = original.chars().find(|c| c.is_alphabetic()).is_some_and(|c| c.is_uppercase() || !c.is_lowercase());
    // `St. Louis` and `D.C.` have dots; a sentence has one after a longer word.
    let sentence = place.split_whitespace().rev().skip(1).any(|w| w.len() > 5 && w.ends_with(['.', '!', '?', ';', ':']));
    if count == 0 || count > 8 || place.chars().count() > 70 || !capital || sentence {
        return false;
    }
    let after = &text[date.end..];
    let gap: String = after.chars().take(48).collect();
    let Some(dash) = gap.find(['–', '—', '―', '-', ':', '】', '/', ')']) else { return false };
    let bridge = &gap[..dash];
    // Between date and dash stand signs and wire credits, no sentence.
    let plain = bridge.split_whitespace().count() <= 3 && !bridge.contains(". ");
    let rest = after[dash..].trim_start_matches(|c: char| !c.is_alphanumeric());
    let long = if rest.is_ascii() { 40 } else { 20 };
    plain && rest.chars().count() >= long
}

/// The first date in the beginning of a block.
fn date(words: &Words, text: &str) -> Option<std::ops::Range<usize>> {
    let limit = text.char_indices().nth(110).map_or(text.len(), |(i, _)| i);
    let start = &text[..limit];
    if let Some(day) = start.find('日')
        && let Some(month) = start[..day].rfind('月')
        && let Some(year) = start[..month].rfind('年')
    {
        let digits = start[..year].trim_end_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c)).len();
        return Some(digits..day + '日'.len_utf8());
    }
    let mut tokens: Vec<(usize, &str)> = Vec::new();
    for (i, t) in start.split_whitespace().map(|t| (t.as_ptr() as usize - start.as_ptr() as usize, t)) {
        tokens.push((i, t));
    }
    let bare = |t: &str| t.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let number = |t: &str, max: u32| {
        let digits: String = bare(t).chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok().filter(|n| (1..=max).contains(n)).is_some()
    };
    for (k, (i, t)) in tokens.iter().enumerate() {
        let b = bare(t);
        let numeric = b.len() >= 8
            && b.matches(['.', '/', '-']).count() == 2
            && b.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'/' | b'-'));
        if numeric {
            return Some(*i..i + t.trim_end_matches(|c: char| !c.is_alphanumeric()).len());
        }
        if !words.months.contains(&b) {
            continue;
        }
        // Day before (12 March, 12. März, 12 de marzo) or after (March 12).
        let back = tokens[..k].iter().rev().take(2).position(|(_, t)| number(t, 31));
        let first = match back {
            Some(steps) => tokens[k - 1 - steps].0,
            None => *i,
        };
        let mut last = k;
        for (j, (_, t)) in tokens.iter().enumerate().skip(k + 1).take(3) {
            if number(t, 2999) {
                last = j;
            } else if !matches!(*t, "de" | "del") {
                break;
            }
        }
        if back.is_some() || last > k {
            let (at, t) = tokens[last];
            let end = at + t.find(|c: char| !(c.is_alphanumeric())).unwrap_or(t.len());
            return Some(first..end.max(first));
        }
    }
    None
}

/// The host of an address, in lower case.
fn host(target: &str) -> String {
    let rest = target.split_once("://").map_or(target, |(_, r)| r).trim_start_matches('/');
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or("");
    host.rsplit('@').next().unwrap_or("").to_lowercase()
}

#[cfg(test)]
mod tests;
