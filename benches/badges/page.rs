//! Pages and banners as screenshots show them, with marks somewhere on them.

use super::alter::{Kind, photo};
use super::bare::{self, Made};
use super::canvas::{self, Area, Canvas, then};
use super::colour::{self, Rgb, hsl};
use super::encode::Code;
use super::label::{Expect, Label, Mark, Setting};
use super::letters::{Line, Stand};
use super::random::Random;
use super::register::{Design, Half};
use super::scene::{Fill, Item, Role, Scene, rect};
use super::words;

/// Where something may be put: a rectangle on a colour.
struct Slot {
    area: Area,
    on: Rgb,
}

struct Sheet<'a> {
    scene: Scene,
    /// Photographs: drawn between the scene's ground and its text.
    photos: Vec<(Canvas, i64, i64)>,
    /// Logos that have nothing to do with the register.
    logos: Vec<(Canvas, i64, i64)>,
    slots: Vec<Slot>,
    half: &'a Half,
    ink: Rgb,
    brand: Rgb,
    font: usize,
}

impl Sheet<'_> {
    fn block(&mut self, a: Area, c: Rgb, round: f32) {
        self.scene.add(Item::path(Role::Body, rect(a.0, a.1, a.width(), a.height(), round), c));
    }

    fn line(&mut self, text: &str, x: f32, y: f32, size: f32, max: f32, c: Rgb, bold: bool) {
        let mut l = Line::new(text, if bold && self.font < 4 { 1 } else { self.font }, size, Stand::Left(x, y), max);
        l.bold = if bold && self.font > 3 { 0.04 } else { 0.0 };
        self.scene.add(Item::line(Role::Words, l, c));
    }

    fn paragraph(&mut self, x: f32, y: f32, size: f32, width: f32, lines: usize, c: Rgb, r: &mut Random) {
        for i in 0..lines {
            let n = (width / size / 3.3) as usize;
            let text = words::sentence(r, if i + 1 == lines { n / 2 + 1 } else { n.max(2) });
            self.line(&text, x, y + i as f32 * size * 1.6, size, width, c, false);
        }
    }

    fn button(&mut self, x: f32, y: f32, r: &mut Random) {
        let text = r.pick(&["Book a call", "Learn more", "Get started", "See our work", "Contact us"]);
        self.block(Area(x, y, x + 160.0, y + 46.0), self.brand, r.pick(&[4.0, 8.0, 23.0]));
        let c = if colour::luma(self.brand) > 0.55 { [0.1; 3] } else { colour::WHITE };
        let l = Line::new(text, 1, 17.0, Stand::Middle(x + 80.0, y + 23.0), 130.0);
        self.scene.add(Item::line(Role::Words, l, c));
    }

    /// A logo that is not in the register, of a height, its left edge and middle at a point. Gives its width.
    fn foreign(&mut self, x: f32, y: f32, tall: f32, max: f32, dark: bool, r: &mut Random) -> f32 {
        let all: Vec<&Design> = self.half.unrelated.iter().filter(|u| u.opaque || u.light == dark).collect();
        let d = r.pick(&all);
        let k = (tall / d.base.h as f32).min(max / d.base.w as f32);
        let c = d.base.resized((d.base.w as f32 * k) as usize, (d.base.h as f32 * k) as usize, canvas::Filter::CatmullRom);
        let (w, h) = (c.w as f32, c.h as f32);
        self.logos.push((c, x as i64, (y - h / 2.0) as i64));
        w
    }

    fn render(&self, w: usize, h: usize) -> Canvas {
        // The ground first, then photographs, then the rest: text stands on pictures.
        let mut out = self.scene.render(w, h);
        for (c, x, y) in self.photos.iter().chain(&self.logos) {
            out.lay(c, *x, *y);
        }
        out
    }
}

