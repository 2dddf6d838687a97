//! The designs of a half: those in the register, those that look like them, those that have nothing to do with them.

use super::badge::{self, Content, Frame, Palette, Style};
use super::canvas::{Area, Canvas};
use super::colour;
use super::encode::Code;
use super::logo::{Logo, Variant};
use super::random::Random;
use super::scene::{self, Role, Scene};
use super::words::{self, CAPTIONS, LADDERS, WORDS};
use std::path::{Path, PathBuf};

/// What a design is drawn from.
#[derive(Clone, Debug)]
pub enum Source {
    Scene(Scene),
    /// From the folder of the user.
    Svg(String),
    Pixels,
}

/// A design, and what the register says of it.
#[derive(Clone, Debug)]
pub struct Design {
    pub id: String,
    pub family: Option<String>,
    pub tier: Option<String>,
    /// The year written on it.
    pub year: Option<String>,
    pub retired: bool,
    /// What sort of design: for the table.
    pub sort: &'static str,
    pub source: Source,
    /// The file as it was supplied, and whether that is SVG.
    pub file: Vec<u8>,
    pub svg: bool,
    /// As many pixels as its file has; of an SVG, at a size of the generator's choice.
    pub base: Canvas,
    /// Where something is drawn in it.
    pub ink: Area,
    /// White on nothing: for dark backgrounds.
    pub light: bool,
    pub opaque: bool,
    pub min_width: Option<f32>,
    pub clear_space: Option<f32>,
    pub backgrounds: Option<Vec<[u8; 3]>>,
    pub max_upscale: Option<f32>,
}

pub struct Half {
    pub references: Vec<Design>,
    pub alike: Vec<Design>,
    pub unrelated: Vec<Design>,
}

const DARK: [[u8; 3]; 3] = [[16, 24, 40], [0, 0, 0], [33, 37, 41]];

impl Design {
    fn new(r: &mut Random, id: String, sort: &'static str, source: Source, pixels: Option<Canvas>, light: bool) -> Option<Design> {
        let text = match &source {
            Source::Scene(s) => Some(s.svg()),
            Source::Svg(s) => Some(s.clone()),
            Source::Pixels => None,
        };
        let (w, h) = match (&source, &pixels) {
            (Source::Scene(s), _) => (s.w, s.h),
            (Source::Svg(s), _) => scene::size_of(s)?,
            (_, Some(c)) => (c.w as f32, c.h as f32),
            _ => return None,
        };
        let long = r.range(200.0, 600.0);
        let k = long / w.max(h);
        let (w, h) = ((w * k).round().max(8.0) as usize, (h * k).round().max(8.0) as usize);
        let base = match (&text, pixels) {
            (Some(t), _) => scene::render(t, w, h)?,
            (None, Some(c)) => {
                if c.w > 600 || c.h > 600 {
                    c.resized(w, h, super::canvas::Filter::Lanczos)
                } else {
                    c
                }
            }
            _ => return None,
        };
        // A drawing of nothing.
        base.where_(|p| p[3] > 0.3)?;
        let svg = text.is_some() && r.chance(0.25);
        let file = if svg { text?.into_bytes() } else { Code::Png.write(&base, colour::WHITE) };
        // What was supplied has eight bits a channel.
        let base = Canvas::of(&base.image());
        let (ink, opaque) = (base.ink(), base.opaque());
        let native = base.w as f32;
        let tiled = matches!(&source, Source::Scene(s) if s.items.iter().any(|i| i.role == Role::Body));
        Some(Design {
            id,
            family: None,
            tier: None,
            year: None,
            retired: false,
            sort,
            source,
            file,
            svg,
            ink,
            light,
            opaque,
            min_width: r.chance(0.8).then(|| {
                (native * r.range(0.2, 0.35)).max(if native > 1.6 * base.h as f32 { 72.0 } else { 48.0 }).min(native * 0.6).round()
            }),
            clear_space: r.chance(0.5).then(|| (r.range(0.1, 0.25) * 100.0).round() / 100.0),
            // Marks on a tile of their own may stand anywhere, if the program says so.
            backgrounds: if opaque || tiled && r.chance(0.4) {
                None
            } else if light {
                Some(DARK.to_vec())
            } else {
                Some(vec![[255, 255, 255], [250, 250, 250]])
            },
            max_upscale: (!svg).then_some(1.25),
            base,
        })
    }

    pub fn scene(&self) -> Option<&Scene> {
        match &self.source {
            Source::Scene(s) => Some(s),
            _ => None,
        }
    }

    /// Its pixels at a width; what is not drawn anew is made larger or smaller.
    pub fn at(&self, w: usize) -> Canvas {
        let h = (w as f32 * self.base.h as f32 / self.base.w as f32).round().max(1.0) as usize;
        let text = match &self.source {
            Source::Scene(s) if self.svg => Some(s.svg()),
            Source::Svg(s) if self.svg => Some(s.clone()),
            _ => None,
        };
        match text.and_then(|t| scene::render(&t, w, h)) {
            Some(c) => c,
            None => self.base.resized(w, h, super::canvas::Filter::Lanczos),
        }
    }

