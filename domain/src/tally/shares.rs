//! The Method of Equal Shares (Peters, Pierczyński, Skowron 2021): every voter gets an equal share of the money; a project
//! is paid by its supporters, equally as far as they can; the one with the most effective votes comes first.

use super::{
    Comparison, Completion, Error, Measure, Reason, Shares, Step, Stop, Stopped, Tie, Unfit, Utility,
    filling::Filling,
    greedy::fill as greedy,
    levels::Levels,
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
    let mut outcome = electorate.run(filling, Purses::new(money, voters))?;
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

/// So many steps in a row that change nothing make it worth trying to cross many at once.
const QUIET: u64 = 16;

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
    let ample = electorate.ample_share();
    let mut share = money / voters.max(1) / step * step.get();
    let (mut quiet, mut stride) = (0, QUIET);
    // The share that `kept` was worked out with.
    let mut known = share;
    let stopped = loop {
        if stop == Stop::Exhaustive && electorate.exhausted(filling, &kept, money) {
            break Stopped::Exhaustive;
        }
        if kept.picks.len() == electorate.candidates.len() || share >= ample {
            break Stopped::Settled;
        }
        stride = stride.min((ample - share) / step);
        if quiet >= QUIET && stride >= QUIET {
            let far = share + step.get() * stride;
            if electorate.elects_the_same(filling, share + step.get(), far, &kept) {
                share = far;
                shares.steps += stride;
                stride *= 2;
            } else {
                stride /= 4;
                quiet = if stride < QUIET { 0 } else { quiet };
            }
            continue;
        }
        (share, stride) = (share.saturating_add(step.get()), QUIET);
        let next = electorate.run(filling, Purses::new(share, 1))?;
        if next.cost > money {
            share -= step.get();
            break Stopped::Overspent { cost: next.cost };
        }
        quiet = if next.elects_as(&kept) { quiet + 1 } else { 0 };
        (kept, known) = (next, share);
        shares.steps += 1;
    };
    if shares.steps > 0 {
        shares.money = u128::from(share) * u128::from(voters);
    }
    if known != share {
        kept = electorate.run(filling, Purses::new(share, 1))?;
    }
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
        let round = filling.rounds.len();
        filling.elect(pick.project, measure, Step::Rule);
        pick.tie.iter().for_each(|tie| filling.note(round, tie));
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

impl Outcome {
    /// Whether it elects the same projects, in the same order.
    fn elects_as(&self, other: &Self) -> bool {
        self.picks.iter().map(|pick| pick.project).eq(other.picks.iter().map(|pick| pick.project))
    }
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

    /// A share with which nobody ever runs out: it pays a voter's part of all that they support, each part being equal by
    /// point and rounded up to the cent. With more, prices and winners are the same.
    fn ample_share(&self) -> u64 {
        let mut due = vec![0_u128; self.counts.len()];
        for Candidate { cost, supporters, points, .. } in &self.candidates {
            let given = || {
                let points = points.iter().map(|points| u128::from(points.unsigned_abs()));
                supporters.iter().map(|&ballot| ballot as usize).zip(points)
            };
            let total: u128 = given().map(|(ballot, points)| points * u128::from(self.counts[ballot])).sum();
            for (ballot, points) in given() {
                due[ballot] += (points * u128::from(*cost)).div_ceil(total.max(1));
            }
        }
        due.into_iter().max().map_or(0, |due| u64::try_from(due).unwrap_or(u64::MAX))
    }

    /// Whether every share from `low` to `high` cents elects the projects of `kept`; no when only exact numbers can tell.
    fn elects_the_same(&self, filling: &Filling<'_>, low: u64, high: u64, kept: &Outcome) -> bool {
        self.run(filling, Purses::between(low, high))
            .is_ok_and(|outcome| !outcome.purses.are_unsure() && outcome.elects_as(kept))
    }

    /// The rule, with such purses; it stops when they are unsure.
    fn run(&self, filling: &Filling<'_>, purses: Purses) -> Result<Outcome, Error> {
        let purse_of = vec![FULL; self.counts.len()];
        let mut outcome = Outcome { picks: Vec::new(), cost: 0, purses, purse_of };
        let mut live: Vec<(f64, usize)> =
            self.candidates.iter().zip(0..).map(|(candidate, index)| (candidate.bound, index)).collect();
        let mut levels = Levels::new();
        let mut scratch = Scratch::default();
        while outcome.picks.len() < filling.places() {
            let mut best = self.best(&mut live, &outcome, &mut scratch);
            if best.is_empty() {
                break;
            }
            let (index, tie) = match best.len() {
                1 if !levels.is_open() => (0, None),
                _ => self.decide(filling, &best, &mut outcome, &mut levels)?,
            };
            if outcome.purses.are_unsure() {
                break;
            }
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
        levels.end()?;
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
        outcome: &mut Outcome,
        levels: &mut Levels<BigRational>,
    ) -> Result<(usize, Option<Tie>), Error> {
        let purses = &outcome.purses;
        let keys: Vec<BigRational> = rivals
            .iter()
            .map(|rival| {
                let candidate = &self.candidates[rival.candidate];
                purses.exact_price(&rival.groups, candidate.cost, rival.price) / BigInt::from(candidate.worth)
            })
            .collect();
        let Some(lowest) = keys.iter().min().filter(|_| !purses.are_unsure()) else { return Ok((0, None)) };
        let project = |index: usize| self.candidates[rivals[index].candidate].project;
        let tied = (0..rivals.len()).filter(|&index| keys[index] == *lowest).map(project).collect();
        let choice = filling.count.ties.first(tied)?;
        if let Some(since) = levels.elect(outcome.picks.len(), &choice, lowest.clone())? {
            outcome.picks.iter_mut().skip(since).for_each(|pick| pick.tie = None);
        }
        Ok(((0..rivals.len()).find(|&index| project(index) == choice.project).unwrap_or(0), choice.tie))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::{Election, Envelope, Kind, Profile, Project, Rule, Rules, TieBreak, count::Count};
    use proptest::prelude::*;

    /// Costs, what ballots give to which projects and how many cast them, the money, the step.
    type Case = (Vec<u64>, Vec<(Vec<(u32, i64)>, u64)>, u64, u64);

    /// Few different numbers: levels are frequent. Costs are large beside the step: there are many steps.
    fn cases() -> impl Strategy<Value = Case> {
        (2_usize..6).prop_flat_map(|size| {
            let cost = prop_oneof![Just(300), Just(600), Just(1000), 1_u64..3000];
            let points = prop_oneof![Just(0_i64), Just(0), Just(1), Just(1), Just(2), Just(3)];
            let ballot = (prop::collection::vec(points, size), 1_u64..4, any::<bool>());
            let ballots = prop::collection::vec(ballot, 1..7).prop_map(|ballots| {
                let given = ballots.into_iter().map(|(points, many, plain)| {
                    let given = (0..).zip(points).filter(|(_, points)| *points > 0);
                    (given.map(|(project, points)| (project, if plain { 1 } else { points })).collect(), many)
                });
                given.collect()
            });
            (prop::collection::vec(cost, size), ballots, 1_u64..4000, 1_u64..8)
        })
    }

    fn election((costs, ballots, money, _): &Case, plain: bool) -> Election {
        let projects = (0..).zip(costs).map(|(number, &cost): (u32, _)| Project {
            id: number.to_string(),
            cost,
            ..Project::default()
        });
        let mut profile = Profile::new(if plain { Kind::Approval } else { Kind::Points }, costs.len());
        for (given, many) in ballots {
            let (mut chosen, mut points): (Vec<u32>, Vec<i64>) = given.iter().copied().unzip();
            if plain {
                points.clear();
            }
            profile.add(&mut chosen, &mut points, *many);
        }
        let rules = Rules {
            rule: Rule::EqualShares {
                utility: Utility::Cost,
                completion: Completion::None,
                comparison: false,
            },
            envelopes: vec![Envelope { amount: Some(*money), ..Envelope::default() }],
            threshold: None,
            exclusions: Vec::new(),
            one_per_proposer: false,
            one_per_zone: false,
            carry_over: false,
            ties: vec![TieBreak::MinCost, TieBreak::Lot],
        };
        Election { projects: projects.collect(), rules, profile, seed: Some(vec![7]) }
    }

    /// What is said of an outcome.
    fn told(outcome: &Outcome) -> Vec<(usize, u64, Option<Tie>)> {
        outcome.picks.iter().map(|pick| (pick.project, pick.price.to_bits(), pick.tie.clone())).collect()
    }

    proptest! {
        #[test]
        fn steps_that_are_leapt_over_change_nothing(case in cases(), plain: bool, by_cost: bool, exhaustive: bool) {
            let election = election(&case, plain);
            let (scores, voters) = election.profile.scores();
            let count = Count::new(&election, &scores, &voters).expect("an election");
            let filling = Filling::new(&count, vec![false; case.0.len()], &election.rules.envelopes[0], 0);
            let utility = if by_cost { Utility::Cost } else { Utility::Points };
            let all: Vec<usize> = (0..case.0.len()).filter(|&project| voters[project] > 0).collect();
            let electorate = Electorate::new(&filling, &all, utility).expect("points");
            let (money, voters, step) = (case.2, election.profile.ballots(), case.3);
            let stop = if exhaustive { Stop::Exhaustive } else { Stop::Overspent };
            let first = || electorate.run(&filling, Purses::new(money, voters)).expect("the lot decides");

            let mut shares = Shares { money: money.into(), voters, steps: 0, stopped: None, comparison: None };
            let step = NonZeroU64::new(step).expect("not zero");
            let found = add1(&filling, &electorate, first(), &mut shares, step, stop).expect("the lot decides");

            let everything: u64 = electorate.candidates.iter().map(|candidate| candidate.cost).sum();
            let (mut kept, mut steps, mut share) = (first(), 0, money / voters / step * step.get());
            let stopped = loop {
                if exhaustive && electorate.exhausted(&filling, &kept, money) {
                    break Stopped::Exhaustive;
                }
                if kept.picks.len() == all.len() || share >= everything {
                    break Stopped::Settled;
                }
                let next = electorate.run(&filling, Purses::new(share + step.get(), 1)).expect("the lot decides");
                if next.cost > money {
                    break Stopped::Overspent { cost: next.cost };
                }
                (kept, steps, share) = (next, steps + 1, share + step.get());
            };
            prop_assert_eq!(told(&found), told(&kept));
            let shared = if steps == 0 { u128::from(money) } else { u128::from(share) * u128::from(voters) };
            prop_assert_eq!((shares.steps, shares.stopped, shares.money), (steps, Some(stopped), shared));
        }
    }
}
