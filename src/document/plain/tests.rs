#![allow(clippy::unwrap_used)]

use super::{read, read_rst};
use crate::document::{Builder, Document, Mark, OBJECT, Role};
use proptest::prelude::*;

fn plain(text: &str) -> Document {
    let mut b = Builder::new();
    read(text, &mut b);
    b.finish()
}

fn rst(text: &str) -> Document {
    let mut b = Builder::new();
    read_rst(text, &mut b);
    b.finish()
}

fn blocks(d: &Document) -> Vec<(Role, &str)> {
    d.blocks.iter().map(|b| (b.role, d.block_text(b))).filter(|(_, t)| t.chars().any(|c| c != OBJECT)).collect()
}

fn slices<'a>(source: &'a str, d: &Document, needle: &str) -> Vec<&'a str> {
    let at = d.text.find(needle).unwrap_or_else(|| panic!("{needle:?} in {:?}", d.text));
    d.map.spans(at, at + needle.len()).into_iter().map(|s| &source[s.range()]).collect()
}

fn is_marked(d: &Document, mark: Mark, needle: &str) -> bool {
    let at = d.text.find(needle).unwrap_or_else(|| panic!("{needle:?} in {:?}", d.text));
    d.marked(mark, at, at + needle.len())
}

fn links<'a>(source: &'a str, d: &'a Document) -> Vec<(&'a str, &'a str, &'a str)> {
    d.links.iter().map(|l| (l.holder.as_str(), l.target.as_str(), &source[l.spans[0].range()])).collect()
}

#[test]
fn plain_text() {
    let source = "\u{FEFF}Our Offer\r\n=========\r\n\r\nWe are a Gold\r\ntier partner, see https://a.example/x.\r\n\r\n- one\r\n  more\r\n* two\r\n1. three\r\n(b) four\r\n\r\n> they said\r\n> this\r\nand we\r\n\r\n    indented\r\n---\r\n# Hash\r\nlast\r\n\r\n###\r\n";
    let d = plain(source);
    let texts: Vec<_> = blocks(&d).into_iter().map(|(_, t)| t).collect();
    assert_eq!(
        texts,
        [
            "Our Offer",
            "We are a Gold tier partner, see https://a.example/x.",
            "one more",
            "two",
            "three",
            "four",
            "they said this",
            "and we",
            "indented",
            "Hash",
            "last",
            "###"
        ]
    );
    assert!(is_marked(&d, Mark::Quote, "they said this") && !is_marked(&d, Mark::Quote, "and we"));
    assert_eq!(slices(source, &d, "Our Offer"), ["Our Offer"]);
    assert_eq!(slices(source, &d, "Gold tier").concat().split_whitespace().collect::<Vec<_>>(), ["Gold", "tier"]);
    assert_eq!(links(source, &d), [("text", "https://a.example/x", "https://a.example/x")]);
    assert_eq!(blocks(&plain("a\rb\r\rc")), [(Role::Text, "a b"), (Role::Text, "c")]);
}

#[test]
fn sentences_are_not_taken_for_lists() {
    for s in ["a. m. and p. m.", "5.5 stars", "-ish", "2024. A year", "*bold*", "e) and", "I. we"] {
        let d = plain(s);
        let expected = if s == "e) and" { "and" } else { s };
        assert_eq!(blocks(&d), [(Role::Text, expected)], "{s}");
    }
}

#[test]
fn restructured_text() {
    let source = "\
=====
Title
=====

Sub *head*
----------

A ``literal`` and :code:`x = 1`, :ref:`the Gold
tier <gold>` with `a link <https://l.example/a_b>`_ and `named`_, word_ but snake_case,
Hub\\ **Spot**, 5 * 3 \\*, |sub| [1]_ https://bare.example/x_y.

.. promolint-ignore tm-x: quoted

Next one::

    code = 1

    more

After.

.. image:: /logo.png
   :alt: Gold *badge*
   :target: https://t.example

.. figure:: pic.png

   Caption text

.. code-block:: python
   :caption: The caption

   print('hi')

.. note:: Our note
   goes on.

.. unknown:: arg
   :opt: val

   content

.. toctree::
   :maxdepth: 2

   hidden/page

.. _gold: https://gold.example
.. _internal:
.. |sub| replace:: Subst
.. [1] Foot note
   two

- item ``x``
  more
- item2

:Author: Jo
:orphan:

+-----+------+
| c 1 | c 2  |
+=====+======+

====  ====
a b   c
====  ====
d     e
====  ====

>>> doc()
out

..
   hidden comment
   lines

__ https://anon.example
";
    let d = rst(source);
    assert_eq!(
        blocks(&d),
        [
            (Role::Heading, "Title"),
            (Role::Heading, "Sub head"),
            (
                Role::Text,
                "A literal and x = 1, the Gold tier with a link and named, word but snake_case, HubSpot, 5 * 3 *, \u{FFFC} https://bare.example/x_y."
            ),
            (Role::Text, "Next one:"),
            (Role::Text, "code = 1 more"),
            (Role::Text, "After."),
            (Role::Text, "Caption text"),
            (Role::Text, "The caption"),
            (Role::Text, "print('hi')"),
            (Role::Text, "Our note goes on."),
            (Role::Text, "content"),
            (Role::Text, "Subst"),
            (Role::Text, "Foot note two"),
            (Role::Text, "item x more"),
            (Role::Text, "item2"),
            (Role::Text, "Jo"),
            (Role::Cell, "c 1"),
            (Role::Cell, "c 2"),
            (Role::Cell, "a b"),
            (Role::Cell, "c"),
            (Role::Cell, "d"),
            (Role::Cell, "e"),
            (Role::Text, ">>> doc() out"),
            (Role::Alt, "Gold badge"),
        ]
    );
    assert_eq!(d.blocks.iter().map(|b| b.level).filter(|l| *l > 0).collect::<Vec<_>>(), [1, 2]);
    for (n, code) in [
        ("literal", true),
        ("x = 1", true),
        ("code = 1 more", true),
        ("print", true),
        (">>> doc", true),
        ("After", false),
        ("Caption", false),
    ] {
        assert_eq!(is_marked(&d, Mark::Code, n), code, "{n}");
    }
    assert!(is_marked(&d, Mark::Link, "a link"));
    assert_eq!(slices(source, &d, "Gold tier"), ["Gold\ntier"]);
    assert_eq!(slices(source, &d, "HubSpot"), ["Hub\\ ", "Spot"]);
    assert_eq!(
        links(source, &d),
        [
            ("md[link]", "https://l.example/a_b", "https://l.example/a_b"),
            ("text", "https://bare.example/x_y", "https://bare.example/x_y"),
            ("md[image]", "/logo.png", "/logo.png"),
            ("md[link]", "https://t.example", "https://t.example"),
            ("md[image]", "pic.png", "pic.png"),
            ("md[link]", "https://gold.example", "https://gold.example"),
            ("md[link]", "https://anon.example", "https://anon.example"),
        ]
    );
    assert_eq!(d.directives.len(), 1);
    assert_eq!(&source[d.directives[0].span.range()], ".. promolint-ignore tm-x: quoted");
    assert_eq!(&source[d.directives[0].next_block.unwrap().range()], "Next one:");
}

