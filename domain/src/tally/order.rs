//! The order of projects by which a rule considers them, and how it was found.

use super::{
    Detail, Error, Kind, Measure, borda,
    count::Count,
    filling::Filling,
    grades, pairwise,
    rules::By,
    runoff,
    tiers::{self, Tier},
};
use std::collections::BTreeMap;

/// An order, the best first.
pub(super) struct Order {
    pub(super) tiers: Vec<Tier>,
    /// How it was found, when it is not that of scores.
    detail: Option<Detail>,
}

impl Order {
    /// The order of `projects` by the rule; places are counted from `before` on.
    ///
    /// # Errors
    /// Ballots that do not give this order, or a tie that the chain leaves open.
    pub(super) fn new(count: &Count<'_>, projects: &[usize], before: u64) -> Result<Self, Error> {
        let profile = &count.election.profile;
        let (tiers, detail) = match (count.election.rules.rule.by(), profile.kind()) {
            (By::Score, _) => return Ok(Self { tiers: count.by_score(projects), detail: None }),
            (By::MajorityJudgment, Kind::Grades { grades }) => {
                let (tiers, counts) = grades::order(profile, projects, grades);
                (tiers, Detail::Grades(named(count, counts)))
            }
            (By::Schulze, Kind::Ranking) => {
                let found = pairwise::order(profile, projects);
                let ids = projects.iter().map(|&project| count.id(project)).collect();
                (found.tiers, pairwise::detail(ids, found.preferred, found.paths))
            }
            (By::Borda, Kind::Ranking) => {
                let (tiers, points) = borda::order(profile, projects);
                (tiers, Detail::Borda(named(count, points)))
            }
            (By::Runoff, Kind::Ranking) => {
                let (tiers, rounds) = runoff::order(profile, &count.ties, projects)?;
                (tiers, Detail::Runoff(rounds))
            }
            (By::MajorityJudgment, _) => return Err(Error::WrongBallots("jugement")),
            (By::Schulze | By::Borda | By::Runoff, _) => return Err(Error::WrongBallots("classement")),
        };
        Ok(Self { tiers: ranked(tiers, before), detail: Some(detail) })
    }

    /// Fills the envelope in this order. Gives how the order was found; of a runoff, the ties that changed who is elected.
    ///
    /// # Errors
    /// Those of `fill`.
    pub(super) fn fill<'c>(
        mut self,
        filling: &mut Filling<'c>,
        fill: impl Fn(&mut Filling<'c>, Vec<Tier>) -> Result<(), Error>,
    ) -> Result<Option<Detail>, Error> {
        let before = filling.clone();
        fill(filling, self.tiers.clone())?;
        if let Some(Detail::Runoff(rounds)) = &mut self.detail {
            runoff::drop_idle_ties(rounds, |block| {
                let mut draft = before.clone();
                let level = tiers::levelled(&self.tiers, |project| block.contains(&before.count.id(project)));
                // Were they level, would anything have to be decided between them?
                let is_filled = fill(&mut draft, level).is_ok();
                let mut ties =
                    draft.rounds[before.rounds.len()..].iter().filter_map(|round| round.tie.as_ref());
                is_filled && !ties.any(|tie| tie.order.iter().all(|id| block.contains(id)))
            });
        }
        Ok(self.detail)
    }
}

/// What each tier is considered for: its place.
fn ranked(tiers: Vec<Vec<usize>>, mut before: u64) -> Vec<Tier> {
    let place = |tier: Vec<usize>| {
        let rank = Measure::Rank(before + 1);
        before += tier.len() as u64;
        (rank, tier)
    };
    tiers.into_iter().map(place).collect()
}

fn named<T>(count: &Count<'_>, values: Vec<(usize, T)>) -> BTreeMap<String, T> {
    values.into_iter().map(|(project, value)| (count.id(project), value)).collect()
}
