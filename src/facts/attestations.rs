//! The register of attestations: who signed for what no public text shows, when, and on what evidence.

use super::clauses::{Clauses, Item};
use super::kind::Kind;
use super::reader::Reader;
use super::register::{Entries, Register};
use super::value::{Fact, State};
use super::{Broken, Day, edit};
use crate::source::{DecodeHint, Source, Span};
use crate::yaml::shape::did_you_mean;
use crate::yaml::{self, Fault, Node};

/// One signature.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// What is signed for: an id of the items that promolint knows.
    pub item: Fact<String>,
    /// What shows it.
    pub evidence: Vec<Fact<String>>,
    /// Why the item does not concern the firm.
    pub not_applicable: Option<Fact<String>>,
    /// Who signed.
    pub signer: Option<Fact<String>>,
    /// The day of the signature.
    pub date: State<Day>,
    /// The last day on which it holds; [`State::Absent`] if it never ends.
    pub expires_on: State<Day>,
    /// For people.
    pub notes: Option<Fact<String>>,
    /// The entry's place.
    pub span: Span,
}

/// What an entry lacks to be a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lack {
    /// Evidence, or why the item does not concern the firm.
    Evidence,
    /// Who signs.
    Signer,
    /// The day.
    Date,
    /// The day is later than today.
    Future(Day),
}

impl Attestation {
    /// Whether it is as `promolint attest init` wrote it.
    pub fn is_blank(&self) -> bool {
        self.evidence.is_empty() && self.not_applicable.is_none() && self.signer.is_none() && self.date.value().is_none()
    }

    /// What it lacks to hold on a day; nothing if it is whole.
    pub fn lacks(&self, today: Day) -> Vec<Lack> {
        let mut out = Vec::new();
        if self.evidence.is_empty() && self.not_applicable.is_none() {
            out.push(Lack::Evidence);
        }
        if self.signer.is_none() {
            out.push(Lack::Signer);
        }
        match self.date.value() {
            None => out.push(Lack::Date),
            Some(day) if *day > today => out.push(Lack::Future(*day)),
            Some(_) => {}
        }
        out
    }

    /// The last day on which it holds: by itself, and by how often the item is to be done.
    pub fn ends_on(&self, item: &Item) -> Option<Day> {
        let by_age = self.date.value().zip(item.max_age).and_then(|(day, age)| day.later(age));
        self.expires_on.value().copied().into_iter().chain(by_age).min()
    }
}

/// What the register says of an item on a day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Signed {
    /// Somebody signed, and it holds.
    Yes,
    /// Somebody signed that it does not concern the firm.
    NotApplicable,
    /// It was signed, and has to be done again.
    Stale,
    /// An entry was begun, and lacks something.
    Incomplete,
    /// Nobody signed.
    Missing,
}

impl Signed {
    /// All of them.
    pub const ALL: [Signed; 5] = [Signed::Yes, Signed::NotApplicable, Signed::Stale, Signed::Incomplete, Signed::Missing];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Signed::Yes => "signed",
            Signed::NotApplicable => "not applicable",
            Signed::Stale => "stale",
            Signed::Incomplete => "incomplete",
            Signed::Missing => "missing",
        }
    }

    /// Whether nothing is left to do.
    pub fn holds(self) -> bool {
        matches!(self, Signed::Yes | Signed::NotApplicable)
    }
}

/// An item with what the register says of it.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// The item.
    pub item: &'static Item,
    /// What the register says.
    pub signed: Signed,
    /// The entry that says so: the last signature, else one that was begun, else a blank one.
    pub entry: Option<&'a Attestation>,
}

/// The register of attestations.
pub type Attestations = Register<Attestation, Head>;

/// What stands above the entries.
#[derive(Debug, Default)]
pub struct Head {
    /// Whose attestations these are.
    partner: Option<Fact<String>>,
}

const ENTRIES: Entries<Attestation> = Entries { kind: Kind::Attestations, read: attestation, what: "attestation", id: None };

