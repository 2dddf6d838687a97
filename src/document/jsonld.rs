//! Structured data in pages: the nodes of JSON-LD as records, and the strings in them that search results show.

use super::records::json::{Scanner, Str, Token, unescape};
use super::{Builder, Field, FieldRole, Layer, Record, Role, Shown};
use crate::source::Span;

/// A node's nesting is bounded by the scanner; its number of fields here.
const MAX_FIELDS: usize = 20_000;

/// A node while it is read.
struct Node {
    types: Vec<String>,
    fields: Vec<(String, String, Str, FieldRole)>,
    start: usize,
    /// How it hangs on its parent: the key, for nodes without a type of their own.
    key: String,
}

/// An open object or list.
struct Open {
    /// The node, for objects; the index of the next entry, for lists.
    node: Option<Node>,
    entries: usize,
    /// The pointer of what is inside.
    pointer: String,
    key: String,
}

/// What a key's string is for, by schema.org's names.
fn role(key: &str) -> FieldRole {
    match key {
        "name" | "alternateName" | "legalName" | "headline" | "alternativeHeadline" | "slogan" | "jobTitle" => FieldRole::Name,
        "description"
        | "articleBody"
        | "reviewBody"
        | "text"
        | "abstract"
        | "caption"
        | "disambiguatingDescription"
        | "about"
        | "award"
        | "knowsAbout"
        | "keywords"
        | "review"
        | "acceptedAnswer" => FieldRole::Prose,
        "url" | "sameAs" | "image" | "logo" | "contentUrl" | "embedUrl" | "thumbnailUrl" | "mainEntityOfPage" | "target" | "@id"
        | "item" => FieldRole::Url,
        "startDate" | "endDate" | "datePublished" | "dateModified" | "dateCreated" => FieldRole::Date,
        _ => FieldRole::Other,
    }
}

/// Reads `text`, one piece of JSON-LD that starts at byte `at` of what `b` is reading. What is broken ends it: search engines read no
/// further either.
pub(crate) fn read(text: &str, at: usize, b: &mut Builder) {
    let mut scanner = Scanner::new(text, Span::new(0, text.len()));
    let mut open: Vec<Open> = Vec::new();
    let mut key = String::new();
    let mut fields = 0;
    while let Ok(Some(token)) = scanner.next() {
        match token {
            Token::Key(k) => key = k.value(text).into_owned(),
            Token::ObjectStart(start) => {
                let pointer = inner(&mut open, &key);
                let node = Node { types: Vec::new(), fields: Vec::new(), start, key: key_of(&open, &key) };
                open.push(Open { node: Some(node), entries: 0, pointer, key: key.clone() });
            }
            Token::ArrayStart(_) => {
                let pointer = inner(&mut open, &key);
                let key = key_of(&open, &key);
                open.push(Open { node: None, entries: 0, pointer, key });
            }
            Token::ArrayEnd(_) => {
                open.pop();
            }
            Token::ObjectEnd(end) => {
                let Some(Open { node: Some(node), .. }) = open.pop() else { continue };
                if !node.types.is_empty() || open.is_empty() {
                    emit(node, end, text, at, b);
                } else if let Some(parent) = open.iter_mut().rev().find_map(|o| o.node.as_mut()) {
                    // An address without a type belongs to the firm around it.
                    let prefix = node.key;
                    parent.fields.extend(node.fields.into_iter().map(|(k, p, s, r)| (format!("{prefix}.{k}"), p, s, r)));
                }
            }
            Token::String(s) => {
                let pointer = inner(&mut open, &key);
                let name = key_of(&open, &key);
                fields += 1;
                let Some(node) = open.iter_mut().rev().find_map(|o| o.node.as_mut()) else { continue };
                if name == "@type" {
                    let t = s.value(text);
                    node.types.push(t.rsplit(['/', '#', ':']).next().unwrap_or(&t).to_owned());
                } else if fields <= MAX_FIELDS {
                    let role = role(&name);
                    node.fields.push((name, pointer, s, role));
                }
            }
            Token::Number(span) | Token::Bool(_, span) => {
                let pointer = inner(&mut open, &key);
                let name = key_of(&open, &key);
                fields += 1;
                if let Some(node) = open.iter_mut().rev().find_map(|o| o.node.as_mut())
                    && fields <= MAX_FIELDS
                {
                    node.fields.push((name, pointer, Str { span, escaped: false }, FieldRole::Number));
                }
            }
            Token::Null(_) => {
                inner(&mut open, &key);
            }
        }
    }
}

