#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

fn at<'a>(node: &'a Node, path: &str) -> &'a Node {
    path.split('.').fold(node, |n, k| match k.parse::<usize>() {
        Ok(i) => &n.as_seq().unwrap()[i],
        Err(_) => n.get(k).unwrap(),
    })
}

#[test]
fn only_true_and_false_are_booleans() {
    let text = "no: yes\non: y\noff: true\nn: FALSE\nday: 2026-11-21\nnum: 1_000\nhex: 0x10\nvoid: ~\ngone:\n";
    let n = parse(text).unwrap();
    assert_eq!(at(&n, "no").as_str(), Some("yes"));
    assert_eq!(at(&n, "on").as_str(), Some("y"));
    assert_eq!(at(&n, "off").value, Value::Bool(true));
    assert_eq!(at(&n, "day").as_str(), Some("2026-11-21"));
    assert_eq!(at(&n, "num").scalar_text().as_deref(), Some("1_000"));
    assert_eq!(at(&n, "hex").value, Value::Number(16.0));
    assert_eq!(at(&n, "void").value, Value::Null);
    assert_eq!(at(&n, "gone").value, Value::Null);
    assert_eq!(parse("").unwrap().value, Value::Null);
    assert_eq!(parse("# only a comment\n").unwrap().value, Value::Null);
    assert_eq!(parse("x: .inf").unwrap().get("x").unwrap().value, Value::Number(f64::INFINITY));
}

#[test]
fn spans_cover_what_is_written() {
    let text =
        "\u{feff}# é\na: 'it''s'\nlist:\n  - one\n  - {k: v, l: [1, 2, ] }  # end\nflow: [x, # y\n  *q ]\nlast: 3\n".replace("*q", "\"z\"");
    let n = parse(&text).unwrap();
    let raw = |p: &str| at(&n, p).raw(&text);
    assert_eq!(raw("a"), "'it''s'");
    assert_eq!(raw("list"), "- one\n  - {k: v, l: [1, 2, ] }");
    assert_eq!(raw("list.1"), "{k: v, l: [1, 2, ] }");
    assert_eq!(raw("list.1.l"), "[1, 2, ]");
    assert_eq!(raw("flow"), "[x, # y\n  \"z\" ]");
    assert_eq!(n.raw(&text), &text[text.find("a:").unwrap()..text.len() - 1]);
}

#[test]
fn anchors_and_merges_point_at_their_definition() {
    let text = "base: &b {a: one}\nuse: *b\nmerged:\n  <<: *b\n  c: two\nlist: [*b, *b]\n";
    let n = parse(text).unwrap();
    assert_eq!(at(&n, "use.a").raw(text), "one");
    assert_eq!(at(&n, "merged.a").as_str(), Some("one"));
    assert_eq!(at(&n, "merged.c").raw(text), "two");
    assert!(at(&n, "merged").raw(text).ends_with("c: two"));
    assert_eq!(at(&n, "list").raw(text), "[*b, *b]");
}

#[test]
fn errors_have_a_place_and_plain_words() {
    let cases = [
        ("a: b\na: c\n", "the key `a` is given twice", "a"),
        ("é: 1\nb: [x\nc: d\n", "", ":"),
        ("a: \"b\nc: d\n", "this line lies outside its text: a quote before it is not closed", "c"),
        ("a:\n  b: 1\n\tc: 2\n", "a tab indents this line; indent with spaces", "\t"),
        ("a:\n\tb: 1\n", "a tab indents this line; indent with spaces", "\t"),
        ("é: %x\n", "", "%"),
        ("a: *x\n", "", "*"),
        ("a: b\n---\nc: d\n", "a second document starts here, and one is expected", ""),
    ];
    for (text, message, slice) in cases {
        let e = parse(text).unwrap_err();
        assert!(message.is_empty() || e.message == message, "{text:?}: {}", e.message);
        assert!(!e.message.contains("line ") || e.message.starts_with("this line"), "{}", e.message);
        assert!(e.span.start > 0 && text.get(e.span.range()).unwrap().starts_with(slice), "{text:?}: {e:?}");
    }
}

