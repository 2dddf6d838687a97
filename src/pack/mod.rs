//! Rule packs: YAML to rules, with an error at the right character for everything that is wrong in one.
//!
//! What lives here knows what a rule may say. It does not know how content is read or searched.

mod automaton;
mod beginnings;
mod boundary;
mod builtin;
mod choices;
mod decode;
mod expression;
mod heads;
mod keys;
pub mod lazy;
mod lazy_regex;
mod lint;
mod literals;
mod load;
pub mod model;
pub mod outline;
mod pattern;
mod patterns;
mod phrase;
mod phrase_set;
mod rewrite;
mod rows;
pub mod select;
mod sets;
pub mod shapes;
mod sieve;
mod size;
mod walk;
pub mod words;

pub use boundary::is_whole;
pub use builtin::{builtin_names, builtin_text};
pub use decode::{json as json_of, severity_by_kind, test_facts};
pub use keys::KeySet;
pub use lazy_regex::LazyRegex;
pub use lint::lint;
pub use load::{PackSet, PackSource};
pub use model::{Pack, Rule};
pub use pattern::{Pattern, PatternSize};
pub use patterns::Patterns;
pub use phrase_set::PhraseSet;
pub use rewrite::Rewrite;

pub use crate::yaml::{Fault, shape};
