//! Alterations, each at three strengths: 0 is just visible to an attentive person.

use super::canvas::{Area, Canvas, Filter, IDENTITY, Pixel, then};
use super::colour::{self, Rgb, hsl, mix};
use super::icons;
use super::letters::{self, Line, Stand};
use super::random::Random;
use super::register::{Design, texts};
use super::scene::{Fill, Item, Role, Scene, star};
use promolint::badge::Group;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Kind {
    Hue,
    Tint,
    Mono,
    Tone,
    Gradient,
    PartRecoloured,
    Opacity,
    TierText,
    YearText,
    WordText,
    FontText,
    AddedShape,
    AddedWord,
    AddedLogo,
    AddedBeside,
    Removed,
    Shadow,
    Outline,
    Glow,
    Blur,
    Upscaled,
    Stretch,
    Skew,
    Rotation,
    Mirror,
    Crop,
    BackgroundTile,
    BackgroundPhoto,
    ClearSpace,
    MinSize,
}

impl Kind {
    /// All, with names and how often each is drawn.
    pub const ALL: [(Kind, &'static str, f32); 30] = [
        (Kind::Hue, "hue", 1.0),
        (Kind::Tint, "tint", 0.8),
        (Kind::Mono, "mono", 0.8),
        (Kind::Tone, "tone", 0.8),
        (Kind::Gradient, "gradient", 0.7),
        (Kind::PartRecoloured, "part-recoloured", 0.9),
        (Kind::Opacity, "opacity", 0.8),
        (Kind::TierText, "text: tier", 1.3),
        (Kind::YearText, "text: year", 1.0),
        (Kind::WordText, "text: word", 1.0),
        (Kind::FontText, "text: font", 1.0),
        (Kind::AddedShape, "added: shape", 0.8),
        (Kind::AddedWord, "added: word", 0.8),
        (Kind::AddedLogo, "added: logo over it", 0.6),
        (Kind::AddedBeside, "added: beside it", 0.6),
        (Kind::Removed, "removed", 1.0),
        (Kind::Shadow, "shadow", 0.9),
        (Kind::Outline, "outline", 0.9),
        (Kind::Glow, "glow", 0.8),
        (Kind::Blur, "blur", 0.9),
        (Kind::Upscaled, "upscaled", 0.9),
        (Kind::Stretch, "stretch", 1.2),
        (Kind::Skew, "skew", 0.8),
        (Kind::Rotation, "rotation", 1.0),
        (Kind::Mirror, "mirror", 0.6),
        (Kind::Crop, "crop", 1.1),
        (Kind::BackgroundTile, "background: colour", 0.8),
        (Kind::BackgroundPhoto, "background: picture", 0.6),
        (Kind::ClearSpace, "clear-space", 0.7),
        (Kind::MinSize, "min-size", 0.6),
    ];

    pub fn name(self) -> &'static str {
        Kind::ALL.iter().find(|(k, ..)| *k == self).map_or("", |(_, n, _)| n)
    }

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.iter().find(|(_, n, _)| *n == name || n.replace(": ", "-").replace(' ', "-") == name).map(|(k, ..)| *k)
    }

    pub fn is_text(self) -> bool {
        matches!(self, Kind::TierText | Kind::YearText | Kind::WordText | Kind::FontText)
    }

    /// The groups it may rightly be said to be of.
    pub fn groups(self) -> &'static [Group] {
        use Kind as K;
        match self {
            K::Hue | K::Tint | K::Mono | K::Tone | K::Gradient | K::PartRecoloured | K::Opacity => &[Group::Colour],
            K::TierText | K::YearText | K::WordText | K::FontText | K::AddedShape | K::AddedWord | K::AddedLogo | K::Removed => {
                &[Group::Content]
            }
            K::AddedBeside => &[Group::Content, Group::Setting],
            K::Shadow | K::Outline | K::Glow => &[Group::Effect],
            K::Blur | K::Upscaled => &[Group::Softness],
            K::Stretch | K::Skew | K::Rotation | K::Mirror => &[Group::Geometry],
            K::Crop => &[Group::Crop],
            K::BackgroundTile | K::BackgroundPhoto | K::ClearSpace | K::MinSize => &[Group::Setting],
        }
    }

    /// Made when the picture has its last size, or by that size.
    pub fn late(self) -> bool {
        matches!(
            self,
            Kind::Blur
                | Kind::Upscaled
                | Kind::ClearSpace
                | Kind::AddedBeside
                | Kind::BackgroundTile
                | Kind::BackgroundPhoto
                | Kind::MinSize
        )
    }
}

