//! Points, outlines and affine maps.

/// `x' = m[0] x + m[1] y + m[2]`, `y' = m[3] x + m[4] y + m[5]`.
pub(super) type Affine = [f32; 6];

pub(super) type Point = [f32; 2];

pub(super) const IDENTITY: Affine = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

pub(super) fn apply(m: &Affine, [x, y]: Point) -> Point {
    [m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]]
}

/// What undoes a map; none if it makes a line of everything.
pub(super) fn inverse(m: &Affine) -> Option<Affine> {
    let det = m[0] * m[4] - m[1] * m[3];
    if det.abs() < 1e-9 || !det.is_finite() {
        return None;
    }
    let [a, b, c, d] = [m[4] / det, -m[1] / det, -m[3] / det, m[0] / det];
    Some([a, b, -(a * m[2] + b * m[5]), c, d, -(c * m[2] + d * m[5])])
}

/// A rectangle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Area {
    pub low: Point,
    pub high: Point,
}

impl Area {
    pub(super) const NONE: Area = Area { low: [f32::MAX; 2], high: [f32::MIN; 2] };

    pub(super) fn of(points: impl IntoIterator<Item = Point>) -> Area {
        points.into_iter().fold(Area::NONE, |a, p| a.with(Area { low: p, high: p }))
    }

    pub(super) fn with(self, other: Area) -> Area {
        Area {
            low: [self.low[0].min(other.low[0]), self.low[1].min(other.low[1])],
            high: [self.high[0].max(other.high[0]), self.high[1].max(other.high[1])],
        }
    }

    pub(super) fn width(&self) -> f32 {
        (self.high[0] - self.low[0]).max(0.0)
    }

    pub(super) fn height(&self) -> f32 {
        (self.high[1] - self.low[1]).max(0.0)
    }

    pub(super) fn diagonal(&self) -> f32 {
        self.width().hypot(self.height())
    }

    pub(super) fn shared(&self, other: &Area) -> f32 {
        let side = |i: usize| (self.high[i].min(other.high[i]) - self.low[i].max(other.low[i])).max(0.0);
        side(0) * side(1)
    }

    pub(super) fn near(&self, other: &Area, most: f32) -> bool {
        (0..2).all(|i| (self.low[i] - other.low[i]).abs() <= most && (self.high[i] - other.high[i]).abs() <= most)
    }

    /// The map that takes this onto another, its sides in the order and direction given.
    pub(super) fn onto(&self, other: &Area, swap: bool, flip: [bool; 2]) -> Option<Affine> {
        let (w, h) = (self.width(), self.height());
        if w < 1e-6 || h < 1e-6 {
            return None;
        }
        // To the unit square, turned, and out of it.
        let unit = [1.0 / w, 0.0, -self.low[0] / w, 0.0, 1.0 / h, -self.low[1] / h];
        let side = |i: usize, flip: bool| {
            let length = other.high[i] - other.low[i];
            if flip { (-length, other.high[i]) } else { (length, other.low[i]) }
        };
        let ((sx, tx), (sy, ty)) = (side(0, flip[0]), side(1, flip[1]));
        let turned = if swap { [0.0, sx, tx, sy, 0.0, ty] } else { [sx, 0.0, tx, 0.0, sy, ty] };
        Some(compose(&turned, &unit))
    }
}

/// First the one, then the other: `outer(inner(x))`.
pub(super) fn compose(outer: &Affine, inner: &Affine) -> Affine {
    let [a, b, c, d, e, f] = *outer;
    let [g, h, i, j, k, l] = *inner;
    [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f]
}

