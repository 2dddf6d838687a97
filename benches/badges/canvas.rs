//! A picture to work on: premultiplied sRGB with alpha, 0 to 1.

use super::colour::{self, Rgb};
use fast_image_resize as fir;
use image::RgbaImage;

pub type Pixel = [f32; 4];

#[derive(Clone, Debug)]
pub struct Canvas {
    pub w: usize,
    pub h: usize,
    pub px: Vec<Pixel>,
}

/// A box in pixels: left, top, right, bottom; right and bottom are not inside.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Area(pub f32, pub f32, pub f32, pub f32);

impl Area {
    pub fn width(self) -> f32 {
        self.2 - self.0
    }
    pub fn height(self) -> f32 {
        self.3 - self.1
    }
    pub fn through(self, m: [f32; 6]) -> Area {
        let corners = [(self.0, self.1), (self.2, self.1), (self.0, self.3), (self.2, self.3)].map(|(x, y)| apply(m, x, y));
        let low = |f: fn(&(f32, f32)) -> f32| corners.iter().map(f).fold(f32::MAX, f32::min);
        let high = |f: fn(&(f32, f32)) -> f32| corners.iter().map(f).fold(f32::MIN, f32::max);
        Area(low(|c| c.0), low(|c| c.1), high(|c| c.0), high(|c| c.1))
    }
    pub fn inside(self, w: usize, h: usize) -> Area {
        Area(self.0.max(0.0), self.1.max(0.0), self.2.min(w as f32), self.3.min(h as f32))
    }
    pub fn grown(self, by: f32) -> Area {
        Area(self.0 - by, self.1 - by, self.2 + by, self.3 + by)
    }
    pub fn meets(self, o: Area) -> bool {
        self.0 < o.2 && o.0 < self.2 && self.1 < o.3 && o.1 < self.3
    }
    pub fn iou(self, o: Area) -> f32 {
        let w = (self.2.min(o.2) - self.0.max(o.0)).max(0.0);
        let h = (self.3.min(o.3) - self.1.max(o.1)).max(0.0);
        let both = w * h;
        both / (self.width() * self.height() + o.width() * o.height() - both).max(1e-6)
    }
}

/// `x' = m[0] x + m[1] y + m[2]`, `y' = m[3] x + m[4] y + m[5]`.
pub fn apply(m: [f32; 6], x: f32, y: f32) -> (f32, f32) {
    (m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5])
}

/// First `a`, then `b`.
pub fn then(a: [f32; 6], b: [f32; 6]) -> [f32; 6] {
    [
        b[0] * a[0] + b[1] * a[3],
        b[0] * a[1] + b[1] * a[4],
        b[0] * a[2] + b[1] * a[5] + b[2],
        b[3] * a[0] + b[4] * a[3],
        b[3] * a[1] + b[4] * a[4],
        b[3] * a[2] + b[4] * a[5] + b[5],
    ]
}

pub fn inverse(m: [f32; 6]) -> [f32; 6] {
    let d = m[0] * m[4] - m[1] * m[3];
    let (a, b, c, e) = (m[4] / d, -m[1] / d, -m[3] / d, m[0] / d);
    [a, b, -(a * m[2] + b * m[5]), c, e, -(c * m[2] + e * m[5])]
}

pub const IDENTITY: [f32; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

/// The filters a picture is made smaller or larger with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Filter {
    Nearest,
    Box,
    Bilinear,
    Hamming,
    CatmullRom,
    Mitchell,
    Lanczos,
}

impl Filter {
    pub const SMOOTH: [Filter; 6] = [Filter::Box, Filter::Bilinear, Filter::Hamming, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos];
}

impl Canvas {
    pub fn new(w: usize, h: usize, p: Pixel) -> Canvas {
        Canvas { w, h, px: vec![p; w * h] }
    }

    pub fn clear(w: usize, h: usize) -> Canvas {
        Canvas::new(w, h, [0.0; 4])
    }

    pub fn filled(w: usize, h: usize, c: Rgb) -> Canvas {
        Canvas::new(w, h, [c[0], c[1], c[2], 1.0])
    }

    pub fn of(image: &RgbaImage) -> Canvas {
        let px = image.pixels().map(|p| {
            let a = f32::from(p.0[3]) / 255.0;
            [f32::from(p.0[0]) / 255.0 * a, f32::from(p.0[1]) / 255.0 * a, f32::from(p.0[2]) / 255.0 * a, a]
        });
        Canvas { w: image.width() as usize, h: image.height() as usize, px: px.collect() }
    }

