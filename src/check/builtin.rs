//! The index of what all built-in rules look for: made when promolint is built, so that no start waits for it.

use super::index::Index;
use super::keys::{Bits, KeyIndex, Level, Link, Run};
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/index.rs"));

#[cfg(test)]
mod tests {
    use super::super::prefilter::{patterns_of, sought};
    use super::*;
    use crate::pack::outline::{Names, Outline};
    use crate::pack::{PackSet, PackSource, Pattern};
    use std::collections::HashMap;
    use std::sync::Arc;

    /// What was made of the packs' files when promolint was built is what promolint makes of them.
    #[test]
    fn the_index_is_that_of_the_rules() {
        let read = |quick: bool| {
            let sources = PackSource::builtin("hubspot").into_iter();
            PackSet::load(sources.map(|s| if quick { s.quick() } else { s }).collect())
        };
        let (quick, whole) = (read(true), read(false));
        let rules: Vec<_> = quick.packs.iter().flat_map(|p| &p.rules).collect();
        assert_eq!(rules.len(), RULES);
        let mut patterns: Vec<(Arc<Pattern>, Vec<[u32; 3]>)> = Vec::new();
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut always = Vec::new();
        for (r, (rule, same)) in (0..).zip(rules.iter().zip(whole.packs.iter().flat_map(|p| &p.rules))) {
            assert_eq!((&rule.id, rule.number), (&same.id, Some(r)));
            let outline = Outline::of(rule.matcher());
            assert_eq!(rule.outline, outline, "{}", rule.id);
            assert_eq!(Outline::of(same.matcher()), outline, "{}", rule.id);
            let mut leaf = 0;
            patterns_of(rule.matcher(), &mut |list| {
                for (p, pattern) in (0..).zip(list.iter()) {
                    if !pattern.has_keys() {
                        always.push([r, leaf, p]);
                        continue;
                    }
                    let number = *numbers.entry(Arc::as_ptr(pattern).addr()).or_insert_with(|| {
                        patterns.push((Arc::clone(pattern), Vec::new()));
                        patterns.len() - 1
                    });
                    patterns[number].1.push([r, leaf, p]);
                }
                leaf += 1;
            });
        }
        let (sought, uses) = sought(&patterns);
        assert!(Index::new(&sought).source() == INDEX.source(), "the keys differ");
        assert!(uses.list == USES && uses.ends == ENDS && uses.ways == WAYS && always == ALWAYS, "the uses differ");
        assert!(patterns.len() > 1000 && rules.iter().any(|r| matches!(r.outline.fields, Names::Of(_))));
    }
}