/// The pointer of the value that comes next.
fn inner(open: &mut [Open], key: &str) -> String {
    match open.last_mut() {
        None => String::new(),
        Some(o) if o.node.is_some() => format!("{}/{}", o.pointer, key.replace('~', "~0").replace('/', "~1")),
        Some(o) => {
            o.entries += 1;
            format!("{}/{}", o.pointer, o.entries - 1)
        }
    }
}

/// The key the next value has: its own, or that of the list it is an entry of.
fn key_of(open: &[Open], key: &str) -> String {
    match open.last() {
        Some(o) if o.node.is_none() => o.key.clone(),
        _ => key.to_owned(),
    }
}

/// Whether an address is that of a picture, by its key (`image`, `logo.url`) or its node.
fn shows_picture(types: &[String], name: &str) -> bool {
    let (outer, key) = name.rsplit_once('.').unwrap_or(("", name));
    let outer = outer.rsplit('.').next().unwrap_or("");
    match key {
        "image" | "logo" | "photo" | "thumbnailUrl" => true,
        "url" | "contentUrl" => types.iter().any(|t| t == "ImageObject") || matches!(outer, "image" | "logo" | "photo"),
        _ => false,
    }
}

fn emit(node: Node, end: usize, text: &str, at: usize, b: &mut Builder) {
    let first = b.field_count();
    for (name, pointer, s, role) in node.fields {
        let raw = text.get(s.span.range()).unwrap_or("");
        let (value, map) = unescape(raw, at + s.span.start);
        let span = s.span.shifted(at);
        if role == FieldRole::Url {
            let picture = shows_picture(&node.types, &name);
            let target = value.clone();
            let index = b.field(Field { pointer, name, role, value, span, block: None });
            b.link(&target, span, "jsonld", Some(index));
            if picture {
                b.image(target, span, "jsonld", Shown { field: Some(index), ..Shown::default() });
            }
            continue;
        }
        let is_text = matches!(role, FieldRole::Name | FieldRole::Prose);
        let index = b.field(Field { pointer, name, role, value: value.clone(), span, block: None });
        if is_text {
            b.spelled(Layer::Json { script: true }, |b| b.side(Role::JsonLd, None, Some(index), |b| b.within(map, |b| b.text(&value, 0))));
        }
    }
    let fields = first..b.field_count();
    b.record(Record { form: node.types.join(" "), fields, span: Span::new(at + node.start, at + end), index: None, id: None });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_become_records_with_exact_places() {
        let text = r#"x{"@context":"https://schema.org","@graph":[{"@type":"Event","name":"Inbound Caf\u00e9 Day","location":{"@type":"Place","name":"Hall 1"}},
            {"@type":["Organization","http://schema.org/LocalBusiness"],"name":"Acme","address":{"addressLocality":"Leeds"},"sameAs":["https://x.example/acme"]}]}"#;
        let mut b = Builder::new();
        read(&text[1..], 1, &mut b);
        let doc = b.finish();
        let forms: Vec<&str> = doc.records.iter().map(|r| r.form.as_str()).collect();
        assert_eq!(forms, ["Place", "Event", "Organization LocalBusiness", ""]);
        let event = &doc.records[1];
        let (_, name) = doc.fields_named(event, "name").next().expect("name");
        assert_eq!((name.value.as_str(), name.pointer.as_str()), ("Inbound Café Day", "/@graph/0/name"));
        assert_eq!(&text[name.span.range()], r"Inbound Caf\u00e9 Day");
        let org = &doc.records[2];
        assert_eq!(doc.fields_named(org, "address.addressLocality").count(), 1);
        assert_eq!(doc.links.len(), 1);
        let block = &doc.blocks[name.block.expect("block")];
        assert_eq!(doc.block_text(block), "Inbound Café Day");
        let spans = doc.map.spans(block.start + 8, block.start + 13);
        assert_eq!(&text[spans[0].range()], r"Caf\u00e9");
    }
}
