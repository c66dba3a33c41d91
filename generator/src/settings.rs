//! `site.toml`: what is true of the whole site.

use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    front_matter::{File, Table},
    markdown::Text,
};
use jiff::tz::TimeZone;
use std::{fs, path::Path, sync::Arc};
use toml::Spanned;

const PATH: &str = "site.toml";

/// The settings of a site.
pub(crate) struct Settings {
    pub(crate) source: Arc<Source>,
    pub(crate) title: Text,
    /// Without a final slash.
    pub(crate) base_url: String,
    pub(crate) language: String,
    pub(crate) zone: TimeZone,
    /// IANA name of `zone`.
    pub(crate) time_zone: String,
    /// None is the reference theme.
    pub(crate) theme: Option<Spanned<String>>,
    pub(crate) description: Text,
    pub(crate) contact: String,
    pub(crate) sender: String,
    /// Whether organisations and people are fictitious.
    pub(crate) fictitious: bool,
    pub(crate) menu: Vec<Entry>,
    pub(crate) footer: Vec<Entry>,
}

/// An entry of a menu, as written.
pub(crate) struct Entry {
    pub(crate) label: Text,
    pub(crate) page: Spanned<String>,
}

impl Settings {
    /// The settings of the site at `root`; `None` when something is wrong and reported.
    pub(crate) fn read(root: &Path, reporter: &Reporter) -> Option<Self> {
        let text = fs::read_to_string(root.join(PATH)).map_err(|error| {
            let missing = Arc::new(Source { path: PATH.to_owned(), text: String::new() });
            let error = Diagnostic::error(&missing, 0..0, format!("ce fichier ne se lit pas : {error}"));
            reporter.report(error.help("lancez parvis à la racine d’un site, ou donnez-la avec --root"));
        });
        let source = Arc::new(Source { path: PATH.to_owned(), text: text.ok()? });
        let file = File { source: &source, reporter, zone: &TimeZone::UTC };
        let mut table = file.parse(0..source.text.len())?;
        let title = table.require("title");
        let base_url = read_base_url(&mut table);
        let language = table.get("language").unwrap_or_else(|| "fr".to_owned());
        let zone = read_zone(&mut table);
        let theme = table.get("theme");
        let description = table.get("description").unwrap_or_default();
        let contact = table.require("contact");
        let sender = table.require("sender");
        let fictitious = table.get("fictitious").unwrap_or(false);
        let menu = table.tables("menu", read_entry);
        let footer = table.tables("footer", read_entry);
        table.finish();
        let (time_zone, zone) = zone?;
        Some(Self {
            title: title?,
            base_url: base_url?,
            language,
            zone,
            time_zone,
            theme,
            description,
            contact: contact?,
            sender: sender?,
            fictitious,
            menu,
            footer,
            source,
        })
    }
}

fn read_base_url(table: &mut Table<'_>) -> Option<String> {
    let written: Spanned<String> = table.require("base_url")?;
    let url = written.get_ref().trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains(['/', ' ', '?', '#'])) {
        let error = table.error(written.span(), "`base_url` est l’adresse du site, sans chemin");
        table.report(error.help("écrivez par exemple `base_url = \"https://participer.exemple.fr\"`"));
        return None;
    }
    Some(url.to_owned())
}

fn read_zone(table: &mut Table<'_>) -> Option<(String, TimeZone)> {
    let written: Spanned<String> = table.require("time_zone")?;
    match TimeZone::get(written.get_ref()) {
        Ok(zone) => Some((written.into_inner(), zone)),
        Err(_) => {
            let error =
                table.error(written.span(), format!("fuseau horaire inconnu : « {} »", written.get_ref()));
            table.report(error.help("écrivez un nom IANA, par exemple `time_zone = \"Europe/Paris\"`"));
            None
        }
    }
}

fn read_entry(table: &mut Table<'_>) -> Option<Entry> {
    let label = table.require("label");
    let page = table.require("page");
    Some(Entry { label: label?, page: page? })
}
