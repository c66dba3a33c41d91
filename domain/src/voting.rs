//! The count of a vote, once it is closed: from the box to what is published, so that anyone can count it again.

use crate::{
    ballot::{Ballot, Choice, Method},
    refusal::Refusal,
    rulebook::Voting,
    tally::{self, Election, Kind, Minutes, Profile, Project, Question, Rules},
    window::Phase,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A ballot as it lies in the box.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// SHA-256 of the tracking code, in hexadecimal: who holds the code finds their ballot.
    pub slot: String,
    /// What it says.
    pub ballot: Ballot,
}

/// `data/<process>.ballots.json`: all that a recount needs, and nothing that leads to a voter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BallotBox {
    /// Process id.
    pub process: String,
    /// How one voted.
    pub method: Method,
    /// What was voted on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<Project>,
    /// How ballots are counted; nothing for a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
    /// How many people could vote, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<u64>,
    /// Seed of the public lot, in hexadecimal.
    pub seed: String,
    /// In the order of their slots, which are random: it tells nothing of the order in which they were cast.
    pub ballots: Vec<Slot>,
}

/// `data/<process>.minutes.json`: the published account of a vote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// Process id.
    pub process: String,
    /// When the vote closed.
    pub closed: Timestamp,
    /// People on the roll.
    pub voters: u64,
    /// Ballots in the box: as many.
    pub ballots: u64,
    /// What was committed to before the vote opened: SHA-256 of `seed`, in hexadecimal, unless the authority's secret is
    /// another one since.
    pub lot: String,
    /// Seed of the public lot, in hexadecimal.
    pub seed: String,
    /// What came out.
    pub outcome: Outcome,
}

/// What came out of a vote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Projects, or the options of a votation.
    Minutes(Box<Minutes>),
    /// A question answered by yes or no.
    Question(Question),
    /// There is no result: why, in French, for those who run the vote.
    Undecided(String),
}

impl Voting {
    /// Whether ballots are cast and replaced at `now` (I1, I2).
    ///
    /// # Errors
    /// The refusal that says since or from when.
    pub fn check_open(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.window.phase(now) {
            Phase::Open => Ok(()),
            Phase::Before => Err(Refusal::general("vote_before").with("opens", &self.opens_text)),
            Phase::After => Err(Refusal::general("vote_closed").with("closes", &self.closes_text)),
        }
    }

    /// What a ballot can name.
    pub fn choices(&self) -> Vec<Choice> {
        let standing = self.projects.iter().filter(|project| !project.withdrawn);
        standing.map(|project| Choice { id: project.id.clone(), cost: project.cost }).collect()
    }

    /// What a knapsack may cost, in cents: all envelopes together; nothing when one of them has no amount.
    pub fn envelope(&self) -> Option<u64> {
        let rules = self.rules.as_ref()?;
        rules.envelopes.iter().try_fold(0_u64, |sum, envelope| sum.checked_add(envelope.amount?))
    }
}

impl BallotBox {
    /// What is published of `ballots`, found in the box after the close; `seed` is that of the lot, in hexadecimal.
    pub fn new(process: &str, voting: &Voting, mut ballots: Vec<Slot>, seed: String) -> Self {
        ballots.sort();
        Self {
            process: process.to_owned(),
            method: voting.method.clone(),
            projects: voting.projects.clone(),
            rules: voting.rules.clone(),
            registered: voting.registered,
            seed,
            ballots,
        }
    }

    /// The ballots as the tally takes them.
    pub fn profile(&self) -> Profile {
        let (kind, grades) = match &self.method {
            Method::Points { .. } => (Kind::Points, &[][..]),
            Method::Ranking { .. } => (Kind::Ranking, &[][..]),
            Method::Grades { grades, .. } => {
                (Kind::Grades { grades: u32::try_from(grades.len()).unwrap_or(u32::MAX) }, &grades[..])
            }
            Method::Approval { .. } | Method::Knapsack { .. } | Method::YesNo { .. } | Method::One { .. } => {
                (Kind::Approval, &[][..])
            }
        };
        let ids: Vec<&str> = self.projects.iter().map(|project| project.id.as_str()).collect();
        Profile::of_ballots(kind, &ids, grades, self.ballots.iter().map(|slot| (&slot.ballot, 1)))
    }

    /// Counts the ballots.
    pub fn count(&self) -> Outcome {
        let Some(rules) = &self.rules else {
            let ballots = self.ballots.iter().map(|slot| (&slot.ballot, 1));
            return Outcome::Question(tally::question(ballots, self.registered, 0));
        };
        let election = Election {
            projects: self.projects.clone(),
            rules: rules.clone(),
            profile: self.profile(),
            seed: hex::decode(&self.seed).ok(),
        };
        match tally::tally(&election) {
            Ok(minutes) => Outcome::Minutes(Box::new(minutes)),
            Err(error) => Outcome::Undecided(error.to_string()),
        }
    }

    /// The account of the vote, which closed at `closed` with so many `voters` on the roll, and whose lot was committed to
    /// by `lot`, see [`commitment`]. As many ballots as voters, or there is no result.
    pub fn publish(&self, voters: u64, closed: Timestamp, lot: String) -> Published {
        let ballots = self.ballots.len() as u64;
        let outcome = if ballots == voters {
            self.count()
        } else {
            Outcome::Undecided(format!(
                "l’émargement a {voters} noms et l’urne {ballots} bulletins : le vote ne peut pas être dépouillé avant que l’on \
                 sache pourquoi"
            ))
        };
        let seed = self.seed.clone();
        Published { process: self.process.clone(), closed, voters, ballots, lot, seed, outcome }
    }
}

/// What is published of the seed of a lot before the close: its SHA-256, in hexadecimal.
pub fn commitment(seed: &[u8]) -> String {
    hex::encode(Sha256::digest(seed))
}
