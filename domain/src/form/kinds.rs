//! What a field holds.

use super::Choice;
use crate::eligibility::Territory;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The kind of a field, with its bounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// A line of text, at most `max` characters.
    Text {
        /// Characters at most.
        max: u32,
    },
    /// Several lines.
    LongText {
        /// Characters at least, if it is answered.
        #[serde(default)]
        min: u32,
        /// Characters at most.
        max: u32,
    },
    /// Several lines of a safe subset of Markdown.
    RichText {
        /// Characters at least, if it is answered.
        #[serde(default)]
        min: u32,
        /// Characters at most.
        max: u32,
    },
    /// A number in units of 10^-`decimals`, e.g. 12,5 with one decimal is 125; bounds in the same units.
    Number {
        /// Smallest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// Largest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
        /// Decimals that are kept.
        #[serde(default)]
        decimals: u8,
        /// What follows it: `km`, `habitants`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// An amount in euros, in cents.
    Amount {
        /// Smallest.
        #[serde(default)]
        min: i64,
        /// Largest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// A day.
    Date {
        /// First day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Date>,
        /// Last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Date>,
    },
    /// A birth date, of which the age on `on` (the day of the act when absent) lies within bounds, in whole years.
    BirthDate {
        /// Youngest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_age: Option<u8>,
        /// Oldest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_age: Option<u8>,
        /// Day on which the age counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Date>,
    },
    /// An e-mail address.
    Email,
    /// A telephone number (E.164); one written without `+` is French, overseas included.
    Phone,
    /// One of some.
    Choice {
        /// What can be chosen.
        options: Vec<Choice>,
    },
    /// Between `min` and `max` of some.
    Choices {
        /// What can be chosen.
        options: Vec<Choice>,
        /// How many at least, if it is answered.
        min: u32,
        /// How many at most.
        max: u32,
    },
    /// Some or all of the options in order of preference: at least `min`, at most `max`.
    Ranking {
        /// What can be ranked.
        options: Vec<Choice>,
        /// How many at least, if it is answered.
        min: u32,
        /// How many at most.
        max: u32,
    },
    /// A grade, from the best to the worst, as in majority judgment (Balinski & Laraki 2007).
    Grade {
        /// From the best to the worst.
        grades: Vec<Choice>,
    },
    /// For each row, one of the columns.
    Matrix {
        /// What is asked.
        rows: Vec<Choice>,
        /// What can be chosen for each.
        columns: Vec<Choice>,
    },
    /// Yes or no.
    YesNo,
    /// Files.
    Files {
        /// What they may be.
        types: Vec<Media>,
        /// Bytes of each at most, as received.
        max_size: u64,
        /// How many at most.
        max_count: u32,
    },
    /// A postal address, in France.
    Address,
    /// A place on the map: an address, or coordinates.
    Place,
    /// A commune, of the territory when there is one.
    Commune {
        /// Which communes are of it.
        territory: Territory,
    },
    /// A SIRET (INSEE), with its check digit.
    Siret,
    /// A RNA number of an association (`W` and nine characters).
    Rna,
    /// A box to tick.
    Consent,
    /// The title of a section, which begins a page for those without JavaScript.
    Section,
    /// A text shown between fields, in safe HTML.
    Note {
        /// The text.
        html: String,
    },
    /// A picture shown between fields.
    Picture {
        /// Where it is.
        url: String,
        /// What it shows, for those who do not see it.
        alt: String,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

/// A type of file, told by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Media {
    /// A photograph, re-encoded.
    Jpeg,
    /// An image, re-encoded.
    Png,
    /// An image, re-encoded.
    Webp,
    /// PDF.
    Pdf,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// Office Open XML text.
    Docx,
    /// Office Open XML spreadsheet.
    Xlsx,
}

impl Media {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Pdf => "PDF",
            Self::Odt => "ODT",
            Self::Ods => "ODS",
            Self::Docx => "DOCX",
            Self::Xlsx => "XLSX",
        }
    }
}

impl Kind {
    /// Whether there is nothing to answer.
    pub fn is_shown_only(&self) -> bool {
        matches!(self, Self::Section | Self::Note { .. } | Self::Picture { .. })
    }

    /// How many decimals the numbers that answer it are kept with.
    pub fn decimals(&self) -> u8 {
        match self {
            Self::Number { decimals, .. } => *decimals,
            Self::Amount { .. } => 2,
            _ => 0,
        }
    }

    /// Whether it is typed in several inputs, each with a name of its own.
    pub fn has_parts(&self) -> bool {
        matches!(self, Self::Address | Self::Matrix { .. } | Self::Ranking { .. })
    }
}
