//! Altered logos: a generator of labelled images, and how well promolint tells them apart. See `benches/badges.md`.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::unwrap_used, missing_docs)]
#![allow(clippy::too_many_arguments, reason = "what draws takes places, sizes and colours")]

mod alter;
mod badge;
mod bare;
mod canvas;
mod colour;
mod encode;
mod folder;
mod icons;
mod label;
mod letters;
mod logo;
mod page;
mod random;
mod register;
mod scene;
mod score;
mod table;
mod words;

use clap::Parser;
use label::Setting;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The program's, since memory is measured too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// Score the images of a folder that --dump wrote; the memory said is promolint's alone
    #[arg(long, conflicts_with_all = ["dump", "logos", "only"])]
    from: Option<PathBuf>,
    /// Only alterations of this kind
    #[arg(long)]
    only: Option<String>,
    /// Only the images of these numbers; of the setting that a number has without --setting
    #[arg(long, value_delimiter = ',')]
    index: Vec<usize>,
    /// Write a line for each wrong image to a file
    #[arg(long)]
    failures: Option<PathBuf>,
    /// Write what was measured of each image to a file, for those who set limits; all is compared twice then
    #[arg(long)]
    numbers: Option<PathBuf>,
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
    let done = Mutex::new(Vec::new());
    let add = |outcome| {
        let mut done = done.lock().unwrap();
        done.push(outcome);
        if done.len() % 500 == 0 {
            eprintln!("{} images", done.len());
        }
    };
    let head;
    if let Some(dir) = &o.from {
        let library = folder::library(dir);
        let mut labels = folder::labels(dir);
        labels.retain(|(_, l)| {
            (o.index.is_empty() || o.index.contains(&l.index)) && o.setting.as_deref().is_none_or(|s| s == l.setting.name())
        });
        let places: Vec<usize> = (0..labels.len()).collect();
        each(o.jobs, &places, |i| {
            let bytes = std::fs::read(dir.join(&labels[i].0)).unwrap();
            add(score::judge(&library, &bytes, labels[i].1.clone(), o.numbers.is_some()));
        });
        head = format!("{} images of {}; {} references.", labels.len(), dir.display(), library.references().len());
    } else {
        let half = register::Half::draw(o.seed, &o.half, o.logos.as_deref());
        let indices: Vec<usize> = if o.index.is_empty() { (0..o.n).collect() } else { o.index.clone() };
        let salt = if o.half == "tune" { o.seed.wrapping_mul(2) } else { o.seed.wrapping_mul(2) + 1 };
        if let Some(dir) = &o.dump {
            dump(&o, dir, &half, &indices, salt, only);
            return;
        }
        let library = score::library(&half);
        each(o.jobs, &indices, |i| {
            let (bytes, label) = make(&o, &half, i, salt, only);
            add(score::judge(&library, &bytes, label, o.numbers.is_some()));
        });
        let logos = o.logos.as_ref().map_or("", |_| ", logos of a folder among them");
        head = format!("Half {}, seed {}, {} images{logos}; {} references.", o.half, o.seed, indices.len(), half.references.len());
    }
    let peak = score::peak();
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|o| o.label.index);
    if let Some(path) = &o.failures {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        for d in &done {
            if let Some(wrong) = d.wrong() {
                let line = serde_json::json!({ "wrong": wrong, "seed": o.seed, "half": o.half, "index": d.label.index, "label": d.label.json(), "said": d.words });
                writeln!(file, "{line}").unwrap();
            }
        }
    }
    if let Some(path) = &o.numbers {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        for d in &done {
            let line = serde_json::json!({ "index": d.label.index, "wrong": d.wrong(), "label": d.label.json(), "said": d.words, "numbers": d.numbers });
            writeln!(file, "{line}").unwrap();
        }
    }
    println!("{head}\n");
    print!("{}", table::report(&done, peak, o.from.is_some()));
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
    match setting_of(o, index) {
        Setting::Bare => bare::make(half, index, salt, only),
        setting => page::make(half, index, salt, setting, only),
    }
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
        if d.svg {
            // For those who look at the folder.
            d.base.image().save(dir.join(format!("{name}.png"))).unwrap();
        }
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