/// A mark that was altered, at its own size.
pub struct Altered {
    pub canvas: Canvas,
    /// What it would look like unaltered, on a sheet of the same size; `None` where a comparison says nothing (it was moved).
    pub clean: Option<Canvas>,
    /// From the pixels of the design to those of `canvas`.
    pub place: [f32; 6],
    /// What was done, in words.
    pub words: String,
    /// Colours that become one: the alteration makes another badge of the register.
    pub swapped: bool,
}

impl Altered {
    fn in_place(canvas: Canvas, clean: &Canvas, words: String) -> Option<Altered> {
        Some(Altered { canvas, clean: Some(clean.clone()), place: IDENTITY, words, swapped: false })
    }
}

fn by(strength: usize, of: [f32; 3], r: &mut Random) -> f32 {
    of[strength] * r.range(0.9, 1.15)
}

/// Alters a design. `size` is how many times its own size it will have in the end. `None` if it does not lend itself to this.
pub fn alter(kind: Kind, strength: usize, d: &Design, size: f32, others: &[Design], foreign: &[Design], r: &mut Random) -> Option<Altered> {
    let base = &d.base;
    let (w, h) = (base.w, base.h);
    let short = d.ink.width().min(d.ink.height());
    let sign = r.sign();
    match kind {
        Kind::Hue => {
            let a = sign * by(strength, [15.0, 40.0, 120.0], r);
            let mut c = base.clone();
            c.recolour(|_, _, p, alpha| (colour::turn_hue(p, a), alpha));
            Altered::in_place(c, base, format!("hue turned by {a:.0} degrees"))
        }
        Kind::Tint => {
            let to = hsl(r.range(0.0, 360.0), r.range(0.6, 1.0), r.range(0.35, 0.6));
            let t = by(strength, [0.2, 0.4, 0.75], r);
            let mut c = base.clone();
            c.recolour(|_, _, p, alpha| (mix(p, to, t), alpha));
            Altered::in_place(c, base, format!("tinted {} by {:.0} %", colour::hex(to), t * 100.0))
        }
        Kind::Mono => {
            let mut c = base.clone();
            if strength == 2 && r.chance(0.4) && !d.opaque {
                let to = hsl(r.range(0.0, 360.0), r.range(0.0, 0.8), r.range(0.1, 0.4));
                c.recolour(|_, _, p, alpha| (mix(to, colour::WHITE, colour::luma(p).powi(2) * 0.9), alpha));
                return Altered::in_place(c, base, format!("in shades of {}", colour::hex(to)));
            }
            let t = [0.45, 0.75, 1.0][strength];
            c.recolour(|_, _, p, alpha| (mix(p, [colour::luma(p); 3], t), alpha));
            Altered::in_place(c, base, format!("{:.0} % of its colour lost", t * 100.0))
        }
        Kind::Tone => {
            let mut c = base.clone();
            let words = if r.chance(0.6) {
                let k = if sign > 0.0 { [1.18, 1.4, 1.8][strength] } else { [0.84, 0.7, 0.45][strength] };
                c.recolour(|_, _, p, alpha| (p.map(|v| (v * k).min(1.0)), alpha));
                format!("brightness times {k:.2}")
            } else {
                let k = if sign > 0.0 { [1.3, 1.6, 2.2][strength] } else { [0.8, 0.6, 0.35][strength] };
                c.recolour(|_, _, p, alpha| (p.map(|v| (0.5 + (v - 0.5) * k).clamp(0.0, 1.0)), alpha));
                format!("contrast times {k:.2}")
            };
            Altered::in_place(c, base, words)
        }
        Kind::Gradient => {
            let t = by(strength, [0.25, 0.45, 0.8], r);
            let (a, b) = (hsl(r.range(0.0, 360.0), 0.8, 0.5), hsl(r.range(0.0, 360.0), 0.8, 0.4));
            let (sin, cos) = r.range(0.0, std::f32::consts::TAU).sin_cos();
            let mut c = base.clone();
            c.recolour(|x, y, p, alpha| {
                let u = ((x as f32 / w as f32 - 0.5) * cos + (y as f32 / h as f32 - 0.5) * sin + 0.5).clamp(0.0, 1.0);
                (mix(p, mix(a, b, u), t * (0.35 + 0.65 * u)), alpha)
            });
            Altered::in_place(c, base, format!("gradient of {} and {} over it", colour::hex(a), colour::hex(b)))
        }
        Kind::PartRecoloured => part_recoloured(strength, d, r),
        Kind::Opacity => {
            let t = [0.82, 0.62, 0.38][strength] + r.range(-0.03, 0.03);
            Altered::in_place(base.clone().faded(t), base, format!("{:.0} % opaque", t * 100.0))
        }
        Kind::TierText | Kind::YearText | Kind::WordText | Kind::FontText => text(kind, strength, d, size, others, r),
        Kind::AddedShape | Kind::AddedWord | Kind::AddedLogo => added(kind, strength, d, size, foreign, r),
        Kind::Removed => removed(strength, d, r),
        Kind::Shadow | Kind::Outline | Kind::Glow => effect(kind, strength, d, size, r),
        Kind::Stretch => {
            let k = by(strength, [0.03, 0.08, 0.2], r);
            let wide = r.chance(0.5);
            // A small mark must be stretched by some pixels to be seen.
            let along = if wide { d.ink.width() } else { d.ink.height() } * size;
            if along * k < 4.0 {
                return None;
            }
            let k = if sign > 0.0 { 1.0 + k } else { 1.0 / (1.0 + k) };
            let (nw, nh) = if wide { ((w as f32 * k).round(), h as f32) } else { (w as f32, (h as f32 * k).round()) };
            let c = base.resized(nw as usize, nh as usize, r.pick(&Filter::SMOOTH));
            let place = [nw / w as f32, 0.0, 0.0, 0.0, nh / h as f32, 0.0];
            let words = format!("{} times {k:.3}", if wide { "width" } else { "height" });
            Some(Altered { canvas: c, clean: None, place, words, swapped: false })
        }
        Kind::Skew => {
            let a = sign * by(strength, [2.5, 6.0, 14.0], r);
            let t = a.to_radians().tan();
            if d.ink.height().min(d.ink.width()) * t.abs() * size < 3.0 {
                return None;
            }
            let m = if r.chance(0.7) { [1.0, t, 0.0, 0.0, 1.0, 0.0] } else { [1.0, 0.0, 0.0, t, 1.0, 0.0] };
            Some(moved(base, m, format!("skewed by {a:.1} degrees")))
        }
        Kind::Rotation => {
            let a = if strength == 2 && r.chance(0.25) { 90.0 * sign } else { sign * by(strength, [2.0, 6.0, 20.0], r) };
            if d.ink.width().max(d.ink.height()) * a.to_radians().sin().abs() * size < 3.0 {
                return None;
            }
            let (sin, cos) = a.to_radians().sin_cos();
            let m = [cos, -sin, 0.0, sin, cos, 0.0];
            let out = moved(base, m, format!("turned by {a:.1} degrees"));
            // A mark that looks the same turned was not altered: held against itself, centre on centre.
            let clean = Canvas::clear(out.canvas.w, out.canvas.h).padded(0, 0, 0, 0, [0.0; 4]);
            let mut clean = clean;
            clean.lay(base, (out.canvas.w as i64 - w as i64) / 2, (out.canvas.h as i64 - h as i64) / 2);
            Some(Altered { clean: Some(clean), ..out })
        }
        Kind::Mirror => {
            let m = if r.chance(0.75) { [-1.0, 0.0, w as f32, 0.0, 1.0, 0.0] } else { [1.0, 0.0, 0.0, 0.0, -1.0, h as f32] };
            let mut c = base.clone();
            for y in 0..h {
                for x in 0..w {
                    let (sx, sy) = (if m[0] < 0.0 { w - 1 - x } else { x }, if m[4] < 0.0 { h - 1 - y } else { y });
                    c.px[y * w + x] = base.px[sy * w + sx];
                }
            }
            Some(Altered { canvas: c, clean: Some(base.clone()), place: m, words: "mirrored".to_owned(), swapped: false })
        }
        Kind::Crop => {
            let k = by(strength, [0.05, 0.1, 0.25], r).max(0.04);
            let (cut_w, cut_h) = (d.ink.width() * k, d.ink.height() * k);
            if cut_w.min(cut_h) * size < 2.5 {
                return None;
            }
            let mut a = d.ink.grown(1.0).inside(w, h);
            let side = r.below(6);
            match side {
                0 => a.0 = d.ink.0 + cut_w,
                1 => a.2 = d.ink.2 - cut_w,
                2 => a.1 = d.ink.1 + cut_h,
                3 => a.3 = d.ink.3 - cut_h,
                4 => (a.0, a.2) = (d.ink.0 + cut_w / 2.0, d.ink.2 - cut_w / 2.0),
                _ => (a.2, a.3) = (d.ink.2 - cut_w * 0.7, d.ink.3 - cut_h * 0.7),
            }
            let (l, t) = (a.0.round(), a.1.round());
            let c = base.padded(-(l as i64), -(t as i64), a.2.round() as i64 - w as i64, a.3.round() as i64 - h as i64, [0.0; 4]);
            // Something must have been cut away.
            let left = base.px.iter().filter(|p| p[3] > 0.3).count() as f32;
            let kept = c.px.iter().filter(|p| p[3] > 0.3).count() as f32;
            if left - kept < left * k * 0.35 {
                return None;
            }
            let words = format!("{:.0} % cut off", k * 100.0);
            Some(Altered { canvas: c, clean: None, place: [1.0, 0.0, -l, 0.0, 1.0, -t], words, swapped: false })
        }
        Kind::Blur
        | Kind::Upscaled
        | Kind::ClearSpace
        | Kind::AddedBeside
        | Kind::BackgroundTile
        | Kind::BackgroundPhoto
        | Kind::MinSize => {
            let _ = short;
            Some(Altered { canvas: base.clone(), clean: Some(base.clone()), place: IDENTITY, words: String::new(), swapped: false })
        }
    }
}

