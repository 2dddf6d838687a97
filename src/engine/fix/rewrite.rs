//! Approved wording made to fit the sentence that it is put into: its first letter, and the article before it.

use crate::check::lexical;
use crate::document::{Document, Lang};

/// Where the wording goes in the document's text, and how it reads there.
pub fn fitted(document: &Document, (start, end): (usize, usize), words: &str) -> ((usize, usize), String) {
    let whole = || ((start, end), words.to_owned());
    let Some(block) = document.block_at(start).and_then(|b| document.blocks.get(b)) else { return whole() };
    let (text, at) = (document.block_text(block), start - block.start);
    let (Some(before), Some(found)) = (text.get(..at), document.text.get(start..end)) else { return whole() };
    let (from, _) = lexical::sentence(text, at, end - block.start);
    if text.get(from..at).is_some_and(|s| s.trim().is_empty()) && found.starts_with(char::is_uppercase) {
        let mut rest = words.chars();
        let first = rest.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        return ((start, end), first + rest.as_str());
    }
    // `an official …` becomes `a HubSpot …`.
    let english = block.lang.or(document.lang).is_none_or(|l| Some(l) == Lang::from_tag("en"));
    let article = before.strip_suffix(' ').map(|b| b.rsplit([' ', '(', '“', '"']).next().unwrap_or(b)).filter(|_| english);
    let change = match article {
        Some(a @ ("a" | "A")) if !vowel(found) && vowel(words) => Some((a, format!("{a}n"))),
        Some(a @ ("an" | "An")) if vowel(found) && !vowel(words) => Some((a, a[..1].to_owned())),
        _ => None,
    };
    match change {
        Some((old, new)) => ((start - old.len() - 1, end), format!("{new} {words}")),
        None => whole(),
    }
}

/// Whether a word begins with the sound of a vowel, in English.
fn vowel(words: &str) -> bool {
    let word = words.to_lowercase();
    word.starts_with(['a', 'e', 'i', 'o', 'u']) && !["eu", "uni", "use", "one", "usu", "uti"].iter().any(|s| word.starts_with(s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Builder, plain};

    #[test]
    fn articles_and_first_letters_follow() {
        for (text, found, words, want) in [
            ("We are an official partner.", "official partner", "HubSpot Solutions Partner", "We are a HubSpot Solutions Partner."),
            ("As a certified one", "certified", "independent", "As an independent one"),
            ("So it is. Official partner", "Official partner", "agency of ours", "So it is. Agency of ours"),
            ("This is our official one", "official", "new", "This is our new one"),
            ("Ban official one", "official", "new", "Ban new one"),
        ] {
            let mut b = Builder::new();
            plain::read(text, &mut b);
            let document = b.finish();
            let at = text.find(found).expect("planted");
            let ((start, end), words) = fitted(&document, (at, at + found.len()), words);
            assert_eq!(format!("{}{words}{}", &text[..start], &text[end..]), want);
        }
    }
}
