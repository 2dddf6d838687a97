//! Elements of a page that selectors match, tried only where they can.

use super::element::predicate;
use crate::document::Document;
use crate::document::html::{Census, Dom, Start};
use crate::pack::model::ElementMatcher;
use crate::pack::select::{Key, One, Said, Select, Test, Value, Values};
use ego_tree::NodeId;
use html5ever::LocalName;
use rustc_hash::FxHashMap;
use scraper::ElementRef;
use selectors::context::SelectorCaches;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::ops::Range;

/// All elements that one of the selectors matches, in the tree's order.
pub(super) fn all<'d>(dom: &'d Dom, select: &Select) -> Vec<ElementRef<'d>> {
    let mut caches = SelectorCaches::default();
    let mut out: Vec<(usize, ElementRef<'d>)> = Vec::new();
    for one in select.list() {
        candidates(dom, one, |at, e| {
            if one.matches(&e, None, &mut caches) {
                out.push((at, e));
            }
            true
        });
    }
    if select.list().len() > 1 || select.list().iter().any(|one| one.keys.as_ref().is_some_and(|k| k.len() > 1)) {
        out.sort_unstable_by_key(|(at, _)| *at);
        out.dedup_by_key(|(at, _)| *at);
    }
    out.into_iter().map(|(_, e)| e).collect()
}

/// Whether one of the selectors matches anything on the page.
pub(super) fn any(dom: &Dom, select: &Select) -> bool {
    let mut caches = SelectorCaches::default();
    select.list().iter().any(|one| !candidates(dom, one, |_, e| !one.matches(&e, None, &mut caches)))
}

/// Whether one of them matches something below an element.
pub(super) fn below(e: &ElementRef, select: &Select) -> bool {
    let mut caches = SelectorCaches::default();
    e.descendants().skip(1).filter_map(ElementRef::wrap).any(|d| select.list().iter().any(|one| one.matches(&d, Some(e), &mut caches)))
}

/// Elements whose content is no text of the page, beside scripts.
const UNSHOWN: [&str; 10] =
    ["style", "template", "noscript", "iframe", "noembed", "noframes", "xmp", "plaintext", "textarea", "annotation"];

/// The start tags of a page, with its source.
pub(super) struct Tags<'s> {
    pub census: &'s Census,
    /// The source as it is, and with ASCII in lower case.
    pub text: &'s str,
    pub lower: &'s str,
    /// What is worked out once for all rules.
    pub known: &'s Known,
}

/// What is known of the attributes of a page's tags, once somebody asks.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Where the links that the page surely has lead, as written and in lower case, as far as that can be told.
    led: OnceCell<[Values; 2]>,
    /// The values of an attribute in lower case; nothing where not all of them can be told.
    values: RefCell<FxHashMap<LocalName, Option<Values>>>,
}

impl<'s> Tags<'s> {
    /// Whether an element of the page may be called as one of the selectors asks: told at a glance.
    pub fn may_have(&self, select: &Select) -> bool {
        let known = |key: &Key| match key {
            Key::Tag(name) => self.census.has_tag(name) || &**name == "img" && self.census.has_tag("image"),
            Key::Attribute(name, _) => self.census.has_attribute(name),
        };
        select.list().iter().any(|one| one.implied || one.keys.as_ref().is_none_or(|keys| keys.iter().any(known)))
    }

    /// Whether an element of the page may be what a matcher looks for. `labelled`: what it must be called may be on the page; `in_script`:
    /// that may be in a script. Of what else pages do not show, nothing is known.
    pub fn may_hold(&self, m: &ElementMatcher, labelled: bool, in_script: impl Fn() -> bool) -> bool {
        let is_called = |tag: &Start| {
            labelled
                || match tag.name() {
                    "script" => in_script(),
                    name => UNSHOWN.contains(&name),
                }
        };
        self.any(&m.select, |tag| is_called(&tag) && self.passes(&tag, m)) && m.document_has.as_ref().is_none_or(|s| self.any(s, |_| true))
    }

