//! CSS selectors of rules, taken apart: one by one, with what an element must be called for it to match.
//!
//! The crates beneath scraper parse them and match; elements are found elsewhere.

use cssparser::Parser;
use html5ever::LocalName;
use scraper::ElementRef;
use scraper::error::SelectorErrorKind;
use scraper::selector::Simple;
use selectors::Element;
use selectors::attr::AttrSelectorOperator;
use selectors::context::{MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches};
use selectors::matching::matches_selector;
use selectors::parser::{Component, ParseRelative, Selector, SelectorList};
use std::sync::OnceLock;

/// Selectors of which any will do; read when first asked for.
#[derive(Debug)]
pub struct Select {
    text: String,
    list: OnceLock<Vec<One>>,
}

/// One selector of a list.
#[derive(Debug)]
pub struct One {
    selector: Selector<Simple>,
    /// An element that matches has one of these names; `None` if nobody knows.
    pub tags: Option<Vec<LocalName>>,
    /// It has this attribute; `None` if nobody knows of any.
    pub attribute: Option<LocalName>,
    /// What the start tag of an element that matches passes.
    pub tests: Vec<Test>,
    /// An element that matches may be one that no start tag made.
    pub implied: bool,
}

/// What can be told by a start tag alone. Upper and lower case count as one.
pub enum Test {
    /// Its name.
    Tag(String),
    /// An attribute that is there, and its value.
    Attribute(String, Option<(AttrSelectorOperator, String)>),
    /// An attribute that is not there.
    Lacks(String),
    /// All of one of these.
    Any(Vec<Vec<Test>>),
}

impl std::fmt::Debug for Test {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Test::Tag(name) => write!(f, "{name}"),
            Test::Attribute(name, value) => write!(f, "[{name} {:?}]", value.as_ref().map(|v| &v.1)),
            Test::Lacks(name) => write!(f, ":not([{name}])"),
            Test::Any(list) => f.debug_list().entries(list).finish(),
        }
    }
}

/// Attributes that are called the same in HTML and in drawings, beside `data-*` and `aria-*`.
const PLAIN: [&str; 20] = [
    "action", "alt", "class", "controls", "for", "hidden", "href", "id", "lang", "muted", "name", "onclick", "open", "rel", "role", "src",
    "style", "title", "type", "value",
];

/// Elements that the standard adds, or makes of an end tag or another name.
const IMPLIED: [&str; 9] = ["html", "head", "body", "tbody", "colgroup", "tr", "p", "br", "img"];

impl Select {
    /// A list that is known to be good.
    pub(super) fn trusted(text: String) -> Select {
        Select { text, list: OnceLock::new() }
    }

    /// The same, read at once; an error where it is broken.
    pub(super) fn read(text: String) -> Result<Select, SelectorErrorKind> {
        let list = parse(&text)?;
        Ok(Select { text, list: OnceLock::from(list) })
    }

    /// The selectors.
    pub fn list(&self) -> &[One] {
        self.list.get_or_init(|| parse(&self.text).unwrap_or_default())
    }

    /// Whether one of them matches an element. `scope` is what `:scope` means; the page where it is none.
    pub fn matches(&self, e: &ElementRef, scope: Option<&ElementRef>) -> bool {
        let mut caches = SelectorCaches::default();
        self.list().iter().any(|one| one.matches(e, scope, &mut caches))
    }
}

impl One {
    /// Whether it matches an element.
    pub fn matches(&self, e: &ElementRef, scope: Option<&ElementRef>, caches: &mut SelectorCaches) -> bool {
        let (mode, flags) = (MatchingMode::Normal, NeedsSelectorFlags::No);
        let mut context = MatchingContext::new(mode, None, caches, QuirksMode::NoQuirks, flags, MatchingForInvalidation::No);
        context.scope_element = scope.map(|s| s.opaque());
        matches_selector(&self.selector, 0, None, e, &mut context)
    }
}

fn parse(text: &str) -> Result<Vec<One>, SelectorErrorKind> {
    let list = SelectorList::<Simple>::parse(&scraper::selector::Parser, &mut Parser::new(text), ParseRelative::No)?;
    let one = |s: &Selector<Simple>| {
        let tests = tests(s);
        One { selector: s.clone(), tags: tags(s), attribute: attribute(s), implied: !written(&tests), tests }
    };
    Ok(list.slice().iter().map(one).collect())
}

