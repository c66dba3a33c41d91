//! How deposits are supported, and the thresholds that oblige.

use super::{organisation::Organisation, process::Preset, reader::Reader};
use crate::{
    front_matter::{Choice, Share, Table},
    markdown::{Html, Markdown, Renderer, Text},
};
use domain::{
    delay::Delay,
    eligibility::{Eligibility, Link, Territory},
    threshold::{Quorum, Threshold as Rule},
    window::Window,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use toml::Spanned;

/// How long a deposit can be supported, unless the process says otherwise.
const YEAR: Delay = Delay { months: 12, days: 0 };

/// How long personal data is kept after the close, unless the process says otherwise.
pub(super) const HALF_A_YEAR: Delay = Delay { months: 6, days: 0 };

/// How the deposits of a process are supported.
pub(crate) struct Petition {
    /// How to support on paper.
    pub(crate) paper: Option<Html>,
    pub(crate) support: SupportRules,
    pub(crate) participants: Participants,
    /// In increasing order; at least one when it is a petition.
    pub(crate) thresholds: Vec<Threshold>,
}

/// What deposits are called in running text.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Labels {
    deposit: Text,
    deposits: Text,
    feminine: bool,
}

/// When deposits can be supported, and how long personal data is kept.
#[derive(Debug, Clone)]
pub(crate) struct SupportRules {
    /// No support outside, unless a deposit says otherwise.
    pub(crate) window: Window,
    /// How long a deposit can be supported.
    pub(crate) duration: Delay,
    /// How long after the close personal data is erased.
    pub(crate) retention: Delay,
}

impl SupportRules {
    /// Since when a deposit published at `published` can be supported.
    pub(crate) fn opening(&self, published: Timestamp) -> Timestamp {
        self.window.opens().max(published)
    }

    /// Until when a deposit that can be supported since `opening` can be.
    pub(crate) fn close(&self, opening: Timestamp, zone: &TimeZone) -> Timestamp {
        self.window.closes().min(self.duration.after(opening, zone))
    }
}

/// A number of supports and what the authority must then do.
pub(crate) struct Threshold {
    pub(crate) rule: Rule,
    pub(crate) title: Text,
    pub(crate) pledge: Html,
    pub(crate) owner: Text,
}

impl Threshold {
    /// The number of supports.
    pub(crate) fn required(&self) -> u64 {
        self.rule.quorum.required()
    }
}

impl Petition {
    /// Reads what `table` says of it. `organisation` is the one it belongs to, unless that could not be read.
    pub(super) fn read(
        table: &mut Table<'_>,
        preset: Preset,
        renderer: &Renderer<'_>,
        organisation: Option<&Organisation>,
        reader: &Reader<'_>,
    ) -> Option<Self> {
        let paper = table.get::<Markdown>("paper").map(|paper| renderer.block(&paper));
        let support = table.section("support", |table| read_support(table, reader));
        let thresholds = read_thresholds(table, preset, renderer);
        let participants = support.asked.among("support", organisation, table);
        Some(Self { paper, support: support.rules?, participants: participants?, thresholds: thresholds? })
    }

    /// A number that must be one of the thresholds', or a report in `table`.
    pub(crate) fn known_threshold(&self, required: &Spanned<u64>, table: &Table<'_>) -> Option<u64> {
        let known: Vec<u64> = self.thresholds.iter().map(Threshold::required).collect();
        if known.contains(required.get_ref()) {
            return Some(*required.get_ref());
        }
        let message = format!("aucun seuil n’est à {} soutiens", required.get_ref());
        let known: Vec<String> = known.iter().map(u64::to_string).collect();
        let help = format!("seuils de la démarche : {}", known.join(", "));
        table.report(table.error(required.span(), message).help(help));
        None
    }
}

impl Labels {
    /// The table `[labels]`, or what such a process usually calls them.
    pub(super) fn read(table: &mut Table<'_>, preset: Preset) -> Self {
        let (deposit, deposits, feminine) = match preset {
            Preset::Petition => ("pétition", "pétitions", true),
            Preset::Ideas => ("idée", "idées", true),
            Preset::Questions => ("question", "questions", true),
            Preset::Matching => ("candidature", "candidatures", true),
            Preset::Budget | Preset::Call => ("projet", "projets", false),
            _ => ("contribution", "contributions", true),
        };
        table.section("labels", |table| Self {
            deposit: table.get("deposit").unwrap_or_else(|| Text::new(deposit)),
            deposits: table.get("deposits").unwrap_or_else(|| Text::new(deposits)),
            feminine: table.get("feminine").unwrap_or(feminine),
        })
    }
}

/// The table `[support]`.
struct Support {
    /// `None` when its window is wrong.
    rules: Option<SupportRules>,
    asked: Asked,
}

/// Who may take part.
#[derive(Debug, Clone)]
pub(crate) struct Participants {
    pub(crate) eligibility: Eligibility,
    pub(crate) people_per_mailbox: u8,
}

/// What a table says of who may take part.
pub(super) struct Asked {
    minimum_age: u8,
    links: Vec<Link>,
    reach: Reach,
    people_per_mailbox: u8,
}

impl Asked {
    /// The keys of those who may take part.
    pub(super) const KEYS: [&str; 4] = ["minimum_age", "links", "communes", "people_per_mailbox"];

    pub(super) fn read(table: &mut Table<'_>) -> Self {
        Self {
            minimum_age: table.get_within("minimum_age", 0..=99).unwrap_or(18),
            links: read_links(table),
            reach: table.get("communes").unwrap_or(Reach::Territory),
            people_per_mailbox: table.get_within("people_per_mailbox", 1..=4).unwrap_or(2),
        }
    }

