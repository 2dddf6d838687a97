//! Addresses: schemes, hosts, registrable domains, look-alikes.

use super::{Hit, Subject};
use crate::pack::model::LinkMatcher;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Shorter names are one edit away from too much.
const MIN_LOOKALIKE: usize = 6;

/// Hosts of a document that were taken apart.
#[derive(Debug, Default)]
pub struct HostCache {
    by_host: RefCell<HashMap<String, Rc<Host>>>,
}

/// A host's parts.
#[derive(Debug, Default, PartialEq)]
pub struct Host {
    /// In Unicode, lower case.
    pub name: String,
    /// The registrable domain, or the whole host where there is none.
    pub domain: String,
    /// The registrable domain's own label, look-alike letters and digits folded, hyphens removed.
    pub label: String,
    /// The labels before the registrable domain, folded the same way.
    pub sub: Vec<String>,
}

impl Host {
    /// Takes a host apart; `None` for what is no host name (an IP address, an invalid one).
    pub fn parse(host: &str) -> Option<Host> {
        let host = host.trim_end_matches('.');
        let (name, ascii) = if is_plain(host) {
            (host.to_ascii_lowercase(), host.to_ascii_lowercase())
        } else {
            let (name, result) = idna::domain_to_unicode(host);
            if result.is_err() || name.is_empty() || name.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') {
                return None;
            }
            let name = name.to_lowercase();
            let ascii = idna::domain_to_ascii(&name).ok()?;
            (name, ascii)
        };
        // Reserved names have no public suffix; their last label is taken for one.
        let domain_ascii = psl::domain_str(&ascii).unwrap_or(&ascii);
        let labels = domain_ascii.split('.').count();
        let all: Vec<&str> = name.split('.').collect();
        let split = all.len().saturating_sub(labels);
        let domain = all.get(split..).unwrap_or_default().join(".");
        let label = all.get(split).copied().unwrap_or_default();
        Some(Host { label: fold(label), sub: all[..split].iter().map(|l| fold(l)).collect(), domain, name })
    }
}

/// Whether a host is letters, digits and hyphens of ASCII that mean themselves, and no address in numbers.
fn is_plain(host: &str) -> bool {
    let plain = |label: &str| {
        let first_last = label.bytes().next().zip(label.bytes().next_back());
        first_last.is_some_and(|(a, b)| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric())
            && label.len() < 64
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && label.as_bytes().get(2..4) != Some(b"--")
    };
    host.split('.').all(plain) && host.rsplit('.').next().is_some_and(|l| l.bytes().any(|b| b.is_ascii_alphabetic()))
}

/// A label with letters of other scripts that look like Latin ones, and digits that look like letters, turned into those; hyphens removed.
pub fn fold(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    if label.bytes().all(is_folded) {
        out.push_str(label);
        return out;
    }
    for c in label.to_lowercase().chars() {
        match c {
            '-' | '_' => {}
            '0' => out.push('o'),
            '1' => out.push('l'),
            '3' => out.push('e'),
            '5' => out.push('s'),
            'a'..='z' | '2' | '4' | '6'..='9' => out.push(c),
            c => {
                let base: String = unicode_security::skeleton(c.encode_utf8(&mut [0; 4])).filter(|c| c.is_alphanumeric()).collect();
                out.push_str(&base.to_lowercase());
            }
        }
    }
    out
}

/// What folding leaves as it is.
fn is_folded(b: u8) -> bool {
    matches!(b, b'a'..=b'z' | b'2' | b'4' | b'6'..=b'9')
}

