//! The register of approvals: what the program was asked to approve, and what it said.

use super::content::{Difference, difference, text_sha256};
use super::forms::{APPROVAL_KINDS, APPROVAL_STATUS};
use super::kind::Kind;
use super::names::fold_url;
use super::reader::Reader;
use super::register::{Entries, Register};
use super::value::{Fact, List, State};
use super::{Broken, Day};
use crate::source::Span;
use crate::yaml::Node;
use std::collections::HashMap;
use std::fmt;

/// What an approval is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ApprovalKind {
    /// A press release.
    Press,
    /// A paid ad.
    Ad,
    /// Use of a logo.
    Logo,
    /// An event.
    Event,
    /// A quotation.
    Quote,
}

impl ApprovalKind {
    const ALL: [ApprovalKind; 5] = [ApprovalKind::Press, ApprovalKind::Ad, ApprovalKind::Logo, ApprovalKind::Event, ApprovalKind::Quote];

    /// The register's word.
    pub fn name(self) -> &'static str {
        APPROVAL_KINDS[self as usize]
    }

    /// By the register's word.
    pub fn from_name(name: &str) -> Option<ApprovalKind> {
        ApprovalKind::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// What came of a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// Nothing yet.
    Requested,
    /// Yes.
    Approved,
    /// No.
    Rejected,
    /// It was taken back.
    Withdrawn,
}

impl Status {
    const ALL: [Status; 4] = [Status::Requested, Status::Approved, Status::Rejected, Status::Withdrawn];

    /// The register's word.
    pub fn name(self) -> &'static str {
        APPROVAL_STATUS[self as usize]
    }

    /// By the register's word.
    pub fn from_name(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|s| s.name() == name)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an approval is worth on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It holds.
    Valid,
    /// It is not decided.
    Pending,
    /// It was refused.
    Rejected,
    /// It was taken back.
    Withdrawn,
    /// It was given on a later day, this one.
    NotYet(Day),
    /// It held until this day.
    Expired(Day),
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Approval {
    /// What it is known by.
    pub id: Fact<String>,
    /// Whose it is: an id of the partners register.
    pub partner: Option<Fact<String>>,
    /// The legal entity it was given to.
    pub entity: Option<Fact<String>>,
    /// What it is for.
    pub kind: Option<Fact<ApprovalKind>>,
    /// What came of it.
    pub status: Fact<Status>,
    /// The day it was asked for.
    pub requested_on: State<Day>,
    /// The day of the answer.
    pub decided_on: State<Day>,
    /// Who answered.
    pub approver: Option<Fact<String>>,
    /// The last day on which it holds; [`State::Absent`] if it never ends.
    pub expires_on: State<Day>,
    /// Where the content may appear.
    pub channels: List<String>,
    /// In which languages or markets.
    pub locales: List<String>,
    /// Hashes, in lower case: of the file's bytes or of its visible text.
    pub sha256: Vec<Fact<String>>,
    /// Where the content is published.
    pub urls: Vec<Fact<String>>,
    /// The words themselves.
    pub texts: Vec<Fact<String>>,
    /// The files it was made from, relative to the register.
    pub paths: Vec<Fact<String>>,
    /// For people.
    pub notes: Option<Fact<String>>,
    /// The entry's place.
    pub span: Span,
}

impl Approval {
    /// What it is worth on a day.
    pub fn standing(&self, today: Day) -> Standing {
        match self.status.value {
            Status::Requested => Standing::Pending,
            Status::Rejected => Standing::Rejected,
            Status::Withdrawn => Standing::Withdrawn,
            Status::Approved => match (&self.decided_on, &self.expires_on) {
                (_, State::Is(end)) if end.value < today => Standing::Expired(end.value),
                (State::Is(day), _) if day.value > today => Standing::NotYet(day.value),
                _ => Standing::Valid,
            },
        }
    }

    /// Whether it names this hash.
    pub fn has_hash(&self, sha256: &str) -> bool {
        self.sha256.iter().any(|h| h.value.eq_ignore_ascii_case(sha256))
    }

    /// Whether anything of the content is recorded that another content can be held against.
    pub fn has_content(&self) -> bool {
        !(self.sha256.is_empty() && self.urls.is_empty() && self.texts.is_empty())
    }

    /// How a text differs from the words that were approved: from the closest of them, if any are recorded.
    pub fn difference(&self, text: &str) -> Option<Difference> {
        let all = self.texts.iter().map(|t| difference(&t.value, text));
        all.reduce(|best, d| if d.similarity > best.similarity { d } else { best })
    }
}

