//! Phragmén's sequential rule: all voters earn money at the same pace; as soon as the supporters of a project have its
//! cost together, they buy it and have nothing left.
//!
//! The moment at which a voter last bought is their load: there are only as many loads as projects bought. The moment of
//! a project only comes later as its supporters buy others, so that most need not be worked out again.

use super::{Error, Measure, Reason, Step, filling::Filling, levels::Levels};
use num_bigint::BigInt;
use num_rational::BigRational;
use std::collections::{BTreeMap, BTreeSet};

/// Fills the envelope with projects of `candidates`; one that does not fit when it can be bought is skipped, or stops the
/// count.
pub(super) fn fill(filling: &mut Filling<'_>, candidates: &[usize], skip: bool) -> Result<(), Error> {
    let mut market = Market::new(filling, candidates);
    // What the whole envelope cannot pay stops nobody.
    market.drop_unfit(filling);
    let mut levels = Levels::new();
    loop {
        market.drop_excluded(filling);
        let Some((moment, tied)) = market.next() else { break };
        let choice = filling.count.ties.first(tied)?;
        let project = choice.project;
        let measure = Measure::Load(approximate(&moment));
        let round = filling.rounds.len();
        if let Some(reason) = filling.obstacle(project) {
            let fits = |other: &usize| filling.obstacle(*other).is_none();
            let has_consequence = choice.tied.iter().any(fits);
            filling.reject(project, measure, reason);
            market.moments.remove(&project);
            if skip {
                // It is skipped whoever else comes first, unless it could still be bought when the tie began.
                levels.lose(project)?;
                continue;
            }
            levels.end()?;
            if has_consequence {
                choice.open.map_or(Ok(()), Err)?;
                choice.tie.iter().for_each(|tie| filling.note(round, tie));
            }
            market.stop(filling, project);
            break;
        }
        let is_contested = |other: &usize| !skip || filling.obstacle(*other).is_none();
        let choice = filling.count.ties.first(choice.tied.into_iter().filter(is_contested).collect())?;
        filling.elect(project, measure, Step::Rule);
        choice.tie.iter().for_each(|tie| filling.note(round, tie));
        if let Some(since) = levels.elect(round, &choice, moment.clone())? {
            filling.rounds.iter_mut().skip(since).for_each(|round| round.tie = None);
        }
        market.buy(project, moment);
    }
    levels.end()
}

struct Market {
    /// Project → the distinct ballots that support it.
    supporters: Vec<Vec<u32>>,
    /// How many cast each distinct ballot.
    counts: Vec<u64>,
    /// Moments of purchases, the first being the beginning.
    loads: Vec<BigRational>,
    /// Distinct ballot → the moment at which its voters last bought.
    load_of: Vec<usize>,
    /// Candidate → its cost and a moment before which it cannot be bought.
    moments: BTreeMap<usize, (u64, BigRational)>,
    /// Candidates of which that moment is the right one.
    fresh: BTreeSet<usize>,
}

impl Market {
    fn new(filling: &Filling<'_>, candidates: &[usize]) -> Self {
        let profile = &filling.count.election.profile;
        let mut supporters: Vec<Vec<u32>> = vec![Vec::new(); profile.projects()];
        let mut counts = Vec::with_capacity(profile.distinct());
        for (ballot, (chosen, numbers, many)) in (0..).zip(profile.iter()) {
            counts.push(many);
            for (place, &project) in chosen.iter().enumerate() {
                if profile.value(place, chosen, numbers) > 0 {
                    supporters[project as usize].push(ballot);
                }
            }
        }
        let zero = BigRational::from_integer(BigInt::from(0));
        let moments =
            candidates.iter().map(|&project| (project, (filling.count.cost(project), zero.clone())));
        let (load_of, moments) = (vec![0; counts.len()], moments.collect());
        Self { supporters, counts, loads: vec![zero], load_of, moments, fresh: BTreeSet::new() }
    }

    fn drop_unfit(&mut self, filling: &mut Filling<'_>) {
        self.moments.retain(|&project, _| match filling.obstacle(project) {
            Some(reason) => {
                filling.settle(project, reason);
                false
            }
            None => true,
        });
    }

    fn drop_excluded(&mut self, filling: &mut Filling<'_>) {
        self.moments.retain(|&project, _| match filling.obstacle(project) {
            Some(reason @ (Reason::Excluded { .. } | Reason::Full)) => {
                filling.settle(project, reason);
                false
            }
            _ => true,
        });
    }

    /// The next moment at which a project can be bought, and all that can be then.
    fn next(&mut self) -> Option<(BigRational, Vec<usize>)> {
        loop {
            let (_, first) = self.moments.values().min_by(|one, other| one.1.cmp(&other.1))?;
            let first = first.clone();
            let tied: Vec<usize> = self
                .moments
                .iter()
                .filter(|(_, (_, moment))| *moment == first)
                .map(|(&project, _)| project)
                .collect();
            let stale: Vec<usize> =
                tied.iter().copied().filter(|project| !self.fresh.contains(project)).collect();
            if stale.is_empty() {
                return Some((first, tied));
            }
            for project in stale {
                let moment = self.moment(project);
                if let Some((_, known)) = self.moments.get_mut(&project) {
                    *known = moment;
                }
                self.fresh.insert(project);
            }
        }
    }

    /// (cost + loads of the supporters) / supporters.
    fn moment(&self, project: usize) -> BigRational {
        let mut at: BTreeMap<usize, u64> = BTreeMap::new();
        for &ballot in &self.supporters[project] {
            *at.entry(self.load_of[ballot as usize]).or_default() += self.counts[ballot as usize];
        }
        let voters: u64 = at.values().sum();
        let cost = self.moments.get(&project).map_or(0, |(cost, _)| *cost);
        let loads: BigRational =
            at.into_iter().map(|(load, voters)| &self.loads[load] * BigInt::from(voters)).sum();
        (loads + BigInt::from(cost)) / BigInt::from(voters.max(1))
    }

    fn buy(&mut self, project: usize, moment: BigRational) {
        self.moments.remove(&project);
        let load = self.loads.len();
        self.loads.push(moment);
        for &ballot in &self.supporters[project] {
            self.load_of[ballot as usize] = load;
        }
        self.fresh.clear();
    }

    fn stop(&self, filling: &mut Filling<'_>, at: usize) {
        for &project in self.moments.keys() {
            filling.settle(project, Reason::Stopped { at: filling.count.id(at) });
        }
    }
}

/// For people: decisions are made on the exact number.
fn approximate(moment: &BigRational) -> f64 {
    let thousandths = (moment * BigInt::from(1000)).round().to_integer();
    i64::try_from(thousandths).map_or(f64::INFINITY, |thousandths| thousandths as f64 / 1000.0)
}
