//! Where marks may be on a page: what lies within areas of one colour, alone and together with what is near.
//!
//! Cells of a few pixels that have one colour are joined to zones: the paper, a section's ground, a card. What a zone surrounds is a piece;
//! a mark is a piece, or several that are nearer to each other than to others: a sign and its word.

use super::find::{Box, Candidate, reduced};
use image::RgbaImage;
use std::borrow::Cow;

/// The side of a cell in pixels.
const CELL: usize = 4;
/// How colours are told apart, each channel from 0 to 255.
#[derive(Clone, Copy)]
struct Eye {
    /// The most that colours in a cell of one colour differ.
    noise: u8,
    /// The most that neighbouring cells of one zone differ.
    step: i32,
    /// How far a colour must be from the ground's to stand out, all channels together.
    stands_out: i32,
}

/// First as lossy formats ask for it, then for pale tiles on pale ground.
const EYES: [Eye; 2] = [Eye { noise: 14, step: 5, stands_out: 20 }, Eye { noise: 4, step: 2, stands_out: 6 }];
/// What a lossy format smears around a strong drawing is less than this share of it.
const SMEARED: f32 = 0.3;
/// Zones of fewer cells are no ground for anything.
const LEAST_ZONE: usize = 40;
/// Pictures of more pixels are reduced first.
const MOST_PIXELS: f64 = 12e6;
/// The most pieces of one zone that are put together.
const MOST_PIECES: usize = 1200;
/// The most cells looked at for all zones, for each cell of the picture.
const MOST_VISITS: usize = 40;
/// Boxes whose shorter or longer side is less show nothing that can be told.
const LEAST_BOX: (usize, usize) = (9, 20);

#[derive(Clone, Copy, PartialEq)]
struct Cells {
    x0: usize,
    y0: usize,
    x1: usize,
    y1: usize,
}

impl Cells {
    fn with(self, o: Cells) -> Cells {
        Cells { x0: self.x0.min(o.x0), y0: self.y0.min(o.y0), x1: self.x1.max(o.x1), y1: self.y1.max(o.y1) }
    }

    /// What cells cover in pixels, and a little more: a cell that counts as even may hold the rim of what stands out.
    fn pixels(&self, g: &Grid) -> Cells {
        let (w, h) = (g.pixels.width() as usize, g.pixels.height() as usize);
        let from = |v: usize| (v * CELL).saturating_sub(2);
        Cells { x0: from(self.x0), y0: from(self.y0), x1: (self.x1 * CELL + 2).min(w), y1: (self.y1 * CELL + 2).min(h) }
    }

    /// Whether what is in it is large enough to be told.
    fn may_show(&self) -> bool {
        let (w, h) = (self.x1 - self.x0, self.y1 - self.y0);
        let (short, long) = (w.min(h), w.max(h));
        short >= LEAST_BOX.0 && long >= LEAST_BOX.1 && long <= 14 * short
    }

    fn overlap(&self, o: &Cells) -> f64 {
        let w = self.x1.min(o.x1).saturating_sub(self.x0.max(o.x0));
        let h = self.y1.min(o.y1).saturating_sub(self.y0.max(o.y0));
        let area = |c: &Cells| (c.x1 - c.x0) * (c.y1 - c.y0);
        (w * h) as f64 / (area(self) + area(o) - w * h).max(1) as f64
    }

    /// The free pixels between two boxes.
    fn gap(&self, o: &Cells) -> usize {
        let apart = |a0: usize, a1: usize, b0: usize, b1: usize| b0.saturating_sub(a1).max(a0.saturating_sub(b1));
        apart(self.x0, self.x1, o.x0, o.x1).max(apart(self.y0, self.y1, o.y0, o.y1))
    }
}

/// One thing that a zone surrounds, or several of them, and the shorter side of the largest.
#[derive(Clone, Copy)]
struct Piece {
    at: Cells,
    solid: usize,
}