/// The map that takes the one's points nearest to the other's, if it takes all of them within the tolerance.
pub(super) fn fit(from: &[Point], to: &[Point], tolerance: f32) -> Option<Affine> {
    let n = from.len().min(to.len()) as f64;
    let mean = |p: &[Point]| [0, 1].map(|i| p.iter().map(|p| f64::from(p[i])).sum::<f64>() / n);
    let (mf, mt) = (mean(from), mean(to));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    let mut right = [0.0f64; 4];
    for (f, t) in from.iter().zip(to) {
        let (x, y) = (f64::from(f[0]) - mf[0], f64::from(f[1]) - mf[1]);
        let (u, v) = (f64::from(t[0]) - mt[0], f64::from(t[1]) - mt[1]);
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
        right = [right[0] + u * x, right[1] + u * y, right[2] + v * x, right[3] + v * y];
    }
    let det = xx * yy - xy * xy;
    // Points on one line say nothing of what is beside it.
    if det.is_nan() || det <= 1e-4 * (xx + yy).powi(2) {
        return None;
    }
    let row = |u: f64, v: f64| [(u * yy - v * xy) / det, (v * xx - u * xy) / det];
    let ([a, b], [c, d]) = (row(right[0], right[1]), row(right[2], right[3]));
    let m = [a, b, mt[0] - a * mf[0] - b * mf[1], c, d, mt[1] - c * mf[0] - d * mf[1]].map(|v| v as f32);
    let fits = from.iter().zip(to).all(|(f, t)| {
        let p = apply(&m, *f);
        (p[0] - t[0]).hypot(p[1] - t[1]) <= tolerance
    });
    (fits && inverse(&m).is_some()).then_some(m)
}

/// What a map does to shapes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub mirrored: bool,
    /// Degrees, clockwise.
    pub turned: f32,
    /// Degrees.
    pub skewed: f32,
    /// How many times wider than high.
    pub stretched: f32,
}

pub(super) fn parts(m: &Affine) -> Parts {
    let [mut a, b, _, mut c, d, _] = *m;
    let mirrored = a * d - b * c < 0.0;
    let (mut fb, mut fd) = (b, d);
    if mirrored {
        // Left and right, or top and bottom: what leaves less of a turn.
        if c.atan2(a).abs() > std::f32::consts::FRAC_PI_2 { (a, c) = (-a, -c) } else { (fb, fd) = (-b, -d) }
    }
    let sx = a.hypot(c);
    let sy = (a * fd - fb * c) / sx;
    let skew = (a * fb + c * fd) / (sx * sy);
    Parts { mirrored, turned: c.atan2(a).to_degrees(), skewed: skew.atan().to_degrees(), stretched: sx / sy }
}

impl Parts {
    /// Fewer is simpler: of maps that fit alike, the simplest is meant.
    pub(super) fn complexity(&self) -> u8 {
        let stretch = u8::from((self.stretched - 1.0).abs() > 0.004);
        let turn = 2 * u8::from(self.turned.abs() > 0.2);
        stretch + turn + 2 * u8::from(self.mirrored) + 3 * u8::from(self.skewed.abs() > 0.2)
    }
}

/// Whether the one outline is near the other all along: at points of it, about a hundred.
pub(super) fn close(from: &[Point], outline: &[Point], most: f32) -> bool {
    close_to_any(from, &[outline], most)
}

/// The same for several outlines together.
pub(super) fn close_to_any(from: &[Point], outlines: &[&[Point]], most: f32) -> bool {
    let near = |p: Point| outlines.iter().any(|o| o.windows(2).any(|s| to_line(p, s[0], s[1]) <= most));
    let length = |s: &[Point]| (s[1][0] - s[0][0]).hypot(s[1][1] - s[0][1]);
    let total: f32 = from.windows(2).map(length).sum();
    let every = (from.len() / 96).max(1);
    from.windows(2).enumerate().all(|(i, s)| {
        // Between the ends of a line, too: other lines may have the same ends.
        let pieces = (length(s) / total.max(1e-9) * 64.0).ceil().max(1.0);
        let first = if i % every == 0 { 0 } else { 1 };
        (first..pieces as u32).all(|k| {
            let t = k as f32 / pieces;
            near([s[0][0] + (s[1][0] - s[0][0]) * t, s[0][1] + (s[1][1] - s[0][1]) * t])
        })
    }) && from.last().copied().is_none_or(near)
}

fn to_line(p: Point, a: Point, b: Point) -> f32 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let square = dx * dx + dy * dy;
    let t = if square > 0.0 { (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
    (p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy)
}
