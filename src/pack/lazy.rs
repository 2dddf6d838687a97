//! What of a built-in pack is worked out when it is first needed: most rules of a run find nothing to look at.

use super::phrase::{self, Terms};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

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

/// The terms of a pack and of those it extends.
pub(super) type LazyTerms = Lazy<Terms>;

/// The terms of a built-in pack, whose texts are known to be good.
pub(super) fn terms(own: Vec<(String, Vec<String>)>, bases: Vec<Arc<LazyTerms>>) -> LazyTerms {
    Lazy::new(move || {
        let mut all = Terms::new();
        bases.iter().for_each(|base| all.extend(base.iter().map(|(k, v)| (k.clone(), Arc::clone(v)))));
        phrase::read_terms(&own, &mut all);
        all
    })
}

/// Plain strings, in which `<term>` stands for the term's entries. `lower`: in lower case.
pub(super) fn expand(texts: &[String], terms: &LazyTerms, lower: bool) -> Vec<String> {
    let mut out = Vec::new();
    for text in texts {
        match text.strip_prefix('<').and_then(|t| t.strip_suffix('>')) {
            Some(name) => out.extend(terms.get(name).into_iter().flat_map(|t| t.iter()).filter_map(|w| phrase::spellings(w)).flatten()),
            None => out.push(text.clone()),
        }
    }
    if lower {
        out.iter_mut().for_each(|s| *s = s.to_lowercase());
    }
    out
}
