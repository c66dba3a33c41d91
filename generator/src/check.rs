//! What `parvis check` looks at besides the content: what lies unused, and the pages as readers get them.

mod outside;
mod page;

use crate::{
    build::{render, viewers},
    counts::Counts,
    diagnostics::{Diagnostic, Diagnostics, Reporter, Source, suggestion},
    index::Index,
    output::brotli,
    pages::{self, Job},
    picture,
    site::Site,
    social_cards,
    view::Viewer,
};
use page::Page;
use rayon::prelude::*;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

/// What a page may weigh with its style sheets, in bytes of brotli: what one exchange with a server brings.
const PAGE_BUDGET: usize = 14_000;

/// What a page may load of JavaScript, in bytes of brotli.
const SCRIPT_BUDGET: usize = 10_000;

/// Addresses that others answer at: the functions, the register.
const ANSWERED: [&str; 2] = ["actes/", "data/"];

/// What is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Checks {
    /// Whether a page that is too heavy is an error instead of a warning.
    pub budget: bool,
    /// Whether links to other sites are followed.
    pub external: bool,
}

impl Site {
    /// Makes the pages without writing them, to know whether they can be made.
    ///
    /// # Errors
    /// What is wrong in the templates.
    pub fn check(&self) -> Result<(), Diagnostics> {
        self.planned(|_, jobs| make(self, jobs, |_, _| ()).map(|_| ()))
    }

    /// All that is to be corrected: what reading the site has found, and what is seen once its pages are made.
    pub fn examine(&self, checks: Checks) -> Diagnostics {
        let reporter = Reporter::default();
        report_unused(self, &reporter);
        let made = self.planned(|viewers, jobs| {
            let read = |job: &Job<'_>, html: &[u8]| Page::read(html, &self.settings.base_url, address(job));
            let pages = make(self, jobs, read)?;
            let planned = planned(self, viewers, jobs);
            let examination = Examination {
                site: self,
                jobs,
                pages: &pages,
                planned,
                reporter: &reporter,
                templates: RefCell::default(),
            };
            examination.weigh(checks.budget);
            examination.read();
            examination.read_links();
            if checks.external {
                examination.follow_outside();
            }
            Ok(())
        });
        let seen = [self.warnings().clone(), reporter.finish()];
        seen.into_iter().chain(made.err()).collect()
    }

