//! One question and its answer: no redirect is followed here, nothing is asked twice, and no more is read than is allowed.

use super::guard::Guard;
use super::pace::Clock;
use super::{Failure, Limits, Want, Why};
use reqwest::blocking::{Client, ClientBuilder, Response};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, USER_AGENT};
use reqwest::redirect::Policy;
use std::error::Error;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use url::Url;

/// A server that says of its answer how it is packed, and not as it was asked to.
const PLAIN: &str = "identity";
/// Headers in one answer.
const MAX_HEADERS: usize = 200;

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Where it leads on to.
    pub location: Option<String>,
    /// What it says its bytes are.
    pub content_type: Option<String>,
    /// When to come back.
    pub retry_after: Option<Duration>,
    /// The bytes, unpacked; none unless the status is one of success.
    pub bytes: Vec<u8>,
}

/// A question without an answer.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub failure: Failure,
    /// Whether to ask again may help.
    pub again: bool,
}

impl Failed {
    fn for_good(failure: Failure) -> Failed {
        Failed { failure, again: false }
    }
}

/// What opens connections, and only when it is asked to.
#[derive(Debug)]
pub struct Http {
    guard: Arc<Guard>,
    user_agent: HeaderValue,
    limits: Limits,
    /// Without the system's certificates, which take time to read.
    plain: OnceLock<Result<Client, String>>,
    secure: OnceLock<Result<Client, String>>,
    /// How many bytes may still be read in this run.
    left: AtomicU64,
}

impl Http {
    /// For these limits.
    ///
    /// # Errors
    /// A user agent that cannot be sent.
    pub fn new(guard: Arc<Guard>, user_agent: &str, limits: Limits) -> Result<Http, String> {
        let user_agent = HeaderValue::from_str(user_agent.trim()).ok().filter(|v| !v.is_empty()).ok_or_else(|| user_agent.to_owned())?;
        let left = AtomicU64::new(limits.all);
        Ok(Http { guard, user_agent, limits, plain: OnceLock::new(), secure: OnceLock::new(), left })
    }

    fn client(&self, url: &Url) -> Result<&Client, Failed> {
        let secure = url.scheme() == "https";
        let cell = if secure { &self.secure } else { &self.plain };
        cell.get_or_init(|| self.build(secure)).as_ref().map_err(|e| {
            let message = format!("no connection can be secured here: {e}");
            Failed::for_good(Failure::new(
                Why::Unreachable,
                message,
                "install the system's certificates (often a package `ca-certificates`)",
            ))
        })
    }

    fn build(&self, secure: bool) -> Result<Client, String> {
        // Who comes second finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = ClientBuilder::new()
            .dns_resolver(Arc::clone(&self.guard))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .http1_max_headers(MAX_HEADERS)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.idle)
            .pool_idle_timeout(Duration::from_secs(20));
        if !secure {
            builder = builder.tls_certs_only([]);
        }
        builder.build().map_err(|e| deepest(&e))
    }

    /// Asks once. `clock` tells when the time for it is over.
    pub fn ask(&self, url: &Url, want: Want, clock: &dyn Clock) -> Result<Answer, Failed> {
        let end = clock.now().checked_add(self.limits.whole);
        let client = self.client(url)?;
        let request = client.get(url.clone()).header(USER_AGENT, &self.user_agent).header(ACCEPT, want.accept());
        let response = request.send().map_err(|e| self.failed(url, &e))?;
        let text = |name: HeaderName| header(response.headers(), name);
        let mut answer = Answer {
            status: response.status().as_u16(),
            location: text(LOCATION),
            content_type: text(CONTENT_TYPE),
            retry_after: text(RETRY_AFTER).and_then(|v| retry_after(&v, SystemTime::now())),
            bytes: Vec::new(),
        };
        if !response.status().is_success() {
            return Ok(answer);
        }
        // What was unpacked has lost this header.
        if let Some(packed) = text(CONTENT_ENCODING).filter(|v| !v.trim().is_empty() && !v.eq_ignore_ascii_case(PLAIN)) {
            let message = format!("the answer is packed in a way that was not asked for ({})", shorten(&packed));
            return Err(Failed::for_good(Failure::new(Why::Kind, message, "save it in a browser, and check the file")));
        }
        want.takes(answer.content_type.as_deref()).map_err(Failed::for_good)?;
        answer.bytes = self.read(url, response, want, &|| end.is_some_and(|e| clock.now() >= e))?;
        Ok(answer)
    }

    /// Reads and unpacks at most as much as is wanted, and for no longer than is allowed.
    fn read(&self, url: &Url, mut response: Response, want: Want, is_over: &dyn Fn() -> bool) -> Result<Vec<u8>, Failed> {
        let limit = want.limit(&self.limits);
        if response.content_length().is_some_and(|n| n > limit) {
            return Err(too_large(want, limit));
        }
        let mut bytes = Vec::new();
        let mut buffer = [0; 16 << 10];
        loop {
            let n = match response.read(&mut buffer) {
                Ok(0) => return Ok(bytes),
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(broken(url, &e)),
            };
            if bytes.len() as u64 + n as u64 > limit {
                return Err(too_large(want, limit));
            }
            let spend = |left: u64| left.checked_sub(n as u64);
            if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_err() {
                let message = format!("{} were read in this run, which is the most", size(self.limits.all));
                return Err(Failed::for_good(Failure::new(Why::TooLarge, message, "check fewer addresses at a time")));
            }
            bytes.extend_from_slice(&buffer[..n]);
            if is_over() {
                return Err(Failed::for_good(timed_out(self.limits.whole)));
            }
        }
    }

    fn failed(&self, url: &Url, e: &reqwest::Error) -> Failed {
        let host = super::guard::plain_host(url);
        if e.is_timeout() {
            let (time, again) = if e.is_connect() { (self.limits.connect, true) } else { (self.limits.idle, false) };
            return Failed { failure: timed_out(time), again };
        }
        if let Some(wrong) = certificate(e) {
            let message = format!("the connection to {host} cannot be trusted: {wrong}");
            return Failed::for_good(Failure::new(Why::Unreachable, message, "its owner has to put the certificate right"));
        }
        let message = if e.is_connect() {
            format!("no connection to {host}: {}", deepest(e))
        } else {
            format!("what {host} answers cannot be read: {}", deepest(e))
        };
        Failed { failure: Failure::new(Why::Unreachable, message, "open it in a browser to see whether the server is well"), again: true }
    }
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|v| String::from_utf8_lossy(v.as_bytes()).trim().to_owned())
}

