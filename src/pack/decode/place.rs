//! The `place` matcher.

use super::*;
use crate::facts::places::FieldWords;
use crate::pack::model::{Counts, PlaceCheck, PlaceMatcher};

impl Decoder<'_> {
    pub(super) fn place(&mut self, node: &Node) -> PlaceMatcher {
        let is = node.get("is").and_then(Node::as_str).unwrap_or("");
        let word = |name: &str| node.get(name).and_then(Node::as_str);
        let flag = |name: &str| node.get(name).is_some_and(|n| matches!(n.value, Value::Bool(true)));
        let figure = |name: &str, default: f64| node.get(name).and_then(number).unwrap_or(default);
        let (joins, skip) = (self.lazy_strings(node.get("joins"), true), self.lazy_strings(node.get("skip"), true));
        let (remote, none) = (self.string_texts(node.get("remote_words")), self.string_texts(node.get("non_places")));
        let terms = Arc::clone(self.terms);
        let words = Lazy::new(move || FieldWords::new(lazy::expand(&remote, &terms, false), lazy::expand(&none, &terms, false)));
        let mut strings = |name: &str| self.strings(node.get(name));
        let (fields, types, through) = (strings("fields"), strings("types"), strings("through"));
        let endings = self.lazy_strings(node.get("endings"), false);
        let mut set = |name: &str| node.get(name).map(|n| self.phrase_set(n)).unwrap_or_default();
        let (lead, alone, street, unit) = (set("lead"), set("alone"), set("street"), set("unit"));
        let numbers = node.get("numbers").and_then(Node::as_map).unwrap_or_default().iter();
        let villages = node.get("villages").and_then(Node::as_map).unwrap_or_default().iter();
        let territories = node.get("territories").and_then(Node::as_map).unwrap_or_default().iter();
        let adjectives = node.get("adjectives").and_then(Node::as_map).unwrap_or_default().iter();
        PlaceMatcher {
            territories: territories.filter_map(|(k, v)| Some((k.scalar_text()?, v.scalar_text()?))).collect(),
            check: PlaceCheck::ALL.iter().find(|(_, n)| *n == is).map(|(c, _)| *c).unwrap_or_default(),
            patterns: self.phrases(node),
            before: word("side") == Some("before"),
            lead,
            joins,
            skip,
            or_remote: flag("or_remote"),
            countries_only: word("against") == Some("countries"),
            metro_km: figure("metro_km", 60.0),
            after_name: flag("after_name"),
            address: flag("address"),
            below: flag("below"),
            endings,
            adjectives: adjectives.filter_map(|(k, v)| Some((k.scalar_text()?.to_lowercase(), v.scalar_text()?))).collect(),
            whole: flag("whole"),
            opens: flag("opens"),
            fields,
            words,
            population: figure("population", 0.0) as u32,
            other_names: figure("other_names", 0.0) as u32,
            villages: villages.filter_map(|(k, v)| Some((k.scalar_text()?, number(v)? as u32))).collect(),
            countries: figure("countries", 4.0) as usize,
            employees: figure("employees", 0.0),
            alone,
            types,
            through,
            street,
            unit,
            numbers: numbers.filter_map(|(k, v)| Some((k.scalar_text()?.to_lowercase(), number(v)? as usize))).collect(),
            counts: match word("of") {
                Some("cities") => Counts::Cities,
                Some("countries") => Counts::Countries,
                _ => Counts::Offices,
            },
        }
    }
}
