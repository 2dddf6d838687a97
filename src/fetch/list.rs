//! Lists of addresses: a sitemap (XML, packed or not), an index of sitemaps, or a text with one address a line.

use flate2::read::MultiGzDecoder;
use roxmltree::{Document, ParsingOptions};
use std::io::Read;
use url::Url;

/// A longer list is not read, packed or not.
pub const MAX_BYTES: u64 = 52 << 20;
/// A sitemap has no more elements.
const MAX_NODES: u32 = 2_000_000;

/// What is in a list.
#[derive(Debug, PartialEq, Eq)]
pub enum List {
    /// Pages, each with its line where it is a text.
    Pages(Vec<Item>),
    /// Further sitemaps.
    Sitemaps(Vec<Item>),
}

/// An address in a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// As written.
    pub address: String,
    /// Its line, from 1.
    pub line: usize,
}

impl Item {
    /// The address, if it is one of the web.
    pub fn url(&self) -> Option<Url> {
        Url::parse(&self.address).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host())
    }
}

/// Whether bytes look like a sitemap, as far as their beginning tells.
pub fn is_sitemap(bytes: &[u8]) -> bool {
    if bytes.starts_with(&[0x1F, 0x8B]) {
        return true;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    head.contains("<urlset") || head.contains("<sitemapindex")
}

/// Reads a list.
///
/// # Errors
/// Why it is none.
pub fn read(bytes: &[u8]) -> Result<List, String> {
    let mut unpacked = Vec::new();
    let bytes = if bytes.starts_with(&[0x1F, 0x8B]) {
        MultiGzDecoder::new(bytes).take(MAX_BYTES + 1).read_to_end(&mut unpacked).map_err(|_| "it is packed, and broken".to_owned())?;
        unpacked.as_slice()
    } else {
        bytes
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("it is larger than {} MB", MAX_BYTES >> 20));
    }
    // A byte order mark says what it is; otherwise sitemaps are UTF-8.
    let (text, _, broken) = encoding_rs::UTF_8.decode(bytes);
    if broken {
        return Err("it is not UTF-8".to_owned());
    }
    if text.trim_start().starts_with('<') { sitemap(&text) } else { Ok(lines(&text)) }
}

fn sitemap(text: &str) -> Result<List, String> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|e| format!("it is no XML: {e}"))?;
    let root = document.root_element();
    let (item, is_index) = match root.tag_name().name() {
        "urlset" => ("url", false),
        "sitemapindex" => ("sitemap", true),
        other => return Err(format!("it is no sitemap: its root is `{}`", super::http::shorten(other))),
    };
    let list = root.children().filter(|n| n.tag_name().name() == item).filter_map(|n| {
        let loc = n.children().find(|c| c.tag_name().name() == "loc")?;
        let address = loc.text()?.trim().to_owned();
        Some(Item { address, line: 0 })
    });
    // Lines are counted for text alone: to ask each node for its own takes too long.
    let list = list.filter(|i| !i.address.is_empty()).collect();
    Ok(if is_index { List::Sitemaps(list) } else { List::Pages(list) })
}

fn lines(text: &str) -> List {
    let items = text.lines().enumerate().map(|(i, l)| Item { address: l.trim().to_owned(), line: i + 1 });
    List::Pages(items.filter(|i| !i.address.is_empty() && !i.address.starts_with('#')).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut e = GzEncoder::new(Vec::new(), Compression::default());
        e.write_all(bytes).expect("memory");
        e.finish().expect("memory")
    }

    #[test]
    fn lists_are_read() {
        let pages = |l: Result<List, String>| match l {
            Ok(List::Pages(p)) => p.into_iter().map(|i| (i.address, i.line)).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let text = "\u{FEFF}# ours\nhttps://a.example/\r\n\n  https://a.example/b  \nwww.c.example\n";
        let found = pages(read(text.as_bytes()));
        assert_eq!(found, [("https://a.example/".into(), 2), ("https://a.example/b".into(), 4), ("www.c.example".into(), 5)]);
        let map = "<?xml version='1.0' encoding='UTF-8'?>\n<!-- x --><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:image='i'>\
                   <url><image:loc>https://a.example/i.png</image:loc></url><url><lastmod>2026-01-01</lastmod><loc>\n https://a.example/?a=1&amp;b=2 \
                   </loc><image:image><image:loc>https://a.example/j.png</image:loc></image:image></url><url/></urlset>";
        for bytes in [map.as_bytes().to_vec(), packed(map.as_bytes())] {
            assert!(is_sitemap(&bytes));
            // Pictures of a page are named in the same way, but not as pages.
            assert_eq!(pages(read(&bytes)).last(), Some(&("https://a.example/?a=1&b=2".into(), 0)));
        }
        let index = "<sitemapindex><sitemap><loc>https://a.example/1.xml.gz</loc></sitemap></sitemapindex>";
        assert!(matches!(read(index.as_bytes()), Ok(List::Sitemaps(s)) if s[0].address.ends_with("1.xml.gz")));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let laughs = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><urlset><url><loc>&b;</loc></url></urlset>";
        let deep = "<urlset>".to_owned() + &"<url>".repeat(200_000);
        for wrong in [laughs, &deep, "<html><body>no</body></html>", "<urlset>", "<rss/>"] {
            assert!(read(wrong.as_bytes()).is_err(), "{}", &wrong[..20.min(wrong.len())]);
        }
        assert!(read(b"\x1f\x8b\x08nonsense").is_err() && read(b"\xff\xfeh\0\0\xd8").is_err());
        // A megabyte becomes a gigabyte.
        assert!(read(&packed(&vec![b'\n'; 60 << 20])).is_err_and(|e| e.contains("52 MB")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), pack in any::<bool>()) {
            let _ = read(&if pack { packed(&bytes) } else { bytes });
        }

        #[test]
        fn any_xml_is_read_or_refused(text in "(<(urlset|url|loc|/url|/loc|sitemapindex|!\\[CDATA\\[|\\?x|!--)[> ]|&(amp|#x0|x);|https://a/|\\PC){0,60}") {
            if let Ok(List::Pages(list) | List::Sitemaps(list)) = read(text.as_bytes()) {
                prop_assert!(list.iter().all(|i| !i.address.is_empty()));
                let _ = list.iter().filter_map(Item::url).count();
            }
        }
    }
}
