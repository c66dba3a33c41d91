//! What templates receive: every number, date and sentence ready to print.

mod data;
mod deposit;
mod leaf;
mod legal;
mod minutes;
mod process;
mod results;
mod voting;
mod writing;

pub(crate) use data::News;
pub(crate) use deposit::{Deposit, DepositCard};
pub(crate) use leaf::{Card, page_url};
pub(crate) use legal::legal_pages;
pub(crate) use process::ProcessCard;

use crate::{
    content::{self, Content, MenuItem, document::Attached, petition::Petition},
    counts::Counts,
    dates::Calendar,
    index::Index,
    markdown::Text,
    site,
    slug::slugify,
    theme::Voice,
};
use domain::{
    eligibility::Territory,
    limits::CODE_LIFETIME,
    report::{LONGEST, reasons},
    rulebook::group_digits,
};
use jiff::Timestamp;
use serde::Serialize;

/// A site in a language, and its counts, from which views are made.
#[derive(Clone, Copy)]
pub(crate) struct Viewer<'a> {
    pub(crate) site: &'a site::Site,
    pub(crate) content: &'a Content,
    pub(crate) index: &'a Index<'a>,
    pub(crate) voice: &'a Voice,
    pub(crate) counts: &'a Counts,
}

/// Of every page: the site.
#[derive(Serialize)]
pub(crate) struct Site<'a> {
    title: &'a Text,
    base_url: &'a str,
    description: &'a Text,
    language: &'a str,
    languages: Vec<Edition<'a>>,
    time_zone: &'a str,
    contact: &'a str,
    fictitious: bool,
    home_url: String,
    menu: &'a [MenuItem],
    footer: &'a [MenuItem],
    legal_links: Vec<Crumb<'a>>,
    logo: Option<String>,
    feed_url: &'static str,
    calendar_url: Option<&'static str>,
    search_url: Option<&'static str>,
    sitemap_url: &'static str,
    accessibility_text: String,
    /// What social networks show of pages that have no picture of their own.
    image: Option<&'a str>,
}

/// The site, or a page, in another language.
#[derive(Serialize)]
pub(crate) struct Edition<'a> {
    code: &'a str,
    name: String,
    url: String,
    /// Whether the page is really written in that language.
    written: bool,
}

/// Of every page: itself.
#[derive(Serialize)]
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) url: String,
    /// Of the page in the main language, when its text is that one's.
    pub(crate) original_url: Option<String>,
    pub(crate) date_text: Option<String>,
    pub(crate) date_iso: Option<String>,
    pub(crate) updated_text: Option<String>,
    pub(crate) updated_iso: Option<String>,
    /// Whether search engines are asked not to show it.
    pub(crate) noindex: bool,
    pub(crate) kind: &'static str,
    pub(crate) terms: Vec<TermLink<'a>>,
    pub(crate) translations: Vec<Edition<'a>>,
    /// Whether its text is in the main language because nobody has translated it.
    pub(crate) untranslated: bool,
    /// Of the text.
    pub(crate) source_language: &'a str,
    /// What social networks show.
    pub(crate) image: Option<&'a str>,
    /// What search engines read, to be put in a script of type `application/ld+json`.
    pub(crate) json_ld: Option<String>,
}

/// A term that a page is classified under.
#[derive(Serialize)]
pub(crate) struct TermLink<'a> {
    taxonomy: &'a str,
    title: &'a str,
    url: &'a str,
}

/// A page above.
#[derive(Clone, Serialize)]
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

