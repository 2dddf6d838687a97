//! Holds `rules/words/` against the lists that it was chosen from: what is new there and was not looked at, and whether every line says truly
//! where it comes from. `--accept` writes what is in no list here into `left-out/`.

#![allow(clippy::print_stdout)]

use promolint::pack::words::fold;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Language, its file of `cuss`, its file of `naughty-words`.
const LANGUAGES: [(&str, Option<&str>, &str); 8] = [
    ("en", Some("index.js"), "en.json"),
    ("de", None, "de.json"),
    ("fr", Some("fr.js"), "fr.json"),
    ("es", Some("es.js"), "es.json"),
    ("pt", Some("pt.js"), "pt.json"),
    ("it", Some("it.js"), "it.json"),
    ("nl", None, "nl.json"),
    ("ja", None, "ja.json"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let accept = std::env::args().any(|a| a == "--accept");
    let (from, to) = (Path::new("target/words"), Path::new("rules/words"));
    let mut wrong = 0;
    for (code, cuss, naughty) in LANGUAGES {
        let mut there: BTreeSet<String> =
            serde_json::from_str::<Vec<String>>(&fs::read_to_string(from.join("naughty-words").join(naughty))?)?
                .iter()
                .map(|w| fold(w))
                .collect();
        if let Some(file) = cuss {
            there.extend(keys(&fs::read_to_string(from.join("cuss").join(file))?).iter().map(|w| fold(w)));
        }
        let mut chosen = BTreeSet::new();
        for line in fs::read_to_string(to.join(format!("{code}.txt")))?.lines() {
            let is_word = !line.is_empty() && !line.starts_with(['#', '[']) && line != "accents: none";
            if !is_word {
                continue;
            }
            let forms = forms_of(line);
            // A word with any ending stands for many.
            let found = there.iter().any(|w| forms.contains(w) || forms[0].strip_suffix('*').is_some_and(|stem| w.starts_with(stem)));
            if found == line.starts_with('+') {
                let says = if found { "is in a list and marked as promolint's own" } else { "is in none of the lists" };
                println!("{code}: `{line}` {says}");
                wrong += 1;
            }
            chosen.extend(forms);
        }
        let stems: Vec<&str> = chosen.iter().filter_map(|w| w.strip_suffix('*')).collect();
        there.retain(|w| !chosen.contains(w) && !stems.iter().any(|s| w.starts_with(s)));
        let file = to.join("left-out").join(format!("{code}.txt"));
        if accept {
            fs::write(&file, there.iter().map(|w| format!("{w}\n")).collect::<String>())?;
        }
        let known: BTreeSet<String> = fs::read_to_string(&file).unwrap_or_default().lines().map(str::to_owned).collect();
        for word in there.difference(&known) {
            println!("{code}: `{word}` is new");
            wrong += 1;
        }
        println!("{code}: {} forms chosen, {} words left out", chosen.len(), there.len());
    }
    if wrong > 0 { Err(format!("{wrong} words to look at").into()) } else { Ok(()) }
}

/// The folded forms of a line.
fn forms_of(line: &str) -> Vec<String> {
    let line = line.strip_prefix('+').unwrap_or(line);
    let mut forms = line.split('{').next().unwrap_or("").split(',').map(str::trim);
    let first = forms.next().unwrap_or("");
    let further = forms.map(|f| f.strip_prefix('-').map_or_else(|| f.to_owned(), |ending| format!("{first}{ending}")));
    std::iter::once(first.to_owned()).chain(further).map(|f| fold(&f)).collect()
}

/// The keys of the object that a module of `cuss` exports, one a line.
fn keys(module: &str) -> Vec<String> {
    let key = |line: &str| {
        let (key, rating) = line.strip_prefix("  ")?.trim_end_matches(',').rsplit_once(": ")?;
        rating.parse::<u8>().ok()?;
        Some(key.trim_matches(['\'', '"']).replace("\\'", "'"))
    };
    module.lines().filter_map(key).collect()
}
