//! The forms of the YAML files promolint reads: rule packs and configuration.

mod approval;
mod claim;
mod corpus;
mod image;
mod place;
mod words;

use super::shape::Shape::{Any, AnyOf, Bool, Later, List, MapOf, Number, Object, OneOf, OneOrMany, Str};
use super::shape::{Key, ObjectShape, Shape, key, required};

const STRINGS: Shape = OneOrMany(&Str);
/// Kinds of content.
pub const KINDS: &[&str] = &["page", "listing", "ad", "press", "social", "event", "email", "review", "image"];
const SCOPES: &[&str] = &[
    "any",
    "text",
    "heading",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "title",
    "meta",
    "alt",
    "attr",
    "button",
    "label",
    "cell",
    "jsonld",
    "name",
    "prose",
    "place",
    "tag",
    "code",
    "quote",
    "link",
    "hidden",
    "nav",
    "footer",
    "noscript",
    "struck",
    "url",
    "email",
    "handle",
    "hashtag",
    "filename",
    "identifier",
    "quoted",
    "question",
    "caps",
];
const LEVELS: &[&str] = &["error", "warning", "note", "off"];
const CONFIDENCES: &[&str] = &["primary", "partial", "secondary", "inferred"];
const SCOPE_LIST: Shape = OneOrMany(&OneOf(SCOPES));
const SEVERITY: Shape = AnyOf(&[OneOf(LEVELS), Object(&SEVERITIES)]);
const NEAR: Shape = AnyOf(&[List(&AnyOf(&[Str, Object(&NEAR_MAP), List(&Object(&NEAR_MAP))])), Object(&NEAR_MAP), Str]);
const PREDICATE: Shape = AnyOf(&[Object(&PREDICATE_MAP), Str]);
const MATCHER: Shape = Later(|| &MATCHER_MAP);
/// A field matcher inside a field matcher.
const FIELD_MATCHER: Shape = Later(|| &FIELD);

/// A rule pack.
pub static PACK: ObjectShape = ObjectShape {
    name: "rule pack",
    doc: "A rule pack of promolint.",
    keys: &[
        required("pack", Str, "The pack's name, such as acme/house-style."),
        key("title", Str, "The pack's title."),
        key("description", Str, "What the pack is about."),
        key("extends", STRINGS, "Packs whose terms and rules this one builds on; a rule of the same id is merged over."),
        key("sources", MapOf(&Object(&SOURCE)), "The documents that rules come from, by a short name."),
        key("terms", MapOf(&STRINGS), "Word lists, used as <name> in phrases."),
        key("mutations", Object(&MUTATIONS), "What `promolint pack test --mutate` must find."),
        key("rules", List(&Object(&RULE)), "The rules."),
    ],
};

static MUTATIONS: ObjectShape = ObjectShape {
    name: "mutations",
    doc: "What the rules must reach on their own texts when these are written differently: shares from 0 to 1.",
    keys: &[
        key("floor", Number, "Of the texts to flag, in ways of writing that keep them readable, so many must be found."),
        key("silence", Number, "Of the texts to pass, in the same ways of writing, so many must not be flagged."),
    ],
};

static SOURCE: ObjectShape = ObjectShape {
    name: "source",
    doc: "A document that rules come from.",
    keys: &[
        required("title", Str, "The document's title."),
        key("url", Str, "Its address."),
        required("checked_on", Str, "The day somebody last read it, YYYY-MM-DD."),
        required("confidence", OneOf(CONFIDENCES), "How well it is known."),
        key("note", Str, "What was read of it, and what was not."),
    ],
};

static SEVERITIES: ObjectShape = ObjectShape {
    name: "severity by kind",
    doc: "How much a finding weighs, by kind of content.",
    keys: &[
        required("default", OneOf(LEVELS), "For kinds that are not named."),
        key("page", OneOf(LEVELS), "On web pages."),
        key("listing", OneOf(LEVELS), "In directory listings."),
        key("ad", OneOf(LEVELS), "In paid ads."),
        key("press", OneOf(LEVELS), "In press releases."),
        key("social", OneOf(LEVELS), "In social posts."),
        key("event", OneOf(LEVELS), "On event pages."),
        key("email", OneOf(LEVELS), "In e-mails."),
        key("review", OneOf(LEVELS), "In reviews."),
        key("image", OneOf(LEVELS), "In images."),
    ],
};

