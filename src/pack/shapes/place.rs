//! The form of the `place` matcher.

use super::*;

pub(super) static PLACE: ObjectShape = ObjectShape {
    name: "place",
    doc: "A location claim, held against the offices on record.",
    keys: &[key("phrases", STRINGS, "What says so in visible text.")],
};
