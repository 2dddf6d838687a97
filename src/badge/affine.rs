//! Maps between the pixels of two pictures that keep straight lines straight.

/// `x' = m[0] x + m[1] y + m[2]`, `y' = m[3] x + m[4] y + m[5]`. A pixel's centre is at a whole number plus a half.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Affine(pub [f64; 6]);

impl Default for Affine {
    fn default() -> Affine {
        Affine::IDENTITY
    }
}

impl Affine {
    pub const IDENTITY: Affine = Affine([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);

    pub fn scale(x: f64, y: f64) -> Affine {
        Affine([x, 0.0, 0.0, 0.0, y, 0.0])
    }

    pub fn shift(x: f64, y: f64) -> Affine {
        Affine([1.0, 0.0, x, 0.0, 1.0, y])
    }

    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let m = &self.0;
        (m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5])
    }

    /// First this map, then `next`.
    pub fn then(&self, next: &Affine) -> Affine {
        let (a, b) = (&self.0, &next.0);
        Affine([
            b[0] * a[0] + b[1] * a[3],
            b[0] * a[1] + b[1] * a[4],
            b[0] * a[2] + b[1] * a[5] + b[2],
            b[3] * a[0] + b[4] * a[3],
            b[3] * a[1] + b[4] * a[4],
            b[3] * a[2] + b[4] * a[5] + b[5],
        ])
    }

    pub fn det(&self) -> f64 {
        self.0[0] * self.0[4] - self.0[1] * self.0[3]
    }

    /// The way back; `None` where the map flattens everything to a line.
    pub fn inverse(&self) -> Option<Affine> {
        let d = self.det();
        if d.abs() < 1e-12 || !d.is_finite() {
            return None;
        }
        let m = &self.0;
        let (a, b, c, e) = (m[4] / d, -m[1] / d, -m[3] / d, m[0] / d);
        Some(Affine([a, b, -(a * m[2] + b * m[5]), c, e, -(c * m[2] + e * m[5])]))
    }

    /// How much larger things become: the square root of how areas grow.
    pub fn size(&self) -> f64 {
        self.det().abs().sqrt()
    }

    /// The angle in degrees by which the nearest similarity turns things, and whether it mirrors them.
    pub fn turn(&self) -> (f64, bool) {
        let m = &self.0;
        if self.det() >= 0.0 {
            ((m[3] - m[1]).atan2(m[0] + m[4]).to_degrees(), false)
        } else {
            ((m[3] + m[1]).atan2(m[0] - m[4]).to_degrees(), true)
        }
    }

    /// How long a step to the right and a step down become.
    pub fn lengths(&self) -> (f64, f64) {
        let m = &self.0;
        (m[0].hypot(m[3]), m[1].hypot(m[4]))
    }

    /// The map that gives a rectangle of this width and height the same centre and area, upright and with its own proportions.
    pub fn straightened(&self, (w, h): (f64, f64)) -> Affine {
        let (s, (x, y)) = (self.size(), self.apply(w / 2.0, h / 2.0));
        Affine([s, 0.0, x - s * w / 2.0, 0.0, s, y - s * h / 2.0])
    }

    /// The angle between what was right and what was down, less 90 degrees.
    pub fn shear(&self) -> f64 {
        let m = &self.0;
        let (lx, ly) = self.lengths();
        let cos = (m[0] * m[1] + m[3] * m[4]) / (lx * ly).max(1e-12);
        90.0 - cos.clamp(-1.0, 1.0).acos().to_degrees()
    }
}
