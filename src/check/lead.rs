//! What leads into a block: the heading that it stands under, and the line before the list that it is an item of.

use super::Subject;
use crate::document::{Block, Role};

/// So many blocks before one are looked at.
const MAX_BLOCKS: usize = 40;
/// So much of the source before a block is looked at for the sign of a list item, bytes.
const MAX_BEFORE: usize = 300;
/// Tags that may stand between an item's and its words, apart from those that close something.
const MAX_TAGS: usize = 8;

/// What leads into block `number`: the nearest first.
pub(super) fn leads<'s>(subject: &'s Subject, number: usize) -> Vec<&'s str> {
    let doc = subject.document;
    let Some(own) = doc.blocks.get(number) else { return Vec::new() };
    let mut out = Vec::new();
    let mut in_list = is_item(subject, own);
    let before = doc.blocks[..number].iter().rev().filter(|b| !b.second).take(MAX_BLOCKS);
    for block in before.take_while(|b| b.field == own.field) {
        let text = doc.block_text(block).trim();
        match block.role {
            Role::Heading if own.role == Role::Heading && block.level >= own.level => {}
            Role::Heading => {
                out.push(text);
                break;
            }
            // A sentence that is over leads into nothing.
            Role::Text if in_list && !is_item(subject, block) => {
                out.extend((!text.ends_with(['.', '!', '?', '。', '！', '？'])).then_some(text));
                in_list = false;
            }
            _ => {}
        }
    }
    out
}

/// Whether the author made a block an item of a list: by markup, or by a sign or number at the start of its line.
fn is_item(subject: &Subject, block: &Block) -> bool {
    let Some(first) = subject.document.map.spans(block.start, block.end).first().map(|s| s.start) else { return false };
    let text = subject.source.text();
    let Some(head) = text.get(text.floor_char_boundary(first.saturating_sub(MAX_BEFORE))..first) else { return false };
    has_item_tag(head) || has_item_sign(head)
}

/// Whether a text ends in `<li>`, with nothing but white space and opening tags behind that.
fn has_item_tag(head: &str) -> bool {
    let mut head = head.trim_end();
    for _ in 0..MAX_TAGS {
        let Some((before, tag)) = head.strip_suffix('>').and_then(|h| h.rsplit_once('<')) else { return false };
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("");
        if name.is_empty() {
            return false;
        }
        if name.eq_ignore_ascii_case("li") {
            return true;
        }
        head = before.trim_end();
    }
    false
}

/// Whether the line that a text ends in has nothing but the sign or number of a list item.
fn has_item_sign(head: &str) -> bool {
    let line = head.rsplit(['\n', '\r']).next().unwrap_or("");
    let Some(sign) = line.strip_suffix([' ', '\t']).map(|l| l.trim_matches([' ', '\t', '>'])) else { return false };
    let number = sign.strip_suffix(['.', ')']).is_some_and(|n| !n.is_empty() && n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit()));
    number || matches!(sign, "-" | "*" | "+" | "•" | "–" | "·" | "‣" | "◦")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::element::ElementFilter;
    use crate::engine::{Format, read_source};
    use crate::facts::Facts;
    use crate::source::{DecodeHint, Source};

    fn leads_of(name: &str, format: Format, text: &str, of: &str) -> Vec<String> {
        let source = Source::decode(name, text.as_bytes().to_vec(), DecodeHint::Html);
        let reading = read_source(&source, format, None);
        let (facts, filter) = (Facts::default(), ElementFilter::new([]));
        let subject = Subject::new(&source, &reading.document, crate::document::Kind::Page, &facts, &filter);
        let at = reading.document.text.find(of).expect("it is there");
        leads(&subject, reading.document.block_at(at).expect("a block")).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn headings_and_lines_before_lists_lead() {
        let text = "# Safety\n\nWe never:\n\n1. ask for passwords\n2. share logins\n\nWrite to us. Or call:\n\n- a number\n\n## Do\n\nUse keys.\n\nHow nice.\n\n* an item\n";
        let of = |words| leads_of("a.md", Format::Markdown, text, words);
        assert_eq!(of("share logins"), ["We never:", "Safety"]);
        assert_eq!(of("a number"), ["Write to us. Or call:", "Safety"]);
        assert_eq!(of("Use keys"), ["Do"]);
        assert_eq!(of("an item"), ["Do"]);
        assert_eq!(of("Do"), ["Safety"]);
        assert!(of("Safety").is_empty());
        let html = "<h2>Never</h2><p>Myths:</p><ul><li><p><b>one</b></p></li><li>two</li></ul><p>three</p>";
        let of = |words| leads_of("a.html", Format::Html, html, words);
        assert_eq!(of("two"), ["Myths:", "Never"]);
        assert_eq!(of("one"), ["Myths:", "Never"]);
        assert_eq!(of("three"), ["Never"]);
    }
}
