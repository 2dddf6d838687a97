//! What stands beside a mark, or between its parts.

use crate::badge::raster::Plane;

/// A thing beside a mark, in pixels of the compared picture.
#[derive(Clone, Copy, Debug)]
pub(in crate::badge) struct Beside {
    /// How far it is from the rectangle that the image fills, which is what free space is counted from: 0 if it reaches into it.
    pub distance: f32,
    /// How far it is from what is drawn.
    pub contour: f32,
    /// Where it is nearest.
    pub x: usize,
    pub y: usize,
}

/// The nearest thing beside the mark: by its distance from the rectangle that the image fills, `most` at most. Things of fewer than
/// `size` squared pixels do not count.
pub(super) fn foreign(
    excess: &Plane,
    distance: &Plane,
    cut: &[bool],
    size: f32,
    off: &dyn Fn(usize, usize) -> f32,
    most: f32,
) -> Option<Beside> {
    let (w, h) = (excess.w, excess.h);
    let is = |i: usize| cut[i] && distance.data[i] > 1.6 && excess.data[i] > 12.0;
    let mut seen = vec![false; w * h];
    let mut best: Option<Beside> = None;
    let mut stack = Vec::new();
    for start in 0..w * h {
        if seen[start] || !is(start) {
            continue;
        }
        let mut n = 0;
        let mut own = Beside { distance: f32::MAX, contour: f32::MAX, x: 0, y: 0 };
        seen[start] = true;
        stack.push(start);
        while let Some(i) = stack.pop() {
            n += 1;
            let (x, y) = (i % w, i / w);
            let from = off(x, y);
            own.contour = own.contour.min(distance.data[i]);
            if from < own.distance {
                own = Beside { distance: from, x, y, ..own };
            }
            for (nx, ny) in [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)] {
                if nx < w && ny < h && !seen[ny * w + nx] && is(ny * w + nx) {
                    seen[ny * w + nx] = true;
                    stack.push(ny * w + nx);
                }
            }
        }
        if own.distance <= most && n as f32 >= size * size && best.is_none_or(|b| own.distance < b.distance) {
            best = Some(own);
        }
    }
    best
}
