//! Content that needs an approval, held against the register of approvals: the nearest approval, and why it does not hold.

use super::context::tell_language;
use super::{Hit, Subject, lexical};
use crate::document::{Kind, Lang};
use crate::facts::content::{Difference, content_sha256, normal_text, source_sha256, visible_text};
use crate::facts::names::{fold_name, host};
use crate::facts::{Approval, ApprovalKind, Approvals, Day, Standing, channels};
use crate::finding::Location;
use crate::pack::LazyRegex;
use crate::pack::model::{ApprovalMatcher, ApprovalStanding, ApprovalStatus};
use crate::source::Span;

/// Fields in which content names its approval.
const ID_FIELDS: [&str; 3] = ["approval", "approval_id", "approval id"];
/// Fields in which content names its channel.
const CHANNEL_FIELDS: [&str; 3] = ["channel", "network", "platform"];
/// Links in which a page names its own address.
const OWN_ADDRESS: [&str; 2] = ["link[canonical]", "meta[og:url]"];
/// Fields in which a record or front matter names the content's own address.
const OWN_FIELDS: [&str; 4] = ["url", "canonical", "canonical_url", "permalink"];
/// What was refused or has ended says something of changed words only if they are nearly the same.
const NEARLY: f64 = 0.9;
/// How much of a text is read to tell its language, bytes.
const LANGUAGE_SAMPLE: usize = 2000;

/// Whether content is what an approval was given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Same {
    Yes,
    No,
    /// The approval keeps nothing that would tell.
    Unknown,
}

/// An approval that may be that of the content.
#[derive(Debug)]
struct Candidate<'a> {
    approval: &'a Approval,
    same: Same,
    /// What changed, where the words are on record.
    difference: Option<Difference>,
    /// Found by its id, address or file, not by words alone.
    named: bool,
}

/// What the register has on a document; looked up once for all rules.
#[derive(Debug, Default)]
pub struct LookedUp<'a> {
    list: Vec<Candidate<'a>>,
    text: String,
    /// The content names an approval, whether or not there is a register.
    names_one: bool,
}

