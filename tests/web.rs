//! Whole runs over pages of a server that the test starts itself: what is said of them, what is asked for, and that copies are as good.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

/// A server of one small site, and what it was asked.
struct Site {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn start() -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                std::thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                    let Some(first) = lines.next() else { return };
                    lines.take_while(|l| !l.is_empty()).for_each(drop);
                    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
                    let (head, body) = answer(&path, port);
                    log.lock().unwrap().push(path);
                    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
                });
            }
        });
        Site { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// Runs promolint on this; addresses are written without the host, and times without numbers. Standard output, then standard error.
    fn run(&self, folder: &Path, arguments: &[&str]) -> (String, i32) {
        let host = format!("http://127.0.0.1:{}", self.port);
        let out = Command::new(env!("CARGO_BIN_EXE_promolint"))
            .args(["check", "--format", "concise", "--allow-host", "127.0.0.1", "--delay", "0"])
            .args(arguments.iter().map(|a| a.replace("HOST", &host)))
            .current_dir(folder)
            .env("PROMOLINT_CACHE_DIR", folder.join("cache"))
            .env("http_proxy", "http://127.0.0.1:9")
            .output()
            .unwrap();
        let text = String::from_utf8([out.stdout, out.stderr].concat()).unwrap().replace(&host, "HOST");
        let lines = text.lines().map(|l| match l.rsplit_once(", ") {
            Some((start, seconds)) if seconds.ends_with(" s") => format!("{start}, [..] s"),
            _ => l.to_owned(),
        });
        (lines.collect::<Vec<_>>().join("\n"), out.status.code().unwrap_or(-1))
    }
}

