//! Days of the calendar.

use std::fmt;

/// A day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(jiff::civil::Date);

impl Day {
    /// Reads `YYYY-MM-DD`, and nothing else.
    pub fn parse(text: &str) -> Option<Day> {
        let b = text.as_bytes();
        let form = b.len() == 10 && b.iter().enumerate().all(|(i, c)| if i == 4 || i == 7 { *c == b'-' } else { c.is_ascii_digit() });
        if form { text.parse().ok().map(Day) } else { None }
    }

    /// Today by the clock, where the user is.
    pub fn today() -> Day {
        Day(jiff::Zoned::now().date())
    }

    /// The day of a moment given in milliseconds since 1970, in UTC.
    pub fn from_millis(ms: i64) -> Option<Day> {
        jiff::Timestamp::from_millisecond(ms).ok().map(|t| Day(t.to_zoned(jiff::tz::TimeZone::UTC).date()))
    }

    /// How many days lie between this day and a later one; negative if it is earlier.
    pub fn days_until(self, other: Day) -> i32 {
        self.0.duration_until(other.0).as_hours().div_euclid(24) as i32
    }

    /// The day that comes so many days after this one; `None` behind the end of the calendar.
    pub fn later(self, days: u32) -> Option<Day> {
        self.0.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(Day)
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }
}

impl borsh::BorshSerialize for Day {
    fn serialize<W: borsh::io::Write>(&self, to: &mut W) -> borsh::io::Result<()> {
        self.to_string().serialize(to)
    }
}

impl borsh::BorshDeserialize for Day {
    fn deserialize_reader<R: borsh::io::Read>(from: &mut R) -> borsh::io::Result<Day> {
        Day::parse(&String::deserialize_reader(from)?).ok_or_else(|| borsh::io::ErrorKind::InvalidData.into())
    }
}

impl Default for Day {
    fn default() -> Day {
        Day::today()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_strictly() {
        for good in ["2026-11-21", "2024-02-29", "0001-01-01"] {
            assert_eq!(Day::parse(good).map(|d| d.to_string()).as_deref(), Some(good));
        }
        for bad in ["2026-02-29", "2026-13-01", "26-1-1", "2026-11-21T10:00", "20261121", "", "２０２６-11-21", "+026-11-21"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
        let day = |s| Day::parse(s).expect("a day");
        assert_eq!(day("2026-02-27").days_until(day("2026-03-01")), 2);
        assert_eq!(day("2026-03-01").days_until(day("2026-02-27")), -2);
        assert_eq!(Day::from_millis(1_700_000_000_000).map(|d| d.to_string()).as_deref(), Some("2023-11-14"));
    }
}
