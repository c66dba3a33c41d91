//! A compte rendu.

use super::{Page, document::Attached, petition::Process, reader::Reader, tree::Opened};
use crate::{content::document, markdown::Text};
use jiff::Timestamp;
use toml::Spanned;

/// The account of a mediation, a workshop, a meeting.
pub(crate) struct Report {
    pub(crate) page: Page,
    pub(crate) date: Timestamp,
    pub(crate) place: Option<Text>,
    pub(crate) participants: Vec<Text>,
    /// Required number of the threshold it follows from.
    pub(crate) threshold: Option<u64>,
    pub(crate) documents: Vec<Attached>,
}

impl Report {
    /// `process` is the one it belongs to, unless that could not be read.
    pub(crate) fn read(mut file: Opened<'_>, process: Option<&Process>, reader: &Reader<'_>) -> Option<Self> {
        let page = reader.page(&mut file);
        let table = &mut file.table;
        let place = table.get("place");
        let participants = table.get("participants").unwrap_or_default();
        let threshold: Option<Spanned<u64>> = table.get("threshold");
        let documents = document::read(&file.path, table, reader);
        let threshold = threshold.map(|required| process?.known_threshold(&required, table));
        file.table.finish();
        let threshold = match threshold {
            Some(known) => Some(known?),
            None => None,
        };
        Some(Self { page: page?, date: file.date?, place, participants, threshold, documents })
    }
}
