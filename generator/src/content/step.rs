//! A tab of a process.

use super::{
    Page,
    document::{self, Attached},
    reader::Reader,
    tree::Opened,
};
use crate::front_matter::{Choice, Table};
use domain::window::{Phase, Window};
use jiff::Timestamp;
use toml::Spanned;

/// A tab of a process. It informs; it does not gate what citizens do.
pub(crate) struct Step {
    pub(crate) page: Page,
    pub(crate) period: Period,
    pub(crate) shows: Option<Shows>,
    pub(crate) documents: Vec<Attached>,
}

/// When what a step tells of takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Unsaid,
    From(Timestamp),
    Until(Timestamp),
    Between(Window),
}

/// What a step lists after its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shows {
    Deposits,
    Events,
    Reports,
}

impl Choice for Shows {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("deposits", Self::Deposits), ("events", Self::Events), ("reports", Self::Reports)];
}

impl Step {
    pub(crate) fn read(mut file: Opened<'_>, reader: &Reader<'_>) -> Option<Self> {
        let page = reader.page(&mut file);
        let table = &mut file.table;
        let shows = table.get("shows");
        let documents = document::read(&file.path, table, reader);
        let period = Period::read(table, reader);
        file.table.finish();
        Some(Self { page: page?, period: period?, shows, documents })
    }
}

impl Period {
    /// `opens` and `closes`, both optional; `None` when something is wrong and reported.
    pub(super) fn read(table: &mut Table<'_>, reader: &Reader<'_>) -> Option<Self> {
        let opens: Option<Timestamp> = table.get("opens");
        let closes: Option<Spanned<Timestamp>> = table.get("closes");
        match (opens, closes) {
            (None, None) => Some(Self::Unsaid),
            (Some(opens), None) => Some(Self::From(opens)),
            (None, Some(closes)) => Some(Self::Until(*closes.get_ref())),
            (Some(opens), Some(closes)) => reader.window(table, opens, &closes).map(Self::Between),
        }
    }

    /// A window of which an end may be out of sight.
    pub(super) fn of_window(window: Window) -> Self {
        match (window.opens() > Timestamp::MIN, window.closes() < Timestamp::MAX) {
            (true, true) => Self::Between(window),
            (true, false) => Self::From(window.opens()),
            (false, true) => Self::Until(window.closes()),
            (false, false) => Self::Unsaid,
        }
    }

    /// Where `now` is; nothing when no date is said.
    pub(crate) fn phase(self, now: Timestamp) -> Option<Phase> {
        let window = match self {
            Self::Unsaid => return None,
            Self::From(opens) => Window::new(opens, Timestamp::MAX),
            Self::Until(closes) => Window::new(Timestamp::MIN, closes),
            Self::Between(window) => Ok(window),
        };
        window.ok().map(|window| window.phase(now))
    }
}
