//! What a person or a group submits: an interpellation, a petition.

use super::{
    Page,
    document::{self, Attached},
    petition::Petition,
    reader::Reader,
    report::Report,
    tree::Opened,
    voting::{self, Voting},
};
use crate::{
    diagnostics::Diagnostic,
    front_matter::{Choice, Table},
    links,
    map::Coordinates,
    markdown::{Html, Markdown, Renderer, Text},
    picture::Picture,
};
use domain::{rulebook::Demonstration, window::Window};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use toml::Spanned;

/// A deposit of a process.
pub(crate) struct Deposit {
    pub(crate) page: Page,
    /// Unique in the process.
    pub(crate) id: String,
    /// Of publication.
    pub(crate) date: Timestamp,
    pub(crate) author: Text,
    pub(crate) theme: Option<Text>,
    pub(crate) reference: Option<Text>,
    /// Where it is.
    pub(crate) coordinates: Option<Coordinates>,
    pub(crate) standing: Standing,
    pub(crate) candidate: Candidate,
    /// A picture of it, and what it shows.
    pub(crate) picture: Option<(Picture, Text)>,
    /// Since when it is only kept to be read: it did not gather enough supports in time.
    pub(crate) archived: Option<Timestamp>,
    /// What the authority answers, once it has.
    pub(crate) answer: Option<Reply>,
    pub(crate) documents: Vec<Attached>,
    pub(crate) pledges: Vec<Pledge>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) history: Vec<Event>,
    /// The earliest first.
    pub(crate) reports: Vec<Report>,
}

/// What a vote needs to know of a deposit.
pub(crate) struct Candidate {
    /// In cents.
    pub(crate) cost: Option<u64>,
    pub(crate) zone: Option<Text>,
    pub(crate) labels: Vec<Text>,
    /// Who proposes it, as the rule that elects one project of each proposer tells them apart.
    pub(crate) proposer: Option<Text>,
    /// Whether it is put to the vote once it is admissible.
    ballot: bool,
    /// Voted on, then withdrawn: it is not counted.
    pub(crate) withdrawn: bool,
    /// What is kept of its text, to know whether it changes while people vote.
    pub(super) text: Option<String>,
}

/// Where the examination of a deposit stands.
pub(crate) enum Standing {
    /// Not decided yet.
    Review,
    /// It cannot be supported, and why.
    Inadmissible { decision: Decision, reason: Html },
    /// It is published, and where deposits are supported, can be within a window.
    Admissible { decision: Decision, reason: Option<Html>, support: Option<Support> },
}

/// Who decided, and when.
pub(crate) struct Decision {
    pub(crate) date: Timestamp,
    pub(crate) by: Text,
}

/// The supports of an admissible deposit.
pub(crate) struct Support {
    pub(crate) window: Window,
    /// When personal data is erased.
    pub(crate) erased: Timestamp,
    pub(crate) demonstration: Option<Demonstration>,
}

impl Support {
    /// What is archived is supported no more.
    fn end_by(&mut self, archived: Timestamp, petition: &Petition, zone: &TimeZone) {
        let closes = self.window.closes().min(archived);
        if let Ok(window) = Window::new(self.window.opens(), closes) {
            self.window = window;
            self.erased = petition.support.retention.after(closes, zone);
        }
    }
}

/// What the authority committed to, and what has come of it.
pub(crate) struct Pledge {
    pub(crate) title: Text,
    pub(crate) owner: Text,
    pub(crate) due: Option<Date>,
    pub(crate) state: PledgeState,
    pub(crate) updated: Option<Timestamp>,
    pub(crate) text: Html,
}

/// Where a pledge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PledgeState {
    Planned,
    Ongoing,
    Kept,
    Dropped,
}

impl Choice for PledgeState {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("planned", Self::Planned),
        ("ongoing", Self::Ongoing),
        ("kept", Self::Kept),
        ("dropped", Self::Dropped),
    ];
}

/// What has come of a threshold reached.
pub(crate) struct Outcome {
    /// Required number of the threshold.
    pub(crate) threshold: u64,
    pub(crate) date: Timestamp,
    pub(crate) title: Text,
    pub(crate) text: Html,
    /// Address of the report, if there is one and it is published.
    pub(crate) report: Option<String>,
}

/// What the authority answers to a deposit.
pub(crate) struct Reply {
    pub(crate) date: Timestamp,
    /// A role or a service: « Le service des eaux ».
    pub(crate) by: Text,
    pub(crate) text: Html,
}

/// A line of the history.
pub(crate) struct Event {
    pub(crate) date: Timestamp,
    pub(crate) text: Html,
}

