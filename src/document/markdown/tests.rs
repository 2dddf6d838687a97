#![allow(clippy::unwrap_used)]

use super::read;
use crate::document::{Builder, Document, Mark, OBJECT, Role};
use proptest::prelude::*;

fn doc(text: &str) -> Document {
    let mut b = Builder::new();
    read(text, &mut b, false);
    b.finish()
}

fn mdx(text: &str) -> Document {
    let mut b = Builder::new();
    read(text, &mut b, true);
    b.finish()
}

/// The blocks of a document: role, text.
fn blocks(d: &Document) -> Vec<(Role, &str)> {
    d.blocks.iter().map(|b| (b.role, d.block_text(b))).filter(|(_, t)| t.chars().any(|c| c != OBJECT)).collect()
}

fn texts(d: &Document) -> Vec<&str> {
    blocks(d).into_iter().map(|(_, t)| t).collect()
}

/// The source of the first `needle`, one string for each span.
fn slices<'a>(source: &'a str, d: &Document, needle: &str) -> Vec<&'a str> {
    let at = d.text.find(needle).unwrap_or_else(|| panic!("{needle:?} in {:?}", d.text));
    d.map.spans(at, at + needle.len()).into_iter().map(|s| &source[s.range()]).collect()
}

fn links<'a>(source: &'a str, d: &'a Document) -> Vec<(&'a str, &'a str, &'a str)> {
    d.links.iter().map(|l| (l.holder.as_str(), l.target.as_str(), &source[l.spans[0].range()])).collect()
}

fn is_marked(d: &Document, mark: Mark, needle: &str) -> bool {
    let at = d.text.find(needle).unwrap_or_else(|| panic!("{needle:?} in {:?}", d.text));
    d.marked(mark, at, at + needle.len())
}

#[test]
fn what_is_visible_and_where_it_stands() {
    for (source, needle, expected) in [
        ("Hub**Spot** x", "HubSpot", vec!["Hub", "Spot"]),
        ("Hub\\-Spot", "Hub-Spot", vec!["Hub\\-Spot"]),
        ("Hub\\Spot", "Hub\\Spot", vec!["Hub\\Spot"]),
        ("a \\#1 b", "#1", vec!["\\#1"]),
        ("a\\\\*b*", "a\\b", vec!["a\\\\", "b"]),
        ("\\&amp; x", "&amp;", vec!["\\&amp;"]),
        ("&#72;ub&Scaron;pot", "HubŠpot", vec!["&#72;ub&Scaron;pot"]),
        ("Hub&shy;Spot", "HubSpot", vec!["Hub&shy;Spot"]),
        ("Hub&nbsp; Spot", "Hub Spot", vec!["Hub&nbsp; Spot"]),
        ("> > Gold\n> tier", "Gold tier", vec!["Gold\n", "tier"]),
        ("> Gold\ntier", "Gold tier", vec!["Gold\ntier"]),
        ("- Gold\r\n  tier", "Gold tier", vec!["Gold\r\n", "tier"]),
        ("Gold  \ntier", "Gold tier", vec!["Gold  \ntier"]),
        ("Gold\\\ntier", "Gold tier", vec!["Gold\\\ntier"]),
        ("[Hub](x)[Spot](y)", "HubSpot", vec!["Hub", "Spot"]),
        ("Hub~~Spot~~", "HubSpot", vec!["Hub", "Spot"]),
        ("HubSpot[^1] partner\n\n[^1]: Note", "HubSpot partner", vec!["HubSpot", " partner"]),
        ("Hub<b>Spot</b>", "HubSpot", vec!["Hub", "Spot"]),
        ("Hub<!-- x -->Spot", "HubSpot", vec!["Hub", "Spot"]),
        ("Gold<br>tier", "Gold tier", vec!["Gold<br>tier"]),
        ("<p>Hub<b>Sp&#111;t</b>\n</p>", "HubSpot", vec!["Hub", "Sp&#111;t"]),
        ("> <div>\n> Gold\n> tier</div>", "Gold tier", vec!["Gold\n", "tier"]),
        ("| a |\n|-|\n| Hub\\|Spot |", "Hub|Spot", vec!["Hub\\|Spot"]),
        ("| a |\n|-|\n| `x\\|y` |", "x|y", vec!["x\\|y"]),
        ("> `Gold\n> tier`", "Gold tier", vec!["Gold\n", "tier"]),
        ("see [[hubspot-page|our Hub]]Spot", "our HubSpot", vec!["our Hub", "Spot"]),
        ("\u{FEFF}Gold", "Gold", vec!["Gold"]),
        ("# Gold tier #", "Gold tier", vec!["Gold tier"]),
        ("![a *Gold* &amp;\ntier](x)", "a Gold & tier", vec!["a ", "Gold", " &amp;\ntier"]),
        ("\tcode Gold", "code Gold", vec!["code Gold"]),
    ] {
        assert_eq!(slices(source, &doc(source), needle), expected, "{source:?}");
    }
}

