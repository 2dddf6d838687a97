//! The metadata that Markdown files begin with: YAML between `---`, simple TOML between `+++`, or a JSON object. Which keys are read by people, and which
//! say something to promolint, is decided here.

use super::plain::lines;
use super::{Builder, Field, FieldRole, Kind, Lang, Layer, Piece, Record, Role, Shown, SourceMap};
use crate::source::Span;
use crate::yaml::{self, Node, Value};
use std::ops::Range;

/// Keys under which descriptions of the same page may be nested.
const GROUPS: [&str; 6] = ["seo", "meta", "og", "opengraph", "twitter", "social"];

/// Keys of what stands in results of searches and in previews, without regard to `_` and `-`.
const META: [&str; 12] = [
    "description",
    "summary",
    "subtitle",
    "excerpt",
    "metatitle",
    "metadescription",
    "seotitle",
    "seodescription",
    "ogtitle",
    "ogdescription",
    "twittertitle",
    "twitterdescription",
];
/// Keys beside a picture that the page shows: the words on it or under it.
const SHOWN: [&str; 7] = ["heading", "headline", "subheading", "subheadline", "tagline", "text", "caption"];

/// Keys of pictures that a page or its previews show, without regard to `_` and `-`. A picture may also be an entry of such a key, or its
/// `src`, `url`, `path`, `image` or `feature`.
const PICTURES: [&str; 16] = [
    "image",
    "images",
    "cover",
    "coverimage",
    "featuredimage",
    "featureimage",
    "heroimage",
    "hero",
    "banner",
    "thumbnail",
    "thumb",
    "logo",
    "ogimage",
    "socialimage",
    "twitterimage",
    "header",
];

/// A key without regard to case, `_` and `-`.
fn plain(key: &str) -> String {
    key.to_ascii_lowercase().replace(['_', '-'], "")
}

/// Whether a path of keys leads to a picture's address.
fn is_picture(path: &[String], value: &str) -> bool {
    let named = |s: &String| PICTURES.contains(&plain(s).as_str());
    let within = |s: &String| matches!(plain(s).as_str(), "src" | "url" | "path" | "image" | "feature" | "href");
    let path = match path {
        [first, rest @ ..] if GROUPS.contains(&first.to_ascii_lowercase().as_str()) => rest,
        path => path,
    };
    let known = match path {
        [key] => named(key),
        [key, under] => named(key) && (within(under) || under.bytes().all(|b| b.is_ascii_digit())),
        _ => false,
    };
    // A picture's name has an ending or is an address; `header: true` and `hero: Our story` are neither.
    known && !value.contains(['\n', '<']) && (value.contains('/') || value.contains('.') && !value.contains(' '))
}

/// What front matter is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Yaml,
    Toml,
    Json,
}

/// Front matter that was found: where it stands, and where the text after it begins.
struct Found {
    form: Form,
    inner: Range<usize>,
    whole: Range<usize>,
}

/// Reads the front matter of `text`, if there is any, and gives the place where the body begins.
pub fn read(text: &str, b: &mut Builder) -> usize {
    let start = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let found = match find(text, start) {
        Ok(Some(found)) => found,
        Ok(None) => return start,
        Err(open) => {
            b.problem(
                "the front matter that begins here has no end",
                format!("close it with a line `{}`", text[open.clone()].trim_end()),
                Span::new(open.start, open.end),
            );
            return open.end;
        }
    };
    let inner = &text[found.inner.clone()];
    let entries = match found.form {
        Form::Toml => Some(toml(text, &found.inner, b)),
        // JSON is YAML too.
        Form::Yaml | Form::Json => yaml_entries(inner, found.inner.start, b),
    };
    let Some(entries) = entries else { return yaml_fallback(inner, &found, start) };
    let first = b.field_count();
    for e in &entries {
        entry(e, b);
    }
    if b.field_count() > first {
        b.record(Record {
            form: "front-matter".to_owned(),
            fields: first..b.field_count(),
            span: Span::new(found.whole.start, found.whole.end),
            index: None,
            id: None,
        });
    }
    found.whole.end
}

