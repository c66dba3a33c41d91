//! Processes and their steps, as templates receive them.

use super::{
    Card, Deposit, DepositCard, Document, Organisation, TermLink, Viewer, deposit::ReportCard,
    minutes::MinutesView, results::Results, voting::VotingCall, writing::Call,
};
use crate::{
    content::{
        deposit::PledgeState,
        organisation,
        petition::{self, Labels, Petition},
        process,
        step::{self, Period, Shows},
    },
    markdown::{Html, Text},
};
use domain::{deposit::HideReason, eligibility::Territory, rulebook::group_digits, window::Phase};
use serde::Serialize;

/// A process in a list.
#[derive(Serialize)]
pub(crate) struct ProcessCard<'a> {
    id: &'a str,
    title: &'a Text,
    url: &'a str,
    description: &'a Text,
    organisation: Organisation<'a>,
    preset: &'a str,
    preset_text: &'a str,
    /// Whether it is under way.
    open: bool,
    phase: &'static str,
    phase_text: &'a str,
    window_text: Option<String>,
    /// Whether its deposits are supported.
    petition: bool,
    deposit_count: usize,
    supports_text: String,
    labels: &'a Labels,
    terms: Vec<TermLink<'a>>,
}

/// A process on its pages.
#[derive(Serialize)]
pub(crate) struct Process<'a> {
    #[serde(flatten)]
    card: ProcessCard<'a>,
    tabs: Vec<Tab<'a>>,
    steps: Vec<StepCard<'a>>,
    milestones: Vec<Milestone<'a>>,
    documents: Vec<Document<'a>>,
    reports: Vec<ReportCard<'a>>,
    events: Vec<Card<'a>>,
    contact: &'a str,
    feed_url: String,
    calendar_url: Option<String>,
    /// What leads to the form, where citizens can write.
    writing: Option<Call<'a>>,
    /// Where all deposits are listed, if a step does.
    deposits_url: Option<&'a str>,
    /// All deposits, when no step lists them: then the page of the process does.
    unlisted: Vec<&'a DepositCard<'a>>,
    /// How many deposits were taken off the site for each reason.
    hidden: Vec<HiddenCount>,
    hidden_count: usize,
    /// What was answered to its questionnaire, once that is published.
    results: Option<Results>,
    /// What leads to its vote, where citizens can vote.
    voting: Option<VotingCall<'a>>,
    /// What came out of its vote, once that is published.
    minutes: Option<MinutesView<'a>>,
    #[serde(flatten)]
    rules: Option<Rules<'a>>,
}

#[derive(Serialize)]
struct HiddenCount {
    reason: &'static str,
    count: usize,
}

/// What deposits of a petition can do.
#[derive(Serialize)]
struct Rules<'a> {
    thresholds: Vec<Threshold<'a>>,
    paper_html: Option<&'a Html>,
    minimum_age: u8,
    links: Vec<Link<'a>>,
    asks_commune: bool,
    people_per_mailbox: u8,
    duration_text: String,
    retention_text: String,
    deposits: Vec<&'a DepositCard<'a>>,
    counts_url: String,
}

/// A step in the line of steps.
#[derive(Serialize)]
struct StepCard<'a> {
    title: &'a Text,
    url: &'a str,
    description: &'a Text,
    window_text: Option<String>,
    /// Empty when no date is said.
    phase: &'static str,
}

/// A line of the follow-up.
#[derive(Serialize)]
struct Milestone<'a> {
    title: &'a Text,
    state: PledgeState,
    state_text: &'a str,
    date_text: Option<String>,
    html: &'a Html,
}

#[derive(Serialize)]
struct Tab<'a> {
    title: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Threshold<'a> {
    required: u64,
    required_text: String,
    title: &'a Text,
    pledge_html: &'a Html,
    owner: &'a Text,
    delay_text: String,
}

#[derive(Serialize)]
struct Link<'a> {
    value: &'static str,
    label: &'a str,
}

/// A step on its page.
#[derive(Serialize)]
pub(crate) struct Step<'a> {
    url: &'a str,
    shows: Option<Shows>,
    window_text: Option<String>,
    documents: Vec<Document<'a>>,
}

impl<'a> Viewer<'a> {
    pub(crate) fn process_card(
        &self,
        organisation: &'a organisation::Organisation,
        process: &'a process::Process,
        deposits: &[Deposit<'a>],
    ) -> ProcessCard<'a> {
        let supports = deposits.iter().map(Deposit::supports).sum();
        let phase = process.period.phase(self.site.now);
        let (phase, phase_key) = match phase {
            Some(Phase::Before) => ("before", "phase.before"),
            Some(Phase::After) => ("after", "phase.after"),
            Some(Phase::Open) | None => ("open", "phase.open"),
        };
        ProcessCard {
            id: &process.id,
            title: &process.page.title,
            url: &process.page.url,
            description: &process.page.description,
            organisation: self.organisation(organisation),
            preset: process.preset.as_str(),
            preset_text: self.preset_text(process),
            open: phase == "open",
            phase,
            phase_text: self.voice.word(phase_key),
            window_text: self.period_text(process.period),
            petition: process.petition.is_some(),
            deposit_count: deposits.len(),
            supports_text: self.voice.words.supports(supports),
            labels: &process.labels,
            terms: self.terms(&process.page.terms),
        }
    }

