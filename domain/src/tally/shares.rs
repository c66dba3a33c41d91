//! The Method of Equal Shares (Peters, Pierczyński, Skowron 2021): every voter gets an equal share of the money; a project
//! is paid by its supporters, equally as far as they can; the one with the most effective votes comes first.

use super::{
    Comparison, Completion, Error, Measure, Reason, Shares, Step, Stop, Stopped, Tie, Unfit, Utility,
    filling::Filling,
    greedy::fill as greedy,
    purses::{Approx, EMPTY, FULL, Group, Price, Purses},
};
use num_bigint::BigInt;
use num_rational::BigRational;
use rustc_hash::FxHashMap;
use std::num::NonZeroU64;

/// How Equal Shares goes.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) utility: Utility,
    pub(super) completion: Completion,
    pub(super) comparison: bool,
}

/// Fills the envelope, of which `money` is left, with projects of `candidates`.
pub(super) fn fill(
    filling: &mut Filling<'_>,
    candidates: &[usize],
    money: u64,
    plan: Plan,
) -> Result<Shares, Error> {
    let before = filling.clone();
    // What costs nothing needs no share.
    let (free, paid): (Vec<usize>, Vec<usize>) =
        candidates.iter().partition(|&&project| filling.count.cost(project) == 0);
    greedy(filling, filling.count.by_score(&free), Unfit::Skip, Step::Rule)?;
    let paid: Vec<usize> = paid.into_iter().filter(|&project| filling.excluder(project).is_none()).collect();
    let electorate = Electorate::new(filling, &paid, plan.utility)?;
    let voters = filling.count.election.profile.ballots();
    let mut outcome = electorate.run(filling, money, voters)?;
    let mut shares = Shares { money: money.into(), voters, steps: 0, stopped: None, comparison: None };
    if let Completion::Add1 { step, stop, .. } = plan.completion {
        outcome = add1(filling, &electorate, outcome, &mut shares, step, stop)?;
    }
    apply(filling, &electorate, outcome, plan.completion)?;
    for &project in candidates {
        if !filling.is_elected(project)
            && let Some(excluded) = filling.excluder(project)
        {
            filling.settle(project, excluded);
        }
    }
    if plan.comparison {
        shares.comparison = compare(filling, before, candidates)?;
    }
    Ok(shares)
}

/// Makes the shares grow as long as the winners' cost stays within the money there is.
fn add1(
    filling: &Filling<'_>,
    electorate: &Electorate,
    mut kept: Outcome,
    shares: &mut Shares,
    step: NonZeroU64,
    stop: Stop,
) -> Result<Outcome, Error> {
    let (money, voters) = (u64::try_from(shares.money).unwrap_or(u64::MAX), shares.voters);
    let everything: u64 = electorate.candidates.iter().map(|candidate| candidate.cost).sum();
    let mut share = money / voters.max(1) / step * step.get();
    let stopped = loop {
        if stop == Stop::Exhaustive && electorate.exhausted(filling, &kept, money) {
            break Stopped::Exhaustive;
        }
        if kept.picks.len() == electorate.candidates.len() || share >= everything {
            break Stopped::Settled;
        }
        share = share.saturating_add(step.get());
        let next = electorate.run(filling, share, 1)?;
        if next.cost > money {
            break Stopped::Overspent { cost: next.cost };
        }
        kept = next;
        shares.money = u128::from(share) * u128::from(voters);
        shares.steps += 1;
    };
    shares.stopped = Some(stopped);
    Ok(kept)
}

