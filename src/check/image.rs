//! Marks that documents show as pictures, held against the register of images, the speaker's record and the approvals.
//!
//! A mark is told by its pixels; where a picture cannot be compared, by what its file or alternative text is called, if the rule has words
//! for that. What a page does to a picture by markup needs no pixels.

mod altered;
mod around;
mod named;

pub(super) use altered::{Altered, Styles};
pub(super) use named::Names;

use super::pictures::{Looked, Seen};
use super::{Hit, Subject, approval, claim, select};
use crate::badge::{Alteration, AlterationKind, Verdict};
use crate::document::{Image, ImageSource, Kind};
use crate::facts::{Asset, Assets, Background, Day, Tier};
use crate::finding::{Location, Region};
use crate::pack::model::{AltState, By, ImageMatcher, TierCheck, UseState};
use crate::pack::select::Select;
use crate::source::Span;
use scraper::ElementRef;

/// What compares as one of the supplied images, however altered.
const SHOWN: [Verdict; 4] = [Verdict::Identical, Verdict::Copy, Verdict::Altered, Verdict::Outdated];
/// Of one document so many pictures are compared.
const MAX_PICTURES: usize = 2000;
/// What is shown of a long address, in characters.
const ADDRESS: usize = 60;
/// Of the edited elements of a drawing, so many are pointed at beside the first.
const MAX_PLACES: usize = 4;

/// Elements that are never opened anew.
const UNREPEATED: [&str; 8] = ["img", "source", "svg", "image", "link", "meta", "div", "input"];

/// Something that stands for a mark in one place of a document.
struct Shown<'a> {
    /// Which, if it was told by pixels.
    asset: Option<&'a Asset>,
    /// Where in the picture.
    seen: Option<Seen>,
}

pub(super) fn find(subject: &Subject, m: &ImageMatcher) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    // The sources of one element (`src`, `srcset`) show one picture in several sizes.
    let mut done: Vec<(Option<Span>, Option<String>)> = Vec::new();
    let names = subject.image_names();
    for (number, image) in subject.document.images.iter().enumerate() {
        if !may_match(subject, m, image, &names[number]) {
            continue;
        }
        for shown in marks(subject, m, number, image) {
            let key = (image.element, shown.asset.map(|a| a.id.value.clone()));
            if key.0.is_some() && shown.seen.as_ref().is_none_or(|s| s.index == 0) && done.contains(&key) {
                continue;
            }
            if let Some(hit) = judge(subject, m, number, image, &shown) {
                done.push(key);
                hits.push(hit);
            }
        }
    }
    hits
}

/// What can be told without looking.
fn may_match(subject: &Subject, m: &ImageMatcher, image: &Image, names: &Names) -> bool {
    let is = |h: &String| *h == image.holder;
    let held = (m.holder.is_empty() || m.holder.iter().any(is)) && !m.not_holder.iter().any(is);
    let in_field = m.fields.is_empty() || {
        let field = image.field.and_then(|f| subject.document.fields.get(f));
        field.is_some_and(|f| m.fields.iter().any(|n| n.eq_ignore_ascii_case(&f.name)))
    };
    let alt = match image.alt.as_deref().map(str::trim) {
        None => AltState::Missing,
        Some("") => AltState::Empty,
        Some(_) => AltState::Present,
    };
    let alt_is = || {
        let alt = image.alt.as_deref().unwrap_or_default().trim().to_lowercase();
        m.alt_is.iter().any(|a| a.to_lowercase() == alt)
    };
    held && in_field
        && (m.alt.is_empty() && m.alt_is.is_empty() || m.alt.contains(&alt) || !m.alt_is.is_empty() && alt_is())
        && m.file.as_ref().is_none_or(|f| names.file.as_ref().is_some_and(|w| f.is_match(w)))
        && (!m.speaker || subject.speaker().is_some_and(|s| named::has_name(names, s)))
        // Without a register nothing but its name tells a mark; that needs no tree.
        && (subject.facts.assets.is_some() || named::is_named(names, &m.named))
        && m.select.as_ref().is_none_or(|s| is_selected(subject, image, s))
}

