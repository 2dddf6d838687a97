//! The register of images as the program supplies them. Read and checked here; what is done with it lives elsewhere.

use super::kind::Kind;
use super::reader::Reader;
use super::register::{Entries, Register};
use super::value::{Fact, List, State};
use super::{Broken, Tier};
use crate::source::Span;
use crate::yaml::Node;

/// One image in all its files.
#[derive(Clone, Debug)]
pub struct Asset {
    /// What it is known by.
    pub id: Fact<String>,
    /// The family it belongs to.
    pub family: Option<Fact<String>>,
    /// The tier it stands for.
    pub tier: State<Tier>,
    /// Whether it may still be used.
    pub current: State<bool>,
    /// Its files, relative to the register.
    pub files: List<String>,
    /// Forms it comes in.
    pub variants: List<String>,
    /// The least width in pixels.
    pub min_width: State<f64>,
    /// Free space around it, as a share of its height.
    pub clear_space: State<f64>,
    /// What may be done to it.
    pub allow: List<String>,
    /// The entry's place.
    pub span: Span,
}

/// The register of images; complete if every image is in it.
pub type Assets = Register<Asset>;

impl Assets {
    /// Reads a register.
    ///
    /// # Errors
    /// Everything in the file that is wrong, each at its place.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<Assets, Broken> {
        Register::of(name, bytes, &Entries { kind: Kind::Assets, read: asset, what: "asset", id: Some(|a| &a.id) }, |_| ())
    }

    /// The image of this id.
    pub fn by_id(&self, id: &str) -> Option<&Asset> {
        self.list.iter().find(|a| a.id.value.eq_ignore_ascii_case(id))
    }
}

fn asset(node: &Node, r: &mut Reader) -> Option<Asset> {
    let current = r.text(node, "status").map_or(State::Unknown, |f| State::Is(Fact::new(f.value == "current", f.span)));
    Some(Asset {
        id: r.required(node, "id")?,
        family: r.text(node, "family"),
        tier: r.tier(node, "tier"),
        current,
        files: r.list(node, "files"),
        variants: r.list(node, "variants"),
        min_width: r.number(node, "min_width"),
        clear_space: r.number(node, "clear_space"),
        allow: r.list(node, "allow"),
        span: node.span,
    })
}