/// Elects the outcome's winners, and what completes them; says of the others why not.
fn apply(
    filling: &mut Filling<'_>,
    electorate: &Electorate,
    outcome: Outcome,
    completion: Completion,
) -> Result<(), Error> {
    for candidate in &electorate.candidates {
        if !outcome.picks.iter().any(|pick| pick.project == candidate.project) {
            let money = electorate.left(candidate, &outcome);
            filling.settle(candidate.project, Reason::Unaffordable { money });
        }
    }
    for pick in outcome.picks {
        let measure = Measure::Share { effective: pick.effective, price: pick.price };
        filling.elect(pick.project, measure, Step::Rule, pick.tie);
    }
    let left: Vec<usize> = electorate
        .candidates
        .iter()
        .map(|candidate| candidate.project)
        .filter(|&project| !filling.is_elected(project))
        .collect();
    if matches!(completion, Completion::Greedy | Completion::Add1 { greedy: true, .. }) {
        return greedy(filling, filling.count.by_score(&left), Unfit::Skip, Step::Completion);
    }
    if filling.places() == 0 {
        for project in left {
            filling.settle(project, Reason::Full);
        }
    }
    Ok(())
}

/// Puts the greedy outcome in the place of that of Equal Shares when more voters get more from it.
fn compare<'c>(
    filling: &mut Filling<'c>,
    mut other: Filling<'c>,
    candidates: &[usize],
) -> Result<Option<Comparison>, Error> {
    let tiers = other.count.by_score(candidates);
    greedy(&mut other, tiers, Unfit::Skip, Step::Rule)?;
    let (mut shares, mut greedy) = (0, 0);
    let profile = &filling.count.election.profile;
    let winner = |filling: &Filling<'_>, project: u32| filling.winners.contains(&(project as usize));
    let mine: Vec<bool> = (0..profile.projects()).map(|project| winner(filling, project as u32)).collect();
    let theirs: Vec<bool> = (0..profile.projects()).map(|project| winner(&other, project as u32)).collect();
    for (chosen, numbers, many) in profile.iter() {
        let gain = |winners: &[bool]| -> i64 {
            let won = chosen.iter().enumerate().filter(|(_, project)| winners[**project as usize]);
            won.map(|(place, _)| profile.value(place, chosen, numbers)).sum()
        };
        match gain(&mine).cmp(&gain(&theirs)) {
            std::cmp::Ordering::Greater => shares += many,
            std::cmp::Ordering::Less => greedy += many,
            std::cmp::Ordering::Equal => {}
        }
    }
    let winners = filling.winners.iter().map(|&project| filling.count.id(project)).collect();
    if greedy > shares {
        *filling = other;
    }
    Ok(Some(Comparison { shares, greedy, winners }))
}

/// Candidates and their supporters.
struct Electorate {
    candidates: Vec<Candidate>,
    /// How many cast each distinct ballot.
    counts: Vec<u64>,
    /// Whether all supporters give one point.
    plain: bool,
}

struct Candidate {
    project: usize,
    cost: u64,
    /// What a point is worth: prices are compared per worth.
    worth: u64,
    /// Distinct ballots that support it, and the points they give it (none when all give one).
    supporters: Vec<u32>,
    points: Vec<i64>,
    /// No price per worth is lower: every supporter pays for all their points.
    bound: f64,
}

struct Pick {
    project: usize,
    effective: f64,
    price: f64,
    tie: Option<Tie>,
}

struct Outcome {
    picks: Vec<Pick>,
    cost: u64,
    purses: Purses,
    /// Distinct ballot → its purse.
    purse_of: Vec<u32>,
}

/// A candidate that may be the best of the round.
struct Rival {
    candidate: usize,
    groups: Vec<Group>,
    price: Price,
    /// The price per worth.
    key: Approx,
}

