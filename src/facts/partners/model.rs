//! What is known of a firm.

use super::Key;
use crate::facts::names::{fold_name, site};
use crate::facts::{Day, Fact, List, Program, State, Tier, Works};
use crate::source::Span;
use crate::yaml::Fault;

/// A firm.
#[derive(Clone, Debug)]
pub struct Partner {
    /// What it is known by.
    pub id: Fact<String>,
    /// Its name.
    pub name: Fact<String>,
    /// Other names it goes by.
    pub aliases: Vec<Fact<String>>,
    /// Ids it has elsewhere: of its listing, its profile, its portal.
    pub ids: Vec<Fact<String>>,
    /// Its domains.
    pub domains: List<String>,
    /// Its names on social networks.
    pub handles: Vec<Fact<String>>,
    /// What it is to the program, in the program's word.
    pub membership: State<String>,
    /// Its tier.
    pub tier: State<Tier>,
    /// When it reached the tier.
    pub tier_since: State<Since>,
    /// When it joined the program.
    pub partner_since: State<Since>,
    /// Its accreditations by name.
    pub accreditations: List<String>,
    /// Certifications its people hold.
    pub certifications: List<String>,
    /// How many those are.
    pub certification_count: State<f64>,
    /// How many reviews its listing has.
    pub review_count: State<f64>,
    /// Their average.
    pub rating: State<f64>,
    /// How many people work there.
    pub employees: State<f64>,
    /// The year it was founded.
    pub founded: State<f64>,
    /// Whether the directory says that it works with the program's assistant.
    pub works_with_breeze: State<bool>,
    /// Whether an exclusive relation was confirmed.
    pub exclusive: State<bool>,
    /// Phone numbers as written.
    pub phones: Vec<Fact<String>>,
    /// Awards it won.
    pub awards: List<AwardOf>,
    /// Where it is.
    pub offices: Offices,
    /// How it works by its listing, where that does not say which place is an office.
    pub works: List<Works>,
    /// Values of an export that say nothing known; what they are about is unknown.
    pub unread: Vec<Fault>,
    /// The firm's place in the register.
    pub span: Span,
    /// Which stretch of the register it stands in.
    pub(in crate::facts) chunk: u32,
}

impl Partner {
    pub(super) fn new(id: Fact<String>, name: Fact<String>, span: Span, chunk: u32) -> Partner {
        Partner {
            id,
            name,
            aliases: Vec::new(),
            ids: Vec::new(),
            domains: List::default(),
            handles: Vec::new(),
            membership: State::Unknown,
            tier: State::Unknown,
            tier_since: State::Unknown,
            partner_since: State::Unknown,
            accreditations: List::default(),
            certifications: List::default(),
            certification_count: State::Unknown,
            review_count: State::Unknown,
            rating: State::Unknown,
            employees: State::Unknown,
            founded: State::Unknown,
            works_with_breeze: State::Unknown,
            exclusive: State::Unknown,
            phones: Vec::new(),
            awards: List::default(),
            offices: Offices::default(),
            works: List::default(),
            unread: Vec::new(),
            span,
            chunk,
        }
    }

    /// Whether it is a member of the program: by its membership, or because it has a tier, which only members do.
    pub fn is_member(&self) -> Option<bool> {
        match (&self.membership, &self.tier) {
            (State::Is(m), _) => Some(Program::get().members.contains(&m.value)),
            (State::Absent(_), _) => Some(false),
            (State::Unknown, State::Is(_)) => Some(true),
            (State::Unknown, _) => None,
        }
    }

    /// All names it goes by.
    pub fn names(&self) -> impl Iterator<Item = &Fact<String>> {
        std::iter::once(&self.name).chain(&self.aliases)
    }

    /// What tells it apart from other firms.
    pub fn identity(&self) -> Identity {
        let mut sites: Vec<String> = self.domains.items().iter().filter_map(|d| site(&d.value)).collect();
        sites.dedup();
        Identity { names: self.names().map(|n| fold_name(&n.value)).collect(), sites }
    }

