//! Planes of numbers: resizing, blurring, gradients, colours that differ as eyes see them.

use fast_image_resize as fir;
use fir::images::{TypedImage, TypedImageRef};
use fir::pixels::F32x3;
use image::RgbaImage;

/// A plane of numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Plane {
    pub w: usize,
    pub h: usize,
    pub data: Vec<f32>,
}

impl Plane {
    pub fn new(w: usize, h: usize) -> Plane {
        Plane { w, h, data: vec![0.0; w * h] }
    }

    #[inline]
    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.data[y * self.w + x]
    }

    /// A Gaussian blur of `sigma` pixels.
    pub fn blurred(&self, sigma: f32) -> Plane {
        if sigma < 0.15 {
            return self.clone();
        }
        let radius = (sigma * 2.6).ceil() as usize;
        let mut kernel: Vec<f32> = (0..=radius).map(|i| (-((i * i) as f32) / (2.0 * sigma * sigma)).exp()).collect();
        let total = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
        kernel.iter_mut().for_each(|k| *k /= total);
        let kernel: Vec<f32> = (0..=2 * radius).map(|i| kernel[i.abs_diff(radius)]).collect();
        let (w, h) = (self.w, self.h);
        let mut across = vec![0.0; w * h];
        let mut padded = vec![0.0; w + 2 * radius];
        let beside: Vec<usize> = (0..=2 * radius).collect();
        for (row, out) in self.data.chunks_exact(w.max(1)).zip(across.chunks_exact_mut(w.max(1))) {
            padded[..radius].fill(row[0]);
            padded[radius..radius + w].copy_from_slice(row);
            padded[radius + w..].fill(row[w - 1]);
            weigh(&padded, &beside, &kernel, out);
        }
        let mut out = Plane::new(w, h);
        let mut rows = beside;
        for (y, to) in out.data.chunks_exact_mut(w.max(1)).enumerate() {
            for (i, start) in rows.iter_mut().enumerate() {
                *start = (y + i).saturating_sub(radius).min(h - 1) * w;
            }
            weigh(&across, &rows, &kernel, to);
        }
        out
    }

    /// How it rises to the right and downwards, per pixel.
    pub fn gradients(&self) -> (Plane, Plane) {
        let (w, h) = (self.w, self.h);
        let (mut gx, mut gy) = (Plane::new(w, h), Plane::new(w, h));
        for (y, (to_x, to_y)) in gx.data.chunks_exact_mut(w).zip(gy.data.chunks_exact_mut(w)).enumerate() {
            let row = &self.data[y * w..(y + 1) * w];
            let up = &self.data[y.saturating_sub(1) * w..][..w];
            let down = &self.data[(y + 1).min(h - 1) * w..][..w];
            for ((to, u), d) in to_y.iter_mut().zip(up).zip(down) {
                *to = (d - u) * 0.5;
            }
            for (to, pair) in to_x[1..].iter_mut().zip(row.windows(3)) {
                *to = (pair[2] - pair[0]) * 0.5;
            }
            to_x[0] = (row[1.min(w - 1)] - row[0]) * 0.5;
            to_x[w - 1] = (row[w - 1] - row[w.saturating_sub(2)]) * 0.5;
        }
        (gx, gy)
    }
}

/// How many pixels are summed at once: as many as the registers of the oldest processors hold.
const BLOCK: usize = 16;

/// Sums of what lies at each of `starts`, and of what follows there, weighed by `kernel`.
fn weigh(from: &[f32], starts: &[usize], kernel: &[f32], out: &mut [f32]) {
    let mut blocks = out.chunks_exact_mut(BLOCK);
    let mut x = 0;
    for block in &mut blocks {
        let mut sums = [0.0_f32; BLOCK];
        for (start, k) in starts.iter().zip(kernel) {
            let values = &from[start + x..start + x + BLOCK];
            for i in 0..BLOCK {
                sums[i] += k * values[i];
            }
        }
        block.copy_from_slice(&sums);
        x += BLOCK;
    }
    let rest = blocks.into_remainder();
    for (start, k) in starts.iter().zip(kernel) {
        for (o, v) in rest.iter_mut().zip(&from[start + x..]) {
            *o += k * v;
        }
    }
}

/// An opaque picture: red, green, blue, 0 to 255.
#[derive(Clone, Debug, Default)]
pub(super) struct Flat {
    pub w: usize,
    pub h: usize,
    pub data: Vec<[f32; 3]>,
}