impl Electorate {
    fn new(filling: &Filling<'_>, projects: &[usize], utility: Utility) -> Result<Self, Error> {
        let profile = &filling.count.election.profile;
        let mut position = vec![None; profile.projects()];
        let mut candidates: Vec<Candidate> = Vec::new();
        for &project in projects {
            position[project] = Some(candidates.len());
            let cost = filling.count.cost(project);
            let worth = match utility {
                Utility::Cost => cost,
                Utility::Points => 1,
            };
            let (supporters, points) = (Vec::new(), Vec::new());
            candidates.push(Candidate { project, cost, worth, supporters, points, bound: 0.0 });
        }
        let mut counts = Vec::with_capacity(profile.distinct());
        let mut plain = true;
        for (ballot, (chosen, numbers, many)) in (0..).zip(profile.iter()) {
            counts.push(many);
            for (place, &project) in chosen.iter().enumerate() {
                let Some(candidate) = position[project as usize] else { continue };
                let points = profile.value(place, chosen, numbers);
                if points < 0 {
                    return Err(Error::Negative);
                }
                if points > 0 {
                    candidates[candidate].supporters.push(ballot);
                    candidates[candidate].points.push(points);
                    plain &= points == 1;
                }
            }
        }
        for candidate in &mut candidates {
            let points: u128 = candidate
                .supporters
                .iter()
                .zip(&candidate.points)
                .map(|(&ballot, &points)| {
                    u128::from(points.unsigned_abs()) * u128::from(counts[ballot as usize])
                })
                .sum();
            if points > 1 << 53 {
                return Err(Error::TooLarge);
            }
            let bound = candidate.cost as f64 / points as f64 / candidate.worth as f64;
            candidate.bound = bound * (1.0 - f64::EPSILON * 8.0);
        }
        Ok(Self { candidates, counts, plain })
    }

    /// The rule, with `money`/`voters` cents for each voter.
    fn run(&self, filling: &Filling<'_>, money: u64, voters: u64) -> Result<Outcome, Error> {
        let mut outcome = Outcome {
            picks: Vec::new(),
            cost: 0,
            purses: Purses::new(money, voters),
            purse_of: vec![FULL; self.counts.len()],
        };
        let mut live: Vec<(f64, usize)> =
            self.candidates.iter().zip(0..).map(|(candidate, index)| (candidate.bound, index)).collect();
        let mut scratch = Scratch::default();
        while outcome.picks.len() < filling.places() {
            let mut best = self.best(&mut live, &outcome, &mut scratch);
            if best.is_empty() {
                break;
            }
            let (index, tie) = self.decide(filling, &best, &outcome.purses)?;
            let chosen = best.swap_remove(index);
            let candidate = &self.candidates[chosen.candidate];
            live.retain(|&(_, other)| {
                let project = self.candidates[other].project;
                other != chosen.candidate
                    && !filling.count.rivals(candidate.project).any(|rival| rival == project)
            });
            outcome.cost += candidate.cost;
            outcome.picks.push(Pick {
                project: candidate.project,
                effective: candidate.cost as f64 / chosen.price.amount.value,
                price: chosen.price.amount.value,
                tie,
            });
            let paid = outcome.purses.pay(chosen.groups, candidate.cost, chosen.price);
            self.settle(candidate, &paid, &mut outcome, &mut scratch);
        }
        Ok(outcome)
    }

    /// Candidates that may have the lowest price per worth; one, or several too close for floating point. Prices only
    /// rise as purses empty: the last known price of a candidate is a bound, and most need not be looked at again.
    fn best(&self, live: &mut Vec<(f64, usize)>, outcome: &Outcome, scratch: &mut Scratch) -> Vec<Rival> {
        live.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let mut rivals: Vec<Rival> = Vec::new();
        let mut lowest = f64::INFINITY;
        for (bound, index) in live.iter_mut() {
            if *bound > lowest {
                break;
            }
            let candidate = &self.candidates[*index];
            let mut groups = self.groups(candidate, outcome, scratch);
            let Some(price) = outcome.purses.price(&mut groups, candidate.cost) else {
                *bound = f64::INFINITY;
                continue;
            };
            let key = price.amount.per(candidate.worth as f64);
            *bound = bound.max(key.low());
            lowest = lowest.min(key.high());
            rivals.push(Rival { candidate: *index, groups, price, key });
        }
        // Its supporters will never have more: it is out.
        live.retain(|&(bound, _)| bound < f64::INFINITY);
        rivals.retain(|rival| rival.key.low() <= lowest);
        rivals
    }