fn index(root: &Node, list: &[Attestation], r: &mut Reader) -> Head {
    for (n, a) in list.iter().enumerate() {
        let same = |b: &Attestation| b.item.value == a.item.value && b.date.value() == a.date.value();
        if list[..n].iter().any(same) {
            let message = match a.date.value() {
                Some(day) => format!("`{}` is signed twice on {day}", a.item.value),
                None => format!("`{}` is there twice without a day", a.item.value),
            };
            r.fault(a.item.span, message, "remove one of the entries, or correct its day; an item is signed again with a later day");
        }
    }
    Head { partner: r.text(root, "partner").filter(|f| !f.value.is_empty()) }
}

impl Attestations {
    /// Reads a register.
    ///
    /// # Errors
    /// Everything in the file that is wrong, each at its place.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<Attestations, Broken> {
        Register::with_whole(name, bytes, &ENTRIES, index)
    }

    /// Reads what can be read of a register, with what is wrong in the rest of it.
    ///
    /// # Errors
    /// The file is no YAML.
    pub fn read_what_can_be(name: &str, bytes: Vec<u8>) -> Result<(Attestations, Vec<Fault>), Broken> {
        Register::with_faults(Source::decode(name, bytes, DecodeHint::Text), &ENTRIES, index)
    }

    /// Whose attestations these are, if the register says so.
    pub fn partner(&self) -> Option<&Fact<String>> {
        self.index.partner.as_ref()
    }

    /// What it says of each item on a day, in the order of the items.
    pub fn standings(&self, today: Day) -> Vec<Standing<'_>> {
        Clauses::get().attestations.iter().map(|item| self.standing(item, today)).collect()
    }

    /// What it says of an item on a day. Of several signatures the latest counts.
    pub fn standing(&self, item: &'static Item, today: Day) -> Standing<'_> {
        let entries = || self.iter().filter(|a| a.item.value == item.id);
        let whole = entries().filter(|a| a.lacks(today).is_empty()).max_by_key(|a| a.date.value().copied());
        let (signed, entry) = match whole {
            Some(a) if a.ends_on(item).is_some_and(|end| end < today) => (Signed::Stale, Some(a)),
            Some(a) if a.not_applicable.is_some() => (Signed::NotApplicable, Some(a)),
            Some(a) => (Signed::Yes, Some(a)),
            None => match entries().find(|a| !a.is_blank()) {
                Some(a) => (Signed::Incomplete, Some(a)),
                None => (Signed::Missing, entries().next()),
            },
        };
        Standing { item, signed, entry }
    }
}

fn attestation(node: &Node, r: &mut Reader) -> Option<Attestation> {
    let text = |r: &Reader, key: &str| r.text(node, key).filter(|f| !f.value.is_empty());
    let item = text(r, "item");
    let known = || Clauses::get().attestations.iter().map(|i| i.id.as_str());
    match &item {
        Some(f) if Clauses::get().item(&f.value).is_none() => {
            let help = did_you_mean(&f.value, known())
                .map_or_else(|| "`promolint attest report` lists the items".to_owned(), |near| format!("did you mean `{near}`?"));
            r.fault(f.span, format!("there is no item `{}`", f.value), help);
        }
        None if node.get("item").is_some() => {
            r.fault(node.span, "this entry names no item", "write `item:` with one of the ids that `promolint attest report` lists");
        }
        _ => {}
    }
    let day = |r: &mut Reader, key: &str| match text(r, key) {
        Some(_) => r.day(node, key),
        None => State::Unknown,
    };
    let (date, expires_on) = (day(r, "date"), day(r, "expires_on"));
    r.in_order(("date", &date), ("expires_on", &expires_on));
    let evidence = r.list_of(node, "evidence", |_, n| Some(n.scalar()?.trim()).filter(|s| !s.is_empty()).map(str::to_owned));
    let not_applicable = text(r, "not_applicable");
    if let Some(f) = not_applicable.as_ref().filter(|_| !evidence.items().is_empty()) {
        r.fault(f.span, "this entry has `evidence` and says that the item does not apply", "keep one of `evidence` and `not_applicable`");
    }
    Some(Attestation {
        item: item.filter(|f| Clauses::get().item(&f.value).is_some())?,
        evidence: evidence.items().to_vec(),
        not_applicable,
        signer: text(r, "signer"),
        date,
        expires_on,
        notes: text(r, "notes"),
        span: node.span,
    })
}

