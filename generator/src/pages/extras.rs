//! The files of a site that are not pages: feeds, calendars, site map, robots.

use super::{ANSWERS, all_pages};
use crate::{
    content::{Content, Kind, Page, process::Process},
    index::TaxonomyIndex,
    output::Body,
    site::Site,
    syndication::{When, sitemap},
    view::{News, Viewer, legal_pages},
};
use domain::{
    rulebook::Purpose,
    similar::{self, Known, Published, telling},
};
use std::collections::BTreeMap;

const ROBOTS: &str = "User-agent: *\nDisallow: /actes/\nSitemap: ";

/// The files that go with the pages, by path in the output; `viewers` has one for each language.
pub(crate) fn files(site: &Site, viewers: &[Viewer<'_>]) -> BTreeMap<String, Body> {
    let robots = format!("{ROBOTS}{}/sitemap.xml\n", site.settings.base_url);
    let mut files = vec![("robots.txt".to_owned(), robots)];
    let Some(main) = viewers.first() else { return BTreeMap::new() };
    files.extend(main_feeds(main));
    files.extend(main.content.processes().flat_map(|(_, process)| main.open_data(process)));
    for viewer in viewers {
        files.extend(feeds(viewer));
        files.extend(calendars(viewer));
    }
    files.extend(known_texts(main));
    files.extend(sitemap::sitemaps(&site.settings.base_url, &site_map(site, viewers)));
    files.into_iter().map(|(file, text)| (file, Body::Bytes(text.into_bytes()))).collect()
}

/// Of each process where texts are deposited, those that are there: for the functions, and for the script of the form.
fn known_texts(viewer: &Viewer<'_>) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (_, process) in viewer.content.processes() {
        let is_deposited =
            process.writing.as_ref().is_some_and(|writing| writing.purpose == Purpose::Deposit);
        if !is_deposited {
            continue;
        }
        let texts = process.deposits.iter().filter(|deposit| deposit.is_current()).map(|deposit| {
            let page = &deposit.page;
            Published {
                title: page.title.as_str().to_owned(),
                url: page.url.clone(),
                words: telling(&format!("{} {}", page.title.as_str(), page.description.as_str())),
            }
        });
        // Texts have a JSON form.
        let known = serde_json::to_string(&Known::of(texts.collect())).unwrap_or_default();
        files.push((format!("{ANSWERS}{}{}", process.page.url, similar::FILE), known.clone()));
        files.push((relative(&format!("{}semblables.json", process.page.url)), known));
    }
    files
}

fn relative(url: &str) -> String {
    url.trim_start_matches('/').to_owned()
}

/// The feed and the calendar of the site, in its main language.
fn main_feeds(viewer: &Viewer<'_>) -> Vec<(String, String)> {
    let title = viewer.site.settings.title.as_str();
    let all = all_pages(viewer.content).filter(is_dated).map(news).collect();
    let feed = viewer.feed(title, "/", "/feed.xml", all);
    let calendar = viewer.calendar_file(title, "/", &viewer.index.events);
    let calendar = calendar.map(|file| ("agenda.ics".to_owned(), file));
    std::iter::once(("feed.xml".to_owned(), feed)).chain(calendar).collect()
}

fn is_dated(page: &&Page) -> bool {
    page.date.is_some() && page.kind != Kind::Home
}

fn news(page: &Page) -> News<'_> {
    News { page, published: page.date.unwrap_or_default() }
}

/// The feeds of processes.
fn feeds(viewer: &Viewer<'_>) -> Vec<(String, String)> {
    let content = viewer.content;
    let title = viewer.site.settings.title.as_str();
    let mut feeds = Vec::new();
    for (_, process) in content.processes() {
        let below = format!("{}/", crate::content::tree::folder(&process.page.path));
        let leaves = content.leaves.iter().map(|leaf| &leaf.page);
        let leaves = leaves.filter(|page| page.path.starts_with(&below));
        let own = pages_of(process).chain(leaves).filter(is_dated).map(news).collect();
        let url = format!("{}feed.xml", process.page.url);
        let title = format!("{} – {title}", process.page.title.as_str());
        feeds.push((relative(&url), viewer.feed(&title, &process.page.url, &url, own)));
    }
    feeds
}

fn pages_of(process: &Process) -> impl Iterator<Item = &Page> {
    let deposits = process.deposits.iter();
    let deposits = deposits.flat_map(|deposit| {
        std::iter::once(&deposit.page).chain(deposit.reports.iter().map(|report| &report.page))
    });
    std::iter::once(&process.page)
        .chain(process.steps.iter().map(|step| &step.page))
        .chain(process.reports.iter().map(|report| &report.page))
        .chain(deposits)
}

/// The calendars of processes, and the files of events.
fn calendars(viewer: &Viewer<'_>) -> Vec<(String, String)> {
    let index = viewer.index;
    let title = viewer.site.settings.title.as_str();
    let mut files = Vec::new();
    for (_, process) in viewer.content.processes() {
        let events = index.events_of(&process.page.path);
        let name = format!("{} – {title}", process.page.title.as_str());
        let file = viewer.calendar_file(&name, &process.page.url, &events);
        files.extend(file.map(|file| (format!("{}agenda.ics", relative(&process.page.url)), file)));
    }
    for leaf in &index.events {
        let file = viewer.event_file(leaf);
        files.extend(file.map(|file| (format!("{}evenement.ics", relative(&leaf.page.url)), file)));
    }
    files
}

/// Every page that search engines are told of.
fn site_map(site: &Site, viewers: &[Viewer<'_>]) -> Vec<sitemap::Entry> {
    let absolute = |url: &str| format!("{}{url}", site.settings.base_url);
    let mut entries = Vec::new();
    for viewer in viewers {
        for page in all_pages(viewer.content).filter(|page| !page.untranslated) {
            let updated = page.updated.or(page.date).map(When::Instant);
            entries.push(sitemap::Entry {
                url: absolute(&page.url),
                updated,
                alternates: alternates(viewers, page, &absolute),
            });
        }
        let terms = viewer.index.taxonomies.iter().filter(|taxonomy| !taxonomy.terms.is_empty());
        for url in terms.flat_map(TaxonomyIndex::urls) {
            entries.push(sitemap::Entry { url: absolute(url), updated: None, alternates: Vec::new() });
        }
    }
    for page in legal_pages() {
        entries.push(sitemap::Entry { url: absolute(page.url), updated: None, alternates: Vec::new() });
    }
    entries.sort_by(|a, b| a.url.cmp(&b.url));
    entries.dedup_by(|a, b| a.url == b.url);
    entries
}

/// The same page in each language in which it is really written, itself too.
fn alternates(
    viewers: &[Viewer<'_>],
    page: &Page,
    absolute: &impl Fn(&str) -> String,
) -> Vec<sitemap::Alternate> {
    if viewers.len() < 2 {
        return Vec::new();
    }
    let written = viewers.iter().filter_map(|viewer| {
        let content: &Content = viewer.content;
        let node = content.tree.get(&page.path)?;
        let is_written = content.edition == 0 || content.is_translated(&page.path);
        is_written.then(|| sitemap::Alternate {
            language: viewer.voice.language_code().to_owned(),
            url: absolute(&node.url),
        })
    });
    let written: Vec<_> = written.collect();
    if written.len() < 2 { Vec::new() } else { written }
}
