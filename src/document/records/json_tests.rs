#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;
use serde_json::Value;

/// Builds serde_json's value from our tokens.
fn build(text: &str) -> Result<Value, JsonError> {
    let mut s = Scanner::new(text, Span::new(0, text.len()));
    let mut stack: Vec<(Value, Option<String>)> = Vec::new();
    let mut root = None;
    while let Some(t) = s.next()? {
        let done = match t {
            Token::ObjectStart(at) => {
                assert_eq!(&text[at..=at], "{");
                stack.push((Value::Object(Default::default()), None));
                continue;
            }
            Token::ArrayStart(at) => {
                assert_eq!(&text[at..=at], "[");
                stack.push((Value::Array(vec![]), None));
                continue;
            }
            Token::Key(k) => {
                stack.last_mut().unwrap().1 = Some(k.value(text).into_owned());
                continue;
            }
            Token::ObjectEnd(_) | Token::ArrayEnd(_) => stack.pop().unwrap().0,
            Token::String(v) => {
                assert_eq!(&text[v.span.start - 1..v.span.start], "\"");
                Value::String(v.value(text).into_owned())
            }
            Token::Number(n) => serde_json::from_str(&text[n.range()]).unwrap_or(Value::String("out of range".into())),
            Token::Bool(b, at) => {
                assert_eq!(&text[at.range()], b.to_string());
                Value::Bool(b)
            }
            Token::Null(at) => {
                assert_eq!(&text[at.range()], "null");
                Value::Null
            }
        };
        match stack.last_mut() {
            None => root = Some(done),
            Some((Value::Array(a), _)) => a.push(done),
            Some((Value::Object(o), key)) => {
                o.insert(key.take().unwrap(), done);
            }
            Some(_) => unreachable!(),
        }
    }
    Ok(root.unwrap())
}

/// Whether both readers agree on `text`. Two differences are wanted: half surrogates are read, and numbers of any size.
fn agree(text: &str) {
    match (build(text), serde_json::from_str::<Value>(text)) {
        (Ok(a), Ok(b)) => assert_eq!(a, b, "{text:?}"),
        (Err(e), Err(_)) => assert!(text.get(e.span.range()).is_some()),
        (Ok(_), Err(e)) => {
            let e = e.to_string();
            assert!(e.contains("surrogate") || e.contains("number out of range") || e.contains("hex escape"), "{text:?}: {e}");
        }
        (Err(e), Ok(_)) => panic!("{text:?} refused: {e:?}"),
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((".{0,6}", inner), 0..5).prop_map(|v| Value::Object(v.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_serde_json(v in json(), pretty: bool, cut in 0usize..4000, put in "[\\[\\]{},:\"\\\\u0-9eE.+tn \n\u{1}é-]{0,3}") {
        let text = if pretty { serde_json::to_string_pretty(&v).unwrap() } else { v.to_string() };
        agree(&text);
        let cut = text.floor_char_boundary(cut % (text.len() + 1));
        agree(&text[..cut]);
        agree(&format!("{}{put}{}", &text[..cut], &text[cut..]));
        let next = text[cut..].chars().next().map_or(cut, |c| cut + c.len_utf8());
        agree(&format!("{}{put}{}", &text[..cut], &text[next..]));
    }

    #[test]
    fn random_symbols_agree(text in "[\\[\\]{},:\"\\\\u0-9dDeE.+truefalsn \n\u{1}é-]{0,24}") {
        agree(&text);
    }

    #[test]
    fn escapes_map(parts in proptest::collection::vec((any::<char>(), 0u8..3), 0..40)) {
        let mut raw = "\"".to_owned();
        let mut want = Vec::new();
        for (c, how) in parts {
            let start = raw.len();
            match how {
                0 if c >= ' ' && c != '"' && c != '\\' => raw.push(c),
                _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|u| raw.push_str(&format!("\\u{u:04X}"))),
            }
            want.push((c, Span::new(start, raw.len())));
        }
        raw.push('"');
        let (value, map) = unescape(&raw[1..raw.len() - 1], 1);
        prop_assert_eq!(&value, &want.iter().map(|w| w.0).collect::<String>());
        let mut at = 0;
        for (c, span) in want {
            prop_assert_eq!(map.spans(at, at + c.len_utf8()), vec![span]);
            at += c.len_utf8();
        }
    }
}

#[test]
fn grammar_corners() {
    for text in [
        "",
        " ",
        "[1,]",
        "{\"a\":1,}",
        "{,}",
        "[,]",
        "01",
        "-",
        "1.",
        "1e",
        ".5",
        "+1",
        "nul",
        "true false",
        "'a'",
        "{a:1}",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "/*x*/1",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":}",
        "]",
        "\u{feff}1",
        "\"\\",
        "[",
        "{\"a\"",
        "-01",
        "1.e1",
        "NaN",
        "\u{a0}1",
    ] {
        assert!(build(text).is_err(), "{text:?}");
        agree(text);
    }
    for text in ["0", "-0", "1e5", "-0.0E-2", "\"\"", "[]", "{}", " [ ] ", "[[],{}]", "{\"\":\"\"}", "\"\\/\""] {
        agree(text);
        assert!(build(text).is_ok(), "{text:?}");
    }
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(build(&deep(128)).is_ok());
    assert_eq!(build(&deep(129)).unwrap_err().span, Span::new(128, 129));
    assert_eq!(build("[1 x").unwrap_err(), JsonError { message: "expected `,` or `]`", span: Span::new(3, 4) });
    assert_eq!(build("\"\\ud83d x \\udc00\\ud83d\\ude80\"").unwrap(), Value::String("\u{fffd} x \u{fffd}🚀".into()));
}

#[test]
fn the_end_of_a_plain_run_is_told_eight_bytes_at_a_time() {
    for (at, b) in (0..8).flat_map(|at| (0..=255).map(move |b| (at, b))) {
        for around in [*b"abcdefgh", *b" !#[]~\x7F\xFF", *b"ab\"d\\f\x1Fh"] {
            let mut eight = around;
            eight[at] = b;
            assert_eq!(stop(eight), eight.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)), "{eight:?}");
        }
    }
}
