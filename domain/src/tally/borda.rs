//! Borda's count: of m projects, m − 1 points for a ballot's first, m − 2 for its second… none for those left out.

use super::{Profile, ties::split_by};

/// `projects` in tiers, the best first, and their points.
pub(super) fn order(profile: &Profile, projects: &[usize]) -> (Vec<Vec<usize>>, Vec<(usize, u64)>) {
    let mut counted = vec![false; profile.projects()];
    for &project in projects {
        counted[project] = true;
    }
    let mut points = vec![0_u64; profile.projects()];
    for (chosen, _, many) in profile.iter() {
        let ranked = chosen.iter().map(|&project| project as usize).filter(|&project| counted[project]);
        for (place, project) in ranked.enumerate() {
            points[project] += many * (projects.len() - 1 - place) as u64;
        }
    }
    let tiers = split_by(projects.to_vec(), |one, other| points[other].cmp(&points[one]));
    (tiers, projects.iter().map(|&project| (project, points[project])).collect())
}