    pub fn image(&self) -> RgbaImage {
        let mut out = RgbaImage::new(self.w as u32, self.h as u32);
        for (o, p) in out.pixels_mut().zip(&self.px) {
            let c = straight(*p);
            let a = (p[3].clamp(0.0, 1.0) * 255.0).round() as u8;
            let [r, g, b] = if a == 0 { [0, 0, 0] } else { colour::bytes(c) };
            o.0 = [r, g, b, a];
        }
        out
    }

    pub fn at(&self, x: i64, y: i64) -> Pixel {
        if x < 0 || y < 0 || x >= self.w as i64 || y >= self.h as i64 { [0.0; 4] } else { self.px[y as usize * self.w + x as usize] }
    }

    pub fn opaque(&self) -> bool {
        self.px.iter().all(|p| p[3] > 0.999)
    }

    /// Each pixel's colour and alpha anew.
    pub fn recolour(&mut self, f: impl Fn(usize, usize, Rgb, f32) -> (Rgb, f32)) {
        for y in 0..self.h {
            for x in 0..self.w {
                let p = &mut self.px[y * self.w + x];
                if p[3] > 0.0 {
                    let (c, a) = f(x, y, straight(*p), p[3]);
                    *p = [c[0] * a, c[1] * a, c[2] * a, a];
                }
            }
        }
    }

    /// Lays `top` over this at a place.
    pub fn lay(&mut self, top: &Canvas, x: i64, y: i64) {
        for ty in 0..top.h as i64 {
            let oy = y + ty;
            if oy < 0 || oy >= self.h as i64 {
                continue;
            }
            for tx in 0..top.w as i64 {
                let ox = x + tx;
                if ox < 0 || ox >= self.w as i64 {
                    continue;
                }
                let t = top.px[ty as usize * top.w + tx as usize];
                if t[3] > 0.0 {
                    let b = &mut self.px[oy as usize * self.w + ox as usize];
                    for i in 0..4 {
                        b[i] = t[i] + b[i] * (1.0 - t[3]);
                    }
                }
            }
        }
    }

    /// What it looks like on a colour.
    pub fn on(&self, c: Rgb) -> Canvas {
        let mut out = Canvas::filled(self.w, self.h, c);
        out.lay(self, 0, 0);
        out
    }

    pub fn faded(mut self, by: f32) -> Canvas {
        self.px.iter_mut().for_each(|p| *p = p.map(|v| v * by));
        self
    }

    /// Its shape in one colour.
    pub fn silhouette(&self, c: Rgb) -> Canvas {
        let mut out = self.clone();
        out.px.iter_mut().for_each(|p| *p = [c[0] * p[3], c[1] * p[3], c[2] * p[3], p[3]]);
        out
    }

    /// With more room at each side: left, top, right, bottom. Negative cuts off.
    pub fn padded(&self, left: i64, top: i64, right: i64, bottom: i64, with: Pixel) -> Canvas {
        let (w, h) = ((self.w as i64 + left + right).max(1) as usize, (self.h as i64 + top + bottom).max(1) as usize);
        let mut out = Canvas::new(w, h, with);
        for y in 0..h as i64 {
            for x in 0..w as i64 {
                let (sx, sy) = (x - left, y - top);
                if sx >= 0 && sy >= 0 && sx < self.w as i64 && sy < self.h as i64 {
                    let t = self.px[sy as usize * self.w + sx as usize];
                    let b = &mut out.px[y as usize * w + x as usize];
                    for i in 0..4 {
                        b[i] = t[i] + b[i] * (1.0 - t[3]);
                    }
                }
            }
        }
        out
    }

