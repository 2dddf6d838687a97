//! Addresses of pictures in style sheets and `style` attributes. What a declaration does to an element is not known here.

use cssparser::{CowRcStr, Parser, Token};
use std::borrow::Cow;
use std::ops::Range;

/// Blocks and brackets nested deeper than this are not looked into.
const MAX_NESTING: u8 = 40;

/// Whether a style sheet or a `style` attribute may name a picture at all: told without parsing it.
pub(super) fn may_show(css: &str) -> bool {
    memchr::memchr_iter(b'(', css.as_bytes()).any(|i| {
        let before = &css.as_bytes()[..i];
        let is = |name: &[u8]| before.len() >= name.len() && before[before.len() - name.len()..].eq_ignore_ascii_case(name);
        is(b"url") || is(b"image-set") || is(b"l")
    })
}

/// Hands on the address of every picture that declarations in `css` show, and its place there. `css` is a style sheet or a list of
/// declarations; what is broken in it is skipped.
pub fn pictures<'i>(css: &'i str, mut found: impl FnMut(Cow<'i, str>, Range<usize>)) {
    if may_show(css) {
        let mut parser = Parser::new(css);
        parser.set_nested_block_limit(MAX_NESTING);
        walk(css, &mut parser, Place::Rules, &mut found);
    }
}

/// What is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Rules and declarations.
    Rules,
    /// A value; whether it shows pictures, and whether a text alone is an address in it.
    Value { shows: bool, text: bool },
}

fn walk<'i>(css: &'i str, p: &mut Parser<'i>, place: Place, found: &mut dyn FnMut(Cow<'i, str>, Range<usize>)) {
    let (mut shows, text) = match place {
        Place::Rules => (false, false),
        Place::Value { shows, text } => (shows, text),
    };
    // The name that a declaration may have begun with.
    let (mut first, mut name) = (true, None);
    loop {
        p.skip_whitespace();
        let start = p.position().byte_index();
        let Ok(token) = p.next() else { return };
        let token = token.clone();
        let at = start..p.position().byte_index();
        let was_first = std::mem::replace(&mut first, false);
        match token {
            Token::Ident(ident) if was_first && place == Place::Rules => name = Some(shows_pictures(&ident)),
            Token::Colon if place == Place::Rules => shows = name.take().unwrap_or(shows),
            Token::Semicolon if place == Place::Rules => (first, shows, name) = (true, false, None),
            Token::UnquotedUrl(address) if shows => report(css, &address, at, found),
            Token::QuotedString(address) if shows && text => report(css, &address, at, found),
            Token::Function(f) => {
                let url = f.eq_ignore_ascii_case("url");
                let set = f.eq_ignore_ascii_case("image-set") || f.eq_ignore_ascii_case("-webkit-image-set");
                // `type("image/png")` within an image set is no address.
                nested(css, p, Place::Value { shows, text: url || set }, found);
            }
            Token::ParenthesisBlock | Token::SquareBracketBlock => nested(css, p, Place::Value { shows, text: false }, found),
            Token::CurlyBracketBlock => {
                nested(css, p, Place::Rules, found);
                (first, shows, name) = (true, false, None);
            }
            _ => {}
        }
    }
}

fn nested<'i>(css: &'i str, p: &mut Parser<'i>, place: Place, found: &mut dyn FnMut(Cow<'i, str>, Range<usize>)) {
    // An error is nesting beyond the limit.
    let _ = p.parse_nested_block(|p| -> Result<(), cssparser::ParseError<()>> {
        walk(css, p, place, found);
        Ok(())
    });
}

/// Whether a property shows the pictures in its value. Custom ones may be used by any other.
fn shows_pictures(property: &str) -> bool {
    let known = [
        "background",
        "background-image",
        "content",
        "list-style",
        "list-style-image",
        "mask",
        "mask-image",
        "-webkit-mask",
        "-webkit-mask-image",
        "-webkit-mask-box-image",
        "mask-border",
        "mask-border-source",
        "border-image",
        "border-image-source",
    ];
    property.starts_with("--") || known.iter().any(|k| property.eq_ignore_ascii_case(k))
}

/// `at` is the whole token: `url( address )` or `"address"`.
fn report<'i>(css: &'i str, address: &CowRcStr<'i>, at: Range<usize>, found: &mut dyn FnMut(Cow<'i, str>, Range<usize>)) {
    let Some(token) = css.get(at.clone()) else { return };
    let inner = match token.as_bytes().first() {
        Some(q @ (b'"' | b'\'')) => {
            let inner = &token[1..];
            inner.strip_suffix(char::from(*q)).unwrap_or(inner)
        }
        _ => {
            let open = token.find('(').map_or(0, |i| i + 1);
            let inner = &token[open..];
            inner.strip_suffix(')').unwrap_or(inner)
        }
    };
    let inner = inner.trim();
    // A part of this drawing, not a picture of its own.
    if inner.is_empty() || inner.starts_with('#') {
        return;
    }
    let from = inner.as_ptr() as usize - css.as_ptr() as usize;
    let decoded = if inner == &**address { Cow::Borrowed(inner) } else { Cow::Owned(address.trim().to_owned()) };
    found(decoded, from..from + inner.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(css: &str) -> Vec<(String, &str)> {
        let mut out = Vec::new();
        pictures(css, |address, at| out.push((address.into_owned(), &css[at])));
        out
    }

    #[test]
    fn addresses_with_their_places() {
        for (css, expected) in [
            ("background: url(a.png) no-repeat", vec![("a.png", "a.png")]),
            ("BACKGROUND:URL( 'a b.png' )", vec![("a b.png", "a b.png")]),
            (
                "a:hover, b { color: red; background-image: url(\"x.svg\"), url(y\\29 .svg) }",
                vec![("x.svg", "x.svg"), ("y).svg", "y\\29 .svg")],
            ),
            ("@media print { @supports (a:b) { i { content: url(p.gif) } } }", vec![("p.gif", "p.gif")]),
            ("i { background: image-set('1.png' type('image/png') 1x, url(2.png) 2x) }", vec![("1.png", "1.png"), ("2.png", "2.png")]),
            (":root{--l:url(l.svg)} .l{mask:var(--l);-webkit-mask:url(m.svg)}", vec![("l.svg", "l.svg"), ("m.svg", "m.svg")]),
            (
                "a{background:url(data:image/svg+xml;utf8,<svg/>)}",
                vec![("data:image/svg+xml;utf8,<svg/>", "data:image/svg+xml;utf8,<svg/>")],
            ),
            ("a{background:url(#x);filter:url(f.svg#x)} @font-face{src:url(f.woff)} @import url(x.css);", vec![]),
            ("a{background: red; /* url(c.png) */ color: blue } b{background:url('open.png", vec![("open.png", "open.png")]),
            ("} ) a{background:url(z.png", vec![("z.png", "z.png")]),
        ] {
            let expected: Vec<(String, &str)> = expected.into_iter().map(|(a, s)| (a.to_owned(), s)).collect();
            assert_eq!(all(css), expected, "{css}");
        }
        let deep = format!("{}background:url(x.png)", "a{".repeat(100_000));
        assert!(all(&deep).len() <= 1);
    }
}
