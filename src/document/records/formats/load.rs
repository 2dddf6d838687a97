//! From a format file to a [`Format`]. Everything that is unknown or of the wrong type is an error with its place.

use super::{Alternative, At, Branch, FieldDef, Format, FormatError, Meaning, Node, YamlError, plain_key};
use crate::document::{FieldRole, Kind};
use crate::yaml;

macro_rules! builtin {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!(env!("OUT_DIR"), "/formats/", $file)))),*]
    };
}

/// The built-in files, by name, in the quick form that the build made of them. Of formats that ask for equally many keys the first wins.
pub(super) const BUILTIN: &[(&str, &str)] = builtin![
    "directory-export.yaml",
    "directory-search.yaml",
    "directory-profile.yaml",
    "directory-profile-older.yaml",
    "directory-reviews.yaml",
    "apify-scrapesage.yaml",
    "apify-automation-lab.yaml",
    "apify-maximedupre.yaml",
    "diy-directory.yaml",
    "google-ads.yaml",
    "meta-ads.yaml",
    "linkedin-ads.yaml",
    "plain-ad.yaml",
    "plain-event.yaml",
    "plain-post.yaml",
    "plain-review.yaml",
    "plain-listing.yaml",
];

/// The most groups that one alternative may ask for.
const MAX_GROUPS: usize = 62;

type Result<T> = std::result::Result<T, YamlError>;

fn err<T>(node: &Node, message: impl Into<String>) -> Result<T> {
    Err(YamlError { message: message.into(), span: node.span })
}

fn text(node: &Node) -> Result<String> {
    match node.scalar_text() {
        Some(s) if !s.is_empty() => Ok(s),
        _ => err(node, format!("expected text, found {}", node.type_name())),
    }
}

fn map(node: &Node) -> Result<&[(Node, Node)]> {
    match node.as_map() {
        Some(m) => Ok(m),
        None => err(node, format!("expected a map, found {}", node.type_name())),
    }
}

fn flag(node: &Node) -> Result<bool> {
    match node.value {
        yaml::Value::Bool(b) => Ok(b),
        _ => err(node, "expected true or false"),
    }
}

/// A list of texts, or one text for a list of one.
fn texts(node: &Node) -> Result<Vec<String>> {
    match node.as_seq() {
        Some(items) => items.iter().map(text).collect(),
        None => Ok(vec![text(node)?]),
    }
}

/// Reads one file.
pub(super) fn format(file: &str, source: &str) -> std::result::Result<Format, FormatError> {
    let read = || {
        // The build's JSON is YAML too, but read many times faster as what it is.
        let root = match source.starts_with('{').then(|| serde_json::from_str::<yaml::Prepared>(source)) {
            Some(Ok(root)) => root.0,
            _ => yaml::parse(source)?,
        };
        decode(&root)
    };
    read().map_err(|error| FormatError { file: file.to_owned(), error })
}

fn decode(root: &Node) -> Result<Format> {
    let mut f = Format {
        name: String::new(),
        kind: Kind::Listing,
        containers: Vec::new(),
        unwrap: None,
        skip: Vec::new(),
        separators: Vec::new(),
        totals: Vec::new(),
        loose: false,
        fallback: false,
        fields: Vec::new(),
        id: Vec::new(),
        alternatives: Vec::new(),
        tree: vec![Branch::default()],
        deciding: Vec::new(),
    };
    let (mut kind, mut fields) = (None, None);
    for (key, value) in map(root)? {
        match key.as_str().unwrap_or("") {
            "format" => f.name = text(value)?,
            "title" | "note" => {
                text(value)?;
            }
            "kind" => {
                let name = text(value)?;
                let Some(k) = Kind::from_name(&name) else { return err(value, format!("`{name}` is no kind of content")) };
                kind = Some(k);
            }
            "detect" => match value.as_seq() {
                Some(items) => f.alternatives = items.iter().map(alternative).collect::<Result<_>>()?,
                None => return err(value, "expected a list of ways to recognise the format"),
            },
            "containers" => f.containers = texts(value)?,
            "unwrap" => f.unwrap = Some(text(value)?),
            "skip" => f.skip = texts(value)?,
            "separators" => f.separators = texts(value)?,
            "totals" => f.totals = texts(value)?,
            "loose" => f.loose = flag(value)?,
            "fallback" => f.fallback = flag(value)?,
            "id" => f.id = texts(value)?,
            "fields" => fields = Some(value),
            other => return err(key, format!("`{other}` is no key of a format file")),
        }
    }
    if f.name.is_empty() {
        return err(root, "the key `format` is missing");
    }
    if f.alternatives.is_empty() {
        return err(root, "the key `detect` is missing");
    }
    let (Some(kind), Some(fields)) = (kind, fields) else { return err(root, "a format needs the keys `kind` and `fields`") };
    f.kind = kind;
    for (name, spec) in map(fields)? {
        field(&mut f, name, spec)?;
    }
    // What names other fields is checked when all are known.
    for d in &f.fields {
        if let Some((_, to)) = d.pairs.iter().find(|(_, to)| f.field_named(to).is_none()) {
            return err(fields, format!("`pairs` fills `{to}`, which is no field of this format"));
        }
    }
    if let Some(id) = f.id.iter().find(|id| f.field_named(id).is_none()) {
        return err(root, format!("`id` names `{id}`, which is no field of this format"));
    }
    Ok(f)
}

