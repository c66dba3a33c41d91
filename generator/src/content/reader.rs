//! From opened files to the model: each file read according to its kind, and put under the one it belongs to.

use super::{
    Kind, MenuItem, Page,
    deposit::Deposit,
    organisation::Organisation,
    petition::Process,
    report::Report,
    step::Step,
    tree::{Opened, Tree},
};
use crate::{
    diagnostics::{Diagnostic, Reporter},
    front_matter::Table,
    links::{Links, Target},
    markdown::Renderer,
    settings::{self, Settings},
};
use domain::window::Window;
use jiff::{Timestamp, tz::TimeZone};
use std::{collections::BTreeMap, path::Path};
use toml::Spanned;

/// What has been read, by path below `content/`.
type Shelf<T> = BTreeMap<String, T>;

fn shelve<'a, T>(files: Vec<Opened<'a>>, mut read: impl FnMut(Opened<'a>) -> Option<T>) -> Shelf<T> {
    files.into_iter().filter_map(|file| Some((file.path.clone(), read(file)?))).collect()
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
    /// Reads every file according to its kind, and puts each under the one it belongs to. What is above is read
    /// first, for its rules are those of what is below.
    pub(super) fn read_all(&self, opened: Vec<Opened<'_>>) -> (Option<Page>, Vec<Page>, Vec<Organisation>) {
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
    pub(super) fn navigation(&self, settings: &Settings, entries: &[settings::Entry]) -> Vec<MenuItem> {
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

    /// For the texts of the file at `path`.
    pub(super) fn renderer<'r>(&'r self, path: &'r str) -> Renderer<'r> {
        Renderer { path, links: self.links, reporter: self.reporter }
    }

    /// What every page has. Its description is shown in lists where it is a process or a deposit.
    pub(super) fn page(&self, file: &mut Opened<'_>) -> Option<Page> {
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
    pub(super) fn window(
        &self,
        table: &Table<'_>,
        opens: Timestamp,
        closes: &Spanned<Timestamp>,
    ) -> Option<Window> {
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
