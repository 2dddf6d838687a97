//! Adds entries to the text of a register, every other byte of which stays as it is.

use super::Kind;
use super::partners::write::{list, quoted, scalar};
use super::{ApprovalKind, Day, Status};
use crate::source::Span;
use crate::yaml::{self, Fault, Node, Value};

/// What an empty register of approvals begins with.
pub const EMPTY_APPROVALS: &str =
    "# What the program was asked to approve, and what it said. `promolint approve` adds entries.\napprovals: []\n";

/// An approval to be written.
#[derive(Debug, Clone)]
pub struct NewApproval {
    /// What it is known by.
    pub id: String,
    /// Whose it is.
    pub partner: Option<String>,
    /// What it is for.
    pub kind: ApprovalKind,
    /// What came of the request.
    pub status: Status,
    /// The day of the request or of the answer.
    pub day: Day,
    /// Who answered.
    pub approver: Option<String>,
    /// The last day on which it holds, or `never`.
    pub expires: Option<String>,
    /// Where the content may appear.
    pub channels: Vec<String>,
    /// In which languages or markets.
    pub locales: Vec<String>,
    /// Hashes of the content.
    pub sha256: Vec<String>,
    /// The file, relative to the register.
    pub path: String,
    /// Where it is published.
    pub url: Option<String>,
    /// The words, if they are kept.
    pub text: Option<String>,
}

impl NewApproval {
    /// The entry's lines, the dash at depth `dash` and the keys at depth `keys`.
    fn lines(&self, dash: usize, keys: usize) -> Vec<String> {
        let mut out = Vec::new();
        let mut put = |depth: usize, line: String| out.push(format!("{}{line}", " ".repeat(depth)));
        put(dash, format!("-{}id: {}", " ".repeat(keys - dash - 1), scalar(&self.id)));
        if let Some(p) = &self.partner {
            put(keys, format!("partner: {}", scalar(p)));
        }
        put(keys, format!("kind: {}", self.kind.name()));
        put(keys, format!("status: {}", self.status));
        let day = if self.status == Status::Requested { "requested_on" } else { "decided_on" };
        put(keys, format!("{day}: {}", self.day));
        if let Some(a) = &self.approver {
            put(keys, format!("approver: {}", scalar(a)));
        }
        if let Some(e) = &self.expires {
            put(keys, format!("expires_on: {e}"));
        }
        for (key, values) in [("channels", &self.channels), ("locales", &self.locales)] {
            if !values.is_empty() {
                put(keys, format!("{key}: {}", list(values)));
            }
        }
        put(keys, "content:".into());
        match &self.sha256[..] {
            [one] => put(keys + 2, format!("sha256: {one}")),
            many => {
                put(keys + 2, "sha256:".into());
                many.iter().for_each(|h| put(keys + 4, format!("- {h}")));
            }
        }
        put(keys + 2, format!("path: {}", scalar(&self.path)));
        if let Some(u) = &self.url {
            put(keys + 2, format!("url: {}", quoted(u)));
        }
        if let Some(t) = &self.text {
            put(keys + 2, format!("text: {}", quoted(t)));
        }
        out
    }
}

/// The register's text with the approval behind the last one.
///
/// # Errors
/// The text is no YAML, its list is written in one line, or the id is taken.
pub fn append(text: &str, new: &NewApproval) -> Result<String, Fault> {
    append_entry(text, Kind::Approvals, &new.id, &|dash, keys| new.lines(dash, keys))
}