/// Drawn through a transform onto a sheet just large enough.
fn moved(base: &Canvas, m: [f32; 6], words: String) -> Altered {
    let a = Area(0.0, 0.0, base.w as f32, base.h as f32).through(m);
    let m = then(m, [1.0, 0.0, 1.0 - a.0, 0.0, 1.0, 1.0 - a.1]);
    let c = base.warped(m, (a.width() + 2.0).ceil() as usize, (a.height() + 2.0).ceil() as usize);
    Altered { canvas: c, clean: None, place: m, words, swapped: false }
}

fn part_recoloured(strength: usize, d: &Design, r: &mut Random) -> Option<Altered> {
    let change = |c: Rgb, r: &mut Random| {
        let out = match strength {
            0 => colour::turn_hue(mix(c, hsl(200.0, 0.8, 0.5), 0.15), 30.0 * r.sign()),
            1 => colour::turn_hue(mix(c, hsl(340.0, 0.8, 0.5), 0.3), 60.0 * r.sign()),
            _ => hsl(r.range(0.0, 360.0), 0.85, 0.5),
        };
        (colour::distance(c, out) > [14.0, 24.0, 40.0][strength]).then_some(out)
    };
    if let Some(s) = d.scene() {
        let mut fills: Vec<Rgb> = Vec::new();
        for i in &s.items {
            if let Fill::Flat(c) = i.fill
                && !fills.contains(&c)
            {
                fills.push(c);
            }
        }
        if fills.len() > 1 {
            let from = r.pick(&fills);
            let to = change(from, r)?;
            let mut s = s.clone();
            let one = r.chance(0.4);
            let mut done = false;
            for i in &mut s.items {
                if i.fill == Fill::Flat(from) && !(one && done) {
                    i.fill = Fill::Flat(to);
                    done = true;
                }
            }
            return Altered::in_place(drawn(&s, d), &d.base, format!("{} became {}", colour::hex(from), colour::hex(to)));
        }
    }
    // A logo of one colour, or of pixels: one of its pieces.
    let (map, areas) = pieces(&d.base);
    if areas.len() < 2 {
        return None;
    }
    let which = r.below(areas.len());
    if areas[which].1 < 40 {
        return None;
    }
    let hue = r.range(0.0, 360.0);
    let mut c = d.base.clone();
    c.recolour(|x, y, p, a| {
        if map[y * d.base.w + x] != which + 1 {
            return (p, a);
        }
        let to = match strength {
            0 => mix(p, hsl(hue, 0.8, 0.5), 0.3),
            1 => mix(p, hsl(hue, 0.8, 0.5), 0.55),
            _ => hsl(hue, 0.85, 0.5),
        };
        (to, a)
    });
    Altered::in_place(c, &d.base, "a piece in another colour".to_owned())
}

