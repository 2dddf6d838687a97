//! One finding a line: for editors, grep and people in a hurry.

use super::{Palette, Reporter, clean};
use crate::engine::Summary;
use crate::finding::{Applicability, Finding};
use std::io::{self, Write};

/// `path:line:column: severity[rule] message`.
pub struct Concise<W> {
    out: W,
    palette: Palette,
}

impl<W: Write> Concise<W> {
    /// Writes to `out`.
    pub fn new(out: W, palette: Palette) -> Self {
        Concise { out, palette }
    }
}

impl<W: Write> Reporter for Concise<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings.iter().filter(|f| f.suppressed.is_none()) {
            let place = f.primary.first().map_or(String::new(), |p| format!(":{}:{}", p.line, p.column));
            // An image has no lines: the place is a rectangle of it.
            let region = f.primary.region.filter(|_| f.primary.spans.is_empty());
            let place = region.map_or(place, |r| format!("@{},{}+{}x{}", r.x, r.y, r.width, r.height));
            let severity = self.palette.severity(f.severity, &format!("{}[{}]", f.severity, f.rule));
            let path = clean(&f.primary.path);
            let fix = if f.fix.as_ref().is_some_and(|x| x.applicability != Applicability::Display) { " (fixable)" } else { "" };
            writeln!(self.out, "{}{place}: {severity} {}{fix}", self.palette.bold(&path), clean(&f.message))?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.out.flush()
    }
}
