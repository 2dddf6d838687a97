//! What a YAML file may say: one description that the reader checks against and that becomes the JSON Schema editors use.

use super::Fault;
use super::{Node, Value};
use crate::source::Span;
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// The form of a value.
#[derive(Clone, Copy)]
pub enum Shape {
    /// Text; numbers and dates are taken as they are spelled.
    Str,
    /// `true` or `false`.
    Bool,
    /// A number from 0 on.
    Number,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// One, or a list.
    OneOrMany(&'static Shape),
    /// Any keys, all values of one form.
    MapOf(&'static Shape),
    /// Fixed keys.
    Object(&'static ObjectShape),
    /// A mapping that refers to itself: asked for when needed.
    Later(fn() -> &'static ObjectShape),
    /// Whatever of these fits the value's type.
    AnyOf(&'static [Shape]),
    /// No value: what is left to be filled in.
    Empty,
    /// Anything.
    Any,
}

/// A mapping with fixed keys.
pub struct ObjectShape {
    /// Its name in the schema and in messages.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

/// One key of a mapping.
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// The form of its value.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it means, in one sentence.
    pub doc: &'static str,
}

/// A key that may be left out.
pub const fn key(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, required: false, doc }
}

/// A key that must be there.
pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, required: true, doc }
}

/// The closest of `names` to what somebody wrote, if it is close.
pub fn did_you_mean<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let most = |n: &str| (n.len().max(written.len()) / 3).max(1);
    names
        .into_iter()
        // What differs in length by more is not looked at: there may be thousands of both.
        .filter(|n| n.chars().count().abs_diff(lower.chars().count()) <= most(n))
        .map(|n| (strsim::damerau_levenshtein(&lower, &n.to_lowercase()), n))
        .filter(|(d, n)| *d <= most(n))
        .min_by_key(|(d, _)| *d)
        .map(|(_, n)| n)
}

/// Collects everything in `node` that does not have the form.
pub fn check(node: &Node, shape: &Shape, what: &str, faults: &mut Vec<Fault>) {
    check_value(node, shape, Called::As(what), faults);
}

/// What messages call a value. Most values are right, and nothing is written for them.
#[derive(Clone, Copy)]
enum Called<'a> {
    As(&'a str),
    Key(&'a str),
}

impl fmt::Display for Called<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Called::As(name) => f.write_str(name),
            Called::Key(name) => write!(f, "`{name}`"),
        }
    }
}

fn check_value(node: &Node, shape: &Shape, what: Called, faults: &mut Vec<Fault>) {
    match (shape, &node.value) {
        (Shape::Any, _) => {}
        (Shape::Str, Value::Str(_) | Value::Number(_) | Value::Bool(_)) => {}
        (Shape::Bool, Value::Bool(_)) | (Shape::Empty, Value::Null) => {}
        (Shape::Number, Value::Number(n)) => {
            if !n.is_finite() || *n < 0.0 {
                faults.push(Fault::new(node.span, format!("{what} is no such number"), "write 0 or more"));
            }
        }
        (Shape::OneOf(words), Value::Str(s)) => {
            if !words.contains(&s.as_str()) {
                let help = match did_you_mean(s, words.iter().copied()) {
                    Some(w) => format!("did you mean `{w}`?"),
                    None => format!("one of: {}", words.join(", ")),
                };
                faults.push(Fault::new(node.span, format!("`{s}` is not a value of {what}"), help));
            }
        }
        (Shape::List(item), Value::Seq(items)) | (Shape::OneOrMany(item), Value::Seq(items)) => {
            for i in items {
                check_value(i, item, what, faults);
            }
        }
        (Shape::OneOrMany(item), value) if !fits(item, value) => faults.push(wrong_type(node, shape, what)),
        (Shape::OneOrMany(item), _) => check_value(node, item, what, faults),
        (Shape::MapOf(item), Value::Map(entries)) => {
            for (k, v) in entries {
                check_value(v, item, Called::Key(k.scalar().unwrap_or_default()), faults);
            }
        }
        (Shape::Object(object), Value::Map(entries)) => check_object(node, entries, object, faults),
        (Shape::Later(object), Value::Map(entries)) => check_object(node, entries, object(), faults),
        (Shape::AnyOf(shapes), _) => match shapes.iter().find(|s| fits(s, &node.value)) {
            Some(s) => check_value(node, s, what, faults),
            None => faults.push(wrong_type(node, shape, what)),
        },
        _ => faults.push(wrong_type(node, shape, what)),
    }
}

fn check_object(node: &Node, entries: &[(Node, Node)], object: &ObjectShape, faults: &mut Vec<Fault>) {
    for (k, v) in entries {
        let name = k.scalar().unwrap_or_default();
        match object.keys.iter().find(|key| key.name == name) {
            Some(key) => check_value(v, &key.shape, Called::Key(name), faults),
            None => {
                let names = object.keys.iter().map(|k| k.name);
                let help = match did_you_mean(name, names.clone()) {
                    Some(w) => format!("did you mean `{w}`?"),
                    None => format!("{} has the keys: {}", object.name, names.collect::<Vec<_>>().join(", ")),
                };
                faults.push(Fault::new(k.span, format!("unknown key `{name}` in {}", object.name), help));
            }
        }
    }
    for key in object.keys.iter().filter(|k| k.required) {
        if !entries.iter().any(|(k, _)| k.as_str() == Some(key.name)) {
            let at = entries.first().map_or(node.span, |(k, _)| k.span);
            faults.push(Fault::new(at, format!("{} has no `{}`", object.name, key.name), format!("add `{}:` – {}", key.name, key.doc)));
        }
    }
}

