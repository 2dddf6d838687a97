//! A picture for people: how a mark should look, how it looks, and where the two differ.

use super::measure::Measured;
use super::raster::Flat;
use image::{Rgba, RgbaImage};

/// Pixels between the panels.
const GAP: u32 = 12;
/// Panels are enlarged to about this many pixels on the longer side.
const SHOWN: usize = 320;

/// Expected, candidate, and differences side by side.
pub(super) fn panels(m: &Measured) -> RgbaImage {
    let (w, h) = (m.candidate.w, m.candidate.h);
    let k = (SHOWN / w.max(h)).max(1);
    let (pw, ph) = ((w * k) as u32, (h * k) as u32);
    let mut out = RgbaImage::from_pixel(3 * pw + 4 * GAP, ph + 2 * GAP, Rgba([238, 238, 238, 255]));
    let heat = heat(m);
    for (i, panel) in [&m.shown[0], &m.shown[1], &heat].into_iter().enumerate() {
        let left = GAP + i as u32 * (pw + GAP);
        for y in 0..ph {
            for x in 0..pw {
                let c = panel.at(x as usize / k, y as usize / k).map(|v| v.round().clamp(0.0, 255.0) as u8);
                out.put_pixel(left + x, GAP + y, Rgba([c[0], c[1], c[2], 255]));
            }
        }
        if i > 0
            && let Some((x0, y0, x1, y1)) = m.changed_box()
        {
            let (x0, y0) = (left + (x0 * k) as u32, GAP + (y0 * k) as u32);
            let (x1, y1) = (left + (x1 * k) as u32 - 1, GAP + (y1 * k) as u32 - 1);
            for t in 0..2 {
                for x in x0..=x1 {
                    out.put_pixel(x, (y0 + t).min(y1), Rgba([214, 0, 108, 255]));
                    out.put_pixel(x, y1.saturating_sub(t).max(y0), Rgba([214, 0, 108, 255]));
                }
                for y in y0..=y1 {
                    out.put_pixel((x0 + t).min(x1), y, Rgba([214, 0, 108, 255]));
                    out.put_pixel(x1.saturating_sub(t).max(x0), y, Rgba([214, 0, 108, 255]));
                }
            }
        }
    }
    out
}

/// The candidate in grey, with what differs in red.
fn heat(m: &Measured) -> Flat {
    let mut out = m.shown[1].clone();
    for (i, c) in out.data.iter_mut().enumerate() {
        let grey = (0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]) * 0.35 + 160.0;
        let hot = (m.excess.data[i] / 30.0).clamp(0.0, 1.0);
        *c = [grey + (225.0 - grey) * hot, grey * (1.0 - hot), grey * (1.0 - hot)];
    }
    out
}
