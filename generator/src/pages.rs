//! The pages of a site: which template makes each, from what, and where it goes.

mod extras;
mod lists;
mod voting;

pub(crate) use extras::files;

use crate::{
    content::{
        self, Content, LeafPage,
        deposit::{self, Standing},
        organisation::Organisation,
        petition::Petition,
        process::Process,
        step::Shows,
        writing::{WRITE, Writing},
    },
    index::TaxonomyIndex,
    markdown::Text,
    theme::{Shared, Values},
    view::{self, Crumb, Deposit, Viewer, legal_pages, page_url},
};
use domain::window::Phase;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// A page to make.
pub(crate) struct Job<'a> {
    pub(crate) template: &'static str,
    pub(crate) values: Values<'a>,
    /// The page whose text it shows.
    pub(crate) body: Option<&'a content::Page>,
    /// Files that have it, from the root of the output.
    pub(crate) files: Vec<String>,
    /// 0 is the main language.
    pub(crate) edition: usize,
}

/// A page that the functions answer with, and the end of the address it is for.
struct FormPage {
    template: &'static str,
    /// Where its form is sent, after `/actes/<process>/<deposit>/`.
    action: &'static str,
    /// Where it can be read, after the address of the deposit, if it can.
    address: Option<&'static str>,
}

/// The pages of the two journeys around a deposit.
const FORM_PAGES: [FormPage; 6] = [
    FormPage { template: "support.html", action: "soutien", address: Some("soutenir/") },
    FormPage { template: "support-code.html", action: "soutien/code", address: None },
    FormPage { template: "supported.html", action: "soutien/code", address: None },
    FormPage { template: "withdraw.html", action: "retrait", address: Some("retirer/") },
    FormPage { template: "withdraw-code.html", action: "retrait/code", address: None },
    FormPage { template: "withdrawn.html", action: "retrait/code", address: None },
];

/// A page that the functions answer with when citizens write.
struct WritingPage {
    template: &'static str,
    /// Where its form is sent, after `/actes/<process>/`.
    action: &'static str,
    /// Its name among the answers of the process.
    answer: &'static str,
}

/// The pages of the journey of writing. The first can be read, as well as answered with.
const WRITING_PAGES: [WritingPage; 7] = [
    WritingPage { template: "write.html", action: "ecrire", answer: "write.html" },
    WritingPage { template: "write-preview.html", action: "ecrire", answer: "preview.html" },
    WritingPage { template: "draft.html", action: "ecrire", answer: "draft.html" },
    WritingPage { template: "draft-kept.html", action: "ecrire", answer: "draft-kept.html" },
    WritingPage { template: "write-code.html", action: "ecrire/code", answer: "write-code.html" },
    WritingPage { template: "written.html", action: "ecrire", answer: "written.html" },
    WritingPage { template: "own-deposit.html", action: "depots", answer: "deposit.html" },
];

/// Where the pages that functions answer with are, seen from the output.
const ANSWERS: &str = "../answers";

/// How many news and events the home page shows.
const LATEST: usize = 4;

/// A process and its deposits, as they are shown.
pub(crate) struct Shown<'a> {
    organisation: &'a Organisation,
    process: &'a Process,
    deposits: Vec<Deposit<'a>>,
}

/// The processes of a site in a language, as they are shown.
pub(crate) fn show(viewer: Viewer<'_>) -> Vec<Shown<'_>> {
    viewer.content.processes().map(|(organisation, process)| shown(viewer, organisation, process)).collect()
}

fn shown<'a>(viewer: Viewer<'a>, organisation: &'a Organisation, process: &'a Process) -> Shown<'a> {
    let deposits = process.deposits.iter().map(|deposit| viewer.deposit(process, deposit));
    Shown { organisation, process, deposits: deposits.collect() }
}

