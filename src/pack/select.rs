//! CSS selectors of rules, taken apart: one by one, with what an element must be called for it to match.
//!
//! The crates beneath scraper parse them and match; elements are found elsewhere.

use cssparser::Parser;
use html5ever::LocalName;
use memchr::memmem;
use scraper::ElementRef;
use scraper::error::SelectorErrorKind;
use scraper::selector::Simple;
use selectors::Element;
use selectors::attr::{AttrSelectorOperator, CaseSensitivity, ParsedCaseSensitivity};
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
    /// An element that matches has one of these; `None` if nobody knows.
    pub keys: Option<Vec<Key>>,
    /// What the start tag of an element that matches passes.
    pub tests: Vec<Test>,
    /// An element that matches may be one that no start tag made.
    pub implied: bool,
    /// If all that is asked for is a link with such attributes: these.
    pub link: Option<Vec<Said>>,
}

/// An attribute, and what its value must be like, to the letter.
#[derive(Debug)]
pub struct Said {
    /// The attribute.
    pub name: String,
    value: Option<Value>,
    /// Whether case counts in the value.
    exact: bool,
}

impl Said {
    /// Whether a value is meant.
    pub fn is(&self, value: &str) -> bool {
        self.value.as_ref().is_none_or(|v| if self.exact { v.is(value) } else { v.is(&value.to_ascii_lowercase()) })
    }

    /// Whether one of these is meant; `lower`: the same with ASCII in lower case.
    pub fn is_one_of(&self, values: &Values, lower: &Values) -> bool {
        self.value.as_ref().map_or(!values.0.is_empty(), |v| v.is_one_of(if self.exact { values } else { lower }))
    }
}

/// Values of an attribute, to be asked for all at once: with a NUL before and behind each, of which none has one.
#[derive(Debug, Default)]
pub struct Values(String);

impl Values {
    /// Adds one.
    pub fn push(&mut self, value: &str) {
        if self.0.is_empty() {
            self.0.push('\0');
        }
        self.0.push_str(value);
        self.0.push('\0');
    }
}

/// What elements are looked up by.
#[derive(Clone, Debug)]
pub enum Key {
    /// Their name.
    Tag(LocalName),
    /// An attribute, with what its value must be like.
    Attribute(LocalName, Option<Value>),
}

/// What the value of an attribute must be like; in lower case (ASCII), as it is held against.
#[derive(Clone)]
pub struct Value {
    operator: AttrSelectorOperator,
    text: String,
}

impl Value {
    /// Whether a value in lower case may be meant.
    pub fn is(&self, lower: &str) -> bool {
        self.operator.eval_str(lower, &self.text, CaseSensitivity::CaseSensitive)
    }