    /// Which of the rivals is elected: exactly the best, and by the chain if several are.
    fn decide(
        &self,
        filling: &Filling<'_>,
        rivals: &[Rival],
        purses: &Purses,
    ) -> Result<(usize, Option<Tie>), Error> {
        if rivals.len() == 1 {
            return Ok((0, None));
        }
        let keys: Vec<BigRational> = rivals
            .iter()
            .map(|rival| {
                let candidate = &self.candidates[rival.candidate];
                purses.exact_price(&rival.groups, candidate.cost, rival.price) / BigInt::from(candidate.worth)
            })
            .collect();
        let Some(lowest) = keys.iter().min() else { return Ok((0, None)) };
        let project = |index: usize| self.candidates[rivals[index].candidate].project;
        let tied = (0..rivals.len()).filter(|&index| keys[index] == *lowest).map(project).collect();
        let (first, tie) = filling.count.ties.first(tied)?;
        Ok(((0..rivals.len()).find(|&index| project(index) == first).unwrap_or(0), tie))
    }

    /// Supporters of a candidate who still have something, by purse and points.
    fn groups(&self, candidate: &Candidate, outcome: &Outcome, scratch: &mut Scratch) -> Vec<Group> {
        let mut groups = Vec::new();
        if self.plain {
            scratch.voters.resize(outcome.purses.len(), 0);
            for &ballot in &candidate.supporters {
                let purse = outcome.purse_of[ballot as usize];
                let voters = &mut scratch.voters[purse as usize];
                if *voters == 0 {
                    groups.push(Group { purse, points: 1, voters: 0 });
                }
                *voters += self.counts[ballot as usize];
            }
            for group in &mut groups {
                group.voters = std::mem::take(&mut scratch.voters[group.purse as usize]);
            }
        } else {
            let mut voters: FxHashMap<(u32, i64), u64> = FxHashMap::default();
            for (&ballot, &points) in candidate.supporters.iter().zip(&candidate.points) {
                let purse = outcome.purse_of[ballot as usize];
                *voters.entry((purse, points)).or_default() += self.counts[ballot as usize];
            }
            groups.extend(voters.into_iter().map(|((purse, points), voters)| Group {
                purse,
                points,
                voters,
            }));
        }
        groups.retain(|group| group.purse != EMPTY);
        // Sums are the same to the last bit whatever order ballots came in.
        groups.sort_unstable_by_key(|group| (group.purse, group.points));
        groups
    }

    /// Gives each supporter the purse they have after the payment.
    fn settle(
        &self,
        candidate: &Candidate,
        paid: &[(Group, u32)],
        outcome: &mut Outcome,
        scratch: &mut Scratch,
    ) {
        if self.plain {
            scratch.after.resize(outcome.purses.len(), EMPTY);
            for (group, after) in paid {
                scratch.after[group.purse as usize] = *after;
            }
            scratch.after[EMPTY as usize] = EMPTY;
            for &ballot in &candidate.supporters {
                let purse = &mut outcome.purse_of[ballot as usize];
                *purse = scratch.after[*purse as usize];
            }
        } else {
            let after: FxHashMap<(u32, i64), u32> =
                paid.iter().map(|(group, after)| ((group.purse, group.points), *after)).collect();
            for (&ballot, points) in candidate.supporters.iter().zip(&candidate.points) {
                let purse = &mut outcome.purse_of[ballot as usize];
                *purse = after.get(&(*purse, *points)).copied().unwrap_or(EMPTY);
            }
        }
    }

    /// What the supporters of a candidate have left, in whole cents.
    fn left(&self, candidate: &Candidate, outcome: &Outcome) -> u64 {
        let groups = self.groups(candidate, outcome, &mut Scratch::default());
        outcome.purses.whole_total(&groups)
    }

    /// Whether no candidate can be added to the outcome.
    fn exhausted(&self, filling: &Filling<'_>, outcome: &Outcome, money: u64) -> bool {
        let full = outcome.picks.len() >= filling.places();
        let picked = |project: usize| outcome.picks.iter().any(|pick| pick.project == project);
        full || !self.candidates.iter().any(|candidate| {
            !picked(candidate.project)
                && !filling.count.rivals(candidate.project).any(picked)
                && outcome.cost.saturating_add(candidate.cost) <= money
        })
    }
}

/// Memory that rounds share, by purse.
#[derive(Default)]
struct Scratch {
    voters: Vec<u64>,
    after: Vec<u32>,
}