/// Seconds, or a date.
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let then = httpdate::parse_http_date(value).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

fn too_large(want: Want, limit: u64) -> Failed {
    let message = format!("this is larger than the {} that are read of {}", size(limit), want.words());
    Failed::for_good(Failure::new(Why::TooLarge, message, "make it smaller, or save it and check the file"))
}

fn timed_out(time: Duration) -> Failure {
    let message = format!("there was no whole answer within {}", seconds(time));
    Failure::new(Why::TimedOut, message, "try again later, or allow more time with `--timeout SECONDS`")
}

/// An answer that ended before its end.
fn broken(url: &Url, e: &io::Error) -> Failed {
    let inner = e.get_ref().and_then(|i| i.downcast_ref::<reqwest::Error>());
    if e.kind() == io::ErrorKind::TimedOut || inner.is_some_and(reqwest::Error::is_timeout) {
        let message = format!("{} stopped sending in the middle of its answer", super::guard::plain_host(url));
        return Failed::for_good(Failure::new(Why::TimedOut, message, "try again later, or allow more time with `--timeout SECONDS`"));
    }
    let words = inner.map_or_else(|| deepest(e), |i| deepest(i));
    let message = format!("the answer broke off: {words}");
    Failed { failure: Failure::new(Why::Unreachable, message, "open it in a browser to see whether the server is well"), again: true }
}

/// What is wrong with a certificate, or with what secures a connection otherwise, if that is what is wrong.
fn certificate(e: &reqwest::Error) -> Option<String> {
    let mut cause = e.source();
    while let Some(c) = cause {
        // An error of input and output passes over what it wraps when it is asked for its cause.
        let mut inner = c;
        while let Some(wrapped) = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            inner = wrapped;
        }
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return Some(untrusted(tls));
        }
        cause = c.source();
    }
    None
}

fn untrusted(e: &rustls::Error) -> String {
    use rustls::CertificateError as C;
    let rustls::Error::InvalidCertificate(wrong) = e else { return shorten(&e.to_string()) };
    match wrong {
        C::UnknownIssuer => "nobody whom this computer trusts has signed its certificate".to_owned(),
        C::Expired | C::ExpiredContext { .. } => "its certificate has expired".to_owned(),
        C::NotValidYet | C::NotValidYetContext { .. } => "its certificate is not valid yet".to_owned(),
        C::NotValidForName | C::NotValidForNameContext { .. } => "its certificate is for another name".to_owned(),
        C::Revoked => "its certificate was taken back".to_owned(),
        other => format!("its certificate is not valid ({})", shorten(&other.to_string())),
    }
}

/// The words of the error beneath all others, without numbers of the system.
fn deepest(e: &dyn Error) -> String {
    let mut last = e.to_string();
    let mut cause = e.source();
    while let Some(c) = cause {
        last = c.to_string();
        cause = c.source();
    }
    shorten(last.split(" (os error").next().unwrap_or_default()).to_lowercase()
}

/// Words of a server, as long as they fit a line.
pub fn shorten(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect();
    plain.trim().to_owned()
}

/// A number of bytes in words.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KB", bytes >> 10),
        _ => format!("{} MB", bytes >> 20),
    }
}

/// A time in words.
pub fn seconds(time: Duration) -> String {
    let s = time.as_secs_f64();
    if s == 1.0 { "1 second".to_owned() } else { format!("{} seconds", (s * 10.0).round() / 10.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_when_to_come_back() {
        let now = httpdate::parse_http_date("Sat, 21 Nov 2026 10:00:00 GMT").expect("date");
        let after = |v: &str| retry_after(v, now).map(|d| d.as_secs());
        assert_eq!(after("120"), Some(120));
        assert_eq!(after("Sat, 21 Nov 2026 10:01:30 GMT"), Some(90));
        assert_eq!(after("Sat, 21 Nov 2026 09:00:00 GMT"), Some(0));
        assert_eq!((after("-5"), after("soon"), after("99999999999999")), (None, None, None));
    }
}
