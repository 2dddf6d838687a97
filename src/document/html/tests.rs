use super::read;
use crate::document::{Builder, Document};

fn doc(html: &str) -> Document {
    let mut b = Builder::new();
    read(html, &mut b);
    b.finish()
}

fn show(html: &str) -> Vec<String> {
    let d = doc(html);
    d.blocks.iter().map(|b| format!("{}{}{}: {}", b.role.name(), if b.level > 0 { b.level.to_string() } else { String::new() },
        b.lang.map_or(String::new(), |l| format!("@{}", l.as_str())), d.block_text(b))).collect()
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
