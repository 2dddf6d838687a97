//! With the cache, without it, and after any change: the same bytes of output.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn write(&self, name: &str, text: &str) {
        let path = self.0.join("site").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Exit code, output, and what is said beside it, without the time.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promolint"));
        command.current_dir(self.0.join("site")).env("PROMOLINT_CACHE_DIR", self.0.join("cache")).env("NO_COLOR", "1");
        let out = command.args(["check", "."]).args(arguments).output().unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        let said = said.lines().map(|l| l.rsplit_once(", ").filter(|(_, s)| s.ends_with(" s")).map_or(l, |(rest, _)| rest));
        let text = String::from_utf8(out.stdout).unwrap();
        let text = text.lines().map(|l| l.split("\"seconds\"").next().unwrap_or(l).to_owned() + "\n").collect();
        (out.status.code(), text, said.collect::<Vec<_>>().join("\n"))
    }

    /// The same cold, kept, and from what was kept.
    fn same(&self, what: &str, arguments: &[&str]) {
        let anew = self.run(&[arguments, &["--no-cache"]].concat());
        assert_eq!(self.run(arguments), anew, "{what}, first");
        assert_eq!(self.run(arguments), anew, "{what}, again");
    }

    fn kept(&self) -> Vec<PathBuf> {
        fn files(folder: &Path, out: &mut Vec<PathBuf>) {
            for e in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if e.path().is_dir() { files(&e.path(), out) } else { out.push(e.path()) }
            }
        }
        let mut out = Vec::new();
        files(&self.0.join("cache").join("results"), &mut out);
        out.into_iter().filter(|p| p.extension().is_some_and(|e| e == "kept")).collect()
    }
}

#[test]
fn output_is_the_same_with_and_without() {
    let folder = Folder(std::env::temp_dir().join(format!("promolint-kept-{}", std::process::id())));
    let _ = std::fs::remove_dir_all(&folder.0);
    folder.write(
        "a.md",
        "We are Hubspot experts.\n\n<!-- promolint-ignore tm-hubspot-capitalisation until 2026-12-01: a quote -->\n\nHubspot again.\n",
    );
    folder.write("b/c.html", "<p>Hub<b>spot</b> and guaranteed results</p>");
    folder.write("list.csv", "name,description\nAcme,\"We love Hubspot\"\nAcme,\"We love Hubspot\"\n");
    for format in ["rich", "concise", "json", "jsonl", "sarif", "html", "csv"] {
        folder.same(format, &["--format", format, "--today", "2026-11-21"]);
    }
    assert!(!folder.kept().is_empty());
    let concise = ["--format", "concise", "--today", "2026-11-21"];
    folder.same("the day after", &["--format", "concise", "--today", "2026-12-02"]);
    folder.write("a.md", "We are HubSpot experts, and Hubspot ones.\n");
    folder.same("a file changed", &concise);
    folder.write("promolint.yaml", "rules: {tm-hubspot-capitalisation: off}\n");
    folder.same("the configuration changed", &concise);
    // Whatever happens to the files of the cache costs a warning.
    let anew = folder.run(&["--format", "concise", "--today", "2026-11-21", "--no-cache"]);
    for file in folder.kept() {
        let mut bytes = std::fs::read(&file).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&file, bytes).unwrap();
    }
    let (code, text, said) = folder.run(&concise);
    assert_eq!((code, &text), (anew.0, &anew.1));
    assert!(said.contains("was damaged"), "{said}");
    assert_eq!(folder.run(&concise), anew);
}

/// A badge of 48 pixels, drawn for this test.
fn badge(file: &Path, colour: [u8; 3]) {
    let inside = |x: u32, y: u32| x.abs_diff(24) * 2 < 58 - y.saturating_sub(20);
    let picture = image::RgbImage::from_fn(48, 48, |x, y| match () {
        () if !inside(x, y) => image::Rgb([255; 3]),
        () if (18..24).contains(&y) && (10..38).contains(&x) => image::Rgb([20, 33, 61]),
        () => image::Rgb(colour),
    });
    picture.save(file).unwrap();
}

#[test]
fn registers_and_images_count() {
    let folder = Folder(std::env::temp_dir().join(format!("promolint-kept-images-{}", std::process::id())));
    let _ = std::fs::remove_dir_all(&folder.0);
    folder.write("page.html", "<p>We are a Diamond HubSpot partner.</p><img src=\"badge.png\" alt=\"badge\" width=\"48\" height=\"48\">");
    let register = folder.0.join("register");
    std::fs::create_dir_all(&register).unwrap();
    let gold = [217, 164, 65];
    badge(&register.join("gold.png"), gold);
    let assets = "assets:\n  - {id: badge-gold, family: badge, status: current, files: [gold.png]}\n";
    let tier = |tier: &str| {
        format!("complete: true\npartners:\n  - {{id: acorn, name: Acorn, membership: partner, tier: {tier}, domains: [acorn.example]}}\n")
    };
    std::fs::write(register.join("assets.yaml"), assets).unwrap();
    std::fs::write(register.join("partners.yaml"), tier("gold")).unwrap();
    let arguments = [
        "--format",
        "concise",
        "--today",
        "2026-11-21",
        "--partners",
        "../register/partners.yaml",
        "--partner",
        "acorn",
        "--assets",
        "../register/assets.yaml",
    ];
    let found = |rule: &str| folder.run(&arguments).1.contains(rule);
    badge(&folder.0.join("site/badge.png"), gold);
    folder.same("a true copy, a tier above", &arguments);
    assert!(found("claim-tier-above-actual") && !found("`badge-gold` is recoloured"), "{:?}", folder.run(&arguments));
    std::fs::write(register.join("partners.yaml"), tier("diamond")).unwrap();
    folder.same("another tier on record", &arguments);
    assert!(!found("claim-tier-above-actual"));
    badge(&folder.0.join("site/badge.png"), [65, 164, 217]);
    folder.same("another picture", &arguments);
    assert!(found("`badge-gold` is recoloured"), "{:?}", folder.run(&arguments));
    badge(&register.join("gold.png"), [65, 164, 217]);
    folder.same("the supplied image changed", &arguments);
    assert!(!found("`badge-gold` is recoloured"));
    std::fs::remove_file(folder.0.join("site/badge.png")).unwrap();
    folder.same("no picture", &arguments);
    assert!(found("image-missing"));
}

#[test]
fn several_processes_share_it() {
    let folder = Folder(std::env::temp_dir().join(format!("promolint-kept-together-{}", std::process::id())));
    let _ = std::fs::remove_dir_all(&folder.0);
    for i in 0..60 {
        folder.write(&format!("{i}.md"), &format!("# Number {i}\n\nWe are Hubspot experts.\n"));
    }
    let arguments = ["--format", "jsonl", "--today", "2026-11-21"];
    let anew = folder.run(&[&arguments[..], &["--no-cache"]].concat());
    for round in ["cold", "kept"] {
        let all: Vec<_> = std::thread::scope(|s| {
            let runs: Vec<_> = (0..6).map(|_| s.spawn(|| folder.run(&arguments))).collect();
            runs.into_iter().map(|r| r.join().unwrap()).collect()
        });
        assert!(all.iter().all(|one| *one == anew), "{round}: {all:#?}");
    }
    assert!(!folder.kept().is_empty());
}
