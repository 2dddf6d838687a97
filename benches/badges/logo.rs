//! Logos of firms: words, signs, both; flat, in gradients, of thin lines; mostly on nothing.

use super::colour::{self, Rgb, hsl};
use super::icons::{self, Parts};
use super::letters::{FONTS, Line, Stand};
use super::random::Random;
use super::scene::{Fill, Item, Role, Scene, circle, rect};

/// What a logo is made of; the same in its variants.
#[derive(Clone, Debug)]
pub struct Logo {
    kind: u8,
    name: String,
    font: usize,
    tracking: f32,
    slant: f32,
    width: f32,
    bold: f32,
    upper: bool,
    sign: Parts,
    main: Rgb,
    second: Rgb,
    fade: Option<f32>,
    strap: Option<String>,
    thin: f32,
    accents: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variant {
    Colour,
    /// In black or another dark colour, on nothing.
    Dark,
    /// In white, on nothing.
    Light,
    /// On its own tile.
    Tile,
}

impl Logo {
    pub fn draw(r: &mut Random, name: String) -> Logo {
        let h = r.range(0.0, 360.0);
        let main = match r.below(5) {
            0 => hsl(h, 0.1, 0.12),
            1 => hsl(h, 0.9, 0.42),
            _ => hsl(h, r.range(0.4, 0.9), r.range(0.22, 0.5)),
        };
        Logo {
            kind: r.weighted(&[(2.0, 0), (3.0, 1), (1.6, 2), (1.4, 3), (1.0, 4), (1.2, 5)]),
            name,
            font: r.below(FONTS),
            tracking: r.pick(&[-0.02, 0.0, 0.0, 0.04, 0.15]),
            slant: if r.chance(0.2) { r.range(0.1, 0.3) } else { 0.0 },
            width: if r.chance(0.3) { r.range(0.8, 1.25) } else { 1.0 },
            bold: r.pick(&[0.0, 0.0, 0.03, 0.06]),
            upper: r.chance(0.35),
            sign: icons::draw(r),
            main,
            second: if r.chance(0.5) { main } else { hsl(h + r.range(40.0, 200.0), r.range(0.5, 0.95), r.range(0.42, 0.58)) },
            fade: r.chance(0.25).then(|| r.range(0.0, 90.0)),
            strap: r.chance(0.2).then(|| r.pick(&super::words::CAPTIONS).to_owned()),
            thin: r.range(2.5, 6.0),
            accents: r.below(4) as u8,
        }
    }

    pub fn scene(&self, variant: Variant) -> Scene {
        let (main, second) = match variant {
            Variant::Colour => (self.main, self.second),
            Variant::Dark => (hsl(220.0, 0.15, 0.1), hsl(220.0, 0.15, 0.1)),
            Variant::Light => (colour::WHITE, colour::WHITE),
            Variant::Tile => {
                (colour::WHITE, if self.second == self.main { colour::WHITE } else { colour::mix(self.second, colour::WHITE, 0.6) })
            }
        };
        let flat = variant != Variant::Colour;
        let fill = |c: Rgb| match self.fade {
            Some(d) if !flat => Fill::Fade(c, self.second, d),
            _ => Fill::Flat(c),
        };
        let text = if self.upper { self.name.to_uppercase() } else { self.name.clone() };
        let mut line = Line::new(text, self.font, 90.0, Stand::Left(0.0, 0.0), 1000.0);
        (line.tracking, line.slant, line.width, line.bold) = (self.tracking, self.slant, self.width, self.bold);
        let pad = if variant == Variant::Tile { 40.0 } else { 6.0 + self.bold * 60.0 };
        let lean = 30.0 * self.slant;
        let words = line.fitted().1 + lean;
        let mut items = Vec::new();
        let (w, h);
        let sign = |items: &mut Vec<Item>, at: (f32, f32), size: f32, lined: bool| {
            for (d, tone) in &self.sign {
                let c = if *tone == 0 { main } else { second };
                let item = if lined {
                    Item::outlined(Role::Icon, d.clone(), c, self.thin * 100.0 / size)
                } else {
                    Item::path(Role::Icon, d.clone(), c).filled(fill(c))
                };
                items.push(item.moved(format!("translate({:.1} {:.1}) scale({:.3})", at.0, at.1, size / 100.0)));
            }
        };
        match self.kind {
            // Words alone.
            0 => {
                let under = if self.accents == 0 { 22.0 } else { 0.0 };
                (w, h) = (words + 2.0 * pad, 92.0 + 2.0 * pad + under);
                line.stand = Stand::Left(pad, pad + 46.0);
                items.push(Item::line(Role::Name, line, main).filled(fill(main)));
                if self.accents == 0 {
                    items.push(Item::path(Role::Ornament, rect(pad, h - pad - 9.0, words * 0.4, 8.0, 0.0), second));
                } else if self.accents == 1 {
                    items.push(Item::path(Role::Ornament, circle(w - pad - 9.0, pad + 14.0, 9.0), second));
                }
            }
            // Sign and words.
            1 | 2 => {
                let strap = self.strap.as_ref().filter(|_| self.kind == 1);
                (w, h) = (words + 142.0 + 2.0 * pad, 116.0 + 2.0 * pad);
                sign(&mut items, (pad + 56.0, h / 2.0), 108.0, self.kind == 2);
                line.stand = Stand::Left(pad + 136.0, if strap.is_some() { h / 2.0 - 18.0 } else { h / 2.0 });
                items.push(Item::line(Role::Name, line, main).filled(Fill::Flat(main)));
                if let Some(s) = strap {
                    let mut l = Line::new(s.as_str(), 0, 27.0, Stand::Left(pad + 138.0, h / 2.0 + 40.0), words.max(60.0));
                    l.tracking = 0.05;
                    items.push(Item::line(Role::Words, l, second));
                }
            }
            // A sign alone.
            3 => {
                (w, h) = (200.0 + 2.0 * pad, 200.0 + 2.0 * pad);
                sign(&mut items, (w / 2.0, h / 2.0), 194.0, false);
            }
            4 => {
                (w, h) = (212.0 + 2.0 * pad, 212.0 + 2.0 * pad);
                sign(&mut items, (w / 2.0, h / 2.0), 190.0, true);
            }
            // Sign above words.
            _ => {
                let wide = words.max(180.0);
                (w, h) = (wide + 2.0 * pad, 260.0 + 2.0 * pad);
                sign(&mut items, (w / 2.0, pad + 80.0), 150.0, false);
                line.stand = Stand::Middle(w / 2.0 - lean / 2.0, pad + 212.0);
                items.push(Item::line(Role::Name, line, main).filled(Fill::Flat(main)));
            }
        }
        let mut s = Scene::new(w.round(), h.round());
        if variant == Variant::Tile {
            let r = if w < 1.4 * h { 40.0 } else { 18.0 };
            let f = self.fade.map_or(Fill::Flat(self.main), |d| Fill::Fade(self.main, colour::mix(self.main, [0.0; 3], 0.35), d));
            s.add(Item::path(Role::Body, rect(0.0, 0.0, s.w, s.h, if self.accents > 1 { r } else { 0.0 }), self.main).filled(f));
        }
        s.items.extend(items);
        s
    }
}
