//! A tab of a process.

use super::{
    Page,
    document::{self, Attached},
    process::Process,
    reader::Reader,
    tree::Opened,
};
use crate::front_matter::{Choice, Table};
use domain::window::{Phase, Window};
use jiff::Timestamp;
use toml::Spanned;

/// A tab of a process. It informs; it does not gate what citizens do.
pub(crate) struct Step {
    pub(crate) page: Page,
    pub(crate) period: Period,
    pub(crate) shows: Option<Shows>,
    /// In which order deposits are listed, unless another is asked for.
    pub(crate) order: Order,
    pub(crate) documents: Vec<Attached>,
}

/// When what a step tells of takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Unsaid,
    From(Timestamp),
    Until(Timestamp),
    Between(Window),
}

/// What a step lists after its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shows {
    Deposits,
    Events,
    Reports,
    /// What leads to the form of the process.
    Writing,
    /// What leads to its vote.
    Voting,
    /// What was answered to its questionnaire, or came out of its vote.
    Results,
}

impl Choice for Shows {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("deposits", Self::Deposits),
        ("events", Self::Events),
        ("reports", Self::Reports),
        ("writing", Self::Writing),
        ("voting", Self::Voting),
        ("results", Self::Results),
    ];
}

/// An order of deposits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// The latest first.
    Recent,
    /// The most supported first.
    Supports,
    /// By chance, which is the same for everybody until the day is over.
    Random,
}

impl Choice for Order {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("recent", Self::Recent), ("supports", Self::Supports), ("random", Self::Random)];
}

impl Step {
    /// `process` is the one it belongs to, unless that could not be read.
    pub(crate) fn read(mut file: Opened<'_>, process: Option<&Process>, reader: &Reader<'_>) -> Option<Self> {
        let page = reader.page(&mut file);
        let table = &mut file.table;
        let shows: Option<Spanned<Shows>> = table.get("shows");
        let writes = process.is_none_or(|process| process.writing.is_some());
        if let Some(shows) = shows.as_ref().filter(|shows| *shows.get_ref() == Shows::Writing && !writes) {
            let error = table.error(shows.span(), "la démarche n’a pas de formulaire");
            table.report(error.help("ajoutez-lui une table `[writing]`, ou retirez cette clé"));
        }
        let votes = process.is_none_or(|process| process.voting.is_some());
        if let Some(shows) = shows.as_ref().filter(|shows| *shows.get_ref() == Shows::Voting && !votes) {
            let error = table.error(shows.span(), "la démarche n’a pas de vote");
            table.report(error.help("ajoutez-lui une table `[voting]`, ou retirez cette clé"));
        }
        let shows = shows.map(Spanned::into_inner);
        let order = read_order(table, shows, process);
        let documents = document::read(&file.path, table, reader);
        let period = Period::read(table, reader);
        file.table.finish();
        Some(Self { page: page?, period: period?, shows, order, documents })
    }
}

fn read_order(table: &mut Table<'_>, shows: Option<Shows>, process: Option<&Process>) -> Order {
    let order: Option<Spanned<Order>> = table.get("sort");
    let Some(order) = order else { return Order::Recent };
    let is_supported = process.is_none_or(|process| process.petition.is_some());
    let wrong = match order.get_ref() {
        _ if shows != Some(Shows::Deposits) => Some((
            "cette étape ne montre pas de dépôts",
            "ajoutez `shows = \"deposits\"`, ou retirez cette clé",
        )),
        Order::Supports if !is_supported => Some((
            "les dépôts de cette démarche ne se soutiennent pas",
            "écrivez `sort = \"recent\"` ou `sort = \"random\"`, ou donnez une table `[support]` à la démarche",
        )),
        _ => None,
    };
    if let Some((message, help)) = wrong {
        table.report(table.error(order.span(), message).help(help));
    }
    order.into_inner()
}

impl Period {
    /// `opens` and `closes`, both optional; `None` when something is wrong and reported.
    pub(super) fn read(table: &mut Table<'_>, reader: &Reader<'_>) -> Option<Self> {
        let opens: Option<Timestamp> = table.get("opens");
        let closes: Option<Spanned<Timestamp>> = table.get("closes");
        match (opens, closes) {
            (None, None) => Some(Self::Unsaid),
            (Some(opens), None) => Some(Self::From(opens)),
            (None, Some(closes)) => Some(Self::Until(*closes.get_ref())),
            (Some(opens), Some(closes)) => reader.window(table, opens, &closes).map(Self::Between),
        }
    }

    /// `opens` and `closes` of an activity of the process of this period, whose bounds hold where they are not said.
    pub(super) fn within(self, table: &mut Table<'_>, reader: &Reader<'_>) -> Option<Window> {
        let (process_opens, process_closes) = self.bounds();
        let mut read = |key: &'static str, usual: Option<Timestamp>| match usual {
            Some(usual) if !table.has(key) => {
                let _: Option<Timestamp> = table.get(key);
                Some(Spanned::new(table.header(), usual))
            }
            _ => table.require(key),
        };
        let (opens, closes) = (read("opens", process_opens), read("closes", process_closes));
        reader.window(table, opens?.into_inner(), &closes?)
    }

    /// A window of which an end may be out of sight.
    pub(super) fn of_window(window: Window) -> Self {
        match (window.opens() > Timestamp::MIN, window.closes() < Timestamp::MAX) {
            (true, true) => Self::Between(window),
            (true, false) => Self::From(window.opens()),
            (false, true) => Self::Until(window.closes()),
            (false, false) => Self::Unsaid,
        }
    }

    /// When it begins and when it ends, where that is said.
    pub(super) fn bounds(self) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Self::Unsaid => (None, None),
            Self::From(opens) => (Some(opens), None),
            Self::Until(closes) => (None, Some(closes)),
            Self::Between(window) => (Some(window.opens()), Some(window.closes())),
        }
    }

    /// Where `now` is; nothing when no date is said.
    pub(crate) fn phase(self, now: Timestamp) -> Option<Phase> {
        let window = match self {
            Self::Unsaid => return None,
            Self::From(opens) => Window::new(opens, Timestamp::MAX),
            Self::Until(closes) => Window::new(Timestamp::MIN, closes),
            Self::Between(window) => Ok(window),
        };
        window.ok().map(|window| window.phase(now))
    }
}
