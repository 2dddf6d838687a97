//! Pictures, held against the register of images.

use crate::badge::{AlterationKind, Verdict};
use crate::facts::ApprovalKind;
use crate::pack::select::Select;
use crate::pack::{LazyRegex, PhraseSet};

/// Conditions on the marks that documents show as pictures.
#[derive(Debug, Default)]
pub struct ImageMatcher {
    /// What comparing says of the mark; empty: that it is one of the supplied images, however altered.
    pub verdicts: Vec<Verdict>,
    /// It is altered in one of these ways; empty: in any.
    pub alterations: Vec<AlterationKind>,
    /// How that is known: by pixels, by markup and style sheets, by name; in any of these ways where none is said.
    pub by: Option<By>,
    /// Whether markup alters it all the time, or only while something happens (hover).
    pub at_rest: Option<bool>,
    /// The family it belongs to; empty: any.
    pub family: Vec<String>,
    /// The families it does not belong to.
    pub not_family: Vec<String>,
    /// What holds the picture; empty: anything.
    pub holder: Vec<String>,
    /// What does not hold it.
    pub not_holder: Vec<String>,
    /// The least share of the picture that the mark takes, 0 to 1.
    pub least_share: f64,
    /// The record's fields it stands in; empty: any.
    pub fields: Vec<String>,
    /// The element that shows it.
    pub select: Option<Select>,
    /// Where a picture cannot be compared, words in its file name or alternative text by which it counts as a mark.
    pub named: PhraseSet,
    /// The file name without its ending, as words in lower case, matches.
    pub file: Option<LazyRegex>,
    /// A name of the firm that is speaking is among the words of the file name or alternative text.
    pub speaker: bool,
    /// What alternative text it has; empty: any.
    pub alt: Vec<AltState>,
    /// The whole alternative text is one of these, regardless of case; empty: any.
    pub alt_is: Vec<String>,
    /// The tier it stands for, against the one on record.
    pub tier: Option<TierCheck>,
    /// Ways to write the tiers in file names and alternative texts.
    pub tiers: Vec<(String, PhraseSet)>,
    /// So many days after a change of tier, the earlier one may still be shown.
    pub grace: i32,
    /// What the speaker is to the program; `none` for a firm that is no member.
    pub membership: Vec<String>,
    /// What stands around it by which it says nothing of the speaker's membership and tier today.
    pub around: Around,
    /// What the register of images says of using it here; empty: any.
    pub uses: Vec<UseState>,
    /// What the register of approvals has on the picture.
    pub approval: Vec<ApprovalStanding>,
    /// Only approvals of this kind count, and those of no kind.
    pub approval_kind: Option<ApprovalKind>,
}

/// What tells that a mark is shown of somebody else, of another time, or to explain.
#[derive(Debug, Default)]
pub struct Around {
    /// Phrases in its alternative text, its caption, and in the heading and the words before it, if these name a tier.
    pub phrases: PhraseSet,
    /// Phrases in the heading it stands under, and in the page's title and main heading.
    pub headings: PhraseSet,
    /// What looks like the name of a firm.
    pub names: Option<LazyRegex>,
    /// What looks like one, and is none, or the program's.
    pub own: PhraseSet,
    /// So many tiers shown by a document explain them; 0: none do.
    pub tiers: usize,
}

/// How an alteration is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By comparing pixels, or drawings.
    Pixels,
    /// By what the page does to the picture.
    Markup,
    /// By what the picture is called, where it cannot be compared.
    Name,
}

/// What alternative text a picture has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AltState {
    /// None at all.
    Missing,
    /// An empty one: it is decoration.
    Empty,
    /// Some.
    Present,
}

/// A tier that a mark stands for, against the one on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierCheck {
    /// Above it.
    Above,
    /// Below it.
    Below,
    /// Either.
    NotHeld,
}

/// What the register of images says of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseState {
    /// It is among those it names.
    Listed,
    /// It is not.
    Unlisted,
    /// The register names none.
    Unknown,
}

impl UseState {
    /// All, with their names in packs.
    pub const ALL: [(UseState, &'static str); 3] =
        [(UseState::Listed, "listed"), (UseState::Unlisted, "unlisted"), (UseState::Unknown, "unknown")];
}

/// What the register of approvals has on a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalStanding {
    /// An approval holds for it, or for the content that shows it.
    Valid,
    /// None does.
    Missing,
    /// There is no register.
    Unregistered,
}

impl By {
    /// All, with their names in packs.
    pub const ALL: [(By, &'static str); 3] = [(By::Pixels, "pixels"), (By::Markup, "markup"), (By::Name, "name")];
}

impl AltState {
    /// All, with their names in packs.
    pub const ALL: [(AltState, &'static str); 3] =
        [(AltState::Missing, "missing"), (AltState::Empty, "empty"), (AltState::Present, "present")];
}

impl TierCheck {
    /// All, with their names in packs.
    pub const ALL: [(TierCheck, &'static str); 3] =
        [(TierCheck::Above, "above"), (TierCheck::Below, "below"), (TierCheck::NotHeld, "not_held")];
}

impl ApprovalStanding {
    /// All, with their names in packs.
    pub const ALL: [(ApprovalStanding, &'static str); 3] =
        [(ApprovalStanding::Valid, "valid"), (ApprovalStanding::Missing, "missing"), (ApprovalStanding::Unregistered, "unregistered")];
}

/// Verdicts with their names in packs.
pub const VERDICTS: [(Verdict, &str); 6] = [
    (Verdict::Identical, "identical"),
    (Verdict::Copy, "copy"),
    (Verdict::Altered, "altered"),
    (Verdict::Outdated, "outdated"),
    (Verdict::LookAlike, "look-alike"),
    (Verdict::Unsure, "unsure"),
];

/// Groups of alterations with their names in packs.
pub const GROUPS: [(crate::badge::Group, &str); 7] = {
    use crate::badge::Group as G;
    [
        (G::Colour, "colour"),
        (G::Content, "content"),
        (G::Effect, "effect"),
        (G::Softness, "softness"),
        (G::Geometry, "geometry"),
        (G::Crop, "crop"),
        (G::Setting, "setting"),
    ]
};
