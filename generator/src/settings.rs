//! `site.toml`: what is true of the whole site.

mod appearance;
mod legal;

pub(crate) use appearance::Appearance;
pub(crate) use legal::{Audit, Legal};

use crate::{
    content::tree::RESERVED,
    diagnostics::{Diagnostic, Reporter, Source},
    front_matter::{File, Table},
    markdown::Text,
    slug::is_slug,
    words::Language,
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
    /// The one in which content is written.
    pub(crate) language: Language,
    /// Those in which some of it is translated.
    pub(crate) languages: Vec<Language>,
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
    /// By what pages are classified.
    pub(crate) taxonomies: Vec<Taxonomy>,
    pub(crate) taxonomy_names: Vec<String>,
    pub(crate) appearance: Appearance,
    pub(crate) legal: Legal,
    /// The last audit of accessibility, if there was one.
    pub(crate) audit: Option<Audit>,
    /// Whether pages can be searched.
    pub(crate) search: bool,
    /// Whether each text is also written compressed.
    pub(crate) compress: bool,
    /// Whether pictures are drawn for social networks.
    pub(crate) social_cards: bool,
}

/// A way of classifying pages: by theme, by territory.
pub(crate) struct Taxonomy {
    /// The key of `[taxonomies]` in front matter, and the first segment of its addresses.
    pub(crate) name: String,
    pub(crate) label: Text,
    /// How many pages a page of a term lists.
    pub(crate) paginate: usize,
}

/// How many pages a list shows, unless it says otherwise.
pub(crate) const PAGINATE: usize = 20;

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
        let language = read_language(&mut table);
        let languages = read_languages(&mut table, language);
        let zone = read_zone(&mut table);
        let theme = table.get("theme");
        let description = table.get("description").unwrap_or_default();
        let contact = table.require("contact");
        let sender = table.require("sender");
        let fictitious = table.get("fictitious").unwrap_or(false);
        let menu = table.tables("menu", read_entry);
        let footer = table.tables("footer", read_entry);
        let mut names = Vec::new();
        let taxonomies = table.tables("taxonomies", |table| read_taxonomy(table, &mut names));
        let appearance = table.section("appearance", Appearance::read);
        let legal = table.section("legal", Legal::read);
        let (time_zone, zone) = match zone {
            Some((name, zone)) => (Some(name), zone),
            None => (None, TimeZone::UTC),
        };
        let audit = table.table("accessibility", |table| Audit::read(table, &zone));
        let search = table.get("search").unwrap_or(true);
        let compress = table.get("compress").unwrap_or(true);
        let social_cards = table.get("social_cards").unwrap_or(true);
        table.finish();
        let time_zone = time_zone?;
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
            taxonomy_names: taxonomies.iter().map(|taxonomy| taxonomy.name.clone()).collect(),
            taxonomies,
            appearance,
            legal,
            audit,
            search,
            compress,
            social_cards,
            languages,
            source,
        })
    }

    /// The main language, then the others.
    pub(crate) fn all_languages(&self) -> Vec<Language> {
        [&[self.language], &*self.languages].concat()
    }
}

fn language(written: &Spanned<String>, table: &Table<'_>) -> Option<Language> {
    let language = Language::new(written.get_ref());
    if language.is_none() {
        let error = table.error(written.span(), format!("langue inconnue : « {} »", written.get_ref()));
        table.report(error.help("écrivez ses deux lettres : fr, en, eu, oc, br…"));
    }
    language
}

fn read_language(table: &mut Table<'_>) -> Language {
    let written = table.get::<Spanned<String>>("language");
    written.and_then(|written| language(&written, table)).unwrap_or_default()
}

fn read_languages(table: &mut Table<'_>, main: Language) -> Vec<Language> {
    let written: Vec<Spanned<String>> = table.get("languages").unwrap_or_default();
    let mut languages = Vec::new();
    for written in written {
        let Some(language) = language(&written, table) else { continue };
        if language == main || languages.contains(&language) {
            let error = table.error(written.span(), "cette langue est déjà celle du site");
            table.report(error.help("retirez-la d’ici"));
        } else {
            languages.push(language);
        }
    }
    languages
}

/// `names` are those of the taxonomies above.
fn read_taxonomy(table: &mut Table<'_>, names: &mut Vec<String>) -> Option<Taxonomy> {
    let name: Option<Spanned<String>> = table.require("name");
    let label = table.require("label");
    let paginate: Option<Spanned<u64>> = table.get("paginate");
    let name = name?;
    if !is_slug(name.get_ref()) || RESERVED.contains(&name.get_ref().as_str()) {
        let error = table.error(name.span(), "ce nom ne peut pas servir d’adresse");
        table.report(error.help("écrivez-le en minuscules sans accent, par exemple `theme`"));
        return None;
    }
    if names.contains(name.get_ref()) {
        let error = table.error(name.span(), "ce nom est déjà celui d’une taxonomie");
        table.report(error.help("choisissez-en un autre"));
        return None;
    }
    names.push(name.get_ref().clone());
    let paginate = page_length(paginate, table);
    Some(Taxonomy { name: name.into_inner(), label: label?, paginate })
}

/// How many pages a list shows.
pub(crate) fn page_length(written: Option<Spanned<u64>>, table: &Table<'_>) -> usize {
    let Some(written) = written else { return PAGINATE };
    if *written.get_ref() == 0 {
        table.report(table.error(written.span(), "une liste montre au moins une page"));
    }
    usize::try_from(*written.get_ref()).unwrap_or(usize::MAX).max(1)
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
