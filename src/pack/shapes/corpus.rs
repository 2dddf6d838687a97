//! The form of the `corpus` matcher.

use super::*;

pub(super) static CORPUS: ObjectShape = ObjectShape {
    name: "corpus",
    doc: "What is the same, or contradicts itself, across records and pages of a run.",
    keys: &[key("phrases", STRINGS, "What says so in visible text.")],
};