    /// Those of `organisation`, once it is known which communes are its own; what lacks is reported in `table`, and can be
    /// said in the table named `section`.
    pub(super) fn among(
        self,
        section: &str,
        organisation: Option<&Organisation>,
        table: &Table<'_>,
    ) -> Option<Participants> {
        let territory = territory(self.reach, organisation?, section, table)?;
        let eligibility = Eligibility { minimum_age: self.minimum_age, links: self.links, territory };
        Some(Participants { eligibility, people_per_mailbox: self.people_per_mailbox })
    }
}

/// Which communes count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Territory,
    Any,
}

impl Choice for Reach {
    const CHOICES: &'static [(&'static str, Self)] = &[("territory", Self::Territory), ("any", Self::Any)];
}

impl Choice for Link {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("resident", Self::Resident), ("worker", Self::Worker), ("student", Self::Student)];
}

fn read_support(table: &mut Table<'_>, reader: &Reader<'_>) -> Support {
    let opens: Option<Timestamp> = table.get("opens");
    let closes: Option<Spanned<Timestamp>> = table.get("closes");
    let opens = opens.unwrap_or(Timestamp::MIN);
    let window = match &closes {
        Some(closes) => reader.window(table, opens, closes),
        None => Window::new(opens, Timestamp::MAX).ok(),
    };
    let duration = table.get("duration").unwrap_or(YEAR);
    let retention = table.get("retention").unwrap_or(HALF_A_YEAR);
    Support {
        rules: window.map(|window| SupportRules { window, duration, retention }),
        asked: Asked::read(table),
    }
}

/// The links accepted, in the order in which forms show them.
fn read_links(table: &mut Table<'_>) -> Vec<Link> {
    let Some(written) = table.get::<Spanned<Vec<Link>>>("links") else { return vec![Link::Resident] };
    if written.get_ref().is_empty() {
        let help = "écrivez par exemple `links = [\"resident\"]`";
        table.report(
            table.error(written.span(), "`links` est vide : personne ne pourrait soutenir").help(help),
        );
    }
    Link::ALL.into_iter().filter(|link| written.get_ref().contains(link)).collect()
}

/// The communes that count, once it is known which are the organisation's.
fn territory(
    reach: Reach,
    organisation: &Organisation,
    section: &str,
    table: &Table<'_>,
) -> Option<Territory> {
    match reach {
        Reach::Any => Some(Territory::Any),
        Reach::Territory => {
            if organisation.communes.is_none() {
                let error = table.error(table.header(), "la collectivité n’a pas de liste de communes");
                let path = &organisation.page.path;
                let help = format!(
                    "ajoutez `communes = \"communes.csv\"` à content/{path}, ou `communes = \"any\"` dans `[{section}]` ici"
                );
                table.report(error.help(help));
            }
            organisation.communes.clone()
        }
    }
}

/// In increasing order; at least one when it is a petition.
fn read_thresholds(table: &mut Table<'_>, preset: Preset, renderer: &Renderer<'_>) -> Option<Vec<Threshold>> {
    let is_petition = preset == Preset::Petition;
    if is_petition && !table.has("thresholds") {
        let error = table.error(table.header(), "il manque au moins un seuil");
        let help = "ajoutez une table `[[thresholds]]` avec `supports`, `title`, `pledge`, `owner` et `due`";
        table.lacks("thresholds", error.help(help));
    }
    let mut highest = 0;
    let read = table.tables("thresholds", |table| {
        let quorum = read_quorum(table);
        let due = table.require("due");
        let title = table.require("title");
        let pledge = table.require::<Markdown>("pledge").map(|pledge| renderer.inline(&pledge));
        let owner = table.require("owner");
        let quorum = quorum?;
        let required = quorum.get_ref().required();
        if required == 0 {
            table.report(table.error(quorum.span(), "un seuil est d’au moins un soutien"));
        } else if required <= highest {
            let message = format!("les seuils doivent croître : {required} n’est pas au-dessus de {highest}");
            table.report(
                table.error(quorum.span(), message).help("rangez les seuils du plus petit au plus grand"),
            );
        }
        highest = highest.max(required);
        let rule = Rule { quorum: quorum.into_inner(), due: due? };
        Some(Threshold { rule, title: title?, pledge: pledge?, owner: owner? })
    });
    (!is_petition || !read.is_empty()).then_some(read)
}

/// `supports`, or `share` and `electors`; with the place of the first.
fn read_quorum(table: &mut Table<'_>) -> Option<Spanned<Quorum>> {
    let is_share = table.has("share");
    let share: Option<Spanned<Share>> = table.get("share");
    let electors: Option<u64> = if is_share { table.require("electors") } else { table.get("electors") };
    if !is_share {
        let supports: Spanned<u64> = table.require("supports")?;
        return Some(Spanned::new(supports.span(), Quorum::Supports(supports.into_inner())));
    }
    if let Some(supports) = table.get::<Spanned<u64>>("supports") {
        let error = table.error(
            supports.span(),
            "un seuil est un nombre (`supports`) ou une part (`share`), pas les deux",
        );
        table.report(error.help("gardez l’un des deux"));
        return None;
    }
    let (share, electors) = (share?, electors?);
    let Share { numerator, denominator } = *share.get_ref();
    Some(Spanned::new(share.span(), Quorum::Share { numerator, denominator, electors }))
}
