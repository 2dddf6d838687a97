use crate::document::records::{self, Formats, Shape};
use crate::source::unmarked_utf16;
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

    /// By how a text begins, for standard input and files without a known ending. A table is one if `formats` know its header.
    pub fn sniff(head: &str, formats: &Formats) -> Format {
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
        if records::is_table(text.as_bytes(), formats) {
            return Format::Csv;
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

/// Whether bytes are no text: a known signature, or a zero byte near the start and no UTF-16 that explains it.
pub fn is_binary(head: &[u8]) -> bool {
    let utf16 = || head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) || unmarked_utf16(head).is_some();
    SIGNATURES.iter().any(|s| head.starts_with(s)) || memchr::memchr(0, &head[..head.len().min(SNIFF)]).is_some() && !utf16()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_by_headers_that_a_format_knows() {
        let is = |head: &str| Format::sniff(head, Formats::builtin()) == Format::Csv;
        assert!(is("company_name;tier;partner_type;slug;office_model\nAcme;gold;partner;acme;\n"));
        assert!(is("\u{FEFF}sep=,\r\nname,tier,website\r\nAcme,gold,https://acme.example\r\n"));
        assert!(is("Ad report\nNovember 2026\nCampaign\tHeadline 1\tDescription 1\tFinal URL\nA\tB\tC\tD\n"));
        for text in [
            "name,tier,website\n",
            "name,tier,website\n\nThese are the columns of the export.\n",
            "| name | tier | website |\n| --- | --- | --- |\n| Acme | gold | x |\n",
            "name | tier | website\n--- | --- | ---\nAcme | gold | x\n",
            "Message, channel\nhello, world\n",
            "Dear partner, we write to you, and to others\nas agreed, today, here\n",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
