//! `promolint badge index`: a folder of images becomes a register, or new files are added to one.

use super::{Image, bytes, hex, same};
use crate::badge::{Encoding, Limits, Sort};
use crate::cli::args::Color;
use crate::cli::{complain, count, exit, files, print, refuse, register, setup, stderr_palette};
use crate::engine::{io_message, name_of, nearest};
use crate::facts::assets::write::{self, NewAsset};
use crate::facts::assets::{Found, ImageGroup, group, unexplained};
use crate::facts::{Asset, Assets, Broken, Kind, State};
use crate::finding::Trouble;
use crate::report::rich_trouble;
use crate::source::{DecodeHint, Source};
use ignore::WalkBuilder;
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

/// Sorts of pictures whose files are taken up; others are artwork for print, and are left out.
const TAKEN: [Sort; 10] =
    [Sort::Png, Sort::Jpeg, Sort::WebP, Sort::Gif, Sort::Svg, Sort::Svgz, Sort::Avif, Sort::Heic, Sort::JpegXl, Sort::Bmp];

/// Runs the command.
pub fn run(folder: &Path, output: Option<&Path>, merge: bool, color: Color) -> u8 {
    match std::fs::metadata(folder) {
        Ok(m) if m.is_dir() => {}
        Ok(_) => return refuse(&format!("{} is no folder", name_of(folder)), "give the folder that the images lie in"),
        Err(e) => return refuse(&format!("cannot read {}: {}", name_of(folder), io_message(&e)), &nearest(folder)),
    }
    let to_stdout = output == Some(Path::new("-"));
    let output = output.filter(|_| !to_stdout).map_or_else(|| folder.join("assets.yaml"), Path::to_owned);
    let is_there = !to_stdout && output.symlink_metadata().is_ok();
    if is_there && !merge {
        let help = "`--merge` adds new files to it and keeps the rest; or give another name with `--output`";
        return refuse(&format!("{} is there already, and was left as it is", name_of(&output)), help);
    }
    let old = if is_there {
        match setup::register(&output, &files::register(Kind::Assets), color, Assets::read) {
            Ok(r) => Some(r),
            Err(code) => return code,
        }
    } else {
        None
    };
    let base = if to_stdout { folder } else { output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")) };
    let (Ok(base), Ok(root)) = (base.canonicalize(), folder.canonicalize()) else {
        return refuse(&format!("cannot write {}: there is no such folder", name_of(&output)), "make the folder first");
    };
    let looked = Looked::at(folder);
    let prefix = relative(&base, &root);
    let path = |file: &str| if prefix.is_empty() { file.to_owned() } else { format!("{prefix}/{file}") };
    let root_name = root.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut tally = Tally {
        root: folder.to_owned(),
        folder: name_of(folder),
        output: if to_stdout { String::new() } else { name_of(&output) },
        ..Tally::default()
    };
    let text = match &old {
        Some(old) => match tally.merge(old, &base, &root_name, &looked.found, &path) {
            Ok(text) => text,
            Err(broken) => return register::show(&broken),
        },
        None => tally.new_register(&root_name, &looked.found, &path),
    };
    if looked.found.is_empty() && looked.troubles.is_empty() {
        return refuse(&format!("there are no images in {}", tally.folder), "a register is made of PNG, SVG, JPEG, WebP and GIF files");
    }
    let written = match () {
        () if to_stdout => print(&text),
        () if looked.found.is_empty() => exit::OK,
        () if old.as_ref().is_some_and(|o| o.source().text() == text) => exit::OK,
        () => files::replace(&output, |out| out.write_all(text.as_bytes()).map(|()| true)).err().unwrap_or(exit::OK),
    };
    if written != exit::OK {
        return written;
    }
    let palette = stderr_palette(color);
    looked.troubles.iter().for_each(|t| complain(&rich_trouble(t, palette)));
    complain(&tally.told(&looked, old.is_some()));
    if looked.troubles.is_empty() { exit::OK } else { exit::TROUBLE }
}

/// What lies in a folder.
#[derive(Default)]
struct Looked {
    found: Vec<Found>,
    troubles: Vec<Trouble>,
    /// Files that are no images, or artwork for print.
    others: usize,
}

impl Looked {
    fn at(folder: &Path) -> Looked {
        let limits = Limits::default();
        let mut out = Looked::default();
        let walk = WalkBuilder::new(folder).standard_filters(false).hidden(true).sort_by_file_name(Ord::cmp).build();
        for entry in walk {
            let entry = match entry {
                Ok(e) => e,
                Err(e) => {
                    let message = e.io_error().map_or_else(|| e.to_string(), io_message);
                    out.troubles.push(Trouble::about(
                        name_of(folder),
                        format!("a part of this folder cannot be read: {message}"),
                        "give read permission",
                    ));
                    continue;
                }
            };
            if !entry.file_type().is_some_and(|t| t.is_file()) {
                continue;
            }
            let ending = entry.path().extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
            if !TAKEN.iter().any(|s| s.endings().contains(&ending.as_str())) || ending == "gz" {
                let register = matches!(ending.as_str(), "yaml" | "yml");
                out.others += usize::from(!register);
                continue;
            }
            let name = name_of(entry.path());
            let image = match bytes(entry.path(), &limits) {
                Ok(b) => Image::of(&b, &limits)
                    .map_err(|r| Trouble::about(name.clone(), format!("this image cannot be compared with: {}", r.message), r.help)),
                Err(e) => {
                    Err(Trouble::about(name.clone(), format!("this image cannot be read: {}", io_message(&e)), "give read permission"))
                }
            };
            match image {
                Ok(image) => {
                    let (width, height) = image.size();
                    let path = name_of(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
                    let drawing = image.picture.encoding == Encoding::Svg;
                    out.found.push(Found { path, sha256: hex(&image.sha256), width, height, drawing });
                }
                Err(t) => out.troubles.push(t),
            }
        }
        out
    }
}

/// The way from one folder to another, with slashes; empty if they are the same.
fn relative(from: &Path, to: &Path) -> String {
    let (a, b): (Vec<Component>, Vec<Component>) = (from.components().collect(), to.components().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let up = std::iter::repeat_n("..".to_owned(), a.len() - same);
    let down = b[same..].iter().map(|c| c.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// What was done, and what people should look at.
#[derive(Default)]
struct Tally {
    root: PathBuf,
    folder: String,
    output: String,
    /// Assets that are new.
    assets: usize,
    /// Files that were written.
    files: usize,
    /// Of these, files of assets that were there before.
    extended: usize,
    look: Vec<String>,
}

impl Tally {
    fn new_register(&mut self, root: &str, found: &[Found], path: &dyn Fn(&str) -> String) -> String {
        let mut groups = group(root, found.to_vec());
        self.look.extend(same::by_pixels(&self.root, &mut groups));
        let entries: Vec<NewAsset> = groups.iter().map(|g| self.entry(g, &groups, path)).collect();
        let folder = root.escape_debug();
        let mut head = format!(
            "# Images of the folder {folder}, as `promolint badge index` found them. What their names do not tell is not here: it is unknown.\n\
             # Worth adding: status, min_width, clear_space, backgrounds, max_upscale, allow, uses, successor.\n"
        );
        let families = self.families(&groups);
        if !families.is_empty() {
            let list: Vec<String> = families.iter().map(|f| format!("{f}: badge")).collect();
            head.push_str(&format!("# What are these: badge, logo, sprocket or certificate?\n# families: {{{}}}\n", list.join(", ")));
        }
        write::register(&head, &entries)
    }

    fn entry(&mut self, g: &ImageGroup, all: &[ImageGroup], path: &dyn Fn(&str) -> String) -> NewAsset {
        let entry = g.entry(all, path);
        self.look.extend(entry.comments.iter().map(|c| format!("{}: {c}", g.id)));
        self.assets += 1;
        self.files += entry.files.len();
        entry
    }

    fn families(&mut self, groups: &[ImageGroup]) -> Vec<String> {
        let families = unexplained(groups);
        if !families.is_empty() {
            let names = families.join(", ");
            self.look.push(format!("{}: `families` can say what they are: badge, logo, sprocket or certificate", names));
        }
        families
    }

    /// The old register with what is new. Files that it knows, and what people wrote, stay as they are.
    fn merge(
        &mut self,
        old: &Assets,
        base: &Path,
        root: &str,
        found: &[Found],
        path: &dyn Fn(&str) -> String,
    ) -> Result<String, Box<Broken>> {
        let true_path = |p: &str| base.join(p).canonicalize().ok();
        let mut known: HashSet<PathBuf> = HashSet::new();
        let mut by_hash: HashMap<&str, &Asset> = HashMap::new();
        let now: HashMap<PathBuf, &Found> = found.iter().filter_map(|f| Some((true_path(&path(&f.path))?, f))).collect();
        for asset in old.iter() {
            for f in asset.files.items() {
                let Some(at) = true_path(&f.value.path) else {
                    self.look.push(format!("{}: there is no file {}", asset.id.value, f.value.path));
                    continue;
                };
                if let (Some(is), Some(was)) = (now.get(&at), &f.value.sha256)
                    && is.sha256 != *was
                {
                    self.look.push(format!("{}: {} is not the file it was: its sha256 is now {}", asset.id.value, f.value.path, is.sha256));
                }
                if let Some(is) = now.get(&at) {
                    by_hash.insert(&is.sha256, asset);
                }
                known.insert(at);
            }
        }
        let new: Vec<Found> = found.iter().filter(|f| true_path(&path(&f.path)).is_none_or(|p| !known.contains(&p))).cloned().collect();
        let mut groups = group(root, new);
        self.families(
            &groups
                .iter()
                .filter(|g| !old.iter().any(|a| a.family.as_ref().map(|f| &f.value) == g.guess.family.as_ref()))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let mut text = old.source().text().to_owned();
        let broken = |text: &str, fault| {
            Box::new(Broken::new(Source::decode(old.source().name(), text.as_bytes().to_vec(), DecodeHint::Text), vec![fault]))
        };
        let fits = |a: &Asset, g: &ImageGroup| match (&a.current, g.guess.current) {
            (State::Is(was), Some(is)) => was.value == is,
            (State::Is(was), None) => was.value,
            (_, is) => is != Some(false),
        };
        for i in 0..groups.len() {
            let same_bytes = groups[i].files.iter().find_map(|(f, _)| by_hash.get(f.sha256.as_str()).copied());
            let same_name = old.by_id(&groups[i].id).filter(|a| fits(a, &groups[i]));
            if let Some(asset) = same_bytes.or(same_name) {
                for (f, variant) in &groups[i].files {
                    text = write::add_file(&text, &asset.id.value, &f.file(variant.as_deref(), path)).map_err(|f| broken(&text, f))?;
                    self.files += 1;
                    self.extended += 1;
                }
                continue;
            }
            let plain = groups[i].id.clone();
            let mut n = 2;
            while old.by_id(&groups[i].id).is_some() || groups[..i].iter().any(|g| g.id == groups[i].id) {
                groups[i].id = format!("{plain}-{n}");
                n += 1;
            }
            let entry = self.entry(&groups[i], &groups, path);
            text = write::add_asset(&text, &entry).map_err(|f| broken(&text, f))?;
        }
        Ok(text)
    }

    /// What came of it, for people.
    fn told(&self, looked: &Looked, merged: bool) -> String {
        let to = if self.output.is_empty() { String::new() } else { format!(" to {}", self.output) };
        let mut out = match (merged, self.files) {
            (true, 0) => format!("nothing new in {}; {} was left as it is", self.folder, self.output),
            (true, n) => {
                let new = (self.assets > 0).then(|| format!("{} in {}", n - self.extended, count(self.assets, "new asset")));
                let old = (self.extended > 0).then(|| format!("{} in assets that were there", self.extended));
                let parts: Vec<String> = new.into_iter().chain(old).collect();
                format!("{} added{to}: {}", count(n, "file"), parts.join(", "))
            }
            (false, n) => format!("{} with {} from {}{to}", count(self.assets, "asset"), count(n, "file"), self.folder),
        };
        if !looked.troubles.is_empty() {
            out.push_str(&format!("; {} left out as unreadable", count(looked.troubles.len(), "file")));
        }
        if looked.others > 0 {
            out.push_str(&format!("\n{} left out as no image that is compared", count(looked.others, "file")));
        }
        if !self.look.is_empty() {
            out.push_str("\nlook at:");
            self.look.iter().for_each(|l| out.push_str(&format!("\n  {l}")));
        }
        out
    }
}
