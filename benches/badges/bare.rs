//! Bare files: one mark, as it would lie on a disk.

use super::alter::{self, Altered, Kind, photo, solid};
use super::canvas::{self, Area, Canvas, Filter, IDENTITY, then};
use super::colour::{self, Rgb, hsl};
use super::encode::{self, Code, near_white};
use super::label::{Expect, Label, Mark, Setting};
use super::letters::{Line, Stand};
use super::random::Random;
use super::register::{Design, Half};
use super::scene::{Item, Role, Scene};
use super::words;

/// What is to be made: what is expected of it, and the kind and strength of an alteration.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub expect: Expect,
    pub kind: Option<Kind>,
    pub strength: usize,
}

impl Wish {
    pub fn draw(r: &mut Random, only: Option<Kind>) -> Wish {
        let expect = match only {
            Some(_) => Expect::Altered,
            None => r.weighted(&[
                (0.03, Expect::Identical),
                (0.31, Expect::Copy),
                (0.45, Expect::Altered),
                (0.06, Expect::Outdated),
                (0.05, Expect::LookAlike),
                (0.1, Expect::Unrelated),
            ]),
        };
        Wish { expect, kind: (expect == Expect::Altered).then(|| only.unwrap_or_else(|| draw_kind(r))), strength: r.below(3) }
    }
}

pub fn draw_kind(r: &mut Random) -> Kind {
    r.weighted(&Kind::ALL.map(|(k, _, weight)| (weight, k)))
}

/// A mark at its last size, not yet encoded.
pub struct Made {
    pub canvas: Canvas,
    pub clean: Option<Canvas>,
    pub place: [f32; 6],
    pub words: String,
    pub swapped: bool,
    pub kind: Option<Kind>,
    pub strength: usize,
}

/// The least size at which a legitimate copy may be, as a share of its own size.
pub fn least(d: &Design) -> f32 {
    let (w, h) = (d.base.w as f32, d.base.h as f32);
    let pixels = 40.0 / w.max(h);
    let side = 14.0 / w.min(h);
    (d.min_width.unwrap_or(0.0) / w * 1.01).max(0.25).max(pixels).max(side).min(1.0)
}

/// The size at which an alteration is made.
fn size_for(d: &Design, strength: usize, r: &mut Random) -> f32 {
    let want = [130.0, 100.0, 72.0][strength] / d.base.w.max(d.base.h) as f32;
    let low = least(d).max(want).min(1.0);
    if r.chance(0.2) { 1.0 } else { r.range(low, 1.0) }
}

/// The colour a mark is laid on by those that flatten it.
pub fn ground(d: &Design, r: &mut Random) -> Rgb {
    match &d.backgrounds {
        Some(list) if d.light => colour::of(r.pick(list)),
        _ => near_white(r),
    }
}

/// Makes a mark that was altered; `None` if this design does not lend itself to it or nothing would be seen.
pub fn altered(half: &Half, d: &Design, kind: Kind, strength: usize, at: Option<f32>, r: &mut Random) -> Option<Made> {
    let mut size = at.unwrap_or_else(|| size_for(d, strength, r));
    match kind {
        Kind::MinSize => size = d.min_width? / d.base.w as f32 * [0.86, 0.68, 0.48][strength] * r.range(0.96, 1.03),
        Kind::ClearSpace => drop(d.clear_space?),
        Kind::BackgroundTile | Kind::BackgroundPhoto => drop(d.backgrounds.as_ref()?),
        _ => {}
    }
    let Altered { canvas, clean, place, words, swapped } = alter::alter(kind, strength, d, size, &half.references, &half.unrelated, r)?;
    let filter = r.pick(&Filter::SMOOTH);
    let to = |c: &Canvas| c.resized((c.w as f32 * size).round() as usize, (c.h as f32 * size).round() as usize, filter);
    let (small, clean) = (to(&canvas), clean.as_ref().map(to));
    let scale = [small.w as f32 / canvas.w as f32, 0.0, 0.0, 0.0, small.h as f32 / canvas.h as f32, 0.0];
    let mut made = Made { canvas: small, clean, place: then(place, scale), words, swapped, kind: Some(kind), strength };
    if kind.late() {
        late(kind, &mut made, d, half, r)?;
    }
    visible(kind, strength, &made, d).then_some(made)
}