impl Deposit {
    /// Whether something is to be done about it still, or was: it was not refused, nor archived.
    pub(crate) fn is_current(&self) -> bool {
        self.archived.is_none() && !matches!(self.standing, Standing::Inadmissible { .. })
    }

    /// Whether it is put to the vote, where there is one.
    pub(crate) fn is_voted_on(&self) -> bool {
        self.candidate.ballot && matches!(self.standing, Standing::Admissible { .. })
    }

    /// `petition` says how deposits are supported here, and `voting` how they are voted on, if they are, and that could be
    /// read.
    pub(crate) fn read(
        mut file: Opened<'_>,
        petition: Option<&Petition>,
        voting: Option<&Voting>,
        reader: &Reader<'_>,
    ) -> Option<Self> {
        let body = voting.map(|_| file.body.text().to_owned());
        let mut page = reader.page(&mut file);
        let text = page
            .as_ref()
            .zip(body)
            .map(|(page, body)| voting::frozen::digest(page.description.as_str(), &body));
        let renderer = reader.renderer(&file.path);
        let (path, table) = (&*file.path, &mut file.table);
        let author = table.require("author");
        let theme = table.get("theme");
        let reference = table.get("reference");
        let coordinates = read_coordinates(table, voting);
        let standing = read_standing(table, file.head.date, petition, &renderer, reader);
        let candidate = Candidate { text, ..read_candidate(table, standing.as_ref(), voting) };
        let picture = read_picture(path, table, reader);
        let archived = table.get("archived").filter(|archived| *archived <= reader.now);
        let answer = read_answer(table, &renderer, reader);
        let documents = document::read(path, table, reader);
        let pledges = read_pledges(table, &renderer, reader);
        let outcomes = read_outcomes(path, table, petition, &renderer, reader);
        let history = read_history(table, &renderer, reader);
        file.table.finish();
        if let (Some(page), Some(answer)) = (&mut page, &answer) {
            page.updated = page.updated.max(Some(answer.date));
        }
        let mut standing = standing?;
        if let (Some(petition), Some(archived), Standing::Admissible { support: Some(support), .. }) =
            (petition, archived, &mut standing)
        {
            support.end_by(archived, petition, reader.zone);
        }
        let page = page?;
        Some(Self {
            id: page.slug().to_owned(),
            page,
            date: file.head.date?,
            author: author?,
            theme,
            reference,
            coordinates,
            standing,
            candidate,
            picture,
            archived,
            answer,
            documents,
            pledges,
            outcomes,
            history,
            reports: Vec::new(),
        })
    }
}

/// Where it is; told when the map of the vote, if there is one, does not go that far.
fn read_coordinates(table: &mut Table<'_>, voting: Option<&Voting>) -> Option<Coordinates> {
    let coordinates: Spanned<Coordinates> = table.get("coordinates")?;
    let place = *coordinates.get_ref();
    if let Some(ground) = voting.and_then(|voting| voting.ground.as_ref())
        && !ground.shows(place)
    {
        let message = "ce lieu est hors de la carte du vote : il n’y sera pas montré";
        let warning = Diagnostic::warning(table.file().source, coordinates.span(), message);
        let help = if place.exchanged().is_ok_and(|place| ground.shows(place)) {
            "longitude et latitude sont probablement échangées : la longitude vient d’abord"
        } else {
            "corrigez-le, ou donnez à `map`, dans `[voting]` de la démarche, une carte qui va jusque-là"
        };
        table.report(warning.help(help));
    }
    Some(place)
}

/// What the vote needs: a cost, where it shares out money.
fn read_candidate(table: &mut Table<'_>, standing: Option<&Standing>, voting: Option<&Voting>) -> Candidate {
    let is_priced = table.has("cost");
    let cost = voting::read_euros(table, "cost").map(Spanned::into_inner);
    let ballot = table.get("ballot").unwrap_or(true);
    let is_admissible = matches!(standing, Some(Standing::Admissible { .. }));
    if is_admissible && ballot && !is_priced && voting.is_some_and(Voting::needs_costs) {
        let error = table.error(table.header(), "ce projet est soumis au vote, et n’a pas de coût");
        let help = "ajoutez `cost = 12500` (en euros), ou `ballot = false` s’il n’est pas soumis au vote";
        table.lacks("cost", error.help(help));
    }
    Candidate {
        cost,
        ballot,
        zone: table.get("zone"),
        labels: table.get("labels").unwrap_or_default(),
        proposer: table.get("proposer"),
        withdrawn: table.get("withdrawn").unwrap_or(false),
        text: None,
    }
}

