//! Which addresses may be asked at all: schemes, ports, hosts, and the numbers that hosts stand for.
//!
//! Two guards are needed. Names are looked up here, numbers that are not public are thrown away, and the rest is what connections are
//! opened to: nobody can answer otherwise the second time. Hosts written as numbers never reach a look-up, and are held against the same
//! list.

use super::{Failure, Why};
use ipnet::{Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use url::{Host, Url};

/// Addresses longer than this are not asked.
pub const MAX_ADDRESS: usize = 8 << 10;
/// Ports that are asked on any host.
const PORTS: [u16; 4] = [80, 443, 8080, 8443];

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// What the registries of special purposes (IANA) do not give to the public, and one cloud's host of settings that looks public.
const CLOSED_V4: [Ipv4Net; 17] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(168, 63, 129, 16, 32),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 31, 196, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// Of version 6 only this is given to the public at all.
const OPEN_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// And of that, not these.
const CLOSED_V6: [Ipv6Net; 4] = [v6(0x2001, 0, 0, 23), v6(0x2001, 0xdb8, 0, 32), v6(0x2002, 0, 0, 16), v6(0x3fff, 0, 0, 20)];

/// How networks that only speak version 6 write an address of version 4.
const TRANSLATED: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Whether a number is one of the public Internet.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !CLOSED_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => {
            if let Some(inner) = ip.to_ipv4_mapped() {
                return is_public(inner.into());
            }
            if TRANSLATED.contains(&ip) {
                let [.., a, b, c, d] = ip.octets();
                return is_public(Ipv4Addr::new(a, b, c, d).into());
            }
            OPEN_V6.contains(&ip) && !CLOSED_V6.iter().any(|net| net.contains(&ip))
        }
    }
}

/// A host as names of hosts are compared: as it stands in a URL, without the dot at the end.
pub fn plain_host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_suffix('.').unwrap_or(host)
}

/// What may be asked, and where it was found to be.
#[derive(Debug, Default)]
pub struct Guard {
    allowed: HashSet<String>,
    pins: Mutex<HashMap<String, Vec<SocketAddr>>>,
}

impl Guard {
    /// A guard that lets these hosts through, wherever they are.
    ///
    /// # Errors
    /// The first name that is none of a host.
    pub fn new(allowed: &[String]) -> Result<Guard, String> {
        let mut hosts = HashSet::new();
        for name in allowed {
            let written = if name.parse::<Ipv6Addr>().is_ok() { format!("[{name}]") } else { name.clone() };
            let url = Url::parse(&format!("http://{written}/"))
                .ok()
                .filter(|u| u.port().is_none() && u.path() == "/" && u.query().is_none() && u.fragment().is_none() && !has_credentials(u));
            match url {
                Some(u) if !name.contains(['/', '@', ':']) || name.parse::<Ipv6Addr>().is_ok() || name.starts_with('[') => {
                    hosts.insert(plain_host(&u).to_owned());
                }
                _ => return Err(name.clone()),
            }
        }
        Ok(Guard { allowed: hosts, pins: Mutex::default() })
    }

    /// Whether the user let this host through by name.
    pub fn is_allowed(&self, url: &Url) -> bool {
        self.allowed.contains(plain_host(url))
    }

    /// Holds what is written in an address against the rules.
    ///
    /// # Errors
    /// Why it is not asked.
    pub fn check(&self, url: &Url) -> Result<(), Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!("addresses that begin with `{}:` are not fetched", url.scheme());
            return Err(Failure::new(Why::Refused, message, "only http:// and https:// are"));
        }
        if url.as_str().len() > MAX_ADDRESS {
            return Err(Failure::new(Why::Refused, "this address is too long to be fetched", "name a shorter one"));
        }
        if has_credentials(url) {
            let help = "take them out of the address; a page that asks for them can be saved in a browser and checked as a file";
            return Err(Failure::new(Why::Refused, "names and passwords in addresses are not sent", help));
        }
        let port = url.port_or_known_default().unwrap_or(80);
        let host = plain_host(url);
        if !PORTS.contains(&port) && !self.is_allowed(url) {
            let message = format!("port {port} is not asked unless its host is allowed by name");
            return Err(Failure::new(Why::Refused, message, format!("if you mean it, add `--allow-host {host}`")));
        }
        let number = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return Err(Failure::new(Why::Refused, "this address names no host", "write it as https://HOST/PATH")),
        };
        match number {
            Some(ip) if !is_public(ip) && !self.is_allowed(url) => Err(closed(host, &[ip])),
            _ => Ok(()),
        }
    }

    /// Looks a host up, if that was not done before. Connections are opened only to what is found here.
    ///
    /// # Errors
    /// Why there is nothing to connect to.
    pub fn resolve(&self, url: &Url, patience: Duration) -> Result<(), Failure> {
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        if self.pins.lock().is_ok_and(|p| p.contains_key(name)) {
            return Ok(());
        }
        let found = look_up(name, patience)?;
        let (open, shut): (Vec<SocketAddr>, Vec<SocketAddr>) = found.into_iter().partition(|a| self.is_allowed(url) || is_public(a.ip()));
        if open.is_empty() {
            return Err(closed(plain_host(url), &shut.iter().map(SocketAddr::ip).collect::<Vec<_>>()));
        }
        if let Ok(mut pins) = self.pins.lock() {
            pins.insert(name.to_owned(), open);
        }
        Ok(())
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let known = self.pins.lock().ok().and_then(|p| p.get(name.as_str()).cloned());
        Box::pin(std::future::ready(match known {
            Some(list) => Ok(Box::new(list.into_iter()) as Addrs),
            None => Err("this host was not looked up".into()),
        }))
    }
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn closed(host: &str, numbers: &[IpAddr]) -> Failure {
    let is = match numbers.first() {
        Some(ip) if host.trim_matches(['[', ']']) == ip.to_string() => "is".to_owned(),
        Some(ip) => format!("is {ip},"),
        None => "has no address that is".to_owned(),
    };
    let message = format!("{host} {is} not public: private and local addresses are not asked");
    Failure::new(Why::Refused, message, format!("if it is yours and you mean it, add `--allow-host {host}`"))
}

