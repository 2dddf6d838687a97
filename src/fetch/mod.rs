//! Addresses on the web: pages, pictures and style sheets, fetched under limits, or read from what an earlier run kept.
//!
//! Knows addresses, hosts and bytes; no documents and no rules. Opens no connection before it is asked for an address; prints nothing.

mod ahead;
mod answer;
mod guard;
mod http;
pub mod list;
mod pace;
mod robots;
mod snapshot;
#[cfg(test)]
mod tests;

pub use answer::{Failure, Fetched, Limits, Want, Why};
pub use pace::{Clock, SystemClock};
pub use snapshot::Snapshot;

use ahead::Ahead;
use backon::{BackoffBuilder, ExponentialBuilder};
use guard::Guard;
use http::{Failed, Http};
use pace::Host;
use robots::Rules;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use url::Url;

/// What promolint calls itself to servers.
pub const USER_AGENT: &str = concat!("promolint/", env!("CARGO_PKG_VERSION"), " (+https://promolint.example/)");

/// Between pictures and style sheets of one host, unless its robots.txt wants more.
const PART_GAP: Duration = Duration::from_millis(100);
/// A server that wants to be left alone for longer is not waited for.
const MOST_PATIENCE: Duration = Duration::from_secs(30);
/// So many bytes of pictures and style sheets are kept at hand, lest pages that share them fetch them again.
const AT_HAND: usize = 64 << 20;

/// What came of asking for something.
pub type Answer = Result<Arc<Fetched>, Failure>;

/// What a run does with addresses.
#[derive(Debug, Default)]
pub struct Options {
    /// Hosts that may be asked wherever they are.
    pub allowed: Vec<String>,
    /// What promolint calls itself; [`USER_AGENT`] if nothing else.
    pub user_agent: Option<String>,
    /// How much and how long.
    pub limits: Limits,
    /// Where copies are kept.
    pub snapshot: Option<Snapshot>,
    /// Whether copies are all there is.
    pub offline: bool,
    /// What tells the time; the system's if nothing else.
    pub clock: Option<Arc<dyn Clock>>,
}

/// Addresses that something was said of, and what is to be said.
type Troubles = (HashSet<String>, Vec<(String, Failure)>);

/// Fetches; shared by the threads of a run.
#[derive(Debug)]
pub struct Fetcher {
    guard: Arc<Guard>,
    http: Http,
    limits: Limits,
    clock: Arc<dyn Clock>,
    snapshot: Option<Snapshot>,
    offline: bool,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    rules: Mutex<HashMap<String, Arc<OnceLock<Rules>>>>,
    parts: Mutex<Parts>,
    /// What relative addresses in something fetched are relative to, by its name.
    bases: Mutex<HashMap<String, Url>>,
    ahead: OnceLock<Ahead>,
    troubles: Mutex<Troubles>,
}

/// Pictures and style sheets at hand, the oldest first. Who comes second waits for who came first.
#[derive(Debug, Default)]
struct Parts {
    known: HashMap<String, Arc<OnceLock<Answer>>>,
    order: VecDeque<(String, usize)>,
    bytes: usize,
}

impl Fetcher {
    /// Ready to fetch; opens nothing.
    ///
    /// # Errors
    /// What is wrong with the options, and what to do about it.
    pub fn new(options: Options) -> Result<Fetcher, (String, String)> {
        let wrong = |name: String| {
            (
                format!("`--allow-host {name}` names no host"),
                "write a name or a number alone, for example `--allow-host localhost`".to_owned(),
            )
        };
        let guard = Arc::new(Guard::new(&options.allowed).map_err(wrong)?);
        let agent = options.user_agent.as_deref().unwrap_or(USER_AGENT);
        let http = Http::new(Arc::clone(&guard), agent, options.limits)
            .map_err(|_| ("`--user-agent` cannot be sent".to_owned(), "write it in one line of plain letters".to_owned()))?;
        Ok(Fetcher {
            guard,
            http,
            limits: options.limits,
            clock: options.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            snapshot: options.snapshot,
            offline: options.offline,
            hosts: Mutex::default(),
            rules: Mutex::default(),
            parts: Mutex::default(),
            bases: Mutex::default(),
            ahead: OnceLock::new(),
            troubles: Mutex::default(),
        })
    }

    /// Begins to fetch these pages, some before they are asked for. Once in a run.
    pub fn begin(self: &Arc<Self>, pages: Vec<String>) {
        let _ = self.ahead.set(Ahead::new(self, pages));
    }

    /// A page to check. Waits for it.
    pub fn page(&self, address: &str) -> Answer {
        let answer = match self.ahead.get().and_then(|a| a.take(address)) {
            Some(answer) => answer,
            None => self.get(address, Want::Page),
        };
        if let Ok(page) = &answer {
            self.base(address, page.url.clone());
        }
        answer
    }

    /// What relative addresses in `name` are relative to, if its own address is not what they are.
    pub fn base(&self, name: &str, base: Url) {
        if let Ok(mut bases) = self.bases.lock() {
            bases.insert(name.to_owned(), base);
        }
    }

