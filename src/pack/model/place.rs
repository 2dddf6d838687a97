//! A location claim, held against the offices on record.

use crate::facts::places::FieldWords;
use crate::pack::lazy::Lazy;
use crate::pack::{Patterns, PhraseSet};

/// What a `place` matcher looks for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum PlaceCheck {
    /// Text claims an office where none is on record.
    #[default]
    Unlisted,
    /// Text claims an office, and the firm is on record as remote only.
    OfficeOfRemote,
    /// Text says that there is no office, and the firm is on record with offices only.
    RemoteOfPhysical,
    /// Text claims more offices than are on record.
    Count,
    /// The only address is one for mail.
    MailDrop,
    /// The register knows a virtual or mail address where the listing has an office.
    DropOnRecord,
    /// A listing has an office and does not say where.
    Unnamed,
    /// City, region and country of one location exclude each other.
    Contradiction,
    /// A location field holds a phrase that is no place.
    NonPlace,
    /// Offices in more countries than so small a firm has.
    Spread,
    /// Structured data of a page gives an address where no office is on record.
    Schema,
}

impl PlaceCheck {
    /// All checks with their names.
    pub const ALL: [(PlaceCheck, &'static str); 11] = [
        (PlaceCheck::Unlisted, "unlisted"),
        (PlaceCheck::OfficeOfRemote, "office_of_remote"),
        (PlaceCheck::RemoteOfPhysical, "remote_of_physical"),
        (PlaceCheck::Count, "count"),
        (PlaceCheck::MailDrop, "mail_drop"),
        (PlaceCheck::DropOnRecord, "drop_on_record"),
        (PlaceCheck::Unnamed, "unnamed"),
        (PlaceCheck::Contradiction, "contradiction"),
        (PlaceCheck::NonPlace, "non_place"),
        (PlaceCheck::Spread, "spread"),
        (PlaceCheck::Schema, "schema"),
    ];
}

/// What is counted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// Offices.
    #[default]
    Offices,
    /// Cities they are in.
    Cities,
    /// Countries they are in.
    Countries,
}

/// A location claim, held against the offices on record.
#[derive(Debug, Default)]
pub struct PlaceMatcher {
    /// What is checked.
    pub check: PlaceCheck,
    /// What says so in visible text; the prefilter looks for it.
    pub patterns: Patterns,
    /// The places stand before the phrase, not after it.
    pub before: bool,
    /// Directly before the places one of these must stand; empty if nothing must.
    pub lead: PhraseSet,
    /// What may stand between two places of a list, lower case.
    pub joins: Lazy<Vec<String>>,
    /// What may stand between the phrase and its first place, lower case.
    pub skip: Lazy<Vec<String>>,
    /// A place its people work from remotely will do.
    pub or_remote: bool,
    /// Hold against bare countries of which it is not known whether they have offices.
    pub countries_only: bool,
    /// So far apart two places are still one, kilometres.
    pub metro_km: f64,
    /// The firm's name must stand before the phrase in its sentence.
    pub after_name: bool,
    /// Between the phrase and its place the street of an address may stand.
    pub address: bool,
    /// The phrase is a heading of its own, and the places stand in the blocks below it.
    pub below: bool,
    /// Phrase and places are all of their block.
    pub whole: bool,
    /// What makes an adjective of a city before the phrase.
    pub endings: Lazy<Vec<String>>,
    /// Adjectives of cities, small letters, and the city.
    pub adjectives: Vec<(String, String)>,
    /// The phrase opens its sentence.
    pub opens: bool,
    /// Fields of records.
    pub fields: Vec<String>,
    /// Words of location fields that are no places.
    pub words: Lazy<FieldWords>,
    /// Names of smaller cities are not sure enough to contradict.
    pub population: u32,
    /// The same of names in another language, or of older days.
    pub other_names: u32,
    /// Countries with many villages that are called after cities elsewhere: there, a name must be that of a city of this size.
    pub villages: Vec<(String, u32)>,
    /// Territories with a code of their own, and the country they may be written under.
    pub territories: Vec<(String, String)>,
    /// So many countries with offices are many.
    pub countries: usize,
    /// So many people are few.
    pub employees: f64,
    /// Says that one person works alone.
    pub alone: PhraseSet,
    /// Types of structured data that stand for the firm.
    pub types: Vec<String>,
    /// The keys by which an address of the firm's own hangs on it.
    pub through: Vec<String>,
    /// Words of street addresses.
    pub street: PhraseSet,
    /// Parts of an address that are no street.
    pub unit: PhraseSet,
    /// Number words.
    pub numbers: Vec<(String, usize)>,
    /// What is counted.
    pub counts: Counts,
}
