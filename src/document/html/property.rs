//! Random pages against scraper's own parser.

use super::{Dom, read};
use crate::document::{Builder, Document, is_invisible};
use crate::source::Span;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scraper::{Html, Node};

/// What may stand anywhere, whole or broken.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<a href=x>", "</a>", "<span>", "</span>", "<em>", "<code>",
    "</code>", "<nobr>", "<font color=red>", "</font>", "<u>", "</u>", "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>",
    "<tbody>", "</tbody>", "<thead>", "<tfoot>", "<caption>", "</caption>", "<colgroup>", "<col>", "<ul>", "</ul>", "<ol>", "<li>",
    "</li>", "<dl>", "<dt>", "<dd>", "</dd>", "<h1>", "</h1>", "<h2>", "</h3>", "<pre>", "</pre>", "<pre>\n", "<textarea>", "</textarea>",
    "<textarea>\n", "<select>", "</select>", "<option>", "<optgroup>", "</option>", "<button>", "</button>", "<form>", "</form>",
    "<label>", "</label>", "<input>", "<input type=hidden>", "<img>", "<br>", "</br>", "<hr>", "<wbr>", "<svg>", "</svg>", "<math>",
    "</math>", "<mi>", "</mi>", "<desc>", "</desc>", "<title>", "</title>", "<foreignObject>", "</foreignObject>", "<path/>", "<path>",
    "<g>", "</g>", "<text>", "</text>", "<annotation-xml>", "<![CDATA[x]]>", "<![CDATA[", "]]>", "<!-- c -->", "<!-->", "<!doctype html>",
    "<!x>", "<?php ?>", "</>", "<", ">", "&", "&amp;", "&#0;", "&notit;", "&#x41", "\0", "\r\n", "\r", "\n", " ", "\t", "text", "&nbsp;",
    "&shy;", "<body class=x>", "</body>", "<html lang=de>", "</html>", "<head>", "</head>", "<body title=t>", "<template>", "</template>",
    "<object>", "</object>", "<marquee>", "</marquee>", "<applet>", "<blockquote>", "</blockquote>", "<section>", "</section>",
    "<article>", "<nav>", "</nav>", "<x-y>", "</x-y>", "<style>a{}</style>", "<script>a<b</script>", "<script><!--<script></script>",
    "<iframe>x</iframe>", "<xmp>x</xmp>", "<noembed>x</noembed>", "<ruby>", "<rt>", "<rp>", "<address>", "<center>", "<details>",
    "<summary>", "<meta name=description content=x>", "<link rel=icon href=x>", "<base href=x>", "<image src=x>", "<frameset>", "<frame>",
    "<noframes>x</noframes>", "<plaintext>", "<p title='a&amp;b' title=c>", "<p a=1 b='2' c=\"3\" d>", "<div/>", "<b/>", "<svg/>",
    "<b id=1>", "<b id=2>", "<i lang=fr>", "<span hidden>", "<P CLASS=X>", "</P foo=bar>", "<p/x>", "<p =x>", "<p x=>",
];

/// What may stand between the letters of a word: (source, whether it cuts the span).
#[rustfmt::skip]
const BETWEEN: &[(&str, bool)] = &[
    ("", false), ("", false), ("", false), ("", false), ("", false), ("", false), ("", false), ("", false), ("\u{AD}", false),
    ("&shy;", false), ("\u{200B}", false), ("&ZeroWidthSpace;", false), ("&#8203;", false), ("\u{FEFF}", false), ("<b>", true),
    ("</b>", true), ("<i>", true), ("</i>", true), ("<span>", true), ("</span>", true), ("<code class=x>", true), ("<!-- - -->", true),
    ("</>", true), ("</nothing>", true), ("<u title='x'>", true), ("</u>", true), ("<a>", true), ("</p>", true), ("</div>", true),
    ("<td>", true), ("</td>", true), ("<tr>", true), ("</br>", true), ("<li>", true), ("<em/>", true),
];

/// Elements that the oracle lets a word run through.
const INLINE: &[&str] = &["b", "i", "span", "code", "u", "a", "em", "font", "nobr"];

const ATTRIBUTES: &[&str] = &["alt", "title", "aria-label", "placeholder", "summary", "ALT"];

