//! What `promolint check` does with addresses: its options, and lists of pages.

use super::args::WebArgs;
use super::{refuse, setup};
use crate::fetch::list::{self, Item, List};
use crate::fetch::{Failure, Fetcher, Limits, Options, Snapshot, Want};
use crate::finding::Trouble;
use crate::source::is_address;
use std::collections::{HashSet, VecDeque};
use std::io::Read;
use std::sync::Arc;
use url::Url;

/// Sitemaps that one list leads to are read up to this number.
const MAX_SITEMAPS: usize = 200;

/// The inputs of a run with all lists read, and what fetches those that are pages.
pub struct Inputs {
    /// Files, folders and addresses, in order.
    pub arguments: Vec<String>,
    /// What fetches; `None` where nothing is to be fetched.
    pub web: Option<Arc<Fetcher>>,
    /// What is wrong with lists.
    pub troubles: Vec<Trouble>,
    /// What is worth a word.
    pub remarks: Vec<String>,
}

/// Reads lists. Without an address nothing is made ready that could open a connection.
///
/// # Errors
/// The exit code, after a word on what is wrong with the options.
pub fn inputs(args: &WebArgs, named: &[String]) -> Result<Inputs, u8> {
    let mut out = Inputs { arguments: Vec::new(), web: None, troubles: Vec::new(), remarks: Vec::new() };
    if args.urls.is_empty() && !named.iter().any(|a| is_address(a)) {
        out.arguments = if named.is_empty() { vec![".".to_owned()] } else { named.to_vec() };
        return Ok(out);
    }
    let fetcher = Arc::new(fetcher(args)?);
    if let (true, Some(folder)) = (args.no_network, &args.save) {
        let folder = crate::engine::name_of(folder);
        out.remarks.push(format!("nothing is fetched: pages are read from the copies in {folder}"));
    }
    let mut lists = Lists { fetcher: &fetcher, pages: Vec::new(), seen: HashSet::new(), most: args.max_pages as usize, out: &mut out };
    for argument in named {
        let packed = || Url::parse(argument).is_ok_and(|u| u.path().ends_with(".xml") || u.path().ends_with(".xml.gz"));
        if !is_address(argument) {
            lists.pages.push(argument.clone());
        } else if !packed() || !lists.address(argument, false) {
            lists.page(argument);
        }
    }
    for list in &args.urls {
        if is_address(list) {
            lists.address(list, true);
        } else {
            lists.file(list);
        }
    }
    out.arguments = lists.pages;
    out.web = Some(fetcher);
    Ok(out)
}

fn fetcher(args: &WebArgs) -> Result<Fetcher, u8> {
    let wrong = |(message, help): (String, String)| refuse(&message, &help);
    let snapshot = match &args.save {
        Some(folder) if args.no_network => Some(Snapshot::open(folder).map_err(wrong)?),
        Some(folder) => Some(Snapshot::create(folder).map_err(wrong)?),
        None => None,
    };
    let mut limits = Limits::default();
    limits.gap = args.delay.unwrap_or(limits.gap);
    if let Some(whole) = args.timeout {
        limits.whole = whole;
        limits.idle = limits.idle.min(whole);
        limits.connect = limits.connect.min(whole);
    }
    let options = Options {
        allowed: args.allow_host.clone(),
        user_agent: args.user_agent.clone(),
        limits,
        snapshot,
        offline: args.no_network,
        clock: None,
    };
    Fetcher::new(options).map_err(wrong)
}

/// Lists on their way to pages.
struct Lists<'a> {
    fetcher: &'a Fetcher,
    pages: Vec<String>,
    seen: HashSet<String>,
    most: usize,
    out: &'a mut Inputs,
}