/// A register to be filled in: every item with what it asks.
pub fn template() -> String {
    let entries: Vec<String> = Clauses::get().attestations.iter().map(|item| lines(item, 2, 4).join("\n") + "\n").collect();
    format!("{HEAD}{}", entries.concat().trim_start_matches('\n'))
}

const HEAD: &str = "\
# What no public text shows: somebody signs each item, with evidence and the day. An item without `evidence`, `signer` or `date` is not signed.
# `promolint attest check` says what is missing and what has to be done again; `promolint attest report` shows who signed what.
#
#   evidence        what shows it: a document, an address, a few words; several as a list
#   signer          who answers for it
#   date            the day of the signature, YYYY-MM-DD
#   expires_on      the last day on which it holds, where there is one
#   not_applicable  why the item does not concern the firm, instead of evidence
#
# To sign an item again, add an entry with a later day; the latest counts.

# partner: brightpath      # whose attestations these are

attestations:
";

/// The text of a register with blank entries for the items that it does not have, and how many they are. Every other byte stays as it is.
///
/// # Errors
/// The text is no YAML, or its list is written in one line.
pub fn merge(text: &str) -> Result<(String, usize), Fault> {
    let root = yaml::parse(text).ok();
    let there = |id: &str| {
        let list = root.as_ref().and_then(|r| r.get("attestations")).and_then(Node::as_seq).unwrap_or_default();
        list.iter().any(|n| n.get("item").and_then(Node::scalar).is_some_and(|i| i.trim() == id))
    };
    let mut out = text.to_owned();
    let mut added = 0;
    for item in Clauses::get().attestations.iter().filter(|i| !there(&i.id)) {
        out = edit::append_entry(&out, Kind::Attestations, &item.id, &|dash, keys| lines(item, dash, keys))?;
        added += 1;
    }
    Ok((out, added))
}

