//! Numbers with decimals, sizes of files, and answers, as they are written in front matter.

use super::{
    FromValue, Place,
    value::{describe, typed},
};
use toml::{Spanned, de::DeValue};

/// A number, exactly as it is written: a floating-point number would not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: i64,
    decimals: u8,
}

impl Decimal {
    /// In units of 10^-`decimals`; `None` when it has more decimals than that, or is too great.
    pub(crate) fn in_units(self, decimals: u8) -> Option<i64> {
        let missing = decimals.checked_sub(self.decimals)?;
        self.digits.checked_mul(10_i64.checked_pow(u32::from(missing))?)
    }

    fn parse(written: &str) -> Option<Self> {
        let plain = written.replace('_', "");
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let fraction = fraction.trim_end_matches('0');
        let decimals = u8::try_from(fraction.len()).ok()?;
        Some(Self { digits: format!("{whole}{fraction}").parse().ok()?, decimals })
    }
}

impl FromValue for Decimal {
    const EXPECTED: &'static str = "un nombre";

    fn example() -> String {
        "12.5".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .map(|digits| Self { digits, decimals: 0 }),
            DeValue::Float(number) => Self::parse(number.as_str()),
            _ => None,
        };
        typed(value, place, number)
    }
}

/// The size of a file, in bytes: `"5 Mo"`, or a number of millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileSize(pub(crate) u64);

impl FileSize {
    fn parse(written: &str) -> Option<Self> {
        let written = written.replace(['\u{a0}', '\u{202f}'], " ");
        let (number, unit) = written.trim().rsplit_once(' ')?;
        let zeros = match unit {
            "octets" => 0,
            "ko" => 3,
            "Mo" => 6,
            _ => return None,
        };
        Self::of(Decimal::parse(&number.trim().replace(',', "."))?, zeros)
    }

    fn of(number: Decimal, zeros: u8) -> Option<Self> {
        u64::try_from(number.in_units(zeros)?).ok().map(Self)
    }
}

impl FromValue for FileSize {
    const EXPECTED: &'static str = "un poids de fichier";

    fn example() -> String {
        "\"5 Mo\"".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        if let Some(written) = value.get_ref().as_str() {
            let size = Self::parse(written);
            if size.is_none() {
                let error = place.error(format!("`{}` n’est pas un poids de fichier", place.key));
                place.report(error.help("un poids est un nombre et une unité : \"5 Mo\", \"800 ko\""));
            }
            return size;
        }
        let is_number = matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_));
        if !is_number {
            place.expected::<Self>(describe(value.get_ref()));
            return None;
        }
        Self::of(Decimal::from_value(value, place)?, 6)
    }
}

/// What a field is compared with: an option's identifier, or yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer(pub(crate) String);

impl FromValue for Answer {
    const EXPECTED: &'static str = String::EXPECTED;

    fn example() -> String {
        String::example()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        match value.get_ref().as_bool() {
            Some(yes) => Some(Self(if yes { "yes" } else { "no" }.to_owned())),
            None => String::from_value(value, place).map(Self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_decimals() {
        let units = |written: &str, decimals| Decimal::parse(written)?.in_units(decimals);
        assert_eq!(units("12.5", 1), Some(125));
        assert_eq!(units("12.50", 1), Some(125));
        assert_eq!(units("-0.25", 2), Some(-25));
        assert_eq!(units("14_000", 2), Some(1_400_000));
        assert_eq!(units("12.55", 1), None);
        assert_eq!(units("1e3", 0), None);
        assert_eq!(units("92233720368547758", 3), None);
    }

    #[test]
    fn a_size_has_a_unit() {
        assert_eq!(FileSize::parse("5 Mo"), Some(FileSize(5_000_000)));
        assert_eq!(FileSize::parse("1,5\u{a0}Mo"), Some(FileSize(1_500_000)));
        assert_eq!(FileSize::parse("800 ko"), Some(FileSize(800_000)));
        for wrong in ["5", "5 MB", "-5 Mo", "cinq Mo"] {
            assert_eq!(FileSize::parse(wrong), None, "{wrong}");
        }
    }
}
