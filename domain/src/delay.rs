//! A length of time in the civil calendar, as people and rules say it: three months, fifteen days.

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A whole, positive number of months and days. Written `3 months`, `15 days`, `1 year 6 months`, `2 weeks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Delay {
    /// Months; years are twelve.
    pub months: u16,
    /// Days; weeks are seven.
    pub days: u16,
}

/// A text is no delay.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a delay in years, months, weeks or days, such as \"3 months\"")]
pub struct MalformedDelay;

impl Delay {
    /// The day this long after `day`; the last of the month where the month is shorter (three months after
    /// 30 November is 28 or 29 February).
    pub fn after_date(self, day: Date) -> Date {
        day.saturating_add(self.span())
    }

    /// The instant this long after `instant`, at the same hour of the civil day in `zone`.
    pub fn after(self, instant: Timestamp, zone: &TimeZone) -> Timestamp {
        instant.to_zoned(zone.clone()).saturating_add(self.span()).timestamp()
    }

    fn span(self) -> Span {
        Span::new().months(self.months).days(self.days)
    }
}

impl FromStr for Delay {
    type Err = MalformedDelay;
    fn from_str(text: &str) -> Result<Self, MalformedDelay> {
        let span: Span = text.trim().parse().map_err(|_| MalformedDelay)?;
        let calendar = Span::new()
            .years(span.get_years())
            .months(span.get_months())
            .weeks(span.get_weeks())
            .days(span.get_days());
        if span.is_negative() || span.is_zero() || span.fieldwise() != calendar.fieldwise() {
            return Err(MalformedDelay);
        }
        let whole = |count: i32| u16::try_from(count).map_err(|_| MalformedDelay);
        Ok(Self {
            months: whole(i32::from(span.get_years()) * 12 + span.get_months())?,
            days: whole(span.get_weeks() * 7 + span.get_days())?,
        })
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.days) {
            (months, 0) => write!(f, "{months} months"),
            (0, days) => write!(f, "{days} days"),
            (months, days) => write!(f, "{months} months {days} days"),
        }
    }
}

impl TryFrom<String> for Delay {
    type Error = MalformedDelay;
    fn try_from(text: String) -> Result<Self, MalformedDelay> {
        text.parse()
    }
}

impl From<Delay> for String {
    fn from(delay: Delay) -> Self {
        delay.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn delays_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<Delay>().map(|delay| (delay.months, delay.days));
        assert_eq!(read("3 months"), Ok((3, 0)));
        assert_eq!(read("1 year 6 months"), Ok((18, 0)));
        assert_eq!(read("2 weeks 1 day"), Ok((0, 15)));
        for text in ["", "3", "3 hours", "-3 months", "0 days", "trois mois"] {
            assert_eq!(read(text), Err(MalformedDelay), "{text}");
        }
    }

    #[test]
    fn a_delay_ends_within_the_month_it_names() {
        let delay: Delay = "3 months".parse().expect("a delay");
        assert_eq!(delay.after_date(date(2026, 11, 30)), date(2027, 2, 28));
    }
}
