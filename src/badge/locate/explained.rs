//! How much of what is seen at a place a supplied image explains, when its edges are no longer there: blurred, enlarged, or hidden under
//! another colour.

use crate::badge::affine::Affine;
use crate::badge::align::{Frame, View};
use crate::badge::raster::Flat;
use std::sync::Arc;

/// Blurs in pixels of the coarsest frame that are tried.
const BLURS: [f32; 3] = [0.0, 0.8, 1.6];
/// Squared distances from the mean (CIE76) below which a part is of one colour, of the image and of what is seen: anything explains it.
const PLAIN: [f64; 2] = [60.0, 10.0];
/// Fewer pixels than this explain nothing.
const FEW: f64 = 60.0;
/// What is regressed, and on what: 1, two coordinates, three channels of the image, three of what is seen.
const TERMS: usize = 9;

/// A supplied image as it looks sharp and blurred, to be held against places.
pub(in crate::badge) struct Explained {
    frame: Arc<Frame>,
    /// One for each of [`BLURS`].
    looks: Vec<Flat>,
}

/// Sums of products of [`TERMS`].
#[derive(Clone, Copy)]
struct Gram([[f64; TERMS]; TERMS]);

impl Gram {
    fn add(&mut self, row: &[f64; TERMS]) {
        for (i, (sums, a)) in self.0.iter_mut().zip(row).enumerate() {
            for (sum, b) in sums[i..].iter_mut().zip(&row[i..]) {
                *sum += a * b;
            }
        }
    }

    /// Without what the terms `from..to` explain of those after them.
    fn without(&mut self, from: usize, to: usize) {
        for t in from..to {
            let top = self.0[t];
            if top[t] < 1e-9 {
                continue;
            }
            for i in t + 1..TERMS {
                let k = top[i] / top[t];
                (i..TERMS).for_each(|j| self.0[i][j] -= k * top[j]);
            }
        }
    }

    fn trace(&self, from: usize) -> f64 {
        (from..from + 3).map(|i| self.0[i][i]).sum()
    }

    /// The share of the variance of what is seen that a linear map of the image's colours explains; 0 if either is of one colour. What
    /// changes evenly over the picture, such as a gradient that lies over it, is no likeness: each is taken without it.
    fn share(mut self) -> f64 {
        let n = self.0[0][0];
        if n < FEW {
            return 0.0;
        }
        self.without(0, 3);
        let (spread, total) = (self.trace(3), self.trace(6));
        if spread < PLAIN[0] * n || total < PLAIN[1] * n {
            return 0.0;
        }
        (3..6).for_each(|i| self.0[i][i] += 0.5 * n);
        self.without(3, 6);
        (1.0 - self.trace(6) / total).clamp(0.0, 1.0)
    }
}

impl Explained {
    /// `frame`: of the coarsest level.
    pub fn new(frame: Arc<Frame>) -> Explained {
        let looks = BLURS.iter().map(|b| frame.lab.blurred(*b)).collect();
        Explained { frame, looks }
    }

    /// The share of the colours at a place, 0 to 1, that a linear map of the image's colours explains: inside its silhouette, or in its
    /// whole rectangle if that says more. Looks at one pixel of the frame in `step` to each side.
    pub fn at(&self, v: &View, map: &Affine, step: usize) -> f64 {
        let frame = &*self.frame;
        let Some(back) = frame.place.inverse() else { return 0.0 };
        let m = back.then(map).then(&v.place);
        let (w, h) = (frame.target.w, frame.target.h);
        let margin = [2, 5].map(|k| frame.place.0[k].max(0.0) as usize);
        // A pixel of the frame is several of the view: their mean.
        let reach = (m.size() / 2.0 - 0.5).round().clamp(0.0, 4.0) as i64;
        let mut grams = [[Gram([[0.0; TERMS]; TERMS]); 2]; BLURS.len()];
        for y in (margin[1]..h - margin[1]).step_by(step) {
            for x in (margin[0]..w - margin[0]).step_by(step) {
                let (cx, cy) = m.apply(x as f64 + 0.5, y as f64 + 0.5);
                let Some(seen) = mean(&v.lab, cx.floor() as i64, cy.floor() as i64, reach) else { continue };
                let at = y * w + x;
                let inside = usize::from(frame.mask.data[at] > 0.85);
                for (gram, look) in grams.iter_mut().zip(&self.looks) {
                    let e = look.data[at].map(f64::from);
                    gram[inside].add(&[1.0, x as f64, y as f64, e[0], e[1], e[2], seen[0], seen[1], seen[2]]);
                }
            }
        }
        let mut best = 0.0_f64;
        for ([outside, inside], blur) in grams.into_iter().zip(BLURS) {
            let mut all = inside;
            all.0.iter_mut().flatten().zip(outside.0.iter().flatten()).for_each(|(a, b)| *a += b);
            // What is blurred is less of a proof.
            best = best.max((1.0 - 0.02 * f64::from(blur)) * all.share().max(inside.share()));
        }
        best
    }
}

/// The mean colour around a pixel, `reach` to all sides; `None` outside.
fn mean(image: &Flat, x: i64, y: i64, reach: i64) -> Option<[f64; 3]> {
    let (x0, x1) = ((x - reach).max(0), (x + reach + 1).min(image.w as i64));
    let (y0, y1) = ((y - reach).max(0), (y + reach + 1).min(image.h as i64));
    if x0 >= x1 || y0 >= y1 {
        return None;
    }
    let mut sum = [0.0_f32; 3];
    for row in y0..y1 {
        for c in &image.data[row as usize * image.w..][x0 as usize..x1 as usize] {
            (0..3).for_each(|k| sum[k] += c[k]);
        }
    }
    Some(sum.map(|s| f64::from(s) / ((x1 - x0) * (y1 - y0)) as f64))
}
