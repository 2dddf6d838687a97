//! Pages that show nothing to those who do not run their scripts.

use crate::document::{Document, Mark, Role};

/// A page with more text than this, in bytes, says something of its own.
const SHORT: usize = 300;

/// Whether a page has no word in its body for readers without scripts, or only such as stand there until the content comes. Pages that
/// show pictures are no such pages.
pub fn is_wordless(document: &Document) -> bool {
    let own =
        |i: &str| i.starts_with("img") || i.starts_with("svg") || i.starts_with("source") || i.starts_with("object") || i == "embed[src]";
    let mut text = String::new();
    for b in document.blocks.iter().filter(|b| !b.second) {
        // What stands in the head, is read out by machines or comes up under the pointer.
        if matches!(b.role, Role::Title | Role::Meta | Role::JsonLd | Role::Attr)
            || document.marked(Mark::Noscript, b.start, b.end)
            || document.marked(Mark::Hidden, b.start, b.end)
        {
            continue;
        }
        let said = document.block_text(b);
        if said.contains(char::is_alphanumeric) {
            text.push_str(said);
            text.push(' ');
        }
        if text.len() > SHORT {
            return false;
        }
    }
    if text.is_empty() {
        return !document.images.iter().any(|i| own(&i.holder));
    }
    let text = text.to_lowercase();
    let lines = include_str!("../../rules/markup/placeholders.txt").lines();
    lines.map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).any(|l| text.contains(l))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Builder, html};

    #[test]
    fn pages_without_words() {
        let wordless = |page: &str| {
            let mut b = Builder::new();
            html::read(page, &mut b);
            is_wordless(&b.finish())
        };
        for page in [
            "<title>Acme</title><body><div id=root></div><script src=a.js></script>",
            "<title>Just a moment...</title><body><noscript>Enable JavaScript and cookies to continue</noscript><script>x()</script>",
            "<p>Please enable JavaScript to see this page.</p>",
            "<div id=app>Loading…</div>",
            "<frameset cols=\"1,2\"><frame src=a.html></frameset>",
            "<body><iframe src=a.html title=\"Our page\"></iframe>",
            "<script>location.href = 'a.html'</script>",
            "<link rel=icon href=a.png><template><p>text</p></template>",
        ] {
            assert!(wordless(page), "{page}");
        }
        for page in [
            "<p>Hello",
            "<img src=a.png alt=\"\">",
            "<h1>42</h1>",
            &format!("<p>{}</p><p>Loading…</p>", "We write about CRM. ".repeat(20)),
            "<svg><path/></svg>",
        ] {
            assert!(!wordless(page), "{page}");
        }
    }
}