    pub(super) fn keys(&self, f: &mut dyn FnMut(Key, &str)) {
        f(Key::Own, &self.id.value);
        self.ids.iter().for_each(|i| f(Key::Id, &i.value));
        self.names().for_each(|n| f(Key::Name, &n.value));
        self.domains.items().iter().for_each(|d| f(Key::Domain, &d.value));
        self.handles.iter().for_each(|h| f(Key::Handle, &h.value));
    }
}

/// What tells a firm apart from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its names, folded.
    names: Vec<String>,
    /// What of its addresses is its own.
    sites: Vec<String>,
}

impl Identity {
    /// Whether some address of one leads to the other; `None` where those of one are not known.
    pub fn shares_site(&self, other: &Identity) -> Option<bool> {
        (!self.sites.is_empty() && !other.sites.is_empty()).then(|| self.sites.iter().any(|s| other.sites.contains(s)))
    }

    /// Whether two firms may be one by their names: these have a word in common, or are written together what the other writes apart.
    pub fn shares_name(&self, other: &Identity) -> bool {
        self.names.iter().any(|a| {
            let joined = a.replace(' ', "");
            other.names.iter().any(|b| {
                let (other, words) = (b.replace(' ', ""), || a.split(' ').filter(|w| w.chars().count() > 2));
                joined.contains(&other) || other.contains(&joined) || words().any(|w| b.split(' ').any(|v| v == w))
            })
        })
    }

    /// Whether two entries can be of one firm.
    pub fn may_be(&self, other: &Identity) -> bool {
        self.shares_site(other) != Some(false) && self.shares_name(other)
    }
}

/// When something began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The year.
    pub year: i16,
    /// The day, if the register has it.
    pub day: Option<Day>,
}

/// An award that a firm won.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwardOf {
    /// Its name.
    pub name: String,
    /// Its year.
    pub year: Option<i16>,
    /// Winner, finalist, a region, a category.
    pub level: Option<String>,
}

/// Where a firm is, by what the place is to it.
#[derive(Clone, Debug, Default)]
pub struct Offices {
    /// The head office.
    pub head: State<Office>,
    /// Offices with people in them.
    pub physical: List<Office>,
    /// Places its people work from without an office.
    pub remote: List<Office>,
    /// Places it serves; no offices.
    pub served: List<Office>,
    /// Virtual offices.
    pub virtual_: List<Office>,
    /// Addresses for mail only.
    pub mail: List<Office>,
    /// Places of which it is not known what they are.
    pub unsorted: List<Office>,
}

/// A place, as far as the register gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Office {
    /// The city.
    pub city: Option<Fact<String>>,
    /// The state, province or region.
    pub region: Option<Fact<String>>,
    /// The country: its ISO code in capitals, or as an export writes it where that is no country's code or English name.
    pub country: Option<Fact<String>>,
    /// Street and number.
    pub street: Option<Fact<String>>,
    /// The postal code.
    pub postcode: Option<Fact<String>>,
}

impl Offices {
    /// The places that a stretch of the content says in several of its fields, in words.
    pub(crate) fn within(&self, span: Span) -> String {
        let all = [&self.physical, &self.remote, &self.served, &self.virtual_, &self.mail, &self.unsorted];
        let inside = all.into_iter().flat_map(List::items).filter(|o| span.start <= o.span.start && o.span.end <= span.end);
        let mut places: Vec<&Fact<Office>> = inside.collect();
        places.sort_by_key(|o| o.span.start);
        match places.as_slice() {
            // What one field says stands there.
            [one] if one.value.parts().count() < 2 => String::new(),
            places => places.iter().map(|o| o.value.describe()).collect::<Vec<_>>().join("; "),
        }
    }
}

impl Office {
    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        *self == Office::default()
    }

    /// The place in words: `Berlin, DE`.
    pub fn describe(&self) -> String {
        self.parts().collect::<Vec<_>>().join(", ")
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        [&self.street, &self.city, &self.region, &self.country].into_iter().flatten().map(|f| f.value.as_str())
    }
}
