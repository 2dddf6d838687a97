//! One page.
use super::Reporter;
use super::about::About;
use crate::engine::Summary;
use crate::finding::Finding;
use std::io::{self, Write};
use std::rc::Rc;
/// The page.
pub struct Html<W> {
    out: W,
    about: Rc<About>,
}
impl<W: Write> Html<W> {
    /// Writes to `out`.
    pub fn new(out: W, about: Rc<About>) -> Self {
        Html { out, about }
    }
}
impl<W: Write> Reporter for Html<W> {
    fn findings(&mut self, _: &[Finding]) -> io::Result<()> {
        Ok(())
    }
    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        let _ = &self.about;
        self.out.flush()
    }
}
