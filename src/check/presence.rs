//! Which phrases that elements are asked for may be on a page, told in one pass over what it says, before a tree is built of it.

use super::builtin::{ELEMENT_SETS, ELEMENTS};
use super::select::{Tags, decoded};
use crate::document::{BLOCK_SEPARATOR, Document};
use crate::pack::PhraseSet;
use memchr::memmem;
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};

/// Attributes that name a control, beside its words.
pub(super) const LABELS: [&str; 4] = ["aria-label", "title", "value", "placeholder"];

/// What a page says, and which sets of phrases may be in it.
#[derive(Debug)]
pub(super) struct Presence {
    /// As elements are asked for it: one space between words, whatever block they stand in. Nothing where it cannot be told without reading the
    /// page as browsers do.
    said: Option<Said>,
    /// The same of its scripts; of others, nothing where one may end elsewhere than it seems to.
    scripts: OnceCell<Option<Said>>,
}

#[derive(Debug)]
struct Said {
    text: String,
    /// By number.
    sets: Box<[bool]>,
    /// Whether a phrase of a set is there, by the set's address.
    known: RefCell<FxHashMap<usize, bool>>,
}

impl Presence {
    /// What may be on a page with these tags.
    pub fn of(document: &Document, tags: &Tags<'_>) -> Presence {
        Presence { said: said(document, tags).map(Said::new), scripts: OnceCell::new() }
    }

    /// Whether what a phrase of a set needs is there.
    pub fn may_have_keys(&self, set: &PhraseSet) -> bool {
        self.said.as_ref().is_none_or(|said| said.has_keys(set))
    }

    /// Whether a phrase of a set may be in the words of an element, or be its label.
    pub fn may_have(&self, set: &PhraseSet) -> bool {
        self.said.as_ref().is_none_or(|said| said.has(set))
    }

    /// Whether a phrase of a set may be in a script of the page.
    pub fn may_have_in_script(&self, set: &PhraseSet, tags: &Tags<'_>) -> bool {
        self.scripts.get_or_init(|| scripts(tags).map(Said::new)).as_ref().is_none_or(|said| said.has(set))
    }
}

impl Said {
    fn new(text: String) -> Said {
        Said { sets: sets_in(&text.to_ascii_lowercase()), text, known: RefCell::default() }
    }

    fn has_keys(&self, set: &PhraseSet) -> bool {
        set.number().is_none_or(|number| self.sets.get(number as usize).copied().unwrap_or(true))
    }

    fn has(&self, set: &PhraseSet) -> bool {
        if !self.has_keys(set) {
            return false;
        }
        let key = std::ptr::from_ref(set).addr();
        *self.known.borrow_mut().entry(key).or_insert_with(|| set.is_match(&self.text))
    }
}

fn said(document: &Document, tags: &Tags<'_>) -> Option<String> {
    let mut out = String::with_capacity(document.text.len() + 1024);
    add(&document.text, &mut out);
    // The words of an element end where it does, though more may follow without a space.
    if let Some(apart) = apart(document, tags.text) {
        out.push('\n');
        add(&apart, &mut out);
    }
    for name in LABELS {
        for at in tags.census.values(name, tags.lower).iter() {
            out.push('\n');
            add(&crate::document::seen(&decoded(tags.text.get(at.clone())?)?), &mut out);
        }
    }
    Some(out)
}

/// A document's text with a space wherever a tag divides a word; nothing where none does.
fn apart(document: &Document, source: &str) -> Option<String> {
    let text = &document.text;
    let tag = |from: usize, to: usize| source.as_bytes().get(from..to).is_none_or(|between| between.contains(&b'<'));
    let (mut out, mut copied, mut end) = (String::new(), 0, None);
    for piece in document.map.pieces().iter().filter(|p| p.text_len > 0) {
        let (before, after) = (text[..piece.text].chars().next_back(), text[piece.text..].chars().next());
        let divides = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        if divides && end.is_some_and(|end| tag(end, piece.source)) {
            out.push_str(&text[copied..piece.text]);
            out.push(' ');
            copied = piece.text;
        }
        end = Some(piece.source + piece.source_len);
    }
    out.push_str(&text[copied..]);
    (copied > 0).then_some(out)
}