fn draw_page<'a>(half: &'a Half, slots: usize, r: &mut Random) -> (Sheet<'a>, usize, usize) {
    let w = 1400.0;
    let brand = hsl(r.range(0.0, 360.0), r.range(0.4, 0.9), r.range(0.3, 0.55));
    let paper = if r.chance(0.8) { colour::WHITE } else { colour::of([250, 250, 250]) };
    let mut s = Sheet {
        scene: Scene::new(w, 0.0),
        photos: vec![],
        logos: vec![],
        slots: vec![],
        half,
        ink: [0.13, 0.15, 0.2],
        brand,
        font: r.pick(&[0, 0, 3, 4, 7]),
    };
    // The header.
    let mut y = r.range(70.0, 96.0);
    let dark = r.chance(0.25);
    s.block(Area(0.0, 0.0, w, y), if dark { [0.08, 0.1, 0.16] } else { paper }, 0.0);
    s.foreign(60.0, y / 2.0, y * 0.5, 240.0, dark, r);
    for i in 0..r.int(3, 6) {
        let text = r.pick(&["Services", "Work", "About", "Blog", "Pricing", "Contact", "Cases"]);
        s.line(text, 620.0 + 110.0 * i as f32, y / 2.0, 17.0, 90.0, if dark { colour::WHITE } else { s.ink }, false);
    }
    s.block(Area(0.0, y, w, y + 1.0), [0.88; 3], 0.0);
    let mut sections: Vec<u8> = vec![0, 1, 2, 3];
    r.shuffle(&mut sections[1..]);
    sections.truncate(r.int(3, 4) as usize);
    // Where the marks go.
    let marks_at = r.below(sections.len());
    for (n, section) in sections.iter().enumerate() {
        match section {
            0 => {
                let h = r.range(260.0, 380.0);
                let on_photo = r.chance(0.5);
                let c = if on_photo { colour::WHITE } else { r.pick(&[paper, colour::mix(brand, colour::WHITE, 0.85), brand]) };
                s.block(Area(0.0, y + 1.0, w, y + h), c, 0.0);
                if on_photo {
                    s.photos.push((photo(620, (h - 60.0) as usize, r), 720, (y + 30.0) as i64));
                }
                let ink = if colour::luma(c) > 0.5 { s.ink } else { colour::WHITE };
                let title = words::sentence(r, 5);
                s.line(&title, 80.0, y + h * 0.25, 46.0, 600.0, ink, true);
                s.paragraph(80.0, y + h * 0.45, 19.0, 560.0, 3, ink, r);
                s.button(80.0, y + h * 0.74, r);
                y += h;
            }
            1 => {
                s.block(Area(0.0, y, w, y + 280.0), paper, 0.0);
                let title = words::sentence(r, 4);
                s.line(&title, 80.0, y + 50.0, 32.0, 700.0, s.ink, true);
                s.paragraph(80.0, y + 100.0, 17.0, 590.0, 6, s.ink, r);
                s.paragraph(730.0, y + 100.0, 17.0, 590.0, 6, s.ink, r);
                y += 280.0;
            }
            2 => {
                // Cards.
                let on = r.pick(&[paper, colour::of([245, 247, 250]), colour::mix(brand, colour::WHITE, 0.9)]);
                s.block(Area(0.0, y, w, y + 400.0), on, 0.0);
                for i in 0..3 {
                    let x = 80.0 + 420.0 * i as f32;
                    s.block(Area(x, y + 40.0, x + 390.0, y + 370.0), colour::WHITE, 10.0);
                    s.photos.push((photo(390, 170, r), x as i64, (y + 40.0) as i64));
                    let title = words::sentence(r, 3);
                    s.line(&title, x + 24.0, y + 240.0, 22.0, 340.0, s.ink, true);
                    s.paragraph(x + 24.0, y + 280.0, 15.0, 340.0, 3, s.ink, r);
                }
                y += 400.0;
            }
            _ => {
                // Logos of customers in a row.
                s.block(Area(0.0, y, w, y + 150.0), paper, 0.0);
                let title = words::sentence(r, 4);
                s.line(&title, 80.0, y + 26.0, 16.0, 500.0, colour::mix(s.ink, paper, 0.4), false);
                let mut x = 80.0;
                while x < 1150.0 {
                    x += s.foreign(x, y + 90.0, r.range(36.0, 64.0), 220.0, false, r) + r.range(50.0, 90.0);
                }
                y += 150.0;
            }
        }
        if n == marks_at && slots > 0 {
            let h = r.range(300.0, 400.0);
            let ground = r.pick(&[paper, paper, colour::of([248, 249, 250]), colour::mix(brand, colour::WHITE, 0.88), brand]);
            s.block(Area(0.0, y, w, y + h), ground, 0.0);
            let ink = if colour::luma(ground) > 0.5 { s.ink } else { colour::WHITE };
            let title = r.pick(&["Our certifications", "Partners we work with", "Awards and badges", "Proud partner of"]);
            s.line(title, 80.0, y + 36.0, 28.0, 600.0, ink, true);
            let wide = r.chance(0.5);
            let step = 1240.0 / slots.max(2) as f32;
            for i in 0..slots {
                let x = 80.0 + step * i as f32;
                let a = Area(x, y + 66.0, x + step - 40.0, y + h - 16.0);
                let card = r.chance(0.45);
                let on = if card {
                    r.pick(&[colour::WHITE, colour::WHITE, colour::of([250, 250, 250]), colour::mix(brand, colour::WHITE, 0.8)])
                } else {
                    ground
                };
                if card {
                    s.block(a, on, r.pick(&[0.0, 8.0, 16.0]));
                }
                s.slots.push(Slot { area: a, on });
                if wide && slots == 1 {
                    s.paragraph(x + step, y + 110.0, 17.0, 520.0, 5, ink, r);
                }
            }
            y += h;
        }
    }
    // The footer.
    let dark = hsl(r.range(0.0, 360.0), 0.3, 0.13);
    s.block(Area(0.0, y, w, y + 140.0), dark, 0.0);
    for i in 0..3 {
        s.paragraph(80.0 + 300.0 * i as f32, y + 40.0, 14.0, 220.0, 3, [0.75; 3], r);
    }
    s.foreign(1100.0, y + 70.0, 50.0, 220.0, true, r);
    let h = (y + 140.0).ceil();
    s.scene.h = h;
    let mut ground = Item::path(Role::Body, rect(0.0, 0.0, w, h, 0.0), paper);
    ground.opacity = 1.0;
    s.scene.items.insert(0, ground);
    (s, w as usize, h as usize)
}

