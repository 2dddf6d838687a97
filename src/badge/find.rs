//! Where in a picture a mark may be: boxes around what stands out from its background.

use super::affine::Affine;
use super::raster::{Flat, Plane, seen};
use fast_image_resize as fir;
use image::RgbaImage;

/// The longer side in pixels to which pictures are reduced before boxes are looked for.
const WORK: u32 = 1400;
/// How far a colour must be from the background's (in sRGB) to stand out.
const STANDS_OUT: f32 = 20.0;
/// The page around what fills its file.
const PAPER: [f32; 3] = [255.0; 3];
/// A picture with so many boxes shows few things.
pub(super) const FEW: usize = 6;
/// So many large boxes are tried in one with more.
const MOST_LARGE: usize = 6;
/// Shorter and longer side in pixels of the smallest box that is tried: what is less shows no mark.
pub(super) const SMALLEST: (u32, u32) = (10, 16);
/// More boxes than this are not tried.
const MAX_BOXES: usize = 140;

/// A picture on its way through the comparison.
pub(super) struct Candidate<'a> {
    pub pixels: &'a RgbaImage,
    /// What is put behind transparent pixels.
    pub behind: [f32; 3],
    /// The whole, reduced.
    pub work: Flat,
    /// Pixels of the picture for one of `work`.
    pub factor: f64,
    /// Whether parts of it are transparent.
    pub transparent: bool,
}

/// A box in the pixels of [`Candidate::work`], and the colour around what is in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Box {
    pub x: usize,
    pub y: usize,
    pub w: usize,
    pub h: usize,
    pub ground: [f32; 3],
}

impl Box {
    pub fn overlap(&self, o: &Box) -> f64 {
        let w = (self.x + self.w).min(o.x + o.w).saturating_sub(self.x.max(o.x));
        let h = (self.y + self.h).min(o.y + o.h).saturating_sub(self.y.max(o.y));
        let both = (w * h) as f64;
        both / ((self.w * self.h + o.w * o.h) as f64 - both).max(1.0)
    }

    /// Left, top, right, bottom.
    pub fn edges(&self) -> (f64, f64, f64, f64) {
        (self.x as f64, self.y as f64, (self.x + self.w) as f64, (self.y + self.h) as f64)
    }
}

