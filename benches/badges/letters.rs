//! Text as outlines, from fonts that crates ship.

use std::fmt::Write as _;
use std::sync::OnceLock;
use ttf_parser::{Face, GlyphId, OutlineBuilder, cff};

enum Font {
    Open(Box<Face<'static>>),
    Bare(Box<cff::Table<'static>>),
}

/// The fonts for names and titles: sans, serif, mono; light to bold.
pub const SANS: [usize; 6] = [0, 1, 2, 0, 1, 3];
pub const SERIF: [usize; 5] = [4, 5, 7, 8, 9];
pub const MONO: [usize; 2] = [10, 6];
pub const FONTS: usize = 12;
const PICTURES: usize = 12;

fn fonts() -> &'static [Font] {
    static FONTS: OnceLock<Vec<Font>> = OnceLock::new();
    FONTS.get_or_init(|| {
        use typst_assets::pdf as p;
        let bare = |d: &'static [u8]| Font::Bare(Box::new(cff::Table::parse(d).expect("a shipped font")));
        let open = |d: &'static [u8]| Font::Open(Box::new(Face::parse(d, 0).expect("a shipped font")));
        let more: Vec<&'static [u8]> = typst_assets::fonts().collect();
        let named = |name: &str| {
            let found = more.iter().find(|d| {
                let face = Face::parse(d, 0).expect("a shipped font");
                face.names()
                    .into_iter()
                    .any(|n| n.name_id == ttf_parser::name_id::POST_SCRIPT_NAME && n.to_string().as_deref() == Some(name))
            });
            open(found.unwrap_or_else(|| panic!("no font {name}")))
        };
        vec![
            bare(p::SANS),
            bare(p::SANS_BOLD),
            bare(p::SANS_BOLD_ITALIC),
            open(epaint_default_fonts::UBUNTU_LIGHT),
            bare(p::SERIF),
            bare(p::SERIF_BOLD),
            open(epaint_default_fonts::HACK_REGULAR),
            named("LibertinusSerif-Bold"),
            named("LibertinusSerif-SemiboldItalic"),
            named("NewCM10-Bold"),
            named("DejaVuSansMono-Bold"),
            bare(p::SERIF_BOLD_ITALIC),
            open(epaint_default_fonts::NOTO_EMOJI_REGULAR),
            open(epaint_default_fonts::EMOJI_ICON),
        ]
    })
}

fn name_of(c: char) -> String {
    let names = [
        (' ', "space"),
        ('0', "zero"),
        ('1', "one"),
        ('2', "two"),
        ('3', "three"),
        ('4', "four"),
        ('5', "five"),
        ('6', "six"),
        ('7', "seven"),
        ('8', "eight"),
        ('9', "nine"),
        ('&', "ampersand"),
        ('-', "hyphen"),
        ('.', "period"),
        (',', "comma"),
        ('/', "slash"),
        ('+', "plus"),
        ('(', "parenleft"),
        (')', "parenright"),
        ('\'', "quotesingle"),
        (':', "colon"),
        ('#', "numbersign"),
        ('%', "percent"),
        ('!', "exclam"),
        ('*', "asterisk"),
        ('@', "at"),
    ];
    names.iter().find(|(k, _)| *k == c).map_or_else(|| c.to_string(), |(_, n)| (*n).to_owned())
}

impl Font {
    /// Units of an em.
    fn em(&self) -> f32 {
        match self {
            Font::Open(f) => f32::from(f.units_per_em()),
            Font::Bare(_) => 1000.0,
        }
    }

    fn glyph(&self, c: char) -> Option<GlyphId> {
        match self {
            Font::Open(f) => f.glyph_index(c),
            Font::Bare(f) => f.glyph_index_by_name(&name_of(c)),
        }
    }

    fn advance(&self, g: GlyphId) -> f32 {
        match self {
            Font::Open(f) => f.glyph_hor_advance(g).map_or(500.0, f32::from),
            Font::Bare(f) => f.glyph_width(g).map_or(500.0, f32::from),
        }
    }

    fn draw(&self, g: GlyphId, to: &mut dyn OutlineBuilder) {
        match self {
            Font::Open(f) => drop(f.outline_glyph(g, to)),
            Font::Bare(f) => drop(f.outline(g, to)),
        }
    }
}

struct Pen<'a> {
    out: &'a mut String,
    place: &'a dyn Fn(f32, f32) -> (f32, f32),
}