    /// « Budget participatif »
    pub(super) fn preset_text(&self, process: &process::Process) -> &'a str {
        self.voice.word(PRESET_KEYS[process.preset as usize])
    }

    /// A process as all its pages show it.
    pub(crate) fn process(
        &self,
        organisation: &'a organisation::Organisation,
        process: &'a process::Process,
        deposits: &'a [Deposit<'a>],
    ) -> Process<'a> {
        let events = self.index.events_of(&process.page.path);
        let milestones = process.milestones.iter();
        let list = process.steps.iter().find(|step| step.shows == Some(Shows::Deposits));
        let unlisted = if list.is_none() { deposits } else { &[] };
        Process {
            card: self.process_card(organisation, process, deposits),
            tabs: self.tabs(process),
            steps: process.steps.iter().map(|step| self.step_card(step)).collect(),
            milestones: milestones.map(|milestone| self.line(milestone)).collect(),
            documents: self.documents(&process.documents),
            reports: process.reports.iter().map(|report| self.report_card(report)).collect(),
            calendar_url: (!events.is_empty()).then(|| format!("{}agenda.ics", process.page.url)),
            events: events.into_iter().map(|event| self.card(event)).collect(),
            contact: &process.contact,
            feed_url: format!("{}feed.xml", process.page.url),
            writing: self.call(process),
            deposits_url: list.map(|step| &*step.page.url),
            unlisted: unlisted.iter().map(Deposit::card).collect(),
            hidden: hidden_counts(process),
            hidden_count: process.hidden.len(),
            results: self.results(process),
            voting: self.voting_call(process),
            minutes: self.minutes(process),
            rules: process.petition.as_ref().map(|petition| self.rules(process, petition, deposits)),
        }
    }

    fn rules(
        &self,
        process: &process::Process,
        petition: &'a Petition,
        deposits: &'a [Deposit<'a>],
    ) -> Rules<'a> {
        let calendar = self.calendar();
        let links = petition.participants.eligibility.links.iter();
        Rules {
            thresholds: petition.thresholds.iter().map(|threshold| self.threshold(threshold)).collect(),
            paper_html: petition.paper.as_ref(),
            minimum_age: petition.participants.eligibility.minimum_age,
            links: links.map(|link| Link { value: link.as_str(), label: self.link_label(*link) }).collect(),
            asks_commune: petition.participants.eligibility.territory != Territory::Any,
            people_per_mailbox: petition.participants.people_per_mailbox,
            duration_text: calendar.delay(petition.support.duration),
            retention_text: calendar.delay(petition.support.retention),
            deposits: deposits.iter().map(Deposit::card).collect(),
            counts_url: format!("/data/{}.json", process.id),
        }
    }

    fn tabs(&self, process: &'a process::Process) -> Vec<Tab<'a>> {
        let presentation = (self.voice.word("tab.presentation"), &*process.page.url);
        let steps = process.steps.iter().map(|step| (step.page.title.as_str(), &*step.page.url));
        let tabs = std::iter::once(presentation).chain(steps);
        tabs.map(|(title, url)| Tab { title, url }).collect()
    }

    fn step_card(&self, step: &'a step::Step) -> StepCard<'a> {
        StepCard {
            title: &step.page.title,
            url: &step.page.url,
            description: &step.page.description,
            window_text: self.period_text(step.period),
            phase: match step.period.phase(self.site.now) {
                None => "",
                Some(Phase::Before) => "before",
                Some(Phase::Open) => "open",
                Some(Phase::After) => "after",
            },
        }
    }

    fn line(&self, milestone: &'a process::Milestone) -> Milestone<'a> {
        Milestone {
            title: &milestone.title,
            state: milestone.state,
            state_text: self.pledge_text(milestone.state),
            date_text: milestone.date.map(|date| self.day_text(date)),
            html: &milestone.text,
        }
    }

    pub(crate) fn threshold(&self, threshold: &'a petition::Threshold) -> Threshold<'a> {
        let required = threshold.required();
        Threshold {
            required,
            required_text: group_digits(required),
            title: &threshold.title,
            pledge_html: &threshold.pledge,
            owner: &threshold.owner,
            delay_text: self.calendar().delay(threshold.rule.due),
        }
    }

    pub(super) fn link_label(&self, link: domain::eligibility::Link) -> &'a str {
        self.voice.word(match link {
            domain::eligibility::Link::Resident => "link.resident",
            domain::eligibility::Link::Worker => "link.worker",
            domain::eligibility::Link::Student => "link.student",
        })
    }

    pub(crate) fn step(&self, step: &'a step::Step) -> Step<'a> {
        let window_text = self.period_text(step.period);
        Step {
            url: &step.page.url,
            shows: step.shows,
            window_text,
            documents: self.documents(&step.documents),
        }
    }

    fn period_text(&self, period: Period) -> Option<String> {
        let words = &self.voice.words;
        let calendar = self.calendar();
        match period {
            Period::Unsaid => None,
            Period::From(opens) => Some(words.say("step.opens", &[("opens", &calendar.first(opens))])),
            Period::Until(closes) => Some(words.say("step.closes", &[("closes", &calendar.last(closes))])),
            Period::Between(window) => {
                let (opens, closes) = (calendar.first(window.opens()), calendar.last(window.closes()));
                Some(words.say("step.window", &[("opens", &opens), ("closes", &closes)]))
            }
        }
    }
}

fn hidden_counts(process: &process::Process) -> Vec<HiddenCount> {
    let count = |reason| process.hidden.values().filter(|hidden| **hidden == reason).count();
    let counts =
        HideReason::ALL.into_iter().map(|(name, reason)| HiddenCount { reason: name, count: count(reason) });
    counts.filter(|hidden| hidden.count > 0).collect()
}

/// In the order of [`process::Preset`].
const PRESET_KEYS: [&str; 11] = [
    "preset.petition",
    "preset.budget",
    "preset.call",
    "preset.ideas",
    "preset.questions",
    "preset.questionnaire",
    "preset.debate",
    "preset.votation",
    "preset.matching",
    "preset.map",
    "preset.consultation",
];
