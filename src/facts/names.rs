//! Names, domains and countries as registers are looked up by them.

use crate::yaml::shape::did_you_mean;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;

/// A firm's name for comparison: lower case, accents of Latin letters and punctuation dropped, the legal form at its end left out.
pub fn fold_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut put = |c: char| match c {
        // Accents; other combining marks make other letters.
        '\u{300}'..='\u{36F}' | '.' | '\'' | '’' | '®' | '™' | '©' => {}
        '&' | '+' => plain.push_str(" and "),
        'ß' => plain.push_str("ss"),
        c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_lowercase()),
        c if c.is_alphanumeric() || is_mark(c) => plain.extend(c.to_lowercase()),
        _ => plain.push(' '),
    };
    // Most names are ASCII, which has nothing to compose.
    if name.is_ascii() {
        name.chars().for_each(put);
    } else {
        name.nfkd().for_each(&mut put);
        plain = plain.nfc().collect();
    }
    let forms = legal_forms();
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|w| forms.contains(w) || *w == "and") {
        words.pop();
    }
    if plain.is_ascii() {
        return words.join(" ");
    }
    // Scripts without spaces write the form without one, before or after the name.
    let mut first = words.join(" ");
    for form in forms.iter().filter(|f| !f.is_ascii()) {
        let cut = first.strip_prefix(form).or(first.strip_suffix(form)).map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned);
        if let Some(cut) = cut {
            first = cut;
        }
    }
    first
}

/// Marks that belong to a letter of a script other than Latin.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn legal_forms() -> &'static HashSet<&'static str> {
    static FORMS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let text = include_str!("../../rules/registers/legal-forms.txt");
        text.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace).collect()
    })
}

/// The registrable domain of an address or host: `https://www.blog.acme.example/x` is `acme.example`. In ASCII, lower case.
pub fn registrable(address: &str) -> Option<String> {
    let host = host(address)?;
    Some(psl::domain_str(&host).unwrap_or(&host).to_owned())
}

/// What of an address is one firm's: the registrable domain; where many firms share that, the host or the whole address. `None` where
/// nothing of it is.
pub fn site(address: &str) -> Option<String> {
    let host = host(address)?;
    let Some((shared, below)) = shared_host(&host) else { return registrable(&host) };
    if below && host.len() > shared.len() {
        return Some(host);
    }
    let whole = fold_url(address).to_lowercase();
    let path = whole.find(['/', '?']).and_then(|i| whole.get(i..))?;
    (path.len() > 1).then(|| format!("{shared}{path}"))
}

/// Whether many firms have a page on the host of an address.
pub fn is_shared(address: &str) -> bool {
    host(address).is_some_and(|h| shared_host(&h).is_some())
}

/// The host of the list that a host is, or lies below; whether what lies below it is one firm's.
fn shared_host(host: &str) -> Option<(&'static str, bool)> {
    static HOSTS: OnceLock<HashMap<&'static str, bool>> = OnceLock::new();
    let hosts = HOSTS.get_or_init(|| {
        let text = include_str!("../../rules/registers/shared-hosts.txt");
        let mut hosts = HashMap::new();
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            *hosts.entry(line.trim_start_matches("*.")).or_default() |= line.starts_with("*.");
        }
        hosts
    });
    let above = std::iter::successors(Some(host), |h| h.split_once('.').map(|(_, rest)| rest));
    above.into_iter().find_map(|h| hosts.get_key_value(h)).map(|(h, below)| (*h, *below))
}

/// The host of an address, without `www.`, in ASCII and lower case.
pub fn host(address: &str) -> Option<String> {
    let address = address.trim();
    let rest = address.split_once("://").map_or(address, |(_, r)| r).trim_start_matches('/');
    let host = rest.split(['/', '?', '#', '\\']).next()?.rsplit('@').next()?;
    let host = host.split(':').next()?.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    // Most hosts are what they become.
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    if host.bytes().all(plain) && !host.contains("xn--") {
        return host.contains('.').then(|| host.to_owned());
    }
    let host = idna::domain_to_ascii(host).ok()?;
    (host.contains('.') && !host.contains(char::is_whitespace)).then_some(host)
}

/// An address for comparison: scheme, `www.`, a final slash, fragment and tracking parameters left out.
pub fn fold_url(address: &str) -> String {
    let address = super::content::without_tracking(address.trim());
    let rest = address.split_once("://").map_or(&*address, |(_, r)| r);
    let rest = rest.split('#').next().unwrap_or(rest);
    let split = rest.find(['/', '?']).unwrap_or(rest.len());
    let host = rest[..split].to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    format!("{host}{}", rest[split..].trim_end_matches('/'))
}