#[test]
fn blocks_and_roles() {
    let d = doc(
        "# One\n\nTwo\nmore\n\n- three\n  - four\n\n  five\n- [x] six\n\n| a | b |\n|---|---|\n| c | ![d](e) |\n\nSet\n---\n\n> quote\n\n> [!NOTE]\n> own\n\n***\n\n[^1]: foot\n\n1. seven",
    );
    assert_eq!(
        blocks(&d),
        [
            (Role::Heading, "One"),
            (Role::Text, "Two more"),
            (Role::Text, "three"),
            (Role::Text, "four"),
            (Role::Text, "five"),
            (Role::Text, "six"),
            (Role::Cell, "a"),
            (Role::Cell, "b"),
            (Role::Cell, "c"),
            (Role::Heading, "Set"),
            (Role::Text, "quote"),
            (Role::Text, "own"),
            (Role::Text, "foot"),
            (Role::Text, "seven"),
            (Role::Alt, "d"),
        ]
    );
    assert_eq!(d.blocks.iter().map(|b| b.level).filter(|l| *l > 0).collect::<Vec<_>>(), [1, 2]);
    assert!(is_marked(&d, Mark::Quote, "quote") && !is_marked(&d, Mark::Quote, "own"));
}

#[test]
fn marks() {
    let d = doc(
        "a `one` b\n\n```\ntwo\n```\n\n    three\n\n[four ![five](x)](y) <https://six.example> <kbd>seven</kbd> <span hidden>eight <i>and</span> nine</span>\n\n<q>ten</q> eleven <code>open\n\ntwelve",
    );
    for (mark, yes, no) in [
        (Mark::Code, vec!["one", "two", "three", "seven", "open"], vec!["a", "b", "four", "eight", "twelve"]),
        (Mark::Link, vec!["four", "five", "https://six.example"], vec!["one", "seven"]),
        (Mark::Hidden, vec!["eight", "and"], vec!["nine"]),
        (Mark::Quote, vec!["ten"], vec!["eleven"]),
    ] {
        for (needles, is) in [(yes, true), (no, false)] {
            for n in needles {
                assert_eq!(is_marked(&d, mark, n), is, "{mark:?} {n}");
            }
        }
    }
}

#[test]
fn html_blocks_hold_the_markdown_between_them() {
    let source = "<div hidden>\n\nunder *cover*\n\n<div>\n\nstill\n\n</div>\n\n</div>\n<p hidden>gone\n\nfree\n\n<blockquote>\n<p>said\n</blockquote>\n\nown <b title=\"Hub &amp; Spot\">words</b> <img src='/i.png' alt='Alt text'><a href=\"/h\">onward</a>";
    let d = doc(source);
    for n in ["under cover", "still", "gone"] {
        assert!(is_marked(&d, Mark::Hidden, n), "{n}");
    }
    assert!(!is_marked(&d, Mark::Hidden, "free") && is_marked(&d, Mark::Quote, "said") && !is_marked(&d, Mark::Quote, "own"));
    assert_eq!(slices(source, &d, "Hub & Spot"), ["Hub &amp; Spot"]);
    assert_eq!(slices(source, &d, "Alt text"), ["Alt text"]);
    assert!(is_marked(&d, Mark::Link, "onward"));
    assert_eq!(links(source, &d), [("img[src]", "/i.png", "/i.png"), ("a[href]", "/h", "/h")]);
    let html: Vec<_> = d.html.iter().map(|s| source[s.range()].trim()).collect();
    assert_eq!(html.len(), 6, "{html:?}");
    assert!(html[5].starts_with("own <b") && html[5].ends_with("</a>"), "{html:?}");
}

