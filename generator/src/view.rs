//! What templates receive: every number, date and sentence ready to print.

mod deposit;
mod process;

pub(crate) use deposit::{Deposit, DepositCard};
pub(crate) use process::ProcessCard;

use crate::{
    content::{self, MenuItem, document::Attached},
    counts::Counts,
    documents::size_text,
    markdown::{Html, Text},
    site,
    slug::slugify,
};
use domain::{eligibility::Territory, limits::CODE_LIFETIME, rulebook::group_digits};
use jiff::Timestamp;
use serde::Serialize;

/// A site and its counts, from which views are made.
#[derive(Clone, Copy)]
pub(crate) struct Viewer<'a> {
    pub(crate) site: &'a site::Site,
    pub(crate) counts: &'a Counts,
}

/// Of every page: the site.
#[derive(Serialize)]
pub(crate) struct Site<'a> {
    title: &'a Text,
    base_url: &'a str,
    description: &'a Text,
    language: &'a str,
    time_zone: &'a str,
    contact: &'a str,
    fictitious: bool,
    menu: Vec<Item<'a>>,
    footer: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    label: &'a Text,
    url: &'a str,
    current: bool,
}

/// Of every page: itself.
#[derive(Serialize)]
pub(crate) struct Page<'a> {
    pub(crate) title: &'a Text,
    pub(crate) description: &'a Text,
    pub(crate) url: String,
    pub(crate) html: Option<&'a Html>,
    pub(crate) date_text: Option<String>,
    pub(crate) date_iso: Option<String>,
    /// Whether search engines are asked not to show it.
    pub(crate) noindex: bool,
}

/// A page above.
#[derive(Serialize)]
pub(crate) struct Crumb<'a> {
    pub(crate) title: &'a str,
    pub(crate) url: &'a str,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) struct Organisation<'a> {
    title: &'a Text,
    url: &'a str,
    description: &'a Text,
    territory: &'a Text,
    region: Option<&'a Text>,
    inhabitants_text: Option<&'a str>,
}

/// The forms of a deposit.
#[derive(Serialize)]
pub(crate) struct Form<'a> {
    /// Where it is sent.
    pub(crate) action: String,
    /// Names to choose from; none when no commune is asked.
    pub(crate) communes: Vec<&'a str>,
    pub(crate) code_minutes: i64,
}

/// A file to download.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    title: &'a Text,
    url: &'a str,
    format: &'a str,
    size_text: String,
    pages: Option<usize>,
    pages_text: String,
    date_text: Option<String>,
}

impl<'a> Viewer<'a> {
    /// The site as the page at `url` shows it.
    pub(crate) fn site(&self, url: &str) -> Site<'a> {
        let settings = &self.site.settings;
        let items = |items: &'a [MenuItem]| {
            let item =
                |item: &'a MenuItem| Item { label: &item.label, url: &item.url, current: item.url == url };
            items.iter().map(item).collect()
        };
        Site {
            title: &settings.title,
            base_url: &settings.base_url,
            description: &settings.description,
            language: &settings.language,
            time_zone: &settings.time_zone,
            contact: &settings.contact,
            fictitious: settings.fictitious,
            menu: items(&self.site.content.menu),
            footer: items(&self.site.content.footer),
        }
    }

    /// A page of the content.
    pub(crate) fn page(&self, page: &'a content::Page) -> Page<'a> {
        Page {
            title: &page.title,
            description: &page.description,
            url: page.url.clone(),
            html: Some(&page.body),
            date_text: page.date.map(|date| self.day_text(date)),
            date_iso: page.date.map(|date| self.day_iso(date)),
            noindex: false,
        }
    }

    /// A page around a deposit, for those who act: not for search engines.
    pub(crate) fn form_page(&self, page: &'a content::Page, url: String) -> Page<'a> {
        let (title, description) = (&page.title, &page.description);
        Page { title, description, url, html: None, date_text: None, date_iso: None, noindex: true }
    }

    /// A page that answers in place of another.
    pub(crate) fn bare_page(&self) -> Page<'a> {
        let (title, description) = (&self.site.settings.title, &self.site.settings.description);
        Page {
            title,
            description,
            url: "/".to_owned(),
            html: None,
            date_text: None,
            date_iso: None,
            noindex: true,
        }
    }

    /// The pages above a page.
    pub(crate) fn crumbs(&self, page: &'a content::Page) -> Vec<Crumb<'a>> {
        let above = page.above.iter().enumerate();
        let crumb = |(depth, (title, url)): (usize, &'a (Text, String))| match depth {
            0 => Crumb { title: self.word("tab.home"), url },
            _ => Crumb { title: title.as_str(), url },
        };
        above.map(crumb).collect()
    }

    pub(crate) fn organisation(
        &self,
        organisation: &'a content::organisation::Organisation,
    ) -> Organisation<'a> {
        Organisation {
            title: &organisation.page.title,
            url: &organisation.page.url,
            description: &organisation.page.description,
            territory: &organisation.territory,
            region: organisation.region.as_ref(),
            inhabitants_text: organisation.inhabitants_text.as_deref(),
        }
    }

    /// The form of `process` that is sent to `action`.
    pub(crate) fn form(&self, process: &'a content::petition::Process, action: String) -> Form<'a> {
        let communes = match &process.eligibility.territory {
            Territory::Any => Vec::new(),
            Territory::Communes(communes) => in_alphabetical_order(communes.values()),
        };
        Form { action, communes, code_minutes: CODE_LIFETIME.as_mins() }
    }

    pub(crate) fn documents(&self, documents: &'a [Attached]) -> Vec<Document<'a>> {
        documents.iter().map(|attached| self.document(attached)).collect()
    }

    fn document(&self, attached: &'a Attached) -> Document<'a> {
        let document = &attached.document;
        let pages_text = document.pages.map(|pages| self.quantity("pages", pages as u64)).unwrap_or_default();
        Document {
            title: &attached.title,
            url: &document.url,
            format: &document.format,
            size_text: size_text(document.size),
            pages: document.pages,
            pages_text,
            date_text: attached.date.map(|date| self.day_text(date)),
        }
    }

    fn day_text(&self, instant: Timestamp) -> String {
        let calendar = self.site.calendar();
        calendar.day(calendar.day_of(instant))
    }

    fn day_iso(&self, instant: Timestamp) -> String {
        self.site.calendar().day_of(instant).to_string()
    }

    /// « 1 page », « 4 pages »
    fn quantity(&self, noun: &str, count: u64) -> String {
        let number = if count < 2 { "one" } else { "other" };
        self.site.theme.words.say(&format!("{noun}.{number}"), &[("count", &group_digits(count))])
    }

    fn word(&self, key: &'a str) -> &'a str {
        self.site.theme.words.0.get(key).map_or(key, String::as_str)
    }
}

/// Without regard for case and accents.
fn in_alphabetical_order<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_by_cached_key(|name| slugify(name));
    names
}
