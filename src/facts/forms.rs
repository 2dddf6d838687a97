//! The forms of register files: their keys, what each means. They are checked by, and become the JSON Schema of editors.

use crate::yaml::shape::Shape::{AnyOf, Bool, Empty, List, MapOf, Number, Object, OneOf, OneOrMany, Str};
use crate::yaml::shape::{ObjectShape, Shape, key, required};

const STRINGS: Shape = OneOrMany(&Str);
const NONE: Shape = OneOf(&["none"]);

/// Kinds of approvals.
pub const APPROVAL_KINDS: &[&str] = &["press", "ad", "logo", "event", "quote"];
/// What can come of one.
pub const APPROVAL_STATUS: &[&str] = &["requested", "approved", "rejected", "withdrawn"];
/// Lists of a partner that may be said to be open.
pub const PARTIAL: &[&str] = &["accreditations", "certifications", "awards", "domains", "offices"];

/// What images can be.
pub const FAMILIES: &[&str] = &["badge", "logo", "sprocket", "certificate"];
/// What an image may stand on, beside single colours.
pub const BACKGROUNDS: &[&str] = &["white", "light", "dark", "any", "transparent"];
/// What an image may be used for: kinds of content, and what is no content.
pub const ASSET_USES: &[&str] = &["page", "listing", "ad", "press", "social", "event", "email", "icon", "print", "video", "merchandise"];

/// `partners.yaml`.
pub static PARTNERS: ObjectShape = ObjectShape {
    name: "partners register",
    doc: "Firms and what the program says of them. A key that is left out is unknown; `none` or `[]` says that there is none.",
    keys: &[
        key("complete", Bool, "Whether every member of the program is here, so that a firm that is not is none. Default: false."),
        key("checked_on", Str, "The day on which the register was right, YYYY-MM-DD."),
        required("partners", AnyOf(&[List(&Object(&PARTNER)), NONE]), "The firms."),
    ],
};

/// A firm.
pub static PARTNER: ObjectShape = ObjectShape {
    name: "partner",
    doc: "A firm.",
    keys: &[
        required("id", Str, "What it is known by in `--partner` and in other registers."),
        required("name", Str, "Its name."),
        key("aliases", STRINGS, "Other names it goes by."),
        key("ids", STRINGS, "Ids it has elsewhere: of its listing, its profile, its portal."),
        key("domains", STRINGS, "Its domains."),
        key("handles", STRINGS, "Its names on social networks."),
        key("membership", Str, "What it is to the program: partner, provider, directory_user or none."),
        key("tier", Str, "Its tier: gold, platinum, diamond, elite or none."),
        key("tier_since", Str, "The day it reached the tier."),
        key("partner_since", Str, "The day it joined, or the year."),
        key("accreditations", STRINGS, "Its accreditations by name."),
        key("certifications", STRINGS, "Certifications its people hold."),
        key("certification_count", Number, "How many certifications its people hold."),
        key("review_count", Number, "How many reviews its listing has."),
        key("rating", Number, "Their average."),
        key("employees", Number, "How many people work there."),
        key("founded", Number, "The year it was founded."),
        key("works_with_breeze", Bool, "Whether the directory says so."),
        key("exclusive", Bool, "Whether an exclusive relation was confirmed by the program."),
        key("phones", STRINGS, "Phone numbers."),
        key("awards", AnyOf(&[NONE, List(&Object(&AWARD_OF_PARTNER))]), "Awards it won."),
        key("offices", Object(&OFFICES), "Where it is."),
        key(
            "works",
            OneOrMany(&OneOf(&["physical", "remote"])),
            "How it works by its listing, where that does not say which place is an office.",
        ),
        key("partial", OneOrMany(&OneOf(PARTIAL)), "Lists above that may lack entries."),
        key("notes", Str, "For people."),
    ],
};

