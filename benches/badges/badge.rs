//! Badges of partner programs: a frame, a sign, a program's name, a tier, a year.

use super::colour::{self, Rgb, hsl, mix};
use super::icons::{self, Parts};
use super::letters::{Line, MONO, SANS, SERIF, Stand};
use super::random::Random;
use super::scene::{Fill, Item, Role, Scene, around, circle, polygon, rect, ring, star};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Frame {
    Square,
    Round,
    Shield,
    Hexagon,
    Plaque,
    Rosette,
    Seal,
    Card,
    Pill,
    Diamond,
    Certificate,
}

/// What programs of one template share.
#[derive(Clone, Debug)]
pub struct Style {
    pub frame: Frame,
    w: f32,
    h: f32,
    corner: f32,
    /// Edges drawn inside the body: distance and width.
    edges: Vec<(f32, f32)>,
    gradient: Option<f32>,
    name_font: usize,
    tier_font: usize,
    small_font: usize,
    tracking: f32,
    slant: f32,
    bold: f32,
    upper: bool,
    /// Order of the stack: 0 sign, 1 name, 2 words, 3 tier, 4 year.
    order: Vec<u8>,
    /// The tier in a band of its own: 0 none, 1 box, 2 ribbon over the edges, 3 pill.
    band: u8,
    stars: bool,
    sign_size: f32,
    /// Fine pattern behind the text: 0 none.
    pattern: u8,
    round_text: bool,
    points: usize,
    /// No tile: ink on nothing.
    bare: bool,
}

#[derive(Clone, Debug)]
pub struct Content {
    pub name: String,
    pub words: String,
    pub tier: String,
    pub year: Option<String>,
    pub sign: Parts,
    pub holder: Option<String>,
}

#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub body: Rgb,
    pub second: Rgb,
    pub ink: Rgb,
    pub accent: Rgb,
    pub tier_ink: Rgb,
}

impl Palette {
    pub fn draw(r: &mut Random) -> Palette {
        let h = r.range(0.0, 360.0);
        Palette::about(r, h)
    }

    pub fn about(r: &mut Random, h: f32) -> Palette {
        let s = r.range(0.3, 0.9);
        let other = h + r.pick(&[25.0, 40.0, 150.0, 180.0, 210.0]);
        match r.below(4) {
            0 => {
                // Light tile, dark ink.
                let body = if r.chance(0.5) { colour::WHITE } else { hsl(h, s * 0.4, r.range(0.9, 0.97)) };
                let ink = hsl(h, s, r.range(0.15, 0.3));
                Palette { body, second: hsl(h, s * 0.5, 0.85), ink, accent: hsl(other, 0.75, 0.5), tier_ink: colour::WHITE }
            }
            1 => {
                let ink = hsl(h, 0.15, 0.97);
                Palette {
                    body: hsl(h, s * 0.7, r.range(0.12, 0.22)),
                    second: hsl(h, s * 0.7, 0.3),
                    ink,
                    accent: hsl(other, 0.7, 0.6),
                    tier_ink: hsl(h, s, 0.12),
                }
            }
            _ => {
                let l = r.range(0.32, 0.5);
                Palette {
                    body: hsl(h, s, l),
                    second: hsl(h + 15.0, s, l * 0.65),
                    ink: colour::WHITE,
                    accent: hsl(other, 0.85, 0.62),
                    tier_ink: hsl(h, s, 0.14),
                }
            }
        }
    }

    /// The same palette for a tier of a metal's or gem's colour.
    pub fn tiered(mut self, r: &mut Random, tier: Rgb, whole: bool) -> Palette {
        self.accent = tier;
        self.tier_ink = if colour::luma(tier) > 0.45 { mix(tier, [0.05, 0.05, 0.08], 0.85) } else { colour::WHITE };
        if whole {
            self.body = tier;
            self.second = mix(tier, [0.0; 3], r.range(0.3, 0.45));
            self.ink = if colour::luma(tier) > 0.5 { mix(tier, [0.04, 0.04, 0.1], 0.88) } else { colour::WHITE };
            self.accent = if colour::luma(tier) > 0.5 { mix(tier, [0.0; 3], 0.6) } else { mix(tier, colour::WHITE, 0.75) };
            self.tier_ink = if colour::luma(self.accent) > 0.5 { mix(self.accent, [0.0; 3], 0.85) } else { colour::WHITE };
        }
        self
    }
}