/// The register's text with an entry behind the last one. `lines` gives its lines, the dash and the keys at these depths.
///
/// # Errors
/// The text is no YAML, its list is written in one line, or the id is taken.
pub(super) fn append_entry(text: &str, kind: Kind, id: &str, lines: &dyn Fn(usize, usize) -> Vec<String>) -> Result<String, Fault> {
    let name = kind.name();
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let bare = text.trim_start_matches('\u{FEFF}').lines().all(|l| l.trim().is_empty() || l.trim_start().starts_with('#'));
    let join = |lines: Vec<String>| lines.into_iter().map(|l| l + newline).collect::<String>();
    if bare {
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
        return Ok(format!("{text}{gap}{name}:{newline}{}", join(lines(2, 4))));
    }
    let root = yaml::parse(text).map_err(|e| Fault::new(e.span, e.message.clone(), e.help()))?;
    let Some((key, list)) = root.as_map().and_then(|m| m.iter().find(|(k, _)| k.as_str() == Some(name))) else {
        return Err(Fault::new(Span::at(0), format!("this register has no list of {name}"), format!("add `{name}: []`")));
    };
    let items = list.as_seq().unwrap_or_default();
    let same = |n: &&Node| n.get("id").and_then(Node::scalar_text).is_some_and(|i| i.eq_ignore_ascii_case(id));
    if let Some(at) = items.iter().find(same).and_then(|n| n.get("id")) {
        let what = name.trim_end_matches('s');
        return Err(Fault::new(at.span, format!("the {what} `{id}` is there already"), "give the new one another id"));
    }
    let column = |at: usize| at - text[..at].rfind('\n').map_or(0, |i| i + 1);
    let line_end = |at: usize| text[at..].find('\n').map(|i| at + i + 1);
    let Some((first, last)) = items.first().zip(items.last()) else {
        // `[]`, `none` or nothing: the value goes, a comment behind it stays.
        let value = if matches!(list.value, Value::Null) { Span::at(key.span.end) } else { list.span };
        let colon = text[key.span.end..].find(':').map_or(key.span.end, |i| key.span.end + i + 1);
        let end = line_end(value.end.max(colon)).unwrap_or(text.len());
        let rest = text.get(value.end.max(colon)..end).unwrap_or("").trim_end();
        let gap = if rest.is_empty() || rest.starts_with(' ') { "" } else { " " };
        let added = join(lines(column(key.span.start) + 2, column(key.span.start) + 4));
        return Ok(format!("{}{gap}{rest}{newline}{added}{}", &text[..colon], &text[end..]));
    };
    let dash = text[..first.span.start].rfind('-').filter(|d| text[d + 1..first.span.start].trim().is_empty());
    let Some(dash) = dash.filter(|_| text.as_bytes().get(list.span.start) != Some(&b'[')) else {
        return Err(Fault::new(
            Span::new(list.span.start, list.span.start + 1),
            "this list is written between brackets",
            "write its entries line by line, each behind a dash",
        ));
    };
    // An entry between braces begins with its brace, where keys stand one further on.
    let (dash, keys) = (column(dash), column(first.span.start).max(column(dash) + 2));
    let keys = if first.span.start > 0 && text[..first.span.start].rfind('\n') > text[..dash].rfind('\n') && keys > dash + 8 {
        dash + 2
    } else {
        keys
    };
    let added = join(lines(dash, keys));
    Ok(match line_end(last.span.end.saturating_sub(1).max(last.span.start)) {
        Some(end) => format!("{}{added}{}", &text[..end], &text[end..]),
        None => format!("{text}{newline}{added}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Approvals;

    fn new(id: &str) -> NewApproval {
        NewApproval {
            id: id.into(),
            partner: Some("acme".into()),
            kind: ApprovalKind::Press,
            status: Status::Approved,
            day: Day::parse("2026-11-21").expect("a day"),
            approver: None,
            expires: Some("2027-01-01".into()),
            channels: vec!["website".into()],
            locales: Vec::new(),
            sha256: vec!["ab".repeat(32)],
            path: "press/a.md".into(),
            url: Some("https://acme.example/a?b=1#c".into()),
            text: Some("Two\nlines: \"quoted\" #1".into()),
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        let entry = "id: one, status: approved, content: {sha256: ";
        let hash = "cd".repeat(32);
        for before in [
            String::new(),
            "# only words".to_owned(),
            EMPTY_APPROVALS.to_owned(),
            "approvals: [] # none yet\n\n# the end\n".to_owned(),
            "approvals: none".to_owned(),
            "complete: true\napprovals:\n  - id: one # first\n    status: requested\n\n  # a word at the end\nchecked_on: 2026-01-01\n"
                .to_owned(),
            "approvals:\n- id: one\n  status: rejected\n  notes: |\n    a\n    b\n".to_owned(),
            "approvals:\r\n    -   id: one\r\n        status: rejected\r\n".to_owned(),
            format!("approvals:\n  - {{{entry}{hash}}}}}"),
            "approvals:\n  -\n    id: one\n    status: withdrawn".to_owned(),
        ] {
            let after = append(&before, &new("two")).unwrap_or_else(|f| panic!("{before:?}: {f:?}"));
            let read = Approvals::read("a.yaml", after.clone().into_bytes()).unwrap_or_else(|b| panic!("{after}\n{:?}", b.faults));
            let a = read.by_id("two").unwrap_or_else(|| panic!("{after}"));
            assert_eq!(a.texts[0].value, "Two\nlines: \"quoted\" #1");
            assert_eq!(a.urls[0].value, "https://acme.example/a?b=1#c");
            let old = Approvals::read("a.yaml", before.clone().into_bytes()).map_or(0, |r| r.len());
            assert_eq!(read.len(), old + 1);
            let mut rest = after.lines().peekable();
            for line in before.lines().filter(|l| !l.starts_with("approvals:")) {
                assert!(rest.any(|l| l == line), "{line:?} is gone:\n{after}");
            }
            assert_eq!(before.contains("# none yet"), after.contains("# none yet"));
            assert!(!before.contains("\r\n") || after.lines().count() == after.matches("\r\n").count());
        }
    }

    #[test]
    fn what_cannot_be_appended_to() {
        let message = |text: &str| append(text, &new("one")).expect_err("refused").message;
        assert!(message("approvals:\n  - {id: ONE, status: requested}\n").contains("there already"));
        assert!(message("approvals: [{id: two, status: requested}]\n").contains("brackets"));
        assert!(message("partners: []\n").contains("no list"));
        assert!(!message("approvals: [\n").is_empty());
    }
}
