//! Pages of the web as inputs: which format an answer is of, and the words for those that could not be read.

use super::documents::Active;
use super::format::{Format, is_binary};
use super::outcome::Outcome;
use super::read::{hint, read_source};
use super::run::Engine;
use super::split::Work;
use super::walk::Input;
use super::wordless::is_wordless;
use crate::document::html::REFRESH;
use crate::document::records::Formats;
use crate::fetch::{Failure, Fetched, Why, list};
use crate::finding::Trouble;
use crate::source::{DecodeHint, Source, is_address};
use std::sync::Arc;

/// The name of an input as a finding's `path`: none for an address.
pub(super) fn path_of(name: &str) -> Option<String> {
    (!is_address(name)).then(|| name.to_owned())
}

/// The name of an input as a finding's `url`: none for a file.
pub(super) fn url_of(name: &str) -> Option<String> {
    is_address(name).then(|| name.to_owned())
}

/// Something that could not be read is never a finding. A password in an address is not repeated.
pub(super) fn not_read(name: &str, failure: &Failure) -> Trouble {
    let url = url::Url::parse(name).ok().filter(|u| u.password().is_some());
    let shown = url.and_then(|mut u| u.set_password(Some("***")).is_ok().then(|| u.to_string()));
    Trouble::about(shown.unwrap_or_else(|| name.to_owned()), failure.message.clone(), failure.help.clone())
}

impl Engine<'_> {
    /// Waits for a page, and sends what it is.
    pub(super) fn split_page(&self, name: &str, input: &Input, send: &mut dyn FnMut(Work) -> bool) -> bool {
        let missing = |f: &Failure| Work::Done(Outcome { troubles: vec![not_read(name, f)], name: name.to_owned(), ..Outcome::default() });
        let Some(web) = &self.options.web else {
            return send(Work::Done(Outcome::with_trouble(name, "nothing is fetched here", "save the page and check the file")));
        };
        let page = match web.page(name) {
            Ok(page) => page,
            Err(f) => return send(missing(&f)),
        };
        match format_of(&page) {
            Ok(format) if format.is_records() => {
                let bytes = std::io::Cursor::new(page.bytes.clone());
                self.split_records(Box::new(bytes), name, format, input, send)
            }
            Ok(_) => send(Work::Page { name: name.to_owned(), page }),
            Err(f) => send(missing(&f)),
        }
    }

    /// Checks a page that was fetched.
    pub(super) fn check_page(&self, name: &str, page: &Arc<Fetched>) -> Outcome {
        let Some(web) = &self.options.web else { return Outcome::skipped(name) };
        let format = format_of(page).unwrap_or(Format::Html);
        if format == Format::Image {
            web.at_hand(name, Arc::clone(page));
            return self.check_image(name, page.bytes.len() as u64);
        }
        let mut outcome = Outcome { bytes: page.bytes.len() as u64, ..Outcome::done(name) };
        let led = page.url.as_str();
        if page.url.host_str().is_some() && !is_same(name, &page.url) {
            outcome.remarks.push(format!("{name} leads to {led}, which was checked"));
        }
        if page.bytes.iter().all(u8::is_ascii_whitespace) {
            let message =
                if page.status == 204 { "the server answers that there is no content (204)" } else { "the server's answer is empty" };
            outcome.troubles.push(Trouble::about(name, message, "look at the address in a browser"));
            outcome.starts_input = false;
            return outcome;
        }
        // What the server says comes before what the page says of itself, and a byte order mark before both.
        let hint = page.charset().map_or_else(|| hint(format), DecodeHint::Known);
        let source = Source::decode(name, page.bytes.clone(), hint);
        let reading = read_source(&source, format, self.kind_of(name));
        let base = reading.document.links.iter().find(|l| l.holder == "base[href]");
        if let Some(base) = base.and_then(|b| page.url.join(&b.target).ok()) {
            web.base(name, base);
        }
        self.check(&source, &reading, &mut Active::default(), &mut outcome);
        outcome.decoding(&source);
        let wordless = format == Format::Html && is_wordless(&reading.document);
        let on = reading.document.links.iter().find(|l| l.holder == REFRESH).and_then(|l| page.url.join(&l.target).ok());
        if let Some(on) = on.filter(|on| *on != page.url) {
            let message = format!("this page leads its readers on to {on}, which was not checked");
            outcome.troubles.push(Trouble::about(name, message, format!("check {on}")));
            outcome.starts_input = !outcome.findings.is_empty();
        } else if wordless {
            let message = "the page has no words of its own for readers as the server sends it, so that its body was not checked; scripts are not run";
            let help = "open it in a browser, save what is shown there, and check the file";
            outcome.troubles.push(Trouble::about(name, message, help));
            outcome.starts_input = !outcome.findings.is_empty();
        }
        if wordless {
            outcome.unsee();
        }
        outcome
    }
}

/// Whether an address is where its page was found, but for the scheme, `www.` and a slash at the end.
fn is_same(name: &str, found: &url::Url) -> bool {
    fn plain(url: &url::Url) -> (String, String, Option<String>) {
        let host = url.host_str().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        (host.to_owned(), url.path().trim_end_matches('/').to_owned(), url.query().map(str::to_owned))
    }
    url::Url::parse(name).is_ok_and(|asked| plain(&asked) == plain(found))
}

/// What an answer is, by what the server says, and where it says nothing by its address and its bytes.
fn format_of(page: &Fetched) -> Result<Format, Failure> {
    let mime = page.mime();
    let path = page.url.path();
    let head = || String::from_utf8_lossy(&page.bytes[..page.bytes.len().min(super::format::SNIFF)]).into_owned();
    let other = |message: String| Failure::new(Why::Kind, message, "name an address of a page or a text");
    let format = match mime.as_str() {
        "text/html" | "application/xhtml+xml" => Format::Html,
        "text/markdown" | "text/x-markdown" => Format::Markdown,
        "text/csv" | "application/csv" | "text/tab-separated-values" => Format::Csv,
        m if m.ends_with("ndjson") || m.ends_with("jsonl") => Format::Ndjson,
        m if m.ends_with("/json") || m.ends_with("+json") => Format::Json,
        m if m.ends_with("yaml") => Format::Yaml,
        m if m.starts_with("image/") => return Ok(Format::Image),
        "text/plain" => Format::from_name(path).filter(|f| *f != Format::Image && *f != Format::Html).unwrap_or(Format::Text),
        m if m.ends_with("/xml") || m.ends_with("+xml") => {
            if list::is_sitemap(&page.bytes) {
                let help = format!("`--urls {}` checks the pages that it names", page.url);
                return Err(Failure::new(Why::Kind, "this is a sitemap, and no page", help));
            }
            if !head().contains("<html") {
                return Err(other(format!("this is {m}, which promolint does not read")));
            }
            Format::Html
        }
        m if m.starts_with("text/") => return Err(other(format!("this is {m}, which promolint does not read"))),
        _ => Format::from_name(path).unwrap_or_else(|| Format::sniff(&head(), Formats::builtin())),
    };
    if format != Format::Image && is_binary(&page.bytes) {
        let says = if mime.is_empty() { String::new() } else { format!(", although the server says that it is {mime}") };
        return Err(other(format!("this is not text{says}")));
    }
    Ok(format)
}
