//! Fetching from servers of this machine that the tests start themselves, most of them hostile. No test waits: time is the tests' own,
//! but for what the system's sockets are allowed, which is a fraction of a second.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Instant;

/// What a server was asked: the path, and all header lines.
#[derive(Clone, Debug)]
struct Asked {
    path: String,
    headers: Vec<String>,
}

/// A server of this machine. It stops with the process.
struct Server {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// `answer` writes what it likes to whoever asks; nothing is there without a robots.txt of its own.
    fn start(answer: impl Fn(&str, usize, &mut TcpStream) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = listener.local_addr().expect("an address");
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut stream = stream;
                    let mut lines = BufReader::new(stream.try_clone().expect("a socket")).lines().map_while(Result::ok);
                    let Some(first) = lines.next() else { return };
                    let headers = lines.by_ref().take_while(|l| !l.is_empty()).collect();
                    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
                    let before = {
                        let mut log = log.lock().expect("log");
                        log.push(Asked { path: path.clone(), headers });
                        log.iter().filter(|a| a.path == path).count()
                    };
                    answer(&path, before, &mut stream);
                });
            }
        });
        Server { at, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("log").iter().map(|a| a.path.clone()).collect()
    }
}

/// A whole answer.
fn send(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn page(stream: &mut TcpStream) {
    send(stream, "200 OK\r\ncontent-type: text/html", b"<p>Hello");
}

/// Time that passes only where somebody sleeps.
#[derive(Debug)]
struct Still {
    start: Instant,
    slept: Mutex<(Duration, Vec<Duration>)>,
}

impl Clock for Still {
    fn now(&self) -> Instant {
        self.start + self.slept.lock().expect("clock").0
    }

    fn sleep(&self, time: Duration) {
        let mut slept = self.slept.lock().expect("clock");
        slept.0 += time;
        slept.1.push(time);
    }
}

fn still() -> Arc<Still> {
    Arc::new(Still { start: Instant::now(), slept: Mutex::default() })
}

/// Limits that a test meets in a moment.
fn small() -> Limits {
    Limits {
        page: 100_000,
        picture: 100_000,
        all: 10 << 20,
        redirects: 5,
        connect: Duration::from_secs(5),
        idle: Duration::from_secs(10),
        ..Limits::default()
    }
}

fn fetcher(clock: &Arc<Still>, limits: Limits) -> Arc<Fetcher> {
    let clock: Arc<dyn Clock> = Arc::<Still>::clone(clock);
    let options = Options { allowed: vec!["127.0.0.1".into()], limits, clock: Some(clock), ..Options::default() };
    Arc::new(Fetcher::new(options).expect("options"))
}

fn why(answer: Answer) -> Option<Why> {
    answer.err().map(|f| f.why)
}

#[test]
fn every_step_of_the_way_is_guarded() {
    let server = Server::start(|path, _, s| {
        let port = s.local_addr().expect("an address").port();
        let to = match path {
            "/robots.txt" => return send(s, "404 Not Found", b""),
            "/end" => return page(s),
            "/moved" => "/moved2".to_owned(),
            "/moved2" => format!("http://127.0.0.1:{port}/end#part"),
            "/a" => "/b".to_owned(),
            "/b" => "/a".to_owned(),
            "/meta" => "http://169.254.169.254/latest/meta-data/".to_owned(),
            "/number" => format!("http://2130706434:{port}/secret"),
            "/name" => format!("//localhost:{port}/secret"),
            "/six" => format!("http://[::ffff:127.0.0.2]:{port}/secret"),
            "/file" => "file:///etc/passwd".to_owned(),
            "/password" => format!("http://u:p@127.0.0.1:{port}/secret"),
            "/nowhere" => "http://".to_owned(),
            other => format!("{other}1"),
        };
        send(s, &format!("302 Found\r\nlocation: {to}"), b"<a href='/secret'>here</a>");
    });
    let web = fetcher(&still(), small());
    let found = web.get(&server.url("/moved"), Want::Page).expect("a page");
    assert_eq!((found.url.as_str(), found.bytes.as_slice()), (server.url("/end").as_str(), b"<p>Hello".as_slice()));
    for path in ["/meta", "/number", "/name", "/six", "/file", "/password"] {
        let failure = web.get(&server.url(path), Want::Page).expect_err(path);
        assert_eq!(failure.why, Why::Refused, "{path}: {failure:?}");
        assert!(failure.message.starts_with("this leads to "), "{failure:?}");
    }
    for path in ["/a", "/endless", "/nowhere"] {
        assert_eq!(why(web.get(&server.url(path), Want::Page)), Some(Why::Redirects), "{path}");
    }
    let asked = server.asked();
    assert!(!asked.iter().any(|p| p.contains("secret")), "{asked:?}");
    // The first and the five it leads on to.
    assert_eq!(asked.iter().filter(|p| p.starts_with("/endless")).count(), 6);
    assert_eq!(asked.iter().filter(|p| *p == "/robots.txt").count(), 1);
}

#[test]
fn hostile_answers_cost_little() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..8 {
        bomb.write_all(&vec![b' '; 1 << 20]).expect("memory");
    }
    let bomb = bomb.finish().expect("memory");
    let server = Server::start(move |path, before, s| {
        let head = |s: &mut TcpStream, more: &str| {
            let _ = s.write_all(format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n{more}\r\n").as_bytes());
        };
        match path {
            "/robots.txt" => send(s, "403 Forbidden", b""),
            "/bomb" => send(s, "200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip", &bomb),
            "/endless" => {
                head(s, "");
                while s.write_all(&[b'x'; 8192]).is_ok() {}
            }
            "/says-more" => head(s, "content-length: 99999999999\r\n"),
            "/breaks-off" => {
                head(s, "content-length: 1000\r\n");
                let _ = s.write_all(b"<p>Hel");
            }
            "/silent" => std::thread::sleep(Duration::from_secs(5)),
            "/stops" => {
                head(s, "content-length: 1000\r\n");
                let _ = s.write_all(b"<p>Hel");
                std::thread::sleep(Duration::from_secs(5));
            }
            "/headers" => {
                let _ = s.write_all(b"HTTP/1.1 200 OK\r\n");
                while s.write_all(format!("x-{before}: {}\r\n", "y".repeat(4000)).as_bytes()).is_ok() {}
            }
            "/no-http" => {
                let _ = s.write_all(b"220 mail.example ESMTP\r\n");
            }
            "/packed" => send(s, "200 OK\r\ncontent-type: text/html\r\ncontent-encoding: zstd", b"\x28\xb5\x2f\xfd"),
            "/broken-gzip" => send(s, "200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip", b"<p>Hello, not packed at all"),
            "/video" => send(s, "200 OK\r\ncontent-type: video/mp4", b"...."),
            "/closes" => {}
            _ => page(s),
        }
    });
    let web = fetcher(&still(), small());
    let hasty = fetcher(&still(), Limits { idle: Duration::from_millis(500), ..small() });
    let expected = [
        ("/bomb", Why::TooLarge, 1),
        ("/endless", Why::TooLarge, 1),
        ("/says-more", Why::TooLarge, 1),
        ("/packed", Why::Kind, 1),
        ("/video", Why::Kind, 1),
        ("/silent", Why::TimedOut, 1),
        ("/stops", Why::TimedOut, 1),
        ("/fine", Why::Missing, 1),
        ("/breaks-off", Why::Unreachable, 3),
        ("/fine2", Why::Missing, 1),
        ("/headers", Why::Unreachable, 3),
        ("/fine3", Why::Missing, 1),
        ("/no-http", Why::Unreachable, 3),
        ("/fine4", Why::Missing, 1),
        ("/broken-gzip", Why::Unreachable, 3),
        ("/fine5", Why::Missing, 1),
        ("/closes", Why::Unreachable, 3),
    ];
    for (path, wanted, times) in expected {
        let web = if wanted == Why::TimedOut { &hasty } else { &web };
        let answer = web.get(&server.url(path), Want::Page);
        match &answer {
            Ok(f) => assert!(path.starts_with("/fine") && f.bytes == b"<p>Hello", "{path} was read"),
            Err(f) => assert_eq!(f.why, wanted, "{path}: {f:?}"),
        }
        let asked = server.asked().iter().filter(|p| *p == path).count();
        // On a busy machine time may be over before.
        assert!(asked == times || wanted == Why::TimedOut && asked == 0, "{path} was asked {asked} times");
    }
    // Four in a row, and the host is left alone.
    let _ = web.get(&server.url("/closes"), Want::Page);
    let before = server.asked().len();
    assert_eq!(why(web.get(&server.url("/fine"), Want::Page)), Some(Why::Unreachable));
    assert_eq!(server.asked().len(), before);
}

#[test]
fn a_slow_answer_ends_with_its_time() {
    let server = Server::start(|path, _, s| {
        if path == "/robots.txt" {
            return send(s, "404 Not Found", b"");
        }
        let _ = s.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n");
        // A few bytes at a time, always in time.
        while s.write_all(b"drip").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let limits = Limits { whole: Duration::from_millis(200), ..small() };
    let web = Fetcher::new(Options { allowed: vec!["127.0.0.1".into()], limits, ..Options::default() }).expect("options");
    assert_eq!(why(web.get(&server.url("/"), Want::Page)), Some(Why::TimedOut));
}

#[test]
fn all_of_a_run_has_a_limit() {
    let server = Server::start(|path, _, s| match path {
        "/robots.txt" => send(s, "404 Not Found", b""),
        _ => send(s, "200 OK\r\ncontent-type: text/html", &[b'x'; 60_000]),
    });
    let web = fetcher(&still(), Limits { all: 150_000, ..small() });
    let came: Vec<_> = (0..4).map(|i| why(web.get(&server.url(&format!("/{i}")), Want::Page))).collect();
    assert_eq!(came, [None, None, Some(Why::TooLarge), Some(Why::TooLarge)]);
}

#[test]
fn a_host_is_asked_as_it_wants_to_be() {
    let server = Server::start(|path, before, s| match (path, before) {
        ("/robots.txt", _) => {
            send(
                s,
                "200 OK",
                b"User-agent: *\nDisallow: /\n\nUser-agent: Promolint\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 3\n",
            );
        }
        ("/busy", 1) => send(s, "429 Too Many Requests\r\nretry-after: 7", b""),
        ("/gone", _) => send(s, "410 Gone", b""),
        ("/forbidden", _) => send(s, "403 Forbidden\r\nset-cookie: a=b", b""),
        ("/later", _) => send(s, "429 Too Many Requests\r\nretry-after: 3600", b""),
        ("/weak", 1..3) => send(s, "503 Service Unavailable", b""),
        ("/fails", _) => send(s, "500 Internal Server Error", b""),
        ("/odd", _) => send(s, "300 Multiple Choices", b""),
        _ => send(s, "200 OK\r\ncontent-type: text/html\r\nset-cookie: id=4711", b"<p>Hello"),
    });
    let clock = still();
    let web = fetcher(&clock, small());
    let slept = || std::mem::take(&mut clock.slept.lock().expect("clock").1).iter().map(Duration::as_secs_f64).collect::<Vec<_>>();
    let times = |path: &str| server.asked().iter().filter(|p| *p == path).count();
    let get = |path: &str| why(web.get(&server.url(path), Want::Page));

    assert_eq!((get("/private/x"), times("/private/x")), (Some(Why::Robots), 0));
    assert_eq!((get("/private/open"), slept()), (None, vec![]));
    assert_eq!((get("/second"), slept()), (None, vec![3.0]));
    // Seven seconds, and no less; the turn that was due is over by then.
    assert_eq!((get("/busy"), times("/busy")), (None, 2));
    assert_eq!(slept(), [3.0, 7.0]);
    assert_eq!((get("/gone"), get("/forbidden"), get("/odd")), (Some(Why::Missing), Some(Why::Forbidden), Some(Why::Status)));
    assert_eq!(times("/gone") + times("/forbidden") + times("/odd"), 3);
    slept();
    assert_eq!((get("/weak"), times("/weak")), (None, 3));
    let waits = slept();
    // Its turn, a first wait, the rest of its turn, a second and longer wait.
    assert!(waits.len() >= 4 && waits.iter().sum::<f64>() >= 9.0, "{waits:?}");
    assert_eq!((get("/fails"), times("/fails")), (Some(Why::Server), 1));
    let failure = web.get(&server.url("/later"), Want::Page).expect_err("busy");
    assert!(failure.why == Why::TooMany && failure.message.contains("3600 seconds"), "{failure:?}");
    assert_eq!((times("/later"), times("/robots.txt")), (1, 1));

    for asked in server.asked.lock().expect("log").iter() {
        let named = |name: &str| asked.headers.iter().find(|h| h.to_ascii_lowercase().starts_with(name));
        assert_eq!(named("user-agent:").map(|h| h.contains(USER_AGENT)), Some(true), "{asked:?}");
        assert!(["cookie:", "authorization:", "referer:"].iter().all(|n| named(n).is_none()), "{asked:?}");
    }
}

#[test]
fn without_robots_a_host_is_not_asked() {
    for (status, wanted) in
        [("500 Internal Server Error", Some(Why::Server)), ("429 Too Many Requests", Some(Why::TooMany)), ("401 No", None)]
    {
        let server = Server::start(move |path, _, s| match path {
            "/robots.txt" => send(s, status, b"User-agent: *\nDisallow: /"),
            _ => page(s),
        });
        let web = fetcher(&still(), small());
        assert_eq!(why(web.get(&server.url("/"), Want::Page)), wanted, "{status}");
        assert_eq!(server.asked().contains(&"/".to_owned()), wanted.is_none(), "{status}");
    }
}

#[test]
fn pages_come_in_their_order_and_parts_once() {
    let server = Server::start(|path, _, s| match path {
        "/robots.txt" => send(s, "404 Not Found", b""),
        "/7" => send(s, "404 Not Found", b""),
        "/x.css" => send(s, "200 OK\r\ncontent-type: text/css; charset=\"ISO-8859-1\"", b"a{}"),
        "/lie.css" => send(s, "200 OK\r\ncontent-type: text/html", b"a{}"),
        p => send(s, "200 OK\r\ncontent-type: text/html", p.as_bytes()),
    });
    let clock = still();
    let web = fetcher(&clock, small());
    let pages: Vec<String> = (0..100).map(|i| server.url(&format!("/{i}"))).collect();
    web.begin(pages.clone());
    for (i, p) in pages.iter().enumerate() {
        let answer = web.page(p).map(|f| String::from_utf8_lossy(&f.bytes).into_owned());
        if i == 7 { assert!(answer.is_err()) } else { assert_eq!(answer.as_deref(), Ok(format!("/{i}").as_str())) }
    }
    // A second between any two of one host.
    assert_eq!(clock.slept.lock().expect("clock").0, Duration::from_secs(99));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let sheet = web.part(&server.url("/x.css"), Want::Sheet).expect("a sheet");
                assert_eq!(sheet.charset(), Some(encoding_rs::WINDOWS_1252));
                assert_eq!(why(web.part(&server.url("/lie.css"), Want::Sheet)), Some(Why::Kind));
            });
        }
    });
    assert_eq!(server.asked().iter().filter(|p| p.ends_with(".css")).count(), 2);
}

#[test]
fn offline_nothing_is_asked() {
    let server = Server::start(|_, _, s| page(s));
    let options = Options { allowed: vec!["127.0.0.1".into()], offline: true, ..Options::default() };
    let web = Fetcher::new(options).expect("options");
    assert_eq!(why(web.get(&server.url("/"), Want::Page)), Some(Why::NotKept));
    assert!(server.asked().is_empty());
}
