use super::{Dom, MAX_DEPTH, read};
use crate::document::{Builder, Document};
use crate::source::Span;
use scraper::Selector;

fn doc(html: &str) -> Document {
    let mut b = Builder::new();
    read(html, &mut b);
    b.finish()
}

fn show(html: &str) -> Vec<String> {
    let d = doc(html);
    d.blocks
        .iter()
        .map(|b| {
            format!(
                "{}{}{}: {}",
                b.role.name(),
                if b.level > 0 { b.level.to_string() } else { String::new() },
                b.lang.map_or(String::new(), |l| format!("@{}", l.as_str())),
                d.block_text(b)
            )
        })
        .collect()
}

/// The places of `needle`, as the author wrote them, parts joined by `|`.
fn found(html: &str, needle: &str) -> Option<String> {
    let d = doc(html);
    let at = d.text.find(needle)?;
    let spans = d.map.spans(at, at + needle.len());
    Some(spans.iter().map(|s| &html[s.range()]).collect::<Vec<_>>().join("|"))
}

#[test]
fn the_awkward_pages() {
    for (html, expected) in [
        ("Hub<b>Spot</b>", "Hub|Spot"),
        ("&#72;ubSpot", "&#72;ubSpot"),
        ("Hub&#x53pot", "Hub&#x53pot"),
        ("Hub&shy;Spot", "Hub&shy;Spot"),
        ("Hub\u{200B}Spot", "Hub\u{200B}Spot"),
        ("Hub&ZeroWidthSpace;Spot", "Hub&ZeroWidthSpace;Spot"),
        ("<p>one\r\ntwo HubSpot", "HubSpot"),
        ("<img alt='one\r\ntwo HubSpot'>", "HubSpot"),
        ("<img alt=HubSpot>", "HubSpot"),
        ("<img alt='HubSpot'>", "HubSpot"),
        ("<img alt=\"&#72;ubSpot\">", "&#72;ubSpot"),
        ("<title>HubSpot</title>", "HubSpot"),
        ("<title>a </tit HubSpot</title>", "HubSpot"),
        ("<meta name=description content='HubSpot'>", "HubSpot"),
        ("<meta property=og:title content='HubSpot'>", "HubSpot"),
        ("<noscript>Hub<i>Spot</noscript>", "Hub|Spot"),
        ("<template><p>HubSpot</template>", "HubSpot"),
        ("<p hidden>HubSpot", "HubSpot"),
        ("<table><tr>Hub<td>x</table>", "Hub"),
        ("<table>Hub<tr>Spot", "Hub|Spot"),
        ("<b><p>Hub</b>Spot", "Hub|Spot"),
        ("Hub<!-- x -->Spot", "Hub|Spot"),
        ("Hub</>Spot", "Hub|Spot"),
        ("Hub</span>Spot", "Hub|Spot"),
        ("Hub<td>Spot", "Hub|Spot"),
        ("<svg><title>HubSpot</title></svg>", "HubSpot"),
        ("<svg><text>Hub<tspan>Spot</tspan></text></svg>", "Hub|Spot"),
        ("<svg><text>a<![CDATA[b]]]HubSpot]]></text></svg>", "HubSpot"),
        ("<svg><text><![CDATA[]東HubSpot]]></text></svg>", "東HubSpot"),
        ("<pre>\nHubSpot</pre>", "HubSpot"),
        ("<textarea>\nHubSpot</textarea>", "HubSpot"),
        ("\u{FEFF}HubSpot", "HubSpot"),
        ("Hub\0Spot", "Hub\0Spot"),
        ("🎉HubSpot🎉", "HubSpot"),
        ("a <東 HubSpot", "<東 HubSpot"),
        ("a &#59;HubSpot", "&#59;HubSpot"),
        ("<img alt=东HubSpot>", "东HubSpot"),
        ("a &foo\r\nHubSpot", "HubSpot"),
    ] {
        let needle = match expected {
            "Hub" => "Hub",
            "&#59;HubSpot" => ";HubSpot",
            _ if expected.ends_with("HubSpot") => expected,
            _ => "HubSpot",
        };
        assert_eq!(found(html, needle).as_deref(), Some(expected), "{html:?} {:?}", show(html));
    }
}