    /// What `act` makes of the pages that are planned, as they are before anyone takes part.
    fn planned<T>(&self, act: impl FnOnce(&[Viewer<'_>], &[Job<'_>]) -> T) -> T {
        let counts = Counts::none();
        let cards = social_cards::plan(self);
        let index = |content| Index::new(content, &self.settings, cards.addresses());
        let indexes: Vec<Index<'_>> = self.contents.iter().map(index).collect();
        let viewers = viewers(self, &indexes, &counts);
        let shown: Vec<_> = viewers.iter().map(|viewer| pages::show(*viewer)).collect();
        let jobs = Mutex::<Vec<Job<'_>>>::default();
        for (viewer, shown) in viewers.iter().zip(&shown) {
            pages::plan(*viewer, shown, &|job| jobs.lock().unwrap_or_else(PoisonError::into_inner).push(job));
        }
        act(&viewers, &jobs.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes every page, and looks at it.
fn make<T: Send>(
    site: &Site,
    jobs: &[Job<'_>],
    look: impl Fn(&Job<'_>, &[u8]) -> T + Sync,
) -> Result<Vec<T>, Diagnostics> {
    let made: Vec<Result<T, Diagnostics>> =
        jobs.par_iter().map(|job| Ok(look(job, &render(site, job)?))).collect();
    let (mut seen, mut mistakes) = (Vec::with_capacity(made.len()), Vec::new());
    for one in made {
        match one {
            Ok(one) => seen.push(one),
            Err(found) => mistakes.push(found),
        }
    }
    if mistakes.is_empty() { Ok(seen) } else { Err(mistakes.into_iter().collect()) }
}

/// Warns of the files that no page has asked for, in any language.
fn report_unused(site: &Site, reporter: &Reporter) {
    let mut unused: BTreeSet<&str> = site.content().library.unused().collect();
    for content in &site.contents[1..] {
        let others: BTreeSet<&str> = content.library.unused().collect();
        unused.retain(|file| others.contains(file));
    }
    for file in unused {
        let name = file.rsplit_once('/').map_or(file, |(_, name)| name);
        let source = Arc::new(Source { path: format!("content/{file}"), text: String::new() });
        let warning =
            Diagnostic::warning(&source, 0..0, "aucune page ne se sert de ce fichier : il n’est pas publié");
        reporter
            .report(warning.help(format!("ajoutez un lien, par exemple `[titre]({name})`, ou retirez-le")));
    }
}

/// The files of the site, by path in the output.
fn planned(site: &Site, viewers: &[Viewer<'_>], jobs: &[Job<'_>]) -> BTreeSet<String> {
    let relative = |url: &str| url.trim_start_matches('/').to_owned();
    let libraries = || site.contents.iter().map(|content| &content.library);
    let mut files: BTreeSet<String> = jobs.iter().flat_map(|job| job.files.iter().cloned()).collect();
    files.extend(pages::files(site, viewers).into_keys());
    files.extend(site.theme.assets.iter().map(|asset| relative(&asset.url)));
    files.extend(libraries().flat_map(|library| library.published()).map(|file| relative(&file.url)));
    let pictures = libraries().flat_map(|library| library.pictured()).flat_map(picture::variants);
    files.extend(pictures.map(|(url, ..)| relative(&url)));
    files.extend(social_cards::plan(site).addresses().into_values().map(|url| relative(&url)));
    files
}

/// Where a page is read; `None` when it only answers in place of others.
fn address(job: &Job<'_>) -> Option<String> {
    let file = job.files.iter().find(|file| !file.starts_with("../"))?;
    Some(format!("/{}", file.strip_suffix("index.html").unwrap_or(file)))
}

/// Where something is written: a file, and a place in it.
type Place = (Arc<Source>, Range<usize>);

/// The pages of a site, being looked at.
struct Examination<'a> {
    site: &'a Site,
    jobs: &'a [Job<'a>],
    pages: &'a [Page],
    planned: BTreeSet<String>,
    reporter: &'a Reporter,
    /// What the pages of a template are made of.
    templates: RefCell<HashMap<&'static str, Vec<Arc<Source>>>>,
}

impl<'a> Examination<'a> {
    fn each(&self) -> impl Iterator<Item = (&'a Job<'a>, &'a Page)> {
        self.jobs.iter().zip(self.pages)
    }

    /// Reports the pages that weigh too much: each on its file, or the heaviest of those that only a template makes.
    fn weigh(&self, is_error: bool) {
        let assets: HashMap<&str, usize> = self
            .site
            .theme
            .assets
            .par_iter()
            .filter(|asset| asset.name.ends_with(".css") || asset.name.ends_with(".js"))
            .map(|asset| (&*asset.url, brotli(&asset.bytes).map_or(0, |small| small.len())))
            .collect();
        let weight =
            |urls: &BTreeSet<String>| urls.iter().filter_map(|url| assets.get(&**url)).sum::<usize>();
        let mut heaviest = BTreeMap::<(&str, &str), (usize, &Job<'_>)>::new();
        for (job, page) in self.each() {
            let made_of = job.body.map_or(job.template, |page| &page.path);
            let weights = [
                ("html", page.size + weight(&page.styles), PAGE_BUDGET),
                ("js", weight(&page.scripts), SCRIPT_BUDGET),
            ];
            for (what, weight, budget) in weights {
                let key = (made_of, what);
                let is_heavier = heaviest.get(&key).is_none_or(|(known, _)| *known < weight);
                if weight > budget && is_heavier {
                    heaviest.insert(key, (weight, job));
                }
            }
        }
        for ((_, what), (weight, job)) in heaviest {
            let weight = kilobytes(weight);
            let (message, help) = match what {
                "html" => (
                    format!(
                        "cette page pèse {weight} avec ses feuilles de style, {} au plus",
                        kilobytes(PAGE_BUDGET)
                    ),
                    "répartissez-la sur plusieurs pages, ou allégez la feuille de style",
                ),
                _ => (
                    format!("cette page charge {weight} de JavaScript, {} au plus", kilobytes(SCRIPT_BUDGET)),
                    "allégez les scripts du thème",
                ),
            };
            let source = match job.body {
                Some(page) => {
                    let written = self.site.contents[job.edition].source(page);
                    Arc::new(Source { path: written.path.clone(), text: String::new() })
                }
                None => self.template(job),
            };
            let make = if is_error { Diagnostic::error } else { Diagnostic::warning };
            self.reporter.report(make(&source, 0..0, message).help(format!("{help}{}", on(job))));
        }
    }

    /// Reports what would lose readers.
    fn read(&self) {
        for (job, page) in self.each() {
            for id in &page.repeated_ids {
                let message = format!("l’identifiant `{id}` sert à plusieurs éléments de la page");
                self.report(job, &format!("id=\"{id}\""), message, "un identifiant ne sert qu’une fois");
            }
            for image in &page.undescribed {
                let message = format!("cette image n’a pas de texte de remplacement : {image}");
                let help = "ajoutez `alt=\"…\"`, ou `alt=\"\"` si elle n’est qu’un décor";
                self.report(job, &format!("\"{image}\""), message, help);
            }
            self.read_headings(job, page);
        }
    }

    fn read_headings(&self, job: &Job<'_>, page: &Page) {
        let help = "un titre descend d’un niveau à la fois";
        match page.headings.iter().filter(|level| **level == 1).count() {
            1 => {}
            0 => {
                let message = "la page n’a pas de titre `<h1>`".to_owned();
                let help = "donnez-lui le sien, un seul";
                self.reporter.report(error(job, (self.template(job), 0..0), message, help));
            }
            many => {
                let message = format!("la page a {many} titres `<h1>`");
                self.report(job, "<h1", message, "gardez celui qui dit ce qu’est la page");
            }
        }
        let before = [1].into_iter().chain(page.headings.iter().copied());
        let skips: BTreeSet<(u8, u8)> =
            before.zip(page.headings.iter().copied()).filter(|(before, level)| *level > before + 1).collect();
        for (before, level) in skips {
            let message = format!("un titre `<h{level}>` suit un titre `<h{before}>`");
            self.report(job, &format!("<h{level}"), message, help);
        }
    }

    /// Reports the links that lead nowhere: each where it is written, or, of those that a template computes, one of
    /// each kind.
    fn read_links(&self) {
        let by_file: HashMap<&str, &Page> =
            self.each().flat_map(|(job, page)| job.files.iter().map(move |file| (&**file, page))).collect();
        let addresses: Vec<String> =
            self.planned.iter().map(|file| format!("/{file}").replace("/index.html", "/")).collect();
        let mut meant = HashMap::<&str, Option<&str>>::new();
        let mut computed = BTreeMap::<(&str, &str, bool), BTreeMap<&str, (&Job<'_>, String, String)>>::new();
        for (job, page) in self.each() {
            for link in &page.links {
                let (file, anchor) = page.target(link);
                let target = file.as_deref().map_or(Some(page), |file| by_file.get(file).copied());
                let (message, help) = match (target, anchor, file) {
                    (Some(target), Some(anchor), _) if !target.has(anchor) => (
                        format!("rien n’a l’identifiant `{anchor}` là où mène ce lien"),
                        suggestion(anchor, target.ids()).map(|meant| format!("#{meant}")),
                    ),
                    (None, _, Some(file)) if !self.is_answered(&file) => {
                        let meant = meant.entry(link).or_insert_with(|| {
                            let alike = addresses.iter().filter(|address| ending(address) == ending(&file));
                            suggestion(link, alike.map(String::as_str))
                        });
                        ("ce lien ne mène nulle part".to_owned(), meant.map(str::to_owned))
                    }
                    _ => continue,
                };
                let help = match help {
                    Some(meant) => format!("vouliez-vous dire `{meant}` ?"),
                    None => "retirez-le".to_owned(),
                };
                match self.place_of_link(job, link) {
                    Some(place) => self.reporter.report(error(job, place, message, &help)),
                    None => {
                        let alike = (job.template, ending(link), target.is_some());
                        computed.entry(alike).or_default().entry(link).or_insert((job, message, help));
                    }
                }
            }
        }
        for alike in computed.into_values() {
            let others = alike.len() - 1;
            for (link, (job, message, help)) in alike.into_iter().take(1) {
                let others = if others == 0 { String::new() } else { format!(", et {others} de même") };
                let message = format!("{message} : {link}{others}");
                self.reporter.report(error(job, (self.template(job), 0..0), message, &help));
            }
        }
    }

    /// Whether what is not a page is there.
    fn is_answered(&self, file: &str) -> bool {
        let is_search = self.site.settings.search && file.starts_with("search/");
        is_search || self.planned.contains(file) || ANSWERED.iter().any(|prefix| file.starts_with(prefix))
    }

    /// Where a link of a page is written: in a template, else in the content.
    fn place_of_link(&self, job: &Job<'_>, link: &str) -> Option<Place> {
        let anchor = link.split_once('#').map(|(_, anchor)| format!("#{anchor}"));
        let written = |before: &str, link: &str| {
            let (source, span) = self.in_templates(job, &format!("{before}{link}\""))?;
            Some((source, span.start + before.len()..span.end - 1))
        };
        written("\"", link)
            .or_else(|| written("}}", link))
            .or_else(|| written("}}", &anchor?))
            .or_else(|| self.in_content(job, link))
    }

    /// Reports what the templates of a page write so.
    fn report(&self, job: &Job<'_>, written: &str, message: String, help: &str) {
        let place = self.in_templates(job, written).unwrap_or_else(|| (self.template(job), 0..0));
        self.reporter.report(error(job, place, message, help));
    }

    /// Follows the links to other sites, and warns of those that are broken.
    fn follow_outside(&self) {
        let urls: BTreeSet<&str> =
            self.pages.iter().flat_map(|page| &page.outside).map(String::as_str).collect();
        let broken = outside::follow(urls, &outside::Client::new(&self.site.settings.base_url));
        for (job, page) in self.each() {
            for (url, reason) in page.outside.iter().filter_map(|url| broken.get_key_value(&**url)) {
                let place = self.in_content(job, url).or_else(|| self.in_templates(job, url));
                let (source, span) = place.unwrap_or_else(|| (self.template(job), 0..0));
                let message = format!("ce lien ne mène plus nulle part : {url} ({reason})");
                let help = format!("corrigez l’adresse, ou retirez le lien{}", on(job));
                self.reporter.report(Diagnostic::warning(&source, span, message).help(help));
            }
        }
    }

    /// Where the templates of a page first write some words.
    fn in_templates(&self, job: &Job<'_>, words: &str) -> Option<Place> {
        let mut templates = self.templates.borrow_mut();
        let sources =
            templates.entry(job.template).or_insert_with(|| self.site.theme.sources_of(job.template));
        sources.iter().find_map(|source| {
            let start = source.text.find(words)?;
            Some((source.clone(), start..start + words.len()))
        })
    }

    /// Where the file of a page first writes a link, in whole when it is one of the site.
    fn in_content(&self, job: &Job<'_>, link: &str) -> Option<Place> {
        let source = self.site.contents[job.edition].source(job.body?);
        let whole = format!("{}{link}", self.site.settings.base_url);
        [link, &whole].into_iter().find_map(|link| {
            let written = [format!("({link})"), format!("\"{link}\""), format!("<{link}>")];
            let exact = written.iter().find_map(|written| source.text.find(written)).map(|start| start + 1);
            let start = exact.or_else(|| source.text.find(link).filter(|_| link.starts_with("http")))?;
            Some((source.clone(), start..start + link.len()))
        })
    }

    /// The template of a page, as a whole.
    fn template(&self, job: &Job<'_>) -> Arc<Source> {
        Arc::new(Source { path: self.site.theme.path_of(job.template), text: String::new() })
    }
}

fn error(job: &Job<'_>, (source, span): Place, message: String, help: &str) -> Diagnostic {
    Diagnostic::error(&source, span, message).help(format!("{help}{}", on(job)))
}

/// « (page /sault/) », for what may come from a template.
fn on(job: &Job<'_>) -> String {
    match address(job) {
        Some(url) => format!(" (page {url})"),
        None => format!(" (page {})", job.files.first().map_or("", |file| file.trim_start_matches("../"))),
    }
}

/// What kind of thing an address leads to: `xml`, or nothing for a page.
fn ending(address: &str) -> &str {
    let last = address.rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.').map_or("", |(_, extension)| if last == "index.html" { "" } else { extension })
}

/// « 14,2 ko »
fn kilobytes(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100);
    match tenths % 10 {
        0 => format!("{}\u{a0}ko", tenths / 10),
        rest => format!("{},{rest}\u{a0}ko", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_heavy_is_never_said_to_weigh_what_is_allowed() {
        assert_eq!(kilobytes(PAGE_BUDGET), "14\u{a0}ko");
        assert_eq!(kilobytes(PAGE_BUDGET + 1), "14,1\u{a0}ko");
    }
}
