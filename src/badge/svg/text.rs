//! The text of a drawing: its encoding, and what must hold before an XML reader sees it. The reader compares each attribute with the
//! others of its element, copies namespaces, and writes entities out.

use crate::badge::Refusal;
use std::borrow::Cow;

/// The most attributes of one element.
const ATTRIBUTES: usize = 500;
/// The most declarations of namespaces.
const NAMESPACES: usize = 2_000;
/// The most bytes that entities may make of the text.
const ENTITIES: usize = 1 << 20;

/// The text of a drawing.
pub(super) fn read(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let text = decode(bytes)?;
    if memchr::memmem::find_iter(text.as_bytes(), b"xmlns").count() > NAMESPACES {
        return Err(super::check::too_many());
    }
    check_entities(&text)?;
    check_attributes(text.as_bytes())?;
    Ok(text)
}

pub(super) fn entities() -> Refusal {
    Refusal::new("the drawing's entities make too much text", "export it without entities")
}

/// By the byte order mark, else by the XML declaration, else UTF-8.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let head = bytes.get(..200.min(bytes.len())).unwrap_or_default();
    let declared = || {
        let head = head.strip_prefix(b"<?xml")?;
        let head = &head[..memchr::memmem::find(head, b"?>")?];
        let value = &head[memchr::memmem::find(head, b"encoding")? + 8..];
        let value = value.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let (quote, value) = value.split_first()?;
        encoding_rs::Encoding::for_label(value.split(|b| b == quote).next()?)
    };
    let (encoding, length) =
        encoding_rs::Encoding::for_bom(bytes).or_else(|| declared().map(|e| (e, 0))).unwrap_or((encoding_rs::UTF_8, 0));
    encoding
        .decode_without_bom_handling_and_without_replacement(&bytes[length..])
        .ok_or_else(|| Refusal::new(format!("the drawing's text is not {}", encoding.name()), "save it as UTF-8"))
}

/// Entities are short, plain and few: some programs name their namespaces with them.
fn check_entities(text: &str) -> Result<(), Refusal> {
    let mut longest = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), b"<!ENTITY") {
        let declaration = &text[at + 8..];
        let Some(open) = declaration.find(['"', '\'', '>']) else { continue };
        let name = &declaration[..open];
        if name.contains("SYSTEM") || name.contains("PUBLIC") {
            return Err(Refusal::new("the drawing takes text from another file", "export it without entities"));
        }
        let quote = declaration.as_bytes()[open];
        let value = declaration[open + 1..].split(char::from(quote)).next().unwrap_or_default();
        // Entities of entities, or of elements.
        if quote != b'>' && value.contains(['&', '<', '%']) {
            return Err(entities());
        }
        longest = longest.max(value.len());
    }
    if longest > 0 && longest.saturating_mul(memchr::memchr_iter(b'&', text.as_bytes()).count()) > ENTITIES {
        return Err(entities());
    }
    Ok(())
}

fn check_attributes(text: &[u8]) -> Result<(), Refusal> {
    let mut place = 0;
    while let Some(at) = memchr::memchr(b'<', &text[place..]) {
        place += at + 1;
        let rest = &text[place..];
        let skip = |end: &[u8]| memchr::memmem::find(rest, end).map_or(rest.len(), |at| at + end.len());
        if rest.starts_with(b"!--") {
            place += skip(b"-->");
        } else if rest.starts_with(b"![CDATA[") {
            place += skip(b"]]>");
        } else if rest.first().is_some_and(|b| !matches!(b, b'!' | b'?' | b'/')) {
            let mut attributes = 0;
            while let Some(at) = memchr::memchr3(b'"', b'\'', b'>', &text[place..]) {
                let quote = text[place + at];
                place += at + 1;
                if quote == b'>' {
                    break;
                }
                attributes += 1;
                let Some(end) = memchr::memchr(quote, &text[place..]) else { return Ok(()) };
                place += end + 1;
            }
            if attributes > ATTRIBUTES {
                return Err(Refusal::new(format!("an element of the drawing has {attributes} attributes"), "export it again"));
            }
        }
    }
    Ok(())
}
