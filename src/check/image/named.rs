//! What a picture is called: the words of its file name, and its alternative text.

use crate::check::Speaker;
use crate::document::{Image, ImageSource};
use crate::facts::names::fold_name;
use crate::pack::PhraseSet;
use percent_encoding::percent_decode_str;

/// The words of a file name without its ending and its size (`@2x`, `-300x200`), in lower case; `None` where there is no file name.
pub fn file_words(image: &Image) -> Option<String> {
    let ImageSource::Address(address) = &image.source else { return None };
    if address.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("data:")) {
        return None;
    }
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit(['/', '\\']).next().filter(|n| !n.is_empty())?;
    let name = percent_decode_str(name).decode_utf8_lossy();
    let stem = name.rsplit_once('.').map_or(&*name, |(s, _)| s);
    let mut out = String::with_capacity(stem.len());
    let mut before = ' ';
    for c in stem.split('@').next().unwrap_or_default().chars() {
        if !c.is_alphanumeric() {
            out.push(' ');
        } else {
            // `HubSpotLogo` is two words, `hubspotLOGO` as well; the name of the program stays one.
            if c.is_uppercase() && before.is_lowercase() {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    let is_size = |w: &&str| {
        let digits = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
        w.split_once('x').is_some_and(|(a, b)| digits(a) && digits(b))
    };
    let words: Vec<&str> = out.split_whitespace().filter(|w| !is_size(w)).collect();
    Some(words.join(" ")).filter(|w| !w.is_empty())
}

/// What it is called, for messages.
pub fn words(image: &Image) -> String {
    let alt = image.alt.as_deref().map(str::trim).filter(|a| !a.is_empty());
    alt.map(str::to_owned).or_else(|| file_words(image)).unwrap_or_else(|| "this image".to_owned())
}

/// What a picture is called, worked out once for all rules.
#[derive(Debug, Default)]
pub struct Names {
    /// The words of its file name; see [`file_words`].
    pub file: Option<String>,
    /// The texts that name it.
    all: Vec<String>,
}

impl Names {
    /// Those of a picture.
    pub fn of(image: &Image) -> Names {
        let file = file_words(image);
        // Words of a name that are written with a capital inside are looked for either way: `hub spot`, `hubspot`.
        let tight = file.as_ref().filter(|w| w.contains("hub spot")).map(|w| w.replace("hub spot", "hubspot"));
        let alt = image.alt.clone().filter(|alt| Some(alt) != file.as_ref());
        Names { all: file.iter().cloned().chain(tight).chain(alt).collect(), file }
    }
}

/// Whether one of these phrases stands in what it is called.
pub fn is_named(names: &Names, phrases: &PhraseSet) -> bool {
    names.all.iter().any(|n| phrases.is_match(n))
}

/// Whether a name of the firm that is speaking stands there.
pub fn has_name(names: &Names, speaker: &Speaker) -> bool {
    let texts: Vec<String> = names.all.iter().map(|n| format!(" {} ", fold_name(n))).collect();
    speaker.names().map(fold_name).filter(|n| n.len() > 2).any(|n| texts.iter().any(|t| t.contains(&format!(" {n} "))))
}

/// The tier that the file name says; `None` where it says several, or the alternative text another. What is claimed in that text is text.
pub fn tier<'m>(image: &Image, tiers: &'m [(String, PhraseSet)]) -> Option<&'m str> {
    let file = file_words(image)?;
    let alt = image.alt.as_deref().unwrap_or_default();
    let said = |text: &str| tiers.iter().filter(|(_, set)| set.is_match(text)).map(|(n, _)| n.as_str()).collect::<Vec<_>>();
    let [tier] = said(&file)[..] else { return None };
    said(alt).iter().all(|t| *t == tier).then_some(tier)
}
