//! A compte rendu.

use super::{Kind, Page, document::Attached, petition::Petition, reader::Reader, tree::Opened};
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
    /// `petition` is the one it belongs to, if there is one and it could be read.
    pub(crate) fn read(
        mut file: Opened<'_>,
        petition: Option<&Petition>,
        reader: &Reader<'_>,
    ) -> Option<Self> {
        let page = reader.page(&mut file);
        let table = &mut file.table;
        let place = table.get("place");
        let participants = table.get("participants").unwrap_or_default();
        // Elsewhere than in a petition, nobody knows this key.
        let process =
            reader.tree.nearest(&file.path, Kind::is_process).and_then(|path| reader.tree.get(path)?.kind);
        let is_of_petition = process.is_none_or(Kind::is_petition);
        let threshold: Option<Spanned<u64>> = if is_of_petition { table.get("threshold") } else { None };
        let documents = document::read(&file.path, table, reader);
        let threshold = threshold.map(|required| petition?.known_threshold(&required, table));
        file.table.finish();
        let threshold = match threshold {
            Some(known) => Some(known?),
            None => None,
        };
        Some(Self { page: page?, date: file.head.date?, place, participants, threshold, documents })
    }
}
