//! The made-up content on disk, in a folder of its own below the system's temporary folder. It is made once and kept.

use super::random::Random;
use super::{listings, pages};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Raised when what is generated changes, so that an old folder is not taken for a new one.
const VERSION: u32 = 3;

fn folder() -> PathBuf {
    let path = std::env::temp_dir().join(format!("promolint-bench-{}-{VERSION}", env!("CARGO_PKG_VERSION")));
    fs::create_dir_all(&path).expect("the temporary folder can be written");
    path
}

/// Something under this name, made by `make` if it is not there. Written beside its place first: half of it is never taken for all.
fn once(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let path = folder().join(name);
    if !path.exists() {
        path.parent().map(fs::create_dir_all).transpose().expect("the temporary folder can be written");
        let half = folder().join(format!("{name}.part"));
        let _ = fs::remove_dir_all(&half);
        make(&half);
        fs::rename(&half, &path).expect("the temporary folder can be written");
    }
    path
}

/// About 1,500 pages of a partner's site and its like, 30 MB in all.
pub fn site(pages: usize) -> PathBuf {
    once(&format!("site-{pages}"), |path| {
        let mut r = Random::new(1);
        for i in 0..pages {
            let sub = path.join(format!("section-{:02}", i % 20));
            fs::create_dir_all(&sub).expect("writable");
            // Many small pages, few large ones; 20 KB in the mean.
            let size = if r.percent(85) { r.range(8_000, 22_000) } else { r.range(25_000, 75_000) };
            fs::write(sub.join(format!("page-{i:04}.html")), pages::page(1000 + i as u64, size)).expect("writable");
        }
    })
}

/// So many listings as NDJSON.
pub fn ndjson(records: usize) -> PathBuf {
    once(&format!("listings-{records}.ndjson"), |path| {
        let mut out = BufWriter::with_capacity(1 << 20, fs::File::create(path).expect("writable"));
        listings::write_ndjson(&mut out, records).and_then(|()| out.flush()).expect("writable");
    })
}

/// So many listings as CSV.
pub fn csv(records: usize) -> PathBuf {
    once(&format!("listings-{records}.csv"), |path| {
        let mut out = BufWriter::with_capacity(1 << 20, fs::File::create(path).expect("writable"));
        listings::write_csv(&mut out, records).and_then(|()| out.flush()).expect("writable");
    })
}

/// Markdown of 5 KB, one finding in it.
pub fn markdown() -> PathBuf {
    file("post.md", || post(3, 5_000))
}

/// So many posts in Markdown as a repository holds them, of 1 to 8 KB.
pub fn posts(posts: usize) -> PathBuf {
    once(&format!("posts-{posts}"), |path| {
        for i in 0..posts {
            let sub = path.join(format!("{:02}", i % 100));
            fs::create_dir_all(&sub).expect("writable");
            let seed = 5_000 + i as u64;
            let text = post(seed, Random::new(seed).range(1_000, 8_000));
            // Most say nothing that is wrong.
            let text = if i % 10 == 0 { text } else { text.replace("We are Hubspot onboarding experts.", "We run onboardings.") };
            fs::write(sub.join(format!("post-{i:05}.md")), text).expect("writable");
        }
    })
}

/// A file of this text.
pub fn file(name: &str, make: impl FnOnce() -> String) -> PathBuf {
    once(name, |path| fs::write(path, make()).expect("writable"))
}

fn post(seed: u64, size: usize) -> String {
    let mut r = Random::new(seed);
    let lang = &super::words::LANGUAGES[0];
    let mut out = String::from(
        "---\ntitle: How an onboarding runs\ndescription: Six weeks, week by week.\n---\n\n# How an onboarding runs\n\nWe are Hubspot onboarding experts.\n\n",
    );
    while out.len() < size {
        out.push_str(&format!("## {}\n\n", r.pick(lang.headings)));
        for _ in 0..3 {
            let s = format!(
                "{} {} [{}](https://partner.example/hubspot) {}\n\n",
                lang.sentence(&mut r),
                lang.sentence(&mut r),
                r.pick(lang.labels),
                lang.sentence(&mut r)
            );
            out.push_str(&s.replace("&amp;", "&"));
        }
        out.push_str("- one `hubspot` client\n- two **calm** weeks\n\n");
    }
    out
}

/// All files below a folder, by name.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(&path).expect("the corpus can be read").flatten() {
            let path = entry.path();
            if path.is_dir() { waiting.push(path) } else { out.push(path) }
        }
    }
    out.sort();
    out
}

/// Bytes of some files.
pub fn bytes(files: &[PathBuf]) -> u64 {
    files.iter().filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum()
}