fn draw_banner<'a>(half: &'a Half, slots: usize, r: &mut Random) -> (Sheet<'a>, usize, usize) {
    let (w, h): (f32, f32) =
        r.pick(&[(1200.0, 400.0), (1200.0, 628.0), (970.0, 250.0), (728.0, 90.0), (1080.0, 1080.0), (300.0, 600.0), (820.0, 312.0)]);
    let brand = hsl(r.range(0.0, 360.0), r.range(0.4, 0.9), r.range(0.3, 0.55));
    let kind = r.below(4);
    let ground = match kind {
        0 => colour::WHITE,
        1 => colour::of([250, 250, 250]),
        _ => brand,
    };
    let mut s = Sheet {
        scene: Scene::new(w, h),
        photos: vec![],
        logos: vec![],
        slots: vec![],
        half,
        ink: [0.13, 0.15, 0.2],
        brand,
        font: r.pick(&[0, 0, 3, 4, 7]),
    };
    let fill = if kind == 3 {
        Fill::Fade(brand, colour::turn_hue(colour::mix(brand, [0.0; 3], 0.2), 40.0), r.range(0.0, 90.0))
    } else {
        Fill::Flat(ground)
    };
    s.scene.add(Item::path(Role::Body, rect(0.0, 0.0, w, h, 0.0), ground).filled(fill));
    let ink = if colour::luma(ground) > 0.5 { s.ink } else { colour::WHITE };
    let upright = h > w * 0.9;
    // The part for marks: right of the text, or below it.
    let part = if upright { Area(w * 0.06, h * 0.55, w * 0.94, h * 0.97) } else { Area(w * 0.55, h * 0.06, w * 0.98, h * 0.94) };
    let text = if upright { Area(w * 0.07, h * 0.06, w * 0.93, h * 0.5) } else { Area(w * 0.04, h * 0.1, w * 0.52, h * 0.9) };
    let size = (text.height() * 0.16).min(text.width() * 0.12);
    let title = words::sentence(r, 4);
    s.line(&title, text.0, text.1 + size, size, text.width(), ink, true);
    let small = (size * 0.5).max(10.0);
    let lines = if text.height() > 120.0 { 2 } else { 1 };
    s.paragraph(text.0, text.1 + size * 2.4, small, text.width(), lines, ink, r);
    if text.height() > 150.0 {
        s.button(text.0, text.3 - 56.0, r);
    }
    let n = slots.max(1) as f32;
    let along = !upright || part.width() > part.height();
    for i in 0..slots {
        let i = i as f32;
        let a = if along {
            Area(part.0 + part.width() * i / n, part.1, part.0 + part.width() * (i + 1.0) / n - 8.0, part.3)
        } else {
            Area(part.0, part.1 + part.height() * i / n, part.2, part.1 + part.height() * (i + 1.0) / n - 8.0)
        };
        let card = kind > 1 && r.chance(0.75) || r.chance(0.15);
        let on = if card { r.pick(&[colour::WHITE, colour::WHITE, colour::of([250, 250, 250])]) } else { ground };
        if card {
            s.block(a, on, r.pick(&[0.0, 6.0, 14.0]));
        }
        s.slots.push(Slot { area: a, on });
    }
    if slots == 0 {
        s.photos.push((photo(part.width() as usize, part.height() as usize, r), part.0 as i64, part.1 as i64));
    }
    (s, w as usize, h as usize)
}