fn drawn(s: &Scene, d: &Design) -> Canvas {
    Canvas::of(&s.render(d.base.w, d.base.h).image())
}

/// The pieces of a drawing that do not touch: for each pixel its number from 1, and the pieces' boxes and sizes.
fn pieces(c: &Canvas) -> (Vec<usize>, Vec<(Area, usize)>) {
    let mut map = vec![0; c.px.len()];
    let mut areas = Vec::new();
    let mut stack = Vec::new();
    for start in 0..c.px.len() {
        if map[start] != 0 || c.px[start][3] < 0.1 {
            continue;
        }
        let n = areas.len() + 1;
        let (mut area, mut count) = (Area(f32::MAX, f32::MAX, 0.0, 0.0), 0);
        map[start] = n;
        stack.push(start);
        while let Some(i) = stack.pop() {
            let (x, y) = (i % c.w, i / c.w);
            count += 1;
            area = Area(area.0.min(x as f32), area.1.min(y as f32), area.2.max(x as f32 + 1.0), area.3.max(y as f32 + 1.0));
            for (dx, dy) in [(-1i64, 0i64), (1, 0), (0, -1), (0, 1)] {
                let (nx, ny) = (x as i64 + dx, y as i64 + dy);
                if nx >= 0 && ny >= 0 && nx < c.w as i64 && ny < c.h as i64 {
                    let j = ny as usize * c.w + nx as usize;
                    if map[j] == 0 && c.px[j][3] >= 0.1 {
                        map[j] = n;
                        stack.push(j);
                    }
                }
            }
        }
        areas.push((area, count));
    }
    (map, areas)
}

