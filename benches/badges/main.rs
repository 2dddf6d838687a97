//! Altered logos: a generator of labelled images, and how well promolint tells them apart. See `benches/badges.md`.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::unwrap_used, missing_docs)]

mod alter;
mod badge;
mod bare;
mod canvas;
mod colour;
mod encode;
mod icons;
mod label;
mod letters;
mod logo;
mod random;
mod register;
mod scene;
mod words;

use clap::Parser;
use label::Setting;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Parser, Debug)]
#[command(name = "badges", about = "Makes labelled images of badges and logos, and scores promolint's comparing of images on them")]
pub struct Options {
    /// Which half of the designs
    #[arg(long, default_value = "report", value_parser = ["tune", "report"])]
    half: String,
    /// How many images
    #[arg(long, default_value_t = 4000)]
    n: usize,
    /// What all is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only bare files, pages or banners
    #[arg(long, value_parser = ["bare", "page", "banner"])]
    setting: Option<String>,
    /// Threads
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// A folder of SVG and PNG files to take logos from
    #[arg(long)]
    logos: Option<PathBuf>,
    /// Write the images and manifest.jsonl to a folder instead of scoring
    #[arg(long)]
    dump: Option<PathBuf>,
    /// Only alterations of this kind
    #[arg(long)]
    only: Option<String>,
    /// Only the images of these numbers
    #[arg(long, value_delimiter = ',')]
    index: Vec<usize>,
    /// Write a line for each wrong image to a file
    #[arg(long)]
    failures: Option<PathBuf>,
    /// What cargo says
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    // `cargo test --all-targets` starts this program too.
    if !std::env::args().any(|a| a == "--bench") {
        return;
    }
    let o = Options::parse();
    let only = o.only.as_deref().map(|k| {
        alter::Kind::named(k).unwrap_or_else(|| {
            eprintln!("no kind {k}; kinds are: {}", alter::Kind::ALL.map(|(_, n, _)| n.replace(": ", "-").replace(' ', "-")).join(", "));
            std::process::exit(2);
        })
    });
    let half = register::Half::draw(o.seed, &o.half, o.logos.as_deref());
    let indices: Vec<usize> = if o.index.is_empty() { (0..o.n).collect() } else { o.index.clone() };
    let salt = if o.half == "tune" { o.seed.wrapping_mul(2) } else { o.seed.wrapping_mul(2) + 1 };
    if let Some(dir) = &o.dump {
        dump(&o, dir, &half, &indices, salt, only);
    }
}

/// Of what setting an image is, by its number.
fn setting_of(o: &Options, index: usize) -> Setting {
    match o.setting.as_deref() {
        Some("page") => Setting::Page,
        Some("banner") => Setting::Banner,
        Some(_) => Setting::Bare,
        None => match index % 10 {
            7 | 8 => Setting::Page,
            9 => Setting::Banner,
            _ => Setting::Bare,
        },
    }
}

fn make(o: &Options, half: &register::Half, index: usize, salt: u64, only: Option<alter::Kind>) -> (Vec<u8>, label::Label) {
    let _ = setting_of(o, index);
    bare::make(half, index, salt, only)
}

/// Runs `f` for each number on several threads.
pub fn each(jobs: usize, indices: &[usize], f: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|s| {
        for _ in 0..jobs.max(1) {
            s.spawn(|| {
                while let Some(i) = indices.get(next.fetch_add(1, Ordering::Relaxed)) {
                    f(*i);
                }
            });
        }
    });
}

fn dump(o: &Options, dir: &Path, half: &register::Half, indices: &[usize], salt: u64, only: Option<alter::Kind>) {
    std::fs::create_dir_all(dir.join("references")).unwrap();
    let mut register = std::fs::File::create(dir.join("register.jsonl")).unwrap();
    for (i, d) in half.references.iter().enumerate() {
        let name = format!("references/{i:02}-{}.{}", d.id, if d.svg { "svg" } else { "png" });
        std::fs::write(dir.join(&name), &d.file).unwrap();
        let line = serde_json::json!({
            "reference": i, "id": d.id, "file": name, "family": d.family, "tier": d.tier, "year": d.year, "retired": d.retired, "sort": d.sort, "light": d.light,
            "width": d.base.w, "height": d.base.h, "min_width": d.min_width, "clear_space": d.clear_space, "backgrounds": d.backgrounds, "max_upscale": d.max_upscale,
        });
        writeln!(register, "{line}").unwrap();
    }
    let manifest = Mutex::new(Vec::new());
    each(o.jobs, indices, |i| {
        let (bytes, label) = make(o, half, i, salt, only);
        let mut json = label.json();
        let file = format!("{i:05}.{}", label.ending);
        json["file"] = file.clone().into();
        std::fs::write(dir.join(file), bytes).unwrap();
        manifest.lock().unwrap().push((i, json.to_string()));
    });
    let mut lines = manifest.into_inner().unwrap();
    lines.sort();
    let text: String = lines.into_iter().map(|(_, l)| l + "\n").collect();
    std::fs::write(dir.join("manifest.jsonl"), text).unwrap();
    println!("{} images in {}", indices.len(), dir.display());
}