/// The form that tells of a deposit that should not be there.
#[derive(Serialize)]
pub(crate) struct ReportForm {
    /// Where it is sent.
    action: String,
    /// Names of the reasons.
    reasons: Vec<&'static str>,
    /// Characters of what may be added.
    longest: usize,
    longest_text: String,
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
    /// The site, as all pages show it.
    pub(crate) fn site(&self) -> Site<'a> {
        let settings = &self.site.settings;
        let languages = self.site.contents.iter().filter(|other| other.edition != self.content.edition);
        let edition = |content: &'a Content| Edition {
            code: self.site.theme.voice(content.edition).language_code(),
            name: self.site.theme.voice(content.edition).word("language.name").to_owned(),
            url: content.home.url.clone(),
            written: !content.home.untranslated,
        };
        let key = if settings.audit.is_some() { "accessibility.partial" } else { "accessibility.none" };
        Site {
            title: &settings.title,
            base_url: &settings.base_url,
            description: &settings.description,
            language: self.voice.language_code(),
            languages: languages.map(edition).collect(),
            time_zone: &settings.time_zone,
            contact: &settings.contact,
            fictitious: settings.fictitious,
            home_url: self.content.home.url.clone(),
            menu: &self.content.menu,
            footer: &self.content.footer,
            legal_links: legal_pages()
                .map(|page| Crumb { title: self.voice.word(page.title_key), url: page.url })
                .collect(),
            logo: settings
                .appearance
                .logo
                .as_ref()
                .and_then(|logo| self.site.theme.asset_url(logo.get_ref())),
            feed_url: "/feed.xml",
            calendar_url: self.index.has_events.then_some("/agenda.ics"),
            search_url: settings.search.then_some("/recherche/"),
            sitemap_url: "/plan-du-site/",
            accessibility_text: self.voice.words.say(key, &[]),
            image: self.index.card(&self.content.home.url),
        }
    }

    /// A page of the content.
    pub(crate) fn page(&self, page: &'a content::Page) -> Page<'a> {
        Page {
            original_url: page.untranslated.then(|| self.original_url(page)),
            date_text: page.date.map(|date| self.day_text(date)),
            date_iso: page.date.map(|date| self.day_iso(date)),
            updated_text: page.updated.map(|date| self.day_text(date)),
            updated_iso: page.updated.map(|date| self.day_iso(date)),
            kind: "article",
            terms: self.terms(&page.terms),
            translations: self.translations(page),
            untranslated: page.untranslated,
            source_language: match page.untranslated {
                true => self.site.theme.voice(0).language_code(),
                false => self.voice.language_code(),
            },
            image: self.index.card(&page.url),
            json_ld: self.json_ld(page),
            ..self.bare_page(page.title.as_str(), page.description.as_str(), page.url.clone())
        }
    }

    /// A page that is not in the content.
    pub(crate) fn bare_page(&self, title: &'a str, description: &'a str, url: String) -> Page<'a> {
        Page {
            title,
            description,
            url,
            original_url: None,
            date_text: None,
            date_iso: None,
            updated_text: None,
            updated_iso: None,
            noindex: false,
            kind: "website",
            terms: Vec::new(),
            translations: Vec::new(),
            untranslated: false,
            source_language: self.voice.language_code(),
            image: None,
            json_ld: None,
        }
    }

    /// A page for those who act: not for search engines.
    pub(crate) fn unlisted_page(&self, title: &'a str, description: &'a str, url: String) -> Page<'a> {
        Page { noindex: true, ..self.bare_page(title, description, url) }
    }

    fn terms(&self, terms: &'a [content::head::Term]) -> Vec<TermLink<'a>> {
        let link = |term: &'a content::head::Term| {
            let url = self.index.term_url(term)?;
            let taxonomy = self.site.settings.taxonomy_names.get(term.taxonomy)?;
            Some(TermLink { taxonomy, title: term.title.as_str(), url })
        };
        terms.iter().filter_map(link).collect()
    }

    /// The same page in the other languages.
    fn translations(&self, page: &content::Page) -> Vec<Edition<'a>> {
        let others = self.site.contents.iter().filter(|other| other.edition != self.content.edition);
        let edition = |content: &'a Content| {
            let voice = self.site.theme.voice(content.edition);
            let node = content.tree.get(&page.path).filter(|node| node.published)?;
            let name = voice.word("language.name").to_owned();
            let written = content.edition == 0 || content.is_translated(&page.path);
            Some(Edition { code: voice.language_code(), name, url: node.url.clone(), written })
        };
        others.filter_map(edition).collect()
    }

    /// The address of a page in the main language.
    fn original_url(&self, page: &content::Page) -> String {
        let node = self.site.content().tree.get(&page.path);
        node.map_or_else(|| page.url.clone(), |node| node.url.clone())
    }

    /// The pages above a page.
    pub(crate) fn crumbs(&self, page: &content::Page) -> Vec<Crumb<'a>> {
        let mut above: Vec<_> =
            self.content.tree.above(&page.path).filter_map(|path| self.content.tree.get(path)).collect();
        above.reverse();
        let crumb = |(depth, node): (usize, &'a content::tree::Node)| match depth {
            0 => Crumb { title: self.voice.word("tab.home"), url: &node.url },
            _ => Crumb { title: node.title.as_str(), url: &node.url },
        };
        above.into_iter().enumerate().map(crumb).collect()
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

    /// The form of `petition` that is sent to `action`.
    pub(crate) fn form(&self, petition: &'a Petition, action: String) -> Form<'a> {
        let communes = match &petition.participants.eligibility.territory {
            Territory::Any => Vec::new(),
            Territory::Communes(communes) => in_alphabetical_order(communes.values()),
        };
        Form { action, communes, code_minutes: CODE_LIFETIME.as_mins() }
    }

    /// The form that tells of a deposit, sent to `action`.
    pub(crate) fn report_form(&self, action: String) -> ReportForm {
        ReportForm {
            action,
            reasons: reasons().map(|(name, _)| name).collect(),
            longest: LONGEST,
            longest_text: group_digits(LONGEST as u64),
        }
    }

    pub(crate) fn documents(&self, documents: &'a [Attached]) -> Vec<Document<'a>> {
        documents.iter().map(|attached| self.document(attached)).collect()
    }

    fn document(&self, attached: &'a Attached) -> Document<'a> {
        let document = &attached.document;
        let pages_text =
            document.pages.map(|pages| self.voice.quantity("pages", pages as u64)).unwrap_or_default();
        Document {
            title: &attached.title,
            url: &document.url,
            format: &document.format,
            size_text: self.voice.say().size(document.size),
            pages: document.pages,
            pages_text,
            date_text: attached.date.map(|date| self.day_text(date)),
        }
    }

    pub(crate) fn calendar(&self) -> Calendar<'a> {
        Calendar { zone: &self.site.settings.zone, say: self.voice.say() }
    }

    pub(crate) fn day_text(&self, instant: Timestamp) -> String {
        let calendar = self.calendar();
        calendar.day(calendar.day_of(instant))
    }

    pub(crate) fn day_iso(&self, instant: Timestamp) -> String {
        self.calendar().day_of(instant).to_string()
    }
}

/// Without regard for case and accents.
fn in_alphabetical_order<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_by_cached_key(|name| slugify(name));
    names
}
