//! Pages that nothing hangs from: plain pages, sections, events, translations. There may be many, so what was
//! read of one is remembered until its file changes.

use super::{document::Mention, head::Head, tree::Opened};
use crate::{
    front_matter::{Choice, Point, Table},
    markdown::{Markdown, Text},
    settings::page_length,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// What is read of a leaf before anything is known of other files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Leaf {
    pub(crate) head: Head,
    pub(crate) detail: Detail,
    pub(crate) documents: Vec<Mention>,
}

/// What depends on the kind of the leaf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Detail {
    Page,
    Section(Listing),
    Event(Event),
}

/// How a section lists the pages directly under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listing {
    pub(crate) sort: Sort,
    pub(crate) paginate: usize,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Sort {
    /// The latest first.
    Date,
    /// In increasing weight, then by title.
    Weight,
    Title,
}

impl Choice for Sort {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("date", Self::Date), ("weight", Self::Weight), ("title", Self::Title)];
}

/// A meeting, a workshop, an announcement, at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) starts: Timestamp,
    /// Of an event of whole days, the first instant of the last.
    pub(crate) ends: Option<Timestamp>,
    /// Whether only the days count.
    pub(crate) all_day: bool,
    /// « Salle des fêtes »
    pub(crate) place: Option<Text>,
    pub(crate) address: Option<Text>,
    /// Where to follow it online.
    pub(crate) online: Option<String>,
    pub(crate) cancelled: bool,
}

impl Event {
    /// From when on it is past.
    pub(crate) fn over(&self, zone: &TimeZone) -> Timestamp {
        let last = self.ends.unwrap_or(self.starts);
        let tomorrow = || last.to_zoned(zone.clone()).tomorrow()?.start_of_day();
        if self.all_day { tomorrow().map_or(last, |midnight| midnight.timestamp()) } else { last }
    }
}

impl Leaf {
    /// Reads an opened file to its end; `None` when something is wrong and reported.
    pub(crate) fn read(file: Opened<'_>, is_translation: bool) -> (Option<Self>, Markdown) {
        let Opened { head, mut table, body, .. } = file;
        let detail = match head.kind {
            super::Kind::Section => Some(Detail::Section(read_listing(&mut table))),
            super::Kind::Event => read_event(&mut table).map(Detail::Event),
            _ => Some(Detail::Page),
        };
        let documents = if is_translation { Vec::new() } else { Mention::read_all(&mut table) };
        table.finish();
        (detail.map(|detail| Self { head, detail, documents }), body)
    }
}

fn read_listing(table: &mut Table<'_>) -> Listing {
    let paginate = table.get("paginate");
    Listing { sort: table.get("sort").unwrap_or(Sort::Weight), paginate: page_length(paginate, table) }
}

fn read_event(table: &mut Table<'_>) -> Option<Event> {
    let starts: Option<Point> = table.require("starts");
    let ends: Option<Spanned<Point>> = table.get("ends");
    let place = table.get("place");
    let address = table.get("address");
    let online: Option<Spanned<String>> = table.get("online");
    let cancelled = table.get("cancelled").unwrap_or(false);
    if let (Some(starts), Some(ends)) = (starts, &ends) {
        check_end(starts, ends, table);
    }
    if let Some(online) = online.as_ref().filter(|online| !online.get_ref().starts_with("https://")) {
        let error = table.error(online.span(), "`online` est une adresse en https");
        table.report(error.help("écrivez par exemple `online = \"https://visio.exemple.fr/reunion\"`"));
    }
    let starts = starts?;
    Some(Event {
        starts: starts.at,
        ends: ends.map(|ends| ends.into_inner().at),
        all_day: starts.is_day,
        place,
        address,
        online: online.map(Spanned::into_inner),
        cancelled,
    })
}

/// Reports an end that is not after the start, or not as exact.
fn check_end(starts: Point, ends: &Spanned<Point>, table: &Table<'_>) {
    let (end, report) = (ends.get_ref(), |message: &str, help: &str| {
        table.report(table.error(ends.span(), message).help(help));
    });
    if starts.is_day != end.is_day {
        report(
            "`starts` et `ends` ne sont pas deux jours, ni deux moments",
            "donnez l’heure des deux, ou d’aucun : sans heure, l’événement dure des jours entiers",
        );
    } else if end.at < starts.at || (end.at == starts.at && !starts.is_day) {
        report("l’événement finit avant de commencer", "donnez à `ends` un moment plus tardif que `starts`");
    }
}