/// Plans every page of a site in a language, and gives each to `make` as soon as it is planned: what templates receive is
/// large, and no two pages' values need be there at once.
pub(crate) fn plan<'a>(viewer: Viewer<'a>, shown: &'a [Shown<'a>], make: &(dyn Fn(Job<'a>) + Sync)) {
    let planner = Planner {
        viewer,
        site: Shared::new(viewer.site()),
        crumbs: Mutex::default(),
        leaf_cards: viewer.content.leaves.iter().map(|_| OnceLock::new()).collect(),
        cards: Mutex::default(),
        make,
    };
    planner.plan(shown);
}

struct Planner<'a, 'm> {
    viewer: Viewer<'a>,
    site: Arc<Shared<'a>>,
    /// Breadcrumbs, by the address of the page above.
    crumbs: Mutex<FxHashMap<&'a str, Arc<Shared<'a>>>>,
    /// Cards of the leaves, by their number.
    leaf_cards: Vec<OnceLock<Arc<Shared<'a>>>>,
    /// Cards of the other pages, by their path.
    cards: Mutex<FxHashMap<&'a str, Arc<Shared<'a>>>>,
    make: &'m (dyn Fn(Job<'a>) + Sync),
}

impl<'a> Planner<'a, '_> {
    fn plan(&self, shown: &'a [Shown<'a>]) {
        let content = self.viewer.content;
        let taken: HashSet<&str> = content.tree.urls().collect();
        self.home(shown);
        if content.edition == 0 {
            let not_found = vec!["404.html".to_owned(), format!("{ANSWERS}/not-found.html")];
            self.bare("not-found.html", not_found);
            self.bare("unavailable.html", vec![format!("{ANSWERS}/unavailable.html")]);
            self.legal(&taken);
            self.redirections();
            if self.viewer.site.settings.search && !taken.contains("/recherche/") {
                self.own_page("search.html", "/recherche/", "search.title", Values::new());
            }
        }
        content.leaves.par_iter().for_each(|leaf| self.leaf(leaf));
        content.organisations.par_iter().for_each(|organisation| self.organisation(organisation, shown));
        shown.par_iter().for_each(|shown| self.process(shown, &taken));
        let index = self.viewer.index;
        let shown = |taxonomy: &&TaxonomyIndex<'_>| !taxonomy.terms.is_empty();
        index.taxonomies.par_iter().filter(shown).for_each(|taxonomy| self.taxonomy(taxonomy, &taken));
    }

    fn home(&self, shown: &'a [Shown<'a>]) {
        let (viewer, content) = (self.viewer, self.viewer.content);
        let organisations: Vec<_> =
            content.organisations.iter().map(|organisation| viewer.organisation(organisation)).collect();
        let is_to_come = |event: &&&'a LeafPage| {
            event.event().is_some_and(|event| !viewer.is_past(event) && !event.cancelled)
        };
        let events: Vec<_> = viewer
            .index
            .events
            .iter()
            .filter(is_to_come)
            .take(LATEST)
            .map(|event| viewer.card(event))
            .collect();
        let news = self.latest(content.leaves.iter());
        let values = Values::new()
            .with("processes", cards(viewer, shown.iter()))
            .with("organisations", organisations)
            .with("events", events)
            .with("news", news);
        let page = &content.home;
        let mut view = viewer.page(page);
        view.kind = "website";
        view.json_ld = viewer.json_ld_about(page, Viewer::web_site);
        self.page("home.html", page, view, values);
    }

    fn organisation(&self, organisation: &'a Organisation, shown: &'a [Shown<'a>]) {
        let viewer = self.viewer;
        let own = shown.iter().filter(|shown| shown.organisation.page.url == organisation.page.url);
        let below = format!("{}/", crate::content::tree::folder(&organisation.page.path));
        let own_leaves = viewer.content.leaves.iter().filter(|leaf| leaf.page.path.starts_with(&below));
        let values = Values::new()
            .with("organisation", viewer.organisation(organisation))
            .with("processes", cards(viewer, own))
            .with("news", self.latest(own_leaves));
        let page = &organisation.page;
        let mut view = viewer.page(page);
        view.json_ld = viewer.json_ld_about(page, |viewer| viewer.government(organisation));
        self.page("organisation.html", page, view, values);
    }

    /// The latest news among some pages.
    fn latest(&self, leaves: impl Iterator<Item = &'a LeafPage>) -> Vec<view::Card<'a>> {
        let is_news = |leaf: &&LeafPage| leaf.page.date.is_some() && leaf.event().is_none();
        let mut news: Vec<&LeafPage> = leaves.filter(is_news).collect();
        news.sort_by(|a, b| (b.page.date, &a.page.path).cmp(&(a.page.date, &b.page.path)));
        news.truncate(LATEST);
        news.into_iter().map(|leaf| self.viewer.card(leaf)).collect()
    }

    /// A plain page, a section, an event.
    fn leaf(&self, leaf: &'a LeafPage) {
        let viewer = self.viewer;
        let page = &leaf.page;
        if let Some(listing) = leaf.listing() {
            let pages = viewer.index.sections.get(&*page.path).map_or(&[][..], Vec::as_slice);
            let cards: Vec<_> = pages
                .iter()
                .map(|leaf| self.card(crate::index::Listed { page: &leaf.page, leaf: Some(leaf) }))
                .collect();
            let documents = Shared::new(viewer.documents(&leaf.documents));
            self.list(&page.url, cards, listing.paginate, |planner, url, number, values| {
                let mut view = viewer.page(page);
                view.url = url;
                view.original_url = view.original_url.map(|url| page_url(&url, number));
                let values = values.share("documents", &documents);
                planner.page_at("section.html", page, view, values, (number == 1).then_some(page));
            });
            return;
        }
        let mut values = Values::new().with("documents", viewer.documents(&leaf.documents));
        let mut view = viewer.page(page);
        let organisation_path = viewer.content.tree.nearest(&page.path, content::Kind::is_organisation);
        if let Some(event) = leaf.event() {
            let organisation = viewer
                .content
                .organisations
                .iter()
                .find(|organisation| Some(&*organisation.page.path) == organisation_path);
            let process = viewer.content.tree.nearest(&page.path, content::Kind::is_process);
            let process = process.and_then(|path| viewer.content.tree.get(path));
            let process = process.map(|node| Crumb { title: node.title.as_str(), url: &node.url });
            view.json_ld = viewer
                .json_ld_about(page, |viewer| viewer.event_data(leaf, organisation).unwrap_or_default());
            values = values.with("event", viewer.event_page(event, &page.url)).with("process", process);
            self.page("event.html", page, view, values);
            return;
        }
        // Neighbours, for those that a section lists.
        let section = viewer.content.tree.section_of(&page.path);
        if let Some(pages) = section.and_then(|section| viewer.index.sections.get(section))
            && let Some(place) = viewer.index.place(&page.path)
        {
            let before = place.checked_sub(1).and_then(|place| pages.get(place));
            values = values
                .with("previous", viewer.neighbour(before))
                .with("next", viewer.neighbour(pages.get(place + 1)));
        }
        self.page("page.html", page, view, values);
    }

    /// The pages of a process: its tabs, its deposits, their reports and forms.
    fn process(&self, shown: &'a Shown<'a>, taken: &HashSet<&str>) {
        let viewer = self.viewer;
        let Shown { organisation, process, deposits } = shown;
        let view = Shared::new(viewer.process(organisation, process, deposits));
        let mut page = viewer.page(&process.page);
        page.json_ld = viewer.json_ld_about(&process.page, |viewer| viewer.service(organisation, process));
        self.page("process.html", &process.page, page, Values::new().share("process", &view));
        for step in &process.steps {
            if step.shows == Some(Shows::Deposits) {
                self.deposit_lists(shown, step, &view, taken);
                continue;
            }
            let values = Values::new().share("process", &view).with("step", viewer.step(step));
            self.page("step.html", &step.page, viewer.page(&step.page), values);
        }
        for report in &process.reports {
            let report_view = viewer.report(process.petition.as_ref(), report);
            let values = Values::new().share("process", &view).with("report", report_view);
            self.page("report.html", &report.page, viewer.page(&report.page), values);
        }
        if let Some(writing) = process.writing.as_ref().filter(|_| viewer.content.edition == 0) {
            self.writing(process, writing, &view);
        }
        if let Some(voting) = process.voting.as_ref().filter(|_| viewer.content.edition == 0) {
            self.voting(process, voting, &view);
        }
        process.deposits.par_iter().zip(deposits).for_each(|(deposit, deposit_view)| {
            let deposit_view = Shared::new(deposit_view);
            let values = || Values::new().share("process", &view).share("deposit", &deposit_view);
            self.page("deposit.html", &deposit.page, viewer.page(&deposit.page), values());
            for report in &deposit.reports {
                let values = values().with("report", viewer.report(process.petition.as_ref(), report));
                self.page("report.html", &report.page, viewer.page(&report.page), values);
            }
            if viewer.content.edition == 0 {
                self.report_pages(process, deposit, &view, &deposit_view);
            }
            let can_be_supported = matches!(deposit.standing, Standing::Admissible { support: Some(_), .. });
            if let Some(petition) = &process.petition
                && can_be_supported
                && viewer.content.edition == 0
            {
                for form in &FORM_PAGES {
                    self.form(process, petition, deposit, form, values());
                }
            }
        });
    }

    /// Where readers tell of a deposit that should not be there, and what answers them.
    fn report_pages(
        &self,
        process: &'a Process,
        deposit: &'a deposit::Deposit,
        view: &Arc<Shared<'a>>,
        deposit_view: &Arc<Shared<'a>>,
    ) {
        let viewer = self.viewer;
        let folder = &deposit.page.url;
        let read_at = format!("{folder}signaler/");
        let (title, description) = (deposit.page.title.as_str(), deposit.page.description.as_str());
        for template in ["report-form.html", "reported.html"] {
            let mut crumbs = viewer.crumbs(&deposit.page);
            crumbs.push(Crumb { title, url: folder });
            let values = Values::new()
                .share("site", &self.site)
                .share("process", view)
                .share("deposit", deposit_view)
                .with("page", viewer.unlisted_page(title, description, read_at.clone()))
                .with("breadcrumbs", crumbs)
                .with("form", viewer.report_form(format!("/actes/{}/{}/signaler", process.id, deposit.id)));
            let read = (template == "report-form.html").then(|| file_of(&read_at));
            let files = read.into_iter().chain([format!("{ANSWERS}{folder}{template}")]).collect();
            self.add(Job { template, values, body: None, files, edition: 0 });
        }
    }

    fn form(
        &self,
        process: &'a Process,
        petition: &'a Petition,
        deposit: &'a deposit::Deposit,
        form: &FormPage,
        values: Values<'a>,
    ) {
        let viewer = self.viewer;
        let folder = &deposit.page.url;
        let url = format!("{folder}{}", form.address.unwrap_or_default());
        let mut crumbs = viewer.crumbs(&deposit.page);
        crumbs.push(Crumb { title: deposit.page.title.as_str(), url: folder });
        let action = format!("/actes/{}/{}/{}", process.id, deposit.id, form.action);
        let (title, description) = (deposit.page.title.as_str(), deposit.page.description.as_str());
        let values = values
            .share("site", &self.site)
            .with("page", viewer.unlisted_page(title, description, url.clone()))
            .with("breadcrumbs", crumbs)
            .with("form", viewer.form(petition, action));
        let answer = format!("{ANSWERS}{folder}{}", form.template);
        let page = form.address.map(|_| file_of(&url));
        let files = page.into_iter().chain([answer]).collect();
        self.add(Job { template: form.template, values, body: None, files, edition: 0 });
    }

    /// The form of a process, and the pages that the functions answer with around it.
    fn writing(&self, process: &'a Process, writing: &'a Writing, view: &Arc<Shared<'a>>) {
        let viewer = self.viewer;
        let folder = &process.page.url;
        let is_open = writing.window.phase(viewer.site.now) != Phase::After;
        let mut crumbs = viewer.crumbs(&process.page);
        crumbs.push(Crumb { title: process.page.title.as_str(), url: folder });
        let (title, description) = (process.page.title.as_str(), process.page.description.as_str());
        let add = |page: &WritingPage, url: String, is_open: bool, files: Vec<String>| {
            let action = format!("/actes/{}/{}", process.id, page.action);
            let values = Values::new()
                .share("site", &self.site)
                .share("process", view)
                .with("page", viewer.unlisted_page(title, description, url))
                .with("breadcrumbs", crumbs.clone())
                .with("form", viewer.writing_form(process, writing, action, is_open));
            self.add(Job { template: page.template, values, body: None, files, edition: 0 });
        };
        let read_at = format!("{folder}{WRITE}");
        for page in &WRITING_PAGES {
            let answer = format!("{ANSWERS}{folder}{}", page.answer);
            if page.template != "write.html" {
                add(page, folder.clone(), true, vec![answer]);
            } else if is_open {
                add(page, read_at.clone(), true, vec![file_of(&read_at), answer]);
            } else {
                // What is to be revised may be so after the close: the functions have the form still.
                add(page, read_at.clone(), false, vec![file_of(&read_at)]);
                add(page, read_at.clone(), true, vec![answer]);
            }
        }
    }

    fn taxonomy(&self, index: &'a TaxonomyIndex<'a>, taken: &HashSet<&str>) {
        let viewer = self.viewer;
        let label = &index.taxonomy.label;
        let home = Crumb { title: viewer.voice.word("tab.home"), url: &viewer.content.home.url };
        if !taken.contains(&*index.url) {
            let values = Values::new()
                .with("taxonomy", viewer.taxonomy(index))
                .with("terms", viewer.taxonomy_terms(index));
            self.listed_page("taxonomy.html", label, index.url.clone(), vec![home.clone()], values);
        }
        let above = Shared::new(vec![home, Crumb { title: label.as_str(), url: &index.url }]);
        let taxonomy = Shared::new(viewer.taxonomy(index));
        for term in index.terms.values().filter(|term| !taken.contains(&*term.url)) {
            let cards: Vec<_> = term.pages.iter().map(|listed| self.card(*listed)).collect();
            self.list(&term.url, cards, index.taxonomy.paginate, |planner, url, _, values| {
                let values = values
                    .share("taxonomy", &taxonomy)
                    .with("term", Crumb { title: term.title.as_str(), url: &term.url })
                    .share("site", &planner.site)
                    .with("page", viewer.bare_page(term.title.as_str(), "", url.clone()))
                    .share("breadcrumbs", &above);
                planner.push("term.html", values, None, &url);
            });
        }
    }

    /// The pages of a list, each with its slice and its pager.
    fn list(
        &self,
        url: &str,
        mut cards: Vec<Arc<Shared<'a>>>,
        paginate: usize,
        make: impl Fn(&Self, String, usize, Values<'a>),
    ) {
        let count = cards.len().div_ceil(paginate).max(1);
        for number in 1..=count {
            let rest = cards.split_off(paginate.min(cards.len()));
            let values =
                Values::new().list("pages", cards).with("pager", self.viewer.pager(url, number, count));
            make(self, page_url(url, number), number, values);
            cards = rest;
        }
    }

    fn card(&self, listed: crate::index::Listed<'a>) -> Arc<Shared<'a>> {
        let viewer = self.viewer;
        if let Some(leaf) = listed.leaf {
            return self.leaf_cards[leaf.number].get_or_init(|| Shared::new(viewer.listed(listed))).clone();
        }
        let mut cards = self.cards.lock().unwrap_or_else(PoisonError::into_inner);
        cards.entry(&listed.page.path).or_insert_with(|| Shared::new(viewer.listed(listed))).clone()
    }

    fn legal(&self, taken: &HashSet<&str>) {
        for page in legal_pages().filter(|page| !taken.contains(page.url)) {
            let values = self.viewer.legal_values(page);
            self.own_page(page.template, page.url, page.title_key, values);
        }
    }

    /// At each former address of a page, where it is now.
    fn redirections(&self) {
        for page in all_pages(self.viewer.content) {
            for alias in &page.aliases {
                let values = Values::new().share("site", &self.site).with("target", page.url.as_str());
                self.push("redirect.html", values, None, alias);
            }
        }
    }

    /// A page that is not in the content, at an address of its own.
    fn own_page(&self, template: &'static str, url: &'static str, title: &'static str, values: Values<'a>) {
        let title = self.viewer.voice.word(title);
        let home = Crumb { title: self.viewer.voice.word("tab.home"), url: &self.viewer.content.home.url };
        let values = values
            .share("site", &self.site)
            .with("page", self.viewer.bare_page(title, "", url.to_owned()))
            .with("breadcrumbs", vec![home]);
        self.push(template, values, None, url);
    }

    fn listed_page(
        &self,
        template: &'static str,
        title: &'a Text,
        url: String,
        crumbs: Vec<Crumb<'a>>,
        values: Values<'a>,
    ) {
        let values = values
            .share("site", &self.site)
            .with("page", self.viewer.bare_page(title.as_str(), "", url.clone()))
            .with("breadcrumbs", crumbs);
        self.push(template, values, None, &url);
    }

    /// A page of the content.
    fn page(
        &self,
        template: &'static str,
        page: &'a content::Page,
        view: view::Page<'a>,
        values: Values<'a>,
    ) {
        self.page_at(template, page, view, values, Some(page));
    }

    /// A page of the content at an address that may not be its own, with its text or without.
    fn page_at(
        &self,
        template: &'static str,
        page: &'a content::Page,
        view: view::Page<'a>,
        values: Values<'a>,
        body: Option<&'a content::Page>,
    ) {
        let url = view.url.clone();
        let crumbs = self.breadcrumbs(page);
        let values = values.share("site", &self.site).with("page", view).share("breadcrumbs", &crumbs);
        self.push(template, values, body, &url);
    }

    /// The pages above: the same for all pages of a folder.
    fn breadcrumbs(&self, page: &'a content::Page) -> Arc<Shared<'a>> {
        let viewer = self.viewer;
        let above = viewer.content.tree.section_of(&page.path).unwrap_or_default();
        let mut crumbs = self.crumbs.lock().unwrap_or_else(PoisonError::into_inner);
        crumbs.entry(above).or_insert_with(|| Shared::new(viewer.crumbs(page))).clone()
    }

    fn push(&self, template: &'static str, values: Values<'a>, body: Option<&'a content::Page>, url: &str) {
        let edition = self.viewer.content.edition;
        self.add(Job { template, values, body, files: vec![file_of(url)], edition });
    }

    fn add(&self, job: Job<'a>) {
        (self.make)(job);
    }

    /// A page that answers in place of another, at any address.
    fn bare(&self, template: &'static str, files: Vec<String>) {
        let settings = &self.viewer.site.settings;
        let (title, description) = (settings.title.as_str(), settings.description.as_str());
        let values = Values::new()
            .share("site", &self.site)
            .with("page", self.viewer.unlisted_page(title, description, "/".to_owned()))
            .with("breadcrumbs", Vec::<Crumb<'_>>::new());
        self.add(Job { template, values, body: None, files, edition: 0 });
    }
}

fn cards<'a>(viewer: Viewer<'a>, shown: impl Iterator<Item = &'a Shown<'a>>) -> Vec<view::ProcessCard<'a>> {
    shown.map(|shown| viewer.process_card(shown.organisation, shown.process, &shown.deposits)).collect()
}

/// The file, from the root of the output, that answers at `url`.
pub(crate) fn file_of(url: &str) -> String {
    format!("{}index.html", url.trim_start_matches('/'))
}

/// Every page of the content in a language.
fn all_pages(content: &Content) -> impl Iterator<Item = &content::Page> {
    let leaves = content.leaves.iter().map(|leaf| &leaf.page);
    let organisations = content.organisations.iter().map(|organisation| &organisation.page);
    let processes = content.processes().flat_map(|(_, process)| {
        let deposits = process.deposits.iter();
        let deposits = deposits.flat_map(|deposit| {
            std::iter::once(&deposit.page).chain(deposit.reports.iter().map(|report| &report.page))
        });
        std::iter::once(&process.page)
            .chain(process.steps.iter().map(|step| &step.page))
            .chain(process.reports.iter().map(|report| &report.page))
            .chain(deposits)
    });
    std::iter::once(&content.home).chain(organisations).chain(processes).chain(leaves)
}