impl Style {
    pub fn draw(r: &mut Random, frame: Frame) -> Style {
        let (w, h) = match frame {
            Frame::Square => (400.0, r.pick(&[400.0, 400.0, 440.0])),
            Frame::Round | Frame::Seal | Frame::Diamond => (400.0, 400.0),
            Frame::Rosette => (380.0, 500.0),
            Frame::Shield => (360.0, 430.0),
            Frame::Hexagon => (390.0, 430.0),
            Frame::Plaque => (560.0, r.range(190.0, 240.0)),
            Frame::Card => (310.0, 430.0),
            Frame::Pill => (560.0, 150.0),
            Frame::Certificate => (600.0, 420.0),
        };
        let serif = r.chance(0.3);
        let mut order = vec![0, 1, 2, 3];
        if r.chance(0.3) {
            order = vec![1, 0, 2, 3];
        } else if r.chance(0.25) {
            order = vec![0, 3, 1, 2];
        }
        order.push(4);
        let edges = match r.below(4) {
            0 => vec![],
            1 => vec![(r.range(8.0, 16.0), r.range(3.0, 7.0))],
            2 => vec![(0.0, r.range(8.0, 16.0))],
            _ => vec![(r.range(7.0, 11.0), 3.0), (r.range(17.0, 21.0), 1.8)],
        };
        Style {
            frame,
            w,
            h,
            corner: r.range(0.0, 70.0),
            edges,
            gradient: r.chance(0.35).then(|| r.pick(&[0.0, 45.0, 90.0])),
            name_font: if serif { r.pick(&SERIF) } else { r.pick(&SANS) },
            tier_font: if r.chance(0.2) {
                r.pick(&MONO)
            } else if serif {
                r.pick(&SERIF)
            } else {
                r.pick(&[1, 1, 0, 2])
            },
            small_font: if serif { r.pick(&[4, 5]) } else { r.pick(&[0, 0, 3]) },
            tracking: r.pick(&[0.0, 0.0, 0.03, 0.08, 0.15]),
            slant: if r.chance(0.1) { 0.2 } else { 0.0 },
            bold: r.pick(&[0.0, 0.0, 0.02, 0.04]),
            upper: r.chance(0.5),
            order,
            band: r.below(4) as u8,
            stars: r.chance(0.3),
            sign_size: r.range(0.75, 1.1),
            pattern: if r.chance(0.3) { r.int(1, 3) as u8 } else { 0 },
            round_text: matches!(frame, Frame::Round | Frame::Seal | Frame::Rosette) && r.chance(0.6),
            points: r.int(14, 30) as usize,
            bare: matches!(frame, Frame::Plaque | Frame::Square) && r.chance(0.2),
        }
    }

    fn case(&self, s: &str) -> String {
        if self.upper { s.to_uppercase() } else { s.to_owned() }
    }

