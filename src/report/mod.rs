//! How findings are shown: one file per format. Knows findings, and nothing of how they came to be.

mod about;
mod card;
mod concise;
mod earlier;
mod hosts;
mod html;
mod json;
mod rich;
mod sarif;
mod style;
mod table;
#[cfg(test)]
mod tests;
mod window;
mod words;
mod xml;

pub use about::{About, Content, Root, RuleHelp};
pub use card::{html as card_as_html, terminal as card_in_terminal};
pub use concise::Concise;
pub use earlier::{HEAD, is_report};
pub use hosts::{GitHub, GitLab, RdJson};
pub use html::Html;
pub use json::{Json, JsonLines};
pub use rich::{Rich, faults as rich_faults, faults_in as rich_faults_in, trouble as rich_trouble};
pub use sarif::Sarif;
pub use style::{Palette, clean};
pub use table::{Csv, Xlsx};
pub use words::NOT_CHECKED;
pub use xml::{Checkstyle, JUnit};

use crate::engine::Summary;
use crate::finding::Finding;
use std::io;

/// The formats there are.
pub const FORMATS: [&str; 13] =
    ["rich", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "checkstyle", "html", "csv", "xlsx"];

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