impl Flat {
    pub fn filled(w: usize, h: usize, colour: [f32; 3]) -> Flat {
        Flat { w, h, data: vec![colour; w * h] }
    }

    /// On a background of one colour.
    pub fn of(image: &RgbaImage, behind: [f32; 3]) -> Flat {
        let data = image.as_raw().as_chunks::<4>().0.iter().map(|p| seen(*p, behind));
        Flat { w: image.width() as usize, h: image.height() as usize, data: data.collect() }
    }

    #[inline]
    pub fn at(&self, x: usize, y: usize) -> [f32; 3] {
        self.data[y * self.w + x]
    }

    /// The part from (`x`, `y`), which may lie partly outside: `fill` is there.
    pub fn part(&self, x: i64, y: i64, w: usize, h: usize, fill: [f32; 3]) -> Flat {
        let mut out = Flat::filled(w, h, fill);
        let (x0, x1) = (x.max(0), (x + w as i64).min(self.w as i64));
        for row in y.max(0)..(y + h as i64).min(self.h as i64) {
            if x1 <= x0 {
                break;
            }
            let from = row as usize * self.w + x0 as usize;
            let to = (row - y) as usize * w + (x0 - x) as usize;
            let n = (x1 - x0) as usize;
            out.data[to..to + n].copy_from_slice(&self.data[from..from + n]);
        }
        out
    }

    pub fn resized(&self, w: usize, h: usize, filter: fir::FilterType) -> Flat {
        if (w, h) == (self.w, self.h) {
            return self.clone();
        }
        let pixels: Vec<F32x3> = self.data.iter().map(|c| F32x3::new(*c)).collect();
        let Ok(from) = TypedImageRef::new(self.w as u32, self.h as u32, &pixels) else {
            return self.clone();
        };
        let mut to = TypedImage::<F32x3>::new(w as u32, h as u32);
        let options = fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(filter)).use_alpha(false);
        if fir::Resizer::new().resize_typed(&from, &mut to, &options).is_err() {
            return self.clone();
        }
        Flat { w, h, data: to.pixels().iter().map(|p| p.0.map(|v| v.clamp(0.0, 255.0))).collect() }
    }

    pub fn rounded(mut self) -> Flat {
        self.data.as_flattened_mut().iter_mut().for_each(|v| *v = rounded(*v));
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.data.iter().flatten().map(|v| to_byte(*v)).collect()
    }

    pub fn of_bytes(w: usize, h: usize, bytes: &[u8]) -> Flat {
        Flat { w, h, data: bytes.chunks_exact(3).map(|c| [f32::from(c[0]), f32::from(c[1]), f32::from(c[2])]).collect() }
    }

    pub fn lab(&self) -> Flat {
        // Neighbours often have one colour.
        let mut last = [0.0; 3];
        let mut found = lab(last);
        let of = |c: &[f32; 3]| {
            if *c != last {
                (last, found) = (*c, lab(*c));
            }
            found
        };
        Flat { w: self.w, h: self.h, data: self.data.iter().map(of).collect() }
    }

    pub fn plane(&self, channel: usize) -> Plane {
        Plane { w: self.w, h: self.h, data: self.data.iter().map(|c| c[channel]).collect() }
    }

    pub fn blurred(&self, sigma: f32) -> Flat {
        if sigma < 0.15 {
            return self.clone();
        }
        let [a, b, c] = [0, 1, 2].map(|i| self.plane(i).blurred(sigma));
        let data = a.data.iter().zip(&b.data).zip(&c.data).map(|((a, b), c)| [*a, *b, *c]).collect();
        Flat { w: self.w, h: self.h, data }
    }
}

/// A picture with alpha, premultiplied, 0 to 255 each: what can be resized and moved without fringes.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub w: usize,
    pub h: usize,
    pub data: Vec<[f32; 4]>,
}

/// A [`Layer`] in whole numbers: a fourth of the memory, for what is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub w: usize,
    pub h: usize,
    pub data: Vec<[u8; 4]>,
}

impl Kept {
    pub fn of(image: &RgbaImage) -> Kept {
        let data = image.pixels().map(|p| {
            let a = u32::from(p[3]);
            let lit = |v: u8| ((u32::from(v) * a + 127) / 255) as u8;
            [lit(p[0]), lit(p[1]), lit(p[2]), p[3]]
        });
        Kept { w: image.width() as usize, h: image.height() as usize, data: data.collect() }
    }