    /// The outline of the body, made smaller by `inset`.
    fn outline(&self, inset: f32) -> String {
        let (w, h, i) = (self.w, self.h, inset);
        let (cx, cy) = (w / 2.0, h / 2.0);
        match self.frame {
            Frame::Square | Frame::Card | Frame::Plaque => {
                rect(4.0 + i, 4.0 + i, w - 8.0 - 2.0 * i, h - 8.0 - 2.0 * i, (self.corner - i).max(0.0))
            }
            Frame::Certificate => rect(4.0 + i, 4.0 + i, w - 8.0 - 2.0 * i, h - 8.0 - 2.0 * i, (self.corner * 0.3 - i).max(0.0)),
            Frame::Pill => rect(4.0 + i, 4.0 + i, w - 8.0 - 2.0 * i, h - 8.0 - 2.0 * i, h),
            Frame::Round => circle(cx, cy, w / 2.0 - 4.0 - i),
            Frame::Rosette => circle(cx, w / 2.0, w / 2.0 - 4.0 - i),
            Frame::Seal => star(cx, cy, w / 2.0 - 4.0 - i, w / 2.0 - 18.0 - i, self.points, 0.0),
            Frame::Hexagon => polygon(&around(cx, cy, h / 2.0 - 4.0 - i * 1.15, 6, 0.0)),
            Frame::Diamond => polygon(&around(cx, cy, w / 2.0 - 4.0 - i * 1.41, 4, 0.0)),
            Frame::Shield => {
                let (l, t, b, e) = (6.0 + i, 8.0 + i, h - 6.0 - i * 1.2, w - 6.0 - i);
                format!(
                    "M{l:.1} {t:.1}L{e:.1} {t:.1}L{e:.1} {:.1}C{e:.1} {:.1} {:.1} {:.1} {cx:.1} {b:.1}C{:.1} {:.1} {l:.1} {:.1} {l:.1} {:.1}Z",
                    h * 0.52,
                    h * 0.74,
                    w * 0.76,
                    h * 0.88,
                    w * 0.24,
                    h * 0.88,
                    h * 0.74,
                    h * 0.52
                )
            }
        }
    }

    /// Where content goes: centre, top, width, height.
    fn room(&self) -> (f32, f32, f32, f32) {
        let (w, h) = (self.w, self.h);
        match self.frame {
            Frame::Square | Frame::Card => (w / 2.0, 34.0, w - 68.0, h - 68.0),
            Frame::Certificate => (w / 2.0, 36.0, w - 110.0, h - 76.0),
            Frame::Plaque | Frame::Pill => (w / 2.0, 22.0, w - 60.0, h - 44.0),
            Frame::Round | Frame::Seal => {
                if self.round_text {
                    (w / 2.0, 98.0, 220.0, 204.0)
                } else {
                    (w / 2.0, 62.0, 262.0, 280.0)
                }
            }
            Frame::Rosette => {
                if self.round_text {
                    (w / 2.0, 95.0, 205.0, 190.0)
                } else {
                    (w / 2.0, 58.0, 250.0, 265.0)
                }
            }
            Frame::Shield => (w / 2.0, 38.0, w - 92.0, h - 130.0),
            Frame::Hexagon => (w / 2.0, 84.0, w - 90.0, h - 160.0),
            Frame::Diamond => (w / 2.0, 92.0, 210.0, 218.0),
        }
    }

    pub fn badge(&self, c: &Content, p: &Palette) -> Scene {
        let mut s = Scene::new(self.w, self.h);
        let (w, h) = (self.w, self.h);
        if self.frame == Frame::Rosette {
            for side in [-1.0, 1.0] {
                let x = w / 2.0 + side * 62.0;
                let tail = [
                    (x - 42.0, h * 0.62),
                    (x + 42.0, h * 0.62),
                    (x + 42.0 + side * 24.0, h - 6.0),
                    (x + side * 20.0, h - 34.0),
                    (x - 42.0 + side * 24.0, h - 6.0),
                ];
                s.add(Item::path(Role::Ornament, polygon(&tail), p.second));
            }
        }
        let (ink, tier_ink) = if self.bare {
            (if colour::luma(p.ink) > 0.6 { mix(p.body, [0.0; 3], 0.6) } else { p.ink }, p.tier_ink)
        } else {
            (p.ink, p.tier_ink)
        };
        if !self.bare {
            let fill = self.gradient.map_or(Fill::Flat(p.body), |d| Fill::Fade(p.body, p.second, d));
            s.add(Item::path(Role::Body, self.outline(0.0), p.body).filled(fill));
            self.background(&mut s, p);
            for (i, (inset, width)) in self.edges.iter().enumerate() {
                let colour = if i == 0 { p.accent } else { ink };
                s.add(Item::outlined(Role::Rim, self.outline(inset + width / 2.0), colour, *width));
            }
        }
        match self.frame {
            Frame::Plaque | Frame::Pill => self.beside(&mut s, c, p, ink, tier_ink),
            Frame::Certificate => self.certificate(&mut s, c, p, ink),
            _ => self.stack(&mut s, c, p, ink, tier_ink),
        }
        s
    }