/// Scheme, host, and path with query of an address as written; a bare `www.x` or `//x` has no scheme.
fn split(target: &str) -> (Option<String>, Option<&str>, &str) {
    let colon = memchr::memmem::find(target.as_bytes(), b"://");
    let (scheme, rest) = match colon {
        Some(i) if i > 0 && target[..i].bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b)) => {
            (Some(target[..i].to_ascii_lowercase()), &target[i + 3..])
        }
        _ => match target.strip_prefix("//") {
            Some(rest) => (None, rest),
            None => match target.split_once(':') {
                Some((s, _)) if matches!(s.to_ascii_lowercase().as_str(), "mailto" | "tel" | "javascript" | "data") => {
                    return (Some(s.to_ascii_lowercase()), None, "");
                }
                _ if bare_host(target) => (None, target),
                _ => return (None, None, target),
            },
        },
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = host.split(':').next().unwrap_or(host);
    (scheme, Some(host), &rest[end..])
}

/// `acme.example`, `www.acme.example/x`: how listings write their web site.
fn bare_host(target: &str) -> bool {
    let host = target.split(['/', '?', '#', ':']).next().unwrap_or("");
    let Some((name, tld)) = host.rsplit_once('.') else { return false };
    !name.is_empty()
        && !target.contains(char::is_whitespace)
        && (host.starts_with("www.") || tld == "example" || psl::suffix(host.to_ascii_lowercase().as_bytes()).is_some_and(|s| s.is_known()))
        && !crate::check::lexical::is(crate::pack::model::Scope::Filename, host, 0, host.len())
}

impl HostCache {
    fn get(&self, host: &str) -> Rc<Host> {
        if let Some(h) = self.by_host.borrow().get(host) {
            return h.clone();
        }
        let parsed = Rc::new(Host::parse(host).unwrap_or_default());
        self.by_host.borrow_mut().insert(host.to_owned(), parsed.clone());
        parsed
    }
}

pub(super) fn find(subject: &Subject, m: &LinkMatcher) -> Vec<Hit> {
    let doc = subject.document;
    let mut hits = Vec::new();
    for (link, address) in doc.links.iter().zip(subject.addresses()) {
        if !m.holder.is_empty() && !m.holder.iter().any(|h| h == &link.holder) {
            continue;
        }
        let looked = |words: &str| {
            let hit = || Hit { spans: link.spans.clone(), text: link.target.clone(), field: link.field, ..Hit::default() };
            subject.looked(hit, "link", || words.to_owned());
        };
        // Which field matters only for addresses that stand in one.
        if !m.fields.is_empty() && link.field.and_then(|f| doc.fields.get(f)).is_some_and(|f| !m.fields.contains(&f.name)) {
            continue;
        }
        if let Some(domain) = matches(m, &link.target, address)
            && !link.spans.is_empty()
        {
            hits.push(Hit {
                spans: link.spans.clone(),
                text: link.target.clone(),
                field: link.field,
                values: vec![("domain", domain), ("value", link.target.clone())],
                ..Hit::default()
            });
        } else {
            looked("the address is not what the rule looks for");
        }
    }
    hits
}

/// An address taken apart, once for all rules.
#[derive(Debug)]
pub(super) struct Address {
    scheme: Option<String>,
    /// `None` for what has no host; an empty one for what has one that is no name.
    host: Option<Rc<Host>>,
    /// Where path and query begin, bytes of the address.
    path: usize,
}

impl Address {
    pub(super) fn parse(cache: &HostCache, target: &str) -> Address {
        let (scheme, host, path) = split(target);
        Address { scheme, host: host.map(|h| cache.get(h)), path: target.len() - path.len() }
    }
}

/// Whether an address is of this sort; gives its registrable domain.
pub(super) fn matches(m: &LinkMatcher, target: &str, address: &Address) -> Option<String> {
    if !m.scheme.is_empty() && !address.scheme.as_ref().is_some_and(|s| m.scheme.contains(s)) {
        return None;
    }
    let domain = has_host(m, address)?;
    let path = target.get(address.path..).unwrap_or("");
    let met = m.path.as_ref().is_none_or(|r| r.is_match(path)) && !m.not_path.as_ref().is_some_and(|r| r.is_match(path));
    met.then_some(domain)
}

