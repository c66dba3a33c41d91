//! A collectivité.

use super::{Page, communes, process::Process, reader::Reader, tree::Opened};
use crate::{diagnostics::Source, front_matter::Table, links, markdown::Text};
use domain::{eligibility::Territory, rulebook::group_digits};
use std::sync::Arc;
use toml::Spanned;

/// Who runs processes.
pub(crate) struct Organisation {
    pub(crate) page: Page,
    /// « département »
    pub(crate) territory: Text,
    pub(crate) region: Option<Text>,
    /// « 1 674 980 »
    pub(crate) inhabitants_text: Option<String>,
    /// Its list of communes, if it gives one.
    pub(crate) communes: Option<Territory>,
    /// Who answers.
    pub(crate) contact: String,
    pub(crate) processes: Vec<Process>,
}

impl Organisation {
    pub(crate) fn read(mut file: Opened<'_>, reader: &Reader<'_>) -> Option<Self> {
        let page = reader.page(&mut file);
        let table = &mut file.table;
        let territory = table.require("territory");
        let region = table.get("region");
        let inhabitants_text = table.get("inhabitants").map(group_digits);
        let contact = table.get("contact").unwrap_or_else(|| reader.contact.to_owned());
        let list = table
            .get::<Spanned<String>>("communes")
            .map(|name| read_communes(&file.path, &name, table, reader));
        file.table.finish();
        let communes = match list {
            Some(read) => Some(read?),
            None => None,
        };
        Some(Self {
            page: page?,
            territory: territory?,
            region,
            inhabitants_text,
            communes,
            contact,
            processes: Vec::new(),
        })
    }
}

fn read_communes(
    path: &str,
    name: &Spanned<String>,
    table: &Table<'_>,
    reader: &Reader<'_>,
) -> Option<Territory> {
    let list = links::in_folder_of(path, name.get_ref());
    match reader.links.text(&list) {
        Ok(text) => {
            let source = Arc::new(Source { path: format!("content/{list}"), text });
            communes::read(&source, reader.reporter).map(Territory::Communes)
        }
        Err(_) => {
            let error = table.error(name.span(), format!("liste de communes introuvable : content/{list}"));
            table.report(error.help(reader.links.help(&list)));
            None
        }
    }
}
