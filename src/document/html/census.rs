//! The start tags of a page, told from its bytes alone: what could become an element, without a tree.
//!
//! Whatever looks like a start tag is one here, in comments and scripts too: no element is missed but those that the standard implies.

use crate::source::Span;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::hash::BuildHasher;
use std::ops::Range;
use std::rc::Rc;

/// Attributes of one tag that are told apart.
const MAX_ATTRIBUTES: usize = 200;

/// Start tags by what they are called and carry.
#[derive(Debug, Default)]
pub struct Census {
    tags: Vec<TagAt>,
    attributes: Vec<AttributeAt>,
    by_name: FxHashMap<u64, Vec<u32>>,
    by_attribute: FxHashMap<u64, Vec<u32>>,
    all: Vec<u32>,
    /// The values of attributes that were asked for, each once.
    values: RefCell<FxHashMap<u64, Rc<[Range<usize>]>>>,
}

#[derive(Debug)]
struct TagAt {
    name: Range<usize>,
    attributes: Range<usize>,
}

#[derive(Debug)]
struct AttributeAt {
    name: Range<usize>,
    value: Range<usize>,
}

/// One start tag.
#[derive(Clone, Copy)]
pub struct Start<'c> {
    census: &'c Census,
    tag: &'c TagAt,
    lower: &'c str,
}

impl<'c> Start<'c> {
    /// Where it begins.
    pub fn at(&self) -> usize {
        // Behind the `<`.
        self.tag.name.start.saturating_sub(1)
    }

    /// Its name in lower case.
    pub fn name(&self) -> &'c str {
        self.lower.get(self.tag.name.clone()).unwrap_or_default()
    }

    /// The attributes as written: their names in lower case, and where their values stand.
    pub fn attributes(&self) -> impl Iterator<Item = (&'c str, Range<usize>)> + use<'c> {
        let lower = self.lower;
        let list = self.census.attributes.get(self.tag.attributes.clone()).unwrap_or_default();
        list.iter().map(move |a| (lower.get(a.name.clone()).unwrap_or_default(), a.value.clone()))
    }
}

impl Census {
    /// The tags in these stretches of a source, of which `lower` is a copy with ASCII in lower case; `None` where it would take long to tell, or
    /// tags may be joined.
    pub fn read(lower: &str, stretches: &[Span]) -> Option<Census> {
        let mut census = Census::default();
        let mut left = 4 * lower.len() + 4096;
        let mut joined = [0; 2];
        for stretch in stretches {
            let bytes = lower.as_bytes().get(..stretch.end)?;
            if memchr::memchr(0, bytes.get(stretch.range())?).is_some() {
                return None;
            }
            for at in memchr::memchr_iter(b'<', bytes.get(stretch.range())?) {
                let at = stretch.start + at + 1;
                if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
                    continue;
                }
                let first = census.attributes.len();
                let (name, end) = census.tag(bytes, at);
                left = left.checked_sub(end.unwrap_or(bytes.len()) - at)?;
                if end.is_none() {
                    census.attributes.truncate(first);
                    continue;
                }
                if census.attributes.len() - first > MAX_ATTRIBUTES {
                    return None;
                }
                for (count, once) in joined.iter_mut().zip([&b"html"[..], b"body"]) {
                    *count += usize::from(&bytes[name.clone()] == once);
                }
                census.add(bytes, name, first);
            }
        }
        // The attributes of a second `<body>` go to the first.
        (joined.iter().all(|n| *n < 2)).then_some(census)
    }

    fn add(&mut self, bytes: &[u8], name: Range<usize>, first: usize) {
        let number = self.tags.len() as u32;
        self.all.push(number);
        self.by_name.entry(key(&bytes[name.clone()])).or_default().push(number);
        for a in &self.attributes[first..] {
            let list = self.by_attribute.entry(key(&bytes[a.name.clone()])).or_default();
            if list.last() != Some(&number) {
                list.push(number);
            }
        }
        self.tags.push(TagAt { name, attributes: first..self.attributes.len() });
    }

    /// Reads the tag whose name begins at `at`: gives the name, and where the tag ends, if it does.
    fn tag(&mut self, bytes: &[u8], at: usize) -> (Range<usize>, Option<usize>) {
        let white = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0C');
        let until = |from: usize, stop: &dyn Fn(&u8) -> bool| bytes[from..].iter().position(stop).map(|i| from + i);
        let Some(mut i) = until(at, &|b| white(b) || matches!(b, b'/' | b'>')) else { return (at..at, None) };
        let name = at..i;
        loop {
            let Some(start) = until(i, &|b| !white(b) && *b != b'/') else { return (name, None) };
            if bytes[start] == b'>' {
                return (name, Some(start + 1));
            }
            // A name may begin with `=`.
            let Some(end) = until(start + 1, &|b| white(b) || matches!(b, b'/' | b'>' | b'=')) else { return (name, None) };
            let Some(next) = until(end, &|b| !white(b)) else { return (name, None) };
            let (mut value, mut after) = (end..end, next);
            if bytes[next] == b'=' {
                let Some(from) = until(next + 1, &|b| !white(b)) else { return (name, None) };
                let to = match bytes[from] {
                    quote @ (b'"' | b'\'') => memchr::memchr(quote, &bytes[from + 1..]).map(|n| (from + 1..from + 1 + n, from + n + 2)),
                    _ => until(from, &|b| white(b) || *b == b'>').map(|to| (from..to, to)),
                };
                let Some((found, behind)) = to else { return (name, None) };
                (value, after) = (found, behind);
            }
            self.attributes.push(AttributeAt { name: start..end, value });
            i = after;
        }
    }

    fn list<'c>(&'c self, list: Option<&'c Vec<u32>>, lower: &'c str) -> impl Iterator<Item = Start<'c>> + use<'c> {
        let tags = list.map(Vec::as_slice).unwrap_or_default().iter().filter_map(|n| self.tags.get(*n as usize));
        tags.map(move |tag| Start { census: self, tag, lower })
    }

    /// The tags of this name, if not others as well.
    pub fn named<'c>(&'c self, name: &str, lower: &'c str) -> impl Iterator<Item = Start<'c>> + use<'c> {
        self.list(self.by_name.get(&key(name.as_bytes())), lower)
    }

    /// The tags with this attribute, if not others as well.
    pub fn with_attribute<'c>(&'c self, name: &str, lower: &'c str) -> impl Iterator<Item = Start<'c>> + use<'c> {
        self.list(self.by_attribute.get(&key(name.as_bytes())), lower)
    }

    /// Whether there may be a tag of this name.
    pub fn has_tag(&self, name: &str) -> bool {
        self.by_name.contains_key(&key(name.as_bytes()))
    }

    /// Whether there may be a tag with this attribute.
    pub fn has_attribute(&self, name: &str) -> bool {
        self.by_attribute.contains_key(&key(name.as_bytes()))
    }

    /// Where the values of an attribute stand, each value once.
    pub fn values(&self, name: &str, lower: &str) -> Rc<[Range<usize>]> {
        let key = key(name.as_bytes());
        if let Some(known) = self.values.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut seen = FxHashSet::default();
        let all = self.with_attribute(name, lower).flat_map(|t| t.attributes());
        let found: Rc<[Range<usize>]> = all.filter(|(n, at)| *n == name && seen.insert(lower.get(at.clone()))).map(|(_, at)| at).collect();
        self.values.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    /// All tags.
    pub fn all<'c>(&'c self, lower: &'c str) -> impl Iterator<Item = Start<'c>> + use<'c> {
        self.list(Some(&self.all), lower)
    }
}

