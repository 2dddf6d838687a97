//! Turns the built-in packs into JSON, which is read many times faster than YAML at every start. Texts that only people and tests
//! need (`why`, `tests`) are left to the YAML, which is built in too.

use serde_json::Value;
use std::path::Path;
use std::{env, fs};

const DROPPED: [&str; 2] = ["why", "tests"];

fn main() {
    let folder = Path::new("rules/hubspot");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let mut files: Vec<_> = fs::read_dir(folder).expect("rules/hubspot").map(|e| e.expect("entry").path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let text = fs::read_to_string(&file).expect("a pack is text");
        let options = serde_yaml::options! { strict_booleans: true };
        let mut pack: Value = match serde_yaml::from_str_with_options(&text, options) {
            Ok(v) => v,
            Err(e) => panic!("{}: {e}", file.display()),
        };
        let name = pack["pack"].as_str().unwrap_or_else(|| panic!("{}: no `pack:`", file.display())).to_owned();
        for rule in pack["rules"].as_array_mut().into_iter().flatten() {
            if let Some(keys) = rule.as_object_mut() {
                keys.retain(|k, _| !DROPPED.contains(&k.as_str()));
            }
        }
        let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let json = Path::new(&out).join(format!("{stem}.json"));
        fs::write(&json, pack.to_string()).expect("OUT_DIR can be written");
        let path = fs::canonicalize(&file).expect("the pack is there");
        table.push_str(&format!("    ({name:?}, include_str!({path:?}), include_str!({json:?})),\n"));
    }
    table.push_str("]\n");
    fs::write(Path::new(&out).join("packs.rs"), table).expect("OUT_DIR can be written");
}