/// What stands in scripts.
fn scripts(tags: &Tags<'_>) -> Option<String> {
    let mut out = String::new();
    let mut at = 0;
    while let Some(start) = memmem::find(&tags.lower.as_bytes()[at..], b"<script").map(|i| at + i) {
        let end = memmem::find(&tags.lower.as_bytes()[start..], b"</script").map_or(tags.lower.len(), |i| start + i);
        let text = tags.text.get(start..end)?;
        // In a comment a script may hold the end of another.
        if text.contains("<!--") {
            return None;
        }
        out.push('\n');
        add(&crate::document::seen(text), &mut out);
        at = end;
    }
    Some(out)
}

/// Adds a text with a space for each stretch of white space, and between blocks.
fn add(text: &str, out: &mut String) {
    let odd = |b: u8| matches!(b, b'\t' | b'\n' | b'\r') || b == BLOCK_SEPARATOR as u8;
    if text.is_ascii() && !text.bytes().any(odd) && !text.contains("  ") {
        out.push_str(text);
        return;
    }
    let mut words = text.split(|c: char| c.is_whitespace() || c == BLOCK_SEPARATOR).filter(|w| !w.is_empty());
    out.extend(words.next());
    for word in words {
        out.push(' ');
        out.push_str(word);
    }
}

/// The sets of which a text has keys.
fn sets_in(text: &str) -> Box<[bool]> {
    let mut further = vec![false; ELEMENTS.further()];
    let mut met = vec![false; ELEMENTS.patterns()];
    ELEMENTS.keys.each(text.as_bytes(), |key, _, opens| {
        for owner in ELEMENTS.owners(key).filter(|o| opens || o.is_inside()) {
            let number = owner.number();
            if owner.is_set() {
                further[number as usize] = true;
            } else {
                // The case of a spelling that counts is left to the expression.
                let pattern = if owner.is_exact() { ELEMENTS.exact(number).0 } else { number };
                met[pattern as usize] = true;
            }
        }
    });
    let mut sets = vec![false; ELEMENT_SETS.iter().map(|n| *n as usize + 1).max().unwrap_or(0)];
    let has =
        |set: &u32| further[*set as usize] || ELEMENTS.signs(*set).iter().any(|sign| memchr::memchr(*sign, text.as_bytes()).is_some());
    for ((pattern, set), met) in (0..).zip(ELEMENT_SETS).zip(met) {
        sets[*set as usize] |= met && ELEMENTS.sets(pattern).iter().all(has);
    }
    sets.into()
}

#[cfg(test)]
mod tests {
    use super::super::select::Known;
    use super::*;
    use crate::document::html::Census;
    use crate::source::Span;

    #[test]
    fn scripts_are_read_to_their_ends() {
        let of = |text: &str| {
            let lower = text.to_ascii_lowercase();
            let census = Census::read(&lower, &[Span::new(0, text.len())]).expect("tags");
            scripts(&Tags { census: &census, text, lower: &lower, known: &Known::default() })
        };
        assert_eq!(of("<p>a</p><Script>b  \n c</script>d<script>E").as_deref(), Some("\n<Script>b c\n<script>E"));
        // The first end belongs to the script within.
        assert_eq!(of("<script><!-- <script>a</script>b --></script>"), None);
    }

    #[test]
    fn words_end_where_elements_do() {
        use crate::engine::{Format, read_source};
        use crate::source::{DecodeHint, Source};
        let of = |html: &str| {
            let source = Source::decode("p.html", html.as_bytes().to_vec(), DecodeHint::Html);
            apart(&read_source(&source, Format::Html, None).document, source.text())
        };
        assert_eq!(
            of("<nav><a href=/>Start</a><a href=/b>Kont&shy;akt</a></nav> x <b>y</b>, z"),
            Some("Start Kontakt\u{1E}x y, z\u{1E}".to_owned())
        );
        assert_eq!(of("<p>No <b>thanks</b>, I don&#39;t</p>"), None);
        let mut joined = String::new();
        add("No\u{1E}thanks \n at  all", &mut joined);
        assert_eq!(joined, "No thanks at all");
    }

    /// What the rules' own tests are about is on their pages.
    #[test]
    fn words_of_elements_are_found_by_their_keys() {
        for (text, found) in [("No thanks, I prefer to pay more", true), ("we build portals", false)] {
            let sets = sets_in(&text.to_ascii_lowercase());
            assert_eq!(sets.iter().any(|s| *s), found, "{text}");
        }
    }
}