const OTHER_TIERS: [&str; 14] = [
    "Titanium",
    "Premium",
    "Signature",
    "Global",
    "Crystal",
    "Palladium",
    "Champion",
    "Pioneer",
    "Leading",
    "Top 10",
    "Jade",
    "Pearl",
    "Ultra",
    "Prime",
];
const OTHER_WORDS: [&str; 12] = [
    "Official Partner",
    "Exclusive Partner",
    "Gold Reseller",
    "Award Winner",
    "Best Agency",
    "Sales Partner",
    "Certified Agency",
    "Preferred Vendor",
    "Growth Expert",
    "Alliance Member",
    "Digital Studio",
    "Premium Seller",
];

fn text(kind: Kind, strength: usize, d: &Design, size: f32, others: &[Design], r: &mut Random) -> Option<Altered> {
    let s = d.scene()?;
    let roles: &[Role] = match kind {
        Kind::TierText => &[Role::Tier],
        Kind::YearText => &[Role::Year],
        Kind::WordText => &[Role::Words, Role::Name],
        _ => &[Role::Words, Role::Name, Role::Tier],
    };
    let k = d.base.w as f32 / s.w * size;
    // Capitals, in pixels of the picture: small letters are the weak edit, large ones the strong.
    let tall = |i: &usize| s.items[*i].text().map_or(0.0, |l| l.fitted().0 * 0.7 * k);
    let found: Vec<usize> = texts(s, roles)
        .into_iter()
        .filter(|i| tall(i) >= if kind == Kind::YearText { [6.5, 8.5, 11.0] } else { [7.0, 10.0, 14.0] }[strength])
        .collect();
    if found.is_empty() {
        return None;
    }
    let at = r.pick(&found);
    let mut out = s.clone();
    let line = out.items[at].text_mut()?;
    let old = line.text.clone();
    let upper = old.len() > 1 && old.to_uppercase() == old && old.to_lowercase() != old;
    let (was, wide) = line.fitted();
    let mut swapped = false;
    let mut words;
    match kind {
        Kind::TierText => {
            let sibling: Vec<&str> =
                others.iter().filter(|o| o.family == d.family && o.tier != d.tier).filter_map(|o| o.tier.as_deref()).collect();
            // The word of another tier of the family: it may make that tier's badge.
            let new = if !sibling.is_empty() && r.chance(0.35) && !d.sort.contains("text only") && d.sort != "certificate" {
                swapped = true;
                r.pick(&sibling).to_owned()
            } else if d.sort == "certificate" {
                r.pick(&["Growth Hacking", "Executive Coaching", "Brand Leadership", "Legal Counsel", "Chief Strategy"]).to_owned()
            } else {
                r.pick(&OTHER_TIERS).to_owned()
            };
            line.text = new;
        }
        Kind::YearText => {
            let year = d.year.clone().or_else(|| old.chars().all(|c| c.is_ascii_digit()).then(|| old.clone()))?;
            let n: i64 = year.parse().ok()?;
            // Not the year of an earlier edition: that badge exists.
            let new = n + r.pick(&[1, 2, 3, 4]);
            line.text = old.replace(&year, &new.to_string());
        }
        Kind::WordText => {
            line.text = if s.items[at].role == Role::Name {
                if strength == 0 {
                    // One letter.
                    let letters: Vec<char> = old.chars().collect();
                    let i = r.below(letters.len());
                    let new = r.pick(&['a', 'e', 'o', 'n', 'r', 't', 'k', 'm', 'w']);
                    letters
                        .iter()
                        .enumerate()
                        .map(|(j, c)| if j == i { if c.is_uppercase() { new.to_ascii_uppercase() } else { new } } else { *c })
                        .collect()
                } else if !s.items.iter().enumerate().any(|(i, o)| i != at && o.tells()) {
                    // Of words alone another name leaves nothing: that is another firm's logo.
                    return None;
                } else {
                    super::words::name(r)
                }
            } else {
                r.pick(&OTHER_WORDS).to_owned()
            };
        }
        _ => {
            let font = line.font;
            let choices: &[usize] = match strength {
                0 if letters::SERIF.contains(&font) => &[4, 5, 9, 7],
                0 => &[0, 1, 3],
                1 => &[2, 10, 8, 3],
                _ => {
                    if letters::SERIF.contains(&font) {
                        &[1, 10, 0]
                    } else {
                        &[5, 8, 9, 10]
                    }
                }
            };
            line.font = r.pick(choices);
            if line.font == font {
                return None;
            }
        }
    }
    if upper {
        line.text = line.text.to_uppercase();
    }
    // The editor keeps the size of the letters if the new word fits.
    line.size = was;
    if d.sort == "logo" {
        // A logo's drawing ends where its word ends.
        line.max = wide;
    }
    if s.items[at].text().is_some_and(|l| l.text == line.text) && kind != Kind::FontText {
        return None;
    }
    words = format!("“{old}” became “{}”", line.text);
    if kind == Kind::FontText {
        words = format!("“{old}” in another font");
    }
    let out = Altered::in_place(drawn(&out, d), &d.base, words)?;
    Some(Altered { swapped, ..out })
}