/// Whether the alteration can be seen in the pixels.
fn visible(kind: Kind, strength: usize, m: &Made, d: &Design) -> bool {
    let Some(clean) = &m.clean else { return true };
    if matches!(kind, Kind::MinSize) {
        return true;
    }
    // Light marks are used on dark grounds, all others on light ones.
    let e = canvas::difference_on(&m.canvas, clean, &[if d.light { 0.12 } else { 1.0 }]);
    let ink = Area(d.ink.0, d.ink.1, d.ink.2, d.ink.3).through(m.place);
    let share = e.pixels as f32 / (ink.width() * ink.height());
    match kind {
        Kind::Hue | Kind::Tint | Kind::Mono | Kind::Tone | Kind::Gradient | Kind::Opacity => e.mean > [4.0, 7.0, 12.0][strength],
        Kind::Blur | Kind::Upscaled => e.mean > 1.2,
        Kind::Mirror | Kind::Rotation => share > 0.02,
        _ => e.pixels as f32 > [14.0, 22.0, 40.0][strength] && share > 0.0008,
    }
}

/// Alterations of the picture at its last size.
fn late(kind: Kind, m: &mut Made, d: &Design, half: &Half, r: &mut Random) -> Option<()> {
    let ink = d.ink.through(m.place);
    let short = ink.width().min(ink.height());
    match kind {
        Kind::Blur => {
            let sigma = ([0.009, 0.018, 0.035][m.strength] * short * r.range(0.9, 1.15)).max([0.9, 1.4, 2.2][m.strength]);
            let room = (sigma * 3.0).ceil() as i64;
            let soft = |c: &Canvas| if d.opaque { c.clone() } else { c.padded(room, room, room, room, [0.0; 4]) };
            let wide = soft(&m.canvas);
            if !d.opaque {
                m.place = then(m.place, [1.0, 0.0, room as f32, 0.0, 1.0, room as f32]);
            }
            m.canvas = wide.blurred(sigma);
            m.clean = Some(wide);
            m.words = format!("blurred by {sigma:.1} px");
        }
        Kind::Upscaled => {
            let k = [1.8, 2.6, 4.0][m.strength] * r.range(0.95, 1.15);
            // Made larger than it was: at times beyond its own size.
            let up = if r.chance(0.5) { r.range(0.9, 1.6) / (m.canvas.w as f32 / d.base.w as f32) } else { 1.0 };
            let (w, h) = ((m.canvas.w as f32 * up).round(), (m.canvas.h as f32 * up).round());
            if w > 1300.0 || h > 1300.0 || w / k < 12.0 || h / k < 8.0 {
                return None;
            }
            let small = m.canvas.resized((w / k).round() as usize, (h / k).round() as usize, Filter::Bilinear);
            let clean = d.base.resized(w as usize, h as usize, Filter::Lanczos);
            m.canvas =
                small.resized(w as usize, h as usize, r.pick(&[Filter::Bilinear, Filter::Bilinear, Filter::CatmullRom, Filter::Nearest]));
            m.clean = Some(clean);
            m.place = [w / d.base.w as f32, 0.0, 0.0, 0.0, h / d.base.h as f32, 0.0];
            m.words = format!("made larger {k:.1} times");
        }
        Kind::BackgroundTile => {
            let c = match m.strength {
                0 => hsl(r.range(0.0, 360.0), r.range(0.5, 0.9), r.range(0.86, 0.91)),
                1 => hsl(r.range(0.0, 360.0), r.range(0.3, 0.7), r.range(0.6, 0.75)),
                _ => hsl(r.range(0.0, 360.0), r.range(0.5, 1.0), r.range(0.35, 0.55)),
            };
            let c = if d.light { hsl(r.range(0.0, 360.0), r.range(0.6, 0.9), [0.3, 0.45, 0.6][m.strength]) } else { c };
            let allowed = d.backgrounds.as_ref()?;
            if allowed.iter().any(|a| colour::distance(colour::of(*a), c) < 14.0) {
                return None;
            }
            on_sheet(m, d, r, |w, h, _| Canvas::filled(w, h, c));
            m.words = format!("on {}", colour::hex(c));
        }
        Kind::BackgroundPhoto => {
            on_sheet(m, d, r, photo);
            m.words = "on a picture".to_owned();
        }
        Kind::ClearSpace => {
            let need = d.clear_space? * ink.height();
            let gap = need * [0.6, 0.3, 0.08][m.strength];
            if need - gap < 3.0 {
                return None;
            }
            let tall = (ink.height() * r.range(0.14, 0.3)).max(9.0);
            let label = if r.chance(0.5) {
                words::name(r)
            } else {
                r.pick(&["Call us today", "Our partner", "since 2019", "Contact sales", "Learn more"]).to_owned()
            };
            let line = Line::new(label, r.pick(&[0, 1, 4, 3]), tall * 1.4, Stand::Left(2.0, tall * 0.9), 900.0);
            let wide = (line.fitted().1 + 4.0).ceil();
            let mut s = Scene::new(wide, (tall * 1.8).ceil());
            let c = if d.light { [0.9; 3] } else { hsl(r.range(0.0, 360.0), 0.6, 0.3) };
            s.add(Item::line(Role::Words, line, c));
            if r.chance(0.25) {
                s.items.clear();
                s.add(Item::path(Role::Ornament, super::scene::rect(1.0, 1.0, wide * 0.6, s.h - 2.0, 4.0), c));
            }
            let foreign = s.render(s.w as usize, s.h as usize);
            beside(m, ink, &foreign, gap, d.opaque, r);
            m.words = format!("something {gap:.0} px away, free space {need:.0} px");
        }
        Kind::AddedBeside => {
            let tall = ink.height() * [0.3, 0.5, 0.85][m.strength];
            // In the free space, or, of marks that ask for none, over their edge.
            let gap = match d.clear_space {
                Some(need) => ink.height() * need * r.range(0.1, 0.5),
                None => -tall * r.range(0.1, 0.3),
            };
            let foreign = if r.chance(0.6) {
                let all: Vec<&Design> = half.unrelated.iter().filter(|u| u.light == d.light && u.base.w < 3 * u.base.h).collect();
                let other = &r.pick(&all).base;
                let k = tall / other.h as f32;
                other.resized((other.w as f32 * k).round() as usize, (other.h as f32 * k).round() as usize, Filter::Lanczos)
            } else {
                let line = Line::new(words::name(r), r.pick(&[0, 1, 5, 3]), tall * 0.9, Stand::Left(2.0, tall * 0.5), ink.width() * 1.4);
                let mut s = Scene::new((line.fitted().1 + 6.0).ceil(), tall.ceil());
                s.add(Item::line(Role::Words, line, if d.light { colour::WHITE } else { [0.1, 0.12, 0.2] }));
                s.render(s.w as usize, s.h as usize)
            };
            if foreign.w < 8 || foreign.h < 8 {
                return None;
            }
            beside(m, ink, &foreign, gap, d.opaque, r);
            m.words = if gap < 0.0 { "another mark over its edge".to_owned() } else { format!("another mark beside it, {gap:.0} px away") };
        }
        _ => {}
    }
    Some(())
}