macro_rules! context_keys {
    ($($more:expr),* $(,)?) => {
        &[
            $($more,)*
            key("case", OneOf(&["exact", "ignore"]), "Whether letters match only in their case. Default: ignore."),
            key("scope", SCOPE_LIST, "Look only in these roles and marks. Default: everywhere but code."),
            key("near", NEAR, "Phrases that must be near the match."),
            key("unless_near", NEAR, "Phrases that must not be near the match."),
            key("required_with", NEAR, "Phrases that must be in the same block (or `within`)."),
            key("not_before", STRINGS, "The match is none if directly followed by one of these."),
            key("not_after", STRINGS, "The match is none if directly preceded by one of these."),
            key("unless", Object(&UNLESS), "When a match is none."),
        ]
    };
}

/// One rule.
pub static RULE: ObjectShape = ObjectShape {
    name: "rule",
    doc: "One requirement and how to tell that it is not met.",
    keys: context_keys![
        required("id", Str, "Names the bad thing, in lower case with hyphens; never changes."),
        key("aliases", STRINGS, "Former ids."),
        key("title", Str, "The requirement in one line."),
        key("source", STRINGS, "The short names of its sources, most important first."),
        key("confidence", OneOf(CONFIDENCES), "How well the rule is sourced. Default: that of the first source."),
        key("severity", SEVERITY, "How much a finding weighs."),
        key("kinds", OneOrMany(&OneOf(KINDS)), "The kinds of content it speaks of. Default: all."),
        key("language", STRINGS, "The languages it speaks of. Default: all."),
        key("match", MATCHER, "What to look for."),
        key("once", Bool, "At most one finding per document."),
        key(
            "folds_into",
            STRINGS,
            "Rules that say more where both find something in the same words: theirs is the finding, and it names this rule, too."
        ),
        key("mask", Bool, "What it finds is shown with stars."),
        key("message", Str, "The headline; {text}, {replacement}, {value}, {field}, {count}, {limit}, {domain}, {term} are filled in."),
        key("label", Str, "A few words at the caret."),
        key("notes", STRINGS, "Facts, shown under the finding."),
        key("help", Str, "The cure."),
        key("fix", OneOf(&["safe", "unsafe", "display"]), "Whether its replacement may be applied."),
        key("rewrite", Str, "Approved wording in place of what was found; <name> keeps the word of that list that was found."),
        key("why", Str, "Why it matters, for `promolint explain`."),
        key("tests", Object(&TESTS), "Texts it must and must not flag."),
    ],
};

static UNLESS: ObjectShape = ObjectShape {
    name: "unless",
    doc: "When a match is none.",
    keys: &[
        key("scope", SCOPE_LIST, "It lies in one of these."),
        key("phrases", STRINGS, "It overlaps one of these."),
        key("regex", STRINGS, "It overlaps a match of one of these regular expressions."),
        key("near", NEAR, "One of these is near."),
        key("document", STRINGS, "The document has one of these anywhere."),
        key("not_before", STRINGS, "It is directly followed by one of these."),
        key("not_after", STRINGS, "It is directly preceded by one of these."),
    ],
};

static NEAR_MAP: ObjectShape = ObjectShape {
    name: "near",
    doc: "Phrases within a distance.",
    keys: &[
        key("phrases", STRINGS, "Any of these."),
        key("speaker", Bool, "A name of the firm that is speaking counts, too."),
        key(
            "within",
            AnyOf(&[Number, OneOf(&["sentence", "block", "lead", "cell", "document"])]),
            "How many words away, or where. Default: 8.",
        ),
        key("side", OneOf(&["before", "after", "both"]), "On which side of the match. Default: both."),
    ],
};

