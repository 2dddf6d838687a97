//! Numbers as exports write them: with a point or a comma before decimals, with a sign or a space between thousands.

/// A number, and how exactly it is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// Digits after the decimal sign.
    pub decimals: usize,
}

/// The highest rating that there is.
pub const BEST_RATING: f64 = 5.0;

/// How many of something: `31`, `1.234`, `1 234`, `31.0`. Behind a sign between groups come exactly three digits; a count has no fraction
/// but one of zeros, which spreadsheets write.
pub fn count(text: &str) -> Option<f64> {
    let text = text.trim();
    let fraction = text.rsplit_once(['.', ',']).filter(|(_, f)| (1..=2).contains(&f.len()) && f.bytes().all(|b| b == b'0'));
    let whole = fraction.map_or(text, |(whole, _)| whole);
    let sign = whole.chars().find(|c| matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}'));
    let mut groups = whole.split(|c| Some(c) == sign);
    let first = groups.next().filter(|g| !g.is_empty() && (sign.is_none() || g.len() <= 3 && !g.starts_with('0')))?;
    let digits = groups.try_fold(first.to_owned(), |all, g| (g.len() == 3).then(|| all + g))?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// A rating: one to five, or 0 where there is none yet. It has no groups, so that any sign in it is the decimal one.
pub fn rating(text: &str) -> Option<Number> {
    let text = text.trim();
    let (whole, decimals) = text.split_once(['.', ',']).map_or((text, None), |(w, d)| (w, Some(d)));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || decimals.is_some_and(|d| !digits(d)) {
        return None;
    }
    let value: f64 = format!("{whole}.{}", decimals.unwrap_or("0")).parse().ok()?;
    (value <= BEST_RATING).then(|| Number { value, decimals: decimals.map_or(0, str::len) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_are_read() {
        let counts = [
            ("31", 31.0),
            (" 1.234 ", 1234.0),
            ("1,234", 1234.0),
            ("1 234", 1234.0),
            ("1\u{202F}234\u{202F}567", 1_234_567.0),
            ("1'234", 1234.0),
            ("1’234", 1234.0),
            ("31.0", 31.0),
            ("1.234,00", 1234.0),
            ("0", 0.0),
        ];
        for (text, want) in counts {
            assert_eq!(count(text), Some(want), "{text}");
        }
        for text in ["", "4.6", "1.23", "1.2345", "0.123", "1,234.567", "-3", "about 30", "1e3", "1..234", "12 34", "٣"] {
            assert_eq!(count(text), None, "{text}");
        }
        let ratings = [("4,6", 4.6, 1), ("4.91", 4.91, 2), ("4.917", 4.917, 3), ("5", 5.0, 0), ("0.0", 0.0, 1)];
        for (text, value, decimals) in ratings {
            assert_eq!(rating(text), Some(Number { value, decimals }), "{text}");
        }
        for text in ["46", "491", "5.1", "4,", ",5", "4.9/5", "-1", "1.2.3", ""] {
            assert_eq!(rating(text), None, "{text}");
        }
    }
}