    pub fn resized(&self, w: usize, h: usize, filter: Filter) -> Canvas {
        let (w, h) = (w.max(1), h.max(1));
        if (w, h) == (self.w, self.h) {
            return self.clone();
        }
        let bytes: Vec<u8> = self.px.iter().flatten().flat_map(|v| v.to_ne_bytes()).collect();
        let src = fir::images::Image::from_vec_u8(self.w as u32, self.h as u32, bytes, fir::PixelType::F32x4).expect("sizes agree");
        let mut dst = fir::images::Image::new(w as u32, h as u32, fir::PixelType::F32x4);
        let alg = match filter {
            Filter::Nearest => fir::ResizeAlg::Nearest,
            Filter::Box => fir::ResizeAlg::Convolution(fir::FilterType::Box),
            Filter::Bilinear => fir::ResizeAlg::Convolution(fir::FilterType::Bilinear),
            Filter::Hamming => fir::ResizeAlg::Convolution(fir::FilterType::Hamming),
            Filter::CatmullRom => fir::ResizeAlg::Convolution(fir::FilterType::CatmullRom),
            Filter::Mitchell => fir::ResizeAlg::Convolution(fir::FilterType::Mitchell),
            Filter::Lanczos => fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3),
        };
        let options = fir::ResizeOptions::new().resize_alg(alg).use_alpha(false);
        fir::Resizer::new().resize(&src, &mut dst, &options).expect("kinds agree");
        let v: Vec<f32> = dst.buffer().chunks_exact(4).map(|b| f32::from_ne_bytes([b[0], b[1], b[2], b[3]])).collect();
        let px = v.chunks_exact(4).map(|p| {
            let a = p[3].clamp(0.0, 1.0);
            [p[0].clamp(0.0, a), p[1].clamp(0.0, a), p[2].clamp(0.0, a), a]
        });
        Canvas { w, h, px: px.collect() }
    }

    /// Blurred by a Gaussian of `sigma` pixels.
    pub fn blurred(&self, sigma: f32) -> Canvas {
        if sigma < 0.05 {
            return self.clone();
        }
        let r = (sigma * 3.0).ceil() as i64;
        let k: Vec<f32> = (-r..=r).map(|i| (-(i * i) as f32 / (2.0 * sigma * sigma)).exp()).collect();
        let sum: f32 = k.iter().sum();
        // Outside an opaque picture lies more of its edge, not nothing.
        let edge = self.opaque();
        let pass = |src: &Canvas, dx: i64, dy: i64| {
            let mut out = Canvas::clear(src.w, src.h);
            for y in 0..src.h as i64 {
                for x in 0..src.w as i64 {
                    let mut acc = [0.0; 4];
                    for (i, w) in k.iter().enumerate() {
                        let o = i as i64 - r;
                        let (mut sx, mut sy) = (x + o * dx, y + o * dy);
                        if edge {
                            sx = sx.clamp(0, src.w as i64 - 1);
                            sy = sy.clamp(0, src.h as i64 - 1);
                        }
                        let p = src.at(sx, sy);
                        for c in 0..4 {
                            acc[c] += p[c] * w;
                        }
                    }
                    out.px[y as usize * src.w + x as usize] = acc.map(|v| v / sum);
                }
            }
            out
        };
        pass(&pass(self, 1, 0), 0, 1)
    }

    /// Made sharper at its edges, as thumbnailers do.
    pub fn sharpened(&self, sigma: f32, amount: f32) -> Canvas {
        let soft = self.blurred(sigma);
        let mut out = self.clone();
        for (o, s) in out.px.iter_mut().zip(&soft.px) {
            let a = (o[3] + (o[3] - s[3]) * amount).clamp(0.0, 1.0);
            let c = [0, 1, 2].map(|i| (o[i] + (o[i] - s[i]) * amount).clamp(0.0, a));
            *o = [c[0], c[1], c[2], a];
        }
        out
    }

    /// Drawn through a transform onto a sheet of `w` by `h`, with a bicubic filter and four samples a pixel.
    pub fn warped(&self, m: [f32; 6], w: usize, h: usize) -> Canvas {
        let back = inverse(m);
        let edge = self.opaque();
        let mut out = Canvas::clear(w, h);
        for y in 0..h {
            for x in 0..w {
                let mut acc = [0.0; 4];
                for (ox, oy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                    let (sx, sy) = apply(back, x as f32 + ox, y as f32 + oy);
                    if sx < -2.0 || sy < -2.0 || sx > self.w as f32 + 2.0 || sy > self.h as f32 + 2.0 {
                        continue;
                    }
                    let p = self.bicubic(sx - 0.5, sy - 0.5);
                    let cover = if edge { inside(sx, self.w as f32) * inside(sy, self.h as f32) } else { 1.0 };
                    for c in 0..4 {
                        acc[c] += p[c] * 0.25 * cover;
                    }
                }
                let a = acc[3].clamp(0.0, 1.0);
                out.px[y * w + x] = [acc[0].clamp(0.0, a), acc[1].clamp(0.0, a), acc[2].clamp(0.0, a), a];
            }
        }
        out
    }

    fn bicubic(&self, x: f32, y: f32) -> Pixel {
        let (ix, iy) = (x.floor(), y.floor());
        let weights = |t: f32| {
            let w = |d: f32| {
                let d = d.abs();
                if d < 1.0 {
                    1.5 * d * d * d - 2.5 * d * d + 1.0
                } else if d < 2.0 {
                    -0.5 * d * d * d + 2.5 * d * d - 4.0 * d + 2.0
                } else {
                    0.0
                }
            };
            [w(t + 1.0), w(t), w(1.0 - t), w(2.0 - t)]
        };
        let (wx, wy) = (weights(x - ix), weights(y - iy));
        let edge = self.px.first().is_some_and(|p| p[3] > 0.999);
        let mut acc = [0.0; 4];
        for (j, vy) in wy.iter().enumerate() {
            for (i, vx) in wx.iter().enumerate() {
                let (mut sx, mut sy) = (ix as i64 + i as i64 - 1, iy as i64 + j as i64 - 1);
                if edge {
                    sx = sx.clamp(0, self.w as i64 - 1);
                    sy = sy.clamp(0, self.h as i64 - 1);
                }
                let p = self.at(sx, sy);
                for c in 0..4 {
                    acc[c] += p[c] * vx * vy;
                }
            }
        }
        acc
    }

    /// The box of what is drawn: of what is not transparent, or, in an opaque picture, of all.
    pub fn ink(&self) -> Area {
        self.where_(|p| p[3] > 0.08).unwrap_or(Area(0.0, 0.0, self.w as f32, self.h as f32))
    }

    pub fn where_(&self, f: impl Fn(&Pixel) -> bool) -> Option<Area> {
        let mut a: Option<Area> = None;
        for y in 0..self.h {
            for x in 0..self.w {
                if f(&self.px[y * self.w + x]) {
                    let (x, y) = (x as f32, y as f32);
                    let b = a.unwrap_or(Area(x, y, x, y));
                    a = Some(Area(b.0.min(x), b.1.min(y), b.2.max(x + 1.0), b.3.max(y + 1.0)));
                }
            }
        }
        a
    }
}

