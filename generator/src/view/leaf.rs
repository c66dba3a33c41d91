//! Pages, sections, events and taxonomies, as templates receive them.

use super::{Crumb, Viewer};
use crate::{
    content::{LeafPage, leaf},
    index::{Listed, TaxonomyIndex},
    markdown::Text,
};
use jiff::Timestamp;
use serde::Serialize;

/// A page in a list.
#[derive(Serialize)]
pub(crate) struct Card<'a> {
    title: &'a Text,
    url: &'a str,
    description: &'a Text,
    date_text: Option<String>,
    date_iso: Option<String>,
    kind: &'static str,
    event: Option<EventCard<'a>>,
}

#[derive(Serialize)]
struct EventCard<'a> {
    start_text: String,
    start_iso: String,
    place: Option<&'a Text>,
    cancelled: bool,
    past: bool,
}

/// An event on its page.
#[derive(Serialize)]
pub(crate) struct Event<'a> {
    start_text: String,
    start_iso: String,
    end_text: Option<String>,
    end_iso: Option<String>,
    place: Option<&'a Text>,
    address: Option<&'a Text>,
    online: Option<&'a str>,
    cancelled: bool,
    past: bool,
    ics_url: String,
}

/// Where a list that takes several pages is.
#[derive(Serialize)]
pub(crate) struct Pager {
    number: usize,
    count: usize,
    previous_url: Option<String>,
    next_url: Option<String>,
    text: String,
}

/// A taxonomy on its page.
#[derive(Serialize)]
pub(crate) struct Taxonomy<'a> {
    label: &'a Text,
    url: &'a str,
    name: &'a str,
}

/// A term in the list of its taxonomy.
#[derive(Serialize)]
pub(crate) struct Term<'a> {
    title: &'a Text,
    url: &'a str,
    count: usize,
    count_text: String,
}

impl<'a> Viewer<'a> {
    pub(crate) fn card(&self, leaf: &'a LeafPage) -> Card<'a> {
        self.listed(Listed { page: &leaf.page, leaf: Some(leaf) })
    }

    pub(crate) fn listed(&self, Listed { page, leaf }: Listed<'a>) -> Card<'a> {
        Card {
            title: &page.title,
            url: &page.url,
            description: &page.description,
            date_text: page.date.map(|date| self.day_text(date)),
            date_iso: page.date.map(|date| self.day_iso(date)),
            kind: page.kind.word(),
            event: leaf.and_then(LeafPage::event).map(|event| self.event_card(event)),
        }
    }

    fn event_card(&self, event: &'a leaf::Event) -> EventCard<'a> {
        let start_text =
            if event.all_day { self.day_text(event.starts) } else { self.calendar().moment(event.starts) };
        EventCard {
            start_text,
            start_iso: self.point_iso(event, event.starts),
            place: event.place.as_ref(),
            cancelled: event.cancelled,
            past: self.is_past(event),
        }
    }

    pub(crate) fn is_past(&self, event: &leaf::Event) -> bool {
        event.over(&self.site.settings.zone) <= self.site.now
    }

    fn point_iso(&self, event: &leaf::Event, instant: Timestamp) -> String {
        if event.all_day { self.day_iso(instant) } else { self.calendar().iso(instant) }
    }

    pub(crate) fn event_page(&self, event: &'a leaf::Event, url: &str) -> Event<'a> {
        let calendar = self.calendar();
        let EventCard { start_text, start_iso, .. } = self.event_card(event);
        // Of one whole day, the start says all.
        let ends = event.ends.filter(|ends| *ends > event.starts);
        let end_text = |ends| match event.all_day {
            true => self.day_text(ends),
            false => calendar.end(event.starts, ends),
        };
        Event {
            start_text,
            start_iso,
            end_text: ends.map(end_text),
            end_iso: ends.map(|ends| self.point_iso(event, ends)),
            place: event.place.as_ref(),
            address: event.address.as_ref(),
            online: event.online.as_deref(),
            cancelled: event.cancelled,
            past: self.is_past(event),
            ics_url: format!("{url}evenement.ics"),
        }
    }

    /// The pager of the `number`th page, from 1, of a list at `url` that takes `count` pages.
    pub(crate) fn pager(&self, url: &str, number: usize, count: usize) -> Pager {
        let text = [("number", &*number.to_string()), ("count", &*count.to_string())];
        Pager {
            number,
            count,
            previous_url: (number > 1).then(|| page_url(url, number - 1)),
            next_url: (number < count).then(|| page_url(url, number + 1)),
            text: self.voice.words.say("pager.position", &text),
        }
    }

    pub(crate) fn taxonomy(&self, index: &'a TaxonomyIndex<'a>) -> Taxonomy<'a> {
        Taxonomy { label: &index.taxonomy.label, url: &index.url, name: &index.taxonomy.name }
    }

    pub(crate) fn taxonomy_terms(&self, index: &'a TaxonomyIndex<'a>) -> Vec<Term<'a>> {
        let term = |term: &'a crate::index::TermIndex<'a>| Term {
            title: term.title,
            url: &term.url,
            count: term.pages.len(),
            count_text: self.voice.quantity("term.pages", term.pages.len() as u64),
        };
        index.terms.values().map(term).collect()
    }

    /// The page before and after one in the order of its section.
    pub(crate) fn neighbour(&self, page: Option<&&'a LeafPage>) -> Option<Crumb<'a>> {
        page.map(|leaf| Crumb { title: leaf.page.title.as_str(), url: &leaf.page.url })
    }
}

/// The address of the `number`th page, from 1, of a list at `url`.
pub(crate) fn page_url(url: &str, number: usize) -> String {
    if number == 1 { url.to_owned() } else { format!("{url}page/{number}/") }
}
