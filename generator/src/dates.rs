//! Instants and days: as editors write them and as pages say them.

use crate::words::Say;
use domain::delay::Delay;
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

/// How the site writes time: in its time zone, in the words of a language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar<'a> {
    pub(crate) zone: &'a TimeZone,
    pub(crate) say: &'a Say,
}

impl Calendar<'_> {
    /// « 1er mai 2026 »
    pub(crate) fn day(&self, day: civil::Date) -> String {
        self.say.day(day, || {
            let month = self.say.text(&format!("month.{}", day.month()), &[]);
            let number = day.year().to_string();
            let year =
                self.say.special("date.year", i64::from(day.year()).rem_euclid(20), &[("year", &number)]);
            let values = [("day", &*day.day().to_string()), ("month", &month), ("year", &year)];
            self.say.special("date.day", i64::from(day.day()), &values)
        })
    }

    /// The day of an instant, in the site's time zone.
    pub(crate) fn day_of(&self, instant: Timestamp) -> civil::Date {
        instant.to_zoned(self.zone.clone()).date()
    }

    /// « 1er mai 2026 à 9 h », « 3 juin 2026 à 9 h 30 »
    pub(crate) fn moment(&self, instant: Timestamp) -> String {
        let local = instant.to_zoned(self.zone.clone());
        let (hour, minute) = (local.hour().to_string(), format!("{:02}", local.minute()));
        let values = [("date", &*self.day(local.date())), ("hour", &hour), ("minute", &minute)];
        self.say.special("date.moment", i64::from(local.minute()), &values)
    }

    /// The first moment of a period that begins at `instant`: the day alone when that is its first minute.
    pub(crate) fn first(&self, instant: Timestamp) -> String {
        let local = instant.to_zoned(self.zone.clone());
        if local.time() == civil::Time::midnight() { self.day(local.date()) } else { self.moment(instant) }
    }

    /// The last moment of a period that ends before `instant`: the day before, whole, when that is a first minute.
    pub(crate) fn last(&self, instant: Timestamp) -> String {
        let local = instant.to_zoned(self.zone.clone());
        match local.date().yesterday() {
            Ok(day) if local.time() == civil::Time::midnight() => self.day(day),
            _ => self.moment(instant),
        }
    }

    /// When what began at `starts` ends: the hour alone on the same day.
    pub(crate) fn end(&self, starts: Timestamp, ends: Timestamp) -> String {
        let local = ends.to_zoned(self.zone.clone());
        if self.day_of(starts) != local.date() {
            return self.moment(ends);
        }
        let (hour, minute) = (local.hour().to_string(), format!("{:02}", local.minute()));
        self.say.special("date.time", i64::from(local.minute()), &[("hour", &hour), ("minute", &minute)])
    }

    /// « 3 mois », « 1 an », « 15 jours »
    pub(crate) fn delay(&self, delay: Delay) -> String {
        let days = || self.say.quantity("delay.days", u64::from(delay.days));
        match (delay.months, delay.days) {
            (0, _) => days(),
            (12, 0) => self.say.quantity("delay.years", 1),
            (months, 0) => self.say.quantity("delay.months", u64::from(months)),
            (months, _) => {
                let months = self.say.quantity("delay.months", u64::from(months));
                self.say.text("delay.both", &[("months", &months), ("days", &days())])
            }
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

    /// The French words of the embedded theme.
    fn french() -> Say {
        let words = crate::words::flat(include_str!("../../themes/parvis/words/fr.toml"));
        Say::new(std::sync::Arc::new(words), "fr")
    }

    #[test]
    fn times_are_said_in_french() {
        let (zone, say) = (paris(), french());
        let calendar = Calendar { zone: &zone, say: &say };
        let instant = |written: &str| written.parse().expect("an instant");
        assert_eq!(calendar.moment(instant("2026-05-01T09:00+02:00")), "1er mai 2026 à 9\u{a0}h");
    }

    #[test]
    fn delays_are_said_in_french() {
        let (zone, say) = (paris(), french());
        let delay =
            |written: &str| Calendar { zone: &zone, say: &say }.delay(written.parse().expect("a delay"));
        assert_eq!(delay("36 months"), "36\u{a0}mois");
        assert_eq!(delay("1 year"), "1\u{a0}an");
        assert_eq!(delay("15 days"), "15\u{a0}jours");
        assert_eq!(delay("1 month 1 day"), "1\u{a0}mois et 1\u{a0}jour");
    }
}