/// A picture of the deposit: the file in its folder, and what it shows.
fn read_picture(path: &str, table: &mut Table<'_>, reader: &Reader<'_>) -> Option<(Picture, Text)> {
    table.table("picture", |table| {
        let src: Option<Spanned<String>> = table.require("src");
        let alt = table.require("alt");
        let src = src?;
        let picture = match reader.links.picture(path, src.get_ref()) {
            Ok(picture) => Some(picture),
            Err(broken) => {
                table.report(table.error(src.span(), broken.message).maybe_help(broken.help));
                None
            }
        };
        Some((picture?, alt?))
    })
}

/// Until its day, there is no answer.
fn read_answer(table: &mut Table<'_>, renderer: &Renderer<'_>, reader: &Reader<'_>) -> Option<Reply> {
    let answer = table.table("answer", |table| {
        let date = table.require("date");
        let by = table.require("by");
        let text = table.require::<Markdown>("text").map(|text| renderer.block(&text));
        Some(Reply { date: date?, by: by?, text: text? })
    });
    answer.filter(|answer| answer.date <= reader.now)
}

/// What `[decision]` says.
struct Ruling {
    verdict: Verdict,
    decision: Decision,
    reason: Option<Html>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Admissible,
    Inadmissible,
}

impl Choice for Verdict {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("admissible", Self::Admissible), ("inadmissible", Self::Inadmissible)];
}

/// Reads the decision and the window. Until the day of the decision, the deposit is under review.
fn read_standing(
    table: &mut Table<'_>,
    published: Option<Timestamp>,
    petition: Option<&Petition>,
    renderer: &Renderer<'_>,
    reader: &Reader<'_>,
) -> Option<Standing> {
    let is_decided = table.has("decision");
    let ruling = table.table("decision", |table| read_ruling(table, renderer));
    let is_admissible = ruling.as_ref().is_some_and(|ruling| ruling.verdict == Verdict::Admissible);
    let window = read_window(table, published, petition.filter(|_| is_admissible), reader);
    let demonstration =
        table.has("demonstration").then(|| read_demonstration(table, is_admissible, window.as_ref(), reader));
    if !is_decided {
        return Some(Standing::Review);
    }
    let Ruling { verdict, decision, reason } = ruling?;
    if decision.date > reader.now {
        return Some(Standing::Review);
    }
    match verdict {
        Verdict::Inadmissible => Some(Standing::Inadmissible { decision, reason: reason? }),
        Verdict::Admissible => {
            let support = match petition {
                None => None,
                Some(petition) => {
                    let window = window?;
                    let erased = petition.support.retention.after(window.closes(), reader.zone);
                    Some(Support { window, erased, demonstration: demonstration.flatten() })
                }
            };
            Some(Standing::Admissible { decision, reason, support })
        }
    }
}

fn read_ruling(table: &mut Table<'_>, renderer: &Renderer<'_>) -> Option<Ruling> {
    let verdict = table.require("state");
    let date = table.require("date");
    let by = table.require("by");
    let is_written = table.has("reason");
    let reason = table.get::<Markdown>("reason").map(|reason| renderer.inline(&reason));
    if verdict == Some(Verdict::Inadmissible) && !is_written {
        let error = table.error(table.header(), "une décision de non-recevabilité doit dire pourquoi");
        table.lacks("reason", error.help("ajoutez `reason = \"…\"` : la raison, et vers qui se tourner"));
    }
    Some(Ruling { verdict: verdict?, decision: Decision { date: date?, by: by? }, reason })
}

/// When the deposit can be supported: as it says itself, or else by the rules of its process. `None` when there
/// is no window, or something is wrong and reported.
fn read_window(
    table: &mut Table<'_>,
    published: Option<Timestamp>,
    petition: Option<&Petition>,
    reader: &Reader<'_>,
) -> Option<Window> {
    let opens: Option<Spanned<Timestamp>> = table.get("opens");
    let closes: Option<Spanned<Timestamp>> = table.get("closes");
    if let (Some(opens), Some(closes)) = (&opens, &closes) {
        return reader.window(table, *opens.get_ref(), closes);
    }
    let rules = &petition?.support;
    let place = opens.as_ref().map_or_else(|| table.header(), Spanned::span);
    let opening = match opens {
        Some(opens) => opens.into_inner(),
        None => rules.opening(published?),
    };
    match closes {
        Some(closes) => reader.window(table, opening, &closes),
        None => {
            let window = Window::new(opening, rules.close(opening, reader.zone)).ok();
            if window.is_none() {
                let error = table.error(place, "les soutiens prennent fin avant de commencer");
                table.report(
                    error.help("voyez `closes` dans `[support]` de la démarche, ou donnez `closes` ici"),
                );
            }
            window
        }
    }
}

