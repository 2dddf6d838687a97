//! The register of awards and who won them.

use super::Broken;
use super::kind::Kind;
use super::names::fold_name;
use super::reader::Reader;
use super::register::{Entries, Register};
use super::value::Fact;
use crate::source::Span;
use crate::yaml::Node;

/// One award.
#[derive(Clone, Debug)]
pub struct Award {
    /// Its name.
    pub name: Fact<String>,
    /// Its year.
    pub year: Fact<i16>,
    /// Who won it: an id of the partners register.
    pub partner: Fact<String>,
    /// Winner, finalist, a region, a category.
    pub level: Option<Fact<String>>,
    /// The entry's place.
    pub span: Span,
}

/// The register of awards; complete if an award that is not in it was not given.
pub type Awards = Register<Award>;

impl Awards {
    /// Reads a register.
    ///
    /// # Errors
    /// Everything in the file that is wrong, each at its place.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<Awards, Broken> {
        Register::of(name, bytes, &Entries { kind: Kind::Awards, read: award, what: "award", id: None }, |_| ())
    }

    /// Awards of this partner.
    pub fn of_partner<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Award> {
        self.list.iter().filter(move |a| a.partner.value.eq_ignore_ascii_case(id))
    }

    /// Awards of this name, whatever its case and punctuation.
    pub fn by_name(&self, name: &str) -> Vec<&Award> {
        let name = fold_name(name);
        self.list.iter().filter(|a| fold_name(&a.name.value) == name).collect()
    }
}

fn award(node: &Node, r: &mut Reader) -> Option<Award> {
    let year = r.text(node, "year")?;
    let number = year.value.parse::<i16>().ok().filter(|y| (1990..=2200).contains(y));
    if number.is_none() {
        r.fault(year.span, format!("`{}` is no year", year.value), "write it with four digits");
    }
    Some(Award {
        name: r.required(node, "name")?,
        year: Fact::new(number?, year.span),
        partner: r.required(node, "partner")?,
        level: r.text(node, "level"),
        span: node.span,
    })
}
