use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// How pages of the web are fetched.
#[derive(Debug, Args, Default)]
pub struct WebArgs {
    /// Check the pages that a list names: a text with one address a line, or a sitemap; a file or an address. May be given several times
    #[arg(long, value_name = "FILE|URL", help_heading = "Pages of the web")]
    pub urls: Vec<String>,
    /// Keep what is fetched in this folder; with `--no-network`, read it from there
    #[arg(long, value_name = "DIR", help_heading = "Pages of the web")]
    pub save: Option<PathBuf>,
    /// Never open a connection
    #[arg(long, help_heading = "Pages of the web")]
    pub no_network: bool,
    /// Let this host be asked though its address is private or local; may be given several times
    #[arg(long, value_name = "HOST", value_delimiter = ',', help_heading = "Pages of the web")]
    pub allow_host: Vec<String>,
    /// What promolint calls itself to servers [default: promolint/VERSION and an address]
    #[arg(long, value_name = "TEXT", help_heading = "Pages of the web")]
    pub user_agent: Option<String>,
    /// Time between two pages of one host; its robots.txt may want more [default: 1]
    #[arg(long, value_name = "SECONDS", value_parser = delay, help_heading = "Pages of the web")]
    pub delay: Option<Duration>,
    /// Time for one answer [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = timeout, help_heading = "Pages of the web")]
    pub timeout: Option<Duration>,
    /// How many pages of lists are checked
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Pages of the web")]
    pub max_pages: u32,
}

fn seconds(text: &str, least: f64, most: f64) -> Result<Duration, String> {
    let seconds: f64 = text.trim().parse().map_err(|_| "write a number of seconds, such as 0.5")?;
    if (least..=most).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!("it is a number of seconds from {least} to {most}"))
    }
}

fn delay(text: &str) -> Result<Duration, String> {
    seconds(text, 0.0, 3600.0)
}

fn timeout(text: &str) -> Result<Duration, String> {
    seconds(text, 0.1, 3600.0)
}
