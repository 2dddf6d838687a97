//! The form of the `image` matcher.

use super::*;
use crate::facts::forms::APPROVAL_KINDS;

const VERDICTS: &[&str] = &["identical", "copy", "altered", "outdated", "look-alike", "unsure"];
const ALTERATIONS: &[&str] = &[
    "colour",
    "content",
    "effect",
    "softness",
    "geometry",
    "setting",
    "hue",
    "tint",
    "mono",
    "tone",
    "gradient",
    "part-recoloured",
    "opacity",
    "text",
    "added",
    "removed",
    "changed",
    "shadow",
    "outline",
    "glow",
    "blur",
    "upscaled",
    "stretch",
    "skew",
    "rotation",
    "mirror",
    "crop",
    "background",
    "clear-space",
    "min-size",
    "animation",
];

pub(super) static IMAGE: ObjectShape = ObjectShape {
    name: "image",
    doc: "Marks that documents show as pictures, held against the register of images.",
    keys: &[
        key("verdict", OneOrMany(&OneOf(VERDICTS)), "What comparing says. Default: identical, copy, altered, outdated."),
        key("alterations", OneOrMany(&OneOf(ALTERATIONS)), "It is altered in one of these ways, or groups of ways."),
        key("by", OneOf(&["pixels", "markup", "name"]), "How the alteration, or the mark, is known. Default: in any way."),
        key("at_rest", Bool, "Whether markup alters it all the time, or only on hover and the like. Default: either."),
        key("family", STRINGS, "The family of the register it belongs to."),
        key("not_family", STRINGS, "The families it does not belong to."),
        key("least_share", Number, "The least share of the picture that the mark takes, 0 to 1. Default: 0."),
        key("not_holder", STRINGS, "What does not hold it."),
        key("holder", STRINGS, "What holds the picture: img[src], link[icon], meta[og:image], css, svg, md[image], field, file, …"),
        key("fields", STRINGS, "The record's fields it stands in."),
        key("select", Str, "A CSS selector that the element showing it matches."),
        key("named", STRINGS, "Where a picture cannot be compared: phrases in file name or alternative text that make it a mark."),
        key("file", Str, "A regular expression for the file name without its ending, as words in lower case."),
        key("speaker", Bool, "A name of the firm that is speaking stands in file name or alternative text."),
        key("alt", OneOrMany(&OneOf(&["missing", "empty", "present"])), "What alternative text it has."),
        key("alt_is", STRINGS, "The whole alternative text is one of these."),
        key("tier", OneOf(&["above", "below", "not_held"]), "It stands for a tier that is not the one on record."),
        key("tiers", MapOf(&STRINGS), "Ways to write tiers in file names and alternative texts, under the register's word."),
        key("grace", Number, "So many days after a change of tier, `tier` lets another one pass. Default: 0."),
        key("membership", STRINGS, "What the speaker is to the program; `none` for a firm that is no member."),
        key("around", Object(&AROUND), "What stands around it by which it says nothing of the speaker's tier and membership today."),
        key(
            "use",
            OneOrMany(&OneOf(&["listed", "unlisted", "unknown"])),
            "What the register of images says of using it here: as an icon, or in content of this kind.",
        ),
        key(
            "approval",
            OneOrMany(&OneOf(&["valid", "missing", "unregistered"])),
            "What the register of approvals has on the picture, or on the content that shows it.",
        ),
        key("approval_kind", OneOf(APPROVAL_KINDS), "Only approvals of this kind count, and those of no kind."),
    ],
};

static AROUND: ObjectShape = ObjectShape {
    name: "around",
    doc: "What tells that a mark is shown of somebody else, of another time, or to explain.",
    keys: &[
        key(
            "phrases",
            STRINGS,
            "Phrases in alternative text and caption, and in the heading and the words before it if these name a tier.",
        ),
        key("headings", STRINGS, "Phrases in the heading it stands under, and in the page's title and main heading."),
        key("names", STRINGS, "Regular expressions for names of firms in these texts; one that is not the speaker's is somebody else's."),
        key("own", STRINGS, "Phrases for what looks like such a name, and is none or the program's."),
        key("tiers", Number, "So many tiers of a family that a document shows explain them. Default: any number may be claimed."),
    ],
};
