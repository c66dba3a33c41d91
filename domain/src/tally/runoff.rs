//! The instant runoff: the last goes out, its ballots go to their next choice, until one is left.

use super::{
    Error, Profile,
    minutes::RunoffRound,
    ties::{End, Ties},
};

/// `projects` in tiers, the last to be left first, and the rounds.
pub(super) fn order(
    profile: &Profile,
    ties: &Ties<'_>,
    projects: &[usize],
) -> Result<(Vec<Vec<usize>>, Vec<RunoffRound>), Error> {
    let mut left = projects.to_vec();
    let mut out = Vec::new();
    let mut rounds = Vec::new();
    while !left.is_empty() {
        let (votes, exhausted) = first_choices(profile, &left);
        let id = |&project: &usize| ties.projects[project].id.clone();
        let fewest = left.iter().map(|&project| votes[project]).min().unwrap_or(0);
        let (last, ahead): (Vec<usize>, Vec<usize>) =
            left.iter().partition(|&&project| votes[project] == fewest);
        let decided = ties.decide(last.clone(), End::Worst);
        let (going, tie) = match decided.level[..] {
            [one] => (vec![one], decided.tie),
            // Together they cannot catch up with the next: they go together, and nobody else is the worse for it.
            _ if is_block(&last, &ahead, &votes) => (last, None),
            _ => return Err(ties.undecided(&decided.level)),
        };
        let votes = left.iter().map(|project| (id(project), votes[*project])).collect();
        left.retain(|project| !going.contains(project));
        let eliminated = if left.is_empty() { Vec::new() } else { going.iter().map(id).collect() };
        rounds.push(RunoffRound { votes, exhausted, eliminated, tie });
        out.push(going);
    }
    out.reverse();
    Ok((out, rounds))
}

/// Whether `last` come right after one another in the order, whoever of them goes first.
fn is_block(last: &[usize], ahead: &[usize], votes: &[u64]) -> bool {
    let together: u64 = last.iter().map(|&project| votes[project]).sum();
    ahead.iter().all(|&project| votes[project] > together)
}

/// Takes back what is said of ties that had no consequence: the tied come right after one another whoever goes first, and
/// `is_idle` says of them that it does not matter in which order.
pub(super) fn drop_idle_ties(rounds: &mut [RunoffRound], is_idle: impl Fn(&[String]) -> bool) {
    for round in rounds {
        let votes = &round.votes;
        round.tie.take_if(|tie| {
            let together: u64 = tie.order.iter().filter_map(|id| votes.get(id)).sum();
            let is_block = votes.iter().all(|(id, votes)| *votes > together || tie.order.contains(id));
            is_block && is_idle(&tie.order)
        });
    }
}

/// Of which project each ballot's first choice among `left` is, and ballots that have none.
fn first_choices(profile: &Profile, left: &[usize]) -> (Vec<u64>, u64) {
    let mut inside = vec![false; profile.projects()];
    for &project in left {
        inside[project] = true;
    }
    let mut votes = vec![0; profile.projects()];
    let mut exhausted = 0;
    for (chosen, _, many) in profile.iter() {
        match chosen.iter().map(|&project| project as usize).find(|&project| inside[project]) {
            Some(first) => votes[first] += many,
            None => exhausted += many,
        }
    }
    (votes, exhausted)
}