/// Whether a design may stand on a colour.
fn fits(d: &Design, on: Rgb) -> bool {
    let near = |c: Rgb| colour::distance(c, on) < 4.5;
    match &d.backgrounds {
        None => true,
        Some(list) => list.iter().any(|a| near(colour::of(*a))),
    }
}

/// What happens to be made for a slot.
fn fill(half: &Half, slot: &Slot, expect: Expect, only: Option<Kind>, strength: usize, r: &mut Random) -> Option<(Made, usize, f32)> {
    let a = slot.area;
    // Once, so that kinds that few designs lend themselves to are not drawn less often.
    let kind = only.unwrap_or_else(|| bare::draw_kind(r));
    for _ in 0..60 {
        let i = r.below(half.references.len());
        let d = &half.references[i];
        if d.retired != (expect == Expect::Outdated) || !fits(d, slot.on) {
            continue;
        }
        // Room for what its rules say, and for what an alteration adds.
        let clear = d.clear_space.unwrap_or(0.1).max(0.1) * 1.3;
        let (w, h) = (d.base.w as f32, d.base.h as f32);
        let room_w = a.width() - 2.0 * clear * a.height().min(200.0) * 0.6 - 8.0;
        let room_h = a.height() / (1.0 + 2.0 * clear) - 4.0;
        let most = (room_w / w).min(room_h / h).min(1.0);
        let wish = [110.0, 90.0, 70.0][strength] / w.max(h);
        let low = bare::least(d).max(if expect == Expect::Altered { wish } else { 0.0 });
        if low > most {
            continue;
        }
        let size = r.range(low.max(most * 0.5), most);
        if expect == Expect::Altered {
            let Some(m) = bare::altered(half, d, kind, strength, Some(size), r) else { continue };
            if m.canvas.w as f32 > a.width() - 4.0 || m.canvas.h as f32 > a.height() - 4.0 {
                continue;
            }
            return Some((m, i, size));
        }
        return Some((bare::copy(d, Some(size), r), i, size));
    }
    None
}