/// Why an approval does not hold: the status, what is responsible in the register, and words.
struct Verdict {
    status: ApprovalStatus,
    at: Option<Span>,
    label: String,
    values: Vec<(&'static str, String)>,
}

/// One hit without a place of its own, if the content's status is one of the matcher's.
pub(super) fn find(subject: &Subject, m: &ApprovalMatcher) -> Vec<Hit> {
    let found = subject.approval.get_or_init(|| look_up(subject));
    let Some(approvals) = subject.facts.approvals.as_ref() else {
        // Whether the approval that it names holds, nobody can tell.
        if found.names_one {
            subject.want("approvals");
        }
        let fits = !found.names_one && m.status.contains(&ApprovalStatus::Unregistered);
        return if fits { vec![Hit::default()] } else { Vec::new() };
    };
    if let Some(kind) = m.kind {
        let holds = approvals.iter().any(|a| is_of_kind(subject, found, a, kind));
        let status = if holds { ApprovalStatus::Valid } else { ApprovalStatus::Missing };
        return if m.status.contains(&status) { vec![Hit::default()] } else { Vec::new() };
    }
    // Of two of one rank the one that holds longer.
    let mut best: Option<(Rank, Verdict, &Candidate)> = None;
    for c in &found.list {
        let Some(v) = judge(subject, c, m) else { continue };
        let rank = (u8::from(c.same == Same::Yes) * 10 + rank(v.status), c.approval.expires_on.value().copied());
        if best.as_ref().is_none_or(|(r, _, _)| rank >= *r) {
            best = Some((rank, v, c));
        }
    }
    let (verdict, candidate) = match best {
        Some((_, v, c)) => (v, Some(c)),
        None => (missing(approvals), None),
    };
    if !m.status.contains(&verdict.status) {
        subject.aside("approval", || format!("the approval of the content is {:?}", verdict.status).to_lowercase());
        return Vec::new();
    }
    if let Some(wanted) = m.slight {
        let slight = candidate.and_then(|c| Some((c, c.difference.as_ref()?))).is_some_and(|(c, d)| is_slight(m, c, d, &found.text));
        if slight != wanted {
            return Vec::new();
        }
    }
    let mut values = verdict.values;
    values.push(("register", approvals.source().name().to_owned()));
    let evidence: Vec<Location> = verdict.at.map(|s| approvals.place(s).location(verdict.label)).into_iter().collect();
    vec![Hit { values, evidence, ..Hit::default() }]
}

/// Whether an approval of this kind, or of none, holds for the content or for words that stand in it.
fn is_of_kind(subject: &Subject, found: &LookedUp, a: &Approval, kind: ApprovalKind) -> bool {
    if a.kind.as_ref().is_some_and(|k| k.value != kind) || a.standing(subject.facts.today) != Standing::Valid {
        return false;
    }
    let plain = |t: &str| normal_text(t).trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let stands = |t: &str| Some(plain(t)).is_some_and(|t| !t.is_empty() && plain(&found.text).contains(&t));
    found.list.iter().any(|c| std::ptr::eq(c.approval, a) && c.same != Same::No)
        || (a.kind.is_some() && a.texts.iter().any(|t| stands(&t.value)))
}

/// What the register has on a picture: an approval of the file itself, by its hash or path, or of the content that shows it. `None` where the
/// content names an approval and there is no register to look it up in.
pub(super) fn of_picture(
    subject: &Subject,
    kind: Option<ApprovalKind>,
    sha256: Option<&str>,
    file: Option<&str>,
) -> Option<ApprovalStanding> {
    let found = subject.approval.get_or_init(|| look_up(subject));
    let Some(approvals) = subject.facts.approvals.as_ref() else {
        if found.names_one {
            subject.want("approvals");
            return None;
        }
        return Some(ApprovalStanding::Unregistered);
    };
    let folder = approvals.source().name().rsplit_once('/').map_or("", |(f, _)| f);
    let is_file = |a: &Approval| {
        let here = file.map(path_of);
        let by_path = here.is_some_and(|here| a.paths.iter().any(|p| path_of(&format!("{folder}/{}", p.value)) == here));
        // The file that was approved may have been another one under this name.
        let by_hash = sha256.is_some_and(|h| a.has_hash(h));
        by_hash || by_path && a.sha256.is_empty()
    };
    let of_kind = |a: &Approval| kind.is_none_or(|kind| a.kind.as_ref().is_none_or(|k| k.value == kind));
    let holds = approvals.iter().filter(|a| of_kind(a)).any(|a| {
        let shown = found.list.iter().any(|c| std::ptr::eq(c.approval, a) && c.named && c.same != Same::No);
        a.standing(subject.facts.today) == Standing::Valid && (is_file(a) || shown) && of_others(subject, a).is_none()
    });
    Some(if holds { ApprovalStanding::Valid } else { ApprovalStanding::Missing })
}

/// How close to holding an approval is, and until when it holds.
type Rank = (u8, Option<Day>);

/// Of several approvals that do not hold, the one closest to holding is told.
fn rank(status: ApprovalStatus) -> u8 {
    match status {
        ApprovalStatus::Valid => 30,
        ApprovalStatus::Scope => 7,
        ApprovalStatus::Expired => 6,
        ApprovalStatus::Pending => 5,
        ApprovalStatus::Changed => 4,
        ApprovalStatus::Rejected => 3,
        ApprovalStatus::Withdrawn => 2,
        ApprovalStatus::Missing | ApprovalStatus::Unregistered => 0,
    }
}

fn missing(approvals: &Approvals) -> Verdict {
    let at = approvals.complete_place().map(|p| p.span).or_else(|| {
        let at = approvals.source().text().find("approvals:")?;
        Some(Span::new(at, at + "approvals:".len()))
    });
    let whole = if approvals.is_complete() { "it says that it is complete" } else { "it does not say whether it is complete" };
    Verdict {
        status: ApprovalStatus::Missing,
        at,
        label: "no approval of this content is listed here".to_owned(),
        values: vec![("complete", whole.to_owned())],
    }
}

fn look_up<'a>(subject: &Subject<'a>) -> LookedUp<'a> {
    let doc = subject.document;
    let field = |names: &'static [&str]| doc.fields.iter().filter(move |f| is_one(&f.name, names) && !f.value.trim().is_empty());
    let ids: Vec<&str> = field(&ID_FIELDS).map(|f| f.value.trim()).collect();
    let names_one = !ids.is_empty();
    let Some(approvals) = subject.facts.approvals.as_ref() else { return LookedUp { names_one, ..LookedUp::default() } };
    let text = visible_text(doc);
    let hash = content_sha256(doc);
    let file = if subject.record.is_none() { source_sha256(subject.source) } else { None };
    let has_hash = |a: &Approval| a.has_hash(&hash) || file.as_deref().is_some_and(|f| a.has_hash(f));
    let mut list: Vec<Candidate<'a>> = Vec::new();
    let add = |list: &mut Vec<Candidate<'a>>, approval: &'a Approval, same: Option<Same>| {
        if list.iter().any(|c| std::ptr::eq(c.approval, approval)) {
            return;
        }
        let difference = if same == Some(Same::Yes) { None } else { approval.difference(&text) };
        let told = || match &difference {
            _ if has_hash(approval) => Same::Yes,
            Some(d) if d.changes.is_empty() => Same::Yes,
            Some(_) => Same::No,
            None if approval.sha256.is_empty() => Same::Unknown,
            None => Same::No,
        };
        let same = same.unwrap_or_else(told);
        list.push(Candidate { approval, same, difference, named: true });
    };
    for a in approvals.by_hash(&hash).into_iter().chain(file.iter().flat_map(|f| approvals.by_hash(f))) {
        add(&mut list, a, Some(Same::Yes));
    }
    for a in ids.iter().filter_map(|id| approvals.by_id(id)) {
        add(&mut list, a, None);
    }
    if subject.record.is_none() {
        let here = path_of(subject.source.name());
        let folder = approvals.source().name().rsplit_once('/').map_or("", |(f, _)| f);
        for a in approvals.iter().filter(|a| a.paths.iter().any(|p| path_of(&format!("{folder}/{}", p.value)) == here)) {
            add(&mut list, a, None);
        }
    }
    for address in own_addresses(subject) {
        for a in approvals.by_url(address) {
            let before = list.len();
            add(&mut list, a, None);
            // Many ads lead to one page: its address alone does not tell which of them was approved.
            if subject.record.is_some()
                && let Some(c) = list.get_mut(before)
            {
                c.named = c.same != Same::No;
            }
        }
    }
    if !list.iter().any(|c| c.same == Same::Yes) {
        let known = subject.speaker().and_then(|s| s.known).map(|p| p.id.value.as_str());
        let length = normal_text(&text).len();
        // Words of another firm are no earlier form of these; nor are texts of another length altogether.
        let may = |a: &&'a Approval| {
            let other = a.partner.as_ref().zip(known).is_some_and(|(p, k)| !p.value.eq_ignore_ascii_case(k));
            let near = a.texts.iter().any(|t| t.value.len().min(length) * 4 >= t.value.len().max(length));
            !other && near
        };
        for a in approvals.iter().filter(may) {
            let before = list.len();
            add(&mut list, a, None);
            if let Some(c) = list.get_mut(before) {
                c.named = false;
            }
        }
    }
    LookedUp { list, text, names_one }
}