/// Something drawn over a mark, or at its edge.
fn added(kind: Kind, strength: usize, d: &Design, size: f32, foreign: &[Design], r: &mut Random) -> Option<Altered> {
    let ink = d.ink;
    let short = ink.width().min(ink.height());
    let tall = by(strength, [0.13, 0.22, 0.36], r) * short;
    if tall * size < [7.0, 10.0, 14.0][strength] {
        return None;
    }
    // A corner, an edge or anywhere.
    let (x, y) = match r.below(3) {
        0 => (
            if r.chance(0.5) { ink.0 + tall * 0.6 } else { ink.2 - tall * 0.6 },
            if r.chance(0.5) { ink.1 + tall * 0.6 } else { ink.3 - tall * 0.6 },
        ),
        1 => (ink.0 + ink.width() * r.range(0.3, 0.7), if r.chance(0.5) { ink.1 + tall * 0.6 } else { ink.3 - tall * 0.6 }),
        _ => (ink.0 + ink.width() * r.range(0.2, 0.8), ink.1 + ink.height() * r.range(0.2, 0.8)),
    };
    let under = d.base.at(x as i64, y as i64);
    let under = if under[3] > 0.3 {
        super::canvas::straight(under)
    } else if d.light {
        [0.1; 3]
    } else {
        colour::WHITE
    };
    let mut c = hsl(r.range(0.0, 360.0), 0.85, 0.5);
    for _ in 0..12 {
        if colour::distance(c, under) > 45.0 {
            break;
        }
        c = hsl(r.range(0.0, 360.0), r.range(0.5, 1.0), r.range(0.15, 0.85));
    }
    let mut s = Scene::new(d.base.w as f32, d.base.h as f32);
    let words;
    match kind {
        Kind::AddedShape => {
            match r.below(4) {
                0 => s.add(Item::path(Role::Ornament, star(x, y, tall * 0.6, tall * 0.25, 5, 0.0), c)),
                1 => s.add(Item::path(Role::Ornament, super::scene::circle(x, y, tall * 0.5), c)),
                2 => {
                    // A ribbon across a corner.
                    let l = tall * 1.7;
                    let d = super::scene::rect(-l, -tall * 0.3, 2.0 * l, tall * 0.6, 0.0);
                    s.add(Item::path(Role::Ornament, d, c).moved(format!("translate({x:.1} {y:.1}) rotate({})", r.pick(&[45, -45, 0]))));
                }
                _ => {
                    for (d, _) in icons::draw(r) {
                        s.add(Item::path(Role::Ornament, d, c).moved(format!("translate({x:.1} {y:.1}) scale({:.3})", tall * 0.011)));
                    }
                }
            }
            words = "a shape added";
        }
        Kind::AddedWord => {
            let text = r.pick(&["NEW", "#1", "OFFICIAL", "TOP 10", "5 years", "Verified", "Best of 2025", "+ 24/7"]);
            let mut l = Line::new(text, r.pick(&[0, 1, 5, 3]), tall * 1.2, Stand::Middle(x, y), ink.width() * 0.9);
            l.bold = 0.03;
            let wide = l.fitted().1;
            let x = x.clamp(ink.0 + wide / 2.0, (ink.2 - wide / 2.0).max(ink.0 + wide / 2.0));
            l.stand = Stand::Middle(x, y);
            s.add(Item::line(Role::Words, l, c));
            words = "a word added";
        }
        _ => {
            let other = &foreign[r.below(foreign.len())].base;
            // Wide and narrow ones cover about the same.
            let k = tall * 1.3 / ((other.h * other.w) as f32).sqrt();
            let small = other.resized((other.w as f32 * k).round() as usize, (other.h as f32 * k).round() as usize, Filter::Lanczos);
            let mut out = d.base.clone();
            out.lay(&small, (x - small.w as f32 / 2.0) as i64, (y - small.h as f32 / 2.0) as i64);
            return Altered::in_place(out, &d.base, "another logo over it".to_owned());
        }
    }
    let mut out = d.base.clone();
    out.lay(&s.render(d.base.w, d.base.h), 0, 0);
    Altered::in_place(out, &d.base, words.to_owned())
}

