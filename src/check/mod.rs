//! The matchers: (document, rule) → hits. One file per matcher.
//!
//! Nothing here opens a file or a connection, and nothing here knows a policy.

pub mod approval;
pub mod claim;
pub mod context;
pub mod corpus;
pub mod element;
pub mod emoji;
pub mod field;
pub mod gate;
pub mod image;
mod keys;
pub mod lexical;
pub mod link;
pub mod markup;
pub mod pictures;
pub mod place;
mod select;
pub mod stats;
pub mod text;
pub mod why;
pub mod words;

use crate::document::html::{Census, Dom};
use crate::document::records::{Chunk, Formats};
use crate::document::{Document, Kind, seen};
use crate::facts::names::registrable;
use crate::facts::partners::export::partner_of;
use crate::facts::places::{Gazetteer, Mention};
use crate::facts::{Fact, Facts, Partner};
use crate::finding::Location;
use crate::pack::PhraseSet;
use crate::pack::model::{Context, Matcher, MatcherForm, Rule, Says};
use crate::source::{Source, Span};
use element::{ElementFilter, Present};
use pictures::{Looked, Pictures, Seen};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use text::OfRule;
use why::Notes;

/// One match, before it becomes a finding.
#[derive(Debug, Clone, Default)]
pub struct Hit {
    /// Where in the source.
    pub spans: Vec<Span>,
    /// Where in the document's visible text, if it is text.
    pub range: Option<(usize, usize)>,
    /// What the reader sees there.
    pub text: String,
    /// What should stand there instead.
    pub replacement: Option<String>,
    /// The record's field it is in.
    pub field: Option<usize>,
    /// Words for the message: `value`, `limit`, `count`, `domain`, `field`.
    pub values: Vec<(&'static str, String)>,
    /// Other places that belong to it: spans, visible text, label.
    pub related: Vec<(Vec<Span>, String, String)>,
    /// Places in other files that belong to it: the line of a register.
    pub evidence: Vec<Location>,
    /// What its matcher says in place of the rule.
    pub says: Option<Arc<Says>>,
    /// The mark in a picture that it is about.
    pub seen: Option<Seen>,
    /// Whether it says of the picture's file what holds wherever it is shown.
    pub of_file: bool,
    /// It is prose, though it may look like a name out of code.
    pub prose: bool,
}

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
    record: Option<(&'a Chunk, usize, &'a Formats)>,
    /// What the record says of its firm.
    own: Cell<Own>,
    speaker: OnceCell<Option<Speaker<'a>>>,
    /// What the register of approvals has on it.
    approval: OnceCell<approval::LookedUp<'a>>,
    /// The register that a rule looked for in vain.
    wanted: Cell<Option<&'static str>>,
    /// What opens the pictures it shows.
    pictures: Option<&'a dyn Pictures>,
    /// What was seen of them, by their order.
    looks: RefCell<BTreeMap<usize, Looked>>,
    /// Its style sheets.
    styles: OnceCell<image::Styles>,
    /// What they are called, by their order.
    image_names: OnceCell<Vec<image::Names>>,
    /// What markup does to its pictures, by their order.
    altered: RefCell<HashMap<usize, Rc<[image::Altered]>>>,
    filter: &'a ElementFilter,
    present: OnceCell<Present<'a>>,
    doms: OnceCell<Vec<Dom>>,
    census: OnceCell<Option<Census>>,
    hosts: link::HostCache,
    languages: context::Languages,
    /// What patterns of several matchers found, by address.
    found: RefCell<FxHashMap<usize, Vec<Hit>>>,
    /// Place names of sentences, by block and the sentence's place in it.
    mentions: RefCell<Mentions>,
    /// Its links' addresses, in their order.
    addresses: OnceCell<Vec<link::Address>>,
    /// The text with ASCII in lower case.
    lower: OnceCell<String>,
    fields: OnceCell<field::FieldIndex>,
    /// Memory for places of fields.
    places: Cell<Vec<usize>>,
    /// Values of its fields as readers see them, by the field's place.
    values: OnceCell<Box<[OnceCell<Cow<'a, str>>]>>,
    /// Whether the whole text has any of a set of phrases, by the set's address: asked for every match, answered once.
    has: RefCell<FxHashMap<usize, bool>>,
    /// Words of lists in it.
    words: words::Known,
    /// What came to nothing, where somebody asks.
    notes: Option<Notes>,
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
            // What spans several fields is no text that anybody reads.
            let text = self.source.text().get(span.range()).filter(|t| !t.contains(['"', '\n'])).map(str::to_owned);
            return Some(Location::new(self.source, &[span], text, Some(label.to_owned())));
        }
        Some(self.facts.partners.as_ref()?.place(partner, span)?.location(label))
    }

    /// Whether the document's text has any of these phrases.
    fn document_has(&self, set: &PhraseSet) -> bool {
        let key = std::ptr::from_ref(set).addr();
        if let Some(&known) = self.has.borrow().get(&key) {
            return known;
        }
        let found = set.is_match(&self.document.text);
        self.has.borrow_mut().insert(key, found);
        found
    }

    /// The addresses of its links, in their order.
    fn addresses(&self) -> &[link::Address] {
        self.addresses.get_or_init(|| self.document.links.iter().map(|l| link::Address::parse(&self.hosts, &l.target)).collect())
    }

    /// The place names in a sentence of a block.
    fn mentions(&self, block: usize, sentence: Range<usize>) -> Rc<[Mention]> {
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
    fn lower(&self) -> &str {
        self.lower.get_or_init(|| self.document.text.to_ascii_lowercase())
    }

    /// A field's value as readers see it.
    fn seen(&self, field: usize) -> &str {
        let fields = &self.document.fields;
        let all = self.values.get_or_init(|| fields.iter().map(|_| OnceCell::new()).collect());
        all.get(field).zip(fields.get(field)).map_or("", |(known, f)| known.get_or_init(|| seen(&f.value)))
    }

    /// What its pictures are called.
    fn image_names(&self) -> &[image::Names] {
        self.image_names.get_or_init(|| self.document.images.iter().map(image::Names::of).collect())
    }

    /// Its fields by name.
    fn field_index(&self) -> &field::FieldIndex {
        self.fields.get_or_init(|| field::FieldIndex::new(&self.document.fields))
    }

    /// Which needles of element matchers stand in its source.
    fn present(&self) -> &Present<'a> {
        self.present.get_or_init(|| self.filter.present(self.source.text()))
    }

    /// The start tags in its HTML, if they could be told.
    fn tags(&self) -> Option<select::Tags<'_>> {
        let (text, lower) = (self.source.text(), self.present().lower());
        let census = self.census.get_or_init(|| Census::read(lower, &self.document.html)).as_ref()?;
        Some(select::Tags { census, text, lower })
    }

    /// The trees of its HTML, built when a rule first asks.
    fn doms(&self) -> &[Dom] {
        self.doms.get_or_init(|| {
            let parts = self.document.html.iter();
            parts.filter_map(|s| Some(Dom::parse(self.source.text().get(s.range())?, s.start))).collect()
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
    fn of(subject: &Subject<'a>) -> Option<Speaker<'a>> {
        let own = subject.record.and_then(|(chunk, record, formats)| match subject.own.take() {
            Own::Read(own) => own,
            Own::Unread => partner_of(chunk, record, formats).map(Box::new),
        });
        let register = subject.facts.partners.as_ref();
        let known = subject.facts.speaking().or_else(|| {
            let register = register?;
            let only = |found: Vec<&'a Partner>| if let [one] = found[..] { Some(one) } else { None };
            // Two firms may have one name, and an export numbers of its own: an address that differs tells them apart.
            let apart = |p: &&'a Partner| {
                let known = own.as_deref().map(|o| o.domains.items()).filter(|d| !d.is_empty() && !p.domains.items().is_empty());
                let shares = |d: &Fact<String>| p.domains.items().iter().any(|q| registrable(&q.value) == registrable(&d.value));
                known.is_some_and(|own| !own.iter().any(shares))
            };
            let Some(own) = &own else {
                // A page speaks for the firm on whose domain it says it stands.
                let said = |l: &&crate::document::Link| matches!(l.holder.as_str(), "link[canonical]" | "meta[og:url]");
                let addresses = subject.document.links.iter().filter(said).map(|l| l.target.as_str()).chain(subject.source.url());
                return addresses.into_iter().find_map(|a| only(register.by_domain(a)));
            };
            let ids = own.ids.iter().map(|i| i.value.as_str()).chain([own.id.value.as_str()]);
            let by_id = ids.filter_map(|id| register.by_id(id)).find(|p| !apart(p));
            let by_domain = || own.domains.items().iter().find_map(|d| only(register.by_domain(&d.value)));
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

/// All matches of a rule in a document. `candidates` are what the prefilter found for it.
pub fn run(subject: &Subject, rule: &Rule, candidates: OfRule) -> Vec<Hit> {
    let mut leaf = 0;
    let mut hits = eval(subject, rule, &rule.matcher, candidates, &mut leaf, &Contexts { own: &rule.context, outer: None });
    if hits.is_empty() {
        return hits;
    }
    // What two patterns of a rule find in one place is one thing: the longest that starts first.
    hits.sort_by_key(|h| {
        let first = h.spans.first().copied().unwrap_or_default();
        (first.start, std::cmp::Reverse(h.spans.last().map_or(0, |s| s.end)))
    });
    let mut out: Vec<Hit> = Vec::new();
    for hit in hits {
        let cover = |h: &Hit| h.spans.iter().copied().reduce(|a, b| a.cover(&b));
        // Two marks of one picture are two things, and two matchers of a rule may find one of them.
        let part = |h: &Hit| h.seen.as_ref().map(|s| s.index);
        let one_place = |a: &Hit, b: &Hit| match cover(a).zip(cover(b)) {
            Some((x, y)) => (x.overlaps(&y) || x == y) && (part(a) == part(b) || part(a).is_none() || part(b).is_none()),
            None => part(a).is_some() && part(a) == part(b),
        };
        match out.iter_mut().rev().take(if part(&hit).is_some() { MARKS } else { 1 }).find(|last| one_place(last, &hit)) {
            Some(last) => {
                // Of two matchers of a rule, the one that weighs more.
                subject.stopped(&hit, "same", || format!("the rule's finding in “{}” stands for it", last.text));
                if weight(&hit) > weight(last) {
                    *last = hit;
                }
            }
            _ => out.push(hit),
        }
    }
    if rule.once {
        out.iter()
            .skip(1)
            .for_each(|h| subject.stopped(h, "once", || "the rule speaks once in a document, where it first matches".to_owned()));
        out.truncate(1);
    }
    out
}

/// So many findings back is looked for one in the same place: more than a picture has marks.
const MARKS: usize = 16;

/// How much a hit weighs beside another of its rule; the rule's own weight is taken for the highest.
fn weight(hit: &Hit) -> usize {
    hit.says.as_ref().and_then(|s| s.severity).map_or(usize::MAX, |s| s as usize)
}

/// How many text matchers there are in a tree; they are numbered in order of appearance.
pub fn text_leaves(m: &Matcher) -> usize {
    match &m.form {
        form if form.patterns().is_some() => 1,
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().map(text_leaves).sum(),
        MatcherForm::Not(inner) => text_leaves(inner),
        _ => 0,
    }
}

/// The contexts of a matcher and of those around it.
#[derive(Clone, Copy)]
struct Contexts<'c> {
    own: &'c Context,
    outer: Option<&'c Contexts<'c>>,
}

impl<'c> Contexts<'c> {
    fn inside(&'c self, own: &'c Context) -> Contexts<'c> {
        Contexts { own, outer: Some(self) }
    }

    /// The outermost first.
    fn all(&self) -> Vec<&'c Context> {
        let mut all: Vec<_> = std::iter::successors(Some(self), |c| c.outer).map(|c| c.own).collect();
        all.reverse();
        all
    }
}

fn eval(subject: &Subject, rule: &Rule, m: &Matcher, candidates: OfRule, leaf: &mut usize, outer: &Contexts) -> Vec<Hit> {
    let contexts = outer.inside(&m.context);
    if let Some(says) = &m.says
        && !says.kinds.is_empty()
        && !says.kinds.contains(&subject.kind)
    {
        *leaf += text_leaves(m);
        return Vec::new();
    }
    let has_patterns = m.form.patterns().is_some();
    let mut of_leaf = OfRule::default();
    if has_patterns {
        of_leaf = candidates.of_leaf(*leaf);
        *leaf += 1;
        if of_leaf.is_empty() {
            return Vec::new();
        }
    }
    let mut hits = match &m.form {
        MatcherForm::Text(patterns) => text::find(subject, patterns, of_leaf),
        MatcherForm::Words(w) => words::find(subject, w),
        MatcherForm::Claim(c) => claim::find(subject, c, of_leaf),
        MatcherForm::Place(p) => place::find(subject, p, of_leaf),
        MatcherForm::Approval(a) => approval::find(subject, a),
        // Found over the whole run.
        MatcherForm::Corpus(_) => Vec::new(),
        MatcherForm::Stats(limits) => stats::find(subject.document, limits),
        MatcherForm::Element(e) => element::find(subject, e),
        MatcherForm::Link(l) => link::find(subject, l),
        MatcherForm::Field(f) => field::find(subject, f),
        MatcherForm::Image(i) => image::find(subject, i),
        MatcherForm::Any(list) => {
            let mut found = Vec::new();
            for m in list {
                found.append(&mut eval(subject, rule, m, candidates, leaf, &contexts));
            }
            return saying(found, &m.says);
        }
        MatcherForm::All(list) => {
            let mut first: Option<Vec<Hit>> = None;
            let mut met = true;
            for (number, m) in list.iter().enumerate() {
                // Nothing can come of it any more; only the numbering of text matchers goes on.
                if !met || first.as_ref().is_some_and(Vec::is_empty) {
                    *leaf += text_leaves(m);
                    continue;
                }
                let negated = matches!(m.form, MatcherForm::Not(_));
                // What is stopped in a condition says nothing of the rule's own matches.
                let of_conditions = first.is_some().then(|| subject.mute());
                let found = match &m.form {
                    MatcherForm::Not(inner) => eval(subject, rule, inner, candidates, leaf, &contexts),
                    _ => eval(subject, rule, m, candidates, leaf, &contexts),
                };
                drop(of_conditions);
                if let Some(hits) = &first
                    && negated != found.is_empty()
                {
                    let words = || why::condition(number, list.len(), found.first().map(|h| h.text.as_str()));
                    hits.iter().for_each(|h| subject.stopped(h, "condition", words));
                }
                match &mut first {
                    None => first = Some(found),
                    Some(_) if negated => met &= found.is_empty(),
                    Some(hits) => match found.into_iter().next() {
                        Some(other) => {
                            for h in hits {
                                h.related.push((other.spans.clone(), other.text.clone(), String::new()));
                                h.values.extend(other.values.iter().cloned());
                                h.evidence.extend(other.evidence.iter().cloned());
                            }
                        }
                        None => met = false,
                    },
                }
            }
            return if met { saying(first.unwrap_or_default(), &m.says) } else { Vec::new() };
        }
        MatcherForm::Not(_) => Vec::new(),
    };
    if has_patterns && subject.is_traced() {
        why::left(subject, &m.form, of_leaf, &hits);
    }
    if hits.is_empty() {
        return hits;
    }
    let contexts = contexts.all();
    let is_text = has_patterns || matches!(m.form, MatcherForm::Stats(_) | MatcherForm::Words(_));
    let languages = m.says.as_ref().map(|s| &s.languages).filter(|l| !l.is_empty()).unwrap_or(&rule.languages);
    hits.retain(|hit| match context::stops(subject, languages, &contexts, hit, is_text) {
        None => true,
        Some(stop) => {
            subject.stopped(hit, stop.name(), || why::context(subject, languages, &contexts, hit, stop));
            false
        }
    });
    if matches!(m.form, MatcherForm::Field(_)) {
        // One value says it once, whatever else in it matches.
        hits.dedup_by_key(|h| h.field);
    }
    saying(hits, &m.says)
}

/// The innermost matcher that has something of its own to say is the one that says it.
fn saying(mut hits: Vec<Hit>, says: &Option<Arc<Says>>) -> Vec<Hit> {
    if says.is_some() {
        for h in &mut hits {
            if h.says.is_none() {
                h.says.clone_from(says);
            }
        }
    }
    hits
}

/// Whether a tree looks at text only, so that without candidates nothing can be found.
pub fn text_only(m: &Matcher) -> bool {
    match &m.form {
        form if form.patterns().is_some() => true,
        // The first decides: without it the others do not matter.
        MatcherForm::All(list) => list.first().is_some_and(text_only),
        MatcherForm::Any(list) => list.iter().all(text_only),
        MatcherForm::Not(inner) => text_only(inner),
        _ => false,
    }
}

/// Whether a tree asks for who is speaking, most of the time.
pub fn asks_who_speaks(m: &Matcher) -> bool {
    match &m.form {
        MatcherForm::Place(_) | MatcherForm::Claim(_) => true,
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().any(asks_who_speaks),
        MatcherForm::Not(inner) => asks_who_speaks(inner),
        _ => false,
    }
}

/// Whether a tree looks at pictures.
pub fn looks_at_images(m: &Matcher) -> bool {
    match &m.form {
        MatcherForm::Image(_) => true,
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().any(looks_at_images),
        MatcherForm::Not(inner) => looks_at_images(inner),
        _ => false,
    }
}