#[derive(Clone, Debug)]
enum Part {
    Markup(usize),
    /// For each letter: how it is written, and what comes before it.
    Word(Vec<(u8, usize)>),
    /// Attribute, quotes, letters.
    Attribute(usize, u8, Vec<(u8, usize)>),
}

fn part() -> impl Strategy<Value = Part> {
    let letters = || prop::collection::vec((0u8..8, 0..BETWEEN.len()), 4);
    prop_oneof![
        5 => (0..PIECES.len()).prop_map(Part::Markup),
        3 => letters().prop_map(Part::Word),
        1 => (0..ATTRIBUTES.len(), 0u8..3, letters()).prop_map(|(a, q, l)| Part::Attribute(a, q, l)),
    ]
}

struct Planted {
    /// What a reader sees.
    word: String,
    /// Where its letters and what is invisible between them stand, those that touch joined.
    spans: Vec<Span>,
    attribute: bool,
}

/// Writes the page. No two words share a letter but one, so that none comes about by chance.
fn write(parts: &[Part]) -> (String, Vec<Planted>) {
    let mut html = String::new();
    let mut planted = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let (letters, attribute) = match part {
            Part::Markup(i) => {
                html.push_str(PIECES[*i]);
                continue;
            }
            Part::Word(letters) => (letters, None),
            Part::Attribute(name, quote, letters) => (letters, Some((ATTRIBUTES[*name], *quote))),
        };
        let word: String =
            (0..5).map(|k| if k == 2 { 'ß' } else { char::from_u32(0x4E00 + 5 * number as u32 + k).unwrap_or('x') }).collect();
        let quote = match attribute {
            Some((name, quote)) => {
                html.push_str(&format!("<img {name}="));
                ["", "'", "\""][quote as usize]
            }
            None => "",
        };
        html.push_str(quote);
        let mut spans: Vec<Span> = Vec::new();
        let mut put = |html: &mut String, s: &str, seen: bool| {
            let span = Span::new(html.len(), html.len() + s.len());
            html.push_str(s);
            if seen && !s.is_empty() {
                match spans.last_mut() {
                    Some(last) if last.end == span.start => last.end = span.end,
                    _ => spans.push(span),
                }
            }
        };
        for (i, c) in word.chars().enumerate() {
            if i > 0
                && let Some((_, between)) = letters.get(i - 1)
            {
                let (s, cuts) = BETWEEN[*between];
                if !(cuts && attribute.is_some()) {
                    put(&mut html, s, !cuts);
                }
            }
            let spelled = match letters.get(i % letters.len()).map_or(0, |l| l.0) {
                0 => format!("&#{};", c as u32),
                1 => format!("&#x{:x};", c as u32),
                2 if c == 'ß' => "&szlig;".into(),
                3 if i + 1 == word.chars().count() && attribute.is_none() => format!("&#x{:X}", c as u32),
                _ => c.to_string(),
            };
            put(&mut html, &spelled, true);
        }
        html.push_str(quote);
        if attribute.is_some() {
            html.push('>');
        } else {
            html.push(' ');
        }
        planted.push(Planted { word, spans, attribute: attribute.is_some() });
    }
    (html, planted)
}

fn document(html: &str) -> Document {
    let mut b = Builder::new();
    read(html, &mut b);
    b.finish()
}

/// The words of scraper's tree, and those of its attributes: what a reader of the finished tree would search.
fn oracle(html: &Html) -> (String, String) {
    let (mut text, mut attributes) = (String::new(), String::new());
    for edge in html.tree.root().traverse() {
        let (ego_tree::iter::Edge::Open(n) | ego_tree::iter::Edge::Close(n)) = edge;
        let unread = ["script", "style", "iframe", "xmp", "noembed", "noframes", "plaintext", "annotation"];
        if n.ancestors().any(|a| a.value().as_element().is_some_and(|e| unread.contains(&e.name()))) {
            continue;
        }
        match n.value() {
            Node::Text(t) if matches!(edge, ego_tree::iter::Edge::Open(_)) => {
                text.extend(t.chars().filter(|c| !is_invisible(*c) && *c != '\0'));
            }
            Node::Element(e) => {
                if !INLINE.contains(&e.name()) {
                    text.push('\u{1E}');
                }
                for (name, value) in e.attrs() {
                    if ["alt", "title", "aria-label", "placeholder", "summary"].contains(&name) {
                        attributes.extend(value.chars().filter(|c| !is_invisible(*c)));
                        attributes.push('\u{1E}');
                    }
                }
            }
            _ => {}
        }
    }
    (text, attributes)
}

