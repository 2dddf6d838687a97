//! What compares documents with each other says the same whatever the number of threads, and from a pipe as from a file.

use std::io::Write;
use std::process::{Command, Stdio};

fn check(args: &[&str], input: Option<&[u8]>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_promolint"));
    command.args(["check", "--pack", "hubspot/across", "--format", "jsonl", "--fail-on", "never", "-q"]).args(args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("promolint starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.unwrap_or_default()).expect("it reads");
    drop(stdin);
    let out = child.wait_with_output().expect("it ends").stdout;
    String::from_utf8(out).expect("UTF-8").lines().filter(|l| l.contains("promolint.finding")).collect::<Vec<_>>().join("\n")
}

#[test]
fn threads_and_pipes_make_no_difference() {
    let mut export = String::new();
    for i in 0..4_000_u64 {
        let mut x: u64 = i / 2 + 1;
        let mut word = || {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("w{} ", x >> 50)
        };
        let words: String = (0..60).map(|_| word()).collect();
        let text = format!("\\\"Grüezi\\\" {words}");
        let domain = if i % 997 == 0 { 0 } else { i };
        export.push_str(&format!(
            r#"{{"name":"Firm{i} Ä","slug":"s{i}","website":"https://f{domain}.example","tier":"gold","partner_type":"partner","description":"{text}"}}"#
        ));
        export.push('\n');
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("across");
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("listings.ndjson");
    std::fs::write(&file, &export).expect("a file");
    let name = file.to_str().expect("UTF-8");
    let one = check(&[name, "--jobs", "1"], None);
    // Each text is there twice; one website has several names.
    assert_eq!(one.lines().filter(|l| l.contains("dir-copied-competitor-text")).count(), 2_000);
    assert_eq!(one.lines().filter(|l| l.contains("dir-conflicting-identity")).count(), 1);
    assert_eq!(one, check(&[name, "--jobs", "4"], None));
    assert_eq!(one, check(&["-", "--stdin-filename", name], Some(export.as_bytes())));
}