static MATCHER_MAP: ObjectShape = ObjectShape {
    name: "match",
    doc: "What to look for: exactly one matcher, with context of its own if need be.",
    keys: context_keys![
        key("phrases", STRINGS, "Words as a reader sees them."),
        key("regex", STRINGS, "Regular expressions over visible text."),
        key("words", words::WORDS, "Words of the lists that come with promolint."),
        key("replace", MapOf(&Str), "Wrong forms and the right ones, in exactly this case."),
        key("stats", Object(&STATS), "Properties of a block of text."),
        key("element", Object(&ELEMENT), "HTML elements."),
        key("link", Object(&LINK), "Addresses."),
        key("field", Object(&FIELD), "Fields of records."),
        key("claim", Object(&claim::CLAIM), "A statement about the firm, held against what is known of it."),
        key("place", Object(&place::PLACE), "A location claim, held against the offices on record."),
        key("approval", Object(&approval::APPROVAL), "Content that needs an approval."),
        key("corpus", Object(&corpus::CORPUS), "What is the same across records and pages."),
        key("image", Object(&image::IMAGE), "Pictures, held against the register of images."),
        key("all", List(&MATCHER), "The first, where the others are found in the same document too."),
        key("any", List(&MATCHER), "Any of these."),
        key("not", MATCHER, "None, inside `all`."),
        key("severity", OneOf(&["error", "warning", "note"]), "The weight of this matcher's findings, in place of the rule's."),
        key("message", Str, "Their headline."),
        key("label", Str, "A few words at the caret."),
        key("notes", STRINGS, "Facts."),
        key("help", Str, "The cure."),
        key("fix", OneOf(&["safe", "unsafe", "display"]), "Whether its replacement may be applied."),
        key("rewrite", Str, "Approved wording in place of what was found."),
        key("kinds", OneOrMany(&OneOf(KINDS)), "The kinds of content it speaks of."),
        key("language", STRINGS, "The languages it speaks of."),
        key("mask", Bool, "What it finds is shown with stars; `false`: it is not, though the rule says so."),
    ],
};

static STATS: ObjectShape = ObjectShape {
    name: "stats",
    doc: "Limits on a block of text; exceeding any is a match.",
    keys: &[
        key("caps_over", Number, "Share of capitals among letters, 0 to 1."),
        key("emoji_over", Number, "Emoji."),
        key("exclaim_run", Number, "Exclamation marks in a row: this many or more."),
        key("min_letters", Number, "Blocks with fewer letters are left alone. Default: 40."),
    ],
};

static PREDICATE_MAP: ObjectShape = ObjectShape {
    name: "predicate",
    doc: "A condition on a value.",
    keys: &[
        key("exists", Bool, "Whether it is there."),
        key("equals", STRINGS, "Equal to one of these, regardless of case."),
        key("one_of", STRINGS, "The same as equals."),
        key("has_word", STRINGS, "Has one of these among its words."),
        key("lacks_word", STRINGS, "Has none of these among its words."),
        key("contains", STRINGS, "Contains one of these, regardless of case."),
        key("matches", Str, "Matches this regular expression."),
    ],
};

static ELEMENT: ObjectShape = ObjectShape {
    name: "element",
    doc: "Conditions on HTML elements.",
    keys: &[
        required("select", Str, "A CSS selector."),
        key("attr", MapOf(&PREDICATE), "Conditions on attributes."),
        key("style", MapOf(&PREDICATE), "Conditions on inline style properties."),
        key("text", STRINGS, "Its visible text has one of these phrases."),
        key("text_not", STRINGS, "Its visible text has none of these."),
        key("label", STRINGS, "Its accessible label has one of these."),
        key("has", Str, "A CSS selector that a descendant matches."),
        key("has_not", Str, "A CSS selector that no descendant matches."),
        key("inside", Str, "A CSS selector that an ancestor matches."),
        key("not_inside", Str, "A CSS selector that no ancestor matches."),
        key("document_has", Str, "A CSS selector that something on the page matches."),
        key("document_lacks", Str, "A CSS selector that nothing on the page matches."),
        key("report", Str, "What to point at: tag, text, or attr:NAME. Default: tag."),
    ],
};