fn is_selected(subject: &Subject, image: &Image, select: &Select) -> bool {
    let Some(element) = image.element else { return false };
    subject.doms().iter().any(|dom| {
        let Some(e) = dom.element_at(element).and_then(|id| ElementRef::wrap(dom.html().tree.get(id)?)) else { return false };
        // Formatting that is opened anew repeats the element, elsewhere in the tree.
        select.matches(&e, None)
            || !UNREPEATED.contains(&e.value().name()) && select::all(dom, select).iter().any(|e| dom.tag_span(e.id()) == Some(element))
    })
}

/// What a picture was seen to be; looked at once for all rules.
fn look(subject: &Subject, number: usize, image: &Image) -> Looked {
    use super::pictures::Left;
    let Some(pictures) = subject.pictures else { return Looked::Left(Left::Nothing) };
    if let Some(known) = subject.looks.borrow().get(&number) {
        return known.clone();
    }
    let full = subject.looks.borrow().len() >= MAX_PICTURES;
    let mut looked = if full { Looked::Left(Left::TooMany) } else { pictures.look(image, subject.source, None) };
    // What shows through a mark is part of how it is seen.
    if let Looked::Seen(sight) = &looked
        && sight.comparison.transparent
        && !sight.comparison.comparison.marks.is_empty()
        && let Some(behind) = altered::behind(subject, image)
    {
        looked = pictures.look(image, subject.source, Some(behind));
    }
    subject.looks.borrow_mut().insert(number, looked.clone());
    looked
}

/// The marks that a picture shows.
fn marks<'a>(subject: &Subject<'a>, m: &ImageMatcher, number: usize, image: &Image) -> Vec<Shown<'a>> {
    let by_name = || {
        let named = !m.named.is_empty() && subject.image_names().get(number).is_some_and(|n| named::is_named(n, &m.named));
        if named { vec![Shown { asset: None, seen: None }] } else { Vec::new() }
    };
    let Some(assets) = &subject.facts.assets else {
        let found = by_name();
        if !found.is_empty() && needs_pixels(m) {
            subject.want("assets");
        }
        return found;
    };
    let Looked::Seen(sight) = look(subject, number, image) else { return by_name() };
    if m.by == Some(By::Name) {
        return Vec::new();
    }
    // Where nothing was found, the supplied images need not be opened.
    let found = !sight.comparison.comparison.marks.is_empty();
    let library = subject.pictures.filter(|_| found).and_then(|p| p.library());
    let references = library.map(|l| l.references()).unwrap_or_default();
    let mut out = Vec::new();
    for (index, mark) in sight.comparison.comparison.marks.iter().enumerate() {
        let asset = references.get(mark.reference).and_then(|r| assets.by_id(&r.id));
        if let Some(asset) = asset
            && (m.family.is_empty() || is_of_family(assets, asset, &m.family))
            && !is_of_family(assets, asset, &m.not_family)
            && share(mark.region, sight.comparison.size) >= m.least_share
        {
            out.push(Shown { asset: Some(asset), seen: Some(Seen { sight: sight.clone(), index }) });
        }
    }
    // Pixels say nothing of a family that the register does not have.
    let knows_family = m.family.is_empty() || assets.iter().any(|a| is_of_family(assets, a, &m.family));
    if out.is_empty() && !knows_family { by_name() } else { out }
}

/// How much of a picture a mark takes.
fn share(region: crate::badge::Region, size: (u32, u32)) -> f64 {
    let area = |w: u32, h: u32| f64::from(w) * f64::from(h);
    area(region.width, region.height) / area(size.0, size.1).max(1.0)
}

/// Whether an image belongs to one of these families, by the family's name or what its images are.
fn is_of_family(assets: &Assets, asset: &Asset, families: &[String]) -> bool {
    let kind = assets.family_kind(asset).map(|k| k.name());
    let name = asset.family.as_ref().map(|f| f.value.as_str());
    families.iter().any(|f| [kind, name].into_iter().flatten().any(|n| n.eq_ignore_ascii_case(f)))
}

/// Whether nothing can be found without comparing.
fn needs_pixels(m: &ImageMatcher) -> bool {
    let altered = m.verdicts.contains(&Verdict::Altered) || !m.alterations.is_empty();
    m.by == Some(By::Pixels) || m.by.is_none() && m.verdicts.iter().any(|v| *v != Verdict::Altered) && !altered
}