static AWARD_OF_PARTNER: ObjectShape = ObjectShape {
    name: "award of a partner",
    doc: "An award.",
    keys: &[
        required("name", Str, "Its name."),
        key("year", Number, "Its year."),
        key("level", Str, "Winner, finalist, a region, a category."),
    ],
};

const PLACES: Shape = AnyOf(&[NONE, List(&Object(&PLACE))]);

static OFFICES: ObjectShape = ObjectShape {
    name: "offices",
    doc: "Where a firm is, by what the place is to it. A list that is left out is unknown; `[]` or `none` says that there is none.",
    keys: &[
        key("head", Object(&PLACE), "The head office."),
        key("physical", PLACES, "Offices with people in them."),
        key("remote", PLACES, "Places its people work from without an office."),
        key("served", PLACES, "Places it serves; no offices."),
        key("virtual", PLACES, "Virtual offices."),
        key("mail", PLACES, "Addresses for mail only."),
        key("unsorted", PLACES, "Places of which it is not known what they are, as in a flat export."),
    ],
};

static PLACE: ObjectShape = ObjectShape {
    name: "place",
    doc: "A place.",
    keys: &[
        key("city", Str, "The city."),
        key("region", Str, "The state, province or region."),
        key("country", Str, "The country's two letters (ISO 3166)."),
        key("street", Str, "Street and number."),
        key("postcode", Str, "The postal code."),
    ],
};

/// `approvals.yaml`.
pub static APPROVALS: ObjectShape = ObjectShape {
    name: "approvals register",
    doc: "What the program was asked to approve, and what it said.",
    keys: &[
        key("complete", Bool, "Whether every approval is here, so that content without one has none. Default: false."),
        key("checked_on", Str, "The day on which the register was right, YYYY-MM-DD."),
        required("approvals", AnyOf(&[List(&Object(&APPROVAL)), NONE]), "The approvals."),
    ],
};

/// An approval.
pub static APPROVAL: ObjectShape = ObjectShape {
    name: "approval",
    doc: "One request and its answer.",
    keys: &[
        required("id", Str, "What it is known by."),
        key("partner", Str, "Whose it is: an id of the partners register."),
        key("entity", Str, "The legal entity it was given to."),
        key("kind", OneOf(APPROVAL_KINDS), "What it is for."),
        required("status", OneOf(APPROVAL_STATUS), "What came of it."),
        key("requested_on", Str, "The day it was asked for."),
        key("decided_on", Str, "The day of the answer."),
        key("approver", Str, "Who answered."),
        key("expires_on", Str, "The last day on which it holds, or `never`."),
        key("channels", STRINGS, "Where the content may appear."),
        key("locales", STRINGS, "In which languages or markets: en, en-GB, de."),
        key("content", Object(&CONTENT), "What was approved. Any one of the keys will do."),
        key("notes", Str, "For people."),
    ],
};

static CONTENT: ObjectShape = ObjectShape {
    name: "content",
    doc: "What was approved.",
    keys: &[
        key("sha256", STRINGS, "The hash of the file's bytes, or of its visible text as `promolint approve` writes it."),
        key("url", STRINGS, "Where it is published."),
        key("text", STRINGS, "The words themselves."),
        key("path", STRINGS, "The file it was made from, relative to this register."),
    ],
};

/// `assets.yaml`.
pub static ASSETS: ObjectShape = ObjectShape {
    name: "assets register",
    doc: "Images as the program supplies them.",
    keys: &[
        key("complete", Bool, "Whether every image is here. Default: false."),
        key("checked_on", Str, "The day on which the register was right, YYYY-MM-DD."),
        key("families", MapOf(&OneOf(FAMILIES)), "What the images of a family are, where its name does not end with the word."),
        required("assets", AnyOf(&[List(&Object(&ASSET)), NONE]), "The images."),
    ],
};

