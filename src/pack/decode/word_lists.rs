//! `words`.

use super::*;
use crate::pack::words::{Lists, WordLists, fold};

impl Decoder<'_> {
    pub(super) fn word_lists(&mut self, node: &Node) -> WordsMatcher {
        let (lists, map) = match node.value {
            Value::Map(_) => (node.get("lists"), Some(node)),
            _ => (Some(node), None),
        };
        let names: Vec<(&Node, String)> =
            lists.map(nodes).unwrap_or_default().into_iter().map(|n| (n, n.scalar_text().unwrap_or_default())).collect();
        for (n, name) in &names {
            if !self.trusted && WordLists::get().named(name).is_none() {
                let known = WordLists::get().names();
                let help = match super::super::shape::did_you_mean(name, known.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("one of: {}", known.join(", ")),
                };
                self.fault(n.span, format!("no list of words is called `{name}`"), help);
            }
        }
        let names: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
        let except = map.and_then(|m| m.get("except")).map(list).unwrap_or_default();
        WordsMatcher {
            disguised: map.and_then(|m| m.get("disguised")).is_some_and(|n| matches!(n.value, Value::Bool(true))),
            except: except.iter().map(|e| fold(e)).collect(),
            lists: Lazy::new(move || names.iter().filter_map(|n| WordLists::get().named(n)).fold(Lists::default(), Lists::and)),
        }
    }
}
