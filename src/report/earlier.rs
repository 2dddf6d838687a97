//! What promolint wrote in an earlier run is known by how it begins. Each of the formats is told here; nothing is written.

/// So many bytes of a file are enough to tell.
pub const HEAD: usize = 16 << 10;

/// Beginnings that no other program writes.
const BEGINNINGS: [&str; 8] = [
    "{\"schema\":\"promolint",
    "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\",\"originalUriBaseIds\":{\"%SRCROOT%\"",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"promolint\">",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n</checkstyle>",
    "{\"source\":{\"name\":\"promolint\"}",
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-",
    "\"severity\",\"rule\",\"message\",\"file\",\"line\",\"column\",",
    "[\n{\"type\":\"issue\",\"check_name\":\"",
];

/// Whether a file that begins so is empty, or a report of promolint's in any of its formats.
pub fn is_report(head: &[u8]) -> bool {
    if head.starts_with(b"PK\x03\x04") {
        // Of a spreadsheet, the names of its parts are all that is not packed.
        return head.get(30..).is_some_and(|h| h.starts_with(b"[Content_Types].xml"));
    }
    let head = String::from_utf8_lossy(head);
    let line = head.lines().next().unwrap_or_default();
    let severities = ["error", "warning", "note"];
    let xml = || head.starts_with("<?xml") && head.contains("<checkstyle") && head.contains("source=\"promolint.");
    head.trim().is_empty()
        || head.trim() == "[]"
        || BEGINNINGS.iter().any(|b| head.starts_with(b))
        || xml()
        || severities.iter().any(|s| line.starts_with(&format!("{s}[")) || line.contains(&format!(": {s}[")))
        || line.starts_with("::") && line.contains("title=promolint")
}
