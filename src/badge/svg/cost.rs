//! What rendering a drawing would cost, before it is rendered. The walk is that of the renderer: layers of groups may be twenty-five
//! times as large as the picture, patterns as large as the file says, and all of them stack.

use crate::badge::Refusal;
use resvg::tiny_skia::{PathSegment, Point, Rect, Transform};
use resvg::usvg::filter::{Filter, Kind};
use resvg::usvg::{Group, Node, Paint, Path, Tree};

/// The most work, in milliseconds of a slow machine.
const WORK: f64 = 3_000.0;
/// The most memory of layers that are open at once, bytes.
const MEMORY: f64 = 192e6;

/// That rendering a drawing on so many pixels takes bounded time and memory.
pub(super) fn check(tree: &Tree, transform: Transform, width: u32, height: u32) -> Result<(), Refusal> {
    let canvas = f64::from(width) * f64::from(height);
    let mut cost = Cost { width: f64::from(width), height: f64::from(height), work: canvas * 5e-6, memory: canvas * 4.0 };
    cost.group(tree.root(), transform)
}

struct Cost {
    /// Of the picture, pixels.
    width: f64,
    height: f64,
    work: f64,
    memory: f64,
}

fn too_much(what: &str) -> Refusal {
    Refusal::new(format!("{what} of the drawing take too long to render"), "simplify it, or export it as PNG")
}

impl Cost {
    fn work(&mut self, milliseconds: f64, what: &str) -> Result<(), Refusal> {
        self.work += milliseconds;
        // Not a number is too much.
        if self.work <= WORK { Ok(()) } else { Err(too_much(what)) }
    }

    /// The pixels of a rectangle on the canvas, which is `times` larger than the picture on each side; and how high it is.
    fn area(&self, rect: Option<Rect>, times: f64) -> (f64, f64) {
        let Some(rect) = rect else { return (0.0, 0.0) };
        let side = |from: f32, to: f32, most: f64| {
            let out = (times - 1.0) / 2.0 * most;
            (f64::from(to).min(most + out) - f64::from(from).max(-out)).max(0.0) + 4.0
        };
        let height = side(rect.top(), rect.bottom(), self.height);
        (side(rect.left(), rect.right(), self.width) * height, height)
    }

