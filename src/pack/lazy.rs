//! What of a built-in pack is worked out when it is first needed: most rules of a run find nothing to look at.

use super::phrase::{self, Named, Phrases, Terms};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, OnceLock};

type Make<T> = Box<dyn FnOnce() -> T + Send>;

/// A value that is there, or is made when it is first asked for.
#[derive(Debug)]
pub struct Lazy<T>(LazyLock<T, Make<T>>);

impl<T: Send + 'static> Lazy<T> {
    /// A value that is there.
    pub fn ready(value: T) -> Lazy<T> {
        let lazy = Lazy::new(move || value);
        LazyLock::force(&lazy.0);
        lazy
    }

    /// A value that is made later.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> Lazy<T> {
        Lazy(LazyLock::new(Box::new(make)))
    }
}

impl<T> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Default + Send + 'static> Default for Lazy<T> {
    fn default() -> Lazy<T> {
        Lazy::new(T::default)
    }
}

/// The terms of a pack and of those it extends; those of a built-in pack, whose texts are known to be good, are read one by one.
#[derive(Debug, Default)]
pub(super) struct LazyTerms {
    ready: Terms,
    texts: HashMap<String, (Vec<String>, OnceLock<Phrases>)>,
    bases: Vec<Arc<LazyTerms>>,
}

impl LazyTerms {
    /// Terms that are read.
    pub fn ready(ready: Terms) -> LazyTerms {
        LazyTerms { ready, ..LazyTerms::default() }
    }

    /// The terms of a built-in pack.
    pub fn builtin(own: Vec<(String, Vec<String>)>, bases: Vec<Arc<LazyTerms>>) -> LazyTerms {
        // A term that says another thing than below may name what it stands for there.
        if own.iter().any(|(name, _)| bases.iter().any(|b| b.has(name))) {
            let mut all = LazyTerms { bases, ..LazyTerms::default() }.all();
            phrase::read_terms(&own, &mut all);
            return LazyTerms::ready(all);
        }
        let texts = own.into_iter().map(|(name, texts)| (name, (texts, OnceLock::new()))).collect();
        LazyTerms { ready: Terms::new(), texts, bases }
    }

    /// Whether there is a term of this name.
    pub fn has(&self, name: &str) -> bool {
        self.ready.contains_key(name) || self.texts.contains_key(name) || self.bases.iter().any(|b| b.has(name))
    }

    /// All names.
    pub fn names(&self) -> Vec<&str> {
        let below = self.bases.iter().flat_map(|b| b.names());
        below.chain(self.ready.keys().chain(self.texts.keys()).map(String::as_str)).collect()
    }

    /// All terms, read.
    pub fn all(&self) -> Terms {
        self.names().into_iter().filter_map(|name| Some((name.to_owned(), self.phrases(name)?))).collect()
    }
}

impl Named for LazyTerms {
    fn phrases(&self, name: &str) -> Option<Phrases> {
        if let Some(ready) = self.ready.get(name) {
            return Some(Arc::clone(ready));
        }
        let Some((texts, made)) = self.texts.get(name) else { return self.bases.iter().rev().find_map(|b| b.phrases(name)) };
        // No term names itself, by whatever way: promolint would not have been built.
        Some(Arc::clone(made.get_or_init(|| {
            let mut options: Vec<_> = texts.iter().filter_map(|text| phrase::parse(text, self).ok()).collect();
            phrase::longest_first(&mut options);
            Arc::new(phrase::Options::new(options))
        })))
    }
}

/// Plain strings, in which `<term>` stands for the term's entries. `lower`: in lower case.
pub(super) fn expand(texts: &[String], terms: &LazyTerms, lower: bool) -> Vec<String> {
    let mut out = Vec::new();
    for text in texts {
        match text.strip_prefix('<').and_then(|t| t.strip_suffix('>')) {
            Some(name) => out.extend(terms.phrases(name).iter().flat_map(|t| t.iter()).filter_map(|w| phrase::spellings(w)).flatten()),
            None => out.push(text.clone()),
        }
    }
    if lower {
        out.iter_mut().for_each(|s| *s = s.to_lowercase());
    }
    out
}
