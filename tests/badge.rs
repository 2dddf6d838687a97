//! What `badge compare` writes beside its words: the picture of what differs, into files and into terminals.

#![allow(clippy::unwrap_used)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("promolint-badge-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn compare(cache: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_promolint"));
    command.args(["badge", "compare"]).args(arguments).env("NO_COLOR", "1").env("PROMOLINT_CACHE_DIR", cache).output().unwrap()
}

const GOLD: &str = "fixtures/badges/partner/partner-gold.svg";
const STRETCHED: &str = "tests/cmd/badge.in/stretched.png";

#[test]
fn terminals_are_sent_the_picture_that_is_written() {
    let folder = Folder::new("show");
    let out = folder.0.join("diff.png");
    let run = compare(&folder.0, &[GOLD, STRETCHED, "--show", "kitty", "--out", out.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    let text = String::from_utf8(run.stdout).unwrap();
    let (words, sent) = text.split_at(text.find('\x1b').unwrap());
    assert!(words.starts_with("altered: "), "{words}");
    let data: String = sent.trim_end().split_terminator("\x1b\\").filter_map(|c| c.split_once(';')).map(|(_, d)| d).collect();
    let shown = image::load_from_memory(&STANDARD.decode(data).unwrap()).unwrap().into_rgba8();
    let written = image::open(&out).unwrap().into_rgba8();
    assert!(written.width() > 2 * 200);
    assert_eq!(shown.width(), written.width().min(1200));
    // Nothing is sent to what is no terminal, unless asked.
    let plain = compare(&folder.0, &[GOLD, STRETCHED]);
    assert_eq!(String::from_utf8(plain.stdout).unwrap(), words);
    // What is shown takes nothing from what is said as data.
    let json = compare(&folder.0, &[GOLD, STRETCHED, "--format", "json", "--show", "kitty"]);
    assert!(serde_json::from_slice::<serde_json::Value>(&json.stdout).is_ok());
    let sixel = compare(&folder.0, &[GOLD, STRETCHED, "--show", "sixel"]);
    let at = sixel.stdout.iter().position(|b| *b == 0x1b).unwrap();
    let back = icy_sixel::SixelImage::decode(&sixel.stdout[at..]).unwrap();
    assert_eq!(back.width, shown.width() as usize);
}