fn fits(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Any => true,
        Shape::Empty => matches!(value, Value::Null),
        Shape::Str => matches!(value, Value::Str(_) | Value::Number(_) | Value::Bool(_)),
        Shape::OneOf(_) => matches!(value, Value::Str(_)),
        Shape::Bool => matches!(value, Value::Bool(_)),
        Shape::Number => matches!(value, Value::Number(_)),
        Shape::List(_) => matches!(value, Value::Seq(_)),
        Shape::OneOrMany(s) => matches!(value, Value::Seq(_)) || fits(s, value),
        Shape::MapOf(_) | Shape::Object(_) | Shape::Later(_) => matches!(value, Value::Map(_)),
        Shape::AnyOf(shapes) => shapes.iter().any(|s| fits(s, value)),
    }
}

fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Any => "anything".into(),
        Shape::Empty => "nothing".into(),
        Shape::Str => "text".into(),
        Shape::Bool => "true or false".into(),
        Shape::Number => "a number".into(),
        Shape::OneOf(words) => format!("one of {}", words.join(", ")),
        Shape::List(s) => format!("a list of {}", describe(s)),
        Shape::OneOrMany(s) => format!("{}, or a list", describe(s)),
        Shape::MapOf(s) => format!("a mapping to {}", describe(s)),
        Shape::Object(o) => format!("a mapping ({})", o.name),
        Shape::Later(o) => format!("a mapping ({})", o().name),
        Shape::AnyOf(shapes) => shapes.iter().map(describe).collect::<Vec<_>>().join(" or "),
    }
}

fn wrong_type(node: &Node, shape: &Shape, what: Called) -> Fault {
    let is = match &node.value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::Str(_) => "text",
        Value::Seq(_) => "a list",
        Value::Map(_) => "a mapping",
    };
    let span = if node.span.len() > 200 { Span::new(node.span.start, node.span.start + 1) } else { node.span };
    Fault::new(span, format!("{what} is {is} here"), format!("it takes {}", describe(shape)))
}

/// The JSON Schema (draft 2020-12) of a file of this form.
pub fn schema(root: &'static ObjectShape, id: &str) -> Json {
    let mut defs = Map::new();
    let root = object_schema(root, &mut defs);
    whole(root, defs, id)
}

/// The JSON Schema of a file that is a list of these.
pub fn list_schema(item: &'static ObjectShape, id: &str) -> Json {
    let mut defs = Map::new();
    let item = object_schema(item, &mut defs);
    whole(json!({"type": "array", "items": item}), defs, id)
}

fn whole(root: Json, defs: Map<String, Json>, id: &str) -> Json {
    let mut out = Map::new();
    out.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    out.insert("$id".into(), json!(id));
    if let Json::Object(o) = root {
        out.extend(o);
    }
    out.insert("$defs".into(), Json::Object(defs));
    Json::Object(out)
}

fn object_schema(object: &'static ObjectShape, defs: &mut Map<String, Json>) -> Json {
    let mut props = Map::new();
    for k in object.keys {
        let mut s = shape_schema(&k.shape, defs);
        if let Json::Object(o) = &mut s {
            o.insert("description".into(), json!(k.doc));
        }
        props.insert(k.name.into(), s);
    }
    let required: Vec<_> = object.keys.iter().filter(|k| k.required).map(|k| k.name).collect();
    json!({"type": "object", "description": object.doc, "additionalProperties": false, "required": required, "properties": props})
}

fn shape_schema(shape: &Shape, defs: &mut Map<String, Json>) -> Json {
    match shape {
        Shape::Any => json!({}),
        Shape::Empty => json!({"type": "null"}),
        Shape::Str => json!({"type": ["string", "number", "boolean"]}),
        Shape::Bool => json!({"type": "boolean"}),
        Shape::Number => json!({"type": "number", "minimum": 0}),
        Shape::OneOf(words) => json!({"enum": words}),
        Shape::List(s) => json!({"type": "array", "items": shape_schema(s, defs)}),
        Shape::OneOrMany(s) => {
            let one = shape_schema(s, defs);
            json!({"anyOf": [one, {"type": "array", "items": one}]})
        }
        Shape::MapOf(s) => json!({"type": "object", "additionalProperties": shape_schema(s, defs)}),
        Shape::AnyOf(shapes) => json!({"anyOf": shapes.iter().map(|s| shape_schema(s, defs)).collect::<Vec<_>>()}),
        Shape::Later(o) => shape_schema(&Shape::Object(o()), defs),
        Shape::Object(o) => {
            if !defs.contains_key(o.name) {
                // Entered before it is filled: shapes refer to themselves.
                defs.insert(o.name.into(), Json::Null);
                let s = object_schema(o, defs);
                defs.insert(o.name.into(), s);
            }
            json!({"$ref": format!("#/$defs/{}", o.name.replace(' ', "%20"))})
        }
    }
}
