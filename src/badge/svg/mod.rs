//! Drawings: checked, then parsed, then rendered at a size of promolint's choice. The parser and the renderer trust their input more
//! than strangers deserve: they follow references without counting, size bitmaps by what the file says, and read files. [`check`]
//! looks at the text and its elements before the parser does, [`cost`] at the parsed drawing before the renderer does.

mod check;
mod cost;
mod drawing;
mod text;

pub(super) use drawing::Ground;
pub use drawing::{Drawing, DrawingKey, Edit, edits};

use super::intake::{Sort, sniff};
use super::{Encoding, Limits, Picture, Refusal, intake};
use image::{ImageFormat, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, ImageHrefResolver, ImageKind, Options, Tree, roxmltree};
use std::io::Cursor;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Renders a drawing, its longer side `Limits::render` pixels long.
///
/// # Errors
/// What of it cannot be rendered as its readers see it, or costs too much.
pub(super) fn render(bytes: &[u8], limits: &Limits) -> Result<Picture, Refusal> {
    let (tree, moves) = parse(bytes, limits)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let long = limits.render.max(1);
    let scale = long as f32 / width.max(height);
    let side = |length: f32| ((length * scale).round() as u32).clamp(1, long);
    let (w, h) = (side(width), side(height));
    let transform = Transform::from_scale(w as f32 / width, h as f32 / height);
    cost::check(&tree, transform, w, h)?;
    let mut pixmap = Pixmap::new(w, h).ok_or_else(|| Refusal::new("the drawing has no size", "give it a width and a height"))?;
    guarded(|| resvg::render(&tree, transform, &mut pixmap.as_mut()))?;
    let straight: Vec<u8> =
        pixmap.pixels().iter().map(|p| p.demultiply()).flat_map(|p| [p.red(), p.green(), p.blue(), p.alpha()]).collect();
    let pixels = RgbaImage::from_raw(w, h, straight).unwrap_or_default();
    // How many frames an animated drawing has nobody can say: more than one.
    Ok(Picture { pixels, encoding: Encoding::Svg, frames: 1 + u32::from(moves), rough_colours: false, scale: 1.0 / scale })
}

/// What style rules set to give shapes other colours.
const PAINTS: [&str; 8] = ["fill", "stroke", "color", "filter", "opacity", "display", "visibility", "mix-blend-mode"];

/// Whether a drawing's own style rules give it other colours where dark ones are preferred.
pub(super) fn recolours_itself(bytes: &[u8]) -> bool {
    any_element(bytes, |e| {
        let rules = || e.text().unwrap_or_default().to_ascii_lowercase();
        let in_dark = |rules: String| rules.split_once("prefers-color-scheme").is_some_and(|(_, r)| PAINTS.iter().any(|p| r.contains(p)));
        e.tag_name().name() == "style" && in_dark(rules())
    })
}

/// Whether a drawing has a script.
pub(super) fn has_script(bytes: &[u8]) -> bool {
    any_element(bytes, |e| e.tag_name().name() == "script" || e.attributes().any(|a| a.name().starts_with("on")))
}

/// Whether any element of a drawing is so; none of one that cannot be read.
fn any_element(bytes: &[u8], is: impl Fn(roxmltree::Node) -> bool) -> bool {
    let Ok(text) = text::read(bytes) else { return false };
    let xml = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: check::NODES, entity_resolver: None };
    let document = roxmltree::Document::parse_with_options(&text, xml);
    document.is_ok_and(|d| d.descendants().filter(roxmltree::Node::is_element).any(is))
}

/// Parses a drawing that was checked, and says whether it is animated.
fn parse(bytes: &[u8], limits: &Limits) -> Result<(Tree, bool), Refusal> {
    parse_text(&text::read(bytes)?, limits)
}

fn parse_text(text: &str, limits: &Limits) -> Result<(Tree, bool), Refusal> {
    let xml = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: check::NODES, entity_resolver: None };
    let document = roxmltree::Document::parse_with_options(text, xml).map_err(|e| broken(text, &e))?;
    let facts = check::check(&document)?;
    let trouble = Mutex::new(None);
    let tree = guarded(|| tree(&document, limits, &trouble))?;
    if let Some(refusal) = trouble.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(refusal);
    }
    let tree = tree.map_err(|e| match e {
        usvg::Error::InvalidSize => Refusal::new("the drawing has no size", "give it a width and a height, or a viewBox"),
        usvg::Error::ParsingFailed(e) => broken(text, &e),
        e => Refusal::new(format!("the drawing cannot be read: {e}"), "export it again"),
    })?;
    Ok((tree, facts.moves))
}

/// Runs the parser or the renderer. A last resort: both assume in dozens of places that products of numbers from the file are finite
/// and rectangles not empty, and panic where they are not. What is known of it is refused by [`check`]; which products overflow only
/// the parser's own arithmetic tells. Nothing that was half made is used afterwards.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Refusal> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .map_err(|_| Refusal::new("the drawing has numbers that cannot be worked with", "export it again, or as PNG"))
}

/// Hands a checked document to the parser. Nothing but what is in it is read: no file, no address; pictures in it go through the same
/// limits as others, all of them together through that of pixels.
fn tree(document: &roxmltree::Document, limits: &Limits, trouble: &Mutex<Option<Refusal>>) -> Result<Tree, usvg::Error> {
    let pixels = AtomicU64::new(0);
    let refuse = |refusal: Refusal| {
        *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal);
        None
    };
    let resolve_data = |_: &str, data: Arc<Vec<u8>>, _: &Options| {
        if matches!(sniff(&data), Some(Sort::Svg)) {
            return refuse(Refusal::new("the drawing holds another drawing as an image", "insert the other drawing's shapes instead"));
        }
        let picture = match intake::open(&data, limits) {
            Ok(picture) => picture.pixels,
            Err(e) => return refuse(Refusal::new(format!("an image in the drawing cannot be read: {}", e.message), e.help)),
        };
        let count = u64::from(picture.width()) * u64::from(picture.height());
        if pixels.fetch_add(count, Ordering::Relaxed) + count > limits.pixels {
            return refuse(Refusal::new("the images in the drawing have too many pixels", "make them smaller"));
        }
        let mut png = Vec::new();
        picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).ok()?;
        Some(ImageKind::PNG(Arc::new(png)))
    };
    let options = Options {
        image_href_resolver: ImageHrefResolver { resolve_data: Box::new(resolve_data), resolve_string: Box::new(|_, _| None) },
        ..Options::default()
    };
    Tree::from_xmltree(document, &options)
}

/// What the XML reader's error means.
fn broken(text: &str, error: &roxmltree::Error) -> Refusal {
    use roxmltree::Error as E;
    let ends = |close: &str| text.trim_end().ends_with(close);
    match error {
        E::NodesLimitReached => check::too_many(),
        E::EntityReferenceLoop(_) => text::entities(),
        E::UnclosedRootNode | E::UnexpectedEndOfStream => {
            Refusal::new("the SVG file ends before the drawing does", "copy or export it again: a part of it is missing")
        }
        // Cut within a tag or a value.
        _ if !ends(">") => Refusal::new("the SVG file ends before the drawing does", "copy or export it again: a part of it is missing"),
        e => Refusal::new(format!("the SVG file is damaged: {e}"), "export it again from the program it was made with"),
    }
}

#[cfg(test)]
mod tests;