#[test]
fn what_is_not_there() {
    for html in [
        "<p aria-label=Hub&nbspSpot>",
        "<script>HubSpot</script>",
        "<style>HubSpot</style>",
        "<svg><style>HubSpot</style></svg>",
        "<p class=HubSpot data-x=HubSpot>x",
        "<!-- HubSpot -->",
        "Hub<img>Spot",
        "Hub<p>Spot",
        "Hub<br>Spot",
        "<iframe>HubSpot</iframe>",
        "<img alt=HubSpot",
        "<img alt=a alt=HubSpot>",
    ] {
        assert_eq!(found(html, "HubSpot"), None, "{html:?} {:?}", show(html));
    }
    assert_eq!(found("Hub&nbsp;Spot", "Hub Spot").as_deref(), Some("Hub&nbsp;Spot"));
    assert_eq!(found("<p aria-label=Hub&nbspSpot>", "Hub&nbspSpot").as_deref(), Some("Hub&nbspSpot"));
}

#[test]
fn blocks_and_roles() {
    assert_eq!(
        show(
            "<html lang=en-GB><head><title>A &amp; B</title><meta name=description content='Best'></head><body><nav><a href=/x>Home</a></nav><h1>One<br>two</h1><p>Text <b>bold</b><ul><li>a<li>b</ul><table><tr><th>H<td>c<p>para</p>d</table><form><label>Name <input placeholder=Yours></label><select><option>x<option>y</select><button>Go</button><input type=submit value='Send now'></form><p lang=de>Guten <span lang=fr>jour</span></p><p><span lang=fr>bonjour</span></p>"
        ),
        [
            "title@en: A & B",
            "text@en: Home",
            "heading1@en: One two",
            "text@en: Text bold",
            "text@en: a",
            "text@en: b",
            "cell@en: H",
            "cell@en: c",
            "text@en: para",
            "cell@en: d",
            "label@en: Name \u{FFFC}",
            "label@en: x",
            "label@en: y",
            "button@en: Go",
            "text@de: Guten jour",
            "text@fr: bonjour",
            "meta@en: Best",
            "attr@en: Yours",
            "button@en: Send now",
        ]
    );
}

fn links(html: &str) -> Vec<String> {
    doc(html)
        .links
        .iter()
        .map(|l| format!("{} {} {:?}", l.holder, l.target, l.spans.iter().map(|s| &html[s.range()]).collect::<Vec<_>>()))
        .collect()
}

#[test]
fn addresses() {
    assert_eq!(
        links(
            "<base href=/b><link rel='shortcut icon' href=i><link rel=canonical href=' /c '><meta property=og:url content=u><meta name=twitter:image content=t>\
             <a href='?a=1&amp;b'>x</a><img src=a srcset='x.png 1x, y.png 2x,z.png'><video src=v poster=p><source src=s srcset='data:a,b 1x'></video>\
             <form action=f><button formaction=g></button><input formaction=h></form><iframe src=j></iframe><script src=k></script><object data=l></object>\
             <embed src=m><svg><use href=#n /><use xlink:href='#o'/></svg><area href=q><a>no</a><a href=''>no</a>"
        ),
        [
            "base[href] /b [\"/b\"]",
            "link[icon] i [\"i\"]",
            "link[canonical] /c [\"/c\"]",
            "meta[og:url] u [\"u\"]",
            "meta[twitter:image] t [\"t\"]",
            "a[href] ?a=1&b [\"?a=1&amp;b\"]",
            "img[src] a [\"a\"]",
            "img[srcset] x.png [\"x.png\"]",
            "img[srcset] y.png [\"y.png\"]",
            "img[srcset] z.png [\"z.png\"]",
            "video[src] v [\"v\"]",
            "video[poster] p [\"p\"]",
            "source[src] s [\"s\"]",
            "source[srcset] data:a,b [\"data:a,b\"]",
            "form[action] f [\"f\"]",
            "button[formaction] g [\"g\"]",
            "input[formaction] h [\"h\"]",
            "iframe[src] j [\"j\"]",
            "script[src] k [\"k\"]",
            "object[data] l [\"l\"]",
            "embed[src] m [\"m\"]",
            "use[href] #n [\"#n\"]",
            "use[href] #o [\"#o\"]",
            "area[href] q [\"q\"]",
        ]
    );
}

fn marks(html: &str) -> Vec<String> {
    let d = doc(html);
    let mut out = Vec::new();
    for (mark, name) in crate::document::Mark::ALL {
        for s in &d.marks[mark as usize] {
            out.push(format!("{name} {}", d.text[s.range()].replace('\u{1E}', "/")));
        }
    }
    out
}