/// What an approval is worth for this content; `None` if it is that of another one.
fn judge(subject: &Subject, c: &Candidate, m: &ApprovalMatcher) -> Option<Verdict> {
    let a = c.approval;
    let similarity = c.difference.as_ref().map(|d| d.similarity);
    // By its id, address or file it is the approval of this content, however much of that changed.
    if c.same == Same::No && !c.named && similarity.is_none_or(|s| s < m.similar) {
        return None;
    }
    let mut values = vec![("approval", a.id.value.clone()), ("status", a.status.value.to_string())];
    let verdict = |status, at, label: String, values| Some(Verdict { status, at: Some(at), label, values });
    // Of changed words, what became of the others says little.
    let far = c.same == Same::No && !c.named && similarity.is_none_or(|s| s < NEARLY);
    let standing = a.standing(subject.facts.today);
    match standing {
        Standing::Valid => {}
        _ if far => return None,
        Standing::Pending => return verdict(ApprovalStatus::Pending, a.status.span, "the request is not decided".into(), values),
        Standing::Rejected => return verdict(ApprovalStatus::Rejected, a.status.span, "the request was refused".into(), values),
        Standing::Withdrawn => return verdict(ApprovalStatus::Withdrawn, a.status.span, "the request was taken back".into(), values),
        Standing::NotYet(day) => {
            values.push(("day", day.to_string()));
            let at = a.decided_on.span().unwrap_or(a.status.span);
            return verdict(ApprovalStatus::Pending, at, format!("approved from {day} on"), values);
        }
        Standing::Expired(day) => {
            values.push(("reason", format!("ended on {day}")));
            values.push(("day", day.to_string()));
            return verdict(ApprovalStatus::Expired, a.expires_on.span().unwrap_or(a.span), format!("its last day was {day}"), values);
        }
    }
    if let Some((at, reason, label)) = out_of_scope(subject, a) {
        values.push(("reason", reason));
        return verdict(ApprovalStatus::Scope, at, label, values);
    }
    if c.same == Same::No {
        let at = a.texts.first().or(a.sha256.first()).map_or(a.id.span, |f| f.span);
        let (similar, change) = match &c.difference {
            Some(d) => (format!("{:.0} %", (d.similarity * 100.0).floor()), d.short()),
            None => {
                ("unknown: the register keeps a hash, not the words".into(), "not known: the register keeps a hash, not the words".into())
            }
        };
        values.push(("similarity", similar));
        values.push(("change", change));
        return verdict(ApprovalStatus::Changed, at, "this is what was approved".into(), values);
    }
    verdict(ApprovalStatus::Valid, a.span, String::new(), values)
}

