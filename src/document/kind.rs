use borsh::{BorshDeserialize, BorshSerialize};
use std::fmt;

/// What a piece of content is to the public; rules apply by it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Kind {
    /// A page of a web site, a blog post.
    Page,
    /// An entry of a directory.
    Listing,
    /// A paid advertisement.
    Ad,
    /// A press release.
    Press,
    /// A post on a social network.
    Social,
    /// An event's page or invitation.
    Event,
    /// An e-mail or newsletter.
    Email,
    /// A review.
    Review,
    /// An image by itself.
    Image,
}

impl Kind {
    /// All kinds, in the order of the documentation.
    pub const ALL: [Kind; 9] =
        [Kind::Page, Kind::Listing, Kind::Ad, Kind::Press, Kind::Social, Kind::Event, Kind::Email, Kind::Review, Kind::Image];

    /// The name used in packs, options and reports.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Page => "page",
            Kind::Listing => "listing",
            Kind::Ad => "ad",
            Kind::Press => "press",
            Kind::Social => "social",
            Kind::Event => "event",
            Kind::Email => "email",
            Kind::Review => "review",
            Kind::Image => "image",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.name() == name)
    }
}

impl serde::Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