impl<'a> Candidate<'a> {
    pub fn new(pixels: &'a RgbaImage, known: Option<[u8; 3]>) -> Candidate<'a> {
        let long = pixels.width().max(pixels.height());
        let transparent = pixels.pixels().any(|p| p[3] < 250);
        let behind = match known {
            Some(c) => c.map(f32::from),
            None if transparent => behind(pixels),
            None => [255.0; 3],
        };
        let (work, factor) = if long > WORK {
            let k = f64::from(WORK) / f64::from(long);
            let (w, h) = ((f64::from(pixels.width()) * k).round().max(1.0), (f64::from(pixels.height()) * k).round().max(1.0));
            (Flat::of(&reduced(pixels, w as u32, h as u32), behind), 1.0 / k)
        } else {
            (Flat::of(pixels, behind), 1.0)
        };
        // Beyond the borders of an opaque picture, its own background goes on.
        let behind = if transparent { behind } else { ground(&work) };
        Candidate { pixels, behind, work, factor, transparent }
    }

    /// What goes on beyond the borders for something on this ground: the picture's own background, or the page around one that fills it.
    pub fn beyond(&self, ground: [f32; 3]) -> [f32; 3] {
        if ground == PAPER { PAPER } else { self.behind }
    }

    /// A part in pixels of the picture, at most `most` pixels on its longer side; with the map from the picture's pixels to the part's.
    pub fn part(&self, x: i64, y: i64, w: usize, h: usize, most: usize, fill: [f32; 3]) -> (Flat, Affine) {
        let (w, h) = (w.max(1), h.max(1));
        let long = w.max(h);
        if self.factor > 1.0 && long > most && long as f64 / self.factor >= most as f64 {
            // The reduced whole has enough of it.
            let (kx, ky) = (self.work.w as f64 / f64::from(self.pixels.width()), self.work.h as f64 / f64::from(self.pixels.height()));
            let (x, y) = ((x as f64 * kx).floor(), (y as f64 * ky).floor());
            let (w, h) = ((w as f64 * kx).ceil() as usize + 1, (h as f64 * ky).ceil() as usize + 1);
            let out = self.work.part(x as i64, y as i64, w, h, fill);
            return shrunk(out, Affine([kx, 0.0, -x, 0.0, ky, -y]), most);
        }
        let mut out = Flat::filled(w, h, fill);
        let (x0, x1) = (x.max(0), (x + w as i64).min(i64::from(self.pixels.width())));
        for row in y.max(0)..(y + h as i64).min(i64::from(self.pixels.height())) {
            if x1 <= x0 {
                break;
            }
            let from = row as usize * self.pixels.width() as usize;
            let from = &self.pixels.as_raw().as_chunks::<4>().0[from + x0 as usize..from + x1 as usize];
            let to = &mut out.data[(row - y) as usize * w + (x0 - x) as usize..][..from.len()];
            for (to, p) in to.iter_mut().zip(from) {
                *to = seen(*p, self.behind);
            }
        }
        shrunk(out, Affine::shift(-(x as f64), -(y as f64)), most)
    }
}

impl Candidate<'_> {
    /// What is in a box of the picture, `side` by `side` pixels: means of a few pixels each.
    pub fn glimpse(&self, b: &Box, side: usize) -> Flat {
        let mut out = Flat::filled(side, side, b.ground);
        let span = |i: usize, from: usize, long: usize, end: u32| {
            let lo = (from + i * long / side).min(end as usize - 1);
            let hi = (from + (i + 1) * long / side).clamp(lo + 1, (end as usize).max(lo + 1));
            (lo, hi, (hi - lo).div_ceil(4))
        };
        for y in 0..side {
            let (y0, y1, dy) = span(y, b.y, b.h, self.pixels.height());
            for x in 0..side {
                let (x0, x1, dx) = span(x, b.x, b.w, self.pixels.width());
                let (mut sum, mut n) = ([0.0_f32; 3], 0.0_f32);
                for py in (y0..y1).step_by(dy) {
                    for px in (x0..x1).step_by(dx) {
                        let c = seen(self.pixels.get_pixel(px as u32, py as u32).0, self.behind);
                        (0..3).for_each(|i| sum[i] += c[i]);
                        n += 1.0;
                    }
                }
                out.data[y * side + x] = sum.map(|s| s / n);
            }
        }
        out
    }
}

/// Reduced to at most `most` pixels on the longer side.
fn shrunk(part: Flat, place: Affine, most: usize) -> (Flat, Affine) {
    let long = part.w.max(part.h);
    if long <= most {
        return (part, place);
    }
    resized(&part, place, most as f64 / long as f64)
}

/// `k` times as large, in whole pixels.
pub(super) fn resized(part: &Flat, place: Affine, k: f64) -> (Flat, Affine) {
    let (tw, th) = (((part.w as f64 * k).round() as usize).max(1), ((part.h as f64 * k).round() as usize).max(1));
    let filter = if k > 1.0 { fir::FilterType::CatmullRom } else { fir::FilterType::Bilinear };
    let scale = Affine::scale(tw as f64 / part.w as f64, th as f64 / part.h as f64);
    (part.resized(tw, th, filter), place.then(&scale))
}

/// A smaller copy.
pub(super) fn reduced(pixels: &RgbaImage, w: u32, h: u32) -> RgbaImage {
    let Ok(from) = fir::images::ImageRef::new(pixels.width(), pixels.height(), pixels.as_raw(), fir::PixelType::U8x4) else {
        return pixels.clone();
    };
    let mut to = fir::images::Image::new(w.max(1), h.max(1), fir::PixelType::U8x4);
    let options = fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Box));
    if fir::Resizer::new().resize(&from, &mut to, &options).is_err() {
        return pixels.clone();
    }
    RgbaImage::from_raw(w.max(1), h.max(1), to.into_vec()).unwrap_or_else(|| pixels.clone())
}

/// White, unless what is opaque would hardly be seen on it and would be on dark.
fn behind(pixels: &RgbaImage) -> [f32; 3] {
    let (mut sum, mut light, mut dark) = (0.0_f64, 0.0_f64, 0.0_f64);
    for p in pixels.pixels() {
        let a = f64::from(p[3]) / 255.0;
        let y = (0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2])) / 255.0;
        sum += a;
        light += a * (1.0 - y);
        dark += a * (y - 0.12).abs();
    }
    if sum > 0.0 && light / sum < 0.12 && dark > light { [32.0; 3] } else { [255.0; 3] }
}