/// The register of approvals; complete if content that has no approval in it has none.
pub type Approvals = Register<Approval, Index>;

/// Approvals by what was approved, each by its number.
#[derive(Debug, Default)]
pub struct Index {
    by_hash: HashMap<String, Vec<usize>>,
    by_url: HashMap<String, Vec<usize>>,
}

impl Index {
    fn new(list: &[Approval]) -> Index {
        let mut index = Index::default();
        for (n, a) in list.iter().enumerate() {
            // The words stand for their hash.
            let of_texts = a.texts.iter().map(|t| text_sha256(&t.value));
            for h in a.sha256.iter().map(|h| h.value.clone()).chain(of_texts) {
                index.by_hash.entry(h).or_default().push(n);
            }
            for u in &a.urls {
                index.by_url.entry(fold_url(&u.value)).or_default().push(n);
            }
        }
        index
    }
}

impl Approvals {
    /// Reads a register.
    ///
    /// # Errors
    /// Everything in the file that is wrong, each at its place.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<Approvals, Broken> {
        Register::of(name, bytes, &Entries { kind: Kind::Approvals, read: approval, what: "approval", id: Some(|a| &a.id) }, Index::new)
    }

    /// The approval of this id.
    pub fn by_id(&self, id: &str) -> Option<&Approval> {
        self.list.iter().find(|a| a.id.value.eq_ignore_ascii_case(id))
    }

    /// Approvals of this very content: by the hash of the file's bytes or of its visible text, or by their words.
    pub fn by_hash(&self, sha256: &str) -> Vec<&Approval> {
        self.at(&self.index.by_hash, &sha256.to_ascii_lowercase())
    }

    /// Approvals of what is published at this address.
    pub fn by_url(&self, url: &str) -> Vec<&Approval> {
        self.at(&self.index.by_url, &fold_url(url))
    }

    /// Approvals of this partner.
    pub fn of_partner<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Approval> {
        self.list.iter().filter(move |a| a.partner.as_ref().is_some_and(|p| p.value.eq_ignore_ascii_case(id)))
    }

    /// The approval whose recorded words are closest to a text, and how they differ.
    pub fn closest(&self, text: &str) -> Option<(&Approval, Difference)> {
        let all = self.list.iter().filter_map(|a| Some((a, a.difference(text)?)));
        all.reduce(|best, x| if x.1.similarity > best.1.similarity { x } else { best })
    }

    fn at(&self, map: &HashMap<String, Vec<usize>>, key: &str) -> Vec<&Approval> {
        map.get(key).into_iter().flatten().filter_map(|n| self.list.get(*n)).collect()
    }
}