    fn of(mut self, family: &str, tier: &str, year: Option<&str>, retired: bool) -> Design {
        self.family = Some(family.to_owned());
        self.tier = Some(tier.to_owned());
        self.year = year.map(str::to_owned);
        self.retired = retired;
        self
    }
}

/// A program: what its badges share.
struct Program {
    style: Style,
    palette: Palette,
    content: Content,
    /// How tiers are told apart: 0 by text only, 1 by an accent too, 2 by all colours.
    tiers: u8,
}

impl Program {
    fn draw(r: &mut Random, frame: Frame, tiers: u8) -> Program {
        let style = Style::draw(r, frame);
        let palette = Palette::draw(r);
        let name = words::name(r);
        let words = r.pick(&WORDS);
        let year = (frame == Frame::Certificate || r.chance(0.65)).then(|| r.int(2024, 2026).to_string());
        let content = badge::content(r, name, words, "", year);
        Program { style, palette, content, tiers }
    }

    fn badge(&self, r: &mut Random, tier: &str) -> Scene {
        let mut content = self.content.clone();
        content.tier = tier.to_owned();
        let palette = match self.tiers {
            0 => self.palette,
            k => {
                let c = badge::tier_colour(r, tier);
                self.palette.tiered(r, c, k == 2)
            }
        };
        self.style.badge(&content, &palette)
    }

    /// An earlier edition: an older year, another palette, at times another frame.
    fn earlier(&self, r: &mut Random) -> Program {
        let style = if r.chance(0.5) { self.style.clone() } else { Style::draw(r, self.style.frame) };
        let mut content = self.content.clone();
        content.year = Some(r.int(2018, 2021).to_string());
        Program { style, palette: Palette::draw(r), content, tiers: self.tiers }
    }

    /// Another program's badge of the same template.
    fn imitation(&self, r: &mut Random) -> Program {
        let name = words::name(r);
        let year = self.content.year.clone();
        let words = if r.chance(0.5) { &self.content.words } else { "Verified Partner" };
        let mut content = badge::content(r, name, words, "", year);
        content.holder = self.content.holder.clone();
        Program { style: self.style.clone(), palette: Palette::draw(r), content, tiers: self.tiers }
    }
}

impl Half {
    /// The designs of a half. `half` is part of the seed: two halves share none.
    pub fn draw(seed: u64, half: &str, logos: Option<&Path>) -> Half {
        let r = &mut Random::of(seed, half, 0);
        let mut h = Half { references: Vec::new(), alike: Vec::new(), unrelated: Vec::new() };
        let mut frames = [
            Frame::Square,
            Frame::Round,
            Frame::Shield,
            Frame::Hexagon,
            Frame::Plaque,
            Frame::Rosette,
            Frame::Seal,
            Frame::Card,
            Frame::Pill,
            Frame::Diamond,
        ];
        r.shuffle(&mut frames);
        let mut programs = Vec::new();
        for (f, (tiers, max, old)) in [(1, 5, 3), (2, 4, 0), (0, 4, 2), (0, 3, 0)].into_iter().enumerate() {
            let p = Program::draw(r, frames[f], tiers);
            let ladder: Vec<&str> = loop {
                let l = r.pick(&LADDERS);
                if l.len() >= max || max == 5 && l.len() >= 4 {
                    break l.iter().take(max).copied().collect();
                }
            };
            let family = format!("program-{f}");
            let earlier = p.earlier(r);
            for (retired, p, take) in [(false, &p, ladder.len()), (true, &earlier, old)] {
                for tier in ladder.iter().take(take) {
                    let s = p.badge(r, tier);
                    let id = format!("{family}-{}{}", tier.to_lowercase(), if retired { "-old" } else { "" });
                    let d = Design::new(r, id, if tiers == 0 { "family, text only" } else { "family" }, Source::Scene(s), None, false);
                    h.references.extend(d.map(|d| d.of(&family, tier, p.content.year.as_deref(), retired)));
                }
            }
            for _ in 0..2 {
                let other = p.imitation(r);
                for tier in ladder.iter().take(2) {
                    let s = other.badge(r, tier);
                    h.alike.extend(Design::new(r, format!("alike-{family}"), "look-alike", Source::Scene(s), None, false));
                }
            }
            programs.push(p);
        }
        let p = Program::draw(r, Frame::Certificate, 0);
        let mut captions = CAPTIONS;
        r.shuffle(&mut captions);
        for (i, caption) in captions.iter().take(5).enumerate() {
            // One of them is an earlier edition.
            let old = i == 4;
            let earlier = p.earlier(r);
            let q = if old { &earlier } else { &p };
            let s = q.badge(r, caption);
            let d = Design::new(r, format!("certificate-{i}"), "certificate", Source::Scene(s), None, false);
            h.references.extend(d.map(|d| d.of("certificates", caption, q.content.year.as_deref(), old)));
        }
        let other = p.imitation(r);
        for caption in captions.iter().skip(5).take(2) {
            let s = other.badge(r, caption);
            h.alike.extend(Design::new(r, "alike-certificates".to_owned(), "look-alike", Source::Scene(s), None, false));
        }
        // Logos: own ones, or those of the folder.
        let mut files = logos.map(|dir| files_of(dir, half)).unwrap_or_default();
        r.shuffle(&mut files);
        let mut files = files.into_iter();
        let mut n = 0;
        while h.references.len() < 40 {
            n += 1;
            let own = files.len() < 40 && n % 3 != 0 || files.len() == 0;
            if own {
                let name = words::name(r);
                let logo = Logo::draw(r, name);
                let variants: &[Variant] = match r.below(6) {
                    0 | 1 => &[Variant::Colour, Variant::Light],
                    2 => &[Variant::Colour, Variant::Dark],
                    3 => &[Variant::Tile],
                    _ => &[Variant::Colour],
                };
                for v in variants {
                    let d = Design::new(r, format!("logo-{n}"), "logo", Source::Scene(logo.scene(*v)), None, *v == Variant::Light);
                    h.references.extend(d);
                }
            } else if let Some(d) = files.next().and_then(|f| from_file(r, &f, format!("file-{n}"))) {
                h.references.push(d);
            }
        }
        // Nothing to do with the register.
        for i in 0..70 {
            if i % 2 == 0 && files.len() > 0 {
                h.unrelated.extend(files.next().and_then(|f| from_file(r, &f, format!("unrelated-{i}"))));
                continue;
            }
            // Some signs have one shape only: whoever bears that of a supplied logo shows the logo's drawing.
            let s = loop {
                let s = foreign(r, &frames, i);
                if !h.references.iter().filter_map(Design::scene).any(|own| s.0.bears_sign_of(own)) {
                    break s;
                }
            };
            h.unrelated.extend(Design::new(r, format!("unrelated-{i}"), "unrelated", Source::Scene(s.0), None, s.1));
        }
        h
    }
}

