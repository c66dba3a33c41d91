//! The published account of a tally: enough to follow it by hand, and for another program to check it.

use super::ties::Tie;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Minutes {
    /// The rules that were applied.
    pub rules: super::Rules,
    /// Ballots, blank ones included.
    pub ballots: u64,
    /// Ballots that choose nothing.
    pub blank: u64,
    /// Distinct ballots.
    pub distinct: u64,
    /// Points are whole numbers of 1/`unit`: so are all scores below.
    pub unit: u32,
    /// The seed of the lot, in hexadecimal, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// Winners, in the order of their election.
    pub winners: Vec<String>,
    /// Envelope by envelope.
    pub envelopes: Vec<Account>,
    /// What became of each project, in the order they were given.
    pub projects: Vec<Fate>,
}

impl Minutes {
    /// Ties that were decided, in all envelopes.
    pub fn ties(&self) -> impl Iterator<Item = &Tie> {
        self.envelopes.iter().flat_map(|account| {
            let details = account.detail.iter().chain(&account.below_detail);
            let runoffs = details.flat_map(|detail| match detail {
                Detail::Runoff(rounds) => &rounds[..],
                _ => &[],
            });
            let rounds = account.rounds.iter().filter_map(|round| round.tie.as_ref());
            rounds.chain(runoffs.filter_map(|round| round.tie.as_ref()))
        })
    }
}

/// The account of one envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// In cents.
    pub amount: Option<u64>,
    /// Carried over from the envelopes before, in cents; money goes past an envelope without an amount.
    pub carried: u64,
    /// Cost of its winners, in cents.
    pub spent: u64,
    /// What is left, in cents; none when more was funded than there was (`Unfit::Fund`), or without an amount.
    pub left: Option<u64>,
    /// Decisions, in order.
    pub rounds: Vec<Round>,
    /// How the order of projects was found, when it is not that of scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Detail>,
    /// The same of those below the threshold, when it was lifted for some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below_detail: Option<Detail>,
    /// How Equal Shares went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Shares>,
    /// Projects with votes, above the threshold and not excluded, that would still fit in what is left: the rule leaves
    /// them out all the same.
    pub would_fit: Vec<String>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// On which project.
    pub project: String,
    /// What it was considered for.
    pub measure: Measure,
    /// Its cost, in cents.
    pub cost: u64,
    /// What was left before, in cents; none without an amount.
    pub before: Option<u64>,
    /// What was left after.
    pub after: Option<u64>,
    /// The decision.
    pub reason: Reason,
    /// The tie it was in, if that may have changed who is elected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie: Option<Tie>,
}

/// What a project was considered for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Measure {
    /// Its score, in the unit of the minutes.
    Score(i64),
    /// Its place in the order of the rule, from 1; level ones have the same, and those below the threshold come last.
    Rank(u64),
    /// Equal Shares.
    Share {
        /// Votes (or points) that pay it in full: those of supporters who have little left count for less.
        effective: f64,
        /// What a supporter who can pays for each of their points, in cents.
        price: f64,
    },
    /// Phragmén: when its supporters had earned its cost, in cents for each voter.
    Load(f64),
}

/// Why a project is elected, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Reason {
    /// Elected, at this step.
    Elected {
        /// The step.
        step: Step,
    },
    /// Nobody voted for it.
    NoVote,
    /// It did not reach the threshold.
    BelowThreshold {
        /// What it had to reach, points or voters, in the unit of the minutes.
        needed: u64,
    },
    /// A project of the same group, or of the same proposer, was elected.
    Excluded {
        /// Which.
        by: String,
    },
    /// It costs more than what was left.
    DoesNotFit {
        /// What was left, in cents.
        left: u64,
    },
    /// Its supporters had not enough left to pay it (Equal Shares).
    Unaffordable {
        /// What they had left, in whole cents.
        money: u64,
    },
    /// The rule had stopped at a project that did not fit.
    Stopped {
        /// Which.
        at: String,
    },
    /// As many projects as may be were elected.
    Full,
    /// No envelope is for it.
    OutOfScope,
    /// It was withdrawn after it was voted on.
    Withdrawn,
}

impl Reason {
    /// Whether it is elected.
    pub fn elected(&self) -> bool {
        matches!(self, Self::Elected { .. })
    }

    /// In one word, as it is serialised.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Elected { .. } => "elected",
            Self::NoVote => "no-vote",
            Self::BelowThreshold { .. } => "below-threshold",
            Self::Excluded { .. } => "excluded",
            Self::DoesNotFit { .. } => "does-not-fit",
            Self::Unaffordable { .. } => "unaffordable",
            Self::Stopped { .. } => "stopped",
            Self::Full => "full",
            Self::OutOfScope => "out-of-scope",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// When a project is elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// As the best of its zone.
    Zone,
    /// By the rule.
    Rule,
    /// With what the rule had left.
    Completion,
    /// To reach the least number of winners, below the threshold.
    Least,
    /// Although it did not fit: enough of its cost was left.
    Beyond,
}

/// How Equal Shares went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// Money shared out, in cents, and among how many voters: each had `money`/`voters`. When shares grow it is more than
    /// the envelope: only what the winners cost is spent.
    pub money: u128,
    /// See `money`.
    pub voters: u64,
    /// How many times the shares grew.
    pub steps: u64,
    /// Why they stopped growing, if they did grow.
    pub stopped: Option<Stopped>,
    /// The comparison with the greedy rule, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// Why the shares stopped growing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Stopped {
    /// The next outcome would have cost this much, in cents, more than there is.
    Overspent {
        /// In cents.
        cost: u64,
    },
    /// No project could be added.
    Exhaustive,
    /// More money would not have changed anything: all are elected, or a share pays a voter's part of all that they support
    /// (each part being equal by point and rounded up to the cent).
    Settled,
}

/// Voters who get more, by what they voted for, from one outcome or the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// From Equal Shares.
    pub shares: u64,
    /// From the greedy rule, which wins when they are more.
    pub greedy: u64,
    /// What Equal Shares had elected.
    pub winners: Vec<String>,
}

/// What became of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// Its id.
    pub id: String,
    /// Its name, if it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its cost, in cents.
    pub cost: u64,
    /// Its score, in the unit of the minutes.
    pub score: i64,
    /// Voters who gave it something.
    pub voters: u64,
    /// The last envelope in which it was considered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<String>,
    /// Why it is elected, or is not.
    #[serde(flatten)]
    pub reason: Reason,
}

/// How an order that is not that of scores was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// Project → how many ballots gave it each grade, the best first.
    Grades(BTreeMap<String, Vec<u64>>),
    /// Pairwise counts.
    Pairwise(Pairwise),
    /// Project → its Borda points.
    Borda(BTreeMap<String, u64>),
    /// Rounds of the runoff.
    Runoff(Vec<RunoffRound>),
}

/// Pairwise counts of Schulze's method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairwise {
    /// Rows and columns.
    pub projects: Vec<String>,
    /// Ballots that prefer the row to the column.
    pub preferred: Vec<Vec<u64>>,
    /// Strength of the strongest path from the row to the column.
    pub paths: Vec<Vec<u64>>,
}

/// A round of a runoff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunoffRound {
    /// Project still in → ballots of which it is the first choice among those still in.
    pub votes: BTreeMap<String, u64>,
    /// Ballots that rank none of those still in.
    pub exhausted: u64,
    /// Who goes out; none in the last round.
    pub eliminated: Vec<String>,
    /// How it was decided who goes, when several were last and that may have changed who is elected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie: Option<Tie>,
}