impl Lists<'_> {
    fn page(&mut self, address: &str) {
        if self.seen.insert(address.to_owned()) {
            self.pages.push(address.to_owned());
        }
    }

    fn trouble(&mut self, name: &str, message: impl Into<String>, help: impl Into<String>) {
        self.out.troubles.push(Trouble::about(name, message, help));
    }

    /// A list in a file.
    fn file(&mut self, name: &str) {
        let mut bytes = Vec::new();
        let read = if name == "-" {
            std::io::stdin().lock().take(list::MAX_BYTES + 1).read_to_end(&mut bytes)
        } else {
            std::fs::File::open(name).and_then(|f| f.take(list::MAX_BYTES + 1).read_to_end(&mut bytes))
        };
        match read {
            Ok(_) => self.items(name, &bytes, None),
            Err(e) => {
                let help = match e.kind() {
                    std::io::ErrorKind::NotFound => crate::engine::nearest(std::path::Path::new(name)),
                    _ => "a list has one address a line, or is a sitemap".to_owned(),
                };
                self.trouble(name, format!("this list cannot be read: {}", setup::engine_io(&e)), help);
            }
        }
    }

    /// A list on the web. Whether it is one; if nobody said so, an address may be that of a page.
    fn address(&mut self, address: &str, surely: bool) -> bool {
        match self.fetcher.get(address, Want::List) {
            Ok(fetched) if surely || list::is_sitemap(&fetched.bytes) => {
                self.items(address, &fetched.bytes, Some(&fetched.url));
                true
            }
            Ok(_) => false,
            Err(Failure { message, help, .. }) => {
                self.trouble(address, message, help);
                true
            }
        }
    }

    /// What a list names, and what the lists that it names do.
    fn items(&mut self, name: &str, bytes: &[u8], found: Option<&Url>) {
        let before = self.pages.len();
        let mut waiting: VecDeque<(String, Result<List, String>, Option<Url>)> = VecDeque::new();
        waiting.push_back((name.to_owned(), list::read(bytes), found.cloned()));
        let (mut maps, mut elsewhere, mut beyond) = (HashSet::new(), 0, 0);
        while let Some((name, list, found)) = waiting.pop_front() {
            let site = found.as_ref().map(site);
            let (items, is_index) = match list {
                Ok(List::Pages(items)) => (items, false),
                Ok(List::Sitemaps(items)) => (items, true),
                Err(message) => {
                    self.trouble(&name, format!("this list cannot be read: {message}"), "a list has one address a line, or is a sitemap");
                    continue;
                }
            };
            for item in items {
                let Some(url) = item.url() else {
                    self.wrong(&name, &item);
                    continue;
                };
                // A site speaks for its own pages only.
                if site.as_ref().is_some_and(|s| *s != self::site(&url)) {
                    elsewhere += 1;
                } else if !is_index {
                    if self.pages.len() - before < self.most { self.page(&item.address) } else { beyond += 1 }
                } else if maps.len() >= MAX_SITEMAPS {
                    beyond += 1;
                } else if maps.insert(url.to_string()) {
                    match self.fetcher.get(url.as_str(), Want::List) {
                        Ok(fetched) => waiting.push_back((url.to_string(), list::read(&fetched.bytes), Some(fetched.url.clone()))),
                        Err(Failure { message, help, .. }) => self.trouble(url.as_str(), message, help),
                    }
                }
            }
        }
        if elsewhere > 0 {
            let others = if elsewhere == 1 { "an address".to_owned() } else { format!("{elsewhere} addresses") };
            self.out.remarks.push(format!("{name} names {others} on other sites, left out here"));
        }
        if beyond > 0 {
            let more = if beyond == 1 { "1 more address was".to_owned() } else { format!("{beyond} more addresses were") };
            let message = format!("{more} not fetched: the limit of a list is {}", super::count(self.most, "page"));
            self.trouble(name, message, "check them in parts, or allow more with `--max-pages N`");
        } else if self.pages.len() == before && elsewhere == 0 && self.out.troubles.is_empty() {
            self.trouble(name, "there are no addresses in this list", "write one address a line");
        }
    }

    fn wrong(&mut self, name: &str, item: &Item) {
        let place = if item.line > 0 { format!("{name}:{}", item.line) } else { name.to_owned() };
        let shown: String = item.address.chars().take(80).collect();
        let better = Url::parse(&format!("https://{}", item.address)).is_ok_and(|u| u.host_str().is_some_and(|h| h.contains('.')));
        let help = if better { format!("write it as `https://{shown}`") } else { "write it as https://HOST/PATH".to_owned() };
        self.trouble(&place, format!("`{shown}` is no address"), help);
    }
}

/// What a list on the web may speak for: the registered domain, or the host where there is none.
fn site(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    psl::domain_str(host).unwrap_or(host).to_owned()
}