    pub fn part(&self, x: usize, y: usize, w: usize, h: usize) -> Kept {
        let rows = (y..y + h).flat_map(|r| self.data[r * self.w + x..r * self.w + x + w].iter().copied());
        Kept { w, h, data: rows.collect() }
    }

    pub fn layer(&self) -> Layer {
        Layer { w: self.w, h: self.h, data: self.data.iter().map(|p| p.map(f32::from)).collect() }
    }

    pub fn resized(&self, w: usize, h: usize, filter: fir::FilterType) -> Kept {
        if (w, h) == (self.w, self.h) {
            return self.clone();
        }
        let Ok(from) = fir::images::ImageRef::new(self.w as u32, self.h as u32, self.data.as_flattened(), fir::PixelType::U8x4) else {
            return self.clone();
        };
        let mut to = fir::images::Image::new(w as u32, h as u32, fir::PixelType::U8x4);
        let options = fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(filter)).use_alpha(false);
        if fir::Resizer::new().resize(&from, &mut to, &options).is_err() {
            return self.clone();
        }
        // Filters that sharpen overshoot: no colour is more than its alpha.
        let data = to.buffer().as_chunks::<4>().0.iter().map(|[r, g, b, a]| [*r.min(a), *g.min(a), *b.min(a), *a]);
        Kept { w, h, data: data.collect() }
    }
}

impl Layer {
    /// Between pixels by Catmull-Rom's cubic; nothing outside.
    #[inline]
    pub fn sample(&self, x: f32, y: f32) -> [f32; 4] {
        let (x0, y0) = (below(x), below(y));
        let (wx, wy) = (cubic(x - x0 as f32), cubic(y - y0 as f32));
        let (x0, y0) = (x0 - 1, y0 - 1);
        let mut out = [0.0; 4];
        if x0 >= 0 && y0 >= 0 && x0 + 4 <= self.w as i64 && y0 + 4 <= self.h as i64 {
            let base = y0 as usize * self.w + x0 as usize;
            for (row, ky) in wy.into_iter().enumerate() {
                let four: &[[f32; 4]] = &self.data[base + row * self.w..][..4];
                let line = |c: usize| wx[0] * four[0][c] + wx[1] * four[1][c] + wx[2] * four[2][c] + wx[3] * four[3][c];
                for (c, to) in out.iter_mut().enumerate() {
                    *to += ky * line(c);
                }
            }
            return premultiplied(out);
        }
        let (from, to) = (x0.clamp(0, self.w as i64), (x0 + 4).clamp(0, self.w as i64));
        for (row, ky) in (y0..).zip(wy) {
            if row < 0 || row >= self.h as i64 || from >= to {
                continue;
            }
            let base = row as usize * self.w;
            let mut line = [0.0; 4];
            for (p, kx) in self.data[base + from as usize..base + to as usize].iter().zip(&wx[(from - x0) as usize..]) {
                for c in 0..4 {
                    line[c] += kx * p[c];
                }
            }
            for c in 0..4 {
                out[c] += ky * line[c];
            }
        }
        premultiplied(out)
    }
}

/// With alpha from 0 to 255, and no colour larger than it.
#[inline]
fn premultiplied(c: [f32; 4]) -> [f32; 4] {
    let a = c[3].clamp(0.0, 255.0);
    [c[0].clamp(0.0, a), c[1].clamp(0.0, a), c[2].clamp(0.0, a), a]
}

/// The largest whole number that is not larger; without a call, as the oldest processors need for it.
#[inline]
fn below(v: f32) -> i64 {
    let whole = v as i64;
    whole - i64::from(whole as f32 > v)
}

/// 0 to 255, rounded.
#[inline]
fn to_byte(v: f32) -> u8 {
    (v.clamp(0.0, 255.0) + 0.5) as u8
}

/// The same as a number. Plain comparisons and sums, which vector code has without SSE4: what follows the point is lost in a large sum.
#[inline]
fn rounded(v: f32) -> f32 {
    const WHOLE: f32 = 8_388_608.0;
    let v = if v > 0.0 { v } else { 0.0 };
    let v = if v < 255.0 { v } else { 255.0 } + 0.5;
    let near = (v + WHOLE) - WHOLE;
    if near > v { near - 1.0 } else { near }
}

