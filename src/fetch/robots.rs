//! What a host's robots.txt lets promolint read, as RFC 9309 has it.

use super::{Failure, Fetched, Why};
use robotxt::Robots;
use std::time::Duration;
use url::Url;

/// The name that promolint goes by in robots.txt.
pub const NAME: &str = "promolint";
/// A longer `Crawl-delay` is not waited for.
const MOST_DELAY: Duration = Duration::from_secs(30);

/// What one host lets promolint read.
#[derive(Debug, Clone)]
pub enum Rules {
    /// What its robots.txt says; all, where there is none.
    Said(Box<Robots>),
    /// Nothing, because nobody could read its robots.txt.
    Unread(Failure),
}

impl Rules {
    /// Of what came of asking for robots.txt.
    pub fn of(host: &str, answer: Result<&Fetched, &Failure>) -> Rules {
        match answer {
            Ok(fetched) => Rules::Said(Box::new(Robots::parse(&fetched.bytes, NAME))),
            // There is none, or nobody may see it: then it forbids nothing. Neither does one that leads on without end.
            Err(f) if matches!(f.why, Why::Missing | Why::Forbidden | Why::Status | Why::Redirects | Why::Kind) => {
                Rules::Said(Box::new(Robots::allow_all()))
            }
            Err(f) => Rules::Unread(match f.why {
                Why::Server | Why::TooMany | Why::TooLarge => {
                    let message = format!("the robots.txt of {host} cannot be read ({}), so nothing may be fetched from there", f.message);
                    Failure::new(f.why, message, "try again later, or save the page and check the file")
                }
                _ => f.clone(),
            }),
        }
    }

    /// Whether an address may be read.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, url: &Url) -> Result<(), Failure> {
        match self {
            Rules::Said(robots) if robots.is_url_allowed(url) => Ok(()),
            Rules::Said(_) => {
                let message = format!("the robots.txt of {} does not let {NAME} read this", super::guard::plain_host(url));
                let help = "its owner can add `User-agent: promolint` and `Allow: /` there; or save the page and check the file";
                Err(Failure::new(Why::Robots, message, help))
            }
            Rules::Unread(failure) => Err(failure.clone()),
        }
    }

    /// How long it asks to be left alone between two questions.
    pub fn delay(&self) -> Option<Duration> {
        match self {
            Rules::Said(robots) => robots.crawl_delay().map(|d| d.min(MOST_DELAY)),
            Rules::Unread(_) => None,
        }
    }
}
