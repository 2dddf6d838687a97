//! From a parsed drawing to its outlines and what they are painted with.

use super::place::{Affine, Area, Point, apply};
use crate::badge::Refusal;
use resvg::tiny_skia::{PathSegment, Transform};
use resvg::usvg::filter::Kind;
use resvg::usvg::{self, Group, ImageKind, Node, Tree, roxmltree};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// The most outlines, and the most lines and curves of all of them: beyond it, pixels are compared.
const OUTLINES: usize = 3_000;
const SEGMENTS: usize = 60_000;

/// Elements of the file, by the ids they carry.
pub(super) type Elements = FxHashMap<String, Element>;

/// An element of the file.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// Its start tag, in bytes of the file.
    pub span: Range<usize>,
    /// What messages call it: its name, and its id if it has one.
    pub name: String,
}

/// Longer ids are not shown.
const MAX_ID: usize = 32;

/// A drawing as outlines, in the order in which they are painted.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    /// Width and height, the longer 1.
    pub frame: Point,
    /// Pixels of the file for 1.
    pub unit: f32,
    pub styles: Vec<Style>,
    pub outlines: Vec<Outline>,
    pub elements: Elements,
}

/// What an outline is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Fill,
    Stroke,
    Clip,
    Mask,
}

/// One outline: of a path with holes, there are several.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub role: Role,
    /// Its place among the styles; outlines of one path share it.
    pub style: usize,
    /// Along it, curves as short lines.
    pub points: Vec<Point>,
    /// The ends of its lines and curves, as written.
    pub ends: Vec<Point>,
    pub area: Area,
    /// Cut out of what surrounds it.
    pub hole: bool,
}

/// How a path is painted.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Style {
    pub paint: Paint,
    pub opacity: f32,
    pub stroke: Option<Stroke>,
    pub effects: Vec<Effect>,
    /// The element it comes from, or the nearest group around it that has an id.
    pub id: String,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Paint {
    Colour([u8; 3]),
    /// Two points along a linear one; the middle and two points on the rim of a radial one.
    Gradient {
        points: Vec<Point>,
        stops: Vec<(f32, [u8; 3], f32)>,
    },
    /// What it is made of.
    Pattern(Vec<[u8; 3]>),
    Image(Arc<Vec<u8>>),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Stroke {
    pub width: f32,
    pub ends: (usvg::LineCap, usvg::LineJoin),
    pub dashes: Vec<f32>,
}

/// What a group does to what it holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Effect {
    Shadow,
    Blur,
    Blend(usvg::BlendMode),
    Filter,
}

impl Shapes {
    /// Takes a drawing apart.
    ///
    /// # Errors
    /// It has nothing to compare, or too much.
    pub(super) fn new(tree: &Tree, elements: Elements) -> Result<Shapes, Refusal> {
        let unit = tree.size().width().max(tree.size().height());
        let frame = [tree.size().width() / unit, tree.size().height() / unit];
        let mut walk = Walk { shapes: Shapes { frame, unit, styles: Vec::new(), outlines: Vec::new(), elements }, segments: 0 };
        let context = Context { opacity: 1.0, effects: Vec::new(), id: "" };
        walk.group(tree.root(), Transform::from_scale(1.0 / unit, 1.0 / unit), &context)?;
        if walk.shapes.outlines.is_empty() {
            return Err(Refusal::new("the drawing shows nothing", "export it again"));
        }
        Ok(walk.shapes)
    }

    pub(super) fn area(&self) -> Area {
        self.outlines.iter().map(|o| o.area).fold(Area::NONE, Area::with)
    }
}

/// What the groups around a path say.
struct Context<'a> {
    opacity: f32,
    effects: Vec<Effect>,
    id: &'a str,
}

/// The points along an outline, and the ends of its lines and curves.
type Line = (Vec<Point>, Vec<Point>);

struct Walk {
    shapes: Shapes,
    segments: usize,
}

