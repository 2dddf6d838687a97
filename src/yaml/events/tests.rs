#![allow(clippy::unwrap_used)]
use super::super::{deserialize, settle};
use super::*;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use std::path::{Path, PathBuf};

/// Whether the events are enough; if they are, the tree is that of the deserializer, with the same places and the same bits in numbers.
fn agree(text: &str) -> bool {
    let limits = Limits::of(text);
    let Some(mut ours) = read(text, &limits) else { return false };
    let mut theirs = deserialize(text, &limits).unwrap_or_else(|e| panic!("read, but {e}: {text:?}"));
    settle(text, &mut ours);
    settle(text, &mut theirs);
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{text:?}");
    true
}

fn yaml_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            yaml_files(&path, out);
        } else if name.ends_with(".yaml") || name.ends_with(".yml") {
            out.push(path);
        }
    }
}

#[test]
fn every_file_of_the_project_reads_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    yaml_files(root, &mut files);
    assert!(files.len() > 60);
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let read = agree(&text);
        agree(&text.replace('\n', "\r\n"));
        agree(&format!("\u{feff}{text}"));
        // Cut anywhere, a file is another text, and now and then a broken one.
        for (i, _) in text.match_indices('\n').step_by(text.len() / 400 + 1) {
            let around = text.floor_char_boundary(i.saturating_sub(2000))..text.floor_char_boundary(i + 2000);
            agree(&text[..i][around.start..]);
            agree(&text[i + 1..around.end.max(i + 1)]);
        }
        let name = file.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        let ordinary =
            ["rules", "fixtures/labels", "fixtures/registers"].iter().any(|f| name.starts_with(f)) && !name.ends_with("broken.yaml");
        let anchors = [": &", ": *", "- *", "[*"].iter().any(|a| text.contains(a));
        assert!(read || !ordinary || anchors, "{name} is not read from events");
    }
}

/// Scalars of which each is a value, a key and an entry in turn.
fn scalars() -> Vec<&'static str> {
    concat!(
        "/~/null/Null/NULL/nUlL/nul/nulls/true/True/TRUE/tRuE/truer/false/FALSE/yes/no/on/off/y/n/0/-0/+0/00/-00/1/-1/+1/007/-007/",
        "0127/1_000/1__0/_1/1_/0x10/0X1f/-0x10/0o17/017/0b101/0b2/123456789012345/1234567890123456/12345678901234567/9007199254740993/",
        "18446744073709551615/18446744073709551616/-9223372036854775808/-9223372036854775809/99999999999999999999999999/1.5/-1.5/+1.5/",
        "0.1/00.5/-0.0/1./.5/-.5/./../1..2/1.2.3/1.0/3.141592653589793/0.30000000000000004/1e5/1E5/1e+5/1e-5/1.5e3/1e999/-1e999/1e/e5/",
        "0e0/.inf/-.inf/+.INF/.nan/.NaN/inf/nan/infinity/+inf/-nan/2026-11-21/2026-11/12:30/1:2:3/10%/3d/-a/-1-2/+-5/1+1/1 000/1\t2/٣/",
        "é/😀/=/<</x y",
    )
    .split('/')
    .collect()
}

#[test]
fn every_scalar_reads_alike_wherever_it_stands() {
    let mut read = 0;
    for s in scalars() {
        let forms = [
            s.to_owned(),
            format!("{s}\n"),
            format!(" {s} # c\n"),
            format!("k: {s}"),
            format!("k:  {s}\t\n"),
            format!("{s}: v\n"),
            format!("? {s}\n: v\n"),
            format!("- {s}\n- {s}\n"),
            format!("{{{s}: {s}, k: {s} }}"),
            format!("[{s}, {s} ,{s}]"),
            format!("[{s}: {s}]"),
            format!("k: '{s}'\n\"{s}\": \"{s}\"\n"),
            format!("\"{s}\": 1\n'{s}': 2\n"),
            format!("{s}: 1\n'{s}': 2\n"),
            format!("{s}: 1\n{s}: 2\n"),
            format!("k: |\n  {s}\nl: >-\n  {s}\n"),
            format!("k: {s}\n  {s}\n"),
            format!("é: {s}\nü:\n- {s}\n- é\n"),
            format!("--- {s}\n..."),
            format!("k: {s}\r\nl: {s}\r\n"),
        ];
        read += forms.iter().filter(|f| agree(f)).count();
    }
    assert!(read > scalars().len() * 8, "{read}");
}