#[test]
fn destinations_and_titles() {
    let source = "[a *b*](</x y> \"Hub \\\"Spot\\\" &amp;\n  co\") [e]() [![i](/p(1).png 'ti')](/q?a=1&amp;b) [r][Ref] ![s][img] <https://auto.example> <me@mail.example>\n\n[ref]: /used (par \\) t)\n[unused]:\n  <https://u.example/a>\n  'tt'\n[img]: /pic.png\n\n> [x](\n> /long\n> \"ti\n> tle\")\n\nPlain https://bare.example/a_b_c?x=1&y=*2*, www.bare.example. `https://code.example` [https://in.example](/z)";
    let d = doc(source);
    assert_eq!(
        links(source, &d),
        [
            ("md[link]", "/x y", "/x y"),
            ("md[image]", "/p(1).png", "/p(1).png"),
            ("md[link]", "/q?a=1&b", "/q?a=1&amp;b"),
            ("md[link]", "https://auto.example", "https://auto.example"),
            ("md[link]", "mailto:me@mail.example", "me@mail.example"),
            ("md[link]", "/long", "/long"),
            ("text", "https://bare.example/a_b_c?x=1&y=", "https://bare.example/a_b_c?x=1&y="),
            ("text", "www.bare.example", "www.bare.example"),
            ("md[link]", "/z", "/z"),
            ("md[link]", "/used", "/used"),
            ("md[link]", "https://u.example/a", "https://u.example/a"),
            ("md[image]", "/pic.png", "/pic.png"),
        ]
    );
    let attrs: Vec<_> = blocks(&d).into_iter().filter(|(r, _)| *r == Role::Attr).map(|(_, t)| t).collect();
    assert_eq!(attrs, ["Hub \"Spot\" & co", "ti", "ti tle", "par ) t", "tt"]);
    assert_eq!(slices(source, &d, "Hub \"Spot\" & co"), ["Hub \\\"Spot\\\" &amp;\n", "co"]);
    assert_eq!(slices(source, &d, "par ) t"), ["par \\) t"]);
}

#[test]
fn site_generators() {
    let source = "{{< figure src=\"a_b*\" title=\"Gold *x\" >}}\n\nHi {{ contact.first_name }}, [x]({{< ref \"p.md\" >}}) and [y]({{ site.url }}/u \"t\"){:target=\"_blank\"}\n\n{% include \"gold.html\" x=\"*\" %}\n\n:::note[Good *news*]\nbody *text*\n:::\n\n::: tip Our tip\nmore\n:::\n\n## Title {#gold}\n\n{% comment %}\nsecret\n\nwords\n{% endcomment %}\n\n{% highlight rs %}\nfn x() {}\n{% endhighlight %}\n\n`{% code %}` {# promolint-ignore tm-x: fine #}\n\n```\n{{< no >}}\n```\nsay {{ open and {% open";
    let d = doc(source);
    for n in ["figure src=\"a_b*\"", "include \"gold.html\"", "fn x() {}", "{% code %}", "{{< no >}}"] {
        assert!(is_marked(&d, Mark::Code, n), "{n}");
    }
    assert!(!is_marked(&d, Mark::Code, "{{ contact.first_name }}"));
    let t = texts(&d);
    assert!(t.contains(&"Hi {{ contact.first_name }}, x and y"), "{t:?}");
    assert!(t.contains(&"Good news") && t.contains(&"body text") && t.contains(&"Our tip") && t.contains(&"Title"), "{t:?}");
    assert!(!d.text.contains("secret") && !d.text.contains(":::") && !d.text.contains("xxx"), "{t:?}");
    assert!(t.contains(&"say {{ open and {% open"), "{t:?}");
    assert_eq!(
        links(source, &d),
        [("md[link]", "{{< ref \"p.md\" >}}", "{{< ref \"p.md\" >}}"), ("md[link]", "{{ site.url }}/u", "{{ site.url }}/u")]
    );
    assert_eq!(d.directives.len(), 1);
}

