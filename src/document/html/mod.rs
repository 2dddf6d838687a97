//! HTML: visible text with its blocks, marks and links.
//!
//! [`read`] works on the token stream and is what most files need; a tree is built only for rules about elements.

mod attributes;
mod census;
mod construct;
mod dom;
mod elements;
mod origin;
#[cfg(test)]
mod property;
mod reader;
mod stack;
#[cfg(test)]
mod tests;
mod tokens;

pub use attributes::REFRESH;
pub use census::{Census, Start};
pub(crate) use dom::place;
pub use dom::{Dom, MAX_DEPTH};
pub use reader::read;
