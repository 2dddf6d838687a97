//! The channels that approvals are given for, as `rules/registers/channels.txt` names them.

use crate::yaml::shape::did_you_mean;
use std::sync::OnceLock;

/// In a shorter word too little is written to tell a slip from another word.
const SHORTEST: usize = 5;

/// A channel.
#[derive(Debug)]
pub struct Channel {
    /// The name that is shown.
    pub name: &'static str,
    /// All names it goes by.
    pub words: Vec<&'static str>,
    /// The formats of its exports.
    pub forms: Vec<&'static str>,
    /// The hosts that content in it stands on.
    pub hosts: Vec<&'static str>,
}

/// All of them.
pub fn all() -> &'static [Channel] {
    static CHANNELS: OnceLock<Vec<Channel>> = OnceLock::new();
    CHANNELS.get_or_init(|| {
        let text = include_str!("../../rules/registers/channels.txt");
        let list = |part: Option<&'static str>| -> Vec<&'static str> {
            part.unwrap_or("").split(',').map(str::trim).filter(|w| !w.is_empty()).collect()
        };
        let lines = text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty());
        lines
            .map(|line| {
                let mut parts = line.split('|');
                let words = list(parts.next());
                Channel { name: words.first().copied().unwrap_or(""), words, forms: list(parts.next()), hosts: list(parts.next()) }
            })
            .collect()
    })
}

fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace(['-', '_'], " ")
}

/// The channel that goes by a name.
pub fn named(word: &str) -> Option<&'static str> {
    let word = plain(word);
    all().iter().find(|c| c.words.contains(&word.as_str())).map(|c| c.name)
}

/// The name that somebody who wrote one that no channel has may have meant. Users have channels of their own, so that most are just that.
pub fn meant(word: &str) -> Option<&'static str> {
    let plain = plain(word);
    let unknown = named(word).is_none() && plain.len() >= SHORTEST;
    unknown.then(|| did_you_mean(&plain, all().iter().flat_map(|c| c.words.iter().copied())))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_a_channel_of_ones_own() {
        assert_eq!((meant("webiste"), meant("Newsleter")), (Some("website"), Some("newsletter")));
        assert_eq!((meant("website"), meant("podcast"), meant("sms"), meant("Google-Ads")), (None, None, None, None));
    }
}