    fn background(&self, s: &mut Scene, p: &Palette) {
        let (w, h) = (self.w, self.h);
        let tone = mix(p.body, p.ink, 0.12);
        match self.pattern {
            1 => s.add(Item::path(Role::Panel, circle(w * 0.5, h * 0.5, h * 0.3), tone)),
            2 => {
                for i in 1..6 {
                    let y = h * (0.2 + 0.1 * i as f32);
                    s.add(Item::path(Role::Panel, rect(w * 0.18, y, w * 0.64, h * 0.02, 0.0), tone));
                }
            }
            3 => s.add(Item::path(
                Role::Panel,
                polygon(&[(w * 0.25, h * 0.3), (w * 0.75, h * 0.3), (w * 0.6, h * 0.72), (w * 0.4, h * 0.72)]),
                tone,
            )),
            _ => {}
        }
    }

    fn text(&self, s: &str, font: usize, size: f32, at: (f32, f32), max: f32) -> Line {
        let mut l = Line::new(s, font, size, Stand::Middle(at.0, at.1), max);
        l.tracking = self.tracking;
        l.bold = self.bold;
        l.slant = self.slant;
        l
    }

    fn sign(&self, s: &mut Scene, c: &Content, p: &Palette, ink: Rgb, at: (f32, f32), size: f32) {
        for (d, tone) in &c.sign {
            let k = size / 100.0;
            let colour = if *tone == 0 { ink } else { p.accent };
            s.add(Item::path(Role::Icon, d.clone(), colour).moved(format!("translate({:.1} {:.1}) scale({k:.3})", at.0, at.1)));
        }
    }

    fn tier(&self, s: &mut Scene, c: &Content, p: &Palette, at: (f32, f32), size: f32, max: f32, ink: Rgb, tier_ink: Rgb) {
        let mut line = self.text(&self.case(&c.tier), self.tier_font, size, at, max * 0.92);
        line.tracking = self.tracking.min(0.08);
        let (fitted, wide) = line.fitted();
        let colour = match self.band {
            1 => {
                s.add(Item::path(
                    Role::Panel,
                    rect(at.0 - wide / 2.0 - 16.0, at.1 - fitted * 0.72, wide + 32.0, fitted * 1.44, 5.0),
                    p.accent,
                ));
                tier_ink
            }
            2 if !matches!(self.frame, Frame::Plaque | Frame::Pill | Frame::Diamond) => {
                let (l, r, t, b) = (at.0 - self.w * 0.47, at.0 + self.w * 0.47, at.1 - fitted * 0.75, at.1 + fitted * 0.75);
                let notch = fitted * 0.45;
                s.add(Item::path(Role::Panel, polygon(&[(l, t), (r, t), (r - notch, at.1), (r, b), (l, b), (l + notch, at.1)]), p.accent));
                tier_ink
            }
            3 => {
                s.add(Item::path(
                    Role::Panel,
                    rect(at.0 - wide / 2.0 - 22.0, at.1 - fitted * 0.75, wide + 44.0, fitted * 1.5, 99.0),
                    p.accent,
                ));
                tier_ink
            }
            _ => {
                if colour::distance(p.accent, p.body) > 40.0 && !self.bare {
                    p.accent
                } else {
                    ink
                }
            }
        };
        s.add(Item::line(Role::Tier, line, colour));
    }

