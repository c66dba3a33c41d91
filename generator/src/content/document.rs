//! A document that a page presents: the file, its title, its date.

use super::reader::Reader;
use crate::{documents::Document, front_matter::Table, links, markdown::Text};
use jiff::Timestamp;
use toml::Spanned;

/// A document beside a page.
pub(crate) struct Attached {
    pub(crate) title: Text,
    pub(crate) date: Option<Timestamp>,
    pub(crate) document: Document,
}

/// The `[[documents]]` of the page at `path`, without those dated later.
pub(crate) fn read(path: &str, table: &mut Table<'_>, reader: &Reader<'_>) -> Vec<Attached> {
    let documents = table.tables("documents", |table| {
        let file: Option<Spanned<String>> = table.require("file");
        let title = table.require("title");
        let date = table.get("date");
        let file = file?;
        match reader.links.document(path, &links::in_folder_of(path, file.get_ref())) {
            Ok(document) => Some(Attached { title: title?, date, document: document.clone() }),
            Err(broken) => {
                table.report(table.error(file.span(), broken.message).maybe_help(broken.help));
                None
            }
        }
    });
    documents.into_iter().filter(|attached| attached.date.is_none_or(|date| date <= reader.now)).collect()
}
