//! Numbers of supports that oblige the authority, and when they were reached.

use crate::delay::Delay;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// How many supports are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quorum {
    /// An absolute number of supports.
    Supports(u64),
    /// A share of an electorate, as in article L1112-16 CGCT (a tenth of the electors of a commune, a
    /// twentieth elsewhere).
    Share {
        /// Numerator of the share.
        numerator: u64,
        /// Denominator of the share; not zero.
        denominator: std::num::NonZeroU64,
        /// Number of electors the share is taken of.
        electors: u64,
    },
}

impl Quorum {
    /// The number of supports required: a share is rounded up, for less would not be the share.
    pub fn required(&self) -> u64 {
        match *self {
            Self::Supports(n) => n,
            Self::Share { numerator, denominator, electors } => {
                let product = u128::from(electors) * u128::from(numerator);
                u64::try_from(product.div_ceil(u128::from(denominator.get()))).unwrap_or(u64::MAX)
            }
        }
    }
}

/// A quorum and what the authority must then do, by when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// How many supports are needed.
    pub quorum: Quorum,
    /// Time the authority has from the crossing, e.g. three months.
    pub due: Delay,
}

impl Threshold {
    /// The day by which the pledge is due when the threshold was crossed at `crossed`, counted in the civil
    /// calendar of `zone`.
    pub fn due(&self, crossed: Timestamp, zone: &TimeZone) -> Date {
        self.due.after_date(crossed.to_zoned(zone.clone()).date())
    }
}

/// The required numbers that a count of supports has reached.
pub fn reached(thresholds: &[Threshold], supports: u64) -> impl Iterator<Item = u64> {
    thresholds
        .iter()
        .map(|threshold| threshold.quorum.required())
        .filter(move |&required| required <= supports)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds(numbers: &[u64]) -> Vec<Threshold> {
        numbers
            .iter()
            .map(|&n| Threshold { quorum: Quorum::Supports(n), due: Delay { months: 3, days: 0 } })
            .collect()
    }

    #[test]
    fn a_tenth_of_the_electors_is_rounded_up() {
        let share = |electors| Quorum::Share {
            numerator: 1,
            denominator: std::num::NonZeroU64::new(10).expect("not zero"),
            electors,
        };
        assert_eq!(share(2_340).required(), 234);
        assert_eq!(share(2_341).required(), 235);
    }

    #[test]
    fn a_pledge_is_due_on_a_civil_date() {
        let zone = TimeZone::get("Europe/Paris").expect("bundled");
        let crossed = "2026-11-30T23:30:00+01:00".parse().expect("an instant");
        assert_eq!(thresholds(&[100])[0].due(crossed, &zone).to_string(), "2027-02-28");
    }
}
