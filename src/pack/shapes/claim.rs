//! The form of the `claim` matcher.

use super::*;

pub(super) static CLAIM: ObjectShape = ObjectShape {
    name: "claim",
    doc: "A statement about the firm, held against what is known of it.",
    keys: &[key("phrases", STRINGS, "What says so in visible text.")],
};