    /// An address as it stands in something that was fetched under this name.
    pub fn join(&self, name: &str, address: &str) -> Option<Url> {
        let base = self.bases.lock().ok().and_then(|b| b.get(name).cloned()).or_else(|| Url::parse(name).ok())?;
        let mut url = base.join(address).ok()?;
        url.set_fragment(None);
        Some(url)
    }

    /// A picture or style sheet of a page; each is fetched once, while it is at hand.
    pub fn part(&self, address: &str, want: Want) -> Answer {
        let cell = match self.parts.lock() {
            Ok(mut parts) => Arc::clone(parts.known.entry(address.to_owned()).or_default()),
            Err(_) => return self.get(address, want),
        };
        let mut first = false;
        let answer = cell
            .get_or_init(|| {
                first = true;
                self.get(address, want)
            })
            .clone();
        if let (true, Ok(mut parts)) = (first, self.parts.lock()) {
            let bytes = answer.as_ref().map_or(0, |f| f.bytes.len());
            parts.bytes += bytes;
            parts.order.push_back((address.to_owned(), bytes));
            while parts.bytes > AT_HAND
                && let Some((old, bytes)) = parts.order.pop_front()
            {
                parts.bytes -= bytes;
                parts.known.remove(&old);
            }
        }
        if let (Want::Sheet, Ok(sheet)) = (want, &answer) {
            self.base(address, sheet.url.clone());
        }
        answer
    }

    /// Puts something that was fetched already at hand.
    pub fn at_hand(&self, address: &str, fetched: Arc<Fetched>) {
        if let Ok(mut parts) = self.parts.lock() {
            let cell = parts.known.entry(address.to_owned()).or_default();
            let bytes = fetched.bytes.len();
            if cell.set(Ok(fetched)).is_ok() {
                parts.bytes += bytes;
                parts.order.push_back((address.to_owned(), bytes));
            }
        }
    }

    /// Notes something that could not be read beside the pages themselves; each once.
    pub fn complain(&self, address: &str, failure: &Failure) {
        if let Ok(mut troubles) = self.troubles.lock()
            && troubles.0.insert(address.to_owned())
        {
            troubles.1.push((address.to_owned(), failure.clone()));
        }
    }

    /// What could not be read beside the pages, by address.
    pub fn troubles(&self) -> Vec<(String, Failure)> {
        let mut list = self.troubles.lock().map(|t| t.1.clone()).unwrap_or_default();
        list.sort_by(|(a, _), (b, _)| a.cmp(b));
        list
    }

    /// Fetches something, or reads the copy that is kept of it.
    pub fn get(&self, address: &str, want: Want) -> Answer {
        let url = match Url::parse(address) {
            Ok(mut url) => {
                url.set_fragment(None);
                url
            }
            Err(e) => {
                let help = "write it as https://HOST/PATH";
                return Err(Failure::new(Why::Refused, format!("this is no address: {e}"), help));
            }
        };
        if self.offline {
            let Some(kept) = &self.snapshot else {
                self.guard.check(&url)?;
                let help = "leave `--no-network` out; or keep a copy with `--save DIR` first, and name it beside `--no-network`";
                return Err(Failure::new(Why::NotKept, "nothing is fetched with `--no-network`", help));
            };
            return kept.get(&url);
        }
        let answer = self.guard.check(&url).and_then(|()| self.fetch(&url, want));
        if let Some(snapshot) = &self.snapshot
            && let Err(failure) = snapshot.keep(&url, answer.as_deref())
        {
            self.complain(&snapshot.name(), &failure);
        }
        match (&self.snapshot, answer) {
            (Some(s), Err(f)) if matches!(f.why, Why::Unreachable | Why::TimedOut) && s.has(&url) => {
                Err(Failure { help: format!("{}; a copy is kept: `--no-network` reads it", f.help), ..f })
            }
            (_, answer) => answer,
        }
    }

    fn host(&self, url: &Url) -> Arc<Host> {
        self.hosts.lock().map(|mut h| Arc::clone(h.entry(guard::plain_host(url).to_owned()).or_default())).unwrap_or_default()
    }

    /// Asks until there is an answer, or no use in asking.
    fn fetch(&self, url: &Url, want: Want) -> Answer {
        let tries = self.limits.tries.saturating_sub(1);
        let mut waits = ExponentialBuilder::new().with_jitter().with_min_delay(Duration::from_millis(500)).with_max_times(tries).build();
        loop {
            let (failed, after) = match self.travel(url, want) {
                Ok(fetched) => return Ok(Arc::new(fetched)),
                Err(failed) => failed,
            };
            let wait = waits.next().filter(|_| failed.again);
            let Some(wait) = wait.map(|w| after.map_or(w, |a| a.max(w))).filter(|w| *w <= MOST_PATIENCE) else {
                return Err(failed.failure);
            };
            self.clock.sleep(wait);
        }
    }

