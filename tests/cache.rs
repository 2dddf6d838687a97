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
