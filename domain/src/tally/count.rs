//! Envelope after envelope: who may be elected, by which rule, and what became of each.

use super::{
    Account, Election, Error, Fate, Measure, Minutes, Reason, Step,
    filling::Filling,
    greedy::fill,
    order::Order,
    phragmen,
    rules::{By, Envelope, Project, Rule, Threshold, Unfit},
    shares,
    tiers::Tier,
    ties::{Ties, split_by},
    zones,
};
use std::collections::{BTreeMap, HashMap};

/// What is known before the first envelope is opened.
pub(super) struct Count<'a> {
    pub(super) election: &'a Election,
    pub(super) ties: Ties<'a>,
    pub(super) scores: &'a [i64],
    voters: &'a [u64],
    /// Groups of which one at most is elected.
    groups: Vec<Vec<usize>>,
    /// Project → its groups.
    groups_of: Vec<Vec<usize>>,
}

/// What becomes of projects, as envelopes are counted.
struct Progress {
    elected: Vec<bool>,
    winners: Vec<usize>,
    /// Project → the envelope it was last considered in, and why it is elected or not.
    fates: Vec<(Option<String>, Reason)>,
}

/// Counts `election`.
pub(super) fn run(election: &Election) -> Result<Minutes, Error> {
    let (scores, voters) = election.profile.scores();
    Count::new(election, &scores, &voters)?.run()
}

impl<'a> Count<'a> {
    pub(super) fn new(election: &'a Election, scores: &'a [i64], voters: &'a [u64]) -> Result<Self, Error> {
        let mut index = HashMap::new();
        for (position, project) in election.projects.iter().enumerate() {
            if index.insert(project.id.as_str(), position).is_some() {
                return Err(Error::SameId(project.id.clone()));
            }
        }
        if matches!(election.rules.threshold, Some(Threshold::Score(_)))
            && election.rules.rule.by() != By::Score
        {
            return Err(Error::NoScore);
        }
        let total: u128 = election.projects.iter().map(|project| u128::from(project.cost)).sum();
        // So that a sum of costs is exact in floating point.
        if total > 1 << 53 {
            return Err(Error::TooLarge);
        }
        let mut groups = Vec::new();
        for group in &election.rules.exclusions {
            let known = group
                .iter()
                .map(|id| index.get(id.as_str()).copied().ok_or_else(|| Error::Unknown(id.clone())));
            groups.push(known.collect::<Result<Vec<usize>, Error>>()?);
        }
        if election.rules.one_per_proposer {
            groups.extend(by_proposer(&election.projects));
        }
        let mut groups_of = vec![Vec::new(); election.projects.len()];
        for (group, members) in groups.iter().enumerate() {
            for &member in members {
                groups_of[member].push(group);
            }
        }
        let ties = Ties {
            chain: &election.rules.ties,
            projects: &election.projects,
            voters,
            seed: election.seed.as_deref(),
        };
        Ok(Self { election, ties, scores, voters, groups, groups_of })
    }

    fn run(&self) -> Result<Minutes, Error> {
        let Election { projects, rules, profile, seed } = self.election;
        let mut progress = Progress {
            elected: vec![false; projects.len()],
            winners: Vec::new(),
            fates: vec![(None, Reason::OutOfScope); projects.len()],
        };
        let mut envelopes = Vec::new();
        let mut carried = 0;
        for envelope in &rules.envelopes {
            let account = self.envelope(envelope, carried, &mut progress)?;
            // Money goes past an envelope that has none.
            if rules.carry_over && envelope.amount.is_some() {
                carried = account.left.unwrap_or(0);
            }
            envelopes.push(account);
        }
        let fates = projects.iter().zip(progress.fates).enumerate().map(|(index, (project, fate))| Fate {
            id: project.id.clone(),
            name: project.name.clone(),
            cost: project.cost,
            score: self.scores[index],
            voters: self.voters[index],
            envelope: fate.0,
            reason: if project.withdrawn { Reason::Withdrawn } else { fate.1 },
        });
        Ok(Minutes {
            rules: rules.clone(),
            ballots: profile.ballots(),
            blank: profile.blank(),
            distinct: profile.distinct() as u64,
            unit: profile.unit(),
            seed: seed.as_ref().map(hex::encode),
            winners: progress.winners.iter().map(|&project| self.id(project)).collect(),
            envelopes,
            projects: fates.collect(),
        })
    }