fn removed(strength: usize, d: &Design, r: &mut Random) -> Option<Altered> {
    if let Some(s) = d.scene() {
        let mut choices: Vec<Vec<usize>> = Vec::new();
        for role in [Role::Icon, Role::Ornament, Role::Words, Role::Year, Role::Tier, Role::Name, Role::SmallPrint, Role::Rim, Role::Panel]
        {
            let all: Vec<usize> = (0..s.items.len()).filter(|i| s.items[*i].role == role).collect();
            if all.len() > 1 {
                choices.push(vec![r.pick(&all)]);
            }
            choices.push(all);
        }
        choices.retain(|c| !c.is_empty() && c.len() < s.items.len());
        r.shuffle(&mut choices);
        for gone in choices {
            let mut out = s.clone();
            let mut i = 0;
            out.items.retain(|_| {
                i += 1;
                !gone.contains(&(i - 1))
            });
            // What is left of it has to be it.
            if !out.items.iter().any(Item::tells) {
                continue;
            }
            let c = drawn(&out, d);
            let share = super::canvas::difference(&c, &d.base).pixels as f32 / (d.ink.width() * d.ink.height());
            let fits = match strength {
                0 => (0.002..0.015).contains(&share),
                1 => (0.008..0.05).contains(&share),
                _ => (0.03..0.5).contains(&share),
            };
            if fits {
                return Altered::in_place(c, &d.base, format!("{:?} removed", s.items[gone[0]].role));
            }
        }
        return None;
    }
    let (map, areas) = pieces(&d.base);
    let total: usize = areas.iter().map(|a| a.1).sum();
    let share = [0.02..0.08, 0.06..0.2, 0.15..0.5][strength].clone();
    let fits: Vec<usize> = (0..areas.len()).filter(|i| share.contains(&(areas[*i].1 as f32 / total as f32))).collect();
    if fits.is_empty() {
        return None;
    }
    let which = r.pick(&fits) + 1;
    let mut c = d.base.clone();
    for (p, m) in c.px.iter_mut().zip(&map) {
        if *m == which {
            *p = [0.0; 4];
        }
    }
    Altered::in_place(c, &d.base, "a piece removed".to_owned())
}

/// How far each pixel is from what is drawn, up to `reach`.
fn distance_from(c: &Canvas, reach: f32) -> Vec<f32> {
    // Two passes of exact lines: columns first, then the lower envelope along rows, within reach.
    let n = reach.ceil() as i64 + 1;
    let mut column = vec![f32::MAX; c.px.len()];
    for x in 0..c.w {
        for y in 0..c.h as i64 {
            let mut best = f32::MAX;
            for o in -n..=n {
                let a = c.at(x as i64, y + o)[3];
                if a > 0.5 {
                    best = best.min(o.abs() as f32 + 1.0 - a);
                }
            }
            column[y as usize * c.w + x] = best;
        }
    }
    let mut out = vec![f32::MAX; c.px.len()];
    for y in 0..c.h {
        for x in 0..c.w as i64 {
            let mut best = f32::MAX;
            for o in -n..=n {
                let sx = x + o;
                if sx >= 0 && sx < c.w as i64 {
                    let v = column[y * c.w + sx as usize];
                    if v < f32::MAX {
                        best = best.min(v * v + (o * o) as f32);
                    }
                }
            }
            out[y * c.w + x as usize] = if best < f32::MAX { best.sqrt() } else { f32::MAX };
        }
    }
    out
}