struct Grid<'a> {
    pixels: Cow<'a, RgbaImage>,
    behind: [f32; 3],
    w: usize,
    h: usize,
    /// The zone of each cell; 0: none.
    zone: Vec<u32>,
    colour: Vec<[u8; 3]>,
}

impl Grid<'_> {
    #[inline]
    fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let p = self.pixels.get_pixel(x as u32, y as u32).0;
        if p[3] == 255 {
            return [p[0], p[1], p[2]];
        }
        let a = f32::from(p[3]) / 255.0;
        [0, 1, 2].map(|i| (f32::from(p[i]) * a + self.behind[i] * (1.0 - a)).round() as u8)
    }
}

/// A box in which a mark may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    /// In pixels of the picture.
    pub at: Box,
    /// The shorter side of the largest thing in it that hangs together, in pixels of the picture: a sign's, or a letter's.
    pub solid: usize,
}

/// The boxes in which marks may be.
pub(super) fn areas(c: &Candidate) -> Vec<Area> {
    let (w, h) = (f64::from(c.pixels.width()), f64::from(c.pixels.height()));
    let k = (MOST_PIXELS / (w * h)).sqrt().min(1.0);
    let pixels = if k < 1.0 { Cow::Owned(reduced(c.pixels, (w * k) as u32, (h * k) as u32)) } else { Cow::Borrowed(c.pixels) };
    let (sx, sy) = (w / f64::from(pixels.width()), h / f64::from(pixels.height()));
    let (cw, ch) = ((pixels.width() as usize).div_ceil(CELL), (pixels.height() as usize).div_ceil(CELL));
    let mut g = Grid { pixels, behind: c.behind, w: cw, h: ch, zone: vec![0; cw * ch], colour: vec![[0; 3]; cw * ch] };
    let mut found: Vec<(Piece, [f32; 3])> = Vec::new();
    for eye in EYES {
        for new in seen(&mut g, eye) {
            if !found.iter().any(|(old, _)| old.at.overlap(&new.0.at) > 0.94) {
                found.push(new);
            }
        }
    }
    let at = |v: usize, s: f64| (v as f64 * s).round() as usize;
    let place = |(Piece { at: b, solid }, ground): (Piece, [f32; 3])| Area {
        at: Box { x: at(b.x0, sx), y: at(b.y0, sy), w: at(b.x1 - b.x0, sx).max(1), h: at(b.y1 - b.y0, sy).max(1), ground },
        solid: at(solid, sx.min(sy)),
    };
    found.into_iter().map(place).collect()
}

/// The boxes that one way to tell colours apart finds, and the colours around them.
fn seen(g: &mut Grid, eye: Eye) -> Vec<(Piece, [f32; 3])> {
    let zones = zones(g, eye);
    let mut out = Vec::new();
    let mut visits = 0;
    let mut mark = vec![0_u32; g.w * g.h];
    for (n, (cells, id)) in zones.iter().enumerate() {
        visits += (cells.x1 - cells.x0) * (cells.y1 - cells.y0);
        if visits > MOST_VISITS * g.w * g.h {
            break;
        }
        let mut pieces: Vec<Cells> = Vec::new();
        for piece in holes(g, *cells, *id, n as u32 + 1, &mut mark) {
            let ground = around(g, piece, *id);
            if let Some(p) = trimmed(g, piece.pixels(g), ground, eye.stands_out) {
                pieces.push(p);
            }
        }
        if pieces.len() > MOST_PIECES {
            pieces.sort_by_key(|p| std::cmp::Reverse((p.x1 - p.x0) * (p.y1 - p.y0)));
            pieces.truncate(MOST_PIECES);
        }
        for piece in together(&pieces) {
            let b = piece.at;
            if !b.may_show() {
                continue;
            }
            let cells = Cells { x0: b.x0 / CELL, y0: b.y0 / CELL, x1: b.x1.div_ceil(CELL), y1: b.y1.div_ceil(CELL) };
            let ground = around(g, cells, *id);
            out.push((piece, ground.map(f32::from)));
            if let Some(core) = core(g, b, ground)
                && core.may_show()
                && core.overlap(&b) < 0.92
            {
                out.push((Piece { at: core, ..piece }, ground.map(f32::from)));
            }
        }
    }
    out
}