impl Walk {
    fn group(&mut self, group: &Group, transform: Transform, context: &Context) -> Result<(), Refusal> {
        let transform = transform.pre_concat(group.transform());
        let mut inner = Context {
            opacity: context.opacity * group.opacity().get(),
            effects: context.effects.clone(),
            id: if group.id().is_empty() { context.id } else { group.id() },
        };
        if inner.opacity < 0.004 {
            return Ok(());
        }
        inner.effects.extend(group.filters().iter().filter_map(|f| effect(f)));
        if group.blend_mode() != usvg::BlendMode::Normal {
            inner.effects.push(Effect::Blend(group.blend_mode()));
        }
        let mut clip = group.clip_path();
        while let Some(path) = clip {
            self.bounds(path.root(), transform.pre_concat(path.transform()), Role::Clip, group, transform)?;
            clip = path.clip_path();
        }
        let mut mask = group.mask();
        while let Some(path) = mask {
            self.bounds(path.root(), transform, Role::Mask, group, transform)?;
            mask = path.mask();
        }
        for node in group.children() {
            match node {
                Node::Group(group) => self.group(group, transform, &inner)?,
                Node::Path(path) if path.is_visible() => self.path(path, transform, &inner)?,
                Node::Image(image) if image.is_visible() => {
                    let ImageKind::PNG(data) = image.kind() else { continue };
                    let (w, h) = (image.size().width(), image.size().height());
                    let corners = [[0.0, 0.0], [w, 0.0], [w, h], [0.0, h], [0.0, 0.0]].map(|p| apply(&affine(transform), p));
                    let outline = vec![(corners.to_vec(), corners[..4].to_vec())];
                    self.add(
                        Role::Fill,
                        usvg::FillRule::NonZero,
                        outline,
                        style(Paint::Image(data.clone()), inner.opacity, None, &inner, image.id()),
                    )?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn path(&mut self, path: &usvg::Path, transform: Transform, context: &Context) -> Result<(), Refusal> {
        let map = affine(transform);
        if let Some(fill) = path.fill()
            && context.opacity * fill.opacity().get() >= 0.004
        {
            let paint = paint(fill.paint(), transform);
            let outlines = self.flatten(path, &map, true)?;
            self.add(Role::Fill, fill.rule(), outlines, style(paint, context.opacity * fill.opacity().get(), None, context, path.id()))?;
        }
        if let Some(stroke) = path.stroke()
            && context.opacity * stroke.opacity().get() >= 0.004
        {
            let scale = (map[0] * map[4] - map[1] * map[3]).abs().sqrt();
            let line = Stroke {
                width: stroke.width().get() * scale,
                ends: (stroke.linecap(), stroke.linejoin()),
                dashes: stroke.dasharray().unwrap_or_default().iter().map(|d| d * scale).collect(),
            };
            let paint = paint(stroke.paint(), transform);
            let outlines = self.flatten(path, &map, false)?;
            self.add(
                Role::Stroke,
                usvg::FillRule::NonZero,
                outlines,
                style(paint, context.opacity * stroke.opacity().get(), Some(line), context, path.id()),
            )?;
        }
        Ok(())
    }

    /// The outlines of a clipping path or mask, unless all that it holds is within it.
    fn bounds(&mut self, root: &Group, transform: Transform, role: Role, held: &Group, outer: Transform) -> Result<(), Refusal> {
        let box_of = |r: usvg::Rect, t: Transform| r.transform(t).map(|r| Area { low: [r.left(), r.top()], high: [r.right(), r.bottom()] });
        let before = (self.shapes.styles.len(), self.shapes.outlines.len());
        let context = Context { opacity: 1.0, effects: Vec::new(), id: held.id() };
        self.group(root, transform, &context)?;
        let inside = box_of(held.bounding_box(), outer);
        let added = &mut self.shapes.outlines[before.1..];
        if let ([only], Some(inside)) = (&*added, inside) {
            // What lies beyond the picture is cut off by it.
            let seen = Area {
                low: inside.low.map(|v| v.max(0.0)),
                high: [inside.high[0].min(self.shapes.frame[0]), inside.high[1].min(self.shapes.frame[1])],
            };
            let rectangle = only.ends.len() <= 5 && only.ends.iter().all(|p| on_rim(p, &only.area));
            let most = super::TOLERANCE;
            let around = (0..2).all(|i| only.area.low[i] <= seen.low[i] + most && only.area.high[i] >= seen.high[i] - most);
            let white = matches!(self.shapes.styles[only.style].paint, Paint::Colour([255, 255, 255])) || role == Role::Clip;
            if rectangle && around && white {
                self.shapes.outlines.truncate(before.1);
                self.shapes.styles.truncate(before.0);
                return Ok(());
            }
        }
        for outline in added {
            outline.role = role;
        }
        if role == Role::Clip {
            // Only their outlines count.
            self.shapes.styles[before.0..].iter_mut().for_each(|s| s.paint = Paint::Colour([0; 3]));
        }
        Ok(())
    }

    /// The outlines of a path: along them, and their ends.
    fn flatten(&mut self, path: &usvg::Path, map: &Affine, close: bool) -> Result<Vec<Line>, Refusal> {
        let mut outlines: Vec<Line> = Vec::new();
        let at = |p: resvg::tiny_skia::Point| apply(map, [p.x, p.y]);
        for segment in path.data().segments() {
            self.segments += 1;
            if self.segments > SEGMENTS {
                return Err(too_much());
            }
            if let PathSegment::MoveTo(p) = segment {
                outlines.push((vec![at(p)], vec![at(p)]));
                continue;
            }
            let Some((points, ends)) = outlines.last_mut() else { continue };
            let from = *points.last().unwrap_or(&[0.0; 2]);
            let to = match segment {
                PathSegment::LineTo(p) => at(p),
                PathSegment::QuadTo(a, p) => {
                    let (a, p) = (at(a), at(p));
                    curve(points, from, mix(from, a, 2.0 / 3.0), mix(p, a, 2.0 / 3.0), p);
                    p
                }
                PathSegment::CubicTo(a, b, p) => {
                    let p = at(p);
                    curve(points, from, at(a), at(b), p);
                    p
                }
                PathSegment::Close | PathSegment::MoveTo(_) => points[0],
            };
            if !near(to, *points.last().unwrap_or(&to)) {
                points.push(to);
            }
            if !near(to, *ends.last().unwrap_or(&to)) && !near(to, ends[0]) {
                ends.push(to);
            }
        }
        for (points, _) in &mut outlines {
            let first = points[0];
            if close && points.last() != Some(&first) {
                points.push(first);
            }
        }
        Ok(outlines)
    }

    fn add(&mut self, role: Role, rule: usvg::FillRule, outlines: Vec<Line>, style: Style) -> Result<(), Refusal> {
        let (frame, first) = (self.shapes.frame, self.shapes.outlines.len());
        let number = self.shapes.styles.len();
        for (points, ends) in outlines {
            let area = Area::of(points.iter().copied());
            let out = (0..2).any(|i| area.high[i] < 0.0 || area.low[i] > frame[i]);
            let flat = role == Role::Fill && (area.width() < 1e-5 || area.height() < 1e-5);
            // Neither is seen.
            if out || flat || points.iter().flatten().any(|v| !v.is_finite()) || points.len() < 2 {
                continue;
            }
            self.shapes.outlines.push(Outline { role, style: number, points, ends, area, hole: false });
        }
        if self.shapes.outlines.len() > OUTLINES {
            return Err(too_much());
        }
        let new = &mut self.shapes.outlines[first..];
        if new.is_empty() {
            return Ok(());
        }
        if role == Role::Fill && (2..400).contains(&new.len()) {
            let ways: Vec<i32> = new.iter().map(|o| if turns_right(&o.points) { 1 } else { -1 }).collect();
            let holes: Vec<bool> = (0..new.len())
                .map(|i| {
                    let around = (0..new.len()).filter(|j| *j != i && contains(&new[*j], &new[i]));
                    match rule {
                        usvg::FillRule::EvenOdd => around.count() % 2 == 1,
                        usvg::FillRule::NonZero => ways[i] + around.map(|j| ways[j]).sum::<i32>() == 0,
                    }
                })
                .collect();
            new.iter_mut().zip(holes).for_each(|(o, hole)| o.hole = hole);
        }
        self.shapes.styles.push(style);
        Ok(())
    }
}

fn too_much() -> Refusal {
    Refusal::new("the drawing has too many outlines to be compared one by one", "simplify it")
}

fn style(paint: Paint, opacity: f32, stroke: Option<Stroke>, context: &Context, id: &str) -> Style {
    let id = if id.is_empty() { context.id } else { id };
    Style { paint, opacity, stroke, effects: context.effects.clone(), id: id.to_owned() }
}

fn affine(t: Transform) -> Affine {
    [t.sx, t.kx, t.tx, t.ky, t.sy, t.ty]
}

fn near(a: Point, b: Point) -> bool {
    (a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6
}

fn mix(a: Point, b: Point, t: f32) -> Point {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]
}

/// Sixteen lines: of a quarter of a circle, they are a thousandth of its radius away.
fn curve(points: &mut Vec<Point>, p: Point, a: Point, b: Point, q: Point) {
    for i in 1..16 {
        let t = i as f32 / 16.0;
        let (ab, bc, cd) = (mix(p, a, t), mix(a, b, t), mix(b, q, t));
        points.push(mix(mix(ab, bc, t), mix(bc, cd, t), t));
    }
    points.push(q);
}

fn on_rim(p: &Point, area: &Area) -> bool {
    (0..2).any(|i| (p[i] - area.low[i]).abs() < 1e-4 || (p[i] - area.high[i]).abs() < 1e-4)
}

/// Whether an outline goes clockwise.
fn turns_right(points: &[Point]) -> bool {
    points.windows(2).map(|s| f64::from(s[0][0]) * f64::from(s[1][1]) - f64::from(s[1][0]) * f64::from(s[0][1])).sum::<f64>() > 0.0
}

/// Whether most of the one outline's points lie within the other; of those on its rim nobody can say.
fn contains(outer: &Outline, inner: &Outline) -> bool {
    let (o, i) = (&outer.area, &inner.area);
    if i.width() * i.height() > o.width() * o.height() || o.shared(i) <= 0.0 {
        return false;
    }
    let within = |[x, y]: Point| {
        let crossed = outer.points.windows(2).filter(|s| {
            let [[ax, ay], [bx, by]] = [s[0], s[1]];
            (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
        });
        crossed.count() % 2 == 1
    };
    let step = (inner.points.len() / 9).max(1);
    let points = inner.points.iter().step_by(step);
    let count = points.len();
    points.filter(|p| within(**p)).count() * 2 > count
}

fn paint(paint: &usvg::Paint, transform: Transform) -> Paint {
    let stops = |g: &usvg::BaseGradient| {
        g.stops().iter().map(|s| (s.offset().get(), [s.color().red, s.color().green, s.color().blue], s.opacity().get())).collect()
    };
    let through = |t: Transform, points: &[Point]| points.iter().map(|p| apply(&affine(transform.pre_concat(t)), *p)).collect();
    match paint {
        usvg::Paint::Color(c) => Paint::Colour([c.red, c.green, c.blue]),
        usvg::Paint::LinearGradient(g) => {
            Paint::Gradient { points: through(g.transform(), &[[g.x1(), g.y1()], [g.x2(), g.y2()]]), stops: stops(g) }
        }
        usvg::Paint::RadialGradient(g) => {
            let r = g.r().get();
            let points = [[g.cx(), g.cy()], [g.cx() + r, g.cy()], [g.cx(), g.cy() + r]];
            Paint::Gradient { points: through(g.transform(), &points), stops: stops(g) }
        }
        usvg::Paint::Pattern(p) => {
            let mut colours = Vec::new();
            collect_colours(p.root(), &mut colours);
            Paint::Pattern(colours)
        }
    }
}

fn collect_colours(group: &Group, colours: &mut Vec<[u8; 3]>) {
    for node in group.children() {
        match node {
            Node::Group(g) => collect_colours(g, colours),
            Node::Path(p) => {
                let paints = p.fill().map(usvg::Fill::paint).into_iter().chain(p.stroke().map(usvg::Stroke::paint));
                colours.extend(paints.map(|p| if let usvg::Paint::Color(c) = p { [c.red, c.green, c.blue] } else { [0; 3] }));
            }
            _ => {}
        }
    }
}

fn effect(filter: &usvg::filter::Filter) -> Option<Effect> {
    let is = |f: fn(&Kind) -> bool| filter.primitives().iter().any(|p| f(p.kind()));
    let blurs = is(|k| matches!(k, Kind::GaussianBlur(_)));
    let merges = is(|k| matches!(k, Kind::Merge(_) | Kind::Composite(_)));
    let shadow = is(|k| matches!(k, Kind::DropShadow(_))) || blurs && (merges || is(|k| matches!(k, Kind::Offset(_) | Kind::Blend(_))));
    let empty = filter.primitives().is_empty();
    (!empty).then_some(if shadow {
        Effect::Shadow
    } else if blurs {
        Effect::Blur
    } else {
        Effect::Filter
    })
}

/// The text with an id at every element that may be drawn and has none, and where the elements with ids lie in the file: the parser
/// keeps ids, and no places. None if the text cannot be read, or uses such ids.
pub(super) fn with_ids(text: &str, offset: usize) -> Option<(String, Elements)> {
    const ID: &str = "promolint-";
    if text.contains(ID) {
        return None;
    }
    let options = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: super::super::check::NODES, entity_resolver: None };
    let document = roxmltree::Document::parse_with_options(text, options).ok()?;
    let drawn = ["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image", "g", "use", "a", "svg"];
    let mut named = String::with_capacity(text.len() + 1024);
    let mut elements = Elements::default();
    let mut copied = 0;
    for (number, node) in document.descendants().filter(|n| n.is_element() && drawn.contains(&n.tag_name().name())).enumerate() {
        let start = node.range().start;
        let tag = text.get(start..)?;
        let span = start + offset..start + offset + start_tag(tag)?;
        let own = node.attribute("id");
        let shown = own.filter(|id| id.len() <= MAX_ID).map_or(String::new(), |id| format!(" id={id}"));
        let element = Element { span, name: format!("<{}{shown}>", node.tag_name().name()) };
        if let Some(id) = own {
            elements.entry(id.to_owned()).or_insert(element);
            continue;
        }
        let name = tag.find(|c: char| c.is_whitespace() || c == '/' || c == '>')?;
        named.push_str(text.get(copied..start + name)?);
        copied = start + name;
        let id = format!("{ID}{number}");
        named.push_str(&format!(" id=\"{id}\""));
        elements.insert(id, element);
    }
    named.push_str(text.get(copied..)?);
    Some((named, elements))
}

/// How long a start tag is, bytes.
fn start_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, b) in text.bytes().enumerate() {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            (None, b'>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}
