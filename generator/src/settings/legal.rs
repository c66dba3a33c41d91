//! What French law asks a public site to say of itself.

use crate::{front_matter::Table, markdown::Text};
use jiff::{Timestamp, tz::TimeZone};
use std::ops::Range;
use toml::Spanned;

/// Who publishes and hosts the site: article 1-1 of loi n° 2004-575 (LCEN); articles 13 and 37 of the GDPR for the
/// data protection officer.
pub(crate) struct Legal {
    pub(crate) publisher: Option<Text>,
    pub(crate) address: Option<Text>,
    pub(crate) phone: Option<Text>,
    /// Directeur ou directrice de la publication.
    pub(crate) director: Option<Text>,
    pub(crate) host: Option<Text>,
    pub(crate) host_address: Option<Text>,
    pub(crate) host_phone: Option<Text>,
    /// Their e-mail address.
    pub(crate) data_protection_officer: Option<String>,
    /// What the law asks and nobody has written.
    pub(crate) missing: Vec<&'static str>,
    /// Where the table is, or would be.
    pub(crate) place: Range<usize>,
}

impl Legal {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        const ASKED: [&str; 8] = [
            "publisher",
            "address",
            "phone",
            "director",
            "host",
            "host_address",
            "host_phone",
            "data_protection_officer",
        ];
        Self {
            missing: ASKED.into_iter().filter(|key| !table.has(key)).collect(),
            place: table.header(),
            publisher: table.get("publisher"),
            address: table.get("address"),
            phone: table.get("phone"),
            director: table.get("director"),
            host: table.get("host"),
            host_address: table.get("host_address"),
            host_phone: table.get("host_phone"),
            data_protection_officer: table.get("data_protection_officer"),
        }
    }
}

/// An audit of accessibility: article 5 of décret n° 2019-768 asks to say who made it, when, and what it found.
pub(crate) struct Audit {
    pub(crate) date: Timestamp,
    pub(crate) auditor: Text,
    /// Percent of the RGAA criteria that are met.
    pub(crate) rate: u8,
}

impl Audit {
    pub(super) fn read(table: &mut Table<'_>, zone: &TimeZone) -> Option<Self> {
        let date: Option<Spanned<jiff::civil::Date>> = table.require("audited");
        let auditor = table.require("auditor");
        let rate = if table.has("rate") {
            table.get_within("rate", 0..=100)
        } else {
            table.require::<u64>("rate").map(|_| 0)
        };
        let date = date?.into_inner().to_zoned(zone.clone()).ok()?.timestamp();
        Some(Self { date, auditor: auditor?, rate: rate? })
    }
}
