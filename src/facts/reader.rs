//! From the nodes of a register's YAML to checked values, with a fault at the place of each that is wrong.

use super::names;
use super::number::BEST_RATING;
use super::value::{Fact, List, State};
use super::{Broken, Day, Program, Tier};
use crate::source::{Source, Span};
use crate::yaml::shape::did_you_mean;
use crate::yaml::{Fault, Node, Value};

/// What to do about an id that is there twice.
pub(super) const TWICE: &str = "give one of them another id, or merge them";

/// Collects what is wrong.
#[derive(Default)]
pub(super) struct Reader {
    pub faults: Vec<Fault>,
}

impl Reader {
    /// The register if nothing is wrong in it; else all that is, in its order and each place once.
    pub fn done<T>(self, source: Source, make: impl FnOnce(Source) -> T) -> Result<T, Broken> {
        let faults = self.faults();
        if faults.is_empty() { Ok(make(source)) } else { Err(Broken::new(source, faults)) }
    }

    /// All that is wrong, in its order and each place once.
    pub fn faults(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|f| f.span.start);
        self.faults.dedup_by_key(|f| f.span);
        self.faults
    }

    pub fn fault(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault::new(span, message, help));
    }

    pub fn text(&self, node: &Node, key: &str) -> Option<Fact<String>> {
        let n = node.get(key)?;
        Some(Fact::new(n.scalar()?.trim().to_owned(), n.span))
    }

    /// A text that must be there; an empty one is a fault.
    pub fn required(&mut self, node: &Node, key: &str) -> Option<Fact<String>> {
        let f = self.text(node, key)?;
        if f.value.is_empty() {
            self.fault(f.span, format!("`{key}` is empty"), format!("write the {key}"));
            return None;
        }
        Some(f)
    }

    /// One value, a list of them, `[]` or `none` for none; absent is unknown.
    pub fn list(&mut self, node: &Node, key: &str) -> List<String> {
        self.list_of(node, key, |_, n| Some(n.scalar()?.trim()).filter(|s| !s.is_empty()).map(str::to_owned))
    }

    pub fn list_of<T>(&mut self, node: &Node, key: &str, mut read: impl FnMut(&mut Reader, &Node) -> Option<T>) -> List<T> {
        let Some(n) = node.get(key) else { return List::default() };
        let none = |n: &Node| n.as_str().is_some_and(|s| s.trim().eq_ignore_ascii_case("none"));
        let nodes = match &n.value {
            Value::Seq(items) if matches!(items.as_slice(), [one] if none(one)) => &[],
            Value::Seq(items) => items.as_slice(),
            _ if none(n) => &[],
            _ => std::slice::from_ref(n),
        };
        let items = nodes.iter().filter_map(|i| Some(Fact::new(read(self, i)?, i.span))).collect();
        List::new(items, n.span, true)
    }

    pub fn number(&mut self, node: &Node, key: &str) -> State<f64> {
        match node.get(key) {
            Some(Node { value: Value::Number(n), span, .. }) if *n >= 0.0 && n.is_finite() => State::Is(Fact::new(*n, *span)),
            Some(n) if matches!(n.value, Value::Number(_)) => {
                self.fault(n.span, format!("`{key}` cannot be this number"), "write 0 or more");
                State::Unknown
            }
            _ => State::Unknown,
        }
    }

    /// A number of things, which has no fraction.
    pub fn count(&mut self, node: &Node, key: &str) -> State<f64> {
        let state = self.number(node, key);
        match &state {
            State::Is(n) if n.value.fract() != 0.0 => {
                self.fault(n.span, format!("`{key}` cannot have a fraction"), "write a whole number, without a sign between thousands");
                State::Unknown
            }
            _ => state,
        }
    }

    /// A rating, of which there is a best one.
    pub fn rating(&mut self, node: &Node, key: &str) -> State<f64> {
        let state = self.number(node, key);
        match &state {
            State::Is(n) if n.value > BEST_RATING => {
                self.fault(n.span, format!("`{key}` cannot be above {BEST_RATING}"), format!("write a number from 0 to {BEST_RATING}"));
                State::Unknown
            }
            _ => state,
        }
    }

    pub fn flag(&self, node: &Node, key: &str) -> State<bool> {
        match node.get(key) {
            Some(Node { value: Value::Bool(b), span, .. }) => State::Is(Fact::new(*b, *span)),
            _ => State::Unknown,
        }
    }

    /// A day; `never` where the form allows that.
    pub fn day(&mut self, node: &Node, key: &str) -> State<Day> {
        let Some(f) = self.text(node, key) else { return State::Unknown };
        if f.value == "never" && key == "expires_on" {
            return State::Absent(f.span);
        }
        match Day::parse(&f.value) {
            Some(day) => State::Is(Fact::new(day, f.span)),
            None => {
                self.fault(f.span, format!("`{}` is not a day", f.value), "write YYYY-MM-DD");
                State::Unknown
            }
        }
    }

    /// `later` must not come before `earlier`.
    pub fn in_order(&mut self, earlier: (&str, &State<Day>), later: (&str, &State<Day>)) {
        if let (State::Is(a), State::Is(b)) = (earlier.1, later.1)
            && b.value < a.value
        {
            let message = format!("`{}` ({}) comes before `{}` ({})", later.0, b.value, earlier.0, a.value);
            self.fault(b.span, message, "one of the two days is wrong");
        }
    }

    pub fn tier(&mut self, node: &Node, key: &str) -> State<Tier> {
        let Some(f) = self.text(node, key) else { return State::Unknown };
        let program = Program::get();
        if program.no_tier.contains(&f.value.to_lowercase()) {
            return State::Absent(f.span);
        }
        match program.tier(&f.value) {
            Some(tier) => State::Is(Fact::new(tier, f.span)),
            None => {
                self.faults.push(unknown_word("tier", &f, program.tiers.iter().chain(&program.no_tier)));
                State::Unknown
            }
        }
    }

    pub fn membership(&mut self, node: &Node, key: &str) -> State<String> {
        let Some(f) = self.text(node, key) else { return State::Unknown };
        let word = f.value.to_lowercase();
        let program = Program::get();
        if program.no_membership.contains(&word) {
            return State::Absent(f.span);
        }
        if program.memberships.contains(&word) {
            return State::Is(Fact::new(word, f.span));
        }
        self.faults.push(unknown_word("membership", &f, program.memberships.iter().chain(&program.no_membership)));
        State::Unknown
    }

    /// A country's code in capitals.
    pub fn country(&mut self, node: &Node, key: &str) -> Option<Fact<String>> {
        let f = self.text(node, key)?;
        if let Some(code) = names::country(&f.value).filter(|_| f.value.len() == 2) {
            return Some(Fact::new(code.to_owned(), f.span));
        }
        let help = match names::country_near(&f.value) {
            Some((code, name)) => format!("write `{code}` for {name}"),
            None => "countries are given by their two letters of ISO 3166, for example `DE`".to_owned(),
        };
        self.fault(f.span, format!("`{}` is no country code", f.value), help);
        None
    }

    /// The same `id` twice is a fault at the second.
    pub fn duplicates<'i>(&mut self, ids: impl Iterator<Item = &'i Fact<String>>, what: &str) {
        let mut seen = std::collections::HashSet::new();
        for id in ids {
            if !seen.insert(id.value.to_lowercase()) {
                self.fault(id.span, format!("the {what} `{}` is there twice", id.value), TWICE);
            }
        }
    }
}

/// A word that is none of those there are.
pub fn unknown_word<'w>(what: &str, f: &Fact<String>, words: impl Iterator<Item = &'w String> + Clone) -> Fault {
    let words = words.map(String::as_str);
    let help = match did_you_mean(&f.value, words.clone()) {
        Some(w) => format!("did you mean `{w}`?"),
        None => format!("one of: {}", words.collect::<Vec<_>>().join(", ")),
    };
    Fault::new(f.span, format!("`{}` is no {what}", f.value), help)
}
