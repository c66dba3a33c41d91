//! What is elected and by which rules, as the rulebook says it. Money is in integer cents.

use super::ties::TieBreak;
use serde::{Deserialize, Serialize};

/// A project that is voted on, or an option of a votation, which costs nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its slug.
    pub id: String,
    /// As it is read; empty when only the id is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// In cents.
    pub cost: u64,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// What else the editors say of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Who proposes it; people and associations are told by this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposer: Option<String>,
    /// Voted on, then withdrawn: it is not counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// How ballots become winners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The rule.
    pub rule: Rule,
    /// In the order in which they are counted. A project elected from one is not counted in the next.
    pub envelopes: Vec<Envelope>,
    /// What a project must reach to be elected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// Groups of projects of which one at most is elected: they share a place, or say the opposite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Vec<String>>,
    /// Whether one project at most of each proposer is elected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_per_proposer: bool,
    /// Whether the best project of each zone that can be elected is elected first, zones in the order of their best.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_per_zone: bool,
    /// Whether what is left of an envelope goes to the next.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carry_over: bool,
    /// How ties are decided, in this order.
    pub ties: Vec<TieBreak>,
}

/// What projects are elected from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Its slug.
    pub id: String,
    /// Projects it is for.
    #[serde(default)]
    pub scope: Scope,
    /// In cents; none when only the number of winners is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
    /// When the rule elects fewer, the threshold is lifted for those missing, in the order of the rule, if they fit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub least: u32,
    /// No more are elected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Projects an envelope is for: all that is said must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// In this zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// About this theme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// With this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Costing this much or more, in cents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_from: Option<u64>,
    /// Costing this much or less, in cents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_to: Option<u64>,
}

impl Scope {
    /// Whether the envelope is for `project`.
    pub fn holds(&self, project: &Project) -> bool {
        self.zone.as_ref().is_none_or(|zone| project.zone.as_ref() == Some(zone))
            && self.theme.as_ref().is_none_or(|theme| project.themes.contains(theme))
            && self.label.as_ref().is_none_or(|label| project.labels.contains(label))
            && self.cost_from.is_none_or(|from| from <= project.cost)
            && self.cost_to.is_none_or(|to| project.cost <= to)
    }
}

/// What a project must reach to be elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Threshold {
    /// A score: votes for approval, points for points. There is none in an order of grades or rankings.
    Score(u64),
    /// Voters who gave it something.
    Voters(u64),
    /// The same, as a share of all ballots, blank ones included, rounded up.
    Share {
        /// Numerator of the share.
        numerator: u64,
        /// Denominator of the share.
        denominator: std::num::NonZeroU64,
    },
}

/// A rule of counting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Rule {
    /// Projects in an order, each elected if it fits in what is left.
    Greedy {
        /// In which order.
        #[serde(default)]
        by: By,
        /// What to do with one that does not fit.
        #[serde(default)]
        unfit: Unfit,
    },
    /// The Method of Equal Shares (Peters, Pierczyński, Skowron 2021).
    EqualShares {
        /// What a voter gains by a project they support.
        #[serde(default)]
        utility: Utility,
        /// What to do with the money that is left.
        #[serde(default)]
        completion: Completion,
        /// Whether the outcome gives way to that of the greedy rule, when more voters prefer the latter.
        #[serde(default)]
        comparison: bool,
    },
    /// Phragmén's sequential rule: supporters earn money at the same pace, and buy as soon as they can.
    Phragmen {
        /// Whether a project that does not fit when it can be bought is skipped; else the count stops there.
        #[serde(default)]
        skip: bool,
    },
}

impl Rule {
    /// The order of projects wherever one is needed: for the best of each zone, and below the threshold too.
    pub fn by(&self) -> By {
        match self {
            Self::Greedy { by, .. } => *by,
            Self::EqualShares { .. } | Self::Phragmen { .. } => By::Score,
        }
    }
}

/// An order of projects, the best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Votes, or points.
    #[default]
    Score,
    /// Majority judgment: the lower median grade, then the next (Balinski & Laraki 2007).
    MajorityJudgment,
    /// Pairwise, beat paths of winning votes (Schulze 2011).
    Schulze,
    /// m − 1 points for the first of m, m − 2 for the second… none for those left out.
    Borda,
    /// The last is eliminated, its ballots go to their next choice, until one is left.
    Runoff,
}

/// What to do with a project that does not fit in what is left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unfit {
    /// Go on to the next.
    #[default]
    Skip,
    /// Stop there.
    Stop,
    /// Stop there, but fund it if so many percent of its cost are left: the envelope is exceeded once.
    Fund(u8),
}

/// What a voter gains by a project they support.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Utility {
    /// Its cost (times the points, when there are points): the default of equalshares.net.
    #[default]
    Cost,
    /// One, or its points.
    Points,
}

/// What Equal Shares does with the money that is left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Completion {
    /// Nothing.
    #[default]
    None,
    /// The greedy rule spends it.
    Greedy,
    /// The voters' shares grow step by step as long as the winners' cost stays within the envelope.
    Add1 {
        /// How much each voter's share grows, in cents; shares are whole steps from the first one on.
        step: std::num::NonZeroU64,
        /// When to stop.
        stop: Stop,
        /// Whether the greedy rule then spends what is still left.
        greedy: bool,
    },
}

/// When the shares stop growing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Before the first outcome that exceeds the envelope.
    Overspent,
    /// The same, or at the first outcome to which no project can be added.
    Exhaustive,
}
