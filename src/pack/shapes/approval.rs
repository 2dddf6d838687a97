//! The form of the `approval` matcher.

use super::*;

pub(super) static APPROVAL: ObjectShape = ObjectShape {
    name: "approval",
    doc: "Content that needs an approval, held against the register of approvals.",
    keys: &[key("phrases", STRINGS, "What says so in visible text.")],
};