#[inline]
fn cubic(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [0.5 * (-t3 + 2.0 * t2 - t), 0.5 * (3.0 * t3 - 5.0 * t2 + 2.0), 0.5 * (-3.0 * t3 + 4.0 * t2 + t), 0.5 * (t3 - t2)]
}

/// A colour with alpha (0 to 1) on another.
#[inline]
pub(super) fn over(colour: [f32; 3], alpha: f32, behind: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|i| colour[i] * alpha + behind[i] * (1.0 - alpha))
}

/// What is seen of a pixel with alpha, 0 to 255 each.
#[inline]
pub(super) fn seen([r, g, b, a]: [u8; 4], behind: [f32; 3]) -> [f32; 3] {
    let colour = [f32::from(r), f32::from(g), f32::from(b)];
    if a == 255 { colour } else { over(colour, f32::from(a) / 255.0, behind) }
}

/// What [`lab`] looks up.
struct Tables {
    /// Linear light of quarters of a step of sRGB.
    linear: [f32; 1021],
    root: [f32; 4097],
}

static TABLES: std::sync::LazyLock<Box<Tables>> = std::sync::LazyLock::new(|| {
    let linear = |v: f32| if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
    let f = |t: f32| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    let linear = std::array::from_fn(|i| linear(i as f32 / 1020.0));
    Box::new(Tables { linear, root: std::array::from_fn(|i| f(i as f32 / 4096.0)) })
});

/// CIE L*a*b* (D65) of sRGB 0 to 255.
#[inline]
pub(super) fn lab(c: [f32; 3]) -> [f32; 3] {
    let tables = &**TABLES;
    let root = |t: f32| {
        let at = t.clamp(0.0, 1.0) * 4096.0;
        let i = (at as u32 as usize).min(4095);
        let (low, high) = (tables.root[i], tables.root[i + 1]);
        low + (high - low) * (at - i as f32)
    };
    let [r, g, b] = c.map(|v| tables.linear[((v * 4.0 + 0.5) as u32 as usize).min(1020)]);
    let x = root((0.412_456 * r + 0.357_576 * g + 0.180_437 * b) / 0.950_47);
    let y = root(0.212_673 * r + 0.715_152 * g + 0.072_175 * b);
    let z = root((0.019_334 * r + 0.119_192 * g + 0.950_304 * b) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// How far two colours of [`lab`] are apart.
#[inline]
pub(super) fn apart(a: [f32; 3], b: [f32; 3]) -> f32 {
    ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)).sqrt()
}

/// How strongly the colour changes at each pixel, with the direction in which it does: magnitude, and its two parts.
pub(super) struct Edges {
    pub strength: Plane,
    pub dx: Plane,
    pub dy: Plane,
}

/// How much the square of a difference of colour counts, for one of lightness.
const COLOUR: f32 = 0.16;

impl Edges {
    /// Of a picture in [`lab`], blurred by `sigma` pixels first.
    pub fn of(lab: &Flat, sigma: f32) -> Edges {
        let (w, h) = (lab.w, lab.h);
        let mut e = Edges { strength: Plane::new(w, h), dx: Plane::new(w, h), dy: Plane::new(w, h) };
        let mut best = vec![0.0_f32; w * h];
        // Formats keep colour at half the resolution: its edges are broader than those of lightness, and count less.
        for (channel, weight) in [(0, 1.0), (1, COLOUR), (2, COLOUR)] {
            let (gx, gy) = lab.plane(channel).blurred(sigma).gradients();
            let to = e.strength.data.iter_mut().zip(&mut best).zip(e.dx.data.iter_mut().zip(&mut e.dy.data));
            for (((total, best), (dx, dy)), (gx, gy)) in to.zip(gx.data.iter().zip(&gy.data)) {
                let m = weight * (gx * gx + gy * gy);
                *total += m;
                // Without a jump, so that several are looked at at once.
                let more = m > *best;
                *best = if more { m } else { *best };
                *dx = if more { *gx } else { *dx };
                *dy = if more { *gy } else { *dy };
            }
        }
        let to = e.strength.data.iter_mut().zip(e.dx.data.iter_mut().zip(&mut e.dy.data));
        for ((strength, (dx, dy)), best) in to.zip(&best) {
            *strength = strength.sqrt();
            let m = best.sqrt();
            let m = if m > 1e-6 { m } else { 1e-6 };
            *dx /= m;
            *dy /= m;
        }
        e
    }
}
