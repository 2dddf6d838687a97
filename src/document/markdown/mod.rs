//! Markdown: CommonMark with tables, footnotes, task lists and strikethrough, HTML inside it, front matter, MDX, and what site generators
//! add. What HTML and YAML mean is the business of their own readers.

mod links;
mod masks;
mod mdx;
mod reader;
mod tags;
#[cfg(test)]
mod tests;

use super::{Builder, Layer, front_matter};
use pulldown_cmark::{Options, Parser};
use std::borrow::Cow;

/// Reads a Markdown text into `b`; with `mdx`, also imports, expressions and components.
pub fn read(text: &str, b: &mut Builder, mdx: bool) {
    let body = front_matter::read(text, b);
    let masks = masks::find(text, body, mdx);
    let seen: Cow<'_, str> = if masks.is_empty() { text.into() } else { masks::overwrite(text, &masks).into() };
    // No smart punctuation: it would show characters the author did not write.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    let events = Parser::new_ext(&seen[body..], options).into_offset_iter();
    let mut definitions: Vec<_> = events
        .reference_definitions()
        .iter()
        // `[//]: # (words)` is how comments are written: it leads nowhere, and nobody can refer to it.
        .filter(|(label, d)| !(matches!(&*d.dest, "#" | "") && (*label == "comment" || !label.contains(char::is_alphanumeric))))
        .map(|(_, d)| reader::Definition {
            dest: d.dest.to_string(),
            has_title: d.title.is_some(),
            range: d.span.start + body..d.span.end + body,
        })
        .collect();
    definitions.sort_by_key(|d| d.range.start);
    if mdx {
        b.jsx();
    }
    let before = b.enter(Layer::Markdown { mdx });
    let mut reader = reader::Reader::new(text, &seen, &masks, mdx, b);
    for (event, range) in events {
        reader.event(event, range.start + body..range.end + body);
    }
    reader.finish(definitions);
    b.leave(before);
}
