//! Who may take part.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a person is linked to the territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Link {
    /// Lives there.
    Resident,
    /// Works there.
    Worker,
    /// Studies there.
    Student,
}

impl Link {
    /// Every link, in the order in which forms show them.
    pub const ALL: [Self; 3] = [Self::Resident, Self::Worker, Self::Student];

    /// The value used in forms and front matter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Worker => "worker",
            Self::Student => "student",
        }
    }
}

/// Which communes count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Territory {
    /// No commune is asked.
    Any,
    /// Official code (Code officiel géographique) → name.
    Communes(BTreeMap<String, String>),
}

impl Territory {
    /// The official code of the commune a person named, however it is written: case, accents, hyphens, the
    /// abbreviations « St » and « Ste » and a leading article do not matter. `None` when it is not of the
    /// territory.
    pub fn find(&self, typed: &str) -> Option<&str> {
        let Self::Communes(communes) = self else { return None };
        let wanted = commune_key(typed);
        communes
            .iter()
            .find(|(code, name)| code.as_str() == typed.trim() || commune_key(name) == wanted)
            .map(|(code, _)| code.as_str())
    }
}

fn commune_key(name: &str) -> String {
    crate::identity::words(name)
        .into_iter()
        .map(|word| match word.as_str() {
            "st" => "saint".to_owned(),
            "ste" => "sainte".to_owned(),
            _ => word,
        })
        .enumerate()
        .filter(|(position, word)| *position > 0 || !matches!(word.as_str(), "le" | "la" | "les" | "l"))
        .map(|(_, word)| word)
        .collect()
}

/// The conditions an activity sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eligibility {
    /// Youngest age in whole years, on the day of the act.
    pub minimum_age: u8,
    /// Links accepted; at least one.
    pub links: Vec<Link>,
    /// Communes that count.
    pub territory: Territory,
}

/// The oldest person a birth date may describe, in years: beyond, the date is a typing error. (The longest
/// human life on record, Jeanne Calment's, is 122 years.)
pub const OLDEST: i16 = 122;

/// Age in whole years on `day`, as the civil code counts it: reached at the first hour of the birthday; who
/// was born on 29 February reaches it on 1 March in common years.
pub fn age(born: Date, day: Date) -> i16 {
    let reached = (day.month(), day.day()) >= (born.month(), born.day());
    day.year() - born.year() - i16::from(!reached)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_age_is_reached_on_the_birthday() {
        assert_eq!(age(date(2015, 11, 22), date(2026, 11, 21)), 10);
        assert_eq!(age(date(2015, 11, 21), date(2026, 11, 21)), 11);
        assert_eq!(age(date(2012, 2, 29), date(2023, 2, 28)), 10);
        assert_eq!(age(date(2012, 2, 29), date(2023, 3, 1)), 11);
    }

    #[test]
    fn a_commune_is_found_however_it_is_written() {
        let communes =
            [("99001", "Saint-Élix-des-Garennes"), ("99002", "L’Isle-aux-Genêts"), ("99003", "Sainte-Œuvre")];
        let territory =
            Territory::Communes(communes.map(|(code, name)| (code.to_owned(), name.to_owned())).into());
        for typed in ["saint elix des garennes", "ST-ELIX-DES-GARENNES", " Saint-Élix-des-Garennes ", "99001"]
        {
            assert_eq!(territory.find(typed), Some("99001"), "{typed}");
        }
        assert_eq!(territory.find("Isle aux Genets"), Some("99002"));
        assert_eq!(territory.find("Ste Oeuvre"), Some("99003"));
        assert_eq!(territory.find("Toulouse"), None);
        assert_eq!(territory.find(""), None);
    }
}