    fn stack(&self, s: &mut Scene, c: &Content, p: &Palette, ink: Rgb, tier_ink: Rgb) {
        let (cx, top, width, height) = self.room();
        if self.round_text {
            let r = if self.frame == Frame::Rosette { 146.0 } else { 154.0 };
            let cy = if self.frame == Frame::Rosette { self.w / 2.0 } else { self.h / 2.0 };
            let mut name = Line::new(c.name.to_uppercase(), self.name_font, 31.0, Stand::Round(cx, cy, r, true), 340.0);
            name.tracking = 0.08;
            name.bold = self.bold;
            s.add(Item::line(Role::Name, name, ink));
            let mut words = Line::new(c.words.to_uppercase(), self.small_font, 22.0, Stand::Round(cx, cy, r, false), 300.0);
            words.tracking = 0.1;
            s.add(Item::line(Role::Words, words, ink));
        }
        // Heights of the parts, as shares.
        let parts: Vec<(u8, f32)> = self
            .order
            .iter()
            .filter(|k| !(self.round_text && matches!(k, 1 | 2) || **k == 4 && c.year.is_none()))
            .map(|k| {
                (
                    *k,
                    match k {
                        0 => 2.4 * self.sign_size,
                        1 => 1.0,
                        2 => 0.62,
                        3 => 1.25,
                        _ => 0.66,
                    },
                )
            })
            .collect();
        let unit = height / parts.iter().map(|(_, v)| v + 0.16).sum::<f32>();
        let mut y = top;
        for (k, v) in parts {
            let (mid, size) = (y + unit * v / 2.0, unit * v);
            // Frames that grow narrow toward the foot leave less room there.
            let depth = (mid - top) / height;
            let max = match self.frame {
                Frame::Shield => width * (1.12 - 0.5 * depth.max(0.4)),
                Frame::Round | Frame::Seal | Frame::Diamond if !self.round_text => width * (1.0 - 0.9 * (depth - 0.5).abs()),
                _ => width,
            };
            match k {
                0 => self.sign(s, c, p, ink, (cx, mid), size.min(max) * 0.95),
                1 => s.add(Item::line(Role::Name, self.text(&self.case(&c.name), self.name_font, size * 0.92, (cx, mid), max), ink)),
                2 => s.add(Item::line(Role::Words, self.text(&c.words, self.small_font, size * 0.9, (cx, mid), max), ink)),
                3 => self.tier(s, c, p, (cx, mid), size * 0.72, max, ink, tier_ink),
                _ => {
                    let year = c.year.as_deref().unwrap_or_default();
                    s.add(Item::line(Role::Year, self.text(year, self.small_font, size * 0.85, (cx, mid), max * 0.5), ink));
                    if self.stars {
                        for side in [-1.0, 1.0] {
                            let x = cx + side * (size * 1.9).min(max * 0.36);
                            s.add(Item::path(Role::Ornament, star(x, mid, size * 0.34, size * 0.14, 5, 0.0), p.accent));
                        }
                    }
                }
            }
            y += unit * (v + 0.16);
        }
    }

    fn beside(&self, s: &mut Scene, c: &Content, p: &Palette, ink: Rgb, tier_ink: Rgb) {
        let (_, top, _, height) = self.room();
        let (w, h) = (self.w, self.h);
        let sign = height * 0.82 * self.sign_size.min(1.0);
        let left = if self.frame == Frame::Pill { 58.0 } else { 36.0 };
        self.sign(s, c, p, ink, (left + sign / 2.0, h / 2.0), sign);
        let x = left + sign + 26.0;
        let room = w - x - if self.frame == Frame::Pill { 56.0 } else { 30.0 };
        let mut name = self.text(&self.case(&c.name), self.name_font, height * 0.3, (0.0, 0.0), room);
        name.stand = Stand::Left(x, top + height * 0.2);
        s.add(Item::line(Role::Name, name, ink));
        let mut words = self.text(&c.words, self.small_font, height * 0.17, (0.0, 0.0), room);
        words.stand = Stand::Left(x, top + height * 0.49);
        s.add(Item::line(Role::Words, words, ink));
        let share = if c.year.is_some() { 0.66 } else { 1.0 };
        let probe = self.text(&self.case(&c.tier), self.tier_font, height * 0.2, (0.0, 0.0), room * share * 0.8);
        let half = probe.fitted().1 / 2.0 + if self.band == 0 || self.band == 2 { 0.0 } else { 18.0 };
        self.tier(s, c, p, (x + half, top + height * 0.8), height * 0.2, room * share * 0.87, ink, tier_ink);
        if let Some(year) = &c.year {
            let l = self.text(year, self.small_font, height * 0.17, (x + room * 0.88, top + height * 0.8), room * 0.24);
            s.add(Item::line(Role::Year, l, ink));
        }
    }

