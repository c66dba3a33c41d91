//! Ties are decided by a declared chain, and by nothing else: a tie that it leaves open is an error.

use super::{Error, Project};
use crate::ballot::digest;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TieBreak {
    /// The lower cost wins.
    MinCost,
    /// The higher cost wins.
    MaxCost,
    /// More voters win, whatever they gave.
    MoreVoters,
    /// The first by SHA-256(seed ‖ id) wins; the seed was committed to before the close.
    Lot,
}

impl TieBreak {
    /// As it is written in a chain.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MinCost => "min-cost",
            Self::MaxCost => "max-cost",
            Self::MoreVoters => "more-voters",
            Self::Lot => "lot",
        }
    }

    /// The reverse of [`Self::as_str`].
    pub fn named(name: &str) -> Option<Self> {
        [Self::MinCost, Self::MaxCost, Self::MoreVoters, Self::Lot]
            .into_iter()
            .find(|link| link.as_str() == name)
    }
}

/// How a tie was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    /// The tied, as the chain put them in order.
    pub order: Vec<String>,
    /// Links of the chain that told some of them apart; none when the order had no consequence.
    pub by: Vec<TieBreak>,
}

/// Projects that an order leaves level, told apart as far as the chain goes.
pub(super) struct Decided {
    /// The best first; those of one group the chain leaves level.
    pub(super) groups: Vec<Vec<usize>>,
    /// What is said of it, when there was a tie.
    pub(super) tie: Option<Tie>,
}

/// The chain, with what its links look at.
pub(super) struct Ties<'a> {
    pub(super) chain: &'a [TieBreak],
    pub(super) projects: &'a [Project],
    pub(super) voters: &'a [u64],
    pub(super) seed: Option<&'a [u8]>,
}

impl Ties<'_> {
    /// `tied` in the order of the chain.
    pub(super) fn decide(&self, mut tied: Vec<usize>) -> Decided {
        // Whatever order they came in, the same comes out.
        tied.sort_unstable_by(|&one, &other| self.projects[one].id.cmp(&self.projects[other].id));
        if tied.len() < 2 {
            return Decided { groups: vec![tied], tie: None };
        }
        let mut groups = vec![tied];
        let mut by = Vec::new();
        for &link in self.chain {
            let before = groups.len();
            groups = groups.into_iter().flat_map(|group| self.split(group, link)).collect();
            if groups.len() > before {
                by.push(link);
            }
        }
        let order = groups.iter().flatten().map(|&project| self.projects[project].id.clone()).collect();
        Decided { groups, tie: Some(Tie { order, by }) }
    }

    /// The one that the chain puts first.
    pub(super) fn first(&self, tied: Vec<usize>) -> Result<(usize, Option<Tie>), Error> {
        let decided = self.decide(tied);
        match decided.groups.first().map(Vec::as_slice) {
            Some(&[first]) => Ok((first, decided.tie)),
            Some(level) => Err(self.undecided(level)),
            None => Err(self.undecided(&[])),
        }
    }

    /// The error that names the tied.
    pub(super) fn undecided(&self, tied: &[usize]) -> Error {
        let tied = tied.iter().map(|&project| self.projects[project].id.clone()).collect();
        let unseeded = self.seed.is_none() && self.chain.contains(&TieBreak::Lot);
        if unseeded { Error::NoSeed(tied) } else { Error::Undecided(tied) }
    }

    fn split(&self, group: Vec<usize>, link: TieBreak) -> Vec<Vec<usize>> {
        if group.len() < 2 {
            return vec![group];
        }
        match link {
            TieBreak::MinCost => split_by(group, |one, other| self.cost(one).cmp(&self.cost(other))),
            TieBreak::MaxCost => split_by(group, |one, other| self.cost(other).cmp(&self.cost(one))),
            TieBreak::MoreVoters => split_by(group, |one, other| self.voters[other].cmp(&self.voters[one])),
            TieBreak::Lot => {
                let Some(seed) = self.seed else { return vec![group] };
                let drawn = |project: usize| digest(seed, &self.projects[project].id);
                split_by(group, |one, other| drawn(one).cmp(&drawn(other)))
            }
        }
    }

    fn cost(&self, project: usize) -> u64 {
        self.projects[project].cost
    }
}

/// `group` in the order of `compare`, level ones together.
pub(super) fn split_by(mut group: Vec<usize>, compare: impl Fn(usize, usize) -> Ordering) -> Vec<Vec<usize>> {
    group.sort_by(|&one, &other| compare(one, other));
    group.chunk_by(|&one, &other| compare(one, other).is_eq()).map(<[usize]>::to_vec).collect()
}