/// What the start tag must be like.
fn tests(s: &Selector<Simple>) -> Vec<Test> {
    let attribute = |name: &str, value| Some(Test::Attribute(name.to_ascii_lowercase(), value));
    let value = |operator, text: &str| Some((operator, text.to_ascii_lowercase()));
    let of = |c: &Component<Simple>| match c {
        Component::LocalName(n) => Some(Test::Tag(n.lower_name.0.to_string())),
        Component::ID(id) => attribute("id", value(AttrSelectorOperator::Equal, &id.0)),
        Component::Class(class) => attribute("class", value(AttrSelectorOperator::Includes, &class.0)),
        Component::AttributeInNoNamespaceExists { local_name, .. } => attribute(&local_name.0, None),
        Component::AttributeInNoNamespace { local_name, operator, value: v, .. } => attribute(&local_name.0, value(*operator, &v.0)),
        Component::Is(list) | Component::Where(list) => Some(Test::Any(list.slice().iter().map(tests).collect())),
        _ => None,
    };
    let lacks = |c: &Component<Simple>| match c {
        Component::Negation(list) => list.slice().iter().filter_map(lacked).collect(),
        _ => Vec::new(),
    };
    s.iter().filter_map(of).chain(s.iter().flat_map(lacks)).collect()
}

/// The attribute without a value that is all a negated selector asks for.
fn lacked(s: &Selector<Simple>) -> Option<Test> {
    let mut all = s.iter_raw_match_order();
    match (all.next(), all.next()) {
        (Some(Component::AttributeInNoNamespaceExists { local_name, local_name_lower }), None) if local_name == local_name_lower => {
            let name = local_name.0.to_string();
            let plain = PLAIN.contains(&name.as_str()) || name.starts_with("data-") || name.starts_with("aria-");
            plain.then_some(Test::Lacks(name))
        }
        _ => None,
    }
}

/// Whether an element that passes has a start tag.
fn written(tests: &[Test]) -> bool {
    tests.iter().any(|t| match t {
        Test::Tag(name) => !IMPLIED.contains(&name.as_str()),
        Test::Attribute(..) => true,
        Test::Lacks(_) => false,
        Test::Any(list) => list.iter().all(|tests| written(tests)),
    })
}

/// The names one of which an element must have.
fn tags(s: &Selector<Simple>) -> Option<Vec<LocalName>> {
    let mut found: Option<Vec<LocalName>> = None;
    for c in s.iter() {
        let here = match c {
            // Names with capitals are those of elements of drawings, which HTML has in small letters.
            Component::LocalName(n) => (n.name == n.lower_name).then(|| vec![n.name.0.clone()]),
            Component::Is(list) | Component::Where(list) => {
                list.slice().iter().map(tags).collect::<Option<Vec<_>>>().map(|all| all.into_iter().flatten().collect())
            }
            _ => None,
        };
        if here.as_ref().is_some_and(|h| found.as_ref().is_none_or(|f| h.len() < f.len())) {
            found = here;
        }
    }
    if let Some(found) = &mut found {
        found.sort_unstable();
        found.dedup();
    }
    found
}

/// An attribute that an element must have; of several one that fewer have.
fn attribute(s: &Selector<Simple>) -> Option<LocalName> {
    let of = |c: &Component<Simple>| match c {
        Component::ID(_) => Some(LocalName::from("id")),
        Component::Class(_) => Some(LocalName::from("class")),
        Component::AttributeInNoNamespaceExists { local_name, local_name_lower } => {
            (local_name == local_name_lower).then(|| local_name.0.clone())
        }
        Component::AttributeInNoNamespace { local_name, .. } => Some(local_name.0.clone()),
        _ => None,
    };
    s.iter().filter_map(of).min_by_key(|name| matches!(&**name, "class" | "id" | "href" | "src"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Vec<(Option<Vec<String>>, Option<String>)> {
        let names =
            |o: &One| (o.tags.as_ref().map(|t| t.iter().map(|n| n.to_string()).collect()), o.attribute.as_ref().map(|a| a.to_string()));
        parse(text).map(|list| list.iter().map(names).collect()).unwrap_or_default()
    }

    #[test]
    fn what_an_element_must_be_called() {
        let some = |tags: &[&str]| Some(tags.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        assert_eq!(known("nav a[href*=x i], [role=dialog]"), [(some(&["a"]), Some("href".into())), (None, Some("role".into()))]);
        assert_eq!(known(":is(a[href='#'], dialog b):not(.c)"), [(some(&["a", "b"]), None)]);
        assert_eq!(known(".a[data-x]"), [(None, Some("data-x".into()))]);
        assert_eq!(known(":is(a, .b), *, foreignObject, :not(a)"), [(None, None), (None, None), (None, None), (None, None)]);
        assert!(parse("a:hover").is_err());
    }
}