/// Asks the system where a host is. It knows no end of waiting; so another thread does.
fn look_up(name: &str, patience: Duration) -> Result<Vec<SocketAddr>, Failure> {
    let (done, found) = channel();
    let wanted = name.to_owned();
    std::thread::spawn(move || {
        let _ = done.send((wanted.as_str(), 0).to_socket_addrs().map(|a| a.take(16).collect::<Vec<_>>()));
    });
    let again = "check its spelling, and that this computer is online";
    match found.recv_timeout(patience) {
        Ok(Ok(list)) if !list.is_empty() => Ok(list),
        Ok(_) => Err(Failure::new(Why::Unreachable, format!("there is no host {name}"), again)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err(Failure::new(Why::TimedOut, format!("nobody says in time where {name} is"), again))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn open(ip: &str) -> bool {
        is_public(ip.parse().expect(ip))
    }

    #[test]
    fn only_public_numbers_are_asked() {
        let shut = "0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.0.9 169.254.169.254 172.16.0.1 172.31.255.255 \
                    192.0.0.192 192.168.1.1 198.18.0.1 198.19.255.1 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 168.63.129.16 \
                    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 \
                    fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 2001::1 2001:db8::1 2002:7f00:1::1 3fff::1 100::1 4000::1";
        for ip in shut.split_whitespace() {
            assert!(!open(ip), "{ip} is asked");
        }
        for ip in "1.1.1.1 93.184.216.34 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 2606:4700::1111 2a00:1450::1 64:ff9b::1.1.1.1 ::ffff:1.1.1.1"
            .split_whitespace()
        {
            assert!(open(ip), "{ip} is not asked");
        }
    }

    #[test]
    fn what_is_written_is_held_against_the_rules() {
        let guard = Guard::new(&["localhost".into(), "::1".into(), "Intranet.Example".into()]).expect("hosts");
        let why = |a: &str| guard.check(&Url::parse(a).expect(a)).err().map(|f| f.why);
        // However the number is written, it is the same one.
        for shut in "http://127.0.0.1/ http://2130706433/ http://0x7f.1/ http://0177.0.0.1/ http://127.1/ http://[::ffff:7f00:1]/ \
                     http://169.254.169.254/latest/ ftp://a.example/ file:///etc/passwd http://u:p@a.example/ https://u@a.example/ \
                     http://a.example:22/ https://a.example:6379/"
            .split_whitespace()
        {
            assert_eq!(why(shut), Some(Why::Refused), "{shut}");
        }
        for open in
            "https://a.example/ http://a.example:8080/ http://localhost:3000/ http://[::1]:9/ https://INTRANET.example./ http://1.1.1.1/"
                .split_whitespace()
        {
            assert_eq!(why(open), None, "{open}");
        }
        for wrong in ["", "a b", "http://a.example", "a.example/x", "a.example:80", "u@a.example"] {
            assert!(Guard::new(&[wrong.to_owned()]).is_err(), "{wrong:?} is taken for a host");
        }
    }

    #[test]
    fn a_name_is_as_good_as_its_number() {
        let guard = Guard::default();
        let url = Url::parse("http://localhost/").expect("url");
        let refused = Guard::resolve(&guard, &url, Duration::from_secs(20)).expect_err("loopback");
        assert_eq!(refused.why, Why::Refused, "{refused:?}");
        let allowed = Guard::new(&["localhost".into()]).expect("host");
        assert!(Guard::resolve(&allowed, &url, Duration::from_secs(20)).is_ok());
        // What was never looked up is never connected to.
        let mut runs = Box::pin(Resolve::resolve(&allowed, "other.example".parse().expect("name")));
        let waker = std::task::Waker::noop();
        let polled = runs.as_mut().poll(&mut std::task::Context::from_waker(waker));
        assert!(matches!(polled, std::task::Poll::Ready(Err(_))));
    }

    proptest! {
        #[test]
        fn version_six_hides_no_closed_number(n in any::<u32>()) {
            let ip = Ipv4Addr::from(n);
            prop_assert_eq!(is_public(ip.into()), is_public(ip.to_ipv6_mapped().into()));
            if ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_multicast() || ip.is_broadcast() || ip.is_documentation() {
                prop_assert!(!is_public(ip.into()));
            }
        }
    }
}
