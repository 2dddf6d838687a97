//! Numbers in claims: digits with their separators, or words.

pub use crate::facts::number::Number;
use crate::pack::model::ClaimMatcher;

/// The number in a hit.
pub fn in_text(m: &ClaimMatcher, text: &str) -> Option<Number> {
    digits(text).or_else(|| {
        let words = m.numbers.iter().filter_map(|(set, n)| Some((set.find(text, 0)?, *n)));
        words.min_by_key(|((s, e), _)| (*s, std::cmp::Reverse(*e))).map(|(_, value)| Number { value, decimals: 0 })
    })
}

fn digits(text: &str) -> Option<Number> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let run = &text[start..];
    let end = run.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’' | '\u{a0}' | '\u{202f}'))).unwrap_or(run.len());
    // "1k+ reviews": of what stands behind, a lone `k` counts.
    let thousands = run[end..].strip_prefix(['k', 'K']).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let times = if thousands { 1000.0 } else { 1.0 };
    let run = run[..end].trim_end_matches(|c: char| !c.is_ascii_digit());
    let parts: Vec<&str> = run.split(|c: char| !c.is_ascii_digit()).collect();
    let decimal = |i: usize| parts.len() == 2 && parts[1].len() != 3 && run[parts[0].len()..].starts_with(['.', ',']) && i == 1;
    if decimal(1) {
        let value: f64 = format!("{}.{}", parts[0], parts[1]).parse().ok()?;
        return Some(Number { value: value * times, decimals: if thousands { 0 } else { parts[1].len() } });
    }
    // Thousands come in groups of three; anything else is no number that can be told.
    if parts.len() > 1 && parts[1..].iter().any(|p| p.len() != 3) {
        return None;
    }
    let value: f64 = parts.concat().parse().ok()?;
    Some(Number { value: value * times, decimals: 0 })
}

/// A number as people write it.
pub fn write(n: f64) -> String {
    if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_separators() {
        let of = |t: &str| digits(t).map(|n| (n.value, n.decimals));
        for (text, want) in [
            ("1,000+ reviews", Some((1000.0, 0))),
            ("1.000 Bewertungen", Some((1000.0, 0))),
            ("4.9 stars", Some((4.9, 1))),
            ("4,85 Sterne", Some((4.85, 2))),
            ("12.5.2020", None),
            ("7+", Some((7.0, 0))),
            ("1k+ reviews", Some((1000.0, 0))),
            ("2.5K reviews", Some((2500.0, 0))),
            ("4kg", Some((4.0, 0))),
            ("none", None),
            ("1’200", Some((1200.0, 0))),
        ] {
            assert_eq!(of(text), want, "{text}");
        }
    }
}
