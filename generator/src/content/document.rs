//! A document that a page presents: the file, its title, its date.

use super::{head::Placed, reader::Reader};
use crate::{
    diagnostics::{Diagnostic, Source},
    documents::Document,
    front_matter::Table,
    links,
    markdown::Text,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use toml::Spanned;

/// A document beside a page.
pub(crate) struct Attached {
    pub(crate) title: Text,
    pub(crate) date: Option<Timestamp>,
    pub(crate) document: Document,
}

/// A document as a page names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mention {
    file: Placed,
    title: Text,
    date: Option<Timestamp>,
}

impl Mention {
    /// The `[[documents]]` of a page.
    pub(crate) fn read_all(table: &mut Table<'_>) -> Vec<Self> {
        table.tables("documents", |table| {
            let file: Option<Spanned<String>> = table.require("file");
            let title = table.require("title");
            let date = table.get("date");
            let file = file?;
            Some(Self { file: (file.get_ref().clone(), file.span()), title: title?, date })
        })
    }
}

/// The `[[documents]]` of the page at `path`, without those dated later.
pub(crate) fn read(path: &str, table: &mut Table<'_>, reader: &Reader<'_>) -> Vec<Attached> {
    let mentions = Mention::read_all(table);
    let source = table.file().source.clone();
    attach(path, &mentions, reader, || source.clone())
}

/// The documents mentioned on the page at `path`, without those dated later.
pub(crate) fn attach(
    path: &str,
    mentions: &[Mention],
    reader: &Reader<'_>,
    source: impl Fn() -> Arc<Source>,
) -> Vec<Attached> {
    let find = |Mention { file: (file, span), title, date }: &Mention| match reader
        .links
        .document(path, &links::in_folder_of(path, file))
    {
        Ok(document) => Some(Attached { title: title.clone(), date: *date, document: document.clone() }),
        Err(broken) => {
            let error = Diagnostic::error(&source(), span.clone(), broken.message);
            reader.reporter.report(error.maybe_help(broken.help));
            None
        }
    };
    let documents = mentions.iter().filter_map(find);
    documents.filter(|attached| attached.date.is_none_or(|date| date <= reader.now)).collect()
}