#[test]
fn odd_texts_read_alike() {
    let long_key = format!("{}: v\n", "k".repeat(1020));
    let wide = (0..40).map(|n| format!("k{n}: {n}\n")).collect::<String>();
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let plain = [
        "a: b\n",
        "a:\n",
        "- \n-\n- a\n",
        "a: b\n...\n",
        "---\na: b\n",
        "--- \n# c\na: b\n# c\n...\n# c\n",
        "\u{feff}a: b\n",
        "a:\n- b\n- c\nd: e\n",
        "a:   # c\n  b: c # d\n\n\n  e:\n# f\n    - g\n",
        "a: [b, c: d, {e: f, g}, [h]]\n",
        "a: {b: , c, d: e,}\n",
        "{a: b,\n c: [d,\n e], # f\n}\n",
        "a: |\n\n\nb: c\n",
        "a: |\nb: >\nc: |-\n",
        "a: |+\n  b\n\n\n# c\n",
        "a: >-\n  b\n  c\n\n  d\n   e\nf: g\n",
        "- |2\n   a\n- |\n é\n",
        "a: ''\nb: \"\"\n",
        "a: \"\\x41\\u00e9\\L\\_\\N\\e\\\n  b\"\n",
        "a: 'b\n  c\n\n  d'\n",
        "a: b\n c\n\n d\n",
        "? a\n: b\n? c\n",
        "a: [é, \"ü\", 'ß', 😀]\n",
        "b: c:d\nc: d#e\n",
        "a: [ ]\nb: { }\nc: []\nd: {}\n",
        "\"a b\": c\n'd e': f\ng h: i\n",
        "- - - a\n  - b\n- c\n",
        "- a: b\n  c: d\n-\n  e: f\n",
        "a\n",
        "'a'\n",
        "[a]",
        "\t\n a: b\n",
        long_key.as_str(),
        wide.as_str(),
    ];
    for text in plain {
        assert!(agree(text), "{text:?}");
        assert!(agree(&text.replace('\n', "\r\n")) || text.contains("\\\n"), "{text:?} with CRLF");
    }
    assert!(agree(&deep(64)));
    let rare = [
        String::new(),
        "# c\n".into(),
        "a: &b c\n".into(),
        "a: &b c\nd: *b\n".into(),
        "a: !!str 1\n".into(),
        "a: ! b\n".into(),
        "<<: {a: b}\n".into(),
        "a: b\n---\nc: d\n".into(),
        "a: b\n...\nc: d\n".into(),
        "a: b\n...\n]\n".into(),
        "---\n---\n".into(),
        "a: b\na: c\n".into(),
        "a: b\n'a': c\n".into(),
        "a: b\n? |-\n  a\n: c\n".into(),
        "[a]: b\n".into(),
        "{a: b}: c\n".into(),
        "1: a\n".into(),
        ": a\n".into(),
        "true: a\n".into(),
        "%YAML 1.2\n---\na: b\n".into(),
        "a: [b\n".into(),
        "a: \"b\n".into(),
        "a: b: c\n".into(),
        "a: @b\n".into(),
        "a: %b\n".into(),
        deep(65),
        deep(300),
        "- ".repeat(65),
        format!("{}: v\n", "k".repeat(1030)),
        format!("{wide}k7: twice\n"),
        "a: 0x10\n".into(),
        "a: 1e3\n".into(),
        "[:,:]".into(),
        "a: \u{1}\n".into(),
    ];
    for text in rare {
        assert!(!agree(&text), "{text:?}");
    }
    // Three nodes out of two bytes are more than the other way bears.
    let many = format!("[{}]", "a:,".repeat(60_000));
    agree(&many);
    assert!(!agree(&format!("[{}]", ":,".repeat(60_000))));
}

/// A value as it is written.
#[derive(Clone, Debug)]
enum Tree {
    Inline(String),
    Block(&'static str, Vec<String>),
    List(Vec<Tree>, u8),
    Map(Vec<(String, Tree)>, u8),
}

/// What may stand behind a value.
const BEHIND: [&str; 6] = ["", "", "", " # c", "  # é: [", " "];

impl Tree {
    fn is_inline(&self) -> bool {
        match self {
            Tree::Inline(_) => true,
            Tree::Block(..) => false,
            Tree::List(items, how) => items.is_empty() || how % 4 == 0,
            Tree::Map(entries, how) => entries.is_empty() || how % 4 == 0,
        }
    }

    fn flow(&self, out: &mut String) {
        match self {
            Tree::Inline(s) => out.push_str(s),
            Tree::Block(_, lines) => out.push_str(&format!("'{}'", lines.join(" ").replace('\'', "''"))),
            Tree::List(items, how) => {
                out.push('[');
                items.iter().enumerate().for_each(|(n, item)| {
                    out.push_str(if n == 0 { "" } else { [", ", ",", " , "][usize::from(how / 4) % 3] });
                    item.flow(out);
                });
                out.push_str(if how / 16 % 3 == 0 { " ]" } else { "]" });
            }
            Tree::Map(entries, how) => {
                out.push('{');
                entries.iter().enumerate().for_each(|(n, (key, value))| {
                    out.push_str(if n == 0 { "" } else { [", ", ",", " , "][usize::from(how / 4) % 3] });
                    out.push_str(key);
                    out.push_str(": ");
                    value.flow(out);
                });
                out.push_str(if how / 16 % 3 == 0 { " }" } else { "}" });
            }
        }
    }

