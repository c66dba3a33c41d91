//! What pages say to machines: structured data, feeds, calendars.

use super::Viewer;
use crate::{
    content::{Kind, LeafPage, Page, organisation::Organisation, process::Process},
    syndication::{When, atom, calendar, json_ld},
};
use jiff::Timestamp;
use serde_json::Value;

/// How many entries a feed has.
const ENTRIES: usize = 30;

/// Of the pages that feeds tell of: what a process has published, what is dated.
pub(crate) struct News<'a> {
    pub(crate) page: &'a Page,
    pub(crate) published: Timestamp,
}

impl<'a> Viewer<'a> {
    /// The address with the site's.
    pub(crate) fn absolute(&self, url: &str) -> String {
        format!("{}{url}", self.site.settings.base_url)
    }

    /// What search engines read of a page, when the theme has a place for it.
    pub(super) fn json_ld(&self, page: &Page) -> Option<String> {
        self.site.theme.asks_json_ld.then(|| {
            let about = page.date.filter(|_| page.kind != Kind::Home).map(|date| self.article(page, date));
            self.script(page, about.into_iter().collect())
        })
    }

    /// The same with what the page is about.
    pub(crate) fn json_ld_about(&self, page: &Page, about: impl FnOnce(&Self) -> Value) -> Option<String> {
        self.site.theme.asks_json_ld.then(|| self.script(page, vec![about(self)]))
    }

    fn script(&self, page: &Page, mut nodes: Vec<Value>) -> String {
        let crumbs = self.crumbs(page);
        if !crumbs.is_empty() {
            let here = (page.title.as_str().to_owned(), self.absolute(&page.url));
            let above = crumbs.iter().map(|crumb| (crumb.title.to_owned(), self.absolute(crumb.url)));
            let way: Vec<(String, String)> = above.chain([here]).collect();
            let way: Vec<(&str, &str)> = way.iter().map(|(name, url)| (&**name, &**url)).collect();
            nodes.push(json_ld::breadcrumbs(&way));
        }
        match <[Value; 1]>::try_from(nodes) {
            Ok([alone]) => json_ld::script(&alone),
            Err(nodes) => json_ld::script(&Value::Array(nodes)),
        }
    }

    fn article(&self, page: &Page, published: Timestamp) -> Value {
        let settings = &self.site.settings;
        let (url, home) = (self.absolute(&page.url), self.absolute("/"));
        let image = self.index.card(&page.url).map(|image| self.absolute(image));
        let publisher =
            json_ld::Organization { name: settings.title.as_str(), url: &home, ..Default::default() };
        json_ld::article(
            &json_ld::Article {
                news: true,
                headline: page.title.as_str(),
                description: some(page.description.as_str()),
                url: &url,
                image: image.as_deref(),
                language: self.voice.language_code(),
                published: When::Instant(published),
                modified: page.updated.map(When::Instant),
                publisher: &publisher,
            },
            &settings.zone,
        )
    }

    /// What the home page is about.
    pub(crate) fn web_site(&self) -> Value {
        let settings = &self.site.settings;
        let home = self.absolute(&self.content.home.url);
        let search = settings.search.then(|| self.absolute("/recherche/"));
        json_ld::web_site(&json_ld::WebSite {
            name: settings.title.as_str(),
            url: &home,
            description: some(settings.description.as_str()),
            language: self.voice.language_code(),
            search: search.as_deref(),
            publisher: None,
        })
    }

    /// What the page of an organisation is about.
    pub(crate) fn government(&self, organisation: &Organisation) -> Value {
        self.with_provider(organisation, json_ld::organization)
    }

    /// What the page of a process is about.
    pub(crate) fn service(&self, organisation: &Organisation, process: &Process) -> Value {
        let url = self.absolute(&process.page.url);
        self.with_provider(organisation, |provider| {
            json_ld::process(&json_ld::Process {
                name: process.page.title.as_str(),
                description: some(process.page.description.as_str()),
                url: &url,
                kind: Some(self.preset_text(process)),
                provider,
                territory: None,
            })
        })
    }