/// A badge or a logo of others, and whether it is white on nothing.
fn foreign(r: &mut Random, frames: &[Frame], i: usize) -> (Scene, bool) {
    if i % 5 < 2 {
        let frame = r.pick(frames);
        let tiers = r.below(3) as u8;
        let p = Program::draw(r, frame, tiers);
        let ladder = r.pick(&LADDERS);
        let tier = r.pick(ladder);
        (p.badge(r, tier), false)
    } else {
        let name = words::name(r);
        let v = r.pick(&[Variant::Colour, Variant::Colour, Variant::Dark, Variant::Tile, Variant::Light]);
        (Logo::draw(r, name).scene(v), v == Variant::Light)
    }
}

/// The pictures of a folder that belong to a half, by their names.
fn files_of(dir: &Path, half: &str) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = ignore::WalkBuilder::new(dir)
        .standard_filters(false)
        .build()
        .flatten()
        .map(ignore::DirEntry::into_path)
        .filter(|p| matches!(p.extension().and_then(|e| e.to_str()), Some("svg" | "png")))
        .filter(|p| {
            let name = p.file_name().unwrap_or_default().to_string_lossy();
            (Random::of(0, &name, 0).number().is_multiple_of(2)) == (half == "tune")
        })
        .collect();
    out.sort();
    out
}

fn from_file(r: &mut Random, path: &Path, id: String) -> Option<Design> {
    let bytes = std::fs::read(path).ok()?;
    if path.extension().is_some_and(|e| e == "svg") {
        let mut text = String::from_utf8(bytes).ok()?;
        // Icon packages leave the colour to the page: give it one, the same at every run.
        if !text.contains("fill=\"#") && !text.contains("style=") {
            let c = colour::hex(colour::hsl(r.range(0.0, 360.0), r.range(0.0, 0.9), r.range(0.15, 0.5)));
            let at = text.find("<svg")? + 4;
            text.insert_str(at, &format!(" fill=\"{c}\""));
            text = text.replace("currentColor", &c);
        }
        Design::new(r, id, "from the folder", Source::Svg(text), None, false)
    } else {
        let c = Canvas::of(&image::load_from_memory(&bytes).ok()?.into_rgba8());
        Design::new(r, id, "from the folder", Source::Pixels, Some(c), false)
    }
}

/// The parts of a drawing that carry text of a role.
pub fn texts(s: &Scene, roles: &[Role]) -> Vec<usize> {
    (0..s.items.len()).filter(|i| roles.contains(&s.items[*i].role) && s.items[*i].text().is_some()).collect()
}
