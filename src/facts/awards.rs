//! The register of awards and who won them.

use super::Broken;
use super::kind::{self, Head, Kind};
use super::names::fold_name;
use super::reader::Reader;
use super::value::{Fact, Place};
use crate::source::{DecodeHint, Source, Span};
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

/// The register of awards.
#[derive(Debug)]
pub struct Awards {
    source: Source,
    head: Head,
    list: Vec<Award>,
}

impl Awards {
    /// Reads a register.
    ///
    /// # Errors
    /// Everything in the file that is wrong, each at its place.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<Awards, Broken> {
        let (source, root, mut r) = kind::parse(Source::decode(name, bytes, DecodeHint::Text), Kind::Awards)?;
        let head = Head::read(&root, &mut r);
        let list: Vec<Award> = kind::entries(&root, Kind::Awards).iter().filter_map(|n| award(n, &mut r)).collect();
        r.done(source, |source| Awards { source, head, list })
    }

    /// A place in the file.
    pub fn place(&self, span: Span) -> Place<'_> {
        Place { source: &self.source, span }
    }

    /// The file's text.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether an award that is not here was not given.
    pub fn is_complete(&self) -> bool {
        self.head.complete.value() == Some(&true)
    }

    /// Where the register says so.
    pub fn complete_place(&self) -> Option<Place<'_>> {
        self.head.complete.span().map(|s| self.place(s))
    }

    /// All awards, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Award> {
        self.list.iter()
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