fn answer(path: &str, port: u16) -> (&'static str, Vec<u8>) {
    let html = "200 OK\r\ncontent-type: text/html; charset=utf-8";
    let latin: Vec<u8> = "<meta charset=utf-8><p>Das Büro für Hubspot".chars().map(|c| c as u8).collect();
    match path {
        "/nothing" => ("204 No Content", Vec::new()),
        "/blank" => (html, Vec::new()),
        "/led-on" => (html, b"<!doctype html><meta http-equiv=Refresh content=\"0; URL='/plain'\">".to_vec()),
        "/app" => {
            (html, b"<title>Acme</title><div id=root></div><noscript>Turn JavaScript on</noscript><script src=a.js></script>".to_vec())
        }
        "/later" => (html, b"<noscript><meta http-equiv=refresh content='0;url=/plain'></noscript><p>Words".to_vec()),
        "/robots.txt" => ("200 OK", b"User-agent: *\nDisallow: /private/\n".to_vec()),
        "/sitemap.xml" => {
            let at = |p: &str| format!("<url><loc>http://127.0.0.1:{port}{p}</loc></url>");
            let list: String = ["/", "/latin", "/private/a", "/moved", "/export.csv", "/old", "/badge.pdf"].map(at).concat();
            let body = format!("<urlset>{list}<url><loc>https://other.example/</loc></url></urlset>");
            ("200 OK\r\ncontent-type: application/xml", body.into_bytes())
        }
        "/" => (html, b"<title>Brightpath</title><p>We are <b>Hub</b>spot experts. <img src=badge.png>".to_vec()),
        // The server is right about its bytes, and the page is not.
        "/latin" => ("200 OK\r\ncontent-type: text/html; charset=ISO-8859-1", latin),
        "/moved" => ("301 Moved Permanently\r\nlocation: /deep/page", Vec::new()),
        "/deep/page" => {
            let page = "<base href=/assets/><link rel=stylesheet href=style.css><p>Nothing wrong <img class=b src=../badge.png width=480 height=120>";
            (html, format!("{page}<img src=gone.png>").into_bytes())
        }
        "/assets/style.css" => ("200 OK\r\ncontent-type: text/css", b".b{opacity:.5}".to_vec()),
        "/badge.png" => ("200 OK\r\ncontent-type: image/png", std::fs::read("fixtures/badges/partner/partner-gold-240.png").unwrap()),
        "/export.csv" => ("200 OK\r\ncontent-type: text/csv", b"name,tagline,description\nA,b,Guaranteed results with Hubspot\n".to_vec()),
        "/old" => ("403 Forbidden\r\nset-cookie: a=b", b"<p>Hubspot".to_vec()),
        "/badge.pdf" => ("200 OK\r\ncontent-type: application/pdf", b"%PDF-1.7".to_vec()),
        _ => ("404 Not Found", b"<p>Hubspot".to_vec()),
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_sitemap_is_checked_and_its_copies_are_as_good() {
    let site = Site::start();
    let folder = folder("web-sitemap");
    let arguments = ["--only", "tm-hubspot-capitalisation", "--kind", "page", "--save", "copies", "--urls", "HOST/sitemap.xml"];
    let (first, code) = site.run(&folder, &arguments);
    let expected = "\
HOST/:1:39: warning[tm-hubspot-capitalisation] `Hubspot` is not how the name is written
HOST/latin:1:37: warning[tm-hubspot-capitalisation] `Hubspot` is not how the name is written
HOST/export.csv:2:29: warning[tm-hubspot-capitalisation] `Hubspot` is not how the name is written
note: HOST/sitemap.xml names an address on other sites, left out here
error[not-checked]: HOST/private/a: the robots.txt of 127.0.0.1 does not let promolint read this
  = help: its owner can add `User-agent: promolint` and `Allow: /` there; or save the page and check the file
note: HOST/moved leads to HOST/deep/page, which was checked
note: HOST/export.csv: no format describes these records; values of several words were read as texts of the kind page, others were not checked
error[not-checked]: HOST/old: the server does not let promolint read this (403 Forbidden)
  = help: if a browser shows it, save the page there and check the file; or ask its owner to let promolint in
error[not-checked]: HOST/badge.pdf: this is application/pdf, which promolint does not read
  = help: name an address of a page or a text
3 warnings in 4 inputs, 1 record, [..] s
3 things could not be checked; see above";
    assert_eq!(first, expected);
    assert_eq!(code, 2);
    let asked = site.asked();
    // There is nothing to hold pictures against, and nobody asks what robots.txt forbids.
    assert!(!asked.iter().any(|p| p.ends_with(".png") || p.ends_with(".css") || p.starts_with("/private")), "{asked:?}");
    assert_eq!(asked.len(), 9, "{asked:?}");

    let (again, code) = site.run(&folder, &[&arguments[..], &["--no-network"]].concat());
    let day = |l: &str| l.rsplit_once(" (on ").map_or(l.to_owned(), |(start, _)| start.to_owned());
    let without_copies = |t: &str| t.lines().filter(|l| !l.contains("copies")).map(day).collect::<Vec<_>>().join("\n");
    assert_eq!(without_copies(&again), first);
    assert!(again.contains("note: nothing is fetched: pages are read from the copies in copies"), "{again}");
    assert_eq!((code, site.asked()), (2, vec![]));
}

#[test]
fn pictures_are_fetched_where_there_is_something_to_hold_them_against() {
    let site = Site::start();
    let folder = folder("web-pictures");
    std::fs::copy("fixtures/badges/partner/partner-gold-240.png", folder.join("gold.png")).unwrap();
    std::fs::write(folder.join("assets.yaml"), "assets:\n  - {id: gold, family: partner, tier: gold, files: [gold.png]}\n").unwrap();
    let page = format!("<p>Here <img src=http://127.0.0.1:{}/badge.png>", site.port);
    std::fs::write(folder.join("local.html"), page).unwrap();
    let rules = ["--assets", "assets.yaml", "--only", "logo-altered-by-css,logo-stretched,image-missing"];

    // The pictures of files are not fetched, whatever else is.
    let (text, code) = site.run(&folder, &[&rules[..], &["local.html"]].concat());
    assert!(text.contains("1 image was not compared: 1 on other hosts"), "{text}");
    assert_eq!((code, site.asked()), (0, vec![]));

    let (text, code) = site.run(&folder, &[&rules[..], &["HOST/moved#top"]].concat());
    let expected = "\
HOST/moved#top:1:91: error[logo-altered-by-css] `gold` is altered by the page: opacity 50 %; allowed 100 %
HOST/moved#top:1:110: error[logo-stretched] `gold` is out of proportion: stretched 350 % wider; allowed 1 %
HOST/moved#top:1:134: note[image-missing] there is no image HOST/assets/gone.png
note: HOST/moved#top leads to HOST/deep/page, which was checked
2 errors, 1 note in 1 input, [..] s";
    assert_eq!(text, expected);
    assert_eq!(code, 1);
    let mut asked = site.asked();
    asked.sort();
    assert_eq!(asked, ["/assets/gone.png", "/assets/style.css", "/badge.png", "/deep/page", "/moved", "/robots.txt"]);

    // In JSON an address is no path.
    site.run(&folder, &["--only", "tm-hubspot-capitalisation", "--output", "jsonl=findings.jsonl", "HOST/latin"]);
    let text = std::fs::read_to_string(folder.join("findings.jsonl")).unwrap();
    let finding: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let url = format!("http://127.0.0.1:{}/latin", site.port);
    assert_eq!((&finding["path"], &finding["url"]), (&serde_json::Value::Null, &url.into()));
    assert_eq!((&finding["primary"]["spans"][0]["start"], &finding["primary"]["spans"][0]["end"]), (&36.into(), &43.into()));
}

#[test]
fn lists_in_files_and_wrong_words_are_told() {
    let site = Site::start();
    let folder = folder("web-lists");
    let list = format!("# ours\nhttp://127.0.0.1:{0}/\n\nwww.brightpath.example/x\nhttp://127.0.0.1:{0}/\nftp://x.example/\n", site.port);
    std::fs::write(folder.join("list.txt"), list).unwrap();
    std::fs::write(folder.join("empty.txt"), "# nothing\n").unwrap();
    std::fs::write(folder.join("wrong.xml"), "<html/>").unwrap();
    let only = ["--only", "tm-hubspot-capitalisation", "--urls"];
    let (text, code) = site.run(&folder, &[&only[..], &["list.txt"]].concat());
    let expected = "\
HOST/:1:39: warning[tm-hubspot-capitalisation] `Hubspot` is not how the name is written
error[not-checked]: list.txt:4: `www.brightpath.example/x` is no address
  = help: write it as `https://www.brightpath.example/x`
error[not-checked]: list.txt:6: `ftp://x.example/` is no address
  = help: write it as https://HOST/PATH
1 warning in 1 input, [..] s
2 things could not be checked; see above";
    assert_eq!((text.as_str(), code), (expected, 2));
    for (arguments, says) in [
        (&["empty.txt"][..], "empty.txt: there are no addresses in this list"),
        (&["wrong.xml"], "wrong.xml: this list cannot be read: it is no sitemap: its root is `html`"),
        (&["lists.txt"], "lists.txt: this list cannot be read: no such file or directory\n  = help: did you mean `list.txt`?"),
        (&["list.txt", "--no-network"], "HOST/: nothing is fetched with `--no-network`"),
        (&["list.txt", "--no-network", "--save", "none"], "there are no copies of pages in none"),
        (&["list.txt", "--save", "."], ". holds other files, and nothing is kept there"),
        (&["list.txt", "--allow-host", "http://x.example/"], "`--allow-host http://x.example/` names no host"),
        (&["list.txt", "--user-agent", "a\nb"], "`--user-agent` cannot be sent"),
        (&["HOST/sitemap.xml", "--max-pages", "1"], "6 more addresses were not fetched: the limit of a list is 1 page"),
    ] {
        let (text, code) = site.run(&folder, &[&only[..], arguments].concat());
        assert!(text.contains(says), "{arguments:?}: {text}");
        assert_eq!(code, 2, "{arguments:?}");
    }
}

#[test]
fn what_shows_nothing_is_not_clean() {
    let site = Site::start();
    let folder = folder("nothing");
    for (page, reason) in [
        ("nothing", "the server answers that there is no content (204)"),
        ("blank", "the server's answer is empty"),
        ("led-on", "this page leads its readers on to HOST/plain, which was not checked"),
        ("app", "the page has no words of its own for readers as the server sends it"),
    ] {
        let (text, code) = site.run(&folder, &[&format!("HOST/{page}")]);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains(&format!("HOST/{page}: {reason}")) && text.contains("nothing was checked, [..] s"), "{text}");
    }
    assert_eq!(site.run(&folder, &["HOST/later"]).1, 0);
}