#[test]
fn marked_stretches() {
    assert_eq!(marks("a <code>b</code> c<pre>d</pre>"), ["code  b", "code d/"]);
    assert_eq!(marks("<blockquote><p>a<q>b</q></blockquote>c"), ["quote ab/"]);
    assert_eq!(marks("<nav><a href=x>a</a> b</nav><footer>c</footer>"), ["link a", "nav a b/", "footer c/"]);
    assert_eq!(marks("x<a>y</a>"), Vec::<String>::new());
    for hidden in [
        "<p hidden>a</p>",
        "<p style='Display : none !important'>a</p>",
        "<p aria-hidden=TRUE>a</p>",
        "<template>a</template>",
        "<dialog>a</dialog>",
        "<p style=\"color:red;visibility:hidden\">a</p>",
    ] {
        assert_eq!(marks(&format!("x{hidden}y")), ["hidden a/"], "{hidden}");
    }
    assert_eq!(marks("<dialog open>a</dialog>"), Vec::<String>::new());
    assert_eq!(marks("<noscript>a<p>b</noscript>c"), ["noscript a/b/"]);
    assert_eq!(marks("<div hidden><noscript><b></div>a</noscript>b</div>c"), ["hidden a/b/", "noscript a/"]);
    assert_eq!(marks("<body hidden>a"), ["hidden a/"]);
    assert_eq!(marks("<img hidden alt=a>b<img alt=c>"), ["hidden a/"]);
}

#[test]
fn comments_speak() {
    let html = "<p>a<!-- promolint-ignore x: y --><p>Hub";
    let d = doc(html);
    assert_eq!(d.directives.len(), 1);
    assert_eq!(d.directives[0].text, "promolint-ignore x: y");
    assert_eq!(&html[d.directives[0].span.range()], "<!-- promolint-ignore x: y -->");
    assert_eq!(d.directives[0].next_block.map(|s| &html[s.range()]), Some("Hub"));
}

#[test]
fn comments_hold_for_the_element_that_follows() {
    for (after, wanted) in [
        ("<img alt=A title=B><p>C", "<img alt=A title=B>"),
        ("<img alt=A> text <img alt=B> <p>C", "text <img alt=B>"),
        ("<div><img alt=A></div>C", "<img alt=A>"),
        ("<meta name=description content='A b'><p>C", "A b"),
        ("<meta charset=utf-8><p title=T>C", "C"),
        ("<button aria-label=A></button><p>C", "<button aria-label=A></button>"),
        ("<button aria-label=A></button> B<p>C", "<button aria-label=A></button>"),
        ("<i title=A></i> B<p>C", "B"),
        ("<div title=A><i></i></div>C", "<div title=A><i></i></div>"),
        ("<svg aria-label=A><path/></svg><p>C", "<svg aria-label=A><path/></svg>"),
        ("<div title=A><p>B</p></div>C", "B"),
        (
            "<script type='application/ld+json'>{\"name\":\"A\",\"description\":\"B\"}</script><p>C",
            "{\"name\":\"A\",\"description\":\"B\"}",
        ),
        ("<section aria-label=A><h2>B</h2><p>C</section>", "B"),
        ("<svg><title>A</title></svg><p>C", "A"),
    ] {
        let html = format!("<p>x</p><!-- promolint-ignore x: y -->{after}");
        let d = doc(&html);
        assert_eq!(d.directives[0].next_block.map(|s| &html[s.range()]), Some(wanted), "{after}");
    }
}

#[test]
fn hostile_nesting_is_finished() {
    let n = 20_000;
    let many = |s: &str| s.repeat(n);
    let mut attributes = String::from("<p");
    for i in 0..20_000 {
        attributes.push_str(&format!(" a{i}=b title=c"));
    }
    for html in [
        many("<div>") + "HubSpot",
        many("<div hidden lang=de>") + "HubSpot" + &many("</div>"),
        attributes + ">HubSpot",
        many("&amp;") + "<p>HubSpot",
        many("</x>") + "HubSpot",
        many("<x>") + &many("</y>") + "HubSpot",
        many("<b lang=de>") + &many("<i lang=fr>") + &many("</b>") + &many("</i>") + "<p>HubSpot",
        many("<table><tr><td>") + "HubSpot",
        many("<li><div>") + "HubSpot",
        many("<svg><desc>") + "HubSpot",
        many("<a href=x>") + "HubSpot",
        many("<noscript>") + "HubSpot",
        many("<noscript><p>x</noscript>") + "HubSpot",
        many("<form></form>") + &many("<form>") + "HubSpot",
        many("<") + "<p>HubSpot",
        many("<!--x-->") + "HubSpot",
        "<img srcset='".to_owned() + &many("x 1x,") + "'>HubSpot",
        "<img srcset='".to_owned() + &many("&amp; 1x,") + "'>HubSpot",
        many("<body x>") + &(0..n).map(|i| format!("<body x{i}>")).collect::<String>() + "HubSpot",
        "<p>".to_owned() + &many("\r\n") + "HubSpot",
    ] {
        assert!(found(&html, "HubSpot").is_some(), "{}", &html[..60]);
        let dom = Dom::parse(&html, 0);
        let deepest = dom.html().tree.nodes().rfind(|n| n.value().is_text()).map_or(0, |n| n.ancestors().count());
        assert!(deepest < 2 * MAX_DEPTH as usize, "{deepest} deep: {}", &html[..60]);
        let body = Selector::parse("body").expect("a selector");
        for e in dom.html().select(&body) {
            dom.text(e.id());
            dom.text_spans(e.id());
        }
    }
}

