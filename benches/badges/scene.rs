//! A drawing as a list of parts with roles, so that one part can be changed; written as SVG and rendered.

use super::canvas::Canvas;
use super::colour::{self, Rgb};
use super::letters::Line;
use resvg::{tiny_skia, usvg};
use std::fmt::Write as _;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The shape all else stands on.
    Body,
    Rim,
    Panel,
    Icon,
    Ornament,
    Name,
    Tier,
    Year,
    Words,
    SmallPrint,
}

#[derive(Clone, Debug)]
pub enum Shape {
    Path(String),
    Line(Line),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    None,
    Flat(Rgb),
    /// From one colour to the other, at an angle in degrees.
    Fade(Rgb, Rgb, f32),
}

#[derive(Clone, Debug)]
pub struct Item {
    pub role: Role,
    pub shape: Shape,
    pub fill: Fill,
    /// Colour and width.
    pub stroke: Option<(Rgb, f32)>,
    pub opacity: f32,
    /// As SVG writes it.
    pub transform: Option<String>,
}

impl Item {
    /// Whether it is what a mark is known by: its sign, its name, its tier.
    pub fn tells(&self) -> bool {
        matches!(self.role, Role::Icon | Role::Name | Role::Tier | Role::Year | Role::Words)
    }

    pub fn path(role: Role, d: impl Into<String>, c: Rgb) -> Item {
        Item { role, shape: Shape::Path(d.into()), fill: Fill::Flat(c), stroke: None, opacity: 1.0, transform: None }
    }

    pub fn line(role: Role, line: Line, c: Rgb) -> Item {
        Item { role, shape: Shape::Line(line), fill: Fill::Flat(c), stroke: None, opacity: 1.0, transform: None }
    }

    pub fn outlined(role: Role, d: impl Into<String>, c: Rgb, width: f32) -> Item {
        Item { role, shape: Shape::Path(d.into()), fill: Fill::None, stroke: Some((c, width)), opacity: 1.0, transform: None }
    }

    pub fn filled(mut self, fill: Fill) -> Item {
        self.fill = fill;
        self
    }

    pub fn moved(mut self, transform: String) -> Item {
        self.transform = Some(transform);
        self
    }

    pub fn text(&self) -> Option<&Line> {
        match &self.shape {
            Shape::Line(l) => Some(l),
            Shape::Path(_) => None,
        }
    }

