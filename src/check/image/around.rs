//! What stands around a mark and tells that it says nothing of the speaker's tier today: it is shown of somebody else, of another time, or
//! to explain. Which words tell is the pack's to say.

use super::{Image, Shown, named};
use crate::check::{Speaker, Subject};
use crate::document::{Block, Role};
use crate::facts::Tier;
use crate::facts::names::fold_name;
use crate::pack::model::{Around, ImageMatcher};
use crate::source::Span;
use scraper::ElementRef;
use std::collections::BTreeSet;

/// So many blocks before a picture are looked at for its heading.
const MAX_BLOCKS: usize = 40;
/// So many blocks of a page are looked at for its title and main heading.
const MAX_HEADS: usize = 40;
/// The first year that a heading may be.
const FIRST_YEAR: i16 = 1995;
/// Parts of a page that stand on every page of a site: what is outside of them says nothing of what is inside.
const SITE_WIDE: [&str; 3] = ["footer", "nav", "header"];

/// Why a mark says nothing of the speaker's tier and membership today, if something around it tells.
pub fn tells(subject: &Subject, m: &ImageMatcher, image: &Image, shown: &Shown) -> Option<&'static str> {
    let around = &m.around;
    if around.tiers > 0 && tiers_shown(subject, m, shown) >= around.tiers {
        return Some("the document shows several tiers, as an explanation does");
    }
    let names_tier = |text: &str| m.tiers.iter().filter(|(_, set)| set.is_match(text)).count();
    let alt = image.alt.as_deref().unwrap_or_default().trim();
    // From one tier to another.
    if names_tier(alt) > 1 {
        return Some("its words name several tiers");
    }
    let passage = Passage::of(subject, image);
    let heading = passage.heading.unwrap_or_default();
    if around.headings.is_match(heading) || passage.heads.iter().any(|h| around.headings.is_match(h)) {
        return Some("the heading tells that it is about something else");
    }
    let today = subject.facts.today.year();
    if heading.len() == 4 && heading.parse::<i16>().is_ok_and(|y| (FIRST_YEAR..today).contains(&y)) {
        return Some("the heading is a year that is over");
    }
    let own = [Some(alt), passage.caption.as_deref()].into_iter().flatten();
    let near = [passage.heading, passage.before].into_iter().flatten().filter(|t| names_tier(t) > 0);
    own.chain(near).find_map(|text| {
        if around.phrases.is_match(text) {
            return Some("the words beside it tell that it is about something else");
        }
        names_another(subject, around, shown, text).then_some("the words beside it name another firm")
    })
}

/// The texts around a picture.
#[derive(Default)]
struct Passage<'s> {
    /// Of the `<figure>` it stands in.
    caption: Option<String>,
    /// The one it stands under.
    heading: Option<&'s str>,
    /// The block right before it.
    before: Option<&'s str>,
    /// The title and the main heading of the page.
    heads: Vec<&'s str>,
}

impl<'s> Passage<'s> {
    fn of(subject: &'s Subject, image: &Image) -> Passage<'s> {
        let mut passage = Passage::default();
        let Some(at) = image.element.or_else(|| image.spans.first().copied()) else { return passage };
        let mut from = 0;
        if let Some(element) = image.element {
            (passage.caption, from) = in_tree(subject, element);
        }
        let document = subject.document;
        let text = |b: &Block| document.block_text(b).trim();
        let starts = |b: &Block| document.map.spans(b.start, b.end).first().map(|s| s.start);
        let blocks = &document.blocks;
        let end = blocks.partition_point(|b| starts(b).is_none_or(|s| s < at.start));
        for block in blocks[..end].iter().rev().filter(|b| !b.second && b.field == image.field).take(MAX_BLOCKS) {
            let Some(start) = starts(block) else { continue };
            if start < from || block.role == Role::Title {
                break;
            }
            if block.role == Role::Heading {
                passage.heading = Some(text(block));
                break;
            }
            if block.role == Role::Text && passage.before.is_none() {
                passage.before = Some(text(block));
            }
        }
        let is_head = |b: &&Block| b.role == Role::Title || b.role == Role::Heading && b.level == 1;
        if from == 0 {
            passage.heads = blocks.iter().filter(|b| b.field == image.field).take(MAX_HEADS).filter(is_head).map(text).collect();
        }
        passage
    }
}

/// The caption of an element, and where the part of the page begins that says something of it.
fn in_tree(subject: &Subject, element: Span) -> (Option<String>, usize) {
    let Some((dom, node)) = subject.doms().iter().find_map(|d| Some((d, d.html().tree.get(d.element_at(element)?)?))) else {
        return (None, 0);
    };
    let up = || node.ancestors().filter_map(ElementRef::wrap);
    let figure = up().find(|e| e.value().name() == "figure");
    let caption = figure.and_then(|f| f.descendent_elements().find(|e| e.value().name() == "figcaption")).map(|c| dom.text(c.id()));
    let site_wide = up().find(|e| SITE_WIDE.contains(&e.value().name()));
    (caption, site_wide.and_then(|e| dom.tag_span(e.id())).map_or(0, |s| s.start))
}

/// Whether a text names a firm that is not the speaker.
fn names_another(subject: &Subject, around: &Around, shown: &Shown, text: &str) -> bool {
    let Some((names, speaker)) = around.names.as_ref().zip(subject.speaker()) else { return false };
    let of_asset =
        |w: &String| shown.asset.is_some_and(|a| a.id.value.split(|c: char| !c.is_alphanumeric()).any(|p| p.eq_ignore_ascii_case(w)));
    names.find_iter(text).map(|r| &text[r]).any(|name| {
        let mut rest = name.replace("'s", " ").replace("’s", " ");
        while let Some((s, e)) = around.own.find(&rest, 0) {
            rest.replace_range(s..e, " ");
        }
        name_words(&rest).iter().any(|w| !of_asset(w)) && !is_speaker(speaker, name)
    })
}

/// Whether a name may be short or long for one of the speaker's: one begins with a word that the other has.
fn is_speaker(speaker: &Speaker, name: &str) -> bool {
    let name = name_words(name);
    speaker
        .names()
        .map(name_words)
        .any(|own| own.first().is_some_and(|w| name.contains(w)) || name.first().is_some_and(|w| own.contains(w)))
}

fn name_words(name: &str) -> Vec<String> {
    let name = name.replace("'s", " ").replace("’s", " ");
    fold_name(&name).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// How many tiers the pictures of a document show, of the family of this one.
fn tiers_shown(subject: &Subject, m: &ImageMatcher, shown: &Shown) -> usize {
    let mut tiers: BTreeSet<String> = BTreeSet::new();
    let Some(asset) = shown.asset else {
        let named = subject.document.images.iter().zip(subject.image_names()).filter(|(_, n)| named::is_named(n, &m.named));
        return named.filter_map(|(image, _)| named::tier(image, &m.tiers)).collect::<BTreeSet<_>>().len();
    };
    let family = |f: Option<&str>| f.map(str::to_lowercase);
    let own = family(asset.family.as_ref().map(|f| f.value.as_str()));
    for (number, image) in subject.document.images.iter().enumerate() {
        for other in super::marks(subject, m, number, image).iter().filter_map(|s| s.asset) {
            if family(other.family.as_ref().map(|f| f.value.as_str())) == own {
                tiers.extend(other.tier.value().map(Tier::to_string));
            }
        }
        if tiers.len() >= m.around.tiers {
            break;
        }
    }
    tiers.len()
}