fn first(dom: &Dom, selector: &str) -> ego_tree::NodeId {
    dom.html().select(&Selector::parse(selector).expect("a selector")).next().expect("an element").id()
}

#[test]
fn places_in_the_tree() {
    let html = "<!doctype html><body class=a>\n<P Title='x &amp; y' hidden>One <b>two&nbsp;three</b>\r\n  four<br>five</P><body id='late' class=b><svg viewBox='0 0' xlink:href='#u'/>";
    let dom = Dom::parse(html, 100);
    let at = |s: Span| &html[s.start - 100..s.end - 100];
    let p = first(&dom, "p");
    assert_eq!(dom.tag_span(p).map(at), Some("<P Title='x &amp; y' hidden>"));
    assert_eq!(dom.attr_span(p, "title").map(at), Some("x &amp; y"));
    assert_eq!(dom.attr_span(p, "hidden").map(at), Some("hidden"));
    assert_eq!(dom.attr_span(p, "class"), None);
    assert_eq!(dom.text(p), "One two three four five");
    assert_eq!(dom.text_spans(p).into_iter().map(at).collect::<Vec<_>>(), ["One", "two&nbsp;three", "four", "five"]);
    let body = first(&dom, "body");
    assert_eq!(dom.attr_span(body, "class").map(at), Some("a"));
    assert_eq!(dom.attr_span(body, "id").map(at), Some("late"), "the second <body>");
    assert_eq!(dom.tag_span(first(&dom, "head")), None);
    let svg = first(&dom, "svg");
    assert_eq!(dom.attr_span(svg, "viewBox").map(at), Some("0 0"));
    assert_eq!(dom.attr_span(svg, "href").map(at), Some("#u"));
    assert!(dom.complete());
}

#[test]
fn deep_trees_are_flattened_and_keep_their_text() {
    let html = "<div>".repeat(2000) + "deep" + &"</div>".repeat(2000) + "<p>after";
    let dom = Dom::parse(&html, 0);
    let p = first(&dom, "body > p");
    assert_eq!(dom.text(p), "after");
    assert_eq!(dom.text(first(&dom, "div")), "deep");
    assert!(dom.complete());
}

#[test]
fn formatting_made_to_blow_up_is_cut_off() {
    let mut html = String::from("<p>");
    for i in 0..400 {
        html.push_str(&format!("<b x={i}>"));
    }
    html.push_str(&"<p>x".repeat(5000));
    assert!(!Dom::parse(&html, 0).complete());
    assert_eq!(show(&html).len(), 5000);
}

#[test]
fn bare_addresses_in_prose_are_links_but_in_links_and_code() {
    let d = doc(
        "<p>See https://one.example/z, or <b>www.two.example</b>. <a href=\"https://three.example\">https://three.example</a> <code>https://four.example</code></p>",
    );
    let links: Vec<_> = d.links.iter().map(|l| (l.holder.as_str(), l.target.as_str())).collect();
    assert_eq!(links, [("a[href]", "https://three.example"), ("text", "https://one.example/z"), ("text", "www.two.example")]);
}

#[test]
fn class_names_of_jsx_are_classes() {
    let text = "<img className=\"a b\"><p className={'c'}>x</p><p className={d.e}>x</p>";
    let classes = |jsx| {
        let dom = Dom::parse_as(text, 0, jsx);
        let class = |n: ego_tree::NodeRef<'_, scraper::Node>| {
            let class = n.value().as_element()?.attr("class")?.to_owned();
            Some((class, dom.attr_span(n.id(), "class").map(|s| &text[s.range()])))
        };
        dom.html().tree.nodes().filter_map(class).collect::<Vec<_>>()
    };
    let of = |class: &str, place| (class.to_owned(), Some(place));
    assert_eq!(classes(true), [of("a b", "a b"), of("c", "{'c'}"), of("{d.e}", "{d.e}")]);
    assert_eq!(classes(false), []);
}