    pub fn text_mut(&mut self) -> Option<&mut Line> {
        match &mut self.shape {
            Shape::Line(l) => Some(l),
            Shape::Path(_) => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Scene {
    pub w: f32,
    pub h: f32,
    pub items: Vec<Item>,
}

impl Scene {
    /// Whether it bears the sign of another drawing, path for path, in whatever colours.
    pub fn bears_sign_of(&self, other: &Scene) -> bool {
        let own: Vec<&str> = self.sign().collect();
        other.sign().next().is_some() && other.sign().all(|path| own.contains(&path))
    }

    fn sign(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter(|i| i.role == Role::Icon).filter_map(|i| match &i.shape {
            Shape::Path(path) => Some(path.as_str()),
            Shape::Line(_) => None,
        })
    }

    pub fn new(w: f32, h: f32) -> Scene {
        Scene { w, h, items: Vec::new() }
    }

    pub fn add(&mut self, item: Item) {
        self.items.push(item);
    }

    pub fn svg(&self) -> String {
        let mut defs = String::new();
        let mut body = String::new();
        for (i, item) in self.items.iter().enumerate() {
            let fill = match item.fill {
                Fill::None => "none".to_owned(),
                Fill::Flat(c) => colour::hex(c),
                Fill::Fade(a, b, degrees) => {
                    let (sin, cos) = degrees.to_radians().sin_cos();
                    let _ = write!(
                        defs,
                        r#"<linearGradient id="g{i}" x1="{:.3}" y1="{:.3}" x2="{:.3}" y2="{:.3}"><stop offset="0" stop-color="{}"/><stop offset="1" stop-color="{}"/></linearGradient>"#,
                        0.5 - cos / 2.0,
                        0.5 - sin / 2.0,
                        0.5 + cos / 2.0,
                        0.5 + sin / 2.0,
                        colour::hex(a),
                        colour::hex(b)
                    );
                    format!("url(#g{i})")
                }
            };
            let (d, bold) = match &item.shape {
                Shape::Path(d) => (d.clone(), 0.0),
                Shape::Line(l) => (l.outline(), l.bold * l.fitted().0),
            };
            let _ = write!(body, r#"<path d="{d}" fill="{fill}""#);
            if let Some((c, width)) = item.stroke {
                let _ = write!(
                    body,
                    r#" stroke="{}" stroke-width="{width:.2}" stroke-linejoin="round" stroke-linecap="round""#,
                    colour::hex(c)
                );
            } else if bold > 0.0 {
                let _ = write!(body, r#" stroke="{fill}" stroke-width="{bold:.2}" stroke-linejoin="round""#);
            }
            if item.opacity < 1.0 {
                let _ = write!(body, r#" opacity="{:.2}""#, item.opacity);
            }
            if let Some(t) = &item.transform {
                let _ = write!(body, r#" transform="{t}""#);
            }
            body.push_str("/>\n");
        }
        let (w, h) = (self.w, self.h);
        let defs = if defs.is_empty() { defs } else { format!("<defs>{defs}</defs>\n") };
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n{defs}{body}</svg>\n")
    }

    pub fn render(&self, w: usize, h: usize) -> Canvas {
        render(&self.svg(), w, h).expect("own drawings are valid")
    }
}

/// Renders SVG text to a size.
pub fn render(svg: &str, w: usize, h: usize) -> Option<Canvas> {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).ok()?;
    let mut map = tiny_skia::Pixmap::new(w as u32, h as u32)?;
    let size = tree.size();
    let t = tiny_skia::Transform::from_scale(w as f32 / size.width(), h as f32 / size.height());
    resvg::render(&tree, t, &mut map.as_mut());
    let px = map.pixels().iter().map(|p| [p.red(), p.green(), p.blue(), p.alpha()].map(|v| f32::from(v) / 255.0));
    Some(Canvas { w, h, px: px.collect() })
}

/// The size an SVG says it has.
pub fn size_of(svg: &str) -> Option<(f32, f32)> {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).ok()?;
    Some((tree.size().width(), tree.size().height()))
}

// Shapes.

pub fn rect(x: f32, y: f32, w: f32, h: f32, r: f32) -> String {
    let r = r.min(w / 2.0).min(h / 2.0);
    if r <= 0.0 {
        return format!("M{x:.2} {y:.2}h{w:.2}v{h:.2}h{:.2}Z", -w);
    }
    let (iw, ih) = (w - 2.0 * r, h - 2.0 * r);
    format!(
        "M{:.2} {y:.2}h{iw:.2}a{r:.2} {r:.2} 0 0 1 {r:.2} {r:.2}v{ih:.2}a{r:.2} {r:.2} 0 0 1 {:.2} {r:.2}h{:.2}a{r:.2} {r:.2} 0 0 1 {:.2} {:.2}v{:.2}a{r:.2} {r:.2} 0 0 1 {r:.2} {:.2}Z",
        x + r,
        -r,
        -iw,
        -r,
        -r,
        -ih,
        -r
    )
}

pub fn circle(cx: f32, cy: f32, r: f32) -> String {
    format!("M{:.2} {cy:.2}a{r:.2} {r:.2} 0 1 0 {:.2} 0a{r:.2} {r:.2} 0 1 0 {:.2} 0Z", cx - r, 2.0 * r, -2.0 * r)
}

pub fn ring(cx: f32, cy: f32, outer: f32, inner: f32) -> String {
    // The inner circle runs the other way round, so that it is a hole.
    let r = inner;
    format!("{}M{:.2} {cy:.2}a{r:.2} {r:.2} 0 1 1 {:.2} 0a{r:.2} {r:.2} 0 1 1 {:.2} 0Z", circle(cx, cy, outer), cx - r, 2.0 * r, -2.0 * r)
}

pub fn polygon(points: &[(f32, f32)]) -> String {
    let mut d = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let _ = write!(d, "{}{x:.2} {y:.2}", if i == 0 { 'M' } else { 'L' });
    }
    d.push('Z');
    d
}

/// `n` points on a circle, the first at `start` degrees clockwise from the top.
pub fn around(cx: f32, cy: f32, r: f32, n: usize, start: f32) -> Vec<(f32, f32)> {
    let at = |i: usize| (start + 360.0 * i as f32 / n as f32).to_radians();
    (0..n).map(|i| (cx + r * at(i).sin(), cy - r * at(i).cos())).collect()
}

pub fn star(cx: f32, cy: f32, outer: f32, inner: f32, n: usize, start: f32) -> String {
    let points: Vec<(f32, f32)> = (0..2 * n)
        .map(|i| {
            let r = if i % 2 == 0 { outer } else { inner };
            let a = (start + 180.0 * i as f32 / n as f32).to_radians();
            (cx + r * a.sin(), cy - r * a.cos())
        })
        .collect();
    polygon(&points)
}