    fn nodes(&mut self, group: &Group, transform: Transform) -> Result<(), Refusal> {
        for node in group.children() {
            match node {
                Node::Group(group) => self.group(group, transform)?,
                Node::Path(path) if path.is_visible() => self.path(path, transform)?,
                Node::Image(image) if image.is_visible() => {
                    let pixels = f64::from(image.size().width()) * f64::from(image.size().height());
                    let shown = self.area(image.bounding_box().transform(transform), 5.0).0;
                    self.work(pixels * 2e-5 + shown * 2e-5, "the images")?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn group(&mut self, group: &Group, transform: Transform) -> Result<(), Refusal> {
        let transform = transform.pre_concat(group.transform());
        if !group.should_isolate() {
            return self.nodes(group, transform);
        }
        let before = self.memory;
        let area = self.area(group.layer_bounding_box().transform(transform).map(|r| r.to_rect()), 5.0).0;
        self.layer(area, "the groups")?;
        self.nodes(group, transform)?;
        for filter in group.filters() {
            self.filter(filter, area, transform)?;
        }
        let mut clip = group.clip_path();
        while let Some(path) = clip {
            self.layer(area, "the clipping paths")?;
            self.nodes(path.root(), transform.pre_concat(path.transform()))?;
            clip = path.clip_path();
        }
        let mut mask = group.mask();
        while let Some(path) = mask {
            self.layer(area * 1.5, "the masks")?;
            self.nodes(path.root(), transform)?;
            mask = path.mask();
        }
        self.memory = before;
        Ok(())
    }

    fn layer(&mut self, area: f64, what: &str) -> Result<(), Refusal> {
        self.memory += area * 4.0;
        if self.memory > MEMORY {
            return Err(Refusal::new(format!("{what} of the drawing take too much memory"), "simplify it, or export it as PNG"));
        }
        self.work(area * 1e-5, what)
    }

    fn filter(&mut self, filter: &Filter, area: f64, transform: Transform) -> Result<(), Refusal> {
        let (sx, sy) = transform.get_scale();
        // Each result is kept to the end.
        let before = self.memory;
        for primitive in filter.primitives() {
            self.layer(area * 2.0, "the filters")?;
            // Nanoseconds for a pixel.
            let each = match primitive.kind() {
                Kind::Turbulence(t) => 200.0 * f64::from(t.num_octaves()),
                Kind::ConvolveMatrix(m) => 10.0 * f64::from(m.matrix().columns()) * f64::from(m.matrix().rows()),
                Kind::Morphology(m) => {
                    let side = |radius: f32, scale: f32| (2.0 * f64::from(radius) * f64::from(scale) + 1.0).min(10_000.0);
                    5.0 * side(m.radius_x().get(), sx) * side(m.radius_y().get(), sy)
                }
                Kind::Merge(m) => 10.0 * (2.0 + m.inputs().len() as f64),
                Kind::GaussianBlur(_) | Kind::DropShadow(_) => 100.0,
                Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 200.0,
                Kind::Image(image) => {
                    self.nodes(image.root(), transform)?;
                    30.0
                }
                _ => 30.0,
            };
            self.work(area * each * 1e-6, "the filters")?;
        }
        self.memory = before;
        Ok(())
    }

    fn path(&mut self, path: &Path, transform: Transform) -> Result<(), Refusal> {
        let (lines, length) = edges(path, transform);
        if let Some(fill) = path.fill() {
            let (area, height) = self.area(path.bounding_box().transform(transform), 5.0);
            self.work(scan(lines, length, height) + area * paint_cost(fill.paint()), "the shapes")?;
            self.pattern(fill.paint(), transform)?;
        }
        if let Some(stroke) = path.stroke() {
            let (area, height) = self.area(path.stroke_bounding_box().transform(transform), 5.0);
            let mut pieces = lines * 4.0;
            if let Some(dashes) = stroke.dasharray() {
                let sum: f64 = dashes.iter().map(|d| f64::from(*d)).sum::<f64>().max(1e-9);
                let (sx, sy) = transform.get_scale();
                let scale = f64::from(sx.max(sy)).max(1e-9);
                // Beyond a million, the renderer gives up.
                pieces += (length / scale / sum * dashes.len() as f64).min(1e6) * 8.0;
            }
            self.work(scan(pieces, length * 2.0, height) + area * paint_cost(stroke.paint()), "the outlines")?;
            self.pattern(stroke.paint(), transform)?;
        }
        Ok(())
    }

    fn pattern(&mut self, paint: &Paint, transform: Transform) -> Result<(), Refusal> {
        let Paint::Pattern(pattern) = paint else { return Ok(()) };
        let (sx, sy) = transform.pre_concat(pattern.transform()).get_scale();
        let (w, h) = (f64::from(pattern.rect().width() * sx), f64::from(pattern.rect().height() * sy));
        let before = self.memory;
        self.layer(w * h, "the patterns")?;
        // The pattern is a picture of its own size.
        let outer = (self.width, self.height);
        (self.width, self.height) = (w.min(30_000.0), h.min(30_000.0));
        self.nodes(pattern.root(), Transform::from_scale(sx, sy))?;
        (self.width, self.height) = outer;
        self.memory = before;
        Ok(())
    }
}

/// Milliseconds for filling the area within so many lines.
fn scan(lines: f64, length: f64, height: f64) -> f64 {
    // Each line is built once, and met in every row that it crosses, four times for smooth edges.
    lines * 5e-4 + length.min(lines * height) * 4e-5
}

/// Milliseconds for a pixel.
fn paint_cost(paint: &Paint) -> f64 {
    match paint {
        Paint::Color(_) => 1.5e-6,
        // The stops are gone through at each pixel.
        Paint::LinearGradient(g) => 2e-5 + g.stops().len() as f64 * 1e-6,
        Paint::RadialGradient(g) => 2e-5 + g.stops().len() as f64 * 1e-6,
        Paint::Pattern(_) => 2e-5,
    }
}

/// How many lines a path has once it is drawn with straight ones, and how long they are together, in pixels.
fn edges(path: &Path, transform: Transform) -> (f64, f64) {
    let (sx, sy) = transform.get_scale();
    let scale = f64::from(sx.max(sy));
    let (mut lines, mut length) = (0.0, 0.0);
    let mut from = Point::zero();
    for segment in path.data().segments() {
        let (to, between, cost) = match segment {
            PathSegment::MoveTo(p) => {
                from = p;
                continue;
            }
            PathSegment::LineTo(p) => (p, None, 1.0),
            PathSegment::QuadTo(a, p) => (p, Some([a, a]), 8.0),
            PathSegment::CubicTo(a, b, p) => (p, Some([a, b]), 16.0),
            PathSegment::Close => continue,
        };
        lines += cost;
        let mut last = from;
        for p in between.into_iter().flatten().chain([to]) {
            length += f64::from(last.distance(p)) * scale;
            last = p;
        }
        from = to;
    }
    (lines, length)
}