/// The colour that most pixels of the picture's border have.
pub(super) fn ground(image: &Flat) -> [f32; 3] {
    let (w, h) = (image.w, image.h);
    let top = (0..w).map(|x| image.at(x, 0)).chain((0..w).map(|x| image.at(x, h - 1)));
    let sides = (0..h).map(|y| image.at(0, y)).chain((0..h).map(|y| image.at(w - 1, y)));
    commonest(top.chain(sides)).0
}

/// The commonest colour, with the share of pixels that have it.
fn commonest(colours: impl Iterator<Item = [f32; 3]>) -> ([f32; 3], f32) {
    let mut bins: std::collections::BTreeMap<u32, (u32, [f32; 3])> = std::collections::BTreeMap::new();
    let mut n = 0_u32;
    for c in colours {
        let key = c.iter().fold(0, |k, v| k << 5 | (((*v + 4.0) as u32) >> 3).min(31));
        let bin = bins.entry(key).or_default();
        bin.0 += 1;
        (0..3).for_each(|i| bin.1[i] += c[i]);
        n += 1;
    }
    let best = bins.values().max_by_key(|b| b.0);
    best.map_or(([255.0; 3], 0.0), |(count, sum)| (sum.map(|v| v / *count as f32), *count as f32 / n.max(1) as f32))
}

/// The same, of a list.
pub(super) fn commonest_of(colours: &[[f32; 3]]) -> ([f32; 3], f32) {
    commonest(colours.iter().copied())
}

/// What stands out from `ground`.
fn standing_out(image: &Flat, ground: [f32; 3]) -> Vec<bool> {
    let far = |c: &[f32; 3]| (0..3).map(|i| (c[i] - ground[i]).powi(2)).sum::<f32>() > STANDS_OUT * STANDS_OUT;
    image.data.iter().map(far).collect()
}

/// The boxes to try, the likeliest first.
pub(super) fn boxes(c: &Candidate) -> Vec<Box> {
    let image = &c.work;
    let mut found = Vec::new();
    look(image, 0, 0, ground(image), 0, &mut found);
    if found.is_empty() {
        found.push(Box { x: 0, y: 0, w: image.w, h: image.h, ground: ground(image) });
    }
    // The whole, which may be a tile that has one colour all around; or fills its file, and has a page around it.
    let around = ground(image);
    let plain = around.iter().all(|v| *v > 236.0);
    if !plain && !c.transparent && image.w.max(image.h) < 900 {
        let whole = |ground| Box { x: 0, y: 0, w: image.w, h: image.h, ground };
        found.insert(0, whole(PAPER));
        found.insert(0, whole(around));
    }
    found.truncate(MAX_BOXES);
    found
}

/// The largest of the boxes of a small picture, and of things that hardly anything separates from what is beside them, such as a sign to
/// which a word was set.
pub(super) fn large(c: &Candidate, boxes: &[Box]) -> Vec<Box> {
    let image = &c.work;
    let least = image.w * image.h / 8;
    let mut out: Vec<Box> = boxes.iter().filter(|b| b.w * b.h > least).copied().collect();
    let ground = ground(image);
    for (x, y, w, h) in components(&standing_out(image, ground), image.w, image.h, 1) {
        if w * h > least {
            add(&mut out, Box { x, y, w, h, ground });
        }
    }
    out.truncate(MOST_LARGE);
    out
}

fn add(found: &mut Vec<Box>, b: Box) -> bool {
    let long = b.w.max(b.h);
    let short = b.w.min(b.h);
    if short < SMALLEST.0 as usize || long < SMALLEST.1 as usize || long > 14 * short || found.iter().any(|o| o.overlap(&b) > 0.93) {
        return false;
    }
    found.push(b);
    true
}

