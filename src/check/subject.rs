//! A document on its way through the rules, with what is worked out of it once for all of them, and who is speaking in it.

use super::element::{ElementFilter, Present};
use super::pictures::{Looked, Pictures};
use super::presence::Presence;
use super::why::{self, Notes};
use super::{Hit, approval, context, field, image, link, select, words};
use crate::document::html::{Census, Dom};
use crate::document::records::{Chunk, Formats};
use crate::document::{Document, Kind, seen};
use crate::facts::partners::export::partner_of;
use crate::facts::partners::one_firm;
use crate::facts::places::{Gazetteer, Mention};
use crate::facts::{Facts, Partner};
use crate::finding::Location;
use crate::pack::PhraseSet;
use crate::source::{Source, Span};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;

/// A document on its way through the rules, with what is worked out once for all of them.
pub struct Subject<'a> {
    /// Where it comes from.
    pub source: &'a Source,
    /// What its readers see.
    pub document: &'a Document,
    /// What it is to the public.
    pub kind: Kind,
    /// Registers, and the day.
    pub facts: &'a Facts,
    /// The record it was made of, if it is one of a file of records.
    pub(super) record: Option<(&'a Chunk, usize, &'a Formats)>,
    /// What the record says of its firm.
    pub(super) own: Cell<Own>,
    pub(super) speaker: OnceCell<Option<Speaker<'a>>>,
    /// What the register of approvals has on it.
    pub(super) approval: OnceCell<approval::LookedUp<'a>>,
    /// The register that a rule looked for in vain.
    pub(super) wanted: Cell<Option<&'static str>>,
    /// What opens the pictures it shows.
    pub(super) pictures: Option<&'a dyn Pictures>,
    /// What was seen of them, by their order.
    pub(super) looks: RefCell<BTreeMap<usize, Looked>>,
    /// Its style sheets.
    pub(super) styles: OnceCell<image::Styles>,
    /// What they are called, by their order.
    pub(super) image_names: OnceCell<Vec<image::Names>>,
    /// What markup does to its pictures, by their order.
    pub(super) altered: RefCell<HashMap<usize, Rc<[image::Altered]>>>,
    pub(super) filter: &'a ElementFilter,
    pub(super) present: OnceCell<Present<'a>>,
    pub(super) doms: OnceCell<Vec<Dom>>,
    pub(super) census: OnceCell<Option<Census>>,
    /// What is known of their attributes.
    pub(super) attributes: select::Known,
    pub(super) presence: OnceCell<Option<Presence>>,
    pub(super) hosts: link::HostCache,
    pub(super) languages: context::Languages,
    /// What patterns of several matchers found, by address.
    pub(super) found: RefCell<FxHashMap<usize, Vec<Hit>>>,
    /// Place names of sentences, by block and the sentence's place in it.
    pub(super) mentions: RefCell<Mentions>,
    /// Its links' addresses, in their order.
    pub(super) addresses: OnceCell<Vec<link::Address>>,
    /// The text with ASCII in lower case.
    pub(super) lower: OnceCell<String>,
    pub(super) fields: OnceCell<field::FieldIndex>,
    /// Memory for places of fields.
    pub(super) places: Cell<Vec<usize>>,
    /// Values of its fields as readers see them, by the field's place.
    pub(super) values: OnceCell<Box<[OnceCell<Cow<'a, str>>]>>,
    /// Whether the whole text has any of a set of phrases, by the set's address: asked for every match, answered once.
    pub(super) has: RefCell<FxHashMap<usize, bool>>,
    /// Words of lists in it.
    pub(super) words: words::Known,
    /// What came to nothing, where somebody asks.
    pub(super) notes: Option<Notes>,
}

impl<'a> Subject<'a> {
    /// A document of a source.
    pub fn new(source: &'a Source, document: &'a Document, kind: Kind, facts: &'a Facts, filter: &'a ElementFilter) -> Self {
        let present = OnceCell::new();
        Subject {
            source,
            document,
            kind,
            facts,
            record: None,
            own: Cell::default(),
            speaker: OnceCell::new(),
            approval: OnceCell::new(),
            wanted: Cell::new(None),
            pictures: None,
            looks: RefCell::default(),
            styles: OnceCell::new(),
            image_names: OnceCell::new(),
            altered: RefCell::default(),
            filter,
            present,
            doms: OnceCell::new(),
            census: OnceCell::new(),
            attributes: Default::default(),
            presence: OnceCell::new(),
            hosts: Default::default(),
            languages: Default::default(),
            found: Default::default(),
            mentions: Default::default(),
            addresses: OnceCell::new(),
            lower: OnceCell::new(),
            fields: OnceCell::new(),
            places: Cell::default(),
            values: OnceCell::new(),
            has: Default::default(),
            words: Default::default(),
            notes: None,
        }
    }

