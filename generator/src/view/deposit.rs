//! Deposits and their reports, as templates receive them.

use super::{Document, Viewer, process::Threshold};
use crate::{
    content::{
        deposit::{self, Decision, PledgeState, Standing},
        petition, process, report,
    },
    markdown::{Html, Text},
};
use domain::{
    counts::{DepositCounts, ThresholdState},
    rulebook::group_digits,
    window::{Phase, Window},
};
use serde::Serialize;

/// A deposit in a list.
#[derive(Serialize)]
pub(crate) struct DepositCard<'a> {
    id: &'a str,
    title: &'a Text,
    url: &'a str,
    description: &'a Text,
    author: &'a Text,
    theme: Option<&'a Text>,
    reference: Option<&'a Text>,
    date_text: String,
    date_iso: String,
    state: State,
    state_text: String,
    supports: u64,
    supports_text: String,
    /// Whether there is a threshold to reach, or there was.
    has_gauge: bool,
    next: Option<Next>,
    reached: Vec<Reached>,
    percent: u64,
    /// `answered` or `waiting`, where the authority answers.
    answer: Option<&'static str>,
    answer_text: &'a str,
}

/// Where a deposit stands for who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Review,
    Inadmissible,
    Published,
    Before,
    Open,
    Closed,
    Archived,
}

/// The threshold to come.
#[derive(Serialize)]
struct Next {
    required: u64,
    required_text: String,
    missing: u64,
    missing_text: String,
    percent: u64,
}

#[derive(Serialize)]
struct Reached {
    required: u64,
    required_text: String,
}

/// A deposit on its pages.
#[derive(Serialize)]
pub(crate) struct Deposit<'a> {
    #[serde(flatten)]
    card: DepositCard<'a>,
    decision: Option<DecisionView<'a>>,
    reply: Option<Reply<'a>>,
    thresholds: Vec<Milestone<'a>>,
    reports: Vec<ReportCard<'a>>,
    documents: Vec<Document<'a>>,
    pledges: Vec<Pledge<'a>>,
    history: Vec<Event<'a>>,
    report_url: String,
    support_url: Option<String>,
    withdraw_url: Option<String>,
    opens_text: Option<String>,
    closes_text: Option<String>,
    erased_text: Option<String>,
    as_of_text: Option<String>,
}

/// What the authority answers.
#[derive(Serialize)]
struct Reply<'a> {
    date_text: String,
    date_iso: String,
    by: &'a Text,
    html: &'a Html,
}

#[derive(Serialize)]
struct DecisionView<'a> {
    state: &'static str,
    date_text: String,
    by: &'a Text,
    reason_html: Option<&'a Html>,
}

/// A threshold on the page of a deposit.
#[derive(Serialize)]
struct Milestone<'a> {
    #[serde(flatten)]
    threshold: Threshold<'a>,
    crossed: bool,
    crossed_text: Option<String>,
    crossed_iso: Option<String>,
    due_text: Option<String>,
    due_iso: Option<String>,
    outcomes: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Outcome<'a> {
    title: &'a Text,
    date_text: String,
    html: &'a Html,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Pledge<'a> {
    title: &'a Text,
    owner: &'a Text,
    due_text: Option<String>,
    state: PledgeState,
    state_text: &'a str,
    updated_text: Option<String>,
    html: &'a Html,
}

#[derive(Serialize)]
struct Event<'a> {
    date_text: String,
    date_iso: String,
    html: &'a Html,
}

/// A report in a list.
#[derive(Serialize)]
pub(crate) struct ReportCard<'a> {
    title: &'a Text,
    url: &'a str,
    date_text: String,
    date_iso: String,
    place: Option<&'a Text>,
    description: &'a Text,
    documents: Vec<Document<'a>>,
}

/// A report on its page.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    title: &'a Text,
    date_text: String,
    date_iso: String,
    place: Option<&'a Text>,
    participants: &'a [Text],
    threshold: Option<Threshold<'a>>,
    documents: Vec<Document<'a>>,
}

impl<'a> Deposit<'a> {
    pub(crate) fn card(&self) -> &DepositCard<'a> {
        &self.card
    }

    pub(crate) fn supports(&self) -> u64 {
        self.card.supports
    }

    /// Whether it comes after the others in lists: nothing is to be done about it any more.
    pub(crate) fn is_apart(&self) -> bool {
        matches!(self.card.state, State::Inadmissible | State::Archived)
    }
}

