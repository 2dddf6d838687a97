//! Elements of a page that selectors match, tried only where they can.

use crate::document::html::Dom;
use crate::pack::select::{One, Select};
use ego_tree::NodeId;
use scraper::ElementRef;
use selectors::context::SelectorCaches;

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
    if select.list().len() > 1 {
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

/// Shows the elements that a selector may match, with their places in the tree's table, until told that it is enough (`false`, which is
/// handed on).
fn candidates<'d>(dom: &'d Dom, one: &One, mut f: impl FnMut(usize, ElementRef<'d>) -> bool) -> bool {
    let tree = &dom.html().tree;
    let mut each = |id: &NodeId| tree.get(*id).and_then(ElementRef::wrap).is_none_or(|e| f(crate::document::html::place(*id), e));
    let names = dom.names();
    let by_attribute = one.attribute.as_ref().map(|a| names.with_attribute(a));
    if let Some(tags) = &one.tags {
        let by_tag = tags.iter().map(|t| names.of_tag(t));
        let count: usize = by_tag.clone().map(<[NodeId]>::len).sum();
        if by_attribute.is_none_or(|list| count <= list.len()) {
            return by_tag.flatten().all(each);
        }
    }
    match by_attribute {
        Some(list) => list.iter().all(each),
        None => names.all().iter().all(&mut each),
    }
}