    /// Whether the page surely has an element that one of the selectors matches: such a link. `document`: the whole page.
    pub fn has_link(&self, select: &Select, document: &Document) -> bool {
        let whole = matches!(document.html[..], [one] if one.start == 0 && one.end == self.text.len());
        // Where frames stand in place of a body, nothing else does.
        if !whole || document.anchors.is_empty() || memchr::memmem::find(self.lower.as_bytes(), b"<frameset").is_some() {
            return false;
        }
        let links = || self.census.named("a", self.lower).filter(|tag| document.anchors.binary_search(&(tag.at() as u32)).is_ok());
        let value = |tag: &Start<'s>, name: &str| {
            let at = tag.attributes().find(|(n, _)| *n == name).map(|(_, at)| at)?;
            decoded(self.text.get(at)?)
        };
        // Nearly all are asked for by their addresses, by many words: all are held against each word at once.
        let led = || {
            self.known.led.get_or_init(|| {
                let mut led = <[Values; 2]>::default();
                for address in links().filter_map(|tag| value(&tag, "href")) {
                    led[0].push(&address);
                    led[1].push(&address.to_ascii_lowercase());
                }
                led
            })
        };
        let of = |tag: &Start<'s>, all: &[Said]| all.iter().all(|s| value(tag, &s.name).is_some_and(|v| s.is(&v)));
        let has = |all: &Vec<Said>| match &all[..] {
            [said] if said.name == "href" => said.is_one_of(&led()[0], &led()[1]),
            all => links().any(|tag| of(&tag, all)),
        };
        select.list().iter().filter_map(|one| one.link.as_ref()).any(has)
    }

    /// Whether an attribute has this value somewhere on the page, or one that cannot be told.
    fn has_value(&self, name: &LocalName, value: &Value) -> bool {
        let mut known = self.known.values.borrow_mut();
        let all = known.entry(name.clone()).or_insert_with(|| {
            let mut all = Values::default();
            for at in self.census.values(name, self.lower).iter() {
                all.push(&decoded(self.lower.get(at.clone())?)?);
            }
            Some(all)
        });
        all.as_ref().is_none_or(|all| value.is_one_of(all))
    }

    fn any(&self, select: &Select, f: impl Fn(Start<'s>) -> bool) -> bool {
        select.list().iter().any(|one| {
            let may = |tag: Start<'s>| one.tests.iter().all(|t| self.holds(&tag, t)) && f(tag);
            let by_key = |key: &Key| match key {
                Key::Tag(name) => {
                    self.census.named(name, self.lower).any(may) || &**name == "img" && self.census.named("image", self.lower).any(may)
                }
                Key::Attribute(name, value) => {
                    value.as_ref().is_none_or(|value| self.has_value(name, value)) && self.census.with_attribute(name, self.lower).any(may)
                }
            };
            one.implied || one.keys.as_ref().map_or_else(|| self.census.all(self.lower).any(may), |keys| keys.iter().any(by_key))
        })
    }

    fn holds(&self, tag: &Start<'s>, test: &Test) -> bool {
        match test {
            Test::Tag(name) => tag.name() == name || name == "img" && tag.name() == "image",
            Test::Lacks(name) => tag.attributes().all(|(n, _)| n != name),
            Test::Any(list) => list.iter().any(|tests| tests.iter().all(|t| self.holds(tag, t))),
            Test::Attribute(name, value) => {
                tag.attributes().any(|(n, at)| n == name && value.as_ref().is_none_or(|value| self.is(at, value)))
            }
        }
    }

    fn is(&self, at: Range<usize>, value: &Value) -> bool {
        let found = decoded(self.lower.get(at).unwrap_or_default());
        found.is_none_or(|found| value.is(&found))
    }

    /// The conditions on attributes.
    fn passes(&self, tag: &Start<'s>, m: &ElementMatcher) -> bool {
        m.attr.iter().all(|(name, p)| {
            // In drawings some names are written otherwise.
            if name.bytes().any(|b| b.is_ascii_uppercase() || b == b':') || predicate(None, p) {
                return true;
            }
            let found = tag.attributes().find(|(n, _)| n == name).map(|(_, at)| self.text.get(at).unwrap_or_default());
            match found.map(decoded) {
                Some(None) => true,
                found => predicate(found.flatten().as_deref(), p),
            }
        })
    }
}

