//! Registers: what is known of partners, approvals, images, awards and attestations, each fact with its place in the file that says it; and the world's
//! places ([`places`]).
//!
//! What lives here reads registers and answers questions about them. It opens no file and knows no rules. What is not said in a register
//! is unknown, which is not the same as no.

mod approvals;
pub mod assets;
pub mod attestations;
mod awards;
pub mod channels;
pub mod clauses;
pub mod content;
mod day;
pub mod edit;
pub mod forms;
mod kind;
pub mod names;
pub mod number;
pub mod partners;
pub mod places;
mod program;
mod reader;
mod register;
mod value;

pub use approvals::{Approval, ApprovalKind, Approvals, Standing, Status};
pub use assets::{Asset, AssetFile, AssetIndex, Assets, Background, FamilyKind};
pub use attestations::{Attestation, Attestations};
pub use awards::{Award, Awards};
pub use clauses::Clauses;
pub use day::Day;
pub use kind::{Kind, kind_of};
pub use partners::{Office, Offices, Partner, Partners};
pub use program::{Program, Tier, Works};
pub use register::Register;
pub use value::{Answer, Fact, List, Place, State};

use crate::source::Source;
use crate::yaml::Fault;

/// A register that cannot be used.
#[derive(Debug)]
pub struct Broken {
    /// Its file.
    pub source: Box<Source>,
    /// What is wrong in it.
    pub faults: Vec<Fault>,
}

impl Broken {
    pub(crate) fn new(source: impl Into<Box<Source>>, faults: Vec<Fault>) -> Broken {
        Broken { source: source.into(), faults }
    }
}

/// What a run knows beside the content: registers, the day, who is speaking.
#[derive(Debug, Default)]
pub struct Facts {
    /// Partners.
    pub partners: Option<Partners>,
    /// Approvals.
    pub approvals: Option<Approvals>,
    /// Images as supplied.
    pub assets: Option<Assets>,
    /// Awards.
    pub awards: Option<Awards>,
    /// The day that expiry is reckoned from.
    pub today: Day,
    /// Who is speaking, if the user says so: an id of the partners register.
    pub speaker: Option<String>,
}

impl Facts {
    /// The partner that the user named as speaking, if the register has it.
    pub fn speaking(&self) -> Option<&Partner> {
        self.partners.as_ref()?.by_id(self.speaker.as_deref()?)
    }
}