fn key(name: &[u8]) -> u64 {
    FxBuildHasher.hash_one(name)
}

#[cfg(test)]
mod tests {
    use super::super::Dom;
    use super::*;
    use proptest::prelude::*;
    use scraper::ElementRef;

    /// A name, and attributes with their values.
    type Written = (String, Vec<(String, String)>);

    fn tags(text: &str) -> Option<Vec<Written>> {
        let lower = text.to_ascii_lowercase();
        let census = Census::read(&lower, &[Span::new(0, text.len())])?;
        let of = |s: Start<'_>| (s.name().to_owned(), s.attributes().map(|(n, v)| (n.to_owned(), text[v].to_owned())).collect());
        Some(census.all(&lower).map(of).collect())
    }

    #[test]
    fn tags_and_their_attributes() {
        let all = tags("<P Class = 'A b'x=1/><!-- <a/b/=c> --><i q=\"<u>\" r>2 < 3 <4 </b> <open c=").unwrap_or_default();
        let named = |n: &str| all.iter().find(|t| t.0 == n).map(|t| t.1.iter().map(|(a, v)| format!("{a}={v}")).collect::<Vec<_>>());
        assert_eq!(named("p").unwrap_or_default(), ["class=A b", "x=1/"]);
        assert_eq!(named("a").unwrap_or_default(), ["b=", "=c="]);
        assert_eq!(named("i").unwrap_or_default(), ["q=<u>", "r="]);
        assert_eq!(all.len(), 4, "{all:?}");
    }

    #[test]
    fn what_takes_long_is_left() {
        assert!(tags(&"<a ".repeat(50_000)).is_none());
        assert!(tags("<body a><body b>").is_none());
    }

    proptest! {
        #[test]
        fn every_element_with_attributes_is_counted(text in "(<?/?(a|b|p|i|td|svg|img|script|style|!--|select|option|template| )[ /]?(x|y|class)?[ =]{0,2}['\"]?[a-c]{0,2}['\"]?[/>]?){0,20}") {
            let Some(all) = tags(&text) else { return Ok(()) };
            let dom = Dom::parse(&text, 0);
            for e in dom.html().tree.nodes().filter_map(ElementRef::wrap) {
                let own: Vec<_> = e.value().attrs().collect();
                let same = |t: &&Written| t.0 == e.value().name() && own.iter().all(|(n, v)| t.1.iter().any(|(m, w)| m == n && w == v));
                prop_assert!(own.is_empty() || all.iter().any(|t| same(&t)), "{:?} is not in {:?}", own, all);
            }
        }
    }
}
