//! More rules of the same sort: copies of the built-in packs under other ids, looking for other words.

use promolint::pack::{PackSource, builtin_names, builtin_text};
use serde_json::{Map, Value};

/// The built-in packs, or those that were asked for.
pub fn shipped() -> Vec<PackSource> {
    names().into_iter().flat_map(PackSource::builtin).collect()
}

/// Their names: all, or those of `PROMOLINT_BENCH_PACKS`, separated by commas.
fn names() -> Vec<&'static str> {
    let chosen = std::env::var("PROMOLINT_BENCH_PACKS").unwrap_or_default();
    let chosen: Vec<&str> = chosen.split(',').filter(|name| !name.is_empty()).collect();
    builtin_names("hubspot").into_iter().filter(|name| chosen.is_empty() || chosen.contains(name)).collect()
}

/// The built-in packs and `copies` times as many of their like.
pub fn grown(copies: usize) -> Vec<PackSource> {
    let mut out = shipped();
    for copy in 1..=copies {
        for name in names() {
            let text = builtin_text(name).unwrap_or_default();
            let pack: Value = serde_yaml::from_str(text).expect("a built-in pack is YAML");
            let pack = change(pack, copy, Place::Pack);
            // JSON is YAML too.
            out.push(PackSource::new(format!("copy{copy}/{}", name.trim_start_matches("hubspot/")), pack.to_string()));
        }
    }
    out
}

/// What a value of a pack is, as far as it matters to what must change in it.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Pack,
    Rule,
    /// Phrases and spellings.
    Phrase,
    Regex,
    /// Anything that says where to look: stays.
    Kept,
}

fn change(value: Value, copy: usize, place: Place) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.into_iter().map(|(k, v)| entry(k, v, copy, place)).collect::<Map<_, _>>()),
        Value::Array(list) => Value::Array(list.into_iter().map(|v| change(v, copy, place)).collect()),
        Value::String(s) => Value::String(match place {
            Place::Phrase => words(&s, copy, false),
            Place::Regex => words(&s, copy, true),
            _ => s,
        }),
        other => other,
    }
}

fn entry(key: String, value: Value, copy: usize, place: Place) -> (String, Value) {
    let renamed = |v: &Value| v.as_str().map_or(Value::Null, |s| Value::String(format!("copy{copy}/{}", s.trim_start_matches("hubspot/"))));
    match (place, key.as_str()) {
        (Place::Pack, "pack") => {
            let v = renamed(&value);
            (key, v)
        }
        (Place::Pack, "extends") => {
            let v = value.as_array().map_or(Value::Null, |l| Value::Array(l.iter().map(renamed).collect()));
            (key, v)
        }
        (Place::Pack, "terms") => {
            let map = value.as_object().cloned().unwrap_or_default();
            let v = Value::Object(map.into_iter().map(|(k, v)| (k, change(v, copy, Place::Phrase))).collect());
            (key, v)
        }
        (Place::Pack, "rules") => (key, change(value, copy, Place::Rule)),
        (Place::Rule, "id") => {
            let v = Value::String(format!("{}-{copy}", value.as_str().unwrap_or_default()));
            (key, v)
        }
        // Tests and aliases speak of the words of the original.
        (Place::Rule, "tests") => (key, serde_json::json!({"flag": ["a", "b", "c"], "pass": ["d", "e", "f"]})),
        (Place::Rule, "aliases") => (key, Value::Array(Vec::new())),
        (Place::Rule, "phrases" | "exceptions" | "near" | "unless_near" | "document" | "not_after" | "not_before") => {
            let v = change(value, copy, if key == "near" || key == "unless_near" { Place::Rule } else { Place::Phrase });
            (key, v)
        }
        (Place::Rule, "replace") => {
            let map = value.as_object().cloned().unwrap_or_default();
            (key, Value::Object(map.into_iter().map(|(k, v)| (words(&k, copy, false), v)).collect()))
        }
        (Place::Rule, "regex" | "matches") => (key, change(value, copy, Place::Regex)),
        (
            Place::Rule,
            "match" | "unless" | "any" | "all" | "not" | "element" | "attr" | "text" | "text_not" | "label" | "field" | "when" | "style",
        ) => {
            let v = change(value, copy, Place::Rule);
            (key, v)
        }
        (Place::Rule, _) => {
            // Attribute names stand here as keys, with predicates below them.
            let below = if value.is_object() { Place::Rule } else { Place::Kept };
            let v = change(value, copy, below);
            (key, v)
        }
        (place, _) => (key, change(value, copy, place)),
    }
}

/// Words of three letters and more become others, spelled by rotating vowels and consonants. Of phrases of several words, one word in eight
/// becomes one that the pages do hold, so that the copies meet candidates too; a phrase of one such word would be found everywhere. Names of
/// terms, escapes, classes and group flags stay.
fn words(text: &str, copy: usize, regex: bool) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let phrase = text.contains(' ') && !text.contains('|');
    let mut rest = text.char_indices();
    while let Some((i, c)) = rest.next() {
        if c.is_ascii_alphabetic() {
            word.push(c);
            continue;
        }
        flush(&mut word, &mut out, copy, phrase);
        let kept = match c {
            '\\' if regex => escape_len(&text[i..]),
            '<' if !regex => text[i..].find('>').map_or(1, |e| e + 1),
            '[' if regex => text[i + 1..].find(']').map_or(1, |e| e + 2),
            '{' => text[i..].find('}').map_or(1, |e| e + 1),
            '(' if text[i..].starts_with("(?") => text[i..].find([':', ')', '=', '!']).map_or(1, |e| e + 1),
            c => c.len_utf8(),
        };
        out.push_str(&text[i..i + kept]);
        while rest.clone().next().is_some_and(|(j, _)| j < i + kept) {
            rest.next();
        }
    }
    flush(&mut word, &mut out, copy, phrase);
    out
}

fn escape_len(s: &str) -> usize {
    match s.as_bytes().get(1) {
        Some(b'p' | b'P' | b'u' | b'x') if s.as_bytes().get(2) == Some(&b'{') => s.find('}').map_or(2, |e| e + 1),
        Some(_) => 1 + s[1..].chars().next().map_or(0, char::len_utf8),
        None => 1,
    }
}

const COMMON: [&str; 8] = ["pipeline", "report", "workshop", "customers", "portal", "calendar", "training", "documentation"];

fn flush(word: &mut String, out: &mut String, copy: usize, phrase: bool) {
    if word.len() < 3 {
        out.push_str(word);
    } else {
        let hash = word.bytes().fold(copy * 31, |h, b| h.wrapping_mul(33) ^ usize::from(b.to_ascii_lowercase()));
        if phrase && word.len() > 5 && hash % 8 == 0 {
            out.push_str(COMMON[(hash / 8) % COMMON.len()]);
        } else {
            out.extend(word.chars().map(|c| rotate(c, copy)));
        }
    }
    word.clear();
}

fn rotate(c: char, by: usize) -> char {
    let lower = c.to_ascii_lowercase();
    let turned = [&b"aeiou"[..], &b"bcdfghjklmnpqrstvwxyz"[..]].iter().find_map(|ring| {
        let i = ring.iter().position(|b| char::from(*b) == lower)?;
        Some(char::from(ring[(i + by) % ring.len()]))
    });
    match turned {
        Some(t) if c.is_ascii_uppercase() => t.to_ascii_uppercase(),
        Some(t) => t,
        None => c,
    }
}
