//! What promolint says of the images, held against what is known of them.

use super::alter::Kind;
use super::canvas::Area;
use super::label::{Expect, Label, Mark, Setting};
use super::register::Half;
use promolint::badge::{self, AlterationKind, Comparison, Library, Limits, Reference, Verdict};
use sha2::{Digest, Sha256};

/// The verdict on one mark of an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    Identical,
    Copy,
    Altered,
    Outdated,
    LookAlike,
    Unsure,
    Nothing,
}

impl From<Verdict> for Said {
    fn from(v: Verdict) -> Said {
        match v {
            Verdict::Identical => Said::Identical,
            Verdict::Copy => Said::Copy,
            Verdict::Altered => Said::Altered,
            Verdict::Outdated => Said::Outdated,
            Verdict::LookAlike => Said::LookAlike,
            Verdict::Unsure => Said::Unsure,
        }
    }
}

impl Said {
    pub fn alarm(self) -> bool {
        matches!(self, Said::Altered | Said::Outdated)
    }
}

/// A mark that is there, and what was said of it.
#[derive(Clone, Debug)]
pub struct Judged {
    pub mark: Mark,
    pub said: Said,
    /// Whether one of the first two alterations is of the right group.
    pub named: bool,
    /// Whether the right reference was found; `None` where two are right or nothing was found.
    pub exact: Option<bool>,
    /// How well the region fits.
    pub iou: Option<f32>,
    /// How well the region of a local change is met: whether any region named overlaps it.
    pub spot: Option<bool>,
}

/// An image, and what was said of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub label: Label,
    pub marks: Vec<Judged>,
    /// Look-alikes and what is unrelated.
    pub others: Vec<Judged>,
    /// Alarms where nothing of the register is.
    pub stray: usize,
    /// Marks reported where nothing of the register is, without an alarm.
    pub ghosts: usize,
    pub refused: Option<String>,
    /// Seconds of processor time.
    pub cpu: f64,
    /// What was said, in words.
    pub words: String,
    /// What was measured, if it was asked.
    pub numbers: Vec<String>,
}

impl Outcome {
    /// Whether anything of it is wrong, and what.
    pub fn wrong(&self) -> Option<&'static str> {
        if self.refused.is_some() {
            return Some("refused");
        }
        for j in &self.marks {
            let w = match (j.mark.expect, j.said) {
                (Expect::Altered, Said::Altered) if !j.named => Some("group"),
                (Expect::Altered, Said::Altered) => None,
                (Expect::Altered, Said::Unsure) => Some("unsure"),
                (Expect::Altered, _) => Some("missed"),
                (Expect::Outdated, Said::Outdated) => None,
                (Expect::Outdated, _) => Some("not outdated"),
                (_, s) if s.alarm() => Some("false alarm"),
                (_, Said::Nothing | Said::LookAlike) => Some("not found"),
                (_, Said::Unsure) => Some("unsure"),
                (Expect::Identical, Said::Copy) => Some("not identical"),
                _ => None,
            };
            if w.is_some() {
                return w;
            }
            if j.exact == Some(false) {
                return Some("other reference");
            }
        }
        if self.stray > 0 {
            return Some("stray alarm");
        }
        for j in &self.others {
            match (j.mark.expect, j.said) {
                (_, s) if s.alarm() => return Some("unrelated flagged"),
                (Expect::Unrelated, Said::Copy | Said::Identical) => return Some("unrelated taken for a copy"),
                _ => {}
            }
        }
        None
    }
}

/// The library of a half's register.
pub fn library(half: &Half) -> Library {
    let limits = Limits::default();
    let of = |d: &super::register::Design| {
        let picture = badge::open(&d.file, &limits).or_else(|e| {
            eprintln!("reference {}: {}; taken as pixels", d.id, e.message);
            badge::open(&super::encode::Code::Png.write(&d.base, super::colour::WHITE), &limits)
        });
        Reference {
            id: d.id.clone(),
            family: d.family.clone(),
            tier: d.tier.clone(),
            retired: d.retired,
            sha256: Sha256::digest(&d.file).into(),
            picture: picture.unwrap_or_else(|e| panic!("reference {} does not open: {}", d.id, e.message)),
            drawing: None,
            min_width: d.min_width,
            clear_space: d.clear_space,
            backgrounds: d.backgrounds.clone(),
            max_upscale: d.max_upscale,
        }
    };
    Library::new(half.references.iter().map(of).collect())
}

/// Processor time of this thread, in seconds.
fn thread_time() -> Option<f64> {
    let s = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    s.split_ascii_whitespace().next()?.parse::<f64>().ok().map(|ns| ns / 1e9)
}

fn area(r: badge::Region) -> Area {
    Area(r.x as f32, r.y as f32, (r.x + r.width) as f32, (r.y + r.height) as f32)
}