#[test]
fn mdx_code_is_no_prose() {
    let source = "import Gold from './gold'\nexport const meta = {\n  title: 'Gold',\n\n  x: 1\n}\n\n# Hi {props.name}\n\n{/* promolint-ignore tm-x: quoted law */}\n\n<Card title=\"Shown\" on={() => a > b}>\n    Inside *card* <b>Hub</b>Spot\n</Card>\n\nText <Badge.Item x=\"}\" />here {tier} partner\n\n{list.map((x) => <Li>{x}</Li>)}\n\nimport the contacts\n\n```js\nimport code from '{x}'\n```\n\nEnd \\{not} `{code}`";
    let d = mdx(source);
    assert_eq!(
        texts(&d),
        [
            "Hi \u{FFFC}",
            "Inside *card* <b>Hub</b>Spot",
            "Text here \u{FFFC} partner",
            "import the contacts",
            "import code from '{x}'",
            "End {not} {code}",
            "Shown",
        ]
    );
    assert_eq!(d.directives[0].text, "promolint-ignore tm-x: quoted law");
    assert_eq!(&source[d.directives[0].next_block.unwrap().range()], "Inside *card* <b>Hub</b>Spot");
    let loose = mdx("a { b\n\n<Card \"\n\nstill *here*");
    assert!(loose.text.contains("still here"), "{}", loose.text);
    let two = mdx("<Card>\n  Hub*Spot* **bold**\n</Card>");
    assert_eq!(texts(&two), ["HubSpot bold"]);
}

#[test]
fn directives_know_their_block() {
    let source = "One\n\n<!-- promolint-ignore tm-a: because -->\n\nTwo\n\nThree <!-- promolint-ignore tm-b: so --> and\n\n- <!-- promolint-ignore tm-c: yes -->\n  Four\n\n{# promolint-ignore tm-d: jinja #}\nFive";
    let d = doc(source);
    let got: Vec<_> = d.directives.iter().map(|x| (x.text.as_str(), x.next_block.map_or("", |s| &source[s.range()]))).collect();
    assert_eq!(got.len(), 4, "{got:?}");
    assert_eq!(got[0], ("promolint-ignore tm-a: because", "Two"));
    assert!(got[1].1.starts_with("Three"), "{got:?}");
    assert_eq!(got[2].1, "Four");
    assert_eq!(got[3].1, "Five");
    assert_eq!(&source[d.directives[0].span.range()], "<!-- promolint-ignore tm-a: because -->");
}

#[test]
fn a_picture_by_itself_is_a_block() {
    let source = "<!-- promolint-ignore tm-a: b -->\n![One](a.png \"Two\")\n\nThree\n\n<!-- promolint-ignore tm-a: c -->\nWords ![One](a.png \"Two\")\n\nFour";
    let d = doc(source);
    let got: Vec<_> = d.directives.iter().map(|x| x.next_block.map_or("", |s| &source[s.range()])).collect();
    assert_eq!(got, ["![One](a.png \"Two\")", "Words ![One](a.png \"Two\")"]);
}

#[test]
fn a_comment_holds_for_an_element_with_attributes_alone() {
    let source = "{/* promolint-ignore tm-a: b */}\n<Card title=\"A\" />\n\nB\n\n{/* promolint-ignore tm-a: c */}\n\n<Card title=\"A\"></Card>\n\nB\n\n\
        {/* promolint-ignore tm-a: d */}\n\n<button aria-label=\"A\"></button>\n\nB\n\n{/* promolint-ignore tm-a: e */}\n\n<Card title=\"A\">\n\nB\n\n</Card>";
    let d = mdx(source);
    let got: Vec<_> = d.directives.iter().map(|x| x.next_block.map_or("", |s| &source[s.range()])).collect();
    assert_eq!(got, ["<Card title=\"A\" />", "<Card title=\"A\"></Card>", "<button aria-label=\"A\"></button>", "B"]);
}

#[test]
fn front_matter_comes_first() {
    let source = "---\ntitle: \"A &amp; *b*\"\nkind: event\n---\n# C";
    let d = doc(source);
    assert_eq!(blocks(&d), [(Role::Title, "A &amp; *b*"), (Role::Heading, "C")]);
    assert_eq!(slices(source, &d, "C"), ["C"]);
}