/// The finding on one mark, if all conditions hold.
fn judge(subject: &Subject, m: &ImageMatcher, number: usize, image: &Image, shown: &Shown) -> Option<Hit> {
    let mut hit = Hit { spans: image.spans.clone(), text: address(image), field: image.field, ..Hit::default() };
    let mut measured = Vec::new();
    let mark = shown.seen.as_ref().and_then(|s| s.mark());
    // What the register permits is no alteration.
    let permitted = |kind: AlterationKind| {
        let through = kind == AlterationKind::Background && shown.seen.as_ref().is_some_and(|s| s.sight.comparison.transparent);
        shown.asset.is_some_and(|a| {
            let anything = || a.backgrounds.items().iter().any(|b| b.value == Background::Transparent);
            a.allow.items().iter().any(|p| p.value == kind) || through && anything()
        })
    };
    let verdict = mark.map(|k| match k.verdict {
        Verdict::Altered if !k.alterations.is_empty() && k.alterations.iter().all(|a| permitted(a.kind)) => Verdict::Copy,
        v => v,
    });
    let asked = !m.verdicts.is_empty() || !m.alterations.is_empty();
    let wanted: Vec<Verdict> = match m.verdicts.is_empty() {
        false => m.verdicts.clone(),
        true if m.alterations.is_empty() => SHOWN.to_vec(),
        true => vec![Verdict::Altered],
    };
    let fits = |kind: AlterationKind| !permitted(kind) && (m.alterations.is_empty() || m.alterations.contains(&kind));
    let by_pixels = matches!(m.by, None | Some(By::Pixels)) && m.at_rest.is_none_or(|r| r);
    let mut holds = false;
    if by_pixels && verdict.is_some_and(|v| wanted.contains(&v)) {
        let ways: Vec<_> = mark?.alterations.iter().filter(|a| fits(a.kind)).collect();
        holds = m.alterations.is_empty() || !ways.is_empty();
        if holds {
            measured.extend(ways.iter().map(|a| a.words.clone()));
            measured.extend(mark?.unsure.clone().filter(|_| verdict == Some(Verdict::Unsure)));
            point_at(image, shown, &ways, &mut hit);
            // What is behind it is told by the page, not by the file.
            let own = |a: &&Alteration| a.kind != AlterationKind::Background;
            hit.of_file = asked && of_file_alone(m) && ways.iter().all(own);
        }
    }
    let recognised = verdict.is_none_or(|v| SHOWN.contains(&v));
    if asked && matches!(m.by, None | Some(By::Markup)) && wanted.contains(&Verdict::Altered) && recognised {
        let all = altered::by_markup(subject, number, image, shown);
        let ways: Vec<&Altered> = all.iter().filter(|w| fits(w.kind) && m.at_rest.is_none_or(|r| r == w.at_rest)).collect();
        for (i, way) in ways.iter().enumerate() {
            let (first, others) = way.spans.split_at(way.spans.len().min(1));
            if i == 0 && !holds && !first.is_empty() {
                let image = std::mem::replace(&mut hit.spans, first.to_vec());
                let written = first.first().and_then(|s| subject.source.text().get(s.range())).unwrap_or_default();
                hit.related.push((image, std::mem::replace(&mut hit.text, written.to_owned()), "the image".to_owned()));
            } else if !first.is_empty() {
                hit.related.push((first.to_vec(), String::new(), way.words.clone()));
            }
            hit.related.extend(others.iter().map(|s| (vec![*s], String::new(), String::new())));
            hit.evidence.extend(way.sheet.clone());
            if !measured.contains(&way.words) {
                measured.push(way.words.clone());
            }
        }
        holds |= !ways.is_empty();
        hit.of_file &= ways.is_empty();
    }
    // Told by its name alone, nothing is known of its verdict.
    if !asked && verdict.is_none() {
        holds = true;
    }
    if !holds {
        return None;
    }
    if m.tier.is_some() || !m.membership.is_empty() {
        let found = held_against_record(subject, m, image, shown)?;
        if let Some(why) = around::tells(subject, m, image, shown) {
            subject.stopped(&hit, "context", || why.to_owned());
            return None;
        }
        for (name, value) in [("claimed", found.claimed), ("known", found.known), ("since", found.since)] {
            hit.values.push((name, value));
        }
        hit.evidence.extend(found.evidence);
    }
    if !m.uses.is_empty() && !m.uses.contains(&use_of(subject, image, shown.asset)) {
        return None;
    }
    if !m.approval.is_empty() {
        let (hash, file) = match &shown.seen {
            Some(s) => (Some(hex(&s.sight.sha256)), s.sight.name.as_deref()),
            None => (None, None),
        };
        let standing = approval::of_picture(subject, m.approval_kind, hash.as_deref(), file)?;
        if !m.approval.contains(&standing) {
            return None;
        }
    }
    describe(subject, image, shown, &measured, &mut hit);
    Some(hit)
}