/// Lays a mark on a sheet with some room.
fn on_sheet(m: &mut Made, d: &Design, r: &mut Random, sheet: impl FnOnce(usize, usize, &mut Random) -> Canvas) {
    let room = (m.canvas.w.max(m.canvas.h) as f32 * r.range(0.04, 0.2)).ceil() as i64;
    let wide = m.canvas.padded(room, room, room, room, [0.0; 4]);
    let mut out = sheet(wide.w, wide.h, r);
    out.lay(&wide, 0, 0);
    m.place = then(m.place, [1.0, 0.0, room as f32, 0.0, 1.0, room as f32]);
    let allowed = d.backgrounds.as_ref().map_or(colour::WHITE, |b| colour::of(b[0]));
    m.clean = Some(wide.on(allowed));
    m.canvas = out;
}

/// Puts something at a side of a mark's ink.
fn beside(m: &mut Made, ink: Area, foreign: &Canvas, gap: f32, opaque: bool, r: &mut Random) {
    let f = foreign.ink();
    let (w, h) = (m.canvas.w as f32, m.canvas.h as f32);
    let slide = r.range(0.0, 1.0);
    // Where the foreign thing's sheet goes, so that its ink is `gap` from the mark's.
    let (x, y) = match r.below(4) {
        0 => (ink.2 + gap - f.0, ink.1 + (ink.height() - f.height()) * slide - f.1),
        1 => (ink.0 - gap - f.2, ink.1 + (ink.height() - f.height()) * slide - f.1),
        2 => (ink.0 + (ink.width() - f.width()) * slide - f.0, ink.3 + gap - f.1),
        _ => (ink.0 + (ink.width() - f.width()) * slide - f.0, ink.1 - gap - f.3),
    };
    let edge = 4.0;
    let (l, t) = ((edge - (x + f.0)).max(0.0).ceil(), (edge - (y + f.1)).max(0.0).ceil());
    let (right, bottom) = ((x + f.2 + edge - w).max(0.0).ceil(), (y + f.3 + edge - h).max(0.0).ceil());
    // A tile of its own goes on in nothing; the rest is drawn over it.
    let _ = opaque;
    let wide = m.canvas.padded(l as i64, t as i64, right as i64, bottom as i64, [0.0; 4]);
    let mut out = wide.clone();
    out.lay(foreign, (x + l).round() as i64, (y + t).round() as i64);
    m.place = then(m.place, [1.0, 0.0, l, 0.0, 1.0, t]);
    m.clean = Some(wide);
    m.canvas = out;
}