/// An image.
pub static ASSET: ObjectShape = ObjectShape {
    name: "asset",
    doc: "One image in all its files. A key that is left out is unknown.",
    keys: &[
        required("id", Str, "What it is known by."),
        key("family", Str, "The family it belongs to: badge, logo, sprocket, certificate, or a name that `families` explains."),
        key("tier", Str, "The tier it stands for, or none."),
        key("status", OneOf(&["current", "retired"]), "Whether it may still be used."),
        key("files", OneOrMany(&AnyOf(&[Str, Object(&ASSET_FILE)])), "Its files, relative to this register."),
        key("variants", STRINGS, "Forms it comes in: horizontal, white."),
        key("min_width", Number, "The least width in pixels at which it may be used."),
        key("clear_space", Number, "Free space around it, as a share of its height."),
        key("backgrounds", STRINGS, "What it may stand on: colours as \"#rrggbb\", or white, light, dark, any, transparent."),
        key("max_upscale", Number, "How many times its own size a picture of pixels may be enlarged to; 1 is not at all."),
        key("allow", STRINGS, "Alterations that are permitted, by their names in rule packs: mono, blur, clear-space."),
        key("uses", STRINGS, "What it may be used for: page, listing, ad, press, social, event, email, icon, print, video, merchandise."),
        key("successor", Str, "What to use instead of a retired image: an id of this register."),
        key("retired_on", Str, "The day from which it may no longer be used."),
        key("notes", Str, "For people."),
    ],
};

static ASSET_FILE: ObjectShape = ObjectShape {
    name: "file of an asset",
    doc: "A file and what `promolint badge index` found in it.",
    keys: &[
        required("path", Str, "Its path, relative to this register."),
        key("sha256", Str, "The hash of its bytes."),
        key("width", Number, "Its width in pixels."),
        key("height", Number, "Its height in pixels."),
        key("variant", Str, "Which of the forms it shows."),
    ],
};

/// `awards.yaml`.
pub static AWARDS: ObjectShape = ObjectShape {
    name: "awards register",
    doc: "Awards of the program and who won them.",
    keys: &[
        key("complete", Bool, "Whether every award is here, so that one that is not was not given. Default: false."),
        key("checked_on", Str, "The day on which the register was right, YYYY-MM-DD."),
        required("awards", AnyOf(&[List(&Object(&AWARD)), NONE]), "The awards."),
    ],
};

/// An award of the program.
pub static AWARD: ObjectShape = ObjectShape {
    name: "award",
    doc: "One award.",
    keys: &[
        required("name", Str, "Its name."),
        required("year", Number, "Its year."),
        required("partner", Str, "Who won it: an id of the partners register."),
        key("level", Str, "Winner, finalist, a region, a category."),
        key("notes", Str, "For people."),
    ],
};

/// A text that is not written yet.
const BLANK: Shape = AnyOf(&[Str, Empty]);

/// `attestations.yaml`.
pub static ATTESTATIONS: ObjectShape = ObjectShape {
    name: "attestations register",
    doc: "Who signed for what no public text shows, when, and on what evidence.",
    keys: &[
        key("partner", Str, "Whose attestations these are: an id of the partners register."),
        required("attestations", AnyOf(&[List(&Object(&ATTESTATION)), NONE, Empty]), "The attestations."),
    ],
};

/// An attestation.
pub static ATTESTATION: ObjectShape = ObjectShape {
    name: "attestation",
    doc: "One signature. An item may be signed several times; the latest day counts.",
    keys: &[
        required("item", BLANK, "What is signed for: an id that `promolint attest report` lists."),
        key("evidence", AnyOf(&[Str, List(&Str), Empty]), "What shows it: a document, an address, a few words."),
        key("not_applicable", BLANK, "Why the item does not concern the firm, instead of evidence."),
        key("signer", BLANK, "Who answers for it."),
        key("date", BLANK, "The day of the signature, YYYY-MM-DD."),
        key("expires_on", BLANK, "The last day on which it holds, or `never`."),
        key("notes", BLANK, "For people."),
    ],
};