/// In what way an approval is for something else: the place that says so, a clause, a label.
fn out_of_scope(subject: &Subject, a: &Approval) -> Option<(Span, String, String)> {
    let wanted = match subject.kind {
        Kind::Press => Some(ApprovalKind::Press),
        Kind::Ad => Some(ApprovalKind::Ad),
        _ => None,
    };
    if let Some((is, wanted)) = a.kind.as_ref().zip(wanted).filter(|(k, w)| k.value != *w) {
        let label = format!("given to this kind: {}", is.value.name());
        return Some((
            is.span,
            format!("is for content of the kind `{}`, and this is of the kind `{}`", is.value.name(), wanted.name()),
            label,
        ));
    }
    of_others(subject, a)
}

/// The same for firm, channel and language.
fn of_others(subject: &Subject, a: &Approval) -> Option<(Span, String, String)> {
    let known = subject.speaker().and_then(|s| s.known);
    if let Some((p, known)) = a.partner.as_ref().zip(known)
        && !p.value.eq_ignore_ascii_case(&known.id.value)
        && !known.ids.iter().any(|i| i.value.eq_ignore_ascii_case(&p.value))
    {
        return Some((
            p.span,
            format!("was given to `{}`, and `{}` is speaking", p.value, known.id.value),
            "given to another partner".into(),
        ));
    }
    if let (Some(entity), Some(speaker)) = (&a.entity, subject.speaker())
        && is_other_entity(&entity.value, &speaker.names().collect::<Vec<_>>(), a.partner.is_some())
    {
        let who = speaker.names().next().unwrap_or("another firm");
        return Some((
            entity.span,
            format!("was given to {}, and {who} is speaking", entity.value),
            "given to another legal entity".into(),
        ));
    }
    if let (Some(span), Some(here)) = (a.channels.span(), channel(subject)) {
        let allowed: Vec<Option<&str>> = a.channels.items().iter().map(|c| channels::named(&c.value)).collect();
        // A channel nobody described may be this one.
        if !allowed.is_empty() && allowed.iter().all(|c| c.is_some_and(|c| c != here)) {
            let list = a.channels.items().iter().map(|c| c.value.as_str()).collect::<Vec<_>>().join(", ");
            return Some((span, format!("is for the channel {list}, and this is for {here}"), "the channels it is for".into()));
        }
    }
    if let (Some(span), Some(here)) = (a.locales.span(), locale(subject)) {
        let allowed: Vec<Option<Lang>> = a.locales.items().iter().map(|l| language_of(&l.value)).collect();
        if !allowed.is_empty() && allowed.iter().all(|l| l.is_some_and(|l| l != here)) {
            let list = a.locales.items().iter().map(|c| c.value.as_str()).collect::<Vec<_>>().join(", ");
            return Some((
                span,
                format!("is for the language {list}, and this is in `{}`", here.as_str()),
                "the languages it is for".into(),
            ));
        }
    }
    None
}