    fn certificate(&self, s: &mut Scene, c: &Content, p: &Palette, ink: Rgb) {
        let w = self.w;
        let cx = w / 2.0;
        let line = |text: &str, font: usize, size: f32, y: f32, max: f32| self.text(text, font, size, (cx, y), max);
        self.sign(s, c, p, ink, (cx, 78.0), 66.0);
        s.add(Item::line(Role::Name, line(&self.case(&c.name), self.name_font, 38.0, 142.0, w - 130.0), ink));
        s.add(Item::line(Role::Words, line(&c.words, self.small_font, 22.0, 182.0, w - 130.0), ink));
        s.add(Item::path(Role::Ornament, rect(cx - 120.0, 205.0, 240.0, 3.0, 0.0), p.accent));
        s.add(Item::line(
            Role::Tier,
            line(&self.case(&c.tier), self.tier_font, 42.0, 242.0, w - 150.0),
            if colour::distance(p.accent, p.body) > 40.0 { p.accent } else { ink },
        ));
        if let Some(holder) = &c.holder {
            s.add(Item::line(Role::Words, line(holder, 8, 27.0, 290.0, w - 160.0), ink));
        }
        let year = c.year.clone().unwrap_or_else(|| "2024".to_owned());
        s.add(Item::line(Role::Year, line(&format!("Valid through {year}"), self.small_font, 18.0, 328.0, 260.0), ink));
        let small = [
            "This certificate confirms that the requirements of the program were met in full.",
            "It stays the property of the program and may not be changed or passed on.",
        ];
        for (i, t) in small.iter().enumerate() {
            s.add(Item::line(Role::SmallPrint, line(t, self.small_font, 12.5, 356.0 + 16.0 * i as f32, w - 120.0), ink));
        }
        s.add(Item::path(Role::Ornament, ring(w - 80.0, 82.0, 36.0, 30.0), p.accent));
        s.add(Item::path(Role::Ornament, star(w - 80.0, 82.0, 24.0, 10.0, 6, 0.0), p.accent));
    }
}

pub fn content(r: &mut Random, name: String, words: &str, tier: &str, year: Option<String>) -> Content {
    Content { name, words: words.to_owned(), tier: tier.to_owned(), year, sign: icons::draw(r), holder: None }
}

/// The second family of a tier's name, for its colour.
pub fn tier_colour(r: &mut Random, tier: &str) -> Rgb {
    let (h, s, l) = match tier {
        "Gold" => (45.0, 0.75, 0.52),
        "Silver" => (215.0, 0.07, 0.72),
        "Bronze" | "Copper" => (24.0, 0.58, 0.46),
        "Platinum" => (205.0, 0.14, 0.62),
        "Diamond" => (196.0, 0.62, 0.55),
        "Elite" | "Onyx" => (260.0, 0.2, 0.18),
        "Ruby" => (350.0, 0.72, 0.42),
        "Emerald" => (152.0, 0.62, 0.34),
        "Sapphire" => (222.0, 0.7, 0.42),
        _ => (r.range(0.0, 360.0), r.range(0.4, 0.8), r.range(0.35, 0.6)),
    };
    hsl(h + r.range(-6.0, 6.0), s, l)
}
