//! Pictures written as files, by real encoders.

use super::canvas::Canvas;
use super::colour::{self, Rgb};
use super::random::Random;
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
    /// JPEG lying on its side, with a note that says how to turn it: 6 or 8, as EXIF counts.
    Turned(u8),
    /// JPEG of the colours of print.
    Cmyk(u8),
    /// PNG or JPEG in the colours of Display P3, with its profile.
    Wide(bool),
}

impl Code {
    /// What the web uses, about as often; with a quality of at least `floor`.
    pub fn draw(r: &mut Random, floor: u8) -> Code {
        let q = |r: &mut Random| r.int(i64::from(floor), 95) as u8;
        match r.weighted(&[(0.27, 0), (0.32, 1), (0.09, 2), (0.06, 3), (0.14, 4), (0.08, 5), (0.015, 6), (0.01, 7), (0.015, 8)]) {
            0 => Code::Png,
            1 => Code::Jpeg(q(r), r.chance(0.8)),
            2 => Code::Palette(r.pick(&[256, 256, 128, 64]), r.chance(0.5)),
            3 => Code::Gif,
            4 => Code::WebpLossy(q(r)),
            6 => Code::Turned(r.pick(&[6, 8, 3])),
            7 => Code::Cmyk(q(r).max(80)),
            8 => Code::Wide(r.chance(0.5)),
            _ => Code::WebpLossless,
        }
    }

    pub fn transparent(self) -> bool {
        !matches!(self, Code::Jpeg(..) | Code::Turned(_) | Code::Cmyk(_) | Code::Wide(true))
    }

    pub fn name(self) -> String {
        match self {
            Code::Png => "png".to_owned(),
            Code::Jpeg(q, s) => format!("jpeg q{q}{}", if s { " 420" } else { "" }),
            Code::Palette(n, d) => format!("palette {n}{}", if d { " dithered" } else { "" }),
            Code::Gif => "gif".to_owned(),
            Code::WebpLossy(q) => format!("webp q{q}"),
            Code::WebpLossless => "webp lossless".to_owned(),
            Code::Turned(n) => format!("jpeg turned, exif {n}"),
            Code::Cmyk(q) => format!("jpeg cmyk q{q}"),
            Code::Wide(jpeg) => format!("{} display p3", if jpeg { "jpeg" } else { "png" }),
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            Code::Png | Code::Palette(..) | Code::Wide(false) => "png",
            Code::Jpeg(..) | Code::Turned(_) | Code::Cmyk(_) | Code::Wide(true) => "jpg",
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
                // As sites write them: coarse first, in places.
                e.set_progressive(q % 3 == 0);
                e.set_sampling_factor(if half { jpeg_encoder::SamplingFactor::F_2_2 } else { jpeg_encoder::SamplingFactor::F_1_1 });
                e.encode(&rgb, c.w as u16, c.h as u16, jpeg_encoder::ColorType::Rgb).expect("a picture in memory can be written");
            }
            Code::Turned(n) => {
                let image = image::DynamicImage::ImageRgba8(c.on(behind).image());
                let lying = match n {
                    6 => image.rotate270(),
                    8 => image.rotate90(),
                    _ => image.rotate180(),
                };
                let mut e = jpeg_encoder::Encoder::new(&mut out, 88);
                // One entry of a directory: the orientation.
                let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
                exif.extend([n, 0, 0, 0, 0, 0, 0]);
                e.add_app_segment(1, exif).expect("a short segment");
                e.encode(&lying.to_rgb8(), lying.width() as u16, lying.height() as u16, jpeg_encoder::ColorType::Rgb)
                    .expect("a picture in memory can be written");
            }
            Code::Cmyk(q) => {
                let image = c.on(behind).image();
                let ink = |p: &image::Rgba<u8>| {
                    let [r, g, b] = [p.0[0], p.0[1], p.0[2]].map(|v| 1.0 - f32::from(v) / 255.0);
                    let k = r.min(g).min(b);
                    [r, g, b]
                        .map(|v| if k >= 1.0 { 0.0 } else { (v - k) / (1.0 - k) })
                        .into_iter()
                        .chain([k])
                        .map(|v| (v * 255.0).round() as u8)
                        .collect::<Vec<u8>>()
                };
                let cmyk: Vec<u8> = image.pixels().flat_map(ink).collect();
                let mut e = jpeg_encoder::Encoder::new(&mut out, q);
                // As programs for print write it.
                e.set_sampling_factor(jpeg_encoder::SamplingFactor::F_1_1);
                e.encode(&cmyk, c.w as u16, c.h as u16, jpeg_encoder::ColorType::Cmyk).expect("a picture in memory can be written");
            }
            Code::Wide(jpeg) => {
                let mut wide = if jpeg { c.on(behind) } else { c.clone() };
                wide.recolour(|_, _, p, a| (display_p3(p), a));
                let profile = moxcms::ColorProfile::new_display_p3().encode().expect("a known profile");
                let image = wide.image();
                let (w, h) = image.dimensions();
                if jpeg {
                    let rgb: Vec<u8> = image.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2]]).collect();
                    let mut e = jpeg_encoder::Encoder::new(&mut out, 90);
                    e.add_icc_profile(&profile).expect("a short profile");
                    e.encode(&rgb, w as u16, h as u16, jpeg_encoder::ColorType::Rgb).expect("a picture in memory can be written");
                } else {
                    let mut e = PngEncoder::new(&mut out);
                    e.set_icc_profile(profile).expect("PNG has profiles");
                    e.write_image(&image, w, h, ExtendedColorType::Rgba8).expect("a picture in memory can be written");
                }
            }
            Code::Palette(n, spread) => palette(&c.image(), n, spread, &mut out),
            Code::Gif => {
                // All or nothing: what is half transparent is laid on the colour behind it.
                let mut image = c.on(behind).image();
                for (p, q) in image.pixels_mut().zip(&c.px) {
                    if q[3] < 0.5 {
                        p.0 = [0; 4];
                    }
                }
                let (w, h) = image.dimensions();
                let (map, indices) = indexed(&image, 256, true);
                let mut frame =
                    gif::Frame::from_indexed_pixels(w as u16, h as u16, indices, map.iter().position(|c| c[3] == 0).map(|i| i as u8));
                frame.palette = Some(map.iter().flat_map(|c| [c[0], c[1], c[2]]).collect());
                let mut e = gif::Encoder::new(&mut out, w as u16, h as u16, &[]).expect("a picture in memory can be written");
                e.write_frame(&frame).expect("a picture in memory can be written");
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

/// A colour of sRGB in the numbers of Display P3.
fn display_p3(c: Rgb) -> Rgb {
    let l = c.map(|v| if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) });
    let m = [[0.8225, 0.1774, 0.0], [0.0332, 0.9669, 0.0], [0.0171, 0.0724, 0.9108]];
    m.map(|r| r[0] * l[0] + r[1] * l[1] + r[2] * l[2])
        .map(|v: f32| if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 })
}

