//! The instant runoff: the last goes out, its ballots go to their next choice, until one is left.

use super::{Error, Profile, minutes::RunoffRound, ties::Ties};

/// `projects`, the last to be left first, and the rounds.
pub(super) fn order(
    profile: &Profile,
    ties: &Ties<'_>,
    projects: &[usize],
) -> Result<(Vec<usize>, Vec<RunoffRound>), Error> {
    let mut left = projects.to_vec();
    let mut out = Vec::new();
    let mut rounds = Vec::new();
    while !left.is_empty() {
        let (votes, exhausted) = first_choices(profile, &left);
        let named = left.iter().map(|&project| (ties.projects[project].id.clone(), votes[project]));
        let mut round = RunoffRound { votes: named.collect(), exhausted, eliminated: Vec::new(), tie: None };
        if let [last] = left[..] {
            out.push(last);
            rounds.push(round);
            break;
        }
        let fewest = left.iter().map(|&project| votes[project]).min().unwrap_or(0);
        let (last, ahead): (Vec<usize>, Vec<usize>) =
            left.iter().partition(|&&project| votes[project] == fewest);
        let decided = ties.decide(last.clone());
        round.tie = decided.tie;
        let going = match decided.groups.last().map(Vec::as_slice) {
            Some(&[one]) => vec![one],
            Some(level) => {
                // Together they cannot catch up with the next: they go together, and nobody else is the worse for it.
                let together = last.len() as u64 * fewest;
                if ahead.is_empty() || ahead.iter().any(|&project| votes[project] <= together) {
                    return Err(ties.undecided(level));
                }
                last
            }
            None => break,
        };
        left.retain(|project| !going.contains(project));
        round.eliminated = going.iter().map(|&project| ties.projects[project].id.clone()).collect();
        out.extend(going);
        rounds.push(round);
    }
    out.reverse();
    Ok((out, rounds))
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
