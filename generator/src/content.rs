//! The content of a site as a typed model: organisations, their processes, the deposits of each.

pub(crate) mod communes;
pub(crate) mod deposit;
pub(crate) mod document;
pub(crate) mod organisation;
pub(crate) mod petition;
pub(crate) mod report;
pub(crate) mod step;
pub(crate) mod tree;

use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    documents::{Document, Library},
    front_matter::{Choice, File, Table},
    links::{Links, Target},
    markdown::{Html, Renderer, Text},
    settings::{self, Settings},
};
use deposit::Deposit;
use domain::window::Window;
use jiff::{Timestamp, tz::TimeZone};
use organisation::Organisation;
use petition::Process;
use report::Report;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};
use step::Step;
use toml::Spanned;
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

/// What reading a page needs besides its file.
pub(crate) struct Reader<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) links: &'a Links<'a>,
    pub(crate) reporter: &'a Reporter,
    pub(crate) zone: &'a TimeZone,
    /// What is dated later is not shown.
    pub(crate) now: Timestamp,
    /// Whether the site says that its people are.
    pub(crate) fictitious: bool,
    /// Who answers, for the organisations that do not say.
    pub(crate) contact: &'a str,
    /// The folder of the content.
    pub(crate) folder: &'a Path,
}

impl Reader<'_> {
    /// For the texts of the file at `path`.
    fn renderer<'r>(&'r self, path: &'r str) -> Renderer<'r> {
        Renderer { path, links: self.links, reporter: self.reporter }
    }

    /// What every page has. Its description is shown in lists where it is a process or a deposit.
    fn page(&self, file: &mut Opened<'_>) -> Option<Page> {
        let description = match file.kind {
            Kind::Petition | Kind::Deposit => file.table.require("description"),
            _ => Some(file.table.get("description").unwrap_or_default()),
        };
        let body = self.renderer(&file.path).body(&file.body);
        let node = self.tree.get(&file.path)?;
        let above = self.tree.above(&file.path).filter_map(|path| self.tree.get(path));
        let mut above: Vec<_> = above.map(|node| (node.title.clone(), node.url.clone())).collect();
        above.reverse();
        Some(Page {
            path: file.path.clone(),
            url: node.url.clone(),
            title: file.title.clone()?,
            description: description?,
            date: file.date,
            body,
            above,
        })
    }

    /// The window that a table writes with `opens` and `closes`.
    fn window(&self, table: &Table<'_>, opens: Timestamp, closes: &Spanned<Timestamp>) -> Option<Window> {
        let window = Window::new(opens, *closes.get_ref()).ok();
        if window.is_none() {
            let opens = opens.to_zoned(self.zone.clone()).datetime();
            let error = table.error(closes.span(), "la fenêtre se ferme avant de s’ouvrir");
            table.report(
                error
                    .label(format!("elle s’ouvre le {}", opens.strftime("%d/%m/%Y à %H:%M")))
                    .help("donnez à `closes` une date plus tardive"),
            );
        }
        window
    }
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
        let paths = tree::walk(&folder);
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

/// What has been read, by path below `content/`.
type Shelf<T> = BTreeMap<String, T>;

fn shelve<'a, T>(files: Vec<Opened<'a>>, mut read: impl FnMut(Opened<'a>) -> Option<T>) -> Shelf<T> {
    files.into_iter().filter_map(|file| Some((file.path.clone(), read(file)?))).collect()
}

impl Reader<'_> {
    /// Reads every file according to its kind, and puts each under the one it belongs to. What is above is read
    /// first, for its rules are those of what is below.
    fn read_all(&self, opened: Vec<Opened<'_>>) -> (Option<Page>, Vec<Page>, Vec<Organisation>) {
        let mut files = BTreeMap::<Kind, Vec<Opened<'_>>>::new();
        for file in opened {
            files.entry(file.kind).or_default().push(file);
        }
        let mut take = |kind| files.remove(&kind).unwrap_or_default();

        let home = shelve(take(Kind::Home), |file| self.plain_page(file));
        let pages = shelve(take(Kind::Page), |file| self.plain_page(file));
        let organisations = shelve(take(Kind::Organisation), |file| Organisation::read(file, self));
        let processes = shelve(take(Kind::Petition), |file| {
            let organisation = self.above(&file.path, Kind::Organisation, &organisations);
            Process::read(file, organisation, self)
        });
        let steps = shelve(take(Kind::Step), |file| Step::read(file, self));
        let deposits = shelve(take(Kind::Deposit), |file| {
            let process = self.above(&file.path, Kind::Petition, &processes);
            Deposit::read(file, process, self)
        });
        let reports = shelve(take(Kind::Report), |file| {
            let process = self.above(&file.path, Kind::Petition, &processes);
            Report::read(file, process, self)
        });

        let deposits =
            self.gather(reports, deposits, Kind::Deposit, |deposit, report| deposit.reports.push(report));
        let processes =
            self.gather(steps, processes, Kind::Petition, |process, step| process.steps.push(step));
        let processes = self
            .gather(deposits, processes, Kind::Petition, |process, deposit| process.deposits.push(deposit));
        let organisations =
            self.gather(processes, organisations, Kind::Organisation, |organisation, process| {
                organisation.processes.push(process.in_order());
            });
        let (pages, organisations) = (self.published(pages), self.published(organisations));
        let home = self.published(home).next().map(|(_, home)| home);
        (
            home,
            pages.map(|(_, page)| page).collect(),
            organisations.map(|(_, organisation)| organisation).collect(),
        )
    }

    fn plain_page(&self, mut file: Opened<'_>) -> Option<Page> {
        let page = self.page(&mut file);
        file.table.finish();
        page
    }

    /// The nearest of a kind above the file at `path`, unless it could not be read.
    fn above<'s, T>(&self, path: &str, kind: Kind, shelf: &'s Shelf<T>) -> Option<&'s T> {
        shelf.get(self.tree.nearest(path, kind)?)
    }

    /// Puts what is published of `items` under the nearest of a kind above.
    fn gather<T, U>(
        &self,
        items: Shelf<T>,
        mut above: Shelf<U>,
        kind: Kind,
        put: impl Fn(&mut U, T),
    ) -> Shelf<U> {
        for (path, item) in self.published(items) {
            if let Some(parent) = self.tree.nearest(&path, kind).and_then(|path| above.get_mut(path)) {
                put(parent, item);
            }
        }
        above
    }

    fn published<T>(&self, items: Shelf<T>) -> impl Iterator<Item = (String, T)> {
        items.into_iter().filter(|(path, _)| self.tree.get(path).is_some_and(|node| node.published))
    }

    /// A menu of the site, without the pages that are not published.
    fn navigation(&self, settings: &Settings, entries: &[settings::Entry]) -> Vec<MenuItem> {
        let item = |entry: &settings::Entry| match self.links.resolve("", entry.page.get_ref()) {
            Ok(Target::Page(page)) => Some(MenuItem { label: entry.label.clone(), url: page.url }),
            Ok(Target::Unpublished) => None,
            Ok(Target::Document(_) | Target::Outside) => {
                let error = Diagnostic::error(
                    &settings.source,
                    entry.page.span(),
                    "une page du site est attendue ici",
                );
                self.reporter.report(error.help("écrivez par exemple `page = \"@/_index.md\"`"));
                None
            }
            Err(broken) => {
                let error = Diagnostic::error(&settings.source, entry.page.span(), broken.message);
                self.reporter.report(error.maybe_help(broken.help));
                None
            }
        };
        entries.iter().filter_map(item).collect()
    }
}