/// The registrable domain of an address whose host is of this sort; an empty text if it has none and none is asked for.
fn has_host(m: &LinkMatcher, address: &Address) -> Option<String> {
    let wants_host = !(m.host.is_empty()
        && m.domain.is_empty()
        && m.label_contains.is_empty()
        && m.lookalike_of.is_empty()
        && m.subdomain_contains.is_empty());
    let Some(host) = address.host.as_ref().filter(|h| !h.name.is_empty()) else { return (!wants_host).then(String::new) };
    let is_host = |pattern: &String| match pattern.strip_prefix("*.") {
        Some(rest) => host.name == rest || host.name.strip_suffix(rest).is_some_and(|h| h.ends_with('.')),
        None => host.name == *pattern,
    };
    let ok = (m.host.is_empty() || m.host.iter().any(is_host))
        && (m.domain.is_empty() || m.domain.iter().any(|d| same_domain(host, d)))
        && (m.label_contains.is_empty() || m.label_contains.iter().any(|l| host.label.contains(&fold(l))))
        && (m.lookalike_of.is_empty() || m.lookalike_of.iter().any(|l| is_lookalike(&host.label, &fold(l))))
        && (m.subdomain_contains.is_empty() || m.subdomain_contains.iter().any(|l| host.sub.iter().any(|s| s.contains(&fold(l)))))
        && !m.not_domain.iter().any(|d| same_domain(host, d));
    ok.then(|| host.domain.clone())
}

/// `hubspot.com`; `hubspot.*` for any ending; `a.b.com` for that host and what is below it.
fn same_domain(host: &Host, pattern: &str) -> bool {
    if let Some(start) = pattern.strip_suffix('*') {
        return host.domain.starts_with(start);
    }
    let (name, wanted) = (host.name.as_bytes(), pattern.as_bytes());
    // The dot in front of the ending tells most apart.
    let below = || name.len() > wanted.len() && name[name.len() - wanted.len() - 1] == b'.' && name.ends_with(wanted);
    host.domain == pattern || host.name == pattern || below()
}

fn is_lookalike(label: &str, of: &str) -> bool {
    // One edit changes the length by one at most.
    let near = || label.chars().count().abs_diff(of.chars().count()) <= 1;
    of.len() >= MIN_LOOKALIKE && label != of && near() && strsim::damerau_levenshtein(label, of) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_taken_apart() {
        let host = Host::parse("shop.hub-sp0t.co.uk").expect("host");
        assert_eq!((host.domain.as_str(), host.label.as_str()), ("hub-sp0t.co.uk", "hubspot"));
        assert_eq!(host.sub, ["shop"]);
        let host = Host::parse("hubspot.com.evil.co.uk").expect("host");
        assert_eq!(host.domain, "evil.co.uk");
        // Cyrillic o and s.
        let idn = idna::domain_to_ascii("hub\u{455}p\u{43e}t.com").expect("idn");
        assert_eq!(Host::parse(&idn).expect("host").label, "hubspot");
        assert_eq!(Host::parse("hubspot-experts.example").expect("host").label, "hubspotexperts");
        assert!(Host::parse("127.0.0.1").is_none());
    }

    #[test]
    fn addresses_are_split() {
        assert_eq!(split("https://User@Acme.example:8080/a?b#c"), (Some("https".into()), Some("Acme.example"), "/a?b#c"));
        assert_eq!(split("//cdn.acme.example/x.png").1, Some("cdn.acme.example"));
        assert_eq!(split("www.acme.example/hubspot").1, Some("www.acme.example"));
        assert_eq!(split("/hubspot-partner").1, None);
        assert_eq!(split("hubspot-logo.png").1, None);
        assert_eq!(split("mailto:a@hubspot.com").1, None);
    }

    #[test]
    fn lookalikes_are_one_edit_away() {
        assert!(is_lookalike("hubpot", "hubspot") && is_lookalike("hubsppot", "hubspot"));
        assert!(!is_lookalike("hubspot", "hubspot") && !is_lookalike("hotspot", "hubspot"));
    }
}