    fn envelope(&self, envelope: &Envelope, carried: u64, progress: &mut Progress) -> Result<Account, Error> {
        let carried = envelope.amount.map_or(0, |_| carried);
        let mut filling = Filling::new(self, progress.elected.clone(), envelope, carried);
        let (mut eligible, mut below) = (Vec::new(), Vec::new());
        for (index, project) in self.election.projects.iter().enumerate() {
            if project.withdrawn || progress.elected[index] || !envelope.scope.holds(project) {
                continue;
            }
            if self.scores[index] <= 0 {
                filling.settle(index, Reason::NoVote);
            } else if let Some(excluded) = filling.excluder(index) {
                filling.settle(index, excluded);
            } else if let Some(needed) = self.below_threshold(index) {
                filling.settle(index, Reason::BelowThreshold { needed });
                below.push(index);
            } else {
                eligible.push(index);
            }
        }
        let order = Order::new(self, &eligible, 0)?;
        let (mut detail, mut how, mut below_detail) = (None, None, None);
        match &self.election.rules.rule {
            Rule::Greedy { unfit, .. } => {
                detail = order.fill(&mut filling, |filling, tiers| {
                    let others = self.elect_best_of_zones(filling, tiers)?;
                    fill(filling, others, *unfit, Step::Rule)
                })?;
            }
            Rule::EqualShares { utility, completion, comparison } => {
                self.elect_best_of_zones(&mut filling, order.tiers)?;
                let left = filling.left.ok_or_else(|| Error::NoAmount(envelope.id.clone()))?;
                let plan =
                    shares::Plan { utility: *utility, completion: *completion, comparison: *comparison };
                let candidates = filling.not_elected(&eligible);
                how = Some(shares::fill(&mut filling, &candidates, left, plan)?);
            }
            Rule::Phragmen { skip } => {
                self.elect_best_of_zones(&mut filling, order.tiers)?;
                filling.left.ok_or_else(|| Error::NoAmount(envelope.id.clone()))?;
                let candidates = filling.not_elected(&eligible);
                phragmen::fill(&mut filling, &candidates, *skip)?;
            }
        }
        if filling.winners.len() < envelope.least as usize {
            filling.most = Some(envelope.least);
            let order = Order::new(self, &below, eligible.len() as u64)?;
            below_detail =
                order.fill(&mut filling, |filling, tiers| fill(filling, tiers, Unfit::Skip, Step::Least))?;
            filling.most = envelope.most;
        }
        let would_fit = eligible
            .iter()
            .filter(|&&project| !filling.is_elected(project) && filling.obstacle(project).is_none())
            .map(|&project| self.id(project))
            .collect();
        for (project, reason) in filling.fates {
            progress.fates[project] = (Some(envelope.id.clone()), reason);
        }
        for &winner in &filling.winners {
            progress.elected[winner] = true;
        }
        progress.winners.extend(filling.winners);
        let available = envelope.amount.map(|amount| amount.saturating_add(carried));
        Ok(Account {
            id: envelope.id.clone(),
            amount: envelope.amount,
            carried,
            spent: filling.spent,
            left: available.and_then(|available| available.checked_sub(filling.spent)),
            rounds: filling.rounds,
            detail,
            below_detail,
            shares: how,
            would_fit,
        })
    }

    /// Elects the best of each zone, if the rules say so. Gives the tiers without them.
    fn elect_best_of_zones(
        &self,
        filling: &mut Filling<'_>,
        mut tiers: Vec<Tier>,
    ) -> Result<Vec<Tier>, Error> {
        if self.election.rules.one_per_zone {
            zones::fill(filling, tiers.clone())?;
            tiers.iter_mut().for_each(|(_, tier)| tier.retain(|&project| !filling.is_elected(project)));
        }
        Ok(tiers)
    }

    /// What `project` had to reach, if it did not.
    fn below_threshold(&self, project: usize) -> Option<u64> {
        let (voters, unit) = (self.voters[project], u64::from(self.election.profile.unit()));
        match self.election.rules.threshold? {
            Threshold::Score(needed) => {
                let needed = u128::from(needed) * u128::from(unit);
                let score = u128::try_from(self.scores[project]).unwrap_or(0);
                (score < needed).then(|| u64::try_from(needed).unwrap_or(u64::MAX))
            }
            Threshold::Voters(needed) => (voters < needed).then(|| needed.saturating_mul(unit)),
            Threshold::Share { numerator, denominator } => {
                let product = u128::from(self.election.profile.ballots()) * u128::from(numerator);
                let needed =
                    u64::try_from(product.div_ceil(u128::from(denominator.get()))).unwrap_or(u64::MAX);
                (voters < needed).then(|| needed.saturating_mul(unit))
            }
        }
    }

    /// `projects` by score.
    pub(super) fn by_score(&self, projects: &[usize]) -> Vec<Tier> {
        let tiers = split_by(projects.to_vec(), |one, other| self.scores[other].cmp(&self.scores[one]));
        tiers
            .into_iter()
            .filter(|tier| !tier.is_empty())
            .map(|tier| (Measure::Score(self.scores[tier[0]]), tier))
            .collect()
    }

    /// Projects that cannot be elected with `project`; some may come twice.
    pub(super) fn rivals(&self, project: usize) -> impl Iterator<Item = usize> {
        let groups = self.groups_of[project].iter().map(|&group| &self.groups[group]);
        groups.flatten().copied().filter(move |&rival| rival != project)
    }

    pub(super) fn cost(&self, project: usize) -> u64 {
        self.election.projects[project].cost
    }

    pub(super) fn zone(&self, project: usize) -> Option<&str> {
        self.election.projects[project].zone.as_deref()
    }

    pub(super) fn id(&self, project: usize) -> String {
        self.election.projects[project].id.clone()
    }
}

fn by_proposer(projects: &[Project]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, project) in projects.iter().enumerate() {
        if let Some(proposer) = project.proposer.as_deref().filter(|proposer| !proposer.is_empty()) {
            groups.entry(proposer).or_default().push(index);
        }
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}
