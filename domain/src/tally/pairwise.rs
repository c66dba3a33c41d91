//! Schulze's method (2011) with winning votes: the strongest paths of pairwise victories. A ballot prefers what it ranks
//! to what it leaves out, and is indifferent between what it leaves out.

use super::{Detail, Profile, minutes::Pairwise};

/// What was found.
pub(super) struct Found {
    /// The best first; those of a tier are beaten by none of those left.
    pub(super) tiers: Vec<Vec<usize>>,
    /// Ballots that prefer one to the other, in the order of the projects given.
    pub(super) preferred: Vec<Vec<u64>>,
    /// Strength of the strongest paths.
    pub(super) paths: Vec<Vec<u64>>,
}

/// `projects` in tiers.
pub(super) fn order(profile: &Profile, projects: &[usize]) -> Found {
    let preferred = preferences(profile, projects);
    let paths = strongest_paths(&preferred);
    let mut left: Vec<usize> = (0..projects.len()).collect();
    let mut tiers = Vec::new();
    while !left.is_empty() {
        let beaten = |one: usize| left.iter().any(|&other| paths[other][one] > paths[one][other]);
        // The relation is transitive: some are beaten by none.
        let (tier, rest): (Vec<usize>, Vec<usize>) = left.iter().partition(|&&one| !beaten(one));
        tiers.push(tier.into_iter().map(|index| projects[index]).collect());
        left = rest;
    }
    Found { tiers, preferred, paths }
}

/// As the minutes have it.
pub(super) fn detail(projects: Vec<String>, preferred: Vec<Vec<u64>>, paths: Vec<Vec<u64>>) -> Detail {
    Detail::Pairwise(Pairwise { projects, preferred, paths })
}

fn preferences(profile: &Profile, projects: &[usize]) -> Vec<Vec<u64>> {
    let mut place = vec![None; profile.projects()];
    for (index, &project) in projects.iter().enumerate() {
        place[project] = Some(index);
    }
    let mut preferred = vec![vec![0_u64; projects.len()]; projects.len()];
    for (chosen, _, many) in profile.iter() {
        let mut behind = vec![true; projects.len()];
        for index in chosen.iter().filter_map(|&project| place[project as usize]) {
            behind[index] = false;
            for (other, _) in behind.iter().enumerate().filter(|(_, behind)| **behind) {
                preferred[index][other] += many;
            }
        }
    }
    preferred
}

fn strongest_paths(preferred: &[Vec<u64>]) -> Vec<Vec<u64>> {
    let size = preferred.len();
    let link = |from: usize, to: usize| {
        if preferred[from][to] > preferred[to][from] { preferred[from][to] } else { 0 }
    };
    let mut paths: Vec<Vec<u64>> =
        (0..size).map(|from| (0..size).map(|to| link(from, to)).collect()).collect();
    for through in 0..size {
        for from in 0..size {
            for to in 0..size {
                if from != to && from != through && to != through {
                    let detour = paths[from][through].min(paths[through][to]);
                    paths[from][to] = paths[from][to].max(detour);
                }
            }
        }
    }
    paths
}