/// Makes a legitimate copy, or a copy of something that is not in the register.
pub fn copy(d: &Design, at: Option<f32>, r: &mut Random) -> Made {
    let low = least(d);
    let high = if d.svg { 1.6 } else { 1.25 };
    let size = at.unwrap_or_else(|| {
        if r.chance(0.25) {
            1.0
        } else if r.chance(0.15) {
            r.range(1.0, high)
        } else {
            r.range(low, 1.0)
        }
    });
    let w = ((d.base.w as f32 * size).round() as usize).max(8);
    let h = ((d.base.h as f32 * size).round() as usize).max(6);
    let mut words = format!("{size:.2} times its size");
    let mut c = if d.svg && r.chance(0.6) { d.at(w) } else { d.base.resized(w, h, r.pick(&Filter::SMOOTH)) };
    let place = [c.w as f32 / d.base.w as f32, 0.0, 0.0, 0.0, c.h as f32 / d.base.h as f32, 0.0];
    if size < 0.9 && r.chance(0.15) {
        c = c.sharpened(r.range(0.5, 0.9), r.range(0.15, 0.4));
        words.push_str(", sharpened");
    }
    Made { canvas: c, clean: None, place, words, swapped: false, kind: None, strength: 0 }
}

/// Pads, flattens and encodes a mark. Gives the file, what it is called, and the mark's place in it.
pub fn finish(mut m: Made, d: &Design, floor: u8, pad: bool, r: &mut Random) -> (Vec<u8>, Code, String, [f32; 6], (usize, usize)) {
    let code = match Code::draw(r, floor) {
        // The colours of print are known but roughly: what was altered may not show.
        Code::Cmyk(q) if m.kind.is_some() => Code::Jpeg(q, false),
        // What is half transparent is lost.
        Code::Gif if matches!(m.kind, Some(Kind::Shadow | Kind::Glow)) => Code::Png,
        c => c,
    };
    let behind = ground(d, r);
    let mut notes = String::new();
    let flatten = !code.transparent() || r.chance(0.4);
    if pad && r.chance(0.3) {
        let p = m.canvas.w.max(m.canvas.h) as f32;
        let [left, top, right, bottom] = std::array::from_fn(|_| (p * r.range(0.0, 0.2)).round() as i64);
        let with = if m.canvas.opaque() && !flatten { solid(behind) } else { [0.0; 4] };
        m.canvas = m.canvas.padded(left, top, right, bottom, with);
        m.place = then(m.place, [1.0, 0.0, left as f32, 0.0, 1.0, top as f32]);
        notes.push_str(", padded");
    }
    if flatten && !m.canvas.opaque() {
        m.canvas = m.canvas.on(behind);
        notes.push_str(&format!(", on {}", colour::hex(behind)));
    }
    let size = (m.canvas.w, m.canvas.h);
    let mut bytes = code.write(&m.canvas, behind);
    let mut code = code;
    // What an encoder ruined is no legitimate copy, and hides what was altered.
    let flat = |c: &Canvas| c.on(if d.light { [0.1; 3] } else { colour::WHITE });
    // Of the rare encodings, which only promolint reads as their writers meant them, this is not asked.
    if matches!(code, Code::Jpeg(..) | Code::Palette(..) | Code::Gif | Code::WebpLossy(_)) {
        let back = encode::read_back(&bytes);
        let want = if back.opaque() { m.canvas.on(behind) } else { m.canvas.clone() };
        if canvas::difference(&flat(&back), &flat(&want)).mean > 6.0 {
            code = Code::Png;
            bytes = code.write(&m.canvas, behind);
        }
    }
    let mut name = code.name();
    if let Code::Jpeg(..) = code
        && r.chance(0.15)
    {
        // A second generation.
        let again = Code::Jpeg(r.int(i64::from(floor.max(60)), 95) as u8, true);
        bytes = again.write(&encode::read_back(&bytes), behind);
        name = format!("{name}, then {}", again.name());
    }
    (bytes, code, format!("{name}{notes}"), m.place, size)
}

