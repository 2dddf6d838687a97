use crate::document::records::Shape;
use std::path::Path;

/// What a file is written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// HTML.
    Html,
    /// Markdown.
    Markdown,
    /// Markdown with JSX.
    Mdx,
    /// Plain text.
    Text,
    /// reStructuredText.
    Rst,
    /// A record a line.
    Ndjson,
    /// JSON.
    Json,
    /// CSV or TSV.
    Csv,
    /// YAML.
    Yaml,
    /// A picture, of whatever format.
    Image,
}

/// How many bytes are looked at to tell what a file is.
pub const SNIFF: usize = 8192;

impl Format {
    /// By a file's ending.
    pub fn from_name(name: &str) -> Option<Format> {
        let ext = Path::new(name).extension()?.to_str()?.to_ascii_lowercase();
        Some(match ext.as_str() {
            "html" | "htm" | "xhtml" => Format::Html,
            "md" | "markdown" | "mdown" | "mkd" => Format::Markdown,
            "mdx" => Format::Mdx,
            "txt" | "text" => Format::Text,
            "rst" | "rest" => Format::Rst,
            "ndjson" | "jsonl" => Format::Ndjson,
            "json" => Format::Json,
            "csv" | "tsv" => Format::Csv,
            "yaml" | "yml" => Format::Yaml,
            "png" | "apng" | "jpg" | "jpeg" | "jpe" | "jfif" | "webp" | "gif" | "svg" | "svgz" | "ico" => Format::Image,
            // Pictures too; that promolint does not read them is better said than left out.
            "avif" | "heic" | "heif" | "jxl" | "tif" | "tiff" | "bmp" => Format::Image,
            _ => return None,
        })
    }

    /// By how a text begins, for standard input and files without a known ending.
    pub fn sniff(head: &str) -> Format {
        let text = head.trim_start_matches('\u{FEFF}').trim_start();
        let lower = text.get(..text.len().min(512)).unwrap_or(text).to_ascii_lowercase();
        let is_tag = lower.starts_with('<') && lower[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '/');
        if is_tag {
            return Format::Html;
        }
        if text.starts_with('{') {
            let first = text.lines().next().unwrap_or("");
            let more = text.lines().nth(1).is_some_and(|l| l.trim_start().starts_with('{'));
            return if first.trim_end().ends_with('}') && more { Format::Ndjson } else { Format::Json };
        }
        if text.starts_with('[') && text[1..].trim_start().starts_with(['{', '[', '"']) {
            return Format::Json;
        }
        // Markdown reads plain text as plain text, but for lines that are indented.
        Format::Markdown
    }

    /// Whether a file holds records that are read one by one.
    pub fn is_records(self) -> bool {
        self.shape().is_some()
    }

    /// How a file keeps its records, if it holds some.
    pub fn shape(self) -> Option<Shape> {
        Some(match self {
            Format::Ndjson => Shape::Ndjson,
            Format::Json => Shape::Json,
            Format::Csv => Shape::Csv,
            Format::Yaml => Shape::Yaml,
            _ => return None,
        })
    }
}

/// How well-known files that are no text begin.
const SIGNATURES: [&[u8]; 8] = [b"\x89PNG", b"GIF8", b"\xFF\xD8\xFF", b"%PDF", b"PK\x03\x04", b"\x1F\x8B", b"BZh", b"\xFD7zXZ"];

/// Whether bytes are no text: a known signature, or a zero byte near the start and no byte order mark that explains it.
pub fn is_binary(head: &[u8]) -> bool {
    let utf16 = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    SIGNATURES.iter().any(|s| head.starts_with(s)) || !utf16 && memchr::memchr(0, &head[..head.len().min(SNIFF)]).is_some()
}