fn alternative(node: &Node) -> Result<Alternative> {
    let mut a = Alternative { each: Vec::new(), none: Vec::new() };
    for (key, value) in map(node)? {
        match (key.as_str().unwrap_or(""), value.as_seq()) {
            ("each", Some(groups)) if groups.len() <= MAX_GROUPS => a.each = groups.iter().map(texts).collect::<Result<_>>()?,
            ("each", _) => {
                return err(value, format!("expected a list of at most {MAX_GROUPS} keys, or lists of keys of which one must be there"));
            }
            ("none", _) => a.none = texts(value)?,
            (other, _) => return err(key, format!("`{other}` is no way to recognise a format; there are `each` and `none`")),
        }
    }
    if a.each.is_empty() { err(node, "the key `each` is missing") } else { Ok(a) }
}

fn field(f: &mut Format, name: &Node, spec: &Node) -> Result<()> {
    let mut def = FieldDef { name: text(name)?, role: FieldRole::Other, image: false, list: false, none: Vec::new(), pairs: Vec::new() };
    let mut from = None;
    let mut when = None;
    for (key, value) in map(spec)? {
        match key.as_str().unwrap_or("") {
            "role" => {
                let role = text(value)?;
                let Some((r, _)) = FieldRole::ALL.iter().find(|(_, n)| *n == role) else {
                    return err(value, format!("`{role}` is no role of a field"));
                };
                def.role = *r;
            }
            "from" => from = Some(texts(value)?),
            "list" => def.list = flag(value)?,
            "image" => def.image = flag(value)?,
            "none" => def.none = texts(value)?,
            "pairs" => def.pairs = map(value)?.iter().map(|(k, v)| Ok((text(k)?, text(v)?))).collect::<Result<_>>()?,
            "when" => match map(value)? {
                [(k, v)] => when = Some((text(k)?, text(v)?)),
                _ => return err(value, "expected one key and its value"),
            },
            other => {
                return err(
                    key,
                    format!("`{other}` is no key of a field; there are `from`, `role`, `image`, `list`, `none`, `pairs` and `when`"),
                );
            }
        }
    }
    if def.list && def.none.is_empty() {
        def.none.push("none".to_owned());
    }
    let from = from.unwrap_or_else(|| vec![def.name.clone()]);
    let field = f.fields.len();
    f.fields.push(def);
    for path in from {
        let at = insert(f, &path);
        let when = when.as_ref().map(|(sibling, is)| {
            let parent = path.rsplit_once('/').map_or("", |(p, _)| p);
            let at = insert(f, &format!("{parent}/{sibling}"));
            f.deciding.push(at);
            (at, is.clone())
        });
        f.tree[at as usize].meanings.push(Meaning { field, when });
    }
    Ok(())
}

/// The place in the tree of a path such as `locations/*/city`.
fn insert(f: &mut Format, path: &str) -> At {
    let mut at = Format::TOP;
    for step in path.split('/').filter(|s| !s.is_empty()) {
        let next = f.tree.len() as At;
        let step = if f.loose { plain_key_or_star(step) } else { step.to_owned() };
        let branch = &mut f.tree[at as usize];
        at = if step == "*" { *branch.any.get_or_insert(next) } else { *branch.children.entry(step.into()).or_insert(next) };
        if at == next {
            f.tree.push(Branch::default());
        }
    }
    at
}

fn plain_key_or_star(step: &str) -> String {
    if step == "*" { step.to_owned() } else { plain_key(step) }
}