/// The box without what is faint at its rim; `None` if it is too large for a rim to matter.
fn core(g: &Grid, b: Cells, ground: [u8; 3]) -> Option<Cells> {
    if (b.x1 - b.x0) * (b.y1 - b.y0) > 160_000 {
        return None;
    }
    let pixels = (b.y0..b.y1).step_by(2).flat_map(|y| (b.x0..b.x1).step_by(2).map(move |x| (x, y)));
    let most = pixels.map(|(x, y)| square(g.pixel(x, y), ground)).max()?;
    let limit = (most as f32).sqrt() * SMEARED;
    if limit < EYES[0].stands_out as f32 * 1.5 { None } else { trimmed(g, b, ground, limit as i32) }
}

/// How far two colours are apart, squared.
fn square(a: [u8; 3], b: [u8; 3]) -> i32 {
    (0..3).map(|i| (i32::from(a[i]) - i32::from(b[i])).pow(2)).sum()
}

/// Finds the zones: their boxes in cells, and their numbers, the largest first.
fn zones(g: &mut Grid, eye: Eye) -> Vec<(Cells, u32)> {
    let (pw, ph) = (g.pixels.width() as usize, g.pixels.height() as usize);
    let mut flat = vec![false; g.w * g.h];
    g.zone.fill(0);
    for cy in 0..g.h {
        for cx in 0..g.w {
            let (mut low, mut high, mut sum) = ([255_u8; 3], [0_u8; 3], [0_u32; 3]);
            let (x1, y1) = (((cx + 1) * CELL).min(pw), ((cy + 1) * CELL).min(ph));
            for y in cy * CELL..y1 {
                for x in cx * CELL..x1 {
                    let p = g.pixel(x, y);
                    for i in 0..3 {
                        low[i] = low[i].min(p[i]);
                        high[i] = high[i].max(p[i]);
                        sum[i] += u32::from(p[i]);
                    }
                }
            }
            let n = ((x1 - cx * CELL) * (y1 - cy * CELL)) as u32;
            g.colour[cy * g.w + cx] = sum.map(|s| ((s + n / 2) / n) as u8);
            flat[cy * g.w + cx] = (0..3).all(|i| high[i] - low[i] <= eye.noise);
        }
    }
    let alike = |a: [u8; 3], b: [u8; 3]| (0..3).all(|i| (i32::from(a[i]) - i32::from(b[i])).abs() <= eye.step);
    let mut found = Vec::new();
    let mut stack = Vec::new();
    let mut next = 0;
    for start in 0..g.w * g.h {
        if !flat[start] || g.zone[start] != 0 {
            continue;
        }
        next += 1;
        g.zone[start] = next;
        stack.push(start);
        let mut count = 0;
        let mut b = Cells { x0: usize::MAX, y0: usize::MAX, x1: 0, y1: 0 };
        while let Some(i) = stack.pop() {
            let (x, y) = (i % g.w, i / g.w);
            count += 1;
            b = b.with(Cells { x0: x, y0: y, x1: x + 1, y1: y + 1 });
            let mut visit = |n: usize| {
                if flat[n] && g.zone[n] == 0 && alike(g.colour[i], g.colour[n]) {
                    g.zone[n] = next;
                    stack.push(n);
                }
            };
            if x > 0 {
                visit(i - 1);
            }
            if x + 1 < g.w {
                visit(i + 1);
            }
            if y > 0 {
                visit(i - g.w);
            }
            if y + 1 < g.h {
                visit(i + g.w);
            }
        }
        if count >= LEAST_ZONE {
            found.push((count, b, next));
        }
    }
    found.sort_by_key(|(count, _, id)| (std::cmp::Reverse(*count), *id));
    found.into_iter().map(|(_, b, id)| (b, id)).collect()
}