/// Whether a matcher asks for nothing but what the file shows: neither where it is used, nor by whom.
fn of_file_alone(m: &ImageMatcher) -> bool {
    let place = m.holder.is_empty() && m.not_holder.is_empty() && m.fields.is_empty() && m.select.is_none() && m.uses.is_empty();
    let name = m.file.is_none() && !m.speaker && m.alt.is_empty() && m.alt_is.is_empty();
    place && name && m.tier.is_none() && m.membership.is_empty() && m.approval.is_empty()
}

/// Points at the elements of a drawing that were edited: in the page it is written out in, or in its own file, if that is what is checked.
fn point_at(image: &Image, shown: &Shown, ways: &[&Alteration], hit: &mut Hit) {
    let Some(text) = shown.seen.as_ref().map(|s| &s.sight.text) else { return };
    let own = image.spans.is_empty() && text.file().is_some();
    let at = |a: &&Alteration| {
        let bytes = a.span.as_ref()?;
        let span = if own { Span::new(bytes.start, bytes.end) } else { text.here(bytes)? };
        Some((span, a.words.clone()))
    };
    let mut places: Vec<(Span, String)> = Vec::new();
    for (span, words) in ways.iter().filter_map(at) {
        if !places.iter().any(|p| p.0 == span) {
            places.push((span, words));
        }
    }
    let mut places = places.into_iter();
    let Some((first, _)) = places.next() else { return };
    let whole = std::mem::replace(&mut hit.spans, vec![first]);
    if !whole.is_empty() && whole != hit.spans {
        hit.related.push((whole, hit.text.clone(), "the image".to_owned()));
    }
    hit.related.extend(places.take(MAX_PLACES).map(|(span, words)| (vec![span], String::new(), words)));
}

/// What the register says of using an image where it is shown.
fn use_of(subject: &Subject, image: &Image, asset: Option<&Asset>) -> UseState {
    let Some(uses) = asset.map(|a| &a.uses).filter(|u| !u.is_unknown()) else { return UseState::Unknown };
    let icon = image.holder.starts_with("link[");
    // A file by itself is not in use yet.
    if subject.kind == Kind::Image && !icon {
        return UseState::Unknown;
    }
    let here = if icon { "icon" } else { subject.kind.name() };
    if uses.items().iter().any(|u| u.value.eq_ignore_ascii_case(here)) { UseState::Listed } else { UseState::Unlisted }
}

/// What the speaker's record says against showing a mark.
fn held_against_record(subject: &Subject, m: &ImageMatcher, image: &Image, shown: &Shown) -> Option<claim::Verdict> {
    // Whose content was changed stands for whatever it says now.
    let told = shown.seen.as_ref().and_then(|s| s.mark()).is_none_or(|mark| {
        use crate::badge::Group;
        !mark.alterations.iter().any(|a| a.kind.group() == Group::Content)
    });
    let name = match shown.asset {
        Some(asset) => asset.tier.value().filter(|_| told).map(Tier::to_string),
        None => named::tier(image, &m.tiers).map(str::to_owned),
    };
    if let Some(check) = m.tier {
        let name = name?;
        let above = || claim::held_tier(subject, m.grace, &name, true);
        let below = || claim::held_tier(subject, m.grace, &name, false);
        let found = match check {
            TierCheck::Above => above(),
            TierCheck::Below => below(),
            TierCheck::NotHeld => above().or_else(below),
        };
        // A tier that has just changed may still be shown.
        return found.filter(|v| v.since.is_empty());
    }
    let claimed = name.or_else(|| shown.asset.map(|a| a.id.value.clone())).unwrap_or_else(|| named::words(image));
    m.membership.iter().find_map(|word| {
        if word == "none" {
            return claim::no_member(subject, &claimed);
        }
        let speaker = subject.wanted_speaker()?;
        let found = speaker.find(|p| &p.membership, |s| s.value().is_some())?;
        let is = found.fact.value().filter(|v| v.eq_ignore_ascii_case(word))?;
        let known = is.replace('_', " ");
        let evidence = found.fact.span().and_then(|s| subject.place_of(speaker, found.partner, s, &format!("on record: {known}")));
        Some(claim::Verdict { claimed: claimed.clone(), known, since: String::new(), evidence })
    })
}