const LINK_KEYS: &[Key] = &[
    key("holder", STRINGS, "What holds the address: a[href], img[src], link[canonical], md[link], field, …"),
    key("fields", STRINGS, "The record's fields it stands in."),
    key("scheme", STRINGS, "Schemes."),
    key("host", STRINGS, "Hosts; *. before one stands for any subdomain."),
    key("domain", STRINGS, "Registrable domains."),
    key("not_domain", STRINGS, "Registrable domains or hosts that are left alone; * stands for any ending."),
    key("label_contains", STRINGS, "The registrable domain's own label contains one of these, look-alike letters folded."),
    key("lookalike_of", STRINGS, "The label is one edit away from one of these."),
    key("subdomain_contains", STRINGS, "A label before the registrable domain contains one of these."),
    key("path", Str, "A regular expression for path and query."),
    key("not_path", Str, "A regular expression that path and query must not match."),
];

static LINK: ObjectShape = ObjectShape { name: "link", doc: "Conditions on addresses.", keys: LINK_KEYS };

static FIELD: ObjectShape = ObjectShape {
    name: "field",
    doc: "Conditions on fields of records.",
    keys: &[
        key("name", STRINGS, "Canonical names."),
        key("record", STRINGS, "Forms of record, or JSON-LD types."),
        key("role", STRINGS, "Field roles."),
        key("part", OneOf(&["whole", "head", "tail"]), "Which part of a name: before or after its first separator."),
        key("is", OneOf(&["present", "empty", "missing"]), "Whether it has a value."),
        key("phrases", STRINGS, "Contains one of these phrases."),
        key("phrases_not", STRINGS, "Contains none of these."),
        key("regex", STRINGS, "Matches."),
        key("equals", STRINGS, "Equals one of these, regardless of case."),
        key("one_of", STRINGS, "The same as equals."),
        key("not_one_of", STRINGS, "Equals none of these."),
        key("count", Object(&COUNT), "A limit on a number of things."),
        key("unlike", STRINGS, "Shares no word with any of these fields that are present."),
        key("same_as", STRINGS, "Is the name, or lies on the domain, of `speaker` or of one of these fields."),
        key("in_register", OneOf(&["partners"]), "Is the name, or lies on the domain, of another member in the register."),
        key("above_record", OneOf(&["review_count", "rating"]), "Is a number above the one on record for the firm that is speaking."),
        key("link", Object(&LINK), "Is an address of this sort."),
        key("when", OneOrMany(&FIELD_MATCHER), "What other fields of the record must be."),
        key("around", OneOrMany(&FIELD_MATCHER), "What fields of the JSON-LD node must be that this one lies in."),
    ],
};

static COUNT: ObjectShape = ObjectShape {
    name: "count",
    doc: "A limit on a number of things in a value.",
    keys: &[
        required("of", OneOf(&["separators", "emoji", "words", "chars", "entries"]), "What is counted."),
        key("over", Number, "More than this is a match."),
        key("under", Number, "Fewer than this is a match."),
    ],
};

static TESTS: ObjectShape = ObjectShape {
    name: "tests",
    doc: "Texts that go with a rule.",
    keys: &[
        key("files", MapOf(&Str), "Files beside each text that names none, as for a single text."),
        key("assets", List(&MapOf(&Any)), "The register of images for each text that names none."),
        required("flag", OneOrMany(&AnyOf(&[Str, Object(&TEST)])), "Texts it must flag."),
        required("pass", OneOrMany(&AnyOf(&[Str, Object(&TEST)])), "Texts it must not flag."),
    ],
};

static TEST_PAGE: ObjectShape = ObjectShape {
    name: "page of a test",
    doc: "One of several pages.",
    keys: &[required("path", Str, "Its path."), required("html", Str, "HTML.")],
};

