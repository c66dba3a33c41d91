//! Ties are decided by a declared chain, and by nothing else: a tie that it leaves open is an error.

use super::{Error, Project, levels::Choice};
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

/// How a tie was decided. None is noted where no order of the tied would have elected others: all of them were elected, or
/// none, and whoever came first took nothing from the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    /// The tied, as the chain put them in order; those that it leaves level by id, which has no consequence.
    pub order: Vec<String>,
    /// Links of the chain that told them apart, as far as was needed; at least one.
    pub by: Vec<TieBreak>,
}

/// Which of the tied is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The one that the chain puts first.
    Best,
    /// The one that it puts last.
    Worst,
}

/// What the chain says of one end of a tie.
pub(super) struct Decided {
    /// The one looked for; several when the chain leaves them level.
    pub(super) level: Vec<usize>,
    /// What is said of it, when a link of the chain was needed.
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
    /// The best or the worst of `tied`. Links that tell apart only others are not needed.
    pub(super) fn decide(&self, tied: Vec<usize>, end: End) -> Decided {
        let mut level = self.by_id(tied);
        let mut order = vec![level.clone()];
        let mut by = Vec::new();
        for &link in self.chain {
            order = order.into_iter().flat_map(|group| self.split(group, link)).collect();
            let mut parts = self.split(level, link);
            if parts.len() > 1 {
                by.push(link);
            }
            level = if end == End::Best { parts.swap_remove(0) } else { parts.pop().unwrap_or_default() };
        }
        let tie = self.tie(&order.concat(), by);
        Decided { level, tie }
    }

    /// Which of `tied` comes first.
    pub(super) fn first(&self, tied: Vec<usize>) -> Result<Choice, Error> {
        let Decided { level, tie } = self.decide(tied.clone(), End::Best);
        let &project = level.first().ok_or_else(|| self.undecided(&[]))?;
        let open = (level.len() > 1).then(|| self.undecided(&level));
        Ok(Choice { project, tied, tie, level, open })
    }

    /// What is said of a tie between the projects of `order`, which these links told apart.
    pub(super) fn tie(&self, order: &[usize], by: Vec<TieBreak>) -> Option<Tie> {
        let order = order.iter().map(|&project| self.projects[project].id.clone()).collect();
        (!by.is_empty()).then_some(Tie { order, by })
    }

    /// Whatever order they came in, the same comes out.
    pub(super) fn by_id(&self, mut tied: Vec<usize>) -> Vec<usize> {
        tied.sort_unstable_by(|&one, &other| self.projects[one].id.cmp(&self.projects[other].id));
        tied
    }

    /// The error that names the tied.
    pub(super) fn undecided(&self, tied: &[usize]) -> Error {
        let tied = tied.iter().map(|&project| self.projects[project].id.clone()).collect();
        let unseeded = self.seed.is_none() && self.chain.contains(&TieBreak::Lot);
        if unseeded { Error::NoSeed(tied) } else { Error::Undecided(tied) }
    }

    /// `group` by one link, the best first; level ones stay in the order they have.
    pub(super) fn split(&self, group: Vec<usize>, link: TieBreak) -> Vec<Vec<usize>> {
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
