//! What only shows over time: a baseline while the content changes, and what git says of it.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::Command;

const TODAY: &str = "2026-11-21";

/// A folder with git, which goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("promolint-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        let folder = Folder(path);
        folder.git(&["init", "--quiet", "--initial-branch=main"]);
        folder
    }

    fn write(&self, name: &str, text: &str) -> &Folder {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C").arg(&self.0).args(["-c", "user.name=A", "-c", "user.email=a@a.example", "-c", "commit.gpgSign=false"]);
        // Nothing of the machine's own settings counts.
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        git.env("GIT_AUTHOR_DATE", "2026-11-01T12:00:00Z").env("GIT_COMMITTER_DATE", "2026-11-01T12:00:00Z");
        let out = git.args(arguments).output().unwrap();
        assert!(out.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=x"]);
    }

    /// Exit code, findings as `path:line rule`, standard error without the time.
    fn run_in(&self, folder: &str, ci: &str, arguments: &[&str]) -> (i32, Vec<String>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promolint"));
        command.current_dir(self.0.join(folder)).env("CI", ci).env("NO_COLOR", "1");
        let out = command.args(["check", "--format", "concise", "--today", TODAY]).args(arguments).output().unwrap();
        let line = |l: &str| {
            let (place, rest) = l.split_once(": ").unwrap();
            let rule = rest.split(['[', ']']).nth(1).unwrap();
            format!("{} {rule}", place.rsplit_once(':').unwrap().0)
        };
        let found = String::from_utf8(out.stdout).unwrap().lines().map(line).collect();
        let said = String::from_utf8(out.stderr).unwrap();
        let said = said.lines().map(|l| l.rsplit_once(", ").filter(|(_, s)| s.ends_with(" s")).map_or(l, |(rest, _)| rest));
        (out.status.code().unwrap(), found, said.collect::<Vec<_>>().join("\n"))
    }

    fn run(&self, arguments: &[&str]) -> (i32, Vec<String>, String) {
        self.run_in("", "", arguments)
    }

    fn baseline(&self) -> String {
        std::fs::read_to_string(self.0.join("promolint-baseline.json")).unwrap_or_default()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn found(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|l| format!("{l} tm-hubspot-capitalisation")).collect()
}

#[test]
fn a_baseline_holds_what_was_there_and_nothing_more() {
    let f = Folder::new("baseline");
    f.write("a.md", "Hubspot one.\n\nHubspot two.\n").write("sub/b.md", "Hubspot three.\n").write("promolint.yaml", "fail_on: warning\n");
    let rules = ["--only", "tm-hubspot-capitalisation"];
    let run = |folder: &str, ci: &str, more: &[&str]| f.run_in(folder, ci, &[&rules[..], more].concat());
    assert_eq!(run("", "", &["--update-baseline"]).2.lines().next(), Some("wrote promolint-baseline.json: 3 findings, 3 added, 0 removed"));
    let written = f.baseline();
    // Moved lines, other words around it, another folder to start from.
    f.write("a.md", "New.\n\nFirst.\n\nThe Hubspot two.\n\nHubspot one.\n");
    assert_eq!(run("", "", &[]), (0, vec![], "no findings (3 baselined) in 2 inputs, 2 files left out as no content".into()));
    assert_eq!(run("sub", "", &["b.md"]).0, 0);
    // One more is new, and a plain run writes nothing.
    f.write("a.md", "Hubspot one.\n\nHubspot two.\n\nHubspot new.\n");
    assert_eq!((run("", "", &[]).1, f.baseline()), (found(&["a.md:5"]), written.clone()));
    // A pipeline adds nothing, and says why.
    let (code, lines, said) = run("", "true", &["--update-baseline"]);
    assert_eq!((code, lines, f.baseline()), (2, found(&["a.md:5"]), written.clone()));
    assert!(said.contains("it would grow by 1 finding, and this is CI"), "{said}");
    // Gone: said, and taken out where the run looked, also by a pipeline.
    f.write("a.md", "HubSpot one.\n\nHubspot two.\n");
    std::fs::remove_file(f.0.join("sub/b.md")).unwrap();
    assert!(run("", "", &[]).2.starts_with("note: 2 findings in promolint-baseline.json are there no more"));
    assert!(run("", "", &["a.md"]).2.starts_with("note: 1 finding in promolint-baseline.json is there no more"));
    assert!(!run("", "", &["--ignore", "tm-hubspot-capitalisation"]).2.contains("no more"), "nobody looked");
    assert_eq!(
        run("", "true", &["a.md", "--update-baseline"]).2.lines().next(),
        Some("wrote promolint-baseline.json: 2 findings, 0 added, 1 removed")
    );
    assert!(f.baseline().contains("sub/b.md"), "the run was not about it");
    assert_eq!(run("", "", &["--update-baseline"]).2.lines().next(), Some("wrote promolint-baseline.json: 1 finding, 0 added, 1 removed"));
    assert_eq!(run("", "", &["--no-baseline"]).1, found(&["a.md:3"]));
}

#[test]
fn since_a_revision_only_changed_lines_count() {
    let f = Folder::new("since");
    let name = "sub dir/größe \"q\".md";
    f.write(name, "Hubspot old.\n\nfine\n\n+++ b/other.md\n")
        .write("moved.md", "Hubspot a.\n\nb\n\nc\n\nd\n")
        .write("same.md", "Hubspot\n")
        .commit();
    f.git(&["checkout", "--quiet", "-b", "mine"]);
    f.write(name, "Hubspot old.\n\nnow Hubspot\n\n+++ b/other.md\n").commit();
    f.git(&["checkout", "--quiet", "main"]);
    f.write("same.md", "HubSpot\n").commit();
    f.git(&["checkout", "--quiet", "mine"]);
    f.git(&["mv", "moved.md", "to.md"]);
    f.write("to.md", "Hubspot a.\n\nb\n\nc\n\nd\n\nHubspot e.\n").write("untracked.md", "Hubspot\n").write(".gitignore", "ignored.md\n");
    f.write("ignored.md", "Hubspot\n").write("staged.md", "Hubspot\n");
    f.git(&["add", "staged.md"]);
    let rules = ["--only", "tm-hubspot-capitalisation", "--since"];
    let run = |folder: &str, more: &[&str]| f.run_in(folder, "", &[&rules[..], more].concat());
    let place = format!("{name}:3");
    // Nothing of what others did on main since.
    assert_eq!(run("", &["main"]).1, found(&["staged.md:1", &place, "to.md:9", "untracked.md:1"]));
    assert_eq!(run("", &["HEAD"]).1, found(&["staged.md:1", "to.md:9", "untracked.md:1"]));
    assert_eq!(run("sub dir", &["main"]).1, found(&[place.trim_start_matches("sub dir/")]));
    assert_eq!(run("sub dir", &["main", "../to.md"]).1, found(&["../to.md:9"]));
    let (code, lines, said) = run("", &["main", "same.md"]);
    assert_eq!((code, lines.len()), (0, 0));
    assert!(said.starts_with("note: nothing was checked: nothing that promolint reads has changed since main"), "{said}");
    // What is not changed is not read: that it cannot be read does not matter.
    f.write("same.md", "Hubspot \u{0}\n").commit();
    assert_eq!(f.run(&["same.md"]).0, 2);
    assert_eq!(run("", &["HEAD"]).0, 0);
    let (code, _, said) = run("", &["mian"]);
    assert_eq!(code, 2);
    assert!(said.contains("has no revision `mian`"), "{said}");
    std::fs::rename(f.0.join(".git"), f.0.join("git")).unwrap();
    assert!(run("", &["main"]).2.contains("is in no git repository"));
}

#[test]
fn debt_knows_since_when() {
    let f = Folder::new("debt");
    f.write("a.md", "<!-- promolint-ignore tm-hubspot-capitalisation until 2026-11-10 @anna: a letter -->\nHubspot\n").commit();
    f.write("promolint-ignore.yaml", "- rule: tm-hubspot-capitalisation\n  path: b.csv\n  reason: later\n");
    let debt = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promolint"));
        let out = command.current_dir(&f.0).args(["debt", "--format", "json", "--today", TODAY]).args(arguments).output().unwrap();
        let all: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        let list = all["suppressions"].as_array().unwrap().iter();
        list.map(|s| format!("{} {} {} {} {}", s["path"], s["line"], s["owner"], s["since"], s["age_days"])).collect::<Vec<_>>()
    };
    let anna = r#""a.md" 1 "anna" "2026-11-01" 20"#;
    assert_eq!(debt(&[]), [anna, r#""promolint-ignore.yaml" 1 null null null"#]);
    assert_eq!(debt(&["--owner", "Anna"]), [anna]);
    f.git(&["add", "--all"]);
    f.git(&["commit", "--quiet", "--message=x"]);
    assert_eq!(debt(&[]), [anna, r#""promolint-ignore.yaml" 1 null "2026-11-01" 20"#]);
}