#[test]
fn hostile_shapes_end() {
    let shapes = [
        ">".repeat(10_000) + "x",
        "> ".repeat(5_000) + "x\n" + &"> ".repeat(5_000) + "<b>",
        "- ".repeat(5_000) + "x",
        "word ".repeat(40_000),
        "`a ".repeat(20_000),
        "`".repeat(100_000),
        (0..300).map(|i| "`".repeat(i) + " ").collect(),
        "[".repeat(50_000),
        "[a](".repeat(15_000),
        "![".repeat(20_000),
        "*a_ ".repeat(20_000),
        "&amp".repeat(20_000),
        "<a ".repeat(20_000),
        "x <a>".repeat(5_000) + &"</b>".repeat(5_000),
        "<!--".repeat(20_000),
        "x {{ ".repeat(20_000),
        "{% ".repeat(20_000),
        "[[".repeat(20_000),
        "{% comment %} ".repeat(5_000),
        "[[a|b]]".repeat(5_000),
        "{{ a }}".repeat(5_000),
        ":::a\n".repeat(10_000),
        "[a]: b\n".repeat(10_000),
        "<div>\n\n".repeat(3_000),
        "a@".repeat(20_000),
        "http://".repeat(10_000),
        "www.".repeat(20_000),
        "a|".repeat(5_000) + "\n" + &"-|".repeat(5_000) + "\n" + &"`x` |".repeat(5_000),
        "{a".repeat(20_000),
        "<A ".repeat(20_000),
        "<A {'".repeat(10_000),
        "<A {}\n".repeat(10_000),
        "{/*".repeat(10_000),
        "![a".repeat(5_000) + &"](b)".repeat(5_000),
    ];
    for s in shapes {
        let d = doc(&s);
        assert!(d.text.len() <= s.len() * 3 + 10);
        mdx(&s);
    }
}

/// A piece of Markdown around a needle.
fn piece() -> impl Strategy<Value = (String, bool)> {
    let needle = "[A-Z][a-z]{3,6}";
    let plain = prop_oneof![Just("word"), Just("two words"), Just("Ünï"), Just("東京"), Just("x*y"), Just("1 < 2"), Just("a_b")];
    let wrap = 0..16usize;
    (needle, plain, wrap, any::<u16>()).prop_map(|(n, p, w, seed)| {
        let cut = n.len() / 2;
        let (a, z) = n.split_at(cut);
        // Every needle is between two guards, so that what lies between them can be cut out again.
        let (core, code) = match w {
            0 | 1 => (n.clone(), false),
            2 => (format!("{a}**{z}**"), false),
            3 => (format!("*{a}*{z}"), false),
            4 => (
                n.chars()
                    .enumerate()
                    .map(|(i, c)| if seed >> (i % 16) & 1 == 1 { format!("&#{};", c as u32) } else { c.to_string() })
                    .collect(),
                false,
            ),
            5 => (format!("{a}&shy;{z}"), false),
            6 => (format!("[{n}](/dest \"title\")"), false),
            7 => (format!("`{n}`"), true),
            8 => (format!("{a}<b class=\"x > y\">{z}</b>"), false),
            9 => (format!("{a}<!-- note -->{z}"), false),
            10 => (format!("~~{n}~~"), false),
            11 => (format!("\u{200B}{n}"), false),
            12 => (format!("[{a}][r]{z}"), false),
            13 => (format!("``{n}``"), true),
            14 => (format!("<kbd>{n}</kbd>"), true),
            _ => (format!("{{{{< s \"{n}\" >}}}}"), true),
        };
        (format!("{p} \\[{core}\\] end"), code)
    })
}

