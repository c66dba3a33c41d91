//! Instants and days: as editors write them and as pages say them.

use domain::{delay::Delay, rulebook::Words};
use jiff::{Timestamp, civil, tz::TimeZone};
use std::str::FromStr;

/// A point in time as a person writes it: an instant, or a local time to be read in a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// With an offset or a zone.
    Instant(Timestamp),
    /// Without; a day alone is its first minute.
    Civil(civil::DateTime),
}

impl Moment {
    /// The instant meant in `zone`; the last there is when the calendar does not reach so far.
    pub fn at(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Instant(instant) => instant,
            Self::Civil(local) => zone.to_timestamp(local).unwrap_or(Timestamp::MAX),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let zoned = written.parse::<jiff::Zoned>().map(|zoned| zoned.timestamp());
        zoned
            .or_else(|_| written.parse())
            .map(Self::Instant)
            .or_else(|_| written.parse().map(Self::Civil))
            .map_err(|_| "un moment s’écrit 2026-11-21, 2026-11-21T09:00 ou 2026-11-21T08:00:00Z".to_owned())
    }
}

impl TryFrom<toml::value::Datetime> for Moment {
    type Error = String;

    fn try_from(written: toml::value::Datetime) -> Result<Self, String> {
        if written.date.is_none() {
            return Err("il manque le jour".to_owned());
        }
        written.to_string().parse()
    }
}

/// How the site writes time: in its time zone, with the months of its words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar<'a> {
    pub(crate) zone: &'a TimeZone,
    pub(crate) words: &'a Words,
}

impl Calendar<'_> {
    /// « 1er mai 2026 »
    pub(crate) fn day(&self, day: civil::Date) -> String {
        let number = if day.day() == 1 { "1er".to_owned() } else { day.day().to_string() };
        format!("{number} {} {}", self.words.say(&format!("month.{}", day.month()), &[]), day.year())
    }

    /// The day of an instant, in the site's time zone.
    pub(crate) fn day_of(&self, instant: Timestamp) -> civil::Date {
        instant.to_zoned(self.zone.clone()).date()
    }

    /// « 1er mai 2026 à 9 h », « 3 juin 2026 à 9 h 30 »
    pub(crate) fn moment(&self, instant: Timestamp) -> String {
        let local = instant.to_zoned(self.zone.clone());
        let day = self.day(local.date());
        match local.minute() {
            0 => format!("{day} à {}\u{a0}h", local.hour()),
            minute => format!("{day} à {}\u{a0}h\u{a0}{minute:02}", local.hour()),
        }
    }

    /// « 3 mois », « 1 an », « 15 jours »
    pub(crate) fn delay(&self, delay: Delay) -> String {
        let days = match delay.days {
            1 => "1\u{a0}jour".to_owned(),
            days => format!("{days}\u{a0}jours"),
        };
        match (delay.months, delay.days) {
            (0, _) => days,
            (12, 0) => "1\u{a0}an".to_owned(),
            (months, 0) => format!("{months}\u{a0}mois"),
            (months, _) => format!("{months}\u{a0}mois et {days}"),
        }
    }

    /// For `<time datetime>`: the instant with the offset of the site's time zone.
    pub(crate) fn iso(&self, instant: Timestamp) -> String {
        instant.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("bundled")
    }

    #[test]
    fn a_moment_is_an_instant_or_local() {
        let at = |written: &str| written.parse::<Moment>().map(|moment| moment.at(&paris()));
        let morning = "2026-11-21T08:00:00Z".parse().expect("an instant");
        for written in ["2026-11-21T08:00:00Z", "2026-11-21T09:00", "2026-11-21T09:00:00+01:00[Europe/Paris]"]
        {
            assert_eq!(at(written), Ok(morning), "{written}");
        }
        assert_eq!(at("2026-11-21"), Ok("2026-11-20T23:00:00Z".parse().expect("an instant")));
        assert!(at("demain").is_err());
    }

    #[test]
    fn times_are_said_in_french() {
        let words = Words(
            [("month.5", "mai"), ("month.6", "juin")].map(|(key, text)| (key.into(), text.into())).into(),
        );
        let zone = paris();
        let calendar = Calendar { zone: &zone, words: &words };
        let instant = |written: &str| written.parse().expect("an instant");
        assert_eq!(calendar.moment(instant("2026-05-01T09:00+02:00")), "1er mai 2026 à 9\u{a0}h");
        assert_eq!(calendar.moment(instant("2026-06-03T14:05+02:00")), "3 juin 2026 à 14\u{a0}h\u{a0}05");
        assert_eq!(calendar.iso(instant("2026-06-03T12:05Z")), "2026-06-03T14:05:00+02:00");
    }

    #[test]
    fn delays_are_said_in_french() {
        let (zone, words) = (paris(), Words::default());
        let say =
            |written: &str| Calendar { zone: &zone, words: &words }.delay(written.parse().expect("a delay"));
        assert_eq!(say("36 months"), "36\u{a0}mois");
        assert_eq!(say("1 year"), "1\u{a0}an");
        assert_eq!(say("15 days"), "15\u{a0}jours");
        assert_eq!(say("1 month 1 day"), "1\u{a0}mois et 1\u{a0}jour");
    }
}