    /// The same document, as a record of a file; `own`: what that says of its firm.
    #[must_use]
    pub fn of_record(mut self, chunk: &'a Chunk, record: usize, formats: &'a Formats, own: Own) -> Self {
        self.record = Some((chunk, record, formats));
        self.own = Cell::new(own);
        self
    }

    /// The same document, whose pictures can be looked at.
    #[must_use]
    pub fn with_pictures(mut self, pictures: Option<&'a dyn Pictures>) -> Self {
        self.pictures = pictures;
        self
    }

    /// What was seen of its pictures, by their order in the document: of those that a rule wanted to see.
    pub fn looks(&self) -> Vec<(usize, Looked)> {
        self.looks.borrow().iter().map(|(i, l)| (*i, l.clone())).collect()
    }

    /// The addresses of its style sheets that could not be read, where it was asked what they do to a picture.
    pub fn unread_sheets(&self) -> &[String] {
        self.styles.get().map_or(&[], |s| &s.unread)
    }

    /// Notes that a rule could not say anything for want of this register.
    pub fn want(&self, register: &'static str) {
        self.wanted.set(Some(register));
        self.aside("register", || why::unknown(register).to_owned());
    }

    /// The register that the rules run since the last call wanted in vain.
    pub fn take_wanted(&self) -> Option<&'static str> {
        self.wanted.take()
    }

    /// Who is speaking, with what is known of them; `None` if nobody knows.
    pub fn speaker(&self) -> Option<&Speaker<'a>> {
        self.speaker.get_or_init(|| Speaker::of(self)).as_ref()
    }

    /// The same; where nobody knows, what is wanted to tell is noted.
    pub fn wanted_speaker(&self) -> Option<&Speaker<'a>> {
        let speaker = self.speaker();
        if speaker.is_none() {
            self.want(if self.facts.partners.is_none() { "partners" } else { "speaker" });
        }
        speaker
    }

    /// Where something known of the speaker stands: in the content itself, or in a register's file.
    pub fn place_of(&self, speaker: &Speaker, partner: &Partner, span: Span, label: &str) -> Option<Location> {
        if speaker.own.as_deref().is_some_and(|own| std::ptr::eq(own, partner)) {
            // What spans several fields is no text that anybody reads: of offices, their places are told.
            let places = partner.offices.within(span);
            let text = self.source.text().get(span.range()).filter(|t| !t.contains(['"', '\n'])).map(str::to_owned);
            let text = if places.is_empty() { text } else { Some(places) };
            return Some(Location::new(self.source, &[span], text, Some(label.to_owned())));
        }
        Some(self.facts.partners.as_ref()?.place(partner, span)?.location(label))
    }

    /// Whether the document's text has any of these phrases.
    pub(super) fn document_has(&self, set: &PhraseSet) -> bool {
        let key = std::ptr::from_ref(set).addr();
        if let Some(&known) = self.has.borrow().get(&key) {
            return known;
        }
        let found = set.is_match(&self.document.text);
        self.has.borrow_mut().insert(key, found);
        found
    }

    /// The addresses of its links, in their order.
    pub(super) fn addresses(&self) -> &[link::Address] {
        self.addresses.get_or_init(|| self.document.links.iter().map(|l| link::Address::parse(&self.hosts, &l.target)).collect())
    }

    /// The place names in a sentence of a block.
    pub(super) fn mentions(&self, block: usize, sentence: Range<usize>) -> Rc<[Mention]> {
        let key = (block, sentence.clone());
        if let Some(known) = self.mentions.borrow().get(&key) {
            return Rc::clone(known);
        }
        let text = self.document.block_text(&self.document.blocks[block]).get(sentence).unwrap_or("");
        let told = OnceCell::new();
        let language = || told.get_or_init(|| context::language(self, block)).as_ref().map(|l| l.as_str());
        let found: Rc<[Mention]> = Gazetteer::get().mentions(text, &language).into();
        self.mentions.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    /// The document's text with ASCII in lower case; the same bytes otherwise.
    pub(super) fn lower(&self) -> &str {
        self.lower.get_or_init(|| self.document.text.to_ascii_lowercase())
    }

    /// A field's value as readers see it.
    pub(super) fn seen(&self, field: usize) -> &str {
        let fields = &self.document.fields;
        let all = self.values.get_or_init(|| fields.iter().map(|_| OnceCell::new()).collect());
        all.get(field).zip(fields.get(field)).map_or("", |(known, f)| known.get_or_init(|| seen(&f.value)))
    }

    /// What its pictures are called.
    pub(super) fn image_names(&self) -> &[image::Names] {
        self.image_names.get_or_init(|| self.document.images.iter().map(image::Names::of).collect())
    }

    /// Its fields by name.
    pub(super) fn field_index(&self) -> &field::FieldIndex {
        self.fields.get_or_init(|| field::FieldIndex::new(&self.document.fields))
    }

    /// Which needles of element matchers stand in its source.
    pub(super) fn present(&self) -> &Present<'a> {
        self.present.get_or_init(|| self.filter.present(self.source.text()))
    }

    /// The start tags in its HTML, if they could be told.
    pub(super) fn tags(&self) -> Option<select::Tags<'_>> {
        let (text, lower) = (self.source.text(), self.present().lower());
        let census = self.census.get_or_init(|| Census::read(lower, &self.document.html)).as_ref()?;
        Some(select::Tags { census, text, lower, known: &self.attributes })
    }

    /// What its HTML says, if that could be told of its tags.
    pub(super) fn presence(&self) -> Option<&Presence> {
        self.presence.get_or_init(|| Some(Presence::of(self.document, &self.tags()?))).as_ref()
    }

    /// The trees of its HTML, built when a rule first asks.
    pub(super) fn doms(&self) -> &[Dom] {
        self.doms.get_or_init(|| {
            let parts = self.document.html.iter();
            parts.filter_map(|s| Some(Dom::parse_as(self.source.text().get(s.range())?, s.start, self.document.jsx))).collect()
        })
    }
}

