//! The form of `words`.

use super::{Bool, STRINGS};
use crate::yaml::shape::Shape::{AnyOf, Object};
use crate::yaml::shape::{ObjectShape, Shape, key, required};

/// `words`: names of lists, or a map.
pub(super) const WORDS: Shape = AnyOf(&[STRINGS, Object(&MAP)]);

static MAP: ObjectShape = ObjectShape {
    name: "words",
    doc: "Words of the lists that come with promolint.",
    keys: &[
        required("lists", STRINGS, "Tiers (`strong`), or tiers of one language (`en/strong`)."),
        key("disguised", Bool, "Words in disguise count, too: sh1t, f*ck, spaced letters. Default: false."),
        key("except", STRINGS, "Words of the lists that are left alone."),
    ],
};