fn inside(v: f32, size: f32) -> f32 {
    (v + 0.5).clamp(0.0, 1.0) * (size - v + 0.5).clamp(0.0, 1.0)
}

pub fn straight(p: Pixel) -> Rgb {
    if p[3] <= 0.0 { [0.0; 3] } else { [p[0] / p[3], p[1] / p[3], p[2] / p[3]].map(|v| v.clamp(0.0, 1.0)) }
}

/// How two pictures of one size differ to the eye.
#[derive(Clone, Copy, Debug, Default)]
pub struct Difference {
    /// Pixels that differ plainly.
    pub pixels: usize,
    /// Distance in Lab, on average over what is drawn in either.
    pub mean: f32,
    /// Where.
    pub area: Option<Area>,
}

pub fn difference(a: &Canvas, b: &Canvas) -> Difference {
    // On white and on dark: what differs on either is seen somewhere.
    difference_on(a, b, &[1.0, 0.15])
}

/// The same, seen on greys (0 to 1): the largest counts.
pub fn difference_on(a: &Canvas, b: &Canvas, grounds: &[f32]) -> Difference {
    let mut d = Difference::default();
    let (mut sum, mut drawn) = (0.0, 0usize);
    for y in 0..a.h.min(b.h) {
        for x in 0..a.w.min(b.w) {
            let (p, q) = (a.px[y * a.w + x], b.px[y * b.w + x]);
            if p[3] < 0.02 && q[3] < 0.02 {
                continue;
            }
            drawn += 1;
            if p == q {
                continue;
            }
            let on = |p: Pixel, c: f32| [p[0] + c * (1.0 - p[3]), p[1] + c * (1.0 - p[3]), p[2] + c * (1.0 - p[3])];
            let e = if p[3] > 0.99 && q[3] > 0.99 {
                colour::distance(on(p, 1.0), on(q, 1.0))
            } else {
                grounds.iter().map(|g| colour::distance(on(p, *g), on(q, *g))).fold(0.0, f32::max)
            };
            sum += e;
            if e > 12.0 {
                d.pixels += 1;
                let (x, y) = (x as f32, y as f32);
                let b = d.area.unwrap_or(Area(x, y, x, y));
                d.area = Some(Area(b.0.min(x), b.1.min(y), b.2.max(x + 1.0), b.3.max(y + 1.0)));
            }
        }
    }
    d.mean = sum / drawn.max(1) as f32;
    d
}