impl<'a> Viewer<'a> {
    pub(crate) fn deposit(
        &self,
        process: &'a process::Process,
        deposit: &'a deposit::Deposit,
    ) -> Deposit<'a> {
        let counts = self.counts.of(self.site, process, deposit);
        let support = match &deposit.standing {
            Standing::Admissible { support, .. } => support.as_ref(),
            Standing::Review | Standing::Inadmissible { .. } => None,
        };
        // Forms are in the main language alone.
        let url =
            self.site.content().tree.get(&deposit.page.path).map_or(&deposit.page.url, |node| &node.url);
        let calendar = self.calendar();
        let thresholds = process.petition.iter().flat_map(|petition| &petition.thresholds);
        let milestones = thresholds.zip(&counts.thresholds);
        Deposit {
            card: self.deposit_card(process, deposit, &counts),
            decision: self.decision(&deposit.standing),
            reply: deposit.answer.as_ref().map(|answer| Reply {
                date_text: self.day_text(answer.date),
                date_iso: self.day_iso(answer.date),
                by: &answer.by,
                html: &answer.text,
            }),
            thresholds: milestones
                .map(|(threshold, state)| self.milestone(threshold, state, deposit))
                .collect(),
            reports: deposit.reports.iter().map(|report| self.report_card(report)).collect(),
            documents: self.documents(&deposit.documents),
            pledges: deposit.pledges.iter().map(|pledge| self.pledge(pledge)).collect(),
            history: deposit.history.iter().map(|event| self.event(event)).collect(),
            report_url: format!("{url}signaler/"),
            support_url: support.map(|_| format!("{url}soutenir/")),
            withdraw_url: support.map(|_| format!("{url}retirer/")),
            opens_text: support.map(|support| calendar.first(support.window.opens())),
            closes_text: support.map(|support| calendar.last(support.window.closes())),
            erased_text: support.map(|support| self.day_text(support.erased)),
            as_of_text: self.counts.as_of(process).map(|as_of| calendar.moment(as_of)),
        }
    }

    fn deposit_card(
        &self,
        process: &process::Process,
        deposit: &'a deposit::Deposit,
        counts: &DepositCounts,
    ) -> DepositCard<'a> {
        let words = &self.voice.words;
        let (state, state_text) = self.state(deposit);
        let is_refused = matches!(deposit.standing, Standing::Inadmissible { .. });
        let answer = match &deposit.answer {
            Some(_) => Some("answered"),
            None if process.preset == process::Preset::Questions && !is_refused => Some("waiting"),
            None => None,
        };
        let (reached, ahead): (Vec<_>, Vec<_>) =
            counts.thresholds.iter().partition(|state| state.crossed.is_some());
        let next = ahead.first().map(|state| self.next(state.supports, counts.supports));
        let reached = reached
            .iter()
            .map(|state| Reached { required: state.supports, required_text: group_digits(state.supports) });
        DepositCard {
            id: &deposit.id,
            title: &deposit.page.title,
            url: &deposit.page.url,
            description: &deposit.page.description,
            author: &deposit.author,
            theme: deposit.theme.as_ref(),
            reference: deposit.reference.as_ref(),
            date_text: self.day_text(deposit.date),
            date_iso: self.day_iso(deposit.date),
            state,
            state_text,
            supports: counts.supports,
            supports_text: words.supports(counts.supports),
            percent: next.as_ref().map_or(100, |next| next.percent),
            has_gauge: !counts.thresholds.is_empty(),
            next,
            reached: reached.collect(),
            answer,
            answer_text: match answer {
                Some("answered") => self.voice.word("state.answered"),
                Some(_) => self.voice.word("state.waiting"),
                None => "",
            },
        }
    }

    fn state(&self, deposit: &deposit::Deposit) -> (State, String) {
        let standing = &deposit.standing;
        if let (Some(archived), Standing::Admissible { .. }) = (deposit.archived, standing) {
            let date = self.day_text(archived);
            return (State::Archived, self.voice.words.say("state.archived", &[("date", &date)]));
        }
        let (state, key, window) = match standing {
            Standing::Review => (State::Review, "state.review", None),
            Standing::Inadmissible { .. } => (State::Inadmissible, "state.inadmissible", None),
            Standing::Admissible { support: None, .. } => (State::Published, "state.published", None),
            Standing::Admissible { support: Some(support), .. } => {
                match support.window.phase(self.site.now) {
                    Phase::Before => (State::Before, "state.before", Some(support.window)),
                    Phase::Open => (State::Open, "state.open", Some(support.window)),
                    Phase::After => (State::Closed, "state.closed", Some(support.window)),
                }
            }
        };
        let calendar = self.calendar();
        let said = |window: Window| (calendar.first(window.opens()), calendar.last(window.closes()));
        let (opens, closes) = window.map(said).unwrap_or_default();
        (state, self.voice.words.say(key, &[("opens", &opens), ("closes", &closes)]))
    }

    fn next(&self, required: u64, supports: u64) -> Next {
        let missing = required.saturating_sub(supports);
        Next {
            required,
            required_text: group_digits(required),
            missing,
            missing_text: self.voice.quantity("missing", missing),
            percent: supports.saturating_mul(100).checked_div(required).unwrap_or_default().min(100),
        }
    }

    fn decision(&self, standing: &'a Standing) -> Option<DecisionView<'a>> {
        let view = |state, decision: &'a Decision, reason_html| {
            Some(DecisionView {
                state,
                date_text: self.day_text(decision.date),
                by: &decision.by,
                reason_html,
            })
        };
        match standing {
            Standing::Review => None,
            Standing::Inadmissible { decision, reason } => view("inadmissible", decision, Some(reason)),
            Standing::Admissible { decision, reason, .. } => view("admissible", decision, reason.as_ref()),
        }
    }

    fn milestone(
        &self,
        threshold: &'a petition::Threshold,
        state: &ThresholdState,
        deposit: &'a deposit::Deposit,
    ) -> Milestone<'a> {
        let of_this = deposit.outcomes.iter().filter(|outcome| outcome.threshold == threshold.required());
        let outcomes = of_this.map(|outcome| Outcome {
            title: &outcome.title,
            date_text: self.day_text(outcome.date),
            html: &outcome.text,
            url: outcome.report.as_deref(),
        });
        Milestone {
            threshold: self.threshold(threshold),
            crossed: state.crossed.is_some(),
            crossed_text: state.crossed.map(|crossed| self.day_text(crossed)),
            crossed_iso: state.crossed.map(|crossed| self.calendar().iso(crossed)),
            due_text: state.due.map(|due| self.calendar().day(due)),
            due_iso: state.due.map(|due| due.to_string()),
            outcomes: outcomes.collect(),
        }
    }

    fn pledge(&self, pledge: &'a deposit::Pledge) -> Pledge<'a> {
        Pledge {
            title: &pledge.title,
            owner: &pledge.owner,
            due_text: pledge.due.map(|due| self.calendar().day(due)),
            state: pledge.state,
            state_text: self.pledge_text(pledge.state),
            updated_text: pledge.updated.map(|updated| self.day_text(updated)),
            html: &pledge.text,
        }
    }

    pub(super) fn pledge_text(&self, state: PledgeState) -> &'a str {
        self.voice.word(match state {
            PledgeState::Planned => "pledge.planned",
            PledgeState::Ongoing => "pledge.ongoing",
            PledgeState::Kept => "pledge.kept",
            PledgeState::Dropped => "pledge.dropped",
        })
    }

    fn event(&self, event: &'a deposit::Event) -> Event<'a> {
        Event { date_text: self.day_text(event.date), date_iso: self.day_iso(event.date), html: &event.text }
    }

    pub(super) fn report_card(&self, report: &'a report::Report) -> ReportCard<'a> {
        ReportCard {
            title: &report.page.title,
            url: &report.page.url,
            date_text: self.day_text(report.date),
            date_iso: self.day_iso(report.date),
            place: report.place.as_ref(),
            description: &report.page.description,
            documents: self.documents(&report.documents),
        }
    }

    pub(crate) fn report(
        &self,
        petition: Option<&'a petition::Petition>,
        report: &'a report::Report,
    ) -> Report<'a> {
        let mut thresholds = petition.into_iter().flat_map(|petition| &petition.thresholds);
        let threshold = thresholds.find(|threshold| Some(threshold.required()) == report.threshold);
        Report {
            title: &report.page.title,
            date_text: self.day_text(report.date),
            date_iso: self.day_iso(report.date),
            place: report.place.as_ref(),
            participants: &report.participants,
            threshold: threshold.map(|threshold| self.threshold(threshold)),
            documents: self.documents(&report.documents),
        }
    }
}
