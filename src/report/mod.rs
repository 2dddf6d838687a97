//! How findings are shown: one file per format. Knows findings, and nothing of how they came to be.

mod card;
mod concise;
mod json;
mod rich;
mod style;
mod window;

pub use card::{html as card_as_html, terminal as card_in_terminal};
pub use concise::Concise;
pub use json::{Json, JsonLines};
pub use rich::{Rich, faults as rich_faults, faults_in as rich_faults_in, trouble as rich_trouble};
pub use style::{Palette, clean};

use crate::engine::Summary;
use crate::finding::Finding;
use std::io;

/// The formats there are.
pub const FORMATS: [&str; 4] = ["rich", "concise", "json", "jsonl"];

/// Writes findings as they come, in their order.
pub trait Reporter {
    /// The findings of one input, or of one stretch of a large one. Formats for people leave suppressed ones out.
    ///
    /// # Errors
    /// What writing gives; a closed pipe is one.
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()>;

    /// The end of the run. Says how many findings were folded into others.
    ///
    /// # Errors
    /// What writing gives.
    fn finish(&mut self, summary: &Summary) -> io::Result<()>;

    /// How many findings were shown as repeats of others so far.
    fn folded(&self) -> usize {
        0
    }
}