impl Pen<'_> {
    fn point(&mut self, x: f32, y: f32) {
        let (x, y) = (self.place)(x, y);
        let _ = write!(self.out, "{x:.2} {y:.2} ");
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.out.push('M');
        self.point(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.out.push('L');
        self.point(x, y);
    }
    fn quad_to(&mut self, a: f32, b: f32, x: f32, y: f32) {
        self.out.push('Q');
        self.point(a, b);
        self.point(x, y);
    }
    fn curve_to(&mut self, a: f32, b: f32, c: f32, d: f32, x: f32, y: f32) {
        self.out.push('C');
        self.point(a, b);
        self.point(c, d);
        self.point(x, y);
    }
    fn close(&mut self) {
        self.out.push('Z');
    }
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stand {
    /// Its middle at this point.
    Middle(f32, f32),
    /// Its left end at this point.
    Left(f32, f32),
    /// Along a circle, its middle at the top or at the foot: centre, radius, whether at the top.
    Round(f32, f32, f32, bool),
}

/// A line of text. Lengths in units of the drawing.
#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    pub font: usize,
    /// Of an em.
    pub size: f32,
    pub stand: Stand,
    /// It is made smaller if it would be wider.
    pub max: f32,
    /// Room between letters, in ems.
    pub tracking: f32,
    /// Lean to the right, as a tangent.
    pub slant: f32,
    /// How wide letters are, against the font's own.
    pub width: f32,
    /// How much bolder, in ems.
    pub bold: f32,
}

impl Line {
    pub fn new(text: impl Into<String>, font: usize, size: f32, stand: Stand, max: f32) -> Line {
        Line { text: text.into(), font, size, stand, max, tracking: 0.0, slant: 0.0, width: 1.0, bold: 0.0 }
    }

    fn ems(&self) -> f32 {
        let font = &fonts()[self.font];
        let n = self.text.chars().count().max(1) as f32;
        let sum: f32 = self.text.chars().filter_map(|c| font.glyph(c)).map(|g| font.advance(g) / font.em()).sum();
        sum * self.width + self.tracking * (n - 1.0)
    }

    /// The size at which it is drawn, and how wide it then is.
    pub fn fitted(&self) -> (f32, f32) {
        let wide = self.ems() * self.size;
        let size = if wide > self.max { self.size * self.max / wide } else { self.size };
        (size, self.ems() * size)
    }

    pub fn outline(&self) -> String {
        let font = &fonts()[self.font];
        let (size, wide) = self.fitted();
        let scale = size / font.em();
        let mut out = String::new();
        let mut at = 0.0;
        for c in self.text.chars() {
            let Some(g) = font.glyph(c) else { continue };
            let advance = font.advance(g) * scale * self.width;
            // Half of the height of capitals lies above the point.
            let drop = size * 0.35;
            let place = |x: f32, y: f32| -> (f32, f32) {
                let (lx, ly) = ((x + y * self.slant) * scale * self.width, drop - y * scale);
                match self.stand {
                    Stand::Middle(cx, cy) => (cx - wide / 2.0 + at + lx, cy + ly),
                    Stand::Left(x0, cy) => (x0 + at + lx, cy + ly),
                    Stand::Round(cx, cy, r, top) => {
                        let turn = (at + advance / 2.0 - wide / 2.0) / r;
                        let (angle, side) = if top { (turn, 1.0) } else { (-turn, -1.0) };
                        let (sin, cos) = angle.sin_cos();
                        let (dx, dy) = (lx - advance / 2.0, ly - r * side);
                        (cx + dx * cos - dy * sin, cy + dx * sin + dy * cos)
                    }
                }
            };
            font.draw(g, &mut Pen { out: &mut out, place: &place });
            at += advance + self.tracking * size;
        }
        out
    }
}

/// A pictograph of the fonts, in a box of 100 by 100 about the origin; `None` if there is no such sign.
pub fn pictograph(c: char) -> Option<String> {
    let (font, g) = fonts()[PICTURES..].iter().find_map(|f| f.glyph(c).map(|g| (f, g)))?;
    let Font::Open(face) = font else { return None };
    let b = face.glyph_bounding_box(g)?;
    let (w, h) = (f32::from(b.x_max - b.x_min), f32::from(b.y_max - b.y_min));
    let scale = 100.0 / w.max(h).max(1.0);
    let (cx, cy) = (f32::from(b.x_min) + w / 2.0, f32::from(b.y_min) + h / 2.0);
    let mut out = String::new();
    font.draw(g, &mut Pen { out: &mut out, place: &|x, y| ((x - cx) * scale, (cy - y) * scale) });
    Some(out)
}