fn look(image: &Flat, ox: usize, oy: usize, ground: [f32; 3], depth: usize, found: &mut Vec<Box>) {
    let mask = standing_out(image, ground);
    let (w, h) = (image.w, image.h);
    let Some(all) = bounds(&mask, w, h) else { return };
    add(found, Box { x: all.0 + ox, y: all.1 + oy, w: all.2, h: all.3, ground });
    let long = w.max(h) as f32;
    let mut parts: Vec<(usize, usize, usize, usize)> = Vec::new();
    for share in [0.004_f32, 0.012, 0.03] {
        let r = ((long * share).round() as usize).max(1);
        parts.extend(components(&mask, w, h, r));
    }
    parts.sort_by_key(|p| std::cmp::Reverse(p.2 * p.3));
    let mut inner = 0;
    for (x, y, pw, ph) in parts {
        if found.len() >= MAX_BOXES {
            return;
        }
        let new = add(found, Box { x: x + ox, y: y + oy, w: pw, h: ph, ground });
        let tile = pw * ph >= 900 && pw.min(ph) >= 24;
        if !tile || depth >= 2 || inner >= 12 || !new && depth > 0 {
            continue;
        }
        // A tile of one colour, with something in it.
        let inset = (pw.min(ph) / 24).max(2);
        let part = image.part(x as i64, y as i64, pw, ph, ground);
        let ring = (0..pw).flat_map(|i| [part.at(i, inset), part.at(i, ph - 1 - inset)]);
        let ring = ring.chain((0..ph).flat_map(|i| [part.at(inset, i), part.at(pw - 1 - inset, i)]));
        let (colour, share) = commonest(ring);
        let other = (0..3).map(|i| (colour[i] - ground[i]).powi(2)).sum::<f32>() > STANDS_OUT * STANDS_OUT;
        if share > 0.55 && other && pw > 2 * inset + 4 && ph > 2 * inset + 4 {
            inner += 1;
            let within = part.part(inset as i64, inset as i64, pw - 2 * inset, ph - 2 * inset, colour);
            look(&within, x + ox + inset, y + oy + inset, colour, depth + 1, found);
        }
    }
}

/// The box of all that is set.
fn bounds(mask: &[bool], w: usize, h: usize) -> Option<(usize, usize, usize, usize)> {
    let (mut x0, mut x1, mut y0, mut y1) = (w, 0, h, 0);
    for y in 0..h {
        let row = &mask[y * w..(y + 1) * w];
        if let Some(first) = row.iter().position(|&m| m) {
            let last = row.iter().rposition(|&m| m).unwrap_or(first);
            (x0, x1) = (x0.min(first), x1.max(last + 1));
            (y0, y1) = (y0.min(y), y + 1);
        }
    }
    (x1 > x0).then(|| (x0, y0, x1 - x0, y1 - y0))
}

/// Boxes of what is set, where gaps of up to twice `r` pixels do not separate.
fn components(mask: &[bool], w: usize, h: usize, r: usize) -> Vec<(usize, usize, usize, usize)> {
    // Cells of r by r pixels, of which neighbours touch: as good as dilating, and quick.
    let cell = r.max(1);
    let (cw, ch) = (w.div_ceil(cell), h.div_ceil(cell));
    let mut cells = vec![(usize::MAX, usize::MAX, 0_usize, 0_usize); cw * ch];
    for y in 0..h {
        for x in 0..w {
            if mask[y * w + x] {
                let c = &mut cells[(y / cell) * cw + x / cell];
                *c = (c.0.min(x), c.1.min(y), c.2.max(x + 1), c.3.max(y + 1));
            }
        }
    }
    let mut seen = vec![false; cw * ch];
    let mut out = Vec::new();
    let mut stack = Vec::new();
    for start in 0..cw * ch {
        if seen[start] || cells[start].2 == 0 {
            continue;
        }
        let mut b = cells[start];
        seen[start] = true;
        stack.push(start);
        while let Some(i) = stack.pop() {
            let c = cells[i];
            b = (b.0.min(c.0), b.1.min(c.1), b.2.max(c.2), b.3.max(c.3));
            let (x, y) = (i % cw, i / cw);
            for ny in y.saturating_sub(1)..=(y + 1).min(ch - 1) {
                for nx in x.saturating_sub(1)..=(x + 1).min(cw - 1) {
                    let n = ny * cw + nx;
                    if !seen[n] && cells[n].2 > 0 {
                        seen[n] = true;
                        stack.push(n);
                    }
                }
            }
        }
        out.push((b.0, b.1, b.2 - b.0, b.3 - b.1));
    }
    out
}

/// How far each pixel is from the background, 0 to 1.
pub(super) fn difference(image: &Flat, ground: [f32; 3]) -> Plane {
    let far = |c: &[f32; 3]| ((0..3).map(|i| (c[i] - ground[i]).powi(2)).sum::<f32>().sqrt() / 120.0).min(1.0);
    Plane { w: image.w, h: image.h, data: image.data.iter().map(far).collect() }
}