pub fn judge(library: &Library, bytes: &[u8], label: Label, numbers: bool) -> Outcome {
    let wall = std::time::Instant::now();
    let start = thread_time();
    let sha: [u8; 32] = Sha256::digest(bytes).into();
    let picture = badge::open(bytes, &Limits::default());
    let said = picture.as_ref().map(|p| library.compare(p, &sha, badge::Setting::default()));
    let cpu = start.zip(thread_time()).map_or_else(|| wall.elapsed().as_secs_f64(), |(a, b)| b - a);
    let numbers = picture.as_ref().ok().filter(|_| numbers).map(|p| library.report(p)).unwrap_or_default();
    let mut out = Outcome { label, marks: vec![], others: vec![], stray: 0, ghosts: 0, refused: None, cpu, words: String::new(), numbers };
    let said = match said {
        Ok(c) => c,
        Err(e) => {
            out.refused = Some(e.message.clone());
            out.words = e.message.clone();
            Comparison::default()
        }
    };
    out.words.push_str(&said.marks.iter().map(|m| describe(library, m)).collect::<Vec<_>>().join("; "));
    let mut taken = vec![false; said.marks.len()];
    let bare = out.label.setting == Setting::Bare;
    for mark in out.label.marks.clone() {
        let j = judged(library, &said, &mut taken, mark, bare);
        out.marks.push(j);
    }
    for mark in out.label.others.clone() {
        let j = judged(library, &said, &mut taken, mark, bare);
        out.others.push(j);
    }
    for (m, _) in said.marks.iter().zip(&taken).filter(|(_, t)| !**t) {
        if Said::from(m.verdict).alarm() { out.stray += 1 } else { out.ghosts += 1 }
    }
    out
}

fn describe(library: &Library, m: &badge::Mark) -> String {
    let id = library.references().get(m.reference).map_or("?", |r| r.id.as_str());
    let list: Vec<String> = m.alterations.iter().map(|a| format!("{}: {}", a.kind.name(), a.words)).collect();
    let r = m.region;
    let why = m.unsure.as_deref().map(|u| format!(" ({u})")).unwrap_or_default();
    format!("{:?}{why} {id} at {},{} {}x{} {:.2} [{}]", m.verdict, r.x, r.y, r.width, r.height, m.confidence, list.join(", "))
}

fn judged(library: &Library, said: &Comparison, taken: &mut [bool], mark: Mark, bare: bool) -> Judged {
    let mut mine: Vec<&badge::Mark> = Vec::new();
    for (m, t) in said.marks.iter().zip(taken.iter_mut()) {
        let a = area(m.region);
        let (cx, cy) = ((a.0 + a.2) / 2.0, (a.1 + a.3) / 2.0);
        let w = mark.whole.grown(2.0);
        let over = a.iou(mark.ink).max(a.iou(mark.whole));
        let at = over > 0.15 || (over > 0.02 && (w.0..w.2).contains(&cx) && (w.1..w.3).contains(&cy));
        if !*t && (bare || at) {
            *t = true;
            mine.push(m);
        }
    }
    // The plainest word counts: an alarm before all others.
    let rank = |v: Verdict| match v {
        Verdict::Altered => 0,
        Verdict::Outdated => 1,
        Verdict::Identical | Verdict::Copy => 2,
        Verdict::Unsure => 3,
        Verdict::LookAlike => 4,
    };
    let best = mine.iter().min_by_key(|m| rank(m.verdict));
    let Some(best) = best else {
        return Judged { mark, said: Said::Nothing, named: false, exact: None, iou: None, spot: None };
    };
    let groups = mark.kind.map_or(&[][..], Kind::groups);
    let named = best.alterations.iter().take(2).any(|a| groups.contains(&a.kind.group()));
    let ambiguous = mark.swapped || matches!(mark.kind, Some(Kind::TierText)) || mark.reference.is_none();
    // Variants of one logo share an id; which of them it was held against does not matter once all of its colour is gone.
    let found = library.references().get(best.reference).map(|r| r.id.as_str());
    let exact = (!ambiguous).then(|| Some(best.reference) == mark.reference || (mark.kind.is_some() && found == Some(mark.id.as_str())));
    let iou = Some(area(best.region).iou(mark.ink).max(area(best.region).iou(mark.whole)));
    let spot = mark.change.filter(|_| best.verdict == Verdict::Altered).map(|c| {
        let local = best.alterations.iter().filter(|a| !matches!(a.kind, AlterationKind::MinSize | AlterationKind::Background));
        local.filter_map(|a| a.region).any(|r| area(r).grown(2.0).meets(c))
    });
    Judged { mark, said: best.verdict.into(), named, exact, iou, spot }
}

/// The most memory that was resident, in MB.
pub fn peak() -> Option<f64> {
    let s = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = s.lines().find(|l| l.starts_with("VmHWM"))?;
    line.split_ascii_whitespace().nth(1)?.parse::<f64>().ok().map(|k| k / 1024.0)
}