/// Makes the page or banner of a number.
pub fn make(half: &Half, index: usize, seed: u64, setting: Setting, only: Option<Kind>) -> (Vec<u8>, Label) {
    let r = &mut Random::of(seed, setting.name(), index as u64);
    let page = setting == Setting::Page;
    let plan = if only.is_some() { 1 } else { r.weighted(&[(0.16, 0), (0.46, 1), (0.38, 2)]) };
    let most = if page { 3 } else { 2 };
    let slots = if plan == 0 { usize::from(r.chance(0.3)) } else { r.int(1, most) as usize };
    let wanted = r.below(slots.max(1));
    let strength = r.below(3);
    let (mut sheet, mut w, mut h);
    let mut tries = 0;
    let (mut canvas, marks, others) = loop {
        tries += 1;
        assert!(tries < 2000, "no page can be made with this");
        let strength = if tries > 30 { (strength + tries / 30) % 3 } else { strength };
        let slots = if tries > 60 { 1 } else { slots };
        let wanted = wanted.min(slots.saturating_sub(1));
        (sheet, w, h) = if page { draw_page(half, slots, r) } else { draw_banner(half, slots, r) };
        let mut laid: Vec<(Canvas, i64, i64)> = Vec::new();
        let (mut marks, mut others) = (Vec::new(), Vec::new());
        let mut missing = false;
        for (n, slot) in sheet.slots.iter().enumerate() {
            let a = slot.area;
            let (made, reference, expect);
            if plan == 0 {
                // A look-alike stands there.
                let d = &half.alike[r.below(half.alike.len())];
                let k = ((a.width() - 40.0) / d.base.w as f32).min((a.height() - 30.0) / d.base.h as f32).min(1.0);
                if k < 0.15 {
                    continue;
                }
                (made, reference, expect) = (bare::copy(d, Some(k), r), Err(d), Expect::LookAlike);
            } else {
                let wish = if plan == 1 && n == wanted {
                    Expect::Altered
                } else if r.chance(0.1) {
                    Expect::Outdated
                } else {
                    Expect::Copy
                };
                let Some((m, i, _)) = fill(half, slot, wish, only, strength, r) else {
                    missing |= wish == Expect::Altered;
                    continue;
                };
                (made, reference, expect) = (m, Ok(i), wish);
            }
            let d = match reference {
                Ok(i) => &half.references[i],
                Err(d) => d,
            };
            let x = (a.0 + (a.width() - made.canvas.w as f32) * r.range(0.4, 0.6)).round();
            let y = (a.1 + (a.height() - made.canvas.h as f32) / 2.0).round();
            let place = then(made.place, [1.0, 0.0, x, 0.0, 1.0, y]);
            let change = made.clean.as_ref().and_then(|c| canvas::difference(&made.canvas, c).area);
            let content = made.kind.is_some_and(|k| k.groups()[0] == promolint::badge::Group::Content);
            let mark = Mark {
                reference: reference.ok(),
                id: d.id.clone(),
                sort: d.sort,
                expect,
                kind: made.kind,
                strength: made.kind.map(|_| made.strength),
                words: made.words.clone(),
                ink: d.ink.through(place).inside(w, h),
                whole: Area(0.0, 0.0, d.base.w as f32, d.base.h as f32).through(place).inside(w, h),
                change: change.filter(|_| content).map(|c| Area(c.0 + x, c.1 + y, c.2 + x, c.3 + y)),
                swapped: made.swapped,
            };
            laid.push((made.canvas, x as i64, y as i64));
            if reference.is_ok() { marks.push(mark) } else { others.push(mark) }
        }
        if missing || (plan == 2 && marks.is_empty()) {
            continue;
        }
        let mut canvas = sheet.render(w, h);
        for (c, x, y) in &laid {
            canvas.lay(c, *x, *y);
        }
        break (canvas, marks, others);
    };
    canvas.px.iter_mut().for_each(|p| p[3] = 1.0);
    let floor = if plan == 1 { [75, 65, 55][strength] } else { 55 };
    let quality = r.int(floor, 95) as u8;
    let code =
        r.weighted(&[(0.55, Code::Png), (0.25, Code::Jpeg(quality, true)), (0.15, Code::WebpLossy(quality)), (0.05, Code::WebpLossless)]);
    let bytes = code.write(&canvas, colour::WHITE);
    (bytes, Label { index, setting, code: code.name(), ending: code.ending(), width: w, height: h, marks, others })
}
