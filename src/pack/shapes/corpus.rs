//! The form of the `corpus` matcher.

use super::*;

pub(super) static CORPUS: ObjectShape = ObjectShape {
    name: "corpus",
    doc: "What is the same, or contradicts itself, across records and pages of a run.",
    keys: &[
        required("same", OneOf(&["domain", "phone", "address", "value", "text"]), "What members of a group share."),
        key("fields", STRINGS, "The fields it is looked for in: the first that has a value. Without them, for text: the page itself."),
        key("with", List(&STRINGS), "Further fields whose values must be the same; of a list, the first that has a value."),
        key(
            "named",
            MapOf(&STRINGS),
            "Instead of fields that `with` names and a record lacks: the things that its `text` names, with their words.",
        ),
        key("per", STRINGS, "Only within the same value of these fields, or else within one file."),
        key("differ_by", OneOf(&["firm", "name", "tier", "place", "record"]), "What tells members apart. Default: record."),
        key("at_least", Number, "So many that differ, or more. Default: 2."),
        key("at_most", Number, "No more than this; beyond, it is common."),
        key("similarity", Number, "How alike texts are, 0 to 1. Default: 0.8."),
        key("min_words", Number, "Shorter texts are left alone. Default: 40."),
        key("not_one_of", STRINGS, "Values that are left alone."),
        key("alike", List(&STRINGS), "Words that mean the same; * before one stands for an ending."),
        key("common", STRINGS, "Words that do not name a firm by themselves."),
        key("offices", OneOf(&["none", "unknown"]), "Only pages about a place where the speaker has no office; where nobody knows."),
        key("within_km", Number, "An office so near counts as one in the place. Default: 50."),
    ],
};
