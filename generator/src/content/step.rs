//! A tab of a process.

use super::{Page, reader::Reader, tree::Opened};
use crate::front_matter::Choice;
use domain::window::Window;
use jiff::Timestamp;
use toml::Spanned;

/// A tab of a process. It informs; it does not gate what citizens do.
pub(crate) struct Step {
    pub(crate) page: Page,
    /// Tabs are shown in increasing weight.
    pub(crate) weight: i64,
    pub(crate) period: Period,
    pub(crate) shows: Option<Shows>,
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
}

impl Choice for Shows {
    const CHOICES: &'static [(&'static str, Self)] = &[("deposits", Self::Deposits)];
}

impl Step {
    pub(crate) fn read(mut file: Opened<'_>, reader: &Reader<'_>) -> Option<Self> {
        let page = reader.page(&mut file);
        let table = &mut file.table;
        let weight = table.get("weight").unwrap_or(0);
        let shows = table.get("shows");
        let opens: Option<Timestamp> = table.get("opens");
        let closes: Option<Spanned<Timestamp>> = table.get("closes");
        let period = match (opens, closes) {
            (None, None) => Some(Period::Unsaid),
            (Some(opens), None) => Some(Period::From(opens)),
            (None, Some(closes)) => Some(Period::Until(*closes.get_ref())),
            (Some(opens), Some(closes)) => reader.window(table, opens, &closes).map(Period::Between),
        };
        file.table.finish();
        Some(Self { page: page?, weight, period: period?, shows })
    }
}