/// Whether an entity is certainly none of these names. A register that gives a firm's name without its legal form does not tell.
fn is_other_entity(entity: &str, names: &[&str], partner_known: bool) -> bool {
    let plain = |s: &str| {
        let dropped: String = s.to_lowercase().chars().filter(|c| !matches!(c, '.' | ',')).collect();
        dropped.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let legal = |s: &str| fold_name(s).split(' ').count() < plain(s).split(' ').count();
    if names.is_empty() || names.iter().any(|n| plain(n) == plain(entity)) {
        return false;
    }
    let same = names.iter().any(|n| fold_name(n) == fold_name(entity));
    match (same, names.iter().any(|n| legal(n))) {
        (true, told) => told && legal(entity) && names.iter().all(|n| fold_name(n) != fold_name(entity) || legal(n)),
        (false, told) => told || !partner_known,
    }
}

/// Where the content appears, if it says so: by a field, by the export it stands in, by its own address.
fn channel(subject: &Subject) -> Option<&'static str> {
    let doc = subject.document;
    let told = doc.fields.iter().filter(|f| is_one(&f.name, &CHANNEL_FIELDS)).find_map(|f| channels::named(&f.value));
    let by_form = || doc.records.iter().find_map(|r| channels::all().iter().find(|c| c.forms.contains(&r.form.as_str()))).map(|c| c.name);
    let by_host = || {
        let said = doc.links.iter().filter(|l| OWN_ADDRESS.contains(&l.holder.as_str())).map(|l| l.target.as_str());
        let mut own = said.chain(subject.source.url()).filter_map(host).peekable();
        own.peek()?;
        let wire = own.find_map(|h| {
            let is = |c: &&channels::Channel| c.hosts.iter().any(|x| h == *x || h.strip_suffix(x).is_some_and(|r| r.ends_with('.')));
            channels::all().iter().find(is)
        });
        // A page with an address of its own stands on a web site.
        Some(wire.map_or("website", |c| c.name))
    };
    told.or_else(by_form).or_else(by_host)
}

/// The language of the content, if it is sure.
fn locale(subject: &Subject) -> Option<Lang> {
    let doc = subject.document;
    let said = doc.fields.iter().filter(|f| is_one(&f.name, &["locale", "lang", "language"])).find_map(|f| language_of(&f.value));
    let text = visible_text(doc);
    said.or_else(|| tell_language(&text[..lexical::floor(&text, LANGUAGE_SAMPLE)])).or(doc.lang)
}

/// `en` and `en-GB` are languages; `US` is a market, in which any may be spoken.
fn language_of(word: &str) -> Option<Lang> {
    let primary = word.trim().split(['-', '_']).next()?;
    if primary.len() == 2 && primary.bytes().all(|b| b.is_ascii_lowercase()) { Lang::from_tag(primary) } else { None }
}