/// Two rules around prose are no front matter.
fn yaml_fallback(inner: &str, found: &Found, start: usize) -> usize {
    if looks_like_keys(inner) { found.whole.end } else { start }
}

/// Whether the first line that is not blank or a comment is a key.
fn looks_like_keys(inner: &str) -> bool {
    let first = inner.lines().map(str::trim_end).find(|l| !l.is_empty() && !l.starts_with('#'));
    first.is_some_and(|l| {
        let key = l.trim_start_matches(['"', '\'']);
        let end = key.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(key.len());
        end > 0 && key[end..].trim_start_matches(['"', '\'']).trim_start().starts_with([':', '='])
    })
}

/// `Err` with the opening line where it is never closed.
fn find(text: &str, start: usize) -> Result<Option<Found>, Range<usize>> {
    let mut lines = lines(text);
    let Some(open) = lines.next() else { return Ok(None) };
    let (form, ends): (Form, &[&str]) = match open.body.trim_end() {
        "---" => (Form::Yaml, &["---", "..."]),
        "+++" => (Form::Toml, &["+++"]),
        "{" => (Form::Json, &["}"]),
        _ => return Ok(None),
    };
    let from = open.next;
    for line in lines {
        if ends.contains(&line.body.trim_end()) {
            // The brackets belong to the object.
            let inner = if form == Form::Json { start..line.start + 1 } else { from..line.start };
            // What merely stands between such brackets is text.
            if form == Form::Json && serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text[inner.clone()]).is_err() {
                return Ok(None);
            }
            return Ok(Some(Found { form, inner, whole: start..line.next }));
        }
    }
    if form == Form::Json {
        return Ok(None);
    }
    if looks_like_keys(text[from..].split("\n\n").next().unwrap_or("")) { Err(start..from) } else { Ok(None) }
}

/// One value with its path of keys.
struct Entry {
    path: Vec<String>,
    value: String,
    /// Without quotes.
    span: Span,
    /// From the value to the text being read.
    map: SourceMap,
    /// How it is written.
    layer: Layer,
}

fn yaml_entries(inner: &str, at: usize, b: &mut Builder) -> Option<Vec<Entry>> {
    let root = match yaml::parse(inner) {
        Ok(root) => root,
        Err(e) => {
            if looks_like_keys(inner) {
                b.problem(
                    format!("the front matter is no YAML: {}", e.message),
                    "correct it; the text below it was read",
                    e.span.shifted(at),
                );
            }
            return None;
        }
    };
    if matches!(root.value, Value::Null) {
        return Some(Vec::new());
    }
    root.as_map()?;
    let mut entries = Vec::new();
    // A stack instead of recursion; reversed, so that the order is that of the file.
    let mut open: Vec<(Vec<String>, &Node)> = vec![(Vec::new(), &root)];
    while let Some((path, node)) = open.pop() {
        match &node.value {
            Value::Map(map) => {
                for (k, v) in map.iter().rev() {
                    let key = k.as_str().unwrap_or_else(|| k.raw(inner));
                    open.push((path.iter().cloned().chain([key.to_owned()]).collect(), v));
                }
            }
            Value::Seq(list) => {
                for (i, v) in list.iter().enumerate().rev() {
                    open.push((path.iter().cloned().chain([i.to_string()]).collect(), v));
                }
            }
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::Str(_) => {
                let value = match &node.value {
                    Value::Str(s) => s.clone(),
                    _ => node.raw(inner).to_owned(),
                };
                let map = yaml::scalar_map(inner, node).through(&SourceMap::identity(at, inner.len()));
                let span = map.cover(0, value.len()).unwrap_or(node.span.shifted(at));
                entries.push(Entry { path, value, span, map, layer: Layer::of_yaml(inner, node) });
            }
        }
    }
    Some(entries)
}