    fn with_provider<T>(
        &self,
        organisation: &Organisation,
        make: impl FnOnce(&json_ld::Organization<'_>) -> T,
    ) -> T {
        let url = self.absolute(&organisation.page.url);
        make(&json_ld::Organization {
            name: organisation.page.title.as_str(),
            url: &url,
            description: some(organisation.page.description.as_str()),
            email: some(&organisation.contact),
            territory: Some(organisation.page.title.as_str()),
            ..Default::default()
        })
    }

    /// What the page of an event is about.
    pub(crate) fn event_data(&self, leaf: &LeafPage, organisation: Option<&Organisation>) -> Option<Value> {
        let event = self.calendar_event(leaf)?;
        let image = self.index.card(&leaf.page.url).map(|image| self.absolute(image));
        let zone = &self.site.settings.zone;
        Some(match organisation {
            Some(organisation) => self.with_provider(organisation, |organizer| {
                json_ld::event(&event, organizer, image.as_deref(), zone)
            }),
            None => {
                let home = self.absolute("/");
                let name = self.site.settings.title.as_str();
                let organizer = json_ld::Organization { name, url: &home, ..Default::default() };
                json_ld::event(&event, &organizer, image.as_deref(), zone)
            }
        })
    }

    fn calendar_event(&self, leaf: &LeafPage) -> Option<calendar::Event> {
        let event = leaf.event()?;
        let url = self.absolute(&leaf.page.url);
        let text = |text: &Option<crate::markdown::Text>| text.as_ref().map(|text| text.as_str().to_owned());
        Some(calendar::Event {
            uid: format!("{}@{}", leaf.page.url.trim_matches('/').replace('/', "."), self.host()),
            url,
            title: leaf.page.title.as_str().to_owned(),
            description: leaf.page.description.as_str().to_owned(),
            starts: event.starts,
            ends: event.ends,
            all_day: event.all_day,
            place: text(&event.place),
            address: text(&event.address),
            online: event.online.clone(),
            cancelled: event.cancelled,
            updated: leaf.page.updated.or(leaf.page.date),
        })
    }

    fn host(&self) -> &'a str {
        let url = &*self.site.settings.base_url;
        url.split_once("://").map_or(url, |(_, host)| host)
    }

    /// The calendar of some events, to subscribe to; `None` when there is none.
    pub(crate) fn calendar_file(&self, name: &str, url: &str, events: &[&'a LeafPage]) -> Option<String> {
        let events: Vec<_> = events.iter().filter_map(|leaf| self.calendar_event(leaf)).collect();
        let zone = &self.site.settings.zone;
        (!events.is_empty()).then(|| calendar::calendar(name, &self.absolute(url), &events, zone))
    }

    /// The file of an event alone.
    pub(crate) fn event_file(&self, leaf: &LeafPage) -> Option<String> {
        Some(calendar::single(&self.calendar_event(leaf)?, &self.site.settings.zone))
    }

    /// The feed at `self_url` of the latest of `news`.
    pub(crate) fn feed(&self, title: &str, url: &str, self_url: &str, mut news: Vec<News<'a>>) -> String {
        news.sort_by(|a, b| (b.published, &a.page.url).cmp(&(a.published, &b.page.url)));
        news.truncate(ENTRIES);
        let entry = |News { page, published }: &News<'a>| atom::Entry {
            url: self.absolute(&page.url),
            title: page.title.as_str().to_owned(),
            summary: page.description.as_str().to_owned(),
            html: None,
            published: *published,
            updated: page.updated.unwrap_or(*published),
            categories: page.terms.iter().map(|term| term.title.as_str().to_owned()).collect(),
            author: None,
        };
        let entries: Vec<_> = news.iter().map(entry).collect();
        let updated = entries.iter().map(|entry| entry.updated).max();
        atom::feed(&atom::Feed {
            id: self.absolute(self_url),
            title: title.to_owned(),
            subtitle: self.site.settings.description.as_str().to_owned(),
            url: self.absolute(url),
            self_url: self.absolute(self_url),
            updated: updated.unwrap_or(Timestamp::UNIX_EPOCH),
            language: self.voice.language_code().to_owned(),
            author: self.site.settings.title.as_str().to_owned(),
            entries,
        })
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
