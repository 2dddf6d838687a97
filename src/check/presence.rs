//! Which phrases that elements are asked for may be on a page, told in one pass over what it says, before a tree is built of it.

use super::builtin::{ELEMENTS, ELEMENT_SETS};
use super::select::Tags;
use crate::document::Document;
use crate::pack::PhraseSet;
use std::borrow::Cow;

/// Attributes that name a control, beside its words.
pub(super) const LABELS: [&str; 4] = ["aria-label", "title", "value", "placeholder"];

/// The sets of phrases of which one may be there.
#[derive(Debug)]
pub(super) struct Presence {
    /// By number; none where everything may be there.
    sets: Option<Box<[bool]>>,
}

impl Presence {
    /// What may be on a page with these tags.
    pub fn of(document: &Document, tags: &Tags<'_>) -> Presence {
        Presence { sets: said(document, tags).map(|text| sets_in(&text)) }
    }

    /// Whether a phrase of a set may be there.
    pub fn may_have(&self, set: &PhraseSet) -> bool {
        let known = set.number().zip(self.sets.as_ref()).and_then(|(number, sets)| sets.get(number as usize));
        known.copied().unwrap_or(true)
    }
}

/// What a page says, as elements are asked for it: letters of ASCII in lower case, one space between words, whatever block they stand in.
/// Nothing where it cannot be told without reading the page as browsers do.
fn said(document: &Document, tags: &Tags<'_>) -> Option<String> {
    let mut out = String::with_capacity(document.text.len() + 1024);
    add(&document.text, &mut out);
    for name in LABELS {
        for at in tags.census.values(name, tags.lower).iter() {
            out.push('\n');
            add(&plain(tags.text.get(at.clone())?)?, &mut out);
        }
    }
    out.make_ascii_lowercase();
    Some(out)
}

/// Adds a text with a space for each stretch of white space.
fn add(text: &str, out: &mut String) {
    if text.is_ascii() && memchr::memchr3(b'\n', b'\t', b'\r', text.as_bytes()).is_none() && !text.contains("  ") {
        out.push_str(text);
        return;
    }
    let mut words = text.split_whitespace();
    out.extend(words.next());
    for word in words {
        out.push(' ');
        out.push_str(word);
    }
}

/// A value as it reads; nothing where it is written in ways that only a reader of HTML tells.
fn plain(value: &str) -> Option<Cow<'_, str>> {
    const REFERENCES: [(&str, &str); 6] =
        [("&amp;", "&"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&nbsp;", " "), ("&rsquo;", "\u{2019}")];
    if !value.contains('&') {
        // What cannot be seen is dropped from what elements say.
        return value.is_ascii().then_some(value.into()).or_else(|| Some(crate::document::seen(value)));
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // A lone sign stands for itself.
        if rest[1..].starts_with([' ', '&']) || rest.len() == 1 {
            out.push('&');
            rest = &rest[1..];
            continue;
        }
        let (written, read) = REFERENCES.iter().find(|(written, _)| rest.starts_with(written))?;
        out.push_str(read);
        rest = &rest[written.len()..];
    }
    out.push_str(rest);
    Some(crate::document::seen(&out).into_owned().into())
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
    let has = |set: &u32| further[*set as usize] || ELEMENTS.signs(*set).iter().any(|sign| memchr::memchr(*sign, text.as_bytes()).is_some());
    for ((pattern, set), met) in (0..).zip(ELEMENT_SETS).zip(met) {
        sets[*set as usize] |= met && ELEMENTS.sets(pattern).iter().all(has);
    }
    sets.into()
}
