//! Turns the built-in packs and formats into JSON, which is read many times faster than YAML at every start. Texts that only people and tests
//! need (`why`, `tests`) are left to the YAML, which is built in too. Of a rule, what every run must know stands apart from what only those
//! need that have something to look at. The keys of phrases are worked out here, and the index of them all in which the prefilter looks.

#[path = "src/check"]
mod check {
    //! What of `src/check` works without the rest of promolint.
    #[allow(dead_code)]
    pub mod index;
    #[allow(dead_code)]
    pub mod keys;
}

#[path = "src/pack"]
mod pack {
    //! What of `src/pack` works without the rest of promolint.
    #[allow(dead_code)]
    pub mod choices;
    #[allow(dead_code)]
    pub mod keys;
    #[allow(dead_code)]
    pub mod literals;
    #[allow(dead_code, unused_imports)]
    pub mod phrase;
    pub mod prepare;
    #[allow(dead_code)]
    pub mod sets;
    #[allow(dead_code)]
    pub mod sieve;

    pub use keys::KeySet;
}

use pack::prepare::{self, All, Packs};
use serde_json::Value;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new("rules/hubspot");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=rules/formats");
    println!("cargo::rerun-if-changed=build.rs");
    for file in [
        "check/index",
        "check/keys",
        "pack/choices",
        "pack/keys",
        "pack/literals",
        "pack/phrase",
        "pack/phrase/forms",
        "pack/phrase/options",
        "pack/prepare",
        "pack/sets",
        "pack/sieve",
    ] {
        println!("cargo::rerun-if-changed=src/{file}.rs");
    }
    let mut files: Vec<_> = fs::read_dir(folder).expect("rules/hubspot").map(|e| e.expect("entry").path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
    files.sort();
    let packs: Packs = files
        .into_iter()
        .map(|file| {
            println!("cargo::rerun-if-changed={}", file.display());
            let pack = read(&file);
            let name = pack["pack"].as_str().unwrap_or_else(|| panic!("{}: no `pack:`", file.display())).to_owned();
            (name, (file, pack))
        })
        .collect();
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let mut table = String::from("&[\n");
    let mut all = All::default();
    for (name, (file, _)) in &packs {
        let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let json = Path::new(&out).join(format!("{stem}.json"));
        fs::write(&json, prepare::prepare(name, &packs, &mut all).to_string()).expect("OUT_DIR can be written");
        let path = fs::canonicalize(file).expect("the pack is there");
        table.push_str(&format!("    ({name:?}, include_str!({path:?}), include_str!({json:?})),\n"));
    }
    table.push_str("]\n");
    fs::write(Path::new(&out).join("packs.rs"), table).expect("OUT_DIR can be written");
    // One text each: pointers would have to be set at every start.
    let write = |name: &str, lines: &[String]| {
        let ends = lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        let ends: Vec<usize> = ends.collect();
        fs::write(Path::new(&out).join(name), format!("({:?}, &{ends:?})", lines.concat())).expect("OUT_DIR can be written");
    };
    write("keys.rs", &all.lines);
    write("patterns.rs", &all.written);
    write("sieves.rs", &all.sieves(false));
    write("exact-sieves.rs", &all.sieves(true));
    write("bodies.rs", &all.bodies.iter().map(Value::to_string).collect::<Vec<_>>());
    fs::write(Path::new(&out).join("index.rs"), all.index()).expect("OUT_DIR can be written");
    formats(&Path::new(&out).join("formats"));
    clauses(&Path::new(&out).join("clauses.json"));
    let scheme = Path::new("rules/report-card.yaml");
    println!("cargo::rerun-if-changed={}", scheme.display());
    fs::write(Path::new(&out).join("report-card.json"), read(scheme).to_string()).expect("OUT_DIR can be written");
    let classes = Path::new("rules/markup/classes.yaml");
    println!("cargo::rerun-if-changed={}", classes.display());
    fs::write(Path::new(&out).join("classes.json"), read(classes).to_string()).expect("OUT_DIR can be written");
}

/// The parts of the program's documents for which rules or attestations stand, with the sections they are graded in and what people sign for.
fn clauses(out: &Path) {
    let (coverage, items) = (Path::new("rules/coverage.yaml"), Path::new("rules/registers/attestations.yaml"));
    println!("cargo::rerun-if-changed={}", coverage.display());
    println!("cargo::rerun-if-changed={}", items.display());
    let (mut coverage, mut items) = (read(coverage), read(items));
    if let Some(parts) = coverage["parts"].as_array_mut() {
        parts.retain(|p| p.get("rules").is_some() || p.get("attestations").is_some());
    }
    let mut take = |key: &str| coverage[key].take();
    let (documents, sections, parts) = (take("documents"), take("sections"), take("parts"));
    let clauses =
        serde_json::json!({"documents": documents, "sections": sections, "parts": parts, "attestations": items["attestations"].take()});
    fs::write(out, clauses.to_string()).expect("OUT_DIR can be written");
}

/// The format files, under their own names.
fn formats(out: &Path) {
    let folder = Path::new("rules/formats");
    println!("cargo::rerun-if-changed={}", folder.display());
    fs::create_dir_all(out).expect("OUT_DIR can be written");
    for entry in fs::read_dir(folder).expect("rules/formats") {
        let file = entry.expect("entry").path();
        println!("cargo::rerun-if-changed={}", file.display());
        fs::write(out.join(file.file_name().expect("a name")), read(&file).to_string()).expect("OUT_DIR can be written");
    }
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).expect("what is built in is text");
    let options = serde_yaml::options! { strict_booleans: true };
    serde_yaml::from_str_with_options(&text, options).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}
