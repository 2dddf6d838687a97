//! The rules that promolint itself has, and their findings: about comments and files that speak to it, and images that are not there.

use super::rules::RuleSet;
use super::web::{path_of, url_of};
use crate::document::Kind;
use crate::finding::{Confidence, FINDING_SCHEMA, Finding, Location, fingerprint};
use crate::source::{Source, Span};

/// Each rule and what it demands. They belong to no pack.
pub const OWN_RULES: [(&str, &str); 7] = [
    ("suppression-without-reason", "A suppression names its rule and gives a reason"),
    ("suppression-unknown-rule", "A suppression names a rule that exists"),
    ("suppression-unused", "A suppression stands where its rule finds something"),
    ("suppression-not-ended", "A suppression that is started is ended"),
    ("suppression-expired", "A suppression holds until a day that is not past"),
    (IMAGE_MISSING, "An image that a page shows is there"),
    (SHEET_NOT_READ, "The style sheets of a page that shows a mark can be read"),
];

/// Of [`OWN_RULES`], the one about images that cannot be compared because they are not there. Said only where there is a register of images.
pub const IMAGE_MISSING: &str = "image-missing";

/// The one about style sheets that are not there or on another host: what they do to marks is not known. Said once of a page, and only of
/// those that show a mark.
pub const SHEET_NOT_READ: &str = "style-sheet-not-read";

/// The name under which [`OWN_RULES`] are reported.
pub const OWN_PACK: &str = "promolint";

/// What one of them says of a place.
pub(super) struct Said {
    /// Which of [`OWN_RULES`].
    pub id: &'static str,
    /// What is wrong.
    pub message: String,
    /// The cure.
    pub help: String,
    /// The text at the place.
    pub text: String,
    /// The place.
    pub spans: Vec<Span>,
    /// How often the rule said something of the same text in the source before.
    pub occurrence: usize,
}

impl Said {
    /// The finding, unless the rule is off for a source.
    pub fn finding(self, rules: &RuleSet, source: &Source, kind: Kind) -> Option<Finding> {
        let Said { id, message, help, text, spans, occurrence } = self;
        let name = source.name();
        Some(Finding {
            schema: FINDING_SCHEMA,
            rule: id.to_owned(),
            pack: OWN_PACK.to_owned(),
            severity: rules.own_severity(id, name, kind)?,
            confidence: Confidence::Primary,
            message,
            kind,
            path: path_of(name),
            url: url_of(name),
            record: None,
            fingerprint: fingerprint(id, name, None, &text, occurrence),
            primary: Location::new(source, &spans, Some(text), None),
            related: Vec::new(),
            notes: Vec::new(),
            help: Some(help),
            source: None,
            also: Vec::new(),
            fix: None,
            suppressed: None,
        })
    }
}
