//! Processes and their steps, as templates receive them.

use super::{Deposit, DepositCard, Organisation, Viewer};
use crate::{
    content::{
        organisation, petition,
        petition::Labels,
        step::{self, Period, Shows},
    },
    markdown::{Html, Text},
};
use domain::{eligibility::Territory, rulebook::group_digits};
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
    open: bool,
    deposit_count: usize,
    supports_text: String,
    labels: &'a Labels,
}

/// A process on its pages.
#[derive(Serialize)]
pub(crate) struct Process<'a> {
    #[serde(flatten)]
    card: ProcessCard<'a>,
    tabs: Vec<Tab<'a>>,
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
    contact: &'a str,
}

#[derive(Serialize)]
struct Tab<'a> {
    title: &'a str,
    url: &'a str,
    current: bool,
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
pub(crate) struct Step {
    shows: Option<Shows>,
    window_text: Option<String>,
}

impl<'a> Viewer<'a> {
    pub(crate) fn process_card(
        &self,
        organisation: &'a organisation::Organisation,
        process: &'a petition::Process,
        deposits: &[Deposit<'a>],
    ) -> ProcessCard<'a> {
        let supports = deposits.iter().map(Deposit::supports).sum();
        ProcessCard {
            id: &process.id,
            title: &process.page.title,
            url: &process.page.url,
            description: &process.page.description,
            organisation: self.organisation(organisation),
            preset: "petition",
            preset_text: self.word("preset.petition"),
            open: process.support.window.is_open(self.site.now),
            deposit_count: deposits.len(),
            supports_text: self.site.theme.words.supports(supports),
            labels: &process.labels,
        }
    }

    /// The process as the page at `url` shows it.
    pub(crate) fn process(
        &self,
        organisation: &'a organisation::Organisation,
        process: &'a petition::Process,
        deposits: &'a [Deposit<'a>],
        url: &str,
    ) -> Process<'a> {
        let calendar = self.site.calendar();
        let links = process.eligibility.links.iter();
        Process {
            card: self.process_card(organisation, process, deposits),
            tabs: self.tabs(process, url),
            thresholds: process.thresholds.iter().map(|threshold| self.threshold(threshold)).collect(),
            paper_html: process.paper.as_ref(),
            minimum_age: process.eligibility.minimum_age,
            links: links.map(|link| Link { value: link.as_str(), label: self.link_label(*link) }).collect(),
            asks_commune: process.eligibility.territory != Territory::Any,
            people_per_mailbox: process.people_per_mailbox,
            duration_text: calendar.delay(process.support.duration),
            retention_text: calendar.delay(process.support.retention),
            deposits: deposits.iter().map(Deposit::card).collect(),
            counts_url: format!("/data/{}.json", process.id),
            contact: &process.contact,
        }
    }

    fn tabs(&self, process: &'a petition::Process, url: &str) -> Vec<Tab<'a>> {
        let presentation = (self.word("tab.presentation"), &*process.page.url);
        let steps = process.steps.iter().map(|step| (step.page.title.as_str(), &*step.page.url));
        let tabs = std::iter::once(presentation).chain(steps);
        tabs.map(|(title, tab)| Tab { title, url: tab, current: tab == url }).collect()
    }

    pub(crate) fn threshold(&self, threshold: &'a petition::Threshold) -> Threshold<'a> {
        let required = threshold.required();
        Threshold {
            required,
            required_text: group_digits(required),
            title: &threshold.title,
            pledge_html: &threshold.pledge,
            owner: &threshold.owner,
            delay_text: self.site.calendar().delay(threshold.rule.due),
        }
    }

    fn link_label(&self, link: domain::eligibility::Link) -> &'a str {
        self.word(match link {
            domain::eligibility::Link::Resident => "link.resident",
            domain::eligibility::Link::Worker => "link.worker",
            domain::eligibility::Link::Student => "link.student",
        })
    }

    pub(crate) fn step(&self, step: &step::Step) -> Step {
        let words = &self.site.theme.words;
        let text = |instant| self.site.calendar().moment(instant);
        let window_text = match step.period {
            Period::Unsaid => None,
            Period::From(opens) => Some(words.say("step.opens", &[("opens", &text(opens))])),
            Period::Until(closes) => Some(words.say("step.closes", &[("closes", &text(closes))])),
            Period::Between(window) => {
                let (opens, closes) = (text(window.opens()), text(window.closes()));
                Some(words.say("step.window", &[("opens", &opens), ("closes", &closes)]))
            }
        };
        Step { shows: step.shows, window_text }
    }
}