/// `key = "value"` and `[table]` lines; anything else of TOML is left alone.
fn toml(text: &str, inner: &Range<usize>, b: &mut Builder) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut table: Vec<String> = Vec::new();
    let mut at = inner.start;
    // Where a text of several lines ends.
    let mut until = at;
    for line in text[inner.clone()].split_inclusive('\n') {
        let start = at;
        at += line.len();
        if start < until {
            continue;
        }
        let body = line.trim();
        if let Some(name) = body.strip_prefix('[') {
            let name = name.trim_start_matches('[').split(']').next().unwrap_or("");
            table = name.split('.').map(|p| p.trim().trim_matches(['"', '\'']).to_owned()).collect();
            continue;
        }
        let Some((key, value)) = body.split_once('=') else { continue };
        let key = key.trim().trim_matches(['"', '\'']);
        let value = value.trim_start();
        let from = start + (value.as_ptr() as usize - line.as_ptr() as usize);
        let path = table.iter().cloned().chain(key.split('.').map(|k| k.trim().to_owned())).collect();
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| value.starts_with(q));
        match (quotes, value.chars().next()) {
            (Some(q), _) => {
                match toml_string(&text[from + q.len()..if q.len() > 1 { inner.end } else { from + value.len() }], q, from + q.len()) {
                    Some((value, span, map)) => {
                        let layer = Layer::Toml { quote: q.as_bytes()[0] };
                        until = span.end;
                        entries.push(Entry { path, value, span, map, layer });
                    }
                    None => b.problem(
                        format!("the value of `{key}` in the front matter has no closing quotation mark"),
                        format!("close it with `{q}`"),
                        Span::new(from, from + value.len()),
                    ),
                }
            }
            (None, Some(c)) if c.is_ascii_alphanumeric() || matches!(c, '-' | '+') => {
                let bare = value.split('#').next().unwrap_or("").trim_end();
                let span = Span::new(from, from + bare.len());
                entries.push(Entry {
                    path,
                    value: bare.to_owned(),
                    span,
                    map: SourceMap::identity(from, bare.len()),
                    layer: Layer::Toml { quote: 0 },
                });
            }
            _ => {}
        }
    }
    entries
}

/// The value of a text that stands at `at`, behind its opening quotes, up to those that close it.
fn toml_string(value: &str, quotes: &str, at: usize) -> Option<(String, Span, SourceMap)> {
    let mut out = String::new();
    let mut map = SourceMap::default();
    let mut chars = value.char_indices();
    while let Some((i, c)) = chars.next() {
        if value[i..].starts_with(quotes) {
            return Some((out, Span::new(at, at + i), map));
        }
        let mut piece = Piece { text: out.len(), text_len: c.len_utf8(), source: at + i, source_len: c.len_utf8(), linear: true };
        if c == '\\' && quotes.starts_with('"') {
            let (_, e) = chars.next()?;
            let mut len = 1 + e.len_utf8();
            let decoded = match e {
                'n' | 't' | 'r' | 'b' | 'f' => ' ',
                'u' | 'U' => {
                    let digits = if e == 'u' { 4 } else { 8 };
                    let hex = value.get(i + 2..i + 2 + digits)?;
                    for _ in 0..digits {
                        chars.next();
                    }
                    len += digits;
                    u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).unwrap_or('\u{FFFD}')
                }
                other => other,
            };
            piece = Piece { text_len: decoded.len_utf8(), source_len: len, linear: false, ..piece };
            out.push(decoded);
        } else {
            out.push(c);
        }
        map.push(piece);
    }
    None
}

