//! What a document looks at beside itself: noted while its pictures and style sheets are opened.

use super::{Need, Piece, Recall, Where};
use crate::badge::Library;
use crate::check::pictures::{Looked, Pictures};
use crate::document::{Image, ImageSource};
use crate::engine::pictures::resolve::{self, Address};
use crate::engine::pictures::{FILE, Gallery};
use crate::source::{Source, is_address};
use std::sync::{Arc, Mutex};

/// Something a document named; with the hash of its bytes, if they were hashed.
type Named = (Need, Option<[u8; 32]>);

/// What was read for an outcome.
#[derive(Debug, Default)]
pub struct Read {
    /// What the documents named.
    pub(super) needs: Vec<Named>,
    /// The hash of the input's bytes.
    pub content: Option<[u8; 32]>,
    /// What came of it.
    pub piece: Option<Piece>,
}

/// Pictures, with a note of each that is looked at.
#[derive(Debug)]
pub struct Watched<'a> {
    gallery: &'a Gallery,
    recall: Option<&'a Recall>,
    needs: Mutex<Vec<Named>>,
}

impl<'a> Watched<'a> {
    pub fn new(gallery: &'a Gallery, recall: Option<&'a Recall>) -> Watched<'a> {
        Watched { gallery, recall, needs: Mutex::default() }
    }

    /// What was looked at.
    pub fn into_read(self, read: &mut Read) {
        read.needs.extend(self.needs.into_inner().unwrap_or_default());
    }

    /// Stamps what an address leads to; to be called before it is read.
    fn before(&self, address: &str, of: &str) -> Option<Need> {
        let recall = self.recall.filter(|_| !is_address(of))?;
        let Address::Path(path) = resolve::address(address) else { return None };
        let at = recall.find(self.gallery.store(), &path, of);
        Some(Need { path, of: of.to_owned(), at, file: None })
    }

    fn after(&self, need: Option<Need>, sha256: Option<[u8; 32]>) {
        if let (Some(need), Ok(mut needs)) = (need, self.needs.lock()) {
            let seen = sha256.filter(|_| matches!(need.at, Where::At { .. }));
            needs.push((need, seen));
        }
    }
}

impl Pictures for Watched<'_> {
    fn library(&self) -> Option<&Library> {
        self.gallery.library()
    }

    fn look(&self, image: &Image, source: &Source, behind: Option<[u8; 3]>) -> Looked {
        let need = match &image.source {
            ImageSource::Address(a) if image.holder != FILE && self.gallery.has_register() => self.before(a, source.name()),
            _ => None,
        };
        let looked = self.gallery.look(image, source, behind);
        self.after(need, if let Looked::Seen(sight) = &looked { Some(sight.sha256) } else { None });
        looked
    }

    fn style(&self, address: &str, of: &str) -> Option<Arc<Source>> {
        let need = self.before(address, of);
        let sheet = self.gallery.style(address, of);
        self.after(need, None);
        sheet
    }
}
