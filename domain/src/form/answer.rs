//! Answers that passed every rule, as they are stored, shown and exported.

use super::kinds::Media;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Field → answer; a field that was not answered, or not reached, is missing.
pub type Answers = BTreeMap<String, Answer>;

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Text, of one line or several, or Markdown; an e-mail address, a telephone number in E.164, a SIRET, a RNA number.
    Text(String),
    /// In units of 10^-decimals, for a number; in cents, for an amount.
    Number(i64),
    /// A day.
    Date(Date),
    /// The identifier of what was chosen; a grade.
    Choice(String),
    /// The identifiers of what was chosen, in the order of the form; for a ranking, in that of preference.
    Choices(Vec<String>),
    /// Row → column.
    Matrix(BTreeMap<String, String>),
    /// Yes or no; a consent is always yes.
    YesNo(bool),
    /// Files.
    Files(Vec<Attachment>),
    /// A postal address.
    Address {
        /// Number and street, on one line.
        street: String,
        /// Five digits.
        postcode: String,
        /// Town.
        town: String,
    },
    /// A place.
    Place {
        /// As typed: an address, or coordinates.
        text: String,
        /// Latitude and longitude in degrees (WGS 84), cut to five decimals; absent when only an address is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coordinates: Option<(f64, f64)>,
    },
    /// A commune.
    Commune {
        /// Official code (Code officiel géographique); empty when a commune of anywhere was named.
        code: String,
        /// Its name when it was chosen; empty when a commune of anywhere was given by its code.
        name: String,
    },
}

/// A file that was received, looked into, and stored outside the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// First 32 hexadecimal digits of the SHA-256 of what is stored: where it lies.
    pub id: String,
    /// A safe name, of letters, digits, `-` and `_`, with the ending of its type.
    pub name: String,
    /// What its content is.
    pub media: Media,
    /// In bytes, as stored.
    pub size: u64,
}

/// Field → the files it holds, in order. What was received is checked before it comes here.
pub type Files = BTreeMap<String, Vec<Attachment>>;
