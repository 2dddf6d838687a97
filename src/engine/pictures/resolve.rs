//! What an address of a picture is: a path, bytes, or nothing that can be opened here.

use crate::badge::Refusal;
use crate::check::pictures::TAG;
use data_url::DataUrl;
use percent_encoding::percent_decode_str;
use std::path::PathBuf;

/// A file and how reports name it.
#[derive(Debug, Clone)]
pub struct Place {
    /// What it is opened by.
    pub path: PathBuf,
    /// Its name in reports.
    pub name: String,
}

/// An address, understood.
#[derive(Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// On another host.
    Elsewhere,
    /// Written out in the address.
    Data(&'a str),
    /// A path, decoded, with `/`; one that begins with `/` is relative to the site's root.
    Path(String),
    /// No address of a picture: a fragment, a placeholder of a template, another scheme.
    Nothing,
}

/// What templates put where an address will stand.
const PLACEHOLDERS: [&str; 7] = ["{{", "{%", "${", "<%", "[[", "<?", "%%"];

/// Understands an address as written.
pub fn address(text: &str) -> Address<'_> {
    let text = text.trim();
    if text.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("data:")) {
        return Address::Data(text);
    }
    if PLACEHOLDERS.iter().any(|p| text.contains(p)) || text.starts_with('{') {
        return Address::Nothing;
    }
    let slashes = text.replace('\\', "/");
    if slashes.starts_with("//") {
        return Address::Elsewhere;
    }
    if let Some((scheme, _)) = slashes.split_once(':')
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    {
        let web = ["http", "https"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
        return if web { Address::Elsewhere } else { Address::Nothing };
    }
    let path = slashes.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() || path.ends_with('/') {
        return Address::Nothing;
    }
    match percent_decode_str(path).decode_utf8() {
        Ok(p) if !p.contains('\0') => Address::Path(p.replace('\\', "/")),
        _ => Address::Nothing,
    }
}

/// The bytes of a `data:` URL; `None` where it is no picture.
///
/// # Errors
/// Why they cannot be decoded.
pub fn data(text: &str, limit: u64) -> Result<Option<Vec<u8>>, Refusal> {
    let refuse = |message: &str, help: &str| Refusal { message: message.to_owned(), help: help.to_owned() };
    // Four letters of base64 are three bytes; an escaped byte is three letters.
    if text.len() as u64 / 4 > limit {
        return Err(refuse("the image written out here is too large", "put it into a file, and make it smaller"));
    }
    let broken = || refuse("the image written out here is broken: this is no `data:` URL", "write it anew, or put it into a file");
    let url = DataUrl::process(text).map_err(|_| broken())?;
    if !url.mime_type().type_.eq_ignore_ascii_case("image") {
        return Ok(None);
    }
    let (bytes, _) = url.decode_to_vec().map_err(|_| broken())?;
    // Empty ones hold the place of a picture that scripts put there.
    Ok(Some(bytes).filter(|b| !b.is_empty()))
}

/// An `<svg>` element of a page as a file of its own: HTML needs no names of name spaces, XML does.
pub fn stand_alone(text: &str) -> String {
    let head = text.split('>').next().unwrap_or_default();
    let mut names = String::new();
    if !head.contains("xmlns=") {
        names.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
    }
    if !head.contains("xmlns:xlink=") && text.contains("xlink:") {
        names.push_str(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
    }
    match text.get(..TAG) {
        Some(tag) => format!("{tag}{names}{}", &text[TAG..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_understood() {
        let path = |p: &str| Address::Path(p.to_owned());
        assert_eq!(address(" img/gold%20badge.png?v=3#x "), path("img/gold badge.png"));
        assert_eq!(address("\\img\\a.png"), path("/img/a.png"));
        assert_eq!(address("..%2F..%2Fa.png"), path("../../a.png"));
        for elsewhere in ["https://cdn.example/a.png", "//cdn.example/a.png", "\\\\cdn.example\\a.png", "HTTP://x.example/"] {
            assert_eq!(address(elsewhere), Address::Elsewhere, "{elsewhere}");
        }
        for nothing in ["", "#icon", "{{ badge }}", "file:///etc/passwd", "cid:4711", "C:\\a.png", "a%00.png", "img/", "${src}"] {
            assert_eq!(address(nothing), Address::Nothing, "{nothing}");
        }
        assert_eq!(address("DATA:image/png;base64,AA=="), Address::Data("DATA:image/png;base64,AA=="));
    }

    #[test]
    fn data_is_bounded_and_decoded() {
        assert_eq!(data("data:image/png;base64,AAEC", 100).ok().flatten(), Some(vec![0, 1, 2]));
        assert_eq!(data("data:image/svg+xml,%3Csvg/%3E", 100).ok().flatten(), Some(b"<svg/>".to_vec()));
        assert!(data("data:text/plain,hello", 100).is_ok_and(|d| d.is_none()));
        assert!(data(&format!("data:image/png;base64,{}", "A".repeat(500)), 100).is_err());
        assert!(data("data:image/png;base64,@@@", 100).is_err());
    }

    #[test]
    fn drawings_get_their_name_spaces() {
        assert_eq!(stand_alone("<svg width=1><g/></svg>"), "<svg xmlns=\"http://www.w3.org/2000/svg\" width=1><g/></svg>");
        let own = "<svg xmlns=\"http://www.w3.org/2000/svg\"><use href=\"#a\"/></svg>";
        assert_eq!(stand_alone(own), own);
    }
}