/// What a zone surrounds: boxes in cells.
fn holes(g: &Grid, within: Cells, zone: u32, stamp: u32, seen: &mut [u32]) -> Vec<Cells> {
    let mut out = Vec::new();
    let mut stack = Vec::new();
    for y in within.y0..within.y1 {
        for x in within.x0..within.x1 {
            let start = y * g.w + x;
            if g.zone[start] == zone || seen[start] == stamp {
                continue;
            }
            seen[start] = stamp;
            stack.push((x, y));
            let mut b = Cells { x0: x, y0: y, x1: x + 1, y1: y + 1 };
            while let Some((x, y)) = stack.pop() {
                b = b.with(Cells { x0: x, y0: y, x1: x + 1, y1: y + 1 });
                for ny in y.saturating_sub(1).max(within.y0)..(y + 2).min(within.y1) {
                    for nx in x.saturating_sub(1).max(within.x0)..(x + 2).min(within.x1) {
                        let n = ny * g.w + nx;
                        if g.zone[n] != zone && seen[n] != stamp {
                            seen[n] = stamp;
                            stack.push((nx, ny));
                        }
                    }
                }
            }
            out.push(b);
        }
    }
    out
}

/// The colour of a zone around a box of cells.
fn around(g: &Grid, b: Cells, zone: u32) -> [u8; 3] {
    let (x0, y0) = (b.x0.saturating_sub(1), b.y0.saturating_sub(1));
    let (x1, y1) = ((b.x1 + 1).min(g.w), (b.y1 + 1).min(g.h));
    let rows = (x0..x1).flat_map(|x| [(x, y0), (x, y1 - 1)]);
    let cols = (y0..y1).flat_map(|y| [(x0, y), (x1 - 1, y)]);
    let (mut sum, mut n) = ([0_u32; 3], 0);
    for (x, y) in rows.chain(cols) {
        let i = y * g.w + x;
        if g.zone[i] == zone {
            (0..3).for_each(|k| sum[k] += u32::from(g.colour[i][k]));
            n += 1;
        }
    }
    if n > 0 {
        return sum.map(|s| (s / n) as u8);
    }
    g.zone.iter().position(|z| *z == zone).map_or([255; 3], |i| g.colour[i])
}

/// The box of the pixels that stand out; `None` if none does.
fn trimmed(g: &Grid, b: Cells, ground: [u8; 3], limit: i32) -> Option<Cells> {
    let far = |x: usize, y: usize| square(g.pixel(x, y), ground) > limit * limit;
    let Cells { mut x0, mut y0, mut x1, mut y1 } = b;
    while y0 < y1 && !(x0..x1).any(|x| far(x, y0)) {
        y0 += 1;
    }
    while y1 > y0 && !(x0..x1).any(|x| far(x, y1 - 1)) {
        y1 -= 1;
    }
    while x0 < x1 && !(y0..y1).any(|y| far(x0, y)) {
        x0 += 1;
    }
    while x1 > x0 && !(y0..y1).any(|y| far(x1 - 1, y)) {
        x1 -= 1;
    }
    (x1 > x0 && y1 > y0).then_some(Cells { x0, y0, x1, y1 })
}

