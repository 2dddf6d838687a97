//! What is asked for, within which limits, and what comes of it: bytes, or why there are none.

use super::http;
use encoding_rs::Encoding;
use std::time::Duration;
use url::Url;

/// Why something was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// 404 or 410: there is no such thing.
    Missing,
    /// 401, 403, 407, 451: it is not for everybody.
    Forbidden,
    /// 429: asked too often.
    TooMany,
    /// 500 and above.
    Server,
    /// Another status.
    Status,
    /// It took too long.
    TimedOut,
    /// robots.txt forbids it.
    Robots,
    /// The address is not one that is asked: not public, not the web, with a password.
    Refused,
    /// It is larger than is allowed.
    TooLarge,
    /// It is something else than was wanted.
    Kind,
    /// No host, no connection, no trust, no HTTP.
    Unreachable,
    /// It leads on in circles, or without end.
    Redirects,
    /// There is no copy, and no network to fetch one from.
    NotKept,
    /// A copy was changed, or cannot be read.
    Broken,
}

/// Something that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why, for the program.
    pub why: Why,
    /// What happened, in one clause.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Failure {
    /// With words for people.
    pub fn new(why: Why, message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure { why, message: message.into(), help: help.into() }
    }
}

/// What is fetched, and with that how much of it and what else it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Want {
    /// A page or text to check.
    Page,
    /// A picture that a page shows.
    Picture,
    /// A style sheet of a page.
    Sheet,
    /// A list of addresses.
    List,
    /// A host's robots.txt.
    Robots,
}

impl Want {
    pub(super) fn words(self) -> &'static str {
        match self {
            Want::Page => "a page",
            Want::Picture => "a picture",
            Want::Sheet => "a style sheet",
            Want::List => "a list of addresses",
            Want::Robots => "a robots.txt",
        }
    }

    pub(super) fn accept(self) -> &'static str {
        match self {
            Want::Page => "text/html,application/xhtml+xml,text/markdown;q=0.9,text/plain;q=0.9,*/*;q=0.5",
            // What promolint can decode; servers that choose by this then do not send what it cannot.
            Want::Picture => "image/png,image/svg+xml,image/jpeg,image/webp,image/gif;q=0.9,image/*;q=0.5,*/*;q=0.1",
            Want::Sheet => "text/css,*/*;q=0.1",
            Want::List => "application/xml,text/xml,text/plain;q=0.9,*/*;q=0.1",
            Want::Robots => "text/plain,*/*;q=0.1",
        }
    }

    pub(super) fn limit(self, limits: &Limits) -> u64 {
        match self {
            Want::Page => limits.page,
            Want::Picture => limits.picture,
            Want::Sheet => limits.sheet,
            Want::List => limits.list,
            Want::Robots => limits.robots,
        }
    }

    /// Whether what a server says of its bytes is worth reading them.
    pub(super) fn takes(self, content_type: Option<&str>) -> Result<(), Failure> {
        let kind = content_type.map(mime).unwrap_or_default();
        let text = kind.starts_with("text/") || ["xml", "json", "yaml"].iter().any(|e| kind.ends_with(e)) || kind.ends_with("ndjson");
        let unknown = matches!(kind.as_str(), "" | "application/octet-stream" | "binary/octet-stream" | "application/csv");
        let takes = match self {
            Want::Page => text || unknown || kind.starts_with("image/"),
            Want::Picture => !matches!(kind.as_str(), "text/html" | "application/xhtml+xml"),
            // Browsers take nothing else.
            Want::Sheet => kind == "text/css" || unknown,
            Want::List | Want::Robots => true,
        };
        if takes {
            return Ok(());
        }
        let kind = http::shorten(&kind);
        let (message, help) = match self {
            Want::Page => (format!("this is {kind}, which promolint does not read"), "name an address of a page or a text"),
            _ => (format!("this is {kind}, and not {}", self.words()), "correct the address"),
        };
        Err(Failure::new(Why::Kind, message, help))
    }

    /// What pages are made of is asked for right after them, as browsers do.
    pub(super) fn is_part(self) -> bool {
        matches!(self, Want::Picture | Want::Sheet)
    }
}

/// How much is read, and how long is waited.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a page, unpacked.
    pub page: u64,
    /// Bytes of a picture.
    pub picture: u64,
    /// Bytes of a style sheet.
    pub sheet: u64,
    /// Bytes of a list of addresses.
    pub list: u64,
    /// Bytes of a robots.txt.
    pub robots: u64,
    /// Bytes of everything in one run.
    pub all: u64,
    /// How often one address may lead on to another.
    pub redirects: usize,
    /// How often a question is asked in all, if asking again may help.
    pub tries: usize,
    /// Until a host is found, and again until it is connected.
    pub connect: Duration,
    /// Until an answer begins, and between its parts.
    pub idle: Duration,
    /// For an answer as a whole.
    pub whole: Duration,
    /// Between two pages of one host, unless its robots.txt wants more.
    pub gap: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            page: 16 << 20,
            picture: 16 << 20,
            sheet: 8 << 20,
            list: 52 << 20,
            robots: 512 << 10,
            all: 2 << 30,
            redirects: 10,
            tries: 3,
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(15),
            whole: Duration::from_secs(30),
            gap: Duration::from_secs(1),
        }
    }
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it was found in the end.
    pub url: Url,
    /// The status of the answer.
    pub status: u16,
    /// What the server says its bytes are.
    pub content_type: Option<String>,
    /// When, as RFC 3339 has it.
    pub fetched_at: String,
    /// The bytes, unpacked.
    pub bytes: Vec<u8>,
}

impl Fetched {
    /// The type of its content in small letters, without parameters; empty where the server says none.
    pub fn mime(&self) -> String {
        self.content_type.as_deref().map(mime).unwrap_or_default()
    }

    /// The encoding that the server says its text is in.
    pub fn charset(&self) -> Option<&'static Encoding> {
        let (_, parameters) = self.content_type.as_deref()?.split_once(';')?;
        let value = parameters.split(';').find_map(|p| {
            let (name, value) = p.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
        });
        Encoding::for_label(value?.as_bytes())
    }
}

pub(super) fn mime(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