/// The place names of sentences.
type Mentions = HashMap<(usize, Range<usize>), Rc<[Mention]>>;

/// What a record says of its firm, if it is a listing.
#[derive(Debug, Default)]
pub enum Own {
    /// Nobody has asked yet.
    #[default]
    Unread,
    /// This.
    Read(Option<Box<Partner>>),
}

impl Own {
    /// What a record says.
    pub fn of(chunk: &Chunk, record: usize, formats: &Formats) -> Own {
        Own::Read(partner_of(chunk, record, formats).map(Box::new))
    }
}

/// Who is speaking.
#[derive(Debug)]
pub struct Speaker<'a> {
    /// What the content itself says of the firm, if it is a listing: its own fields.
    pub own: Option<Box<Partner>>,
    /// What the register says.
    pub known: Option<&'a Partner>,
}

/// Something known of the speaker: a fact, and where it stands.
#[derive(Debug)]
pub struct Known<'s, T> {
    /// The fact.
    pub fact: &'s T,
    /// Whose it is, to find its place with [`Subject::place_of`].
    pub partner: &'s Partner,
}

impl<'a> Speaker<'a> {
    pub(super) fn of(subject: &Subject<'a>) -> Option<Speaker<'a>> {
        let own = subject.record.and_then(|(chunk, record, formats)| match subject.own.take() {
            Own::Read(own) => own,
            Own::Unread => partner_of(chunk, record, formats).map(Box::new),
        });
        let register = subject.facts.partners.as_ref();
        let known = subject.facts.speaking().or_else(|| {
            let register = register?;
            let only = |found: Vec<&'a Partner>| if let [one] = found[..] { Some(one) } else { None };
            let Some(own) = &own else {
                // A page speaks for the firm on whose domain it says it stands.
                let said = |l: &&crate::document::Link| matches!(l.holder.as_str(), "link[canonical]" | "meta[og:url]");
                let addresses = subject.document.links.iter().filter(said).map(|l| l.target.as_str()).chain(subject.source.url());
                return addresses.into_iter().find_map(|a| only(register.by_domain(a)));
            };
            // Two firms may have one name, one address, or one number in two exports: what differs tells them apart.
            let who = own.identity();
            let apart = |p: &&'a Partner| who.shares_site(&p.identity()) == Some(false);
            let ids = own.ids.iter().map(|i| i.value.as_str()).chain([own.id.value.as_str()]);
            let of_id = |id| register.all_by_id(id).into_iter().filter(|p| who.may_be(&p.identity())).collect();
            let by_id = ids.into_iter().find_map(|id| one_firm(of_id(id)));
            let by_domain = || {
                let found = own.domains.items().iter().find_map(|d| only(register.by_domain(&d.value)));
                found.filter(|p| who.shares_name(&p.identity()))
            };
            by_id.or_else(by_domain).or_else(|| only(register.by_name(&own.name.value)).filter(|p| !apart(p)))
        });
        (own.is_some() || known.is_some()).then_some(Speaker { own, known })
    }

    /// What is known of the firm, by its own listing and by the register.
    pub fn firms(&self) -> impl Iterator<Item = &Partner> {
        self.own.as_deref().into_iter().chain(self.known)
    }

    /// What a listing says of its firm, then what the register says: the first of the two that knows.
    pub fn find<T>(&self, of: impl Fn(&Partner) -> &T, knows: impl Fn(&T) -> bool) -> Option<Known<'_, T>> {
        self.firms().map(|partner| Known { fact: of(partner), partner }).find(|k| knows(k.fact))
    }

    /// All names of the firm.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.firms().flat_map(|p| p.names().map(|n| n.value.as_str()))
    }
}