/// Pieces, and all groups of pieces that are nearer to each other than to the rest.
fn together(pieces: &[Cells]) -> Vec<Piece> {
    let single = |at: &Cells| Piece { at: *at, solid: (at.x1 - at.x0).min(at.y1 - at.y0) };
    let mut all: Vec<Piece> = pieces.iter().map(single).collect();
    let mut out = all.clone();
    let n = pieces.len();
    if n < 2 {
        return out;
    }
    // The shortest links that connect all, after Prim; then joined from the shortest on.
    let mut near: Vec<(usize, usize)> = (0..n).map(|i| (pieces[0].gap(&pieces[i]), 0)).collect();
    let mut left: Vec<usize> = (1..n).collect();
    let mut links: Vec<(usize, usize, usize)> = Vec::with_capacity(n - 1);
    while let Some(at) = (0..left.len()).min_by_key(|&at| near[left[at]].0) {
        let i = left.swap_remove(at);
        links.push((near[i].0, near[i].1, i));
        for &o in &left {
            let gap = pieces[i].gap(&pieces[o]);
            if gap < near[o].0 {
                near[o] = (gap, i);
            }
        }
    }
    links.sort_unstable();
    let mut parent: Vec<usize> = (0..n).collect();
    fn root(parent: &mut [usize], mut i: usize) -> usize {
        while parent[i] != i {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        i
    }
    let mut at = 0;
    while at < links.len() {
        // Links that are equally short are one step.
        let gap = links[at].0;
        let mut changed = Vec::new();
        while at < links.len() && links[at].0 == gap {
            let (a, b) = (root(&mut parent, links[at].1), root(&mut parent, links[at].2));
            parent[b] = a;
            all[a] = Piece { at: all[a].at.with(all[b].at), solid: all[a].solid.max(all[b].solid) };
            changed.push(a);
            at += 1;
        }
        let mut roots: Vec<usize> = changed.into_iter().map(|i| root(&mut parent, i)).collect();
        roots.sort_unstable();
        roots.dedup();
        out.extend(roots.into_iter().map(|i| all[i]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(page: &mut RgbaImage, (x, y, w, h): (u32, u32, u32, u32), c: [u8; 3]) {
        for (px, py) in (y..y + h).flat_map(|py| (x..x + w).map(move |px| (px, py))) {
            page.put_pixel(px, py, image::Rgba([c[0], c[1], c[2], 255]));
        }
    }

    fn best(page: &RgbaImage, wanted: (usize, usize, usize, usize)) -> f64 {
        let wanted = Box { x: wanted.0, y: wanted.1, w: wanted.2, h: wanted.3, ground: [0.0; 3] };
        areas(&Candidate::new(page, None)).iter().map(|a| a.at.overlap(&wanted)).fold(0.0, f64::max)
    }

    #[test]
    fn a_sign_and_its_word_on_a_card_on_a_coloured_section() {
        let mut page = RgbaImage::from_pixel(1400, 3000, image::Rgba([255; 4]));
        block(&mut page, (0, 2000, 1400, 400), [30, 60, 160]);
        block(&mut page, (101, 2050, 390, 300), [250, 250, 250]);
        // The sign, the letters, and a line of text farther away.
        block(&mut page, (150, 2103, 40, 40), [200, 30, 30]);
        for i in 0..5 {
            block(&mut page, (200 + i * 14, 2110, 9, 26), [20, 20, 20]);
        }
        block(&mut page, (150, 2181, 250, 12), [60, 60, 60]);
        assert!(best(&page, (150, 2103, 115, 40)) > 0.95, "sign and word");
        assert!(best(&page, (150, 2103, 40, 40)) > 0.95, "the sign alone");
        assert!(best(&page, (101, 2050, 390, 300)) > 0.97, "the card");
    }

    #[test]
    fn a_pale_tile_on_white() {
        let mut page = RgbaImage::from_pixel(700, 500, image::Rgba([255; 4]));
        block(&mut page, (203, 101, 120, 170), [243, 243, 242]);
        block(&mut page, (231, 131, 61, 60), [20, 90, 40]);
        assert!(best(&page, (203, 101, 120, 170)) > 0.97);
    }

    #[test]
    fn noise_takes_bounded_work() {
        let mut seed = 1_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let page = RgbaImage::from_fn(900, 900, |x, y| {
            if x / 8 % 2 == y / 8 % 2 { image::Rgba([255; 4]) } else { image::Rgba([next(), next(), next(), 255]) }
        });
        // As many groups as pieces, and each once as it is and once without its rim.
        assert!(areas(&Candidate::new(&page, None)).len() <= 8 * MOST_PIECES);
    }
}