    /// Goes from one address to the next until one has something. Each is held against all rules anew.
    fn travel(&self, start: &Url, want: Want) -> Result<Fetched, (Failed, Option<Duration>)> {
        let stop = |failure: Failure| (Failed { failure, again: false }, None);
        let mut url = start.clone();
        let mut seen = HashSet::from([url.clone()]);
        for _ in 0..=self.limits.redirects {
            self.guard.check(&url).map_err(|f| stop(led(start, &url, f)))?;
            let host = self.host(&url);
            if host.is_given_up() {
                let message = format!("{} failed several times in a row, and is not asked again", guard::plain_host(&url));
                return Err(stop(Failure::new(Why::Unreachable, message, "try again later")));
            }
            self.guard.resolve(&url, self.limits.connect).map_err(|f| stop(led(start, &url, f)))?;
            let mut gap = if want.is_part() { PART_GAP.min(self.limits.gap) } else { self.limits.gap };
            if want != Want::Robots {
                let rules = self.rules(&url);
                rules.check(&url).map_err(|f| stop(led(start, &url, f)))?;
                gap = gap.max(rules.delay().unwrap_or_default());
                host.wait(&*self.clock, gap);
            }
            let answer = match self.http.ask(&url, want, &*self.clock) {
                Ok(a) => a,
                Err(failed) => {
                    host.answered(!matches!(failed.failure.why, Why::TimedOut | Why::Unreachable));
                    return Err((failed, None));
                }
            };
            host.answered(answer.status != 429 && answer.status < 500);
            match (answer.status, &answer.location) {
                (200..=299, _) => {
                    let http::Answer { status, content_type, bytes, .. } = answer;
                    let fetched_at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                    return Ok(Fetched { url, status, content_type, fetched_at, bytes });
                }
                (301..=303 | 307 | 308, Some(location)) => {
                    let Ok(mut next) = url.join(location) else {
                        let message = format!("this leads on to `{}`, which is no address", http::shorten(location));
                        return Err(stop(Failure::new(Why::Redirects, message, "the server's owner has to put it right")));
                    };
                    next.set_fragment(None);
                    if !seen.insert(next.clone()) {
                        let message = format!("this leads in a circle, by way of {}", http::shorten(next.as_str()));
                        return Err(stop(Failure::new(Why::Redirects, message, "the server's owner has to put it right")));
                    }
                    url = next;
                }
                (status, _) => {
                    if let Some(after) = answer.retry_after.filter(|_| matches!(status, 429 | 503)) {
                        host.pause(&*self.clock, after.min(MOST_PATIENCE));
                    }
                    let again = matches!(status, 429 | 502..=504);
                    return Err((Failed { failure: refused(status, answer.retry_after), again }, answer.retry_after));
                }
            }
        }
        let message = format!("this leads on more than {} times", self.limits.redirects);
        Err(stop(Failure::new(Why::Redirects, message, "name the address at the end of the way")))
    }

    /// What the host of an address lets promolint read; asked once in a run.
    fn rules(&self, url: &Url) -> Rules {
        let origin = url.origin().ascii_serialization();
        let cell = match self.rules.lock() {
            Ok(mut rules) => Arc::clone(rules.entry(origin).or_default()),
            Err(_) => Arc::default(),
        };
        cell.get_or_init(|| {
            let host = guard::plain_host(url);
            match url.join("/robots.txt") {
                Ok(address) => Rules::of(host, self.fetch(&address, Want::Robots).as_deref()),
                Err(_) => Rules::of(host, Err(&Failure::new(Why::Missing, "", ""))),
            }
        })
        .clone()
    }
}

/// A failure on the way from one address to another says where it was met.
fn led(start: &Url, here: &Url, failure: Failure) -> Failure {
    if start == here {
        return failure;
    }
    Failure { message: format!("this leads to {}: {}", http::shorten(here.as_str()), failure.message), ..failure }
}

/// A status that brings nothing, in words.
fn refused(status: u16, after: Option<Duration>) -> Failure {
    let name = reqwest::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or_default();
    let says = format!("{status} {name}");
    let says = says.trim_end();
    let (why, message, help) = match status {
        404 | 410 => (Why::Missing, format!("there is nothing at this address ({says})"), "correct the address"),
        401 | 403 | 407 | 451 => {
            let help = "if a browser shows it, save the page there and check the file; or ask its owner to let promolint in";
            (Why::Forbidden, format!("the server does not let promolint read this ({says})"), help)
        }
        429 => {
            (Why::TooMany, format!("the server was asked too often ({says})"), "try again later, or ask more slowly with `--delay SECONDS`")
        }
        500.. => (Why::Server, format!("the server fails ({says})"), "try again later"),
        _ => (Why::Status, format!("the server answers {says}"), "open it in a browser, and name the address that it ends at"),
    };
    let message = match after.filter(|a| !a.is_zero()) {
        Some(a) => format!("{message} and wants to be left alone for {}", http::seconds(a)),
        None => message,
    };
    Failure::new(why, message, help)
}
