//! From `partners.yaml` to firms.

use super::model::{AwardOf, Office, Offices, Partner, Since};
use super::scan::Scan;
use crate::facts::forms::{PARTNER, PARTNERS};
use crate::facts::kind::Head;
use crate::facts::reader::Reader;
use crate::facts::value::{Fact, List, State};
use crate::facts::{Day, Works, names};
use crate::source::Span;
use crate::yaml::shape::{self, Shape};
use crate::yaml::{self, Fault, Node, Value};

/// The register's own keys, which stand before and after its firms. `None` where they cannot be read by themselves.
pub(super) fn head(text: &str, scan: &Scan, r: &mut Reader) -> Option<Head> {
    let mut before = yaml::parse(text.get(scan.head.range())?).ok()?;
    let after = yaml::parse(text.get(scan.tail.range())?).ok()?.shifted(scan.tail.start);
    let Value::Map(mut entries) = before.value.clone() else { return None };
    match after.value {
        Value::Map(more) => entries.extend(more),
        Value::Null => {}
        _ => return None,
    }
    entries.retain(|(k, v)| k.as_str() != Some("partners") || !matches!(v.value, Value::Null));
    for (k, v) in &entries {
        let name = k.scalar_text().unwrap_or_default();
        let key = PARTNERS.keys.iter().find(|x| x.name == name && name != "partners")?;
        shape::check(v, &key.shape, &format!("`{name}`"), &mut r.faults);
    }
    before.value = Value::Map(entries);
    Some(Head::read(&before, r))
}

/// One entry of the list, from its own lines.
pub(super) fn item(text: &str, span: Span, r: &mut Reader) -> Option<Partner> {
    let list = match yaml::parse(text.get(span.range())?) {
        Ok(list) => list.shifted(span.start),
        Err(e) => {
            let at = e.span.shifted(span.start);
            r.faults.push(Fault::new(at, e.message, "this entry is not YAML as it stands"));
            return None;
        }
    };
    let node = list.as_seq()?.first()?;
    shape::check(node, &Shape::Object(&PARTNER), "a partner", &mut r.faults);
    if r.faults.is_empty() { partner(node, r) } else { None }
}

/// A firm from its node, which has the right form.
pub(super) fn partner(node: &Node, r: &mut Reader) -> Option<Partner> {
    let (id, name) = (r.required(node, "id")?, r.required(node, "name")?);
    let mut p = Partner::new(id, name, node.span, 0);
    p.aliases = r.list(node, "aliases").items().to_vec();
    p.ids = r.list(node, "ids").items().to_vec();
    p.handles = r.list(node, "handles").items().to_vec();
    p.phones = r.list(node, "phones").items().to_vec();
    p.domains = r.list(node, "domains");
    for d in p.domains.items() {
        if names::host(&d.value).is_none() {
            r.fault(d.span, format!("`{}` is no domain", d.value), "write it as in `acme.example`");
        }
    }
    p.membership = r.membership(node, "membership");
    p.tier = r.tier(node, "tier");
    p.tier_since = since(r, node, "tier_since");
    p.partner_since = since(r, node, "partner_since");
    p.accreditations = r.list(node, "accreditations");
    p.certifications = r.list(node, "certifications");
    p.certification_count = r.count(node, "certification_count");
    p.review_count = r.count(node, "review_count");
    p.rating = r.rating(node, "rating");
    p.employees = r.count(node, "employees");
    p.founded = r.count(node, "founded");
    p.works_with_breeze = r.flag(node, "works_with_breeze");
    p.exclusive = r.flag(node, "exclusive");
    p.awards = r.list_of(node, "awards", |r, n| {
        let year = r.number(n, "year").value().map(|y| *y as i16);
        Some(AwardOf { name: r.required(n, "name")?.value, year, level: r.text(n, "level").map(|f| f.value) })
    });
    p.works = r.list_of(node, "works", |_, n| Some(if n.as_str()? == "remote" { Works::Remote } else { Works::Physical }));
    if let Some(n) = node.get("offices") {
        p.offices = offices(n, r);
    }
    for list in r.list(node, "partial").items() {
        match list.value.as_str() {
            "accreditations" => p.accreditations.open(),
            "certifications" => p.certifications.open(),
            "awards" => p.awards.open(),
            "domains" => p.domains.open(),
            _ => [
                &mut p.offices.physical,
                &mut p.offices.remote,
                &mut p.offices.served,
                &mut p.offices.virtual_,
                &mut p.offices.mail,
                &mut p.offices.unsorted,
            ]
            .into_iter()
            .for_each(List::open),
        }
    }
    if let (State::Is(m), State::Is(t)) = (&p.membership, &p.tier)
        && p.is_member() == Some(false)
    {
        r.fault(t.span, format!("a `{}` is no member and has no tier", m.value), "one of `membership` and `tier` is wrong");
    }
    Some(p)
}

fn offices(n: &Node, r: &mut Reader) -> Offices {
    let mut o = Offices {
        head: State::Unknown,
        physical: r.list_of(n, "physical", |r, n| office(n, r)),
        remote: r.list_of(n, "remote", |r, n| office(n, r)),
        served: r.list_of(n, "served", |r, n| office(n, r)),
        virtual_: r.list_of(n, "virtual", |r, n| office(n, r)),
        mail: r.list_of(n, "mail", |r, n| office(n, r)),
        unsorted: r.list_of(n, "unsorted", |r, n| office(n, r)),
    };
    // Some place without a name may be any: then the list is not all there is.
    o.unsorted.open();
    if let Some(h) = n.get("head")
        && let Some(place) = office(h, r)
    {
        o.head = State::Is(Fact::new(place, h.span));
    }
    o
}

fn office(n: &Node, r: &mut Reader) -> Option<Office> {
    let text = |r: &Reader, key: &str| r.text(n, key).filter(|f| !f.value.is_empty());
    let office = Office {
        city: text(r, "city"),
        region: text(r, "region"),
        street: text(r, "street"),
        postcode: text(r, "postcode"),
        country: r.country(n, "country"),
    };
    if office.is_empty() && n.get("country").is_none() {
        r.fault(n.span, "a place without city, region or country", "say where it is, or leave it out");
        return None;
    }
    Some(office)
}

/// A year, or a day.
fn since(r: &mut Reader, node: &Node, key: &str) -> State<Since> {
    let Some(f) = r.text(node, key) else { return State::Unknown };
    let day = Day::parse(&f.value);
    let year = f.value.parse::<i16>().ok().filter(|y| (1800..=2200).contains(y));
    match (day, year) {
        (Some(day), _) => State::Is(Fact::new(Since { year: day.year(), day: Some(day) }, f.span)),
        (None, Some(year)) => State::Is(Fact::new(Since { year, day: None }, f.span)),
        (None, None) => {
            r.fault(f.span, format!("`{}` is neither a day nor a year", f.value), "write YYYY-MM-DD or YYYY");
            State::Unknown
        }
    }
}