/// Fictitious supports, only where everyone is fictitious and while supports were possible.
fn read_demonstration(
    table: &mut Table<'_>,
    is_admissible: bool,
    window: Option<&Window>,
    reader: &Reader<'_>,
) -> Option<Demonstration> {
    table.table("demonstration", |table| {
        let supports = table.require("supports");
        let from: Option<Spanned<Timestamp>> = table.require("from");
        let to: Option<Spanned<Timestamp>> = table.require("to");
        let refuse = |span, message: &str, help: &str| table.report(table.error(span, message).help(help));
        if !reader.fictitious {
            let help = "retirez `[demonstration]`, ou écrivez `fictitious = true` dans site.toml";
            refuse(table.header(), "des soutiens fictifs sur un site qui ne l’est pas", help);
        }
        if !is_admissible {
            let help = "retirez `[demonstration]`, ou ajoutez `[decision]` avec `state = \"admissible\"`";
            refuse(table.header(), "des soutiens sur un dépôt qui ne peut pas en recevoir", help);
        }
        for at in [&from, &to].into_iter().flatten() {
            if window.is_some_and(|window| !window.is_open(*at.get_ref())) {
                let help = "restez entre l’ouverture et la clôture des soutiens";
                refuse(at.span(), "à ce moment, les soutiens ne sont pas ouverts", help);
            }
        }
        let (supports, from, to) = (supports?, from?, to?);
        if to.get_ref() < from.get_ref() {
            refuse(to.span(), "`to` vient avant `from`", "échangez les deux dates");
        }
        Some(Demonstration { supports, from: from.into_inner(), to: to.into_inner() })
    })
}

fn read_pledges(table: &mut Table<'_>, renderer: &Renderer<'_>, reader: &Reader<'_>) -> Vec<Pledge> {
    let pledges = table.tables("pledges", |table| {
        let title = table.require("title");
        let owner = table.require("owner");
        let due = table.get("due");
        let state = table.require("state");
        let updated = table.get("updated");
        let is_written = table.has("text");
        let text = table.get::<Markdown>("text").map(|text| renderer.inline(&text)).unwrap_or_default();
        if state == Some(PledgeState::Dropped) && !is_written {
            let error = table.error(table.header(), "un engagement abandonné doit dire pourquoi");
            table.lacks("text", error.help("ajoutez `text = \"…\"`"));
        }
        Some(Pledge { title: title?, owner: owner?, due, state: state?, updated, text })
    });
    pledges.into_iter().filter(|pledge| pledge.updated.is_none_or(|updated| updated <= reader.now)).collect()
}

fn read_outcomes(
    path: &str,
    table: &mut Table<'_>,
    petition: Option<&Petition>,
    renderer: &Renderer<'_>,
    reader: &Reader<'_>,
) -> Vec<Outcome> {
    let outcomes = table.tables("outcomes", |table| {
        let threshold: Option<Spanned<u64>> = table.require("threshold");
        let date = table.require("date");
        let title = table.require("title");
        let text = table.get::<Markdown>("text").map(|text| renderer.inline(&text)).unwrap_or_default();
        let report =
            table.get::<Spanned<String>>("report").map(|report| report_url(path, &report, table, reader));
        let threshold = petition?.known_threshold(&threshold?, table);
        Some(Outcome { threshold: threshold?, date: date?, title: title?, text, report: report.flatten() })
    });
    let mut outcomes: Vec<Outcome> =
        outcomes.into_iter().filter(|outcome| outcome.date <= reader.now).collect();
    outcomes.sort_by_key(|outcome| outcome.date);
    outcomes
}

/// The address of a report beside the deposit, if it is published.
fn report_url(
    path: &str,
    report: &Spanned<String>,
    table: &Table<'_>,
    reader: &Reader<'_>,
) -> Option<String> {
    let beside = links::in_folder_of(path, report.get_ref());
    let Some(node) = reader.tree.get(&beside) else {
        let error = table.error(report.span(), format!("compte rendu introuvable : content/{beside}"));
        table.report(error.help("donnez le nom d’un fichier de ce dossier, par exemple `mediation.md`"));
        return None;
    };
    node.published.then(|| node.url.clone())
}

fn read_history(table: &mut Table<'_>, renderer: &Renderer<'_>, reader: &Reader<'_>) -> Vec<Event> {
    let events = table.tables("history", |table| {
        let date = table.require("date");
        let text = table.require::<Markdown>("text").map(|text| renderer.inline(&text));
        Some(Event { date: date?, text: text? })
    });
    let mut events: Vec<Event> = events.into_iter().filter(|event| event.date <= reader.now).collect();
    events.sort_by_key(|event| event.date);
    events
}
