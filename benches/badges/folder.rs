//! Images that were written to a folder, read again: scored without the generator's own memory in the way.

use super::alter::Kind;
use super::canvas::Area;
use super::label::{Expect, Label, Mark, Setting};
use promolint::badge::{self, Library, Limits, Reference};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).collect()
}

/// A word that lives as long as the program does.
fn word(v: &Value) -> &'static str {
    Box::leak(v.as_str().unwrap_or_default().to_owned().into_boxed_str())
}

fn area(v: &Value) -> Option<Area> {
    let n: Vec<f32> = v.as_array()?.iter().filter_map(Value::as_f64).map(|n| n as f32).collect();
    (n.len() == 4).then(|| Area(n[0], n[1], n[2], n[3]))
}

pub fn library(dir: &Path) -> Library {
    let of = |v: &Value| {
        let file = dir.join(v["file"].as_str().unwrap_or_default());
        let bytes = std::fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let picture = badge::open(&bytes, &Limits::default()).or_else(|_| {
            // Where drawings are not read yet, their pixels lie beside them.
            let png = std::fs::read(file.with_extension("svg.png")).unwrap_or_default();
            badge::open(&png, &Limits::default())
        });
        let number = |k: &str| v[k].as_f64().map(|n| n as f32);
        let backgrounds: Option<Vec<[u8; 3]>> = serde_json::from_value(v["backgrounds"].clone()).ok().flatten();
        Reference {
            id: v["id"].as_str().unwrap_or_default().to_owned(),
            family: v["family"].as_str().map(str::to_owned),
            tier: v["tier"].as_str().map(str::to_owned),
            retired: v["retired"] == Value::Bool(true),
            sha256: Sha256::digest(&bytes).into(),
            picture: picture.unwrap_or_else(|e| panic!("{} does not open: {}", file.display(), e.message)),
            drawing: None,
            min_width: number("min_width"),
            clear_space: number("clear_space"),
            backgrounds,
            max_upscale: number("max_upscale"),
        }
    };
    Library::new(lines(&dir.join("register.jsonl")).iter().map(of).collect())
}

fn mark(v: &Value) -> Mark {
    let expect = [Expect::Identical, Expect::Copy, Expect::Altered, Expect::Outdated, Expect::LookAlike, Expect::Unrelated];
    Mark {
        reference: v["reference"].as_u64().map(|n| n as usize),
        id: v["id"].as_str().unwrap_or_default().to_owned(),
        sort: word(&v["sort"]),
        expect: expect.into_iter().find(|e| v["expect"] == e.name()).unwrap_or_else(|| panic!("no verdict {}", v["expect"])),
        kind: v["kind"].as_str().and_then(Kind::named),
        strength: v["strength"].as_u64().map(|n| n as usize - 1),
        words: v["words"].as_str().unwrap_or_default().to_owned(),
        ink: area(&v["box"]).unwrap_or_default(),
        whole: area(&v["whole"]).unwrap_or_default(),
        change: area(&v["change"]),
        swapped: v["swapped"] == Value::Bool(true),
    }
}

/// The labels, each with the name of its file.
pub fn labels(dir: &Path) -> Vec<(String, Label)> {
    let of = |v: &Value| {
        let marks = |k: &str| v[k].as_array().map(|a| a.iter().map(mark).collect()).unwrap_or_default();
        let label = Label {
            index: v["index"].as_u64().unwrap_or(0) as usize,
            setting: [Setting::Bare, Setting::Page, Setting::Banner]
                .into_iter()
                .find(|s| v["setting"] == s.name())
                .unwrap_or(Setting::Bare),
            code: v["encoding"].as_str().unwrap_or_default().to_owned(),
            ending: "",
            width: v["width"].as_u64().unwrap_or(0) as usize,
            height: v["height"].as_u64().unwrap_or(0) as usize,
            marks: marks("marks"),
            others: marks("others"),
        };
        (v["file"].as_str().unwrap_or_default().to_owned(), label)
    };
    lines(&dir.join("manifest.jsonl")).iter().map(of).collect()
}