/// Words and places for a finding.
fn describe(subject: &Subject, image: &Image, shown: &Shown, measured: &[String], hit: &mut Hit) {
    let mut value = |name: &'static str, text: String| hit.values.push((name, text));
    let file = shown.seen.as_ref().and_then(|s| s.sight.name.clone());
    value("asset", shown.asset.map_or_else(|| named::words(image), |a| a.id.value.clone()));
    value("family", shown.asset.and_then(|a| a.family.as_ref()).map_or_else(|| "image".to_owned(), |f| f.value.clone()));
    if let Some(tier) = shown.asset.and_then(|a| a.tier.value()) {
        value("tier", tier.to_string());
    }
    value("file", file.clone().unwrap_or_else(|| address(image)));
    value("measured", if measured.is_empty() { "not as it was supplied".to_owned() } else { measured.join("; ") });
    let assets = subject.facts.assets.as_ref();
    let instead = shown.asset.zip(assets).and_then(|(a, assets)| to_use(assets, a, subject.facts.today));
    value("use", instead.map_or_else(|| "the image that the program supplies".to_owned(), name_of));
    if let Some(seen) = &shown.seen {
        let written: Vec<Span> = if measured.is_empty() { Vec::new() } else { placed(seen) };
        let region = seen.region().map(|r| Region { x: r.x, y: r.y, width: r.width, height: r.height });
        // The picture itself is the place of what is found in an image file.
        if !image.spans.is_empty() {
            let label = shown.asset.map(|a| format!("here it shows `{}`", a.id.value));
            let path = file.unwrap_or_else(|| subject.source.name().to_owned());
            let place = match seen.sight.text.file() {
                Some(source) => Location::new(source, &written, None, label),
                None => Location { path, text: None, label, spans: Vec::new(), region: None, excerpt: Vec::new() },
            };
            hit.evidence.push(Location { region, ..place });
        }
    }
    if let Some((asset, assets)) = shown.asset.zip(assets) {
        let place = assets.place(asset.id.span);
        hit.evidence.push(place.location(if instead.is_some_and(|i| std::ptr::eq(i, asset)) {
            "supplied as this"
        } else {
            "known as this"
        }));
    }
    hit.seen.clone_from(&shown.seen);
}

/// The elements of a drawing that were edited, in its own file.
fn placed(seen: &Seen) -> Vec<Span> {
    let spans = seen.mark().into_iter().flat_map(|m| &m.alterations).filter_map(|a| a.span.as_ref());
    let mut out: Vec<Span> = spans.map(|s| Span::new(s.start, s.end)).collect();
    out.sort();
    out.dedup();
    out.truncate(1 + MAX_PLACES);
    out
}

/// The image to use: this one, or the one that came after it, or the nearest of its family.
fn to_use<'a>(assets: &'a Assets, asset: &'a Asset, today: Day) -> Option<&'a Asset> {
    if !asset.is_retired(today) {
        return Some(asset);
    }
    let family = |a: &Asset| a.family.as_ref().map(|f| f.value.to_lowercase());
    let like = |a: &&Asset| !a.is_retired(today) && family(a) == family(asset) && a.tier.value() == asset.tier.value();
    assets.successor(asset, today).or_else(|| assets.iter().find(like).filter(|_| asset.family.is_some()))
}

fn name_of(asset: &Asset) -> String {
    match asset.files.items().first() {
        Some(f) => format!("{} ({})", asset.id.value, f.value.path),
        None => asset.id.value.clone(),
    }
}

/// What stands in the document, short.
fn address(image: &Image) -> String {
    match &image.source {
        ImageSource::Inline(_) => "<svg>".to_owned(),
        ImageSource::Address(_) if image.spans.is_empty() => String::new(),
        ImageSource::Address(a) if a.len() > ADDRESS && a.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("data:")) => {
            format!("{}…", a.chars().take(ADDRESS / 2).collect::<String>())
        }
        ImageSource::Address(a) => a.clone(),
    }
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|b| format!("{b:02x}")).collect()
}