/// A blank entry, the dash at depth `dash` and the keys at depth `keys`.
fn lines(item: &Item, dash: usize, keys: usize) -> Vec<String> {
    let clauses = Clauses::get();
    let put = |depth: usize, line: String| format!("{}{line}", " ".repeat(depth));
    let mut documents: Vec<(&str, Vec<&str>)> = Vec::new();
    for part in clauses.parts_of_item(&item.id) {
        let title = clauses.document(&part.document).map_or("", |d| d.title.as_str());
        match documents.iter_mut().find(|(t, _)| *t == title) {
            Some((_, refs)) => refs.push(&part.reference),
            None => documents.push((title, vec![&part.reference])),
        }
    }
    let from: Vec<String> = documents.into_iter().map(|(title, refs)| format!("{title}, {}", refs.join(", "))).collect();
    let age = item.max_age.map_or(String::new(), |days| format!(" Holds for {days} days."));
    vec![
        String::new(),
        put(dash, format!("# {} ({}).{age}", item.asks, from.join("; "))),
        put(dash, format!("# Evidence: {}.", item.evidence)),
        put(dash, format!("-{}item: {}", " ".repeat(keys - dash - 1), item.id)),
        put(keys, "evidence:".to_owned()),
        put(keys, "signer:".to_owned()),
        put(keys, "date:".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn signed(text: &str, item: &str, today: &str) -> Signed {
        let r = Attestations::read("a.yaml", text.as_bytes().to_vec()).expect("a register");
        r.standing(Clauses::get().item(item).expect("an item"), day(today)).signed
    }

    #[test]
    fn the_last_whole_signature_counts() {
        let entry = |keys: &str| format!("attestations:\n  - {{item: att-quarterly-audit, {keys}}}\n");
        let whole = |date: &str| entry(&format!("evidence: e, signer: s, date: {date}"));
        let audit = |text: &str, today: &str| signed(text, "att-quarterly-audit", today);
        assert_eq!(audit(&whole("2026-01-01"), "2026-04-03"), Signed::Yes, "92 days");
        assert_eq!(audit(&whole("2026-01-01"), "2026-04-04"), Signed::Stale, "93 days");
        assert_eq!(audit(&whole("2026-01-02"), "2026-01-01"), Signed::Incomplete, "tomorrow's");
        assert_eq!(audit(&entry("evidence: [], signer: s, date: 2026-01-01"), "2026-01-01"), Signed::Incomplete);
        assert_eq!(audit(&entry("evidence: e, signer: , date: 2026-01-01"), "2026-01-01"), Signed::Incomplete);
        assert_eq!(audit(&entry("not_applicable: no portals, signer: s, date: 2026-01-01"), "2026-01-02"), Signed::NotApplicable);
        assert_eq!(audit(&entry("evidence: , signer: ''"), "2026-01-01"), Signed::Missing);
        let both = entry("evidence: e, not_applicable: no portals, signer: s, date: 2026-01-01");
        let broken = Attestations::read("a.yaml", both.clone().into_bytes()).expect_err("both");
        assert_eq!(&both[broken.faults[0].span.range()], "no portals");
        let twice = format!("{}  - {{item: att-quarterly-audit, evidence: e, signer: s, date: 2026-05-01}}\n", whole("2026-01-01"));
        assert_eq!(audit(&twice, "2026-05-02"), Signed::Yes);
        let begun = format!("{}  - {{item: att-quarterly-audit, signer: s}}\n", whole("2026-01-01"));
        assert_eq!(audit(&begun, "2026-05-02"), Signed::Stale, "one that was begun is no signature");
        let other = |keys: &str| format!("attestations:\n  - {{item: att-2fa, evidence: e, signer: s, date: 2020-01-01{keys}}}\n");
        assert_eq!(signed(&other(""), "att-2fa", "2026-01-01"), Signed::Yes, "no document says how often");
        assert_eq!(signed(&other(", expires_on: 2025-12-31"), "att-2fa", "2026-01-01"), Signed::Stale);
        assert_eq!(signed(&other(", expires_on: 2026-01-01"), "att-2fa", "2026-01-01"), Signed::Yes);
    }

    #[test]
    fn a_template_is_a_register_of_blank_entries() {
        let text = template();
        let r = Attestations::read("a.yaml", text.clone().into_bytes()).expect("a register");
        assert_eq!(r.len(), Clauses::get().attestations.len());
        assert!(r.iter().all(Attestation::is_blank) && r.standings(day("2026-01-01")).iter().all(|s| s.signed == Signed::Missing));
        assert_eq!(merge(&text), Ok((text, 0)));
    }

    #[test]
    fn merging_keeps_every_byte_that_is_there() {
        let all = Clauses::get().attestations.len();
        for before in [
            "",
            "# words\n",
            "attestations: []\n",
            "attestations:\n- item: att-2fa\n  date:   # no day yet",
            "attestations:\r\n  - item: att-2fa\r\n    signer: A\r\n\r\n# end\r\n",
        ] {
            let (text, added) = merge(before).expect("merged");
            assert_eq!(added, if before.contains("att-2fa") { all - 1 } else { all });
            let r = Attestations::read("a.yaml", text.clone().into_bytes()).map_err(|b| b.faults).expect("a register");
            assert_eq!(r.len(), all, "{text}");
            let mut rest = text.lines();
            for line in before.lines().filter(|l| !l.contains("[]")) {
                assert!(rest.any(|l| l == line), "{line:?} of {before:?} is not in {text:?}");
            }
            assert_eq!(merge(&text), Ok((text.clone(), 0)));
        }
    }
}