/// The shape grown by `by` pixels, in one colour.
fn grown(c: &Canvas, by: f32, with: Rgb) -> Canvas {
    let d = distance_from(c, by + 1.0);
    let mut out = Canvas::clear(c.w, c.h);
    for (o, d) in out.px.iter_mut().zip(d) {
        let a = (by + 0.5 - d).clamp(0.0, 1.0);
        *o = [with[0] * a, with[1] * a, with[2] * a, a];
    }
    out
}

fn effect(kind: Kind, strength: usize, d: &Design, size: f32, r: &mut Random) -> Option<Altered> {
    let short = d.ink.width().min(d.ink.height());
    let room = (short * 0.22).max(10.0 / size).ceil() as i64;
    let clean = d.base.padded(room, room, room, room, [0.0; 4]);
    let mut out;
    let words;
    match kind {
        Kind::Shadow => {
            let off = (by(strength, [0.015, 0.03, 0.055], r) * short).max([1.6, 2.2, 3.0][strength] / size);
            let soft = off * r.range(0.4, 0.9);
            let a = [0.4, 0.5, 0.65][strength];
            let c = if d.light { [0.35, 0.4, 0.5] } else { [0.0; 3] };
            let dx = off * r.pick(&[0.7, 1.0, 0.0, -0.7]);
            let shadow = clean.silhouette(c).blurred(soft).faded(a);
            out = Canvas::clear(clean.w, clean.h);
            out.lay(&shadow, dx.round() as i64, off.round().max(1.0) as i64);
            out.lay(&clean, 0, 0);
            words = format!("shadow {off:.1} px away, {soft:.1} px soft");
        }
        Kind::Outline => {
            let width = (by(strength, [0.012, 0.025, 0.05], r) * short).max([1.1, 1.6, 2.5][strength] / size);
            let c = if d.light {
                hsl(r.range(0.0, 360.0), 0.8, 0.6)
            } else {
                r.pick(&[[0.0, 0.0, 0.0], [0.95, 0.75, 0.1], [0.85, 0.1, 0.1], [0.1, 0.3, 0.8], [0.3, 0.3, 0.3]])
            };
            out = grown(&clean, width, c);
            out.lay(&clean, 0, 0);
            words = format!("outline {width:.1} px wide");
        }
        _ => {
            let reach = (by(strength, [0.03, 0.05, 0.09], r) * short).max([2.0, 3.0, 4.0][strength] / size);
            let c = if d.light { hsl(r.range(0.0, 360.0), 0.9, 0.6) } else { hsl(r.range(0.0, 360.0), 0.9, 0.5) };
            let glow = grown(&clean, reach * 0.4, c).blurred(reach * 0.5).faded([0.6, 0.8, 1.0][strength]);
            out = glow;
            out.lay(&clean, 0, 0);
            words = format!("glow {reach:.1} px wide");
        }
    }
    let shift = room as f32;
    Some(Altered { canvas: out, clean: Some(clean), place: [1.0, 0.0, shift, 0.0, 1.0, shift], words, swapped: false })
}

/// A sheet that looks like a photograph: soft blobs of colour and grain.
pub fn photo(w: usize, h: usize, r: &mut Random) -> Canvas {
    let hue = r.range(0.0, 360.0);
    let (a, b) = (hsl(hue, r.range(0.2, 0.6), r.range(0.25, 0.7)), hsl(hue + r.range(20.0, 90.0), r.range(0.2, 0.6), r.range(0.25, 0.7)));
    let blobs: Vec<(f32, f32, f32, Rgb)> = (0..r.int(4, 9))
        .map(|_| (r.unit(), r.unit(), r.range(0.1, 0.4), hsl(hue + r.range(-80.0, 80.0), r.range(0.1, 0.6), r.range(0.15, 0.85))))
        .collect();
    let mut out = Canvas::clear(w, h);
    let grain = r.range(0.01, 0.06);
    for y in 0..h {
        for x in 0..w {
            let (u, v) = (x as f32 / w as f32, y as f32 / h as f32);
            let mut c = mix(a, b, v);
            for (bx, by, size, bc) in &blobs {
                let q = ((u - bx).powi(2) + (v - by).powi(2)) / (size * size);
                if q < 1.0 {
                    c = mix(c, *bc, (1.0 - q) * 0.8);
                }
            }
            let n = grain * r.normal();
            let c = c.map(|v| (v + n).clamp(0.0, 1.0));
            out.px[y * w + x] = [c[0], c[1], c[2], 1.0];
        }
    }
    out.blurred(0.6)
}

pub fn solid(c: Rgb) -> Pixel {
    [c[0], c[1], c[2], 1.0]
}
