//! The types a key can have.

use super::Place;
use crate::{
    dates::Moment,
    diagnostics::suggestion,
    markdown::{Markdown, Text},
};
use domain::delay::Delay;
use jiff::{Timestamp, civil};
use std::num::NonZeroU64;
use toml::{Spanned, de::DeValue};

/// What can be read from a TOML value. What is wrong has been reported when there is `None`.
pub(crate) trait FromValue: Sized {
    /// For messages, e.g. « une date ».
    const EXPECTED: &'static str;
    /// How it is written, e.g. `2024-06-03`.
    fn example() -> String;

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self>;
}

/// What a value is, e.g. « un texte ».
pub(super) fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "un texte",
        DeValue::Integer(_) => "un nombre",
        DeValue::Float(_) => "un nombre à virgule",
        DeValue::Boolean(_) => "un oui ou non (true, false)",
        DeValue::Datetime(moment) => match (moment.date, moment.time) {
            (None, _) => "une heure",
            (_, Some(_)) => "une date avec une heure",
            (_, None) => "une date",
        },
        DeValue::Array(_) => "une liste",
        DeValue::Table(_) => "une table",
    }
}

/// `read`, or a report that the value is of another type.
pub(super) fn typed<T: FromValue>(
    value: &Spanned<DeValue<'_>>,
    place: &Place<'_>,
    read: Option<T>,
) -> Option<T> {
    if read.is_none() {
        place.expected::<T>(describe(value.get_ref()));
    }
    read
}

impl FromValue for String {
    const EXPECTED: &'static str = "un texte";

    fn example() -> String {
        "\"…\"".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let text = typed(value, place, value.get_ref().as_str().map(str::to_owned))?;
        if text.trim().is_empty() {
            place.report(place.error(format!("`{}` est vide", place.key)));
            return None;
        }
        Some(text)
    }
}

impl FromValue for bool {
    const EXPECTED: &'static str = "oui ou non";

    fn example() -> String {
        "true".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        typed(value, place, value.get_ref().as_bool())
    }
}

impl FromValue for u64 {
    const EXPECTED: &'static str = "un nombre entier";

    fn example() -> String {
        "100".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        typed(value, place, integer(value, Self::from_str_radix))
    }
}

impl FromValue for i64 {
    const EXPECTED: &'static str = "un nombre entier";

    fn example() -> String {
        "10".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        typed(value, place, integer(value, Self::from_str_radix))
    }
}

/// A whole number, in the base it is written in.
fn integer<T, E>(value: &Spanned<DeValue<'_>>, read: impl Fn(&str, u32) -> Result<T, E>) -> Option<T> {
    let number = value.get_ref().as_integer()?;
    read(number.as_str(), number.radix()).ok()
}

impl FromValue for Timestamp {
    const EXPECTED: &'static str = "une date";

    fn example() -> String {
        "2024-06-03".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let moment = value.get_ref().as_datetime().and_then(|written| Moment::try_from(*written).ok());
        typed(value, place, moment.map(|moment| moment.at(place.document.file.zone)))
    }
}

/// When something begins or ends: at an instant, or with a whole day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    /// Of a day, the first instant.
    pub(crate) at: Timestamp,
    pub(crate) is_day: bool,
}

impl FromValue for Point {
    const EXPECTED: &'static str = Timestamp::EXPECTED;

    fn example() -> String {
        "2024-06-03T18:30:00".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let point = value.get_ref().as_datetime().and_then(|written| {
            let at = Moment::try_from(*written).ok()?.at(place.document.file.zone);
            Some(Self { at, is_day: written.time.is_none() })
        });
        typed(value, place, point)
    }
}

impl FromValue for civil::Date {
    const EXPECTED: &'static str = "une date";

    fn example() -> String {
        "2025-12-31".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let day = value.get_ref().as_datetime().filter(|written| written.time.is_none());
        typed(value, place, day.and_then(|written| written.to_string().parse().ok()))
    }
}

impl FromValue for Delay {
    const EXPECTED: &'static str = "une durée";

    fn example() -> String {
        "\"36 months\"".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let written = value.get_ref().as_str();
        let Some(Err(_)) = written.map(str::parse::<Self>) else {
            return typed(value, place, written.and_then(|written| written.parse().ok()));
        };
        let help =
            "une durée est un nombre et une unité : \"15 days\", \"3 weeks\", \"36 months\", \"1 year\"";
        place.report(place.error(format!("`{}` n’est pas une durée", place.key)).help(help));
        None
    }
}

/// A share of an electorate, written `"1/10"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) numerator: u64,
    pub(crate) denominator: NonZeroU64,
}

impl FromValue for Share {
    const EXPECTED: &'static str = "une part";

    fn example() -> String {
        "\"1/10\"".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let share = value.get_ref().as_str().and_then(|written| {
            let (numerator, denominator) = written.split_once('/')?;
            let share = Self { numerator: numerator.parse().ok()?, denominator: denominator.parse().ok()? };
            (1..=share.denominator.get()).contains(&share.numerator).then_some(share)
        });
        typed(value, place, share)
    }
}

/// A key that takes one of a few words.
pub(crate) trait Choice: Copy + 'static {
    /// What may be written, and what it means.
    const CHOICES: &'static [(&'static str, Self)];
}

impl<T: Choice> FromValue for T {
    const EXPECTED: &'static str = "un mot";

    fn example() -> String {
        format!("\"{}\"", T::CHOICES[0].0)
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let choices = || T::CHOICES.iter().map(|(word, _)| *word);
        let Some(written) = value.get_ref().as_str() else {
            place.expected::<Self>(describe(value.get_ref()));
            return None;
        };
        let choice = T::CHOICES.iter().find(|(word, _)| *word == written).map(|(_, choice)| *choice);
        if choice.is_none() {
            let help = match suggestion(written, choices()) {
                Some(meant) => format!("vouliez-vous dire \"{meant}\" ?"),
                None => format!("valeurs possibles : {}", choices().collect::<Vec<_>>().join(", ")),
            };
            place.report(
                place.error(format!("valeur inconnue pour `{}` : « {written} »", place.key)).help(help),
            );
        }
        choice
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    const EXPECTED: &'static str = "une liste";

    fn example() -> String {
        "[\"…\"]".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let Some(elements) = value.get_ref().as_array() else {
            place.expected::<Self>(describe(value.get_ref()));
            return None;
        };
        let places = elements.iter().map(|element| (element, place.document.place(place.key, element)));
        let read = places.filter(|(_, place)| !place.is_malformed());
        Some(read.filter_map(|(element, place)| T::from_value(element, &place)).collect())
    }
}

impl<T: FromValue> FromValue for Spanned<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn example() -> String {
        T::example()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        Some(Spanned::new(place.span.clone(), T::from_value(value, place)?))
    }
}

impl FromValue for Text {
    const EXPECTED: &'static str = String::EXPECTED;

    fn example() -> String {
        String::example()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        String::from_value(value, place).map(|written| Self::new(&written))
    }
}

impl FromValue for Markdown {
    const EXPECTED: &'static str = String::EXPECTED;

    fn example() -> String {
        String::example()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let text = String::from_value(value, place)?;
        Some(Self::within(place.document.file.source, place.span.clone(), text))
    }
}
