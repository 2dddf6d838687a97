//! Which register a file is, and what is common to the files of all registers.

use super::reader::Reader;
use super::value::State;
use super::{Broken, Day};
use crate::source::Source;
use crate::yaml::shape::{self, ObjectShape, Shape};
use crate::yaml::{self, Fault, Node};

/// Kinds of registers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Partners.
    Partners,
    /// Approvals.
    Approvals,
    /// Images as supplied.
    Assets,
    /// Awards.
    Awards,
    /// What people sign for.
    Attestations,
}

impl Kind {
    /// All kinds with the key that their files have at the top.
    pub const ALL: [(Kind, &'static str); 5] = [
        (Kind::Partners, "partners"),
        (Kind::Approvals, "approvals"),
        (Kind::Assets, "assets"),
        (Kind::Awards, "awards"),
        (Kind::Attestations, "attestations"),
    ];

    /// The key at the top of its files.
    pub fn name(self) -> &'static str {
        Kind::ALL.iter().find(|(k, _)| *k == self).map_or("", |(_, n)| n)
    }

    /// The form of its files.
    pub fn form(self) -> &'static ObjectShape {
        match self {
            Kind::Partners => &super::forms::PARTNERS,
            Kind::Approvals => &super::forms::APPROVALS,
            Kind::Assets => &super::forms::ASSETS,
            Kind::Awards => &super::forms::AWARDS,
            Kind::Attestations => &super::forms::ATTESTATIONS,
        }
    }
}

/// Which register a YAML text is, by a key at its top.
pub fn kind_of(text: &str) -> Option<Kind> {
    text.lines().find_map(|line| {
        let (key, _) = line.trim_start_matches('\u{FEFF}').split_once(':')?;
        let key = key.trim_end().trim_matches('"');
        Kind::ALL.iter().find(|(_, n)| *n == key).map(|(k, _)| *k)
    })
}

/// The head of a register.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub complete: State<bool>,
    pub checked_on: State<Day>,
}

impl Head {
    pub fn read(root: &Node, r: &mut Reader) -> Head {
        Head { complete: r.flag(root, "complete"), checked_on: r.day(root, "checked_on") }
    }

    pub fn is_complete(&self) -> bool {
        self.complete.value() == Some(&true)
    }

    pub fn day(&self) -> Option<Day> {
        self.checked_on.value().copied()
    }
}

/// Reads a register's YAML and holds it against its form; what does not fit goes to the reader, so that all that is wrong is told at once. A
/// text of comments only is an empty register.
pub(super) fn parse(source: Source, kind: Kind) -> Result<(Source, Node, Reader), Broken> {
    let text = source.text();
    let bare = text.trim_start_matches('\u{FEFF}').lines().all(|l| l.trim().is_empty() || l.trim_start().starts_with('#'));
    let empty;
    let text = if bare {
        // Comments may hold what YAML does not allow.
        empty = format!("{text}\n{}: []", kind.name());
        empty.as_str()
    } else {
        text
    };
    let root = match yaml::parse(text) {
        Ok(root) => root,
        Err(e) => return Err(Broken::new(source, vec![Fault::new(e.span, e.message.clone(), e.help())])),
    };
    let mut r = Reader::default();
    shape::check(&root, &Shape::Object(kind.form()), &format!("the register of {}", kind.name()), &mut r.faults);
    Ok((source, root, r))
}

/// The entries of a register: the items of its list.
pub(super) fn entries(root: &Node, kind: Kind) -> &[Node] {
    root.get(kind.name()).and_then(Node::as_seq).unwrap_or_default()
}