static TEST: ObjectShape = ObjectShape {
    name: "test",
    doc: "A text with its format.",
    keys: &[
        key("text", Str, "Plain text."),
        key("html", Str, "HTML."),
        key("markdown", Str, "Markdown."),
        key("record", MapOf(&Any), "A record of canonical fields."),
        key("records", List(&MapOf(&Any)), "Records of one file, of canonical fields."),
        key("pages", List(&Object(&TEST_PAGE)), "Pages of one site."),
        key("image", Str, "The name of an image file, one of `files`."),
        key("kind", OneOf(KINDS), "The kind of content."),
        key("lang", Str, "Its language."),
        key("partner", MapOf(&Any), "Who is speaking, in the form of a partner of partners.yaml."),
        key("partners", List(&MapOf(&Any)), "Further partners of the register."),
        key("complete", Bool, "Whether the register of partners is complete."),
        key("approvals", List(&MapOf(&Any)), "The register of approvals."),
        key("approvals_complete", Bool, "Whether it is complete."),
        key("awards", List(&MapOf(&Any)), "The register of awards."),
        key("assets", AnyOf(&[List(&MapOf(&Any)), OneOf(&["none"])]), "The register of images, or none; their files are among `files`."),
        key("assets_complete", Bool, "Whether it is complete."),
        key("files", MapOf(&Str), "Files beside the text, by path: drawings as they are written, others as `data:` URLs."),
        key("today", Str, "The day that expiry is reckoned from. Default: 2026-11-21."),
    ],
};

/// `promolint.yaml`.
pub static CONFIG: ObjectShape = ObjectShape {
    name: "configuration",
    doc: "The configuration of promolint.",
    keys: &[
        key("packs", STRINGS, "Rule packs: names of built-in ones, or paths. Default: hubspot."),
        key("partner", Str, "Who is speaking: an id of the partners register."),
        key("registers", Object(&REGISTERS), "Facts that rules are held against."),
        key("kinds", List(&Object(&KIND_RULE)), "Which content is what."),
        key("exclude", STRINGS, "Files to leave out, as in .gitignore."),
        key("rules", MapOf(&RULE_SETTING), "Settings of single rules."),
        key("overrides", List(&Object(&OVERRIDE)), "Settings for some files."),
        key(
            "baseline",
            Str,
            "The baseline: findings that were there before. Default: promolint-baseline.json beside this file, if it is there.",
        ),
        key("suppressions", Str, "Accepted findings. Default: promolint-ignore.yaml beside this file, if it is there."),
        key("formats", STRINGS, "Files that describe further export formats."),
        key("fail_on", OneOf(&["error", "warning", "note", "never"]), "The severity from which a run fails. Default: error."),
        key("min_confidence", OneOf(CONFIDENCES), "Rules that are sourced less well are not run. Default: inferred."),
    ],
};

const RULE_SETTING: Shape = AnyOf(&[OneOf(LEVELS), Object(&RULE_SETTING_MAP)]);

static RULE_SETTING_MAP: ObjectShape =
    ObjectShape { name: "rule setting", doc: "Settings of a rule.", keys: &[required("severity", SEVERITY, "How much a finding weighs.")] };

static REGISTERS: ObjectShape = ObjectShape {
    name: "registers",
    doc: "Files of facts.",
    keys: &[
        key("partners", AnyOf(&[Str, Object(&PARTNERS_FILE)]), "Partners: a `partners.yaml`, or an export of the directory."),
        key("approvals", Str, "Approvals."),
        key("assets", Str, "Images as supplied."),
        key("awards", Str, "Awards."),
        key("attestations", Str, "Who signed for what no public text shows."),
    ],
};

static PARTNERS_FILE: ObjectShape = ObjectShape {
    name: "partners file",
    doc: "A register of partners, with what an export cannot say of itself.",
    keys: &[
        required("file", Str, "The file."),
        key("complete", Bool, "Whether every member of the program is in it."),
        key("checked_on", Str, "The day on which it was right, YYYY-MM-DD."),
    ],
};

static KIND_RULE: ObjectShape = ObjectShape {
    name: "kinds",
    doc: "Which files are of which kind.",
    keys: &[required("paths", STRINGS, "Patterns as in .gitignore."), required("kind", OneOf(KINDS), "The kind of content.")],
};

static OVERRIDE: ObjectShape = ObjectShape {
    name: "overrides",
    doc: "Settings for some files.",
    keys: &[required("paths", STRINGS, "Patterns as in .gitignore."), required("rules", MapOf(&RULE_SETTING), "Settings of single rules.")],
};