fn container() -> impl Strategy<Value = (usize, Vec<(String, bool)>)> {
    (0..11usize, prop::collection::vec(piece(), 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// The guards `\[` and `\]` show as brackets; what lies between is the needle, and its spans are its letters.
    #[test]
    fn needles_come_back(parts in prop::collection::vec(container(), 1..6), crlf in any::<bool>()) {
        let mut source = String::new();
        let mut planted = Vec::new();
        for (kind, pieces) in &parts {
            let lines: Vec<_> = pieces.iter().map(|p| p.0.clone()).collect();
            planted.extend(pieces.iter().map(|p| p.1 && *kind < 9));
            let html: Vec<_> = lines.iter().map(|l| format!("<p>{} [Ab&#99;<i>d&shy;e</i>f]", l.len())).collect();
            source.push_str(&match kind {
                0 => lines.join("\n"),
                1 => format!("> {}", lines.join("\n> ")),
                2 => format!("- {}", lines.join("\n  - ")),
                3 => format!("> - {}", lines.join("\n>   ")),
                4 => format!("| h |\n|---|\n| {} |", lines.join(" |\n| ")),
                5 => format!("# {}", lines.join("\n\n## ")),
                6 => format!("1. {}", lines.join("\n\n   > ")),
                7 => lines.join("  \n"),
                9 => format!("<div>\n{}</div>", html.join("\n")),
                10 => format!("- > <div>\n  > {}</div>", html.join("\n  > ")),
                _ => format!("x[^f]\n\n[^f]: {}", lines.join("\n    ")),
            });
            source.push_str("\n\n***\n\n");
        }
        source.push_str("[r]: /ref\n");
        if crlf {
            source = source.replace('\n', "\r\n");
        }
        for d in [doc(&source)] {
            let mut at = 0;
            let mut found = 0;
            while let Some(open) = d.text[at..].find('[') {
                let start = at + open + 1;
                let end = start + d.text[start..].find(']').unwrap();
                at = end;
                let inner = &d.text[start..end];
                let name = inner.trim_start_matches("{{< s \"").trim_end_matches("\" >}}");
                let start = start + inner.find(name).unwrap();
                let shown = &d.text[start..start + name.len()];
                let spans = d.map.spans(start, start + name.len());
                let written: String = spans.iter().map(|s| &source[s.range()]).collect();
                let decoded: String = html_letters(&written);
                prop_assert_eq!(&decoded, shown, "{:?} in {:?}", written, source);
                prop_assert!(!shown.is_empty() && shown.chars().all(char::is_alphanumeric), "{:?} in {:?}", shown, source);
                if let Some(code) = planted.get(found) {
                    prop_assert_eq!(d.marked(Mark::Code, start, start + name.len()), *code, "{} in {:?}", shown, source);
                }
                found += 1;
            }
            prop_assert_eq!(found, planted.len(), "{:?} of {:?}", d.text, source);
        }
    }

    #[test]
    fn nothing_panics(s in "([#>*_`~|{}%:!<>/=\"'\\\\&;()\\[\\]. \\n\\t\\r-]|[a-c]|\u{e9}|\u{1F600}|<b>|</b>|<!--|-->|\\{\\{|\\}\\}|:::|---\n|&amp;|http://|import |[\u{0}-\u{FFFF}]){0,120}") {
        for d in [doc(&s), mdx(&s)] {
            for p in d.map.pieces() {
                prop_assert!(s.get(p.source..p.source + p.source_len).is_some());
                if p.linear {
                    // White space of any kind shows as a space.
                    let written = s[p.source..p.source + p.source_len].replace(char::is_whitespace, " ");
                    prop_assert_eq!(written, &d.text[p.text..p.text + p.text_len]);
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

/// Letters written as numeric entities, and soft hyphens, undone.
fn html_letters(s: &str) -> String {
    let mut out = String::new();
    let mut rest = s;
    while let Some(i) = rest.find('&') {
        out.push_str(&rest[..i]);
        let end = i + rest[i..].find(';').unwrap();
        match rest[i + 1..end].strip_prefix('#') {
            Some(n) => out.push(char::from_u32(n.parse().unwrap()).unwrap()),
            None => assert_eq!(&rest[i..=end], "&shy;"),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

#[test]
fn a_comment_before_a_table_or_list_holds_for_all_of_it() {
    let source = "<!-- promolint-ignore tm-a: b -->\n\n| A | B |\n| - | - |\n| C | D |\n\nE\n\n<!-- promolint-ignore tm-a: b -->\n- F\n- G\n  - H\n\nI";
    let d = doc(source);
    let got: Vec<_> = d.directives.iter().map(|x| x.next_block.map_or("", |s| source[s.range()].trim_end())).collect();
    assert_eq!(got, ["| A | B |\n| - | - |\n| C | D |", "- F\n- G\n  - H"]);
}

#[test]
fn texts_in_properties_of_components_are_read() {
    let source = "<Card label=\"One &amp; two\" description={'Three'} heading={x + \"no\"} cta='Four > five' on=\"no\" text={ \"Six\" } subtitle=\"a\\b\" />\n\nText <Ui.tag label=\"Seven\"/> here <b label=\"no\">x</b> <Card label=";
    let d = mdx(source);
    assert_eq!(texts(&d)[1..], ["One & two", "Three", "Four > five", "Six", "Seven"]);
}