fn own_addresses<'s>(subject: &'s Subject) -> impl Iterator<Item = &'s str> {
    let doc = subject.document;
    let links = doc.links.iter().filter(|l| OWN_ADDRESS.contains(&l.holder.as_str())).map(|l| l.target.as_str());
    let fields = doc.fields.iter().filter(|f| is_one(&f.name, &OWN_FIELDS) && f.value.contains('.')).map(|f| f.value.as_str());
    subject.source.url().into_iter().chain(links).chain(fields)
}

/// A path with `.` and `..` worked out.
fn path_of(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if out.last().is_some_and(|p| *p != "..") => {
                out.pop();
            }
            p => out.push(p),
        }
    }
    out.join("/")
}

fn is_one(name: &str, names: &[&str]) -> bool {
    names.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// Whether the words that differ are slips of the pen, or lie in stretches that may differ.
fn is_slight(m: &ApprovalMatcher, c: &Candidate, d: &Difference, text: &str) -> bool {
    let without = |t: &str| m.ignore.as_ref().map(|r| blank(r, &normal_text(t)));
    let rest = c.approval.texts.iter().filter_map(|t| Some(crate::facts::content::difference(&without(&t.value)?, &without(text)?)));
    let best = rest.reduce(|a, b| if b.similarity > a.similarity { b } else { a });
    let d = best.as_ref().unwrap_or(d);
    d.changes.iter().all(|change| {
        let (old, new): (Vec<&str>, Vec<&str>) = (change.old.split_whitespace().collect(), change.new.split_whitespace().collect());
        old.len() == new.len() && old.iter().zip(&new).all(|(a, b)| is_slip(a, b))
    })
}

/// A word of some length with one or two letters wrong; a sign more or less. Numbers are never slips.
fn is_slip(a: &str, b: &str) -> bool {
    let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (x, y) = (letters(a), letters(b));
    if x == y {
        return true;
    }
    let long = x.chars().count().min(y.chars().count());
    let digits = |s: &str| s.chars().any(|c| c.is_ascii_digit());
    // Names and first words of sentences that change are other names.
    let lower = |s: &str| s.chars().all(char::is_lowercase);
    !digits(&x) && !digits(&y) && lower(&x) && lower(&y) && long >= 6 && strsim::damerau_levenshtein(&x, &y) <= 1 + usize::from(long >= 10)
}

fn blank(r: &LazyRegex, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for found in r.find_iter(text) {
        out.push_str(&text[at..found.start]);
        out.push('#');
        at = found.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_another_one_only_if_the_register_tells() {
        for (entity, names, partner, other) in [
            ("Acme Ltd", &["Acme GmbH"][..], true, true),
            ("Acme GmbH", &["Acme GmbH"], true, false),
            ("ACME G.m.b.H.", &["Acme GmbH"], true, false),
            // Its legal form is not on record.
            ("Acme Ltd", &["Acme"], true, false),
            ("Acme Ltd", &["Acme", "Acme GmbH"], true, false),
            ("Other Ltd", &["Acme"], false, true),
            ("Other Ltd", &["Acme"], true, false),
            ("Other Ltd", &["Acme GmbH"], true, true),
        ] {
            assert_eq!(is_other_entity(entity, names, partner), other, "{entity} {names:?}");
        }
    }

    #[test]
    fn slips_paths_channels_languages() {
        for (a, b, slip) in [
            ("partnr", "partner", true),
            ("partnrs", "partners", true),
            ("partners", "partners,", true),
            ("diamond", "platinum", false),
            ("2026", "2027", false),
            ("Brightpath", "Brightpeth", false),
            ("gold", "bold", false),
        ] {
            assert_eq!(is_slip(a, b), slip || a == b, "{a} {b}");
        }
        assert_eq!(path_of("./registers/../press/spring.md"), "press/spring.md");
        assert_eq!(path_of("../x"), "../x");
        assert_eq!(
            (channels::named("Google-Ads"), channels::named("search"), channels::named("fax")),
            (Some("google ads"), Some("google ads"), None)
        );
        assert_eq!((language_of("en-GB"), language_of("US"), language_of("DACH")), (Lang::from_tag("en"), None, None));
    }
}