/// Makes the bare file of a number.
pub fn make(half: &Half, index: usize, seed: u64, only: Option<Kind>) -> (Vec<u8>, Label) {
    let r = &mut Random::of(seed, "bare", index as u64);
    let mut wish = Wish::draw(r, only);
    let current: Vec<usize> = (0..half.references.len()).filter(|i| !half.references[*i].retired).collect();
    let retired: Vec<usize> = (0..half.references.len()).filter(|i| half.references[*i].retired).collect();
    let (at, d): (Option<usize>, &Design);
    let made;
    match wish.expect {
        Expect::Altered => {
            let mut tries = 0;
            (at, made) = loop {
                tries += 1;
                // Nothing to be done with many designs: another kind, unless it was asked for.
                if tries % 40 == 0 && only.is_none() {
                    wish.kind = Some(draw_kind(r));
                } else if tries % 200 == 0 {
                    // Nor at this strength: another one.
                    wish.strength = (wish.strength + 2) % 3;
                }
                assert!(tries < 5000, "no design of this register lends itself to {}", wish.kind.map_or("", Kind::name));
                let kind = wish.kind.unwrap_or(Kind::Hue);
                let i = r.pick(&current);
                if let Some(m) = altered(half, &half.references[i], kind, wish.strength, None, r) {
                    break (Some(i), Some(m));
                }
            };
            d = &half.references[at.unwrap_or(0)];
        }
        Expect::Identical | Expect::Copy | Expect::Outdated => {
            let i = r.pick(if wish.expect == Expect::Outdated { &retired } else { &current });
            (at, made) = (Some(i), None);
            d = &half.references[i];
        }
        Expect::LookAlike => {
            (at, made) = (None, None);
            d = &half.alike[r.below(half.alike.len())];
        }
        Expect::Unrelated => {
            (at, made) = (None, None);
            d = &half.unrelated[r.below(half.unrelated.len())];
        }
    }
    let kind = made.as_ref().and_then(|m| m.kind);
    let change = made.as_ref().and_then(|m| Some(canvas::difference(&m.canvas, m.clean.as_ref()?).area?.grown(0.0)));
    let swapped = made.as_ref().is_some_and(|m| m.swapped);
    let words;
    let (bytes, ending, code, place, size);
    if wish.expect == Expect::Identical {
        words = String::new();
        (bytes, ending, code, place, size) =
            (d.file.clone(), if d.svg { "svg" } else { "png" }, "as supplied".to_owned(), IDENTITY, (d.base.w, d.base.h));
    } else {
        let m = made.unwrap_or_else(|| copy(d, None, r));
        words = m.words.clone();
        let floor = if wish.expect == Expect::Altered { [60, 50, 40][wish.strength] } else { 40 };
        let done = finish(m, d, floor, !matches!(kind, Some(Kind::Crop)) || r.chance(0.5), r);
        (bytes, ending, code, place, size) = (done.0, done.1.ending(), done.2, done.3, done.4);
    }
    let whole = Area(0.0, 0.0, d.base.w as f32, d.base.h as f32);
    let mark = Mark {
        reference: at,
        id: d.id.clone(),
        sort: d.sort,
        expect: wish.expect,
        kind,
        strength: kind.map(|_| wish.strength),
        words,
        ink: d.ink.through(place).inside(size.0, size.1),
        whole: whole.through(place).inside(size.0, size.1),
        change: change.filter(|_| kind.is_some_and(|k| k.groups()[0] == promolint::badge::Group::Content)),
        swapped,
    };
    let other = matches!(wish.expect, Expect::LookAlike | Expect::Unrelated);
    let (marks, others) = if other { (vec![], vec![mark]) } else { (vec![mark], vec![]) };
    (bytes, Label { index, setting: Setting::Bare, code, ending, width: size.0, height: size.1, marks, others })
}
