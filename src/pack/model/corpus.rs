//! What is the same, or contradicts itself, across records and pages of a run.

use crate::pack::PhraseSet;

/// What is the same, or contradicts itself, across records and pages of a run.
#[derive(Debug)]
pub struct CorpusMatcher {
    /// What members of a group share.
    pub same: Same,
    /// The fields it is looked for in: the first that has a value. None, for text: the page itself.
    pub fields: Vec<String>,
    /// Further values that must be there and be the same; each the first of these fields that has one.
    pub with: Vec<Vec<String>>,
    /// Where a record has none of `with`: what its text names, of these things. It has to name one.
    pub named: Vec<(String, PhraseSet)>,
    /// Only within the same value of these fields, or within a file where a record has none of them.
    pub per: Vec<String>,
    /// What tells the members of a group apart.
    pub differ_by: DifferBy,
    /// So many of them, or more.
    pub at_least: usize,
    /// No more than this: beyond, it is a common text, a common address.
    pub at_most: usize,
    /// How alike texts are, 0 to 1.
    pub similarity: f64,
    /// Shorter texts are left alone.
    pub min_words: usize,
    /// Values that are left alone, in lower case.
    pub not_one_of: Vec<String>,
    /// Words that mean the same in values; `*` before one stands for an ending.
    pub alike: Vec<Vec<String>>,
    /// Words that do not name a firm by themselves, in lower case.
    pub common: Vec<String>,
    /// Only pages about a place of which this is known of the speaker's offices.
    pub offices: Option<OfficeThere>,
    /// An office so near counts as one in the place.
    pub within_km: f64,
}

/// What members of a group share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// The registrable domain of an address.
    Domain,
    /// The digits of a telephone number.
    Phone,
    /// A street address.
    Address,
    /// A value, whatever its case, accents and punctuation.
    Value,
    /// A text, nearly.
    Text,
}

/// What tells members of a group apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferBy {
    /// Neither name nor domain is shared.
    Firm,
    /// The name is not shared.
    Name,
    /// The same name, another tier.
    Tier,
    /// The place in title or first heading.
    Place,
    /// They are different records.
    Record,
}

/// What is known of the speaker's offices in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeThere {
    /// There is none.
    None,
    /// Nothing.
    Unknown,
}