    /// Whether one of these may be meant.
    pub fn is_one_of(&self, values: &Values) -> bool {
        let (text, all) = (self.text.as_bytes(), values.0.as_bytes());
        let ends = |b: u8| matches!(b, 0 | b' ' | b'\t' | b'\n' | b'\r' | b'\x0C');
        // What may be more than one word, or nothing, is asked for one by one, and so is an end: it may overlap what is found before it.
        if text.is_empty() || text.iter().any(|b| ends(*b)) || self.operator == AttrSelectorOperator::Suffix {
            let inner = values.0.strip_prefix('\0').and_then(|all| all.strip_suffix('\0'));
            return inner.is_some_and(|all| all.split('\0').any(|value| self.is(value)));
        }
        let is = |at: usize| match self.operator {
            AttrSelectorOperator::Equal => all[at - 1] == 0 && all[at + text.len()] == 0,
            AttrSelectorOperator::Prefix => all[at - 1] == 0,
            AttrSelectorOperator::Includes => ends(all[at - 1]) && ends(all[at + text.len()]),
            AttrSelectorOperator::DashMatch => all[at - 1] == 0 && matches!(all[at + text.len()], 0 | b'-'),
            AttrSelectorOperator::Substring | AttrSelectorOperator::Suffix => true,
        };
        memmem::find_iter(all, text).any(is)
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// What can be told by a start tag alone. Upper and lower case count as one.
#[derive(Debug)]
pub enum Test {
    /// Its name.
    Tag(String),
    /// An attribute that is there, and its value.
    Attribute(String, Option<Value>),
    /// An attribute that is not there.
    Lacks(String),
    /// All of one of these.
    Any(Vec<Vec<Test>>),
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
    pub(crate) fn read(text: String) -> Result<Select, SelectorErrorKind> {
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
        One { selector: s.clone(), keys: keys(&tests), implied: !written(&tests), tests, link: link(s) }
    };
    Ok(list.slice().iter().map(one).collect())
}

/// The attributes of a selector of links that asks for nothing else.
fn link(s: &Selector<Simple>) -> Option<Vec<Said>> {
    let mut named = false;
    let mut out = Vec::new();
    for c in s.iter_raw_match_order() {
        match c {
            Component::LocalName(n) if *n.name.0 == *"a" => named = true,
            Component::AttributeInNoNamespaceExists { local_name, local_name_lower } if local_name == local_name_lower => {
                out.push(Said { name: local_name.0.to_string(), value: None, exact: true });
            }
            Component::AttributeInNoNamespace { local_name, operator, value, case_sensitivity } => {
                let exact = match case_sensitivity {
                    ParsedCaseSensitivity::AsciiCaseInsensitive => false,
                    ParsedCaseSensitivity::CaseSensitive | ParsedCaseSensitivity::ExplicitCaseSensitive => true,
                    ParsedCaseSensitivity::AsciiCaseInsensitiveIfInHtmlElementInHtmlDocument => return None,
                };
                let text = if exact { value.0.to_string() } else { value.0.to_ascii_lowercase() };
                let name = local_name.0.to_string();
                out.push(Said { name, value: Some(Value { operator: *operator, text }), exact });
            }
            _ => return None,
        }
    }
    named.then_some(out)
}

/// What the start tag must be like.
fn tests(s: &Selector<Simple>) -> Vec<Test> {
    let attribute = |name: &str, value| Some(Test::Attribute(name.to_ascii_lowercase(), value));
    let value = |operator, text: &str| Some(Value { operator, text: text.to_ascii_lowercase() });
    let of = |c: &Component<Simple>| match c {
        // Names with capitals are those of drawings, which HTML has in small letters.
        Component::LocalName(n) => (n.name == n.lower_name).then(|| Test::Tag(n.name.0.to_string())),
        Component::ID(id) => attribute("id", value(AttrSelectorOperator::Equal, &id.0)),
        Component::Class(class) => attribute("class", value(AttrSelectorOperator::Includes, &class.0)),
        Component::AttributeInNoNamespaceExists { local_name, local_name_lower } if local_name == local_name_lower => {
            attribute(&local_name.0, None)
        }
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

/// The keys that fewest elements have.
fn keys(tests: &[Test]) -> Option<Vec<Key>> {
    let of = |t: &Test| match t {
        Test::Tag(name) => Some(vec![Key::Tag(name.as_str().into())]),
        Test::Attribute(name, value) => Some(vec![Key::Attribute(name.as_str().into(), value.clone())]),
        Test::Lacks(_) => None,
        Test::Any(list) => list.iter().map(|tests| keys(tests)).collect::<Option<Vec<_>>>().map(|all| all.concat()),
    };
    let all = tests.iter().filter_map(of).map(|keys| (keys.iter().map(frequency).sum::<u32>(), keys));
    all.min_by_key(|(sum, _)| *sum).map(|(_, keys)| keys)
}

/// About how many elements have a key.
fn frequency(key: &Key) -> u32 {
    match key {
        Key::Tag(name) if matches!(&**name, "a" | "div" | "p" | "li" | "span" | "td" | "path") => 20,
        Key::Tag(_) => 4,
        Key::Attribute(name, value) => match (&**name, value) {
            ("class", Some(_)) => 8,
            ("class", None) => 40,
            ("href" | "src" | "id", None) => 20,
            _ => 3,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(text: &str) -> Vec<String> {
        parse(text).map(|list| list.iter().map(|o| format!("{:?}", o.keys.as_deref().unwrap_or_default())).collect()).unwrap_or_default()
    }

    proptest! {
        #[test]
        fn of_many_values_one_is_meant(values in prop::collection::vec("[ab -]{0,6}", 0..5), text in "[ab -]{0,3}", operator in 0..6usize) {
            use AttrSelectorOperator::*;
            let value = Value { operator: [Equal, Includes, DashMatch, Prefix, Substring, Suffix][operator], text };
            let mut all = Values::default();
            values.iter().for_each(|v| all.push(v));
            prop_assert_eq!(value.is_one_of(&all), values.iter().any(|v| value.is(v)), "{:?} in {:?}", value, values);
        }
    }

    #[test]
    fn what_an_element_must_be_called() {
        let none = "[]".to_owned();
        for (selector, wanted) in [
            ("nav a[role=x i]", vec!["role"]),
            ("[role=dialog], .b", vec!["role", "class"]),
            (":is(a[href='#'], dialog b):not(.c)", vec!["href", "Tag"]),
            (".a[data-x]", vec!["data-x"]),
        ] {
            let found = known(selector).concat();
            assert!(wanted.iter().all(|w| found.contains(w)), "{selector}: {found}");
        }
        assert_eq!(known(":is(a, :not(.b)), *, foreignObject, :not(a)"), [none.clone(), none.clone(), none.clone(), none]);
        assert!(parse("a:hover").is_err());
    }
}
