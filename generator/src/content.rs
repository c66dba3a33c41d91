//! The content of a site as a typed model: organisations, their processes, the deposits of each.

pub(crate) mod communes;
pub(crate) mod deposit;
pub(crate) mod document;
pub(crate) mod organisation;
pub(crate) mod petition;
pub(crate) mod reader;
pub(crate) mod report;
pub(crate) mod step;
pub(crate) mod tree;

use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    documents::{Document, Library},
    front_matter::{Choice, File},
    links::Links,
    markdown::{Html, Text},
    settings::Settings,
};
use jiff::{Timestamp, tz::TimeZone};
use organisation::Organisation;
use petition::Process;
use reader::Reader;
use std::{collections::BTreeSet, fs, path::Path, sync::Arc};
use tree::{Opened, Tree};

/// What a content file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Home,
    Page,
    Organisation,
    Petition,
    Step,
    Deposit,
    Report,
}

impl Choice for Kind {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("home", Self::Home),
        ("page", Self::Page),
        ("organisation", Self::Organisation),
        ("petition", Self::Petition),
        ("step", Self::Step),
        ("deposit", Self::Deposit),
        ("report", Self::Report),
    ];
}

/// What every page has, whatever its kind.
pub(crate) struct Page {
    /// Path below `content/`.
    pub(crate) path: String,
    /// From `/` to `/`.
    pub(crate) url: String,
    pub(crate) title: Text,
    pub(crate) description: Text,
    pub(crate) date: Option<Timestamp>,
    pub(crate) body: Html,
    /// Titles and addresses of the pages above, from the home page down.
    pub(crate) above: Vec<(Text, String)>,
}

impl Page {
    /// The last segment of the address.
    pub(crate) fn slug(&self) -> &str {
        self.url.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    }
}

/// Read in place of the site's, which is wrong and reported.
static UNKNOWN_ZONE: TimeZone = TimeZone::UTC;

/// What is published of a site.
pub(crate) struct Content {
    pub(crate) home: Page,
    pub(crate) pages: Vec<Page>,
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) menu: Vec<MenuItem>,
    pub(crate) footer: Vec<MenuItem>,
    /// The files that pages lead to.
    pub(crate) documents: Vec<Document>,
}

/// An entry of a menu.
pub(crate) struct MenuItem {
    pub(crate) label: Text,
    pub(crate) url: String,
}

impl Content {
    /// Reads the folder `content` of the site at `root` as of `now`; `None` when something is wrong and reported.
    /// What `settings` say is left out when they could not be read.
    pub(crate) fn read(
        root: &Path,
        settings: Option<&Settings>,
        theme_ids: &BTreeSet<String>,
        now: Timestamp,
        reporter: &Reporter,
    ) -> Option<Self> {
        let folder = root.join("content");
        let zone = settings.map_or(&UNKNOWN_ZONE, |settings| &settings.zone);
        let paths = tree::walk(&folder, reporter);
        let sources = read_sources(&folder, &paths.pages, reporter);
        let files = sources.iter().map(|(path, source)| (path, File { source, reporter, zone }));
        let opened: Vec<Opened<'_>> = files.filter_map(|(path, file)| tree::open(path, file)).collect();
        let tree = Tree::new(&paths.pages, &opened, now);
        tree.check(&opened, reporter);
        let library = Library::new(&folder, paths.others, &tree);
        let links = Links::new(&tree, &library, theme_ids);
        let fictitious = settings.is_none_or(|settings| settings.fictitious);
        let contact = settings.map_or("", |settings| &settings.contact);
        let reader =
            Reader { tree: &tree, links: &links, reporter, zone, now, fictitious, contact, folder: &folder };
        let menu = settings.map(|settings| reader.navigation(settings, &settings.menu)).unwrap_or_default();
        let footer =
            settings.map(|settings| reader.navigation(settings, &settings.footer)).unwrap_or_default();
        let (home, pages, organisations) = reader.read_all(opened);
        links.check_anchors(reporter);
        Some(Self { home: home?, pages, organisations, menu, footer, documents: library.into_published() })
    }

    pub(crate) fn processes(&self) -> impl Iterator<Item = (&Organisation, &Process)> {
        self.organisations
            .iter()
            .flat_map(|organisation| organisation.processes.iter().map(move |p| (organisation, p)))
    }
}

/// The pages at `paths` below the folder `content`, in order; those that cannot be read are reported.
pub(crate) fn read_sources(
    folder: &Path,
    paths: &[String],
    reporter: &Reporter,
) -> Vec<(String, Arc<Source>)> {
    let read = |path: &String| {
        let shown = format!("content/{path}");
        match fs::read_to_string(folder.join(path)) {
            Ok(text) => Some((path.clone(), Arc::new(Source { path: shown, text }))),
            Err(error) => {
                let source = Arc::new(Source { path: shown, text: String::new() });
                let error = Diagnostic::error(&source, 0..0, format!("ce fichier ne se lit pas : {error}"));
                reporter.report(error.help("un fichier de contenu est un texte en UTF-8"));
                None
            }
        }
    };
    paths.iter().filter_map(read).collect()
}
