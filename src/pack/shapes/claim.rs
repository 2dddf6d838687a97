//! The form of the `claim` matcher.

use super::*;

const WRONG: &[&str] = &[
    "said",
    "tier_above",
    "tier_below",
    "no_member",
    "not_held",
    "tier_too_low",
    "more_accreditations",
    "more_certifications",
    "more_reviews",
    "higher_rating",
    "longer_partner",
    "other_partners",
    "award_unlisted",
    "award_undated",
    "not_alone",
    "no_assistant",
    "unknown_title",
];

pub(super) static CLAIM: ObjectShape = ObjectShape {
    name: "claim",
    doc: "A statement about the firm, held against what is known of it.",
    keys: &[
        required("phrases", STRINGS, "What says so in visible text."),
        required("wrong", OneOf(WRONG), "What is wrong with a statement that counts."),
        key("words", MapOf(&STRINGS), "Ways to write each of the things that can be claimed, under the name that registers have for it."),
        key("cue", STRINGS, "One of these must stand in the same sentence."),
        key("within", Number, "How many words away the cue may stand, other entries of `words` not counted. Default: 6."),
        key("apart", STRINGS, "What between cue and match tears them apart."),
        key("about", Object(&ABOUT), "The words that tell whether a statement is one about the speaker, today."),
        key("numbers", MapOf(&STRINGS), "Words for numbers, under the number."),
        key("titles", STRINGS, "Titles that exist, for `unknown_title`."),
        key("filler", STRINGS, "Words of titles that say nothing."),
        key("least", Str, "The lowest tier that may say so, for `tier_too_low`."),
        key("tolerance", Number, "How far a number may lie off what is on record, percent. Default: 0."),
        key(
            "in_place",
            STRINGS,
            "The words between a match and the country it speaks of (`in the`), for `not_alone`; for `other_partners` only the members there count.",
        ),
        key("grace", Number, "For so many days after a change of tier, `{since}` says when it was. Default: 0."),
    ],
};

static ABOUT: ObjectShape = ObjectShape {
    name: "about",
    doc: "The words that tell whether a statement is one about the speaker, today.",
    keys: &[
        key(
            "mark",
            STRINGS,
            "Whose program it is; a match without one of these needs one in its block, and no other vendor in its sentence.",
        ),
        key("others", STRINGS, "Other vendors."),
        key("speaker", STRINGS, "The speaker's words for itself."),
        key("third", STRINGS, "Words for anybody else, before the match."),
        key("linking", STRINGS, "What links a name with what it is said to be: `is a`."),
        key("past", STRINGS, "What puts a statement in the past."),
        key("past_with_year", STRINGS, "What does so if its sentence has a year that is over."),
        key("since", STRINGS, "What makes a year the beginning of something that lasts."),
        key("present", STRINGS, "What puts it in the present, whatever stands before."),
        key("goal", STRINGS, "What makes it a goal."),
        key("negation", STRINGS, "What denies it."),
        key("affirms", STRINGS, "What looks like a denial and is none: `not only`."),
        key("explains", STRINGS, "What makes it an explanation."),
        key("answered", STRINGS, "What, right after a question, answers it with the speaker: `You found one`."),
    ],
};
