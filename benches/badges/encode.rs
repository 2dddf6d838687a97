//! Pictures written as files, by real encoders.

use super::canvas::Canvas;
use super::colour::{self, Rgb};
use super::random::Random;
use image::codecs::gif::GifEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbaImage};

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Code {
    Png,
    /// Quality; whether colour is at half resolution.
    Jpeg(u8, bool),
    /// How many colours; whether errors are spread.
    Palette(usize, bool),
    Gif,
    WebpLossy(u8),
    WebpLossless,
}

impl Code {
    /// What the web uses, about as often; with a quality of at least `floor`.
    pub fn draw(r: &mut Random, floor: u8) -> Code {
        let q = |r: &mut Random| r.int(i64::from(floor), 95) as u8;
        match r.weighted(&[(0.27, 0), (0.33, 1), (0.1, 2), (0.06, 3), (0.15, 4), (0.09, 5)]) {
            0 => Code::Png,
            1 => Code::Jpeg(q(r), r.chance(0.8)),
            2 => Code::Palette(r.pick(&[256, 256, 128, 64]), r.chance(0.5)),
            3 => Code::Gif,
            4 => Code::WebpLossy(q(r)),
            _ => Code::WebpLossless,
        }
    }

    pub fn transparent(self) -> bool {
        !matches!(self, Code::Jpeg(..))
    }

    pub fn name(self) -> String {
        match self {
            Code::Png => "png".to_owned(),
            Code::Jpeg(q, s) => format!("jpeg q{q}{}", if s { " 420" } else { "" }),
            Code::Palette(n, d) => format!("palette {n}{}", if d { " dithered" } else { "" }),
            Code::Gif => "gif".to_owned(),
            Code::WebpLossy(q) => format!("webp q{q}"),
            Code::WebpLossless => "webp lossless".to_owned(),
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            Code::Png | Code::Palette(..) => "png",
            Code::Jpeg(..) => "jpg",
            Code::Gif => "gif",
            Code::WebpLossy(_) | Code::WebpLossless => "webp",
        }
    }

    /// Writes a picture. What is transparent is laid on `behind` by encoders that know no transparency, or only all or nothing.
    pub fn write(self, c: &Canvas, behind: Rgb) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Code::Png => {
                let image = c.image();
                let (w, h) = image.dimensions();
                let done = if c.opaque() {
                    let rgb: Vec<u8> = image.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2]]).collect();
                    PngEncoder::new(&mut out).write_image(&rgb, w, h, ExtendedColorType::Rgb8)
                } else {
                    PngEncoder::new(&mut out).write_image(&image, w, h, ExtendedColorType::Rgba8)
                };
                done.expect("a picture in memory can be written");
            }
            Code::Jpeg(q, half) => {
                let image = c.on(behind).image();
                let rgb: Vec<u8> = image.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2]]).collect();
                let mut e = jpeg_encoder::Encoder::new(&mut out, q);
                e.set_sampling_factor(if half { jpeg_encoder::SamplingFactor::F_2_2 } else { jpeg_encoder::SamplingFactor::F_1_1 });
                e.encode(&rgb, c.w as u16, c.h as u16, jpeg_encoder::ColorType::Rgb).expect("a picture in memory can be written");
            }
            Code::Palette(n, spread) => palette(&c.image(), n, spread, &mut out),
            Code::Gif => {
                let mut image = c.on(behind).image();
                for (p, q) in image.pixels_mut().zip(&c.px) {
                    if q[3] < 0.5 {
                        p.0 = [0; 4];
                    }
                }
                let (w, h) = image.dimensions();
                GifEncoder::new_with_speed(&mut out, 10)
                    .encode(&image, w, h, ExtendedColorType::Rgba8)
                    .expect("a picture in memory can be written");
            }
            Code::WebpLossy(q) => {
                let image = c.image();
                let (w, h) = image.dimensions();
                out = if c.opaque() {
                    let rgb: Vec<u8> = image.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2]]).collect();
                    webp::Encoder::from_rgb(&rgb, w, h).encode(f32::from(q)).to_vec()
                } else {
                    webp::Encoder::from_rgba(&image, w, h).encode(f32::from(q)).to_vec()
                };
            }
            Code::WebpLossless => {
                let image = c.image();
                let (w, h) = image.dimensions();
                WebPEncoder::new_lossless(&mut out)
                    .encode(&image, w, h, ExtendedColorType::Rgba8)
                    .expect("a picture in memory can be written");
            }
        }
        out
    }
}

fn palette(image: &RgbaImage, n: usize, spread: bool, out: &mut Vec<u8>) {
    let (w, h) = image.dimensions();
    let quant = color_quant::NeuQuant::new(3, n, image);
    let map = quant.color_map_rgba();
    let mut work: Vec<[f32; 4]> = image.pixels().map(|p| p.0.map(f32::from)).collect();
    let mut indices = vec![0u8; work.len()];
    for y in 0..h as usize {
        for x in 0..w as usize {
            let i = y * w as usize + x;
            let want = work[i];
            let mut p = want.map(|v| v.clamp(0.0, 255.0).round() as u8);
            if p[3] == 0 {
                p = [0; 4];
            }
            let found = quant.index_of(&p);
            indices[i] = found as u8;
            if spread {
                let got = &map[found * 4..found * 4 + 4];
                let rest: [f32; 4] = std::array::from_fn(|c| if c == 3 { 0.0 } else { want[c] - f32::from(got[c]) });
                for (dx, dy, share) in [(1i64, 0i64, 7.0), (-1, 1, 3.0), (0, 1, 5.0), (1, 1, 1.0)] {
                    let (nx, ny) = (x as i64 + dx, y as i64 + dy);
                    if nx >= 0 && nx < i64::from(w) && ny < i64::from(h) {
                        let o = &mut work[ny as usize * w as usize + nx as usize];
                        for c in 0..3 {
                            o[c] += rest[c] * share / 16.0;
                        }
                    }
                }
            }
        }
    }
    let mut e = png::Encoder::new(out, w, h);
    e.set_color(png::ColorType::Indexed);
    e.set_depth(png::BitDepth::Eight);
    e.set_palette(map.chunks_exact(4).flat_map(|c| [c[0], c[1], c[2]]).collect::<Vec<u8>>());
    e.set_trns(map.chunks_exact(4).map(|c| c[3]).collect::<Vec<u8>>());
    let mut writer = e.write_header().expect("a picture in memory can be written");
    writer.write_image_data(&indices).expect("a picture in memory can be written");
}

/// A picture as it comes back from an encoder.
pub fn read_back(bytes: &[u8]) -> Canvas {
    Canvas::of(&image::load_from_memory(bytes).expect("own files can be read").into_rgba8())
}

/// Near white, as themes of pages have it.
pub fn near_white(r: &mut Random) -> Rgb {
    colour::of(r.pick(&[
        [255, 255, 255],
        [255, 255, 255],
        [255, 255, 255],
        [254, 254, 254],
        [252, 252, 252],
        [250, 250, 250],
        [248, 249, 250],
    ]))
}
