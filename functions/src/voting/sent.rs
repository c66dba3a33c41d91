//! What a page of the vote sends. The ballot travels from page to page, and is stored nowhere before it is cast.

use super::euros;
use crate::{proof::CodeForm, respond::Failure};
use domain::{
    ballot::{Answers, Ballot, check},
    refusal::Refusal,
    rulebook::Voting,
    support::Form,
    tracking::Tracking,
};

/// Names of inputs that travel hidden.
pub(super) const ORDER: &str = "order";
pub(super) const TRACKING: &str = "tracking";
pub(super) const MODE: &str = "mode";
pub(super) const VERSION: &str = "version";
/// Names of the inputs of a ballot.
const CHOICE: &str = "choice";
const OF_ONE: &str = "choice.";
const BLANK: &str = "blank";

/// What is wished of a ballot that is not cast yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// An empty one.
    Begin,
    /// To read it once more.
    Review,
    /// To change it.
    Edit,
}

/// The ballot that another one is to replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Replaced {
    pub(super) tracking: Tracking,
    /// Which the voter has found: whoever replaced it since is not overruled.
    pub(super) version: u64,
}

/// What was sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) step: Step,
    pub(super) answers: Answers,
    /// Seed of the order in which this voter sees what is voted on: 32 hexadecimal digits.
    pub(super) order: String,
    /// The tracking code as it was typed or travels.
    pub(super) tracking: String,
    pub(super) replaced: Option<Replaced>,
    pub(super) person: Form,
    pub(super) code: CodeForm,
}

impl Sent {
    /// Reads names and values. Of a name that is there twice the first counts, but of those of the ballot.
    ///
    /// # Errors
    /// When there is no randomness for an order.
    pub(super) fn read(pairs: Vec<(String, String)>) -> Result<Self, Failure> {
        let value = |name: &str| {
            pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let step = match value("step").as_str() {
            "review" => Step::Review,
            "edit" => Step::Edit,
            _ => Step::Begin,
        };
        let tracking = value(TRACKING);
        let replaced = (value(MODE) == "replace")
            .then(|| {
                let version = value(VERSION).parse().ok()?;
                Some(Replaced { tracking: Tracking::read(&tracking)?, version })
            })
            .flatten();
        let person = Form {
            given_names: value("given_names"),
            family_name: value("family_name"),
            email: value("email"),
            birth_date: value("birth_date"),
            commune: value("commune"),
            link: value("link"),
            consent: value("consent"),
        };
        let code = CodeForm { request: value("request"), code: value("code") };
        let order = match value(ORDER) {
            order if is_seed(&order) => order,
            _ => crate::proof::pending::random()?,
        };
        Ok(Self { step, answers: answers(pairs), order, tracking, replaced, person, code })
    }

    /// The ballot that it amounts to.
    ///
    /// # Errors
    /// Every reason to refuse it, in which projects have their names and sums are in euros.
    pub(super) fn ballot(&self, voting: &Voting) -> Result<Ballot, Vec<Refusal>> {
        let checked = check(&self.answers, &voting.method, &voting.choices(), voting.envelope());
        checked.map_err(|mut refusals| {
            for (name, value) in refusals.iter_mut().flat_map(|refusal| &mut refusal.values) {
                match *name {
                    "project" | "other" => {
                        let project = voting.projects.iter().find(|project| project.id == *value);
                        if let Some(project) = project.filter(|project| !project.name.is_empty()) {
                            value.clone_from(&project.name);
                        }
                    }
                    "cost" | "envelope" | "over" => {
                        if let Ok(cents) = value.parse() {
                            *value = euros(cents);
                        }
                    }
                    _ => {}
                }
            }
            refusals
        })
    }

    /// The ballot as its inputs send it.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let blank = self.answers.blank.then_some([(BLANK, "yes"), (CHOICE, "")]);
        let blank = blank.into_iter().flatten().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let chosen = self.answers.chosen.iter().map(|id| (CHOICE.to_owned(), id.clone()));
        let given = self.answers.given.iter().map(|(id, text)| (format!("{OF_ONE}{id}"), text.clone()));
        blank.chain(chosen).chain(given).collect()
    }

    /// What travels besides the ballot.
    pub(super) fn travels(&self) -> Vec<(String, String)> {
        let mut pairs = vec![(ORDER.to_owned(), self.order.clone())];
        if let Some(Replaced { tracking, version }) = self.replaced {
            pairs.extend([
                (MODE.to_owned(), "replace".to_owned()),
                (TRACKING.to_owned(), tracking.to_string()),
                (VERSION.to_owned(), version.to_string()),
            ]);
        }
        pairs
    }
}

fn is_seed(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn answers(pairs: Vec<(String, String)>) -> Answers {
    let mut answers = Answers::default();
    for (name, value) in pairs {
        match name.as_str() {
            // Among radios, one is « vote blanc »: its value is empty.
            CHOICE if value.is_empty() => answers.blank = true,
            CHOICE => answers.chosen.push(value),
            BLANK => answers.blank = true,
            _ => {
                // A field that is left empty says nothing, and need not travel.
                if let Some(id) = name.strip_prefix(OF_ONE)
                    && !value.trim().is_empty()
                {
                    answers.given.push((id.to_owned(), value));
                }
            }
        }
    }
    answers
}
