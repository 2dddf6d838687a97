//! The form of the `approval` matcher.

use super::*;
use crate::facts::forms::APPROVAL_KINDS;
use crate::pack::model::ApprovalStatus;

pub(super) static APPROVAL: ObjectShape = ObjectShape {
    name: "approval",
    doc: "What comes of looking the content up in the register of approvals. It has no place of its own: it stands in `all`, not first.",
    keys: &[
        required("status", OneOrMany(&OneOf(ApprovalStatus::NAMES)), "What has come of it."),
        key("similar", Number, "From which similarity on, 0 to 1, a text counts as an approved one that was changed. Default: 0.6."),
        key("slight", Bool, "Whether what changed is slight: slips of the pen, and what `ignore` names. Default: either."),
        key("ignore", STRINGS, "Regular expressions for stretches that change slightly, such as dates."),
        key(
            "kind",
            OneOf(APPROVAL_KINDS),
            "Only approvals of this kind count; their words need only stand in the content. The status is `valid` or `missing` then.",
        ),
    ],
};
