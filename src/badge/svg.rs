//! Drawings.

use super::{Encoding, Limits, Picture, Refusal};

/// Renders a drawing.
pub(super) fn render(_bytes: &[u8], _limits: &Limits) -> Result<Picture, Refusal> {
    let _ = Encoding::Svg;
    Err(Refusal::new("SVG is not read yet", "save it as PNG"))
}