/// The value of an attribute; nothing where it is written in ways that only a reader of HTML tells.
pub(super) fn decoded(value: &str) -> Option<Cow<'_, str>> {
    const REFERENCES: [(&str, &str); 5] = [("&amp;", "&"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{A0}"), ("&rsquo;", "\u{2019}")];
    if !value.bytes().any(|b| matches!(b, b'&' | b'\r')) {
        return Some(value.into());
    }
    if value.contains('\r') {
        return None;
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // A lone sign stands for itself.
        if rest.len() == 1 || rest[1..].starts_with([' ', '&']) {
            out.push('&');
            rest = &rest[1..];
            continue;
        }
        let (written, read) = REFERENCES.iter().find(|(written, _)| rest.starts_with(written))?;
        out.push_str(read);
        rest = &rest[written.len()..];
    }
    out.push_str(rest);
    Some(out.into())
}

/// Shows the elements that a selector may match, with their places in the tree's table, until told that it is enough (`false`, which is
/// handed on).
fn candidates<'d>(dom: &'d Dom, one: &One, mut f: impl FnMut(usize, ElementRef<'d>) -> bool) -> bool {
    let tree = &dom.html().tree;
    let mut each = |id: &NodeId| tree.get(*id).and_then(ElementRef::wrap).is_none_or(|e| f(crate::document::html::place(*id), e));
    let names = dom.names();
    let Some(keys) = &one.keys else { return names.all().iter().all(each) };
    keys.iter().all(|key| match key {
        Key::Tag(name) => names.of_tag(name).iter().all(&mut each),
        Key::Attribute(name, _) => names.with_attribute(name).iter().all(&mut each),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SELECTORS: [&str; 12] = [
        "a[x*=B i]",
        ":is(.a, [x=b]):not([class])",
        "p:not([class])",
        "[class~=a] b",
        "img[x]",
        "body:not([x])",
        "tbody",
        "svg [x], .b > i",
        "#a",
        ":is(p, :not(.a)) > b",
        "[x^=a]:not([id], [x=ab])",
        "*",
    ];

    #[test]
    fn values_are_those_of_a_browser_or_nobody_knows() {
        for (written, read) in [
            ("No thanks", Some("No thanks")),
            ("/a?b=1&amp;c=2", Some("/a?b=1&c=2")),
            ("R & D &", Some("R & D &")),
            ("don&#39;t&nbsp;go", Some("don't\u{A0}go")),
            ("don&#8217;t", None),
            ("a&ampb", None),
        ] {
            assert_eq!(decoded(written).as_deref(), read, "{written}");
        }
    }

    proptest! {
        #[test]
        fn links_that_are_sure_are_there(text in "(</?(a|A|p|select|option|template|noscript|svg|table|td|b|frameset|script|/a|/select)( (href|HREF) ?= ?['\"]?(x|/Contact|a&amp;contact)['\"]?)?/?>[ab]?){0,14}") {
            use crate::engine::{Format, read_source};
            use crate::source::{DecodeHint, Source};
            let source = Source::decode("p.html", text.clone().into_bytes(), DecodeHint::Html);
            let reading = read_source(&source, Format::Html, None);
            let lower = text.to_ascii_lowercase();
            let dom = Dom::parse(&text, 0);
            for selector in ["a[href]", "a[href*=contact i]", "a[href*=contact]", "a[href*='/Contact'], a[href=x]", "a[href^='/c' i]", "a[href^=X], a[href^='/C'][href*='&'], a[href$=t]"] {
                let Ok(select) = Select::read(selector.to_owned()) else { panic!("{selector} is broken") };
                let Some(census) = Census::read(&lower, &[crate::source::Span::new(0, text.len())]) else { continue };
                let known = Known::default();
                let tags = Tags { census: &census, text: &text, lower: &lower, known: &known };
                if tags.has_link(&select, &reading.document) {
                    prop_assert!(super::any(&dom, &select), "{} in {}", selector, text);
                }
            }
        }

        #[test]
        fn what_matches_is_among_the_tags(text in "(</?(a|A|b|p|i|td|tr|svg|image|img|script|body|template)( (x|class|id|X) ?= ?['\"]?[abB&]{0,3}['\"]?)?/?>[ab]?){0,16}") {
            let lower = text.to_ascii_lowercase();
            let census = Census::read(&lower, &[crate::source::Span::new(0, text.len())]);
            let dom = Dom::parse(&text, 0);
            for selector in SELECTORS {
                let by_scraper: Vec<_> = scraper::Selector::parse(selector).map(|s| dom.html().select(&s).map(|e| e.id()).collect()).unwrap_or_default();
                let Ok(select) = Select::read(selector.to_owned()) else { panic!("{selector} is broken") };
                let found: Vec<_> = all(&dom, &select).iter().map(|e| e.id()).collect();
                prop_assert_eq!(&found, &by_scraper, "{}", selector);
                prop_assert_eq!(super::any(&dom, &select), !found.is_empty());
                let Some(census) = &census else { continue };
                let known = Known::default();
                let tags = Tags { census, text: &text, lower: &lower, known: &known };
                prop_assert!(found.is_empty() || tags.any(&select, |_| true), "{} in {}", selector, text);
            }
        }
    }
}