fn palette(image: &RgbaImage, n: usize, spread: bool, out: &mut Vec<u8>) {
    let (w, h) = image.dimensions();
    let (map, indices) = indexed(image, n, spread);
    let mut e = png::Encoder::new(out, w, h);
    e.set_color(png::ColorType::Indexed);
    e.set_depth(png::BitDepth::Eight);
    e.set_palette(map.iter().flat_map(|c| [c[0], c[1], c[2]]).collect::<Vec<u8>>());
    e.set_trns(map.iter().map(|c| c[3]).collect::<Vec<u8>>());
    let mut writer = e.write_header().expect("a picture in memory can be written");
    writer.write_image_data(&indices).expect("a picture in memory can be written");
}

/// A palette of at most `n` colours by median cut, made better by two rounds of means, and each pixel's place in it.
fn indexed(image: &RgbaImage, n: usize, spread: bool) -> (Vec<[u8; 4]>, Vec<u8>) {
    let clean = |p: [u8; 4]| if p[3] == 0 { [0; 4] } else { p };
    let mut counts: std::collections::BTreeMap<[u8; 4], f32> = std::collections::BTreeMap::new();
    for p in image.pixels() {
        *counts.entry(clean(p.0)).or_default() += 1.0;
    }
    let colours: Vec<([u8; 4], f32)> = counts.into_iter().collect();
    let mut boxes = vec![colours.clone()];
    while boxes.len() < n {
        // The box with the widest spread of colours, weighed by how often they are seen, is cut at its middle.
        let wide = |b: &[([u8; 4], f32)], c: usize| {
            let (low, high) = b.iter().fold((255, 0), |(l, h), (p, _)| (p[c].min(l), p[c].max(h)));
            f32::from(high) - f32::from(low)
        };
        let axis = |b: &[([u8; 4], f32)]| (0..4).max_by(|x, y| wide(b, *x).total_cmp(&wide(b, *y))).unwrap_or(0);
        let need =
            |b: &Vec<([u8; 4], f32)>| if b.len() < 2 { -1.0 } else { wide(b, axis(b)) * b.iter().map(|(_, k)| k).sum::<f32>().powf(0.3) };
        let Some(at) = (0..boxes.len()).max_by(|a, b| need(&boxes[*a]).total_cmp(&need(&boxes[*b]))).filter(|i| need(&boxes[*i]) > 0.0)
        else {
            break;
        };
        let mut b = boxes.swap_remove(at);
        let c = axis(&b);
        b.sort_by_key(|(p, _)| p[c]);
        let half = b.iter().map(|(_, k)| k).sum::<f32>() / 2.0;
        let mut sum = 0.0;
        let cut = b
            .iter()
            .position(|(_, k)| {
                sum += k;
                sum >= half
            })
            .unwrap_or(0)
            .clamp(1, b.len() - 1);
        let rest = b.split_off(cut);
        boxes.push(b);
        boxes.push(rest);
    }
    let mean = |b: &[([u8; 4], f32)]| {
        let all: f32 = b.iter().map(|(_, k)| k).sum();
        let m: [u8; 4] = std::array::from_fn(|c| (b.iter().map(|(p, k)| f32::from(p[c]) * k).sum::<f32>() / all).round() as u8);
        // Nothing stays nothing, and what is opaque stays so.
        if b.iter().any(|(p, _)| p[3] == 0) && m[3] < 128 {
            [0; 4]
        } else if b.iter().any(|(p, _)| p[3] == 255) && m[3] > 240 {
            [m[0], m[1], m[2], 255]
        } else {
            m
        }
    };
    let mut map: Vec<[u8; 4]> = boxes.iter().map(|b| mean(b)).collect();
    let far = |a: [u8; 4], b: [f32; 4]| -> f32 {
        let w = f32::from(a[3]).min(b[3]) / 255.0;
        (0..3).map(|c| ((f32::from(a[c]) - b[c]) * w).powi(2)).sum::<f32>() + 3.0 * (f32::from(a[3]) - b[3]).powi(2)
    };
    let nearest = |map: &[[u8; 4]], p: [f32; 4]| (0..map.len()).min_by(|a, b| far(map[*a], p).total_cmp(&far(map[*b], p))).unwrap_or(0);
    if colours.len() > n {
        for _ in 0..2 {
            let mut groups = vec![Vec::new(); map.len()];
            for c in &colours {
                groups[nearest(&map, c.0.map(f32::from))].push(*c);
            }
            map = groups.iter().filter(|g| !g.is_empty()).map(|g| mean(g)).collect();
        }
    }
    let (w, h) = (image.width() as usize, image.height() as usize);
    let mut work: Vec<[f32; 4]> = image.pixels().map(|p| clean(p.0).map(f32::from)).collect();
    let mut seen = std::collections::BTreeMap::new();
    let mut indices = vec![0u8; work.len()];
    for i in 0..work.len() {
        let want = work[i].map(|v| v.clamp(0.0, 255.0));
        let key = want.map(|v| v.round() as u8);
        let found = *seen.entry(key).or_insert_with(|| nearest(&map, key.map(f32::from)));
        indices[i] = found as u8;
        if spread && colours.len() > n && want[3] > 200.0 {
            let rest: [f32; 3] = std::array::from_fn(|c| (want[c] - f32::from(map[found][c])).clamp(-24.0, 24.0));
            let (x, y) = ((i % w) as i64, (i / w) as i64);
            for (dx, dy, share) in [(1i64, 0i64, 7.0), (-1, 1, 3.0), (0, 1, 5.0), (1, 1, 1.0)] {
                let (nx, ny) = (x + dx, y + dy);
                if nx >= 0 && nx < w as i64 && ny < h as i64 {
                    let o = &mut work[ny as usize * w + nx as usize];
                    if o[3] > 200.0 {
                        for c in 0..3 {
                            o[c] += rest[c] * share / 16.0;
                        }
                    }
                }
            }
        }
    }
    (map, indices)
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