#[test]
fn hostile_shapes_end() {
    for s in [
        ">".repeat(20_000),
        "`".repeat(30_000),
        "`a ".repeat(20_000),
        "*a ".repeat(20_000),
        "|a".repeat(20_000),
        ":a:`".repeat(20_000),
        "word ".repeat(20_000),
        ".. a::\n".repeat(10_000),
        "a::\n\n b\n".repeat(5_000),
        "..\n".repeat(10_000),
        "..\n  x\n".repeat(5_000),
        "=\n".repeat(10_000),
        "a\n==\n".repeat(5_000),
        "== ==\n".repeat(5_000),
        "a_ ".repeat(20_000),
        "\\".repeat(20_000),
        "[1]_".repeat(10_000),
        "a@b".repeat(10_000),
        (0..1500).map(|i| " ".repeat(i % 700) + "- a::\n\n").collect(),
    ] {
        plain(&s);
        rst(&s);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// What stands between `{` and `}` is a needle; markup may be inside, line ends around.
    #[test]
    fn needles_come_back(
        parts in prop::collection::vec((0..7usize, "[A-Z][a-z]{3,6}", 0..8usize, prop_oneof![Just(""), Just("> "), Just("- "), Just("  "), Just("* ")]), 1..12),
        crlf in any::<bool>(),
        markup in any::<bool>(),
    ) {
        let mut source = String::new();
        let mut codes = Vec::new();
        for (form, n, gap, prefix) in &parts {
            let (a, z) = n.split_at(n.len() / 2);
            let (core, code) = match form {
                1 if markup => (format!("``{n}``"), true),
                2 if markup => (format!("**{n}**"), false),
                3 if markup => (format!("{a}\\ *{z}*"), false),
                4 if markup => (format!("`{n} <https://x.example>`_"), false),
                5 if markup => (format!(":ref:`{n} <there>`"), false),
                6 if markup => (format!(":code:`{n}`"), true),
                _ => (format!("{a}\u{AD}{z}"), false),
            };
            codes.push(code);
            // A quotation is no markup of reStructuredText.
            let prefix = if markup && *prefix == "> " { "" } else { prefix };
            source.push_str(&format!("{prefix}Ünï {{{core}}} end{}", ["\n", "\n\n", " ", ".\n\n", "\t", "\n\n\n", " \n", "  "][*gap]));
        }
        if crlf {
            source = source.replace('\n', "\r\n");
        }
        let d = if markup { rst(&source) } else { plain(&source) };
        let mut at = 0;
        for ((_, n, ..), code) in parts.iter().zip(codes) {
            let start = at + d.text[at..].find('{').unwrap() + 1;
            let end = start + d.text[start..].find('}').unwrap();
            at = end;
            prop_assert_eq!(&d.text[start..end], n, "{:?}", source);
            let written: String = d.map.spans(start, end).iter().map(|s| &source[s.range()]).collect();
            prop_assert_eq!(written.replace(['\u{AD}', '\\', ' '], ""), n.as_str(), "{:?}", source);
            prop_assert_eq!(d.marked(Mark::Code, start, end), code, "{:?}", source);
        }
    }

    #[test]
    fn nothing_panics(s in "([`*_|:.\\[\\]<>\\\\#=+ \\n\\r\\t-]|[ab]|\u{e9}|\\.\\. |::|::\n\n  |\n  |:ref:`|>`_|====|www\\.|://|http://|@|[\u{0}-\u{FFFF}]){0,80}") {
        for d in [plain(&s), rst(&s)] {
            for p in d.map.pieces() {
                let written = s.get(p.source..p.source + p.source_len);
                prop_assert!(written.is_some());
                if p.linear {
                    prop_assert_eq!(written.unwrap().replace(char::is_whitespace, " "), &d.text[p.text..p.text + p.text_len]);
                }
            }
            for l in &d.links {
                for span in &l.spans {
                    prop_assert!(s.get(span.range()).is_some());
                }
            }
        }
    }
}