#[test]
fn bombs_are_refused_where_they_go_off() {
    let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for i in 1..10 {
        let refs = vec![format!("*a{}", i - 1); 10].join(",");
        text.push_str(&format!("a{i}: &a{i} [{refs}]\n"));
    }
    let e = parse(&text).unwrap_err();
    assert!(e.span.start > 30 && e.message.contains("grows"), "{e:?}");
    // Ten thousand values out of some hundred bytes are borne, a hundred thousand are not.
    let of = |lists: usize| parse(&text.lines().take(lists).collect::<Vec<_>>().join("\n"));
    assert!(of(4).is_ok());
    assert!(of(5).unwrap_err().message.contains("grows"));
    for deep in ["[".repeat(5000), "- ".repeat(5000), "{a: ".repeat(5000), format!("{}{}", "[".repeat(70), "]".repeat(70))] {
        assert!(parse(&deep).is_err());
    }
    let fine = format!("{}{}", "[".repeat(60), "]".repeat(60));
    assert_eq!(parse(&fine).unwrap().raw(&fine), fine);
}

/// Every character of the value that is written as itself must come from an equal character.
fn assert_maps(text: &str, node: &Node, exact: bool) {
    let value = node.as_str().unwrap();
    let map = scalar_map(text, node);
    for (i, c) in value.char_indices() {
        let span = map.cover(i, i + c.len_utf8()).unwrap_or_else(|| panic!("{c:?} at {i} of {value:?} has no place in {text:?}"));
        let raw = &text[span.range()];
        assert!(c.is_whitespace() || node.span.contains(&span));
        if c.is_ascii_alphanumeric() {
            assert!(raw == c.to_string() || (!exact || raw.starts_with('\\')), "{c:?} of {value:?} comes from {raw:?}");
        }
    }
}

#[test]
fn every_style_maps() {
    let text = concat!(
        "plain: one two\n   three\n\n   four  # c\n",
        "single: 'it''s\n   folded'\n",
        "double: \"q\\\"x \\u00e9 \\x41 \\U0001F600\\n a \\\n    b\n    c\"\n",
        "literal: |\n\n  one\n    two\n\n  # three\n\n",
        "strip: |2-\n   lit\n  x\r\n  y\n",
        "folded: >\n  fold\n  more\n\n  new\n    deep\n    er\n  end\n",
        "quoteblock: |\n  'tis \"so\"\n",
        "keep: >+\n  a\n\n\n",
        "list:\n  - |\n    in list\n  - >-\n   x\n   y\n",
    );
    let n = parse(text).unwrap();
    for key in ["plain", "single", "double", "literal", "strip", "folded", "quoteblock", "keep"] {
        assert_maps(text, at(&n, key), true);
    }
    assert_maps(text, at(&n, "list.0"), true);
    assert_maps(text, at(&n, "list.1"), true);
    let d = at(&n, "double");
    let v = d.as_str().unwrap();
    let i = v.find('é').unwrap();
    assert_eq!(&text[scalar_map(text, d).cover(i, i + 2).unwrap().range()], "\\u00e9");
    let i = v.find('😀').unwrap();
    assert_eq!(&text[scalar_map(text, d).cover(i, i + 4).unwrap().range()], "\\U0001F600");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(s in "[a-c:\\-\\[\\]{}'\"|>&*#!%,? \n\té\\\\]{0,60}") {
        match parse(&s) {
            Ok(n) => walk(&s, &n),
            Err(e) => { prop_assert!(s.get(e.span.range()).is_some()); }
        }
    }

    #[test]
    fn block_and_quoted_texts_map(lines in proptest::collection::vec("[a-z é'\"]{0,8}", 1..5), style in 0usize..4) {
        let body = |indent: &str| lines.iter().map(|l| if l.trim().is_empty() { "\n".to_owned() } else { format!("{indent}{l}\n") }).collect::<String>();
        let text = match style {
            0 => format!("k:\n - v: |\n{}x: y\n", body("      ")),
            1 => format!("k:\n - v: >-\n{}x: y\n", body("      ")),
            2 => format!("k:\n - v: '{}'\n", lines.join("\n    ").replace('\'', "''")),
            _ => format!("k:\n - v: \"{}\"\n", lines.join("\n    ").replace('"', "\\\"")),
        };
        if let Ok(n) = parse(&text) {
            let v = at(&n, "k.0.v");
            if v.as_str().is_some_and(|s| !s.is_empty()) {
                assert_maps(&text, v, true);
            }
        }
    }
}

fn walk(s: &str, n: &Node) {
    assert!(s.get(n.span.range()).is_some(), "{:?} in {s:?}", n.span);
    scalar_map(s, n);
    match &n.value {
        Value::Seq(v) => v.iter().for_each(|n| walk(s, n)),
        Value::Map(m) => m.iter().for_each(|(k, v)| {
            walk(s, k);
            walk(s, v);
        }),
        _ => {}
    }
}