/// A handle for comparison: `@Acme` and `https://social.example/acme/` are `acme`.
pub fn fold_handle(handle: &str) -> String {
    let h = handle.trim().trim_end_matches('/');
    h.rsplit('/').next().unwrap_or(h).trim_start_matches('@').to_lowercase()
}

fn countries() -> &'static [(&'static str, &'static str)] {
    static COUNTRIES: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    COUNTRIES.get_or_init(|| {
        let text = include_str!("../../rules/registers/countries.txt");
        text.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(' ')).collect()
    })
}

/// The ISO 3166 code, in capitals, of a country given by its code or its English name.
pub fn country(text: &str) -> Option<&'static str> {
    static CODES: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    let codes = CODES.get_or_init(|| {
        let both = countries().iter().rev().flat_map(|(code, name)| [(name.to_lowercase(), *code), (code.to_lowercase(), *code)]);
        both.collect()
    });
    codes.get(text.trim().to_lowercase().as_str()).copied()
}

/// The English name of a country's code.
pub fn country_name(code: &str) -> Option<&'static str> {
    countries().iter().find(|(c, _)| c.eq_ignore_ascii_case(code)).map(|(_, n)| *n)
}

/// The code of a country that many call otherwise than ISO 3166 does.
fn also_called(text: &str) -> Option<&'static str> {
    Some(match text.trim().to_lowercase().as_str() {
        "uk" | "england" | "scotland" | "wales" | "great britain" => "GB",
        "usa" | "u.s." | "u.s.a." | "america" => "US",
        _ => return None,
    })
}

/// The code of the country that a cell of an export means, if it is certain: by its codes, or its name in any language.
pub(super) fn country_meant(text: &str) -> Option<&'static str> {
    country(text).or_else(|| also_called(text)).or_else(|| super::places::Gazetteer::get().country(text).map(|c| c.iso2))
}

/// The code of the country whose name is close to what somebody wrote.
pub(super) fn country_near(text: &str) -> Option<(&'static str, &'static str)> {
    let other = country_meant(text);
    let found = countries().iter().find(|(c, n)| Some(*c) == other || n.eq_ignore_ascii_case(text.trim()));
    found.copied().or_else(|| {
        let name = did_you_mean(text, countries().iter().map(|(_, n)| *n)).filter(|_| text.len() > 3)?;
        countries().iter().find(|(_, n)| *n == name).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_to_what_people_mean() {
        for (a, b) in [
            ("Brightpath GmbH", "BRIGHTPATH"),
            ("Brightpath GmbH & Co. KG", "brightpath"),
            ("Société Lumière S.A.S.", "societe lumiere"),
            ("Nordlys ApS", "nordlys"),
            ("Smith & Sons, Inc.", "Smith and Sons"),
            ("Größe+Weg UG (haftungsbeschränkt)", "grosse and weg"),
            ("株式会社ひかり", "ひかり"),
            ("がくぶち 合同会社", "がくぶち"),
            ("The Co", "the"),
            ("Inc.", "inc"),
        ] {
            assert_eq!(fold_name(a), fold_name(b), "{a}");
        }
        assert_ne!(fold_name("かがみ"), fold_name("かかみ"));
    }

    #[test]
    fn domains_handles_addresses() {
        assert_eq!(registrable("https://user@WWW.blog.Acme.example:8080/x?y").as_deref(), Some("acme.example"));
        assert_eq!(registrable("acme.co.uk").as_deref(), Some("acme.co.uk"));
        assert_eq!(registrable("büro.example").as_deref(), Some("xn--bro-hoa.example"));
        assert_eq!(registrable("no host"), None);
        assert_eq!(site("https://blog.acme.example/x").as_deref(), Some("acme.example"));
        assert_eq!(site("https://de.LinkedIn.com/company/Acme/?utm_source=x").as_deref(), Some("linkedin.com/company/acme"));
        assert_eq!(site("https://www.facebook.com/profile.php?id=1").as_deref(), Some("facebook.com/profile.php?id=1"));
        assert_eq!(site("https://acme.squarespace.com/about").as_deref(), Some("acme.squarespace.com"));
        assert_eq!((site("https://linktr.ee/"), site("squarespace.com"), site("no host")), (None, None, None));
        assert_eq!(fold_url("http://www.Acme.example/Page/?utm_source=x#top"), "acme.example/Page");
        assert_eq!(fold_handle("https://social.example/@Acme/"), "acme");
        assert_eq!((country("de"), country("Germany"), country("XX")), (Some("DE"), Some("DE"), None));
        assert_eq!(country_near("UK").map(|c| c.0), Some("GB"));
        assert_eq!(country_near("Germny").map(|c| c.0), Some("DE"));
        assert_eq!(countries().len(), 249);
    }
}
