//! A statement about the firm, held against what is known of it.

use crate::pack::lazy::Lazy;
use crate::pack::{Patterns, PhraseSet};

/// A statement about the firm, held against what is known of it.
#[derive(Debug, Default)]
pub struct ClaimMatcher {
    /// What says so in visible text; the prefilter looks for it.
    pub patterns: Patterns,
    /// What is wrong with a statement that counts.
    pub wrong: Wrong,
    /// Ways to write each of the things that can be claimed.
    pub words: Vec<(String, PhraseSet)>,
    /// What must stand in the same sentence, so many words away.
    pub cue: Option<(PhraseSet, usize)>,
    /// What between cue and match tears them apart.
    pub apart: PhraseSet,
    /// Who and when the statement is about.
    pub about: About,
    /// Words for numbers.
    pub numbers: Vec<(PhraseSet, f64)>,
    /// Titles that exist; a match that shares a word with one is left alone.
    pub titles: Lazy<Vec<String>>,
    /// Words of titles that say nothing.
    pub filler: Lazy<Vec<String>>,
    /// The lowest tier that may say so.
    pub least: Option<String>,
    /// What stands between a match and the country it speaks of.
    pub in_place: PhraseSet,
    /// How far a number may lie above what is on record, percent.
    pub tolerance: f64,
    /// For so many days after a change of tier, the message says when it was.
    pub grace: i32,
}

/// What is wrong with a statement.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// That it is made at all.
    #[default]
    Said,
    /// A tier above the one on record.
    TierAbove,
    /// One below.
    TierBelow,
    /// A tier of a firm that is no member.
    NoMember,
    /// An accreditation that the firm has not.
    NotHeld,
    /// One that the firm's tier does not allow.
    TierTooLow,
    /// More accreditations than on record.
    MoreAccreditations,
    /// More certifications.
    MoreCertifications,
    /// More reviews.
    MoreReviews,
    /// A higher rating.
    HigherRating,
    /// A longer time in the program.
    LongerPartner,
    /// Another number of partners than the register has.
    OtherPartners,
    /// An award that is not on record.
    AwardUnlisted,
    /// An award without a year, which is not proved by the record.
    AwardUndated,
    /// The only one of its kind, where there are others or nobody knows.
    NotAlone,
    /// Works with the program's assistant, which the record denies.
    NoAssistant,
    /// A title that shares no word with any that exists.
    UnknownTitle,
}

impl Wrong {
    /// All, with their names in packs.
    pub const ALL: [(Wrong, &'static str); 17] = [
        (Wrong::Said, "said"),
        (Wrong::TierAbove, "tier_above"),
        (Wrong::TierBelow, "tier_below"),
        (Wrong::NoMember, "no_member"),
        (Wrong::NotHeld, "not_held"),
        (Wrong::TierTooLow, "tier_too_low"),
        (Wrong::MoreAccreditations, "more_accreditations"),
        (Wrong::MoreCertifications, "more_certifications"),
        (Wrong::MoreReviews, "more_reviews"),
        (Wrong::HigherRating, "higher_rating"),
        (Wrong::LongerPartner, "longer_partner"),
        (Wrong::OtherPartners, "other_partners"),
        (Wrong::AwardUnlisted, "award_unlisted"),
        (Wrong::AwardUndated, "award_undated"),
        (Wrong::NotAlone, "not_alone"),
        (Wrong::NoAssistant, "no_assistant"),
        (Wrong::UnknownTitle, "unknown_title"),
    ];
}

/// The words that tell whether a statement is one about the speaker, today.
#[derive(Debug, Default)]
pub struct About {
    /// Whose program it is; a match without one of these needs it in its block.
    pub mark: PhraseSet,
    /// Other vendors.
    pub others: PhraseSet,
    /// The speaker's words for itself.
    pub speaker: PhraseSet,
    /// Words for anybody else.
    pub third: PhraseSet,
    /// What links a name with what it is said to be.
    pub linking: PhraseSet,
    /// What puts a statement in the past.
    pub past: PhraseSet,
    /// What does so with a year.
    pub past_with_year: PhraseSet,
    /// What makes a year the beginning of something that lasts.
    pub since: PhraseSet,
    /// What puts it in the present.
    pub present: PhraseSet,
    /// What makes it a goal.
    pub goal: PhraseSet,
    /// What denies it.
    pub negation: PhraseSet,
    /// What looks like a denial and is none.
    pub affirms: PhraseSet,
    /// What makes it an explanation.
    pub explains: PhraseSet,
    /// What answers a question with the speaker: “… You found one.”
    pub answered: PhraseSet,
}
