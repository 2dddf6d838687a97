//! Whatever content holds, every format says it in a form that its readers read, and says no more than one finding.

use super::{About, Checkstyle, Csv, GitHub, GitLab, Html, JUnit, RdJson, Reporter, Root, Sarif, clean};
use crate::document::Kind;
use crate::engine::Summary;
use crate::finding::{
    Applicability, Confidence, Edit, Excerpt, FINDING_SCHEMA, Finding, Fix, Location, Place, RecordRef, Severity, Trouble,
};
use crate::source::{Source, Span};
use proptest::prelude::*;
use serde_json::Value;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// A finding on the first character of a text; the text is also its message, its note and its record.
pub(super) fn finding(text: &str, path: &str) -> Finding {
    let source = Source::from_text(path, text);
    let end = text.chars().next().map_or(0, char::len_utf8);
    let primary = Location::new(&source, &[Span { start: 0, end }], Some(text.to_owned()), Some(text.to_owned()));
    Finding {
        schema: FINDING_SCHEMA,
        rule: "tm-x".to_owned(),
        pack: "p".to_owned(),
        severity: Severity::Warning,
        confidence: Confidence::Inferred,
        message: text.to_owned(),
        kind: Kind::Page,
        path: Some(path.to_owned()),
        url: None,
        record: Some(RecordRef { index: 0, id: Some(text.to_owned()), field: Some(text.to_owned()), name: None }),
        fix: Some(Fix {
            applicability: Applicability::Safe,
            edits: vec![Edit { path: path.to_owned(), start: 0, end, replacement: text.to_owned(), place: primary.spans[0] }],
            words: text.to_owned(),
            visible: Vec::new(),
        }),
        related: vec![primary.clone()],
        primary,
        notes: vec![text.to_owned()],
        help: Some(text.to_owned()),
        source: None,
        fingerprint: "f".to_owned(),
        also: Vec::new(),
        suppressed: None,
    }
}

/// What a reporter writes of one finding and one input that could not be checked.
fn written<R: Reporter>(make: impl FnOnce(Shared, Rc<About>) -> R, f: &Finding) -> Result<String, TestCaseError> {
    let fail = |e: &dyn std::fmt::Display| TestCaseError::fail(e.to_string());
    let buffer = Shared::default();
    let mut reporter = make(buffer.clone(), Rc::new(About::new([], Root::default())));
    reporter.findings(std::slice::from_ref(f)).map_err(|e| fail(&e))?;
    let summary = Summary { not_checked: vec![Trouble::about(&f.primary.path, &f.message, &f.message)], ..Summary::default() };
    reporter.finish(&summary).map_err(|e| fail(&e))?;
    drop(reporter);
    String::from_utf8(buffer.0.take()).map_err(|e| fail(&e))
}

/// A buffer that outlives what writes to it.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Letters, what formats give a meaning, and characters that some cannot hold.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => "[a-z é😀]{1,6}",
        4 => prop::sample::select(vec![
            "<", ">", "&", "\"", "'", "]]>", "--", "<script>", "</script>", "</style>", "%", "%0A", "::", ",", ";", "=", "+", "-", "@", "\t",
            "\r", "\n", "\0", "\u{1b}[31m", "\u{202e}", "\u{fffe}", "\u{ffff}", "\u{85}", "\u{2028}", "{0}", "[a](1)", "`", "\\", "|", "..", "/",
            "&amp;", "&#0;", "<!--", "-->", "://",
        ])
        .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(pieces, 1..8).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_content_stays_content(text in texts(), path in texts()) {
        let f = finding(&text, &path);
        let fail = |e: &dyn std::fmt::Display, t: &str| TestCaseError::fail(format!("{e}: {t}"));

        let github = written(GitHub::new, &f)?;
        prop_assert_eq!(github.lines().count(), 2);
        prop_assert!(!github.contains('\r') && github.lines().all(|l| l.starts_with("::warning ") || l.starts_with("::error ")));
        prop_assert!(github.lines().all(|l| l.split_once("::").and_then(|(_, l)| l.split_once("::")).is_some_and(|(p, _)| !p.contains("::"))));

        for text in [written(Sarif::new, &f)?, written(GitLab::new, &f)?, written(RdJson::new, &f)?] {
            let value: Value = serde_json::from_str(&text).map_err(|e| fail(&e, &text))?;
            prop_assert!(value.is_object() || value.is_array());
        }
        for (text, tag, n) in [(written(JUnit::new, &f)?, "testcase", 2), (written(Checkstyle::new, &f)?, "error", 2)] {
            let xml = roxmltree::Document::parse(&text).map_err(|e| fail(&e, &text))?;
            prop_assert_eq!(xml.descendants().filter(|d| d.has_tag_name(tag)).count(), n);
        }
        let table = written(Csv::new, &f)?;
        let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(table.as_bytes()).records().collect::<Result<_, _>>().map_err(|e| fail(&e, &table))?;
        prop_assert_eq!(rows.len(), 2);
        prop_assert!(rows.iter().flatten().all(|c| !c.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])));
        // What another separator would cut off is no formula either.
        prop_assert!(rows.iter().flatten().flat_map(|c| c.split([';', '\t'])).all(|c| !c.trim_start_matches('"').starts_with(['=', '+', '-', '@'])));

        let page = scraper::Html::parse_document(&written(Html::new, &f)?);
        let count = |css: &str| scraper::Selector::parse(css).map(|s| page.select(&s).count()).unwrap_or_default();
        prop_assert_eq!((count("article"), count("script"), count("style"), count("h3")), (1, 1, 1, 1));
        let line = scraper::Selector::parse("section.file > .content > .line > code").map_err(|e| fail(&e, ""))?;
        let shown: String = page.select(&line).next().map(|c| c.text().collect()).unwrap_or_default();
        let first: String = f.primary.excerpt.first().map(|e: &Excerpt| clean(&e.text)).unwrap_or_default();
        // U+0000 and the like are shown as U+FFFD; all else comes back.
        prop_assert_eq!(shown, first);
    }

    /// Columns in bytes are those of the line that the place is in.
    #[test]
    fn byte_columns_are_those_of_the_line(before in "[a-zé😀]{0,200}", inside in "[a-zé😀]{1,20}", after in "[a-zé😀]{0,200}") {
        let text = format!("first\n{before}{inside}{after}\nlast");
        let start = 6 + before.len();
        let source = Source::from_text("a.md", text.as_str());
        let location = Location::new(&source, &[Span { start, end: start + inside.len() }], None, None);
        let place: Place = location.spans[0];
        if let Some((from, to)) = super::words::byte_columns(&location.excerpt, &place) {
            prop_assert_eq!((from, to), (before.len() + 1, before.len() + inside.len() + 1));
        } else {
            prop_assert!(before.chars().count() + inside.chars().count() + after.chars().count() > 140);
        }
    }
}
