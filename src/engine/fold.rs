//! Two rules, one mistake: where a rule finds something in the words of another that says more, there is one finding, which names both.

use crate::finding::{Also, Finding};
use crate::pack::model::Rule;
use crate::source::Span;
use std::collections::HashMap;

/// Which rules leave words to which others (`folds_into`).
#[derive(Debug, Default)]
pub(super) struct Folds(HashMap<String, Vec<String>>);

impl Folds {
    /// Those of the rules that run: to a rule that does not, nothing is left.
    pub fn new(rules: &[Rule]) -> Folds {
        let those = rules.iter().filter(|r| !r.folds_into.is_empty());
        Folds(those.map(|r| (r.id.clone(), r.folds_into.clone())).collect())
    }

    /// Takes out findings whose words another rule's finding overlaps, and names their rules there. A finding that is left to another
    /// may have others left to it: they go where it goes.
    pub fn apply(&self, found: &mut Vec<(Finding, Span)>) {
        if self.0.is_empty() || found.len() < 2 {
            return;
        }
        let heir = |f: &Finding| {
            let heirs = self.0.get(&f.rule).filter(|_| f.suppressed.is_none())?;
            found.iter().position(|(other, _)| other.suppressed.is_none() && heirs.contains(&other.rule) && overlap(f, other))
        };
        let heirs: Vec<Option<usize>> = found.iter().map(|(f, _)| heir(f)).collect();
        let ends: Vec<Option<usize>> = (0..found.len()).map(|i| end(&heirs, i)).collect();
        for (i, end) in ends.iter().enumerate() {
            let Some(end) = end.filter(|e| *e != i) else { continue };
            let also = Also { rule: found[i].0.rule.clone(), source: found[i].0.source.clone() };
            let others = &mut found[end].0.also;
            if !others.contains(&also) {
                others.push(also);
            }
        }
        let mut stays = ends.iter().enumerate().map(|(i, end)| end.is_none_or(|e| e == i));
        found.retain(|_| stays.next().unwrap_or(true));
    }
}

/// Where the finding at a place ends up; nowhere, if rules leave words to each other in a ring.
fn end(heirs: &[Option<usize>], from: usize) -> Option<usize> {
    let mut at = from;
    for _ in 0..heirs.len() {
        match heirs[at] {
            Some(next) => at = next,
            None => return Some(at),
        }
    }
    None
}

/// Whether two findings stand in the same bytes, at least in part.
fn overlap(a: &Finding, b: &Finding) -> bool {
    a.primary.spans.iter().any(|x| b.primary.spans.iter().any(|y| x.start < y.end && y.start < x.end))
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn chains_end_where_they_lead_and_rings_nowhere() {
        let heirs = [Some(2), None, Some(1), Some(4), Some(3), Some(3)];
        let ends: Vec<_> = (0..heirs.len()).map(|i| end(&heirs, i)).collect();
        assert_eq!(ends, [Some(1), Some(1), Some(1), None, None, None]);
    }
}