    /// What stands behind a key or dash, to the end of its last line.
    fn block(&self, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        match self {
            t if t.is_inline() => {
                t.flow(out);
                out.push('\n');
            }
            Tree::Block(head, lines) => {
                out.push_str(head);
                out.push('\n');
                lines.iter().for_each(|l| out.push_str(&format!("{pad}  {l}\n")));
            }
            Tree::List(items, how) => {
                out.push_str(&format!("{}\n", BEHIND[usize::from(how / 4) % 6]));
                for item in items {
                    out.push_str(&format!("{pad}- "));
                    item.nested(indent + 2, out);
                }
            }
            Tree::Map(entries, how) => {
                out.push_str(&format!("{}\n", BEHIND[usize::from(how / 4) % 6]));
                Self::entries(entries, indent, *how, out);
            }
            Tree::Inline(_) => {}
        }
    }

    /// An item of a list, a map with its first key behind the dash.
    fn nested(&self, indent: usize, out: &mut String) {
        match self {
            Tree::Map(entries, how) if !self.is_inline() => {
                let mut inner = String::new();
                Self::entries(entries, indent, *how, &mut inner);
                out.push_str(&inner[indent..]);
            }
            _ => self.block(indent, out),
        }
    }

    fn entries(entries: &[(String, Tree)], indent: usize, how: u8, out: &mut String) {
        for (n, (key, value)) in entries.iter().enumerate() {
            if n > 0 && (how / 32).is_multiple_of(3) {
                out.push_str(["\n", "# c\n", "     # é\n"][usize::from(how) % 3]);
            }
            out.push_str(&format!("{}{key}: ", " ".repeat(indent)));
            value.block(indent + 2, out);
        }
    }
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-zé][a-zA-Zé &./-]{0,12}[a-z0-9]",
        2 => "-?[0-9]{1,6}(\\.[0-9]{1,3})?",
        1 => "[-+]?[0-9._xobeEinf]{1,8}",
        1 => proptest::sample::select(scalars()).prop_map(str::to_owned),
        2 => "'[a-z é:#,{}\\[\\]\"\t]{0,12}'",
        2 => "\"[a-z é:#,{}\\[\\]']{0,8}(\\\\[nt\"\\\\]|\\\\u00e9|\\\\x41)?[a-z ]{0,4}\"",
        1 => Just("2026-11-21".to_owned()),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![8 => "[a-zé_]{1,8}", 1 => "[a-z]{1,3} [a-z]{1,3}", 1 => "['][a-z é]{1,6}[']", 1 => scalar()]
}

fn tree() -> impl Strategy<Value = Tree> {
    let line = prop_oneof![4 => "[a-zé'\" #:]{0,14}", 1 => "[ \t]{0,3}"];
    let head = proptest::sample::select(&["|", ">", "|-", ">-", "|+", ">+", "| # c"][..]);
    let leaf = prop_oneof![
        6 => scalar().prop_map(Tree::Inline),
        1 => (head, proptest::collection::vec(line, 0..4)).prop_map(|(h, l)| Tree::Block(h, l)),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            (proptest::collection::vec(inner.clone(), 0..5), any::<u8>()).prop_map(|(v, how)| Tree::List(v, how)),
            (proptest::collection::vec((key(), inner), 0..6), any::<u8>()).prop_map(|(v, how)| Tree::Map(v, how)),
        ]
    })
}

fn document() -> impl Strategy<Value = String> {
    (tree(), any::<u8>()).prop_map(|(tree, how)| {
        let mut out = ["", "# c\n", "---\n", "--- # é\n", "\u{feff}", "\n\n"][usize::from(how) % 6].to_owned();
        match &tree {
            Tree::Map(entries, how) if !tree.is_inline() => Tree::entries(entries, 0, *how, &mut out),
            _ => tree.block(0, &mut out),
        }
        if how / 8 % 3 == 0 { out.replace('\n', "\r\n") } else { out }
    })
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn made_documents_read_alike() {
    let read = Cell::new(0);
    let cases = 1500;
    let run = TestRunner::new(config(cases)).run(&document(), |text| {
        read.set(read.get() + u32::from(agree(&text)));
        Ok(())
    });
    assert!(run.is_ok(), "{run:?}");
    assert!(read.get() > cases / 3, "{} of {cases}", read.get());
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn broken_documents_read_alike(
        text in document(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), "[-:?,\\[\\]{}#&*!|>'\"%@` \t\n\ra1é~<.]{0,2}", 0usize..3), 1..5),
    ) {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, with, drop) in changes {
            let at = at.index(chars.len() + 1);
            chars.splice(at..(at + drop).min(chars.len()), with.chars());
        }
        agree(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn any_characters_read_alike(text in "[a-c1:\\-\\[\\]{}'\"|>&*#!%,? \n\t\ré\\\\~.]{0,60}") {
        agree(&text);
    }
}
