//! A participation project: a page with tabs.

use super::{
    Page,
    deposit::Deposit,
    document,
    document::Attached,
    hidden::{self, Hidden},
    organisation::Organisation,
    petition::{Labels, Participants, Petition},
    reader::Reader,
    report::Report,
    step::{Period, Step},
    tree::Opened,
    voting::Voting,
    writing::Writing,
};
use crate::{
    content::deposit::PledgeState,
    front_matter::{Choice, Table},
    markdown::{Html, Markdown, Renderer, Text},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Which module a process is made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Preset {
    Petition,
    Budget,
    Call,
    Ideas,
    Questions,
    Questionnaire,
    Debate,
    Votation,
    Matching,
    Map,
    Consultation,
}

impl Preset {
    /// What each is called in front matter and in the theme's words.
    pub(crate) const ALL: [(&'static str, Self); 11] = [
        ("petition", Self::Petition),
        ("budget", Self::Budget),
        ("call", Self::Call),
        ("ideas", Self::Ideas),
        ("questions", Self::Questions),
        ("questionnaire", Self::Questionnaire),
        ("debate", Self::Debate),
        ("votation", Self::Votation),
        ("matching", Self::Matching),
        ("map", Self::Map),
        ("consultation", Self::Consultation),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, preset)| *preset == self).map_or("", |(name, _)| name)
    }
}

/// A participation project.
pub(crate) struct Process {
    pub(crate) page: Page,
    /// Unique in the site.
    pub(crate) id: String,
    pub(crate) preset: Preset,
    pub(crate) period: Period,
    pub(crate) milestones: Vec<Milestone>,
    pub(crate) documents: Vec<Attached>,
    pub(crate) contact: String,
    /// In the order of the tabs.
    pub(crate) steps: Vec<Step>,
    /// Those of no deposit, the latest first.
    pub(crate) reports: Vec<Report>,
    pub(crate) labels: Labels,
    /// The latest first.
    pub(crate) deposits: Vec<Deposit>,
    /// How deposits are supported, when they are.
    pub(crate) petition: Option<Petition>,
    /// What citizens can write, if anything.
    pub(crate) writing: Option<Writing>,
    /// What citizens can vote on, if anything.
    pub(crate) voting: Option<Voting>,
    /// What was taken off the site.
    pub(crate) hidden: Hidden,
}

/// A line of the follow-up of what was promised or elected.
pub(crate) struct Milestone {
    pub(crate) date: Option<Timestamp>,
    pub(crate) title: Text,
    pub(crate) state: PledgeState,
    pub(crate) text: Html,
}

impl Process {
    /// `organisation` is the one it belongs to, unless that could not be read.
    pub(crate) fn read(
        mut file: Opened<'_>,
        preset: Preset,
        organisation: Option<&Organisation>,
        reader: &Reader<'_>,
    ) -> Option<Self> {
        let page = reader.page(&mut file);
        let renderer = reader.renderer(&file.path);
        let table = &mut file.table;
        let milestones = read_milestones(table, &renderer);
        let documents = document::read(&file.path, table, reader);
        let labels = Labels::read(table, preset);
        let is_supported = preset == Preset::Petition || table.has("support");
        let petition = is_supported.then(|| Petition::read(table, preset, &renderer, organisation, reader));
        let period = match &petition {
            Some(petition) if preset == Preset::Petition => {
                petition.as_ref().map(|petition| Period::of_window(petition.support.window))
            }
            _ => Period::read(table, reader),
        };
        let writes = table.has("writing");
        let writing = table.table("writing", |table| {
            let period = period.unwrap_or(Period::Unsaid);
            Writing::read(&file.path, table, preset, period, &renderer, organisation, reader)
        });
        let votes = table.has("voting");
        let voting = table.table("voting", |table| {
            let period = period.unwrap_or(Period::Unsaid);
            Voting::read(table, period, is_supported, &renderer, organisation, reader)
        });
        let hidden = hidden::read(&file.path, table, reader);
        file.table.finish();
        let page = page?;
        if writes && writing.is_none() || votes && voting.is_none() {
            return None;
        }
        Some(Self {
            id: page.slug().to_owned(),
            page,
            preset,
            period: period?,
            milestones,
            documents,
            contact: organisation?.contact.clone(),
            steps: Vec::new(),
            reports: Vec::new(),
            labels,
            deposits: Vec::new(),
            petition: match petition {
                Some(petition) => Some(petition?),
                None => None,
            },
            writing,
            voting,
            hidden,
        })
    }

    /// Who may support and vote, where citizens do.
    pub(crate) fn participants(&self) -> Option<&Participants> {
        let supporters = self.petition.as_ref().map(|petition| &petition.participants);
        supporters.or_else(|| self.voting.as_ref()?.participants.as_ref())
    }

    /// With tabs, deposits and reports in the order in which they are shown.
    pub(crate) fn in_order(mut self) -> Self {
        self.steps.sort_by_key(|step| step.page.weight);
        self.reports.sort_by_key(|report| Reverse(report.date));
        self.deposits.sort_by_key(|deposit| Reverse(deposit.date));
        for deposit in &mut self.deposits {
            deposit.reports.sort_by_key(|report| report.date);
        }
        self
    }
}

fn read_milestones(table: &mut Table<'_>, renderer: &Renderer<'_>) -> Vec<Milestone> {
    table.tables("milestones", |table| {
        let date = table.get("date");
        let title = table.require("title");
        let state = table.require("state");
        let text = table.get::<Markdown>("text").map(|text| renderer.inline(&text)).unwrap_or_default();
        Some(Milestone { date, title: title?, state: state?, text })
    })
}

impl Choice for Preset {
    const CHOICES: &'static [(&'static str, Self)] = &Self::ALL;
}