fn approval(node: &Node, r: &mut Reader) -> Option<Approval> {
    let id = r.required(node, "id")?;
    let status = r.text(node, "status").and_then(|f| Some(Fact::new(Status::from_name(&f.value)?, f.span)))?;
    let kind = r.text(node, "kind").and_then(|f| Some(Fact::new(ApprovalKind::from_name(&f.value)?, f.span)));
    let (requested_on, decided_on, expires_on) = (r.day(node, "requested_on"), r.day(node, "decided_on"), r.day(node, "expires_on"));
    r.in_order(("requested_on", &requested_on), ("decided_on", &decided_on));
    r.in_order(("decided_on", &decided_on), ("expires_on", &expires_on));
    if decided_on.is_unknown() {
        r.in_order(("requested_on", &requested_on), ("expires_on", &expires_on));
    }
    if let (State::Is(day), Status::Requested) = (&decided_on, status.value) {
        r.fault(day.span, "a request that is not answered has no day of decision", "write its `status`, or take `decided_on` out");
    }
    let content = node.get("content");
    let of = |r: &mut Reader, key: &str| content.map(|c| r.list(c, key).items().to_vec()).unwrap_or_default();
    let mut sha256 = of(r, "sha256");
    for h in &mut sha256 {
        h.value.make_ascii_lowercase();
        if h.value.len() != 64 || !h.value.bytes().all(|b| b.is_ascii_hexdigit()) {
            r.fault(
                h.span,
                "this is no SHA-256, which has 64 digits from 0 to f",
                "`promolint approve FILE` writes it; `sha256sum FILE` prints one",
            );
        }
    }
    Some(Approval {
        id,
        partner: r.text(node, "partner"),
        entity: r.text(node, "entity"),
        kind,
        status,
        requested_on,
        decided_on,
        approver: r.text(node, "approver"),
        expires_on,
        channels: r.list(node, "channels"),
        locales: r.list(node, "locales"),
        sha256,
        urls: of(r, "url"),
        texts: of(r, "text"),
        paths: of(r, "path"),
        notes: r.text(node, "notes"),
        span: node.span,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Approvals, Broken> {
        Approvals::read("approvals.yaml", text.as_bytes().to_vec())
    }

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn found_by_hash_address_and_words() {
        let hash = text_sha256("We are here.");
        let text = format!(
            "approvals:\n  - id: a\n    status: approved\n    decided_on: 2026-01-01\n    expires_on: 2026-12-31\n    content: {{sha256: {}, url: 'https://acme.example/a'}}\n  - {{id: b, status: requested, content: {{text: We are a gold partner.}}}}\n  - {{id: c, status: approved, expires_on: never}}\n",
            hash.to_uppercase()
        );
        let r = read(&text).expect("a register");
        let ids = |list: Vec<&Approval>| list.iter().map(|a| a.id.value.clone()).collect::<Vec<_>>().join(" ");
        assert_eq!(ids(r.by_hash(&hash)), "a");
        assert_eq!(ids(r.by_url("http://www.acme.example/a/?utm_source=x")), "a");
        assert_eq!(ids(r.by_hash(&text_sha256("We  are a gold partner."))), "b", "words stand for their hash");
        let (near, d) = r.closest("We are a diamond partner.").expect("words are recorded");
        assert_eq!((near.id.value.as_str(), d.short().as_str()), ("b", "“gold” → “diamond”"));
        let a = r.by_id("A").expect("by id");
        assert_eq!(a.standing(day("2026-12-31")), Standing::Valid);
        assert_eq!(a.standing(day("2027-01-01")), Standing::Expired(day("2026-12-31")));
        assert_eq!(a.standing(day("2025-12-31")), Standing::NotYet(day("2026-01-01")));
        assert_eq!(r.by_id("b").map(|b| b.standing(day("2026-01-01"))), Some(Standing::Pending));
        assert!(r.by_id("c").is_some_and(|c| c.expires_on.is_absent() && c.channels.is_unknown()));
        assert!(!r.is_complete());
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        let entry = |keys: &str| format!("approvals:\n  - id: a\n    status: approved\n    {keys}\n");
        let order = "one of the two days is wrong";
        for (text, at, help) in [
            (entry("decided_on: 2026-01-02\n    expires_on: 2026-01-01"), "2026-01-01", order),
            (entry("requested_on: 2026-01-02\n    decided_on: 2026-01-01"), "2026-01-01", order),
            (entry("requested_on: 2026-01-02\n    expires_on: 2026-01-01"), "2026-01-01", order),
            (entry("expires_on: soon"), "soon", "write YYYY-MM-DD"),
            (entry("decided_on: never"), "never", "write YYYY-MM-DD"),
            (entry("kind: pres"), "pres", "did you mean `press`?"),
            (entry("content: {sha256: abc}"), "abc", "`promolint approve FILE` writes it; `sha256sum FILE` prints one"),
            (entry("chanels: [x]"), "chanels", "did you mean `channels`?"),
            ("approvals:\n  - {id: a, status: aproved}\n".into(), "aproved", "did you mean `approved`?"),
            (
                "approvals:\n  - {id: a, status: requested, decided_on: 2026-01-01}\n".into(),
                "2026-01-01",
                "write its `status`, or take `decided_on` out",
            ),
            (
                "approvals:\n  - {id: a, status: requested}\n  - {id: a, status: requested}\n".into(),
                "a",
                "give one of them another id, or merge them",
            ),
        ] {
            let broken = read(&text).expect_err(&text);
            let f = &broken.faults[0];
            assert_eq!((&broken.source.text()[f.span.range()], f.help.as_str()), (at, help), "{}", f.message);
        }
        assert!(read("# nothing yet\n").is_ok_and(|r| r.is_empty()));
        assert!(read("\u{FEFF}# nothing yet").is_ok_and(|r| r.is_empty()) && read("").is_ok_and(|r| r.is_empty()));
        assert!(read("# noth\u{1}ing").is_err_and(|b| b.source.text()[b.faults[0].span.range()] == *"\u{1}"));
    }
}