fn entry(e: &Entry, b: &mut Builder) {
    let of_picture = |key: &str| PICTURES.contains(&plain(key).as_str());
    let (group, key) = match e.path.as_slice() {
        [key] => (None, key.as_str()),
        [group, key] if GROUPS.contains(&group.to_ascii_lowercase().as_str()) || of_picture(group) => (Some(group), key.as_str()),
        _ => (None, ""),
    };
    let (lower, bare) = (key.to_ascii_lowercase(), plain(key));
    let beside = group.is_some_and(|g| of_picture(g));
    let alt = bare.strip_suffix("alt").is_some_and(|of| of_picture(of) || of.is_empty() && beside);
    let mut name = e.path.join(".");
    let mut role = FieldRole::Other;
    let mut block = None;
    match lower.as_str() {
        "title" => block = Some(if group.is_some() { Role::Meta } else { Role::Title }),
        _ if META.contains(&bare.as_str()) => block = Some(Role::Meta),
        _ if alt => block = Some(Role::Alt),
        _ if beside && SHOWN.contains(&bare.as_str()) => block = Some(Role::Text),
        "event_name" | "event" if group.is_none() => {
            block = Some(Role::Name);
            role = FieldRole::Name;
            name = "event_name".to_owned();
        }
        "kind" if group.is_none() => match Kind::from_name(e.value.trim()) {
            Some(kind) => b.kind(kind),
            None => b.problem(
                format!("`{}` is no kind of content", e.value.trim()),
                format!("kinds are {}", Kind::ALL.map(Kind::name).join(", ")),
                e.span,
            ),
        },
        "lang" | "language" | "locale" if group.is_none() => b.lang(Lang::from_tag(&e.value)),
        _ => {}
    }
    // JSON Pointer: `~` and `/` in keys are escaped.
    let pointer = e.path.iter().map(|p| format!("/{}", p.replace('~', "~0").replace('/', "~1"))).collect();
    let field = b.field(Field { pointer, name, role, value: e.value.clone(), span: e.span, block: None });
    if is_picture(&e.path, e.value.trim()) {
        b.image(e.value.as_str(), e.span, "front-matter", Shown { field: Some(field), ..Shown::default() });
    }
    if let Some(role) = block {
        b.within(e.map.clone(), |b| {
            b.spelled(e.layer, |b| b.open_with(role, None, Some(field), 0));
            b.text(&e.value, 0);
            b.close();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn doc(text: &str) -> (Document, usize) {
        let mut b = Builder::new();
        let body = read(text, &mut b);
        (b.finish(), body)
    }

    /// Text and source slice of each block.
    fn blocks<'a>(text: &'a str, doc: &'a Document) -> Vec<(Role, &'a str, &'a str)> {
        doc.blocks.iter().map(|b| (b.role, doc.block_text(b), doc.map.cover(b.start, b.end).map_or("", |s| &text[s.range()]))).collect()
    }

    #[test]
    fn what_people_read_and_what_promolint_reads() {
        let text = "\u{FEFF}---\r\ntitle: \"Caf\\u00e9 'n' more\"\r\ndescription: >\r\n  One line\r\n  and two\r\nkind: press\r\nlang: de-AT\r\nseo:\r\n  title: 'It''s us'\r\n  robots: noindex\r\ntags: [a, b]\r\nweight: 3\r\nevent: Grow Day\r\n---\r\nBody";
        let (d, body) = doc(text);
        assert_eq!(&text[body..], "Body");
        assert_eq!(
            blocks(text, &d),
            [
                (Role::Title, "Café 'n' more", "Caf\\u00e9 'n' more"),
                (Role::Meta, "One line and two", "One line\r\n  and two"),
                (Role::Meta, "It's us", "It''s us"),
                (Role::Name, "Grow Day", "Grow Day"),
            ]
        );
        assert_eq!((d.kind, d.lang.map(|l| l.as_str().to_owned())), (Some(Kind::Press), Some("de".to_owned())));
        let names: Vec<_> = d.fields.iter().map(|f| (f.name.as_str(), f.value.as_str(), &text[f.span.range()])).collect();
        assert!(names.contains(&("event_name", "Grow Day", "Grow Day")) && names.contains(&("weight", "3", "3")), "{names:?}");
        assert!(names.contains(&("seo.robots", "noindex", "noindex")));
        assert_eq!(d.records.len(), 1);
        assert!(d.problems.is_empty(), "{:?}", d.problems);
        assert_eq!(d.fields[0].block, Some(0));
    }

    #[test]
    fn any_line_end_ends_a_line() {
        for text in ["---\r\ntitle: One\n---\r\rBody", "---\rtitle: One\r---\rBody", "+++\ntitle = 'One'\n+++\rBody"] {
            let (d, body) = doc(text);
            assert_eq!((text[body..].trim(), blocks(text, &d)), ("Body", vec![(Role::Title, "One", "One")]), "{text:?}");
        }
    }

    #[test]
    fn toml() {
        let text = "+++\ntitle = \"A \\\"b\\\" \\u00e9\" # note\ndraft = true\ndescription = 'raw \\n'\n[params]\nsummary = \"no\"\nlist = [1]\n+++\nBody";
        let (d, body) = doc(text);
        assert_eq!(&text[body..], "Body");
        assert_eq!(blocks(text, &d), [(Role::Title, "A \"b\" é", "A \\\"b\\\" \\u00e9"), (Role::Meta, "raw \\n", "raw \\n")]);
        assert!(d.fields.iter().any(|f| f.pointer == "/params/summary"));
        let text = "+++\ndescription = \"\"\"\nOne \"two\"\n= three\\u00e9\"\"\"\ntitle = '''a'b'''\nbad = \"\"\"\n+++\nBody";
        let (d, body) = doc(text);
        assert_eq!(&text[body..], "Body");
        let meta = (Role::Meta, "One \"two\" = threeé", "One \"two\"\n= three\\u00e9");
        assert_eq!(blocks(text, &d), [meta, (Role::Title, "a'b", "a'b")]);
        assert_eq!(d.problems.len(), 1);
    }

    #[test]
    fn keys_that_themes_show() {
        let text = "---\nmeta_description: a b\nmetaDescription: c d\nseo_title: e\nog_title: f\nimage_alt: g\nhero: {heading: h, text: i, image: /j.png, link: k}\ncover: {image: l.png, alt: m}\ntext: n\nalt: o\n---\n";
        let (d, _) = doc(text);
        let got: Vec<_> = blocks(text, &d).iter().map(|b| (b.0, b.1)).collect();
        let meta = ["a b", "c d", "e", "f"].map(|t| (Role::Meta, t));
        let rest = [(Role::Alt, "g"), (Role::Text, "h"), (Role::Text, "i"), (Role::Alt, "m")];
        assert_eq!(got, meta.into_iter().chain(rest).collect::<Vec<_>>());
    }

    #[test]
    fn json() {
        let text = "{\n  \"title\": \"A \\\"b\\\" \\u00e9\",\n\t\"seo\": {\n    \"description\": \"c\"\n  }\n}\nBody";
        let (d, body) = doc(text);
        assert_eq!(&text[body..], "Body");
        assert_eq!(blocks(text, &d), [(Role::Title, "A \"b\" é", "A \\\"b\\\" \\u00e9"), (Role::Meta, "c", "c")]);
        for text in ["{\nprose\n}\nBody", "{\n\"a\": 1\n", "{ x }\n}\n"] {
            let (d, body) = doc(text);
            assert_eq!((body, d.problems.len()), (0, 0), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, at, message, body) in [
            ("---\ntitle: x\nkind: leaflet\n---\nBody", "leaflet", "`leaflet` is no kind of content", "Body"),
            ("---\ntitle: x\n\nBody", "---\n", "the front matter that begins here has no end", "title: x\n\nBody"),
            ("---\ntitle: a\ntitle: b\n---\nBody", "title", "the front matter is no YAML: the key `title` is given twice", "Body"),
            ("+++\ntitle = \"a\n+++\nBody", "\"a", "the value of `title` in the front matter has no closing quotation mark", "Body"),
        ] {
            let (d, from) = doc(text);
            assert_eq!(&text[from..], body);
            let p = d.problems.first().unwrap_or_else(|| panic!("a problem in {text:?}"));
            assert_eq!((p.message.as_str(), &text[p.span.range()]), (message, at));
        }
        for text in ["---\n\nProse: between rules\n\n---\n", "---\nprose\n---\n", "---\n", "+++", "", "--- \nx"] {
            let (d, _) = doc(text);
            assert!(d.problems.is_empty() && d.blocks.is_empty(), "{text:?}");
        }
    }
}