fn check(parts: &[Part]) -> Result<(), TestCaseError> {
    let (html, planted) = write(parts);
    let doc = document(&html);
    let stock = Html::parse_document(&html);
    let dom = Dom::parse(&html, 0);
    prop_assert_eq!(dom.html().html(), stock.html(), "the tree differs for {:?}", html);
    prop_assert_eq!(dom.html().quirks_mode, stock.quirks_mode);
    let (text, attributes) = oracle(&stock);
    for p in &planted {
        let at = doc.text.find(&p.word);
        if let Some(at) = at {
            let spans = doc.map.spans(at, at + p.word.len());
            prop_assert_eq!(&spans, &p.spans, "{:?} in {:?}", p.word, html);
        }
        let shown = if p.attribute { attributes.contains(&p.word) } else { text.contains(&p.word) };
        // Known gaps: text between cells is shown before the table, so that the tree puts together what has a cell in its middle; and parts
        // of tables in a template without a table.
        let around_cell = p.spans.windows(2).any(|w| {
            let between = &html[w[0].end..w[1].start];
            // Nor is misnested formatting followed through elements that are no block by the standard but cut all the same.
            let cut = ["<label", "<option", "<optgroup"].iter().any(|e| html.contains(e)) && between.contains('<');
            let template =
                ["<t", "<ca", "<co"].iter().any(|e| html.replace("<te", "").replace("<ti", "").contains(e)) && html.contains("<template");
            cut || between.contains("td>") || template
        });
        prop_assert!(at.is_some() || !shown || around_cell, "{:?} is not found in {:?}: {:?}", p.word, html, doc.text);
    }
    for n in dom.html().tree.nodes() {
        match n.value() {
            Node::Text(t) => {
                let spans = dom.text_spans(n.id());
                for p in planted.iter().filter(|p| !p.attribute) {
                    let seen: String = t.chars().filter(|c| !is_invisible(*c)).collect();
                    if seen.contains(&p.word) {
                        for s in &p.spans {
                            prop_assert!(spans.iter().any(|t| t.contains(s)), "{:?} of {:?} in {:?}: {:?}", p.word, t, html, spans);
                        }
                    }
                }
            }
            Node::Element(e) => {
                for (name, value) in e.attrs() {
                    let span = dom.attr_span(n.id(), name);
                    prop_assert!(span.is_some(), "attribute {} of {} in {:?}", name, e.name(), html);
                    if let Some(s) = span
                        && !value.is_empty()
                        && !html[s.range()].contains('&')
                    {
                        prop_assert_eq!(&html[s.range()], value, "attribute {} of {} in {:?}", name, e.name(), html);
                    }
                }
                if let Some(s) = dom.tag_span(n.id()) {
                    let tag = html[s.range()].to_ascii_lowercase();
                    let name = e.name().to_ascii_lowercase();
                    prop_assert!(
                        tag.starts_with(&format!("<{name}")) || name == "img" && tag.starts_with("<image"),
                        "{} at {:?}",
                        name,
                        tag
                    );
                    prop_assert!(tag.ends_with('>'));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, rng_seed: RngSeed::Fixed(2), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_keep_their_places(parts in prop::collection::vec(part(), 1..40)) {
        check(&parts)?;
    }

    #[test]
    fn any_text_is_read(html in "(<|>|/|&|#|;|=|'|\"|!|-|\\[|\\]|a|x|b|p|svg|title|noscript|script|CDATA|\\PC|\r|\n|\0| ){0,60}") {
        let doc = document(&html);
        for p in doc.map.pieces() {
            let s = html.get(p.source..p.source + p.source_len);
            prop_assert!(s.is_some(), "{:?} in {:?}", p, html);
            if p.linear && p.text_len > 0 {
                let t = &doc.text[p.text..p.text + p.text_len];
                let spaced = |t: &str| t.replace(|c: char| c.is_whitespace(), " ");
                prop_assert!(Some(spaced(t)) == s.map(spaced), "{:?} in {:?}", p, html);
            }
        }
        let dom = Dom::parse(&html, 0);
        prop_assert_eq!(dom.html().html(), Html::parse_document(&html).html());
    }
}

/// Well-formed nesting: words in blocks and phrases, each element with what marks it.
#[derive(Clone, Debug)]
enum Tree {
    Word,
    Element(usize, usize, Vec<Tree>),
}

const NESTING: &[&str] = &["div", "section", "blockquote", "pre", "nav", "footer", "ul", "span", "code", "kbd", "q", "svg-text", "table"];
const MARKING: &[&str] = &[
    "",
    "",
    "",
    "",
    " hidden",
    " aria-hidden=true",
    " style='color:red; display:none'",
    " lang=de",
    " lang=fr-CA",
    " class=hidden",
    " style=display:block",
];

fn tree() -> impl Strategy<Value = Tree> {
    Just(Tree::Word).prop_recursive(6, 40, 4, |inner| {
        (0..NESTING.len(), 0..MARKING.len(), prop::collection::vec(inner, 0..4)).prop_map(|(e, a, c)| Tree::Element(e, a, c))
    })
}

/// Writes a tree; phrases hold phrases only.
fn grow(t: &Tree, phrase: bool, html: &mut String, words: &mut usize) {
    match t {
        Tree::Word => {
            // Each in an element of its own, which starts a block outside of phrases.
            let (open, close) = if phrase { ("<i>", "</i>") } else { ("<div>", "</div>") };
            html.push_str(&format!("{open}w{words}w{close} "));
            *words += 1;
        }
        Tree::Element(e, a, children) => {
            let name = match NESTING[*e] {
                "svg-text" => "b",
                "table" if phrase => "em",
                name if phrase && !["span", "code", "kbd", "q"].contains(&name) => "u",
                name => name,
            };
            let phrases = phrase || ["span", "code", "kbd", "q", "b", "em", "u", "pre"].contains(&name);
            html.push_str(&format!("<{name}{}>", MARKING[*a]));
            html.push_str(match name {
                "table" => "<tr><td>",
                "ul" => "<li>",
                _ => "",
            });
            for c in children {
                grow(c, phrases, html, words);
            }
            // End tags of cells, rows and items may be left out.
            html.push_str(&format!("</{name}>"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, rng_seed: RngSeed::Fixed(2), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn marks_are_those_of_the_ancestors(t in prop::collection::vec(tree(), 1..5)) {
        use crate::document::{Lang, Mark};
        let (mut html, mut words) = (String::from("<!doctype html>"), 0);
        for t in &t {
            grow(t, false, &mut html, &mut words);
        }
        let doc = document(&html);
        let stock = Html::parse_document(&html);
        for n in stock.tree.nodes() {
            let Node::Text(text) = n.value() else { continue };
            let word = text.trim();
            if word.is_empty() {
                continue;
            }
            let elements = || n.ancestors().filter_map(|a| a.value().as_element());
            let at = doc.text.find(word);
            prop_assert!(at.is_some(), "{} in {}", word, html);
            let at = at.unwrap_or(0);
            for (mark, has) in [
                (Mark::Code, elements().any(|e| ["code", "kbd", "pre"].contains(&e.name()))),
                (Mark::Quote, elements().any(|e| ["q", "blockquote", "cite"].contains(&e.name()))),
                (Mark::Nav, elements().any(|e| e.name() == "nav")),
                (Mark::Footer, elements().any(|e| e.name() == "footer")),
                (Mark::Hidden, elements().any(|e| {
                    e.attr("hidden").is_some() || e.attr("aria-hidden").is_some() || e.attr("style").is_some_and(|s| s.contains("none"))
                })),
            ] {
                prop_assert_eq!(doc.marked(mark, at, at + word.len()), has, "{:?} of {} in {}", mark, word, html);
            }
            let block = &doc.blocks[doc.block_at(at).unwrap_or(0)];
            // A block has one language, that of its first word.
            if block.start == at {
                let lang = elements().find_map(|e| e.attr("lang")).and_then(Lang::from_tag);
                prop_assert_eq!(block.lang, lang, "{} in {}", word, html);
            }
        }
    }
}
